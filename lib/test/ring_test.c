/* ring_test.c: the ring, and the typed ring. */
#include "check.h"

#include <string.h>

#include <ledge/ring.h>
#include <ledge/ring_typed.h>

#include "tracking_alloc.h"

/* --- Support ------------------------------------------------------------------------------ */

struct fixture {
    struct tracking_alloc mem;
    ledge_allocator hook;
    ledge_ring ring; /* of bytes */
};

static struct fixture fixture;

static int set_up(void **state)
{
    fixture.hook = tracking_alloc_init(&fixture.mem);
    *state = &fixture;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *f = *state;
    ledge_ring_cleanup(&f->ring);
    assert_int_equal(f->mem.blocks, 0);
    return 0;
}

/* Makes f->ring one of bytes with capacity elements' room, whose first element will be the one at
 * head of the block. */
static ledge_ring *make(struct fixture *f, ledge_ring_full when_full, size_t capacity, size_t head)
{
    ledge_ring_cleanup(&f->ring);
    assert_status(ledge_ring_init(&f->ring, 1, when_full, &f->hook), LEDGE_OK);
    assert_status(ledge_ring_reserve(&f->ring, capacity), LEDGE_OK);
    for (size_t i = 0; i < head; i++) {
        assert_status(ledge_ring_push_back(&f->ring, "-"), LEDGE_OK);
        assert_status(ledge_ring_pop_front(&f->ring, NULL), LEDGE_OK);
    }
    assert_int_equal(f->ring.head, head);
    return &f->ring;
}

static ledge_ring *make_with(struct fixture *f, ledge_ring_full when_full, size_t capacity,
                             size_t head, const char *text)
{
    ledge_ring *ring = make(f, when_full, capacity, head);
    assert_status(ledge_ring_write(ring, text, strlen(text)), LEDGE_OK);
    return ring;
}

/* Both ways to look at the elements have to show text. */
static void assert_spells(const ledge_ring *ring, const char *text)
{
    ledge_view first, second;
    assert_true(ledge_ring_is_valid(ring));
    assert_int_equal(ledge_ring_length(ring), strlen(text));
    for (size_t i = 0; i < strlen(text); i++)
        assert_int_equal(*(const char *)ledge_ring_at(ring, i), text[i]);
    assert_null(ledge_ring_at(ring, strlen(text)));
    ledge_ring_readable(ring, &first, &second);
    assert_int_equal(first.length + second.length, strlen(text));
    assert_memory_equal(first.length ? first.ptr : (const unsigned char *)"", text, first.length);
    assert_memory_equal(second.length ? second.ptr : (const unsigned char *)"", text + first.length,
                        second.length);
}

/* --- Making -------------------------------------------------------------------------------- */

static void a_ring_needs_an_element_size_and_an_answer_to_being_full(void **state)
{
    (void)state;
    ledge_ring ring = {.length = 77};
    assert_status(ledge_ring_init(&ring, 0, LEDGE_RING_GROW, NULL), LEDGE_ESIZE);
    assert_status(ledge_ring_init(&ring, 1, (ledge_ring_full)3, NULL), LEDGE_EINVAL);
    assert_int_equal(ring.length, 77);
    assert_status(ledge_ring_init(&ring, 1, LEDGE_RING_OVERWRITE, NULL), LEDGE_OK);
    assert_int_equal(ledge_ring_capacity(&ring), 0);
    assert_spells(&ring, "");
}

static void zero_bytes_are_an_empty_ring(void **state)
{
    (void)state;
    ledge_ring ring = {0};
    ledge_span lent[2];
    assert_spells(&ring, "");
    assert_status(ledge_ring_push_back(&ring, "x"), LEDGE_ESIZE);
    assert_status(ledge_ring_push_front(&ring, "x"), LEDGE_ESIZE);
    assert_status(ledge_ring_write(&ring, "x", 1), LEDGE_ESIZE);
    assert_status(ledge_ring_reserve(&ring, 1), LEDGE_ESIZE);
    assert_status(ledge_ring_pop_front(&ring, NULL), LEDGE_EEMPTY);
    assert_status(ledge_ring_pop_back(&ring, NULL), LEDGE_EEMPTY);
    assert_status(ledge_ring_shrink_to_fit(&ring), LEDGE_OK);
    ledge_ring_linearise(&ring);
    ledge_ring_clear(&ring);
    ledge_ring_writable(&ring, &lent[0], &lent[1]);
    assert_int_equal(lent[0].length + lent[1].length, 0);
    ledge_ring_cleanup(&ring);
}

