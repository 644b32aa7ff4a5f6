#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <uv.h>

#include "commands.h"
#include "describe.h"
#include "files.h"
#include "json.h"
#include "mem.h"
#include "options.h"
#include "owner.h"
#include "regress.h"
#include "runner.h"

enum { TASK_INPUTS = 512, TELL_EVERY_S = 10 };

static struct {
    const char *target, *builds;
    bool regress;
    unsigned jobs;
} chosen;

static const struct option_def options[] = {
    {"target", OPTION_TEXT, "T", "the target that the inputs belong to", &chosen.target, 0},
    {"build", OPTION_TEXT, "LIST", "only these: asan,msan,tsan,ubsan,none", &chosen.builds, 0},
    {"regress", OPTION_FLAG, NULL,
     "run all of corpus/ and crashes/reproducers/; all must be clean, but for\n"
     "                       what `ledge curate --open` marked: that must fail as it is known to",
     &chosen.regress, 0},
    {"jobs", OPTION_NUMBER, "N", "processes at a time (default 2)", &chosen.jobs, 1},
};

static const struct command command = {
    .name = "replay",
    .synopsis = "PATH… | --regress [TARGET…]",
    .purpose = "Runs inputs under every build of their target and says which fail, and how.",
    .notes = "  ledge replay crash-5f3a --target vec\n"
             "  ledge replay --regress --build asan,ubsan\n\n"
             "exit: 0 all clean; 1 something failed; 2 usage; 3 something could not be run",
    .options = options,
    .options_len = sizeof options / sizeof options[0],
};

/* Some inputs of one target under one build. */
struct task {
    const struct target *target;
    const struct build *build;
    size_t from, len; /* in the inputs */
};

struct input {
    const struct target *target;
    char *path;
};

struct failure {
    const struct task *task;
    const char *path;
    struct crash crash;
};

struct replay {
    const struct manifest *manifest;
    struct input *inputs; /* those of one target side by side */
    size_t inputs_len;
    struct task *tasks;
    size_t tasks_len, next; /* next: the first that nobody has taken */
    pthread_mutex_t lock;   /* over what follows, and next */
    size_t runs, runs_total;
    struct failure *failures;
    size_t failures_len;
    struct open_cases open; /* of --regress: what is known to fail */
    uint64_t started, told;
    bool live, failed;
    struct fail why; /* when failed */
};

static double seconds_since(uint64_t start)
{
    return (double)(uv_hrtime() - start) / 1e9;
}

static void show_progress(struct replay *replay)
{
    uint64_t now = uv_hrtime();
    uint64_t pause = replay->live ? UINT64_C(100000000) : UINT64_C(1000000000) * TELL_EVERY_S;
    if (now - replay->told < pause)
        return;
    replay->told = now;
    fprintf(stderr,
            replay->live ? "\r%zu of %zu runs, %zu failed\033[K" : "%zu of %zu runs, %zu failed\n",
            replay->runs, replay->runs_total, replay->failures_len);
}

/* The run_seen of one task. */
struct watcher {
    struct replay *replay;
    const struct task *task;
};

static void on_seen(void *context, size_t index, const struct run_result *result)
{
    struct watcher *watcher = context;
    struct replay *replay = watcher->replay;
    pthread_mutex_lock(&replay->lock);
    replay->runs++;
    if (result->crash.found) {
        replay->failures =
            mem_resize(replay->failures, replay->failures_len + 1, sizeof *replay->failures);
        struct failure *failure = &replay->failures[replay->failures_len++];
        failure->task = watcher->task;
        failure->path = replay->inputs[watcher->task->from + index].path;
        crash_copy(&result->crash, &failure->crash); /* the result is only lent */
    }
    show_progress(replay);
    pthread_mutex_unlock(&replay->lock);
}

static const struct task *take_task(struct replay *replay)
{
    pthread_mutex_lock(&replay->lock);
    const struct task *task = NULL;
    if (!replay->failed && replay->next < replay->tasks_len)
        task = &replay->tasks[replay->next++];
    pthread_mutex_unlock(&replay->lock);
    return task;
}

static void note_failure(struct replay *replay, const struct fail *why)
{
    pthread_mutex_lock(&replay->lock);
    if (!replay->failed)
        replay->why = *why;
    replay->failed = true;
    pthread_mutex_unlock(&replay->lock);
}

