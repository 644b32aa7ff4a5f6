/* store_verify_test.c: a changed byte is found, wherever anybody could read it; and nothing that a
 * file may hold makes us fall over. */
#include "store_fixture.h"

#include <inttypes.h>
#include <sys/stat.h>

#include "store_show.h"

/* A store with something in each table. */
static void fill_store(void)
{
    struct store *store = open_store();
    struct fail why;
    unsigned attempts;
    char *place = mem_print("%s/place", directory), *input = mem_print("%s/input", place);
    assert_true(dir_make(place, &why) && file_put(input, "in", 2, &why));
    assert_true(store_campaign(store, "fuzz", &why));
    int64_t first = make_issue(store, "first input", "0011223344556677", 3, 3);
    make_issue(store, "second input", "1111111111111111", 1, 3);
    assert_true(store_minimized(store, first, "in", 2, &why));
    assert_true(store_curated(store, first, place, &why));
    struct store_crash crash = keep(store, "third input", false);
    assert_true(store_problem(store, &crash, "no binary", &attempts, &why));
    assert_true(store_campaign_end(store, "done", 12345, &why));
    store_crash_free(&crash);
    store_close(store);
    free(place);
    free(input);
}

/* All that a query can read: every row of every table, and the schema. For free(). */
static char *all_content(void)
{
    static const char *const queries[] = {
        "SELECT * FROM campaigns", "SELECT * FROM builds",
        "SELECT * FROM artifacts", "SELECT * FROM crashes",
        "SELECT * FROM issues",    "SELECT * FROM aliases",
        "SELECT * FROM ledger",    "SELECT type, name, tbl_name, sql FROM sqlite_schema",
        "PRAGMA user_version",     "PRAGMA application_id"};
    char *path = mem_print("%s/store.db", directory), *text = mem_text("");
    sqlite3 *db;
    sqlite3_stmt *statement = NULL;
    assert_int_equal(sqlite3_open_v2(path, &db, SQLITE_OPEN_READONLY, NULL), SQLITE_OK);
    for (size_t i = 0; i < sizeof queries / sizeof queries[0]; i++) {
        int code = sqlite3_prepare_v2(db, queries[i], -1, &statement, NULL);
        while (code == SQLITE_OK && sqlite3_step(statement) == SQLITE_ROW)
            for (int c = 0; c < sqlite3_column_count(statement); c++) {
                const char *value = (const char *)sqlite3_column_text(statement, c);
                char *longer = mem_print("%s|%d%s", text, sqlite3_column_type(statement, c),
                                         value ? value : "");
                free(text);
                text = longer;
            }
        sqlite3_finalize(statement);
        statement = NULL;
    }
    sqlite3_close(db);
    free(path);
    return text;
}

/* Like rand, but the same everywhere. */
static uint64_t random_next(uint64_t *seed)
{
    *seed += UINT64_C(0x9e3779b97f4a7c15);
    uint64_t z = *seed;
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

/* Asks everything that a reader may ask; only that it comes back is of interest. */
static void look_at_everything(void)
{
    static const char *const names[] = {"issue-1", "crash-1", "0011", "campaign-1", "build-1"};
    struct fail why;
    struct store *store = store_open(directory, STORE_READ, &why);
    if (!store)
        return;
    json_decref(show_list(store, &why));
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        struct show_ref ref;
        if (show_find(store, names[i], &ref, &why))
            json_decref(show_thing(store, &ref, &why));
    }
    store_close(store);
}

struct flips {
    unsigned found, unread;
};

/* Changes one bit of store.db. It must be complained of, or change nothing that can be read. */
static void flip_one(const char *path, const char *bytes, size_t len, size_t at, unsigned bit,
                     const char *content, struct flips *flips)
{
    struct complaints complaints;
    struct audit audit;
    struct fail why;
    char *changed = mem_copy(bytes, len);
    changed[at] = (char)(changed[at] ^ (1 << bit));
    assert_true(file_put(path, changed, len, &why));
    free(changed);
    look_at_everything();
    if (!audit_store(&complaints, &audit)) {
        flips->found++;
        return;
    }
    flips->unread++;
    char *now = all_content();
    if (strcmp(now, content) != 0)
        fail_msg("bit %u of byte %zu changes what can be read, and is not found", bit, at);
    free(now);
}

