/* vec: the owning vector (ledge/vec.h) against a plain array, with elements of 1 to 4 bytes, each
 * growth policy, sources that alias the vector, and an allocator that fails. Rows A2 A33 B3 B12
 * B14. */
#include "closed.h"
#include "kit/target.h"
#include "sequence.h"
#include "status_name.h"
#include "stingy.h"

#include <ledge/vec.h>
#include <ledge/vec_typed.h>

SUPPORT_AS(typed_support, LEDGE_VEC_DEFINE(words, uint32_t););

enum { CAP = 64, ESZ = 4 };

#define OBJECTS                                                                                    \
    ledge_vec vec, copy;                                                                           \
    STINGY_OBJECTS

struct world {
    OBJECTS
    struct sequence m;
    size_t cap, grants;
    size_t block; /* elements that the memory has room for */
    ledge_growth growth;
    struct shape lent; /* when the spare memory was */
};

static void world_open(struct world *w)
{
    STINGY_OPEN;
}

static struct shape model_shape(const struct world *w)
{
    return (struct shape){w->block, w->m.n, w->cap};
}

static void world_check(struct world *w)
{
    CHECK_EQ(ledge_vec_is_valid(&w->vec), true);
    CHECK_EQ(ledge_vec_length(&w->vec), w->m.n);
    CHECK_EQ(ledge_vec_capacity(&w->vec), w->cap);
    CHECK_EQ(ledge_vec_allocated(&w->vec), w->block * w->m.esz);
    CHECK_BYTES(ledge_vec_as_view(&w->vec).ptr, w->m.bytes, w->m.n * w->m.esz);
    if (!model_lends(&w->lent, model_shape(w)))
        CHECK_EQ(
            is_closed(w->vec.ptr, ledge_vec_as_view(&w->vec).length, ledge_vec_allocated(&w->vec)),
            true);
}

static void world_close(struct world *w)
{
    CALL(ledge_vec_cleanup(&w->vec));
    STINGY_CLOSE(w->stingy);
}

static ledge_status model_reserve(struct world *w, size_t n)
{
    const ledge_status status = model_block(&w->grants, n, w->m.esz);
    if (status == LEDGE_OK)
        w->cap = w->block = n;
    return status;
}

/* The capacities that vec.h promises. A step that doesn't fit a size_t is SIZE_MAX here. */
static size_t model_step(size_t capacity, size_t more)
{
    return more <= SIZE_MAX - capacity ? capacity + more : SIZE_MAX;
}

static size_t model_next(ledge_growth policy, size_t capacity, size_t needed)
{
    const size_t doubles = policy == LEDGE_GROWTH_SMOOTH ? 256 : 1024;
    const size_t bias = policy == LEDGE_GROWTH_SMOOTH ? 3 * 256 : 0;
    size_t next = capacity;
    if (policy > LEDGE_GROWTH_HALF ||
        (policy < LEDGE_GROWTH_HALF && needed > capacity && needed - capacity > capacity))
        next = needed;
    else if (policy == LEDGE_GROWTH_HALF)
        next = model_step(capacity, capacity / 2);
    else if (capacity < doubles)
        next = 2 * capacity;
    else
        while (next < needed)
            next = model_step(next, (next + bias) / 4);
    return needed <= capacity ? capacity : next < needed || next == SIZE_MAX ? needed : next;
}

static ledge_status model_grow(struct world *w, size_t needed)
{
    const size_t next = model_next(w->growth, w->cap, needed);
    return needed <= w->cap ? LEDGE_OK : model_reserve(w, next);
}

static ledge_status model_add(struct world *w, size_t at, const void *src, size_t n)
{
    if (w->m.esz == 0 || (src == NULL && n > 0))
        return w->m.esz ? LEDGE_ENULL : LEDGE_ESIZE;
    if (at > w->m.n || n > PTRDIFF_MAX / w->m.esz - w->m.n)
        return at > w->m.n ? LEDGE_ERANGE : LEDGE_EOVERFLOW;
    const ledge_status status = model_grow(w, w->m.n + n);
    if (status == LEDGE_OK)
        sequence_insert(&w->m, at, src, n);
    return status;
}

/* The source is n elements from byte `from` of the vector itself: what reaches behind its elements
 * is refused. */
static ledge_status model_add_self(struct world *w, size_t at, size_t from, size_t n)
{
    return from + n * w->m.esz > w->m.n * w->m.esz ? LEDGE_ERANGE
                                                   : model_add(w, at, w->m.bytes + from, n);
}

