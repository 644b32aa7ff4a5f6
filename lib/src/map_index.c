/* map_index.c: directory, segments and groups of a map. See ledge/map.h for the shape.
 *
 * Invariants (ledge_map_is_valid):
 * - The directory has an entry for each value of the upper bits of a hash, as many bits as it takes
 *   to have a power of two of them. A segment of depth d is in the 1 << (bits - d) neighbours that
 *   have the same d upper bits.
 * - An entry of hash h has its home in group h & mask of its segment. Where it isn't there, it is
 * in a group behind, and every group from home up to that one counts it in `passed`. So a group
 * that nobody passed is where a search ends.
 * - A segment has a free slot, so that a place for an entry is always found.
 *
 * That entries keep their places in growth and split is what map_iter.c stands on. */
#include "map_impl.h"

#include <ledge/poison.h>

/* Three in four slots: more makes searches longer, less makes the memory larger. */
size_t map_segment_limit(size_t groups)
{
    return groups * (LEDGE_MAP_SLOTS * 3 / 4);
}

/* --- Segments ----------------------------------------------------------------------------- */

static size_t segment_groups(const struct ledge_map_segment *segment)
{
    return segment->mask + 1;
}

void map_segment_clear(const ledge_map *map, struct ledge_map_segment *segment)
{
    const size_t groups = segment_groups(segment);
    memset(ledge_map_groups(segment), 0, groups * sizeof(struct ledge_map_group));
    ledge_poison(map_entry(map, segment, 0, 0), groups * LEDGE_MAP_SLOTS * map->config.entry_size);
    segment->count = 0;
}

struct ledge_map_segment *map_segment_new(const ledge_map *map, size_t groups, unsigned depth)
{
    struct ledge_map_segment *segment =
        ledge_alloc_resize(&map->alloc, NULL, 0, map_segment_bytes(map, groups));
    if (!segment)
        return NULL;
    *segment = (struct ledge_map_segment){.mask = groups - 1, .depth = depth};
    map_segment_clear(map, segment);
    return segment;
}

void map_segment_free(const ledge_map *map, struct ledge_map_segment *segment)
{
    if (!segment)
        return;
    const size_t bytes = map_segment_bytes(map, segment_groups(segment));
    ledge_unpoison(segment, bytes);
    ledge_alloc_free(&map->alloc, segment, bytes);
}

/* Counts an entry of a hash, by 1 or -1, in the groups that it passed from its home to where it is.
 */
static void count_passed(struct ledge_map_segment *segment, uint64_t hash, size_t group, int by)
{
    for (size_t at = (size_t)hash & segment->mask; at != group; at = (at + 1) & segment->mask) {
        uint8_t *const passed = &ledge_map_groups(segment)[at].passed[ledge_map_tag(hash) & 3];
        if (*passed != UINT8_MAX)
            *passed = (uint8_t)(*passed + by);
    }
}

/* Makes a free slot that of an entry of a hash, and returns the entry: its bytes are undefined. */
static unsigned char *take_slot(const ledge_map *map, struct ledge_map_segment *segment,
                                uint64_t hash, size_t group, unsigned slot)
{
    unsigned char *const entry = map_entry(map, segment, group, slot);
    ledge_map_groups(segment)[group].tag[slot] = ledge_map_tag(hash);
    segment->count++;
    count_passed(segment, hash, group, 1);
    ledge_unpoison(entry, map->config.entry_size);
    return entry;
}

static void leave_slot(const ledge_map *map, struct ledge_map_segment *segment, uint64_t hash,
                       size_t group, unsigned slot)
{
    ledge_map_groups(segment)[group].tag[slot] = 0;
    segment->count--;
    count_passed(segment, hash, group, -1);
    ledge_poison(map_entry(map, segment, group, slot), map->config.entry_size);
}

/* --- The directory ------------------------------------------------------------------------ */

static size_t dir_bytes(unsigned depth)
{
    return sizeof(struct ledge_map_dir) << depth;
}

/* Puts a segment into the directory at an index and its neighbours. */
static void dir_put(ledge_map *map, size_t at, struct ledge_map_segment *segment)
{
    const size_t span = map_span(map, segment), first = at & ~(span - 1);
    for (size_t i = first; i < first + span; i++)
        map->dir[i] = (struct ledge_map_dir){segment, segment->mask};
}

