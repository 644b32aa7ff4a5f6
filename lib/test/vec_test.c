/* vec_test.c: the owning vector and its elements. Its memory is in vec_memory_test.c, failing
 * allocations are in vec_nomem_test.c, the arithmetic of growth in growth_test.c. */
#include "vec_fixture.h"

#include <string.h>

/* --- Life --------------------------------------------------------------------------------- */

static void a_new_vector_is_empty_and_has_allocated_nothing(void **state)
{
    struct fixture *f = *state;
    assert_sizes(&f->vec, 0, 0, 0);
    assert_int_equal(f->mem.requests, 0);
    assert_null(ledge_vec_at(&f->vec, 0));
    assert_null(ledge_vec_as_view(&f->vec).ptr);
}

static void an_element_has_a_size(void **state)
{
    struct fixture *f = *state;
    ledge_vec vec = {.length = 77};
    assert_status(ledge_vec_init(&vec, 0, &f->hook), LEDGE_ESIZE);
    assert_int_equal(vec.length, 77);
}

static void the_zero_state_is_empty_and_takes_nothing(void **state)
{
    (void)state;
    ledge_vec vec = {0}, copy;
    unsigned char byte = 1;
    assert_sizes(&vec, 0, 0, 0);
    assert_status(ledge_vec_push(&vec, &byte), LEDGE_ESIZE);
    assert_status(ledge_vec_append(&vec, &byte, 1), LEDGE_ESIZE);
    assert_status(ledge_vec_insert(&vec, 0, &byte), LEDGE_ESIZE);
    assert_status(ledge_vec_insert_n(&vec, 0, NULL, 0), LEDGE_ESIZE);
    assert_status(ledge_vec_resize(&vec, 1), LEDGE_ESIZE);
    assert_status(ledge_vec_reserve(&vec, 1), LEDGE_ESIZE);
    assert_status(ledge_vec_make_room(&vec, 0), LEDGE_ESIZE);
    assert_status(ledge_vec_set(&vec, 0, &byte), LEDGE_ERANGE);
    assert_status(ledge_vec_get(&vec, 0, &byte), LEDGE_ERANGE);
    assert_status(ledge_vec_pop(&vec, NULL), LEDGE_EEMPTY);
    assert_status(ledge_vec_erase(&vec, 0, 0), LEDGE_OK);
    assert_status(ledge_vec_truncate(&vec, 0), LEDGE_OK);
    assert_status(ledge_vec_shrink_to_fit(&vec), LEDGE_OK);
    assert_status(ledge_vec_clone(&vec, &copy), LEDGE_OK);
    assert_sizes(&copy, 0, 0, 0);
    ledge_vec_clip(&vec);
    assert_int_equal(ledge_vec_as_span(&vec).capacity, 0);
    ledge_vec_cleanup(&vec);
    ledge_vec_cleanup(&vec);
    assert_sizes(&vec, 0, 0, 0);
}

static void cleanup_leaves_the_zero_state(void **state)
{
    struct fixture *f = *state;
    ledge_vec *vec = spell(f, "abc");
    ledge_vec_cleanup(vec);
    assert_int_equal(f->mem.blocks, 0);
    assert_sizes(vec, 0, 0, 0);
    assert_int_equal(vec->elem_size, 0);
    assert_status(ledge_vec_push(vec, "d"), LEDGE_ESIZE);
}

static void without_a_hook_memory_is_from_libc(void **state)
{
    (void)state;
    ledge_vec vec;
    uint32_t value = 7;
    assert_status(ledge_vec_init(&vec, sizeof(value), NULL), LEDGE_OK);
    for (value = 0; value < 100; value++)
        assert_status(ledge_vec_push(&vec, &value), LEDGE_OK);
    assert_status(ledge_vec_get(&vec, 99, &value), LEDGE_OK);
    assert_int_equal(value, 99);
    assert_sizes(&vec, 100, 128, 512);
    ledge_vec_cleanup(&vec);
}

