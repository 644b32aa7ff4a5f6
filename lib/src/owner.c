/* owner.c: counted memory. See ledge/owner.h.
 *
 * An owner is two blocks: the header below, which never moves, since every view points at it, and
 * the bytes, which resize may move. So a generation can be compared for as long as the owner lives.
 *
 * Orders of the count:
 * - Taking is relaxed. Whoever takes a reference has one already, so the count can't reach 0
 *   meanwhile, and handing the new view to another thread is what orders the bytes.
 * - Giving back is acquire-release: each thread's use of the bytes happens before its own step, and
 *   the thread that reaches 0 sees all of those steps. (A release step with an acquire fence for
 *   the last would do, too; TSan doesn't know fences, and on x86 the code is the same.)
 * - A pin needs a reference, so pins may only change while others hold some. A thread that reads
 *   "one reference", with acquire, is the only one left and sees every pin that there is.
 *
 * Count and pins are changed by compare-and-swap, so that a refused change is never visible. */
#include <ledge/owner.h>

#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

#include <ledge/harden.h>
#include <ledge/poison.h>

struct ledge_owner {
    atomic_size_t references; /* 0 only on the way out */
    atomic_size_t pins;
    atomic_size_t generation; /* from 1; 0 on the way out */
    unsigned char *block;     /* null when an owned block has no bytes */
    size_t size;
    ledge_owner_kind kind;
    ledge_deallocator *deallocate; /* of an adopted block, with ctx */
    void *ctx;
    ledge_allocator alloc; /* where the header is from, and an owned block */
};

/* --- Making an owner ---------------------------------------------------------------------- */

/* Makes an owner with one reference and no block yet. */
static ledge_status make_owner(ledge_owner_kind kind, const ledge_allocator *alloc,
                               ledge_owner **out)
{
    ledge_owner *owner = ledge_alloc_resize(alloc, NULL, 0, sizeof(*owner));
    if (!owner)
        return LEDGE_ENOMEM;
    memset(owner, 0, sizeof(*owner));
    atomic_init(&owner->references, 1);
    atomic_init(&owner->pins, 0);
    atomic_init(&owner->generation, 1);
    owner->kind = kind;
    if (alloc)
        owner->alloc = *alloc;
    *out = owner;
    return LEDGE_OK;
}

/* The view of length bytes at ptr, for a reference that the caller has taken. */
static void make_view(ledge_owner *owner, unsigned char *ptr, size_t length, ledge_shared *out)
{
    size_t generation = atomic_load_explicit(&owner->generation, memory_order_relaxed);
    *out = (ledge_shared){ptr, length, owner, generation};
    LEDGE_CHECK_DEBUG(ledge_shared_is_valid(out));
}

/* Makes an owner of size bytes of any value. */
static ledge_status make_owned(size_t size, const ledge_allocator *alloc, ledge_shared *out)
{
    if (size > PTRDIFF_MAX)
        return LEDGE_EOVERFLOW;

    ledge_owner *owner;
    ledge_status status = make_owner(LEDGE_OWNED, alloc, &owner);
    if (status != LEDGE_OK)
        return status;
    if (size != 0) {
        owner->block = ledge_alloc_resize(alloc, NULL, 0, size);
        if (!owner->block) {
            ledge_alloc_free(alloc, owner, sizeof(*owner));
            return LEDGE_ENOMEM;
        }
    }
    owner->size = size;
    make_view(owner, owner->block, size, out);
    return LEDGE_OK;
}

ledge_status ledge_shared_alloc(size_t size, const ledge_allocator *alloc, ledge_shared *out)
{
    ledge_status status = make_owned(size, alloc, out);
    if (status == LEDGE_OK && size != 0)
        memset(out->ptr, 0, size);
    return status;
}

ledge_status ledge_shared_copy(ledge_view view, const ledge_allocator *alloc, ledge_shared *out)
{
    ledge_status status = make_owned(view.length, alloc, out);
    if (status == LEDGE_OK && view.length != 0)
        memcpy(out->ptr, view.ptr, view.length);
    return status;
}

