#include "minimize_search.h"

#include <stdlib.h>
#include <string.h>

#include "mem.h"

/* How small a program must be before two steps at once are tried: a few hundred questions. */
enum {
    OPS_MAX = 16,     /* for any two operations */
    JOINT_MAX = 100,  /* operations × numbers, for an operation and a number */
    JOINT_STEPS = 8,  /* by how much the number gets lower with it */
    NUMBERS_MAX = 12, /* that are not 0, for any two numbers */
};

struct search {
    struct program *best;
    const struct judge *judge;
    bool stopped;
};

/* Takes the candidate, if the judge says yes; frees it otherwise. */
static bool take(struct search *search, struct program *candidate)
{
    enum answer answer = ANSWER_STOP;
    if (!search->stopped)
        answer = search->judge->ask(search->judge->context, candidate);
    if (answer == ANSWER_YES) {
        program_free(search->best);
        *search->best = *candidate;
        return true;
    }
    program_free(candidate);
    if (answer == ANSWER_STOP)
        search->stopped = true;
    return false;
}

static bool take_keep(struct search *search, const bool *keep)
{
    struct program candidate;
    program_keep(search->best, keep, &candidate);
    return take(search, &candidate);
}

static bool take_lower(struct search *search, size_t field, uint64_t value)
{
    struct program candidate;
    program_lower(search->best, field, value, &candidate);
    return take(search, &candidate);
}

static bool *keep_all(const struct program *program)
{
    bool *keep = mem_new(program->ops_len, sizeof *keep);
    for (size_t i = 0; i < program->ops_len; i++)
        keep[i] = true;
    return keep;
}

static bool take_prefix(struct search *search, size_t len)
{
    bool *keep = mem_new(search->best->ops_len, sizeof *keep);
    for (size_t i = 0; i < len; i++)
        keep[i] = true;
    bool taken = take_keep(search, keep);
    free(keep);
    return taken;
}

/* What comes after the failing operation never ran: halving finds it. */
static void cut_tail(struct search *search)
{
    size_t no = 0; /* prefixes shorter than this are not asked about again */
    while (no < search->best->ops_len && !search->stopped) {
        size_t middle = no + (search->best->ops_len - no) / 2;
        if (!take_prefix(search, middle))
            no = middle + 1;
    }
}

/* Tries without the operations [from, to): first with all that use their handles, then alone. */
static bool take_without(struct search *search, size_t from, size_t to)
{
    size_t len = search->best->ops_len;
    bool *gone = mem_new(len, sizeof *gone), *keep = keep_all(search->best);
    for (size_t i = from; i < to; i++)
        gone[i] = true;
    program_users(search->best, gone);
    bool users = false;
    for (size_t i = 0; i < len; i++) {
        keep[i] = !gone[i];
        users |= gone[i] && (i < from || i >= to);
    }
    bool taken = take_keep(search, keep);
    if (!taken && users) {
        for (size_t i = 0; i < len; i++)
            keep[i] = i < from || i >= to;
        taken = take_keep(search, keep);
    }
    free(gone);
    free(keep);
    return taken;
}

/* One pass from the back with chunks of one size. Users come after what they use, so `end` stays
 * right whatever goes. */
static bool remove_chunks(struct search *search, size_t size)
{
    bool changed = false;
    size_t end = search->best->ops_len;
    while (end > 0 && !search->stopped) {
        size_t from = end > size ? end - size : 0;
        changed |= take_without(search, from, end);
        end = from;
    }
    return changed;
}

static void remove_all_chunks(struct search *search)
{
    size_t size = search->best->ops_len / 2;
    while (size > 1 && !search->stopped) {
        remove_chunks(search, size);
        size_t half = search->best->ops_len / 2;
        size = size / 2 < half ? size / 2 : half;
    }
}

/* Any two operations at once: what cancels out, such as a push and its pop. */
static bool remove_pairs(struct search *search)
{
    bool changed = false;
    if (search->best->ops_len > OPS_MAX)
        return false;
    for (size_t second = search->best->ops_len; second-- > 1 && !search->stopped;) {
        for (size_t first = second; first-- > 0 && second < search->best->ops_len;) {
            bool *keep = keep_all(search->best);
            keep[first] = keep[second] = false;
            bool taken = take_keep(search, keep);
            free(keep);
            changed |= taken;
            if (taken)
                break; /* what stood at `second` is gone */
        }
    }
    return changed;
}

/* The value with which halving ends, between `no`, which was asked, and the field's own. */
static void descend(struct search *search, size_t field, uint64_t no)
{
    while (!search->stopped && search->best->fields[field].value - no > 1) {
        uint64_t middle = no + (search->best->fields[field].value - no) / 2;
        if (!take_lower(search, field, middle))
            no = middle;
    }
}

/* Lowers one number. Afterwards it is 0, or neither 0 nor one less will do. A number that can't go
 * down by one may still go down by more, as an alignment does: powers of two are tried, unless
 * `quick`. */
