#include "state.h"

#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ignore.h"
#include "mem.h"

#define CYCLE_MAX   10
#define CYCLE_TIMES 3
#define SIDES_MAX   8

typedef char name_text[FRAME_NAME_MAX + 1];

/* The program's own frames of one stack, innermost first. */
struct names {
    name_text *at;
    size_t len;
    bool functions, offsets;
};

/* --- Normal form of a line ------------------------------------------------------------------ */

/* The length of an address at the front: "0x" and at least four digits. */
static size_t address_length(const char *text)
{
    if (strncmp(text, "0x", 2) != 0)
        return 0;
    size_t digits = strspn(text + 2, "0123456789abcdefABCDEF");
    return digits < 4 ? 0 : 2 + digits + strspn(text + 2 + digits, "U");
}

/* The length of a number at an index that may differ between runs: one of four digits and more, or
 * one behind '#' or '@'. Line numbers, versions and parts of names stay. */
static size_t number_length(const char *line, size_t at)
{
    unsigned char before = at > 0 ? (unsigned char)line[at - 1] : (unsigned char)' ';
    size_t digits = strspn(line + at, "0123456789");
    size_t run = strspn(line + at, "0123456789.");
    unsigned char after = (unsigned char)line[at + run];
    bool inside = before == ':' || before == '.' || text_is_digit(before);
    if (digits == 0 || inside || (text_is_name(after) && after != '_'))
        return 0;
    bool marked = (before == '@' || before == '#') && run == digits;
    return run >= 4 || marked ? run : 0;
}

/* Replaces what differs between runs and cuts to the length of a line. */
static void normalize(const char *text, name_text out)
{
    size_t len = 0;
    for (size_t i = 0; text[i] != '\0' && len < FRAME_NAME_MAX;) {
        size_t address = address_length(text + i);
        size_t number = address ? 0 : number_length(text, i);
        const char *word = address ? "ADDRESS" : "NUMBER";
        if (address + number == 0) {
            out[len++] = text[i++];
            continue;
        }
        for (; *word != '\0' && len < FRAME_NAME_MAX; word++)
            out[len++] = *word;
        i += address + number;
    }
    while (len == FRAME_NAME_MAX && (unsigned char)out[len - 1] >= 0x80)
        len--;
    out[len] = '\0';
}

static void normalize_view(ledge_view text, name_text out)
{
    /* The rest is never in the line, and may be of any length. */
    ledge_view head = text_head(text, 512);
    char *copy = mem_copy(head.ptr ? (const char *)head.ptr : "", head.length);
    normalize(copy, out);
    free(copy);
}

/* --- Names of a stack ----------------------------------------------------------------------- */

static void name_offset(const struct frame *frame, name_text out)
{
    ledge_view base = text_base(frame->module);
    snprintf(out, sizeof(name_text), "%.*s+0x%" PRIx64, (int)(base.length < 56 ? base.length : 56),
             (const char *)base.ptr, frame->offset);
}

static bool is_entry(const char *name, const char *target)
{
    return strcmp(name, "LLVMFuzzerTestOneInput") == 0 || (target && strcmp(name, target) == 0);
}

/* The target's name; where nobody says it, its source file's, as ClusterFuzz has it. */
static void name_entry(const struct frame *frame, const char *name, const char *target,
                       name_text out)
{
    ledge_view file = text_base(frame->file);
    if (target)
        normalize(target, out);
    else if (file.length > 0)
        normalize_view(file, out);
    else
        normalize(name, out);
}

static void names_of(const struct stack *stack, const char *target, struct names *names)
{
    size_t len = stack ? stack->len : 0;
    *names = (struct names){.at = mem_new(len, sizeof *names->at)};
    enum ignore_kind kind = IGNORE_NOT;
    for (size_t i = 0; i < len; i++) {
        const struct frame *frame = &stack->frames[i];
        name_text name;
        frame_name(frame, name);
        bool engine_main = kind == IGNORE_ENGINE && strcmp(name, "main") == 0;
        kind = ignore_frame(frame, name);
        if (kind != IGNORE_NOT || engine_main)
            continue;
        char *out = names->at[names->len++];
        if (name[0] == '\0') {
            name_offset(frame, out);
            names->offsets = true;
            continue;
        }
        names->functions = true;
        if (is_entry(name, target)) {
            /* Below it there is only the engine, or the driver that replays. */
            name_entry(frame, name, target, out);
            break;
        }
        normalize(name, out);
    }
}

