/* view_test.c: borrowed bytes. The examples of sub-views are those of Go's slices. */
#include "check.h"

#include <string.h>

#include <ledge/view.h>

static const ledge_view untouched_view = {(const unsigned char *)"?", 1, 1};

static ledge_view text(const char *string)
{
    return ledge_view_of(string, strlen(string));
}

static void assert_view(ledge_view got, const void *ptr, size_t length, size_t capacity)
{
    assert_ptr_equal(got.ptr, ptr);
    assert_int_equal(got.length, length);
    assert_int_equal(got.capacity, capacity);
    assert_true(ledge_view_is_valid(got));
}

static void assert_span(ledge_span got, const void *ptr, size_t length, size_t capacity)
{
    assert_view(ledge_span_as_view(got), ptr, length, capacity);
    assert_true(ledge_span_is_valid(got));
}

/* --- Layout, headers from outside (A3 A5) --------------------------------------------------- */

static void the_header_is_pointer_length_capacity(void **state)
{
    (void)state;
    assert_int_equal(offsetof(ledge_view, ptr), 0);
    assert_int_equal(offsetof(ledge_view, length), sizeof(void *));
    assert_int_equal(offsetof(ledge_view, capacity), 2 * sizeof(void *));
    assert_int_equal(sizeof(ledge_view), 3 * sizeof(void *));

    unsigned char block[8] = {0};
    ledge_span span = {block, 3, 8};
    uintptr_t words[3];
    memcpy(words, &span, sizeof(words));
    assert_int_equal(words[0], (uintptr_t)block);
    assert_int_equal(words[1], 3);
    assert_int_equal(words[2], 8);
}

static void a_header_is_read_from_any_address(void **state)
{
    (void)state;
    unsigned char block[8] = {0}, raw[1 + 3 * sizeof(uintptr_t)];
    uintptr_t words[3] = {(uintptr_t)block, 3, 8};
    memcpy(raw + 1, words, sizeof(words));
    ledge_view view;
    assert_status(ledge_view_from_header(raw + 1, &view), LEDGE_OK);
    assert_view(view, block, 3, 8);
}

static void a_shifted_header_is_caught(void **state)
{
    (void)state;
    unsigned char block[64] = {0};
    uintptr_t words[5] = {0, (uintptr_t)block, 16, 64, 7};
    ledge_view view = untouched_view;
    assert_status(ledge_view_from_header(&words[0], &view), LEDGE_ENULL);
    assert_status(ledge_view_from_header(&words[2], &view), LEDGE_ERANGE);
    assert_status(ledge_view_from_header(NULL, &view), LEDGE_ENULL);
    assert_memory_equal(&view, &untouched_view, sizeof(view));
    assert_status(ledge_view_from_header(&words[1], &view), LEDGE_OK);
    assert_view(view, block, 16, 64);
}

static void a_header_that_runs_past_the_address_space_is_caught(void **state)
{
    (void)state;
    uintptr_t words[3] = {UINTPTR_MAX - 7, 0, 8};
    ledge_view view = untouched_view;
    assert_status(ledge_view_from_header(words, &view), LEDGE_ERANGE);
    words[2] = 7;
    assert_status(ledge_view_from_header(words, &view), LEDGE_OK);
}

/* --- Making views (A1, A9) ---------------------------------------------------------------- */

static void a_view_counts_elements_in_and_bytes_out(void **state)
{
    (void)state;
    uint32_t block[4] = {0};
    ledge_view view;
    ledge_span span;
    assert_status(ledge_view_make(block, 16, 3, 4, 4, &view), LEDGE_OK);
    assert_view(view, block, 12, 16);
    assert_status(ledge_span_make(block, 16, 2, 4, 4, &span), LEDGE_OK);
    assert_span(span, block, 8, 16);
    assert_status(ledge_view_make(block, 16, 4, 4, 4, &view), LEDGE_OK);
    assert_view(view, block, 16, 16);
    assert_status(ledge_view_make(block, 16, 0, 4, 4, &view), LEDGE_OK);
    assert_view(view, block, 0, 16);
}

