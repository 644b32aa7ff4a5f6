/* base_test.c: statuses, size arithmetic, alignment, the allocator hook. */
#include "check.h"

#include <string.h>

#include "tracking_alloc.h"

/* --- Statuses ----------------------------------------------------------------------------- */

static void every_status_has_a_number_that_stays(void **state)
{
    (void)state;
    assert_int_equal(LEDGE_OK, 0);
    assert_int_equal(LEDGE_ENULL, 1);
    assert_int_equal(LEDGE_ERANGE, 2);
    assert_int_equal(LEDGE_EALIGN, 3);
    assert_int_equal(LEDGE_EINVAL, 4);
    assert_int_equal(LEDGE_ESIZE, 5);
    assert_int_equal(LEDGE_EEMPTY, 6);
    assert_int_equal(LEDGE_ESHORT, 7);
    assert_int_equal(LEDGE_EOVERFLOW, 8);
    assert_int_equal(LEDGE_ENOMEM, 9);
    assert_int_equal(LEDGE_ETYPE, 10);
    assert_int_equal(LEDGE_EREADONLY, 11);
    assert_int_equal(LEDGE_ENOTFOUND, 12);
    assert_int_equal(LEDGE_EBUSY, 13);
    assert_int_equal(LEDGE_ESTALE, 14);
    assert_int_equal(LEDGE_EOVERLAP, 15);
    assert_int_equal(LEDGE_STATUS_COUNT, 16);
}

static void a_status_name_is_its_spelling_in_c(void **state)
{
    (void)state;
    assert_string_equal(ledge_status_name(LEDGE_OK), "LEDGE_OK");
    assert_string_equal(ledge_status_name(LEDGE_ERANGE), "LEDGE_ERANGE");
    assert_string_equal(ledge_status_name(LEDGE_ENOTFOUND), "LEDGE_ENOTFOUND");
}

static void every_status_has_a_sentence_of_its_own(void **state)
{
    (void)state;
    for (int i = 0; i < LEDGE_STATUS_COUNT; i++) {
        const char *sentence = ledge_strerror((ledge_status)i);
        assert_int_equal(sentence[strlen(sentence) - 1], '.');
        assert_memory_equal(ledge_status_name((ledge_status)i), "LEDGE_", 6);
        for (int j = 0; j < i; j++) {
            assert_string_not_equal(sentence, ledge_strerror((ledge_status)j));
            assert_string_not_equal(ledge_status_name((ledge_status)i),
                                    ledge_status_name((ledge_status)j));
        }
    }
    assert_string_equal(ledge_strerror(LEDGE_ERANGE), "The index is out of range.");
}

static void a_number_that_is_no_status_is_said_to_be_none(void **state)
{
    (void)state;
    ledge_status none[] = {(ledge_status)LEDGE_STATUS_COUNT, (ledge_status)-1};
    for (size_t i = 0; i < 2; i++) {
        assert_string_equal(ledge_status_name(none[i]), "LEDGE_?");
        assert_string_equal(ledge_strerror(none[i]), "This is no status of libledge.");
    }
}

/* --- Size arithmetic ---------------------------------------------------------------------- */

static void a_sum_that_fits_is_stored(void **state)
{
    (void)state;
    size_t sum = 99;
    assert_status(ledge_size_add(2, 3, &sum), LEDGE_OK);
    assert_int_equal(sum, 5);
    assert_status(ledge_size_add(SIZE_MAX, 0, &sum), LEDGE_OK);
    assert_int_equal(sum, SIZE_MAX);
}

static void a_sum_that_wraps_is_an_overflow_and_not_stored(void **state)
{
    (void)state;
    size_t sum = 99;
    assert_status(ledge_size_add(SIZE_MAX, 1, &sum), LEDGE_EOVERFLOW);
    assert_status(ledge_size_add(SIZE_MAX, SIZE_MAX, &sum), LEDGE_EOVERFLOW);
    assert_int_equal(sum, 99);
}

