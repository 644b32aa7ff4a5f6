/* lock_pool_test.c: a mutex for each resource, in one thread. Row C17. Threads are in
 * lock_pool_thread_test.c. */
#include "lock_pool_fixture.h"
#include "tracking_alloc.h"

/* --- Support ------------------------------------------------------------------------------ */

struct fixture {
    struct tracking_alloc mem;
    ledge_allocator hook;
    ledge_lock_pool pool;
};

static int set_up(void **state)
{
    static struct fixture fixture;
    fixture.hook = tracking_alloc_init(&fixture.mem);
    ledge_lock_pool_init(&fixture.pool, &fixture.hook);
    *state = &fixture;
    return 0;
}

/* A test puts what it got. */
static int tear_down(void **state)
{
    struct fixture *f = *state;
    assert_true(ledge_lock_pool_is_valid(&f->pool));
    assert_status(ledge_lock_pool_cleanup(&f->pool), LEDGE_OK);
    assert_status(ledge_lock_pool_cleanup(&f->pool), LEDGE_OK);
    assert_int_equal(f->mem.blocks, 0);
    return 0;
}

static ledge_lock_ref get(ledge_lock_pool *pool, uint64_t resource)
{
    const ledge_lock_ref ref = get_ref(pool, resource);
    assert_true(ledge_lock_pool_is_valid(pool));
    return ref;
}

static void put(ledge_lock_pool *pool, ledge_lock_ref ref)
{
    assert_status(ledge_lock_pool_put(pool, ref), LEDGE_OK);
    assert_true(ledge_lock_pool_is_valid(pool));
}

static void lock(ledge_lock_pool *pool, ledge_lock_ref ref)
{
    assert_status(ledge_lock_pool_lock(pool, ref), LEDGE_OK);
    assert_true(ledge_lock_pool_is_valid(pool));
}

static void unlock(ledge_lock_pool *pool, ledge_lock_ref ref)
{
    assert_status(ledge_lock_pool_unlock(pool, ref), LEDGE_OK);
    assert_true(ledge_lock_pool_is_valid(pool));
}

static void assert_state(const ledge_lock_pool *pool, ledge_lock_ref ref, ledge_lock_state want)
{
    ledge_lock_state state = LEDGE_LOCK_WAITING;
    assert_status(ledge_lock_pool_state(pool, ref, &state), LEDGE_OK);
    assert_int_equal(state, want);
}

/* Every function refuses a ref that isn't out, and leaves the pool as it was. */
static void assert_stale(ledge_lock_pool *pool, ledge_lock_ref ref)
{
    ledge_lock_state state = LEDGE_LOCK_WAITING;
    assert_status(ledge_lock_pool_lock(pool, ref), LEDGE_ESTALE);
    assert_status(ledge_lock_pool_try_lock(pool, ref), LEDGE_ESTALE);
    assert_status(ledge_lock_pool_unlock(pool, ref), LEDGE_ESTALE);
    assert_status(ledge_lock_pool_put(pool, ref), LEDGE_ESTALE);
    assert_status(ledge_lock_pool_state(pool, ref, &state), LEDGE_ESTALE);
    assert_int_equal(state, LEDGE_LOCK_WAITING);
    assert_true(ledge_lock_pool_is_valid(pool));
}

/* --- Making ------------------------------------------------------------------------------- */

static void zero_bytes_are_an_empty_pool(void **state)
{
    (void)state;
    static ledge_lock_pool pool;
    assert_true(ledge_lock_pool_is_valid(&pool));
    assert_stats(&pool, 0, 0, 0);
    assert_stale(&pool, (ledge_lock_ref){0});
    const ledge_lock_ref ref = get(&pool, 7);
    assert_stale(&pool, (ledge_lock_ref){0});
    lock(&pool, ref);
    unlock(&pool, ref);
    put(&pool, ref);
    assert_status(ledge_lock_pool_cleanup(&pool), LEDGE_OK);
    assert_memory_equal(&pool, &(ledge_lock_pool){.slots = 0}, sizeof pool);
}

