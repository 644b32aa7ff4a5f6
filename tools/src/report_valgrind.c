/* Valgrind's memcheck, helgrind and drd:
 *
 *     ==17== Invalid read of size 4
 *     ==17==    at 0x10916D: f (file.c:12)
 *     ==17==  Address 0x4a4a050 is 0 bytes after a block of size 16 alloc'd
 *     ==17== Possible data race during write of size 4 at 0x10C014 by thread #3
 */
#include <string.h>

#include "report_family.h"

struct error {
    const char *text;    /* what the line starts with; or has in it, behind "Thread #1" */
    const char *another; /* and has in it as well; NULL: nothing more */
    const char *type;
    enum report_weight weight;
    enum report_access access;
};

/* The first that fits decides. */
static const struct error errors[] = {
    {"Invalid read of size ", NULL, "UNKNOWN", REPORT_CRASH, ACCESS_READ},
    {"Invalid write of size ", NULL, "UNKNOWN", REPORT_CRASH, ACCESS_WRITE},
    {"Jump to the invalid address", NULL, "UNKNOWN", REPORT_CRASH, ACCESS_UNKNOWN},
    {"Invalid free()", NULL, "Invalid-free", REPORT_CRASH, ACCESS_UNKNOWN},
    {"Mismatched new/delete size", NULL, "New-delete-type-mismatch", REPORT_CRASH, ACCESS_UNKNOWN},
    {"Mismatched ", "free()", "Alloc-dealloc-mismatch", REPORT_CRASH, ACCESS_UNKNOWN},
    {"Source and destination overlap in ", NULL, "Memcpy-param-overlap", REPORT_CRASH,
     ACCESS_UNKNOWN},
    {"Syscall param ", "unaddressable byte", "UNKNOWN", REPORT_CRASH, ACCESS_UNKNOWN},
    {"Syscall param ", "uninitialised byte", "Use-of-uninitialized-value", REPORT_RECOVERABLE,
     ACCESS_UNKNOWN},
    {"Conditional jump or move depends on uninitialised value", NULL, "Use-of-uninitialized-value",
     REPORT_RECOVERABLE, ACCESS_UNKNOWN},
    {"Use of uninitialised value of size ", NULL, "Use-of-uninitialized-value", REPORT_RECOVERABLE,
     ACCESS_UNKNOWN},
    {"Uninitialised byte(s) found during client check", NULL, "Use-of-uninitialized-value",
     REPORT_RECOVERABLE, ACCESS_UNKNOWN},
    {"Unaddressable byte(s) found during client check", NULL, "UNKNOWN", REPORT_CRASH,
     ACCESS_UNKNOWN},
    {"Argument ", "has a fishy (possibly negative) value", "Out-of-memory", REPORT_RECOVERABLE,
     ACCESS_UNKNOWN},
    {"Invalid alignment value", NULL, "Invalid-allocation-alignment", REPORT_RECOVERABLE,
     ACCESS_UNKNOWN},
    {"Stack overflow in thread ", NULL, "Stack-overflow", REPORT_CRASH, ACCESS_UNKNOWN},
    {"Possible data race during read", NULL, "Data race", REPORT_CRASH, ACCESS_READ},
    {"Possible data race during write", NULL, "Data race", REPORT_CRASH, ACCESS_WRITE},
    {"Conflicting load by thread ", NULL, "Data race", REPORT_CRASH, ACCESS_READ},
    {"Conflicting store by thread ", NULL, "Data race", REPORT_CRASH, ACCESS_WRITE},
    {"Mutex not locked", "mutex 0x", "Unlock of an unlocked mutex", REPORT_CRASH, ACCESS_UNKNOWN},
    {"Recursive locking not allowed", NULL, "Double lock of a mutex", REPORT_CRASH, ACCESS_UNKNOWN},
    {"Recursive writer locking not allowed", NULL, "Double lock of a mutex", REPORT_CRASH,
     ACCESS_UNKNOWN},
    {"Reader-writer lock not locked by calling thread", NULL, "Unlock of an unlocked mutex",
     REPORT_CRASH, ACCESS_UNKNOWN},
    {"Destroying locked rwlock", NULL, "Destroy of a locked mutex", REPORT_CRASH, ACCESS_UNKNOWN},
    {"Not a reader-writer lock", NULL, "Use of an invalid mutex", REPORT_CRASH, ACCESS_UNKNOWN},
    {"wrong type of synchronization object", NULL, "Use of an invalid mutex", REPORT_CRASH,
     ACCESS_UNKNOWN},
    {"Destroying locked mutex", NULL, "Destroy of a locked mutex", REPORT_CRASH, ACCESS_UNKNOWN},
    {"Mutex still locked at thread exit", NULL, "Mutex is still held", REPORT_CRASH,
     ACCESS_UNKNOWN},
    {"The object at address ", "is not a mutex", "Use of an invalid mutex", REPORT_CRASH,
     ACCESS_UNKNOWN},
    {"Not a mutex", NULL, "Use of an invalid mutex", REPORT_CRASH, ACCESS_UNKNOWN},
    {"Thread #", "lock order ", "Lock-order-inversion", REPORT_CRASH, ACCESS_UNKNOWN},
    {"Thread #", " unlocked a not-locked lock", "Unlock of an unlocked mutex", REPORT_CRASH,
     ACCESS_UNKNOWN},
    {"Thread #", " currently held by thread #", "Unlock of an unlocked mutex", REPORT_CRASH,
     ACCESS_UNKNOWN},
    {"Thread #", " unlocked an invalid lock", "Use of an invalid mutex", REPORT_CRASH,
     ACCESS_UNKNOWN},
    {"Thread #", "Exiting thread still holds ", "Mutex is still held", REPORT_CRASH,
     ACCESS_UNKNOWN},
    {"Thread #", "_destroy of a locked mutex", "Destroy of a locked mutex", REPORT_CRASH,
     ACCESS_UNKNOWN},
    {"Thread #", "_destroy with invalid argument", "Use of an invalid mutex", REPORT_CRASH,
     ACCESS_UNKNOWN},
    {"Thread #", "called with un-held mutex", "Unlock of an unlocked mutex", REPORT_CRASH,
     ACCESS_UNKNOWN},
    {"Thread #", "called with mutex held by a different thread", "Unlock of an unlocked mutex",
     REPORT_CRASH, ACCESS_UNKNOWN},
    {"Thread #", "called with mutex of type ", "Use of an invalid mutex", REPORT_CRASH,
     ACCESS_UNKNOWN},
    {"Thread #", "s call to pthread_mutex_", "Use of an invalid mutex", REPORT_CRASH,
     ACCESS_UNKNOWN},
    {"Thread #", "Attempt to re-lock a non-recursive lock", "Double lock of a mutex", REPORT_CRASH,
     ACCESS_UNKNOWN},
};

