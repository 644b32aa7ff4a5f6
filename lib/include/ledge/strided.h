/* ledge/strided.h: slots that lie apart. A ledge_strided is count slots of size bytes, of which
 * each starts stride bytes behind the one before it: a column of a table, the keys in an array of
 * records.
 *
 *     record:   | key | value | key | value | key | value |     size 16, stride 32
 *     keys:       0             1             2
 *     values:           0             1             2
 *
 * The two contiguous views that such records suggest, from the first key on and from the first
 * value on, overlap: each has all the keys and values between. Two strided views share no byte, and
 * a write through one can't reach a slot of the other:
 *
 *     ledge_strided records, keys, values;
 *     status = ledge_strided_from_span(bytes, n, 32, 32, 16, &records);
 *     if (status == LEDGE_OK)
 *         status = ledge_strided_split(records, 16, &keys, &values);
 *
 * A stride is at least as long as a slot, and negative in a view that has been reversed. Slots that
 * touch are contiguous, and then there is a plain view of the same bytes.
 *
 * Nothing here allocates or owns, and a ledge_strided is a small value, like a view. Its fields may
 * be read freely; functions expect that ledge_strided_is_valid is true. Zero bytes are a view of no
 * slots. Thread-safe as far as the bytes are: see view.h. */
#ifndef LEDGE_STRIDED_H
#define LEDGE_STRIDED_H

#include <string.h>

#include <ledge/base.h>
#include <ledge/harden.h>
#include <ledge/provenance.h>
#include <ledge/view.h>

