/* The proof shares nothing with the search but the programs: a slip there must not repeat itself
 * here. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "mem.h"
#include "minimize_search.h"

struct prover {
    const struct program *program;
    const struct judge *judge;
    struct proof proof;
};

/* Asks about one step down, and frees it. Returns whether to go on. */
static bool ask(struct prover *prover, struct program *step, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static bool ask(struct prover *prover, struct program *step, const char *format, ...)
{
    enum answer answer = prover->judge->ask(prover->judge->context, step);
    program_free(step);
    prover->proof.attempts++;
    prover->proof.stopped = answer == ANSWER_STOP;
    prover->proof.holds = answer == ANSWER_NO;
    if (answer == ANSWER_YES) {
        va_list args;
        va_start(args, format);
        vsnprintf(prover->proof.counter, sizeof prover->proof.counter, format, args);
        va_end(args);
    }
    return answer == ANSWER_NO;
}

static bool ask_without(struct prover *prover, size_t op)
{
    struct program step;
    bool *keep = mem_new(prover->program->ops_len, sizeof *keep);
    for (size_t i = 0; i < prover->program->ops_len; i++)
        keep[i] = i != op;
    program_keep(prover->program, keep, &step);
    free(keep);
    return ask(prover, &step, "operation %zu can be dropped", op + 1);
}

static bool ask_lower(struct prover *prover, size_t field, uint64_t value)
{
    struct program step;
    program_lower(prover->program, field, value, &step);
    return ask(prover, &step, "number %zu can be lowered from %llu to %llu", field + 1,
               (unsigned long long)prover->program->fields[field].value, (unsigned long long)value);
}

static bool ask_field(struct prover *prover, size_t field)
{
    const struct program_field *at = &prover->program->fields[field];
    struct program step;
    if (at->value > 0 && !ask_lower(prover, field, at->value - 1))
        return false;
    if (at->value > 1 && !ask_lower(prover, field, 0))
        return false;
    if (at->kind != FIELD_ITEM)
        return true;
    program_drop_item(prover->program, field, &step);
    return ask(prover, &step, "item %zu can be dropped", field + 1);
}

struct proof prove_minimal(const struct program *program, const struct judge *judge)
{
    struct prover prover = {program, judge, {.holds = true}};
    bool go_on = true;
    for (size_t i = 0; i < program->ops_len && go_on; i++)
        go_on = ask_without(&prover, i);
    for (size_t i = 0; i < program->fields_len && go_on; i++)
        go_on = ask_field(&prover, i);
    return prover.proof;
}
