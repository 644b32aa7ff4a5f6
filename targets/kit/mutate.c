#include "mutate.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "draw.h"
#include "program.h"
#include "run.h"

enum {
    RUN = 4,       /* calls that are erased, moved or copied together, at most */
    MUTATIONS = 3, /* applied to one input, at most */
    TRIES = 16,    /* of mutations that may not apply */
    ENGINE_ONE_IN = 16,
    SHORT = 16, /* calls of a short program, at most */
    LONG_ONE_IN = 3,
};

/* A program as a list of records that stay where they are: in the input, or in `fresh` when a
 * mutation wrote them. Only the records that are looked into are decoded. */
struct draft {
    struct kit_record records[KIT_CALLS];
    size_t len;
    uint8_t fresh[TRIES * KIT_RECORD];
    size_t fresh_len;
};

static uint64_t counters[KIT_MUTATIONS];

static void take_apart(struct draft *draft, const uint8_t *data, size_t size)
{
    struct kit_reader reader = {data, data + size};
    draft->len = 0;
    draft->fresh_len = 0;
    while (draft->len < KIT_CALLS && kit_record_next(&reader, &draft->records[draft->len]))
        draft->len++;
}

/* Writes the records one behind the other, as many as fit. Those that lay so before are copied
 * together: under a sanitizer, a copy costs more than its bytes do. */
static size_t put_together(const struct draft *draft, uint8_t *out, size_t room)
{
    const struct kit_record *const records = draft->records;
    size_t used = 0, i = 0;
    while (i < draft->len && records[i].size <= room - used) {
        const uint8_t *const from = records[i].at;
        size_t size = 0;
        do
            size += records[i++].size;
        while (i < draft->len && records[i].at == from + size &&
               records[i].size <= room - used - size);
        memcpy(out + used, from, size);
        used += size;
    }
    return used;
}

static void get_call(const struct draft *draft, size_t at, struct kit_call *call)
{
    kit_decode_call(kit_target.ops, kit_ops_count(), draft->records[at], call);
}

static void set_call(struct draft *draft, size_t at, const struct kit_call *call)
{
    uint8_t *out = draft->fresh + draft->fresh_len;
    const size_t size = kit_encode_call(call, out);
    draft->fresh_len += size;
    draft->records[at] = (struct kit_record){out, size};
}

/* Opens a gap of n records at `at`; false when the draft is full. */
static bool open_gap(struct draft *draft, size_t at, size_t n)
{
    if (n > KIT_CALLS - draft->len)
        return false;
    memmove(&draft->records[at + n], &draft->records[at],
            (draft->len - at) * sizeof draft->records[0]);
    draft->len += n;
    return true;
}

static void close_gap(struct draft *draft, size_t at, size_t n)
{
    memmove(&draft->records[at], &draft->records[at + n],
            (draft->len - at - n) * sizeof draft->records[0]);
    draft->len -= n;
}

static size_t pick(struct kit_random *random, const struct draft *draft)
{
    return (size_t)kit_random_below(random, draft->len);
}

/* A run of one to RUN records that starts at `at`. */
static size_t pick_run(struct kit_random *random, const struct draft *draft, size_t at)
{
    const size_t left = draft->len - at;
    return 1 + (size_t)kit_random_below(random, left < RUN ? left : RUN);
}

static bool insert(struct kit_random *random, struct draft *draft)
{
    struct kit_call call;
    const size_t at = (size_t)kit_random_below(random, draft->len + 1);
    if (!open_gap(draft, at, 1))
        return false;
    kit_draw_call(random, &call);
    set_call(draft, at, &call);
    return true;
}

static bool erase(struct kit_random *random, struct draft *draft)
{
    if (draft->len < 2)
        return false;
    const size_t at = pick(random, draft);
    size_t n = pick_run(random, draft, at);
    if (n == draft->len)
        n--;
    close_gap(draft, at, n);
    return true;
}

static bool repeat(struct kit_random *random, struct draft *draft)
{
    const size_t at = pick(random, draft);
    const size_t times = 1 + (size_t)kit_random_below(random, RUN);
    if (!open_gap(draft, at, times))
        return false;
    for (size_t i = 0; i < times; i++)
        draft->records[at + i] = draft->records[at + times];
    return true;
}

static bool swap(struct kit_random *random, struct draft *draft)
{
    const size_t a = pick(random, draft), b = pick(random, draft);
    const struct kit_record record = draft->records[a];
    draft->records[a] = draft->records[b];
    draft->records[b] = record;
    return a != b;
}

static bool put_run(struct kit_random *random, struct draft *draft, const struct kit_record *run,
                    size_t n)
{
    const size_t at = (size_t)kit_random_below(random, draft->len + 1);
    if (!open_gap(draft, at, n))
        return false;
    memcpy(&draft->records[at], run, n * sizeof *run);
    return true;
}

