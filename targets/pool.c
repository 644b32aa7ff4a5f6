/* pool: objects of one size (ledge/pool.h), in one pool and in those of a set, beside a model that
 * counts what is in each block; objects that are put twice, by other threads, and where they aren't
 * from; an allocator that fails. Rows B15 E9 A33. */
#include "closed.h"
#include "kit/target.h"
#include "other_thread.h"
#include "status_name.h"
#include "stingy.h"

#include <ledge/pool.h>

enum { SLOTS = 12, POOLS = 4, BLOCKS = 28, LARGE = 5000, SEEN = 64 };

/* clang-format off */
SUPPORT_AS(visit_support,
static struct { ledge_pool *pool; ledge_tpool *set; ledge_span object; } visit;
/* What another thread does: it writes into an object that it was given, and puts it; */
static int put_as_guest(void) {
    memset(visit.object.ptr, 0xee, visit.object.length);
    return (int)ledge_pool_put_remote(visit.pool, visit.object.ptr);
}
/* or it has a pool of a set for a while. */
static int join_for_one(void) {
    ledge_pool *own = NULL;
    ledge_span span;
    if (ledge_tpool_join(visit.set, &own) != LEDGE_OK || ledge_pool_get_span(own, &span) != LEDGE_OK)
        return -1;
    ledge_span_fill(span, 0xee);
    return (int)ledge_pool_put_span(own, &span) + (int)ledge_tpool_leave(visit.set, own);
});
/* clang-format on */

/* at[0] is the pool, at[1] to at[3] those of the set that were joined; of[] is where an object is
 * from, old[] what was put last. */
#define OBJECTS                                                                                    \
    ledge_pool pool, *at[4], *of[12];                                                              \
    ledge_tpool tpool;                                                                             \
    ledge_span s[12];                                                                              \
    void *old[12];                                                                                 \
    ledge_pool_stats stats[4];                                                                     \
    ledge_tpool_stats all;                                                                         \
    uint8_t byte;                                                                                  \
    STINGY_OBJECTS

struct world {
    OBJECTS
    struct model_pool {
        size_t size, align; /* 0: the zero state */
        size_t gets, misses, puts, remote, peak, count, now;
        struct model_block { /* the oldest first; now: the one in use */
            size_t slots, out, remote;
        } blocks[BLOCKS];
    } pools[POOLS];
    struct model_object {
        bool live, gone; /* gone: put, and its pool is still there */
        size_t pool, block;
        uint8_t want[SEEN];
    } m[SLOTS];
    size_t lanes, grants;
    bool joined[POOLS];
    const struct model_block *guest; /* where another thread has put an object */
};

static void world_open(struct world *w)
{
    STINGY_OPEN;
    CALL(w->at[0] = &w->pool);
}

static size_t model_slots(const struct model_pool *p)
{
    size_t slots = 0;
    for (size_t i = 0; i < p->count; i++)
        slots += p->blocks[i].slots;
    return slots;
}

static size_t model_peak(const struct model_pool *p)
{
    return p->gets - p->puts > p->peak ? p->gets - p->puts : p->peak;
}

static ledge_pool_stats model_stats(const struct model_pool *p)
{
    return (ledge_pool_stats){.gets = p->gets,
                              .hits = p->gets - p->misses,
                              .puts = p->puts,
                              .remote = p->remote,
                              .in_use = p->gets - p->puts,
                              .peak = model_peak(p),
                              .blocks = p->count,
                              .slots = model_slots(p)};
}

/* Whether it isn't said yet that what another thread did comes before what this one does: until the
 * block's puts are taken back, only what may be called meanwhile is. */
static bool model_has_guest(const struct world *w)
{
    return w->guest && w->guest->remote != 0;
}