static void validity_is_what_the_header_promises(void **state)
{
    struct fixture *f = *state;
    ledge_vec good = *spell(f, "abc"), bad;
    assert_true(ledge_vec_is_valid(&good));
    bad = good, bad.length = 4;
    assert_false(ledge_vec_is_valid(&bad));
    bad = good, bad.capacity = 4;
    assert_false(ledge_vec_is_valid(&bad));
    bad = good, bad.ptr = NULL;
    assert_false(ledge_vec_is_valid(&bad));
    bad = good, bad.length = bad.capacity = bad.allocated = 0;
    assert_false(ledge_vec_is_valid(&bad));
    bad = good, bad.elem_size = 0;
    assert_false(ledge_vec_is_valid(&bad));
    bad = good, bad.elem_size = SIZE_MAX / 2;
    assert_false(ledge_vec_is_valid(&bad));
    bad = good, bad.growth = (ledge_growth)3;
    assert_false(ledge_vec_is_valid(&bad));
}

/* --- Elements ----------------------------------------------------------------------------- */

static void elements_are_got_and_set_below_the_length(void **state)
{
    struct fixture *f = *state;
    ledge_vec *vec = spell(f, "abc");
    char out = '?';
    assert_status(ledge_vec_reserve(vec, 8), LEDGE_OK);
    assert_status(ledge_vec_get(vec, 2, &out), LEDGE_OK);
    assert_int_equal(out, 'c');
    assert_status(ledge_vec_get(vec, 3, &out), LEDGE_ERANGE);
    assert_int_equal(out, 'c');
    assert_status(ledge_vec_set(vec, 1, "X"), LEDGE_OK);
    assert_status(ledge_vec_set(vec, 3, "X"), LEDGE_ERANGE);
    assert_status(ledge_vec_set(vec, 9, NULL), LEDGE_ENULL);
    assert_status(ledge_vec_set(vec, 0, ledge_vec_at(vec, 2)), LEDGE_OK);
    assert_spells(vec, "cXc");
    assert_null(ledge_vec_at(vec, 3));
}

static void elements_are_as_large_as_they_were_said_to_be(void **state)
{
    struct fixture *f = *state;
    ledge_vec vec;
    char out[4] = "";
    assert_status(ledge_vec_init(&vec, 3, &f->hook), LEDGE_OK);
    assert_status(ledge_vec_append(&vec, "abcdefghi", 3), LEDGE_OK);
    assert_status(ledge_vec_insert(&vec, 1, "XYZ"), LEDGE_OK);
    assert_status(ledge_vec_erase(&vec, 0, 1), LEDGE_OK);
    assert_status(ledge_vec_push(&vec, "..."), LEDGE_OK);
    assert_memory_equal(ledge_vec_as_view(&vec).ptr, "XYZdefghi...", 12);
    assert_int_equal(ledge_vec_as_view(&vec).length, 12);
    assert_status(ledge_vec_get(&vec, 2, out), LEDGE_OK);
    assert_string_equal(out, "ghi");
    /* An element that starts in the middle of two others. */
    assert_status(ledge_vec_set(&vec, 0, vec.ptr + 1), LEDGE_OK);
    assert_memory_equal(vec.ptr, "YZddef", 6);
    ledge_vec_cleanup(&vec);
}

static void push_and_pop_are_at_the_end(void **state)
{
    struct fixture *f = *state;
    char out = '?';
    assert_status(ledge_vec_push(&f->vec, "a"), LEDGE_OK);
    assert_status(ledge_vec_push(&f->vec, "b"), LEDGE_OK);
    assert_status(ledge_vec_push(&f->vec, "c"), LEDGE_OK);
    assert_spells(&f->vec, "abc");
    assert_sizes(&f->vec, 3, 4, 4);
    assert_status(ledge_vec_pop(&f->vec, &out), LEDGE_OK);
    assert_int_equal(out, 'c');
    assert_status(ledge_vec_pop(&f->vec, NULL), LEDGE_OK);
    assert_spells(&f->vec, "a");
    assert_status(ledge_vec_pop(&f->vec, &out), LEDGE_OK);
    assert_status(ledge_vec_pop(&f->vec, &out), LEDGE_EEMPTY);
    assert_int_equal(out, 'a');
    assert_sizes(&f->vec, 0, 4, 4);
}

