/* minimize_sequential.h: does a candidate fail as often as the input did? With as few runs as the
 * answer takes.
 *
 * Mostly a candidate fails as often as before or not at all, and then a single failure tells which:
 * that is the eager test. The strict one is Wald's sequential probability ratio test, and also
 * tells apart what fails more seldom. Pure arithmetic. */
#ifndef LEDGE_TOOLS_MINIMIZE_SEQUENTIAL_H
#define LEDGE_TOOLS_MINIMIZE_SEQUENTIAL_H

#include <stdbool.h>

#include "minimize_search.h"

/* How often something was seen. */
struct count {
    unsigned hits, tries;
};

/* The eager test refuses a candidate that fails at the input's rate with a probability of
 * SEQUENTIAL_EAGER, and takes any that fails at all if it does so in time. The strict one refuses
 * such a candidate with SEQUENTIAL_REFUSE, and takes one that fails at SEQUENTIAL_KEEP of the rate,
 * or less often, with SEQUENTIAL_TAKE. */
#define SEQUENTIAL_EAGER  0.01
#define SEQUENTIAL_KEEP   0.7
#define SEQUENTIAL_REFUSE 0.05
#define SEQUENTIAL_TAKE   0.01

struct sequential {
    double hit, miss; /* what a run adds to the evidence */
    double yes, no;   /* where it is enough */
    double evidence;
    struct count count;
    unsigned tries_max; /* after which it is a no: between two rates nothing is ever enough */
};

/* sequential_begin prepares the strict test of a candidate of an input that fails at `rate`, above
 * 0 and at most 1; sequential_eager the eager one. */
struct sequential sequential_begin(double rate);
struct sequential sequential_eager(double rate);

/* sequential_add takes one run into account. Returns whether it is settled, and then *answer. */
bool sequential_add(struct sequential *test, bool hit, enum answer *answer);

/* count_drops says whether `after` is significantly less often than `before`: one-sided, at 1 %. */
bool count_drops(struct count before, struct count after);

#endif
