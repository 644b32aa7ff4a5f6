/* minimize_run_test.c: real processes: signatures are kept, what can't be done is said, ^C keeps
 * the best so far.
 *
 * The replayer is a script. An 'x' in an input without a 'g' dies in `shallow`; else a 'b' with a
 * 'd' somewhere behind it dies in `deep`; else an 'f' dies in `flaky` every other time. Where there
 * is a file "replayer.int", an input without an 'i' sends us SIGINT. */
#include <signal.h>
#include <sys/wait.h>

#include "commands.h"
#include "fake.h"
#include "minimize.h"
#include "minimize_oracle.h"

static const char replayer[] =
    "#!/bin/sh\n"
    "die() {\n"
    "  echo '==1==ERROR: AddressSanitizer: heap-buffer-overflow on address 0x602000000014 at pc "
    "0x1' >&2\n"
    "  echo 'WRITE of size 4 at 0x602000000014 thread T0' >&2\n"
    "  echo \"    #0 0x55 in $1 /src/fake.c:12:3\" >&2\n"
    "  echo '    #1 0x56 in LLVMFuzzerTestOneInput /src/fake.c:20:1' >&2\n"
    "  exit 1\n"
    "}\n"
    "text=$(cat \"$1\")\n"
    "echo \"ledge-run: $1\" >&2\n"
    "case $text in *i*) ;; *) [ -e \"$0.int\" ] && kill -INT $PPID;; esac\n"
    "case $text in *x*) case $text in *g*) ;; *) die shallow;; esac;; esac\n"
    "case $text in *b*d*) die deep;; esac\n"
    "case $text in *f*)\n"
    "  if [ -e \"$0.odd\" ]; then rm \"$0.odd\"; else touch \"$0.odd\"; die flaky; fi;;\n"
    "esac\n"
    "exit 0\n";

/* A fake target with that replayer, and an input. */
struct scene {
    struct fake *fake;
    struct runner *runner;
    struct minimize_request request;
    char *input;
};

static struct scene set(const char *text)
{
    struct scene scene = {.fake = fake_open(NULL)};
    struct fail why;
    fake_script(scene.fake, "replayer", replayer);
    scene.input = mem_print("%s/input-%zu", scene.fake->directory, strlen(text));
    if (!file_put(scene.input, text, strlen(text), &why))
        fail_msg("%s", why.what);
    scene.runner = runner_new(&scene.fake->manifest, &why);
    assert_non_null(scene.runner);
    scene.request = (struct minimize_request){.target = &scene.fake->target, .path = scene.input};
    return scene;
}

static void strike(struct scene *scene)
{
    runner_free(scene->runner);
    fake_close(scene->fake);
    free(scene->input);
}

static struct minimized minimize(struct scene *scene)
{
    struct minimized minimized;
    struct fail why;
    if (!minimize_run(scene->runner, &scene->request, &minimized, &why))
        fail_msg("%s", why.what);
    return minimized;
}

static void keeps_the_deep_bug_that_a_shallow_one_hides(void **state)
{
    (void)state;
    struct scene scene = set("axaxbbacccdaaadgd");
    struct minimized got = minimize(&scene);
    assert_int_equal(got.end, MINIMIZE_DONE);
    assert_true(got.minimal);
    assert_string_equal(got.crash.state, "deep\nfake");
    assert_int_equal(got.bytes_len, 2);
    assert_memory_equal(got.bytes, "bd", 2);
    assert_int_equal(got.bytes_before, 17);
    assert_int_equal(got.hits, MINIMIZE_TRIES);
    struct proof proof;
    struct fail why;
    assert_true(minimize_prove(scene.runner, scene.request.target, &got, &proof, &why));
    assert_true(proof.holds);
    assert_int_equal(proof.len, 7); /* without each, as '0', as 'a'; 'd' as 'c' */
    proof_free(&proof);
    minimize_free(&got);
    strike(&scene);
}

