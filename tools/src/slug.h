/* slug.h: what a crash's directory is called. */
#ifndef LEDGE_TOOLS_SLUG_H
#define LEDGE_TOOLS_SLUG_H

#include "crash.h"

/* slug_subject is the operation that a crash names, else its innermost function; *len bytes, not
 * NUL-terminated, within crash->state. */
const char *slug_subject(const char *target, const struct crash *crash, size_t *len);

/* slug_of is "<operation or function>-<type>-<digits of the signature>", as
 * "append_self-heap-use-after-free-71b6": lower-case letters, digits, '_' and '-'. It depends on
 * nothing but the crash. For free(). */
char *slug_of(const char *target, const struct crash *crash, unsigned digits);

#endif
