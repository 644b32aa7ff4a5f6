#include "describe.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "json.h"
#include "mem.h"

static char *join_lines(const char *text, const char *separator)
{
    if (!text)
        return mem_text("?");
    size_t lines = 1;
    for (const char *at = text; *at; at++)
        lines += *at == '\n';
    size_t gap = strlen(separator);
    char *joined = mem_new(strlen(text) + lines * gap + 1, 1);
    char *to = joined;
    for (const char *at = text; *at; at++) {
        if (*at != '\n') {
            *to++ = *at;
        } else if (at[1] != '\0') { /* a last, empty line is none */
            memcpy(to, separator, gap);
            to += gap;
        }
    }
    return joined;
}

static bool is_plain_word(const char *text)
{
    return text[0] != '\0' &&
           text[strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                             "_-+=:,./@%")] == '\0';
}

char *describe_word(const char *text)
{
    if (is_plain_word(text))
        return mem_text(text);
    char *word = mem_new(4 * strlen(text) + 3, 1), *to = word; /* each may be a quote: '\\'' */
    *to++ = '\'';
    for (; *text; text++) {
        if (*text == '\'')
            to = stpcpy(to, "'\\'");
        *to++ = *text;
    }
    *to = '\'';
    return word;
}

char *describe_type(const char *type)
{
    return join_lines(type, " ");
}

char *describe_state(const char *state)
{
    return join_lines(state, " < ");
}

char *describe_crash(const char *build, const struct crash *crash)
{
    if (!crash->found)
        return mem_print("%-6s clean", build);
    char *type = describe_type(crash->type);
    char *state = describe_state(crash->state);
    char *line = mem_print("%-6s %-32s %s", build, type, state);
    free(type);
    free(state);
    return line;
}

void describe_json(json_t *object, const struct crash *crash)
{
    bool found = crash->found;
    json_put(object, "crash_type", json_text(crash->type));
    json_put(object, "crash_address", json_text(crash->address));
    json_put(object, "crash_state", json_text(crash->state));
    json_put(object, "security", json_boolean(found && crash->security));
    json_put(object, "security_reason", json_text(crash->security_reason));
    json_put(object, "class", json_text(found ? crash->class_ : "none"));
    json_put(object, "signature", json_text(found ? crash->signature : NULL));
    json_put(object, "sanitizer", json_text(crash->sanitizer));
    json_put(object, "confidence", json_text(crash->confidence));
    json_put(object, "position", json_text(crash->position));
}

const char *describe_number(double number, char text[16])
{
    if (number < 10000)
        snprintf(text, 16, "%.0f", number);
    else if (number < 1e6)
        snprintf(text, 16, "%.0fk", number / 1e3);
    else if (number < 1e9)
        snprintf(text, 16, "%.1fM", number / 1e6);
    else
        snprintf(text, 16, "%.1fG", number / 1e9);
    return text;
}
