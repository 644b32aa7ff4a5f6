#include "minimize_handles.h"

static bool uses(const struct program *program, size_t user, size_t definer)
{
    for (size_t i = 0; i < program->uses_len; i++)
        if (program->uses[i].user == user && program->uses[i].definer == definer)
            return true;
    return false;
}

static bool is_used(const struct program *program, size_t op)
{
    for (size_t i = 0; i < program->uses_len; i++)
        if (program->uses[i].definer == op)
            return true;
    return false;
}

/* Makes the program in which a number of an operation, and the same number wherever the operation's
 * handle is used, is `to`. False when it is used nowhere: then it doesn't name the handle. */
static bool renamed(const struct program *program, size_t definer, size_t field, uint64_t to,
                    struct program *out)
{
    uint64_t from = program->fields[field].value;
    bool used = false;
    program_operations(program, out);
    out->fields[field].value = to;
    for (size_t op = definer + 1; op < program->ops_len; op++) {
        for (size_t i = 0; uses(program, op, definer) && i < program->ops[op].fields_len; i++) {
            struct program_field *other = &out->fields[program->ops[op].field + i];
            if (other->kind != FIELD_VALUE || other->value != from)
                continue;
            other->value = to;
            used = true;
        }
    }
    if (!used)
        program_free(out);
    return used;
}

/* Lowers the name of a handle. Where another operation gives the lower name to a handle of its own,
 * that one may have the higher name instead, if it all gets shorter. */
static bool rename_to(struct search *search, size_t definer, size_t field, uint64_t to)
{
    const struct program *best = search->best;
    uint64_t from = best->fields[field].value;
    struct program candidate;
    if (!renamed(best, definer, field, to, &candidate))
        return false;
    if (search_take(search, &candidate))
        return true;
    (void)renamed(best, definer, field, to, &candidate);
    for (size_t op = 0; op < best->ops_len; op++)
        for (size_t i = 0; op != definer && is_used(best, op) && i < best->ops[op].fields_len; i++)
            if (best->fields[best->ops[op].field + i].value == to)
                candidate.fields[best->ops[op].field + i].value = from;
    if (program_size(&candidate) < program_size(best))
        return search_take(search, &candidate);
    program_free(&candidate);
    return false;
}

/* Gives the handle that a number of an operation may be the lowest name up to `most` that will do.
 */
static bool rename_field(struct search *search, size_t op, size_t field, uint64_t most)
{
    uint64_t value = search->best->fields[field].value;
    if (search->best->fields[field].kind != FIELD_VALUE)
        return false;
    for (uint64_t to = 0; to <= most && to < value && !search->stopped; to++)
        if (rename_to(search, op, field, to))
            return true;
    return false;
}

bool handles_rename(struct search *search)
{
    bool changed = false;
    uint64_t wanted = 0;
    for (size_t op = 0; op < search->best->ops_len && !search->stopped; op++) {
        if (!is_used(search->best, op))
            continue;
        for (size_t i = 0; i < search->best->ops[op].fields_len; i++)
            changed |= rename_field(search, op, search->best->ops[op].field + i, wanted);
        wanted++;
    }
    return changed;
}
