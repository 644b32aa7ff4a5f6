/* From crashes to issues, root causes, and their order. The crashes are written here as the little
 * of them that counts: a name, a state, a stack. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "issues.h"
#include "mem.h"
#include "pool.h"

/* "put_item main" becomes a stack of two frames. */
static void give_stack(struct crash *crash, const char *functions)
{
    char *copy = mem_text(functions), *rest = copy, *name;
    struct crash_frame frames[16] = {0};
    size_t len = 0;
    while ((name = strsep(&rest, " ")) && len < 16)
        frames[len++].function = pool_text(&crash->pool, name);
    crash->stacks = pool_take(&crash->pool, sizeof *crash->stacks);
    crash->stacks_len = 1;
    crash->stacks[0].role = STACK_CRASH;
    crash->stacks[0].frames = pool_take(&crash->pool, len * sizeof *frames);
    crash->stacks[0].len = len;
    memcpy(crash->stacks[0].frames, frames, len * sizeof *frames);
    free(copy);
}

struct made {
    const char *type, *class_, *sanitizer;
    bool security;
    const char *stack;    /* its first three functions are the state */
    const char *position; /* may be NULL */
    const char *check;    /* a failed expression, the state's first line; may be NULL */
};

static struct crash made_crash(const struct made *made)
{
    struct crash crash = {.found = true,
                          .type = mem_text(made->type),
                          .class_ = made->class_,
                          .sanitizer = made->sanitizer,
                          .security = made->security,
                          .security_reason = "because",
                          .confidence = "high",
                          .position = mem_text(made->position)};
    char *lines =
        mem_print("%s%s%s", made->check ? made->check : "", made->check ? "\n" : "", made->stack);
    unsigned spaces = 0;
    for (char *at = lines + (made->check ? strlen(made->check) + 1 : 0); *at; at++)
        if (*at == ' ') {
            *at = ++spaces < 3 ? '\n' : '\0';
        }
    crash.state = lines;
    uint64_t hash = 1469598103934665603u;
    for (const char *part = made->type; *part; part++)
        hash = (hash ^ (unsigned char)*part) * 1099511628211u;
    for (const char *part = crash.state; *part; part++)
        hash = (hash ^ (unsigned char)*part) * 1099511628211u;
    snprintf(crash.signature, sizeof crash.signature, "%016llx", (unsigned long long)hash);
    give_stack(&crash, made->stack);
    return crash;
}

static struct entry made_log(const char *file, const struct made *made)
{
    struct entry entry = {.file = mem_text(file), .kind = ENTRY_LOG};
    entry.triage.verdicts[0] = (struct verdict){.sanitizer = "log", .crash = made_crash(made)};
    entry.triage.len = 1;
    return entry;
}

static struct entry made_input(const char *file, const struct made *made, unsigned hits,
                               unsigned runs)
{
    struct entry entry = made_log(file, made);
    entry.kind = ENTRY_INPUT;
    entry.triage.verdicts[0].sanitizer = made->sanitizer;
    entry.triage.verdicts[0].ran = true;
    entry.triage.verdicts[0].hits = hits;
    entry.triage.verdicts[0].runs = runs;
    return entry;
}

static size_t add(struct issues *issues, struct entry entry)
{
    size_t index = issues_add(issues, &entry);
    entry_free(&entry);
    return index;
}

static const struct made overflow = {
    "Heap-buffer-overflow\nWRITE 4", "memory",          "asan", true,
    "put fill parse main",           "/a/items.c:12:3", NULL};
static const struct made overread = {
    "Heap-buffer-overflow\nREAD 4", "memory",          "asan", true,
    "get scan parse main",          "/a/items.c:20:3", NULL};
static const struct made null_write = {"Null-dereference WRITE", "memory", "asan", false,
                                       "put fill parse main",    NULL,     NULL};

static void one_signature_is_one_issue(void **state)
{
    (void)state;
    struct issues issues = {0};
    struct entry clean = {.file = mem_text("clean"), .kind = ENTRY_LOG};
    assert_int_equal(add(&issues, made_log("a", &overflow)), 0);
    assert_int_equal(add(&issues, made_log("b", &overread)), 1);
    assert_int_equal(add(&issues, made_log("c", &overflow)), 0);
    assert_true(add(&issues, clean) == ISSUES_NONE);
    issues_finish(&issues);
    assert_int_equal(issues.files, 4);
    assert_int_equal(issues.crashes, 3);
    assert_int_equal(issues.roots, 2);
    assert_int_equal(issues.causes_len, 2);
    assert_int_equal(issues.at[0].files, 2);
    assert_string_equal(issues.at[0].examples.at[1], "c");
    issues_free(&issues);
}