static bool self(const struct world *w, size_t from, size_t n)
{
    return from < w->m.n * w->m.esz && w->m.n + n <= CAP;
}

OP(init, RANGE(esz, 0, ESZ))
{
    REQUIRE(w->m.esz == 0);
    EXPECT(ledge_vec_init(&w->vec, esz, &w->alloc), esz ? LEDGE_OK : LEDGE_ESIZE);
    w->m.esz = esz;
    w->growth = got == LEDGE_OK ? LEDGE_GROWTH_DOUBLE : w->growth;
}

OP(push, U32(value))
{
    REQUIRE(w->m.n < CAP);
    EXPECT(ledge_vec_push(&w->vec, &value), model_add(w, w->m.n, &value, 1));
}

OP(append, BYTES(src, 16))
{
    REQUIRE(w->m.esz == 0 || w->m.n + src.len / w->m.esz <= CAP);
    CALL(const size_t n = w->vec.elem_size ? src.len / w->vec.elem_size : src.len);
    EXPECT(ledge_vec_append(&w->vec, src.at, n),
           model_add(w, w->m.n, src.at, w->m.esz ? src.len / w->m.esz : src.len));
}

OP(append_self, INDEX(from), RANGE(n, 0, 32))
{
    REQUIRE(self(w, from, n));
    EXPECT(ledge_vec_append(&w->vec, w->vec.ptr + from, n), model_add_self(w, w->m.n, from, n));
}

OP(append_too_much, COUNT(n, ESZ))
{
    REQUIRE(w->m.esz == 0 || n > PTRDIFF_MAX / w->m.esz - w->m.n);
    EXPECT(ledge_vec_append(&w->vec, w, n), model_add(w, w->m.n, w, n));
}

OP(append_null, COUNT(n, ESZ))
{
    EXPECT(ledge_vec_append(&w->vec, NULL, n), model_add(w, w->m.n, NULL, n));
}

OP(insert, INDEX(at), U32(value))
{
    REQUIRE(w->m.n < CAP);
    EXPECT(ledge_vec_insert(&w->vec, at, &value), model_add(w, at, &value, 1));
}

OP(insert_self, INDEX(at), INDEX(from))
{
    REQUIRE(self(w, from, 1));
    EXPECT(ledge_vec_insert(&w->vec, at, w->vec.ptr + from), model_add_self(w, at, from, 1));
}

OP(insert_n_self, INDEX(at), INDEX(from), RANGE(n, 0, 32))
{
    REQUIRE(self(w, from, n));
    EXPECT(ledge_vec_insert_n(&w->vec, at, w->vec.ptr + from, n), model_add_self(w, at, from, n));
}

OP(resize, COUNT(n, ESZ))
{
    REQUIRE(w->m.esz == 0 || n <= CAP || n > STINGY_MAX / w->m.esz);
    EXPECT(ledge_vec_resize(&w->vec, n), w->m.esz ? model_grow(w, n) : LEDGE_ESIZE);
    if (got == LEDGE_OK && n > w->m.n)
        memset(sequence_at(&w->m, w->m.n), 0, (n - w->m.n) * w->m.esz);
    w->m.n = got == LEDGE_OK ? n : w->m.n;
}

OP(set, INDEX(at), U32(value))
{
    EXPECT(ledge_vec_set(&w->vec, at, &value), at < w->m.n ? LEDGE_OK : LEDGE_ERANGE);
    if (got == LEDGE_OK)
        memcpy(sequence_at(&w->m, at), &value, w->m.esz);
}

OP(set_self, INDEX(at), INDEX(from))
{
    REQUIRE(self(w, from, 0));
    const bool inside = at < w->m.n && from + w->m.esz <= w->m.n * w->m.esz;
    EXPECT(ledge_vec_set(&w->vec, at, w->vec.ptr + from), inside ? LEDGE_OK : LEDGE_ERANGE);
    if (got == LEDGE_OK)
        memmove(sequence_at(&w->m, at), w->m.bytes + from, w->m.esz);
}

OP(get, INDEX(at))
{
    CALL(uint8_t out[4] = {0});
    EXPECT(ledge_vec_get(&w->vec, at, out), at < w->m.n ? LEDGE_OK : LEDGE_ERANGE);
    CHECK_EQ(ledge_vec_at(&w->vec, at) != NULL, at < w->m.n);
    if (got == LEDGE_OK)
        CHECK_BYTES(out, sequence_at(&w->m, at), w->m.esz);
}

