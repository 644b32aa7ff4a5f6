/* bugs.h: the planted bugs, and whether everything we ship finds, names, shrinks and keeps each of
 * them.
 *
 *   bugs.c        what bug.json says
 *   bugs_all.c    builds, and several rows at a time
 *   bugs_run.c    one bug from its campaign to its C program
 *   bugs_show.c   tables and JSON
 *   cmd_bugs.c    the command */
#ifndef LEDGE_TOOLS_BUGS_H
#define LEDGE_TOOLS_BUGS_H

#include <stdint.h>

#include <jansson.h>

#include "campaign.h"
#include "minimize.h"

/* A planted bug as its bug.json describes it. */
struct bug_info {
    const struct bug *bug;
    json_t *json; /* owns what follows */
    const char *row, *title;
    const char **classes; /* any of these is right; NULL-terminated */
    const char **also;    /* other faces that it has, and which aren't it; likewise */
    bool hidden;          /* the patch has a shallower bug too, and the minimizer must meet it */
};

/* bug_info_read reads a bug's bug.json: "row", "title" and "class", and "also" and "hidden" if they
 * are there. False and *why when it is missing or wrong. */
bool bug_info_read(const struct bug *bug, struct bug_info *info, struct fail *why);

void bug_info_free(struct bug_info *info);

/* bug_class_fits says whether a crash_type is one of the classes: each is the whole type
 * ("Heap-buffer-overflow WRITE 4") or its first words ("Heap-buffer-overflow"). */
bool bug_class_fits(const char *const *classes, const char *type);

/* bug_is_it says whether a crash of the variant is the bug as it was to be found. One that isn't
 * hidden is alone in its patch, whatever it is called, unless it is by one of its other faces; a
 * hidden one is known by its class. */
bool bug_is_it(const struct bug_info *info, const char *type);

struct bug_options {
    unsigned seconds;
    unsigned jobs;       /* rows at a time */
    const char *engines; /* comma-separated; NULL: all */
    const char *keep;    /* a directory for the results, <keep>/<id>; NULL: they are thrown away */
};

/* How a check came out. */
enum check {
    CHECK_UNTRIED, /* something before it went wrong */
    CHECK_HOLDS,
    CHECK_FAILS,
};

/* What became of one bug; `why` says what went wrong first. */
struct bug_row {
    struct bug_info info;
    struct crash got;           /* as triage names it; not found: nothing was */
    char *build;                /* the sanitizer build that said so */
    char *engine, *sanitizer;   /* whose process found it */
    double seconds;             /* of fuzzing, until it was found, or all of it */
    uint64_t executions;        /* likewise */
    struct minimized minimized; /* bytes NULL: it didn't come to that */
    struct proof proof;
    char *directory;    /* with the result; NULL: none was kept */
    enum check named;   /* the class is one that bug.json lists */
    enum check fails;   /* the result fails in every run */
    enum check minimal; /* proof.holds */
    enum check c_same;  /* the C program fails with the same signature */
    enum check c_clean; /* and is fine on the library without the bug */
    enum check quiet;   /* so are the input that was found, and the result, under every build */
    bool built, interrupted;
    bool holds; /* all of it is as it should be */
    struct fail why;
};

/* bug_run fuzzes a bug that is built until it is found, and takes it through triage, minimizer and
 * C program; row->info is to be filled in. Progress goes to stderr, a line a step. The row is to be
 * given to bug_row_free. */
void bug_run(const struct manifest *manifest, const struct bug_options *options,
             struct bug_row *row);

void bug_row_free(struct bug_row *row);

/* bugs_regenerate lets CMake look for new bugs, after which the manifest is to be read again. */
bool bugs_regenerate(const struct manifest *manifest, struct fail *why);

/* What is told of a row: as JSON, as a line of the table, and whether it holds. */
typedef void bug_told(void *context, const json_t *row, const char *line, bool holds);

/* bugs_run_all builds the bugs and runs them, options->jobs at a time, each in a process of its
 * own: what a campaign and a minimizer make of signals and threads is the process's. `tell` hears
 * of the rows in their order. A signal ends them as it ends bug_run. False: it came. */
bool bugs_run_all(const struct manifest *manifest, const struct bug_options *options,
                  const struct bug_info *infos, size_t len, bug_told *tell, void *context);

/* bugs_width is the width of the column of ids. */
int bugs_width(const struct bug_info *infos, size_t len);

/* Lines of the table. For free(). */
char *bug_header_text(int width);
char *bug_row_text(const struct bug_row *row, int width);
json_t *bug_row_json(const struct bug_row *row);
json_t *bug_info_json(const struct bug_info *info);

/* bug_is_built says whether the variant's binaries are there. */
bool bug_is_built(const struct bug *bug);

#endif
