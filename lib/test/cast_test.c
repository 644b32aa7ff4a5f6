/* cast_test.c: bytes as numbers and as elements. */
#include "check.h"

#include <string.h>

#include <ledge/cast.h>

static const unsigned char eight[8] = {0x81, 0x02, 0x93, 0x04, 0xa5, 0x06, 0xb7, 0x08};

/* --- Loads and stores --------------------------------------------------------------------- */

static void loads_follow_their_byte_order(void **state)
{
    (void)state;
    assert_int_equal(ledge_load_u16be(eight), 0x8102);
    assert_int_equal(ledge_load_u16le(eight), 0x0281);
    assert_int_equal(ledge_load_u32be(eight), 0x81029304);
    assert_int_equal(ledge_load_u32le(eight), 0x04930281);
    assert_true(ledge_load_u64be(eight) == 0x81029304a506b708u);
    assert_true(ledge_load_u64le(eight) == 0x08b706a504930281u);
}

static void stores_follow_their_byte_order(void **state)
{
    (void)state;
    unsigned char to[8];
    ledge_store_u16be(to, 0x8102);
    ledge_store_u16le(to + 2, 0x0493);
    assert_memory_equal(to, eight, 4);
    ledge_store_u32be(to, 0x81029304);
    ledge_store_u32le(to + 4, 0x08b706a5);
    assert_memory_equal(to, eight, 8);
    memset(to, 0, sizeof(to));
    ledge_store_u64be(to, 0x81029304a506b708u);
    assert_memory_equal(to, eight, 8);
    memset(to, 0, sizeof(to));
    ledge_store_u64le(to, 0x08b706a504930281u);
    assert_memory_equal(to, eight, 8);
}

/* UBSan sees a misaligned access here, should there be one. */
static void every_address_will_do(void **state)
{
    (void)state;
    for (size_t shift = 0; shift < 8; shift++) {
        _Alignas(8) unsigned char block[16] = {0};
        ledge_store_u64be(block + shift, 0x81029304a506b708u);
        assert_memory_equal(block + shift, eight, 8);
        assert_int_equal(block[shift + 8], 0);
        ledge_store_u64le(block + shift, 0x08b706a504930281u);
        assert_memory_equal(block + shift, eight, 8);
        assert_true(ledge_load_u64le(block + shift) == 0x08b706a504930281u);
        assert_int_equal(ledge_load_u32be(block + shift), 0x81029304);
        assert_int_equal(ledge_load_u16be(block + shift), 0x8102);
    }
}

/* --- At an offset ------------------------------------------------------------------------- */

static void bounds_are_checked_without_a_sum(void **state)
{
    (void)state;
    assert_status(ledge_bounds_check(8, 4, 4), LEDGE_OK);
    assert_status(ledge_bounds_check(8, 8, 0), LEDGE_OK);
    assert_status(ledge_bounds_check(8, 5, 4), LEDGE_ESHORT);
    assert_status(ledge_bounds_check(8, 8, 1), LEDGE_ESHORT);
    assert_status(ledge_bounds_check(8, 9, 0), LEDGE_ERANGE);
    assert_status(ledge_bounds_check(8, 1, SIZE_MAX), LEDGE_ESHORT);
    assert_status(ledge_bounds_check(8, SIZE_MAX, 2), LEDGE_ERANGE);
}

static void numbers_are_read_at_an_offset(void **state)
{
    (void)state;
    ledge_view view = ledge_view_of(eight, 8);
    uint16_t u16;
    uint32_t u32;
    uint64_t u64;
    assert_status(ledge_view_get_u16be(view, 6, &u16), LEDGE_OK);
    assert_int_equal(u16, 0xb708);
    assert_status(ledge_view_get_u16le(view, 6, &u16), LEDGE_OK);
    assert_int_equal(u16, 0x08b7);
    assert_status(ledge_view_get_u32be(view, 3, &u32), LEDGE_OK);
    assert_int_equal(u32, 0x04a506b7);
    assert_status(ledge_view_get_u32le(view, 3, &u32), LEDGE_OK);
    assert_int_equal(u32, 0xb706a504);
    assert_status(ledge_view_get_u64be(view, 0, &u64), LEDGE_OK);
    assert_true(u64 == 0x81029304a506b708u);
    assert_status(ledge_view_get_u64le(view, 0, &u64), LEDGE_OK);
    assert_true(u64 == 0x08b706a504930281u);
}

