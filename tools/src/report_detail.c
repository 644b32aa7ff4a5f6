/* The lines inside of a report: what was accessed and how, and the titles of its stacks. */
#include <string.h>

#include "report_family.h"

struct title {
    const char *text;    /* what the line has in it */
    const char *another; /* and this as well; NULL: nothing more */
    enum stack_role role;
};

static const struct title titles[] = {
    {"freed by thread", NULL, STACK_FREED},
    {"freed here", NULL, STACK_FREED},
    {"allocated by ", " here:", STACK_ALLOCATED},
    {"previously allocated", NULL, STACK_ALLOCATED},
    {"allocated here", NULL, STACK_ALLOCATED},
    {"Location is heap block ", NULL, STACK_ALLOCATED},
    {"Uninitialized value was ", NULL, STACK_ORIGIN},
    {"Memory was marked as uninitialized", NULL, STACK_ORIGIN},
    {"Member fields were destroyed", NULL, STACK_ORIGIN},
    {"Virtual table ptr was destroyed", NULL, STACK_ORIGIN},
    {"revious ", " of size ", STACK_PREVIOUS},
    {"Mutex ", " acquired here while holding mutex", STACK_MUTEX},
    {"Mutex ", " previously acquired by the same thread here", STACK_OTHER},
    {"Mutex ", " created at:", STACK_OTHER},
    {"Thread ", " created by ", STACK_THREAD},
    {"Thread ", ") created at:", STACK_THREAD},
    {"As if synchronized via sleep", NULL, STACK_OTHER},
    {"Location is ", NULL, STACK_OTHER},
    {" is located in stack of thread ", NULL, STACK_OTHER},
};

bool report_role(const struct line *line, enum stack_role *role)
{
    if (report_valgrind_role(line, role))
        return true;
    if (text_ends(line->text, " and:") || text_is(line->text, "and:")) {
        *role = STACK_PREVIOUS;
        return true;
    }
    for (size_t i = 0; i < sizeof titles / sizeof *titles; i++) {
        const struct title *title = &titles[i];
        if (text_has(line->text, title->text) &&
            (!title->another || text_has(line->text, title->another))) {
            *role = title->role;
            return true;
        }
    }
    return false;
}

static enum report_access access_of(ledge_view word)
{
    if (text_is(word, "READ") || text_is(word, "Read") || text_is(word, "read"))
        return ACCESS_READ;
    if (text_is(word, "WRITE") || text_is(word, "Write") || text_is(word, "write"))
        return ACCESS_WRITE;
    return ACCESS_UNKNOWN;
}

static ledge_view last_word(ledge_view text)
{
    size_t blank = text_find_last_byte(text, ' ');
    return blank == TEXT_NONE ? text : text_tail(text, blank + 1);
}

/* "READ of size 4 at 0x5020 thread T0", "  Atomic write of size 8 at 0x7204 by thread T1:" */
static void take_access(const struct line *line, struct report *report)
{
    size_t at = text_find(line->text, " of size ");
    if (at == TEXT_NONE)
        return;
    ledge_view before = text_head(line->text, at);
    ledge_view word = last_word(before);
    enum report_access access = access_of(word);
    ledge_view rest = text_tail(line->text, at + strlen(" of size "));
    uint64_t size;
    if (access == ACCESS_UNKNOWN || text_has(before, "revious") || text_decimal(&rest, &size) == 0)
        return;
    if (rest.length == 0 && !line->whole)
        return;
    ledge_view earlier = text_trim(text_head(before, before.length - word.length));
    report->access = access;
    report->size = size;
    report->atomic = text_ends(earlier, "tomic");
    if (text_skip(&rest, " at ") && report->address.length == 0)
        report->address = report_address(line, rest);
}

/* "==17==The signal is caused by a WRITE memory access." */
static void take_signal(const struct line *line, struct report *report)
{
    ledge_view rest = text_after(line->text, "signal is caused by a ");
    if (rest.length > 0)
        report->access = access_of(text_word(rest));
}

/* "==ledge==   got 5, want 4 (vec.c:120, same_as_model)" */
static void take_kit_place(const struct line *line, struct report *report)
{
    if (report->place.length > 0 || !text_has(line->text, "==ledge== "))
        return;
    size_t open = text_find_last(line->text, " (");
    ledge_view inner = open == TEXT_NONE ? line->text : text_tail(line->text, open + 2);
    size_t comma = text_find_byte(inner, ',');
    if (open != TEXT_NONE && comma != TEXT_NONE)
        report->place = text_head(inner, comma);
}

/* "note: object is of type 'B'", "note: vtable is of type 'B'", "note: object has invalid vptr",
 * "note: object is base class subobject at offset 16 within object of type 'B'". */
static void take_cast(const struct line *line, struct report *report)
{
    ledge_view note = text_after(line->text, "note: ");
    if (note.length == 0 || report->cast_from.length > 0)
        return;
    ledge_view type = text_after(note, " is of type '");
    size_t end = text_find_byte(type, '\'');
    size_t invalid = text_find(note, "invalid v"), why = text_find(note, ": ");
    size_t part = text_find(note, "base class subobject at ");
    size_t whole = text_find(note, " within object ");
    if (part != TEXT_NONE && whole != TEXT_NONE && whole > part)
        report->cast_from = text_head(text_tail(note, part), whole - part);
    else if (end != TEXT_NONE)
        report->cast_from = text_head(type, end);
    else if (invalid != TEXT_NONE)
        report->cast_from = text_trim(text_tail(text_head(note, why), invalid));
}

/* "Cause: use-after-free" */
static void take_cause(const struct line *line, struct report *report)
{
    if (report->cause.length == 0)
        report->cause = text_trim(text_after(line->text, "Cause: "));
}

/* A mail program may have put the address on a line of its own. */
static void take_address(const struct line *line, struct report *report)
{
    ledge_view text = text_trim(line->text);
    while (text_skip(&text, "> "))
        text = text_trim(text);
    text_skip(&text, "unknown ");
    text_skip(&text, "address ");
    report->address = report_address(line, text);
    report->address_follows = false;
}

void report_detail(const struct line *line, struct report *report)
{
    if (report->address_follows)
        take_address(line, report);
    if (report->tool == REPORT_VALGRIND) {
        report_valgrind_detail(line, report);
        return;
    }
    if (report->access == ACCESS_UNKNOWN && report->tool != REPORT_UBSAN)
        take_access(line, report);
    if (report->access == ACCESS_UNKNOWN)
        take_signal(line, report);
    if (report->tool == REPORT_KIT)
        take_kit_place(line, report);
    if (report->tool == REPORT_SIGNAL)
        report_signal_detail(line, report);
    if (report->tool == REPORT_HWASAN)
        take_cause(line, report);
    if (report->tool == REPORT_CFI || report->tool == REPORT_UBSAN)
        take_cast(line, report);
}
