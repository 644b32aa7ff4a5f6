/* ledge/vec.h: a vector that owns its elements: one block of memory holding length elements of one
 * fixed size, which grows as elements are added.
 *
 * Elements are plain bytes to the vector: it copies them with memcpy and calls nothing when they
 * go. length and capacity count elements. A pointer, view or span into the vector is good until the
 * next call that may grow, shrink or clean it up.
 *
 *     ledge_vec vec = {0};
 *     if (ledge_vec_init(&vec, sizeof(uint32_t), NULL) == LEDGE_OK && …)
 *         status = ledge_vec_push(&vec, &value);
 *     ledge_vec_cleanup(&vec);
 *
 * Zero bytes are a vector, too: it is empty, safe to clean up and to read, and whatever would add
 * an element or memory returns LEDGE_ESIZE, as it doesn't know its element size yet.
 *
 * A function that fails leaves the vector exactly as it was: same block, same elements, same
 * capacity. A source may lie within the vector's own elements wherever one is taken (push, append,
 * insert, set), also when the vector has to move to grow. What it must not do is reach into the
 * vector's memory behind its elements; that is LEDGE_ERANGE.
 *
 * A vector isn't thread-safe: reading in several threads is fine, a change needs the caller's
 * lock. */
#ifndef LEDGE_VEC_H
#define LEDGE_VEC_H

#include <ledge/base.h>
#include <ledge/view.h>

