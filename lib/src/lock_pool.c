/* lock_pool.c: a mutex for each resource that is in use. See ledge/lock_pool.h.
 *
 * A slot is three things that have only their memory in common: a ref, a lock, and a bucket of the
 * table in which the locks are found by their resources. There are never more locks than refs in
 * use, and as many buckets as either: so one allocation, of a block as large as all before it,
 * makes room for everything. Blocks don't move, and stay until the pool is cleaned up.
 *
 * Threads. The guard is for the lists, the table and the counts. A ref needs none: it is one word,
 * its ticket and what it is doing, and only turns from idle to free, or to waiting, by
 * compare-and-swap; so a put and a lock can't both succeed. From waiting it is turned by the thread
 * that made it so alone, and from held by the thread that holds the lock. Until a ref is free again
 * nobody else is given its slot or its lock: what they hold can be read without a lock. */
#include <ledge/lock_pool.h>

#include <ledge/harden.h>
#include <ledge/hash.h>

/* What the lower bits of a ref's word say, beside the states. Tickets are multiples of PHASES; zero
 * bytes have none that is given out. */
enum { FREE = LEDGE_LOCK_HELD + 1, PHASES };

struct ledge_lock_slot {
    /* A ref. */
    size_t word, index;
    ledge_lock_slot *lock;     /* the slot with the lock that it is to */
    ledge_lock_slot *next_ref; /* the next that is free */
    /* A lock. */
    pthread_mutex_t mutex;
    uintptr_t thread; /* that holds it; 0: none */
    uint64_t resource;
    size_t refs;
    ledge_lock_slot *next_lock; /* the next in its bucket, or that is free */
    /* A bucket. */
    ledge_lock_slot *first_lock;
};

LEDGE_STATIC_ASSERT(sizeof(ledge_lock_slot) <= PTRDIFF_MAX / (LEDGE_LOCK_POOL_MAX / 2),
                    "the size of the largest block fits");

/* A mutex that isn't recursive, and is never held by a caller, can be had. */
static void enter(ledge_lock_pool *pool)
{
    (void)pthread_mutex_lock(&pool->guard);
}

static void leave(ledge_lock_pool *pool)
{
    (void)pthread_mutex_unlock(&pool->guard);
}

/* --- Slots -------------------------------------------------------------------------------- */

static size_t block_of(size_t index)
{
    const size_t firsts = index / LEDGE_LOCK_POOL_FIRST;
    return firsts == 0 ? 0 : 64 - (size_t)__builtin_clzll(firsts);
}

/* The slot of that number; null when there is none. */
static ledge_lock_slot *slot_at(const ledge_lock_pool *pool, size_t index)
{
    const size_t block = block_of(index);
    if (block >= LEDGE_LOCK_POOL_BLOCKS)
        return NULL;
    ledge_lock_slot *slots = __atomic_load_n(&pool->blocks[block], __ATOMIC_ACQUIRE);
    const size_t before = block == 0 ? 0 : (size_t)LEDGE_LOCK_POOL_FIRST << (block - 1);
    return slots ? &slots[index - before] : NULL;
}

/* The bucket that the lock of a resource is in. */
static ledge_lock_slot *bucket_of(const ledge_lock_pool *pool, uint64_t resource)
{
    return slot_at(pool, (size_t)ledge_hash_mix64(resource) & (pool->slots - 1));
}

static void add_lock(ledge_lock_pool *pool, ledge_lock_slot *lock)
{
    ledge_lock_slot *bucket = bucket_of(pool, lock->resource);
    lock->next_lock = bucket->first_lock;
    bucket->first_lock = lock;
}

/* Distributes the locks of the first `before` buckets over all of them. */
static void spread(ledge_lock_pool *pool, size_t before)
{
    for (size_t i = 0; i < before; i++) {
        ledge_lock_slot *bucket = slot_at(pool, i), *lock = bucket->first_lock;
        bucket->first_lock = NULL;
        while (lock) {
            ledge_lock_slot *next = lock->next_lock;
            add_lock(pool, lock);
            lock = next;
        }
    }
}

/* Makes as many slots as there are, when the refs of these are all out. */
static ledge_status add_block(ledge_lock_pool *pool)
{
    const size_t before = pool->slots, block = block_of(before);
    const size_t count = before ? before : LEDGE_LOCK_POOL_FIRST;
    if (block >= LEDGE_LOCK_POOL_BLOCKS)
        return LEDGE_EOVERFLOW;
    ledge_lock_slot *slots = ledge_alloc_resize(&pool->alloc, NULL, 0, count * sizeof(*slots));
    if (!slots)
        return LEDGE_ENOMEM;

    for (size_t i = 0; i < count; i++) {
        slots[i] = (ledge_lock_slot){.word = PHASES | FREE, .index = before + i};
        slots[i].next_ref = slots[i].next_lock = &slots[i + 1];
    }
    slots[count - 1].next_ref = NULL;
    slots[count - 1].next_lock = pool->free_lock;
    pool->free_ref = pool->free_lock = slots;
    __atomic_store_n(&pool->blocks[block], slots, __ATOMIC_RELEASE);
    pool->slots += count;
    spread(pool, before);
    return LEDGE_OK;
}

