/* vec.c: the owning vector. See ledge/vec.h.
 *
 * Invariants (ledge_vec_is_valid): length <= capacity <= allocated, and the block of
 * allocated * elem_size bytes is at most PTRDIFF_MAX bytes long. So the product of any index up to
 * allocated and elem_size can't wrap; only sizes that come from the caller need checking, and
 * checked_bytes() does that.
 *
 * Every function that adds checks all it can before it touches the vector; the one step that can
 * still fail, change_block(), comes before the first write. */
#include <ledge/vec.h>

#include <string.h>

#include <ledge/harden.h>
#include <ledge/poison.h>

#include "elements.h"

/* The elements may be touched, the spare memory behind them not. */
static void close_spare(const ledge_vec *vec)
{
    ledge_poison_spare(vec->ptr, ledge_vec_allocated(vec), vec->length * vec->elem_size);
}

/* Every change goes through here. What somebody else has written into the struct is seen at the
 * next change, before it is relied on. */
static void set_length(ledge_vec *vec, size_t length)
{
    LEDGE_CHECK_FAST(length <= vec->allocated);
    LEDGE_CHECK_EXTENSIVE(ledge_vec_is_valid(vec));
    vec->length = length;
    close_spare(vec);
}

/* All of the block may be: it is about to be written, lent, or given back. */
static void open_spare(const ledge_vec *vec)
{
    ledge_poison_spare(vec->ptr, ledge_vec_allocated(vec), ledge_vec_allocated(vec));
}

ledge_status ledge_vec_init(ledge_vec *vec, size_t elem_size, const ledge_allocator *alloc)
{
    if (elem_size == 0)
        return LEDGE_ESIZE;
    *vec = (ledge_vec){.elem_size = elem_size, .growth = LEDGE_GROWTH_DOUBLE};
    if (alloc)
        vec->alloc = *alloc;
    return LEDGE_OK;
}

void ledge_vec_cleanup(ledge_vec *vec)
{
    LEDGE_CHECK_EXTENSIVE(ledge_vec_is_valid(vec));
    open_spare(vec);
    ledge_alloc_free(&vec->alloc, vec->ptr, ledge_vec_allocated(vec));
    *vec = (ledge_vec){0};
}

static bool is_growth(ledge_growth policy)
{
    return policy == LEDGE_GROWTH_DOUBLE || policy == LEDGE_GROWTH_SMOOTH ||
           policy == LEDGE_GROWTH_HALF;
}

ledge_status ledge_vec_set_growth(ledge_vec *vec, ledge_growth policy)
{
    if (!is_growth(policy))
        return LEDGE_EINVAL;
    vec->growth = policy;
    return LEDGE_OK;
}

bool ledge_vec_is_valid(const ledge_vec *vec)
{
    if (vec->length > vec->capacity || vec->capacity > vec->allocated)
        return false;
    if ((vec->ptr == NULL) != (vec->allocated == 0))
        return false;
    if (vec->elem_size == 0 && vec->allocated != 0)
        return false;

    size_t bytes;
    return is_growth(vec->growth) &&
           checked_bytes(vec->allocated, vec->elem_size, &bytes) == LEDGE_OK;
}

/* --- Reading ------------------------------------------------------------------------------ */

ledge_status ledge_vec_get(const ledge_vec *vec, size_t index, void *out)
{
    const void *elem = ledge_vec_at(vec, index);
    if (!elem)
        return LEDGE_ERANGE;
    memcpy(out, elem, vec->elem_size);
    return LEDGE_OK;
}

ledge_view ledge_vec_as_view(const ledge_vec *vec)
{
    return ledge_view_of(vec->ptr, vec->length * vec->elem_size);
}

ledge_span ledge_vec_as_span(const ledge_vec *vec)
{
    open_spare(vec);
    return (ledge_span){vec->ptr, vec->length * vec->elem_size, vec->capacity * vec->elem_size};
}

/* Whether any of the size bytes at ptr is one of the vector's block. Addresses are compared as
 * numbers, since they may belong to different objects. Where there is no block, none is. */
static bool overlaps_block(const ledge_vec *vec, const void *ptr, size_t size)
{
    uintptr_t from = (uintptr_t)ptr, block = (uintptr_t)vec->ptr;
    if (size == 0)
        return false;
    return from < block ? size > block - from : from - block < ledge_vec_allocated(vec);
}

size_t ledge_vec_retained(const ledge_vec *vec, ledge_view part)
{
    return overlaps_block(vec, part.ptr, part.length) ? ledge_vec_allocated(vec) : 0;
}

/* --- Sources ------------------------------------------------------------------------------ */

/* Where the bytes to be added come from. The block may move before they are read, so that those
 * that lie in it are remembered by their offset. */
struct source {
    const unsigned char *ptr;
    size_t size;
    bool inside; /* all of it lies within the vector's elements, at offset */
    size_t offset;
};

/* Describes the size bytes at ptr in *out. LEDGE_ERANGE when they touch the block but aren't all
 * within the elements. */
