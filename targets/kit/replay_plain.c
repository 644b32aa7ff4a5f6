/* The standalone replayer of a target that isn't built on the kit: it runs inputs. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "inputs.h"
#include "measure.h"
#include "serve.h"

enum { EXIT_HELP = 2 };

static const char usage[] =
    "usage: %s PATH...             run every file; directories are walked in sorted order\n"
    "       %s --features FILE MS  what each input on stdin exercises (for `ledge corpus`: "
    "kit/measure.h)\n"
    "       %s --serve             fork for each input on standard input (kit/serve.h)\n"
    "\n"
    "\"ledge-run: PATH\" goes to stderr before each input, so that the last one names the input "
    "that ended the process.\n"
    "Exit: 0 all inputs ran; 2 usage, or a file could not be read; anything else is the "
    "sanitizer's or the signal's.\n";

static int help(FILE *out, const char *self)
{
    fprintf(out, usage, self, self, self);
    return out == stdout ? 0 : EXIT_HELP;
}

int main(int argc, char **argv)
{
    const char *option = argc > 1 ? argv[1] : "";
    if (strcmp(option, "--help") == 0)
        return help(stdout, argv[0]);
    if (strcmp(option, "--serve") == 0)
        return kit_serve(LLVMFuzzerTestOneInput);
    if (strcmp(option, "--features") == 0 && argc == 4)
        return measure_inputs(argv[2], (unsigned)strtoul(argv[3], NULL, 10), NULL);
    return argc < 2 || option[0] == '-' ? help(stderr, argv[0]) : kit_run_paths(argv + 1);
}
