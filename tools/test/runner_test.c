/* runner_test.c: many inputs in few processes, and each crash put down to its own. */
#include "fake.h"
#include "runner.h"

/* Writes an input; the path is for free(). */
static char *fake_input(const struct fake *fake, const char *name, const char *text)
{
    struct fail why;
    char *path = mem_print("%s/%s", fake->directory, name);
    if (!file_put(path, text, strlen(text), &why))
        fail_msg("%s", why.what);
    return path;
}

enum { MANY = 9 };

static const char *const texts[MANY] = {"ok",   "crash one", "ok",        "leak", "ok",
                                        "hang", "crash two", "crash one", "ok"};
static const char *const classes[MANY] = {"none",    "memory", "none",   "leak", "none",
                                          "timeout", "memory", "memory", "none"};

struct seen {
    unsigned times[MANY];
    struct crash crashes[MANY]; /* only class_ and signature are kept */
};

static void on_seen(void *context, size_t index, const struct run_result *result)
{
    struct seen *seen = context;
    assert_true(index < MANY);
    seen->times[index]++;
    seen->crashes[index].found = result->crash.found;
    seen->crashes[index].class_ = result->crash.found ? result->crash.class_ : "none";
    memcpy(seen->crashes[index].signature, result->crash.signature, 17);
}

static void attributes_every_crash(void **state)
{
    (void)state;
    struct fake *fake = fake_open(NULL);
    char *paths[MANY];
    struct seen seen = {{0}, {{0}}};
    struct fail why;
    for (int i = 0; i < MANY; i++) {
        char name[8];
        snprintf(name, sizeof name, "in%d", i);
        paths[i] = fake_input(fake, name, texts[i]);
    }
    struct runner *runner = runner_new(&fake->manifest, &why);
    assert_non_null(runner);
    assert_true(runner_run_many(runner, &fake->target, &fake->builds[0], (const char *const *)paths,
                                MANY, on_seen, &seen, &why));
    for (int i = 0; i < MANY; i++) {
        assert_int_equal(seen.times[i], 1);
        assert_string_equal(seen.crashes[i].class_, classes[i]);
        free(paths[i]);
    }
    assert_true(crash_same(&seen.crashes[1], &seen.crashes[7]));
    assert_false(crash_same(&seen.crashes[1], &seen.crashes[6]));
    runner_free(runner);
    fake_close(fake);
}

static void runs_bytes_and_names_them(void **state)
{
    (void)state;
    struct fake *fake = fake_open(NULL);
    struct fail why;
    struct run_result result;
    struct runner *runner = runner_new(&fake->manifest, &why);
    assert_non_null(runner);
    assert_true(runner_run_bytes(runner, &fake->target, &fake->builds[0], "crash deep\n", 11,
                                 &result, &why));
    assert_true(result.crash.found);
    assert_string_equal(result.crash.type, "Heap-buffer-overflow\nWRITE 4");
    assert_string_equal(result.crash.state, "deep\nfake");
    run_result_free(&result);
    assert_true(
        runner_run_bytes(runner, &fake->target, &fake->builds[0], "exit\n", 5, &result, &why));
    assert_true(result.crash.found);
    assert_string_equal(result.crash.type, "Unexpected-exit");
    run_result_free(&result);
    assert_true(
        runner_run_bytes(runner, &fake->target, &fake->builds[0], "fine\n", 5, &result, &why));
    assert_false(result.crash.found);
    run_result_free(&result);
    runner_free(runner);
    fake_close(fake);
}

static void says_what_cannot_be_run(void **state)
{
    (void)state;
    struct fake *fake = fake_open(NULL);
    struct fail why;
    struct run_result result;
    struct runner *runner = runner_new(&fake->manifest, &why);
    assert_non_null(runner);
    assert_false(
        runner_run(runner, &fake->target, &fake->builds[0], "/nowhere/input", &result, &why));
    assert_string_equal(why.what, "cannot open /nowhere/input: No such file or directory");

    /* A replayer that can't read its file must not pass for clean, nor for a crash. */
    fake_script(fake, "replayer", "#!/bin/sh\necho cannot read it >&2\nexit 2\n");
    char *input = fake_input(fake, "in", "ok");
    assert_false(runner_run(runner, &fake->target, &fake->builds[0], input, &result, &why));
    assert_non_null(strstr(why.what, "ended with exit code 2: cannot read it"));

    assert_int_equal(unlink(fake->builds[0].binary), 0);
    assert_false(runner_run(runner, &fake->target, &fake->builds[0], input, &result, &why));
    assert_non_null(strstr(why.what, "fake: the replay/asan binary"));
    assert_non_null(strstr(why.next, "cmake --build"));
    free(input);
    runner_free(runner);
    fake_close(fake);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(attributes_every_crash),
        cmocka_unit_test(runs_bytes_and_names_them),
        cmocka_unit_test(says_what_cannot_be_run),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
