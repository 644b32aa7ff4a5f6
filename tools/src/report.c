#include "report.h"

#include <stdlib.h>
#include <string.h>

#include "mem.h"
#include "report_family.h"

#define STACKS_MAX 48

/* The state of the scan. Frames go to `current`; NULL drops them. */
struct scan {
    struct report best;   /* what decides so far */
    struct report follow; /* the consequence of `best`, whose stack it may need */
    struct report orphan; /* frames before any report: the head of the log may be missing */
    struct report *current;
    enum stack_role next_role;
    ledge_view next_title;
    struct stack *open; /* the stack that the next frame may belong to */
    unsigned last_number;
    size_t line_number;
};

/* --- Text ----------------------------------------------------------------------------------- */

/* The length of a well-formed UTF-8 sequence at the front, or 0. */
static size_t utf8_length(const unsigned char *at, size_t left)
{
    size_t len = at[0] < 0x80 ? 1 : at[0] < 0xC2 ? 0 : at[0] < 0xE0 ? 2 : at[0] < 0xF0 ? 3 : 4;
    if (len == 0 || len > left || at[0] > 0xF4)
        return 0;
    for (size_t i = 1; i < len; i++) {
        if ((at[i] & 0xC0) != 0x80)
            return 0;
    }
    bool overlong = (at[0] == 0xE0 && at[1] < 0xA0) || (at[0] == 0xF0 && at[1] < 0x90);
    bool surrogate = at[0] == 0xED && at[1] >= 0xA0;
    return overlong || surrogate || (at[0] == 0xF4 && at[1] >= 0x90) ? 0 : len;
}

/* The length of a terminal's escape sequence ("\033[1m") at the front. */
static size_t escape_length(const unsigned char *at, size_t left)
{
    if (left < 2 || at[1] != '[')
        return 1;
    size_t len = 2;
    while (len < left && at[len] >= 0x20 && at[len] < 0x40)
        len++;
    return len < left && at[len] >= 0x40 && at[len] < 0x7F ? len + 1 : len;
}

/* Writes the text that is in the bytes; a lone carriage return ends a line as well. */
static size_t clean(const unsigned char *bytes, size_t len, char *out)
{
    size_t out_len = 0;
    for (size_t i = 0; i < len;) {
        unsigned char byte = bytes[i];
        size_t sequence = byte >= 0x80 ? utf8_length(bytes + i, len - i) : 1;
        if (byte == 0x1B) {
            i += escape_length(bytes + i, len - i);
        } else if (byte == '\r') {
            if (i + 1 >= len || bytes[i + 1] != '\n')
                out[out_len++] = '\n';
            i++;
        } else if (sequence == 0 || (byte < 0x20 && byte != '\n') || byte == 0x7F) {
            out[out_len++] = (char)(byte >= 0x80 ? '?' : ' ');
            i++;
        } else {
            memcpy(out + out_len, bytes + i, sequence);
            out_len += sequence;
            i += sequence;
        }
    }
    return out_len;
}

/* --- Stacks --------------------------------------------------------------------------------- */

static void stacks_free(struct report *report)
{
    for (size_t i = 0; i < report->stacks_len; i++)
        free(report->stacks[i].frames);
    free(report->stacks);
    report->stacks = NULL;
    report->stacks_len = report->stacks_cap = 0;
}

void stack_add(struct stack *stack, const struct frame *frame)
{
    if (stack->len == STACK_MAX)
        return;
    if (stack->len == stack->cap) {
        stack->cap = stack->cap ? stack->cap * 2 : 8;
        stack->frames = mem_resize(stack->frames, stack->cap, sizeof *stack->frames);
    }
    stack->frames[stack->len++] = *frame;
}

static struct stack *stack_open(struct report *report, enum stack_role role, ledge_view title)
{
    if (report->stacks_len == STACKS_MAX)
        return NULL;
    if (report->stacks_len == report->stacks_cap) {
        report->stacks_cap = report->stacks_cap ? report->stacks_cap * 2 : 4;
        report->stacks = mem_resize(report->stacks, report->stacks_cap, sizeof *report->stacks);
    }
    struct stack *stack = &report->stacks[report->stacks_len++];
    *stack = (struct stack){.role = role, .title = title};
    return stack;
}

