/* measure_afl.c: the other side of AFL++'s fork server.
 *
 * The program under test, linked with AFL++'s runtime, waits before its main work: for four bytes
 * on descriptor 198 it forks a child (or lets the stopped one go on, in persistent mode), and sends
 * the child's process id and then its wait status, four bytes each, on descriptor 199. Its counters
 * are in System V shared memory, and so is the input when the program asks for that; otherwise the
 * input is its stdin. The numbers below are the protocol's (AFL++ 4). */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "measure_parts.h"
#include "mem.h"
#include "minimize_oracle.h" /* stop_wanted */
#include "sanitizer.h"
#include "talk.h"

enum {
    CONTROL_FD = 198,
    STATUS_FD = 199,
    MAP_MOST = 16 * 1024 * 1024,
    INPUT_MOST = 1024 * 1024, /* what AFL++ hands over at most */
    START_MS = 10000,
    HAS_MAP_SIZE = 0x40000000,
    SHARED_INPUT = 0x01000000,
};

static const uint32_t enabled = 0x80000001;

struct afl {
    pid_t server, child;
    int control, status; /* our ends */
    int input_fd;        /* the program's stdin */
    unsigned char *map, *input;
    size_t map_size; /* counters in use */
    bool shared_input;
    unsigned char *seen; /* features that the child has shown */
    uint32_t was_killed;
};

/* A segment that goes away with the last process that has it, however that ends. */
static void *shared_memory(size_t size, int *id)
{
    *id = shmget(IPC_PRIVATE, size, IPC_CREAT | IPC_EXCL | 0600);
    if (*id < 0)
        return NULL;
    void *at = shmat(*id, NULL, 0);
    (void)shmctl(*id, IPC_RMID, NULL);
    return at == (void *)-1 ? NULL : at;
}

static bool send_number(struct afl *afl, uint32_t number)
{
    return send(afl->control, &number, sizeof number, MSG_NOSIGNAL) == sizeof number;
}

/* 1: *number has it; 0: too late; -1: the server is gone. */
static int receive_number(struct afl *afl, uint32_t *number, int timeout_ms)
{
    struct pollfd wait = {.fd = afl->status, .events = POLLIN};
    int ready;
    while ((ready = poll(&wait, 1, timeout_ms)) < 0 && errno == EINTR)
        continue;
    if (ready == 0)
        return 0;
    return ready > 0 && read(afl->status, number, sizeof *number) == sizeof *number ? 1 : -1;
}

/* What the server's environment has beside ours; the strings are for free(), too. */
static char **environment(const struct measurer *measurer, int map_id, int input_id)
{
    char **sanitizers = sanitizer_environment(USE_AFL, measurer->target);
    size_t len = 0;
    while (sanitizers[len])
        len++;
    char **more = mem_new(len + 6, sizeof *more);
    for (size_t i = 0; i < len; i++)
        more[i] = mem_text(sanitizers[i]);
    sanitizer_environment_free(sanitizers);
    more[len++] = mem_print("__AFL_SHM_ID=%d", map_id);
    more[len++] = mem_print("__AFL_SHM_FUZZ_ID=%d", input_id);
    more[len++] = mem_print("AFL_MAP_SIZE=%d", MAP_MOST);
    if (measurer->persistent)
        more[len++] = mem_text("__AFL_PERSISTENT=1");
    if (measurer->deferred)
        more[len++] = mem_text("__AFL_DEFER_FORKSRV=1");
    return more;
}

static bool start_process(struct afl *afl, const struct measurer *measurer, int map_id,
                          int input_id)
{
    const char *const argv[] = {measurer->build->binary, NULL};
    const int nothing = open("/dev/null", O_WRONLY | O_CLOEXEC);
    const struct talk_fd fds[] = {{afl->input_fd, STDIN_FILENO},
                                  {nothing, STDOUT_FILENO},
                                  {nothing, STDERR_FILENO},
                                  {TALK_SOCKET, CONTROL_FD},
                                  {TALK_PIPE, STATUS_FD}};
    char **more = environment(measurer, map_id, input_id);
    const struct talk_spec spec = {.argv = argv,
                                   .env = (const char *const *)more,
                                   .cwd = measurer->directory,
                                   .fds = fds,
                                   .fds_len = sizeof fds / sizeof fds[0]};
    struct talk talk;
    bool started = nothing >= 0 && talk_start(&spec, &talk);
    if (started) {
        afl->server = talk.pid;
        afl->control = talk.socket;
        afl->status = talk.pipe;
    }
    for (size_t i = 0; more[i]; i++)
        free(more[i]);
    free(more);
    if (nothing >= 0)
        close(nothing);
    return started;
}

