#include "store.h"

#include <errno.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>
#include <xxhash.h>

#include "files.h"
#include "mem.h"

#define STORE_FORMAT "1"

struct store {
    sqlite3 *db;
    char *directory, *path;
    int lock;
};

static const char schema[] =
    "CREATE TABLE IF NOT EXISTS meta(key TEXT PRIMARY KEY, value TEXT NOT NULL);"
    "CREATE TABLE IF NOT EXISTS issues(id INTEGER PRIMARY KEY, target TEXT NOT NULL,"
    " signature TEXT NOT NULL, type TEXT NOT NULL, state TEXT, address TEXT, class TEXT NOT NULL,"
    " security INTEGER NOT NULL, build TEXT NOT NULL, crash INTEGER NOT NULL, hits INTEGER NOT "
    "NULL,"
    " runs INTEGER NOT NULL, count INTEGER NOT NULL, first_seen INTEGER NOT NULL,"
    " last_seen INTEGER NOT NULL, UNIQUE(target, signature));"
    "CREATE TABLE IF NOT EXISTS aliases(target TEXT NOT NULL, signature TEXT NOT NULL,"
    " issue INTEGER NOT NULL, PRIMARY KEY(target, signature));"
    "CREATE TABLE IF NOT EXISTS crashes(id INTEGER PRIMARY KEY, target TEXT NOT NULL,"
    " artifact TEXT NOT NULL, engine TEXT NOT NULL, sanitizer TEXT NOT NULL, seconds REAL NOT NULL,"
    " executions INTEGER NOT NULL, found INTEGER NOT NULL, status TEXT NOT NULL, issue INTEGER,"
    " runs INTEGER NOT NULL DEFAULT 0, UNIQUE(target, artifact));"
    "INSERT OR IGNORE INTO meta VALUES('format', '" STORE_FORMAT "');";

void store_id(const void *bytes, size_t len, char id[33])
{
    XXH128_hash_t hash = XXH3_128bits(bytes, len);
    snprintf(id, 33, "%016llx%016llx", (unsigned long long)hash.high64,
             (unsigned long long)hash.low64);
}

static bool complain(struct store *store, struct fail *why)
{
    int code = sqlite3_errcode(store->db);
    const char *message = sqlite3_errmsg(store->db);
    if (code == SQLITE_CORRUPT || code == SQLITE_NOTADB) {
        fail_set(why, "", "the store %s is corrupt: %s", store->path, message);
        snprintf(why->next, sizeof why->next,
                 "move it away (mv %s %s.bad) and run again: the inputs beside it are intact",
                 store->path, store->path);
        return false;
    }
    if (code == SQLITE_FULL)
        return fail_set(why,
                        "free some space there, or name another place with --state; what was "
                        "recorded before is intact",
                        "the store %s cannot grow: the disk is full", store->path);
    return fail_set(why, "", "the store %s: %s", store->path, message);
}

/* Prepares a statement and binds its parameters: one letter of `types` each, t text (NULL is NULL),
 * i int64_t, r double. */
static sqlite3_stmt *prepare(struct store *store, const char *sql, const char *types, ...)
{
    sqlite3_stmt *statement = NULL;
    if (sqlite3_prepare_v2(store->db, sql, -1, &statement, NULL) != SQLITE_OK)
        return NULL;
    va_list args;
    va_start(args, types);
    bool ok = true;
    for (int i = 1; *types && ok; types++, i++) {
        int code = SQLITE_OK;
        if (*types == 't')
            code =
                sqlite3_bind_text(statement, i, va_arg(args, const char *), -1, SQLITE_TRANSIENT);
        else if (*types == 'i')
            code = sqlite3_bind_int64(statement, i, va_arg(args, int64_t));
        else
            code = sqlite3_bind_double(statement, i, va_arg(args, double));
        ok = code == SQLITE_OK;
    }
    va_end(args);
    if (ok)
        return statement;
    sqlite3_finalize(statement);
    return NULL;
}

/* Runs a prepared statement that returns nothing; NULL is the failure of prepare. */
static bool finish(struct store *store, sqlite3_stmt *statement, struct fail *why)
{
    bool ok = statement && sqlite3_step(statement) == SQLITE_DONE;
    if (!ok)
        complain(store, why);
    sqlite3_finalize(statement);
    return ok;
}

static bool execute(struct store *store, const char *sql, struct fail *why)
{
    return sqlite3_exec(store->db, sql, NULL, NULL, NULL) == SQLITE_OK || complain(store, why);
}

