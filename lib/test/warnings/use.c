/* use.c: calls as they are meant, of which clang has nothing to say.
 *
 * expected-no-diagnostics */
#include <stdlib.h>
#include <string.h>

#include <ledge/arena.h>
#include <ledge/cast.h>
#include <ledge/check.h>
#include <ledge/map_typed.h>
#include <ledge/owner.h>
#include <ledge/pool.h>
#include <ledge/registry.h>
#include <ledge/ring.h>
#include <ledge/str.h>
#include <ledge/strided.h>
#include <ledge/vec_typed.h>

LEDGE_VEC_DEFINE(numbers, uint64_t);
LEDGE_MAP_DEFINE(counts, uint32_t, uint32_t);

/* What may be null, may; what one may leave unlooked at, one may. */
ledge_status optional_is_left_out(ledge_vec *vec, ledge_shared *shared, ledge_registry *registry)
{
    ledge_view none;
    ledge_status status = ledge_view_make(NULL, 0, 0, 4, 4, &none);
    if (status == LEDGE_OK)
        status = ledge_vec_init(vec, sizeof(uint32_t), NULL);
    if (status == LEDGE_OK)
        status = ledge_vec_append(vec, NULL, 0);
    if (status == LEDGE_OK)
        status = ledge_vec_pop(vec, NULL);
    ledge_alloc_free(NULL, NULL, 0);
    ledge_shared_release(shared);
    ledge_registry_cleanup(registry);
    ledge_vec_cleanup(vec);
    return status;
}

ledge_status numbers_are_counted(const uint64_t *values, size_t n, size_t *most)
{
    numbers seen;
    counts map;
    ledge_status status = numbers_init(&seen, NULL);
    if (status == LEDGE_OK)
        status = numbers_append(&seen, values, n);
    if (status == LEDGE_OK)
        status = counts_init(&map, NULL, NULL);
    if (status != LEDGE_OK) {
        numbers_cleanup(&seen);
        return status;
    }
    for (size_t i = 0; i < numbers_length(&seen) && status == LEDGE_OK; i++) {
        uint32_t *count;
        bool is_new;
        status = counts_upsert(&map, (uint32_t)*numbers_at(&seen, i), &count, &is_new);
        if (status == LEDGE_OK)
            *most = ++*count > *most ? *count : *most;
    }
    counts_cleanup(&map);
    numbers_cleanup(&seen);
    return status;
}

ledge_status keys_are_summed(ledge_view records, size_t n, uint64_t *sum)
{
    ledge_strided all, keys, values;
    ledge_status status = ledge_strided_from_view(records, n, 32, 32, 8, &all);
    if (status == LEDGE_OK)
        status = ledge_strided_split(all, 16, &keys, &values);
    if (status != LEDGE_OK)
        return status;
    ledge_strided_iter it = ledge_strided_begin(keys);
    for (const void *key; (key = ledge_strided_next(&it)) != NULL;)
        *sum += ledge_load_u64le(key);
    return LEDGE_OK;
}

/* A put that can't fail need not be looked at. */
ledge_status memory_is_pooled(ledge_pool *pool, ledge_arena *arena)
{
    ledge_span span, kept;
    ledge_status status = ledge_pool_init(pool, sizeof(uint64_t), sizeof(uint64_t), NULL);
    if (status == LEDGE_OK)
        status = ledge_pool_get_span(pool, &span);
    if (status == LEDGE_OK)
        status = ledge_arena_copy(arena, ledge_span_as_view(span), &kept);
    if (status == LEDGE_OK)
        ledge_pool_put_span(pool, &span);
    return status;
}

ledge_status text_is_built(ledge_str *str, ledge_ring *ring, size_t n)
{
    ledge_str_append_cstr(str, "n: "); /* a failure sticks: it is enough to ask at the end */
    const ledge_status status = ledge_str_append_format(str, "%zu", n);
    return status == LEDGE_OK ? ledge_ring_init(ring, 8, LEDGE_RING_REFUSE, NULL) : status;
}

void *room_is_used(const void *src, size_t align)
{
    size_t size;
    if (ledge_align_up(13, 16, &size) != LEDGE_OK || ledge_align_up(size, align, &size) != LEDGE_OK)
        return NULL;
    void *block = ledge_alloc_resize(NULL, NULL, 0, 16);
    return block ? memcpy(block, src, 16) : NULL;
}
