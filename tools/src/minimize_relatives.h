/* minimize_relatives.h: small programs in which an operation is one of another kind. */
#ifndef LEDGE_TOOLS_MINIMIZE_RELATIVES_H
#define LEDGE_TOOLS_MINIMIZE_RELATIVES_H

#include "minimize_steps.h"

/* relatives_kinds makes *kinds, for program_free, a program with one operation of each kind that is
 * in `program`: what relatives_replace may use. */
void relatives_kinds(const struct program *program, struct program *kinds);

/* relatives_replace makes a program of a few operations smaller, when it can, by replacing one of
 * them (not the last one, which is what fails): one with numbers by one that has none, or one by
 * another that has the same arguments, leaving a further one out ("clone, resize" becomes "alloc").
 * Returns whether it did. Questions: kinds × operations, and as many × operations again for kinds
 * that share their arguments' names. */
bool relatives_replace(struct search *search, const struct program *kinds);

#endif
