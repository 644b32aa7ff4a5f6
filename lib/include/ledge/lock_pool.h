/* ledge/lock_pool.h: a mutex for each resource that is in use, from a pool.
 *
 * There are many more accounts, files or rows than are worked on at once. A lock pool has a lock
 * only for those that somebody has a ref to. Whoever gets a resource while another has it gets the
 * same lock; the last one to put it returns the lock to the pool, for whichever resource is next:
 *
 *     static ledge_lock_pool pool;                  // zero bytes will do
 *     ledge_lock_ref ref;
 *     status = ledge_lock_pool_get(&pool, account->id, &ref);
 *     status = ledge_lock_pool_lock(&pool, ref);
 *     …                                             // nobody else is here with that account
 *     ledge_lock_pool_unlock(&pool, ref);
 *     ledge_lock_pool_put(&pool, ref);
 *
 * A resource is a number, since it is only compared: an account's, an inode's, a hash, or an
 * address as a uintptr_t. Whoever uses one pool for several kinds of them makes their numbers
 * differ.
 *
 * Misuse. Every get gives a ref of its own, also of a lock that others have refs to, so that it can
 * be told who holds the lock, and who still may use it. In every build and without undefined
 * behaviour: a ref that holds its lock can't be put; one that was put is LEDGE_ESTALE to every
 * function for good, also when its lock, or its slot, is in use again; so are zero bytes. A lock is
 * unlocked by the ref and the thread that locked it, and a thread that would wait for itself, by
 * whichever of its refs, is told so instead. Three things are not seen: a ref of another pool may
 * happen to be one of this; a ticket comes again after 2^62 gets of the same slot (2^30 where
 * size_t has 32 bits); and a thread that ends while it holds a lock leaves it to a later one that
 * the system gives the same pthread_t.
 *
 * Threads. All functions but init, cleanup and is_valid may be called by any number of threads at
 * once, also with the same ref: of two that put it, or of one that locks and one that puts it, one
 * comes first, and the other is refused. Locks, once made, don't move while the pool lives, so that
 * it may grow while threads wait. What was done before an unlock happens before what follows the
 * next lock of the same resource, by this lock or, when all refs were put in between, by another.
 * lock, try_lock and unlock touch only the ref's slot and its lock: resources don't wait for each
 * other, nor do they look ordered to a race detector. One that looks at the order in which locks
 * are taken sees that of the resources: the mutex of the next one is a new one to it. get and put
 * take a mutex of the pool's, and get may call the allocator while it has that. Who waits isn't
 * served in any order.
 *
 * Zero bytes are an empty pool with malloc and free for its memory: on Linux, where this library is
 * at home, they are an unlocked mutex, too. A pool that is in use must not be moved or copied. A
 * function that fails leaves the pool as it was. */
#ifndef LEDGE_LOCK_POOL_H
#define LEDGE_LOCK_POOL_H

#include <pthread.h>

#include <ledge/base.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The slots of the first block, and the number of blocks; each but the first has as many slots as
 * all before it together. Then the refs that can be out at once. */
enum { LEDGE_LOCK_POOL_FIRST = 8, LEDGE_LOCK_POOL_BLOCKS = 23 };
#define LEDGE_LOCK_POOL_MAX ((size_t)LEDGE_LOCK_POOL_FIRST << (LEDGE_LOCK_POOL_BLOCKS - 1))

/* A ledge_lock_slot has room for a ref, and for a lock, which may be that of other refs. */
typedef struct ledge_lock_slot ledge_lock_slot;

/* A ledge_lock_pool is the pool. Its fields are its own. */
typedef struct ledge_lock_pool {
    pthread_mutex_t guard; /* for all of this, and for the refs' and the locks' lists */
    ledge_lock_slot *blocks[LEDGE_LOCK_POOL_BLOCKS];
    ledge_lock_slot *free_ref;  /* the first slot whose ref is free */
    ledge_lock_slot *free_lock; /* the first whose lock is */
    size_t slots;               /* in all blocks: 0, or a power of two */
    size_t refs;                /* that are out */
    size_t locks;               /* that these refs are for */
    ledge_allocator alloc;
} ledge_lock_pool;

/* A ledge_lock_ref says who uses a lock. It is passed by value, and copies of it mean the same.
 * Zero bytes are the ref of nothing. */
typedef struct ledge_lock_ref {
    size_t slot;
    size_t ticket; /* that tells it from the other refs that were in its slot */
} ledge_lock_ref;

/* A ledge_lock_state is what a ref that is out is doing. */
typedef enum ledge_lock_state {
    LEDGE_LOCK_IDLE = 0, /* neither of the others */
    LEDGE_LOCK_WAITING,  /* a thread is about to lock or unlock by it */
    LEDGE_LOCK_HELD,     /* it holds the lock */
} ledge_lock_state;

/* A ledge_lock_pool_stats is what there is in a pool. */
typedef struct ledge_lock_pool_stats {
    size_t refs;  /* that are out */
    size_t locks; /* that these refs are for: different resources */
    size_t slots; /* the refs that can be out without more memory */
} ledge_lock_pool_stats;

/* --- Making a pool ------------------------------------------------------------------------ */

