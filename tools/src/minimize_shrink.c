/* From an input that fails to the smallest one, when the build is known. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <uv.h>

#include "files.h"
#include "mem.h"
#include "minimize.h"
#include "minimize_oracle.h"

enum {
    FIRST_LOOKS = 4,   /* an input that fails in all of them is first taken to fail always */
    FLAKY_HITS = 60,   /* after which the rate of a flaky one is known well enough */
    FLAKY_TRIES = 400, /* and when nobody waits for more of them */
};

/* What the steps share. */
struct shrinking {
    struct runner *runner;
    const struct minimize_request *request;
    struct minimized *out;
    const struct program *whole; /* the input */
    struct fail *why;
};

static unsigned workers_of(const struct minimize_request *request)
{
    unsigned jobs = request->jobs ? request->jobs : (unsigned)sysconf(_SC_NPROCESSORS_ONLN);
    return jobs < ORACLE_WORKERS ? 1 : ORACLE_WORKERS;
}

static struct oracle_options options_of(const struct shrinking *shrinking)
{
    unsigned seconds = shrinking->request->seconds;
    return (struct oracle_options){
        .target = shrinking->request->target,
        .build = shrinking->out->build,
        .want = &shrinking->out->crash,
        .live = shrinking->request->live,
        .workers = workers_of(shrinking->request),
        .deadline_ns = seconds ? shrinking->out->began_ns + seconds * UINT64_C(1000000000) : 0,
    };
}

/* Ends the use of an oracle; false and *why when it broke. */
static bool close_oracle(struct shrinking *shrinking, struct oracle *oracle)
{
    shrinking->out->runs += oracle->runs;
    shrinking->out->others += oracle->others;
    shrinking->out->asked += oracle->asked;
    bool ok = !oracle->failed;
    if (!ok)
        *shrinking->why = oracle->why;
    oracle_close(oracle);
    return ok;
}

/* --- The search ----------------------------------------------------------------------------- */

/* What the replayer makes of bytes that no longer are what it would write itself. */
static bool read_again(const struct shrinking *shrinking, struct program *bytes)
{
    const struct target *target = shrinking->request->target;
    const struct build *replayer = target_build(target, "replay", shrinking->out->build->sanitizer);
    char *path = mem_print("%s/shorter", runner_directory(shrinking->runner));
    struct program program;
    bool ok = file_put(path, bytes->raw, bytes->raw_len, shrinking->why) &&
              program_read(target, replayer, path, &program, shrinking->why);
    free(path);
    if (!ok)
        return false;
    program.raw = bytes->raw; /* moved */
    program.raw_len = bytes->raw_len;
    bytes->raw = NULL;
    program_free(&shrinking->out->program);
    shrinking->out->program = program;
    return true;
}

/* Operations first, then single bytes of what they are written with, as long as that helps. What an
 * operation was replaced by is only known for sure when it is read again. */
static bool search(struct shrinking *shrinking, const struct judge *judge, bool *minimal)
{
    struct minimized *out = shrinking->out;
    bool shorter = true, ok = true;
    *minimal = true;
    while (ok && shorter && *minimal) {
        struct program bytes = {0};
        size_t before = program_size(&out->program);
        *minimal = search_minimal(&out->program, judge);
        if (!*minimal || !shrinking->request->target->kit)
            break;
        bytes.raw = program_encode(&out->program, &bytes.raw_len);
        *minimal = search_drop_bytes(&bytes, judge);
        shorter = bytes.raw_len < before;
        ok = !shorter || read_again(shrinking, &bytes);
        program_free(&bytes);
    }
    return ok;
}

static bool search_and_prove(struct shrinking *shrinking, const struct judge *judge)
{
    struct minimized *out = shrinking->out;
    bool minimal, ok = search(shrinking, judge, &minimal);
    if (ok && minimal)
        prove_minimal(&out->program, judge, &out->proof);
    out->minimal = ok && minimal && out->proof.holds;
    free(out->bytes);
    out->bytes = program_encode(&out->program, &out->bytes_len);
    out->seconds = (double)(uv_hrtime() - shrinking->out->began_ns) / 1e9;
    return ok;
}

/* --- Inputs that always fail ---------------------------------------------------------------- */

