#include "account.h"

#include <stdbool.h>

#include "cells.h"

struct kit_account kit_account;
bool kit_accounting;

void kit_account_call(const struct kit_call *call)
{
    kit_account.running = 1 + call->index;
    kit_account.calls[call->index]++;
}

void kit_account_cell(const struct kit_call *call, const struct kit_value *values)
{
    if (kit_has_cells(call->op))
        kit_account.cells[call->index][kit_cell(call->op, values)]++;
}

void kit_account_status(struct kit_tally *tally, unsigned status)
{
    if (status >= KIT_STATUSES)
        status = KIT_STATUSES - 1;
    kit_account.statuses[kit_account.running][status]++;
    tally->statuses[status]++;
}

/* The linker's names for the section's ends; both null in a target without statuses. */
extern struct kit_tally __start_kit_tallies[] __attribute__((weak));
extern struct kit_tally __stop_kit_tallies[] __attribute__((weak));

struct kit_tally *kit_account_tallies(size_t *count)
{
    *count = (size_t)(__stop_kit_tallies - __start_kit_tallies);
    return __start_kit_tallies;
}

/* The numbers of an operation: its calls, its statuses, its cells. */
enum { OP_NUMBERS = 1 + KIT_STATUSES + KIT_CELLS };

size_t kit_account_numbers(size_t ops)
{
    size_t tallies;
    kit_account_tallies(&tallies);
    return ops * OP_NUMBERS + tallies * KIT_STATUSES;
}

/* Appends first + i for each non-zero count, and zeroes it. */
static uint32_t *take_counts(uint64_t *counts, size_t len, size_t first, uint32_t *out)
{
    for (size_t i = 0; i < len; i++) {
        if (counts[i] == 0)
            continue;
        counts[i] = 0;
        *out++ = (uint32_t)(first + i);
    }
    return out;
}

size_t kit_account_take(const struct kit_op *const *ops, size_t count, uint32_t *out)
{
    uint32_t *end = out;
    size_t tallies_count;
    struct kit_tally *tallies = kit_account_tallies(&tallies_count);
    kit_account.running = 0;
    for (size_t i = 0; i < count; i++) {
        const size_t first = i * OP_NUMBERS;
        if (kit_account.calls[i] == 0)
            continue;
        end = take_counts(&kit_account.calls[i], 1, first, end);
        end = take_counts(kit_account.statuses[1 + i], KIT_STATUSES, first + 1, end);
        if (kit_has_cells(ops[i]))
            end = take_counts(kit_account.cells[i], KIT_CELLS, first + 1 + KIT_STATUSES, end);
    }
    for (size_t i = 0; i < tallies_count; i++)
        end = take_counts(tallies[i].statuses, KIT_STATUSES, count * OP_NUMBERS + i * KIT_STATUSES,
                          end);
    return (size_t)(end - out);
}
