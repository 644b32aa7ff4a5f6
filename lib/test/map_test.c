/* map_test.c: the map, its entries and its memory. Iteration is in map_iter_test.c, failing
 * allocations are in map_nomem_test.c. */
#include "check.h"

#include <string.h>

#include <ledge/harden.h>
#include <ledge/map.h>
#include <ledge/map_typed.h>

#include "map_keys.h"

/* --- Life --------------------------------------------------------------------------------- */

static void the_zero_state_is_empty_and_takes_nothing(void **state)
{
    (void)state;
    ledge_map map = {.limit = 0}, copy;
    uint64_t key = 1;
    void *value;
    bool is_new;
    assert_true(ledge_map_is_valid(&map));
    assert_int_equal(ledge_map_length(&map), 0);
    assert_null(ledge_map_find(&map, &key));
    assert_status(ledge_map_get(&map, &key, &key), LEDGE_ENOTFOUND);
    assert_status(ledge_map_put(&map, &key, &key), LEDGE_ESIZE);
    assert_status(ledge_map_upsert(&map, &key, &value, &is_new), LEDGE_ESIZE);
    assert_status(ledge_map_erase(&map, &key), LEDGE_ENOTFOUND);
    assert_status(ledge_map_take(&map, &key, NULL), LEDGE_ENOTFOUND);
    assert_status(ledge_map_reserve(&map, 1), LEDGE_ESIZE);
    assert_status(ledge_map_shrink_to_fit(&map), LEDGE_OK);
    assert_status(ledge_map_clone(&map, &copy), LEDGE_OK);
    assert_true(ledge_map_is_valid(&copy));
    ledge_map_iter it = ledge_map_begin(&map);
    assert_false(ledge_map_next(&it));
    ledge_map_clear(&map);
    ledge_map_cleanup(&map);
    ledge_map_cleanup(&map);
}

static void a_new_map_has_allocated_nothing(void **state)
{
    (void)state;
    ledge_map map;
    struct tracking_alloc mem;
    make_numbers(&map, &mem, NULL);
    assert_int_equal(mem.requests, 0);
    assert_true(ledge_map_is_valid(&map));
    assert_null(ledge_map_find(&map, &(uint64_t){1}));
    ledge_map_cleanup(&map);
}

static ledge_status init(ledge_map_config config)
{
    ledge_map map = {.limit = 77};
    ledge_status status = ledge_map_init(&map, &config, NULL);
    if (status != LEDGE_OK)
        assert_int_equal(map.limit, 77);
    return status;
}

static void a_configuration_that_cannot_be_is_an_error(void **state)
{
    (void)state;
    assert_status(init((ledge_map_config){.value_size = 8}), LEDGE_ESIZE);
    assert_status(init((ledge_map_config){.key_size = SIZE_MAX, .value_size = 2}), LEDGE_EOVERFLOW);
    assert_status(init((ledge_map_config){.key_size = SIZE_MAX - 6, .value_size = 8}),
                  LEDGE_EOVERFLOW);
    assert_status(init((ledge_map_config){.key_size = 8, .value_size = SIZE_MAX}), LEDGE_EOVERFLOW);
    assert_status(init((ledge_map_config){.key_size = 8, .value_size = SIZE_MAX - 8}),
                  LEDGE_EOVERFLOW);
    assert_status(init((ledge_map_config){.key_size = PTRDIFF_MAX / 4096 + 1}), LEDGE_EOVERFLOW);
    assert_status(init((ledge_map_config){.key_size = PTRDIFF_MAX / 4096}), LEDGE_OK);
    assert_status(init((ledge_map_config){.key_size = 8, .value_size = 8, .value_offset = 7}),
                  LEDGE_EINVAL);
    assert_status(init((ledge_map_config){.key_size = 8, .value_size = 8, .entry_size = 15}),
                  LEDGE_EINVAL);
    assert_status(init((ledge_map_config){
                      .key_size = 8, .value_size = 8, .value_offset = 12, .entry_size = 20}),
                  LEDGE_OK);
    assert_status(init((ledge_map_config){.key_size = 8, .step = 3}), LEDGE_EINVAL);
    assert_status(init((ledge_map_config){.key_size = 8, .step = 128}), LEDGE_EINVAL);
    assert_status(init((ledge_map_config){.key_size = 8, .step = 64}), LEDGE_OK);
}

