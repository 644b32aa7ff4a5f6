#include "account.h"

#include <inttypes.h>
#include <stdbool.h>

enum length_class {
    L_ZERO,
    L_ONE,
    L_INSIDE,
    L_LESS_ONE,
    L_EXACT,
    L_MORE_ONE,
    L_BEYOND,
    L_WRAPS,
    L_TOP,
    L_CLASSES
};
enum { A_POWERS = 7, A_OTHER = A_POWERS, A_CLASSES }; /* 1, 2, 4 … 64, other */

static const char *const length_names[L_CLASSES] = {
    "0", "1", "inside", "exact-1", "exact", "exact+1", "beyond", "wraps", "top-bit"};
static const char *const alignment_names[A_CLASSES] = {"1",  "2",  "4",  "8",
                                                       "16", "32", "64", "other"};

static struct {
    uint64_t calls[KIT_OPS];
    uint64_t statuses[1 + KIT_OPS][KIT_STATUSES]; /* the first row: outside any operation */
    uint64_t cells[KIT_OPS][KIT_PTR_CLASSES][L_CLASSES][A_CLASSES];
    size_t running; /* the row that kit_account_status counts in */
} account;

static enum length_class length_class(uint64_t length, uint64_t avail, uint64_t esz)
{
    const uint64_t exact = avail / esz;
    uint64_t bytes;
    if (length > SIZE_MAX / 2)
        return L_TOP;
    if (__builtin_mul_overflow(length, esz, &bytes))
        return L_WRAPS;
    if (length == 0)
        return L_ZERO;
    if (length == exact)
        return L_EXACT;
    if (length == exact + 1)
        return L_MORE_ONE;
    if (length > exact)
        return L_BEYOND;
    if (length == 1)
        return L_ONE;
    return length == exact - 1 ? L_LESS_ONE : L_INSIDE;
}

static unsigned alignment_class(uint64_t alignment)
{
    for (unsigned power = 0; power < A_POWERS; power++)
        if (alignment == UINT64_C(1) << power)
            return power;
    return A_OTHER;
}

static unsigned pointer_alignment(const void *at)
{
    const uintptr_t address = (uintptr_t)at;
    unsigned power = 0;
    while (power < A_POWERS - 1 && (address & (UINT64_C(1) << power)) == 0)
        power++;
    return power;
}

/* Where an operation has the arguments that make a cell; -1 where it hasn't. */
struct places {
    const struct kit_op *op; /* that this is known for */
    int ptr, length, size, align;
};

static int place_of(const struct kit_op *op, enum kit_kind kind)
{
    for (size_t i = 0; i < op->args_len; i++)
        if (op->args[i].kind == kind)
            return (int)i;
    return -1;
}

static const struct places *places_of(const struct kit_op *op, size_t index)
{
    static struct places known[KIT_OPS];
    if (known[index].op != op)
        known[index] = (struct places){op, place_of(op, KIT_PTR), place_of(op, KIT_LENGTH),
                                       place_of(op, KIT_SIZE), place_of(op, KIT_ALIGN)};
    return &known[index];
}

static bool has_cells(const struct kit_op *op, size_t index)
{
    return places_of(op, index)->ptr >= 0 && places_of(op, index)->length >= 0;
}

static void count_cell(const struct kit_call *call, const struct kit_value *values)
{
    const struct places *at = places_of(call->op, call->index);
    const struct kit_ptr ptr = values[at->ptr].ptr;
    uint64_t esz = call->op->args[at->length].lo;
    if (at->size >= 0)
        esz = values[at->size].n;
    const enum length_class l = length_class(values[at->length].n, ptr.avail, esz ? esz : 1);
    const unsigned a =
        at->align >= 0 ? alignment_class(values[at->align].n) : pointer_alignment(ptr.at);
    account.cells[call->index][ptr.class_][l][a]++;
}

