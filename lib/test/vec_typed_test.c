/* vec_typed_test.c: the typed vector says and does what the untyped one does. */
#include "check.h"

#include <string.h>

#include <ledge/vec_typed.h>

#include "tracking_alloc.h"

typedef struct {
    double x;
    char name[5];
} point;

LEDGE_VEC_DEFINE(numbers, uint16_t);
LEDGE_VEC_DEFINE(points, point);

static void holds_what_was_pushed(void **state)
{
    (void)state;
    struct tracking_alloc mem;
    ledge_allocator hook = tracking_alloc_init(&mem);
    numbers vec = {0};
    assert_status(numbers_push(&vec, 1), LEDGE_ESIZE);
    assert_status(numbers_reserve(&vec, 1), LEDGE_ESIZE);
    assert_status(numbers_init(&vec, &hook), LEDGE_OK);
    assert_status(numbers_reserve(&vec, 64), LEDGE_OK);
    assert_int_equal(ledge_vec_capacity(&vec.base), 64);
    for (uint16_t i = 0; i < 100; i++) {
        assert_status(numbers_push(&vec, (uint16_t)(3 * i)), LEDGE_OK);
        assert_true(ledge_vec_is_valid(&vec.base));
    }
    assert_int_equal(numbers_length(&vec), 100);
    assert_int_equal(ledge_vec_capacity(&vec.base), 128);
    for (uint16_t i = 0; i < 100; i++)
        assert_int_equal(*numbers_at(&vec, i), 3 * i);
    assert_null(numbers_at(&vec, 100));
    uint16_t last = 0;
    assert_status(numbers_pop(&vec, &last), LEDGE_OK);
    assert_int_equal(last, 297);
    assert_status(numbers_insert(&vec, 0, 7), LEDGE_OK);
    assert_int_equal(*numbers_at(&vec, 0), 7);
    assert_int_equal(*numbers_at(&vec, 1), 0);
    assert_status(numbers_insert(&vec, 101, 7), LEDGE_ERANGE);
    numbers_cleanup(&vec);
    assert_int_equal(mem.bytes, 0);
}

static void takes_structs_and_arrays_of_them(void **state)
{
    (void)state;
    static const point three[3] = {{1.5, "one"}, {2.5, "two"}, {3.5, "three"}};
    points vec;
    assert_status(points_init(&vec, NULL), LEDGE_OK);
    assert_status(points_append(&vec, three, 3), LEDGE_OK);
    /* By value: the block may move while it is taken. */
    assert_status(points_push(&vec, *points_at(&vec, 1)), LEDGE_OK);
    assert_true(points_at(&vec, 3)->x > 2.4 && points_at(&vec, 3)->x < 2.6);
    assert_string_equal(points_at(&vec, 3)->name, "two");
    points_cleanup(&vec);
}

static void a_refused_push_changes_nothing(void **state)
{
    (void)state;
    struct tracking_alloc mem;
    ledge_allocator hook = tracking_alloc_init(&mem);
    numbers vec;
    assert_status(numbers_init(&vec, &hook), LEDGE_OK);
    assert_status(numbers_push(&vec, 5), LEDGE_OK);
    tracking_alloc_refuse(&mem, 1);
    assert_status(numbers_push(&vec, 6), LEDGE_ENOMEM);
    assert_int_equal(numbers_length(&vec), 1);
    assert_int_equal(*numbers_at(&vec, 0), 5);
    numbers_cleanup(&vec);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(holds_what_was_pushed),
        cmocka_unit_test(takes_structs_and_arrays_of_them),
        cmocka_unit_test(a_refused_push_changes_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
