/* The tables. Format 1 (campaigns before there was a ledger) is brought up to date by
 * store_migrate.c. */
#include <stdlib.h>
#include <string.h>

#include "mem.h"
#include "store_chain.h"
#include "store_parts.h"
#include "store_state.h"

enum { APPLICATION = 0x4c454447 }; /* "LEDG" */

#define TEXT(x)    #x
#define TEXT_OF(x) TEXT(x)

/* Times are seconds since 1970. A NULL says "not known (yet)". */
static const char tables[] =
    /* Something that kept crashes. ended NULL: it goes on, or was killed. */
    "CREATE TABLE campaigns(id INTEGER PRIMARY KEY, kind TEXT NOT NULL, command TEXT NOT NULL,"
    " version TEXT NOT NULL, machine TEXT NOT NULL, started INTEGER NOT NULL, ended INTEGER,"
    " executions INTEGER, outcome TEXT) STRICT;"
    /* A program that failed, or was replayed. */
    "CREATE TABLE builds(id INTEGER PRIMARY KEY, target TEXT NOT NULL, engine TEXT NOT NULL,"
    " sanitizer TEXT NOT NULL, binary TEXT NOT NULL, sha256 TEXT NOT NULL, compiler TEXT NOT NULL,"
    " UNIQUE(target, engine, sanitizer, binary, sha256)) STRICT;"
    /* A file; path is below the state directory. */
    "CREATE TABLE artifacts(id INTEGER PRIMARY KEY, path TEXT NOT NULL UNIQUE,"
    " size INTEGER NOT NULL, sha256 TEXT NOT NULL) STRICT;"
    /* input NULL: there is a log alone. report: the crash as JSON, with its stacks. */
    "CREATE TABLE crashes(id INTEGER PRIMARY KEY, target TEXT NOT NULL,"
    " input INTEGER REFERENCES artifacts, log INTEGER REFERENCES artifacts,"
    " build INTEGER REFERENCES builds, campaign INTEGER NOT NULL REFERENCES campaigns,"
    " engine TEXT NOT NULL, sanitizer TEXT NOT NULL, seconds REAL NOT NULL,"
    " executions INTEGER NOT NULL, found INTEGER NOT NULL, source TEXT, status TEXT NOT NULL,"
    " issue INTEGER REFERENCES issues, report TEXT, hits INTEGER NOT NULL, runs INTEGER NOT NULL,"
    " attempts INTEGER NOT NULL, problem TEXT) STRICT;"
    "CREATE UNIQUE INDEX crashes_input ON crashes(input) WHERE input IS NOT NULL;"
    "CREATE UNIQUE INDEX crashes_log ON crashes(target, log) WHERE input IS NULL;"
    "CREATE INDEX crashes_status ON crashes(target, status);"
    "CREATE INDEX crashes_issue ON crashes(issue);"
    /* sanitizer and build: what named it. crash: one that shows it. */
    "CREATE TABLE issues(id INTEGER PRIMARY KEY, target TEXT NOT NULL, signature TEXT NOT NULL,"
    " type TEXT NOT NULL, state TEXT, address TEXT, class TEXT NOT NULL,"
    " security INTEGER NOT NULL, sanitizer TEXT NOT NULL, build INTEGER REFERENCES builds,"
    " crash INTEGER NOT NULL REFERENCES crashes, hits INTEGER NOT NULL, runs INTEGER NOT NULL,"
    " count INTEGER NOT NULL, first_seen INTEGER NOT NULL, last_seen INTEGER NOT NULL,"
    " status TEXT NOT NULL, minimized INTEGER REFERENCES artifacts, reproducer TEXT,"
    " duplicate_of INTEGER REFERENCES issues, UNIQUE(target, signature)) STRICT;"
    /* Every signature that means an issue, its own included. */
    "CREATE TABLE aliases(id INTEGER PRIMARY KEY, target TEXT NOT NULL, signature TEXT NOT NULL,"
    " issue INTEGER NOT NULL REFERENCES issues, UNIQUE(target, signature)) STRICT;"
    "CREATE TABLE ledger(seq INTEGER PRIMARY KEY, time INTEGER NOT NULL, event TEXT NOT NULL,"
    " thing TEXT NOT NULL, row INTEGER NOT NULL, remark TEXT NOT NULL, digest TEXT NOT NULL,"
    " previous TEXT NOT NULL, hash TEXT NOT NULL) STRICT;"
    "CREATE INDEX ledger_row ON ledger(thing, row);"
    "CREATE TRIGGER ledger_keep BEFORE UPDATE ON ledger "
    "BEGIN SELECT RAISE(ABORT, 'the ledger is only added to'); END;"
    "CREATE TRIGGER ledger_stay BEFORE DELETE ON ledger "
    "BEGIN SELECT RAISE(ABORT, 'the ledger is only added to'); END;";

const char *const schema_tables[] = {"campaigns", "builds",  "artifacts", "crashes",
                                     "issues",    "aliases", NULL};

/* The SQL that makes the tables of this format; for free(). */
static char *schema_sql(void)
{
    char *issues = state_triggers(&issue_states), *crashes = state_triggers(&crash_states);
    char *sql = mem_print("%s%s%s", tables, issues, crashes);
    free(issues);
    free(crashes);
    return sql;
}

static int64_t pragma(struct store *store, const char *sql)
{
    return store_number(store_prepare(store, sql, ""), -1);
}

