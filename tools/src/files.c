#include "files.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "mem.h"

static const char full_hint[] =
    "free some space there, or name another place; what was saved before is intact";
static const char closed_hint[] = "name another place, or see to its permissions";

void paths_add(struct paths *paths, char *path)
{
    if (paths->len == paths->cap) {
        paths->cap = paths->cap ? paths->cap * 2 : 16;
        paths->at = mem_resize(paths->at, paths->cap, sizeof *paths->at);
    }
    paths->at[paths->len++] = path;
}

void paths_free(struct paths *paths)
{
    for (size_t i = 0; i < paths->len; i++)
        free(paths->at[i]);
    free(paths->at);
    *paths = (struct paths){0};
}

const char *path_base(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

bool path_is_dir(const char *path)
{
    struct stat info;
    return stat(path, &info) == 0 && S_ISDIR(info.st_mode);
}

bool path_is_file(const char *path)
{
    struct stat info;
    return stat(path, &info) == 0 && S_ISREG(info.st_mode);
}

/* Reads to the end whatever fstat said: /proc files and pipes say 0. Only the room to begin with
 * depends on it. */
static bool read_all(int fd, char **bytes, size_t *len)
{
    struct stat info;
    bool known = fstat(fd, &info) == 0 && S_ISREG(info.st_mode) && info.st_size > 0;
    size_t cap = known ? (size_t)info.st_size + 2 : 64 * 1024, used = 0;
    char *buffer = mem_resize(NULL, cap, 1);
    for (;;) {
        if (cap - used < 2) {
            cap *= 2;
            buffer = mem_resize(buffer, cap, 1);
        }
        ssize_t got = read(fd, buffer + used, cap - used - 1);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0) {
            free(buffer);
            return false;
        }
        if (got == 0)
            break;
        used += (size_t)got;
    }
    buffer[used] = '\0';
    *bytes = buffer;
    *len = used;
    return true;
}

bool file_read(const char *path, char **bytes, size_t *len, struct fail *why)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return fail_set(why, "check the path and its permissions", "cannot open %s: %s", path,
                        strerror(errno));
    bool ok = read_all(fd, bytes, len);
    int error = errno;
    close(fd); /* only read from: nothing to lose */
    if (!ok)
        return fail_set(why, error == EISDIR ? "a file is wanted here, not a directory" : "",
                        "cannot read %s: %s", path, strerror(error));
    return true;
}

static bool write_all(int fd, const char *bytes, size_t len)
{
    while (len > 0) {
        ssize_t put = write(fd, bytes, len);
        if (put < 0 && errno == EINTR)
            continue;
        if (put < 0)
            return false;
        bytes += put;
        len -= (size_t)put;
    }
    return true;
}

static bool sync_directory_of(const char *path)
{
    char *copy = mem_text(path);
    char *slash = strrchr(copy, '/');
    if (slash)
        *(slash == copy ? slash + 1 : slash) = '\0';
    int fd = open(slash ? copy : ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    free(copy);
    if (fd < 0)
        return false;
    bool ok = fsync(fd) == 0;
    int error = errno;
    close(fd); /* a directory: nothing was written through it */
    errno = error;
    return ok;
}

static bool write_and_sync(const char *path, const void *bytes, size_t len)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    if (fd < 0)
        return false;
    bool ok = write_all(fd, bytes, len) && fsync(fd) == 0;
    int error = errno;
    if (close(fd) != 0 && ok) {
        ok = false;
        error = errno;
    }
    errno = error;
    return ok;
}

/* A full disk, or a place that isn't ours, is told with what to do about it. */
static bool cannot(struct fail *why, const char *what, const char *path, int error)
{
    bool full = error == ENOSPC || error == EDQUOT;
    bool closed = error == EACCES || error == EPERM || error == EROFS || error == ENOTDIR;
    const char *hint = full ? full_hint : closed ? closed_hint : "";
    return fail_set(why, hint, "cannot %s %s: %s", what, path, strerror(error));
}

bool file_write(const char *path, const void *bytes, size_t len, struct fail *why)
{
    char *temporary = mem_print("%s.tmp%ld", path, (long)getpid());
    bool ok = write_and_sync(temporary, bytes, len) && rename(temporary, path) == 0;
    int error = errno;
    if (!ok)
        unlink(temporary);
    free(temporary);
    if (ok && !sync_directory_of(path)) {
        ok = false;
        error = errno;
    }
    if (!ok)
        return cannot(why, "write", path, error);
    return true;
}

bool file_put(const char *path, const void *bytes, size_t len, struct fail *why)
{
    FILE *file = fopen(path, "wb");
    bool ok = file && fwrite(bytes, 1, len, file) == len;
    int error = errno;
    if (file && fclose(file) != 0 && ok) {
        ok = false;
        error = errno;
    }
    if (file && !ok)
        unlink(path);
    if (!ok)
        return cannot(why, "write", path, error);
    return true;
}

