#include <dirent.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "campaign_parts.h"
#include "mem.h"
#include "proc.h"

#define SECOND UINT64_C(1000000000)

enum {
    LOG_MAX = 256 * 1024, /* of an engine's output; the crash report is at its end */
    END_GRACE_S = 4,      /* how long a process may take to end when asked to */
};

static void on_closed(uv_handle_t *handle)
{
    struct run *run = handle->data;
    struct instance *instance = run->instance;
    if (--run->open_handles > 0)
        return;
    instance->engine->poll(instance, true);
    double seconds = (double)(run->exited_at - run->started) / 1e9;
    instance->busy += seconds;
    instance->executions += instance->now;
    instance->now = 0;
    instance->run = NULL;
    capture_free(&run->log);
    free(run);
    campaign_run_ended(instance->campaign, instance);
}

static void close_handle(uv_handle_t *handle)
{
    if (!uv_is_closing(handle))
        uv_close(handle, on_closed);
}

static void take_lines(struct run *run, const char *bytes, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        if (bytes[i] != '\n') {
            if (run->line_len < sizeof run->line - 1)
                run->line[run->line_len++] = bytes[i];
            continue;
        }
        run->line[run->line_len] = '\0';
        run->instance->engine->line(run->instance, run->line);
        run->line_len = 0;
    }
}

static void give_buffer(uv_handle_t *handle, size_t wanted, uv_buf_t *buf)
{
    static char buffer[64 * 1024]; /* used up before the next read of the one loop */
    (void)handle;
    (void)wanted;
    *buf = uv_buf_init(buffer, sizeof buffer);
}

static void on_output(uv_stream_t *stream, ssize_t got, const uv_buf_t *buf)
{
    struct run *run = stream->data;
    if (got > 0) {
        capture_add(&run->log, buf->base, (size_t)got);
        take_lines(run, buf->base, (size_t)got);
    } else if (got < 0) {
        close_handle((uv_handle_t *)stream);
    }
}

/* Whether /proc/<pid>/<what> is a link to path; a program that was built anew since is "path
 * (deleted)". */
static bool links_to(const char *pid, const char *what, const char *path)
{
    char *link = mem_print("/proc/%s/%s", pid, what);
    char to[4096];
    ssize_t len = readlink(link, to, sizeof to);
    free(link);
    size_t path_len = strlen(path);
    return len >= (ssize_t)path_len && memcmp(to, path, path_len) == 0 &&
           ((size_t)len == path_len || to[path_len] == ' ');
}

static bool is_stray(const struct instance *instance, const char *pid)
{
    if (!links_to(pid, "cwd", instance->directory))
        return false;
    return links_to(pid, "exe", instance->build->binary) ||
           (instance->cmplog && links_to(pid, "exe", instance->cmplog->binary));
}

void instance_kill_strays(const struct instance *instance)
{
    DIR *proc = opendir("/proc");
    const struct dirent *entry;
    while (proc && (entry = readdir(proc)) != NULL) {
        char *end;
        long pid = strtol(entry->d_name, &end, 10);
        if (*end == '\0' && pid > 1 && is_stray(instance, entry->d_name))
            (void)kill((pid_t)pid, SIGKILL); /* gone already is fine */
    }
    if (proc)
        closedir(proc);
}

static void on_process_exit(uv_process_t *process, int64_t code, int signal)
{
    struct run *run = process->data;
    run->exited = true;
    run->exited_at = uv_hrtime();
    run->code = code;
    run->signal = signal;
    (void)kill(-process->pid, SIGKILL); /* its descendants, if any */
    if (run->instance->engine == &engine_afl)
        instance_kill_strays(run->instance); /* those that made a session of their own */
    close_handle((uv_handle_t *)process);
}

