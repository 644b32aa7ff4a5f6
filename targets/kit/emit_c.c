#include "emit_c.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "emit_memory.h"
#include "record.h"
#include "run.h"
#include "text.h"

/* The program being emitted: its calls, and the events of its run, cut into steps. */
struct emitter {
    FILE *out;
    const struct kit_call *calls;
    size_t calls_len;
    const struct kit_recording *recording;
    bool failed;
    int indent; /* of the statements being written */
};

static bool mentions(const char *text, const char *name)
{
    const size_t len = strlen(name);
    for (const char *at = strstr(text, name); at != NULL; at = strstr(at + 1, name)) {
        const bool starts = at == text || !(isalnum((unsigned char)at[-1]) || at[-1] == '_');
        const bool ends = !(isalnum((unsigned char)at[len]) || at[len] == '_');
        if (starts && ends)
            return true;
    }
    return false;
}

static bool step_mentions(const struct kit_step *step, const char *name)
{
    for (size_t i = 0; i < step->events_len; i++)
        if (mentions(step->events[i].text, name))
            return true;
    return false;
}

static const struct kit_call *step_call(const struct emitter *e, const struct kit_step *step)
{
    return step->op < e->calls_len ? &e->calls[step->op] : NULL;
}

static void start_line(struct emitter *e)
{
    fprintf(e->out, "%*s", e->indent, "");
}

/* Declares one argument as a local of the name and type that the operation's source text expects.
 */
static void emit_argument(struct emitter *e, const struct kit_arg *arg, const struct kit_raw *raw,
                          const struct kit_value *value)
{
    FILE *out = e->out;
    start_line(e);
    if (arg->kind == KIT_PTR) {
        fprintf(out, "struct { uint8_t *at; size_t avail; } %s = { ", arg->name);
        kit_write_value(out, arg, raw, value);
        fprintf(out, ", %zu };\n", value->ptr.avail);
    } else if (arg->kind == KIT_RAW) {
        fprintf(out, "struct { const uint8_t *at; size_t len; } %s = { (const uint8_t[])",
                arg->name);
        if (value->bytes.len > 0)
            kit_write_value(out, arg, raw, value);
        else
            fputs("{ 0 }", out);
        fprintf(out, ", %zu };\n", value->bytes.len);
    } else {
        fprintf(out, "%s %s = ", arg->ctype, arg->name);
        kit_write_value(out, arg, raw, value);
        fputs(";\n", out);
    }
}

static void emit_arguments(struct emitter *e, const struct kit_step *step)
{
    const struct kit_call *call = step_call(e, step);
    struct kit_value values[KIT_ARGS];
    if (call == NULL)
        return;
    kit_resolve(call->op->args, call->op->args_len, call->raw, call->bytes, values);
    for (size_t i = 0; i < call->op->args_len; i++)
        if (step_mentions(step, call->op->args[i].name))
            emit_argument(e, &call->op->args[i], &call->raw[i], &values[i]);
}

static const char *check_suffix(const struct kit_check *check)
{
    if (strcmp(check->kind, "bytes") == 0)
        return "BYTES";
    return strcmp(check->kind, "eq") == 0 ? "EQ" : "STATUS";
}

static void emit_check(struct emitter *e, const struct kit_step *step,
                       const struct kit_event *event)
{
    const struct kit_check *check = &event->check;
    const bool bytes = strcmp(check->kind, "bytes") == 0;
    if (strcmp(check->index, "-") != 0) {
        start_line(e);
        fprintf(e->out, "const size_t %s = %s;\n", check->index, check->index_value);
    }
    if (bytes) {
        start_line(e);
        fprintf(e->out, "static const uint8_t want[] = { %s };\n", check->want);
    }
    start_line(e);
    fprintf(e->out, "CHECK_%s(\"%s.%s\", %s, %s);\n", check_suffix(check), kit_target.name,
            kit_step_name(step, e->calls), check->expression, bytes ? "want" : check->want);
}

/* The events of a step that stand in its own function: calls, statuses, and the check that failed.
 */
static void emit_events(struct emitter *e, const struct kit_step *step)
{
    for (size_t i = 0; i < step->events_len; i++) {
        const struct kit_event *event = &step->events[i];
        if (event->kind == KIT_EVENT_CALL) {
            start_line(e);
            fprintf(e->out, "%s\n", event->text);
        } else if (kit_event_in_step(step, event)) {
            emit_check(e, step, event);
        }
    }
}

