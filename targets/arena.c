/* arena: many allocations out of one (ledge/arena.h), beside a model that knows where in which
 * block each object lies; marks, also old ones; memory of the caller's; an allocator that fails.
 * Rows B19 A33. */
#include "closed.h"
#include "kit/target.h"
#include "status_name.h"
#include "stingy.h"

#include <ledge/arena.h>

enum { SLOTS = 8, MARKS = 4, BLOCKS = 24, CAP = 128, MEMORY = 256 };

/* born[] numbers the objects in the order of their making; saved[] is the last number then. */
#define OBJECTS                                                                                    \
    ledge_arena arena, spare;                                                                      \
    ledge_span s[8];                                                                               \
    ledge_arena_mark marks[4];                                                                     \
    size_t now, born[8], saved[4];                                                                 \
    STINGY_OBJECTS                                                                                 \
    _Alignas(64) uint8_t memory[256];

struct world {
    OBJECTS
    struct model_block { /* in the order of the chain; the caller's memory is one, too */
        size_t id, room, left;
    } blocks[BLOCKS];
    size_t count, current;
    size_t ids, block_size, gap, resets, grants;
    struct model_object {
        size_t at, size; /* size 0: there is none */
        size_t block;    /* the id of the one that it is in */
        uint8_t want[CAP];
    } m[SLOTS];
    struct model_mark {
        bool set;
        size_t id, at, resets;
    } mm[MARKS];
};

static void world_open(struct world *w)
{
    w->count = 1; /* without room: zero bytes */
    STINGY_OPEN;
}

static void world_check(struct world *w)
{
    size_t room = 0, used = 0;
    for (size_t i = 0; i < w->count; i++) {
        room += w->blocks[i].room;
        used += i <= w->current ? w->blocks[i].left : 0;
    }
    for (size_t i = 0; i < SLOTS; i++) {
        CHECK_BYTES_AT(i, w->s[i].ptr, w->m[i].want, w->m[i].size);
        CHECK_EQ_AT(i, w->s[i].length, w->m[i].size);
        CHECK_EQ_AT(i, w->s[i].capacity, w->m[i].size);
    }
    CHECK_EQ(ledge_arena_is_valid(&w->arena), true);
    CHECK_EQ(ledge_arena_about(&w->arena).blocks, w->block_size ? w->count : 0);
    CHECK_EQ(ledge_arena_about(&w->arena).spare, w->count - 1 - w->current);
    CHECK_EQ(ledge_arena_about(&w->arena).room, room);
    CHECK_EQ(ledge_arena_about(&w->arena).used, used);
    CHECK_EQ(is_closed(w->arena.at, 0, (size_t)(w->arena.end - w->arena.at)), true);
}

static void world_close(struct world *w)
{
    CALL(ledge_arena_cleanup(&w->arena));
    STINGY_CLOSE(w->stingy);
}

static bool model_fits(const struct model_block *block, size_t size, size_t align)
{
    const size_t padding = (align - block->left % align) % align;
    return padding <= block->room - block->left && size <= block->room - block->left - padding;
}

/* The next block is one with room for size bytes: a spare one, which comes next in the chain then,
 * or a new one. */
static ledge_status model_move_on(struct world *w, size_t size)
{
    if (w->block_size == 0)
        return LEDGE_ENOMEM;
    size_t i = w->current + 1;
    while (i < w->count && w->blocks[i].room < size)
        i++;
    struct model_block block = w->blocks[i];
    if (i == w->count) {
        block = (struct model_block){.id = ++w->ids, .room = w->block_size};
        block.room = size > block.room ? size : block.room;
        if (!model_grant(&w->grants, block.room))
            return LEDGE_ENOMEM;
        w->count++;
    }
    for (; i > w->current + 1; i--)
        w->blocks[i] = w->blocks[i - 1];
    w->blocks[i] = (struct model_block){.id = block.id, .room = block.room};
    w->current = i;
    return LEDGE_OK;
}

