/* The figures behind `ledge triage`: likeness of states and stacks, grouping, the interval of a
 * flaky input, and the ladder of severity, against values worked out by hand. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "cluster.h"
#include "severity.h"
#include "similarity.h"
#include "wilson.h"

static void check_near(double got, double want, const char *what)
{
    if (fabs(got - want) > 5e-5)
        fail_msg("%s: %.6f, wanted %.6f", what, got, want);
}

/* --- The interval --------------------------------------------------------------------------- */

static void wilson_has_the_published_values(void **state)
{
    (void)state;
    static const struct {
        unsigned hits, runs;
        double low, high;
    } rows[] = {
        {0, 0, 0, 1},
        {0, 10, 0, 0.277533},
        {10, 10, 0.722467, 1},
        {5, 10, 0.236593, 0.763407},
        {1, 2, 0.094531, 0.905469},
        {3, 3, 0.438503, 1},
        {81, 263, 0.255289, 0.366217}, /* Newcombe 1998, table I: 0.2553 to 0.3662 */
        {15, 148, 0.062387, 0.160510}, /* the same: 0.0624 to 0.1605 */
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct interval got = wilson_interval(rows[i].hits, rows[i].runs);
        check_near(got.low, rows[i].low, "low end");
        check_near(got.high, rows[i].high, "high end");
    }
}

/* --- Likeness ------------------------------------------------------------------------------- */

static void states_match_by_two_common_lines(void **state)
{
    (void)state;
    assert_true(states_match("a\nb\nc", "x\na\nb"));
    assert_true(states_match("a\nb\nc", "a\nx\nc"));
    assert_false(states_match("a\nb\nc", "a\nx\ny"));
    assert_false(states_match("a\nb", "b\na")); /* the same order counts */
}

static void states_match_by_lines_that_read_alike(void **state)
{
    (void)state;
    /* 9 + 9 bytes, one replaced: 1 - 2/18 = 0.889 */
    assert_true(states_match("parse_one", "parse_two") == false); /* 1 - 6/18 = 0.667 */
    assert_true(states_match("read_item1", "read_item2"));        /* 1 - 2/20 = 0.9 */
    assert_false(states_match("item1", "item2"));                 /* 1 - 2/10 = 0.8: not above */
    assert_false(states_match("read_item1", "read_item2\nmain")); /* 0.9 / 2 */
    assert_false(states_match("", ""));
}

static void stack_distance_is_as_computed_by_hand(void **state)
{
    (void)state;
    const uint64_t abc[] = {1, 2, 3}, axc[] = {1, 9, 3}, xab[] = {9, 1, 2}, d[] = {4};
    check_near(stack_distance(abc, 3, abc, 3), 0, "the same");
    check_near(stack_distance(abc, 3, d, 1), 1, "nothing in common");
    check_near(stack_distance(abc, 0, abc, 0), 0, "both empty");
    check_near(stack_distance(abc, 3, abc, 0), 1, "one empty");
    /* 1 - (1 + e^-0.08) / (1 + e^-0.04 + e^-0.08) */
    check_near(stack_distance(abc, 3, axc, 3), 0.333156, "another frame in the middle");
    /* 1 - (e^-0.13 + e^-0.17) / (1 + e^-0.04 + e^-0.08) */
    check_near(stack_distance(abc, 3, xab, 3), 0.402976, "a frame more on top");
    /* a alone: 1 - 1/1 */
    check_near(stack_distance(abc, 1, abc, 3), 0, "cut off below");
    check_near(stack_distance(xab, 3, abc, 3), 0.402976, "symmetric");
}

static void the_bound_never_exceeds_the_distance(void **state)
{
    (void)state;
    uint64_t a[12], b[12];
    uint32_t seed = 1;
    for (unsigned round = 0; round < 2000; round++) {
        size_t shared = 0, a_len = 1 + round % 12, b_len = 1 + round / 12 % 12;
        for (size_t i = 0; i < 12; i++) {
            a[i] = i;
            b[i] = (seed = seed * 1664525 + 1013904223) >> 28;
        }
        for (size_t i = 0; i < b_len; i++)
            shared += b[i] < a_len; /* as often as it occurs: an upper bound of the pairs */
        assert_true(stack_distance_least(a_len, b_len, shared) <=
                    stack_distance(a, a_len, b, b_len) + 1e-9);
    }
}

/* --- Groups --------------------------------------------------------------------------------- */

/* Points on a line. */
static double apart(const void *context, size_t i, size_t j)
{
    const double *points = context;
    return fabs(points[i] - points[j]);
}

static void check_groups(const double *points, size_t len, double cut, const char *want)
{
    size_t groups[16];
    char got[17] = "";
    size_t count = cluster_complete(len, cut, apart, points, groups), most = 0;
    for (size_t i = 0; i < len; i++) {
        got[i] = (char)('0' + groups[i]);
        most = groups[i] + 1 > most ? groups[i] + 1 : most;
    }
    assert_string_equal(got, want);
    assert_int_equal(count, most);
}