static size_t entry_size(size_t key_size, size_t value_size)
{
    ledge_map map;
    const ledge_map_config config = {.key_size = key_size, .value_size = value_size};
    assert_status(ledge_map_init(&map, &config, NULL), LEDGE_OK);
    return map.config.entry_size;
}

static void keys_and_values_are_aligned_by_their_sizes(void **state)
{
    (void)state;
    assert_int_equal(entry_size(1, 0), 1);
    assert_int_equal(entry_size(3, 1), 4);
    assert_int_equal(entry_size(1, 8), 16);
    assert_int_equal(entry_size(8, 1), 16);
    assert_int_equal(entry_size(12, 2), 16);
    assert_int_equal(entry_size(4, 32), 48);
}

static void maps_without_a_seed_get_different_ones(void **state)
{
    (void)state;
    ledge_map a, b;
    const ledge_map_config config = {.key_size = 8};
    assert_status(ledge_map_init(&a, &config, NULL), LEDGE_OK);
    assert_status(ledge_map_init(&b, &config, NULL), LEDGE_OK);
    assert_true(a.config.seed.k0 != b.config.seed.k0);
    const ledge_map_config seeded = {.key_size = 8, .seed = {0, 7}};
    assert_status(ledge_map_init(&a, &seeded, NULL), LEDGE_OK);
    assert_true(a.config.seed.k1 == 7);
}

/* --- Entries ------------------------------------------------------------------------------ */

static void a_value_is_put_got_replaced_and_erased(void **state)
{
    (void)state;
    ledge_map map;
    struct tracking_alloc mem;
    uint64_t out = 77, key = 5;
    make_numbers(&map, &mem, NULL);
    assert_status(ledge_map_put(&map, &key, &(uint64_t){50}), LEDGE_OK);
    assert_status(ledge_map_get(&map, &key, &out), LEDGE_OK);
    assert_int_equal(out, 50);
    assert_status(ledge_map_put(&map, &key, &(uint64_t){51}), LEDGE_OK);
    assert_int_equal(ledge_map_length(&map), 1);
    assert_int_equal(*(uint64_t *)ledge_map_find(&map, &key), 51);
    assert_status(ledge_map_get(&map, &(uint64_t){6}, &out), LEDGE_ENOTFOUND);
    assert_int_equal(out, 50);
    assert_status(ledge_map_put(&map, &key, NULL), LEDGE_ENULL);
    assert_status(ledge_map_erase(&map, &key), LEDGE_OK);
    assert_status(ledge_map_erase(&map, &key), LEDGE_ENOTFOUND);
    assert_int_equal(ledge_map_length(&map), 0);
    ledge_map_cleanup(&map);
    assert_int_equal(mem.blocks, 0);
}

static void upsert_adds_zeros_and_finds_them_again(void **state)
{
    (void)state;
    ledge_map map;
    struct tracking_alloc mem;
    void *value;
    bool is_new;
    make_numbers(&map, &mem, NULL);
    assert_status(ledge_map_upsert(&map, &(uint64_t){5}, &value, &is_new), LEDGE_OK);
    assert_true(is_new);
    assert_int_equal(*(uint64_t *)value, 0);
    *(uint64_t *)value = 9;
    assert_status(ledge_map_upsert(&map, &(uint64_t){5}, &value, &is_new), LEDGE_OK);
    assert_false(is_new);
    assert_int_equal(*(uint64_t *)value, 9);
    ledge_map_cleanup(&map);
}

static void take_hands_the_value_over(void **state)
{
    (void)state;
    ledge_map map;
    struct tracking_alloc mem;
    uint64_t out = 77;
    make_numbers(&map, &mem, NULL);
    put_range(&map, 0, 3);
    assert_status(ledge_map_take(&map, &(uint64_t){1}, &out), LEDGE_OK);
    assert_int_equal(out, value_of(1));
    assert_status(ledge_map_take(&map, &(uint64_t){1}, &out), LEDGE_ENOTFOUND);
    assert_status(ledge_map_take(&map, &(uint64_t){2}, NULL), LEDGE_OK);
    assert_holds_range(&map, 0, 1);
    ledge_map_cleanup(&map);
}