/* --- Both ends ------------------------------------------------------------------------------ */

static void elements_come_and_go_at_both_ends(void **state)
{
    for (size_t capacity = 3; capacity <= 5; capacity++) {
        for (size_t head = 0; head < capacity; head++) {
            ledge_ring *ring = make(*state, LEDGE_RING_REFUSE, capacity, head);
            char out = '?';
            assert_status(ledge_ring_push_back(ring, "b"), LEDGE_OK);
            assert_status(ledge_ring_push_back(ring, "c"), LEDGE_OK);
            assert_status(ledge_ring_push_front(ring, "a"), LEDGE_OK);
            assert_spells(ring, "abc");
            assert_status(ledge_ring_pop_back(ring, &out), LEDGE_OK);
            assert_int_equal(out, 'c');
            assert_status(ledge_ring_pop_front(ring, &out), LEDGE_OK);
            assert_int_equal(out, 'a');
            assert_spells(ring, "b");
            assert_status(ledge_ring_pop_back(ring, NULL), LEDGE_OK);
            assert_status(ledge_ring_pop_front(ring, &out), LEDGE_EEMPTY);
            assert_int_equal(out, 'a');
        }
    }
}

static void a_full_ring_refuses(void **state)
{
    ledge_ring *ring = make_with(*state, LEDGE_RING_REFUSE, 3, 2, "abc");
    assert_status(ledge_ring_push_back(ring, "x"), LEDGE_ESHORT);
    assert_status(ledge_ring_push_front(ring, "x"), LEDGE_ESHORT);
    assert_status(ledge_ring_write(ring, "x", 1), LEDGE_ESHORT);
    assert_status(ledge_ring_push_back(ring, NULL), LEDGE_ENULL);
    assert_status(ledge_ring_push_front(ring, NULL), LEDGE_ENULL);
    assert_spells(ring, "abc");
}

static void a_full_ring_overwrites_at_the_other_end(void **state)
{
    ledge_ring *ring = make_with(*state, LEDGE_RING_OVERWRITE, 3, 2, "abc");
    assert_status(ledge_ring_push_back(ring, "d"), LEDGE_OK);
    assert_spells(ring, "bcd");
    assert_status(ledge_ring_push_front(ring, "a"), LEDGE_OK);
    assert_spells(ring, "abc");
    assert_status(ledge_ring_push_back(ring, ledge_ring_at(ring, 0)), LEDGE_OK);
    assert_spells(ring, "bca");
    assert_status(ledge_ring_push_front(ring, ledge_ring_at(ring, 2)), LEDGE_OK);
    assert_spells(ring, "abc");

    ring = make(*state, LEDGE_RING_OVERWRITE, 0, 0);
    assert_status(ledge_ring_push_back(ring, "x"), LEDGE_ESHORT);
    assert_status(ledge_ring_push_front(ring, "x"), LEDGE_ESHORT);
    assert_status(ledge_ring_write(ring, "x", 1), LEDGE_ESHORT);
    assert_status(ledge_ring_write(ring, NULL, 0), LEDGE_OK);
}

static void a_full_ring_grows_and_lies_in_one_piece(void **state)
{
    static const size_t capacities[] = {1, 2, 4, 4, 8, 8, 8, 8, 16};
    struct fixture *f = *state;
    ledge_ring *ring = make(f, LEDGE_RING_GROW, 0, 0);
    for (size_t i = 0; i < 9; i++) {
        assert_status(ledge_ring_push_back(ring, &"abcdefghi"[i]), LEDGE_OK);
        assert_int_equal(ledge_ring_capacity(ring), capacities[i]);
    }
    assert_spells(ring, "abcdefghi");
    assert_int_equal(f->mem.requests, 5);
    assert_int_equal(f->mem.blocks, 1);

    ring = make_with(f, LEDGE_RING_GROW, 4, 3, "abcd");
    assert_status(ledge_ring_push_front(ring, "_"), LEDGE_OK);
    assert_int_equal(ledge_ring_capacity(ring), 8);
    assert_spells(ring, "_abcd");
    ring = make_with(f, LEDGE_RING_GROW, 4, 3, "abcd");
    assert_status(ledge_ring_push_back(ring, "e"), LEDGE_OK);
    assert_int_equal(ring->head, 0);
    assert_spells(ring, "abcde");
}

