#include "store_parts.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#include <xxhash.h>

#include "files.h"
#include "mem.h"
#include "store_chain.h"

void store_id(const void *bytes, size_t len, char id[33])
{
    XXH128_hash_t hash = XXH3_128bits(bytes, len);
    snprintf(id, 33, "%016llx%016llx", (unsigned long long)hash.high64,
             (unsigned long long)hash.low64);
}

bool store_corrupt(struct store *store, struct fail *why, const char *format, ...)
{
    char what[300];
    va_list args;
    va_start(args, format);
    vsnprintf(what, sizeof what, format, args);
    va_end(args);
    fail_set(why, "", "the store %s is corrupt: %s", store->path, what);
    for (char *at = why->what; *at; at++)
        *at = (unsigned char)*at < ' ' ? ' ' : *at;
    snprintf(
        why->next, sizeof why->next,
        "move it away (mkdir %s/bad && mv %s* %s/ledger.head %s/bad) and run again: the inputs "
        "beside it are taken up anew",
        store->directory, store->path, store->directory, store->directory);
    return false;
}

bool store_complain(struct store *store, struct fail *why)
{
    int code = sqlite3_errcode(store->db);
    const char *message = sqlite3_errmsg(store->db);
    if (code == SQLITE_CORRUPT || code == SQLITE_NOTADB)
        return store_corrupt(store, why, "%s", message);
    if (code == SQLITE_FULL || sqlite3_system_errno(store->db) == ENOSPC)
        return fail_set(why,
                        "free some space there, or name another place with --state; what was "
                        "recorded before is intact",
                        "the store %s cannot grow: the disk is full", store->path);
    if (code == SQLITE_BUSY)
        return fail_set(why, "run it again when the other process is done",
                        "the store %s is in use: another process has been writing for %d s",
                        store->path, STORE_BUSY_MS / 1000);
    if (code == SQLITE_CANTOPEN || code == SQLITE_READONLY || code == SQLITE_PERM)
        return fail_set(why, "check the permissions there, or name another place: --state DIR",
                        "cannot open the store %s: %s", store->path, message);
    return fail_set(why, "", "the store %s: %s", store->path, message);
}

sqlite3_stmt *store_prepare(struct store *store, const char *sql, const char *types, ...)
{
    sqlite3_stmt *statement = NULL;
    if (sqlite3_prepare_v2(store->db, sql, -1, &statement, NULL) != SQLITE_OK)
        return NULL;
    va_list args;
    va_start(args, types);
    bool ok = true;
    for (int i = 1; *types && ok; types++, i++) {
        int code = SQLITE_OK;
        if (*types == 't') {
            code =
                sqlite3_bind_text(statement, i, va_arg(args, const char *), -1, SQLITE_TRANSIENT);
        } else if (*types == 'r') {
            code = sqlite3_bind_double(statement, i, va_arg(args, double));
        } else {
            int64_t value = va_arg(args, int64_t);
            code = *types == 'n' && value == 0 ? sqlite3_bind_null(statement, i)
                                               : sqlite3_bind_int64(statement, i, value);
        }
        ok = code == SQLITE_OK;
    }
    va_end(args);
    if (ok)
        return statement;
    sqlite3_finalize(statement);
    return NULL;
}

bool store_finish(struct store *store, sqlite3_stmt *statement, struct fail *why)
{
    bool ok = statement && sqlite3_step(statement) == SQLITE_DONE;
    if (!ok)
        store_complain(store, why);
    sqlite3_finalize(statement);
    return ok;
}

int64_t store_number(sqlite3_stmt *statement, int64_t none)
{
    int64_t number = none;
    if (statement && sqlite3_step(statement) == SQLITE_ROW)
        number = sqlite3_column_int64(statement, 0);
    sqlite3_finalize(statement);
    return number;
}

bool store_execute(struct store *store, const char *sql, struct fail *why)
{
    return sqlite3_exec(store->db, sql, NULL, NULL, NULL) == SQLITE_OK ||
           store_complain(store, why);
}

char *store_text_or_null(sqlite3_stmt *statement, int column)
{
    return mem_text((const char *)sqlite3_column_text(statement, column));
}

char *store_text(sqlite3_stmt *statement, int column)
{
    char *text = store_text_or_null(statement, column);
    return text ? text : mem_copy("", 0);
}

bool store_begin(struct store *store, struct fail *why)
{
    store->chained = false;
    if (!chain_lock(store, why))
        return false;
    if (store_execute(store, "BEGIN IMMEDIATE", why))
        return true;
    chain_unlock(store);
    return false;
}

bool store_commit(struct store *store, bool ok, struct fail *why)
{
    ok = ok && store_execute(store, "COMMIT", why);
    if (!ok) /* most failures have rolled back already: then this one does nothing */
        (void)sqlite3_exec(store->db, "ROLLBACK", NULL, NULL, NULL);
    if (ok && store->chained)
        ok = chain_write_head(store, why);
    chain_unlock(store);
    return ok;
}

bool store_lock(struct store *store, struct fail *why)
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

