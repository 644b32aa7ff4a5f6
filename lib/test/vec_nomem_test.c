/* vec_nomem_test.c: a vector whose allocator refuses (A33). Every growing operation, and a long
 * sequence of all of them, is run again and again with the 1st, 2nd, 3rd … request refused, until
 * a run meets no refusal. A refused operation has to leave everything as it was. */
#include "check.h"

#include <string.h>

#include <ledge/vec.h>

#include "tracking_alloc.h"

/* --- One operation at a time -------------------------------------------------------------- */

/* The operations run on a vector whose capacity is used up. *out is where a clone goes. */
typedef ledge_status operation(ledge_vec *vec, ledge_vec *out);

static ledge_status push(ledge_vec *vec, ledge_vec *out)
{
    (void)out;
    return ledge_vec_push(vec, "x");
}

static ledge_status push_own_element(ledge_vec *vec, ledge_vec *out)
{
    (void)out;
    return ledge_vec_push(vec, ledge_vec_at(vec, 1));
}

static ledge_status append(ledge_vec *vec, ledge_vec *out)
{
    (void)out;
    return ledge_vec_append(vec, "uvwxyz", 6);
}

static ledge_status append_itself(ledge_vec *vec, ledge_vec *out)
{
    (void)out;
    return ledge_vec_append(vec, vec->ptr, vec->length);
}

static ledge_status insert(ledge_vec *vec, ledge_vec *out)
{
    (void)out;
    return ledge_vec_insert(vec, 1, "x");
}

static ledge_status insert_n_of_its_own(ledge_vec *vec, ledge_vec *out)
{
    (void)out;
    return ledge_vec_insert_n(vec, 2, vec->ptr + 1, 3);
}

static ledge_status resize(ledge_vec *vec, ledge_vec *out)
{
    (void)out;
    return ledge_vec_resize(vec, 9);
}

static ledge_status reserve(ledge_vec *vec, ledge_vec *out)
{
    (void)out;
    return ledge_vec_reserve(vec, 9);
}

static ledge_status make_room(ledge_vec *vec, ledge_vec *out)
{
    (void)out;
    return ledge_vec_make_room(vec, 9);
}

/* Shrinking asks the allocator, too. */
static ledge_status shrink(ledge_vec *vec, ledge_vec *out)
{
    (void)out;
    return ledge_vec_shrink_to_fit(vec);
}

static ledge_status clone(ledge_vec *vec, ledge_vec *out)
{
    return ledge_vec_clone(vec, out);
}

static ledge_status clone_view(ledge_vec *vec, ledge_vec *out)
{
    return ledge_vec_clone_view(ledge_vec_as_view(vec), 2, &vec->alloc, out);
}

static void assert_as_it_was(const ledge_vec *vec, const ledge_vec *before, const char *elements)
{
    assert_true(ledge_vec_is_valid(vec));
    assert_ptr_equal(vec->ptr, before->ptr);
    assert_int_equal(vec->length, before->length);
    assert_int_equal(vec->capacity, before->capacity);
    assert_int_equal(vec->allocated, before->allocated);
    assert_int_equal(vec->elem_size, before->elem_size);
    if (before->length != 0)
        assert_memory_equal(vec->ptr, elements, before->length * before->elem_size);
}

/* Runs op on a vector that holds length of "abcd" in a block of allocated, refusing the nth
 * request. Returns whether op met the refusal. */
static bool refused(operation *op, size_t length, size_t allocated, size_t nth)
{
    struct tracking_alloc mem;
    ledge_allocator hook = tracking_alloc_init(&mem);
    ledge_vec vec, out = {.length = 77};
    assert_status(ledge_vec_init(&vec, 1, &hook), LEDGE_OK);
    assert_status(ledge_vec_reserve(&vec, allocated), LEDGE_OK);
    assert_status(ledge_vec_append(&vec, "abcd", length), LEDGE_OK);
    ledge_vec_clip(&vec);

    ledge_vec before = vec;
    size_t bytes = mem.bytes;
    tracking_alloc_refuse(&mem, nth);
    ledge_status status = op(&vec, &out);
    if (status == LEDGE_ENOMEM) {
        assert_as_it_was(&vec, &before, "abcd");
        assert_int_equal(mem.bytes, bytes);
        assert_int_equal(out.length, 77);
        /* The next attempt is as good as the first. */
        assert_status(op(&vec, &out), LEDGE_OK);
    } else {
        assert_status(status, LEDGE_OK);
    }
    assert_true(ledge_vec_is_valid(&vec));

    if (out.length != 77)
        ledge_vec_cleanup(&out);
    ledge_vec_cleanup(&vec);
    assert_int_equal(mem.blocks, 0);
    assert_int_equal(mem.bytes, 0);
    return status == LEDGE_ENOMEM;
}

static void assert_survives_refusals(operation *op, size_t length, size_t allocated)
{
    size_t nth = 1;
    while (refused(op, length, allocated, nth))
        nth++;
    /* Each of these makes one request, and it was refused once. */
    assert_int_equal(nth, 2);
}

