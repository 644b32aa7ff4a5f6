/* pool_test.c: the object pool, in one thread. Threads are in pool_thread_test.c. */
#include "check.h"

#include <stdalign.h>
#include <string.h>

#include <ledge/pool.h>

#include "tracking_alloc.h"

/* --- Support ------------------------------------------------------------------------------ */

struct fixture {
    struct tracking_alloc mem;
    ledge_allocator hook;
    ledge_pool pool; /* objects of 2000 bytes: the first block has two */
};

static int set_up(void **state)
{
    static struct fixture fixture;
    fixture.hook = tracking_alloc_init(&fixture.mem);
    assert_status(ledge_pool_init(&fixture.pool, 2000, 16, &fixture.hook), LEDGE_OK);
    *state = &fixture;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *f = *state;
    assert_true(ledge_pool_is_valid(&f->pool));
    ledge_pool_cleanup(&f->pool);
    ledge_pool_cleanup(&f->pool);
    assert_int_equal(f->mem.blocks, 0);
    assert_true(ledge_pool_is_valid(&f->pool));
    return 0;
}

static void *get(ledge_pool *pool)
{
    void *ptr = NULL;
    assert_status(ledge_pool_get(pool, &ptr), LEDGE_OK);
    assert_true(ledge_is_aligned(ptr, pool->align));
    assert_true(ledge_pool_owns(pool, ptr));
    assert_true(ledge_pool_is_valid(pool));
    memset(ptr, 0x5a, pool->size);
    return ptr;
}

static void put(ledge_pool *pool, void *ptr)
{
    assert_status(ledge_pool_put(pool, ptr), LEDGE_OK);
    assert_false(ledge_pool_owns(pool, ptr));
    assert_true(ledge_pool_is_valid(pool));
}

static ledge_pool_stats stats_of(const ledge_pool *pool)
{
    ledge_pool_stats stats;
    ledge_pool_read_stats(pool, &stats);
    return stats;
}

/* --- Making ------------------------------------------------------------------------------- */

static void init_refuses(void **state)
{
    (void)state;
    ledge_pool pool = {0};
    assert_status(ledge_pool_init(&pool, 0, 3, NULL), LEDGE_ESIZE);
    assert_status(ledge_pool_init(&pool, SIZE_MAX, 3, NULL), LEDGE_EINVAL);
    assert_status(ledge_pool_init(&pool, 1, 0, NULL), LEDGE_EINVAL);
    assert_status(ledge_pool_init(&pool, LEDGE_POOL_SIZE_MAX + 1, 1, NULL), LEDGE_EOVERFLOW);
    assert_status(ledge_pool_init(&pool, 1, ~(SIZE_MAX / 2), NULL), LEDGE_EOVERFLOW);
    assert_int_equal(pool.size, 0);
}

static void zero_bytes_are_an_empty_pool(void **state)
{
    (void)state;
    ledge_pool pool = {0};
    ledge_span span = {0};
    void *ptr;
    assert_true(ledge_pool_is_valid(&pool));
    assert_status(ledge_pool_get(&pool, &ptr), LEDGE_ESIZE);
    assert_status(ledge_pool_get_span(&pool, &span), LEDGE_ESIZE);
    assert_status(ledge_pool_reserve(&pool, 0), LEDGE_ESIZE);
    assert_status(ledge_pool_put(&pool, &pool), LEDGE_ENOTFOUND);
    assert_status(ledge_pool_put_remote(&pool, &pool), LEDGE_ENOTFOUND);
    assert_false(ledge_pool_owns(&pool, &pool));
    assert_true(ledge_pool_hit_rate(&(ledge_pool_stats){0}) == 1.0);
    ledge_pool_cleanup(&pool);
}

static void init_allocates_nothing(void **state)
{
    struct fixture *f = *state;
    assert_int_equal(f->mem.requests, 0);
    assert_int_equal(stats_of(&f->pool).slots, 0);
}

/* --- Objects ------------------------------------------------------------------------------ */

static void the_object_put_last_is_got_first(void **state)
{
    struct fixture *f = *state;
    void *first = get(&f->pool), *second = get(&f->pool);
    put(&f->pool, first);
    put(&f->pool, second);
    assert_ptr_equal(get(&f->pool), second);
    assert_ptr_equal(get(&f->pool), first);
    assert_int_equal(f->mem.requests, 1);
}

