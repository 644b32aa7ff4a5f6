/* Checks of Chromium, V8, glog, Abseil and Android, whose state has the failed expression and the
 * file it stands in:
 *
 *     [17:17:0501/10.0:FATAL:file.cc(28)] Check failed: x == 3 (4 vs. 3)
 *     F0501 10:00:00.123456 17 file.cc:28] what went wrong
 *     # Fatal error in ../../src/file.cc, line 28
 *     # Debug check failed: x == 3 (4 vs. 3).
 */
#include <string.h>

#include "report_family.h"

static const struct {
    const char *mark;
    const char *type;
} checks[] = {
    {"Security DCHECK failed: ", "Security DCHECK failure"},
    {"Security CHECK failed: ", "Security CHECK failure"},
    {"DCHECK failed: ", "DCHECK failure"},
    {"Debug check failed: ", "DCHECK failure"},
    {"Check failed: ", "CHECK failure"},
};

/* --- The expression ------------------------------------------------------------------------- */

static ledge_view strip(ledge_view text, const char *bytes)
{
    while (text.length > 0 && strchr(bytes, text.ptr[0]))
        text = text_tail(text, 1);
    while (text.length > 0 && strchr(bytes, text.ptr[text.length - 1]))
        text = text_head(text, text.length - 1);
    return text;
}

/* "ok : 'what the program adds'" */
static ledge_view without_quotation(ledge_view text)
{
    unsigned char quote = text.length > 0 ? text.ptr[text.length - 1] : '\0';
    if (quote != '\'' && quote != '"')
        return text;
    for (size_t i = 0; i + 1 < text.length; i++) {
        if (text.ptr[i] != ':' && text.ptr[i] != '=')
            continue;
        size_t next = i + 1;
        while (next + 1 < text.length && text.ptr[next] == ' ')
            next++;
        if (text.ptr[next] == quote && next + 1 < text.length)
            return text_trim(text_head(text, i));
    }
    return text;
}

/* What was compared, and what the program adds, differ between runs. */
static ledge_view clean_expression(ledge_view text)
{
    size_t values = text_find(text, " (");
    if (values != TEXT_NONE && text_has(text_tail(text, values), " vs. "))
        text = text_head(text, values);
    return strip(without_quotation(text_trim(text)), " .'\"[]");
}

static void set_check(struct report *fresh, ledge_view expression, bool whole, const char *type)
{
    report_set_assertion(fresh, clean_expression(expression), whole, REPORT_CRASH);
    report_set_type(fresh, type, true);
}

/* --- One line ------------------------------------------------------------------------------- */

/* The place of a check: "FATAL:file.cc(28)]" or "F0501 10:00:00.123 17 file.cc:28]". */
static ledge_view check_place(ledge_view before)
{
    size_t bracket = text_find_last_byte(before, ']');
    if (bracket == TEXT_NONE)
        return ledge_view_of(NULL, 0);
    ledge_view head = text_head(before, bracket);
    size_t colon = text_find_last(head, "FATAL:");
    if (colon != TEXT_NONE)
        return text_tail(head, colon + strlen("FATAL:"));
    ledge_view word = report_last_word(head);
    return report_is_place(word) ? word : ledge_view_of(NULL, 0);
}

static bool take_check(const struct line *line, struct report *fresh)
{
    for (size_t i = 0; i < sizeof checks / sizeof *checks; i++) {
        size_t at = text_find(line->text, checks[i].mark);
        if (at == TEXT_NONE)
            continue;
        set_check(fresh, text_tail(line->text, at + strlen(checks[i].mark)), line->whole,
                  checks[i].type);
        fresh->place = check_place(text_head(line->text, at));
        return true;
    }
    return false;
}

static bool skip_digits(ledge_view *text, size_t least)
{
    uint64_t value;
    return text_decimal(text, &value) >= least;
}

/* "F0501 10:00:00.123456    17 file.cc:28] ", and leaves in *rest what follows. */
static bool skip_fatal(ledge_view text, ledge_view *place, ledge_view *rest)
{
    bool head = text_skip(&text, "F") && skip_digits(&text, 4) && text_skip(&text, " ");
    text = text_trim(text);
    if (!head || !skip_digits(&text, 2) || !text_skip(&text, ":") || !skip_digits(&text, 2) ||
        !text_skip(&text, ":") || !skip_digits(&text, 2) || !text_skip(&text, ".") ||
        !skip_digits(&text, 1) || !text_skip(&text, " "))
        return false;
    text = text_trim(text);
    if (!skip_digits(&text, 1) || !text_skip(&text, " "))
        return false;
    size_t bracket = text_find_byte(text, ']');
    if (bracket == TEXT_NONE)
        return false;
    *place = report_last_word(text_head(text, bracket));
    *rest = text_trim(text_tail(text, bracket + 1));
    return report_is_place(*place);
}

static bool find_fatal(ledge_view text, ledge_view *place, ledge_view *rest)
{
    /* Most lines have no bracket. */
    if (!text_has(text, "] "))
        return false;
    for (size_t i = 0; i + 1 < text.length; i++) {
        if (text.ptr[i] == 'F' && text_is_digit(text.ptr[i + 1]) &&
            frame_is_prefix(text_head(text, i)))
            return skip_fatal(text_tail(text, i), place, rest);
    }
    return false;
}

/* glog's and Abseil's LOG(FATAL); "RAW: assertion failed at file.cc:28 in f: x == 3" in it is an
 * assertion. */
