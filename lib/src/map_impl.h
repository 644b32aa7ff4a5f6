/* map_impl.h: what the sources of the map share, and nobody else.
 *
 *   map.c          the public functions, on top of these
 *   map_index.c    directory, segments, groups
 *   map_copy.c     what goes through all of them: reserve, shrink, clone
 *   map_iter.c     iteration */
#ifndef LEDGE_MAP_IMPL_H
#define LEDGE_MAP_IMPL_H

#include <ledge/map.h>
#include <ledge/map_typed.h>

#define LEDGE_INTERNAL __attribute__((visibility("hidden")))

static inline uint64_t map_hash(const ledge_map *map, const void *key)
{
    return map->config.hash(key, map->config.key_size, &map->config.seed, map->config.ctx);
}

static inline unsigned char *map_entry(const ledge_map *map,
                                       const struct ledge_map_segment *segment, size_t group,
                                       unsigned slot)
{
    return ledge_map_entry(segment, segment->mask, group, slot, map->config.entry_size);
}

/* The slots of a group that hold an entry, as bits. */
static inline unsigned map_taken(const struct ledge_map_group *group)
{
    return ~ledge_map_match(group, 0) & ((1u << LEDGE_MAP_SLOTS) - 1);
}

static inline void map_destroy_value(const ledge_map *map, unsigned char *entry)
{
    if (map->config.destroy_value)
        map->config.destroy_value(entry + map->config.value_offset, map->config.ctx);
}

/* Entries of the directory: 0 where there is none. */
static inline size_t map_dir_length(const ledge_map *map)
{
    return map->dir ? (size_t)1 << (32 - map->dir_shift) : 0;
}

/* How many entries of the directory lead to a segment. They are neighbours, so that
 *
 *     for (size_t i = 0, span; i < map_dir_length(map); i += span)
 *
 * with span = map_span(map, map->dir[i].segment) goes through all segments. */
static inline size_t map_span(const ledge_map *map, const struct ledge_map_segment *segment)
{
    return map_dir_length(map) >> segment->depth;
}

/* Bytes of a segment of so many groups. */
static inline size_t map_segment_bytes(const ledge_map *map, size_t groups)
{
    return sizeof(struct ledge_map_segment) +
           groups * (sizeof(struct ledge_map_group) + LEDGE_MAP_SLOTS * map->config.entry_size);
}

/* map_segment_clear frees all slots of a segment, without destroying values. */
LEDGE_INTERNAL void map_segment_clear(const ledge_map *map, struct ledge_map_segment *segment);

/* map_segment_new returns a segment of free slots that is in no directory yet; null without
 * memory. map_segment_free frees it; null is fine. */
LEDGE_INTERNAL struct ledge_map_segment *map_segment_new(const ledge_map *map, size_t groups,
                                                         unsigned depth);
LEDGE_INTERNAL void map_segment_free(const ledge_map *map, struct ledge_map_segment *segment);

/* map_index_start gives an empty map without memory its first segment. LEDGE_OK; LEDGE_ENOMEM. */
LEDGE_INTERNAL ledge_status map_index_start(ledge_map *map);

/* map_index_deepen makes the directory at least 1 << depth long. LEDGE_OK; LEDGE_ENOMEM. */
LEDGE_INTERNAL ledge_status map_index_deepen(ledge_map *map, unsigned depth);

/* map_index_grow doubles the groups of the segment at an index of the directory; map_index_split
 * makes two segments of it. LEDGE_OK; LEDGE_ENOMEM, and the entries are where they were. */
LEDGE_INTERNAL ledge_status map_index_grow(ledge_map *map, size_t at);
LEDGE_INTERNAL ledge_status map_index_split(ledge_map *map, size_t at);

/* map_index_like gives *out, which has none, memory like that of *map, which has some, with no
 * entries. LEDGE_OK; LEDGE_ENOMEM, and then it has none. */
LEDGE_INTERNAL ledge_status map_index_like(const ledge_map *map, ledge_map *out);

/* map_index_free frees all memory, without destroying values. */
LEDGE_INTERNAL void map_index_free(ledge_map *map);

/* Entries that a segment of so many groups takes before it is full. */
LEDGE_INTERNAL size_t map_segment_limit(size_t groups);

#endif /* LEDGE_MAP_IMPL_H */
