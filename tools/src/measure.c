#include "measure.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "files.h"
#include "measure_parts.h"
#include "mem.h"
#include "minimize_oracle.h" /* stop_wanted */
#include "proc.h"
#include "sanitizer.h"
#include "store.h"
#include "text.h"

enum {
    START_MS = 2000, /* what a process may take to start */
    EACH_MS = 50,    /* what an input may take on average before the process counts as stuck */
};

/* Fastest first. */
static const struct {
    const char *engine, *sanitizer;
} preferred[] = {
    {"replay", "edges"},   {"replay", "asan"},    {"replay", "ubsan"},    {"replay", "msan"},
    {"replay", "tsan"},    {"afl", "none"},       {"afl", "asan"},        {"libfuzzer", "edges"},
    {"libfuzzer", "none"}, {"libfuzzer", "asan"}, {"libfuzzer", "ubsan"}, {"libfuzzer", "msan"},
};

/* What a replayer that can't measure begins its reason with. */
static const char own_trouble[] = "ledge-features: ";

static const char merge_flag[] = "set_cover_merge";

static const char build_hint[] = "build it: cmake --build --preset default";

static const struct build *named_build(const struct target *target, const char *name,
                                       struct fail *why)
{
    for (size_t i = 0; i < target->builds_len; i++) {
        const struct build *build = &target->builds[i];
        size_t engine = strlen(build->engine);
        if (strncmp(name, build->engine, engine) == 0 && name[engine] == '/' &&
            strcmp(name + engine + 1, build->sanitizer) == 0)
            return build;
    }
    fail_set(why,
             "`ledge targets` lists the builds; a name is replay/edges, replay/asan, afl/none …",
             "%s has no build '%s'", target->name, name);
    return NULL;
}

/* A replayer of somebody else's may have no way to measure, an old libFuzzer neither. */
static bool can_measure(const struct build *build)
{
    char *binary;
    size_t len;
    struct fail why;
    const char *sign = strcmp(build->engine, "replay") == 0      ? own_trouble
                       : strcmp(build->engine, "libfuzzer") == 0 ? merge_flag
                                                                 : "__AFL_SHM_ID";
    if (!file_read(build->binary, &binary, &len, &why))
        return false;
    bool can = memmem(binary, len, sign, strlen(sign)) != NULL;
    free(binary);
    return can;
}

const struct build *measure_build(const struct target *target, const char *name, struct fail *why)
{
    if (name)
        return named_build(target, name, why);
    const struct build *missing = NULL;
    for (size_t i = 0; i < sizeof preferred / sizeof preferred[0]; i++) {
        const struct build *build =
            target_build(target, preferred[i].engine, preferred[i].sanitizer);
        bool there = build && access(build->binary, X_OK) == 0;
        if (there && can_measure(build))
            return build;
        if (build && !there && !missing)
            missing = build;
    }
    if (missing)
        fail_set(why, build_hint, "%s is not built: %s is missing", target->name, missing->binary);
    else
        fail_set(
            why,
            "the manifest needs a replay build with coverage counters (targets/kit/measure.h), "
            "an afl one, or a libfuzzer one of clang 15 or later",
            "%s has no build that can measure coverage", target->name);
    return NULL;
}

struct measurer *measurer_new(const struct target *target, const struct build *build,
                              struct fail *why)
{
    char *binary;
    size_t len;
    if (!file_read(build->binary, &binary, &len, why)) {
        snprintf(why->next, sizeof why->next, "%s", build_hint);
        return NULL;
    }
    char *directory = dir_temporary(why);
    struct measurer *measurer = directory ? mem_new(1, sizeof *measurer) : NULL;
    if (measurer) {
        *measurer = (struct measurer){.target = target, .build = build, .directory = directory};
        store_id(binary, len, measurer->build_id);
        bool afl = strcmp(build->engine, "afl") == 0;
        ledge_view view = ledge_view_of(binary, len);
        measurer->persistent = afl && text_has(view, "##SIG_AFL_PERSISTENT##");
        measurer->lists_features = text_has(view, merge_flag);
        measurer->deferred = afl && text_has(view, "##SIG_AFL_DEFER_FORKSRV##");
    }
    free(binary);
    return measurer;
}

void measurer_free(struct measurer *measurer)
{
    if (!measurer)
        return;
    afl_stop(measurer->afl);
    dir_remove(measurer->directory);
    free(measurer->directory);
    free(measurer);
}

const char *measurer_build_id(const struct measurer *measurer)
{
    return measurer->build_id;
}

char *measure_ended(bool timed_out, unsigned timeout_ms, int signal, int code)
{
    if (timed_out)
        return mem_print("ran longer than %u ms", timeout_ms);
    if (signal)
        return mem_print("killed by signal %d (%s)", signal, strsignal(signal));
    return mem_print("ended the process with exit code %d%s", code,
                     code ? "" : ", or wrote over what was measured");
}

/* Inputs as a replayer reads them: length, bytes, length, bytes. */
struct packed {
    char *bytes;
    size_t len;
    size_t *starts; /* of each input */
};

