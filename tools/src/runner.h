/* runner.h: run inputs under one build, and say how each ended.
 *
 * Knows how a replayer and a libFuzzer binary are called, the sanitizers' options, the limits of
 * the target, and how to name a crash. */
#ifndef LEDGE_TOOLS_RUNNER_H
#define LEDGE_TOOLS_RUNNER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "crash.h"
#include "manifest.h"
#include "proc.h"

struct runner;

/* How one input ended. */
struct run_result {
    struct crash crash; /* crash.found false: it ran clean */
    enum proc_end end;
    int code;
    char *log; /* stderr of the process from where this input began; owned; empty after a clean
                  run_many */
    size_t log_len;
    uint64_t elapsed_ns;
};

/* The sanitizers a crash is replayed under, most informative first: "asan", "msan", "tsan",
 * "ubsan", "none", NULL. */
extern const char *const runner_sanitizers[];

/* runner_new makes a runner with a symbolizer and a private temporary directory. The manifest must
 * outlive it. One runner serves one thread at a time. NULL and *why when the directory can't be
 * made. */
struct runner *runner_new(const struct manifest *manifest, struct fail *why);

/* runner_free removes the temporary directory. NULL is fine. */
void runner_free(struct runner *runner);

/* runner_symbolizer is the runner's symbolizer, for crash_classify of a log that came from
 * elsewhere. */
struct symbolizer *runner_symbolizer(struct runner *runner);

/* runner_build finds what replays under a sanitizer: the replayer, or else the libFuzzer binary;
 * NULL when neither is in the manifest. */
const struct build *runner_build(const struct target *target, const char *sanitizer);

/* runner_run runs the file at path once in a process of its own (some 5 ms), within the target's
 * time and memory limits; a time-out is a crash of class "timeout". Returns false and *why when
 * that is not possible: no binary, unreadable file, interrupted. On true *result must be given to
 * run_result_free. */
bool runner_run(struct runner *runner, const struct target *target, const struct build *build,
                const char *path, struct run_result *result, struct fail *why);

/* runner_run_bytes does the same with len bytes in memory. */
bool runner_run_bytes(struct runner *runner, const struct target *target, const struct build *build,
                      const void *bytes, size_t len, struct run_result *result, struct fail *why);

/* runner_execute is the first half of runner_run: it runs the file at an absolute path and gives
 * the process's end, unjudged. env_more (NULL-terminated, may be NULL) is added to the environment.
 * Any thread may call, and many at a time. On true *ended is for proc_result_free. */
bool runner_execute(const struct runner *runner, const struct target *target,
                    const struct build *build, const char *path, const char *const *env_more,
                    struct proc_result *ended, struct fail *why);

/* runner_judge is the second half: what such an end, of a process with one input, is called. */
bool runner_judge(struct runner *runner, const struct target *target, const struct build *build,
                  const struct proc_result *ended, struct run_result *result, struct fail *why);

/* runner_directory is the private directory in which inputs are run. */
const char *runner_directory(const struct runner *runner);

/* What runner_run_many tells of each path, in no particular order; *result is only lent. */
typedef void run_seen(void *context, size_t index, const struct run_result *result);

/* runner_run_many runs many files in as few processes as crashes allow, and calls seen once for
 * each. A leak that shows only at a process's end is traced to its input by halving. A file may be
 * seen as clean because an earlier one of the same process left the program in a state that hides
 * its crash, or the reverse; runner_run is the last word. */
bool runner_run_many(struct runner *runner, const struct target *target, const struct build *build,
                     const char *const *paths, size_t len, run_seen *seen, void *context,
                     struct fail *why);

void run_result_free(struct run_result *result);

#endif
