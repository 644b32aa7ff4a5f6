/* minimize_command_test.c: `ledge minimize --cmd` and a real program, compiled here. */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "commands.h"
#include "files.h"
#include "mem.h"
#include "minimize_command.h"
#include "proc.h"

/* `deep` needs a line "MAGIC line" and behind it one that begins with "boom 5"; it is hidden by
 * `shallow`: a line that begins with "trap" when there is no "GUARD", which stands at the end. */
static const char program[] =
    "#include <assert.h>\n"
    "#include <stdio.h>\n"
    "#include <stdlib.h>\n"
    "#include <string.h>\n"
    "#include <unistd.h>\n"
    "static void deep(int number) { assert(number != 5); }\n"
    "static void shallow(int guard) { assert(guard); }\n"
    "int main(int argc, char **argv)\n"
    "{\n"
    "    char line[256];\n"
    "    int magic = 0, guard = 0;\n"
    "    FILE *file = argc > 1 ? fopen(argv[1], \"r\") : stdin;\n"
    "    char *all = calloc(1, 1 << 20);\n"
    "    size_t len = file && all ? fread(all, 1, (1 << 20) - 1, file) : 0;\n"
    "    guard = all && strstr(all, \"GUARD\") != NULL;\n"
    "    file = len ? fmemopen(all, len, \"r\") : NULL;\n"
    "    while (file && fgets(line, sizeof line, file)) {\n"
    "        magic |= strcmp(line, \"MAGIC line\\n\") == 0;\n"
    "        if (strncmp(line, \"trap\", 4) == 0) shallow(guard);\n"
    "        if (magic && strncmp(line, \"boom \", 5) == 0) deep(line[5] - '0');\n"
    "        if (strncmp(line, \"sleep\", 5) == 0) sleep(60);\n"
    "        if (strncmp(line, \"slow\", 4) == 0) usleep(20000);\n"
    "        if (strncmp(line, \"segv\", 4) == 0) raise(SIGSEGV);\n"
    "        if (strncmp(line, \"exit\", 4) == 0) return line[4] == 'X' ? 9 : 1;\n"
    "    }\n"
    "    return 0;\n"
    "}\n";

static char directory[] = "/tmp/ledge-test-XXXXXX";
static char *command, *input;

static void put(const char *name, const char *text)
{
    struct fail why;
    char *path = mem_print("%s/%s", directory, name);
    if (!file_put(path, text, strlen(text), &why))
        fail_msg("%s", why.what);
    free(path);
}

static int compile(void **state)
{
    (void)state;
    struct proc_result result;
    struct fail why;
    char *text = mem_print("#include <signal.h>\n%s", program);
    if (!mkdtemp(directory))
        return -1;
    put("prog.c", text);
    command = mem_print("%s/prog", directory);
    input = mem_print("%s/input", directory);
    char *source = mem_print("%s/prog.c", directory);
    const char *const argv[] = {"cc", "-D_GNU_SOURCE", "-o", command, source, NULL};
    struct proc_spec spec = {.argv = argv, .timeout_ms = 60000};
    bool ok = proc_run(&spec, &result, &why);
    ok = ok && result.end == PROC_EXITED && result.code == 0;
    proc_result_free(&result);
    free(source);
    free(text);
    return ok ? 0 : -1;
}

static int clean_up(void **state)
{
    (void)state;
    dir_remove(directory);
    free(command);
    free(input);
    return 0;
}

/* Starts `ledge minimize INPUT --cmd CMD OPTION VALUE` in a process of its own. */
static pid_t start(const char *cmd, const char *option, const char *value)
{
    char *out = mem_print("%s/said", directory);
    const char *argv[] = {"minimize", input, "--cmd", cmd, option, value, NULL};
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        if (!freopen(out, "w", stdout) || dup2(STDOUT_FILENO, STDERR_FILENO) < 0)
            _exit(99);
        int code = cmd_minimize(option ? 6 : 4, (char **)(uintptr_t)argv);
        fflush(stdout);
        _exit(code);
    }
    free(out);
    return child;
}