static void a_set_has_no_values(void **state)
{
    (void)state;
    ledge_map set;
    const ledge_map_config config = {.key_size = 3};
    char out = '?';
    assert_status(ledge_map_init(&set, &config, NULL), LEDGE_OK);
    assert_status(ledge_map_put(&set, "abc", NULL), LEDGE_OK);
    assert_status(ledge_map_put(&set, "abc", NULL), LEDGE_OK);
    assert_status(ledge_map_put(&set, "abd", &out), LEDGE_OK);
    assert_int_equal(ledge_map_length(&set), 2);
    assert_non_null(ledge_map_find(&set, "abc"));
    assert_null(ledge_map_find(&set, "abe"));
    assert_status(ledge_map_get(&set, "abc", &out), LEDGE_OK);
    assert_int_equal(out, '?');
    ledge_map_cleanup(&set);
}

static bool equal_ignoring_case(const void *a, const void *b, size_t size, void *ctx)
{
    const char *x = a, *y = b;
    ++*(int *)ctx;
    for (size_t i = 0; i < size; i++) {
        if ((x[i] | 32) != (y[i] | 32))
            return false;
    }
    return true;
}

static uint64_t hash_of_first_letter(const void *key, size_t size, const ledge_hash_seed *seed,
                                     void *ctx)
{
    (void)size;
    (void)ctx;
    return ledge_hash_u64((uint64_t)(*(const char *)key | 32), seed);
}

static void keys_are_what_the_caller_says_is_equal(void **state)
{
    (void)state;
    ledge_map map;
    int calls = 0;
    const ledge_map_config config = {.key_size = 3,
                                     .value_size = 1,
                                     .hash = hash_of_first_letter,
                                     .equal = equal_ignoring_case,
                                     .ctx = &calls};
    assert_status(ledge_map_init(&map, &config, NULL), LEDGE_OK);
    assert_status(ledge_map_put(&map, "abc", "1"), LEDGE_OK);
    assert_status(ledge_map_put(&map, "axx", "2"), LEDGE_OK);
    assert_status(ledge_map_put(&map, "ABC", "3"), LEDGE_OK);
    assert_int_equal(ledge_map_length(&map), 2);
    assert_int_equal(*(char *)ledge_map_find(&map, "aBc"), '3');
    assert_true(calls >= 3);
    ledge_map_cleanup(&map);
}

static void an_entry_may_be_erased_by_its_own_key(void **state)
{
    (void)state;
    ledge_map map;
    struct tracking_alloc mem;
    make_numbers(&map, &mem, NULL);
    put_range(&map, 0, 100);
    ledge_map_iter it = ledge_map_begin(&map);
    while (ledge_map_next(&it))
        assert_status(ledge_map_erase(&map, it.key), LEDGE_OK);
    assert_int_equal(ledge_map_length(&map), 0);
    ledge_map_cleanup(&map);
}

/* --- Many --------------------------------------------------------------------------------- */

/* The map and an array of what is in it, through a long sequence of puts and erasures, with each
 * hash function: they have to agree all the time. */
static void a_map_is_an_array_with_any_hash_function(void **state)
{
    (void)state;
    for (size_t h = 0; h < HASHES; h++) {
        enum { KEYS = 3000 };
        static bool there[KEYS];
        ledge_map map;
        struct tracking_alloc mem;
        uint64_t random = h;
        size_t n = 0;
        memset(there, 0, sizeof(there));
        make_numbers(&map, &mem, hashes[h]);
        for (size_t i = 0; i < 20000; i++) {
            random = random * 6364136223846793005 + 1442695040888963407;
            const uint64_t key = (random >> 33) % KEYS;
            const bool put = (random >> 60) < (i / 5000 % 2 ? 4 : 12);
            if (put)
                put_range(&map, key, key + 1);
            else
                assert_status(ledge_map_erase(&map, &key), there[key] ? LEDGE_OK : LEDGE_ENOTFOUND);
            n += (size_t)put - (size_t)there[key];
            there[key] = put;
            if (i % 1000 == 0)
                assert_true(ledge_map_is_valid(&map));
        }
        assert_int_equal(ledge_map_length(&map), n);
        for (uint64_t key = 0; key < KEYS; key++)
            assert_int_equal(ledge_map_find(&map, &key) != NULL, there[key]);
        ledge_map_cleanup(&map);
        assert_int_equal(mem.bytes, 0);
    }
}