/* Makes an owner of foreign memory. */
static ledge_status make_foreign(ledge_owner_kind kind, void *ptr, size_t size,
                                 ledge_deallocator *deallocate, void *ctx,
                                 const ledge_allocator *alloc, ledge_shared *out)
{
    if (!ptr && size != 0)
        return LEDGE_ENULL;
    if (size > UINTPTR_MAX - (uintptr_t)ptr)
        return LEDGE_ERANGE;

    ledge_owner *owner;
    ledge_status status = make_owner(kind, alloc, &owner);
    if (status != LEDGE_OK)
        return status;
    owner->block = ptr;
    owner->size = size;
    owner->deallocate = deallocate;
    owner->ctx = ctx;
    make_view(owner, ptr, size, out);
    return LEDGE_OK;
}

ledge_status ledge_shared_adopt(void *ptr, size_t size, ledge_deallocator *deallocate, void *ctx,
                                const ledge_allocator *alloc, ledge_shared *out)
{
    if (!deallocate)
        return LEDGE_EINVAL;
    return make_foreign(LEDGE_ADOPTED, ptr, size, deallocate, ctx, alloc, out);
}

ledge_status ledge_shared_borrow(void *ptr, size_t size, const ledge_allocator *alloc,
                                 ledge_shared *out)
{
    return make_foreign(LEDGE_BORROWED, ptr, size, NULL, NULL, alloc, out);
}

ledge_status ledge_shared_from_vec(ledge_vec *vec, ledge_shared *out)
{
    ledge_owner *owner;
    ledge_status status = make_owner(LEDGE_OWNED, &vec->alloc, &owner);
    if (status != LEDGE_OK)
        return status;
    size_t length = ledge_vec_as_view(vec).length, allocated = ledge_vec_allocated(vec);
    ledge_poison_spare(vec->ptr, allocated, allocated);
    if (allocated != length)
        memset(vec->ptr + length, 0, allocated - length);
    owner->block = vec->ptr;
    owner->size = allocated;
    make_view(owner, vec->ptr, length, out);

    vec->ptr = NULL;
    vec->length = 0;
    vec->capacity = 0;
    vec->allocated = 0;
    return LEDGE_OK;
}

/* --- References --------------------------------------------------------------------------- */

/* Frees an owner whose last reference is gone. What is left in the header says so to whoever comes
 * late, where its memory is still there to be read. */
static void destroy(ledge_owner *owner)
{
    atomic_store_explicit(&owner->generation, 0, memory_order_relaxed);
    if (owner->kind == LEDGE_OWNED)
        ledge_alloc_free(&owner->alloc, owner->block, owner->size);
    else if (owner->kind == LEDGE_ADOPTED)
        owner->deallocate(owner->ctx, owner->block, owner->size);

    ledge_allocator alloc = owner->alloc;
    ledge_alloc_free(&alloc, owner, sizeof(*owner));
}

/* Takes n references. */
static ledge_status take(ledge_owner *owner, size_t n)
{
    size_t count = atomic_load_explicit(&owner->references, memory_order_relaxed);
    do {
        if (n > LEDGE_REFERENCES_MAX - count)
            return LEDGE_EOVERFLOW;
    } while (!atomic_compare_exchange_weak_explicit(&owner->references, &count, count + n,
                                                    memory_order_relaxed, memory_order_relaxed));
    return LEDGE_OK;
}

/* Gives n references back, of which the caller knows that there are so many. The last one stays
 * while there is a pin. */
static ledge_status give_back(ledge_owner *owner, size_t n)
{
    size_t count = atomic_load_explicit(&owner->references, memory_order_acquire);
    do {
        LEDGE_CHECK_EXTENSIVE(count >= n);
        if (count == n && atomic_load_explicit(&owner->pins, memory_order_relaxed) != 0)
            return LEDGE_EBUSY;
    } while (!atomic_compare_exchange_weak_explicit(&owner->references, &count, count - n,
                                                    memory_order_acq_rel, memory_order_acquire));
    if (count == n)
        destroy(owner);
    return LEDGE_OK;
}

/* Whether the block has changed since the view was made. The empty view has none. */
static bool is_stale(const ledge_shared *shared)
{
    if (!shared->owner)
        return false;
    size_t now = atomic_load_explicit(&shared->owner->generation, memory_order_relaxed);
    LEDGE_CHECK_EXTENSIVE(now != 0);
    return shared->generation != now;
}

