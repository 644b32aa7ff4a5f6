/* ring.c: the ring. See ledge/ring.h.
 *
 * Invariants (ledge_ring_is_valid): length <= capacity, head < capacity unless that is 0, and the
 * block of capacity * elem_size bytes is at most PTRDIFF_MAX bytes long. So the sum of two numbers
 * up to capacity can't wrap, nor can the product of one and elem_size; only sizes that come from
 * the caller need checking, and checked_bytes() does that.
 *
 * A ring that gets another block gets a new one: the elements are copied to its beginning, each
 * once, which is less than realloc() and straightening them out. */
#include <ledge/ring.h>

#include <string.h>

#include <ledge/harden.h>
#include <ledge/poison.h>

#include "elements.h"

/* --- Places ------------------------------------------------------------------------------- */

/* A run of elements, or of free memory, lies in the block in one piece or two. */
struct pieces {
    unsigned char *first;
    size_t first_size;  /* in bytes */
    size_t second_size; /* these are at the block's beginning */
};

/* The n elements from index on, index + n <= capacity. */
static struct pieces pieces_of(const ledge_ring *ring, size_t index, size_t n)
{
    if (n == 0)
        return (struct pieces){ring->ptr, 0, 0};
    size_t at = ledge_ring_slot(ring, index);
    size_t first = n < ring->capacity - at ? n : ring->capacity - at;
    return (struct pieces){ring->ptr + at * ring->elem_size, first * ring->elem_size,
                           (n - first) * ring->elem_size};
}

static struct pieces free_pieces(const ledge_ring *ring)
{
    return pieces_of(ring, ring->length, ring->capacity - ring->length);
}

/* What is no element may not be touched. */
static void close_free(const ledge_ring *ring)
{
    struct pieces unused = free_pieces(ring);
    ledge_unpoison(ring->ptr, ring->capacity * ring->elem_size);
    ledge_poison(unused.first, unused.first_size);
    ledge_poison(ring->ptr, unused.second_size);
}

/* All of the block may be: it is about to be written, lent, or given back. */
static void open_all(const ledge_ring *ring)
{
    ledge_unpoison(ring->ptr, ring->capacity * ring->elem_size);
}

/* Every change goes through here. What somebody else has written into the struct is seen at the
 * next change, before it is relied on. */
static void set_elements(ledge_ring *ring, size_t head, size_t length)
{
    LEDGE_CHECK_FAST(length <= ring->capacity && (head < ring->capacity || head == 0));
    LEDGE_CHECK_EXTENSIVE(ledge_ring_is_valid(ring));
    ring->head = head;
    ring->length = length;
    close_free(ring);
}

/* Copies the n elements from index on to out. */
static void copy_out(const ledge_ring *ring, size_t index, void *out, size_t n)
{
    if (n == 0)
        return;
    struct pieces from = pieces_of(ring, index, n);
    memcpy(out, from.first, from.first_size);
    if (from.second_size != 0)
        memcpy((unsigned char *)out + from.first_size, ring->ptr, from.second_size);
}

/* Copies the n elements at src to the places from index on. */
static void copy_in(const ledge_ring *ring, size_t index, const void *src, size_t n)
{
    if (n == 0)
        return;
    struct pieces to = pieces_of(ring, index, n);
    memcpy(to.first, src, to.first_size);
    if (to.second_size != 0)
        memcpy(ring->ptr, (const unsigned char *)src + to.first_size, to.second_size);
}

/* --- Memory ------------------------------------------------------------------------------- */

/* Gives the block back that the ring has, or had. */
static void free_block(const ledge_ring *ring)
{
    open_all(ring);
    ledge_alloc_free(&ring->alloc, ring->ptr, ring->capacity * ring->elem_size);
}

/* Gives the ring a new block for n elements, n >= length, n > 0. *old is the ring as it was, for
 * free_block(): a source that lies in the old block is good until then. */
static ledge_status take_block(ledge_ring *ring, size_t n, ledge_ring *old)
{
    size_t bytes;
    ledge_status status = checked_bytes(n, ring->elem_size, &bytes);
    if (status != LEDGE_OK)
        return status;

    LEDGE_CHECK_EXTENSIVE(ledge_ring_is_valid(ring));
    unsigned char *ptr = ledge_alloc_resize(&ring->alloc, NULL, 0, bytes);
    if (!ptr)
        return LEDGE_ENOMEM;
    copy_out(ring, 0, ptr, ring->length);
    *old = *ring;
    ring->ptr = ptr;
    ring->capacity = n;
    ring->head = 0;
    set_elements(ring, 0, ring->length);
    return LEDGE_OK;
}

static ledge_status change_block(ledge_ring *ring, size_t n)
{
    ledge_ring old;
    ledge_status status = take_block(ring, n, &old);
    if (status == LEDGE_OK)
        free_block(&old);
    return status;
}

/* Makes the capacity, which is less, at least needed elements. *old is as take_block() leaves it.
 */
