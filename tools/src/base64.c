#include "base64.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "mem.h"

static int digit(char c)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const char *at = c ? strchr(digits, c) : NULL;
    return at ? (int)(at - digits) : -1;
}

bool base64_decode(const char *text, size_t len, char **bytes, size_t *bytes_len)
{
    if (len % 4 != 0)
        return false;
    size_t padding = 0;
    while (padding < 2 && padding < len && text[len - padding - 1] == '=')
        padding++;
    char *out = mem_new(len / 4 * 3 + 1, 1);
    uint32_t bits = 0;
    size_t at = 0;
    for (size_t i = 0; i < len; i++) {
        int value = i >= len - padding ? 0 : digit(text[i]);
        if (value < 0) {
            free(out);
            return false;
        }
        bits = bits << 6 | (uint32_t)value;
        if (i % 4 == 3) {
            out[at++] = (char)(bits >> 16 & 0xff);
            out[at++] = (char)(bits >> 8 & 0xff);
            out[at++] = (char)(bits & 0xff);
        }
    }
    *bytes = out;
    *bytes_len = at - padding;
    return true;
}
