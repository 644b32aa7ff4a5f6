/* strided: slots that lie apart (ledge/strided.h). The model of a view is the list of its slots, in
 * a copy of the memory; every other view of them is another list. Rows A1 A9 D13. */
#include "kit/target.h"
#include "status_name.h"

#include "kit/shadow.h"

#include <ledge/strided.h>

#define SLOTS 4
#define OBJECTS                                                                                    \
    ledge_strided s[SLOTS];                                                                        \
    ledge_span whole[SLOTS]; /* the memory that s[i] was made from */

enum { MOST = KIT_REGION };

struct model {
    size_t n, size;
    uint8_t *slot[MOST]; /* in the shadow */
    uint8_t *whole;
    bool writable;
};

struct world {
    OBJECTS
    struct model m[SLOTS];
    struct kit_shadow shadow;
};

static void world_open(struct world *w)
{
    (void)w;
}

/* Slot k / SLOTS of view k % SLOTS; and what lies between slots. */
static void world_check(struct world *w)
{
    for (size_t i = 0; i < SLOTS; i++) {
        CHECK_EQ_AT(i, ledge_strided_is_valid(w->s[i]), true);
        CHECK_EQ_AT(i, w->s[i].count, w->m[i].n);
        CHECK_EQ_AT(i, w->s[i].size, w->m[i].size);
        CHECK_BYTES_AT(i, w->whole[i].ptr, w->m[i].whole, w->whole[i].length);
        for (size_t k = i; k / SLOTS < w->m[i].n; k += SLOTS)
            CHECK_BYTES_AT(k, ledge_strided_at(w->s[k % SLOTS], k / SLOTS), w->m[i].slot[k / SLOTS],
                           w->m[i].size);
    }
}

static void world_close(struct world *w)
{
    (void)w;
}

__extension__ typedef __int128 wide;

static wide model_bytes(size_t n, size_t size, size_t stride)
{
    return n == 0 ? 0 : (wide)(n - 1) * (wide)stride + (wide)size;
}

static ledge_status model_make(struct kit_ptr at, size_t size, size_t n, size_t stride,
                               size_t align)
{
    const wide bytes = stride > PTRDIFF_MAX ? (wide)SIZE_MAX : model_bytes(n, size, stride);
    if (size == 0)
        return LEDGE_ESIZE;
    if (__builtin_popcountl(align) != 1)
        return LEDGE_EINVAL;
    if (stride < size)
        return LEDGE_EOVERLAP;
    if ((uintptr_t)at.at % align != 0 || stride % align != 0)
        return LEDGE_EALIGN;
    if (bytes > PTRDIFF_MAX)
        return LEDGE_EOVERFLOW;
    return bytes > (wide)at.avail ? LEDGE_ESHORT : LEDGE_OK;
}

static void model_lay(struct world *w, size_t to, struct kit_ptr at, size_t size, size_t n,
                      size_t stride, bool writable)
{
    struct model *m = &w->m[to];
    *m = (struct model){.n = n, .size = size, .writable = writable};
    m->whole = kit_shadow_at(&w->shadow, at);
    for (size_t i = 0; i < n; i++)
        m->slot[i] = m->whole + i * stride;
}

static bool model_apart(const uint8_t *a, size_t size, const uint8_t *b, size_t other)
{
    return a + size <= b || b + other <= a;
}

/* Whether any slot has one of the n bytes. */
static bool model_meets(const struct model *m, const uint8_t *bytes, size_t n)
{
    bool meets = false;
    for (size_t i = 0; i < m->n; i++)
        meets |= n != 0 && !model_apart(m->slot[i], m->size, bytes, n);
    return meets;
}

static bool model_contiguous(const struct model *m)
{
    bool contiguous = true;
    for (size_t i = 1; i < m->n; i++)
        contiguous &= m->slot[i] == m->slot[i - 1] + m->size;
    return contiguous;
}

static ledge_status model_copy(const struct model *m, size_t n, const uint8_t *packed, size_t room)
{
    if (n * m->size > room)
        return LEDGE_ESHORT;
    return model_meets(m, packed, n * m->size) ? LEDGE_EOVERLAP : LEDGE_OK;
}

static ledge_status model_pick(const struct model *m, struct kit_bytes picks, const uint8_t *packed,
                               size_t room)
{
    for (size_t i = 0; i < picks.len; i++)
        if (picks.at[i] >= m->n)
            return LEDGE_ERANGE;
    return model_copy(m, picks.len, packed, room);
}

