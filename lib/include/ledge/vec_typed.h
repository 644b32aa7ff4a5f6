/* ledge/vec_typed.h: vectors of one C type, over ledge/vec.h.
 *
 *     LEDGE_VEC_DEFINE(numbers, uint64_t);
 *
 * defines the type numbers (the vector) and these functions, each the one of ledge/vec.h of that
 * name, with elements passed as what they are:
 *
 *     ledge_status    numbers_init(numbers *vec, const ledge_allocator *alloc)
 *     void            numbers_cleanup(numbers *vec)
 *     ledge_status    numbers_reserve(numbers *vec, size_t n)
 *     size_t          numbers_length(const numbers *vec)
 *     uint64_t       *numbers_at(const numbers *vec, size_t index)
 *     ledge_status    numbers_push(numbers *vec, uint64_t value)
 *     ledge_status    numbers_append(numbers *vec, const uint64_t *values, size_t n)
 *     ledge_status    numbers_insert(numbers *vec, size_t at, uint64_t value)
 *     ledge_status    numbers_pop(numbers *vec, uint64_t *out)
 *
 * What isn't in the list (insert_n, erase, clip …) takes &vec.base. A push into spare capacity is
 * inline: a comparison, a store, an addition. Everything else is a call.
 *
 * The type must not need more alignment than max_align_t, which is what allocators give. */
#ifndef LEDGE_VEC_TYPED_H
#define LEDGE_VEC_TYPED_H

#include <ledge/poison.h>
#include <ledge/vec.h>

/* clang-format off */
#define LEDGE_VEC_DEFINE(name, T) \
    typedef struct name { ledge_vec base; } name; \
    LEDGE_VEC_INLINE LEDGE_NONNULL(1) ledge_status name##_init(name *vec, const ledge_allocator *alloc) \
    { \
        LEDGE_STATIC_ASSERT(LEDGE_ALIGNOF(T) <= LEDGE_ALIGNOF(max_align_t), \
                            "the type needs more alignment than allocators give"); \
        LEDGE_STATIC_ASSERT(sizeof(T) != 0, "elements have a size"); \
        /* As ledge_vec_init does; but here the compiler sees that there is no element. */ \
        const ledge_vec made = {NULL, 0, 0, 0, sizeof(T), {NULL, NULL}, LEDGE_GROWTH_DOUBLE}; \
        vec->base = made; \
        if (alloc) \
            vec->base.alloc = *alloc; \
        return LEDGE_OK; \
    } \
    static inline __attribute__((unused)) LEDGE_NONNULL(1) void name##_cleanup(name *vec) \
    { \
        ledge_vec lent = vec->base; \
        ledge_vec_cleanup(&lent); \
        vec->base = lent; \
    } \
    LEDGE_VEC_INLINE LEDGE_NONNULL(1) ledge_status name##_reserve(name *vec, size_t n) \
    { \
        LEDGE_VEC_CALL(ledge_vec_reserve(&lent, n)); \
    } \
    LEDGE_VEC_INLINE LEDGE_NONNULL(1) size_t name##_length(const name *vec) \
    { \
        return vec->base.length; \
    } \
    LEDGE_VEC_INLINE LEDGE_NONNULL(1) T *name##_at(const name *vec, size_t index) \
    { \
        return index < vec->base.length ? (T *)(void *)vec->base.ptr + index : NULL; \
    } \
    LEDGE_VEC_INLINE LEDGE_NONNULL(1) ledge_status name##_push(name *vec, T value) \
    { \
        /* Under ASan the spare memory is closed, and only ledge_vec_push opens it. */ \
        if (LEDGE_HAS_POISON) \
            LEDGE_VEC_CALL(ledge_vec_push(&lent, &value)); \
        if (vec->base.length >= vec->base.capacity) { \
            ledge_vec lent = vec->base; \
            const ledge_status status = ledge_vec_make_room(&lent, 1); \
            if (status != LEDGE_OK) \
                return status; \
            vec->base.ptr = lent.ptr; /* the length stays in its register */ \
            vec->base.capacity = lent.capacity; \
            vec->base.allocated = lent.allocated; \
        } \
        ((T *)(void *)vec->base.ptr)[vec->base.length++] = value; \
        return LEDGE_OK; \
    } \
    LEDGE_VEC_INLINE LEDGE_NONNULL(1) ledge_status name##_append(name *vec, const T *values, size_t n) \
    { \
        LEDGE_VEC_CALL(ledge_vec_append(&lent, values, n)); \
    } \
    LEDGE_VEC_INLINE LEDGE_NONNULL(1) ledge_status name##_insert(name *vec, size_t at, T value) \
    { \
        LEDGE_VEC_CALL(ledge_vec_insert(&lent, at, &value)); \
    } \
    LEDGE_VEC_INLINE LEDGE_NONNULL(1) ledge_status name##_pop(name *vec, T *out) \
    { \
        LEDGE_VEC_CALL(ledge_vec_pop(&lent, out)); \
    } \
    typedef name name##_needs_a_semicolon

/* Calls with a copy of the vector and takes it back. A vector in a local variable is then never
 * lent to a function the compiler can't see, and lives in registers between the calls: that makes
 * a loop of pushes as fast as one over a bare array. */
#define LEDGE_VEC_CALL(call) \
    do { \
        ledge_vec lent = vec->base; \
        const ledge_status status = call; \
        vec->base = lent; \
        return status; \
    } while (0)
/* clang-format on */

#define LEDGE_VEC_INLINE static inline __attribute__((unused, warn_unused_result))
#ifdef __cplusplus
#define LEDGE_ALIGNOF(T) alignof(T)
#else
#define LEDGE_ALIGNOF(T) _Alignof(T)
#endif

#endif /* LEDGE_VEC_TYPED_H */
