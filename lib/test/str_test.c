/* str_test.c: the string builder. */
#include "check.h"

#include <string.h>
#include <wchar.h>

#include <ledge/str.h>

#include "tracking_alloc.h"

/* --- Support ------------------------------------------------------------------------------ */

struct fixture {
    struct tracking_alloc mem;
    ledge_str str;
};

static struct fixture fixture;

static int set_up(void **state)
{
    const ledge_allocator hook = tracking_alloc_init(&fixture.mem);
    ledge_str_init(&fixture.str, &hook);
    *state = &fixture;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *f = *state;
    ledge_str_cleanup(&f->str);
    assert_int_equal(f->mem.blocks, 0);
    return 0;
}

static void assert_bytes(const ledge_str *str, const char *bytes, size_t n)
{
    assert_true(ledge_str_is_valid(str));
    assert_int_equal(ledge_str_length(str), n);
    assert_memory_equal(ledge_str_cstr(str), bytes, n);
    assert_int_equal(ledge_str_cstr(str)[n], '\0');
    assert_int_equal(ledge_str_as_view(str).length, n);
}

static void assert_spells(const ledge_str *str, const char *text)
{
    assert_bytes(str, text, strlen(text));
}

/* --- Appending ------------------------------------------------------------------------------ */

static void zero_bytes_are_an_empty_string(void **state)
{
    (void)state;
    ledge_str str = {0};
    assert_spells(&str, "");
    assert_status(ledge_str_status(&str), LEDGE_OK);
    assert_status(ledge_str_append(&str, NULL, 0), LEDGE_OK);
    assert_status(ledge_str_append_fill(&str, 'x', 0), LEDGE_OK);
    ledge_str_clear(&str);
    assert_null(str.ptr);
    assert_status(ledge_str_append_cstr(&str, "text"), LEDGE_OK);
    assert_spells(&str, "text");
    ledge_str_cleanup(&str);
    ledge_str_cleanup(&str);
    assert_spells(&str, "");
}

static void text_is_put_together(void **state)
{
    struct fixture *f = *state;
    ledge_str *str = &f->str;
    assert_status(ledge_str_append(str, "ab", 2), LEDGE_OK);
    assert_status(ledge_str_append_char(str, 'c'), LEDGE_OK);
    assert_status(ledge_str_append_cstr(str, "de"), LEDGE_OK);
    assert_status(ledge_str_append_view(str, ledge_view_of("fg", 2)), LEDGE_OK);
    assert_status(ledge_str_append_fill(str, '-', 3), LEDGE_OK);
    assert_spells(str, "abcdefg---");
    assert_int_equal(f->mem.requests, 1);
}

static void a_text_may_have_nuls_in_it(void **state)
{
    struct fixture *f = *state;
    assert_status(ledge_str_append(&f->str, "a\0b", 3), LEDGE_OK);
    assert_status(ledge_str_append_char(&f->str, '\0'), LEDGE_OK);
    assert_bytes(&f->str, "a\0b\0", 4);
}

static void memory_doubles(void **state)
{
    struct fixture *f = *state;
    size_t requests = 0;
    for (size_t i = 1; i <= 1000; i++) {
        assert_status(ledge_str_append_char(&f->str, 'x'), LEDGE_OK);
        requests += i == 1 || i == 32 || i == 64 || i == 128 || i == 256 || i == 512;
        assert_int_equal(f->mem.requests, requests);
    }
    assert_int_equal(f->str.allocated, 1024);
}

static void numbers_are_decimal(void **state)
{
    struct fixture *f = *state;
    ledge_str_append_u64(&f->str, 0);
    ledge_str_append_char(&f->str, ' ');
    ledge_str_append_u64(&f->str, UINT64_MAX);
    ledge_str_append_char(&f->str, ' ');
    ledge_str_append_i64(&f->str, INT64_MIN);
    ledge_str_append_char(&f->str, ' ');
    ledge_str_append_i64(&f->str, INT64_MAX);
    ledge_str_append_char(&f->str, ' ');
    ledge_str_append_i64(&f->str, -1);
    assert_spells(&f->str, "0 18446744073709551615 -9223372036854775808 9223372036854775807 -1");
}

