/* store.h: what was found, so that nothing is lost, nothing is told twice, and everything leads to
 * where it came from.
 *
 * A state directory holds a database (SQLite, WAL, synchronous=FULL) and files named by their
 * content:
 *
 *   <state>/store.db               issues, crashes, builds, campaigns, the ledger (store_schema.c)
 *   <state>/ledger.head            how long the ledger is (store_chain.h)
 *   <state>/crashes/<target>/<id>  inputs           } id: 32 hex digits, by store_id
 *   <state>/minimized/<target>/<id>                 }
 *   <state>/logs/<id>              what processes said before they died
 *
 * A file is written and synced before it is recorded; whatever ends the process in between,
 * store_adopt finds the input again. Everything that changes a row is one transaction, which also
 * adds to the ledger (store_chain.h). One `struct store` serves one thread; several processes may
 * have one store open, of which one may be a campaign.
 *
 *   store.c           opening, transactions, errors      store_schema.c    tables, older formats
 *   store_files.c     artifacts, builds, campaigns       store_chain.c     the ledger
 *   store_crashes.c   crashes                            store_issues.c    issues and their states
 *   store_show.c      everything about one of them       store_audit.c     `ledge verify` */
#ifndef LEDGE_TOOLS_STORE_H
#define LEDGE_TOOLS_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "crash.h"

struct store;

enum store_mode {
    STORE_READ,     /* look only; works while others write */
    STORE_WRITE,    /* record; may be beside a campaign */
    STORE_CAMPAIGN, /* the one campaign */
};

/* Where a crash came from. Texts that aren't known may be NULL, but for target, engine, sanitizer.
 */
struct store_origin {
    const char *target, *engine, *sanitizer;
    double seconds;      /* since the campaign began */
    uint64_t executions; /* of the whole campaign until then */
    const char *binary;  /* the program that failed */
    const char *source;  /* the file it was read from */
    const void *log;     /* what the program said */
    size_t log_len;      /* 0: nothing is known */
};

/* What a run showed: why a crash has a name, or none. */
struct store_evidence {
    const char *engine, *sanitizer, *binary; /* the build; binary NULL: unknown */
    const void *log;
    size_t log_len;
    const struct crash *report; /* NULL: it ran clean */
    unsigned hits, runs;        /* how often it failed, of how many runs; 0 of 0: only heard of */
};

/* A crash as recorded. Texts are owned. */
struct store_crash {
    int64_t id;
    char *artifact; /* the path of the input; NULL: only a log is known */
    char *target, *engine, *sanitizer;
    char *status;  /* store_state.h */
    int64_t issue; /* 0: none */
};

/* An issue as recorded. Texts are owned. */
struct store_issue {
    int64_t id;
    char *target, *signature, *type, *state, *class_;
    char *status; /* store_state.h */
    bool security;
    char *build;              /* the sanitizer build that named it */
    char *engine, *sanitizer; /* what found it first */
    char *artifact;           /* the path of an input that shows it; NULL: only a log is known */
    char *minimized;          /* the path of the smallest; NULL: none yet */
    char *reproducer;         /* the directory of the curated one; NULL: none yet */
    unsigned hits, runs;      /* how often that input failed when replayed */
    uint64_t count;           /* crashes seen, over all campaigns */
    uint64_t executions;      /* until it was found first, in the campaign that found it */
    double seconds;
};

/* store_open opens the store of a state directory; the writing modes make it, and bring an older
 * format up to date. NULL and *why when it can't be made, is another campaign's, is corrupt, of a
 * newer format or of another program; it is then left as it is. */
struct store *store_open(const char *directory, enum store_mode mode, struct fail *why);

/* store_exists says whether the directory has a store. */
bool store_exists(const char *directory);

void store_close(struct store *store);

/* store_campaign records that something begins which will keep crashes: kind "fuzz", "triage" …,
 * with this process's command line. What is kept before is put down to a campaign "unknown". */
bool store_campaign(struct store *store, const char *kind, struct fail *why);

/* store_campaign_end records the end of it: "done", "interrupted", or why it failed. A campaign
 * that was killed has no end. */
