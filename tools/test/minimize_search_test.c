/* minimize_search_test.c: the search for operations against judges of which everything is known. */
#include "minimize_fixture.h"

#include <xxhash.h>

#include "minimize_orders.h"

/* --- Monotone: so many operations, in this order, with numbers at least so high --------------- */

static void finds_the_least_that_a_monotone_judge_wants(void **state)
{
    (void)state;
    static const struct need needs[] = {{0x81, 7}, {0x83, 0}, {0x82, 200}, {0x81, 1}, {0, 0}};
    uint64_t random = 1;
    for (unsigned round = 0; round < 100; round++) {
        struct program program = {0};
        for (size_t i = 0; i < 4; i++) {
            for (size_t noise = next_random(&random) % 60; noise > 0; noise--)
                add_op(&program, 0x80 | (int)(next_random(&random) % 6),
                       next_random(&random) % 300);
            add_op(&program, needs[i].head, needs[i].least + next_random(&random) % 100);
        }
        search(&program, has_needs, needs);
        assert_int_equal(program.ops_len, 4);
        for (size_t i = 0; i < 4; i++) {
            assert_int_equal(program.ops[i].head, needs[i].head);
            uint64_t least = needs[i].least, value = value_of(&program, i);
            bool shorter = value % 128 == 0 && value >= least && value - 128 < least;
            assert_true(value == least || shorter); /* by a digit */
        }
        assert_minimal(&program, has_needs, needs);
        program_free(&program);
    }
}

static void asks_few_questions_for_a_long_program(void **state)
{
    (void)state;
    static const struct need needs[] = {{0x81, 4}, {0x82, 9}, {0x83, 1}, {0, 0}};
    struct program program = {0};
    for (size_t i = 0; i < 412; i++)
        add_op(&program, i % 100 == 50 ? 0x81 + (int)(i / 100) : 0x80, 11);
    size_t asked = search(&program, has_needs, needs);
    assert_int_equal(program.ops_len, 3);
    assert_in_range(asked, 1, 250); /* of which some 150 to see that other orders end here too */
    program_free(&program);
}

enum { ONE_OF_THREE = 0x81, INSTEAD = 0x82, LAST = 0x83 };

/* LAST fails after the three, or after the one that does as well. */
static bool needs_three_or_one(const void *how, const struct program *program)
{
    (void)how;
    size_t three = 0, instead = 0;
    for (size_t i = 0; i < program->ops_len; i++) {
        three += program->ops[i].head == ONE_OF_THREE;
        instead += program->ops[i].head == INSTEAD && value_of(program, i) > 0;
        if (program->ops[i].head == LAST && (three >= 3 || instead > 0))
            return true;
    }
    return false;
}

static void finds_what_another_order_leaves(void **state)
{
    (void)state;
    static const int heads[] = {ONE_OF_THREE, 0x80,    ONE_OF_THREE, 0x80,
                                ONE_OF_THREE, INSTEAD, LAST};
    struct program program = {0}, other;
    for (size_t i = 0; i < sizeof heads / sizeof heads[0]; i++)
        add_op(&program, heads[i], heads[i] == INSTEAD);
    program_copy(&program, &other);
    /* From the back the one goes first, as the three are there; from the front the three do. */
    struct watched watched = {needs_three_or_one, NULL, 0, 0};
    struct judge judge = {.ask = ask, .context = &watched};
    struct search from_the_front = {.best = &other, .judge = &judge};
    orders_thin(&from_the_front, 0);
    assert_int_equal(other.ops_len, 2);
    assert_int_equal(other.ops[0].head, INSTEAD);
    search(&program, needs_three_or_one, NULL);
    assert_int_equal(program.ops_len, 2);
    program_free(&other);
    program_free(&program);
}

/* --- Not monotone: nobody can foresee the answer ---------------------------------------------- */

struct dice {
    uint64_t seed;
    const uint8_t *whole; /* the program that the search begins with is always a yes */
    size_t whole_len;
    unsigned sides;
};