/* *steady: it failed in each of the first runs, and so did the result. */
static bool shrink_steady(struct shrinking *shrinking, bool *steady)
{
    struct oracle oracle;
    struct oracle_options options = options_of(shrinking);
    size_t len;
    uint8_t *bytes = program_encode(shrinking->whole, &len);
    oracle_open(&oracle, shrinking->runner, &options);
    struct judge judge = oracle_judge(&oracle);
    struct count first = oracle_count(&oracle, bytes, len, FIRST_LOOKS, FIRST_LOOKS);
    free(bytes);
    *steady = first.hits == FIRST_LOOKS || first.tries == 0;
    bool ok = !*steady || search_and_prove(shrinking, &judge);
    return close_oracle(shrinking, &oracle) && ok;
}

/* Runs bytes in fresh processes, with everything on that the runner turns on. */
static bool count_fresh(struct shrinking *shrinking, const struct build *build, const void *bytes,
                        size_t len, unsigned tries, unsigned hits, struct count *count)
{
    struct oracle oracle;
    struct oracle_options options = options_of(shrinking);
    options.build = build;
    options.fresh = options.whole = true;
    options.deadline_ns = 0;
    oracle_open(&oracle, shrinking->runner, &options);
    *count = oracle_count(&oracle, bytes, len, tries, hits);
    bool ok = !oracle.failed;
    if (!ok)
        *shrinking->why = oracle.why;
    oracle_close(&oracle);
    return ok;
}

/* --- Flaky ones ----------------------------------------------------------------------------- */

/* A judge that keeps every program it said yes to: the rate may drop with one of them. */
struct chronicle {
    struct judge judge;
    struct program *programs;
    size_t len;
};

static enum answer ask_and_keep(void *context, const struct program *candidate)
{
    struct chronicle *chronicle = context;
    enum answer answer = chronicle->judge.ask(chronicle->judge.context, candidate);
    if (answer != ANSWER_YES)
        return answer;
    chronicle->programs =
        mem_resize(chronicle->programs, chronicle->len + 1, sizeof *chronicle->programs);
    program_copy(candidate, &chronicle->programs[chronicle->len++]);
    return answer;
}

static void free_chronicle(struct chronicle *chronicle)
{
    for (size_t i = 0; i < chronicle->len; i++)
        program_free(&chronicle->programs[i]);
    free(chronicle->programs);
}

/* Counts a program as often as the input was. *drops: it fails significantly less often. */
static bool count_again(struct shrinking *shrinking, const struct program *program,
                        struct count *after, bool *drops)
{
    struct minimized *out = shrinking->out;
    size_t len;
    uint8_t *bytes = program_encode(program, &len);
    bool ok =
        count_fresh(shrinking, out->build, bytes, len, out->before.tries, out->before.tries, after);
    free(bytes);
    *drops = count_drops(out->before, *after);
    return ok;
}

/* Makes the last program that failed as often as the input the result, by halving. */
static bool go_back(struct shrinking *shrinking, const struct chronicle *chronicle)
{
    size_t good = 0, bad = chronicle->len; /* counted from the input, which is number 0 */
    while (bad - good > 1) {
        size_t middle = good + (bad - good) / 2;
        struct count count;
        bool drops;
        if (!count_again(shrinking, &chronicle->programs[middle - 1], &count, &drops))
            return false;
        if (count.tries == 0)
            break; /* stop is wanted */
        if (drops)
            bad = middle;
        else
            good = middle;
    }
    program_free(&shrinking->out->program);
    program_copy(good ? &chronicle->programs[good - 1] : shrinking->whole,
                 &shrinking->out->program);
    return true;
}

/* A rate that was overestimated makes everything look like a drop: before that is believed, the
 * input is counted once more. */
static bool look_twice(struct shrinking *shrinking, struct count after, bool *drops)
{
    struct minimized *out = shrinking->out;
    struct count more;
    bool unused;
    if (!*drops)
        return true;
    if (!count_again(shrinking, shrinking->whole, &more, &unused))
        return false;
    out->before.hits += more.hits;
    out->before.tries += more.tries;
    *drops = count_drops(out->before, after);
    return true;
}

/* The search, with a judge that takes as many runs as an answer needs; then its result is counted.
 * Where the rate has dropped, *dropped, and the result is the last one at which it had not. */
