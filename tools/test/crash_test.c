/* What logs and ends of processes are called. The same logs in the disguises of other people's
 * pipelines are called the same. */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "crash_cases.h"
#include "log_fixture.h"
#include "mem.h"
#include "taxonomy.h"

static struct crash classify_text(const char *log)
{
    return classify_for(log, NULL);
}

static struct crash classify_end(enum proc_end end, int code, const char *log)
{
    struct crash_evidence evidence = {.log = log,
                                      .log_len = strlen(log),
                                      .has_end = true,
                                      .end = end,
                                      .code = code,
                                      .target = "vec"};
    struct crash crash;
    struct fail why;
    assert_true(crash_classify(&evidence, &crash, &why));
    return crash;
}

static void check_case(const struct crash_case *want, const struct crash *got)
{
    if (!got->found)
        fail_msg("%s: no crash", want->name);
    same_text("type", want->name, got->type, want->type);
    same_text("address", want->name, got->address, want->address);
    same_text("state", want->name, got->state, want->state);
    same_text("class", want->name, got->class_, want->class_);
    same_text("sanitizer", want->name, got->sanitizer, want->sanitizer);
    same_text("confidence", want->name, got->confidence, want->confidence);
    same_text("position", want->name, got->position, want->position);
    if (got->security != want->security || !got->security_reason)
        fail_msg("%s: security is %d (%s)", want->name, got->security, got->security_reason);
    assert_int_equal(strspn(got->signature, "0123456789abcdef"), 16);
}

static void cases_are_named(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < CRASH_CASES; i++) {
        const struct crash_case *want = &crash_cases[i];
        struct crash got = classify(want->log, strlen(want->log), want->target);
        check_case(want, &got);
        crash_free(&got);
    }
}

/* --- Disguises ------------------------------------------------------------------------------ */

/* Puts text before every line and another end behind it. */
static void disguises_change_nothing(void **unused)
{
    static const char *const disguises[][2] = {
        {"", "\r"},
        {"2024-05-01T10:00:00.1234567Z ", ""},
        {"05-01 10:00:00.123  1234  1299 I wrap.sh : ", ""},
        {"[fuzz-3] [12:01:44] ", ""},
        {"\033[1m\033[31m", "\033[1m\033[0m"},
        {"", "\nexec/s: 2000 progress 12 of 40, see #3 of the list\nfoo"},
    };
    (void)unused;
    for (size_t i = 0; i < CRASH_CASES; i++) {
        for (size_t j = 0; j < sizeof disguises / sizeof *disguises; j++) {
            const struct crash_case *want = &crash_cases[i];
            char *log = decorate(want->log, disguises[j][0], disguises[j][1]);
            struct crash got = classify(log, strlen(log), want->target);
            check_case(want, &got);
            crash_free(&got);
            free(log);
        }
    }
}

static void first_crash_of_several_decides(void **unused)
{
    (void)unused;
    char *log = mem_print("%s%s%s", crash_cases[0].log, crash_cases[2].log, crash_cases[24].log);
    struct crash got = classify_text(log);
    check_case(&crash_cases[0], &got);
    crash_free(&got);
    free(log);
}

/* --- Signatures ----------------------------------------------------------------------------- */

static const char race_format[] =
    "WARNING: ThreadSanitizer: data race (pid=%d)\n"
    "  %s of size 4 at 0x%x by thread T1:\n"
    "    #0 %s /src/a.c:1:1 (bin+0x1)\n    #1 %s /src/a.c:2:2 (bin+0x2)\n\n"
    "  Previous %s of size 4 at 0x%x by thread T2:\n"
    "    #0 %s /src/a.c:3:3 (bin+0x3)\n    #1 %s /src/a.c:4:4 (bin+0x4)\n\n";

