/* map_iter.c: iteration that goes on while the map changes. See ledge/map.h.
 *
 * An iterator goes through the segments in the order of the directory, and through the places of
 * each from 0 up. A place is a group's index and, in the low 4 bits, a slot. Of the segment that it
 * is in, the iterator has seen what is below its place: that is, group `at` and the lowest bit of
 * `ahead`, the slots of that group that are left. Two things may happen to the segment meanwhile,
 * and in both of them entries keep their places:
 *
 * - It is split. What was seen of the lower half is what was seen of the upper half, which is next
 *   in the directory. Where the segments get as deep as d, level[d] holds that place for the upper
 *   half, until the iterator comes there; if that half was split itself meanwhile, it holds for all
 *   its parts.
 * - Its groups are doubled, from n to 2n. Then the groups from n on are as far seen as those from 0
 *   on were at that time. skip[log2 n] holds that place, to be added when group n is reached; and,
 *   after another doubling, 3n, and so on: any group that is a multiple of n but of no larger power
 *   of two.
 *
 * While the iterator stands before slot 0 of a group, that group's skip has not been added. This
 * holds for a remembered place just as well: where a skip leads, the next one is looked for. */
#include "map_impl.h"

enum { ALL_SLOTS = (1 << LEDGE_MAP_SLOTS) - 1 };

/* The logarithm of the largest power of two that divides a number, which isn't 0. */
static unsigned log2_lowest(size_t number)
{
    return (unsigned)__builtin_ctzll(number);
}

static size_t place_of(const ledge_map_iter *iter)
{
    return iter->at << 4 | (iter->ahead ? (unsigned)__builtin_ctz(iter->ahead) : LEDGE_MAP_SLOTS);
}

static void go_to(ledge_map_iter *iter, size_t place)
{
    iter->at = place >> 4;
    iter->ahead = ALL_SLOTS & ~0u << (place & 15);
}

/* The segment of iter->hash has, or had when it was split off, so many groups, of which what is
 * below a place was seen; depth is how deep it was. If it was split or doubled since, the same is
 * true of the other parts. */
static void follow_segment(ledge_map_iter *iter, unsigned depth, size_t groups, size_t place)
{
    iter->segment = ledge_map_dir_of(iter->map, iter->hash)->segment;
    iter->depth = iter->segment->depth;
    iter->moves = iter->map->moves;
    while (depth < iter->depth) {
        depth++;
        iter->level[depth].groups = groups;
        iter->level[depth].place = place;
    }
    iter->groups = iter->segment->mask + 1;
    for (; groups < iter->groups; groups *= 2)
        iter->skip[log2_lowest(groups)] = place;
    go_to(iter, place);
}

/* Enters the segment that begins with iter->hash, which makes it the upper half of a depth. */
static void enter_segment(ledge_map_iter *iter)
{
    const unsigned depth = iter->hash ? 64 - (unsigned)__builtin_ctzll(iter->hash) : 0;
    follow_segment(iter, depth, iter->level[depth].groups, iter->level[depth].place);
}

ledge_map_iter ledge_map_begin(const ledge_map *map)
{
    ledge_map_iter iter;
    memset(&iter, 0, sizeof(iter));
    iter.map = map;
    /* No map has moved entries that often. */
    iter.moves = SIZE_MAX;
    /* Nothing was seen of anything: of a single group, that is, and of what that was doubled to. */
    for (unsigned depth = 0; depth <= LEDGE_MAP_MAX_DEPTH; depth++)
        iter.level[depth].groups = 1;
    return iter;
}

/* Where an iterator is that has come to the end. */
static const struct ledge_map_group no_entries;

/* Goes to the next segment; false behind the last one. */
static bool next_segment(ledge_map_iter *iter)
{
    const uint64_t last = iter->hash | UINT64_MAX >> iter->depth;
    if (last == UINT64_MAX)
        return false;
    iter->hash = last + 1;
    enter_segment(iter);
    return true;
}

/* What of the group that the iterator stands before was seen already, as a distance of places. */
static size_t skip_here(const ledge_map_iter *iter)
{
    return iter->at != 0 && iter->ahead == ALL_SLOTS ? iter->skip[log2_lowest(iter->at)] : 0;
}

bool ledge_map_iter_follow(ledge_map_iter *iter)
{
    if (!iter->map->dir)
        return false;
    if (!iter->segment)
        enter_segment(iter);
    else if (iter->moves != iter->map->moves)
        follow_segment(iter, iter->depth, iter->groups, place_of(iter));
    else if (iter->at < iter->groups)
        go_to(iter, (iter->at + 1) << 4);

    for (;;) {
        size_t skip;
        if (iter->at >= iter->groups) {
            if (!next_segment(iter)) {
                iter->group = &no_entries;
                return false;
            }
        } else if ((skip = skip_here(iter)) != 0) {
            go_to(iter, (iter->at << 4) + skip);
        } else if (iter->ahead & map_taken(&ledge_map_groups(iter->segment)[iter->at])) {
            break;
        } else {
            go_to(iter, (iter->at + 1) << 4);
        }
    }
    iter->group = &ledge_map_groups(iter->segment)[iter->at];
    iter->entries = map_entry(iter->map, iter->segment, iter->at, 0);
    return true;
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
