/* tracking_alloc.h: an allocator for tests that knows every block it gave out.
 *
 * It fails the running test when a block is resized or freed with a wrong size, or twice, or isn't
 * one of its own. A resized block always moves, and the old one is overwritten before it is freed:
 * whoever still reads it reads garbage. It can be told to refuse the nth request.
 *
 *     struct tracking_alloc mem;
 *     ledge_allocator hook = tracking_alloc_init(&mem);
 *     …
 *     assert_int_equal(mem.bytes, 0);
 */
#ifndef LEDGE_TEST_TRACKING_ALLOC_H
#define LEDGE_TEST_TRACKING_ALLOC_H

#include <ledge/base.h>

enum { TRACKING_ALLOC_BLOCKS = 64 };

struct tracking_alloc {
    size_t requests; /* for memory, since the start: refused ones count, frees don't */
    size_t refuse;   /* the number of the request to refuse, from 1; 0: none */
    size_t blocks;   /* live blocks, and the bytes in them */
    size_t bytes;
    struct {
        void *ptr;
        size_t size;
    } live[TRACKING_ALLOC_BLOCKS];
};

/* tracking_alloc_init sets mem up with no blocks and returns the hook that uses it. */
ledge_allocator tracking_alloc_init(struct tracking_alloc *mem);

/* tracking_alloc_refuse lets the nth request from now on fail (1: the next one), once. */
void tracking_alloc_refuse(struct tracking_alloc *mem, size_t nth);

#endif /* LEDGE_TEST_TRACKING_ALLOC_H */
