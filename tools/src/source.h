/* source.h: the lines of source code around a position that a log names.
 *
 * A log may come from anywhere, and name any file: only names that end as source files do are
 * opened, and only regular files of at most 4 MiB. Thread-safe. */
#ifndef LEDGE_TOOLS_SOURCE_H
#define LEDGE_TOOLS_SOURCE_H

#include <stddef.h>

struct place {
    char *file; /* NULL: there is no position */
    unsigned line, column;
};

/* place_of splits "/dir/vec.c:120:5" (NULL gives an empty place); for place_free. */
struct place place_of(const char *position);
void place_free(struct place *place);

struct source_line {
    unsigned number;
    char *text; /* tabs are kept, other control characters are blanks; at most 200 bytes */
};

/* source_read gives the lines within `around` of the place, for source_free; *lines is NULL and 0
 * returned when the file isn't there, isn't source, or is shorter. root is where a relative path
 * is looked for when it isn't found from the working directory; may be NULL. O(file). */
size_t source_read(const struct place *place, const char *root, unsigned around,
                   struct source_line **lines);

void source_free(struct source_line *lines, size_t len);

#endif