static void null_and_nothing_is_the_empty_view(void **state)
{
    (void)state;
    ledge_view view = untouched_view;
    ledge_span span = {(unsigned char[1]){0}, 1, 1};
    assert_status(ledge_view_make(NULL, 0, 0, 4, 64, &view), LEDGE_OK);
    assert_view(view, NULL, 0, 0);
    assert_status(ledge_span_make(NULL, 0, 0, 1, 1, &span), LEDGE_OK);
    assert_span(span, NULL, 0, 0);
}

static void every_violation_has_its_own_error(void **state)
{
    (void)state;
    _Alignas(8) static char block[16];
    const struct {
        void *ptr;
        size_t available, length, elem_size, align;
        ledge_status want;
    } cases[] = {
        {block, 16, 4, 0, 4, LEDGE_ESIZE},
        {block, 16, 4, 4, 0, LEDGE_EINVAL},
        {block, 16, 4, 4, 3, LEDGE_EINVAL},
        {NULL, 1, 0, 4, 4, LEDGE_ENULL},
        {NULL, 0, 1, 4, 4, LEDGE_ENULL},
        {block + 2, 8, 2, 4, 4, LEDGE_EALIGN},
        {block + 4, 8, 1, 8, 8, LEDGE_EALIGN},
        {block, UINTPTR_MAX, 1, 1, 1, LEDGE_ERANGE},
        {block, 16, SIZE_MAX / 4 + 1, 4, 4, LEDGE_EOVERFLOW},
        {block, 16, SIZE_MAX, 2, 1, LEDGE_EOVERFLOW},
        {block, 16, 5, 4, 4, LEDGE_ESHORT},
        {block, 15, 4, 4, 4, LEDGE_ESHORT},
        {block, 16, SIZE_MAX / 4, 4, 4, LEDGE_ESHORT},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        ledge_view view = untouched_view;
        assert_status(ledge_view_make(cases[i].ptr, cases[i].available, cases[i].length,
                                      cases[i].elem_size, cases[i].align, &view),
                      cases[i].want);
        assert_memory_equal(&view, &untouched_view, sizeof(view));

        ledge_span span = {(unsigned char *)block, 1, 2};
        assert_status(ledge_span_make(cases[i].ptr, cases[i].available, cases[i].length,
                                      cases[i].elem_size, cases[i].align, &span),
                      cases[i].want);
        assert_span(span, block, 1, 2);
    }
}

static void of_several_violations_the_first_listed_is_reported(void **state)
{
    (void)state;
    _Alignas(8) char block[16] = {0};
    ledge_view view;
    assert_status(ledge_view_make(NULL, 1, SIZE_MAX, 0, 3, &view), LEDGE_ESIZE);
    assert_status(ledge_view_make(NULL, 1, SIZE_MAX, 4, 3, &view), LEDGE_EINVAL);
    assert_status(ledge_view_make(NULL, 1, SIZE_MAX, 4, 4, &view), LEDGE_ENULL);
    assert_status(ledge_view_make(block + 1, SIZE_MAX, SIZE_MAX, 4, 4, &view), LEDGE_EALIGN);
    assert_status(ledge_view_make(block, SIZE_MAX, SIZE_MAX, 4, 4, &view), LEDGE_ERANGE);
    assert_status(ledge_view_make(block, 16, SIZE_MAX, 4, 4, &view), LEDGE_EOVERFLOW);
}

static void a_trusted_view_of_null_is_empty(void **state)
{
    (void)state;
    char block[4] = {0};
    assert_view(ledge_view_of(block, 4), block, 4, 4);
    assert_view(ledge_view_of(NULL, 4), NULL, 0, 0);
    assert_span(ledge_span_of(block, 4), block, 4, 4);
    assert_span(ledge_span_of(NULL, 4), NULL, 0, 0);
}

