/* Assertions, of C libraries and of projects that have their own:
 *
 *     prog: file.c:28: main: Assertion `x == 3' failed.
 */
#include <string.h>

#include "report_family.h"

void report_set_assertion(struct report *fresh, ledge_view expression, bool whole,
                          enum report_weight weight)
{
    fresh->tool = REPORT_LIBC;
    fresh->weight = weight;
    fresh->detail = text_trim(expression);
    fresh->detail_whole = whole && fresh->detail.length > 0;
    report_set_type(fresh, "ASSERT", true);
}

bool report_is_place(ledge_view text)
{
    struct frame frame = {0};
    frame_place(text, &frame);
    bool letter = false;
    for (size_t i = 0; i < frame.file.length; i++)
        letter = letter || (text_is_name(frame.file.ptr[i]) && !text_is_digit(frame.file.ptr[i]));
    return frame.line > 0 && letter && text_find_byte(frame.file, ' ') == TEXT_NONE;
}

ledge_view report_last_word(ledge_view text)
{
    size_t blank = text_find_last_byte(text, ' ');
    ledge_view word = blank == TEXT_NONE ? text : text_tail(text, blank + 1);
    return text_starts(word, "'") ? text_tail(word, 1) : word;
}

/* The first word before a colon that is a place: "prog: file.c:28: function". */
static ledge_view place_in(ledge_view before)
{
    for (size_t from = 0; from < before.length;) {
        size_t colon = text_find(text_tail(before, from), ": ");
        size_t end = colon == TEXT_NONE ? before.length : from + colon;
        ledge_view word = report_last_word(text_tail(text_head(before, end), from));
        if (report_is_place(word))
            return word;
        from = end + 2;
    }
    return ledge_view_of(NULL, 0);
}

/* --- The C libraries' ----------------------------------------------------------------------- */

/* glibc: "prog: file.c:28: function: Assertion `expression' failed."; others have another quote, or
 * a small letter, or nothing before it. */
static bool take_quoted(const struct line *line, struct report *fresh)
{
    size_t at = text_find(line->text, "ssertion ");
    if (at == TEXT_NONE || at == 0 || (line->text.ptr[at - 1] | 0x20) != 'a')
        return false;
    ledge_view rest = text_tail(line->text, at + strlen("ssertion "));
    text_skip(&rest, "(");
    if (!text_starts(rest, "`") && !text_starts(rest, "'") && !text_starts(rest, "\"") &&
        !text_starts(rest, "\xE2\x80\x98"))
        return false;
    size_t quote = rest.ptr[0] == 0xE2 ? 3 : 1;
    const char *closing = rest.ptr[0] == '"' ? "\" failed" : "' failed";
    size_t end = text_find_last(rest, closing);
    if (end == TEXT_NONE || end == 0)
        end = text_find_last(rest, rest.ptr[0] == '`' ? "` failed" : "\xE2\x80\x99 failed");
    bool whole = end != TEXT_NONE && end > 0;
    /* GLib says so and goes on. */
    if ((!whole && line->whole) || text_has(line->text, "CRITICAL **") ||
        text_has(line->text, "-CRITICAL"))
        return false;
    ledge_view before = text_head(line->text, at - 1);
    if (text_ends(before, ": "))
        fresh->place = place_in(text_head(before, before.length - 2));
    if (fresh->place.length == 0 && report_is_cited(line->text, at))
        return false;
    ledge_view expression = text_tail(whole ? text_head(rest, end) : rest, quote);
    report_set_assertion(fresh, expression, whole, REPORT_CRASH);
    /* The allocator asserts on its own data, which somebody else has overwritten. */
    if (text_has(before, "malloc.c:"))
        report_set_type(fresh, "Heap-corruption", true);
    return true;
}

static ledge_view without_parentheses(ledge_view text)
{
    bool enclosed = text_starts(text, "(") && text_ends(text, ")");
    size_t depth = 0;
    for (size_t i = 0; enclosed && i < text.length; i++) {
        if (text.ptr[i] == '(')
            depth++;
        else if (text.ptr[i] == ')' && --depth == 0 && i + 1 < text.length)
            enclosed = false;
    }
    return enclosed ? text_head(text_tail(text, 1), text.length - 2) : text;
}

/* musl's "(file.c: function: 28)" at the end of a line. */
static bool is_musl(ledge_view tail)
{
    ledge_view rest = text_tail(tail, 2);
    size_t colon = text_find_last(rest, ": ");
    if (!text_ends(rest, ")") || colon == TEXT_NONE || !text_has(text_head(rest, colon), ": "))
        return false;
    ledge_view digits = text_tail(rest, colon + 2);
    uint64_t number;
    return text_decimal(&digits, &number) > 0 && text_is(digits, ")");
}

