/* ring: the ring (ledge/ring.h) against a plain array, with elements of 1 to 4 bytes, each answer
 * to being full, memory that is lent and committed, and an allocator that fails. Rows B5 A25 A33.
 */
#include "closed.h"
#include "kit/target.h"
#include "sequence.h"
#include "status_name.h"
#include "stingy.h"

#include <ledge/ring.h>
#include <ledge/ring_typed.h>

SUPPORT_AS(typed_support, LEDGE_RING_DEFINE(queue, uint32_t););

enum { CAP = 96, ESZ = 4, MOST = 24 };

#define OBJECTS                                                                                    \
    ledge_ring ring;                                                                               \
    ledge_view used[2];                                                                            \
    STINGY_OBJECTS

struct world {
    OBJECTS
    struct sequence m;
    size_t cap, grants;
    ledge_ring_full when_full;
    struct shape lent; /* when the free memory was */
};

static void world_open(struct world *w)
{
    STINGY_OPEN;
}

static struct shape model_shape(const struct world *w)
{
    return (struct shape){w->ring.head, w->m.n, w->cap};
}

static void world_check(struct world *w)
{
    CHECK_EQ(ledge_ring_is_valid(&w->ring), true);
    CHECK_EQ(ledge_ring_length(&w->ring), w->m.n);
    CHECK_EQ(ledge_ring_capacity(&w->ring), w->cap);
    CALL(ledge_ring_readable(&w->ring, &w->used[0], &w->used[1]));
    CHECK_EQ(w->used[0].length + w->used[1].length, w->m.n * w->m.esz);
    CHECK_BYTES(w->used[0].ptr, w->m.bytes, w->used[0].length);
    CHECK_BYTES(w->used[1].ptr, w->m.bytes + w->used[0].length, w->used[1].length);
    if (!model_lends(&w->lent, model_shape(w))) {
        CHECK_EQ(is_closed(w->ring.ptr, w->used[1].length, w->ring.head * w->ring.elem_size), true);
        CHECK_EQ(is_closed(w->ring.ptr, w->ring.head * w->ring.elem_size + w->used[0].length,
                           w->ring.capacity * w->ring.elem_size),
                 true);
    }
}

static void world_close(struct world *w)
{
    CALL(ledge_ring_cleanup(&w->ring));
    STINGY_CLOSE(w->stingy);
}

/* --- The model ---------------------------------------------------------------------------- */

static ledge_status model_reserve(struct world *w, size_t n)
{
    const ledge_status status = model_block(&w->grants, n, w->m.esz);
    w->cap = status == LEDGE_OK ? n : w->cap;
    return status;
}

static ledge_status model_room(struct world *w, const void *src, size_t n)
{
    if (w->m.esz == 0 || (src == NULL && n > 0))
        return w->m.esz ? LEDGE_ENULL : LEDGE_ESIZE;
    if (n > PTRDIFF_MAX / w->m.esz - w->m.n)
        return LEDGE_EOVERFLOW;
    if (n <= w->cap - w->m.n)
        return LEDGE_OK;
    if (w->when_full == LEDGE_RING_GROW)
        return model_reserve(w, w->m.n + n > 2 * w->cap ? w->m.n + n : 2 * w->cap);
    return w->when_full == LEDGE_RING_REFUSE || w->cap == 0 ? LEDGE_ESHORT : LEDGE_OK;
}

static ledge_status model_write(struct world *w, const void *src, size_t n)
{
    const ledge_status status = model_room(w, src, n);
    if (status == LEDGE_OK)
        sequence_insert(&w->m, w->m.n, src, n);
    if (w->m.n > w->cap)
        sequence_erase(&w->m, 0, w->m.n - w->cap);
    return status;
}

static ledge_status model_push_front(struct world *w, const void *src)
{
    const ledge_status status = model_room(w, src, 1);
    if (status == LEDGE_OK)
        sequence_insert(&w->m, 0, src, 1);
    if (w->m.n > w->cap)
        sequence_erase(&w->m, w->cap, w->m.n);
    return status;
}

/* --- The operations ----------------------------------------------------------------------- */

OP(init, RANGE(esz, 0, ESZ), RANGE(full, 0, 3))
{
    REQUIRE(w->m.esz == 0);
    EXPECT(ledge_ring_init(&w->ring, esz, (ledge_ring_full)full, &w->alloc),
           esz == 0                      ? LEDGE_ESIZE
           : full > LEDGE_RING_OVERWRITE ? LEDGE_EINVAL
                                         : LEDGE_OK);
    w->m.esz = got == LEDGE_OK ? esz : 0;
    w->when_full = got == LEDGE_OK ? (ledge_ring_full)full : LEDGE_RING_REFUSE;
}

