/* manifest.h: what the build tells the tools about targets.
 *
 * The tools are not linked to any target: all they know is in this JSON file, which CMake writes (build/manifest.json) or
 * which another project writes by hand. The layout is documented at the top of manifest.c. */
#ifndef LEDGE_TOOLS_MANIFEST_H
#define LEDGE_TOOLS_MANIFEST_H

#include <stdbool.h>
#include <stddef.h>

#include "fail.h"

struct build {
    const char *engine;    /* "libfuzzer", "afl" or "replay"; "command" for a target's command */
    const char *sanitizer; /* "asan", "ubsan", "tsan", "msan", "none", "cmplog", "edges" or
                            * "coverage" */
    const char *binary;    /* absolute path */
};

/* How to compile an emitted C program so that it meets the same library under the same sanitizer. */
struct repro_flavour {
    const char *sanitizer;
    const char *const *flags; /* NULL-terminated */
    const char *library;
};

struct target {
    const char *name;
    unsigned format_version;
    bool kit; /* built on the kit: can print, emit C, and be minimized by operations */
    const char *source;
    const char *dictionary; /* NULL: none, as the next two */
    const char *corpus;
    const char *mutator;
    unsigned timeout_ms, rss_mb, max_len;
    unsigned malloc_mb; /* what one request for memory may be for; 0: any, and NULL is the answer
                           to more than rss_mb */
    const struct build *builds;
    size_t builds_len;
    const char *repro_cc;
    const char *const *repro_cflags; /* NULL-terminated */
    const struct repro_flavour *repro;
    size_t repro_len;
    /* What no manifest has: a command that somebody typed, in place of a target. */
    const char *const *command; /* NULL-terminated; "@@" stands for the input, else it is stdin */
    const char *command_line;   /* the same as it was typed */
    const char *suffix;         /* what its inputs' names have to end with; NULL: anything */
    unsigned exit_code;         /* an end with this code is a crash; 0: none is */
};

struct bug {
    const char *id;           /* the directory's name under crashes/planted */
    const char *build_target; /* what to ask CMake for */
    const char *file;         /* its bug.json */
    struct target variant;    /* the target built on the patched library */
};

struct manifest {
    const char *path;
    const char *root, *build, *crashes, *cmake, *symbolizer;
    const char *afl_fuzz; /* NULL: AFL++ is not there */
    const char *llvm_cov, *llvm_profdata; /* NULL: not there */
    const char *const *sources; /* what coverage is counted of: files and directories, NULL-terminated; NULL: nothing */
    const struct target *targets;
    size_t targets_len;
    const struct bug *bugs;
    size_t bugs_len;
};

/* manifest_load reads and checks the manifest at path; NULL means $LEDGE_MANIFEST, else the one beside the running
 * program (../manifest.json from its directory). Everything it points to belongs to the manifest and lives until
 * manifest_free. Returns NULL and *why when the file is missing, unreadable, not JSON, of another format version, or lacks
 * a field; binaries are not checked for existence here (they may not be built yet). */
const struct manifest *manifest_load(const char *path, struct fail *why);

void manifest_free(const struct manifest *manifest);

/* manifest_target finds a target by name; a miss lists the names there are in *why. */
const struct target *manifest_target(const struct manifest *manifest, const char *name, struct fail *why);

/* manifest_select finds the targets of a list of names; an empty list means all of them. *targets is for free(). */
bool manifest_select(const struct manifest *manifest, char *const *names, size_t names_len,
                     const struct target ***targets, size_t *len, struct fail *why);

/* target_build finds the build of an engine and sanitizer, or NULL. */
const struct build *target_build(const struct target *target, const char *engine, const char *sanitizer);

#endif
