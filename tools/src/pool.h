/* pool.h: many small texts that live and die together.
 *
 * A stack has hundreds of names; a pool gives them a few blocks and frees all at once. What it
 * gives stays where it is until the pool is freed. Not thread-safe; out of memory ends the process,
 * as in mem.h. */
#ifndef LEDGE_TOOLS_POOL_H
#define LEDGE_TOOLS_POOL_H

#include <stddef.h>

struct pool; /* NULL is an empty pool */

/* pool_take gives size zeroed bytes, aligned for anything. O(size). */
void *pool_take(struct pool **pool, size_t size) __attribute__((returns_nonnull));

/* pool_copy gives a copy of len bytes with a NUL behind it, pool_text one of a string; NULL gives
 * NULL. */
char *pool_copy(struct pool **pool, const void *bytes, size_t len) __attribute__((returns_nonnull));
char *pool_text(struct pool **pool, const char *text);

/* pool_free gives everything back. */
void pool_free(struct pool *pool);

#endif
