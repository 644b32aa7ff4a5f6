/* minimize_relatives_test.c: an operation of another kind, or with the numbers it has elsewhere. */
#include "minimize_fixture.h"

#include "minimize_relatives.h"

enum { PUSH = 0x81, POP = 0x82, GET = 0x83 };

/* Whatever stands first does, if anything does. */
static bool wants_four(const void *how, const struct program *program)
{
    (void)how;
    return program->ops_len >= 4 && program->ops[program->ops_len - 1].head == GET &&
           (program->ops[0].head != PUSH || value_of(program, 0) == 77);
}

static void replaces_an_operation_by_a_shorter_one(void **state)
{
    (void)state;
    static const int heads[] = {PUSH, POP, POP, GET};
    struct program program = {0};
    for (size_t i = 0; i < sizeof heads / sizeof heads[0]; i++)
        add_op(&program, heads[i], i == 0 ? 77 : 0);
    search(&program, wants_four, NULL);
    assert_int_equal(program.ops_len, 4);
    assert_int_equal(program.ops[0].head, POP);
    assert_int_equal(program_size(&program), 4);
    assert_minimal(&program, wants_four, NULL);
    program_free(&program);
}

enum { ALLOC = 0x81, CLONE = 0x82, RESIZE = 0x83, NARROW = 0x84, SIZE_NAME = 7 };

/* A NARROW fails after something of size 1 or more was made: by ALLOC, which wants an empty slot,
 * or by CLONE, which fills it with nothing, and RESIZE. */
static bool narrows_what_was_made(const void *how, const struct program *program)
{
    (void)how;
    bool filled = false, large = false;
    for (size_t i = 0; i < program->ops_len; i++) {
        int head = program->ops[i].head;
        uint64_t size = program->ops[i].fields_len ? value_of(program, i) : 0;
        if (head == NARROW && large)
            return true;
        if (head == RESIZE ? filled : head == ALLOC && !filled)
            large = size > 0;
        filled |= head == CLONE || head == ALLOC;
    }
    return false;
}

static void replaces_two_operations_by_one_with_the_same_arguments(void **state)
{
    (void)state;
    static const int heads[] = {CLONE, RESIZE, NARROW, NARROW, ALLOC};
    struct program program = {0};
    for (size_t i = 0; i < sizeof heads / sizeof heads[0]; i++) {
        add_op(&program, heads[i], 5);
        program.fields[i].name = heads[i] == RESIZE || heads[i] == ALLOC ? SIZE_NAME : 0;
    }
    bool keep[] = {true, true, true, true, false};
    struct program whole = program;
    program_keep(&whole, keep, &program); /* as if the ALLOC had been found not to matter */
    struct watched watched = {narrows_what_was_made, NULL, 0, 0};
    struct judge judge = {.ask = ask, .context = &watched};
    struct search search = {.best = &program, .judge = &judge};
    while (relatives_replace(&search, &whole))
        continue;
    assert_int_equal(program.ops_len, 3);
    assert_int_equal(program.ops[0].head, ALLOC);
    assert_int_equal(value_of(&program, 0), 5);
    assert_int_equal(program.ops[2].head, NARROW);
    program_free(&whole);
    program_free(&program);
}

enum { STARVE = 0x85, GROW = 0x86, HUGE_SIZE = 1 << 20 };

/* GROW fails when there is something and no memory for more: after STARVE, or for a huge size. */
static bool grows_in_vain(const void *how, const struct program *program)
{
    (void)how;
    bool starved = false, filled = false;
    for (size_t i = 0; i < program->ops_len; i++) {
        int head = program->ops[i].head;
        if (head == GROW && filled && (starved || value_of(program, i) >= HUGE_SIZE))
            return true;
        starved |= head == STARVE;
        filled |= head == PUSH;
    }
    return false;
}

static void recalls_a_number_of_the_whole_that_makes_an_operation_needless(void **state)
{
    (void)state;
    struct program program = {0}, whole;
    add_op(&program, GROW, HUGE_SIZE);
    add_op(&program, GROW, 5);
    add_op(&program, STARVE, 0);
    add_op(&program, PUSH, 0);
    add_op(&program, GROW, 7);
    program_copy(&program, &whole);
    struct watched watched = {grows_in_vain, NULL, 0, 0};
    struct judge judge = {.ask = ask, .context = &watched};
    struct search search = {.best = &program, .judge = &judge};
    struct program small;
    program_keep(&program, (bool[]){false, false, true, true, true}, &small);
    program_free(&program);
    program = small;
    assert_true(relatives_recall(&search, &whole));
    assert_int_equal(program.ops_len, 2);
    assert_int_equal(program.ops[0].head, PUSH);
    assert_int_equal(value_of(&program, 1), HUGE_SIZE);
    assert_false(relatives_recall(&search, &whole)); /* two operations are few enough */
    program_free(&program);
    program_free(&whole);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(replaces_an_operation_by_a_shorter_one),
        cmocka_unit_test(replaces_two_operations_by_one_with_the_same_arguments),
        cmocka_unit_test(recalls_a_number_of_the_whole_that_makes_an_operation_needless),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