static void finds_a_changed_bit_of_the_database(void **state)
{
    (void)state;
    enum { FLIPS = 500 };
    uint64_t seed = 20261;
    struct flips flips = {0};
    struct fail why;
    char *path = mem_print("%s/store.db", directory), *bytes;
    size_t len;
    fill_store();
    assert_holds();
    assert_true(file_read(path, &bytes, &len, &why));
    char *content = all_content();
    for (unsigned i = 0; i < FLIPS; i++) {
        uint64_t where = random_next(&seed);
        while (i % 4 != 0 && bytes[where % len] == 0) /* most of the file is unused space */
            where = random_next(&seed);
        flip_one(path, bytes, len, (size_t)(where % len), (unsigned)(where >> 61), content, &flips);
    }
    /* And in each byte of the headers of the file and of its first page. */
    for (size_t at = 0; at < 110; at++)
        flip_one(path, bytes, len, at, (unsigned)(at % 8), content, &flips);
    print_message("%u of %u flips found, %u of bytes that nobody reads\n", flips.found,
                  flips.found + flips.unread, flips.unread);
    assert_true(flips.found > 300 && flips.unread > 50);
    assert_true(file_put(path, bytes, len, &why));
    assert_holds();
    free(content);
    free(bytes);
    free(path);
}

/* What is in a store while a process has it open, or after it was killed: SQLite's log holds the
 * last transactions. The files are copied to another place, whose artifacts are links. */
static char *copy_open_store(void)
{
    static const char *const files[] = {"store.db", "store.db-wal", "ledger.head"};
    static const char *const places[] = {"crashes", "logs", "minimized"};
    struct fail why;
    char *other = mem_print("%s/other", directory);
    assert_true(dir_make(other, &why));
    for (size_t i = 0; i < 3; i++) {
        char *from = mem_print("%s/%s", directory, files[i]);
        char *to = mem_print("%s/%s", other, files[i]), *bytes;
        size_t len;
        assert_true(file_read(from, &bytes, &len, &why) && file_put(to, bytes, len, &why));
        free(bytes);
        free(from);
        free(to);
        from = mem_print("%s/%s", directory, places[i]);
        to = mem_print("%s/%s", other, places[i]);
        assert_int_equal(symlink(from, to), 0);
        free(from);
        free(to);
    }
    return other;
}

static void finds_a_changed_bit_of_the_log_of_sqlite(void **state)
{
    (void)state;
    enum { FLIPS = 200 };
    uint64_t seed = 3;
    struct flips flips = {0};
    struct fail why;
    char *bytes;
    size_t len;
    fill_store();
    struct store *store = open_store();
    make_issue(store, "later input", "2222222222222222", 3, 3);
    make_issue(store, "latest input", "3333333333333333", 3, 3);
    char *other = copy_open_store();
    store_close(store);
    strcat(directory, "/other");
    char *log = mem_print("%s/store.db-wal", directory),
         *shared = mem_print("%s/store.db-shm", directory);
    assert_true(file_read(log, &bytes, &len, &why));
    assert_true(len > 10000);
    assert_holds();
    char *content = all_content();
    for (unsigned i = 0; i < FLIPS; i++) {
        uint64_t where = random_next(&seed);
        unlink(shared); /* it is an index of the log, and made anew */
        flip_one(log, bytes, len, (size_t)(where % len), (unsigned)(where >> 61), content, &flips);
    }
    assert_true(flips.found > FLIPS / 2);
    *strrchr(directory, '/') = '\0';
    free(content);
    free(bytes);
    free(log);
    free(shared);
    free(other);
}

static void assert_complains(const char *want)
{
    struct complaints complaints;
    struct audit audit;
    if (audit_store(&complaints, &audit))
        fail_msg("nothing is complained of, and '%s' should be", want);
    if (!strstr(complaints.text, want))
        fail_msg("'%s' is not said, but: %s", want, complaints.text);
}

