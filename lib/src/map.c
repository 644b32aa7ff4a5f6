/* map.c: the public functions of the map. See ledge/map.h, and map_impl.h for what is where. */
#include "map_impl.h"

#include <ledge/harden.h>

enum { LEAST_GROUPS = 8, SEGMENT_BYTES = 1 << 16 };

#define MAX_ENTRY ((size_t)PTRDIFF_MAX / 4096)

/* --- Life --------------------------------------------------------------------------------- */

static uint64_t default_hash(const void *key, size_t size, const ledge_hash_seed *seed, void *ctx)
{
    (void)ctx;
    return ledge_hash_default(key, size, seed);
}

/* The alignment that an object of so many bytes may have: the power of two in its size. */
static size_t natural_alignment(size_t size)
{
    const size_t most = _Alignof(max_align_t);
    if (size == 0)
        return 1;
    const size_t power = size & (size ^ (size - 1));
    return power < most ? power : most;
}

/* Fills in value_offset and entry_size where they are 0, and checks them where they aren't. */
static ledge_status lay_out(ledge_map_config *config)
{
    const size_t key_align = natural_alignment(config->key_size);
    const size_t value_align = natural_alignment(config->value_size);
    const size_t align = key_align > value_align ? key_align : value_align;
    size_t offset, end;
    if (ledge_align_up(config->key_size, value_align, &offset) != LEDGE_OK)
        return LEDGE_EOVERFLOW;
    if (config->value_offset == 0)
        config->value_offset = offset;
    if (config->value_offset < config->key_size)
        return LEDGE_EINVAL;
    if (ledge_size_add(config->value_offset, config->value_size, &end) != LEDGE_OK)
        return LEDGE_EOVERFLOW;

    size_t entry_size;
    if (ledge_align_up(end, align, &entry_size) != LEDGE_OK)
        return LEDGE_EOVERFLOW;
    if (config->entry_size == 0)
        config->entry_size = entry_size;
    if (config->entry_size < end)
        return LEDGE_EINVAL;
    return config->entry_size <= MAX_ENTRY ? LEDGE_OK : LEDGE_EOVERFLOW;
}

/* How many groups a segment has before it is split: as many as fit into 64 KB, but no fewer than
 * LEAST_GROUPS, so that some are free while others are full. */
static size_t most_groups(size_t entry_size)
{
    size_t groups = LEDGE_MAP_MAX_GROUPS;
    while (groups > LEAST_GROUPS && groups * LEDGE_MAP_SLOTS * entry_size > SEGMENT_BYTES)
        groups /= 2;
    return groups;
}

ledge_status ledge_map_init(ledge_map *map, const ledge_map_config *config,
                            const ledge_allocator *alloc)
{
    if (config->key_size == 0)
        return LEDGE_ESIZE;
    ledge_map_config full = *config;
    ledge_status status = lay_out(&full);
    if (status != LEDGE_OK)
        return status;
    if (!full.hash)
        full.hash = default_hash;
    if (full.seed.k0 == 0 && full.seed.k1 == 0)
        full.seed = ledge_hash_seed_random(map);

    *map = (ledge_map){.config = full, .most_groups = most_groups(full.entry_size)};
    if (alloc)
        map->alloc = *alloc;
    return LEDGE_OK;
}

ledge_status ledge_map_init_typed(ledge_map *map, const ledge_map_config *type,
                                  const ledge_map_config *config, const ledge_allocator *alloc)
{
    ledge_map_config both = *type;
    if (config) {
        both.clone_value = config->clone_value;
        both.destroy_value = config->destroy_value;
        both.ctx = config->ctx;
        both.seed = config->seed;
    }
    return ledge_map_init(map, &both, alloc);
}

static void destroy_values(const ledge_map *map)
{
    if (!map->config.destroy_value)
        return;
    for (ledge_map_iter it = ledge_map_begin(map); ledge_map_next(&it);)
        map->config.destroy_value(it.value, map->config.ctx);
}

void ledge_map_cleanup(ledge_map *map)
{
    destroy_values(map);
    map_index_free(map);
    *map = (ledge_map){.length = 0};
}

void ledge_map_clear(ledge_map *map)
{
    destroy_values(map);
    for (size_t i = 0; i < map_dir_length(map); i += map_span(map, map->dir[i].segment))
        map_segment_clear(map, map->dir[i].segment);
    map->length = 0;
    LEDGE_CHECK_DEBUG(ledge_map_is_valid(map));
}

/* --- Reading ------------------------------------------------------------------------------ */

static unsigned char *find(const ledge_map *map, uint64_t hash, const void *key,
                           struct ledge_map_place *out)
{
    const ledge_map_config *const config = &map->config;
    return ledge_map_find_entry(map, hash, key, config->key_size, config->entry_size, config->equal,
                                config->ctx, out);
}

void *ledge_map_find(const ledge_map *map, const void *key)
{
    struct ledge_map_place place;
    if (map->length == 0)
        return NULL;
    unsigned char *const entry = find(map, map_hash(map, key), key, &place);
    return entry ? entry + map->config.value_offset : NULL;
}

ledge_status ledge_map_get(const ledge_map *map, const void *key, void *out)
{
    const void *const value = ledge_map_find(map, key);
    if (!value)
        return LEDGE_ENOTFOUND;
    memcpy(out, value, map->config.value_size);
    return LEDGE_OK;
}

/* --- Adding ------------------------------------------------------------------------------- */

/* Finds the entry of key, or adds one with that key and the value at value, or zeros where that is
 * null. */