static void validity_is_what_the_header_promises(void **state)
{
    (void)state;
    unsigned char block[4] = {0};
    assert_true(ledge_view_is_valid((ledge_view){NULL, 0, 0}));
    assert_true(ledge_view_is_valid((ledge_view){block, 0, 0}));
    assert_false(ledge_view_is_valid((ledge_view){NULL, 0, 1}));
    assert_false(ledge_view_is_valid((ledge_view){block, 3, 2}));
    assert_false(ledge_view_is_valid((ledge_view){block, 0, SIZE_MAX}));
    assert_true(ledge_span_is_valid((ledge_span){block, 3, 4}));
    assert_false(ledge_span_is_valid((ledge_span){block, 3, 2}));
    assert_false(ledge_span_is_valid((ledge_span){NULL, 0, 1}));
}

/* --- Bytes -------------------------------------------------------------------------------- */

static void bytes_are_read_and_written_within_the_length(void **state)
{
    (void)state;
    unsigned char block[4] = {1, 2, 3, 4};
    ledge_span span = {block, 3, 4};
    uint8_t byte = 99;
    assert_status(ledge_span_get(span, 2, &byte), LEDGE_OK);
    assert_int_equal(byte, 3);
    assert_status(ledge_span_set(span, 2, 7), LEDGE_OK);
    assert_status(ledge_view_get(ledge_span_as_view(span), 2, &byte), LEDGE_OK);
    assert_int_equal(byte, 7);
}

static void the_length_bounds_bytes_not_the_capacity(void **state)
{
    (void)state;
    unsigned char block[4] = {1, 2, 3, 4};
    ledge_span span = {block, 3, 4};
    uint8_t byte = 99;
    assert_status(ledge_span_get(span, 3, &byte), LEDGE_ERANGE);
    assert_status(ledge_view_get(ledge_span_as_view(span), SIZE_MAX, &byte), LEDGE_ERANGE);
    assert_int_equal(byte, 99);
    assert_status(ledge_span_set(span, 3, 7), LEDGE_ERANGE);
    assert_int_equal(block[3], 4);
    assert_status(ledge_span_set((ledge_span){NULL, 0, 0}, 0, 7), LEDGE_ERANGE);
}

static void fill_writes_the_length_and_no_more(void **state)
{
    (void)state;
    unsigned char block[4] = {1, 2, 3, 4};
    ledge_span_fill((ledge_span){block + 1, 2, 3}, 9);
    assert_memory_equal(block, "\x01\x09\x09\x04", 4);
    ledge_span_fill((ledge_span){NULL, 0, 0}, 9);
}

static void copy_moves_the_smaller_length(void **state)
{
    (void)state;
    unsigned char block[6] = "......";
    assert_int_equal(ledge_span_copy((ledge_span){block, 4, 6}, text("ab")), 2);
    assert_memory_equal(block, "ab....", 6);
    assert_int_equal(ledge_span_copy((ledge_span){block, 4, 6}, text("uvwxyz")), 4);
    assert_memory_equal(block, "uvwx..", 6);
    assert_int_equal(ledge_span_copy((ledge_span){NULL, 0, 0}, text("ab")), 0);
    assert_int_equal(ledge_span_copy(ledge_span_of(block, 6), (ledge_view){NULL, 0, 0}), 0);
}

static void copy_may_overlap_both_ways(void **state)
{
    (void)state;
    char up[] = "abcdef", down[] = "abcdef";
    assert_int_equal(ledge_span_copy(ledge_span_of(up + 2, 4), ledge_view_of(up, 4)), 4);
    assert_string_equal(up, "ababcd");
    assert_int_equal(ledge_span_copy(ledge_span_of(down, 4), ledge_view_of(down + 2, 4)), 4);
    assert_string_equal(down, "cdefef");
}

/* --- Sub-views (A2, B11) ------------------------------------------------------------------ */

