/* map_test.c: the map and its entries. Growth and memory are in map_memory_test.c, iteration is in
 * map_iter_test.c, failing allocations are in map_nomem_test.c. */
#include "check.h"

#include <string.h>

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

/* Of a group's tags, the one of the slot is set and the others stay. */
static void a_tag_is_set_among_others(void **state)
{
    (void)state;
    _Alignas(16) uint8_t tags[LEDGE_MAP_SLOTS], want[LEDGE_MAP_SLOTS];
    for (unsigned slot = 0; slot < LEDGE_MAP_SLOTS; slot++)
        tags[slot] = want[slot] = (uint8_t)(slot * 17);
    for (unsigned i = 0; i < 100; i++) {
        const unsigned slot = i * 7 % LEDGE_MAP_SLOTS;
        const uint8_t tag = (uint8_t)(i % 3 ? i * 29 : 0);
        ledge_map_set_tag(tags, slot, tag * 0x01010101u);
        want[slot] = tag;
        assert_memory_equal(tags, want, sizeof(tags));
    }
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
    /* The same bytes are another value. */
    assert_status(places_put(&map, (struct point){1, 2}, 4), LEDGE_OK);
    assert_int_equal(destroyed, 7);
    places_cleanup(&map);
    assert_int_equal(destroyed, 11);
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
        cmocka_unit_test(tags_are_matched_alike_on_all_machines),
        cmocka_unit_test(a_tag_is_set_among_others),
        cmocka_unit_test(a_typed_map_takes_and_gives_what_it_holds),
        cmocka_unit_test(a_typed_map_uses_the_callers_functions),
    };
    return cmocka_run_group_tests_name("map", tests, NULL, NULL);
}
