/* check.c: a table of regions that nest. See ledge/check.h for the order they are in.
 *
 * Regions are in slots, by the index of their handle, and every link between them is an index plus
 * one. By address they are the nodes of a treap: a search tree that is a heap by a random number of
 * each node, and so is as deep as a random tree is, O(log n), whatever order they come in. Seidel
 * and Aragon, "Randomized Search Trees" (1996). It has two steps, split and merge, that go down one
 * path each; everything that changes is made of them.
 *
 * The key is (address, depth). Of regions that start at one address, each is in the one before it:
 * depth counts the regions around it, and puts parents first. What is in a region comes right after
 * it, so that it and its parts are a run of keys, which two splits cut out.
 *
 * The table of ledge/provenance.h is told of every block that the library allocates, by the very
 * functions of ledge/base.h: this file must not use them. */
#include <ledge/check.h>

#include <stdlib.h>
#include <string.h>

#include <ledge/harden.h>

struct ledge_check_slot {
    unsigned char *ptr; /* null: the slot is free */
    size_t size;
    size_t generation; /* from 1; one more when the region goes or is renewed */
    size_t depth;      /* regions around it */
    size_t parent;     /* the innermost of them; 0: none. Of a free slot: the next free one */
    size_t left, right;
    uint64_t priority; /* no less than those of left and right */
};

/* More than any depth: a key with it is behind all regions at its address. */
#define DEEPEST SIZE_MAX

/* --- Memory ------------------------------------------------------------------------------- */

static void *resize_array(const ledge_check *check, void *ptr, size_t old_size, size_t new_size)
{
    if (check->alloc.resize)
        return check->alloc.resize(check->alloc.ctx, ptr, old_size, new_size);
    return realloc(ptr, new_size);
}

static void free_array(const ledge_check *check, void *ptr, size_t size)
{
    if (!ptr)
        return;
    if (check->alloc.resize)
        (void)check->alloc.resize(check->alloc.ctx, ptr, size, 0);
    else
        free(ptr);
}

/* Makes room for one more region. */
static ledge_status make_room(ledge_check *check)
{
    size_t old = check->capacity, fresh = old == 0 ? 8 : 2 * old;
    if (check->free_slot != 0 || check->used < old)
        return LEDGE_OK;

    struct ledge_check_slot *slots =
        resize_array(check, check->slots, old * sizeof(*slots), fresh * sizeof(*slots));
    if (!slots)
        return LEDGE_ENOMEM;
    check->slots = slots;
    check->capacity = fresh;
    return LEDGE_OK;
}

void ledge_check_init(ledge_check *check, const ledge_allocator *alloc)
{
    *check = (ledge_check){0};
    if (alloc)
        check->alloc = *alloc;
}

void ledge_check_cleanup(ledge_check *check)
{
    free_array(check, check->slots, check->capacity * sizeof(*check->slots));
    *check = (ledge_check){0};
}

/* --- The treap ---------------------------------------------------------------------------- */

/* The slot that a link is to; null for 0. */
static struct ledge_check_slot *slot_at(const ledge_check *check, size_t link)
{
    return link == 0 ? NULL : &check->slots[link - 1];
}

static size_t link_to(const ledge_check *check, const struct ledge_check_slot *slot)
{
    return slot ? (size_t)(slot - check->slots) + 1 : 0;
}

static bool is_before(const struct ledge_check_slot *slot, uintptr_t start, size_t depth)
{
    uintptr_t from = (uintptr_t)slot->ptr;
    return from < start || (from == start && slot->depth < depth);
}

/* Cuts a treap in two: the nodes before a key, and the others. */
static void split(ledge_check *check, size_t tree, uintptr_t start, size_t depth, size_t *before,
                  size_t *behind)
{
    struct ledge_check_slot *slot;
    while ((slot = slot_at(check, tree))) {
        if (is_before(slot, start, depth)) {
            *before = tree;
            before = &slot->right;
            tree = slot->right;
        } else {
            *behind = tree;
            behind = &slot->left;
            tree = slot->left;
        }
    }
    *before = *behind = 0;
}

