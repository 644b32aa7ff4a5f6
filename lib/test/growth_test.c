/* growth_test.c: the exact capacities of every growth policy (B12). */
#include "check.h"

#include <ledge/vec.h>

/* The capacities that pushing one element after the other goes through, the last being the first
 * that is at least up_to. Returns how many there are. */
static size_t capacities_of_pushing(ledge_growth policy, size_t up_to, size_t *out, size_t max)
{
    size_t n = 0, capacity = 0;
    while (capacity < up_to && n < max) {
        capacity = ledge_growth_next(policy, capacity, capacity + 1);
        out[n++] = capacity;
    }
    return n;
}

static void assert_capacities(ledge_growth policy, const size_t *want, size_t n)
{
    size_t got[64] = {0};
    assert_int_equal(capacities_of_pushing(policy, want[n - 1], got, 64), n);
    for (size_t i = 0; i < n; i++)
        assert_int_equal(got[i], want[i]);
}

static void doubling_turns_into_quarters_at_1024(void **state)
{
    (void)state;
    static const size_t want[] = {1,   2,   4,    8,    16,   32,   64,   128,
                                  256, 512, 1024, 1280, 1600, 2000, 2500, 3125};
    assert_capacities(LEDGE_GROWTH_DOUBLE, want, sizeof(want) / sizeof(want[0]));
}

static void the_smooth_policy_wears_off_from_256(void **state)
{
    (void)state;
    static const size_t want[] = {1,   2,   4,   8,    16,   32,   64,   128,
                                  256, 512, 832, 1232, 1732, 2357, 3138, 4114};
    assert_capacities(LEDGE_GROWTH_SMOOTH, want, sizeof(want) / sizeof(want[0]));
}

static void half_as_much_again_starts_slowly(void **state)
{
    (void)state;
    static const size_t want[] = {1,  2,  3,   4,   6,   9,   13,  19,   28,  42,
                                  63, 94, 141, 211, 316, 474, 711, 1066, 1599};
    assert_capacities(LEDGE_GROWTH_HALF, want, sizeof(want) / sizeof(want[0]));
}

static void what_fits_does_not_grow(void **state)
{
    (void)state;
    for (int policy = LEDGE_GROWTH_DOUBLE; policy <= LEDGE_GROWTH_HALF; policy++) {
        assert_int_equal(ledge_growth_next((ledge_growth)policy, 100, 100), 100);
        assert_int_equal(ledge_growth_next((ledge_growth)policy, 100, 7), 100);
        assert_int_equal(ledge_growth_next((ledge_growth)policy, 0, 0), 0);
    }
}

static void a_large_request_gets_what_it_needs(void **state)
{
    (void)state;
    static const struct {
        ledge_growth policy;
        size_t capacity, needed, want;
    } cases[] = {
        /* More than twice the capacity: exactly that much. */
        {LEDGE_GROWTH_DOUBLE, 10, 21, 21},
        {LEDGE_GROWTH_DOUBLE, 10, 20, 20},
        {LEDGE_GROWTH_SMOOTH, 300, 601, 601},
        {LEDGE_GROWTH_HALF, 10, 16, 16},
        {LEDGE_GROWTH_HALF, 10, 15, 15},
        {LEDGE_GROWTH_HALF, 10, 14, 15},
        {LEDGE_GROWTH_DOUBLE, 0, 5, 5},
        /* Up to twice: as many steps as it takes. */
        {LEDGE_GROWTH_DOUBLE, 10, 11, 20},
        {LEDGE_GROWTH_DOUBLE, 1023, 1024, 2046},
        {LEDGE_GROWTH_DOUBLE, 1024, 2048, 2500},
        {LEDGE_GROWTH_DOUBLE, 1024, 2049, 2049},
        {LEDGE_GROWTH_SMOOTH, 255, 256, 510},
        {LEDGE_GROWTH_SMOOTH, 512, 1024, 1232},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        size_t got = ledge_growth_next(cases[i].policy, cases[i].capacity, cases[i].needed);
        assert_int_equal(got, cases[i].want);
    }
}

static void a_step_that_does_not_fit_gives_what_is_needed(void **state)
{
    (void)state;
    size_t most = SIZE_MAX - 1;
    assert_int_equal(ledge_growth_next(LEDGE_GROWTH_DOUBLE, most, SIZE_MAX), SIZE_MAX);
    assert_int_equal(ledge_growth_next(LEDGE_GROWTH_SMOOTH, most, SIZE_MAX), SIZE_MAX);
    assert_int_equal(ledge_growth_next(LEDGE_GROWTH_HALF, most, SIZE_MAX), SIZE_MAX);
    assert_int_equal(ledge_growth_next(LEDGE_GROWTH_SMOOTH, SIZE_MAX - 900, most), most);
    assert_int_equal(ledge_growth_next(LEDGE_GROWTH_DOUBLE, 0, SIZE_MAX), SIZE_MAX);
}

static void an_unknown_policy_gives_what_is_needed(void **state)
{
    (void)state;
    assert_int_equal(ledge_growth_next((ledge_growth)3, 8, 9), 9);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(doubling_turns_into_quarters_at_1024),
        cmocka_unit_test(the_smooth_policy_wears_off_from_256),
        cmocka_unit_test(half_as_much_again_starts_slowly),
        cmocka_unit_test(what_fits_does_not_grow),
        cmocka_unit_test(a_large_request_gets_what_it_needs),
        cmocka_unit_test(a_step_that_does_not_fit_gives_what_is_needed),
        cmocka_unit_test(an_unknown_policy_gives_what_is_needed),
    };
    return cmocka_run_group_tests_name("growth", tests, NULL, NULL);
}
