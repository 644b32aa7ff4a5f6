/* Lines of back traces in every shape, and names made fit for people. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "frame.h"

struct shape {
    const char *line;
    unsigned number;
    const char *function, *file;
    unsigned row, column;
    const char *module;
    unsigned long offset;
};

static const struct shape shapes[] = {
    /* clang-19 and clang-14, AddressSanitizer */
    {"    #0 0x5622e79df35d in free_cache /src/a.c:6:97", 0, "free_cache", "/src/a.c", 6, 97, "",
     0},
    {"    #2 0x7fa6c5c7d249 in __libc_start_call_main csu/../sysdeps/nptl/main.h:58:16", 2,
     "__libc_start_call_main", "csu/../sysdeps/nptl/main.h", 58, 16, "", 0},
    {"    #0 0x5622e799e61f in malloc (/src/bin+0xcb61f) (BuildId: dac8e756bf)", 0, "malloc", "", 0,
     0, "/src/bin", 0xcb61f},
    {"    #0 0x560aa7c7c35d  (/src/bin+0x10c35d) (BuildId: dac8e756bf)", 0, "", "", 0, 0,
     "/src/bin", 0x10c35d},
    {"    #0 0x560aa7c7c35d  (/a b/bin (copy)+0x10c35d)", 0, "", "", 0, 0, "/a b/bin (copy)",
     0x10c35d},
    {"    #3 0x7f00  (<unknown module>)", 3, "", "", 0, 0, "", 0},
    {"    #0 0x000000000000  (<unknown module>)", 0, "", "", 0, 0, "", 0},
    /* gcc */
    {"    #0 0x7f831d6b89cf in __interceptor_malloc ../../../../src/asan/malloc.cpp:69", 0,
     "__interceptor_malloc", "../../../../src/asan/malloc.cpp", 69, 0, "", 0},
    /* ThreadSanitizer */
    {"    #0 incr /src/a.c:13:28 (bin+0xe486c) (BuildId: a8)", 0, "incr", "/src/a.c", 13, 28, "bin",
     0xe486c},
    {"    #0 incr file.c:3:1 (mod+0x12)", 0, "incr", "file.c", 3, 1, "mod", 0x12},
    {"    #1 <null> <null> (libc.so.6+0x27249) (BuildId: 93)", 1, "", "", 0, 0, "libc.so.6",
     0x27249},
    {"    #0 pthread_create <null> (bin+0x61ea1)", 0, "pthread_create", "", 0, 0, "bin", 0x61ea1},
    {"    #0 main /src/a.c:31", 0, "main", "/src/a.c", 31, 0, "", 0},
    /* C++ names with blanks in them */
    {"    #1 0x55 in operator new(unsigned long) /llvm/asan_new_delete.cpp:99:3", 1,
     "operator new(unsigned long)", "/llvm/asan_new_delete.cpp", 99, 3, "", 0},
    {"    #1 0x55 in a::b<int, c<d> >::e(int, char const*) const /src/x.cc:1:2", 1,
     "a::b<int, c<d> >::e(int, char const*) const", "/src/x.cc", 1, 2, "", 0},
    {"    #1 0x55 in (anonymous namespace)::f(int) x.cc:1:2", 1, "(anonymous namespace)::f(int)",
     "x.cc", 1, 2, "", 0},
    {"    #1 0x55 in fuzzer::Fuzzer::Loop(std::vector<a, b>&) (/src/bin+0x12)", 1,
     "fuzzer::Fuzzer::Loop(std::vector<a, b>&)", "", 0, 0, "/src/bin", 0x12},
    /* paths */
    {"    #0 0x55 in f /with blank/a.c:6:97", 0, "f", "/with blank/a.c", 6, 97, "", 0},
    {"    #0 0x55 in f /src/a.c", 0, "f", "/src/a.c", 0, 0, "", 0},
    {"    #0 0x55 in f ??:0", 0, "f", "", 0, 0, "", 0},
    {"    #0 0x55 in ?? ??:0:0", 0, "", "", 0, 0, "", 0},
    {"    #0 0x55 in f", 0, "f", "", 0, 0, "", 0},
    /* addresses without 0x; prefixes of logs */
    {"    #0 00005622e79df35d in f /src/a.c:6:97", 0, "f", "/src/a.c", 6, 97, "", 0},
    {"2024-05-01T10:00:00.123Z     #7 0x55 in f /src/a.c:6:97", 7, "f", "/src/a.c", 6, 97, "", 0},
    {"05-01 10:00:00.123  1234  1299 F DEBUG   :     #7 0x55 in f /src/a.c:6", 7, "f", "/src/a.c",
     6, 0, "", 0},
    {"[12:00:01] #7 0x55 in f /src/a.c:6", 7, "f", "/src/a.c", 6, 0, "", 0},
    /* gdb */
    {"#0  0x000055555555513d in crash (p=0x0) at /src/a.c:3", 0, "crash", "/src/a.c", 3, 0, "", 0},
    {"#1  main () at a.c:9", 1, "main", "a.c", 9, 0, "", 0},
    {"#2  0x00007ffff7 in raise () from /lib/libc.so.6", 2, "raise", "", 0, 0, "/lib/libc.so.6", 0},
};