static void what_is_pushed_may_be_of_the_ring_that_grows(void **state)
{
    ledge_ring *ring = make_with(*state, LEDGE_RING_GROW, 4, 3, "abcd");
    assert_status(ledge_ring_push_back(ring, ledge_ring_at(ring, 1)), LEDGE_OK);
    assert_spells(ring, "abcdb");
    ring = make_with(*state, LEDGE_RING_GROW, 4, 1, "abcd");
    assert_status(ledge_ring_push_front(ring, ledge_ring_at(ring, 3)), LEDGE_OK);
    assert_spells(ring, "dabcd");
}

/* --- In bulk -------------------------------------------------------------------------------- */

static void bytes_are_written_and_read_round_the_end(void **state)
{
    for (size_t head = 0; head < 7; head++) {
        char out[8] = "???????";
        ledge_ring *ring = make_with(*state, LEDGE_RING_REFUSE, 7, head, "abcde");
        assert_status(ledge_ring_write(ring, "fgh", 3), LEDGE_ESHORT);
        assert_status(ledge_ring_write(ring, "fg", 2), LEDGE_OK);
        assert_spells(ring, "abcdefg");
        assert_status(ledge_ring_peek(ring, 2, out, 5), LEDGE_OK);
        assert_string_equal(out, "cdefg??");
        assert_status(ledge_ring_read(ring, out, 4), LEDGE_OK);
        assert_string_equal(out, "abcdg??");
        assert_status(ledge_ring_read(ring, out, 4), LEDGE_ESHORT);
        assert_status(ledge_ring_discard(ring, 1), LEDGE_OK);
        assert_spells(ring, "fg");
        assert_status(ledge_ring_discard(ring, 3), LEDGE_ESHORT);
        assert_status(ledge_ring_discard(ring, 2), LEDGE_OK);
        assert_spells(ring, "");
    }
}

static void elements_are_larger_than_bytes(void **state)
{
    (void)state;
    ledge_ring ring;
    uint32_t out[3] = {0};
    const uint32_t in[] = {10, 20, 30, 40};
    assert_status(ledge_ring_init(&ring, sizeof(uint32_t), LEDGE_RING_OVERWRITE, NULL), LEDGE_OK);
    assert_status(ledge_ring_reserve(&ring, 3), LEDGE_OK);
    assert_status(ledge_ring_write(&ring, in, 2), LEDGE_OK);
    assert_status(ledge_ring_write(&ring, in + 2, 2), LEDGE_OK);
    assert_status(ledge_ring_peek(&ring, 0, out, 3), LEDGE_OK);
    assert_memory_equal(out, in + 1, sizeof(out));
    assert_int_equal(*(uint32_t *)ledge_ring_at(&ring, 2), 40);
    assert_int_equal(ledge_ring_slot(&ring, 2), 0);
    ledge_ring_cleanup(&ring);
}

static void peek_and_read_say_what_is_wrong(void **state)
{
    char out[4];
    ledge_ring *ring = make_with(*state, LEDGE_RING_REFUSE, 4, 3, "abc");
    assert_status(ledge_ring_peek(ring, 0, NULL, 1), LEDGE_ENULL);
    assert_status(ledge_ring_peek(ring, 0, NULL, 0), LEDGE_OK);
    assert_status(ledge_ring_peek(ring, 3, out, 0), LEDGE_OK);
    assert_status(ledge_ring_peek(ring, 3, out, 1), LEDGE_ERANGE);
    assert_status(ledge_ring_peek(ring, 4, out, 0), LEDGE_ERANGE);
    assert_status(ledge_ring_peek(ring, 1, out, SIZE_MAX), LEDGE_ERANGE);
    assert_status(ledge_ring_read(ring, NULL, 1), LEDGE_ENULL);
    assert_status(ledge_ring_read(ring, NULL, 0), LEDGE_OK);
    assert_status(ledge_ring_read(ring, out, SIZE_MAX), LEDGE_ESHORT);
    assert_status(ledge_ring_write(ring, NULL, 1), LEDGE_ENULL);
    assert_status(ledge_ring_write(ring, NULL, 0), LEDGE_OK);
    assert_status(ledge_ring_write(ring, "", SIZE_MAX), LEDGE_EOVERFLOW);
    assert_status(ledge_ring_write(ring, "", PTRDIFF_MAX), LEDGE_EOVERFLOW);
    assert_spells(ring, "abc");
}

