#include "state.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mem.h"

#define CYCLE_MAX   10
#define CYCLE_TIMES 3
#define SIDES_MAX   8
/* A failed check's key has so many frames beside the expression. */
#define CHECK_FRAMES 3

/* What a state is made from. */
struct making {
    const struct report *report;
    const struct names *names; /* of each stack */
    const char *target;
    struct state *state;
};

static bool is_type(const struct report *report, const char *type)
{
    return strcmp(report->type, type) == 0;
}

static void add_line(struct state *state, const char *line, enum state_source source, size_t stack,
                     size_t frame)
{
    if (state->len == STATE_LINES || line[0] == '\0')
        return;
    state->from[state->len].source = source;
    state->from[state->len].stack = stack;
    state->from[state->len].frame = frame;
    memcpy(state->lines[state->len++], line, strlen(line) + 1);
}

static void add_key(struct state *state, const char *line)
{
    char *longer = mem_print("%s%s\n", state->key ? state->key : "", line);
    free(state->key);
    state->key = longer;
}

/* --- One stack ------------------------------------------------------------------------------ */

/* The index of the first stack of a role that has frames; stacks_len when there is none. */
static size_t stack_index(const struct report *report, enum stack_role role)
{
    size_t i = 0;
    while (i < report->stacks_len && (report->stacks[i].role != role || report->stacks[i].len == 0))
        i++;
    return i;
}

static void note_names(struct state *state, const struct names *names)
{
    state->frames = state->frames || names->functions;
    state->offsets = state->offsets || names->offsets;
}

/* Adds count names of a stack, from the one at an index. */
static void add_names(const struct making *making, size_t stack, size_t from, size_t count)
{
    const struct names *names = &making->names[stack];
    for (size_t i = from; i < names->len && i < from + count; i++)
        add_line(making->state, names->at[i], STATE_FRAME, stack, names->frame[i]);
    if (from < names->len)
        note_names(making->state, names);
}

static void build_innermost(const struct making *making, enum stack_role role)
{
    size_t stack = stack_index(making->report, role);
    making->state->order = "the innermost frames that are the program's";
    if (stack < making->report->stacks_len)
        add_names(making, stack, 0, STATE_LINES);
}

/* --- Two sides ------------------------------------------------------------------------------ */

static int compare_names(const struct names *a, const struct names *b)
{
    for (size_t i = 0; i < a->len && i < b->len; i++) {
        int order = strcmp(a->at[i], b->at[i]);
        if (order != 0)
            return order;
    }
    return (a->len > b->len) - (a->len < b->len);
}

static bool has_line(const struct state *state, const char *line)
{
    for (size_t i = 0; i < state->len; i++) {
        if (strcmp(state->lines[i], line) == 0)
            return true;
    }
    return false;
}

/* The stacks of either role that have names, sorted by them: which thread printed first doesn't
 * matter. */
static size_t find_sides(const struct making *making, enum stack_role one, enum stack_role other,
                         size_t sides[SIDES_MAX])
{
    const struct report *report = making->report;
    size_t len = 0;
    for (size_t i = 0; i < report->stacks_len && len < SIDES_MAX; i++) {
        enum stack_role role = report->stacks[i].role;
        if ((role != one && role != other) || making->names[i].len == 0)
            continue;
        size_t at = len++;
        for (; at > 0; at--) {
            if (compare_names(&making->names[sides[at - 1]], &making->names[i]) <= 0)
                break;
            sides[at] = sides[at - 1];
        }
        sides[at] = i;
    }
    return len;
}

/* The sides take turns, so that both are seen in three lines. */
static void build_sides(const struct making *making, enum stack_role one, enum stack_role other)
{
    struct state *state = making->state;
    size_t sides[SIDES_MAX], deepest = 0;
    size_t len = find_sides(making, one, other, sides);
    state->order = "the sides in the order of their names, whichever was printed first, taking "
                   "turns from the innermost frame out";
    state->one_side = len == 1;
    for (size_t i = 0; i < len; i++) {
        const struct names *names = &making->names[sides[i]];
        deepest = names->len > deepest ? names->len : deepest;
        note_names(state, names);
    }
    for (size_t depth = 0; depth < deepest && state->len < STATE_LINES; depth++) {
        for (size_t i = 0; i < len; i++) {
            const struct names *names = &making->names[sides[i]];
            if (depth < names->len && !has_line(state, names->at[depth]))
                add_line(state, names->at[depth], STATE_FRAME, sides[i], names->frame[depth]);
        }
    }
}

