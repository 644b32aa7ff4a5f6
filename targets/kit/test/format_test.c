/* What must hold for every target's table; linked once to each target. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "kit/mutate.h"
#include "kit/program.h"
#include "kit/random.h"
#include "kit/run.h"

enum { INPUTS = 1000000, SHORT_MAX = 48, INPUT_MAX = 96, PROGRAM_MAX = 4096, MUTATED = 20000 };

static size_t decode(const uint8_t *data, size_t size, struct kit_call *calls)
{
    return kit_decode(kit_target.ops, kit_ops_count(), data, size, calls);
}

static size_t random_bytes(struct kit_random *random, uint8_t *data, size_t most)
{
    const size_t size = (size_t)kit_random_below(random, most + 1);
    for (size_t i = 0; i < size; i++)
        data[i] = (uint8_t)kit_random_next(random);
    return size;
}

/* Raw numbers in range, and nothing but what the operation takes. */
static void assert_call_is_valid(const struct kit_call *call)
{
    assert_true(call->index < kit_ops_count());
    assert_ptr_equal(call->op, kit_target.ops[call->index]);
    for (size_t i = 0; i < call->op->args_len; i++) {
        assert_true(call->raw[i].n <= kit_arg_max(&call->op->args[i]));
        assert_true(call->raw[i].k < KIT_REGION);
    }
}

static void assert_same_call(const struct kit_call *a, const struct kit_call *b)
{
    assert_ptr_equal(a->op, b->op);
    for (size_t i = 0; i < a->op->args_len; i++) {
        assert_true(a->raw[i].n == b->raw[i].n && a->raw[i].k == b->raw[i].k);
        if (a->op->args[i].kind == KIT_RAW)
            assert_memory_equal(a->bytes, b->bytes, (size_t)a->raw[i].n);
    }
}

static void any_bytes_are_a_program_and_encoding_it_is_stable(void **state)
{
    static struct kit_call calls[KIT_CALLS], again[KIT_CALLS];
    static uint8_t data[SHORT_MAX], encoded[KIT_CALLS * KIT_RECORD];
    struct kit_random random = {1};
    (void)state;
    for (unsigned input = 0; input < INPUTS; input++) {
        const size_t size = random_bytes(&random, data, SHORT_MAX);
        const size_t n = decode(data, size, calls);
        assert_int_equal(n, kit_record_count(data, size));
        const size_t used = kit_encode(calls, n, encoded, sizeof encoded);
        assert_int_equal(decode(encoded, used, again), n);
        for (size_t i = 0; i < n; i++) {
            assert_call_is_valid(&calls[i]);
            assert_same_call(&calls[i], &again[i]);
        }
    }
}

static void deleting_a_record_leaves_the_others(void **state)
{
    static struct kit_call calls[KIT_CALLS], rest[KIT_CALLS];
    uint8_t data[INPUT_MAX], without[INPUT_MAX];
    struct kit_random random = {2};
    (void)state;
    for (unsigned input = 0; input < INPUTS / 100; input++) {
        struct kit_record record;
        const size_t size = random_bytes(&random, data, INPUT_MAX);
        const size_t n = decode(data, size, calls);
        struct kit_reader reader = {data, data + size};
        for (size_t gone = 0; kit_record_next(&reader, &record); gone++) {
            const size_t head = (size_t)(record.at - data), tail = size - head - record.size;
            memcpy(without, data, head);
            memcpy(without + head, record.at + record.size, tail);
            assert_int_equal(decode(without, head + tail, rest), n - 1);
            for (size_t i = 0; i + 1 < n; i++)
                assert_same_call(&rest[i], &calls[i < gone ? i : i + 1]);
        }
    }
}

/* Runs a chain of mutations and cross-overs and returns a hash of every result. */
static uint64_t mutation_chain(unsigned seed)
{
    static uint8_t data[PROGRAM_MAX], other[PROGRAM_MAX], mixed[PROGRAM_MAX];
    struct kit_random random = {seed};
    uint64_t hash = 0;
    size_t size = 1, other_size = random_bytes(&random, other, INPUT_MAX);
    data[0] = 0x80;
    for (unsigned i = 0; i < MUTATED; i++) {
        const size_t max = 1 + (size_t)kit_random_below(&random, INPUT_MAX);
        size = kit_mutate(data, size < max ? size : max, max, (unsigned)kit_random_next(&random),
                          NULL);
        assert_true(size >= 1 && size <= max);
        const size_t crossed = kit_cross(data, size, other, other_size, mixed, max, i);
        assert_true(crossed <= max);
        for (size_t k = 0; k < size; k++)
            hash = hash * 31 + data[k];
        for (size_t k = 0; k < crossed; k++)
            hash = hash * 31 + mixed[k];
        if (i % 64 == 0)
            other_size = kit_mutate(other, other_size, INPUT_MAX, i, NULL);
    }
    return hash;
}

static void mutations_stay_in_bounds_and_repeat_with_the_seed(void **state)
{
    (void)state;
    const uint64_t first = mutation_chain(7);
    assert_true(first == mutation_chain(7));
    assert_true(first != mutation_chain(8));
}

static bool has_kind(enum kit_kind kind)
{
    for (size_t i = 0; i < kit_ops_count(); i++)
        for (size_t k = 0; k < kit_target.ops[i]->args_len; k++)
            if (kit_target.ops[i]->args[k].kind == kind)
                return true;
    return false;
}

static void every_mutation_is_applied(void **state)
{
    (void)state;
    mutation_chain(9);
    for (unsigned i = 0; i < KIT_MUTATIONS; i++) {
        const bool can = i != KIT_MUTATE_ENGINE &&
                         (i != KIT_MUTATE_HANDLE || (has_kind(KIT_HANDLE) && has_kind(KIT_DEFINE)));
        if (can && kit_mutation_count((enum kit_mutation)i) == 0)
            fail_msg("%s was never applied", kit_mutation_name((enum kit_mutation)i));
    }
}

static void random_programs_run(void **state)
{
    static uint8_t data[INPUT_MAX];
    struct kit_random random = {3};
    (void)state;
    for (unsigned input = 0; input < INPUTS / 10; input++)
        assert_int_equal(LLVMFuzzerTestOneInput(data, random_bytes(&random, data, INPUT_MAX)), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(any_bytes_are_a_program_and_encoding_it_is_stable),
        cmocka_unit_test(deleting_a_record_leaves_the_others),
        cmocka_unit_test(mutations_stay_in_bounds_and_repeat_with_the_seed),
        cmocka_unit_test(every_mutation_is_applied),
        cmocka_unit_test(random_programs_run),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
