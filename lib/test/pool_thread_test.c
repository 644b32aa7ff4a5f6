/* pool_thread_test.c: a pool for each of several threads (row E9), which pass objects to each
 * other. */
#include "check.h"

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <string.h>

#include <ledge/pool.h>

enum { THREADS = 4, ROUNDS = 20000, HELD = 16 };

/* Where threads leave objects for each other. */
struct exchange {
    ledge_tpool tpool;
    _Atomic(uint64_t *) shelf[HELD];
};

struct worker {
    pthread_t thread;
    struct exchange *exchange;
    uint64_t number;
    size_t failures; /* cmocka's assertions are for the main thread */
};

/* Takes objects and writes a number of its own into each, which must still be there when it is put:
 * nobody else was given the same object. */
static void use_alone(struct worker *worker, ledge_pool *own)
{
    uint64_t *held[HELD] = {0};
    for (uint64_t i = 0; i < ROUNDS; i++) {
        uint64_t **slot = &held[i * 7 % HELD], mark = worker->number << 32 | i * 7 % HELD;
        if (*slot) {
            worker->failures += **slot != mark;
            worker->failures += ledge_pool_put(own, *slot) != LEDGE_OK;
            *slot = NULL;
        } else {
            void *ptr = NULL;
            worker->failures += ledge_pool_get(own, &ptr) != LEDGE_OK;
            *slot = ptr;
            **slot = mark;
        }
    }
    for (size_t i = 0; i < HELD; i++)
        worker->failures += held[i] && ledge_pool_put(own, held[i]) != LEDGE_OK;
}

static void *work_alone(void *arg)
{
    struct worker *worker = arg;
    ledge_pool *own = NULL;
    worker->failures += ledge_tpool_join(&worker->exchange->tpool, &own) != LEDGE_OK;
    use_alone(worker, own);
    worker->failures += ledge_tpool_leave(&worker->exchange->tpool, own) != LEDGE_OK;
    return NULL;
}

/* Lays an object on the shelf, and puts whichever lay there, of whatever thread. */
static void *work_together(void *arg)
{
    struct worker *worker = arg;
    struct exchange *exchange = worker->exchange;
    ledge_pool *own = NULL;
    worker->failures += ledge_tpool_join(&exchange->tpool, &own) != LEDGE_OK;
    for (uint64_t i = 0; i < ROUNDS; i++) {
        void *ptr = NULL;
        worker->failures += ledge_pool_get(own, &ptr) != LEDGE_OK;
        memset(ptr, 1, sizeof(uint64_t));
        uint64_t *other = atomic_exchange(&exchange->shelf[i % HELD], (uint64_t *)ptr);
        if (other) {
            ++*other;
            worker->failures += ledge_tpool_put(&exchange->tpool, own, other) != LEDGE_OK;
        }
    }
    worker->failures += ledge_tpool_leave(&exchange->tpool, own) != LEDGE_OK;
    return NULL;
}

static void run(struct exchange *exchange, void *(*work)(void *))
{
    struct worker workers[THREADS];
    for (size_t i = 0; i < THREADS; i++) {
        workers[i] = (struct worker){.exchange = exchange, .number = i + 1};
        assert_int_equal(pthread_create(&workers[i].thread, NULL, work, &workers[i]), 0);
    }
    for (size_t i = 0; i < THREADS; i++) {
        assert_int_equal(pthread_join(workers[i].thread, NULL), 0);
        assert_int_equal(workers[i].failures, 0);
    }
}

static void a_thread_has_its_pool_to_itself(void **state)
{
    (void)state;
    struct exchange exchange = {.shelf = {0}};
    ledge_tpool_stats stats;
    assert_status(ledge_tpool_init(&exchange.tpool, sizeof(uint64_t), 8, THREADS, NULL), LEDGE_OK);
    run(&exchange, work_alone);
    ledge_tpool_read_stats(&exchange.tpool, &stats);
    assert_int_equal(stats.joined, 0);
    assert_int_equal(stats.total.in_use, 0);
    assert_int_equal(stats.total.gets, stats.total.puts);
    assert_int_equal(stats.total.gets, THREADS * ROUNDS / 2);
    assert_int_equal(stats.total.remote, 0);
    assert_true(stats.total.hits >= stats.total.gets - THREADS);
    ledge_tpool_cleanup(&exchange.tpool);
}

