/* vec_memory_test.c: the vector's memory: capacity, clip, clone, and what views of it pin. */
#include "vec_fixture.h"

#include <string.h>

/* --- Memory ------------------------------------------------------------------------------- */

static void growth_follows_the_policy_of_the_vector(void **state)
{
    struct fixture *f = *state;
    static const size_t want[] = {2560, 2752, 3072};
    for (int policy = LEDGE_GROWTH_DOUBLE; policy <= LEDGE_GROWTH_HALF; policy++) {
        assert_status(ledge_vec_set_growth(&f->vec, (ledge_growth)policy), LEDGE_OK);
        assert_status(ledge_vec_resize(&f->vec, 0), LEDGE_OK);
        assert_status(ledge_vec_shrink_to_fit(&f->vec), LEDGE_OK);
        assert_status(ledge_vec_resize(&f->vec, 2048), LEDGE_OK);
        assert_int_equal(ledge_vec_capacity(&f->vec), 2048);
        assert_status(ledge_vec_push(&f->vec, "x"), LEDGE_OK);
        assert_int_equal(ledge_vec_capacity(&f->vec), want[policy]);
    }
    assert_status(ledge_vec_set_growth(&f->vec, (ledge_growth)3), LEDGE_EINVAL);
    assert_int_equal(f->vec.growth, LEDGE_GROWTH_HALF);
}

/* An allocator that only takes note of what it is asked for. */
static void *refuse_and_note(void *ctx, void *ptr, size_t old_size, size_t new_size)
{
    (void)ptr, (void)old_size;
    *(size_t *)ctx = new_size;
    return NULL;
}

/* Three elements fit the largest object there can be, the four that doubling asks for don't. */
static void growth_takes_what_is_needed_where_the_policy_asks_for_too_much(void **state)
{
    (void)state;
    const size_t third = PTRDIFF_MAX / 3;
    size_t asked = 0;
    ledge_allocator hook = {refuse_and_note, &asked};
    ledge_vec vec;
    assert_status(ledge_vec_init(&vec, third, &hook), LEDGE_OK);
    vec.ptr = (unsigned char *)&vec, vec.length = vec.capacity = vec.allocated = 2;
    assert_status(ledge_vec_resize(&vec, 3), LEDGE_ENOMEM);
    assert_int_equal(asked, 3 * third);
    assert_status(ledge_vec_resize(&vec, 4), LEDGE_EOVERFLOW);
}

static void room_for_more_is_made_as_the_policy_says(void **state)
{
    struct fixture *f = *state;
    ledge_vec *vec = spell(f, "abc");
    assert_status(ledge_vec_shrink_to_fit(vec), LEDGE_OK);
    assert_status(ledge_vec_make_room(vec, 1), LEDGE_OK);
    assert_sizes(vec, 3, 6, 6);
    assert_status(ledge_vec_make_room(vec, 3), LEDGE_OK);
    assert_sizes(vec, 3, 6, 6);
    assert_status(ledge_vec_make_room(vec, 97), LEDGE_OK);
    assert_sizes(vec, 3, 100, 100);
    assert_spells(vec, "abc");
}

static void reserve_allocates_exactly_and_only_upwards(void **state)
{
    struct fixture *f = *state;
    ledge_vec *vec = spell(f, "abc");
    assert_status(ledge_vec_reserve(vec, 7), LEDGE_OK);
    assert_sizes(vec, 3, 7, 7);
    assert_status(ledge_vec_reserve(vec, 2), LEDGE_OK);
    assert_sizes(vec, 3, 7, 7);
    assert_spells(vec, "abc");

    size_t requests = f->mem.requests;
    assert_status(ledge_vec_append(vec, "defg", 4), LEDGE_OK);
    assert_int_equal(f->mem.requests, requests);
}

static void clip_ends_the_capacity_without_giving_memory_back(void **state)
{
    struct fixture *f = *state;
    ledge_vec *vec = spell(f, "abcdef");
    assert_status(ledge_vec_truncate(vec, 2), LEDGE_OK);
    ledge_vec_clip(vec);
    assert_sizes(vec, 2, 2, 6);

    size_t requests = f->mem.requests;
    assert_status(ledge_vec_push(vec, "x"), LEDGE_OK);
    assert_int_equal(f->mem.requests, requests + 1);
    assert_spells(vec, "abx");
    assert_sizes(vec, 3, 4, 4);
}

