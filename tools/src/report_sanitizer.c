/* The headers and summaries of AddressSanitizer, HWAddressSanitizer, MemorySanitizer,
 * ThreadSanitizer, LeakSanitizer, TypeSanitizer, and of UndefinedBehaviorSanitizer where it catches
 * a signal:
 *
 *     ==17==ERROR: AddressSanitizer: heap-use-after-free on address 0x5020 at pc …
 *     WARNING: ThreadSanitizer: data race (pid=17)
 *     SUMMARY: AddressSanitizer: heap-use-after-free /dir/file.c:9:68 in name
 */
#include <string.h>

#include "report_family.h"
#include "taxonomy.h"

struct tool {
    const char *prefix; /* what stands before "Sanitizer" */
    enum report_tool tool;
};

/* Longest first: "HWAddress" ends in "Address". */
static const struct tool tools[] = {
    {"HWAddress", REPORT_HWASAN}, {"Address", REPORT_ASAN}, {"UndefinedBehavior", REPORT_UBSAN},
    {"Memory", REPORT_MSAN},      {"Thread", REPORT_TSAN},  {"Leak", REPORT_LSAN},
    {"Type", REPORT_TYSAN},
};

struct reason {
    const char *text; /* what the reason starts with */
    const char *type;
    enum report_weight weight;
};

/* Reasons whose type isn't their first word. */
static const struct reason reasons[] = {
    {"SEGV", "UNKNOWN", REPORT_CRASH},
    {"access-violation", "UNKNOWN", REPORT_CRASH},
    {"unknown-crash", "UNKNOWN", REPORT_CRASH},
    {"crashed on unknown address", "UNKNOWN", REPORT_CRASH}, /* before SEGV was said */
    {"BUS", "Bus", REPORT_CRASH},
    {"FPE", "Floating-point-exception", REPORT_CRASH},
    {"ILL", "Ill", REPORT_CONSEQUENCE},
    {"ABRT", "Abrt", REPORT_CONSEQUENCE},
    {"TRAP", "Trap", REPORT_CONSEQUENCE},
    {"attempting double-free", "Heap-double-free", REPORT_CRASH},
    {"attempting free on address which was not malloc()-ed", "Invalid-free", REPORT_CRASH},
    {"attempting to call malloc_usable_size()", "Bad-malloc-usable-size", REPORT_CRASH},
    {"attempting to call __sanitizer_get_allocated_size()", "Bad-get-allocated-size", REPORT_CRASH},
    {"bad parameters to __sanitizer_annotate", "Bad-container-annotation", REPORT_CRASH},
    {"requested allocation size", "Out-of-memory", REPORT_CRASH},
    {"allocation-size-too-big", "Out-of-memory", REPORT_CRASH},
    {"calloc parameters overflow", "Out-of-memory", REPORT_CRASH},
    {"calloc-overflow", "Out-of-memory", REPORT_CRASH},
    {"reallocarray parameters overflow", "Out-of-memory", REPORT_CRASH},
    {"reallocarray-overflow", "Out-of-memory", REPORT_CRASH},
    {"pvalloc parameters overflow", "Out-of-memory", REPORT_CRASH},
    {"allocator is out of memory", "Out-of-memory", REPORT_CRASH},
    {"out of memory", "Out-of-memory", REPORT_CRASH},
    {"out-of-memory", "Out-of-memory", REPORT_CRASH},
    {"specified RSS limit exceeded", "Out-of-memory", REPORT_CRASH},
    {"rss-limit-exceeded", "Out-of-memory", REPORT_CRASH},
    {"hard rss limit exhausted", "Out-of-memory", REPORT_CRASH},
    {"soft rss limit exhausted", "Out-of-memory", REPORT_RECOVERABLE},
    {"failed to allocate", "Out-of-memory", REPORT_CRASH},
    {"invalid allocation alignment", "Invalid-allocation-alignment", REPORT_CRASH},
    {"invalid alignment requested in", "Invalid-allocation-alignment", REPORT_CRASH},
    {"invalid aligned_alloc alignment", "Invalid-allocation-alignment", REPORT_CRASH},
    {"invalid-allocation-alignment", "Invalid-allocation-alignment", REPORT_CRASH},
    {"invalid-aligned-alloc-alignment", "Invalid-allocation-alignment", REPORT_CRASH},
    {"invalid-posix-memalign-alignment", "Invalid-allocation-alignment", REPORT_CRASH},
    {"pvalloc-overflow", "Out-of-memory", REPORT_CRASH},
    {"bad-__sanitizer_get_allocated_size", "Bad-get-allocated-size", REPORT_CRASH},
    {"bad-__sanitizer_annotate", "Bad-container-annotation", REPORT_CRASH},
    {"illegal-instruction", "Ill", REPORT_CONSEQUENCE},
    {"breakpoint", "Breakpoint", REPORT_CONSEQUENCE},
    {"int-divide-by-zero", "Divide-by-zero", REPORT_CRASH},
    {"double-free", "Heap-double-free", REPORT_CRASH},
    {"bad-free", "Invalid-free", REPORT_CRASH},
    {"detected memory leaks", "Direct-leak", REPORT_RECOVERABLE},
};