/* However large the map is, and also while entries are on their way: an added entry moves one run
 * of groups at most. */
static void growth_moves_one_run_at_a_time(void **state)
{
    (void)state;
    /* At the highest level the whole map is checked each time. */
    const bool checked = LEDGE_HARDENING >= LEDGE_HARDENING_DEBUG;
    const uint64_t keys = checked ? 2000 : 100000;
    for (size_t step = 1; step <= LEDGE_MAP_MAX_STEP; step *= 8) {
        ledge_map map;
        size_t most = 0, steps = 0;
        const ledge_map_config config = {.key_size = 8,
                                         .value_size = 8,
                                         .hash = count_hash,
                                         .ctx = &hash_calls,
                                         .seed = ledge_hash_seed_from(1),
                                         .step = step};
        assert_status(ledge_map_init(&map, &config, NULL), LEDGE_OK);
        for (uint64_t key = 0; key < keys; key++) {
            hash_calls = 0;
            put_range(&map, key, key + 1);
            most = hash_calls > most ? hash_calls : most;
            steps += hash_calls > 1;
        }
        /* One for the key itself, and a second run where the first one was half of a longer one. */
        if (!checked) {
            assert_true(most <= 1 + 2 * LEDGE_MAP_SLOTS * map.reach);
            assert_true(steps >= map.table.mask / 4 / map.reach);
        }
        assert_true(map.reach <= LEDGE_MAP_MAX_STEP);
        assert_true(ledge_map_is_valid(&map));
        ledge_map_cleanup(&map);
    }
}

/* Thousands of keys with one hash: they are all in one run, but need no more memory than others. */
static void a_constant_hash_makes_long_runs(void **state)
{
    (void)state;
    ledge_map map;
    struct tracking_alloc mem;
    make_numbers(&map, &mem, hashes[HASH_CONSTANT]);
    put_range(&map, 0, 5000);
    assert_holds_range(&map, 0, 5000);
    assert_int_equal(map.table.mask + 1, 512);
    assert_int_equal(map.reach, 512);
    ledge_map_cleanup(&map);
}

static void large_entries_make_short_runs(void **state)
{
    (void)state;
    ledge_map map;
    static unsigned char value[4000];
    const ledge_map_config config = {.key_size = 2, .value_size = sizeof(value)};
    assert_status(ledge_map_init(&map, &config, NULL), LEDGE_OK);
    for (uint16_t key = 0; key < 500; key++) {
        memset(value, key & 0xff, sizeof(value));
        assert_status(ledge_map_put(&map, &key, value), LEDGE_OK);
    }
    assert_int_equal(map.config.step, 8);
    for (uint16_t key = 0; key < 500; key++)
        assert_int_equal(*((unsigned char *)ledge_map_find(&map, &key) + 3999), key & 0xff);
    assert_true(ledge_map_is_valid(&map));
    ledge_map_cleanup(&map);
}

/* Stops while part of the entries is in the old table. */
static void put_until_half_is_moved(ledge_map *map, uint64_t *n)
{
    *n = 0;
    while (map->moved < 8)
        put_range(map, *n, *n + 1), ++*n;
    assert_false(map->plain);
}

