#include "binary.h"

#include <elf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "files.h"

/* A file's bytes, of which nothing is believed. */
struct image {
    const unsigned char *bytes;
    size_t len;
};

/* Copies what lies at an offset; false where the file doesn't reach that far. */
static bool copy_at(struct image image, uint64_t offset, void *out, size_t len)
{
    if (offset > image.len || image.len - offset < len)
        return false;
    memcpy(out, image.bytes + offset, len);
    return true;
}

static bool section_at(struct image image, const Elf64_Ehdr *header, unsigned index,
                       Elf64_Shdr *section)
{
    uint64_t offset;
    return header->e_shentsize == sizeof *section &&
           !__builtin_add_overflow(header->e_shoff, (uint64_t)index * sizeof *section, &offset) &&
           copy_at(image, offset, section, sizeof *section) && section->sh_offset <= image.len &&
           image.len - section->sh_offset >= section->sh_size;
}

static bool is_named(struct image image, const Elf64_Shdr *names, const Elf64_Shdr *section,
                     const char *name)
{
    size_t size = strlen(name) + 1;
    return section->sh_name < names->sh_size && names->sh_size - section->sh_name >= size &&
           memcmp(image.bytes + names->sh_offset + section->sh_name, name, size) == 0;
}

/* Joins the NUL-separated strings of a section, each once. */
static void join(const char *from, size_t len, char *text, size_t text_len)
{
    size_t used = 0;
    for (size_t at = 0; at < len;) {
        size_t part = strnlen(from + at, len - at);
        char one[160];
        snprintf(one, sizeof one, "%.*s", (int)(part < sizeof one ? part : sizeof one), from + at);
        if (one[0] != '\0' && !strstr(text, one) && used < text_len) {
            int more = snprintf(text + used, text_len - used, "%s%s", used ? "; " : "", one);
            used += more > 0 ? (size_t)more : 0;
        }
        at += part + 1;
    }
}

/* The compilers that wrote into a file of so many bytes. O(sections). */
static void find_compilers(const void *bytes, size_t len, char *text, size_t text_len)
{
    struct image image = {bytes, len};
    Elf64_Ehdr header;
    Elf64_Shdr names, section;
    text[0] = '\0';
    if (!copy_at(image, 0, &header, sizeof header) ||
        memcmp(header.e_ident, ELFMAG, SELFMAG) != 0 || header.e_ident[EI_CLASS] != ELFCLASS64 ||
        !section_at(image, &header, header.e_shstrndx, &names))
        return;
    for (unsigned i = 0; i < header.e_shnum; i++) {
        if (section_at(image, &header, i, &section) && section.sh_type == SHT_PROGBITS &&
            is_named(image, &names, &section, ".comment")) {
            join((const char *)image.bytes + section.sh_offset, section.sh_size, text, text_len);
            return;
        }
    }
}

bool binary_read(const char *path, struct binary *binary, struct fail *why)
{
    char *bytes;
    size_t len;
    if (!file_read(path, &bytes, &len, why))
        return false;
    digest_bytes(bytes, len, binary->sha256);
    find_compilers(bytes, len, binary->compiler, sizeof binary->compiler);
    free(bytes);
    return true;
}
