/* ledge/poison.h: telling AddressSanitizer which bytes nobody may touch now.
 *
 * A sanitizer sees the blocks an allocator gave out, not what an object keeps in them: a vector's
 * spare capacity, an arena's tail, an object that went back to its pool. The library marks such
 * bytes, so that a stray access is reported where it happens. Without ASan these are no code at
 * all.
 *
 * Marks are kept for 8 bytes at a time: a region that ends within 8 aligned bytes is marked up to
 * the last whole ones, and never more than asked. Whoever gives memory back to its owner takes the
 * marks off first. Thread-safe as far as the memory is. */
#ifndef LEDGE_POISON_H
#define LEDGE_POISON_H

#include <stddef.h>

#if defined(__SANITIZE_ADDRESS__)
#define LEDGE_HAS_POISON 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define LEDGE_HAS_POISON 1
#endif
#endif
#ifndef LEDGE_HAS_POISON
#define LEDGE_HAS_POISON 0
#endif

#if LEDGE_HAS_POISON
#include <sanitizer/asan_interface.h>
#endif

/* ledge_poison forbids the size bytes at ptr: an access is a use-after-poison. size may be 0.
 * O(size / 8). */
static inline void ledge_poison(const void *ptr, size_t size)
{
#if LEDGE_HAS_POISON
    __asan_poison_memory_region(ptr, size);
#else
    (void)ptr;
    (void)size;
#endif
}

/* ledge_unpoison allows them again. O(size / 8). */
static inline void ledge_unpoison(const void *ptr, size_t size)
{
#if LEDGE_HAS_POISON
    __asan_unpoison_memory_region(ptr, size);
#else
    (void)ptr;
    (void)size;
#endif
}

/* ledge_poison_spare says that of a container's block of size bytes only the first used hold
 * something: an access to the rest is a container-overflow. The block is aligned to 8 and nobody
 * else's. ledge_poison_spare(block, size, size) takes the mark off, as must be done before the block
 * goes back to its allocator. Whatever was marked before is forgotten. size may be 0. O(size / 8). */
static inline void ledge_poison_spare(const void *block, size_t size, size_t used)
{
#if LEDGE_HAS_POISON
    const char *at = (const char *)block;
    if (size == 0 || size >> 20 >> 20 != 0) /* ASan refuses more than 1 TiB */
        return;
    __sanitizer_annotate_contiguous_container(at, at + size, at, at + size);
    __sanitizer_annotate_contiguous_container(at, at + size, at + size, at + used);
#else
    (void)block;
    (void)size;
    (void)used;
#endif
}

#endif /* LEDGE_POISON_H */