/* Lines that have the form of a report and aren't one: the tool talks of itself. */
static const char *const not_reports[] = {
    "nested bug in the same thread", "unexpected memory mapping", "Shadow memory range interleaves",
    "memory layout is incompatible", "failed to intercept",
};

/* Leaves in *rest what follows "…Sanitizer", in *before what came before its name. */
static enum report_tool take_tool(ledge_view text, ledge_view *before, ledge_view *rest)
{
    size_t at = text_find(text, "Sanitizer");
    if (at == TEXT_NONE)
        return REPORT_UNKNOWN;
    *rest = text_tail(text, at + strlen("Sanitizer"));
    ledge_view head = text_head(text, at);
    for (size_t i = 0; i < sizeof tools / sizeof *tools; i++) {
        if (text_ends(head, tools[i].prefix)) {
            *before = text_head(head, head.length - strlen(tools[i].prefix));
            return tools[i].tool;
        }
    }
    return REPORT_UNKNOWN;
}

void report_set_type(struct report *report, const char *type, bool sure)
{
    size_t len = strlen(type);
    if (len >= sizeof report->type)
        len = sizeof report->type - 1;
    memcpy(report->type, type, len);
    report->type[len] = '\0';
    report->type_sure = sure;
}

ledge_view report_address(const struct line *line, ledge_view text)
{
    ledge_view tail = text;
    uint64_t value;
    bool marked = text_skip(&tail, "0x");
    size_t digits = text_hex(&tail, &value);
    bool cut = !line->whole && tail.length == 0;
    if (digits < (marked ? 1u : 8u) || cut)
        return ledge_view_of(NULL, 0);
    return text_head(text, text.length - tail.length);
}

/* Writes the word, or words, at the front of a reason as a type: "heap-buffer-overflow" gives
 * "Heap-buffer-overflow". Returns how many bytes it took. */
static size_t write_type(ledge_view reason, bool words, char type[REPORT_TYPE_MAX])
{
    size_t taken = 0;
    while (taken < reason.length && taken < REPORT_TYPE_MAX - 1) {
        unsigned char byte = reason.ptr[taken];
        if (!text_is_name(byte) && byte != '-' && (!words || byte != ' '))
            break;
        type[taken++] = (char)(byte == '_' ? '-' : byte);
    }
    size_t len = taken;
    while (len > 0 && type[len - 1] == ' ')
        len--;
    type[len] = '\0';
    if (type[0] >= 'a' && type[0] <= 'z')
        type[0] = (char)(type[0] - 'a' + 'A');
    return taken;
}

/* A type is one word, or, ThreadSanitizer's, all up to a parenthesis. */
static void type_of_words(ledge_view reason, const struct line *line, struct report *fresh)
{
    char type[REPORT_TYPE_MAX];
    size_t taken = write_type(reason, false, type);
    if (fresh->tool == REPORT_TSAN && !taxonomy_find(type))
        taken = write_type(reason, true, type);
    bool ended = taken < reason.length || line->whole;
    if (type[0] == '\0')
        report_set_type(fresh, "UNKNOWN", false);
    else
        report_set_type(fresh, type, ended && taxonomy_find(type) != NULL);
}

static const struct reason *find_reason(ledge_view reason)
{
    for (size_t i = 0; i < sizeof reasons / sizeof *reasons; i++) {
        if (text_starts(reason, reasons[i].text))
            return &reasons[i];
    }
    return NULL;
}

