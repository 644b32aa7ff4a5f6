/* pool_bench.c: an object pool beside malloc and free, and GLib's slices.
 *
 *     pool_bench [ROUNDS]
 *
 * A step is one object: got, written to and put. Times are medians over ROUNDS (default 31) rounds,
 * in which all subjects of a table take turns. A ratio is the peer's time by ours: 1.00 is as
 * fast. */
#include "bench.h"

#include <pthread.h>
#include <string.h>

#include <ledge/pool.h>

#include "must.h"

#ifdef HAVE_GLIB
#include <glib.h>
#endif

enum { STEPS = 100000, HELD = 1000, SIZE = 64, THREADS = 2 };

static uint16_t order[STEPS];
static ledge_pool pool;
static void *list; /* for get_raw */

/* Three ways of using objects, for each of the ways to have them; the third also from elsewhere. */
#define WORK(name, from, get, put)                                                                 \
    static void name##_pairs(void)                                                                 \
    {                                                                                              \
        for (size_t i = 0; i < STEPS; i++) {                                                       \
            unsigned char *object = get(from);                                                     \
            object[0] = (unsigned char)i;                                                          \
            bench_keep((uintptr_t)object);                                                         \
            put(from, object);                                                                     \
        }                                                                                          \
    }                                                                                              \
    static void name##_batches(void)                                                               \
    {                                                                                              \
        unsigned char *held[HELD];                                                                 \
        for (size_t batch = 0; batch < STEPS / HELD; batch++) {                                    \
            for (size_t i = 0; i < HELD; i++) {                                                    \
                held[i] = get(from);                                                               \
                held[i][0] = (unsigned char)i;                                                     \
            }                                                                                      \
            bench_keep((uintptr_t)held);                                                           \
            for (size_t i = 0; i < HELD; i++)                                                      \
                put(from, held[i]);                                                                \
        }                                                                                          \
    }                                                                                              \
    static void name##_churn_in(void *any)                                                         \
    {                                                                                              \
        unsigned char *held[HELD];                                                                 \
        for (size_t i = 0; i < HELD; i++)                                                          \
            held[i] = get(any);                                                                    \
        for (size_t i = 0; i < STEPS; i++) {                                                       \
            put(any, held[order[i]]);                                                              \
            held[order[i]] = get(any);                                                             \
            held[order[i]][0] = (unsigned char)i;                                                  \
        }                                                                                          \
        bench_keep((uintptr_t)held);                                                               \
        for (size_t i = 0; i < HELD; i++)                                                          \
            put(any, held[i]);                                                                     \
    }                                                                                              \
    static void name##_churn(void)                                                                 \
    {                                                                                              \
        name##_churn_in(from);                                                                     \
    }

static inline void *get_ours(void *from)
{
    void *ptr = NULL;
    must(ledge_pool_get(from, &ptr));
    return ptr;
}

static inline void put_ours(void *from, void *ptr)
{
    must(ledge_pool_put(from, ptr));
}

static inline void *get_malloc(void *from)
{
    (void)from;
    return must_have(malloc(SIZE));
}

static inline void put_malloc(void *from, void *ptr)
{
    (void)from;
    free(ptr);
}

/* What one writes by hand: the free objects are a list through themselves. Nothing is checked. */
static inline void *get_raw(void *from)
{
    void **first = from, *ptr = *first;
    if (!ptr)
        return get_malloc(NULL);
    memcpy(first, ptr, sizeof(*first));
    return ptr;
}

static inline void put_raw(void *from, void *ptr)
{
    void **first = from;
    memcpy(ptr, first, sizeof(*first));
    *first = ptr;
}

WORK(ours, &pool, get_ours, put_ours)
WORK(malloc, NULL, get_malloc, put_malloc)
WORK(raw, &list, get_raw, put_raw)

#ifdef HAVE_GLIB
static inline void *get_slice(void *from)
{
    (void)from;
    return g_slice_alloc(SIZE);
}

static inline void put_slice(void *from, void *ptr)
{
    (void)from;
    g_slice_free1(SIZE, ptr);
}

WORK(slice, NULL, get_slice, put_slice)
#endif

/* --- In several threads --------------------------------------------------------------------- */

static ledge_tpool tpool;

static void *thread_ours(void *arg)
{
    (void)arg;
    ledge_pool *own = NULL;
    must(ledge_tpool_join(&tpool, &own));
    ours_churn_in(own);
    must(ledge_tpool_leave(&tpool, own));
    return NULL;
}

static void *thread_malloc(void *arg)
{
    malloc_churn_in(arg);
    return NULL;
}

static void in_threads(void *(*run)(void *))
{
    pthread_t threads[THREADS];
    for (size_t i = 0; i < THREADS; i++)
        if (pthread_create(&threads[i], NULL, run, NULL) != 0)
            must(LEDGE_ENOMEM);
    for (size_t i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
}

static void ours_threads(void)
{
    in_threads(thread_ours);
}

static void malloc_threads(void)
{
    in_threads(thread_malloc);
}

#ifdef HAVE_GLIB
#define SLICE(work) {"g_slice", slice_##work},
#else
#define SLICE(work)
#endif
#define TABLE(title, work)                                                                         \
    do {                                                                                           \
        const struct bench_subject subjects[] = {                                                  \
            {"pool", ours_##work},                                                                 \
            {"malloc, free", malloc_##work},                                                       \
            SLICE(work){"raw: a list, unchecked", raw_##work}};                                    \
        bench_table(title, subjects, sizeof subjects / sizeof subjects[0], STEPS, rounds);         \
    } while (0)

int main(int argc, char **argv)
{
    const size_t rounds = bench_rounds(argc, argv);
    uint64_t seed = 1;
    for (size_t i = 0; i < STEPS; i++)
        order[i] = (uint16_t)(bench_random(&seed) % HELD);
    must(ledge_pool_init(&pool, SIZE, 16, NULL));
    must(ledge_tpool_init(&tpool, SIZE, 16, THREADS, NULL));

    TABLE("get, put", pairs);
    TABLE("1000 gets, 1000 puts", batches);
    TABLE("put and get, one of 1000", churn);
    const struct bench_subject threads[] = {{"a pool each", ours_threads},
                                            {"malloc, free", malloc_threads}};
    bench_table("the same in two threads", threads, 2, STEPS, rounds);

    ledge_tpool_stats stats;
    ledge_tpool_read_stats(&tpool, &stats);
    printf("\n%zu gets, hit rate %.6f, between %zu and %zu a pool\n", stats.total.gets,
           ledge_pool_hit_rate(&stats.total), stats.least, stats.most);
    while (list)
        free(get_raw(&list));
    ledge_tpool_cleanup(&tpool);
    ledge_pool_cleanup(&pool);
    return 0;
}
