/* map_bench.h: one round of a map of uint64_t to uint64_t, the same for every subject. */
#ifndef LEDGE_BENCH_MAP_BENCH_H
#define LEDGE_BENCH_MAP_BENCH_H

#include <stddef.h>

#include "bench.h"

#ifdef __cplusplus
extern "C" {
#endif

enum map_phase { MAP_INSERT, MAP_HIT, MAP_MISS, MAP_ITERATE, MAP_ERASE, MAP_PHASES };

/* Three lists of n keys: those to insert, the same in another order, and others. */
struct map_keys {
    size_t n;
    const uint64_t *keys, *shuffled, *absent;
};

/* Fills in nanoseconds per entry for each phase. */
typedef void map_round(const struct map_keys *in, double out[MAP_PHASES]);

extern map_round round_absl, round_absl_same, round_boost, round_boost_same;

/* The time of a statement that is run for i = 0 … n - 1, and of one that isn't. */
#define MAP_TIME(phase, ...)                                                                       \
    do {                                                                                           \
        const double map_start = bench_now();                                                      \
        __VA_ARGS__                                                                                \
        out[phase] = (bench_now() - map_start) / (double)n;                                        \
    } while (0)

#define MAP_EACH(...)                                                                              \
    for (size_t i = 0; i < n; i++) {                                                               \
        __VA_ARGS__                                                                                \
    }

/* Defines round_<name>. NEW and FREE are statements; PUT, HIT, MISS and ERASE are run for each
 * `key`; SUM is run once. HIT, MISS and SUM add what they find to `sum`. */
#define MAP_ROUND(name, NEW, PUT, HIT, SUM, ERASE, FREE)                                           \
    void round_##name(const struct map_keys *in, double out[MAP_PHASES])                           \
    {                                                                                              \
        const size_t n = in->n;                                                                    \
        uint64_t sum = 0, key;                                                                     \
        NEW;                                                                                       \
        MAP_TIME(MAP_INSERT, MAP_EACH(key = in->keys[i]; PUT;));                                   \
        MAP_TIME(MAP_HIT, MAP_EACH(key = in->shuffled[i]; HIT;));                                  \
        MAP_TIME(MAP_MISS, MAP_EACH(key = in->absent[i]; HIT;));                                   \
        MAP_TIME(MAP_ITERATE, SUM;);                                                               \
        MAP_TIME(MAP_ERASE, MAP_EACH(key = in->shuffled[i]; ERASE;));                              \
        bench_keep(sum);                                                                           \
        FREE;                                                                                      \
    }

#ifdef __cplusplus
}
#endif

#endif /* LEDGE_BENCH_MAP_BENCH_H */