static ledge_status grow(ledge_ring *ring, size_t needed, ledge_ring *old)
{
    return take_block(
        ring, grown_capacity(LEDGE_GROWTH_DOUBLE, ring->capacity, needed, ring->elem_size), old);
}

static bool is_known(ledge_ring_full when_full)
{
    return when_full == LEDGE_RING_REFUSE || when_full == LEDGE_RING_GROW ||
           when_full == LEDGE_RING_OVERWRITE;
}

ledge_status ledge_ring_init(ledge_ring *ring, size_t elem_size, ledge_ring_full when_full,
                             const ledge_allocator *alloc)
{
    if (elem_size == 0)
        return LEDGE_ESIZE;
    if (!is_known(when_full))
        return LEDGE_EINVAL;
    *ring = (ledge_ring){.elem_size = elem_size, .when_full = when_full};
    if (alloc)
        ring->alloc = *alloc;
    return LEDGE_OK;
}

void ledge_ring_cleanup(ledge_ring *ring)
{
    LEDGE_CHECK_EXTENSIVE(ledge_ring_is_valid(ring));
    free_block(ring);
    *ring = (ledge_ring){0};
}

bool ledge_ring_is_valid(const ledge_ring *ring)
{
    if (ring->length > ring->capacity || ring->head > ring->capacity)
        return false;
    if (ring->head == ring->capacity && ring->capacity != 0)
        return false;
    if ((ring->ptr == NULL) != (ring->capacity == 0))
        return false;
    if (ring->elem_size == 0 && ring->capacity != 0)
        return false;

    size_t bytes;
    return is_known(ring->when_full) &&
           checked_bytes(ring->capacity, ring->elem_size, &bytes) == LEDGE_OK;
}

ledge_status ledge_ring_reserve(ledge_ring *ring, size_t n)
{
    if (ring->elem_size == 0)
        return LEDGE_ESIZE;
    if (n <= ring->capacity)
        return LEDGE_OK;
    return change_block(ring, n);
}

ledge_status ledge_ring_shrink_to_fit(ledge_ring *ring)
{
    if (ring->length == ring->capacity) {
        ledge_ring_linearise(ring);
        return LEDGE_OK;
    }
    if (ring->length != 0)
        return change_block(ring, ring->length);

    free_block(ring);
    ring->ptr = NULL;
    ring->capacity = 0;
    ring->head = 0;
    return LEDGE_OK;
}

static void reverse(unsigned char *bytes, size_t size)
{
    for (size_t i = 0; i < size / 2; i++) {
        unsigned char byte = bytes[i];
        bytes[i] = bytes[size - 1 - i];
        bytes[size - 1 - i] = byte;
    }
}

/* Turns the whole block until head is its beginning. The reverse of two reversed parts is the parts
 * in the other order: J. Bentley, "Programming Pearls", column 2. */
void ledge_ring_linearise(ledge_ring *ring)
{
    if (ring->length <= ring->capacity - ring->head)
        return;
    size_t size = ring->capacity * ring->elem_size, before = ring->head * ring->elem_size;
    open_all(ring);
    reverse(ring->ptr, before);
    reverse(ring->ptr + before, size - before);
    reverse(ring->ptr, size);
    set_elements(ring, 0, ring->length);
}

/* --- Both ends ---------------------------------------------------------------------------- */

/* What both pushes do first: the checks, and room for one more element. Where a full ring
 * overwrites there is none: *overwrites. *old is what free_block() has to give back. */
static ledge_status make_room(ledge_ring *ring, const void *elem, bool *overwrites, ledge_ring *old)
{
    *overwrites = false;
    old->ptr = NULL;
    if (ring->elem_size == 0)
        return LEDGE_ESIZE;
    if (!elem)
        return LEDGE_ENULL;
    if (ring->length < ring->capacity)
        return LEDGE_OK;
    if (ring->when_full == LEDGE_RING_GROW)
        return grow(ring, ring->length + 1, old);
    if (ring->when_full == LEDGE_RING_REFUSE || ring->capacity == 0)
        return LEDGE_ESHORT;
    *overwrites = true;
    return LEDGE_OK;
}

ledge_status ledge_ring_push_back(ledge_ring *ring, const void *elem)
{
    bool overwrites;
    ledge_ring old;
    ledge_status status = make_room(ring, elem, &overwrites, &old);
    if (status != LEDGE_OK)
        return status;
    open_all(ring);
    memmove(ring->ptr + ledge_ring_slot(ring, ring->length) * ring->elem_size, elem,
            ring->elem_size);
    if (overwrites)
        set_elements(ring, ledge_ring_slot(ring, 1), ring->length);
    else
        set_elements(ring, ring->head, ring->length + 1);
    if (old.ptr)
        free_block(&old);
    return LEDGE_OK;
}

