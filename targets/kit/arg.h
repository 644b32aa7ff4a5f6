/* arg.h: the argument types, and how a raw number becomes a value.
 *
 * An argument is stored as one or two raw numbers (see wire.h). Every type orders its raw numbers
 * so that the smaller one is the simpler one and 0 the simplest: a minimizer lowers numbers and
 * need not know what they mean. */
#ifndef LEDGE_KIT_ARG_H
#define LEDGE_KIT_ARG_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "memory.h"

enum {
    KIT_ARGS = 6,   /* arguments of one operation, at most */
    KIT_BYTES = 32, /* items of a bytes argument, at most */
};

enum kit_kind {
    KIT_RANGE,  /* lo … hi */
    KIT_U32,    /* any 32-bit value */
    KIT_U64,    /* any 64-bit value */
    KIT_INDEX,  /* size_t: 0 … 111, then values around the powers of two and SIZE_MAX */
    KIT_LENGTH, /* size_t: 0 … 95, then lengths relative to the pointer argument before it, and
                   overflowing ones */
    KIT_ALIGN,  /* size_t: powers of two, and what is not */
    KIT_SIZE,   /* size_t: an element size, 0 and overflowing ones too */
    KIT_HANDLE, /* a slot in [0, hi] that an earlier operation may have filled */
    KIT_DEFINE, /* a slot in [0, hi] that this operation fills */
    KIT_PTR,    /* pointer class and offset (memory.h) */
    KIT_RAW,    /* bytes: a count in [0, hi], then that many; always an operation's last argument */
};

struct kit_arg {
    const char *name;
    const char *ctype; /* the parameter's type in C */
    enum kit_kind kind;
    uint64_t lo,
        hi; /* KIT_LENGTH: lo is the element size, 0 for "the element-size argument before it" */
};

struct kit_bytes {
    const uint8_t *at; /* valid during the operation */
    size_t len;
};

struct kit_value {
    uint64_t n;             /* scalars, and the count of bytes */
    struct kit_ptr ptr;     /* KIT_PTR */
    struct kit_bytes bytes; /* KIT_RAW */
};

/* The raw numbers of one argument. */
struct kit_raw {
    uint64_t n; /* the number; KIT_PTR: the class; KIT_RAW: the count */
    uint64_t k; /* KIT_PTR: the offset */
};

/* kit_arg_max is the largest raw n of an argument. */
uint64_t kit_arg_max(const struct kit_arg *arg);

/* kit_kind_name is "range", "u32", "index", …; static. */
const char *kit_kind_name(enum kit_kind kind);

/* kit_resolve turns the raw numbers of an operation's arguments into values. `bytes` holds the
 * items of a bytes argument. Touches memory.h's regions: call it between kit_memory_begin and
 * kit_memory_end, with values used before the next call. */
void kit_resolve(const struct kit_arg *args, size_t count, const struct kit_raw *raw,
                 const uint8_t *bytes, struct kit_value *values);

/* kit_write_value writes one argument as C text: "4", "SIZE_MAX - 1", "heap + 3". Used by the
 * printer and the C emitter, which is why the program's text can be pasted. */
void kit_write_value(FILE *out, const struct kit_arg *arg, const struct kit_raw *raw,
                     const struct kit_value *value);

/* Typed readers of a value, for the code that OP() generates. */
static inline uint32_t kit_get_u32(const struct kit_value *value)
{
    return (uint32_t)value->n;
}

static inline uint64_t kit_get_u64(const struct kit_value *value)
{
    return value->n;
}

static inline size_t kit_get_size(const struct kit_value *value)
{
    return (size_t)value->n;
}

static inline struct kit_ptr kit_get_ptr(const struct kit_value *value)
{
    return value->ptr;
}

static inline struct kit_bytes kit_get_bytes(const struct kit_value *value)
{
    return value->bytes;
}

#endif
