#include "json.h"

#include <stdio.h>
#include <stdlib.h>

#include "fail.h"
#include "mem.h"

static void check(int result)
{
    static const struct fail why = {"cannot make the JSON: out of memory", ""};
    if (result == 0)
        return;
    fail_print(&why);
    exit(EXIT_CANNOT);
}

void json_append(json_t *array, json_t *value)
{
    check(json_array_append_new(array, value));
}

void json_put(json_t *object, const char *key, json_t *value)
{
    check(json_object_set_new(object, key, value));
}

json_t *json_text(const char *text)
{
    if (!text)
        return json_null();
    json_t *value = json_string(text);
    if (value)
        return value;
    char *ascii = mem_text(text);
    for (char *at = ascii; *at; at++)
        if ((unsigned char)*at >= 0x80)
            *at = '?';
    value = json_string(ascii);
    free(ascii);
    check(value ? 0 : -1);
    return value;
}

void json_print(const json_t *value)
{
    char *text = json_dumps(value, JSON_INDENT(2) | JSON_ENCODE_ANY);
    check(text ? 0 : -1);
    puts(text);
    free(text);
}
