#include "crash_stacks.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "mem.h"
#include "pool.h"

/* A path or a title that is longer isn't one; what is shown of it is cut. */
#define TEXT_LONGEST 4096

static char *keep(struct crash *crash, ledge_view text)
{
    text = text_head(text, TEXT_LONGEST);
    return text.length > 0 ? pool_copy(&crash->pool, text.ptr, text.length) : NULL;
}

static void take_frame(struct crash *crash, const struct frame *from,
                       const struct ignore_rule *rule, struct crash_frame *to)
{
    char name[FRAME_NAME_MAX + 1], offset[24];
    frame_name(from, name);
    *to = (struct crash_frame){.file = keep(crash, from->file),
                               .line = from->line,
                               .column = from->column,
                               .module = keep(crash, from->module),
                               .address = from->address,
                               .dropped = rule ? ignore_kind_name(rule->kind) : NULL};
    if (name[0] != '\0')
        to->function = pool_text(&crash->pool, name);
    if (to->module) {
        snprintf(offset, sizeof offset, "0x%" PRIx64, from->offset);
        to->offset = pool_text(&crash->pool, offset);
    }
}

void crash_take_stacks(struct crash *crash, const struct report *report, const struct names *names)
{
    crash->stacks = pool_take(&crash->pool, report->stacks_len * sizeof *crash->stacks);
    for (size_t i = 0; i < report->stacks_len; i++) {
        const struct stack *from = &report->stacks[i];
        if (from->len == 0)
            continue;
        struct crash_stack *to = &crash->stacks[crash->stacks_len++];
        to->role = from->role;
        to->title = keep(crash, from->title);
        to->frames = pool_take(&crash->pool, from->len * sizeof *to->frames);
        for (; to->len < from->len; to->len++)
            take_frame(crash, &from->frames[to->len], names[i].dropped[to->len],
                       &to->frames[to->len]);
    }
}

void crash_reason(struct crash *crash, char *sentence)
{
    crash->reasons = mem_resize(crash->reasons, crash->reasons_len + 1, sizeof *crash->reasons);
    crash->reasons[crash->reasons_len++] = sentence;
}

static void copy_stack(struct pool **pool, const struct crash_stack *from, struct crash_stack *to)
{
    *to = *from;
    to->title = pool_text(pool, from->title);
    to->frames = pool_take(pool, from->len * sizeof *to->frames);
    for (size_t i = 0; i < from->len; i++) {
        const struct crash_frame *frame = &from->frames[i];
        to->frames[i] = *frame;
        to->frames[i].function = pool_text(pool, frame->function);
        to->frames[i].file = pool_text(pool, frame->file);
        to->frames[i].module = pool_text(pool, frame->module);
        to->frames[i].offset = pool_text(pool, frame->offset);
    }
}

void crash_copy(const struct crash *from, struct crash *to)
{
    *to = *from;
    to->type = mem_text(from->type);
    to->address = mem_text(from->address);
    to->state = mem_text(from->state);
    to->position = mem_text(from->position);
    to->pool = NULL;
    to->stacks = pool_take(&to->pool, from->stacks_len * sizeof *to->stacks);
    for (size_t i = 0; i < from->stacks_len; i++)
        copy_stack(&to->pool, &from->stacks[i], &to->stacks[i]);
    to->reasons = NULL;
    to->reasons_len = 0;
    for (size_t i = 0; i < from->reasons_len; i++)
        crash_reason(to, mem_text(from->reasons[i]));
}

bool crash_has_function(const struct crash *crash, const char *function)
{
    for (size_t i = 0; i < crash->stacks_len; i++) {
        const struct crash_stack *stack = &crash->stacks[i];
        for (size_t j = 0; j < stack->len; j++) {
            const char *name = stack->frames[j].function;
            if (name && strcmp(name, function) == 0)
                return true;
        }
    }
    return false;
}