/* length 7, so that each number has a first offset at which it is a byte short. */
static void a_number_has_to_lie_in_the_length(void **state)
{
    (void)state;
    ledge_view view = {eight, 7, 8};
    uint16_t u16 = 99;
    uint32_t u32 = 99;
    uint64_t u64 = 99;
    assert_status(ledge_view_get_u16be(view, 6, &u16), LEDGE_ESHORT);
    assert_status(ledge_view_get_u16le(view, 6, &u16), LEDGE_ESHORT);
    assert_status(ledge_view_get_u32be(view, 4, &u32), LEDGE_ESHORT);
    assert_status(ledge_view_get_u32le(view, 4, &u32), LEDGE_ESHORT);
    assert_status(ledge_view_get_u64be(view, 0, &u64), LEDGE_ESHORT);
    assert_status(ledge_view_get_u64le(view, 0, &u64), LEDGE_ESHORT);
    assert_status(ledge_view_get_u16be(view, 7, &u16), LEDGE_ESHORT);
    assert_status(ledge_view_get_u16be(view, 8, &u16), LEDGE_ERANGE);
    assert_status(ledge_view_get_u32le(view, SIZE_MAX - 1, &u32), LEDGE_ERANGE);
    assert_status(ledge_view_get_u64be((ledge_view){NULL, 0, 0}, 0, &u64), LEDGE_ESHORT);
    assert_int_equal(u16, 99);
    assert_int_equal(u32, 99);
    assert_int_equal(u64, 99);
}

static void numbers_are_written_at_an_offset(void **state)
{
    (void)state;
    unsigned char block[8] = {0};
    ledge_span span = ledge_span_of(block, 8);
    assert_status(ledge_span_put_u16be(span, 0, 0x8102), LEDGE_OK);
    assert_status(ledge_span_put_u16le(span, 2, 0x0493), LEDGE_OK);
    assert_status(ledge_span_put_u32le(span, 4, 0x08b706a5), LEDGE_OK);
    assert_memory_equal(block, eight, 8);
    memset(block, 0, sizeof(block));
    assert_status(ledge_span_put_u32be(span, 3, 0x04a506b7), LEDGE_OK);
    assert_memory_equal(block, "\0\0\0\x04\xa5\x06\xb7\0", 8);
    assert_status(ledge_span_put_u64be(span, 0, 0x81029304a506b708u), LEDGE_OK);
    assert_memory_equal(block, eight, 8);
    memset(block, 0, sizeof(block));
    assert_status(ledge_span_put_u64le(span, 0, 0x08b706a504930281u), LEDGE_OK);
    assert_memory_equal(block, eight, 8);
}

static void a_number_that_does_not_fit_is_not_written(void **state)
{
    (void)state;
    unsigned char block[8] = {0};
    ledge_span span = {block, 7, 8};
    assert_status(ledge_span_put_u16be(span, 6, 0xffff), LEDGE_ESHORT);
    assert_status(ledge_span_put_u16le(span, 6, 0xffff), LEDGE_ESHORT);
    assert_status(ledge_span_put_u32be(span, 4, 0xffffffff), LEDGE_ESHORT);
    assert_status(ledge_span_put_u32le(span, 4, 0xffffffff), LEDGE_ESHORT);
    assert_status(ledge_span_put_u64be(span, 0, UINT64_MAX), LEDGE_ESHORT);
    assert_status(ledge_span_put_u64le(span, 0, UINT64_MAX), LEDGE_ESHORT);
    assert_status(ledge_span_put_u16be(span, 8, 0xffff), LEDGE_ERANGE);
    assert_status(ledge_span_put_u64le(span, SIZE_MAX, UINT64_MAX), LEDGE_ERANGE);
    assert_memory_equal(block, "\0\0\0\0\0\0\0\0", 8);
}

/* --- Cursor ------------------------------------------------------------------------------- */

