/* lock_pool_thread_test.c: a lock pool that several threads use (row C17). Nothing but the pool
 * orders what they do; TSan sees where it doesn't. */
#include "lock_pool_fixture.h"

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>

enum { THREADS = 4, ROUNDS = 2000, COUNTERS = 3, GROWN = 512 };

/* --- Support ------------------------------------------------------------------------------ */

/* A thread, and what it needs; cmocka's assertions are for the main one. */
struct worker {
    pthread_t thread;
    ledge_lock_pool *pool;
    ledge_lock_ref ref;
    int *counters;
    atomic_bool is_done;
    size_t failures;
};

static void start(struct worker *worker, void *(*work)(void *))
{
    assert_int_equal(pthread_create(&worker->thread, NULL, work, worker), 0);
}

static void join(struct worker *worker)
{
    assert_int_equal(pthread_join(worker->thread, NULL), 0);
    assert_int_equal(worker->failures, 0);
}

static void clean_up(ledge_lock_pool *pool)
{
    assert_true(ledge_lock_pool_is_valid(pool));
    assert_status(ledge_lock_pool_cleanup(pool), LEDGE_OK);
}

/* --- Turns -------------------------------------------------------------------------------- */

/* Counts under the lock of a ref that the thread has all the time. */
static void *count_by_one_ref(void *arg)
{
    struct worker *worker = arg;
    for (size_t i = 0; i < ROUNDS; i++) {
        worker->failures += ledge_lock_pool_lock(worker->pool, worker->ref) != LEDGE_OK;
        ++*worker->counters;
        worker->failures += ledge_lock_pool_unlock(worker->pool, worker->ref) != LEDGE_OK;
    }
    return NULL;
}

static void a_lock_is_held_by_one_thread_at_a_time(void **state)
{
    (void)state;
    ledge_lock_pool pool = {.slots = 0};
    struct worker workers[THREADS];
    int counter = 0;
    for (size_t i = 0; i < THREADS; i++)
        workers[i] = (struct worker){.pool = &pool, .ref = get_ref(&pool, 1), .counters = &counter};
    for (size_t i = 0; i < THREADS; i++)
        start(&workers[i], count_by_one_ref);
    for (size_t i = 0; i < THREADS; i++) {
        join(&workers[i]);
        assert_status(ledge_lock_pool_put(&pool, workers[i].ref), LEDGE_OK);
    }
    assert_int_equal(counter, THREADS * ROUNDS);
    clean_up(&pool);
}

/* Counts, one counter after the other, each under the lock of its number, whichever that is. */
static void *count_by_many_refs(void *arg)
{
    struct worker *worker = arg;
    for (uint64_t i = 0; i < ROUNDS; i++) {
        ledge_lock_ref ref = {0};
        worker->failures += ledge_lock_pool_get(worker->pool, i % COUNTERS, &ref) != LEDGE_OK;
        worker->failures += ledge_lock_pool_lock(worker->pool, ref) != LEDGE_OK;
        worker->failures += ledge_lock_pool_put(worker->pool, ref) != LEDGE_EBUSY;
        worker->counters[i % COUNTERS]++;
        worker->failures += ledge_lock_pool_unlock(worker->pool, ref) != LEDGE_OK;
        worker->failures += ledge_lock_pool_put(worker->pool, ref) != LEDGE_OK;
        worker->failures += ledge_lock_pool_lock(worker->pool, ref) != LEDGE_ESTALE;
    }
    return NULL;
}

static void a_resource_is_used_by_one_thread_at_a_time(void **state)
{
    (void)state;
    ledge_lock_pool pool = {.slots = 0};
    struct worker workers[THREADS];
    int counters[COUNTERS] = {0};
    for (size_t i = 0; i < THREADS; i++) {
        workers[i] = (struct worker){.pool = &pool, .counters = counters};
        start(&workers[i], count_by_many_refs);
    }
    for (size_t i = 0; i < THREADS; i++)
        join(&workers[i]);
    for (size_t i = 0; i < COUNTERS; i++)
        assert_int_equal(counters[i], THREADS * ((ROUNDS + COUNTERS - 1 - i) / COUNTERS));
    assert_stats(&pool, 0, 0, 8);
    clean_up(&pool);
}

/* TSan keeps to itself in which order mutexes were locked. Here it is always that of the resources,
 * but the second time each has the other's lock. */
static void locks_are_ordered_by_resource(void **state)
{
    (void)state;
    ledge_lock_pool pool = {.slots = 0};
    for (size_t i = 0; i < 2; i++) {
        ledge_lock_ref refs[2];
        refs[i] = get_ref(&pool, i);
        refs[!i] = get_ref(&pool, !i);
        assert_status(ledge_lock_pool_lock(&pool, refs[0]), LEDGE_OK);
        assert_status(ledge_lock_pool_lock(&pool, refs[1]), LEDGE_OK);
        for (size_t j = 0; j < 2; j++) {
            assert_status(ledge_lock_pool_unlock(&pool, refs[1 - j]), LEDGE_OK);
            assert_status(ledge_lock_pool_put(&pool, refs[1 - j]), LEDGE_OK);
        }
    }
    clean_up(&pool);
}

