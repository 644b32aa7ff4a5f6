#include "draw.h"

#include <string.h>

#include "run.h"

#define COUNT_OF(array) (sizeof(array) / sizeof(array)[0])

/* Small numbers more often than large ones: containers are short. */
static uint64_t draw_small(struct kit_random *random, uint64_t max)
{
    static const uint64_t limits[] = {2, 4, 8, 16, 32, 64, 128};
    const uint64_t limit = limits[kit_random_below(random, COUNT_OF(limits))];
    return kit_random_below(random, max < limit ? max + 1 : limit);
}

static uint64_t draw_word(struct kit_random *random, unsigned bits)
{
    const uint64_t top = UINT64_C(1) << (bits - 1);
    const uint64_t edges[] = {
        0, 1, 0x7f, 0x80, 0xff, 0x100, top - 1, top, top | (top - 1), 0x0102030405060708};
    if (kit_random_chance(random, 2))
        return draw_small(random, top);
    if (kit_random_chance(random, 2))
        return kit_random_next(random) & (top | (top - 1));
    return edges[kit_random_below(random, COUNT_OF(edges))] & (top | (top - 1));
}

static uint8_t draw_byte(struct kit_random *random)
{
    static const uint8_t edges[] = {0, 1, 2, 0x7f, 0x80, 0xfe, 0xff};
    if (kit_random_chance(random, 2))
        return edges[kit_random_below(random, sizeof edges)];
    return (uint8_t)kit_random_next(random);
}

static uint64_t draw_number(struct kit_random *random, const struct kit_arg *arg)
{
    const uint64_t max = kit_arg_max(arg);
    switch (arg->kind) {
    case KIT_U32:
        return draw_word(random, 32);
    case KIT_U64:
        return draw_word(random, 64);
    case KIT_PTR:
        return kit_random_chance(random, 3) ? KIT_PTR_HEAP : kit_random_below(random, max + 1);
    case KIT_INDEX:
    case KIT_LENGTH:
        return kit_random_chance(random, 4) ? kit_random_below(random, max + 1)
                                            : draw_small(random, max);
    case KIT_SIZE:
    case KIT_ALIGN:
        return kit_random_chance(random, 2) ? kit_random_below(random, 4)
                                            : kit_random_below(random, max + 1);
    default:
        return kit_random_chance(random, 2) ? draw_small(random, max)
                                            : kit_random_below(random, max + 1);
    }
}

void kit_draw_argument(struct kit_random *random, struct kit_call *call, size_t i)
{
    const struct kit_arg *arg = &call->op->args[i];
    call->raw[i].n = draw_number(random, arg);
    call->raw[i].k = 0;
    if (arg->kind == KIT_PTR && !kit_random_chance(random, 3))
        call->raw[i].k = kit_random_below(random, KIT_REGION);
    for (uint64_t item = 0; arg->kind == KIT_RAW && item < call->raw[i].n; item++)
        call->bytes[item] = draw_byte(random);
}

void kit_draw_call(struct kit_random *random, struct kit_call *call)
{
    memset(call, 0, sizeof *call);
    call->index = (size_t)kit_random_below(random, kit_ops_count());
    call->op = kit_target.ops[call->index];
    for (size_t i = 0; i < call->op->args_len; i++)
        kit_draw_argument(random, call, i);
}