static ledge_status find_or_add(ledge_map *map, const void *key, const void *value,
                                unsigned char **out, bool *is_new)
{
    const ledge_map_config *const config = &map->config;
    if (config->key_size == 0)
        return LEDGE_ESIZE;

    const uint64_t hash = map_hash(map, key);
    struct ledge_map_place place;
    unsigned char *entry = find(map, hash, key, &place);
    *is_new = !entry;
    if (!entry) {
        ledge_status status = ledge_map_add(map, hash, &entry);
        if (status != LEDGE_OK)
            return status;
        memcpy(entry, key, config->key_size);
        if (value)
            memcpy(entry + config->value_offset, value, config->value_size);
        else
            memset(entry + config->value_offset, 0, config->value_size);
        LEDGE_CHECK_DEBUG(ledge_map_is_valid(map));
    }
    *out = entry;
    return LEDGE_OK;
}

ledge_status ledge_map_put(ledge_map *map, const void *key, const void *value)
{
    unsigned char *entry;
    bool is_new;
    if (map->config.key_size != 0 && map->config.value_size != 0 && !value)
        return LEDGE_ENULL;
    ledge_status status = find_or_add(map, key, value, &entry, &is_new);
    if (status != LEDGE_OK || is_new)
        return status;

    unsigned char *const old = entry + map->config.value_offset;
    if (value && old != value) {
        map_destroy_value(map, entry);
        memcpy(old, value, map->config.value_size);
    }
    return LEDGE_OK;
}

ledge_status ledge_map_upsert(ledge_map *map, const void *key, void **out, bool *is_new)
{
    unsigned char *entry;
    bool added;
    ledge_status status = find_or_add(map, key, NULL, &entry, &added);
    if (status != LEDGE_OK)
        return status;
    *out = entry + map->config.value_offset;
    *is_new = added;
    return LEDGE_OK;
}

/* --- Removing ----------------------------------------------------------------------------- */

static ledge_status remove_key(ledge_map *map, const void *key, bool destroy, void *out)
{
    if (map->length == 0)
        return LEDGE_ENOTFOUND;
    const uint64_t hash = map_hash(map, key);
    struct ledge_map_place place;
    unsigned char *const entry = find(map, hash, key, &place);
    if (!entry)
        return LEDGE_ENOTFOUND;
    if (out)
        memcpy(out, entry + map->config.value_offset, map->config.value_size);
    if (destroy)
        map_destroy_value(map, entry);
    ledge_map_remove(map, hash, &place);
    LEDGE_CHECK_DEBUG(ledge_map_is_valid(map));
    return LEDGE_OK;
}

ledge_status ledge_map_erase(ledge_map *map, const void *key)
{
    return remove_key(map, key, true, NULL);
}

ledge_status ledge_map_take(ledge_map *map, const void *key, void *out)
{
    return remove_key(map, key, false, out);
}

/* --- Validity ----------------------------------------------------------------------------- */

/* What is wrong is added up rather than returned at once: a check that never fails is then no
 * branch that never is taken. */

/* Whether a search for an entry of the hash comes to a group. Adds to *passed the groups before it
 * that count the entry. */
static bool path_is_valid(const struct ledge_map_segment *segment, uint64_t hash, size_t group,
                          size_t *passed)
{
    bool valid = true;
    for (size_t at = (size_t)hash & segment->mask; at != group; at = (at + 1) & segment->mask) {
        const unsigned here = ledge_map_groups(segment)[at].passed[ledge_map_tag(hash) & 3];
        valid &= here != 0;
        *passed += here != UINT8_MAX;
    }
    return valid;
}

/* Whether each entry of a segment is where it is found, and what the segment and its groups count
 * adds up: a group's count of 255 may say anything. */
static bool segment_is_valid(const ledge_map *map, const struct ledge_map_segment *segment)
{
    bool valid = true;
    size_t count = 0, counted = 0, passed = 0;
    for (size_t at = 0; at <= segment->mask; at++) {
        const struct ledge_map_group *const group = &ledge_map_groups(segment)[at];
        for (unsigned i = 0; i < 4; i++)
            counted += group->passed[i] % UINT8_MAX;
        for (unsigned taken = map_taken(group); taken; taken &= taken - 1, count++) {
            const unsigned slot = (unsigned)__builtin_ctz(taken);
            const uint64_t hash = map_hash(map, map_entry(map, segment, at, slot));
            valid &= ledge_map_dir_of(map, hash)->segment == segment;
            valid &= group->tag[slot] == ledge_map_tag(hash);
            valid &= path_is_valid(segment, hash, at, &passed);
        }
    }
    valid &= count == segment->count;
    valid &= count <= map_segment_limit(segment->mask + 1);
    valid &= counted == passed;
    return valid;
}

bool ledge_map_is_valid(const ledge_map *map)
{
    bool valid = true;
    size_t length = 0, segments = 0;
    for (size_t i = 0, span; i < map_dir_length(map); i += span, segments++) {
        const struct ledge_map_segment *const segment = map->dir[i].segment;
        if (segment->depth > 32 - map->dir_shift)
            return false;
        span = map_span(map, segment);
        valid &= i % span == 0;
        for (size_t j = i; j < i + span; j++) {
            const struct ledge_map_dir *const same = &map->dir[j % map_dir_length(map)];
            valid &= same->segment == segment;
            valid &= same->mask == segment->mask;
        }
        valid &= segment_is_valid(map, segment);
        length += segment->count;
    }
    valid &= length == map->length;
    valid &= segments == map->segments;
    return valid;
}