/* People take the prefix away; what is left has to be unmistakable. */
static bool take_bare(ledge_view text, ledge_view *rest)
{
    static const char *const starts[] = {
        "Invalid read of size ",
        "Invalid write of size ",
        "Invalid free() / delete",
        "Address 0x",
        "Block was alloc'd at",
        "Conditional jump or move depends on uninitialised value(s)",
        "Use of uninitialised value of size ",
        "Possible data race during read of size ",
        "Possible data race during write of size ",
        "This conflicts with a previous ",
        "Process terminating with default action of signal ",
        "Access not within mapped region at address 0x",
    };
    *rest = text_trim(text);
    ledge_view thread = *rest;
    uint64_t number;
    if (text_skip(&thread, "Thread #") && text_decimal(&thread, &number) > 0 &&
        (text_starts(thread, ": ") || text_starts(thread, "'s call to ") ||
         text_is(thread, " was created")))
        return true;
    for (size_t i = 0; i < sizeof starts / sizeof *starts; i++) {
        if (text_starts(*rest, starts[i]))
            return true;
    }
    return false;
}

/* Leaves in *rest what follows "==17== ", with whatever a log puts in front of it. Valgrind may
 * write the time before the number. */
static bool take_prefix(ledge_view text, ledge_view *rest)
{
    size_t end = text_find(text, "== ");
    size_t start = end;
    while (start != TEXT_NONE && start > 0 &&
           (text_is_digit(text.ptr[start - 1]) || text.ptr[start - 1] == ':' ||
            text.ptr[start - 1] == '.' || text.ptr[start - 1] == ' '))
        start--;
    if (end == TEXT_NONE)
        return take_bare(text, rest);
    if (start == end || start < 2 || !text_ends(text_head(text, start), "=="))
        return false;
    *rest = text_trim(text_tail(text, end + 3));
    return rest->length > 0;
}

static const struct error *find_error(ledge_view text)
{
    for (size_t i = 0; i < sizeof errors / sizeof *errors; i++) {
        if (text_starts(text, errors[i].text) &&
            (!errors[i].another || text_has(text, errors[i].another)))
            return &errors[i];
    }
    return NULL;
}

/* "in strcpy(0x1ffe, 0x1ffd)": each of such functions has a type of its own. */
static void take_overlap(const struct line *line, ledge_view text, struct report *fresh)
{
    static const char *const types[][2] = {
        {"strncpy", "Strncpy-param-overlap"}, {"strcpy", "Strcpy-param-overlap"},
        {"strncat", "Strncat-param-overlap"}, {"strcat", "Strcat-param-overlap"},
        {"stpcpy", "Stpcpy-param-overlap"},   {"wcscpy", "Wcscpy-param-overlap"},
    };
    ledge_view call = text_after(text, "overlap in ");
    for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
        if (text_starts(call, types[i][0]))
            report_set_type(fresh, types[i][1], line->whole);
    }
    fresh->address = report_address(line, text_after(call, "("));
}