static ledge_status find_source(const ledge_vec *vec, const void *ptr, size_t size,
                                struct source *out)
{
    *out = (struct source){ptr, size, overlaps_block(vec, ptr, size), 0};
    if (!out->inside)
        return LEDGE_OK;

    uintptr_t from = (uintptr_t)ptr, block = (uintptr_t)vec->ptr;
    if (from < block)
        return LEDGE_ERANGE;
    out->offset = from - block;

    size_t used = vec->length * vec->elem_size;
    return out->offset > used || size > used - out->offset ? LEDGE_ERANGE : LEDGE_OK;
}

/* --- Memory ------------------------------------------------------------------------------- */

/* Makes the block exactly n elements long, n > 0, and the capacity with it. */
static ledge_status change_block(ledge_vec *vec, size_t n)
{
    size_t bytes;
    ledge_status status = checked_bytes(n, vec->elem_size, &bytes);
    if (status != LEDGE_OK)
        return status;

    LEDGE_CHECK_EXTENSIVE(ledge_vec_is_valid(vec));
    open_spare(vec);
    void *ptr = ledge_alloc_resize(&vec->alloc, vec->ptr, ledge_vec_allocated(vec), bytes);
    if (!ptr) {
        close_spare(vec);
        return LEDGE_ENOMEM;
    }
    vec->ptr = ptr;
    vec->allocated = n;
    vec->capacity = n;
    close_spare(vec);
    return LEDGE_OK;
}

/* Makes the capacity at least needed elements, which are known to fit, by the vector's policy. */
static ledge_status grow(ledge_vec *vec, size_t needed)
{
    if (needed <= vec->capacity)
        return LEDGE_OK;
    return change_block(vec, grown_capacity(vec->growth, vec->capacity, needed, vec->elem_size));
}

ledge_status ledge_vec_reserve(ledge_vec *vec, size_t n)
{
    if (vec->elem_size == 0)
        return LEDGE_ESIZE;
    if (n <= vec->capacity)
        return LEDGE_OK;
    return change_block(vec, n);
}

ledge_status ledge_vec_make_room(ledge_vec *vec, size_t n)
{
    if (vec->elem_size == 0)
        return LEDGE_ESIZE;

    size_t needed, bytes;
    ledge_status status = ledge_size_add(vec->length, n, &needed);
    if (status == LEDGE_OK)
        status = checked_bytes(needed, vec->elem_size, &bytes);
    return status == LEDGE_OK ? grow(vec, needed) : status;
}

void ledge_vec_clip(ledge_vec *vec)
{
    vec->capacity = vec->length;
    close_spare(vec);
}

ledge_status ledge_vec_shrink_to_fit(ledge_vec *vec)
{
    if (vec->length != 0)
        return vec->length == vec->allocated ? LEDGE_OK : change_block(vec, vec->length);

    open_spare(vec);
    ledge_alloc_free(&vec->alloc, vec->ptr, ledge_vec_allocated(vec));
    vec->ptr = NULL;
    vec->allocated = 0;
    vec->capacity = 0;
    return LEDGE_OK;
}

ledge_status ledge_vec_clone(const ledge_vec *vec, ledge_vec *out)
{
    ledge_vec copy = {.elem_size = vec->elem_size, .alloc = vec->alloc, .growth = vec->growth};
    if (vec->length != 0) {
        ledge_status status = change_block(&copy, vec->length);
        if (status != LEDGE_OK)
            return status;
        set_length(&copy, vec->length);
        memcpy(copy.ptr, vec->ptr, vec->length * vec->elem_size);
    }
    *out = copy;
    return LEDGE_OK;
}

ledge_status ledge_vec_clone_view(ledge_view view, size_t elem_size, const ledge_allocator *alloc,
                                  ledge_vec *out)
{
    ledge_vec copy;
    ledge_status status = ledge_vec_init(&copy, elem_size, alloc);
    if (status != LEDGE_OK)
        return status;
    if (view.length % elem_size != 0)
        return LEDGE_ESIZE;

    if (view.length != 0) {
        status = change_block(&copy, view.length / elem_size);
        if (status != LEDGE_OK)
            return status;
        set_length(&copy, copy.capacity);
        memcpy(copy.ptr, view.ptr, view.length);
    }
    *out = copy;
    return LEDGE_OK;
}

/* --- Adding ------------------------------------------------------------------------------- */

/* What push, append and insert share: the checks, growth, and making a gap of n elements at index
 * at. The gap's bytes are undefined afterwards; *out says what fill_gap() has to put there. */
static ledge_status open_gap(ledge_vec *vec, size_t at, const void *ptr, size_t n,
                             struct source *out)
{
    if (vec->elem_size == 0)
        return LEDGE_ESIZE;
    if (!ptr && n != 0)
        return LEDGE_ENULL;
    if (at > vec->length)
        return LEDGE_ERANGE;

