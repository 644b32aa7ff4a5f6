/* build_id.h: which build of a program a file is. */
#ifndef LEDGE_TOOLS_BUILD_ID_H
#define LEDGE_TOOLS_BUILD_ID_H

#include <stdbool.h>

/* A build id is at most this many hexadecimal digits. */
#define BUILD_ID_MAX 64

/* build_id_read writes the GNU build id of a 64-bit ELF file as lower-case hexadecimal digits.
 * False when the file isn't one, can't be read, or has none. Thread-safe; a few small reads. */
bool build_id_read(const char *path, char id[BUILD_ID_MAX + 1]);

#endif