static void shrink_to_fit_frees_what_is_spare_or_clipped(void **state)
{
    struct fixture *f = *state;
    ledge_vec *vec = spell(f, "abcdef");
    assert_status(ledge_vec_truncate(vec, 4), LEDGE_OK);
    assert_status(ledge_vec_shrink_to_fit(vec), LEDGE_OK);
    assert_sizes(vec, 4, 4, 4);
    assert_spells(vec, "abcd");
    assert_status(ledge_vec_truncate(vec, 2), LEDGE_OK);
    ledge_vec_clip(vec);
    assert_status(ledge_vec_shrink_to_fit(vec), LEDGE_OK);
    assert_sizes(vec, 2, 2, 2);

    size_t requests = f->mem.requests;
    assert_status(ledge_vec_shrink_to_fit(vec), LEDGE_OK);
    assert_int_equal(f->mem.requests, requests);
    assert_status(ledge_vec_truncate(vec, 0), LEDGE_OK);
    assert_status(ledge_vec_shrink_to_fit(vec), LEDGE_OK);
    assert_sizes(vec, 0, 0, 0);
    assert_int_equal(f->mem.blocks, 0);
}

static void a_clone_has_its_own_memory_and_no_spare(void **state)
{
    struct fixture *f = *state;
    ledge_vec *vec = spell(f, "abc"), copy;
    assert_status(ledge_vec_set_growth(vec, LEDGE_GROWTH_HALF), LEDGE_OK);
    assert_status(ledge_vec_reserve(vec, 9), LEDGE_OK);
    assert_status(ledge_vec_clone(vec, &copy), LEDGE_OK);
    assert_sizes(&copy, 3, 3, 3);
    assert_int_equal(copy.growth, LEDGE_GROWTH_HALF);
    assert_status(ledge_vec_set(vec, 0, "X"), LEDGE_OK);
    assert_spells(&copy, "abc");
    assert_int_equal(f->mem.bytes, 12);
    ledge_vec_cleanup(&copy);
    assert_spells(vec, "Xbc");
}

static void a_clone_of_a_view_holds_whole_elements(void **state)
{
    struct fixture *f = *state;
    ledge_vec copy;
    memset(&copy, 0, sizeof(copy));
    assert_status(ledge_vec_clone_view(ledge_view_of("abcdef", 6), 4, &f->hook, &copy),
                  LEDGE_ESIZE);
    assert_status(ledge_vec_clone_view(ledge_view_of("abcdef", 6), 0, &f->hook, &copy),
                  LEDGE_ESIZE);
    assert_int_equal(copy.elem_size, 0);
    assert_status(ledge_vec_clone_view((ledge_view){NULL, 0, 0}, 2, &f->hook, &copy), LEDGE_OK);
    assert_sizes(&copy, 0, 0, 0);
    assert_int_equal(copy.elem_size, 2);
    assert_status(ledge_vec_clone_view(ledge_view_of("abcdef", 6), 2, &f->hook, &copy), LEDGE_OK);
    assert_sizes(&copy, 3, 3, 6);
    assert_memory_equal(ledge_vec_at(&copy, 2), "ef", 2);
    ledge_vec_cleanup(&copy);
}

/* B14. */
static void a_small_sub_view_pins_the_whole_block_until_it_is_cloned(void **state)
{
    struct fixture *f = *state;
    const size_t large = 16u << 20;
    ledge_view part;
    ledge_vec copy;
    assert_status(ledge_vec_resize(&f->vec, large), LEDGE_OK);
    assert_status(ledge_view_sub3(ledge_vec_as_view(&f->vec), 4096, 4352, 4352, &part), LEDGE_OK);
    assert_int_equal(part.length, 256);
    assert_int_equal(ledge_vec_retained(&f->vec, part), 16777216);
    assert_int_equal(f->mem.bytes, 16777216);

    assert_status(ledge_vec_clone_view(part, 1, &f->hook, &copy), LEDGE_OK);
    ledge_vec_cleanup(&f->vec);
    assert_int_equal(f->mem.bytes, 256);
    part = ledge_vec_as_view(&copy);
    assert_int_equal(ledge_vec_retained(&copy, part), 256);
    ledge_vec_cleanup(&copy);
}

