#include "program.h"

#include <string.h>

enum { ITEM_MAX = 255, ITEM_GROUPS = 2, OFFSET_MAX = KIT_REGION - 1 };

/* How one argument lies in a record. */
struct kit_shape {
    uint64_t max;    /* its number's largest raw value */
    unsigned groups; /* its number's digits */
    enum kit_kind kind;
};

/* The shapes of an operation's arguments. Decoding runs before every execution, so they are worked
 * out once per operation; the table is found by the operation's address. */
static const struct kit_shape *shapes(const struct kit_op *op, size_t index)
{
    static struct {
        const struct kit_op *op;
        struct kit_shape args[KIT_ARGS];
    } known[KIT_OPS];
    if (known[index].op != op) {
        known[index].op = op;
        for (size_t i = 0; i < op->args_len; i++) {
            const uint64_t max = kit_arg_max(&op->args[i]);
            known[index].args[i] = (struct kit_shape){max, kit_groups(max), op->args[i].kind};
        }
    }
    return known[index].args;
}

static void decode_bytes(const uint8_t **at, const uint8_t *end, struct kit_call *call,
                         size_t count)
{
    for (size_t i = 0; i < count; i++)
        call->bytes[i] = (uint8_t)kit_take_number(at, end, ITEM_GROUPS, ITEM_MAX);
}

void kit_decode_call(const struct kit_op *const *ops, size_t count, struct kit_record record,
                     struct kit_call *call)
{
    const uint8_t *at = record.at + 1, *end = record.at + record.size;
    const size_t number = record.at[0] & 0x7f;
    call->index = number < count ? number : number % count;
    call->op = ops[call->index];
    const struct kit_shape *shape = shapes(call->op, call->index);
    for (size_t i = 0; i < call->op->args_len; i++) {
        call->raw[i].n = kit_take_number(&at, end, shape[i].groups, shape[i].max);
        call->raw[i].k = shape[i].kind == KIT_PTR ? kit_take_number(&at, end, 1, OFFSET_MAX) : 0;
        if (shape[i].kind == KIT_RAW)
            decode_bytes(&at, end, call, (size_t)call->raw[i].n);
    }
}

size_t kit_encode_call(const struct kit_call *call, uint8_t *out)
{
    const struct kit_shape *shape = shapes(call->op, call->index);
    uint8_t *at = out;
    *at++ = (uint8_t)(0x80 | call->index);
    for (size_t i = 0; i < call->op->args_len; i++) {
        at = kit_put_number(at, call->raw[i].n, shape[i].groups);
        if (shape[i].kind == KIT_PTR)
            at = kit_put_number(at, call->raw[i].k, 1);
        for (size_t item = 0; shape[i].kind == KIT_RAW && item < call->raw[i].n; item++)
            at = kit_put_number(at, call->bytes[item], ITEM_GROUPS);
    }
    return (size_t)(at - out);
}

size_t kit_decode(const struct kit_op *const *ops, size_t count, const uint8_t *data, size_t size,
                  struct kit_call calls[KIT_CALLS])
{
    struct kit_reader reader = {data, data + size};
    struct kit_record record;
    size_t n = 0;
    while (n < KIT_CALLS && kit_record_next(&reader, &record))
        kit_decode_call(ops, count, record, &calls[n++]);
    return n;
}

size_t kit_encode(const struct kit_call *calls, size_t count, uint8_t *out, size_t room)
{
    uint8_t record[KIT_RECORD];
    size_t used = 0;
    for (size_t i = 0; i < count; i++) {
        const size_t size = kit_encode_call(&calls[i], record);
        if (size > room - used)
            break;
        memcpy(out + used, record, size);
        used += size;
    }
    return used;
}
