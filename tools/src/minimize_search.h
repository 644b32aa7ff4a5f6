/* minimize_search.h: the smallest program of which somebody else says that it still shows the bug.
 *
 * Pure: what a program does is asked of a judge, so that the search can be tested without a
 * process. */
#ifndef LEDGE_TOOLS_MINIMIZE_SEARCH_H
#define LEDGE_TOOLS_MINIMIZE_SEARCH_H

#include <stdbool.h>
#include <stddef.h>

#include "program.h"

enum answer {
    ANSWER_NO,   /* it doesn't fail, or fails in another way */
    ANSWER_YES,  /* it fails the same way */
    ANSWER_STOP, /* ask no more: take the best so far */
};

/* Who says. The same question may be asked again, so a judge that takes long should remember; one
 * whose answers change voids the guarantees below, but never makes the search take a program that
 * it didn't say yes to. */
struct judge {
    enum answer (*ask)(void *context, const struct program *candidate);
    void *context;
};

/* search_minimal replaces *program, of which the judge says yes, by a smaller one of which it says
 * yes too. Returns true when that is 1-minimal: the judge says no to it without any one of its
 * operations, without any one item of a count, and with any one number lowered by one or to 0.
 * Returns false when the judge said stop: *program is then the smallest so far.
 *
 * The order is: the shortest failing prefix by halving; chunks of operations from the back, smaller
 * and smaller, each alone and together with the operations that use its handles; every number to 0,
 * or as low as halving finds; and again until nothing changes. Small programs are also tried
 * without any two operations (a push and its pop), without an operation while a number gets lower
 * (a push and an index behind it), and with two numbers lower by the same amount (a length and an
 * index). Each question copies the program. */
bool search_minimal(struct program *program, const struct judge *judge);

/* What a proof of 1-minimality came to. */
struct proof {
    bool holds;       /* no single step down is still a yes */
    bool stopped;     /* the judge said stop before it was settled */
    size_t attempts;  /* questions asked */
    char counter[96]; /* when it doesn't hold: the first step that is a yes, for people */
};

/* prove_minimal asks about every single step down from a program, without regard to how it was
 * found. */
struct proof prove_minimal(const struct program *program, const struct judge *judge);

#endif
