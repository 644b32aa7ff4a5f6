/* bench_minimize.h: `ledge bench minimize`: our minimizer beside afl-tmin and libFuzzer's.
 *
 *   bench_minimize_case.c    long inputs that meet a planted bug
 *   bench_minimize_peer.c    the others, and what they found
 *   bench_minimize_flaky.c   inputs that fail only sometimes
 *   bench_minimize_show.c    tables and JSON
 *   bench_minimize.c         the command, and whether we are ahead */
#ifndef LEDGE_TOOLS_BENCH_MINIMIZE_H
#define LEDGE_TOOLS_BENCH_MINIMIZE_H

#include <stdint.h>

#include <jansson.h>

#include "bugs.h"
#include "minimize.h"

enum { PEER_AFL, PEER_AFL_EXACT, PEER_LIBFUZZER, PEERS };

/* What the runs of a benchmark share. */
struct contest {
    const struct manifest *manifest;
    struct runner *runner;
    const char *place; /* a directory for everything */
    unsigned seconds;  /* that each tool has for an input */
    uint64_t seed;
};

/* An input that meets a bug. */
struct contest_case {
    const char *name;
    const struct target *target;
    const struct build *build; /* in which it fails */
    struct crash crash;
    char *path;
    size_t bytes, ops;
};

/* What a tool made of it. */
struct outcome {
    bool ran;      /* false: it has no binary that shows the bug */
    bool finished; /* false: its time was up, and this is what it had */
    bool same;     /* the result shows the same bug: the same signature, in the same build */
    size_t bytes, ops;
    uint64_t calls; /* runs of the target; 0: it doesn't say */
    double seconds;
};

struct contest_row {
    struct contest_case input;
    struct outcome ours, peers[PEERS];
    double seconds_in_all; /* ours, with the twenty runs of the result and those in another build */
    bool minimal;          /* ours is proven 1-minimal */
    bool smallest;         /* no peer that kept the bug has fewer bytes, or fewer operations */
    struct fail why;       /* when `same` of ours is false */
};

/* contest_case_make makes the input of a bug, about `bytes` long: records of the target's corpus in
 * random order, with random digits behind them that mean nothing, as long as they run clean; then
 * such that fail as bug.json says, or are what libFuzzer found; then more, up to the size. The
 * same seed gives the same input. False and *why when it finds none. On true the case is for
 * contest_case_free. */
bool contest_case_make(const struct contest *contest, const struct bug_info *info, size_t bytes,
                       struct contest_case *out, struct fail *why);

void contest_case_free(struct contest_case *input);

extern const char *const contest_peers[PEERS]; /* their names */

/* contest_peer lets a peer minimize an input. */
bool contest_peer(const struct contest *contest, unsigned peer, const struct contest_case *input,
                  struct outcome *out, struct fail *why);

/* contest_tmin lets afl-tmin minimize an input of any program that AFL++ compiled. */
bool contest_tmin(const struct contest *contest, const char *program, const char *input,
                  const char *result, double *seconds, struct fail *why);

/* contest_weigh fills what is to be known of a result: its size, whether it is the same bug. */
bool contest_weigh(const struct contest *contest, const struct contest_case *input,
                   const char *path, struct outcome *out, struct fail *why);

/* A program that fails only sometimes, and what both made of an input of it. */
struct flaky_row {
    unsigned percent;          /* how often it is made to fail */
    size_t before, ours, peer; /* bytes; peer: afl-tmin, 0: it kept nothing that fails */
    struct count rate_before, rate_ours, rate_peer;
    uint64_t calls;
    double seconds, peer_seconds;
    bool holds;
    struct fail why; /* when it could not be run */
};

/* contest_flaky runs one. */
void contest_flaky(const struct contest *contest, unsigned percent, struct flaky_row *row);

void contest_print_header(void);
void contest_print_row(const struct contest_row *row);
void contest_print_flaky(const struct flaky_row *row);
json_t *contest_row_json(const struct contest_row *row);
json_t *contest_flaky_json(const struct flaky_row *row);

#endif
