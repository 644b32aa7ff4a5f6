#include "names.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mem.h"

static const char entry[] = "LLVMFuzzerTestOneInput";

/* Rules that depend on where a frame stands. */
static const struct ignore_rule engine_main = {IGNORE_ENGINE, "main of an engine", NULL};
static const struct ignore_rule below_target = {IGNORE_ENGINE, "what calls the target", NULL};

static void name_offset(const struct frame *frame, line_text out)
{
    ledge_view base = text_base(frame->module);
    snprintf(out, sizeof(line_text), "%.*s+0x%" PRIx64, (int)(base.length < 56 ? base.length : 56),
             (const char *)base.ptr, frame->offset);
}

static bool is_entry(const char *name, const char *target)
{
    return strcmp(name, entry) == 0 || (target && strcmp(name, target) == 0);
}

static void name_entry(const struct frame *frame, const char *target, line_text out)
{
    ledge_view file = text_base(frame->file), module = text_base(frame->module);
    if (target)
        line_of(text_of(target), out);
    else if (file.length > 0)
        line_of(file, out);
    else if (module.length > 0)
        line_of(module, out);
    else
        memcpy(out, entry, sizeof entry);
}

/* Adds the line of a frame that no rule leaves out. */
static void add_name(struct names *names, const struct frame *frame, size_t index, const char *name,
                     const char *target)
{
    char *out = names->at[names->len];
    names->frame[names->len++] = index;
    if (name[0] == '\0') {
        name_offset(frame, out);
        names->offsets = true;
        return;
    }
    names->functions = true;
    names->entered = is_entry(name, target);
    if (names->entered)
        name_entry(frame, target, out);
    else
        line_of(text_of(name), out);
}

static void name_stack(const struct stack *stack, const char *target, struct names *names)
{
    *names = (struct names){.at = mem_new(stack->len, sizeof *names->at),
                            .frame = mem_new(stack->len, sizeof *names->frame),
                            .dropped = mem_new(stack->len, sizeof *names->dropped)};
    bool engine = false;
    for (size_t i = 0; i < stack->len; i++) {
        const struct frame *frame = &stack->frames[i];
        char name[FRAME_NAME_MAX + 1];
        frame_name(frame, name);
        const struct ignore_rule *rule = names->entered ? &below_target : ignore_frame(frame, name);
        if (!rule && engine && strcmp(name, "main") == 0)
            rule = &engine_main;
        engine = rule && rule->kind == IGNORE_ENGINE;
        names->dropped[i] = rule;
        if (!rule)
            add_name(names, frame, i, name, target);
    }
}

struct names *names_of_report(const struct report *report, const char *target)
{
    struct names *names = mem_new(report->stacks_len, sizeof *names);
    for (size_t i = 0; i < report->stacks_len; i++)
        name_stack(&report->stacks[i], target, &names[i]);
    return names;
}

void names_free(struct names *names, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        free(names[i].at);
        free(names[i].frame);
        free(names[i].dropped);
    }
    free(names);
}

/* --- The target, from its log --------------------------------------------------------------- */

/* "/out/parse_fuzzer: Running 1 inputs 1 time(s) each." */
static ledge_view running(ledge_view text)
{
    size_t at = text_find(text, ": Running ");
    if (at == TEXT_NONE || !text_has(text_head(text_tail(text, at), 64), " inputs "))
        return ledge_view_of(NULL, 0);
    ledge_view before = text_head(text, at);
    size_t start = text_find_last_byte(before, '\n');
    before = start == TEXT_NONE ? before : text_tail(before, start + 1);
    size_t blank = text_find_last_byte(before, ' ');
    return text_base(blank == TEXT_NONE ? before : text_tail(before, blank + 1));
}

/* The binary that an engine's frame, or the entry, lies in. */
static ledge_view engine_module(const struct report *report)
{
    for (size_t i = 0; i < report->stacks_len; i++) {
        const struct stack *stack = &report->stacks[i];
        for (size_t j = 0; j < stack->len; j++) {
            const struct frame *frame = &stack->frames[j];
            if (frame->module.length > 0 &&
                (text_starts(frame->function, "fuzzer::") || text_starts(frame->function, entry)))
                return text_base(frame->module);
        }
    }
    return ledge_view_of(NULL, 0);
}

bool names_guess_target(const struct report *report, line_text target)
{
    ledge_view name = running(text_of(report->text));
    if (name.length == 0)
        name = engine_module(report);
    line_of(name, target);
    return target[0] != '\0';
}