static void bytes_are_written_as_hex_and_escaped(void **state)
{
    struct fixture *f = *state;
    ledge_str_append_hex(&f->str, ledge_view_of("\x00\x7f\xa9\xff", 4));
    assert_spells(&f->str, "007fa9ff");
    ledge_str_clear(&f->str);
    ledge_str_append_escaped(&f->str, ledge_view_of("a\"\\ ~\n\r\t\0\x7f\xff", 11));
    assert_spells(&f->str, "a\\\"\\\\ ~\\n\\r\\t\\000\\177\\377");
}

static void text_is_formatted(void **state)
{
    struct fixture *f = *state;
    assert_status(ledge_str_append_format(&f->str, "%s=%d", "x", 7), LEDGE_OK);
    assert_spells(&f->str, "x=7");
    assert_int_equal(f->mem.requests, 1);
    /* 255 bytes go through the stack, 256 through a block. */
    assert_status(ledge_str_append_format(&f->str, "%255d", 1), LEDGE_OK);
    assert_int_equal(f->mem.requests, 2);
    assert_status(ledge_str_append_format(&f->str, "%256d", 2), LEDGE_OK);
    assert_int_equal(f->mem.requests, 4);
    assert_int_equal(ledge_str_length(&f->str), 3 + 255 + 256);
    assert_int_equal(ledge_str_cstr(&f->str)[3 + 255 + 255], '2');
    assert_int_equal(f->mem.blocks, 1);
    assert_status(ledge_str_append_format(&f->str, "%lc", (wint_t)0x7fffffff), LEDGE_EINVAL);
    assert_status(ledge_str_status(&f->str), LEDGE_EINVAL);
}

/* An allocator that cuts a text before it gives anything out. */
struct cutter {
    ledge_allocator hook; /* that has the memory */
    char *text;
};

static void *cut_and_resize(void *ctx, void *ptr, size_t old_size, size_t new_size)
{
    struct cutter *cutter = ctx;
    cutter->text[0] = '\0';
    return cutter->hook.resize(cutter->hook.ctx, ptr, old_size, new_size);
}

static void text_that_changes_while_it_is_formatted_is_not_added(void **state)
{
    char text[300];
    struct fixture *f = *state;
    struct cutter cutter = {f->str.alloc, text};
    const ledge_allocator hook = {cut_and_resize, &cutter};
    ledge_str str;
    memset(text, 'x', sizeof(text) - 1);
    text[sizeof(text) - 1] = '\0';
    ledge_str_init(&str, &hook);
    assert_status(ledge_str_append_format(&str, "%s", text), LEDGE_EINVAL);
    assert_status(ledge_str_status(&str), LEDGE_EINVAL);
    assert_spells(&str, "");
    ledge_str_cleanup(&str);
}

static void what_is_added_may_be_the_string_itself(void **state)
{
    struct fixture *f = *state;
    ledge_str *str = &f->str;
    ledge_str_append_cstr(str, "0123456789");
    for (size_t length = 20; length <= 160; length *= 2) {
        assert_status(ledge_str_append_cstr(str, ledge_str_cstr(str)), LEDGE_OK);
        assert_int_equal(ledge_str_length(str), length);
    }
    for (size_t i = 0; i < 160; i++)
        assert_int_equal(ledge_str_cstr(str)[i], '0' + i % 10);

    assert_status(ledge_str_truncate(str, 10), LEDGE_OK);
    ledge_str_append_format(str, "<%.3s|%.3s>", str->ptr, str->ptr + 7);
    assert_spells(str, "0123456789<012|789>");
    ledge_str_clear(str);
    ledge_str_append_fill(str, 'a', 31);
    assert_status(ledge_str_append_hex(str, (ledge_view){(unsigned char *)str->ptr, 31, 31}),
                  LEDGE_OK);
    assert_int_equal(ledge_str_length(str), 93);
    assert_memory_equal(ledge_str_cstr(str) + 29, "aa616161", 8);
}

