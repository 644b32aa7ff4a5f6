/* Which frames are left out of a crash state, and that users can have it otherwise. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "files.h"
#include "ignore.h"
#include "ignore_list.h"
#include "mem.h"

static enum ignore_kind kind_of(const char *name, const char *file, const char *module)
{
    struct frame frame = {
        .function = text_of(name), .file = text_of(file), .module = text_of(module)};
    const struct ignore_rule *rule = ignore_frame(&frame, name);
    return rule ? rule->kind : IGNORE_NOT;
}

static void program_names_are_kept(void **unused)
{
    static const char *const names[] = {"main",
                                        "free_cache",
                                        "delete_files",
                                        "new_node",
                                        "malloc_pool",
                                        "abort_transaction",
                                        "operator_table",
                                        "assert_valid",
                                        "memcpy_rows",
                                        "NewNode",
                                        "free2",
                                        "exit_room",
                                        "fuzzer_step",
                                        "asan_names",
                                        "logger",
                                        "runtime",
                                        "vec_kit_",
                                        "mykit_run",
                                        "f",
                                        "op_insert",
                                        "raise_error",
                                        "assert_row",
                                        "check_assertion",
                                        "strlen_cached",
                                        "__string_append",
                                        "standard::copy",
                                        "my::std::copy",
                                        "alloc::Arena::grow",
                                        "core::run",
                                        "base::debug::Table::print",
                                        "stdx::copy",
                                        "fuzzers::run",
                                        "operator<<",
                                        "ns::operator new_row",
                                        "row::operator()",
                                        "log",
                                        "error",
                                        "warn"};
    (void)unused;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (kind_of(names[i], "/src/a.c", "") != IGNORE_NOT)
            fail_msg("%s is left out", names[i]);
    }
}

static void run_time_names_are_not(void **unused)
{
    static const struct {
        const char *name;
        enum ignore_kind kind;
    } names[] = {
        {"malloc", IGNORE_ALLOCATOR},
        {"free", IGNORE_ALLOCATOR},
        {"operator new", IGNORE_ALLOCATOR},
        {"operator delete[]", IGNORE_ALLOCATOR},
        {"__interceptor_malloc", IGNORE_SANITIZER},
        {"__asan_memcpy", IGNORE_SANITIZER},
        {"__asan::ReportGenericError", IGNORE_SANITIZER},
        {"__ubsan_handle_shift_out_of_bounds", IGNORE_SANITIZER},
        {"__sanitizer_print_stack_trace", IGNORE_SANITIZER},
        {"__tsan_func_entry", IGNORE_SANITIZER},
        {"__msan_memcpy", IGNORE_SANITIZER},
        {"fuzzer::FuzzerDriver", IGNORE_ENGINE},
        {"LLVMFuzzerRunDriver", IGNORE_ENGINE},
        {"__afl_fuzz_len", IGNORE_ENGINE},
        {"fuzzer::RunOneTest", IGNORE_ENGINE},
        {"HonggfuzzRunOneInput", IGNORE_ENGINE},
        {"fuzztest::internal::Run", IGNORE_ENGINE},
        {"std::vector::push_back", IGNORE_LANGUAGE},
        {"std::__1::basic_string::append", IGNORE_LANGUAGE},
        {"__gnu_cxx::new_allocator::allocate", IGNORE_LANGUAGE},
        {"_int_free", IGNORE_ALLOCATOR},
        {"malloc_printerr", IGNORE_ALLOCATOR},
        {"gsignal", IGNORE_ABORT},
        {"__GI_raise", IGNORE_LIBC},
        {"__GI_abort", IGNORE_LIBC},
        {"__libc_message", IGNORE_ABORT},
        {"__libc_message_impl", IGNORE_ABORT},
        {"__fortify_fail", IGNORE_ABORT},
        {"__chk_fail", IGNORE_ABORT},
        {"__stack_chk_fail", IGNORE_ABORT},
        {"__assert_fail_base", IGNORE_ABORT},
        {"__memcpy_chk", IGNORE_LIBC},
        {"__vsnprintf_chk", IGNORE_LIBC},
        {"__strlen_evex", IGNORE_LIBC},
        {"__memcpy_evex_unaligned_erms", IGNORE_LIBC},
        {"__strncpy_sse2_unaligned", IGNORE_LIBC},
        {"__memset_avx512_no_vzeroupper", IGNORE_LIBC},
        {"__memcpy_generic", IGNORE_LIBC},
        {"__libc_start_call_main", IGNORE_LIBC},
        {"start_thread", IGNORE_LIBC},
        {"clone3", IGNORE_LIBC},
        {"logging::LogMessage::~LogMessage", IGNORE_ABORT},
        {"base::debug::StackTrace::StackTrace", IGNORE_ABORT},
        {"core::panicking::panic_fmt", IGNORE_ABORT},
        {"abort", IGNORE_ABORT},
        {"raise", IGNORE_ABORT},
        {"__assert_fail", IGNORE_ABORT},
        {"__pthread_kill_implementation", IGNORE_ABORT},
        {"__libc_start_main", IGNORE_LIBC},
        {"_start", IGNORE_LIBC},
        {"memcpy", IGNORE_LIBC},
        {"__memmove_avx_unaligned_erms", IGNORE_LIBC},
        {"pthread_mutex_lock", IGNORE_LIBC},
        {"kit_run_program", IGNORE_HARNESS},
        {"", IGNORE_UNKNOWN},
    };
    (void)unused;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (kind_of(names[i].name, "", "") != names[i].kind)
            fail_msg("%s is of another kind", names[i].name);
    }
}

static void sources_and_modules_count(void **unused)
{
    (void)unused;
    /* A function of the program that shares its name with one of libc. */
    assert_int_equal(kind_of("connect", "/src/graph.c", ""), IGNORE_NOT);
    assert_int_equal(kind_of("connect", "src/graph.c", ""), IGNORE_NOT);
    assert_int_equal(kind_of("connect", "graph.c", ""), IGNORE_NOT);
    assert_int_equal(kind_of("connect", "", "/usr/bin/server"), IGNORE_LIBC);
    assert_int_equal(kind_of("connect", "connect.c", ""), IGNORE_LIBC);
    assert_int_equal(kind_of("getline", "/src/compat/getline.c", ""), IGNORE_NOT);
    assert_int_equal(kind_of("connect", "socket/connect.c", ""), IGNORE_LIBC);
    assert_int_equal(kind_of("connect", "./socket/connect.c", ""), IGNORE_LIBC);
    assert_int_equal(kind_of("connect", "/build/glibc-2.36/socket/connect.c", ""), IGNORE_LIBC);
    assert_int_equal(kind_of("malloc", "/src/my_malloc.c", ""), IGNORE_ALLOCATOR);
    assert_int_equal(kind_of("anything", "", "/lib/x86_64-linux-gnu/libc.so.6"), IGNORE_LIBC);
    assert_int_equal(kind_of("anything", "", "/usr/lib/libasan.so.8"), IGNORE_SANITIZER);
    assert_int_equal(kind_of("anything", "", "/usr/libexec/valgrind/vgpreload_memcheck-a.so"),
                     IGNORE_SANITIZER);
    assert_int_equal(kind_of("anything", "/build/glibc-2.36/nptl/futex.c", ""), IGNORE_LIBC);
    assert_int_equal(kind_of("", "", "/opt/libc.so.d/tool"), IGNORE_NOT);
    assert_int_equal(kind_of("", "", "/lib/libcrypto.so.3"), IGNORE_NOT);
    assert_int_equal(kind_of("", "", "/src/libcalc.so"), IGNORE_NOT);
    assert_int_equal(kind_of("alloc::vec::f", "/rustc/9fc6/library/alloc/src/vec/mod.rs", ""),
                     IGNORE_LANGUAGE);
    assert_int_equal(kind_of("Report", "/b/compiler-rt/lib/asan/a.cpp", ""), IGNORE_SANITIZER);
}

