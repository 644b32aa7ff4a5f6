/* What a replayer tells about a program. */
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

#include "mem.h"
#include "proc.h"
#include "program.h"

enum {
    ASK_MS = 60 * 1000, /* a replayer limits --emit-c to 30 s itself */
    ANSWER_MAX = 64 * 1024 * 1024,
    GROUPS_MAX = 10, /* digits of a 64-bit number */
};

bool replayer_ask(const struct target *target, const struct build *replayer, const char *option,
                  const char *path, char **text, size_t *len, int *code, struct fail *why)
{
    const char *argv[] = {replayer->binary, option, path, NULL};
    struct proc_spec spec = {.argv = argv, .timeout_ms = ASK_MS, .output_max = ANSWER_MAX};
    struct proc_result result;
    if (!proc_run(&spec, &result, why))
        return false;
    bool ended = result.end == PROC_EXITED;
    if (!ended || (result.code != 0 && !code)) {
        fail_set(why, "build it again: cmake --build --preset default",
                 "%s: the replayer %s did not answer %s: %s %d: %.*s", target->name,
                 replayer->binary, option, ended ? "exit code" : "signal", result.code,
                 (int)strcspn(result.err, "\n"), result.err);
        proc_result_free(&result);
        return false;
    }
    if (code)
        *code = result.code;
    *text = result.out;
    *len = result.out_len;
    result.out = NULL;
    proc_result_free(&result);
    return true;
}

/* A parse in progress. Numbers come as doubles: a 64-bit maximum is more than jansson's integers
 * hold, and those that are read here, sizes and indices, fit. */
struct parse {
    const json_t *root;
    uint8_t *canonical;
    size_t canonical_len;
    struct program *program;
    struct fail *why;
};

static bool complain(struct parse *parse, const char *what)
{
    return fail_set(parse->why, "the replayer and this ledge are not of the same build",
                    "the replayer's --json makes no sense: %s", what);
}

static bool read_size(struct parse *parse, const json_t *object, const char *key, size_t max,
                      size_t *value)
{
    const json_t *number = json_object_get(object, key);
    double real = json_number_value(number);
    if (!json_is_number(number) || !(real >= 0) || real > (double)max)
        return complain(parse, key);
    *value = (size_t)real;
    return true;
}

static bool read_hex(struct parse *parse)
{
    const char *hex = json_string_value(json_object_get(parse->root, "canonical"));
    size_t digits = hex ? strlen(hex) : 1;
    if (digits % 2 != 0 || strspn(hex, "0123456789abcdef") != digits)
        return complain(parse, "canonical");
    parse->canonical_len = digits / 2;
    parse->canonical = mem_new(parse->canonical_len, 1);
    for (size_t i = 0; i < parse->canonical_len; i++) {
        char byte[3] = {hex[2 * i], hex[2 * i + 1], '\0'};
        parse->canonical[i] = (uint8_t)strtoul(byte, NULL, 16);
    }
    return true;
}

static bool read_kind(struct parse *parse, const json_t *object, enum field_kind *kind)
{
    static const char *const names[] = {"value", "count", "item"};
    const char *name = json_string_value(json_object_get(object, "kind"));
    for (unsigned i = 0; name && i < 3; i++) {
        if (strcmp(name, names[i]) == 0) {
            *kind = (enum field_kind)i;
            return true;
        }
    }
    return complain(parse, "kind");
}

/* The number is taken from the canonical bytes. An operation's fields must stand there one after
 * another, or it could not be written again. */
static bool read_field(struct parse *parse, const json_t *object, size_t *at, size_t end)
{
    struct program *program = parse->program;
    bool first = program->fields_len == program->ops[program->ops_len].field;
    struct program_field *field = &program->fields[program->fields_len++];
    size_t offset = 0, groups = 0;
    if (!read_size(parse, object, "offset", parse->canonical_len, &offset) ||
        !read_size(parse, object, "groups", GROUPS_MAX, &groups) ||
        !read_kind(parse, object, &field->kind))
        return false;
    if (offset != *at || groups == 0 || groups > end - offset)
        return complain(parse, "a field's place");
    if (field->kind == FIELD_ITEM && (first || field[-1].kind == FIELD_VALUE))
        return complain(parse, "an item without a count");
    const char *name = json_string_value(json_object_get(object, "arg"));
    field->name = name ? XXH3_64bits(name, strlen(name)) : 0;
    field->groups = (unsigned)groups;
    field->value = 0;
    for (; groups > 0; groups--)
        field->value = field->value << 7 | parse->canonical[(*at)++];
    return true;
}

static bool read_uses(struct parse *parse, const json_t *uses, size_t user)
{
    struct program *program = parse->program;
    for (size_t i = 0; i < json_array_size(uses); i++) {
        const json_t *number = json_array_get(uses, i);
        double definer = json_number_value(number);
        if (!json_is_number(number) || !(definer >= 0) || definer >= (double)user)
            return complain(parse, "uses");
        program->uses = mem_resize(program->uses, program->uses_len + 1, sizeof *program->uses);
        program->uses[program->uses_len++] = (struct program_use){user, (size_t)definer};
    }
    return true;
}

static bool read_op(struct parse *parse, const json_t *object, size_t *at)
{
    struct program *program = parse->program;
    const json_t *fields = json_object_get(object, "fields");
    size_t offset = 0, size = 0, len = json_array_size(fields);
    if (!read_size(parse, object, "offset", parse->canonical_len, &offset) ||
        !read_size(parse, object, "size", parse->canonical_len, &size))
        return false;
    if (offset != *at || size == 0 || size > parse->canonical_len - offset)
        return complain(parse, "an operation's place");
    program->fields =
        mem_resize(program->fields, program->fields_len + len, sizeof *program->fields);
    struct program_op *op = &program->ops[program->ops_len];
    *op = (struct program_op){parse->canonical[offset], program->fields_len, len};
    (*at)++;
    for (size_t i = 0; i < len; i++)
        if (!read_field(parse, json_array_get(fields, i), at, offset + size))
            return false;
    if (*at != offset + size)
        return complain(parse, "an operation's size");
    return read_uses(parse, json_object_get(object, "uses"), program->ops_len++);
}

static bool read_ops(struct parse *parse)
{
    const json_t *ops = json_object_get(parse->root, "ops");
    size_t at = 0;
    if (!json_is_array(ops))
        return complain(parse, "ops");
    parse->program->ops = mem_new(json_array_size(ops), sizeof *parse->program->ops);
    for (size_t i = 0; i < json_array_size(ops); i++)
        if (!read_op(parse, json_array_get(ops, i), &at))
            return false;
    return at == parse->canonical_len || complain(parse, "bytes that belong to no operation");
}

bool program_parse(const char *json, size_t len, struct program *program, struct fail *why)
{
    json_error_t error;
    json_t *root = json_loadb(json, len, JSON_DECODE_INT_AS_REAL, &error);
    struct parse parse = {.root = root, .program = program, .why = why};
    *program = (struct program){0};
    bool ok = root ? read_hex(&parse) && read_ops(&parse) : complain(&parse, error.text);
    free(parse.canonical);
    json_decref(root);
    if (!ok)
        program_free(program);
    return ok;
}

bool program_read(const struct target *target, const struct build *replayer, const char *path,
                  struct program *program, struct fail *why)
{
    char *json;
    size_t len;
    if (!replayer_ask(target, replayer, "--json", path, &json, &len, NULL, why))
        return false;
    bool ok = program_parse(json, len, program, why);
    free(json);
    return ok;
}
