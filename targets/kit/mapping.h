/* mapping.h: memory for what is read, that isn't the heap's.
 *
 * Where a target's blocks lie, and with that what a sanitizer sees, depends on what was on the heap
 * before. An input that waits for its turn must leave no trace there, so that it does the same
 * whichever way it came: from a file, or after thousands of others (serve.h). */
#ifndef LEDGE_KIT_MAPPING_H
#define LEDGE_KIT_MAPPING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/mman.h>

/* All zero: none. */
struct mapping {
    uint8_t *bytes;
    size_t room;
};

/* mapping_grow makes room for at least that many bytes; what is there stays, perhaps elsewhere.
 * Returns false, and the reason in errno, where nothing has changed. */
static inline bool mapping_grow(struct mapping *mapping, size_t room)
{
    if (room <= mapping->room)
        return true;
    void *bytes = mapping->bytes == NULL
                      ? mmap(NULL, room, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
                      : mremap(mapping->bytes, mapping->room, room, MREMAP_MAYMOVE);
    if (bytes == MAP_FAILED)
        return false;
    *mapping = (struct mapping){bytes, room};
    return true;
}

static inline void mapping_free(struct mapping *mapping)
{
    if (mapping->bytes != NULL)
        (void)munmap(mapping->bytes, mapping->room);
    *mapping = (struct mapping){0};
}

#endif
