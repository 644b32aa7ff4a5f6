/* stingy.h: the allocator of targets whose subject allocates. It says no when the input tells it
 * to, and to anything large unless it is generous, so that a length bomb is LEDGE_ENOMEM and not a
 * dead machine. It takes base.h at its word as allocators without headers do: a block has old_size
 * bytes, all of which are the allocator's to use when it comes back. Rows A33 A25.
 *
 *     #define OBJECTS ledge_vec vec; STINGY_OBJECTS
 *     struct world { OBJECTS … size_t grants; }; // grants is the model's
 *     static void world_open(struct world *w) { STINGY_OPEN; }
 *     static void world_close(struct world *w) { CALL(ledge_vec_cleanup(&w->vec)); STINGY_CLOSE(w->stingy); }
 *     STINGY_OP(3)                               // the operation starve
 */
#ifndef LEDGE_TARGETS_STINGY_H
#define LEDGE_TARGETS_STINGY_H

#include <stdlib.h>

#include <ledge/base.h>

#include "kit/target.h"

/* clang-format off */
SUPPORT(enum { STINGY_MAX = 1 << 16 };
struct stingy { size_t grants; ptrdiff_t blocks, bytes; bool generous, refused; };
/* A block always moves, and nothing is left of the old one. */
static void *stingy_resize(void *ctx, void *ptr, size_t old_size, size_t new_size) {
    struct stingy *stingy = ctx;
    void *block = NULL;
    if (new_size != 0) {
        if (stingy->grants != 0 && (stingy->generous || new_size <= STINGY_MAX))
            block = malloc(new_size);
        stingy->grants -= block != NULL;
        stingy->refused |= block == NULL;
        if (!block)
            return NULL;
    }
    if (ptr && block)
        memcpy(block, ptr, old_size < new_size ? old_size : new_size);
    if (ptr)
        memset(ptr, 0xdb, old_size);
    __asm__ volatile("" : : "r"(ptr) : "memory"); /* nobody reads it, but it has to be done */
    free(ptr);
    stingy->blocks += (block != NULL) - (ptr != NULL);
    stingy->bytes += (ptrdiff_t)new_size - (ptrdiff_t)old_size;
    return block;
}
/* Frees memory that was adopted; ctx counts the calls. */
static __attribute__((unused)) void stingy_free(void *ctx, void *ptr, size_t size) {
    (void)size;
    ++*(size_t *)ctx;
    free(ptr);
});
#define STINGY_OBJECTS struct stingy stingy; ledge_allocator alloc;

/* From now on w->alloc grants whatever isn't large. */
#define STINGY_OPEN \
    w->grants = SIZE_MAX; \
    CALL(w->stingy.grants = SIZE_MAX); \
    CALL(w->alloc = (ledge_allocator){stingy_resize, &w->stingy})

/* What it gave came back in the sizes that were asked for. A block that didn't is for a leak
 * checker to tell, which knows where it is from. */
#define STINGY_CLOSE(stingy) CHECK_EQ(stingy.blocks ? 0 : stingy.bytes, 0)

/* Defines the operation starve: from then on up to `most` more requests are granted. */
#define STINGY_OP(most) \
    OP(starve, RANGE(grants, 0, most)) \
    { \
        CALL(w->stingy.grants = grants); \
        w->grants = grants; \
    }
/* clang-format on */

/* The model's side of a request for size bytes. */
static inline bool model_grant(size_t *grants, size_t size)
{
    const bool granted = *grants > 0 && size <= STINGY_MAX;
    *grants -= granted;
    return granted;
}

/* And of one for n elements of esz bytes, which the subject checks first. */
static inline ledge_status model_block(size_t *grants, size_t n, size_t esz)
{
    if (esz == 0)
        return LEDGE_ESIZE;
    if (n > PTRDIFF_MAX / esz)
        return LEDGE_EOVERFLOW;
    return model_grant(grants, n * esz) ? LEDGE_OK : LEDGE_ENOMEM;
}

#endif
