/* Issues, and what becomes of them. */
#include <stdlib.h>
#include <string.h>

#include "files.h"
#include "mem.h"
#include "store_chain.h"
#include "store_parts.h"
#include "store_state.h"

int64_t store_known(struct store *store, const char *target, const char *signature)
{
    return store_number(
        store_prepare(store, "SELECT issue FROM aliases WHERE target = ? AND signature = ?", "tt",
                      target, signature),
        0);
}

static bool issue_status(struct store *store, int64_t issue, char **status, struct fail *why)
{
    sqlite3_stmt *statement =
        store_prepare(store, "SELECT status FROM issues WHERE id = ?", "i", issue);
    int code = statement ? sqlite3_step(statement) : SQLITE_ERROR;
    *status = code == SQLITE_ROW ? store_text(statement, 0) : NULL;
    sqlite3_finalize(statement);
    if (code == SQLITE_DONE)
        fail_set(why, "`ledge show` lists them", "there is no issue-%lld", (long long)issue);
    else if (code != SQLITE_ROW)
        store_complain(store, why);
    return *status != NULL;
}

static bool refuse_step(int64_t issue, const char *from, const char *to, struct fail *why)
{
    char *next = state_next(&issue_states, from);
    if (!state_known(&issue_states, to))
        fail_set(why, "", "there is no state '%s'", to);
    else
        fail_set(why, "", "issue-%lld is %s, and cannot become %s from there", (long long)issue,
                 from, to);
    snprintf(why->next, sizeof why->next, "from '%s' it can become: %s", from, next);
    free(next);
    return false;
}

/* One step, within a transaction. */
static bool step(struct store *store, int64_t issue, const char *from, const char *to,
                 const char *reason, struct fail *why)
{
    char *remark = mem_print("%s > %s: %s", from, to, reason);
    bool ok = store_finish(store,
                           store_prepare(store, "UPDATE issues SET status = ? WHERE id = ?", "ti",
                                         to, issue),
                           why) &&
              chain_note(store, "moved", "issues", issue, remark, why);
    free(remark);
    return ok;
}

/* From where it is to another state, within a transaction. */
static bool move(struct store *store, int64_t issue, const char *to, const char *reason,
                 size_t steps_max, struct fail *why)
{
    const char *path[16];
    char *from;
    if (!issue_status(store, issue, &from, why))
        return false;
    bool there = strcmp(from, to) == 0, ok = true;
    size_t len = there ? 0 : state_path(&issue_states, from, to, path, steps_max);
    if (len == 0 && !there)
        ok = refuse_step(issue, from, to, why);
    for (size_t i = 0; i < len && ok; i++)
        ok = step(store, issue, i ? path[i - 1] : from, path[i], reason, why);
    free(from);
    return ok;
}

bool store_move(struct store *store, int64_t issue, const char *to, const char *reason,
                struct fail *why)
{
    return store_begin(store, why) &&
           store_commit(store, move(store, issue, to, reason, 1, why), why);
}

static bool always_fails(const struct store_evidence *evidence)
{
    return evidence->runs > 0 && evidence->hits == evidence->runs;
}

/* Another crash of an issue may show what was not seen before: that it fails each time, or that it
 * is back. */
static bool learn(struct store *store, const struct store_crash *crash, int64_t issue,
                  const struct store_evidence *evidence, bool *back, struct fail *why)
{
    char *status;
    if (!issue_status(store, issue, &status, why))
        return false;
    bool was_fixed = strcmp(status, "fixed") == 0, ok = true;
    bool better = strcmp(status, "new") == 0 || strcmp(status, "flaky") == 0;
    if (was_fixed)
        ok = step(store, issue, status, "reproduced", "seen again", why);
    else if (better && always_fails(evidence))
        ok = store_finish(store,
                          store_prepare(store,
                                        "UPDATE issues SET crash = ?, hits = ?, runs = ?"
                                        " WHERE id = ?",
                                        "iiii", crash->id, (int64_t)evidence->hits,
                                        (int64_t)evidence->runs, issue),
                          why) &&
             step(store, issue, status, "reproduced", "an input fails every time", why);
    if (back)
        *back = was_fixed;
    free(status);
    return ok;
}

/* Found again, the very same input tells nothing new of itself. */
static bool is_settled(struct store *store, const struct store_crash *crash, int64_t issue)
{
    return store_number(store_prepare(store,
                                      "SELECT count(*) FROM crashes WHERE id = ? AND issue = ? AND "
                                      "status = 'named'",
                                      "ii", crash->id, issue),
                        0) == 1;
}

static bool count(struct store *store, const struct store_crash *crash, int64_t issue,
                  const struct store_evidence *evidence, bool *back, struct fail *why)
{
    return (is_settled(store, crash, issue) ||
            crash_settle(store, crash, "named", issue, evidence, why)) &&
           store_finish(store,
                        store_prepare(store,
                                      "UPDATE issues SET count = count + 1, last_seen = "
                                      "unixepoch() WHERE id = ?",
                                      "i", issue),
                        why) &&
           chain_note(store, "seen again", "issues", issue, crash->sanitizer, why) &&
           learn(store, crash, issue, evidence, back, why);
}

