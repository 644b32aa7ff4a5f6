/* files.h: whole files, durable writes, and lists of paths. */
#ifndef LEDGE_TOOLS_FILES_H
#define LEDGE_TOOLS_FILES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "fail.h"

/* A list of owned paths. Zero is empty. */
struct paths {
    char **at;
    size_t len, cap;
};

/* paths_add takes ownership of path. */
void paths_add(struct paths *paths, char *path);
void paths_free(struct paths *paths);

/* file_read reads a whole file into *bytes (NUL after it, for free). A directory, a missing or an
 * unreadable file is an error that names the path. */
bool file_read(const char *path, char **bytes, size_t *len, struct fail *why);

/* file_write makes path hold exactly these bytes, durably: temporary file beside it, fsync, rename,
 * fsync of the directory. On error path is as it was and no temporary is left. */
bool file_write(const char *path, const void *bytes, size_t len, struct fail *why);

/* file_put does it neither durably nor at once: for what another process reads later, or nobody
 * misses. On error there is no file: half a one would pass for a whole one. */
bool file_put(const char *path, const void *bytes, size_t len, struct fail *why);

/* dir_make makes a directory and those above it; existing ones are fine. */
bool dir_make(const char *path, struct fail *why);

/* dir_check_writable asks, before long work, whether dir_make and writing in the directory have a
 * chance: *why says what is in the way. */
bool dir_check_writable(const char *path, struct fail *why);

/* path_temporary is where something of that name lies that isn't kept: in $TMPDIR, or /tmp. For
 * free(). */
char *path_temporary(const char *name);

/* file_temporary opens a new file there that has no name, so that nothing is left whatever ends the
 * process. NULL and errno when it can't. */
FILE *file_temporary(void);

/* dir_temporary makes a new directory there, and returns its path, for free(); NULL and *why when
 * it can't. dir_remove takes it away. */
char *dir_temporary(struct fail *why);

/* dir_rename gives a directory another name beside its old one, durably; whoever looks sees the one
 * or the other. An empty directory of that name is replaced, any other one is an error. */
bool dir_rename(const char *from, const char *to, struct fail *why);

/* dir_remove removes a directory and everything in it, best effort: a missing one is fine. */
void dir_remove(const char *path);

/* paths_find adds path itself when it is a file, or every regular file below it, sorted, when it is
 * a directory. Names that start with '.' and README files below a directory are left out: they are
 * not inputs. A directory that can't be read doesn't keep it from the others: *why is the first. */
bool paths_find(struct paths *paths, const char *path, struct fail *why);

/* path_is_dir and path_is_file follow symbolic links; anything that can't be examined is neither.
 */
bool path_is_dir(const char *path);
bool path_is_file(const char *path);

/* path_base is the part after the last '/', within path. */
const char *path_base(const char *path);

#endif
