/* Shapes of reports: what each tool prints, in how many ways, and what is read out of it. Then the
 * same logs as people and machines pass them on: quoted, prefixed, coloured, wrapped. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "log_fixture.h"
#include "mem.h"
#include "report.h"
#include "report_shapes.h"

/* One line that says all of a report:
 *
 *     asan Heap-buffer-overflow READ 4 at 0x6020 "detail" crash(f@/src/a.c:6:97 main) freed
 * by(free)
 */
static char *render(const struct report *report)
{
    static const char *const tools[] = {"unknown", "asan",     "hwasan",    "ubsan", "tsan",
                                        "msan",    "lsan",     "libfuzzer", "libc",  "kit",
                                        "signal",  "valgrind", "cfi",       "tysan"};
    static const char *const accesses[] = {"", " READ", " WRITE"};
    char *text = NULL;
    size_t len = 0;
    FILE *out = open_memstream(&text, &len);
    assert_non_null(out);
    if (report->weight == REPORT_NONE) {
        fputs("none", out);
        fclose(out);
        return text;
    }
    fprintf(out, "%s %s%s%s", tools[report->tool], report->type, report->atomic ? " ATOMIC" : "",
            accesses[report->access]);
    if (report->size > 0)
        fprintf(out, " %zu", (size_t)report->size);
    if (report->address.length > 0)
        fprintf(out, " at %.*s", (int)report->address.length, (const char *)report->address.ptr);
    if (report->detail.length > 0)
        fprintf(out, " \"%.*s\"", (int)report->detail.length, (const char *)report->detail.ptr);
    if (report->cast_to.length > 0)
        fprintf(out, " to %.*s", (int)report->cast_to.length, (const char *)report->cast_to.ptr);
    if (report->cast_from.length > 0)
        fprintf(out, " from %.*s", (int)report->cast_from.length,
                (const char *)report->cast_from.ptr);
    if (report->cause.length > 0)
        fprintf(out, " because of %.*s", (int)report->cause.length,
                (const char *)report->cause.ptr);
    if (report->place.length > 0)
        fprintf(out, " in %.*s", (int)report->place.length, (const char *)report->place.ptr);
    for (size_t i = 0; i < report->stacks_len; i++) {
        const struct stack *stack = &report->stacks[i];
        fprintf(out, " %s(", stack_role_name(stack->role));
        for (size_t j = 0; j < stack->len; j++) {
            const struct frame *frame = &stack->frames[j];
            char name[FRAME_NAME_MAX + 1];
            frame_name(frame, name);
            fprintf(out, "%s%s", j > 0 ? " " : "", name[0] ? name : "?");
            if (frame->file.length > 0)
                fprintf(out, "@%.*s", (int)frame->file.length, (const char *)frame->file.ptr);
            if (frame->line > 0)
                fprintf(out, ":%u", frame->line);
            if (frame->column > 0)
                fprintf(out, ":%u", frame->column);
        }
        fputc(')', out);
    }
    fclose(out);
    return text;
}

/* Says what differs and returns how many things do, so that a test can tell of all at once. */
static size_t check_log(const char *name, const char *log, size_t len, const char *want)
{
    struct report report;
    report_parse(log, len, &report);
    char *got = render(&report);
    bool differs = strcmp(got, want) != 0;
    if (differs)
        print_error("%s:\n  got  %s\n  want %s\n", name, got, want);
    free(got);
    report_free(&report);
    return differs;
}

static void shapes_are_read(void **unused)
{
    (void)unused;
    size_t wrong = 0;
    for (size_t i = 0; i < SHAPES; i++)
        wrong += check_log(shapes[i].name, shapes[i].log, strlen(shapes[i].log), shapes[i].want);
    assert_int_equal(wrong, 0);
}

/* --- The same, passed on -------------------------------------------------------------------- */

static const struct {
    const char *before, *after;
    bool words; /* more than blanks and colours */
} disguises[] = {
    {"", "\r", false},
    {"2024-05-01T10:00:00.1234567Z ", "", true},
    {"05-01 10:00:00.123  1234  1299 I wrap.sh : ", "", true},
    {"[fuzz-3] [12:01:44] ", "", true},
    {"fuzzer-1  | ", "", true},
    {"web | ", "", true},
    {"> ", "", true},
    {"> > ", "", true},
    {"    ", "", false},
    {"\t", "", false},
    {"\033[1m\033[31m", "\033[1m\033[0m", false},
    {"[1m[31m", "[1m[0m", false},
    {"^[[1m^[[31m", "^[[0m", false},
    {"\\x1b[31m", "\\x1b[0m", false},
    {"", "  ", false},
    {"12: ", "", true},
    {"Step #3 - \"fuzz\": ", "", true},
    {"Step #3: ", "", true},
    {"stderr: ", "", true},
};

static void disguises_change_nothing(void **unused)
{
    (void)unused;
    size_t wrong = 0;
    for (size_t i = 0; i < SHAPES; i++) {
        for (size_t j = 0; j < sizeof disguises / sizeof *disguises; j++) {
            if (i >= MARKED && disguises[j].words)
                continue;
            char *log = decorate(shapes[i].log, disguises[j].before, disguises[j].after);
            char *name =
                mem_print("%s, each line after \"%s\"", shapes[i].name, disguises[j].before);
            wrong += check_log(name, log, strlen(log), shapes[i].want);
            free(name);
            free(log);
        }
    }
    assert_int_equal(wrong, 0);
}

/* An issue on a tracker: words, a fence, the log, more words. */
static void issues_are_read(void **unused)
{
    (void)unused;
    size_t wrong = 0;
    for (size_t i = 0; i < SHAPES; i++) {
        char *log =
            mem_print("### Describe the bug\n\nI ran the fuzzer and it crashed, see #12 and "
                      "AddressSanitizer's words:\n\n```\n$ ./prog poc\n%s\n```\n\n"
                      "Version: 1.2.3, gcc 12. Thanks!\n",
                      shapes[i].log);
        wrong += check_log(shapes[i].name, log, strlen(log), shapes[i].want);
        free(log);
    }
    assert_int_equal(wrong, 0);
}

static void logs_without_a_crash_have_none(void **unused)
{
    (void)unused;
    size_t wrong = 0;
    for (size_t i = 0; i < PEACEFUL; i++)
        wrong += check_log(peaceful[i].name, peaceful[i].log, strlen(peaceful[i].log), "none");
    assert_int_equal(wrong, 0);
}

/* Wherever it is cut, nothing is read out of bounds: the copy has no byte to spare. */
static void cut_anywhere(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < SHAPES; i++) {
        for (size_t len = 0; len < strlen(shapes[i].log); len++) {
            char *copy = mem_new(len ? len : 1, 1);
            memcpy(copy, shapes[i].log, len);
            struct report report;
            report_parse(copy, len, &report);
            free(copy);
            free(render(&report));
            report_free(&report);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(shapes_are_read), cmocka_unit_test(disguises_change_nothing),
        cmocka_unit_test(issues_are_read), cmocka_unit_test(logs_without_a_crash_have_none),
        cmocka_unit_test(cut_anywhere),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
