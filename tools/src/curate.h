/* curate.h: a minimized crash as a reproducer, which the regression test runs by its being there:
 *
 *   <crashes>/reproducers/<target>/<slug>/input        what fails
 *                                         program.txt  the same for people   } of a kit
 *                                         repro.c      the same without us   } target
 *                                         report.json  what it is, as `ledge minimize` writes it,
 *                                                      with "slug" and "expect"
 *
 * "expect" is "quiet": the regression test fails as long as the input does; or "open": the bug is
 * known and not mended yet, and the regression test fails when the input fails in another way, or
 * not at all.
 *
 * A directory appears whole or not at all: it is written beside its place, synced and renamed. */
#ifndef LEDGE_TOOLS_CURATE_H
#define LEDGE_TOOLS_CURATE_H

#include <jansson.h>

#include "manifest.h"
#include "runner.h"

/* A result of `ledge minimize`, tried again. */
struct candidate {
    const struct target *target;
    const char *directory;     /* of the result; it has input and report.json */
    const struct build *build; /* that it fails under */
    struct crash crash;        /* how it fails there now */
    unsigned hits, tries;      /* how often in that way, of how many runs */
    bool minimal;              /* as the report says */
};

/* curate_check reads a result and runs it again, in a process of its own each time. False and *why
 * when the directory isn't a result, or it can't be run. On true *candidate is for
 * candidate_free; that it doesn't fail, or not each time, is told by hits. */
bool curate_check(const struct manifest *manifest, struct runner *runner, const char *directory,
                  struct candidate *candidate, struct fail *why);

void candidate_free(struct candidate *candidate);

/* curate_place puts a candidate among the reproducers. *directory is where, for free(); *there
 * tells that its signature had a reproducer already, which is left as it is. */
bool curate_place(const struct manifest *manifest, const struct candidate *candidate,
                  const char *expect, char **directory, bool *there, struct fail *why);

/* curate_find finds the reproducer that a path, a "target/slug" or a slug means; for free(). NULL
 * and *why when there is none, or more than one. */
char *curate_find(const struct manifest *manifest, const char *text, struct fail *why);

/* curate_expect changes what the report of a reproducer expects. */
bool curate_expect(const char *directory, const char *expect, struct fail *why);

/* curate_report reads a directory's report.json; for json_decref. NULL and *why when it isn't
 * there, or is none. */
json_t *curate_report(const char *directory, struct fail *why);

#endif