#ifdef __cplusplus
extern "C" {
#endif

/* --- Growth ------------------------------------------------------------------------------- */

/* ledge_growth says how the capacity grows when an element doesn't fit. */
typedef enum ledge_growth {
    /* Doubles below 1024 elements, then a quarter at a time: Go up to 1.17. */
    LEDGE_GROWTH_DOUBLE = 0,
    /* Doubles below 256 elements, then capacity += (capacity + 3 * 256) / 4, which goes smoothly
     * from 2 to 1.25: Go since 1.18. */
    LEDGE_GROWTH_SMOOTH,
    /* Half as much again: the blocks left behind can add up to the next one. */
    LEDGE_GROWTH_HALF,
} ledge_growth;

/* ledge_growth_next returns the capacity, in elements, that a vector of capacity elements takes
 * when it has to hold needed ones. It is never less than needed.
 *
 * When needed fits, that is capacity itself. DOUBLE and SMOOTH: needed itself when that is more
 * than twice the capacity; else twice the capacity below 1024 (256) elements; else the step above,
 * repeated until needed fits. HALF: capacity + capacity / 2, or needed when that is more. From 1
 * push to the next this gives 1, 2, 4, 8 … with DOUBLE and SMOOTH, and 1, 2, 3, 4, 6, 9 … with
 * HALF. Where a step doesn't fit a size_t, and for an unknown policy: needed.
 *
 * O(log needed). Thread-safe. */
LEDGE_MUST_USE
LEDGE_CONST
size_t ledge_growth_next(ledge_growth policy, size_t capacity, size_t needed);

/* --- The vector --------------------------------------------------------------------------- */

/* A ledge_vec is the vector. Its fields may be read; they are written by the functions below. */
typedef struct ledge_vec {
    unsigned char *ptr;    /* the elements; null when allocated is 0 */
    size_t length;         /* elements in use */
    size_t capacity;       /* elements that fit before the vector has to grow */
    size_t allocated;      /* elements the block has room for; more than capacity after a clip */
    size_t elem_size;      /* bytes of an element; 0 only in the zero state */
    ledge_allocator alloc; /* where the block is from */
    ledge_growth growth;
} ledge_vec;

/* ledge_vec_init makes *vec an empty vector of elements of elem_size bytes, with memory from alloc
 * (null: malloc and free), which is copied, and LEDGE_GROWTH_DOUBLE. It allocates nothing. What was
 * in *vec is overwritten, not cleaned up.
 *
 * Returns LEDGE_OK; LEDGE_ESIZE when elem_size is 0, and then *vec is untouched. O(1). */
LEDGE_MUST_USE
LEDGE_NONNULL(1)
ledge_status ledge_vec_init(ledge_vec *vec, size_t elem_size, const ledge_allocator *alloc)
    LEDGE_WARN_SIZE(elem_size);

/* ledge_vec_cleanup frees the vector's memory and leaves *vec all zero, so that cleaning up twice
 * does no harm. *vec must be initialised or all zero. Can't fail. O(1). */
LEDGE_NONNULL(1)
void ledge_vec_cleanup(ledge_vec *vec);

/* ledge_vec_set_growth sets the policy for the vector's later growth.
 *
 * Returns LEDGE_OK; LEDGE_EINVAL when policy is none of the three. O(1). */
LEDGE_MUST_USE
LEDGE_NONNULL(1)
ledge_status ledge_vec_set_growth(ledge_vec *vec, ledge_growth policy);

/* ledge_vec_is_valid tells whether *vec keeps its promises: length <= capacity <= allocated, ptr
 * null exactly when allocated is 0, a block that is no larger than PTRDIFF_MAX bytes, a known
 * policy, and an element size unless there is nothing at all. For tests and harnesses. O(1). */
LEDGE_MUST_USE
LEDGE_NONNULL(1)
LEDGE_PURE
bool ledge_vec_is_valid(const ledge_vec *vec);

/* --- Reading ------------------------------------------------------------------------------ */

/* ledge_vec_length returns the number of elements. O(1). */
LEDGE_MUST_USE
LEDGE_NONNULL(1)
static inline size_t ledge_vec_length(const ledge_vec *vec)
{
    return vec->length;
}

/* ledge_vec_capacity returns the number of elements that fit until the vector has to grow. O(1). */
LEDGE_MUST_USE
LEDGE_NONNULL(1)
static inline size_t ledge_vec_capacity(const ledge_vec *vec)
{
    return vec->capacity;
}

/* ledge_vec_at returns a pointer to the element at index; null when index >= length. The element
 * may be written through it. O(1). */
LEDGE_MUST_USE
LEDGE_NONNULL(1)
static inline void *ledge_vec_at(const ledge_vec *vec, size_t index)
{
    if (index >= vec->length)
        return NULL;
    return vec->ptr + index * vec->elem_size;
}

/* ledge_vec_get copies the element at index to *out, which has room for one and lies outside of the
 * vector.
 *
 * Returns LEDGE_OK; LEDGE_ERANGE when index >= length. O(elem_size). */
LEDGE_MUST_USE
LEDGE_NONNULL(1, 3)
ledge_status ledge_vec_get(const ledge_vec *vec, size_t index, void *out);

/* ledge_vec_as_view returns the elements as bytes, read-only. Its capacity is its length: the spare
 * memory has nothing to be read. Can't fail. O(1). */
LEDGE_MUST_USE
LEDGE_NONNULL(1)
LEDGE_PURE
ledge_view ledge_vec_as_view(const ledge_vec *vec);

/* ledge_vec_as_span returns the elements as bytes that may be written. Its capacity is the
 * vector's, in bytes: what is appended to the span goes into the vector's spare memory, where the
 * vector's own next push overwrites it. ledge_span_clip or ledge_vec_clip prevent that. Under ASan
 * the spare memory is closed to everybody but such spans, and to those by the vector's next change.
 * Can't fail. O(1). */
LEDGE_MUST_USE
LEDGE_NONNULL(1)
LEDGE_PURE
ledge_span ledge_vec_as_span(const ledge_vec *vec);

/* ledge_vec_allocated returns the size of the vector's block in bytes, spare memory and what was
 * clipped off included. O(1). */
LEDGE_MUST_USE
LEDGE_NONNULL(1)
static inline size_t ledge_vec_allocated(const ledge_vec *vec)
{
    return vec->allocated * vec->elem_size;
}

/* ledge_vec_retained returns how many bytes have to stay allocated for as long as part is in use:
 * the vector's whole block when part is one or more bytes of it, and 0 when it is empty or lies
 * elsewhere. A few bytes of a large vector keep all of it; ledge_vec_clone_view takes a copy of
 * them, so that the vector can go. O(1). */
LEDGE_MUST_USE
LEDGE_NONNULL(1)
LEDGE_PURE
size_t ledge_vec_retained(const ledge_vec *vec, ledge_view part);

/* --- Adding ------------------------------------------------------------------------------- */

/* ledge_vec_push puts a copy of *elem behind the last element. elem may point into the vector
 * itself.
 *
 * Returns LEDGE_OK, or the first of these that holds:
 *   LEDGE_ESIZE      the vector is in the zero state
 *   LEDGE_ENULL      elem is null
 *   LEDGE_EOVERFLOW  the vector would be larger than PTRDIFF_MAX bytes
 *   LEDGE_ERANGE     *elem reaches into the vector's memory behind its elements
 *   LEDGE_ENOMEM     there is no memory to grow
 * O(elem_size), amortised. */
LEDGE_MUST_USE
LEDGE_NONNULL(1)
ledge_status ledge_vec_push(ledge_vec *vec, const void *elem);

/* ledge_vec_append puts copies of the n elements at src behind the last element. src may point into
 * the vector itself, and need not be at the start of an element. src may be null when n is 0.
 *
 * Returns LEDGE_OK, or the first of these that holds:
 *   LEDGE_ESIZE      the vector is in the zero state
 *   LEDGE_ENULL      src is null and n isn't 0
 *   LEDGE_EOVERFLOW  the vector would be larger than PTRDIFF_MAX bytes
 *   LEDGE_ERANGE     the source reaches into the vector's memory behind its elements
 *   LEDGE_ENOMEM     there is no memory to grow
 * O(n * elem_size), amortised. */
LEDGE_MUST_USE
LEDGE_NONNULL(1)
ledge_status ledge_vec_append(ledge_vec *vec, const void *src, size_t n);

/* ledge_vec_insert puts a copy of *elem at index at, moving what follows up by one. elem may point
 * into the vector itself; its bytes are taken as they are before the call.
 *
 * Returns LEDGE_OK, or the first of these that holds:
 *   LEDGE_ESIZE      the vector is in the zero state
 *   LEDGE_ENULL      elem is null
 *   LEDGE_ERANGE     at > length
 *   LEDGE_EOVERFLOW  the vector would be larger than PTRDIFF_MAX bytes
 *   LEDGE_ERANGE     *elem reaches into the vector's memory behind its elements
 *   LEDGE_ENOMEM     there is no memory to grow
 * O(length - at). */
LEDGE_MUST_USE
LEDGE_NONNULL(1)
ledge_status ledge_vec_insert(ledge_vec *vec, size_t at, const void *elem);

/* ledge_vec_insert_n puts copies of the n elements at src at index at, moving what follows up by n.
 * src is as for ledge_vec_append; its bytes are taken as they are before the call, also where the
 * source spans index at.
 *
 * Returns as ledge_vec_insert, and LEDGE_ENULL only when n isn't 0. O(n + length - at). */
LEDGE_MUST_USE
LEDGE_NONNULL(1)
ledge_status ledge_vec_insert_n(ledge_vec *vec, size_t at, const void *src, size_t n);

/* ledge_vec_resize makes the vector n elements long. New elements are all zero bytes; what is cut
 * off is gone, and the capacity stays. Growth follows the vector's policy.
 *
 * Returns LEDGE_OK; LEDGE_ESIZE in the zero state; LEDGE_EOVERFLOW when the vector would be larger
 * than PTRDIFF_MAX bytes; LEDGE_ENOMEM. O(n - length) when it grows, else O(1). */
LEDGE_MUST_USE
LEDGE_NONNULL(1)
ledge_status ledge_vec_resize(ledge_vec *vec, size_t n);

/* ledge_vec_set overwrites the element at index with a copy of *elem, which may point into the
 * vector itself, also overlapping the element.
 *
 * Returns LEDGE_OK, or the first of these that holds:
 *   LEDGE_ENULL   elem is null
 *   LEDGE_ERANGE  index >= length, or *elem reaches into the vector's memory behind its elements
 * O(elem_size). */
LEDGE_MUST_USE
LEDGE_NONNULL(1)
ledge_status ledge_vec_set(ledge_vec *vec, size_t index, const void *elem);

/* --- Removing ----------------------------------------------------------------------------- */

/* ledge_vec_pop removes the last element and copies it to *out, which has room for one and lies
 * outside of the vector; a null out drops it.
 *
 * Returns LEDGE_OK; LEDGE_EEMPTY when there is none. O(elem_size). */
LEDGE_MUST_USE
LEDGE_NONNULL(1)
ledge_status ledge_vec_pop(ledge_vec *vec, void *out);

/* ledge_vec_erase removes the elements [lo, hi), moving what follows down. The capacity stays.
 *
 * Returns LEDGE_OK; LEDGE_ERANGE unless lo <= hi <= length. O(length - hi). */
LEDGE_MUST_USE
LEDGE_NONNULL(1)
ledge_status ledge_vec_erase(ledge_vec *vec, size_t lo, size_t hi);

/* ledge_vec_truncate cuts the vector to its first n elements. The capacity stays.
 *
 * Returns LEDGE_OK; LEDGE_ERANGE when n > length. O(1). */
LEDGE_MUST_USE
LEDGE_NONNULL(1)
ledge_status ledge_vec_truncate(ledge_vec *vec, size_t n);

/* --- Memory ------------------------------------------------------------------------------- */

/* ledge_vec_reserve makes room for at least n elements in all, so that the vector doesn't grow
 * before it has more. Where the capacity is less than n it becomes exactly n; otherwise nothing
 * happens. The elements don't change.
 *
 * Returns LEDGE_OK; LEDGE_ESIZE in the zero state; LEDGE_EOVERFLOW when n elements are more than
 * PTRDIFF_MAX bytes; LEDGE_ENOMEM. O(length). */
LEDGE_MUST_USE
LEDGE_NONNULL(1)
ledge_status ledge_vec_reserve(ledge_vec *vec, size_t n);

/* ledge_vec_make_room makes room for n more elements, as an append of them would: where they don't
 * fit, the capacity grows by the policy. The elements don't change.
 *
 * Returns LEDGE_OK, or the first of these that holds:
 *   LEDGE_ESIZE      the vector is in the zero state
 *   LEDGE_EOVERFLOW  the vector would be larger than PTRDIFF_MAX bytes
 *   LEDGE_ENOMEM     there is no memory to grow
 * O(n * elem_size), amortised. */
LEDGE_MUST_USE
LEDGE_NONNULL(1)
ledge_status ledge_vec_make_room(ledge_vec *vec, size_t n);

/* ledge_vec_clip makes the capacity equal to the length, without giving memory back: the next
 * element added goes through the allocator, and spans made from now on have no spare capacity.
 * ledge_vec_allocated still tells the whole block; ledge_vec_shrink_to_fit frees the rest. Can't
 * fail. O(1). */
LEDGE_NONNULL(1)
void ledge_vec_clip(ledge_vec *vec);

/* ledge_vec_shrink_to_fit makes the block and the capacity no larger than the length needs, and
 * frees the block of an empty vector.
 *
 * Returns LEDGE_OK; LEDGE_ENOMEM when the allocator can't shrink. O(length). */
LEDGE_MUST_USE
LEDGE_NONNULL(1)
ledge_status ledge_vec_shrink_to_fit(ledge_vec *vec);

/* ledge_vec_clone makes *out a vector with the same elements in memory of its own, the same
 * allocator and policy, and no spare capacity. *out is another object than *vec; what was in it is
 * overwritten, not cleaned up, and it is the caller's to clean up.
 *
 * Returns LEDGE_OK; LEDGE_ENOMEM, and then *out is untouched. O(length). */
LEDGE_MUST_USE
LEDGE_NONNULL(1, 2)
ledge_status ledge_vec_clone(const ledge_vec *vec, ledge_vec *out);

/* ledge_vec_clone_view makes *out a vector of elements of elem_size bytes that holds a copy of the
 * bytes of view, with no spare capacity, otherwise as ledge_vec_init would. *out is overwritten,
 * not cleaned up, and is the caller's to clean up. view keeps nothing of *out, and *out nothing of
 * view: the owner of view's bytes may go.
 *
 * Returns LEDGE_OK; LEDGE_ESIZE when elem_size is 0 or view's length isn't a multiple of it;
 * LEDGE_EOVERFLOW when view is longer than PTRDIFF_MAX bytes; LEDGE_ENOMEM. Unless it is LEDGE_OK,
 * *out is untouched. O(view.length). */
LEDGE_MUST_USE
LEDGE_NONNULL(4)
ledge_status ledge_vec_clone_view(ledge_view view, size_t elem_size, const ledge_allocator *alloc,
                                  ledge_vec *out) LEDGE_WARN_SIZE(elem_size);

#ifdef __cplusplus
}
#endif

#endif /* LEDGE_VEC_H */