ledge_status map_index_start(ledge_map *map)
{
    struct ledge_map_segment *segment = map_segment_new(map, 1, 0);
    if (!segment)
        return LEDGE_ENOMEM;
    map->dir = ledge_alloc_resize(&map->alloc, NULL, 0, dir_bytes(0));
    if (!map->dir) {
        map_segment_free(map, segment);
        return LEDGE_ENOMEM;
    }
    map->dir_shift = 32;
    map->segments = 1;
    dir_put(map, 0, segment);
    return LEDGE_OK;
}

ledge_status map_index_deepen(ledge_map *map, unsigned depth)
{
    const unsigned old = 32 - map->dir_shift;
    if (depth <= old)
        return LEDGE_OK;
    struct ledge_map_dir *dir =
        ledge_alloc_resize(&map->alloc, map->dir, dir_bytes(old), dir_bytes(depth));
    if (!dir)
        return LEDGE_ENOMEM;
    /* From the end, as an entry's copies aren't below it. */
    for (size_t i = ((size_t)1 << depth) - 1; i > 0; i--)
        dir[i] = dir[i >> (depth - old)];
    map->dir = dir;
    map->dir_shift = 32 - depth;
    return LEDGE_OK;
}

ledge_status map_index_like(const ledge_map *map, ledge_map *out)
{
    const size_t bytes = dir_bytes(32 - map->dir_shift);
    out->dir = ledge_alloc_resize(&map->alloc, NULL, 0, bytes);
    if (!out->dir)
        return LEDGE_ENOMEM;
    memset(out->dir, 0, bytes);
    out->dir_shift = map->dir_shift;
    for (size_t i = 0; i < map_dir_length(map); i += map_span(map, map->dir[i].segment)) {
        const struct ledge_map_segment *const old = map->dir[i].segment;
        struct ledge_map_segment *const segment =
            map_segment_new(map, segment_groups(old), old->depth);
        if (!segment) {
            map_index_free(out);
            return LEDGE_ENOMEM;
        }
        dir_put(out, i, segment);
        out->segments++;
    }
    return LEDGE_OK;
}

void map_index_free(ledge_map *map)
{
    /* A copy that was given up ends early. */
    for (size_t i = 0, span; i < map_dir_length(map) && map->dir[i].segment; i += span) {
        span = map_span(map, map->dir[i].segment);
        map_segment_free(map, map->dir[i].segment);
    }
    ledge_alloc_free(&map->alloc, map->dir, map_dir_length(map) * sizeof(*map->dir));
    map->dir = NULL;
    map->segments = map->length = 0;
}

/* --- Growth ------------------------------------------------------------------------------- */

static void copy_entry(unsigned char *to, const unsigned char *from, size_t size)
{
    /* Two numbers are worth not to call memcpy. */
    if (size == 16)
        memcpy(to, from, 16);
    else
        memcpy(to, from, size);
}

/* The slots of a group whose entries' hashes have the bits. Their hashes are stored, too: whether
 * one has the bits is a coin's toss, so that a branch would be predicted wrongly half of the time.
 */
static unsigned slots_with(const ledge_map *map, const struct ledge_map_segment *segment,
                           size_t group, uint64_t bits, uint64_t hashes[LEDGE_MAP_SLOTS])
{
    unsigned slots = 0;
    for (unsigned taken = map_taken(&ledge_map_groups(segment)[group]); taken; taken &= taken - 1) {
        const unsigned slot = (unsigned)__builtin_ctz(taken);
        hashes[slot] = map_hash(map, map_entry(map, segment, group, slot));
        slots |= (unsigned)((hashes[slot] & bits) == bits) << slot;
    }
    return slots;
}

/* Moves the entries of a segment whose hashes have the bits to another one. Each gets the same slot
 * there and, by the bits of the hash that there are more of, the same group or one that is some
 * multiple of the old segment's groups behind. Without bits all are copied, and the old segment is
 * of no more use. */