static void world_check(struct world *w)
{
    CALL(for (size_t i = 0; i < 4; i++) {
        if (w->at[i])
            ledge_pool_read_stats(w->at[i], &w->stats[i]);
    });
    for (size_t i = 0; i < POOLS; i++) {
        const ledge_pool_stats want = model_stats(&w->pools[i]);
        if (!w->at[i])
            continue;
        if (!model_has_guest(w))
            CHECK_EQ_AT(i, ledge_pool_is_valid(w->at[i]), true);
        CHECK_BYTES_AT(i, &w->stats[i], &want, sizeof want);
    }
    for (size_t i = 0; i < SLOTS; i++) {
        const struct model_object *m = &w->m[i];
        const size_t size = m->live ? w->pools[m->pool].size : 0;
        CHECK_BYTES_AT(i, w->s[i].ptr, m->want, size < SEEN ? size : SEEN);
        CHECK_EQ_AT(i, ledge_span_get(w->s[i], 0, &w->byte), size ? LEDGE_OK : LEDGE_ERANGE);
        CHECK_EQ_AT(i, w->s[i].length, size);
    }
}

static void world_close(struct world *w)
{
    CHECK_EQ(await_other(), LEDGE_OK);
    CALL(ledge_pool_cleanup(&w->pool));
    CALL(ledge_tpool_cleanup(&w->tpool));
    STINGY_CLOSE(w->stingy);
}

static size_t model_free(const struct model_block *block)
{
    return block->slots - block->out - block->remote;
}

static void model_count_puts(struct model_pool *p, size_t n)
{
    p->peak = model_peak(p);
    p->puts += n;
}

static void model_collect(struct model_pool *p, struct model_block *block)
{
    model_count_puts(p, block->remote);
    p->remote += block->remote;
    block->remote = 0;
}

static ledge_status model_add(struct world *w, struct model_pool *p, size_t slots)
{
    if (!model_grant(&w->grants, slots * p->size))
        return LEDGE_ENOMEM;
    p->now = p->count;
    p->blocks[p->count++] = (struct model_block){.slots = slots};
    return LEDGE_OK;
}

/* Finds a block with a free slot: the one in use, or the newest, or a new one. */
static ledge_status model_find(struct world *w, struct model_pool *p)
{
    if (p->count != 0 && model_free(&p->blocks[p->now]) != 0)
        return LEDGE_OK;
    for (size_t left = p->count; left > 0; left--) {
        model_collect(p, &p->blocks[left - 1]);
        if (model_free(&p->blocks[left - 1]) != 0) {
            p->now = left - 1;
            return LEDGE_OK;
        }
    }
    const size_t each = p->size > p->align ? p->size : p->align;
    size_t slots = 4096 / (each > 16 ? each : 16);
    slots = slots > model_slots(p) ? slots : model_slots(p);
    const ledge_status status = model_add(w, p, slots ? slots : 1);
    p->misses += status == LEDGE_OK;
    return status;
}

/* The slots that n gets need and that don't exist yet. */
static size_t model_missing(const struct model_pool *p, size_t n)
{
    size_t free = 0;
    for (size_t i = 0; i < p->count; i++)
        free += p->blocks[i].slots - p->blocks[i].out;
    return n > free ? n - free : 0;
}

static ledge_status model_reserve(struct world *w, struct model_pool *p, size_t n)
{
    const size_t more = model_missing(p, n);
    for (size_t i = 0; i < p->count; i++)
        model_collect(p, &p->blocks[i]);
    if (p->size == 0 || more == 0)
        return p->size ? LEDGE_OK : LEDGE_ESIZE;
    return more > LEDGE_POOL_SLOTS_MAX ? LEDGE_EOVERFLOW : model_add(w, p, more);
}

static ledge_status model_get(struct world *w, size_t pool, size_t slot)
{
    struct model_pool *p = &w->pools[pool];
    if (p->size == 0)
        return LEDGE_ESIZE;
    if (model_find(w, p) != LEDGE_OK)
        return LEDGE_ENOMEM;
    p->gets++;
    p->blocks[p->now].out++;
    w->m[slot] = (struct model_object){.live = true, .pool = pool, .block = p->now};
    return LEDGE_OK;
}

