/* program.h: an input file as a list of calls.
 *
 * Decoding is total: whatever the bytes, there is a program. The canonical encoding writes every
 * digit of every argument, so that a tool can change one in place; decode, encode, decode is the
 * identity. */
#ifndef LEDGE_KIT_PROGRAM_H
#define LEDGE_KIT_PROGRAM_H

#include <stddef.h>
#include <stdint.h>

#include "arg.h"
#include "wire.h"

enum {
    KIT_OPS = 64,    /* operations of one target, at most */
    KIT_CALLS = 256, /* calls of one program that are looked at; what follows is ignored */
    KIT_RECORD = 12 * KIT_ARGS + 2 * KIT_BYTES + 1, /* bytes of one record, at most */
};

struct kit_op {
    const char *name;
    void (*run)(void *world, const struct kit_value *values);
    const struct kit_arg *args;
    size_t args_len;
};

struct kit_call {
    const struct kit_op *op;
    size_t index; /* of the operation in the target's table */
    struct kit_raw raw[KIT_ARGS];
    uint8_t bytes[KIT_BYTES]; /* the items of a bytes argument */
};

/* kit_decode_call reads one record as a call of one of ops[0 … count). count is at least 1. */
void kit_decode_call(const struct kit_op *const *ops, size_t count, struct kit_record record,
                     struct kit_call *call);

/* kit_encode_call writes the canonical record of a call to out (KIT_RECORD bytes of room) and
 * returns its size. */
size_t kit_encode_call(const struct kit_call *call, uint8_t *out);

/* kit_decode reads up to KIT_CALLS calls and returns how many. */
size_t kit_decode(const struct kit_op *const *ops, size_t count, const uint8_t *data, size_t size,
                  struct kit_call calls[KIT_CALLS]);

/* kit_encode writes calls to out, stopping before the first that would pass `room`; returns the
 * bytes written. */
size_t kit_encode(const struct kit_call *calls, size_t count, uint8_t *out, size_t room);

#endif
