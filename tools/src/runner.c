#include "runner.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "files.h"
#include "mem.h"
#include "sanitizer.h"
#include "symbolize.h"

enum {
    START_MS = 1000,         /* what a process may take to start, beside the input's own limit */
    MANY_MS = 50,            /* what an input may take on average when many run in one process */
    MANY_MAX = 256,          /* inputs in one process */
    REPLAYER_UNREADABLE = 2, /* the replayer's exit code for a file it can't read */
};

struct runner {
    const struct manifest *manifest;
    struct symbolizer *symbolizer;
    char *directory, *input; /* private; input is a file in it */
};

const char *const runner_sanitizers[] = {"asan", "msan", "tsan", "ubsan", "none", NULL};

struct runner *runner_new(const struct manifest *manifest, struct fail *why)
{
    char *directory = dir_temporary(why);
    if (!directory)
        return NULL;
    struct symbolizer *symbolizer = symbolizer_new(manifest->symbolizer, why);
    if (!symbolizer) {
        dir_remove(directory);
        free(directory);
        return NULL;
    }
    struct runner *runner = mem_new(1, sizeof *runner);
    runner->manifest = manifest;
    runner->directory = directory;
    runner->input = mem_print("%s/input", directory);
    runner->symbolizer = symbolizer;
    return runner;
}

void runner_free(struct runner *runner)
{
    if (!runner)
        return;
    symbolizer_free(runner->symbolizer);
    dir_remove(runner->directory);
    free(runner->directory);
    free(runner->input);
    free(runner);
}

struct symbolizer *runner_symbolizer(struct runner *runner)
{
    return runner->symbolizer;
}

const struct build *runner_build(const struct target *target, const char *sanitizer)
{
    const char *engine = target->command ? "command" : "replay";
    const struct build *build = target_build(target, engine, sanitizer);
    return build ? build : target_build(target, "libfuzzer", sanitizer);
}

void run_result_free(struct run_result *result)
{
    crash_free(&result->crash);
    free(result->log);
    *result = (struct run_result){0};
}

static bool is_libfuzzer(const struct build *build)
{
    return strcmp(build->engine, "libfuzzer") == 0;
}

static bool is_command(const struct build *build)
{
    return strcmp(build->engine, "command") == 0;
}

/* Every "@@" in a word of a command is the input's path. */
static char *put_path(const char *word, const char *path)
{
    char *text = mem_text("");
    for (const char *mark; (mark = strstr(word, "@@")); word = mark + 2) {
        char *longer = mem_print("%s%.*s%s", text, (int)(mark - word), word, path);
        free(text);
        text = longer;
    }
    char *whole = mem_print("%s%s", text, word);
    free(text);
    return whole;
}

static bool reads_stdin(const struct target *target)
{
    for (const char *const *word = target->command; *word; word++)
        if (strstr(*word, "@@"))
            return false;
    return true;
}

const char *runner_directory(const struct runner *runner)
{
    return runner->directory;
}

/* The command line for some paths; strings made for it are added to *made. A command takes one
 * path.
 */
static const char **command_line(const struct target *target, const struct build *build,
                                 const char *const *paths, size_t len, struct paths *made)
{
    if (is_command(build)) {
        for (const char *const *word = target->command + 1; *word; word++)
            paths_add(made, put_path(*word, paths[0]));
        len = 0;
    }
    if (is_libfuzzer(build)) {
        paths_add(made, mem_print("-timeout=%u", (target->timeout_ms + 999) / 1000));
        paths_add(made, mem_print("-rss_limit_mb=%u", target->rss_mb));
        paths_add(made, mem_text("-exact_artifact_path=/dev/null"));
    }
    const char **argv = mem_new(made->len + len + 2, sizeof *argv);
    size_t at = 0;
    argv[at++] = build->binary;
    for (size_t i = 0; i < made->len; i++)
        argv[at++] = made->at[i];
    for (size_t i = 0; i < len; i++)
        argv[at++] = paths[i];
    return argv;
}