static void model_put(struct world *w, size_t slot, bool remote)
{
    struct model_object *m = &w->m[slot];
    struct model_pool *p = &w->pools[m->pool];
    p->blocks[m->block].out--;
    p->blocks[m->block].remote += remote;
    if (!remote) {
        model_count_puts(p, 1);
        p->now = m->block;
    }
    m->live = false;
    m->gone = true;
}

static ledge_status model_init(size_t size, size_t align)
{
    return size == 0                                                   ? LEDGE_ESIZE
           : align == 0 || (align & (align - 1)) != 0                  ? LEDGE_EINVAL
           : size > LEDGE_POOL_SIZE_MAX || align > LEDGE_POOL_SIZE_MAX ? LEDGE_EOVERFLOW
                                                                       : LEDGE_OK;
}

/* The pools from lo on are no more, and neither are their objects. */
static void model_forget(struct world *w, size_t lo, size_t hi)
{
    for (size_t i = 0; i < SLOTS; i++) {
        if (w->m[i].pool >= lo && w->m[i].pool <= hi)
            w->m[i] = (struct model_object){.live = false};
    }
    memset(&w->pools[lo], 0, (hi + 1 - lo) * sizeof w->pools[lo]);
    memset(&w->joined[lo], 0, (hi + 1 - lo) * sizeof w->joined[lo]);
}

/* Whether the object that slot has put is out again. */
static bool is_out_again(const struct world *w, size_t slot)
{
    for (size_t i = 0; i < SLOTS; i++) {
        if (w->m[i].live && w->s[i].ptr == w->old[slot])
            return true;
    }
    return false;
}

OP(init, INDEX(size), ALIGNMENT(align))
{
    REQUIRE(w->pools[0].size == 0 && (size <= LARGE || size > LEDGE_POOL_SIZE_MAX));
    EXPECT(ledge_pool_init(&w->pool, size, align, &w->alloc), model_init(size, align));
    if (got == LEDGE_OK)
        w->pools[0] = (struct model_pool){.size = size, .align = align};
}

OP0(cleanup)
{
    CHECK_EQ(await_other(), LEDGE_OK);
    model_forget(w, 0, 0);
    CALL(for (size_t i = 0; i < 12; i++) {
        if (w->of[i] == &w->pool)
            w->s[i] = (ledge_span){0};
    });
    CALL(ledge_pool_cleanup(&w->pool));
}

OP(get, DEFINE(slot, SLOTS), RANGE(pool, 0, POOLS - 1), U32(byte))
{
    REQUIRE(w->at[pool] && !w->m[slot].live && w->pools[pool].count < BLOCKS);
    CALL(void *ptr = NULL);
    EXPECT(ledge_pool_get(w->at[pool], &ptr), model_get(w, pool, slot));
    REQUIRE(got == LEDGE_OK);
    CALL(w->of[slot] = w->at[pool]);
    CALL(w->s[slot] = ledge_span_of(ptr, w->of[slot]->size));
    CHECK_EQ((uintptr_t)ptr % w->of[slot]->align, 0);
    CHECK_EQ(is_closed(ptr, w->s[slot].length, w->s[slot].length + 16), true);
    CALL(memset(ptr, (uint8_t)byte, w->s[slot].length));
    memset(w->m[slot].want, (uint8_t)byte, SEEN);
}

OP(get_span, DEFINE(slot, SLOTS), RANGE(pool, 0, POOLS - 1), U32(byte))
{
    REQUIRE(w->at[pool] && !w->m[slot].live && w->pools[pool].count < BLOCKS);
    EXPECT(ledge_pool_get_span(w->at[pool], &w->s[slot]), model_get(w, pool, slot));
    REQUIRE(got == LEDGE_OK);
    CALL(w->of[slot] = w->at[pool]);
    CHECK_EQ(w->s[slot].capacity, w->pools[pool].size);
    CALL(ledge_span_fill(w->s[slot], (uint8_t)byte));
    memset(w->m[slot].want, (uint8_t)byte, SEEN);
}

