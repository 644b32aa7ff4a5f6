/* generate.h: what can be derived from a target's table without running it: a dictionary and a seed
 * corpus. Both are checked in, and a test compares them with what these functions write. */
#ifndef LEDGE_KIT_GENERATE_H
#define LEDGE_KIT_GENERATE_H

#include <stdbool.h>
#include <stdio.h>

/* kit_write_dictionary writes one token per operation with its simplest arguments, in the syntax
 * that libFuzzer and AFL++ share. */
void kit_write_dictionary(FILE *out);

/* kit_write_seeds writes the seed files into an existing directory: each operation alone, a few
 * random programs from fixed seeds, and programs that reach every cell (cells.h). False with errno
 * set when a file could not be written. */
bool kit_write_seeds(const char *directory);

#endif
