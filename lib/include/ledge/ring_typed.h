/* ledge/ring_typed.h: rings of one C type, over ledge/ring.h.
 *
 *     LEDGE_RING_DEFINE(queue, uint64_t);
 *
 * defines the type queue (the ring) and these functions, each the one of ledge/ring.h of that name,
 * with elements passed as what they are:
 *
 *     ledge_status    queue_init(queue *ring, ledge_ring_full when_full,
 *                                const ledge_allocator *alloc)
 *     void            queue_cleanup(queue *ring)
 *     ledge_status    queue_reserve(queue *ring, size_t n)
 *     size_t          queue_length(const queue *ring)
 *     uint64_t       *queue_at(const queue *ring, size_t index)
 *     ledge_status    queue_push_back(queue *ring, uint64_t value)
 *     ledge_status    queue_push_front(queue *ring, uint64_t value)
 *     ledge_status    queue_pop_front(queue *ring, uint64_t *out)
 *     ledge_status    queue_pop_back(queue *ring, uint64_t *out)
 *
 * What isn't in the list (write, read, discard …) takes &ring.base. A push that finds room or
 * overwrites is inline, and so is a pop: comparisons, a store, an addition. A push that grows is a
 * call.
 *
 * The type must not need more alignment than max_align_t, which is what allocators give. */
#ifndef LEDGE_RING_TYPED_H
#define LEDGE_RING_TYPED_H

#include <ledge/poison.h>
#include <ledge/ring.h>
#include <ledge/vec_typed.h>

/* clang-format off */
#define LEDGE_RING_DEFINE(name, T) \
    typedef struct name { ledge_ring base; } name; \
    LEDGE_VEC_INLINE LEDGE_NONNULL(1) ledge_status name##_init( \
        name *ring, ledge_ring_full when_full, const ledge_allocator *alloc) \
    { \
        LEDGE_STATIC_ASSERT(LEDGE_ALIGNOF(T) <= LEDGE_ALIGNOF(max_align_t), \
                            "the type needs more alignment than allocators give"); \
        ledge_ring lent; \
        const ledge_status status = ledge_ring_init(&lent, sizeof(T), when_full, alloc); \
        if (status == LEDGE_OK) \
            ring->base = lent; \
        return status; \
    } \
    static inline __attribute__((unused)) LEDGE_NONNULL(1) void name##_cleanup(name *ring) \
    { \
        ledge_ring lent = ring->base; \
        ledge_ring_cleanup(&lent); \
        ring->base = lent; \
    } \
    LEDGE_VEC_INLINE LEDGE_NONNULL(1) ledge_status name##_reserve(name *ring, size_t n) \
    { \
        LEDGE_RING_CALL(ledge_ring_reserve(&lent, n)); \
    } \
    LEDGE_VEC_INLINE LEDGE_NONNULL(1) size_t name##_length(const name *ring) \
    { \
        return ring->base.length; \
    } \
    LEDGE_VEC_INLINE LEDGE_NONNULL(1) T *name##_at(const name *ring, size_t index) \
    { \
        if (index >= ring->base.length) \
            return NULL; \
        return (T *)(void *)ring->base.ptr + ledge_ring_slot(&ring->base, index); \
    } \
    LEDGE_VEC_INLINE LEDGE_NONNULL(1) ledge_status name##_push_back(name *ring, T value) \
    { \
        ledge_ring *base = &ring->base; \
        /* Under ASan free memory is closed, and only the functions of ring.h open it. */ \
        if (LEDGE_HAS_POISON || base->length >= base->capacity) { \
            if (LEDGE_HAS_POISON || base->when_full != LEDGE_RING_OVERWRITE || !base->capacity) { \
                const T elem = value; /* or value would have to be in memory on every path */ \
                LEDGE_RING_CALL(ledge_ring_push_back(&lent, &elem)); \
            } \
            ((T *)(void *)base->ptr)[base->head] = value; \
            base->head = LEDGE_RING_NEXT(base); \
            return LEDGE_OK; \
        } \
        ((T *)(void *)base->ptr)[ledge_ring_slot(base, base->length)] = value; \
        base->length++; \
        return LEDGE_OK; \
    } \
    LEDGE_VEC_INLINE LEDGE_NONNULL(1) ledge_status name##_push_front(name *ring, T value) \
    { \
        ledge_ring *base = &ring->base; \
        if (LEDGE_HAS_POISON || base->length >= base->capacity) { \
            if (LEDGE_HAS_POISON || base->when_full != LEDGE_RING_OVERWRITE || !base->capacity) { \
                const T elem = value; /* or value would have to be in memory on every path */ \
                LEDGE_RING_CALL(ledge_ring_push_front(&lent, &elem)); \
            } \
            base->length--; \
        } \
        base->head = (base->head ? base->head : base->capacity) - 1; \
        ((T *)(void *)base->ptr)[base->head] = value; \
        base->length++; \
        return LEDGE_OK; \
    } \
    LEDGE_VEC_INLINE LEDGE_NONNULL(1) ledge_status name##_pop_front(name *ring, T *out) \
    { \
        ledge_ring *base = &ring->base; \
        if (LEDGE_HAS_POISON || !out) \
            LEDGE_RING_CALL(ledge_ring_pop_front(&lent, out)); \
        if (base->length == 0) \
            return LEDGE_EEMPTY; \
        *out = ((T *)(void *)base->ptr)[base->head]; \
        base->head = LEDGE_RING_NEXT(base); \
        base->length--; \
        return LEDGE_OK; \
    } \
    LEDGE_VEC_INLINE LEDGE_NONNULL(1) ledge_status name##_pop_back(name *ring, T *out) \
    { \
        ledge_ring *base = &ring->base; \
        if (LEDGE_HAS_POISON || !out) \
            LEDGE_RING_CALL(ledge_ring_pop_back(&lent, out)); \
        if (base->length == 0) \
            return LEDGE_EEMPTY; \
        base->length--; \
        *out = ((T *)(void *)base->ptr)[ledge_ring_slot(base, base->length)]; \
        return LEDGE_OK; \
    } \
    typedef name name##_needs_a_semicolon

/* Where the second element is: what ledge_ring_slot(base, 1) returns, in one step less. */
#define LEDGE_RING_NEXT(base) ((base)->head + 1 < (base)->capacity ? (base)->head + 1 : 0)

/* As in vec_typed.h: a ring in a local variable lives in registers between the calls. */
#define LEDGE_RING_CALL(call) \
    do { \
        ledge_ring lent = ring->base; \
        const ledge_status status = call; \
        ring->base = lent; \
        return status; \
    } while (0)
/* clang-format on */

#endif /* LEDGE_RING_TYPED_H */
