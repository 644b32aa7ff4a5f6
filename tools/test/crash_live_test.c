/* Real deaths: fixtures/boom.c built by every compiler that is there, under every sanitizer, run
 * for every kind, symbolized by the dying process and by us, must be called what it is. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "crash.h"
#include "mem.h"
#include "proc.h"
#include "symbolize.h"

struct kind {
    const char *name, *type, *class_; /* a type of one line leaves the second one open */
    const char *state;                /* NULL: isn't the same everywhere */
    const char *only_with;            /* the start of the compiler's name; NULL: all */
};

static const struct kind address_kinds[] = {
    {"heap_read", "Heap-buffer-overflow\nREAD 4", "memory", "free_cache\nheap_read\nrun", NULL},
    {"heap_write", "Heap-buffer-overflow\nWRITE 1", "memory", "heap_write\nrun\nmain", NULL},
    {"heap_copy", "Heap-buffer-overflow\nWRITE {*}", "memory", "heap_copy\nrun\nmain", NULL},
    {"use_after_free", "Heap-use-after-free\nREAD 4", "memory", "use_after_free\nrun\nmain", NULL},
    {"double_free", "Heap-double-free", "memory", "delete_files\ndouble_free\nrun", NULL},
    {"invalid_free", "Invalid-free", "memory", "invalid_free\nrun\nmain", NULL},
    {"stack_write", "Stack-buffer-overflow\nWRITE 1", "memory", "stack_write\nrun\nmain", NULL},
    {"global_read", "Global-buffer-overflow\nREAD 4", "memory", "global_read\nrun\nmain", NULL},
    {"use_after_return", "Stack-use-after-return\nREAD 1", "memory", "use_after_return\nrun\nmain",
     NULL},
    {"use_after_scope", "Stack-use-after-scope\nREAD 1", "memory", "use_after_scope\nrun\nmain",
     NULL},
    {"use_after_poison", "Use-after-poison\nREAD 1", "memory", "use_after_poison\nrun\nmain", NULL},
    {"negative_size", "Negative-size-param", "memory", "negative_size\nrun\nmain", NULL},
    {"copy_overlap", "Memcpy-param-overlap", "memory", "copy_overlap\nrun\nmain", NULL},
    {"null_read", "Null-dereference READ", "memory", "null_read\nrun\nmain", NULL},
    {"null_write", "Null-dereference WRITE", "memory", "null_write\nrun\nmain", NULL},
    {"wild_read", "UNKNOWN READ", "memory", "wild_read\nrun\nmain", NULL},
    {"recursion", "Stack-overflow", "memory", NULL, NULL},
    {"huge_malloc", "Out-of-memory", "oom", "huge_malloc\nrun\nmain", NULL},
    {"leak", "Direct-leak", "leak", "leak\nrun\nmain", NULL},
    {"aborts", "Abrt", "signal", "aborts\nrun\nmain", NULL},
    {"asserts", "ASSERT", "assert", "one == 2 && \"one isn't two\"\nasserts\nrun", NULL},
    {"divides", "Floating-point-exception", "signal", "divides\nrun\nmain", NULL},
    {"traps", "Ill", "signal", NULL, NULL},
    {"bus", "Bus", "bus", "bus\nrun\nmain", NULL},
    {"exits", NULL, "none", NULL, NULL},
    {"fine", NULL, "none", NULL, NULL},
};

static const struct kind undefined_kinds[] = {
    {"shifts", "Undefined-shift", "undefined", "shifts\nrun\nmain", NULL},
    {"overflows", "Integer-overflow", "undefined", "overflows\nrun\nmain", NULL},
    {"negates", "Integer-overflow", "undefined", "negates\nrun\nmain", NULL},
    {"index_high", "Index-out-of-bounds", "undefined", "index_high\nrun\nmain", NULL},
    {"misaligned", "Misaligned-address", "undefined", "misaligned\nrun\nmain", NULL},
    {"bad_bool", "Invalid-bool-value", "undefined", "bad_bool\nrun\nmain", NULL},
    {"bad_vla", "Non-positive-vla-bound-value", "undefined", "bad_vla\nrun\nmain", NULL},
    {"float_cast", "Float-cast-overflow", "undefined", "float_cast\nrun\nmain", "clang"},
    {"pointer_wrap", "Pointer-overflow", "undefined", "pointer_wrap\nrun\nmain", "clang"},
    {"builtin_zero", "Invalid-builtin-use", "undefined", "builtin_zero\nrun\nmain", NULL},
    {"unreachable", "Unreachable code", "undefined", "unreachable\nrun\nmain", NULL},
    {"divides", "Divide-by-zero", "undefined", "divides\nrun\nmain", NULL},
    {"aborts", "Abrt", "signal", "aborts\nrun\nmain", NULL},
};