bool store_count(struct store *store, const struct store_crash *crash, int64_t issue,
                 const struct store_evidence *evidence, bool *back, struct fail *why)
{
    return (is_settled(store, crash, issue) || crash_write_log(store, evidence, why)) &&
           store_begin(store, why) &&
           store_commit(store, count(store, crash, issue, evidence, back, why), why);
}

static bool add_alias(struct store *store, const char *target, const char *signature, int64_t issue,
                      struct fail *why)
{
    if (store_known(store, target, signature))
        return true;
    return store_finish(store,
                        store_prepare(store,
                                      "INSERT INTO aliases(target, signature, issue)"
                                      " VALUES(?, ?, ?)",
                                      "tti", target, signature, issue),
                        why) &&
           chain_note(store, "also called", "aliases", sqlite3_last_insert_rowid(store->db),
                      signature, why);
}

static bool insert_issue(struct store *store, const struct store_crash *crash,
                         const struct store_evidence *evidence, int64_t *issue, struct fail *why)
{
    const struct crash *name = evidence->report;
    int64_t build;
    if (!files_build(store, crash->target, evidence->engine, evidence->sanitizer, evidence->binary,
                     &build, why))
        return false;
    sqlite3_stmt *statement = store_prepare(
        store,
        "INSERT INTO issues(target, signature, type, state, address, class, security, sanitizer,"
        " build, crash, hits, runs, count, first_seen, last_seen, status)"
        " VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 1, unixepoch(), unixepoch(), 'new')",
        "ttttttitniii", crash->target, name->signature, name->type, name->state, name->address,
        name->class_, (int64_t)name->security, evidence->sanitizer, build, crash->id,
        (int64_t)evidence->hits, (int64_t)evidence->runs);
    if (!store_finish(store, statement, why))
        return false;
    *issue = sqlite3_last_insert_rowid(store->db);
    return chain_note(store, "named", "issues", *issue, name->signature, why);
}

static bool name(struct store *store, const struct store_crash *crash,
                 const struct store_evidence *evidence, const struct crash *const *also,
                 size_t also_len, int64_t *issue, struct fail *why)
{
    *issue = store_known(store, crash->target, evidence->report->signature);
    if (*issue) /* another process was faster */
        return count(store, crash, *issue, evidence, NULL, why);
    bool ok = insert_issue(store, crash, evidence, issue, why) &&
              add_alias(store, crash->target, evidence->report->signature, *issue, why);
    for (size_t i = 0; i < also_len && ok; i++)
        ok = add_alias(store, crash->target, also[i]->signature, *issue, why);
    if (ok && evidence->runs > 0)
        ok = always_fails(evidence)
                 ? step(store, *issue, "new", "reproduced", "its input fails every time", why)
                 : step(store, *issue, "new", "flaky", "its input fails now and then", why);
    return ok && crash_settle(store, crash, "named", *issue, evidence, why);
}

bool store_name(struct store *store, const struct store_crash *crash,
                const struct store_evidence *evidence, const struct crash *const *also,
                size_t also_len, int64_t *issue, struct fail *why)
{
    return crash_write_log(store, evidence, why) && store_begin(store, why) &&
           store_commit(store, name(store, crash, evidence, also, also_len, issue, why), why);
}

static void read_issue(struct store *store, sqlite3_stmt *row, struct store_issue *issue)
{
    char *artifact = store_text_or_null(row, 11), *minimized = store_text_or_null(row, 17);
    *issue = (struct store_issue){
        .id = sqlite3_column_int64(row, 0),
        .target = store_text(row, 1),
        .signature = store_text(row, 2),
        .type = store_text(row, 3),
        .state = store_text(row, 4),
        .class_ = store_text(row, 5),
        .security = sqlite3_column_int(row, 6) != 0,
        .build = store_text(row, 7),
        .hits = (unsigned)sqlite3_column_int(row, 8),
        .runs = (unsigned)sqlite3_column_int(row, 9),
        .count = (uint64_t)sqlite3_column_int64(row, 10),
        .artifact = files_full(store, artifact),
        .engine = store_text(row, 12),
        .sanitizer = store_text(row, 13),
        .seconds = sqlite3_column_double(row, 14),
        .executions = (uint64_t)sqlite3_column_int64(row, 15),
        .status = store_text(row, 16),
        .minimized = files_full(store, minimized),
        .reproducer = store_text_or_null(row, 18),
    };
    free(artifact);
    free(minimized);
}

