/* libFuzzer, the C library, and the kit:
 *
 *     ==17== ERROR: libFuzzer: timeout after 25 seconds
 *     prog: file.c:28: main: Assertion `x == 3' failed.
 *     double free or corruption (out)
 *     ==ledge== Model-mismatch in vec.insert: ledge_vec_length(&w->vec)
 */
#include "report_family.h"

#include <string.h>

#include "taxonomy.h"

struct message {
    const char *text;
    const char *type;
    enum report_weight weight;
};

static const struct message libfuzzer_messages[] = {
    {"deadly signal", "Fatal-signal", REPORT_CONSEQUENCE},
    {"timeout after ", "Timeout", REPORT_CRASH},
    {"timeout", "Timeout", REPORT_CRASH},
    {"out-of-memory (", "Out-of-memory", REPORT_CRASH},
    {"fuzz target exited", "Unexpected-exit", REPORT_CONSEQUENCE},
    {"fuzz target overwrites its const input", "Overwrites-const-input", REPORT_CRASH},
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

static const struct message *find_message(ledge_view text, const struct message *messages,
                                          size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (text_has(text, messages[i].text))
            return &messages[i];
    }
    return NULL;
}

bool report_libfuzzer_line(const struct line *line, struct report *fresh)
{
    size_t at = text_find(line->text, "libFuzzer: ");
    if (at == TEXT_NONE)
        return false;
    ledge_view rest = text_tail(line->text, at + strlen("libFuzzer: "));
    size_t count = sizeof libfuzzer_messages / sizeof *libfuzzer_messages;
    for (size_t i = 0; i < count; i++) {
        const struct message *message = &libfuzzer_messages[i];
        if (!text_starts(rest, message->text))
            continue;
        fresh->tool = REPORT_LIBFUZZER;
        bool summary = text_has(text_head(line->text, at), "SUMMARY: ");
        fresh->weight = summary ? REPORT_HINT : message->weight;
        report_set_type(fresh, message->type, true);
        return true;
    }
    return false;
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

/* "prog: file.c:28: function: Assertion `expression' failed." The place is the word before the
 * function; with a colon in the function's arguments it is lost. */
static bool take_glibc_assertion(const struct line *line, struct report *fresh)
{
    size_t at = text_find(line->text, ": Assertion ");
    if (at == TEXT_NONE)
        return false;
    ledge_view rest = text_tail(line->text, at + strlen(": Assertion "));
    if (rest.length == 0 || (rest.ptr[0] != '`' && rest.ptr[0] != '\''))
        return false;
    size_t end = text_find_last(rest, "' failed");
    bool whole = end != TEXT_NONE && end > 0;
    set_assertion(fresh, whole ? text_head(text_tail(rest, 1), end - 1) : text_tail(rest, 1), whole,
                  REPORT_CRASH);
    ledge_view before = text_head(line->text, at);
    size_t colon = text_find_last(before, ": ");
    if (colon != TEXT_NONE) {
        ledge_view place = text_head(before, colon);
        size_t blank = text_find_last_byte(place, ' ');
        fresh->place = blank == TEXT_NONE ? place : text_tail(place, blank + 1);
    }
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
        "ASSERTION FAILED: ", "ASSERTION FAILURE: ", "ASSERT FAILED: ", "ASSERT FAILURE: "};
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++) {
        ledge_view rest = text_after(line->text, marks[i]);
        if (rest.length > 0) {
            set_assertion(fresh, rest, line->whole, REPORT_RECOVERABLE);
            return true;
        }
    }
    return false;
}

bool report_libc_line(const struct line *line, struct report *fresh)
{
    if (text_has(line->text, "sserti") || text_has(line->text, "ASSERT")) {
        if (take_glibc_assertion(line, fresh) || take_other_assertion(line, fresh) ||
            take_own_assertion(line, fresh))
            return true;
    }
    if (!text_has(line->text, "*** ") && !text_has(line->text, "(): ") &&
        !text_has(line->text, "corrupt") && !text_has(line->text, "fastbin"))
        return false;
    const struct message *message =
        find_message(line->text, libc_messages, sizeof libc_messages / sizeof *libc_messages);
    if (!message)
        return false;
    fresh->tool = REPORT_LIBC;
    fresh->weight = message->weight;
    report_set_type(fresh, message->type, true);
    return true;
}

/* The kind is one that we know, or the line is somebody else's. */
bool report_kit_line(const struct line *line, struct report *fresh)
{
    size_t at = text_find(line->text, "==ledge== ");
    if (at == TEXT_NONE)
        return false;
    ledge_view rest = text_tail(line->text, at + strlen("==ledge== "));
    ledge_view kind = text_word(rest);
    char type[REPORT_TYPE_MAX];
    if (kind.length == 0 || kind.length >= sizeof type)
        return false;
    memcpy(type, kind.ptr, kind.length);
    type[kind.length] = '\0';
    const struct taxon *taxon = taxonomy_find(type);
    rest = text_tail(rest, kind.length);
    if (!taxon || !text_skip(&rest, " in "))
        return false;
    fresh->weight = REPORT_CRASH;
    fresh->tool = REPORT_KIT;
    fresh->detail = text_trim(rest);
    fresh->detail_whole = line->whole;
    report_set_type(fresh, type, true);
    return true;
}