static void insert_moves_up_what_follows(void **state)
{
    struct fixture *f = *state;
    ledge_vec *vec = spell(f, "ad");
    assert_status(ledge_vec_insert_n(vec, 1, "bc", 2), LEDGE_OK);
    assert_spells(vec, "abcd");
    assert_status(ledge_vec_insert(vec, 0, "<"), LEDGE_OK);
    assert_status(ledge_vec_insert(vec, 5, ">"), LEDGE_OK);
    assert_spells(vec, "<abcd>");
    assert_status(ledge_vec_insert_n(vec, 6, NULL, 0), LEDGE_OK);
    assert_spells(vec, "<abcd>");
}

static void erase_moves_down_what_follows(void **state)
{
    struct fixture *f = *state;
    ledge_vec *vec = spell(f, "abcdef");
    assert_status(ledge_vec_erase(vec, 1, 3), LEDGE_OK);
    assert_spells(vec, "adef");
    assert_status(ledge_vec_erase(vec, 3, 4), LEDGE_OK);
    assert_spells(vec, "ade");
    assert_status(ledge_vec_erase(vec, 2, 2), LEDGE_OK);
    assert_status(ledge_vec_erase(vec, 3, 3), LEDGE_OK);
    assert_spells(vec, "ade");
    assert_status(ledge_vec_erase(vec, 0, 3), LEDGE_OK);
    assert_sizes(vec, 0, 6, 6);
}

static void resize_fills_with_zero_also_what_was_used_before(void **state)
{
    struct fixture *f = *state;
    ledge_vec *vec = spell(f, "abcd");
    assert_status(ledge_vec_resize(vec, 1), LEDGE_OK);
    assert_sizes(vec, 1, 4, 4);
    assert_status(ledge_vec_resize(vec, 3), LEDGE_OK);
    assert_memory_equal(vec->ptr, "a\0\0", 3);
    assert_status(ledge_vec_resize(vec, 5), LEDGE_OK);
    assert_memory_equal(vec->ptr, "a\0\0\0\0", 5);
    assert_sizes(vec, 5, 8, 8);
    assert_status(ledge_vec_resize(vec, 0), LEDGE_OK);
    assert_sizes(vec, 0, 8, 8);
}

static void indices_and_bounds_outside_are_errors_and_change_nothing(void **state)
{
    struct fixture *f = *state;
    ledge_vec *vec = spell(f, "abc");
    assert_status(ledge_vec_insert(vec, 4, "x"), LEDGE_ERANGE);
    assert_status(ledge_vec_insert_n(vec, 4, NULL, 0), LEDGE_ERANGE);
    assert_status(ledge_vec_insert(vec, SIZE_MAX, "x"), LEDGE_ERANGE);
    assert_status(ledge_vec_erase(vec, 2, 1), LEDGE_ERANGE);
    assert_status(ledge_vec_erase(vec, 0, 4), LEDGE_ERANGE);
    assert_status(ledge_vec_erase(vec, 4, 4), LEDGE_ERANGE);
    assert_status(ledge_vec_truncate(vec, 4), LEDGE_ERANGE);
    assert_spells(vec, "abc");
    assert_sizes(vec, 3, 3, 3);
}

static void a_null_source_is_an_error_unless_nothing_is_taken(void **state)
{
    struct fixture *f = *state;
    ledge_vec *vec = spell(f, "abc");
    assert_status(ledge_vec_push(vec, NULL), LEDGE_ENULL);
    assert_status(ledge_vec_insert(vec, 9, NULL), LEDGE_ENULL);
    assert_status(ledge_vec_append(vec, NULL, 1), LEDGE_ENULL);
    assert_status(ledge_vec_insert_n(vec, 0, NULL, SIZE_MAX), LEDGE_ENULL);
    assert_status(ledge_vec_append(vec, NULL, 0), LEDGE_OK);
    assert_spells(vec, "abc");
}