/* s := make([]byte, 6, 8), and what Go's len() and cap() say of each expression. */
static void two_indices_give_what_go_gives(void **state)
{
    (void)state;
    static const unsigned char block[8];
    static const struct {
        size_t lo, hi, length, capacity;
    } cases[] = {
        {0, 6, 6, 8}, /* s[:]   */
        {2, 5, 3, 6}, /* s[2:5] */
        {0, 0, 0, 8}, /* s[:0]  */
        {6, 6, 0, 2}, /* s[6:]  */
        {2, 8, 6, 6}, /* s[2:8], past the length, up to the capacity */
        {8, 8, 0, 0}, /* s[8:8] */
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        ledge_view view;
        assert_status(ledge_view_sub((ledge_view){block, 6, 8}, cases[i].lo, cases[i].hi, &view),
                      LEDGE_OK);
        assert_view(view, block + cases[i].lo, cases[i].length, cases[i].capacity);
    }
}

static void three_indices_give_what_go_gives(void **state)
{
    (void)state;
    static unsigned char block[8];
    static const struct {
        size_t lo, hi, max, length, capacity;
    } cases[] = {
        {2, 5, 5, 3, 3}, /* s[2:5:5] */
        {2, 5, 7, 3, 5}, /* s[2:5:7] */
        {0, 6, 8, 6, 8}, /* s[0:6:8] */
        {0, 0, 0, 0, 0}, /* s[:0:0]  */
        {7, 8, 8, 1, 1}, /* s[7:8:8] */
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        ledge_view view;
        ledge_span span;
        size_t lo = cases[i].lo, hi = cases[i].hi, max = cases[i].max;
        assert_status(ledge_view_sub3((ledge_view){block, 6, 8}, lo, hi, max, &view), LEDGE_OK);
        assert_view(view, block + lo, cases[i].length, cases[i].capacity);
        assert_status(ledge_span_sub3((ledge_span){block, 6, 8}, lo, hi, max, &span), LEDGE_OK);
        assert_span(span, block + lo, cases[i].length, cases[i].capacity);
    }
}

static void sub_views_compose(void **state)
{
    (void)state;
    static unsigned char block[10];
    ledge_span span = ledge_span_of(block, 10);
    assert_status(ledge_span_sub3(span, 2, 4, 7, &span), LEDGE_OK);
    assert_span(span, block + 2, 2, 5);
    assert_status(ledge_span_sub(span, 1, 5, &span), LEDGE_OK);
    assert_span(span, block + 3, 4, 4);
    assert_status(ledge_span_sub(span, 0, 5, &span), LEDGE_ERANGE);
    assert_span(span, block + 3, 4, 4);
}

static void bounds_out_of_order_or_range_are_an_error(void **state)
{
    (void)state;
    static unsigned char block[8];
    static const struct {
        size_t lo, hi, max;
    } cases[] = {{3, 2, 8},
                 {0, 6, 5},
                 {0, 6, 9},
                 {9, 9, 9},
                 {0, SIZE_MAX, SIZE_MAX},
                 {SIZE_MAX, 0, 8},
                 {SIZE_MAX, SIZE_MAX, SIZE_MAX}};
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        size_t lo = cases[i].lo, hi = cases[i].hi, max = cases[i].max;
        ledge_view view = untouched_view;
        ledge_span span = {block, 1, 2};
        assert_status(ledge_view_sub3((ledge_view){block, 6, 8}, lo, hi, max, &view), LEDGE_ERANGE);
        assert_status(ledge_span_sub3((ledge_span){block, 6, 8}, lo, hi, max, &span), LEDGE_ERANGE);
        assert_memory_equal(&view, &untouched_view, sizeof(view));
        assert_span(span, block, 1, 2);
    }
    ledge_view view = untouched_view;
    assert_status(ledge_view_sub((ledge_view){block, 6, 8}, 0, 9, &view), LEDGE_ERANGE);
    assert_status(ledge_view_sub((ledge_view){block, 6, 8}, 4, 3, &view), LEDGE_ERANGE);
    assert_memory_equal(&view, &untouched_view, sizeof(view));
}

static void the_empty_view_has_one_sub_view(void **state)
{
    (void)state;
    ledge_view view = {NULL, 0, 0};
    assert_status(ledge_view_sub(view, 0, 0, &view), LEDGE_OK);
    assert_view(view, NULL, 0, 0);
    assert_status(ledge_view_sub(view, 0, 1, &view), LEDGE_ERANGE);
    assert_status(ledge_view_sub(view, 1, 1, &view), LEDGE_ERANGE);
}

