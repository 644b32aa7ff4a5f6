/* ledge/pool.h: objects of one size that are used, given back, and used again.
 *
 * A pool takes blocks of slots from its allocator, some 4 KB at first and then each as large as all
 * before it together (up to LEDGE_POOL_SLOTS_MAX slots), and keeps them until it is cleaned up. A
 * get takes the slot that was put back last, so that its bytes are likely to be in the cache;
 * neither get nor put calls the allocator as long as a slot is free.
 *
 *     ledge_pool pool = {0};
 *     status = ledge_pool_init(&pool, sizeof(struct session), alignof(struct session), NULL);
 *     status = ledge_pool_get(&pool, &ptr);
 *     …
 *     status = ledge_pool_put(&pool, ptr);
 *     ledge_pool_cleanup(&pool);
 *
 * What is put must be an object of this pool that is out: a pointer from elsewhere, or into the
 * middle of an object, is LEDGE_ENOTFOUND, and an object that was put before is LEDGE_ESTALE, in
 * every build. A pool keeps what it knows of a slot beside the slots and never writes into one, so
 * that a late write into an object that was put can't damage the pool. (A late put of an object
 * that is out again, to somebody else, can't be told from a good one.)
 *
 * ASan. Slots that aren't out are closed: a touch of an object after its put, also through a view
 * of it, is a use-after-poison at the byte. So is running over the end of an object: in an ASan
 * build slots have a gap between them. The checked build (ledge/provenance.h) sees views that do so
 * without gaps: an object that is out is a part of its block.
 *
 * Threads. A pool belongs to one thread at a time, and only ledge_pool_put_remote and
 * ledge_pool_read_stats may be called by others meanwhile. For objects that several threads get, a
 * ledge_tpool has a pool for each of them: a thread joins it and has from then on, until it leaves,
 * a pool that is its own. There is nothing hidden in thread-local storage; the pointer to its pool
 * is the thread's to keep. Such pools are padded: no two objects, and no two pools, have bytes in
 * the same cache line.
 *
 * Zero bytes are a pool, too: it is empty, safe to clean up, and has nothing to give. A function
 * that fails leaves the pool as it was. */
#ifndef LEDGE_POOL_H
#define LEDGE_POOL_H

#include <ledge/base.h>
#include <ledge/harden.h>
#include <ledge/poison.h>
#include <ledge/provenance.h>
#include <ledge/view.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The largest object and the largest alignment, in bytes, and the most slots that a block has. */
#define LEDGE_POOL_SIZE_MAX  ((size_t)PTRDIFF_MAX / 4)
#define LEDGE_POOL_SLOTS_MAX ((size_t)1 << 30)

/* The parts of the address space for which a pool keeps a guess which block is there. */
enum { LEDGE_POOL_GUESSES = 64 };

/* The size of a cache line. */
#define LEDGE_POOL_LINE ((size_t)64)

/* What a link may say beside the number of a slot. */
#define LEDGE_POOL_END UINT32_MAX       /* no other slot follows */
#define LEDGE_POOL_OUT (UINT32_MAX - 1) /* the slot's object is out */

/* A ledge_pool_block is some of a pool's slots. */
typedef struct ledge_pool_block {
    unsigned char *slots;
    uint32_t *links; /* of each slot: LEDGE_POOL_OUT, or the free slot that follows it in a list */
    uint32_t free;   /* the first free slot, or LEDGE_POOL_END */
    uint32_t count;
    struct ledge_pool_block *next; /* the block before it */
} ledge_pool_block;

