/* map_bench.c: the map beside other people's, uint64_t to uint64_t, at 1e4 and 1e6 entries.
 *
 *     map_bench [ROUNDS]
 *
 * Each round inserts random keys into an empty map, finds them all in another order, looks for as
 * many others, sums the values up by iterating, and erases them all in the other order. Each
 * subject uses the hash function it comes with, which is printed; "ours, cheap" is what a caller
 * who trusts his keys would choose, a multiplication without a key, and as weak as those of most
 * peers; the peers "by our hash" have the one that ours comes with. */
#include "map_bench.h"

#include <stdio.h>
#include <string.h>

#include <ledge/map.h>
#include <ledge/map_typed.h>

#ifdef HAVE_KHASH
#include <htslib/khash.h>
#endif
#ifdef HAVE_UTHASH
#include <uthash.h>
#endif
#ifdef HAVE_GLIB
#include <glib.h>
#endif

/* --- Ours --------------------------------------------------------------------------------- */

static uint64_t cheap_hash(const uint64_t *key, const ledge_hash_seed *seed)
{
    (void)seed;
    return ledge_hash_fold(*key, UINT64_C(0x9e3779b97f4a7c15));
}

static bool cheap_equal(const uint64_t *a, const uint64_t *b)
{
    return *a == *b;
}

LEDGE_MAP_DEFINE(typed, uint64_t, uint64_t);
LEDGE_MAP_DEFINE_WITH(cheap, uint64_t, uint64_t, cheap_hash, cheap_equal);

static void check(ledge_status status)
{
    if (status != LEDGE_OK) {
        fprintf(stderr, "map_bench: %s\n", ledge_strerror(status));
        exit(1);
    }
}

