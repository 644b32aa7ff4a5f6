/* ledge/map_typed.h: maps of two C types, over ledge/map.h.
 *
 *     LEDGE_MAP_DEFINE(ages, uint64_t, double);
 *
 * defines the types ages (the map), ages_entry { uint64_t key; double value; } and these functions,
 * each the one of ledge/map.h of that name, with keys and values passed as what they are:
 *
 *     ledge_status ages_init(ages *map, const ledge_map_config *config,
 *                            const ledge_allocator *alloc);
 *     void ages_cleanup(ages *map);
 *     size_t ages_length(const ages *map);
 *     double *ages_find(const ages *map, uint64_t key);
 *     ledge_status ages_put(ages *map, uint64_t key, double value);
 *     ledge_status ages_upsert(ages *map, uint64_t key, double **out, bool *is_new);
 *     ledge_status ages_erase(ages *map, uint64_t key);
 *     ledge_status ages_take(ages *map, uint64_t key, double *out);
 *     ages_entry *ages_next(ledge_map_iter *iter);
 *
 * config may be null; only its callbacks for values, its ctx, seed and step are used. ages_next is
 * ledge_map_next and returns the entry, or null when there is none:
 *
 *     ledge_map_iter it = ledge_map_begin(&map.base);
 *     for (ages_entry *entry; (entry = ages_next(&it));)
 *         …
 *
 * What isn't in the list (reserve, clear, clone …) takes &map.base.
 *
 * ages_put takes a value where ledge_map_put takes a pointer to one, and so can't see that it is
 * handed the value that is there already. It destroys that one first, also if the new one has the
 * same bytes: each may be a reference of its own to the same thing. So a value that find gave must
 * not be put back under its key in a map with destroy_value; it is changed through the pointer that
 * find gave.
 *
 * Keys are hashed by ledge_hash_default and compared as bytes. LEDGE_MAP_DEFINE_WITH(name, K, V,
 * HASH, EQUAL) uses others: uint64_t HASH(const K *, const ledge_hash_seed *), and bool EQUAL(const
 * K *, const K *). They must do nothing but return their result: a compiler may call them less
 * often than it seems.
 *
 * No type may need more alignment than max_align_t, which is what allocators give.
 *
 * The macros only give names and types to the functions below, which do the work. These are for the
 * macros' use; their contract is told in a sentence each. */
#ifndef LEDGE_MAP_TYPED_H
#define LEDGE_MAP_TYPED_H

#include <ledge/map.h>
#include <ledge/poison.h>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* The hot path has to be inlined for the sizes to be constants; what goes on with an iteration,
 * also for the iterator to be in registers. */
#define LEDGE_MAP_INLINE static inline __attribute__((always_inline, unused))

#define LEDGE_MAP_LIKELY(condition) __builtin_expect((condition) ? 1 : 0, 1)

/* --- Tags --------------------------------------------------------------------------------- */

/* For each value of a hash's top byte its tag, which is that byte but never 0, four times over:
 * what ledge_map_match takes, made with a load rather than three shuffles (as boost does). */
extern const uint32_t ledge_map_tags[256];

/* 15 bytes of all ones, a zero, and 15 of all ones: from 15 - slot on, a mask of a group's other
 * slots. */
extern const uint8_t ledge_map_hole[31];

/* ledge_map_tags_of returns the tag of a hash, four times over. */
LEDGE_PURE
LEDGE_MAP_INLINE uint32_t ledge_map_tags_of(uint64_t hash)
{
    return ledge_map_tags[hash >> 56];
}

/* ledge_map_match_words is ledge_map_match for any machine: 8 tags at a time, by arithmetic without
 * carries from one to the next. */
LEDGE_PURE
LEDGE_MAP_INLINE unsigned ledge_map_match_words(const uint8_t *tags, uint32_t tag)
{
    const uint64_t low = UINT64_C(0x7f7f7f7f7f7f7f7f);
    unsigned found = 0;
    for (unsigned half = 0; half < LEDGE_MAP_SLOTS; half += 8) {
        uint64_t word;
        memcpy(&word, tags + half, sizeof(word));
#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
        word = __builtin_bswap64(word);
#endif
        word ^= (uint64_t)tag << 32 | tag;
        /* The top bit of each byte that is 0, brought together. */
        word = ~(((word & low) + low) | word | low) >> 7;
        word |= word >> 7;
        word |= word >> 14;
        word |= word >> 28;
        found |= (unsigned)(word & 0xff) << half;
    }
    return found;
}