bool store_campaign_end(struct store *store, const char *outcome, uint64_t executions,
                        struct fail *why);

/* store_keep saves an input durably, with what is known of it, and records it as a crash without a
 * name. The artifact's name depends only on the bytes, so the same input of the same target has one
 * record: *known then is true. *crash is filled; give it to store_crash_free. */
bool store_keep(struct store *store, const struct store_origin *origin, const void *bytes,
                size_t len, struct store_crash *crash, bool *known, struct fail *why);

/* store_keep_log does it for a crash of which there is a log alone, origin->log. */
bool store_keep_log(struct store *store, const struct store_origin *origin,
                    struct store_crash *crash, bool *known, struct fail *why);

void store_crash_free(struct store_crash *crash);

/* store_find_input finds the crash of a target that has this input; crash->id is 0 if there is
 * none. */
bool store_find_input(struct store *store, const char *target, const void *bytes, size_t len,
                      struct store_crash *crash, struct fail *why);

/* store_find_log does it for one that has a log alone, origin->log. */
bool store_find_log(struct store *store, const struct store_origin *origin,
                    struct store_crash *crash, struct fail *why);

/* store_adopt records the inputs of a target that are on disk but not in the store. */
bool store_adopt(struct store *store, const char *target, struct fail *why);

/* store_unnamed lists the crashes of a target that have no name yet. *crashes is for free, each for
 * store_crash_free. */
bool store_unnamed(struct store *store, const char *target, struct store_crash **crashes,
                   size_t *len, struct fail *why);

/* store_known is the issue that a signature of a target belongs to; 0: none. */
int64_t store_known(struct store *store, const char *target, const char *signature);

/* store_count says that this crash is another of an issue. One that was fixed is open again, and
 * *back (unless NULL) tells so. */
bool store_count(struct store *store, const struct store_crash *crash, int64_t issue,
                 const struct store_evidence *evidence, bool *back, struct fail *why);

/* store_name makes an issue out of a crash, named by evidence->report; the signatures of `also`,
 * what other builds said of the same mistake, will be known as this issue too. One transaction. */
bool store_name(struct store *store, const struct store_crash *crash,
                const struct store_evidence *evidence, const struct crash *const *also,
                size_t also_len, int64_t *issue, struct fail *why);

/* store_flaky says that a crash did not fail again and has no name: it is kept, and not tried
 * again. */
bool store_flaky(struct store *store, const struct store_crash *crash,
                 const struct store_evidence *evidence, struct fail *why);

/* store_problem says that a crash could not be replayed, and why: it stays without a name, and is
 * tried again. *attempts is how often that has happened. */
bool store_problem(struct store *store, const struct store_crash *crash, const char *problem,
                   unsigned *attempts, struct fail *why);

/* store_flaky_count is how many crashes of a target did not fail again. */
uint64_t store_flaky_count(struct store *store, const char *target);

/* store_issue reads one issue; for store_issue_free. */
bool store_issue(struct store *store, int64_t id, struct store_issue *issue, struct fail *why);
void store_issue_free(struct store_issue *issue);

/* store_move brings an issue into a state (store_state.h), `reason` is for the ledger. It is an
 * error, which names the legal steps, when there is no such step; to be there already is fine. */
bool store_move(struct store *store, int64_t issue, const char *to, const char *reason,
                struct fail *why);

/* store_minimized keeps the smallest input of an issue and advances it to "minimized", if it isn't
 * further already. store_curated notes the directory of its reproducer and advances it to
 * "curated". */
bool store_minimized(struct store *store, int64_t issue, const void *bytes, size_t len,
                     struct fail *why);
bool store_curated(struct store *store, int64_t issue, const char *directory, struct fail *why);

/* store_duplicate says that an issue is the same mistake as another. */
bool store_duplicate(struct store *store, int64_t issue, int64_t original, struct fail *why);

/* store_id writes the name of some bytes: the hexadecimal digits of their 128-bit xxHash. */
void store_id(const void *bytes, size_t len, char id[33]);

#endif
