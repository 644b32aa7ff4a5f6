/* inputs.h: files for a target that has no engine. Needs LLVMFuzzerTestOneInput and nothing else of
 * the kit, so that it serves targets that aren't built on it as well.
 *
 * Functions that stand on the stack while the target runs are named kit_...: triage leaves them
 * out. */
#ifndef LEDGE_KIT_INPUTS_H
#define LEDGE_KIT_INPUTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "mapping.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct input {
    struct mapping mapping;
    size_t size;
};

/* input_read reads a whole file. Returns false, and the reason in errno. On true *input is for
 * input_free. */
bool input_read(const char *path, struct input *input);

void input_free(struct input *input);

/* input_cannot says on stderr why what was tried last failed, and returns the exit code for it. */
int input_cannot(const char *what);

/* kit_run_paths runs every file of a list that ends in NULL; directories are walked in sorted
 * order, without what starts with a dot. "ledge-run: PATH" goes to stderr before each. Returns 0,
 * or input_cannot's exit code when something couldn't be read. */
int kit_run_paths(char **paths);

/* What kit_run_paths calls after each file that was run; NULL: nothing. */
extern void (*kit_after_input)(const char *path);

#endif
