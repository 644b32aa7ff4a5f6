/* pool.c: objects of one size. See ledge/pool.h.
 *
 * A block is one allocation: the header below, the links, the slots, with what alignment costs
 * between them. A slot's link says whether its object is out; if not, the slot is in the block's
 * list of free slots, or in its list of slots that other threads have put and the pool's own has
 * not taken back yet.
 *
 * Threads. Another thread finds the block of an object by what never changes once the block can be
 * reached, so that it needs no more than to reach it by an acquire. It turns the link from
 * LEDGE_POOL_OUT by compare-and-swap, so that of two puts one is refused, and then pushes the slot
 * with release order: what it did with the object happens before the pool hands it out again. The
 * pool's own thread takes the whole list at once, so that no slot can come back while a push is
 * under way that has seen it at the head. */
#include <ledge/pool.h>

#include <stdalign.h>

struct block {
    ledge_pool_block base;
    void *memory; /* the allocation, and its size in bytes */
    size_t size;
    alignas(LEDGE_POOL_LINE) uint32_t remote; /* the slots that other threads have put */
};

enum {
    FIRST_BLOCK = 4096,                   /* bytes of slots in the first block, about */
    SMALL = 16,                           /* what smaller objects count as there */
    ASAN_GAP = LEDGE_HAS_POISON ? 16 : 0, /* between slots */
    ASAN_ALIGN = LEDGE_HAS_POISON ? 8 : 1,
};

static size_t larger(size_t a, size_t b)
{
    return a > b ? a : b;
}

/* --- Making a pool ------------------------------------------------------------------------ */

/* The inverse of an odd number modulo SIZE_MAX + 1, by Newton's method: each step doubles the bits
 * that are right, of which the first guess has 5. */
LEDGE_POOL_WRAPS static size_t inverse_of(size_t odd)
{
    size_t inverse = odd * 3 ^ 2;
    for (unsigned bits = 5; bits < sizeof(size_t) * 8; bits *= 2)
        inverse *= 2 - odd * inverse;
    return inverse;
}

ledge_status ledge_pool_init(ledge_pool *pool, size_t size, size_t align,
                             const ledge_allocator *alloc)
{
    if (size == 0)
        return LEDGE_ESIZE;
    if (!ledge_is_pow2(align))
        return LEDGE_EINVAL;
    if (size > LEDGE_POOL_SIZE_MAX || align > LEDGE_POOL_SIZE_MAX)
        return LEDGE_EOVERFLOW;

    const size_t unit = larger(align, ASAN_ALIGN);
    const size_t stride = (size + ASAN_GAP + unit - 1) / unit * unit;
    *pool = (ledge_pool){.size = size, .align = align, .stride = stride};
    pool->shift = (unsigned)__builtin_ctzll(stride);
    pool->inverse = inverse_of(stride >> pool->shift);
    if (alloc)
        pool->alloc = *alloc;
    return LEDGE_OK;
}

void ledge_pool_cleanup(ledge_pool *pool)
{
    for (ledge_pool_block *each = pool->blocks; each;) {
        const struct block *block = (const struct block *)each;
        each = each->next;
        ledge_unpoison(block->base.slots, block->base.count * pool->stride);
        ledge_alloc_free(&pool->alloc, block->memory, block->size);
    }
    *pool = (ledge_pool){0};
}

/* --- Blocks ------------------------------------------------------------------------------- */

/* The bytes to allocate for a block of count slots, wherever they may be. */
static ledge_status block_size(const ledge_pool *pool, size_t count, size_t *out)
{
    if (count > LEDGE_POOL_SLOTS_MAX)
        return LEDGE_EOVERFLOW;
    const size_t others =
        LEDGE_POOL_LINE + sizeof(struct block) + larger(pool->align, LEDGE_POOL_LINE);
    size_t size;
    ledge_status status = ledge_size_mul(count, pool->stride + sizeof(uint32_t), &size);
    if (status == LEDGE_OK)
        status = ledge_size_add(size, others, &size);
    if (status != LEDGE_OK || size > PTRDIFF_MAX)
        return LEDGE_EOVERFLOW;
    *out = size;
    return LEDGE_OK;
}