static void a_cursor_reads_one_thing_after_the_other(void **state)
{
    (void)state;
    unsigned char block[29];
    for (size_t i = 0; i < sizeof(block); i++)
        block[i] = (unsigned char)i;
    ledge_cursor cursor = ledge_cursor_of(ledge_view_of(block, sizeof(block)));
    uint8_t u8;
    uint16_t u16;
    uint32_t u32;
    uint64_t u64;
    assert_status(ledge_cursor_u8(&cursor, &u8), LEDGE_OK);
    assert_int_equal(u8, 0);
    assert_status(ledge_cursor_u16be(&cursor, &u16), LEDGE_OK);
    assert_int_equal(u16, 0x0102);
    assert_status(ledge_cursor_u16le(&cursor, &u16), LEDGE_OK);
    assert_int_equal(u16, 0x0403);
    assert_status(ledge_cursor_u32be(&cursor, &u32), LEDGE_OK);
    assert_int_equal(u32, 0x05060708);
    assert_status(ledge_cursor_u32le(&cursor, &u32), LEDGE_OK);
    assert_int_equal(u32, 0x0c0b0a09);
    assert_status(ledge_cursor_u64be(&cursor, &u64), LEDGE_OK);
    assert_true(u64 == 0x0d0e0f1011121314u);
    assert_status(ledge_cursor_u64le(&cursor, &u64), LEDGE_OK);
    assert_true(u64 == 0x1c1b1a1918171615u);
    assert_int_equal(cursor.left, 0);
    assert_ptr_equal(cursor.at, block + sizeof(block));
}

static void a_cursor_that_runs_short_stays(void **state)
{
    (void)state;
    uint8_t u8 = 99;
    uint16_t u16 = 99;
    uint32_t u32 = 99;
    uint64_t u64 = 99;
    ledge_cursor c2 = ledge_cursor_of((ledge_view){eight, 1, 8});
    ledge_cursor c4 = ledge_cursor_of((ledge_view){eight, 3, 8});
    ledge_cursor c8 = ledge_cursor_of((ledge_view){eight, 7, 8});
    ledge_cursor c1 = ledge_cursor_of((ledge_view){NULL, 0, 0});
    assert_status(ledge_cursor_u8(&c1, &u8), LEDGE_ESHORT);
    assert_status(ledge_cursor_u16be(&c2, &u16), LEDGE_ESHORT);
    assert_status(ledge_cursor_u16le(&c2, &u16), LEDGE_ESHORT);
    assert_status(ledge_cursor_u32be(&c4, &u32), LEDGE_ESHORT);
    assert_status(ledge_cursor_u32le(&c4, &u32), LEDGE_ESHORT);
    assert_status(ledge_cursor_u64be(&c8, &u64), LEDGE_ESHORT);
    assert_status(ledge_cursor_u64le(&c8, &u64), LEDGE_ESHORT);
    assert_int_equal(c1.left, 0);
    assert_int_equal(c2.left, 1);
    assert_int_equal(c4.left, 3);
    assert_int_equal(c8.left, 7);
    assert_ptr_equal(c8.at, eight);
    assert_int_equal(u8, 99);
    assert_int_equal(u16, 99);
    assert_int_equal(u32, 99);
    assert_int_equal(u64, 99);
}

static void a_cursor_cuts_out_bytes_that_can_not_be_overrun(void **state)
{
    (void)state;
    ledge_cursor cursor = ledge_cursor_of(ledge_view_of(eight, 8));
    ledge_view view = {eight, 1, 1};
    assert_status(ledge_cursor_skip(&cursor, 2), LEDGE_OK);
    assert_status(ledge_cursor_bytes(&cursor, 5, &view), LEDGE_OK);
    assert_ptr_equal(view.ptr, eight + 2);
    assert_int_equal(view.length, 5);
    assert_int_equal(view.capacity, 5);
    assert_status(ledge_cursor_bytes(&cursor, 2, &view), LEDGE_ESHORT);
    assert_status(ledge_cursor_skip(&cursor, SIZE_MAX), LEDGE_ESHORT);
    assert_int_equal(cursor.left, 1);
    assert_int_equal(view.length, 5);
    assert_status(ledge_cursor_skip(&cursor, 1), LEDGE_OK);
    assert_status(ledge_cursor_bytes(&cursor, 0, &view), LEDGE_OK);
    assert_int_equal(view.length, 0);
}

