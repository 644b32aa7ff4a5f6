/* Crashes: saved first, named later. */
#include <errno.h>
#include <jansson.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "files.h"
#include "mem.h"
#include "store_chain.h"
#include "store_parts.h"

#define CRASH_COLUMNS                                                                              \
    "c.id, c.target, a.path, c.engine, c.sanitizer, c.status, c.issue"                             \
    " FROM crashes c LEFT JOIN artifacts a ON a.id = c.input "

static void read_crash(struct store *store, sqlite3_stmt *statement, struct store_crash *crash)
{
    char *path = store_text_or_null(statement, 2);
    *crash = (struct store_crash){
        .id = sqlite3_column_int64(statement, 0),
        .target = store_text(statement, 1),
        .artifact = files_full(store, path),
        .engine = store_text(statement, 3),
        .sanitizer = store_text(statement, 4),
        .status = store_text(statement, 5),
        .issue = sqlite3_column_int64(statement, 6),
    };
    free(path);
}

void store_crash_free(struct store_crash *crash)
{
    free(crash->artifact);
    free(crash->target);
    free(crash->engine);
    free(crash->sanitizer);
    free(crash->status);
    *crash = (struct store_crash){0};
}

/* Reads the crash that a statement over CRASH_COLUMNS finds; its id is 0 when there is none. */
static bool find_crash(struct store *store, sqlite3_stmt *statement, struct store_crash *crash,
                       struct fail *why)
{
    int code = statement ? sqlite3_step(statement) : SQLITE_ERROR;
    *crash = (struct store_crash){0};
    if (code == SQLITE_ROW)
        read_crash(store, statement, crash);
    sqlite3_finalize(statement);
    return code == SQLITE_ROW || code == SQLITE_DONE || store_complain(store, why);
}

static bool find_by_input(struct store *store, const char *path, struct store_crash *crash,
                          struct fail *why)
{
    return find_crash(store,
                      store_prepare(store, "SELECT " CRASH_COLUMNS "WHERE a.path = ?", "t", path),
                      crash, why);
}

static bool find_by_log(struct store *store, const char *target, const char *path,
                        struct store_crash *crash, struct fail *why)
{
    return find_crash(store,
                      store_prepare(store,
                                    "SELECT " CRASH_COLUMNS "JOIN artifacts l ON l.id = c.log"
                                    " WHERE c.input IS NULL AND c.target = ? AND l.path = ?",
                                    "tt", target, path),
                      crash, why);
}

bool store_find_input(struct store *store, const char *target, const void *bytes, size_t len,
                      struct store_crash *crash, struct fail *why)
{
    char *path = files_input_path("crashes", target, bytes, len);
    bool ok = find_by_input(store, path, crash, why);
    free(path);
    return ok;
}

bool store_find_log(struct store *store, const struct store_origin *origin,
                    struct store_crash *crash, struct fail *why)
{
    size_t len;
    char *log = files_log(origin->log, origin->log_len, &len);
    char *path = files_log_path(log, len);
    bool ok = find_by_log(store, origin->target, path, crash, why);
    free(path);
    free(log);
    return ok;
}

/* The files of one crash, written and not yet recorded. */
struct material {
    const void *input;
    size_t input_len;
    char *input_path; /* NULL: none */
    char *log;
    size_t log_len;
    char *log_path; /* NULL: none */
};

static bool write_material(struct store *store, const struct store_origin *origin,
                           const void *input, size_t input_len, struct material *material,
                           struct fail *why)
{
    *material = (struct material){.input = input, .input_len = input_len};
    if (input)
        material->input_path = files_input_path("crashes", origin->target, input, input_len);
    if (origin->log_len > 0) {
        material->log = files_log(origin->log, origin->log_len, &material->log_len);
        material->log_path = files_log_path(material->log, material->log_len);
    }
    return (!input || files_write(store, material->input_path, input, input_len, why)) &&
           (!material->log ||
            files_write(store, material->log_path, material->log, material->log_len, why));
}

static void free_material(struct material *material)
{
    free(material->input_path);
    free(material->log);
    free(material->log_path);
}