/* The first column of the first row as text; NULL when there is none or on an error. For free(). */
static char *query_text(struct store *store, const char *sql)
{
    sqlite3_stmt *statement = prepare(store, sql, "");
    char *text = NULL;
    if (statement && sqlite3_step(statement) == SQLITE_ROW)
        text = mem_text((const char *)sqlite3_column_text(statement, 0));
    sqlite3_finalize(statement);
    return text;
}

static bool lock(struct store *store, struct fail *why)
{
    char *path = mem_print("%s/lock", store->directory);
    store->lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
    int error = errno;
    free(path);
    if (store->lock < 0)
        return fail_set(why, "name another place: --state DIR", "cannot write in %s: %s",
                        store->directory, strerror(error));
    if (flock(store->lock, LOCK_EX | LOCK_NB) != 0)
        return fail_set(why, "wait for it, or name another place: --state DIR",
                        "another campaign is running in %s", store->directory);
    return true;
}

static bool check(struct store *store, struct fail *why)
{
    char *verdict = query_text(store, "PRAGMA quick_check(1)");
    if (!verdict)
        return complain(store, why);
    bool ok = strcmp(verdict, "ok") == 0;
    if (!ok) {
        fail_set(why, "", "the store %s is corrupt: %.200s", store->path, verdict);
        for (char *at = why->what; *at; at++)
            *at = *at == '\n' ? ' ' : *at;
        snprintf(why->next, sizeof why->next,
                 "move it away (mv %s %s.bad) and run again: the inputs beside it are intact",
                 store->path, store->path);
    }
    free(verdict);
    return ok;
}

static bool check_format(struct store *store, struct fail *why)
{
    char *format = query_text(store, "SELECT value FROM meta WHERE key = 'format'");
    bool ok = format && strcmp(format, STORE_FORMAT) == 0;
    if (!ok)
        fail_set(why, "name another place (--state DIR), or move it away",
                 "the store %s has format %s, and this ledge knows " STORE_FORMAT, store->path,
                 format ? format : "?");
    free(format);
    return ok;
}

static bool open_database(struct store *store, struct fail *why)
{
    if (sqlite3_open_v2(store->path, &store->db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE,
                        NULL) != SQLITE_OK)
        return complain(store, why);
    (void)sqlite3_busy_timeout(store->db, 5000);
    return check(store, why) &&
           execute(store, "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL", why) &&
           execute(store, schema, why) && check_format(store, why);
}

struct store *store_open(const char *directory, struct fail *why)
{
    if (!dir_make(directory, why))
        return NULL;
    struct store *store = mem_new(1, sizeof *store);
    store->directory = mem_text(directory);
    store->path = mem_print("%s/store.db", directory);
    store->lock = -1;
    if (lock(store, why) && open_database(store, why))
        return store;
    store_close(store);
    return NULL;
}

void store_close(struct store *store)
{
    if (!store)
        return;
    (void)sqlite3_close(store->db); /* every statement is finalized: it can't be busy */
    if (store->lock >= 0)
        close(store->lock);
    free(store->directory);
    free(store->path);
    free(store);
}

static char *artifact_path(struct store *store, const char *target, const char *id)
{
    return mem_print("%s/crashes/%s/%s", store->directory, target, id);
}

static char *column(sqlite3_stmt *statement, int at)
{
    return mem_text((const char *)sqlite3_column_text(statement, at));
}

/* From a row of id, target, artifact, engine, sanitizer. */
static void read_crash(struct store *store, sqlite3_stmt *statement, struct store_crash *crash)
{
    crash->id = sqlite3_column_int64(statement, 0);
    crash->target = column(statement, 1);
    crash->artifact =
        artifact_path(store, crash->target, (const char *)sqlite3_column_text(statement, 2));
    crash->engine = column(statement, 3);
    crash->sanitizer = column(statement, 4);
}

static bool record(struct store *store, const struct store_origin *origin, const char *id,
                   struct fail *why)
{
    return finish(store,
                  prepare(store,
                          "INSERT OR IGNORE INTO crashes(target, artifact, engine, sanitizer,"
                          " seconds, executions, found, status)"
                          " VALUES(?, ?, ?, ?, ?, ?, unixepoch(), 'new')",
                          "ttttri", origin->target, id, origin->engine, origin->sanitizer,
                          origin->seconds, (int64_t)origin->executions),
                  why);
}