OP0(pop)
{
    CALL(uint8_t out[4] = {0});
    EXPECT(ledge_vec_pop(&w->vec, out), w->m.n ? LEDGE_OK : LEDGE_EEMPTY);
    w->m.n -= got == LEDGE_OK;
    if (got == LEDGE_OK)
        CHECK_BYTES(out, sequence_at(&w->m, w->m.n), w->m.esz);
}

OP(erase, INDEX(lo), INDEX(hi))
{
    EXPECT(ledge_vec_erase(&w->vec, lo, hi), lo <= hi && hi <= w->m.n ? LEDGE_OK : LEDGE_ERANGE);
    if (got == LEDGE_OK)
        sequence_erase(&w->m, lo, hi);
}

OP(truncate, INDEX(n))
{
    EXPECT(ledge_vec_truncate(&w->vec, n), n <= w->m.n ? LEDGE_OK : LEDGE_ERANGE);
    w->m.n = got == LEDGE_OK ? n : w->m.n;
}

OP(reserve, COUNT(n, ESZ))
{
    EXPECT(ledge_vec_reserve(&w->vec, n), n <= w->cap && w->m.esz ? LEDGE_OK : model_reserve(w, n));
}

OP(make_room, COUNT(n, ESZ))
{
    const bool fits = w->m.esz == 0 || n <= PTRDIFF_MAX / w->m.esz - w->m.n;
    EXPECT(ledge_vec_make_room(&w->vec, n), w->m.esz == 0 ? LEDGE_ESIZE
                                            : fits        ? model_grow(w, w->m.n + n)
                                                          : LEDGE_EOVERFLOW);
}

OP0(clip)
{
    CALL(ledge_vec_clip(&w->vec));
    w->cap = w->m.n;
}

OP0(shrink)
{
    if (w->m.n == 0)
        w->cap = w->block = 0;
    EXPECT(ledge_vec_shrink_to_fit(&w->vec),
           w->m.n == w->block ? LEDGE_OK : model_reserve(w, w->m.n));
}

OP0(clone)
{
    const bool fails = w->m.n > 0 && !model_grant(&w->grants, 1);
    EXPECT(ledge_vec_clone(&w->vec, &w->copy), fails ? LEDGE_ENOMEM : LEDGE_OK);
    CHECK_EQ(ledge_vec_capacity(&w->copy), fails ? 0 : w->m.n);
    CHECK_EQ(ledge_vec_retained(&w->vec, ledge_view_of(w, sizeof w->vec)), 0);
    CHECK_BYTES(ledge_vec_as_view(&w->copy).ptr, w->m.bytes, fails ? 0 : w->m.n * w->m.esz);
    CALL(ledge_vec_cleanup(&w->copy));
}

OP(clone_part, INDEX(lo), INDEX(hi), RANGE(esz, 0, ESZ))
{
    REQUIRE(w->m.n > 0 && lo <= hi && hi <= w->m.n * w->m.esz);
    const bool sized = esz != 0 && (hi - lo) % esz == 0;
    const bool granted = lo == hi || (sized && model_grant(&w->grants, 1));
    CALL(const ledge_view part = ledge_view_of(w->vec.ptr + lo, hi - lo));
    CALL(const ledge_view behind = ledge_view_of(w->vec.ptr + ledge_vec_allocated(&w->vec), 1));
    CHECK_EQ(ledge_vec_retained(&w->vec, part), lo < hi ? w->block * w->m.esz : 0);
    CHECK_EQ(ledge_vec_retained(&w->vec, behind), 0);
    EXPECT(ledge_vec_clone_view(part, esz, &w->alloc, &w->copy),
           sized ? granted ? LEDGE_OK : LEDGE_ENOMEM : LEDGE_ESIZE);
    CHECK_BYTES(ledge_vec_as_view(&w->copy).ptr, w->m.bytes + lo, got == LEDGE_OK ? hi - lo : 0);
    CHECK_EQ(ledge_vec_capacity(&w->copy), got == LEDGE_OK ? (hi - lo) / esz : 0);
    CHECK_EQ(w->copy.growth, LEDGE_GROWTH_DOUBLE);
    CALL(ledge_vec_cleanup(&w->copy));
}

OP(span_append, BYTES(src, 16))
{
    const bool fits = src.len <= (w->cap - w->m.n) * w->m.esz;
    CALL(ledge_span span = ledge_vec_as_span(&w->vec));
    w->lent = model_shape(w);
    EXPECT(ledge_span_append(span, ledge_view_of(src.at, src.len), &span),
           fits ? LEDGE_OK : LEDGE_ESHORT);
}

