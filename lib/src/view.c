/* view.c: borrowed bytes. See ledge/view.h.
 *
 * Every check is made on sizes before any pointer is formed. Null pointers never meet arithmetic or
 * memcpy, not even with 0: both are undefined in C11, and UBSan says so. */
#include <ledge/view.h>

#include <string.h>

/* Whether size bytes can lie at ptr without running past the end of the address space. */
static bool fits_address_space(const void *ptr, size_t size)
{
    return size <= UINTPTR_MAX - (uintptr_t)ptr;
}

static bool is_valid(const void *ptr, size_t length, size_t capacity)
{
    if (!ptr && capacity != 0)
        return false;
    return length <= capacity && fits_address_space(ptr, capacity);
}

bool ledge_view_is_valid(ledge_view view)
{
    return is_valid(view.ptr, view.length, view.capacity);
}

bool ledge_span_is_valid(ledge_span span)
{
    return is_valid(span.ptr, span.length, span.capacity);
}

/* The checks of ledge_view_make; *out_bytes is the length in bytes. */
static ledge_status check_parts(const void *ptr, size_t available, size_t length, size_t elem_size,
                                size_t align, size_t *out_bytes)
{
    if (elem_size == 0)
        return LEDGE_ESIZE;
    if (!ledge_is_pow2(align))
        return LEDGE_EINVAL;
    if (!ptr && (available != 0 || length != 0))
        return LEDGE_ENULL;
    if (!ledge_is_aligned(ptr, align))
        return LEDGE_EALIGN;
    if (!fits_address_space(ptr, available))
        return LEDGE_ERANGE;

    size_t bytes;
    ledge_status status = ledge_size_mul(length, elem_size, &bytes);
    if (status != LEDGE_OK)
        return status;
    if (bytes > available)
        return LEDGE_ESHORT;
    *out_bytes = bytes;
    return LEDGE_OK;
}

ledge_status ledge_view_make(const void *ptr, size_t available, size_t length, size_t elem_size,
                             size_t align, ledge_view *out)
{
    size_t bytes;
    ledge_status status = check_parts(ptr, available, length, elem_size, align, &bytes);
    if (status == LEDGE_OK)
        *out = (ledge_view){ptr, bytes, available};
    return status;
}

ledge_status ledge_span_make(void *ptr, size_t available, size_t length, size_t elem_size,
                             size_t align, ledge_span *out)
{
    size_t bytes;
    ledge_status status = check_parts(ptr, available, length, elem_size, align, &bytes);
    if (status == LEDGE_OK)
        *out = (ledge_span){ptr, bytes, available};
    return status;
}

ledge_status ledge_view_from_header(const void *header, ledge_view *out)
{
    if (!header)
        return LEDGE_ENULL;

    ledge_view view;
    memcpy(&view, header, sizeof(view));
    if (!view.ptr && (view.length != 0 || view.capacity != 0))
        return LEDGE_ENULL;
    if (!ledge_view_is_valid(view))
        return LEDGE_ERANGE;
    *out = view;
    return LEDGE_OK;
}

void ledge_span_fill(ledge_span span, uint8_t byte)
{
    LEDGE_PROVENANCE_VERIFY(span.ptr, span.length);
    if (span.length != 0)
        memset(span.ptr, byte, span.length);
}

size_t ledge_span_copy(ledge_span dst, ledge_view src)
{
    size_t n = src.length < dst.length ? src.length : dst.length;
    LEDGE_PROVENANCE_VERIFY(dst.ptr, dst.length);
    LEDGE_PROVENANCE_VERIFY(src.ptr, src.length);
    if (n != 0)
        memmove(dst.ptr, src.ptr, n);
    return n;
}

ledge_status ledge_view_sub(ledge_view view, size_t lo, size_t hi, ledge_view *out)
{
    return ledge_view_sub3(view, lo, hi, view.capacity, out);
}

ledge_status ledge_span_sub(ledge_span span, size_t lo, size_t hi, ledge_span *out)
{
    return ledge_span_sub3(span, lo, hi, span.capacity, out);
}

ledge_status ledge_view_sub3(ledge_view view, size_t lo, size_t hi, size_t max, ledge_view *out)
{
    if (lo > hi || hi > max || max > view.capacity)
        return LEDGE_ERANGE;
    LEDGE_PROVENANCE_VERIFY(view.ptr, view.capacity);
    *out = (ledge_view){lo == 0 ? view.ptr : view.ptr + lo, hi - lo, max - lo};
    return LEDGE_OK;
}

ledge_status ledge_span_sub3(ledge_span span, size_t lo, size_t hi, size_t max, ledge_span *out)
{
    if (lo > hi || hi > max || max > span.capacity)
        return LEDGE_ERANGE;
    LEDGE_PROVENANCE_VERIFY(span.ptr, span.capacity);
    *out = (ledge_span){lo == 0 ? span.ptr : span.ptr + lo, hi - lo, max - lo};
    return LEDGE_OK;
}

