/* ledge/hash.h: hash functions for bytes and numbers, with and without a key.
 *
 * Which one for what:
 *
 *   ledge_hash_default  keyed; what a map uses unless told otherwise: one of the next two, by size
 *   ledge_hash_u64      keyed, some 10 cycles: numbers
 *   ledge_hash_sip13    keyed, about 1 ns a byte for short ones: bytes that strangers choose
 *   ledge_hash_sip24    keyed, slower, the conservative choice of the same family
 *   ledge_hash_fnv1a    no key, bytes: stable across runs and machines
 *   ledge_hash_mix64    no key, numbers: stable, and every bit counts
 *
 * A key (ledge_hash_seed) is there so that nobody who doesn't know it can prepare many inputs with
 * the same hash. What is claimed, and what isn't: SipHash was designed as a pseudo-random function,
 * and no way is known to find its collisions without the key. ledge_hash_u64 is no cryptography: it
 * withstands inputs that were prepared in advance, but somebody who can watch hashes, orders of
 * iteration that depend on them, or precise times may learn its seed.
 *
 * All are pure, never fail, and are thread-safe. */
#ifndef LEDGE_HASH_H
#define LEDGE_HASH_H

#include <ledge/base.h>

#include <string.h>

#ifdef __cplusplus
extern "C" {
#endif

/* A ledge_hash_seed is the key of a keyed hash function: 128 bits. */
typedef struct ledge_hash_seed {
    uint64_t k0, k1;
} ledge_hash_seed;

/* ledge_hash_seed_random returns a seed that can't be guessed: from the kernel (getentropy), some
 * 0.3 us. Where the kernel has none to give (an old one, a sandbox), it is made of clocks and of
 * the addresses of salt, stack and code, which is different each time but can be guessed by
 * somebody who tries. salt is not read. Never returns a seed of all zeros. Thread-safe. */
ledge_hash_seed ledge_hash_seed_random(const void *salt);

/* ledge_hash_seed_from returns a seed made from a number, the same each time: for what has to be
 * repeated exactly, or for tests. A seed has to look random to be of use; small numbers put straight
 * into one make ledge_hash_u64 a bad hash. O(1). */
LEDGE_CONST
ledge_hash_seed ledge_hash_seed_from(uint64_t number);

/* ledge_hash_fold returns the upper half of the 128-bit product a * b, exclusive-or the lower half.
 * Every bit of a reaches every bit of the result, and so does every bit of b. O(1). */
LEDGE_CONST
static inline uint64_t ledge_hash_fold(uint64_t a, uint64_t b)
{
#ifdef __SIZEOF_INT128__
    __extension__ typedef unsigned __int128 u128;
    const u128 product = (u128)a * b;
    return (uint64_t)product ^ (uint64_t)(product >> 64);
#else
    const uint64_t a0 = a & UINT32_MAX, a1 = a >> 32, b0 = b & UINT32_MAX, b1 = b >> 32;
    const uint64_t low = a0 * b0, cross = a1 * b0 + (low >> 32);
    const uint64_t middle = a0 * b1 + (cross & UINT32_MAX);
    const uint64_t high = a1 * b1 + (cross >> 32) + (middle >> 32);
    return high ^ (middle << 32 | (low & UINT32_MAX));
#endif
}

/* ledge_hash_u64 returns the hash of a number: the folded product of value, masked by one half of
 * the seed, and the other half, folded once more with the golden ratio. Two folded multiplications
 * are Wang Yi's (wyhash64). O(1), some 10 cycles. */
LEDGE_PURE
LEDGE_NONNULL(2)
static inline uint64_t ledge_hash_u64(uint64_t value, const ledge_hash_seed *seed)
{
    /* An even factor would lose what the top bits say. */
    const uint64_t product = ledge_hash_fold(value ^ seed->k0, seed->k1 | 1);
    /* The products of numbers a fixed distance apart are a fixed distance apart, too: with one seed
     * in ten they would crowd in few places, and whoever sends them need not know the seed. */
    return ledge_hash_fold(product, UINT64_C(0x9e3779b97f4a7c15));
}

/* ledge_hash_sip13 and ledge_hash_sip24 return the SipHash of the size bytes at data, with 1 round
 * a word and 3 at the end, or 2 and 4. data may be null when size is 0. O(size).
 *
 * Jean-Philippe Aumasson, Daniel J. Bernstein: SipHash, a fast short-input PRF (2012). 2-4 is the
 * paper's; 1-3 is what Rust, Python and Ruby use for their tables. The seed is the paper's key,
 * read as two little-endian numbers. */
LEDGE_PURE
LEDGE_NONNULL(3)
uint64_t ledge_hash_sip13(const void *data, size_t size, const ledge_hash_seed *seed);
LEDGE_PURE
LEDGE_NONNULL(3)
uint64_t ledge_hash_sip24(const void *data, size_t size, const ledge_hash_seed *seed);

/* ledge_hash_fnv1a returns the 64-bit FNV-1a hash of the size bytes at data, which may be null when
 * size is 0. No key, and collisions are easily made: not for input from strangers. O(size).
 *
 * Glenn Fowler, Landon Curt Noll, Kiem-Phong Vo; RFC 9923. */
LEDGE_PURE
uint64_t ledge_hash_fnv1a(const void *data, size_t size);

/* ledge_hash_mix64 returns value with its bits mixed, one to one: different numbers give different
 * results. For numbers that are a hash already, or as a hash without a key. O(1).
 *
 * David Stafford's mix 13, as in SplitMix64. */
LEDGE_CONST
uint64_t ledge_hash_mix64(uint64_t value);

/* ledge_hash_default returns ledge_hash_u64 of a number of 1, 2, 4 or 8 bytes at data, and
 * ledge_hash_sip13 of any other size. Where size is a constant, so is the choice. */
LEDGE_PURE
LEDGE_NONNULL(1, 3)
static inline uint64_t ledge_hash_default(const void *data, size_t size,
                                          const ledge_hash_seed *seed)
{
    uint8_t u8;
    uint16_t u16;
    uint32_t u32;
    uint64_t u64;
    switch (size) {
    case sizeof(u8):
        memcpy(&u8, data, sizeof(u8));
        return ledge_hash_u64(u8, seed);
    case sizeof(u16):
        memcpy(&u16, data, sizeof(u16));
        return ledge_hash_u64(u16, seed);
    case sizeof(u32):
        memcpy(&u32, data, sizeof(u32));
        return ledge_hash_u64(u32, seed);
    case sizeof(u64):
        memcpy(&u64, data, sizeof(u64));
        return ledge_hash_u64(u64, seed);
    default:
        return ledge_hash_sip13(data, size, seed);
    }
}

#ifdef __cplusplus
}
#endif

#endif /* LEDGE_HASH_H */