/* Joins two treaps, all of whose nodes in the first are before those in the second. */
static size_t merge(ledge_check *check, size_t first, size_t second)
{
    size_t root, *link = &root;
    while (first != 0 && second != 0) {
        struct ledge_check_slot *a = slot_at(check, first), *b = slot_at(check, second);
        if (a->priority > b->priority) {
            *link = first;
            link = &a->right;
            first = a->right;
        } else {
            *link = second;
            link = &b->left;
            second = b->left;
        }
    }
    *link = first != 0 ? first : second;
    return root;
}

/* The last region before a key; null when there is none. */
static struct ledge_check_slot *last_before(const ledge_check *check, uintptr_t start, size_t depth)
{
    struct ledge_check_slot *slot = slot_at(check, check->root), *last = NULL;
    while (slot) {
        bool before = is_before(slot, start, depth);
        if (before)
            last = slot;
        slot = slot_at(check, before ? slot->right : slot->left);
    }
    return last;
}

/* The last region that starts at or before an address. All that the address is in are among it and
 * its parents. */
static struct ledge_check_slot *last_until(const ledge_check *check, uintptr_t address)
{
    return last_before(check, address, DEEPEST);
}

/* The next number of a sequence that depends on the table alone: Marsaglia's xorshift64. */
static uint64_t next_random(ledge_check *check)
{
    uint64_t x = check->random != 0 ? check->random : UINT64_C(0x9e3779b97f4a7c15);
    x ^= x << 13;
    x ^= x >> 7;
    x ^= x << 17;
    check->random = x;
    return x;
}

/* --- Looking up --------------------------------------------------------------------------- */

/* Whether the size bytes at start are all in the region. The end of a region is in it for no
 * bytes. */
static bool is_around(const struct ledge_check_slot *slot, uintptr_t start, size_t size)
{
    uintptr_t from = (uintptr_t)slot->ptr;
    return start >= from && start - from <= slot->size && size <= slot->size - (start - from);
}

/* The innermost region around the size bytes at start, of slot and its parents; null when none
 * is. */
static struct ledge_check_slot *climb(const ledge_check *check, struct ledge_check_slot *slot,
                                      uintptr_t start, size_t size)
{
    while (slot && !is_around(slot, start, size))
        slot = slot_at(check, slot->parent);
    return slot;
}

/* Whether a region that starts at or before the last of the size bytes at start has some of them,
 * but not all, nor all of itself there. */
static bool is_cut(const struct ledge_check_slot *slot, uintptr_t start, size_t size)
{
    uintptr_t from = (uintptr_t)slot->ptr;
    if (from < start)
        return start - from < slot->size && size > slot->size - (start - from);
    return from != start && slot->size > size - (from - start);
}

/* Whether slot or one of its parents is cut. */
static bool cuts_any(const ledge_check *check, const struct ledge_check_slot *slot, uintptr_t start,
                     size_t size)
{
    for (; slot; slot = slot_at(check, slot->parent)) {
        if (is_cut(slot, start, size))
            return true;
    }
    return false;
}

/* The slot of a live region; null when the handle is stale. */
static struct ledge_check_slot *slot_of(const ledge_check *check, ledge_region region)
{
    if (region.index >= check->used)
        return NULL;
    struct ledge_check_slot *slot = &check->slots[region.index];
    return slot->ptr && slot->generation == region.generation ? slot : NULL;
}

static ledge_region handle_of(const ledge_check *check, const struct ledge_check_slot *slot)
{
    return (ledge_region){(size_t)(slot - check->slots), slot->generation};
}

/* Whether a live slot is where it belongs: in the treap, behind its parent, between no others. */
static bool is_in_place(const ledge_check *check, const struct ledge_check_slot *slot)
{
    uintptr_t start = (uintptr_t)slot->ptr;
    const struct ledge_check_slot *left = slot_at(check, slot->left),
                                  *right = slot_at(check, slot->right);
    if ((left && left->priority > slot->priority) || (right && right->priority > slot->priority))
        return false;
    if (last_before(check, start, slot->depth + 1) != slot)
        return false;

    struct ledge_check_slot *before = last_before(check, start, slot->depth);
    const struct ledge_check_slot *parent = climb(check, before, start, slot->size);
    return link_to(check, parent) == slot->parent &&
           slot->depth == (parent ? parent->depth + 1 : 0) &&
           !cuts_any(check, before, start, slot->size);
}