static void an_overwriting_ring_keeps_the_last(void **state)
{
    ledge_ring *ring = make_with(*state, LEDGE_RING_OVERWRITE, 4, 3, "ab");
    assert_status(ledge_ring_write(ring, "cd", 2), LEDGE_OK);
    assert_spells(ring, "abcd");
    assert_status(ledge_ring_write(ring, "e", 1), LEDGE_OK);
    assert_spells(ring, "bcde");
    assert_status(ledge_ring_write(ring, "fghi", 4), LEDGE_OK);
    assert_spells(ring, "fghi");
    assert_status(ledge_ring_write(ring, "jklmnopq", 8), LEDGE_OK);
    assert_spells(ring, "nopq");
    assert_int_equal(ledge_ring_capacity(ring), 4);
}

static void a_growing_ring_takes_what_is_needed(void **state)
{
    ledge_ring *ring = make_with(*state, LEDGE_RING_GROW, 4, 3, "abcd");
    assert_status(ledge_ring_write(ring, "efghij", 6), LEDGE_OK);
    assert_int_equal(ledge_ring_capacity(ring), 10);
    assert_spells(ring, "abcdefghij");
}

/* --- Lending memory ------------------------------------------------------------------------- */

static void free_memory_is_lent_and_committed(void **state)
{
    ledge_span lent[2];
    ledge_ring *ring = make_with(*state, LEDGE_RING_REFUSE, 6, 3, "ab");
    ledge_ring_writable(ring, &lent[0], &lent[1]);
    assert_int_equal(lent[0].length, 1);
    assert_int_equal(lent[1].length, 3);
    assert_ptr_equal(lent[1].ptr, ring->ptr);
    ledge_span_copy(lent[0], ledge_view_of("c", 1));
    ledge_span_copy(lent[1], ledge_view_of("de", 2));
    assert_status(ledge_ring_commit(ring, 5), LEDGE_ESHORT);
    assert_spells(ring, "ab");
    assert_status(ledge_ring_commit(ring, 3), LEDGE_OK);
    assert_spells(ring, "abcde");

    ledge_ring_writable(ring, &lent[0], &lent[1]);
    assert_int_equal(lent[0].length, 1);
    assert_int_equal(lent[1].length, 0);
    assert_status(ledge_ring_commit(ring, 0), LEDGE_OK);
    ledge_ring_clear(ring);
    ledge_ring_writable(ring, &lent[0], &lent[1]);
    assert_int_equal(lent[0].length + lent[1].length, 6);
}

static void the_two_views_are_where_the_elements_are(void **state)
{
    ledge_view used[2];
    ledge_ring *ring = make_with(*state, LEDGE_RING_REFUSE, 4, 3, "abc");
    ledge_ring_readable(ring, &used[0], &used[1]);
    assert_ptr_equal(used[0].ptr, ring->ptr + 3);
    assert_int_equal(used[0].length, 1);
    assert_ptr_equal(used[1].ptr, ring->ptr);
    assert_int_equal(used[1].length, 2);
    assert_int_equal(used[1].capacity, 2);
}

/* --- Memory --------------------------------------------------------------------------------- */

static void linearising_moves_elements_within_the_block(void **state)
{
    struct fixture *f = *state;
    for (size_t head = 0; head < 7; head++) {
        ledge_ring *ring = make_with(f, LEDGE_RING_REFUSE, 7, head, "abcde");
        const size_t requests = f->mem.requests;
        ledge_ring_linearise(ring);
        assert_int_equal(f->mem.requests, requests);
        assert_int_equal(ring->head, head <= 2 ? head : 0);
        assert_memory_equal(ring->ptr + ring->head, "abcde", 5);
        assert_spells(ring, "abcde");
    }
}

