/* ignore.h: which frames of a stack don't name the program. */
#ifndef LEDGE_TOOLS_IGNORE_H
#define LEDGE_TOOLS_IGNORE_H

#include <stdbool.h>
#include <stddef.h>

#include "frame.h"

enum ignore_kind {
    IGNORE_NOT, /* it is the program's */
    IGNORE_ALLOCATOR,
    IGNORE_ABORT,
    IGNORE_LIBC,
    IGNORE_ENGINE,
    IGNORE_SANITIZER,
    IGNORE_HARNESS, /* the kit */
    IGNORE_UNKNOWN, /* no function, and no module either */
};

/* ignore_frame says why a frame is left out of a crash state, or IGNORE_NOT. name is what
 * frame_name made of it. Names are compared whole, so free_cache and new_node stay; only prefixes
 * that C reserves for the implementation, or that the kit reserves for itself, count as such.
 * Thread-safe; O(length of the names and paths). */
enum ignore_kind ignore_frame(const struct frame *frame, const char *name);

/* ignore_kind_name is what people call it: "allocator"; NULL for IGNORE_NOT. */
const char *ignore_kind_name(enum ignore_kind kind);

/* ignore_list is the compiled-in list of whole names, for tests: entry index, or NULL behind the
 * last. */
const char *ignore_list(size_t index);

#endif