static void blocks_double(void **state)
{
    struct fixture *f = *state;
    static const size_t slots[] = {2, 2, 4, 4, 8, 8, 8, 8, 16};
    for (size_t i = 0; i < 9; i++) {
        (void)get(&f->pool);
        assert_int_equal(stats_of(&f->pool).slots, slots[i]);
    }
    assert_int_equal(f->mem.requests, 4);
    size_t in_block, in_use;
    assert_status(ledge_pool_block_use(&f->pool, 0, &in_block, &in_use), LEDGE_OK);
    assert_int_equal(in_block, 8);
    assert_int_equal(in_use, 1);
    assert_status(ledge_pool_block_use(&f->pool, 3, &in_block, &in_use), LEDGE_OK);
    assert_int_equal(in_block, 2);
    assert_int_equal(in_use, 2);
    assert_status(ledge_pool_block_use(&f->pool, 4, &in_block, &in_use), LEDGE_ERANGE);
}

static void a_full_pool_gives_what_was_put_into_an_older_block(void **state)
{
    struct fixture *f = *state;
    void *oldest = get(&f->pool);
    for (size_t i = 0; i < 7; i++)
        (void)get(&f->pool);
    put(&f->pool, oldest);
    assert_ptr_equal(get(&f->pool), oldest);
    assert_int_equal(f->mem.requests, 3);
}

/* Also where there are so many blocks that some may share a guess. */
static void objects_are_found_in_any_number_of_blocks(void **state)
{
    struct fixture *f = *state;
    enum { OBJECTS = 21 };
    unsigned char *objects[OBJECTS];
    for (size_t i = 0; i < OBJECTS; i++) {
        assert_status(ledge_pool_reserve(&f->pool, 1), LEDGE_OK);
        objects[i] = get(&f->pool);
        for (size_t j = 0; j <= i; j++) {
            assert_true(ledge_pool_owns(&f->pool, objects[j]));
            assert_status(ledge_pool_put(&f->pool, objects[j] + 1), LEDGE_ENOTFOUND);
        }
        assert_status(ledge_pool_put(&f->pool, &objects[i]), LEDGE_ENOTFOUND);
    }
    assert_int_equal(stats_of(&f->pool).blocks, OBJECTS);
    for (size_t i = 0; i < OBJECTS; i++)
        put(&f->pool, objects[i * 8 % OBJECTS]);
    assert_ptr_equal(get(&f->pool), objects[(OBJECTS - 1) * 8 % OBJECTS]);
}

/* No two objects overlap, at any size and alignment, and each is found by its start alone. */
static void slots_are_apart(void **state)
{
    struct fixture *f = *state;
    for (size_t size = 1; size < 200; size = size * 3 / 2 + 1) {
        for (size_t align = 1; align <= 256; align *= 4) {
            ledge_pool pool;
            unsigned char *objects[40];
            assert_status(ledge_pool_init(&pool, size, align, &f->hook), LEDGE_OK);
            for (size_t i = 0; i < 40; i++) {
                void *ptr = NULL;
                assert_status(ledge_pool_get(&pool, &ptr), LEDGE_OK);
                assert_true(ledge_is_aligned(ptr, align));
                objects[i] = memset(ptr, (int)i, size);
            }
            for (size_t i = 0; i < 40; i++) {
                for (size_t at = 0; at < size; at++)
                    assert_int_equal(objects[i][at], i);
                for (size_t at = 1; at < size; at++)
                    assert_status(ledge_pool_put(&pool, objects[i] + at), LEDGE_ENOTFOUND);
                assert_status(ledge_pool_put(&pool, objects[i]), LEDGE_OK);
            }
            assert_true(ledge_pool_is_valid(&pool));
            ledge_pool_cleanup(&pool);
        }
    }
}

static void padded_objects_share_no_cache_line(void **state)
{
    struct fixture *f = *state;
    ledge_pool pool;
    assert_status(ledge_pool_init(&pool, 1, LEDGE_POOL_LINE, &f->hook), LEDGE_OK);
    uintptr_t first = (uintptr_t)get(&pool), second = (uintptr_t)get(&pool);
    assert_int_equal(first % LEDGE_POOL_LINE, 0);
    assert_int_equal(second % LEDGE_POOL_LINE, 0);
    assert_int_not_equal(first, second);
    ledge_pool_cleanup(&pool);
}

