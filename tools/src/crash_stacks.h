/* crash_stacks.h: the stacks of a report, and the reasons, as a crash keeps them. Private to
 * crash*.c. */
#ifndef LEDGE_TOOLS_CRASH_STACKS_H
#define LEDGE_TOOLS_CRASH_STACKS_H

#include "crash.h"
#include "names.h"
#include "report.h"
#include "state.h"

/* crash_take_stacks copies all stacks of a report that have frames into the crash. O(frames). */
void crash_take_stacks(struct crash *crash, const struct report *report, const struct names *names);

/* crash_reason adds a sentence, which the crash owns from then on. */
void crash_reason(struct crash *crash, char *sentence);

/* crash_explain gives a crash whose other members are set its reasons; because is why the
 * confidence is what it is. */
void crash_explain(struct crash *crash, const struct report *report, const struct names *names,
                   const struct state *state, const char *because);

#endif