/* --- Recursion ------------------------------------------------------------------------------ */

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

static void build_recursion(const struct making *making)
{
    size_t stack = stack_index(making->report, STACK_CRASH), start, len = 0;
    if (stack < making->report->stacks_len)
        len = find_cycle(&making->names[stack], &start);
    if (len == 0) {
        build_innermost(making, STACK_CRASH);
        return;
    }
    const struct names *names = &making->names[stack];
    making->state->order = "the first cycle of frames that is there three times over";
    add_names(making, stack, start, len);
    size_t turn = smallest_turn(names, start, len);
    for (size_t i = 0; i < len; i++)
        add_key(making->state, names->at[start + (turn + i) % len]);
}

/* --- What can be anywhere ------------------------------------------------------------------- */

/* Where such a process happens to be says little about why. */
static bool is_anywhere(const struct report *report)
{
    return is_type(report, "Timeout") || is_type(report, "Out-of-memory") ||
           is_type(report, "Overwrites-const-input");
}

/* One request for too much fails where it is made; a limit on the whole process doesn't. */
static bool is_one_request(const struct report *report)
{
    if (!is_type(report, "Out-of-memory"))
        return false;
    return report->tool != REPORT_LIBFUZZER || text_has(report->headline, "(malloc(");
}

static void build_target(const struct making *making, const char *target)
{
    struct state *state = making->state;
    line_text line;
    line_of(text_of(target), line);
    add_line(state, line, STATE_TARGET, 0, 0);
    state->frames = true;
    state->order = "the target's name: where such a process happens to be says little about why";
    size_t stack = stack_index(making->report, STACK_CRASH);
    const struct names *names = stack < making->report->stacks_len ? &making->names[stack] : NULL;
    add_key(state, line);
    if (names && is_type(making->report, "Timeout") && names->entered && names->len > 1)
        add_key(state, names->at[names->len - 2]);
    for (size_t i = 0; names && is_one_request(making->report) && i < STATE_LINES; i++) {
        if (i < names->len)
            add_key(state, names->at[i]);
    }
}

/* Nobody knows the target: the outermost frames are those that stay the same. */
static void build_outermost(const struct making *making)
{
    size_t stack = stack_index(making->report, STACK_CRASH);
    if (stack == making->report->stacks_len)
        return;
    size_t len = making->names[stack].len;
    making->state->order = "the outermost frames: the inner ones depend on the clock";
    add_names(making, stack, len > STATE_LINES ? len - STATE_LINES : 0, STATE_LINES);
}

static void build_anywhere(const struct making *making)
{
    line_text guess;
    if (making->target)
        build_target(making, making->target);
    else if (names_guess_target(making->report, guess))
        build_target(making, guess);
    else if (is_type(making->report, "Timeout"))
        build_outermost(making);
    else
        build_innermost(making, STACK_CRASH);
}

/* --- Details -------------------------------------------------------------------------------- */

/* A check that a sanitizer makes of itself: its frames say nothing of the program. */
static bool is_own_check(const struct report *report)
{
    return is_type(report, "Sanitizer CHECK failure");
}

static bool is_check(const struct report *report)
{
    static const char tail[] = "CHECK failure";
    if (is_type(report, "Fatal error"))
        return true;
    size_t len = strlen(report->type);
    return len >= sizeof tail - 1 && strcmp(report->type + len - (sizeof tail - 1), tail) == 0;
}

/* A check is told by its file, too. */
static void describe_check(const struct report *report, line_text line)
{
    ledge_view file = report->place.length < PATH_MAX ? text_base(report->place) : report->place;
    size_t end = 0;
    while (end < file.length && file.ptr[end] != ':' && file.ptr[end] != '(')
        end++;
    size_t len = strlen(line);
    if (end > 0 && len + 4 + end <= FRAME_NAME_MAX)
        snprintf(line + len, sizeof(line_text) - len, " in %.*s", (int)end, (const char *)file.ptr);
}

/* "Bad-cast to Derived from Other" */
static void describe_cast(const struct report *report, line_text line)
{
    ledge_view to = text_head(report->cast_to, FRAME_NAME_MAX);
    ledge_view from = text_head(report->cast_from, FRAME_NAME_MAX);
    /* What it is to UBSan's vptr check it is to CFI's. */
    if (text_is(from, "invalid vtable"))
        from = text_of("invalid vptr");
    char *text = mem_print("Bad-cast to %.*s%s%.*s", (int)to.length, (const char *)to.ptr,
                           from.length > 0 ? " from " : "", (int)from.length,
                           from.length > 0 ? (const char *)from.ptr : "");
    line_of(text_of(text), line);
    free(text);
}

