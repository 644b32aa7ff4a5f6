/* Format 1 kept issues, crashes and aliases; its builds were names of sanitizers, and it kept
 * neither logs nor campaigns. What it did not know is put down to a campaign of kind "format 1". */
#include <stdlib.h>
#include <string.h>

#include "digest.h"
#include "mem.h"
#include "store_chain.h"
#include "store_parts.h"

/* Crash states are reached by legal steps only, as all others are: rows begin as new. */
static const char copy[] =
    "INSERT INTO campaigns SELECT 1, 'format 1', 'unknown: from before there was a ledger',"
    " 'unknown', 'unknown', ifnull(min(found), unixepoch()), ifnull(max(found), unixepoch()), NULL,"
    " 'unknown' FROM old_crashes;"
    "INSERT INTO crashes SELECT c.id, c.target, a.id, NULL, NULL, 1, c.engine, c.sanitizer,"
    " c.seconds, c.executions, c.found, NULL, 'new', NULL, NULL, 0, c.runs, 0, NULL"
    " FROM old_crashes c JOIN artifacts a"
    " ON a.path = 'crashes/' || c.target || '/' || c.artifact;"
    "INSERT INTO issues SELECT id, target, signature, type, state, address, class, security, build,"
    " NULL, crash, hits, runs, count, first_seen, last_seen, 'new', NULL, NULL, NULL"
    " FROM old_issues;"
    "UPDATE issues SET status = iif(hits = runs, 'reproduced', 'flaky') WHERE runs > 0;"
    "INSERT INTO aliases(target, signature, issue) SELECT target, signature, issue"
    " FROM old_aliases;"
    "UPDATE crashes SET status = o.status, issue = o.issue FROM old_crashes o"
    " WHERE o.id = crashes.id AND o.status <> 'new';"
    "UPDATE crashes SET hits = i.hits, runs = i.runs FROM issues i WHERE i.crash = crashes.id;"
    "DROP TABLE old_aliases; DROP TABLE old_issues; DROP TABLE old_crashes; DROP TABLE meta;";

/* A file that has gone keeps its row, with the digest of nothing: `ledge verify` will miss it. */
static bool add_artifact(struct store *store, const char *path, struct fail *why)
{
    struct fail missing;
    char hex[DIGEST_HEX] = "", *full = files_full(store, path);
    uint64_t len = 0;
    if (!digest_file(full, hex, &len, &missing))
        digest_bytes("", 0, hex);
    free(full);
    return store_finish(store,
                        store_prepare(store,
                                      "INSERT INTO artifacts(path, size, sha256) VALUES(?, ?, ?)",
                                      "tit", path, (int64_t)len, hex),
                        why);
}

static bool add_artifacts(struct store *store, struct fail *why)
{
    sqlite3_stmt *statement =
        store_prepare(store, "SELECT 'crashes/' || target || '/' || artifact FROM old_crashes", "");
    int code = SQLITE_ERROR;
    bool ok = true;
    while (ok && statement && (code = sqlite3_step(statement)) == SQLITE_ROW)
        ok = add_artifact(store, (const char *)sqlite3_column_text(statement, 0), why);
    sqlite3_finalize(statement);
    return ok && (code == SQLITE_DONE || store_complain(store, why));
}

static bool note_rows(struct store *store, const char *table, struct fail *why)
{
    char *sql = mem_print("SELECT id FROM %s ORDER BY id", table);
    sqlite3_stmt *statement = store_prepare(store, sql, "");
    int code = SQLITE_ERROR;
    bool ok = true;
    while (ok && statement && (code = sqlite3_step(statement)) == SQLITE_ROW)
        ok = chain_note(store, "taken over", table, sqlite3_column_int64(statement, 0),
                        "from format 1", why);
    sqlite3_finalize(statement);
    free(sql);
    return ok && (code == SQLITE_DONE || store_complain(store, why));
}

bool migrate_from_1(struct store *store, struct fail *why)
{
    bool ok = add_artifacts(store, why) && store_execute(store, copy, why);
    for (size_t i = 0; ok && schema_tables[i]; i++)
        ok = note_rows(store, schema_tables[i], why);
    return ok;
}
