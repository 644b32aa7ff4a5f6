/* measure_parts.h: what measure.c and measure_*.c share; nobody else includes it. */
#ifndef LEDGE_TOOLS_MEASURE_PARTS_H
#define LEDGE_TOOLS_MEASURE_PARTS_H

#include "measure.h"

struct measurer {
    const struct target *target;
    const struct build *build;
    char build_id[33];
    char *directory; /* private, for what a target drops */
    struct afl *afl; /* the fork server of an AFL++ build; NULL for a replayer, or not started */
    bool persistent; /* an AFL++ build that runs many inputs in one process */
    bool deferred;   /* … and starts its fork server itself */
    bool lists_features; /* a libFuzzer build that can */
};

/* measure_ended says how a process ended: "killed by signal 11 (Segmentation fault)". For free().
 */
char *measure_ended(bool timed_out, unsigned timeout_ms, int signal, int code);

/* afl_run measures under an AFL++ build, as measurer_run. */
bool afl_run(struct measurer *measurer, struct measured *inputs, size_t len,
             struct feature_space *space, struct fail *why);

/* libfuzzer_run measures under a libFuzzer build, as measurer_run. */
bool libfuzzer_run(struct measurer *measurer, struct measured *inputs, size_t len,
                   struct feature_space *space, struct fail *why);

/* afl_stop ends the fork server and gives its memory back. NULL is fine. */
void afl_stop(struct afl *afl);

#endif
