/* cast.c: typed views. The loads, stores and the cursor are inline. See ledge/cast.h. */
#include <ledge/cast.h>

#include <string.h>

static ledge_status make_typed(ledge_view view, size_t elem_size, size_t align, uint32_t tag,
                               bool writable, ledge_typed *out)
{
    if (elem_size == 0)
        return LEDGE_ESIZE;
    if (!ledge_is_pow2(align) || elem_size % align != 0)
        return LEDGE_EINVAL;
    if (view.length == 0)
        return LEDGE_EEMPTY;
    if (view.length % elem_size != 0)
        return LEDGE_ESIZE;
    if (!ledge_is_aligned(view.ptr, align))
        return LEDGE_EALIGN;
    *out = (ledge_typed){view.ptr, view.length / elem_size, elem_size, align, tag, writable};
    return LEDGE_OK;
}

ledge_status ledge_typed_from_view(ledge_view view, size_t elem_size, size_t align, uint32_t tag,
                                   ledge_typed *out)
{
    return make_typed(view, elem_size, align, tag, false, out);
}

ledge_status ledge_typed_from_span(ledge_span span, size_t elem_size, size_t align, uint32_t tag,
                                   ledge_typed *out)
{
    return make_typed(ledge_span_as_view(span), elem_size, align, tag, true, out);
}

bool ledge_typed_is_valid(ledge_typed typed)
{
    if (typed.elem_size == 0 || !typed.ptr || !ledge_is_aligned(typed.ptr, typed.align))
        return false;

    size_t bytes;
    if (ledge_size_mul(typed.length, typed.elem_size, &bytes) != LEDGE_OK)
        return false;
    return typed.elem_size % typed.align == 0 && bytes <= UINTPTR_MAX - (uintptr_t)typed.ptr;
}

ledge_status ledge_typed_get(ledge_typed typed, uint32_t tag, size_t index, void *out)
{
    if (tag != typed.tag)
        return LEDGE_ETYPE;
    if (index >= typed.length)
        return LEDGE_ERANGE;
    memcpy(out, typed.ptr + index * typed.elem_size, typed.elem_size);
    return LEDGE_OK;
}

ledge_status ledge_typed_set(ledge_typed typed, uint32_t tag, size_t index, const void *elem)
{
    if (tag != typed.tag)
        return LEDGE_ETYPE;
    if (!typed.writable)
        return LEDGE_EREADONLY;
    if (index >= typed.length)
        return LEDGE_ERANGE;

    /* writable is only set over bytes that came in through a non-const pointer. */
    unsigned char *to = (unsigned char *)typed.ptr + index * typed.elem_size;
    memmove(to, elem, typed.elem_size);
    return LEDGE_OK;
}

ledge_status ledge_typed_sub(ledge_typed typed, size_t lo, size_t hi, ledge_typed *out)
{
    if (lo > hi || hi > typed.length)
        return LEDGE_ERANGE;
    if (lo != 0)
        typed.ptr += lo * typed.elem_size;
    typed.length = hi - lo;
    *out = typed;
    return LEDGE_OK;
}

ledge_view ledge_typed_as_view(ledge_typed typed)
{
    return ledge_view_of(typed.ptr, typed.length * typed.elem_size);
}