/* --- Changing ------------------------------------------------------------------------------- */

static void bytes_are_inserted_and_erased(void **state)
{
    struct fixture *f = *state;
    ledge_str *str = &f->str;
    assert_status(ledge_str_insert(str, 0, "ad", 2), LEDGE_OK);
    assert_status(ledge_str_insert(str, 1, "bc", 2), LEDGE_OK);
    assert_status(ledge_str_insert(str, 4, "e", 1), LEDGE_OK);
    assert_status(ledge_str_insert(str, 2, NULL, 0), LEDGE_OK);
    assert_spells(str, "abcde");
    assert_status(ledge_str_insert(str, 2, ledge_str_cstr(str) + 1, 3), LEDGE_OK);
    assert_spells(str, "abbcdcde");
    assert_status(ledge_str_insert(str, 8, ledge_str_cstr(str), 2), LEDGE_OK);
    assert_status(ledge_str_insert(str, 0, ledge_str_cstr(str) + 6, 2), LEDGE_OK);
    assert_spells(str, "deabbcdcdeab");

    assert_status(ledge_str_erase(str, 0, 2), LEDGE_OK);
    assert_status(ledge_str_erase(str, 3, 3), LEDGE_OK);
    assert_spells(str, "abbcdcdeab");
    assert_status(ledge_str_erase(str, 3, 2), LEDGE_ERANGE);
    assert_status(ledge_str_erase(str, 3, 11), LEDGE_ERANGE);
    assert_status(ledge_str_truncate(str, 11), LEDGE_ERANGE);
    assert_status(ledge_str_truncate(str, 3), LEDGE_OK);
    assert_spells(str, "abb");
    assert_status(ledge_str_status(str), LEDGE_OK);
    assert_status(ledge_str_erase(str, 0, 3), LEDGE_OK);
    assert_spells(str, "");
}

/* --- Failures stick ------------------------------------------------------------------------- */

static void the_first_failure_is_remembered(void **state)
{
    struct fixture *f = *state;
    ledge_str *str = &f->str;
    ledge_span out = {NULL, 7, 7};
    ledge_str_append_cstr(str, "whole");
    assert_status(ledge_str_append(str, NULL, 1), LEDGE_ENULL);
    assert_status(ledge_str_append_cstr(str, "part"), LEDGE_ENULL);
    assert_status(ledge_str_append_char(str, 'x'), LEDGE_ENULL);
    assert_status(ledge_str_append(str, "", 0), LEDGE_ENULL);
    assert_status(ledge_str_append_fill(str, 'x', 1), LEDGE_ENULL);
    assert_status(ledge_str_append_format(str, "x"), LEDGE_ENULL);
    assert_status(ledge_str_append_u64(str, 1), LEDGE_ENULL);
    assert_status(ledge_str_append_hex(str, ledge_view_of("x", 1)), LEDGE_ENULL);
    assert_status(ledge_str_append_escaped(str, ledge_view_of("x", 1)), LEDGE_ENULL);
    assert_status(ledge_str_insert(str, 99, "x", 1), LEDGE_ENULL);
    assert_status(ledge_str_detach(str, &out), LEDGE_ENULL);
    assert_int_equal(out.length, 7);
    assert_status(ledge_str_status(str), LEDGE_ENULL);
    assert_spells(str, "whole");

    /* What takes away, and what makes room, goes on. */
    assert_status(ledge_str_truncate(str, 3), LEDGE_OK);
    assert_status(ledge_str_reserve(str, 100), LEDGE_OK);
    assert_spells(str, "who");
    assert_status(ledge_str_status(str), LEDGE_ENULL);
    ledge_str_clear(str);
    assert_status(ledge_str_append_cstr(str, "new"), LEDGE_OK);
    assert_spells(str, "new");
}

