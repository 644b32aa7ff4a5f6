#include "minimize_oracle.h"

#include <stdlib.h>
#include <uv.h>
#include <xxhash.h>

#include "mem.h"

#define TELL_EVERY_NS UINT64_C(100000000)

void oracle_init(struct oracle *oracle, struct runner *runner, const struct target *target,
                 const struct build *build, const struct crash *want, FILE *live)
{
    *oracle = (struct oracle){
        .runner = runner, .target = target, .build = build, .want = want, .live = live};
}

void oracle_free(struct oracle *oracle)
{
    if (oracle->live && oracle->told)
        fputs("\r\033[K", oracle->live);
    free(oracle->memo);
    oracle->memo = NULL;
}

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

static enum answer run(struct oracle *oracle, const void *bytes, size_t len)
{
    struct run_result result;
    if (stop_wanted())
        return ANSWER_STOP;
    if (!runner_run_bytes(oracle->runner, oracle->target, oracle->build, bytes, len, &result,
                          &oracle->why)) {
        oracle->failed = true;
        return ANSWER_STOP;
    }
    oracle->runs++;
    bool same = crash_same(&result.crash, oracle->want);
    run_result_free(&result);
    return same ? ANSWER_YES : ANSWER_NO;
}

static void show(struct oracle *oracle)
{
    uint64_t now = uv_hrtime();
    if (!oracle->live || now - oracle->told < TELL_EVERY_NS)
        return;
    oracle->told = now;
    fprintf(oracle->live, "\r%zu operations, %zu bytes left after %u runs\033[K", oracle->ops,
            oracle->bytes, oracle->runs);
    fflush(oracle->live);
}

static enum answer ask(void *context, const struct program *candidate)
{
    struct oracle *oracle = context;
    size_t len;
    uint8_t *bytes = program_encode(candidate, &len);
    XXH128_hash_t hash = XXH3_128bits(bytes, len);
    uint64_t key[2] = {hash.low64, hash.high64};
    if (2 * (oracle->memo_len + 1) > oracle->memo_cap)
        grow_memo(oracle);
    struct oracle_memo *slot = find_slot(oracle->memo, oracle->memo_cap, key);
    if (!slot->key[0] && !slot->key[1]) {
        enum answer answer = run(oracle, bytes, len);
        if (answer != ANSWER_STOP) {
            *slot = (struct oracle_memo){{key[0], key[1]}, answer};
            oracle->memo_len++;
        }
        slot->answer = answer;
    }
    free(bytes);
    if (slot->answer == ANSWER_YES) {
        oracle->ops = candidate->ops_len;
        oracle->bytes = len;
    }
    show(oracle);
    return slot->answer;
}

struct judge oracle_judge(struct oracle *oracle)
{
    return (struct judge){ask, oracle};
}

unsigned oracle_count(struct oracle *oracle, const void *bytes, size_t len, unsigned tries)
{
    unsigned hits = 0;
    for (unsigned i = 0; i < tries; i++) {
        enum answer answer = run(oracle, bytes, len);
        if (answer == ANSWER_STOP)
            break;
        hits += answer == ANSWER_YES;
    }
    return hits;
}
