/* ledge/arena.h: many allocations out of one, given back together.
 *
 * An arena takes a block of memory up front and hands it out from one end to the other. Nothing is
 * freed by itself: a mark remembers how far the arena has come, and a rewind to it takes back all
 * that was handed out since; a reset takes back everything. The memory stays with the arena, so
 * that work that comes round again allocates nothing from its second round on:
 *
 *     ledge_arena arena = {0};
 *     status = ledge_arena_init(&arena, 64 * 1024, NULL);
 *     for (each request) {
 *         status = ledge_arena_alloc(&arena, size, alignof(struct header), &span);
 *         …
 *         ledge_arena_reset(&arena);
 *     }
 *     ledge_arena_cleanup(&arena);
 *
 * Where a block is full, another one of the same size (or as large as one object needs) follows; no
 * object ever moves. What is handed out is a ledge_span of the arena's own memory without spare
 * capacity, and every view of it is free of copies. It is good until the arena is rewound to before
 * it, reset or cleaned up.
 *
 * ASan. What isn't handed out is closed: a touch of the tail, or of what was rewound or reset, is a
 * use-after-poison at the byte. Objects lie side by side, where running over the end of one is
 * running into the next; a gap between them is closed, too. In an ASan build an arena that grows
 * has a gap of 16 bytes from the start, in any other build none: see ledge_arena_set_gap.
 *
 * Fixed. ledge_arena_init_fixed makes an arena of memory of the caller's. It never allocates, and
 * is full when that memory is.
 *
 * Checked build (ledge/provenance.h). Each object is a part of its block, and views that run from
 * one into the next are seen. The caller's memory of a fixed arena is a block, or a part of the one
 * that it lies in, until the arena is cleaned up, which matters most where it is on the stack. (A
 * block that is all of it isn't known any more after that.)
 *
 * Zero bytes are an arena without memory: full, and safe to reset and to clean up. A function that
 * fails leaves the arena as it was. An arena isn't thread-safe: each thread has its own. */
#ifndef LEDGE_ARENA_H
#define LEDGE_ARENA_H

#include <ledge/base.h>
#include <ledge/harden.h>
#include <ledge/poison.h>
#include <ledge/provenance.h>
#include <ledge/view.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The largest gap between objects, in bytes. */
#define LEDGE_ARENA_GAP_MAX ((size_t)4096)

/* A ledge_arena_block is what an arena has from its allocator at once. */
typedef struct ledge_arena_block ledge_arena_block;

/* A ledge_arena is the arena. Its fields are its own. */
typedef struct ledge_arena {
    unsigned char *at;        /* the next free byte of the current block */
    unsigned char *end;       /* where the current block ends */
    size_t gap;               /* bytes that stay free behind each object */
    ledge_arena_block *block; /* the current block; null: memory of the caller's, or none */
    ledge_arena_block *first; /* the blocks, in the order of their use; those behind the current
                                 one are spare */
    size_t block_size;        /* what every block has room for; 0: the arena doesn't grow */
    unsigned char *fixed, *fixed_end; /* the caller's memory */
    size_t resets;
    ledge_allocator alloc; /* where the blocks are from */
} ledge_arena;

/* A ledge_arena_mark is a place in an arena. It is a value: copy it, drop it. */
typedef struct ledge_arena_mark {
    const ledge_arena_block *block;
    unsigned char *at;
    size_t resets;
} ledge_arena_mark;

/* --- Making an arena ---------------------------------------------------------------------- */

/* The largest block, and the largest object together with its alignment. */
#define LEDGE_ARENA_SIZE_MAX ((size_t)PTRDIFF_MAX - 128)

/* What a block's first byte is aligned to: the size of a cache line. */
#define LEDGE_ARENA_ALIGN ((size_t)64)

/* ledge_arena_init makes *arena an arena whose blocks have room for block_size bytes each, and
 * allocates the first of them from alloc (null: malloc and free), which is copied. What was in
 * *arena is overwritten, not cleaned up.
 *
 * Returns LEDGE_OK; LEDGE_EEMPTY when block_size is 0; LEDGE_EOVERFLOW when it is more than
 * LEDGE_ARENA_SIZE_MAX; LEDGE_ENOMEM. Unless it is LEDGE_OK, *arena is untouched. O(1). */
