/* pool_bench.c: an object pool beside malloc and free, and GLib's slices.
 *
 *     pool_bench [ROUNDS]
 *
 * A step is one object: got, written to and put. Times are medians over ROUNDS (default 31) rounds,
 * in which all subjects of a table take turns. A ratio is the peer's time by ours: 1.00 is as
 * fast. */
#include "bench.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include <ledge/pool.h>

#ifdef HAVE_GLIB
#include <glib.h>
#endif

enum { STEPS = 100000, HELD = 1000, SIZE = 64, THREADS = 2, ROUNDS_MAX = 1001, SUBJECTS = 5 };

static uint16_t order[STEPS];

static void must(ledge_status status)
{
    if (status == LEDGE_OK)
        return;
    fprintf(stderr, "pool_bench: %s\n", ledge_strerror(status));
    exit(1);
}

/* Three ways of using objects, for each of the ways to have them. */
#define WORK(name, get, put)                                                                       \
    static void name##_pairs(void *from)                                                           \
    {                                                                                              \
        (void)from;                                                                                \
        for (size_t i = 0; i < STEPS; i++) {                                                       \
            unsigned char *object = get(from);                                                     \
            object[0] = (unsigned char)i;                                                          \
            bench_keep((uintptr_t)object);                                                         \
            put(from, object);                                                                     \
        }                                                                                          \
    }                                                                                              \
    static void name##_batches(void *from)                                                         \
    {                                                                                              \
        unsigned char *held[HELD];                                                                 \
        (void)from;                                                                                \
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
    static void name##_churn(void *from)                                                           \
    {                                                                                              \
        unsigned char *held[HELD];                                                                 \
        (void)from;                                                                                \
        for (size_t i = 0; i < HELD; i++)                                                          \
            held[i] = get(from);                                                                   \
        for (size_t i = 0; i < STEPS; i++) {                                                       \
            put(from, held[order[i]]);                                                             \
            held[order[i]] = get(from);                                                            \
            held[order[i]][0] = (unsigned char)i;                                                  \
        }                                                                                          \
        bench_keep((uintptr_t)held);                                                               \
        for (size_t i = 0; i < HELD; i++)                                                          \
            put(from, held[i]);                                                                    \
    }

static inline void *get_ours(void *pool)
{
    void *ptr = NULL;
    must(ledge_pool_get(pool, &ptr));
    return ptr;
}

static inline void put_ours(void *pool, void *ptr)
{
    must(ledge_pool_put(pool, ptr));
}

static inline void *get_malloc(void *from)
{
    (void)from;
    void *ptr = malloc(SIZE);
    if (!ptr)
        must(LEDGE_ENOMEM);
    return ptr;
}

static inline void put_malloc(void *from, void *ptr)
{
    (void)from;
    free(ptr);
}

/* What one writes by hand: the free objects are a list through themselves. Nothing is checked. */
static inline void *get_raw(void *from)
{
    void **list = from, *ptr = *list;
    if (!ptr)
        return get_malloc(NULL);
    memcpy(list, ptr, sizeof(*list));
    return ptr;
}

static inline void put_raw(void *from, void *ptr)
{
    void **list = from;
    memcpy(ptr, list, sizeof(*list));
    *list = ptr;
}

WORK(ours, get_ours, put_ours)
WORK(malloc, get_malloc, put_malloc)
WORK(raw, get_raw, put_raw)

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

WORK(slice, get_slice, put_slice)
#endif

/* --- In several threads --------------------------------------------------------------------- */

static ledge_tpool tpool;

static void *thread_ours(void *arg)
{
    (void)arg;
    ledge_pool *own = NULL;
    must(ledge_tpool_join(&tpool, &own));
    ours_churn(own);
    must(ledge_tpool_leave(&tpool, own));
    return NULL;
}

static void *thread_malloc(void *arg)
{
    malloc_churn(arg);
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

static void ours_threads(void *from)
{
    (void)from;
    in_threads(thread_ours);
}

static void malloc_threads(void *from)
{
    (void)from;
    in_threads(thread_malloc);
}

/* --- Tables --------------------------------------------------------------------------------- */

struct subject {
    const char *name;
    void (*run)(void *from);
    void *from;
};

static void table(const char *title, const struct subject *subjects, size_t count, size_t rounds)
{
    static double times[SUBJECTS][ROUNDS_MAX];
    for (size_t round = 0; round < rounds; round++)
        for (size_t i = 0; i < count; i++) {
            const double start = bench_now();
            subjects[i].run(subjects[i].from);
            times[i][round] = (bench_now() - start) / (double)STEPS;
        }
    printf("\n%-34s %10s %8s\n", title, "ns a step", "ratio");
    double ours = 0;
    for (size_t i = 0; i < count; i++) {
        const double nanoseconds = bench_median(times[i], rounds);
        ours = i == 0 ? nanoseconds : ours;
        printf("  %-32s %10.3f %8.2f\n", subjects[i].name, nanoseconds, nanoseconds / ours);
    }
}

#ifdef HAVE_GLIB
#define SLICE(work) {"g_slice", slice_##work, NULL},
#else
#define SLICE(work)
#endif
#define TABLE(title, work)                                                                         \
    do {                                                                                           \
        const struct subject subjects[] = {                                                        \
            {"pool", ours_##work, &pool},                                                          \
            {"malloc, free", malloc_##work, NULL},                                                 \
            SLICE(work){"raw: a list, unchecked", raw_##work, &list}};                             \
        table(title, subjects, sizeof subjects / sizeof subjects[0], rounds);                      \
    } while (0)

int main(int argc, char **argv)
{
    const unsigned long rounds = argc > 1 ? strtoul(argv[1], NULL, 10) : 31;
    if (rounds < 1 || rounds > ROUNDS_MAX) {
        fprintf(stderr, "usage: pool_bench [ROUNDS]   1 to %d, default 31\n", ROUNDS_MAX);
        return 2;
    }
    uint64_t seed = 1;
    for (size_t i = 0; i < STEPS; i++)
        order[i] = (uint16_t)(bench_random(&seed) % HELD);
    ledge_pool pool;
    void *list = NULL;
    must(ledge_pool_init(&pool, SIZE, 16, NULL));
    must(ledge_tpool_init(&tpool, SIZE, 16, THREADS, NULL));

    TABLE("get, put", pairs);
    TABLE("1000 gets, 1000 puts", batches);
    TABLE("put and get, one of 1000", churn);
    const struct subject threads[] = {{"a pool each", ours_threads, NULL},
                                      {"malloc, free", malloc_threads, NULL}};
    table("the same in two threads", threads, 2, rounds);

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
