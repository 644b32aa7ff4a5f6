/* lock_pool: mutexes that are handed out by resource (ledge/lock_pool.h), beside a model that knows
 * which ref is to which resource, and holds it. Refs are also used after they were put, put while
 * they hold, and made up; the allocator fails. Of locks that this thread holds itself, lock says so
 * and doesn't wait; another thread wants the same one. Rows C17 A33. */
#include "kit/target.h"
#include "other_thread.h"
#include "status_name.h"
#include "stingy.h"

#include <ledge/lock_pool.h>

enum { REFS = 20 };

/* clang-format off */
SUPPORT_AS(contest_support,
static struct { ledge_lock_pool *pool; uint64_t resource; size_t rounds, sum; int lost; } contest;
/* Adds 1 with the lock held. Returns how much of that failed. */
static int add_locked(bool waits) {
    ledge_lock_ref ref;
    if (ledge_lock_pool_get(contest.pool, contest.resource, &ref) != LEDGE_OK)
        return 1;
    ledge_status status = LEDGE_EBUSY;
    while (status == LEDGE_EBUSY && !__atomic_load_n(&contest.lost, __ATOMIC_RELAXED)) {
        status = waits ? ledge_lock_pool_lock(contest.pool, ref)
                       : ledge_lock_pool_try_lock(contest.pool, ref);
        sched_yield(); /* for the other one to find it held, or to give it up */
    }
    contest.sum += status == LEDGE_OK;
    return (status != LEDGE_OK) + (ledge_lock_pool_unlock(contest.pool, ref) != LEDGE_OK) +
           (ledge_lock_pool_put(contest.pool, ref) != LEDGE_OK);
}
static int take_turns(bool waits) {
    int lost = 0;
    for (size_t i = 0; i < contest.rounds && lost == 0; i++)
        lost = add_locked(waits);
    if (lost != 0)
        __atomic_store_n(&contest.lost, 1, __ATOMIC_RELAXED);
    return lost;
}
static int wait_and_add(void) {
    return take_turns(true);
});
/* clang-format on */

#define OBJECTS                                                                                    \
    ledge_lock_pool pool;                                                                          \
    ledge_lock_ref ref[20];                                                                        \
    uint64_t resource[20];                                                                         \
    ledge_lock_pool_stats stats;                                                                   \
    ledge_lock_state state[20];                                                                    \
    STINGY_OBJECTS

struct world {
    OBJECTS
    struct model_ref {
        bool out, holds;
    } m[REFS];
    size_t slots, grants;
    bool hooked; /* the pool's memory is from alloc */
    bool contended;
};

static void world_open(struct world *w)
{
    STINGY_OPEN;
    CALL(ledge_lock_pool_init(&w->pool, &w->alloc));
    w->hooked = true;
}

/* --- The model ---------------------------------------------------------------------------- */

static size_t model_refs(const struct world *w)
{
    size_t refs = 0;
    for (size_t i = 0; i < REFS; i++)
        refs += w->m[i].out;
    return refs;
}

/* The different resources. */
static size_t model_locks(const struct world *w)
{
    size_t locks = 0;
    for (size_t i = 0; i < REFS; i++) {
        bool counts = w->m[i].out;
        for (size_t j = 0; j < i; j++)
            counts &= !w->m[j].out || w->resource[j] != w->resource[i];
        locks += counts;
    }
    return locks;
}

/* No ref is ever seen waiting here: that stands for one that is stale. */
static ledge_lock_state model_state(const struct model_ref *m)
{
    return m->holds ? LEDGE_LOCK_HELD : m->out ? LEDGE_LOCK_IDLE : LEDGE_LOCK_WAITING;
}

static ledge_status model_get(struct world *w, size_t at)
{
    if (model_refs(w) == w->slots) {
        if (w->hooked && !model_grant(&w->grants, 1))
            return LEDGE_ENOMEM;
        w->slots += w->slots ? w->slots : LEDGE_LOCK_POOL_FIRST;
    }
    w->m[at] = (struct model_ref){.out = true};
    return LEDGE_OK;
}

static ledge_status model_put(struct world *w, size_t at)
{
    if (!w->m[at].out || w->m[at].holds)
        return w->m[at].out ? LEDGE_EBUSY : LEDGE_ESTALE;
    w->m[at].out = false;
    return LEDGE_OK;
}