static int compare_names(const void *left, const void *right)
{
    const struct names *a = left, *b = right;
    for (size_t i = 0; i < a->len && i < b->len; i++) {
        int order = strcmp(a->at[i], b->at[i]);
        if (order != 0)
            return order;
    }
    return (a->len > b->len) - (a->len < b->len);
}

/* --- State ---------------------------------------------------------------------------------- */

static bool has_line(const struct state *state, const char *line)
{
    for (size_t i = 0; i < state->len; i++) {
        if (strcmp(state->lines[i], line) == 0)
            return true;
    }
    return false;
}

static void add_line(struct state *state, const char *line)
{
    if (state->len == STATE_LINES || line[0] == '\0')
        return;
    memcpy(state->lines[state->len++], line, strlen(line) + 1);
}

static void add_names(struct state *state, const struct names *names)
{
    size_t before = state->len;
    for (size_t i = 0; i < names->len; i++)
        add_line(state, names->at[i]);
    if (state->len > before) {
        state->frames = state->frames || names->functions;
        state->offsets = state->offsets || names->offsets;
    }
}

/* The sides of a race take turns, smallest first: which thread printed first doesn't matter, and
 * both are seen. */
static void add_sides(struct state *state, struct names *sides, size_t len)
{
    qsort(sides, len, sizeof *sides, compare_names);
    size_t longest = 0;
    for (size_t i = 0; i < len; i++) {
        longest = sides[i].len > longest ? sides[i].len : longest;
        state->frames = state->frames || sides[i].functions;
        state->offsets = state->offsets || sides[i].offsets;
    }
    for (size_t depth = 0; depth < longest && state->len < STATE_LINES; depth++) {
        for (size_t i = 0; i < len; i++) {
            if (depth < sides[i].len && !has_line(state, sides[i].at[depth]))
                add_line(state, sides[i].at[depth]);
        }
    }
}

static void build_sides(const struct report *report, enum stack_role one, enum stack_role other,
                        const char *target, struct state *state)
{
    struct names sides[SIDES_MAX];
    size_t len = 0;
    for (size_t i = 0; i < report->stacks_len && len < SIDES_MAX; i++) {
        const struct stack *stack = &report->stacks[i];
        if (stack->role != one && stack->role != other)
            continue;
        names_of(stack, target, &sides[len]);
        if (sides[len].len > 0)
            len++;
        else
            free(sides[len].at);
    }
    add_sides(state, sides, len);
    for (size_t i = 0; i < len; i++)
        free(sides[i].at);
}

static bool repeats(const struct names *names, size_t start, size_t len)
{
    if (start + len * CYCLE_TIMES > names->len)
        return false;
    for (size_t i = 0; i < len * (CYCLE_TIMES - 1); i++) {
        if (strcmp(names->at[start + i], names->at[start + i + len]) != 0)
            return false;
    }
    return true;
}

static size_t find_cycle(const struct names *names, size_t *start)
{
    for (*start = 0; *start < names->len; ++*start) {
        for (size_t len = 1; len <= CYCLE_MAX; len++) {
            if (repeats(names, *start, len))
                return len;
        }
    }
    return 0;
}

static size_t smallest_turn(const struct names *names, size_t start, size_t len)
{
    size_t best = 0;
    for (size_t turn = 1; turn < len; turn++) {
        int order = 0;
        for (size_t i = 0; i < len && order == 0; i++)
            order =
                strcmp(names->at[start + (turn + i) % len], names->at[start + (best + i) % len]);
        if (order < 0)
            best = turn;
    }
    return best;
}

static char *append_line(char *text, const char *line)
{
    char *longer = mem_print("%s%s\n", text ? text : "", line);
    free(text);
    return longer;
}

static void build_recursion(const struct names *names, struct state *state)
{
    size_t start;
    size_t len = find_cycle(names, &start);
    if (len == 0) {
        add_names(state, names);
        return;
    }
    struct names cycle = {names->at + start, len, names->functions, names->offsets};
    add_names(state, &cycle);
    size_t turn = smallest_turn(names, start, len);
    for (size_t i = 0; i < len; i++)
        state->key = append_line(state->key, names->at[start + (turn + i) % len]);
}

static bool is_type(const struct report *report, const char *type)
{
    return strcmp(report->type, type) == 0;
}

/* Where such a process happens to be says nothing about why. */
static bool is_anywhere(const struct report *report)
{
    return is_type(report, "Timeout") || is_type(report, "Out-of-memory") ||
           is_type(report, "Overwrites-const-input");
}

