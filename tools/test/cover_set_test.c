/* cover_set_test.c: the chosen sets hold all, none is redundant, and together they are light. */
#include "cover_set.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { ITEMS = 14, SPACE = 24 };

/* A set as bits, for reasoning beside the code under test. */
struct instance {
    uint32_t bits[ITEMS];
    uint32_t weights[ITEMS];
    uint32_t members[ITEMS][SPACE];
    struct cover_item items[ITEMS];
    bool chosen[ITEMS];
    size_t len;
};

static void make_items(struct instance *instance)
{
    for (size_t i = 0; i < instance->len; i++) {
        size_t len = 0;
        for (uint32_t member = 0; member < SPACE; member++)
            if (instance->bits[i] >> member & 1)
                instance->members[i][len++] = member;
        instance->items[i] = (struct cover_item){instance->members[i], len, instance->weights[i]};
    }
}

static size_t choose(struct instance *instance, uint32_t covered)
{
    uint32_t list[SPACE];
    size_t len = 0;
    for (uint32_t member = 0; member < SPACE; member++)
        if (covered >> member & 1)
            list[len++] = member;
    make_items(instance);
    return cover_choose(instance->items, instance->len, list, len, SPACE, instance->chosen);
}

static uint32_t all_of(const struct instance *instance)
{
    uint32_t all = 0;
    for (size_t i = 0; i < instance->len; i++)
        all |= instance->bits[i];
    return all;
}

static uint32_t held(const struct instance *instance, size_t without)
{
    uint32_t bits = 0;
    for (size_t i = 0; i < instance->len; i++)
        if (instance->chosen[i] && i != without)
            bits |= instance->bits[i];
    return bits;
}

/* Which items, as bits. */
static uint32_t answer(const struct instance *instance)
{
    uint32_t bits = 0;
    for (size_t i = 0; i < instance->len; i++)
        bits |= (uint32_t)instance->chosen[i] << i;
    return bits;
}

static void chooses_nothing_from_nothing(void **state)
{
    (void)state;
    struct instance none = {.len = 0};
    assert_int_equal(choose(&none, 0), 0);
    struct instance empty = {.bits = {0, 0}, .weights = {1, 1}, .len = 2};
    assert_int_equal(choose(&empty, 0), 0);
    assert_int_equal(answer(&empty), 0);
}

static void takes_the_first_of_equals(void **state)
{
    (void)state;
    struct instance equal = {.bits = {6, 6, 6}, .weights = {5, 5, 5}, .len = 3};
    assert_int_equal(choose(&equal, 0), 1);
    assert_int_equal(answer(&equal), 1);
}

static void weighs(void **state)
{
    (void)state;
    /* Two light ones for a heavy one that holds both, and the heavy one once it is lighter. */
    struct instance heavy = {.bits = {3, 1, 2}, .weights = {10, 2, 3}, .len = 3};
    assert_int_equal(choose(&heavy, 0), 2);
    assert_int_equal(answer(&heavy), 6);
    heavy.weights[0] = 3;
    assert_int_equal(choose(&heavy, 0), 1);
    assert_int_equal(answer(&heavy), 1);
}

static void drops_what_turns_out_redundant(void **state)
{
    (void)state;
    /* Each member has two holders at least, so nothing is essential. Greed takes the last, of six
     * new members; the first two, which it needs for 6 to 9, hold all of those six as well. */
    struct instance trap = {
        .bits = {0x0c7, 0x338, 0x040, 0x080, 0x100, 0x200, 0x03f},
        .weights = {4, 4, 4, 4, 4, 4, 4},
        .len = 7,
    };
    assert_int_equal(choose(&trap, 0), 2);
    assert_int_equal(answer(&trap), 3);
}

static void takes_the_only_holder_first(void **state)
{
    (void)state;
    /* The heavy one is the only holder of 5, so the light one that greed prefers is of no use. */
    struct instance only = {.bits = {0x1f, 0x3f}, .weights = {1, 100}, .len = 2};
    assert_int_equal(choose(&only, 0), 1);
    assert_int_equal(answer(&only), 2);
}

static void leaves_to_others_what_they_hold(void **state)
{
    (void)state;
    struct instance merge = {.bits = {0x0f, 0x1f, 0x10}, .weights = {1, 9, 2}, .len = 3};
    assert_int_equal(choose(&merge, 0x0f), 1);
    assert_int_equal(answer(&merge), 4);
    assert_int_equal(choose(&merge, 0x1f), 0);
    assert_int_equal(choose(&merge, 0xff), 0);
}

static uint32_t next_random(uint64_t *seed)
{
    *seed = *seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (uint32_t)(*seed >> 33);
}

static void make_random(struct instance *instance, uint64_t *seed)
{
    *instance = (struct instance){.len = 1 + next_random(seed) % ITEMS};
    for (size_t i = 0; i < instance->len; i++) {
        uint32_t density = next_random(seed) % 3;
        instance->bits[i] = next_random(seed) & 0xffffff;
        for (uint32_t k = 0; k < density; k++)
            instance->bits[i] &= next_random(seed);
        instance->weights[i] = 1 + next_random(seed) % 20;
    }
}

/* The least weight that holds all, over every subset. */
static uint32_t brute_force(const struct instance *instance, uint32_t wanted)
{
    uint32_t least = UINT32_MAX;
    for (uint32_t subset = 0; subset < 1u << instance->len; subset++) {
        uint32_t bits = 0, weight = 0;
        for (size_t i = 0; i < instance->len; i++)
            if (subset >> i & 1) {
                bits |= instance->bits[i];
                weight += instance->weights[i];
            }
        if ((bits & wanted) == wanted && weight < least)
            least = weight;
    }
    return least;
}

