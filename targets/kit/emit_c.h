/* emit_c.h: a program as standalone C.
 *
 * The result includes the API's headers, makes the same calls with literal arguments, checks the
 * same statuses, and ends with the call or the check that failed, in a function named after the
 * operation: it needs neither the kit nor an engine, and a sanitizer reports it under the same
 * frames. */
#ifndef LEDGE_KIT_EMIT_C_H
#define LEDGE_KIT_EMIT_C_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

/* kit_emit_c runs [data, data + size) in a child process with a trace (the caller's stderr is not
 * touched) and writes the C text to out. *failed says whether the child died or exited with an
 * error. The child is killed after `seconds`. Returns false, with errno set, when no child could be
 * run. */
bool kit_emit_c(FILE *out, const uint8_t *data, size_t size, unsigned seconds, bool *failed);

#endif
