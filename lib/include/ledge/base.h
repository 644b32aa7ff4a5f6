/* ledge/base.h: what the other headers of libledge stand on: the one status enum, size arithmetic
 * that can't wrap silently, alignment, and the allocator hook.
 *
 * Conventions of the whole library:
 *
 * - A function that can fail returns a ledge_status, and every kind of violation has a status of
 *   its own. Where several things are wrong at once, the header says which one is reported.
 * - Out parameters come last and are left untouched unless LEDGE_OK is returned.
 * - Nothing aborts, prints or keeps global state. A parameter marked LEDGE_NONNULL is the caller's
 *   promise; any other pointer may be null and is answered with LEDGE_ENULL where that is wrong.
 * - Ranges are half-open, [lo, hi). Sizes are in bytes unless the text says elements.
 *
 * Needs gcc or clang, C11 or C++17. Depends on libc alone. */
#ifndef LEDGE_BASE_H
#define LEDGE_BASE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The compiler warns when the result is thrown away. */
#define LEDGE_MUST_USE __attribute__((warn_unused_result))
/* The listed parameters (from 1) are never null; the compiler and UBSan hold the caller to it. */
#define LEDGE_NONNULL(...) __attribute__((nonnull(__VA_ARGS__)))
/* The function reads memory at most, and its result depends on nothing else. */
#define LEDGE_PURE __attribute__((pure))
/* The function reads only its arguments. */
#define LEDGE_CONST __attribute__((const))
/* The result points at as many bytes as the given parameter says. */
#define LEDGE_ALLOC_SIZE(param) __attribute__((alloc_size(param)))
/* The result is never null. */
#define LEDGE_RETURNS_NONNULL __attribute__((returns_nonnull))
/* clang warns of a call that makes the condition true, where it knows the arguments. It stands
 * behind the parameters of a declaration. */
#if defined(__clang__) && __has_attribute(diagnose_if)
#define LEDGE_WARN_IF(condition, text)                                                             \
    _Pragma("clang diagnostic push") _Pragma("clang diagnostic ignored \"-Wgcc-compat\"")          \
        __attribute__((diagnose_if(condition, text, "warning"))) _Pragma("clang diagnostic pop")
