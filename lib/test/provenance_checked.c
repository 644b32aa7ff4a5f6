/* provenance_checked.c: what the checked build sees (A24). It is linked to the library built with
 * LEDGE_CHECKED, and built so itself. */
#include "provenance_fixture.h"

#include <ledge/owner.h>
#include <ledge/strided.h>
#include <ledge/vec.h>

#include "tracking_alloc.h"

/* A vector's block of 8 bytes; a record in it, of two fields of 4 bytes. */
struct fixture {
    struct tracking_alloc mem;
    ledge_vec vec;
};

static struct fixture fixture;

static int set_up(void **state)
{
    ledge_allocator hook = tracking_alloc_init(&fixture.mem);
    assert_status(ledge_vec_init(&fixture.vec, 1, &hook), LEDGE_OK);
    assert_status(ledge_vec_append(&fixture.vec, "abcdwxyz", 8), LEDGE_OK);
    *state = &fixture;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *f = *state;
    ledge_vec_cleanup(&f->vec);
    assert_int_equal(f->mem.blocks, 0);
    return 0;
}

static void the_librarys_blocks_are_known(void **state)
{
    struct fixture *f = *state;
    const unsigned char *old = f->vec.ptr;
    assert_status(ledge_provenance_of(old, 8), LEDGE_OK);
    assert_status(ledge_provenance_of(old, 9), LEDGE_ERANGE);
    assert_status(ledge_vec_reserve(&f->vec, 32), LEDGE_OK);
    assert_status(ledge_provenance_of(old, 8), LEDGE_ENOTFOUND);
    assert_status(ledge_provenance_of(f->vec.ptr, 32), LEDGE_OK);

    tracking_alloc_refuse(&f->mem, 1);
    assert_status(ledge_vec_reserve(&f->vec, 64), LEDGE_ENOMEM);
    assert_status(ledge_provenance_of(f->vec.ptr, 32), LEDGE_OK);

    ledge_shared shared;
    assert_status(ledge_shared_alloc(24, NULL, &shared), LEDGE_OK);
    old = shared.ptr;
    assert_status(ledge_provenance_of(old, 25), LEDGE_ERANGE);
    assert_status(ledge_shared_release(&shared), LEDGE_OK);
    assert_status(ledge_provenance_of(old, 25), LEDGE_ENOTFOUND);
}

/* The first field of the record, made too long: no sanitizer sees its neighbour written. */
static ledge_span long_field(void)
{
    ledge_provenance_entered(fixture.vec.ptr, 4);
    ledge_provenance_entered(fixture.vec.ptr + 4, 4);
    return ledge_span_of(fixture.vec.ptr, 5);
}

static ledge_span field(void)
{
    ledge_span span = long_field();
    span.length = span.capacity = 4;
    return span;
}

static void read_it(void)
{
    uint8_t byte;
    if (ledge_span_get(long_field(), 0, &byte) != LEDGE_OK)
        _exit(1);
}

static void write_it(void)
{
    if (ledge_span_set(long_field(), 4, 'X') != LEDGE_OK)
        _exit(1);
}

static void fill_it(void)
{
    ledge_span_fill(long_field(), 'X');
}

static void copy_to_it(void)
{
    ledge_span_copy(long_field(), ledge_view_of("12345", 5));
}

static void copy_from_it(void)
{
    unsigned char copy[8];
    ledge_span_copy(ledge_span_of(copy, 8), ledge_span_as_view(long_field()));
}

static void cut_it(void)
{
    ledge_span out;
    if (ledge_span_sub(long_field(), 0, 2, &out) != LEDGE_OK)
        _exit(1);
}

static void cut_a_view_of_it(void)
{
    ledge_view out;
    if (ledge_view_sub(ledge_span_as_view(long_field()), 0, 2, &out) != LEDGE_OK)
        _exit(1);
}

static void split_it(void)
{
    ledge_span head, tail;
    if (ledge_span_split_at(long_field(), 2, &head, &tail) != LEDGE_OK)
        _exit(1);
}

static void split_a_view_of_it(void)
{
    ledge_view head, tail;
    if (ledge_view_split_at(ledge_span_as_view(long_field()), 2, &head, &tail) != LEDGE_OK)
        _exit(1);
}

static void append_to_it(void)
{
    ledge_span span = long_field();
    span.length = 4;
    if (ledge_span_append(span, ledge_view_of("X", 1), &span) != LEDGE_OK)
        _exit(1);
}

static void append_from_it(void)
{
    unsigned char memory[8];
    ledge_span span = {memory, 0, 8};
    if (ledge_span_append(span, ledge_span_as_view(long_field()), &span) != LEDGE_OK)
        _exit(1);
}

static ledge_strided long_slot(void)
{
    ledge_strided out;
    if (ledge_strided_from_span(long_field(), 1, 5, 5, 1, &out) != LEDGE_OK)
        _exit(1);
    return out;
}

static void read_a_slot_of_it(void)
{
    unsigned char out[5];
    if (ledge_strided_get(long_slot(), 0, out) != LEDGE_OK)
        _exit(1);
}

static void walk_the_slots_of_it(void)
{
    ledge_strided_iter it = ledge_strided_begin(long_slot());
    if (!ledge_strided_next(&it))
        _exit(1);
}

static void copy_the_slots_of_it(void)
{
    unsigned char out[5];
    if (ledge_strided_copy_out(long_slot(), ledge_span_of(out, 5)) != LEDGE_OK)
        _exit(1);
}

static void stay_within_it(void)
{
    uint8_t byte;
    ledge_span part, rest;
    ledge_span_fill(field(), 'X');
    ledge_span_copy(field(), ledge_view_of("12345", 5));
    if (ledge_span_get(field(), 3, &byte) != LEDGE_OK || byte != '4' ||
        ledge_span_set(field(), 3, 'Y') != LEDGE_OK ||
        ledge_span_split_at(field(), 2, &part, &rest) != LEDGE_OK ||
        ledge_span_sub(field(), 1, 4, &part) != LEDGE_OK ||
        ledge_span_set(ledge_vec_as_span(&fixture.vec), 0, 'Z') != LEDGE_OK)
        _exit(1);
}

static void views_ask_before_they_touch_a_neighbour(void **state)
{
    (void)state;
    void (*const crossings[])(void) = {
        read_it,
        write_it,
        fill_it,
        copy_to_it,
        copy_from_it,
        cut_it,
        split_it,
        split_a_view_of_it,
        append_to_it,
        append_from_it,
        cut_a_view_of_it,
        read_a_slot_of_it,
        walk_the_slots_of_it,
        copy_the_slots_of_it,
    };
    for (size_t i = 0; i < sizeof(crossings) / sizeof(crossings[0]); i++) {
        const char *words = last_words(crossings[i]);
        if (!strstr(words, "the 5 bytes at 0x"))
            fail_msg("crossing %zu went unseen: \"%s\"", i, words);
    }
    assert_string_equal(last_words(stay_within_it), "");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_librarys_blocks_are_known),
        TEST(views_ask_before_they_touch_a_neighbour),
    };
    return cmocka_run_group_tests_name("checked build", tests, NULL, NULL);
}
