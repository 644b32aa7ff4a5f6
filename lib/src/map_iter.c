/* map_iter.c: iteration that goes on while the map changes. See ledge/map.h.
 *
 * To an iterator a map is made of units: config.step groups each, or as many as there are. It goes
 * through the places of a unit from 0 up. A place is a group's index in the unit and, in the low 5
 * bits, a slot. Of the unit that it is in, the iterator has seen what is below its place: that is,
 * the lowest bit of `ahead`, the entries that are left of some groups, whose first one has its at
 * `entries`. The groups from `tags` on haven't been looked at. Two things may happen to the unit
 * meanwhile, and in both of them entries keep their places:
 *
 * - It becomes two, as a further bit of the hash tells units apart. They are halves of the path,
 * the sequence of those bits, that all entries of the unit have in common; and paths is what the
 *   iterator goes through, in the order of numbers. What was seen of the lower half is what was
 * seen of the upper half, which is next. Where the paths get as long as d, level[d] holds that
 * place for the upper half, until the iterator comes there; if that half was split itself
 * meanwhile, it holds for all its parts.
 * - Its groups are doubled, from n to 2n, as there were fewer than config.step. Then the groups
 * from n on are as far seen as those from 0 on were at that time. skip[log2 n] holds that place, to
 * be added when group n is reached; and, after another doubling, 3n, and so on: any group that is a
 *   multiple of n but of no larger power of two.
 *
 * Where there are no skips, what is left of a unit is smooth: ledge_map_iter_next goes on by itself
 * for so many groups, and `at` is the last of them; else `at` is the group of `ahead`.
 *
 * While the iterator stands before slot 0 of a group, that group's skip has not been added. This
 * holds for a remembered place just as well: where a skip leads, the next one is looked for. */
#include "map_impl.h"

enum { SLOT_BITS = 5 };

/* The logarithm of the largest power of two that divides a number, which isn't 0. */
static unsigned log2_lowest(size_t number)
{
    return (unsigned)__builtin_ctzll(number);
}

static uint64_t reverse_bits(uint64_t bits)
{
    bits = (bits & UINT64_C(0x5555555555555555)) << 1 | (bits >> 1 & UINT64_C(0x5555555555555555));
    bits = (bits & UINT64_C(0x3333333333333333)) << 2 | (bits >> 2 & UINT64_C(0x3333333333333333));
    bits = (bits & UINT64_C(0x0f0f0f0f0f0f0f0f)) << 4 | (bits >> 4 & UINT64_C(0x0f0f0f0f0f0f0f0f));
    return __builtin_bswap64(bits);
}

/* How far the iterator has seen its unit. */
static size_t place_of(const ledge_map_iter *iter)
{
    if (iter->at >= iter->groups)
        return iter->at << SLOT_BITS;
    if (iter->ahead == 0)
        return (iter->at + 1 - iter->smooth) << SLOT_BITS;
    const size_t first =
        (size_t)(iter->entries - iter->unit_entries) / iter->map->config.entry_size;
    const size_t index = first + (unsigned)__builtin_ctzll(iter->ahead);
    return index / LEDGE_MAP_SLOTS << SLOT_BITS | index % LEDGE_MAP_SLOTS;
}

/* Finds the unit of the iterator's path, or the one that it is to become a part of. */
static void find_unit(ledge_map_iter *iter)
{
    const ledge_map *const map = iter->map;
    const size_t step = map->config.step;
    const uint64_t unit = reverse_bits(iter->path);
    const struct ledge_map_table *const table = map_table_of(map, unit * step);
    const size_t groups = map_groups(table), units = groups > step ? groups / step : 1;
    iter->groups = groups / units;
    iter->depth = log2_lowest(units);
    iter->removed = map->removed;
    const size_t first = ((size_t)unit & (units - 1)) * iter->groups;
    iter->unit_tags = table->tags + first * LEDGE_MAP_SLOTS;
    iter->unit_entries = map_entry(map, table, first * LEDGE_MAP_SLOTS);
    /* From now on its entries have to keep their places. Other threads may iterate, too. */
    __atomic_store_n(&table->visited[first], 1, __ATOMIC_RELAXED);
}