static bool throws(const void *how, const struct program *program)
{
    const struct dice *dice = how;
    size_t len;
    uint8_t *bytes = program_encode(program, &len);
    bool yes = XXH3_64bits_withSeed(bytes, len, dice->seed) % dice->sides == 0 ||
               (len == dice->whole_len && memcmp(bytes, dice->whole, len) == 0);
    free(bytes);
    return yes;
}

static void is_one_minimal_whatever_the_judge_says(void **state)
{
    (void)state;
    uint64_t random = 2;
    for (unsigned round = 0; round < 400; round++) {
        struct program program;
        random_program(&random, &program);
        struct dice dice = {.seed = round, .sides = 2 + round % 12};
        uint8_t *whole = program_encode(&program, &dice.whole_len);
        dice.whole = whole;
        search(&program, throws, &dice);
        assert_minimal(&program, throws, &dice);
        struct watched watched = {throws, &dice, 0, 0};
        struct judge judge = {.ask = ask, .context = &watched};
        struct proof proof;
        prove_minimal(&program, &judge, &proof); /* which also tries single bytes */
        if (!proof.holds)
            assert_memory_equal(proof.attempts[proof.len - 1].step, "without byte", 12);
        proof_free(&proof);
        program_free(&program);
        free(whole);
    }
}

/* --- Handles: a definer can only go together with its user ------------------------------------ */

enum { DEFINES = 0x81, USES = 0x82, FAILS = 0x83 };

static size_t count_head(const struct program *program, int head)
{
    size_t count = 0;
    for (size_t i = 0; i < program->ops_len; i++)
        count += program->ops[i].head == head;
    return count;
}

static bool is_balanced(const void *how, const struct program *program)
{
    (void)how;
    return count_head(program, FAILS) > 0 &&
           count_head(program, DEFINES) == count_head(program, USES);
}

/* Users stand in another order than their definers, so that no chunk holds both. */
static void add_handles(struct program *program, size_t handles, bool with_uses)
{
    for (size_t i = 0; i < handles; i++)
        add_op(program, DEFINES, i);
    add_op(program, FAILS, 0);
    for (size_t i = 0; i < handles; i++) {
        add_op(program, USES, i);
        if (with_uses)
            add_use(program, handles + 1 + i, (i * 7 + 3) % handles);
    }
    add_op(program, FAILS, 0);
}

static void removes_a_definer_with_its_users(void **state)
{
    (void)state;
    struct program with = {0}, without = {0};
    add_handles(&with, 19, true);
    add_handles(&without, 19, false);
    size_t asked_with = search(&with, is_balanced, NULL);
    size_t asked_without = search(&without, is_balanced, NULL);
    assert_int_equal(with.ops_len, 1);
    assert_int_equal(with.uses_len, 0);
    assert_true(asked_with < asked_without / 2); /* it was the handles that helped */
    program_free(&with);
    program_free(&without);
}

/* Few enough, and any two are tried, whether or not anybody knows of a handle. */
static void removes_two_operations_that_go_only_together(void **state)
{
    (void)state;
    struct program program = {0};
    add_handles(&program, 6, false);
    for (size_t i = 0; i < program.fields_len; i++)
        program.fields[i].value = 0;
    search(&program, is_balanced, NULL);
    assert_int_equal(program.ops_len, 1);
    program_free(&program);
}

static void users_of_users_go_too(void **state)
{
    (void)state;
    struct program program = {0};
    for (int i = 0; i < 5; i++)
        add_op(&program, 0x80 + i, 1);
    add_use(&program, 4, 2);
    add_use(&program, 2, 1);
    add_use(&program, 3, 0);
    bool marked[5] = {false, true};
    program_users(&program, marked);
    static const bool want[5] = {false, true, true, false, true};
    assert_memory_equal(marked, want, sizeof want);
    program_free(&program);
}

/* --- Two bugs: the shallow one hides the deep one --------------------------------------------- */

enum { GUARD = 0x81, TRAP = 0x82, STEP = 0x83, DEEP = 0x84 };
enum death { DEATH_NONE, DEATH_SHALLOW, DEATH_DEEP };

/* TRAP without a GUARD before it, or with 0, dies at once; DEEP dies after two STEPs with numbers
 * above 4 and a TRAP. */
