/* hash_model.h: the hash functions of ledge/hash.h as their authors wrote them down, in 128 bits,
 * so that no sum and no product wraps. */
#ifndef LEDGE_TARGETS_HASH_MODEL_H
#define LEDGE_TARGETS_HASH_MODEL_H

#include <string.h>

#include "kit/target.h"

__extension__ typedef unsigned __int128 wide;

static inline uint64_t model_rotate(uint64_t value, unsigned bits)
{
    return (uint64_t)(((wide)value << 64 | value) >> (64 - bits));
}

static inline void model_sip_rounds(uint64_t v[4], size_t rounds)
{
    for (size_t i = 0; i < rounds; i++) {
        v[0] = (uint64_t)((wide)v[0] + v[1]);
        v[1] = model_rotate(v[1], 13) ^ v[0];
        v[0] = model_rotate(v[0], 32);
        v[2] = (uint64_t)((wide)v[2] + v[3]);
        v[3] = model_rotate(v[3], 16) ^ v[2];
        v[0] = (uint64_t)((wide)v[0] + v[3]);
        v[3] = model_rotate(v[3], 21) ^ v[0];
        v[2] = (uint64_t)((wide)v[2] + v[1]);
        v[1] = model_rotate(v[1], 17) ^ v[2];
        v[2] = model_rotate(v[2], 32);
    }
}

/* The number in the n bytes at `at`, the first of them its lowest. */
static inline uint64_t model_little(const uint8_t *at, size_t n)
{
    uint64_t number = 0;
    for (size_t i = n; i > 0; i--)
        number = number << 8 | at[i - 1];
    return number;
}

/* The message is padded with zeros to whole words, and the last byte is its length. */
static inline uint64_t model_sip(struct kit_bytes src, uint64_t k0, uint64_t k1, size_t word_rounds,
                                 size_t end_rounds)
{
    uint8_t padded[40] = {0};
    uint64_t v[4] = {k0 ^ 0x736f6d6570736575, k1 ^ 0x646f72616e646f6d, k0 ^ 0x6c7967656e657261,
                     k1 ^ 0x7465646279746573};
    const size_t words = src.len / 8 + 1;
    memcpy(padded, src.at, src.len);
    padded[8 * words - 1] = (uint8_t)src.len;
    for (size_t i = 0; i < words; i++) {
        const uint64_t word = model_little(padded + 8 * i, 8);
        v[3] ^= word;
        model_sip_rounds(v, word_rounds);
        v[0] ^= word;
    }
    v[2] ^= 0xff;
    model_sip_rounds(v, end_rounds);
    return v[0] ^ v[1] ^ v[2] ^ v[3];
}

static inline uint64_t model_fnv(struct kit_bytes src)
{
    uint64_t hash = 0xcbf29ce484222325;
    for (size_t i = 0; i < src.len; i++)
        hash = (uint64_t)((wide)(hash ^ src.at[i]) * 0x100000001b3);
    return hash;
}

static inline uint64_t model_mix(uint64_t z)
{
    z = (uint64_t)((wide)(z ^ z >> 30) * 0xbf58476d1ce4e5b9);
    z = (uint64_t)((wide)(z ^ z >> 27) * 0x94d049bb133111eb);
    return z ^ z >> 31;
}

/* The n-th number of SplitMix64. */
static inline uint64_t model_split_mix(uint64_t seed, unsigned n)
{
    return model_mix((uint64_t)(seed + (wide)n * 0x9e3779b97f4a7c15));
}

static inline uint64_t model_fold(uint64_t a, uint64_t b)
{
    const wide product = (wide)a * b;
    return (uint64_t)(product >> 64) ^ (uint64_t)product;
}

static inline uint64_t model_default(struct kit_bytes src, uint64_t k0, uint64_t k1)
{
    if (src.len > 8 || (src.len & (src.len - 1)) != 0)
        return model_sip(src, k0, k1, 1, 3);
    return model_fold(model_fold(model_little(src.at, src.len) ^ k0, k1 | 1), 0x9e3779b97f4a7c15);
}

#endif