static void assert_view(const char *want, ledge_view got, const char *line)
{
    if (!text_is(got, want))
        fail_msg("%s: got \"%.*s\", want \"%s\"", line, (int)got.length, (const char *)got.ptr,
                 want);
}

static void shapes_are_read(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++) {
        const struct shape *want = &shapes[i];
        struct frame got;
        if (!frame_parse(text_of(want->line), &got))
            fail_msg("no frame in: %s", want->line);
        assert_view(want->function, got.function, want->line);
        assert_view(want->file, got.file, want->line);
        assert_view(want->module, got.module, want->line);
        assert_int_equal(want->number, got.number);
        assert_int_equal(want->row, got.line);
        assert_int_equal(want->column, got.column);
        if (want->module[0] && want->offset)
            assert_int_equal(want->offset, got.offset);
    }
}

static void other_lines_are_no_frames(void **unused)
{
    static const char *const lines[] = {
        "",
        "#",
        "#0",
        "#x 0x55 in f /src/a.c:1:2",
        "issue #3 0x55 in f /src/a.c:1:2",
        "#3 of the list is wrong",
        "INFO: #12 0 and more",
        "#99999999999999999999 0x55 in f /src/a.c:1",
        "####################",
        "SUMMARY: AddressSanitizer: heap-buffer-overflow /src/a.c:6:97 in free_cache",
        "#4096\tpulse  cov: 12 ft: 30 corp: 4/9b lim: 21 exec/s: 2048 rss: 40Mb",
        "#2\tINITED cov: 2 ft: 2 corp: 1/1b exec/s: 0 rss: 30Mb",
    };
    (void)unused;
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        struct frame frame;
        if (frame_parse(text_of(lines[i]), &frame))
            fail_msg("a frame in: %s", lines[i]);
    }
}

static void names_are_short(void **unused)
{
    static const char *const names[][2] = {
        {"free_cache", "free_cache"},
        {"f(int, char const*)", "f"},
        {"a::b<int, c<d> >::e(int) const", "a::b::e"},
        {"void run<int>(int)", "run"},
        {"(anonymous namespace)::f(int)", "f"},
        {"non-virtual thunk to A::b(int)", "A::b"},
        {"operator new(unsigned long)", "operator new"},
        {"operator new[](unsigned long)", "operator new[]"},
        {"A::operator()(int) const", "A::operator()"},
        {"A::operator<<(int)", "A::operator<<"},
        {"std::vector<A, std::allocator<A>>::operator[](unsigned long)", "std::vector::operator[]"},
        {"my_operator(int)", "my_operator"},
        {"crash.isra.0", "crash"},
        {"crash.constprop.2.cold", "crash"},
        {"crash.llvm.123456", "crash"},
        {"crash+0x12", "crash"},
        {"f [clone .part.0]", "f"},
        {"main ()", "main"},
        {"", ""},
    };
    (void)unused;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        struct frame frame = {.function = text_of(names[i][0])};
        char name[FRAME_NAME_MAX + 1];
        frame_name(&frame, name);
        assert_string_equal(name, names[i][1]);
    }
}

static void long_names_are_cut(void **unused)
{
    char function[200], name[FRAME_NAME_MAX + 1];
    (void)unused;
    memset(function, 'x', sizeof function);
    struct frame frame = {.function = ledge_view_of(function, sizeof function)};
    frame_name(&frame, name);
    assert_int_equal(strlen(name), FRAME_NAME_MAX);
    /* A cut inside of "\xC3\xA9" takes all of it away. */
    memcpy(function + FRAME_NAME_MAX - 1, "\xC3\xA9", 2);
    frame_name(&frame, name);
    assert_int_equal(strlen(name), FRAME_NAME_MAX - 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(shapes_are_read),
        cmocka_unit_test(other_lines_are_no_frames),
        cmocka_unit_test(names_are_short),
        cmocka_unit_test(long_names_are_cut),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
