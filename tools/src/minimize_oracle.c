#include "minimize_oracle.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <uv.h>
#include <xxhash.h>

#include "mem.h"

#define TELL_TERMINAL_NS UINT64_C(100000000)
#define TELL_LOG_NS      UINT64_C(10000000000)

/* A candidate hangs that runs so many times as long as the slowest one that failed in the wanted
 * way, and so many milliseconds. */
enum { PATIENCE = 10, PATIENCE_LEAST_MS = 150 };

void oracle_open(struct oracle *oracle, struct runner *runner, const struct oracle_options *options)
{
    bool leaks = options->whole || strcmp(options->want->class_, "leak") == 0;
    *oracle = (struct oracle){.runner = runner, .options = *options};
    oracle->terminal = options->live && isatty(fileno(options->live));
    oracle->told = oracle->terminal ? 0 : uv_hrtime();
    for (unsigned i = 0; i < options->workers; i++) {
        struct worker_options own = {
            .number = i, .ahead = options->workers > 1, .leaks = leaks, .fresh = options->fresh};
        worker_open(&oracle->workers[i], runner, options->target, options->build, own);
    }
}

static void forget_ahead(struct oracle *oracle)
{
    oracle->ahead[0] = oracle->ahead[1] = 0;
}

static bool is_ahead(const struct oracle *oracle)
{
    return oracle->ahead[0] || oracle->ahead[1];
}

/* --- What is remembered --------------------------------------------------------------------- */

/* The slot of a key: its own, or the free one where it would go. */
static struct oracle_memo *find_slot(struct oracle_memo *memo, size_t cap, const uint64_t key[2])
{
    size_t at = (size_t)key[0] & (cap - 1);
    while ((memo[at].key[0] || memo[at].key[1]) &&
           (memo[at].key[0] != key[0] || memo[at].key[1] != key[1]))
        at = (at + 1) & (cap - 1);
    return &memo[at];
}

static void grow_memo(struct oracle *oracle)
{
    size_t cap = oracle->memo_cap ? 2 * oracle->memo_cap : 1024;
    struct oracle_memo *memo = mem_new(cap, sizeof *memo);
    for (size_t i = 0; i < oracle->memo_cap; i++)
        if (oracle->memo[i].key[0] || oracle->memo[i].key[1])
            *find_slot(memo, cap, oracle->memo[i].key) = oracle->memo[i];
    free(oracle->memo);
    oracle->memo = memo;
    oracle->memo_cap = cap;
}

static void remember(struct oracle *oracle, const uint64_t key[2], enum answer answer)
{
    if (answer == ANSWER_STOP)
        return;
    if (2 * (oracle->memo_len + 1) > oracle->memo_cap)
        grow_memo(oracle);
    struct oracle_memo *slot = find_slot(oracle->memo, oracle->memo_cap, key);
    oracle->memo_len += !slot->key[0] && !slot->key[1];
    *slot = (struct oracle_memo){{key[0], key[1]}, answer};
}

static bool recall(const struct oracle *oracle, const uint64_t key[2], enum answer *answer)
{
    if (oracle->memo_cap == 0)
        return false;
    const struct oracle_memo *slot = find_slot(oracle->memo, oracle->memo_cap, key);
    *answer = slot->answer;
    return slot->key[0] || slot->key[1];
}

/* --- Running -------------------------------------------------------------------------------- */

static bool is_over(const struct oracle *oracle)
{
    uint64_t deadline = oracle->options.deadline_ns;
    return oracle->failed || stop_wanted() || (deadline && uv_hrtime() > deadline);
}

/* Candidates do less than what they are made of: one that takes far longer hangs, which is another
 * failure than the wanted one, and isn't waited for as long as the target may take. */
static void limit_patience(struct oracle *oracle, uint64_t elapsed_ns)
{
    if (elapsed_ns <= oracle->slowest_ns)
        return;
    oracle->slowest_ns = elapsed_ns;
    uint64_t ms = PATIENCE * elapsed_ns / 1000000;
    if (ms < PATIENCE_LEAST_MS)
        ms = PATIENCE_LEAST_MS;
    if (ms > oracle->options.target->timeout_ms)
        ms = oracle->options.target->timeout_ms;
    for (unsigned i = 0; i < oracle->options.workers; i++)
        oracle->workers[i].patience_ms = (unsigned)ms;
}

/* Waits for what a worker runs, and compares. */
static enum answer collect(struct oracle *oracle, struct worker *worker)
{
    struct proc_result ended;
    struct run_result result;
    struct fail why;
    uint64_t elapsed_ns = 0;
    bool late = worker_ready(worker); /* it may have ended long ago: nobody knows what it took */
    bool ok = worker_wait(worker, &ended, &why);
    if (ok) {
        oracle->runs++;
        elapsed_ns = ended.elapsed_ns;
        ok = runner_judge(oracle->runner, oracle->options.target, oracle->options.build, &ended,
                          &result, &why);
        proc_result_free(&ended);
    }
    if (!ok && !oracle->failed)
        oracle->why = why; /* the first reason: others may still be running */
    oracle->failed |= !ok;
    if (!ok)
        return ANSWER_STOP;
    bool same = crash_same(&result.crash, oracle->options.want);
    oracle->others += result.crash.found && !same;
    if (same && !late)
        limit_patience(oracle, elapsed_ns);
    run_result_free(&result);
    return same ? ANSWER_YES : ANSWER_NO;
}

static void collect_ahead(struct oracle *oracle)
{
    if (is_ahead(oracle))
        remember(oracle, oracle->ahead, collect(oracle, &oracle->workers[1]));
    forget_ahead(oracle);
}

