#include "server.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "capture.h"
#include "mem.h"
#include "talk.h"

enum {
    LOOK_MS = 50, /* how often the memory of an input is looked at */
    OUTPUT_MAX = 1024 * 1024,
};

struct server {
    pid_t pid;
    int talk;    /* both directions */
    int errors;  /* stderr of the server and its children */
    pid_t child; /* that runs the input; 0: not told yet */
    int32_t status;
    bool ended;
    struct capture report;
    int64_t started_ns;
};

static int64_t now_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

static bool start(struct server *server, const char *binary, const char *const *env,
                  const char *cwd)
{
    const char *const argv[] = {binary, "--serve", NULL};
    const struct talk_fd fds[] = {
        {TALK_SOCKET, STDIN_FILENO}, {TALK_SOCKET, STDOUT_FILENO}, {TALK_PIPE, STDERR_FILENO}};
    const struct talk_spec spec = {
        .argv = argv, .env = env, .cwd = cwd, .fds = fds, .fds_len = sizeof fds / sizeof fds[0]};
    struct talk talk;
    if (!talk_start(&spec, &talk))
        return false;
    server->pid = talk.pid;
    server->talk = talk.socket;
    server->errors = talk.pipe;
    (void)fcntl(server->errors, F_SETFL, O_NONBLOCK);
    return true;
}

struct server *server_start(const char *binary, const char *const *env, const char *cwd,
                            struct fail *why)
{
    struct server *server = mem_new(1, sizeof *server);
    server->talk = server->errors = -1;
    if (access(binary, X_OK) == 0 && start(server, binary, env, cwd))
        return server;
    fail_set(why, "build it: cmake --build --preset default", "cannot start %s --serve: %s", binary,
             strerror(errno));
    server_stop(server);
    return NULL;
}

void server_stop(struct server *server)
{
    if (!server)
        return;
    if (server->pid > 0) {
        (void)kill(server->pid, SIGKILL); /* its child goes with it */
        while (waitpid(server->pid, NULL, 0) < 0 && errno == EINTR)
            continue;
    }
    if (server->talk >= 0)
        close(server->talk);
    if (server->errors >= 0)
        close(server->errors);
    capture_free(&server->report);
    free(server);
}

static bool gone(const struct server *server, struct fail *why)
{
    (void)server;
    return fail_set(why, "build it again: cmake --build --preset default",
                    "the replayer that was kept open (--serve) ended");
}

static bool send_all(int fd, const void *bytes, size_t len)
{
    const char *at = bytes;
    while (len > 0) {
        ssize_t sent = send(fd, at, len, MSG_NOSIGNAL);
        if (sent < 0 && errno != EINTR)
            return false;
        if (sent > 0) {
            at += sent;
            len -= (size_t)sent;
        }
    }
    return true;
}

bool server_submit(struct server *server, const void *bytes, size_t len, struct fail *why)
{
    uint32_t size = (uint32_t)len;
    server->child = 0;
    server->ended = false;
    server->started_ns = now_ns();
    capture_init(&server->report, OUTPUT_MAX);
    return (send_all(server->talk, &size, sizeof size) && send_all(server->talk, bytes, len)) ||
           gone(server, why);
}

/* Takes whatever the child has printed so far. */
static void read_errors(struct server *server)
{
    char buffer[16 * 1024];
    ssize_t got;
    while ((got = read(server->errors, buffer, sizeof buffer)) > 0 || (got < 0 && errno == EINTR))
        if (got > 0)
            capture_add(&server->report, buffer, (size_t)got);
}

/* The server writes four bytes at a time: first the child's id, then its end. */
static bool read_number(struct server *server)
{
    int32_t number;
    ssize_t got = recv(server->talk, &number, sizeof number, MSG_WAITALL);
    if (got < 0 && errno == EINTR)
        return true;
    if (got != (ssize_t)sizeof number)
        return false;
    if (server->child == 0) {
        server->child = (pid_t)number;
    } else {
        server->status = number;
        server->ended = true;
    }
    return true;
}

/* Waits for at most wait_ms and takes what there is; false: the server is gone. */
static bool step(struct server *server, int wait_ms)
{
    struct pollfd fds[2] = {{.fd = server->talk, .events = POLLIN},
                            {.fd = server->errors, .events = POLLIN}};
    if (poll(fds, 2, wait_ms) < 0)
        return errno == EINTR;
    if (fds[1].revents)
        read_errors(server);
    return !fds[0].revents || read_number(server);
}

bool server_ready(struct server *server)
{
    bool alive = true;
    for (int i = 0; i < 2 && alive && !server->ended; i++) /* there are two numbers */
        alive = step(server, 0);
    return server->ended || !alive;
}

/* The resident memory of a process, in megabytes; 0 when it is gone. */
static uint64_t memory_of(pid_t pid)
{
    char path[64];
    uint64_t total, resident = 0;
    snprintf(path, sizeof path, "/proc/%d/statm", (int)pid);
    FILE *file = fopen(path, "re");
    if (!file)
        return 0;
    if (fscanf(file, "%" SCNu64 " %" SCNu64, &total, &resident) != 2)
        resident = 0;
    fclose(file);
    return resident * (uint64_t)sysconf(_SC_PAGESIZE) / (1024 * 1024);
}

static void kill_child(const struct server *server)
{
    if (server->child > 0)
        (void)kill(-server->child, SIGKILL); /* its group */
}

static void fill(struct server *server, bool timed_out, struct proc_result *result)
{
    int status = server->status;
    read_errors(server);
    kill_child(server); /* what it may have left behind */
    *result = (struct proc_result){
        .end = timed_out             ? PROC_TIMEOUT
               : WIFSIGNALED(status) ? PROC_SIGNALED
                                     : PROC_EXITED,
        .code = WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status),
        .out = mem_text(""),
        .elapsed_ns = (uint64_t)(now_ns() - server->started_ns),
    };
    result->err = capture_take(&server->report, &result->err_len);
}

bool server_wait(struct server *server, unsigned timeout_ms, unsigned rss_mb,
                 struct proc_result *result, struct fail *why)
{
    int64_t deadline = now_ns() + (int64_t)timeout_ms * 1000000;
    bool timed_out = false;
    while (!server->ended) {
        if (!step(server, LOOK_MS))
            return gone(server, why);
        if (server->ended || !server->child)
            continue;
        if (!timed_out && now_ns() > deadline)
            timed_out = true;
        if (timed_out || (rss_mb && memory_of(server->child) > rss_mb))
            kill_child(server);
    }
    fill(server, timed_out, result);
    return true;
}
