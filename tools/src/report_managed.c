/* Go, the Java virtual machine, JavaScript and Python: panics, and exceptions that nobody caught.
 *
 *     panic: runtime error: index out of range [5] with length 3
 *     == Java Exception: java.lang.IllegalStateException: no rows
 *     ==17== Uncaught Exception: Jazzer.js: no rows
 *      === Uncaught Python exception: ===
 */
#include <string.h>

#include "report_family.h"

struct message {
    const char *text;
    const char *type;
};

static bool set_crash(const struct line *line, struct report *fresh, const char *type)
{
    fresh->weight = REPORT_CRASH;
    report_set_type(fresh, type, line->whole);
    return true;
}

static const char *type_of(ledge_view text, const struct message *messages, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (text_starts(text, messages[i].text))
            return messages[i].type;
    }
    return NULL;
}

/* A nil pointer is told by the line of the signal that follows. */
static bool take_go(const struct line *line, struct report *fresh)
{
    static const struct message panics[] = {
        {"index out of range", "Index out of range"},
        {"slice bounds out of range", "Slice bounds out of range"},
        {"integer divide by zero", "Divide-by-zero"},
        {"makeslice: ", "Makeslice: len out of range"},
    };
    static const struct message errors[] = {
        {"stack overflow", "Stack-overflow"},
        {"all goroutines are asleep - deadlock!", "Deadlock"},
        {"concurrent map ", "Data race"},
        {"runtime: out of memory", "Out-of-memory"},
    };
    ledge_view rest;
    const char *type = NULL;
    if (frame_after_prefix(line->text, "panic: runtime error: ", &rest))
        type = type_of(rest, panics, sizeof panics / sizeof *panics);
    else if (frame_after_prefix(line->text, "fatal error: ", &rest))
        type = type_of(rest, errors, sizeof errors / sizeof *errors);
    if (!type)
        return false;
    set_crash(line, fresh, type);
    fresh->weight = REPORT_MENTION; /* the stacks of all goroutines come with its death */
    return true;
}

/* Jazzer's. What its own checks find is called an issue, with its severity. */
static bool take_jvm(const struct line *line, struct report *fresh)
{
    ledge_view rest;
    if (!frame_after_prefix(line->text, "== Java Exception: ", &rest))
        return false;
    fresh->managed = true;
    bool issue = text_has(rest, ".FuzzerSecurityIssue");
    if (text_has(rest, "StackOverflowError") || (issue && text_has(rest, ": Stack overflow")))
        return set_crash(line, fresh, "Stack-overflow");
    if (text_has(rest, "OutOfMemoryError") || (issue && text_has(rest, ": Out of memory")))
        return set_crash(line, fresh, "Out-of-memory");
    return set_crash(line, fresh, issue ? "Security exception" : "Uncaught exception");
}

/* Jazzer.js's: "==17== Uncaught Exception: Jazzer.js: no rows". */
static bool take_script(const struct line *line, struct report *fresh)
{
    if (!text_has(line->text, " Uncaught Exception: Jazzer.js"))
        return false;
    fresh->managed = true;
    return set_crash(line, fresh, "Uncaught exception");
}

/* Atheris's. */
static bool take_python(const struct line *line, struct report *fresh)
{
    return text_has(line->text, "=== Uncaught Python exception: ===") &&
           set_crash(line, fresh, "Uncaught exception");
}

bool report_managed_line(const struct line *line, struct report *fresh)
{
    return take_go(line, fresh) || take_jvm(line, fresh) || take_script(line, fresh) ||
           take_python(line, fresh);
}

bool report_managed_role(const struct line *line, enum stack_role *role)
{
    static const char *const others[] = {"Caused by: ", "Suppressed: "};
    ledge_view rest;
    *role = STACK_OTHER;
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        if (frame_after_prefix(line->text, others[i], &rest))
            return true;
    }
    return false;
}

bool report_goroutine(const struct line *line)
{
    ledge_view rest;
    uint64_t number;
    return frame_after_prefix(line->text, "goroutine ", &rest) &&
           text_decimal(&rest, &number) > 0 && text_starts(rest, " [") && text_ends(rest, "]:");
}
