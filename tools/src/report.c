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
    ledge_view above;   /* the line before this one */
    bool outer_first;   /* the stack that comes begins with the outermost frame */
    unsigned last_number;
    unsigned next_thread;
    unsigned unplaced; /* for so many lines the place of the last frame may still come */
    size_t line_number;
};

/* A debugger's arguments may take a few lines before the place comes. */
#define UNPLACED_LINES 8

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

static void take_frame(struct scan *scan, struct frame *frame)
{
    if (!scan->current)
        return;
    if (frame->follows)
        frame->number = scan->open ? scan->last_number + 1 : 0;
    bool continues = scan->open && frame->number > scan->last_number;
    if (!continues && (frame->number == 0 || !scan->open)) {
        scan->open = stack_open(scan->current, scan->next_role, scan->next_title);
        if (scan->open) {
            scan->open->thread = scan->next_thread;
            scan->open->outer_first = scan->outer_first;
        }
        scan->outer_first = false;
        scan->next_role = STACK_OTHER;
        scan->next_title = ledge_view_of(NULL, 0);
        scan->next_thread = 0;
        continues = scan->open != NULL;
    }
    scan->unplaced = 0;
    if (continues) {
        scan->open->closed = false;
        stack_add(scan->open, frame);
        scan->last_number = frame->number;
        if (frame->file.length == 0 && frame->module.length == 0)
            scan->unplaced = UNPLACED_LINES;
    }
}

/* The outermost frame of a thread: there was nothing more to print. */
static bool is_outermost(const struct frame *frame)
{
    static const char *const names[] = {"main",    "_start",        "start_thread", "clone",
                                        "__clone", "__clone3",      "clone3",       "thread_start",
                                        "start",   "_pthread_start"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (text_is(frame->function, names[i]))
            return true;
    }
    return false;
}

/* Returns true when the line was the rest of the last frame. */
static bool take_rest_of_frame(struct scan *scan, const struct line *line)
{
    if (scan->unplaced == 0 || !scan->open || scan->open->len == 0)
        return false;
    scan->unplaced--;
    if (!frame_continue(line->text, &scan->open->frames[scan->open->len - 1]))
        return false;
    scan->unplaced = 0;
    return true;
}

/* --- Reports -------------------------------------------------------------------------------- */

static void go_on_with(struct scan *scan, struct report *report)
{
    scan->current = report;
    scan->open = NULL;
    scan->next_role = STACK_CRASH;
    scan->next_title = ledge_view_of(NULL, 0);
    scan->next_thread = 0;
    scan->unplaced = 0;
}

static bool is_type(const struct report *report, const char *type)
{
    return strcmp(report->type, type) == 0;
}

static bool is_assertion(const struct report *report)
{
    return report->tool == REPORT_LIBC &&
           (report->detail.length > 0 || is_type(report, "ASSERT_NOT_REACHED"));
}

/* What a C library says of broken memory. */
static bool is_message(const struct report *report)
{
    return report->tool == REPORT_LIBC && report->weight == REPORT_CRASH;
}

/* Macros that stop a program by touching an address that everybody knows. */
static bool is_deliberate(const struct report *report)
{
    return is_type(report, "UNKNOWN") &&
           (report_near_null(report->address) || report_is_marker(report->address));
}

static bool is_consequence(const struct report *fresh, const struct report *best)
{
    return fresh->weight == REPORT_CONSEQUENCE || fresh->may_follow ||
           (is_assertion(best) && is_deliberate(fresh));
}

static bool replaces(const struct report *fresh, const struct report *best)
{
    switch (best->weight) {
    case REPORT_NONE:
        return true;
    case REPORT_MENTION:
        return fresh->weight > REPORT_CONSEQUENCE && !is_consequence(fresh, best);
    case REPORT_HINT:
        return fresh->weight > REPORT_HINT;
    case REPORT_CONSEQUENCE:
        /* Android's tombstones name the signal before the message. */
        return (is_assertion(fresh) || is_message(fresh)) && !report_stack(best, STACK_CRASH);
    case REPORT_RECOVERABLE:
        if (is_type(best, "Indirect-leak") && is_type(fresh, "Direct-leak"))
            return true;
        return fresh->weight == REPORT_CRASH && !(is_assertion(best) && is_deliberate(fresh));
    default:
        return false;
    }
}

