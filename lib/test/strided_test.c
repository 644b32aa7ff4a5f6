/* strided_test.c: slots that lie apart, and other views of them. */
#include "check.h"

#include <string.h>

#include <ledge/strided.h>

/* Three records of a 4-byte key and a 4-byte value, and what is left of a fourth. */
enum { KEY = 4, RECORD = 8, RECORDS = 3 };
static const char table[] = "key0val0key1val1key2val2key3";

static const ledge_strided untouched = {(const unsigned char *)"?", 1, 1, 1, false};

static ledge_strided strided_of_text(const char *text, size_t count, size_t size, size_t stride)
{
    return ledge_strided_of(text, count, size, stride);
}

/* The slots as text, one behind the other. */
static void assert_slots(ledge_strided strided, const char *want)
{
    assert_true(ledge_strided_is_valid(strided));
    assert_int_equal(strided.count * strided.size, strlen(want));
    for (size_t i = 0; i < strided.count; i++) {
        const void *slot = ledge_strided_at(strided, i);
        assert_non_null(slot);
        assert_memory_equal(slot, want + i * strided.size, strided.size);
        assert_ptr_equal(ledge_strided_slot(strided, i), slot);
    }
    assert_null(ledge_strided_at(strided, strided.count));
}

static void assert_untouched(ledge_strided strided)
{
    assert_ptr_equal(strided.ptr, untouched.ptr);
    assert_int_equal(strided.count, 1);
}

/* --- Making strided views ----------------------------------------------------------------- */

static void slots_lie_a_stride_apart(void **state)
{
    (void)state;
    ledge_strided keys;
    assert_status(ledge_strided_from_view(ledge_view_of(table, 24), 3, KEY, RECORD, 1, &keys),
                  LEDGE_OK);
    assert_slots(keys, "key0key1key2");
    assert_false(keys.writable);
    assert_int_equal(keys.stride, 8);
}

static void the_last_slot_needs_no_stride_behind_it(void **state)
{
    (void)state;
    ledge_strided keys = untouched;
    assert_status(ledge_strided_from_view(ledge_view_of(table, 28), 4, KEY, RECORD, 1, &keys),
                  LEDGE_OK);
    assert_slots(keys, "key0key1key2key3");
    keys = untouched;
    assert_status(ledge_strided_from_view(ledge_view_of(table, 27), 4, KEY, RECORD, 1, &keys),
                  LEDGE_ESHORT);
    assert_untouched(keys);
}

static void no_slots_need_no_memory(void **state)
{
    (void)state;
    ledge_strided none = untouched;
    assert_status(ledge_strided_from_view((ledge_view){NULL, 0, 0}, 0, 4, 8, 4, &none), LEDGE_OK);
    assert_slots(none, "");
    assert_slots((ledge_strided){NULL, 0, 0, 0, false}, "");
    assert_slots(ledge_strided_of(NULL, 7, 4, 8), "");
}

