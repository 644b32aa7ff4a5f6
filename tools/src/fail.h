/* fail.h: how the tools report an error.
 *
 * A function that can fail for reasons outside the program (a file, a child process, the store) takes a
 * `struct fail *why`, returns false (or NULL), and leaves in it what went wrong and what to do next. The caller adds
 * nothing; `main` prints it once. Nothing here allocates, so that an out-of-memory can be reported too. */
#ifndef LEDGE_TOOLS_FAIL_H
#define LEDGE_TOOLS_FAIL_H

#include <stdbool.h>

/* Exit codes of every `ledge` command. */
enum {
    EXIT_FINE = 0,   /* done, and nothing bad was found */
    EXIT_FOUND = 1,  /* done, and something was found: a crash, a mismatch, a row that does not hold */
    EXIT_USAGE = 2,  /* the command line is wrong */
    EXIT_CANNOT = 3, /* the work could not be done: missing, unreadable, corrupt, full */
};

struct fail {
    char what[512]; /* one line: "manifest.json: line 3: '}' expected" */
    char next[512]; /* one line: what the user can do; may be empty */
};

/* fail_set fills *why and returns false, so that `return fail_set(why, "…", …)` is the whole error path. The message is
 * cut at 511 bytes. */
bool fail_set(struct fail *why, const char *next, const char *format, ...) __attribute__((format(printf, 3, 4)));

/* fail_print writes *why to stderr as "ledge: <what>\n  <next>\n". */
void fail_print(const struct fail *why);

#endif