bool store_issue(struct store *store, int64_t id, struct store_issue *issue, struct fail *why)
{
    sqlite3_stmt *statement = store_prepare(
        store,
        "SELECT i.id, i.target, i.signature, i.type, i.state, i.class, i.security, i.sanitizer,"
        " i.hits, i.runs, i.count, a.path, c.engine, c.sanitizer, c.seconds, c.executions,"
        " i.status, m.path, i.reproducer"
        " FROM issues i JOIN crashes c ON c.id = i.crash LEFT JOIN artifacts a ON a.id = c.input"
        " LEFT JOIN artifacts m ON m.id = i.minimized WHERE i.id = ?",
        "i", id);
    int code = statement ? sqlite3_step(statement) : SQLITE_ERROR;
    if (code == SQLITE_ROW)
        read_issue(store, statement, issue);
    sqlite3_finalize(statement);
    if (code == SQLITE_DONE)
        fail_set(why, "`ledge show` lists them", "there is no issue-%lld", (long long)id);
    else if (code != SQLITE_ROW)
        store_complain(store, why);
    return code == SQLITE_ROW;
}

void store_issue_free(struct store_issue *issue)
{
    free(issue->target);
    free(issue->signature);
    free(issue->type);
    free(issue->state);
    free(issue->class_);
    free(issue->status);
    free(issue->build);
    free(issue->engine);
    free(issue->sanitizer);
    free(issue->artifact);
    free(issue->minimized);
    free(issue->reproducer);
    *issue = (struct store_issue){0};
}

/* To a state, unless it is past that one already: a smaller input of what is curated stays
 * curated. */
static bool reach(struct store *store, int64_t issue, const char *to, const char *const *past,
                  const char *reason, struct fail *why)
{
    char *status;
    if (!issue_status(store, issue, &status, why))
        return false;
    bool is_past = false;
    for (size_t i = 0; past[i]; i++)
        is_past |= strcmp(status, past[i]) == 0;
    free(status);
    return is_past || move(store, issue, to, reason, 16, why);
}

static bool set_minimized(struct store *store, int64_t issue, const char *path, const void *bytes,
                          size_t len, struct fail *why)
{
    static const char *const past[] = {"curated", NULL};
    int64_t artifact;
    char *remark = mem_print("%zu bytes: %s", len, path);
    bool ok = files_artifact(store, path, bytes, len, &artifact, why) &&
              store_finish(store,
                           store_prepare(store, "UPDATE issues SET minimized = ? WHERE id = ?",
                                         "ii", artifact, issue),
                           why) &&
              chain_note(store, "minimized", "issues", issue, remark, why) &&
              reach(store, issue, "minimized", past, "the smallest input is kept", why);
    free(remark);
    return ok;
}

bool store_minimized(struct store *store, int64_t issue, const void *bytes, size_t len,
                     struct fail *why)
{
    struct store_issue about = {0};
    if (!store_issue(store, issue, &about, why))
        return false;
    char *path = files_input_path("minimized", about.target, bytes, len);
    char *full = files_full(store, path);
    bool known = about.minimized && strcmp(about.minimized, full) == 0 &&
                 (strcmp(about.status, "minimized") == 0 || strcmp(about.status, "curated") == 0);
    bool ok =
        files_write(store, path, bytes, len, why) &&
        (known || (store_begin(store, why) &&
                   store_commit(store, set_minimized(store, issue, path, bytes, len, why), why)));
    free(full);
    free(path);
    store_issue_free(&about);
    return ok;
}

static bool set_curated(struct store *store, int64_t issue, const char *directory, struct fail *why)
{
    static const char *const past[] = {NULL};
    return store_finish(store,
                        store_prepare(store, "UPDATE issues SET reproducer = ? WHERE id = ?", "ti",
                                      directory, issue),
                        why) &&
           chain_note(store, "curated", "issues", issue, directory, why) &&
           reach(store, issue, "curated", past, "it has a reproducer", why);
}

bool store_curated(struct store *store, int64_t issue, const char *directory, struct fail *why)
{
    struct store_issue about = {0};
    if (!store_issue(store, issue, &about, why))
        return false;
    bool known = strcmp(about.status, "curated") == 0 && about.reproducer &&
                 strcmp(about.reproducer, directory) == 0;
    store_issue_free(&about);
    return known || (store_begin(store, why) &&
                     store_commit(store, set_curated(store, issue, directory, why), why));
}

static bool set_duplicate(struct store *store, int64_t issue, int64_t original, struct fail *why)
{
    char *remark = mem_print("of issue-%lld", (long long)original);
    bool ok = move(store, issue, "duplicate", remark, 1, why) &&
              store_finish(store,
                           store_prepare(store, "UPDATE issues SET duplicate_of = ? WHERE id = ?",
                                         "ii", original, issue),
                           why) &&
              chain_note(store, "duplicate", "issues", issue, remark, why);
    free(remark);
    return ok;
}

bool store_duplicate(struct store *store, int64_t issue, int64_t original, struct fail *why)
{
    char *status;
    if (issue == original)
        return fail_set(why, "name the other one", "issue-%lld cannot be a duplicate of itself",
                        (long long)issue);
    if (!issue_status(store, original, &status, why))
        return false;
    free(status);
    return store_begin(store, why) &&
           store_commit(store, set_duplicate(store, issue, original, why), why);
}
