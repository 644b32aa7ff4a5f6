/* Nothing in a log may crash, hang or mislead the parser: every prefix of real logs, a great many
 * mutated ones, and large hostile ones. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "crash.h"
#include "crash_cases.h"
#include "mem.h"
#include "naming_cases.h"
#include "report.h"

#define MUTATIONS     80000
#define LARGE         ((size_t)2 << 20)
#define LARGE_SECONDS 10.0

/* A copy on the heap, without a NUL, so that AddressSanitizer sees a read behind it. */
static struct crash classify(const char *log, size_t len, const char *target)
{
    char *copy = mem_new(len ? len : 1, 1);
    memcpy(copy, log, len);
    struct crash_evidence evidence = {.log = copy, .log_len = len, .target = target};
    struct crash crash;
    struct fail why;
    assert_true(crash_classify(&evidence, &crash, &why));
    free(copy);
    return crash;
}

/* An UBSan report that a crash follows is right as far as it goes, when the log ends before it. */
static bool is_right_class(const struct crash_case *want, const char *class_)
{
    bool survived = strstr(want->log, "runtime error") && strcmp(class_, "undefined") == 0;
    return survived || strcmp(class_, want->class_) == 0;
}

static void cut_logs_mislead_nobody(void **unused)
{
    (void)unused;
    size_t named = 0;
    for (size_t i = 0; i < CRASH_CASES; i++) {
        const struct crash_case *want = &crash_cases[i];
        for (size_t len = 0; len <= strlen(want->log); len++) {
            struct crash got = classify(want->log, len, want->target);
            bool sure = got.found && strcmp(got.confidence, "high") == 0;
            if (sure && !is_right_class(want, got.class_))
                fail_msg("%s: cut at %zu it is %s for sure", want->name, len, got.class_);
            named += got.found;
            crash_free(&got);
        }
    }
    assert_true(named > 10000);
}

/* The logs of another test, each of which is one report. */
static void cut_reports_keep_their_class(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < NAMING_CASES; i++) {
        const struct naming_case *want = &naming_cases[i];
        struct crash whole = classify(want->log, strlen(want->log), want->target);
        for (size_t len = 0; len < strlen(want->log); len++) {
            struct crash got = classify(want->log, len, want->target);
            bool sure = got.found && strcmp(got.confidence, "high") == 0;
            if (sure && strcmp(got.class_, whole.class_) != 0)
                fail_msg("%s: cut at %zu it is %s for sure", want->name, len, got.class_);
            crash_free(&got);
        }
        crash_free(&whole);
    }
}

/* A small generator, so that every run and machine has the same logs. */
static uint64_t next_random(uint64_t *seed)
{
    *seed ^= *seed << 13;
    *seed ^= *seed >> 7;
    *seed ^= *seed << 17;
    return *seed;
}

/* Pieces that mean something to the parser. */
static const char *const pieces[] = {
    "\n",
    "#0 ",
    "#1 0x55 in ",
    "0x",
    "==1==ERROR: AddressSanitizer: ",
    "SUMMARY: ",
    " of size ",
    "READ of size 4 at 0x6020",
    "WARNING: ThreadSanitizer: data race (",
    ": runtime error: ",
    "Previous write of size ",
    "Assertion `",
    "' failed.",
    "==ledge== Model-mismatch in ",
    "(",
    ")",
    "<",
    ">",
    "\033[",
    "\r",
    "(BuildId: ",
    "+0x",
    "Direct leak of ",
    "libFuzzer: timeout",
    "<null>",
    "operator",
    "\xFF",
    "DEADLYSIGNAL",
    "allocated by thread T0 here:",
    "Sanitizer",
    " in ",
    "[",
    "*** ",
};