/* Without a stack: UBSan's own place, or what the last line of the report said. */
static void build_without_frames(const struct report *report, struct state *state)
{
    name_text line = "";
    if (report->tool == REPORT_UBSAN && report->place.length > 0) {
        struct frame frame = {0};
        frame_place(report->place, &frame);
        ledge_view base = text_base(frame.file);
        if (base.length > 0 && frame.line > 0)
            snprintf(line, sizeof line, "%.*s:%u", (int)(base.length < 60 ? base.length : 60),
                     (const char *)base.ptr, frame.line);
    } else if (report->summary_function.length > 0) {
        struct frame frame = {.function = report->summary_function};
        name_text name;
        frame_name(&frame, name);
        if (ignore_frame(&frame, name) == IGNORE_NOT)
            normalize(name, line);
    }
    add_line(state, line);
}

/* The first line: what was checked. A CHECK is told by its file, too. */
static void add_detail(const struct report *report, struct state *state)
{
    name_text line;
    ledge_view file = ledge_view_of(NULL, 0);
    if (is_type(report, "CHECK failure") && report->place.length < PATH_MAX)
        file = text_base(report->place);
    size_t end = 0;
    while (end < file.length && file.ptr[end] != ':' && file.ptr[end] != '(')
        end++;
    normalize_view(report->detail, line);
    size_t len = strlen(line);
    if (end > 0 && len + 4 + end <= FRAME_NAME_MAX)
        snprintf(line + len, sizeof line - len, " in %.*s", (int)end, (const char *)file.ptr);
    add_line(state, line);
}

static void build_frames(const struct report *report, const char *target, struct state *state)
{
    if (strncmp(report->type, "Data race", 9) == 0) {
        build_sides(report, STACK_CRASH, STACK_PREVIOUS, target, state);
        return;
    }
    if (is_type(report, "Lock-order-inversion")) {
        build_sides(report, STACK_MUTEX, STACK_CRASH, target, state);
        return;
    }
    bool thread = is_type(report, "Thread leak");
    struct names names;
    names_of(report_stack(report, thread ? STACK_THREAD : STACK_CRASH), target, &names);
    if (is_type(report, "Stack-overflow"))
        build_recursion(&names, state);
    else
        add_names(state, &names);
    free(names.at);
}

static char *key_of_lines(const struct state *state)
{
    char *key = NULL;
    for (size_t i = 0; i < state->len; i++)
        key = append_line(key, state->lines[i]);
    return key ? key : mem_text("NULL\n");
}

void state_build(const struct report *report, const char *target, struct state *state)
{
    *state = (struct state){0};
    if (report->detail.length > 0)
        add_detail(report, state);
    if (target && is_anywhere(report)) {
        name_text line;
        normalize(target, line);
        add_line(state, line);
        state->frames = true;
    } else {
        build_frames(report, target, state);
    }
    if (state->len == 0)
        build_without_frames(report, state);
    if (!state->key)
        state->key = key_of_lines(state);
}

void state_free(struct state *state)
{
    free(state->key);
    state->key = NULL;
}

/* --- Position ------------------------------------------------------------------------------- */

static char *place_text(ledge_view file, unsigned line, unsigned column)
{
    if (file.length > PATH_MAX)
        return NULL;
    if (line == 0)
        return mem_print("%.*s", (int)file.length, (const char *)file.ptr);
    if (column == 0)
        return mem_print("%.*s:%u", (int)file.length, (const char *)file.ptr, line);
    return mem_print("%.*s:%u:%u", (int)file.length, (const char *)file.ptr, line, column);
}

static char *position_in(const struct stack *stack)
{
    for (size_t i = 0; stack && i < stack->len; i++) {
        const struct frame *frame = &stack->frames[i];
        name_text name;
        frame_name(frame, name);
        if (frame->file.length > 0 && ignore_frame(frame, name) == IGNORE_NOT)
            return place_text(frame->file, frame->line, frame->column);
    }
    return NULL;
}

char *state_position(const struct report *report)
{
    static const enum stack_role roles[] = {STACK_CRASH, STACK_MUTEX, STACK_THREAD};
    for (size_t i = 0; i < sizeof roles / sizeof *roles; i++) {
        char *found = position_in(report_stack(report, roles[i]));
        if (found)
            return found;
    }
    struct frame frame = {0};
    frame_place(report->place.length ? report->place : report->summary_place, &frame);
    return frame.line ? place_text(frame.file, frame.line, frame.column) : NULL;
}
