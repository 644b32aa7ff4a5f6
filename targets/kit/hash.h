/* hash.h: what a run did, as one number.
 *
 * The hash is over the operations of a program with their decoded arguments, and over all that the
 * target's checks have seen: statuses, numbers, bytes. Addresses are no part of it: a pointer
 * counts as its class and the bytes behind it. So it is the same in every run, and by every
 * compiler at every level of optimization, unless what the API does depends on what it must not: an
 * address, an uninitialized byte, an undefined behaviour that two compilers take in two ways.
 *
 * Not thread-safe. */
#ifndef LEDGE_KIT_HASH_H
#define LEDGE_KIT_HASH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "program.h"

/* Whether runs are hashed. While it is false, nobody should call what follows. */
extern bool kit_hashing;

/* kit_hash_call adds an operation and its arguments; kit_hash_number and kit_hash_bytes what a
 * check has seen. O(what is added). */
void kit_hash_call(const struct kit_call *call, const struct kit_value *values);
void kit_hash_number(uint64_t number);
void kit_hash_bytes(const void *at, size_t size);

/* kit_hash_take returns the hash of all that was added since it was called last. */
uint64_t kit_hash_take(void);

#endif