/* musl: "Assertion failed: expression (file.c: function: 28)"; BSD and macOS: "Assertion failed:
 * (expression), function name, file file.c, line 28."; Windows: "Assertion failed: expression, file
 * file.c, line 28". Without any of these it may be a test that goes on. */
static bool take_other(const struct line *line, struct report *fresh)
{
    ledge_view rest = text_after(line->text, "Assertion failed: ");
    if (rest.length == 0)
        return false;
    size_t bsd = text_find(rest, ", function ");
    size_t windows = text_find(rest, ", file ");
    size_t musl = text_find_last(rest, " (");
    bool is_bsd = bsd != TEXT_NONE && text_has(rest, ", line ");
    bool is_windows = windows != TEXT_NONE && text_has(rest, ", line ");
    bool ends_musl = musl != TEXT_NONE && is_musl(text_tail(rest, musl));
    bool whole = is_bsd || is_windows || ends_musl;
    size_t end = is_bsd ? bsd : is_windows ? windows : ends_musl ? musl : rest.length;
    ledge_view expression = text_head(rest, end);
    if (is_bsd)
        expression = without_parentheses(expression);
    report_set_assertion(fresh, expression, line->whole, whole ? REPORT_CRASH : REPORT_MENTION);
    return true;
}

/* "Fatal glibc error: malloc.c:2599 (sysmalloc): assertion failed: expression" */
static bool take_glibc(const struct line *line, struct report *fresh)
{
    ledge_view rest = text_after(line->text, "Fatal glibc error: ");
    ledge_view expression = text_after(rest, "assertion failed: ");
    if (expression.length == 0)
        return false;
    report_set_assertion(fresh, expression, line->whole, REPORT_CRASH);
    fresh->place = text_word(rest);
    if (text_starts(rest, "malloc.c:"))
        report_set_type(fresh, "Heap-corruption", true);
    return true;
}

/* libc++: "/usr/include/c++/v1/vector:1420: assertion __n < size() failed: message"; since LLVM 19
 * "libc++ Hardening assertion". */
static bool take_libcxx(const struct line *line, struct report *fresh)
{
    static const char hardening[] = ": libc++ Hardening assertion ";
    const char *lead = text_has(line->text, hardening) ? hardening : ": assertion ";
    size_t at = text_find(line->text, lead);
    ledge_view rest = text_after(line->text, lead);
    size_t end = text_find(rest, " failed");
    if (at == TEXT_NONE || end == TEXT_NONE || text_starts(rest, "failed") ||
        !report_is_place(report_last_word(text_head(line->text, at))))
        return false;
    ledge_view message = text_after(rest, " failed: ");
    report_set_assertion(fresh, message.length > 0 ? message : text_head(rest, end), line->whole,
                         REPORT_CRASH);
    fresh->place = report_last_word(text_head(line->text, at));
    return true;
}

/* --- The projects' own ---------------------------------------------------------------------- */

struct mark {
    const char *text;
    const char *end; /* what ends the expression; NULL: the line */
    enum report_weight weight;
};

/* Not all of them stop; those that don't say which are the least certain. */
static const struct mark marks[] = {
    {"TRAP: FailedAssertion(\"", "\"", REPORT_CRASH},
    {"TRAP: failed Assert(\"", "\"", REPORT_CRASH},
    {"internal error: assertion failed: ", NULL, REPORT_CRASH},
    {"Assertion failure: ", ", at ", REPORT_RECOVERABLE},
    {"ASSERTION FAILED: ", NULL, REPORT_RECOVERABLE},
    {"ASSERTION FAILURE: ", NULL, REPORT_RECOVERABLE},
    {"ASSERT FAILED: ", NULL, REPORT_RECOVERABLE},
    {"ASSERT FAILURE: ", NULL, REPORT_RECOVERABLE},
    {"ASSERT: \"", "\" in file ", REPORT_RECOVERABLE},
    {"Assert failed: ", NULL, REPORT_MENTION},
    {"Assert failure: ", NULL, REPORT_MENTION},
    {"Failed assertion: \"", "\"", REPORT_MENTION},
    {"Assertion Failed: ", NULL, REPORT_MENTION},
    {"' panicked at '", "', ", REPORT_RECOVERABLE}, /* Rust before 1.73 */
    {"assertion failed: ", NULL, REPORT_MENTION},
    {"assertion failure: ", NULL, REPORT_MENTION},
    {"assert failed: ", NULL, REPORT_MENTION},
};

