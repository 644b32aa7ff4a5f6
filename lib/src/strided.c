/* strided.c: slots that lie apart. See ledge/strided.h.
 *
 * A valid view spans no more than PTRDIFF_MAX bytes, so that index * stride fits for every index of
 * a slot. An address is only formed for a slot that exists: the place "one stride behind the last"
 * may lie outside of the memory, and of the address space. */
#include <ledge/strided.h>

static size_t magnitude(ptrdiff_t stride)
{
    return stride < 0 ? (size_t) - (stride + 1) + 1 : (size_t)stride;
}

/* How many bytes lie from the start of the first slot to the end of the last, whichever comes first
 * in memory. */
static ledge_status measure(size_t count, size_t size, size_t stride, size_t *out)
{
    size_t last = 0, bytes = 0;
    if (count != 0 && (ledge_size_mul(count - 1, stride, &last) != LEDGE_OK ||
                       ledge_size_add(last, size, &bytes) != LEDGE_OK))
        return LEDGE_EOVERFLOW;
    if (stride > PTRDIFF_MAX || bytes > PTRDIFF_MAX)
        return LEDGE_EOVERFLOW;
    *out = bytes;
    return LEDGE_OK;
}

bool ledge_strided_is_valid(ledge_strided strided)
{
    const size_t stride = magnitude(strided.stride);
    const uintptr_t first = (uintptr_t)strided.ptr;
    size_t bytes;
    if (stride < strided.size || measure(strided.count, strided.size, stride, &bytes) != LEDGE_OK)
        return false;
    if (strided.count == 0)
        return true;
    if (!strided.ptr || strided.size == 0)
        return false;
    if (strided.stride < 0)
        return bytes - strided.size < first && strided.size <= UINTPTR_MAX - first;
    return bytes <= UINTPTR_MAX - first;
}

static ledge_status give(ledge_strided strided, ledge_strided *out)
{
    LEDGE_CHECK_DEBUG(ledge_strided_is_valid(strided));
    *out = strided;
    return LEDGE_OK;
}

static ledge_status make(ledge_view view, size_t count, size_t size, size_t stride, size_t align,
                         bool writable, ledge_strided *out)
{
    if (size == 0)
        return LEDGE_ESIZE;
    if (!ledge_is_pow2(align))
        return LEDGE_EINVAL;
    if (stride < size)
        return LEDGE_EOVERLAP;
    if (!ledge_is_aligned(view.ptr, align) || stride % align != 0)
        return LEDGE_EALIGN;

    size_t bytes;
    const ledge_status status = measure(count, size, stride, &bytes);
    if (status != LEDGE_OK)
        return status;
    if (bytes > view.length)
        return LEDGE_ESHORT;
    return give((ledge_strided){view.ptr, count, size, (ptrdiff_t)stride, writable}, out);
}

ledge_status ledge_strided_from_view(ledge_view view, size_t count, size_t size, size_t stride,
                                     size_t align, ledge_strided *out)
{
    return make(view, count, size, stride, align, false, out);
}

ledge_status ledge_strided_from_span(ledge_span span, size_t count, size_t size, size_t stride,
                                     size_t align, ledge_strided *out)
{
    return make(ledge_span_as_view(span), count, size, stride, align, true, out);
}

/* writable is only set over bytes that came in through a non-const pointer. */
static unsigned char *writable_slot(ledge_strided strided, size_t index)
{
    return (unsigned char *)ledge_strided_slot(strided, index);
}

ledge_status ledge_strided_set(ledge_strided strided, size_t index, const void *elem)
{
    if (!strided.writable)
        return LEDGE_EREADONLY;
    if (index >= strided.count)
        return LEDGE_ERANGE;
    memmove(writable_slot(strided, index), elem, strided.size);
    return LEDGE_OK;
}

/* --- Other views of the same slots -------------------------------------------------------- */

ledge_status ledge_strided_sub(ledge_strided strided, size_t lo, size_t hi, size_t step,
                               ledge_strided *out)
{
    if (step == 0)
        return LEDGE_EINVAL;
    if (lo > hi || hi > strided.count)
        return LEDGE_ERANGE;

    const size_t within = hi - lo;
    if (within != 0)
        strided.ptr += (ptrdiff_t)lo * strided.stride;
    strided.count = within / step + (within % step != 0);
    /* Two slots that far apart are both among the old ones, so the product fits; for one alone it
     * need not. */
    if (strided.count > 1)
        strided.stride *= (ptrdiff_t)step;
    return give(strided, out);
}

