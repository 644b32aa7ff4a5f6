#include "program.h"

#include <stdlib.h>
#include <string.h>

#include "mem.h"

enum { DIGIT_BITS = 7, DIGIT_MASK = 0x7f };

void program_free(struct program *program)
{
    free(program->ops);
    free(program->fields);
    free(program->uses);
    free(program->raw);
    *program = (struct program){0};
}

/* An empty program with as much room as another one takes. */
static struct program room_for(const struct program *program)
{
    return (struct program){
        .ops = mem_new(program->ops_len, sizeof *program->ops),
        .fields = mem_new(program->fields_len, sizeof *program->fields),
        .uses = mem_new(program->uses_len, sizeof *program->uses),
    };
}

void program_of_bytes(const void *bytes, size_t len, struct program *program)
{
    *program = (struct program){.raw = (uint8_t *)mem_copy(bytes, len), .raw_len = len};
}

/* Appends an operation of `from` to `out`, without the field `but` (SIZE_MAX: with all). */
static void append_op(const struct program *from, size_t op, size_t but, struct program *out)
{
    struct program_op *to = &out->ops[out->ops_len++];
    *to = from->ops[op];
    to->field = out->fields_len;
    to->fields_len = 0;
    for (size_t i = 0; i < from->ops[op].fields_len; i++) {
        size_t field = from->ops[op].field + i;
        if (field == but)
            continue;
        out->fields[out->fields_len++] = from->fields[field];
        to->fields_len++;
    }
}

void program_keep(const struct program *program, const bool *keep, struct program *out)
{
    size_t *now = mem_new(program->ops_len, sizeof *now);
    *out = room_for(program);
    for (size_t i = 0; i < program->ops_len; i++) {
        now[i] = out->ops_len;
        if (keep[i])
            append_op(program, i, SIZE_MAX, out);
    }
    for (size_t i = 0; i < program->uses_len; i++) {
        const struct program_use *use = &program->uses[i];
        if (keep[use->user] && keep[use->definer])
            out->uses[out->uses_len++] = (struct program_use){now[use->user], now[use->definer]};
    }
    free(now);
}

static void copy_without(const struct program *program, size_t field, struct program *out)
{
    *out = room_for(program);
    for (size_t i = 0; i < program->ops_len; i++)
        append_op(program, i, field, out);
    if (program->uses_len)
        memcpy(out->uses, program->uses, program->uses_len * sizeof *program->uses);
    out->uses_len = program->uses_len;
}

/* Takes out the items from number `keep` on of the count at `field`. */
static void drop_items_from(struct program *program, size_t field, uint64_t keep)
{
    struct program_op *op = program->ops;
    while (field >= op->field + op->fields_len)
        op++;
    size_t first = field + 1 + (size_t)keep, end = field + 1;
    while (end < op->field + op->fields_len && program->fields[end].kind == FIELD_ITEM)
        end++;
    if (first >= end)
        return;
    memmove(&program->fields[first], &program->fields[end],
            (program->fields_len - end) * sizeof *program->fields);
    program->fields_len -= end - first;
    op->fields_len -= end - first;
    for (op++; op < program->ops + program->ops_len; op++)
        op->field -= end - first;
}

void program_operations(const struct program *program, struct program *out)
{
    copy_without(program, SIZE_MAX, out);
}

void program_copy(const struct program *program, struct program *out)
{
    program_operations(program, out);
    if (program->raw)
        out->raw = (uint8_t *)mem_copy(program->raw, program->raw_len);
    out->raw_len = program->raw_len;
}

void program_lower(const struct program *program, size_t field, uint64_t value, struct program *out)
{
    program_operations(program, out);
    out->fields[field].value = value;
    if (out->fields[field].kind == FIELD_COUNT)
        drop_items_from(out, field, value);
}

void program_drop_item(const struct program *program, size_t field, struct program *out)
{
    copy_without(program, field, out);
    size_t count = field;
    while (program->fields[count].kind == FIELD_ITEM)
        count--;
    out->fields[count].value--;
}

void program_drop_op(const struct program *program, size_t op, struct program *out)
{
    bool *keep = mem_new(program->ops_len, sizeof *keep);
    for (size_t i = 0; i < program->ops_len; i++)
        keep[i] = i != op;
    program_keep(program, keep, out);
    free(keep);
}

void program_users(const struct program *program, bool *marked)
{
    /* A definer comes before its users: when uses are looked at by rising user, one pass is enough.
     */
    for (size_t op = 0; op < program->ops_len; op++)
        for (size_t i = 0; i < program->uses_len; i++)
            if (program->uses[i].user == op && marked[program->uses[i].definer])
                marked[op] = true;
}

static uint8_t *put_field(uint8_t *at, const struct program_field *field)
{
    for (unsigned left = field->groups; left > 0; left--) {
        unsigned shift = DIGIT_BITS * (left - 1);
        *at++ = (uint8_t)((shift < 64 ? field->value >> shift : 0) & DIGIT_MASK);
    }
    return at;
}

/* Where the fields of an operation end, in digits, when its trailing zeros are left out. */
static size_t record_digits(const struct program *program, const struct program_op *op)
{
    size_t digits = 0, needed = 0;
    for (size_t i = op->field; i < op->field + op->fields_len; i++) {
        uint64_t value = program->fields[i].value;
        digits += program->fields[i].groups;
        if (value == 0)
            continue;
        needed = digits;
        for (; (value & DIGIT_MASK) == 0; value >>= DIGIT_BITS)
            needed--;
    }
    return needed;
}

size_t program_size(const struct program *program)
{
    size_t size = program->raw ? program->raw_len : program->ops_len;
    for (size_t i = 0; i < program->ops_len && !program->raw; i++)
        size += record_digits(program, &program->ops[i]);
    return size;
}

static size_t most_digits(const struct program *program)
{
    size_t digits = 0;
    for (size_t i = 0; i < program->fields_len; i++)
        digits += program->fields[i].groups;
    return digits;
}

uint8_t *program_encode(const struct program *program, size_t *len)
{
    if (program->raw) {
        *len = program->raw_len;
        return (uint8_t *)mem_copy(program->raw, program->raw_len);
    }
    uint8_t *bytes = mem_new(program->ops_len + most_digits(program), 1), *at = bytes;
    for (size_t i = 0; i < program->ops_len; i++) {
        const struct program_op *op = &program->ops[i];
        *at++ = (uint8_t)op->head;
        const uint8_t *digits = at;
        for (size_t k = 0; k < op->fields_len; k++)
            at = put_field(at, &program->fields[op->field + k]);
        while (at > digits && at[-1] == 0)
            at--;
    }
    *len = (size_t)(at - bytes);
    return bytes;
}