static bool take_fatal(const struct line *line, struct report *fresh)
{
    ledge_view place, message;
    if (!find_fatal(line->text, &place, &message))
        return false;
    ledge_view assertion = text_after(message, "assertion failed at ");
    size_t colon = text_find_last(assertion, ": ");
    if (text_has(assertion, " in ") && colon != TEXT_NONE)
        report_set_assertion(fresh, text_tail(assertion, colon + 2), line->whole, REPORT_CRASH);
    else
        set_check(fresh, message, line->whole, "Fatal error");
    fresh->place = place;
    return true;
}

/* "assert(n > 0)" of Skia, "check(n > 0)" of its releases. */
static bool take_call(ledge_view message, bool whole, struct report *fresh)
{
    if (!text_ends(message, ")") ||
        (!text_skip(&message, "assert(") && !text_skip(&message, "check(")))
        return false;
    report_set_assertion(fresh, text_head(message, message.length - 1), whole, REPORT_CRASH);
    return true;
}

/* Chromium's LOG(FATAL): "[17:17:0501/10.0:FATAL:file.cc(28)] what went wrong". Its other processes
 * go on. */
static bool take_chromium(const struct line *line, struct report *fresh)
{
    size_t at = text_find(line->text, "FATAL:");
    ledge_view rest = text_tail(line->text, at == TEXT_NONE ? line->text.length : at);
    size_t bracket = text_find(rest, "] ");
    size_t open = at == TEXT_NONE ? at : text_find_last_byte(text_head(line->text, at), '[');
    if (open == TEXT_NONE || bracket == TEXT_NONE || !frame_is_prefix(text_head(line->text, open)))
        return false;
    ledge_view place = text_head(text_tail(rest, strlen("FATAL:")), bracket - strlen("FATAL:"));
    ledge_view message = text_trim(text_tail(rest, bracket + 2));
    if (text_find_byte(place, '.') == TEXT_NONE || text_find_byte(place, ' ') != TEXT_NONE ||
        message.length == 0)
        return false;
    if (!take_call(message, line->whole, fresh)) {
        text_skip(&message, "NOTREACHED hit. ");
        set_check(fresh, message, line->whole, "Fatal error");
        fresh->weight = REPORT_RECOVERABLE;
    }
    fresh->place = place;
    return true;
}

/* Chromium: "[…FATAL:memory.cc(28)] Out of memory. size=4096", "Out of memory. Dying.", or no more
 * than the first words. */
static bool take_no_memory(const struct line *line, struct report *fresh)
{
    ledge_view rest = text_after(line->text, "Out of memory. ");
    bool bare = text_has(line->text, "FATAL:") && text_ends(line->text, "] Out of memory.");
    if (!bare && !text_starts(rest, "size=") && !text_starts(rest, "Dying."))
        return false;
    fresh->tool = REPORT_LIBC;
    fresh->weight = REPORT_CRASH;
    report_set_type(fresh, "Out-of-memory", true);
    return true;
}

/* Android: "Abort message: 'what went wrong'". */
static bool take_android(const struct line *line, struct report *fresh)
{
    ledge_view message = text_after(line->text, "Abort message: ");
    if (message.length == 0 || report_libc_message(message))
        return false;
    set_check(fresh, message, line->whole, "CHECK failure");
    return true;
}

/* --- Several lines -------------------------------------------------------------------------- */

/* "# Fatal error in ../../src/file.cc, line 28", "# Fatal error in v8::ToLocalChecked",
 * "# Fatal process out of memory: Zone". */
static bool take_v8(const struct line *line, struct report *fresh)
{
    ledge_view rest = text_after(line->text, "# Fatal ");
    fresh->tool = REPORT_LIBC;
    fresh->weight = REPORT_CRASH;
    if (text_starts(rest, "process out of memory: ") ||
        text_starts(rest, "JavaScript out of memory: ")) {
        report_set_type(fresh, "Out-of-memory", true);
        return true;
    }
    if (!text_skip(&rest, "error in "))
        return false;
    size_t comma = text_find_last(rest, ", line ");
    report_set_type(fresh, "Fatal error", line->whole);
    fresh->place = comma == TEXT_NONE ? ledge_view_of(NULL, 0) : text_head(rest, comma);
    fresh->message_follows = line->whole;
    return true;
}

/* The index of the '#' that a line starts with, behind what a log puts there: "Step #3: # x". */
static size_t comment_mark(ledge_view text)
{
    for (size_t i = 0; i < text.length; i++) {
        bool alone = i + 1 == text.length || text.ptr[i + 1] == ' ' || text.ptr[i + 1] == '#';
        if (text.ptr[i] == '#' && alone)
            return frame_is_prefix(text_head(text, i)) ? i : TEXT_NONE;
    }
    return TEXT_NONE;
}

bool report_check_detail(const struct line *line, struct report *report)
{
    /* A tracker may have doubled each newline. */
    if (text_trim(line->text).length == 0)
        return true;
    size_t mark = comment_mark(line->text);
    if (mark == TEXT_NONE) {
        report->message_follows = false;
        return false;
    }
    ledge_view place = report->place, message = text_trim(text_tail(line->text, mark + 1));
    if (message.length == 0)
        return true;
    report->message_follows = false;
    if (text_starts(message, "unreachable code") || text_starts(message, "unimplemented code")) {
        report->detail = text_base(place);
        report->detail_whole = true;
        report_set_type(report, "Unreachable code", line->whole);
        return true;
    }
    if (!take_check(line, report))
        set_check(report, message, line->whole, "Fatal error");
    report->place = place;
    return true;
}

bool report_check_line(const struct line *line, struct report *fresh)
{
    struct report empty = *fresh;
    if (take_check(line, fresh) || take_no_memory(line, fresh) || take_fatal(line, fresh) ||
        take_chromium(line, fresh) || take_android(line, fresh) || take_v8(line, fresh))
        return true;
    *fresh = empty;
    return false;
}