/* The path of the iterator was, when its unit was last looked at, of some length; the unit had so
 * many groups, and what is below a place was seen of it. If it was split or doubled since, the same
 * is true of the other parts. Returns the place. */
static size_t follow_unit(ledge_map_iter *iter, unsigned depth, size_t groups, size_t place)
{
    find_unit(iter);
    while (depth < iter->depth) {
        depth++;
        iter->level[depth].groups = (uint16_t)groups;
        iter->level[depth].place = (uint16_t)place;
    }
    for (; groups < iter->groups; groups *= 2) {
        iter->skip[log2_lowest(groups)] = (uint16_t)place;
        iter->skips |= place != 0;
    }
    return place;
}

/* Enters the unit whose path begins with iter->path, which makes it the upper half of a depth.
 * Returns the place up to which it was seen. */
static size_t enter_unit(ledge_map_iter *iter)
{
    const unsigned depth = iter->path ? 64 - (unsigned)__builtin_ctzll(iter->path) : 0;
    /* At first nothing was seen of anything: of a single group, that is, and of what that was
     * doubled to. */
    const size_t groups = iter->level[depth].groups ? iter->level[depth].groups : 1;
    return follow_unit(iter, depth, groups, iter->level[depth].place);
}

/* Goes to the next unit; false behind the last one. */
static bool next_unit(ledge_map_iter *iter, size_t *place)
{
    const uint64_t last = iter->path | UINT64_MAX >> iter->depth;
    if (last == UINT64_MAX)
        return false;
    iter->path = last + 1;
    *place = enter_unit(iter);
    return true;
}

/* What was seen already of the group that begins at a place, as a distance of places. */
static size_t skip_at(const ledge_map_iter *iter, size_t place)
{
    const size_t at = place >> SLOT_BITS;
    return at != 0 && at << SLOT_BITS == place ? iter->skip[log2_lowest(at)] : 0;
}

/* Goes to the first entry from a place on; false where there is none. */
static bool go_on(ledge_map_iter *iter, size_t place)
{
    for (;;) {
        iter->at = place >> SLOT_BITS;
        iter->ahead = 0;
        iter->smooth = 0;
        if (iter->at >= iter->groups) {
            if (!next_unit(iter, &place))
                return false;
            continue;
        }
        const size_t skip = skip_at(iter, place);
        if (skip != 0) {
            place += skip;
            continue;
        }
        const unsigned slot = place & ((1u << SLOT_BITS) - 1);
        iter->tags = iter->unit_tags + iter->at * LEDGE_MAP_SLOTS;
        iter->ahead = ledge_map_taken(iter->tags) >> slot << slot;
        if (iter->ahead)
            break;
        place = (iter->at + 1) << SLOT_BITS;
    }
    iter->tags += LEDGE_MAP_SLOTS;
    iter->entries = iter->unit_entries + iter->at * LEDGE_MAP_SLOTS * iter->map->config.entry_size;
    if (!iter->skips) {
        iter->smooth = iter->groups - 1 - iter->at;
        iter->at += iter->smooth;
    }
    return true;
}

bool ledge_map_iter_follow(ledge_map_iter *iter)
{
    if (!iter->map->table.tags)
        return false;
    if (!iter->unit_tags)
        return go_on(iter, enter_unit(iter));
    if (iter->removed != iter->map->removed)
        return go_on(iter, follow_unit(iter, iter->depth, iter->groups, place_of(iter)));
    return go_on(iter, iter->at < iter->groups ? (iter->at + 1) << SLOT_BITS : place_of(iter));
}

bool ledge_map_next(ledge_map_iter *iter)
{
    const ledge_map_config *const config = &iter->map->config;
    unsigned char *const entry = ledge_map_iter_next(iter, config->entry_size);
    if (!entry)
        return false;
    iter->key = entry;
    iter->value = entry + config->value_offset;
    return true;
}