/* What a call that needs an owner asks first. */
static ledge_status check_owner(const ledge_shared *shared)
{
    if (!shared->owner)
        return LEDGE_EEMPTY;
    return is_stale(shared) ? LEDGE_ESTALE : LEDGE_OK;
}

ledge_status ledge_shared_duplicate(const ledge_shared *shared, ledge_shared *out)
{
    return ledge_shared_slice(shared, 0, shared->length, out);
}

ledge_status ledge_shared_slice(const ledge_shared *shared, size_t lo, size_t hi, ledge_shared *out)
{
    ledge_shared slice = *shared;
    ledge_status status = ledge_shared_narrow(&slice, lo, hi);
    if (status == LEDGE_OK && slice.owner)
        status = take(slice.owner, 1);
    if (status == LEDGE_OK)
        *out = slice;
    return status;
}

ledge_status ledge_shared_narrow(ledge_shared *shared, size_t lo, size_t hi)
{
    if (is_stale(shared))
        return LEDGE_ESTALE;
    if (lo > hi || hi > shared->length)
        return LEDGE_ERANGE;
    if (lo != 0)
        shared->ptr += lo;
    shared->length = hi - lo;
    LEDGE_CHECK_DEBUG(ledge_shared_is_valid(shared));
    return LEDGE_OK;
}

ledge_status ledge_shared_clone(const ledge_shared *shared, const ledge_allocator *alloc,
                                ledge_shared *out)
{
    ledge_view view;
    ledge_status status = ledge_shared_as_view(shared, &view);
    return status == LEDGE_OK ? ledge_shared_copy(view, alloc, out) : status;
}

ledge_status ledge_shared_release(ledge_shared *shared)
{
    if (is_stale(shared))
        return LEDGE_ESTALE;
    ledge_status status = shared->owner ? give_back(shared->owner, 1) : LEDGE_OK;
    if (status == LEDGE_OK)
        *shared = (ledge_shared){0};
    return status;
}

ledge_status ledge_shared_acquire_many(const ledge_shared *shared, size_t n)
{
    if (is_stale(shared))
        return LEDGE_ESTALE;
    return shared->owner ? take(shared->owner, n) : LEDGE_OK;
}

ledge_status ledge_shared_release_many(const ledge_shared *shared, size_t n)
{
    if (is_stale(shared))
        return LEDGE_ESTALE;
    if (!shared->owner)
        return n == 0 ? LEDGE_OK : LEDGE_ERANGE;

    /* Others may come and go meanwhile; of the n, the caller says that they are its own. */
    size_t count = atomic_load_explicit(&shared->owner->references, memory_order_relaxed);
    if (n >= count)
        return LEDGE_ERANGE;
    return give_back(shared->owner, n);
}

/* --- The block ---------------------------------------------------------------------------- */

/* Changes the block of an owner whose only reference the caller has. */
static ledge_status resize_block(ledge_owner *owner, size_t size)
{
    if (size == 0) {
        ledge_alloc_free(&owner->alloc, owner->block, owner->size);
        owner->block = NULL;
        return LEDGE_OK;
    }

    unsigned char *block = ledge_alloc_resize(&owner->alloc, owner->block, owner->size, size);
    if (!block)
        return LEDGE_ENOMEM;
    if (size > owner->size)
        memset(block + owner->size, 0, size - owner->size);
    owner->block = block;
    return LEDGE_OK;
}

ledge_status ledge_shared_resize(ledge_shared *shared, size_t size)
{
    ledge_owner *owner = shared->owner;
    ledge_status status = check_owner(shared);
    if (status != LEDGE_OK)
        return status;
    if (owner->kind != LEDGE_OWNED)
        return LEDGE_EINVAL;
    if (atomic_load_explicit(&owner->references, memory_order_acquire) != 1 ||
        atomic_load_explicit(&owner->pins, memory_order_relaxed) != 0)
        return LEDGE_EBUSY;
    if (size > PTRDIFF_MAX)
        return LEDGE_EOVERFLOW;

    status = resize_block(owner, size);
    if (status != LEDGE_OK)
        return status;
    owner->size = size;
    atomic_fetch_add_explicit(&owner->generation, 1, memory_order_relaxed);
    make_view(owner, owner->block, size, shared);
    return LEDGE_OK;
}

