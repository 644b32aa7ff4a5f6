/* account.h: what a run exercised: calls per operation, statuses returned, and cells of pointer
 * class x length class x alignment. The replayer's --stats prints the tables, --account the same
 * for tools. */
#ifndef LEDGE_KIT_ACCOUNT_H
#define LEDGE_KIT_ACCOUNT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "cells.h"
#include "program.h"

enum { KIT_STATUSES = 32 }; /* statuses 0 … 31 are told apart; others are counted as 31 */

/* What one call of the API, at one place of the target, has returned. They lie in a section of
 * their own, one behind the other, so that each has a number. */
struct kit_tally {
    const char *call; /* source text; NULL: only the status is known */
    uint64_t statuses[KIT_STATUSES];
};

#define KIT_TALLY __attribute__((section("kit_tallies")))

/* Whether runs are counted: no engine asks for it, and it takes some 4 % of a run. While it is
 * false, nobody should call the three functions that follow. */
extern bool kit_accounting;

/* kit_account_call says that a call is about to run. */
void kit_account_call(const struct kit_call *call);

/* kit_account_cell counts the cell of an operation's values, after an operation that really called
 * the API: one whose precondition didn't hold exercised nothing. */
void kit_account_cell(const struct kit_call *call, const struct kit_value *values);

/* kit_account_status counts one status returned by the API in the operation that is running, and in
 * the tally of the place where it was checked. */
void kit_account_status(struct kit_tally *tally, unsigned status);

/* What was counted. */
extern struct kit_account {
    uint64_t calls[KIT_OPS];
    uint64_t statuses[1 + KIT_OPS][KIT_STATUSES]; /* the first row: outside any operation */
    uint64_t cells[KIT_OPS][KIT_CELLS];
    size_t running; /* the row of statuses that is counted in */
} kit_account;

/* kit_account_tallies are all there are, whether reached or not. */
struct kit_tally *kit_account_tallies(size_t *count);

/* kit_account_take writes the numbers of what was counted since the last call to out, ascending,
 * and forgets the counts; returns how many. Each operation has the same share of the numbers below
 * kit_account_numbers(ops): its calls, its statuses, its cells; behind them come the tallies. */
size_t kit_account_take(const struct kit_op *const *ops, size_t count, uint32_t *out);
size_t kit_account_numbers(size_t ops);

/* kit_account_reachable says whether an operation can call the API with a cell: there is a way to
 * express it, and the target doesn't declare it unreachable. */
bool kit_account_reachable(const struct kit_op *op, unsigned cell, const struct kit_cell_way *way);

/* kit_account_print writes the tables of the target's operations, for people. */
void kit_account_print(FILE *out);

/* kit_account_json writes them as JSON:
 *
 *     {"target":"vec",
 *      "operations":[{"name":"push","calls":17,"statuses":{"LEDGE_OK":16}} …],
 *      "api":[{"function":"ledge_vec_push","statuses":{"LEDGE_OK":16}} …],
 *      "statuses":["LEDGE_OK","LEDGE_ENULL" …],
 *      "cells":[{"operation":"of","reached":280,"reachable":280,"missing":[],
 *                "declared":[{"cells":160,"why":"…"}]} …]}
 *
 * "reachable" are the cells that can be expressed and aren't declared unreachable by the target.
 * Takes tenths of a second an operation. */
void kit_account_json(FILE *out);

#endif
