#include "cells.h"

#include <string.h>

enum { POWERS = KIT_ALIGN_CLASSES - 1 };

static enum kit_length_class length_class(uint64_t length, uint64_t avail, uint64_t esz)
{
    const uint64_t exact = avail / esz;
    uint64_t bytes;
    if (length > SIZE_MAX / 2)
        return KIT_LENGTH_TOP;
    if (__builtin_mul_overflow(length, esz, &bytes))
        return KIT_LENGTH_WRAPS;
    if (length == 0)
        return KIT_LENGTH_ZERO;
    if (length == exact)
        return KIT_LENGTH_EXACT;
    if (length == exact + 1)
        return KIT_LENGTH_MORE_ONE;
    if (length > exact)
        return KIT_LENGTH_BEYOND;
    if (length == 1)
        return KIT_LENGTH_ONE;
    return length == exact - 1 ? KIT_LENGTH_LESS_ONE : KIT_LENGTH_INSIDE;
}

static unsigned alignment_class(uint64_t alignment)
{
    for (unsigned power = 0; power < POWERS; power++)
        if (alignment == UINT64_C(1) << power)
            return power;
    return POWERS;
}

static unsigned pointer_alignment(const void *at)
{
    const uintptr_t address = (uintptr_t)at;
    unsigned power = 0;
    while (power < POWERS - 1 && (address & (UINT64_C(1) << power)) == 0)
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

/* This runs with every call, and calls of one operation come in groups: the last is remembered. */
static const struct places *places_of(const struct kit_op *op)
{
    static struct places last;
    if (last.op != op)
        last = (struct places){op, place_of(op, KIT_PTR), place_of(op, KIT_LENGTH),
                               place_of(op, KIT_SIZE), place_of(op, KIT_ALIGN)};
    return &last;
}

bool kit_has_cells(const struct kit_op *op)
{
    return places_of(op)->ptr >= 0 && places_of(op)->length >= 0;
}

static unsigned number_of(unsigned pointer, unsigned length, unsigned alignment)
{
    return (pointer * KIT_LENGTH_CLASSES + length) * KIT_ALIGN_CLASSES + alignment;
}

unsigned kit_cell(const struct kit_op *op, const struct kit_value *values)
{
    const struct places *at = places_of(op);
    const struct kit_ptr ptr = values[at->ptr].ptr;
    const uint64_t esz = at->size >= 0 ? values[at->size].n : op->args[at->length].lo;
    return number_of(ptr.class_, length_class(values[at->length].n, ptr.avail, esz ? esz : 1),
                     at->align >= 0 ? alignment_class(values[at->align].n)
                                    : pointer_alignment(ptr.at));
}

enum kit_ptr_class kit_cell_pointer(unsigned cell)
{
    return (enum kit_ptr_class)(cell / KIT_ALIGN_CLASSES / KIT_LENGTH_CLASSES);
}

enum kit_length_class kit_cell_length(unsigned cell)
{
    return (enum kit_length_class)(cell / KIT_ALIGN_CLASSES % KIT_LENGTH_CLASSES);
}

void kit_cell_write_name(FILE *out, unsigned cell)
{
    static const char *const lengths[KIT_LENGTH_CLASSES] = {
        "0", "1", "inside", "exact-1", "exact", "exact+1", "beyond", "wraps", "top-bit"};
    static const char *const alignments[KIT_ALIGN_CLASSES] = {"1",  "2",  "4",  "8",
                                                              "16", "32", "64", "other"};
    fprintf(out, "%s/%s/%s", kit_ptr_class_name(kit_cell_pointer(cell)),
            lengths[kit_cell_length(cell)], alignments[cell % KIT_ALIGN_CLASSES]);
}

/* Tries one combination of pointer, length and size with every alignment. */
static void try_alignments(const struct kit_op *op, struct kit_raw *raw,
                           struct kit_cell_way ways[KIT_CELLS])
{
    const struct places *at = places_of(op);
    struct kit_value values[KIT_ARGS];
    const uint64_t last = at->align >= 0 ? kit_arg_max(&op->args[at->align]) : 0;
    for (uint64_t a = 0; a <= last; a++) {
        if (at->align >= 0)
            raw[at->align].n = a;
        kit_resolve(op->args, op->args_len, raw, NULL, values);
        struct kit_cell_way *way = &ways[kit_cell(op, values)];
        if (way->exists)
            continue;
        way->exists = true;
        memcpy(way->raw, raw, sizeof way->raw);
    }
}

void kit_cell_ways(const struct kit_op *op, struct kit_cell_way ways[KIT_CELLS])
{
    memset(ways, 0, KIT_CELLS * sizeof *ways);
    if (!kit_has_cells(op))
        return;
    const struct places at = *places_of(op);
    const uint64_t sizes = at.size >= 0 ? kit_arg_max(&op->args[at.size]) : 0;
    const uint64_t lengths = kit_arg_max(&op->args[at.length]);
    struct kit_raw raw[KIT_ARGS] = {{0}};
    for (uint64_t class_ = 0; class_ < KIT_PTR_CLASSES; class_++)
        for (uint64_t k = 0; k < KIT_REGION; k++)
            for (uint64_t size = 0; size <= sizes; size++)
                for (uint64_t length = 0; length <= lengths; length++) {
                    raw[at.ptr] = (struct kit_raw){class_, k};
                    raw[at.length].n = length;
                    if (at.size >= 0)
                        raw[at.size].n = size;
                    try_alignments(op, raw, ways);
                }
}
