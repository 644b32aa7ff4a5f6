#include "proc.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <time.h>
#include <unistd.h>
#include <uv.h>

#include "capture.h"
#include "mem.h"

enum {
    DEFAULT_OUTPUT_MAX = 1024 * 1024,
    DRAIN_MS = 250, /* how long a pipe may stay open after the child's death: a daemon may hold it
                       forever */
};

struct child {
    uv_loop_t loop;
    uv_process_t process;
    uv_pipe_t in, out, err;
    uv_timer_t timer; /* first the time-out, after the child's death the drain */
    uv_signal_t signals[3];
    uv_write_t write;
    struct capture out_bytes, err_bytes;
    bool exited, timed_out, interrupted;
    int64_t status;
    int signal;
    char buffer[64 * 1024];
};

static atomic_int interrupted_by;
static atomic_bool shielded;
static _Thread_local int death_signal;

int proc_interrupted(void)
{
    return atomic_load(&interrupted_by);
}

void proc_shield(bool on)
{
    atomic_store(&shielded, on);
}

/* Runs in the forked child: whatever happens to us, it will not outlive us. */
static void die_with_parent(void)
{
    (void)prctl(PR_SET_PDEATHSIG, death_signal);
}

static void register_fork_handler(void)
{
    (void)pthread_atfork(NULL, NULL, die_with_parent); /* a convenience: nothing depends on it */
}

void proc_children_die_with_us(int signal)
{
    death_signal = signal;
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    (void)pthread_once(&once, register_fork_handler);
}

static const char *variable_name_end(const char *variable)
{
    const char *equals = strchr(variable, '=');
    return equals ? equals : variable + strlen(variable);
}

static bool is_replaced(const char *variable, const char *const *env)
{
    size_t len = (size_t)(variable_name_end(variable) - variable);
    for (; *env; env++)
        if (strncmp(*env, variable, len) == 0 && (*env)[len] == '=')
            return true;
    return false;
}

char **proc_environment(const char *const *env)
{
    size_t cap = 1, len = 0;
    for (char **at = environ; *at; at++)
        cap++;
    for (const char *const *at = env; at && *at; at++)
        cap++;
    char **all = mem_new(cap, sizeof *all);
    for (char **at = environ; *at; at++)
        if (!env || !is_replaced(*at, env))
            all[len++] = *at;
    for (; env && *env; env++)
        all[len++] = (char *)(uintptr_t)*env; /* uv_spawn doesn't write to them */
    return all;
}

static void give_buffer(uv_handle_t *handle, size_t wanted, uv_buf_t *buf)
{
    (void)wanted;
    struct child *child = handle->loop->data;
    *buf = uv_buf_init(child->buffer, sizeof child->buffer);
}

static void close_if_open(uv_handle_t *handle)
{
    if (!uv_is_closing(handle))
        uv_close(handle, NULL);
}

/* When the child is dead and both pipes are at their end there is nothing left to wait for. */
static void finish_if_done(struct child *child)
{
    bool open =
        !uv_is_closing((uv_handle_t *)&child->out) || !uv_is_closing((uv_handle_t *)&child->err);
    if (!child->exited || open)
        return;
    close_if_open((uv_handle_t *)&child->in);
    close_if_open((uv_handle_t *)&child->timer);
    for (size_t i = 0; i < 3; i++)
        close_if_open((uv_handle_t *)&child->signals[i]);
}

static void on_read(uv_stream_t *stream, ssize_t got, const uv_buf_t *buf)
{
    struct child *child = stream->loop->data;
    if (got > 0)
        capture_add(stream->data, buf->base, (size_t)got);
    if (got < 0) {
        close_if_open((uv_handle_t *)stream);
        finish_if_done(child);
    }
}

static void on_written(uv_write_t *write, int status)
{
    struct child *child = write->handle->loop->data;
    (void)status; /* a child that doesn't read its input is not an error */
    close_if_open((uv_handle_t *)&child->in);
}

static void kill_group(struct child *child)
{
    (void)kill(-child->process.pid, SIGKILL); /* gone already is fine */
}

static void on_drained(uv_timer_t *timer)
{
    struct child *child = timer->loop->data;
    close_if_open((uv_handle_t *)&child->out);
    close_if_open((uv_handle_t *)&child->err);
    finish_if_done(child);
}