static unsigned char *aligned(void *ptr, size_t align)
{
    const size_t over = (uintptr_t)ptr & (align - 1);
    return (unsigned char *)ptr + (over ? align - over : 0);
}

/* Makes a block the guess for the addresses of its slots, where there is none of a larger one. */
static void enter_guesses(ledge_pool *pool, ledge_pool_block *block)
{
    const uintptr_t start = (uintptr_t)block->slots;
    const uintptr_t last = (start + block->count * pool->stride - 1) >> pool->guess_shift;
    for (uintptr_t at = start >> pool->guess_shift; at <= last; at++) {
        ledge_pool_block **guess = &pool->guesses[at % LEDGE_POOL_GUESSES];
        if (!*guess || (*guess)->count < block->count)
            *guess = block;
    }
}

/* Makes the guesses for a new block. When half of the table would be too short for all slots, the
 * guesses are for larger parts of the address space from now on. */
static void make_guesses(ledge_pool *pool)
{
    const size_t bytes = pool->slots * pool->stride;
    const unsigned before = pool->guess_shift;
    while (bytes >> pool->guess_shift > LEDGE_POOL_GUESSES / 2)
        pool->guess_shift++;
    if (pool->guess_shift == before) {
        enter_guesses(pool, pool->blocks);
        return;
    }
    for (size_t i = 0; i < LEDGE_POOL_GUESSES; i++)
        pool->guesses[i] = NULL;
    for (ledge_pool_block *block = pool->blocks; block; block = block->next)
        enter_guesses(pool, block);
}

/* Adds a block of count slots, all free, and makes it the one in use. */
static ledge_status add_block(ledge_pool *pool, size_t count)
{
    size_t size;
    ledge_status status = block_size(pool, count, &size);
    if (status != LEDGE_OK)
        return status;
    void *memory = ledge_alloc_resize(&pool->alloc, NULL, 0, size);
    if (!memory)
        return LEDGE_ENOMEM;

    struct block *block = (struct block *)(void *)aligned(memory, LEDGE_POOL_LINE);
    uint32_t *links = (uint32_t *)(void *)(block + 1);
    for (uint32_t i = 0; i < count; i++)
        links[i] = i + 1;
    links[count - 1] = LEDGE_POOL_END;
    *block = (struct block){.memory = memory, .size = size, .remote = LEDGE_POOL_END};
    block->base.links = links;
    block->base.count = (uint32_t)count;
    block->base.slots = aligned(links + count, larger(pool->align, LEDGE_POOL_LINE));
    block->base.next = pool->blocks;
    ledge_poison(block->base.slots, count * pool->stride);

    __atomic_store_n(&pool->blocks, &block->base, __ATOMIC_RELEASE);
    pool->block = &block->base;
    ledge_pool_add(&pool->count, 1);
    ledge_pool_add(&pool->slots, count);
    make_guesses(pool);
    return LEDGE_OK;
}

/* Takes back what came back, in number: the objects count as in use until here. */
static void count_puts(ledge_pool *pool, size_t n)
{
    const size_t in_use = pool->gets - pool->puts;
    if (in_use > pool->peak)
        ledge_pool_add(&pool->peak, in_use - pool->peak);
    ledge_pool_add(&pool->puts, n);
}