OP(put, HANDLE(slot, SLOTS))
{
    REQUIRE(w->m[slot].live && w->at[w->m[slot].pool]);
    CALL(w->old[slot] = w->s[slot].ptr);
    EXPECT(ledge_pool_put(w->of[slot], w->s[slot].ptr), LEDGE_OK);
    CHECK_EQ(is_closed(w->old[slot], 0, w->s[slot].length), true);
    CALL(w->s[slot] = (ledge_span){0});
    model_put(w, slot, false);
}

OP(put_span, HANDLE(slot, SLOTS), RANGE(length, 0, 15))
{
    REQUIRE(w->m[slot].live && w->at[w->m[slot].pool]);
    CALL(w->old[slot] = w->s[slot].ptr);
    if (length < w->s[slot].length) {
        CALL(w->s[slot].length -= length);
    }
    EXPECT(ledge_pool_put_span(w->of[slot], &w->s[slot]), LEDGE_OK);
    CHECK_EQ(is_closed(w->old[slot], 0, w->of[slot]->size), true);
    model_put(w, slot, false);
}

/* By a thread that the pool doesn't belong to. */
OP(put_remote, HANDLE(slot, SLOTS))
{
    REQUIRE(w->m[slot].live);
    CALL(w->old[slot] = w->s[slot].ptr);
    EXPECT(ledge_pool_put_remote(w->of[slot], w->s[slot].ptr), LEDGE_OK);
    CHECK_EQ(is_closed(w->old[slot], 0, w->s[slot].length), true);
    CALL(w->s[slot] = (ledge_span){0});
    model_put(w, slot, true);
}

OP(put_twice, HANDLE(slot, SLOTS))
{
    REQUIRE(!model_has_guest(w) && w->m[slot].gone && w->at[w->m[slot].pool] &&
            !is_out_again(w, slot));
    CALL(ledge_span span = ledge_span_of(w->old[slot], w->of[slot]->size));
    CHECK_EQ(ledge_pool_owns(w->of[slot], w->old[slot]), false);
    EXPECT(ledge_pool_put(w->of[slot], w->old[slot]), LEDGE_ESTALE);
    EXPECT_AS(viewed, ledge_pool_put_span(w->of[slot], &span), LEDGE_ESTALE);
    EXPECT_AS(elsewhere, ledge_pool_put_remote(w->of[slot], w->old[slot]), LEDGE_ESTALE);
    EXPECT_AS(shared, ledge_tpool_put(&w->tpool, w->of[slot], w->old[slot]), LEDGE_ESTALE);
}

OP(put_foreign, HANDLE(slot, SLOTS), INDEX(offset), RANGE(pool, 0, POOLS - 1))
{
    const struct model_object *m = &w->m[slot];
    REQUIRE(w->at[pool] && m->live &&
            (pool != m->pool || (offset != 0 && offset < w->of[slot]->size)));
    CALL(ledge_span part = ledge_span_of(w->s[slot].ptr + offset % w->of[slot]->size, 1));
    CHECK_EQ(ledge_pool_owns(w->at[pool], part.ptr), false);
    EXPECT(ledge_pool_put(w->at[pool], part.ptr), LEDGE_ENOTFOUND);
    EXPECT_AS(viewed, ledge_pool_put_span(w->at[pool], &part), LEDGE_ENOTFOUND);
    EXPECT_AS(elsewhere, ledge_pool_put_remote(w->at[pool], part.ptr), LEDGE_ENOTFOUND);
    CHECK_EQ(ledge_pool_owns(w->of[slot], w->s[slot].ptr), true);
}

OP(put_nothing, RANGE(pool, 0, POOLS - 1))
{
    REQUIRE(w->at[pool]);
    CALL(ledge_span none = {0});
    EXPECT(ledge_pool_put(w->at[pool], NULL), LEDGE_ENULL);
    EXPECT_AS(viewed, ledge_pool_put_span(w->at[pool], &none), LEDGE_ENULL);
    EXPECT_AS(elsewhere, ledge_pool_put_remote(w->at[pool], NULL), LEDGE_ENULL);
    EXPECT_AS(shared, ledge_tpool_put(&w->tpool, w->at[pool], NULL), LEDGE_ENULL);
    EXPECT_AS(nobodys, ledge_tpool_put(&w->tpool, NULL, NULL), LEDGE_ENULL);
    EXPECT_AS(lost, ledge_tpool_put(&w->tpool, w->at[pool], w), LEDGE_ENOTFOUND);
}

