/* store_parts.h: what the files of the store share among themselves; nobody else includes it. */
#ifndef LEDGE_TOOLS_STORE_PARTS_H
#define LEDGE_TOOLS_STORE_PARTS_H

#include <sqlite3.h>

#include "store.h"

#define STORE_FORMAT 2

enum { STORE_BUSY_MS = 10000 }; /* how long another process's transaction is waited for */

struct store {
    sqlite3 *db;
    char *directory, *path;
    enum store_mode mode;
    int lock, head; /* file descriptors, or -1 */
    int64_t campaign;
    bool chained;                  /* the transaction in hand has added to the ledger */
    struct known_binary *binaries; /* store_files.c; those read so far */
    size_t binaries_len;
};

/* store.c */

/* Says what SQLite has against it; always false. */
bool store_complain(struct store *store, struct fail *why);
/* The store is damaged; always false. */
bool store_corrupt(struct store *store, struct fail *why, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Takes the lock that says that a campaign is running here, until the store is closed. */
bool store_lock(struct store *store, struct fail *why);

/* Prepares a statement and binds its parameters: one letter of `types` each, t text (NULL is NULL),
 * i int64_t, n int64_t of which 0 is NULL, r double. NULL on failure. */
sqlite3_stmt *store_prepare(struct store *store, const char *sql, const char *types, ...);
/* Runs a prepared statement that returns nothing, and finalizes it; NULL is a failure. */
bool store_finish(struct store *store, sqlite3_stmt *statement, struct fail *why);
/* The first column of the first row, and finalizes it; `none` when there is no row. */
int64_t store_number(sqlite3_stmt *statement, int64_t none);
bool store_execute(struct store *store, const char *sql, struct fail *why);
/* A column as text, for free(): NULL becomes "". The other one leaves it NULL. */
char *store_text(sqlite3_stmt *statement, int column);
char *store_text_or_null(sqlite3_stmt *statement, int column);

/* A transaction: what is between is done as a whole or not at all. store_commit takes it back
 * unless ok, and is only called when store_begin succeeded. */
bool store_begin(struct store *store, struct fail *why);
bool store_commit(struct store *store, bool ok, struct fail *why);

/* store_schema.c */

/* Makes the tables in an empty database, or brings an older format up to date; only checks when the
 * store is open for reading. */
bool schema_prepare(struct store *store, struct fail *why);
/* Tells whether the tables and triggers are exactly those of this format. */
bool schema_check(struct store *store, struct fail *why);
/* The tables whose rows the ledger covers, NULL-terminated; each has an integer key `id`. */
extern const char *const schema_tables[];

/* store_migrate.c */

/* From format 1, within a transaction. */
bool migrate_from_1(struct store *store, struct fail *why);

/* store_files.c */

/* Writes a file below the state directory durably, unless it is there with these bytes; before a
 * transaction. */
bool files_write(struct store *store, const char *path, const void *bytes, size_t len,
                 struct fail *why);
/* The artifact of a file that was written; within a transaction, as the next one. */
bool files_artifact(struct store *store, const char *path, const void *bytes, size_t len,
                    int64_t *id, struct fail *why);
/* The build of a program; *id is 0 when binary is NULL. */
bool files_build(struct store *store, const char *target, const char *engine, const char *sanitizer,
                 const char *binary, int64_t *id, struct fail *why);
/* Makes sure that what is kept has a campaign to belong to; before a transaction. */
bool files_campaign(struct store *store, struct fail *why);
/* Where an input ("crashes", "minimized") lies below the state directory; for free(). */
char *files_input_path(const char *kind, const char *target, const void *bytes, size_t len);
char *files_log_path(const void *log, size_t len);
/* A path below the state directory as one that can be opened, for free(); NULL gives NULL. */
char *files_full(const struct store *store, const char *path);
/* Whether a path that the database holds is one that ledge makes: no database can lead us
 * elsewhere. */
bool files_is_ours(const char *path);
/* What is kept of a log: some 256 KiB at most, of both ends. For free(). */
char *files_log(const void *log, size_t len, size_t *kept);
void files_forget(struct store *store);

/* store_crashes.c */

/* Writes the log of a run, before a transaction; crash_settle, within it, records that the run gave
 * a crash this status. */
bool crash_write_log(struct store *store, const struct store_evidence *evidence, struct fail *why);
bool crash_settle(struct store *store, const struct store_crash *crash, const char *status,
                  int64_t issue, const struct store_evidence *evidence, struct fail *why);

#endif
