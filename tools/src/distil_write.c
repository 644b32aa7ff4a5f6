/* distil_write.c: what is chosen goes to its place. Nothing is ever overwritten or deleted, and
 * whatever ends the process in between, every input is complete somewhere. */
#include <errno.h>
#include <fcntl.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "distil.h"
#include "files.h"
#include "mem.h"

static bool is_empty(const char *directory)
{
    DIR *dir = opendir(directory);
    bool empty = true;
    for (const struct dirent *entry; dir && empty && (entry = readdir(dir)) != NULL;)
        empty = strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0;
    if (dir)
        closedir(dir);
    return empty;
}

/* Copies a file under the name of its content. */
static bool copy_file(const struct distil_file *file, const char *path, struct fail *why)
{
    const char *bytes;
    char *owned;
    if (!distil_read(file, &bytes, &owned, why))
        return false;
    bool ok = file_put(path, bytes, file->size, why);
    free(owned);
    return ok;
}

static bool write_all(const struct distil *distil, const char *directory, struct fail *why)
{
    bool ok = true;
    for (size_t i = 0; i < distil->len && ok; i++) {
        if (!distil->files[i].kept || distil->files[i].failed)
            continue;
        char *path = mem_print("%s/%s", directory, distil->files[i].id);
        ok = copy_file(&distil->files[i], path, why);
        free(path);
    }
    return ok;
}

bool distil_write(const struct distil *distil, const char *directory, struct fail *why)
{
    size_t len = strlen(directory);
    while (len > 1 && directory[len - 1] == '/')
        len--;
    char *wanted = mem_copy(directory, len);
    char *half = mem_print("%s.half%ld", wanted, (long)getpid());
    bool ok = true;
    if (path_is_dir(wanted) && !is_empty(wanted))
        ok = fail_set(why, "name another directory, or use `ledge corpus merge` to add to it",
                      "%s is not empty", wanted);
    ok = ok && dir_make(half, why) && write_all(distil, half, why);
    if (ok && rename(half, wanted) != 0) /* over nothing, or over an empty directory */
        ok = fail_set(why, "", "cannot make %s: %s", wanted, strerror(errno));
    if (!ok)
        dir_remove(half);
    free(half);
    free(wanted);
    return ok;
}

/* Moves `from` to `to`, unless there is something already. */
static bool move(const char *from, const char *to, struct fail *why)
{
    if (renameat2(AT_FDCWD, from, AT_FDCWD, to, RENAME_NOREPLACE) == 0)
        return true;
    int error = errno;
    if (error == EINVAL && access(to, F_OK) != 0 && rename(from, to) == 0)
        return true; /* a file system that doesn't know better */
    return fail_set(why, error == EEXIST ? "move that one out of the way" : "",
                    "cannot move %s to %s: %s", from, to, strerror(error));
}

bool distil_copy(const struct distil *distil, const char *directory, struct fail *why)
{
    if (!dir_make(directory, why))
        return false;
    char *half = mem_print("%s/.incoming%ld", directory, (long)getpid());
    bool ok = true;
    for (size_t i = 0; i < distil->len && ok; i++) {
        const struct distil_file *file = &distil->files[i];
        if (!file->kept || file->fixed)
            continue;
        char *path = mem_print("%s/%s", directory, file->id);
        ok = copy_file(file, half, why) && move(half, path, why);
        if (!ok)
            unlink(half);
        free(path);
    }
    free(half);
    return ok;
}

static bool make_parent(const char *path, struct fail *why)
{
    char *parent = mem_text(path);
    *strrchr(parent, '/') = '\0'; /* it has one: it is below a directory */
    bool ok = dir_make(parent, why);
    free(parent);
    return ok;
}

static bool set_aside(const struct distil_file *file, struct fail *why)
{
    char *base = realpath(file->base, NULL); /* of "." and "x/" too */
    if (!base)
        return fail_set(why, "", "cannot find %s: %s", file->base, strerror(errno));
    char *path = mem_print("%s.redundant/%s", base, file->path + strlen(file->base) + 1);
    bool ok = make_parent(path, why) && move(file->path, path, why);
    free(path);
    free(base);
    return ok;
}

bool distil_set_aside(const struct distil *distil, size_t *moved, struct fail *why)
{
    *moved = 0;
    for (size_t i = 0; i < distil->len; i++) {
        const struct distil_file *file = &distil->files[i];
        if (file->kept || file->failed || !file->base)
            continue;
        if (!set_aside(file, why))
            return false;
        ++*moved;
    }
    return true;
}