static enum death run_pair(const struct program *program)
{
    bool guarded = false, trapped = false;
    unsigned steps = 0;
    for (size_t i = 0; i < program->ops_len; i++) {
        int head = program->ops[i].head;
        guarded |= head == GUARD;
        steps += head == STEP && value_of(program, i) > 4;
        if (head == TRAP && (!guarded || value_of(program, i) == 0))
            return DEATH_SHALLOW;
        trapped |= head == TRAP;
        if (head == DEEP && steps >= 2 && trapped)
            return DEATH_DEEP;
    }
    return DEATH_NONE;
}

/* Counts the candidates that die of the other bug. */
static bool dies_deep(const void *how, const struct program *program)
{
    size_t *const *slips = how;
    enum death death = run_pair(program);
    **slips += death == DEATH_SHALLOW;
    return death == DEATH_DEEP;
}

static void never_slips_from_the_deep_bug_to_the_shallow_one(void **state)
{
    (void)state;
    static const int heads[] = {GUARD, STEP, TRAP, 0x80, STEP, TRAP, STEP, 0x80, DEEP, TRAP, DEEP};
    struct program program = {0};
    size_t slips = 0, *counter = &slips;
    for (size_t i = 0; i < sizeof heads / sizeof heads[0]; i++)
        add_op(&program, heads[i], 9);
    search(&program, dies_deep, &counter);
    assert_true(slips > 0); /* there was something to slip to */
    assert_int_equal(run_pair(&program), DEATH_DEEP);
    assert_int_equal(program.ops_len, 5);
    assert_int_equal(program.ops[0].head, GUARD);
    assert_int_equal(program.ops[4].head, DEEP);
    program_free(&program);
}

/* --- Two steps at once ------------------------------------------------------------------------ */

enum { PUSH = 0x81, POP = 0x82, GET = 0x83 };

/* A GET at the very end of what was pushed fails; a POP of nothing is another matter. */
static bool gets_the_end(const void *how, const struct program *program)
{
    uint64_t length = 0;
    (void)how;
    for (size_t i = 0; i < program->ops_len; i++) {
        if (program->ops[i].head == POP && length == 0)
            return false;
        length += program->ops[i].head == PUSH;
        length -= program->ops[i].head == POP;
        if (program->ops[i].head == GET && length > 0 && value_of(program, i) == length)
            return true;
    }
    return false;
}

static void takes_two_steps_where_one_is_not_enough(void **state)
{
    (void)state;
    static const int heads[] = {PUSH, PUSH, POP, PUSH, PUSH, POP, PUSH, GET};
    struct program program = {0};
    for (size_t i = 0; i < sizeof heads / sizeof heads[0]; i++)
        add_op(&program, heads[i], 3);
    search(&program, gets_the_end, NULL);
    assert_int_equal(program.ops_len, 2);
    assert_int_equal(program.ops[0].head, PUSH);
    assert_int_equal(value_of(&program, 1), 1);
    program_free(&program);
}

/* A number behind the end of a list of items. */
static bool is_behind_the_items(const void *how, const struct program *program)
{
    (void)how;
    return program->ops_len == 2 && value_of(program, 0) > 0 &&
           value_of(program, 1) == value_of(program, 0);
}

static void lowers_two_numbers_together(void **state)
{
    (void)state;
    struct program program = {0};
    add_op(&program, 0x81, 0);
    for (uint64_t i = 0; i < 13; i++)
        add_item(&program, i);
    add_op(&program, 0x82, 13);
    search(&program, is_behind_the_items, NULL);
    assert_int_equal(value_of(&program, 0), 1);
    assert_int_equal(value_of(&program, 1), 1);
    assert_int_equal(program.fields_len, 3);
    program_free(&program);
}

/* SECOND counts from what FIRST says, and the sum must be high enough. */
static bool adds_up(const void *how, const struct program *program)
{
    (void)how;
    return program->ops_len == 2 &&
           value_of(program, 0) + program->fields[program->ops[1].field].value >= 90 &&
           program->fields[program->ops[1].field + 1].value == 1;
}

/* Its first number stands in front of one that is needed, so it costs no byte to be large; the
 * other operation's number does. */
