/* minimize_relatives.h: small programs in which an operation is one of another kind. */
#ifndef LEDGE_TOOLS_MINIMIZE_RELATIVES_H
#define LEDGE_TOOLS_MINIMIZE_RELATIVES_H

#include "minimize_steps.h"

/* relatives_replace makes a program of a few operations smaller, when it can, by replacing one of
 * them (not the last one, which is what fails): one with numbers by one that has none, or one by
 * another that has the same arguments, leaving a further one out ("clone, resize" becomes "alloc").
 * The kinds of operations are those in `whole`, the program at the start. Returns whether it did.
 * Questions: kinds × operations, and as many × operations again for kinds that share their
 * arguments' names. */
bool relatives_replace(struct search *search, const struct program *whole);

/* relatives_recall leaves an operation out, when it can, by giving the last one other numbers that
 * it has somewhere in `whole`: with a huge size an allocator that says no needs no asking. At most
 * 16 of those are tried, from the back. Returns whether it did. */
bool relatives_recall(struct search *search, const struct program *whole);

#endif
