/* The proof shares nothing with the search but the programs: a slip there must not repeat itself
 * here. */
#include <stdlib.h>
#include <string.h>

#include "mem.h"
#include "minimize_search.h"

struct prover {
    const struct program *program;
    const struct judge *judge;
    struct proof *proof;
};

/* Asks about one step down, which is called `name`, and frees both. One that is longer is no step
 * down. Returns whether to go on. */
static bool ask(struct prover *prover, struct program *step, char *name)
{
    struct proof *proof = prover->proof;
    if (program_size(step) > program_size(prover->program)) {
        program_free(step);
        free(name);
        return true;
    }
    enum answer answer = prover->judge->ask(prover->judge->context, step);
    program_free(step);
    proof->stopped = answer == ANSWER_STOP;
    proof->holds = answer == ANSWER_NO;
    proof->attempts = mem_resize(proof->attempts, proof->len + 1, sizeof *proof->attempts);
    proof->attempts[proof->len++] = (struct attempt){name, answer};
    return answer == ANSWER_NO;
}

/* --- Operations ----------------------------------------------------------------------------- */

static bool ask_without(struct prover *prover, size_t op)
{
    struct program step;
    program_drop_op(prover->program, op, &step);
    return ask(prover, &step, mem_print("without operation %zu", op + 1));
}

static bool ask_lower(struct prover *prover, size_t field, uint64_t value)
{
    struct program step;
    program_lower(prover->program, field, value, &step);
    return ask(prover, &step,
               mem_print("number %zu from %llu to %llu", field + 1,
                         (unsigned long long)prover->program->fields[field].value,
                         (unsigned long long)value));
}

/* The nearest lower value with which the program gets no longer; the value itself: none but 0. */
static uint64_t next_lower(const struct program *program, size_t field)
{
    uint64_t value = program->fields[field].value, by = 1;
    for (unsigned digit = 0; digit < 9 && by < value; digit++, by *= 128) {
        struct program step;
        program_lower(program, field, value - by, &step);
        bool longer = program_size(&step) > program_size(program);
        program_free(&step);
        if (!longer)
            return value - by;
    }
    return value;
}

static bool ask_field(struct prover *prover, size_t field)
{
    const struct program_field *at = &prover->program->fields[field];
    struct program step;
    uint64_t next = next_lower(prover->program, field);
    if (at->value > 0 && !ask_lower(prover, field, 0))
        return false;
    if (next != at->value && next > 0 && !ask_lower(prover, field, next))
        return false;
    if (at->kind != FIELD_ITEM)
        return true;
    program_drop_item(prover->program, field, &step);
    return ask(prover, &step, mem_print("without item %zu", field + 1));
}

static bool ask_operations(struct prover *prover)
{
    bool go_on = true;
    for (size_t i = 0; i < prover->program->ops_len && go_on; i++)
        go_on = ask_without(prover, i);
    for (size_t i = 0; i < prover->program->fields_len && go_on; i++)
        go_on = ask_field(prover, i);
    return go_on;
}

/* --- Bytes ---------------------------------------------------------------------------------- */

static bool ask_byte(struct prover *prover, size_t at, unsigned byte)
{
    const struct program *program = prover->program;
    struct program step;
    if (program->raw[at] == byte)
        return true;
    program_of_bytes(program->raw, program->raw_len, &step);
    step.raw[at] = (uint8_t)byte;
    return ask(prover, &step,
               mem_print("byte %zu from 0x%02x to 0x%02x", at + 1, program->raw[at], byte));
}

static bool ask_simpler(struct prover *prover, size_t at)
{
    uint8_t byte = prover->program->raw[at];
    if (byte == '0')
        return true;
    if (byte == 'a')
        return ask_byte(prover, at, '0');
    return ask_byte(prover, at, '0') && ask_byte(prover, at, 'a') &&
           (byte == 0 || byte - 1 == '0' || byte - 1 == 'a' || ask_byte(prover, at, byte - 1U));
}

static bool ask_without_byte(struct prover *prover, const uint8_t *bytes, size_t len, size_t at)
{
    struct program step = {.raw = mem_new(len, 1), .raw_len = len - 1};
    memcpy(step.raw, bytes, at);
    memcpy(step.raw + at, bytes + at + 1, len - at - 1);
    return ask(prover, &step, mem_print("without byte %zu", at + 1));
}

/* Of a program in operations no byte may go either; its values are the numbers above. */
static void ask_bytes(struct prover *prover)
{
    size_t len;
    uint8_t *bytes = program_encode(prover->program, &len);
    bool go_on = true, plain = prover->program->ops_len == 0;
    for (size_t at = 0; at < len && go_on; at++)
        go_on = ask_without_byte(prover, bytes, len, at) && (!plain || ask_simpler(prover, at));
    free(bytes);
}

void prove_minimal(const struct program *program, const struct judge *judge, struct proof *proof)
{
    struct prover prover = {program, judge, proof};
    *proof = (struct proof){.holds = true};
    if (ask_operations(&prover))
        ask_bytes(&prover);
}

void proof_free(struct proof *proof)
{
    for (size_t i = 0; i < proof->len; i++)
        free(proof->attempts[i].step);
    free(proof->attempts);
    *proof = (struct proof){0};
}