/* --- Append (A2, B3) ---------------------------------------------------------------------- */

static void an_append_into_spare_capacity_is_seen_by_the_neighbour(void **state)
{
    (void)state;
    char block[] = "abcdef";
    ledge_span head, longer;
    assert_status(ledge_span_sub(ledge_span_of(block, 6), 0, 2, &head), LEDGE_OK);
    assert_status(ledge_span_append(head, text("XY"), &longer), LEDGE_OK);
    assert_span(longer, block, 4, 6);
    assert_int_equal(head.length, 2);
    assert_string_equal(block, "abXYef");
}

static void the_third_index_stops_an_append_from_reaching_the_neighbour(void **state)
{
    (void)state;
    char block[] = "abcdef";
    ledge_span head, longer = {(unsigned char *)block, 1, 1};
    assert_status(ledge_span_sub3(ledge_span_of(block, 6), 0, 2, 3, &head), LEDGE_OK);
    assert_status(ledge_span_append(head, text("XY"), &longer), LEDGE_ESHORT);
    assert_span(longer, block, 1, 1);
    assert_string_equal(block, "abcdef");
    assert_status(ledge_span_append(head, text("X"), &longer), LEDGE_OK);
    assert_string_equal(block, "abXdef");
}

static void clip_stops_an_append_from_reaching_the_neighbour(void **state)
{
    (void)state;
    char block[] = "abcdef";
    ledge_span head;
    assert_status(ledge_span_sub(ledge_span_of(block, 6), 0, 2, &head), LEDGE_OK);
    head = ledge_span_clip(head);
    assert_span(head, block, 2, 2);
    assert_view(ledge_view_clip((ledge_view){(unsigned char *)block, 2, 6}), block, 2, 2);
    assert_status(ledge_span_append(head, text("X"), &head), LEDGE_ESHORT);
    assert_string_equal(block, "abcdef");
    assert_status(ledge_span_append(head, (ledge_view){NULL, 0, 0}, &head), LEDGE_OK);
    assert_span(head, block, 2, 2);
}

static void a_span_may_be_appended_to_itself(void **state)
{
    (void)state;
    char block[] = "abc...";
    ledge_span span = {(unsigned char *)block, 3, 6};
    assert_status(ledge_span_append(span, ledge_span_as_view(span), &span), LEDGE_OK);
    assert_span(span, block, 6, 6);
    assert_string_equal(block, "abcabc");
}

static void an_append_may_overlap_its_own_target(void **state)
{
    (void)state;
    char block[] = "abcdef";
    ledge_span span = {(unsigned char *)block, 2, 6};
    assert_status(ledge_span_append(span, ledge_view_of(block + 1, 4), &span), LEDGE_OK);
    assert_string_equal(block, "abbcde");
}

/* --- Splitting ---------------------------------------------------------------------------- */

static void splitting_at_an_index_bounds_the_head(void **state)
{
    (void)state;
    unsigned char block[8] = {0};
    ledge_view head, tail;
    ledge_span first, rest;
    assert_status(ledge_view_split_at((ledge_view){block, 6, 8}, 2, &head, &tail), LEDGE_OK);
    assert_view(head, block, 2, 2);
    assert_view(tail, block + 2, 4, 6);
    assert_status(ledge_span_split_at((ledge_span){block, 6, 8}, 6, &first, &rest), LEDGE_OK);
    assert_span(first, block, 6, 6);
    assert_span(rest, block + 6, 0, 2);
    assert_status(ledge_span_split_at((ledge_span){NULL, 0, 0}, 0, &first, &rest), LEDGE_OK);
    assert_span(first, NULL, 0, 0);
    assert_span(rest, NULL, 0, 0);
}

