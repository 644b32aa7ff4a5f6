/* symbolize.h: module+offset to function, file, line, through one llvm-symbolizer process that is
 * kept open.
 *
 * Sanitizers start a symbolizer in the dying process (some 70 ms); running with symbolize=0 and
 * asking here costs one question per new address, since answers are remembered for the life of the
 * object. Not thread-safe. */
#ifndef LEDGE_TOOLS_SYMBOLIZE_H
#define LEDGE_TOOLS_SYMBOLIZE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "fail.h"

struct symbolizer;

struct symbol {
    const char *function;  /* "??" when unknown */
    const char *file;      /* "??" when unknown */
    unsigned line, column; /* 0 when unknown */
};

/* symbolizer_new starts nothing yet; program is a path to llvm-symbolizer, or a name to look up in
 * PATH. NULL and *why when memory runs out. */
struct symbolizer *symbolizer_new(const char *program, struct fail *why);

/* symbolizer_patience sets how long one question may take, in milliseconds; 10000 at first. */
void symbolizer_patience(struct symbolizer *symbolizer, unsigned ms);

/* symbolizer_free ends the process and frees every answer. NULL is fine. */
void symbolizer_free(struct symbolizer *symbolizer);

/* symbolizer_lookup resolves an offset in a module to its inlined chain, innermost first. *symbols
 * (count returned) belongs to the symbolizer and lives as long as it does. Returns 0 when nothing
 * is known (no module, no program, no debug info), or the program doesn't answer in time; it is
 * then started anew, up to three times, and after that asked no more. */
size_t symbolizer_lookup(struct symbolizer *symbolizer, const char *module, uint64_t offset,
                         const struct symbol **symbols);

#endif