const struct stack *report_stack(const struct report *report, enum stack_role role)
{
    for (size_t i = 0; i < report->stacks_len; i++) {
        if (report->stacks[i].role == role && report->stacks[i].len > 0)
            return &report->stacks[i];
    }
    return NULL;
}

const char *stack_role_name(enum stack_role role)
{
    static const char *const names[] = {
        "crash",          "previous access", "freed by",       "allocated by",
        "value's origin", "mutex acquired",  "thread created", "other"};
    return names[role];
}

static void take_frame(struct scan *scan, const struct frame *frame)
{
    if (!scan->current)
        return;
    bool continues = scan->open && frame->number > scan->last_number;
    if (!continues && (frame->number == 0 || !scan->open)) {
        scan->open = stack_open(scan->current, scan->next_role, scan->next_title);
        scan->next_role = STACK_OTHER;
        scan->next_title = ledge_view_of(NULL, 0);
        continues = scan->open != NULL;
    }
    if (continues) {
        scan->open->closed = false;
        stack_add(scan->open, frame);
        scan->last_number = frame->number;
    }
}

/* --- Reports -------------------------------------------------------------------------------- */

static void go_on_with(struct scan *scan, struct report *report)
{
    scan->current = report;
    scan->open = NULL;
    scan->next_role = STACK_CRASH;
    scan->next_title = ledge_view_of(NULL, 0);
}

static bool replaces(const struct report *fresh, const struct report *best)
{
    if (best->weight == REPORT_NONE)
        return true;
    if (best->weight == REPORT_HINT)
        return fresh->weight > REPORT_HINT;
    return best->weight == REPORT_RECOVERABLE && fresh->weight == REPORT_CRASH;
}

static void begin(struct scan *scan, const struct report *fresh)
{
    if (replaces(fresh, &scan->best)) {
        stacks_free(&scan->best);
        stacks_free(&scan->follow);
        scan->follow.weight = REPORT_NONE;
        scan->best = *fresh;
        go_on_with(scan, &scan->best);
        return;
    }
    bool wanted = fresh->weight == REPORT_CONSEQUENCE && scan->follow.weight == REPORT_NONE &&
                  !report_stack(&scan->best, STACK_CRASH);
    if (wanted)
        scan->follow = *fresh;
    go_on_with(scan, wanted ? &scan->follow : NULL);
}

/* The first direct leak decides, wherever it stands among the indirect ones. */
static void take_leak(struct scan *scan, bool direct)
{
    struct report *report = scan->current;
    bool first = !report_stack(report, STACK_CRASH);
    bool wins = direct && strcmp(report->type, "Direct-leak") != 0;
    if (first || wins)
        report_set_type(report, direct ? "Direct-leak" : "Indirect-leak", true);
    for (size_t i = 0; wins && i < report->stacks_len; i++)
        report->stacks[i].role = STACK_OTHER;
    scan->next_role = first || wins ? STACK_CRASH : STACK_OTHER;
}

static void take_summary(struct scan *scan, const struct report *summary)
{
    if (scan->best.weight == REPORT_NONE) {
        struct report *orphan = &scan->orphan;
        ledge_view empty = ledge_view_of(NULL, 0);
        scan->best = *summary;
        scan->best.access = orphan->access;
        scan->best.size = orphan->size;
        scan->best.address = orphan->address;
        scan->best.stacks = orphan->stacks;
        scan->best.stacks_len = orphan->stacks_len;
        scan->best.stacks_cap = orphan->stacks_cap;
        *orphan = (struct report){.address = empty};
        go_on_with(scan, NULL);
    } else if (scan->current && scan->current->summary_place.length == 0) {
        scan->current->summary_function = summary->summary_function;
        scan->current->summary_place = summary->summary_place;
        scan->current->module_path = summary->module_path;
        scan->open = NULL;
    }
}