static int run(const char *cmd, const char *option, const char *value)
{
    int status;
    pid_t child = start(cmd, option, value);
    assert_int_equal(waitpid(child, &status, 0), child);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static char *read_text(const char *name)
{
    struct fail why;
    size_t len;
    char *path = mem_print("%s/%s", directory, name), *text = NULL;
    if (!file_read(path, &text, &len, &why))
        text = mem_text("(nothing)");
    free(path);
    return text;
}

static void expect(int code, const char *text, const char *cmd, const char *option,
                   const char *value)
{
    int got = run(cmd, option, value);
    char *said = read_text("said");
    if (got != code || !strstr(said, text))
        fail_msg("exit %d instead of %d with '%s':\n%s", got, code, text, said);
    free(said);
}

static void assert_result(const char *want)
{
    char *text = read_text("input.min/input");
    assert_string_equal(text, want);
    free(text);
}

/* An input of many lines; the given ones stand among them. */
static void put_lines(const char *const *lines)
{
    char *text = mem_text("");
    for (unsigned i = 0; i < 200; i++) {
        const char *own = i % 40 == 20 && *lines ? *lines++ : i % 9 ? "some more words" : "trap it";
        char *longer = mem_print("%s%s\n", text, own);
        free(text);
        text = longer;
    }
    char *guarded = mem_print("%sGUARD on\n", text);
    free(text);
    text = guarded;
    put("input", text);
    free(text);
}

static void finds_the_deep_bug_behind_a_magic_line(void **state)
{
    (void)state;
    static const char *const lines[] = {"MAGIC line", "boom 4", "boom 5 and more", NULL};
    char *with_path = mem_print("'%s' @@", command);
    put_lines(lines);
    char *before = read_text("input");
    expect(0, "number != 5", with_path, NULL, NULL);
    assert_result("MAGIC line\nboom 5");
    expect(0, "20/20", command, NULL, NULL); /* on stdin */
    assert_result("MAGIC line\nboom 5");
    char *report = read_text("input.min/report.json"), *after = read_text("input");
    assert_non_null(strstr(report, "\"step\": \"without byte 1\""));
    assert_non_null(strstr(report, "\"holds\": true"));
    assert_non_null(strstr(report, "number != 5"));
    assert_string_equal(before, after);
    free(report);
    free(before);
    free(after);
    free(with_path);
}

static void one_core_or_two_come_to_the_same(void **state)
{
    (void)state;
    static const char *const lines[] = {"boom 5", "MAGIC line", "trap 1", "boom 5", NULL};
    put_lines(lines);
    expect(0, "number != 5", command, "--jobs", "1");
    char *one = read_text("input.min/input");
    expect(0, "number != 5", command, "--jobs", "2");
    assert_result(one);
    free(one);
}

static void a_signal_a_hang_and_an_exit_code_are_failures(void **state)
{
    (void)state;
    put("input", "aaa\nsegv now\nbbb\n");
    expect(0, "UNKNOWN", command, NULL, NULL);
    assert_result("segv");
    put("input", "aaa\nsleep now\nbbb\n");
    expect(0, "Timeout", command, "--timeout", "60");
    assert_result("sleep");
    put("input", "aaa\nexitX now\nbbb\n");
    expect(1, "does not fail", command, NULL, NULL);
    expect(0, "Unexpected-exit", command, "--exit-code", "9");
    assert_result("exitX");
    put("input", "aaa\nexit now\nbbb\n");
    expect(1, "does not fail", command, "--exit-code", "9");
}

static void says_what_is_wrong(void **state)
{
    (void)state;
    put("input", "aaa\n");
    expect(3, "there is no such program", "/nowhere/prog @@", NULL, NULL);
    expect(3, "a quote has no end", "prog 'a b", NULL, NULL);
    expect(3, "there is no program in it", " ", NULL, NULL);
    expect(2, "--cmd stands instead of", command, "--target", "vec");
    expect(1, "does not fail", command, NULL, NULL);
}

static void wait_ms(long ms)
{
    struct timespec time = {ms / 1000, ms % 1000 * 1000000};
    (void)nanosleep(&time, NULL);
}

/* Every run takes its time, so that there is some to be killed in. */
static void a_kill_leaves_the_input_as_it_was(void **state)
{
    (void)state;
    static const char *const lines[] = {"MAGIC line", "slow", "boom 5", NULL};
    put_lines(lines);
    char *before = read_text("input"), *path = mem_print("%s/input.min", directory);
    dir_remove(path);
    for (long ms = 20; ms < 400; ms += 75) {
        pid_t child = start(command, NULL, NULL);
        wait_ms(ms);
        (void)kill(child, SIGKILL);
        assert_int_equal(waitpid(child, NULL, 0), child);
        char *after = read_text("input");
        assert_string_equal(before, after);
        free(after);
        assert_false(path_is_dir(path));
    }
    free(path);
    free(before);
}

static void an_interrupt_keeps_what_fails_the_same_way(void **state)
{
    (void)state;
    static const char *const lines[] = {"slow", "MAGIC line", "boom 5", "slow", NULL};
    int status;
    put_lines(lines);
    pid_t child = start(command, NULL, NULL);
    wait_ms(400);
    (void)kill(child, SIGINT);
    assert_int_equal(waitpid(child, &status, 0), child);
    char *said = read_text("said"), *kept = read_text("input.min/input");
    if (WIFEXITED(status) && WEXITSTATUS(status) == 128 + SIGINT)
        assert_non_null(strstr(said, "interrupted: not minimal yet"));
    else
        assert_int_equal(WEXITSTATUS(status), 0); /* it was done already */
    put("input", kept);
    expect(0, "number != 5", command, NULL, NULL);
    free(said);
    free(kept);
}

static void splits_words_as_a_shell_does(void **state)
{
    (void)state;
    struct command_target target;
    struct command_options options = {.timeout_ms = 1};
    struct fail why;
    assert_true(
        command_target_make("  sh -c 'a b'\\''c' \"d \\\" e\" @@x ", &options, &target, &why));
    assert_string_equal(target.target.name, "sh");
    assert_string_equal(target.words[0], "sh");
    assert_string_equal(target.words[2], "a b'c");
    assert_string_equal(target.words[3], "d \" e");
    assert_string_equal(target.words[4], "@@x");
    assert_null(target.words[5]);
    assert_true(target.binary[0] == '/');
    command_target_free(&target);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_the_deep_bug_behind_a_magic_line),
        cmocka_unit_test(one_core_or_two_come_to_the_same),
        cmocka_unit_test(a_signal_a_hang_and_an_exit_code_are_failures),
        cmocka_unit_test(says_what_is_wrong),
        cmocka_unit_test(a_kill_leaves_the_input_as_it_was),
        cmocka_unit_test(an_interrupt_keeps_what_fails_the_same_way),
        cmocka_unit_test(splits_words_as_a_shell_does),
    };
    return cmocka_run_group_tests(tests, compile, clean_up);
}