static int spawn(struct run *run, char **argv, char **env)
{
    uv_file pair[2];
    int error = uv_pipe(pair, UV_NONBLOCK_PIPE, 0);
    if (error)
        return error;
    uv_stdio_container_t stdio[3] = {
        {.flags = UV_IGNORE},
        {.flags = run->instance->engine == &engine_afl ? UV_INHERIT_FD : UV_IGNORE,
         .data.fd = pair[1]},
        {.flags = UV_INHERIT_FD, .data.fd = pair[1]},
    };
    uv_process_options_t options = {
        .exit_cb = on_process_exit,
        .file = argv[0],
        .args = argv,
        .env = env,
        .cwd = run->instance->directory,
        .flags = UV_PROCESS_DETACHED, /* ^C is for us to hand on */
        .stdio_count = 3,
        .stdio = stdio,
    };
    uv_loop_t *loop = &run->instance->campaign->loop;
    (void)uv_pipe_init(loop, &run->output, 0);
    (void)uv_pipe_open(&run->output, pair[0]);
    run->output.data = run;
    run->process.data = run;
    run->open_handles = 2;
    /* afl-fuzz takes its children with it on SIGTERM, and leaves them behind, stopped, on SIGKILL.
     */
    proc_children_die_with_us(run->instance->engine == &engine_afl ? SIGTERM : SIGKILL);
    error = uv_spawn(loop, &run->process, &options);
    close(pair[1]);
    return error;
}

static void on_failed_closed(uv_handle_t *handle)
{
    struct run *run = handle->data;
    if (--run->open_handles == 0)
        free(run);
}

bool instance_start(struct instance *instance, unsigned seconds, struct fail *why)
{
    struct paths argv = {0}, added = {0};
    bool ok = instance->engine->command(instance, seconds, &argv, &added, why);
    paths_add(&argv, NULL);
    paths_add(&added, NULL);
    char **env = proc_environment((const char *const *)added.at);
    if (ok) {
        struct run *run = mem_new(1, sizeof *run);
        run->instance = instance;
        run->started = uv_hrtime();
        run->slice_end = run->started + seconds * SECOND;
        capture_init(&run->log, LOG_MAX);
        int error = spawn(run, argv.at, env);
        if (error) {
            if (run->open_handles == 0) {
                free(run);
            } else {
                uv_close((uv_handle_t *)&run->output, on_failed_closed);
                uv_close((uv_handle_t *)&run->process, on_failed_closed);
            }
            ok = fail_set(why, "build it first, or check that it may be executed",
                          "cannot run %s: %s", argv.at[0], uv_strerror(error));
        } else {
            (void)uv_read_start((uv_stream_t *)&run->output, give_buffer, on_output);
            instance->run = run;
            instance->starts++;
        }
    }
    free(env);
    paths_free(&argv);
    paths_free(&added);
    return ok;
}

void instance_stop(struct instance *instance)
{
    struct run *run = instance->run;
    if (!run || run->exited || run->asked_to_end)
        return;
    run->asked_to_end = true;
    if (run->slice_end > uv_hrtime())
        run->slice_end = uv_hrtime();
    (void)uv_process_kill(&run->process, SIGINT); /* both engines save and count on SIGINT */
}

void instance_tick(struct instance *instance)
{
    struct run *run = instance->run;
    if (!run)
        return;
    uint64_t now = uv_hrtime();
    if (run->exited) { /* somebody else holds its output open */
        if (now - run->exited_at > SECOND)
            close_handle((uv_handle_t *)&run->output);
        return;
    }
    instance->engine->poll(instance, false);
    if (now < run->slice_end)
        return;
    uint64_t late = (now - run->slice_end) / SECOND;
    if (late >= END_GRACE_S)
        instance_stop(instance);
    if (late >= 2 * END_GRACE_S && !run->killed) {
        run->killed = true;
        progress_say(instance->campaign, "%s %s/%s did not end and was killed",
                     instance->subject->target->name, instance->engine->name,
                     instance->build->sanitizer);
        (void)kill(-run->process.pid, SIGKILL);
    }
}
