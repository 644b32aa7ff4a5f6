/* Real deaths without a sanitizer: fixtures/boom.c under Valgrind's tools and under gdb. What they
 * print must be called what it is, and what the same death is called elsewhere. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "crash.h"
#include "files.h"
#include "live_jobs.h"
#include "mem.h"

enum tool { MEMCHECK, HELGRIND, DRD, GDB, GDB_ALL };

/* A type of one line leaves the second one open. */
static const struct death {
    enum tool tool;
    const char *kind, *type, *state, *sanitizer;
} deaths[] = {
    {MEMCHECK, "heap_read", "Heap-buffer-overflow\nREAD 4", "free_cache\nheap_read\nrun",
     "valgrind"},
    {MEMCHECK, "heap_write", "Heap-buffer-overflow\nWRITE 1", "heap_write\nrun\nmain", "valgrind"},
    {MEMCHECK, "use_after_free", "Heap-use-after-free\nREAD 4", "use_after_free\nrun\nmain",
     "valgrind"},
    {MEMCHECK, "double_free", "Heap-double-free", "delete_files\ndouble_free\nrun", "valgrind"},
    {MEMCHECK, "free_inside", "Invalid-free", "free_inside\nrun\nmain", "valgrind"},
    {MEMCHECK, "uninitialized", "Use-of-uninitialized-value", "uninitialized\nrun\nmain",
     "valgrind"},
    {MEMCHECK, "null_write", "Null-dereference WRITE", "null_write\nrun\nmain", "valgrind"},
    {MEMCHECK, "leak", "Direct-leak", "leak\nrun\nmain", "valgrind"},
    {MEMCHECK, "asserts", "ASSERT", "one == 2 && \"one isn't two\"\nasserts\nrun", "valgrind"},
    {MEMCHECK, "divides", "Floating-point-exception", "divides\nrun\nmain", "valgrind"},
    {MEMCHECK, "fine", NULL, NULL, NULL},
    {HELGRIND, "race", "Data race", NULL, "valgrind"},
    {HELGRIND, "lock_order", "Lock-order-inversion", NULL, "valgrind"},
    {DRD, "race", "Data race", NULL, "valgrind"},
    {GDB, "null_write", "UNKNOWN", "null_write\nrun\nmain", "signal"},
    {GDB, "asserts", "ASSERT", "one == 2 && \"one isn't two\"\nasserts\nrun", "libc"},
    {GDB, "double_free", "Heap-double-free", "delete_files\ndouble_free\nrun", "libc"},
    {GDB, "divides", "Floating-point-exception", "divides\nrun\nmain", "signal"},
    {GDB, "recursion", "Stack-overflow", NULL, "signal"},
    {GDB_ALL, "null_write", "UNKNOWN", "null_write\nrun\nmain", "signal"},
    {GDB, "fine", NULL, NULL, NULL},
};

#define DEATHS (sizeof deaths / sizeof *deaths)

static struct {
    char *directory, *binary;
    struct live_jobs jobs;
} fixture;

/* --- Running -------------------------------------------------------------------------------- */

static void add_words(struct live_job *job, const char *const *words)
{
    for (; *words; words++)
        live_word(job->argv, mem_text(*words));
}

/* The C part of the fixture; without optimization, so that each function is on the stack. */
static void build(void)
{
    static const char *const parts[] = {"boom.c",         "boom_memory.c",    "boom_signals.c",
                                        "boom_threads.c", "boom_undefined.c", NULL};
    static const char *const flags[] = {"gcc", "-std=gnu11", "-g",       "-O0",
                                        "-w",  "-pthread",   "-DBOOM_C", NULL};
    char *here = realpath(__FILE__, NULL);
    assert_non_null(here);
    struct live_jobs jobs = {.directory = fixture.directory};
    struct live_job *job = live_add(&jobs);
    fixture.binary = mem_print("%s/boom", fixture.directory);
    add_words(job, flags);
    for (size_t i = 0; parts[i]; i++)
        live_word(job->argv,
                  mem_print("%.*s/fixtures/%s", (int)(strrchr(here, '/') - here), here, parts[i]));
    live_word(job->argv, mem_text("-o"));
    live_word(job->argv, mem_text(fixture.binary));
    live_run(&jobs);
    if (!jobs.at[0].ran || jobs.at[0].result.end != PROC_EXITED || jobs.at[0].result.code != 0)
        fail_msg("gcc: %s", jobs.at[0].ran ? jobs.at[0].result.err : jobs.at[0].why.what);
    live_free(&jobs);
    free(here);
}

