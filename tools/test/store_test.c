/* store_test.c: what is kept stays kept, is found again, and is told apart. */
#include "store_fixture.h"

#include "store_show.h"

static void keeps_inputs_and_issues_over_a_restart(void **state)
{
    (void)state;
    struct store *store = open_store();
    struct fail why;
    struct store_crash crash = keep(store, "input", false);
    struct store_crash again = keep(store, "input", true);
    assert_int_equal(crash.id, again.id);
    char *bytes;
    size_t len;
    assert_true(file_read(crash.artifact, &bytes, &len, &why));
    assert_string_equal(bytes, "input");
    free(bytes);

    struct crash name = named("0011223344556677"), alias = named("8899aabbccddeeff");
    const struct crash *also[] = {&alias};
    int64_t issue;
    struct store_evidence evidence = evidence_of(&name, 2, 3);
    assert_true(store_name(store, &crash, &evidence, also, 1, &issue, &why));
    store_close(store);

    store = open_store();
    assert_int_equal(store_known(store, "vec", "0011223344556677"), issue);
    assert_int_equal(store_known(store, "vec", "8899aabbccddeeff"), issue);
    assert_int_equal(store_known(store, "cast", "0011223344556677"), 0);
    assert_true(store_count(store, &again, issue, &evidence, NULL, &why));
    struct store_issue read;
    assert_true(store_issue(store, issue, &read, &why));
    assert_string_equal(read.type, "Heap-buffer-overflow\nWRITE 4");
    assert_string_equal(read.engine, "libfuzzer");
    assert_string_equal(read.artifact, crash.artifact);
    assert_int_equal(read.count, 2);
    assert_int_equal(read.hits, 2);
    assert_int_equal(read.executions, 1000);
    assert_true(read.security);
    store_issue_free(&read);
    store_close(store);
    assert_holds();
    store_crash_free(&crash);
    store_crash_free(&again);
    crash_free(&name);
    crash_free(&alias);
}

static void lists_what_has_no_name_and_adopts_what_has_no_record(void **state)
{
    (void)state;
    struct store *store = open_store();
    struct fail why;
    struct store_crash first = keep(store, "one", false), second = keep(store, "two", false);
    /* As if killed between writing the input and recording it, and while writing another. */
    char id[33];
    store_id("three", 5, id);
    char *orphan = mem_print("%s/crashes/vec/%s", directory, id);
    char *half = mem_print("%s.tmp999999999", orphan); /* no such process */
    struct store_evidence flaky = evidence_of(NULL, 0, 3);
    assert_true(file_put(orphan, "three", 5, &why));
    assert_true(file_put(half, "thr", 3, &why));
    assert_true(store_flaky(store, &first, &flaky, &why));
    assert_true(store_adopt(store, "vec", &why));
    struct store_crash *crashes;
    size_t len;
    assert_true(store_unnamed(store, "vec", &crashes, &len, &why));
    assert_int_equal(len, 2);
    assert_int_equal(crashes[0].id, second.id);
    assert_string_equal(crashes[1].artifact, orphan);
    assert_false(path_is_file(half));
    assert_int_equal(store_flaky_count(store, "vec"), 1);
    for (size_t i = 0; i < len; i++)
        store_crash_free(&crashes[i]);
    free(crashes);
    free(orphan);
    free(half);
    store_crash_free(&first);
    store_crash_free(&second);
    store_close(store);
}

static void refuses_a_second_campaign(void **state)
{
    (void)state;
    struct fail why;
    struct store *store = open_store();
    assert_null(store_open(directory, STORE_CAMPAIGN, &why));
    assert_non_null(strstr(why.what, "another campaign is running"));
    store_close(store);
    store_close(open_store());
}

