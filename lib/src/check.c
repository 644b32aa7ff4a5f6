/* check.c: a table of regions that nest. See ledge/check.h for the order they are kept in.
 *
 * slots holds the regions, in no order: the index of a handle, stable while a region lives. starts
 * holds the live ones by address. Both have the same capacity, so that a region that got a slot has
 * a place in starts, too.
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
    size_t parent;     /* 1 + its slot's index; 0: an allocation. Of a free slot: the next free */
};

struct ledge_check_start {
    uintptr_t start; /* of the region, as in its slot */
    size_t slot;
};

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

/* Makes room for one more region. The second array is made beside the old one, so that a refusal
 * leaves both as they were. */
static ledge_status make_room(ledge_check *check)
{
    size_t old = check->capacity, fresh = old == 0 ? 8 : 2 * old;
    if (check->free_slot != 0 || check->used < old)
        return LEDGE_OK;

    size_t slot_bytes = old * sizeof(*check->slots), start_bytes = old * sizeof(*check->starts);
    void *starts = resize_array(check, NULL, 0, fresh * sizeof(*check->starts));
    if (!starts)
        return LEDGE_ENOMEM;
    void *slots = resize_array(check, check->slots, slot_bytes, fresh * sizeof(*check->slots));
    if (!slots) {
        free_array(check, starts, fresh * sizeof(*check->starts));
        return LEDGE_ENOMEM;
    }
    if (check->live != 0)
        memcpy(starts, check->starts, check->live * sizeof(*check->starts));
    free_array(check, check->starts, start_bytes);
    check->slots = slots;
    check->starts = starts;
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
    free_array(check, check->starts, check->capacity * sizeof(*check->starts));
    *check = (ledge_check){0};
}

/* --- Looking up --------------------------------------------------------------------------- */

static struct ledge_check_slot *parent_of(const ledge_check *check,
                                          const struct ledge_check_slot *slot)
{
    return slot->parent == 0 ? NULL : &check->slots[slot->parent - 1];
}

/* Whether the size bytes at start are all in the region. The end of a region is in it for no
 * bytes. */
static bool is_around(const struct ledge_check_slot *slot, uintptr_t start, size_t size)
{
    uintptr_t from = (uintptr_t)slot->ptr;
    return start >= from && start - from <= slot->size && size <= slot->size - (start - from);
}

/* The number of regions that start at or before an address. */
static size_t count_until(const ledge_check *check, uintptr_t address)
{
    size_t lo = 0, hi = check->live;
    while (lo < hi) {
        size_t middle = lo + (hi - lo) / 2;
        if (check->starts[middle].start <= address)
            lo = middle + 1;
        else
            hi = middle;
    }
    return lo;
}

/* The last of the first `count` regions; null when count is 0. All that its address is in are among
 * it and its parents. */
static struct ledge_check_slot *last_of(const ledge_check *check, size_t count)
{
    return count == 0 ? NULL : &check->slots[check->starts[count - 1].slot];
}

/* The innermost region around the size bytes at start, of slot and its parents; null when none
 * is. */