static void a_cursor_over_nothing_skips_nothing(void **state)
{
    (void)state;
    ledge_cursor cursor = ledge_cursor_of((ledge_view){NULL, 0, 0});
    assert_status(ledge_cursor_skip(&cursor, 0), LEDGE_OK);
    assert_status(ledge_cursor_skip(&cursor, 1), LEDGE_ESHORT);
    assert_null(cursor.at);
}

/* --- Typed views (A4, A10) ---------------------------------------------------------------- */

static const ledge_typed untouched = {eight, 1, 2, 1, 77, false};

static void assert_untouched(ledge_typed typed)
{
    assert_ptr_equal(typed.ptr, eight);
    assert_int_equal(typed.length, 1);
    assert_int_equal(typed.elem_size, 2);
    assert_int_equal(typed.align, 1);
    assert_int_equal(typed.tag, 77);
    assert_false(typed.writable);
}

/* Four numbers 10, 20, 30, 40, as a typed view that may be written. */
static ledge_typed numbers(uint32_t block[4])
{
    ledge_typed typed = untouched;
    for (uint32_t i = 0; i < 4; i++)
        block[i] = 10 * (i + 1);
    assert_status(ledge_typed_from_span(ledge_span_of(block, 16), 4, 4, LEDGE_TAG_U32, &typed),
                  LEDGE_OK);
    return typed;
}

static void a_typed_view_counts_elements(void **state)
{
    (void)state;
    uint32_t block[4] = {0};
    ledge_typed typed;
    assert_status(
        ledge_typed_from_view((ledge_view){(void *)block, 12, 16}, 4, 4, LEDGE_TAG_U32, &typed),
        LEDGE_OK);
    assert_ptr_equal(typed.ptr, block);
    assert_int_equal(typed.length, 3);
    assert_int_equal(typed.elem_size, 4);
    assert_int_equal(typed.align, 4);
    assert_int_equal(typed.tag, LEDGE_TAG_U32);
    assert_false(typed.writable);
    assert_true(ledge_typed_is_valid(typed));
}

static void what_can_not_be_elements_is_a_distinct_error(void **state)
{
    (void)state;
    _Alignas(8) static unsigned char block[16];
    static const struct {
        size_t shift, length, elem_size, align;
        ledge_status want;
    } cases[] = {
        {0, 0, 4, 4, LEDGE_EEMPTY},
        {0, 7, 4, 4, LEDGE_ESIZE},
        {0, 3, 4, 4, LEDGE_ESIZE},
        {2, 8, 4, 4, LEDGE_EALIGN},
        {1, 2, 2, 2, LEDGE_EALIGN},
        {0, 8, 0, 1, LEDGE_ESIZE},
        {0, 8, 4, 0, LEDGE_EINVAL},
        {0, 8, 4, 3, LEDGE_EINVAL},
        {0, 8, 4, 8, LEDGE_EINVAL},
        {0, 12, 6, 4, LEDGE_EINVAL},
        {0, 8, 4, SIZE_MAX, LEDGE_EINVAL},
        /* Of several, the first listed. */
        {1, 0, 0, 3, LEDGE_ESIZE},
        {1, 0, 4, 3, LEDGE_EINVAL},
        {1, 0, 4, 4, LEDGE_EEMPTY},
        {1, 7, 4, 4, LEDGE_ESIZE},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        ledge_span span = ledge_span_of(block + cases[i].shift, cases[i].length);
        ledge_typed typed = untouched;
        assert_status(ledge_typed_from_span(span, cases[i].elem_size, cases[i].align, 1, &typed),
                      cases[i].want);
        assert_status(ledge_typed_from_view(ledge_span_as_view(span), cases[i].elem_size,
                                            cases[i].align, 1, &typed),
                      cases[i].want);
        assert_untouched(typed);
    }
}

static void the_empty_view_has_no_elements(void **state)
{
    (void)state;
    ledge_typed typed = untouched;
    assert_status(ledge_typed_from_view((ledge_view){NULL, 0, 0}, 4, 4, 1, &typed), LEDGE_EEMPTY);
    assert_untouched(typed);
}

