/* store_audit.h: does everything in a store still hold?
 *
 * What is found: any changed byte of an artifact; any change to the database that changes what a
 * query can read (a row's column, a row more or fewer, an entry of the ledger, a table, an index or
 * a trigger); an end of the ledger that was cut off; a row that leads nowhere. What is not found,
 * because nobody reads it: bytes of free pages, of unused space within pages, and of the counters
 * in the file's header. */
#ifndef LEDGE_TOOLS_STORE_AUDIT_H
#define LEDGE_TOOLS_STORE_AUDIT_H

#include "digest.h"
#include "store.h"

struct audit {
    /* Is told what doesn't hold, a line each. */
    void (*problem)(void *context, const char *text);
    void *context;
    const char *holds; /* a hash that the ledger must have, or NULL */
    size_t problems;
    int64_t entries, rows, artifacts; /* looked at */
    char head[DIGEST_HEX];            /* the last entry's hash */
    int64_t behind;                   /* entries that ledger.head doesn't know yet */
};

/* store_audit looks at all of it, as it is at one moment: others may go on writing. False and *why
 * when it can't look; what doesn't hold is no failure of this function. O(store). */
bool store_audit(struct store *store, struct audit *audit, struct fail *why);

#endif