static void splitting_behind_the_length_is_an_error(void **state)
{
    (void)state;
    unsigned char block[8] = {0};
    ledge_view head = untouched_view, tail = untouched_view;
    ledge_span first = {block, 1, 1}, rest = {block, 2, 2};
    assert_status(ledge_view_split_at((ledge_view){block, 6, 8}, 7, &head, &tail), LEDGE_ERANGE);
    assert_status(ledge_span_split_at((ledge_span){block, 6, 8}, 7, &first, &rest), LEDGE_ERANGE);
    assert_memory_equal(&head, &untouched_view, sizeof(head));
    assert_memory_equal(&tail, &untouched_view, sizeof(tail));
    assert_span(first, block, 1, 1);
    assert_span(rest, block, 2, 2);
}

static void splitting_on_a_separator_leaves_it_out(void **state)
{
    (void)state;
    const char *line = "key: value: more";
    ledge_view head, tail;
    assert_status(ledge_view_split_on(text(line), text(": "), &head, &tail), LEDGE_OK);
    assert_view(head, line, 3, 3);
    assert_view(tail, line + 5, 11, 11);
    assert_status(ledge_view_split_on(tail, text("more"), &head, &tail), LEDGE_OK);
    assert_view(head, line + 5, 7, 7);
    assert_view(tail, line + 16, 0, 0);
    assert_status(ledge_view_split_on(text("=x"), text("="), &head, &tail), LEDGE_OK);
    assert_int_equal(head.length, 0);
    assert_true(ledge_view_equal(tail, text("x")));
}

static void a_separator_has_to_be_there_and_not_empty(void **state)
{
    (void)state;
    ledge_view head = untouched_view, tail = untouched_view;
    assert_status(ledge_view_split_on(text("abc"), text(""), &head, &tail), LEDGE_EEMPTY);
    assert_status(ledge_view_split_on(text("abc"), text("d"), &head, &tail), LEDGE_ENOTFOUND);
    assert_status(ledge_view_split_on(text(""), text("d"), &head, &tail), LEDGE_ENOTFOUND);
    assert_memory_equal(&head, &untouched_view, sizeof(head));
    assert_memory_equal(&tail, &untouched_view, sizeof(tail));
}

/* --- Comparing and finding ---------------------------------------------------------------- */

static void equal_means_length_and_bytes(void **state)
{
    (void)state;
    assert_true(ledge_view_equal(text("abc"), text("abc")));
    assert_false(ledge_view_equal(text("abc"), text("abd")));
    assert_false(ledge_view_equal(text("abc"), text("ab")));
    assert_false(ledge_view_equal(text("ab"), text("abc")));
    assert_true(ledge_view_equal((ledge_view){NULL, 0, 0}, text("")));
    assert_true(ledge_view_equal((ledge_view){(const void *)"ab", 1, 2}, text("a")));
    assert_true(ledge_view_equal(text("a"), (ledge_view){(const void *)"ac", 1, 2}));
}

static void compare_is_the_order_of_a_dictionary(void **state)
{
    (void)state;
    static const char *const ordered[] = {"", "a", "ab", "abc", "abd", "b", "\x7f", "\x80", "\xff"};
    const int n = (int)(sizeof(ordered) / sizeof(ordered[0]));
    for (int i = 0; i < n; i++) {
        for (int j = 0; j < n; j++) {
            int want = (i > j) - (i < j);
            assert_int_equal(ledge_view_compare(text(ordered[i]), text(ordered[j])), want);
        }
    }
    assert_int_equal(ledge_view_compare((ledge_view){NULL, 0, 0}, text("")), 0);
}

static void find_byte_gives_the_first_place(void **state)
{
    (void)state;
    size_t at = 99;
    assert_status(ledge_view_find_byte(text("hello"), 'l', &at), LEDGE_OK);
    assert_int_equal(at, 2);
    assert_status(ledge_view_find_byte(ledge_view_of("a\0b", 3), 0, &at), LEDGE_OK);
    assert_int_equal(at, 1);
}

