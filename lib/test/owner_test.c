/* owner_test.c: counted memory. Failing allocations are in owner_nomem_test.c, threads and late
 * calls in owner_thread_test.c. */
#include "owner_fixture.h"

#include <stdlib.h>
#include <string.h>

/* --- Support ------------------------------------------------------------------------------ */

/* A deallocator that counts, and keeps what it was called with. */
struct ledger {
    int calls;
    void *ptr;
    size_t size;
};

static void note(void *ctx, void *ptr, size_t size)
{
    struct ledger *ledger = ctx;
    *ledger = (struct ledger){ledger->calls + 1, ptr, size};
}

/* --- Making an owner ---------------------------------------------------------------------- */

static void an_allocated_block_is_zero(void **state)
{
    struct fixture *f = *state;
    ledge_shared s;
    assert_status(ledge_shared_alloc(4, &f->hook, &s), LEDGE_OK);
    assert_memory_equal(s.ptr, "\0\0\0\0", 4);
    assert_int_equal(s.length, 4);
    ledge_owner_info info = info_of(&s);
    assert_int_equal(info.size, 4);
    assert_int_equal(info.references, 1);
    assert_int_equal(info.pins, 0);
    assert_int_equal(info.generation, 1);
    assert_int_equal(info.kind, LEDGE_OWNED);
    assert_status(ledge_shared_release(&s), LEDGE_OK);
    assert_true(ledge_shared_is_valid(&s));
    assert_null(s.owner);
}

static void a_block_may_have_no_bytes(void **state)
{
    struct fixture *f = *state;
    ledge_shared s, t;
    assert_status(ledge_shared_alloc(0, &f->hook, &s), LEDGE_OK);
    assert_non_null(s.owner);
    assert_shared_spells(&s, "");
    assert_status(ledge_shared_copy((ledge_view){0}, NULL, &t), LEDGE_OK);
    assert_shared_spells(&t, "");
    assert_status(ledge_shared_release(&t), LEDGE_OK);
    assert_status(ledge_shared_release(&s), LEDGE_OK);
}

static void no_block_is_larger_than_an_object_can_be(void **state)
{
    struct fixture *f = *state;
    ledge_shared s = {.length = 77};
    assert_status(ledge_shared_alloc((size_t)PTRDIFF_MAX + 1, &f->hook, &s), LEDGE_EOVERFLOW);
    assert_status(ledge_shared_alloc(SIZE_MAX, &f->hook, &s), LEDGE_EOVERFLOW);
    assert_status(ledge_shared_copy((ledge_view){f->s.ptr, SIZE_MAX, SIZE_MAX}, &f->hook, &s),
                  LEDGE_EOVERFLOW);
    assert_int_equal(s.length, 77);
    assert_int_equal(f->mem.blocks, 2);
}

static void a_copy_is_not_the_original(void **state)
{
    struct fixture *f = *state;
    char foreign[] = "abc";
    ledge_shared s;
    assert_status(ledge_shared_copy(ledge_view_of(foreign, 3), &f->hook, &s), LEDGE_OK);
    foreign[0] = 'X';
    assert_shared_spells(&s, "abc");
    assert_status(ledge_shared_release(&s), LEDGE_OK);
    assert_string_equal(foreign, "Xbc");
}

static void adopted_memory_is_freed_once_and_last(void **state)
{
    struct fixture *f = *state;
    char foreign[] = "abcdef";
    struct ledger ledger = {0};
    ledge_shared s, part;
    assert_status(ledge_shared_adopt(foreign, 6, note, &ledger, &f->hook, &s), LEDGE_OK);
    assert_ptr_equal(s.ptr, foreign);
    assert_int_equal(info_of(&s).kind, LEDGE_ADOPTED);
    assert_status(ledge_shared_slice(&s, 2, 4, &part), LEDGE_OK);
    assert_status(ledge_shared_release(&s), LEDGE_OK);
    assert_int_equal(ledger.calls, 0);
    assert_shared_spells(&part, "cd");
    assert_int_equal(ledge_shared_retained(&part), 6);
    assert_status(ledge_shared_release(&part), LEDGE_OK);
    assert_int_equal(ledger.calls, 1);
    assert_ptr_equal(ledger.ptr, foreign);
    assert_int_equal(ledger.size, 6);
    assert_status(ledge_shared_release(&part), LEDGE_OK);
    assert_int_equal(ledger.calls, 1);
}