static ledge_status model_alloc(struct world *w, size_t slot, size_t size, size_t align)
{
    struct model_object *m = &w->m[slot];
    if (align == 0 || (align & (align - 1)) != 0)
        return LEDGE_EINVAL;
    if (size == 0) {
        m->size = 0;
        return LEDGE_OK;
    }
    if (size > LEDGE_ARENA_SIZE_MAX || align > LEDGE_ARENA_SIZE_MAX - size)
        return LEDGE_EOVERFLOW;
    if (!model_fits(&w->blocks[w->current], size, align) && model_move_on(w, size) != LEDGE_OK)
        return LEDGE_ENOMEM;
    struct model_block *block = &w->blocks[w->current];
    block->left += (align - block->left % align) % align;
    *m = (struct model_object){block->left, size, block->id, {0}};
    block->left += size;
    block->left += w->gap < block->room - block->left ? w->gap : block->room - block->left;
    return LEDGE_OK;
}

/* A new arena, of one empty block with that much room, and without marks. */
static void model_enter(struct world *w, size_t room, size_t block_size)
{
    w->blocks[0] = (struct model_block){.id = ++w->ids, .room = room};
    memset(w->m, 0, sizeof w->m);
    memset(w->mm, 0, sizeof w->mm);
    w->count = 1;
    w->current = w->gap = w->resets = 0;
    w->block_size = block_size;
}

static ledge_status model_rewind(struct world *w, const struct model_mark *mark)
{
    for (size_t i = 0; i <= w->current && mark->resets == w->resets; i++) {
        if (w->blocks[i].id == mark->id && mark->at <= w->blocks[i].left) {
            w->current = i;
            w->blocks[i].left = mark->at;
            return LEDGE_OK;
        }
    }
    return LEDGE_ESTALE;
}

/* The index of the block that an object is in. */
static size_t model_block_of(const struct world *w, const struct model_object *m)
{
    size_t i = 0;
    while (w->blocks[i].id != m->block)
        i++;
    return i;
}

/* Whether an object lies where there are none any more. (A mark that was passed again may be behind
 * some that are younger.) */
static bool model_is_back(const struct world *w, const struct model_object *m)
{
    const size_t i = m->size ? model_block_of(w, m) : 0;
    return i > w->current || (m->size && i == w->current && m->at >= w->blocks[i].left);
}

static bool is_sized(const struct world *w, size_t size)
{
    return w->count < BLOCKS && (size <= CAP || size > STINGY_MAX);
}

OP(init, INDEX(block_size))
{
    REQUIRE(!w->arena.at && (block_size <= MEMORY || block_size > STINGY_MAX));
    EXPECT(ledge_arena_init(&w->arena, block_size, &w->alloc),
           block_size == 0                       ? LEDGE_EEMPTY
           : block_size > LEDGE_ARENA_SIZE_MAX   ? LEDGE_EOVERFLOW
           : model_grant(&w->grants, block_size) ? LEDGE_OK
                                                 : LEDGE_ENOMEM);
    if (got == LEDGE_OK) {
        model_enter(w, block_size, block_size);
        EXPECT_AS(same_everywhere, ledge_arena_set_gap(&w->arena, 0), LEDGE_OK);
    }
}

OP(init_fixed, RANGE(null, 0, 1), INDEX(size))
{
    REQUIRE(!w->arena.at && (null || size <= MEMORY || size > PTRDIFF_MAX));
    CALL(void *const memory = null ? NULL : w->memory);
    const ledge_status large = size > MEMORY ? LEDGE_EOVERFLOW : LEDGE_OK;
    EXPECT(ledge_arena_init_fixed(&w->arena, memory, size),
           null && size != 0 ? LEDGE_ENULL : large);
    if (got == LEDGE_OK)
        model_enter(w, size, 0);
    REQUIRE(size > 1);
    CALL(void *const last = (void *)UINTPTR_MAX);
    EXPECT_AS(wraps, ledge_arena_init_fixed(&w->spare, last, size), LEDGE_EOVERFLOW);
}

OP(set_gap, INDEX(gap))
{
    EXPECT(ledge_arena_set_gap(&w->arena, gap),
           gap <= LEDGE_ARENA_GAP_MAX ? LEDGE_OK : LEDGE_ERANGE);
    w->gap = got == LEDGE_OK ? gap : w->gap;
}