ledge_status ledge_span_append(ledge_span span, ledge_view src, ledge_span *out)
{
    if (src.length > span.capacity - span.length)
        return LEDGE_ESHORT;
    LEDGE_PROVENANCE_VERIFY(span.ptr, span.capacity);
    LEDGE_PROVENANCE_VERIFY(span.ptr, span.length + src.length);
    LEDGE_PROVENANCE_VERIFY(src.ptr, src.length);
    if (src.length != 0)
        memmove(span.ptr + span.length, src.ptr, src.length);
    span.length += src.length;
    *out = span;
    return LEDGE_OK;
}

ledge_status ledge_view_split_at(ledge_view view, size_t at, ledge_view *out_head,
                                 ledge_view *out_tail)
{
    if (at > view.length)
        return LEDGE_ERANGE;
    LEDGE_PROVENANCE_VERIFY(view.ptr, view.capacity);
    *out_head = (ledge_view){view.ptr, at, at};
    *out_tail =
        (ledge_view){at == 0 ? view.ptr : view.ptr + at, view.length - at, view.capacity - at};
    return LEDGE_OK;
}

ledge_status ledge_span_split_at(ledge_span span, size_t at, ledge_span *out_head,
                                 ledge_span *out_tail)
{
    if (at > span.length)
        return LEDGE_ERANGE;
    LEDGE_PROVENANCE_VERIFY(span.ptr, span.capacity);
    *out_head = (ledge_span){span.ptr, at, at};
    *out_tail =
        (ledge_span){at == 0 ? span.ptr : span.ptr + at, span.length - at, span.capacity - at};
    return LEDGE_OK;
}

ledge_status ledge_view_split_on(ledge_view view, ledge_view separator, ledge_view *out_head,
                                 ledge_view *out_tail)
{
    if (separator.length == 0)
        return LEDGE_EEMPTY;

    size_t at;
    ledge_status status = ledge_view_find(view, separator, &at);
    if (status != LEDGE_OK)
        return status;

    size_t after = at + separator.length;
    *out_head = (ledge_view){view.ptr, at, at};
    *out_tail = (ledge_view){view.ptr + after, view.length - after, view.capacity - after};
    return LEDGE_OK;
}

bool ledge_view_equal(ledge_view a, ledge_view b)
{
    if (a.length != b.length)
        return false;
    LEDGE_PROVENANCE_VERIFY(a.ptr, a.length);
    LEDGE_PROVENANCE_VERIFY(b.ptr, b.length);
    return a.length == 0 || memcmp(a.ptr, b.ptr, a.length) == 0;
}

int ledge_view_compare(ledge_view a, ledge_view b)
{
    size_t common = a.length < b.length ? a.length : b.length;
    LEDGE_PROVENANCE_VERIFY(a.ptr, a.length);
    LEDGE_PROVENANCE_VERIFY(b.ptr, b.length);
    int order = common == 0 ? 0 : memcmp(a.ptr, b.ptr, common);
    if (order != 0)
        return order < 0 ? -1 : 1;
    return (a.length > b.length) - (a.length < b.length);
}

/* ledge_view_find_byte, in a part of a view whose provenance is known. */
static ledge_status find_byte(ledge_view view, uint8_t byte, size_t *out)
{
    if (view.length == 0)
        return LEDGE_ENOTFOUND;
    const unsigned char *found = memchr(view.ptr, byte, view.length);
    if (!found)
        return LEDGE_ENOTFOUND;
    *out = (size_t)(found - view.ptr);
    return LEDGE_OK;
}

ledge_status ledge_view_find_byte(ledge_view view, uint8_t byte, size_t *out)
{
    LEDGE_PROVENANCE_VERIFY(view.ptr, view.length);
    return find_byte(view, byte, out);
}

ledge_status ledge_view_find(ledge_view view, ledge_view needle, size_t *out)
{
    if (needle.length == 0) {
        *out = 0;
        return LEDGE_OK;
    }

    LEDGE_PROVENANCE_VERIFY(view.ptr, view.length);
    LEDGE_PROVENANCE_VERIFY(needle.ptr, needle.length);
    /* memchr goes from one candidate to the next; only as much of view is searched as leaves room
     * for the whole needle. */
    for (size_t at = 0; needle.length <= view.length - at; at++) {
        ledge_view starts = ledge_view_of(view.ptr + at, view.length - at - needle.length + 1);
        size_t step;
        if (find_byte(starts, needle.ptr[0], &step) != LEDGE_OK)
            break;
        at += step;
        if (memcmp(view.ptr + at, needle.ptr, needle.length) == 0) {
            *out = at;
            return LEDGE_OK;
        }
    }
    return LEDGE_ENOTFOUND;
}