static void every_way_to_add_may_be_the_first_to_fail(void **state)
{
    struct fixture *f = *state;
    ledge_str *str = &f->str;
    assert_status(ledge_str_append_cstr(str, NULL), LEDGE_ENULL);
    ledge_str_clear(str);
    assert_status(ledge_str_insert(str, 1, "x", 1), LEDGE_ERANGE);
    ledge_str_clear(str);
    assert_status(ledge_str_insert(str, 1, NULL, 1), LEDGE_ENULL);
    ledge_str_clear(str);
    assert_status(ledge_str_append_hex(str, (ledge_view){NULL, 1, 1}), LEDGE_ENULL);
}

/* --- The limit (A25) ------------------------------------------------------------------------ */

static void a_limit_refuses_before_memory_is_asked_for(void **state)
{
    struct fixture *f = *state;
    ledge_str *str = &f->str;
    const unsigned char byte = 0;
    assert_status(ledge_str_set_limit(str, 5), LEDGE_OK);
    assert_status(ledge_str_append_fill(str, 'x', SIZE_MAX), LEDGE_EOVERFLOW);
    ledge_str_clear(str);
    assert_status(ledge_str_append_fill(str, 'x', (size_t)1 << 30), LEDGE_EOVERFLOW);
    ledge_str_clear(str);
    assert_status(ledge_str_append_format(str, "%1000000d", 1), LEDGE_EOVERFLOW);
    ledge_str_clear(str);
    assert_status(ledge_str_append(str, "123456", 6), LEDGE_EOVERFLOW);
    ledge_str_clear(str);
    assert_status(ledge_str_append_hex(str, (ledge_view){&byte, SIZE_MAX, SIZE_MAX}),
                  LEDGE_EOVERFLOW);
    assert_int_equal(f->mem.requests, 0);
    ledge_str_clear(str);
    assert_status(ledge_str_append(str, "12345", 5), LEDGE_OK);
    assert_int_equal(f->mem.bytes, 6);
    assert_status(ledge_str_append_char(str, '6'), LEDGE_EOVERFLOW);
    assert_spells(str, "12345");
}

static void a_claim_costs_no_more_than_the_limit(void **state)
{
    struct fixture *f = *state;
    assert_status(ledge_str_set_limit(&f->str, 100), LEDGE_OK);
    assert_status(ledge_str_reserve(&f->str, SIZE_MAX), LEDGE_OK);
    assert_int_equal(f->mem.bytes, 101);
    assert_status(ledge_str_reserve(&f->str, (size_t)1 << 40), LEDGE_OK);
    assert_int_equal(f->mem.requests, 1);
    assert_status(ledge_str_append_fill(&f->str, 'x', 100), LEDGE_OK);
    assert_int_equal(f->mem.requests, 1);
}

static void growth_stops_at_the_limit(void **state)
{
    struct fixture *f = *state;
    assert_status(ledge_str_set_limit(&f->str, 50), LEDGE_OK);
    for (size_t i = 0; i < 50; i++)
        assert_status(ledge_str_append_char(&f->str, 'x'), LEDGE_OK);
    assert_int_equal(f->mem.bytes, 51);
    assert_status(ledge_str_append_char(&f->str, 'x'), LEDGE_EOVERFLOW);
}

