/* similarity.h: how alike two crashes are, by their states and by their whole stacks.
 *
 * Pure functions; thread-safe. */
#ifndef LEDGE_TOOLS_SIMILARITY_H
#define LEDGE_TOOLS_SIMILARITY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Frames beyond this depth weigh less than a twelfth of the innermost, and are left out. */
#define SIMILARITY_FRAMES 64

/* states_match says whether two crash states (lines joined by '\n') look like the same mistake:
 * they have two lines in common in the same order, or their lines, one by one, agree by more than
 * 0.8 on average. Two lines agree by 1 - d / (length + length), d being the fewest bytes to insert
 * and delete; a line without a partner agrees with nothing. States of one line match only by that.
 * O(bytes²). */
bool states_match(const char *a, const char *b);

/* stack_distance is 0 for stacks of the same frames and 1 for stacks without a common one; the
 * frames are given as hashes, innermost first. It is CASR's published measure: an alignment that
 * pairs the frame at depth i with an equal one at depth j scores e^(-0.04 min(i,j) - 0.13 |i-j|);
 * the best alignment's score is divided by what the shorter stack would score against itself, so
 * what is near the crash weighs more, and frames that moved weigh less. Two empty stacks are 0,
 * one empty stack is 1 from any other. O(a_len * b_len). */
double stack_distance(const uint64_t *a, size_t a_len, const uint64_t *b, size_t b_len);

/* stack_distance_least is a lower bound of stack_distance for two stacks of these lengths with this
 * many frames in common. O(shared). */
double stack_distance_least(size_t a_len, size_t b_len, size_t shared);

#endif