bool ledge_check_is_valid(const ledge_check *check)
{
    size_t live = 0, unused = 0;
    if (check->used > check->capacity || check->free_slot > check->used)
        return false;
    for (size_t i = 0; i < check->used; i++) {
        const struct ledge_check_slot *slot = &check->slots[i];
        live += slot->ptr != NULL;
        if (slot->ptr && !is_in_place(check, slot))
            return false;
    }

    const struct ledge_check_slot *slot = slot_at(check, check->free_slot);
    for (; slot && !slot->ptr && unused < check->used; unused++)
        slot = slot_at(check, slot->parent);
    return !slot && live == check->live && live + unused == check->used;
}

/* --- Regions ------------------------------------------------------------------------------ */

/* Enters a region behind all that start where it does, which are around it. */
static ledge_status insert(ledge_check *check, const void *ptr, size_t size,
                           const struct ledge_check_slot *parent, ledge_region *out)
{
    size_t parent_link = link_to(check, parent), depth = parent ? parent->depth + 1 : 0;
    ledge_status status = make_room(check);
    if (status != LEDGE_OK)
        return status;

    size_t link = check->free_slot;
    struct ledge_check_slot *slot;
    if (link != 0) {
        slot = slot_at(check, link);
        check->free_slot = slot->parent;
    } else {
        link = ++check->used;
        slot = slot_at(check, link);
        slot->generation = 1;
    }
    *slot = (struct ledge_check_slot){.ptr = (unsigned char *)(uintptr_t)ptr,
                                      .size = size,
                                      .generation = slot->generation,
                                      .depth = depth,
                                      .parent = parent_link,
                                      .priority = next_random(check)};

    size_t before, behind;
    split(check, check->root, (uintptr_t)ptr, DEEPEST, &before, &behind);
    check->root = merge(check, merge(check, before, link), behind);
    check->live++;
    *out = handle_of(check, slot);
    LEDGE_CHECK_DEBUG(ledge_check_is_valid(check));
    return LEDGE_OK;
}

/* Takes out all that is in a region: those of its run from the given depth on. */
static void take_out(ledge_check *check, const struct ledge_check_slot *region, size_t depth)
{
    uintptr_t start = (uintptr_t)region->ptr;
    size_t before, rest, run, behind;
    split(check, check->root, start, depth, &before, &rest);
    split(check, rest, start + (region->size - 1), DEEPEST, &run, &behind);
    check->root = merge(check, before, behind);

    while (run != 0) {
        struct ledge_check_slot *slot = slot_at(check, run);
        size_t next = merge(check, slot->left, slot->right);
        slot->ptr = NULL;
        slot->generation++;
        slot->parent = check->free_slot;
        check->free_slot = run;
        check->live--;
        run = next;
    }
    LEDGE_CHECK_DEBUG(ledge_check_is_valid(check));
}

ledge_status ledge_check_add(ledge_check *check, const void *ptr, size_t size, ledge_region *out)
{
    uintptr_t start = (uintptr_t)ptr;
    if (!ptr)
        return LEDGE_ENULL;
    if (size == 0)
        return LEDGE_EEMPTY;
    if (size > UINTPTR_MAX - start)
        return LEDGE_ERANGE;

    struct ledge_check_slot *before = last_until(check, start);
    if (climb(check, before, start, 1) || last_until(check, start + (size - 1)) != before)
        return LEDGE_EBUSY;
    return insert(check, ptr, size, NULL, out);
}

ledge_status ledge_check_add_sub(ledge_check *check, const void *ptr, size_t size,
                                 ledge_region *out)
{
    uintptr_t start = (uintptr_t)ptr;
    if (!ptr)
        return LEDGE_ENULL;
    if (size == 0)
        return LEDGE_EEMPTY;

    struct ledge_check_slot *before = last_until(check, start);
    const struct ledge_check_slot *parent = climb(check, before, start, 1);
    if (!parent)
        return LEDGE_ENOTFOUND;
    if (!is_around(parent, start, size))
        return LEDGE_ERANGE;
    if (last_until(check, start + (size - 1)) != before)
        return LEDGE_EBUSY;
    return insert(check, ptr, size, parent, out);
}