bool store_keep(struct store *store, const struct store_origin *origin, const void *bytes,
                size_t len, struct store_crash *crash, bool *known, struct fail *why)
{
    char id[33];
    store_id(bytes, len, id);
    char *path = artifact_path(store, origin->target, id);
    char *directory = mem_copy(path, (size_t)(path_base(path) - path) - 1);
    bool ok = dir_make(directory, why) &&
              (path_is_file(path) || file_write(path, bytes, len, why)) &&
              record(store, origin, id, why);
    free(directory);
    free(path);
    if (!ok)
        return false;
    *known = sqlite3_changes(store->db) == 0;
    sqlite3_stmt *statement = prepare(store,
                                      "SELECT id, target, artifact, engine, sanitizer FROM crashes"
                                      " WHERE target = ? AND artifact = ?",
                                      "tt", origin->target, id);
    ok = statement && sqlite3_step(statement) == SQLITE_ROW;
    if (ok)
        read_crash(store, statement, crash);
    else
        complain(store, why);
    sqlite3_finalize(statement);
    return ok;
}

void store_crash_free(struct store_crash *crash)
{
    free(crash->artifact);
    free(crash->target);
    free(crash->engine);
    free(crash->sanitizer);
    *crash = (struct store_crash){0};
}

static bool is_artifact_name(const char *name)
{
    return strlen(name) == 32 && strspn(name, "0123456789abcdef") == 32;
}

bool store_adopt(struct store *store, const char *target, struct fail *why)
{
    char *directory = mem_print("%s/crashes/%s", store->directory, target);
    struct paths paths = {0};
    struct store_origin origin = {.target = target, .engine = "unknown", .sanitizer = "asan"};
    bool ok = !path_is_dir(directory) || paths_find(&paths, directory, why);
    for (size_t i = 0; i < paths.len && ok; i++) {
        const char *name = path_base(paths.at[i]);
        if (is_artifact_name(name))
            ok = record(store, &origin, name, why);
        else if (strstr(name, ".tmp"))
            unlink(
                paths.at[i]); /* half written when somebody was killed; the engine still has it */
    }
    paths_free(&paths);
    free(directory);
    return ok;
}

bool store_unnamed(struct store *store, const char *target, struct store_crash **crashes,
                   size_t *len, struct fail *why)
{
    *crashes = NULL;
    *len = 0;
    sqlite3_stmt *statement = prepare(store,
                                      "SELECT id, target, artifact, engine, sanitizer FROM crashes"
                                      " WHERE target = ? AND status = 'new' ORDER BY id",
                                      "t", target);
    int code = SQLITE_ERROR;
    while (statement && (code = sqlite3_step(statement)) == SQLITE_ROW) {
        *crashes = mem_resize(*crashes, *len + 1, sizeof **crashes);
        read_crash(store, statement, &(*crashes)[(*len)++]);
    }
    sqlite3_finalize(statement);
    return code == SQLITE_DONE || complain(store, why);
}

int64_t store_known(struct store *store, const char *target, const char *signature)
{
    sqlite3_stmt *statement =
        prepare(store, "SELECT issue FROM aliases WHERE target = ? AND signature = ?", "tt", target,
                signature);
    int64_t issue = 0;
    if (statement && sqlite3_step(statement) == SQLITE_ROW)
        issue = sqlite3_column_int64(statement, 0);
    sqlite3_finalize(statement);
    return issue;
}

/* Ends a transaction: commits when ok, else takes everything back. */
static bool end_transaction(struct store *store, bool ok, struct fail *why)
{
    if (ok && execute(store, "COMMIT", why))
        return true;
    (void)sqlite3_exec(store->db, "ROLLBACK", NULL, NULL, NULL); /* closing would do it too */
    return false;
}

static bool set_status(struct store *store, const struct store_crash *crash, const char *status,
                       int64_t issue, unsigned runs, struct fail *why)
{
    return finish(
        store,
        prepare(store, "UPDATE crashes SET status = ?, issue = nullif(?, 0), runs = ? WHERE id = ?",
                "tiii", status, issue, (int64_t)runs, crash->id),
        why);
}

bool store_count(struct store *store, const struct store_crash *crash, int64_t issue,
                 struct fail *why)
{
    if (!execute(store, "BEGIN IMMEDIATE", why))
        return false;
    bool ok = set_status(store, crash, "named", issue, 1, why) &&
              finish(store,
                     prepare(store,
                             "UPDATE issues SET count = count + 1, last_seen = unixepoch()"
                             " WHERE id = ?",
                             "i", issue),
                     why);
    return end_transaction(store, ok, why);
}

static bool add_alias(struct store *store, const char *target, const char *signature, int64_t issue,
                      struct fail *why)
{
    return finish(store,
                  prepare(store, "INSERT OR IGNORE INTO aliases VALUES(?, ?, ?)", "tti", target,
                          signature, issue),
                  why);
}

