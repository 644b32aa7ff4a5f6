/* minimize_oracle.h: the judge of real inputs: runs a candidate in a process of its own and
 * compares signatures.
 *
 * Answers are remembered by the candidate's bytes. Not thread-safe. */
#ifndef LEDGE_TOOLS_MINIMIZE_ORACLE_H
#define LEDGE_TOOLS_MINIMIZE_ORACLE_H

#include <stdint.h>
#include <stdio.h>

#include "crash.h"
#include "minimize_search.h"
#include "runner.h"

struct oracle_memo {
    uint64_t key[2]; /* of the bytes; both 0: a free slot */
    enum answer answer;
};

struct oracle {
    struct runner *runner;
    const struct target *target;
    const struct build *build;
    const struct crash *want; /* what a candidate must fail with */
    FILE *live;               /* a terminal that is shown how far we are, or NULL */
    struct oracle_memo *memo;
    size_t memo_cap, memo_len;
    unsigned runs;     /* processes started */
    size_t ops, bytes; /* of the smallest yes */
    uint64_t told;
    bool failed;     /* a candidate could not be run, which is why it said stop */
    struct fail why; /* when failed */
};

/* oracle_init prepares *oracle; what the pointers refer to must outlive it. */
void oracle_init(struct oracle *oracle, struct runner *runner, const struct target *target,
                 const struct build *build, const struct crash *want, FILE *live);

/* oracle_judge is the judge: yes when the candidate's signature is the wanted one, stop when it
 * can't be run or when stop_wanted(). The oracle must not move as long as it is used. */
struct judge oracle_judge(struct oracle *oracle);

/* oracle_count runs bytes `tries` times, whatever is remembered, and says how often the signature
 * was the wanted one. It ends early, and sets oracle->failed, when they can't be run; and when stop
 * is wanted. */
unsigned oracle_count(struct oracle *oracle, const void *bytes, size_t len, unsigned tries);

void oracle_free(struct oracle *oracle);

/* stop_watch(true) makes SIGINT, SIGTERM and SIGHUP a wish to stop, which proc_run then leaves
 * alone; a second one ends the process as usual. stop_watch(false) ends that. */
void stop_watch(bool on);

/* stop_wanted is the signal that came since stop_watch(true), or 0. */
int stop_wanted(void);

#endif
