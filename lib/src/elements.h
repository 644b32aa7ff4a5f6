/* elements.h: the size of a block of elements, as ledge/vec.h and ledge/ring.h reckon it. */
#ifndef LEDGE_SRC_ELEMENTS_H
#define LEDGE_SRC_ELEMENTS_H

#include <ledge/vec.h>

/* Stores the bytes of n elements in *out, or returns LEDGE_EOVERFLOW where that is no size an
 * object in C can have: pointers into it couldn't be subtracted. */
static inline ledge_status checked_bytes(size_t n, size_t elem_size, size_t *out)
{
    size_t bytes;
    ledge_status status = ledge_size_mul(n, elem_size, &bytes);
    if (status != LEDGE_OK)
        return status;
    if (bytes > PTRDIFF_MAX)
        return LEDGE_EOVERFLOW;
    *out = bytes;
    return LEDGE_OK;
}

/* The capacity that follows one of capacity elements, by the policy, where needed ones have to fit,
 * whose bytes were checked. Where the policy asks for more than can be, needed has to do. */
static inline size_t grown_capacity(ledge_growth policy, size_t capacity, size_t needed,
                                    size_t elem_size)
{
    size_t bytes, n = ledge_growth_next(policy, capacity, needed);
    return checked_bytes(n, elem_size, &bytes) == LEDGE_OK ? n : needed;
}

#endif /* LEDGE_SRC_ELEMENTS_H */
