#include "store_show.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "files.h"
#include "json.h"
#include "mem.h"
#include "store_parts.h"
#include "store_state.h"

#define WHEN(column) "strftime('%Y-%m-%dT%H:%M:%SZ', " column ", 'unixepoch')"

static const char *const prefixes[] = {"issue-", "crash-", "campaign-", "build-"};
static const char *const tables[] = {"issues", "crashes", "campaigns", "builds"};

static bool is_path(const char *name)
{
    static const char *const paths[] = {"input", "log", "minimized"};
    for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++)
        if (strcmp(name, paths[i]) == 0)
            return true;
    return false;
}

static json_t *column_json(struct store *store, sqlite3_stmt *row, int column)
{
    const char *name = sqlite3_column_name(row, column);
    const char *text = (const char *)sqlite3_column_text(row, column);
    switch (sqlite3_column_type(row, column)) {
    case SQLITE_INTEGER:
        return strcmp(name, "security") == 0 ? json_boolean(sqlite3_column_int(row, column))
                                             : json_integer(sqlite3_column_int64(row, column));
    case SQLITE_FLOAT:
        return json_real(sqlite3_column_double(row, column));
    case SQLITE_NULL:
        return json_null();
    default:
        break;
    }
    if (strcmp(name, "report") == 0) {
        json_t *report = json_loads(text ? text : "", 0, NULL);
        return report ? report : json_null();
    }
    char *full = is_path(name) ? files_full(store, text) : mem_text(text);
    json_t *value = json_text(full);
    free(full);
    return value;
}

static json_t *row_json(struct store *store, sqlite3_stmt *row)
{
    json_t *object = json_object();
    for (int i = 0; i < sqlite3_column_count(row); i++)
        json_put(object, sqlite3_column_name(row, i), column_json(store, row, i));
    return object;
}

/* The rows of a query as an array; an error leaves what there is. Finalizes it. */
static json_t *rows_json(struct store *store, sqlite3_stmt *statement)
{
    json_t *rows = json_array();
    while (statement && sqlite3_step(statement) == SQLITE_ROW)
        json_append(rows, row_json(store, statement));
    sqlite3_finalize(statement);
    return rows;
}

/* The first row as an object, null when there is none. Finalizes it. */
static json_t *one_json(struct store *store, sqlite3_stmt *statement)
{
    json_t *object = statement && sqlite3_step(statement) == SQLITE_ROW ? row_json(store, statement)
                                                                        : json_null();
    sqlite3_finalize(statement);
    return object;
}

static json_t *history_json(struct store *store, const char *table, int64_t id)
{
    return rows_json(
        store, store_prepare(store,
                             "SELECT seq, " WHEN(
                                 "time") " AS time, event, remark"
                                         " FROM ledger WHERE thing = ? AND row = ? ORDER BY seq",
                             "ti", table, id));
}

static json_t *build_json(struct store *store, int64_t id)
{
    return one_json(store, store_prepare(store,
                                         "SELECT 'build-' || id AS id, target, engine, sanitizer,"
                                         " binary, sha256, compiler FROM builds WHERE id = ?",
                                         "i", id));
}

static json_t *campaign_json(struct store *store, int64_t id)
{
    return one_json(store,
                    store_prepare(store,
                                  "SELECT 'campaign-' || id AS id, kind, command, version, machine,"
                                  " " WHEN("started") " AS started, " WHEN(
                                      "ended") " AS ended,"
                                               " executions, outcome FROM campaigns WHERE id = ?",
                                  "i", id));
}

static int64_t reference(struct store *store, const char *table, const char *column, int64_t id)
{
    char *sql = mem_print("SELECT %s FROM %s WHERE id = ?", column, table);
    int64_t value = store_number(store_prepare(store, sql, "i", id), 0);
    free(sql);
    return value;
}