static bool copy(struct kit_random *random, struct draft *draft)
{
    struct kit_record run[RUN];
    const size_t from = pick(random, draft), n = pick_run(random, draft, from);
    memcpy(run, &draft->records[from], n * sizeof run[0]);
    return put_run(random, draft, run, n);
}

static bool move(struct kit_random *random, struct draft *draft)
{
    struct kit_record run[RUN];
    const size_t from = pick(random, draft), n = pick_run(random, draft, from);
    memcpy(run, &draft->records[from], n * sizeof run[0]);
    close_gap(draft, from, n);
    return put_run(random, draft, run, n);
}

static bool argument(struct kit_random *random, struct draft *draft)
{
    struct kit_call call;
    const size_t at = pick(random, draft);
    get_call(draft, at, &call);
    if (call.op->args_len == 0)
        return false;
    kit_draw_argument(random, &call, (size_t)kit_random_below(random, call.op->args_len));
    set_call(draft, at, &call);
    return true;
}

/* Adds or takes a small difference, staying in [0, max]. */
static uint64_t nudged(struct kit_random *random, uint64_t value, uint64_t max)
{
    const uint64_t by = 1 + kit_random_below(random, 4);
    if (kit_random_chance(random, 2))
        return max - value < by ? max : value + by;
    return value < by ? 0 : value - by;
}

static bool nudge(struct kit_random *random, struct draft *draft)
{
    struct kit_call call;
    const size_t at = pick(random, draft);
    get_call(draft, at, &call);
    if (call.op->args_len == 0)
        return false;
    const size_t i = (size_t)kit_random_below(random, call.op->args_len);
    const struct kit_arg *arg = &call.op->args[i];
    if (arg->kind == KIT_PTR)
        call.raw[i].k = nudged(random, call.raw[i].k, KIT_REGION - 1);
    else if (arg->kind == KIT_RAW && call.raw[i].n > 0)
        call.bytes[kit_random_below(random, call.raw[i].n)] ^=
            (uint8_t)(1u << kit_random_below(random, 8));
    else if (arg->kind != KIT_RAW)
        call.raw[i].n = nudged(random, call.raw[i].n, kit_arg_max(arg));
    set_call(draft, at, &call);
    return true;
}

static bool fills_slot(const struct kit_call *call, uint64_t *slot)
{
    for (size_t i = 0; i < call->op->args_len; i++) {
        if (call->op->args[i].kind == KIT_DEFINE) {
            *slot = call->raw[i].n;
            return true;
        }
    }
    return false;
}

/* The slot that some call before `before` fills, found by walking back from a random one. */
static bool filled_slot(struct kit_random *random, const struct draft *draft, size_t before,
                        uint64_t *slot)
{
    struct kit_call call;
    if (before == 0)
        return false;
    for (size_t at = 1 + (size_t)kit_random_below(random, before); at > 0; at--) {
        get_call(draft, at - 1, &call);
        if (fills_slot(&call, slot))
            return true;
    }
    return false;
}

static bool handle(struct kit_random *random, struct draft *draft)
{
    struct kit_call call;
    uint64_t slot;
    const size_t at = pick(random, draft);
    get_call(draft, at, &call);
    for (size_t i = 0; i < call.op->args_len; i++) {
        if (call.op->args[i].kind == KIT_HANDLE && filled_slot(random, draft, at, &slot)) {
            call.raw[i].n = slot % (call.op->args[i].hi + 1);
            set_call(draft, at, &call);
            return true;
        }
    }
    return false;
}

/* Another operation keeps the numbers of the arguments that it has in the same place. */
static bool operation(struct kit_random *random, struct draft *draft)
{
    struct kit_call old, call;
    const size_t at = pick(random, draft);
    get_call(draft, at, &old);
    kit_draw_call(random, &call);
    for (size_t i = 0; i < call.op->args_len && i < old.op->args_len; i++)
        if (call.op->args[i].kind == old.op->args[i].kind && call.op->args[i].kind != KIT_RAW &&
            kit_arg_max(&call.op->args[i]) == kit_arg_max(&old.op->args[i]))
            call.raw[i] = old.raw[i];
    set_call(draft, at, &call);
    return true;
}

static bool truncate_end(struct kit_random *random, struct draft *draft)
{
    if (draft->len < 2)
        return false;
    draft->len = 1 + (size_t)kit_random_below(random, draft->len - 1);
    return true;
}

/* Most programs are cut to their first few calls before they are changed. A run costs what its
 * calls cost, and most of what a change shows, it shows soon: in the same time, more changes are
 * tried, and the inputs that an engine keeps get shorter as well. Some stay as they are, for what
 * takes many calls. */
