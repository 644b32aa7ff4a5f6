/* account.h: what a run exercised: calls per operation, statuses returned, and cells of pointer
 * class x length class x alignment. Counting is a few increments, so it is always on; the
 * replayer's --stats prints the tables.
 *
 * A cell says what the code under test was handed, not what the input's bytes looked like: lengths
 * are classed by how they relate to the memory really available, alignments by what was asked for
 * (or, without such an argument, by what the pointer has). */
#ifndef LEDGE_KIT_ACCOUNT_H
#define LEDGE_KIT_ACCOUNT_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "program.h"

enum { KIT_STATUSES = 32 }; /* statuses 0 … 31 are told apart; others are counted as 31 */

/* kit_account_call counts one call with its values. */
void kit_account_call(const struct kit_call *call, const struct kit_value *values);

/* kit_account_status counts one status returned by the API in the operation that is running. */
void kit_account_status(unsigned status);

/* kit_account_take writes the numbers of what was counted since the last call to out, ascending,
 * and forgets the counts; returns how many. Each operation has the same share of the numbers below
 * kit_account_numbers(ops): its calls, its statuses, its cells. */
size_t kit_account_take(const struct kit_op *const *ops, size_t count, uint32_t *out);
size_t kit_account_numbers(size_t ops);

/* kit_account_print writes the tables of the target's operations. status_name may be NULL. */
void kit_account_print(FILE *out, const struct kit_op *const *ops, size_t count,
                       const char *(*status_name)(int status));

#endif
