/* vec: the owning vector (ledge/vec.h) against a plain array, with elements of 1 to 4 bytes, each
 * growth policy, sources that alias the vector, and an allocator that fails. Rows A2 A33 B3 B12
 * B14. */
#include "kit/target.h"
#include "status_name.h"
#include "stingy.h"

#include <ledge/vec.h>

enum { CAP = 64, ESZ = 4 };

#define OBJECTS                                                                                    \
    ledge_vec vec, copy;                                                                           \
    struct stingy stingy;                                                                          \
    ledge_allocator alloc;

struct world {
    OBJECTS
    uint8_t want[CAP * ESZ];
    size_t n, cap, grants;
    size_t block; /* elements that the memory has room for */
    size_t esz;   /* 0 in the zero state */
    ledge_growth growth;
};

static void world_open(struct world *w)
{
    w->grants = SIZE_MAX;
    CALL(w->stingy.grants = SIZE_MAX);
    CALL(w->alloc = (ledge_allocator){stingy_resize, &w->stingy});
}

static void world_check(struct world *w)
{
    CHECK_EQ(ledge_vec_is_valid(&w->vec), true);
    CHECK_EQ(ledge_vec_length(&w->vec), w->n);
    CHECK_EQ(ledge_vec_capacity(&w->vec), w->cap);
    CHECK_EQ(ledge_vec_allocated(&w->vec), w->block * w->esz);
    CHECK_BYTES(ledge_vec_as_view(&w->vec).ptr, w->want, w->n * w->esz);
}

static void world_close(struct world *w)
{
    CALL(ledge_vec_cleanup(&w->vec));
}

/* The model: a block of n elements, or why there is none. */
static ledge_status model_block(struct world *w, size_t n)
{
    if (w->esz == 0)
        return LEDGE_ESIZE;
    if (n > PTRDIFF_MAX / w->esz)
        return LEDGE_EOVERFLOW;
    if (w->grants == 0 || n * w->esz > STINGY_MAX)
        return LEDGE_ENOMEM;
    w->grants--;
    w->cap = w->block = n;
    return LEDGE_OK;
}

/* The capacities that vec.h promises to vectors as short as these. */
static ledge_status model_grow(struct world *w, size_t needed)
{
    const size_t step = w->growth == LEDGE_GROWTH_HALF ? w->cap + w->cap / 2 : 2 * w->cap;
    return needed <= w->cap ? LEDGE_OK : model_block(w, step > needed ? step : needed);
}

static ledge_status model_add(struct world *w, size_t at, const void *src, size_t n)
{
    uint8_t copy[CAP * ESZ];
    if (w->esz == 0 || (src == NULL && n > 0))
        return w->esz ? LEDGE_ENULL : LEDGE_ESIZE;
    if (at > w->n || n > PTRDIFF_MAX / w->esz - w->n)
        return at > w->n ? LEDGE_ERANGE : LEDGE_EOVERFLOW;
    const ledge_status status = model_grow(w, w->n + n);
    if (status != LEDGE_OK || n == 0)
        return status;
    uint8_t *const gap = w->want + at * w->esz;
    memcpy(copy, src, n * w->esz);
    memmove(gap + n * w->esz, gap, (w->n - at) * w->esz);
    memcpy(gap, copy, n * w->esz);
    w->n += n;
    return LEDGE_OK;
}

/* The source is n elements from byte `from` of the vector itself: what reaches behind its elements
 * is refused. */
static ledge_status model_add_self(struct world *w, size_t at, size_t from, size_t n)
{
    return from + n * w->esz > w->n * w->esz ? LEDGE_ERANGE : model_add(w, at, w->want + from, n);
}

static bool self(const struct world *w, size_t from, size_t n)
{
    return from < w->n * w->esz && w->n + n <= CAP;
}

OP(init, RANGE(esz, 0, ESZ))
{
    REQUIRE(w->esz == 0);
    EXPECT(ledge_vec_init(&w->vec, esz, &w->alloc), esz ? LEDGE_OK : LEDGE_ESIZE);
    w->esz = esz;
    w->growth = LEDGE_GROWTH_DOUBLE;
}

OP(push, U32(value))
{
    REQUIRE(w->n < CAP);
    EXPECT(ledge_vec_push(&w->vec, &value), model_add(w, w->n, &value, 1));
}