/* "on address 0x…", "on unknown address 0x…", "on 0x…", "malloc()-ed: 0x…"; for copies that
 * overlap, the ranges. */
static void take_address(ledge_view reason, const struct line *line, struct report *fresh)
{
    static const char *const leads[] = {
        " on unknown address ", " on address ",           " on ",          ")-ed: ", "not owned: ",
        "odr-violation (",      "invalid-pointer-pair: ", "heap object [", "-> "};
    if (text_has(text_word(reason), "-param-overlap")) {
        size_t from = text_find_byte(reason, '['), to = text_find_last_byte(reason, ')');
        if (from != TEXT_NONE && to != TEXT_NONE && to > from)
            fresh->address = text_head(text_tail(reason, from), to + 1 - from);
        return;
    }
    for (size_t i = 0; i < sizeof leads / sizeof *leads; i++) {
        size_t at = text_find(reason, leads[i]);
        if (at == TEXT_NONE)
            continue;
        fresh->address = report_address(line, text_tail(reason, at + strlen(leads[i])));
        if (fresh->address.length > 0)
            return;
    }
    reason = text_trim(reason);
    fresh->address_follows = text_ends(reason, " on") || text_ends(reason, " address") ||
                             text_ends(reason, ")-ed:") || text_ends(reason, "not owned:");
}

static void take_reason(ledge_view reason, const struct line *line, struct report *fresh)
{
    const struct reason *known = find_reason(reason);
    fresh->weight = known ? known->weight : REPORT_CRASH;
    if (known)
        report_set_type(fresh, known->type, true);
    else
        type_of_words(reason, line, fresh);
    /* What a division's signal comes with is where the instruction stands. */
    if (strcmp(fresh->type, "Floating-point-exception") != 0)
        take_address(reason, line, fresh);
}

/* "AddressSanitizer:DEADLYSIGNAL" comes before any signal's report. */
static bool take_deadly_signal(ledge_view rest, struct report *fresh)
{
    if (!text_starts(rest, ":DEADLYSIGNAL"))
        return false;
    fresh->weight = REPORT_HINT;
    report_set_type(fresh, "Fatal-signal", false);
    return true;
}

/* "AddressSanitizer CHECK failed: file.cpp:1 "((0)) != (0)"": the tool itself gave up. */
static bool take_check(ledge_view rest, const struct line *line, struct report *fresh)
{
    if (!text_skip(&rest, " CHECK failed: ") && !text_skip(&rest, ": CHECK failed: "))
        return false;
    fresh->weight = REPORT_CRASH;
    report_set_type(fresh, "Sanitizer CHECK failure", true);
    fresh->place = text_word(rest);
    size_t thread = text_find_last(rest, " (tid=");
    if (thread != TEXT_NONE)
        rest = text_head(rest, thread);
    fresh->detail = text_trim(text_tail(rest, fresh->place.length));
    fresh->detail_whole = line->whole;
    return true;
}

static bool is_about_itself(ledge_view reason)
{
    for (size_t i = 0; i < sizeof not_reports / sizeof *not_reports; i++) {
        if (text_starts(reason, not_reports[i]))
            return true;
    }
    return false;
}

static bool is_known_word(ledge_view reason)
{
    char type[REPORT_TYPE_MAX];
    write_type(reason, false, type);
    return taxonomy_find(type) != NULL;
}

/* ThreadSanitizer's warnings say whose process it was; without it, nothing but the type. */
static bool is_whole_warning(ledge_view reason)
{
    char type[REPORT_TYPE_MAX];
    write_type(reason, true, type);
    return taxonomy_find(type) != NULL || text_has(reason, "(pid=");
}

