/* crash_stacks.h: the stacks of a report, as a crash keeps them. Private to crash*.c. */
#ifndef LEDGE_TOOLS_CRASH_STACKS_H
#define LEDGE_TOOLS_CRASH_STACKS_H

#include "crash.h"
#include "report.h"

/* crash_take_stacks copies all stacks of a report that have frames into the crash. O(frames). */
void crash_take_stacks(struct crash *crash, const struct report *report);

/* crash_reason adds a sentence, which the crash owns from then on. */
void crash_reason(struct crash *crash, char *sentence);

#endif
