/* map.c: the public functions of the map. See ledge/map.h, and map_impl.h for what is where. */
#include "map_impl.h"

#include <ledge/harden.h>

enum { LEAST_STEP = 8, STEP_BYTES = 1 << 16 };

#define MAX_ENTRY ((size_t)PTRDIFF_MAX / 4096)

/* --- Life --------------------------------------------------------------------------------- */

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

/* How many groups are moved at a time: as many as fit into 64 KB, but no fewer than LEAST_STEP, so
 * that some are free while others are full. */
static size_t default_step(size_t entry_size)
{
    size_t step = LEDGE_MAP_MAX_STEP;
    while (step > LEAST_STEP && step * LEDGE_MAP_SLOTS * entry_size > STEP_BYTES)
        step /= 2;
    return step;
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
    if (full.step == 0)
        full.step = default_step(full.entry_size);
    if (!ledge_is_pow2(full.step) || full.step > LEDGE_MAP_MAX_STEP)
        return LEDGE_EINVAL;
    if (full.seed.k0 == 0 && full.seed.k1 == 0)
        full.seed = ledge_hash_seed_random(map);

    /* Not 0, so that an iterator sees that its map was cleaned up. */
    *map = (ledge_map){.added = 1, .removed = 1, .config = full};
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
        both.step = config->step;
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
    map_table_free(map, &map->table);
    map_table_free(map, &map->old);
    *map = (ledge_map){.plain = false};
}

void ledge_map_clear(ledge_map *map)
{
    destroy_values(map);
    /* Where iterators have been isn't known of the groups that nothing was moved to yet. */
    if (map->old.tags)
        memset(map->table.visited, 1, map_groups(&map->table));
    map_table_free(map, &map->old);
    map->moved = 0;
    map->removed = map->added += 1;
    map->plain = map->table.tags != NULL;
    if (map->plain)
        map_table_clear(map);
    LEDGE_CHECK_DEBUG(ledge_map_is_valid(map));
}

/* --- Reading ------------------------------------------------------------------------------ */

void *ledge_map_find(const ledge_map *map, const void *key)
{
    struct ledge_map_place place;
    if (ledge_map_length(map) == 0)
        return NULL;
    unsigned char *const entry = ledge_map_find_slow(map, map_hash(map, key), key, &place);
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
    unsigned char *entry = ledge_map_find_slow(map, hash, key, &place);
    *is_new = !entry;
    if (!entry) {
        entry = ledge_map_add(map, hash, config->entry_size);
        if (!entry)
            return LEDGE_ENOMEM;
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
    if (ledge_map_length(map) == 0)
        return LEDGE_ENOTFOUND;
    const uint64_t hash = map_hash(map, key);
    struct ledge_map_place place;
    unsigned char *const entry = ledge_map_find_slow(map, hash, key, &place);
    if (!entry)
        return LEDGE_ENOTFOUND;
    if (out)
        memcpy(out, entry + map->config.value_offset, map->config.value_size);
    if (destroy)
        map_destroy_value(map, entry);
    ledge_map_remove(map, hash, entry, map->config.entry_size, &place);
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

/* Whether the entries of a group are where they are found. Which slots are taken is told by the way
 * for any machine, so that it has to agree with this one's. Adds how many they are to *count, and
 * to *passers the groups that count them. */
static bool group_is_valid(const ledge_map *map, const struct ledge_map_table *table, size_t group,
                           size_t *count, size_t *passers)
{
    bool valid = true;
    const size_t first = group * LEDGE_MAP_SLOTS;
    unsigned taken = ~ledge_map_match_words(table->tags + first, 0) & MAP_ALL_SLOTS;
    for (; taken; taken &= taken - 1) {
        const size_t index = first + (unsigned)__builtin_ctz(taken);
        const uint64_t hash = map_hash(map, map_entry(map, table, index));
        const size_t home = (size_t)hash & table->mask;
        valid &= map_table_of(map, hash) == table;
        valid &= table->tags[index] == (uint8_t)ledge_map_tags_of(hash);
        valid &= (home ^ group) < map->reach;
        for (size_t i = 0; i < (home ^ group); i++) {
            valid &= ledge_map_passed(table, home ^ i, hash) && table->passers[home ^ i] != 0;
            *passers += table->passers[home ^ i] != UINT8_MAX;
        }
        ++*count;
    }
    return valid;
}

/* The same of the groups of a table that are in use, and whether what they count adds up: a count
 * of 255 may say anything. */
static bool table_is_valid(const ledge_map *map, const struct ledge_map_table *table, size_t *count)
{
    bool valid = true;
    size_t counted = 0, passers = 0;
    for (size_t group = 0; group <= table->mask; group++) {
        if (!map_in_use(map, table, group))
            continue;
        valid &= group_is_valid(map, table, group, count, &passers);
        counted += table->passers[group] % UINT8_MAX;
        valid &= (table->passed[group] != 0) == (table->passers[group] != 0);
    }
    valid &= counted == passers;
    return valid;
}

bool ledge_map_is_valid(const ledge_map *map)
{
    bool valid = true;
    size_t count = 0;
    valid &= map->plain == (map->table.tags && !map->old.tags);
    valid &= map->limit == (map->table.tags ? map_limit(map_groups(&map->table)) : 0);
    valid &= table_is_valid(map, &map->table, &count);
    valid &= table_is_valid(map, &map->old, &count);
    valid &= count == ledge_map_length(map);
    return valid;
}