static void what_is_no_object_is_refused(void **state)
{
    struct fixture *f = *state;
    ledge_pool other;
    unsigned char *object = get(&f->pool);
    assert_status(ledge_pool_init(&other, 2000, 16, &f->hook), LEDGE_OK);
    void *foreign = get(&other);
    assert_status(ledge_pool_put(&f->pool, NULL), LEDGE_ENULL);
    assert_status(ledge_pool_put(&f->pool, object + 16), LEDGE_ENOTFOUND);
    assert_status(ledge_pool_put(&f->pool, object - f->pool.stride), LEDGE_ENOTFOUND);
    assert_status(ledge_pool_put(&f->pool, object + 2 * f->pool.stride), LEDGE_ENOTFOUND);
    assert_status(ledge_pool_put(&f->pool, foreign), LEDGE_ENOTFOUND);
    assert_status(ledge_pool_put_remote(&f->pool, NULL), LEDGE_ENULL);
    assert_status(ledge_pool_put_remote(&f->pool, foreign), LEDGE_ENOTFOUND);
    assert_int_equal(stats_of(&f->pool).in_use, 1);
    ledge_pool_cleanup(&other);
}

static void a_second_put_is_refused(void **state)
{
    struct fixture *f = *state;
    void *old = get(&f->pool), *object = get(&f->pool);
    (void)get(&f->pool); /* in another block, which is the one in use now */
    assert_status(ledge_pool_put(&f->pool, (unsigned char *)old + f->pool.stride * 2),
                  LEDGE_ENOTFOUND);
    put(&f->pool, object);
    assert_status(ledge_pool_put(&f->pool, object), LEDGE_ESTALE);
    assert_status(ledge_pool_put_remote(&f->pool, object), LEDGE_ESTALE);
    assert_status(ledge_pool_put_remote(&f->pool, old), LEDGE_OK);
    assert_status(ledge_pool_put_remote(&f->pool, old), LEDGE_ESTALE);
    assert_status(ledge_pool_put(&f->pool, old), LEDGE_ESTALE);
    assert_true(ledge_pool_is_valid(&f->pool));
}

static void a_reserve_is_enough(void **state)
{
    struct fixture *f = *state;
    void *first = get(&f->pool);
    assert_status(ledge_pool_put_remote(&f->pool, first), LEDGE_OK);
    assert_status(ledge_pool_reserve(&f->pool, 2), LEDGE_OK);
    assert_int_equal(f->mem.requests, 1);
    assert_status(ledge_pool_reserve(&f->pool, 9), LEDGE_OK);
    assert_int_equal(stats_of(&f->pool).slots, 9);
    for (size_t i = 0; i < 9; i++)
        (void)get(&f->pool);
    assert_int_equal(f->mem.requests, 2);
    assert_status(ledge_pool_reserve(&f->pool, LEDGE_POOL_SLOTS_MAX + 1), LEDGE_EOVERFLOW);

    ledge_pool large;
    assert_status(ledge_pool_init(&large, LEDGE_POOL_SIZE_MAX, 1, NULL), LEDGE_OK);
    assert_status(ledge_pool_reserve(&large, 4), LEDGE_EOVERFLOW);
    assert_status(ledge_pool_reserve(&large, 1000), LEDGE_EOVERFLOW);
}

/* The pool would double, but a block has no more slots than that. (So many are only said to be.) */
static void a_pool_of_most_slots_grows_on(void **state)
{
    struct fixture *f = *state;
    void *ptr = NULL;
    f->pool.slots = 2 * LEDGE_POOL_SLOTS_MAX;
    tracking_alloc_refuse(&f->mem, 1);
    assert_status(ledge_pool_get(&f->pool, &ptr), LEDGE_ENOMEM);
    assert_int_equal(f->mem.requests, 1);
    f->pool.slots = 0;
}

