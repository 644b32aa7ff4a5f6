/* lock_pool_fixture.h: what the tests of lock pools share. */
#ifndef LEDGE_TEST_LOCK_POOL_FIXTURE_H
#define LEDGE_TEST_LOCK_POOL_FIXTURE_H

#include "check.h"

#include <ledge/lock_pool.h>

static inline ledge_lock_ref get_ref(ledge_lock_pool *pool, uint64_t resource)
{
    ledge_lock_ref ref = {0};
    assert_status(ledge_lock_pool_get(pool, resource, &ref), LEDGE_OK);
    return ref;
}

static inline void assert_stats(ledge_lock_pool *pool, size_t refs, size_t locks, size_t slots)
{
    ledge_lock_pool_stats stats;
    ledge_lock_pool_read_stats(pool, &stats);
    assert_int_equal(stats.refs, refs);
    assert_int_equal(stats.locks, locks);
    assert_int_equal(stats.slots, slots);
}

#endif