static bool run_task(struct replay *replay, struct runner *runner, const struct task *task,
                     struct fail *why)
{
    struct watcher watcher = {replay, task};
    const char **paths = mem_new(task->len, sizeof *paths);
    for (size_t i = 0; i < task->len; i++)
        paths[i] = replay->inputs[task->from + i].path;
    bool ok = runner_run_many(runner, task->target, task->build, paths, task->len, on_seen,
                              &watcher, why);
    free(paths);
    return ok;
}

static void *work(void *context)
{
    struct replay *replay = context;
    struct fail why;
    struct runner *runner = runner_new(replay->manifest, &why);
    if (!runner)
        note_failure(replay, &why);
    const struct task *task;
    while (runner && (task = take_task(replay)) != NULL)
        if (!run_task(replay, runner, task, &why))
            note_failure(replay, &why);
    runner_free(runner);
    return NULL;
}

static void run_tasks(struct replay *replay)
{
    pthread_t threads[64];
    size_t wanted = chosen.jobs ? chosen.jobs : 2, started = 0;
    if (wanted > sizeof threads / sizeof threads[0])
        wanted = sizeof threads / sizeof threads[0];
    while (started < wanted && pthread_create(&threads[started], NULL, work, replay) == 0)
        started++;
    if (started == 0)
        work(replay); /* no thread to be had: this one will do */
    for (size_t i = 0; i < started; i++)
        pthread_join(threads[i], NULL);
    if (replay->live)
        fprintf(stderr, "\r\033[K");
}

static void add_input(struct replay *replay, const struct target *target, const char *path)
{
    replay->inputs = mem_resize(replay->inputs, replay->inputs_len + 1, sizeof *replay->inputs);
    replay->inputs[replay->inputs_len++] = (struct input){target, mem_text(path)};
}

static void add_tasks(struct replay *replay, size_t from, size_t len)
{
    const struct target *target = replay->inputs[from].target;
    for (const char *const *name = runner_sanitizers; *name; name++) {
        const struct build *build = runner_build(target, *name);
        if (!build || !list_has(chosen.builds, *name))
            continue;
        for (size_t at = 0; at < len; at += TASK_INPUTS) {
            size_t take = len - at < TASK_INPUTS ? len - at : TASK_INPUTS;
            replay->tasks = mem_resize(replay->tasks, replay->tasks_len + 1, sizeof *replay->tasks);
            replay->tasks[replay->tasks_len++] = (struct task){target, build, from + at, take};
            replay->runs_total += take;
        }
    }
}

static bool plan(struct replay *replay, struct fail *why)
{
    for (size_t from = 0, to; from < replay->inputs_len; from = to) {
        for (to = from; to < replay->inputs_len; to++)
            if (replay->inputs[to].target != replay->inputs[from].target)
                break;
        add_tasks(replay, from, to - from);
    }
    return replay->tasks_len > 0 || replay->open.len > 0 ||
           fail_set(why, "see `ledge targets`", "there is no build to replay with");
}

static bool find_given(struct replay *replay, const struct arguments *arguments, struct fail *why)
{
    bool ok = true;
    for (size_t i = 0; i < arguments->len && ok; i++) {
        struct paths paths = {0};
        ok = paths_find(&paths, arguments->at[i], why);
        for (size_t j = 0; j < paths.len && ok; j++) {
            const struct target *target =
                owner_of(replay->manifest, paths.at[j], chosen.target, why);
            ok = target != NULL;
            if (ok)
                add_input(replay, target, paths.at[j]);
        }
        paths_free(&paths);
    }
    if (ok && replay->inputs_len == 0)
        return fail_set(why, "name a file, or a directory that has some",
                        "there is no file to run in the paths given");
    return ok;
}

static bool find_kept(struct replay *replay, const struct target *target, struct fail *why)
{
    struct paths paths = {0};
    char *reproducers = mem_print("%s/reproducers/%s", replay->manifest->crashes, target->name);
    bool ok = !target->corpus || paths_find(&paths, target->corpus, why);
    size_t from_corpus = paths.len;
    if (ok && path_is_dir(reproducers))
        ok = paths_find(&paths, reproducers, why);
    free(reproducers);
    for (size_t i = 0; i < paths.len && ok; i++)
        if (i < from_corpus || (strcmp(path_base(paths.at[i]), "input") == 0 &&
                                !regress_add(&replay->open, target, paths.at[i])))
            add_input(replay, target, paths.at[i]);
    paths_free(&paths);
    return ok;
}