static void init_allocates_nothing(void **state)
{
    struct fixture *f = *state;
    assert_int_equal(f->mem.requests, 0);
    assert_stats(&f->pool, 0, 0, 0);
}

static void cleanup_is_refused_while_refs_are_out(void **state)
{
    struct fixture *f = *state;
    const ledge_lock_ref first = get(&f->pool, 1), second = get(&f->pool, 1);
    lock(&f->pool, first);
    put(&f->pool, second);
    assert_status(ledge_lock_pool_cleanup(&f->pool), LEDGE_EBUSY);
    assert_state(&f->pool, first, LEDGE_LOCK_HELD);
    unlock(&f->pool, first);
    assert_status(ledge_lock_pool_cleanup(&f->pool), LEDGE_EBUSY);
    put(&f->pool, first);
}

/* --- Resources ---------------------------------------------------------------------------- */

static void who_gets_the_same_resource_gets_the_same_lock(void **state)
{
    struct fixture *f = *state;
    const ledge_lock_ref first = get(&f->pool, 42), second = get(&f->pool, 42);
    assert_stats(&f->pool, 2, 1, 8);
    lock(&f->pool, first);
    assert_state(&f->pool, first, LEDGE_LOCK_HELD);
    assert_state(&f->pool, second, LEDGE_LOCK_IDLE);
    assert_status(ledge_lock_pool_try_lock(&f->pool, second), LEDGE_EBUSY);
    unlock(&f->pool, first);
    assert_status(ledge_lock_pool_try_lock(&f->pool, second), LEDGE_OK);
    assert_state(&f->pool, first, LEDGE_LOCK_IDLE);
    assert_state(&f->pool, second, LEDGE_LOCK_HELD);
    unlock(&f->pool, second);
    put(&f->pool, first);
    put(&f->pool, second);
}

static void different_resources_have_different_locks(void **state)
{
    struct fixture *f = *state;
    enum { EACH = 20 };
    ledge_lock_ref low[EACH], high[EACH];
    for (uint64_t i = 0; i < EACH; i++) {
        low[i] = get(&f->pool, i);
        high[i] = get(&f->pool, (i + 1) << 32);
        lock(&f->pool, low[i]);
        lock(&f->pool, high[i]);
        assert_stats(&f->pool, 2 * i + 2, 2 * i + 2, i < 4 ? 8 : i < 8 ? 16 : i < 16 ? 32 : 64);
    }
    for (size_t i = 0; i < EACH; i++) {
        unlock(&f->pool, low[i]);
        unlock(&f->pool, high[i]);
        put(&f->pool, low[i]);
        put(&f->pool, high[i]);
    }
    assert_stats(&f->pool, 0, 0, 64);
}

static void a_lock_stays_until_its_last_ref_is_put(void **state)
{
    struct fixture *f = *state;
    const ledge_lock_ref first = get(&f->pool, 1), second = get(&f->pool, 1);
    lock(&f->pool, second);
    put(&f->pool, first);
    assert_stats(&f->pool, 1, 1, 8);
    const ledge_lock_ref third = get(&f->pool, 1);
    assert_status(ledge_lock_pool_try_lock(&f->pool, third), LEDGE_EBUSY);
    unlock(&f->pool, second);
    put(&f->pool, second);
    put(&f->pool, third);
    assert_stats(&f->pool, 0, 0, 8);
}

static void what_was_put_is_used_again(void **state)
{
    struct fixture *f = *state;
    for (uint64_t i = 0; i < 1000; i++) {
        ledge_lock_ref refs[8];
        for (uint64_t j = 0; j < 8; j++)
            refs[j] = get(&f->pool, i + j / 2);
        for (size_t j = 0; j < 8; j++)
            put(&f->pool, refs[(j + i) % 8]);
    }
    assert_int_equal(f->mem.requests, 1);
}