static void finds_a_changed_byte_of_each_file(void **state)
{
    (void)state;
    static const char *const places[] = {"crashes", "logs", "minimized"};
    struct fail why;
    size_t files = 0;
    fill_store();
    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
        struct paths paths = {0};
        char *place = mem_print("%s/%s", directory, places[i]);
        assert_true(paths_find(&paths, place, &why));
        for (size_t j = 0; j < paths.len; j++, files++) {
            char *bytes;
            size_t len;
            assert_true(file_read(paths.at[j], &bytes, &len, &why));
            for (size_t at = 0; at < len; at++) {
                bytes[at] ^= 1;
                assert_true(file_put(paths.at[j], bytes, len, &why));
                assert_complains(paths.at[j]);
                assert_complains("the file was changed: its SHA-256 is");
                bytes[at] ^= 1;
            }
            assert_true(file_put(paths.at[j], bytes, len + 1, &why));
            assert_complains("the file was changed: it has");
            assert_int_equal(unlink(paths.at[j]), 0);
            assert_complains("the file is gone");
            assert_true(file_put(paths.at[j], bytes, len, &why));
            free(bytes);
        }
        paths_free(&paths);
        free(place);
    }
    assert_true(files >= 5);
    assert_holds();
}

/* The columns of a table, in their order, as "name type". */
static struct paths columns_of(const char *table)
{
    char *path = mem_print("%s/store.db", directory);
    char *sql = mem_print("SELECT name || ' ' || type FROM pragma_table_info('%s')", table);
    struct paths columns = {0};
    sqlite3 *db;
    sqlite3_stmt *statement;
    assert_int_equal(sqlite3_open_v2(path, &db, SQLITE_OPEN_READONLY, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &statement, NULL), SQLITE_OK);
    while (sqlite3_step(statement) == SQLITE_ROW)
        paths_add(&columns, mem_text((const char *)sqlite3_column_text(statement, 0)));
    sqlite3_finalize(statement);
    sqlite3_close(db);
    free(sql);
    free(path);
    return columns;
}

/* Changes one column of a table's last row; false when the database itself forbids it. */
static bool change_column(const char *table, const char *column)
{
    int len = (int)strcspn(column, " ");
    bool text = strcmp(column + len, " TEXT") == 0;
    char *sql =
        mem_print("PRAGMA foreign_keys = OFF; UPDATE %s SET %.*s = %s WHERE id ="
                  " (SELECT max(id) FROM %s)",
                  table, len, column, text ? "ifnull(x, '') || 'y'" : "ifnull(x, 0) + 1000", table);
    for (char *x; (x = strstr(sql, "ifnull(x")) != NULL;) { /* x is the column itself */
        char *named = mem_print("%.*sifnull(%.*s%s", (int)(x - sql), sql, len, column,
                                x + strlen("ifnull(x"));
        free(sql);
        sql = named;
    }
    char *message = meddle(sql);
    bool done = message == NULL;
    free(message);
    free(sql);
    return done;
}

static void finds_a_change_of_each_column(void **state)
{
    (void)state;
    static const char *const tables[] = {"campaigns", "builds", "artifacts",
                                         "crashes",   "issues", "aliases"};
    char *path = mem_print("%s/store.db", directory), *bytes;
    size_t len, changed = 0;
    struct fail why;
    fill_store();
    assert_true(file_read(path, &bytes, &len, &why));
    for (size_t i = 0; i < sizeof tables / sizeof tables[0]; i++) {
        struct paths columns = columns_of(tables[i]);
        for (size_t j = 0; j < columns.len; j++) {
            if (!change_column(tables[i], columns.at[j])) {
                assert_string_equal(columns.at[j], "status TEXT"); /* by its trigger */
                continue;
            }
            changed++;
            assert_complains(j == 0 ? "the row is gone" : "the row was changed");
            assert_true(file_put(path, bytes, len, &why));
        }
        paths_free(&columns);
    }
    assert_int_equal(changed, 9 + 7 + 4 + 18 + 19 + 4);
    free(bytes);
    free(path);
}