ledge_status ledge_ring_push_front(ledge_ring *ring, const void *elem)
{
    bool overwrites;
    ledge_ring old;
    ledge_status status = make_room(ring, elem, &overwrites, &old);
    if (status != LEDGE_OK)
        return status;
    size_t head = ledge_ring_slot(ring, ring->capacity - 1);
    open_all(ring);
    memmove(ring->ptr + head * ring->elem_size, elem, ring->elem_size);
    set_elements(ring, head, overwrites ? ring->length : ring->length + 1);
    if (old.ptr)
        free_block(&old);
    return LEDGE_OK;
}

ledge_status ledge_ring_pop_front(ledge_ring *ring, void *out)
{
    if (ring->length == 0)
        return LEDGE_EEMPTY;
    if (out)
        copy_out(ring, 0, out, 1);
    set_elements(ring, ledge_ring_slot(ring, 1), ring->length - 1);
    return LEDGE_OK;
}

ledge_status ledge_ring_pop_back(ledge_ring *ring, void *out)
{
    if (ring->length == 0)
        return LEDGE_EEMPTY;
    if (out)
        copy_out(ring, ring->length - 1, out, 1);
    set_elements(ring, ring->head, ring->length - 1);
    return LEDGE_OK;
}

/* --- In bulk ------------------------------------------------------------------------------ */

ledge_status ledge_ring_peek(const ledge_ring *ring, size_t index, void *out, size_t n)
{
    if (!out && n != 0)
        return LEDGE_ENULL;
    if (index > ring->length || n > ring->length - index)
        return LEDGE_ERANGE;
    copy_out(ring, index, out, n);
    return LEDGE_OK;
}

void ledge_ring_readable(const ledge_ring *ring, ledge_view *out_first, ledge_view *out_second)
{
    struct pieces used = pieces_of(ring, 0, ring->length);
    *out_first = ledge_view_of(used.first, used.first_size);
    *out_second = ledge_view_of(ring->ptr, used.second_size);
}

void ledge_ring_writable(const ledge_ring *ring, ledge_span *out_first, ledge_span *out_second)
{
    struct pieces unused = free_pieces(ring);
    open_all(ring);
    *out_first = ledge_span_of(unused.first, unused.first_size);
    *out_second = ledge_span_of(ring->ptr, unused.second_size);
}

ledge_status ledge_ring_commit(ledge_ring *ring, size_t n)
{
    if (n > ring->capacity - ring->length)
        return LEDGE_ESHORT;
    set_elements(ring, ring->head, ring->length + n);
    return LEDGE_OK;
}

/* Removes the first n elements, n <= length. */
static void drop(ledge_ring *ring, size_t n)
{
    set_elements(ring, ledge_ring_slot(ring, n), ring->length - n);
}

/* Puts n elements behind the last, for which there is room. */
static void append(ledge_ring *ring, const unsigned char *src, size_t n)
{
    open_all(ring);
    copy_in(ring, ring->length, src, n);
    set_elements(ring, ring->head, ring->length + n);
}

/* What a ring without room for its own elements and n more keeps of them. */
static void overwrite(ledge_ring *ring, const unsigned char *src, size_t n)
{
    if (n > ring->capacity) {
        src += (n - ring->capacity) * ring->elem_size;
        n = ring->capacity;
    }
    drop(ring, n - (ring->capacity - ring->length));
    append(ring, src, n);
}

ledge_status ledge_ring_write(ledge_ring *ring, const void *src, size_t n)
{
    if (ring->elem_size == 0)
        return LEDGE_ESIZE;
    if (!src && n != 0)
        return LEDGE_ENULL;
    if (n <= ring->capacity - ring->length) {
        append(ring, src, n);
        return LEDGE_OK;
    }

    size_t needed, bytes;
    ledge_status status = ledge_size_add(ring->length, n, &needed);
    if (status == LEDGE_OK)
        status = checked_bytes(needed, ring->elem_size, &bytes);
    if (status != LEDGE_OK)
        return status;
    if (ring->when_full == LEDGE_RING_GROW) {
        ledge_ring old;
        status = grow(ring, needed, &old);
        if (status == LEDGE_OK) {
            append(ring, src, n);
            free_block(&old);
        }
        return status;
    }
    if (ring->when_full == LEDGE_RING_REFUSE || ring->capacity == 0)
        return LEDGE_ESHORT;
    overwrite(ring, src, n);
    return LEDGE_OK;
}

ledge_status ledge_ring_read(ledge_ring *ring, void *out, size_t n)
{
    if (!out && n != 0)
        return LEDGE_ENULL;
    if (n > ring->length)
        return LEDGE_ESHORT;
    copy_out(ring, 0, out, n);
    drop(ring, n);
    return LEDGE_OK;
}

ledge_status ledge_ring_discard(ledge_ring *ring, size_t n)
{
    if (n > ring->length)
        return LEDGE_ESHORT;
    drop(ring, n);
    return LEDGE_OK;
}

void ledge_ring_clear(ledge_ring *ring)
{
    set_elements(ring, 0, 0);
}
