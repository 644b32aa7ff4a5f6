/* provenance_checked.c: what the checked build sees (A24). It is linked to the library built with
 * LEDGE_CHECKED, and built so itself. */
#include "provenance_fixture.h"

#include <pthread.h>
#include <stdio.h>

#include <ledge/arena.h>
#include <ledge/owner.h>
#include <ledge/pool.h>
#include <ledge/strided.h>
#include <ledge/vec.h>

#include "tracking_alloc.h"

/* A vector's block of 8 bytes; a record in it, of two fields of 4 bytes. */
struct fixture {
    struct tracking_alloc mem;
    ledge_vec vec;
};

static struct fixture fixture;

static int set_up(void **state)
{
    ledge_allocator hook = tracking_alloc_init(&fixture.mem);
    assert_status(ledge_vec_init(&fixture.vec, 1, &hook), LEDGE_OK);
    assert_status(ledge_vec_append(&fixture.vec, "abcdwxyz", 8), LEDGE_OK);
    *state = &fixture;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *f = *state;
    ledge_vec_cleanup(&f->vec);
    assert_int_equal(f->mem.blocks, 0);
    return 0;
}

static void the_librarys_blocks_are_known(void **state)
{
    struct fixture *f = *state;
    const unsigned char *old = f->vec.ptr;
    assert_status(ledge_provenance_of(old, 8), LEDGE_OK);
    assert_status(ledge_provenance_of(old, 9), LEDGE_ERANGE);
    assert_status(ledge_vec_reserve(&f->vec, 32), LEDGE_OK);
    assert_status(ledge_provenance_of(old, 8), LEDGE_ENOTFOUND);
    assert_status(ledge_provenance_of(f->vec.ptr, 32), LEDGE_OK);

    tracking_alloc_refuse(&f->mem, 1);
    assert_status(ledge_vec_reserve(&f->vec, 64), LEDGE_ENOMEM);
    assert_status(ledge_provenance_of(f->vec.ptr, 32), LEDGE_OK);

    ledge_shared shared;
    assert_status(ledge_shared_alloc(24, NULL, &shared), LEDGE_OK);
    old = shared.ptr;
    assert_status(ledge_provenance_of(old, 25), LEDGE_ERANGE);
    assert_status(ledge_shared_release(&shared), LEDGE_OK);
    assert_status(ledge_provenance_of(old, 25), LEDGE_ENOTFOUND);
}

static void a_block_that_changes_its_size_forgets_its_parts(void **state)
{
    struct fixture *f = *state;
    ledge_provenance_entered(f->vec.ptr, 4);
    assert_status(ledge_provenance_of(f->vec.ptr + 3, 2), LEDGE_ERANGE);
    tracking_alloc_refuse(&f->mem, 1);
    assert_status(ledge_vec_reserve(&f->vec, 64), LEDGE_ENOMEM);
    assert_status(ledge_provenance_of(f->vec.ptr + 3, 2), LEDGE_OK);

    const unsigned char *old = f->vec.ptr;
    ledge_provenance_entered(old, 4);
    assert_status(ledge_vec_reserve(&f->vec, 64), LEDGE_OK);
    assert_status(ledge_provenance_of(old + 3, 2), LEDGE_ENOTFOUND);
    assert_status(ledge_provenance_of(f->vec.ptr + 3, 2), LEDGE_OK);
}

/* The first field of the record, made too long: no sanitizer sees its neighbour written. */
static ledge_span long_field(void)
{
    ledge_provenance_entered(fixture.vec.ptr, 4);
    ledge_provenance_entered(fixture.vec.ptr + 4, 4);
    return ledge_span_of(fixture.vec.ptr, 5);
}

static ledge_span field(void)
{
    ledge_span span = long_field();
    span.length = span.capacity = 4;
    return span;
}

static void read_it(void)
{
    uint8_t byte;
    if (ledge_span_get(long_field(), 0, &byte) != LEDGE_OK)
        _exit(1);
}

static void write_it(void)
{
    if (ledge_span_set(long_field(), 4, 'X') != LEDGE_OK)
        _exit(1);
}

static void fill_it(void)
{
    ledge_span_fill(long_field(), 'X');
}