static void emit_comment(struct emitter *e, const struct kit_step *step)
{
    const struct kit_call *call = step_call(e, step);
    if (call == NULL)
        return;
    start_line(e);
    fputs("/* ", e->out);
    kit_write_call(e->out, call);
    fputs(" */\n", e->out);
}

/* A function of the step's own name, for the step that fails and for open and close. */
static void emit_function(struct emitter *e, const struct kit_step *step, const char *suffix)
{
    fprintf(e->out, "static void %s%s%s(void)\n{\n", kit_step_prefix(step),
            kit_step_name(step, e->calls), suffix);
    emit_comment(e, step);
    emit_arguments(e, step);
    emit_events(e, step);
    fputs("}\n\n", e->out);
}

static void emit_step_inline(struct emitter *e, const struct kit_step *step)
{
    fputs("    {\n", e->out);
    e->indent = 8;
    emit_comment(e, step);
    emit_arguments(e, step);
    emit_events(e, step);
    e->indent = 4;
    fputs("    }\n", e->out);
}

/* world_check failed after the last step: its check in a function of that name. */
static void emit_world_check(struct emitter *e, const struct kit_step *step,
                             const struct kit_event *event)
{
    fputs("static void world_check(void)\n{\n", e->out);
    emit_check(e, step, event);
    fputs("}\n\n", e->out);
}

static void emit_header(struct emitter *e)
{
    fprintf(e->out, "/* %s: %s\n *\n", kit_target.name,
            e->failed ? "the calls below end in a failure."
                      : "the calls below were fine when this was written.");
    for (size_t i = 0; i < e->calls_len; i++) {
        fputs(" *     ", e->out);
        kit_write_call(e->out, &e->calls[i]);
        fputc('\n', e->out);
    }
    fputs(" */\n#include <stdbool.h>\n#include <stdint.h>\n#include <stdio.h>\n#include "
          "<stdlib.h>\n#include <string.h>\n",
          e->out);
    kit_emit_memory_includes(e->out, e->calls, e->calls_len);
    fprintf(e->out, "\n%s\n", kit_target.includes);
}

/* The campaign's limit for one request, for who runs the program without its settings. */
static void emit_malloc_limit(FILE *out, unsigned mb)
{
    static const char *const tools[] = {"asan", "msan"};
    fprintf(out, "/* A request for more than %u MB is a failure. */\n", mb);
    for (size_t i = 0; i < sizeof tools / sizeof tools[0]; i++)
        fprintf(out,
                "const char *__%s_default_options(void);\n"
                "const char *__%s_default_options(void)\n{\n"
                "    return \"max_allocation_size_mb=%u\";\n}\n\n",
                tools[i], tools[i], mb);
}

/* Breaks one line of source, as the preprocessor leaves it, after ; { and }. */
static void emit_support(FILE *out, const char *text)
{
    int depth = 0, parens = 0;
    for (const char *at = text; *at != '\0'; at++) {
        depth -= *at == '}';
        if (*at == ' ' && (at == text || strchr(";{}", at[-1]) || at[1] == '}') && parens == 0) {
            const int indent = at[1] == '}' ? depth - 1 : depth;
            fprintf(out, "%s%*s", at == text ? "" : "\n", 4 * (indent > 0 ? indent : 0), "");
            continue;
        }
        parens += (*at == '(') - (*at == ')');
        depth += *at == '{';
        fputc(*at, out);
    }
    fputs("\n\n", out);
}

static void emit_macros(struct emitter *e)
{
    static const char frame[] =
        "            fprintf(stderr, \"==ledge== Model-mismatch in %s: %s\\n\", op, #got); \\\n";
    if (kit_recording_has(e->recording, "eq"))
        fprintf(e->out,
                "#define CHECK_EQ(op, got, want) \\\n    do { \\\n        if ((uint64_t)(got) != "
                "(uint64_t)(want)) { \\\n%s"
                "            abort(); \\\n        } \\\n    } while (0)\n\n",
                frame);
    if (kit_recording_has(e->recording, "status"))
        fprintf(e->out,
                "#define CHECK_STATUS(op, got, want) \\\n    do { \\\n        if ((got) != (want)) "
                "{ \\\n%s"
                "            abort(); \\\n        } \\\n    } while (0)\n\n",
                frame);
    if (kit_recording_has(e->recording, "bytes"))
        fprintf(e->out,
                "#define CHECK_BYTES(op, got, want) \\\n    do { \\\n        if (memcmp((got), "
                "(want), sizeof(want)) != 0) { "
                "\\\n%s            abort(); \\\n        } \\\n    } while (0)\n\n",
                frame);
}