/* A ledge_pool is the pool. Its fields are its own. Those that other threads read come first. */
typedef struct ledge_pool {
    ledge_pool_block *blocks; /* the newest first */
    size_t size;              /* of an object, in bytes; 0 only in the zero state */
    size_t align;
    size_t stride;  /* from a slot to the next */
    size_t inverse; /* of stride's odd factor, modulo SIZE_MAX + 1 */
    unsigned shift; /* stride's power of two */
    ledge_allocator alloc;
    ledge_pool_block *block; /* where the next object is from; null when there are no blocks */
    size_t gets, puts, misses, remote, peak; /* see ledge_pool_stats */
    size_t count, slots;                     /* blocks, and the slots in them */
    unsigned guess_shift; /* addresses that are the same without that many bits share a guess */
    ledge_pool_block *guesses[LEDGE_POOL_GUESSES]; /* see ledge_pool_guess */
} ledge_pool;

/* --- Making a pool ------------------------------------------------------------------------ */

/* ledge_pool_init makes *pool an empty pool of objects of size bytes at multiples of align, with
 * memory from alloc (null: malloc and free), which is copied. It allocates nothing. What was in
 * *pool is overwritten, not cleaned up. With an align of LEDGE_POOL_LINE or more, no two objects
 * share a cache line.
 *
 * Returns LEDGE_OK, or the first of these that holds, and then *pool is untouched:
 *   LEDGE_ESIZE      size is 0
 *   LEDGE_EINVAL     align is no power of two
 *   LEDGE_EOVERFLOW  size or align is more than LEDGE_POOL_SIZE_MAX
 * O(1). */
LEDGE_MUST_USE
LEDGE_NONNULL(1)
ledge_status ledge_pool_init(ledge_pool *pool, size_t size, size_t align,
                             const ledge_allocator *alloc) LEDGE_WARN_SIZE(size)
    LEDGE_WARN_ALIGN(align);

/* ledge_pool_cleanup frees the pool's memory and leaves *pool all zero, so that cleaning up twice
 * does no harm. Objects that are out are gone. Can't fail. O(blocks). */
LEDGE_NONNULL(1)
void ledge_pool_cleanup(ledge_pool *pool);

/* ledge_pool_reserve makes sure that the next n gets need no memory. Where slots are missing, a
 * block of just as many is allocated.
 *
 * Returns LEDGE_OK, or the first of these that holds:
 *   LEDGE_ESIZE      the pool is in the zero state
 *   LEDGE_EOVERFLOW  the block would have more than LEDGE_POOL_SLOTS_MAX slots or PTRDIFF_MAX bytes
 *   LEDGE_ENOMEM
 * O(n). */
LEDGE_MUST_USE
LEDGE_NONNULL(1)
ledge_status ledge_pool_reserve(ledge_pool *pool, size_t n);

/* ledge_pool_is_valid tells whether *pool keeps its promises: every slot is out or in one list of
 * free ones, and the counts say so. For tests and harnesses, while no other thread puts objects.
 * O(slots). */
LEDGE_MUST_USE
LEDGE_NONNULL(1)
LEDGE_PURE
bool ledge_pool_is_valid(const ledge_pool *pool);

/* --- Objects ------------------------------------------------------------------------------ */

/* ledge_pool_get_slow does what isn't inlined of ledge_pool_get, which calls it, and answers alike.
 */
LEDGE_MUST_USE
LEDGE_NONNULL(1, 2)
ledge_status ledge_pool_get_slow(ledge_pool *pool, void **out);

/* ledge_pool_put_slow does what isn't inlined of ledge_pool_put, which calls it, and answers alike.
 */
LEDGE_NONNULL(1)
ledge_status ledge_pool_put_slow(ledge_pool *pool, void *ptr);

/* ledge_pool_add adds to a counter that one thread writes and any may read: whoever sees the sum
 * also sees what was added to others before. */
LEDGE_NONNULL(1)
static inline void ledge_pool_add(size_t *counter, size_t n)
{
    __atomic_store_n(counter, *counter + n, __ATOMIC_RELEASE);
}

#if defined(__clang__)
#define LEDGE_POOL_WRAPS                                                                           \
    __attribute__((no_sanitize("unsigned-integer-overflow", "unsigned-shift-base")))
#else
#define LEDGE_POOL_WRAPS
#endif

