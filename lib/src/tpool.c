/* tpool.c: a pool for each thread. See ledge/pool.h.
 *
 * The flag that says whether a pool is some thread's is taken with acquire and given back with
 * release order, so that a thread that joins finds the pool as the one before has left it. Only
 * joining and leaving write it: it has a cache line to itself, apart from what the pool's thread
 * writes all the time. */
#include <ledge/pool.h>

#include <stdalign.h>

struct ledge_pool_lane {
    alignas(LEDGE_POOL_LINE) ledge_pool pool;
    alignas(LEDGE_POOL_LINE) uint32_t joined;
};

static size_t memory_size(size_t lanes)
{
    return lanes * sizeof(ledge_pool_lane) + LEDGE_POOL_LINE;
}

ledge_status ledge_tpool_init(ledge_tpool *tpool, size_t size, size_t align, size_t lanes,
                              const ledge_allocator *alloc)
{
    if (lanes == 0)
        return LEDGE_EEMPTY;
    const size_t padded = align < LEDGE_POOL_LINE && ledge_is_pow2(align) ? LEDGE_POOL_LINE : align;
    ledge_pool pool;
    ledge_status status = ledge_pool_init(&pool, size, padded, alloc);
    if (status != LEDGE_OK)
        return status;
    if (lanes > (PTRDIFF_MAX - LEDGE_POOL_LINE) / sizeof(ledge_pool_lane))
        return LEDGE_EOVERFLOW;

    void *memory = ledge_alloc_resize(alloc, NULL, 0, memory_size(lanes));
    if (!memory)
        return LEDGE_ENOMEM;
    unsigned char *at = memory;
    at += LEDGE_POOL_LINE - (uintptr_t)at % LEDGE_POOL_LINE;
    *tpool = (ledge_tpool){(ledge_pool_lane *)(void *)at, lanes, memory, pool.alloc};
    for (size_t i = 0; i < lanes; i++)
        tpool->lanes[i] = (ledge_pool_lane){.pool = pool};
    return LEDGE_OK;
}

void ledge_tpool_cleanup(ledge_tpool *tpool)
{
    for (size_t i = 0; i < tpool->count; i++)
        ledge_pool_cleanup(&tpool->lanes[i].pool);
    ledge_alloc_free(&tpool->alloc, tpool->memory, memory_size(tpool->count));
    *tpool = (ledge_tpool){0};
}

/* Sets a lane's flag from one value to another; false when it hasn't the first. */
static bool change(ledge_pool_lane *lane, uint32_t from, uint32_t to)
{
    return __atomic_compare_exchange_n(&lane->joined, &from, to, false, __ATOMIC_ACQ_REL,
                                       __ATOMIC_RELAXED);
}

ledge_status ledge_tpool_join(ledge_tpool *tpool, ledge_pool **out)
{
    for (size_t i = 0; i < tpool->count; i++) {
        if (change(&tpool->lanes[i], 0, 1)) {
            *out = &tpool->lanes[i].pool;
            return LEDGE_OK;
        }
    }
    return LEDGE_EBUSY;
}

ledge_status ledge_tpool_leave(ledge_tpool *tpool, const ledge_pool *pool)
{
    const uintptr_t at = (uintptr_t)pool, lanes = (uintptr_t)tpool->lanes;
    if (at < lanes || (at - lanes) / sizeof(ledge_pool_lane) >= tpool->count)
        return LEDGE_ENOTFOUND;
    ledge_pool_lane *lane = &tpool->lanes[(at - lanes) / sizeof(ledge_pool_lane)];
    return pool == &lane->pool && change(lane, 1, 0) ? LEDGE_OK : LEDGE_ENOTFOUND;
}

ledge_status ledge_tpool_put(ledge_tpool *tpool, ledge_pool *own, void *ptr)
{
    if (!ptr)
        return LEDGE_ENULL;
    ledge_status status = own ? ledge_pool_put(own, ptr) : LEDGE_ENOTFOUND;
    for (size_t i = 0; i < tpool->count && status == LEDGE_ENOTFOUND; i++)
        status = ledge_pool_put_remote(&tpool->lanes[i].pool, ptr);
    return status;
}

/* --- Metrics ------------------------------------------------------------------------------ */

void ledge_tpool_read_stats(const ledge_tpool *tpool, ledge_tpool_stats *out)
{
    ledge_tpool_stats sum = {.lanes = tpool->count, .least = tpool->count ? SIZE_MAX : 0};
    for (size_t i = 0; i < tpool->count; i++) {
        const ledge_pool_lane *lane = &tpool->lanes[i];
        ledge_pool_stats stats;
        ledge_pool_read_stats(&lane->pool, &stats);
        sum.total.gets += stats.gets;
        sum.total.hits += stats.hits;
        sum.total.puts += stats.puts;
        sum.total.remote += stats.remote;
        sum.total.in_use += stats.in_use;
        sum.total.peak += stats.peak;
        sum.total.blocks += stats.blocks;
        sum.total.slots += stats.slots;
        sum.joined += __atomic_load_n(&lane->joined, __ATOMIC_RELAXED);
        sum.most = stats.gets > sum.most ? stats.gets : sum.most;
        sum.least = stats.gets < sum.least ? stats.gets : sum.least;
    }
    *out = sum;
}

ledge_status ledge_tpool_read_lane(const ledge_tpool *tpool, size_t index, ledge_pool_stats *out)
{
    if (index >= tpool->count)
        return LEDGE_ERANGE;
    ledge_pool_read_stats(&tpool->lanes[index].pool, out);
    return LEDGE_OK;
}
