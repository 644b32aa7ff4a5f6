/* base64.h: decoding, for the inputs that libFuzzer prints. */
#ifndef LEDGE_TOOLS_BASE64_H
#define LEDGE_TOOLS_BASE64_H

#include <stdbool.h>
#include <stddef.h>

/* base64_decode decodes len characters of RFC 4648 with padding into new memory. False when they
 * are not that. */
bool base64_decode(const char *text, size_t len, char **bytes, size_t *bytes_len);

#endif