/* --- Invariants --------------------------------------------------------------------------- */

static size_t word_of(const ledge_lock_slot *slot)
{
    return __atomic_load_n(&slot->word, __ATOMIC_ACQUIRE);
}

/* Whether what the guard is for is as it should be, while threads may lock and unlock. */
static bool is_sound(const ledge_lock_pool *pool)
{
    size_t refs = 0, meant = 0, locks = 0, free_refs = 0, free_locks = 0;
    for (size_t i = 0; i < pool->slots; i++) {
        const ledge_lock_slot *slot = slot_at(pool, i);
        refs += word_of(slot) % PHASES != FREE;
        for (const ledge_lock_slot *lock = slot->first_lock; lock; lock = lock->next_lock) {
            bool is_right = lock->refs != 0;
            is_right &= bucket_of(pool, lock->resource) == slot;
            locks += is_right;
            meant += lock->refs;
        }
    }
    for (const ledge_lock_slot *slot = pool->free_ref; slot; slot = slot->next_ref)
        free_refs++;
    for (const ledge_lock_slot *slot = pool->free_lock; slot; slot = slot->next_lock)
        free_locks++;
    return refs == pool->refs && meant == refs && refs + free_refs == pool->slots &&
           locks == pool->locks && locks + free_locks == pool->slots;
}

bool ledge_lock_pool_is_valid(const ledge_lock_pool *pool)
{
    size_t holders = 0, held_by_them = 0, held = 0;
    if (!is_sound(pool))
        return false;
    for (size_t i = 0; i < pool->slots; i++) {
        const ledge_lock_slot *slot = slot_at(pool, i);
        const size_t phase = word_of(slot) % PHASES;
        if (phase != LEDGE_LOCK_IDLE && phase != FREE) {
            holders++;
            held_by_them += slot->lock->thread != 0;
        }
        held += slot->thread != 0;
    }
    return holders == held_by_them && holders == held;
}

/* --- Making a pool ------------------------------------------------------------------------ */

void ledge_lock_pool_init(ledge_lock_pool *pool, const ledge_allocator *alloc)
{
    *pool = (ledge_lock_pool){.guard = PTHREAD_MUTEX_INITIALIZER};
    if (alloc)
        pool->alloc = *alloc;
}

ledge_status ledge_lock_pool_cleanup(ledge_lock_pool *pool)
{
    if (pool->refs != 0)
        return LEDGE_EBUSY;
    (void)pthread_mutex_destroy(&pool->guard);
    for (size_t first = 0; first < pool->slots;) {
        const size_t count = first ? first : LEDGE_LOCK_POOL_FIRST;
        ledge_alloc_free(&pool->alloc, slot_at(pool, first), count * sizeof(ledge_lock_slot));
        first += count;
    }
    *pool = (ledge_lock_pool){0};
    return LEDGE_OK;
}

void ledge_lock_pool_read_stats(ledge_lock_pool *pool, ledge_lock_pool_stats *out)
{
    enter(pool);
    *out = (ledge_lock_pool_stats){.refs = pool->refs, .locks = pool->locks, .slots = pool->slots};
    leave(pool);
}

/* --- Refs --------------------------------------------------------------------------------- */

/* The lock of a resource, which may be one that was free until now. */
static ledge_lock_slot *lock_of(ledge_lock_pool *pool, uint64_t resource)
{
    ledge_lock_slot *lock = bucket_of(pool, resource)->first_lock;
    while (lock && lock->resource != resource)
        lock = lock->next_lock;
    if (lock)
        return lock;
    lock = pool->free_lock;
    pool->free_lock = lock->next_lock;
    lock->mutex = (pthread_mutex_t)PTHREAD_MUTEX_INITIALIZER;
    lock->resource = resource;
    add_lock(pool, lock);
    pool->locks++;
    return lock;
}

ledge_status ledge_lock_pool_get(ledge_lock_pool *pool, uint64_t resource, ledge_lock_ref *out)
{
    enter(pool);
    const ledge_status status = pool->free_ref ? LEDGE_OK : add_block(pool);
    if (status == LEDGE_OK) {
        ledge_lock_slot *slot = pool->free_ref, *lock = lock_of(pool, resource);
        const size_t ticket = word_of(slot) - FREE + PHASES;
        pool->free_ref = slot->next_ref;
        pool->refs++;
        lock->refs++;
        __atomic_store_n(&slot->lock, lock, __ATOMIC_RELAXED);
        __atomic_store_n(&slot->word, ticket | LEDGE_LOCK_IDLE, __ATOMIC_RELEASE);
        *out = (ledge_lock_ref){slot->index, ticket};
        LEDGE_CHECK_DEBUG(is_sound(pool));
    }
    leave(pool);
    return status;
}

/* Whether a word says that ref is out. */
static bool is_out(size_t word, ledge_lock_ref ref)
{
    return word - word % PHASES == ref.ticket && word % PHASES != FREE;
}

/* Turns the word of a ref from one phase to another. LEDGE_EBUSY when it is in neither that one nor
 * free. */