bool dir_check_writable(const char *path, struct fail *why)
{
    char *existing = mem_text(path[0] ? path : ".");
    while (access(existing, F_OK) != 0 && errno == ENOENT && strcmp(existing, ".") != 0) {
        char *slash = strrchr(existing, '/');
        if (slash)
            *(slash == existing ? slash + 1 : slash) = '\0';
        else
            memcpy(existing, ".", 2);
    }
    errno = ENOTDIR;
    bool ok = path_is_dir(existing) && access(existing, W_OK | X_OK) == 0;
    if (!ok)
        (void)cannot(why, "write in", existing, errno);
    free(existing);
    return ok;
}

bool dir_make(const char *path, struct fail *why)
{
    char *copy = mem_text(path);
    bool ok = true;
    int error = 0;
    for (char *at = copy + 1; ok; at++) {
        char saved = *at;
        if (saved != '/' && saved != '\0')
            continue;
        *at = '\0';
        if (mkdir(copy, 0777) != 0 && errno != EEXIST) {
            error = errno;
            ok = false;
        }
        *at = saved;
        if (saved == '\0')
            break;
    }
    free(copy);
    if (ok && !path_is_dir(path)) {
        ok = false;
        error = ENOTDIR;
    }
    if (!ok)
        return cannot(why, "make the directory", path, error);
    return true;
}

char *path_temporary(const char *name)
{
    const char *base = getenv("TMPDIR");
    return mem_print("%s/%s", base && base[0] ? base : "/tmp", name);
}

FILE *file_temporary(void)
{
    char *path = path_temporary("ledge-XXXXXX");
    int fd = mkostemp(path, O_CLOEXEC);
    FILE *file = fd >= 0 ? fdopen(fd, "w+") : NULL;
    if (fd >= 0)
        unlink(path);
    if (fd >= 0 && !file)
        close(fd);
    free(path);
    return file;
}

char *dir_temporary(struct fail *why)
{
    char *path = path_temporary("ledge-XXXXXX");
    if (mkdtemp(path))
        return path;
    fail_set(why, "set TMPDIR to a directory that can be written",
             "cannot make a temporary directory %s: %s", path, strerror(errno));
    free(path);
    return NULL;
}

bool dir_rename(const char *from, const char *to, struct fail *why)
{
    if (rename(from, to) == 0 && sync_directory_of(to))
        return true;
    return cannot(why, "make the directory", to, errno);
}

static int remove_one(const char *path, const struct stat *info, int kind, struct FTW *walk)
{
    (void)info;
    (void)kind;
    (void)walk;
    (void)remove(path); /* best effort, as the header says */
    return 0;
}

void dir_remove(const char *path)
{
    (void)nftw(path, remove_one, 16, FTW_DEPTH | FTW_PHYS); /* a missing one is fine */
}

static int compare_paths(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static bool walk_directory(struct paths *paths, const char *path, unsigned depth, struct fail *why)
{
    DIR *dir = opendir(path);
    if (!dir)
        return fail_set(why, "check its permissions", "cannot read the directory %s: %s", path,
                        strerror(errno));
    struct paths names = {0};
    struct dirent *entry;
    while ((errno = 0, entry = readdir(dir)) != NULL)
        if (entry->d_name[0] != '.' && strncmp(entry->d_name, "README", 6) != 0)
            paths_add(&names, mem_print("%s/%s", path, entry->d_name));
    int error = errno;
    closedir(dir);
    if (error) {
        paths_free(&names);
        return fail_set(why, "", "cannot read the directory %s: %s", path, strerror(error));
    }
    if (names.len)
        qsort(names.at, names.len, sizeof *names.at, compare_paths);
    bool ok = true;
    for (size_t i = 0; i < names.len; i++) {
        struct fail later;
        if (path_is_file(names.at[i])) {
            paths_add(paths, mem_text(names.at[i]));
        } else if (path_is_dir(names.at[i]) && depth < 32) { /* a loop of links ends here */
            if (walk_directory(paths, names.at[i], depth + 1, &later))
                continue;
            if (ok)
                *why = later;
            ok = false;
        }
    }
    paths_free(&names);
    return ok;
}

bool paths_find(struct paths *paths, const char *path, struct fail *why)
{
    struct stat info;
    if (stat(path, &info) != 0)
        return fail_set(why, "check the path", "cannot open %s: %s", path, strerror(errno));
    if (S_ISDIR(info.st_mode))
        return walk_directory(paths, path, 0, why);
    paths_add(paths, mem_text(path));
    return true;
}
