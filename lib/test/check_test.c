/* check_test.c: provenance, exact verdicts. */
#include "check.h"

#include <string.h>

#include <ledge/check.h>

#include "tracking_alloc.h"

/* --- Support ------------------------------------------------------------------------------ */

/* Addresses within `memory`; the table never touches it. */
struct fixture {
    struct tracking_alloc mem;
    ledge_check check;
    unsigned char memory[128];
    ledge_region all, key, value, inner; /* [16, 80) [16, 32) [32, 80) [40, 48) */
};

static const unsigned char *at(const struct fixture *f, size_t offset)
{
    return f->memory + offset;
}

static int set_up(void **state)
{
    static struct fixture fixture;
    struct fixture *f = &fixture;
    ledge_allocator hook = tracking_alloc_init(&f->mem);
    ledge_check_init(&f->check, &hook);
    assert_int_equal(f->mem.requests, 0);
    assert_status(ledge_check_add(&f->check, at(f, 16), 64, &f->all), LEDGE_OK);
    assert_status(ledge_check_add_sub(&f->check, at(f, 16), 16, &f->key), LEDGE_OK);
    assert_status(ledge_check_add_sub(&f->check, at(f, 32), 48, &f->value), LEDGE_OK);
    assert_status(ledge_check_add_sub(&f->check, at(f, 40), 8, &f->inner), LEDGE_OK);
    assert_int_equal(ledge_check_count(&f->check), 4);
    *state = f;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *f = *state;
    assert_true(ledge_check_is_valid(&f->check));
    ledge_check_cleanup(&f->check);
    assert_int_equal(f->mem.blocks, 0);
    ledge_check_cleanup(&f->check);
    return 0;
}

static bool is_same(ledge_region a, ledge_region b)
{
    return a.index == b.index && a.generation == b.generation;
}

static void assert_found(const struct fixture *f, size_t offset, size_t size, ledge_region want)
{
    ledge_region found = {0};
    assert_status(ledge_check_range(&f->check, at(f, offset), size, &found), LEDGE_OK);
    assert_true(is_same(found, want));
}

static void assert_refused(const struct fixture *f, size_t offset, size_t size, ledge_status want)
{
    ledge_region found = {77, 77};
    assert_status(ledge_check_range(&f->check, at(f, offset), size, &found), want);
    assert_int_equal(found.index, 77);
}

/* --- Verdicts ----------------------------------------------------------------------------- */

static void a_range_belongs_to_the_innermost_region_around_it(void **state)
{
    struct fixture *f = *state;
    assert_found(f, 16, 16, f->key);
    assert_found(f, 16, 1, f->key);
    assert_found(f, 31, 1, f->key);
    assert_found(f, 32, 1, f->value);
    assert_found(f, 32, 48, f->value);
    assert_found(f, 79, 1, f->value);
    assert_found(f, 40, 8, f->inner);
    assert_found(f, 47, 1, f->inner);
    assert_found(f, 48, 1, f->value);
}

static void wholes_may_be_taken_together(void **state)
{
    struct fixture *f = *state;
    assert_found(f, 16, 64, f->all);
    assert_found(f, 32, 16, f->value); /* inner, and what is before it */
    assert_found(f, 40, 40, f->value);
    assert_found(f, 39, 10, f->value);
}

/* A24: what no sanitizer sees. */
static void a_neighbour_may_not_be_cut(void **state)
{
    struct fixture *f = *state;
    assert_refused(f, 24, 16, LEDGE_ERANGE); /* from key into value */
    assert_refused(f, 31, 2, LEDGE_ERANGE);
    assert_refused(f, 16, 17, LEDGE_ERANGE); /* key, and a byte of value */
    assert_refused(f, 31, 49, LEDGE_ERANGE); /* value, and a byte of key */
    assert_refused(f, 39, 2, LEDGE_ERANGE);  /* into inner, out of inner */
    assert_refused(f, 47, 2, LEDGE_ERANGE);
    assert_refused(f, 16, 30, LEDGE_ERANGE); /* key, and half of inner */
}

static void an_allocation_may_not_be_left(void **state)
{
    struct fixture *f = *state;
    assert_refused(f, 79, 2, LEDGE_ERANGE);
    assert_refused(f, 15, 2, LEDGE_ERANGE);
    assert_refused(f, 15, 65, LEDGE_ERANGE);
    assert_refused(f, 16, 65, LEDGE_ERANGE);
    assert_refused(f, 0, 128, LEDGE_ERANGE);
    assert_refused(f, 32, SIZE_MAX, LEDGE_ERANGE);
    assert_refused(f, 0, 16, LEDGE_ENOTFOUND);
    assert_refused(f, 80, 48, LEDGE_ENOTFOUND);
}

