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
    /* What will be asked next if the answer to the next question is no, which it mostly is: a judge
     * with a core to spare may begin with it. NULL: there is no such judge. */
    void (*expect)(void *context, const struct program *candidate);
};

/* search_minimal replaces *program, of which the judge says yes, by a smaller one of which it says
 * yes too. Returns false when the judge said stop: *program is then the smallest so far.
 *
 * Of a program in operations true means 1-minimal: the judge says no to it without any one of its
 * operations, without any one item of a count, and with any one number lowered to 0 or by one. A
 * number whose record would get longer by that is lowered by more: the order is shortest first,
 * then smallest, and what is longer isn't asked about. The search goes from the back: it finds the
 * last operation that matters by halving, steps over it, tries without all that is left, and looks
 * for the next; each chunk together with the operations that use its handles, and alone. Likewise
 * numbers go to 0, all those of one argument's name, then those that records end with, as only
 * those cost bytes, and then many at once; what is left of them is lowered one by one, and handles
 * are renamed. Small programs are also tried without any two operations (a push and its pop),
 * without an operation while a later number gets lower (a push and an index behind it), with two
 * numbers lower by the same amount (a length and an index), and with an operation of another kind
 * or with other numbers of the whole (minimize_relatives.h). All is done once more from the start,
 * with what stood behind the operation that fails too, and with operations taken away from the
 * front, or where three or more are left in other orders too (minimize_orders.h), and the smaller
 * result counts. Each question copies the program.
 *
 * Of plain bytes it means: the judge says no without any one byte, and with any one byte replaced
 * by a simpler one. '0' is the simplest byte, 'a' the next, then they go by value; a byte is tried
 * as '0', as 'a', and as the byte one less. Lines go first, then words and blanks, then bytes. */
bool search_minimal(struct program *program, const struct judge *judge);

/* search_drop_bytes takes single bytes out of a program of plain bytes, nothing else, until the
 * judge says no to every one. False when the judge said stop. */
bool search_drop_bytes(struct program *program, const struct judge *judge);

/* search_bytes is search_minimal for plain bytes. */
bool search_bytes(struct program *program, const struct judge *judge);

/* One question of a proof. */
struct attempt {
    char *step; /* "without operation 2", "number 3 from 8 to 7" */
    enum answer answer;
};

/* What a proof of 1-minimality came to. */
struct proof {
    bool holds;               /* every answer is a no */
    bool stopped;             /* the judge said stop before it was settled */
    struct attempt *attempts; /* all of them; the last one is the yes, when it doesn't hold */
    size_t len;
};

/* prove_minimal asks about every single step down from a program, without regard to how it was
 * found. *proof is for proof_free. */
void prove_minimal(const struct program *program, const struct judge *judge, struct proof *proof);

void proof_free(struct proof *proof);

#endif
