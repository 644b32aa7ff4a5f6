#include "text.h"

#include <inttypes.h>

#include "run.h"

void kit_write_call(FILE *out, const struct kit_call *call)
{
    struct kit_value values[KIT_ARGS];
    kit_resolve(call->op->args, call->op->args_len, call->raw, call->bytes, values);
    fprintf(out, "%s.%s(", kit_target.name, call->op->name);
    for (size_t i = 0; i < call->op->args_len; i++) {
        fprintf(out, "%s%s=", i ? ", " : "", call->op->args[i].name);
        kit_write_value(out, &call->op->args[i], &call->raw[i], &values[i]);
    }
    fputc(')', out);
}

void kit_write_program(FILE *out, const struct kit_call *calls, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        kit_write_call(out, &calls[i]);
        fputc('\n', out);
    }
}

static void write_field(FILE *out, const char *arg, size_t offset, unsigned groups, uint64_t value,
                        uint64_t max, const char *kind, const char *separator)
{
    fprintf(out,
            "%s{\"arg\":\"%s\",\"offset\":%zu,\"groups\":%u,\"value\":%" PRIu64 ",\"max\":%" PRIu64
            ",\"kind\":\"%s\"}",
            separator, arg, offset, groups, value, max, kind);
}

/* Writes the fields of a call whose record starts at `offset`: the mirror of kit_encode_call. */
static void write_fields(FILE *out, const struct kit_call *call, size_t offset)
{
    offset++;
    for (size_t i = 0; i < call->op->args_len; i++) {
        const struct kit_arg *arg = &call->op->args[i];
        const uint64_t max = kit_arg_max(arg);
        const unsigned groups = kit_groups(max);
        write_field(out, arg->name, offset, groups, call->raw[i].n, max,
                    arg->kind == KIT_RAW ? "count" : "value", i ? "," : "");
        offset += groups;
        if (arg->kind == KIT_PTR)
            write_field(out, arg->name, offset++, 1, call->raw[i].k, KIT_REGION - 1, "value", ",");
        for (size_t item = 0; arg->kind == KIT_RAW && item < call->raw[i].n;
             item++, offset += kit_groups(UINT8_MAX))
            write_field(out, arg->name, offset, kit_groups(UINT8_MAX), call->bytes[item], UINT8_MAX,
                        "item", ",");
    }
}

static void write_slots(FILE *out, const struct kit_call *call)
{
    const char *separator = "";
    for (size_t i = 0; i < call->op->args_len; i++) {
        if (call->op->args[i].kind != KIT_DEFINE)
            continue;
        fprintf(out, "%s%" PRIu64, separator, call->raw[i].n);
        separator = ",";
    }
}

static int fills(const struct kit_call *call, uint64_t slot)
{
    for (size_t i = 0; i < call->op->args_len; i++)
        if (call->op->args[i].kind == KIT_DEFINE && call->raw[i].n == slot)
            return 1;
    return 0;
}

/* For each handle that call n uses: the last earlier call that filled it. */
static void write_uses(FILE *out, const struct kit_call *calls, size_t n)
{
    const char *separator = "";
    for (size_t i = 0; i < calls[n].op->args_len; i++) {
        if (calls[n].op->args[i].kind != KIT_HANDLE)
            continue;
        size_t definer = n;
        while (definer > 0 && !fills(&calls[definer - 1], calls[n].raw[i].n))
            definer--;
        if (definer == 0)
            continue;
        fprintf(out, "%s%zu", separator, definer - 1);
        separator = ",";
    }
}

static void write_json_call(FILE *out, const struct kit_call *calls, size_t n, size_t offset,
                            size_t size)
{
    fprintf(out, "%s\n{\"name\":\"%s\",\"text\":\"", n ? "," : "", calls[n].op->name);
    kit_write_call(out, &calls[n]);
    fprintf(out, "\",\"offset\":%zu,\"size\":%zu,\"defines\":[", offset, size);
    write_slots(out, &calls[n]);
    fputs("],\"uses\":[", out);
    write_uses(out, calls, n);
    fputs("],\"fields\":[", out);
    write_fields(out, &calls[n], offset);
    fputs("]}", out);
}

void kit_write_json(FILE *out, const struct kit_call *calls, size_t count)
{
    uint8_t record[KIT_RECORD];
    fprintf(out, "{\"target\":\"%s\",\"format_version\":%d,\"canonical\":\"", kit_target.name,
            KIT_FORMAT_VERSION);
    for (size_t i = 0; i < count; i++) {
        const size_t size = kit_encode_call(&calls[i], record);
        for (size_t k = 0; k < size; k++)
            fprintf(out, "%02x", record[k]);
    }
    fputs("\",\"ops\":[", out);
    size_t offset = 0;
    for (size_t i = 0; i < count; i++) {
        const size_t size = kit_encode_call(&calls[i], record);
        write_json_call(out, calls, i, offset, size);
        offset += size;
    }
    fputs("]}\n", out);
}

static void write_op(FILE *out, const struct kit_op *op)
{
    fprintf(out, "{\"name\":\"%s\",\"args\":[", op->name);
    for (size_t i = 0; i < op->args_len; i++) {
        const struct kit_arg *arg = &op->args[i];
        fprintf(out, "%s{\"name\":\"%s\",\"type\":\"%s\",\"max\":%" PRIu64 ",\"groups\":%u}",
                i ? "," : "", arg->name, kit_kind_name(arg->kind), kit_arg_max(arg),
                kit_groups(kit_arg_max(arg)));
    }
    fputs("]}", out);
}

void kit_write_table(FILE *out)
{
    fprintf(out, "{\"target\":\"%s\",\"format_version\":%d,\"ops\":[", kit_target.name,
            KIT_FORMAT_VERSION);
    for (size_t i = 0; i < kit_ops_count(); i++) {
        fputs(i ? ",\n" : "\n", out);
        write_op(out, kit_target.ops[i]);
    }
    fputs("]}\n", out);
}
