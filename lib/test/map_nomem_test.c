/* map_nomem_test.c: a map whose allocator refuses (A33), and values that own memory (B16, B17). A
 * refused operation has to leave everything as it was. */
#include "check.h"

#include <string.h>

#include <ledge/map.h>

#include "map_keys.h"

/* --- The 1st, 2nd, 3rd … request is refused ----------------------------------------------- */

typedef ledge_status operation(ledge_map *map, ledge_map *out);

static ledge_status put(ledge_map *map, ledge_map *out)
{
    (void)out;
    return ledge_map_put(map, &(uint64_t){9999}, &(uint64_t){value_of(9999)});
}

static ledge_status upsert(ledge_map *map, ledge_map *out)
{
    void *value = out;
    bool is_new = true;
    ledge_status status = ledge_map_upsert(map, &(uint64_t){9999}, &value, &is_new);
    if (status != LEDGE_OK) {
        assert_ptr_equal(value, out);
        assert_true(is_new);
    }
    return status;
}

static ledge_status reserve(ledge_map *map, ledge_map *out)
{
    (void)out;
    return ledge_map_reserve(map, 3 * ledge_map_length(map) + 20);
}

static ledge_status shrink(ledge_map *map, ledge_map *out)
{
    (void)out;
    return ledge_map_shrink_to_fit(map);
}

static ledge_status clone(ledge_map *map, ledge_map *out)
{
    return ledge_map_clone(map, out);
}

/* Runs op on a map of n entries, refusing the nth request. Returns whether op met the refusal. */
static bool refused(operation *op, uint64_t n, size_t nth)
{
    ledge_map map, out = {.limit = 77};
    struct tracking_alloc mem;
    make_numbers(&map, &mem, NULL);
    put_range(&map, 0, n);
    ledge_map_iter it = ledge_map_begin(&map);
    assert_int_equal(ledge_map_next(&it), n != 0);

    tracking_alloc_refuse(&mem, nth);
    ledge_status status = op(&map, &out);
    if (status == LEDGE_ENOMEM) {
        assert_holds_range(&map, 0, n);
        assert_int_equal(out.limit, 77);
        size_t rest = 0;
        while (ledge_map_next(&it))
            rest++;
        assert_int_equal(rest, n ? n - 1 : 0);
        /* The next attempt is as good as the first. */
        status = op(&map, &out);
        assert_status(status, LEDGE_OK);
        status = LEDGE_ENOMEM;
    } else {
        assert_status(status, LEDGE_OK);
    }
    assert_true(ledge_map_is_valid(&map));
    if (out.limit != 77)
        ledge_map_cleanup(&out);
    ledge_map_cleanup(&map);
    assert_int_equal(mem.blocks, 0);
    return status == LEDGE_ENOMEM;
}

static size_t refusals(operation *op, uint64_t n)
{
    size_t nth = 1;
    while (refused(op, n, nth))
        nth++;
    return nth - 1;
}

static void adding_survives_a_refusal(void **state)
{
    (void)state;
    operation *const ops[] = {put, upsert};
    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(refusals(ops[i], 0), 1);
        assert_int_equal(refusals(ops[i], 13), 1);
        assert_int_equal(refusals(ops[i], 832), 1);
        assert_int_equal(refusals(ops[i], 1664), 1); /* which is moved in two steps */
        assert_int_equal(refusals(ops[i], 1665), 0);
        assert_int_equal(refusals(ops[i], 100), 0);
    }
}

static void reserving_survives_a_refusal(void **state)
{
    (void)state;
    assert_int_equal(refusals(reserve, 0), 1);
    assert_int_equal(refusals(reserve, 100), 1);
    assert_int_equal(refusals(reserve, 2000), 1);
}

static void shrinking_and_cloning_survive_a_refusal(void **state)
{
    (void)state;
    assert_int_equal(refusals(clone, 0), 0);
    assert_int_equal(refusals(clone, 9), 1);
    assert_int_equal(refusals(clone, 1665), 1);
    assert_int_equal(refusals(shrink, 0), 0);
    assert_int_equal(refusals(shrink, 1665), 1);
}

/* --- Values that own memory --------------------------------------------------------------- */

/* A value is a block of one number; ctx is where blocks come from. */
static ledge_status clone_block(const void *value, void *out, void *ctx)
{
    uint64_t *const from = *(uint64_t *const *)value;
    uint64_t *const copy = ledge_alloc_resize(ctx, NULL, 0, sizeof(*copy));
    if (!copy)
        return LEDGE_ENOMEM;
    *copy = *from;
    memcpy(out, &copy, sizeof(copy));
    return LEDGE_OK;
}

static void destroy_block(void *value, void *ctx)
{
    ledge_alloc_free(ctx, *(uint64_t **)value, sizeof(uint64_t));
}

struct blocks {
    struct tracking_alloc mem;
    ledge_allocator hook;
    ledge_map map;
};

static void put_block(struct blocks *b, uint64_t key, uint64_t content)
{
    uint64_t *block = ledge_alloc_resize(&b->hook, NULL, 0, sizeof(*block));
    *block = content;
    assert_status(ledge_map_put(&b->map, &key, &block), LEDGE_OK);
}

static void make_blocks(struct blocks *b, uint64_t n)
{
    b->hook = tracking_alloc_init(&b->mem);
    const ledge_map_config config = {.key_size = 8,
                                     .value_size = sizeof(uint64_t *),
                                     .clone_value = clone_block,
                                     .destroy_value = destroy_block,
                                     .ctx = &b->hook};
    assert_status(ledge_map_init(&b->map, &config, NULL), LEDGE_OK);
    for (uint64_t key = 0; key < n; key++)
        put_block(b, key, key);
}