/* Whatever page is damaged, the store is refused and not written to. */
static void refuses_damage_at(const char *path, const char *bytes, size_t len, size_t offset)
{
    struct fail why;
    char *damaged = mem_copy(bytes, len), *after;
    size_t after_len;
    memset(damaged + offset, 'x', 200);
    assert_true(file_put(path, damaged, len, &why));
    assert_null(store_open(directory, STORE_CAMPAIGN, &why));
    assert_non_null(strstr(why.what, "is corrupt"));
    assert_non_null(strstr(why.next, "move it away"));
    assert_true(file_read(path, &after, &after_len, &why));
    assert_int_equal(after_len, len);
    assert_memory_equal(after, damaged, len);
    free(damaged);
    free(after);
}

static void leaves_a_corrupt_store_as_it_is(void **state)
{
    (void)state;
    enum { PAGE = 4096 };
    struct fail why;
    struct store *store = open_store();
    struct store_crash crash = keep(store, "input", false);
    store_close(store);
    char *path = mem_print("%s/store.db", directory);
    char *bytes;
    size_t len;
    assert_true(file_read(path, &bytes, &len, &why));
    assert_true(len > 2 * PAGE);
    for (size_t offset = 0; offset < len; offset += PAGE)
        refuses_damage_at(path, bytes, len, offset);
    assert_true(path_is_file(crash.artifact));
    free(bytes);

    assert_true(file_put(path, "this is no database, it is far too short", 40, &why));
    assert_null(store_open(directory, STORE_CAMPAIGN, &why));
    assert_non_null(strstr(why.what, "is corrupt"));
    free(path);
    store_crash_free(&crash);
}

static void tells_where_each_crash_came_from(void **state)
{
    (void)state;
    struct store *store = open_store();
    struct fail why;
    struct store_origin from_log = {.target = "",
                                    .engine = "elsewhere",
                                    .sanitizer = "asan",
                                    .source = "/tmp/nightly.log",
                                    .log = "ERROR: AddressSanitizer",
                                    .log_len = 23};
    struct store_crash first, again, found;
    bool known;
    assert_true(store_campaign(store, "triage", &why));
    assert_true(store_find_log(store, &from_log, &found, &why));
    assert_int_equal(found.id, 0);
    assert_true(store_keep_log(store, &from_log, &first, &known, &why));
    assert_false(known);
    assert_true(store_keep_log(store, &from_log, &again, &known, &why));
    assert_true(known);
    assert_int_equal(first.id, again.id);
    assert_null(first.artifact);
    struct crash name = named("0011223344556677");
    struct store_evidence evidence = {.engine = "elsewhere",
                                      .sanitizer = "asan",
                                      .log = from_log.log,
                                      .log_len = from_log.log_len,
                                      .report = &name};
    int64_t issue;
    assert_true(store_name(store, &first, &evidence, NULL, 0, &issue, &why));
    char *status = status_of(store, issue);
    assert_string_equal(status, "new"); /* nobody has seen it fail */
    free(status);

    /* An input that fails each time shows more than the log did. */
    struct store_crash input = keep(store, "input", false);
    struct store_evidence seen = evidence_of(&name, 3, 3);
    assert_true(store_count(store, &input, issue, &seen, NULL, &why));
    struct store_issue read;
    assert_true(store_issue(store, issue, &read, &why));
    assert_string_equal(read.status, "reproduced");
    assert_string_equal(read.artifact, input.artifact);
    assert_int_equal(read.count, 2);
    store_issue_free(&read);
    assert_true(store_campaign_end(store, "done", 5, &why));
    store_close(store);
    assert_holds();
    store_crash_free(&first);
    store_crash_free(&again);
    store_crash_free(&input);
    crash_free(&name);
}

static void keeps_what_could_not_be_replayed(void **state)
{
    (void)state;
    struct store *store = open_store();
    struct fail why;
    struct store_crash crash = keep(store, "input", false), *crashes;
    unsigned attempts;
    size_t len;
    assert_true(store_problem(store, &crash, "no binary", &attempts, &why));
    assert_int_equal(attempts, 1);
    assert_true(store_problem(store, &crash, "no binary", &attempts, &why));
    assert_int_equal(attempts, 2);
    assert_true(store_unnamed(store, "vec", &crashes, &len, &why)); /* and is tried again */
    assert_int_equal(len, 1);
    assert_int_equal(crashes[0].id, crash.id);
    store_crash_free(&crashes[0]);
    free(crashes);
    store_crash_free(&crash);
    store_close(store);
    assert_holds();
}

