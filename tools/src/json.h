/* json.h: the few things jansson leaves to us. */
#ifndef LEDGE_TOOLS_JSON_H
#define LEDGE_TOOLS_JSON_H

#include <jansson.h>

/* json_append adds value to an array and takes the reference; running out of memory ends the
 * process, as in mem.h. */
void json_append(json_t *array, json_t *value);

/* json_put sets a member and takes the reference, likewise. */
void json_put(json_t *object, const char *key, json_t *value);

/* json_text makes a JSON string of any C string: bytes that are not UTF-8 become '?'. NULL gives
 * null. */
json_t *json_text(const char *text);

/* json_print writes a value to stdout, indented, with a newline. */
void json_print(const json_t *value);

#endif