static void a_limit_is_set_and_lifted(void **state)
{
    struct fixture *f = *state;
    ledge_str *str = &f->str;
    ledge_str_append_cstr(str, "12345");
    assert_status(ledge_str_set_limit(str, 4), LEDGE_ERANGE);
    assert_status(ledge_str_set_limit(str, LEDGE_STR_MAX + 1), LEDGE_EOVERFLOW);
    assert_status(ledge_str_set_limit(str, LEDGE_STR_MAX), LEDGE_OK);
    assert_status(ledge_str_set_limit(str, 5), LEDGE_OK);
    assert_status(ledge_str_append_char(str, '6'), LEDGE_EOVERFLOW);
    assert_status(ledge_str_set_limit(str, 0), LEDGE_OK);
    ledge_str_clear(str);
    assert_status(ledge_str_append_cstr(str, "123456"), LEDGE_OK);
    assert_status(ledge_str_append_fill(str, 'x', LEDGE_STR_MAX - 5), LEDGE_EOVERFLOW);
    assert_spells(str, "123456");
}

/* --- Detaching ------------------------------------------------------------------------------ */

static void a_text_is_given_away(void **state)
{
    struct fixture *f = *state;
    ledge_str *str = &f->str;
    ledge_span out;
    assert_status(ledge_str_set_limit(str, 5), LEDGE_OK);
    ledge_str_append_cstr(str, "text");
    assert_status(ledge_str_detach(str, &out), LEDGE_OK);
    assert_int_equal(out.length, 4);
    assert_int_equal(out.capacity, 6);
    assert_string_equal((const char *)out.ptr, "text");
    assert_spells(str, "");
    assert_status(ledge_str_append_cstr(str, "more than that"), LEDGE_EOVERFLOW);
    ledge_alloc_free(&str->alloc, out.ptr, out.capacity);

    ledge_str_clear(str);
    assert_status(ledge_str_detach(str, &out), LEDGE_OK);
    assert_int_equal(out.length, 0);
    assert_int_equal(out.capacity, 1);
    assert_string_equal((const char *)out.ptr, "");
    ledge_alloc_free(&str->alloc, out.ptr, out.capacity);
}

static void is_valid_finds_what_is_broken(void **state)
{
    (void)state;
    char block[] = "abc";
    const ledge_str good = {block, 3, 4, 4, 0, LEDGE_OK, {0}};
    ledge_str str = good;
    assert_true(ledge_str_is_valid(&str));
    str.length = 4;
    assert_false(ledge_str_is_valid(&str));
    str = good, str.length = 2;
    assert_false(ledge_str_is_valid(&str));
    str = good, str.stop = 5;
    assert_false(ledge_str_is_valid(&str));
    str = good, str.status = LEDGE_ENOMEM;
    assert_false(ledge_str_is_valid(&str));
    str = good, str.limit = 2;
    assert_false(ledge_str_is_valid(&str));
    str = good, str.limit = SIZE_MAX;
    assert_false(ledge_str_is_valid(&str));
    str = good, str.ptr = NULL;
    assert_false(ledge_str_is_valid(&str));
    str = good, str.allocated = SIZE_MAX;
    assert_false(ledge_str_is_valid(&str));
    str = (ledge_str){.length = 1};
    assert_false(ledge_str_is_valid(&str));
    str = (ledge_str){.stop = 1};
    assert_false(ledge_str_is_valid(&str));
}

/* --- Without memory (A33) ------------------------------------------------------------------- */

typedef ledge_status operation(ledge_str *str);

static ledge_status append_itself(ledge_str *str)
{
    return ledge_str_append_cstr(str, ledge_str_cstr(str));
}

static ledge_status insert(ledge_str *str)
{
    return ledge_str_insert(str, 1, "x", 1);
}

static ledge_status fill(ledge_str *str)
{
    return ledge_str_append_fill(str, 'x', 40);
}

static ledge_status format(ledge_str *str)
{
    return ledge_str_append_format(str, "%300d", 1);
}

static ledge_status hex(ledge_str *str)
{
    return ledge_str_append_hex(str, ledge_str_as_view(str));
}

static ledge_status escaped(ledge_str *str)
{
    return ledge_str_append_escaped(str, ledge_str_as_view(str));
}

static ledge_status reserve(ledge_str *str)
{
    return ledge_str_reserve(str, 99);
}