static bool insert_crash(struct store *store, const struct store_origin *origin,
                         const struct material *material, struct fail *why)
{
    int64_t input = 0, log = 0, build = 0;
    bool ok = (!material->input_path || files_artifact(store, material->input_path, material->input,
                                                       material->input_len, &input, why)) &&
              (!material->log_path || files_artifact(store, material->log_path, material->log,
                                                     material->log_len, &log, why)) &&
              files_build(store, origin->target, origin->engine, origin->sanitizer, origin->binary,
                          &build, why);
    if (!ok)
        return false;
    sqlite3_stmt *statement = store_prepare(
        store,
        "INSERT INTO crashes(target, input, log, build, campaign, engine, sanitizer, seconds,"
        " executions, found, source, status, hits, runs, attempts)"
        " VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, unixepoch(), ?, 'new', 0, 0, 0)",
        "tnnnittrit", origin->target, input, log, build, store->campaign, origin->engine,
        origin->sanitizer, origin->seconds, (int64_t)origin->executions, origin->source);
    return store_finish(store, statement, why) &&
           chain_note(store, "kept", "crashes", sqlite3_last_insert_rowid(store->db),
                      material->input_path ? material->input_path : material->log_path, why);
}

static bool find_material(struct store *store, const struct store_origin *origin,
                          const struct material *material, struct store_crash *crash,
                          struct fail *why)
{
    return material->input_path
               ? find_by_input(store, material->input_path, crash, why)
               : find_by_log(store, origin->target, material->log_path, crash, why);
}

/* The record of files that are on disk already. Another process may be recording the same: who
 * comes second finds it within his transaction. */
static bool record(struct store *store, const struct store_origin *origin,
                   const struct material *material, struct store_crash *crash, bool *known,
                   struct fail *why)
{
    *crash = (struct store_crash){0};
    if (!files_campaign(store, why) || !store_begin(store, why))
        return false;
    bool ok = find_material(store, origin, material, crash, why);
    *known = crash->id != 0;
    ok = ok && (*known || (insert_crash(store, origin, material, why) &&
                           find_material(store, origin, material, crash, why)));
    ok = store_commit(store, ok, why);
    if (!ok)
        store_crash_free(crash);
    return ok;
}

static bool keep(struct store *store, const struct store_origin *origin, const void *input,
                 size_t input_len, struct store_crash *crash, bool *known, struct fail *why)
{
    struct material material;
    bool ok = write_material(store, origin, input, input_len, &material, why) &&
              record(store, origin, &material, crash, known, why);
    free_material(&material);
    return ok;
}

bool store_keep(struct store *store, const struct store_origin *origin, const void *bytes,
                size_t len, struct store_crash *crash, bool *known, struct fail *why)
{
    return keep(store, origin, bytes ? bytes : "", len, crash, known, why);
}

bool store_keep_log(struct store *store, const struct store_origin *origin,
                    struct store_crash *crash, bool *known, struct fail *why)
{
    return keep(store, origin, NULL, 0, crash, known, why);
}

/* What somebody was writing when he was killed: the engine, or the user, still has it. */
static void remove_half_written(const char *path)
{
    const char *end = strstr(path_base(path), ".tmp");
    long writer = end ? strtol(end + 4, NULL, 10) : 0;
    if (writer > 0 && kill((pid_t)writer, 0) != 0 && errno == ESRCH)
        unlink(path); /* if it can't be, it is only in the way */
}

static bool adopt_file(struct store *store, const struct store_origin *origin, const char *path,
                       struct fail *why)
{
    char *bytes;
    size_t len;
    char id[33];
    struct store_crash crash = {0};
    bool known, ok = true;
    if (!file_read(path, &bytes, &len, why))
        return false;
    store_id(bytes, len, id);
    struct material material = {.input = bytes, .input_len = len};
    material.input_path = files_input_path("crashes", origin->target, bytes, len);
    if (strcmp(id, path_base(path)) == 0) /* else nobody finished writing it, or it was changed */
        ok = find_by_input(store, material.input_path, &crash, why) &&
             (crash.id || record(store, origin, &material, &crash, &known, why));
    store_crash_free(&crash);
    free(material.input_path);
    free(bytes);
    return ok;
}

