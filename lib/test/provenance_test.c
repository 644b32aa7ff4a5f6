/* provenance_test.c: the process's table of regions, in threads, and how it ends a process. What
 * the checked build does with it is in provenance_checked.c. */
#include "provenance_fixture.h"

#include <pthread.h>

static _Alignas(64) unsigned char block[64];

static int set_up(void **state)
{
    (void)state;
    ledge_provenance_allocated(block, 64);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    ledge_provenance_freed(block, 64);
    assert_status(ledge_provenance_of(block, 64), LEDGE_ENOTFOUND);
    return 0;
}

static void what_is_allocated_is_known(void **state)
{
    (void)state;
    assert_status(ledge_provenance_of(block, 64), LEDGE_OK);
    assert_status(ledge_provenance_of(block + 10, 54), LEDGE_OK);
    assert_status(ledge_provenance_of(block + 10, 55), LEDGE_ERANGE);
    assert_status(ledge_provenance_of(&state, 8), LEDGE_ENOTFOUND);
    assert_status(ledge_provenance_of(NULL, 0), LEDGE_ENOTFOUND);
    assert_status(ledge_provenance_of(NULL, 1), LEDGE_ENOTFOUND);
}

static void nothing_is_nothing(void **state)
{
    (void)state;
    ledge_provenance_allocated(NULL, 8);
    ledge_provenance_allocated(block, 0);
    ledge_provenance_entered(NULL, 8);
    ledge_provenance_entered(block, 0);
    ledge_provenance_left(NULL, 8);
    ledge_provenance_left(block, 0);
    ledge_provenance_freed(NULL, 8);
    ledge_provenance_freed(block, 0);
    assert_status(ledge_provenance_of(block, 64), LEDGE_OK);
}

static void parts_have_borders_while_they_are_there(void **state)
{
    (void)state;
    ledge_provenance_entered(block, 16);
    ledge_provenance_entered(block + 16, 16);
    assert_status(ledge_provenance_of(block + 8, 16), LEDGE_ERANGE);
    ledge_provenance_left(block, 15);
    ledge_provenance_left(block + 16, 8);
    assert_status(ledge_provenance_of(block + 8, 16), LEDGE_ERANGE);
    ledge_provenance_left(block, 16);
    ledge_provenance_left(block + 16, 16);
    assert_status(ledge_provenance_of(block + 8, 16), LEDGE_OK);
}

static void a_part_may_be_all_of_its_block(void **state)
{
    (void)state;
    ledge_provenance_entered(block, 64);
    ledge_provenance_left(block, 64);
    assert_status(ledge_provenance_of(block, 64), LEDGE_OK);
    assert_status(ledge_provenance_of(block, 65), LEDGE_ERANGE);
}

static void a_part_whose_end_nobody_told_gives_way(void **state)
{
    (void)state;
    ledge_provenance_entered(block, 16);
    ledge_provenance_entered(block + 8, 16);
    assert_status(ledge_provenance_of(block, 16), LEDGE_ERANGE);
    assert_status(ledge_provenance_of(block + 8, 16), LEDGE_OK);
    ledge_provenance_entered(block, 32);
    assert_status(ledge_provenance_of(block, 16), LEDGE_OK);
    assert_status(ledge_provenance_of(block + 1, 32), LEDGE_ERANGE);
    /* A part of nothing isn't one. */
    ledge_provenance_entered(&state, 4);
    assert_status(ledge_provenance_of(&state, 4), LEDGE_ENOTFOUND);
}

static void a_block_that_is_given_out_again_starts_afresh(void **state)
{
    (void)state;
    ledge_provenance_entered(block, 16);
    ledge_provenance_allocated(block, 64);
    assert_status(ledge_provenance_of(block + 8, 16), LEDGE_OK);
    /* An allocator that lives in another's block. */
    ledge_provenance_allocated(block + 32, 16);
    assert_status(ledge_provenance_of(block + 40, 16), LEDGE_ERANGE);
    ledge_provenance_freed(block + 32, 16);
    assert_status(ledge_provenance_of(block + 40, 16), LEDGE_OK);
}

static void cross(void)
{
    ledge_provenance_verify(block + 60, 5);
}

static void do_not_cross(void)
{
    ledge_provenance_verify(block + 60, 4);
    ledge_provenance_verify(&(int){0}, 4);
    ledge_provenance_verify(NULL, 4);
}

static void a_crossing_ends_the_process(void **state)
{
    (void)state;
    assert_string_equal(last_words(do_not_cross), "");
    const char *words = last_words(cross);
    assert_non_null(strstr(words, "ledge: provenance: the 5 bytes at 0x"));
    assert_non_null(strstr(words, " cross a border of known memory\n"));
}

enum { ROUNDS = 2000 };

static void *enter_and_leave(void *arg)
{
    unsigned char own[32];
    size_t *failures = arg;
    for (size_t i = 0; i < ROUNDS; i++) {
        ledge_provenance_allocated(own, 32);
        ledge_provenance_entered(own, 16);
        *failures += ledge_provenance_of(own + 8, 16) != LEDGE_ERANGE;
        ledge_provenance_left(own, 16);
        *failures += ledge_provenance_of(own + 8, 16) != LEDGE_OK;
        ledge_provenance_freed(own, 32);
        *failures += ledge_provenance_of(own + 8, 16) != LEDGE_ENOTFOUND;
    }
    return NULL;
}

static void threads_share_the_table(void **state)
{
    (void)state;
    pthread_t threads[4];
    size_t failures[4] = {0};
    for (size_t i = 0; i < 4; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, enter_and_leave, &failures[i]), 0);
    for (size_t i = 0; i < 4; i++) {
        assert_int_equal(pthread_join(threads[i], NULL), 0);
        assert_int_equal(failures[i], 0);
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(what_is_allocated_is_known),
        TEST(nothing_is_nothing),
        TEST(parts_have_borders_while_they_are_there),
        TEST(a_part_may_be_all_of_its_block),
        TEST(a_part_whose_end_nobody_told_gives_way),
        TEST(a_block_that_is_given_out_again_starts_afresh),
        TEST(a_crossing_ends_the_process),
        TEST(threads_share_the_table),
    };
    return cmocka_run_group_tests_name("provenance", tests, NULL, NULL);
}
