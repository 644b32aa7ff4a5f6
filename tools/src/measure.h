/* measure.h: run inputs under a build, and say what each exercised.
 *
 * A replayer that was built with coverage counters answers for many inputs from one process
 * (targets/kit/measure.h); an AFL++ binary through its fork server and shared memory, as it does
 * afl-showmap; a libFuzzer binary in the control file of a merge. An input that crashes, hangs or
 * exits is told from the others, and costs them nothing. */
#ifndef LEDGE_TOOLS_MEASURE_H
#define LEDGE_TOOLS_MEASURE_H

#include <stdbool.h>
#include <stddef.h>

#include "feature_set.h"
#include "manifest.h"

/* An input and what became of it. */
struct measured {
    const void *bytes; /* lent by the caller */
    size_t len;
    struct features features; /* owned by the caller from then on; empty when it failed */
    char *failed;             /* how it ended, for free(); NULL: it ran clean */
};

/* measure_build chooses the build to measure with: the one named "engine/sanitizer", or for NULL
 * the fastest that is there. NULL and *why when there is none. */
const struct build *measure_build(const struct target *target, const char *name, struct fail *why);

/* A process, or a series of them, that measures inputs. */
struct measurer;

/* measurer_new starts nothing yet but reads the binary. NULL and *why when it can't be read. */
struct measurer *measurer_new(const struct target *target, const struct build *build,
                              struct fail *why);

void measurer_free(struct measurer *measurer);

/* measurer_build_id names the content of the binary, as store_id does. */
const char *measurer_build_id(const struct measurer *measurer);

/* measurer_run measures inputs[0 … len) in this order. `space` is what the numbers in their
 * features stand for; it is the same for every call of one build. Some 10 µs an input beside what
 * the target itself takes, and 5 ms for each that fails; a libFuzzer binary takes more. Returns
 * false and *why when that is not possible: the binary is gone or counts nothing, a full disk; the
 * inputs done by then keep their result. It comes back early when stop_wanted()
 * (minimize_oracle.h). */
bool measurer_run(struct measurer *measurer, struct measured *inputs, size_t len,
                  struct feature_space *space, struct fail *why);

#endif