static struct ledge_check_slot *climb(const ledge_check *check, struct ledge_check_slot *slot,
                                      uintptr_t start, size_t size)
{
    while (slot && !is_around(slot, start, size))
        slot = parent_of(check, slot);
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
    for (; slot; slot = parent_of(check, slot)) {
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

/* The place in starts of a live region: of those that start where it does, parents come first. */
static size_t place_of(const ledge_check *check, const struct ledge_check_slot *slot)
{
    size_t place = count_until(check, (uintptr_t)slot->ptr) - 1;
    while (&check->slots[check->starts[place].slot] != slot)
        place--;
    return place;
}

/* The place behind a region and all that is in it. */
static size_t place_behind(const ledge_check *check, const struct ledge_check_slot *slot)
{
    return count_until(check, (uintptr_t)slot->ptr + (slot->size - 1));
}

bool ledge_check_is_valid(const ledge_check *check)
{
    if (check->live > check->used || check->used > check->capacity)
        return false;

    for (size_t i = 0; i < check->live; i++) {
        const struct ledge_check_start *start = &check->starts[i];
        const struct ledge_check_slot *slot = &check->slots[start->slot];
        if (start->slot >= check->used || slot->size == 0 || start->start != (uintptr_t)slot->ptr)
            return false;

        /* The parent is around it, and is the innermost of those before it that are. */
        struct ledge_check_slot *before = last_of(check, i);
        if (before && before->ptr > slot->ptr)
            return false;
        if (climb(check, before, start->start, slot->size) != parent_of(check, slot) ||
            cuts_any(check, before, start->start, slot->size))
            return false;
    }

    size_t free = 0;
    for (size_t i = check->free_slot; i != 0 && free <= check->used; free++) {
        if (i > check->used || check->slots[i - 1].ptr)
            return false;
        i = check->slots[i - 1].parent;
    }
    return free == check->used - check->live;
}

/* --- Regions ------------------------------------------------------------------------------ */

/* Enters a region at a place of starts. */
static ledge_status insert(ledge_check *check, size_t place, const void *ptr, size_t size,
                           const struct ledge_check_slot *parent, ledge_region *out)
{
    size_t parent_link = parent ? handle_of(check, parent).index + 1 : 0;
    ledge_status status = make_room(check);
    if (status != LEDGE_OK)
        return status;

    size_t index = check->free_slot != 0 ? check->free_slot - 1 : check->used;
    struct ledge_check_slot *slot = &check->slots[index];
    if (check->free_slot != 0) {
        check->free_slot = slot->parent;
    } else {
        check->used++;
        slot->generation = 1;
    }
    slot->ptr = (unsigned char *)(uintptr_t)ptr;
    slot->size = size;
    slot->parent = parent_link;

    struct ledge_check_start *at = check->starts + place;
    memmove(at + 1, at, (check->live - place) * sizeof(*at));
    *at = (struct ledge_check_start){(uintptr_t)ptr, index};
    check->live++;
    *out = handle_of(check, slot);
    LEDGE_CHECK_DEBUG(ledge_check_is_valid(check));
    return LEDGE_OK;
}

/* Takes out the regions at places [from, to), where that leaves nobody without a parent. */
static void take_out(ledge_check *check, size_t from, size_t to)
{
    for (size_t i = from; i < to; i++) {
        size_t index = check->starts[i].slot;
        struct ledge_check_slot *slot = &check->slots[index];
        slot->ptr = NULL;
        slot->generation++;
        slot->parent = check->free_slot;
        check->free_slot = index + 1;
    }
    if (from != to)
        memmove(check->starts + from, check->starts + to,
                (check->live - to) * sizeof(*check->starts));
    check->live -= to - from;
    LEDGE_CHECK_DEBUG(ledge_check_is_valid(check));
}

static void take_out_region(ledge_check *check, const struct ledge_check_slot *slot)
{
    take_out(check, place_of(check, slot), place_behind(check, slot));
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

    size_t place = count_until(check, start);
    if (climb(check, last_of(check, place), start, 1) ||
        count_until(check, start + (size - 1)) != place)
        return LEDGE_EBUSY;
    return insert(check, place, ptr, size, NULL, out);
}

ledge_status ledge_check_add_sub(ledge_check *check, const void *ptr, size_t size,
                                 ledge_region *out)
{
    uintptr_t start = (uintptr_t)ptr;
    if (!ptr)
        return LEDGE_ENULL;
    if (size == 0)
        return LEDGE_EEMPTY;

    size_t place = count_until(check, start);
    const struct ledge_check_slot *parent = climb(check, last_of(check, place), start, 1);
    if (!parent)
        return LEDGE_ENOTFOUND;
    if (!is_around(parent, start, size))
        return LEDGE_ERANGE;
    if (count_until(check, start + (size - 1)) != place)
        return LEDGE_EBUSY;
    return insert(check, place, ptr, size, parent, out);
}

ledge_status ledge_check_remove(ledge_check *check, ledge_region region)
{
    const struct ledge_check_slot *slot = slot_of(check, region);
    if (!slot)
        return LEDGE_ESTALE;
    take_out_region(check, slot);
    return LEDGE_OK;
}

ledge_status ledge_check_renew(ledge_check *check, ledge_region region, ledge_region *out)
{
    struct ledge_check_slot *slot = slot_of(check, region);
    if (!slot)
        return LEDGE_ESTALE;
    take_out(check, place_of(check, slot) + 1, place_behind(check, slot));
    slot->generation++;
    *out = handle_of(check, slot);
    return LEDGE_OK;
}

/* A region that ledge_check_forget has to take out: the outermost around the first byte that isn't
 * around more than the range, or the first behind that byte; null when there is none. */
static const struct ledge_check_slot *find_forgotten(const ledge_check *check, uintptr_t start,
                                                     size_t size)
{
    size_t place = count_until(check, start);
    const struct ledge_check_slot *found = NULL;
    const struct ledge_check_slot *slot = climb(check, last_of(check, place), start, 1);
    for (; slot; slot = parent_of(check, slot)) {
        if (slot->size <= size || !is_around(slot, start, size))
            found = slot;
    }
    if (!found && count_until(check, start + (size - 1)) != place)
        found = &check->slots[check->starts[place].slot];
    return found;
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
        take_out_region(check, slot);
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

    /* A region that the range cuts has its first byte or its last. */
    size_t first = count_until(check, start), last = first;
    struct ledge_check_slot *slot = last_of(check, first);
    if (size != 0) {
        last = count_until(check, start + (size - 1));
        if (cuts_any(check, slot, start, size) ||
            (last != first && cuts_any(check, last_of(check, last), start, size)))
            return LEDGE_ERANGE;
    }

    const struct ledge_check_slot *around = climb(check, slot, start, size);
    if (around) {
        *out = handle_of(check, around);
        return LEDGE_OK;
    }
    /* Nothing is around it and nothing is cut: is anything in it? */
    if (size != 0 && (last != first || climb(check, slot, start, 1)))
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