    size_t needed, bytes;
    struct source src;
    ledge_status status = ledge_size_add(vec->length, n, &needed);
    if (status == LEDGE_OK)
        status = checked_bytes(needed, vec->elem_size, &bytes);
    if (status == LEDGE_OK)
        status = find_source(vec, ptr, n * vec->elem_size, &src);
    if (status == LEDGE_OK)
        status = grow(vec, needed);
    if (status != LEDGE_OK)
        return status;

    size_t behind = vec->length - at;
    set_length(vec, needed);
    if (n != 0 && behind != 0) {
        unsigned char *gap = vec->ptr + at * vec->elem_size;
        memmove(gap + src.size, gap, behind * vec->elem_size);
    }
    *out = src;
    return LEDGE_OK;
}

/* Fills the gap that open_gap() made at index at. A source inside of the vector was itself cut when
 * the elements moved up: the part below at is where it was, the part from at on lies src->size
 * higher. */
static void fill_gap(ledge_vec *vec, size_t at, const struct source *src)
{
    if (src->size == 0)
        return;

    size_t gap = at * vec->elem_size;
    if (!src->inside) {
        memcpy(vec->ptr + gap, src->ptr, src->size);
        return;
    }

    size_t below = 0;
    if (src->offset < gap)
        below = src->size < gap - src->offset ? src->size : gap - src->offset;
    memcpy(vec->ptr + gap, vec->ptr + src->offset, below);
    memcpy(vec->ptr + gap + below, vec->ptr + src->offset + below + src->size, src->size - below);
}

ledge_status ledge_vec_push(ledge_vec *vec, const void *elem)
{
    const size_t at = vec->length;
    if (!elem || at >= vec->capacity || overlaps_block(vec, elem, vec->elem_size))
        return ledge_vec_insert(vec, at, elem);

    /* Mostly there is room, and elem lies elsewhere: nothing can fail, and nothing moves. */
    set_length(vec, at + 1);
    memcpy(vec->ptr + at * vec->elem_size, elem, vec->elem_size);
    return LEDGE_OK;
}

ledge_status ledge_vec_append(ledge_vec *vec, const void *src, size_t n)
{
    size_t at = vec->length;
    struct source source;
    ledge_status status = open_gap(vec, at, src, n, &source);
    if (status == LEDGE_OK)
        fill_gap(vec, at, &source);
    return status;
}

ledge_status ledge_vec_insert(ledge_vec *vec, size_t at, const void *elem)
{
    struct source src;
    ledge_status status = open_gap(vec, at, elem, 1, &src);
    if (status == LEDGE_OK)
        fill_gap(vec, at, &src);
    return status;
}

ledge_status ledge_vec_insert_n(ledge_vec *vec, size_t at, const void *src, size_t n)
{
    struct source source;
    ledge_status status = open_gap(vec, at, src, n, &source);
    if (status == LEDGE_OK)
        fill_gap(vec, at, &source);
    return status;
}

ledge_status ledge_vec_resize(ledge_vec *vec, size_t n)
{
    if (vec->elem_size == 0)
        return LEDGE_ESIZE;

    size_t bytes;
    ledge_status status = checked_bytes(n, vec->elem_size, &bytes);
    if (status == LEDGE_OK)
        status = grow(vec, n);
    if (status != LEDGE_OK)
        return status;

    size_t before = vec->length;
    set_length(vec, n);
    if (n > before)
        memset(vec->ptr + before * vec->elem_size, 0, (n - before) * vec->elem_size);
    return LEDGE_OK;
}

ledge_status ledge_vec_set(ledge_vec *vec, size_t index, const void *elem)
{
    if (!elem)
        return LEDGE_ENULL;

    struct source src;
    void *to = ledge_vec_at(vec, index);
    if (!to || find_source(vec, elem, vec->elem_size, &src) != LEDGE_OK)
        return LEDGE_ERANGE;
    memmove(to, elem, vec->elem_size);
    return LEDGE_OK;
}

/* --- Removing ----------------------------------------------------------------------------- */

ledge_status ledge_vec_pop(ledge_vec *vec, void *out)
{
    if (vec->length == 0)
        return LEDGE_EEMPTY;
    size_t last = vec->length - 1;
    if (out)
        memcpy(out, vec->ptr + last * vec->elem_size, vec->elem_size);
    set_length(vec, last);
    return LEDGE_OK;
}

ledge_status ledge_vec_erase(ledge_vec *vec, size_t lo, size_t hi)
{
    if (lo > hi || hi > vec->length)
        return LEDGE_ERANGE;

    if (lo != hi && hi < vec->length) {
        unsigned char *to = vec->ptr + lo * vec->elem_size;
        const unsigned char *from = vec->ptr + hi * vec->elem_size;
        memmove(to, from, (vec->length - hi) * vec->elem_size);
    }
    set_length(vec, vec->length - (hi - lo));
    return LEDGE_OK;
}

ledge_status ledge_vec_truncate(ledge_vec *vec, size_t n)
{
    if (n > vec->length)
        return LEDGE_ERANGE;
    set_length(vec, n);
    return LEDGE_OK;
}
