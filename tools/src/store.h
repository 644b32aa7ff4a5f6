/* store.h: what campaigns have found, so that nothing is lost and nothing is reported twice.
 *
 * A state directory holds store.db (SQLite, WAL, synchronous=FULL) and the inputs themselves, named
 * by their content:
 *
 *   <state>/store.db
 *   <state>/crashes/<target>/<32 hex digits>
 *
 * An input is written and synced before it is recorded. Whatever ends the process in between,
 * store_adopt finds it again. A store serves one thread; a lock file keeps a second campaign out.
 */
#ifndef LEDGE_TOOLS_STORE_H
#define LEDGE_TOOLS_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "crash.h"

struct store;

/* Where a crash came from. */
struct store_origin {
    const char *target, *engine, *sanitizer;
    double seconds;      /* since the campaign began */
    uint64_t executions; /* of the whole campaign until then */
};

/* A crash as recorded. Texts are owned. */
struct store_crash {
    int64_t id;
    char *artifact; /* the path of the input */
    char *target, *engine, *sanitizer;
};

/* An issue as recorded. Texts are owned. */
struct store_issue {
    int64_t id;
    char *target, *signature, *type, *state, *class_;
    char *build;              /* the sanitizer build that named it */
    char *engine, *sanitizer; /* what found it first */
    char *artifact;           /* the path of the first input that showed it */
    bool security;
    unsigned hits, runs; /* how often that input failed when replayed */
    uint64_t count;      /* crashes seen, over all campaigns */
    uint64_t executions; /* until it was found first, in the campaign that found it */
    double seconds;
};

/* store_open opens or makes the store of a state directory. NULL and *why when it can't be made, is
 * in use, or is corrupt; a corrupt one is left as it is. */
struct store *store_open(const char *directory, struct fail *why);

void store_close(struct store *store);

/* store_keep saves an input durably and records it as a crash without a name. The artifact's name
 * depends only on the bytes, so the same input of the same target has one record: *known then is
 * true. *crash is filled; give it to store_crash_free. */
bool store_keep(struct store *store, const struct store_origin *origin, const void *bytes,
                size_t len, struct store_crash *crash, bool *known, struct fail *why);

void store_crash_free(struct store_crash *crash);

/* store_adopt records the inputs of a target that are on disk but not in the store. */
bool store_adopt(struct store *store, const char *target, struct fail *why);

/* store_unnamed lists the crashes of a target that have no name yet. *crashes is for free, each for
 * store_crash_free. */
bool store_unnamed(struct store *store, const char *target, struct store_crash **crashes,
                   size_t *len, struct fail *why);

/* store_known is the issue that a signature of a target belongs to; 0: none. */
int64_t store_known(struct store *store, const char *target, const char *signature);

/* store_count says that this crash is another of an issue. */
bool store_count(struct store *store, const struct store_crash *crash, int64_t issue,
                 struct fail *why);

/* store_name makes an issue out of a crash. build is the sanitizer build that said `name`; the
 * signatures of `also`, what other builds said of the same mistake, will be known as this issue
 * too. One transaction. */
bool store_name(struct store *store, const struct store_crash *crash, const char *build,
                const struct crash *name, const struct crash *const *also, size_t also_len,
                unsigned hits, unsigned runs, int64_t *issue, struct fail *why);

/* store_flaky says that a crash did not fail again in so many runs and has no name: it is kept, and
 * not tried again. */
bool store_flaky(struct store *store, const struct store_crash *crash, unsigned runs,
                 struct fail *why);

/* store_flaky_count is how many of those a target has. */
uint64_t store_flaky_count(struct store *store, const char *target);

/* store_issue reads one issue; store_issues lists the ids of a target's issues in the order of
 * their finding (for free). */
bool store_issue(struct store *store, int64_t id, struct store_issue *issue, struct fail *why);
bool store_issues(struct store *store, const char *target, int64_t **ids, size_t *len,
                  struct fail *why);
void store_issue_free(struct store_issue *issue);

/* store_id writes the name of some bytes: the hexadecimal digits of their 128-bit xxHash. */
void store_id(const void *bytes, size_t len, char id[33]);

#endif