/* A leak is reported at exit by the frames that allocated: then every step gets a function of its
 * own. */
static bool wants_functions(const struct emitter *e)
{
    const struct kit_recording *r = e->recording;
    return e->failed && r->steps_len > 0 && r->steps[r->steps_len - 1].phase == KIT_PHASE_END;
}

static bool is_failing(const struct emitter *e, size_t step)
{
    return e->failed && step + 1 == e->recording->steps_len;
}

static bool is_function(const struct emitter *e, size_t step)
{
    return e->recording->steps[step].phase != KIT_PHASE_OP || is_failing(e, step) ||
           wants_functions(e);
}

/* The first call of an operation keeps its plain name, so that one which leaks is reported by it.
 */
static void step_suffix(const struct emitter *e, size_t step, char suffix[24])
{
    const struct kit_step *steps = e->recording->steps;
    size_t before = 0;
    for (size_t i = 0; i < step; i++)
        before +=
            is_function(e, i) && steps[i].phase == steps[step].phase &&
            strcmp(kit_step_name(&steps[i], e->calls), kit_step_name(&steps[step], e->calls)) == 0;
    suffix[0] = '\0';
    if (before > 0)
        snprintf(suffix, 24, "_%zu", before + 1);
}

static bool is_empty(const struct kit_step *step)
{
    for (size_t i = 0; i < step->events_len; i++)
        if (step->events[i].kind == KIT_EVENT_CALL || kit_event_in_step(step, &step->events[i]))
            return false;
    return true;
}

static void emit_functions(struct emitter *e)
{
    char suffix[24];
    for (size_t i = 0; i < e->recording->steps_len; i++) {
        const struct kit_step *step = &e->recording->steps[i];
        const struct kit_event *last = kit_step_last(step);
        if (!is_empty(step) && is_function(e, i)) {
            step_suffix(e, i, suffix);
            emit_function(e, step, suffix);
        }
        if (is_failing(e, i) && last != NULL && kit_event_in_world_check(last))
            emit_world_check(e, step, last);
    }
}

static void emit_body(struct emitter *e)
{
    char suffix[24];
    for (size_t i = 0; i < e->recording->steps_len; i++) {
        const struct kit_step *step = &e->recording->steps[i];
        const struct kit_event *last = kit_step_last(step);
        const bool checks = is_failing(e, i) && last != NULL && kit_event_in_world_check(last);
        if (!is_empty(step) && is_function(e, i)) {
            step_suffix(e, i, suffix);
            fprintf(e->out, "    %s%s%s();%s\n", kit_step_prefix(step),
                    kit_step_name(step, e->calls), suffix,
                    is_failing(e, i) && !checks ? " /* fails here */" : "");
        } else if (!is_empty(step)) {
            emit_step_inline(e, step);
        }
        if (checks)
            fputs("    world_check(); /* fails here */\n", e->out);
    }
}

static void emit_all(struct emitter *e)
{
    emit_header(e);
    if (kit_target.malloc_mb != 0)
        emit_malloc_limit(e->out, kit_target.malloc_mb);
    for (size_t i = 0; i < KIT_SUPPORTS && kit_target.support[i] != NULL; i++)
        emit_support(e->out, kit_target.support[i]);
    fprintf(e->out, "static struct world {\n    %s\n} world, *const w = &world;\n\n",
            kit_target.objects);
    kit_emit_memory_objects(e->out, e->calls, e->calls_len);
    emit_macros(e);
    emit_functions(e);
    fprintf(e->out, "static void %s(void)\n{\n", kit_target.name);
    emit_body(e);
    fprintf(e->out, "}\n\nint main(void)\n{\n");
    kit_emit_memory_setup(e->out, e->calls, e->calls_len);
    fprintf(e->out, "    %s();\n    return 0;\n}\n", kit_target.name);
}

bool kit_emit_c(FILE *out, const uint8_t *data, size_t size, unsigned seconds, bool *failed)
{
    static struct kit_call calls[KIT_CALLS];
    struct kit_recording recording;
    if (!kit_record(data, size, seconds, &recording))
        return false;
    struct emitter emitter = {
        .out = out,
        .calls = calls,
        .calls_len = kit_decode(kit_target.ops, kit_ops_count(), data, size, calls),
        .recording = &recording,
        .failed = recording.failed,
        .indent = 4,
    };
    *failed = recording.failed;
    emit_all(&emitter);
    kit_recording_free(&recording);
    return !ferror(out);
}