static void no_bytes_are_in_a_region_up_to_its_end(void **state)
{
    struct fixture *f = *state;
    ledge_region found;
    assert_found(f, 16, 0, f->key);
    assert_found(f, 32, 0, f->value);
    assert_found(f, 48, 0, f->inner);
    assert_found(f, 80, 0, f->value);
    assert_refused(f, 15, 0, LEDGE_ENOTFOUND);
    assert_refused(f, 81, 0, LEDGE_ENOTFOUND);
    assert_status(ledge_check_range(&f->check, NULL, 0, &found), LEDGE_ENOTFOUND);
    assert_status(ledge_check_range(&f->check, NULL, 1, &found), LEDGE_ENULL);
}

static void two_allocations_are_not_one(void **state)
{
    struct fixture *f = *state;
    ledge_region next, before;
    assert_status(ledge_check_add(&f->check, at(f, 80), 16, &next), LEDGE_OK);
    assert_status(ledge_check_add(&f->check, at(f, 0), 8, &before), LEDGE_OK);
    assert_found(f, 80, 16, next);
    assert_found(f, 0, 8, before);
    assert_refused(f, 79, 2, LEDGE_ERANGE);
    assert_refused(f, 16, 80, LEDGE_ERANGE);
    assert_refused(f, 0, 9, LEDGE_ERANGE);
    assert_refused(f, 8, 8, LEDGE_ENOTFOUND);
    assert_found(f, 80, 0, next);
    assert_found(f, 8, 0, before);
}

static void an_empty_table_knows_nothing(void **state)
{
    (void)state;
    ledge_check none = {0};
    ledge_region region, zero = {0};
    unsigned char byte;
    assert_true(ledge_check_is_valid(&none));
    assert_int_equal(ledge_check_count(&none), 0);
    assert_status(ledge_check_range(&none, &byte, 1, &region), LEDGE_ENOTFOUND);
    assert_status(ledge_check_add_sub(&none, &byte, 1, &region), LEDGE_ENOTFOUND);
    assert_status(ledge_check_within(&none, zero, &byte, 1), LEDGE_ESTALE);
    assert_status(ledge_check_remove(&none, zero), LEDGE_ESTALE);
    ledge_check_forget(&none, &byte, 1);
    assert_status(ledge_check_add(&none, &byte, 1, &region), LEDGE_OK);
    assert_status(ledge_check_within(&none, zero, &byte, 1), LEDGE_ESTALE);
    ledge_check_cleanup(&none);
    assert_status(ledge_check_within(&none, region, &byte, 1), LEDGE_ESTALE);
}

/* Who has a pointer to the whole may cut its parts, but not leave it. */
static void a_handle_says_what_a_pointer_was_made_of(void **state)
{
    struct fixture *f = *state;
    assert_status(ledge_check_within(&f->check, f->all, at(f, 24), 16), LEDGE_OK);
    assert_status(ledge_check_within(&f->check, f->key, at(f, 24), 8), LEDGE_OK);
    assert_status(ledge_check_within(&f->check, f->key, at(f, 32), 0), LEDGE_OK);
    assert_status(ledge_check_within(&f->check, f->key, at(f, 24), 9), LEDGE_ERANGE);
    assert_status(ledge_check_within(&f->check, f->key, at(f, 15), 1), LEDGE_ERANGE);
    assert_status(ledge_check_within(&f->check, f->key, at(f, 33), 0), LEDGE_ERANGE);
    assert_status(ledge_check_within(&f->check, f->key, at(f, 16), 64), LEDGE_ERANGE);
    assert_status(ledge_check_within(&f->check, f->key, NULL, 0), LEDGE_ERANGE);
}

/* --- Regions ------------------------------------------------------------------------------ */

