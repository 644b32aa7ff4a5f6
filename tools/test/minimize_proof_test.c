/* minimize_proof_test.c: what a proof asks, and when it holds. */
#include "minimize_fixture.h"

/* Asks for a proof; the last attempt is called `last`. */
static void assert_attempts(const struct program *program, struct watched *watched, bool holds,
                            size_t len, const char *last)
{
    struct judge judge = {.ask = ask, .context = watched};
    struct proof proof;
    prove_minimal(program, &judge, &proof);
    assert_int_equal(proof.holds, holds);
    assert_int_equal(proof.len, len);
    assert_string_equal(proof.attempts[len - 1].step, last);
    for (size_t i = 0; i + 1 < len; i++)
        assert_int_equal(proof.attempts[i].answer, ANSWER_NO);
    proof_free(&proof);
}

static void the_proof_finds_what_can_still_go(void **state)
{
    (void)state;
    static const struct need needs[] = {{0x81, 7}, {0, 0}};
    struct watched watched = {has_needs, needs, 0, 0};
    struct program program = {0};
    add_op(&program, 0x81, 7);
    program.fields[0].groups = 1;
    /* Without it; with 0, with 6; and the two bytes that it is written with. */
    struct judge judge = {.ask = ask, .context = &watched};
    struct proof proof;
    prove_minimal(&program, &judge, &proof);
    assert_int_equal(proof.len, 5);
    assert_string_equal(proof.attempts[0].step, "without operation 1");
    assert_string_equal(proof.attempts[1].step, "number 1 from 7 to 0");
    assert_string_equal(proof.attempts[2].step, "number 1 from 7 to 6");
    assert_string_equal(proof.attempts[3].step, "without byte 1");
    assert_string_equal(proof.attempts[4].step, "without byte 2");
    assert_true(proof.holds);
    proof_free(&proof);
    program.fields[0].value = 8;
    assert_attempts(&program, &watched, false, 3, "number 1 from 8 to 7");
    program.fields[0].value = 7;
    add_op(&program, 0x80, 0);
    assert_attempts(&program, &watched, false, 2, "without operation 2");
    program_free(&program);
    program_of_bytes("<b", 2, &program);
    watched = (struct watched){has_an_angle, NULL, 0, 0};
    assert_attempts(&program, &watched, false, 7, "byte 2 from 0x62 to 0x61");
    program_free(&program);
}

static void the_proof_of_a_stopped_judge_does_not_hold(void **state)
{
    (void)state;
    static const struct need needs[] = {{0x81, 7}, {0, 0}};
    struct watched watched = {has_needs, needs, 0, 1};
    struct judge judge = {.ask = ask, .context = &watched};
    struct program program = {0};
    struct proof proof;
    add_op(&program, 0x81, 7);
    prove_minimal(&program, &judge, &proof);
    assert_false(proof.holds);
    assert_true(proof.stopped);
    proof_free(&proof);
    program_free(&program);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_proof_finds_what_can_still_go),
        cmocka_unit_test(the_proof_of_a_stopped_judge_does_not_hold),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
