#include "inputs.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { EXIT_INPUT = 2 };

void (*kit_after_input)(const char *path);

int input_cannot(const char *what)
{
    fprintf(stderr, "%s: %s\n", what, strerror(errno));
    return EXIT_INPUT;
}

bool input_read(const char *path, struct input *input)
{
    FILE *file = fopen(path, "rb");
    if (file == NULL)
        return false;
    size_t room = 4096;
    input->size = 0;
    input->data = malloc(room);
    while (input->data != NULL) {
        input->size += fread(input->data + input->size, 1, room - input->size, file);
        if (input->size < room)
            break;
        input->data = realloc(input->data, room *= 2);
    }
    const bool ok = input->data != NULL && !ferror(file);
    fclose(file);
    return ok;
}

/* A copy without slack, so that a read past the end of the input is seen. */
static void kit_run_exact(const struct input *input)
{
    uint8_t *exact = malloc(input->size > 0 ? input->size : 1);
    if (exact == NULL)
        abort();
    memcpy(exact, input->data, input->size);
    LLVMFuzzerTestOneInput(exact, input->size);
    free(exact);
}

static int kit_run_file(const char *path)
{
    struct input input;
    if (!input_read(path, &input))
        return input_cannot(path);
    fprintf(stderr, "ledge-run: %s\n", path);
    kit_run_exact(&input);
    free(input.data);
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