static void a_map_may_be_used_while_it_grows(void **state)
{
    (void)state;
    ledge_map map, copy;
    struct tracking_alloc mem;
    uint64_t n;
    const ledge_allocator hook = tracking_alloc_init(&mem);
    const ledge_map_config config = {
        .key_size = 8, .value_size = 8, .step = 1, .seed = ledge_hash_seed_from(2)};
    assert_status(ledge_map_init(&map, &config, &hook), LEDGE_OK);
    put_until_half_is_moved(&map, &n);
    assert_holds_range(&map, 0, n);
    assert_status(ledge_map_clone(&map, &copy), LEDGE_OK);
    assert_true(copy.plain);
    assert_holds_range(&copy, 0, n);
    ledge_map_cleanup(&copy);
    for (uint64_t key = 10; key < n; key++)
        assert_status(ledge_map_erase(&map, &key), LEDGE_OK);
    assert_holds_range(&map, 0, 10);
    ledge_map_clear(&map);
    assert_true(map.plain);
    put_until_half_is_moved(&map, &n);
    assert_status(ledge_map_reserve(&map, 1), LEDGE_OK);
    assert_true(map.plain);
    put_range(&map, n, 3000);
    assert_holds_range(&map, 0, 3000);
    ledge_map_cleanup(&map);
    assert_int_equal(mem.blocks, 0);
}

/* The way for any machine finds what this machine's finds. */
static void tags_are_matched_alike_on_all_machines(void **state)
{
    (void)state;
    _Alignas(16) uint8_t tags[LEDGE_MAP_SLOTS];
    uint64_t random = 1;
    for (unsigned i = 0; i < 10000; i++) {
        unsigned same = 0;
        random = ledge_hash_mix64(random + i);
        const uint8_t tag = (uint8_t)(random >> 32 & 3) * 0x55;
        for (unsigned slot = 0; slot < LEDGE_MAP_SLOTS; slot++) {
            tags[slot] =
                (uint8_t)(tag ^ (random >> (2 * slot) & 3 ? 1u << (random >> slot & 7) : 0));
            same |= (unsigned)(tags[slot] == tag) << slot;
        }
        assert_int_equal(ledge_map_match(tags, tag * 0x01010101u), same);
        assert_int_equal(ledge_map_match_words(tags, tag * 0x01010101u), same);
    }
}

/* --- Memory ------------------------------------------------------------------------------- */

static void clear_keeps_the_memory(void **state)
{
    (void)state;
    ledge_map map;
    struct tracking_alloc mem;
    make_numbers(&map, &mem, NULL);
    put_range(&map, 0, 3000);
    const size_t requests = mem.requests;
    ledge_map_clear(&map);
    assert_int_equal(ledge_map_length(&map), 0);
    assert_null(ledge_map_find(&map, &(uint64_t){1}));
    assert_true(ledge_map_is_valid(&map));
    put_range(&map, 0, 3000);
    assert_holds_range(&map, 0, 3000);
    assert_int_equal(mem.requests, requests);
    ledge_map_cleanup(&map);
}

static void nothing_is_allocated_up_to_what_was_reserved(void **state)
{
    (void)state;
    const size_t sizes[] = {1, 13, 14, 832, 833, 1000, 10000};
    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        ledge_map map;
        struct tracking_alloc mem;
        make_numbers(&map, &mem, NULL);
        assert_status(ledge_map_reserve(&map, sizes[i]), LEDGE_OK);
        const size_t requests = mem.requests;
        put_range(&map, 0, sizes[i]);
        assert_int_equal(mem.requests, requests);
        assert_status(ledge_map_reserve(&map, sizes[i]), LEDGE_OK);
        assert_status(ledge_map_reserve(&map, 0), LEDGE_OK);
        assert_int_equal(mem.requests, requests);
        assert_holds_range(&map, 0, sizes[i]);
        ledge_map_cleanup(&map);
    }
}

static void more_than_can_be_reserved_is_an_overflow(void **state)
{
    (void)state;
    ledge_map map;
    struct tracking_alloc mem;
    make_numbers(&map, &mem, NULL);
    assert_status(ledge_map_reserve(&map, SIZE_MAX), LEDGE_EOVERFLOW);
    assert_int_equal(mem.requests, 0);
}

