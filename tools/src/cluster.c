#include "cluster.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>

#include "mem.h"

enum { WITNESSES = 16 }; /* members that speak for a group, beyond CLUSTER_EXACT */

/* Two things within the cut. */
struct edge {
    double distance;
    uint32_t a, b;
};

/* Edges are taken in the order of their distance. When the last edge between two groups arrives,
 * its distance is that of their farthest members: then, and in that order, complete linkage merges
 * them. So all there is to keep is how many edges between two groups have arrived. */
struct linkage {
    struct edge *edges;
    size_t edges_len, edges_cap;
    uint32_t *root;    /* of each thing: the least member of its group */
    uint32_t *size;    /* of the group of each root */
    uint32_t *arrived; /* len * len, of two roots: edges between their groups */
    size_t len;
};

static int by_distance(const void *left, const void *right)
{
    const struct edge *a = left, *b = right;
    if (a->distance != b->distance)
        return a->distance < b->distance ? -1 : 1;
    if (a->a != b->a)
        return a->a < b->a ? -1 : 1;
    return a->b < b->b ? -1 : a->b > b->b;
}

static void find_edges(struct linkage *linkage, double cut, cluster_distance *distance,
                       const void *context)
{
    for (size_t i = 0; i < linkage->len; i++)
        for (size_t j = i + 1; j < linkage->len; j++) {
            double d = distance(context, i, j);
            if (d > cut)
                continue;
            if (linkage->edges_len == linkage->edges_cap) {
                linkage->edges_cap = linkage->edges_cap ? 2 * linkage->edges_cap : 256;
                linkage->edges =
                    mem_resize(linkage->edges, linkage->edges_cap, sizeof *linkage->edges);
            }
            linkage->edges[linkage->edges_len++] = (struct edge){d, (uint32_t)i, (uint32_t)j};
        }
    if (linkage->edges_len)
        qsort(linkage->edges, linkage->edges_len, sizeof *linkage->edges, by_distance);
}

static uint32_t *arrived(struct linkage *linkage, uint32_t a, uint32_t b)
{
    return &linkage->arrived[a < b ? a * linkage->len + b : b * linkage->len + a];
}

/* b's group becomes part of a's; a < b. */
static void merge(struct linkage *linkage, uint32_t a, uint32_t b)
{
    for (uint32_t other = 0; other < linkage->len; other++) {
        if (linkage->root[other] == b)
            linkage->root[other] = a;
        if (other != a && other != b && linkage->size[other] > 0)
            *arrived(linkage, a, other) += *arrived(linkage, b, other);
    }
    linkage->size[a] += linkage->size[b];
    linkage->size[b] = 0;
}

static void link_edges(struct linkage *linkage)
{
    for (size_t i = 0; i < linkage->edges_len; i++) {
        uint32_t a = linkage->root[linkage->edges[i].a], b = linkage->root[linkage->edges[i].b];
        if (a == b)
            continue;
        if (++*arrived(linkage, a, b) == linkage->size[a] * linkage->size[b])
            merge(linkage, a < b ? a : b, a < b ? b : a);
    }
}

static void link_exactly(size_t len, double cut, cluster_distance *distance, const void *context,
                         uint32_t *root)
{
    struct linkage linkage = {.root = root,
                              .size = mem_new(len, sizeof *linkage.size),
                              .arrived = mem_new(len * len, sizeof *linkage.arrived),
                              .len = len};
    for (size_t i = 0; i < len; i++) {
        root[i] = (uint32_t)i;
        linkage.size[i] = 1;
    }
    find_edges(&linkage, cut, distance, context);
    link_edges(&linkage);
    free(linkage.edges);
    free(linkage.size);
    free(linkage.arrived);
}

/* A group as those see it that came too late for the exact method. */
struct witnesses {
    size_t things[WITNESSES];
    size_t len;
};

static bool all_near(const struct witnesses *group, size_t thing, double cut,
                     cluster_distance *distance, const void *context)
{
    for (size_t i = 0; i < group->len; i++)
        if (distance(context, group->things[i], thing) > cut)
            return false;
    return true;
}

static void add_witness(struct witnesses *group, size_t thing)
{
    if (group->len < WITNESSES)
        group->things[group->len++] = thing;
}

static size_t join_late(size_t thing, double cut, cluster_distance *distance, const void *context,
                        const struct witnesses *seen, size_t count)
{
    size_t group = 0;
    while (group < count && !all_near(&seen[group], thing, cut, distance, context))
        group++;
    return group;
}

size_t cluster_complete(size_t len, double cut, cluster_distance *distance, const void *context,
                        size_t *groups)
{
    size_t exact = len < CLUSTER_EXACT ? len : CLUSTER_EXACT, count = 0;
    uint32_t *root = mem_new(exact, sizeof *root);
    struct witnesses *seen = mem_new(len, sizeof *seen);
    link_exactly(exact, cut, distance, context, root);
    for (size_t i = 0; i < len; i++) {
        if (i >= exact)
            groups[i] = join_late(i, cut, distance, context, seen, count);
        else
            groups[i] = root[i] == i ? count : groups[root[i]];
        count += groups[i] == count;
        add_witness(&seen[groups[i]], i);
    }
    free(seen);
    free(root);
    return count;
}