static void a_build_that_does_not_work_takes_nothing_from_the_result(void **state)
{
    (void)state;
    struct scene scene = set("abaad");
    fake_script(scene.fake, "libfuzzer", "#!/bin/sh\nexit 1\n");
    scene.fake->target.builds_len = 2;
    scene.request.jobs = 2; /* which both say why */
    struct minimized got = minimize(&scene);
    assert_int_equal(got.bytes_len, 2);
    assert_int_equal(got.hits, MINIMIZE_TRIES);
    assert_int_equal(got.there.tries, 0);
    assert_non_null(got.not_there);
    assert_non_null(strstr(got.not_there, "/libfuzzer ended with exit code 1"));
    minimize_free(&got);
    strike(&scene);
}

static void says_that_an_input_is_clean(void **state)
{
    (void)state;
    struct scene scene = set("harmless");
    struct minimized got = minimize(&scene);
    assert_int_equal(got.end, MINIMIZE_CLEAN);
    assert_string_equal(got.tried, "asan");
    assert_int_equal(got.tries, 20);
    assert_null(got.bytes);
    minimize_free(&got);
    strike(&scene);
}

/* An 'f' that dies every other time, beside much that doesn't matter. */
static void shrinks_a_flaky_input_and_says_how_flaky(void **state)
{
    (void)state;
    struct scene scene = set("aaaafaaa");
    struct minimized got = minimize(&scene);
    assert_int_equal(got.end, MINIMIZE_DONE);
    assert_true(got.flaky);
    assert_int_equal(got.before.hits, 60);
    assert_in_range(got.before.tries, 100, 140);
    assert_int_equal(got.tries, got.before.tries);
    assert_in_range(got.hits, 50, 70);
    assert_int_equal(got.bytes_len, 1);
    assert_memory_equal(got.bytes, "f", 1);
    minimize_free(&got);
    strike(&scene);
}

static void an_interrupt_keeps_the_best_so_far(void **state)
{
    (void)state;
    struct scene scene = set("baaaaaadaaaaiaaa");
    fake_script(scene.fake, "replayer.int", "");
    scene.request.jobs = 1; /* a second signal would end us */
    stop_watch(true);
    struct minimized got = minimize(&scene);
    assert_int_equal(stop_wanted(), SIGINT);
    stop_watch(false);
    assert_false(got.minimal);
    assert_int_equal(got.tries, 0);
    assert_int_equal(got.bytes_len, 8); /* the half with the 'i' was gone */
    assert_string_equal(got.crash.state, "deep\nfake");
    assert_null(memchr(got.bytes, 'i', got.bytes_len));
    minimize_free(&got);
    strike(&scene);
}

static void says_what_cannot_be_run(void **state)
{
    (void)state;
    struct scene scene = set("bd");
    struct minimized got;
    struct fail why;
    scene.request.path = "/nowhere/input";
    assert_false(minimize_run(scene.runner, &scene.request, &got, &why));
    assert_non_null(strstr(why.what, "/nowhere/input"));
    scene.request.path = scene.input;
    scene.request.sanitizer = "msan";
    assert_false(minimize_run(scene.runner, &scene.request, &got, &why));
    assert_string_equal(why.what, "fake has no msan binary to replay with");
    scene.request.sanitizer = NULL;
    assert_int_equal(unlink(scene.fake->builds[0].binary), 0);
    assert_false(minimize_run(scene.runner, &scene.request, &got, &why));
    assert_string_equal(why.what, "fake has no binary to replay with");
    strike(&scene);
}

/* --- The command ----------------------------------------------------------------------------- */

static void write_manifest(const struct scene *scene)
{
    struct fail why;
    const char *dir = scene->fake->directory;
    char *path = mem_print("%s/manifest.json", dir);
    char *text = mem_print(
        "{\"format\":1,\"root\":\"%s\",\"build\":\"%s\",\"crashes\":\"%s/crashes\",\"cmake\":\"/"
        "c\","
        "\"symbolizer\":\"/"
        "s\",\"afl_fuzz\":null,\"targets\":[{\"name\":\"fake\",\"format_version\":1,"
        "\"kit\":false,\"source\":\"/src/fake.c\",\"limits\":{\"timeout_ms\":500,\"rss_mb\":512,"
        "\"max_len\":64},\"builds\":[{\"engine\":\"replay\",\"sanitizer\":\"asan\",\"binary\":\"%"
        "s\"}]}]}",
        dir, dir, dir, scene->fake->builds[0].binary);
    assert_true(file_put(path, text, strlen(text), &why));
    free(text);
    free(path);
}

