/* minimize_oracle.h: the judge of real inputs: runs a candidate and compares signatures.
 *
 * Answers are remembered by the candidate's bytes. What the search says it will ask next is run
 * ahead on a second core; that changes when an answer is there, never what it is. Stacks are
 * compared by name, but each module offset is looked up once (symbolize.h), so that after the first
 * few candidates nothing is symbolized any more. Not thread-safe. */
#ifndef LEDGE_TOOLS_MINIMIZE_ORACLE_H
#define LEDGE_TOOLS_MINIMIZE_ORACLE_H

#include <stdint.h>
#include <stdio.h>

#include "crash.h"
#include "minimize_search.h"
#include "minimize_sequential.h"
#include "minimize_worker.h"
#include "runner.h"

enum { ORACLE_WORKERS = 2 };

struct oracle_memo {
    uint64_t key[2]; /* of the bytes; both 0: a free slot */
    enum answer answer;
};

struct oracle_options {
    const struct target *target;
    const struct build *build;
    const struct crash *want; /* what a candidate must fail with */
    FILE *live;               /* is told how far we are, a terminal often; NULL: nobody */
    unsigned workers;         /* 1 or 2 */
    bool fresh;               /* a process of its own for every run */
    bool whole;               /* with everything looked for that can be: leaks, too */
    uint64_t deadline_ns;     /* when to say stop (uv_hrtime); 0: never */
    double rate;              /* of a flaky input: how often it fails; 0: it always does */
    bool eager;               /* of a flaky input: which test */
};

struct oracle {
    struct runner *runner;
    struct oracle_options options;
    struct worker workers[ORACLE_WORKERS];
    struct oracle_memo *memo;
    size_t memo_cap, memo_len;
    uint64_t ahead[2];   /* the key of what the second worker runs; both 0: nothing */
    uint64_t slowest_ns; /* of the runs that failed in the wanted way */
    unsigned runs;       /* of candidates, also those that nobody then asked about */
    unsigned others;     /* of those, runs that failed in another way */
    unsigned asked;      /* candidates whose answer was not remembered */
    size_t units, bytes; /* of the smallest yes; units: operations */
    uint64_t told;
    bool terminal;   /* options.live is one */
    bool failed;     /* a candidate could not be run, which is why it said stop */
    struct fail why; /* when failed */
};

/* oracle_open prepares *oracle; what the pointers refer to must outlive it, and it must not move.
 */
void oracle_open(struct oracle *oracle, struct runner *runner,
                 const struct oracle_options *options);

void oracle_close(struct oracle *oracle);

/* oracle_judge is the judge: yes when the candidate's signature is the wanted one; when the input
 * is flaky, when it is so about as often (minimize_sequential.h). Stop when it can't be run, when
 * time is up, or when stop_wanted(). */
struct judge oracle_judge(struct oracle *oracle);

/* oracle_count runs bytes until there are `tries` runs or `hits` with the wanted signature,
 * whatever is remembered, and says how many there were; tries 0 in the answer: it could not be run,
 * or stop is wanted. */
struct count oracle_count(struct oracle *oracle, const void *bytes, size_t len, unsigned tries,
                          unsigned hits);

/* stop_watch(true) makes SIGINT, SIGTERM and SIGHUP a wish to stop, which proc_run then leaves
 * alone; a second one ends the process as usual. stop_watch(false) ends that. */
void stop_watch(bool on);

/* stop_wanted is the signal that came since stop_watch(true), or 0. */
int stop_wanted(void);

#endif
