/* text_find finds what memmem finds, with a text in focus or without. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "text.h"

static size_t expected(ledge_view text, const char *needle)
{
    const unsigned char *at =
        text.length ? memmem(text.ptr, text.length, needle, strlen(needle)) : NULL;
    return at ? (size_t)(at - text.ptr) : TEXT_NONE;
}

static void check(ledge_view text, const char *needle)
{
    size_t got = text_find(text, needle), want = expected(text, needle);
    if (got != want)
        fail_msg("'%s' in '%.*s': %zu, wanted %zu", needle, (int)text.length,
                 text.length ? (const char *)text.ptr : "", got, want);
}

static void finds_as_memmem_does(void **state)
{
    (void)state;
    static const char *const lines[] = {
        "",           "a",
        "ab",         "==1==ERROR: AddressSanitizer: heap-use-after-free on address 0x60",
        "aaaaaaaaab", "\xff\xfe\x80 bytes above ASCII \xff"};
    static const char *const needles[] = {
        "a",    "ab",       "ERROR: ", "on address 0x60",     "aab", "b",
        "\xff", "\xfe\x80", "zz",      "heap-use-after-freed"};
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++)
        for (size_t j = 0; j < sizeof needles / sizeof *needles; j++) {
            check(text_of(lines[i]), needles[j]);
            text_focus(text_of(lines[i]));
            check(text_of(lines[i]), needles[j]);
            check(text_tail(text_of(lines[i]), 1), needles[j]);
            text_focus(ledge_view_of(NULL, 0));
        }
}

/* Three letters make every pair likely, long and short. */
static void finds_so_at_random(void **state)
{
    (void)state;
    uint32_t seed = 7;
    for (unsigned round = 0; round < 20000; round++) {
        char line[40], needle[6];
        size_t len = round % sizeof line, short_len = 1 + round % (sizeof needle - 1);
        for (size_t i = 0; i < len; i++)
            line[i] = (char)('a' + (seed = seed * 1664525 + 1013904223) / 1431655766u);
        for (size_t i = 0; i < short_len; i++)
            needle[i] = (char)('a' + (seed = seed * 1664525 + 1013904223) / 1431655766u);
        needle[short_len] = '\0';
        ledge_view text = ledge_view_of(line, len);
        text_focus(text);
        check(text, needle);
        check(text_head(text, len / 2), needle);
        check(text_tail(text, len / 3), needle);
        text_focus(ledge_view_of(NULL, 0));
    }
}

/* What lies elsewhere, or only partly in focus, is searched as ever. */
static void other_texts_are_none_of_its_business(void **state)
{
    (void)state;
    static const char both[] = "first part, second part";
    text_focus(text_head(text_of(both), 10));
    check(text_of(both), "second");
    check(text_tail(text_of(both), 5), "second");
    check(text_of("another second text"), "second");
    text_focus(ledge_view_of(NULL, 0));
    check(text_of(both), "first");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_as_memmem_does),
        cmocka_unit_test(finds_so_at_random),
        cmocka_unit_test(other_texts_are_none_of_its_business),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
