/* ledge/ring.h: a ring that owns its elements: one block of memory for capacity elements of one
 * fixed size, of which length are in use, from any place on and round the block's end. Elements
 * come and go at both ends, each in O(1), and nothing moves: a queue, a stack, a window over the
 * last so many of something.
 *
 *     ledge_ring ring;
 *     if (ledge_ring_init(&ring, sizeof(uint32_t), LEDGE_RING_GROW, NULL) == LEDGE_OK && …)
 *         status = ledge_ring_push_back(&ring, &value);
 *     ledge_ring_cleanup(&ring);
 *
 * The capacity may be any number, not only a power of two. What happens to an element that finds
 * the ring full is said when the ring is made (ledge_ring_full): it is refused, the ring grows, or
 * it takes the place of the one at the other end.
 *
 * Elements are plain bytes to the ring: it copies them with memcpy and calls nothing when they go.
 * They are counted from the front: 0 is the first. length and capacity count elements. In bulk they
 * are copied by ledge_ring_write and ledge_ring_read; with no copy, ledge_ring_readable and
 * ledge_ring_writable give the block's memory itself, in two parts, for read() and write() or a
 * parser. A pointer, view or span into the ring is good until its next change.
 *
 * Zero bytes are a ring, too: it is empty, safe to clean up and to read, and whatever would add an
 * element or memory returns LEDGE_ESIZE, as it doesn't know its element size yet.
 *
 * A function that fails leaves the ring exactly as it was. Under ASan the memory of what isn't an
 * element is closed (ledge/poison.h): an access to one that was popped is reported where it
 * happens.
 *
 * A ring isn't thread-safe: reading in several threads is fine, a change needs the caller's lock.
 * ledge/ring_typed.h has rings of one C type, with their short paths inline. */
#ifndef LEDGE_RING_H
#define LEDGE_RING_H

#include <ledge/base.h>
#include <ledge/view.h>

