/* state.h: the few lines that say where in the program a crash is. */
#ifndef LEDGE_TOOLS_STATE_H
#define LEDGE_TOOLS_STATE_H

#include <stdbool.h>
#include <stddef.h>

#include "report.h"

#define STATE_LINES 3

struct state {
    char lines[STATE_LINES][FRAME_NAME_MAX + 1];
    size_t len;   /* lines used; 0: nothing names the program */
    bool frames;  /* at least one line is a function of the program */
    bool offsets; /* at least one line is a module and an offset, for want of symbols */
    /* What the signature is made of: the lines, but for recursion the whole cycle, turned so that
     * it starts at its smallest name wherever the stack ran out. Newline-terminated lines. */
    char *key; /* owned */
};

/* state_build makes the state of a report whose frames are symbolized as well as they can be.
 * target (may be NULL) is the name that stands for LLVMFuzzerTestOneInput, below which there is
 * only the engine. *state must be given to state_free. O(frames); thread-safe. */
void state_build(const struct report *report, const char *target, struct state *state);

void state_free(struct state *state);

/* state_position finds the source line to open first, as "file:line:column", for free(); NULL: the
 * report has none. */
char *state_position(const struct report *report);

#endif
