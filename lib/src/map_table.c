/* map_table.c: the tables of a map. See ledge/map.h for the shape.
 *
 * Invariants (ledge_map_is_valid):
 * - An entry of hash h has its home in group h & mask. It is in group home ^ f of the same table,
 *   with f < reach, and the groups home, home ^ 1 … home ^ (f - 1) count it in `passers` and have
 * its bit in `passed`. So a group without that bit is where a search ends.
 * - reach is a power of two and no more than the groups. So an entry is in the run of reach groups
 *   that its home is in.
 * - Where there is an old table, its groups below `moved`, a multiple of reach, are in no use:
 * their entries are in `table`, in the groups whose number has the same low bits. Those are in use,
 * and the others aren't: not even their tags are written yet.
 *
 * That entries keep their places in growth is what map_iter.c stands on. */
#include "map_impl.h"

/* clang-format off */
#define TAG(n)     (0x01010101u * (n))
#define FOUR(n)    TAG(n), TAG((n) + 1u), TAG((n) + 2u), TAG((n) + 3u)
#define SIXTEEN(n) FOUR(n), FOUR((n) + 4u), FOUR((n) + 8u), FOUR((n) + 12u)
#define MANY(n)    SIXTEEN(n), SIXTEEN((n) + 16u), SIXTEEN((n) + 32u), SIXTEEN((n) + 48u)

/* 0 is what free slots have. */
const uint32_t ledge_map_tags[256] = {
    TAG(1u), TAG(1u), TAG(2u), TAG(3u), FOUR(4u), FOUR(8u), FOUR(12u),
    SIXTEEN(16u), SIXTEEN(32u), SIXTEEN(48u), MANY(64u), MANY(128u), MANY(192u)};
/* clang-format on */

const uint8_t ledge_map_hole[31] = {
    0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0,
    0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff};

/* --- Memory ------------------------------------------------------------------------------- */

/* Bytes of a group besides its entries: the tags, passed, passers and visited. */
enum { HEAD_BYTES = LEDGE_MAP_SLOTS + 3 };

/* Where the entries begin: behind all that, aligned. */
static size_t entries_at(size_t groups)
{
    return (groups * HEAD_BYTES + LEDGE_MAP_SLOTS - 1) & ~(size_t)(LEDGE_MAP_SLOTS - 1);
}

static size_t run_bytes(const ledge_map *map, size_t groups)
{
    return groups * LEDGE_MAP_SLOTS * map->config.entry_size;
}

static void clear_run(const ledge_map *map, const struct ledge_map_table *table, size_t first,
                      size_t groups)
{
    memset(table->tags + first * LEDGE_MAP_SLOTS, 0, groups * LEDGE_MAP_SLOTS);
    memset(table->passed + first, 0, groups);
    memset(table->passers + first, 0, groups);
    ledge_poison(map_entry(map, table, first * LEDGE_MAP_SLOTS), run_bytes(map, groups));
}

void map_table_clear(const ledge_map *map)
{
    clear_run(map, &map->table, 0, map_groups(&map->table));
}

/* A table of so many groups, of which no byte is written yet. LEDGE_OK; LEDGE_EOVERFLOW;
 * LEDGE_ENOMEM. */
static ledge_status table_new(const ledge_map *map, size_t groups, struct ledge_map_table *out)
{
    const size_t group_bytes = HEAD_BYTES + LEDGE_MAP_SLOTS * map->config.entry_size;
    if (groups > (PTRDIFF_MAX - LEDGE_MAP_SLOTS) / group_bytes)
        return LEDGE_EOVERFLOW;
    unsigned char *const block =
        ledge_alloc_resize(&map->alloc, NULL, 0, entries_at(groups) + run_bytes(map, groups));
    if (!block)
        return LEDGE_ENOMEM;
    *out = (struct ledge_map_table){.tags = block,
                                    .passed = block + groups * LEDGE_MAP_SLOTS,
                                    .passers = block + groups * (LEDGE_MAP_SLOTS + 1),
                                    .visited = block + groups * (LEDGE_MAP_SLOTS + 2),
                                    .entries = block + entries_at(groups),
                                    .mask = groups - 1};
    return LEDGE_OK;
}

