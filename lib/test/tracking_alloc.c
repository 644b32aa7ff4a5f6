/* tracking_alloc.c: see tracking_alloc.h. */
#include "tracking_alloc.h"

#include <stdlib.h>
#include <string.h>

#include "check.h"

/* The slot of the live block at ptr, or a free slot for null. */
static size_t find_slot(const struct tracking_alloc *mem, const void *ptr)
{
    for (size_t i = 0; i < TRACKING_ALLOC_BLOCKS; i++) {
        if (mem->live[i].ptr == ptr)
            return i;
    }
    fail_msg("%p is no live block of this allocator, or there are too many", ptr);
    return 0;
}

static void release(struct tracking_alloc *mem, void *ptr, size_t size)
{
    size_t slot = find_slot(mem, ptr);
    assert_int_equal(size, mem->live[slot].size);
    memset(ptr, 0xdd, size);
    free(ptr);
    mem->live[slot].ptr = NULL;
    mem->blocks--;
    mem->bytes -= size;
}

static void *resize(void *ctx, void *ptr, size_t old_size, size_t new_size)
{
    struct tracking_alloc *mem = ctx;
    assert_true(old_size != 0 || new_size != 0);
    assert_int_equal(ptr == NULL, old_size == 0);
    if (ptr)
        assert_int_equal(old_size, mem->live[find_slot(mem, ptr)].size);

    void *fresh = NULL;
    if (new_size != 0) {
        if (++mem->requests == mem->refuse)
            return NULL;
        fresh = malloc(new_size);
        assert_non_null(fresh);
        memset(fresh, 0xaa, new_size);
        if (ptr)
            memcpy(fresh, ptr, old_size < new_size ? old_size : new_size);

        size_t slot = find_slot(mem, NULL);
        mem->live[slot].ptr = fresh;
        mem->live[slot].size = new_size;
        mem->blocks++;
        mem->bytes += new_size;
    }
    if (ptr)
        release(mem, ptr, old_size);
    return fresh;
}

ledge_allocator tracking_alloc_init(struct tracking_alloc *mem)
{
    memset(mem, 0, sizeof(*mem));
    return (ledge_allocator){resize, mem};
}

void tracking_alloc_refuse(struct tracking_alloc *mem, size_t nth)
{
    mem->refuse = mem->requests + nth;
}