static void a_pool_doubles_while_locks_are_held(void **state)
{
    struct fixture *f = *state;
    enum { REFS = 65 };
    static const struct {
        size_t refs, slots;
    } steps[] = {{1, 8}, {8, 8}, {9, 16}, {16, 16}, {17, 32}, {33, 64}, {64, 64}, {65, 128}};
    ledge_lock_ref refs[REFS];
    for (size_t i = 0, step = 0; i < REFS; i++) {
        refs[i] = get(&f->pool, i * 3);
        if (i % 2)
            lock(&f->pool, refs[i]);
        if (i + 1 == steps[step].refs)
            assert_stats(&f->pool, i + 1, i + 1, steps[step++].slots);
    }
    assert_int_equal(f->mem.requests, 5);
    for (size_t i = 0; i < REFS; i++) {
        const ledge_lock_ref again = get(&f->pool, i * 3);
        assert_stats(&f->pool, REFS - i + 1, REFS - i, 128);
        if (i % 2) {
            assert_status(ledge_lock_pool_try_lock(&f->pool, again), LEDGE_EBUSY);
            unlock(&f->pool, refs[i]);
        }
        put(&f->pool, again);
        put(&f->pool, refs[i]);
    }
    assert_stats(&f->pool, 0, 0, 128);
}

/* --- Misuse ------------------------------------------------------------------------------- */

static void a_ref_that_holds_the_lock_cannot_be_put(void **state)
{
    struct fixture *f = *state;
    const ledge_lock_ref ref = get(&f->pool, 1);
    lock(&f->pool, ref);
    assert_status(ledge_lock_pool_put(&f->pool, ref), LEDGE_EBUSY);
    assert_state(&f->pool, ref, LEDGE_LOCK_HELD);
    assert_stats(&f->pool, 1, 1, 8);
    unlock(&f->pool, ref);
    put(&f->pool, ref);
}

static void a_ref_that_was_put_is_stale_for_good(void **state)
{
    struct fixture *f = *state;
    const ledge_lock_ref stale = get(&f->pool, 1);
    put(&f->pool, stale);
    assert_stale(&f->pool, stale);
    for (uint64_t i = 0; i < 100; i++) { /* in the same slot, with the same lock or another */
        const ledge_lock_ref other = get(&f->pool, i % 2);
        assert_int_equal(other.slot, stale.slot);
        assert_stale(&f->pool, stale);
        lock(&f->pool, other);
        assert_stale(&f->pool, stale);
        unlock(&f->pool, other);
        put(&f->pool, other);
    }
    assert_stale(&f->pool, stale);
}

static void a_ref_is_stale_while_others_keep_its_lock(void **state)
{
    struct fixture *f = *state;
    const ledge_lock_ref stale = get(&f->pool, 1), other = get(&f->pool, 1);
    put(&f->pool, stale);
    lock(&f->pool, other);
    assert_stale(&f->pool, stale);
    unlock(&f->pool, other);
    put(&f->pool, other);
}

static void what_was_never_got_is_stale(void **state)
{
    struct fixture *f = *state;
    const ledge_lock_ref ref = get(&f->pool, 1);
    for (size_t i = 0; i < 100; i++)
        assert_stale(&f->pool, (ledge_lock_ref){i, ref.ticket ^ (i == ref.slot)});
    for (size_t shift = 0; shift < sizeof(size_t) * 8; shift++) {
        const size_t bit = (size_t)1 << shift;
        assert_stale(&f->pool, (ledge_lock_ref){ref.slot, ref.ticket ^ bit});
        assert_stale(&f->pool, (ledge_lock_ref){ref.slot ^ bit, ref.ticket});
    }
    assert_stale(&f->pool, (ledge_lock_ref){SIZE_MAX, SIZE_MAX});
    put(&f->pool, ref);
}

static void who_holds_the_lock_does_not_wait_for_itself(void **state)
{
    struct fixture *f = *state;
    const ledge_lock_ref first = get(&f->pool, 1), second = get(&f->pool, 1);
    lock(&f->pool, first);
    assert_status(ledge_lock_pool_lock(&f->pool, first), LEDGE_EBUSY);
    assert_status(ledge_lock_pool_try_lock(&f->pool, first), LEDGE_EBUSY);
    assert_status(ledge_lock_pool_lock(&f->pool, second), LEDGE_EBUSY);
    assert_state(&f->pool, second, LEDGE_LOCK_IDLE);
    put(&f->pool, second);
    unlock(&f->pool, first);
    put(&f->pool, first);
}

