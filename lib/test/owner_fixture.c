/* owner_fixture.c: see owner_fixture.h. */
#include "owner_fixture.h"

#include <string.h>

int owner_fixture_set_up(void **state)
{
    static struct fixture fixture;
    fixture.hook = tracking_alloc_init(&fixture.mem);
    assert_status(ledge_shared_copy(ledge_view_of("0123456789", 10), &fixture.hook, &fixture.s),
                  LEDGE_OK);
    *state = &fixture;
    return 0;
}

int owner_fixture_tear_down(void **state)
{
    struct fixture *f = *state;
    assert_status(ledge_shared_release(&f->s), LEDGE_OK);
    assert_int_equal(f->mem.blocks, 0);
    return 0;
}

void assert_shared_spells(const ledge_shared *shared, const char *want)
{
    ledge_view view;
    assert_true(ledge_shared_is_valid(shared));
    assert_status(ledge_shared_as_view(shared, &view), LEDGE_OK);
    assert_int_equal(view.length, strlen(want));
    assert_int_equal(view.capacity, view.length);
    if (view.length != 0)
        assert_memory_equal(view.ptr, want, view.length);
}

ledge_owner_info info_of(const ledge_shared *shared)
{
    ledge_owner_info info = {0};
    assert_status(ledge_shared_info(shared, &info), LEDGE_OK);
    return info;
}
