/* ignore.h: which frames of a stack don't name the program.
 *
 * The rules are lines of a text (tools/data/ignored_frames.txt, which also says how they are
 * written), one of which is compiled in; users add their own. */
#ifndef LEDGE_TOOLS_IGNORE_H
#define LEDGE_TOOLS_IGNORE_H

#include <stdbool.h>
#include <stddef.h>

#include "fail.h"
#include "frame.h"

enum ignore_kind {
    IGNORE_NOT, /* it is the program's */
    IGNORE_ALLOCATOR,
    IGNORE_ABORT,
    IGNORE_LIBC,
    IGNORE_LANGUAGE, /* the standard library of C++ or Rust */
    IGNORE_ENGINE,
    IGNORE_SANITIZER,
    IGNORE_HARNESS, /* the kit */
    IGNORE_USER,    /* a user's list says so */
    IGNORE_UNKNOWN, /* no function, and no module either */
};

/* Why a frame is left out. Constants of the list: they live as long as the process. */
struct ignore_rule {
    enum ignore_kind kind;
    const char *pattern; /* as it stands in the list, without "module " and "source " */
    const char *list;    /* the user's file; NULL: the list that is compiled in */
};

/* ignore_frame finds the rule that leaves a frame out of a crash state, or NULL. name is what
 * frame_name made of it. Names are compared whole, so free_cache and new_node stay. Thread-safe;
 * O(length of the names and paths). */
const struct ignore_rule *ignore_frame(const struct frame *frame, const char *name);

/* ignore_kind_name is the name of the section: "allocator"; NULL for IGNORE_NOT. */
const char *ignore_kind_name(enum ignore_kind kind);

/* ignore_add reads more rules from a file; they come before all others. Returns false and *why, a
 * line at fault included, and then has added nothing. Not thread-safe: before anything is named. */
bool ignore_add(const char *path, struct fail *why);

/* ignore_add_text does the same with a text in memory; list is what it is called. */
bool ignore_add_text(const char *text, size_t len, const char *list, struct fail *why);

/* ignore_forget takes away what was added. For tests. */
void ignore_forget(void);

#endif
