/* cover_set.h: few, light sets that together hold all that many sets hold.
 *
 * Weighted set cover: NP-hard, so this is Chvátal's greedy (1979), which takes the set with the
 * most new members for its weight again and again and is at most 1 + 1/2 + … + 1/m times as heavy
 * as the best cover, m the size of the largest set. Three things make it quick and usually near the
 * best:
 *
 * - a set that alone holds some member is in every cover: those are taken first;
 * - how much new a set brings only ever shrinks, so it is counted afresh only when the set is on
 * top of the queue (lazy evaluation);
 * - a set whose members all have another holder by the end is taken out again, so that no set of
 * the answer is redundant. */
#ifndef LEDGE_TOOLS_COVER_SET_H
#define LEDGE_TOOLS_COVER_SET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct cover_item {
    const uint32_t *members; /* each once, all below the `space` of cover_choose; only lent */
    size_t len;
    uint32_t weight; /* at least 1 */
};

/* cover_choose sets chosen[i] for the items that together with `covered` (covered_len members that
 * somebody else holds already; may be NULL and 0) hold every member that any item holds, and clears
 * it for the others. Returns how many it chose; none of them can be left out.
 *
 * The answer depends on the items and their order alone: of equal ones the first is taken, and what
 * turns out redundant is left out from the last to the first. O(S log len) in practice for S
 * members over all items, len times that at worst; memory O(space + len). Thread-safe. */
size_t cover_choose(const struct cover_item *items, size_t len, const uint32_t *covered,
                    size_t covered_len, uint32_t space, bool *chosen);

#endif