static json_t *crash_json(struct store *store, int64_t id)
{
    json_t *crash = one_json(
        store,
        store_prepare(store,
                      "SELECT 'crash-' || c.id AS id, c.target, c.status, 'issue-' || c.issue AS"
                      " issue, a.path AS input, a.size AS input_bytes, a.sha256 AS input_sha256,"
                      " l.path AS log, l.sha256 AS log_sha256, c.engine, c.sanitizer, c.seconds,"
                      " c.executions, " WHEN(
                          "c.found") " AS found, c.source, c.hits, c.runs,"
                                     " c.attempts, c.problem, c.report FROM crashes c"
                                     " LEFT JOIN artifacts a ON a.id = c.input"
                                     " LEFT JOIN artifacts l ON l.id = c.log WHERE c.id = ?",
                      "i", id));
    if (!json_is_object(crash))
        return crash;
    json_put(crash, "build", build_json(store, reference(store, "crashes", "build", id)));
    json_put(crash, "campaign", campaign_json(store, reference(store, "crashes", "campaign", id)));
    return crash;
}

#define ISSUE_COLUMNS                                                                              \
    "'issue-' || i.id AS id, i.target, i.status, i.type AS crash_type, i.state AS crash_state,"    \
    " i.address AS crash_address, i.class, i.security, i.signature, i.sanitizer, i.hits, i.runs,"  \
    " i.count, " WHEN("i.first_seen") " AS first_seen, " WHEN(                                     \
        "i.last_seen") " AS last_seen,"                                                            \
                       " a.path AS input, m.path AS minimized, i.reproducer, 'issue-' || "         \
                       "i.duplicate_of AS"                                                         \
                       " duplicate_of FROM issues i JOIN crashes c ON c.id = i.crash"              \
                       " LEFT JOIN artifacts a ON a.id = c.input LEFT JOIN artifacts m ON m.id = " \
                       "i.minimized "

static json_t *next_json(const char *status)
{
    json_t *all = json_array();
    const char *const *next = status ? state_after(&issue_states, status) : NULL;
    for (; next && *next; next++)
        json_append(all, json_text(*next));
    return all;
}

static json_t *signatures_json(struct store *store, int64_t issue)
{
    json_t *all = json_array();
    sqlite3_stmt *statement = store_prepare(
        store, "SELECT signature FROM aliases WHERE issue = ? ORDER BY id", "i", issue);
    while (statement && sqlite3_step(statement) == SQLITE_ROW) {
        char *signature = store_text(statement, 0);
        json_append(all, json_text(signature));
        free(signature);
    }
    sqlite3_finalize(statement);
    return all;
}

static json_t *issue_json(struct store *store, int64_t id)
{
    json_t *issue =
        one_json(store, store_prepare(store, "SELECT " ISSUE_COLUMNS "WHERE i.id = ?", "i", id));
    if (!json_is_object(issue))
        return issue;
    json_put(issue, "next", next_json(json_string_value(json_object_get(issue, "status"))));
    json_put(issue, "signatures", signatures_json(store, id));
    json_put(issue, "build", build_json(store, reference(store, "issues", "build", id)));
    json_put(issue, "crash", crash_json(store, reference(store, "issues", "crash", id)));
    json_put(issue, "crashes",
             rows_json(store, store_prepare(store,
                                            "SELECT 'crash-' || c.id AS id, c.status, a.path AS"
                                            " input, l.path AS log FROM crashes c"
                                            " LEFT JOIN artifacts a ON a.id = c.input"
                                            " LEFT JOIN artifacts l ON l.id = c.log"
                                            " WHERE c.issue = ? ORDER BY c.id",
                                            "i", id)));
    return issue;
}

json_t *show_thing(struct store *store, const struct show_ref *ref, struct fail *why)
{
    static json_t *(*const makers[])(struct store *, int64_t) = {issue_json, crash_json,
                                                                 campaign_json, build_json};
    if (!store_execute(store, "BEGIN", why)) /* all of it as of one moment */
        return NULL;
    json_t *thing = makers[ref->kind](store, ref->id);
    if (json_is_object(thing))
        json_put(thing, "history", history_json(store, tables[ref->kind], ref->id));
    (void)sqlite3_exec(store->db, "ROLLBACK", NULL, NULL, NULL); /* nothing was written */
    if (json_is_object(thing))
        return thing;
    json_decref(thing);
    if (sqlite3_errcode(store->db) != SQLITE_OK && sqlite3_errcode(store->db) != SQLITE_DONE)
        store_complain(store, why);
    else
        fail_set(why, "`ledge show` lists the issues", "there is no %s%lld", prefixes[ref->kind],
                 (long long)ref->id);
    return NULL;
}

