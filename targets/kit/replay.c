/* The standalone replayer: a target without an engine. Runs inputs, and answers what the table
 * knows. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "account.h"
#include "emit_c.h"
#include "generate.h"
#include "hash.h"
#include "inputs.h"
#include "measure.h"
#include "memory.h"
#include "run.h"
#include "serve.h"
#include "text.h"

enum { EXIT_INPUT = 2, EMIT_SECONDS = 30 };

static const char usage[] =
    "usage: %s PATH...            run every file; directories are walked in sorted order\n"
    "       %s --print FILE       the program in FILE, one call a line\n"
    "       %s --json FILE        the same for tools: offsets, handles, numbers that can be "
    "lowered\n"
    "       %s --emit-c FILE      a standalone C program that makes the same calls\n"
    "       %s --stats PATH...    run, then print calls, statuses and pointer x length x alignment "
    "cells\n"
    "       %s --account PATH...  run, then print the same as JSON\n"
    "       %s --hash PATH...     run, then print a hash of what each did and of them all "
    "(kit/hash.h)\n"
    "       %s --table            the operations and their arguments, as JSON\n"
    "       %s --dict             the dictionary for libFuzzer and AFL++\n"
    "       %s --seeds DIR        write the seed corpus into DIR\n"
    "       %s --features FILE MS  what each input on stdin exercises (for `ledge corpus`: "
    "kit/measure.h)\n"
    "       %s --serve            fork for each input on standard input (kit/serve.h)\n"
    "\n"
    "Every byte string is a program. \"ledge-run: PATH\" goes to stderr before each input, so that "
    "the last one names the\n"
    "input that ended the process. Exit: 0 all inputs ran; 1 --emit-c and the program did not "
    "fail; 2 usage, or a file\n"
    "could not be read or written; anything else is the sanitizer's or the signal's.\n";

static int show(const char *path, void (*write)(FILE *, const struct kit_call *, size_t))
{
    static struct kit_call calls[KIT_CALLS];
    static _Alignas(KIT_REGION) uint8_t stack_block[KIT_REGION];
    struct input input;
    if (!input_read(path, &input))
        return input_cannot(path);
    kit_memory_begin(stack_block);
    write(stdout, calls,
          kit_decode(kit_target.ops, kit_ops_count(), input.mapping.bytes, input.size, calls));
    input_free(&input);
    return fflush(stdout) == 0 ? 0 : input_cannot("stdout");
}

static int emit(const char *path)
{
    static _Alignas(KIT_REGION) uint8_t stack_block[KIT_REGION];
    struct input input;
    bool failed;
    if (!input_read(path, &input))
        return input_cannot(path);
    kit_memory_begin(stack_block);
    if (!kit_emit_c(stdout, input.mapping.bytes, input.size, EMIT_SECONDS, &failed) ||
        fflush(stdout) != 0)
        return input_cannot(path);
    input_free(&input);
    return failed ? 0 : 1;
}

static int account_for(char **paths, void (*account)(FILE *))
{
    kit_accounting = true;
    const int result = kit_run_paths(paths);
    account(stdout);
    return result;
}

static uint64_t hash_of_all = 1;

static void print_hash(const char *path)
{
    const uint64_t hash = kit_hash_take();
    hash_of_all = hash_of_all * UINT64_C(0x100000001b3) ^ hash;
    printf("%016" PRIx64 "  %s\n", hash, path);
}

static int hash_runs(char **paths)
{
    kit_hashing = true;
    kit_after_input = print_hash;
    const int result = kit_run_paths(paths);
    printf("%016" PRIx64 "\n", hash_of_all);
    return fflush(stdout) == 0 ? result : input_cannot("stdout");
}

static size_t take_cells(uint32_t *out)
{
    return kit_account_take(kit_target.ops, kit_ops_count(), out);
}

static int features(const char *path, const char *timeout_ms)
{
    kit_accounting = true;
    const struct measure_cells cells = {(uint32_t)kit_account_numbers(kit_ops_count()), take_cells};
    return measure_inputs(path, (unsigned)strtoul(timeout_ms, NULL, 10), &cells);
}

static int help(FILE *out, const char *self)
{
    fprintf(out, usage, self, self, self, self, self, self, self, self, self, self, self, self);
    return out == stdout ? 0 : EXIT_INPUT;
}

int main(int argc, char **argv)
{
    const char *option = argc > 1 ? argv[1] : "";
    if (strcmp(option, "--help") == 0)
        return help(stdout, argv[0]);
    if (strcmp(option, "--table") == 0)
        return kit_write_table(stdout), 0;
    if (strcmp(option, "--dict") == 0)
        return kit_write_dictionary(stdout), 0;
    if (strcmp(option, "--serve") == 0)
        return kit_serve(LLVMFuzzerTestOneInput);
    if (argc < 2 || (option[0] == '-' && argc < 3))
        return help(stderr, argv[0]);
    if (strcmp(option, "--print") == 0)
        return show(argv[2], kit_write_program);
    if (strcmp(option, "--json") == 0)
        return show(argv[2], kit_write_json);
    if (strcmp(option, "--emit-c") == 0)
        return emit(argv[2]);
    if (strcmp(option, "--seeds") == 0)
        return kit_write_seeds(argv[2]) ? 0 : input_cannot(argv[2]);
    if (strcmp(option, "--stats") == 0)
        return account_for(argv + 2, kit_account_print);
    if (strcmp(option, "--account") == 0)
        return account_for(argv + 2, kit_account_json);
    if (strcmp(option, "--hash") == 0)
        return hash_runs(argv + 2);
    if (strcmp(option, "--features") == 0 && argc == 4)
        return features(argv[2], argv[3]);
    return option[0] == '-' ? help(stderr, argv[0]) : kit_run_paths(argv + 1);
}