static void elements_are_got_and_set(void **state)
{
    (void)state;
    uint32_t block[4], value = 99;
    ledge_typed typed = numbers(block);
    assert_status(ledge_typed_get(typed, LEDGE_TAG_U32, 3, &value), LEDGE_OK);
    assert_int_equal(value, 40);
    value = 55;
    assert_status(ledge_typed_set(typed, LEDGE_TAG_U32, 1, &value), LEDGE_OK);
    assert_int_equal(block[0], 10);
    assert_int_equal(block[1], 55);
    assert_int_equal(block[2], 30);
    assert_ptr_equal(ledge_typed_at(typed, LEDGE_TAG_U32, 2), &block[2]);
}

static void the_wrong_tag_is_an_error_whatever_else_is_right(void **state)
{
    (void)state;
    uint32_t block[4], value = 99;
    ledge_typed typed = numbers(block);
    assert_status(ledge_typed_get(typed, LEDGE_TAG_I32, 0, &value), LEDGE_ETYPE);
    assert_status(ledge_typed_get(typed, LEDGE_TAG_I32, 4, &value), LEDGE_ETYPE);
    assert_status(ledge_typed_set(typed, LEDGE_TAG_USER, 0, &value), LEDGE_ETYPE);
    assert_null(ledge_typed_at(typed, 0, 0));
    assert_int_equal(value, 99);
    assert_int_equal(block[0], 10);
}

static void an_index_lies_below_the_length(void **state)
{
    (void)state;
    uint32_t block[4], value = 99;
    ledge_typed typed = numbers(block);
    assert_status(ledge_typed_get(typed, LEDGE_TAG_U32, 4, &value), LEDGE_ERANGE);
    assert_status(ledge_typed_get(typed, LEDGE_TAG_U32, SIZE_MAX / 4 + 1, &value), LEDGE_ERANGE);
    assert_status(ledge_typed_set(typed, LEDGE_TAG_U32, 4, &value), LEDGE_ERANGE);
    assert_null(ledge_typed_at(typed, LEDGE_TAG_U32, 4));
    assert_int_equal(value, 99);
}

static void a_view_that_came_in_read_only_stays_so(void **state)
{
    (void)state;
    uint16_t value = 99;
    ledge_typed typed;
    assert_status(ledge_typed_from_view(ledge_view_of(eight, 8), 2, 1, 5, &typed), LEDGE_OK);
    assert_status(ledge_typed_set(typed, 5, 0, &value), LEDGE_EREADONLY);
    assert_status(ledge_typed_set(typed, 5, 9, &value), LEDGE_EREADONLY);
    assert_status(ledge_typed_set(typed, 6, 0, &value), LEDGE_ETYPE);
    assert_status(ledge_typed_sub(typed, 1, 2, &typed), LEDGE_OK);
    assert_status(ledge_typed_set(typed, 5, 0, &value), LEDGE_EREADONLY);
}

static void elements_may_lie_and_come_from_anywhere(void **state)
{
    (void)state;
    _Alignas(4) unsigned char block[9] = {0}, value[5] = {0, 'a', 'b', 'c', 'd'};
    ledge_typed typed;
    assert_status(ledge_typed_from_span(ledge_span_of(block + 1, 8), 4, 1, 5, &typed), LEDGE_OK);
    assert_status(ledge_typed_set(typed, 5, 1, value + 1), LEDGE_OK);
    assert_memory_equal(block, "\0\0\0\0\0abcd", 9);
    /* From a place that overlaps the element itself. */
    assert_status(ledge_typed_set(typed, 5, 0, block + 3), LEDGE_OK);
    assert_memory_equal(block, "\0\0\0ababcd", 9);
    assert_status(ledge_typed_get(typed, 5, 1, value + 1), LEDGE_OK);
    assert_memory_equal(value + 1, "abcd", 4);
}

static void a_typed_sub_range_keeps_what_the_elements_are(void **state)
{
    (void)state;
    uint32_t block[4], value = 99;
    ledge_typed typed = numbers(block), sub;
    assert_status(ledge_typed_sub(typed, 1, 3, &sub), LEDGE_OK);
    assert_ptr_equal(sub.ptr, &block[1]);
    assert_int_equal(sub.length, 2);
    assert_int_equal(sub.elem_size, 4);
    assert_int_equal(sub.align, 4);
    assert_int_equal(sub.tag, LEDGE_TAG_U32);
    assert_true(sub.writable);
    assert_true(ledge_typed_is_valid(sub));
    assert_status(ledge_typed_get(sub, LEDGE_TAG_U32, 1, &value), LEDGE_OK);
    assert_int_equal(value, 30);
    assert_status(ledge_typed_get(sub, LEDGE_TAG_U32, 2, &value), LEDGE_ERANGE);
}