void map_table_free(const ledge_map *map, struct ledge_map_table *table)
{
    if (!table->tags)
        return;
    const size_t groups = map_groups(table);
    ledge_unpoison(table->entries, run_bytes(map, groups));
    ledge_alloc_free(&map->alloc, table->tags, entries_at(groups) + run_bytes(map, groups));
    *table = (struct ledge_map_table){.mask = 0};
}

/* --- Slots -------------------------------------------------------------------------------- */

/* Counts an entry, by 1 or -1, in the groups that it passed from its home on. A count of 255 may be
 * more, and stays. A bit stays until all passers are gone, as others may share it. */
static void count_passed(const struct ledge_map_table *table, uint64_t hash, size_t flipped, int by)
{
    for (size_t i = 0; i < flipped; i++) {
        const size_t group = ((size_t)hash & table->mask) ^ i;
        uint8_t *const passed = &table->passed[group], *const passers = &table->passers[group];
        if (*passers != UINT8_MAX)
            *passers = (uint8_t)(*passers + by);
        *passed = *passers ? (uint8_t)(*passed | 1u << (hash >> 56 & 7)) : 0;
    }
}

void map_take(const ledge_map *map, const struct ledge_map_table *table, size_t index,
              uint64_t hash)
{
    const size_t slot = index % LEDGE_MAP_SLOTS;
    ledge_map_set_tag(table->tags + (index - slot), (unsigned)slot, ledge_map_tags_of(hash));
    count_passed(table, hash, ((size_t)hash ^ index / LEDGE_MAP_SLOTS) & table->mask, 1);
    ledge_unpoison(map_entry(map, table, index), map->config.entry_size);
}

void ledge_map_uncount(ledge_map *map, uint64_t hash, size_t flipped)
{
    count_passed(map_table_of(map, hash), hash, flipped, -1);
}

unsigned char *ledge_map_find_slow(const ledge_map *map, uint64_t hash, const void *key,
                                   struct ledge_map_place *out)
{
    const ledge_map_config *const config = &map->config;
    const struct ledge_map_table *const table = map_table_of(map, hash);
    if (!table->tags)
        return NULL;
    const size_t home = (size_t)hash & table->mask;
    for (size_t flipped = 0; flipped < map->reach; flipped++) {
        unsigned char *const entry = ledge_map_search_group(
            table, home ^ flipped, ledge_map_tags_of(hash), key, config->key_size,
            config->entry_size, config->equal, config->ctx, out);
        out->flipped = flipped;
        if (entry || !ledge_map_passed(table, home ^ flipped, hash))
            return entry;
    }
    return NULL;
}