static bool find_inputs(struct replay *replay, const struct arguments *arguments, struct fail *why)
{
    if (!chosen.regress)
        return find_given(replay, arguments, why);
    const struct target **targets;
    size_t len;
    char *one = mem_text(chosen.target);
    bool known = manifest_select(replay->manifest, one ? &one : arguments->at,
                                 one ? 1 : arguments->len, &targets, &len, why);
    free(one);
    if (!known)
        return false;
    bool ok = true;
    for (size_t i = 0; i < len && ok; i++)
        ok = find_kept(replay, targets[i], why);
    free(targets);
    if (ok && replay->inputs_len == 0 && replay->open.len == 0)
        return fail_set(why, "is the checkout complete?", "there is nothing in %s/corpus to run",
                        replay->manifest->root);
    return ok;
}

static void print_json(const struct replay *replay, double seconds)
{
    json_t *failures = json_array();
    for (size_t i = 0; i < replay->failures_len; i++) {
        const struct failure *failure = &replay->failures[i];
        json_t *one = json_object();
        json_put(one, "file", json_text(failure->path));
        json_put(one, "target", json_text(failure->task->target->name));
        json_put(one, "build", json_text(failure->task->build->sanitizer));
        describe_json(one, &failure->crash);
        json_append(failures, one);
    }
    json_t *root = json_object();
    json_put(root, "inputs", json_integer((json_int_t)replay->inputs_len));
    json_put(root, "runs", json_integer((json_int_t)replay->runs));
    json_put(root, "seconds", json_real(seconds));
    json_put(root, "failures", failures);
    json_put(root, "open", regress_json(&replay->open));
    json_print(root);
    json_decref(root);
}

static void print_text(const struct replay *replay, double seconds)
{
    for (size_t i = 0; i < replay->failures_len; i++) {
        const struct failure *failure = &replay->failures[i];
        char *line = describe_crash(failure->task->build->sanitizer, &failure->crash);
        printf("%s  (%s)\n  %s\n", failure->path, failure->task->target->name, line);
        free(line);
    }
    regress_print(&replay->open);
    printf("%zu input%s, %zu run%s in %.1f s: ", replay->inputs_len,
           replay->inputs_len == 1 ? "" : "s", replay->runs, replay->runs == 1 ? "" : "s", seconds);
    if (replay->failures_len)
        printf("%zu failed\n", replay->failures_len);
    else
        printf(replay->failed ? "stopped\n" : "all clean\n");
    if (replay->open.len)
        printf("%zu known to be open, of which %zu changed\n", replay->open.len,
               regress_broken(&replay->open));
}

static int finish(struct replay *replay, bool json)
{
    double seconds = seconds_since(replay->started);
    if (json)
        print_json(replay, seconds);
    else
        print_text(replay, seconds);
    if (replay->failed) {
        fail_print(&replay->why);
        return EXIT_CANNOT;
    }
    return replay->failures_len || regress_broken(&replay->open) ? EXIT_FOUND : EXIT_FINE;
}

static void free_replay(struct replay *replay)
{
    for (size_t i = 0; i < replay->inputs_len; i++)
        free(replay->inputs[i].path);
    for (size_t i = 0; i < replay->failures_len; i++)
        crash_free(&replay->failures[i].crash);
    free(replay->inputs);
    free(replay->tasks);
    free(replay->failures);
    regress_free(&replay->open);
    manifest_free(replay->manifest);
    pthread_mutex_destroy(&replay->lock);
}

static int run_replay(struct replay *replay, const struct arguments *arguments)
{
    struct fail why;
    replay->manifest = manifest_load(arguments->manifest, &why);
    if (!replay->manifest || !find_inputs(replay, arguments, &why) || !plan(replay, &why)) {
        fail_print(&why);
        return EXIT_CANNOT;
    }
    run_tasks(replay);
    if (!replay->failed && !regress_run(&replay->open, replay->manifest, chosen.builds, &why))
        note_failure(replay, &why);
    return finish(replay, arguments->json);
}

int cmd_replay(int argc, char **argv)
{
    struct arguments arguments;
    int code = options_parse(&command, argc, argv, &arguments);
    if (code >= 0)
        return code;
    if (arguments.len == 0 && !chosen.regress)
        return usage_error("replay", "which inputs? (--regress runs all that are kept)");
    char *unknown = list_check(chosen.builds, runner_sanitizers);
    if (unknown) {
        code = usage_error(
            "replay", "--build: there is no '%s'; there are asan,msan,tsan,ubsan,none", unknown);
        free(unknown);
        return code;
    }
    struct replay replay = {.started = uv_hrtime(), .told = uv_hrtime(), .live = isatty(2) != 0};
    pthread_mutex_init(&replay.lock, NULL);
    code = run_replay(&replay, &arguments);
    free_replay(&replay);
    return code;
}
