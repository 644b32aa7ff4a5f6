/* minimize_command.h: a command that somebody typed, as a target with one build. */
#ifndef LEDGE_TOOLS_MINIMIZE_COMMAND_H
#define LEDGE_TOOLS_MINIMIZE_COMMAND_H

#include "manifest.h"

struct command_options {
    unsigned timeout_ms; /* 0: 5000 */
    unsigned exit_code;  /* an end with it is a crash; 0: none is */
    const char *input;   /* its inputs are named as this path ends: "x.png"; NULL: anyhow */
};

/* A target for a runner, and what it is made of. */
struct command_target {
    struct target target;
    struct build build;
    char **words;
    char *name, *binary;
};

/* command_target_make splits a command line into words: by blanks, with '…' and "…" and \ as in a
 * shell, and nothing else of one. The program is looked up in PATH. False and *why when it has no
 * program, a quote that doesn't end, or a program that isn't there. On true *out is for
 * command_target_free, and must not move; line and options->input must outlive it. */
bool command_target_make(const char *line, const struct command_options *options,
                         struct command_target *out, struct fail *why);

void command_target_free(struct command_target *command);

/* command_manifest is what a runner wants of a manifest where there is none: a symbolizer, which is
 * $LLVM_SYMBOLIZER, or one that PATH has. */
struct manifest command_manifest(void);

/* program_find is where a shell would find a program, for free(); NULL: nowhere. */
char *program_find(const char *program);

#endif
