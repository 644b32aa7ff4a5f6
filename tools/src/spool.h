/* spool.h: what is known of each file, kept out of memory until what is known only at the end can
 * be added to it.
 *
 * The elements of a JSON array of ten thousand files, each with its stacks, don't fit the idea of
 * flat memory; a temporary file without a name holds them. Not thread-safe. */
#ifndef LEDGE_TOOLS_SPOOL_H
#define LEDGE_TOOLS_SPOOL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include <jansson.h>

#include "fail.h"

struct spool;

/* spool_new makes an empty one in $TMPDIR, or /tmp. NULL and *why when it can't be made. */
struct spool *spool_new(struct fail *why);

/* spool_add adds a JSON object and takes the reference; tag comes back with it. False and *why when
 * the disk is full. O(its text); what stays in memory is a few bytes. */
bool spool_add(struct spool *spool, json_t *object, size_t tag, struct fail *why);

/* What spool_print adds to each object: members, a new reference. */
typedef json_t *spool_more(void *context, size_t tag);

/* spool_print writes the array of the objects, in the order in which they were added, each with the
 * members that more gives for its tag. False and *why when they can't be read again. */
bool spool_print(struct spool *spool, spool_more *more, void *context, FILE *out, struct fail *why);

/* NULL is fine. */
void spool_free(struct spool *spool);

#endif