static void borrowed_memory_is_never_freed(void **state)
{
    struct fixture *f = *state;
    char foreign[] = "abc";
    ledge_shared s;
    assert_status(ledge_shared_borrow(foreign, 3, &f->hook, &s), LEDGE_OK);
    assert_ptr_equal(s.ptr, foreign);
    assert_int_equal(info_of(&s).kind, LEDGE_BORROWED);
    assert_int_equal(ledge_shared_retained(&s), 0);
    foreign[1] = 'X';
    assert_shared_spells(&s, "aXc");
    assert_status(ledge_shared_release(&s), LEDGE_OK);
    assert_string_equal(foreign, "aXc");
}

static void foreign_memory_has_an_address_and_an_end(void **state)
{
    struct fixture *f = *state;
    struct ledger ledger = {0};
    ledge_shared s = {.length = 77};
    assert_status(ledge_shared_adopt(NULL, SIZE_MAX, NULL, NULL, NULL, &s), LEDGE_EINVAL);
    assert_status(ledge_shared_adopt(NULL, 1, note, &ledger, NULL, &s), LEDGE_ENULL);
    assert_status(ledge_shared_adopt(&s, SIZE_MAX, note, &ledger, NULL, &s), LEDGE_ERANGE);
    assert_status(ledge_shared_borrow(NULL, 1, NULL, &s), LEDGE_ENULL);
    assert_status(ledge_shared_borrow(&s, SIZE_MAX, NULL, &s), LEDGE_ERANGE);
    assert_int_equal(ledger.calls, 0);
    assert_int_equal(s.length, 77);

    assert_status(ledge_shared_adopt(NULL, 0, note, &ledger, &f->hook, &s), LEDGE_OK);
    assert_shared_spells(&s, "");
    assert_status(ledge_shared_release(&s), LEDGE_OK);
    assert_int_equal(ledger.calls, 1);
    assert_null(ledger.ptr);
}

