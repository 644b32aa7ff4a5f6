/* Assertions, what the C library says of memory it finds broken, and what a shell says of a child:
 *
 *     prog: file.c:28: main: Assertion `x == 3' failed.
 *     [17:17:0501/10.0:FATAL:file.cc(28)] Check failed: x == 3 (4 vs. 3)
 *     double free or corruption (out)
 *     Segmentation fault (core dumped)
 */
#include "report_family.h"

#include <string.h>

struct message {
    const char *text;
    const char *type;
    enum report_weight weight;
};

static const struct message libc_messages[] = {
    {"*** stack smashing detected ***", "Stack-buffer-overflow", REPORT_CRASH},
    {"*** buffer overflow detected ***", "Buffer-overflow", REPORT_CRASH},
    {"double free or corruption", "Heap-double-free", REPORT_CRASH},
    {"free(): double free detected", "Heap-double-free", REPORT_CRASH},
    {"free(): invalid pointer", "Invalid-free", REPORT_CRASH},
    {"free(): invalid size", "Invalid-free", REPORT_CRASH},
    {"munmap_chunk(): invalid pointer", "Invalid-free", REPORT_CRASH},
    {"realloc(): invalid pointer", "Invalid-free", REPORT_CRASH},
    {"free(): invalid next size", "Heap-corruption", REPORT_CRASH},
    {"free(): corrupted unsorted chunks", "Heap-corruption", REPORT_CRASH},
    {"free(): too many chunks detected", "Heap-corruption", REPORT_CRASH},
    {"free(): unaligned chunk detected", "Heap-corruption", REPORT_CRASH},
    {"realloc(): invalid next size", "Heap-corruption", REPORT_CRASH},
    {"realloc(): invalid old size", "Heap-corruption", REPORT_CRASH},
    {"malloc(): ", "Heap-corruption", REPORT_CRASH},
    {"malloc_consolidate(): ", "Heap-corruption", REPORT_CRASH},
    {"calloc(): corrupted", "Heap-corruption", REPORT_CRASH},
    {"corrupted size vs. prev_size", "Heap-corruption", REPORT_CRASH},
    {"corrupted double-linked list", "Heap-corruption", REPORT_CRASH},
    {"invalid fastbin entry", "Heap-corruption", REPORT_CRASH},
};

static const struct message shell_messages[] = {
    {"Segmentation fault", "UNKNOWN", REPORT_HINT},
    {"Bus error", "Bus", REPORT_HINT},
    {"Aborted", "Abrt", REPORT_HINT},
    {"Illegal instruction", "Ill", REPORT_HINT},
    {"Floating point exception", "Floating-point-exception", REPORT_HINT},
    {"Trace/breakpoint trap", "Trap", REPORT_HINT},
};

static const struct message *find_message(ledge_view text, const struct message *messages,
                                          size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (text_has(text, messages[i].text))
            return &messages[i];
    }
    return NULL;
}

static void set_assertion(struct report *fresh, ledge_view expression, bool whole,
                          enum report_weight weight)
{
    fresh->tool = REPORT_LIBC;
    fresh->weight = weight;
    fresh->detail = text_trim(expression);
    fresh->detail_whole = whole && fresh->detail.length > 0;
    report_set_type(fresh, "ASSERT", true);
}

/* The place is the word before the last colon but one: "prog: file.c:28: function". With a colon in
 * the function's arguments it is lost. */
static ledge_view place_before(ledge_view before)
{
    size_t colon = text_find_last(before, ": ");
    if (colon == TEXT_NONE)
        return ledge_view_of(NULL, 0);
    ledge_view place = text_head(before, colon);
    size_t blank = text_find_last_byte(place, ' ');
    return blank == TEXT_NONE ? place : text_tail(place, blank + 1);
}

/* glibc: "prog: file.c:28: function: Assertion `expression' failed."; others have another quote, or
 * a small letter, or nothing before it. */
static bool take_quoted_assertion(const struct line *line, struct report *fresh)
{
    size_t at = text_find(line->text, "ssertion ");
    if (at == TEXT_NONE || at == 0 || (line->text.ptr[at - 1] | 0x20) != 'a')
        return false;
    ledge_view rest = text_tail(line->text, at + strlen("ssertion "));
    if (!text_starts(rest, "`") && !text_starts(rest, "'") && !text_starts(rest, "\""))
        return false;
    const char *closing = rest.ptr[0] == '"' ? "\" failed" : "' failed";
    size_t end = text_find_last(rest, closing);
    bool whole = end != TEXT_NONE && end > 0;
    /* GLib says so and goes on. */
    if ((!whole && line->whole) || text_has(line->text, "CRITICAL **"))
        return false;
    ledge_view expression = whole ? text_head(text_tail(rest, 1), end - 1) : text_tail(rest, 1);
    set_assertion(fresh, expression, whole, REPORT_CRASH);
    ledge_view before = text_head(line->text, at - 1);
    if (text_ends(before, ": "))
        fresh->place = place_before(text_head(before, before.length - 2));
    /* The allocator asserts on its own data, which somebody else has overwritten. */
    if (text_has(before, "malloc.c:"))
        report_set_type(fresh, "Heap-corruption", true);
    return true;
}