LEDGE_MUST_USE
LEDGE_NONNULL(1)
ledge_status ledge_arena_init(ledge_arena *arena, size_t block_size, const ledge_allocator *alloc)
    LEDGE_WARN_IF(block_size == 0, "block_size is 0: LEDGE_EEMPTY");

/* ledge_arena_init_fixed makes *arena an arena of the size bytes at memory, which nobody else uses
 * until ledge_arena_cleanup, and which must be there until then. memory may be null when size is 0.
 *
 * Returns LEDGE_OK, or the first of these that holds, and then *arena is untouched:
 *   LEDGE_ENULL      memory is null and size isn't 0
 *   LEDGE_EOVERFLOW  size is more than PTRDIFF_MAX, or memory + size runs past the end of the
 *                    address space
 * O(1). */
LEDGE_MUST_USE
LEDGE_NONNULL(1)
ledge_status ledge_arena_init_fixed(ledge_arena *arena, void *memory, size_t size);

/* ledge_arena_cleanup frees the arena's blocks, or opens the caller's memory again, and leaves
 * *arena all zero, so that cleaning up twice does no harm. Can't fail. O(blocks). */
LEDGE_NONNULL(1)
void ledge_arena_cleanup(ledge_arena *arena);

/* ledge_arena_set_gap makes the arena leave at least gap bytes free behind every object from now on
 * (but for the last of a block), in any build. Under ASan, running over the end of an object into
 * the gap is seen at the byte when gap is 8 or more.
 *
 * Returns LEDGE_OK; LEDGE_ERANGE when gap is more than LEDGE_ARENA_GAP_MAX. O(1). */
LEDGE_MUST_USE
LEDGE_NONNULL(1)
ledge_status ledge_arena_set_gap(ledge_arena *arena, size_t gap);

/* --- Allocating --------------------------------------------------------------------------- */

/* ledge_arena_alloc_slow does what isn't inlined of ledge_arena_alloc, which calls it, and answers
 * alike. */
LEDGE_MUST_USE
LEDGE_NONNULL(1, 4)
ledge_status ledge_arena_alloc_slow(ledge_arena *arena, size_t size, size_t align, ledge_span *out);

/* ledge_arena_alloc hands out size bytes at a multiple of align. What is in them is undefined. When
 * size is 0, *out is the empty span and nothing is taken.
 *
 * The next object starts where this one (and the gap) ends, at the next multiple of its own align.
 * Where the object doesn't fit into the rest of the current block, it goes into the first spare
 * block that is large enough, or else into a new one; the rest stays unused. A block starts at a
 * multiple of LEDGE_ARENA_ALIGN.
 *
 * Returns LEDGE_OK, or the first of these that holds:
 *   LEDGE_EINVAL     align is no power of two
 *   LEDGE_EOVERFLOW  size and align together are more than LEDGE_ARENA_SIZE_MAX
 *   LEDGE_ENOMEM     there is no memory to grow, or the arena is fixed and full
 * O(1); with a change of block O(spare blocks). */
LEDGE_MUST_USE
LEDGE_NONNULL(1, 4)
static inline ledge_status ledge_arena_alloc(ledge_arena *arena, size_t size, size_t align,
                                             ledge_span *out)
{
    if (!ledge_is_pow2(align) || size == 0)
        return ledge_arena_alloc_slow(arena, size, align, out);

    LEDGE_CHECK_FAST(arena->at <= arena->end);
    const size_t left = (size_t)(arena->end - arena->at);
    const size_t padding = (align - ((uintptr_t)arena->at & (align - 1))) & (align - 1);
    if (padding > left || size > left - padding)
        return ledge_arena_alloc_slow(arena, size, align, out);

    unsigned char *ptr = arena->at + padding;
    const size_t rest = left - padding - size, gap = rest < arena->gap ? rest : arena->gap;
    arena->at = ptr + size + gap;
    ledge_unpoison(ptr, size);
    LEDGE_PROVENANCE_ENTERED(ptr, size);
    out->ptr = ptr;
    out->length = size;
    out->capacity = size;
    return LEDGE_OK;
}

/* ledge_arena_alloc_array hands out n elements of elem_size bytes each at a multiple of align, as
 * ledge_arena_alloc does for their bytes.
 *
 * Returns LEDGE_OK, or the first of these that holds:
 *   LEDGE_ESIZE      elem_size is 0
 *   LEDGE_EOVERFLOW  n * elem_size doesn't fit a size_t
 *   LEDGE_EINVAL     align is no power of two
 *   LEDGE_EOVERFLOW  the bytes and align together are more than LEDGE_ARENA_SIZE_MAX
 *   LEDGE_ENOMEM     there is no memory to grow, or the arena is fixed and full
 * O(1); with a change of block O(spare blocks). */
