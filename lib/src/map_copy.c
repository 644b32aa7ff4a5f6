/* map_copy.c: what goes through all of a map: reserve, shrink, clone. See ledge/map.h. */
#include "map_impl.h"

#include <ledge/harden.h>
#include <ledge/poison.h>

/* --- Room --------------------------------------------------------------------------------- */

ledge_status ledge_map_reserve(ledge_map *map, size_t n)
{
    if (map->config.key_size == 0)
        return LEDGE_ESIZE;
    if (n == 0)
        return LEDGE_OK;
    if (n > PTRDIFF_MAX / LEDGE_MAP_SLOTS)
        return LEDGE_EOVERFLOW;

    size_t groups = 1;
    while (map_limit(groups) < n)
        groups *= 2;
    ledge_status status = LEDGE_OK;
    if (map->limit < map_limit(groups))
        status = map_grow(map, groups);
    if (status == LEDGE_OK)
        map_finish(map);
    LEDGE_CHECK_DEBUG(ledge_map_is_valid(map));
    return status;
}

/* --- Copies ------------------------------------------------------------------------------- */

/* A map like *map, with nothing of its memory. */
static ledge_map empty_like(const ledge_map *map)
{
    return (ledge_map){
        .added = map->removed, .removed = map->removed, .config = map->config, .alloc = map->alloc};
}

/* Frees a map's memory, without destroying values. */
static void free_tables(ledge_map *map)
{
    map_table_free(map, &map->table);
    map_table_free(map, &map->old);
}

ledge_status ledge_map_shrink_to_fit(ledge_map *map)
{
    ledge_map tight = empty_like(map);
    ledge_status status =
        ledge_map_length(map) ? ledge_map_reserve(&tight, ledge_map_length(map)) : LEDGE_OK;
    if (status != LEDGE_OK)
        return status;
    /* There is the room that was reserved: nothing fails. */
    for (ledge_map_iter it = ledge_map_begin(map); ledge_map_next(&it);) {
        unsigned char *const entry = ledge_map_add_slow(&tight, map_hash(map, it.key));
        memcpy(entry, it.key, map->config.entry_size);
    }
    free_tables(map);
    *map = tight;
    return LEDGE_OK;
}

/* Adds a copy of the entry at an index of one of the map's tables, its value by clone_value if
 * there is one, to a map with as many groups. */
static ledge_status clone_entry(const ledge_map *map, const struct ledge_map_table *from,
                                size_t index, ledge_map *out)
{
    const ledge_map_config *const config = &map->config;
    const unsigned char *const entry = map_entry(map, from, index);
    const uint64_t hash = map_hash(map, entry);
    const size_t there = map_free_slot(out, &out->table, hash);
    unsigned char *const copy = map_entry(map, &out->table, there);
    ledge_unpoison(copy, config->entry_size);
    memcpy(copy, entry, config->entry_size);
    if (config->clone_value) {
        ledge_status status = config->clone_value(entry + config->value_offset,
                                                  copy + config->value_offset, config->ctx);
        if (status != LEDGE_OK)
            return status;
    }
    map_take(out, &out->table, there, hash);
    out->added++;
    return LEDGE_OK;
}

/* Adds copies of the entries of one of the map's tables. Those that were copied are there also
 * where it fails. */
static ledge_status clone_table(const ledge_map *map, const struct ledge_map_table *from,
                                ledge_map *out)
{
    for (size_t group = 0; group <= from->mask; group++) {
        if (!map_in_use(map, from, group))
            continue;
        const size_t first = group * LEDGE_MAP_SLOTS;
        for (unsigned taken = ledge_map_taken(from->tags + first); taken; taken &= taken - 1) {
            ledge_status status =
                clone_entry(map, from, first + (unsigned)__builtin_ctz(taken), out);
            if (status != LEDGE_OK)
                return status;
        }
    }
    return LEDGE_OK;
}

ledge_status ledge_map_clone(const ledge_map *map, ledge_map *out)
{
    ledge_map copy = empty_like(map);
    ledge_status status = LEDGE_OK;
    if (map->table.tags)
        status = map_grow(&copy, map_groups(&map->table));
    if (status != LEDGE_OK)
        return status;
    copy.reach = map->reach > copy.reach ? map->reach : copy.reach;
    status = clone_table(map, &map->table, &copy);
    if (status == LEDGE_OK)
        status = clone_table(map, &map->old, &copy);
    if (status != LEDGE_OK) {
        ledge_map_cleanup(&copy);
        return status;
    }
    LEDGE_CHECK_DEBUG(ledge_map_is_valid(&copy));
    *out = copy;
    return LEDGE_OK;
}

ledge_status ledge_map_clone_shallow(const ledge_map *map, ledge_map *out)
{
    ledge_map borrower = *map;
    borrower.config.clone_value = NULL;
    borrower.config.destroy_value = NULL;
    return ledge_map_clone(&borrower, out);
}