static void takes_up_a_file_that_was_cut_short(void **state)
{
    (void)state;
    struct fail why;
    struct store *store = open_store();
    struct store_crash crash = keep(store, "input", false);
    assert_true(file_put(crash.artifact, "inp", 3, &why)); /* as by a power failure */
    struct store_crash again = keep(store, "input", true);
    char *bytes;
    size_t len;
    assert_true(file_read(crash.artifact, &bytes, &len, &why));
    assert_string_equal(bytes, "input");
    free(bytes);
    store_crash_free(&crash);
    store_crash_free(&again);
    store_close(store);
    assert_holds();
}

static void lets_others_read_and_write_beside_a_campaign(void **state)
{
    (void)state;
    struct fail why;
    struct store *campaign = open_store();
    make_issue(campaign, "one", "0011223344556677", 3, 3);
    struct store *reader = store_open(directory, STORE_READ, &why);
    struct store *writer = store_open(directory, STORE_WRITE, &why);
    assert_non_null(reader);
    assert_non_null(writer);
    make_issue(writer, "two", "1111111111111111", 3, 3);
    make_issue(campaign, "three", "2222222222222222", 1, 3);
    json_t *list = show_list(reader, &why);
    assert_int_equal(json_array_size(json_object_get(list, "issues")), 3);
    json_decref(list);
    assert_holds();
    store_close(reader);
    store_close(writer);
    store_close(campaign);
    assert_holds();
}

static void refuses_what_is_no_store_of_this_format(void **state)
{
    (void)state;
    struct fail why;
    assert_null(store_open(directory, STORE_READ, &why));
    assert_non_null(strstr(why.what, "there is no store"));
    store_close(open_store());
    assert_null(meddle("PRAGMA user_version = 3"));
    assert_null(store_open(directory, STORE_WRITE, &why));
    assert_non_null(strstr(why.what, "has format 3, and this ledge knows 2"));
    assert_null(meddle("PRAGMA user_version = 2; CREATE TABLE more(x)"));
    assert_null(store_open(directory, STORE_READ, &why));
    assert_non_null(strstr(why.what, "its tables are not those that ledge makes"));
    assert_null(meddle("DROP TABLE more; PRAGMA application_id = 7"));
    assert_null(store_open(directory, STORE_WRITE, &why));
    assert_non_null(strstr(why.what, "the database of another program"));
}

static void leaves_the_database_of_another_as_it_is(void **state)
{
    (void)state;
    struct fail why;
    char *path = mem_print("%s/store.db", directory), *before, *after;
    char *head = mem_print("%s/ledger.head", directory);
    size_t len, after_len;
    assert_null(meddle("CREATE TABLE bookmarks(url TEXT); INSERT INTO bookmarks VALUES('x')"));
    assert_true(file_read(path, &before, &len, &why));
    assert_null(store_open(directory, STORE_WRITE, &why));
    assert_non_null(strstr(why.what, "the database of another program"));
    assert_true(file_read(path, &after, &after_len, &why));
    assert_int_equal(len, after_len);
    assert_memory_equal(before, after, len);
    assert_false(path_is_file(head));
    free(before);
    free(after);
    free(path);
    free(head);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        STORE_TEST(keeps_inputs_and_issues_over_a_restart),
        STORE_TEST(lists_what_has_no_name_and_adopts_what_has_no_record),
        STORE_TEST(refuses_a_second_campaign),
        STORE_TEST(leaves_a_corrupt_store_as_it_is),
        STORE_TEST(tells_where_each_crash_came_from),
        STORE_TEST(keeps_what_could_not_be_replayed),
        STORE_TEST(takes_up_a_file_that_was_cut_short),
        STORE_TEST(lets_others_read_and_write_beside_a_campaign),
        STORE_TEST(refuses_what_is_no_store_of_this_format),
        STORE_TEST(leaves_the_database_of_another_as_it_is),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