static void every_violation_has_its_own_error(void **state)
{
    (void)state;
    static _Alignas(8) char block[64];
    static const struct {
        size_t offset, length, count, size, stride, align;
        ledge_status want;
    } cases[] = {
        {0, 64, 4, 0, 8, 1, LEDGE_ESIZE},
        {0, 64, 4, 4, 8, 0, LEDGE_EINVAL},
        {0, 64, 4, 4, 8, 6, LEDGE_EINVAL},
        {0, 64, 4, 4, 3, 1, LEDGE_EOVERLAP},
        {0, 64, 0, 4, 0, 1, LEDGE_EOVERLAP},
        {4, 60, 4, 4, 8, 8, LEDGE_EALIGN},
        {0, 64, 4, 4, 12, 8, LEDGE_EALIGN},
        {0, 64, SIZE_MAX, 4, 8, 1, LEDGE_EOVERFLOW},
        {0, 64, SIZE_MAX / 8 + 2, 4, 8, 1, LEDGE_EOVERFLOW},
        {0, 64, 2, SIZE_MAX / 2, SIZE_MAX / 2 + 2, 1, LEDGE_EOVERFLOW},
        {0, 64, 2, SIZE_MAX, SIZE_MAX, 1, LEDGE_EOVERFLOW},
        {0, 64, 0, 1, SIZE_MAX, 1, LEDGE_EOVERFLOW},
        {0, 64, 1, 1, SIZE_MAX / 2 + 1, 1, LEDGE_EOVERFLOW},
        {0, 64, 8, 8, 9, 1, LEDGE_ESHORT},
        {0, 64, 1, 65, 65, 1, LEDGE_ESHORT},
        {0, 64, 8, 8, 8, 8, LEDGE_OK},
        {0, 64, 1, 64, SIZE_MAX / 2, 1, LEDGE_OK},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        ledge_strided strided = untouched;
        const ledge_span span = ledge_span_of(block + cases[i].offset, cases[i].length);
        assert_status(ledge_strided_from_view(ledge_span_as_view(span), cases[i].count,
                                              cases[i].size, cases[i].stride, cases[i].align,
                                              &strided),
                      cases[i].want);
        assert_status(ledge_strided_from_span(span, cases[i].count, cases[i].size, cases[i].stride,
                                              cases[i].align, &strided),
                      cases[i].want);
        if (cases[i].want != LEDGE_OK)
            assert_untouched(strided);
        else
            assert_true(strided.writable);
    }
}

static void of_several_violations_the_first_listed_is_reported(void **state)
{
    (void)state;
    static _Alignas(8) const char block[8];
    const ledge_view view = ledge_view_of(block + 1, 7);
    ledge_strided strided = untouched;
    const size_t many = SIZE_MAX / 4;
    assert_status(ledge_strided_from_view(view, many, 0, 0, 3, &strided), LEDGE_ESIZE);
    assert_status(ledge_strided_from_view(view, many, 8, 7, 3, &strided), LEDGE_EINVAL);
    assert_status(ledge_strided_from_view(view, many, 8, 7, 2, &strided), LEDGE_EOVERLAP);
    assert_status(ledge_strided_from_view(view, many, 8, 8, 2, &strided), LEDGE_EALIGN);
    assert_status(ledge_strided_from_view(view, many, 8, 8, 1, &strided), LEDGE_EOVERFLOW);
    assert_untouched(strided);
}