#if defined(__SSE2__)
/* An allocator's blocks are aligned for max_align_t, which clang has at 8 on x86 of 32 bits. */
#define LEDGE_MAP_ALIGNED (__alignof__(max_align_t) >= sizeof(__m128i))

LEDGE_PURE
LEDGE_MAP_INLINE __m128i ledge_map_load_tags(const uint8_t *tags)
{
    const __m128i *const at = (const __m128i *)(const void *)tags;
    return LEDGE_MAP_ALIGNED ? _mm_load_si128(at) : _mm_loadu_si128(at);
}

LEDGE_MAP_INLINE void ledge_map_store_tags(uint8_t *tags, __m128i all)
{
    __m128i *const at = (__m128i *)(void *)tags;
    if (LEDGE_MAP_ALIGNED)
        _mm_store_si128(at, all);
    else
        _mm_storeu_si128(at, all);
}

LEDGE_CONST
LEDGE_MAP_INLINE __m128i ledge_map_everywhere(uint32_t tag)
{
    return _mm_shuffle_epi32(_mm_cvtsi32_si128((int)tag), 0);
}
#endif

/* ledge_map_match returns the slots of a group, whose tags are given, that have a tag, given four
 * times over, as bits. */
LEDGE_PURE
LEDGE_MAP_INLINE unsigned ledge_map_match(const uint8_t *tags, uint32_t tag)
{
#if defined(__SSE2__)
    const __m128i same = _mm_cmpeq_epi8(ledge_map_load_tags(tags), ledge_map_everywhere(tag));
    return (unsigned)_mm_movemask_epi8(same);
#else
    return ledge_map_match_words(tags, tag);
#endif
}

/* ledge_map_set_tag gives a slot of a group, whose tags are given, a tag, given four times over.
 *
 * All tags are written where all are read at once: a processor hands what was just written to who
 * reads it if one store wrote all of it. Above all, the address then doesn't depend on the slot, so
 * that it is known early, and reading other groups needn't wait for it. */
LEDGE_MAP_INLINE void ledge_map_set_tag(uint8_t *tags, unsigned slot, uint32_t tag)
{
#if defined(__SSE2__)
    const __m128i *const hole = (const __m128i *)(const void *)(ledge_map_hole + 15 - slot);
    const __m128i others = _mm_loadu_si128(hole);
    ledge_map_store_tags(tags, _mm_or_si128(_mm_and_si128(ledge_map_load_tags(tags), others),
                                            _mm_andnot_si128(others, ledge_map_everywhere(tag))));
#else
    tags[slot] = (uint8_t)tag;
#endif
}

/* --- Finding ------------------------------------------------------------------------------ */

/* ledge_map_same tells whether two keys have the same bytes. Numbers are worth not to call memcmp.
 */
LEDGE_PURE
LEDGE_MAP_INLINE bool ledge_map_same(const void *a, const void *b, size_t size)
{
    uint32_t a32, b32;
    uint64_t a64, b64;
    switch (size) {
    case sizeof(a32):
        memcpy(&a32, a, sizeof(a32));
        memcpy(&b32, b, sizeof(b32));
        return a32 == b32;
    case sizeof(a64):
        memcpy(&a64, a, sizeof(a64));
        memcpy(&b64, b, sizeof(b64));
        return a64 == b64;
    default:
        return memcmp(a, b, size) == 0;
    }
}

/* Where an entry was found: the tags of its group, the slot, and how the group's number differs
 * from its home's. */
struct ledge_map_place {
    uint8_t *tags;
    unsigned slot;
    size_t flipped;
};

/* ledge_map_prefetch asks for the entries of a group, if they are few lines of a cache: which of
 * them is looked at is known only when the tags have arrived. Slots are taken from the first on, so
 * that the last quarter is hardly worth it. */
LEDGE_MAP_INLINE void ledge_map_prefetch(const unsigned char *entries, size_t entry_size)
{
    enum { LINE = 64, MOST = 4 * LINE, SLOTS = LEDGE_MAP_SLOTS - LEDGE_MAP_SLOTS / 4 };
    if (entry_size <= MOST / SLOTS) {
        for (size_t at = 0; at < SLOTS * entry_size; at += LINE)
            __builtin_prefetch(entries + at);
    }
}

