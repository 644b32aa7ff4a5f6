/* mutate.h: one structure-aware mutator, for every engine.
 *
 * It works on calls, not on bytes: it inserts, removes, repeats, moves and splices whole records,
 * and changes one argument to a value that its type finds interesting (a boundary, another pointer
 * class, a handle that an earlier call filled). The engines' shims (mutator_libfuzzer.c,
 * mutator_afl.c) only pass bytes in and out.
 *
 * Programs stay short: most are cut to at most sixteen calls first.
 *
 * The same input and seed give the same output. Not thread-safe. */
#ifndef LEDGE_KIT_MUTATE_H
#define LEDGE_KIT_MUTATE_H

#include <stddef.h>
#include <stdint.h>

enum kit_mutation {
    KIT_MUTATE_INSERT,    /* a new call, anywhere */
    KIT_MUTATE_ERASE,     /* one to four calls in a row */
    KIT_MUTATE_REPEAT,    /* a call, again right behind itself */
    KIT_MUTATE_SWAP,      /* two calls change places */
    KIT_MUTATE_MOVE,      /* a run of calls goes elsewhere */
    KIT_MUTATE_COPY,      /* a run of calls is copied elsewhere */
    KIT_MUTATE_ARGUMENT,  /* one argument gets a new value of its type */
    KIT_MUTATE_NUDGE,     /* one argument goes up or down by a little */
    KIT_MUTATE_HANDLE,    /* one handle names what an earlier call filled */
    KIT_MUTATE_OPERATION, /* a call becomes another operation with the same numbers */
    KIT_MUTATE_TRUNCATE,  /* the end is cut off */
    KIT_MUTATE_ENGINE,    /* the engine's own mutation of the bytes */
    KIT_MUTATE_SPLICE,    /* a run of calls of another input comes in */
    KIT_MUTATIONS
};

/* An engine's mutation of bytes in place: returns the new size, at most max; 0 means "unchanged".
 */
typedef size_t (*kit_engine_mutate)(uint8_t *data, size_t size, size_t max);

/* kit_mutate changes the program in data[0 … size), which has room for max bytes, and returns the
 * new size (at least 1, for max > 0). `engine` may be NULL. O(size). */
size_t kit_mutate(uint8_t *data, size_t size, size_t max, unsigned seed, kit_engine_mutate engine);

/* kit_cross writes a mixture of the programs a and b to out (max bytes of room) and returns its
 * size. O(both sizes). */
size_t kit_cross(const uint8_t *a, size_t a_size, const uint8_t *b, size_t b_size, uint8_t *out,
                 size_t max, unsigned seed);

/* kit_mutation_name is "insert", "erase", …; kit_mutation_count is how often one was applied in
 * this process. */
const char *kit_mutation_name(enum kit_mutation mutation);
uint64_t kit_mutation_count(enum kit_mutation mutation);

/* kit_mutation_report writes the counters, "name count" a line, to the file that the environment
 * variable LEDGE_MUTATION_REPORT names, if it is set. */
void kit_mutation_report(void);

#endif
