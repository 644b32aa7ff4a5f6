#include "hash.h"

#include <string.h>

/* FNV-1a. */
#define BASIS UINT64_C(0xcbf29ce484222325)
#define PRIME UINT64_C(0x100000001b3)

static uint64_t hash = BASIS;

bool kit_hashing;

static void add_byte(uint8_t byte)
{
    hash = (hash ^ byte) * PRIME;
}

void kit_hash_number(uint64_t number)
{
    for (unsigned shift = 0; shift < 64; shift += 8)
        add_byte((uint8_t)(number >> shift));
}

void kit_hash_bytes(const void *at, size_t size)
{
    const uint8_t *bytes = at;
    kit_hash_number(size);
    for (size_t i = 0; i < size; i++)
        add_byte(bytes[i]);
}

void kit_hash_call(const struct kit_call *call, const struct kit_value *values)
{
    kit_hash_bytes(call->op->name, strlen(call->op->name));
    for (size_t i = 0; i < call->op->args_len; i++) {
        if (call->op->args[i].kind == KIT_PTR) {
            kit_hash_number(values[i].ptr.class_);
            kit_hash_number(values[i].ptr.avail);
        } else if (call->op->args[i].kind == KIT_RAW) {
            kit_hash_bytes(values[i].bytes.at, values[i].bytes.len);
        } else {
            kit_hash_number(values[i].n);
        }
    }
}

uint64_t kit_hash_take(void)
{
    const uint64_t taken = hash;
    hash = BASIS;
    return taken;
}