static void copy_to_it(void)
{
    ledge_span_copy(long_field(), ledge_view_of("12345", 5));
}

static void copy_from_it(void)
{
    unsigned char copy[8];
    ledge_span_copy(ledge_span_of(copy, 8), ledge_span_as_view(long_field()));
}

static void cut_it(void)
{
    ledge_span out;
    if (ledge_span_sub(long_field(), 0, 2, &out) != LEDGE_OK)
        _exit(1);
}

static void cut_a_view_of_it(void)
{
    ledge_view out;
    if (ledge_view_sub(ledge_span_as_view(long_field()), 0, 2, &out) != LEDGE_OK)
        _exit(1);
}

static void split_it(void)
{
    ledge_span head, tail;
    if (ledge_span_split_at(long_field(), 2, &head, &tail) != LEDGE_OK)
        _exit(1);
}

static void split_a_view_of_it(void)
{
    ledge_view head, tail;
    if (ledge_view_split_at(ledge_span_as_view(long_field()), 2, &head, &tail) != LEDGE_OK)
        _exit(1);
}

static void append_to_it(void)
{
    ledge_span span = long_field();
    span.length = 4;
    if (ledge_span_append(span, ledge_view_of("X", 1), &span) != LEDGE_OK)
        _exit(1);
}

/* All of the record may be the span's, but not the first field and a byte of the second. */
static void append_behind_it(void)
{
    ledge_span span = field();
    span.capacity = 8;
    if (ledge_span_append(span, ledge_view_of("X", 1), &span) != LEDGE_OK)
        _exit(1);
}

static void append_from_it(void)
{
    unsigned char memory[8];
    ledge_span span = {memory, 0, 8};
    if (ledge_span_append(span, ledge_span_as_view(long_field()), &span) != LEDGE_OK)
        _exit(1);
}

static void compare_it(void)
{
    if (ledge_view_compare(ledge_span_as_view(long_field()), ledge_view_of("abcde", 5)) > 0)
        _exit(1);
}

static void compare_with_it(void)
{
    if (!ledge_view_equal(ledge_view_of("abcdw", 5), ledge_span_as_view(long_field())))
        _exit(1);
}

static void find_a_byte_in_it(void)
{
    size_t at;
    if (ledge_view_find_byte(ledge_span_as_view(long_field()), 'w', &at) != LEDGE_OK)
        _exit(1);
}

static void find_in_it(void)
{
    size_t at;
    if (ledge_view_find(ledge_span_as_view(long_field()), ledge_view_of("dw", 2), &at) != LEDGE_OK)
        _exit(1);
}

static void find_it(void)
{
    size_t at;
    if (ledge_view_find(ledge_view_of("abcdw", 5), ledge_span_as_view(long_field()), &at))
        _exit(1);
}

static ledge_strided long_slot(void)
{
    ledge_strided out;
    if (ledge_strided_from_span(long_field(), 1, 5, 5, 1, &out) != LEDGE_OK)
        _exit(1);
    return out;
}

static void read_a_slot_of_it(void)
{
    unsigned char out[5];
    if (ledge_strided_get(long_slot(), 0, out) != LEDGE_OK)
        _exit(1);
}

static void walk_the_slots_of_it(void)
{
    ledge_strided_iter it = ledge_strided_begin(long_slot());
    if (!ledge_strided_next(&it))
        _exit(1);
}

static void copy_the_slots_of_it(void)
{
    unsigned char out[5];
    if (ledge_strided_copy_out(long_slot(), ledge_span_of(out, 5)) != LEDGE_OK)
        _exit(1);
}

static void stay_within_it(void)
{
    uint8_t byte;
    size_t at;
    ledge_span part, rest;
    ledge_span_fill(field(), 'X');
    ledge_span_copy(field(), ledge_view_of("12345", 5));
    if (ledge_span_get(field(), 3, &byte) != LEDGE_OK || byte != '4' ||
        ledge_span_set(field(), 3, 'Y') != LEDGE_OK ||
        ledge_span_split_at(field(), 2, &part, &rest) != LEDGE_OK ||
        ledge_span_sub(field(), 1, 4, &part) != LEDGE_OK ||
        ledge_span_set(ledge_vec_as_span(&fixture.vec), 0, 'Z') != LEDGE_OK)
        _exit(1);
    /* All of the record, where the search comes to the middle of the fields. */
    if (ledge_view_find(ledge_vec_as_view(&fixture.vec), ledge_view_of("xy", 2), &at) != LEDGE_OK)
        _exit(1);
}