static void capacity_is_reserved_and_given_back(void **state)
{
    struct fixture *f = *state;
    ledge_ring *ring = make_with(f, LEDGE_RING_REFUSE, 4, 3, "abc");
    assert_status(ledge_ring_reserve(ring, 4), LEDGE_OK);
    assert_int_equal(ring->head, 3);
    assert_status(ledge_ring_reserve(ring, 9), LEDGE_OK);
    assert_int_equal(ledge_ring_capacity(ring), 9);
    assert_int_equal(f->mem.bytes, 9);
    assert_spells(ring, "abc");
    assert_status(ledge_ring_shrink_to_fit(ring), LEDGE_OK);
    assert_int_equal(f->mem.bytes, 3);
    assert_spells(ring, "abc");
    const size_t requests = f->mem.requests;
    assert_status(ledge_ring_shrink_to_fit(ring), LEDGE_OK);
    assert_int_equal(f->mem.requests, requests);
    assert_status(ledge_ring_pop_front(ring, NULL), LEDGE_OK);
    assert_status(ledge_ring_push_back(ring, "d"), LEDGE_OK);
    assert_int_equal(ring->head, 1);
    assert_status(ledge_ring_shrink_to_fit(ring), LEDGE_OK);
    assert_int_equal(f->mem.requests, requests);
    assert_int_equal(ring->head, 0);
    assert_spells(ring, "bcd");
    assert_status(ledge_ring_reserve(ring, (size_t)PTRDIFF_MAX + 1), LEDGE_EOVERFLOW);
    ledge_ring_clear(ring);
    assert_status(ledge_ring_shrink_to_fit(ring), LEDGE_OK);
    assert_int_equal(f->mem.blocks, 0);
    assert_int_equal(ledge_ring_capacity(ring), 0);
}

static void sizes_do_not_wrap(void **state)
{
    (void)state;
    ledge_ring ring;
    assert_status(ledge_ring_init(&ring, SIZE_MAX / 2, LEDGE_RING_GROW, NULL), LEDGE_OK);
    assert_status(ledge_ring_reserve(&ring, 3), LEDGE_EOVERFLOW);
    assert_status(ledge_ring_write(&ring, "", 3), LEDGE_EOVERFLOW);
    assert_status(ledge_ring_init(&ring, (size_t)PTRDIFF_MAX + 1, LEDGE_RING_GROW, NULL), LEDGE_OK);
    assert_status(ledge_ring_push_back(&ring, ""), LEDGE_EOVERFLOW);
    assert_status(ledge_ring_push_front(&ring, ""), LEDGE_EOVERFLOW);
    /* Twice the capacity doesn't fit, half as much more would: what is needed has to do. */
    unsigned char block;
    const size_t most = PTRDIFF_MAX;
    ledge_ring large = {&block, 0, most - 1, most - 1, 1, {0}, LEDGE_RING_GROW};
    assert_true(ledge_ring_is_valid(&large));
    assert_status(ledge_ring_write(&large, "ab", 2), LEDGE_EOVERFLOW);
}

static void is_valid_finds_what_is_broken(void **state)
{
    (void)state;
    unsigned char block[4];
    const ledge_ring good = {block, 1, 4, 4, 1, {0}, LEDGE_RING_GROW};
    ledge_ring ring = good;
    assert_true(ledge_ring_is_valid(&ring));
    ring.length = 5;
    assert_false(ledge_ring_is_valid(&ring));
    ring = good, ring.head = 4;
    assert_false(ledge_ring_is_valid(&ring));
    ring = good, ring.head = 5;
    assert_false(ledge_ring_is_valid(&ring));
    ring = good, ring.ptr = NULL;
    assert_false(ledge_ring_is_valid(&ring));
    ring = good, ring.elem_size = 0;
    assert_false(ledge_ring_is_valid(&ring));
    ring = good, ring.elem_size = SIZE_MAX;
    assert_false(ledge_ring_is_valid(&ring));
    ring = good, ring.when_full = (ledge_ring_full)3;
    assert_false(ledge_ring_is_valid(&ring));
}

/* --- Typed ---------------------------------------------------------------------------------- */

