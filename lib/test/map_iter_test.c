/* map_iter_test.c: iteration, above all while the map changes. */
#include "check.h"

#include <string.h>

#include <ledge/map.h>

#include "map_keys.h"

enum { MOST = 24000 };

/* How often each key was seen. */
static unsigned seen[MOST];

static ledge_map_iter begin(const ledge_map *map)
{
    memset(seen, 0, sizeof(seen));
    return ledge_map_begin(map);
}

/* Goes one entry further, which has to be one of the map with its own value. */
static bool see(ledge_map_iter *it)
{
    if (!ledge_map_next(it))
        return false;
    const uint64_t key = number(it->key);
    assert_true(key < MOST);
    assert_ptr_equal(it->value, ledge_map_find(it->map, it->key));
    assert_int_equal(number(it->value), value_of(key));
    seen[key]++;
    return true;
}

static void see_some(ledge_map_iter *it, size_t n)
{
    while (n-- > 0 && see(it))
        ;
}

static void see_rest(ledge_map_iter *it)
{
    while (see(it))
        ;
    assert_false(ledge_map_next(it));
}

static void assert_seen_once(uint64_t lo, uint64_t hi)
{
    for (uint64_t key = lo; key < hi; key++)
        assert_int_equal(seen[key], 1);
}

static void assert_seen_at_most_once(uint64_t lo, uint64_t hi)
{
    for (uint64_t key = lo; key < hi; key++)
        assert_in_range(seen[key], 0, 1);
}

static void an_empty_map_has_nothing_to_see(void **state)
{
    (void)state;
    ledge_map map;
    struct tracking_alloc mem;
    make_numbers(&map, &mem, NULL);
    ledge_map_iter it = begin(&map);
    assert_false(ledge_map_next(&it));
    assert_null(it.key);
    put_range(&map, 0, 1);
    ledge_map_clear(&map);
    it = begin(&map);
    assert_false(ledge_map_next(&it));
    ledge_map_cleanup(&map);
}

static void each_entry_is_seen_once(void **state)
{
    (void)state;
    const uint64_t sizes[] = {1, 13, 14, 100, 832, 833, 10000};
    for (size_t h = 0; h < HASHES; h++) {
        for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
            ledge_map map;
            struct tracking_alloc mem;
            if (h != 0 && sizes[i] > 3000)
                continue;
            make_numbers(&map, &mem, hashes[h]);
            put_range(&map, 0, sizes[i]);
            ledge_map_iter it = begin(&map);
            see_rest(&it);
            assert_seen_once(0, sizes[i]);
            ledge_map_cleanup(&map);
        }
    }
}

/* After any number of entries of a map of any size, it is made several times as large. Its segments
 * are doubled and split behind and in front of the iterator, several times at once. */
static void growth_neither_hides_nor_repeats(void **state)
{
    (void)state;
    const uint64_t before[] = {1, 13, 30, 500, 832, 6000};
    for (size_t h = 0; h < HASHES; h++) {
        for (size_t i = 0; i < sizeof(before) / sizeof(before[0]); i++) {
            for (size_t part = 0; part <= 8; part++) {
                const uint64_t n = before[i], after = h == 0 ? 3 * n + 20 : n + 200;
                ledge_map map;
                struct tracking_alloc mem;
                if (h != 0 && n > 500)
                    continue;
                make_numbers(&map, &mem, hashes[h]);
                put_range(&map, 0, n);
                ledge_map_iter it = begin(&map);
                see_some(&it, n * part / 8);
                put_range(&map, n, after);
                see_rest(&it);
                assert_seen_once(0, n);
                assert_seen_at_most_once(n, after);
                /* Also an iteration that has come to its end may be asked to go on. */
                put_range(&map, after, after + n / 2);
                see_rest(&it);
                assert_seen_at_most_once(0, after + n / 2);
                ledge_map_cleanup(&map);
            }
        }
    }
}

/* A few entries are seen, a few are added, and so on: each doubling and split happens while the
 * iterator is somewhere else, and the parts it left behind are split again before it comes there.
 */
static void growth_in_small_steps_neither_hides_nor_repeats(void **state)
{
    (void)state;
    for (size_t h = 0; h < HASHES; h++) {
        for (uint64_t step = 1; step <= 40; step += 3) {
            const uint64_t most = h == 0 ? MOST : 800;
            ledge_map map;
            struct tracking_alloc mem;
            make_numbers(&map, &mem, hashes[h]);
            put_range(&map, 0, 20);
            ledge_map_iter it = begin(&map);
            uint64_t n = 20;
            while (see(&it) && n + step <= most) {
                put_range(&map, n, n + step);
                n += step;
            }
            see_rest(&it);
            assert_seen_once(0, 20);
            assert_seen_at_most_once(20, n);
            ledge_map_cleanup(&map);
        }
    }
}

/* Runs of many of the iterator's segments, as so many keys have the same hash: it has been in some of
 * them, and entries are at home in others than they are in. */
