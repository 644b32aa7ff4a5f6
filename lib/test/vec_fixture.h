/* vec_fixture.h: a vector of bytes on the tracking allocator, whose elements are written and read
 * as a string. Shared by the tests of the vector. */
#ifndef LEDGE_TEST_VEC_FIXTURE_H
#define LEDGE_TEST_VEC_FIXTURE_H

#include "check.h"

#include <ledge/vec.h>

#include "tracking_alloc.h"

struct fixture {
    struct tracking_alloc mem;
    ledge_allocator hook;
    ledge_vec vec;
};

/* The set-up makes *state a fixture with an empty vector; the tear-down cleans the vector up and
 * checks that nothing is allocated any more. */
int vec_fixture_set_up(void **state);
int vec_fixture_tear_down(void **state);

#define TEST(name) cmocka_unit_test_setup_teardown(name, vec_fixture_set_up, vec_fixture_tear_down)

/* spell makes the vector hold the characters of text, with no spare capacity, and returns it. */
ledge_vec *spell(struct fixture *f, const char *text);

/* Each of these checks that the vector is valid, too. allocated is in bytes. */
void assert_spells(const ledge_vec *vec, const char *text);
void assert_sizes(const ledge_vec *vec, size_t length, size_t capacity, size_t allocated);

#endif /* LEDGE_TEST_VEC_FIXTURE_H */
