#include "build_id.h"

#include <elf.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { SEGMENTS_MAX = 64, NOTES_MAX = 4096 };

static bool read_at(int fd, void *into, size_t len, uint64_t at)
{
    return at <= INT64_MAX && pread(fd, into, len, (off_t)at) == (ssize_t)len;
}

static size_t padded(size_t len)
{
    return (len + 3) & ~(size_t)3;
}

static bool take_note(const unsigned char *bytes, size_t len, char id[BUILD_ID_MAX + 1])
{
    if (len == 0 || 2 * len > BUILD_ID_MAX)
        return false;
    for (size_t i = 0; i < len; i++)
        snprintf(id + 2 * i, 3, "%02x", bytes[i]);
    return true;
}

static bool search_notes(const unsigned char *notes, size_t len, char id[BUILD_ID_MAX + 1])
{
    Elf64_Nhdr note;
    for (size_t at = 0; at + sizeof note <= len;) {
        memcpy(&note, notes + at, sizeof note);
        size_t name = at + sizeof note;
        if (note.n_namesz > len || note.n_descsz > len)
            return false;
        size_t text = name + padded(note.n_namesz), end = text + note.n_descsz;
        if (end > len)
            return false;
        if (note.n_type == NT_GNU_BUILD_ID && note.n_namesz == sizeof "GNU" &&
            memcmp(notes + name, "GNU", sizeof "GNU") == 0)
            return take_note(notes + text, note.n_descsz, id);
        at = text + padded(note.n_descsz);
    }
    return false;
}

static bool search_file(int fd, char id[BUILD_ID_MAX + 1])
{
    Elf64_Ehdr header;
    Elf64_Phdr segment;
    unsigned char notes[NOTES_MAX];
    if (!read_at(fd, &header, sizeof header, 0) || memcmp(header.e_ident, ELFMAG, SELFMAG) != 0 ||
        header.e_ident[EI_CLASS] != ELFCLASS64 || header.e_phentsize != sizeof segment)
        return false;
    for (size_t i = 0; i < header.e_phnum && i < SEGMENTS_MAX; i++) {
        if (!read_at(fd, &segment, sizeof segment, header.e_phoff + i * sizeof segment))
            return false;
        if (segment.p_type != PT_NOTE || segment.p_filesz > sizeof notes ||
            !read_at(fd, notes, segment.p_filesz, segment.p_offset))
            continue;
        if (search_notes(notes, segment.p_filesz, id))
            return true;
    }
    return false;
}

bool build_id_read(const char *path, char id[BUILD_ID_MAX + 1])
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0)
        return false;
    bool found = search_file(fd, id);
    close(fd); /* only read from: nothing to lose */
    return found;
}