static void validity_is_what_the_header_promises(void **state)
{
    (void)state;
    const unsigned char *at = (const unsigned char *)table;
    const unsigned char *last = (const unsigned char *)(UINTPTR_MAX - 8);
    const struct {
        ledge_strided strided;
        bool want;
    } cases[] = {
        {{at, 3, 4, 8, false}, true},
        {{at + 16, 3, 4, -8, false}, true},
        {{at, 3, 4, 3, false}, false},
        {{at, 3, 4, -3, false}, false},
        {{at, 0, 4, 3, false}, false},
        {{at, 3, 0, 8, false}, false},
        {{at, 0, 0, 8, false}, true},
        {{NULL, 3, 4, 8, false}, false},
        {{at, SIZE_MAX / 8, 4, 8, false}, false},
        {{at, 3, 4, PTRDIFF_MAX, false}, false},
        {{at, 1, 4, PTRDIFF_MAX, false}, true},
        {{at, 1, 4, PTRDIFF_MIN, false}, false},
        {{at, 1, 4, PTRDIFF_MIN + 1, false}, true},
        {{last, 2, 4, 4, false}, true},
        {{last, 2, 4, 5, false}, false},
        {{last, 3, 4, -4, false}, true},
        {{last, 2, 9, -9, false}, false},
        {{last, 2, 8, -8, false}, true},
        {{(const unsigned char *)16, 3, 4, -8, false}, false},
        {{(const unsigned char *)17, 3, 4, -8, false}, true},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
        assert_int_equal(ledge_strided_is_valid(cases[i].strided), cases[i].want);
}

/* --- Slots -------------------------------------------------------------------------------- */

static void slots_are_read_by_index(void **state)
{
    (void)state;
    char out[] = "....";
    const ledge_strided values = strided_of_text(table + KEY, RECORDS, KEY, RECORD);
    assert_status(ledge_strided_get(values, 2, out), LEDGE_OK);
    assert_string_equal(out, "val2");
    assert_status(ledge_strided_get(values, 3, out), LEDGE_ERANGE);
    assert_status(ledge_strided_get(values, SIZE_MAX, out), LEDGE_ERANGE);
    assert_string_equal(out, "val2");
    assert_null(ledge_strided_at(values, SIZE_MAX));
}

static void a_slot_is_written_and_its_neighbours_are_not(void **state)
{
    (void)state;
    char block[] = "key0val0key1val1";
    ledge_strided values;
    assert_status(ledge_strided_from_span(ledge_span_of(block + 4, 12), 2, 4, 8, 1, &values),
                  LEDGE_OK);
    assert_status(ledge_strided_set(values, 1, "VAL!"), LEDGE_OK);
    assert_string_equal(block, "key0val0key1VAL!");
    assert_status(ledge_strided_set(values, 2, "----"), LEDGE_ERANGE);
    values.writable = false;
    assert_status(ledge_strided_set(values, 2, "----"), LEDGE_EREADONLY);
    assert_string_equal(block, "key0val0key1VAL!");
}

static void what_is_set_may_overlap_the_slot(void **state)
{
    (void)state;
    char block[] = "abcdef";
    ledge_strided slots;
    assert_status(ledge_strided_from_span(ledge_span_of(block, 6), 1, 4, 4, 1, &slots), LEDGE_OK);
    assert_status(ledge_strided_set(slots, 0, block + 2), LEDGE_OK);
    assert_string_equal(block, "cdefef");
}

static void an_iterator_sees_every_slot_once_and_then_null(void **state)
{
    (void)state;
    ledge_strided_iter it = ledge_strided_begin(strided_of_text(table, RECORDS, KEY, RECORD));
    assert_memory_equal(ledge_strided_next(&it), "key0", 4);
    ledge_strided_iter here = it;
    assert_memory_equal(ledge_strided_next(&it), "key1", 4);
    assert_memory_equal(ledge_strided_next(&it), "key2", 4);
    assert_null(ledge_strided_next(&it));
    assert_null(ledge_strided_next(&it));
    assert_memory_equal(ledge_strided_next(&here), "key1", 4);
    it = ledge_strided_begin((ledge_strided){NULL, 0, 0, 0, false});
    assert_null(ledge_strided_next(&it));
}

/* --- Other views of the same slots -------------------------------------------------------- */

static void a_sub_view_takes_every_kth_slot(void **state)
{
    (void)state;
    static const struct {
        size_t lo, hi, step;
        const char *want;
    } cases[] = {
        {0, 9, 1, "012345678"}, {0, 9, 4, "048"},     {0, 8, 4, "04"}, {1, 9, 4, "15"},
        {2, 3, 1, "2"},         {2, 3, 5, "2"},       {3, 9, 3, "36"}, {9, 9, 1, ""},
        {0, 0, 2, ""},          {0, 9, 8, "08"},      {0, 9, 9, "0"},  {0, 9, SIZE_MAX, "0"},
        {8, 9, SIZE_MAX, "8"},  {5, 5, SIZE_MAX, ""},
    };
    const ledge_strided digits = strided_of_text("0.1.2.3.4.5.6.7.8", 9, 1, 2);
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        ledge_strided sub;
        assert_status(ledge_strided_sub(digits, cases[i].lo, cases[i].hi, cases[i].step, &sub),
                      LEDGE_OK);
        assert_slots(sub, cases[i].want);
    }
}