static void numbers_that_cost_a_byte_go_first(void **state)
{
    (void)state;
    struct program program = {0};
    add_op(&program, 0x81, 95);
    add_op(&program, 0x82, 95);
    add_number(&program, 1);
    search(&program, adds_up, NULL);
    assert_int_equal(value_of(&program, 0), 0);
    assert_int_equal(value_of(&program, 1), 90);
    program_free(&program);
}

/* --- Names ---------------------------------------------------------------------------------- */

enum { CLONE = 0x82, WHICH = 1, HOW_MANY = 2 };

/* Two in a row that speak of the same map; map 0 is there, map 1 wants to be cloned, and only map 0
 * wants a number above 30. */
static bool speaks_of_a_map(const void *how, const struct program *program)
{
    (void)how;
    bool cloned = false;
    for (size_t i = 0; i + 1 < program->ops_len; i++) {
        const struct program_field *a = &program->fields[program->ops[i].field], *b = a + 2;
        cloned |= program->ops[i].head == CLONE;
        if (program->ops[i].head == PUSH && program->ops[i + 1].head == PUSH &&
            a[0].value == b[0].value && (a[0].value == 1 ? cloned : a[1].value > 30))
            return true;
    }
    return false;
}

/* Appends an operation with two numbers: which map, and how many. */
static void add_named(struct program *program, int head, uint64_t which, uint64_t how_many)
{
    add_op(program, head, which);
    program->fields = mem_resize(program->fields, program->fields_len + 1, sizeof *program->fields);
    program->fields[program->fields_len - 1].name = WHICH;
    program->fields[program->fields_len++] =
        (struct program_field){how_many, FIELD_VALUE, 1, HOW_MANY};
    program->ops[program->ops_len - 1].fields_len++;
}

static void speaks_of_another_map_in_all_operations_at_once(void **state)
{
    (void)state;
    struct program program = {0};
    add_named(&program, CLONE, 0, 0);
    add_named(&program, PUSH, 1, 90);
    add_named(&program, PUSH, 1, 90);
    search(&program, speaks_of_a_map, NULL);
    assert_int_equal(program.ops_len, 2);
    assert_int_equal(program.fields[0].value, 0);
    assert_int_equal(program.fields[1].value, 31);
    program_free(&program);
}

enum { OF = 0x81, COPY = 0x82 };

/* The second OF's handle is copied into the first one's, which is 3; its number stays what it is.
 * The PUSH makes it too many numbers for any two of them to be lowered together. */
static bool copies_into_three(const void *how, const struct program *program)
{
    (void)how;
    return program->ops_len == 4 && value_of(program, 0) == 3 && program->fields[3].value == 1 &&
           program->fields[6].value > 1 && program->fields[7].value > 1 &&
           program->fields[4].value == 3 && program->fields[5].value == value_of(program, 1);
}

static void lowers_a_handle_when_an_earlier_one_has_to_keep_its_name(void **state)
{
    (void)state;
    struct program program = {0};
    add_named(&program, OF, 3, 0);
    add_named(&program, OF, 1, 1);
    add_named(&program, COPY, 3, 1);
    add_named(&program, PUSH, 9, 9);
    add_use(&program, 2, 0);
    add_use(&program, 2, 1);
    search(&program, copies_into_three, NULL);
    assert_int_equal(value_of(&program, 1), 0);
    assert_int_equal(program.fields[5].value, 0);
    program_free(&program);
}

enum { MAKE = 0x81, DOUBLE = 0x82, RESIZE_ONE = 0x83 };

/* Fails when what one of two equal handles names is resized. The digits that aren't zero are fewer
 * when it is the first. */
static bool resizes_one_of_two(const void *how, const struct program *program)
{
    (void)how;
    const struct program_field *field = program->fields;
    if (program->ops_len != 3 || program->ops[0].head != MAKE || program->ops[1].head != DOUBLE ||
        program->ops[2].head != RESIZE_ONE)
        return false;
    uint64_t made = field[0].value, from = field[2].value, to = field[3].value;
    return from == made && to != made && (field[4].value == made || field[4].value == to);
}

