#include "minimize_worker.h"

#include <stdlib.h>
#include <string.h>

#include "files.h"
#include "mem.h"
#include "sanitizer.h"

/* Replayers of the others don't fork well: TSan has threads of its own. */
static bool can_serve(const struct target *target, const struct build *build)
{
    static const char *const served[] = {"asan", "msan", "ubsan", "none", NULL};
    if (!target->kit || strcmp(build->engine, "replay") != 0)
        return false;
    for (const char *const *name = served; *name; name++)
        if (strcmp(build->sanitizer, *name) == 0)
            return true;
    return false;
}

/* The runner's environment, but for what the search can do without. */
static char **make_env(const struct worker *worker)
{
    char **env = sanitizer_environment(USE_REPLAY, worker->target);
    for (char **at = env; *at; at++) {
        char *whole = mem_print("%s%s%s", *at, worker->leaks ? "" : ":detect_leaks=0",
                                worker->serves ? ":hard_rss_limit_mb=0" : "");
        free(*at);
        *at = whole;
    }
    return env;
}

void worker_open(struct worker *worker, const struct runner *runner, const struct target *target,
                 const struct build *build, struct worker_options options)
{
    *worker = (struct worker){
        .runner = runner,
        .target = target,
        .build = build,
        .leaks = options.leaks,
        .ahead = options.ahead,
        .patience_ms = target->timeout_ms,
        .serves = !options.fresh && can_serve(target, build),
        .path = mem_print("%s/candidate-%u%s", runner_directory(runner), options.number,
                          target->suffix ? target->suffix : ""),
    };
}

void worker_close(struct worker *worker)
{
    struct proc_result ended;
    struct fail why;
    if (worker->threaded && worker_wait(worker, &ended, &why))
        proc_result_free(&ended);
    server_stop(worker->server);
    free(worker->path);
    free(worker->bytes);
    *worker = (struct worker){0};
}

/* Waits for one process, in a thread or without. */
static void run_process(struct worker *worker)
{
    bool libfuzzer = strcmp(worker->build->engine, "libfuzzer") == 0; /* has an option for leaks */
    char **env = libfuzzer ? NULL : make_env(worker);
    worker->ok = file_put(worker->path, worker->bytes, worker->len, &worker->why) &&
                 runner_execute(worker->runner, worker->target, worker->build, worker->path,
                                (const char *const *)env, &worker->ended, &worker->why);
    sanitizer_environment_free(env);
}

static void *run_in_thread(void *context)
{
    run_process(context);
    return NULL;
}

static bool submit_to_server(struct worker *worker)
{
    if (!worker->server) {
        char **env = make_env(worker);
        worker->server = server_start(worker->build->binary, (const char *const *)env,
                                      runner_directory(worker->runner), &worker->why);
        sanitizer_environment_free(env);
    }
    return worker->server &&
           server_submit(worker->server, worker->bytes, worker->len, &worker->why);
}

/* From now on without the server: an old replayer knows none, and one that was killed may be again.
 */
static void give_up_server(struct worker *worker)
{
    server_stop(worker->server);
    worker->server = NULL;
    worker->serves = false;
}

void worker_submit(struct worker *worker, const void *bytes, size_t len)
{
    free(worker->bytes);
    worker->bytes = mem_copy(bytes, len);
    worker->len = len;
    if (worker->serves && !submit_to_server(worker))
        give_up_server(worker);
    worker->threaded = !worker->serves && worker->ahead &&
                       pthread_create(&worker->thread, NULL, run_in_thread, worker) == 0;
    worker->joined = false;
}

bool worker_ready(struct worker *worker)
{
    if (worker->serves)
        return server_ready(worker->server);
    if (worker->threaded && !worker->joined)
        worker->joined = pthread_tryjoin_np(worker->thread, NULL) == 0;
    return worker->joined;
}

bool worker_wait(struct worker *worker, struct proc_result *ended, struct fail *why)
{
    if (worker->serves && server_wait(worker->server, worker->patience_ms, worker->target->rss_mb,
                                      ended, &worker->why))
        return true;
    if (worker->serves)
        give_up_server(worker);
    if (!worker->threaded)
        run_process(worker);
    else if (!worker->joined)
        (void)pthread_join(worker->thread, NULL); /* ours, and joined once */
    worker->threaded = false;
    *ended = worker->ended;
    *why = worker->why;
    return worker->ok;
}