/* Runs op on a full string, refusing the nth request. Returns whether op met the refusal. */
static bool refused(operation *op, bool sticks, size_t nth)
{
    struct tracking_alloc mem;
    const ledge_allocator hook = tracking_alloc_init(&mem);
    ledge_str str;
    ledge_str_init(&str, &hook);
    ledge_str_append_fill(&str, 'a', 31);
    const ledge_str before = str;
    tracking_alloc_refuse(&mem, nth);
    const ledge_status status = op(&str);
    if (status == LEDGE_ENOMEM) {
        assert_ptr_equal(str.ptr, before.ptr);
        assert_int_equal(str.allocated, before.allocated);
        assert_int_equal(mem.bytes, 32);
        assert_spells(&str, "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa");
        assert_status(ledge_str_status(&str), sticks ? LEDGE_ENOMEM : LEDGE_OK);
        assert_status(op(&str), sticks ? LEDGE_ENOMEM : LEDGE_OK);
    } else {
        assert_status(status, LEDGE_OK);
    }
    assert_true(ledge_str_is_valid(&str));
    ledge_str_cleanup(&str);
    assert_int_equal(mem.blocks, 0);
    return status == LEDGE_ENOMEM;
}

static void a_refusal_leaves_the_text_as_it_was(void **state)
{
    (void)state;
    static const struct {
        operation *op;
        bool sticks;
        size_t requests;
    } cases[] = {{append_itself, true, 1}, {insert, true, 1}, {fill, true, 1},
                 {format, true, 2},        {hex, true, 1},    {escaped, true, 1},
                 {reserve, false, 1}};
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        size_t nth = 1;
        while (refused(cases[i].op, cases[i].sticks, nth))
            nth++;
        assert_int_equal(nth, cases[i].requests + 1);
    }
}

static void nothing_cannot_be_given_away_without_memory(void **state)
{
    struct fixture *f = *state;
    ledge_span out = {NULL, 7, 7};
    tracking_alloc_refuse(&f->mem, 1);
    assert_status(ledge_str_detach(&f->str, &out), LEDGE_ENOMEM);
    assert_int_equal(out.length, 7);
    assert_status(ledge_str_status(&f->str), LEDGE_OK);
    assert_spells(&f->str, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(zero_bytes_are_an_empty_string),
        cmocka_unit_test_setup_teardown(text_is_put_together, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_text_may_have_nuls_in_it, set_up, tear_down),
        cmocka_unit_test_setup_teardown(memory_doubles, set_up, tear_down),
        cmocka_unit_test_setup_teardown(numbers_are_decimal, set_up, tear_down),
        cmocka_unit_test_setup_teardown(bytes_are_written_as_hex_and_escaped, set_up, tear_down),
        cmocka_unit_test_setup_teardown(text_is_formatted, set_up, tear_down),
        cmocka_unit_test_setup_teardown(text_that_changes_while_it_is_formatted_is_not_added,
                                        set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_is_added_may_be_the_string_itself, set_up, tear_down),
        cmocka_unit_test_setup_teardown(bytes_are_inserted_and_erased, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_first_failure_is_remembered, set_up, tear_down),
        cmocka_unit_test_setup_teardown(every_way_to_add_may_be_the_first_to_fail, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_limit_refuses_before_memory_is_asked_for, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_claim_costs_no_more_than_the_limit, set_up, tear_down),
        cmocka_unit_test_setup_teardown(growth_stops_at_the_limit, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_limit_is_set_and_lifted, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_text_is_given_away, set_up, tear_down),
        cmocka_unit_test(is_valid_finds_what_is_broken),
        cmocka_unit_test(a_refusal_leaves_the_text_as_it_was),
        cmocka_unit_test_setup_teardown(nothing_cannot_be_given_away_without_memory, set_up,
                                        tear_down),
    };
    return cmocka_run_group_tests_name("str", tests, NULL, NULL);
}