static void keep_short(struct kit_random *random, struct draft *draft)
{
    const size_t most = 1 + (size_t)kit_random_below(random, SHORT);
    if (draft->len > most && !kit_random_chance(random, LONG_ONE_IN))
        draft->len = most;
}

/* Each is drawn in proportion to its weight. */
static const struct {
    bool (*apply)(struct kit_random *random, struct draft *draft);
    enum kit_mutation kind;
    unsigned weight;
} mutations[] = {
    {insert, KIT_MUTATE_INSERT, 24},
    {erase, KIT_MUTATE_ERASE, 12},
    {repeat, KIT_MUTATE_REPEAT, 4},
    {swap, KIT_MUTATE_SWAP, 6},
    {move, KIT_MUTATE_MOVE, 4},
    {copy, KIT_MUTATE_COPY, 8},
    {argument, KIT_MUTATE_ARGUMENT, 24},
    {nudge, KIT_MUTATE_NUDGE, 16},
    {handle, KIT_MUTATE_HANDLE, 8},
    {operation, KIT_MUTATE_OPERATION, 6},
    {truncate_end, KIT_MUTATE_TRUNCATE, 2},
};

enum { MUTATION_KINDS = sizeof mutations / sizeof mutations[0] };

static unsigned sum_of_weights(void)
{
    unsigned sum = 0;
    for (size_t i = 0; i < MUTATION_KINDS; i++)
        sum += mutations[i].weight;
    return sum;
}

static bool apply_one(struct kit_random *random, struct draft *draft)
{
    size_t i = 0; /* an empty program can only be added to */
    if (draft->len > 0)
        for (uint64_t ticket = kit_random_below(random, sum_of_weights());
             ticket >= mutations[i].weight; i++)
            ticket -= mutations[i].weight;
    const bool applied = mutations[i].apply(random, draft);
    counters[mutations[i].kind] += applied;
    return applied;
}

/* data holds `size` bytes; records may lie in it, so the result is put together elsewhere first. */
static size_t finish(const struct draft *draft, uint8_t *data, size_t size, size_t max)
{
    static uint8_t result[KIT_CALLS * KIT_RECORD];
    const size_t made = put_together(draft, result, max < sizeof result ? max : sizeof result);
    if (made == 0)
        return size < max ? size : max; /* not even one record fits */
    memcpy(data, result, made);
    return made;
}

size_t kit_mutate(uint8_t *data, size_t size, size_t max, unsigned seed, kit_engine_mutate engine)
{
    static struct draft draft;
    struct kit_random random = {seed};
    if (engine != NULL && size > 0 && kit_random_chance(&random, ENGINE_ONE_IN)) {
        const size_t changed = engine(data, size, max);
        counters[KIT_MUTATE_ENGINE] += changed > 0;
        if (changed > 0)
            return changed;
    }
    take_apart(&draft, data, size);
    keep_short(&random, &draft);
    size_t wanted = 1 + (size_t)kit_random_below(&random, MUTATIONS);
    for (unsigned tries = 0; wanted > 0 && tries < TRIES; tries++)
        wanted -= apply_one(&random, &draft);
    return finish(&draft, data, size, max);
}

size_t kit_cross(const uint8_t *a, size_t a_size, const uint8_t *b, size_t b_size, uint8_t *out,
                 size_t max, unsigned seed)
{
    static struct draft left, right;
    struct kit_random random = {seed};
    take_apart(&left, a, a_size);
    take_apart(&right, b, b_size);
    if (right.len > 0) {
        const size_t from = pick(&random, &right);
        const size_t n = 1 + (size_t)kit_random_below(&random, right.len - from);
        const size_t at = (size_t)kit_random_below(&random, left.len + 1);
        if (kit_random_chance(&random, 2))
            left.len = at; /* a's head, b's tail; else b's run within a */
        if (open_gap(&left, at, n))
            memcpy(&left.records[at], &right.records[from], n * sizeof left.records[0]);
        keep_short(&random, &left);
        counters[KIT_MUTATE_SPLICE]++;
    }
    return put_together(&left, out, max);
}

const char *kit_mutation_name(enum kit_mutation mutation)
{
    static const char *const names[KIT_MUTATIONS] = {
        "insert", "erase",  "repeat",    "swap",     "move",   "copy",   "argument",
        "nudge",  "handle", "operation", "truncate", "engine", "splice",
    };
    return names[mutation];
}

uint64_t kit_mutation_count(enum kit_mutation mutation)
{
    return counters[mutation];
}

void kit_mutation_report(void)
{
    const char *path = getenv("LEDGE_MUTATION_REPORT");
    FILE *file = path ? fopen(path, "w") : NULL;
    if (file == NULL)
        return;
    for (unsigned i = 0; i < KIT_MUTATIONS; i++)
        fprintf(file, "%s %" PRIu64 "\n", kit_mutation_name((enum kit_mutation)i), counters[i]);
    fclose(file);
}
