/* What a debugger's back traces tell: which of many threads died, and of what. */
#include <string.h>

#include "report_family.h"

/* A function that ends the process, or reports why it must; type NULL: it only says that the
 * process was ended. */
struct death {
    const char *function;
    const char *type;
};

static const struct death deaths[] = {
    {"__assert_fail", "ASSERT"},
    {"__GI___assert_fail", "ASSERT"},
    {"__assert_fail_base", "ASSERT"},
    {"__assert", "ASSERT"},
    {"__assert2", "ASSERT"},
    {"__assert13", "ASSERT"},
    {"__assert_func", "ASSERT"},
    {"__assert_rtn", "ASSERT"},
    {"__assert_perror_fail", "ASSERT"},
    {"__stack_chk_fail", "Stack-buffer-overflow"},
    {"__GI___stack_chk_fail", "Stack-buffer-overflow"},
    {"__chk_fail", "Buffer-overflow"},
    {"__GI___chk_fail", "Buffer-overflow"},
    {"__fortify_chk_fail", "Buffer-overflow"},
    {"malloc_printerr", "Heap-corruption"},
    {"malloc_consolidate", NULL},
    {"abort", NULL},
    {"__GI_abort", NULL},
    {"raise", NULL},
    {"__GI_raise", NULL},
    {"gsignal", NULL},
    {"pthread_kill", NULL},
    {"__pthread_kill_implementation", NULL},
    {"__pthread_kill_internal", NULL},
    {"__pthread_kill", NULL},
    {"<signal handler called>", NULL},
    {"__restore_rt", NULL},
    {"_sigtramp", NULL},
};

/* What ends a process stands within so many frames of the top. */
#define DEATH_DEPTH 16

static const struct death *find_death(const struct frame *frame)
{
    for (size_t i = 0; i < sizeof deaths / sizeof *deaths; i++) {
        if (text_is(frame->function, deaths[i].function))
            return &deaths[i];
    }
    return NULL;
}

static bool is_deadly(const struct stack *stack)
{
    for (size_t i = 0; i < stack->len && i < DEATH_DEPTH; i++) {
        if (find_death(&stack->frames[i]))
            return true;
    }
    return false;
}

/* --- Which stack ---------------------------------------------------------------------------- */

/* The first stack of a thread; of thread 0, which stands for "the debugger didn't say", the
 * longest, as a debugger prints the innermost frame alone before it is asked for all. */
static struct stack *stack_of_thread(struct report *report, unsigned thread)
{
    struct stack *found = NULL;
    for (size_t i = 0; i < report->stacks_len; i++) {
        struct stack *stack = &report->stacks[i];
        if (stack->thread != thread || stack->len == 0)
            continue;
        if (thread > 0)
            return stack;
        if (!found || stack->len > found->len)
            found = stack;
    }
    return found;
}

static struct stack *deadly_stack(struct report *report)
{
    for (size_t i = 0; i < report->stacks_len; i++) {
        if (is_deadly(&report->stacks[i]))
            return &report->stacks[i];
    }
    return NULL;
}

void report_choose_stack(struct report *report)
{
    struct stack *current = stack_of_thread(report, 0), *chosen = NULL;
    if (current && current->len > 1)
        chosen = current;
    if (!chosen && report->thread > 0)
        chosen = stack_of_thread(report, report->thread);
    if (!chosen)
        chosen = deadly_stack(report);
    if (!chosen)
        chosen = stack_of_thread(report, 1);
    if (!chosen)
        chosen = current;
    for (size_t i = 0; chosen && i < report->stacks_len; i++)
        report->stacks[i].role = &report->stacks[i] == chosen ? STACK_CRASH : STACK_OTHER;
}

/* --- Of what -------------------------------------------------------------------------------- */

