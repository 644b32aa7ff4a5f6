#include "minimize_relatives.h"

#include <stdlib.h>

#include "mem.h"

enum {
    /* How long a program may be before its operations are replaced by others: each kind is a
     * question for each operation. */
    REPLACE_MAX = 8,
    FORMS_MAX = 16, /* of the failing operation; each is a question for each other operation */
    RECALL_MIN = 3, /* operations, for that to be worth it */
};

/* One operation of each kind. */
static void list_kinds(const struct program *program, struct program *kinds)
{
    bool seen[256] = {false}, *keep = mem_new(program->ops_len, sizeof *keep);
    for (size_t i = 0; i < program->ops_len; i++) {
        bool *head = &seen[program->ops[i].head & 0xff];
        keep[i] = !*head;
        *head = true;
    }
    program_keep(program, keep, kinds);
    free(keep);
}

static bool has_numbers(const struct program *program, size_t op)
{
    for (size_t i = 0; i < program->ops[op].fields_len; i++)
        if (program->fields[program->ops[op].field + i].value != 0)
            return true;
    return false;
}

/* With nothing but zeros: as those are not written, it needs no fields. */
static bool take_bare(struct search *search, size_t op, int head)
{
    struct program candidate;
    program_operations(search->best, &candidate);
    for (size_t i = 0; i < candidate.ops[op].fields_len; i++)
        candidate.fields[candidate.ops[op].field + i] = (struct program_field){.kind = FIELD_VALUE};
    candidate.ops[op].head = head;
    return search_take(search, &candidate);
}

/* Whether two operations are written alike, down to the names of their arguments. */
static bool same_arguments(const struct program *a, size_t op_a, const struct program *b,
                           size_t op_b)
{
    const struct program_field *of_a = &a->fields[a->ops[op_a].field];
    const struct program_field *of_b = &b->fields[b->ops[op_b].field];
    if (a->ops[op_a].fields_len != b->ops[op_b].fields_len)
        return false;
    for (size_t i = 0; i < a->ops[op_a].fields_len; i++)
        if (of_a[i].name != of_b[i].name || of_a[i].groups != of_b[i].groups ||
            of_a[i].kind != FIELD_VALUE || of_b[i].kind != FIELD_VALUE)
            return false;
    return true;
}

/* With the numbers it has, and without another operation: "clone, resize" is an "alloc". */
static bool take_same(struct search *search, size_t op, int head)
{
    for (size_t other = search->best->ops_len - 1; other-- > 0 && !search->stopped;) {
        struct program candidate;
        if (other == op)
            continue;
        program_drop_op(search->best, other, &candidate);
        candidate.ops[other < op ? op - 1 : op].head = head;
        if (search_take(search, &candidate))
            return true;
    }
    return false;
}

static bool replace_op(struct search *search, size_t op, const struct program *kinds)
{
    bool numbers = has_numbers(search->best, op);
    for (size_t kind = 0; kind < kinds->ops_len && !search->stopped; kind++) {
        int head = kinds->ops[kind].head;
        if (head == search->best->ops[op].head)
            continue;
        if (numbers && take_bare(search, op, head))
            return true;
        if (same_arguments(search->best, op, kinds, kind) && take_same(search, op, head))
            return true;
    }
    return false;
}

bool relatives_replace(struct search *search, const struct program *whole)
{
    size_t len = search->best->ops_len;
    struct program kinds;
    bool replaced = false;
    if (len < 2 || len > REPLACE_MAX)
        return false;
    list_kinds(whole, &kinds);
    for (size_t op = len - 1; op-- > 0 && !search->stopped && !replaced;)
        replaced = replace_op(search, op, &kinds);
    program_free(&kinds);
    return replaced;
}

/* --- The failing operation as it stands elsewhere ------------------------------------------- */

static bool same_numbers(const struct program *a, size_t op_a, const struct program *b, size_t op_b)
{
    for (size_t i = 0; i < a->ops[op_a].fields_len; i++)
        if (a->fields[a->ops[op_a].field + i].value != b->fields[b->ops[op_b].field + i].value)
            return false;
    return true;
}

/* Whether operation `op` of the whole is the failing one with other numbers, for the first time. */
static bool is_form(const struct program *best, const struct program *whole, size_t op)
{
    size_t failing = best->ops_len - 1;
    if (whole->ops[op].head != best->ops[failing].head ||
        !same_arguments(whole, op, best, failing) || same_numbers(whole, op, best, failing))
        return false;
    for (size_t i = op + 1; i < whole->ops_len; i++)
        if (whole->ops[i].head == whole->ops[op].head && same_arguments(whole, i, whole, op) &&
            same_numbers(whole, i, whole, op))
            return false;
    return true;
}

/* With the failing operation's numbers as in the whole, and without another operation. */
static bool take_form(struct search *search, const struct program *whole, size_t form)
{
    for (size_t other = 0; other + 1 < search->best->ops_len && !search->stopped; other++) {
        struct program candidate;
        program_drop_op(search->best, other, &candidate);
        const struct program_op *failing = &candidate.ops[candidate.ops_len - 1];
        for (size_t i = 0; i < failing->fields_len; i++)
            candidate.fields[failing->field + i].value =
                whole->fields[whole->ops[form].field + i].value;
        if (search_take(search, &candidate))
            return true;
    }
    return false;
}

bool relatives_recall(struct search *search, const struct program *whole)
{
    size_t len = search->best->ops_len, forms = 0;
    if (len < RECALL_MIN || len > REPLACE_MAX || whole->ops_len <= len)
        return false;
    for (size_t op = whole->ops_len; op-- > 0 && forms < FORMS_MAX && !search->stopped;) {
        if (!is_form(search->best, whole, op))
            continue;
        forms++;
        if (take_form(search, whole, op))
            return true;
    }
    return false;
}