/* --- Growth ------------------------------------------------------------------------------- */

static void await_state(const ledge_lock_pool *pool, ledge_lock_ref ref, ledge_lock_state want)
{
    ledge_lock_state state;
    do {
        sched_yield();
        assert_status(ledge_lock_pool_state(pool, ref, &state), LEDGE_OK);
    } while (state != want);
}

/* The lock stays where it is, and the ref of the thread that waits for it can't be used. */
static void a_pool_grows_while_a_thread_waits(void **state)
{
    (void)state;
    ledge_lock_pool pool = {.slots = 0};
    int counter = 0;
    const ledge_lock_ref own = get_ref(&pool, 1);
    struct worker worker = {.pool = &pool, .ref = get_ref(&pool, 1), .counters = &counter};
    ledge_lock_ref more[60];
    assert_status(ledge_lock_pool_lock(&pool, own), LEDGE_OK);
    start(&worker, count_by_one_ref);
    await_state(&pool, worker.ref, LEDGE_LOCK_WAITING);
    for (size_t i = 0; i < 60; i++)
        more[i] = get_ref(&pool, i);
    assert_status(ledge_lock_pool_put(&pool, worker.ref), LEDGE_EBUSY);
    assert_status(ledge_lock_pool_lock(&pool, worker.ref), LEDGE_EBUSY);
    assert_status(ledge_lock_pool_unlock(&pool, worker.ref), LEDGE_ENOTFOUND);
    assert_stats(&pool, 62, 60, 64);
    assert_int_equal(counter, 0);
    assert_status(ledge_lock_pool_unlock(&pool, own), LEDGE_OK);
    join(&worker);
    assert_int_equal(counter, ROUNDS);
    for (size_t i = 0; i < 60; i++)
        assert_status(ledge_lock_pool_put(&pool, more[i]), LEDGE_OK);
    assert_status(ledge_lock_pool_put(&pool, own), LEDGE_OK);
    assert_status(ledge_lock_pool_put(&pool, worker.ref), LEDGE_OK);
    clean_up(&pool);
}

/* Looks for refs in slots that may be there by now, at least once when all are. */
static void *use_what_was_never_got(void *arg)
{
    struct worker *worker = arg;
    bool is_done;
    do {
        is_done = atomic_load_explicit(&worker->is_done, memory_order_relaxed);
        for (size_t i = 0; i < GROWN; i++) {
            const ledge_lock_ref ref = {i, 1};
            worker->failures += ledge_lock_pool_unlock(worker->pool, ref) != LEDGE_ESTALE;
        }
    } while (!is_done);
    return NULL;
}

static void slots_are_found_while_the_pool_grows(void **state)
{
    (void)state;
    ledge_lock_pool pool = {.slots = 0};
    struct worker worker = {.pool = &pool};
    ledge_lock_ref refs[GROWN];
    start(&worker, use_what_was_never_got);
    for (size_t i = 0; i < GROWN; i++)
        refs[i] = get_ref(&pool, i);
    atomic_store_explicit(&worker.is_done, true, memory_order_relaxed);
    join(&worker);
    for (size_t i = 0; i < GROWN; i++)
        assert_status(ledge_lock_pool_put(&pool, refs[i]), LEDGE_OK);
    clean_up(&pool);
}

/* --- Misuse ------------------------------------------------------------------------------- */

static void *unlock_what_another_holds(void *arg)
{
    struct worker *worker = arg;
    worker->failures += ledge_lock_pool_unlock(worker->pool, worker->ref) != LEDGE_ENOTFOUND;
    return NULL;
}

static void another_thread_cannot_unlock(void **state)
{
    (void)state;
    ledge_lock_pool pool = {.slots = 0};
    struct worker worker = {.pool = &pool, .ref = get_ref(&pool, 1)};
    assert_status(ledge_lock_pool_lock(&pool, worker.ref), LEDGE_OK);
    start(&worker, unlock_what_another_holds);
    join(&worker);
    await_state(&pool, worker.ref, LEDGE_LOCK_HELD);
    assert_status(ledge_lock_pool_unlock(&pool, worker.ref), LEDGE_OK);
    assert_status(ledge_lock_pool_put(&pool, worker.ref), LEDGE_OK);
    clean_up(&pool);
}

/* --- One ref ------------------------------------------------------------------------------ */

/* Two threads that use the same refs: one at a time, always in the first slot. */
struct pair {
    ledge_lock_pool pool;
    atomic_size_t ticket, done; /* that is out, and that the other thread is done with */
    size_t puts, failures;      /* of the other thread */
};