/* musl: "Assertion failed: expression (file.c: function: 28)"; BSD and macOS: "Assertion failed:
 * (expression), function name, file file.c, line 28." */
static bool take_other_assertion(const struct line *line, struct report *fresh)
{
    ledge_view rest = text_after(line->text, "Assertion failed: ");
    if (rest.length == 0)
        return false;
    size_t bsd = text_find(rest, ", function ");
    size_t musl = text_find_last(rest, " (");
    size_t end = bsd != TEXT_NONE ? bsd : text_ends(rest, ")") ? musl : TEXT_NONE;
    ledge_view expression = end == TEXT_NONE ? rest : text_head(rest, end);
    if (bsd != TEXT_NONE && text_starts(expression, "(") && text_ends(expression, ")"))
        expression = text_head(text_tail(expression, 1), expression.length - 2);
    set_assertion(fresh, expression, line->whole, REPORT_CRASH);
    return true;
}

/* What projects print from macros of their own; not all of them stop. */
static bool take_own_assertion(const struct line *line, struct report *fresh)
{
    static const char *const marks[] = {
        "ASSERTION FAILED: ",  "ASSERTION FAILURE: ", "ASSERT FAILED: ",
        "ASSERT FAILURE: ",    "Assertion failure: ", "assertion failed: ",
        "assertion failure: ", "Assert failed: ",     "assert failed: "};
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++) {
        ledge_view rest = text_after(line->text, marks[i]);
        if (rest.length > 0) {
            set_assertion(fresh, rest, line->whole, REPORT_RECOVERABLE);
            return true;
        }
    }
    return false;
}

/* The place of a CHECK: "FATAL:file.cc(28)]" or "F0501 10:00:00.123 17 file.cc:28]". */
static ledge_view check_place(ledge_view before)
{
    size_t bracket = text_find_last_byte(before, ']');
    ledge_view head = bracket == TEXT_NONE ? before : text_head(before, bracket);
    size_t colon = text_find_last(head, "FATAL:");
    size_t blank = text_find_last_byte(head, ' ');
    if (colon != TEXT_NONE)
        return text_tail(head, colon + strlen("FATAL:"));
    return blank == TEXT_NONE ? head : text_tail(head, blank + 1);
}

/* "Check failed: x == 3 (4 vs. 3)": what was compared differs between runs. */
static bool take_check(const struct line *line, struct report *fresh)
{
    static const char mark[] = "Check failed: ";
    size_t at = text_find(line->text, mark);
    if (at == TEXT_NONE)
        return false;
    ledge_view expression = text_tail(line->text, at + strlen(mark));
    size_t values = text_find(expression, " (");
    if (values != TEXT_NONE && text_has(text_tail(expression, values), " vs. "))
        expression = text_head(expression, values);
    while (text_ends(expression, ".") || text_ends(expression, " "))
        expression = text_head(expression, expression.length - 1);
    set_assertion(fresh, expression, line->whole, REPORT_CRASH);
    report_set_type(fresh, "CHECK failure", true);
    fresh->place = check_place(text_head(line->text, at));
    return true;
}

static bool take_message(const struct line *line, const struct message *message,
                         enum report_tool tool, struct report *fresh)
{
    if (!message)
        return false;
    fresh->tool = tool;
    fresh->weight = message->weight;
    report_set_type(fresh, message->type, tool == REPORT_LIBC && line->whole);
    return true;
}

static bool has_any(ledge_view text, const char *one, const char *another)
{
    return text_has(text, one) || text_has(text, another);
}

bool report_libc_line(const struct line *line, struct report *fresh)
{
    ledge_view text = line->text;
    if (has_any(text, "ssert", "ASSERT") &&
        (take_quoted_assertion(line, fresh) || take_other_assertion(line, fresh) ||
         take_own_assertion(line, fresh)))
        return true;
    if (take_check(line, fresh))
        return true;
    if ((has_any(text, "*** ", "(): ") || has_any(text, "corrupt", "fastbin")) &&
        take_message(
            line, find_message(text, libc_messages, sizeof libc_messages / sizeof *libc_messages),
            REPORT_LIBC, fresh))
        return true;
    return text_has(text, "(core dumped)") &&
           take_message(
               line,
               find_message(text, shell_messages, sizeof shell_messages / sizeof *shell_messages),
               REPORT_SIGNAL, fresh);
}