static void race_has_no_order(void **unused)
{
    (void)unused;
    char *one = mem_print(race_format, 7, "Write", 0x5588df52u, "bump", "writer", "read",
                          0x5588df52u, "peek", "reader");
    char *other = mem_print(race_format, 8, "Read", 0x77777777u, "peek", "reader", "write",
                            0x77777777u, "bump", "writer");
    struct crash a = classify_text(one), b = classify_text(other);
    assert_string_equal(a.type, "Data race\nWRITE 4");
    assert_string_equal(b.type, "Data race\nREAD 4");
    assert_string_equal(a.state, "bump\npeek\nwriter");
    assert_string_equal(b.state, a.state);
    assert_true(crash_same(&a, &b));
    crash_free(&a);
    crash_free(&b);
    free(one);
    free(other);
}

static char *recursion_log(const char *const *names, size_t len, size_t start)
{
    char *log =
        mem_text("==1==ERROR: AddressSanitizer: stack-overflow on address 0x7ffc (pc 0x5 T0)\n");
    for (size_t i = 0; i < 30; i++) {
        char *longer =
            mem_print("%s    #%zu 0x55 in %s /src/a.c:1:1\n", log, i, names[(start + i) % len]);
        free(log);
        log = longer;
    }
    return log;
}

static void recursion_has_no_start(void **unused)
{
    static const char *const names[] = {"parse", "value", "list", "item"};
    (void)unused;
    char signature[17] = "";
    for (size_t start = 0; start < 4; start++) {
        char *log = recursion_log(names, 4, start);
        struct crash got = classify_text(log);
        if (start == 0)
            assert_string_equal(got.state, "parse\nvalue\nlist");
        else
            assert_string_equal(got.signature, signature);
        memcpy(signature, got.signature, sizeof signature);
        crash_free(&got);
        free(log);
    }
}

static struct crash access_of(const char *reason, const char *access, const char *function)
{
    char *log = mem_print("==1==ERROR: AddressSanitizer: %s on address 0x6020 at pc 0x1\n"
                          "%s at 0x6020 thread T0\n    #0 0x55 in %s /src/a.c:1:1\n\n",
                          reason, access, function);
    struct crash got = classify_text(log);
    free(log);
    return got;
}

static void signature_has_its_parts(void **unused)
{
    static const struct {
        const char *reason, *access, *function;
        bool same;
    } others[] = {
        {"heap-buffer-overflow", "READ of size 1", "copy", true},
        {"heap-buffer-overflow", "WRITE of size 4", "copy", false},
        {"heap-buffer-overflow", "READ of size 4", "move", false},
        {"stack-buffer-overflow", "READ of size 4", "copy", false},
    };
    (void)unused;
    struct crash base = access_of("heap-buffer-overflow", "READ of size 4", "copy");
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        struct crash other = access_of(others[i].reason, others[i].access, others[i].function);
        assert_int_equal(crash_same(&base, &other), others[i].same);
        crash_free(&other);
    }
    crash_free(&base);
}

static void shared_check_is_told_apart_by_its_expression(void **unused)
{
    (void)unused;
    struct crash a = classify_text("bin: a.c:1: void check(int): Assertion `x < 4' failed.\n");
    struct crash b = classify_text("bin: a.c:1: void check(int): Assertion `y < 4' failed.\n");
    assert_false(crash_same(&a, &b));
    crash_free(&a);
    crash_free(&b);
}

/* --- Ends of processes ---------------------------------------------------------------------- */

static void signals_without_a_log(void **unused)
{
    static const struct {
        int number;
        const char *type, *class_;
        bool security;
    } signals[] = {
        {SIGSEGV, "UNKNOWN", "signal", true},
        {SIGBUS, "Bus", "bus", false},
        {SIGABRT, "Abrt", "signal", false},
        {SIGILL, "Ill", "signal", false},
        {SIGFPE, "Floating-point-exception", "signal", false},
        {SIGTRAP, "Trap", "signal", true},
        {SIGKILL, "Killed", "signal", false},
        {SIGSYS, "Fatal-signal", "signal", false},
    };
    (void)unused;
    for (size_t i = 0; i < sizeof signals / sizeof *signals; i++) {
        struct crash got = classify_end(PROC_SIGNALED, signals[i].number, "hello\n");
        assert_true(got.found);
        assert_string_equal(got.type, signals[i].type);
        assert_string_equal(got.class_, signals[i].class_);
        assert_string_equal(got.sanitizer, "signal");
        assert_string_equal(got.confidence, "low");
        assert_string_equal(got.state, "NULL");
        assert_int_equal(got.security, signals[i].security);
        crash_free(&got);
    }
}

