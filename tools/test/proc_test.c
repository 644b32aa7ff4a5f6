/* proc_test.c: what a child can do to the one who waits for it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "proc.h"

static struct proc_result run_shell(const char *script, struct proc_spec spec)
{
    const char *argv[] = {"sh", "-c", script, NULL};
    struct proc_result result;
    struct fail why;
    spec.argv = argv;
    if (!proc_run(&spec, &result, &why))
        fail_msg("%s", why.what);
    return result;
}

static double seconds(const struct proc_result *result)
{
    return (double)result->elapsed_ns / 1e9;
}

static void tells_exit_code_and_both_outputs(void **state)
{
    (void)state;
    struct proc_result got = run_shell("echo one; echo two >&2; exit 7", (struct proc_spec){0});
    assert_int_equal(got.end, PROC_EXITED);
    assert_int_equal(got.code, 7);
    assert_string_equal(got.out, "one\n");
    assert_string_equal(got.err, "two\n");
    proc_result_free(&got);
}

static void tells_the_signal(void **state)
{
    (void)state;
    struct proc_result got = run_shell("kill -SEGV $$", (struct proc_spec){0});
    assert_int_equal(got.end, PROC_SIGNALED);
    assert_int_equal(got.code, 11);
    proc_result_free(&got);
}

static void gives_input_and_environment(void **state)
{
    (void)state;
    const char *env[] = {"LEDGE_X=yes", "HOME=/nowhere", NULL};
    struct proc_spec spec = {.input = "abc", .input_len = 3, .env = env, .cwd = "/"};
    struct proc_result got = run_shell("cat; echo \" $LEDGE_X $HOME $PWD\"", spec);
    assert_string_equal(got.out, "abc yes /nowhere /\n");
    proc_result_free(&got);
}

static void survives_a_child_that_ignores_its_input(void **state)
{
    (void)state;
    size_t len = 1 << 20;
    char *input = calloc(len, 1);
    assert_non_null(input);
    struct proc_spec spec = {.input = input, .input_len = len};
    struct proc_result got = run_shell("exit 3", spec);
    assert_int_equal(got.code, 3);
    proc_result_free(&got);
    free(input);
}

static void stops_at_the_time_limit_with_all_children(void **state)
{
    (void)state;
    struct proc_spec spec = {.timeout_ms = 300};
    struct proc_result got = run_shell("sleep 60 & sleep 60", spec);
    assert_int_equal(got.end, PROC_TIMEOUT);
    assert_true(seconds(&got) < 5);
    proc_result_free(&got);
}

static void waits_for_a_child_that_closed_its_pipes(void **state)
{
    (void)state;
    struct proc_result got = run_shell("exec >&- 2>&-; sleep 0.5; exit 9", (struct proc_spec){0});
    assert_int_equal(got.code, 9);
    assert_true(seconds(&got) >= 0.5);
    proc_result_free(&got);
}

static void does_not_wait_for_a_daemon_that_holds_the_pipe(void **state)
{
    (void)state;
    struct proc_result got =
        run_shell("setsid sleep 20 & echo done", (struct proc_spec){.timeout_ms = 15000});
    assert_int_equal(got.end, PROC_EXITED);
    assert_string_equal(got.out, "done\n");
    assert_true(seconds(&got) < 5);
    proc_result_free(&got);
}

/* A zombie that nobody reaps is dead too: it has no command line any more. */
static bool is_alive(const char *pid)
{
    char path[64], byte;
    snprintf(path, sizeof path, "/proc/%.*s/cmdline", (int)strcspn(pid, "\n"), pid);
    FILE *file = fopen(path, "rb");
    bool alive = file && fread(&byte, 1, 1, file) == 1;
    if (file)
        fclose(file);
    return alive;
}

static void leaves_no_child_of_the_child_behind(void **state)
{
    (void)state;
    struct proc_result got = run_shell("sleep 20 >/dev/null 2>&1 & echo $!", (struct proc_spec){0});
    for (int i = 0; i < 100 && is_alive(got.out); i++)
        usleep(20000);
    assert_false(is_alive(got.out));
    proc_result_free(&got);
}

static void keeps_the_ends_of_much_output(void **state)
{
    (void)state;
    struct proc_spec spec = {.output_max = 2000};
    struct proc_result got = run_shell("echo first; head -c 1000000000 /dev/zero; echo last", spec);
    assert_true(got.out_len < 2100);
    assert_memory_equal(got.out, "first\n", 6);
    assert_memory_equal(got.out + got.out_len - 5, "last\n", 5);
    assert_non_null(strstr(got.out + 1000, "[999998011 bytes left out]"));
    proc_result_free(&got);
}

static void says_when_the_program_is_missing(void **state)
{
    (void)state;
    const char *argv[] = {"/nowhere/program", NULL};
    struct proc_spec spec = {.argv = argv};
    struct proc_result result;
    struct fail why;
    assert_false(proc_run(&spec, &result, &why));
    assert_string_equal(why.what, "cannot run /nowhere/program: no such file or directory");
}

static void assert_must(const char *script, const char *want)
{
    const char *argv[] = {"sh", "-c", script, NULL};
    struct proc_spec spec = {.argv = argv, .timeout_ms = 1000};
    struct proc_result result;
    struct fail why = {.what = ""};
    if (proc_must(&spec, &result, &why))
        proc_result_free(&result);
    assert_string_equal(why.what, want);
}

static void says_how_a_program_ended_that_must_exit_with_0(void **state)
{
    (void)state;
    assert_must("echo fine >&2", "");
    assert_must("exit 3", "sh ended with exit code 3");
    assert_must("echo a.c:7: Error: odd >&2; echo 1 error. >&2; exit 3",
                "sh ended with exit code 3: a.c:7: Error: odd");
    assert_must("echo first >&2; echo; printf 'last\n\n' >&2; kill -SEGV $$",
                "sh ended by signal 11: last");
    assert_must("echo begun >&2; sleep 9", "sh ended at the time limit, by signal 9: begun");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tells_exit_code_and_both_outputs),
        cmocka_unit_test(tells_the_signal),
        cmocka_unit_test(gives_input_and_environment),
        cmocka_unit_test(survives_a_child_that_ignores_its_input),
        cmocka_unit_test(stops_at_the_time_limit_with_all_children),
        cmocka_unit_test(waits_for_a_child_that_closed_its_pipes),
        cmocka_unit_test(does_not_wait_for_a_daemon_that_holds_the_pipe),
        cmocka_unit_test(leaves_no_child_of_the_child_behind),
        cmocka_unit_test(keeps_the_ends_of_much_output),
        cmocka_unit_test(says_when_the_program_is_missing),
        cmocka_unit_test(says_how_a_program_ended_that_must_exit_with_0),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