static size_t mutate(char *log, size_t len, size_t cap, uint64_t *seed)
{
    size_t at = len ? (size_t)(next_random(seed) % len) : 0;
    const char *piece = pieces[next_random(seed) % (sizeof pieces / sizeof *pieces)];
    size_t size = strlen(piece), count = (size_t)(next_random(seed) % 40);
    switch (next_random(seed) % 5) {
    case 0:
        if (len > 0)
            log[at] = (char)next_random(seed);
        return len;
    case 1:
        count = count > len - at ? len - at : count;
        memmove(log + at, log + at + count, len - at - count);
        return len - count;
    case 2:
        if (len + size > cap)
            return len;
        memmove(log + at + size, log + at, len - at);
        memcpy(log + at, piece, size);
        return len + size;
    case 3:
        if (at + size <= len)
            memcpy(log + at, piece, size);
        return len;
    default:
        return at;
    }
}

static bool is_one_of(const char *text, const char *const *texts)
{
    for (; *texts; texts++) {
        if (strcmp(text, *texts) == 0)
            return true;
    }
    return false;
}

/* The lines of a state: three at most, none empty or too long or with a control character. */
static void check_state(const char *state)
{
    size_t lines = 1, line = 0;
    for (const char *at = state; *at != '\0'; at++) {
        assert_true(*at == '\n' || (unsigned char)*at >= 0x20);
        assert_true(*at != '\n' || line > 0);
        line = *at == '\n' ? 0 : line + 1;
        lines += *at == '\n';
        assert_true(line <= 80);
    }
    assert_true(lines <= 3 && line > 0);
}

/* Each decision has its reason, and none is a scrap. */
static void check_reasons(const struct crash *got)
{
    static const char *const subjects[] = {"type: ", "state: ", "security: ", "confidence: "};
    size_t told = 0;
    for (size_t i = 0; i < got->reasons_len; i++) {
        assert_true(strlen(got->reasons[i]) > 10);
        for (size_t j = 0; j < sizeof subjects / sizeof *subjects; j++) {
            if (strncmp(got->reasons[i], subjects[j], strlen(subjects[j])) == 0)
                told |= (size_t)1 << j;
        }
    }
    assert_int_equal(told, 15);
}

static void check_stacks(const struct crash *got)
{
    for (size_t i = 0; i < got->stacks_len; i++) {
        const struct crash_stack *stack = &got->stacks[i];
        assert_true(stack->len > 0 && stack->len <= STACK_MAX);
        for (size_t j = 0; j < stack->len; j++) {
            const struct crash_frame *frame = &stack->frames[j];
            assert_true(!frame->function || strlen(frame->function) <= 80);
            assert_true(!frame->offset || frame->module);
            assert_true(!frame->line || frame->file);
        }
    }
}

static void check_invariants(const struct crash *got)
{
    static const char *const classes[] = {"memory",  "undefined",     "race",  "deadlock", "leak",
                                          "timeout", "uninitialized", "model", "oom",      "assert",
                                          "signal",  "bus",           "exit",  NULL};
    static const char *const confidences[] = {"high", "medium", "low", NULL};
    if (!got->found) {
        assert_null(got->type);
        assert_string_equal(got->class_, "none");
        assert_int_equal(got->stacks_len + got->reasons_len, 0);
        return;
    }
    assert_true(got->type && got->type[0] != '\0' && got->state && got->security_reason);
    assert_true(is_one_of(got->class_, classes) && is_one_of(got->confidence, confidences));
    assert_int_equal(strlen(got->signature), 16);
    check_state(got->state);
    check_reasons(got);
    check_stacks(got);
    /* Nobody is sure of what has no name. */
    if (strcmp(got->confidence, "high") == 0)
        assert_string_not_equal(got->state, "NULL");
}

/* A copy says the same; so does the same log, seen again. */
static void check_again(const struct crash *got, const char *log, size_t len, const char *target)
{
    struct crash again = classify(log, len, target), copy;
    crash_copy(got, &copy);
    json_t *one = crash_to_json(got), *other = crash_to_json(&again),
           *copied = crash_to_json(&copy);
    assert_true(one && json_equal(one, other) && json_equal(one, copied));
    json_decref(one);
    json_decref(other);
    json_decref(copied);
    crash_free(&copy);
    crash_free(&again);
}

