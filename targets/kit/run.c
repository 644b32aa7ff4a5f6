#include "run.h"

#include <stdlib.h>
#include <string.h>

#include "account.h"
#include "hash.h"
#include "memory.h"
#include "trace.h"

static const char *phase = "open";

/* TSan with halt_on_error=1 dies holding a lock that libFuzzer's death callback needs, and the
 * input is lost. The build defines KIT_TSAN where the process runs under TSan; then a report only
 * sets a mark, and the program that caused it is ended once it has run. */
static int reported;

#ifdef KIT_TSAN
void __tsan_on_report(void *report);

void __tsan_on_report(void *report)
{
    (void)report;
    reported = 1;
}
#endif

size_t kit_ops_count(void)
{
    static size_t count;
    while (count < KIT_OPS && kit_target.ops[count] != NULL)
        count++;
    return count;
}

const char *kit_phase(void)
{
    return phase;
}

static void enter(const char *name)
{
    phase = name;
    kit_trace("%s", name);
}

/* Functions that stand on the stack while the target runs are named kit_…, static ones too: triage
 * leaves out such frames. */
static void kit_run_call(const struct kit_call *call, size_t number)
{
    struct kit_value values[KIT_ARGS];
    kit_resolve(call->op->args, call->op->args_len, call->raw, call->bytes, values);
    kit_memory_written(values, sizeof values);
    if (kit_accounting)
        kit_account_call(call);
    if (kit_hashing)
        kit_hash_call(call, values);
    phase = call->op->name;
    if (kit_trace_fd >= 0)
        kit_trace("op %zu", number);
    const size_t before = kit_calls_made;
    call->op->run(kit_target.world, values);
    if (kit_accounting && kit_calls_made != before)
        kit_account_cell(call, values);
    kit_target.check(kit_target.world);
}

static void kit_run_calls(const uint8_t *data, size_t size)
{
    struct kit_reader reader = {data, data + size};
    struct kit_record record;
    struct kit_call call;
    const size_t ops = kit_ops_count();
    for (size_t n = 0; n < KIT_CALLS && kit_record_next(&reader, &record); n++) {
        kit_decode_call(kit_target.ops, ops, record, &call);
        kit_run_call(&call, n);
    }
}

void kit_run(const uint8_t *data, size_t size, uint8_t *stack_block)
{
    kit_memory_begin(stack_block);
    memset(kit_target.world, 0, kit_target.world_size);
    enter("open");
    kit_target.open(kit_target.world);
    kit_run_calls(data, size);
    enter("close");
    kit_target.close(kit_target.world);
    kit_memory_end();
    if (reported)
        abort();
}
