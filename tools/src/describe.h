/* describe.h: a crash in words and in JSON, the same way wherever one is shown. */
#ifndef LEDGE_TOOLS_DESCRIBE_H
#define LEDGE_TOOLS_DESCRIBE_H

#include <jansson.h>

#include "crash.h"

/* describe_type and describe_state put the lines of a type ("Heap-buffer-overflow WRITE 4") and of
 * a state
 * ("ledge_vec_insert < op_insert < vec") on one. NULL gives "?". For free(). */
char *describe_type(const char *type);
char *describe_state(const char *state);

/* describe_crash is both after the sanitizer's name, in columns; "clean" when nothing was found.
 * For free(). */
char *describe_crash(const char *build, const struct crash *crash);

/* describe_json adds the members crash_type, crash_address, crash_state, security, security_reason,
 * class, signature, sanitizer, confidence and position to an object; null where unknown. Without a
 * crash security is false and the class "none". */
void describe_json(json_t *object, const struct crash *crash);

/* describe_word is text as one word of a shell's command line: in quotes, unless it needs none. For
 * free(). */
char *describe_word(const char *text);

/* describe_number writes a count as people read it, "1.2M", and returns text. */
const char *describe_number(double number, char text[16]);

#endif