static void only_the_ref_that_locked_unlocks(void **state)
{
    struct fixture *f = *state;
    const ledge_lock_ref first = get(&f->pool, 1), second = get(&f->pool, 1);
    assert_status(ledge_lock_pool_unlock(&f->pool, first), LEDGE_ENOTFOUND);
    lock(&f->pool, first);
    assert_status(ledge_lock_pool_unlock(&f->pool, second), LEDGE_ENOTFOUND);
    assert_state(&f->pool, first, LEDGE_LOCK_HELD);
    unlock(&f->pool, first);
    assert_status(ledge_lock_pool_unlock(&f->pool, first), LEDGE_ENOTFOUND);
    put(&f->pool, first);
    put(&f->pool, second);
}

/* --- Memory ------------------------------------------------------------------------------- */

/* Fills a pool up to 20 refs, by three requests. */
static ledge_status fill(ledge_lock_pool *pool, ledge_lock_ref *refs, size_t *n)
{
    for (*n = 0; *n < 20; ++*n) {
        const ledge_status status = ledge_lock_pool_get(pool, *n / 2, &refs[*n]);
        if (status != LEDGE_OK)
            return status;
        if (*n % 2)
            lock(pool, refs[*n]);
    }
    return LEDGE_OK;
}

static void without_memory_everything_is_as_it_was(void **state)
{
    struct fixture *f = *state;
    static const size_t refs_before[] = {0, 8, 16, 20};
    for (size_t nth = 1; nth <= 4; nth++) {
        ledge_lock_ref refs[20] = {{0}};
        size_t n;
        tracking_alloc_refuse(&f->mem, nth);
        assert_status(fill(&f->pool, refs, &n), nth <= 3 ? LEDGE_ENOMEM : LEDGE_OK);
        assert_int_equal(n, refs_before[nth - 1]);
        assert_stats(&f->pool, n, n / 2, n == 20 ? 32 : n);
        assert_true(n == 20 || refs[n].ticket == 0);
        for (size_t i = 0; i < n; i++) {
            assert_state(&f->pool, refs[i], i % 2 ? LEDGE_LOCK_HELD : LEDGE_LOCK_IDLE);
            if (i % 2)
                unlock(&f->pool, refs[i]);
            put(&f->pool, refs[i]);
        }
        assert_status(ledge_lock_pool_cleanup(&f->pool), LEDGE_OK);
        ledge_lock_pool_init(&f->pool, &f->hook);
    }
}

static void a_full_pool_gives_no_more(void **state)
{
    (void)state;
    ledge_lock_pool full = {.slots = LEDGE_LOCK_POOL_MAX, .refs = LEDGE_LOCK_POOL_MAX};
    ledge_lock_ref ref = {0};
    assert_status(ledge_lock_pool_get(&full, 1, &ref), LEDGE_EOVERFLOW);
    assert_int_equal(ref.ticket, 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(zero_bytes_are_an_empty_pool),
        TEST(init_allocates_nothing),
        TEST(cleanup_is_refused_while_refs_are_out),
        TEST(who_gets_the_same_resource_gets_the_same_lock),
        TEST(different_resources_have_different_locks),
        TEST(a_lock_stays_until_its_last_ref_is_put),
        TEST(what_was_put_is_used_again),
        TEST(a_pool_doubles_while_locks_are_held),
        TEST(a_ref_that_holds_the_lock_cannot_be_put),
        TEST(a_ref_that_was_put_is_stale_for_good),
        TEST(a_ref_is_stale_while_others_keep_its_lock),
        TEST(what_was_never_got_is_stale),
        TEST(who_holds_the_lock_does_not_wait_for_itself),
        TEST(only_the_ref_that_locked_unlocks),
        TEST(without_memory_everything_is_as_it_was),
        cmocka_unit_test(a_full_pool_gives_no_more),
    };
    return cmocka_run_group_tests_name("lock pool", tests, NULL, NULL);
}
