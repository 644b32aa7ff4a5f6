/* ledge/map_typed.h: maps of two C types, over ledge/map.h.
 *
 *     LEDGE_MAP_DEFINE(ages, uint64_t, double)
 *
 * defines the types ages (the map), ages_entry { uint64_t key; double value; } and these functions,
 * each the one of ledge/map.h of that name, with keys and values passed as what they are:
 *
 *     ledge_status ages_init(ages *map, const ledge_map_config *config, const ledge_allocator
 * *alloc) void         ages_cleanup(ages *map) size_t       ages_length(const ages *map) double
 * *ages_find(const ages *map, uint64_t key) ledge_status ages_put(ages *map, uint64_t key, double
 * value) ledge_status ages_upsert(ages *map, uint64_t key, double **out, bool *is_new) ledge_status
 * ages_erase(ages *map, uint64_t key) ledge_status ages_take(ages *map, uint64_t key, double *out)
 *     ages_entry  *ages_next(ledge_map_iter *iter)
 *
 * config may be null; only its callbacks for values, its ctx and its seed are used. ages_next is
 * ledge_map_next and returns the entry, or null when there is none:
 *
 *     ledge_map_iter it = ledge_map_begin(&map.base);
 *     for (ages_entry *entry; (entry = ages_next(&it));)
 *         …
 *
 * What isn't in the list (reserve, clear, clone …) takes &map.base.
 *
 * Keys are hashed by ledge_hash_default and compared as bytes. LEDGE_MAP_DEFINE_WITH(name, K, V,
 * HASH, EQUAL) uses others: uint64_t HASH(const K *, const ledge_hash_seed *), and bool EQUAL(const
 * K *, const K *).
 *
 * The macros only give names and types to the functions below, which do the work. These are for the
 * macros' use; their contract is told in a sentence each. */
#ifndef LEDGE_MAP_TYPED_H
#define LEDGE_MAP_TYPED_H

#include <ledge/map.h>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* The hot path has to be inlined for the sizes to be constants. */
#define LEDGE_MAP_INLINE static inline __attribute__((always_inline, unused))

/* --- What a map is made of ---------------------------------------------------------------- */

/* What is known of the entries of a group. A slot is free where its tag is 0. The entries of other
 * groups that passed over this one, as it was full, are counted by two bits of their tag, so that
 * few searches for something else have to follow them. A count of 255 may be more, and stays. */
struct ledge_map_group {
    uint8_t tag[LEDGE_MAP_SLOTS]; /* ledge_map_tag of the hash */
    uint8_t passed[4];
} __attribute__((aligned(16)));

/* A segment is this, its groups, and then their entries. */
struct ledge_map_segment {
    size_t mask;    /* groups - 1 */
    size_t count;   /* entries */
    unsigned depth; /* upper bits that all its hashes have in common */
} __attribute__((aligned(16)));

/* An entry of the directory. A segment is in all of those whose index starts with its bits. */
struct ledge_map_dir {
    struct ledge_map_segment *segment;
    size_t mask; /* the segment's, so that a search need not look */
};

/* Where an entry was found. */
struct ledge_map_place {
    struct ledge_map_group *group;
    unsigned slot;
};

/* --- Finding ------------------------------------------------------------------------------ */

/* ledge_map_tag returns what a slot keeps of a hash; never 0. */
LEDGE_CONST
LEDGE_MAP_INLINE uint8_t ledge_map_tag(uint64_t hash)
{
    const uint8_t tag = (uint8_t)(hash >> 32);
    return tag ? tag : 1;
}

/* ledge_map_match returns the slots of a group that have the tag, as bits. */
LEDGE_PURE
LEDGE_MAP_INLINE unsigned ledge_map_match(const struct ledge_map_group *group, uint8_t tag)
{
    const unsigned slots = (1u << LEDGE_MAP_SLOTS) - 1;
#if defined(__SSE2__)
    const __m128i tags = _mm_load_si128((const __m128i *)(const void *)group);
    const __m128i same = _mm_cmpeq_epi8(tags, _mm_set1_epi8((char)tag));
    return (unsigned)_mm_movemask_epi8(same) & slots;
#else
    unsigned same = 0;
    for (unsigned i = 0; i < LEDGE_MAP_SLOTS; i++)
        same |= (unsigned)(group->tag[i] == tag) << i;
    return same & slots;
#endif
}

/* ledge_map_groups returns the groups of a segment. */
LEDGE_CONST
LEDGE_MAP_INLINE struct ledge_map_group *ledge_map_groups(const struct ledge_map_segment *segment)
{
    return (struct ledge_map_group *)((uintptr_t)segment + sizeof(*segment));
}

/* ledge_map_entry returns the entry in a slot of the group at an index of a segment with a mask. */
LEDGE_CONST
LEDGE_MAP_INLINE unsigned char *ledge_map_entry(const struct ledge_map_segment *segment,
                                                size_t mask, size_t group, unsigned slot,
                                                size_t entry_size)
{
    unsigned char *const entries = (unsigned char *)(ledge_map_groups(segment) + mask + 1);
    return entries + (group * LEDGE_MAP_SLOTS + slot) * entry_size;
}