static void views_ask_before_they_touch_a_neighbour(void **state)
{
    (void)state;
    void (*const crossings[])(void) = {
        read_it,
        write_it,
        fill_it,
        copy_to_it,
        copy_from_it,
        cut_it,
        split_it,
        split_a_view_of_it,
        append_to_it,
        append_behind_it,
        append_from_it,
        cut_a_view_of_it,
        read_a_slot_of_it,
        walk_the_slots_of_it,
        copy_the_slots_of_it,
        compare_it,
        compare_with_it,
        find_a_byte_in_it,
        find_in_it,
        find_it,
    };
    for (size_t i = 0; i < sizeof(crossings) / sizeof(crossings[0]); i++) {
        const char *words = last_words(crossings[i]);
        if (!strstr(words, "the 5 bytes at 0x"))
            fail_msg("crossing %zu went unseen: \"%s\"", i, words);
    }
    assert_string_equal(last_words(stay_within_it), "");
}

/* --- Arenas ------------------------------------------------------------------------------- */

static ledge_span take(ledge_arena *arena, size_t size)
{
    ledge_span span = {0};
    assert_status(ledge_arena_alloc(arena, size, 1, &span), LEDGE_OK);
    return span;
}

/* A span of an object that is a byte too long. */
static ledge_span crossing;

static void write_the_next_object(void)
{
    if (ledge_span_set(crossing, crossing.length - 1, 'X') != LEDGE_OK)
        _exit(1);
}

static void assert_dies_at(unsigned char *ptr, size_t length)
{
    char words[64];
    crossing = ledge_span_of(ptr, length);
    snprintf(words, sizeof(words), "the %zu bytes at %p cross a border", length, (void *)ptr);
    assert_non_null(strstr(last_words(write_the_next_object), words));
}

/* Whether something ends, or begins, before at: the bytes around it may not be used as one. */
static bool is_border(const unsigned char *at)
{
    const ledge_status status = ledge_provenance_of(at - 1, 2);
    assert_int_not_equal(status, LEDGE_ENOTFOUND);
    return status == LEDGE_ERANGE;
}

static void objects_of_an_arena_have_borders(void **state)
{
    struct fixture *f = *state;
    ledge_arena arena;
    assert_status(ledge_arena_init(&arena, 64, &f->vec.alloc), LEDGE_OK);
    const ledge_span one = take(&arena, 16), none = take(&arena, 0), next = take(&arena, 16);
    assert_ptr_equal(next.ptr, one.ptr + 16);
    assert_null(none.ptr);
    ledge_span_fill(one, '1');
    ledge_span_fill(next, '2');
    assert_dies_at(one.ptr, 17);
    assert_dies_at(one.ptr + 15, 2);
    assert_dies_at(next.ptr - 1, 17);
    assert_true(is_border(next.ptr + 16));
    /* Both as wholes are a piece of the block. */
    assert_status(ledge_provenance_of(one.ptr, 32), LEDGE_OK);
    assert_status(ledge_provenance_of(one.ptr, 128), LEDGE_ERANGE);

    const ledge_span elsewhere = take(&arena, 200);
    assert_dies_at(elsewhere.ptr + 199, 2);
    ledge_arena_cleanup(&arena);
    assert_status(ledge_provenance_of(one.ptr, 17), LEDGE_ENOTFOUND);
    assert_status(ledge_provenance_of(elsewhere.ptr, 200), LEDGE_ENOTFOUND);
}

