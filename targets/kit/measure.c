#include "measure.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <unistd.h>

enum {
    EXIT_INPUT = 2,
    MODULES = 64,    /* executables and libraries with counters, at most */
    OWN_FDS = 64,    /* our descriptors are above: a target may close the low ones */
    RECORD_HEAD = 3, /* numbers before the ids of a record */
    CLASSES = 8,
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What the compiler's instrumentation calls when a module is loaded. */
void __sanitizer_cov_8bit_counters_init(uint8_t *start, uint8_t *stop);
void __sanitizer_cov_pcs_init(const uintptr_t *start, const uintptr_t *stop);

static struct {
    uint8_t *start, *stop;
} modules[MODULES];
static size_t modules_len;

void __sanitizer_cov_8bit_counters_init(uint8_t *start, uint8_t *stop)
{
    for (size_t i = 0; i < modules_len; i++)
        if (modules[i].start == start)
            return; /* once for each object file: it is the same array */
    if (modules_len == MODULES || start == stop)
        return;
    modules[modules_len].start = start;
    modules[modules_len++].stop = stop;
}

void __sanitizer_cov_pcs_init(const uintptr_t *start, const uintptr_t *stop)
{
    (void)start; /* where a counter stands is of no interest here */
    (void)stop;
}

static uint32_t counters_count(void)
{
    size_t count = 0;
    for (size_t i = 0; i < modules_len; i++)
        count += (size_t)(modules[i].stop - modules[i].start);
    return (uint32_t)count;
}

static uint32_t hit_class(uint8_t hits)
{
    static const uint8_t bounds[CLASSES - 1] = {2, 3, 4, 8, 16, 32, 128};
    uint32_t class_ = 0;
    while (class_ < CLASSES - 1 && hits >= bounds[class_])
        class_++;
    return class_;
}

static void reset_counters(void)
{
    for (size_t i = 0; i < modules_len; i++)
        memset(modules[i].start, 0, (size_t)(modules[i].stop - modules[i].start));
}

static uint32_t *take_eight(const uint8_t *at, uint32_t base, uint32_t *out)
{
    for (uint32_t i = 0; i < 8; i++)
        if (at[i] != 0)
            *out++ = (base + i) * CLASSES + hit_class(at[i]);
    return out;
}

/* Most counters are zero: eight at a time. */
static uint32_t *take_module(const uint8_t *at, const uint8_t *stop, uint32_t base, uint32_t *out)
{
    for (; stop - at >= 8; at += 8, base += 8) {
        uint64_t word;
        memcpy(&word, at, sizeof word);
        if (word != 0)
            out = take_eight(at, base, out);
    }
    for (; at < stop; at++, base++)
        if (*at != 0)
            *out++ = base * CLASSES + hit_class(*at);
    return out;
}

static uint32_t *take_counters(uint32_t *out)
{
    uint32_t base = 0;
    for (size_t i = 0; i < modules_len; i++) {
        out = take_module(modules[i].start, modules[i].stop, base, out);
        base += (uint32_t)(modules[i].stop - modules[i].start);
    }
    return out;
}

/* FNV-1a over whole numbers. */
static uint32_t sum_of(const uint32_t *ids, size_t count)
{
    uint32_t sum = UINT32_C(2166136261);
    for (size_t i = 0; i < count; i++)
        sum = (sum ^ ids[i]) * UINT32_C(16777619);
    return sum;
}

static int cannot(const char *what)
{
    fprintf(stderr, "ledge-features: %s: %s\n", what, strerror(errno));
    return EXIT_INPUT;
}

static bool put(int fd, const void *bytes, size_t len)
{
    for (const char *at = bytes; len > 0;) {
        const ssize_t written = write(fd, at, len);
        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0)
            return false;
        at += written;
        len -= (size_t)written;
    }
    return true;
}

/* Moves stdin out of the target's reach. */
static FILE *open_inputs(void)
{
    const int fd = fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, OWN_FDS);
    const int nothing = open("/dev/null", O_RDONLY | O_CLOEXEC);
    if (fd < 0 || nothing < 0 || dup2(nothing, STDIN_FILENO) < 0)
        return NULL;
    close(nothing);
    return fdopen(fd, "rb");
}