static void an_allocation_overlaps_no_other(void **state)
{
    struct fixture *f = *state;
    ledge_region out = {77, 77};
    ledge_check *check = &f->check;
    assert_status(ledge_check_add(check, NULL, 0, &out), LEDGE_ENULL);
    assert_status(ledge_check_add(check, at(f, 0), 0, &out), LEDGE_EEMPTY);
    assert_status(ledge_check_add(check, at(f, 0), SIZE_MAX, &out), LEDGE_ERANGE);
    assert_status(ledge_check_add(check, at(f, 0), 17, &out), LEDGE_EBUSY);
    assert_status(ledge_check_add(check, at(f, 0), 128, &out), LEDGE_EBUSY);
    assert_status(ledge_check_add(check, at(f, 16), 64, &out), LEDGE_EBUSY);
    assert_status(ledge_check_add(check, at(f, 79), 8, &out), LEDGE_EBUSY);
    assert_status(ledge_check_add(check, at(f, 50), 1, &out), LEDGE_EBUSY);
    assert_int_equal(out.index, 77);
    assert_int_equal(ledge_check_count(check), 4);
    assert_status(ledge_check_add(check, at(f, 0), 16, &out), LEDGE_OK);
    assert_status(ledge_check_add(check, at(f, 80), 48, &out), LEDGE_OK);
}

static void a_sub_object_is_part_of_one_region(void **state)
{
    struct fixture *f = *state;
    ledge_region out = {77, 77}, same;
    ledge_check *check = &f->check;
    assert_status(ledge_check_add_sub(check, NULL, 0, &out), LEDGE_ENULL);
    assert_status(ledge_check_add_sub(check, at(f, 20), 0, &out), LEDGE_EEMPTY);
    assert_status(ledge_check_add_sub(check, at(f, 15), 4, &out), LEDGE_ENOTFOUND);
    assert_status(ledge_check_add_sub(check, at(f, 80), 4, &out), LEDGE_ENOTFOUND);
    assert_status(ledge_check_add_sub(check, at(f, 28), 8, &out), LEDGE_ERANGE);
    assert_status(ledge_check_add_sub(check, at(f, 20), SIZE_MAX, &out), LEDGE_ERANGE);
    assert_status(ledge_check_add_sub(check, at(f, 32), 48, &out), LEDGE_EBUSY);
    assert_status(ledge_check_add_sub(check, at(f, 36), 8, &out), LEDGE_EBUSY);
    assert_int_equal(out.index, 77);
    assert_int_equal(ledge_check_count(check), 4);

    assert_status(ledge_check_add_sub(check, at(f, 40), 8, &same), LEDGE_OK);
    assert_found(f, 40, 8, same);
    assert_status(ledge_check_add_sub(check, at(f, 40), 4, &out), LEDGE_OK);
    assert_found(f, 40, 4, out);
    assert_found(f, 44, 4, same);
    assert_status(ledge_check_remove(check, same), LEDGE_OK);
    assert_found(f, 40, 4, f->inner);
    assert_status(ledge_check_within(check, out, at(f, 40), 1), LEDGE_ESTALE);
}

static void what_is_removed_takes_its_parts_along(void **state)
{
    struct fixture *f = *state;
    ledge_check *check = &f->check;
    assert_status(ledge_check_remove(check, f->value), LEDGE_OK);
    assert_int_equal(ledge_check_count(check), 2);
    assert_status(ledge_check_remove(check, f->inner), LEDGE_ESTALE);
    assert_status(ledge_check_remove(check, f->value), LEDGE_ESTALE);
    assert_found(f, 40, 16, f->all);
    assert_found(f, 16, 16, f->key);
    assert_refused(f, 24, 16, LEDGE_ERANGE);
    assert_status(ledge_check_remove(check, f->all), LEDGE_OK);
    assert_int_equal(ledge_check_count(check), 0);
    assert_refused(f, 16, 16, LEDGE_ENOTFOUND);
}

static void a_slot_is_used_again_and_a_handle_is_not(void **state)
{
    struct fixture *f = *state;
    ledge_check *check = &f->check;
    ledge_region fresh;
    assert_status(ledge_check_remove(check, f->key), LEDGE_OK);
    assert_status(ledge_check_add_sub(check, at(f, 16), 16, &fresh), LEDGE_OK);
    assert_int_equal(fresh.index, f->key.index);
    assert_int_equal(fresh.generation, f->key.generation + 1);
    assert_status(ledge_check_within(check, f->key, at(f, 16), 1), LEDGE_ESTALE);
    assert_status(ledge_check_within(check, fresh, at(f, 16), 1), LEDGE_OK);
    assert_int_equal(check->used, 4);
}

