/* minimize_fixture.h: programs to shrink, and judges of which everything is known, for the tests of
 * the search. Each file that includes it gets its own copy of the few helpers. */
#ifndef LEDGE_TOOLS_TEST_MINIMIZE_FIXTURE_H
#define LEDGE_TOOLS_TEST_MINIMIZE_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "mem.h"
#include "minimize_search.h"

#define MAYBE_UNUSED __attribute__((unused))

/* --- Programs ------------------------------------------------------------------------------- */

/* Appends an operation with one number, of three digits. */
MAYBE_UNUSED static void add_op(struct program *program, int head, uint64_t value)
{
    program->ops = mem_resize(program->ops, program->ops_len + 1, sizeof *program->ops);
    program->fields = mem_resize(program->fields, program->fields_len + 1, sizeof *program->fields);
    program->ops[program->ops_len++] = (struct program_op){head, program->fields_len, 1};
    program->fields[program->fields_len++] =
        (struct program_field){.value = value, .kind = FIELD_VALUE, .groups = 3};
}

/* Appends a number of three digits to the last operation. */
MAYBE_UNUSED static void add_number(struct program *program, uint64_t value)
{
    program->fields = mem_resize(program->fields, program->fields_len + 1, sizeof *program->fields);
    program->fields[program->fields_len++] =
        (struct program_field){.value = value, .kind = FIELD_VALUE, .groups = 3};
    program->ops[program->ops_len - 1].fields_len++;
}

/* Appends an item to the last operation, whose number becomes a count. */
MAYBE_UNUSED static void add_item(struct program *program, uint64_t value)
{
    struct program_op *op = &program->ops[program->ops_len - 1];
    program->fields[op->field].kind = FIELD_COUNT;
    program->fields[op->field].value++;
    program->fields = mem_resize(program->fields, program->fields_len + 1, sizeof *program->fields);
    program->fields[program->fields_len++] =
        (struct program_field){.value = value, .kind = FIELD_ITEM, .groups = 2};
    op->fields_len++;
}

MAYBE_UNUSED static void add_use(struct program *program, size_t user, size_t definer)
{
    program->uses = mem_resize(program->uses, program->uses_len + 1, sizeof *program->uses);
    program->uses[program->uses_len++] = (struct program_use){user, definer};
}

MAYBE_UNUSED static uint64_t value_of(const struct program *program, size_t op)
{
    return program->fields[program->ops[op].field].value;
}

MAYBE_UNUSED static uint64_t next_random(uint64_t *state)
{
    *state = *state * UINT64_C(6364136223846793005) + 1442695040888963407U;
    return *state >> 33;
}

MAYBE_UNUSED static void random_program(uint64_t *random, struct program *program)
{
    size_t len = 1 + next_random(random) % 30;
    *program = (struct program){0};
    for (size_t i = 0; i < len; i++) {
        add_op(program, 0x80 | (int)(next_random(random) % 5), next_random(random) % 200);
        if (next_random(random) % 4 != 0)
            continue;
        program->fields[program->fields_len - 1].value = 0;
        for (size_t items = next_random(random) % 4; items > 0; items--)
            add_item(program, next_random(random) % 256);
    }
    for (size_t i = 0; len > 1 && i < 5; i++) {
        size_t user = 1 + next_random(random) % (len - 1);
        add_use(program, user, next_random(random) % user);
    }
}

/* --- A judge that watches --------------------------------------------------------------------- */

typedef bool fails(const void *how, const struct program *program);

struct watched {
    fails *fails;
    const void *how;
    size_t asked, stop_after; /* 0: never */
};

MAYBE_UNUSED static enum answer ask(void *context, const struct program *candidate)
{
    struct watched *watched = context;
    if (watched->stop_after && watched->asked == watched->stop_after)
        return ANSWER_STOP;
    watched->asked++;
    return watched->fails(watched->how, candidate) ? ANSWER_YES : ANSWER_NO;
}

/* Searches, and checks what must hold of any result. */
MAYBE_UNUSED static size_t search(struct program *program, fails *how_it_fails, const void *how)
{
    struct watched watched = {how_it_fails, how, 0, 0};
    struct judge judge = {.ask = ask, .context = &watched};
    assert_true(how_it_fails(how, program));
    assert_true(search_minimal(program, &judge));
    assert_true(how_it_fails(how, program));
    return watched.asked;
}

MAYBE_UNUSED static void assert_no(const struct program *program, struct program *step,
                                   fails *how_it_fails, const void *how)
{
    if (program_size(step) <= program_size(program))
        assert_false(how_it_fails(how, step));
    program_free(step);
}

/* Every single step down, written out once more. What is longer is none. */
MAYBE_UNUSED static void assert_minimal(const struct program *program, fails *how_it_fails,
                                        const void *how)
{
    struct program step;
    for (size_t op = 0; op < program->ops_len; op++) {
        bool keep[64];
        memset(keep, 1, sizeof keep);
        keep[op] = false;
        program_keep(program, keep, &step);
        assert_no(program, &step, how_it_fails, how);
    }
    for (size_t i = 0; i < program->fields_len; i++) {
        uint64_t value = program->fields[i].value;
        uint64_t nearest = value; /* whose record is no longer */
        for (uint64_t by = 1; nearest == value && by <= value; by *= 128) {
            program_lower(program, i, value - by, &step);
            if (program_size(&step) <= program_size(program))
                nearest = value - by;
            program_free(&step);
        }
        const uint64_t lower[] = {0, nearest};
        for (size_t k = 0; k < 2 && value > 0; k++) {
            program_lower(program, i, lower[k], &step);
            assert_no(program, &step, how_it_fails, how);
        }
        if (program->fields[i].kind != FIELD_ITEM)
            continue;
        program_drop_item(program, i, &step);
        assert_no(program, &step, how_it_fails, how);
    }
}

MAYBE_UNUSED static void assert_proven(const struct program *program, const struct judge *judge)
{
    struct proof proof;
    prove_minimal(program, judge, &proof);
    if (!proof.holds)
        fail_msg("not minimal: %s", proof.attempts[proof.len - 1].step);
    proof_free(&proof);
}

/* --- Judges ----------------------------------------------------------------------------------- */

/* So many operations, in this order, with numbers at least so high. */
struct need {
    int head;
    uint64_t least;
};

MAYBE_UNUSED static bool has_needs(const void *how, const struct program *program)
{
    const struct need *need = how;
    for (size_t i = 0; i < program->ops_len; i++)
        if (need->head && program->ops[i].head == need->head && value_of(program, i) >= need->least)
            need++;
    return need->head == 0;
}

/* A "<" and a later byte above it. */
MAYBE_UNUSED static bool has_an_angle(const void *how, const struct program *program)
{
    (void)how;
    const uint8_t *open = memchr(program->raw, '<', program->raw_len);
    for (const uint8_t *at = open; open && at < program->raw + program->raw_len; at++)
        if (*at > '<')
            return true;
    return false;
}

#endif
