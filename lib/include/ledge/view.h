/* ledge/view.h: bytes that belong to someone else. A ledge_view reads them, a ledge_span also
 * writes them. Both are small values: pass and copy them like an int.
 *
 * A view is a pointer, a length and a capacity, as a slice in Go is. length is how many bytes may
 * be read or written by index; capacity, never less, is how far the memory behind ptr goes that
 * this view may still reach, by making a sub-view past the length or by appending. All three are in
 * bytes.
 *
 * Two views of the same memory share it. Appending to a span whose capacity reaches into a
 * neighbour's bytes overwrites them, as in Go; the three-index ledge_span_sub3 and ledge_span_clip
 * are there to prevent it.
 *
 * Nothing here allocates or owns: a view is good for as long as the memory is. The fields may be
 * read freely; writing them by hand is legal as long as ledge_view_is_valid stays true. Functions
 * expect valid views. All of them are thread-safe as far as the bytes are: reading may go on in
 * many threads, a write needs the caller's lock.
 *
 * A view that is passed in may also be the one an out parameter points at. */
#ifndef LEDGE_VIEW_H
#define LEDGE_VIEW_H

#include <ledge/base.h>
#include <ledge/provenance.h>

#ifdef __cplusplus
extern "C" {
#endif

/* A ledge_view is read-only bytes. { NULL, 0, 0 } is the empty view. */
typedef struct ledge_view {
    const unsigned char *ptr;
    size_t length;
    size_t capacity;
} ledge_view;

/* A ledge_span is writable bytes. { NULL, 0, 0 } is the empty span. */
typedef struct ledge_span {
    unsigned char *ptr;
    size_t length;
    size_t capacity;
} ledge_span;

/* The layout is ABI: three words, in the order of Go's slice header. */
LEDGE_STATIC_ASSERT(offsetof(ledge_view, ptr) == 0, "ledge_view.ptr moved");
LEDGE_STATIC_ASSERT(offsetof(ledge_view, length) == sizeof(void *), "ledge_view.length moved");
LEDGE_STATIC_ASSERT(offsetof(ledge_view, capacity) == 2 * sizeof(void *), "capacity moved");
LEDGE_STATIC_ASSERT(sizeof(ledge_view) == 3 * sizeof(void *), "ledge_view has another size");
LEDGE_STATIC_ASSERT(offsetof(ledge_span, ptr) == 0, "ledge_span.ptr moved");
LEDGE_STATIC_ASSERT(offsetof(ledge_span, length) == sizeof(void *), "ledge_span.length moved");
LEDGE_STATIC_ASSERT(offsetof(ledge_span, capacity) == 2 * sizeof(void *), "capacity moved");
LEDGE_STATIC_ASSERT(sizeof(ledge_span) == 3 * sizeof(void *), "ledge_span has another size");

/* --- Making views ------------------------------------------------------------------------- */

/* ledge_view_make makes a view of length elements of elem_size bytes at ptr, where available bytes
 * are there to be read and the first has to be aligned to align. The view's length is
 * length * elem_size bytes, its capacity is available.
 *
 * A null ptr is legal when available and length are both 0, and gives the empty view. A length of 0
 * is legal anywhere. align 1 means any address.
 *
 * Returns LEDGE_OK, or the first of these that holds:
 *   LEDGE_ESIZE      elem_size is 0
 *   LEDGE_EINVAL     align is no power of two
 *   LEDGE_ENULL      ptr is null and available or length isn't 0
 *   LEDGE_EALIGN     ptr isn't a multiple of align
 *   LEDGE_ERANGE     ptr + available runs past the end of the address space
 *   LEDGE_EOVERFLOW  length * elem_size doesn't fit a size_t
 *   LEDGE_ESHORT     length * elem_size is more than available
 * O(1). */
LEDGE_MUST_USE
LEDGE_NONNULL(6)
ledge_status ledge_view_make(const void *ptr, size_t available, size_t length, size_t elem_size,
                             size_t align, ledge_view *out) LEDGE_WARN_SIZE(elem_size)
    LEDGE_WARN_ALIGN(align)
        LEDGE_WARN_IF(!ptr && (available != 0 || length != 0), "ptr is null: LEDGE_ENULL");

/* ledge_span_make is ledge_view_make for bytes that may be written. */
LEDGE_MUST_USE
LEDGE_NONNULL(6)
ledge_status ledge_span_make(void *ptr, size_t available, size_t length, size_t elem_size,
                             size_t align, ledge_span *out) LEDGE_WARN_SIZE(elem_size)
    LEDGE_WARN_ALIGN(align)
        LEDGE_WARN_IF(!ptr && (available != 0 || length != 0), "ptr is null: LEDGE_ENULL");

/* ledge_view_from_header reads a view from the 3 * sizeof(void *) bytes at header: a pointer, a
 * length and a capacity, each in the machine's byte order, as a ledge_view, a ledge_span and a
 * slice of Go lie in memory. header may have any alignment.
 *
 * This is the way to take a view from a place that C's types don't reach, and it says when those
 * bytes can't be one (for instance, because they were read a word off).
 *
 * Returns LEDGE_OK, or the first of these that holds:
 *   LEDGE_ENULL   header is null, or the pointer in it is and length or capacity isn't 0
 *   LEDGE_ERANGE  length is more than capacity, or pointer + capacity runs past the end of the
 *                 address space
 * O(1). */
LEDGE_MUST_USE
LEDGE_NONNULL(2)
ledge_status ledge_view_from_header(const void *header, ledge_view *out);

/* ledge_view_of makes a view of the length bytes at ptr, which the caller knows to be there: string
 * literals, arrays, the data an engine hands over. Length and capacity are the same. A null ptr
 * gives the empty view, whatever length says. Can't fail. O(1). */
LEDGE_MUST_USE
static inline ledge_view ledge_view_of(const void *ptr, size_t length)
{
    ledge_view view = {(const unsigned char *)ptr, ptr ? length : 0, ptr ? length : 0};
    return view;
}

/* ledge_span_of is ledge_view_of for bytes that may be written. */
LEDGE_MUST_USE
static inline ledge_span ledge_span_of(void *ptr, size_t length)
{
    ledge_span span = {(unsigned char *)ptr, ptr ? length : 0, ptr ? length : 0};
    return span;
}

/* ledge_span_as_view returns the same bytes, read-only, with the same length and capacity.
 * Can't fail. O(1). */
LEDGE_MUST_USE
static inline ledge_view ledge_span_as_view(ledge_span span)
{
    ledge_view view = {span.ptr, span.length, span.capacity};
    return view;
}

/* ledge_view_is_valid tells whether view keeps the promises of a view: length <= capacity, a null
 * ptr only with capacity 0, and ptr + capacity within the address space. For tests, harnesses and
 * assertions; it can't know whether the memory is there. O(1). */
LEDGE_MUST_USE
LEDGE_CONST
bool ledge_view_is_valid(ledge_view view);

/* ledge_span_is_valid is ledge_view_is_valid for a span. */
LEDGE_MUST_USE
LEDGE_CONST
bool ledge_span_is_valid(ledge_span span);

/* --- Bytes -------------------------------------------------------------------------------- */

/* ledge_view_get stores the byte at index in *out.
 *
 * Returns LEDGE_OK; LEDGE_ERANGE when index >= length. O(1). */
LEDGE_MUST_USE
LEDGE_NONNULL(3)
static inline ledge_status ledge_view_get(ledge_view view, size_t index, uint8_t *out)
{
    if (index >= view.length)
        return LEDGE_ERANGE;
    LEDGE_PROVENANCE_VERIFY(view.ptr, view.length);
    *out = view.ptr[index];
    return LEDGE_OK;
}

/* ledge_span_get is ledge_view_get for a span. */
LEDGE_MUST_USE
LEDGE_NONNULL(3)
static inline ledge_status ledge_span_get(ledge_span span, size_t index, uint8_t *out)
{
    return ledge_view_get(ledge_span_as_view(span), index, out);
}

/* ledge_span_set writes byte at index.
 *
 * Returns LEDGE_OK; LEDGE_ERANGE when index >= length, and nothing is written. O(1). */
LEDGE_MUST_USE
static inline ledge_status ledge_span_set(ledge_span span, size_t index, uint8_t byte)
{
    if (index >= span.length)
        return LEDGE_ERANGE;
    LEDGE_PROVENANCE_VERIFY(span.ptr, span.length);
    span.ptr[index] = byte;
    return LEDGE_OK;
}

/* ledge_span_fill writes byte to all of span's length. Spare capacity is left alone. Can't fail.
 * O(length). */
void ledge_span_fill(ledge_span span, uint8_t byte);

/* ledge_span_copy copies as many bytes as fit from the start of src to the start of dst. The two
 * may overlap; the result is as if src had been copied away first. Spare capacity isn't used.
 *
 * Returns the number of bytes copied, the smaller of the two lengths. O(result). */
size_t ledge_span_copy(ledge_span dst, ledge_view src);

/* --- Sub-views ---------------------------------------------------------------------------- */

/* ledge_view_sub makes the sub-view [lo, hi), as Go's s[lo:hi]: the length is hi - lo, the capacity
 * what remains behind lo. hi may be more than view's length, up to its capacity.
 *
 * Returns LEDGE_OK; LEDGE_ERANGE unless lo <= hi <= capacity. O(1). */
LEDGE_MUST_USE
LEDGE_NONNULL(4)
ledge_status ledge_view_sub(ledge_view view, size_t lo, size_t hi, ledge_view *out);

/* ledge_span_sub is ledge_view_sub for a span. The result may be appended to, up to the end of
 * span's own capacity: bytes of span behind hi are then overwritten. */
LEDGE_MUST_USE
LEDGE_NONNULL(4)
ledge_status ledge_span_sub(ledge_span span, size_t lo, size_t hi, ledge_span *out);

/* ledge_view_sub3 makes the sub-view [lo, hi) that can't reach beyond max, as Go's s[lo:hi:max]:
 * the length is hi - lo, the capacity max - lo.
 *
 * Returns LEDGE_OK; LEDGE_ERANGE unless lo <= hi <= max <= capacity. O(1). */
LEDGE_MUST_USE
LEDGE_NONNULL(5)
ledge_status ledge_view_sub3(ledge_view view, size_t lo, size_t hi, size_t max, ledge_view *out);

/* ledge_span_sub3 is ledge_view_sub3 for a span. With max = hi an append to the result can't reach
 * a neighbour: it fails with LEDGE_ESHORT. */
LEDGE_MUST_USE
LEDGE_NONNULL(5)
ledge_status ledge_span_sub3(ledge_span span, size_t lo, size_t hi, size_t max, ledge_span *out);

/* ledge_view_clip returns view with its capacity cut to its length. Can't fail. O(1). */
LEDGE_MUST_USE
static inline ledge_view ledge_view_clip(ledge_view view)
{
    view.capacity = view.length;
    return view;
}

/* ledge_span_clip returns span with its capacity cut to its length, so that nothing can be appended
 * to it, and so no append can overwrite what lies behind it. Can't fail. O(1). */
LEDGE_MUST_USE
static inline ledge_span ledge_span_clip(ledge_span span)
{
    span.capacity = span.length;
    return span;
}

/* ledge_span_append copies the bytes of src behind span's length, into its spare capacity, and
 * stores the longer span in *out. The memory is shared, as in Go: any other view of those bytes
 * sees them change. span itself keeps its length. src may overlap anything of span's.
 *
 * Returns LEDGE_OK; LEDGE_ESHORT when src is longer than the spare capacity, and then nothing is
 * written. O(src.length). */
LEDGE_MUST_USE
LEDGE_NONNULL(3)
ledge_status ledge_span_append(ledge_span span, ledge_view src, ledge_span *out);

/* ledge_view_split_at cuts view in two: *out_head is the first at bytes, with no capacity beyond
 * them, *out_tail the rest, with view's remaining capacity. The two must be different objects.
 *
 * Returns LEDGE_OK; LEDGE_ERANGE when at > length. O(1). */
LEDGE_MUST_USE
LEDGE_NONNULL(3, 4)
ledge_status ledge_view_split_at(ledge_view view, size_t at, ledge_view *out_head,
                                 ledge_view *out_tail);

/* ledge_span_split_at is ledge_view_split_at for a span. Writes to one half can't reach the
 * other. */
LEDGE_MUST_USE
LEDGE_NONNULL(3, 4)
ledge_status ledge_span_split_at(ledge_span span, size_t at, ledge_span *out_head,
                                 ledge_span *out_tail);

/* ledge_view_split_on cuts view at the first place where separator stands: *out_head is what comes
 * before it, with no capacity beyond, *out_tail what comes after it, with view's remaining
 * capacity. Either may be empty. The two must be different objects.
 *
 * Returns LEDGE_OK; LEDGE_EEMPTY when separator is empty; LEDGE_ENOTFOUND when it isn't in view.
 * O(view.length * separator.length) at worst, O(view.length) for a separator of one byte. */
LEDGE_MUST_USE
LEDGE_NONNULL(3, 4)
ledge_status ledge_view_split_on(ledge_view view, ledge_view separator, ledge_view *out_head,
                                 ledge_view *out_tail);

/* --- Comparing and finding ---------------------------------------------------------------- */

/* ledge_view_equal tells whether a and b have the same length and the same bytes. Capacities don't
 * matter; two empty views are equal wherever they point. O(length). */
LEDGE_MUST_USE
LEDGE_PURE
bool ledge_view_equal(ledge_view a, ledge_view b);

/* ledge_view_compare orders a and b as words are in a dictionary, by unsigned bytes; of two where
 * one starts with the other, the shorter comes first.
 *
 * Returns -1, 0 or 1 for a before, equal to or after b. O(the smaller length). */
LEDGE_MUST_USE
LEDGE_PURE
int ledge_view_compare(ledge_view a, ledge_view b);

/* ledge_view_find_byte stores in *out the index of the first byte in view's length that is byte.
 *
 * Returns LEDGE_OK; LEDGE_ENOTFOUND. O(length). */
LEDGE_MUST_USE
LEDGE_NONNULL(3)
ledge_status ledge_view_find_byte(ledge_view view, uint8_t byte, size_t *out);

/* ledge_view_find stores in *out the smallest index at which the bytes of needle stand in view's
 * length. An empty needle is found at 0.
 *
 * Returns LEDGE_OK; LEDGE_ENOTFOUND. O(view.length * needle.length) at worst. */
LEDGE_MUST_USE
LEDGE_NONNULL(3)
ledge_status ledge_view_find(ledge_view view, ledge_view needle, size_t *out);

#ifdef __cplusplus
}
#endif

#endif /* LEDGE_VIEW_H */