/* Waits until another ticket than the last one is out. */
static ledge_lock_ref await_ref(struct pair *pair, size_t last)
{
    size_t ticket;
    while ((ticket = atomic_load_explicit(&pair->ticket, memory_order_relaxed)) == last)
        sched_yield();
    return (ledge_lock_ref){.ticket = ticket};
}

static ledge_lock_ref hand_over(struct pair *pair, uint64_t resource)
{
    const ledge_lock_ref ref = get_ref(&pair->pool, resource);
    assert_int_equal(ref.slot, 0);
    atomic_store_explicit(&pair->ticket, ref.ticket, memory_order_relaxed);
    return ref;
}

static void await_other(struct pair *pair, ledge_lock_ref ref)
{
    while (atomic_load_explicit(&pair->done, memory_order_relaxed) != ref.ticket)
        sched_yield();
}

static void run_pair(struct pair *pair, void *(*other)(void *), size_t (*own)(struct pair *))
{
    pthread_t thread;
    assert_int_equal(pthread_create(&thread, NULL, other, pair), 0);
    const size_t puts = own(pair);
    assert_int_equal(pthread_join(thread, NULL), 0);
    assert_int_equal(pair->puts + puts, ROUNDS);
    assert_int_equal(pair->failures, 0);
    assert_stats(&pair->pool, 0, 0, 8);
    clean_up(&pair->pool);
}

static void *lock_what_is_handed_over(void *arg)
{
    struct pair *pair = arg;
    ledge_lock_ref ref = {0};
    for (size_t i = 0; i < ROUNDS; i++) {
        ref = await_ref(pair, ref.ticket);
        pair->failures += ledge_lock_pool_lock(&pair->pool, ref) != LEDGE_OK;
        pair->failures += ledge_lock_pool_unlock(&pair->pool, ref) != LEDGE_OK;
        atomic_store_explicit(&pair->done, ref.ticket, memory_order_relaxed);
    }
    return NULL;
}

static size_t put_what_came_back(struct pair *pair)
{
    for (size_t i = 0; i < ROUNDS; i++) {
        const ledge_lock_ref ref = hand_over(pair, i);
        await_other(pair, ref);
        assert_status(ledge_lock_pool_put(&pair->pool, ref), LEDGE_OK);
    }
    return ROUNDS;
}

static void a_ref_is_got_put_and_used_by_different_threads(void **state)
{
    (void)state;
    struct pair pair = {.puts = 0};
    run_pair(&pair, lock_what_is_handed_over, put_what_came_back);
}

/* Returns whether this thread put the ref; where it didn't, the other one has, or will. */
static bool use_and_put(ledge_lock_pool *pool, ledge_lock_ref ref, size_t *failures)
{
    const ledge_status locked = ledge_lock_pool_lock(pool, ref);
    const ledge_status unlocked = ledge_lock_pool_unlock(pool, ref);
    const ledge_status status = ledge_lock_pool_put(pool, ref);
    *failures += locked != LEDGE_OK && locked != LEDGE_EBUSY && locked != LEDGE_ESTALE;
    *failures += (locked == LEDGE_OK) != (unlocked == LEDGE_OK);
    *failures += status != LEDGE_OK && status != LEDGE_EBUSY && status != LEDGE_ESTALE;
    return status == LEDGE_OK;
}

static void *use_and_put_each(void *arg)
{
    struct pair *pair = arg;
    ledge_lock_ref ref = {0};
    for (size_t i = 0; i < ROUNDS; i++) {
        ref = await_ref(pair, ref.ticket);
        pair->puts += use_and_put(&pair->pool, ref, &pair->failures);
        atomic_store_explicit(&pair->done, ref.ticket, memory_order_relaxed);
    }
    return NULL;
}

static size_t use_and_put_each_here(struct pair *pair)
{
    size_t puts = 0, failures = 0;
    for (size_t i = 0; i < ROUNDS; i++) {
        const ledge_lock_ref ref = hand_over(pair, i);
        puts += use_and_put(&pair->pool, ref, &failures);
        await_other(pair, ref);
    }
    assert_int_equal(failures, 0);
    return puts;
}

static void of_two_that_put_one_is_refused(void **state)
{
    (void)state;
    struct pair pair = {.puts = 0};
    run_pair(&pair, use_and_put_each, use_and_put_each_here);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_lock_is_held_by_one_thread_at_a_time),
        cmocka_unit_test(a_resource_is_used_by_one_thread_at_a_time),
        cmocka_unit_test(locks_are_ordered_by_resource),
        cmocka_unit_test(a_pool_grows_while_a_thread_waits),
        cmocka_unit_test(slots_are_found_while_the_pool_grows),
        cmocka_unit_test(another_thread_cannot_unlock),
        cmocka_unit_test(a_ref_is_got_put_and_used_by_different_threads),
        cmocka_unit_test(of_two_that_put_one_is_refused),
    };
    return cmocka_run_group_tests_name("lock pool in threads", tests, NULL, NULL);
}