static void many_signatures_are_told_apart(void **state)
{
    (void)state;
    struct issues issues = {0};
    for (unsigned round = 0; round < 2; round++)
        for (unsigned i = 0; i < 600; i++) {
            char *stack = mem_print("f%u g%u h%u", i, i, i);
            struct made made = overflow;
            made.stack = stack;
            made.position = NULL;
            assert_int_equal(add(&issues, made_log("x", &made)), i);
            free(stack);
        }
    issues_finish(&issues);
    assert_int_equal(issues.roots, 600);
    assert_int_equal(issues.causes_len, 600);
    issues_free(&issues);
}

/* Whatever the order in which they come. */
static void check_linked(const struct made *a, const struct made *b, size_t want)
{
    for (unsigned turn = 0; turn < 2; turn++) {
        struct issues issues = {0};
        add(&issues, made_log("a", turn ? b : a));
        add(&issues, made_log("b", turn ? a : b));
        issues_finish(&issues);
        if (issues.roots != want)
            fail_msg("%s and %s: %zu issues, wanted %zu", a->type, b->type, issues.roots, want);
        issues_free(&issues);
    }
}

static void sanitizers_are_linked_at_the_same_place(void **state)
{
    (void)state;
    const struct made stackless = {"Index-out-of-bounds", "undefined",    "ubsan", true,
                                   "items.c:12",          "items.c:12:9", NULL};
    const struct made same_state = {"Use-of-uninitialized-value", "uninitialized",   "msan", true,
                                    "put fill parse main",        "/b/items.c:13:1", NULL};
    const struct made elsewhere = {"Index-out-of-bounds", "undefined",        "ubsan", true,
                                   "take drop",           "/a/items.c:120:3", NULL};
    const struct made leak = {"Direct-leak",     "leak", "lsan", false, "put fill parse main",
                              "/a/items.c:12:3", NULL};
    const struct made underflow = {"Heap-use-after-free\nWRITE 4", "memory",          "asan", true,
                                   "put fill parse main",          "/a/items.c:12:3", NULL};
    check_linked(&overflow, &stackless, 1);
    check_linked(&overflow, &same_state, 1);
    check_linked(&overflow, &elsewhere, 2);
    check_linked(&overflow, &leak, 2);
    check_linked(&overflow, &underflow, 2); /* one sanitizer knows what it says */
}

static void a_link_never_joins_what_one_sanitizer_tells_apart(void **state)
{
    (void)state;
    struct issues issues = {0};
    struct made freed = overflow;
    const struct made stackless = {"Index-out-of-bounds", "undefined",    "ubsan", true,
                                   "items.c:12",          "items.c:12:9", NULL};
    freed.type = "Heap-use-after-free\nWRITE 4";
    add(&issues, made_log("a", &overflow));
    add(&issues, made_log("b", &stackless));
    add(&issues, made_log("c", &freed));
    issues_finish(&issues);
    assert_int_equal(issues.roots, 2);
    issues_free(&issues);
}

/* An input's builds say what they say of one crash, wherever the words differ. */
static void builds_of_one_input_are_one_issue(void **state)
{
    (void)state;
    struct issues issues = {0};
    struct made wrap = {"Pointer-overflow",    "undefined",       "ubsan", false,
                        "put fill parse main", "/a/items.c:11:1", NULL};
    struct entry entry = made_input("in", &overflow, 5, 5);
    entry.triage.verdicts[1] =
        (struct verdict){.sanitizer = "ubsan", .ran = true, .crash = made_crash(&wrap)};
    entry.triage.len = 2;
    add(&issues, made_log("early.log", &wrap));
    add(&issues, entry);
    add(&issues, made_log("late.log", &wrap));
    issues_finish(&issues);
    assert_int_equal(issues.roots, 1);
    assert_int_equal(issues.causes[0].files, 3);
    assert_int_equal(issues_root(&issues, 0)->severity.level, SEVERITY_CRITICAL);
    assert_string_equal(entry_crash(&issues_root(&issues, 0)->shown)->type, overflow.type);
    issues_free(&issues);
}

static size_t causes_of(const struct made *a, const struct made *b)
{
    struct issues issues = {0};
    add(&issues, made_log("a", a));
    add(&issues, made_log("b", b));
    issues_finish(&issues);
    assert_int_equal(issues.roots, 2);
    size_t causes = issues.causes_len;
    issues_free(&issues);
    return causes;
}

