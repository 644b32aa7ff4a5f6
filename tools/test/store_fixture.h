/* store_fixture.h: a state directory, and what to put into it, for the tests of the store. Each
 * file that includes it gets its own copy of the few helpers. */
#ifndef LEDGE_TOOLS_TEST_STORE_FIXTURE_H
#define LEDGE_TOOLS_TEST_STORE_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#include <sqlite3.h>

#include "files.h"
#include "mem.h"
#include "store.h"
#include "store_audit.h"

#define MAYBE_UNUSED __attribute__((unused))

static const struct store_origin origin MAYBE_UNUSED = {.target = "vec",
                                                        .engine = "libfuzzer",
                                                        .sanitizer = "asan",
                                                        .seconds = 1.5,
                                                        .executions = 1000,
                                                        .binary = "/proc/self/exe",
                                                        .log = "some log",
                                                        .log_len = 8};

static char directory[32];

static int make_directory(void **state)
{
    (void)state;
    strcpy(directory, "/tmp/ledge-store-XXXXXX");
    return mkdtemp(directory) ? 0 : -1;
}

static int remove_directory(void **state)
{
    (void)state;
    dir_remove(directory);
    return 0;
}

#define STORE_TEST(name) cmocka_unit_test_setup_teardown(name, make_directory, remove_directory)

MAYBE_UNUSED static struct store *open_store(void)
{
    struct fail why;
    struct store *store = store_open(directory, STORE_CAMPAIGN, &why);
    if (!store)
        fail_msg("%s", why.what);
    return store;
}

/* What a run showed: `report` (NULL: nothing), so often. */
MAYBE_UNUSED static struct store_evidence evidence_of(const struct crash *report, unsigned hits,
                                                      unsigned runs)
{
    return (struct store_evidence){.engine = "replay",
                                   .sanitizer = "asan",
                                   .binary = "/proc/self/exe",
                                   .log = "a report",
                                   .log_len = 8,
                                   .report = report,
                                   .hits = hits,
                                   .runs = runs};
}

/* A crash of that signature; for crash_free. */
MAYBE_UNUSED static struct crash named(const char *signature)
{
    struct crash crash = {.found = true, .class_ = "memory", .security = true};
    crash.type = mem_text("Heap-buffer-overflow\nWRITE 4");
    crash.state = mem_text("insert\nvec");
    snprintf(crash.signature, sizeof crash.signature, "%s", signature);
    return crash;
}

MAYBE_UNUSED static struct store_crash keep(struct store *store, const char *bytes, bool want_known)
{
    struct store_crash crash;
    bool known;
    struct fail why;
    if (!store_keep(store, &origin, bytes, strlen(bytes), &crash, &known, &why))
        fail_msg("%s", why.what);
    assert_int_equal(known, want_known);
    return crash;
}

/* Keeps an input and makes an issue of it. */
MAYBE_UNUSED static int64_t make_issue(struct store *store, const char *bytes,
                                       const char *signature, unsigned hits, unsigned runs)
{
    struct store_crash crash = keep(store, bytes, false);
    struct crash name = named(signature);
    struct store_evidence evidence = evidence_of(&name, hits, runs);
    struct fail why;
    int64_t issue;
    if (!store_name(store, &crash, &evidence, NULL, 0, &issue, &why))
        fail_msg("%s", why.what);
    crash_free(&name);
    store_crash_free(&crash);
    return issue;
}

MAYBE_UNUSED static char *status_of(struct store *store, int64_t issue)
{
    struct store_issue read;
    struct fail why;
    assert_true(store_issue(store, issue, &read, &why));
    char *status = mem_text(read.status);
    store_issue_free(&read);
    return status;
}

/* Collects what an audit complains of. */
struct complaints {
    char text[4096];
};

MAYBE_UNUSED static void on_problem(void *context, const char *text)
{
    struct complaints *complaints = context;
    size_t used = strlen(complaints->text);
    snprintf(complaints->text + used, sizeof complaints->text - used, "%s\n", text);
}

/* Audits the directory's store. False when there are complaints, or it can't even be opened, which
 * is one. */
MAYBE_UNUSED static bool audit_store(struct complaints *complaints, struct audit *audit)
{
    struct fail why;
    *complaints = (struct complaints){0};
    *audit = (struct audit){.problem = on_problem, .context = complaints};
    struct store *store = store_open(directory, STORE_READ, &why);
    if (!store) {
        on_problem(complaints, why.what);
        return false;
    }
    if (!store_audit(store, audit, &why))
        on_problem(complaints, why.what);
    store_close(store);
    return complaints->text[0] == '\0';
}

MAYBE_UNUSED static void assert_holds(void)
{
    struct complaints complaints;
    struct audit audit;
    if (!audit_store(&complaints, &audit))
        fail_msg("%s", complaints.text);
}

/* Runs SQL on the database, past the store. Returns SQLite's message, for free(); NULL: it went
 * well. */
MAYBE_UNUSED static char *meddle(const char *sql)
{
    char *path = mem_print("%s/store.db", directory), *text = NULL, *message = NULL;
    sqlite3 *db;
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    if (sqlite3_exec(db, sql, NULL, NULL, &message) != SQLITE_OK)
        text = mem_text(message);
    sqlite3_free(message);
    assert_int_equal(sqlite3_close(db), SQLITE_OK);
    free(path);
    return text;
}

#endif