/* ledge_pool_slot returns the number of the slot that starts at ptr, and something that is not less
 * than block->count for any other pointer. No division: of all numbers n, exactly the multiples of
 * an odd d give n / d, and so at most SIZE_MAX / d, when multiplied by d's inverse; the power of
 * two is rotated out, to where it makes what isn't a multiple of it too large (Granlund and
 * Montgomery, "Division by Invariant Integers using Multiplication", section 9). O(1). */
LEDGE_MUST_USE
LEDGE_NONNULL(1, 2)
LEDGE_PURE
LEDGE_POOL_WRAPS static inline size_t
ledge_pool_slot(const ledge_pool *pool, const ledge_pool_block *block, const void *ptr)
{
    const unsigned bits = sizeof(size_t) * 8;
    const size_t n = ((uintptr_t)ptr - (uintptr_t)block->slots) * pool->inverse;
    return n >> pool->shift | n << (-pool->shift & (bits - 1));
}

/* ledge_pool_guess returns the block that ptr is likely to be in: the largest that has slots where
 * the address, but for its low bits and those that don't fit the table, is the same. Null only
 * where there is no such block. O(1). */
LEDGE_MUST_USE
LEDGE_NONNULL(1)
LEDGE_PURE
static inline ledge_pool_block *ledge_pool_guess(const ledge_pool *pool, const void *ptr)
{
    return pool->guesses[((uintptr_t)ptr >> pool->guess_shift) % LEDGE_POOL_GUESSES];
}

/* ledge_pool_get takes an object out of the pool and stores its address in *out. What is in it is
 * undefined.
 *
 * Returns LEDGE_OK; LEDGE_ESIZE when the pool is in the zero state; LEDGE_ENOMEM when no slot is
 * free and there is no memory for a block. O(1), amortised. */
LEDGE_MUST_USE
LEDGE_NONNULL(1, 2)
static inline ledge_status ledge_pool_get(ledge_pool *pool, void **out)
{
    ledge_pool_block *block = pool->block;
    if (!block || block->free == LEDGE_POOL_END)
        return ledge_pool_get_slow(pool, out);

    const uint32_t slot = block->free;
    LEDGE_CHECK_FAST(slot < block->count);
    block->free = block->links[slot];
    block->links[slot] = LEDGE_POOL_OUT;
    ledge_pool_add(&pool->gets, 1);
    unsigned char *ptr = block->slots + slot * pool->stride;
    ledge_unpoison(ptr, pool->size);
    LEDGE_PROVENANCE_ENTERED(ptr, pool->size);
    *out = ptr;
    return LEDGE_OK;
}

/* ledge_pool_put gives the object at ptr back to the pool that it is from.
 *
 * Returns LEDGE_OK, or the first of these that holds, and then nothing has changed:
 *   LEDGE_ENULL      ptr is null
 *   LEDGE_ENOTFOUND  ptr isn't the start of an object of this pool
 *   LEDGE_ESTALE     the object isn't out: it was put already
 * O(1) where ledge_pool_guess is right, otherwise O(blocks), of which each is as large as all
 * before it together. */
LEDGE_NONNULL(1)
static inline ledge_status ledge_pool_put(ledge_pool *pool, void *ptr)
{
    ledge_pool_block *block = ledge_pool_guess(pool, ptr);
    const size_t slot = block ? ledge_pool_slot(pool, block, ptr) : 0;
    if (!block || slot >= block->count || block->links[slot] != LEDGE_POOL_OUT)
        return ledge_pool_put_slow(pool, ptr);

    const size_t in_use = pool->gets - pool->puts;
    if (in_use > pool->peak)
        ledge_pool_add(&pool->peak, in_use - pool->peak);
    ledge_pool_add(&pool->puts, 1);
    ledge_poison(ptr, pool->size);
    LEDGE_PROVENANCE_FREED(ptr, pool->size);
    block->links[slot] = block->free;
    block->free = (uint32_t)slot;
    pool->block = block;
    return LEDGE_OK;
}