/* Memory that can't be written gives a read-only view. */
OP(make, DEFINE(to, SLOTS), POINTER(at), ELEMENT_SIZE(size), LENGTH(n), INDEX(stride),
   ALIGNMENT(align))
{
    const ledge_status want = model_make(at, size, n, stride, align);
    CALL(ledge_strided view = {0}, span = {0});
    EXPECT_AS(
        viewed,
        ledge_strided_from_view(ledge_view_of(at.at, at.avail), n, size, stride, align, &view),
        want);
    EXPECT(ledge_strided_from_span(ledge_span_of(at.at, at.avail), n, size, stride, align, &span),
           want);
    CHECK_EQ(view.count, got == LEDGE_OK ? n : 0);
    CHECK_EQ(view.writable, false);
    CHECK_EQ(span.writable, got == LEDGE_OK);
    REQUIRE(got == LEDGE_OK);
    const bool writable = kit_ptr_writable(at);
    if (writable) {
        CALL(w->s[to] = span);
    } else {
        CALL(w->s[to] = view);
    }
    CALL(w->whole[to] = ledge_span_of(at.at, at.avail));
    model_lay(w, to, at, size, n, stride, writable);
}

OP(of, DEFINE(to, SLOTS), POINTER(at), RANGE(size, 1, 16), RANGE(n, 0, 64), RANGE(gap, 0, 16))
{
    const size_t there = at.at ? n : 0;
    REQUIRE(model_bytes(there, size, size + gap) <= (wide)at.avail);
    CALL(w->s[to] = ledge_strided_of(at.at, n, size, size + gap));
    CALL(w->whole[to] = ledge_span_of(at.at, at.avail));
    model_lay(w, to, at, size, there, size + gap, false);
}

OP(valid, POINTER(at), ELEMENT_SIZE(size), LENGTH(n), INDEX(stride), RANGE(back, 0, 1))
{
    CALL(const ptrdiff_t signed_stride =
             (ptrdiff_t)(back && stride ? SIZE_MAX - (stride - 1) : stride));
    const wide step = signed_stride, length = step < 0 ? -step : step;
    const wide first = (wide)(uintptr_t)at.at, bytes = model_bytes(n, size, (size_t)length);
    const wide low = step < 0 ? first + (wide)size - bytes : first;
    const bool slots = at.at && size > 0 && low > 0 && low + bytes <= (wide)UINTPTR_MAX;
    CHECK_EQ(ledge_strided_is_valid((ledge_strided){at.at, n, size, signed_stride, true}),
             length >= (wide)size && length <= PTRDIFF_MAX && bytes <= PTRDIFF_MAX &&
                 (n == 0 || slots));
}

OP(get, HANDLE(from, SLOTS), INDEX(index))
{
    const struct model *m = &w->m[from];
    const bool inside = index < m->n;
    uint8_t want[MOST] = {0};
    CALL(uint8_t out[64] = {0});
    EXPECT(ledge_strided_get(w->s[from], index, out), inside ? LEDGE_OK : LEDGE_ERANGE);
    CHECK_EQ(ledge_strided_at(w->s[from], index) != NULL, inside);
    if (inside) {
        memcpy(want, m->slot[index], m->size);
        CHECK_BYTES(ledge_strided_slot(w->s[from], index), m->slot[index], m->size);
    }
    CHECK_BYTES(out, want, MOST);
}

OP(set, HANDLE(in, SLOTS), INDEX(index), POINTER(elem))
{
    const struct model *m = &w->m[in];
    REQUIRE(elem.avail > 0 && elem.avail >= m->size);
    EXPECT(ledge_strided_set(w->s[in], index, elem.at), !m->writable    ? LEDGE_EREADONLY
                                                        : index >= m->n ? LEDGE_ERANGE
                                                                        : LEDGE_OK);
    if (got == LEDGE_OK)
        memmove(m->slot[index], kit_shadow_at(&w->shadow, elem), m->size);
}

OP(walk, HANDLE(from, SLOTS))
{
    const struct model *m = &w->m[from];
    CALL(ledge_strided_iter it = ledge_strided_begin(w->s[from]));
    for (size_t i = 0; i < m->n; i++)
        CHECK_BYTES(ledge_strided_next(&it), m->slot[i], m->size);
    CHECK_EQ(ledge_strided_next(&it) == NULL, true);
    CHECK_EQ(ledge_strided_next(&it) == NULL, true);
}

/* What is made of a view keeps its memory. */
#define KEEP(to, from)                                                                             \
    CALL(w->whole[to] = w->whole[from]);                                                           \
    w->m[to] = part

