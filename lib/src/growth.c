/* growth.c: how a vector's capacity grows. Apart from vec.c as it is arithmetic alone. See
 * ledge/vec.h. */
#include <ledge/vec.h>

/* Capacities from which on the policies stop doubling, as in Go's runtime. */
#define DOUBLE_BELOW ((size_t)1024)
#define SMOOTH_BELOW ((size_t)256)

/* Both of Go's rules: double below a threshold, then add (capacity + bias) / 4 until needed fits.
 * Go's bias for the smooth one, 3 * 256, makes the first step behind the threshold a doubling, too,
 * and its share wears off as the capacity grows. */
static size_t grow_by_quarters(size_t capacity, size_t needed, size_t double_below, size_t bias)
{
    /* needed > 2 * capacity, without a product that could wrap. */
    if (needed - capacity > capacity)
        return needed;
    if (capacity < double_below)
        return 2 * capacity;

    while (capacity < needed) {
        size_t biased;
        if (ledge_size_add(capacity, bias, &biased) != LEDGE_OK ||
            ledge_size_add(capacity, biased / 4, &capacity) != LEDGE_OK)
            return needed;
    }
    return capacity;
}

static size_t grow_by_half(size_t capacity, size_t needed)
{
    size_t grown;
    if (ledge_size_add(capacity, capacity / 2, &grown) != LEDGE_OK || grown < needed)
        return needed;
    return grown;
}

size_t ledge_growth_next(ledge_growth policy, size_t capacity, size_t needed)
{
    if (needed <= capacity)
        return capacity;

    switch (policy) {
    case LEDGE_GROWTH_DOUBLE:
        return grow_by_quarters(capacity, needed, DOUBLE_BELOW, 0);
    case LEDGE_GROWTH_SMOOTH:
        return grow_by_quarters(capacity, needed, SMOOTH_BELOW, 3 * SMOOTH_BELOW);
    case LEDGE_GROWTH_HALF:
        return grow_by_half(capacity, needed);
    }
    return needed;
}
