/* strided_bench.c: looking for a key among records of a 16-byte key and a 16-byte value, by a
 * strided view of the keys, by a loop over the array of records, and after copying the keys out.
 *
 *     strided_bench [ROUNDS]
 *
 * Times are medians over ROUNDS (default 31) rounds, in which all subjects take turns to look at a
 * million keys. A ratio is the peer's time by ours: 1.00 is as fast. The key is in none of the
 * records, so that all of them are looked at. */
#include "bench.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include <ledge/strided.h>

#include "must.h"

struct record {
    uint64_t key[2];
    uint64_t value[2];
};

static struct record *records;
static unsigned char *keys_apart; /* room for the keys alone */
static size_t count;
static ledge_strided keys; /* those in the records */
static const uint64_t wanted[2] = {UINT64_MAX, UINT64_MAX};

static inline bool is_wanted(const void *key)
{
    return memcmp(key, wanted, sizeof(wanted)) == 0;
}

static void make_keys(void)
{
    ledge_strided all, values;
    must(ledge_strided_from_view(ledge_view_of(records, count * sizeof(*records)), count,
                                 sizeof(*records), sizeof(*records), sizeof(uint64_t), &all));
    must(ledge_strided_split(all, sizeof(records->key), &keys, &values));
}

static void by_iterator(void)
{
    ledge_strided_iter it = ledge_strided_begin(keys);
    uint64_t found = 0;
    for (const void *key; (key = ledge_strided_next(&it)) != NULL;)
        found += is_wanted(key);
    bench_keep(found);
}

static void by_index(void)
{
    const ledge_strided all = keys;
    uint64_t found = 0;
    for (size_t i = 0; i < all.count; i++)
        found += is_wanted(ledge_strided_at(all, i));
    bench_keep(found);
}

static void by_copies_of_each(void)
{
    const ledge_strided all = keys;
    uint64_t found = 0, key[2];
    for (size_t i = 0; ledge_strided_get(all, i, key) == LEDGE_OK; i++)
        found += is_wanted(key);
    bench_keep(found);
}

static void by_raw_loop(void)
{
    uint64_t found = 0;
    for (size_t i = 0; i < count; i++)
        found += is_wanted(records[i].key);
    bench_keep(found);
}

static void scan_keys_apart(void)
{
    uint64_t found = 0;
    for (size_t i = 0; i < count; i++)
        found += is_wanted(keys_apart + i * sizeof(wanted));
    bench_keep(found);
}

static void by_copy_out(void)
{
    const size_t room = count * sizeof(wanted);
    must(ledge_strided_copy_out(keys, ledge_span_of(keys_apart, room)));
    scan_keys_apart();
}

static void by_raw_copy(void)
{
    for (size_t i = 0; i < count; i++)
        memcpy(keys_apart + i * sizeof(wanted), records[i].key, sizeof(wanted));
    scan_keys_apart();
}

static const struct bench_subject subjects[] = {
    {"strided view, iterator", by_iterator},
    {"raw loop over the records", by_raw_loop},
    {"strided view, by index", by_index},
    {"strided view, a copy of each", by_copies_of_each},
    {"strided copy out, then scan", by_copy_out},
    {"raw copy of the keys, then scan", by_raw_copy},
};

int main(int argc, char **argv)
{
    const size_t rounds = bench_rounds(argc, argv);
    for (count = 1000; count <= 1000000; count *= 1000) {
        uint64_t state = 1;
        char title[32];
        snprintf(title, sizeof title, "a key of %zu records", count);
        records = must_have(malloc(count * sizeof(*records)));
        keys_apart = must_have(malloc(count * sizeof(wanted)));
        for (size_t i = 0; i < count; i++)
            records[i].key[0] = records[i].key[1] = bench_random(&state);
        make_keys();
        bench_table(title, subjects, sizeof subjects / sizeof subjects[0], count, rounds);
        free(records);
        free(keys_apart);
    }
    return 0;
}
