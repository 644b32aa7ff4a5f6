/* minimize.h: the smallest input with the same signature, and what a person is handed of it.
 *
 *   minimize_search.c, minimize_bytes.c, minimize_steps.c   which candidates there are
 *   minimize_proof.c                      is the result 1-minimal?
 *   minimize_oracle.c, minimize_worker.c, minimize_stop.c   running them; ^C
 *   minimize_sequential.c                 flaky ones: how often is often enough
 *   minimize.c, minimize_shrink.c         from an input to a smaller one
 *   minimize_repro.c                      the C program: emit, compile, run
 *   minimize_keep.c                       the directory
 *   cmd_minimize.c                        the command */
#ifndef LEDGE_TOOLS_MINIMIZE_H
#define LEDGE_TOOLS_MINIMIZE_H

#include <stdint.h>
#include <stdio.h>

#include "crash.h"
#include "minimize_search.h"
#include "minimize_sequential.h"
#include "runner.h"

enum {
    MINIMIZE_TRIES = 20,   /* separate runs in which a result must fail */
    MINIMIZE_ELSEWHERE = 5 /* and in another build */
};

struct minimize_request {
    const struct target *target;
    const char *path;      /* the input */
    const char *sanitizer; /* the build to keep the signature of; NULL: the first that fails */
    FILE *live;            /* where to show progress: always on a terminal, else a line now and
                            * then; NULL: nowhere */
    unsigned seconds;      /* then the search ends with the best so far; 0: when it is done */
    unsigned jobs;         /* candidates run at a time: 1 or 2; 0: 2 if there are cores for it */
};

enum minimize_end {
    MINIMIZE_DONE,
    MINIMIZE_CLEAN, /* the input fails under no build; only `tried` and `tries` are set */
};

struct minimized {
    enum minimize_end end;
    char *tried;               /* the builds it ran under: "asan, msan" */
    const struct build *build; /* whose signature was kept */
    struct crash crash;        /* how the result fails there */
    struct program program;    /* the result; of a kit target in operations, else in bytes */
    uint8_t *bytes;            /* the same, encoded */
    size_t bytes_len, bytes_before, ops_before;
    unsigned runs;        /* runs the search took, without those that only counted */
    unsigned others;      /* of those, runs that failed in another way, and were refused for it */
    unsigned asked;       /* candidates it wanted to know of */
    unsigned hits, tries; /* how often the result failed the same way, of how many fresh processes;
                             tries 0: nobody waited for that */
    bool flaky;           /* it doesn't always fail, and neither did the input */
    struct count before;  /* of a flaky input: the same */
    struct proof proof;
    const struct build *elsewhere; /* another build of the target; NULL: there is none */
    struct count there;            /* the result in it */
    char *not_there;               /* why it could not be run there, or NULL */
    uint64_t began_ns;             /* uv_hrtime then */
    double seconds;                /* until the result was known and proven */
    double seconds_in_all;         /* with the counts */
    bool minimal; /* false: the search was ended early, and this is the best until then */
};

/* minimize_run finds the build in which the input fails and shrinks it, keeping the signature. An
 * input that fails only sometimes is shrunk to one that does so about as often. After
 * stop_watch(true), a signal ends it early: *out is then the best so far, minimal is false, and
 * tries 0. Returns false and *why when an input can't be run at all: no such file, no binary. On
 * true *out must be given to minimize_free. */
bool minimize_run(struct runner *runner, const struct minimize_request *request,
                  struct minimized *out, struct fail *why);

void minimize_free(struct minimized *minimized);

/* minimize_shrink is the part of minimize_run that comes after the build has been found: from
 * out->program, out->build and out->crash on. */
bool minimize_shrink(struct runner *runner, const struct minimize_request *request,
                     struct minimized *out, struct fail *why);

/* minimize_prove asks, with an oracle of its own, whether the result is 1-minimal. False and *why
 * when it can't be run. On true *proof is for proof_free. */
bool minimize_prove(struct runner *runner, const struct target *target,
                    const struct minimized *minimized, struct proof *proof, struct fail *why);

/* repro_emit makes the C program of an input by the replayer of a sanitizer; *source is for free().
 * *failed tells whether the input failed meanwhile. */
bool repro_emit(const struct target *target, const char *sanitizer, const char *input,
                char **source, bool *failed, struct fail *why);

/* repro_command is the shell command that compiles repro.c for the target's library under a
 * sanitizer; for free(). NULL when the manifest doesn't say how. */
char *repro_command(const struct target *target, const char *sanitizer);

/* repro_run compiles the C program `source` (a path) for the target's library under a sanitizer, as
 * the file `program`, and runs it. A program that doesn't compile is a failure, with the compiler's
 * first error in *why. On true *result is for run_result_free. */
bool repro_run(struct runner *runner, const struct target *target, const char *sanitizer,
               const char *source, const char *program, struct run_result *result,
               struct fail *why);

/* What minimize_keep wrote. */
struct kept {
    char *directory;
    char *text;        /* the program, a line an operation; NULL: not a kit target */
    bool has_c;        /* repro.c is there */
    bool c_same;       /* and fails with the same signature */
    struct fail c_why; /* else, why not */
};

/* minimize_directory is where a result goes by default: <crashes>/new/<target>-<operation or
 * function>-<hex of the signature>. The hex is 4 digits, or all 16 where that name is taken by
 * another signature. For free(). */
char *minimize_directory(const struct manifest *manifest, const struct target *target,
                         const struct crash *crash);

/* minimize_keep writes input, program.txt, repro.c and report.json into a directory, makes it if
 * need be, and compiles and runs the C program. Files of these names are replaced. False and *why
 * when something can't be written. */
bool minimize_keep(struct runner *runner, const struct target *target,
                   const struct minimized *minimized, const char *directory, struct kept *kept,
                   struct fail *why);

void kept_free(struct kept *kept);

/* minimize_failing_line says where the failure shows in kept->text: the number of the line (from
 * 0), or -1 when it is only when the world is closed, or at the exit. */
int minimize_failing_line(const struct crash *crash, const char *text);

#endif