/* By somebody who can write the database. */
static void finds_what_was_done_by_hand(void **state)
{
    (void)state;
    static const struct {
        const char *sql, *want;
    } deeds[] = {
        {"UPDATE issues SET security = 0 WHERE id = 1", "issue-1: the row was changed"},
        {"UPDATE crashes SET seconds = seconds + 1 WHERE id = 2", "crash-2: the row was changed"},
        {"UPDATE crashes SET found = found + 1 WHERE id = 3", "crash-3: the row was changed"},
        {"UPDATE builds SET compiler = 'another'", "build-1: the row was changed"},
        {"UPDATE artifacts SET sha256 = 'x' WHERE id = 1", "artifact-1: the row was changed"},
        {"UPDATE campaigns SET command = 'innocent'", "campaign-1: the row was changed"},
        {"UPDATE aliases SET issue = 2 WHERE id = 1", "alias-1: the row was changed"},
        {"DELETE FROM aliases WHERE id = 1", "alias-1: the row is gone"},
        {"INSERT INTO aliases VALUES(9, 'vec', 'ffff', 1)",
         "alias-9: the ledger knows nothing of this row"},
        {"UPDATE crashes SET log = NULL WHERE id = 1", "crash-1: it was replayed, and has no log"},
        {"UPDATE crashes SET campaign = 77 WHERE id = 1", "refers to one that is not there"},
        {"UPDATE ledger SET remark = 'innocent' WHERE seq = 4", "ledger: entry 4 ("},
        {"UPDATE ledger SET time = time + 1 WHERE seq = 4", "ledger: entry 4 ("},
        {"DELETE FROM ledger WHERE seq = 4", "ledger: entry 5 does not follow the one before it"},
        {"DELETE FROM ledger WHERE seq > 10", "its end was cut off"},
        {"DELETE FROM ledger", "its end was cut off"},
    };
    char *path = mem_print("%s/store.db", directory), *bytes;
    size_t len;
    struct fail why;
    fill_store();
    assert_true(file_read(path, &bytes, &len, &why));
    for (size_t i = 0; i < sizeof deeds / sizeof deeds[0]; i++) {
        /* The triggers that forbid it are taken away, and put back as they were. */
        char *sql = mem_print("PRAGMA foreign_keys = OFF; DROP TRIGGER ledger_keep;"
                              "DROP TRIGGER ledger_stay; %s;"
                              "CREATE TRIGGER ledger_keep BEFORE UPDATE ON ledger BEGIN SELECT "
                              "RAISE(ABORT, 'the ledger is only added to'); END;"
                              "CREATE TRIGGER ledger_stay BEFORE DELETE ON ledger BEGIN SELECT "
                              "RAISE(ABORT, 'the ledger is only added to'); END;",
                              deeds[i].sql);
        char *message = meddle(sql);
        if (message)
            fail_msg("%s", message);
        assert_complains(deeds[i].want);
        assert_true(file_put(path, bytes, len, &why));
        free(sql);
    }
    assert_holds();
    free(bytes);
    free(path);
}

/* What was committed and then lost, with the log of SQLite that held it. */
static void finds_a_lost_end(void **state)
{
    (void)state;
    struct fail why;
    char *path = mem_print("%s/store.db", directory),
         *head = mem_print("%s/ledger.head", directory);
    char *bytes, *head_bytes;
    size_t len, head_len;
    fill_store();
    assert_true(file_read(path, &bytes, &len, &why));
    assert_true(file_read(head, &head_bytes, &head_len, &why));
    struct store *store = open_store();
    make_issue(store, "later input", "2222222222222222", 3, 3);
    store_close(store);
    assert_true(file_put(path, bytes, len, &why));
    assert_complains("its end was cut off");
    assert_null(store_open(directory, STORE_WRITE, &why)); /* which would hide it */
    assert_non_null(strstr(why.what, "which the ledger does not have"));

    assert_true(file_put(head, head_bytes, head_len, &why));
    assert_holds();
    head_bytes[40] ^= 1;
    assert_true(file_put(head, head_bytes, head_len, &why));
    assert_complains("ledger");
    assert_int_equal(unlink(head), 0);
    assert_complains("ledger.head is missing");
    assert_null(store_open(directory, STORE_WRITE, &why));
    assert_non_null(strstr(why.next, "to take the ledger as it is"));
    free(bytes);
    free(head_bytes);
    free(path);
    free(head);
}

