/* mem.h: memory for a program that has nothing better to do than stop when there is none.
 *
 * The tools keep what matters on disk before they go on, so running out of memory costs nothing but
 * the current step: each of these prints one line and ends the process with EXIT_CANNOT instead of
 * returning NULL. Thread-safe. */
#ifndef LEDGE_TOOLS_MEM_H
#define LEDGE_TOOLS_MEM_H

#include <stddef.h>

/* mem_new returns count zeroed elements of size bytes each, to be given to free. count * size may
 * be 0. */
void *mem_new(size_t count, size_t size) __attribute__((malloc, alloc_size(1, 2), returns_nonnull));

/* mem_resize changes the size of a block, as realloc. The new part is not zeroed. */
void *mem_resize(void *block, size_t count, size_t size)
    __attribute__((alloc_size(2, 3), returns_nonnull, warn_unused_result));

/* mem_text copies a string; NULL gives NULL. */
char *mem_text(const char *text);

/* mem_copy copies len bytes and puts a NUL after them. */
char *mem_copy(const void *bytes, size_t len) __attribute__((returns_nonnull));

/* mem_print formats into a new string. */
char *mem_print(const char *format, ...) __attribute__((format(printf, 1, 2), returns_nonnull));

#endif