/* ledge_lock_pool_init makes *pool an empty pool with memory from alloc (null: malloc and free),
 * which is copied. Its hook is called in all threads that get, one at a time, and must not use the
 * pool. Nothing is allocated. What was in *pool is overwritten, not cleaned up. Can't fail. O(1).
 */
LEDGE_NONNULL(1)
void ledge_lock_pool_init(ledge_lock_pool *pool, const ledge_allocator *alloc);

/* ledge_lock_pool_cleanup frees the pool's memory, when no thread uses it any more, and leaves
 * *pool all zero, so that cleaning up twice does no harm.
 *
 * Returns LEDGE_OK; LEDGE_EBUSY while refs are out, for their owners may yet put or lock them, and
 * then the pool is as it was. O(slots). */
LEDGE_NONNULL(1)
ledge_status ledge_lock_pool_cleanup(ledge_lock_pool *pool);

/* ledge_lock_pool_is_valid tells whether *pool keeps its promises: every ref is out or free, every
 * lock is in the table for as many refs as mean some, or free, and is held by one ref at most. For
 * tests and harnesses, while no other thread uses the pool. O(slots). */
LEDGE_MUST_USE
LEDGE_NONNULL(1)
bool ledge_lock_pool_is_valid(const ledge_lock_pool *pool);

/* ledge_lock_pool_read_stats stores in *out what there is in the pool. Thread-safe. Can't fail.
 * O(1). */
LEDGE_NONNULL(1, 2)
void ledge_lock_pool_read_stats(ledge_lock_pool *pool, ledge_lock_pool_stats *out);

/* --- Refs --------------------------------------------------------------------------------- */

/* ledge_lock_pool_get stores in *out a new ref to the lock of resource: the one that those have who
 * have got the same resource and not put it yet, or else one that nobody has. The caller puts it.
 *
 * Returns LEDGE_OK; LEDGE_EOVERFLOW when LEDGE_LOCK_POOL_MAX refs are out; LEDGE_ENOMEM when no
 * slot is free, and there is no memory for as many again. Thread-safe. O(1) on average, amortised;
 * the numbers of the resources are hashed, but not in secret. */
LEDGE_MUST_USE
LEDGE_NONNULL(1, 3)
ledge_status ledge_lock_pool_get(ledge_lock_pool *pool, uint64_t resource, ledge_lock_ref *out);

/* ledge_lock_pool_put gives ref back; it is stale from then on. With the last ref to it, the lock
 * goes back into the pool.
 *
 * Returns LEDGE_OK; LEDGE_ESTALE when ref was put already, or never got; LEDGE_EBUSY when it holds
 * the lock, or a thread is about to lock or unlock by it, and then nothing has changed.
 * Thread-safe. O(1) on average. */
LEDGE_NONNULL(1)
ledge_status ledge_lock_pool_put(ledge_lock_pool *pool, ledge_lock_ref ref);

/* ledge_lock_pool_state stores in *out what ref is doing. Where other threads use the same ref, it
 * may do something else by then.
 *
 * Returns LEDGE_OK; LEDGE_ESTALE when ref was put, or never got. Thread-safe. O(1). */
LEDGE_MUST_USE
LEDGE_NONNULL(1, 3)
ledge_status ledge_lock_pool_state(const ledge_lock_pool *pool, ledge_lock_ref ref,
                                   ledge_lock_state *out);

/* --- Locks -------------------------------------------------------------------------------- */

/* ledge_lock_pool_lock waits until nobody holds the lock of ref's resource, and takes it, by ref
 * and for the calling thread.
 *
 * Returns LEDGE_OK, or the first of these that holds, and never waits before it does:
 *   LEDGE_ESTALE  ref was put, or never got
 *   LEDGE_EBUSY   ref holds the lock, or another thread is about to lock or unlock by it; or this
 *                 thread holds the lock by another ref, and would wait for itself
 * Thread-safe. O(1) and the waiting. */
LEDGE_MUST_USE
LEDGE_NONNULL(1)
ledge_status ledge_lock_pool_lock(ledge_lock_pool *pool, ledge_lock_ref ref);

/* ledge_lock_pool_try_lock takes the lock of ref's resource as ledge_lock_pool_lock does, but only
 * if nobody holds it.
 *
 * Returns LEDGE_OK; LEDGE_ESTALE when ref was put, or never got; LEDGE_EBUSY when the lock is held,
 * by ref or another, or another thread is about to lock or unlock by ref. Thread-safe. O(1). */
LEDGE_MUST_USE
LEDGE_NONNULL(1)
ledge_status ledge_lock_pool_try_lock(ledge_lock_pool *pool, ledge_lock_ref ref);

/* ledge_lock_pool_unlock gives the lock up that ref holds.
 *
 * Returns LEDGE_OK; LEDGE_ESTALE when ref was put, or never got; LEDGE_ENOTFOUND when the calling
 * thread hasn't locked by ref, whoever else has, and then nothing has changed. Thread-safe. O(1).
 */
LEDGE_NONNULL(1)
ledge_status ledge_lock_pool_unlock(ledge_lock_pool *pool, ledge_lock_ref ref);

#ifdef __cplusplus
}
#endif

#endif /* LEDGE_LOCK_POOL_H */
