/* memory.h: the memory that pointer arguments point into.
 *
 * Raw mutated addresses would only crash the harness. A pointer argument names a class instead, and
 * an offset; the classes cover what callers really hand over: a heap block with red zones behind
 * it, the last byte and one past it, both sides of a guard page, freed memory, the stack, a
 * read-only page, memory of another owner, and null. Every class but null holds KIT_REGION bytes,
 * aligned to 64, filled with 0, 1, 2 … at the start of each program.
 *
 * Not thread-safe: one program runs at a time. */
#ifndef LEDGE_KIT_MEMORY_H
#define LEDGE_KIT_MEMORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { KIT_REGION = 64 };

/* Ordered from simple to strange: a smaller class is a simpler reproducer. */
enum kit_ptr_class {
    KIT_PTR_HEAP,     /* k bytes into a malloc'd block */
    KIT_PTR_NULL,     /* NULL; k is ignored */
    KIT_PTR_LAST,     /* the last byte of the heap block */
    KIT_PTR_END,      /* one past the heap block */
    KIT_PTR_TO_GUARD, /* k bytes before a page that can't be touched */
    KIT_PTR_ON_GUARD, /* k bytes after a page that can't be touched */
    KIT_PTR_STACK,    /* k bytes into a live block on the stack */
    KIT_PTR_READONLY, /* k bytes into a page that can't be written */
    KIT_PTR_FOREIGN,  /* k bytes into a static object, which no allocator owns */
    KIT_PTR_FREED,    /* k bytes into a block that has been freed */
    KIT_PTR_CLASSES
};

/* What an operation receives for a pointer argument. */
struct kit_ptr {
    uint8_t *at;
    size_t avail; /* bytes from at to the end of its region; 0 for null and freed memory */
    enum kit_ptr_class class_;
};

/* The static object behind KIT_PTR_FOREIGN; TARGET() defines it. */
extern uint8_t kit_foreign[KIT_REGION];

/* kit_memory_begin starts a program: the regions used before get their pattern back. `stack_block`
 * is KIT_REGION bytes, aligned to 64, in a frame that outlives the program. The first call maps and
 * allocates the regions, and aborts when the machine has no memory for them. */
void kit_memory_begin(uint8_t *stack_block);

/* kit_memory_end ends the program: what it freed or was lent is taken back. */
void kit_memory_end(void);

/* kit_memory_point resolves a class and an offset in [0, KIT_REGION). */
struct kit_ptr kit_memory_point(enum kit_ptr_class class_, size_t k);

/* kit_ptr_writable: whether the bytes [at, at + avail) may be written. */
bool kit_ptr_writable(struct kit_ptr ptr);

/* kit_ptr_class_name is "heap", "null", …; static. */
const char *kit_ptr_class_name(enum kit_ptr_class class_);

/* kit_memory_scratch lends `size` <= 64 bytes that hold a copy of `bytes` for the length of one
 * operation; under ASan the bytes behind them are poisoned, so that reading past the end is seen.
 */
const uint8_t *kit_memory_scratch(const uint8_t *bytes, size_t size);

/* kit_memory_written tells MSan that the kit, which it doesn't watch, has written these bytes. */
void kit_memory_written(const void *at, size_t size);

#endif