OP(sub, DEFINE(to, SLOTS), HANDLE(from, SLOTS), INDEX(lo), INDEX(hi), INDEX(step))
{
    const struct model *m = &w->m[from];
    struct model part = *m;
    const bool inside = lo <= hi && hi <= m->n;
    EXPECT(ledge_strided_sub(w->s[from], lo, hi, step, &w->s[to]), step == 0 ? LEDGE_EINVAL
                                                                   : inside  ? LEDGE_OK
                                                                             : LEDGE_ERANGE);
    REQUIRE(got == LEDGE_OK);
    part.n = 0;
    for (size_t i = lo; i < hi; i++)
        if ((i - lo) % step == 0)
            part.slot[part.n++] = m->slot[i];
    KEEP(to, from);
}

OP(reverse, DEFINE(to, SLOTS), HANDLE(from, SLOTS))
{
    const struct model *m = &w->m[from];
    struct model part = *m;
    CALL(w->s[to] = ledge_strided_reverse(w->s[from]));
    for (size_t i = 0; i < m->n; i++)
        part.slot[i] = m->slot[m->n - 1 - i];
    KEEP(to, from);
}

OP(field, DEFINE(to, SLOTS), HANDLE(from, SLOTS), INDEX(offset), INDEX(size))
{
    struct model part = w->m[from];
    const bool inside = offset <= part.size && size <= part.size - offset;
    EXPECT(ledge_strided_field(w->s[from], offset, size, &w->s[to]), size == 0 ? LEDGE_ESIZE
                                                                     : inside  ? LEDGE_OK
                                                                               : LEDGE_ERANGE);
    REQUIRE(got == LEDGE_OK);
    part.size = size;
    for (size_t i = 0; i < part.n; i++)
        part.slot[i] += offset;
    KEEP(to, from);
}

OP(split, DEFINE(head, SLOTS), DEFINE(tail, SLOTS), HANDLE(from, SLOTS), INDEX(at))
{
    REQUIRE(head != tail);
    struct model part = w->m[from];
    const size_t size = part.size;
    CALL(const ledge_span whole = w->whole[from]);
    EXPECT(ledge_strided_split(w->s[from], at, &w->s[head], &w->s[tail]),
           at > 0 && at < size ? LEDGE_OK : LEDGE_ERANGE);
    REQUIRE(got == LEDGE_OK);
    CHECK_EQ(ledge_strided_overlaps(w->s[head], w->s[tail]), false);
    CALL(w->whole[head] = w->whole[tail] = whole);
    part.size = at;
    w->m[head] = part;
    part.size = size - at;
    for (size_t i = 0; i < part.n; i++)
        part.slot[i] += at;
    w->m[tail] = part;
}

OP(plain, HANDLE(from, SLOTS))
{
    const struct model *m = &w->m[from];
    const bool contiguous = model_contiguous(m);
    CHECK_EQ(ledge_strided_is_contiguous(w->s[from]), contiguous);
    CALL(ledge_view view = {0});
    CALL(ledge_span span = {0});
    EXPECT_AS(viewed, ledge_strided_as_view(w->s[from], &view),
              contiguous ? LEDGE_OK : LEDGE_ESIZE);
    EXPECT(ledge_strided_as_span(w->s[from], &span), !m->writable ? LEDGE_EREADONLY
                                                     : contiguous ? LEDGE_OK
                                                                  : LEDGE_ESIZE);
    CHECK_EQ(view.length, contiguous ? m->n * m->size : 0);
    CHECK_EQ(view.capacity, view.length);
    CHECK_BYTES(view.ptr, m->slot[0], view.length);
    CHECK_EQ(span.capacity, got == LEDGE_OK ? view.length : 0);
    CHECK_EQ(span.ptr == view.ptr, got == LEDGE_OK || view.ptr == NULL);
}

OP(overlaps, HANDLE(a, SLOTS), HANDLE(b, SLOTS))
{
    bool meet = false;
    for (size_t i = 0; i < w->m[b].n; i++)
        meet |= model_meets(&w->m[a], w->m[b].slot[i], w->m[b].size);
    CHECK_EQ(ledge_strided_overlaps(w->s[a], w->s[b]), meet);
}