static void exchanges_the_names_of_two_handles(void **state)
{
    (void)state;
    struct program program = {0};
    add_named(&program, MAKE, 1, 0);
    add_named(&program, DOUBLE, 1, 0);
    add_named(&program, RESIZE_ONE, 0, 0);
    add_use(&program, 1, 0);
    add_use(&program, 2, 1);
    search(&program, resizes_one_of_two, NULL);
    assert_int_equal(program.fields[0].value, 0);
    assert_int_equal(program.fields[2].value, 0);
    assert_int_equal(program.fields[3].value, 1);
    assert_int_equal(program.fields[4].value, 0);
    program_free(&program);
}

/* --- Items, bytes ----------------------------------------------------------------------------- */

static bool has_item_of_seven(const void *how, const struct program *program)
{
    (void)how;
    for (size_t i = 0; i < program->fields_len; i++)
        if (program->fields[i].kind == FIELD_ITEM && program->fields[i].value >= 7)
            return true;
    return false;
}

static void shortens_items_from_both_sides(void **state)
{
    (void)state;
    struct program program = {0};
    add_op(&program, 0x81, 0);
    for (uint64_t i = 0; i < 16; i++)
        add_item(&program, i == 5 ? 90 : 3);
    search(&program, has_item_of_seven, NULL);
    size_t len;
    uint8_t *bytes = program_encode(&program, &len);
    static const uint8_t want[] = {0x81, 0, 0, 1, 0, 7};
    assert_int_equal(len, sizeof want);
    assert_memory_equal(bytes, want, len);
    free(bytes);
    program_free(&program);
}

static bool always(const void *how, const struct program *program)
{
    (void)how;
    (void)program;
    return true;
}

static void what_always_fails_becomes_empty(void **state)
{
    (void)state;
    struct program program;
    uint64_t random = 3;
    random_program(&random, &program);
    search(&program, always, NULL);
    assert_int_equal(program.ops_len, 0);
    assert_int_equal(search(&program, always, NULL), 0);
    program_free(&program);
}

/* --- Stopping --------------------------------------------------------------------------------- */

static void keeps_the_best_when_stopped_at_any_time(void **state)
{
    (void)state;
    static const struct need needs[] = {{0x81, 7}, {0x82, 2}, {0, 0}};
    for (size_t stop = 1; stop < 60; stop++) {
        struct program program = {0};
        for (size_t i = 0; i < 40; i++)
            add_op(&program, 0x80 + (int)(i % 4), 9);
        struct watched watched = {has_needs, needs, 0, stop};
        struct judge judge = {.ask = ask, .context = &watched};
        bool done = search_minimal(&program, &judge);
        assert_true(has_needs(needs, &program));
        assert_true(watched.asked <= stop);
        if (done)
            assert_minimal(&program, has_needs, needs);
        else
            assert_int_equal(watched.asked, stop);
        program_free(&program);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_the_least_that_a_monotone_judge_wants),
        cmocka_unit_test(asks_few_questions_for_a_long_program),
        cmocka_unit_test(finds_what_another_order_leaves),
        cmocka_unit_test(is_one_minimal_whatever_the_judge_says),
        cmocka_unit_test(removes_a_definer_with_its_users),
        cmocka_unit_test(removes_two_operations_that_go_only_together),
        cmocka_unit_test(users_of_users_go_too),
        cmocka_unit_test(never_slips_from_the_deep_bug_to_the_shallow_one),
        cmocka_unit_test(takes_two_steps_where_one_is_not_enough),
        cmocka_unit_test(lowers_two_numbers_together),
        cmocka_unit_test(numbers_that_cost_a_byte_go_first),
        cmocka_unit_test(speaks_of_another_map_in_all_operations_at_once),
        cmocka_unit_test(lowers_a_handle_when_an_earlier_one_has_to_keep_its_name),
        cmocka_unit_test(exchanges_the_names_of_two_handles),
        cmocka_unit_test(shortens_items_from_both_sides),
        cmocka_unit_test(what_always_fails_becomes_empty),
        cmocka_unit_test(keeps_the_best_when_stopped_at_any_time),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