static bool take_own(const struct line *line, struct report *fresh)
{
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++) {
        size_t at = text_find(line->text, marks[i].text);
        if (at == TEXT_NONE)
            continue;
        ledge_view rest = text_tail(line->text, at + strlen(marks[i].text));
        size_t end = marks[i].end ? text_find(rest, marks[i].end) : TEXT_NONE;
        ledge_view expression = end == TEXT_NONE ? rest : text_head(rest, end);
        enum report_weight weight = marks[i].weight;
        ledge_view before = text_trim(text_head(line->text, at));
        /* GLib's g_assert: "ERROR:file.c:12:function: assertion failed: (expression)"; jemalloc:
         * "<jemalloc>: file.c:12: Failed assertion: "expression"". */
        bool stops = text_has(before, "ERROR:") || text_has(before, "<jemalloc>: ");
        if (weight == REPORT_MENTION && stops)
            weight = REPORT_CRASH;
        if (text_trim(expression).length == 0)
            continue;
        if (text_ends(before, ":"))
            before = text_head(before, before.length - 1);
        fresh->place = place_in(before);
        report_set_assertion(fresh, without_parentheses(text_trim(expression)),
                             line->whole || end != TEXT_NONE, weight);
        return true;
    }
    return false;
}

/* WebKit's ASSERT_NOT_REACHED() has a line of its own. */
static bool take_not_reached(const struct line *line, struct report *fresh)
{
    static const char words[] = "SHOULD NEVER BE REACHED";
    if (!text_ends(line->text, words) ||
        !frame_is_prefix(text_head(line->text, line->text.length - (sizeof words - 1))))
        return false;
    fresh->tool = REPORT_LIBC;
    fresh->weight = REPORT_RECOVERABLE;
    report_set_type(fresh, "ASSERT_NOT_REACHED", line->whole);
    return true;
}

/* "panic: too many keys" counts when the process dies of it; Go's own have their words before it.
 */
static bool take_panic(const struct line *line, struct report *fresh)
{
    ledge_view message;
    if (!frame_after_prefix(line->text, "panic: ", &message) || message.length == 0 ||
        text_starts(message, "runtime error: "))
        return false;
    report_set_assertion(fresh, message, line->whole, REPORT_MENTION);
    return true;
}

/* --- The message comes later ---------------------------------------------------------------- */

static const char rust_thread[] = "thread '";
static const char dialog[] = "Debug Assertion Failed!";

/* Since 1.73: "thread 'main' panicked at src/row.rs:12:9:", and the message on the next line. A
 * kernel has its own words for the thread, or none. */
static bool take_rust(const struct line *line, struct report *fresh)
{
    size_t start = text_find(line->text, rust_thread);
    ledge_view place = text_after(line->text, "panicked at ");
    if (start == TEXT_NONE && text_ends(place, ":") && text_has(place, ".rs:"))
        start = 0;
    if (start == TEXT_NONE || !frame_is_prefix(text_head(line->text, start)) ||
        !text_ends(place, ":"))
        return false;
    place = text_head(place, place.length - 1);
    if (!report_is_place(place))
        return false;
    fresh->tool = REPORT_LIBC;
    fresh->weight = REPORT_RECOVERABLE;
    report_set_type(fresh, "ASSERT", true);
    fresh->place = place;
    fresh->message_follows = line->whole;
    return true;
}

/* Visual Studio: "Debug Assertion Failed!", and some lines later "Expression: n > 0". */
static bool take_dialog(const struct line *line, struct report *fresh)
{
    if (!text_ends(line->text, dialog) ||
        !frame_is_prefix(text_head(line->text, line->text.length - (sizeof dialog - 1))))
        return false;
    fresh->tool = REPORT_LIBC;
    fresh->weight = REPORT_CRASH;
    report_set_type(fresh, "ASSERT", true);
    fresh->message_follows = line->whole;
    return true;
}

bool report_assert_detail(const struct line *line, struct report *report)
{
    if (text_has(report->headline, dialog)) {
        report->detail = text_trim(text_after(line->text, "Expression: "));
        report->detail_whole = line->whole && report->detail.length > 0;
        report->message_follows = report->detail.length == 0;
        return report->detail.length > 0;
    }
    /* What a log puts in front of a line is as long as it was in front of the last one. */
    size_t prefix = text_find(report->headline, rust_thread);
    ledge_view message = line->text;
    if (prefix <= message.length && frame_is_prefix(text_head(message, prefix)))
        message = text_tail(message, prefix);
    message = text_trim(message);
    text_skip(&message, "assertion failed: ");
    report->message_follows = false;
    report->detail = message;
    report->detail_whole = line->whole;
    return message.length > 0;
}

/* --- All ------------------------------------------------------------------------------------ */

bool report_assert_line(const struct line *line, struct report *fresh)
{
    return take_quoted(line, fresh) || take_other(line, fresh) || take_glibc(line, fresh) ||
           take_libcxx(line, fresh) || take_rust(line, fresh) || take_dialog(line, fresh) ||
           take_own(line, fresh) || take_not_reached(line, fresh) || take_panic(line, fresh);
}
