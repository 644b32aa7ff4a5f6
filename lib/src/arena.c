/* arena.c: many allocations out of one. See ledge/arena.h.
 *
 * A block is one allocation: the header below, up to SLACK bytes that are lost to alignment, and
 * the room for objects. The blocks form a chain in the order of their use: those up to the current
 * one hold something (or did when the arena moved on), those behind it are spare. Only a change of
 * block touches the chain. A fixed arena has no blocks, and the caller's memory takes the place of
 * the current one; so has the arena of zero bytes, with no memory.
 *
 * What may be touched under ASan is opened by ledge_arena_alloc and closed here: a block when it is
 * made, and what is taken back. The checked build enters an object as a part of its block and
 * forgets it at the same places. */
#include <ledge/arena.h>

#include <stdalign.h>
#include <string.h>

struct ledge_arena_block {
    ledge_arena_block *next;
    size_t size; /* of the allocation, in bytes */
    unsigned char *start, *end;
    unsigned char *left; /* the next free byte, when the arena has moved on */
};

enum {
    HEADER = (sizeof(ledge_arena_block) + alignof(max_align_t) - 1) / alignof(max_align_t) *
             alignof(max_align_t),
    SLACK = LEDGE_ARENA_ALIGN - alignof(max_align_t),
    ASAN_GAP = LEDGE_HAS_POISON ? 16 : 0,
};

LEDGE_STATIC_ASSERT(HEADER + SLACK <= PTRDIFF_MAX - LEDGE_ARENA_SIZE_MAX,
                    "the largest block is too large");

/* --- Blocks ------------------------------------------------------------------------------- */

static unsigned char *start_of(const ledge_arena *arena, const ledge_arena_block *block)
{
    return block ? block->start : arena->fixed;
}

static unsigned char *end_of(const ledge_arena *arena, const ledge_arena_block *block)
{
    return block ? block->end : arena->fixed_end;
}

/* Where the used part ends of a block that is not spare. */
static unsigned char *left_of(const ledge_arena *arena, const ledge_arena_block *block)
{
    return block == arena->block ? arena->at : block->left;
}

static size_t bytes_between(const unsigned char *from, const unsigned char *to)
{
    return (size_t)((uintptr_t)to - (uintptr_t)from);
}

/* Makes a block with room for `room` bytes, at most LEDGE_ARENA_SIZE_MAX, all closed. */
static ledge_status make_block(const ledge_allocator *alloc, size_t room, ledge_arena_block **out)
{
    const size_t size = HEADER + SLACK + room;
    ledge_arena_block *block = ledge_alloc_resize(alloc, NULL, 0, size);
    if (!block)
        return LEDGE_ENOMEM;

    unsigned char *start = (unsigned char *)block + HEADER;
    start += (LEDGE_ARENA_ALIGN - (uintptr_t)start % LEDGE_ARENA_ALIGN) % LEDGE_ARENA_ALIGN;
    *block = (ledge_arena_block){NULL, size, start, start + room, start};
    ledge_poison(start, room);
    *out = block;
    return LEDGE_OK;
}

/* Frees all blocks from first on. */
static void free_blocks(const ledge_allocator *alloc, ledge_arena_block *first)
{
    while (first) {
        ledge_arena_block *next = first->next;
        ledge_unpoison(first->start, bytes_between(first->start, first->end));
        ledge_alloc_free(alloc, first, first->size);
        first = next;
    }
}

/* Says that the caller's memory is a block, where there is some. */
static void tell_of_fixed(const ledge_arena *arena)
{
    (void)arena;
    LEDGE_PROVENANCE_ALLOCATED(arena->fixed, bytes_between(arena->fixed, arena->fixed_end));
}

/* Makes block the current one, with `at` its next free byte. */
static void enter(ledge_arena *arena, ledge_arena_block *block, unsigned char *at)
{
    arena->block = block;
    arena->at = at;
    arena->end = end_of(arena, block);
    LEDGE_CHECK_DEBUG(ledge_arena_is_valid(arena));
}

