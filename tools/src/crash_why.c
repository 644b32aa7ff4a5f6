/* The reasons of what a crash is called. */
#include <string.h>

#include "crash_stacks.h"
#include "mem.h"

/* As much of a line as people want to see, and as many dropped frames. */
#define QUOTED  160
#define DROPPED 16

static int shown(ledge_view text)
{
    return (int)text_head(text_trim(text), QUOTED).length;
}

static const char *bytes(ledge_view text)
{
    text = text_trim(text);
    return text.length > 0 ? (const char *)text.ptr : "";
}

static void explain_type(struct crash *crash, const struct report *report)
{
    if (report->headline.length > 0)
        crash_reason(crash, mem_print("type: %s, from line %zu: %.*s", report->type,
                                      report->headline_number, shown(report->headline),
                                      bytes(report->headline)));
    else
        crash_reason(crash, mem_print("type: %s, from how the process ended, or from what is left "
                                      "of a report whose beginning is lost",
                                      report->type));
    if (strcmp(report->type, "Null-dereference") == 0 && crash->address)
        crash_reason(crash, mem_print("type: the address %s is below 0x1000, so it was a null "
                                      "pointer with an offset",
                                      crash->address));
}

static void explain_access(struct crash *crash, const struct report *report)
{
    const char *access = report->access == ACCESS_READ ? "READ" : "WRITE";
    if (report->access != ACCESS_UNKNOWN && report->size > 16)
        crash_reason(crash, mem_print("access: %s of %llu bytes; more than 16 count as {*}", access,
                                      (unsigned long long)report->size));
    else if (report->access != ACCESS_UNKNOWN && report->size > 0)
        crash_reason(
            crash, mem_print("access: %s of %llu bytes", access, (unsigned long long)report->size));
    else if (report->access != ACCESS_UNKNOWN)
        crash_reason(crash, mem_print("access: %s; the report doesn't say how much", access));
}

static void explain_frame(struct crash *crash, const struct report *report,
                          const struct names *names, const struct state *state, size_t line)
{
    const struct stack *stack = &report->stacks[state->from[line].stack];
    const struct frame *frame = &stack->frames[state->from[line].frame];
    bool first = names[state->from[line].stack].frame[0] == state->from[line].frame;
    char *reason =
        mem_print("state: line %zu, %s, is frame #%zu of the stack \"%s\"%s%s", line + 1,
                  state->lines[line], state->from[line].frame, stack_role_name(stack->role),
                  first ? ", its first of the program" : "",
                  frame->function.length > 0 ? "" : ", without a name but its offset");
    crash_reason(crash, reason);
}

static void explain_line(struct crash *crash, const struct report *report,
                         const struct names *names, const struct state *state, size_t line)
{
    static const char *const sources[] = {
        NULL,
        "is what the report says was wrong",
        "is the target",
        "is from a line of the report, for want of a stack",
    };
    enum state_source source = state->from[line].source;
    if (source == STATE_FRAME)
        explain_frame(crash, report, names, state, line);
    else
        crash_reason(crash, mem_print("state: line %zu, %s, %s", line + 1, state->lines[line],
                                      sources[source]));
}

/* The frames of a stack that are left out, down to the last one that a line of the state is from;
 * all, when there is none. */
static void explain_dropped(struct crash *crash, const struct report *report,
                            const struct names *names, const struct state *state, size_t stack)
{
    const struct stack *from = &report->stacks[stack];
    size_t end = 0, told = 0;
    for (size_t i = 0; i < state->len; i++) {
        bool here = state->from[i].source == STATE_FRAME && state->from[i].stack == stack;
        if (here && state->from[i].frame >= end)
            end = state->from[i].frame + 1;
    }
    end = end ? end : from->len;
    for (size_t i = 0; i < end && told < DROPPED; i++) {
        const struct ignore_rule *rule = names[stack].dropped[i];
        if (!rule)
            continue;
        char name[FRAME_NAME_MAX + 1];
        frame_name(&from->frames[i], name);
        char *reason =
            mem_print("state: frame #%zu, %s, is left out: %s, by the rule \"%s\"%s%s", i,
                      name[0] ? name : "??", ignore_kind_name(rule->kind), rule->pattern,
                      rule->list ? " of " : "", rule->list ? rule->list : "");
        crash_reason(crash, reason);
        told++;
    }
}

/* The stacks that the state is, or would have been, made from. */
static void explain_stacks(struct crash *crash, const struct report *report,
                           const struct names *names, const struct state *state)
{
    bool any = false;
    for (size_t i = 0; i < report->stacks_len; i++) {
        bool used = false;
        for (size_t j = 0; j < state->len; j++)
            used = used || (state->from[j].source == STATE_FRAME && state->from[j].stack == i);
        if (used)
            explain_dropped(crash, report, names, state, i);
        any = any || used;
    }
    for (size_t i = 0; i < report->stacks_len && !any && state->len == 0; i++) {
        if (report->stacks[i].role == STACK_CRASH)
            explain_dropped(crash, report, names, state, i);
    }
}

void crash_explain(struct crash *crash, const struct report *report, const struct names *names,
                   const struct state *state, const char *because)
{
    explain_type(crash, report);
    explain_access(crash, report);
    if (crash->sanitizer)
        crash_reason(crash, mem_print("sanitizer: %s wrote the report", crash->sanitizer));
    crash_reason(crash, mem_print("state: %s", state->order));
    for (size_t i = 0; i < state->len; i++)
        explain_line(crash, report, names, state, i);
    explain_stacks(crash, report, names, state);
    if (crash->position)
        crash_reason(crash, mem_print("position: %s is the first source line that is the program's",
                                      crash->position));
    crash_reason(crash, mem_print("security: %s: %s", crash->security ? "yes" : "no",
                                  crash->security_reason));
    crash_reason(crash, mem_print("confidence: %s: %s", crash->confidence, because));
}
