/* The tables of account.h, for people and as JSON. */
#include <inttypes.h>
#include <string.h>

#include "account.h"
#include "cells.h"
#include "check.h"
#include "run.h"

static struct kit_cell_way ways[KIT_CELLS];

static const char *name_of_status(unsigned status, char *buffer, size_t size)
{
    if (kit_target.status_name != NULL)
        return kit_target.status_name((int)status);
    snprintf(buffer, size, "%u", status);
    return buffer;
}

/* Why the target says that an operation refuses a cell; NULL: it doesn't. */
static const char *refusal(const struct kit_op *op, unsigned cell)
{
    for (const struct kit_unreachable *entry = kit_target.unreachable; entry->op != NULL; entry++)
        if (entry->op == op && (entry->pointers & 1u << kit_cell_pointer(cell)) != 0 &&
            (entry->lengths & 1u << kit_cell_length(cell)) != 0)
            return entry->why;
    return NULL;
}

bool kit_account_reachable(const struct kit_op *op, unsigned cell, const struct kit_cell_way *way)
{
    return way->exists && refusal(op, cell) == NULL;
}

/* What was reached is reachable, whatever was declared. */
static bool reachable(size_t index, const struct kit_op *op, unsigned cell)
{
    return kit_account.cells[index][cell] != 0 || kit_account_reachable(op, cell, &ways[cell]);
}

struct cell_counts {
    unsigned reached, reachable;
};

static struct cell_counts count_cells(size_t index, const struct kit_op *op)
{
    struct cell_counts counts = {0, 0};
    for (unsigned cell = 0; cell < KIT_CELLS; cell++) {
        counts.reached += kit_account.cells[index][cell] != 0;
        counts.reachable += reachable(index, op, cell);
    }
    return counts;
}

/* Calls fn for each operation that has cells, with `ways` filled in. */
static void each_lattice(FILE *out, void (*fn)(FILE *, size_t, const struct kit_op *))
{
    static _Alignas(KIT_REGION) uint8_t stack_block[KIT_REGION];
    kit_memory_begin(stack_block);
    for (size_t i = 0; i < kit_ops_count(); i++) {
        if (!kit_has_cells(kit_target.ops[i]))
            continue;
        kit_cell_ways(kit_target.ops[i], ways);
        fn(out, i, kit_target.ops[i]);
    }
    kit_memory_end();
}

/* --- For people --- */

static void print_calls(FILE *out, size_t index, const struct kit_op *op)
{
    char number[16];
    fprintf(out, "%-16s %12" PRIu64, op->name, kit_account.calls[index]);
    for (unsigned status = 0; status < KIT_STATUSES; status++)
        if (kit_account.statuses[1 + index][status] != 0)
            fprintf(out, "  %s %" PRIu64, name_of_status(status, number, sizeof number),
                    kit_account.statuses[1 + index][status]);
    fputc('\n', out);
}

static void print_cells(FILE *out, size_t index, const struct kit_op *op)
{
    const struct cell_counts counts = count_cells(index, op);
    fprintf(out, "\n%s: %u of %u cells\n", op->name, counts.reached, counts.reachable);
    for (unsigned cell = 0; cell < KIT_CELLS; cell++) {
        const uint64_t count = kit_account.cells[index][cell];
        if (count == 0 && !reachable(index, op, cell))
            continue;
        fprintf(out, "%12" PRIu64 "  ", count);
        kit_cell_write_name(out, cell);
        fputc('\n', out);
    }
}

void kit_account_print(FILE *out)
{
    fprintf(out, "%-16s %12s  statuses returned\n", "operation", "calls");
    for (size_t i = 0; i < kit_ops_count(); i++)
        print_calls(out, i, kit_target.ops[i]);
    each_lattice(out, print_cells);
}

/* --- For tools. Names are C identifiers, but for a target's reasons. --- */

static void write_text(FILE *out, const char *text)
{
    fputc('"', out);
    for (; *text != '\0'; text++)
        fprintf(out, *text == '"' || *text == '\\' ? "\\%c" : "%c", *text);
    fputc('"', out);
}

static void write_statuses(FILE *out, const uint64_t statuses[KIT_STATUSES])
{
    char number[16];
    const char *separator = "";
    fputs("{", out);
    for (unsigned status = 0; status < KIT_STATUSES; status++) {
        if (statuses[status] == 0)
            continue;
        fprintf(out, "%s\"%s\":%" PRIu64, separator, name_of_status(status, number, sizeof number),
                statuses[status]);
        separator = ",";
    }
    fputs("}", out);
}