static bool shrink_by_rate(struct shrinking *shrinking, bool eager, bool *dropped)
{
    struct minimized *out = shrinking->out;
    struct oracle oracle;
    struct oracle_options options = options_of(shrinking);
    struct count after = {0};
    options.fresh = true; /* what differs from process to process may be what it depends on */
    options.eager = eager;
    options.rate = (double)out->before.hits / out->before.tries;
    oracle_open(&oracle, shrinking->runner, &options);
    struct chronicle chronicle = {.judge = oracle_judge(&oracle)};
    struct judge judge = {.ask = ask_and_keep, .context = &chronicle};
    bool ok = search_and_prove(shrinking, &judge);
    ok = close_oracle(shrinking, &oracle) && ok;
    ok = ok && count_again(shrinking, &out->program, &after, dropped) &&
         look_twice(shrinking, after, dropped);
    if (ok && *dropped) {
        ok = go_back(shrinking, &chronicle);
        out->minimal = false;
        free(out->bytes);
        out->bytes = program_encode(&out->program, &out->bytes_len);
    }
    out->hits = after.hits;
    out->tries = after.tries;
    free_chronicle(&chronicle);
    return ok;
}

/* Eagerly first; only where that went wrong, on from there with the strict test. */
static bool shrink_flaky_program(struct shrinking *shrinking)
{
    struct minimized *out = shrinking->out;
    bool dropped, again;
    if (!shrink_by_rate(shrinking, true, &dropped))
        return false;
    if (!dropped || stop_wanted())
        return true;
    proof_free(&out->proof);
    if (!shrink_by_rate(shrinking, false, &dropped))
        return false;
    struct count after = {out->hits, out->tries};
    if (dropped && !count_again(shrinking, &out->program, &after, &again))
        return false;
    out->hits = after.hits;
    out->tries = after.tries;
    return true;
}

static bool shrink_flaky(struct shrinking *shrinking)
{
    struct minimized *out = shrinking->out;
    size_t len;
    uint8_t *bytes = program_encode(shrinking->whole, &len);
    bool ok = count_fresh(shrinking, out->build, bytes, len, FLAKY_TRIES, FLAKY_HITS, &out->before);
    free(bytes);
    if (!ok || out->before.tries == 0)
        return ok;
    if (out->before.hits == 0)
        return fail_set(shrinking->why,
                        "it is too rare to be minimized, or needs what is not in it",
                        "%s: the input failed once, and then in none of %u runs",
                        shrinking->request->path, out->before.tries);
    out->flaky = true;
    proof_free(&out->proof);
    program_free(&out->program);
    program_copy(shrinking->whole, &out->program);
    return shrink_flaky_program(shrinking);
}

/* --- The whole ------------------------------------------------------------------------------ */

/* Another binary of the same target in which the result should show the same. */
static const struct build *other_build(const struct target *target, const struct build *build)
{
    const char *engine = strcmp(build->engine, "replay") == 0 ? "libfuzzer" : "replay";
    const struct build *other = target_build(target, engine, build->sanitizer);
    return other && access(other->binary, X_OK) == 0 ? other : NULL;
}

static bool count_result(struct shrinking *shrinking)
{
    struct minimized *out = shrinking->out;
    struct count count;
    if (!count_fresh(shrinking, out->build, out->bytes, out->bytes_len, MINIMIZE_TRIES,
                     MINIMIZE_TRIES, &count))
        return false;
    out->hits = count.hits;
    out->tries = count.tries;
    return true;
}

/* A build that doesn't work there takes nothing from the result. */
static void count_elsewhere(struct shrinking *shrinking)
{
    struct minimized *out = shrinking->out;
    out->elsewhere = other_build(shrinking->request->target, out->build);
    if (out->elsewhere && !count_fresh(shrinking, out->elsewhere, out->bytes, out->bytes_len,
                                       MINIMIZE_ELSEWHERE, MINIMIZE_ELSEWHERE, &out->there))
        out->not_there = mem_text(shrinking->why->what);
}

bool minimize_shrink(struct runner *runner, const struct minimize_request *request,
                     struct minimized *out, struct fail *why)
{
    struct program whole;
    struct shrinking shrinking = {
        .runner = runner, .request = request, .out = out, .whole = &whole, .why = why};
    bool steady, ok;
    program_copy(&out->program, &whole);
    ok = shrink_steady(&shrinking, &steady) && (!steady || count_result(&shrinking));
    if (ok && (!steady || (out->hits < out->tries)))
        ok = shrink_flaky(&shrinking);
    if (ok && out->bytes && !stop_wanted())
        count_elsewhere(&shrinking);
    if (ok && !out->bytes)
        out->bytes = program_encode(&out->program, &out->bytes_len);
    if (stop_wanted())
        out->tries = 0;
    program_free(&whole);
    return ok;
}