/* Runs `ledge minimize` with the arguments and the manifest in a process of its own; *said is what
 * it printed, for free(). */
static int command(const struct scene *scene, char **said, const char *first, const char *second,
                   const char *third)
{
    char *out = mem_print("%s/out", scene->fake->directory);
    char *manifest = mem_print("%s/manifest.json", scene->fake->directory);
    const char *argv[] = {"minimize", "--manifest", manifest, "--target", "fake",
                          first,      second,       third,    NULL};
    int argc = 6 + (second != NULL) + (third != NULL), status;
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        if (!freopen(out, "w", stdout) || dup2(STDOUT_FILENO, STDERR_FILENO) < 0)
            _exit(99);
        int code = cmd_minimize(argc, (char **)(uintptr_t)argv);
        fflush(stdout);
        _exit(code);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    size_t len;
    struct fail why;
    assert_true(file_read(out, said, &len, &why));
    free(manifest);
    free(out);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void expect(const struct scene *scene, int code, const char *text, const char *first,
                   const char *second, const char *third)
{
    char *said;
    int got = command(scene, &said, first, second, third);
    if (got != code || !strstr(said, text))
        fail_msg("exit %d instead of %d with '%s':\n%s", got, code, text, said);
    free(said);
}

static void the_command_writes_a_directory(void **state)
{
    (void)state;
    struct scene scene = set("aagxbaad");
    write_manifest(&scene);
    expect(&scene, 0, "8 bytes -> 2 bytes", scene.input, NULL, NULL);
    char *directory = mem_print("%s/crashes/new", scene.fake->directory);
    struct paths files = {0};
    struct fail why;
    assert_true(paths_find(&files, directory, &why));
    assert_int_equal(files.len, 2);
    assert_string_equal(path_base(files.at[0]), "input");
    assert_string_equal(path_base(files.at[1]), "report.json");
    char *bytes;
    size_t len;
    assert_true(file_read(files.at[0], &bytes, &len, &why));
    assert_int_equal(len, 2);
    assert_memory_equal(bytes, "bd", 2);
    free(bytes);
    expect(&scene, 0, "2 bytes -> 2 bytes", files.at[0], NULL, NULL);
    paths_free(&files);
    free(directory);
    strike(&scene);
}

static void the_command_says_what_is_wrong(void **state)
{
    (void)state;
    struct scene scene = set("bd");
    write_manifest(&scene);
    expect(&scene, 1, "does not fail: 20 runs each under asan, all clean", "/dev/null", NULL, NULL);
    expect(&scene, 3, "cannot open /nowhere/x", "/nowhere/x", NULL, NULL);
    expect(&scene, 3, "a file is wanted here", scene.fake->directory, NULL, NULL);
    expect(&scene, 3, "there is no planted bug 'none'", scene.input, "--bug", "none");
    expect(&scene, 3, "no ubsan binary", scene.input, "--build", "ubsan");
    expect(&scene, 2, "--build wants one of", scene.input, "--build", "gcc");
    expect(&scene, 2, "one input at a time", scene.input, scene.input, NULL);
    expect(&scene, 3, "cannot make the directory /proc/x/y", scene.input, "--out", "/proc/x/y");
    strike(&scene);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keeps_the_deep_bug_that_a_shallow_one_hides),
        cmocka_unit_test(a_build_that_does_not_work_takes_nothing_from_the_result),
        cmocka_unit_test(says_that_an_input_is_clean),
        cmocka_unit_test(shrinks_a_flaky_input_and_says_how_flaky),
        cmocka_unit_test(an_interrupt_keeps_the_best_so_far),
        cmocka_unit_test(says_what_cannot_be_run),
        cmocka_unit_test(the_command_writes_a_directory),
        cmocka_unit_test(the_command_says_what_is_wrong),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
