/* The file format: how bytes are cut into records and numbers. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "kit/wire.h"

static size_t cut(const uint8_t *data, size_t size, struct kit_record *records)
{
    struct kit_reader reader = {data, data + size};
    size_t n = 0;
    while (kit_record_next(&reader, &records[n]))
        n++;
    return n;
}

static void no_bytes_are_no_records(void **state)
{
    struct kit_record records[1];
    (void)state;
    assert_int_equal(cut((const uint8_t *)"", 0, records), 0);
}

static void bytes_before_the_first_start_belong_to_nothing(void **state)
{
    static const uint8_t data[] = {1, 2, 3, 0x80, 4};
    struct kit_record records[5];
    (void)state;
    assert_int_equal(cut(data, 3, records), 0);
    assert_int_equal(cut(data, sizeof data, records), 1);
    assert_ptr_equal(records[0].at, data + 3);
    assert_int_equal(records[0].size, 2);
}

static void a_record_ends_where_the_next_starts(void **state)
{
    static const uint8_t data[] = {0x81, 0x82, 5, 6, 0xff};
    struct kit_record records[5];
    (void)state;
    assert_int_equal(cut(data, sizeof data, records), 3);
    assert_int_equal(records[0].size, 1);
    assert_int_equal(records[1].size, 3);
    assert_int_equal(records[2].size, 1);
    assert_int_equal(kit_record_count(data, sizeof data), 3);
}

static void a_byte_changed_in_one_record_leaves_the_others(void **state)
{
    uint8_t data[] = {0x80, 1, 2, 0x81, 3, 4, 0x82, 5, 6};
    struct kit_record records[9];
    (void)state;
    for (unsigned byte = 0; byte < 256; byte++) {
        data[4] = (uint8_t)byte;
        const size_t n = cut(data, sizeof data, records);
        assert_int_equal(n, byte < 0x80 ? 3 : 4);
        assert_ptr_equal(records[0].at, data);
        assert_int_equal(records[0].size, 3);
        assert_ptr_equal(records[n - 1].at, data + 6);
        assert_int_equal(records[n - 1].size, 3);
    }
}

static void digits_are_as_many_as_the_largest_number_needs(void **state)
{
    (void)state;
    assert_int_equal(kit_groups(0), 1);
    assert_int_equal(kit_groups(127), 1);
    assert_int_equal(kit_groups(128), 2);
    assert_int_equal(kit_groups(UINT32_MAX), 5);
    assert_int_equal(kit_groups(UINT64_MAX), 10);
}

static void a_number_is_big_endian_base_128(void **state)
{
    static const uint8_t digits[] = {1, 2};
    const uint8_t *at = digits;
    (void)state;
    assert_int_equal(kit_take_number(&at, digits + 2, 2, UINT32_MAX), 130);
    assert_ptr_equal(at, digits + 2);
}

static void missing_digits_are_zero_and_too_large_wraps_into_range(void **state)
{
    static const uint8_t digits[] = {1, 9};
    const uint8_t *at = digits;
    (void)state;
    assert_int_equal(kit_take_number(&at, digits + 1, 2, UINT32_MAX), 128);
    assert_int_equal(kit_take_number(&at, digits + 1, 2, UINT32_MAX), 0);
    at = digits + 1;
    assert_int_equal(kit_take_number(&at, digits + 2, 1, 6), 2);
}

static void what_is_put_is_taken(void **state)
{
    static const uint64_t numbers[] = {0,         1, 127, 128, 65535, UINT32_MAX, UINT64_MAX / 3,
                                       UINT64_MAX};
    uint8_t digits[10];
    (void)state;
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
        const uint8_t *at = digits,
                      *end = kit_put_number(digits, numbers[i], kit_groups(numbers[i]));
        for (const uint8_t *digit = digits; digit < end; digit++)
            assert_true(*digit < 0x80);
        assert_true(kit_take_number(&at, end, kit_groups(numbers[i]), UINT64_MAX) == numbers[i]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_bytes_are_no_records),
        cmocka_unit_test(bytes_before_the_first_start_belong_to_nothing),
        cmocka_unit_test(a_record_ends_where_the_next_starts),
        cmocka_unit_test(a_byte_changed_in_one_record_leaves_the_others),
        cmocka_unit_test(digits_are_as_many_as_the_largest_number_needs),
        cmocka_unit_test(a_number_is_big_endian_base_128),
        cmocka_unit_test(missing_digits_are_zero_and_too_large_wraps_into_range),
        cmocka_unit_test(what_is_put_is_taken),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
