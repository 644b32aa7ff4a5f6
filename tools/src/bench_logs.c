#include "bench_logs.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "files.h"
#include "mem.h"
#include "proc.h"

/* Each argument is a way to die. */
static const char source[] = "#include <assert.h>\n"
                             "#include <stdlib.h>\n"
                             "#include <string.h>\n"
                             "static volatile int one = 1;\n"
                             "__attribute__((noinline)) static void set_item(int *t, int i)\n"
                             "{\n"
                             "    t[i] = one;\n"
                             "}\n"
                             "__attribute__((noinline)) static int get_item(int *t, int i)\n"
                             "{\n"
                             "    return t[i] + one;\n"
                             "}\n"
                             "__attribute__((noinline)) static int fall(int n)\n"
                             "{\n"
                             "    volatile char hole[256];\n"
                             "    hole[n % 256] = 1;\n"
                             "    return n < 0 ? 0 : fall(n + one) + hole[0];\n"
                             "}\n"
                             "__attribute__((noinline)) static int parse_item(int how)\n"
                             "{\n"
                             "    int *t = malloc(8 * sizeof *t), small[4];\n"
                             "    memset(t, 0, 32);\n"
                             "    switch (how) {\n"
                             "    case 'w': set_item(t, 8); break;\n"
                             "    case 'r': return get_item(t, 8);\n"
                             "    case 's': set_item(small, 4 * one); break;\n"
                             "    case 'f': free(t); set_item(t, 1); break;\n"
                             "    case 'd': free(t); free(t); break;\n"
                             "    case 'n': set_item(NULL, 3); break;\n"
                             "    case 'o': return fall(one);\n"
                             "    case 'a': assert(one == 2); break;\n"
                             "    case 'u': return 1 << (31 + one);\n"
                             "    }\n"
                             "    free(t);\n"
                             "    return 0;\n"
                             "}\n"
                             "int main(int argc, char **argv)\n"
                             "{\n"
                             "    return argc > 1 ? parse_item(argv[1][0]) : 0;\n"
                             "}\n";

static const char *const ways[] = {"w", "r", "s", "f", "d", "n", "o", "a", "u"};

enum { WAYS = sizeof ways / sizeof ways[0], LOG_MAX = 16 * 1024 };

struct bench_logs {
    char *logs[WAYS];
    size_t len;
};

/* --- Dying ---------------------------------------------------------------------------------- */

static bool compile(const char *cc, const char *from, const char *to)
{
    const char *const argv[] = {cc, "-g", "-O1", "-fsanitize=address,shift", from, "-o", to, NULL};
    struct proc_spec spec = {.argv = argv, .timeout_ms = 60000};
    struct proc_result result;
    struct fail unwanted;
    if (!proc_must(&spec, &result, &unwanted))
        return false;
    proc_result_free(&result);
    return true;
}

static bool compile_somehow(const char *from, const char *to, struct fail *why)
{
    const char *const compilers[] = {getenv("CC"), "clang-19", "clang", "gcc", "cc"};
    for (size_t i = 0; i < sizeof compilers / sizeof compilers[0]; i++)
        if (compilers[i] && compile(compilers[i], from, to))
            return true;
    return fail_set(why, "install clang-19", "no compiler here can build with sanitizers");
}

static char *die(const char *program, const char *way)
{
    static const char *const env[] = {"ASAN_OPTIONS=handle_abort=1:detect_leaks=0",
                                      "UBSAN_OPTIONS=print_stacktrace=1:halt_on_error=1", NULL};
    const char *const argv[] = {program, way, NULL};
    struct proc_spec spec = {.argv = argv, .env = env, .timeout_ms = 60000, .output_max = LOG_MAX};
    struct proc_result result;
    struct fail unwanted;
    if (!proc_run(&spec, &result, &unwanted))
        return NULL;
    char *log = mem_copy(result.err, result.err_len);
    proc_result_free(&result);
    return log;
}