OP(copy_out, HANDLE(from, SLOTS), POINTER(to), LENGTH(n))
{
    const struct model *m = &w->m[from];
    REQUIRE(kit_ptr_writable(to) && n <= to.avail);
    uint8_t *want = kit_shadow_at(&w->shadow, to);
    EXPECT(ledge_strided_copy_out(w->s[from], ledge_span_of(to.at, n)),
           model_copy(m, m->n, want, n));
    for (size_t i = 0; got == LEDGE_OK && i < m->n; i++)
        memcpy(want + i * m->size, m->slot[i], m->size);
    CHECK_BYTES(to.at, want, to.avail);
}

OP(copy_in, HANDLE(in, SLOTS), POINTER(from), LENGTH(n))
{
    const struct model *m = &w->m[in];
    REQUIRE(n <= from.avail);
    const uint8_t *src = kit_shadow_at(&w->shadow, from);
    EXPECT(ledge_strided_copy_in(w->s[in], ledge_view_of(from.at, n)),
           m->writable ? model_copy(m, m->n, src, n) : LEDGE_EREADONLY);
    for (size_t i = 0; got == LEDGE_OK && i < m->n; i++)
        memcpy(m->slot[i], src + i * m->size, m->size);
}

OP(gather, HANDLE(from, SLOTS), POINTER(to), BYTES(picks, 8))
{
    const struct model *m = &w->m[from];
    REQUIRE(kit_ptr_writable(to));
    uint8_t *want = kit_shadow_at(&w->shadow, to);
    CALL(size_t indices[8] = {0});
    CALL(for (size_t i = 0; i < picks.len; i++) indices[i] = picks.at[i]);
    EXPECT(ledge_strided_gather(w->s[from], picks.len ? indices : NULL, picks.len,
                                ledge_span_of(to.at, to.avail)),
           model_pick(m, picks, want, to.avail));
    for (size_t i = 0; got == LEDGE_OK && i < picks.len; i++)
        memcpy(want + i * m->size, m->slot[picks.at[i]], m->size);
    CHECK_BYTES(to.at, want, to.avail);
}

OP(scatter, HANDLE(in, SLOTS), POINTER(from), BYTES(picks, 8))
{
    const struct model *m = &w->m[in];
    const uint8_t *src = kit_shadow_at(&w->shadow, from);
    CALL(size_t indices[8] = {0});
    CALL(for (size_t i = 0; i < picks.len; i++) indices[i] = picks.at[i]);
    EXPECT(ledge_strided_scatter(w->s[in], picks.len ? indices : NULL, picks.len,
                                 ledge_view_of(from.at, from.avail)),
           m->writable ? model_pick(m, picks, src, from.avail) : LEDGE_EREADONLY);
    for (size_t i = 0; got == LEDGE_OK && i < picks.len; i++)
        memcpy(m->slot[picks.at[i]], src + i * m->size, m->size);
}

/* No indices, and indices among the bytes to be written. */
OP0(bad_indices)
{
    CALL(size_t indices[2] = {1, 0}, values[2] = {7, 7});
    CALL(const ledge_view src = ledge_view_of(values, sizeof values));
    CALL(const ledge_span dst = ledge_span_of(indices, sizeof indices));
    CALL(const size_t size = sizeof *indices);
    CALL(ledge_strided slots = {0});
    EXPECT(ledge_strided_from_span(dst, 2, size, size, 1, &slots), LEDGE_OK);
    EXPECT_AS(none, ledge_strided_gather(slots, NULL, 1, dst), LEDGE_ENULL);
    EXPECT_AS(nowhere, ledge_strided_scatter(slots, NULL, 1, src), LEDGE_ENULL);
    EXPECT_AS(over, ledge_strided_scatter(slots, indices, 2, src), LEDGE_EOVERLAP);
    CALL(slots = ledge_strided_of(values, 2, size, size));
    EXPECT_AS(onto, ledge_strided_gather(slots, indices, 2, dst), LEDGE_EOVERLAP);
}

TARGET(strided, .includes = "#include <ledge/strided.h>\n", .status_name = status_name,
       .ops = {&make, &get, &set, &sub, &field, &split, &reverse, &walk, &overlaps, &plain,
               &copy_out, &copy_in, &gather, &scatter, &of, &valid, &bad_indices},
       .unreachable = {
           {&copy_out, KIT_ANY, KIT_TOO_LONG, "a span is made of memory that is there"},
           {&copy_out, KIT_SET(KIT_PTR_READONLY) | KIT_SET(KIT_PTR_FREED), KIT_ANY,
            "a span is made of memory that can be written"},
           {&copy_in, KIT_ANY, KIT_TOO_LONG, "a view is made of memory that is there"},
       });