/* ledge_map_dir_of returns the directory's entry for a hash. The map has memory. */
LEDGE_PURE
LEDGE_MAP_INLINE struct ledge_map_dir *ledge_map_dir_of(const ledge_map *map, uint64_t hash)
{
    return &map->dir[(size_t)(hash >> 32 >> map->dir_shift)];
}

/* ledge_map_find_entry returns the entry with the key, and its place in *out; null, and then *out
 * is undefined, where there is none. */
LEDGE_MAP_INLINE unsigned char *ledge_map_find_entry(const ledge_map *map, uint64_t hash,
                                                     const void *key, size_t key_size,
                                                     size_t entry_size, ledge_map_equal_fn *equal,
                                                     void *ctx, struct ledge_map_place *out)
{
    if (map->length == 0)
        return NULL;

    const struct ledge_map_dir dir = *ledge_map_dir_of(map, hash);
    const uint8_t tag = ledge_map_tag(hash);
    for (size_t at = (size_t)hash & dir.mask;; at = (at + 1) & dir.mask) {
        struct ledge_map_group *const group = &ledge_map_groups(dir.segment)[at];
        for (unsigned match = ledge_map_match(group, tag); match; match &= match - 1) {
            const unsigned slot = (unsigned)__builtin_ctz(match);
            unsigned char *const entry =
                ledge_map_entry(dir.segment, dir.mask, at, slot, entry_size);
            const bool same =
                equal ? equal(entry, key, key_size, ctx) : memcmp(entry, key, key_size) == 0;
            if (__builtin_expect(same, 1)) {
                out->group = group;
                out->slot = slot;
                return entry;
            }
        }
        if (__builtin_expect(group->passed[tag & 3] == 0, 1))
            return NULL;
    }
}

/* ledge_map_iter_follow goes to the next group that has entries to be seen; false where there is
 * none. */
LEDGE_NONNULL(1)
bool ledge_map_iter_follow(ledge_map_iter *iter);

/* ledge_map_iter_next returns the next entry; null where there is none. */
LEDGE_MAP_INLINE unsigned char *ledge_map_iter_next(ledge_map_iter *iter, size_t entry_size)
{
    unsigned ahead = 0;
    if (__builtin_expect(iter->moves == iter->map->moves, 1))
        ahead = iter->ahead & ~ledge_map_match(iter->group, 0);
    if (__builtin_expect(ahead == 0, 0)) {
        if (!ledge_map_iter_follow(iter))
            return NULL;
        ahead = iter->ahead & ~ledge_map_match(iter->group, 0);
    }
    const unsigned slot = (unsigned)__builtin_ctz(ahead);
    iter->ahead = ahead & (ahead - 1);
    return iter->entries + slot * entry_size;
}

/* --- Changing ----------------------------------------------------------------------------- */

/* ledge_map_add makes an entry for a key that isn't there and has the hash, and stores a pointer to
 * it in *out: its bytes are undefined. LEDGE_OK or LEDGE_ENOMEM. */
LEDGE_MUST_USE
LEDGE_NONNULL(1, 3)
ledge_status ledge_map_add(ledge_map *map, uint64_t hash, unsigned char **out);

/* ledge_map_remove removes the entry at *place, whose key has the hash. Its value isn't destroyed.
 */
LEDGE_NONNULL(1, 3)
void ledge_map_remove(ledge_map *map, uint64_t hash, const struct ledge_map_place *place);

/* ledge_map_init_typed does for the macros what ledge_map_init does: sizes and functions from type, the rest
 * from config, which may be null. */
LEDGE_MUST_USE
LEDGE_NONNULL(1, 2)
ledge_status ledge_map_init_typed(ledge_map *map, const ledge_map_config *type,
                                  const ledge_map_config *config, const ledge_allocator *alloc);

/* --- The macros --------------------------------------------------------------------------- */

/* clang-format off */

