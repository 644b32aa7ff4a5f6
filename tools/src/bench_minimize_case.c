#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bench_minimize.h"
#include "files.h"
#include "mem.h"
#include "minimize_worker.h"

enum {
    CALLS_BEFORE = 120, /* that run clean before the one that fails, if it can be had */
    CALLS_MAX = 240,    /* the kit looks at 256 */
    BATCH = 8,          /* records added at a time */
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
    return ok && (records->len > 0 ||
                  fail_set(why, "", "%s has no corpus to make inputs of", target->name));
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

/* Appends a record, and up to so many digits that nobody reads. */
static void add_record(struct making *making, size_t digits_max)
{
    const struct records *records = &making->records;
    size_t pick = (size_t)(next_random(&making->random) % records->len);
    add(&making->text, records->text.bytes + records->starts[pick],
        records->starts[pick + 1] - records->starts[pick]);
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

static bool finds_leaks(const struct bug_info *info)
{
    for (const char *const *class = info->classes; *class; class ++)
        if (strstr(*class, "leak"))
            return true;
    return false;
}

static bool make(struct making *making, struct contest_case *out, struct fail *why)
{
    const struct target *target = &making->info->bug->variant;
    struct worker_options options = {.number = 9, .leaks = finds_leaks(making->info)};
    worker_open(&making->worker, making->contest->runner, target, making->build, options);
    bool ok = search(making, &out->crash, why);
    worker_close(&making->worker);
    if (!ok)
        return false;
    while (making->text.len < making->bytes)
        add_record(making, 4);
    out->bytes = making->text.len;
    out->build = making->build;
    return file_put(out->path, making->text.bytes, out->bytes, why);
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
    static const char *const sanitizers[] = {"asan", "ubsan", NULL};
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
    if (!ok)
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
