/* map_memory_test.c: how the map grows, the memory it has, and whether that is what it should be.
 */
#include "check.h"

#include <string.h>

#include <ledge/harden.h>
#include <ledge/map.h>

#include "map_keys.h"

/* --- Growth ------------------------------------------------------------------------------- */

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
    BROKEN(map.table.passed[0] = 1, map.table.passed[0] = 0);
    BROKEN(map.table.passers[0]++, map.table.passers[0]--);
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(growth_moves_one_run_at_a_time),
        cmocka_unit_test(a_constant_hash_makes_long_runs),
        cmocka_unit_test(large_entries_make_short_runs),
        cmocka_unit_test(a_map_may_be_used_while_it_grows),
        cmocka_unit_test(clear_keeps_the_memory),
        cmocka_unit_test(nothing_is_allocated_up_to_what_was_reserved),
        cmocka_unit_test(more_than_can_be_reserved_is_an_overflow),
        cmocka_unit_test(shrinking_leaves_what_the_entries_need),
        cmocka_unit_test(without_a_hook_memory_is_from_libc),
        cmocka_unit_test(validity_is_what_the_header_promises),
        cmocka_unit_test(a_count_that_was_too_large_to_keep_is_valid),
    };
    return cmocka_run_group_tests_name("map memory", tests, NULL, NULL);
}
