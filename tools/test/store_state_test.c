/* store_state_test.c: every step from every state to every other, by the store and by hand. */
#include "store_fixture.h"

#include "store_state.h"

/* Said once more, and by hand: "from>to" for each legal step. */
static const char legal_issue_steps[] =
    " new>reproduced new>flaky new>wontfix new>duplicate"
    " reproduced>minimized reproduced>flaky reproduced>wontfix reproduced>duplicate"
    " flaky>reproduced flaky>wontfix flaky>duplicate"
    " minimized>curated minimized>flaky minimized>wontfix minimized>duplicate"
    " curated>fixed curated>wontfix curated>duplicate"
    " fixed>reproduced wontfix>reproduced duplicate>reproduced ";
static const char legal_crash_steps[] = " new>named new>flaky flaky>named ";

static const char *const issue_names[] = {"new",     "reproduced", "flaky",   "minimized",
                                          "curated", "fixed",      "wontfix", "duplicate"};
static const char *const crash_names[] = {"new", "named", "flaky"};

enum { ISSUE_NAMES = 8, CRASH_NAMES = 3 };

static bool is_listed(const char *list, const char *from, const char *to)
{
    char *pair = mem_print(" %s>%s ", from, to);
    bool found = strstr(list, pair) != NULL;
    free(pair);
    return found;
}

static bool is_step(const struct state_machine *machine, const char *from, const char *to)
{
    const char *path[1];
    return state_path(machine, from, to, path, 1) == 1;
}

static void knows_the_legal_steps(void **state)
{
    (void)state;
    for (size_t i = 0; i < ISSUE_NAMES; i++)
        for (size_t j = 0; j < ISSUE_NAMES; j++)
            assert_int_equal(is_step(&issue_states, issue_names[i], issue_names[j]),
                             is_listed(legal_issue_steps, issue_names[i], issue_names[j]));
    for (size_t i = 0; i < CRASH_NAMES; i++)
        for (size_t j = 0; j < CRASH_NAMES; j++)
            assert_int_equal(is_step(&crash_states, crash_names[i], crash_names[j]),
                             is_listed(legal_crash_steps, crash_names[i], crash_names[j]));
    assert_int_equal(issue_states.len, ISSUE_NAMES);
    assert_int_equal(crash_states.len, CRASH_NAMES);
    assert_false(is_step(&issue_states, "nowhere", "new"));
    assert_false(state_known(&issue_states, "nowhere"));
}

static void finds_the_shortest_way(void **state)
{
    (void)state;
    const char *path[8];
    assert_int_equal(state_path(&issue_states, "new", "curated", path, 8), 3);
    assert_string_equal(path[0], "reproduced");
    assert_string_equal(path[1], "minimized");
    assert_string_equal(path[2], "curated");
    assert_int_equal(state_path(&issue_states, "fixed", "minimized", path, 8), 2);
    assert_int_equal(state_path(&issue_states, "new", "curated", path, 2), 0);
    assert_int_equal(state_path(&crash_states, "named", "new", path, 8), 0);
    assert_int_equal(state_path(&issue_states, "new", "nowhere", path, 8), 0);
}

/* An issue brought into a state. */
static int64_t issue_in(struct store *store, const char *status, unsigned number)
{
    struct fail why;
    char *bytes = mem_print("input %u", number), *signature = mem_print("%016x", number);
    int64_t issue = make_issue(store, bytes, signature, 0, 0);
    const char *path[ISSUE_NAMES];
    size_t len = state_path(&issue_states, "new", status, path, ISSUE_NAMES);
    for (size_t i = 0; i < len; i++)
        if (!store_move(store, issue, path[i], "the test wants it", &why))
            fail_msg("%s", why.what);
    free(bytes);
    free(signature);
    return issue;
}

static void check_step(struct store *store, int64_t issue, const char *from, const char *to)
{
    struct fail why;
    bool done = store_move(store, issue, to, "try", &why);
    char *status = status_of(store, issue);
    if (strcmp(from, to) == 0 || is_listed(legal_issue_steps, from, to)) {
        assert_true(done);
        assert_string_equal(status, to);
    } else {
        assert_false(done);
        assert_string_equal(status, from);
        char *what = mem_print("is %s, and cannot become %s", from, to);
        char *legal = state_next(&issue_states, from);
        assert_non_null(strstr(why.what, what));
        assert_non_null(strstr(why.next, legal));
        free(what);
        free(legal);
    }
    free(status);
}

static void takes_legal_steps_only(void **state)
{
    (void)state;
    struct store *store = open_store();
    struct fail why;
    unsigned number = 0;
    for (size_t i = 0; i < ISSUE_NAMES; i++)
        for (size_t j = 0; j < ISSUE_NAMES; j++)
            check_step(store, issue_in(store, issue_names[i], ++number), issue_names[i],
                       issue_names[j]);
    assert_false(store_move(store, 1, "nowhere", "try", &why));
    assert_non_null(strstr(why.what, "there is no state 'nowhere'"));
    assert_false(store_move(store, 1000, "flaky", "try", &why));
    assert_non_null(strstr(why.what, "there is no issue-1000"));
    store_close(store);
}