LEDGE_RING_DEFINE(numbers, uint64_t);

static void a_typed_ring_is_a_ring(void **state)
{
    struct fixture *f = *state;
    numbers ring;
    uint64_t out = 0;
    assert_status(numbers_init(&ring, LEDGE_RING_GROW, &f->hook), LEDGE_OK);
    assert_status(numbers_pop_front(&ring, &out), LEDGE_EEMPTY);
    assert_status(numbers_pop_back(&ring, &out), LEDGE_EEMPTY);
    for (uint64_t i = 0; i < 5; i++) {
        assert_status(numbers_push_back(&ring, 10 + i), LEDGE_OK);
        assert_status(numbers_push_front(&ring, 9 - i), LEDGE_OK);
    }
    assert_int_equal(numbers_length(&ring), 10);
    assert_int_equal(ledge_ring_capacity(&ring.base), 16);
    for (uint64_t i = 0; i < 10; i++)
        assert_int_equal(*numbers_at(&ring, i), 5 + i);
    assert_null(numbers_at(&ring, 10));
    assert_status(numbers_pop_front(&ring, &out), LEDGE_OK);
    assert_int_equal(out, 5);
    assert_status(numbers_pop_back(&ring, &out), LEDGE_OK);
    assert_int_equal(out, 14);
    assert_status(numbers_pop_front(&ring, NULL), LEDGE_OK);
    assert_status(numbers_pop_back(&ring, NULL), LEDGE_OK);
    assert_int_equal(*numbers_at(&ring, 0), 7);
    assert_true(ledge_ring_is_valid(&ring.base));
    numbers_cleanup(&ring);
}

static void a_typed_ring_overwrites_inline(void **state)
{
    struct fixture *f = *state;
    numbers ring;
    assert_status(numbers_init(&ring, LEDGE_RING_OVERWRITE, &f->hook), LEDGE_OK);
    assert_status(numbers_push_back(&ring, 1), LEDGE_ESHORT);
    assert_status(numbers_push_front(&ring, 1), LEDGE_ESHORT);
    assert_status(numbers_reserve(&ring, 3), LEDGE_OK);
    for (uint64_t i = 0; i < 8; i++) {
        assert_status(numbers_push_back(&ring, i), LEDGE_OK);
        assert_true(ledge_ring_is_valid(&ring.base));
    }
    assert_int_equal(*numbers_at(&ring, 0), 5);
    assert_int_equal(*numbers_at(&ring, 2), 7);
    assert_status(numbers_push_front(&ring, 4), LEDGE_OK);
    assert_int_equal(*numbers_at(&ring, 0), 4);
    assert_int_equal(*numbers_at(&ring, 2), 6);
    assert_int_equal(numbers_length(&ring), 3);
    numbers_cleanup(&ring);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_ring_needs_an_element_size_and_an_answer_to_being_full),
        cmocka_unit_test(zero_bytes_are_an_empty_ring),
        cmocka_unit_test_setup_teardown(elements_come_and_go_at_both_ends, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_full_ring_refuses, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_full_ring_overwrites_at_the_other_end, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_full_ring_grows_and_lies_in_one_piece, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_is_pushed_may_be_of_the_ring_that_grows, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(bytes_are_written_and_read_round_the_end, set_up,
                                        tear_down),
        cmocka_unit_test(elements_are_larger_than_bytes),
        cmocka_unit_test_setup_teardown(peek_and_read_say_what_is_wrong, set_up, tear_down),
        cmocka_unit_test_setup_teardown(an_overwriting_ring_keeps_the_last, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_growing_ring_takes_what_is_needed, set_up, tear_down),
        cmocka_unit_test_setup_teardown(free_memory_is_lent_and_committed, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_two_views_are_where_the_elements_are, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(linearising_moves_elements_within_the_block, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(capacity_is_reserved_and_given_back, set_up, tear_down),
        cmocka_unit_test(sizes_do_not_wrap),
        cmocka_unit_test(is_valid_finds_what_is_broken),
        cmocka_unit_test_setup_teardown(a_typed_ring_is_a_ring, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_typed_ring_overwrites_inline, set_up, tear_down),
    };
    return cmocka_run_group_tests_name("ring", tests, NULL, NULL);
}
