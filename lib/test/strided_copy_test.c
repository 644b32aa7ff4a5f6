/* strided_copy_test.c: slots that lie apart, copied to memory without gaps and back. */
#include "check.h"

#include <ledge/strided.h>

static void all_slots_are_copied_out_in_their_order(void **state)
{
    (void)state;
    char out[] = "................";
    const ledge_strided keys = ledge_strided_of("key0val0key1val1key2val2", 3, 4, 8);
    assert_status(ledge_strided_copy_out(keys, ledge_span_of(out, 16)), LEDGE_OK);
    assert_string_equal(out, "key0key1key2....");
    assert_status(ledge_strided_copy_out(ledge_strided_reverse(keys), ledge_span_of(out + 4, 12)),
                  LEDGE_OK);
    assert_string_equal(out, "key0key2key1key0");
    assert_status(ledge_strided_copy_out(keys, ledge_span_of(out, 11)), LEDGE_ESHORT);
    assert_string_equal(out, "key0key2key1key0");
    assert_status(
        ledge_strided_copy_out((ledge_strided){NULL, 0, 0, 0, false}, (ledge_span){NULL, 0, 0}),
        LEDGE_OK);
}

/* Sizes that have a copy of their own, and others. */
static void slots_of_any_size_are_copied(void **state)
{
    (void)state;
    static const size_t sizes[] = {1, 2, 3, 4, 7, 8, 12, 16, 17, 32};
    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        const size_t size = sizes[i];
        unsigned char from[5 * 40], packed[5 * 32] = {0}, to[5 * 40] = {0};
        for (size_t at = 0; at < sizeof(from); at++)
            from[at] = (unsigned char)at;
        for (size_t stride = size; stride <= 40; stride += 40 - size) {
            ledge_strided in;
            assert_status(ledge_strided_copy_out(ledge_strided_of(from, 5, size, stride),
                                                 ledge_span_of(packed, 5 * size)),
                          LEDGE_OK);
            assert_status(
                ledge_strided_from_span(ledge_span_of(to, sizeof(to)), 5, size, stride, 1, &in),
                LEDGE_OK);
            assert_status(ledge_strided_copy_in(in, ledge_view_of(packed, 5 * size)), LEDGE_OK);
            for (size_t slot = 0; slot < 5; slot++) {
                assert_memory_equal(packed + slot * size, from + slot * stride, size);
                assert_memory_equal(to + slot * stride, from + slot * stride, size);
            }
        }
    }
}

static void all_slots_are_copied_in_and_nothing_else(void **state)
{
    (void)state;
    char block[] = "key0val0key1val1";
    ledge_strided keys;
    assert_status(ledge_strided_from_span(ledge_span_of(block, 16), 2, 4, 8, 1, &keys), LEDGE_OK);
    assert_status(ledge_strided_copy_in(keys, ledge_view_of("KEYaKEYb", 8)), LEDGE_OK);
    assert_string_equal(block, "KEYaval0KEYbval1");
    assert_status(ledge_strided_copy_in(keys, ledge_view_of("-------", 7)), LEDGE_ESHORT);
    keys.writable = false;
    assert_status(ledge_strided_copy_in(keys, ledge_view_of("-------", 7)), LEDGE_EREADONLY);
    assert_string_equal(block, "KEYaval0KEYbval1");
}

static void slots_are_gathered_by_index(void **state)
{
    (void)state;
    char out[] = "............";
    static const size_t picks[] = {2, 0, 2}, wrong[] = {0, 3};
    const ledge_strided keys = ledge_strided_of("key0val0key1val1key2val2", 3, 4, 8);
    assert_status(ledge_strided_gather(keys, picks, 3, ledge_span_of(out, 12)), LEDGE_OK);
    assert_string_equal(out, "key2key0key2");
    assert_status(ledge_strided_gather(keys, NULL, 3, ledge_span_of(out, 3)), LEDGE_ENULL);
    assert_status(ledge_strided_gather(keys, wrong, 2, ledge_span_of(out, 3)), LEDGE_ERANGE);
    assert_status(ledge_strided_gather(keys, picks, 3, ledge_span_of(out, 11)), LEDGE_ESHORT);
    assert_status(ledge_strided_gather(keys, NULL, 0, (ledge_span){NULL, 0, 0}), LEDGE_OK);
    assert_string_equal(out, "key2key0key2");
    const ledge_strided none = {NULL, 0, 0, 0, false};
    assert_status(ledge_strided_gather(none, NULL, 0, ledge_span_of(out, 12)), LEDGE_OK);
    assert_status(ledge_strided_gather(none, picks, 1, ledge_span_of(out, 12)), LEDGE_ERANGE);
}

