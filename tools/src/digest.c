#include "digest.h"

#include <stdlib.h>
#include <string.h>

#include "files.h"

void digest_begin(struct digest *digest)
{
    sha256_init(&digest->state);
}

void digest_field(struct digest *digest, const void *bytes, size_t len)
{
    uint8_t size[8];
    for (unsigned i = 0; i < sizeof size; i++)
        size[i] = (uint8_t)((uint64_t)len >> (8 * i));
    sha256_update(&digest->state, sizeof size, size);
    if (len > 0)
        sha256_update(&digest->state, len, bytes);
}

void digest_text(struct digest *digest, const char *text)
{
    digest_field(digest, text, text ? strlen(text) : 0);
}

void digest_end(struct digest *digest, char hex[DIGEST_HEX])
{
    static const char digits[] = "0123456789abcdef";
    uint8_t raw[SHA256_DIGEST_SIZE];
    sha256_digest(&digest->state, sizeof raw, raw);
    for (size_t i = 0; i < sizeof raw; i++) {
        hex[2 * i] = digits[raw[i] >> 4];
        hex[2 * i + 1] = digits[raw[i] & 15];
    }
    hex[2 * sizeof raw] = '\0';
}

void digest_bytes(const void *bytes, size_t len, char hex[DIGEST_HEX])
{
    struct digest digest;
    digest_begin(&digest);
    if (len > 0)
        sha256_update(&digest.state, len, bytes);
    digest_end(&digest, hex);
}

bool digest_file(const char *path, char hex[DIGEST_HEX], uint64_t *len, struct fail *why)
{
    char *bytes;
    size_t size;
    if (!file_read(path, &bytes, &size, why))
        return false;
    digest_bytes(bytes, size, hex);
    *len = size;
    free(bytes);
    return true;
}
