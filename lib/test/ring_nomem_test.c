/* ring_nomem_test.c: a ring whose allocator refuses (A33). Every operation that takes memory is run
 * again and again with the 1st, 2nd, 3rd … request refused, until a run meets no refusal. A refused
 * operation has to leave everything as it was. */
#include "check.h"

#include <ledge/ring.h>

#include "tracking_alloc.h"

static ledge_status push_back(ledge_ring *ring)
{
    return ledge_ring_push_back(ring, "x");
}

static ledge_status push_back_own(ledge_ring *ring)
{
    return ledge_ring_push_back(ring, ledge_ring_at(ring, 1));
}

static ledge_status push_front(ledge_ring *ring)
{
    return ledge_ring_push_front(ring, "x");
}

static ledge_status write_more(ledge_ring *ring)
{
    return ledge_ring_write(ring, "uvwxyz", 6);
}

static ledge_status reserve(ledge_ring *ring)
{
    return ledge_ring_reserve(ring, 9);
}

/* Of a full ring there is nothing to shrink. */
static ledge_status shrink(ledge_ring *ring)
{
    assert_status(ledge_ring_discard(ring, 1), LEDGE_OK);
    const ledge_status status = ledge_ring_shrink_to_fit(ring);
    if (status != LEDGE_OK)
        assert_status(ledge_ring_push_front(ring, "a"), LEDGE_OK);
    return status;
}

/* Runs op on a full ring of "abcd" that goes round its block's end, refusing the nth request.
 * Returns whether op met the refusal. */
static bool refused(ledge_status (*op)(ledge_ring *ring), size_t nth)
{
    struct tracking_alloc mem;
    ledge_allocator hook = tracking_alloc_init(&mem);
    ledge_ring ring;
    char out[4];
    assert_status(ledge_ring_init(&ring, 1, LEDGE_RING_GROW, &hook), LEDGE_OK);
    assert_status(ledge_ring_write(&ring, "cdab", 4), LEDGE_OK);
    assert_status(ledge_ring_read(&ring, out, 2), LEDGE_OK);
    assert_status(ledge_ring_write(&ring, out, 2), LEDGE_OK);

    const ledge_ring before = ring;
    const size_t bytes = mem.bytes;
    tracking_alloc_refuse(&mem, nth);
    const ledge_status status = op(&ring);
    if (status == LEDGE_ENOMEM) {
        assert_ptr_equal(ring.ptr, before.ptr);
        assert_int_equal(ring.head, before.head);
        assert_int_equal(ring.length, 4);
        assert_int_equal(ring.capacity, 4);
        assert_int_equal(mem.bytes, bytes);
        assert_status(ledge_ring_peek(&ring, 0, out, 4), LEDGE_OK);
        assert_memory_equal(out, "abcd", 4);
        /* The next attempt is as good as the first. */
        assert_status(op(&ring), LEDGE_OK);
    } else {
        assert_status(status, LEDGE_OK);
    }
    assert_true(ledge_ring_is_valid(&ring));
    ledge_ring_cleanup(&ring);
    assert_int_equal(mem.blocks, 0);
    return status == LEDGE_ENOMEM;
}

static void a_full_ring_survives_a_refusal(void **state)
{
    (void)state;
    ledge_status (*const ops[])(ledge_ring *) = {push_back,  push_back_own, push_front,
                                                 write_more, reserve,       shrink};
    for (size_t i = 0; i < sizeof(ops) / sizeof(ops[0]); i++) {
        size_t nth = 1;
        while (refused(ops[i], nth))
            nth++;
        /* Each of these makes one request that matters, and it was refused once. */
        assert_int_equal(nth, 2);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_full_ring_survives_a_refusal),
    };
    return cmocka_run_group_tests_name("ring without memory", tests, NULL, NULL);
}