json_t *show_list(struct store *store, struct fail *why)
{
    if (!store_execute(store, "BEGIN", why))
        return NULL;
    json_t *list = json_object();
    json_put(list, "issues",
             rows_json(store, store_prepare(store, "SELECT " ISSUE_COLUMNS "ORDER BY i.id", "")));
    json_put(
        list, "unnamed",
        json_integer(store_number(
            store_prepare(store, "SELECT count(*) FROM crashes WHERE status = 'new'", ""), 0)));
    json_put(
        list, "flaky",
        json_integer(store_number(
            store_prepare(store, "SELECT count(*) FROM crashes WHERE status = 'flaky'", ""), 0)));
    json_put(
        list, "crashes",
        json_integer(store_number(store_prepare(store, "SELECT count(*) FROM crashes", ""), 0)));
    (void)sqlite3_exec(store->db, "ROLLBACK", NULL, NULL, NULL); /* nothing was written */
    return list;
}

/* What a text may mean, found so far. */
struct matches {
    struct show_ref ref;
    size_t len;
    char text[200]; /* their names */
};

static void add_matches(struct matches *matches, enum show_kind kind, sqlite3_stmt *statement)
{
    while (statement && sqlite3_step(statement) == SQLITE_ROW) {
        size_t used = strlen(matches->text);
        matches->ref = (struct show_ref){kind, sqlite3_column_int64(statement, 0)};
        snprintf(matches->text + used, sizeof matches->text - used, "%s%s%lld",
                 matches->len++ ? ", " : "", prefixes[kind], (long long)matches->ref.id);
    }
    sqlite3_finalize(statement);
}

static bool parse_id(const char *text, int64_t *id)
{
    char *end;
    long long value = strtoll(text, &end, 10);
    *id = value;
    return isdigit((unsigned char)text[0]) && *end == '\0' && strlen(text) < 19;
}

bool show_find(struct store *store, const char *text, struct show_ref *ref, struct fail *why)
{
    struct matches matches = {.len = 0};
    const char *name = strchr(text, '/') ? path_base(text) : text;
    size_t len = strlen(name);
    int64_t id;
    for (size_t i = 0; i < sizeof prefixes / sizeof prefixes[0]; i++)
        if (strncmp(text, prefixes[i], strlen(prefixes[i])) == 0 &&
            parse_id(text + strlen(prefixes[i]), &id)) {
            *ref = (struct show_ref){(enum show_kind)i, id};
            return true;
        }
    if (parse_id(text, &id))
        add_matches(&matches, SHOW_ISSUE,
                    store_prepare(store, "SELECT id FROM issues WHERE id = ?", "i", id));
    if (len >= 4 && len <= 32 && strspn(name, "0123456789abcdef") == len) {
        add_matches(&matches, SHOW_ISSUE,
                    store_prepare(store,
                                  "SELECT DISTINCT issue FROM aliases WHERE"
                                  " substr(signature, 1, ?) = ?",
                                  "it", (int64_t)len, name));
        add_matches(&matches, SHOW_CRASH,
                    store_prepare(store,
                                  "SELECT DISTINCT c.id FROM crashes c JOIN artifacts a ON a.id IN"
                                  " (c.input, c.log) WHERE substr(a.path, -32, ?) = ?",
                                  "it", (int64_t)len, name));
    }
    *ref = matches.ref;
    if (matches.len == 1)
        return true;
    if (matches.len > 1)
        return fail_set(why, "say which", "'%.100s' may be %s", text, matches.text);
    return fail_set(
        why,
        "`ledge show` lists the issues; an id is issue-3, crash-5, campaign-1, build-2, "
        "or 4 digits of a signature or of a kept file's name",
        "the store has no '%.300s'", text);
}
