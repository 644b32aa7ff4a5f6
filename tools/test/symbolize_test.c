/* The symbolizer on this very program, and with programs in its place that die, babble or hang. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <dlfcn.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "symbolize.h"

static volatile int sink;

__attribute__((noinline)) static void marked_function(int value)
{
    sink = value + 1;
}

static uint64_t offset_of_marked(void)
{
    Dl_info info;
    marked_function(1);
    assert_int_not_equal(dladdr((void *)(uintptr_t)marked_function, &info), 0);
    return (uint64_t)((uintptr_t)marked_function - (uintptr_t)info.dli_fbase);
}

static struct symbolizer *make(const char *program)
{
    struct fail why;
    struct symbolizer *symbolizer = symbolizer_new(program, &why);
    assert_non_null(symbolizer);
    return symbolizer;
}

static char self[4096];

static int find_self(void **unused)
{
    (void)unused;
    ssize_t len = readlink("/proc/self/exe", self, sizeof self - 1);
    return len > 0 ? 0 : -1;
}

static void functions_are_named(void **unused)
{
    (void)unused;
    struct symbolizer *symbolizer = make("llvm-symbolizer-19");
    const struct symbol *first, *again;
    size_t len = symbolizer_lookup(symbolizer, self, offset_of_marked(), &first);
    if (len == 0) {
        /* Not installed under this name: another version answers the same way. */
        symbolizer_free(symbolizer);
        symbolizer = make("llvm-symbolizer");
        len = symbolizer_lookup(symbolizer, self, offset_of_marked(), &first);
    }
    assert_true(len >= 1);
    assert_string_equal(first[len - 1].function, "marked_function");
    /* Without debug information there is no line. */
    if (first[0].line > 0)
        assert_non_null(strstr(first[0].file, "symbolize_test.c"));
    assert_int_equal(symbolizer_lookup(symbolizer, self, offset_of_marked(), &again), len);
    assert_ptr_equal(first, again);
    symbolizer_free(symbolizer);
}

static void nothing_is_known_of(void **unused)
{
    static const char *const modules[] = {"", "/gone/bin", "/dev/zero", "/tmp", "a\"b", "a\nb"};
    (void)unused;
    struct symbolizer *symbolizer = make("llvm-symbolizer");
    const struct symbol *symbols;
    for (size_t i = 0; i < sizeof modules / sizeof *modules; i++)
        assert_int_equal(symbolizer_lookup(symbolizer, modules[i], 0x10, &symbols), 0);
    symbolizer_free(symbolizer);
    symbolizer_free(NULL);
}

static void many_answers_are_kept(void **unused)
{
    (void)unused;
    struct symbolizer *symbolizer = make("/no/such/program");
    const struct symbol *symbols;
    for (int round = 0; round < 2; round++) {
        for (uint64_t offset = 0; offset < 5000; offset++)
            assert_int_equal(symbolizer_lookup(symbolizer, self, offset, &symbols), 0);
    }
    symbolizer_free(symbolizer);
}

static void useless_programs_are_survived(void **unused)
{
    static const char *const programs[] = {"/no/such/program", "/bin/true", "/bin/false",
                                           "/bin/cat", "/"};
    (void)unused;
    for (size_t i = 0; i < sizeof programs / sizeof *programs; i++) {
        struct symbolizer *symbolizer = make(programs[i]);
        const struct symbol *symbols;
        for (uint64_t offset = 0; offset < 8; offset++)
            assert_int_equal(symbolizer_lookup(symbolizer, self, offset, &symbols), 0);
        symbolizer_free(symbolizer);
    }
}

/* A program in a file of its own; the caller unlinks it. */
static void write_script(char path[], const char *text)
{
    int file = mkstemp(path);
    assert_true(file >= 0);
    assert_int_equal(write(file, text, strlen(text)), (ssize_t)strlen(text));
    assert_int_equal(fchmod(file, 0700), 0);
    assert_int_equal(close(file), 0);
}

static void hanging_program_is_given_up(void **unused)
{
    (void)unused;
    char path[] = "/tmp/ledge-hang-XXXXXX";
    write_script(path, "#!/bin/sh\nexec sleep 1000\n");
    struct symbolizer *symbolizer = make(path);
    symbolizer_patience(symbolizer, 50);
    const struct symbol *symbols;
    time_t start = time(NULL);
    for (uint64_t offset = 0; offset < 100; offset++)
        assert_int_equal(symbolizer_lookup(symbolizer, self, offset, &symbols), 0);
    assert_true(time(NULL) - start < 20);
    symbolizer_free(symbolizer);
    unlink(path);
}

static void dying_program_is_started_anew(void **unused)
{
    (void)unused;
    char path[] = "/tmp/ledge-dying-XXXXXX";
    write_script(path,
                 "#!/bin/sh\nread question\n"
                 "echo '{\"Symbol\":[{\"FunctionName\":\"inner\",\"FileName\":\"a.c\",\"Line\":3,"
                 "\"Column\":4},{\"FunctionName\":\"outer\",\"FileName\":\"\",\"Line\":0}]}'\n");
    struct symbolizer *symbolizer = make(path);
    size_t answered = 0;
    for (uint64_t offset = 0; offset < 50; offset++) {
        const struct symbol *symbols;
        size_t len = symbolizer_lookup(symbolizer, self, offset, &symbols);
        if (len == 0)
            continue;
        answered++;
        assert_int_equal(len, 2);
        assert_string_equal(symbols[0].function, "inner");
        assert_int_equal(symbols[0].line, 3);
        assert_int_equal(symbols[0].column, 4);
        assert_string_equal(symbols[1].function, "outer");
        assert_string_equal(symbols[1].file, "??");
    }
    assert_true(answered >= 1 && answered <= 4);
    symbolizer_free(symbolizer);
    unlink(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(functions_are_named),
        cmocka_unit_test(nothing_is_known_of),
        cmocka_unit_test(many_answers_are_kept),
        cmocka_unit_test(useless_programs_are_survived),
        cmocka_unit_test(hanging_program_is_given_up),
        cmocka_unit_test(dying_program_is_started_anew),
    };
    return cmocka_run_group_tests(tests, find_self, NULL);
}