static const struct kind thread_kinds[] = {
    {"race", "Data race", "race", "bump\nreader\nbumper", NULL},
    {"race_swapped", "Data race", "race", "bump\nreader\nbumper", NULL},
    {"lock_order", "Lock-order-inversion", "deadlock", "locker", NULL},
    {"thread_leak", "Thread leak", "leak", "thread_leak\nrun\nmain", NULL},
    {"bad_unlock", "Unlock of an unlocked mutex", "deadlock", "bad_unlock\nrun\nmain", NULL},
    {"bad_destroy", "Destroy of a locked mutex", "deadlock", "bad_destroy\nrun\nmain", NULL},
    {"null_write", "Null-dereference WRITE", "memory", "null_write\nrun\nmain", NULL},
};

static const struct kind memory_kinds[] = {
    {"uninitialized", "Use-of-uninitialized-value", "uninitialized", "uninitialized\nrun\nmain",
     NULL},
    {"asserts", "ASSERT", "assert", "one == 2 && \"one isn't two\"\nasserts\nrun", NULL},
};

static const struct kind leak_kinds[] = {
    {"leak", "Direct-leak", "leak", "leak\nrun\nmain", NULL},
};

static const struct kind plain_kinds[] = {
    {"aborts", "Abrt", "signal", NULL, NULL},
    {"null_write", "UNKNOWN", "signal", NULL, NULL},
    {"bus", "Bus", "bus", NULL, NULL},
    {"traps", "Ill", "signal", NULL, NULL},
    {"divides", "Floating-point-exception", "signal", NULL, NULL},
    {"double_free", "Heap-double-free", "memory", NULL, NULL},
    {"invalid_free", "Invalid-free", "memory", NULL, NULL},
    {"asserts", "ASSERT", "assert", "one == 2 && \"one isn't two\"", NULL},
    {"fine", NULL, "none", NULL, NULL},
};

static const struct kind fuzzer_kinds[] = {
    {"heap_read", "Heap-buffer-overflow\nREAD 4", "memory", "free_cache\nheap_read\nrun", NULL},
    {"exits", "Unexpected-exit", "exit", "exits\nrun\nboom", NULL},
    {"traps", "Fatal-signal", "signal", "traps\nrun\nboom", NULL},
    {"sleeps", "Timeout", "timeout", "boom", NULL},
    {"eats", "Out-of-memory", "oom", "boom", NULL},
    {"writes_input", "Overwrites-const-input", "memory", "boom", NULL},
    {"leak", "Direct-leak", "leak", "leak\nrun\nboom", NULL},
    {"null_write", "Null-dereference WRITE", "memory", "null_write\nrun\nboom", NULL},
    {"fine", NULL, "none", NULL, NULL},
};

#define KINDS(kinds) kinds, sizeof kinds / sizeof *kinds

struct fixture {
    char directory[64];
    struct symbolizer *symbolizer;
};

static struct fixture fixture;

static struct proc_result run(const char *const *argv, const char *const *env)
{
    struct proc_spec spec = {
        .argv = argv, .env = env, .cwd = fixture.directory, .timeout_ms = 60000};
    struct proc_result result;
    struct fail why;
    if (!proc_run(&spec, &result, &why))
        fail_msg("%s: %s", argv[0], why.what);
    return result;
}

static bool is_there(const char *program)
{
    const char *argv[] = {"/bin/sh", "-c", "command -v \"$0\" >/dev/null", program, NULL};
    struct proc_result result = run(argv, NULL);
    bool there = result.end == PROC_EXITED && result.code == 0;
    proc_result_free(&result);
    return there;
}

/* The source is beside this file, wherever the test runs. */
static char *source_path(void)
{
    char *path = realpath(__FILE__, NULL);
    if (!path)
        fail_msg("%s isn't there any more", __FILE__);
    char *source = mem_print("%.*s/fixtures/boom.c", (int)(strrchr(path, '/') - path), path);
    free(path);
    return source;
}

