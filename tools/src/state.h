/* state.h: the few lines that say where in the program a crash is. */
#ifndef LEDGE_TOOLS_STATE_H
#define LEDGE_TOOLS_STATE_H

#include <stdbool.h>
#include <stddef.h>

#include "line.h"
#include "names.h"
#include "report.h"

#define STATE_LINES 3

/* Where a line of the state comes from. */
enum state_source {
    STATE_FRAME,  /* a frame of a stack */
    STATE_DETAIL, /* the failed expression, or the types of a bad cast */
    STATE_TARGET, /* the target's name, whatever the stack is */
    STATE_PLACE,  /* the place or the function that a line of the report gives outside of a stack */
};

struct state {
    line_text lines[STATE_LINES];
    struct {
        enum state_source source;
        size_t stack, frame; /* of STATE_FRAME: indices in the report */
    } from[STATE_LINES];
    size_t len;        /* lines used; 0: nothing names the program */
    bool frames;       /* at least one line is a function of the program */
    bool offsets;      /* at least one line is a module and an offset, for want of symbols */
    bool one_side;     /* of a race or a lock order: a side is lost */
    const char *order; /* a sentence: how the lines were picked */
    /* What the signature is made of, newline-terminated lines: those of the state, but
     * for recursion the whole cycle, turned so that it starts at its smallest name wherever the
     *   stack ran out;
     * for a time-out the target and the outermost function it called, since where in that the
     *   process was depends on the clock;
     * for a failed check one frame more, so that a shared helper doesn't make two bugs one;
     * for a request for too much memory, which fails where it is made, the frames as well. */
    char *key; /* owned */
};

/* state_build makes the state of a report whose frames are symbolized as well as they can be, from
 * the names of its stacks. target (may be NULL) is the name of what ran. *state must be given to
 * state_free. O(frames); thread-safe. */
void state_build(const struct report *report, const struct names *names, const char *target,
                 struct state *state);

void state_free(struct state *state);

/* state_position finds the source line to open first, as "file:line:column", for free(); NULL: the
 * report has none. */
char *state_position(const struct report *report, const struct names *names);

#endif
