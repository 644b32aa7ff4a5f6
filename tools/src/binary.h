/* binary.h: which program exactly it was. */
#ifndef LEDGE_TOOLS_BINARY_H
#define LEDGE_TOOLS_BINARY_H

#include "digest.h"

struct binary {
    char sha256[DIGEST_HEX];
    char compiler[160]; /* what the compilers of its parts wrote into it (.comment), joined by
                           "; "; empty when it doesn't say */
};

/* binary_read looks at an executable. Any bytes are fine: what isn't ELF has no compiler. False and
 * *why when the file can't be read. */
bool binary_read(const char *path, struct binary *binary, struct fail *why);

#endif