OP(alloc, DEFINE(slot, SLOTS), INDEX(size), ALIGNMENT(align), U32(byte))
{
    REQUIRE(is_sized(w, size));
    EXPECT(ledge_arena_alloc(&w->arena, size, align, &w->s[slot]),
           model_alloc(w, slot, size, align));
    REQUIRE(got == LEDGE_OK && size != 0);
    CALL(w->born[slot] = ++w->now);
    CHECK_EQ((uintptr_t)w->s[slot].ptr % align, 0);
    if (w->block_size == 0)
        CHECK_EQ(w->s[slot].ptr - w->memory, w->m[slot].at);
    CALL(ledge_span_fill(w->s[slot], (uint8_t)byte));
    memset(w->m[slot].want, (uint8_t)byte, size);
}

OP(alloc_array, DEFINE(slot, SLOTS), INDEX(n), ELEMENT_SIZE(esz), ALIGNMENT(align))
{
    const bool wraps = esz != 0 && n > SIZE_MAX / esz;
    REQUIRE(esz == 0 || wraps || is_sized(w, n * esz));
    EXPECT(ledge_arena_alloc_array(&w->arena, n, esz, align, &w->s[slot]),
           esz == 0 ? LEDGE_ESIZE
           : wraps  ? LEDGE_EOVERFLOW
                    : model_alloc(w, slot, n * esz, align));
    REQUIRE(got == LEDGE_OK && n != 0);
    CALL(w->born[slot] = ++w->now);
    CALL(ledge_span_fill(w->s[slot], 0));
    memset(w->m[slot].want, 0, n * esz);
}

OP(copy, DEFINE(slot, SLOTS), BYTES(src, 16))
{
    REQUIRE(is_sized(w, src.len));
    EXPECT(ledge_arena_copy(&w->arena, ledge_view_of(src.at, src.len), &w->s[slot]),
           model_alloc(w, slot, src.len, 1));
    REQUIRE(got == LEDGE_OK);
    CALL(w->born[slot] = ++w->now);
    memcpy(w->m[slot].want, src.at, src.len);
}

OP(copy_self, HANDLE(from, SLOTS), DEFINE(to, SLOTS))
{
    const struct model_object m = w->m[from];
    REQUIRE(from != to && is_sized(w, m.size));
    EXPECT(ledge_arena_copy(&w->arena, ledge_span_as_view(w->s[from]), &w->s[to]),
           model_alloc(w, to, m.size, 1));
    REQUIRE(got == LEDGE_OK);
    CALL(w->born[to] = ++w->now);
    memcpy(w->m[to].want, m.want, m.size);
}

OP(save, DEFINE(mark, MARKS))
{
    CALL(w->marks[mark] = ledge_arena_save(&w->arena));
    CALL(w->saved[mark] = w->now);
    const struct model_block *block = &w->blocks[w->current];
    w->mm[mark] = (struct model_mark){true, block->id, block->left, w->resets};
}

/* Views of what was made since are the caller's to forget. */
OP(rewind_to, HANDLE(mark, MARKS))
{
    REQUIRE(w->mm[mark].set);
    EXPECT(ledge_arena_rewind(&w->arena, w->marks[mark]), model_rewind(w, &w->mm[mark]));
    REQUIRE(got == LEDGE_OK);
    for (size_t i = 0; i < SLOTS; i++) {
        if (w->born[i] <= w->saved[mark])
            continue;
        if (model_is_back(w, &w->m[i]))
            CHECK_EQ_AT(i, is_closed(w->s[i].ptr, 0, w->s[i].length), true);
        w->m[i].size = 0;
    }
    CALL(for (size_t i = 0; i < 8; i++) {
        if (w->born[i] > w->saved[mark])
            w->s[i] = (ledge_span){0};
    });
}

OP0(reset)
{
    CALL(ledge_arena_reset(&w->arena));
    for (size_t i = 0; i < SLOTS; i++)
        CHECK_EQ_AT(i, is_closed(w->s[i].ptr, 0, w->s[i].length), true);
    CALL(memset(w->s, 0, sizeof w->s));
    memset(w->m, 0, sizeof w->m);
    w->blocks[0].left = w->current = 0;
    w->resets++;
}

