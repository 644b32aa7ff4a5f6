/* map_keys.h: what the tests of the map share: maps of numbers to numbers on the tracking
 * allocator, and hash functions good and bad. */
#ifndef LEDGE_TEST_MAP_KEYS_H
#define LEDGE_TEST_MAP_KEYS_H

#include "check.h"

#include <ledge/map.h>

#include "tracking_alloc.h"

__attribute__((unused)) static size_t hash_calls;

static uint64_t number(const void *key)
{
    return *(const uint64_t *)key;
}

static inline uint64_t count_hash(const void *key, size_t size, const ledge_hash_seed *seed,
                                  void *ctx)
{
    ++*(size_t *)ctx;
    return ledge_hash_default(key, size, seed);
}

#define HASH_OF(name, expression)                                                                  \
    static uint64_t name(const void *key, size_t size, const ledge_hash_seed *seed, void *ctx)     \
    {                                                                                              \
        (void)key;                                                                                 \
        (void)size;                                                                                \
        (void)seed;                                                                                \
        (void)ctx;                                                                                 \
        return expression;                                                                         \
    }

HASH_OF(hash_constant, 0)
HASH_OF(hash_identity, number(key))
HASH_OF(hash_top_byte, number(key) << 56)
HASH_OF(hash_low_bits, ledge_hash_mix64(number(key)) & 7)
HASH_OF(hash_top_bits, ledge_hash_mix64(number(key)) & UINT64_C(7) << 61)
HASH_OF(hash_last_groups, ledge_hash_mix64(number(key)) | 0xfffffffc)

enum { HASHES = 7, HASH_CONSTANT = 1 };

static ledge_map_hash_fn *const hashes[HASHES] = {
    NULL,          hash_constant, hash_identity,    hash_top_byte,
    hash_low_bits, hash_top_bits, hash_last_groups,
};

static inline void make_numbers(ledge_map *map, struct tracking_alloc *mem, ledge_map_hash_fn *hash)
{
    const ledge_allocator hook = tracking_alloc_init(mem);
    const ledge_map_config config = {
        .key_size = 8, .value_size = 8, .hash = hash, .seed = ledge_hash_seed_from(1)};
    assert_status(ledge_map_init(map, &config, &hook), LEDGE_OK);
}

static inline uint64_t value_of(uint64_t key)
{
    return key * 10 + 1;
}

/* Puts the keys from lo up to, and without, hi. */
static inline void put_range(ledge_map *map, uint64_t lo, uint64_t hi)
{
    for (uint64_t key = lo; key < hi; key++)
        assert_status(ledge_map_put(map, &key, &(uint64_t){value_of(key)}), LEDGE_OK);
}

/* The map has these keys and no others. */
static inline void assert_holds_range(const ledge_map *map, uint64_t lo, uint64_t hi)
{
    assert_true(ledge_map_is_valid(map));
    assert_int_equal(ledge_map_length(map), hi - lo);
    for (uint64_t key = lo; key < hi; key++) {
        const uint64_t *value = ledge_map_find(map, &key);
        assert_non_null(value);
        assert_int_equal(*value, value_of(key));
    }
}

#endif /* LEDGE_TEST_MAP_KEYS_H */
