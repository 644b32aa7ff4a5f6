#include "source.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "files.h"
#include "frame.h"
#include "mem.h"

enum { SOURCE_MAX = 4 * 1024 * 1024, LINE_MAX_BYTES = 200 };

struct place place_of(const char *position)
{
    struct frame frame = {0};
    struct place place = {0};
    if (!position || !position[0])
        return place;
    frame_place(text_of(position), &frame);
    place.file = mem_copy(frame.file.ptr, frame.file.length);
    place.line = frame.line;
    place.column = frame.column;
    return place;
}

void place_free(struct place *place)
{
    free(place->file);
    *place = (struct place){0};
}

static bool is_source(const char *path)
{
    static const char *const endings[] = {".c",   ".h",   ".cc",  ".hh",  ".cpp", ".hpp", ".cxx",
                                          ".hxx", ".inc", ".inl", ".ipp", ".m",   ".mm",  ".rs",
                                          ".go",  ".S",   ".y",   ".l",   ".re",  ".def", ".tcc"};
    const char *ending = strrchr(path_base(path), '.');
    for (size_t i = 0; ending && i < sizeof endings / sizeof endings[0]; i++)
        if (strcmp(ending, endings[i]) == 0)
            return true;
    return false;
}

static bool read_source(const char *path, char **bytes, size_t *len)
{
    struct stat info;
    struct fail unread;
    return stat(path, &info) == 0 && S_ISREG(info.st_mode) && info.st_size <= SOURCE_MAX &&
           file_read(path, bytes, len, &unread);
}

static char *line_text(const char *line, size_t len)
{
    while (len > 0 && isspace((unsigned char)line[len - 1]))
        len--;
    char *text = mem_copy(line, len < LINE_MAX_BYTES ? len : LINE_MAX_BYTES);
    for (char *at = text; *at; at++)
        if (iscntrl((unsigned char)*at) && *at != '\t')
            *at = ' ';
    return text;
}

static size_t cut_out(const char *bytes, size_t len, unsigned first, unsigned last,
                      struct source_line **lines)
{
    size_t count = 0;
    unsigned number = 1;
    *lines = mem_new(last - first + 1, sizeof **lines);
    for (const char *at = bytes, *end = bytes + len; at < end && number <= last; number++) {
        const char *stop = memchr(at, '\n', (size_t)(end - at));
        stop = stop ? stop : end;
        if (number >= first)
            (*lines)[count++] = (struct source_line){number, line_text(at, (size_t)(stop - at))};
        at = stop + 1;
    }
    return count;
}

size_t source_read(const struct place *place, const char *root, unsigned around,
                   struct source_line **lines)
{
    char *bytes;
    size_t len, count = 0;
    *lines = NULL;
    if (!place->file || place->line == 0 || place->line > SOURCE_MAX || !is_source(place->file))
        return 0;
    bool found = read_source(place->file, &bytes, &len);
    if (!found && root && place->file[0] != '/') {
        char *path = mem_print("%s/%s", root, place->file);
        found = read_source(path, &bytes, &len);
        free(path);
    }
    if (!found)
        return 0;
    unsigned first = place->line > around ? place->line - around : 1;
    count = cut_out(bytes, len, first, place->line + around, lines);
    free(bytes);
    if (count > 0 && (*lines)[count - 1].number >= place->line)
        return count;
    source_free(*lines, count); /* another version of the file */
    *lines = NULL;
    return 0;
}

void source_free(struct source_line *lines, size_t len)
{
    for (size_t i = 0; i < len; i++)
        free(lines[i].text);
    free(lines);
}