/* A new block may be where a freed one was; so marks of spare blocks are no good afterwards. */
OP0(trim)
{
    CALL(ledge_arena_trim(&w->arena));
    for (size_t i = 0; i < MARKS; i++) {
        for (size_t j = w->current + 1; j < w->count; j++)
            w->mm[i].set &= w->mm[i].id != w->blocks[j].id;
    }
    w->count = w->current + 1;
}

/* The caller's memory is the caller's again. */
OP0(cleanup)
{
    CALL(ledge_arena_cleanup(&w->arena));
    CALL(memset(w->memory, 0, sizeof w->memory));
    CALL(memset(w->s, 0, sizeof w->s));
    model_enter(w, 0, 0);
}

/* From within an object to anywhere: behind it are others, and what wasn't handed out. */
OP(holds, HANDLE(slot, SLOTS), INDEX(lo), INDEX(hi))
{
    REQUIRE(lo <= hi && lo < w->m[slot].size);
    const size_t left = w->blocks[model_block_of(w, &w->m[slot])].left - w->m[slot].at;
    CALL(const ledge_view part = ledge_view_of(w->s[slot].ptr + lo, hi - lo));
    CHECK_EQ(ledge_arena_holds(&w->arena, part), lo < hi && hi <= left);
    CHECK_EQ(ledge_arena_holds(&w->arena, ledge_view_of(part.ptr, 4096)), false);
    CHECK_EQ(ledge_arena_holds(&w->arena, ledge_view_of(&w->stingy, 1)), false);
}

/* An alignment that no block has by itself, in an arena with the gap that it comes with. */
OP(wide, RANGE(size, 2, 64), RANGE(shift, 7, 12))
{
    CALL(ledge_span span = {0});
    EXPECT_AS(made, ledge_arena_init(&w->spare, 1, NULL), LEDGE_OK);
    CALL(const ledge_view false_length = {w->memory, SIZE_MAX, SIZE_MAX});
    EXPECT_AS(copied, ledge_arena_copy(&w->spare, false_length, &span), LEDGE_EOVERFLOW);
    EXPECT(ledge_arena_alloc(&w->spare, size, (size_t)1 << shift, &span), LEDGE_OK);
    CHECK_EQ((uintptr_t)span.ptr % ((size_t)1 << shift), 0);
    CHECK_EQ(ledge_arena_about(&w->spare).room,
             1 + size + ((size_t)1 << shift) - LEDGE_ARENA_ALIGN);
    CALL(memset(span.ptr, 1, size));
    CALL(ledge_arena_cleanup(&w->spare));
}

/* Fields that somebody wrote over. */
OP(damage, RANGE(field, 0, 7))
{
    CALL(ledge_arena_mark before = ledge_arena_save(&w->arena));
    const bool grows = w->block_size != 0;
    REQUIRE(w->arena.at && (field < 4 || grows));
    CALL(ledge_arena bad = w->arena);
    CALL(bad.gap = field == 0 ? LEDGE_ARENA_GAP_MAX + 1 : bad.gap);
    CALL(bad.end -= field == 1);
    CALL(bad.at = field == 2 ? bad.end + 1 : field == 3 ? NULL : bad.at);
    CALL(bad.block_size = field == 4 ? 0 : field == 5 ? SIZE_MAX : bad.block_size);
    CALL(bad.first = field == 6 ? NULL : bad.first);
    CALL(bad.fixed = field == 7 ? w->memory : bad.fixed);
    CHECK_EQ(ledge_arena_is_valid(&bad), false);
    CALL(before.at = NULL);
    EXPECT(ledge_arena_rewind(&w->arena, before), LEDGE_ESTALE);
}

STINGY_OP(3)

TARGET(arena, .includes = "#include <ledge/arena.h>\n", .support = {kit_support, closed_support},
       .status_name = status_name,
       .ops = {&init, &init_fixed, &set_gap, &alloc, &alloc_array, &copy, &copy_self, &save,
               &rewind_to, &reset, &trim, &cleanup, &holds, &wide, &damage, &starve});
