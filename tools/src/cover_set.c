#include "cover_set.h"

#include <stdlib.h>

#include "mem.h"

/* An item in the queue, with what it would have brought when that was last counted. */
struct entry {
    uint32_t gain;
    size_t item;
};

struct cover {
    const struct cover_item *items;
    size_t len;
    uint32_t *holders; /* of each member: in all items at first, then in what is chosen */
    bool *chosen;
    struct entry *queue; /* a heap: the best is first */
    size_t queue_len;
};

static bool better(const struct cover *cover, struct entry a, struct entry b)
{
    uint64_t left = (uint64_t)a.gain * cover->items[b.item].weight;
    uint64_t right = (uint64_t)b.gain * cover->items[a.item].weight;
    return left != right ? left > right : a.item < b.item;
}

static void sink(struct cover *cover, size_t at)
{
    struct entry *queue = cover->queue;
    for (;;) {
        size_t best = at;
        for (size_t child = 2 * at + 1; child <= 2 * at + 2 && child < cover->queue_len; child++)
            if (better(cover, queue[child], queue[best]))
                best = child;
        if (best == at)
            return;
        struct entry moved = queue[at];
        queue[at] = queue[best];
        queue[best] = moved;
        at = best;
    }
}

static void take(struct cover *cover, size_t item)
{
    cover->chosen[item] = true;
    for (size_t i = 0; i < cover->items[item].len; i++)
        cover->holders[cover->items[item].members[i]]++;
}

static uint32_t count_new(const struct cover *cover, size_t item)
{
    uint32_t gain = 0;
    for (size_t i = 0; i < cover->items[item].len; i++)
        gain += cover->holders[cover->items[item].members[i]] == 0;
    return gain;
}

/* Finds the items that alone hold something, before anything is chosen. */
static void mark_essential(const struct cover *cover, const uint32_t *all_holders, bool *essential)
{
    for (size_t item = 0; item < cover->len; item++) {
        const struct cover_item *it = &cover->items[item];
        for (size_t i = 0; i < it->len && !essential[item]; i++)
            essential[item] = all_holders[it->members[i]] == 1;
    }
}

static void take_essential(struct cover *cover, const uint32_t *covered, size_t covered_len,
                           uint32_t space)
{
    uint32_t *all_holders = mem_new(space, sizeof *all_holders);
    bool *essential = mem_new(cover->len, sizeof *essential);
    for (size_t i = 0; i < covered_len; i++)
        all_holders[covered[i]] = 2; /* what is covered already makes nobody essential */
    for (size_t item = 0; item < cover->len; item++)
        for (size_t i = 0; i < cover->items[item].len; i++)
            all_holders[cover->items[item].members[i]]++;
    mark_essential(cover, all_holders, essential);
    for (size_t item = 0; item < cover->len; item++)
        if (essential[item])
            take(cover, item);
    free(essential);
    free(all_holders);
}

static void take_greedily(struct cover *cover)
{
    for (size_t item = 0; item < cover->len; item++) {
        uint32_t gain = cover->chosen[item] ? 0 : count_new(cover, item);
        if (gain > 0)
            cover->queue[cover->queue_len++] = (struct entry){gain, item};
    }
    for (size_t at = cover->queue_len / 2; at-- > 0;)
        sink(cover, at);
    while (cover->queue_len > 0) {
        struct entry *top = &cover->queue[0];
        uint32_t gain = count_new(cover, top->item);
        if (gain == top->gain)
            take(cover, top->item);
        top->gain = gain == top->gain ? 0 : gain;
        if (top->gain == 0)
            *top = cover->queue[--cover->queue_len];
        sink(cover, 0);
    }
}

static bool is_redundant(const struct cover *cover, size_t item)
{
    for (size_t i = 0; i < cover->items[item].len; i++)
        if (cover->holders[cover->items[item].members[i]] == 1)
            return false;
    return true;
}

/* One pass will do: what is needed now will be needed when there are fewer. */
static size_t drop_redundant(struct cover *cover)
{
    size_t left = 0;
    for (size_t item = cover->len; item-- > 0;) {
        if (!cover->chosen[item])
            continue;
        cover->chosen[item] = !is_redundant(cover, item);
        left += cover->chosen[item];
        for (size_t i = 0; i < cover->items[item].len && !cover->chosen[item]; i++)
            cover->holders[cover->items[item].members[i]]--;
    }
    return left;
}

size_t cover_choose(const struct cover_item *items, size_t len, const uint32_t *covered,
                    size_t covered_len, uint32_t space, bool *chosen)
{
    struct cover cover = {.items = items,
                          .len = len,
                          .holders = mem_new(space, sizeof *cover.holders),
                          .chosen = chosen,
                          .queue = mem_new(len, sizeof *cover.queue)};
    for (size_t item = 0; item < len; item++)
        chosen[item] = false;
    for (size_t i = 0; i < covered_len; i++)
        cover.holders[covered[i]]++;
    take_essential(&cover, covered, covered_len, space);
    take_greedily(&cover);
    size_t count = drop_redundant(&cover);
    free(cover.holders);
    free(cover.queue);
    return count;
}
