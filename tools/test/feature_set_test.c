/* feature_set_test.c: what a process that a crashing program has written into, or a cache file from
 * anywhere, may hold: whatever it is, only sets that were really measured come out of it. */
#include "feature_set.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "files.h"
#include "mem.h"

enum { SETS = 5, COUNTERS = 50, CELLS = 20, SPACE = 8 * COUNTERS + CELLS };

static const uint32_t sets[SETS][6] = {
    {3, 0, 17, 399}, {0}, {1, SPACE - 1}, {5, 1, 2, 3, 400, 419}, {2, 8, 16},
}; /* how many, and which */

static const char build_id[] = "0123456789abcdef0123456789abcdef";
static const char *const ids[SETS] = {
    "00000000000000000000000000000001", "00000000000000000000000000000002",
    "ffffffffffffffffffffffffffffffff", "80000000000000000000000000000000",
    "00000000000000000000000000000003",
};

struct bytes {
    unsigned char at[1024];
    size_t len;
};

static void put(struct bytes *bytes, const void *what, size_t len)
{
    memcpy(bytes->at + bytes->len, what, len);
    bytes->len += len;
}

static void put_number(struct bytes *bytes, uint32_t number)
{
    put(bytes, &number, sizeof number);
}

static uint32_t sum_of(const uint32_t *set, size_t len)
{
    uint32_t sum = UINT32_C(2166136261);
    for (size_t i = 0; i < len; i++)
        sum = (sum ^ set[i]) * UINT32_C(16777619);
    return sum;
}

static void put_record(struct bytes *bytes, uint32_t index, const uint32_t *set, uint32_t len)
{
    put_number(bytes, index);
    put_number(bytes, len);
    put_number(bytes, sum_of(set, len));
    put(bytes, set, len * sizeof *set);
}

static void put_head(struct bytes *bytes)
{
    put(bytes, "LEDGEFT1", 8);
    put_number(bytes, COUNTERS);
    put_number(bytes, CELLS);
}

static struct bytes whole_stream(void)
{
    struct bytes bytes = {.len = 0};
    put_head(&bytes);
    for (uint32_t i = 0; i < SETS; i++)
        put_record(&bytes, i, sets[i] + 1, sets[i][0]);
    return bytes;
}

static bool is_set(const struct features *features, size_t index)
{
    return features->len == sets[index][0] &&
           (features->len == 0 ||
            memcmp(features->at, sets[index] + 1, features->len * sizeof(uint32_t)) == 0);
}

/* Reads all there is, from a block of exactly its size, and returns how many sets there were: each
 * must be the one that was written. */
static size_t read_stream(const struct bytes *bytes)
{
    unsigned char *exact = mem_new(bytes->len, 1);
    memcpy(exact, bytes->at, bytes->len);
    struct feature_stream stream;
    struct features features;
    size_t count = 0;
    if (features_open(&stream, exact, bytes->len)) {
        while (features_next(&stream, &features)) {
            assert_true(count < SETS);
            assert_true(is_set(&features, count++));
            features_free(&features);
        }
    }
    free(exact);
    return count;
}

static void reads_what_was_written(void **state)
{
    (void)state;
    struct bytes whole = whole_stream();
    assert_int_equal(read_stream(&whole), SETS);
}

static void stops_where_it_is_cut(void **state)
{
    (void)state;
    struct bytes whole = whole_stream(), cut = whole;
    size_t before = 0;
    for (cut.len = 0; cut.len < whole.len; cut.len++) {
        size_t count = read_stream(&cut);
        assert_true(count >= before && count <= before + 1);
        before = count;
    }
    assert_int_equal(before, SETS - 1);
}

static void takes_no_damaged_set(void **state)
{
    (void)state;
    struct bytes whole = whole_stream();
    size_t fewer = 0;
    for (size_t bit = 0; bit < whole.len * 8; bit++) {
        struct bytes damaged = whole;
        damaged.at[bit / 8] ^= (unsigned char)(1u << bit % 8);
        size_t count = read_stream(&damaged);
        fewer += count < SETS;
        if (bit / 8 >= 16) /* but for the sizes in the head, any bit matters */
            assert_true(count < SETS);
    }
    assert_true(fewer > (whole.len - 16) * 8);
}

/* The sum is right, the set isn't. */
static void takes_no_impossible_set(void **state)
{
    (void)state;
    static const uint32_t bad[][3] = {
        {2, 5, 5},
        {2, 6, 5},
        {1, SPACE, 0},
        {1, UINT32_MAX, 0},
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct bytes bytes = {.len = 0};
        put_head(&bytes);
        put_record(&bytes, 0, bad[i] + 1, bad[i][0]);
        assert_int_equal(read_stream(&bytes), 0);
    }
    struct bytes skipped = {.len = 0};
    put_head(&skipped);
    put_record(&skipped, 1, sets[0] + 1, sets[0][0]);
    assert_int_equal(read_stream(&skipped), 0);
    struct bytes endless = {.len = 0};
    put_head(&endless);
    put_number(&endless, 0);
    put_number(&endless, UINT32_MAX);
    assert_int_equal(read_stream(&endless), 0);
}

