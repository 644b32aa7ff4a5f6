/* vec_fixture.c: see vec_fixture.h. */
#include "vec_fixture.h"

#include <string.h>

int vec_fixture_set_up(void **state)
{
    static struct fixture fixture;
    fixture.hook = tracking_alloc_init(&fixture.mem);
    assert_status(ledge_vec_init(&fixture.vec, 1, &fixture.hook), LEDGE_OK);
    *state = &fixture;
    return 0;
}

int vec_fixture_tear_down(void **state)
{
    struct fixture *f = *state;
    ledge_vec_cleanup(&f->vec);
    assert_int_equal(f->mem.blocks, 0);
    assert_int_equal(f->mem.bytes, 0);
    return 0;
}

ledge_vec *spell(struct fixture *f, const char *text)
{
    assert_status(ledge_vec_truncate(&f->vec, 0), LEDGE_OK);
    assert_status(ledge_vec_append(&f->vec, text, strlen(text)), LEDGE_OK);
    assert_status(ledge_vec_shrink_to_fit(&f->vec), LEDGE_OK);
    return &f->vec;
}

void assert_spells(const ledge_vec *vec, const char *text)
{
    assert_true(ledge_vec_is_valid(vec));
    assert_int_equal(ledge_vec_length(vec), strlen(text));
    for (size_t i = 0; i < strlen(text); i++)
        assert_int_equal(*(char *)ledge_vec_at(vec, i), text[i]);
}

void assert_sizes(const ledge_vec *vec, size_t length, size_t capacity, size_t allocated)
{
    assert_true(ledge_vec_is_valid(vec));
    assert_int_equal(ledge_vec_length(vec), length);
    assert_int_equal(ledge_vec_capacity(vec), capacity);
    assert_int_equal(ledge_vec_allocated(vec), allocated);
}