static void a_vector_larger_than_any_object_is_an_overflow(void **state)
{
    struct fixture *f = *state;
    ledge_vec vec;
    uint32_t value = 7;
    assert_status(ledge_vec_init(&vec, 4, &f->hook), LEDGE_OK);
    assert_status(ledge_vec_push(&vec, &value), LEDGE_OK);
    size_t too_many[] = {PTRDIFF_MAX / 4 + 1, SIZE_MAX / 4, SIZE_MAX / 4 + 1, SIZE_MAX};
    for (size_t i = 0; i < sizeof(too_many) / sizeof(too_many[0]); i++) {
        assert_status(ledge_vec_reserve(&vec, too_many[i]), LEDGE_EOVERFLOW);
        assert_status(ledge_vec_make_room(&vec, too_many[i] - 1), LEDGE_EOVERFLOW);
        assert_status(ledge_vec_resize(&vec, too_many[i]), LEDGE_EOVERFLOW);
        assert_status(ledge_vec_append(&vec, &value, too_many[i]), LEDGE_EOVERFLOW);
        assert_status(ledge_vec_insert_n(&vec, 0, &value, too_many[i]), LEDGE_EOVERFLOW);
    }
    assert_int_equal(f->mem.requests, 1);
    assert_sizes(&vec, 1, 1, 4);
    assert_int_equal(*(uint32_t *)ledge_vec_at(&vec, 0), 7);
    ledge_vec_cleanup(&vec);
}

/* --- Sources within the vector ------------------------------------------------------------ */

static void a_vector_may_push_its_own_element_while_it_moves(void **state)
{
    struct fixture *f = *state;
    ledge_vec *vec = spell(f, "ab");
    assert_status(ledge_vec_push(vec, ledge_vec_at(vec, 0)), LEDGE_OK);
    assert_status(ledge_vec_push(vec, ledge_vec_at(vec, 2)), LEDGE_OK);
    assert_status(ledge_vec_push(vec, ledge_vec_at(vec, 1)), LEDGE_OK);
    assert_spells(vec, "abaab");
}

static void a_vector_may_append_itself_while_it_moves_and_in_place(void **state)
{
    struct fixture *f = *state;
    ledge_vec *vec = spell(f, "abc");
    assert_status(ledge_vec_append(vec, vec->ptr, 3), LEDGE_OK);
    assert_spells(vec, "abcabc");
    assert_status(ledge_vec_reserve(vec, 8), LEDGE_OK);
    assert_status(ledge_vec_append(vec, vec->ptr + 1, 2), LEDGE_OK);
    assert_spells(vec, "abcabcbc");
}

/* Every piece of the vector, inserted everywhere in it: below, above and across the gap; once where
 * it has to move and once where it need not. */
static void a_vector_may_insert_any_piece_of_itself_anywhere(void **state)
{
    struct fixture *f = *state;
    const char *text = "abcdef";
    for (size_t from = 0; from < 6; from++) {
        for (size_t n = 1; n <= 6 - from; n++) {
            for (size_t at = 0; at <= 6; at++) {
                char want[16] = "";
                memcpy(want, text, at);
                memcpy(want + at, text + from, n);
                memcpy(want + at + n, text + at, 6 - at);

                ledge_vec *vec = spell(f, text);
                assert_status(ledge_vec_insert_n(vec, at, vec->ptr + from, n), LEDGE_OK);
                assert_spells(vec, want);

                vec = spell(f, text);
                assert_status(ledge_vec_reserve(vec, 12), LEDGE_OK);
                assert_status(ledge_vec_insert_n(vec, at, vec->ptr + from, n), LEDGE_OK);
                assert_spells(vec, want);
            }
        }
    }
}

static void a_single_element_may_be_inserted_before_itself(void **state)
{
    struct fixture *f = *state;
    ledge_vec *vec = spell(f, "abc");
    assert_status(ledge_vec_insert(vec, 0, ledge_vec_at(vec, 2)), LEDGE_OK);
    assert_spells(vec, "cabc");
    assert_status(ledge_vec_reserve(vec, 8), LEDGE_OK);
    assert_status(ledge_vec_insert(vec, 1, ledge_vec_at(vec, 1)), LEDGE_OK);
    assert_spells(vec, "caabc");
}

