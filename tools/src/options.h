/* options.h: one way to read a command line, so that --help, --manifest, --json, --ignore and a
 * usage error are the same everywhere.
 *
 * A command describes itself in a `struct command` and gets its --help text from the same
 * description. */
#ifndef LEDGE_TOOLS_OPTIONS_H
#define LEDGE_TOOLS_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>

enum option_kind {
    OPTION_FLAG,   /* into: bool, set to true */
    OPTION_TEXT,   /* into: const char *, which points into argv */
    OPTION_NUMBER, /* into: unsigned; decimal, at least `least` */
};

struct option_def {
    const char *name; /* without the dashes */
    enum option_kind kind;
    const char *value; /* what --help calls the value: "N", "FILE"; NULL for a flag */
    const char *help;  /* one line */
    void *into;
    unsigned least;
};

struct command {
    const char *name;
    const char *synopsis; /* after the name: "PATH… [--target T]" */
    const char *purpose;  /* one paragraph */
    const char *notes;    /* examples and exit codes; may be NULL */
    const struct option_def *options;
    size_t options_len;
};

/* What every command has. */
struct arguments {
    const char *manifest; /* --manifest FILE, or NULL */
    bool json;
    char **at; /* what is not an option; into argv */
    size_t len;
};

/* options_parse reads argv[1…] (argv[0] is the command's name), and the files that --ignore and
 * $LEDGE_IGNORE name, into ignore.h's list. Returns -1 when the command should go on; otherwise the
 * exit code: --help was printed, a usage error, or a file that can't be read. */
int options_parse(const struct command *command, int argc, char **argv,
                  struct arguments *arguments);

/* usage_error prints a usage error of a command and returns EXIT_USAGE. */
int usage_error(const char *command, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* list_has says whether a comma-separated list holds name; a NULL list, and one with "all", hold
 * everything. */
bool list_has(const char *list, const char *name);

/* list_check finds the first part of a comma-separated list that is none of the NULL-terminated
 * names; NULL: all are. The answer is for free(). */
char *list_check(const char *list, const char *const *names);

#endif