static char *build(const char *compiler, const char *sanitizer)
{
    char *source = source_path();
    char *binary = mem_print("%s/boom-%s-%s", fixture.directory, compiler, sanitizer);
    char *flag = mem_print("-fsanitize=%s", sanitizer);
    bool plain = strcmp(sanitizer, "none") == 0, fuzzer = strncmp(sanitizer, "fuzzer", 6) == 0;
    const char *argv[] = {compiler,   "-g",
                          "-O0",      "-w",
                          "-pthread", fuzzer ? "-DBOOM_FUZZER" : "-DBOOM_MAIN",
                          source,     "-o",
                          binary,     plain ? NULL : flag,
                          NULL};
    struct proc_result result = run(argv, NULL);
    if (result.end != PROC_EXITED || result.code != 0)
        fail_msg("%s %s: %s", compiler, flag, result.err);
    proc_result_free(&result);
    free(flag);
    free(source);
    return binary;
}

static struct proc_result run_kind(const char *binary, const char *kind, bool fuzzer,
                                   bool symbolized)
{
    char *common = mem_print("symbolize=%d:handle_abort=1", symbolized);
    char *env[] = {mem_print("ASAN_OPTIONS=%s:detect_stack_use_after_return=1", common),
                   mem_print("UBSAN_OPTIONS=%s:print_stacktrace=1:halt_on_error=1", common),
                   mem_print("TSAN_OPTIONS=%s:halt_on_error=1:report_signal_unsafe=0", common),
                   mem_print("MSAN_OPTIONS=%s", common),
                   mem_print("LSAN_OPTIONS=%s", common),
                   mem_print("BOOM=%s", kind),
                   NULL};
    const char *plain_argv[] = {binary, kind, NULL};
    const char *fuzzer_argv[] = {binary, "-timeout=1", "-rss_limit_mb=150", binary, NULL};
    struct proc_result result = run(fuzzer ? fuzzer_argv : plain_argv, (const char *const *)env);
    for (char **at = env; *at; at++)
        free(*at);
    free(common);
    return result;
}

static bool same_type(const char *want, const char *got)
{
    if (!want || !got)
        return !want && !got;
    size_t len = strlen(want);
    return strncmp(got, want, len) == 0 && (got[len] == '\0' || got[len] == '\n');
}

static void check(const struct kind *want, const struct crash *got, const char *where,
                  const char *log)
{
    bool bare = got->sanitizer && strcmp(got->sanitizer, "signal") == 0;
    bool right = strcmp(got->class_, want->class_) == 0 && got->found == (want->type != NULL) &&
                 same_type(want->type, got->type) &&
                 (!want->state || bare || strcmp(got->state, want->state) == 0);
    bool sure = !want->state || bare || strcmp(got->confidence, "high") == 0 ||
                strcmp(got->confidence, "medium") == 0;
    if (!right || !sure)
        fail_msg("%s %s: %s, %s, \"%s\", %s confidence; log:\n%s", where, want->name, got->class_,
                 got->type ? got->type : "(none)", got->state ? got->state : "(none)",
                 got->confidence, log);
}

/* Fills *got, for crash_free, and returns the log, for free(). */
static char *die_once(const char *binary, const char *kind, bool fuzzer, bool symbolized,
                      struct crash *got)
{
    struct proc_result result = run_kind(binary, kind, fuzzer, symbolized);
    struct crash_evidence evidence = {.log = result.err,
                                      .log_len = result.err_len,
                                      .has_end = true,
                                      .end = result.end,
                                      .code = result.code,
                                      .target = fuzzer ? "boom" : NULL,
                                      .binary = binary,
                                      .symbolizer = fixture.symbolizer};
    struct fail why;
    assert_true(crash_classify(&evidence, got, &why));
    char *log = mem_text(result.err);
    proc_result_free(&result);
    return log;
}

/* ThreadSanitizer can't start where the kernel spreads addresses too far. */
static bool could_start(const char *log)
{
    return strstr(log, "FATAL: ThreadSanitizer") == NULL;
}

static void try_kind(const char *binary, const struct kind *want, bool fuzzer, bool symbolized)
{
    struct crash got;
    char *log = die_once(binary, want->name, fuzzer, symbolized, &got);
    if (could_start(log))
        check(want, &got, binary, log);
    crash_free(&got);
    free(log);
}

