/* The search over operations and their numbers. */
#include "minimize_search.h"

#include <stdlib.h>
#include <string.h>

#include "mem.h"
#include "minimize_handles.h"
#include "minimize_orders.h"
#include "minimize_relatives.h"
#include "minimize_steps.h"

/* How small a program must be before two steps at once are tried: a few dozen questions. */
enum {
    OPS_MAX = 14,    /* for any two operations */
    JOINT_MAX = 64,  /* operations × numbers, for an operation and a number */
    NUMBERS_MAX = 6, /* that are not 0, for any two numbers */
    ORDERS = 3,      /* in which operations are taken away, besides the first */
    ORDERS_MIN = 3,  /* operations of a result, for more than one of them to be worth it */
};

static void lower_to(const struct search *search, size_t field, uint64_t value, struct program *out)
{
    program_lower(search->best, field, value, out);
}

static bool take_lower(struct search *search, size_t field, uint64_t value)
{
    struct program candidate;
    lower_to(search, field, value, &candidate);
    return search_take(search, &candidate);
}

/* --- Operations ----------------------------------------------------------------------------- */

/* The program without the operations [from, to); with_users: and without all that use their
 * handles. Returns whether that makes a difference. */
static bool without_ops(const struct program *program, size_t from, size_t to, bool with_users,
                        struct program *out)
{
    size_t len = program->ops_len;
    bool *gone = mem_new(len, sizeof *gone), *keep = search_keep_all(program), users = false;
    for (size_t i = from; i < to; i++)
        gone[i] = true;
    if (with_users)
        program_users(program, gone);
    for (size_t i = 0; i < len; i++) {
        keep[i] = !gone[i];
        users |= gone[i] && (i < from || i >= to);
    }
    program_keep(program, keep, out);
    free(gone);
    free(keep);
    return users;
}

static bool take_without(struct search *search, size_t from, size_t to)
{
    struct program candidate;
    bool users = without_ops(search->best, from, to, true, &candidate);
    bool taken = search_take(search, &candidate);
    if (taken || !users)
        return taken;
    (void)without_ops(search->best, from, to, false, &candidate);
    return search_take(search, &candidate);
}

static bool take_ops(struct search *search, const struct thinning *thinning, size_t from, size_t to)
{
    (void)thinning;
    return take_without(search, from, to);
}

static void make_ops(const struct search *search, const struct thinning *thinning, size_t from,
                     size_t to, struct program *out)
{
    (void)thinning;
    (void)without_ops(search->best, from, to, true, out);
}

/* Only the last operation, which is known to matter, and those whose handles it uses, directly or
 * not: where there are handles, that is mostly enough. */
static void slice(struct search *search)
{
    const struct program *best = search->best;
    bool *keep = mem_new(best->ops_len, sizeof *keep);
    size_t kept = best->ops_len > 0;
    struct program candidate;
    for (size_t op = best->ops_len; op-- > 0;) {
        keep[op] |= op + 1 == best->ops_len;
        for (size_t i = 0; keep[op] && i < best->uses_len; i++) {
            if (best->uses[i].user != op)
                continue;
            kept += !keep[best->uses[i].definer];
            keep[best->uses[i].definer] = true;
        }
    }
    if (kept > 1 && kept < best->ops_len) {
        program_keep(best, keep, &candidate);
        (void)search_take(search, &candidate);
    }
    free(keep);
}

/* Cuts the program behind the operation that fails; false when there is none. */
static bool cut(struct search *search)
{
    struct thinning ops = {.take = take_ops, .make = make_ops};
    return search_last(search, &ops, search->best->ops_len) > 0;
}

static void thin_ops(struct search *search)
{
    struct thinning ops = {.take = take_ops, .make = make_ops};
    slice(search);
    search_thin_front(search, &ops, search->best->ops_len - 1);
}

/* Every operation alone. */
static bool remove_ops(struct search *search)
{
    bool changed = false;
    struct program next;
    for (size_t op = search->best->ops_len; op-- > 0 && !search->stopped;) {
        if (op > 0 && search_wants_next(search)) {
            (void)without_ops(search->best, op - 1, op, true, &next);
            search_expect(search, &next);
        }
        changed |= take_without(search, op, op + 1);
    }
    return changed;
}