OP(append, BYTES(src, 16))
{
    REQUIRE(w->esz == 0 || w->n + src.len / w->esz <= CAP);
    CALL(const size_t n = w->vec.elem_size ? src.len / w->vec.elem_size : src.len);
    EXPECT(ledge_vec_append(&w->vec, src.at, n),
           model_add(w, w->n, src.at, w->esz ? src.len / w->esz : src.len));
}

OP(append_self, INDEX(from), RANGE(n, 0, 32))
{
    REQUIRE(self(w, from, n));
    EXPECT(ledge_vec_append(&w->vec, w->vec.ptr + from, n), model_add_self(w, w->n, from, n));
}

OP(append_too_much, COUNT(n, ESZ))
{
    REQUIRE(w->esz == 0 || n > PTRDIFF_MAX / w->esz - w->n);
    EXPECT(ledge_vec_append(&w->vec, w, n), model_add(w, w->n, w, n));
}

OP(append_null, COUNT(n, ESZ))
{
    EXPECT(ledge_vec_append(&w->vec, NULL, n), model_add(w, w->n, NULL, n));
}

OP(insert, INDEX(at), U32(value))
{
    REQUIRE(w->n < CAP);
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
    REQUIRE(w->esz == 0 || n <= CAP || n > STINGY_MAX / w->esz);
    EXPECT(ledge_vec_resize(&w->vec, n), w->esz ? model_grow(w, n) : LEDGE_ESIZE);
    if (got == LEDGE_OK && n > w->n)
        memset(w->want + w->n * w->esz, 0, (n - w->n) * w->esz);
    w->n = got == LEDGE_OK ? n : w->n;
}

OP(set, INDEX(at), U32(value))
{
    EXPECT(ledge_vec_set(&w->vec, at, &value), at < w->n ? LEDGE_OK : LEDGE_ERANGE);
    if (got == LEDGE_OK)
        memcpy(w->want + at * w->esz, &value, w->esz);
}

OP(set_self, INDEX(at), INDEX(from))
{
    REQUIRE(self(w, from, 0));
    const bool inside = at < w->n && from + w->esz <= w->n * w->esz;
    EXPECT(ledge_vec_set(&w->vec, at, w->vec.ptr + from), inside ? LEDGE_OK : LEDGE_ERANGE);
    if (got == LEDGE_OK)
        memmove(w->want + at * w->esz, w->want + from, w->esz);
}

OP(get, INDEX(at))
{
    CALL(uint8_t out[4] = {0});
    EXPECT(ledge_vec_get(&w->vec, at, out), at < w->n ? LEDGE_OK : LEDGE_ERANGE);
    CHECK_EQ(ledge_vec_at(&w->vec, at) != NULL, at < w->n);
    if (got == LEDGE_OK)
        CHECK_BYTES(out, w->want + at * w->esz, w->esz);
}

OP0(pop)
{
    CALL(uint8_t out[4] = {0});
    EXPECT(ledge_vec_pop(&w->vec, out), w->n ? LEDGE_OK : LEDGE_EEMPTY);
    w->n -= got == LEDGE_OK;
    if (got == LEDGE_OK)
        CHECK_BYTES(out, w->want + w->n * w->esz, w->esz);
}

OP(erase, INDEX(lo), INDEX(hi))
{
    EXPECT(ledge_vec_erase(&w->vec, lo, hi), lo <= hi && hi <= w->n ? LEDGE_OK : LEDGE_ERANGE);
    if (got == LEDGE_OK) {
        memmove(w->want + lo * w->esz, w->want + hi * w->esz, (w->n - hi) * w->esz);
        w->n -= hi - lo;
    }
}

OP(truncate, INDEX(n))
{
    EXPECT(ledge_vec_truncate(&w->vec, n), n <= w->n ? LEDGE_OK : LEDGE_ERANGE);
    w->n = got == LEDGE_OK ? n : w->n;
}

OP(reserve, COUNT(n, ESZ))
{
    EXPECT(ledge_vec_reserve(&w->vec, n), n <= w->cap && w->esz ? LEDGE_OK : model_block(w, n));
}

OP0(clip)
{
    CALL(ledge_vec_clip(&w->vec));
    w->cap = w->n;
}

OP0(shrink)
{
    if (w->n == 0)
        w->cap = w->block = 0;
    EXPECT(ledge_vec_shrink_to_fit(&w->vec), w->n == w->block ? LEDGE_OK : model_block(w, w->n));
}