static void mutated_logs_are_survived(void **unused)
{
    (void)unused;
    uint64_t seed = 20240501;
    char log[8192];
    size_t found = 0;
    for (size_t i = 0; i < MUTATIONS; i++) {
        const struct crash_case *base = &crash_cases[next_random(&seed) % CRASH_CASES];
        size_t len = strlen(base->log);
        memcpy(log, base->log, len);
        for (uint64_t count = 1 + next_random(&seed) % 6; count > 0; count--)
            len = mutate(log, len, sizeof log, &seed);
        struct crash got = classify(log, len, base->target);
        check_invariants(&got);
        if (i % 16 == 0)
            check_again(&got, log, len, base->target);
        found += got.found;
        crash_free(&got);
    }
    /* Most mutants still are reports; else this tests nothing. */
    assert_true(found > MUTATIONS / 4);
}

/* --- Large ones ----------------------------------------------------------------------------- */

static const char *const repeated[] = {
    "x",
    "#0 ",
    "#0\n",
    "#0 0x55 in f /src/a.c:1:1\n",
    "#",
    "(",
    "<",
    "a b ",
    "\033[",
    "\r",
    "==1==ERROR: AddressSanitizer: heap-use-after-free on address 0x6020\n",
    "==1==ERROR: AddressSanitizer: ABRT \n",
    "/src/a.c:1:1: runtime error: shift exponent \n",
    "SUMMARY: AddressSanitizer: x in ",
    "Assertion `",
    "0x1",
    "1",
    "Direct leak of \n",
    "WARNING: ThreadSanitizer: data race \n",
    "Previous write of size 4\n#0 f a.c:1\n",
    " of size ",
    "==ledge== ",
    "\xC3",
    "Sanitizer",
    "(BuildId",
    ") at ",
    "operator<",
    ":1",
};

static const char *const openings[] = {
    "",
    "==1==ERROR: AddressSanitizer: heap-use-after-free on address 0x6020 at pc 0x1\n",
    "==1==ERROR: AddressSanitizer: heap-use-after-free on address 0x6020\n    #0 0x55 in ",
};

static double now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

/* Quadratic time over two megabytes would be an hour; this takes a fraction of a second each. */
static void large_logs_take_linear_time(void **unused)
{
    (void)unused;
    char *log = mem_new(LARGE, 1);
    for (size_t i = 0; i < sizeof repeated / sizeof *repeated; i++) {
        for (size_t j = 0; j < sizeof openings / sizeof *openings; j++) {
            size_t len = strlen(openings[j]), size = strlen(repeated[i]);
            memcpy(log, openings[j], len);
            while (len + size <= LARGE) {
                memcpy(log + len, repeated[i], size);
                len += size;
            }
            double start = now();
            struct crash got = classify(log, len, "vec");
            check_invariants(&got);
            crash_free(&got);
            if (now() - start > LARGE_SECONDS)
                fail_msg("\"%s\" repeated: %.1f s", repeated[i], now() - start);
        }
    }
    free(log);
}

static void memory_is_bounded_by_the_log(void **unused)
{
    (void)unused;
    struct report report;
    char *log = mem_new(LARGE, 1);
    size_t len = 0;
    while (len + 64 < LARGE)
        len += (size_t)sprintf(log + len,
                               len ? "#%zu 0x55 in f\n" : "==1==ERROR: AddressSanitizer: x\n",
                               len / 15 % 1000);
    report_parse(log, len, &report);
    assert_true(report.stacks_len <= 64);
    for (size_t i = 0; i < report.stacks_len; i++)
        assert_true(report.stacks[i].len <= STACK_MAX);
    report_free(&report);
    free(log);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cut_logs_mislead_nobody),
        cmocka_unit_test(cut_reports_keep_their_class),
        cmocka_unit_test(mutated_logs_are_survived),
        cmocka_unit_test(large_logs_take_linear_time),
        cmocka_unit_test(memory_is_bounded_by_the_log),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