static void a_product_that_fits_is_stored(void **state)
{
    (void)state;
    size_t product = 99;
    assert_status(ledge_size_mul(6, 7, &product), LEDGE_OK);
    assert_int_equal(product, 42);
    assert_status(ledge_size_mul(SIZE_MAX, 0, &product), LEDGE_OK);
    assert_int_equal(product, 0);
    assert_status(ledge_size_mul(SIZE_MAX / 4, 4, &product), LEDGE_OK);
    assert_int_equal(product, SIZE_MAX - 3);
}

static void a_product_that_wraps_is_an_overflow_and_not_stored(void **state)
{
    (void)state;
    size_t product = 99;
    assert_status(ledge_size_mul(SIZE_MAX / 4 + 1, 4, &product), LEDGE_EOVERFLOW);
    assert_status(ledge_size_mul(2, SIZE_MAX / 2 + 1, &product), LEDGE_EOVERFLOW);
    assert_int_equal(product, 99);
}

/* --- Alignment ---------------------------------------------------------------------------- */

static void only_powers_of_two_are_alignments(void **state)
{
    (void)state;
    assert_false(ledge_is_pow2(0));
    assert_true(ledge_is_pow2(1));
    assert_true(ledge_is_pow2(64));
    assert_false(ledge_is_pow2(3));
    assert_false(ledge_is_pow2(96));
    assert_true(ledge_is_pow2(SIZE_MAX / 2 + 1));
    assert_false(ledge_is_pow2(SIZE_MAX));
}

static void a_pointer_is_aligned_to_what_divides_it(void **state)
{
    (void)state;
    _Alignas(16) char block[32] = {0};
    assert_true(ledge_is_aligned(block, 16));
    assert_true(ledge_is_aligned(block + 8, 8));
    assert_false(ledge_is_aligned(block + 8, 16));
    assert_false(ledge_is_aligned(block + 4, 16));
    assert_false(ledge_is_aligned(block + 1, 2));
    assert_true(ledge_is_aligned(block + 1, 1));
    assert_true(ledge_is_aligned(NULL, 64));
    assert_false(ledge_is_aligned(block, 3));
    assert_false(ledge_is_aligned(block, 0));
}

static void align_up_gives_the_next_multiple(void **state)
{
    (void)state;
    static const struct {
        size_t value, align, want;
    } cases[] = {{0, 8, 0},
                 {1, 8, 8},
                 {7, 8, 8},
                 {8, 8, 8},
                 {9, 8, 16},
                 {13, 1, 13},
                 {17, 64, 64},
                 {65, 64, 128},
                 {SIZE_MAX - 7, 8, SIZE_MAX - 7},
                 {SIZE_MAX - 8, 8, SIZE_MAX - 7},
                 {SIZE_MAX, 1, SIZE_MAX},
                 {1, SIZE_MAX / 2 + 1, SIZE_MAX / 2 + 1}};
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        size_t got = 99;
        assert_status(ledge_align_up(cases[i].value, cases[i].align, &got), LEDGE_OK);
        assert_int_equal(got, cases[i].want);
    }
}

static void align_up_says_when_the_next_multiple_does_not_fit(void **state)
{
    (void)state;
    size_t got = 99;
    assert_status(ledge_align_up(SIZE_MAX - 6, 8, &got), LEDGE_EOVERFLOW);
    assert_status(ledge_align_up(SIZE_MAX, 2, &got), LEDGE_EOVERFLOW);
    assert_status(ledge_align_up(SIZE_MAX / 2 + 2, SIZE_MAX / 2 + 1, &got), LEDGE_EOVERFLOW);
    assert_int_equal(got, 99);
}