static void what_is_behind_the_length_is_not_found(void **state)
{
    (void)state;
    size_t at = 99;
    ledge_view view = {(const unsigned char *)"abcd", 2, 4};
    assert_status(ledge_view_find_byte(view, 'c', &at), LEDGE_ENOTFOUND);
    assert_status(ledge_view_find(view, text("bc"), &at), LEDGE_ENOTFOUND);
    assert_status(ledge_view_find_byte((ledge_view){NULL, 0, 0}, 'c', &at), LEDGE_ENOTFOUND);
    assert_int_equal(at, 99);
}

static void find_gives_the_first_place_of_the_whole_needle(void **state)
{
    (void)state;
    static const struct {
        const char *view, *needle;
        size_t want;
    } cases[] = {{"hello", "l", 2},   {"hello", "llo", 2},   {"aaab", "aab", 1},
                 {"abab", "abab", 0}, {"xabxabc", "abc", 4}, {"ab", "", 0},
                 {"", "", 0}};
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        size_t at = 99;
        assert_status(ledge_view_find(text(cases[i].view), text(cases[i].needle), &at), LEDGE_OK);
        assert_int_equal(at, cases[i].want);
    }
}

static void find_says_when_the_needle_is_not_there(void **state)
{
    (void)state;
    static const struct {
        const char *view, *needle;
    } cases[] = {{"hello", "lol"}, {"hello", "lloo"}, {"ab", "abc"}, {"", "a"}, {"aaa", "b"}};
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        size_t at = 99;
        assert_status(ledge_view_find(text(cases[i].view), text(cases[i].needle), &at),
                      LEDGE_ENOTFOUND);
        assert_int_equal(at, 99);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_header_is_pointer_length_capacity),
        cmocka_unit_test(a_header_is_read_from_any_address),
        cmocka_unit_test(a_shifted_header_is_caught),
        cmocka_unit_test(a_header_that_runs_past_the_address_space_is_caught),
        cmocka_unit_test(a_view_counts_elements_in_and_bytes_out),
        cmocka_unit_test(null_and_nothing_is_the_empty_view),
        cmocka_unit_test(every_violation_has_its_own_error),
        cmocka_unit_test(of_several_violations_the_first_listed_is_reported),
        cmocka_unit_test(a_trusted_view_of_null_is_empty),
        cmocka_unit_test(validity_is_what_the_header_promises),
        cmocka_unit_test(bytes_are_read_and_written_within_the_length),
        cmocka_unit_test(the_length_bounds_bytes_not_the_capacity),
        cmocka_unit_test(fill_writes_the_length_and_no_more),
        cmocka_unit_test(copy_moves_the_smaller_length),
        cmocka_unit_test(copy_may_overlap_both_ways),
        cmocka_unit_test(two_indices_give_what_go_gives),
        cmocka_unit_test(three_indices_give_what_go_gives),
        cmocka_unit_test(sub_views_compose),
        cmocka_unit_test(bounds_out_of_order_or_range_are_an_error),
        cmocka_unit_test(the_empty_view_has_one_sub_view),
        cmocka_unit_test(an_append_into_spare_capacity_is_seen_by_the_neighbour),
        cmocka_unit_test(the_third_index_stops_an_append_from_reaching_the_neighbour),
        cmocka_unit_test(clip_stops_an_append_from_reaching_the_neighbour),
        cmocka_unit_test(a_span_may_be_appended_to_itself),
        cmocka_unit_test(an_append_may_overlap_its_own_target),
        cmocka_unit_test(splitting_at_an_index_bounds_the_head),
        cmocka_unit_test(splitting_behind_the_length_is_an_error),
        cmocka_unit_test(splitting_on_a_separator_leaves_it_out),
        cmocka_unit_test(a_separator_has_to_be_there_and_not_empty),
        cmocka_unit_test(equal_means_length_and_bytes),
        cmocka_unit_test(compare_is_the_order_of_a_dictionary),
        cmocka_unit_test(find_byte_gives_the_first_place),
        cmocka_unit_test(what_is_behind_the_length_is_not_found),
        cmocka_unit_test(find_gives_the_first_place_of_the_whole_needle),
        cmocka_unit_test(find_says_when_the_needle_is_not_there),
    };
    return cmocka_run_group_tests_name("view", tests, NULL, NULL);
}