void kit_account_call(const struct kit_call *call, const struct kit_value *values)
{
    account.running = 1 + call->index;
    account.calls[call->index]++;
    if (has_cells(call->op, call->index))
        count_cell(call, values);
}

void kit_account_status(unsigned status)
{
    account.statuses[account.running][status < KIT_STATUSES ? status : KIT_STATUSES - 1]++;
}

/* The numbers of an operation: its calls, its statuses, its cells. */
enum {
    OP_CELLS = (int)KIT_PTR_CLASSES * L_CLASSES * A_CLASSES,
    OP_NUMBERS = 1 + KIT_STATUSES + OP_CELLS,
};

size_t kit_account_numbers(size_t ops)
{
    return ops * OP_NUMBERS;
}

/* Appends first + i for each non-zero count, and zeroes it. */
static uint32_t *take_counts(uint64_t *counts, size_t len, size_t first, uint32_t *out)
{
    for (size_t i = 0; i < len; i++) {
        if (counts[i] == 0)
            continue;
        counts[i] = 0;
        *out++ = (uint32_t)(first + i);
    }
    return out;
}

size_t kit_account_take(const struct kit_op *const *ops, size_t count, uint32_t *out)
{
    uint32_t *end = out;
    account.running = 0;
    for (size_t i = 0; i < count; i++) {
        const size_t first = i * OP_NUMBERS;
        if (account.calls[i] == 0)
            continue;
        end = take_counts(&account.calls[i], 1, first, end);
        end = take_counts(account.statuses[1 + i], KIT_STATUSES, first + 1, end);
        if (has_cells(ops[i], i))
            end = take_counts(&account.cells[i][0][0][0], OP_CELLS, first + 1 + KIT_STATUSES, end);
    }
    return (size_t)(end - out);
}

static void print_calls(FILE *out, size_t index, const struct kit_op *op,
                        const char *(*status_name)(int))
{
    fprintf(out, "%-16s %12" PRIu64, op->name, account.calls[index]);
    for (unsigned status = 0; status < KIT_STATUSES; status++) {
        const uint64_t n = account.statuses[1 + index][status];
        if (n == 0)
            continue;
        if (status_name != NULL)
            fprintf(out, "  %s %" PRIu64, status_name((int)status), n);
        else
            fprintf(out, "  %u %" PRIu64, status, n);
    }
    fputc('\n', out);
}

/* One line a pointer class and alignment; a column a length class. */
static void print_cells(FILE *out, size_t index, const struct kit_op *op)
{
    unsigned reached = 0;
    fprintf(out, "\n%s: cells\n%-10s %-6s", op->name, "pointer", "align");
    for (unsigned l = 0; l < L_CLASSES; l++)
        fprintf(out, " %9s", length_names[l]);
    fputc('\n', out);
    for (unsigned p = 0; p < KIT_PTR_CLASSES; p++) {
        for (unsigned a = 0; a < A_CLASSES; a++) {
            fprintf(out, "%-10s %-6s", kit_ptr_class_name((enum kit_ptr_class)p),
                    alignment_names[a]);
            for (unsigned l = 0; l < L_CLASSES; l++) {
                fprintf(out, " %9" PRIu64, account.cells[index][p][l][a]);
                reached += account.cells[index][p][l][a] != 0;
            }
            fputc('\n', out);
        }
    }
    fprintf(out, "%s: %u of %u cells\n", op->name, reached,
            (unsigned)KIT_PTR_CLASSES * L_CLASSES * A_CLASSES);
}

void kit_account_print(FILE *out, const struct kit_op *const *ops, size_t count,
                       const char *(*status_name)(int))
{
    fprintf(out, "%-16s %12s  statuses returned\n", "operation", "calls");
    for (size_t i = 0; i < count; i++)
        print_calls(out, i, ops[i], status_name);
    for (size_t i = 0; i < count; i++)
        if (has_cells(ops[i], i))
            print_cells(out, i, ops[i]);
}