static void what_is_renewed_keeps_its_place_and_loses_its_parts(void **state)
{
    struct fixture *f = *state;
    ledge_check *check = &f->check;
    ledge_region fresh, again = {77, 77};
    assert_status(ledge_check_renew(check, f->value, &fresh), LEDGE_OK);
    assert_int_equal(fresh.index, f->value.index);
    assert_int_equal(fresh.generation, f->value.generation + 1);
    assert_int_equal(ledge_check_count(check), 3);
    assert_found(f, 40, 8, fresh);
    assert_status(ledge_check_within(check, f->value, at(f, 40), 8), LEDGE_ESTALE);
    assert_status(ledge_check_within(check, f->inner, at(f, 40), 8), LEDGE_ESTALE);
    assert_status(ledge_check_renew(check, f->value, &again), LEDGE_ESTALE);
    assert_int_equal(again.index, 77);
}

static void what_was_known_can_be_forgotten(void **state)
{
    struct fixture *f = *state;
    ledge_check *check = &f->check;
    ledge_check_forget(check, at(f, 0), 16);
    ledge_check_forget(check, at(f, 80), 48);
    ledge_check_forget(check, at(f, 40), 0);
    assert_int_equal(ledge_check_count(check), 4);
    /* A piece of value is given out by whoever has value. */
    ledge_check_forget(check, at(f, 36), 8);
    assert_int_equal(ledge_check_count(check), 3);
    assert_found(f, 36, 8, f->value);
    /* One that is as large is another. */
    ledge_check_forget(check, at(f, 32), 48);
    assert_found(f, 36, 8, f->all);
    assert_found(f, 16, 8, f->key);
    ledge_check_forget(check, at(f, 24), 9);
    assert_int_equal(ledge_check_count(check), 1);
    ledge_check_forget(check, at(f, 79), SIZE_MAX);
    assert_int_equal(ledge_check_count(check), 0);
}

static void several_regions_are_forgotten_at_once(void **state)
{
    struct fixture *f = *state;
    ledge_region before, behind;
    assert_status(ledge_check_add(&f->check, at(f, 0), 8, &before), LEDGE_OK);
    assert_status(ledge_check_add(&f->check, at(f, 96), 8, &behind), LEDGE_OK);
    ledge_check_forget(&f->check, at(f, 8), 89);
    assert_int_equal(ledge_check_count(&f->check), 1);
    assert_found(f, 0, 8, before);
}

/* --- Checked views ------------------------------------------------------------------------ */

static void a_checked_view_stays_in_its_region(void **state)
{
    struct fixture *f = *state;
    ledge_checked view, part = {.length = 77};
    ledge_span span;
    assert_status(ledge_checked_of(&f->check, f->value, &view), LEDGE_OK);
    assert_ptr_equal(view.ptr, at(f, 32));
    assert_int_equal(view.length, 48);
    assert_status(ledge_checked_sub(&f->check, view, 8, 49, &part), LEDGE_ERANGE);
    assert_status(ledge_checked_sub(&f->check, view, 9, 8, &part), LEDGE_ERANGE);
    assert_int_equal(part.length, 77);
    assert_status(ledge_checked_sub(&f->check, view, 8, 16, &part), LEDGE_OK);
    assert_status(ledge_checked_sub(&f->check, part, 0, 9, &part), LEDGE_ERANGE);
    assert_status(ledge_checked_span(&f->check, part, &span), LEDGE_OK);
    assert_ptr_equal(span.ptr, at(f, 40));
    assert_int_equal(span.length, 8);
    assert_int_equal(span.capacity, 8);

    part.ptr -= 9;
    assert_status(ledge_checked_span(&f->check, part, &span), LEDGE_ERANGE);
    part.ptr += 9, part.length = 41;
    assert_status(ledge_checked_span(&f->check, part, &span), LEDGE_ERANGE);
}

static void a_checked_view_knows_when_its_region_went(void **state)
{
    struct fixture *f = *state;
    ledge_checked view, zero = {0}, out;
    ledge_region fresh;
    ledge_span span;
    assert_status(ledge_checked_of(&f->check, f->inner, &view), LEDGE_OK);
    assert_status(ledge_check_renew(&f->check, f->value, &fresh), LEDGE_OK);
    assert_status(ledge_checked_span(&f->check, view, &span), LEDGE_ESTALE);
    assert_status(ledge_checked_sub(&f->check, view, 9, 8, &out), LEDGE_ESTALE);
    assert_status(ledge_checked_of(&f->check, f->inner, &out), LEDGE_ESTALE);
    assert_status(ledge_checked_span(&f->check, zero, &span), LEDGE_ESTALE);
}

/* --- Many, and too many ------------------------------------------------------------------- */