static bool start(const struct runner *runner, const struct target *target,
                  const struct build *build, const char *const *paths, size_t len,
                  const char *const *env, struct proc_result *result, struct fail *why)
{
    struct paths made = {0};
    const char **argv = command_line(target, build, paths, len, &made);
    unsigned limit = target->timeout_ms + START_MS + (unsigned)(len - 1) * MANY_MS;
    struct proc_spec spec = {
        .argv = argv,
        .env = env,
        .cwd = runner->directory, /* whatever a target drops goes away with us */
        .timeout_ms = is_libfuzzer(build) ? 2 * limit : limit, /* it has its own -timeout */
    };
    char *input = NULL;
    bool ok = true;
    if (is_command(build)) {
        spec.cwd = NULL; /* its words may be relative paths */
        spec.timeout_ms = target->timeout_ms;
        ok = !reads_stdin(target) || file_read(paths[0], &input, &spec.input_len, why);
        spec.input = input;
    }
    ok = ok && proc_run(&spec, result, why);
    if (!ok && !is_command(build) && access(build->binary, X_OK) != 0)
        fail_set(why, "build it: cmake --build --preset default",
                 "%s: the %s/%s binary %s cannot be run: %s", target->name, build->engine,
                 build->sanitizer, build->binary, strerror(errno));
    free(input);
    free(argv);
    paths_free(&made);
    return ok;
}

static enum sanitizer_use use_of(const struct build *build)
{
    return is_libfuzzer(build) ? USE_LIBFUZZER : USE_REPLAY;
}

static size_t count(const char *const *list)
{
    size_t len = 0;
    while (list && list[len])
        len++;
    return len;
}

/* The C library's own complaints go to the terminal otherwise. */
static const char libc_to_stderr[] = "LIBC_FATAL_STDERR_=1";

/* A command's user may have settings of their own for a sanitizer; the later ones count. They know
 * whether leaks matter, we how a report is read. */
static void keep_settings(const char **env, struct paths *made)
{
    for (; *env; env++) {
        size_t len = strcspn(*env, "=");
        char *name = mem_copy(*env, len);
        const char *theirs = getenv(name);
        if (theirs && theirs[0] && (*env)[len] == '=') {
            paths_add(made, mem_print("%s:%s:symbolize=0:log_path=stderr", *env, theirs));
            *env = made->at[made->len - 1];
        }
        free(name);
    }
}

bool runner_execute(const struct runner *runner, const struct target *target,
                    const struct build *build, const char *path, const char *const *env_more,
                    struct proc_result *ended, struct fail *why)
{
    char **env = sanitizer_environment(use_of(build), target);
    size_t own = count((const char *const *)env), more = count(env_more);
    const char **all = mem_new(own + more + 2, sizeof *all);
    /* The first of two settings of one variable counts. */
    for (size_t i = 0; i < more; i++)
        all[i] = env_more[i];
    for (size_t i = 0; i < own; i++)
        all[more + i] = env[i];
    struct paths made = {0};
    if (is_command(build))
        keep_settings(all, &made);
    all[more + own] = libc_to_stderr;
    bool ok = start(runner, target, build, &path, 1, all, ended, why);
    paths_free(&made);
    free(all);
    sanitizer_environment_free(env);
    return ok;
}

/* Finds the last "here I run PATH" line; *path is not NUL-terminated. Returns where the text after
 * that line begins, or NULL when there is no such line. */
static const char *last_marker(const char *log, size_t len, const char *marker, const char **path,
                               size_t *path_len)
{
    size_t size = strlen(marker);
    for (const char *at = log + len; at > log;) {
        at--;
        if ((at > log && at[-1] != '\n') || (size_t)(log + len - at) < size ||
            memcmp(at, marker, size) != 0)
            continue;
        *path = at + size;
        const char *end = memchr(*path, '\n', (size_t)(log + len - *path));
        *path_len = (size_t)((end ? end : log + len) - *path);
        return end ? end + 1 : log + len;
    }
    return NULL;
}