OP(push_back, U32(value))
{
    REQUIRE(w->m.n < CAP);
    EXPECT(ledge_ring_push_back(&w->ring, &value), model_write(w, &value, 1));
}

OP(push_front, U32(value))
{
    REQUIRE(w->m.n < CAP);
    EXPECT(ledge_ring_push_front(&w->ring, &value), model_push_front(w, &value));
}

OP(push_back_self, INDEX(at))
{
    REQUIRE(w->m.n < CAP && at < w->m.n);
    EXPECT(ledge_ring_push_back(&w->ring, ledge_ring_at(&w->ring, at)),
           model_write(w, sequence_at(&w->m, at), 1));
}

OP(push_front_self, INDEX(at))
{
    REQUIRE(w->m.n < CAP && at < w->m.n);
    EXPECT(ledge_ring_push_front(&w->ring, ledge_ring_at(&w->ring, at)),
           model_push_front(w, sequence_at(&w->m, at)));
}

OP(push_null, RANGE(n, 0, 2))
{
    EXPECT_AS(behind, ledge_ring_push_back(&w->ring, NULL), model_write(w, NULL, 1));
    EXPECT_AS(before, ledge_ring_push_front(&w->ring, NULL), model_push_front(w, NULL));
    EXPECT(ledge_ring_write(&w->ring, NULL, n), model_write(w, NULL, n));
}

OP(pop_front, RANGE(drops, 0, 1))
{
    CALL(uint8_t out[4] = {0});
    EXPECT(ledge_ring_pop_front(&w->ring, drops ? NULL : out), w->m.n ? LEDGE_OK : LEDGE_EEMPTY);
    CHECK_BYTES(out, w->m.bytes, w->m.n && !drops ? w->m.esz : 0);
    sequence_erase(&w->m, 0, got == LEDGE_OK);
}

OP(pop_back, RANGE(drops, 0, 1))
{
    CALL(uint8_t out[4] = {0});
    EXPECT(ledge_ring_pop_back(&w->ring, drops ? NULL : out), w->m.n ? LEDGE_OK : LEDGE_EEMPTY);
    w->m.n -= got == LEDGE_OK;
    CHECK_BYTES(out, sequence_at(&w->m, w->m.n), got == LEDGE_OK && !drops ? w->m.esz : 0);
}

OP(write, BYTES(src, MOST))
{
    REQUIRE(w->m.n + src.len <= CAP);
    CALL(const size_t n = w->ring.elem_size ? src.len / w->ring.elem_size : src.len);
    EXPECT(ledge_ring_write(&w->ring, src.at, n),
           model_write(w, src.at, w->m.esz ? src.len / w->m.esz : src.len));
}

OP(write_too_much, COUNT(n, ESZ))
{
    REQUIRE(w->m.esz == 0 || n > PTRDIFF_MAX / w->m.esz - w->m.n);
    EXPECT(ledge_ring_write(&w->ring, w, n), model_room(w, w, n));
}

OP(read, RANGE(n, 0, CAP))
{
    CALL(uint8_t out[96 * 4] = {0});
    EXPECT(ledge_ring_read(&w->ring, out, n), n <= w->m.n ? LEDGE_OK : LEDGE_ESHORT);
    CHECK_BYTES(out, w->m.bytes, got == LEDGE_OK ? n * w->m.esz : 0);
    sequence_erase(&w->m, 0, got == LEDGE_OK ? n : 0);
}

OP(peek, INDEX(at), INDEX(n))
{
    CALL(uint8_t out[96 * 4] = {0});
    EXPECT(ledge_ring_peek(&w->ring, at, out, n),
           at <= w->m.n && n <= w->m.n - at ? LEDGE_OK : LEDGE_ERANGE);
    if (got == LEDGE_OK)
        CHECK_BYTES(out, sequence_at(&w->m, at), n * w->m.esz);
}

OP(read_null, INDEX(n))
{
    EXPECT_AS(peeked, ledge_ring_peek(&w->ring, 0, NULL, n), n ? LEDGE_ENULL : LEDGE_OK);
    EXPECT(ledge_ring_read(&w->ring, NULL, n), n ? LEDGE_ENULL : LEDGE_OK);
}