static void alike_stacks_are_one_cause(void **state)
{
    (void)state;
    struct made moved = overflow, other = overflow, check = {0}, same_check = {0};
    moved.stack = "put fill retry parse main";
    moved.position = NULL;
    assert_int_equal(causes_of(&overflow, &moved), 1);
    other.stack = "put drain close main";
    other.position = NULL;
    assert_int_equal(causes_of(&overflow, &other), 2);
    assert_int_equal(causes_of(&overflow, &null_write), 2); /* not of the same security */
    check = (struct made){"ASSERT", "assert", "libc", true, "verify parse main", NULL, "x > 0"};
    same_check = check;
    same_check.check = "y > 0";
    assert_int_equal(causes_of(&check, &same_check), 2); /* one helper, two mistakes */
    same_check.check = "x > 0";
    same_check.stack = "verify parse again main";
    assert_int_equal(causes_of(&check, &same_check), 1);
}

static void few_frames_are_no_way_to_another(void **state)
{
    (void)state;
    struct made caller = overflow, callee = overflow;
    caller.stack = "main";
    callee.stack = "put main";
    caller.position = callee.position = NULL;
    assert_int_equal(causes_of(&caller, &callee), 2);
    caller.stack = "put";
    assert_int_equal(causes_of(&caller, &callee), 1);
    caller.stack = "parse main"; /* main is in all of them */
    callee.stack = "divide parse main";
    assert_int_equal(causes_of(&caller, &callee), 2);
    callee.stack = "parse again main";
    assert_int_equal(causes_of(&caller, &callee), 1);
}

/* Rate times weight: 2 of 3 failures at weight 10 lose to 1 of 3 at 100, and ten to one win. */
static void causes_come_by_rate_times_weight(void **state)
{
    (void)state;
    struct issues issues = {0};
    add(&issues, made_log("n1", &null_write));
    add(&issues, made_log("n2", &null_write));
    add(&issues, made_log("w", &overflow));
    issues_finish(&issues);
    assert_int_equal(issues.causes_len, 2);
    assert_int_equal(issues.causes[0].severity.level, SEVERITY_CRITICAL);
    assert_true(fabs(issues.causes[0].rate - 1.0 / 3) < 1e-9);
    assert_true(fabs(issues.causes[0].score - 100.0 / 3) < 1e-6);
    assert_true(fabs(issues.causes[1].score - 10 * 2.0 / 3) < 1e-6);
    assert_int_equal(issues_root(&issues, 0)->cluster, 2);
    assert_int_equal(issues_root(&issues, 1)->cluster, 1);
    issues_free(&issues);

    for (unsigned i = 0; i < 11; i++)
        add(&issues, made_log("n", &null_write));
    add(&issues, made_log("w", &overflow));
    issues_finish(&issues);
    assert_int_equal(issues.causes[0].severity.level, SEVERITY_LOW);
    issues_free(&issues);
}

static void a_flaky_input_counts_by_its_rate(void **state)
{
    (void)state;
    struct issues issues = {0};
    add(&issues, made_input("often", &overread, 10, 10));
    add(&issues, made_input("seldom", &overflow, 1, 20));
    add(&issues, made_input("gone", &null_write, 0, 20));
    issues_finish(&issues);
    double all = 1 + 0.05 + 0.5 / 20;
    assert_true(fabs(issues.failures - all) < 1e-9);
    assert_true(fabs(issues.causes[0].score - 40 / all) < 1e-6); /* 1 × 40 before 0.05 × 100 */
    assert_true(fabs(issues.causes[1].score - 5 / all) < 1e-6);
    issues_free(&issues);
}

static void the_smallest_input_is_shown(void **state)
{
    (void)state;
    struct issues issues = {0};
    struct entry big = made_input("big", &overflow, 5, 5),
                 small = made_input("small", &overflow, 5, 5);
    big.size = 100;
    small.size = 3;
    small.minimized = big.minimized = true;
    add(&issues, made_log("log", &overflow));
    add(&issues, big);
    add(&issues, small);
    issues_finish(&issues);
    assert_string_equal(issues.at[0].shown.file, "small");
    issues_free(&issues);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_signature_is_one_issue),
        cmocka_unit_test(many_signatures_are_told_apart),
        cmocka_unit_test(sanitizers_are_linked_at_the_same_place),
        cmocka_unit_test(a_link_never_joins_what_one_sanitizer_tells_apart),
        cmocka_unit_test(builds_of_one_input_are_one_issue),
        cmocka_unit_test(alike_stacks_are_one_cause),
        cmocka_unit_test(few_frames_are_no_way_to_another),
        cmocka_unit_test(causes_come_by_rate_times_weight),
        cmocka_unit_test(a_flaky_input_counts_by_its_rate),
        cmocka_unit_test(the_smallest_input_is_shown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