bool store_name(struct store *store, const struct store_crash *crash, const char *build,
                const struct crash *name, const struct crash *const *also, size_t also_len,
                unsigned hits, unsigned runs, int64_t *issue, struct fail *why)
{
    if (!execute(store, "BEGIN IMMEDIATE", why))
        return false;
    bool ok = finish(
        store,
        prepare(
            store,
            "INSERT INTO issues(target, signature, type, state, address, class, security, build,"
            " crash, hits, runs, count, first_seen, last_seen)"
            " VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 1, unixepoch(), unixepoch())",
            "ttttttitiii", crash->target, name->signature, name->type, name->state, name->address,
            name->class_, (int64_t)name->security, build, crash->id, (int64_t)hits, (int64_t)runs),
        why);
    *issue = sqlite3_last_insert_rowid(store->db);
    ok = ok && add_alias(store, crash->target, name->signature, *issue, why);
    for (size_t i = 0; i < also_len && ok; i++)
        ok = add_alias(store, crash->target, also[i]->signature, *issue, why);
    ok = ok && set_status(store, crash, "named", *issue, runs, why);
    return end_transaction(store, ok, why);
}

bool store_flaky(struct store *store, const struct store_crash *crash, unsigned runs,
                 struct fail *why)
{
    return set_status(store, crash, "flaky", 0, runs, why);
}

uint64_t store_flaky_count(struct store *store, const char *target)
{
    sqlite3_stmt *statement = prepare(
        store, "SELECT count(*) FROM crashes WHERE target = ? AND status = 'flaky'", "t", target);
    int64_t count = 0;
    if (statement && sqlite3_step(statement) == SQLITE_ROW)
        count = sqlite3_column_int64(statement, 0);
    sqlite3_finalize(statement);
    return (uint64_t)count;
}

static void read_issue(struct store *store, sqlite3_stmt *statement, struct store_issue *issue)
{
    *issue = (struct store_issue){
        .id = sqlite3_column_int64(statement, 0),
        .target = column(statement, 1),
        .signature = column(statement, 2),
        .type = column(statement, 3),
        .state = column(statement, 4),
        .class_ = column(statement, 5),
        .security = sqlite3_column_int(statement, 6) != 0,
        .build = column(statement, 7),
        .hits = (unsigned)sqlite3_column_int(statement, 8),
        .runs = (unsigned)sqlite3_column_int(statement, 9),
        .count = (uint64_t)sqlite3_column_int64(statement, 10),
        .engine = column(statement, 12),
        .sanitizer = column(statement, 13),
        .seconds = sqlite3_column_double(statement, 14),
        .executions = (uint64_t)sqlite3_column_int64(statement, 15),
    };
    issue->artifact =
        artifact_path(store, issue->target, (const char *)sqlite3_column_text(statement, 11));
}

bool store_issue(struct store *store, int64_t id, struct store_issue *issue, struct fail *why)
{
    sqlite3_stmt *statement = prepare(
        store,
        "SELECT i.id, i.target, signature, type, state, class, security, build, hits, i.runs,"
        " count, artifact, engine, sanitizer, seconds, executions"
        " FROM issues i JOIN crashes c ON c.id = i.crash WHERE i.id = ?",
        "i", id);
    bool ok = statement && sqlite3_step(statement) == SQLITE_ROW;
    if (ok)
        read_issue(store, statement, issue);
    else
        complain(store, why);
    sqlite3_finalize(statement);
    return ok;
}

bool store_issues(struct store *store, const char *target, int64_t **ids, size_t *len,
                  struct fail *why)
{
    *ids = NULL;
    *len = 0;
    sqlite3_stmt *statement =
        prepare(store, "SELECT id FROM issues WHERE target = ? ORDER BY id", "t", target);
    int code = SQLITE_ERROR;
    while (statement && (code = sqlite3_step(statement)) == SQLITE_ROW) {
        *ids = mem_resize(*ids, *len + 1, sizeof **ids);
        (*ids)[(*len)++] = sqlite3_column_int64(statement, 0);
    }
    sqlite3_finalize(statement);
    return code == SQLITE_DONE || complain(store, why);
}

void store_issue_free(struct store_issue *issue)
{
    free(issue->target);
    free(issue->signature);
    free(issue->type);
    free(issue->state);
    free(issue->class_);
    free(issue->build);
    free(issue->engine);
    free(issue->sanitizer);
    free(issue->artifact);
    *issue = (struct store_issue){0};
}
