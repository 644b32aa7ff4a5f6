/* owner_nomem_test.c: counted memory whose allocator refuses (A33): with the 1st, 2nd, 3rd …
 * request refused, everything is as it was and nothing leaks. */
#include "check.h"

#include <string.h>

#include <ledge/owner.h>

#include "tracking_alloc.h"

/* What an operation may use: a view of an owner of its own, a vector, foreign memory. */
struct objects {
    ledge_allocator hook;
    ledge_shared s;
    ledge_vec vec;
    char foreign[8];
    int freed;
};

static void count(void *ctx, void *ptr, size_t size)
{
    (void)ptr, (void)size;
    ++*(int *)ctx;
}

typedef ledge_status operation(struct objects *o, ledge_shared *out);

static ledge_status alloc(struct objects *o, ledge_shared *out)
{
    return ledge_shared_alloc(5, &o->hook, out);
}

static ledge_status alloc_nothing(struct objects *o, ledge_shared *out)
{
    return ledge_shared_alloc(0, &o->hook, out);
}

static ledge_status copy(struct objects *o, ledge_shared *out)
{
    return ledge_shared_copy(ledge_view_of(o->foreign, 8), &o->hook, out);
}

static ledge_status clone(struct objects *o, ledge_shared *out)
{
    return ledge_shared_clone(&o->s, &o->hook, out);
}

static ledge_status describe(struct objects *o, ledge_shared *out)
{
    return ledge_shared_describe(&o->s, &o->hook, out);
}

static ledge_status adopt(struct objects *o, ledge_shared *out)
{
    return ledge_shared_adopt(o->foreign, 8, count, &o->freed, &o->hook, out);
}

static ledge_status borrow(struct objects *o, ledge_shared *out)
{
    return ledge_shared_borrow(o->foreign, 8, &o->hook, out);
}

static ledge_status from_vec(struct objects *o, ledge_shared *out)
{
    return ledge_shared_from_vec(&o->vec, out);
}

static ledge_status grow(struct objects *o, ledge_shared *out)
{
    (void)out;
    return ledge_shared_resize(&o->s, 20);
}

static ledge_status shrink(struct objects *o, ledge_shared *out)
{
    (void)out;
    return ledge_shared_resize(&o->s, 2);
}

static void assert_unchanged(const struct objects *o, const struct tracking_alloc *mem)
{
    assert_true(ledge_shared_is_valid(&o->s));
    assert_int_equal(o->s.generation, 1);
    assert_int_equal(o->s.length, 10);
    assert_memory_equal(o->s.ptr, "0123456789", 10);
    assert_true(ledge_vec_is_valid(&o->vec));
    assert_int_equal(ledge_vec_length(&o->vec), 3);
    assert_memory_equal(o->vec.ptr, "abc", 3);
    assert_int_equal(o->freed, 0);
    assert_int_equal(mem->blocks, 3);
}

/* Runs an operation that asks for memory as often as `requests` says. */
static void survives_refusals(operation *run, size_t requests)
{
    for (size_t nth = 1; nth <= requests + 1; nth++) {
        struct tracking_alloc mem;
        struct objects o = {.hook = tracking_alloc_init(&mem), .foreign = "foreign"};
        assert_status(ledge_shared_copy(ledge_view_of("0123456789", 10), &o.hook, &o.s), LEDGE_OK);
        assert_status(ledge_vec_init(&o.vec, 1, &o.hook), LEDGE_OK);
        assert_status(ledge_vec_append(&o.vec, "abc", 3), LEDGE_OK);

        ledge_shared out = {0};
        tracking_alloc_refuse(&mem, nth);
        ledge_status status = run(&o, &out);
        assert_status(status, nth <= requests ? LEDGE_ENOMEM : LEDGE_OK);
        if (status != LEDGE_OK) {
            assert_null(out.owner);
            assert_unchanged(&o, &mem);
        }
        assert_status(ledge_shared_release(&out), LEDGE_OK);
        assert_status(ledge_shared_release(&o.s), LEDGE_OK);
        ledge_vec_cleanup(&o.vec);
        assert_int_equal(mem.blocks, 0);
        assert_int_equal(mem.bytes, 0);
    }
}

static void making_an_owner_survives_refusals(void **state)
{
    (void)state;
    survives_refusals(alloc, 2);
    survives_refusals(alloc_nothing, 1);
    survives_refusals(copy, 2);
    survives_refusals(clone, 2);
    survives_refusals(describe, 2);
}

static void foreign_memory_stays_with_the_caller(void **state)
{
    (void)state;
    survives_refusals(adopt, 1);
    survives_refusals(borrow, 1);
    survives_refusals(from_vec, 1);
}

static void a_block_survives_refusals(void **state)
{
    (void)state;
    survives_refusals(grow, 1);
    survives_refusals(shrink, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(making_an_owner_survives_refusals),
        cmocka_unit_test(foreign_memory_stays_with_the_caller),
        cmocka_unit_test(a_block_survives_refusals),
    };
    return cmocka_run_group_tests_name("owner without memory", tests, NULL, NULL);
}