#ifdef __cplusplus
extern "C" {
#endif

/* ledge_ring_full says what happens to an element that comes when the ring is full. */
typedef enum ledge_ring_full {
    LEDGE_RING_REFUSE = 0, /* it is LEDGE_ESHORT: a queue with a bound */
    LEDGE_RING_GROW,       /* the ring doubles; from 1024 elements on it grows by a quarter */
    LEDGE_RING_OVERWRITE,  /* the one at the other end goes: a window over the last so many */
} ledge_ring_full;

/* A ledge_ring is the ring. Its fields may be read; they are written by the functions below. */
typedef struct ledge_ring {
    unsigned char *ptr;    /* the block; null when capacity is 0 */
    size_t head;           /* where in the block the first element is, or would be */
    size_t length;         /* elements in use */
    size_t capacity;       /* elements that the block has room for */
    size_t elem_size;      /* bytes of an element; 0 only in the zero state */
    ledge_allocator alloc; /* where the block is from */
    ledge_ring_full when_full;
} ledge_ring;

/* ledge_ring_init makes *ring an empty ring of elements of elem_size bytes, with memory from alloc
 * (null: malloc and free), which is copied. It allocates nothing and has a capacity of 0:
 * ledge_ring_reserve gives it one. What was in *ring is overwritten, not cleaned up.
 *
 * Returns LEDGE_OK; LEDGE_ESIZE when elem_size is 0; LEDGE_EINVAL when when_full is none of the
 * three. Unless it is LEDGE_OK, *ring is untouched. O(1). */
LEDGE_MUST_USE
LEDGE_NONNULL(1)
ledge_status ledge_ring_init(ledge_ring *ring, size_t elem_size, ledge_ring_full when_full,
                             const ledge_allocator *alloc) LEDGE_WARN_SIZE(elem_size);

/* ledge_ring_cleanup frees the ring's memory and leaves *ring all zero, so that cleaning up twice
 * does no harm. *ring must be initialised or all zero. Can't fail. O(1). */
LEDGE_NONNULL(1)
void ledge_ring_cleanup(ledge_ring *ring);

/* ledge_ring_is_valid tells whether *ring keeps its promises: length <= capacity, head < capacity
 * (0 where that is 0), ptr null exactly when capacity is 0, a block that is no larger than
 * PTRDIFF_MAX bytes, a known answer to being full, and an element size unless there is nothing at
 * all. For tests and harnesses. O(1). */
LEDGE_MUST_USE
LEDGE_NONNULL(1)
LEDGE_PURE
bool ledge_ring_is_valid(const ledge_ring *ring);

/* --- Reading ------------------------------------------------------------------------------ */

/* ledge_ring_length returns the number of elements. O(1). */
LEDGE_MUST_USE
LEDGE_NONNULL(1)
static inline size_t ledge_ring_length(const ledge_ring *ring)
{
    return ring->length;
}

/* ledge_ring_capacity returns the number of elements that the block has room for. O(1). */
LEDGE_MUST_USE
LEDGE_NONNULL(1)
static inline size_t ledge_ring_capacity(const ledge_ring *ring)
{
    return ring->capacity;
}

/* ledge_ring_slot returns where in the block the element at index is, or would be, counted in
 * elements from the block's beginning. index <= capacity, which is the caller's promise: at
 * capacity it has gone once round. O(1). */
LEDGE_MUST_USE
LEDGE_NONNULL(1)
static inline size_t ledge_ring_slot(const ledge_ring *ring, size_t index)
{
    const size_t at = ring->head + index;
    return at < ring->capacity ? at : at - ring->capacity;
}

/* ledge_ring_at returns a pointer to the element at index, counted from the front; null when
 * index >= length. The element may be written through it. O(1). */
LEDGE_MUST_USE
LEDGE_NONNULL(1)
static inline void *ledge_ring_at(const ledge_ring *ring, size_t index)
{
    if (index >= ring->length)
        return NULL;
    return ring->ptr + ledge_ring_slot(ring, index) * ring->elem_size;
}

/* ledge_ring_peek copies the n elements from index on to out, which has room for them and lies
 * outside of the ring. They stay.
 *
 * Returns LEDGE_OK, or the first of these that holds:
 *   LEDGE_ENULL   out is null and n isn't 0
 *   LEDGE_ERANGE  index > length, or there are fewer than n elements from there on
 * O(n). */
LEDGE_MUST_USE
LEDGE_NONNULL(1)
ledge_status ledge_ring_peek(const ledge_ring *ring, size_t index, void *out, size_t n);

/* ledge_ring_readable makes *out_first and *out_second views of the elements as bytes: those from
 * the front up to the block's end, and those that follow from its beginning. The second is empty
 * unless the elements go round the end (ledge_ring_linearise), the first unless there are none. The
 * two must be different objects. Can't fail. O(1). */
LEDGE_NONNULL(1, 2, 3)
void ledge_ring_readable(const ledge_ring *ring, ledge_view *out_first, ledge_view *out_second);

/* --- Both ends ---------------------------------------------------------------------------- */

/* ledge_ring_push_back puts a copy of *elem behind the last element. elem may be an element of the
 * ring itself. Of a full ring that overwrites, the first element goes.
 *
 * Returns LEDGE_OK, or the first of these that holds:
 *   LEDGE_ESIZE      the ring is in the zero state
 *   LEDGE_ENULL      elem is null
 *   LEDGE_ESHORT     the ring is full and refuses, or overwrites and has a capacity of 0
 *   LEDGE_EOVERFLOW  the ring would be larger than PTRDIFF_MAX bytes
 *   LEDGE_ENOMEM     there is no memory to grow
 * O(elem_size), amortised where the ring grows. */
LEDGE_MUST_USE
LEDGE_NONNULL(1)
ledge_status ledge_ring_push_back(ledge_ring *ring, const void *elem);

/* ledge_ring_push_front puts a copy of *elem before the first element. Of a full ring that
 * overwrites, the last element goes. Otherwise it is as ledge_ring_push_back.
 *
 * Returns LEDGE_OK or as ledge_ring_push_back. O(elem_size), amortised where the ring grows. */
LEDGE_MUST_USE
LEDGE_NONNULL(1)
ledge_status ledge_ring_push_front(ledge_ring *ring, const void *elem);

/* ledge_ring_pop_front removes the first element and copies it to *out, which has room for one and
 * lies outside of the ring; a null out drops it.
 *
 * Returns LEDGE_OK; LEDGE_EEMPTY when there is none. O(elem_size). */
LEDGE_MUST_USE
LEDGE_NONNULL(1)
ledge_status ledge_ring_pop_front(ledge_ring *ring, void *out);

/* ledge_ring_pop_back removes the last element and copies it to *out, which has room for one and
 * lies outside of the ring; a null out drops it.
 *
 * Returns LEDGE_OK; LEDGE_EEMPTY when there is none. O(elem_size). */
LEDGE_MUST_USE
LEDGE_NONNULL(1)
ledge_status ledge_ring_pop_back(ledge_ring *ring, void *out);

/* --- In bulk ------------------------------------------------------------------------------ */

/* ledge_ring_write puts copies of the n elements at src behind the last element, all or none. src
 * lies outside of the ring. A ring that overwrites keeps the last of what it had and was given, as
 * many as it has room for.
 *
 * Returns LEDGE_OK, or the first of these that holds:
 *   LEDGE_ESIZE      the ring is in the zero state
 *   LEDGE_ENULL      src is null and n isn't 0
 *   LEDGE_EOVERFLOW  the ring would be larger than PTRDIFF_MAX bytes, if it were to hold them all
 *   LEDGE_ESHORT     the ring refuses and has less room; or overwrites, has a capacity of 0, and n
 *                    isn't 0
 *   LEDGE_ENOMEM     there is no memory to grow
 * O(n), amortised where the ring grows. */
LEDGE_MUST_USE
LEDGE_NONNULL(1)
ledge_status ledge_ring_write(ledge_ring *ring, const void *src, size_t n);

/* ledge_ring_read removes the first n elements and copies them to out, which has room for them and
 * lies outside of the ring: all or none.
 *
 * Returns LEDGE_OK, or the first of these that holds:
 *   LEDGE_ENULL   out is null and n isn't 0
 *   LEDGE_ESHORT  there are fewer than n elements
 * O(n). */
LEDGE_MUST_USE
LEDGE_NONNULL(1)
ledge_status ledge_ring_read(ledge_ring *ring, void *out, size_t n);

/* ledge_ring_discard removes the first n elements.
 *
 * Returns LEDGE_OK; LEDGE_ESHORT when there are fewer than n. O(1). */
LEDGE_MUST_USE
LEDGE_NONNULL(1)
ledge_status ledge_ring_discard(ledge_ring *ring, size_t n);

/* ledge_ring_clear removes all elements. The capacity stays. Can't fail. O(1). */
LEDGE_NONNULL(1)
void ledge_ring_clear(ledge_ring *ring);

/* ledge_ring_writable makes *out_first and *out_second spans of the memory that is free, as bytes:
 * what follows the last element up to the block's end, or up to the first element; and the rest,
 * from the block's beginning. The second is empty unless free memory goes round the end, the first
 * unless the ring is full. What was written there becomes elements by ledge_ring_commit. Under ASan
 * the memory is open until the ring's next change. The two must be different objects. Can't fail.
 * O(1). */
LEDGE_NONNULL(1, 2, 3)
void ledge_ring_writable(const ledge_ring *ring, ledge_span *out_first, ledge_span *out_second);

/* ledge_ring_commit makes elements of the first n that ledge_ring_writable gave room for. They are
 * what was written there, or undefined.
 *
 * Returns LEDGE_OK; LEDGE_ESHORT when there is room for fewer than n. O(1). */
LEDGE_MUST_USE
LEDGE_NONNULL(1)
ledge_status ledge_ring_commit(ledge_ring *ring, size_t n);

/* --- Memory ------------------------------------------------------------------------------- */

/* ledge_ring_reserve makes room for at least n elements in all. Where the capacity is less than n
 * it becomes exactly n, and the elements lie in one piece; otherwise nothing happens. This is also
 * what gives a ring that refuses or overwrites its capacity.
 *
 * Returns LEDGE_OK, or the first of these that holds:
 *   LEDGE_ESIZE      the ring is in the zero state
 *   LEDGE_EOVERFLOW  n elements are more than PTRDIFF_MAX bytes
 *   LEDGE_ENOMEM     there is no memory
 * O(length). */
LEDGE_MUST_USE
LEDGE_NONNULL(1)
ledge_status ledge_ring_reserve(ledge_ring *ring, size_t n);

/* ledge_ring_shrink_to_fit makes the block no larger than the elements need, which then lie in one
 * piece, and frees the block of an empty ring. A full ring keeps its block, and needs no memory.
 *
 * Returns LEDGE_OK; LEDGE_ENOMEM when there is no memory to move to. O(length). */
LEDGE_MUST_USE
LEDGE_NONNULL(1)
ledge_status ledge_ring_shrink_to_fit(ledge_ring *ring);

/* ledge_ring_linearise moves the elements within the block so that they lie in one piece, the first
 * view of ledge_ring_readable. Where they do already, nothing happens. Needs no memory and can't
 * fail. O(capacity). */
LEDGE_NONNULL(1)
void ledge_ring_linearise(ledge_ring *ring);

#ifdef __cplusplus
}
#endif

#endif /* LEDGE_RING_H */
