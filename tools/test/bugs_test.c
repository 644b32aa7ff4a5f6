/* bugs_test.c: what bug.json says, and which names it accepts. */
#include "bugs.h"
#include "fake.h"

static void a_class_is_the_whole_type_or_its_first_words(void **state)
{
    (void)state;
    static const char *const classes[] = {"Heap-buffer-overflow WRITE 1", "Heap-use-after-free",
                                          "Data race", NULL};
    assert_true(bug_class_fits(classes, "Heap-buffer-overflow\nWRITE 1"));
    assert_false(bug_class_fits(classes, "Heap-buffer-overflow\nWRITE 16"));
    assert_false(bug_class_fits(classes, "Heap-buffer-overflow\nREAD 1"));
    assert_true(bug_class_fits(classes, "Heap-use-after-free\nREAD {*}"));
    assert_true(bug_class_fits(classes, "Heap-use-after-free"));
    assert_false(bug_class_fits(classes, "Heap-use-after-freedom"));
    assert_true(bug_class_fits(classes, "Data race\nREAD 4"));
    assert_false(bug_class_fits(classes, "Data"));
    assert_false(bug_class_fits(classes, ""));
}

static void a_hidden_bug_is_known_by_its_class(void **state)
{
    (void)state;
    const char *classes[] = {"Model-mismatch", NULL};
    struct bug_info info = {.classes = classes};
    assert_true(bug_is_it(&info, "Model-mismatch"));
    assert_true(bug_is_it(&info, "Heap-use-after-free\nREAD 1"));
    info.hidden = true;
    assert_true(bug_is_it(&info, "Model-mismatch"));
    assert_false(bug_is_it(&info, "Heap-use-after-free\nREAD 1"));
}

static void another_face_of_a_bug_is_not_it(void **state)
{
    (void)state;
    const char *classes[] = {"Heap-double-free", NULL};
    const char *also[] = {"Heap-use-after-free READ 4", NULL};
    struct bug_info info = {.classes = classes, .also = also};
    assert_true(bug_is_it(&info, "Heap-double-free"));
    assert_false(bug_is_it(&info, "Heap-use-after-free\nREAD 4"));
    assert_true(bug_is_it(&info, "Heap-use-after-free\nREAD 8")); /* to be told of */
}

static void reads_a_description(void **state)
{
    (void)state;
    struct fake *fake = fake_open(NULL);
    char *path = mem_print("%s/bug.json", fake->directory);
    struct bug bug = {.id = "b", .file = path};
    struct bug_info info;
    struct fail why;
    fake_script(fake, "bug.json",
                "{\"row\":\"A2\",\"title\":\"one off\",\"target\":\"v\",\"class\":[\"X\",\"Y "
                "1\"],\"also\":[\"Z\"]}");
    if (!bug_info_read(&bug, &info, &why))
        fail_msg("%s", why.what);
    assert_string_equal(info.row, "A2");
    assert_string_equal(info.title, "one off");
    assert_string_equal(info.classes[1], "Y 1");
    assert_null(info.classes[2]);
    assert_string_equal(info.also[0], "Z");
    assert_null(info.also[1]);
    assert_false(info.hidden);
    bug_info_free(&info);
    static const char *const bad[] = {
        "",
        "{\"row\":\"A2\",\"title\":\"t\",\"class\":[",
        "{\"row\":\"A2\",\"title\":\"t\"}",
        "{\"row\":\"A2\",\"title\":\"t\",\"class\":[]}",
        "{\"row\":\"A2\",\"title\":\"t\",\"class\":\"X\"}",
        "{\"row\":\"A2\",\"title\":\"t\",\"class\":[1]}",
        "{\"row\":\"A2\",\"title\":\"t\",\"class\":[\"X\"],\"also\":\"Y\"}",
        "{\"row\":2,\"title\":\"t\",\"class\":[\"X\"]}",
        "{\"row\":\"A2\",\"class\":[\"X\"]}",
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        fake_script(fake, "bug.json", bad[i]);
        assert_false(bug_info_read(&bug, &info, &why));
        assert_non_null(strstr(why.what, path));
    }
    free(path);
    fake_close(fake);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_class_is_the_whole_type_or_its_first_words),
        cmocka_unit_test(a_hidden_bug_is_known_by_its_class),
        cmocka_unit_test(another_face_of_a_bug_is_not_it),
        cmocka_unit_test(reads_a_description),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