unsigned char *ledge_map_peek_slow(const ledge_map *map, uint64_t hash, const void *key)
{
    struct ledge_map_place place;
    return ledge_map_find_slow(map, hash, key, &place);
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

size_t map_free_slot(const ledge_map *map, const struct ledge_map_table *table, uint64_t hash)
{
    for (size_t flipped = 0; flipped < map->reach; flipped++) {
        const size_t first = (((size_t)hash & table->mask) ^ flipped) * LEDGE_MAP_SLOTS;
        const unsigned free_slots = ledge_map_match(table->tags + first, 0);
        if (free_slots)
            return first + (unsigned)__builtin_ctz(free_slots);
    }
    return SIZE_MAX;
}

/* Moves an entry of the old table. The same slot in the new one is always free if all of the run
 * keep their places; if they needn't, an entry takes it if it is at home there. */
static void move_entry(const ledge_map *map, size_t index, bool stay)
{
    const struct ledge_map_table *const from = &map->old, *const to = &map->table;
    const unsigned char *const entry = map_entry(map, from, index);
    const uint64_t hash = map_hash(map, entry);
    const size_t flipped = ((size_t)hash ^ index / LEDGE_MAP_SLOTS) & from->mask;
    const size_t group = ((size_t)hash & to->mask) ^ flipped;
    size_t there = group * LEDGE_MAP_SLOTS + index % LEDGE_MAP_SLOTS;
    if (LEDGE_MAP_LIKELY(flipped == 0 && to->tags[there] == 0)) {
        to->tags[there] = from->tags[index];
        ledge_unpoison(map_entry(map, to, there), map->config.entry_size);
    } else {
        there = stay ? there : map_free_slot(map, to, hash);
        map_take(map, to, there, hash);
    }
    copy_entry(map_entry(map, to, there), entry, map->config.entry_size);
}

static void move_group(const ledge_map *map, size_t group, bool stay)
{
    const size_t first = group * LEDGE_MAP_SLOTS;
    for (unsigned taken = ledge_map_taken(map->old.tags + first); taken; taken &= taken - 1)
        move_entry(map, first + (unsigned)__builtin_ctz(taken), stay);
}

/* A run has as many groups as the caller's step asks for, if there are as many. */
static void widen_to_step(ledge_map *map)
{
    const size_t groups = map_groups(&map->table);
    const size_t least = groups < map->config.step ? groups : map->config.step;
    map->reach = map->reach > least ? map->reach : least;
}

/* Moves one run from the old table. */
static void move_run(ledge_map *map)
{
    const size_t first = map->moved;
    for (size_t i = first; i <= map->table.mask; i += map_groups(&map->old)) {
        clear_run(map, &map->table, i, map->reach);
        memcpy(map->table.visited + i, map->old.visited + first, map->reach);
    }
    /* A run that got longer may have a part where an iterator has been, and one whose entries are
     * at home there: either all stay or none. */
    const bool stay = memchr(map->old.visited + first, 1, map->reach) != NULL;
    for (size_t group = first; group < first + map->reach; group++)
        move_group(map, group, stay);
    ledge_poison(map_entry(map, &map->old, first * LEDGE_MAP_SLOTS), run_bytes(map, map->reach));
    map->moved += map->reach;
    map->added++;
    map->removed++;
    if (map->moved > map->old.mask) {
        map_table_free(map, &map->old);
        map->moved = 0;
        map->plain = true;
        widen_to_step(map);
    }
}

void map_finish(ledge_map *map)
{
    while (map->old.tags)
        move_run(map);
}

ledge_status map_grow(ledge_map *map, size_t groups)
{
    struct ledge_map_table fresh;
    ledge_status status = table_new(map, groups, &fresh);
    if (status != LEDGE_OK)
        return status;
    map_finish(map);
    map->old = map->table;
    map->table = fresh;
    map->limit = map_limit(groups);
    map->plain = !map->old.tags;
    if (map->plain) {
        map->reach = 1;
        widen_to_step(map);
        map_table_clear(map);
        memset(fresh.visited, 0, groups);
    }
    return LEDGE_OK;
}

/* --- Adding ------------------------------------------------------------------------------- */

/* Sees to it that the map isn't full, and takes the next step of what is under way. False without
 * memory. */
static bool make_room(ledge_map *map)
{
    if (ledge_map_length(map) >= map->limit) {
        const size_t groups = map->table.tags ? 2 * map_groups(&map->table) : 1;
        if (map_grow(map, groups) != LEDGE_OK)
            return false;
    }
    if (map->old.tags)
        move_run(map);
    return true;
}

unsigned char *ledge_map_add_slow(ledge_map *map, uint64_t hash)
{
    if (map->config.key_size == 0 || !make_room(map))
        return NULL;
    size_t index;
    while ((index = map_free_slot(map, map_table_of(map, hash), hash)) == SIZE_MAX) {
        /* Runs of twice the groups have more room, and the table as a whole has some. What was
         * moved has to be whole runs. */
        if (map->old.tags && (map->moved & map->reach))
            move_run(map);
        else
            map->reach *= 2;
    }
    const struct ledge_map_table *const table = map_table_of(map, hash);
    map_take(map, table, index, hash);
    map->added++;
    return map_entry(map, table, index);
}