OP(set, INDEX(at), U32(value))
{
    CALL(uint8_t *const elem = ledge_ring_at(&w->ring, at));
    CHECK_EQ(elem != NULL, at < w->m.n);
    REQUIRE(at < w->m.n);
    CALL(memcpy(elem, &value, w->ring.elem_size));
    memcpy(sequence_at(&w->m, at), &value, w->m.esz);
}

OP(discard, INDEX(n))
{
    EXPECT(ledge_ring_discard(&w->ring, n), n <= w->m.n ? LEDGE_OK : LEDGE_ESHORT);
    sequence_erase(&w->m, 0, got == LEDGE_OK ? n : 0);
}

OP0(clear)
{
    CALL(ledge_ring_clear(&w->ring));
    w->m.n = 0;
}

/* Fills what is free from two sides at once, and takes of it what was asked for. */
OP(commit, INDEX(n), BYTES(src, MOST))
{
    const size_t room = w->cap - w->m.n;
    REQUIRE(w->m.esz != 0 && (n > room || (n <= src.len / w->m.esz && w->m.n + n <= CAP)));
    CALL(ledge_span lent[2]);
    CALL(ledge_ring_writable(&w->ring, &lent[0], &lent[1]));
    w->lent = model_shape(w);
    CHECK_EQ(lent[0].length + lent[1].length, room * w->m.esz);
    CALL(const size_t first = ledge_span_copy(lent[0], ledge_view_of(src.at, src.len)));
    CALL(ledge_span_copy(lent[1], ledge_view_of(src.at + first, src.len - first)));
    EXPECT(ledge_ring_commit(&w->ring, n), n <= room ? LEDGE_OK : LEDGE_ESHORT);
    if (got == LEDGE_OK)
        sequence_insert(&w->m, w->m.n, src.at, n);
}

OP(reserve, COUNT(n, ESZ))
{
    EXPECT(ledge_ring_reserve(&w->ring, n),
           n <= w->cap && w->m.esz ? LEDGE_OK : model_reserve(w, n));
}

OP0(shrink)
{
    if (w->m.n == 0)
        w->cap = 0;
    EXPECT(ledge_ring_shrink_to_fit(&w->ring),
           w->m.n == w->cap ? LEDGE_OK : model_reserve(w, w->m.n));
    REQUIRE(got == LEDGE_OK);
    CALL(ledge_ring_readable(&w->ring, &w->used[0], &w->used[1]));
    CHECK_EQ(w->used[1].length, 0);
}

OP0(linearise)
{
    CALL(ledge_ring_linearise(&w->ring));
    CALL(ledge_ring_readable(&w->ring, &w->used[0], &w->used[1]));
    CHECK_EQ(w->used[1].length, 0);
}

STINGY_OP(3)

OP0(cleanup)
{
    CALL(ledge_ring_cleanup(&w->ring));
    w->m.n = w->m.esz = w->cap = 0;
    w->when_full = LEDGE_RING_REFUSE;
}

/* Elements of which not even one fits. */
OP(giants, ELEMENT_SIZE(esz), RANGE(full, 0, LEDGE_RING_OVERWRITE))
{
    REQUIRE(esz > PTRDIFF_MAX);
    const bool grows = full == LEDGE_RING_GROW;
    CALL(ledge_ring ring = {0});
    EXPECT_AS(made, ledge_ring_init(&ring, esz, (ledge_ring_full)full, NULL), LEDGE_OK);
    EXPECT_AS(behind, ledge_ring_push_back(&ring, w), grows ? LEDGE_EOVERFLOW : LEDGE_ESHORT);
    EXPECT_AS(before, ledge_ring_push_front(&ring, w), grows ? LEDGE_EOVERFLOW : LEDGE_ESHORT);
    EXPECT(ledge_ring_write(&ring, w, 1), LEDGE_EOVERFLOW);
}

OP(is_valid, RANGE(head, 0, 3), RANGE(length, 0, 3), RANGE(capacity, 0, 3), ELEMENT_SIZE(esz),
   RANGE(full, 0, 3), RANGE(null, 0, 1))
{
    CALL(const ledge_ring ring = {.ptr = null ? NULL : (unsigned char *)&w->ring,
                                  .head = head,
                                  .length = length,
                                  .capacity = capacity,
                                  .elem_size = esz,
                                  .when_full = (ledge_ring_full)full});
    CHECK_EQ(ledge_ring_is_valid(&ring),
             length <= capacity && (head < capacity || head + capacity == 0) &&
                 null == (capacity == 0) && full <= LEDGE_RING_OVERWRITE &&
                 (esz == 0 ? capacity == 0 : capacity <= PTRDIFF_MAX / esz));
}