static void a_typed_sub_range_may_be_empty_but_not_outside(void **state)
{
    (void)state;
    uint32_t block[4];
    ledge_typed typed = numbers(block), sub = untouched;
    assert_status(ledge_typed_sub(typed, 3, 2, &sub), LEDGE_ERANGE);
    assert_status(ledge_typed_sub(typed, 0, 5, &sub), LEDGE_ERANGE);
    assert_status(ledge_typed_sub(typed, 5, 5, &sub), LEDGE_ERANGE);
    assert_untouched(sub);
    assert_status(ledge_typed_sub(typed, 4, 4, &sub), LEDGE_OK);
    assert_int_equal(sub.length, 0);
    assert_true(ledge_typed_is_valid(sub));
}

static void the_bytes_of_a_typed_view_are_those_of_its_elements(void **state)
{
    (void)state;
    uint32_t block[4];
    ledge_typed typed = numbers(block);
    assert_status(ledge_typed_sub(typed, 1, 3, &typed), LEDGE_OK);
    ledge_view view = ledge_typed_as_view(typed);
    assert_ptr_equal(view.ptr, &block[1]);
    assert_int_equal(view.length, 8);
    assert_int_equal(view.capacity, 8);
}

static void validity_of_typed_views_is_what_the_header_promises(void **state)
{
    (void)state;
    uint32_t block[4];
    ledge_typed good = numbers(block), bad;
    assert_true(ledge_typed_is_valid(good));
    bad = good, bad.ptr = NULL;
    assert_false(ledge_typed_is_valid(bad));
    bad = good, bad.ptr += 1;
    assert_false(ledge_typed_is_valid(bad));
    bad = good, bad.elem_size = 0;
    assert_false(ledge_typed_is_valid(bad));
    bad = good, bad.elem_size = 6;
    assert_false(ledge_typed_is_valid(bad));
    bad = good, bad.align = 3;
    assert_false(ledge_typed_is_valid(bad));
    bad = good, bad.length = SIZE_MAX / 4 + 1;
    assert_false(ledge_typed_is_valid(bad));
    bad = good, bad.length = SIZE_MAX / 4;
    assert_false(ledge_typed_is_valid(bad));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(loads_follow_their_byte_order),
        cmocka_unit_test(stores_follow_their_byte_order),
        cmocka_unit_test(every_address_will_do),
        cmocka_unit_test(bounds_are_checked_without_a_sum),
        cmocka_unit_test(numbers_are_read_at_an_offset),
        cmocka_unit_test(a_number_has_to_lie_in_the_length),
        cmocka_unit_test(numbers_are_written_at_an_offset),
        cmocka_unit_test(a_number_that_does_not_fit_is_not_written),
        cmocka_unit_test(a_cursor_reads_one_thing_after_the_other),
        cmocka_unit_test(a_cursor_that_runs_short_stays),
        cmocka_unit_test(a_cursor_cuts_out_bytes_that_can_not_be_overrun),
        cmocka_unit_test(a_cursor_over_nothing_skips_nothing),
        cmocka_unit_test(a_typed_view_counts_elements),
        cmocka_unit_test(what_can_not_be_elements_is_a_distinct_error),
        cmocka_unit_test(the_empty_view_has_no_elements),
        cmocka_unit_test(elements_are_got_and_set),
        cmocka_unit_test(the_wrong_tag_is_an_error_whatever_else_is_right),
        cmocka_unit_test(an_index_lies_below_the_length),
        cmocka_unit_test(a_view_that_came_in_read_only_stays_so),
        cmocka_unit_test(elements_may_lie_and_come_from_anywhere),
        cmocka_unit_test(a_typed_sub_range_keeps_what_the_elements_are),
        cmocka_unit_test(a_typed_sub_range_may_be_empty_but_not_outside),
        cmocka_unit_test(the_bytes_of_a_typed_view_are_those_of_its_elements),
        cmocka_unit_test(validity_of_typed_views_is_what_the_header_promises),
    };
    return cmocka_run_group_tests_name("cast", tests, NULL, NULL);
}