static void objects_are_put_by_any_thread(void **state)
{
    (void)state;
    struct exchange exchange = {.shelf = {0}};
    ledge_tpool_stats stats;
    assert_status(ledge_tpool_init(&exchange.tpool, sizeof(uint64_t), 8, THREADS, NULL), LEDGE_OK);
    run(&exchange, work_together);
    for (size_t i = 0; i < HELD; i++)
        assert_status(ledge_tpool_put(&exchange.tpool, NULL, exchange.shelf[i]), LEDGE_OK);

    /* Each pool takes back what the others put, and then has nothing out. */
    for (size_t i = 0; i < THREADS; i++) {
        ledge_pool *pool = NULL;
        assert_status(ledge_tpool_join(&exchange.tpool, &pool), LEDGE_OK);
        assert_true(ledge_pool_is_valid(pool));
        assert_status(ledge_pool_reserve(pool, 0), LEDGE_OK);
        assert_true(ledge_pool_is_valid(pool));
    }
    ledge_tpool_read_stats(&exchange.tpool, &stats);
    assert_int_equal(stats.joined, THREADS);
    assert_int_equal(stats.total.gets, THREADS * ROUNDS);
    assert_int_equal(stats.total.puts, THREADS * ROUNDS);
    assert_int_equal(stats.total.in_use, 0);
    ledge_tpool_cleanup(&exchange.tpool);
}

/* --- Order -------------------------------------------------------------------------------- */

/* Here nothing but the pool orders what one thread does with what the other did before; TSan sees
 * where it doesn't. */
enum { HANDED = 100, LARGE = 1024, GROWN = 100, TURNS = 50 };

/* A pool of few slots in a block, and what its owner hands over. */
struct handing {
    ledge_pool pool;
    _Atomic(uint64_t *) box;
    atomic_bool is_done;
    size_t failures;
};

static void *put_what_is_handed_over(void *arg)
{
    struct handing *handing = arg;
    for (uint64_t i = 0; i < HANDED; i++) {
        uint64_t *object;
        while (!(object = atomic_load_explicit(&handing->box, memory_order_acquire)))
            sched_yield();
        atomic_store_explicit(&handing->box, NULL, memory_order_relaxed);
        handing->failures += *object != i;
        *object = ~i;
        handing->failures += ledge_pool_put_remote(&handing->pool, object) != LEDGE_OK;
    }
    return NULL;
}

static void an_object_is_used_again_after_the_thread_that_put_it(void **state)
{
    (void)state;
    struct handing handing = {.failures = 0};
    ledge_pool_stats stats;
    pthread_t other;
    assert_status(ledge_pool_init(&handing.pool, LARGE, 8, NULL), LEDGE_OK);
    assert_int_equal(pthread_create(&other, NULL, put_what_is_handed_over, &handing), 0);
    for (uint64_t i = 0; i < HANDED; i++) {
        void *ptr = NULL;
        while (atomic_load_explicit(&handing.box, memory_order_relaxed))
            sched_yield();
        assert_status(ledge_pool_get(&handing.pool, &ptr), LEDGE_OK);
        *(uint64_t *)ptr = i;
        atomic_store_explicit(&handing.box, (uint64_t *)ptr, memory_order_release);
    }
    assert_int_equal(pthread_join(other, NULL), 0);
    assert_int_equal(handing.failures, 0);
    assert_status(ledge_pool_reserve(&handing.pool, 0), LEDGE_OK);
    ledge_pool_read_stats(&handing.pool, &stats);
    assert_int_equal(stats.remote, HANDED);
    assert_true(stats.slots < HANDED);
    ledge_pool_cleanup(&handing.pool);
}

/* Looks through all blocks, at least once when there are all. */
static void *put_a_strangers(void *arg)
{
    struct handing *handing = arg;
    bool is_done;
    do {
        is_done = atomic_load_explicit(&handing->is_done, memory_order_relaxed);
        handing->failures += ledge_pool_put_remote(&handing->pool, handing) != LEDGE_ENOTFOUND;
    } while (!is_done);
    return NULL;
}