/* --- The text ------------------------------------------------------------------------------- */

/* A * is for names that no program may have: reserved ones, and namespaces and packages. */
static void wildcards_are_for_reserved_names(void **unused)
{
    static const char *const own[] = {"kit_*", "mozalloc_*"};
    (void)unused;
    const struct ignore_list *list = ignore_list_builtin();
    assert_true(list->patterns.len > 20);
    for (size_t i = 0; i < list->patterns.len; i++) {
        const char *pattern = list->patterns.at[i].pattern;
        bool library = strcmp(pattern, "_M_*") == 0 || strcmp(pattern, "_S_*") == 0;
        bool reserved = library || (pattern[0] == '_' && pattern[1] != '*' && strlen(pattern) > 4);
        bool space = strstr(pattern, "::*") || strstr(pattern, ".*");
        for (size_t j = 0; j < sizeof own / sizeof *own; j++)
            reserved = reserved || strcmp(pattern, own[j]) == 0;
        if (!reserved && !space)
            fail_msg("%s would leave out names of programs", pattern);
    }
}

static void names_stand_once(void **unused)
{
    (void)unused;
    const struct ignore_rules *names = &ignore_list_builtin()->names;
    assert_true(names->len > 500);
    for (size_t i = 1; i < names->len; i++) {
        if (strcmp(names->at[i - 1].pattern, names->at[i].pattern) == 0)
            fail_msg("%s is there twice", names->at[i].pattern);
    }
}