#ifdef __cplusplus
extern "C" {
#endif

/* A ledge_strided is the view. */
typedef struct ledge_strided {
    const unsigned char *ptr; /* slot 0; null only with count 0 */
    size_t count;             /* slots */
    size_t size;              /* bytes of a slot; 0 only in zero bytes */
    ptrdiff_t stride;         /* bytes from the start of a slot to the start of the next */
    bool writable;
} ledge_strided;

/* --- Making strided views ----------------------------------------------------------------- */

/* ledge_strided_from_view makes a read-only view of the count slots of size bytes that start stride
 * bytes apart, the first at the start of view, all of them within its length and aligned to align
 * (1: any address). The last slot needs size bytes, not stride: what would come behind it need not
 * be there. count may be 0.
 *
 * Returns LEDGE_OK, or the first of these that holds:
 *   LEDGE_ESIZE      size is 0
 *   LEDGE_EINVAL     align is no power of two
 *   LEDGE_EOVERLAP   stride is less than size: the slots would lie over each other
 *   LEDGE_EALIGN     view's first byte isn't a multiple of align, or stride isn't, so that the
 *                    second slot couldn't be
 *   LEDGE_EOVERFLOW  stride, or (count - 1) * stride + size, is more than PTRDIFF_MAX
 *   LEDGE_ESHORT     (count - 1) * stride + size is more than view's length
 * O(1). */
LEDGE_MUST_USE
LEDGE_NONNULL(6)
ledge_status ledge_strided_from_view(ledge_view view, size_t count, size_t size, size_t stride,
                                     size_t align, ledge_strided *out) LEDGE_WARN_SIZE(size)
    LEDGE_WARN_ALIGN(align)
        LEDGE_WARN_IF(stride < size, "stride is less than size: LEDGE_EOVERLAP");

/* ledge_strided_from_span is ledge_strided_from_view for bytes that may be written. */
LEDGE_MUST_USE
LEDGE_NONNULL(6)
ledge_status ledge_strided_from_span(ledge_span span, size_t count, size_t size, size_t stride,
                                     size_t align, ledge_strided *out) LEDGE_WARN_SIZE(size)
    LEDGE_WARN_ALIGN(align)
        LEDGE_WARN_IF(stride < size, "stride is less than size: LEDGE_EOVERLAP");

/* ledge_strided_of makes a read-only view of slots that the caller knows to be there, such as one
 * member of every struct in an array:
 *
 *     ledge_strided_of(&records->key, n, sizeof(records->key), sizeof(*records))
 *
 * stride is at least size. A null ptr gives no slots, whatever count says. Can't fail. O(1). */
LEDGE_MUST_USE
static inline ledge_strided ledge_strided_of(const void *ptr, size_t count, size_t size,
                                             size_t stride)
{
    LEDGE_CHECK_FAST(size != 0);
    LEDGE_CHECK_FAST(stride >= size);
    LEDGE_CHECK_FAST(stride <= PTRDIFF_MAX);
    ledge_strided strided = {(const unsigned char *)ptr, ptr ? count : 0, size, (ptrdiff_t)stride,
                             false};
    return strided;
}

/* ledge_strided_is_valid tells whether strided keeps its promises: a stride that is no shorter than
 * a slot, and, where there are slots, a size, a pointer that isn't null, and no more than
 * PTRDIFF_MAX bytes from the first to the last, within the address space. For tests, harnesses and
 * assertions; it can't know whether the memory is there. O(1). */
LEDGE_MUST_USE
LEDGE_CONST
bool ledge_strided_is_valid(ledge_strided strided);

/* --- Slots -------------------------------------------------------------------------------- */

/* ledge_strided_slot returns the address of the slot at index, which the caller has proven to be
 * less than count. Hardening from FAST on checks it. O(1). */
LEDGE_MUST_USE
LEDGE_RETURNS_NONNULL
static inline const void *ledge_strided_slot(ledge_strided strided, size_t index)
{
    LEDGE_CHECK_FAST(index < strided.count);
    const unsigned char *slot = strided.ptr + (ptrdiff_t)index * strided.stride;
    LEDGE_PROVENANCE_VERIFY(slot, strided.size);
    return slot;
}

/* ledge_strided_at returns the address of the slot at index; null when index >= count. O(1). */
LEDGE_MUST_USE
static inline const void *ledge_strided_at(ledge_strided strided, size_t index)
{
    return index < strided.count ? ledge_strided_slot(strided, index) : NULL;
}

/* ledge_strided_get copies the slot at index to *out, which has room for size bytes of any
 * alignment and lies outside of the slot.
 *
 * Returns LEDGE_OK; LEDGE_ERANGE when index >= count. O(size). */
LEDGE_MUST_USE
LEDGE_NONNULL(3)
static inline ledge_status ledge_strided_get(ledge_strided strided, size_t index, void *out)
{
    if (index >= strided.count)
        return LEDGE_ERANGE;
    memcpy(out, ledge_strided_slot(strided, index), strided.size);
    return LEDGE_OK;
}

/* ledge_strided_set overwrites the slot at index with the size bytes at elem, which may have any
 * alignment and may overlap the slots.
 *
 * Returns LEDGE_OK, or the first of these that holds, and then nothing is written:
 *   LEDGE_EREADONLY  strided was made from a read-only view
 *   LEDGE_ERANGE     index >= count
 * O(size). */
LEDGE_MUST_USE
LEDGE_NONNULL(3)
ledge_status ledge_strided_set(ledge_strided strided, size_t index, const void *elem);

/* A ledge_strided_iter goes through the slots in their order. It is a value: a copy of it is a
 * place to come back to. */
typedef struct ledge_strided_iter {
    const unsigned char *ptr;
    ptrdiff_t offset; /* of the slot that is next, if any is left */
    size_t left;      /* slots not yet seen */
    size_t size;
    ptrdiff_t stride;
} ledge_strided_iter;

/* ledge_strided_begin returns an iterator before the first slot of strided.
 *
 *     ledge_strided_iter it = ledge_strided_begin(keys);
 *     for (const void *key; (key = ledge_strided_next(&it)) != NULL;)
 *         …
 *
 * Can't fail. O(1). */
LEDGE_MUST_USE
static inline ledge_strided_iter ledge_strided_begin(ledge_strided strided)
{
    ledge_strided_iter it = {strided.ptr, 0, strided.count, strided.size, strided.stride};
    return it;
}

/* ledge_strided_next returns the address of the next slot and moves it behind that; null when there
 * is none left, however often it is asked. O(1). */
LEDGE_MUST_USE
LEDGE_NONNULL(1)
static inline const void *ledge_strided_next(ledge_strided_iter *it)
{
    if (it->left == 0)
        return NULL;
    const unsigned char *slot = it->ptr + it->offset;
    LEDGE_PROVENANCE_VERIFY(slot, it->size);
    it->left--;
    /* Behind the last slot this may not fit, and isn't used. */
    (void)__builtin_add_overflow(it->offset, it->stride, &it->offset);
    return slot;
}

/* --- Other views of the same slots -------------------------------------------------------- */

/* ledge_strided_sub makes the view of every step-th of the slots [lo, hi), from lo on: of 0 to 9 by
 * 4 those at 0, 4 and 8.
 *
 * Returns LEDGE_OK; LEDGE_EINVAL when step is 0; LEDGE_ERANGE unless lo <= hi <= count. O(1). */
LEDGE_MUST_USE
LEDGE_NONNULL(5)
ledge_status ledge_strided_sub(ledge_strided strided, size_t lo, size_t hi, size_t step,
                               ledge_strided *out)
    LEDGE_WARN_IF(step == 0, "step is 0: LEDGE_EINVAL");

/* ledge_strided_reverse returns the same slots, the last of them first. Can't fail. O(1). */
LEDGE_MUST_USE
LEDGE_CONST
ledge_strided ledge_strided_reverse(ledge_strided strided);

/* ledge_strided_field makes the view of the size bytes at offset of every slot: a member of a
 * record, a byte of a number.
 *
 * Returns LEDGE_OK; LEDGE_ESIZE when size is 0; LEDGE_ERANGE when the field reaches behind the
 * slot. O(1). */
LEDGE_MUST_USE
LEDGE_NONNULL(4)
ledge_status ledge_strided_field(ledge_strided strided, size_t offset, size_t size,
                                 ledge_strided *out) LEDGE_WARN_SIZE(size);

/* ledge_strided_split cuts every slot in two: *out_head is the first at bytes of each, *out_tail
 * the rest of each. They share no byte. The two must be different objects.
 *
 * Returns LEDGE_OK; LEDGE_ERANGE unless 0 < at < size, since neither half can be nothing. O(1). */
LEDGE_MUST_USE
LEDGE_NONNULL(3, 4)
ledge_status ledge_strided_split(ledge_strided strided, size_t at, ledge_strided *out_head,
                                 ledge_strided *out_tail);

/* ledge_strided_is_contiguous tells whether each slot starts where the one before it ends, as is so
 * for fewer than two. O(1). */
LEDGE_MUST_USE
static inline bool ledge_strided_is_contiguous(ledge_strided strided)
{
    return strided.count < 2 || (strided.stride > 0 && (size_t)strided.stride == strided.size);
}

/* ledge_strided_as_view stores in *out the bytes of all slots, read-only, with no capacity beyond
 * them.
 *
 * Returns LEDGE_OK; LEDGE_ESIZE when the slots aren't contiguous. O(1). */
LEDGE_MUST_USE
LEDGE_NONNULL(2)
ledge_status ledge_strided_as_view(ledge_strided strided, ledge_view *out);

/* ledge_strided_as_span stores in *out the bytes of all slots, to be written, with no capacity
 * beyond them.
 *
 * Returns LEDGE_OK; LEDGE_EREADONLY when strided was made from a read-only view; LEDGE_ESIZE when
 * the slots aren't contiguous. O(1). */
LEDGE_MUST_USE
LEDGE_NONNULL(2)
ledge_status ledge_strided_as_span(ledge_strided strided, ledge_span *out);

/* ledge_strided_overlaps tells whether a slot of a and a slot of b have a byte in common. What lies
 * between slots doesn't count: the keys and the values of the same records don't overlap.
 *
 * O(1) when the strides are equal or one of the two is contiguous, else O(the smaller count). */
LEDGE_MUST_USE
LEDGE_CONST
bool ledge_strided_overlaps(ledge_strided a, ledge_strided b);

/* --- Copying ------------------------------------------------------------------------------ */

/* ledge_strided_copy_out copies all slots to the start of dst, one behind the other.
 *
 * Returns LEDGE_OK, or the first of these that holds, and then nothing is written:
 *   LEDGE_ESHORT    dst's length is less than count * size
 *   LEDGE_EOVERLAP  those bytes of dst have some of the slots among them
 * O(count * size). */
LEDGE_MUST_USE
ledge_status ledge_strided_copy_out(ledge_strided strided, ledge_span dst);

/* ledge_strided_copy_in overwrites all slots with the bytes from the start of src, which lie one
 * slot behind the other.
 *
 * Returns LEDGE_OK, or the first of these that holds, and then nothing is written:
 *   LEDGE_EREADONLY  strided was made from a read-only view
 *   LEDGE_ESHORT     src's length is less than count * size
 *   LEDGE_EOVERLAP   those bytes of src have some of the slots among them
 * O(count * size). */
LEDGE_MUST_USE
ledge_status ledge_strided_copy_in(ledge_strided strided, ledge_view src);

/* ledge_strided_gather copies the slots at indices[0 … n) to the start of dst, one behind the
 * other. An index may occur more than once. indices may be null when n is 0.
 *
 * Returns LEDGE_OK, or the first of these that holds, and then nothing is written:
 *   LEDGE_ENULL     indices is null and n isn't 0
 *   LEDGE_ERANGE    one of the indices is >= count
 *   LEDGE_ESHORT    dst's length is less than n * size
 *   LEDGE_EOVERLAP  those bytes of dst have some of the slots, or of the indices, among them
 * O(n * size). */
LEDGE_MUST_USE
ledge_status ledge_strided_gather(ledge_strided strided, const size_t *indices, size_t n,
                                  ledge_span dst);

/* ledge_strided_scatter overwrites the slots at indices[0 … n) with the bytes from the start of
 * src, which lie one slot behind the other. Of an index that occurs more than once, the last
 * counts.
 *
 * Returns LEDGE_OK, or the first of these that holds, and then nothing is written:
 *   LEDGE_EREADONLY  strided was made from a read-only view
 *   LEDGE_ENULL      indices is null and n isn't 0
 *   LEDGE_ERANGE     one of the indices is >= count
 *   LEDGE_ESHORT     src's length is less than n * size
 *   LEDGE_EOVERLAP   the slots have some of those bytes of src, or of the indices, among them
 * O(n * size). */
LEDGE_MUST_USE
ledge_status ledge_strided_scatter(ledge_strided strided, const size_t *indices, size_t n,
                                   ledge_view src);

#ifdef __cplusplus
}
#endif

#endif /* LEDGE_STRIDED_H */