static void timeout_is_called_by_its_target(void **unused)
{
    (void)unused;
    struct crash got = classify_end(PROC_TIMEOUT, 0, "");
    assert_string_equal(got.type, "Timeout");
    assert_string_equal(got.state, "vec");
    assert_string_equal(got.class_, "timeout");
    crash_free(&got);
    /* Dying takes long when a sanitizer hangs over its report. */
    got = classify_end(PROC_TIMEOUT, 0, crash_cases[0].log);
    check_case(&crash_cases[0], &got);
    crash_free(&got);
}

static void log_is_believed_before_the_signal(void **unused)
{
    (void)unused;
    struct crash got = classify_end(PROC_SIGNALED, SIGABRT, crash_cases[2].log);
    check_case(&crash_cases[2], &got);
    crash_free(&got);
    got = classify_end(PROC_SIGNALED, SIGBUS, "AddressSanitizer:DEADLYSIGNAL\n");
    assert_string_equal(got.type, "Bus");
    crash_free(&got);
}

static void no_crash_is_no_error(void **unused)
{
    static const char *const logs[] = {
        "",
        "\n\n\n",
        "#2\tINITED cov: 2 ft: 2 corp: 1/1b exec/s: 0 rss: 30Mb\nDone 100 runs in 0 second(s)\n",
        "==1==WARNING: AddressSanitizer failed to allocate 0x7fffffffffff bytes\n",
        "==1==WARNING: MemorySanitizer: requested allocation size 0x7fffffffff exceeds maximum\n",
        "==1==WARNING: ASan is ignoring requested __asan_handle_no_return: stack type: default\n",
        "FATAL: ThreadSanitizer: unexpected memory mapping 0x5500-0x5600\n",
        "==1==LeakSanitizer has encountered a fatal error.\n",
        "INFO: built with AddressSanitizer: yes\n",
        "panic: runtime error: index out of range [3] with length 3\n",
        "==1== libFuzzer: run interrupted; exiting\n",
        "a back trace that is printed for fun:\n    #0 0x55 in f /src/a.c:1:1\n",
        "==ledge== Nonsense in vec.insert: x\n",
        "(bin:17): GLib-CRITICAL **: g_list_free: assertion 'list != NULL' failed\n",
        "assertion 'list != NULL' holds\n",
    };
    (void)unused;
    for (size_t i = 0; i < sizeof logs / sizeof *logs; i++) {
        struct crash got = classify_text(logs[i]);
        if (got.found)
            fail_msg("a crash (%s) in: %s", got.type, logs[i]);
        assert_string_equal(got.class_, "none");
        assert_null(got.type);
        assert_null(got.state);
        crash_free(&got);
    }
    struct crash got = classify_end(PROC_EXITED, 2, "ledge-run: x\n");
    assert_false(got.found);
    crash_free(&got);
}

/* --- UBSan's messages ----------------------------------------------------------------------- */

