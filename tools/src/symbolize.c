#include "symbolize.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <jansson.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <xxhash.h>

#include "mem.h"

#define PATIENCE_MS 10000
#define STARTS_MAX  4
#define REPLY_MAX   ((size_t)1 << 20)

/* One remembered answer. */
struct answer {
    char *module; /* NULL: an empty slot of the table */
    uint64_t offset;
    struct symbol *symbols;
    size_t len;
};

struct symbolizer {
    char *program;
    pid_t pid; /* 0: not running */
    int fd;    /* both ends of the conversation */
    unsigned starts, patience_ms;
    char *reply; /* what was read and not yet used */
    size_t reply_len, reply_cap;
    struct answer *answers; /* open addressing; answers_cap is a power of two */
    size_t answers_len, answers_cap;
};

struct symbolizer *symbolizer_new(const char *program, struct fail *why)
{
    struct symbolizer *symbolizer = calloc(1, sizeof *symbolizer);
    char *copy = strdup(program);
    if (!symbolizer || !copy) {
        free(symbolizer);
        free(copy);
        fail_set(why, "", "out of memory");
        return NULL;
    }
    symbolizer->program = copy;
    symbolizer->fd = -1;
    symbolizer->patience_ms = PATIENCE_MS;
    return symbolizer;
}

void symbolizer_patience(struct symbolizer *symbolizer, unsigned ms)
{
    symbolizer->patience_ms = ms;
}

/* --- The process ---------------------------------------------------------------------------- */

static void stop(struct symbolizer *symbolizer)
{
    if (symbolizer->fd >= 0)
        close(symbolizer->fd);
    if (symbolizer->pid > 0) {
        kill(symbolizer->pid, SIGKILL);
        while (waitpid(symbolizer->pid, NULL, 0) < 0 && errno == EINTR) {
        }
    }
    symbolizer->fd = -1;
    symbolizer->pid = 0;
    symbolizer->reply_len = 0;
}

/* In a process group of its own: a ^C that ends a campaign must not take the answers that its last
 * crashes still need. It ends by itself when its input does. */
static bool spawn(struct symbolizer *symbolizer, int child_end)
{
    char *argv[] = {symbolizer->program, "--output-style=JSON", "--inlines", "--demangle", NULL};
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t group;
    if (posix_spawn_file_actions_init(&actions) != 0)
        return false;
    bool ready =
        posix_spawnattr_init(&group) == 0 &&
        posix_spawnattr_setflags(&group, POSIX_SPAWN_SETPGROUP) == 0 &&
        posix_spawn_file_actions_adddup2(&actions, child_end, STDIN_FILENO) == 0 &&
        posix_spawn_file_actions_adddup2(&actions, child_end, STDOUT_FILENO) == 0 &&
        posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0) == 0;
    bool started =
        ready && posix_spawnp(&symbolizer->pid, argv[0], &actions, &group, argv, environ) == 0;
    posix_spawn_file_actions_destroy(&actions);
    posix_spawnattr_destroy(&group);
    if (!started)
        symbolizer->pid = 0;
    return started;
}

/* A socket pair and not two pipes: a write to a dead process then is an error, not a signal. */
static bool start(struct symbolizer *symbolizer)
{
    int ends[2];
    if (symbolizer->pid > 0)
        return true;
    if (symbolizer->starts == STARTS_MAX)
        return false;
    symbolizer->starts++;
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
        return false;
    symbolizer->fd = ends[0];
    bool started = spawn(symbolizer, ends[1]);
    close(ends[1]);
    if (!started)
        stop(symbolizer);
    return started;
}

static int64_t now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static bool wait_for(int fd, short events, int64_t deadline)
{
    for (;;) {
        int64_t left = deadline - now_ms();
        struct pollfd poll_fd = {.fd = fd, .events = events};
        int ready = left > 0 ? poll(&poll_fd, 1, (int)left) : 0;
        if (ready > 0)
            return true;
        if (ready == 0 || errno != EINTR)
            return false;
    }
}

static bool send_all(int fd, const char *bytes, size_t len, int64_t deadline)
{
    while (len > 0) {
        if (!wait_for(fd, POLLOUT, deadline))
            return false;
        ssize_t sent = send(fd, bytes, len, MSG_NOSIGNAL | MSG_DONTWAIT);
        if (sent < 0 && errno != EINTR && errno != EAGAIN)
            return false;
        if (sent > 0) {
            bytes += sent;
            len -= (size_t)sent;
        }
    }
    return true;
}

static bool read_some(struct symbolizer *symbolizer, int64_t deadline)
{
    if (symbolizer->reply_len == REPLY_MAX || !wait_for(symbolizer->fd, POLLIN, deadline))
        return false;
    if (symbolizer->reply_cap - symbolizer->reply_len < 4096) {
        symbolizer->reply_cap = symbolizer->reply_cap < 8192 ? 16384 : symbolizer->reply_cap * 2;
        symbolizer->reply = mem_resize(symbolizer->reply, symbolizer->reply_cap, 1);
    }
    size_t room = symbolizer->reply_cap - symbolizer->reply_len;
    if (room > REPLY_MAX - symbolizer->reply_len)
        room = REPLY_MAX - symbolizer->reply_len;
    ssize_t got =
        recv(symbolizer->fd, symbolizer->reply + symbolizer->reply_len, room, MSG_DONTWAIT);
    if (got < 0)
        return errno == EINTR || errno == EAGAIN;
    symbolizer->reply_len += (size_t)got;
    return got > 0;
}

