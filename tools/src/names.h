/* names.h: the frames of a stack that name the program, as lines of a crash state. */
#ifndef LEDGE_TOOLS_NAMES_H
#define LEDGE_TOOLS_NAMES_H

#include "ignore.h"
#include "line.h"
#include "report.h"

/* Innermost first. */
struct names {
    line_text *at;
    size_t *frame; /* the index in the stack of the frame that a line stands for */
    size_t len;
    const struct ignore_rule *
        *dropped;   /* of each frame of the stack: why it has no line, or NULL */
    bool functions; /* a line is a function of the program */
    bool offsets;   /* a line is a module and an offset, for want of symbols */
    bool entered;   /* the last line is the target: below it there is only the engine */
};

/* names_of_report makes the names of each stack of a report, in order, for names_free. target (may
 * be NULL) stands for LLVMFuzzerTestOneInput; where nobody says it, that function is called by its
 * source file, as ClusterFuzz does, or by its binary. O(frames); thread-safe. */
struct names *names_of_report(const struct report *report, const char *target);

void names_free(struct names *names, size_t len);

/* names_guess_target finds out from a log of a fuzzing engine which target ran; false when the log
 * doesn't say. */
bool names_guess_target(const struct report *report, line_text target);

#endif