static void undefined_behaviour_has_its_types(void **unused)
{
    static const char *const messages[][2] = {
        {"signed integer overflow: 2147483647 + 2 cannot be represented in type 'int'",
         "Integer-overflow"},
        {"unsigned integer overflow: 1 - 2 cannot be represented in type 'size_t'",
         "Unsigned-integer-overflow"},
        {"negation of -2147483648 cannot be represented in type 'int'; cast to an unsigned type",
         "Integer-overflow"},
        {"division of -2147483648 by -1 cannot be represented in type 'int'", "Integer-overflow"},
        {"division by zero", "Divide-by-zero"},
        {"left shift of negative value -1", "Undefined-shift"},
        {"left shift of 1 by 31 places cannot be represented in type 'int'", "Undefined-shift"},
        {"index -1 out of bounds for type 'int[4]'", "Index-out-of-bounds"},
        {"load of null pointer of type 'int'", "Null-dereference READ"},
        {"store to null pointer of type 'int'", "Null-dereference WRITE"},
        {"member access within null pointer of type 'struct node'", "Null-dereference"},
        {"reference binding to null pointer of type 'int'", "Null-dereference"},
        {"store to misaligned address 0x55d1 for type 'int', which requires 4 byte alignment",
         "Misaligned-address"},
        {"assumption of 64 byte alignment for pointer of type 'char *' failed",
         "Misaligned-address"},
        {"load of value 7, which is not a valid value for type 'bool'", "Invalid-bool-value"},
        {"load of value 7, which is not a valid value for type 'enum colour'",
         "Invalid-enum-value"},
        {"1e+20 is outside the range of representable values of type 'int'", "Float-cast-overflow"},
        {"implicit conversion from type 'int' of value 300 to type 'char' changed the value",
         "Implicit-conversion"},
        {"call to function f through pointer to incorrect function type 'void (*)(int)'",
         "Incorrect-function-pointer-type"},
        {"passing zero to ctz(), which is not a valid argument", "Invalid-builtin-use"},
        {"null pointer passed as argument 2, which is declared to never be null",
         "Invalid-null-argument"},
        {"null pointer returned from function declared to never return null",
         "Invalid-null-return"},
        {"execution reached the end of a value-returning function without returning a value",
         "No-return-value"},
        {"execution reached an unreachable program point", "Unreachable code"},
        {"load of address 0x55d1 with insufficient space for an object of type 'int'",
         "Object-size"},
        {"applying non-zero offset 4 to null pointer", "Pointer-overflow"},
        {"applying zero offset to null pointer", "Pointer-overflow"},
        {"addition of unsigned offset to 0x6020 overflowed to 0x6010", "Pointer-overflow"},
        {"pointer index expression with base 0x6020 overflowed to 0x10", "Pointer-overflow"},
        {"variable length array bound evaluates to non-positive value -1",
         "Non-positive-vla-bound-value"},
        {"cast to virtual base of null pointer of type 'B'", "Upcast-of-null-pointer"},
        {"assumption is violated during execution", "Assumption-violation"},
        {"member call on address 0x6020 which does not point to an object of type 'B'", "Bad-cast"},
    };
    (void)unused;
    for (size_t i = 0; i < sizeof messages / sizeof *messages; i++) {
        char *log = mem_print("/src/a.c:4:8: runtime error: %s\n    #0 0x55 in f /src/a.c:4:8\n\n",
                              messages[i][0]);
        struct crash got = classify_text(log);
        same_text("type", messages[i][0], got.type, messages[i][1]);
        same_text("confidence", messages[i][0], got.confidence, "high");
        crash_free(&got);
        free(log);
    }
}

/* --- JSON ----------------------------------------------------------------------------------- */

static void json_has_every_key(void **unused)
{
    static const char *const keys[] = {
        "crash_type", "crash_address", "crash_state", "security", "security_reason", "class",
        "signature",  "sanitizer",     "confidence",  "position", "stacks",          "reasons"};
    (void)unused;
    struct crash got = classify_text(crash_cases[0].log);
    json_t *json = crash_to_json(&got);
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        assert_non_null(json_object_get(json, keys[i]));
    assert_string_equal(json_string_value(json_object_get(json, "crash_state")),
                        "free_cache\nmain");
    assert_true(json_is_true(json_object_get(json, "security")));
    json_t *stack = json_array_get(json_object_get(json, "stacks"), 1);
    json_t *frame = json_array_get(json_object_get(stack, "frames"), 1);
    assert_string_equal(json_string_value(json_object_get(stack, "role")), "allocated by");
    assert_string_equal(json_string_value(json_object_get(frame, "function")), "new_node");
    assert_string_equal(json_string_value(json_object_get(frame, "file")), "/src/a.c");
    assert_int_equal(json_integer_value(json_object_get(frame, "line")), 7);
    assert_int_equal(json_integer_value(json_object_get(frame, "column")), 61);
    assert_true(json_is_null(json_object_get(frame, "module")));
    json_decref(json);
    crash_free(&got);
}