static void take_error(const struct line *line, ledge_view text, const struct error *error,
                       struct report *fresh)
{
    fresh->tool = REPORT_VALGRIND;
    fresh->weight = error->weight;
    fresh->access = error->access;
    /* What memory it was stands below the stack. */
    bool later = strcmp(error->type, "UNKNOWN") == 0;
    report_set_type(fresh, error->type, line->whole && !later);
    ledge_view size = text_after(text, "size ");
    bool accessed = error->access != ACCESS_UNKNOWN && text_decimal(&size, &fresh->size) > 0;
    if (accessed && size.length == 0 && !line->whole)
        fresh->size = 0;
    if (text_has(text, "overlap in "))
        take_overlap(line, text, fresh);
    else if (text_has(text, " at 0x"))
        fresh->address = report_address(line, text_after(text, " at "));
    else if (text_has(text, "grow stack to 0x"))
        fresh->address = report_address(line, text_after(text, "grow stack to "));
}

/* "16 bytes in 1 blocks are definitely lost in loss record 1 of 1"; only the sums when the user
 * didn't ask for more: "definitely lost: 16 bytes in 1 blocks". */
static bool take_leak(ledge_view text, struct report *fresh)
{
    bool direct = text_has(text, " are definitely lost in loss record ") ||
                  text_has(text, " is definitely lost in loss record ");
    bool indirect = text_has(text, " indirectly lost in loss record ");
    bool possible = text_has(text, " possibly lost in loss record ");
    bool sum = text_starts(text, "definitely lost: ") && !text_starts(text, "definitely lost: 0 ");
    if (!direct && !indirect && !possible && !sum)
        return false;
    fresh->tool = REPORT_VALGRIND;
    fresh->weight = direct ? REPORT_RECOVERABLE : REPORT_HINT;
    report_set_type(fresh, indirect ? "Indirect-leak" : "Direct-leak", direct || indirect);
    return true;
}

bool report_valgrind_line(const struct line *line, struct report *fresh)
{
    ledge_view text;
    if (!take_prefix(line->text, &text))
        return false;
    const struct error *error = find_error(text);
    if (error) {
        take_error(line, text, error, fresh);
        return true;
    }
    ledge_view signal = text_after(text, "Process terminating with default action of signal ");
    if (signal.length > 0) {
        bool deadly = report_set_signal(fresh, report_signal_number(signal));
        fresh->tool = REPORT_VALGRIND;
        return deadly;
    }
    return take_leak(text, fresh);
}

/* --- Details -------------------------------------------------------------------------------- */

static bool is_type(const struct report *report, const char *type)
{
    return strcmp(report->type, type) == 0;
}

/* "is 0 bytes after a block of size 16 alloc'd", "is 4 bytes inside a block of size 16 free'd":
 * what an access there is called. */
static const char *type_of_block(const struct report *report, ledge_view text)
{
    bool freed = text_has(text, "free'd"), start = text_has(text, " is 0 bytes inside ");
    if (is_type(report, "Invalid-free"))
        return freed && start ? "Heap-double-free" : NULL;
    if (!is_type(report, "UNKNOWN"))
        return NULL;
    if (freed)
        return "Heap-use-after-free";
    return text_has(text, " alloc'd") ? "Heap-buffer-overflow" : NULL;
}

static void take_block(const struct line *line, ledge_view text, struct report *report)
{
    ledge_view rest = text_tail(text, strlen("Address "));
    if (report->address.length == 0)
        report->address = report_address(line, rest);
    if (text_has(text, " a block of size ")) {
        const char *type = type_of_block(report, text);
        if (type)
            report_set_type(report, type, line->whole);
    } else if (line->whole) {
        report->type_sure = true; /* it isn't in the heap */
    }
}

void report_valgrind_detail(const struct line *line, struct report *report)
{
    ledge_view text;
    if (report->tool != REPORT_VALGRIND || !take_prefix(line->text, &text))
        return;
    if (text_starts(text, "Address 0x"))
        take_block(line, text, report);
    else if (report->address.length == 0 && text_has(text, "mapped region at address "))
        report->address = report_address(line, text_after(text, "at address "));
    else if (text_starts(text, "General Protection Fault"))
        report->type_sure = true;
}

bool report_valgrind_role(const struct line *line, enum stack_role *role)
{
    static const struct {
        const char *text;
        enum stack_role role;
    } titles[] = {
        {"free'd", STACK_FREED},
        {"alloc'd", STACK_ALLOCATED},
        {"Block was alloc'd at", STACK_ALLOCATED},
        {"Uninitialised value was created by ", STACK_ORIGIN},
        {"This conflicts with a previous ", STACK_PREVIOUS},
        {"Other segment start ", STACK_PREVIOUS},
        {"Observed (incorrect) order is: ", STACK_MUTEX},
        {"followed by a later acquisition of lock", STACK_MUTEX},
        {"Required order was established by ", STACK_MUTEX},
        {" was created", STACK_THREAD},
        {"was first observed", STACK_OTHER},
        {"Other segment end ", STACK_OTHER},
        {"mutex 0x", STACK_OTHER},
        {"Address 0x", STACK_OTHER},
    };
    ledge_view text;
    if (!take_prefix(line->text, &text))
        return false;
    for (size_t i = 0; i < sizeof titles / sizeof *titles; i++) {
        if (text_has(text, titles[i].text)) {
            *role = titles[i].role;
            return true;
        }
    }
    return false;
}