#define OUR_ROUND(name)                                                                            \
    static MAP_ROUND(                                                                              \
        name, name map; check(name##_init(&map, NULL, NULL)), check(name##_put(&map, key, i)),     \
                        const uint64_t *value = name##_find(&map, key);                            \
        sum += value ? *value : 0, ledge_map_iter it = ledge_map_begin(&map.base);                 \
        for (const name##_entry *entry; (entry = name##_next(&it));) sum += entry->value,          \
        check(name##_erase(&map, key)), name##_cleanup(&map))

OUR_ROUND(typed)
OUR_ROUND(cheap)

static void generic_init(ledge_map *map)
{
    const ledge_map_config config = {.key_size = sizeof(uint64_t), .value_size = sizeof(uint64_t)};
    check(ledge_map_init(map, &config, NULL));
}

static MAP_ROUND(generic, ledge_map map; generic_init(&map), check(ledge_map_put(&map, &key, &i)),
                                         const uint64_t *value = ledge_map_find(&map, &key);
                 sum += value ? *value : 0,
                 for (ledge_map_iter it = ledge_map_begin(&map); ledge_map_next(&it);) sum +=
                 *(const uint64_t *)it.value,
                 check(ledge_map_erase(&map, &key)), ledge_map_cleanup(&map))

/* --- Peers in C --------------------------------------------------------------------------- */

#ifdef HAVE_KHASH
    KHASH_MAP_INIT_INT64(peer, uint64_t) static MAP_ROUND(
        khash, khash_t(peer) *map = kh_init(peer), int absent;
        khint_t it = kh_put(peer, map, key, &absent);
        kh_value(map, it) = i, khint_t it = kh_get(peer, map, key);
        sum += it == kh_end(map) ? 0 : kh_value(map, it),
        for (khint_t it = kh_begin(map); it != kh_end(map); it++) if (kh_exist(map, it)) sum +=
        kh_value(map, it),
        kh_del(peer, map, kh_get(peer, map, key)), kh_destroy(peer, map))
#endif

#ifdef HAVE_KHASH
        static const ledge_hash_seed khash_seed = {UINT64_C(0x0f1e2d3c4b5a6978),
                                                   UINT64_C(0x8796a5b4c3d2e1f1)};
#define OUR_KHASH(key) ((khint_t)ledge_hash_u64(key, &khash_seed))
KHASH_INIT(same, uint64_t, uint64_t, 1, OUR_KHASH, kh_int64_hash_equal)
static MAP_ROUND(khash_same, khash_t(same) *map = kh_init(same), int absent;
                 khint_t it = kh_put(same, map, key, &absent);
                 kh_value(map, it) = i, khint_t it = kh_get(same, map, key);
                 sum += it == kh_end(map) ? 0 : kh_value(map, it),
                 for (khint_t it = kh_begin(map); it != kh_end(map); it++) if (kh_exist(map, it))
                     sum += kh_value(map, it),
                 kh_del(same, map, kh_get(same, map, key)), kh_destroy(same, map))
#endif

#ifdef HAVE_UTHASH
    struct ut_entry {
    uint64_t key, value;
    UT_hash_handle hh;
};

static void ut_put(struct ut_entry **map, uint64_t key, uint64_t value)
{
    struct ut_entry *entry;
    HASH_FIND(hh, *map, &key, sizeof(key), entry);
    if (!entry) {
        entry = malloc(sizeof(*entry));
        if (!entry)
            check(LEDGE_ENOMEM);
        entry->key = key;
        HASH_ADD(hh, *map, key, sizeof(key), entry);
    }
    entry->value = value;
}

static void ut_erase(struct ut_entry **map, uint64_t key)
{
    struct ut_entry *entry;
    HASH_FIND(hh, *map, &key, sizeof(key), entry);
    if (entry) {
        HASH_DEL(*map, entry);
        free(entry);
    }
}

static MAP_ROUND(uthash, struct ut_entry *map = NULL, ut_put(&map, key, i), struct ut_entry *entry;
                 HASH_FIND(hh, map, &key, sizeof(key), entry);
                 sum += entry ? entry->value : 0,
                 for (struct ut_entry *entry = map; entry; entry = entry->hh.next) sum +=
                 entry->value,
                 ut_erase(&map, key), )
#endif

#ifdef HAVE_GLIB
#define BOX(number) ((gpointer)(uintptr_t)(number))
    static MAP_ROUND(glib, GHashTable *map = g_hash_table_new(g_direct_hash, NULL),
                     g_hash_table_insert(map, BOX(key), BOX(i)),
                     sum += (uintptr_t)g_hash_table_lookup(map, BOX(key)), GHashTableIter it;
                     gpointer value; g_hash_table_iter_init(&it, map);
                     while (g_hash_table_iter_next(&it, NULL, &value)) sum += (uintptr_t)value,
                     g_hash_table_remove(map, BOX(key)), g_hash_table_destroy(map))
#endif

    /* --- The table ---------------------------------------------------------------------------- */

    enum kind {
        OURS,
        PEER,
        SAME_HASH
    };

static const struct subject {
    const char *name;
    const char *hash;
    map_round *round;
    enum kind kind;
} subjects[] = {
    {"ours", "2 folded multiplications, keyed", round_typed, OURS},
    {"ours, cheap", "folded multiplication, no key", round_cheap, OURS},
    {"ours, untyped", "2 folded multiplications, keyed, called by pointer", round_generic, OURS},
#ifdef HAVE_KHASH
    {"khash", "two shifts and xor", round_khash, PEER},
#endif
#ifdef HAVE_UTHASH
    {"uthash", "Jenkins, malloc per entry", round_uthash, PEER},
#endif
#ifdef HAVE_GLIB
    {"GHashTable", "g_direct_hash (the pointer, cut), keys as pointers", round_glib, PEER},
#endif
#ifdef HAVE_ABSL
    {"absl::flat_hash_map", "folded multiplication, keyed by an address", round_absl, PEER},
#endif
#ifdef HAVE_BOOST
    {"boost::unordered_flat_map", "shift, multiply, shift (1.81), no key", round_boost, PEER},
#endif
#ifdef HAVE_KHASH
    {"khash by our hash", "ours", round_khash_same, SAME_HASH},
#endif
#ifdef HAVE_ABSL
    {"absl by our hash", "ours", round_absl_same, SAME_HASH},
#endif
#ifdef HAVE_BOOST
    {"boost by our hash", "ours", round_boost_same, SAME_HASH},
#endif
};

enum { SUBJECTS = sizeof(subjects) / sizeof(subjects[0]), MAX_ROUNDS = 101 };

static void *allocate(size_t size)
{
    void *block = malloc(size);
    if (!block)
        check(LEDGE_ENOMEM);
    return block;
}

/* Other keys each round: else branch predictors learn them, for maps without a seed. */
static void fill(uint64_t *keys, uint64_t *shuffled, uint64_t *absent, size_t n, size_t round)
{
    uint64_t state = n + round;
    for (size_t i = 0; i < n; i++) {
        keys[i] = shuffled[i] = bench_random(&state);
        absent[i] = bench_random(&state);
    }
    for (size_t i = n - 1; i > 0; i--) {
        const size_t j = bench_random(&state) % (i + 1);
        const uint64_t key = shuffled[i];
        shuffled[i] = shuffled[j];
        shuffled[j] = key;
    }
}

/* The time of the fastest subject of a kind, by ours. */
static void print_fastest(const char *name, double median[MAP_PHASES][SUBJECTS], enum kind kind)
{
    printf("\n%-26s", name);
    for (size_t p = 0; p < MAP_PHASES; p++) {
        double best = 1e9;
        for (size_t s = 0; s < SUBJECTS; s++)
            best = subjects[s].kind == kind && median[p][s] < best ? median[p][s] : best;
        printf("%15.2f ", best / median[p][0]);
    }
}

static void print_table(double times[MAP_PHASES][SUBJECTS][MAX_ROUNDS], size_t n, size_t rounds)
{
    static const char *const names[] = {"insert", "hit", "miss", "iterate", "erase"};
    double median[MAP_PHASES][SUBJECTS];
    printf("\n%zu entries, ns per entry (ratio to ours), median of %zu rounds\n%-26s", n, rounds,
           "");
    for (size_t p = 0; p < MAP_PHASES; p++)
        printf("%16s", names[p]);
    for (size_t s = 0; s < SUBJECTS; s++) {
        printf("\n%-26s", subjects[s].name);
        for (size_t p = 0; p < MAP_PHASES; p++) {
            median[p][s] = bench_median(times[p][s], rounds);
            printf("%8.2f (%5.2f)", median[p][s], median[p][s] / median[p][0]);
        }
    }
    print_fastest("fastest peer / ours", median, PEER);
    print_fastest("the same, by our hash", median, SAME_HASH);
    printf("\n");
}

static void run(size_t n, size_t rounds)
{
    static double times[MAP_PHASES][SUBJECTS][MAX_ROUNDS];
    uint64_t *const keys = allocate(n * sizeof(*keys)),
                    *const shuffled = allocate(n * sizeof(*keys)),
                    *const absent = allocate(n * sizeof(*keys));
    const struct map_keys in = {n, keys, shuffled, absent};
    for (size_t round = 0; round < rounds; round++) {
        fill(keys, shuffled, absent, n, round);
        for (size_t s = 0; s < SUBJECTS; s++) {
            double out[MAP_PHASES];
            subjects[s].round(&in, out);
            for (size_t p = 0; p < MAP_PHASES; p++)
                times[p][s][round] = out[p];
        }
    }
    print_table(times, n, rounds);
    free(keys);
    free(shuffled);
    free(absent);
}

int main(int argc, char **argv)
{
    size_t rounds = argc > 1 ? strtoul(argv[1], NULL, 10) : 15;
    if (rounds < 1 || rounds > MAX_ROUNDS) {
        fprintf(stderr, "usage: map_bench [ROUNDS]   1 to %d, 15 by default\n", MAX_ROUNDS);
        return 2;
    }
    for (size_t s = 0; s < SUBJECTS; s++)
        printf("%-26s %s\n", subjects[s].name, subjects[s].hash);
    run(10000, rounds);
    run(1000000, rounds < 7 ? rounds : 7);
    return 0;
}