static void a_full_vector_survives_a_refusal(void **state)
{
    (void)state;
    operation *const ops[] = {push,          push_own_element, append,
                              append_itself, insert,           insert_n_of_its_own,
                              resize,        reserve,          make_room};
    for (size_t i = 0; i < sizeof(ops) / sizeof(ops[0]); i++)
        assert_survives_refusals(ops[i], 4, 4);
}

static void an_empty_vector_survives_a_refusal(void **state)
{
    (void)state;
    operation *const ops[] = {push, append, resize, reserve, make_room};
    for (size_t i = 0; i < sizeof(ops) / sizeof(ops[0]); i++)
        assert_survives_refusals(ops[i], 0, 0);
}

static void a_clipped_vector_survives_a_refusal(void **state)
{
    (void)state;
    operation *const ops[] = {push, append_itself, insert_n_of_its_own, shrink};
    for (size_t i = 0; i < sizeof(ops) / sizeof(ops[0]); i++)
        assert_survives_refusals(ops[i], 4, 64);
}

static void cloning_survives_a_refusal(void **state)
{
    (void)state;
    assert_survives_refusals(clone, 4, 4);
    assert_survives_refusals(clone_view, 4, 4);
}

/* --- A long sequence ---------------------------------------------------------------------- */

/* The vector and what it has to hold: an operation that returns LEDGE_OK is done on both. */
struct story {
    ledge_vec vec;
    char want[256];
    size_t n;
    size_t refusals;
};

/* Takes note of the result of an operation. Returns whether it happened. */
static bool happened(struct story *s, ledge_status status)
{
    if (status == LEDGE_ENOMEM)
        s->refusals++;
    else
        assert_status(status, LEDGE_OK);
    return status == LEDGE_OK;
}

static void want_insert(struct story *s, size_t at, const char *src, size_t n)
{
    char copy[256];
    memcpy(copy, src, n);
    memmove(s->want + at + n, s->want + at, s->n - at);
    memcpy(s->want + at, copy, n);
    s->n += n;
}

static void assert_holds(const struct story *s)
{
    assert_true(ledge_vec_is_valid(&s->vec));
    assert_int_equal(s->vec.length, s->n);
    if (s->n != 0)
        assert_memory_equal(s->vec.ptr, s->want, s->n);
}

static void tell(struct story *s)
{
    ledge_vec *vec = &s->vec;
    for (int i = 0; i < 26; i++) {
        char c = (char)('a' + i);
        if (happened(s, ledge_vec_push(vec, &c)))
            want_insert(s, s->n, &c, 1);
        assert_holds(s);
    }
    if (happened(s, ledge_vec_append(vec, vec->ptr, vec->length)))
        want_insert(s, s->n, s->want, s->n);
    assert_holds(s);
    if (happened(s, ledge_vec_shrink_to_fit(vec)))
        assert_int_equal(vec->allocated, s->n);
    if (happened(s, ledge_vec_insert_n(vec, 5, vec->ptr + 3, 9)))
        want_insert(s, 5, s->want + 3, 9);
    assert_holds(s);
    if (happened(s, ledge_vec_reserve(vec, 150)))
        assert_int_equal(vec->capacity, 150);
    assert_status(ledge_vec_erase(vec, 0, 10), LEDGE_OK);
    memmove(s->want, s->want + 10, s->n -= 10);
    ledge_vec_clip(vec);
    if (happened(s, ledge_vec_insert(vec, 1, "?")))
        want_insert(s, 1, "?", 1);
    assert_holds(s);
    if (happened(s, ledge_vec_resize(vec, s->n + 40))) {
        memset(s->want + s->n, 0, 40);
        s->n += 40;
    }
    assert_holds(s);

    ledge_vec copy;
    if (happened(s, ledge_vec_clone(vec, &copy))) {
        ledge_vec_cleanup(vec);
        *vec = copy;
    }
    assert_holds(s);
}

static void a_sequence_survives_a_refusal_at_every_request(void **state)
{
    (void)state;
    for (int policy = LEDGE_GROWTH_DOUBLE; policy <= LEDGE_GROWTH_HALF; policy++) {
        size_t nth = 0, refusals;
        do {
            struct tracking_alloc mem;
            ledge_allocator hook = tracking_alloc_init(&mem);
            struct story s = {.n = 0};
            assert_status(ledge_vec_init(&s.vec, 1, &hook), LEDGE_OK);
            assert_status(ledge_vec_set_growth(&s.vec, (ledge_growth)policy), LEDGE_OK);
            tracking_alloc_refuse(&mem, ++nth);
            tell(&s);
            ledge_vec_cleanup(&s.vec);
            assert_int_equal(mem.blocks, 0);
            assert_int_equal(mem.bytes, 0);
            refusals = s.refusals;
        } while (refusals != 0);
        /* With each policy there were at least ten requests to refuse. */
        assert_in_range(nth, 11, 40);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_full_vector_survives_a_refusal),
        cmocka_unit_test(an_empty_vector_survives_a_refusal),
        cmocka_unit_test(a_clipped_vector_survives_a_refusal),
        cmocka_unit_test(cloning_survives_a_refusal),
        cmocka_unit_test(a_sequence_survives_a_refusal_at_every_request),
    };
    return cmocka_run_group_tests_name("vec without memory", tests, NULL, NULL);
}