static void align_up_refuses_what_is_no_power_of_two(void **state)
{
    (void)state;
    size_t got = 99;
    assert_status(ledge_align_up(5, 0, &got), LEDGE_EINVAL);
    assert_status(ledge_align_up(5, 3, &got), LEDGE_EINVAL);
    assert_status(ledge_align_up(SIZE_MAX, SIZE_MAX, &got), LEDGE_EINVAL);
    assert_int_equal(got, 99);
}

/* --- Allocator ---------------------------------------------------------------------------- */

static const char letters[4] = {'a', 'b', 'c', 'd'};

static void resizing_keeps_what_fits(const ledge_allocator *alloc)
{
    char *block = ledge_alloc_resize(alloc, NULL, 0, 4);
    assert_non_null(block);
    memcpy(block, letters, 4);
    block = ledge_alloc_resize(alloc, block, 4, 8);
    assert_non_null(block);
    assert_memory_equal(block, letters, 4);
    block = ledge_alloc_resize(alloc, block, 8, 2);
    assert_non_null(block);
    assert_memory_equal(block, letters, 2);
    ledge_alloc_free(alloc, block, 2);
}

static void no_hook_means_libc(void **state)
{
    (void)state;
    ledge_allocator empty = {NULL, NULL};
    resizing_keeps_what_fits(NULL);
    resizing_keeps_what_fits(&empty);
}

static void a_hook_gets_every_request_with_sizes(void **state)
{
    (void)state;
    struct tracking_alloc mem;
    ledge_allocator hook = tracking_alloc_init(&mem);
    resizing_keeps_what_fits(&hook);
    assert_int_equal(mem.requests, 3);
    assert_int_equal(mem.blocks, 0);
    assert_int_equal(mem.bytes, 0);
}

static void a_refused_request_leaves_the_block(void **state)
{
    (void)state;
    struct tracking_alloc mem;
    ledge_allocator hook = tracking_alloc_init(&mem);
    char *block = ledge_alloc_resize(&hook, NULL, 0, 4);
    memcpy(block, letters, 4);
    tracking_alloc_refuse(&mem, 1);
    assert_null(ledge_alloc_resize(&hook, block, 4, 8));
    assert_memory_equal(block, letters, 4);
    assert_int_equal(mem.bytes, 4);
    ledge_alloc_free(&hook, block, 4);
    assert_int_equal(mem.bytes, 0);
}

static void freeing_null_does_nothing(void **state)
{
    (void)state;
    struct tracking_alloc mem;
    ledge_allocator hook = tracking_alloc_init(&mem);
    ledge_alloc_free(&hook, NULL, 0);
    ledge_alloc_free(NULL, NULL, 0);
    assert_int_equal(mem.blocks, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_status_has_a_number_that_stays),
        cmocka_unit_test(a_status_name_is_its_spelling_in_c),
        cmocka_unit_test(every_status_has_a_sentence_of_its_own),
        cmocka_unit_test(a_number_that_is_no_status_is_said_to_be_none),
        cmocka_unit_test(a_sum_that_fits_is_stored),
        cmocka_unit_test(a_sum_that_wraps_is_an_overflow_and_not_stored),
        cmocka_unit_test(a_product_that_fits_is_stored),
        cmocka_unit_test(a_product_that_wraps_is_an_overflow_and_not_stored),
        cmocka_unit_test(only_powers_of_two_are_alignments),
        cmocka_unit_test(a_pointer_is_aligned_to_what_divides_it),
        cmocka_unit_test(align_up_gives_the_next_multiple),
        cmocka_unit_test(align_up_says_when_the_next_multiple_does_not_fit),
        cmocka_unit_test(align_up_refuses_what_is_no_power_of_two),
        cmocka_unit_test(no_hook_means_libc),
        cmocka_unit_test(a_hook_gets_every_request_with_sizes),
        cmocka_unit_test(a_refused_request_leaves_the_block),
        cmocka_unit_test(freeing_null_does_nothing),
    };
    return cmocka_run_group_tests_name("base", tests, NULL, NULL);
}