bool report_sanitizer_line(const struct line *line, struct report *fresh)
{
    static const char nameless[] = "==Sanitizer";
    ledge_view before, reason;
    fresh->tool = take_tool(line->text, &before, &reason);
    if (fresh->tool == REPORT_UNKNOWN)
        return take_check(text_after(line->text, nameless), line, fresh);
    if (take_deadly_signal(reason, fresh) || take_check(reason, line, fresh))
        return true;
    bool error = text_ends(before, "ERROR: "), warning = text_ends(before, "WARNING: ");
    bool spaced = !text_skip(&reason, ": ") && text_skip(&reason, " ");
    const struct reason *known = find_reason(reason);
    /* "AddressSanitizer failed to allocate …" has no colon, nor have old versions any. */
    if (is_about_itself(reason) || (spaced && !known && !is_known_word(reason)))
        return false;
    bool memory = known && strcmp(known->type, "Out-of-memory") == 0;
    /* An allocation that is let fail is a WARNING, and no crash; a limit on the whole process has
     * no such word at all. */
    bool limit = memory && text_has(text_head(reason, 24), "rss limit");
    bool warns = warning && !memory && (fresh->tool == REPORT_MSAN || fresh->tool == REPORT_TSAN);
    /* People leave out what stands before the name. */
    bool bare = is_known_word(reason) &&
                (text_has(reason, " on address 0x") || text_has(reason, " on unknown address 0x"));
    if (!error && !warns && !limit && !bare)
        return false;
    if (fresh->tool == REPORT_TSAN && warns && line->whole && !is_whole_warning(reason))
        return false;
    bool particular =
        text_has(reason, " 0x") || text_has(reason, "(pid=") || text_has(reason, "(size=");
    if (!particular && report_is_cited(line->text, before.length))
        return false;
    /* A pattern that a test looks for, "AddressSanitizer: {{.*}}", has no word. */
    if (!known && line->whole && (reason.length == 0 || !text_is_name(reason.ptr[0])))
        return false;
    take_reason(reason, line, fresh);
    return true;
}

/* "/dir/file.c:9:68 in name", or "(/dir/module+0x12) (BuildId: 93ac) in name". */
static void take_summary_place(ledge_view place, struct report *fresh)
{
    size_t in = text_find_last(place, " in ");
    if (in != TEXT_NONE) {
        fresh->summary_function = text_trim(text_tail(place, in + 4));
        place = text_head(place, in);
    }
    size_t plus = text_find(place, "+0x");
    size_t open = text_find(place, "(/");
    if (open != TEXT_NONE && plus != TEXT_NONE && plus > open) {
        fresh->module_path = text_head(text_tail(place, open + 1), plus - open - 1);
        return;
    }
    size_t blank = text_find_last_byte(place, ' ');
    fresh->summary_place = blank == TEXT_NONE ? place : text_tail(place, blank + 1);
}

bool report_sanitizer_summary(const struct line *line, struct report *fresh)
{
    size_t at = text_find(line->text, "SUMMARY: ");
    if (at == TEXT_NONE)
        return false;
    ledge_view before, reason;
    fresh->tool = take_tool(text_tail(line->text, at), &before, &reason);
    if (fresh->tool == REPORT_UNKNOWN || !text_skip(&reason, ": "))
        return false;
    ledge_view word = text_word(reason);
    if (report_is_cited(line->text, at) && (text_has(word, "`") || text_has(word, "\"")))
        return false;
    if (text_has(reason, "leaked in")) {
        fresh->tool = REPORT_LSAN;
        report_set_type(fresh, "Direct-leak", false);
    } else if (fresh->tool == REPORT_UBSAN && !text_starts(reason, "SEGV")) {
        report_set_type(fresh, report_ubsan_check(reason), false);
    } else {
        take_reason(reason, line, fresh);
    }
    fresh->weight = REPORT_HINT;
    take_summary_place(text_trim(reason), fresh);
    return true;
}

bool report_leak_line(const struct line *line, bool *direct)
{
    *direct = text_has(line->text, "Direct leak of ");
    return *direct || text_has(line->text, "Indirect leak of ");
}

static bool read_address(ledge_view address, uint64_t *value)
{
    text_skip(&address, "0x");
    return text_hex(&address, value) > 0 && address.length == 0;
}

bool report_near_null(ledge_view address)
{
    uint64_t value;
    return read_address(address, &value) && value < TAXONOMY_NEAR_NULL;
}

bool report_is_marker(ledge_view address)
{
    static const uint64_t markers[] = {0xbbadbeef, 0xfbadbeef, 0x1f75b7dd, 0x977537dd, 0x9f7537dd};
    uint64_t value;
    if (!read_address(address, &value))
        return false;
    for (size_t i = 0; i < sizeof markers / sizeof *markers; i++) {
        if (value == markers[i])
            return true;
    }
    return false;
}