static void add_death(const struct death *death)
{
    static const char *const tools[][9] = {
        {"valgrind", "--leak-check=full", NULL},
        {"valgrind", "--tool=helgrind", NULL},
        {"valgrind", "--tool=drd", NULL},
        {"gdb", "-q", "-batch", "-ex", "run", "-ex", "backtrace 700", "--args", NULL},
        {"gdb", "-q", "-batch", "-ex", "run", "-ex", "thread apply all backtrace", "--args", NULL},
    };
    struct live_job *job = live_add(&fixture.jobs);
    add_words(job, tools[death->tool]);
    live_word(job->argv, mem_text(fixture.binary));
    live_word(job->argv, mem_text(death->kind));
}

static int make_fixture(void **unused)
{
    (void)unused;
    struct fail why;
    fixture.directory = dir_temporary(&why);
    if (!fixture.directory)
        return -1;
    build();
    fixture.jobs.directory = fixture.directory;
    for (size_t i = 0; i < DEATHS; i++)
        add_death(&deaths[i]);
    live_run(&fixture.jobs);
    return 0;
}

static int remove_fixture(void **unused)
{
    (void)unused;
    live_free(&fixture.jobs);
    dir_remove(fixture.directory);
    free(fixture.directory);
    free(fixture.binary);
    return 0;
}

/* --- Checking ------------------------------------------------------------------------------- */

/* gdb writes to both; a person sees them as one. */
static char *log_of(const struct proc_result *result)
{
    return mem_print("%.*s%.*s", (int)result->err_len, result->err, (int)result->out_len,
                     result->out);
}

static bool is_type(const char *want, const char *got)
{
    size_t len = strlen(want);
    return strncmp(got, want, len) == 0 &&
           (got[len] == '\0' || (!strchr(want, '\n') && got[len] == '\n'));
}

static const char *verdict(const struct death *want, const struct crash *got)
{
    if (!want->type)
        return got->found ? "a crash where there is none" : NULL;
    if (!got->found)
        return "no crash";
    if (!is_type(want->type, got->type))
        return "another type";
    if (want->state && strcmp(got->state, want->state) != 0)
        return "another state";
    return !got->sanitizer || strcmp(got->sanitizer, want->sanitizer) != 0 ? "another tool" : NULL;
}

static void deaths_are_named(void **unused)
{
    (void)unused;
    size_t wrong = 0;
    for (size_t i = 0; i < DEATHS; i++) {
        const struct live_job *job = &fixture.jobs.at[i];
        if (!job->ran)
            fail_msg("%s: %s (ci/install installs it)", job->argv[0], job->why.what);
        char *log = log_of(&job->result);
        struct crash_evidence evidence = {.log = log, .log_len = strlen(log)};
        struct crash crash;
        struct fail why;
        assert_true(crash_classify(&evidence, &crash, &why));
        const char *said = verdict(&deaths[i], &crash);
        if (said)
            print_error("%s %s: %s: %s, %s, %s\n%s\n", job->argv[0], deaths[i].kind, said,
                        crash.found ? crash.type : "none", crash.found ? crash.state : "",
                        crash.sanitizer ? crash.sanitizer : "", log);
        wrong += said != NULL;
        crash_free(&crash);
        free(log);
    }
    assert_int_equal(wrong, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(deaths_are_named)};
    return cmocka_run_group_tests(tests, make_fixture, remove_fixture);
}