static void a_vector_gives_its_block_away(void **state)
{
    struct fixture *f = *state;
    ledge_vec vec;
    ledge_shared s, none;
    assert_status(ledge_vec_init(&vec, 2, &f->hook), LEDGE_OK);
    assert_status(ledge_vec_reserve(&vec, 8), LEDGE_OK);
    assert_status(ledge_vec_append(&vec, "abcdef", 3), LEDGE_OK);
    unsigned char *block = vec.ptr;
    assert_status(ledge_shared_from_vec(&vec, &s), LEDGE_OK);
    assert_ptr_equal(s.ptr, block);
    assert_shared_spells(&s, "abcdef");
    assert_int_equal(ledge_shared_retained(&s), 16);
    assert_int_equal(info_of(&s).kind, LEDGE_OWNED);

    assert_true(ledge_vec_is_valid(&vec));
    assert_int_equal(ledge_vec_allocated(&vec), 0);
    assert_status(ledge_shared_from_vec(&vec, &none), LEDGE_OK);
    assert_shared_spells(&none, "");
    assert_status(ledge_vec_append(&vec, "xy", 1), LEDGE_OK);
    assert_shared_spells(&s, "abcdef");
    assert_status(ledge_shared_release(&none), LEDGE_OK);
    ledge_vec_cleanup(&vec);
    assert_status(ledge_shared_resize(&s, 20), LEDGE_OK);
    assert_memory_equal(s.ptr, "abcdef\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 20);
    assert_status(ledge_shared_release(&s), LEDGE_OK);
}

/* --- References --------------------------------------------------------------------------- */

static void every_view_keeps_the_block(void **state)
{
    struct fixture *f = *state;
    ledge_shared all, part, deep;
    assert_status(ledge_shared_duplicate(&f->s, &all), LEDGE_OK);
    assert_status(ledge_shared_slice(&all, 2, 8, &part), LEDGE_OK);
    assert_status(ledge_shared_slice(&part, 1, 3, &deep), LEDGE_OK);
    assert_int_equal(info_of(&deep).references, 4);
    assert_status(ledge_shared_release(&f->s), LEDGE_OK);
    assert_status(ledge_shared_release(&all), LEDGE_OK);
    assert_status(ledge_shared_release(&part), LEDGE_OK);
    assert_int_equal(info_of(&deep).references, 1);
    assert_shared_spells(&deep, "34");
    assert_status(ledge_shared_release(&deep), LEDGE_OK);
    assert_int_equal(f->mem.blocks, 0);
}

static void a_slice_lies_within_its_view(void **state)
{
    struct fixture *f = *state;
    ledge_shared part, out = {.length = 77};
    assert_status(ledge_shared_slice(&f->s, 2, 6, &part), LEDGE_OK);
    assert_shared_spells(&part, "2345");
    assert_status(ledge_shared_slice(&part, 0, 5, &out), LEDGE_ERANGE);
    assert_status(ledge_shared_slice(&part, 3, 2, &out), LEDGE_ERANGE);
    assert_status(ledge_shared_slice(&part, SIZE_MAX, SIZE_MAX, &out), LEDGE_ERANGE);
    assert_int_equal(out.length, 77);
    assert_int_equal(info_of(&part).references, 2);
    assert_status(ledge_shared_slice(&part, 4, 4, &out), LEDGE_OK);
    assert_shared_spells(&out, "");
    assert_status(ledge_shared_release(&out), LEDGE_OK);

    assert_status(ledge_shared_narrow(&part, 1, 5), LEDGE_ERANGE);
    assert_status(ledge_shared_narrow(&part, 2, 1), LEDGE_ERANGE);
    assert_shared_spells(&part, "2345");
    assert_status(ledge_shared_narrow(&part, 1, 3), LEDGE_OK);
    assert_shared_spells(&part, "34");
    assert_status(ledge_shared_narrow(&part, 0, 1), LEDGE_OK);
    assert_shared_spells(&part, "3");
    assert_int_equal(info_of(&part).references, 2);
    assert_status(ledge_shared_release(&part), LEDGE_OK);
}

static void the_empty_view_is_nobodys(void **state)
{
    (void)state;
    ledge_shared none = {0}, out = {.length = 77};
    ledge_owner_info info;
    ledge_span span;
    assert_shared_spells(&none, "");
    assert_status(ledge_shared_duplicate(&none, &out), LEDGE_OK);
    assert_null(out.owner);
    assert_status(ledge_shared_slice(&none, 0, 0, &out), LEDGE_OK);
    assert_status(ledge_shared_slice(&none, 0, 1, &out), LEDGE_ERANGE);
    assert_status(ledge_shared_narrow(&none, 1, 1), LEDGE_ERANGE);
    assert_status(ledge_shared_acquire_many(&none, 9), LEDGE_OK);
    assert_status(ledge_shared_release_many(&none, 0), LEDGE_OK);
    assert_status(ledge_shared_release_many(&none, 1), LEDGE_ERANGE);
    assert_status(ledge_shared_resize(&none, 4), LEDGE_EEMPTY);
    assert_status(ledge_shared_pin(&none), LEDGE_EEMPTY);
    assert_status(ledge_shared_unpin(&none), LEDGE_EEMPTY);
    assert_status(ledge_shared_info(&none, &info), LEDGE_EEMPTY);
    assert_status(ledge_shared_describe(&none, NULL, &out), LEDGE_EEMPTY);
    assert_status(ledge_shared_as_span(&none, &span), LEDGE_OK);
    assert_null(span.ptr);
    assert_int_equal(ledge_shared_retained(&none), 0);
    assert_status(ledge_shared_release(&none), LEDGE_OK);
    assert_status(ledge_shared_release(&none), LEDGE_OK);
    assert_status(ledge_shared_clone(&none, NULL, &out), LEDGE_OK);
    assert_non_null(out.owner);
    assert_status(ledge_shared_release(&out), LEDGE_OK);
}

static void references_can_be_taken_for_copies_yet_to_come(void **state)
{
    struct fixture *f = *state;
    assert_status(ledge_shared_acquire_many(&f->s, 3), LEDGE_OK);
    ledge_shared one = f->s, two = f->s;
    assert_int_equal(info_of(&one).references, 4);
    assert_status(ledge_shared_release(&one), LEDGE_OK);
    assert_status(ledge_shared_release_many(&f->s, 3), LEDGE_ERANGE);
    assert_status(ledge_shared_release_many(&f->s, SIZE_MAX), LEDGE_ERANGE);
    assert_int_equal(info_of(&two).references, 3);
    assert_status(ledge_shared_release_many(&f->s, 1), LEDGE_OK);
    assert_status(ledge_shared_release(&two), LEDGE_OK);
    assert_int_equal(info_of(&f->s).references, 1);
    assert_status(ledge_shared_release_many(&f->s, 1), LEDGE_ERANGE);
    assert_shared_spells(&f->s, "0123456789");
}

static void the_count_does_not_wrap(void **state)
{
    struct fixture *f = *state;
    ledge_shared out = {.length = 77};
    assert_status(ledge_shared_acquire_many(&f->s, SIZE_MAX), LEDGE_EOVERFLOW);
    assert_status(ledge_shared_acquire_many(&f->s, LEDGE_REFERENCES_MAX), LEDGE_EOVERFLOW);
    assert_status(ledge_shared_acquire_many(&f->s, LEDGE_REFERENCES_MAX - 1), LEDGE_OK);
    assert_int_equal(info_of(&f->s).references, LEDGE_REFERENCES_MAX);
    assert_status(ledge_shared_duplicate(&f->s, &out), LEDGE_EOVERFLOW);
    assert_status(ledge_shared_slice(&f->s, 0, 1, &out), LEDGE_EOVERFLOW);
    assert_int_equal(out.length, 77);
    assert_status(ledge_shared_release_many(&f->s, LEDGE_REFERENCES_MAX - 1), LEDGE_OK);
    assert_int_equal(info_of(&f->s).references, 1);
}

/* B14: a small part keeps a large whole, until it is cloned. */
static void a_clone_of_256_bytes_frees_16_megabytes(void **state)
{
    struct fixture *f = *state;
    const size_t mega = (size_t)1 << 20;
    ledge_shared all, part, clone;
    assert_status(ledge_shared_alloc(16 * mega, &f->hook, &all), LEDGE_OK);
    memset(all.ptr + 4096, 7, 256);
    assert_status(ledge_shared_slice(&all, 4096, 4096 + 256, &part), LEDGE_OK);
    assert_status(ledge_shared_release(&all), LEDGE_OK);
    assert_int_equal(part.length, 256);
    assert_int_equal(ledge_shared_retained(&part), 16777216);
    assert_true(f->mem.bytes > 16 * mega);

    assert_status(ledge_shared_clone(&part, &f->hook, &clone), LEDGE_OK);
    assert_int_equal(ledge_shared_retained(&clone), 256);
    assert_memory_equal(clone.ptr, part.ptr, 256);
    assert_status(ledge_shared_release(&part), LEDGE_OK);
    assert_true(f->mem.bytes < 1024);
    assert_status(ledge_shared_release(&clone), LEDGE_OK);
}

static void a_clone_shares_nothing(void **state)
{
    struct fixture *f = *state;
    ledge_shared clone;
    ledge_span span;
    assert_status(ledge_shared_clone(&f->s, NULL, &clone), LEDGE_OK);
    assert_status(ledge_shared_as_span(&f->s, &span), LEDGE_OK);
    assert_int_equal(span.capacity, 10);
    assert_status(ledge_span_set(span, 0, 'X'), LEDGE_OK);
    assert_shared_spells(&f->s, "X123456789");
    assert_shared_spells(&clone, "0123456789");
    assert_int_equal(info_of(&f->s).references, 1);
    assert_status(ledge_shared_release(&clone), LEDGE_OK);
}

/* --- The block ---------------------------------------------------------------------------- */

static void the_only_view_may_resize_its_block(void **state)
{
    struct fixture *f = *state;
    assert_status(ledge_shared_narrow(&f->s, 8, 9), LEDGE_OK);
    assert_status(ledge_shared_resize(&f->s, 12), LEDGE_OK);
    assert_int_equal(f->s.length, 12);
    assert_memory_equal(f->s.ptr, "0123456789\0\0", 12);
    assert_int_equal(info_of(&f->s).generation, 2);
    assert_int_equal(ledge_shared_retained(&f->s), 12);
    assert_status(ledge_shared_resize(&f->s, 3), LEDGE_OK);
    assert_shared_spells(&f->s, "012");
    assert_status(ledge_shared_resize(&f->s, 0), LEDGE_OK);
    assert_shared_spells(&f->s, "");
    assert_int_equal(f->mem.blocks, 1);
    assert_status(ledge_shared_resize(&f->s, 0), LEDGE_OK);
    assert_status(ledge_shared_resize(&f->s, 2), LEDGE_OK);
    assert_memory_equal(f->s.ptr, "\0\0", 2);
    assert_status(ledge_shared_resize(&f->s, SIZE_MAX), LEDGE_EOVERFLOW);
    assert_int_equal(info_of(&f->s).generation, 6);
}

static void what_others_look_at_is_not_moved(void **state)
{
    struct fixture *f = *state;
    char foreign[4] = "abc";
    struct ledger ledger = {0};
    ledge_shared other;
    assert_status(ledge_shared_slice(&f->s, 0, 0, &other), LEDGE_OK);
    assert_status(ledge_shared_resize(&f->s, SIZE_MAX), LEDGE_EBUSY);
    assert_status(ledge_shared_release(&other), LEDGE_OK);
    assert_status(ledge_shared_borrow(foreign, 3, &f->hook, &other), LEDGE_OK);
    assert_status(ledge_shared_resize(&other, 2), LEDGE_EINVAL);
    assert_status(ledge_shared_release(&other), LEDGE_OK);
    assert_status(ledge_shared_adopt(foreign, 3, note, &ledger, &f->hook, &other), LEDGE_OK);
    assert_status(ledge_shared_pin(&other), LEDGE_OK);
    assert_status(ledge_shared_resize(&other, 2), LEDGE_EINVAL);
    assert_status(ledge_shared_unpin(&other), LEDGE_OK);
    assert_status(ledge_shared_release(&other), LEDGE_OK);
}

static void a_pinned_owner_is_not_freed_moved_or_shrunk(void **state)
{
    struct fixture *f = *state;
    ledge_shared other;
    unsigned char *block = f->s.ptr;
    assert_status(ledge_shared_unpin(&f->s), LEDGE_ENOTFOUND);
    assert_status(ledge_shared_duplicate(&f->s, &other), LEDGE_OK);
    assert_status(ledge_shared_pin(&f->s), LEDGE_OK);
    assert_status(ledge_shared_pin(&other), LEDGE_OK);
    assert_int_equal(info_of(&f->s).pins, 2);
    assert_status(ledge_shared_release(&other), LEDGE_OK);
    assert_status(ledge_shared_release(&f->s), LEDGE_EBUSY);
    assert_status(ledge_shared_resize(&f->s, 5), LEDGE_EBUSY);
    assert_ptr_equal(f->s.ptr, block);
    assert_shared_spells(&f->s, "0123456789");
    assert_status(ledge_shared_unpin(&f->s), LEDGE_OK);
    assert_status(ledge_shared_release(&f->s), LEDGE_EBUSY);
    assert_status(ledge_shared_unpin(&f->s), LEDGE_OK);
    assert_status(ledge_shared_unpin(&f->s), LEDGE_ENOTFOUND);
    assert_status(ledge_shared_resize(&f->s, 5), LEDGE_OK);
    assert_status(ledge_shared_release(&f->s), LEDGE_OK);
    assert_int_equal(f->mem.blocks, 0);
}

static void pins_have_a_limit(void **state)
{
    struct fixture *f = *state;
    for (size_t i = 0; i < LEDGE_PINS_MAX; i++)
        assert_status(ledge_shared_pin(&f->s), LEDGE_OK);
    assert_status(ledge_shared_pin(&f->s), LEDGE_EOVERFLOW);
    assert_int_equal(info_of(&f->s).pins, 255);
    assert_true(ledge_shared_is_valid(&f->s));
    for (size_t i = 0; i < LEDGE_PINS_MAX; i++)
        assert_status(ledge_shared_unpin(&f->s), LEDGE_OK);
}

/* --- Staleness ---------------------------------------------------------------------------- */

static void an_alias_is_stale_after_a_resize(void **state)
{
    struct fixture *f = *state;
    ledge_shared alias = f->s, out = {.length = 77};
    ledge_view view;
    ledge_span span;
    assert_shared_spells(&alias, "0123456789");
    assert_status(ledge_shared_resize(&f->s, 10), LEDGE_OK);

    assert_false(ledge_shared_is_valid(&alias));
    assert_status(ledge_shared_as_view(&alias, &view), LEDGE_ESTALE);
    assert_status(ledge_shared_as_span(&alias, &span), LEDGE_ESTALE);
    assert_status(ledge_shared_duplicate(&alias, &out), LEDGE_ESTALE);
    assert_status(ledge_shared_slice(&alias, 5, 4, &out), LEDGE_ESTALE);
    assert_status(ledge_shared_narrow(&alias, 5, 4), LEDGE_ESTALE);
    assert_status(ledge_shared_clone(&alias, NULL, &out), LEDGE_ESTALE);
    assert_status(ledge_shared_release(&alias), LEDGE_ESTALE);
    assert_status(ledge_shared_acquire_many(&alias, 1), LEDGE_ESTALE);
    assert_status(ledge_shared_release_many(&alias, 0), LEDGE_ESTALE);
    assert_status(ledge_shared_resize(&alias, 1), LEDGE_ESTALE);
    assert_status(ledge_shared_pin(&alias), LEDGE_ESTALE);
    assert_status(ledge_shared_unpin(&alias), LEDGE_ESTALE);
    assert_status(ledge_shared_describe(&alias, NULL, &out), LEDGE_ESTALE);
    assert_int_equal(out.length, 77);
    assert_int_equal(info_of(&alias).generation, 2);
    assert_int_equal(info_of(&f->s).references, 1);
}

static void validity_is_what_the_header_promises(void **state)
{
    struct fixture *f = *state;
    ledge_shared good = f->s, bad;
    assert_true(ledge_shared_is_valid(&good));
    bad = good, bad.ptr--;
    assert_false(ledge_shared_is_valid(&bad));
    bad = good, bad.ptr += 11, bad.length = 0;
    assert_false(ledge_shared_is_valid(&bad));
    bad = good, bad.length = 11;
    assert_false(ledge_shared_is_valid(&bad));
    bad = good, bad.generation = 0;
    assert_false(ledge_shared_is_valid(&bad));
    bad = good, bad.owner = NULL;
    assert_false(ledge_shared_is_valid(&bad));
    bad.ptr = NULL;
    assert_false(ledge_shared_is_valid(&bad));
    bad.length = 0;
    assert_false(ledge_shared_is_valid(&bad));
    bad.generation = 0;
    assert_true(ledge_shared_is_valid(&bad));
}

/* --- Texts -------------------------------------------------------------------------------- */

static void a_view_describes_itself(void **state)
{
    struct fixture *f = *state;
    char foreign[64];
    ledge_shared all, part, line;
    assert_status(ledge_shared_describe(&f->s, &f->hook, &line), LEDGE_OK);
    assert_shared_spells(&line, "10 of 10 bytes, owned, references 1, pins 0");
    assert_status(ledge_shared_release(&line), LEDGE_OK);

    assert_status(ledge_shared_borrow(foreign, 64, &f->hook, &all), LEDGE_OK);
    assert_status(ledge_shared_slice(&all, 1, 6, &part), LEDGE_OK);
    assert_status(ledge_shared_pin(&all), LEDGE_OK);
    assert_status(ledge_shared_describe(&part, &f->hook, &line), LEDGE_OK);
    assert_shared_spells(&line, "5 of 64 bytes, borrowed, references 2, pins 1");
    assert_int_equal(ledge_shared_retained(&line), 45);
    assert_status(ledge_shared_release(&line), LEDGE_OK);
    assert_status(ledge_shared_unpin(&all), LEDGE_OK);
    assert_status(ledge_shared_release(&part), LEDGE_OK);
    assert_status(ledge_shared_release(&all), LEDGE_OK);
}

static void the_longest_line_fits(void **state)
{
    struct fixture *f = *state;
    struct ledger ledger = {0};
    ledge_shared all, line;
    assert_status(
        ledge_shared_adopt((void *)(uintptr_t)1, UINTPTR_MAX - 1, note, &ledger, &f->hook, &all),
        LEDGE_OK);
    assert_status(ledge_shared_acquire_many(&all, LEDGE_REFERENCES_MAX - 1), LEDGE_OK);
    for (size_t i = 0; i < LEDGE_PINS_MAX; i++)
        assert_status(ledge_shared_pin(&all), LEDGE_OK);
    assert_status(ledge_shared_describe(&all, &f->hook, &line), LEDGE_OK);
    if (sizeof(size_t) == 8)
        assert_shared_spells(&line, "18446744073709551614 of 18446744073709551614 bytes, adopted, "
                                    "references 9223372036854775807, pins 255");
    assert_status(ledge_shared_release(&line), LEDGE_OK);
    for (size_t i = 0; i < LEDGE_PINS_MAX; i++)
        assert_status(ledge_shared_unpin(&all), LEDGE_OK);
    assert_status(ledge_shared_release_many(&all, LEDGE_REFERENCES_MAX - 1), LEDGE_OK);
    assert_status(ledge_shared_release(&all), LEDGE_OK);
    assert_int_equal(ledger.calls, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(an_allocated_block_is_zero),
        TEST(a_block_may_have_no_bytes),
        TEST(no_block_is_larger_than_an_object_can_be),
        TEST(a_copy_is_not_the_original),
        TEST(adopted_memory_is_freed_once_and_last),
        TEST(borrowed_memory_is_never_freed),
        TEST(foreign_memory_has_an_address_and_an_end),
        TEST(a_vector_gives_its_block_away),
        TEST(every_view_keeps_the_block),
        TEST(a_slice_lies_within_its_view),
        TEST(the_empty_view_is_nobodys),
        TEST(references_can_be_taken_for_copies_yet_to_come),
        TEST(the_count_does_not_wrap),
        TEST(a_clone_of_256_bytes_frees_16_megabytes),
        TEST(a_clone_shares_nothing),
        TEST(the_only_view_may_resize_its_block),
        TEST(what_others_look_at_is_not_moved),
        TEST(a_pinned_owner_is_not_freed_moved_or_shrunk),
        TEST(pins_have_a_limit),
        TEST(an_alias_is_stale_after_a_resize),
        TEST(validity_is_what_the_header_promises),
        TEST(a_view_describes_itself),
        TEST(the_longest_line_fits),
    };
    return cmocka_run_group_tests_name("owner", tests, NULL, NULL);
}