static bool take_header(struct scan *scan, const struct line *line)
{
    struct report fresh = {0};
    fresh.headline = line->text;
    fresh.headline_number = scan->line_number;
    if (report_sanitizer_summary(line, &fresh)) {
        take_summary(scan, &fresh);
        return true;
    }
    if (!report_sanitizer_line(line, &fresh) && !report_ubsan_line(line, &fresh) &&
        !report_libfuzzer_line(line, &fresh) && !report_libc_line(line, &fresh) &&
        !report_kit_line(line, &fresh))
        return false;
    begin(scan, &fresh);
    return true;
}

static void take_title(struct scan *scan, const struct line *line)
{
    enum stack_role role;
    bool direct;
    if (report_leak_line(line, &direct) && scan->current->tool == REPORT_LSAN)
        take_leak(scan, direct);
    else if (report_role(line, &role))
        scan->next_role = role;
    else
        return;
    scan->next_title = text_trim(line->text);
    scan->open = NULL;
}

static void take_line(struct scan *scan, const struct line *line)
{
    struct frame frame;
    if (frame_parse(line->text, &frame)) {
        take_frame(scan, &frame);
        if (scan->open)
            scan->open->closed = false;
        return;
    }
    if (scan->open && line->whole)
        scan->open->closed = true;
    /* Nothing that means anything is this short. */
    if (line->text.length < 4 || take_header(scan, line) || !scan->current)
        return;
    bool untouched = scan->current->access == ACCESS_UNKNOWN;
    report_detail(line, scan->current);
    /* The line of the access stands above the stack of the crash. */
    if (untouched && scan->current->access != ACCESS_UNKNOWN && scan->next_role == STACK_CRASH)
        scan->next_title = text_trim(line->text);
    take_title(scan, line);
}

/* --- The end -------------------------------------------------------------------------------- */

/* A log that lost its beginning may still hold an access with a stack. */
static void adopt_orphan(struct scan *scan)
{
    struct report *orphan = &scan->orphan;
    if (scan->best.weight != REPORT_NONE || !report_stack(orphan, STACK_CRASH))
        return;
    bool race = report_stack(orphan, STACK_PREVIOUS) != NULL;
    orphan->weight = orphan->access == ACCESS_UNKNOWN ? REPORT_NONE : REPORT_HINT;
    orphan->tool = race ? REPORT_TSAN : REPORT_UNKNOWN;
    report_set_type(orphan, race ? "Data race" : "UNKNOWN", false);
    scan->best = *orphan;
    *orphan = (struct report){0};
}

/* The message came before the abort; the stack came with it. */
static void adopt_follow(struct scan *scan)
{
    struct report *best = &scan->best, *follow = &scan->follow;
    if (follow->weight == REPORT_NONE || report_stack(best, STACK_CRASH))
        return;
    if (best->tool == REPORT_LIBC)
        best->tool = follow->tool;
    best->summary_function = follow->summary_function;
    best->summary_place = follow->summary_place;
    best->module_path = follow->module_path;
    stacks_free(best);
    best->stacks = follow->stacks;
    best->stacks_len = follow->stacks_len;
    best->stacks_cap = follow->stacks_cap;
    follow->stacks = NULL;
    follow->stacks_len = follow->stacks_cap = 0;
}

void report_parse(const char *bytes, size_t len, struct report *out)
{
    char *text = mem_new(len + 1, 1);
    ledge_view rest = ledge_view_of(text, clean((const unsigned char *)bytes, len, text));
    struct scan scan = {.next_role = STACK_CRASH};
    scan.current = &scan.orphan;
    while (rest.length > 0) {
        size_t newline = text_find_byte(rest, '\n');
        struct line line = {newline == TEXT_NONE ? rest : text_head(rest, newline),
                            newline != TEXT_NONE};
        scan.line_number++;
        take_line(&scan, &line);
        rest = text_tail(rest, line.text.length + 1);
    }
    adopt_orphan(&scan);
    adopt_follow(&scan);
    stacks_free(&scan.orphan);
    stacks_free(&scan.follow);
    *out = scan.best;
    out->text = text;
}

void report_free(struct report *report)
{
    stacks_free(report);
    free(report->text);
    report->text = NULL;
}