static void pour(const ledge_map *map, struct ledge_map_segment *from, struct ledge_map_segment *to,
                 uint64_t bits)
{
    for (size_t group = 0; group <= from->mask; group++) {
        uint64_t hashes[LEDGE_MAP_SLOTS];
        unsigned slots = slots_with(map, from, group, bits, hashes);
        for (; slots; slots &= slots - 1) {
            const unsigned slot = (unsigned)__builtin_ctz(slots);
            const uint64_t hash = hashes[slot];
            const size_t home = (size_t)hash & from->mask;
            const size_t distance = (group + from->mask + 1 - home) & from->mask;
            const size_t there = (((size_t)hash & to->mask) + distance) & to->mask;
            copy_entry(take_slot(map, to, hash, there, slot), map_entry(map, from, group, slot),
                       map->config.entry_size);
            if (bits != 0)
                leave_slot(map, from, hash, group, slot);
        }
    }
}

ledge_status map_index_grow(ledge_map *map, size_t at)
{
    struct ledge_map_segment *const old = map->dir[at].segment;
    struct ledge_map_segment *const fresh =
        map_segment_new(map, 2 * segment_groups(old), old->depth);
    if (!fresh)
        return LEDGE_ENOMEM;
    pour(map, old, fresh, 0);
    dir_put(map, at, fresh);
    map_segment_free(map, old);
    map->moves++;
    return LEDGE_OK;
}

ledge_status map_index_split(ledge_map *map, size_t at)
{
    struct ledge_map_segment *const lower = map->dir[at].segment;
    const unsigned depth = lower->depth + 1, before = 32 - map->dir_shift;
    ledge_status status = map_index_deepen(map, depth);
    if (status != LEDGE_OK)
        return status;
    struct ledge_map_segment *const upper = map_segment_new(map, segment_groups(lower), depth);
    if (!upper)
        return LEDGE_ENOMEM;

    at <<= 32 - map->dir_shift - before;
    const size_t half = map_span(map, lower) / 2, first = at & ~(2 * half - 1);
    pour(map, lower, upper, (uint64_t)1 << (64 - depth));
    lower->depth = depth;
    dir_put(map, first, lower);
    dir_put(map, first + half, upper);
    map->segments++;
    map->moves++;
    return LEDGE_OK;
}

/* Whether a full segment is split rather than doubled. With a hash function whose bits don't vary a
 * split separates nothing, and the directory would double for each: it has to stay in proportion.
 */
static bool may_split(const ledge_map *map, const struct ledge_map_segment *segment)
{
    if (segment_groups(segment) < map->most_groups || segment->depth == LEDGE_MAP_MAX_DEPTH)
        return false;
    return map_span(map, segment) > 1 || map_dir_length(map) <= 4 * map->segments;
}

/* Sees to it that a hash's segment isn't full. */
static ledge_status make_room(ledge_map *map, uint64_t hash)
{
    ledge_status status = map->dir ? LEDGE_OK : map_index_start(map);
    while (status == LEDGE_OK) {
        const size_t at = (size_t)(hash >> 32 >> map->dir_shift);
        const struct ledge_map_segment *const segment = map->dir[at].segment;
        if (segment->count < map_segment_limit(segment_groups(segment)))
            break;
        status = may_split(map, segment) ? map_index_split(map, at) : map_index_grow(map, at);
    }
    return status;
}

/* --- Entries ------------------------------------------------------------------------------ */

ledge_status ledge_map_add(ledge_map *map, uint64_t hash, unsigned char **out)
{
    ledge_status status = make_room(map, hash);
    if (status != LEDGE_OK)
        return status;

    struct ledge_map_segment *const segment = ledge_map_dir_of(map, hash)->segment;
    size_t at = (size_t)hash & segment->mask;
    unsigned free_slots;
    while (!(free_slots = ledge_map_match(&ledge_map_groups(segment)[at], 0)))
        at = (at + 1) & segment->mask;
    *out = take_slot(map, segment, hash, at, (unsigned)__builtin_ctz(free_slots));
    map->length++;
    return LEDGE_OK;
}

void ledge_map_remove(ledge_map *map, uint64_t hash, const struct ledge_map_place *place)
{
    struct ledge_map_segment *const segment = ledge_map_dir_of(map, hash)->segment;
    leave_slot(map, segment, hash, (size_t)(place->group - ledge_map_groups(segment)), place->slot);
    map->length--;
}