static void a_buffer_is_a_span(void **state)
{
    struct fixture *f = *state;
    ledge_span span = {0};
    assert_status(ledge_pool_get_span(&f->pool, &span), LEDGE_OK);
    assert_int_equal(span.length, 2000);
    assert_int_equal(span.capacity, 2000);
    span.ptr += 1;
    assert_status(ledge_pool_put_span(&f->pool, &span), LEDGE_ENOTFOUND);
    assert_int_equal(span.length, 2000);
    span.ptr -= 1;
    span.length = 3;
    assert_status(ledge_pool_put_span(&f->pool, &span), LEDGE_OK);
    assert_null(span.ptr);
    assert_int_equal(span.length, 0);
    assert_int_equal(span.capacity, 0);
    assert_status(ledge_pool_put_span(&f->pool, &span), LEDGE_ENULL);
}

static void what_others_put_is_taken_back_when_it_is_needed(void **state)
{
    struct fixture *f = *state;
    void *first = get(&f->pool), *second = get(&f->pool);
    assert_status(ledge_pool_put_remote(&f->pool, first), LEDGE_OK);
    assert_status(ledge_pool_put_remote(&f->pool, second), LEDGE_OK);
    assert_true(ledge_pool_is_valid(&f->pool));
    assert_int_equal(stats_of(&f->pool).in_use, 2);
    assert_int_equal(stats_of(&f->pool).remote, 0);
    assert_ptr_equal(get(&f->pool), second);
    assert_int_equal(stats_of(&f->pool).in_use, 1);
    assert_int_equal(stats_of(&f->pool).remote, 2);
    assert_ptr_equal(get(&f->pool), first);
    assert_int_equal(f->mem.requests, 1);
}

#if LEDGE_HAS_POISON
static bool is_open(const unsigned char *ptr, size_t size)
{
    return __asan_region_is_poisoned((void *)(uintptr_t)ptr, size) == NULL;
}

/* Row B15: under ASan, at the byte. */
static void what_is_not_out_is_closed(void **state)
{
    struct fixture *f = *state;
    unsigned char *first = get(&f->pool), *second = get(&f->pool);
    assert_true(is_open(first, 2000) && !is_open(first + 2000, 1) && !is_open(second - 1, 1));
    put(&f->pool, first);
    assert_true(!is_open(first, 1) && !is_open(first + 1999, 1) && is_open(second, 2000));
    assert_status(ledge_pool_put_remote(&f->pool, second), LEDGE_OK);
    assert_true(!is_open(second, 1) && !is_open(second + 1999, 1));
    assert_ptr_equal(get(&f->pool), first);
    assert_true(is_open(first, 2000));
}
#endif

/* --- Metrics ------------------------------------------------------------------------------ */

static void figures_are_exact(void **state)
{
    struct fixture *f = *state;
    void *objects[5];
    for (size_t i = 0; i < 5; i++)
        objects[i] = get(&f->pool);
    for (size_t i = 0; i < 4; i++)
        put(&f->pool, objects[i]);
    for (size_t i = 0; i < 3; i++)
        (void)get(&f->pool);
    const ledge_pool_stats stats = stats_of(&f->pool);
    assert_int_equal(stats.gets, 8);
    assert_int_equal(stats.hits, 5); /* three blocks */
    assert_int_equal(stats.puts, 4);
    assert_int_equal(stats.remote, 0);
    assert_int_equal(stats.in_use, 4);
    assert_int_equal(stats.peak, 5);
    assert_int_equal(stats.blocks, 3);
    assert_int_equal(stats.slots, 8);
    assert_true(ledge_pool_hit_rate(&stats) == 0.625);
}

/* --- A pool for each thread --------------------------------------------------------------- */

static void a_set_refuses(void **state)
{
    (void)state;
    ledge_tpool tpool = {0};
    ledge_pool *pool = NULL;
    ledge_pool_stats stats;
    ledge_tpool_stats all;
    assert_status(ledge_tpool_init(&tpool, 0, 3, 0, NULL), LEDGE_EEMPTY);
    assert_status(ledge_tpool_init(&tpool, 0, 3, 1, NULL), LEDGE_ESIZE);
    assert_status(ledge_tpool_init(&tpool, 1, 3, 1, NULL), LEDGE_EINVAL);
    assert_status(ledge_tpool_init(&tpool, SIZE_MAX, 1, 1, NULL), LEDGE_EOVERFLOW);
    assert_status(ledge_tpool_init(&tpool, 1, 1, SIZE_MAX / 2, NULL), LEDGE_EOVERFLOW);
    assert_status(ledge_tpool_join(&tpool, &pool), LEDGE_EBUSY);
    assert_status(ledge_tpool_leave(&tpool, NULL), LEDGE_ENOTFOUND);
    assert_status(ledge_tpool_put(&tpool, NULL, &tpool), LEDGE_ENOTFOUND);
    assert_status(ledge_tpool_put(&tpool, NULL, NULL), LEDGE_ENULL);
    assert_status(ledge_tpool_read_lane(&tpool, 0, &stats), LEDGE_ERANGE);
    ledge_tpool_read_stats(&tpool, &all);
    assert_int_equal(all.lanes, 0);
    assert_int_equal(all.least, 0);
    ledge_tpool_cleanup(&tpool);
}