/* Any two operations at once: what cancels out, such as a push and its pop. */
static bool remove_pairs(struct search *search)
{
    bool changed = false;
    if (search->best->ops_len > OPS_MAX)
        return false;
    for (size_t second = search->best->ops_len; second-- > 1 && !search->stopped;) {
        for (size_t first = second; first-- > 0 && second < search->best->ops_len;) {
            struct program candidate;
            bool *keep = search_keep_all(search->best);
            keep[first] = keep[second] = false;
            program_keep(search->best, keep, &candidate);
            free(keep);
            bool taken = search_take(search, &candidate);
            changed |= taken;
            if (taken)
                break; /* what stood at `second` is gone */
        }
    }
    return changed;
}

/* --- Numbers -------------------------------------------------------------------------------- */

/* The numbers that are not 0, by their fields: those before what was changed keep their place. */
struct numbers {
    size_t *fields, len;
};

static struct numbers list_numbers(const struct program *program)
{
    struct numbers numbers = {mem_new(program->fields_len, sizeof *numbers.fields), 0};
    for (size_t i = 0; i < program->fields_len; i++)
        if (program->fields[i].value != 0)
            numbers.fields[numbers.len++] = i;
    return numbers;
}

/* Sets a number to 0; the items of a count go with it. */
static void zero(struct program *program, size_t field)
{
    struct program before = *program;
    program_lower(&before, field, 0, program);
    program_free(&before);
}

/* Sets some numbers to 0, the last one first: items go with their count. */
static void make_zero(const struct search *search, const struct thinning *thinning, size_t from,
                      size_t to, struct program *out)
{
    const struct numbers *numbers = thinning->what;
    program_copy(search->best, out);
    while (to-- > from)
        zero(out, numbers->fields[to]);
}

static bool take_zero(struct search *search, const struct thinning *thinning, size_t from,
                      size_t to)
{
    struct program candidate;
    make_zero(search, thinning, from, to, &candidate);
    return search_take(search, &candidate);
}

/* The last number that isn't 0 of an operation; fields_len of the program when there is none. */
static size_t last_number(const struct program *program, size_t op)
{
    size_t first = program->ops[op].field;
    for (size_t i = program->ops[op].fields_len; i-- > 0;)
        if (program->fields[first + i].value != 0)
            return first + i;
    return program->fields_len;
}

/* Some records shorter by their last number. */
static void make_shorter(const struct search *search, const struct thinning *thinning, size_t from,
                         size_t to, struct program *out)
{
    (void)thinning;
    program_operations(search->best, out);
    while (to-- > from) {
        size_t field = last_number(out, to);
        if (field < out->fields_len)
            zero(out, field);
    }
}

static bool take_shorter(struct search *search, const struct thinning *thinning, size_t from,
                         size_t to)
{
    struct program candidate;
    make_shorter(search, thinning, from, to, &candidate);
    return search_take(search, &candidate);
}

/* A record is written up to its last number that isn't 0. So those go first, while the numbers in
 * front of them, which cost no byte more for being large, are as they were and may make up for it.
 */
static void shorten_records(struct search *search)
{
    struct thinning shorter = {.take = take_shorter, .make = make_shorter};
    size_t before;
    do {
        before = program_size(search->best);
        search_thin(search, &shorter, search->best->ops_len);
    } while (program_size(search->best) < before && !search->stopped);
}

/* Most numbers don't matter, and are settled many at a time. */
static void zero_numbers(struct search *search)
{
    struct numbers numbers = list_numbers(search->best);
    struct thinning zeros = {.take = take_zero, .make = make_zero, .what = &numbers};
    search_thin(search, &zeros, numbers.len);
    free(numbers.fields);
}

/* The program in which all numbers called as this one are 0; false when this is the only one of
 * them that isn't. */
static bool without_name(const struct program *program, size_t field, struct program *out)
{
    size_t others = 0;
    program_operations(program, out);
    for (size_t i = 0; i < program->fields_len; i++) {
        if (program->fields[i].name != program->fields[field].name ||
            program->fields[i].kind != FIELD_VALUE)
            continue;
        others += i != field && program->fields[i].value != 0;
        out->fields[i].value = 0;
    }
    if (others == 0)
        program_free(out);
    return others > 0;
}

/* All numbers of a name at once: "which map" stands in many operations, and to speak of another one
 * in some of them only is no longer the bug. afl-tmin's alphabet does so with bytes. This comes
 * while the other numbers are still large: what is lowered first may need the very map. */
static void zero_names(struct search *search)
{
    for (size_t i = 0; i < search->best->fields_len && !search->stopped; i++) {
        const struct program_field *field = &search->best->fields[i];
        struct program candidate;
        if (field->value != 0 && field->name != 0 && field->kind == FIELD_VALUE &&
            without_name(search->best, i, &candidate))
            (void)search_take(search, &candidate);
    }
}