/* --- The same ring as one of a C type ------------------------------------------------------ */

OP(typed_init, RANGE(full, 0, 3))
{
    REQUIRE(w->m.esz == 0);
    CALL(queue typed = {w->ring});
    EXPECT(queue_init(&typed, (ledge_ring_full)full, &w->alloc),
           full > LEDGE_RING_OVERWRITE ? LEDGE_EINVAL : LEDGE_OK);
    CALL(w->ring = typed.base);
    w->m.esz = got == LEDGE_OK ? sizeof(uint32_t) : 0;
    w->when_full = got == LEDGE_OK ? (ledge_ring_full)full : LEDGE_RING_REFUSE;
}

OP(typed_push_back, U32(value))
{
    REQUIRE(w->m.esz % sizeof value == 0 && w->m.n < CAP);
    CALL(queue typed = {w->ring});
    EXPECT(queue_push_back(&typed, value), model_write(w, &value, 1));
    CALL(w->ring = typed.base);
}

OP(typed_push_front, U32(value))
{
    REQUIRE(w->m.esz % sizeof value == 0 && w->m.n < CAP);
    CALL(queue typed = {w->ring});
    EXPECT(queue_push_front(&typed, value), model_push_front(w, &value));
    CALL(w->ring = typed.base);
}

OP(typed_pop_front, RANGE(drops, 0, 1))
{
    REQUIRE(w->m.esz % sizeof(uint32_t) == 0);
    CALL(queue typed = {w->ring});
    CALL(uint32_t out = 0);
    EXPECT(queue_pop_front(&typed, drops ? NULL : &out), w->m.n ? LEDGE_OK : LEDGE_EEMPTY);
    CALL(w->ring = typed.base);
    CHECK_BYTES(&out, w->m.bytes, w->m.n && !drops ? sizeof out : 0);
    sequence_erase(&w->m, 0, got == LEDGE_OK);
}

OP(typed_pop_back, RANGE(drops, 0, 1))
{
    REQUIRE(w->m.esz % sizeof(uint32_t) == 0);
    CALL(queue typed = {w->ring});
    CALL(uint32_t out = 0);
    EXPECT(queue_pop_back(&typed, drops ? NULL : &out), w->m.n ? LEDGE_OK : LEDGE_EEMPTY);
    CALL(w->ring = typed.base);
    w->m.n -= got == LEDGE_OK;
    CHECK_BYTES(&out, sequence_at(&w->m, w->m.n), got == LEDGE_OK && !drops ? sizeof out : 0);
}

OP(typed_at, INDEX(at))
{
    REQUIRE(w->m.esz % sizeof(uint32_t) == 0);
    CALL(queue typed = {w->ring});
    CALL(const uint32_t *const elem = queue_at(&typed, at));
    CHECK_EQ(queue_length(&typed), w->m.n);
    CHECK_EQ(elem != NULL, at < w->m.n);
    REQUIRE(at < w->m.n);
    CHECK_BYTES(elem, sequence_at(&w->m, at), sizeof *elem);
}

OP(typed_reserve, COUNT(n, ESZ))
{
    REQUIRE(w->m.esz % sizeof(uint32_t) == 0);
    CALL(queue typed = {w->ring});
    EXPECT(queue_reserve(&typed, n), n <= w->cap && w->m.esz ? LEDGE_OK : model_reserve(w, n));
    CALL(w->ring = typed.base);
}

OP0(typed_cleanup)
{
    CALL(queue typed = {w->ring});
    CALL(queue_cleanup(&typed));
    CALL(w->ring = typed.base);
    w->m.n = w->m.esz = w->cap = 0;
    w->when_full = LEDGE_RING_REFUSE;
}

TARGET(ring, .includes = "#include <ledge/ring.h>\n#include <ledge/ring_typed.h>\n",
       .support = {kit_support, closed_support, typed_support}, .status_name = status_name,
       .ops = {&init,
               &push_back,
               &push_front,
               &push_back_self,
               &push_front_self,
               &push_null,
               &pop_front,
               &pop_back,
               &write,
               &write_too_much,
               &read,
               &peek,
               &read_null,
               &set,
               &discard,
               &clear,
               &commit,
               &reserve,
               &shrink,
               &linearise,
               &starve,
               &cleanup,
               &giants,
               &is_valid,
               &typed_init,
               &typed_push_back,
               &typed_push_front,
               &typed_pop_front,
               &typed_pop_back,
               &typed_at,
               &typed_reserve,
               &typed_cleanup});