static void a_pool_is_joined_and_left(void **state)
{
    struct fixture *f = *state;
    ledge_tpool tpool;
    ledge_pool *first = NULL, *second = NULL, *third = NULL;
    assert_status(ledge_tpool_init(&tpool, 24, 8, 2, &f->hook), LEDGE_OK);
    assert_status(ledge_tpool_join(&tpool, &first), LEDGE_OK);
    assert_status(ledge_tpool_join(&tpool, &second), LEDGE_OK);
    assert_status(ledge_tpool_join(&tpool, &third), LEDGE_EBUSY);
    assert_null(third);
    assert_ptr_not_equal(first, second);
    assert_true(ledge_is_aligned(first, LEDGE_POOL_LINE));
    assert_true(ledge_is_aligned(second, LEDGE_POOL_LINE));
    for (size_t i = 0; i < 5; i++)
        assert_true(ledge_is_aligned(get(first), LEDGE_POOL_LINE));
    assert_status(ledge_tpool_leave(&tpool, first), LEDGE_OK);
    assert_status(ledge_tpool_leave(&tpool, first), LEDGE_ENOTFOUND);
    assert_status(ledge_tpool_leave(&tpool, &f->pool), LEDGE_ENOTFOUND);
    assert_status(ledge_tpool_leave(&tpool, (ledge_pool *)((char *)second + 8)), LEDGE_ENOTFOUND);
    assert_status(ledge_tpool_leave(&tpool, first + 1000), LEDGE_ENOTFOUND);
    assert_status(ledge_tpool_join(&tpool, &third), LEDGE_OK);
    assert_ptr_equal(third, first);
    ledge_tpool_cleanup(&tpool);
    ledge_tpool_cleanup(&tpool);
    assert_int_equal(f->mem.blocks, 0);
}

static void an_object_goes_home(void **state)
{
    struct fixture *f = *state;
    ledge_tpool tpool;
    ledge_pool *first = NULL, *second = NULL;
    assert_status(ledge_tpool_init(&tpool, 2000, 8, 2, &f->hook), LEDGE_OK);
    assert_status(ledge_tpool_join(&tpool, &first), LEDGE_OK);
    assert_status(ledge_tpool_join(&tpool, &second), LEDGE_OK);
    void *near = get(first), *far = get(first), *lost = get(first);
    assert_status(ledge_tpool_put(&tpool, first, near), LEDGE_OK);
    assert_status(ledge_tpool_put(&tpool, second, far), LEDGE_OK);
    assert_status(ledge_tpool_put(&tpool, NULL, lost), LEDGE_OK);
    assert_status(ledge_tpool_put(&tpool, second, far), LEDGE_ESTALE);
    assert_status(ledge_tpool_put(&tpool, first, far), LEDGE_ESTALE);
    assert_status(ledge_tpool_put(&tpool, NULL, NULL), LEDGE_ENULL);
    assert_status(ledge_tpool_put(&tpool, second, &tpool), LEDGE_ENOTFOUND);
    for (size_t i = 0; i < 4; i++)
        (void)get(first);
    (void)get(second);

    ledge_tpool_stats all;
    ledge_pool_stats one;
    ledge_tpool_read_stats(&tpool, &all);
    assert_status(ledge_tpool_read_lane(&tpool, 1, &one), LEDGE_OK);
    assert_int_equal(one.gets, 1);
    assert_int_equal(all.total.gets, 8);
    assert_int_equal(all.total.hits, 5);
    assert_int_equal(all.total.puts, 3);
    assert_int_equal(all.total.remote, 2);
    assert_int_equal(all.total.in_use, 5);
    assert_int_equal(all.total.peak, 5);
    assert_int_equal(all.total.blocks, 3);
    assert_int_equal(all.total.slots, 6);
    assert_int_equal(all.lanes, 2);
    assert_int_equal(all.joined, 2);
    assert_int_equal(all.most, 7);
    assert_int_equal(all.least, 1);
    ledge_tpool_cleanup(&tpool);
}