/* A debugger that is asked for more says once more what it stopped for. */
static bool repeats(const struct report *fresh, const struct report *best)
{
    return fresh->tool == REPORT_SIGNAL && best->tool == REPORT_SIGNAL && fresh->may_follow &&
           best->may_follow && is_type(fresh, best->type);
}

/* Before the stack came. Go says so of a panic that was caught and let go on. */
static bool said_twice(const struct scan *scan, const struct report *fresh)
{
    const struct report *best = &scan->best;
    if (!scan->current || fresh->tool != best->tool || fresh->weight != best->weight ||
        !is_type(fresh, best->type))
        return false;
    if (scan->follow.weight != REPORT_NONE && !report_stack(best, STACK_CRASH))
        return true;
    bool same = fresh->headline.length == best->headline.length &&
                memcmp(fresh->headline.ptr, best->headline.ptr, best->headline.length) == 0;
    return scan->current == best && best->stacks_len == 0 &&
           (same || fresh->tool == REPORT_UNKNOWN);
}

static void begin(struct scan *scan, const struct report *fresh)
{
    struct report *best = &scan->best;
    if (said_twice(scan, fresh))
        return;
    if (best->weight != REPORT_NONE && repeats(fresh, best)) {
        if (best->address.length == 0)
            best->address = fresh->address;
        go_on_with(scan, best);
        scan->next_thread = fresh->thread;
        return;
    }
    if (replaces(fresh, best)) {
        stacks_free(best);
        stacks_free(&scan->follow);
        scan->follow.weight = REPORT_NONE;
        *best = *fresh;
        go_on_with(scan, best);
        return;
    }
    if (best->weight == REPORT_MENTION && fresh->weight != REPORT_MENTION)
        best->weight = REPORT_CRASH;
    /* lldb says above the stack of the thread that died once more of what. */
    if (fresh->thread > 0 && fresh->thread == scan->follow.thread &&
        repeats(fresh, &scan->follow)) {
        go_on_with(scan, &scan->follow);
        scan->next_thread = fresh->thread;
        return;
    }
    /* A shell says that it aborted, and somebody runs a debugger later. */
    bool aborted = fresh->tool == REPORT_SIGNAL && is_type(fresh, "Abrt") &&
                   (is_assertion(best) || is_message(best));
    bool wanted = (aborted || is_consequence(fresh, best)) &&
                  !report_stack(&scan->follow, STACK_CRASH) && !report_stack(best, STACK_CRASH);
    if (wanted) {
        stacks_free(&scan->follow);
        scan->follow = *fresh;
    }
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

/* A leak whose header is lost. */
static bool take_lost_leak(struct scan *scan, const struct line *line)
{
    bool direct;
    if (scan->best.weight != REPORT_NONE || !report_leak_line(line, &direct) ||
        !text_has(line->text, " byte(s) in "))
        return false;
    struct report fresh = {.weight = REPORT_HINT, .tool = REPORT_LSAN};
    fresh.headline = line->text;
    fresh.headline_number = scan->line_number;
    report_set_type(&fresh, direct ? "Direct-leak" : "Indirect-leak", false);
    begin(scan, &fresh);
    return false;
}

static bool take_header(struct scan *scan, const struct line *line)
{
    static bool (*const families[])(const struct line *, struct report *) = {
        report_sanitizer_line, report_ubsan_line,   report_engine_line,   report_assert_line,
        report_check_line,     report_libc_line,    report_valgrind_line, report_signal_line,
        report_kit_line,       report_managed_line,
    };
    const struct report named = {.headline = line->text, .headline_number = scan->line_number};
    struct report fresh = named;
    if (report_sanitizer_summary(line, &fresh)) {
        take_summary(scan, &fresh);
        return true;
    }
    for (size_t i = 0; i < sizeof families / sizeof *families; i++) {
        fresh = named;
        if (families[i](line, &fresh)) {
            begin(scan, &fresh);
            return true;
        }
    }
    return take_lost_leak(scan, line);
}

/* One thread's stack among several of a debugger. */
static bool take_thread(struct scan *scan, const struct line *line)
{
    struct report *report = scan->current;
    unsigned thread;
    bool died;
    bool may = report->tool == REPORT_SIGNAL || report->tool == REPORT_LIBC;
    if ((!may && report != &scan->orphan) || !report_thread(line, &thread, &died))
        return false;
    if (died)
        report->thread = thread;
    if (text_has(line->text, "[Current thread is "))
        return true;
    scan->next_thread = thread;
    scan->next_role = report_stack(report, STACK_CRASH) ? STACK_OTHER : STACK_CRASH;
    return true;
}

/* Go prints it when it gives up. */
static void take_goroutine(struct scan *scan)
{
    if (scan->best.weight == REPORT_MENTION)
        scan->best.weight = REPORT_CRASH;
}

static void take_title(struct scan *scan, const struct line *line)
{
    enum stack_role role;
    bool direct;
    if (report_leak_line(line, &direct) && scan->current->tool == REPORT_LSAN)
        take_leak(scan, direct);
    else if (report_role(line, &role) || report_managed_role(line, &role))
        scan->next_role = role;
    else if (text_has(line->text, "Traceback (most recent call last)"))
        scan->outer_first = true;
    else if (report_goroutine(line))
        take_goroutine(scan);
    else if (!take_thread(scan, line))
        return;
    scan->next_title = text_trim(line->text);
    scan->open = NULL;
}

/* libFuzzer's lines on its progress, and the words it recommends, show pieces of inputs; Chromium
 * shows what scripts say. */
static bool is_quotation(const struct line *line)
{
    if (text_has(line->text, ":INFO:CONSOLE"))
        return true;
    return text_has(line->text, "\" # Uses: ") ||
           (text_has(line->text, " cov: ") && text_has(line->text, " exec/s: "));
}

/* Returns true when the line says what failed, behind the headline that didn't. */
static bool take_message(struct scan *scan, const struct line *line)
{
    struct report *report = scan->current;
    if (!report || !report->message_follows)
        return false;
    return is_type(report, "ASSERT") ? report_assert_detail(line, report)
                                     : report_check_detail(line, report);
}

/* A report may end in the line on which its stack begins: "Received signal 4 #0 0x55d0 (…)". */
static void take_joined(struct scan *scan, const struct line *line, const struct frame *frame)
{
    size_t at = frame->number == 0 && !frame->follows ? text_find(line->text, "#0 ") : TEXT_NONE;
    struct line head = {text_head(line->text, at), true};
    if (at != TEXT_NONE && at > 8)
        take_header(scan, &head);
}

static void take_line(struct scan *scan, const struct line *line)
{
    struct frame frame;
    if (is_quotation(line))
        return;
    bool managed = scan->current && scan->current->managed;
    if (frame_parse(line->text, &frame) || frame_go(scan->above, line->text, &frame) ||
        (managed && frame_managed(line->text, &frame))) {
        take_joined(scan, line, &frame);
        take_frame(scan, &frame);
        if (scan->open)
            scan->open->closed = line->whole && is_outermost(&frame);
        return;
    }
    if (scan->open && line->whole)
        scan->open->closed = true;
    if (take_rest_of_frame(scan, line))
        return;
    if (take_message(scan, line))
        return;
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

/* A log that lost its beginning may still hold an access with a stack, or the stack of a debugger
 * on which something ends the process. */
static void adopt_orphan(struct scan *scan)
{
    struct report *orphan = &scan->orphan;
    if (scan->best.weight != REPORT_NONE || !report_stack(orphan, STACK_CRASH))
        return;
    bool race = report_stack(orphan, STACK_PREVIOUS) != NULL;
    bool touched = orphan->access != ACCESS_UNKNOWN;
    if (!touched)
        report_choose_stack(orphan);
    bool ended = !touched && report_read_stack(orphan);
    /* macOS: "Thread 3 Crashed:". */
    bool crashed = !touched && text_has(report_stack(orphan, STACK_CRASH)->title, " Crashed:");
    orphan->weight = touched || ended || crashed ? REPORT_HINT : REPORT_NONE;
    orphan->tool = race ? REPORT_TSAN : ended || crashed ? REPORT_SIGNAL : REPORT_UNKNOWN;
    if (touched)
        report_set_type(orphan, race ? "Data race" : "UNKNOWN", false);
    else if ((ended || crashed) && orphan->type[0] == '\0')
        report_set_type(orphan, ended ? "Abrt" : "UNKNOWN", false);
    scan->best = *orphan;
    *orphan = (struct report){0};
}

static bool has_threads(const struct report *report)
{
    bool found = false;
    for (size_t i = 0; i < report->stacks_len; i++)
        found = found || report->stacks[i].thread > 0;
    return found;
}

/* Whose stack it was, among those of all threads; of a signal that nobody explains, who raised it.
 */
static void explain_signal(struct report *best)
{
    if (best->tool == REPORT_LIBC && has_threads(best))
        report_choose_stack(best);
    if (best->tool != REPORT_SIGNAL)
        return;
    report_choose_stack(best);
    if (is_type(best, "Abrt"))
        report_read_stack(best);
    report_find_recursion(best);
}

/* What stands above the call of a signal handler belongs to the handler. */
static void drop_handler(struct report *best)
{
    for (size_t i = 0; i < best->stacks_len; i++) {
        struct stack *stack = &best->stacks[i];
        size_t past = 0;
        for (size_t j = 0; stack->role == STACK_CRASH && j + 1 < stack->len; j++) {
            if (frame_is_signal(&stack->frames[j]))
                past = j + 1;
        }
        /* The handler ended it; what it was called for isn't told. */
        if (past > 0 && is_type(best, "Abrt"))
            report_set_type(best, "UNKNOWN", false);
        stack->len -= past;
        memmove(stack->frames, stack->frames + past, stack->len * sizeof *stack->frames);
    }
}

/* Python begins with the outermost frame. */
static void turn_stacks(struct report *best)
{
    for (size_t i = 0; i < best->stacks_len; i++) {
        struct stack *stack = &best->stacks[i];
        for (size_t j = 0; stack->outer_first && j < stack->len / 2; j++) {
            struct frame inner = stack->frames[stack->len - 1 - j];
            stack->frames[stack->len - 1 - j] = stack->frames[j];
            stack->frames[j] = inner;
        }
    }
}

/* The message came before the abort; the stack came with it. */
static void adopt_follow(struct scan *scan)
{
    struct report *best = &scan->best, *follow = &scan->follow;
    if (follow->weight == REPORT_NONE || report_stack(best, STACK_CRASH))
        return;
    if (follow->tool == REPORT_SIGNAL)
        report_choose_stack(follow); /* a core file's innermost frame comes before the stack */
    else if (best->tool == REPORT_LIBC)
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

/* Nothing followed: the process went on. */
static void drop_mention(struct report *best)
{
    stacks_free(best);
    *best = (struct report){0};
}

void report_parse(const char *bytes, size_t len, struct report *out)
{
    char *text = mem_new(len + 1, 1);
    ledge_view rest = ledge_view_of(text, report_text((const unsigned char *)bytes, len, text));
    struct scan scan = {.next_role = STACK_CRASH};
    scan.current = &scan.orphan;
    while (rest.length > 0) {
        size_t newline = text_find_byte(rest, '\n');
        struct line line = {newline == TEXT_NONE ? rest : text_head(rest, newline),
                            newline != TEXT_NONE};
        rest = text_tail(rest, line.text.length + 1);
        while (text_ends(line.text, " "))
            line.text = text_head(line.text, line.text.length - 1);
        scan.line_number++;
        text_focus(line.text);
        take_line(&scan, &line);
        scan.above = line.text;
    }
    text_focus(ledge_view_of(NULL, 0));
    if (scan.best.weight == REPORT_MENTION)
        drop_mention(&scan.best);
    adopt_orphan(&scan);
    adopt_follow(&scan);
    turn_stacks(&scan.best);
    explain_signal(&scan.best);
    report_find_exhaustion(&scan.best);
    drop_handler(&scan.best);
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
