/* store_test.c: what is kept stays kept, is found again, and is told apart. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "files.h"
#include "mem.h"
#include "store.h"

static const struct store_origin origin = {.target = "vec",
                                           .engine = "libfuzzer",
                                           .sanitizer = "asan",
                                           .seconds = 1.5,
                                           .executions = 1000,
                                           .binary = "/proc/self/exe",
                                           .log = "some log",
                                           .log_len = 8};

static struct store_evidence evidence_of(const struct crash *report, unsigned hits, unsigned runs)
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

static struct store *open_store(void)
{
    struct fail why;
    struct store *store = store_open(directory, STORE_CAMPAIGN, &why);
    if (!store)
        fail_msg("%s", why.what);
    return store;
}

static struct crash named(const char *signature)
{
    struct crash crash = {.found = true, .class_ = "memory", .security = true};
    crash.type = mem_text("Heap-buffer-overflow\nWRITE 4");
    crash.state = mem_text("insert\nvec");
    snprintf(crash.signature, sizeof crash.signature, "%s", signature);
    return crash;
}

static struct store_crash keep(struct store *store, const char *bytes, bool want_known)
{
    struct store_crash crash;
    bool known;
    struct fail why;
    if (!store_keep(store, &origin, bytes, strlen(bytes), &crash, &known, &why))
        fail_msg("%s", why.what);
    assert_int_equal(known, want_known);
    return crash;
}

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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(keeps_inputs_and_issues_over_a_restart, make_directory,
                                        remove_directory),
        cmocka_unit_test_setup_teardown(lists_what_has_no_name_and_adopts_what_has_no_record,
                                        make_directory, remove_directory),
        cmocka_unit_test_setup_teardown(refuses_a_second_campaign, make_directory,
                                        remove_directory),
        cmocka_unit_test_setup_teardown(leaves_a_corrupt_store_as_it_is, make_directory,
                                        remove_directory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