bool store_adopt(struct store *store, const char *target, struct fail *why)
{
    char *directory = mem_print("%s/crashes/%s", store->directory, target);
    struct paths paths = {0};
    struct store_origin origin = {.target = target, .engine = "unknown", .sanitizer = "asan"};
    bool ok = !path_is_dir(directory) || paths_find(&paths, directory, why);
    for (size_t i = 0; i < paths.len && ok; i++) {
        origin.source = paths.at[i];
        if (strstr(path_base(paths.at[i]), ".tmp"))
            remove_half_written(paths.at[i]);
        else if (strlen(path_base(paths.at[i])) == 32)
            ok = adopt_file(store, &origin, paths.at[i], why);
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
    sqlite3_stmt *statement = store_prepare(
        store,
        "SELECT " CRASH_COLUMNS "WHERE c.target = ? AND c.status = 'new' AND c.input IS NOT"
        " NULL ORDER BY c.id",
        "t", target);
    int code = SQLITE_ERROR;
    while (statement && (code = sqlite3_step(statement)) == SQLITE_ROW) {
        *crashes = mem_resize(*crashes, *len + 1, sizeof **crashes);
        read_crash(store, statement, &(*crashes)[(*len)++]);
    }
    sqlite3_finalize(statement);
    return code == SQLITE_DONE || store_complain(store, why);
}

uint64_t store_flaky_count(struct store *store, const char *target)
{
    return (uint64_t)store_number(
        store_prepare(store, "SELECT count(*) FROM crashes WHERE target = ? AND status = 'flaky'",
                      "t", target),
        0);
}

static char *report_text(const struct crash *report)
{
    json_t *object = report ? crash_to_json(report) : NULL;
    char *text = object ? json_dumps(object, JSON_COMPACT) : NULL;
    json_decref(object);
    return text;
}

bool crash_settle(struct store *store, const struct store_crash *crash, const char *status,
                  int64_t issue, const struct store_evidence *evidence, struct fail *why)
{
    int64_t log = 0, build = 0;
    size_t len;
    char *kept = files_log(evidence->log, evidence->log_len, &len);
    char *path = files_log_path(kept, len), *report = report_text(evidence->report);
    bool ok =
        files_artifact(store, path, kept, len, &log, why) &&
        files_build(store, crash->target, evidence->engine, evidence->sanitizer, evidence->binary,
                    &build, why) &&
        store_finish(store,
                     store_prepare(store,
                                   "UPDATE crashes SET status = ?, issue = ?, log = ?,"
                                   " build = ifnull(?, build), report = ?, hits = ?, runs = ?,"
                                   " problem = NULL WHERE id = ?",
                                   "tnintiii", status, issue, log, build, report,
                                   (int64_t)evidence->hits, (int64_t)evidence->runs, crash->id),
                     why) &&
        chain_note(store, status, "crashes", crash->id, evidence->sanitizer, why);
    free(report);
    free(path);
    free(kept);
    return ok;
}

bool crash_write_log(struct store *store, const struct store_evidence *evidence, struct fail *why)
{
    size_t len;
    char *kept = files_log(evidence->log, evidence->log_len, &len);
    char *path = files_log_path(kept, len);
    bool ok = files_write(store, path, kept, len, why);
    free(path);
    free(kept);
    return ok;
}

/* What had a name keeps it: that it runs clean now is news for the ledger only. */
static bool set_flaky(struct store *store, const struct store_crash *crash,
                      const struct store_evidence *evidence, struct fail *why)
{
    bool named = store_number(store_prepare(store,
                                            "SELECT count(*) FROM crashes WHERE id = ? AND "
                                            "status = 'named'",
                                            "i", crash->id),
                              0) == 1;
    return named ? chain_note(store, "did not fail again", "crashes", crash->id,
                              evidence->sanitizer, why)
                 : crash_settle(store, crash, "flaky", 0, evidence, why);
}

bool store_flaky(struct store *store, const struct store_crash *crash,
                 const struct store_evidence *evidence, struct fail *why)
{
    return crash_write_log(store, evidence, why) && store_begin(store, why) &&
           store_commit(store, set_flaky(store, crash, evidence, why), why);
}

bool store_problem(struct store *store, const struct store_crash *crash, const char *problem,
                   unsigned *attempts, struct fail *why)
{
    if (!store_begin(store, why))
        return false;
    bool ok = store_finish(store,
                           store_prepare(store,
                                         "UPDATE crashes SET attempts = attempts + 1, problem = ?"
                                         " WHERE id = ?",
                                         "ti", problem, crash->id),
                           why) &&
              chain_note(store, "could not be replayed", "crashes", crash->id, problem, why);
    *attempts = (unsigned)store_number(
        store_prepare(store, "SELECT attempts FROM crashes WHERE id = ?", "i", crash->id), 0);
    return store_commit(store, ok, why);
}