static void order_does_not_matter(void **state)
{
    struct fixture *f = *state;
    static unsigned char heap[64 * 64];
    ledge_region regions[64], found;
    for (size_t i = 0; i < 64; i++) {
        size_t which = i * 37 % 64;
        assert_status(ledge_check_add(&f->check, heap + which * 64, 32, &regions[which]), LEDGE_OK);
        assert_true(ledge_check_is_valid(&f->check));
    }
    for (size_t i = 0; i < 64; i += 2)
        assert_status(ledge_check_remove(&f->check, regions[i * 23 % 64]), LEDGE_OK);
    assert_true(ledge_check_is_valid(&f->check));
    for (size_t i = 0; i < 64; i++) {
        ledge_status status = ledge_check_range(&f->check, heap + i * 64 + 31, 1, &found);
        assert_status(status, i % 2 == 0 ? LEDGE_ENOTFOUND : LEDGE_OK);
        if (status == LEDGE_OK)
            assert_true(is_same(found, regions[i]));
    }
}

/* A33: there is room for 8 regions; the request for more is refused. */
static void a_refusal_changes_nothing(void **state)
{
    struct fixture *f = *state;
    ledge_region out = {77, 77};
    size_t bytes = f->mem.bytes;
    for (size_t i = 0; i < 4; i++)
        assert_status(ledge_check_add_sub(&f->check, at(f, 48 + i), 1, &out), LEDGE_OK);
    assert_int_equal(f->mem.requests, 1);
    tracking_alloc_refuse(&f->mem, 1);
    out.index = 77;
    assert_status(ledge_check_add(&f->check, at(f, 0), 8, &out), LEDGE_ENOMEM);
    assert_int_equal(out.index, 77);
    assert_int_equal(f->mem.bytes, bytes);
    assert_int_equal(ledge_check_count(&f->check), 8);
    assert_found(f, 40, 8, f->inner);
    assert_true(ledge_check_is_valid(&f->check));

    assert_status(ledge_check_add(&f->check, at(f, 0), 8, &out), LEDGE_OK);
    assert_int_equal(f->mem.bytes, 2 * bytes);
    assert_found(f, 40, 8, f->inner);
}

static void validity_is_what_the_header_promises(void **state)
{
    struct fixture *f = *state;
    ledge_check *check = &f->check, copy;
    ledge_region region;
    copy = *check, copy.live = copy.used + 1;
    assert_false(ledge_check_is_valid(&copy));
    copy = *check, copy.used = copy.capacity + 1;
    assert_false(ledge_check_is_valid(&copy));
    copy = *check, copy.free_slot = 1;
    assert_false(ledge_check_is_valid(&copy));
    copy = *check, copy.free_slot = 9;
    assert_false(ledge_check_is_valid(&copy));
    /* A part without the region it is in: slots and places don't agree any more. */
    copy = *check, copy.live = 3;
    assert_false(ledge_check_is_valid(&copy));
    copy = *check, copy.root = 0;
    assert_false(ledge_check_is_valid(&copy));
    assert_status(ledge_check_remove(check, f->inner), LEDGE_OK);
    assert_true(ledge_check_is_valid(check));
    copy = *check, copy.free_slot = 0;
    assert_false(ledge_check_is_valid(&copy));
    copy = *check, copy.live = 4;
    assert_false(ledge_check_is_valid(&copy));
    assert_status(ledge_check_add_sub(check, at(f, 40), 8, &region), LEDGE_OK);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_range_belongs_to_the_innermost_region_around_it),
        TEST(wholes_may_be_taken_together),
        TEST(a_neighbour_may_not_be_cut),
        TEST(an_allocation_may_not_be_left),
        TEST(no_bytes_are_in_a_region_up_to_its_end),
        TEST(two_allocations_are_not_one),
        TEST(an_empty_table_knows_nothing),
        TEST(a_handle_says_what_a_pointer_was_made_of),
        TEST(an_allocation_overlaps_no_other),
        TEST(a_sub_object_is_part_of_one_region),
        TEST(what_is_removed_takes_its_parts_along),
        TEST(a_slot_is_used_again_and_a_handle_is_not),
        TEST(what_is_renewed_keeps_its_place_and_loses_its_parts),
        TEST(what_was_known_can_be_forgotten),
        TEST(several_regions_are_forgotten_at_once),
        TEST(a_checked_view_stays_in_its_region),
        TEST(a_checked_view_knows_when_its_region_went),
        TEST(order_does_not_matter),
        TEST(a_refusal_changes_nothing),
        TEST(validity_is_what_the_header_promises),
    };
    return cmocka_run_group_tests_name("check", tests, NULL, NULL);
}