/* Makes free what other threads have put into a block. */
static void collect(ledge_pool *pool, ledge_pool_block *base)
{
    struct block *block = (struct block *)base;
    if (__atomic_load_n(&block->remote, __ATOMIC_RELAXED) == LEDGE_POOL_END)
        return;

    const uint32_t first = __atomic_exchange_n(&block->remote, LEDGE_POOL_END, __ATOMIC_ACQUIRE);
    uint32_t last = first;
    size_t n = 1;
    for (; base->links[last] != LEDGE_POOL_END; n++)
        last = base->links[last];
    base->links[last] = base->free;
    base->free = first;
    count_puts(pool, n);
    ledge_pool_add(&pool->remote, n);
}

ledge_status ledge_pool_reserve(ledge_pool *pool, size_t n)
{
    if (pool->size == 0)
        return LEDGE_ESIZE;
    for (ledge_pool_block *block = pool->blocks; block; block = block->next)
        collect(pool, block);
    const size_t free = pool->slots - (pool->gets - pool->puts);
    return n > free ? add_block(pool, n - free) : LEDGE_OK;
}

/* --- Objects ------------------------------------------------------------------------------ */

ledge_status ledge_pool_get_slow(ledge_pool *pool, void **out)
{
    if (pool->size == 0)
        return LEDGE_ESIZE;
    for (ledge_pool_block *block = pool->blocks; block; block = block->next) {
        collect(pool, block);
        if (block->free != LEDGE_POOL_END) {
            pool->block = block;
            return ledge_pool_get(pool, out);
        }
    }

    const size_t each = larger(larger(pool->size, pool->align), SMALL);
    const size_t first = larger(FIRST_BLOCK / each, 1);
    const size_t double_it = larger(pool->slots, first);
    const bool is_too_many = double_it > LEDGE_POOL_SLOTS_MAX;
    if (add_block(pool, is_too_many ? LEDGE_POOL_SLOTS_MAX : double_it) != LEDGE_OK)
        return LEDGE_ENOMEM;
    const ledge_status status = ledge_pool_get(pool, out);
    ledge_pool_add(&pool->misses, 1);
    return status;
}

/* The block and the slot of the object at ptr; null when it isn't the start of one. */
static ledge_pool_block *find(const ledge_pool *pool, const void *ptr, size_t *out_slot)
{
    ledge_pool_block *block = __atomic_load_n(&pool->blocks, __ATOMIC_ACQUIRE);
    for (; block; block = block->next) {
        *out_slot = ledge_pool_slot(pool, block, ptr);
        if (*out_slot < block->count)
            return block;
    }
    return NULL;
}

ledge_status ledge_pool_put_slow(ledge_pool *pool, void *ptr)
{
    if (!ptr)
        return LEDGE_ENULL;
    size_t slot;
    ledge_pool_block *block = find(pool, ptr, &slot);
    if (!block)
        return LEDGE_ENOTFOUND;
    if (block->links[slot] != LEDGE_POOL_OUT)
        return LEDGE_ESTALE;

    count_puts(pool, 1);
    ledge_poison(ptr, pool->size);
    LEDGE_PROVENANCE_FREED(ptr, pool->size);
    block->links[slot] = block->free;
    block->free = (uint32_t)slot;
    pool->block = block;
    return LEDGE_OK;
}

ledge_status ledge_pool_get_span(ledge_pool *pool, ledge_span *out)
{
    void *ptr;
    ledge_status status = ledge_pool_get(pool, &ptr);
    if (status == LEDGE_OK)
        *out = ledge_span_of(ptr, pool->size);
    return status;
}

ledge_status ledge_pool_put_span(ledge_pool *pool, ledge_span *span)
{
    ledge_status status = ledge_pool_put(pool, span->ptr);
    if (status == LEDGE_OK)
        *span = (ledge_span){0};
    return status;
}

