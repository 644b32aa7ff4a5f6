#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bench_minimize.h"
#include "files.h"
#include "mem.h"
#include "minimize_worker.h"
#include "sanitizer.h"

#define FUZZ_SECONDS "-max_total_time=60"

enum {
    CALLS_BEFORE = 120, /* that run clean before the one that fails, if it can be had */
    CALLS_MAX = 240,    /* the kit looks at 256 */
    BATCH = 8,          /* records added at a time */
    SMALL_DIGIT = 8,    /* what digits are changed to is less: most boundaries are there */
    FRONTS = 100,       /* random programs that are put in front of one that fails */
    TRIES = 3000,       /* for one that fails late; and as many again for one that fails at all */
};

/* Bytes that grow. */
struct text {
    uint8_t *bytes;
    size_t len, cap;
};

static void add(struct text *text, const void *bytes, size_t len)
{
    if (text->cap - text->len < len) {
        text->cap = 2 * (text->cap + len);
        text->bytes = mem_resize(text->bytes, text->cap, 1);
    }
    memcpy(text->bytes + text->len, bytes, len);
    text->len += len;
}

/* All records of a corpus, one after another, and where each begins. */
struct records {
    struct text text;
    size_t *starts, len; /* starts[len] is the end */
};

/* splitmix64: the next number of a sequence. */
static uint64_t next_random(uint64_t *state)
{
    uint64_t z = (*state += UINT64_C(0x9e3779b97f4a7c15));
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

/* A record begins with a byte from 0x80 on (targets/kit/wire.h). */
static void cut_records(struct records *records)
{
    const struct text *text = &records->text;
    records->starts = mem_new(text->len + 1, sizeof *records->starts);
    for (size_t i = 0; i < text->len; i++)
        if (text->bytes[i] >= 0x80)
            records->starts[records->len++] = i;
    records->starts[records->len] = text->len;
}

static bool read_records(const struct target *target, struct records *records, struct fail *why)
{
    struct paths paths = {0};
    *records = (struct records){0};
    bool ok = target->corpus && paths_find(&paths, target->corpus, why);
    for (size_t i = 0; i < paths.len && ok; i++) {
        char *bytes;
        size_t len;
        ok = file_read(paths.at[i], &bytes, &len, why);
        if (ok)
            add(&records->text, bytes, len);
        if (ok)
            free(bytes);
    }
    paths_free(&paths);
    if (ok)
        cut_records(records);
    return ok && (records->len > 0 || fail_set(why, "choose a bug of another target",
                                               "%s has no corpus to make inputs of", target->name));
}

static void free_records(struct records *records)
{
    free(records->text.bytes);
    free(records->starts);
}

/* An input that is being made. */
struct making {
    const struct contest *contest;
    const struct bug_info *info;
    const struct build *build;
    struct records records;
    struct worker worker;
    struct text text;
    size_t calls, bytes; /* bytes: wanted */
    uint64_t random;
};

/* Appends a record, every other time with a digit changed, and up to so many digits behind it that
 * mostly nobody reads. */
static void add_record(struct making *making, size_t digits_max)
{
    const struct records *records = &making->records;
    size_t pick = (size_t)(next_random(&making->random) % records->len);
    size_t from = making->text.len, len = records->starts[pick + 1] - records->starts[pick];
    add(&making->text, records->text.bytes + records->starts[pick], len);
    if (len > 1 && next_random(&making->random) % 2 == 0)
        making->text.bytes[from + 1 + next_random(&making->random) % (len - 1)] =
            next_random(&making->random) % SMALL_DIGIT;
    for (uint64_t i = next_random(&making->random) % (digits_max + 1); i > 0; i--) {
        uint8_t digit = next_random(&making->random) & 0x7f;
        add(&making->text, &digit, 1);
    }
}

/* Runs what there is; *clean: it doesn't fail; *right: it does, as the bug does. */
static bool try(struct making *making, bool *clean, struct crash *crash, struct fail *why)
{
    struct proc_result ended;
    struct run_result result;
    const struct target *target = making->worker.target;
    worker_submit(&making->worker, making->text.bytes, making->text.len);
    if (!worker_wait(&making->worker, &ended, why))
        return false;
    bool ok = runner_judge(making->contest->runner, target, making->build, &ended, &result, why);
    proc_result_free(&ended);
    if (!ok)
        return false;
    *clean = !result.crash.found;
    *crash = result.crash;
    result.crash = (struct crash){0}; /* moved */
    run_result_free(&result);
    return true;
}

/* Goes on from what runs clean until it fails the right way, late enough. */
static bool search(struct making *making, struct crash *crash, struct fail *why)
{
    size_t kept = 0;
    for (unsigned tries = 0; tries < 2 * TRIES; tries++) {
        bool clean;
        for (unsigned i = 0; i < BATCH; i++)
            add_record(making, making->bytes / (2 * CALLS_MAX));
        if (!try(making, &clean, crash, why))
            return false;
        bool late = making->calls >= CALLS_BEFORE || tries >= TRIES;
        if (!clean && late && bug_class_fits(making->info->classes, crash->type))
            return true;
        if (clean && making->calls + 2 * BATCH <= CALLS_MAX) {
            kept = making->text.len;
            making->calls += BATCH;
        } else if (clean) {
            kept = making->calls = 0; /* it holds no more */
        }
        making->text.len = kept;
        crash_free(crash);
    }
    return fail_set(why, "", "no input was found that meets %s", making->info->bug->id);
}

/* Runs the target's libFuzzer binary on its corpus, until something fails; *found is for free(). */
static bool fuzz(const struct making *making, char **found, size_t *len, struct fail *why)
{
    const struct target *target = making->worker.target;
    const struct build *build = target_build(target, "libfuzzer", making->build->sanitizer);
    if (!build)
        return fail_set(why, "build it: cmake --build --preset default",
                        "%s has no libFuzzer build", making->info->bug->id);
    char *units = mem_print("%s/units", making->contest->place);
    char *artifact = mem_print("%s/found", making->contest->place);
    char *exact = mem_print("-exact_artifact_path=%s", artifact);
    char *length = mem_print("-max_len=%u", target->max_len);
    const char *const argv[] = {build->binary, "-seed=1", FUZZ_SECONDS,   length,
                                exact,         units,     target->corpus, NULL};
    char **env = sanitizer_environment(USE_LIBFUZZER, target);
    struct proc_spec spec = {
        .argv = argv, .env = (const char *const *)env, .cwd = making->contest->place};
    struct proc_result ended;
    bool ok = dir_make(units, why) && proc_run(&spec, &ended, why);
    if (ok) {
        proc_result_free(&ended);
        ok = file_read(artifact, found, len, why) ||
             fail_set(why, "", "no input was found that meets %s", making->info->bug->id);
    }
    (void)unlink(artifact);
    dir_remove(units);
    sanitizer_environment_free(env);
    free(length);
    free(exact);
    free(artifact);
    free(units);
    return ok;
}

/* Puts random records that run clean in front of what was found, as many as it bears. */
static bool put_in_front(struct making *making, const char *found, size_t len, struct crash *crash,
                         struct fail *why)
{
    size_t calls = CALLS_BEFORE;
    for (unsigned tries = 0; tries < FRONTS; tries++) {
        bool clean;
        making->text.len = 0;
        for (size_t i = 0; i < calls; i++)
            add_record(making, making->bytes / (2 * CALLS_MAX));
        add(&making->text, found, len);
        if (!try(making, &clean, crash, why))
            return false;
        if (!clean && bug_class_fits(making->info->classes, crash->type))
            return true;
        crash_free(crash);
        calls = calls * 9 / 10;
    }
    return fail_set(why, "", "no input was found that meets %s", making->info->bug->id);
}

static bool search_by_fuzzing(struct making *making, struct crash *crash, struct fail *why)
{
    char *found;
    size_t len;
    if (!fuzz(making, &found, &len, why))
        return false;
    bool ok = put_in_front(making, found, len, crash, why);
    free(found);
    return ok;
}

static bool finds_leaks(const struct bug_info *info)
{
    for (const char *const *class = info->classes; *class; class ++)
        if (strstr(*class, "leak"))
            return true;
    return false;
}

/* How the whole input fails in a process of its own. What showed when the world was closed now
 * shows in what follows, and what earlier runs left behind may have changed how it failed. */
static bool name_crash(const struct making *making, struct contest_case *out, struct fail *why)
{
    struct run_result result;
    if (!runner_run(making->contest->runner, out->target, out->build, out->path, &result, why))
        return false;
    crash_free(&out->crash);
    out->crash = result.crash;
    result.crash = (struct crash){0}; /* moved */
    run_result_free(&result);
    if (out->crash.found && bug_class_fits(making->info->classes, out->crash.type))
        return true;
    crash_free(&out->crash);
    return fail_set(why, "", "the whole input is another crash than its part that fails");
}

static bool make(struct making *making, struct contest_case *out, struct fail *why)
{
    const struct target *target = &making->info->bug->variant;
    struct worker_options options = {.number = 9, .leaks = finds_leaks(making->info)};
    worker_open(&making->worker, making->contest->runner, target, making->build, options);
    bool ok = search(making, &out->crash, why) || search_by_fuzzing(making, &out->crash, why);
    worker_close(&making->worker);
    if (!ok)
        return false;
    while (making->text.len < making->bytes)
        add_record(making, 4);
    out->bytes = making->text.len;
    out->build = making->build;
    return file_put(out->path, making->text.bytes, out->bytes, why) && name_crash(making, out, why);
}

/* How many operations a replayer makes of a file. */
static bool count_ops(const struct target *target, const struct build *build, const char *path,
                      size_t *ops, struct fail *why)
{
    struct program program;
    const struct build *replayer = target_build(target, "replay", build->sanitizer);
    if (!program_read(target, replayer ? replayer : build, path, &program, why))
        return false;
    *ops = program.ops_len;
    program_free(&program);
    return true;
}

bool contest_case_make(const struct contest *contest, const struct bug_info *info, size_t bytes,
                       struct contest_case *out, struct fail *why)
{
    const struct target *target = &info->bug->variant;
    static const char *const sanitizers[] = {"asan", "ubsan", "tsan", NULL};
    struct making making = {.contest = contest, .info = info, .bytes = bytes};
    *out = (struct contest_case){
        .name = info->bug->id,
        .target = target,
        .path = mem_print("%s/%s", contest->place, info->bug->id),
    };
    bool ok = read_records(target, &making.records, why), made = false;
    for (const char *const *name = sanitizers; *name && ok && !made; name++) {
        making.build = target_build(target, "replay", *name);
        making.random = contest->seed + bytes;
        making.text.len = making.calls = 0;
        made = making.build && access(making.build->binary, X_OK) == 0 && make(&making, out, why);
    }
    ok = made && count_ops(target, out->build, out->path, &out->ops, why);
    free_records(&making.records);
    free(making.text.bytes);
    if (ok)
        *why = (struct fail){0}; /* of a build in which it doesn't show */
    else
        contest_case_free(out);
    return ok;
}

void contest_case_free(struct contest_case *input)
{
    crash_free(&input->crash);
    free(input->path);
    *input = (struct contest_case){0};
}

bool contest_weigh(const struct contest *contest, const struct contest_case *input,
                   const char *path, struct outcome *out, struct fail *why)
{
    struct run_result result;
    char *bytes;
    if (!file_read(path, &bytes, &out->bytes, why))
        return false;
    free(bytes);
    if (!runner_run(contest->runner, input->target, input->build, path, &result, why))
        return false;
    out->same = crash_same(&result.crash, &input->crash);
    run_result_free(&result);
    return count_ops(input->target, input->build, path, &out->ops, why);
}
