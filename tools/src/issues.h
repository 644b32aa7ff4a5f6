/* issues.h: from files to issues, from issues to root causes, and which comes first.
 *
 * - Files whose crashes have the same signature are one issue, whatever sanitizer saw them.
 * - Issues that different sanitizers name differently are linked into one when the builds of one
 *   input gave them these names at the same place, or when their states, or their source lines,
 *   are the same.
 * - Linked issues whose stacks are alike (similarity.h) make a cluster: most likely one root cause.
 *   Security matters and others never share one, nor do leaks, limits, or failed checks of
 *   different expressions.
 *
 * Memory is O(issues), not O(files). Not thread-safe. */
#ifndef LEDGE_TOOLS_ISSUES_H
#define LEDGE_TOOLS_ISSUES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "entry.h"
#include "files.h"
#include "severity.h"
#include "similarity.h"

#define ISSUES_NONE ((size_t)-1)

/* Where the tree of complete linkage is cut, as CASR does it. */
#define ISSUES_CUT 0.3

enum { ISSUE_EXAMPLES = 5 };

struct issue {
    struct entry shown; /* of its files, the one that shows it best: surest, then smallest */
    size_t files;
    double failures;          /* the sum of entry_rate over its files */
    struct paths examples;    /* the first ISSUE_EXAMPLES files */
    unsigned sanitizers;      /* a bit for each that has named it */
    size_t root;              /* the issue it is linked to; itself when it stands for its group */
    size_t linked;            /* of a root: issues of its group, itself among them */
    struct severity severity; /* of a root: the worst of its group */
    bool security;            /* of a root: of any of its group */
    size_t cluster;           /* from 1, in the order of looking; as the root's */
    uint64_t frames[SIMILARITY_FRAMES], sorted[SIMILARITY_FRAMES];
    size_t frames_len;
    uint64_t kind; /* only issues of one kind can share a cluster */
};

/* A root cause, in the order in which to look at them. */
struct cause {
    size_t *roots; /* indices of its issues, the worst first */
    size_t len;
    size_t files;
    double rate;              /* its share of all failures, 0 … 1 */
    struct severity severity; /* the worst of its issues */
    double score;             /* rate * severity.weight */
};

struct issues {
    struct issue *at;
    size_t len, cap;
    size_t files, crashes; /* files added, and those with a crash */
    double failures;       /* of all */
    struct cause *causes;  /* after issues_finish */
    size_t causes_len;
    size_t roots;   /* after issues_finish: how many issues there are */
    bool minimized; /* every input with a crash is minimized, and there is one */
    struct {
        char signature[17];
        size_t issue;
    } * table; /* open addressing */
    size_t table_cap, table_len;
    struct link {
        size_t a, b;
    } * links;
    size_t links_len, links_cap;
};

/* issues_add takes the entry (and leaves *entry empty when it keeps it; the caller gives *entry to
 * entry_free either way) and returns the index of its issue, or ISSUES_NONE without a crash.
 * Expected O(1), and the size of a new issue. */
size_t issues_add(struct issues *issues, struct entry *entry);

/* issues_finish links and clusters what was added, and puts the causes in order: highest share of
 * failures times weight of severity first. O(issues²), at worst; see cluster.h. */
void issues_finish(struct issues *issues);

void issues_free(struct issues *issues);

/* issues_root is the issue that stands for the group of an index that issues_add gave. */
const struct issue *issues_root(const struct issues *issues, size_t index);

/* issues_files counts the files of a root and of what is linked to it. O(issues). */
size_t issues_files(const struct issues *issues, size_t root);

#endif
