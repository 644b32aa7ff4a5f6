/* campaign.h: fuzz some targets for some time with both engines under all sanitizers, and name what
 * is found.
 *
 * Engine processes take turns on a number of slots, share one corpus per target, and their crashes
 * are saved at once, replayed, named and deduplicated. Everything is kept in a state directory
 * (store.h), where the next campaign goes on:
 *
 *   <state>/<target>/corpus            the shared inputs, named by content
 *   <state>/<target>/afl               AFL++'s own directory
 *   <state>/<target>/<engine>-<san>    what an engine drops, until it is saved */
#ifndef LEDGE_TOOLS_CAMPAIGN_H
#define LEDGE_TOOLS_CAMPAIGN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "manifest.h"
#include "store.h"

struct campaign_options {
    const char *state;      /* the state directory */
    unsigned seconds;       /* wall time, at least 1 */
    unsigned jobs;          /* engine processes at a time; 0: one per processor */
    unsigned seed;          /* of the engines' random numbers; 0: another one each time */
    const char *engines;    /* comma-separated; NULL: all */
    const char *sanitizers; /* comma-separated; NULL: all */
    /* Says of a newly named issue that fails again whether the campaign may end; NULL: it goes on
     * for all its seconds. */
    bool (*enough)(void *context, const struct crash *name);
    void *context;
    FILE *progress;         /* where status and news go; NULL: nowhere */
};

/* What became of one target. */
struct campaign_target {
    const struct target *target;
    uint64_t executions;
    double busy;     /* seconds, added over its engine processes */
    uint64_t edges;  /* the most that any build counted */
    uint64_t corpus; /* files */
    unsigned new_issues;
    uint64_t flaky; /* crashes kept that never failed again, over all campaigns */
};

/* What became of one engine × sanitizer of one target. */
struct campaign_instance {
    const char *target, *engine, *sanitizer;
    uint64_t executions;
    double busy;
    char *problem; /* why it could not run, or NULL */
};

struct campaign_issue {
    struct store_issue issue;
    bool is_new; /* found by this campaign first; false: known before, and seen again */
};

struct campaign_result {
    struct campaign_target *targets;
    size_t targets_len;
    struct campaign_instance *instances;
    size_t instances_len;
    struct campaign_issue *issues; /* seen in this campaign, in the order of their finding */
    size_t issues_len;
    size_t unnamed;   /* crashes saved that nobody had time to replay; the next campaign will */
    double seconds;   /* how long it ran */
    bool interrupted; /* by SIGINT or SIGTERM */
};

/* campaign_run runs one campaign; SIGINT, SIGTERM and SIGHUP end it early and cleanly. Returns
 * false and *why when it could not begin or not go on (no binary, corrupt store, full disk): what
 * was found until then is saved, and in *result, which is to be given to campaign_result_free in
 * either case. One at a time per process, from the main thread. */
bool campaign_run(const struct manifest *manifest, const struct target *const *targets,
                  size_t targets_len, const struct campaign_options *options,
                  struct campaign_result *result, struct fail *why);

void campaign_result_free(struct campaign_result *result);

#endif
