/* map_impl.h: what the sources of the map share, and nobody else.
 *
 *   map.c          the public functions, on top of these
 *   map_table.c    tables: memory, growth, adding
 *   map_copy.c     what goes through all entries: reserve, shrink, clone
 *   map_iter.c     iteration */
#ifndef LEDGE_MAP_IMPL_H
#define LEDGE_MAP_IMPL_H

#include <ledge/map.h>
#include <ledge/map_typed.h>

#define LEDGE_INTERNAL __attribute__((visibility("hidden")))

enum { MAP_ALL_SLOTS = (1 << LEDGE_MAP_SLOTS) - 1 };

static inline uint64_t map_hash(const ledge_map *map, const void *key)
{
    const ledge_map_config *const config = &map->config;
    if (config->hash)
        return config->hash(key, config->key_size, &config->seed, config->ctx);
    /* The same, but the most usual size is asked for first. */
    if (config->key_size == 8)
        return ledge_hash_default(key, 8, &config->seed);
    return ledge_hash_default(key, config->key_size, &config->seed);
}

/* Groups of a table that has memory. */
static inline size_t map_groups(const struct ledge_map_table *table)
{
    return table->mask + 1;
}

static inline unsigned char *map_entry(const ledge_map *map, const struct ledge_map_table *table,
                                       size_t index)
{
    return table->entries + index * map->config.entry_size;
}

static inline void map_destroy_value(const ledge_map *map, unsigned char *entry)
{
    if (map->config.destroy_value)
        map->config.destroy_value(entry + map->config.value_offset, map->config.ctx);
}

/* The table that a hash's entry is in, or would be. It has no memory where the map hasn't. */
static inline const struct ledge_map_table *map_table_of(const ledge_map *map, uint64_t hash)
{
    return !map->plain && ((size_t)hash & map->old.mask) >= map->moved ? &map->old : &map->table;
}

/* Whether a group of one of the map's tables is in use: not moved away yet, or moved to already. */
static inline bool map_in_use(const ledge_map *map, const struct ledge_map_table *table,
                              size_t group)
{
    return table->tags && map_table_of(map, group) == table;
}

/* map_free_slot returns the first free slot of a hash's run in a table; SIZE_MAX where there is
 * none. */
LEDGE_INTERNAL size_t map_free_slot(const ledge_map *map, const struct ledge_map_table *table,
                                    uint64_t hash);

/* map_take makes a free slot that of an entry of a hash. Its bytes are undefined. */
LEDGE_INTERNAL void map_take(const ledge_map *map, const struct ledge_map_table *table,
                             size_t index, uint64_t hash);

/* map_grow gives a map a table of so many groups: more than it has, a power of two. Entries are yet
 * to be moved there, unless there were none. LEDGE_OK; LEDGE_EOVERFLOW when it would be more memory
 * than can be; LEDGE_ENOMEM. */
LEDGE_INTERNAL ledge_status map_grow(ledge_map *map, size_t groups);

/* map_finish moves what is in the old table, if there is one. */
LEDGE_INTERNAL void map_finish(ledge_map *map);

/* map_table_clear frees all slots of the map's table, without destroying values. */
LEDGE_INTERNAL void map_table_clear(const ledge_map *map);

/* map_table_free frees a table's memory, if it has any, and makes it all zero. */
LEDGE_INTERNAL void map_table_free(const ledge_map *map, struct ledge_map_table *table);

/* Entries that a table of so many groups takes before the map grows. Thirteen in sixteen slots:
 * more makes searches longer, less makes the memory larger. */
static inline size_t map_limit(size_t groups)
{
    return groups * 13;
}

#endif /* LEDGE_MAP_IMPL_H */
