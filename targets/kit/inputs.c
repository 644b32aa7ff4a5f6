#include "inputs.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "exact.h"

enum { EXIT_INPUT = 2, ROOM = 4096 };

void (*kit_after_input)(const char *path);

int input_cannot(const char *what)
{
    fprintf(stderr, "%s: %s\n", what, strerror(errno));
    return EXIT_INPUT;
}

/* Reads what is left of a file. */
static bool take_all(int file, struct input *input)
{
    struct mapping *mapping = &input->mapping;
    ssize_t got = 1;
    while (got > 0) {
        if (input->size == mapping->room && !mapping_grow(mapping, 2 * mapping->room + ROOM))
            return false;
        do
            got = read(file, mapping->bytes + input->size, mapping->room - input->size);
        while (got < 0 && errno == EINTR);
        input->size += got > 0 ? (size_t)got : 0;
    }
    return got == 0;
}

bool input_read(const char *path, struct input *input)
{
    *input = (struct input){0};
    const int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0)
        return false;
    const bool ok = take_all(file, input);
    const int reason = errno;
    close(file);
    if (!ok)
        input_free(input);
    errno = reason;
    return ok;
}

void input_free(struct input *input)
{
    mapping_free(&input->mapping);
}

static int kit_run_file(const char *path)
{
    struct input input;
    if (!input_read(path, &input))
        return input_cannot(path);
    fprintf(stderr, "ledge-run: %s\n", path);
    if (!kit_run_exact(input.mapping.bytes, input.size, LLVMFuzzerTestOneInput))
        abort();
    input_free(&input);
    if (kit_after_input != NULL)
        kit_after_input(path);
    return 0;
}

static int visible(const struct dirent *entry)
{
    return entry->d_name[0] != '.';
}

static int kit_run_directory(const char *path)
{
    struct dirent **entries;
    int result = 0;
    const int count = scandir(path, &entries, visible, alphasort);
    if (count < 0)
        return input_cannot(path);
    for (int i = 0; i < count; i++) {
        char inside[PATH_MAX], *one[] = {inside, NULL};
        snprintf(inside, sizeof inside, "%s/%s", path, entries[i]->d_name);
        const int ended = kit_run_paths(one);
        result = result ? result : ended;
        free(entries[i]);
    }
    free(entries);
    return result;
}

int kit_run_paths(char **paths)
{
    struct stat info;
    int result = 0;
    for (; *paths != NULL; paths++) {
        int ended;
        if (stat(*paths, &info) != 0)
            ended = input_cannot(*paths);
        else
            ended = S_ISDIR(info.st_mode) ? kit_run_directory(*paths) : kit_run_file(*paths);
        result = result ? result : ended;
    }
    return result;
}