static void patterns_match_whole_names(void **unused)
{
    static const struct {
        const char *pattern, *name;
        bool match;
    } cases[] = {
        {"a*", "a", true},
        {"a*", "abc", true},
        {"a*", "ba", false},
        {"a*c", "abc", true},
        {"a*c", "abcd", false},
        {"a*b*c", "axbxbxc", true},
        {"*c", "abc", true},
        {"*", "", true},
        {"a", "a", true},
        {"a", "ab", false},
        {"ns::*", "ns::f", true},
        {"ns::*", "ns", false},
        {"a*a*a*a*b", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", false},
    };
    (void)unused;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        if (ignore_matches(cases[i].pattern, cases[i].name) != cases[i].match)
            fail_msg("%s and %s", cases[i].pattern, cases[i].name);
    }
}

/* --- A user's own --------------------------------------------------------------------------- */

static void add_text(const char *text)
{
    struct fail why;
    if (!ignore_add_text(text, strlen(text), "mine.txt", &why))
        fail_msg("%s", why.what);
}

static void users_add_rules(void **unused)
{
    (void)unused;
    assert_int_equal(kind_of("xmalloc", "/src/a.c", ""), IGNORE_NOT);
    add_text("# ours\n  xmalloc  \r\nlog_*\nmodule libwrap.so*\nsource third_party/\n\n"
             "keep memcpy\nkeep std::*\n[engine]\nrun_case");
    assert_int_equal(kind_of("xmalloc", "/src/a.c", ""), IGNORE_USER);
    assert_int_equal(kind_of("xmalloc2", "/src/a.c", ""), IGNORE_NOT);
    assert_int_equal(kind_of("log_line", "/src/a.c", ""), IGNORE_USER);
    assert_int_equal(kind_of("", "", "/usr/lib/libwrap.so.1"), IGNORE_USER);
    assert_int_equal(kind_of("f", "/src/third_party/zlib/a.c", ""), IGNORE_USER);
    assert_int_equal(kind_of("run_case", "", ""), IGNORE_ENGINE);
    assert_int_equal(kind_of("memcpy", "", ""), IGNORE_NOT);
    assert_int_equal(kind_of("std::vector::at", "", ""), IGNORE_NOT);
    struct frame frame = {.function = text_of("xmalloc")};
    assert_string_equal(ignore_frame(&frame, "xmalloc")->list, "mine.txt");
    ignore_forget();
    assert_int_equal(kind_of("xmalloc", "/src/a.c", ""), IGNORE_NOT);
    assert_int_equal(kind_of("memcpy", "", ""), IGNORE_LIBC);
}

static void wrong_lines_are_told(void **unused)
{
    static const char *const texts[] = {"free\n[libz]\n", "free\nint f(int)\n", "free\n[libc\n",
                                        "free\nkeep\tx y\n", "free\nmalloc, calloc\n"};
    (void)unused;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct fail why;
        if (ignore_add_text(texts[i], strlen(texts[i]), "mine.txt", &why))
            fail_msg("taken: %s", texts[i]);
        if (!strstr(why.what, "mine.txt: line 2"))
            fail_msg("\"%s\" is told as: %s", texts[i], why.what);
    }
    struct fail why;
    assert_false(ignore_add("/nowhere/ignored.txt", &why));
    assert_non_null(strstr(why.what, "/nowhere/ignored.txt"));
    assert_int_equal(kind_of("anything", "", ""), IGNORE_NOT);
}

static void a_file_is_read(void **unused)
{
    (void)unused;
    char path[] = "/tmp/ledge-ignore-XXXXXX";
    int file = mkstemp(path);
    assert_true(file >= 0);
    assert_int_equal(write(file, "xmalloc\n", 8), 8);
    close(file);
    struct fail why;
    assert_true(ignore_add(path, &why));
    assert_int_equal(kind_of("xmalloc", "", ""), IGNORE_USER);
    ignore_forget();
    unlink(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(program_names_are_kept),
        cmocka_unit_test(run_time_names_are_not),
        cmocka_unit_test(sources_and_modules_count),
        cmocka_unit_test(wildcards_are_for_reserved_names),
        cmocka_unit_test(names_stand_once),
        cmocka_unit_test(patterns_match_whole_names),
        cmocka_unit_test(users_add_rules),
        cmocka_unit_test(wrong_lines_are_told),
        cmocka_unit_test(a_file_is_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