static void blocks_are_found_while_the_pool_grows(void **state)
{
    (void)state;
    struct handing handing = {.failures = 0};
    pthread_t other;
    assert_status(ledge_pool_init(&handing.pool, LARGE, 8, NULL), LEDGE_OK);
    assert_int_equal(pthread_create(&other, NULL, put_a_strangers, &handing), 0);
    for (size_t i = 0; i < GROWN; i++) {
        void *ptr;
        assert_status(ledge_pool_get(&handing.pool, &ptr), LEDGE_OK);
    }
    atomic_store_explicit(&handing.is_done, true, memory_order_relaxed);
    assert_int_equal(pthread_join(other, NULL), 0);
    assert_int_equal(handing.failures, 0);
    ledge_pool_cleanup(&handing.pool);
}

static void *take_turns(void *arg)
{
    struct worker *worker = arg;
    ledge_tpool *tpool = &worker->exchange->tpool;
    for (size_t i = 0; i < TURNS; i++) {
        ledge_pool *pool = NULL;
        void *ptr = NULL;
        while (ledge_tpool_join(tpool, &pool) == LEDGE_EBUSY)
            sched_yield();
        worker->failures += ledge_pool_get(pool, &ptr) != LEDGE_OK;
        memset(ptr, 1, sizeof(uint64_t));
        worker->failures += ledge_pool_put(pool, ptr) != LEDGE_OK;
        worker->failures += ledge_tpool_leave(tpool, pool) != LEDGE_OK;
    }
    return NULL;
}

static void a_pool_goes_from_thread_to_thread(void **state)
{
    (void)state;
    struct exchange exchange = {.shelf = {0}};
    ledge_tpool_stats stats;
    assert_status(ledge_tpool_init(&exchange.tpool, sizeof(uint64_t), 8, 1, NULL), LEDGE_OK);
    run(&exchange, take_turns);
    ledge_tpool_read_stats(&exchange.tpool, &stats);
    assert_int_equal(stats.total.puts, THREADS * TURNS);
    assert_int_equal(stats.total.peak, 1);
    ledge_tpool_cleanup(&exchange.tpool);
}

/* --- Figures ------------------------------------------------------------------------------ */

enum { POOLS = 500 };

/* One pool after the other, whose owner takes an object out and puts it back. */
struct watched {
    ledge_pool pool;
    atomic_size_t made, used;
    size_t failures;
};

static void *use_each_pool(void *arg)
{
    struct watched *watched = arg;
    for (size_t i = 1; i <= POOLS; i++) {
        void *ptr = NULL;
        while (atomic_load(&watched->made) != i)
            sched_yield();
        watched->failures += ledge_pool_get(&watched->pool, &ptr) != LEDGE_OK;
        watched->failures += ledge_pool_put(&watched->pool, ptr) != LEDGE_OK;
        atomic_store(&watched->used, i);
    }
    return NULL;
}

static void figures_that_are_read_meanwhile_are_possible_ones(void **state)
{
    (void)state;
    struct watched watched = {.made = 0};
    pthread_t owner;
    assert_int_equal(pthread_create(&owner, NULL, use_each_pool, &watched), 0);
    for (size_t i = 1; i <= POOLS; i++) {
        assert_status(ledge_pool_init(&watched.pool, 8, 8, NULL), LEDGE_OK);
        atomic_store(&watched.made, i);
        bool is_used;
        do {
            ledge_pool_stats stats;
            is_used = atomic_load(&watched.used) == i;
            ledge_pool_read_stats(&watched.pool, &stats);
            assert_in_range(stats.gets, stats.hits, 1);
            assert_in_range(stats.gets, stats.puts, 1);
            assert_in_range(stats.puts, stats.remote, 1);
        } while (!is_used);
        ledge_pool_cleanup(&watched.pool);
    }
    assert_int_equal(pthread_join(owner, NULL), 0);
    assert_int_equal(watched.failures, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_thread_has_its_pool_to_itself),
        cmocka_unit_test(objects_are_put_by_any_thread),
        cmocka_unit_test(an_object_is_used_again_after_the_thread_that_put_it),
        cmocka_unit_test(blocks_are_found_while_the_pool_grows),
        cmocka_unit_test(a_pool_goes_from_thread_to_thread),
        cmocka_unit_test(figures_that_are_read_meanwhile_are_possible_ones),
    };
    return cmocka_run_group_tests_name("pool in threads", tests, NULL, NULL);
}