static void a_sub_view_has_bounds_and_a_step(void **state)
{
    (void)state;
    const ledge_strided digits = strided_of_text("0.1.2.3.4.5.6.7.8", 9, 1, 2);
    ledge_strided sub = untouched;
    assert_status(ledge_strided_sub(digits, 0, 10, 1, &sub), LEDGE_ERANGE);
    assert_status(ledge_strided_sub(digits, 5, 4, 1, &sub), LEDGE_ERANGE);
    assert_status(ledge_strided_sub(digits, SIZE_MAX, SIZE_MAX, 1, &sub), LEDGE_ERANGE);
    assert_status(ledge_strided_sub(digits, 5, 4, 0, &sub), LEDGE_EINVAL);
    assert_untouched(sub);
}

static void steps_multiply(void **state)
{
    (void)state;
    ledge_strided digits = strided_of_text("0.1.2.3.4.5.6.7.8", 9, 1, 2);
    assert_status(ledge_strided_sub(digits, 0, 9, 2, &digits), LEDGE_OK);
    assert_slots(digits, "02468");
    assert_status(ledge_strided_sub(digits, 1, 5, 2, &digits), LEDGE_OK);
    assert_slots(digits, "26");
    assert_int_equal(digits.stride, 8);
}

static void a_reversed_view_starts_with_the_last_slot(void **state)
{
    (void)state;
    const ledge_strided keys = strided_of_text(table, RECORDS, KEY, RECORD);
    ledge_strided back = ledge_strided_reverse(keys);
    assert_slots(back, "key2key1key0");
    assert_slots(ledge_strided_reverse(back), "key0key1key2");
    assert_status(ledge_strided_sub(back, 0, 3, 2, &back), LEDGE_OK);
    assert_slots(back, "key2key0");
    assert_status(ledge_strided_field(back, 3, 1, &back), LEDGE_OK);
    assert_slots(back, "20");
    assert_slots(ledge_strided_reverse(strided_of_text(table, 1, KEY, RECORD)), "key0");
    assert_slots(ledge_strided_reverse((ledge_strided){NULL, 0, 0, 0, false}), "");
}

static void a_field_is_the_same_part_of_every_slot(void **state)
{
    (void)state;
    const ledge_strided records = strided_of_text(table, RECORDS, RECORD, RECORD);
    ledge_strided field = untouched;
    assert_status(ledge_strided_field(records, 3, 1, &field), LEDGE_OK);
    assert_slots(field, "012");
    assert_status(ledge_strided_field(records, 4, 4, &field), LEDGE_OK);
    assert_slots(field, "val0val1val2");
    assert_status(ledge_strided_field(records, 0, 8, &field), LEDGE_OK);
    assert_slots(field, "key0val0key1val1key2val2");
    field = untouched;
    assert_status(ledge_strided_field(records, 9, 0, &field), LEDGE_ESIZE);
    assert_status(ledge_strided_field(records, 5, 4, &field), LEDGE_ERANGE);
    assert_status(ledge_strided_field(records, 8, 1, &field), LEDGE_ERANGE);
    assert_status(ledge_strided_field(records, 9, 1, &field), LEDGE_ERANGE);
    assert_status(ledge_strided_field(records, 1, SIZE_MAX, &field), LEDGE_ERANGE);
    assert_status(ledge_strided_field(records, SIZE_MAX, 1, &field), LEDGE_ERANGE);
    assert_untouched(field);
}