/* The part of the log that belongs to the last input, and that input's path if the log says so. */
static const char *last_run(const struct build *build, const struct proc_result *ended,
                            const char **path, size_t *path_len)
{
    const char *marker = is_libfuzzer(build) ? "Running: " : "ledge-run: ";
    *path = NULL;
    *path_len = 0;
    if (is_command(build))
        return ended->err;
    const char *log = last_marker(ended->err, ended->err_len, marker, path, path_len);
    return log ? log : ended->err;
}

/* A program under test that calls exit is a crash, although it leaves no report. libFuzzer says so;
 * after a replayer we do, and after a command when that is its exit code for it.
 */
static bool exited_itself(const struct target *target, const struct build *build,
                          const struct proc_result *ended)
{
    if (is_command(build))
        return ended->end == PROC_EXITED && ended->code != 0 &&
               (unsigned)ended->code == target->exit_code;
    return !is_libfuzzer(build) && ended->end == PROC_EXITED && ended->code != 0 &&
           ended->code != REPLAYER_UNREADABLE;
}

static bool classify(struct runner *runner, const struct target *target, const struct build *build,
                     const struct proc_result *ended, struct run_result *result, struct fail *why)
{
    const char *path;
    size_t path_len;
    const char *log = last_run(build, ended, &path, &path_len);
    size_t len = (size_t)(ended->err + ended->err_len - log);
    *result = (struct run_result){
        .end = ended->end, .code = ended->code, .elapsed_ns = ended->elapsed_ns};
    if (ended->end != PROC_EXITED || ended->code != 0) {
        struct crash_evidence evidence = {.log = log,
                                          .log_len = len,
                                          .has_end = true,
                                          .end = ended->end,
                                          .code = ended->code,
                                          .target = target->name,
                                          .binary = build->binary,
                                          .symbolizer = runner->symbolizer};
        static const char exited[] = "==0== ERROR: libFuzzer: fuzz target exited\n";
        if (!crash_classify(&evidence, &result->crash, why))
            return false;
        evidence.log = exited;
        evidence.log_len = sizeof exited - 1;
        if (!result->crash.found && exited_itself(target, build, ended) &&
            !crash_classify(&evidence, &result->crash, why))
            return false;
    }
    result->log = mem_copy(log, len);
    result->log_len = len;
    return true;
}

/* A process that ended badly and yet has no crash to show could not do its work. */
static bool check_end(const struct build *build, const struct run_result *result, struct fail *why)
{
    if (result->crash.found || result->end != PROC_EXITED || result->code == 0 || is_command(build))
        return true;
    size_t line = strcspn(result->log, "\n");
    return fail_set(why, "run it by hand: it has to exit with 0 where nothing fails",
                    "%s ended with exit code %d%s%.*s", build->binary, result->code,
                    line ? ": " : "", (int)(line < 300 ? line : 300), result->log);
}

bool runner_judge(struct runner *runner, const struct target *target, const struct build *build,
                  const struct proc_result *ended, struct run_result *result, struct fail *why)
{
    if (!classify(runner, target, build, ended, result, why))
        return false;
    bool ok = check_end(build, result, why);
    if (!ok)
        run_result_free(result);
    return ok;
}

bool runner_run(struct runner *runner, const struct target *target, const struct build *build,
                const char *path, struct run_result *result, struct fail *why)
{
    struct proc_result ended;
    char *absolute = realpath(path, NULL); /* the process runs elsewhere */
    if (!absolute)
        return fail_set(why, "check the path", "cannot open %s: %s", path, strerror(errno));
    bool ok = runner_execute(runner, target, build, absolute, NULL, &ended, why);
    free(absolute);
    if (!ok)
        return false;
    ok = runner_judge(runner, target, build, &ended, result, why);
    proc_result_free(&ended);
    return ok;
}

bool runner_run_bytes(struct runner *runner, const struct target *target, const struct build *build,
                      const void *bytes, size_t len, struct run_result *result, struct fail *why)
{
    char *path = mem_print("%s%s", runner->input, target->suffix ? target->suffix : "");
    bool ok =
        file_put(path, bytes, len, why) && runner_run(runner, target, build, path, result, why);
    free(path);
    return ok;
}