static void takes_nothing_from_noise(void **state)
{
    (void)state;
    uint64_t seed = 11;
    for (int round = 0; round < 20000; round++) {
        struct bytes noise = {.len = 0};
        if (round % 2)
            put_head(&noise);
        for (size_t i = (size_t)(seed >> 40) % 200; i > 0; i--) {
            seed = seed * UINT64_C(6364136223846793005) + 1;
            noise.at[noise.len++] = (unsigned char)(seed >> 56 & (round % 4 < 2 ? 0xff : 0x01));
        }
        seed += UINT64_C(0x9e3779b97f4a7c15);
        (void)read_stream(&noise); /* asserts that every set is right */
    }
}

static void selects_what_is_to_be_covered(void **state)
{
    (void)state;
    const uint32_t set[] = {3, 17, 400, 401};
    const struct feature_space space = {COUNTERS, CELLS};
    static const struct {
        unsigned cover;
        uint32_t len, want[4];
    } cases[] = {
        {COVER_EDGES, 2, {0, 16}},
        {COVER_COUNTERS, 2, {3, 17}},
        {COVER_EDGES | COVER_COUNTERS, 2, {3, 17}},
        {COVER_CELLS, 2, {400, 401}},
        {COVER_EDGES | COVER_CELLS, 4, {0, 16, 400, 401}},
        {COVER_COUNTERS | COVER_CELLS, 4, {3, 17, 400, 401}},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct features features = {0};
        features_append(&features, set, 4, 0);
        features_select(&features, space, cases[i].cover);
        assert_int_equal(features.len, cases[i].len);
        assert_memory_equal(features.at, cases[i].want, features.len * sizeof(uint32_t));
        features_free(&features);
    }
}

static char *make_cache(const char *directory)
{
    struct fail why;
    char *path = mem_print("%s/cache", directory);
    struct feature_cache *cache = feature_cache_open(path, build_id);
    for (size_t i = 0; i < SETS; i++) {
        struct features features = {0};
        features_append(&features, sets[i] + 1, sets[i][0], 0);
        feature_cache_add(cache, (struct feature_space){COUNTERS, CELLS}, ids[i], &features);
        features_free(&features);
    }
    if (!feature_cache_save(cache, &why))
        fail_msg("%s", why.what);
    feature_cache_free(cache);
    return path;
}

/* How many of the sets it knows; each must be right. */
static size_t known(const char *path, const char *build)
{
    struct feature_cache *cache = feature_cache_open(path, build);
    size_t count = 0;
    for (size_t i = 0; i < SETS; i++) {
        const struct features *features = feature_cache_find(cache, ids[i]);
        if (features)
            assert_true(is_set(features, i));
        count += features != NULL;
    }
    assert_null(feature_cache_find(cache, "12345678901234567890123456789012"));
    feature_cache_free(cache);
    return count;
}

static void keeps_sets_by_content(void **state)
{
    (void)state;
    char directory[] = "/tmp/ledge-test-XXXXXX", *bytes;
    size_t len;
    struct fail why;
    assert_non_null(mkdtemp(directory));
    char *path = make_cache(directory);
    assert_int_equal(known(path, build_id), SETS);
    assert_int_equal(known(path, "0123456789abcdef0123456789abcdee"), 0);
    assert_int_equal(known("/nowhere/cache", build_id), 0);

    assert_true(file_read(path, &bytes, &len, &why));
    for (size_t cut = 0; cut < len; cut++) {
        assert_true(file_put(path, bytes, cut, &why));
        assert_true(known(path, build_id) < SETS);
    }
    for (size_t at = 0; at < len; at++) {
        bytes[at] ^= 0x10;
        assert_true(file_put(path, bytes, len, &why));
        (void)known(path, build_id);
        bytes[at] ^= 0x10;
    }
    free(bytes);
    free(path);
    dir_remove(directory);
}

static void says_when_it_cannot_keep(void **state)
{
    (void)state;
    struct fail why;
    struct features features = {0};
    struct feature_cache *cache = feature_cache_open("/nowhere/at/all", build_id);
    assert_true(feature_cache_save(cache, &why)); /* nothing to save */
    feature_cache_add(cache, (struct feature_space){COUNTERS, CELLS}, ids[0], &features);
    assert_false(feature_cache_save(cache, &why));
    assert_non_null(strstr(why.what, "/nowhere/at/all"));
    feature_cache_free(cache);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_what_was_written),   cmocka_unit_test(stops_where_it_is_cut),
        cmocka_unit_test(takes_no_damaged_set),     cmocka_unit_test(takes_no_impossible_set),
        cmocka_unit_test(takes_nothing_from_noise), cmocka_unit_test(selects_what_is_to_be_covered),
        cmocka_unit_test(keeps_sets_by_content),    cmocka_unit_test(says_when_it_cannot_keep),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
