/* targets/report.c: the parser of crash reports and what names a crash, on any bytes.
 *
 * A log is whatever a dying process left behind, so every input is one. What must hold:
 * - everything the parser points to lies inside of its own copy of the text;
 * - a crash that was found is named in full, within the limits that its header gives;
 * - the answer is a function of the bytes, and the same for the same log with other line ends or
 *   with colours. */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "crash.h"
#include "report.h"
#include "resolve.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Says it as assert() does, and in every build. Not a function: the one that stands on the stack is
 * to be the check's own. */
#define CHECK(condition)                                                                           \
    do {                                                                                           \
        if (!(condition)) {                                                                        \
            fprintf(stderr, "report: %s:%d: %s: Assertion `%s' failed.\n", __FILE__, __LINE__,     \
                    __func__, #condition);                                                         \
            abort();                                                                               \
        }                                                                                          \
    } while (0)

/* Without a symbolizer, which is a process of its own, there is nothing to resolve. */
void resolve_report(struct report *report, struct symbolizer *symbolizer, const char *binary)
{
    (void)report, (void)symbolizer, (void)binary;
}

/* --- The report ----------------------------------------------------------------------------- */

static void check_view(const char *text, size_t len, ledge_view view)
{
    const char *start = (const char *)view.ptr;
    CHECK(view.length == 0 || (start >= text && start <= text + len));
    CHECK(view.length == 0 || view.length <= (size_t)(text + len - start));
}

static void check_frame(const char *text, size_t len, const struct frame *frame)
{
    const ledge_view views[] = {frame->function, frame->arguments, frame->file, frame->module};
    for (size_t i = 0; i < sizeof views / sizeof *views; i++)
        check_view(text, len, views[i]);
    char name[FRAME_NAME_MAX + 1];
    frame_name(frame, name);
    CHECK(strlen(name) <= FRAME_NAME_MAX);
    CHECK(frame->file.length > 0 || frame->line == 0);
    CHECK(frame->line > 0 || frame->column == 0);
}

static void check_stacks(const struct report *report, size_t len)
{
    size_t crashes = 0;
    for (size_t i = 0; i < report->stacks_len; i++) {
        const struct stack *stack = &report->stacks[i];
        CHECK(stack->role <= STACK_OTHER && stack->len <= STACK_MAX);
        check_view(report->text, len, stack->title);
        for (size_t j = 0; j < stack->len; j++)
            check_frame(report->text, len, &stack->frames[j]);
        crashes += stack->role == STACK_CRASH;
    }
    CHECK(crashes <= report->stacks_len);
}

static void check_report(const char *log, size_t size)
{
    struct report report;
    report_parse(log, size, &report);
    CHECK(report.text);
    /* Control characters and what isn't text are gone, NUL among them. */
    const size_t len = strlen(report.text);
    CHECK(len <= size);
    const ledge_view views[] = {report.headline,   report.address,          report.detail,
                                report.cast_to,    report.cast_from,        report.cause,
                                report.place,      report.summary_function, report.summary_place,
                                report.module_path};
    for (size_t i = 0; i < sizeof views / sizeof *views; i++)
        check_view(report.text, len, views[i]);
    CHECK(memchr(report.type, '\0', sizeof report.type));
    CHECK((report.type[0] != '\0') == (report.weight != REPORT_NONE));
    CHECK(report.weight != REPORT_MENTION);
    check_stacks(&report, len);
    report_free(&report);
}

/* --- The crash ------------------------------------------------------------------------------ */

static struct crash classify(const char *log, size_t size)
{
    struct crash_evidence evidence = {.log = log, .log_len = size, .target = "target"};
    struct crash crash;
    struct fail why;
    CHECK(crash_classify(&evidence, &crash, &why));
    return crash;
}

static bool is_one_of(const char *text, const char *const *all)
{
    while (*all && strcmp(*all, text) != 0)
        all++;
    return *all != NULL;
}

static void check_state(const char *state)
{
    size_t lines = 1, line = 0;
    for (const char *at = state; *at != '\0'; at++) {
        line = *at == '\n' ? 0 : line + 1;
        lines += *at == '\n';
        CHECK(line <= FRAME_NAME_MAX);
    }
    CHECK(state[0] != '\0' && lines <= 3);
}

static void check_crash(const struct crash *crash)
{
    static const char *const confidences[] = {"high", "medium", "low", NULL};
    static const char *const classes[] = {
        "memory",  "undefined", "race",   "deadlock", "leak", "uninitialized", "model",
        "timeout", "oom",       "assert", "signal",   "bus",  "exit",          NULL};
    CHECK(is_one_of(crash->confidence, confidences));
    if (!crash->found) {
        CHECK(!crash->type && !crash->state && strcmp(crash->class_, "none") == 0);
        return;
    }
    CHECK(crash->type && crash->type[0] != '\0');
    CHECK(is_one_of(crash->class_, classes));
    CHECK(strlen(crash->signature) == 16 && strspn(crash->signature, "0123456789abcdef") == 16);
    CHECK(crash->security_reason);
    check_state(crash->state);
}

static bool same_text(const char *a, const char *b)
{
    return a && b ? strcmp(a, b) == 0 : a == b;
}

static void check_same(const struct crash *want, const char *log, size_t size)
{
    struct crash got = classify(log, size);
    CHECK(got.found == want->found);
    CHECK(same_text(got.type, want->type));
    CHECK(same_text(got.address, want->address));
    CHECK(same_text(got.state, want->state));
    CHECK(same_text(got.position, want->position));
    CHECK(same_text(got.confidence, want->confidence));
    CHECK(strcmp(got.signature, want->signature) == 0);
    crash_free(&got);
}

/* The log again, with something in front of every newline. */
static void check_with(const struct crash *want, const char *log, size_t size, const char *insert)
{
    const size_t extra = strlen(insert);
    size_t len = 0;
    char *copy = malloc(size * (extra + 1) + 1);
    if (!copy)
        abort();
    for (size_t i = 0; i < size; i++) {
        if (log[i] == '\n') {
            memcpy(copy + len, insert, extra);
            len += extra;
        }
        copy[len++] = log[i];
    }
    check_same(want, copy, len);
    free(copy);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *log = (const char *)data;
    check_report(log, size);
    struct crash crash = classify(log, size);
    check_crash(&crash);
    /* One of the three for each input: a campaign has many, and time for few. A carriage return
     * that stands alone ends a line, and anything between it and a newline would make it one. */
    const bool returns = size > 0 && memchr(data, '\r', size);
    const char *const inserts[] = {"", "\r", "\033[1;31m"};
    check_with(&crash, log, size, returns ? "" : inserts[size % 3]);
    crash_free(&crash);
    return 0;
}