/* Nothing that a file holds may make SQLite do anything but read and write it. */
static void harden(struct store *store)
{
    static const int on[] = {SQLITE_DBCONFIG_DEFENSIVE, SQLITE_DBCONFIG_ENABLE_FKEY};
    for (size_t i = 0; i < sizeof on / sizeof on[0]; i++)
        (void)sqlite3_db_config(store->db, on[i], 1, NULL);
    (void)sqlite3_db_config(store->db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
    (void)sqlite3_exec(store->db, "PRAGMA cell_size_check = ON", NULL, NULL, NULL);
    (void)sqlite3_busy_timeout(store->db, STORE_BUSY_MS);
}

/* Checked before anything is written: what is corrupt stays as it is. */
static bool check_pages(struct store *store, struct fail *why)
{
    sqlite3_stmt *statement = store_prepare(store, "PRAGMA quick_check(1)", "");
    bool answered = statement && sqlite3_step(statement) == SQLITE_ROW;
    char *verdict = answered ? store_text(statement, 0) : NULL;
    sqlite3_finalize(statement);
    bool ok = answered && strcmp(verdict, "ok") == 0;
    if (!answered)
        store_complain(store, why);
    else if (!ok)
        store_corrupt(store, why, "%s", verdict);
    free(verdict);
    return ok;
}

/* Opens the file and looks whether it can be read. */
static bool connect(struct store *store, const char *path, int flags, struct fail *why)
{
    if (sqlite3_open_v2(path, &store->db, flags, NULL) != SQLITE_OK)
        return store_complain(store, why);
    harden(store);
    return check_pages(store, why);
}

/* Whether there are transactions beside the database that aren't in it yet. */
static bool has_more(const struct store *store)
{
    char *log = mem_print("%s-wal", store->path), *journal = mem_print("%s-journal", store->path);
    struct stat info;
    bool more = (stat(log, &info) == 0 && info.st_size > 0) || path_is_file(journal);
    free(log);
    free(journal);
    return more;
}

/* The database as a URI that says that nobody writes to it; for free(). */
static char *immutable_uri(const char *path)
{
    static const char plain[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_./";
    char *escaped = mem_new(strlen(path) * 3 + 1, 1), *to = escaped;
    for (const char *at = path; *at; at++) {
        if (strchr(plain, *at))
            *to++ = *at;
        else
            to += sprintf(to, "%%%02X", (unsigned char)*at);
    }
    char *uri = mem_print("file:%s?immutable=1", escaped);
    free(escaped);
    return uri;
}

/* SQLite writes a little even for readers: it takes back what somebody had not finished when he was
 * killed, and keeps an index beside the database. Where it may not, as on a read-only medium, a
 * database that nobody is writing to can be read as it is. */
static bool connect_to_read(struct store *store, struct fail *why)
{
    if (connect(store, store->path, SQLITE_OPEN_READONLY, why))
        return true;
    int code = sqlite3_errcode(store->db) & 0xff;
    if (code != SQLITE_READONLY && code != SQLITE_CANTOPEN)
        return false;
    (void)sqlite3_close(store->db); /* every statement is finalized: it can't be busy */
    store->db = NULL;
    if (access(store->path, W_OK) == 0 && access(store->directory, W_OK) == 0)
        return connect(store, store->path, SQLITE_OPEN_READWRITE, why) &&
               store_execute(store, "PRAGMA query_only = ON", why);
    if (has_more(store))
        return fail_set(why, "look at it as a user who may write there, once",
                        "the store %s was left in the middle of something, and cannot be written "
                        "to",
                        store->path);
    char *uri = immutable_uri(store->path);
    bool ok = connect(store, uri, SQLITE_OPEN_READONLY | SQLITE_OPEN_URI, why);
    free(uri);
    return ok;
}

static bool open_database(struct store *store, struct fail *why)
{
    bool reads = store->mode == STORE_READ;
    bool open = reads
                    ? connect_to_read(store, why)
                    : connect(store, store->path, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, why);
    return open && schema_prepare(store, why) && schema_check(store, why) &&
           (reads || chain_check_head(store, why));
}

bool store_exists(const char *directory)
{
    char *path = mem_print("%s/store.db", directory);
    bool there = path_is_file(path);
    free(path);
    return there;
}

static struct store *open_store(const char *directory, enum store_mode mode, struct fail *why)
{
    struct store *store = mem_new(1, sizeof *store);
    store->directory = mem_text(directory);
    store->path = mem_print("%s/store.db", directory);
    store->mode = mode;
    store->lock = store->head = -1;
    if ((mode != STORE_CAMPAIGN || store_lock(store, why)) && open_database(store, why))
        return store;
    store_close(store);
    return NULL;
}

struct store *store_open(const char *directory, enum store_mode mode, struct fail *why)
{
    if (mode != STORE_READ)
        return dir_make(directory, why) ? open_store(directory, mode, why) : NULL;
    if (!store_exists(directory)) {
        fail_set(why, "`ledge fuzz` and `ledge triage --state DIR` make one",
                 "there is no store in %s", directory);
        return NULL;
    }
    return open_store(directory, mode, why);
}

void store_close(struct store *store)
{
    if (!store)
        return;
    (void)sqlite3_close(store->db); /* every statement is finalized: it can't be busy */
    if (store->lock >= 0)
        close(store->lock);
    if (store->head >= 0)
        close(store->head);
    files_forget(store);
    free(store->directory);
    free(store->path);
    free(store);
}