static void add_detail(const struct making *making)
{
    const struct report *report = making->report;
    line_text line = "";
    if (is_type(report, "Bad-cast") && report->cast_to.length > 0)
        describe_cast(report, line);
    else
        line_of(report->detail, line);
    if (is_check(report) && !is_own_check(report))
        describe_check(report, line);
    add_line(making->state, line, STATE_DETAIL, 0, 0);
}

/* Without a stack: UBSan's own place, or what the last line of the report said. */
static void build_without_frames(const struct making *making)
{
    const struct report *report = making->report;
    line_text line = "";
    if (report->tool == REPORT_UBSAN && report->place.length > 0) {
        struct frame frame = {0};
        frame_place(report->place, &frame);
        ledge_view base = text_base(frame.file);
        if (base.length > 0 && frame.line > 0)
            snprintf(line, sizeof line, "%.*s:%u", (int)(base.length < 60 ? base.length : 60),
                     (const char *)base.ptr, frame.line);
    } else if (report->summary_function.length > 0) {
        struct frame frame = {.function = report->summary_function};
        char name[FRAME_NAME_MAX + 1];
        frame_name(&frame, name);
        if (!ignore_frame(&frame, name))
            line_of(text_of(name), line);
    }
    making->state->order = "no stack: what a line of the report gives";
    add_line(making->state, line, STATE_PLACE, 0, 0);
}

/* --- The whole ------------------------------------------------------------------------------ */

static void build_frames(const struct making *making)
{
    const struct report *report = making->report;
    if (strncmp(report->type, "Data race", 9) == 0)
        build_sides(making, STACK_CRASH, STACK_PREVIOUS);
    else if (is_type(report, "Lock-order-inversion"))
        build_sides(making, STACK_MUTEX, STACK_CRASH);
    else if (is_type(report, "Stack-overflow"))
        build_recursion(making);
    else if (is_anywhere(report))
        build_anywhere(making);
    else if (is_type(report, "Thread leak"))
        build_innermost(making, STACK_THREAD);
    else
        build_innermost(making, STACK_CRASH);
}

/* The lines, and for a failed check the frames of its stack that didn't fit. */
static void make_key(const struct making *making)
{
    struct state *state = making->state;
    for (size_t i = 0; i < state->len; i++)
        add_key(state, state->lines[i]);
    size_t stack = stack_index(making->report, STACK_CRASH);
    if (state->len < STATE_LINES || state->from[0].source != STATE_DETAIL ||
        stack == making->report->stacks_len)
        return;
    for (size_t i = STATE_LINES - 1; i < CHECK_FRAMES && i < making->names[stack].len; i++)
        add_key(state, making->names[stack].at[i]);
}

void state_build(const struct report *report, const struct names *names, const char *target,
                 struct state *state)
{
    struct making making = {report, names, target, state};
    *state = (struct state){.order = "nothing in the log names the program"};
    add_detail(&making);
    if (!is_own_check(report) || state->len == 0)
        build_frames(&making);
    if (state->len == 0)
        build_without_frames(&making);
    if (!state->key)
        make_key(&making);
    if (!state->key)
        add_key(state, "NULL");
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

static char *position_in(const struct stack *stack, const struct names *names)
{
    for (size_t i = 0; i < stack->len; i++) {
        const struct frame *frame = &stack->frames[i];
        if (frame->file.length > 0 && !names->dropped[i])
            return place_text(frame->file, frame->line, frame->column);
    }
    return NULL;
}

char *state_position(const struct report *report, const struct names *names)
{
    static const enum stack_role roles[] = {STACK_CRASH, STACK_MUTEX, STACK_THREAD};
    for (size_t i = 0; i < sizeof roles / sizeof *roles; i++) {
        size_t stack = stack_index(report, roles[i]);
        char *found =
            stack < report->stacks_len ? position_in(&report->stacks[stack], &names[stack]) : NULL;
        if (found)
            return found;
    }
    struct frame frame = {0};
    frame_place(report->place.length ? report->place : report->summary_place, &frame);
    return frame.line ? place_text(frame.file, frame.line, frame.column) : NULL;
}
