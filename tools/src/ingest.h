/* ingest.h: crashes from elsewhere, and what became of them, into a store.
 *
 * The same file twice is one crash; the same signature is the same issue. Each step is one
 * transaction of the store, so that a process may be killed anywhere and be run again. */
#ifndef LEDGE_TOOLS_INGEST_H
#define LEDGE_TOOLS_INGEST_H

#include "entry.h"
#include "minimize.h"
#include "store.h"

struct ingest;

/* What a file is in the store. */
struct ingested {
    int64_t crash; /* 0: it isn't in there, as there is no crash in it */
    int64_t issue; /* 0: none */
    bool known;    /* it was there before */
};

/* ingest_open opens or makes the store of a state directory. NULL and *why as store_open. */
struct ingest *ingest_open(const char *state, struct fail *why);

/* ingest_entry records a file that was triaged: its bytes, what was said of it, and the issue that
 * this makes it. An input that runs clean is kept as one that did not fail again; a log without a
 * crash is not kept. */
bool ingest_entry(struct ingest *ingest, const struct entry *entry, struct ingested *ingested,
                  struct fail *why);

/* ingest_close records the end, and closes the store. NULL is fine. */
void ingest_close(struct ingest *ingest);

/* What a result of minimizing belongs to. */
struct ingest_result {
    struct runner *runner;
    const struct target *target;
    const char *input;         /* the path of what was minimized */
    const struct build *build; /* whose signature was kept */
    const struct crash *crash;
    const void *bytes; /* the smallest input */
    size_t len;
};

/* ingest_minimized brings the issue of a result to "minimized". When the store knows neither the
 * input nor the signature, it is recorded first if `adopt`, else nothing is done and *issue is 0.
 */
bool ingest_minimized(struct store *store, const struct ingest_result *result, bool adopt,
                      int64_t *issue, struct fail *why);

/* ingest_result does it in the store of a state directory. Where that is NULL, the store is the
 * default one of the manifest's build, if there is one, and what it doesn't know is left out. */
bool ingest_result(const char *state, const struct manifest *manifest,
                   const struct ingest_result *result, struct fail *why);

#endif