/* The same by somebody who writes into the database himself. */
static void the_database_refuses_the_rest(void **state)
{
    (void)state;
    struct store *store = open_store();
    unsigned number = 0;
    int64_t issues[ISSUE_NAMES][ISSUE_NAMES];
    for (size_t i = 0; i < ISSUE_NAMES; i++)
        for (size_t j = 0; j < ISSUE_NAMES; j++)
            issues[i][j] = issue_in(store, issue_names[i], ++number);
    store_close(store);
    for (size_t i = 0; i < ISSUE_NAMES; i++)
        for (size_t j = 0; j < ISSUE_NAMES; j++) {
            char *sql = mem_print("UPDATE issues SET status = '%s' WHERE id = %lld", issue_names[j],
                                  (long long)issues[i][j]);
            char *message = meddle(sql);
            bool legal = i == j || is_listed(legal_issue_steps, issue_names[i], issue_names[j]);
            assert_int_equal(message == NULL, legal);
            if (message)
                assert_string_equal(message, "no such step of a state");
            free(message);
            free(sql);
        }
}

static void assert_refused(const char *sql, const char *want)
{
    char *message = meddle(sql);
    assert_non_null(message);
    assert_string_equal(message, want);
    free(message);
}

static void the_database_forgets_nothing(void **state)
{
    (void)state;
    struct store *store = open_store();
    make_issue(store, "one", "0011223344556677", 3, 3);
    store_close(store);
    assert_refused("DELETE FROM issues", "nothing is ever deleted");
    assert_refused("DELETE FROM crashes", "nothing is ever deleted");
    assert_refused("UPDATE crashes SET status = 'flaky'", "no such step of a state");
    assert_refused("DELETE FROM ledger", "the ledger is only added to");
    assert_refused("UPDATE ledger SET event = 'x'", "the ledger is only added to");
    assert_refused("INSERT INTO issues SELECT 7, target, 'other', type, state, address, class,"
                   " security, sanitizer, build, crash, hits, runs, count, first_seen, last_seen,"
                   " 'fixed', NULL, NULL, NULL FROM issues",
                   "a row begins as new");
    assert_holds();
}

static void what_was_fixed_comes_back(void **state)
{
    (void)state;
    struct store *store = open_store();
    struct fail why;
    int64_t issue = issue_in(store, "fixed", 1);
    struct store_crash crash = keep(store, "another input", false);
    struct crash name = named("0000000000000001");
    struct store_evidence evidence = evidence_of(&name, 1, 1);
    bool back = false;
    assert_true(store_count(store, &crash, issue, &evidence, &back, &why));
    assert_true(back);
    char *status = status_of(store, issue);
    assert_string_equal(status, "reproduced");
    free(status);
    assert_true(store_count(store, &crash, issue, &evidence, &back, &why));
    assert_false(back);
    store_crash_free(&crash);
    crash_free(&name);
    store_close(store);
}

static void goes_from_an_input_to_a_reproducer(void **state)
{
    (void)state;
    struct store *store = open_store();
    struct fail why;
    struct store_issue read;
    int64_t issue = make_issue(store, "long input", "0011223344556677", 1, 3);
    char *place = mem_print("%s/place", directory), *input = mem_print("%s/input", place);
    assert_true(dir_make(place, &why));
    assert_true(file_put(input, "short", 5, &why));
    assert_true(store_minimized(store, issue, "short", 5, &why));
    assert_true(store_minimized(store, issue, "short", 5, &why)); /* again: nothing new */
    assert_true(store_curated(store, issue, place, &why));
    assert_true(store_minimized(store, issue, "sho", 3, &why)); /* a smaller one is fine */
    assert_true(store_curated(store, issue, place, &why));
    assert_true(store_issue(store, issue, &read, &why));
    assert_string_equal(read.status, "curated");
    assert_string_equal(read.reproducer, place);
    assert_non_null(strstr(read.minimized, "/minimized/vec/"));
    store_issue_free(&read);
    assert_true(store_move(store, issue, "fixed", "mended", &why));

    int64_t other = make_issue(store, "other", "8899aabbccddeeff", 3, 3);
    assert_false(store_duplicate(store, other, other, &why));
    assert_true(store_duplicate(store, other, issue, &why));
    store_close(store);
    assert_holds();
    free(place);
    free(input);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(knows_the_legal_steps),
        cmocka_unit_test(finds_the_shortest_way),
        STORE_TEST(takes_legal_steps_only),
        STORE_TEST(the_database_refuses_the_rest),
        STORE_TEST(the_database_forgets_nothing),
        STORE_TEST(what_was_fixed_comes_back),
        STORE_TEST(goes_from_an_input_to_a_reproducer),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
