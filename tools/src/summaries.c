#include "summaries.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "mem.h"

static bool is_letter(char c)
{
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

/* "AddressSanitizer: …", and not Valgrind's "0 errors from …". */
static bool names_a_tool(const char *text, size_t len)
{
    size_t name = 0;
    while (name < len && is_letter(text[name]))
        name++;
    return name > 0 && name < len && text[name] == ':';
}

static size_t line_length(const char *text, size_t len)
{
    size_t at = 0;
    while (at < len && text[at] != '\n' && text[at] != '\r' && text[at] != '\033')
        at++;
    return at;
}

static bool is_known(const struct paths *found, const char *text)
{
    for (size_t i = 0; i < found->len; i++)
        if (strcmp(found->at[i], text) == 0)
            return true;
    return false;
}

void summaries_find(const char *bytes, size_t len, struct paths *found)
{
    static const char mark[] = "SUMMARY: ";
    const char *end = bytes + len;
    for (const char *at; found->len < SUMMARIES_MAX &&
                         (at = memmem(bytes, (size_t)(end - bytes), mark, sizeof mark - 1));) {
        bytes = at + sizeof mark - 1;
        size_t here = line_length(bytes, (size_t)(end - bytes));
        char *text = names_a_tool(bytes, here) ? mem_copy(bytes, here) : NULL;
        if (text && !is_known(found, text))
            paths_add(found, text);
        else
            free(text);
    }
}