static bool is_empty(struct store *store)
{
    return pragma(store, "SELECT count(*) FROM sqlite_schema") == 0;
}

static bool is_format_1(struct store *store)
{
    return store_number(store_prepare(store,
                                      "SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND "
                                      "name IN ('meta', 'issues', 'aliases', 'crashes')",
                                      ""),
                        0) == 4 &&
           store_number(
               store_prepare(store,
                             "SELECT count(*) FROM meta WHERE key = 'format' AND value = '1'", ""),
               0) == 1;
}

/* A store that was emptied, or lost its database, isn't a new one: who began it anew would hide
 * that. */
static bool is_new(struct store *store, struct fail *why)
{
    struct chain_head head;
    chain_read_head(store, &head);
    return head.len == 0 ||
           store_corrupt(store, why, "it is empty, and ledger.head knows of %lld entries",
                         (long long)head.len);
}

static bool make(struct store *store, struct fail *why)
{
    bool migrates = !is_empty(store); /* asked again: another process may have been faster */
    if (migrates && pragma(store, "PRAGMA application_id") == APPLICATION)
        return true;
    if (!migrates && !is_new(store, why))
        return false;
    char *sql = schema_sql();
    bool ok = chain_empty_head(store, why) &&
              (!migrates || store_execute(store,
                                          "ALTER TABLE issues RENAME TO old_issues;"
                                          "ALTER TABLE aliases RENAME TO old_aliases;"
                                          "ALTER TABLE crashes RENAME TO old_crashes",
                                          why)) &&
              store_execute(store, sql, why) && (!migrates || migrate_from_1(store, why)) &&
              store_execute(store, "PRAGMA user_version = " TEXT_OF(STORE_FORMAT), why);
    free(sql);
    sql = mem_print("PRAGMA application_id = %d", APPLICATION);
    ok = ok && store_execute(store, sql, why);
    free(sql);
    return ok;
}

/* Nothing before this writes: what isn't ours stays as it is. */
static bool prepare_writing(struct store *store, struct fail *why)
{
    if (!chain_open_head(store, why) || !chain_lock(store, why))
        return false;
    bool ok = store_execute(store, "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL", why);
    chain_unlock(store);
    return ok;
}

/* While a store is brought up to date nobody may have a campaign in it: the ledge of then knows
 * nothing of the new tables. */
static bool make_or_migrate(struct store *store, bool old, struct fail *why)
{
    return (!old || store->lock >= 0 || store_lock(store, why)) && prepare_writing(store, why) &&
           store_begin(store, why) && store_commit(store, make(store, why), why);
}

static bool foreign(struct store *store, struct fail *why)
{
    return fail_set(why, "name another place (--state DIR), or move it away",
                    "%s is the database of another program", store->path);
}

bool schema_prepare(struct store *store, struct fail *why)
{
    int64_t application = pragma(store, "PRAGMA application_id");
    int64_t format = pragma(store, "PRAGMA user_version");
    if (application < 0 || format < 0)
        return store_complain(store, why);
    if (application == APPLICATION && format == STORE_FORMAT)
        return store->mode == STORE_READ || prepare_writing(store, why);
    if (application == APPLICATION)
        return fail_set(
            why, "use the ledge that wrote it, name another place (--state DIR), or move it away",
            "the store %s has format %lld, and this ledge knows " TEXT_OF(STORE_FORMAT),
            store->path, (long long)format);
    bool old = is_format_1(store);
    if (application != 0 || (!old && !is_empty(store)))
        return foreign(store, why);
    if (store->mode == STORE_READ)
        return old ? fail_set(
                         why,
                         "the next `ledge fuzz` or `ledge triage --state` brings it up to date",
                         "the store %s has format 1, from before there was a ledger", store->path)
                   : store_corrupt(store, why, "it is empty");
    return make_or_migrate(store, old, why);
}

/* The schema of a database as one text. */
static char *schema_text(sqlite3 *db)
{
    sqlite3_stmt *statement = NULL;
    char *text = mem_text("");
    if (sqlite3_prepare_v2(db,
                           "SELECT type || ' ' || name || ' ' || tbl_name || ' ' || "
                           "ifnull(sql, '') FROM sqlite_schema ORDER BY type, name",
                           -1, &statement, NULL) == SQLITE_OK)
        while (sqlite3_step(statement) == SQLITE_ROW) {
            char *longer =
                mem_print("%s%s\n", text, (const char *)sqlite3_column_text(statement, 0));
            free(text);
            text = longer;
        }
    sqlite3_finalize(statement);
    return text;
}

bool schema_check(struct store *store, struct fail *why)
{
    sqlite3 *model = NULL;
    char *sql = schema_sql();
    bool ok = sqlite3_open(":memory:", &model) == SQLITE_OK &&
              sqlite3_exec(model, sql, NULL, NULL, NULL) == SQLITE_OK;
    free(sql);
    if (!ok) {
        fail_set(why, "", "cannot check the store %s: %s", store->path, sqlite3_errmsg(model));
        sqlite3_close(model);
        return false;
    }
    char *want = schema_text(model), *got = schema_text(store->db);
    ok = strcmp(want, got) == 0 ||
         store_corrupt(store, why, "its tables are not those that ledge makes");
    free(want);
    free(got);
    sqlite3_close(model);
    return ok;
}
