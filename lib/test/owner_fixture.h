/* owner_fixture.h: a view of ten bytes on the tracking allocator. Shared by the tests of counted
 * memory and of the registry. */
#ifndef LEDGE_TEST_OWNER_FIXTURE_H
#define LEDGE_TEST_OWNER_FIXTURE_H

#include "check.h"

#include <ledge/owner.h>

#include "tracking_alloc.h"

struct fixture {
    struct tracking_alloc mem;
    ledge_allocator hook;
    ledge_shared s; /* "0123456789", the library's own */
};

/* The set-up makes *state a fixture; for the tear-down, everything that a test left over has to be
 * its view s. */
int owner_fixture_set_up(void **state);
int owner_fixture_tear_down(void **state);

#define TEST(name)                                                                                 \
    cmocka_unit_test_setup_teardown(name, owner_fixture_set_up, owner_fixture_tear_down)

/* assert_shared_spells checks that the view is valid, that its bytes are those of want, and that
 * none follow. */
void assert_shared_spells(const ledge_shared *shared, const char *want);

ledge_owner_info info_of(const ledge_shared *shared);

#endif /* LEDGE_TEST_OWNER_FIXTURE_H */