/* --- Failures ----------------------------------------------------------------------------- */

static void without_memory_nothing_changes(void **state)
{
    struct fixture *f = *state;
    void *objects[2] = {get(&f->pool), get(&f->pool)}, *none = NULL;
    ledge_span span = {0};
    ledge_tpool tpool = {0};
    const ledge_pool before = f->pool;
    tracking_alloc_refuse(&f->mem, 1);
    assert_status(ledge_pool_get(&f->pool, &none), LEDGE_ENOMEM);
    tracking_alloc_refuse(&f->mem, 1);
    assert_status(ledge_pool_get_span(&f->pool, &span), LEDGE_ENOMEM);
    tracking_alloc_refuse(&f->mem, 1);
    assert_status(ledge_pool_reserve(&f->pool, 1), LEDGE_ENOMEM);
    tracking_alloc_refuse(&f->mem, 1);
    assert_status(ledge_tpool_init(&tpool, 1, 1, 1, &f->hook), LEDGE_ENOMEM);
    assert_null(none);
    assert_null(span.ptr);
    assert_null(tpool.lanes);
    assert_memory_equal(&before, &f->pool, sizeof(before));
    put(&f->pool, objects[0]);
    put(&f->pool, objects[1]);
}

/* Damages one thing, and mends it. */
#define assert_seen(f, thing, value)                                                               \
    do {                                                                                           \
        ledge_pool *const pool = &(f)->pool;                                                       \
        const __typeof__(pool->thing) good = pool->thing;                                          \
        pool->thing = (value);                                                                     \
        assert_false(ledge_pool_is_valid(pool));                                                   \
        pool->thing = good;                                                                        \
    } while (0)

static void damage_is_seen(void **state)
{
    struct fixture *f = *state;
    (void)get(&f->pool);
    (void)get(&f->pool);
    (void)get(&f->pool);
    assert_seen(f, gets, 2);
    assert_seen(f, slots, 5);
    assert_seen(f, count, 1);
    assert_seen(f, size, 0);
    assert_seen(f, block, NULL);
    assert_seen(f, block->free, 0);              /* an object that is out */
    assert_seen(f, block->free, 2);              /* no slot */
    assert_seen(f, block->free, LEDGE_POOL_END); /* a slot is lost */
    assert_seen(f, block->links[1], 1);          /* a ring */
}

#define pool_unit_test(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(init_refuses),
        cmocka_unit_test(zero_bytes_are_an_empty_pool),
        pool_unit_test(init_allocates_nothing),
        pool_unit_test(the_object_put_last_is_got_first),
        pool_unit_test(blocks_double),
        pool_unit_test(a_full_pool_gives_what_was_put_into_an_older_block),
        pool_unit_test(objects_are_found_in_any_number_of_blocks),
        pool_unit_test(slots_are_apart),
        pool_unit_test(padded_objects_share_no_cache_line),
        pool_unit_test(what_is_no_object_is_refused),
        pool_unit_test(a_second_put_is_refused),
        pool_unit_test(a_reserve_is_enough),
        pool_unit_test(a_pool_of_most_slots_grows_on),
        pool_unit_test(a_buffer_is_a_span),
        pool_unit_test(what_others_put_is_taken_back_when_it_is_needed),
#if LEDGE_HAS_POISON
        pool_unit_test(what_is_not_out_is_closed),
#endif
        pool_unit_test(figures_are_exact),
        cmocka_unit_test(a_set_refuses),
        pool_unit_test(a_pool_is_joined_and_left),
        pool_unit_test(an_object_goes_home),
        pool_unit_test(without_memory_nothing_changes),
        pool_unit_test(damage_is_seen),
    };
    return cmocka_run_group_tests_name("pool", tests, NULL, NULL);
}
