/* minimize_sequential_test.c: flaky inputs, with dice that are thrown the same way every time. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "mem.h"
#include "minimize_sequential.h"

static bool throw_dice(uint64_t *state, double rate)
{
    *state = *state * UINT64_C(6364136223846793005) + 1442695040888963407U;
    return (double)(*state >> 33) < rate * (double)(UINT64_C(1) << 31);
}

/* How many of 1000 candidates of a rate are taken for those of an input of another; *runs: in all.
 */
static unsigned taken(double rate, double candidate, unsigned *runs)
{
    uint64_t state = 7;
    unsigned yes = 0;
    *runs = 0;
    for (unsigned i = 0; i < 1000; i++) {
        struct sequential test = sequential_begin(rate);
        enum answer answer;
        while (!sequential_add(&test, throw_dice(&state, candidate), &answer))
            continue;
        yes += answer == ANSWER_YES;
        *runs += test.count.tries;
    }
    return yes;
}

static void errs_as_seldom_as_it_says(void **state)
{
    (void)state;
    static const double rates[] = {0.3, 0.7, 0.95, 1};
    for (size_t i = 0; i < sizeof rates / sizeof rates[0]; i++) {
        unsigned runs;
        assert_in_range(taken(rates[i], rates[i], &runs), 940, 1000);
        assert_in_range(taken(rates[i], SEQUENTIAL_KEEP * rates[i], &runs), 0, 15);
        assert_in_range(taken(rates[i], 0, &runs), 0, 0);
    }
}

/* What doesn't fail at all is refused quickly, however rare the failure of the input. */
static void takes_few_runs(void **state)
{
    (void)state;
    unsigned runs;
    (void)taken(0.3, 0, &runs);
    assert_in_range(runs / 1000, 5, 30);
    (void)taken(0.7, 0, &runs);
    assert_in_range(runs / 1000, 2, 8);
    (void)taken(0.3, 0.3, &runs);
    assert_in_range(runs / 1000, 50, 300);
    (void)taken(0.7, 0.7, &runs);
    assert_in_range(runs / 1000, 10, 80);
    (void)taken(0.3, 0.25, &runs); /* between the two rates nothing is ever enough */
    assert_in_range(runs / 1000, 50, 1400);
}

static void sees_a_rate_that_drops(void **state)
{
    (void)state;
    assert_false(count_drops((struct count){60, 200}, (struct count){60, 200}));
    assert_false(count_drops((struct count){60, 200}, (struct count){50, 200}));
    assert_true(count_drops((struct count){60, 200}, (struct count){30, 200}));
    assert_true(count_drops((struct count){60, 86}, (struct count){0, 86}));
    assert_false(count_drops((struct count){60, 200}, (struct count){200, 200}));
    assert_false(count_drops((struct count){20, 20}, (struct count){20, 20}));
    assert_false(count_drops((struct count){0, 0}, (struct count){1, 9}));
}

/* --- A search with such answers ------------------------------------------------------------- */

/* An 'x' fails at the rate; without a '+' in front of it at a third of that. */
struct flaky {
    double rate;
    uint64_t state;
    unsigned runs;
};

static double rate_of(const struct flaky *flaky, const struct program *program)
{
    const uint8_t *x = memchr(program->raw, 'x', program->raw_len);
    const uint8_t *plus = memchr(program->raw, '+', program->raw_len);
    return !x ? 0 : plus && plus < x ? flaky->rate : flaky->rate / 3;
}

static enum answer ask(void *context, const struct program *candidate)
{
    struct flaky *flaky = context;
    struct sequential test = sequential_begin(flaky->rate);
    enum answer answer;
    while (!sequential_add(&test, throw_dice(&flaky->state, rate_of(flaky, candidate)), &answer))
        continue;
    flaky->runs += test.count.tries;
    return answer;
}

static void keeps_what_makes_it_fail_as_often(void **state)
{
    (void)state;
    static const char text[] = "much that does not matter\nand + some that does\nx and no more";
    static const double rates[] = {0.3, 0.7};
    unsigned kept = 0, smallest = 0;
    for (size_t i = 0; i < 40; i++) {
        struct flaky flaky = {.rate = rates[i % 2], .state = i};
        struct judge judge = {.ask = ask, .context = &flaky};
        struct program program;
        program_of_bytes(text, sizeof text - 1, &program);
        assert_true(search_minimal(&program, &judge));
        kept += rate_of(&flaky, &program) >= flaky.rate;
        smallest += program.raw_len == 2;
        assert_in_range(flaky.runs, 100, 20000);
        program_free(&program);
    }
    assert_in_range(kept, 38, 40);
    assert_in_range(smallest, 20, 40); /* a wrong no leaves a byte */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(errs_as_seldom_as_it_says),
        cmocka_unit_test(takes_few_runs),
        cmocka_unit_test(sees_a_rate_that_drops),
        cmocka_unit_test(keeps_what_makes_it_fail_as_often),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
