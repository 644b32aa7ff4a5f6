/* A crash as JSON and as text. */
#include "crash.h"

#include <string.h>

static json_t *text_or_null(const char *text)
{
    return text && text[0] ? json_string(text) : json_null();
}

static json_t *number_or_null(unsigned number)
{
    return number ? json_integer(number) : json_null();
}

static json_t *frame_json(const struct crash_frame *frame)
{
    return json_pack("{s:o, s:o, s:o, s:o, s:o, s:o}",          //
                     "function", text_or_null(frame->function), //
                     "file", text_or_null(frame->file),         //
                     "line", number_or_null(frame->line),       //
                     "column", number_or_null(frame->column),   //
                     "module", text_or_null(frame->module),     //
                     "offset", text_or_null(frame->offset));
}

json_t *crash_stacks_json(const struct crash *crash)
{
    json_t *stacks = json_array();
    for (size_t i = 0; i < crash->stacks_len; i++) {
        const struct crash_stack *stack = &crash->stacks[i];
        json_t *frames = json_array();
        for (size_t j = 0; j < stack->len; j++)
            json_array_append_new(frames, frame_json(&stack->frames[j]));
        json_array_append_new(stacks, json_pack("{s:s, s:o, s:o}",                    //
                                                "role", stack_role_name(stack->role), //
                                                "title", text_or_null(stack->title),  //
                                                "frames", frames));
    }
    return stacks;
}

json_t *crash_reasons_json(const struct crash *crash)
{
    json_t *reasons = json_array();
    for (size_t i = 0; i < crash->reasons_len; i++)
        json_array_append_new(reasons, json_string(crash->reasons[i]));
    return reasons;
}

json_t *crash_to_json(const struct crash *crash)
{
    return json_pack("{s:o, s:o, s:o, s:b, s:o, s:s, s:o, s:o, s:s, s:o, s:o, s:o}", //
                     "crash_type", text_or_null(crash->type),                        //
                     "crash_address", text_or_null(crash->address),                  //
                     "crash_state", text_or_null(crash->state),                      //
                     "security", crash->security,                                    //
                     "security_reason", text_or_null(crash->security_reason),        //
                     "class", crash->class_,                                         //
                     "signature", text_or_null(crash->signature),                    //
                     "sanitizer", text_or_null(crash->sanitizer),                    //
                     "confidence", crash->confidence,                                //
                     "position", text_or_null(crash->position),                      //
                     "stacks", crash_stacks_json(crash),                             //
                     "reasons", crash_reasons_json(crash));
}

/* Enough for people, and for the recursion that has hundreds of the same. */
#define PRINTED_FRAMES 32
#define PRINTED_TITLE  200

static void print_frame(const struct crash_frame *frame, size_t number, FILE *out)
{
    fprintf(out, "    #%zu %s", number, frame->function ? frame->function : "??");
    if (frame->file)
        fprintf(out, " %s", frame->file);
    if (frame->file && frame->line > 0)
        fprintf(out, ":%u", frame->line);
    if (frame->file && frame->line > 0 && frame->column > 0)
        fprintf(out, ":%u", frame->column);
    if (!frame->file && frame->module)
        fprintf(out, " (%s+%s)", frame->module, frame->offset);
    fputc('\n', out);
}

void crash_print_stacks(const struct crash *crash, FILE *out)
{
    for (size_t i = 0; i < crash->stacks_len; i++) {
        const struct crash_stack *stack = &crash->stacks[i];
        fprintf(out, "  %s%s%.*s\n", stack_role_name(stack->role), stack->title ? ": " : "",
                PRINTED_TITLE, stack->title ? stack->title : "");
        for (size_t j = 0; j < stack->len && j < PRINTED_FRAMES; j++)
            print_frame(&stack->frames[j], j, out);
        if (stack->len > PRINTED_FRAMES)
            fprintf(out, "    (%zu more)\n", stack->len - PRINTED_FRAMES);
    }
}