#else
#define LEDGE_WARN_IF(condition, text)
#endif
#define LEDGE_WARN_SIZE(size) LEDGE_WARN_IF((size) == 0, #size " is 0: LEDGE_ESIZE")
#define LEDGE_WARN_ALIGN(align)                                                                    \
    LEDGE_WARN_IF((align) == 0 || ((align) & ((align)-1)) != 0,                                    \
                  #align " is no power of two: LEDGE_EINVAL")

#ifdef __cplusplus
#define LEDGE_STATIC_ASSERT(condition, text) static_assert(condition, text)
extern "C" {
#else
#define LEDGE_STATIC_ASSERT(condition, text) _Static_assert(condition, text)
#endif

/* ledge_status is what a function of this library has to say about a call. */
typedef enum ledge_status {
    LEDGE_OK = 0,
    LEDGE_ENULL,     /* a null pointer where bytes were promised */
    LEDGE_ERANGE,    /* an index or a bound outside of the object */
    LEDGE_EALIGN,    /* a pointer that isn't aligned as asked */
    LEDGE_EINVAL,    /* an alignment that can't be one, or an unknown option */
    LEDGE_ESIZE,     /* an element size of 0, or a length that isn't a multiple of it */
    LEDGE_EEMPTY,    /* no bytes or elements where at least one is needed */
    LEDGE_ESHORT,    /* more was asked for than is left */
    LEDGE_EOVERFLOW, /* a size that doesn't fit */
    LEDGE_ENOMEM,    /* the allocator said no */
    LEDGE_ETYPE,     /* the type tag is another one */
    LEDGE_EREADONLY, /* a write through a read-only typed view */
    LEDGE_ENOTFOUND, /* what was looked for isn't there */
    LEDGE_EBUSY,     /* it is in use: pinned, shared, or taken */
    LEDGE_ESTALE,    /* the memory or object has changed since, or is gone */
    LEDGE_EOVERLAP,  /* bytes that two things have in common and must not */
} ledge_status;

/* LEDGE_STATUS_COUNT is the number of statuses; they are 0 to LEDGE_STATUS_COUNT - 1. */
enum { LEDGE_STATUS_COUNT = LEDGE_EOVERLAP + 1 };

/* ledge_strerror returns a sentence about status, for people: "The index is out of range."
 *
 * Never null, also for a value that is no status. The string is static. Thread-safe. */
const char *ledge_strerror(ledge_status status) LEDGE_CONST
LEDGE_RETURNS_NONNULL;

/* ledge_status_name returns the name of status as it is spelt in C: "LEDGE_ERANGE".
 *
 * Never null: "LEDGE_?" for a value that is no status. The string is static. Thread-safe. */
const char *ledge_status_name(ledge_status status) LEDGE_CONST
LEDGE_RETURNS_NONNULL;

/* ledge_size_add stores a + b in *out.
 *
 * Returns LEDGE_OK; LEDGE_EOVERFLOW when the sum doesn't fit a size_t. O(1), thread-safe. */
LEDGE_MUST_USE
LEDGE_NONNULL(3)
static inline ledge_status ledge_size_add(size_t a, size_t b, size_t *out)
{
    size_t sum;
    if (__builtin_add_overflow(a, b, &sum))
        return LEDGE_EOVERFLOW;
    *out = sum;
    return LEDGE_OK;
}

/* ledge_size_mul stores a * b in *out.
 *
 * Returns LEDGE_OK; LEDGE_EOVERFLOW when the product doesn't fit a size_t. O(1), thread-safe. */
LEDGE_MUST_USE
LEDGE_NONNULL(3)
static inline ledge_status ledge_size_mul(size_t a, size_t b, size_t *out)
{
    size_t product;
    if (__builtin_mul_overflow(a, b, &product))
        return LEDGE_EOVERFLOW;
    *out = product;
    return LEDGE_OK;
}

/* ledge_is_pow2 tells whether value is a power of two, which is what an alignment has to be.
 * 0 is none, 1 is one. O(1), thread-safe. */
LEDGE_MUST_USE
static inline bool ledge_is_pow2(size_t value)
{
    return value != 0 && (value & (value - 1)) == 0;
}

/* ledge_is_aligned tells whether ptr is a multiple of align, a power of two. Null is aligned to
 * everything; where align is no power of two the answer is false. O(1), thread-safe. */
LEDGE_MUST_USE
static inline bool ledge_is_aligned(const void *ptr, size_t align)
{
    return ledge_is_pow2(align) && ((uintptr_t)ptr & (align - 1)) == 0;
}

/* ledge_align_up stores in *out the smallest multiple of align that is at least value.
 *
 * Returns LEDGE_OK; LEDGE_EINVAL when align is no power of two; LEDGE_EOVERFLOW when that multiple
 * doesn't fit a size_t. O(1), thread-safe. */
LEDGE_MUST_USE
LEDGE_NONNULL(3)
ledge_status ledge_align_up(size_t value, size_t align, size_t *out) LEDGE_WARN_ALIGN(align);

/* A ledge_allocator is where an owning object gets its memory from.
 *
 * resize is allocation, growth, shrinking and release in one:
 * - ptr null and old_size 0: allocate new_size bytes;
 * - new_size 0: free ptr, which has old_size bytes, and return null;
 * - otherwise: make the block at ptr, which has old_size bytes, new_size bytes long, keeping what
 *   fits. Null means "no", and then the old block is as it was.
 * It is never called with both sizes 0. old_size is always the size that was last asked for, so an
 * allocator needs no headers of its own. Blocks are aligned for any type (max_align_t).
 *
 * The struct is copied into the object that uses it; whatever ctx points at must outlive the
 * object. resize is called on the thread that calls the library. A null allocator pointer, or a
 * null resize, means realloc() and free(). */
typedef struct ledge_allocator {
    void *(*resize)(void *ctx, void *ptr, size_t old_size, size_t new_size);
    void *ctx;
} ledge_allocator;

/* ledge_alloc_resize makes the block at ptr of old_size bytes (null and 0: no block yet) new_size
 * bytes long, by alloc's hook or realloc(). new_size must not be 0.
 *
 * Returns the block, which belongs to the caller; null when there is no memory, and then ptr is as
 * it was. As thread-safe as the allocator. */
LEDGE_MUST_USE
LEDGE_ALLOC_SIZE(4)
void *ledge_alloc_resize(const ledge_allocator *alloc, void *ptr, size_t old_size, size_t new_size);

/* ledge_alloc_free releases the block at ptr of size bytes, by alloc's hook or free(). A null ptr
 * is fine and does nothing. As thread-safe as the allocator. */
void ledge_alloc_free(const ledge_allocator *alloc, void *ptr, size_t size);

#ifdef __cplusplus
}
#endif

#endif /* LEDGE_BASE_H */