OP(reserve, RANGE(pool, 0, POOLS - 1), INDEX(n))
{
    struct model_pool *p = &w->pools[pool];
    REQUIRE(w->at[pool] && p->count < BLOCKS);
    const size_t more = model_missing(p, n);
    const bool fits = more <= STINGY_MAX / (2 * p->size + 128), much = more > LEDGE_POOL_SLOTS_MAX;
    REQUIRE(fits || much || (more <= SIZE_MAX / 2 / LARGE && more * p->size > STINGY_MAX));
    EXPECT(ledge_pool_reserve(w->at[pool], n), model_reserve(w, p, n));
}

/* As many blocks of one slot each; what others have put is free, too, after the first time. */
OP(reserve_often, RANGE(pool, 0, POOLS - 1), RANGE(times, 1, 20))
{
    struct model_pool *p = &w->pools[pool];
    REQUIRE(w->at[pool] && p->size != 0 && p->count + times < BLOCKS);
    for (size_t i = 0; i < times; i++) {
        const size_t n = model_slots(p) - (p->gets - p->puts) + 1;
        for (size_t j = 0; j < p->count; j++)
            model_collect(p, &p->blocks[j]);
        if (n > model_slots(p) - (p->gets - p->puts) && model_add(w, p, 1) != LEDGE_OK)
            break;
    }
    CALL(for (size_t i = 0; i < times; i++) {
        ledge_pool_read_stats(w->at[pool], &w->stats[pool]);
        const size_t n = w->stats[pool].slots - w->stats[pool].in_use + 1;
        if (ledge_pool_reserve(w->at[pool], n) != LEDGE_OK)
            break;
    });
}

OP(block_use, RANGE(pool, 0, POOLS - 1), RANGE(index, 0, 7))
{
    const struct model_pool *p = &w->pools[pool];
    REQUIRE(w->at[pool] && !model_has_guest(w));
    CALL(size_t slots = 0);
    CALL(size_t in_use = 0);
    EXPECT(ledge_pool_block_use(w->at[pool], index, &slots, &in_use),
           index < p->count ? LEDGE_OK : LEDGE_ERANGE);
    CHECK_EQ(slots, got == LEDGE_OK ? p->blocks[p->count - 1 - index].slots : 0);
    CHECK_EQ(in_use, got == LEDGE_OK ? p->blocks[p->count - 1 - index].out : 0);
}

OP(set_init, RANGE(lanes, 0, POOLS - 1), INDEX(size), ALIGNMENT(align))
{
    REQUIRE(w->lanes == 0 && (size <= LARGE || size > LEDGE_POOL_SIZE_MAX));
    ledge_status want = lanes == 0 ? LEDGE_EEMPTY : model_init(size, align);
    if (want == LEDGE_OK && !model_grant(&w->grants, 1))
        want = LEDGE_ENOMEM;
    EXPECT(ledge_tpool_init(&w->tpool, size, align, lanes, &w->alloc), want);
    w->lanes = got == LEDGE_OK ? lanes : 0;
    for (size_t i = 1; i <= w->lanes; i++)
        w->pools[i] = (struct model_pool){.size = size, .align = 64};
}

OP0(set_cleanup)
{
    CHECK_EQ(await_other(), LEDGE_OK);
    model_forget(w, 1, POOLS - 1);
    w->lanes = 0;
    CALL(for (size_t i = 0; i < 12; i++) {
        if (w->of[i] != &w->pool)
            w->s[i] = (ledge_span){0};
    });
    CALL(w->at[1] = w->at[2] = w->at[3] = NULL);
    CALL(ledge_tpool_cleanup(&w->tpool));
}

