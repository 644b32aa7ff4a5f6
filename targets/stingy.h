/* stingy.h: the allocator of targets whose subject allocates. It says no when the input tells it
 * to, and to anything large, so that a length bomb is LEDGE_ENOMEM and not a dead machine. Row A33,
 * A25. */
#ifndef LEDGE_TARGETS_STINGY_H
#define LEDGE_TARGETS_STINGY_H

#include <stdlib.h>

#include <ledge/base.h>

#include "kit/target.h"

/* clang-format off */
SUPPORT(enum { STINGY_MAX = 1 << 16 };
struct stingy { size_t grants; };
static void *stingy_resize(void *ctx, void *ptr, size_t old_size, size_t new_size) {
    struct stingy *stingy = ctx;
    (void)old_size;
    if (new_size == 0) {
        free(ptr);
        return NULL;
    }
    if (stingy->grants == 0 || new_size > STINGY_MAX)
        return NULL;
    stingy->grants--;
    return realloc(ptr, new_size);
}
/* Frees memory that was adopted; ctx counts the calls. */
static __attribute__((unused)) void stingy_free(void *ctx, void *ptr, size_t size) {
    (void)size;
    ++*(size_t *)ctx;
    free(ptr);
});
/* clang-format on */

#endif