/* By how much a number must get lower, at least, so that its record gets no longer: the last number
 * of a record is written without its trailing zero digits. */
static uint64_t step_of(const struct program *program, size_t field)
{
    const struct program_op *op = program->ops;
    while (field >= op->field + op->fields_len)
        op++;
    for (size_t i = field + 1; i < op->field + op->fields_len; i++)
        if (program->fields[i].value != 0)
            return 1;
    uint64_t step = 1;
    for (uint64_t value = program->fields[field].value; value > 0 && value % 128 == 0; value /= 128)
        step *= 128;
    return step;
}

/* The least value that is a yes, in steps, when `no` steps are a no and `yes` steps were taken:
 * doubling from below, since what matters is mostly small, and then halving. */
static void descend(struct search *search, size_t field, uint64_t step, uint64_t yes)
{
    uint64_t no = 0, jump = 1;
    bool halve = false;
    while (yes - no > 1 && !search->stopped) {
        uint64_t middle = halve || jump >= yes - no ? no + (yes - no) / 2 : no + jump;
        if (take_lower(search, field, middle * step)) {
            yes = middle;
            halve = true;
        } else {
            no = middle;
            jump *= 2;
        }
    }
}

/* What is asked about a number next after this one, if it stays. */
static void expect_zero(struct search *search, size_t field)
{
    const struct program *best = search->best;
    struct program next;
    while (++field < best->fields_len && best->fields[field].value == 0)
        continue;
    if (field == best->fields_len || !search_wants_next(search))
        return;
    lower_to(search, field, 0, &next);
    search_expect(search, &next);
}

/* Lowers one number. Afterwards it is 0, or neither 0 nor one step less will do. */
static bool lower(struct search *search, size_t field)
{
    uint64_t step = step_of(search->best, field);
    uint64_t steps = search->best->fields[field].value / step;
    struct program next;
    if (steps == 0)
        return false;
    if (steps > 1 && search_wants_next(search)) {
        lower_to(search, field, (steps - 1) * step, &next);
        search_expect(search, &next);
    } else if (steps == 1) {
        expect_zero(search, field);
    }
    if (take_lower(search, field, 0))
        return true;
    if (steps == 1)
        return false;
    expect_zero(search, field);
    if (!take_lower(search, field, (steps - 1) * step))
        return false;
    descend(search, field, step, steps - 1);
    return true;
}

static bool lower_all(struct search *search)
{
    bool changed = false;
    for (size_t i = 0; i < search->best->fields_len && !search->stopped; i++)
        changed |= lower(search, i);
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
        changed |= search_take(search, &candidate);
    }
    return changed;
}

/* --- Two steps at once ---------------------------------------------------------------------- */

static bool take_joint(struct search *search, size_t op, size_t field, uint64_t by)
{
    struct program lowered, candidate;
    program_lower(search->best, field, search->best->fields[field].value - by, &lowered);
    program_drop_op(&lowered, op, &candidate);
    program_free(&lowered);
    return search_take(search, &candidate);
}

/* Without an operation, and a later number lower by 1 or by one of the operation's numbers. */
static bool take_counted(struct search *search, size_t op, size_t field)
{
    const struct program *best = search->best;
    uint64_t value = best->fields[field].value;
    if (value == 0)
        return false;
    if (take_joint(search, op, field, 1))
        return true;
    for (size_t i = 0; i < best->ops[op].fields_len; i++) {
        const struct program_field *own = &best->fields[best->ops[op].field + i];
        if (own->kind != FIELD_ITEM && own->value > 1 && own->value <= value &&
            take_joint(search, op, field, own->value))
            return true;
    }
    return false;
}

/* An operation goes, and a later one's number gets lower by what it counted for. */
static bool remove_one_joint(struct search *search)
{
    const struct program *best = search->best;
    if (best->ops_len * best->fields_len > JOINT_MAX)
        return false;
    for (size_t op = best->ops_len; op-- > 0;)
        for (size_t field = best->ops[op].field + best->ops[op].fields_len;
             field < best->fields_len && !search->stopped; field++)
            if (take_counted(search, op, field))
                return true;
    return false;
}

static bool remove_joint(struct search *search)
{
    bool changed = false;
    while (remove_one_joint(search))
        changed = true;
    return changed;
}