static struct packed pack(const struct measured *inputs, size_t len)
{
    struct packed packed = {.starts = mem_new(len, sizeof *packed.starts)};
    for (size_t i = 0; i < len; i++)
        packed.len += sizeof(uint32_t) + inputs[i].len;
    packed.bytes = mem_new(packed.len, 1);
    size_t at = 0;
    for (size_t i = 0; i < len; i++) {
        uint32_t length = (uint32_t)inputs[i].len;
        packed.starts[i] = at;
        memcpy(packed.bytes + at, &length, sizeof length);
        at += sizeof length;
        if (length)
            memcpy(packed.bytes + at, inputs[i].bytes, length);
        at += length;
    }
    return packed;
}

/* One process over the inputs from `from` on. */
static bool run_process(const struct measurer *measurer, const struct packed *packed, size_t from,
                        size_t len, const char *out, struct proc_result *ended, struct fail *why)
{
    const struct target *target = measurer->target;
    char *timeout = mem_print("%u", target->timeout_ms);
    char **env = sanitizer_environment(USE_REPLAY, target);
    const char *argv[] = {measurer->build->binary, "--features", out, timeout, NULL};
    struct proc_spec spec = {
        .argv = argv,
        .env = (const char *const *)env,
        .cwd = measurer->directory,
        .input = packed->bytes + packed->starts[from],
        .input_len = packed->len - packed->starts[from],
        .timeout_ms = START_MS + target->timeout_ms + (unsigned)(len - from) * EACH_MS,
        .output_max = 4096,
    };
    unlink(out); /* of the process before */
    bool ok = proc_run(&spec, ended, why);
    if (!ok && access(measurer->build->binary, X_OK) != 0)
        fail_set(why, build_hint, "%s cannot be run: %s", measurer->build->binary, strerror(errno));
    sanitizer_environment_free(env);
    free(timeout);
    return ok;
}

static bool cannot_measure(const struct measurer *measurer, const struct proc_result *ended,
                           struct fail *why)
{
    const char *said = ended->err_len ? ended->err : "it counts nothing";
    return fail_set(
        why, "it must be a replayer whose code has coverage counters (targets/kit/measure.h)",
        "%s does not measure: %.*s", measurer->build->binary, (int)strcspn(said, "\n"), said);
}

/* Reads the records of a process that began at *next, and moves *next behind them. */
static bool read_records(const struct measurer *measurer, const char *out,
                         const struct proc_result *ended, struct measured *inputs, size_t len,
                         size_t *next, struct feature_space *space, struct fail *why)
{
    char *bytes;
    size_t bytes_len;
    struct feature_stream stream;
    if (!path_is_file(out) || !file_read(out, &bytes, &bytes_len, why))
        return cannot_measure(measurer, ended, why);
    bool ok = features_open(&stream, bytes, bytes_len) && feature_space_size(stream.space) > 0;
    struct features features;
    while (ok && *next < len && features_next(&stream, &features))
        inputs[(*next)++].features = features;
    *space = stream.space;
    free(bytes);
    return ok || cannot_measure(measurer, ended, why);
}

static bool replay_run(struct measurer *measurer, struct measured *inputs, size_t len,
                       struct feature_space *space, struct fail *why)
{
    struct packed packed = pack(inputs, len);
    char *out = mem_print("%s/features", measurer->directory);
    bool ok = true;
    for (size_t next = 0; next < len && ok && !stop_wanted();) {
        size_t from = next;
        struct proc_result ended;
        ok = run_process(measurer, &packed, from, len, out, &ended, why);
        if (!ok)
            break;
        ok = read_records(measurer, out, &ended, inputs, len, &next, space, why);
        bool exited = ended.end == PROC_EXITED;
        const char *own = exited ? strstr(ended.err, own_trouble) : NULL;
        if (ok && own && next < len) {
            ok = fail_set(why, "is the disk of the temporary directory full?", "%s: %.*s",
                          measurer->build->binary, (int)strcspn(own, "\n"), own);
        } else if (ok && next < len && (ended.end != PROC_TIMEOUT || next == from)) {
            bool late =
                ended.end == PROC_TIMEOUT || (ended.end == PROC_SIGNALED && ended.code == SIGALRM);
            inputs[next++].failed = measure_ended(late, measurer->target->timeout_ms,
                                                  exited ? 0 : ended.code, ended.code);
        }
        proc_result_free(&ended);
    }
    free(out);
    free(packed.bytes);
    free(packed.starts);
    return ok;
}

bool measurer_run(struct measurer *measurer, struct measured *inputs, size_t len,
                  struct feature_space *space, struct fail *why)
{
    for (size_t i = 0; i < len; i++) {
        inputs[i].features = (struct features){0};
        inputs[i].failed = NULL;
    }
    if (strcmp(measurer->build->engine, "afl") == 0)
        return afl_run(measurer, inputs, len, space, why);
    if (strcmp(measurer->build->engine, "libfuzzer") == 0)
        return len == 0 || libfuzzer_run(measurer, inputs, len, space, why);
    return len == 0 || replay_run(measurer, inputs, len, space, why);
}