static void complete_linkage_does_not_chain(void **state)
{
    (void)state;
    const double chain[] = {0, 0.2, 0.4, 0.6};
    check_groups(chain, 4, 0.3, "0011");
    const double middle[] = {0.0, 0.25, 0.35}; /* the nearer two first */
    check_groups(middle, 3, 0.3, "011");
    const double mixed[] = {0.9, 0.1, 0.95, 0.15, 5};
    check_groups(mixed, 5, 0.3, "01012");
    const double same[] = {1, 1, 1, 1};
    check_groups(same, 4, 0.3, "0000");
    check_groups(chain, 0, 0.3, "");
    check_groups(chain, 4, 0.6, "0000");
}

static double zero_or_one(const void *context, size_t i, size_t j)
{
    (void)context;
    return i % 7 == j % 7 ? 0 : 1;
}

static void many_things_are_grouped_alike(void **state)
{
    (void)state;
    enum { LEN = CLUSTER_EXACT + 100 };
    size_t *groups = calloc(LEN, sizeof *groups);
    assert_non_null(groups);
    assert_int_equal(cluster_complete(LEN, 0.3, zero_or_one, NULL, groups), 7);
    for (size_t i = 0; i < LEN; i++)
        assert_int_equal(groups[i], i % 7);
    free(groups);
}

/* --- Severity ------------------------------------------------------------------------------- */

static struct severity severity(const char *type, const char *class_, bool security)
{
    char copy[64];
    snprintf(copy, sizeof copy, "%s", type);
    struct crash crash = {.found = true, .type = copy, .class_ = class_, .security = security};
    return severity_of(&crash);
}

static void the_ladder_descends(void **state)
{
    (void)state;
    static const struct {
        const char *type, *class_;
        bool security;
        const char *level;
        double weight;
    } rungs[] = {
        {"Heap-buffer-overflow\nWRITE 4", "memory", true, "critical", 100},
        {"Heap-use-after-free\nWRITE {*}", "memory", true, "critical", 100},
        {"UNKNOWN WRITE", "memory", true, "critical", 100},
        {"Heap-double-free", "memory", true, "critical", 100},
        {"Memcpy-param-overlap", "memory", true, "critical", 100},
        {"Bad-cast", "undefined", true, "critical", 80},
        {"Heap-use-after-free\nREAD 8", "memory", true, "high", 60},
        {"Heap-use-after-free", "memory", true, "high", 60},
        {"Negative-size-param", "memory", true, "high", 50},
        {"Index-out-of-bounds", "undefined", true, "high", 50},
        {"Stack-buffer-overflow\nREAD 1", "memory", true, "high", 40},
        {"UNKNOWN READ", "memory", true, "high", 40},
        {"Use-of-uninitialized-value", "uninitialized", true, "medium", 30},
        {"Data race\nWRITE 4", "race", false, "medium", 25},
        {"ASSERT", "assert", true, "medium", 20},
        {"Model-mismatch", "model", false, "medium", 15},
        {"Lock-order-inversion", "deadlock", false, "medium", 15},
        {"Null-dereference WRITE", "memory", false, "low", 10},
        {"Stack-overflow", "memory", false, "low", 10},
        {"Bus", "bus", false, "low", 10},
        {"Undefined-shift", "undefined", false, "low", 8},
        {"Direct-leak", "leak", false, "low", 5},
        {"Timeout", "timeout", false, "low", 5},
        {"Unexpected-exit", "exit", false, "low", 2},
    };
    double last = 100;
    for (size_t i = 0; i < sizeof rungs / sizeof rungs[0]; i++) {
        struct severity got = severity(rungs[i].type, rungs[i].class_, rungs[i].security);
        if (strcmp(severity_name(got.level), rungs[i].level) != 0 || got.weight != rungs[i].weight)
            fail_msg("%s: %s %.0f, wanted %s %.0f", rungs[i].type, severity_name(got.level),
                     got.weight, rungs[i].level, rungs[i].weight);
        assert_true(got.weight <= last);
        assert_true(strlen(got.reason) > 0);
        last = got.weight;
    }
    struct crash clean = {.class_ = "none"};
    assert_int_equal(severity_of(&clean).level, SEVERITY_NONE);
}

static void an_access_is_a_word_of_the_type(void **state)
{
    (void)state;
    char atomic[] = "Data race\nATOMIC WRITE 8", name[] = "READER\nREADWRITE";
    struct crash crash = {.found = true, .type = atomic};
    assert_true(crash_is_write(&crash));
    assert_false(crash_is_read(&crash));
    crash.type = name;
    assert_false(crash_is_write(&crash));
    assert_false(crash_is_read(&crash));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(wilson_has_the_published_values),
        cmocka_unit_test(states_match_by_two_common_lines),
        cmocka_unit_test(states_match_by_lines_that_read_alike),
        cmocka_unit_test(stack_distance_is_as_computed_by_hand),
        cmocka_unit_test(the_bound_never_exceeds_the_distance),
        cmocka_unit_test(complete_linkage_does_not_chain),
        cmocka_unit_test(many_things_are_grouped_alike),
        cmocka_unit_test(the_ladder_descends),
        cmocka_unit_test(an_access_is_a_word_of_the_type),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