#define LEDGE_MAP_DEFINE(name, K, V) \
    LEDGE_MAP_INLINE uint64_t name##_default_hash(const K *key, const ledge_hash_seed *seed) \
    { \
        return ledge_hash_default(key, sizeof(K), seed); \
    } \
    LEDGE_MAP_DEFINE_(name, K, V, name##_default_hash, NULL)

#define LEDGE_MAP_DEFINE_WITH(name, K, V, HASH, EQUAL) \
    LEDGE_MAP_INLINE bool name##_equal_keys(const void *a, const void *b, size_t size, void *ctx) \
    { \
        (void)size; \
        (void)ctx; \
        return EQUAL((const K *)a, (const K *)b); \
    } \
    LEDGE_MAP_DEFINE_(name, K, V, HASH, name##_equal_keys)

#define LEDGE_MAP_DEFINE_(name, K, V, HASH, EQUAL) \
    typedef struct name { ledge_map base; } name; \
    typedef struct name##_entry { K key; V value; } name##_entry; \
    static inline __attribute__((unused)) uint64_t name##_hash_key( \
        const void *key, size_t size, const ledge_hash_seed *seed, void *ctx) \
    { \
        (void)size; \
        (void)ctx; \
        return HASH((const K *)key, seed); \
    } \
    LEDGE_MAP_INLINE name##_entry *name##_find_entry( \
        const name *map, uint64_t hash, const K *key, struct ledge_map_place *place) \
    { \
        return (name##_entry *)(void *)ledge_map_find_entry( \
            &map->base, hash, key, sizeof(K), sizeof(name##_entry), EQUAL, NULL, place); \
    } \
    static inline __attribute__((unused, warn_unused_result, nonnull(1))) ledge_status name##_init( \
        name *map, const ledge_map_config *config, const ledge_allocator *alloc) \
    { \
        ledge_map_config type; \
        memset(&type, 0, sizeof(type)); \
        type.key_size = sizeof(K); \
        type.value_size = sizeof(V); \
        type.value_offset = offsetof(name##_entry, value); \
        type.entry_size = sizeof(name##_entry); \
        type.hash = name##_hash_key; \
        type.equal = EQUAL; \
        return ledge_map_init_typed(&map->base, &type, config, alloc); \
    } \
    static inline __attribute__((unused, nonnull(1))) void name##_cleanup(name *map) \
    { \
        ledge_map_cleanup(&map->base); \
    } \
    static inline __attribute__((unused, warn_unused_result, nonnull(1))) size_t name##_length( \
        const name *map) \
    { \
        return map->base.length; \
    } \
    static inline __attribute__((unused, warn_unused_result, nonnull(1))) V *name##_find( \
        const name *map, K key) \
    { \
        struct ledge_map_place place; \
        name##_entry *const entry = \
            name##_find_entry(map, HASH(&key, &map->base.config.seed), &key, &place); \
        return entry ? &entry->value : NULL; \
    } \
    static inline __attribute__((unused, warn_unused_result, nonnull(1, 3, 4))) ledge_status name##_upsert( \
        name *map, K key, V **out, bool *is_new) \
    { \
        const uint64_t hash = HASH(&key, &map->base.config.seed); \
        struct ledge_map_place place; \
        unsigned char *added; \
        name##_entry *entry = name##_find_entry(map, hash, &key, &place); \
        const bool missing = !entry; \
        if (missing) { \
            const ledge_status status = ledge_map_add(&map->base, hash, &added); \
            if (status != LEDGE_OK) \
                return status; \
            entry = (name##_entry *)(void *)added; \
            entry->key = key; \
            memset((void *)&entry->value, 0, sizeof(V)); \
        } \
        *out = &entry->value; \
        *is_new = missing; \
        return LEDGE_OK; \
    } \
    static inline __attribute__((unused, warn_unused_result, nonnull(1))) ledge_status name##_put( \
        name *map, K key, V value) \
    { \
        V *to; \
        bool is_new; \
        const ledge_status status = name##_upsert(map, key, &to, &is_new); \
        if (status != LEDGE_OK) \
            return status; \
        if (!is_new && map->base.config.destroy_value) \
            map->base.config.destroy_value(to, map->base.config.ctx); \
        *to = value; \
        return LEDGE_OK; \
    } \
    static inline __attribute__((unused, warn_unused_result, nonnull(1))) ledge_status name##_take( \
        name *map, K key, V *out) \
    { \
        const uint64_t hash = HASH(&key, &map->base.config.seed); \
        struct ledge_map_place place; \
        const name##_entry *const entry = name##_find_entry(map, hash, &key, &place); \
        if (!entry) \
            return LEDGE_ENOTFOUND; \
        if (out) \
            *out = entry->value; \
        ledge_map_remove(&map->base, hash, &place); \
        return LEDGE_OK; \
    } \
    static inline __attribute__((unused, warn_unused_result, nonnull(1))) ledge_status name##_erase( \
        name *map, K key) \
    { \
        const uint64_t hash = HASH(&key, &map->base.config.seed); \
        struct ledge_map_place place; \
        name##_entry *const entry = name##_find_entry(map, hash, &key, &place); \
        if (!entry) \
            return LEDGE_ENOTFOUND; \
        if (map->base.config.destroy_value) \
            map->base.config.destroy_value(&entry->value, map->base.config.ctx); \
        ledge_map_remove(&map->base, hash, &place); \
        return LEDGE_OK; \
    } \
    static inline __attribute__((unused, warn_unused_result, nonnull(1))) name##_entry *name##_next( \
        ledge_map_iter *iter) \
    { \
        return (name##_entry *)(void *)ledge_map_iter_next(iter, sizeof(name##_entry)); \
    } \
    typedef name##_entry name##_entry_needs_a_semicolon_or_not

/* clang-format on */

#ifdef __cplusplus
}
#endif

#endif /* LEDGE_MAP_TYPED_H */