static int open_output(const char *path)
{
    const int low = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
    if (low < 0)
        return -1;
    const int fd = fcntl(low, F_DUPFD_CLOEXEC, OWN_FDS);
    close(low);
    return fd;
}

/* SIGALRM after so many milliseconds; 0: never. */
static void watch(unsigned timeout_ms)
{
    const struct itimerval timer = {.it_value = {timeout_ms / 1000, timeout_ms % 1000 * 1000}};
    setitimer(ITIMER_REAL, &timer, NULL); /* a valid time: it can't fail */
}

/* The next input in a block of exactly its size, so that a read past its end is seen; NULL at the
 * end, and *broken when it came too early. */
static uint8_t *next_input(FILE *in, size_t *size, bool *broken)
{
    uint32_t length;
    const size_t head = fread(&length, 1, sizeof length, in);
    *broken = head != 0 && head != sizeof length;
    if (head != sizeof length)
        return NULL;
    uint8_t *data = malloc(length > 0 ? length : 1);
    *size = length;
    *broken = data == NULL || fread(data, 1, length, in) != length;
    if (*broken) {
        free(data);
        return NULL;
    }
    return data;
}

/* Where what one input exercised is gathered, and what this process has seen so far. */
struct measuring {
    const struct measure_cells *cells;
    unsigned timeout_ms;
    uint32_t numbers; /* of features there are */
    uint32_t *record, *ids;
    uint8_t *seen;
};

static bool prepare(struct measuring *m, uint32_t counters)
{
    m->numbers = counters * CLASSES + (m->cells != NULL ? m->cells->count : 0);
    m->record = malloc(((size_t)RECORD_HEAD + m->numbers) * sizeof *m->record);
    m->seen = calloc((size_t)m->numbers + 1, 1);
    m->ids = m->record + RECORD_HEAD;
    return m->record != NULL && m->seen != NULL;
}

static uint32_t *take(const struct measuring *m)
{
    uint32_t *end = take_counters(m->ids);
    if (m->cells == NULL)
        return end;
    uint32_t *const first = end;
    const uint32_t base = m->numbers - m->cells->count;
    end += m->cells->take(first);
    for (uint32_t *at = first; at < end; at++)
        *at += base;
    return end;
}

/* Whether this process never saw some of the ids before; now it has. */
static bool any_new(const struct measuring *m, const uint32_t *end)
{
    bool new_ = false;
    for (const uint32_t *at = m->ids; at < end; at++) {
        new_ |= m->seen[*at] == 0;
        m->seen[*at] = 1;
    }
    return new_;
}

static uint32_t *kit_run_input(const struct measuring *m, const uint8_t *data, size_t size)
{
    reset_counters();
    watch(m->timeout_ms);
    LLVMFuzzerTestOneInput(data, size);
    watch(0);
    return take(m);
}

/* What happens only once in a process belongs to no input: what shows for the first time has to
 * show again. */
static bool measure(const struct measuring *m, uint32_t index, const uint8_t *data, size_t size,
                    int out)
{
    const uint32_t *end = kit_run_input(m, data, size);
    if (any_new(m, end))
        end = kit_run_input(m, data, size);
    m->record[0] = index;
    m->record[1] = (uint32_t)(end - m->ids);
    m->record[2] = sum_of(m->ids, m->record[1]);
    return put(out, m->record, (RECORD_HEAD + m->record[1]) * sizeof *m->record);
}

int measure_inputs(const char *out_path, unsigned timeout_ms, const struct measure_cells *cells)
{
    const uint32_t head[2] = {counters_count(), cells != NULL ? cells->count : 0};
    struct measuring m = {.cells = cells, .timeout_ms = timeout_ms};
    FILE *in = open_inputs();
    const int out = open_output(out_path);
    if (in == NULL || out < 0 || !prepare(&m, head[0]) || !put(out, "LEDGEFT1", 8) ||
        !put(out, head, sizeof head))
        return cannot(out_path);
    uint8_t *data;
    size_t size;
    bool broken;
    for (uint32_t index = 0; (data = next_input(in, &size, &broken)) != NULL; index++) {
        if (!measure(&m, index, data, size, out))
            return cannot(out_path);
        free(data);
    }
    if (broken) {
        fprintf(stderr, "ledge-features: stdin: the last input isn't complete\n");
        return EXIT_INPUT;
    }
    _exit(0);
}
