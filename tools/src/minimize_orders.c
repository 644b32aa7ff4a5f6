#include "minimize_orders.h"

#include <stdint.h>
#include <stdlib.h>

#include "mem.h"

/* The operations of a program, in the order in which they are gone through from the back. */
struct order {
    const struct program *whole;
    size_t *ops;
    bool *keep; /* of the whole's, those that are still there */
};

static void make_without(const struct search *search, const struct thinning *thinning, size_t from,
                         size_t to, struct program *out)
{
    const struct order *order = thinning->what;
    (void)search;
    for (size_t i = from; i < to; i++)
        order->keep[order->ops[i]] = false;
    program_keep(order->whole, order->keep, out);
    for (size_t i = from; i < to; i++)
        order->keep[order->ops[i]] = true;
}

static bool take_without(struct search *search, const struct thinning *thinning, size_t from,
                         size_t to)
{
    const struct order *order = thinning->what;
    struct program candidate;
    make_without(search, thinning, from, to, &candidate);
    if (!search_take(search, &candidate))
        return false;
    for (size_t i = from; i < to; i++)
        order->keep[order->ops[i]] = false;
    return true;
}

/* Fisher and Yates' shuffle, with the numbers of Knuth's MMIX generator. */
static void shuffle(size_t *ops, size_t len, uint64_t state)
{
    for (size_t left = len; left > 1; left--) {
        state = state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
        size_t other = (size_t)((state >> 33) % left), op = ops[left - 1];
        ops[left - 1] = ops[other];
        ops[other] = op;
    }
}

void orders_thin(struct search *search, unsigned number)
{
    struct program whole;
    program_copy(search->best, &whole);
    size_t len = whole.ops_len;
    struct order order = {&whole, mem_new(len, sizeof *order.ops), search_keep_all(&whole)};
    for (size_t i = 0; i < len; i++)
        order.ops[i] = len - 1 - i;
    if (number > 0)
        shuffle(order.ops, len, number);
    struct thinning thinning = {.take = take_without, .make = make_without, .what = &order};
    search_thin(search, &thinning, len);
    free(order.keep);
    free(order.ops);
    program_free(&whole);
}