/* One question, one line of JSON back; NULL when the process is of no use. */
static json_t *ask(struct symbolizer *symbolizer, const char *module, uint64_t offset)
{
    if (!start(symbolizer))
        return NULL;
    int64_t deadline = now_ms() + symbolizer->patience_ms;
    char *question = mem_print("CODE \"%s\" 0x%" PRIx64 "\n", module, offset);
    bool sent = send_all(symbolizer->fd, question, strlen(question), deadline);
    free(question);
    char *newline = NULL;
    while (sent && !newline) {
        if (!read_some(symbolizer, deadline))
            break;
        newline = memchr(symbolizer->reply, '\n', symbolizer->reply_len);
    }
    if (!newline) {
        stop(symbolizer);
        return NULL;
    }
    json_t *answer = json_loadb(symbolizer->reply, (size_t)(newline - symbolizer->reply), 0, NULL);
    symbolizer->reply_len = 0;
    return answer;
}

/* --- Answers -------------------------------------------------------------------------------- */

static char *text_or_unknown(const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));
    return mem_text(text && text[0] ? text : "??");
}

static unsigned number_of(const json_t *object, const char *key)
{
    json_int_t value = json_integer_value(json_object_get(object, key));
    return value > 0 && value < 1000000000 ? (unsigned)value : 0;
}

static void read_answer(struct answer *answer, const json_t *reply)
{
    /* Versions differ in whether one address gives an object or an array of one. */
    const json_t *object = json_is_array(reply) ? json_array_get(reply, 0) : reply;
    const json_t *symbols = json_object_get(object, "Symbol");
    size_t len = json_array_size(symbols);
    const json_t *first = json_array_get(symbols, 0);
    const char *name = json_string_value(json_object_get(first, "FunctionName"));
    if (len == 0 || !name || name[0] == '\0')
        return;
    answer->symbols = mem_new(len, sizeof *answer->symbols);
    answer->len = len;
    for (size_t i = 0; i < len; i++) {
        const json_t *symbol = json_array_get(symbols, i);
        answer->symbols[i] = (struct symbol){.function = text_or_unknown(symbol, "FunctionName"),
                                             .file = text_or_unknown(symbol, "FileName"),
                                             .line = number_of(symbol, "Line"),
                                             .column = number_of(symbol, "Column")};
    }
}

static void free_answer(struct answer *answer)
{
    for (size_t i = 0; i < answer->len; i++) {
        free((char *)answer->symbols[i].function);
        free((char *)answer->symbols[i].file);
    }
    free(answer->symbols);
    free(answer->module);
}

static struct answer *slot_of(struct answer *answers, size_t cap, const char *module,
                              uint64_t offset)
{
    size_t at = (size_t)XXH64(module, strlen(module), offset);
    for (;; at++) {
        struct answer *slot = &answers[at & (cap - 1)];
        if (!slot->module || (slot->offset == offset && strcmp(slot->module, module) == 0))
            return slot;
    }
}

static void grow(struct symbolizer *symbolizer)
{
    size_t cap = symbolizer->answers_cap ? symbolizer->answers_cap * 2 : 256;
    struct answer *answers = mem_new(cap, sizeof *answers);
    for (size_t i = 0; i < symbolizer->answers_cap; i++) {
        struct answer *old = &symbolizer->answers[i];
        if (old->module)
            *slot_of(answers, cap, old->module, old->offset) = *old;
    }
    free(symbolizer->answers);
    symbolizer->answers = answers;
    symbolizer->answers_cap = cap;
}

/* A log may name anything as a module. What isn't a regular file (a terminal, a FIFO) would hang
 * the symbolizer, and its questions have no way to quote these characters. */
static bool can_ask(const char *module)
{
    struct stat info;
    return !strpbrk(module, "\"\n\r") && stat(module, &info) == 0 && S_ISREG(info.st_mode);
}

size_t symbolizer_lookup(struct symbolizer *symbolizer, const char *module, uint64_t offset,
                         const struct symbol **symbols)
{
    if (symbolizer->answers_len * 2 >= symbolizer->answers_cap)
        grow(symbolizer);
    struct answer *answer = slot_of(symbolizer->answers, symbolizer->answers_cap, module, offset);
    if (!answer->module) {
        answer->module = mem_text(module);
        answer->offset = offset;
        symbolizer->answers_len++;
        json_t *reply = can_ask(module) ? ask(symbolizer, module, offset) : NULL;
        read_answer(answer, reply);
        json_decref(reply);
    }
    *symbols = answer->symbols;
    return answer->len;
}

void symbolizer_free(struct symbolizer *symbolizer)
{
    if (!symbolizer)
        return;
    stop(symbolizer);
    for (size_t i = 0; i < symbolizer->answers_cap; i++)
        free_answer(&symbolizer->answers[i]);
    free(symbolizer->answers);
    free(symbolizer->reply);
    free(symbolizer->program);
    free(symbolizer);
}