/* ledge_map_search_group returns the entry of a group of a table with the key, which has the tag,
 * and sets all but out->flipped; null, and then *out is undefined, where there is none. */
LEDGE_MAP_INLINE unsigned char *ledge_map_search_group(const struct ledge_map_table *table,
                                                       size_t group, uint32_t tag, const void *key,
                                                       size_t key_size, size_t entry_size,
                                                       ledge_map_equal_fn *equal, void *ctx,
                                                       struct ledge_map_place *out)
{
    uint8_t *const tags = table->tags + group * LEDGE_MAP_SLOTS;
    unsigned match = ledge_map_match(tags, tag);
    if (match == 0)
        return NULL;
    unsigned char *const entries = table->entries + group * LEDGE_MAP_SLOTS * entry_size;
    ledge_map_prefetch(entries, entry_size);
    do {
        const unsigned slot = (unsigned)__builtin_ctz(match);
        unsigned char *const entry = entries + slot * entry_size;
        const bool same =
            equal ? equal(entry, key, key_size, ctx) : ledge_map_same(entry, key, key_size);
        if (LEDGE_MAP_LIKELY(same)) {
            out->tags = tags;
            out->slot = slot;
            return entry;
        }
        match &= match - 1;
    } while (match);
    return NULL;
}

/* ledge_map_passed tells whether an entry of a hash may have passed a group of a table. Which of
 * the eight bits is asked for depends on the hash's top byte, as the tag does. */
LEDGE_PURE
LEDGE_MAP_INLINE bool ledge_map_passed(const struct ledge_map_table *table, size_t group,
                                       uint64_t hash)
{
    return table->passed[group] >> (hash >> 56 & 7) & 1;
}

/* ledge_map_search_home looks for the entry with the key where nearly all entries are: in its home
 * group of a map whose entries are all in one table. Sets *out to the entry, and *place to where it
 * is; or *out to null, and then *place is undefined, where the map has none. Returns false, and
 * then both are undefined, where this doesn't tell. */
LEDGE_MAP_INLINE bool ledge_map_search_home(const ledge_map *map, uint64_t hash, const void *key,
                                            size_t key_size, size_t entry_size,
                                            ledge_map_equal_fn *equal, unsigned char **out,
                                            struct ledge_map_place *place)
{
    if (!LEDGE_MAP_LIKELY(map->plain))
        return false;
    const size_t home = (size_t)hash & map->table.mask;
    *out = ledge_map_search_group(&map->table, home, ledge_map_tags_of(hash), key, key_size,
                                  entry_size, equal, NULL, place);
    place->flipped = 0;
    return *out || !ledge_map_passed(&map->table, home, hash);
}

/* ledge_map_find_slow returns the entry with the key, and its place in *out; null, and then *out is
 * undefined, where there is none. In any state of the map. */
LEDGE_MUST_USE
LEDGE_NONNULL(1, 3, 4)
unsigned char *ledge_map_find_slow(const ledge_map *map, uint64_t hash, const void *key,
                                   struct ledge_map_place *out);

/* ledge_map_peek_slow is ledge_map_find_slow without the place. It is pure, so that a loop that
 * only reads a map needn't read the map's fields again and again. */
LEDGE_MUST_USE
LEDGE_PURE
LEDGE_NONNULL(1, 3)
unsigned char *ledge_map_peek_slow(const ledge_map *map, uint64_t hash, const void *key);

/* ledge_map_iter_follow goes to the next group that has entries to be seen; false where there is
 * none. */
LEDGE_NONNULL(1)
bool ledge_map_iter_follow(ledge_map_iter *iter);

/* ledge_map_taken returns the slots of a group, whose tags are given, that hold an entry, as bits.
 */
LEDGE_PURE
LEDGE_MAP_INLINE unsigned ledge_map_taken(const uint8_t *tags)
{
    return ledge_map_match(tags, 0) ^ ((1u << LEDGE_MAP_SLOTS) - 1);
}