void oracle_close(struct oracle *oracle)
{
    collect_ahead(oracle);
    for (unsigned i = 0; i < oracle->options.workers; i++)
        worker_close(&oracle->workers[i]);
    if (oracle->terminal && oracle->told)
        fputs("\r\033[K", oracle->options.live);
    free(oracle->memo);
    oracle->memo = NULL;
}

/* The same bytes again and again, on every worker; outcomes count in the order of their starts, so
 * that fast ones have no advantage. */
struct repetition {
    struct oracle *oracle;
    const void *bytes;
    size_t len;
    unsigned started, collected;
};

static bool repeat(struct repetition *repetition, bool *hit)
{
    struct oracle *oracle = repetition->oracle;
    unsigned workers = oracle->options.workers;
    if (is_over(oracle))
        return false;
    while (repetition->started < repetition->collected + workers)
        worker_submit(&oracle->workers[repetition->started++ % workers], repetition->bytes,
                      repetition->len);
    enum answer answer = collect(oracle, &oracle->workers[repetition->collected++ % workers]);
    *hit = answer == ANSWER_YES;
    return answer != ANSWER_STOP;
}

static void end_repetition(struct repetition *repetition)
{
    struct oracle *oracle = repetition->oracle;
    while (repetition->collected < repetition->started)
        (void)collect(oracle, &oracle->workers[repetition->collected++ % oracle->options.workers]);
}

static enum answer run_often(struct oracle *oracle, const void *bytes, size_t len)
{
    struct repetition repetition = {.oracle = oracle, .bytes = bytes, .len = len};
    double rate = oracle->options.rate;
    struct sequential test =
        oracle->options.eager ? sequential_eager(rate) : sequential_begin(rate);
    enum answer answer = ANSWER_STOP;
    bool hit, settled = false;
    while (!settled && repeat(&repetition, &hit))
        settled = sequential_add(&test, hit, &answer);
    end_repetition(&repetition);
    return settled ? answer : ANSWER_STOP;
}

static enum answer run_once(struct oracle *oracle, const void *bytes, size_t len)
{
    worker_submit(&oracle->workers[0], bytes, len);
    return collect(oracle, &oracle->workers[0]);
}

struct count oracle_count(struct oracle *oracle, const void *bytes, size_t len, unsigned tries,
                          unsigned hits)
{
    struct repetition repetition = {.oracle = oracle, .bytes = bytes, .len = len};
    struct count count = {0};
    bool hit;
    collect_ahead(oracle);
    while (count.tries < tries && count.hits < hits) {
        if (!repeat(&repetition, &hit)) {
            count.tries = 0;
            break;
        }
        count.tries++;
        count.hits += hit;
    }
    end_repetition(&repetition);
    return count;
}

/* --- The judge ------------------------------------------------------------------------------ */

static void show(struct oracle *oracle)
{
    FILE *live = oracle->options.live;
    uint64_t now = uv_hrtime();
    if (!live || now - oracle->told < (oracle->terminal ? TELL_TERMINAL_NS : TELL_LOG_NS))
        return;
    oracle->told = now;
    if (oracle->terminal)
        fputs("\r\033[K", live);
    if (oracle->options.target->kit)
        fprintf(live, "%zu operations, ", oracle->units);
    fprintf(live, "%zu bytes left after %u runs%s", oracle->bytes, oracle->runs,
            oracle->terminal ? "" : "\n");
    fflush(live);
}

static uint8_t *encode(const struct program *candidate, size_t *len, uint64_t key[2])
{
    uint8_t *bytes = program_encode(candidate, len);
    XXH128_hash_t hash = XXH3_128bits(bytes, *len);
    key[0] = hash.low64;
    key[1] = hash.high64;
    return bytes;
}

static enum answer find_out(struct oracle *oracle, const uint64_t key[2], const void *bytes,
                            size_t len)
{
    bool known = is_ahead(oracle) && memcmp(oracle->ahead, key, sizeof oracle->ahead) == 0;
    enum answer answer;
    oracle->asked++;
    if (known)
        answer = collect(oracle, &oracle->workers[1]);
    else if (oracle->options.rate > 0)
        answer = run_often(oracle, bytes, len);
    else
        answer = run_once(oracle, bytes, len);
    if (known)
        forget_ahead(oracle);
    remember(oracle, key, answer);
    return answer;
}

static enum answer ask(void *context, const struct program *candidate)
{
    struct oracle *oracle = context;
    uint64_t key[2];
    size_t len;
    enum answer answer;
    if (is_over(oracle))
        return ANSWER_STOP;
    uint8_t *bytes = encode(candidate, &len, key);
    if (!recall(oracle, key, &answer))
        answer = find_out(oracle, key, bytes, len);
    free(bytes);
    if (answer == ANSWER_YES) {
        oracle->units = candidate->ops_len;
        oracle->bytes = len;
    }
    show(oracle);
    return answer;
}

/* Starts on what will probably be asked next. One that nobody asked about after all may still be
 * running, and then this one has to wait. */
static void expect(void *context, const struct program *candidate)
{
    struct oracle *oracle = context;
    uint64_t key[2];
    size_t len;
    enum answer answer;
    if (oracle->options.workers < 2 || oracle->options.rate > 0 || is_over(oracle) ||
        (is_ahead(oracle) && !worker_ready(&oracle->workers[1])))
        return;
    uint8_t *bytes = encode(candidate, &len, key);
    if (is_ahead(oracle) && memcmp(oracle->ahead, key, sizeof key) == 0) {
        free(bytes);
        return;
    }
    collect_ahead(oracle);
    if (!recall(oracle, key, &answer)) {
        worker_submit(&oracle->workers[1], bytes, len);
        memcpy(oracle->ahead, key, sizeof key);
    }
    free(bytes);
}

struct judge oracle_judge(struct oracle *oracle)
{
    return (struct judge){ask, oracle, expect};
}
