#include "pool.h"

#include <stdlib.h>
#include <string.h>

#include "mem.h"

#define BLOCK ((size_t)4096)

/* A block; the newest is at the front. */
struct pool {
    struct pool *older;
    size_t used, size;
    max_align_t bytes[];
};

void *pool_take(struct pool **pool, size_t size)
{
    size_t unit = sizeof(max_align_t), wanted = (size + unit - 1) / unit * unit;
    if (!*pool || (*pool)->size - (*pool)->used < wanted) {
        size_t room = wanted > BLOCK ? wanted : BLOCK;
        struct pool *block = mem_new(sizeof *block + room, 1);
        *block = (struct pool){.older = *pool, .size = room};
        *pool = block;
    }
    void *taken = (char *)(*pool)->bytes + (*pool)->used;
    (*pool)->used += wanted;
    return taken;
}

char *pool_copy(struct pool **pool, const void *bytes, size_t len)
{
    char *copy = pool_take(pool, len + 1);
    if (len > 0)
        memcpy(copy, bytes, len);
    return copy;
}

char *pool_text(struct pool **pool, const char *text)
{
    return text ? pool_copy(pool, text, strlen(text)) : NULL;
}

void pool_free(struct pool *pool)
{
    while (pool) {
        struct pool *older = pool->older;
        free(pool);
        pool = older;
    }
}