/* ledge_pool_get_span takes an object out as a buffer: a span of its bytes, without spare capacity.
 *
 * Returns as ledge_pool_get. O(1), amortised. */
LEDGE_MUST_USE
LEDGE_NONNULL(1, 2)
ledge_status ledge_pool_get_span(ledge_pool *pool, ledge_span *out);

/* ledge_pool_put_span gives back the buffer that *span starts with, however long it is, and leaves
 * the empty span. Other views of the buffer must not be used any more.
 *
 * Returns as ledge_pool_put, and unless it is LEDGE_OK *span is as it was. */
LEDGE_NONNULL(1, 2)
ledge_status ledge_pool_put_span(ledge_pool *pool, ledge_span *span);

/* ledge_pool_put_remote gives the object at ptr back, in a thread that the pool doesn't belong to.
 * The object is closed at once. It counts as in use until the pool's own thread finds no free slot
 * where it looks first, and takes back what others have put.
 *
 * Returns as ledge_pool_put. O(blocks); any number of threads may do it, while the pool's own uses
 * it. (Two threads that put the same object at the same time are a race, as two frees are.) */
LEDGE_NONNULL(1)
ledge_status ledge_pool_put_remote(ledge_pool *pool, void *ptr);

/* ledge_pool_owns tells whether an object of the pool that is out starts at ptr. O(blocks). */
LEDGE_MUST_USE
LEDGE_NONNULL(1)
LEDGE_PURE
bool ledge_pool_owns(const ledge_pool *pool, const void *ptr);

/* --- Metrics ------------------------------------------------------------------------------ */

/* ledge_pool_stats is what there is to say about a pool, since it was made. */
typedef struct ledge_pool_stats {
    size_t gets;   /* objects that were taken out */
    size_t hits;   /* those of them that needed no memory */
    size_t puts;   /* objects that came back */
    size_t remote; /* those of them that another thread put */
    size_t in_use; /* objects that are out */
    size_t peak;   /* the most that were at once */
    size_t blocks; /* blocks, and all slots in them */
    size_t slots;
} ledge_pool_stats;

/* ledge_pool_read_stats stores the pool's figures in *out. Thread-safe; read by another thread than
 * the pool's own, the figures may be of slightly different times. Can't fail. O(1). */
LEDGE_NONNULL(1, 2)
void ledge_pool_read_stats(const ledge_pool *pool, ledge_pool_stats *out);

/* ledge_pool_hit_rate returns the share of gets that needed no memory, from 0 to 1; 1 when there
 * were none. Thread-safe. O(1). */
LEDGE_MUST_USE
LEDGE_NONNULL(1)
LEDGE_PURE
double ledge_pool_hit_rate(const ledge_pool_stats *stats);

/* ledge_pool_block_use stores in *out_slots how many slots the block at index has, from the newest,
 * 0, to the oldest, and in *out_in_use how many of their objects are out.
 *
 * Returns LEDGE_OK; LEDGE_ERANGE when there are no more than index blocks. O(slots). */
LEDGE_MUST_USE
LEDGE_NONNULL(1, 3, 4)
ledge_status ledge_pool_block_use(const ledge_pool *pool, size_t index, size_t *out_slots,
                                  size_t *out_in_use);

/* --- A pool for each thread --------------------------------------------------------------- */

/* A ledge_pool_lane is a pool that a thread may join. */
typedef struct ledge_pool_lane ledge_pool_lane;

/* A ledge_tpool is a number of pools of the same kind of objects. Its fields are its own. */
typedef struct ledge_tpool {
    ledge_pool_lane *lanes;
    size_t count;
    void *memory; /* that the lanes lie in */
    ledge_allocator alloc;
} ledge_tpool;