ledge_status ledge_pool_put_remote(ledge_pool *pool, void *ptr)
{
    if (!ptr)
        return LEDGE_ENULL;
    size_t slot;
    ledge_pool_block *base = find(pool, ptr, &slot);
    if (!base)
        return LEDGE_ENOTFOUND;

    struct block *block = (struct block *)base;
    uint32_t *link = &base->links[slot], was = LEDGE_POOL_OUT;
    if (!__atomic_compare_exchange_n(link, &was, LEDGE_POOL_END, false, __ATOMIC_RELAXED,
                                     __ATOMIC_RELAXED))
        return LEDGE_ESTALE;
    ledge_poison(ptr, pool->size);
    LEDGE_PROVENANCE_FREED(ptr, pool->size);
    uint32_t head = __atomic_load_n(&block->remote, __ATOMIC_RELAXED);
    do
        __atomic_store_n(link, head, __ATOMIC_RELAXED);
    while (!__atomic_compare_exchange_n(&block->remote, &head, (uint32_t)slot, true,
                                        __ATOMIC_RELEASE, __ATOMIC_RELAXED));
    return LEDGE_OK;
}

bool ledge_pool_owns(const ledge_pool *pool, const void *ptr)
{
    size_t slot;
    const ledge_pool_block *block = find(pool, ptr, &slot);
    return block && block->links[slot] == LEDGE_POOL_OUT;
}

/* --- Metrics ------------------------------------------------------------------------------ */

static size_t figure(const size_t *counter)
{
    return __atomic_load_n(counter, __ATOMIC_ACQUIRE);
}

void ledge_pool_read_stats(const ledge_pool *pool, ledge_pool_stats *out)
{
    /* What is a part of something is counted after it, and read before it: so it is never more. */
    *out = (ledge_pool_stats){.remote = figure(&pool->remote)};
    out->puts = figure(&pool->puts);
    const size_t misses = figure(&pool->misses);
    out->gets = figure(&pool->gets);
    out->hits = out->gets - misses;
    out->in_use = out->gets - out->puts;
    out->peak = larger(figure(&pool->peak), out->in_use);
    out->blocks = figure(&pool->count);
    out->slots = figure(&pool->slots);
}

double ledge_pool_hit_rate(const ledge_pool_stats *stats)
{
    return stats->gets == 0 ? 1.0 : (double)stats->hits / (double)stats->gets;
}

static size_t count_out(const ledge_pool_block *block)
{
    size_t out = 0;
    for (uint32_t i = 0; i < block->count; i++)
        out += block->links[i] == LEDGE_POOL_OUT;
    return out;
}

ledge_status ledge_pool_block_use(const ledge_pool *pool, size_t index, size_t *out_slots,
                                  size_t *out_in_use)
{
    const ledge_pool_block *block = pool->blocks;
    for (; block && index > 0; index--)
        block = block->next;
    if (!block)
        return LEDGE_ERANGE;
    *out_slots = block->count;
    *out_in_use = count_out(block);
    return LEDGE_OK;
}

/* --- Invariants --------------------------------------------------------------------------- */

/* The length of the list of slots from first on; more than there are slots when it isn't one. */
static size_t list_length(const ledge_pool_block *block, uint32_t first)
{
    size_t n = 0;
    for (; first != LEDGE_POOL_END; first = block->links[first], n++) {
        if (first >= block->count || block->links[first] == LEDGE_POOL_OUT || n > block->count)
            return LEDGE_POOL_SLOTS_MAX + 1;
    }
    return n;
}

bool ledge_pool_is_valid(const ledge_pool *pool)
{
    size_t in_use = 0, slots = 0, count = 0;
    bool is_current_met = pool->block == NULL && pool->blocks == NULL;
    for (ledge_pool_block *base = pool->blocks; base; base = base->next) {
        const struct block *block = (const struct block *)base;
        const size_t out = count_out(base), remote = list_length(base, block->remote);
        if (list_length(base, base->free) + remote + out != base->count)
            return false;
        is_current_met |= base == pool->block;
        in_use += out + remote;
        slots += base->count;
        count++;
    }
    return is_current_met && in_use == pool->gets - pool->puts && slots == pool->slots &&
           count == pool->count && (count == 0 || pool->size != 0);
}