LEDGE_MUST_USE
LEDGE_NONNULL(1, 5)
static inline ledge_status ledge_arena_alloc_array(ledge_arena *arena, size_t n, size_t elem_size,
                                                   size_t align, ledge_span *out)
{
    if (elem_size == 0)
        return LEDGE_ESIZE;
    size_t size;
    const ledge_status status = ledge_size_mul(n, elem_size, &size);
    return status == LEDGE_OK ? ledge_arena_alloc(arena, size, align, out) : status;
}

/* ledge_arena_copy hands out a copy of the bytes of view, which may lie in the arena itself, at any
 * address. An empty view gives the empty span.
 *
 * Returns LEDGE_OK; LEDGE_EOVERFLOW when view is as long as LEDGE_ARENA_SIZE_MAX, or longer;
 * LEDGE_ENOMEM when there is no memory to grow, or the arena is fixed and full. O(view.length), and
 * with a change of block O(spare blocks). */
LEDGE_MUST_USE
LEDGE_NONNULL(1, 3)
ledge_status ledge_arena_copy(ledge_arena *arena, ledge_view view, ledge_span *out);

/* --- Taking back -------------------------------------------------------------------------- */

/* ledge_arena_save returns a mark of how far the arena has come. Can't fail. O(1). */
LEDGE_MUST_USE
LEDGE_NONNULL(1)
ledge_arena_mark ledge_arena_save(const ledge_arena *arena);

/* ledge_arena_rewind takes back all that was handed out since mark was saved; the mark stays good.
 * The memory stays with the arena, and blocks that were entered since are spare again.
 *
 * Returns LEDGE_OK; LEDGE_ESTALE when the arena was reset since, when it isn't as far as mark
 * (having been rewound to an earlier one), or when mark is of another arena. A mark that the arena
 * was rewound behind, and has passed again since, isn't told from a good one: a rewind to it takes
 * back what lies behind that place. O(blocks). */
LEDGE_MUST_USE
LEDGE_NONNULL(1)
ledge_status ledge_arena_rewind(ledge_arena *arena, ledge_arena_mark mark);

/* ledge_arena_reset takes everything back, and makes all marks stale. The memory stays with the
 * arena. Can't fail. O(blocks); under ASan O(size). */
LEDGE_NONNULL(1)
void ledge_arena_reset(ledge_arena *arena);

/* ledge_arena_trim frees the spare blocks. Can't fail. O(spare blocks). */
LEDGE_NONNULL(1)
void ledge_arena_trim(ledge_arena *arena);

/* --- Reading ------------------------------------------------------------------------------ */

/* ledge_arena_holds tells whether all bytes of view lie in what the arena has handed out (objects,
 * and what is between them) and not taken back. Of an empty view it is false. O(blocks). */
LEDGE_MUST_USE
LEDGE_NONNULL(1)
LEDGE_PURE
bool ledge_arena_holds(const ledge_arena *arena, ledge_view view);

/* A ledge_arena_info is what there is to say about an arena, in bytes. */
typedef struct ledge_arena_info {
    size_t blocks; /* from the allocator */
    size_t spare;  /* those of them that hold nothing and come after the current one */
    size_t room;   /* bytes that the blocks, or the caller's memory, have for objects */
    size_t used;   /* of them: objects, and what is between them */
} ledge_arena_info;

/* ledge_arena_about returns what there is to say about the arena. Can't fail. O(blocks). */
LEDGE_MUST_USE
LEDGE_NONNULL(1)
LEDGE_PURE
ledge_arena_info ledge_arena_about(const ledge_arena *arena);

/* ledge_arena_is_valid tells whether *arena keeps its promises: the next free byte lies in the
 * current block, which is one of the arena's, no block is smaller than said, and a fixed arena has
 * none. For tests and harnesses. O(blocks). */
LEDGE_MUST_USE
LEDGE_NONNULL(1)
LEDGE_PURE
bool ledge_arena_is_valid(const ledge_arena *arena);

#ifdef __cplusplus
}
#endif

#endif /* LEDGE_ARENA_H */