OP(set_growth, RANGE(policy, 0, 3))
{
    EXPECT(ledge_vec_set_growth(&w->vec, (ledge_growth)policy),
           policy <= LEDGE_GROWTH_HALF ? LEDGE_OK : LEDGE_EINVAL);
    w->growth = got == LEDGE_OK ? (ledge_growth)policy : w->growth;
}

STINGY_OP(3)

OP0(cleanup)
{
    CALL(ledge_vec_cleanup(&w->vec));
    w->m.n = w->m.esz = w->cap = w->block = 0;
    w->growth = LEDGE_GROWTH_DOUBLE;
}

OP(push_self, INDEX(from))
{
    REQUIRE(self(w, from, 1));
    EXPECT(ledge_vec_push(&w->vec, w->vec.ptr + from), model_add_self(w, w->m.n, from, 1));
}

OP0(drop)
{
    EXPECT(ledge_vec_pop(&w->vec, NULL), w->m.n ? LEDGE_OK : LEDGE_EEMPTY);
    w->m.n -= got == LEDGE_OK;
}

OP(insert_null, INDEX(at), RANGE(n, 0, 2))
{
    EXPECT_AS(pushed, ledge_vec_push(&w->vec, NULL), model_add(w, w->m.n, NULL, 1));
    EXPECT_AS(inserted, ledge_vec_insert(&w->vec, at, NULL), model_add(w, at, NULL, 1));
    EXPECT_AS(written, ledge_vec_set(&w->vec, at, NULL), LEDGE_ENULL);
    EXPECT(ledge_vec_insert_n(&w->vec, at, NULL, n), model_add(w, at, NULL, n));
}

OP(insert_too_much, INDEX(at), COUNT(n, ESZ))
{
    REQUIRE(w->m.esz == 0 || n > PTRDIFF_MAX / w->m.esz - w->m.n);
    EXPECT(ledge_vec_insert_n(&w->vec, at, w, n), model_add(w, at, w, n));
}

/* Elements of which not even one fits. */
OP(giants, ELEMENT_SIZE(esz))
{
    REQUIRE(esz > PTRDIFF_MAX);
    CALL(ledge_vec vec = {0});
    EXPECT_AS(made, ledge_vec_init(&vec, esz, NULL), LEDGE_OK);
    EXPECT_AS(pushed, ledge_vec_push(&vec, w), LEDGE_EOVERFLOW);
    EXPECT_AS(inserted, ledge_vec_insert(&vec, 0, w), LEDGE_EOVERFLOW);
    EXPECT(ledge_vec_clone_view((ledge_view){w->vec.ptr, esz, esz}, 1, NULL, &vec),
           LEDGE_EOVERFLOW);
}

OP(is_valid, RANGE(length, 0, 3), RANGE(capacity, 0, 3), RANGE(allocated, 0, 3), ELEMENT_SIZE(esz),
   RANGE(growth, 0, 3), RANGE(null, 0, 1))
{
    CALL(const ledge_vec vec = {.ptr = null ? NULL : (unsigned char *)&w->vec,
                                .length = length,
                                .capacity = capacity,
                                .allocated = allocated,
                                .elem_size = esz,
                                .growth = (ledge_growth)growth});
    CHECK_EQ(ledge_vec_is_valid(&vec),
             length <= capacity && capacity <= allocated && null == (allocated == 0) &&
                 growth <= LEDGE_GROWTH_HALF &&
                 (esz == 0 ? allocated == 0 : allocated <= PTRDIFF_MAX / esz));
}

OP(growth_next, RANGE(policy, 0, 3), RANGE(capacity, 0, 16383), RANGE(needed, 0, 16383),
   RANGE(scale, 0, 50))
{
    CHECK_EQ(ledge_growth_next((ledge_growth)policy, capacity << scale, needed << scale),
             model_next((ledge_growth)policy, capacity << scale, needed << scale));
}

/* The clone takes the vector's place: whatever is done from now on, it has to do alike. */
OP0(go_on_with_clone)
{
    const bool fails = w->m.n > 0 && !model_grant(&w->grants, 1);
    EXPECT(ledge_vec_clone(&w->vec, &w->copy), fails ? LEDGE_ENOMEM : LEDGE_OK);
    REQUIRE(got == LEDGE_OK);
    CALL(ledge_vec_cleanup(&w->vec));
    CALL(w->vec = w->copy);
    CALL(w->copy = (ledge_vec){0});
    CHECK_EQ(w->vec.growth, w->growth);
    w->cap = w->block = w->m.n;
}