ledge_status ledge_shared_pin(const ledge_shared *shared)
{
    ledge_owner *owner = shared->owner;
    ledge_status status = check_owner(shared);
    if (status != LEDGE_OK)
        return status;

    size_t pins = atomic_load_explicit(&owner->pins, memory_order_relaxed);
    do {
        if (pins >= LEDGE_PINS_MAX)
            return LEDGE_EOVERFLOW;
    } while (!atomic_compare_exchange_weak_explicit(&owner->pins, &pins, pins + 1,
                                                    memory_order_relaxed, memory_order_relaxed));
    return LEDGE_OK;
}

ledge_status ledge_shared_unpin(const ledge_shared *shared)
{
    ledge_owner *owner = shared->owner;
    ledge_status status = check_owner(shared);
    if (status != LEDGE_OK)
        return status;

    size_t pins = atomic_load_explicit(&owner->pins, memory_order_relaxed);
    do {
        if (pins == 0)
            return LEDGE_ENOTFOUND;
    } while (!atomic_compare_exchange_weak_explicit(&owner->pins, &pins, pins - 1,
                                                    memory_order_relaxed, memory_order_relaxed));
    return LEDGE_OK;
}

/* --- Reading ------------------------------------------------------------------------------ */

ledge_status ledge_shared_as_view(const ledge_shared *shared, ledge_view *out)
{
    if (is_stale(shared))
        return LEDGE_ESTALE;
    *out = ledge_view_of(shared->ptr, shared->length);
    return LEDGE_OK;
}

ledge_status ledge_shared_as_span(const ledge_shared *shared, ledge_span *out)
{
    if (is_stale(shared))
        return LEDGE_ESTALE;
    *out = ledge_span_of(shared->ptr, shared->length);
    return LEDGE_OK;
}

size_t ledge_shared_retained(const ledge_shared *shared)
{
    const ledge_owner *owner = shared->owner;
    return owner && owner->kind != LEDGE_BORROWED ? owner->size : 0;
}

ledge_status ledge_shared_info(const ledge_shared *shared, ledge_owner_info *out)
{
    const ledge_owner *owner = shared->owner;
    if (!owner)
        return LEDGE_EEMPTY;
    *out = (ledge_owner_info){
        .size = owner->size,
        .references = atomic_load_explicit(&owner->references, memory_order_relaxed),
        .pins = atomic_load_explicit(&owner->pins, memory_order_relaxed),
        .generation = atomic_load_explicit(&owner->generation, memory_order_relaxed),
        .kind = owner->kind,
    };
    return LEDGE_OK;
}

ledge_status ledge_shared_describe(const ledge_shared *shared, const ledge_allocator *alloc,
                                   ledge_shared *out)
{
    static const char *const kinds[] = {"owned", "adopted", "borrowed"};
    ledge_owner_info info;
    ledge_status status = check_owner(shared);
    if (status == LEDGE_OK)
        status = ledge_shared_info(shared, &info);
    if (status != LEDGE_OK)
        return status;

    /* Room for four numbers of 20 digits. */
    char line[128];
    int length = snprintf(line, sizeof(line), "%zu of %zu bytes, %s, references %zu, pins %zu",
                          shared->length, info.size, kinds[info.kind], info.references, info.pins);
    return ledge_shared_copy(ledge_view_of(line, (size_t)length), alloc, out);
}

bool ledge_shared_is_valid(const ledge_shared *shared)
{
    const ledge_owner *owner = shared->owner;
    if (!owner)
        return !shared->ptr && shared->length == 0 && shared->generation == 0;
    if (shared->generation != atomic_load_explicit(&owner->generation, memory_order_relaxed))
        return false;
    if (atomic_load_explicit(&owner->references, memory_order_relaxed) == 0 ||
        atomic_load_explicit(&owner->pins, memory_order_relaxed) > LEDGE_PINS_MAX)
        return false;

    uintptr_t from = (uintptr_t)shared->ptr, block = (uintptr_t)owner->block;
    if (from < block || from - block > owner->size)
        return false;
    return shared->length <= owner->size - (from - block);
}