/* Moves on to a block with room for at least `room` bytes, which comes next in the chain then. */
static ledge_status move_on(ledge_arena *arena, size_t room)
{
    if (arena->block_size == 0)
        return LEDGE_ENOMEM;

    ledge_arena_block **link = &arena->block->next;
    while (*link && bytes_between((*link)->start, (*link)->end) < room)
        link = &(*link)->next;

    ledge_arena_block *block = *link;
    if (block) {
        *link = block->next;
    } else {
        size_t larger = room > arena->block_size ? room : arena->block_size;
        ledge_status status = make_block(&arena->alloc, larger, &block);
        if (status != LEDGE_OK)
            return status;
    }
    block->next = arena->block->next;
    arena->block->next = block;
    arena->block->left = arena->at;
    enter(arena, block, block->start);
    return LEDGE_OK;
}

/* --- Making an arena ---------------------------------------------------------------------- */

ledge_status ledge_arena_init(ledge_arena *arena, size_t block_size, const ledge_allocator *alloc)
{
    if (block_size == 0)
        return LEDGE_EEMPTY;
    if (block_size > LEDGE_ARENA_SIZE_MAX)
        return LEDGE_EOVERFLOW;

    ledge_arena_block *block;
    ledge_status status = make_block(alloc, block_size, &block);
    if (status != LEDGE_OK)
        return status;
    *arena = (ledge_arena){.gap = ASAN_GAP, .first = block, .block_size = block_size};
    if (alloc)
        arena->alloc = *alloc;
    enter(arena, block, block->start);
    return LEDGE_OK;
}

ledge_status ledge_arena_init_fixed(ledge_arena *arena, void *memory, size_t size)
{
    if (!memory && size != 0)
        return LEDGE_ENULL;
    if (size > PTRDIFF_MAX || size > UINTPTR_MAX - (uintptr_t)memory)
        return LEDGE_EOVERFLOW;

    unsigned char *start = memory;
    *arena = (ledge_arena){.fixed = start, .fixed_end = size == 0 ? start : start + size};
    enter(arena, NULL, start);
    ledge_poison(start, size);
    tell_of_fixed(arena);
    return LEDGE_OK;
}

void ledge_arena_cleanup(ledge_arena *arena)
{
    LEDGE_CHECK_EXTENSIVE(ledge_arena_is_valid(arena));
    free_blocks(&arena->alloc, arena->first);
    ledge_unpoison(arena->fixed, bytes_between(arena->fixed, arena->fixed_end));
    LEDGE_PROVENANCE_FREED(arena->fixed, bytes_between(arena->fixed, arena->fixed_end));
    *arena = (ledge_arena){0};
}

ledge_status ledge_arena_set_gap(ledge_arena *arena, size_t gap)
{
    if (gap > LEDGE_ARENA_GAP_MAX)
        return LEDGE_ERANGE;
    arena->gap = gap;
    return LEDGE_OK;
}

/* --- Allocating --------------------------------------------------------------------------- */

ledge_status ledge_arena_alloc_slow(ledge_arena *arena, size_t size, size_t align, ledge_span *out)
{
    if (!ledge_is_pow2(align))
        return LEDGE_EINVAL;
    if (size == 0) {
        *out = (ledge_span){0};
        return LEDGE_OK;
    }
    if (size > LEDGE_ARENA_SIZE_MAX || align > LEDGE_ARENA_SIZE_MAX - size)
        return LEDGE_EOVERFLOW;

    /* In a block of this size the object fits wherever the block is. */
    size_t room = align > LEDGE_ARENA_ALIGN ? size + (align - LEDGE_ARENA_ALIGN) : size;
    ledge_status status = move_on(arena, room);
    return status == LEDGE_OK ? ledge_arena_alloc(arena, size, align, out) : status;
}

ledge_status ledge_arena_copy(ledge_arena *arena, ledge_view view, ledge_span *out)
{
    ledge_status status = ledge_arena_alloc(arena, view.length, 1, out);
    if (status == LEDGE_OK && view.length != 0)
        memcpy(out->ptr, view.ptr, view.length);
    return status;
}

/* --- Taking back -------------------------------------------------------------------------- */

ledge_arena_mark ledge_arena_save(const ledge_arena *arena)
{
    return (ledge_arena_mark){arena->block, arena->at, arena->resets};
}

/* Whether block is the current one or one before it. block may be anybody's. */
static bool is_in_use(const ledge_arena *arena, const ledge_arena_block *block)
{
    const ledge_arena_block *each = arena->first;
    while (each != block && each != arena->block)
        each = each->next;
    return each == block;
}

/* Closes the bytes between two places of a block, in which there are no objects any more. */
static void take_back(const unsigned char *from, const unsigned char *to)
{
    ledge_poison(from, bytes_between(from, to));
    LEDGE_PROVENANCE_FREED(from, bytes_between(from, to));
}