static void write_operations(FILE *out)
{
    for (size_t i = 0; i < kit_ops_count(); i++) {
        fprintf(out, "%s\n  {\"name\":\"%s\",\"calls\":%" PRIu64 ",\"statuses\":", i ? "," : "",
                kit_target.ops[i]->name, kit_account.calls[i]);
        write_statuses(out, kit_account.statuses[1 + i]);
        fputc('}', out);
    }
}

/* The function that a tally's call is of: "ledge_vec_push" of "ledge_vec_push(&w->vec, &value)". */
static int function_length(const struct kit_tally *tally)
{
    return tally->call != NULL ? (int)strcspn(tally->call, "( ") : 0;
}

static bool same_function(const struct kit_tally *a, const struct kit_tally *b)
{
    const int length = function_length(a);
    return length > 0 && length == function_length(b) &&
           strncmp(a->call, b->call, (size_t)length) == 0;
}

/* The sum over a function's tallies; false when an earlier one has told it. */
static bool sum_function(size_t index, uint64_t sum[KIT_STATUSES])
{
    size_t count;
    const struct kit_tally *tallies = kit_account_tallies(&count);
    for (size_t i = 0; i < count; i++) {
        if (!same_function(&tallies[i], &tallies[index]))
            continue;
        if (i < index)
            return false;
        for (unsigned status = 0; status < KIT_STATUSES; status++)
            sum[status] += tallies[i].statuses[status];
    }
    return function_length(&tallies[index]) > 0;
}

static void write_api(FILE *out)
{
    size_t count;
    const struct kit_tally *tallies = kit_account_tallies(&count);
    const char *separator = "";
    for (size_t i = 0; i < count; i++) {
        uint64_t sum[KIT_STATUSES] = {0};
        if (!sum_function(i, sum))
            continue;
        fprintf(out, "%s\n  {\"function\":\"%.*s\",\"statuses\":", separator,
                function_length(&tallies[i]), tallies[i].call);
        write_statuses(out, sum);
        fputc('}', out);
        separator = ",";
    }
}

/* The names of the statuses from 0 on, up to the first that has none: a target's status_name gives
 * those one name for all. */
static void write_status_names(FILE *out)
{
    char number[16], unknown[16];
    fputc('[', out);
    for (unsigned status = 0; kit_target.status_name != NULL && status < KIT_STATUSES; status++) {
        const char *name = name_of_status(status, number, sizeof number);
        if (strcmp(name, name_of_status(KIT_STATUSES, unknown, sizeof unknown)) == 0)
            break;
        fprintf(out, "%s\"%s\"", status ? "," : "", name);
    }
    fputc(']', out);
}

static void write_missing(FILE *out, size_t index, const struct kit_op *op)
{
    const char *separator = "";
    for (unsigned cell = 0; cell < KIT_CELLS; cell++) {
        if (kit_account.cells[index][cell] != 0 || !reachable(index, op, cell))
            continue;
        fprintf(out, "%s\"", separator);
        kit_cell_write_name(out, cell);
        fputc('"', out);
        separator = ",";
    }
}

static void write_declared(FILE *out, size_t index, const struct kit_op *op)
{
    const char *separator = "";
    for (const struct kit_unreachable *entry = kit_target.unreachable; entry->op; entry++) {
        unsigned cells = 0;
        if (entry->op != op)
            continue;
        for (unsigned cell = 0; cell < KIT_CELLS; cell++)
            cells +=
                ways[cell].exists && !reachable(index, op, cell) && refusal(op, cell) == entry->why;
        fprintf(out, "%s{\"cells\":%u,\"why\":", separator, cells);
        write_text(out, entry->why);
        fputc('}', out);
        separator = ",";
    }
}

static void write_lattice(FILE *out, size_t index, const struct kit_op *op)
{
    static const char *separator = "";
    const struct cell_counts counts = count_cells(index, op);
    fprintf(out, "%s\n  {\"operation\":\"%s\",\"reached\":%u,\"reachable\":%u,\"missing\":[",
            separator, op->name, counts.reached, counts.reachable);
    write_missing(out, index, op);
    fputs("],\"declared\":[", out);
    write_declared(out, index, op);
    fputs("]}", out);
    separator = ",";
}

void kit_account_json(FILE *out)
{
    fprintf(out, "{\"target\":\"%s\",\n \"operations\":[", kit_target.name);
    write_operations(out);
    fputs("],\n \"api\":[", out);
    write_api(out);
    fputs("],\n \"statuses\":", out);
    write_status_names(out);
    fputs(",\n \"cells\":[", out);
    each_lattice(out, write_lattice);
    fputs("]}\n", out);
}