static bool shake_hands(struct afl *afl)
{
    uint32_t hello;
    if (receive_number(afl, &hello, START_MS) != 1 || (hello & enabled) != enabled ||
        !(hello & HAS_MAP_SIZE))
        return false;
    afl->map_size = ((hello & 0x00fffffe) >> 1) + 1;
    afl->shared_input = hello & SHARED_INPUT;
    afl->seen = mem_new(afl->map_size, 2 * FEATURE_CLASSES);
    return afl->map_size <= MAP_MOST &&
           (!afl->shared_input || send_number(afl, enabled | SHARED_INPUT));
}

static struct afl *afl_start(const struct measurer *measurer, struct fail *why)
{
    struct afl *afl = mem_new(1, sizeof *afl);
    int map_id, input_id;
    char *input = mem_print("%s/input", measurer->directory);
    *afl = (struct afl){.control = -1, .status = -1};
    afl->map = shared_memory(MAP_MOST, &map_id);
    afl->input = shared_memory(INPUT_MOST + sizeof(uint32_t), &input_id);
    afl->input_fd = open(input, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    free(input);
    bool ok = afl->map && afl->input && afl->input_fd >= 0;
    if (!ok)
        fail_set(why, "raise kernel.shmmax, or free some space in the temporary directory",
                 "cannot make shared memory for %s: %s", measurer->build->binary, strerror(errno));
    if (ok && (!start_process(afl, measurer, map_id, input_id) || !shake_hands(afl)))
        ok = fail_set(why, "is it built by AFL++ 4, and does it run at all?",
                      "%s starts no fork server", measurer->build->binary);
    if (!ok) {
        afl_stop(afl);
        return NULL;
    }
    return afl;
}

void afl_stop(struct afl *afl)
{
    if (!afl)
        return;
    if (afl->server > 0) {
        (void)kill(-afl->server, SIGKILL); /* and the stopped child */
        (void)kill(afl->server, SIGKILL);  /* should it not have its group yet */
        (void)waitpid(afl->server, NULL, 0);
    }
    int fds[] = {afl->control, afl->status, afl->input_fd};
    for (size_t i = 0; i < sizeof fds / sizeof fds[0]; i++)
        if (fds[i] >= 0)
            close(fds[i]);
    if (afl->map)
        (void)shmdt(afl->map);
    if (afl->input)
        (void)shmdt(afl->input);
    free(afl->seen);
    free(afl);
}

static bool hand_over(struct afl *afl, const struct measured *input)
{
    uint32_t len = input->len < INPUT_MOST ? (uint32_t)input->len : INPUT_MOST;
    if (afl->shared_input) {
        memcpy(afl->input, &len, sizeof len);
        if (len)
            memcpy(afl->input + sizeof len, input->bytes, len);
        return true;
    }
    return ftruncate(afl->input_fd, 0) == 0 &&
           pwrite(afl->input_fd, input->bytes, len, 0) == (ssize_t)len &&
           lseek(afl->input_fd, 0, SEEK_SET) == 0;
}

/* One run; *failed says how it ended when not cleanly. False: the server is gone. */
static bool run_once(struct afl *afl, unsigned timeout_ms, char **failed)
{
    uint32_t child, status;
    memset(afl->map, 0, afl->map_size);
    if (!send_number(afl, afl->was_killed) || receive_number(afl, &child, START_MS) != 1)
        return false;
    afl->child = (pid_t)child;
    int got = receive_number(afl, &status, timeout_ms ? (int)timeout_ms : -1);
    afl->was_killed = got == 0;
    if (got == 0) {
        (void)kill(afl->child, SIGKILL);
        got = receive_number(afl, &status, START_MS);
    }
    if (got != 1)
        return false;
    int ended = (int)status;
    *failed = NULL;
    if (!WIFSTOPPED(ended)) /* the next run is in a new process */
        memset(afl->seen, 0, afl->map_size * 2 * FEATURE_CLASSES);
    if (afl->was_killed || WIFSIGNALED(ended) || (WIFEXITED(ended) && WEXITSTATUS(ended) != 0))
        *failed = measure_ended(afl->was_killed, timeout_ms,
                                WIFSIGNALED(ended) ? WTERMSIG(ended) : 0, WEXITSTATUS(ended));
    return true;
}

static const unsigned char class_starts[FEATURE_CLASSES] = {1, 2, 3, 4, 8, 16, 32, 128};

static uint32_t hit_class(unsigned char hits)
{
    uint32_t class_ = 0;
    while (class_ + 1 < FEATURE_CLASSES && hits >= class_starts[class_ + 1])
        class_++;
    return class_;
}

/* The counters, and as cells those that stand exactly at the start of a class of several counts:
 * afl-showmap 4.04 prints no others of these classes, so afl-cmin keeps files for them. */
static void take_counters(const struct afl *afl, struct features *features)
{
    uint32_t *ids = mem_new(2 * afl->map_size, sizeof *ids), len = 0;
    for (uint32_t i = 1; i < afl->map_size; i++) /* 0 is the runtime's own */
        if (afl->map[i] != 0)
            ids[len++] = i * FEATURE_CLASSES + hit_class(afl->map[i]);
    for (uint32_t i = 0, counters = len; i < counters; i++) {
        unsigned char hits = afl->map[ids[i] / FEATURE_CLASSES];
        if (hits > 3 && hits == class_starts[ids[i] % FEATURE_CLASSES])
            ids[len++] = (uint32_t)afl->map_size * FEATURE_CLASSES + ids[i];
    }
    *features = (struct features){0};
    features_append(features, ids, len, 0);
    free(ids);
}

/* Whether the child never showed some of these before; now it has. */
static bool any_new(struct afl *afl, const struct features *features)
{
    bool new_ = false;
    for (uint32_t i = 0; i < features->len; i++) {
        new_ |= afl->seen[features->at[i]] == 0;
        afl->seen[features->at[i]] = 1;
    }
    return new_;
}

static bool run_and_take(struct measurer *measurer, struct measured *input)
{
    features_free(&input->features);
    if (!run_once(measurer->afl, measurer->target->timeout_ms, &input->failed)) {
        input->failed = mem_text("ended AFL++'s fork server");
        afl_stop(measurer->afl);
        measurer->afl = NULL;
        return false;
    }
    if (!input->failed)
        take_counters(measurer->afl, &input->features);
    return input->failed == NULL;
}

static bool measure_one(struct measurer *measurer, struct measured *input, struct fail *why)
{
    if (!hand_over(measurer->afl, input))
        return fail_set(why, "is the disk full?", "cannot write an input for %s: %s",
                        measurer->build->binary, strerror(errno));
    /* What happens only once in a process belongs to no input. */
    if (run_and_take(measurer, input) && measurer->persistent &&
        any_new(measurer->afl, &input->features))
        (void)run_and_take(measurer, input);
    return true;
}

bool afl_run(struct measurer *measurer, struct measured *inputs, size_t len,
             struct feature_space *space, struct fail *why)
{
    for (size_t i = 0; i < len && !stop_wanted(); i++) {
        if (!measurer->afl)
            measurer->afl = afl_start(measurer, why);
        if (!measurer->afl || !measure_one(measurer, &inputs[i], why))
            return false;
        if (measurer->afl)
            *space = (struct feature_space){
                .counters = (uint32_t)measurer->afl->map_size,
                .cells = (uint32_t)measurer->afl->map_size * FEATURE_CLASSES,
            };
    }
    return true;
}