static bool take_two_lower(struct search *search, size_t a, size_t b, uint64_t by)
{
    const struct program_field *fields = search->best->fields;
    struct program lowered, candidate;
    program_lower(search->best, b, fields[b].value - by,
                  &lowered); /* the later one first: items may go with a */
    program_lower(&lowered, a, fields[a].value - by, &candidate);
    program_free(&lowered);
    return search_take(search, &candidate);
}

/* Two numbers by the same amount: a length and the index of its end. */
static bool lower_pair(struct search *search, size_t a, size_t b)
{
    uint64_t va = search->best->fields[a].value, vb = search->best->fields[b].value;
    uint64_t least = va < vb ? va : vb;
    if (least == 0)
        return false;
    if (!take_two_lower(search, a, b, 1))
        return least > 1 && take_two_lower(search, a, b, least);
    if (search->best->fields[a].kind == FIELD_COUNT)
        return true; /* its items went, and b is elsewhere now */
    uint64_t left = least - 1, by = left;
    while (by > 0 && !search->stopped) {
        if (take_two_lower(search, a, b, by))
            left -= by;
        else
            by /= 2;
        by = by < left ? by : left;
    }
    return true;
}

static bool lower_two(struct search *search)
{
    struct numbers numbers = list_numbers(search->best);
    bool lowered = false;
    if (numbers.len <= NUMBERS_MAX)
        for (size_t b = numbers.len; b-- > 1 && !lowered;)
            for (size_t a = b; a-- > 0 && !lowered && !search->stopped;)
                lowered = lower_pair(search, numbers.fields[a], numbers.fields[b]);
    free(numbers.fields);
    return lowered;
}

/* --- The whole ------------------------------------------------------------------------------ */

/* All that the guarantee speaks of, until none of it changes anything. */
static void settle(struct search *search)
{
    bool changed = true;
    while (changed && !search->stopped) {
        changed = remove_ops(search);
        changed |= lower_all(search);
        changed |= drop_items(search);
        changed |= handles_rename(search);
    }
}

/* From what is left of a whole program to a minimal one. */
static void finish(struct search *search, const struct program *whole)
{
    zero_names(search);
    shorten_records(search);
    zero_numbers(search);
    do
        settle(search);
    while (!search->stopped &&
           (remove_joint(search) || remove_pairs(search) || lower_two(search) ||
            relatives_recall(search, whole) || relatives_replace(search, whole)));
}

static bool is_smaller(const struct program *a, const struct program *b)
{
    if (a->ops_len != b->ops_len)
        return a->ops_len < b->ops_len;
    return program_size(a) < program_size(b);
}

/* Thins a copy of the program in some orders, and makes *out what has the fewest operations. */
static void thin_otherwise(const struct program *whole, unsigned orders, struct search *search,
                           struct program *out)
{
    program_copy(whole, out);
    for (unsigned number = 0; number < orders && !search->stopped; number++) {
        struct program other;
        program_copy(whole, &other);
        search->best = &other;
        orders_thin(search, number);
        if (other.ops_len < out->ops_len) {
            struct program worse = *out;
            *out = other;
            other = worse;
        }
        program_free(&other);
    }
}

/* A second minimum, if it may be a smaller one: what must stay depends on what was taken away
 * first. */
static void try_otherwise(struct search *search, const struct program *whole, size_t thinned)
{
    struct search second = {.judge = search->judge, .stopped = search->stopped};
    struct program other;
    unsigned orders = search->best->ops_len < ORDERS_MIN ? 1 : ORDERS;
    thin_otherwise(whole, orders, &second, &other);
    second.best = &other;
    if (other.ops_len <= thinned)
        finish(&second, whole);
    if (is_smaller(&other, search->best)) {
        struct program larger = *search->best;
        *search->best = other;
        other = larger;
    }
    program_free(&other);
    search->stopped = second.stopped;
}

static bool search_operations(struct program *program, const struct judge *judge)
{
    struct search search = {.best = program, .judge = judge};
    struct program whole;
    program_copy(program, &whole);
    bool failing = cut(&search);
    if (failing)
        thin_ops(&search);
    size_t thinned = program->ops_len;
    finish(&search, &whole);
    if (failing && program->ops_len < whole.ops_len)
        try_otherwise(&search, &whole, thinned);
    program_free(&whole);
    return !search.stopped;
}

bool search_minimal(struct program *program, const struct judge *judge)
{
    if (program->raw && program->ops_len == 0)
        return search_bytes(program, judge);
    return search_operations(program, judge);
}
