/* builds_work.c: see builds_work.h. It is compiled, with all of the library, into a module for each
 * build. */
#include "builds_work.h"

#include <string.h>

#include <ledge/arena.h>
#include <ledge/owner.h>
#include <ledge/pool.h>
#include <ledge/vec.h>
#include <ledge/view.h>

#include "bench.h"

enum { BYTES = 1024, MOST_LIVE = 10000 };

static ledge_shared blocks[MOST_LIVE];
static size_t blocks_live;

static int set_up(size_t live)
{
    while (blocks_live > 0) {
        if (ledge_shared_release(&blocks[--blocks_live]) != LEDGE_OK)
            return LEDGE_EBUSY;
    }
    for (; blocks_live < live && blocks_live < MOST_LIVE; blocks_live++) {
        ledge_status status = ledge_shared_alloc(BYTES, NULL, &blocks[blocks_live]);
        if (status != LEDGE_OK)
            return (int)status;
    }
    return LEDGE_OK;
}

/* The block in the middle of the table. */
static int middle(ledge_span *out)
{
    return (int)ledge_shared_as_span(&blocks[blocks_live / 2], out);
}

static int get(size_t n)
{
    ledge_span span;
    int status = middle(&span);
    uint64_t sum = 0;
    for (size_t i = 0; i < n; i++) {
        uint8_t byte = 0;
        status |= (int)ledge_span_get(span, i % BYTES, &byte);
        sum += byte;
        bench_keep(sum);
    }
    return status;
}

static int set(size_t n)
{
    ledge_span span;
    int status = middle(&span);
    for (size_t i = 0; i < n; i++) {
        status |= (int)ledge_span_set(span, i % BYTES, (uint8_t)i);
        bench_keep(i);
    }
    return status;
}

static int sub(size_t n)
{
    ledge_span span, part;
    int status = middle(&span);
    for (size_t i = 0; i < n; i++) {
        status |= (int)ledge_span_sub3(span, i % 512, 512, 1024, &part);
        bench_keep((uintptr_t)part.ptr);
    }
    return status;
}

static int append(size_t n)
{
    ledge_span span, longer;
    int status = middle(&span);
    const ledge_view src = ledge_view_of("12345678", 8);
    for (size_t i = 0; i < n; i++) {
        span.length = i % 1000;
        status |= (int)ledge_span_append(span, src, &longer);
        bench_keep(longer.length);
    }
    return status;
}

static int copy(size_t n)
{
    ledge_span span;
    int status = middle(&span);
    static unsigned char to[BYTES];
    for (size_t i = 0; i < n; i++)
        bench_keep(ledge_span_copy(ledge_span_of(to, BYTES), ledge_span_as_view(span)));
    return status;
}

static int push(size_t n)
{
    ledge_vec vec;
    ledge_status status = ledge_vec_init(&vec, sizeof(uint64_t), NULL);
    for (uint64_t i = 0; i < n && status == LEDGE_OK; i++)
        status = ledge_vec_push(&vec, &i);
    bench_keep(vec.length);
    ledge_vec_cleanup(&vec);
    return (int)status;
}

static int alloc_release(size_t n)
{
    ledge_status status = LEDGE_OK;
    for (size_t i = 0; i < n && status == LEDGE_OK; i++) {
        ledge_shared shared;
        status = ledge_shared_alloc(64, NULL, &shared);
        if (status == LEDGE_OK)
            status = ledge_shared_release(&shared);
    }
    return (int)status;
}

/* With a reset for every 64 objects. */
static int arena_alloc(size_t n)
{
    ledge_arena arena;
    ledge_status status = ledge_arena_init(&arena, BYTES, NULL);
    for (size_t i = 0; i < n && status == LEDGE_OK; i++) {
        ledge_span span;
        if (i % 64 == 0)
            ledge_arena_reset(&arena);
        status = ledge_arena_alloc(&arena, 16, 8, &span);
        bench_keep((uintptr_t)span.ptr);
    }
    ledge_arena_cleanup(&arena);
    return (int)status;
}

static int get_put(size_t n)
{
    ledge_pool pool;
    ledge_status status = ledge_pool_init(&pool, 64, 8, NULL);
    for (size_t i = 0; i < n && status == LEDGE_OK; i++) {
        void *ptr;
        status = ledge_pool_get(&pool, &ptr);
        bench_keep((uintptr_t)ptr);
        if (status == LEDGE_OK)
            status = ledge_pool_put(&pool, ptr);
    }
    ledge_pool_cleanup(&pool);
    return (int)status;
}

static const struct builds_work works[] = {
    {"get a byte", get, 20000},
    {"set a byte", set, 20000},
    {"cut a span", sub, 20000},
    {"append 8 bytes", append, 20000},
    {"copy 1 KiB", copy, 5000},
    {"push 8 bytes", push, 50000},
    {"allocate and free", alloc_release, 2000},
    {"arena: 16 bytes", arena_alloc, 20000},
    {"pool: get and put", get_put, 20000},
    {NULL, NULL, 0},
};

__attribute__((visibility("default"))) extern const struct builds_workload builds_workload;
const struct builds_workload builds_workload = {set_up, works};