static void shrinking_leaves_what_the_entries_need(void **state)
{
    (void)state;
    ledge_map map;
    struct tracking_alloc mem;
    make_numbers(&map, &mem, NULL);
    put_range(&map, 0, 5000);
    for (uint64_t key = 10; key < 5000; key++)
        assert_status(ledge_map_erase(&map, &key), LEDGE_OK);
    assert_status(ledge_map_shrink_to_fit(&map), LEDGE_OK);
    assert_holds_range(&map, 0, 10);
    assert_int_equal(map.table.mask, 0);
    assert_in_range(mem.bytes, 16 * 17, 400);
    ledge_map_clear(&map);
    assert_status(ledge_map_shrink_to_fit(&map), LEDGE_OK);
    assert_int_equal(mem.bytes, 0);
    put_range(&map, 0, 5);
    assert_holds_range(&map, 0, 5);
    ledge_map_cleanup(&map);
}

static void without_a_hook_memory_is_from_libc(void **state)
{
    (void)state;
    ledge_map map;
    const ledge_map_config config = {.key_size = 8, .value_size = 8};
    assert_status(ledge_map_init(&map, &config, NULL), LEDGE_OK);
    put_range(&map, 0, 1000);
    assert_holds_range(&map, 0, 1000);
    ledge_map_cleanup(&map);
}

/* --- Validity ----------------------------------------------------------------------------- */

static void validity_is_what_the_header_promises(void **state)
{
    (void)state;
    ledge_map map;
    struct tracking_alloc mem;
    make_numbers(&map, &mem, NULL);
    put_range(&map, 0, 100);
    unsigned char *key = map.table.entries;
    assert_true(map.table.tags[0] != 0);
    assert_true(ledge_map_is_valid(&map));
#define BROKEN(change, back)                                                                       \
    change;                                                                                        \
    assert_false(ledge_map_is_valid(&map));                                                        \
    back;                                                                                          \
    assert_true(ledge_map_is_valid(&map))
    BROKEN(map.added++, map.added--);
    BROKEN(map.plain = false, map.plain = true);
    BROKEN(map.limit--, map.limit++);
    BROKEN(map.table.tags[0] ^= 0xff, map.table.tags[0] ^= 0xff);
    BROKEN(map.table.passed[0]++, map.table.passed[0]--);
    BROKEN(key[0]++, key[0]--);
    ledge_map_cleanup(&map);
}

static void a_count_that_was_too_large_to_keep_is_valid(void **state)
{
    (void)state;
    ledge_map map;
    struct tracking_alloc mem;
    make_numbers(&map, &mem, hashes[HASH_CONSTANT]);
    put_range(&map, 0, 600);
    assert_true(ledge_map_is_valid(&map));
    for (uint64_t key = 0; key < 590; key++)
        assert_status(ledge_map_erase(&map, &key), LEDGE_OK);
    assert_holds_range(&map, 590, 600);
    ledge_map_cleanup(&map);
}

/* --- Typed -------------------------------------------------------------------------------- */

struct point {
    int x, y;
};

static uint64_t hash_point(const struct point *p, const ledge_hash_seed *seed)
{
    return ledge_hash_u64((uint64_t)(unsigned)p->x << 32 | (unsigned)p->y, seed);
}

static bool same_point(const struct point *a, const struct point *b)
{
    return a->x == b->x && a->y == b->y;
}

LEDGE_MAP_DEFINE(squares, uint16_t, uint32_t);
LEDGE_MAP_DEFINE_WITH(places, struct point, char, hash_point, same_point);