static ledge_status model_lock(struct world *w, size_t at)
{
    if (!w->m[at].out)
        return LEDGE_ESTALE;
    for (size_t i = 0; i < REFS; i++) {
        if (w->m[i].holds && w->resource[i] == w->resource[at])
            return LEDGE_EBUSY;
    }
    w->m[at].holds = true;
    return LEDGE_OK;
}

/* Whether no resource that is held comes after that of a ref. */
static bool model_is_in_order(const struct world *w, size_t at)
{
    bool after = false;
    for (size_t i = 0; i < REFS; i++)
        after |= w->m[i].holds && w->resource[i] > w->resource[at];
    return !after;
}

static ledge_status model_unlock(struct world *w, size_t at)
{
    if (!w->m[at].out || !w->m[at].holds)
        return w->m[at].out ? LEDGE_ENOTFOUND : LEDGE_ESTALE;
    w->m[at].holds = false;
    return LEDGE_OK;
}

/* Whether who waits for a resource waits for this thread. */
static bool model_is_held(const struct world *w, uint64_t resource)
{
    bool held = false;
    for (size_t i = 0; i < REFS; i++)
        held |= w->m[i].holds && w->resource[i] == resource;
    return held;
}

static bool model_is_out(const struct world *w, ledge_lock_ref ref)
{
    bool out = false;
    for (size_t i = 0; i < REFS; i++)
        out |= w->m[i].out && w->ref[i].slot == ref.slot && w->ref[i].ticket == ref.ticket;
    return out;
}

/* --- The world ---------------------------------------------------------------------------- */

static void world_check(struct world *w)
{
    CHECK_EQ(ledge_lock_pool_is_valid(&w->pool), true);
    CALL(ledge_lock_pool_read_stats(&w->pool, &w->stats));
    CHECK_EQ(w->stats.refs, model_refs(w));
    CHECK_EQ(w->stats.locks, model_locks(w));
    CHECK_EQ(w->stats.slots, w->slots);
    ledge_lock_state want[REFS];
    for (size_t i = 0; i < REFS; i++)
        want[i] = model_state(&w->m[i]);
    CALL(for (size_t i = 0; i < 20; i++) {
        if (ledge_lock_pool_state(&w->pool, w->ref[i], &w->state[i]) != LEDGE_OK)
            w->state[i] = LEDGE_LOCK_WAITING;
    });
    CHECK_BYTES(w->state, want, sizeof want);
}

static void world_close(struct world *w)
{
    CALL(for (size_t i = 0; i < 20; i++) {
        ledge_lock_pool_unlock(&w->pool, w->ref[i]);
        ledge_lock_pool_put(&w->pool, w->ref[i]);
    });
    EXPECT(ledge_lock_pool_cleanup(&w->pool), LEDGE_OK);
    STINGY_CLOSE(w->stingy);
}

/* --- The operations ----------------------------------------------------------------------- */

OP(init, RANGE(hooked, 0, 1))
{
    REQUIRE(w->slots == 0);
    CALL(ledge_lock_pool_init(&w->pool, hooked ? &w->alloc : NULL));
    w->hooked = hooked;
}

OP(get, DEFINE(at, REFS), U64(resource))
{
    REQUIRE(!w->m[at].out);
    CALL(w->resource[at] = resource);
    EXPECT(ledge_lock_pool_get(&w->pool, resource, &w->ref[at]), model_get(w, at));
}

/* What somebody has got already, or had. */
OP(get_same, DEFINE(at, REFS), HANDLE(of, REFS))
{
    REQUIRE(!w->m[at].out);
    CALL(w->resource[at] = w->resource[of]);
    EXPECT(ledge_lock_pool_get(&w->pool, w->resource[of], &w->ref[at]), model_get(w, at));
}

OP(put, HANDLE(at, REFS))
{
    EXPECT(ledge_lock_pool_put(&w->pool, w->ref[at]), model_put(w, at));
}

/* In the order of the resources, as threads lock that must not wait for each other: TSan reports
 * any other order, also of one thread. */
OP(lock, HANDLE(at, REFS))
{
    REQUIRE(model_is_in_order(w, at));
    EXPECT(ledge_lock_pool_lock(&w->pool, w->ref[at]), model_lock(w, at));
}

OP(try_lock, HANDLE(at, REFS))
{
    EXPECT(ledge_lock_pool_try_lock(&w->pool, w->ref[at]), model_lock(w, at));
}

