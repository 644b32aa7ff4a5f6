/* Planted bugs: all are built at once, then run side by side. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bugs.h"
#include "files.h"
#include "json.h"
#include "mem.h"
#include "proc.h"

/* --- Builds --------------------------------------------------------------------------------- */

/* Runs CMake; what it prints is shown only when it fails, and then only if wanted. */
static bool run_cmake(const struct manifest *manifest, const char *const *argv, const char *what,
                      bool show, struct fail *why)
{
    struct proc_spec spec = {.argv = argv, .cwd = manifest->build};
    struct proc_result result;
    if (!proc_run(&spec, &result, why))
        return false;
    bool ok = result.end == PROC_EXITED && result.code == 0;
    if (!ok && show) {
        fwrite(result.out, 1, result.out_len, stderr);
        fwrite(result.err, 1, result.err_len, stderr);
    }
    proc_result_free(&result);
    return ok || fail_set(why, "what it said stands above", "the build of %s failed", what);
}

bool bugs_regenerate(const struct manifest *manifest, struct fail *why)
{
    const char *argv[] = {manifest->cmake, manifest->build, NULL};
    return run_cmake(manifest, argv, manifest->build, true, why);
}

static bool build(const struct manifest *manifest, unsigned jobs, const struct bug_info *infos,
                  size_t len, struct fail *why)
{
    static const char every_bug[] = "bugs"; /* takes less than all of them by name */
    char *parallel = mem_print("%u", jobs);
    const char **argv = mem_new(len + 7, sizeof *argv);
    size_t used = 0;
    argv[used++] = manifest->cmake;
    argv[used++] = "--build";
    argv[used++] = manifest->build;
    argv[used++] = "--parallel";
    argv[used++] = parallel;
    argv[used++] = "--target";
    if (len > 1 && len == manifest->bugs_len)
        argv[used++] = every_bug;
    else
        for (size_t i = 0; i < len; i++)
            argv[used++] = infos[i].bug->build_target;
    bool ok = run_cmake(manifest, argv, infos[0].bug->build_target, len == 1, why);
    free(argv);
    free(parallel);
    return ok;
}

/* --- Rows ----------------------------------------------------------------------------------- */

/* A row, and the process that runs it. */
struct job {
    struct fail why; /* when it could not be built */
    bool built, ended;
    pid_t pid;    /* 0: it wasn't started; -1: it could not be */
    int end;      /* how it ended, as waitpid says it; errno when it could not be started */
    FILE *answer; /* where it leaves what is to be told; nameless */
};

struct rows {
    const struct manifest *manifest;
    const struct bug_options *options;
    const struct bug_info *infos;
    struct job *jobs;
    size_t len, started, told;
    unsigned running;
    bool interrupted;
    sigset_t watched, before;
};

/* All at once, for a build system takes its time to begin; where that fails, one by one shows
 * whose fault it is. */
static void build_all(struct rows *rows)
{
    struct fail why;
    fprintf(stderr, "building %zu\n", rows->len);
    bool all = build(rows->manifest, rows->options->jobs, rows->infos, rows->len, &why);
    for (size_t i = 0; i < rows->len && !proc_interrupted(); i++) {
        struct job *job = &rows->jobs[i];
        job->built = all || (rows->len > 1 && build(rows->manifest, rows->options->jobs,
                                                    &rows->infos[i], 1, &job->why));
        if (!all && rows->len == 1)
            job->why = why;
    }
    rows->interrupted = proc_interrupted() != 0;
}

/* What is to be told of a row. */
static json_t *answer_of(const struct rows *rows, const struct bug_row *row)
{
    char *line = bug_row_text(row, bugs_width(rows->infos, rows->len));
    json_t *answer = json_object();
    json_put(answer, "row", bug_row_json(row));
    json_put(answer, "line", json_text(line));
    json_put(answer, "holds", json_boolean(row->holds));
    json_put(answer, "interrupted", json_boolean(row->interrupted));
    free(line);
    return answer;
}

/* In the row's own process. */
static void run_row(const struct rows *rows, size_t index)
{
    const struct job *job = &rows->jobs[index];
    struct bug_row row = {.info = rows->infos[index], .built = job->built, .why = job->why};
    bug_run(rows->manifest, rows->options, &row);
    json_t *answer = answer_of(rows, &row);
    bool ok = json_dumpf(answer, job->answer, 0) == 0 && fflush(job->answer) == 0;
    json_decref(answer);
    bug_row_free(&row);
    _exit(ok ? EXIT_FINE : EXIT_CANNOT);
}

