/* cells.h: the lattice of pointer class x length class x alignment that an operation's arguments
 * fall into.
 *
 * A cell says what the code under test was handed, not what the input's bytes looked like: lengths
 * are classed by how they relate to the memory really available, alignments by what was asked for
 * (or, without such an argument, by what the pointer has). Operations with a pointer and a length
 * argument have cells; the first of each kind counts.
 *
 * Not every cell can be expressed: nothing is "inside" one byte. Those that can are found by
 * trying, so that a table of what was reached has an exact denominator. A target names the ones
 * that its operations refuse (run.h, kit_unreachable). */
#ifndef LEDGE_KIT_CELLS_H
#define LEDGE_KIT_CELLS_H

#include <stdbool.h>

#include "program.h"

/* How a length relates to the bytes behind the pointer, in elements. */
enum kit_length_class {
    KIT_LENGTH_ZERO,
    KIT_LENGTH_ONE,
    KIT_LENGTH_INSIDE,
    KIT_LENGTH_LESS_ONE,
    KIT_LENGTH_EXACT,
    KIT_LENGTH_MORE_ONE,
    KIT_LENGTH_BEYOND,
    KIT_LENGTH_WRAPS, /* times the element size, it doesn't fit a size_t */
    KIT_LENGTH_TOP,   /* more than SIZE_MAX / 2 */
    KIT_LENGTH_CLASSES
};

enum {
    KIT_ALIGN_CLASSES = 8, /* 1, 2, 4 … 64, other */
    KIT_CELLS = (int)KIT_PTR_CLASSES * (int)KIT_LENGTH_CLASSES * KIT_ALIGN_CLASSES,
};

/* kit_has_cells says whether an operation has them. */
bool kit_has_cells(const struct kit_op *op);

/* kit_cell is the number of the cell, below KIT_CELLS, that the values of an operation fall into.
 */
unsigned kit_cell(const struct kit_op *op, const struct kit_value *values);

/* kit_cell_write_name writes "heap/exact+1/16". */
void kit_cell_write_name(FILE *out, unsigned cell);

/* kit_cell_pointer and kit_cell_length take the number apart. */
enum kit_ptr_class kit_cell_pointer(unsigned cell);
enum kit_length_class kit_cell_length(unsigned cell);

/* The simplest way to express a cell. */
struct kit_cell_way {
    bool exists;
    struct kit_raw raw[KIT_ARGS];
};

/* kit_cell_ways finds, for each cell of an operation, whether its arguments can express it, and how
 * most simply (all other arguments 0), by trying what there is: some tenths of a second. Between
 * kit_memory_begin and kit_memory_end. */
void kit_cell_ways(const struct kit_op *op, struct kit_cell_way ways[KIT_CELLS]);

#endif