ledge_strided ledge_strided_reverse(ledge_strided strided)
{
    if (strided.count > 1) {
        strided.ptr += (ptrdiff_t)(strided.count - 1) * strided.stride;
        strided.stride = -strided.stride;
    }
    return strided;
}

/* The size bytes at offset of every slot, which has them. */
static ledge_status cut(ledge_strided strided, size_t offset, size_t size, ledge_strided *out)
{
    if (strided.count != 0)
        strided.ptr += offset;
    strided.size = size;
    return give(strided, out);
}

ledge_status ledge_strided_field(ledge_strided strided, size_t offset, size_t size,
                                 ledge_strided *out)
{
    if (size == 0)
        return LEDGE_ESIZE;
    if (offset > strided.size || size > strided.size - offset)
        return LEDGE_ERANGE;
    return cut(strided, offset, size, out);
}

ledge_status ledge_strided_split(ledge_strided strided, size_t at, ledge_strided *out_head,
                                 ledge_strided *out_tail)
{
    if (at == 0 || at >= strided.size)
        return LEDGE_ERANGE;
    (void)cut(strided, 0, at, out_head);
    return cut(strided, at, strided.size - at, out_tail);
}

ledge_status ledge_strided_as_view(ledge_strided strided, ledge_view *out)
{
    if (!ledge_strided_is_contiguous(strided))
        return LEDGE_ESIZE;
    *out = ledge_view_of(strided.ptr, strided.count * strided.size);
    return LEDGE_OK;
}

ledge_status ledge_strided_as_span(ledge_strided strided, ledge_span *out)
{
    if (!strided.writable)
        return LEDGE_EREADONLY;
    if (!ledge_strided_is_contiguous(strided))
        return LEDGE_ESIZE;
    *out = ledge_span_of((unsigned char *)strided.ptr, strided.count * strided.size);
    return LEDGE_OK;
}

/* --- Overlap ------------------------------------------------------------------------------ */

/* Slots as places in the address space, from the lowest up. Contiguous ones are a single slot. */
struct places {
    uintptr_t low;
    size_t count, size, stride;
};

static struct places places_of(ledge_strided strided)
{
    if (strided.stride < 0)
        strided = ledge_strided_reverse(strided);
    struct places places = {(uintptr_t)strided.ptr, strided.count, strided.size,
                            magnitude(strided.stride)};
    if (ledge_strided_is_contiguous(strided)) {
        places.size *= places.count;
        places.stride = places.size;
        places.count = places.count != 0;
    }
    return places;
}

/* Whether one of the places, of which there is at least one, has any of the size > 0 bytes at at.
 */
static bool meets(struct places places, uintptr_t at, size_t size)
{
    if (at < places.low)
        return size > places.low - at;
    const size_t index = (at - places.low) / places.stride;
    const size_t within = (at - places.low) % places.stride;
    if (index >= places.count)
        return false;
    return within < places.size || (size > places.stride - within && index + 1 < places.count);
}

bool ledge_strided_overlaps(ledge_strided a, ledge_strided b)
{
    struct places many = places_of(a), few = places_of(b);
    if (many.count == 0 || few.count == 0)
        return false;
    /* Those with one stride meet all along or nowhere, but for the ends: of the two, the one that
     * starts later meets the other with its first slot, if with any. */
    const bool parallel = many.stride == few.stride;
    if (parallel ? many.low > few.low : many.count < few.count) {
        const struct places other = many;
        many = few;
        few = other;
    }
    for (size_t i = 0; i < (parallel ? 1 : few.count); i++) {
        if (meets(many, few.low + i * few.stride, few.size))
            return true;
    }
    return false;
}

/* --- Copying ------------------------------------------------------------------------------ */

/* What a copy reads and writes must be different bytes: it has no order that would be right for
 * every overlap. */
static ledge_status check_copy(ledge_strided strided, const void *packed, size_t room, size_t n)
{
    if (n == 0)
        return LEDGE_OK;
    if (n > room / strided.size)
        return LEDGE_ESHORT;
    const ledge_strided other = ledge_strided_of(packed, n, strided.size, strided.size);
    return ledge_strided_overlaps(strided, other) ? LEDGE_EOVERLAP : LEDGE_OK;
}