static void start(struct rows *rows)
{
    size_t index = rows->started++;
    struct job *job = &rows->jobs[index];
    pid_t parent = getpid();
    fflush(stdout);
    job->answer = file_temporary();
    job->pid = job->answer ? fork() : -1;
    job->end = job->pid < 0 ? errno : 0;
    if (job->pid == 0) {
        (void)setpgid(0, 0); /* ^C comes by us, once */
        (void)prctl(PR_SET_PDEATHSIG, SIGTERM);
        (void)pthread_sigmask(SIG_SETMASK, &rows->before, NULL);
        if (getppid() == parent)
            run_row(rows, index);
        _exit(EXIT_CANNOT);
    }
    job->ended = job->pid < 0;
    rows->running += !job->ended;
}

/* What is told of a row that can't tell it itself. */
static json_t *answer_for(const struct rows *rows, size_t index)
{
    const struct job *job = &rows->jobs[index];
    struct bug_row row = {.info = rows->infos[index], .built = job->built, .why = job->why};
    if (!job->built)
        ; /* that is why */
    else if (job->pid < 0)
        fail_set(&row.why, "", "its process could not be started: %s", strerror(job->end));
    else if (WIFSIGNALED(job->end))
        fail_set(&row.why, "", "its process was ended by signal %d", WTERMSIG(job->end));
    else
        fail_set(&row.why, "",
                 "its process could not write down what came of it: is $TMPDIR full?");
    return answer_of(rows, &row);
}

static void tell(struct rows *rows, size_t index, bug_told *tell_one, void *context)
{
    struct job *job = &rows->jobs[index];
    json_t *answer = NULL;
    if (job->answer) {
        rewind(job->answer);
        answer = json_loadf(job->answer, 0, NULL);
        fclose(job->answer); /* only read from */
    }
    if (!answer)
        answer = answer_for(rows, index);
    rows->interrupted |= json_is_true(json_object_get(answer, "interrupted"));
    tell_one(context, json_object_get(answer, "row"),
             json_string_value(json_object_get(answer, "line")),
             json_is_true(json_object_get(answer, "holds")));
    json_decref(answer);
}

static void reap(struct rows *rows)
{
    for (size_t i = 0; i < rows->started; i++) {
        struct job *job = &rows->jobs[i];
        if (job->pid > 0 && !job->ended && waitpid(job->pid, &job->end, WNOHANG) == job->pid) {
            job->ended = true;
            rows->running--;
        }
    }
}

/* Waits until a row has ended or a signal came, which the rows get too. */
static void wait_for_news(struct rows *rows)
{
    int signal = sigwaitinfo(&rows->watched, NULL);
    if (signal == SIGCHLD) {
        reap(rows);
    } else if (signal > 0) {
        rows->interrupted = true;
        for (size_t i = 0; i < rows->started; i++)
            if (rows->jobs[i].pid > 0 && !rows->jobs[i].ended)
                (void)kill(rows->jobs[i].pid, signal);
    }
}

/* What is ignored, as nohup has SIGHUP ignored, would come as well once it is blocked. */
static void watch(struct rows *rows, bool on)
{
    static const int signals[] = {SIGINT, SIGTERM, SIGHUP};
    sigemptyset(&rows->watched);
    sigaddset(&rows->watched, SIGCHLD);
    for (size_t i = 0; i < sizeof signals / sizeof signals[0]; i++) {
        struct sigaction now;
        if (sigaction(signals[i], NULL, &now) != 0 || now.sa_handler != SIG_IGN)
            sigaddset(&rows->watched, signals[i]);
    }
    (void)pthread_sigmask(on ? SIG_BLOCK : SIG_SETMASK, on ? &rows->watched : &rows->before,
                          on ? &rows->before : NULL);
}

bool bugs_run_all(const struct manifest *manifest, const struct bug_options *options,
                  const struct bug_info *infos, size_t len, bug_told *tell_one, void *context)
{
    struct rows rows = {.manifest = manifest,
                        .options = options,
                        .infos = infos,
                        .jobs = mem_new(len, sizeof *rows.jobs),
                        .len = len};
    build_all(&rows);
    watch(&rows, true);
    while (rows.running > 0 || (rows.started < len && !rows.interrupted)) {
        while (rows.started < len && rows.running < options->jobs && !rows.interrupted)
            start(&rows);
        if (rows.running > 0)
            wait_for_news(&rows);
        for (; rows.told < rows.started && rows.jobs[rows.told].ended; rows.told++)
            tell(&rows, rows.told, tell_one, context);
    }
    watch(&rows, false);
    free(rows.jobs);
    return !rows.interrupted;
}
