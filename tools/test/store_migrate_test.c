/* store_migrate_test.c: the store of a campaign from before there was a ledger is taken over. */
#include "store_fixture.h"

#include <fcntl.h>
#include <sys/file.h>

/* As `ledge fuzz` made it then. */
static const char format_1[] =
    "CREATE TABLE meta(key TEXT PRIMARY KEY, value TEXT NOT NULL);"
    "CREATE TABLE issues(id INTEGER PRIMARY KEY, target TEXT NOT NULL,"
    " signature TEXT NOT NULL, type TEXT NOT NULL, state TEXT, address TEXT, class TEXT NOT NULL,"
    " security INTEGER NOT NULL, build TEXT NOT NULL, crash INTEGER NOT NULL, hits INTEGER NOT "
    "NULL, runs INTEGER NOT NULL, count INTEGER NOT NULL, first_seen INTEGER NOT NULL,"
    " last_seen INTEGER NOT NULL, UNIQUE(target, signature));"
    "CREATE TABLE aliases(target TEXT NOT NULL, signature TEXT NOT NULL,"
    " issue INTEGER NOT NULL, PRIMARY KEY(target, signature));"
    "CREATE TABLE crashes(id INTEGER PRIMARY KEY, target TEXT NOT NULL,"
    " artifact TEXT NOT NULL, engine TEXT NOT NULL, sanitizer TEXT NOT NULL, seconds REAL NOT NULL,"
    " executions INTEGER NOT NULL, found INTEGER NOT NULL, status TEXT NOT NULL, issue INTEGER,"
    " runs INTEGER NOT NULL DEFAULT 0, UNIQUE(target, artifact));"
    "INSERT INTO meta VALUES('format', '1');"
    "PRAGMA journal_mode = WAL;"
    "INSERT INTO issues VALUES(1, 'vec', '0011223344556677', 'Heap-buffer-overflow', 'insert', "
    "NULL,"
    " 'memory', 1, 'asan', 1, 3, 3, 7, 1700000000, 1700000100);"
    "INSERT INTO issues VALUES(2, 'vec', '1111111111111111', 'Data race', 'get', NULL,"
    " 'race', 0, 'tsan', 2, 1, 3, 1, 1700000000, 1700000100);"
    "INSERT INTO aliases VALUES('vec', '0011223344556677', 1), ('vec', '8899aabbccddeeff', 1),"
    " ('vec', '1111111111111111', 2);";

static void add_crash(unsigned id, const char *bytes, const char *status, const char *issue)
{
    char name[33];
    struct fail why;
    store_id(bytes, strlen(bytes), name);
    char *place = mem_print("%s/crashes/vec", directory);
    char *path = mem_print("%s/%s", place, name);
    char *sql = mem_print("INSERT INTO crashes VALUES(%u, 'vec', '%s', 'libfuzzer', 'asan', 2.5, "
                          "1000, 1700000000, '%s', %s, 3)",
                          id, name, status, issue);
    assert_true(dir_make(place, &why) && file_put(path, bytes, strlen(bytes), &why));
    assert_null(meddle(sql));
    free(place);
    free(path);
    free(sql);
}

static void make_old_store(void)
{
    assert_null(meddle(format_1));
    add_crash(1, "first", "named", "1");
    add_crash(2, "second", "named", "2");
    add_crash(3, "third", "flaky", "NULL");
    add_crash(4, "fourth", "new", "NULL");
}

static void takes_over_all_of_it(void **state)
{
    (void)state;
    struct fail why;
    struct store_issue issue;
    struct store_crash *crashes;
    size_t len;
    make_old_store();
    assert_null(store_open(directory, STORE_READ, &why));
    assert_non_null(strstr(why.what, "has format 1"));
    assert_non_null(strstr(why.next, "brings it up to date"));
    store_close(open_store());
    assert_holds();

    struct store *store = open_store(); /* the second time there is nothing to do */
    assert_int_equal(store_known(store, "vec", "8899aabbccddeeff"), 1);
    assert_true(store_issue(store, 1, &issue, &why));
    assert_string_equal(issue.status, "reproduced");
    assert_string_equal(issue.type, "Heap-buffer-overflow");
    assert_int_equal(issue.count, 7);
    assert_int_equal(issue.hits, 3);
    assert_string_equal(issue.build, "asan");
    assert_string_equal(issue.engine, "libfuzzer");
    assert_true(path_is_file(issue.artifact));
    store_issue_free(&issue);
    assert_true(store_issue(store, 2, &issue, &why));
    assert_string_equal(issue.status, "flaky");
    store_issue_free(&issue);
    assert_int_equal(store_flaky_count(store, "vec"), 1);
    assert_true(store_unnamed(store, "vec", &crashes, &len, &why));
    assert_int_equal(len, 1);
    assert_int_equal(crashes[0].id, 4);
    store_crash_free(&crashes[0]);
    free(crashes);
    struct store_crash again = keep(store, "first", true);
    assert_int_equal(again.id, 1);
    assert_int_equal(again.issue, 1);
    store_crash_free(&again);
    make_issue(store, "fifth", "2222222222222222", 3, 3);
    store_close(store);
    assert_holds();
}

static void misses_an_input_that_has_gone(void **state)
{
    (void)state;
    struct complaints complaints;
    struct audit audit;
    char name[33];
    make_old_store();
    store_id("first", 5, name);
    char *path = mem_print("%s/crashes/vec/%s", directory, name);
    assert_int_equal(unlink(path), 0);
    store_close(open_store());
    assert_false(audit_store(&complaints, &audit));
    assert_non_null(strstr(complaints.text, "the file is gone"));
    assert_int_equal(audit.problems, 1);
    free(path);
}

static void waits_for_the_campaign_of_then(void **state)
{
    (void)state;
    struct fail why;
    make_old_store();
    char *path = mem_print("%s/lock", directory);
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
    assert_int_equal(flock(fd, LOCK_EX), 0);
    assert_null(store_open(directory, STORE_WRITE, &why));
    assert_non_null(strstr(why.what, "another campaign is running"));
    close(fd);
    struct store *store = store_open(directory, STORE_WRITE, &why);
    assert_non_null(store);
    store_close(store);
    free(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        STORE_TEST(takes_over_all_of_it),
        STORE_TEST(misses_an_input_that_has_gone),
        STORE_TEST(waits_for_the_campaign_of_then),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