static uint64_t *block_of(const ledge_map *map, uint64_t key)
{
    return *(uint64_t **)ledge_map_find(map, &key);
}

static void values_are_destroyed_once(void **state)
{
    (void)state;
    struct blocks b;
    uint64_t *taken;
    make_blocks(&b, 10);
    put_block(&b, 3, 33);
    assert_int_equal(b.mem.blocks, 10);
    assert_status(ledge_map_put(&b.map, &(uint64_t){3}, ledge_map_find(&b.map, &(uint64_t){3})),
                  LEDGE_OK);
    assert_int_equal(*block_of(&b.map, 3), 33);
    assert_status(ledge_map_erase(&b.map, &(uint64_t){4}), LEDGE_OK);
    assert_int_equal(b.mem.blocks, 9);
    assert_status(ledge_map_take(&b.map, &(uint64_t){5}, &taken), LEDGE_OK);
    assert_int_equal(b.mem.blocks, 9);
    destroy_block(&taken, &b.hook);
    ledge_map_clear(&b.map);
    assert_int_equal(b.mem.blocks, 0);
    put_block(&b, 1, 1);
    ledge_map_cleanup(&b.map);
    assert_int_equal(b.mem.blocks, 0);
}

static void a_clone_has_values_of_its_own(void **state)
{
    (void)state;
    struct blocks b;
    ledge_map copy;
    make_blocks(&b, 10);
    assert_status(ledge_map_clone(&b.map, &copy), LEDGE_OK);
    assert_int_equal(b.mem.blocks, 20);
    *block_of(&copy, 3) = 99;
    assert_int_equal(*block_of(&b.map, 3), 3);
    ledge_map_cleanup(&b.map);
    assert_int_equal(*block_of(&copy, 9), 9);
    ledge_map_cleanup(&copy);
    assert_int_equal(b.mem.blocks, 0);
}

static void a_shallow_clone_shares_values_and_destroys_none(void **state)
{
    (void)state;
    struct blocks b;
    ledge_map copy;
    make_blocks(&b, 10);
    assert_status(ledge_map_clone_shallow(&b.map, &copy), LEDGE_OK);
    assert_int_equal(b.mem.blocks, 10);
    *block_of(&copy, 3) = 99;
    assert_int_equal(*block_of(&b.map, 3), 99);
    assert_status(ledge_map_erase(&copy, &(uint64_t){3}), LEDGE_OK);
    ledge_map_cleanup(&copy);
    assert_int_equal(*block_of(&b.map, 3), 99);
    ledge_map_cleanup(&b.map);
    assert_int_equal(b.mem.blocks, 0);
}

/* Two keys whose values are one block: a deep clone tells them apart. */
static void values_may_share_what_they_point_at(void **state)
{
    (void)state;
    ledge_map map, copy;
    struct tracking_alloc mem;
    ledge_allocator hook = tracking_alloc_init(&mem);
    const ledge_map_config config = {
        .key_size = 8, .value_size = sizeof(uint64_t *), .clone_value = clone_block, .ctx = &hook};
    uint64_t number_of_both = 1, *shared = &number_of_both;
    assert_status(ledge_map_init(&map, &config, NULL), LEDGE_OK);
    assert_status(ledge_map_put(&map, &(uint64_t){1}, &shared), LEDGE_OK);
    assert_status(ledge_map_put(&map, &(uint64_t){2}, &shared), LEDGE_OK);
    assert_status(ledge_map_clone(&map, &copy), LEDGE_OK);
    *block_of(&map, 1) = 7;
    assert_int_equal(*block_of(&map, 2), 7);
    *block_of(&copy, 1) = 8;
    assert_int_equal(*block_of(&copy, 2), 1);
    assert_int_equal(number_of_both, 7);
    destroy_block(ledge_map_find(&copy, &(uint64_t){1}), &hook);
    destroy_block(ledge_map_find(&copy, &(uint64_t){2}), &hook);
    ledge_map_cleanup(&copy);
    ledge_map_cleanup(&map);
}

static void a_clone_that_fails_halfway_destroys_what_it_has(void **state)
{
    (void)state;
    for (size_t nth = 1; nth <= 10; nth++) {
        struct blocks b;
        ledge_map copy = {.limit = 77};
        make_blocks(&b, 10);
        tracking_alloc_refuse(&b.mem, nth);
        assert_status(ledge_map_clone(&b.map, &copy), LEDGE_ENOMEM);
        assert_int_equal(copy.limit, 77);
        assert_int_equal(b.mem.blocks, 10);
        assert_int_equal(*block_of(&b.map, 9), 9);
        ledge_map_cleanup(&b.map);
        assert_int_equal(b.mem.blocks, 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(adding_survives_a_refusal),
        cmocka_unit_test(reserving_survives_a_refusal),
        cmocka_unit_test(shrinking_and_cloning_survive_a_refusal),
        cmocka_unit_test(values_are_destroyed_once),
        cmocka_unit_test(a_clone_has_values_of_its_own),
        cmocka_unit_test(a_shallow_clone_shares_values_and_destroys_none),
        cmocka_unit_test(values_may_share_what_they_point_at),
        cmocka_unit_test(a_clone_that_fails_halfway_destroys_what_it_has),
    };
    return cmocka_run_group_tests_name("map without memory", tests, NULL, NULL);
}
