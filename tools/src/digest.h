/* digest.h: SHA-256, by which a changed byte is found even where somebody meant it. `sha256sum`
 * says the same of a file. Nothing here allocates but digest_file. */
#ifndef LEDGE_TOOLS_DIGEST_H
#define LEDGE_TOOLS_DIGEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <nettle/sha2.h>

#include "fail.h"

enum { DIGEST_HEX = 65 }; /* 64 lower-case digits and a NUL */

/* A digest of several pieces. digest_field puts the length (8 bytes, least first) before the bytes,
 * so that two different lists of fields are never the same stream. */
struct digest {
    struct sha256_ctx state;
};

void digest_begin(struct digest *digest);
void digest_field(struct digest *digest, const void *bytes, size_t len);
void digest_text(struct digest *digest, const char *text); /* a field; NULL counts as empty */
void digest_end(struct digest *digest, char hex[DIGEST_HEX]);

/* digest_bytes is the SHA-256 of some bytes. */
void digest_bytes(const void *bytes, size_t len, char hex[DIGEST_HEX]);

/* digest_file is that of a file, whose size is *len. False and *why when it can't be read. */
bool digest_file(const char *path, char hex[DIGEST_HEX], uint64_t *len, struct fail *why);

#endif