OP0(join)
{
    size_t lane = 1;
    while (lane < w->lanes && w->joined[lane])
        lane++;
    const bool is_free = w->lanes != 0 && !w->joined[lane];
    CALL(ledge_pool *own = NULL);
    EXPECT(ledge_tpool_join(&w->tpool, &own), is_free ? LEDGE_OK : LEDGE_EBUSY);
    if (got == LEDGE_OK) {
        CHECK_EQ((uintptr_t)own % LEDGE_POOL_LINE, 0);
        CALL(w->at[!w->at[1] ? 1 : !w->at[2] ? 2 : 3] = own);
        w->joined[lane] = true;
    }
}

OP(leave, RANGE(pool, 0, POOLS - 1))
{
    EXPECT(ledge_tpool_leave(&w->tpool, w->at[pool]), w->joined[pool] ? LEDGE_OK : LEDGE_ENOTFOUND);
    REQUIRE(w->at[pool]);
    EXPECT_AS(between, ledge_tpool_leave(&w->tpool, w->at[pool] + 1), LEDGE_ENOTFOUND);
    REQUIRE(pool != 0);
    EXPECT_AS(again, ledge_tpool_leave(&w->tpool, w->at[pool]), LEDGE_ENOTFOUND);
    CALL(w->at[pool] = NULL);
    w->joined[pool] = false;
}

/* By a thread that has joined as own, or hasn't: 0. */
OP(set_put, HANDLE(slot, SLOTS), RANGE(own, 0, POOLS - 1))
{
    const struct model_object *m = &w->m[slot];
    REQUIRE(m->live && m->pool != 0 && (own == 0 || w->at[own]));
    CALL(w->old[slot] = w->s[slot].ptr);
    CALL(ledge_pool *mine = own ? w->at[own] : NULL);
    EXPECT(ledge_tpool_put(&w->tpool, mine, w->s[slot].ptr), LEDGE_OK);
    CALL(w->s[slot] = (ledge_span){0});
    model_put(w, slot, own != m->pool);
}

OP0(set_stats)
{
    ledge_tpool_stats want = {.lanes = w->lanes, .least = w->lanes ? SIZE_MAX : 0};
    for (size_t i = 1; i <= w->lanes; i++) {
        const ledge_pool_stats stats = model_stats(&w->pools[i]);
        const size_t *from = (const size_t *)&stats;
        for (size_t j = 0; j < sizeof stats / sizeof *from; j++)
            ((size_t *)&want.total)[j] += from[j];
        want.joined += w->joined[i];
        want.most = stats.gets > want.most ? stats.gets : want.most;
        want.least = stats.gets < want.least ? stats.gets : want.least;
    }
    CALL(ledge_tpool_read_stats(&w->tpool, &w->all));
    CHECK_BYTES(&w->all, &want, sizeof want);
}

OP(lane_stats, RANGE(index, 0, POOLS - 1))
{
    const bool exists = index < w->lanes;
    const ledge_pool_stats want = model_stats(&w->pools[exists ? index + 1 : 0]);
    CALL(ledge_pool_stats stats = {0});
    EXPECT(ledge_tpool_read_lane(&w->tpool, index, &stats), exists ? LEDGE_OK : LEDGE_ERANGE);
    REQUIRE(exists);
    CHECK_BYTES(&stats, &want, sizeof want);
    CHECK_EQ(ledge_pool_hit_rate(&stats) * 1000000,
             want.gets ? (double)want.hits / (double)want.gets * 1000000 : 1000000);
}

/* Fields that somebody wrote over. */
OP(damage, RANGE(field, 0, 5))
{
    REQUIRE(w->pools[0].count != 0 && !model_has_guest(w));
    CALL(ledge_pool bad = w->pool);
    CALL(bad.gets += field == 0);
    CALL(bad.slots -= field == 1);
    CALL(bad.count += field == 2);
    CALL(bad.size = field == 3 ? 0 : bad.size);
    CALL(bad.block = field == 4 ? NULL : bad.block);
    CALL(bad.blocks = field == 5 ? NULL : bad.blocks);
    CHECK_EQ(ledge_pool_is_valid(&bad), false);
}