/* Goes back to where `at` is the next free byte of block, which is in use. */
static void go_back(ledge_arena *arena, ledge_arena_block *block, unsigned char *at)
{
    take_back(at, left_of(arena, block));
    for (ledge_arena_block *each = block; each != arena->block;) {
        each = each->next;
        take_back(each->start, left_of(arena, each));
    }
    /* Taking back the caller's memory as a whole has also forgotten what it is. */
    if (at == arena->fixed)
        tell_of_fixed(arena);
    enter(arena, block, at);
}

ledge_status ledge_arena_rewind(ledge_arena *arena, ledge_arena_mark mark)
{
    if (mark.resets != arena->resets || !is_in_use(arena, mark.block))
        return LEDGE_ESTALE;

    const uintptr_t at = (uintptr_t)mark.at;
    if (at < (uintptr_t)start_of(arena, mark.block) || at > (uintptr_t)left_of(arena, mark.block))
        return LEDGE_ESTALE;
    go_back(arena, (ledge_arena_block *)(uintptr_t)mark.block, mark.at);
    return LEDGE_OK;
}

void ledge_arena_reset(ledge_arena *arena)
{
    LEDGE_CHECK_EXTENSIVE(ledge_arena_is_valid(arena));
    arena->resets++;
    go_back(arena, arena->first, start_of(arena, arena->first));
}

void ledge_arena_trim(ledge_arena *arena)
{
    if (!arena->block)
        return;
    free_blocks(&arena->alloc, arena->block->next);
    arena->block->next = NULL;
    LEDGE_CHECK_DEBUG(ledge_arena_is_valid(arena));
}

/* --- Reading ------------------------------------------------------------------------------ */

/* Whether the used part of a block that is in use holds all of view. */
static bool block_holds(const ledge_arena *arena, const ledge_arena_block *block, ledge_view view)
{
    const uintptr_t from = (uintptr_t)view.ptr, start = (uintptr_t)start_of(arena, block);
    const size_t used = bytes_between(start_of(arena, block), left_of(arena, block));
    return from >= start && from - start <= used && view.length <= used - (from - start);
}

bool ledge_arena_holds(const ledge_arena *arena, ledge_view view)
{
    if (view.length == 0)
        return false;
    const ledge_arena_block *block = arena->first;
    while (block != arena->block && !block_holds(arena, block, view))
        block = block->next;
    return block_holds(arena, block, view);
}

ledge_arena_info ledge_arena_about(const ledge_arena *arena)
{
    ledge_arena_info info = {.room = bytes_between(arena->fixed, arena->fixed_end)};
    bool spare = false;
    for (const ledge_arena_block *block = arena->first; block; block = block->next) {
        info.blocks++;
        info.spare += spare;
        info.room += bytes_between(block->start, block->end);
        if (!spare)
            info.used += bytes_between(block->start, left_of(arena, block));
        spare |= block == arena->block;
    }
    if (!arena->block)
        info.used = bytes_between(arena->fixed, arena->at);
    return info;
}

static bool is_within(const unsigned char *at, const unsigned char *start, const unsigned char *end)
{
    return (uintptr_t)start <= (uintptr_t)at && (uintptr_t)at <= (uintptr_t)end;
}

/* Whether block has the room that it should have. */
static bool is_block(const ledge_arena *arena, const ledge_arena_block *block)
{
    return is_within(block->start, (const unsigned char *)block + HEADER, block->end) &&
           bytes_between((const unsigned char *)block, block->end) <= block->size &&
           bytes_between(block->start, block->end) >= arena->block_size;
}

bool ledge_arena_is_valid(const ledge_arena *arena)
{
    if (arena->gap > LEDGE_ARENA_GAP_MAX || arena->end != end_of(arena, arena->block))
        return false;
    if (!is_within(arena->at, start_of(arena, arena->block), arena->end))
        return false;
    if (arena->block_size == 0)
        return !arena->block && !arena->first;

    bool is_current_met = false;
    for (const ledge_arena_block *block = arena->first; block; block = block->next) {
        if (!is_block(arena, block))
            return false;
        is_current_met |= block == arena->block;
        if (!is_current_met && !is_within(block->left, block->start, block->end))
            return false;
    }
    return is_current_met && !arena->fixed;
}