/* Row D13: 16-byte keys and 16-byte values that share 32-byte records. */
static void keys_and_values_of_the_same_records_do_not_overlap(void **state)
{
    (void)state;
    unsigned char block[4 * 32];
    ledge_strided records, keys, values;
    memset(block, 0, sizeof(block));
    assert_status(
        ledge_strided_from_span(ledge_span_of(block, sizeof(block)), 4, 32, 32, 1, &records),
        LEDGE_OK);
    assert_status(ledge_strided_split(records, 16, &keys, &values), LEDGE_OK);
    assert_ptr_equal(keys.ptr, block);
    assert_ptr_equal(values.ptr, block + 16);
    assert_int_equal(keys.size, 16);
    assert_int_equal(values.size, 16);
    assert_int_equal(keys.stride, 32);
    assert_false(ledge_strided_overlaps(keys, values));
    assert_true(ledge_strided_overlaps(keys, records));
    assert_true(ledge_strided_overlaps(values, records));

    for (size_t i = 0; i < 4; i++)
        assert_status(ledge_strided_set(keys, i, "kkkkkkkkkkkkkkkk"), LEDGE_OK);
    for (size_t i = 0; i < sizeof(block); i++)
        assert_int_equal(block[i], i % 32 < 16 ? 'k' : 0);

    /* The contiguous views do overlap. */
    assert_true(ledge_strided_overlaps(ledge_strided_of(block, 4, 16, 16),
                                       ledge_strided_of(block + 16, 4, 16, 16)));
}

static void neither_half_of_a_split_is_nothing(void **state)
{
    (void)state;
    const ledge_strided records = strided_of_text(table, RECORDS, RECORD, RECORD);
    ledge_strided head = untouched, tail = untouched;
    assert_status(ledge_strided_split(records, 0, &head, &tail), LEDGE_ERANGE);
    assert_status(ledge_strided_split(records, 8, &head, &tail), LEDGE_ERANGE);
    assert_status(ledge_strided_split(records, SIZE_MAX, &head, &tail), LEDGE_ERANGE);
    assert_status(ledge_strided_split((ledge_strided){NULL, 0, 0, 0, false}, 1, &head, &tail),
                  LEDGE_ERANGE);
    assert_untouched(head);
    assert_untouched(tail);
    assert_status(ledge_strided_split(records, 7, &head, &tail), LEDGE_OK);
    assert_slots(head, "key0valkey1valkey2val");
    assert_slots(tail, "012");
}

static void slots_that_touch_are_a_plain_view(void **state)
{
    (void)state;
    char block[] = "abcdef";
    ledge_strided slots;
    ledge_view view;
    ledge_span span;
    assert_status(ledge_strided_from_span(ledge_span_of(block, 6), 3, 2, 2, 1, &slots), LEDGE_OK);
    assert_true(ledge_strided_is_contiguous(slots));
    assert_status(ledge_strided_as_view(slots, &view), LEDGE_OK);
    assert_ptr_equal(view.ptr, block);
    assert_int_equal(view.length, 6);
    assert_int_equal(view.capacity, 6);
    assert_status(ledge_strided_as_span(slots, &span), LEDGE_OK);
    assert_ptr_equal(span.ptr, block);
    assert_int_equal(span.capacity, 6);
    slots.writable = false;
    assert_status(ledge_strided_as_span(slots, &span), LEDGE_EREADONLY);
}

static void slots_that_lie_apart_or_backwards_are_not(void **state)
{
    (void)state;
    char block[] = "abcdef";
    ledge_strided slots, back;
    ledge_view view = {NULL, 0, 0};
    ledge_span span = {NULL, 0, 0};
    assert_status(ledge_strided_from_span(ledge_span_of(block, 6), 2, 2, 3, 1, &slots), LEDGE_OK);
    assert_false(ledge_strided_is_contiguous(slots));
    assert_status(ledge_strided_as_view(slots, &view), LEDGE_ESIZE);
    assert_status(ledge_strided_as_span(slots, &span), LEDGE_ESIZE);
    back = ledge_strided_reverse(strided_of_text(block, 3, 2, 2));
    assert_false(ledge_strided_is_contiguous(back));
    assert_status(ledge_strided_as_view(back, &view), LEDGE_ESIZE);
    assert_null(view.ptr);
    assert_null(span.ptr);
    /* One slot touches nothing. */
    assert_status(ledge_strided_sub(slots, 1, 2, 1, &slots), LEDGE_OK);
    assert_status(ledge_strided_as_view(slots, &view), LEDGE_OK);
    assert_ptr_equal(view.ptr, block + 3);
    assert_int_equal(view.length, 2);
}