static void a_typed_map_takes_and_gives_what_it_holds(void **state)
{
    (void)state;
    squares map;
    uint32_t *value = NULL, out;
    bool is_new = false;
    assert_status(squares_init(&map, NULL, NULL), LEDGE_OK);
    for (uint16_t i = 0; i < 3000; i++)
        assert_status(squares_put(&map, i, (uint32_t)i * i), LEDGE_OK);
    assert_int_equal(squares_length(&map), 3000);
    assert_int_equal(*squares_find(&map, 55), 3025);
    assert_null(squares_find(&map, 3000));
    assert_status(squares_put(&map, 55, 1), LEDGE_OK);
    assert_int_equal(*squares_find(&map, 55), 1);
    assert_status(squares_upsert(&map, 3000, &value, &is_new), LEDGE_OK);
    assert_true(is_new && *value == 0);
    assert_status(squares_upsert(&map, 3000, &value, &is_new), LEDGE_OK);
    assert_false(is_new);
    assert_status(squares_take(&map, 7, &out), LEDGE_OK);
    assert_int_equal(out, 49);
    assert_status(squares_take(&map, 7, NULL), LEDGE_ENOTFOUND);
    assert_status(squares_erase(&map, 8), LEDGE_OK);
    assert_status(squares_erase(&map, 8), LEDGE_ENOTFOUND);

    size_t n = 0;
    ledge_map_iter it = ledge_map_begin(&map.base);
    for (squares_entry *entry; (entry = squares_next(&it)); n++)
        assert_ptr_equal(&entry->value, squares_find(&map, entry->key));
    assert_int_equal(n, 2999);
    assert_true(ledge_map_is_valid(&map.base));
    squares_cleanup(&map);
}

static void count_destroyed(void *value, void *ctx)
{
    *(char *)ctx = (char)(*(char *)ctx + *(char *)value);
}

static void a_typed_map_uses_the_callers_functions(void **state)
{
    (void)state;
    places map;
    char destroyed = 0;
    const ledge_map_config config = {.destroy_value = count_destroyed, .ctx = &destroyed};
    assert_status(places_init(&map, &config, NULL), LEDGE_OK);
    assert_status(places_put(&map, (struct point){1, 2}, 1), LEDGE_OK);
    assert_status(places_put(&map, (struct point){2, 1}, 2), LEDGE_OK);
    assert_status(places_put(&map, (struct point){1, 2}, 4), LEDGE_OK);
    assert_int_equal(destroyed, 1);
    assert_status(places_erase(&map, (struct point){2, 1}), LEDGE_OK);
    assert_int_equal(destroyed, 3);
    assert_int_equal(*places_find(&map, (struct point){1, 2}), 4);
    places_cleanup(&map);
    assert_int_equal(destroyed, 7);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_zero_state_is_empty_and_takes_nothing),
        cmocka_unit_test(a_new_map_has_allocated_nothing),
        cmocka_unit_test(a_configuration_that_cannot_be_is_an_error),
        cmocka_unit_test(keys_and_values_are_aligned_by_their_sizes),
        cmocka_unit_test(maps_without_a_seed_get_different_ones),
        cmocka_unit_test(a_value_is_put_got_replaced_and_erased),
        cmocka_unit_test(upsert_adds_zeros_and_finds_them_again),
        cmocka_unit_test(take_hands_the_value_over),
        cmocka_unit_test(a_set_has_no_values),
        cmocka_unit_test(keys_are_what_the_caller_says_is_equal),
        cmocka_unit_test(an_entry_may_be_erased_by_its_own_key),
        cmocka_unit_test(a_map_is_an_array_with_any_hash_function),
        cmocka_unit_test(growth_moves_one_run_at_a_time),
        cmocka_unit_test(a_constant_hash_makes_long_runs),
        cmocka_unit_test(large_entries_make_short_runs),
        cmocka_unit_test(a_map_may_be_used_while_it_grows),
        cmocka_unit_test(tags_are_matched_alike_on_all_machines),
        cmocka_unit_test(clear_keeps_the_memory),
        cmocka_unit_test(nothing_is_allocated_up_to_what_was_reserved),
        cmocka_unit_test(more_than_can_be_reserved_is_an_overflow),
        cmocka_unit_test(shrinking_leaves_what_the_entries_need),
        cmocka_unit_test(without_a_hook_memory_is_from_libc),
        cmocka_unit_test(validity_is_what_the_header_promises),
        cmocka_unit_test(a_count_that_was_too_large_to_keep_is_valid),
        cmocka_unit_test(a_typed_map_takes_and_gives_what_it_holds),
        cmocka_unit_test(a_typed_map_uses_the_callers_functions),
    };
    return cmocka_run_group_tests_name("map", tests, NULL, NULL);
}