OP0(clone)
{
    const bool fails = w->n > 0 && w->grants == 0;
    EXPECT(ledge_vec_clone(&w->vec, &w->copy), fails ? LEDGE_ENOMEM : LEDGE_OK);
    w->grants -= w->n > 0 && !fails;
    CHECK_EQ(ledge_vec_capacity(&w->copy), fails ? 0 : w->n);
    CHECK_EQ(ledge_vec_retained(&w->vec, ledge_view_of(w, sizeof w->vec)), 0);
    CHECK_BYTES(ledge_vec_as_view(&w->copy).ptr, w->want, fails ? 0 : w->n * w->esz);
    CALL(ledge_vec_cleanup(&w->copy));
}

OP(clone_part, INDEX(lo), INDEX(hi), RANGE(esz, 0, ESZ))
{
    REQUIRE(w->n > 0 && lo <= hi && hi <= w->n * w->esz);
    const bool sized = esz != 0 && (hi - lo) % esz == 0, granted = w->grants > 0 || lo == hi;
    CALL(const ledge_view part = ledge_view_of(w->vec.ptr + lo, hi - lo));
    CHECK_EQ(ledge_vec_retained(&w->vec, part), lo < hi ? w->block * w->esz : 0);
    EXPECT(ledge_vec_clone_view(part, esz, &w->alloc, &w->copy),
           sized ? granted ? LEDGE_OK : LEDGE_ENOMEM : LEDGE_ESIZE);
    w->grants -= got == LEDGE_OK && lo < hi;
    CHECK_BYTES(ledge_vec_as_view(&w->copy).ptr, w->want + lo, got == LEDGE_OK ? hi - lo : 0);
    CALL(ledge_vec_cleanup(&w->copy));
}

OP(span_append, BYTES(src, 16))
{
    const bool fits = src.len <= (w->cap - w->n) * w->esz;
    CALL(ledge_span span = ledge_vec_as_span(&w->vec));
    EXPECT(ledge_span_append(span, ledge_view_of(src.at, src.len), &span),
           fits ? LEDGE_OK : LEDGE_ESHORT);
}

OP(set_growth, RANGE(policy, 0, 3))
{
    EXPECT(ledge_vec_set_growth(&w->vec, (ledge_growth)policy),
           policy <= LEDGE_GROWTH_HALF ? LEDGE_OK : LEDGE_EINVAL);
    w->growth = got == LEDGE_OK ? (ledge_growth)policy : w->growth;
}

OP(starve, RANGE(grants, 0, 3))
{
    CALL(w->stingy.grants = grants);
    w->grants = grants;
}

OP0(cleanup)
{
    CALL(ledge_vec_cleanup(&w->vec));
    w->n = w->cap = w->block = w->esz = 0;
    w->growth = LEDGE_GROWTH_DOUBLE;
}

OP(push_self, INDEX(from))
{
    REQUIRE(self(w, from, 1));
    EXPECT(ledge_vec_push(&w->vec, w->vec.ptr + from), model_add_self(w, w->n, from, 1));
}

OP0(drop)
{
    EXPECT(ledge_vec_pop(&w->vec, NULL), w->n ? LEDGE_OK : LEDGE_EEMPTY);
    w->n -= got == LEDGE_OK;
}

OP(insert_null, INDEX(at), RANGE(n, 0, 2))
{
    EXPECT_AS(pushed, ledge_vec_push(&w->vec, NULL), model_add(w, w->n, NULL, 1));
    EXPECT_AS(inserted, ledge_vec_insert(&w->vec, at, NULL), model_add(w, at, NULL, 1));
    EXPECT_AS(written, ledge_vec_set(&w->vec, at, NULL), LEDGE_ENULL);
    EXPECT(ledge_vec_insert_n(&w->vec, at, NULL, n), model_add(w, at, NULL, n));
}

OP(insert_too_much, INDEX(at), COUNT(n, ESZ))
{
    REQUIRE(w->esz == 0 || n > PTRDIFF_MAX / w->esz - w->n);
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

/* As vec.h puts it, for capacities that the vector of this target never has. A step that doesn't
 * fit a size_t is SIZE_MAX here. */
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

OP(growth_next, RANGE(policy, 0, 3), RANGE(capacity, 0, 16383), RANGE(needed, 0, 16383),
   RANGE(scale, 0, 50))
{
    CHECK_EQ(ledge_growth_next((ledge_growth)policy, capacity << scale, needed << scale),
             model_next((ledge_growth)policy, capacity << scale, needed << scale));
}

TARGET(vec, .includes = "#include <ledge/vec.h>\n", .support = {kit_support},
       .status_name = status_name,
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
               &drop});