static void stacks_have_their_roles(void **unused)
{
    static const char log[] =
        "==1==ERROR: AddressSanitizer: heap-use-after-free on address 0x6020 at pc 0x1\n"
        "READ of size 1 at 0x6020 thread T1\n    #0 0x55 in use /src/a.c:1:1\n\n"
        "freed by thread T0 here:\n    #0 0x55 in drop /src/a.c:2:1\n\n"
        "previously allocated by thread T0 here:\n    #0 0x55 in make /src/a.c:3:1\n\n"
        "Thread T1 created by T0 here:\n    #0 0x55 in start /src/a.c:4:1\n\n";
    static const char *const parts[] = {
        "  crash: READ of size 1 at 0x6020 thread T1\n    #0 use /src/a.c:1:1\n",
        "  freed by: freed by thread T0 here:\n    #0 drop /src/a.c:2:1\n",
        "  allocated by: previously allocated by thread T0 here:\n    #0 make /src/a.c:3:1\n",
        "  thread created: Thread T1 created by T0 here:\n    #0 start /src/a.c:4:1\n",
    };
    (void)unused;
    struct crash got = classify_text(log);
    char *text = NULL;
    size_t len = 0;
    FILE *stream = open_memstream(&text, &len);
    assert_non_null(stream);
    crash_print_stacks(&got, stream);
    fclose(stream);
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        if (!strstr(text, parts[i]))
            fail_msg("not in the stacks: %s; they are:\n%s", parts[i], text);
    }
    free(text);
    crash_free(&got);
}

static void json_of_no_crash(void **unused)
{
    (void)unused;
    struct crash got = classify_text("nothing\n");
    json_t *json = crash_to_json(&got);
    assert_string_equal(json_string_value(json_object_get(json, "class")), "none");
    assert_true(json_is_false(json_object_get(json, "security")));
    assert_true(json_is_null(json_object_get(json, "crash_type")));
    assert_true(json_is_null(json_object_get(json, "signature")));
    json_decref(json);
    crash_free(&got);
}

/* Bytes that are no text in a function's name or a path would make JSON impossible. */
static void json_of_any_bytes(void **unused)
{
    static const char log[] =
        "==1==ERROR: AddressSanitizer: heap-buffer-overflow on address 0x60 at\n"
        "    #0 0x55 in f\xFF\xC3g\x01 /src/\xE9\x80.c:1:1\n\n";
    (void)unused;
    struct crash got = classify(log, sizeof log - 1, NULL);
    json_t *json = crash_to_json(&got);
    assert_non_null(json);
    char *text = json_dumps(json, 0);
    assert_non_null(text);
    free(text);
    json_decref(json);
    crash_free(&got);
}

static void types_are_looked_up_whole(void **unused)
{
    static const char *const types[] = {"UNKNOWN", "Bus", "Data race", "ASSERT", "Timeout"};
    (void)unused;
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        assert_non_null(taxonomy_find(types[i]));
    assert_null(taxonomy_find("unknown"));
    const char *reason;
    assert_true(taxonomy_security(NULL, false, &reason));
    assert_true(taxonomy_security(taxonomy_find("UNKNOWN"), false, &reason));
    assert_false(taxonomy_security(taxonomy_find("UNKNOWN"), true, &reason));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cases_are_named),
        cmocka_unit_test(disguises_change_nothing),
        cmocka_unit_test(first_crash_of_several_decides),
        cmocka_unit_test(race_has_no_order),
        cmocka_unit_test(recursion_has_no_start),
        cmocka_unit_test(signature_has_its_parts),
        cmocka_unit_test(shared_check_is_told_apart_by_its_expression),
        cmocka_unit_test(signals_without_a_log),
        cmocka_unit_test(timeout_is_called_by_its_target),
        cmocka_unit_test(log_is_believed_before_the_signal),
        cmocka_unit_test(no_crash_is_no_error),
        cmocka_unit_test(undefined_behaviour_has_its_types),
        cmocka_unit_test(stacks_have_their_roles),
        cmocka_unit_test(json_has_every_key),
        cmocka_unit_test(json_of_no_crash),
        cmocka_unit_test(json_of_any_bytes),
        cmocka_unit_test(types_are_looked_up_whole),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