static void try_kinds(const char *compiler, const char *sanitizer, const struct kind *kinds,
                      size_t len, bool symbolized)
{
    if (!is_there(compiler)) {
        print_message("no %s here\n", compiler);
        return;
    }
    bool fuzzer = strncmp(sanitizer, "fuzzer", 6) == 0;
    char *binary = build(compiler, sanitizer);
    for (size_t i = 0; i < len; i++) {
        const char *only = kinds[i].only_with;
        if (only && strncmp(compiler, only, strlen(only)) != 0)
            continue;
        try_kind(binary, &kinds[i], fuzzer, false);
        /* A dying process takes its time over symbols: every third is enough. */
        if (symbolized && i % 3 == 0)
            try_kind(binary, &kinds[i], fuzzer, true);
    }
    free(binary);
}

static void clang_19(void **unused)
{
    (void)unused;
    if (!is_there("clang-19"))
        skip();
    try_kinds("clang-19", "address", KINDS(address_kinds), true);
    try_kinds("clang-19", "undefined", KINDS(undefined_kinds), true);
    try_kinds("clang-19", "thread", KINDS(thread_kinds), true);
    try_kinds("clang-19", "memory", KINDS(memory_kinds), true);
    try_kinds("clang-19", "leak", KINDS(leak_kinds), true);
    try_kinds("clang-19", "none", KINDS(plain_kinds), false);
    try_kinds("clang-19", "fuzzer,address", KINDS(fuzzer_kinds), false);
}

static void clang_14(void **unused)
{
    (void)unused;
    try_kinds("clang-14", "address", KINDS(address_kinds), false);
    try_kinds("clang-14", "undefined", KINDS(undefined_kinds), false);
    try_kinds("clang-14", "thread", KINDS(thread_kinds), true);
    try_kinds("clang-14", "memory", KINDS(memory_kinds), true);
    try_kinds("clang-14", "leak", KINDS(leak_kinds), true);
}

static void gcc(void **unused)
{
    (void)unused;
    try_kinds("gcc", "address", KINDS(address_kinds), true);
    try_kinds("gcc", "undefined", KINDS(undefined_kinds), true);
    try_kinds("gcc", "thread", KINDS(thread_kinds), true);
    try_kinds("gcc", "none", KINDS(plain_kinds), false);
}

/* Fifty runs of real threads: whichever comes first, it is one race. */
static void race_has_one_signature(void **unused)
{
    (void)unused;
    if (!is_there("clang-19"))
        skip();
    char *binary = build("clang-19", "thread");
    char signature[17] = "";
    for (int i = 0; i < 50; i++) {
        struct crash got;
        char *log = die_once(binary, i % 2 ? "race" : "race_swapped", false, false, &got);
        if (could_start(log)) {
            assert_true(got.found);
            assert_true(signature[0] == '\0' || strcmp(signature, got.signature) == 0);
            memcpy(signature, got.signature, sizeof signature);
        }
        crash_free(&got);
        free(log);
    }
    free(binary);
}

static int make_directory(void **unused)
{
    (void)unused;
    struct fail why;
    snprintf(fixture.directory, sizeof fixture.directory, "/tmp/ledge-live-XXXXXX");
    if (!mkdtemp(fixture.directory))
        return -1;
    const char *program = is_there("llvm-symbolizer-19") ? "llvm-symbolizer-19" : "llvm-symbolizer";
    fixture.symbolizer = symbolizer_new(program, &why);
    return fixture.symbolizer ? 0 : -1;
}

static int remove_directory(void **unused)
{
    (void)unused;
    symbolizer_free(fixture.symbolizer);
    char directory[sizeof fixture.directory];
    memcpy(directory, fixture.directory, sizeof directory);
    memcpy(fixture.directory, "/", 2);
    const char *argv[] = {"/bin/rm", "-rf", directory, NULL};
    struct proc_result result = run(argv, NULL);
    int code = result.code;
    proc_result_free(&result);
    return code;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(clang_19),
        cmocka_unit_test(clang_14),
        cmocka_unit_test(gcc),
        cmocka_unit_test(race_has_one_signature),
    };
    return cmocka_run_group_tests(tests, make_directory, remove_directory);
}