ledge_status ledge_check_remove(ledge_check *check, ledge_region region)
{
    const struct ledge_check_slot *slot = slot_of(check, region);
    if (!slot)
        return LEDGE_ESTALE;
    take_out(check, slot, slot->depth);
    return LEDGE_OK;
}

ledge_status ledge_check_renew(ledge_check *check, ledge_region region, ledge_region *out)
{
    struct ledge_check_slot *slot = slot_of(check, region);
    if (!slot)
        return LEDGE_ESTALE;
    take_out(check, slot, slot->depth + 1);
    slot->generation++;
    *out = handle_of(check, slot);
    return LEDGE_OK;
}

/* A region that ledge_check_forget has to take out: the outermost around the first byte that isn't
 * around more than the range, or the last that starts behind that byte; null when there is none. */
static const struct ledge_check_slot *find_forgotten(const ledge_check *check, uintptr_t start,
                                                     size_t size)
{
    struct ledge_check_slot *before = last_until(check, start);
    const struct ledge_check_slot *found = NULL, *last = last_until(check, start + (size - 1));
    const struct ledge_check_slot *slot = climb(check, before, start, 1);
    for (; slot; slot = slot_at(check, slot->parent)) {
        if (slot->size <= size || !is_around(slot, start, size))
            found = slot;
    }
    return found || last == before ? found : last;
}

void ledge_check_forget(ledge_check *check, const void *ptr, size_t size)
{
    uintptr_t start = (uintptr_t)ptr;
    if (size > UINTPTR_MAX - start)
        size = UINTPTR_MAX - start;
    if (size == 0)
        return;

    const struct ledge_check_slot *slot;
    while ((slot = find_forgotten(check, start, size)))
        take_out(check, slot, slot->depth);
}

/* --- Verdicts ----------------------------------------------------------------------------- */

ledge_status ledge_check_range(const ledge_check *check, const void *ptr, size_t size,
                               ledge_region *out)
{
    uintptr_t start = (uintptr_t)ptr;
    if (!ptr && size != 0)
        return LEDGE_ENULL;
    if (size > UINTPTR_MAX - start)
        return LEDGE_ERANGE;

    struct ledge_check_slot *first = last_until(check, start), *last = first;
    if (size != 0) {
        /* A region that the range cuts has its first byte or its last. */
        last = last_until(check, start + (size - 1));
        if (cuts_any(check, first, start, size) ||
            (last != first && cuts_any(check, last, start, size)))
            return LEDGE_ERANGE;
    }

    const struct ledge_check_slot *around = climb(check, first, start, size);
    if (around) {
        *out = handle_of(check, around);
        return LEDGE_OK;
    }
    /* Nothing is around it and nothing is cut: is anything in it? */
    if (size != 0 && (last != first || climb(check, first, start, 1)))
        return LEDGE_ERANGE;
    return LEDGE_ENOTFOUND;
}

ledge_status ledge_check_within(const ledge_check *check, ledge_region region, const void *ptr,
                                size_t size)
{
    const struct ledge_check_slot *slot = slot_of(check, region);
    if (!slot)
        return LEDGE_ESTALE;
    return is_around(slot, (uintptr_t)ptr, size) ? LEDGE_OK : LEDGE_ERANGE;
}

/* --- Checked views ------------------------------------------------------------------------ */

ledge_status ledge_checked_of(const ledge_check *check, ledge_region region, ledge_checked *out)
{
    const struct ledge_check_slot *slot = slot_of(check, region);
    if (!slot)
        return LEDGE_ESTALE;
    *out = (ledge_checked){slot->ptr, slot->size, region};
    return LEDGE_OK;
}

ledge_status ledge_checked_sub(const ledge_check *check, ledge_checked view, size_t lo, size_t hi,
                               ledge_checked *out)
{
    if (!slot_of(check, view.region))
        return LEDGE_ESTALE;
    if (lo > hi || hi > view.length)
        return LEDGE_ERANGE;
    *out = (ledge_checked){view.ptr + lo, hi - lo, view.region};
    return LEDGE_OK;
}

ledge_status ledge_checked_span(const ledge_check *check, ledge_checked view, ledge_span *out)
{
    ledge_status status = ledge_check_within(check, view.region, view.ptr, view.length);
    if (status == LEDGE_OK)
        *out = ledge_span_of(view.ptr, view.length);
    return status;
}