static void what_is_elsewhere_or_nothing_pins_nothing(void **state)
{
    struct fixture *f = *state;
    ledge_vec *vec = spell(f, "abc");
    assert_int_equal(ledge_vec_retained(vec, ledge_view_of("abc", 3)), 0);
    assert_int_equal(ledge_vec_retained(vec, ledge_view_of(vec->ptr, 0)), 0);
    assert_int_equal(ledge_vec_retained(vec, (ledge_view){NULL, 0, 0}), 0);
    assert_int_equal(ledge_vec_retained(vec, ledge_view_of(vec->ptr + 2, 1)), 3);
    ledge_vec empty = {0};
    assert_int_equal(ledge_vec_retained(&empty, ledge_view_of("abc", 3)), 0);
}

/* --- Views of it (B3) --------------------------------------------------------------------- */

static void a_view_of_the_elements_reaches_no_spare_memory(void **state)
{
    struct fixture *f = *state;
    ledge_vec *vec = spell(f, "abc");
    assert_status(ledge_vec_reserve(vec, 8), LEDGE_OK);
    ledge_view view = ledge_vec_as_view(vec);
    assert_ptr_equal(view.ptr, vec->ptr);
    assert_int_equal(view.length, 3);
    assert_int_equal(view.capacity, 3);
    ledge_span span = ledge_vec_as_span(vec);
    assert_ptr_equal(span.ptr, vec->ptr);
    assert_int_equal(span.length, 3);
    assert_int_equal(span.capacity, 8);
}

static void appending_to_a_span_and_pushing_use_the_same_spare_memory(void **state)
{
    struct fixture *f = *state;
    ledge_vec *vec = spell(f, "abc");
    ledge_span span;
    assert_status(ledge_vec_reserve(vec, 8), LEDGE_OK);
    assert_status(ledge_span_append(ledge_vec_as_span(vec), ledge_view_of("XY", 2), &span),
                  LEDGE_OK);
    assert_memory_equal(span.ptr, "abcXY", 5);
    assert_status(ledge_vec_push(vec, "d"), LEDGE_OK);
    assert_memory_equal(span.ptr, "abcdY", 5);
}

static void clip_keeps_spans_out_of_the_spare_memory(void **state)
{
    struct fixture *f = *state;
    ledge_vec *vec = spell(f, "abc");
    assert_status(ledge_vec_reserve(vec, 8), LEDGE_OK);
    ledge_vec_clip(vec);
    ledge_span span = ledge_vec_as_span(vec);
    assert_status(ledge_span_append(span, ledge_view_of("X", 1), &span), LEDGE_ESHORT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(growth_follows_the_policy_of_the_vector),
        TEST(growth_takes_what_is_needed_where_the_policy_asks_for_too_much),
        TEST(room_for_more_is_made_as_the_policy_says),
        TEST(reserve_allocates_exactly_and_only_upwards),
        TEST(clip_ends_the_capacity_without_giving_memory_back),
        TEST(shrink_to_fit_frees_what_is_spare_or_clipped),
        TEST(a_clone_has_its_own_memory_and_no_spare),
        TEST(a_clone_of_a_view_holds_whole_elements),
        TEST(a_small_sub_view_pins_the_whole_block_until_it_is_cloned),
        TEST(what_is_elsewhere_or_nothing_pins_nothing),
        TEST(a_view_of_the_elements_reaches_no_spare_memory),
        TEST(appending_to_a_span_and_pushing_use_the_same_spare_memory),
        TEST(clip_keeps_spans_out_of_the_spare_memory),
    };
    return cmocka_run_group_tests_name("vec memory", tests, NULL, NULL);
}