static ledge_status check_indices(ledge_strided strided, const size_t *indices, size_t n)
{
    if (!indices && n != 0)
        return LEDGE_ENULL;
    for (size_t i = 0; i < n; i++) {
        if (indices[i] >= strided.count)
            return LEDGE_ERANGE;
    }
    return LEDGE_OK;
}

/* Indices that a copy writes over would lead it anywhere. */
static bool writes_indices(ledge_strided written, const size_t *indices, size_t n)
{
    return ledge_strided_overlaps(written,
                                  ledge_strided_of(indices, n, sizeof(*indices), sizeof(*indices)));
}

/* Inline, and called with the sizes that keys have, for the compiler to know them. */
static inline void copy_slots(unsigned char *to, ptrdiff_t to_stride, const unsigned char *from,
                              ptrdiff_t from_stride, size_t count, size_t size)
{
    for (size_t i = 0; i < count; i++) {
        unsigned char *slot = to + (ptrdiff_t)i * to_stride;
        LEDGE_PROVENANCE_VERIFY(slot, size);
        LEDGE_PROVENANCE_VERIFY(from + (ptrdiff_t)i * from_stride, size);
        memcpy(slot, from + (ptrdiff_t)i * from_stride, size);
    }
}

static void copy_all(unsigned char *to, ptrdiff_t to_stride, const unsigned char *from,
                     ptrdiff_t from_stride, size_t count, size_t size)
{
    if (to_stride == from_stride && (size_t)to_stride == size) {
        size *= count;
        count = count != 0;
    }
    if (size == 4)
        copy_slots(to, to_stride, from, from_stride, count, 4);
    else if (size == 8)
        copy_slots(to, to_stride, from, from_stride, count, 8);
    else if (size == 16)
        copy_slots(to, to_stride, from, from_stride, count, 16);
    else
        copy_slots(to, to_stride, from, from_stride, count, size);
}

ledge_status ledge_strided_copy_out(ledge_strided strided, ledge_span dst)
{
    const ledge_status status = check_copy(strided, dst.ptr, dst.length, strided.count);
    if (status == LEDGE_OK)
        copy_all(dst.ptr, (ptrdiff_t)strided.size, strided.ptr, strided.stride, strided.count,
                 strided.size);
    return status;
}

ledge_status ledge_strided_copy_in(ledge_strided strided, ledge_view src)
{
    if (!strided.writable)
        return LEDGE_EREADONLY;
    const ledge_status status = check_copy(strided, src.ptr, src.length, strided.count);
    if (status == LEDGE_OK)
        copy_all((unsigned char *)strided.ptr, strided.stride, src.ptr, (ptrdiff_t)strided.size,
                 strided.count, strided.size);
    return status;
}

ledge_status ledge_strided_gather(ledge_strided strided, const size_t *indices, size_t n,
                                  ledge_span dst)
{
    ledge_status status = check_indices(strided, indices, n);
    if (status == LEDGE_OK)
        status = check_copy(strided, dst.ptr, dst.length, n);
    if (status != LEDGE_OK || n == 0)
        return status;
    if (writes_indices(ledge_strided_of(dst.ptr, n, strided.size, strided.size), indices, n))
        return LEDGE_EOVERLAP;
    for (size_t i = 0; i < n; i++)
        memcpy(dst.ptr + i * strided.size, ledge_strided_slot(strided, indices[i]), strided.size);
    return LEDGE_OK;
}

ledge_status ledge_strided_scatter(ledge_strided strided, const size_t *indices, size_t n,
                                   ledge_view src)
{
    if (!strided.writable)
        return LEDGE_EREADONLY;
    ledge_status status = check_indices(strided, indices, n);
    if (status == LEDGE_OK)
        status = check_copy(strided, src.ptr, src.length, n);
    if (status != LEDGE_OK || n == 0)
        return status;
    if (writes_indices(strided, indices, n))
        return LEDGE_EOVERLAP;
    for (size_t i = 0; i < n; i++)
        memcpy(writable_slot(strided, indices[i]), src.ptr + i * strided.size, strided.size);
    return LEDGE_OK;
}