static void what_an_arena_takes_back_has_no_borders(void **state)
{
    (void)state;
    ledge_arena arena;
    assert_status(ledge_arena_init(&arena, 64, NULL), LEDGE_OK);
    const ledge_span kept = take(&arena, 8);
    const ledge_arena_mark mark = ledge_arena_save(&arena);
    const ledge_span rewound = take(&arena, 8), next = take(&arena, 8), there = take(&arena, 60);
    assert_status(ledge_arena_rewind(&arena, mark), LEDGE_OK);
    assert_false(is_border(next.ptr));
    assert_false(is_border(next.ptr + 8));
    assert_false(is_border(there.ptr + 60));
    assert_true(is_border(kept.ptr + 8));

    /* What comes next has borders of its own, and may run over where the old ones were. */
    const ledge_span again = take(&arena, 20), all = take(&arena, 64);
    assert_ptr_equal(again.ptr, rewound.ptr);
    assert_ptr_equal(all.ptr, there.ptr);
    ledge_span_fill(again, 'X');
    ledge_span_fill(all, 'X');
    assert_dies_at(kept.ptr, 9);
    assert_true(is_border(again.ptr + 20));

    ledge_arena_reset(&arena);
    assert_false(is_border(kept.ptr + 8));
    assert_false(is_border(again.ptr + 20));
    assert_false(is_border(all.ptr));
    ledge_span_fill(take(&arena, 30), 'X');
    assert_dies_at(kept.ptr + 29, 2);
    ledge_arena_trim(&arena);
    assert_status(ledge_provenance_of(all.ptr, 64), LEDGE_ENOTFOUND);
    ledge_arena_cleanup(&arena);
    assert_status(ledge_provenance_of(kept.ptr, 64), LEDGE_ENOTFOUND);
}

static void a_fixed_arena_is_a_block_while_it_is_there(void **state)
{
    (void)state;
    unsigned char memory[64];
    ledge_arena arena;
    assert_status(ledge_arena_init_fixed(&arena, memory, 32), LEDGE_OK);
    assert_dies_at(memory, 33);
    const ledge_span one = take(&arena, 8), next = take(&arena, 8);
    ledge_span_fill(next, 'X');
    assert_dies_at(one.ptr, 9);

    /* An object that is all of the memory goes without it. */
    ledge_arena_reset(&arena);
    assert_false(is_border(next.ptr));
    ledge_span_fill(take(&arena, 32), 'X');
    ledge_arena_reset(&arena);
    assert_dies_at(memory, 33);
    ledge_span_fill(take(&arena, 8), 'X');
    assert_true(is_border(memory + 8));

    ledge_arena_cleanup(&arena);
    assert_status(ledge_provenance_of(memory, 64), LEDGE_ENOTFOUND);
    assert_status(ledge_arena_init_fixed(&arena, NULL, 0), LEDGE_OK);
    ledge_arena_reset(&arena);
    ledge_arena_cleanup(&arena);
}

static void a_fixed_arena_in_a_known_block_is_a_part_of_it(void **state)
{
    struct fixture *f = *state;
    unsigned char *block = f->vec.ptr;
    ledge_arena arena;
    assert_status(ledge_arena_init_fixed(&arena, block + 2, 4), LEDGE_OK);
    (void)take(&arena, 2);
    assert_dies_at(block, 3);
    assert_true(is_border(block + 4));
    assert_true(is_border(block + 6));
    assert_status(ledge_provenance_of(block, 8), LEDGE_OK);
    ledge_arena_cleanup(&arena);
    assert_false(is_border(block + 2));
    assert_false(is_border(block + 4));
    assert_true(is_border(block + 8));

    /* All of a block is an arena's, and then nobody's. */
    assert_status(ledge_arena_init_fixed(&arena, block, 8), LEDGE_OK);
    assert_true(is_border(block + 8));
    ledge_arena_cleanup(&arena);
    assert_status(ledge_provenance_of(block, 9), LEDGE_ENOTFOUND);
}

/* --- Pools -------------------------------------------------------------------------------- */

/* Two neighbours of a pool, the lower one first. */
static void get_two(ledge_pool *pool, unsigned char *objects[2])
{
    void *one, *two;
    assert_status(ledge_pool_get(pool, &one), LEDGE_OK);
    assert_status(ledge_pool_get(pool, &two), LEDGE_OK);
    objects[0] = (uintptr_t)one < (uintptr_t)two ? one : two;
    objects[1] = (uintptr_t)one < (uintptr_t)two ? two : one;
    assert_ptr_equal(objects[1], objects[0] + 16);
    ledge_span_fill(ledge_span_of(objects[0], 16), 'X');
    ledge_span_fill(ledge_span_of(objects[1], 16), 'X');
    assert_dies_at(objects[0], 17);
    assert_dies_at(objects[1] - 1, 2);
}