/* ledge_tpool_init makes *tpool a set of as many pools as lanes says, for as many threads at once,
 * with objects as for ledge_pool_init. Every object is aligned to LEDGE_POOL_LINE at least. alloc's
 * hook is called in all threads that join. What was in *tpool is overwritten, not cleaned up.
 *
 * Returns LEDGE_OK, or the first of these that holds, and then *tpool is untouched:
 *   LEDGE_EEMPTY     lanes is 0
 *   LEDGE_ESIZE      size is 0
 *   LEDGE_EINVAL     align is no power of two
 *   LEDGE_EOVERFLOW  size or align is more than LEDGE_POOL_SIZE_MAX, or the pools would take more
 *                    than PTRDIFF_MAX bytes
 *   LEDGE_ENOMEM     there is no memory
 * O(lanes). */
LEDGE_MUST_USE
LEDGE_NONNULL(1)
ledge_status ledge_tpool_init(ledge_tpool *tpool, size_t size, size_t align, size_t lanes,
                              const ledge_allocator *alloc) LEDGE_WARN_SIZE(size)
    LEDGE_WARN_ALIGN(align) LEDGE_WARN_IF(lanes == 0, "lanes is 0: LEDGE_EEMPTY");

/* ledge_tpool_cleanup frees all pools, when no thread uses them any more, and leaves *tpool all
 * zero, so that cleaning up twice does no harm. Objects that are out are gone. Can't fail.
 * O(lanes * blocks). */
LEDGE_NONNULL(1)
void ledge_tpool_cleanup(ledge_tpool *tpool);

/* ledge_tpool_join stores in *out a pool that belongs to the calling thread until
 * ledge_tpool_leave. It may have been another thread's before, and then has that one's free slots.
 *
 * Returns LEDGE_OK; LEDGE_EBUSY when all pools are taken. Thread-safe. O(lanes). */
LEDGE_MUST_USE
LEDGE_NONNULL(1, 2)
ledge_status ledge_tpool_join(ledge_tpool *tpool, ledge_pool **out);

/* ledge_tpool_leave gives the pool back. Its objects may stay out, and be put by any thread.
 *
 * Returns LEDGE_OK; LEDGE_ENOTFOUND when pool is none of the set's, or nobody's. Thread-safe. O(1).
 */
LEDGE_NONNULL(1)
ledge_status ledge_tpool_leave(ledge_tpool *tpool, const ledge_pool *pool);

/* ledge_tpool_put gives back an object of any of the pools. own is the calling thread's, which is
 * tried first; null when it has none.
 *
 * Returns as ledge_pool_put. Thread-safe, in as far as own is the thread's own. O(blocks) of all
 * pools; for an object of own's as ledge_pool_put. */
LEDGE_NONNULL(1)
ledge_status ledge_tpool_put(ledge_tpool *tpool, ledge_pool *own, void *ptr);

/* ledge_tpool_stats is what there is to say about a set of pools. */
typedef struct ledge_tpool_stats {
    ledge_pool_stats total; /* sums; peak is the sum of the pools' peaks */
    size_t lanes, joined;   /* pools, and those that are some thread's */
    size_t most, least;     /* gets of the pool with most, and of that with fewest of them */
} ledge_tpool_stats;

/* ledge_tpool_read_stats stores the figures of all pools together in *out. Thread-safe, as
 * ledge_pool_read_stats. Can't fail. O(lanes). */
LEDGE_NONNULL(1, 2)
void ledge_tpool_read_stats(const ledge_tpool *tpool, ledge_tpool_stats *out);

/* ledge_tpool_read_lane stores the figures of the pool at index in *out.
 *
 * Returns LEDGE_OK; LEDGE_ERANGE when there are no more than index pools. Thread-safe, as
 * ledge_pool_read_stats. O(1). */
LEDGE_MUST_USE
LEDGE_NONNULL(1, 3)
ledge_status ledge_tpool_read_lane(const ledge_tpool *tpool, size_t index, ledge_pool_stats *out);

#ifdef __cplusplus
}
#endif

#endif /* LEDGE_POOL_H */