/* ledge_map_taken_of_4 does the same for four groups that follow each other. */
LEDGE_PURE
LEDGE_MAP_INLINE uint64_t ledge_map_taken_of_4(const uint8_t *tags)
{
    const unsigned low = ledge_map_taken(tags) | ledge_map_taken(tags + LEDGE_MAP_SLOTS) << 16;
    tags += 2 * LEDGE_MAP_SLOTS;
    const unsigned high = ledge_map_taken(tags) | ledge_map_taken(tags + LEDGE_MAP_SLOTS) << 16;
    return (uint64_t)high << 32 | low;
}

/* ledge_map_iter_next returns the next entry; null where there is none. */
LEDGE_MAP_INLINE unsigned char *ledge_map_iter_next(ledge_map_iter *iter, size_t entry_size)
{
    uint64_t ahead = 0;
    if (LEDGE_MAP_LIKELY(iter->removed == iter->map->removed)) {
        ahead = iter->ahead;
        /* Four groups at once, where there are as many: where one ends is hard to predict. */
        while (ahead == 0 && iter->smooth != 0) {
            const unsigned count = iter->smooth < 4 ? 1 : 4;
            ahead = count == 4 ? ledge_map_taken_of_4(iter->tags) : ledge_map_taken(iter->tags);
            iter->entries =
                iter->unit_entries + (size_t)(iter->tags - iter->unit_tags) * entry_size;
            iter->tags += count * LEDGE_MAP_SLOTS;
            iter->smooth -= count;
        }
    }
    if (!LEDGE_MAP_LIKELY(ahead != 0)) {
        /* A copy, so that the caller's iterator need not be in memory: in registers it is several
         * times as fast. */
        ledge_map_iter copy = *iter;
        const bool found = ledge_map_iter_follow(&copy);
        *iter = copy;
        if (!found)
            return NULL;
        ahead = copy.ahead;
    }
    iter->ahead = ahead & (ahead - 1);
    return iter->entries + (unsigned)__builtin_ctzll(ahead) * entry_size;
}

/* --- Changing ----------------------------------------------------------------------------- */

/* ledge_map_add_slow makes an entry for a key that isn't there and has the hash, and returns it:
 * its bytes are undefined. Null where there is no memory to grow. */
LEDGE_MUST_USE
LEDGE_NONNULL(1)
unsigned char *ledge_map_add_slow(ledge_map *map, uint64_t hash);

/* ledge_map_add does the same, at once where the home group has room. */
LEDGE_MUST_USE
LEDGE_MAP_INLINE unsigned char *ledge_map_add(ledge_map *map, uint64_t hash, size_t entry_size)
{
    if (LEDGE_MAP_LIKELY(map->plain && ledge_map_length(map) < map->limit)) {
        const size_t first = ((size_t)hash & map->table.mask) * LEDGE_MAP_SLOTS;
        uint8_t *const tags = map->table.tags + first;
        const unsigned free_slots = ledge_map_match(tags, 0);
        if (LEDGE_MAP_LIKELY(free_slots)) {
            const unsigned slot = (unsigned)__builtin_ctz(free_slots);
            unsigned char *const entry = map->table.entries + (first + slot) * entry_size;
            ledge_map_set_tag(tags, slot, ledge_map_tags_of(hash));
            map->added++;
            ledge_unpoison(entry, entry_size);
            return entry;
        }
    }
    return ledge_map_add_slow(map, hash);
}

/* ledge_map_uncount takes back that an entry of the hash was counted by the groups it passed. */
LEDGE_NONNULL(1)
void ledge_map_uncount(ledge_map *map, uint64_t hash, size_t flipped);

/* ledge_map_remove removes an entry, which is at *place and whose key has the hash. Its value isn't
 * destroyed. */
LEDGE_MAP_INLINE void ledge_map_remove(ledge_map *map, uint64_t hash, const unsigned char *entry,
                                       size_t entry_size, const struct ledge_map_place *place)
{
    ledge_map_set_tag(place->tags, place->slot, 0);
    map->removed++;
    ledge_poison(entry, entry_size);
    if (!LEDGE_MAP_LIKELY(place->flipped == 0))
        ledge_map_uncount(map, hash, place->flipped);
}

