/* hash.c: SipHash, FNV-1a, a mixer, and seeds. See ledge/hash.h. */
#define _DEFAULT_SOURCE /* getentropy */

#include <ledge/hash.h>

#include <time.h>
#include <unistd.h>

/* Sums and products here wrap on purpose; elsewhere in the library a wrap is a bug. */
#if defined(__clang__)
#define WRAPS __attribute__((no_sanitize("unsigned-integer-overflow", "unsigned-shift-base")))
#else
#define WRAPS
#endif

/* --- SipHash ------------------------------------------------------------------------------ */

struct sip {
    uint64_t v0, v1, v2, v3;
};

WRAPS static uint64_t rotate_left(uint64_t value, unsigned bits)
{
    return value << bits | value >> (64 - bits);
}

WRAPS static void sip_rounds(struct sip *s, unsigned rounds)
{
    for (unsigned i = 0; i < rounds; i++) {
        s->v0 += s->v1;
        s->v2 += s->v3;
        s->v1 = rotate_left(s->v1, 13) ^ s->v0;
        s->v3 = rotate_left(s->v3, 16) ^ s->v2;
        s->v0 = rotate_left(s->v0, 32);
        s->v2 += s->v1;
        s->v0 += s->v3;
        s->v1 = rotate_left(s->v1, 17) ^ s->v2;
        s->v3 = rotate_left(s->v3, 21) ^ s->v0;
        s->v2 = rotate_left(s->v2, 32);
    }
}

static void sip_word(struct sip *s, uint64_t word, unsigned rounds)
{
    s->v3 ^= word;
    sip_rounds(s, rounds);
    s->v0 ^= word;
}

/* The little-endian number in the first n <= 8 bytes at ptr. */
static uint64_t load_little(const unsigned char *ptr, size_t n)
{
    uint64_t word = 0;
    for (size_t i = 0; i < n; i++)
        word |= (uint64_t)ptr[i] << (8 * i);
    return word;
}

static inline uint64_t sip_hash(const void *data, size_t size, const ledge_hash_seed *seed,
                                unsigned word_rounds, unsigned end_rounds)
{
    const unsigned char *ptr = (const unsigned char *)data;
    struct sip s = {
        seed->k0 ^ UINT64_C(0x736f6d6570736575),
        seed->k1 ^ UINT64_C(0x646f72616e646f6d),
        seed->k0 ^ UINT64_C(0x6c7967656e657261),
        seed->k1 ^ UINT64_C(0x7465646279746573),
    };
    size_t left = size;
    for (; left >= 8; left -= 8, ptr += 8)
        sip_word(&s, load_little(ptr, 8), word_rounds);
    sip_word(&s, load_little(ptr, left) | (uint64_t)(size & 0xff) << 56, word_rounds);
    s.v2 ^= 0xff;
    sip_rounds(&s, end_rounds);
    return s.v0 ^ s.v1 ^ s.v2 ^ s.v3;
}

uint64_t ledge_hash_sip13(const void *data, size_t size, const ledge_hash_seed *seed)
{
    return sip_hash(data, size, seed, 1, 3);
}

uint64_t ledge_hash_sip24(const void *data, size_t size, const ledge_hash_seed *seed)
{
    return sip_hash(data, size, seed, 2, 4);
}

/* --- Without a key ------------------------------------------------------------------------ */

WRAPS uint64_t ledge_hash_fnv1a(const void *data, size_t size)
{
    const unsigned char *ptr = (const unsigned char *)data;
    uint64_t hash = UINT64_C(0xcbf29ce484222325);
    for (size_t i = 0; i < size; i++)
        hash = (hash ^ ptr[i]) * UINT64_C(0x100000001b3);
    return hash;
}

WRAPS uint64_t ledge_hash_mix64(uint64_t value)
{
    value = (value ^ value >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    value = (value ^ value >> 27) * UINT64_C(0x94d049bb133111eb);
    return value ^ value >> 31;
}

/* --- Seeds -------------------------------------------------------------------------------- */

/* Whatever differs between calls, runs and machines, for where the kernel has nothing better. */
static ledge_hash_seed guessable_seed(const void *salt)
{
    struct timespec now = {0, 0};
    (void)timespec_get(&now, TIME_UTC);
    const uint64_t parts[] = {
        (uint64_t)now.tv_sec,      (uint64_t)now.tv_nsec,     (uint64_t)clock(),
        (uint64_t)(uintptr_t)salt, (uint64_t)(uintptr_t)&now, (uint64_t)(uintptr_t)&guessable_seed,
    };
    const ledge_hash_seed left = {1, 2}, right = {3, 4};
    return (ledge_hash_seed){ledge_hash_sip24(parts, sizeof(parts), &left),
                             ledge_hash_sip24(parts, sizeof(parts), &right)};
}

WRAPS ledge_hash_seed ledge_hash_seed_from(uint64_t number)
{
    /* The first two numbers of SplitMix64. */
    const uint64_t golden = UINT64_C(0x9e3779b97f4a7c15);
    return (ledge_hash_seed){ledge_hash_mix64(number + golden),
                             ledge_hash_mix64(number + golden + golden)};
}

ledge_hash_seed ledge_hash_seed_random(const void *salt)
{
    ledge_hash_seed seed = guessable_seed(salt), random;
    if (getentropy(&random, sizeof(random)) == 0)
        seed = random;
    /* Zero is how a caller asks for a random seed. */
    seed.k1 |= 1;
    return seed;
}