static void on_child_exit(uv_process_t *process, int64_t status, int signal)
{
    struct child *child = process->loop->data;
    child->exited = true;
    child->status = status;
    child->signal = signal;
    kill_group(child); /* its descendants */
    uv_close((uv_handle_t *)process, NULL);
    (void)uv_timer_start(&child->timer, on_drained, DRAIN_MS, 0);
    finish_if_done(child);
}

static void on_timeout(uv_timer_t *timer)
{
    struct child *child = timer->loop->data;
    child->timed_out = true;
    kill_group(child);
}

static void on_signal(uv_signal_t *handle, int signal)
{
    struct child *child = handle->loop->data;
    child->interrupted = true;
    atomic_store(&interrupted_by, signal);
    if (!child->exited)
        kill_group(child);
}

static void watch_signals(struct child *child)
{
    static const int watched[3] = {SIGINT, SIGTERM, SIGHUP};
    for (size_t i = 0; i < 3; i++) {
        struct sigaction now;
        (void)uv_signal_init(&child->loop, &child->signals[i]);
        bool ignored = sigaction(watched[i], NULL, &now) == 0 && now.sa_handler == SIG_IGN;
        if (!ignored && !atomic_load(&shielded))
            (void)uv_signal_start(&child->signals[i], on_signal, watched[i]);
    }
}

/* Real pipes, not the socket pairs uv_spawn would make: a program may open /dev/stderr. */
static int open_pipes(struct child *child, const struct proc_spec *spec, uv_file theirs[3])
{
    uv_file pair[2];
    int error = 0;
    theirs[0] = theirs[1] = theirs[2] = -1;
    if (spec->input) {
        if ((error = uv_pipe(pair, 0, UV_NONBLOCK_PIPE)) != 0)
            return error;
        theirs[0] = pair[0];
        if ((error = uv_pipe_open(&child->in, pair[1])) != 0)
            return error;
    }
    uv_pipe_t *ours[2] = {&child->out, &child->err};
    for (int i = 0; i < 2; i++) {
        if ((error = uv_pipe(pair, UV_NONBLOCK_PIPE, 0)) != 0)
            return error;
        theirs[i + 1] = pair[1];
        if ((error = uv_pipe_open(ours[i], pair[0])) != 0)
            return error;
    }
    return 0;
}

static int spawn(struct child *child, const struct proc_spec *spec)
{
    uv_file theirs[3];
    uv_stdio_container_t stdio[3];
    int error = open_pipes(child, spec, theirs);
    for (int i = 0; i < 3; i++) {
        stdio[i].flags = theirs[i] < 0 ? UV_IGNORE : UV_INHERIT_FD;
        stdio[i].data.fd = theirs[i];
    }
    char **env = proc_environment(spec->env);
    uv_process_options_t options = {
        .exit_cb = on_child_exit,
        .file = spec->argv[0],
        .args = (char **)(uintptr_t)spec->argv, /* uv_spawn doesn't write to them */
        .env = env,
        .cwd = spec->cwd,
        .flags = UV_PROCESS_DETACHED, /* its own group, for kill_group */
        .stdio_count = 3,
        .stdio = stdio,
    };
    if (!error)
        error = uv_spawn(&child->loop, &child->process, &options);
    free(env);
    for (int i = 0; i < 3; i++)
        if (theirs[i] >= 0)
            close(theirs[i]);
    return error;
}

static void start_io(struct child *child, const struct proc_spec *spec)
{
    (void)uv_read_start((uv_stream_t *)&child->out, give_buffer, on_read);
    (void)uv_read_start((uv_stream_t *)&child->err, give_buffer, on_read);
    if (spec->timeout_ms)
        (void)uv_timer_start(&child->timer, on_timeout, spec->timeout_ms, 0);
    if (!spec->input)
        return;
    /* One write request carries at most 4 GiB; inputs are far smaller. */
    uv_buf_t buf = uv_buf_init((char *)(uintptr_t)spec->input, (unsigned)spec->input_len);
    if (uv_write(&child->write, (uv_stream_t *)&child->in, &buf, 1, on_written) != 0)
        close_if_open((uv_handle_t *)&child->in);
}

static void close_handle(uv_handle_t *handle, void *unused)
{
    (void)unused;
    close_if_open(handle);
}