static void objects_of_a_pool_have_borders_until_they_are_put(void **state)
{
    struct fixture *f = *state;
    ledge_pool pool;
    unsigned char *objects[2];
    assert_status(ledge_pool_init(&pool, 16, 8, &f->vec.alloc), LEDGE_OK);
    get_two(&pool, objects);
    assert_status(ledge_pool_put(&pool, objects[0] + 1), LEDGE_ENOTFOUND);
    assert_true(is_border(objects[0]));
    assert_status(ledge_pool_put(&pool, objects[0]), LEDGE_OK);
    assert_false(is_border(objects[0]));
    assert_true(is_border(objects[1]));
    assert_status(ledge_pool_put_slow(&pool, objects[1]), LEDGE_OK);
    assert_false(is_border(objects[1]));
    assert_false(is_border(objects[1] + 16));

    get_two(&pool, objects);
    assert_status(ledge_pool_put(&pool, objects[0]), LEDGE_OK);
    assert_status(ledge_pool_put(&pool, objects[0]), LEDGE_ESTALE);
    assert_true(is_border(objects[1]));
    ledge_pool_cleanup(&pool);
    assert_status(ledge_provenance_of(objects[1], 16), LEDGE_ENOTFOUND);
}

static void parts_of_an_object_go_with_it(void **state)
{
    struct fixture *f = *state;
    ledge_pool pool;
    ledge_span span;
    assert_status(ledge_pool_init(&pool, 16, 8, &f->vec.alloc), LEDGE_OK);
    assert_status(ledge_pool_get_span(&pool, &span), LEDGE_OK);
    unsigned char *object = span.ptr;
    ledge_provenance_entered(object, 16);
    ledge_provenance_entered(object, 4);
    assert_true(is_border(object + 4));
    assert_status(ledge_pool_put_span(&pool, &span), LEDGE_OK);
    assert_false(is_border(object + 4));
    assert_false(is_border(object + 16));
    ledge_pool_cleanup(&pool);
}

/* A set of pools, and an object of one of them. */
struct handed {
    ledge_tpool tpool;
    void *object;
    ledge_status status;
};

static void *put_elsewhere(void *arg)
{
    struct handed *handed = arg;
    handed->status = ledge_tpool_put(&handed->tpool, NULL, handed->object);
    return NULL;
}

static void an_object_has_borders_until_another_thread_puts_it(void **state)
{
    (void)state;
    struct handed handed;
    ledge_pool *pool;
    pthread_t thread;
    assert_status(ledge_tpool_init(&handed.tpool, 64, 8, 2, NULL), LEDGE_OK);
    assert_status(ledge_tpool_join(&handed.tpool, &pool), LEDGE_OK);
    for (size_t i = 0; i < 3; i++) {
        assert_status(ledge_pool_get(pool, &handed.object), LEDGE_OK);
        unsigned char *object = handed.object;
        ledge_span_fill(ledge_span_of(object, 64), 'X');
        assert_true(is_border(object + 64));
        assert_int_equal(pthread_create(&thread, NULL, put_elsewhere, &handed), 0);
        assert_int_equal(pthread_join(thread, NULL), 0);
        assert_status(handed.status, LEDGE_OK);
        assert_false(is_border(object + 64));
    }
    ledge_tpool_cleanup(&handed.tpool);
    assert_status(ledge_provenance_of(handed.object, 64), LEDGE_ENOTFOUND);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_librarys_blocks_are_known),
        TEST(a_block_that_changes_its_size_forgets_its_parts),
        TEST(views_ask_before_they_touch_a_neighbour),
        TEST(objects_of_an_arena_have_borders),
        TEST(what_an_arena_takes_back_has_no_borders),
        TEST(a_fixed_arena_is_a_block_while_it_is_there),
        TEST(a_fixed_arena_in_a_known_block_is_a_part_of_it),
        TEST(objects_of_a_pool_have_borders_until_they_are_put),
        TEST(parts_of_an_object_go_with_it),
        TEST(an_object_has_borders_until_another_thread_puts_it),
    };
    return cmocka_run_group_tests_name("checked build", tests, NULL, NULL);
}