static bool lower(struct search *search, size_t field, bool quick)
{
    uint64_t value = search->best->fields[field].value;
    if (value == 0 || take_lower(search, field, 0))
        return value != 0;
    bool lowered = value > 1 && take_lower(search, field, value - 1);
    for (uint64_t half = value / 2; half > 0 && !quick && !lowered; half /= 2)
        lowered = half != value - 1 && take_lower(search, field, half);
    if (lowered)
        descend(search, field, 0);
    return lowered;
}

/* All plain numbers of an operation to 0 in one question: most of them don't matter. */
static bool clear_op(struct search *search, size_t op)
{
    size_t from = search->best->ops[op].field, to = from + search->best->ops[op].fields_len;
    size_t cleared = 0;
    struct program candidate;
    program_copy(search->best, &candidate);
    for (size_t i = from; i < to; i++) {
        if (candidate.fields[i].kind == FIELD_COUNT || candidate.fields[i].value == 0)
            continue;
        candidate.fields[i].value = 0;
        cleared++;
    }
    if (cleared > 1)
        return take(search, &candidate);
    program_free(&candidate); /* lower() asks the same */
    return false;
}

static bool lower_all(struct search *search, bool quick)
{
    bool changed = false;
    for (size_t i = 0; i < search->best->ops_len && !quick && !search->stopped; i++)
        changed |= clear_op(search, i);
    for (size_t i = 0; i < search->best->fields_len && !search->stopped; i++)
        changed |= lower(search, i, quick);
    return changed;
}

static bool drop_items(struct search *search)
{
    bool changed = false;
    for (size_t i = search->best->fields_len; i-- > 0 && !search->stopped;) {
        if (search->best->fields[i].kind != FIELD_ITEM)
            continue;
        struct program candidate;
        program_drop_item(search->best, i, &candidate);
        changed |= take(search, &candidate);
    }
    return changed;
}

static bool take_joint(struct search *search, size_t op, size_t field, uint64_t by)
{
    struct program lowered, candidate;
    program_lower(search->best, field, search->best->fields[field].value - by, &lowered);
    bool *keep = keep_all(&lowered);
    keep[op] = false;
    program_keep(&lowered, keep, &candidate);
    free(keep);
    program_free(&lowered);
    return take(search, &candidate);
}

/* An operation goes, and another one's number gets lower by what it counted for. */
static bool remove_joint(struct search *search)
{
    const struct program *best = search->best;
    if (best->ops_len * best->fields_len > JOINT_MAX)
        return false;
    for (size_t op = best->ops_len; op-- > 0;)
        for (size_t field = 0; field < best->fields_len; field++) {
            size_t within = field - best->ops[op].field; /* wraps below it */
            if (within < best->ops[op].fields_len)
                continue;
            uint64_t value = best->fields[field].value;
            for (uint64_t by = 1; by <= value && by <= JOINT_STEPS && !search->stopped; by++)
                if (take_joint(search, op, field, by))
                    return true;
        }
    return false;
}

static bool take_two_lower(struct search *search, size_t a, size_t b, uint64_t by)
{
    const struct program_field *fields = search->best->fields;
    struct program lowered, candidate;
    program_lower(search->best, b, fields[b].value - by,
                  &lowered); /* the later one first: items may go with a */
    program_lower(&lowered, a, fields[a].value - by, &candidate);
    program_free(&lowered);
    return take(search, &candidate);
}

static size_t count_numbers(const struct program *program)
{
    size_t count = 0;
    for (size_t i = 0; i < program->fields_len; i++)
        count += program->fields[i].value != 0;
    return count;
}

/* Two numbers by the same amount: a length and the index of its end. */
static bool lower_two(struct search *search)
{
    const struct program *best = search->best;
    if (count_numbers(best) > NUMBERS_MAX)
        return false;
    for (size_t b = best->fields_len; b-- > 1;)
        for (size_t a = b; a-- > 0;) {
            uint64_t va = best->fields[a].value, vb = best->fields[b].value;
            for (uint64_t by = va < vb ? va : vb; by > 0 && !search->stopped; by /= 2)
                if (take_two_lower(search, a, b, by))
                    return true;
        }
    return false;
}

/* All that the guarantee speaks of, until none of it changes anything. */
static void settle(struct search *search)
{
    bool quick = false, changed = true;
    while (changed && !search->stopped) {
        changed = remove_chunks(search, 1);
        changed |= lower_all(search, quick);
        changed |= drop_items(search);
        quick = true;
    }
}

bool search_minimal(struct program *program, const struct judge *judge)
{
    struct search search = {.best = program, .judge = judge};
    cut_tail(&search);
    remove_all_chunks(&search);
    do
        settle(&search);
    while (!search.stopped &&
           (remove_pairs(&search) || remove_joint(&search) || lower_two(&search)));
    return !search.stopped;
}