/* --- The same vector as one of a C type ---------------------------------------------------- */

OP0(typed_init)
{
    REQUIRE(w->m.esz == 0);
    CALL(words typed);
    EXPECT(words_init(&typed, &w->alloc), LEDGE_OK);
    CALL(w->vec = typed.base);
    w->m.esz = sizeof(uint32_t);
    w->growth = LEDGE_GROWTH_DOUBLE;
}

OP(typed_push, U32(value))
{
    REQUIRE(w->m.esz % sizeof value == 0 && w->m.n < CAP);
    CALL(words typed = {w->vec});
    EXPECT(words_push(&typed, value), model_add(w, w->m.n, &value, 1));
    CALL(w->vec = typed.base);
}

OP(typed_append, BYTES(src, 16))
{
    REQUIRE(w->m.esz % sizeof(uint32_t) == 0 && w->m.n + 4 <= CAP);
    CALL(words typed = {w->vec});
    CALL(uint32_t values[4] = {0});
    CALL(memcpy(values, src.at, src.len));
    EXPECT(words_append(&typed, values, src.len / 4), model_add(w, w->m.n, values, src.len / 4));
    CALL(w->vec = typed.base);
}

OP(typed_insert, INDEX(at), U32(value))
{
    REQUIRE(w->m.esz % sizeof value == 0 && w->m.n < CAP);
    CALL(words typed = {w->vec});
    EXPECT(words_insert(&typed, at, value), model_add(w, at, &value, 1));
    CALL(w->vec = typed.base);
}

OP0(typed_pop)
{
    REQUIRE(w->m.esz % sizeof(uint32_t) == 0);
    CALL(words typed = {w->vec});
    CALL(uint32_t out = 0);
    EXPECT(words_pop(&typed, &out), w->m.n ? LEDGE_OK : LEDGE_EEMPTY);
    CALL(w->vec = typed.base);
    w->m.n -= got == LEDGE_OK;
    CHECK_BYTES(&out, sequence_at(&w->m, w->m.n), got == LEDGE_OK ? sizeof out : 0);
}

OP(typed_at, INDEX(at))
{
    REQUIRE(w->m.esz % sizeof(uint32_t) == 0);
    CALL(words typed = {w->vec});
    CALL(const uint32_t *const elem = words_at(&typed, at));
    CHECK_EQ(words_length(&typed), w->m.n);
    CHECK_EQ(elem != NULL, at < w->m.n);
    REQUIRE(at < w->m.n);
    CHECK_BYTES(elem, sequence_at(&w->m, at), sizeof *elem);
}

OP(typed_reserve, COUNT(n, ESZ))
{
    REQUIRE(w->m.esz % sizeof(uint32_t) == 0);
    CALL(words typed = {w->vec});
    EXPECT(words_reserve(&typed, n), n <= w->cap && w->m.esz ? LEDGE_OK : model_reserve(w, n));
    CALL(w->vec = typed.base);
}

OP0(typed_cleanup)
{
    CALL(words typed = {w->vec});
    CALL(words_cleanup(&typed));
    CALL(w->vec = typed.base);
    w->m.n = w->m.esz = w->cap = w->block = 0;
    w->growth = LEDGE_GROWTH_DOUBLE;
}

TARGET(vec, .includes = "#include <ledge/vec.h>\n#include <ledge/vec_typed.h>\n",
       .support = {kit_support, closed_support, typed_support}, .status_name = status_name,
       .ops = {&init,
               &push,
               &append,
               &append_self,
               &append_too_much,
               &append_null,
               &insert,
               &insert_self,
               &insert_n_self,
               &resize,
               &set,
               &set_self,
               &get,
               &pop,
               &erase,
               &truncate,
               &reserve,
               &clip,
               &shrink,
               &clone,
               &clone_part,
               &span_append,
               &set_growth,
               &starve,
               &cleanup,
               &push_self,
               &insert_null,
               &insert_too_much,
               &giants,
               &is_valid,
               &growth_next,
               &drop,
               &make_room,
               &go_on_with_clone,
               &typed_init,
               &typed_push,
               &typed_append,
               &typed_insert,
               &typed_pop,
               &typed_at,
               &typed_reserve,
               &typed_cleanup});
