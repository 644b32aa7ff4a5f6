/* store_chain.h: the ledger, which says what happened to every row, and lets a changed byte be
 * found.
 *
 * Each entry has a number, a time, an event ("kept", "named", "minimized" …), the row it is about
 * (table and id), a remark, the SHA-256 of that row as it was left, the hash of the entry before,
 * and its own hash: SHA-256 over the eight other columns as text, each after its length (digest.h).
 * A row's digest is SHA-256 over its columns in the table's order: for each the type's letter
 * (i, r, t, n) and the value, both as fields; numbers as their eight bytes, least first.
 *
 * So no row can be changed, added or taken away without the ledger disagreeing, and no entry
 * without all that follow. The end of the ledger is what could be cut off unseen:
 * <state>/ledger.head holds the number and hash of the last entry, written and synced after each
 * transaction. It may be behind (the process was killed in between), never ahead. Whoever can write
 * both files can still rewrite history: `ledge verify` prints the last hash, to be noted elsewhere.
 */
#ifndef LEDGE_TOOLS_STORE_CHAIN_H
#define LEDGE_TOOLS_STORE_CHAIN_H

#include "digest.h"
#include "store_parts.h"

/* chain_note adds an entry about a row that was just written, within a transaction. */
bool chain_note(struct store *store, const char *event, const char *table, int64_t row,
                const char *remark, struct fail *why);

/* chain_row_digest is the digest of a row as it is now; false when there is no such row, or an
 * error. */
bool chain_row_digest(struct store *store, const char *table, int64_t row, char hex[DIGEST_HEX]);

/* chain_open_head opens or makes ledger.head for writing; chain_lock keeps other writers out until
 * chain_unlock, and gives up after STORE_BUSY_MS. */
bool chain_open_head(struct store *store, struct fail *why);
bool chain_lock(struct store *store, struct fail *why);
void chain_unlock(struct store *store);

/* chain_write_head says how long the ledger is now; after the transaction. */
bool chain_write_head(struct store *store, struct fail *why);

/* chain_empty_head says that there is none yet; before the tables are made. */
bool chain_empty_head(struct store *store, struct fail *why);

/* What ledger.head says. */
struct chain_head {
    bool there;  /* false: no such file, or an empty one */
    bool whole;  /* it can be read */
    int64_t len; /* entries */
    char hash[DIGEST_HEX];
};

void chain_read_head(const struct store *store, struct chain_head *head);

/* chain_check_head refuses a ledger that is shorter than, or other than, ledger.head says: whoever
 * went on writing would hide it. */
bool chain_check_head(struct store *store, struct fail *why);

/* An entry. Texts are lent for the time of the call. */
struct chain_entry {
    int64_t seq;
    const char *time, *event, *table, *row, *remark, *digest, *previous, *hash;
};

/* chain_hash is what an entry's hash must be. */
void chain_hash(const struct chain_entry *entry, char hex[DIGEST_HEX]);

/* chain_read fills an entry from a row of SELECT * FROM ledger; valid until the next step. */
void chain_read(sqlite3_stmt *statement, struct chain_entry *entry);

/* The hash that the first entry names as the one before it. */
extern const char chain_origin[DIGEST_HEX];

#endif