/* ledge_map_init_typed does for the macros what ledge_map_init does: sizes and functions from type,
 * the rest from config, which may be null. */
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
    LEDGE_MAP_DEFINE_(name, K, V, name##_default_hash, NULL, NULL)

#define LEDGE_MAP_DEFINE_WITH(name, K, V, HASH, EQUAL) \
    LEDGE_MAP_INLINE bool name##_equal_keys(const void *a, const void *b, size_t size, void *ctx) \
    { \
        (void)size; \
        (void)ctx; \
        return EQUAL((const K *)a, (const K *)b); \
    } \
    static inline __attribute__((unused)) uint64_t name##_hash_key( \
        const void *key, size_t size, const ledge_hash_seed *seed, void *ctx) \
    { \
        (void)size; \
        (void)ctx; \
        return HASH((const K *)key, seed); \
    } \
    LEDGE_MAP_DEFINE_(name, K, V, HASH, name##_hash_key, name##_equal_keys)

#define LEDGE_MAP_DEFINE_(name, K, V, HASH, HASH_FN, EQUAL) \
    typedef struct name { ledge_map base; } name; \
    typedef struct name##_entry { K key; V value; } name##_entry; \
    LEDGE_STATIC_ASSERT(__alignof__(name##_entry) <= __alignof__(max_align_t), \
                        "a type needs more alignment than allocators give"); \
    LEDGE_MAP_INLINE name##_entry *name##_find_entry( \
        const name *map, uint64_t hash, K key, struct ledge_map_place *place) \
    { \
        unsigned char *there; \
        if (LEDGE_MAP_LIKELY(ledge_map_search_home(&map->base, hash, &key, sizeof(K), \
                                                   sizeof(name##_entry), EQUAL, &there, place))) \
            return (name##_entry *)(void *)there; \
        /* Copies, so that what the other branch uses need not be in memory. */ \
        const K same_key = key; \
        struct ledge_map_place found; \
        name##_entry *const entry = \
            (name##_entry *)(void *)ledge_map_find_slow(&map->base, hash, &same_key, &found); \
        if (entry) \
            *place = found; \
        return entry; \
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
        type.hash = HASH_FN; \
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
        return ledge_map_length(&map->base); \
    } \
    static inline __attribute__((unused, warn_unused_result, nonnull(1))) V *name##_find( \
        const name *map, K key) \
    { \
        const uint64_t hash = HASH(&key, &map->base.config.seed); \
        struct ledge_map_place place; \
        unsigned char *there; \
        if (!LEDGE_MAP_LIKELY(ledge_map_search_home(&map->base, hash, &key, sizeof(K), \
                                                    sizeof(name##_entry), EQUAL, &there, &place))) { \
            const K same_key = key; \
            there = ledge_map_peek_slow(&map->base, hash, &same_key); \
        } \
        return there ? &((name##_entry *)(void *)there)->value : NULL; \
    } \
    static inline __attribute__((unused, warn_unused_result, nonnull(1, 3, 4))) ledge_status name##_upsert( \
        name *map, K key, V **out, bool *is_new) \
    { \
        const uint64_t hash = HASH(&key, &map->base.config.seed); \
        struct ledge_map_place place; \
        name##_entry *entry = name##_find_entry(map, hash, key, &place); \
        const bool missing = !entry; \
        if (missing) { \
            entry = (name##_entry *)(void *)ledge_map_add(&map->base, hash, sizeof(name##_entry)); \
            if (!entry) \
                return map->base.config.key_size ? LEDGE_ENOMEM : LEDGE_ESIZE; \
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
        const name##_entry *const entry = name##_find_entry(map, hash, key, &place); \
        if (!entry) \
            return LEDGE_ENOTFOUND; \
        if (out) \
            *out = entry->value; \
        ledge_map_remove(&map->base, hash, (const unsigned char *)entry, sizeof(*entry), &place); \
        return LEDGE_OK; \
    } \
    static inline __attribute__((unused, warn_unused_result, nonnull(1))) ledge_status name##_erase( \
        name *map, K key) \
    { \
        const uint64_t hash = HASH(&key, &map->base.config.seed); \
        struct ledge_map_place place; \
        name##_entry *const entry = name##_find_entry(map, hash, key, &place); \
        if (!entry) \
            return LEDGE_ENOTFOUND; \
        if (map->base.config.destroy_value) \
            map->base.config.destroy_value(&entry->value, map->base.config.ctx); \
        ledge_map_remove(&map->base, hash, (const unsigned char *)entry, sizeof(*entry), &place); \
        return LEDGE_OK; \
    } \
    LEDGE_MAP_INLINE __attribute__((warn_unused_result, nonnull(1))) name##_entry *name##_next( \
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