struct bench_logs *bench_logs_new(const char *directory, struct fail *why)
{
    char *from = mem_print("%s/bench.c", directory), *to = mem_print("%s/bench", directory);
    struct bench_logs *logs = mem_new(1, sizeof *logs);
    bool ok = file_put(from, source, sizeof source - 1, why) && compile_somehow(from, to, why);
    for (size_t i = 0; i < WAYS && ok; i++) {
        char *log = die(to, ways[i]);
        if (log && (strstr(log, "ERROR: ") || strstr(log, "runtime error: ")))
            logs->logs[logs->len++] = log;
        else
            free(log);
    }
    if (ok && logs->len == 0)
        ok = fail_set(why, "", "the program that was to crash doesn't");
    free(from);
    free(to);
    if (ok)
        return logs;
    bench_logs_free(logs);
    return NULL;
}

void bench_logs_free(struct bench_logs *logs)
{
    for (size_t i = 0; logs && i < logs->len; i++)
        free(logs->logs[i]);
    free(logs);
}

/* --- Variations ----------------------------------------------------------------------------- */

static uint64_t next(uint64_t *seed)
{
    *seed ^= *seed << 13;
    *seed ^= *seed >> 7;
    *seed ^= *seed << 17;
    return *seed;
}

/* Copies a line with other digits in its addresses and its process id, and a number behind the
 * names of its functions. */
static void put_line(const char *line, size_t len, unsigned variant, uint64_t *seed, FILE *out)
{
    for (size_t i = 0; i < len; i++) {
        fputc(line[i], out);
        if (i >= 1 && line[i] == 'x' && line[i - 1] == '0') {
            size_t digits = strspn(line + i + 1, "0123456789abcdef");
            for (size_t j = 0; j < digits && j < 4; j++, i++)
                fputc(line[i + 1], out);
            for (; digits > 6 && i + 1 < len && strchr("0123456789abcdef", line[i + 1]); i++)
                fputc("0123456789abcdef"[next(seed) % 16], out);
        } else if (i >= 4 && memcmp(line + i - 4, "_item", 5) == 0) {
            fprintf(out, "_%u", variant);
        }
    }
}

static void put_noise(uint64_t *seed, FILE *out)
{
    for (uint64_t lines = 20 + next(seed) % 40; lines > 0; lines--)
        fprintf(out, "[%4" PRIu64 "] compiling module %" PRIu64 " of the program under test\n",
                next(seed) % 10000, next(seed) % 100);
}

static void put_log(const struct bench_logs *logs, size_t number, FILE *out)
{
    enum { VARIANTS = 8 };
    uint64_t seed = (number + 1) * UINT64_C(0x9e3779b97f4a7c15);
    const char *log = logs->logs[number % logs->len];
    bool stamped = number % 3 == 1, carriage = number % 11 == 1;
    unsigned variant = (unsigned)(number / logs->len % VARIANTS);
    if (number % 5 == 1)
        put_noise(&seed, out);
    for (unsigned line = 0; *log; line++) {
        size_t len = strcspn(log, "\n");
        if (stamped)
            fprintf(out, "2026-01-31T12:%02u:%02u.%03uZ ", line / 60 % 60, line % 60, line % 997);
        put_line(log, len, variant, &seed, out);
        fputs(carriage ? "\r\n" : "\n", out);
        log += len + (log[len] == '\n');
    }
}

bool bench_logs_write(const struct bench_logs *logs, const char *directory, size_t count,
                      size_t *bytes, struct fail *why)
{
    *bytes = 0;
    bool ok = dir_make(directory, why);
    for (size_t i = 0; i < count && ok; i++) {
        char *text = NULL, *path = mem_print("%s/%06zu.log", directory, i);
        size_t len = 0;
        FILE *out = open_memstream(&text, &len);
        if (out) {
            put_log(logs, i, out);
            fclose(out); /* a stream in memory */
        }
        ok = out ? file_put(path, text, len, why) : fail_set(why, "", "out of memory");
        *bytes += len;
        free(path);
        free(text);
    }
    return ok;
}