/* As a process leaves it that is killed between the transaction and ledger.head. */
static void a_head_may_be_behind(void **state)
{
    (void)state;
    struct fail why;
    struct complaints complaints;
    struct audit audit;
    char *head = mem_print("%s/ledger.head", directory), *bytes;
    size_t len;
    fill_store();
    assert_true(file_read(head, &bytes, &len, &why));
    struct store *store = open_store();
    make_issue(store, "later input", "2222222222222222", 3, 3);
    store_close(store);
    assert_true(file_put(head, bytes, len, &why));
    assert_true(audit_store(&complaints, &audit));
    assert_true(audit.behind > 0);
    store = open_store();
    make_issue(store, "latest input", "3333333333333333", 3, 3);
    store_close(store);
    assert_true(audit_store(&complaints, &audit));
    assert_int_equal(audit.behind, 0);

    /* The hash of an earlier day is still held, another is not. */
    char noted[DIGEST_HEX];
    snprintf(noted, sizeof noted, "%.64s", bytes + 21);
    store = store_open(directory, STORE_READ, &why);
    audit = (struct audit){.problem = on_problem, .context = &complaints, .holds = noted};
    assert_true(store_audit(store, &audit, &why));
    assert_int_equal(audit.problems, 0);
    noted[0] = noted[0] == 'a' ? 'b' : 'a';
    assert_true(store_audit(store, &audit, &why));
    assert_int_equal(audit.problems, 1);
    store_close(store);
    free(bytes);
    free(head);
}

/* Rubbish of many bytes, and rubbish of the right shape. */
static void survives_hostile_files(void **state)
{
    (void)state;
    enum { ROUNDS = 150 };
    uint64_t seed = 7;
    struct complaints complaints;
    struct audit audit;
    struct fail why;
    char *path = mem_print("%s/store.db", directory),
         *head = mem_print("%s/ledger.head", directory);
    char *bytes;
    size_t len;
    fill_store();
    assert_true(file_read(path, &bytes, &len, &why));
    for (unsigned i = 0; i < ROUNDS; i++) {
        char *changed = mem_copy(bytes, len);
        size_t from = (size_t)(random_next(&seed) % len), run = (size_t)(random_next(&seed) % 64);
        size_t size = i % 5 == 0 ? (size_t)(random_next(&seed) % len) : len;
        for (size_t at = from; at < len && at < from + run; at++)
            changed[at] = (char)random_next(&seed);
        assert_true(file_put(path, changed, size, &why));
        look_at_everything();
        (void)audit_store(&complaints, &audit);
        free(changed);
    }
    assert_true(file_put(path, bytes, len, &why));
    assert_null(
        meddle("PRAGMA foreign_keys = OFF; UPDATE artifacts SET path = '/dev/zero' WHERE id = 2;"
               "UPDATE artifacts SET path = 'crashes/../../../dev/zero' WHERE id = 1"));
    assert_complains("that is no name of an artifact"); /* and is not read, for it has no end */
    look_at_everything();
    assert_true(file_put(head, "", 0, &why));
    assert_true(file_put(path, bytes, 0, &why));
    assert_complains("is corrupt");
    free(bytes);
    free(head);
    free(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        STORE_TEST(finds_a_changed_bit_of_the_database),
        STORE_TEST(finds_a_changed_bit_of_the_log_of_sqlite),
        STORE_TEST(finds_a_changed_byte_of_each_file),
        STORE_TEST(finds_a_change_of_each_column),
        STORE_TEST(finds_what_was_done_by_hand),
        STORE_TEST(finds_a_lost_end),
        STORE_TEST(a_head_may_be_behind),
        STORE_TEST(survives_hostile_files),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