/* What runner_run_many carries along. */
struct many {
    struct runner *runner;
    const struct target *target;
    const struct build *build;
    char **paths; /* absolute */
    run_seen *seen;
    void *context;
    struct fail *why;
};

static void report_clean(struct many *many, size_t from, size_t to, uint64_t elapsed_ns)
{
    struct run_result clean = {.end = PROC_EXITED, .elapsed_ns = elapsed_ns};
    if (to > from)
        clean.elapsed_ns /= to - from;
    for (size_t i = from; i < to; i++)
        many->seen(many->context, i, &clean);
}

static bool run_alone(struct many *many, size_t index)
{
    struct run_result result;
    if (!runner_run(many->runner, many->target, many->build, many->paths[index], &result,
                    many->why))
        return false;
    many->seen(many->context, index, &result);
    run_result_free(&result);
    return true;
}

/* The index in [from, to) of the input that was running when the process ended; `to` when the log
 * doesn't say. */
static size_t last_index(struct many *many, size_t from, size_t to, const struct proc_result *ended)
{
    const char *path;
    size_t len;
    last_run(many->build, ended, &path, &len);
    for (size_t i = from; path && i < to; i++)
        if (strlen(many->paths[i]) == len && memcmp(many->paths[i], path, len) == 0)
            return i;
    return to;
}

static bool run_range(struct many *many, size_t from, size_t to);

/* The process that ran [from, to) ended badly: finds whose fault it was, and runs those that had no
 * turn. */
static bool blame(struct many *many, size_t from, size_t to, const struct proc_result *ended)
{
    size_t last = last_index(many, from, to, ended);
    if (to - from == 1)
        return run_alone(many, from);
    if (last == to) { /* it never began: all the same alone, where the reason will show */
        return run_alone(many, from) && run_range(many, from + 1, to);
    }
    struct run_result result;
    if (!classify(many->runner, many->target, many->build, ended, &result, many->why))
        return false;
    bool leak = result.crash.found && strcmp(result.crash.class_, "leak") == 0;
    bool own = result.crash.found && ended->end != PROC_TIMEOUT;
    if (leak && last == to - 1) {
        run_result_free(&result);
        size_t middle = from + (to - from) / 2;
        return run_range(many, from, middle) && run_range(many, middle, to);
    }
    /* Those before it ran, but the process didn't live to look for what they leaked. */
    bool ok = run_range(many, from, last);
    if (ok && own)
        many->seen(many->context, last, &result);
    else if (ok)
        ok = run_alone(many, last);
    run_result_free(&result);
    return ok && run_range(many, last + 1, to);
}

static bool run_range(struct many *many, size_t from, size_t to)
{
    if (from == to)
        return true;
    struct proc_result ended;
    char **env = sanitizer_environment(use_of(many->build), many->target);
    bool ok =
        start(many->runner, many->target, many->build, (const char *const *)many->paths + from,
              to - from, (const char *const *)env, &ended, many->why);
    sanitizer_environment_free(env);
    if (!ok)
        return false;
    if (ended.end == PROC_EXITED && ended.code == 0)
        report_clean(many, from, to, ended.elapsed_ns);
    else
        ok = blame(many, from, to, &ended);
    proc_result_free(&ended);
    return ok;
}

bool runner_run_many(struct runner *runner, const struct target *target, const struct build *build,
                     const char *const *paths, size_t len, run_seen *seen, void *context,
                     struct fail *why)
{
    struct paths absolute = {0};
    bool ok = true;
    for (size_t i = 0; i < len && ok; i++) {
        char *path = realpath(paths[i], NULL);
        if (path)
            paths_add(&absolute, path);
        else
            ok = fail_set(why, "check the path", "cannot open %s: %s", paths[i], strerror(errno));
    }
    struct many many = {runner, target, build, absolute.at, seen, context, why};
    for (size_t from = 0; from < len && ok; from += MANY_MAX)
        ok = run_range(&many, from, len - from < MANY_MAX ? len : from + MANY_MAX);
    paths_free(&absolute);
    return ok;
}