static void a_source_in_the_spare_memory_is_an_error(void **state)
{
    struct fixture *f = *state;
    ledge_vec *vec = spell(f, "abc");
    assert_status(ledge_vec_reserve(vec, 8), LEDGE_OK);
    assert_status(ledge_vec_push(vec, vec->ptr + 3), LEDGE_ERANGE);
    assert_status(ledge_vec_push(vec, vec->ptr + 7), LEDGE_ERANGE);
    assert_status(ledge_vec_append(vec, vec->ptr + 2, 2), LEDGE_ERANGE);
    assert_status(ledge_vec_insert_n(vec, 0, vec->ptr, 4), LEDGE_ERANGE);
    assert_status(ledge_vec_set(vec, 0, vec->ptr + 3), LEDGE_ERANGE);
    assert_status(ledge_vec_append(vec, vec->ptr + 3, 0), LEDGE_OK);
    ledge_vec_clip(vec);
    assert_status(ledge_vec_push(vec, vec->ptr + 5), LEDGE_ERANGE);
    assert_spells(vec, "abc");
    assert_sizes(vec, 3, 3, 8);
}

/* The bytes that end where the block starts, and those that start where it ends, are outside. */
static void a_source_beside_the_block_is_outside(void **state)
{
    struct fixture *f = *state;
    char arena[9] = "<<abc.>>";
    ledge_vec vec;
    assert_status(ledge_vec_init(&vec, 1, &f->hook), LEDGE_OK);
    vec.ptr = (unsigned char *)arena + 2, vec.length = 3, vec.capacity = vec.allocated = 4;
    assert_int_equal(ledge_vec_retained(&vec, ledge_view_of(arena, 2)), 0);
    assert_int_equal(ledge_vec_retained(&vec, ledge_view_of(arena, 3)), 4);
    assert_int_equal(ledge_vec_retained(&vec, ledge_view_of(arena + 5, 1)), 4);
    assert_int_equal(ledge_vec_retained(&vec, ledge_view_of(arena + 6, 2)), 0);
    assert_status(ledge_vec_set(&vec, 0, arena + 1), LEDGE_OK);
    assert_status(ledge_vec_append(&vec, arena + 1, 1), LEDGE_OK);
    assert_string_equal(arena, "<<<bc<>>");
    assert_status(ledge_vec_set(&vec, 1, arena + 6), LEDGE_OK);
    assert_status(ledge_vec_insert_n(&vec, 0, arena, 3), LEDGE_ERANGE);
    assert_string_equal(arena, "<<<>c<>>");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_new_vector_is_empty_and_has_allocated_nothing),
        TEST(an_element_has_a_size),
        TEST(the_zero_state_is_empty_and_takes_nothing),
        TEST(cleanup_leaves_the_zero_state),
        TEST(without_a_hook_memory_is_from_libc),
        TEST(validity_is_what_the_header_promises),
        TEST(elements_are_got_and_set_below_the_length),
        TEST(elements_are_as_large_as_they_were_said_to_be),
        TEST(push_and_pop_are_at_the_end),
        TEST(insert_moves_up_what_follows),
        TEST(erase_moves_down_what_follows),
        TEST(resize_fills_with_zero_also_what_was_used_before),
        TEST(indices_and_bounds_outside_are_errors_and_change_nothing),
        TEST(a_null_source_is_an_error_unless_nothing_is_taken),
        TEST(a_vector_larger_than_any_object_is_an_overflow),
        TEST(a_vector_may_push_its_own_element_while_it_moves),
        TEST(a_vector_may_append_itself_while_it_moves_and_in_place),
        TEST(a_vector_may_insert_any_piece_of_itself_anywhere),
        TEST(a_single_element_may_be_inserted_before_itself),
        TEST(a_source_in_the_spare_memory_is_an_error),
        TEST(a_source_beside_the_block_is_outside),
    };
    return cmocka_run_group_tests_name("vec", tests, NULL, NULL);
}
