/* regress.h: reproducers of bugs that are known and not mended yet ("expect": "open", curate.h).
 *
 * Every other kept input has to run clean. One of these has to fail, under the build that its
 * report.json names, with the signature that is there: quiet, it is news that shall not be missed,
 * for whoever mends a bug has to say so, or its return would pass for what is known. */
#ifndef LEDGE_TOOLS_REGRESS_H
#define LEDGE_TOOLS_REGRESS_H

#include <jansson.h>

#include "manifest.h"
#include "runner.h"

enum open_verdict {
    OPEN_UNSEEN, /* not run: another build was asked for */
    OPEN_STILL,  /* it fails as it is known to */
    OPEN_OTHER,  /* it fails in another way */
    OPEN_QUIET,
};

struct open_case {
    const struct target *target;
    char *input, *slug, *sanitizer, *signature;
    enum open_verdict verdict;
    struct crash crash; /* how it failed, if it did */
};

struct open_cases {
    struct open_case *at;
    size_t len;
};

/* regress_add adds an input if the report.json beside it says that its bug is open, and tells
 * whether it did. */
bool regress_add(struct open_cases *cases, const struct target *target, const char *input);

/* regress_run runs each under the build it fails under, unless `builds` (a comma-separated list, or
 * NULL) leaves that out. False and *why when one can't be run. */
bool regress_run(struct open_cases *cases, const struct manifest *manifest, const char *builds,
                 struct fail *why);

/* regress_broken counts those that do not fail as they are known to. */
size_t regress_broken(const struct open_cases *cases);

/* regress_print prints a line or two about each; regress_json makes an array of objects. */
void regress_print(const struct open_cases *cases);
json_t *regress_json(const struct open_cases *cases);

void regress_free(struct open_cases *cases);

#endif