OP(damage_list, RANGE(field, 0, 2))
{
    const struct model_pool *p = &w->pools[0];
    REQUIRE(p->count != 0 && model_free(&p->blocks[p->now]) != 0 && !model_has_guest(w));
    CALL(uint32_t *const first = &w->pool.block->free);
    CALL(uint32_t *const link = &w->pool.block->links[*first]);
    CALL(const uint32_t slot = *first);
    CALL(const uint32_t next = *link);
    CALL(*first = field == 0 ? LEDGE_POOL_OUT - 1 : slot);
    CALL(*link = field == 1 ? slot : field == 2 ? LEDGE_POOL_OUT : next);
    CHECK_EQ(ledge_pool_is_valid(&w->pool), false);
    CALL(*first = slot);
    CALL(*link = next);
}

/* What doesn't fit an address space. */
OP(impossible, INDEX(n))
{
    REQUIRE(n >= 4);
    CALL(ledge_pool pool);
    EXPECT_AS(made, ledge_pool_init(&pool, LEDGE_POOL_SIZE_MAX, 1, NULL), LEDGE_OK);
    EXPECT(ledge_pool_reserve(&pool, n), LEDGE_EOVERFLOW);
    CALL(ledge_tpool set);
    EXPECT_AS(many, ledge_tpool_init(&set, 1, 1, SIZE_MAX - n % 64, NULL), LEDGE_EOVERFLOW);
}

STINGY_OP(3)

/* Nothing but the pool orders what another thread does with an object and what this one does when
 * it gets it. */
OP(put_as_other, HANDLE(slot, SLOTS))
{
    const struct model_object *m = &w->m[slot];
    REQUIRE(m->live && !model_has_guest(w));
    CALL(w->old[slot] = w->s[slot].ptr);
    CHECK_EQ(await_other(), LEDGE_OK);
    CALL(visit.pool = w->of[slot]);
    CALL(visit.object = w->s[slot]);
    CALL(start_other(put_as_guest));
    CALL(outlast_other());
    CALL(w->s[slot] = (ledge_span){0});
    model_put(w, slot, true);
    w->guest = &w->pools[m->pool].blocks[m->block];
}

/* Two threads have the same pool of a set, one after the other, and nothing but the set says so. */
OP0(join_as_other)
{
    size_t lane = 1;
    while (lane < w->lanes && w->joined[lane])
        lane++;
    struct model_pool *p = &w->pools[lane];
    REQUIRE(w->lanes != 0 && !w->joined[lane] && !model_has_guest(w) && p->count < BLOCKS);
    CALL(ledge_pool *own = NULL);
    EXPECT_AS(first, ledge_tpool_join(&w->tpool, &own), LEDGE_OK);
    EXPECT_AS(room, ledge_pool_reserve(own, 1), model_reserve(w, p, 1));
    EXPECT_AS(left, ledge_tpool_leave(&w->tpool, own), LEDGE_OK);
    REQUIRE(room == LEDGE_OK);
    CHECK_EQ(await_other(), LEDGE_OK);
    CALL(visit.set = &w->tpool);
    CALL(start_other(join_for_one));
    CALL(outlast_other());
    (void)model_find(w, p);
    p->gets++;
    model_count_puts(p, 1);
    EXPECT_AS(again, ledge_tpool_join(&w->tpool, &own), LEDGE_OK);
    CHECK_EQ(ledge_pool_is_valid(own), true);
    EXPECT_AS(gone, ledge_tpool_leave(&w->tpool, own), LEDGE_OK);
}

TARGET(pool, .includes = "#include <pthread.h>\n#include <sched.h>\n#include <ledge/pool.h>\n",
       .support = {kit_support, closed_support, other_thread_support, visit_support},
       .status_name = status_name,
       .ops = {&init,         &cleanup,       &get,         &get_span,    &put,
               &put_span,     &put_remote,    &put_twice,   &put_foreign, &put_nothing,
               &reserve,      &block_use,     &set_init,    &set_cleanup, &join,
               &leave,        &set_put,       &set_stats,   &lane_stats,  &damage,
               &starve,       &reserve_often, &damage_list, &impossible,  &put_as_other,
               &join_as_other});