static unsigned count_bits(uint32_t bits)
{
    return (unsigned)__builtin_popcount(bits);
}

/* The best by a plain look at all, or `len` when nothing brings anything new. */
static size_t best_of(const struct instance *instance, uint32_t have)
{
    size_t best = instance->len;
    double most = 0;
    for (size_t i = 0; i < instance->len; i++) {
        double worth = (double)count_bits(instance->bits[i] & ~have) / instance->weights[i];
        if (worth > most * (1 + 1e-12)) {
            most = worth;
            best = i;
        }
    }
    return best;
}

/* The same algorithm in its plainest form: no queue, nothing lazy. Returns which items. */
static uint32_t plainly(const struct instance *instance, uint32_t covered)
{
    uint32_t chosen = 0, have = covered;
    for (size_t i = 0; i < instance->len; i++) {
        uint32_t others = covered;
        for (size_t k = 0; k < instance->len; k++)
            others |= k == i ? 0 : instance->bits[k];
        if (instance->bits[i] & ~others)
            chosen |= 1u << i;
    }
    for (size_t i = 0; i < instance->len; i++)
        have |= chosen >> i & 1 ? instance->bits[i] : 0;
    for (size_t best; (best = best_of(instance, have)) < instance->len;) {
        chosen |= 1u << best;
        have |= instance->bits[best];
    }
    for (size_t i = instance->len; i-- > 0;) {
        uint32_t others = covered;
        for (size_t k = 0; k < instance->len; k++)
            others |= k != i && chosen >> k & 1 ? instance->bits[k] : 0;
        if ((have & ~others) == 0)
            chosen &= ~(1u << i);
    }
    return chosen;
}

static uint32_t weight_of(const struct instance *instance)
{
    uint32_t weight = 0;
    for (size_t i = 0; i < instance->len; i++)
        weight += instance->chosen[i] ? instance->weights[i] : 0;
    return weight;
}

static double harmonic(const struct instance *instance)
{
    size_t most = 1;
    for (size_t i = 0; i < instance->len; i++)
        most = instance->items[i].len > most ? instance->items[i].len : most;
    double sum = 0;
    for (size_t k = 1; k <= most; k++)
        sum += 1.0 / (double)k;
    return sum;
}

static void holds_all_with_nothing_redundant(void **state)
{
    (void)state;
    uint64_t seed = 7, best = 0, ours = 0;
    for (int round = 0; round < 400; round++) {
        struct instance random;
        make_random(&random, &seed);
        uint32_t covered = round % 2 ? next_random(&seed) & next_random(&seed) & 0xffffff : 0;
        size_t count = choose(&random, covered);
        assert_int_equal(answer(&random), plainly(&random, covered));
        uint32_t wanted = all_of(&random) & ~covered;
        assert_int_equal(held(&random, ITEMS) & wanted, wanted);
        for (size_t i = 0; i < random.len; i++) {
            count -= random.chosen[i];
            if (random.chosen[i])
                assert_int_not_equal(held(&random, i) & wanted, wanted);
        }
        assert_int_equal(count, 0);
        uint32_t least = brute_force(&random, wanted);
        assert_true(weight_of(&random) <= least * harmonic(&random) + 1e-9);
        best += least;
        ours += weight_of(&random);
    }
    assert_true(ours >= best);
    assert_true((double)ours < 1.05 * (double)best); /* far better than the bound, on average */
}

/* 20,000 items: quick, and the same every time. */
static void is_quick_on_many(void **state)
{
    (void)state;
    enum { MANY = 20000, EACH = 60, WIDE = 40000 };
    uint64_t seed = 3;
    uint32_t *members = calloc((size_t)MANY * EACH, sizeof *members);
    struct cover_item *items = calloc(MANY, sizeof *items);
    bool *chosen = calloc(MANY, 1), *held_by = calloc(WIDE, 1);
    assert_true(members && items && chosen && held_by);
    for (size_t i = 0; i < MANY; i++) {
        uint32_t at = next_random(&seed) % 600;
        for (size_t k = 0; k < EACH; k++, at += 1 + next_random(&seed) % 600)
            members[i * EACH + k] = at;
        items[i] = (struct cover_item){members + i * EACH, EACH, 1024 + next_random(&seed) % 512};
    }
    size_t count = cover_choose(items, MANY, NULL, 0, WIDE, chosen);
    assert_true(count > 500 && count < 3000);
    for (size_t i = 0; i < MANY; i++)
        for (size_t k = 0; chosen[i] && k < EACH; k++)
            held_by[items[i].members[k]] = true;
    for (size_t i = 0; i < (size_t)MANY * EACH; i++)
        assert_true(held_by[members[i]]);
    free(members);
    free(items);
    free(chosen);
    free(held_by);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(chooses_nothing_from_nothing),
        cmocka_unit_test(takes_the_first_of_equals),
        cmocka_unit_test(weighs),
        cmocka_unit_test(drops_what_turns_out_redundant),
        cmocka_unit_test(takes_the_only_holder_first),
        cmocka_unit_test(leaves_to_others_what_they_hold),
        cmocka_unit_test(holds_all_with_nothing_redundant),
        cmocka_unit_test(is_quick_on_many),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