OP(unlock, HANDLE(at, REFS))
{
    EXPECT(ledge_lock_pool_unlock(&w->pool, w->ref[at]), model_unlock(w, at));
}

OP(state, HANDLE(at, REFS))
{
    EXPECT(ledge_lock_pool_state(&w->pool, w->ref[at], &w->state[at]),
           w->m[at].out ? LEDGE_OK : LEDGE_ESTALE);
}

/* A ref that nobody was given, or that is no more. */
OP(made_up, HANDLE(at, REFS), INDEX(slot), INDEX(ticket))
{
    const ledge_lock_ref like = w->ref[at];
    REQUIRE(!model_is_out(w, (ledge_lock_ref){like.slot ^ slot, like.ticket ^ ticket}));
    CALL(const ledge_lock_ref ref = {w->ref[at].slot ^ slot, w->ref[at].ticket ^ ticket});
    EXPECT_AS(locked, ledge_lock_pool_lock(&w->pool, ref), LEDGE_ESTALE);
    EXPECT_AS(tried, ledge_lock_pool_try_lock(&w->pool, ref), LEDGE_ESTALE);
    EXPECT_AS(unlocked, ledge_lock_pool_unlock(&w->pool, ref), LEDGE_ESTALE);
    EXPECT_AS(found, ledge_lock_pool_state(&w->pool, ref, &w->state[at]), LEDGE_ESTALE);
    EXPECT(ledge_lock_pool_put(&w->pool, ref), LEDGE_ESTALE);
}

/* Refs of the pool that was may be those of the next. */
OP0(cleanup)
{
    EXPECT(ledge_lock_pool_cleanup(&w->pool), model_refs(w) ? LEDGE_EBUSY : LEDGE_OK);
    REQUIRE(got == LEDGE_OK);
    CALL(memset(w->ref, 0, sizeof w->ref));
    memset(w->m, 0, sizeof w->m);
    w->slots = 0;
    w->hooked = false;
}

STINGY_OP(3)

OP(full, U64(resource))
{
    CALL(ledge_lock_pool pool = {.slots = LEDGE_LOCK_POOL_MAX});
    CALL(ledge_lock_ref ref = {0});
    EXPECT(ledge_lock_pool_get(&pool, resource, &ref), LEDGE_EOVERFLOW);
}

OP(is_valid, RANGE(refs, 0, 1), RANGE(locks, 0, 1), RANGE(cut_refs, 0, 1), RANGE(cut_locks, 0, 1))
{
    const bool refs_left = model_refs(w) < w->slots, locks_left = model_locks(w) < w->slots;
    CALL(ledge_lock_pool pool = w->pool);
    CALL(pool.refs += refs);
    CALL(pool.locks += locks);
    CALL(pool.free_ref = cut_refs ? NULL : pool.free_ref);
    CALL(pool.free_lock = cut_locks ? NULL : pool.free_lock);
    CHECK_EQ(ledge_lock_pool_is_valid(&pool),
             !refs && !locks && !(cut_refs && refs_left) && !(cut_locks && locks_left));
}

/* Another thread wants the same lock at the same time, and waits for it. This one must not: where a
 * lock is lost, that would be for ever. So often, since what goes wrong by chance has to do so
 * again when the input is run again; but once a program, for what it costs. */
OP(contend, U64(resource))
{
    REQUIRE(!w->contended && model_refs(w) + 2 <= w->slots && !model_is_held(w, resource));
    w->contended = true;
    CALL(contest.pool = &w->pool);
    CALL(contest.resource = resource);
    CALL(contest.rounds = __tsan_acquire ? 64 : 1);
    CALL(contest.sum = 0);
    CALL(contest.lost = 0);
    CALL(start_other(wait_and_add));
    CHECK_EQ(take_turns(false), 0);
    CHECK_EQ(await_other(), 0);
    CHECK_EQ(contest.sum == 2 * contest.rounds, true);
}

TARGET(lock_pool,
       .includes = "#include <pthread.h>\n#include <sched.h>\n#include <ledge/lock_pool.h>\n",
       .support = {kit_support, other_thread_support, contest_support}, .status_name = status_name,
       .ops = {&init, &get, &get_same, &put, &lock, &try_lock, &unlock, &state, &made_up, &cleanup,
               &starve, &full, &is_valid, &contend});
