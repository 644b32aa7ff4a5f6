#include "store_audit.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "files.h"
#include "mem.h"
#include "store_chain.h"
#include "store_parts.h"

static void report(struct audit *audit, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static void report(struct audit *audit, const char *format, ...)
{
    char text[1024];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    audit->problems++;
    audit->problem(audit->context, text);
}

/* "issue-3" for a row of the table issues. */
static char *row_name(const char *table, int64_t id)
{
    size_t len = strlen(table);
    bool es =
        len > 3 && (strcmp(table + len - 3, "hes") == 0 || strcmp(table + len - 3, "ses") == 0);
    return mem_print("%.*s-%lld", (int)(len - (es ? 2 : 1)), table, (long long)id);
}

/* Runs a pragma that answers with complaints; "ok" is none. */
static bool ask_sqlite(struct store *store, struct audit *audit, const char *sql, struct fail *why)
{
    sqlite3_stmt *statement = store_prepare(store, sql, "");
    int code = SQLITE_ERROR;
    while (statement && (code = sqlite3_step(statement)) == SQLITE_ROW) {
        char *text = store_text(statement, 0);
        if (strcmp(text, "ok") != 0)
            report(audit, "store.db: %s%s", text,
                   sqlite3_column_count(statement) > 1 ? ": a row refers to one that is not there"
                                                       : "");
        free(text);
    }
    sqlite3_finalize(statement);
    if (code == SQLITE_CORRUPT || code == SQLITE_NOTADB) {
        report(audit, "store.db: %s", sqlite3_errmsg(store->db));
        return true;
    }
    return code == SQLITE_DONE || store_complain(store, why);
}

/* One entry after `last`, whose hash is audit->head. */
static void check_entry(struct audit *audit, const struct chain_entry *entry, int64_t last)
{
    char hash[DIGEST_HEX];
    chain_hash(entry, hash);
    if (entry->seq != last + 1)
        report(audit, "ledger: entry %lld follows entry %lld", (long long)entry->seq,
               (long long)last);
    if (strcmp(entry->hash, hash) != 0)
        report(audit,
               "ledger: entry %lld (%s, %s %s) was changed: its hash is not that of its "
               "content",
               (long long)entry->seq, entry->event, entry->table, entry->row);
    if (strcmp(entry->previous, audit->head) != 0)
        report(audit,
               "ledger: entry %lld does not follow the one before it: that was changed, or "
               "taken out",
               (long long)entry->seq);
}

static bool check_chain(struct store *store, struct audit *audit, const struct chain_head *head,
                        struct fail *why)
{
    sqlite3_stmt *statement = store_prepare(store, "SELECT * FROM ledger ORDER BY seq", "");
    int code = SQLITE_ERROR;
    int64_t last = 0;
    bool head_found = head->len == 0, held = !audit->holds;
    memcpy(audit->head, chain_origin, DIGEST_HEX);
    while (statement && (code = sqlite3_step(statement)) == SQLITE_ROW) {
        struct chain_entry entry;
        chain_read(statement, &entry);
        check_entry(audit, &entry, last);
        last = entry.seq;
        snprintf(audit->head, sizeof audit->head, "%s", entry.hash);
        head_found |= entry.seq == head->len && strcmp(entry.hash, head->hash) == 0;
        held |= audit->holds && strcmp(entry.hash, audit->holds) == 0;
        audit->entries++;
    }
    sqlite3_finalize(statement);
    if (code != SQLITE_DONE)
        return store_complain(store, why);
    if (!head->there && last > 0)
        report(audit,
               "ledger.head is missing: whether the ledger's end was cut off cannot be told");
    else if (head->there && !head->whole)
        report(audit, "ledger.head was changed: it is not what ledge writes");
    else if (!head_found && head->len > last)
        report(audit,
               "ledger: its end was cut off: ledger.head knows %lld entries, and %lld are "
               "there",
               (long long)head->len, (long long)last);
    else if (!head_found)
        report(audit, "ledger: entry %lld is not the one that ledger.head knows",
               (long long)head->len);
    if (!held)
        report(audit, "ledger: no entry has the hash %s", audit->holds);
    audit->behind = head->whole && last > head->len ? last - head->len : 0;
    return true;
}

/* A row that the table has, and the digest that the ledger has of it (NULL: none). */
static void check_row(struct store *store, struct audit *audit, const char *table, int64_t id,
                      const char *digest)
{
    char now[DIGEST_HEX];
    char *name = row_name(table, id);
    audit->rows++;
    if (!digest)
        report(audit, "%s: the ledger knows nothing of this row", name);
    else if (!chain_row_digest(store, table, id, now) || strcmp(now, digest) != 0)
        report(audit, "%s: the row was changed: it is not as the ledger says it was left", name);
    free(name);
}

static bool check_table(struct store *store, struct audit *audit, const char *table,
                        struct fail *why)
{
    /* With max(), SQLite takes the other columns from the row that has the maximum. */
    char *sql =
        mem_print("SELECT coalesce(t.id, l.row), t.id IS NULL, l.digest FROM %s t FULL JOIN"
                  " (SELECT row, max(seq), digest FROM ledger WHERE thing = '%s' GROUP BY row) l"
                  " ON l.row = t.id ORDER BY 1",
                  table, table);
    sqlite3_stmt *statement = store_prepare(store, sql, "");
    int code = SQLITE_ERROR;
    while (statement && (code = sqlite3_step(statement)) == SQLITE_ROW) {
        int64_t id = sqlite3_column_int64(statement, 0);
        if (sqlite3_column_int(statement, 1)) {
            char *name = row_name(table, id);
            report(audit, "%s: the row is gone, and the ledger knows it", name);
            free(name);
        } else {
            check_row(store, audit, table, id, (const char *)sqlite3_column_text(statement, 2));
        }
    }
    sqlite3_finalize(statement);
    free(sql);
    return code == SQLITE_DONE || store_complain(store, why);
}

static void check_artifact(struct store *store, struct audit *audit, const char *path, int64_t size,
                           const char *sha256)
{
    char hex[DIGEST_HEX], id[33];
    char *full = files_full(store, path), *bytes;
    size_t len;
    struct fail why;
    audit->artifacts++;
    if (!files_is_ours(path)) {
        report(audit, "%s: that is no name of an artifact", path);
    } else if (!path_is_file(full)) {
        report(audit, "%s: the file is gone", full);
    } else if (!file_read(full, &bytes, &len, &why)) {
        report(audit, "%s", why.what);
    } else {
        digest_bytes(bytes, len, hex);
        store_id(bytes, len, id);
        if ((int64_t)len != size)
            report(audit, "%s: the file was changed: it has %zu bytes, and had %lld", full, len,
                   (long long)size);
        else if (strcmp(hex, sha256) != 0)
            report(audit, "%s: the file was changed: its SHA-256 is %s, and was %s", full, hex,
                   sha256);
        else if (strcmp(id, path_base(path)) != 0)
            report(audit, "%s: its name is not that of its content, %s", full, id);
        free(bytes);
    }
    free(full);
}

static bool check_artifacts(struct store *store, struct audit *audit, struct fail *why)
{
    sqlite3_stmt *statement =
        store_prepare(store, "SELECT path, size, sha256 FROM artifacts ORDER BY path", "");
    int code = SQLITE_ERROR;
    while (statement && (code = sqlite3_step(statement)) == SQLITE_ROW) {
        char *path = store_text(statement, 0), *sha256 = store_text(statement, 2);
        check_artifact(store, audit, path, sqlite3_column_int64(statement, 1), sha256);
        free(path);
        free(sha256);
    }
    sqlite3_finalize(statement);
    return code == SQLITE_DONE || store_complain(store, why);
}

/* Rows that lead nowhere: each query finds the ids of those of one kind. */
static const struct lead {
    const char *table, *what, *sql;
} leads[] = {
    {"crashes", "it has neither an input nor a log",
     "SELECT id FROM crashes WHERE input IS NULL AND log IS NULL"},
    {"crashes", "it was replayed, and has no log",
     "SELECT c.id FROM crashes c JOIN campaigns k ON k.id = c.campaign"
     " WHERE c.status <> 'new' AND c.log IS NULL AND k.kind <> 'format 1'"},
    {"crashes", "it was replayed, and no build is known",
     "SELECT c.id FROM crashes c JOIN campaigns k ON k.id = c.campaign WHERE c.status <> 'new'"
     " AND c.build IS NULL AND c.input IS NOT NULL AND k.kind <> 'format 1'"},
    {"crashes", "it has a name, and belongs to no issue",
     "SELECT id FROM crashes WHERE status = 'named' AND issue IS NULL"},
    {"issues", "its own signature does not lead to it",
     "SELECT id FROM issues i WHERE NOT EXISTS (SELECT 1 FROM aliases a WHERE a.issue = i.id AND"
     " a.target = i.target AND a.signature = i.signature)"},
    {"issues", "it is minimized, and the smallest input is not kept",
     "SELECT id FROM issues WHERE status IN ('minimized', 'curated', 'fixed') AND minimized IS"
     " NULL"},
    {"issues", "it is curated, and has no reproducer",
     "SELECT id FROM issues WHERE status IN ('curated', 'fixed') AND reproducer IS NULL"},
    {"issues", "it is a duplicate, and of nothing",
     "SELECT id FROM issues WHERE status = 'duplicate' AND duplicate_of IS NULL"},
};

static bool check_lead(struct store *store, struct audit *audit, const struct lead *lead,
                       struct fail *why)
{
    sqlite3_stmt *statement = store_prepare(store, lead->sql, "");
    int code = SQLITE_ERROR;
    while (statement && (code = sqlite3_step(statement)) == SQLITE_ROW) {
        char *name = row_name(lead->table, sqlite3_column_int64(statement, 0));
        report(audit, "%s: %s", name, lead->what);
        free(name);
    }
    sqlite3_finalize(statement);
    return code == SQLITE_DONE || store_complain(store, why);
}

static bool check_reproducers(struct store *store, struct audit *audit, struct fail *why)
{
    sqlite3_stmt *statement = store_prepare(
        store, "SELECT id, reproducer FROM issues WHERE status = 'curated' AND reproducer NOT NULL",
        "");
    int code = SQLITE_ERROR;
    while (statement && (code = sqlite3_step(statement)) == SQLITE_ROW) {
        char *directory = store_text(statement, 1), *input = mem_print("%s/input", directory);
        if (!path_is_file(input))
            report(audit, "issue-%lld: its reproducer %s is gone",
                   (long long)sqlite3_column_int64(statement, 0), directory);
        free(directory);
        free(input);
    }
    sqlite3_finalize(statement);
    return code == SQLITE_DONE || store_complain(store, why);
}

static bool look(struct store *store, struct audit *audit, const struct chain_head *head,
                 struct fail *why)
{
    bool ok = ask_sqlite(store, audit, "PRAGMA integrity_check(20)", why) &&
              ask_sqlite(store, audit, "PRAGMA foreign_key_check", why) &&
              check_chain(store, audit, head, why);
    for (size_t i = 0; ok && schema_tables[i]; i++)
        ok = check_table(store, audit, schema_tables[i], why);
    ok = ok && check_artifacts(store, audit, why);
    for (size_t i = 0; ok && i < sizeof leads / sizeof leads[0]; i++)
        ok = check_lead(store, audit, &leads[i], why);
    return ok && check_reproducers(store, audit, why);
}

bool store_audit(struct store *store, struct audit *audit, struct fail *why)
{
    struct chain_head head;
    audit->problems = 0;
    audit->entries = audit->rows = audit->artifacts = audit->behind = 0;
    chain_read_head(store, &head); /* before the moment that is looked at: it may be behind */
    if (!store_execute(store, "BEGIN", why))
        return false;
    size_t before = audit->problems;
    bool ok = look(store, audit, &head, why);
    (void)sqlite3_exec(store->db, "ROLLBACK", NULL, NULL, NULL); /* nothing was written */
    /* What SQLite gives up on after it has complained is no other news. */
    return ok || audit->problems > before;
}