static void growth_of_long_runs_neither_loses_nor_hides(void **state)
{
    (void)state;
    for (uint64_t n = 30; n < 240; n += 7) {
        for (size_t part = 1; part < 8; part++) {
            ledge_map map;
            struct tracking_alloc mem;
            const ledge_allocator hook = tracking_alloc_init(&mem);
            const ledge_map_config config = {
                .key_size = 8, .value_size = 8, .hash = hash_low_bits, .step = 1};
            assert_status(ledge_map_init(&map, &config, &hook), LEDGE_OK);
            put_range(&map, 0, n);
            ledge_map_iter it = begin(&map);
            see_some(&it, n * part / 8);
            put_range(&map, n, 3 * n);
            assert_holds_range(&map, 0, 3 * n);
            see_rest(&it);
            assert_seen_once(0, n);
            assert_seen_at_most_once(n, 3 * n);
            ledge_map_cleanup(&map);
        }
    }
}

/* With all segments far deeper than where the iterator began. */
static void reserving_neither_hides_nor_repeats(void **state)
{
    (void)state;
    for (size_t part = 0; part <= 8; part++) {
        ledge_map map;
        struct tracking_alloc mem;
        make_numbers(&map, &mem, NULL);
        put_range(&map, 0, 1000);
        ledge_map_iter it = begin(&map);
        see_some(&it, 1000 * part / 8);
        assert_status(ledge_map_reserve(&map, 20000), LEDGE_OK);
        see_some(&it, 50);
        assert_status(ledge_map_reserve(&map, 60000), LEDGE_OK);
        see_rest(&it);
        assert_seen_once(0, 1000);
        ledge_map_cleanup(&map);
    }
}

static void what_is_erased_before_its_turn_is_not_seen(void **state)
{
    (void)state;
    ledge_map map;
    struct tracking_alloc mem;
    make_numbers(&map, &mem, NULL);
    put_range(&map, 0, 3000);
    ledge_map_iter it = begin(&map);
    see_some(&it, 100);
    for (uint64_t key = 0; key < 3000; key += 2)
        assert_status(ledge_map_erase(&map, &key), LEDGE_OK);
    unsigned before[3000];
    memcpy(before, seen, sizeof(before));
    see_rest(&it);
    for (uint64_t key = 0; key < 3000; key++)
        assert_int_equal(seen[key], key % 2 ? 1 : before[key]);
    ledge_map_cleanup(&map);
}

static void the_current_entry_may_be_erased(void **state)
{
    (void)state;
    for (size_t h = 0; h < HASHES; h++) {
        ledge_map map;
        struct tracking_alloc mem;
        make_numbers(&map, &mem, hashes[h]);
        put_range(&map, 0, 700);
        ledge_map_iter it = begin(&map);
        while (see(&it)) {
            const uint64_t key = number(it.key);
            if (key % 3 == 0)
                assert_status(ledge_map_erase(&map, &key), LEDGE_OK);
        }
        assert_seen_once(0, 700);
        assert_int_equal(ledge_map_length(&map), 466);
        assert_true(ledge_map_is_valid(&map));
        ledge_map_cleanup(&map);
    }
}

static void a_cleared_map_ends_the_iteration(void **state)
{
    (void)state;
    ledge_map map;
    struct tracking_alloc mem;
    make_numbers(&map, &mem, NULL);
    put_range(&map, 0, 3000);
    ledge_map_iter it = begin(&map);
    see_some(&it, 10);
    ledge_map_clear(&map);
    assert_false(ledge_map_next(&it));
    ledge_map_cleanup(&map);
}

/* An iteration that began while the map had no memory yet sees what came until the first step. */
static void an_iteration_may_begin_before_there_is_anything(void **state)
{
    (void)state;
    ledge_map map;
    struct tracking_alloc mem;
    make_numbers(&map, &mem, NULL);
    ledge_map_iter it = begin(&map);
    put_range(&map, 0, 5000);
    see_rest(&it);
    assert_seen_once(0, 5000);
    ledge_map_cleanup(&map);
}

static void iterations_do_not_disturb_each_other(void **state)
{
    (void)state;
    ledge_map map;
    struct tracking_alloc mem;
    make_numbers(&map, &mem, NULL);
    put_range(&map, 0, 60);
    ledge_map_iter outer = begin(&map);
    size_t pairs = 0;
    while (ledge_map_next(&outer)) {
        ledge_map_iter inner = ledge_map_begin(&map);
        while (ledge_map_next(&inner))
            pairs++;
    }
    assert_int_equal(pairs, 3600);
    ledge_map_cleanup(&map);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_empty_map_has_nothing_to_see),
        cmocka_unit_test(each_entry_is_seen_once),
        cmocka_unit_test(growth_neither_hides_nor_repeats),
        cmocka_unit_test(growth_in_small_steps_neither_hides_nor_repeats),
        cmocka_unit_test(growth_of_long_runs_neither_loses_nor_hides),
        cmocka_unit_test(reserving_neither_hides_nor_repeats),
        cmocka_unit_test(what_is_erased_before_its_turn_is_not_seen),
        cmocka_unit_test(the_current_entry_may_be_erased),
        cmocka_unit_test(a_cleared_map_ends_the_iteration),
        cmocka_unit_test(an_iteration_may_begin_before_there_is_anything),
        cmocka_unit_test(iterations_do_not_disturb_each_other),
    };
    return cmocka_run_group_tests_name("map: iteration", tests, NULL, NULL);
}
