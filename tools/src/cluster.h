/* cluster.h: puts things into groups by a distance. */
#ifndef LEDGE_TOOLS_CLUSTER_H
#define LEDGE_TOOLS_CLUSTER_H

#include <stddef.h>

/* Up to this many things, the grouping is exact. */
#define CLUSTER_EXACT 2000

/* The distance of things i and j, symmetric, 0 … 1. */
typedef double cluster_distance(const void *context, size_t i, size_t j);

/* cluster_complete makes groups by complete linkage: the two groups are merged again and again
 * whose farthest members are nearest to each other, until that distance would exceed cut. So no
 * two members of a group are farther apart than cut, and one thing in between does not chain two
 * groups together. Equal distances are merged in the order of the things.
 *
 * groups[i] becomes the number of i's group, counted from 0 in the order of the first members; the
 * number of groups is returned. O(len² log len) time and O(pairs within the cut) memory up to
 * CLUSTER_EXACT things. Each thing beyond these joins the first group all of whose members, or the
 * first sixteen of them, are within the cut, or begins a new one. Thread-safe. */
size_t cluster_complete(size_t len, double cut, cluster_distance *distance, const void *context,
                        size_t *groups);

#endif
