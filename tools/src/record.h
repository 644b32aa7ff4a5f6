/* record.h: what the report.json beside a kept input says. `ledge minimize` writes it. */
#ifndef LEDGE_TOOLS_RECORD_H
#define LEDGE_TOOLS_RECORD_H

#include <stdbool.h>

#include "crash.h"

/* record_crash reads the crash from the report.json in input's directory; without stacks and
 * reasons. False when there is none, or it isn't one, or the bug is mended ("expect": "quiet", as
 * `ledge curate` writes). On true *crash is for crash_free. */
bool record_crash(const char *input, struct crash *crash);

/* record_is_minimized says whether there is a report.json that tells how the input shrank. */
bool record_is_minimized(const char *input);

/* record_is_part says whether a file's name is one that `ledge minimize` and `ledge curate` write
 * beside an input: "report.json", "program.txt", "repro.c". */
bool record_is_part(const char *path);

#endif