static void slots_are_scattered_by_index_and_the_last_counts(void **state)
{
    (void)state;
    char block[] = "key0val0key1val1key2val2";
    static const size_t picks[] = {2, 0, 2}, wrong[] = {0, 3};
    ledge_strided keys;
    assert_status(ledge_strided_from_span(ledge_span_of(block, 24), 3, 4, 8, 1, &keys), LEDGE_OK);
    assert_status(ledge_strided_scatter(keys, picks, 3, ledge_view_of("aaaabbbbcccc", 12)),
                  LEDGE_OK);
    assert_string_equal(block, "bbbbval0key1val1ccccval2");
    assert_status(ledge_strided_scatter(keys, NULL, 3, ledge_view_of("---", 3)), LEDGE_ENULL);
    assert_status(ledge_strided_scatter(keys, wrong, 2, ledge_view_of("---", 3)), LEDGE_ERANGE);
    assert_status(ledge_strided_scatter(keys, picks, 1, ledge_view_of("---", 3)), LEDGE_ESHORT);
    assert_status(ledge_strided_scatter(keys, NULL, 0, (ledge_view){NULL, 0, 0}), LEDGE_OK);
    keys.writable = false;
    assert_status(ledge_strided_scatter(keys, NULL, 3, ledge_view_of("---", 3)), LEDGE_EREADONLY);
    assert_string_equal(block, "bbbbval0key1val1ccccval2");
}

static void a_copy_never_writes_what_it_reads(void **state)
{
    (void)state;
    char block[] = "key0val0key1val1key2val2";
    static const size_t picks[] = {1, 0};
    ledge_strided keys;
    assert_status(ledge_strided_from_span(ledge_span_of(block, 24), 3, 4, 8, 1, &keys), LEDGE_OK);
    assert_status(ledge_strided_copy_out(keys, ledge_span_of(block + 3, 12)), LEDGE_EOVERLAP);
    assert_status(ledge_strided_copy_in(keys, ledge_view_of(block + 4, 20)), LEDGE_EOVERLAP);
    assert_status(ledge_strided_gather(keys, picks, 2, ledge_span_of(block + 1, 8)),
                  LEDGE_EOVERLAP);
    assert_status(ledge_strided_scatter(keys, picks, 2, ledge_view_of(block + 12, 8)),
                  LEDGE_EOVERLAP);
    assert_string_equal(block, "key0val0key1val1key2val2");
    /* Between two slots there is room for one. */
    assert_status(ledge_strided_gather(keys, picks, 1, ledge_span_of(block + 4, 4)), LEDGE_OK);
    assert_string_equal(block, "key0key1key1val1key2val2");
}

static void a_copy_never_writes_its_indices(void **state)
{
    (void)state;
    size_t indices[4] = {3, 2, 1, 0}, values[4] = {9, 9, 9, 9};
    const ledge_view nines = ledge_view_of(values, sizeof(values));
    ledge_strided slots;
    assert_status(ledge_strided_from_span(ledge_span_of(indices, sizeof(indices)), 4,
                                          sizeof(size_t), sizeof(size_t), 1, &slots),
                  LEDGE_OK);
    assert_status(ledge_strided_scatter(slots, indices, 4, nines), LEDGE_EOVERLAP);
    assert_status(ledge_strided_gather(ledge_strided_of(values, 4, sizeof(size_t), sizeof(size_t)),
                                       indices, 4, ledge_span_of(indices, sizeof(indices))),
                  LEDGE_EOVERLAP);
    assert_int_equal(indices[0], 3);
    assert_int_equal(indices[3], 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_slots_are_copied_out_in_their_order),
        cmocka_unit_test(slots_of_any_size_are_copied),
        cmocka_unit_test(all_slots_are_copied_in_and_nothing_else),
        cmocka_unit_test(slots_are_gathered_by_index),
        cmocka_unit_test(slots_are_scattered_by_index_and_the_last_counts),
        cmocka_unit_test(a_copy_never_writes_what_it_reads),
        cmocka_unit_test(a_copy_never_writes_its_indices),
    };
    return cmocka_run_group_tests_name("strided copies", tests, NULL, NULL);
}
