#include "line.h"

#include <string.h>

/* The rest is never in the line, and may be of any length. */
#define LONGEST 512

/* The length of an address at the front: "0x" and at least four digits. */
static size_t address_length(const char *text)
{
    if (strncmp(text, "0x", 2) != 0)
        return 0;
    size_t digits = strspn(text + 2, "0123456789abcdefABCDEF");
    return digits < 4 ? 0 : 2 + digits + strspn(text + 2 + digits, "U");
}

/* The length of a number at an index that may differ between runs. */
static size_t number_length(const char *line, size_t at)
{
    unsigned char before = at > 0 ? (unsigned char)line[at - 1] : (unsigned char)' ';
    size_t digits = strspn(line + at, "0123456789");
    size_t run = strspn(line + at, "0123456789.");
    unsigned char after = (unsigned char)line[at + run];
    bool inside = before == ':' || before == '.' || text_is_digit(before);
    if (digits == 0 || inside || (text_is_name(after) && after != '_'))
        return 0;
    bool marked = (before == '@' || before == '#') && run == digits;
    return run >= 4 || marked ? run : 0;
}

static void normalize(const char *text, line_text out)
{
    size_t len = 0;
    for (size_t i = 0; text[i] != '\0' && len < FRAME_NAME_MAX;) {
        size_t address = address_length(text + i);
        size_t number = address ? 0 : number_length(text, i);
        const char *word = address ? "ADDRESS" : "NUMBER";
        if (address + number == 0) {
            out[len++] = text[i++];
            continue;
        }
        for (; *word != '\0' && len < FRAME_NAME_MAX; word++)
            out[len++] = *word;
        i += address + number;
    }
    while (len == FRAME_NAME_MAX && (unsigned char)out[len - 1] >= 0x80)
        len--;
    out[len] = '\0';
}

void line_of(ledge_view text, line_text out)
{
    char head[LONGEST + 1];
    text = text_head(text, LONGEST);
    if (text.length > 0)
        memcpy(head, text.ptr, text.length);
    head[text.length] = '\0';
    normalize(head, out);
}
