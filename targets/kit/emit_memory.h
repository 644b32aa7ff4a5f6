/* emit_memory.h: the regions of memory.h as plain C, for the emitted program; only those that its
 * calls name. */
#ifndef LEDGE_KIT_EMIT_MEMORY_H
#define LEDGE_KIT_EMIT_MEMORY_H

#include <stdio.h>

#include "program.h"

/* What to include, what to declare at file scope, and what main does first. */
void kit_emit_memory_includes(FILE *out, const struct kit_call *calls, size_t count);
void kit_emit_memory_objects(FILE *out, const struct kit_call *calls, size_t count);
void kit_emit_memory_setup(FILE *out, const struct kit_call *calls, size_t count);

#endif
