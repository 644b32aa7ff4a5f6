/* map_copy.c: what goes through all of a map: reserve, shrink, clone. See ledge/map.h. */
#include "map_impl.h"

#include <ledge/harden.h>
#include <ledge/poison.h>

/* --- Room --------------------------------------------------------------------------------- */

/* Makes every segment large enough, or the map deep enough, for n entries. */
static ledge_status make_room_for(ledge_map *map, size_t n, unsigned depth)
{
    ledge_status status = map->dir ? LEDGE_OK : map_index_start(map);
    if (status == LEDGE_OK)
        status = map_index_deepen(map, depth);
    while (status == LEDGE_OK && map->segments == 1) {
        const size_t groups = map->dir[0].mask + 1;
        if (groups >= map->most_groups || map_segment_limit(groups) >= n)
            break;
        status = map_index_grow(map, 0);
    }
    for (size_t i = 0; status == LEDGE_OK && i < map_dir_length(map);) {
        const struct ledge_map_segment *const segment = map->dir[i].segment;
        if (segment->depth < depth)
            status = map_index_split(map, i);
        else
            i += map_span(map, segment);
    }
    return status;
}

ledge_status ledge_map_reserve(ledge_map *map, size_t n)
{
    if (map->config.key_size == 0)
        return LEDGE_ESIZE;
    if (n == 0)
        return LEDGE_OK;

    /* As hashes aren't quite even, a segment among many may be a sixteenth fuller than others. */
    const size_t most = map_segment_limit(map->most_groups), many = most - most / 16;
    unsigned depth = 0;
    if (n > most) {
        while (depth <= LEDGE_MAP_MAX_DEPTH && many < ((n - 1) >> depth) + 1)
            depth++;
        if (depth > LEDGE_MAP_MAX_DEPTH)
            return LEDGE_EOVERFLOW;
    }
    ledge_status status = make_room_for(map, n, depth);
    LEDGE_CHECK_DEBUG(ledge_map_is_valid(map));
    return status;
}

/* --- Copies ------------------------------------------------------------------------------- */

/* A map like *map, with nothing of its memory. */
static ledge_map empty_like(const ledge_map *map)
{
    ledge_map empty = *map;
    empty.dir = NULL;
    empty.segments = empty.length = 0;
    return empty;
}

ledge_status ledge_map_shrink_to_fit(ledge_map *map)
{
    ledge_map tight = empty_like(map);
    ledge_status status = map->length ? ledge_map_reserve(&tight, map->length) : LEDGE_OK;
    for (ledge_map_iter it = ledge_map_begin(map); status == LEDGE_OK && ledge_map_next(&it);) {
        unsigned char *entry;
        status = ledge_map_add(&tight, map_hash(map, it.key), &entry);
        if (status == LEDGE_OK)
            memcpy(entry, it.key, map->config.entry_size);
    }
    if (status != LEDGE_OK) {
        map_index_free(&tight);
        return status;
    }
    map_index_free(map);
    *map = tight;
    return LEDGE_OK;
}

/* Copies the entry in a slot of a group to the same slot of a copy of the segment, its value by
 * clone_value if there is one. */
static ledge_status copy_entry(const ledge_map *map, const struct ledge_map_segment *from,
                               struct ledge_map_segment *to, size_t group, unsigned slot)
{
    const ledge_map_config *const config = &map->config;
    const unsigned char *const entry = map_entry(map, from, group, slot);
    unsigned char *const copy = map_entry(map, to, group, slot);
    ledge_unpoison(copy, config->entry_size);
    memcpy(copy, entry, config->entry_size);
    if (config->clone_value) {
        ledge_status status = config->clone_value(entry + config->value_offset,
                                                  copy + config->value_offset, config->ctx);
        if (status != LEDGE_OK)
            return status;
    }
    ledge_map_groups(to)[group].tag[slot] = ledge_map_groups(from)[group].tag[slot];
    to->count++;
    return LEDGE_OK;
}

/* Copies the entries of a segment to an empty one. Those that were copied are there also where it
 * fails. */
static ledge_status copy_segment(const ledge_map *map, const struct ledge_map_segment *from,
                                 struct ledge_map_segment *to)
{
    for (size_t group = 0; group <= from->mask; group++) {
        const struct ledge_map_group *const old = &ledge_map_groups(from)[group];
        unsigned taken = map_taken(old);
        memcpy(ledge_map_groups(to)[group].passed, old->passed, sizeof(old->passed));
        for (; taken; taken &= taken - 1) {
            ledge_status status = copy_entry(map, from, to, group, (unsigned)__builtin_ctz(taken));
            if (status != LEDGE_OK)
                return status;
        }
    }
    return LEDGE_OK;
}

ledge_status ledge_map_clone(const ledge_map *map, ledge_map *out)
{
    ledge_map copy = empty_like(map);
    ledge_status status = map->dir ? map_index_like(map, &copy) : LEDGE_OK;
    if (status != LEDGE_OK)
        return status;
    for (size_t i = 0; status == LEDGE_OK && i < map_dir_length(map);
         i += map_span(map, map->dir[i].segment))
        status = copy_segment(map, map->dir[i].segment, copy.dir[i].segment);
    copy.length = map->length;
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