/* --- Overlap ------------------------------------------------------------------------------ */

/* Every pair of small views in 24 bytes, against marks on the bytes. */
enum { BYTES = 24 };

static unsigned marks_of(size_t start, size_t count, size_t size, size_t stride)
{
    unsigned marks = 0;
    for (size_t i = 0; i < count; i++)
        marks |= ((1u << size) - 1) << (start + i * stride);
    return marks;
}

struct candidate {
    ledge_strided strided;
    unsigned marks;
};

static size_t every_small_view(const char *block, struct candidate *out)
{
    size_t n = 0;
    for (size_t start = 0; start < BYTES; start += 3)
        for (size_t count = 0; count < 5; count++)
            for (size_t size = 1; size < 5; size++)
                for (size_t stride = size; stride < 8; stride += 2) {
                    if (count != 0 && start + (count - 1) * stride + size > BYTES)
                        continue;
                    const ledge_strided it = ledge_strided_of(block + start, count, size, stride);
                    out[n] = (struct candidate){n % 2 ? ledge_strided_reverse(it) : it,
                                                marks_of(start, count, size, stride)};
                    n++;
                }
    return n;
}

static void views_overlap_that_have_a_byte_in_common(void **state)
{
    (void)state;
    static const char block[BYTES];
    static struct candidate views[8 * 5 * 4 * 4];
    const size_t n = every_small_view(block, views);
    size_t overlapping = 0;
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++) {
            const bool want = (views[i].marks & views[j].marks) != 0;
            if (ledge_strided_overlaps(views[i].strided, views[j].strided) != want)
                fail_msg("views %zu and %zu of %zu", i, j, n);
            overlapping += want;
        }
    assert_true(n > 300 && overlapping > n && overlapping < n * n);
}

static void views_at_the_ends_of_the_address_space_do_not_overlap(void **state)
{
    (void)state;
    const ledge_strided low = {(const unsigned char *)8, 3, 4, 8, false};
    const ledge_strided high = {(const unsigned char *)(UINTPTR_MAX - 20), 3, 4, 8, false};
    assert_true(ledge_strided_is_valid(high));
    assert_false(ledge_strided_overlaps(low, high));
    assert_false(ledge_strided_overlaps(high, low));
    assert_true(ledge_strided_overlaps(high, ledge_strided_reverse(high)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(slots_lie_a_stride_apart),
        cmocka_unit_test(the_last_slot_needs_no_stride_behind_it),
        cmocka_unit_test(no_slots_need_no_memory),
        cmocka_unit_test(every_violation_has_its_own_error),
        cmocka_unit_test(of_several_violations_the_first_listed_is_reported),
        cmocka_unit_test(validity_is_what_the_header_promises),
        cmocka_unit_test(slots_are_read_by_index),
        cmocka_unit_test(a_slot_is_written_and_its_neighbours_are_not),
        cmocka_unit_test(what_is_set_may_overlap_the_slot),
        cmocka_unit_test(an_iterator_sees_every_slot_once_and_then_null),
        cmocka_unit_test(a_sub_view_takes_every_kth_slot),
        cmocka_unit_test(a_sub_view_has_bounds_and_a_step),
        cmocka_unit_test(steps_multiply),
        cmocka_unit_test(a_reversed_view_starts_with_the_last_slot),
        cmocka_unit_test(a_field_is_the_same_part_of_every_slot),
        cmocka_unit_test(keys_and_values_of_the_same_records_do_not_overlap),
        cmocka_unit_test(neither_half_of_a_split_is_nothing),
        cmocka_unit_test(slots_that_touch_are_a_plain_view),
        cmocka_unit_test(slots_that_lie_apart_or_backwards_are_not),
        cmocka_unit_test(views_overlap_that_have_a_byte_in_common),
        cmocka_unit_test(views_at_the_ends_of_the_address_space_do_not_overlap),
    };
    return cmocka_run_group_tests_name("strided", tests, NULL, NULL);
}
