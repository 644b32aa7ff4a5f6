/* run.h: running a program against a target.
 *
 * There is one target in a binary: the table that TARGET() (target.h) defines. */
#ifndef LEDGE_KIT_RUN_H
#define LEDGE_KIT_RUN_H

#include <stddef.h>
#include <stdint.h>

#include "cells.h"
#include "program.h"

/* Cells (cells.h) that an operation refuses: its precondition keeps them from the API. */
struct kit_unreachable {
    const struct kit_op *op;
    unsigned pointers, lengths; /* sets of classes: KIT_SET(KIT_PTR_NULL), KIT_ANY */
    const char *why;
};

#define KIT_SET(class_) (1u << (class_))
#define KIT_ANY         (~0u)
/* Lengths that reach behind the pointer's memory. */
#define KIT_TOO_LONG                                                                               \
    (KIT_SET(KIT_LENGTH_MORE_ONE) | KIT_SET(KIT_LENGTH_BEYOND) | KIT_SET(KIT_LENGTH_WRAPS) |       \
     KIT_SET(KIT_LENGTH_TOP))

enum { KIT_SUPPORTS = 8 };

struct kit_target {
    const char *name;
    const char *includes; /* what the emitted C program includes */
    const char
        *support[KIT_SUPPORTS]; /* source text of SUPPORT() and SUPPORT_AS(); NULL after the last */
    const char *objects;        /* source text of OBJECTS */
    void *world;
    size_t world_size;
    void (*open)(void *world);
    void (*check)(void *world); /* after every operation */
    void (*close)(void *world);
    const char *(*status_name)(
        int status);                   /* a status as a C identifier; NULL: statuses are numbers */
    unsigned malloc_mb;                /* what one request for memory may be for; 0: anything */
    const struct kit_op *ops[KIT_OPS]; /* NULL after the last */
    struct kit_unreachable unreachable[8]; /* op NULL after the last; of two that fit a cell, the
                                              first gives the reason */
};

extern const struct kit_target kit_target;

/* kit_ops_count counts the target's operations. */
size_t kit_ops_count(void);

/* kit_run decodes [data, data + size) and makes its calls: the world is zeroed, opened, driven,
 * closed. stack_block is KIT_REGION bytes of the caller's frame (memory.h). Not reentrant. */
void kit_run(const uint8_t *data, size_t size, uint8_t *stack_block);

/* kit_phase names the operation that is running, or "open", "close". */
const char *kit_phase(void);

/* What every engine calls; returns 0. TARGET() defines it. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#endif