static void fill_result(struct child *child, struct proc_result *result)
{
    result->end = child->signal ? PROC_SIGNALED : PROC_EXITED;
    result->code = child->signal ? child->signal : (int)child->status;
    if (child->timed_out)
        result->end = PROC_TIMEOUT;
    result->out = capture_take(&child->out_bytes, &result->out_len);
    result->err = capture_take(&child->err_bytes, &result->err_len);
}

static bool run(struct child *child, const struct proc_spec *spec, struct proc_result *result,
                struct fail *why)
{
    int error = uv_loop_init(&child->loop);
    if (error)
        return fail_set(why, "raise `ulimit -n`", "cannot start %s: %s", spec->argv[0],
                        uv_strerror(error));
    child->loop.data = child;
    (void)uv_pipe_init(&child->loop, &child->in, 0);
    (void)uv_pipe_init(&child->loop, &child->out, 0);
    (void)uv_pipe_init(&child->loop, &child->err, 0);
    (void)uv_timer_init(&child->loop, &child->timer);
    child->out.data = &child->out_bytes;
    child->err.data = &child->err_bytes;
    watch_signals(child);
    uint64_t start = uv_hrtime();
    error = spawn(child, spec);
    if (error)
        uv_walk(&child->loop, close_handle, NULL);
    else
        start_io(child, spec);
    (void)uv_run(&child->loop, UV_RUN_DEFAULT);
    (void)uv_loop_close(&child->loop); /* every handle is closed by now */
    if (error)
        return fail_set(why, error == UV_ENOENT ? "build it first, or check the path" : "",
                        "cannot run %s: %s", spec->argv[0], uv_strerror(error));
    fill_result(child, result);
    result->elapsed_ns = uv_hrtime() - start;
    if (child->interrupted) {
        proc_result_free(result);
        return fail_set(why, "", "interrupted");
    }
    return true;
}

/* A child that ends without reading its input must not end us with SIGPIPE. */
static bool run_without_sigpipe(struct child *child, const struct proc_spec *spec,
                                struct proc_result *result, struct fail *why)
{
    sigset_t pipe_only, before;
    sigemptyset(&pipe_only);
    sigaddset(&pipe_only, SIGPIPE);
    (void)pthread_sigmask(SIG_BLOCK, &pipe_only, &before);
    bool ok = run(child, spec, result, why);
    static const struct timespec at_once = {0, 0};
    if (!sigismember(&before, SIGPIPE))
        while (sigtimedwait(&pipe_only, NULL, &at_once) > 0)
            continue;
    (void)pthread_sigmask(SIG_SETMASK, &before, NULL);
    return ok;
}

bool proc_run(const struct proc_spec *spec, struct proc_result *result, struct fail *why)
{
    *result = (struct proc_result){0};
    size_t max = spec->output_max ? spec->output_max : DEFAULT_OUTPUT_MAX;
    proc_children_die_with_us(SIGKILL);
    struct child *child = mem_new(1, sizeof *child);
    capture_init(&child->out_bytes, max);
    capture_init(&child->err_bytes, max);
    bool ok = run_without_sigpipe(child, spec, result, why);
    capture_free(&child->out_bytes);
    capture_free(&child->err_bytes);
    free(child);
    return ok;
}

/* The line of a log that says most, without its end. */
static const char *telling_line(const char *log, size_t len)
{
    const char *at = strcasestr(log, "error");
    if (!at)
        for (at = log + len; at > log && at[-1] == '\n';)
            at--;
    while (at > log && at[-1] != '\n')
        at--;
    return at;
}

bool proc_must(const struct proc_spec *spec, struct proc_result *result, struct fail *why)
{
    static const char *const ends[] = {"with exit code", "by signal", "at the time limit, by signal"};
    if (!proc_run(spec, result, why))
        return false;
    if (result->end == PROC_EXITED && result->code == 0)
        return true;
    const char *said = telling_line(result->err, result->err_len);
    fail_set(why, "", "%s ended %s %d%s%.*s", spec->argv[0], ends[result->end], result->code,
             *said ? ": " : "", (int)strcspn(said, "\n"), said);
    proc_result_free(result);
    return false;
}

void proc_result_free(struct proc_result *result)
{
    free(result->out);
    free(result->err);
    *result = (struct proc_result){0};
}