static ledge_status turn(ledge_lock_slot *slot, ledge_lock_ref ref, size_t from, size_t to)
{
    size_t word = ref.ticket | from;
    if (!slot || ref.ticket % PHASES != 0)
        return LEDGE_ESTALE;
    if (__atomic_compare_exchange_n(&slot->word, &word, ref.ticket | to, false, __ATOMIC_ACQ_REL,
                                    __ATOMIC_RELAXED))
        return LEDGE_OK;
    return is_out(word, ref) ? LEDGE_EBUSY : LEDGE_ESTALE;
}

/* Gives a lock back that no ref is to any more, and that nobody can hold, then. The mutex isn't
 * used again as it is: what TSan knows of the order in which it was locked was of the resource. */
static void put_lock(ledge_lock_pool *pool, ledge_lock_slot *lock)
{
    ledge_lock_slot **link = &bucket_of(pool, lock->resource)->first_lock;
    while (*link != lock)
        link = &(*link)->next_lock;
    *link = lock->next_lock;
    (void)pthread_mutex_destroy(&lock->mutex);
    lock->next_lock = pool->free_lock;
    pool->free_lock = lock;
    pool->locks--;
}

ledge_status ledge_lock_pool_put(ledge_lock_pool *pool, ledge_lock_ref ref)
{
    enter(pool);
    ledge_lock_slot *slot = slot_at(pool, ref.slot);
    const ledge_status status = turn(slot, ref, LEDGE_LOCK_IDLE, FREE);
    if (status == LEDGE_OK) {
        slot->next_ref = pool->free_ref;
        pool->free_ref = slot;
        pool->refs--;
        if (--slot->lock->refs == 0)
            put_lock(pool, slot->lock);
        LEDGE_CHECK_DEBUG(is_sound(pool));
    }
    leave(pool);
    return status;
}

ledge_status ledge_lock_pool_state(const ledge_lock_pool *pool, ledge_lock_ref ref,
                                   ledge_lock_state *out)
{
    const ledge_lock_slot *slot = slot_at(pool, ref.slot);
    const size_t word = slot ? word_of(slot) : FREE;
    if (!is_out(word, ref))
        return LEDGE_ESTALE;
    *out = (ledge_lock_state)(word % PHASES);
    return LEDGE_OK;
}

/* --- Locks -------------------------------------------------------------------------------- */

/* Whether the calling thread holds a lock. Of what other threads write there, nothing is taken for
 * its own. */
static bool is_mine(const ledge_lock_slot *lock)
{
    return __atomic_load_n(&lock->thread, __ATOMIC_RELAXED) == (uintptr_t)pthread_self();
}

/* Takes the lock of a ref. The thread that holds it doesn't wait: it would for ever. */
static ledge_status take(ledge_lock_pool *pool, ledge_lock_ref ref, bool waits)
{
    ledge_lock_slot *slot = slot_at(pool, ref.slot);
    const ledge_status status = turn(slot, ref, LEDGE_LOCK_IDLE, LEDGE_LOCK_WAITING);
    if (status != LEDGE_OK)
        return status;

    ledge_lock_slot *lock = slot->lock;
    const bool taken = waits && !is_mine(lock) ? pthread_mutex_lock(&lock->mutex) == 0
                                               : pthread_mutex_trylock(&lock->mutex) == 0;
    if (taken)
        __atomic_store_n(&lock->thread, (uintptr_t)pthread_self(), __ATOMIC_RELAXED);
    const size_t phase = taken ? LEDGE_LOCK_HELD : LEDGE_LOCK_IDLE;
    __atomic_store_n(&slot->word, ref.ticket | phase, __ATOMIC_RELEASE);
    return taken ? LEDGE_OK : LEDGE_EBUSY;
}

ledge_status ledge_lock_pool_lock(ledge_lock_pool *pool, ledge_lock_ref ref)
{
    return take(pool, ref, true);
}

ledge_status ledge_lock_pool_try_lock(ledge_lock_pool *pool, ledge_lock_ref ref)
{
    return take(pool, ref, false);
}

ledge_status ledge_lock_pool_unlock(ledge_lock_pool *pool, ledge_lock_ref ref)
{
    ledge_lock_state state;
    if (ledge_lock_pool_state(pool, ref, &state) != LEDGE_OK)
        return LEDGE_ESTALE;

    /* Where another thread has locked by it, it may be put by now, and the slot be that of another
     * ref, with another lock: it is as it was only if it can be turned. */
    ledge_lock_slot *slot = slot_at(pool, ref.slot);
    ledge_lock_slot *lock = __atomic_load_n(&slot->lock, __ATOMIC_RELAXED);
    if (!is_mine(lock) || turn(slot, ref, LEDGE_LOCK_HELD, LEDGE_LOCK_WAITING) != LEDGE_OK)
        return LEDGE_ENOTFOUND;
    __atomic_store_n(&lock->thread, 0, __ATOMIC_RELAXED);
    (void)pthread_mutex_unlock(&lock->mutex);
    __atomic_store_n(&slot->word, ref.ticket | LEDGE_LOCK_IDLE, __ATOMIC_RELEASE);
    return LEDGE_OK;
}