/* The text between quotation marks behind `lead`: "assertion=0x55d0 \"x == 3\"". */
static ledge_view quoted(ledge_view arguments, const char *lead)
{
    ledge_view rest = text_after(arguments, lead);
    size_t open = text_find_byte(rest, '"');
    if (open == TEXT_NONE)
        return ledge_view_of(NULL, 0);
    rest = text_tail(rest, open + 1);
    size_t end = 0;
    while (end < rest.length && rest.ptr[end] != '"')
        end += rest.ptr[end] == '\\' ? 2 : 1;
    return text_head(rest, end);
}

static void read_frame(struct report *report, const struct death *death, const struct frame *frame)
{
    const char *said = NULL;
    if (strcmp(death->type, "Heap-corruption") == 0)
        said = report_libc_message(quoted(frame->arguments, "str="));
    report_set_type(report, said ? said : death->type, true);
    if (strcmp(death->type, "ASSERT") != 0)
        return;
    ledge_view expression = quoted(frame->arguments, "assertion=");
    if (expression.length == 0)
        expression = quoted(frame->arguments, "expr=");
    if (expression.length > 0) {
        report->detail = expression;
        report->detail_whole = true;
    }
}

static bool same_function(const struct frame *a, const struct frame *b)
{
    return a->function.length > 0 && a->function.length == b->function.length &&
           memcmp(a->function.ptr, b->function.ptr, a->function.length) == 0;
}

/* So many frames that repeat are a recursion that found the end of the stack. */
#define RECURSION_FRAMES 100
#define RECURSION_CYCLE  10

void report_find_recursion(struct report *report)
{
    const struct stack *stack = report_stack(report, STACK_CRASH);
    if (strcmp(report->type, "UNKNOWN") != 0 || !stack || stack->len < RECURSION_FRAMES)
        return;
    for (size_t cycle = 1; cycle <= RECURSION_CYCLE; cycle++) {
        size_t i = DEATH_DEPTH;
        while (i + cycle < RECURSION_FRAMES &&
               same_function(&stack->frames[i], &stack->frames[i + cycle]))
            i++;
        if (i + cycle == RECURSION_FRAMES) {
            report_set_type(report, "Stack-overflow", stack->len == STACK_MAX);
            return;
        }
    }
}

bool report_read_stack(struct report *report)
{
    const struct stack *stack = report_stack(report, STACK_CRASH);
    bool ended = false;
    for (size_t i = 0; stack && i < stack->len && i < DEATH_DEPTH; i++) {
        const struct frame *frame = &stack->frames[i];
        const struct death *death = find_death(frame);
        ended = ended || death;
        if (!death || !death->type)
            continue;
        read_frame(report, death, frame);
        /* The outer of two such functions may have the arguments. */
        if (report->detail.length > 0 || strcmp(report->type, "ASSERT") != 0)
            return true;
    }
    return ended;
}

/* --- Want of memory ------------------------------------------------------------------------- */

/* How projects stop when they get no memory: nothing is wrong with the address they touch. */
static bool is_exhausted(ledge_view function)
{
    static const char *const parts[] = {
        "::OnNoMemory",      "FatalProcessOutOfMemory", "TerminateBecauseOutOfMemory",
        "GCOutOfMemory",     "FX_OutOfMemoryTerminate", "rust_oom",
        "handle_alloc_error"};
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        if (text_has(function, parts[i]))
            return true;
    }
    return false;
}

void report_find_exhaustion(struct report *report)
{
    static const char *const types[] = {"UNKNOWN",    "Abrt",         "Ill",          "Trap",
                                        "Breakpoint", "Fatal-signal", "CHECK failure"};
    const struct stack *stack = report_stack(report, STACK_CRASH);
    bool possible = false;
    for (size_t i = 0; stack && i < sizeof types / sizeof *types; i++)
        possible = possible || strcmp(report->type, types[i]) == 0;
    for (size_t i = 0; possible && i < stack->len && i < DEATH_DEPTH; i++) {
        if (!is_exhausted(stack->frames[i].function))
            continue;
        report_set_type(report, "Out-of-memory", true);
        report->address = report->detail = ledge_view_of(NULL, 0);
        report->access = ACCESS_UNKNOWN;
        return;
    }
}
