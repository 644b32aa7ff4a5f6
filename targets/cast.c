/* cast: bytes as numbers and as elements (ledge/cast.h), and the arithmetic and allocation of
 * ledge/base.h. Typed views and a cursor over memory of every pointer class, beside a copy of that
 * memory. Rows A4 A8 A9 A10. */
#include "kit/target.h"

#include "kit/shadow.h"
#include "status_name.h"
#include "stingy.h"

#include <ledge/cast.h>

#define SLOTS 4
#define OBJECTS                                                                                    \
    ledge_typed t[SLOTS];                                                                          \
    ledge_cursor cursor;                                                                           \
    struct stingy stingy;                                                                          \
    ledge_allocator hooks[2];                                                                      \
    unsigned char *block;                                                                          \
    size_t size;

struct model {
    uint8_t *at; /* in the shadow */
    size_t length, esz, align;
    uint32_t tag;
    bool writable;
};

struct world {
    OBJECTS
    struct model m[SLOTS];
    const uint8_t *next; /* in the shadow: what the cursor is about to read */
    size_t left;
    struct kit_shadow shadow;
};

static void world_open(struct world *w)
{
    for (size_t i = 0; i < SLOTS; i++)
        w->m[i].at = w->shadow.bytes[0];
    w->next = w->shadow.bytes[0];
    CALL(w->hooks[1] = (ledge_allocator){stingy_resize, &w->stingy});
}

static void world_check(struct world *w)
{
    for (size_t i = 0; i < SLOTS; i++) {
        const struct model *m = &w->m[i];
        CHECK_EQ_AT(i, w->t[i].length, m->length);
        CHECK_BYTES_AT(i, w->t[i].ptr, m->at, m->length * m->esz);
    }
    CHECK_EQ(w->cursor.left, w->left);
    CHECK_BYTES(w->cursor.at, w->next, w->left);
}

static void world_close(struct world *w)
{
    CALL(ledge_alloc_free(NULL, w->block, w->size));
}

/* The six kinds of numbers: kind, bits, byte order. */
#define NUMBERS(X) X(0, 16, be) X(1, 16, le) X(2, 32, be) X(3, 32, le) X(4, 64, be) X(5, 64, le)

static size_t model_width(size_t kind)
{
    return (size_t)2 << kind / 2;
}

static uint64_t model_number(const uint8_t *at, size_t kind)
{
    uint64_t value = 0;
    for (size_t i = 0; i < model_width(kind); i++)
        value = value * 256 + at[kind % 2 == 0 ? i : model_width(kind) - 1 - i];
    return value;
}

static void model_put(uint8_t *at, size_t kind, uint64_t value)
{
    for (size_t i = model_width(kind); i > 0; i--, value /= 256)
        at[kind % 2 == 0 ? i - 1 : model_width(kind) - i] = (uint8_t)(value % 256);
}

static ledge_status model_bounds(size_t length, size_t offset, size_t n)
{
    if (offset > length)
        return LEDGE_ERANGE;
    return n > length - offset ? LEDGE_ESHORT : LEDGE_OK;
}

static bool model_is_power(size_t n)
{
    return __builtin_popcountl(n) == 1;
}

static ledge_status model_typed(const void *at, size_t n, size_t esz, size_t align)
{
    if (esz == 0)
        return LEDGE_ESIZE;
    if (!model_is_power(align) || esz % align != 0)
        return LEDGE_EINVAL;
    if (at == NULL || n == 0)
        return LEDGE_EEMPTY;
    if (n % esz != 0)
        return LEDGE_ESIZE;
    return (uintptr_t)at % align != 0 ? LEDGE_EALIGN : LEDGE_OK;
}

static bool model_in_address_space(const void *at, size_t n)
{
    return n <= UINTPTR_MAX - (uintptr_t)at;
}

OP(typed_view, DEFINE(to, SLOTS), POINTER(at), LENGTH(n), ELEMENT_SIZE(esz), ALIGNMENT(align),
   RANGE(tag, 1, 4))
{
    REQUIRE(model_in_address_space(at.at, n));
    CALL(ledge_typed typed = {0});
    EXPECT(ledge_typed_from_view(ledge_view_of(at.at, n), esz, align, (uint32_t)tag, &typed),
           model_typed(at.at, n, esz, align));
    CHECK_EQ(ledge_typed_is_valid(typed), got == LEDGE_OK);
    REQUIRE(got == LEDGE_OK && n <= at.avail);
    CALL(w->t[to] = typed);
    w->m[to] =
        (struct model){kit_shadow_at(&w->shadow, at), n / esz, esz, align, (uint32_t)tag, false};
}

/* Here n is in elements, so that the length is most often a multiple of the element size. */
OP(typed_span, DEFINE(to, SLOTS), POINTER(at), ELEMENT_SIZE(esz), LENGTH(n), ALIGNMENT(align),
   RANGE(tag, 1, 4))
{
    REQUIRE(esz == 0 || n <= SIZE_MAX / esz);
    const size_t bytes = n * esz;
    REQUIRE(model_in_address_space(at.at, bytes));
    CALL(ledge_typed typed = {0});
    EXPECT(ledge_typed_from_span(ledge_span_of(at.at, n * esz), esz, align, (uint32_t)tag, &typed),
           model_typed(at.at, bytes, esz, align));
    CHECK_EQ(ledge_typed_is_valid(typed), got == LEDGE_OK);
    REQUIRE(got == LEDGE_OK && bytes <= at.avail && kit_ptr_writable(at));
    CALL(w->t[to] = typed);
    w->m[to] =
        (struct model){kit_shadow_at(&w->shadow, at), bytes / esz, esz, align, (uint32_t)tag, true};
}

OP(typed_valid, POINTER(at), ELEMENT_SIZE(esz), LENGTH(n), ALIGNMENT(align))
{
    const bool aligned = model_is_power(align) && (uintptr_t)at.at % align == 0 && esz % align == 0;
    CHECK_EQ(ledge_typed_is_valid((ledge_typed){at.at, n, esz, align, 1, true}),
             at.at != NULL && esz != 0 && aligned && n <= (UINTPTR_MAX - (uintptr_t)at.at) / esz);
}

OP(typed_sub, DEFINE(to, SLOTS), HANDLE(from, SLOTS), INDEX(lo), INDEX(hi))
{
    struct model m = w->m[from];
    EXPECT(ledge_typed_sub(w->t[from], lo, hi, &w->t[to]),
           lo <= hi && hi <= m.length ? LEDGE_OK : LEDGE_ERANGE);
    REQUIRE(got == LEDGE_OK);
    m.at += lo * m.esz;
    m.length = hi - lo;
    w->m[to] = m;
}

OP(typed_get, HANDLE(from, SLOTS), RANGE(tag, 1, 4), INDEX(index))
{
    const struct model m = w->m[from];
    uint8_t want[KIT_REGION] = {0};
    CALL(uint8_t out[64] = {0});
    EXPECT(ledge_typed_get(w->t[from], (uint32_t)tag, index, out), tag != m.tag ? LEDGE_ETYPE
                                                                   : index < m.length
                                                                       ? LEDGE_OK
                                                                       : LEDGE_ERANGE);
    if (got == LEDGE_OK)
        memcpy(want, m.at + index * m.esz, m.esz);
    CHECK_BYTES(out, want, sizeof want);
}

OP(typed_set, HANDLE(in, SLOTS), RANGE(tag, 1, 4), INDEX(index), POINTER(elem))
{
    const struct model m = w->m[in];
    REQUIRE(elem.avail > 0 && elem.avail >= m.esz);
    EXPECT(ledge_typed_set(w->t[in], (uint32_t)tag, index, elem.at), tag != m.tag  ? LEDGE_ETYPE
                                                                     : !m.writable ? LEDGE_EREADONLY
                                                                     : index >= m.length
                                                                         ? LEDGE_ERANGE
                                                                         : LEDGE_OK);
    if (got == LEDGE_OK)
        memmove(m.at + index * m.esz, kit_shadow_at(&w->shadow, elem), m.esz);
}

/* The source lies among the elements, at any byte. */
OP(typed_set_self, HANDLE(in, SLOTS), INDEX(index), INDEX(from))
{
    const struct model m = w->m[in];
    REQUIRE(m.writable && index < m.length && from <= (m.length - 1) * m.esz);
    EXPECT(ledge_typed_set(w->t[in], w->t[in].tag, index, w->t[in].ptr + from), LEDGE_OK);
    memmove(m.at + index * m.esz, m.at + from, m.esz);
}

/* An element's address may be read as a C object of the alignment that the typed view promises. */
OP(typed_at, HANDLE(from, SLOTS), RANGE(tag, 1, 4), INDEX(index))
{
    const struct model m = w->m[from];
    CALL(const void *element = ledge_typed_at(w->t[from], (uint32_t)tag, index));
    CHECK_EQ(!element, tag != m.tag || index >= m.length);
    REQUIRE(element != NULL);
    const uint8_t *want = m.at + index * m.esz;
    CHECK_BYTES(element, want, m.esz);
    if (m.align >= 8)
        CHECK_BYTES(&(uint64_t){*(const uint64_t *)element}, want, 8);
    else if (m.align == 4)
        CHECK_BYTES(&(uint32_t){*(const uint32_t *)element}, want, 4);
    else if (m.align == 2)
        CHECK_BYTES(&(uint16_t){*(const uint16_t *)element}, want, 2);
}

OP(typed_as_view, HANDLE(from, SLOTS))
{
    const size_t bytes = w->m[from].length * w->m[from].esz;
    CALL(const ledge_view view = ledge_typed_as_view(w->t[from]));
    CHECK_EQ(view.length, bytes);
    CHECK_EQ(view.capacity, bytes);
    CHECK_BYTES(view.ptr, w->m[from].at, bytes);
}

#define LOAD(kind, bits, order)                                                                    \
    if (at.avail >= bits / 8)                                                                      \
        CHECK_EQ(ledge_load_u##bits##order(at.at), model_number(want, kind));
OP(load, POINTER(at))
{
    const uint8_t *want = kit_shadow_at(&w->shadow, at);
    NUMBERS(LOAD)
}

#define STORE(kind, bits, order)                                                                   \
    case kind:                                                                                     \
        CALL(ledge_store_u##bits##order(at.at, (uint##bits##_t)value));                            \
        break;
OP(store, POINTER(at), RANGE(kind, 0, 5), U64(value))
{
    REQUIRE(kit_ptr_writable(at) && at.avail >= model_width(kind));
    uint8_t *want = kit_shadow_at(&w->shadow, at);
    model_put(want, kind, value);
    switch (kind) {
        NUMBERS(STORE)
    }
    CHECK_BYTES(at.at, want, at.avail);
}

#define VIEW_GET(kind, bits, order)                                                                \
    case kind: {                                                                                   \
        CALL(uint##bits##_t out = 99);                                                             \
        EXPECT(ledge_view_get_u##bits##order(view, offset, &out), status);                         \
        CHECK_EQ(out, want);                                                                       \
        break;                                                                                     \
    }
OP(view_get, POINTER(at), LENGTH(n), RANGE(kind, 0, 5), INDEX(offset))
{
    REQUIRE(n <= at.avail);
    const ledge_status status = model_bounds(n, offset, model_width(kind));
    const uint64_t want =
        status == LEDGE_OK ? model_number(kit_shadow_at(&w->shadow, at) + offset, kind) : 99;
    CALL(const ledge_view view = {at.at, n, at.avail});
    switch (kind) {
        NUMBERS(VIEW_GET)
    }
}

#define SPAN_PUT(kind, bits, order)                                                                \
    case kind: {                                                                                   \
        EXPECT(ledge_span_put_u##bits##order(span, offset, (uint##bits##_t)value), status);        \
        break;                                                                                     \
    }
OP(span_put, POINTER(at), LENGTH(n), RANGE(kind, 0, 5), INDEX(offset), U64(value))
{
    REQUIRE(n <= at.avail && kit_ptr_writable(at));
    const ledge_status status = model_bounds(n, offset, model_width(kind));
    uint8_t *want = kit_shadow_at(&w->shadow, at);
    if (status == LEDGE_OK)
        model_put(want + offset, kind, value);
    CALL(const ledge_span span = {at.at, n, at.avail});
    switch (kind) {
        NUMBERS(SPAN_PUT)
    }
    CHECK_BYTES(at.at, want, at.avail);
}

/* The model's cursor moves on by n bytes, where there are as many. */
static ledge_status model_step(struct world *w, size_t n)
{
    if (n > w->left)
        return LEDGE_ESHORT;
    w->next += n;
    w->left -= n;
    return LEDGE_OK;
}

OP(cursor_of, POINTER(at), LENGTH(n))
{
    REQUIRE(n <= at.avail);
    CALL(w->cursor = ledge_cursor_of((ledge_view){at.at, n, at.avail}));
    w->next = kit_shadow_at(&w->shadow, at);
    w->left = n;
}

OP(cursor_skip, LENGTH(n))
{
    EXPECT(ledge_cursor_skip(&w->cursor, n), model_step(w, n));
}

OP(cursor_bytes, LENGTH(n))
{
    const uint8_t *want = w->next;
    CALL(ledge_view view = {0});
    EXPECT(ledge_cursor_bytes(&w->cursor, n, &view), model_step(w, n));
    CHECK_EQ(view.length, got == LEDGE_OK ? n : 0);
    CHECK_EQ(view.capacity, got == LEDGE_OK ? n : 0);
    CHECK_BYTES(view.ptr, want, view.length);
}

OP0(cursor_u8)
{
    const uint64_t want = w->left > 0 ? *w->next : 99;
    CALL(uint8_t out = 99);
    EXPECT(ledge_cursor_u8(&w->cursor, &out), model_step(w, 1));
    CHECK_EQ(out, want);
}

#define CURSOR_READ(kind, bits, order)                                                             \
    case kind: {                                                                                   \
        CALL(uint##bits##_t out = 99);                                                             \
        EXPECT(ledge_cursor_u##bits##order(&w->cursor, &out), model_step(w, bits / 8));            \
        CHECK_EQ(out, want);                                                                       \
        break;                                                                                     \
    }
OP(cursor_read, RANGE(kind, 0, 5))
{
    const uint64_t want = w->left >= model_width(kind) ? model_number(w->next, kind) : 99;
    switch (kind) {
        NUMBERS(CURSOR_READ)
    }
}

OP(bounds_check, LENGTH(length), LENGTH(offset), LENGTH(n))
{
    EXPECT(ledge_bounds_check(length, offset, n), model_bounds(length, offset, n));
}

OP(sizes, U64(a), U64(b))
{
    const bool sums = b <= SIZE_MAX - a, multiplies = a == 0 || b <= SIZE_MAX / a;
    CALL(size_t sum = 99, product = 99);
    EXPECT_AS(added, ledge_size_add(a, b, &sum), sums ? LEDGE_OK : LEDGE_EOVERFLOW);
    CHECK_EQ(sum, sums ? a + b : 99);
    EXPECT(ledge_size_mul(a, b, &product), multiplies ? LEDGE_OK : LEDGE_EOVERFLOW);
    CHECK_EQ(product, multiplies ? a * b : 99);
}

OP(align_up, LENGTH(value), ALIGNMENT(align))
{
    const size_t more = model_is_power(align) && value % align != 0 ? align - value % align : 0;
    const bool fits = value <= SIZE_MAX - more;
    CALL(size_t up = 99);
    EXPECT(ledge_align_up(value, align, &up), !model_is_power(align) ? LEDGE_EINVAL
                                              : fits                 ? LEDGE_OK
                                                                     : LEDGE_EOVERFLOW);
    CHECK_EQ(up, got == LEDGE_OK ? value + more : 99);
}

OP(is_aligned, POINTER(at), ALIGNMENT(align))
{
    CHECK_EQ(ledge_is_pow2(align), model_is_power(align));
    CHECK_EQ(ledge_is_aligned(at.at, align),
             model_is_power(align) && (uintptr_t)at.at % align == 0);
}

OP(names, RANGE(number, 0, 31))
{
    static const char *const known[32] = {
        "OK",        "ENULL",  "ERANGE", "EALIGN",    "EINVAL",    "ESIZE", "EEMPTY", "ESHORT",
        "EOVERFLOW", "ENOMEM", "ETYPE",  "EREADONLY", "ENOTFOUND", "EBUSY", "ESTALE", "EOVERLAP"};
    const char *want = known[number] ? known[number] : "?";
    CHECK_BYTES(ledge_status_name((ledge_status)number) + strlen("LEDGE_"), want, strlen(want) + 1);
    CHECK_EQ(strchr(ledge_strerror((ledge_status)number), '.') != NULL, true);
}

/* Every byte of the block is 0x5a; hooks: none, an empty one, one that may say no. */
OP(resize, RANGE(hook, 0, 2), RANGE(grants, 0, 1), RANGE(n, 1, 64))
{
    uint8_t want[64];
    memset(want, 0x5a, sizeof want);
    CALL(w->stingy.grants = grants);
    CALL(unsigned char *block =
             ledge_alloc_resize(hook > 0 ? &w->hooks[hook - 1] : NULL, w->block, w->size, n));
    CHECK_EQ(block != NULL, hook < 2 || grants > 0);
    REQUIRE(block != NULL);
    CHECK_BYTES(block, want, w->size < n ? w->size : n);
    CALL(memset(block, 0x5a, n));
    CALL(w->block = block);
    CALL(w->size = n);
}

OP(release, RANGE(hook, 0, 2))
{
    CALL(ledge_alloc_free(hook > 0 ? &w->hooks[hook - 1] : NULL, w->block, w->size));
    CALL(w->block = NULL);
    CALL(w->size = 0);
}

TARGET(cast, .includes = "#include <ledge/cast.h>\n", .support = {kit_support},
       .status_name = status_name,
       .ops = {&typed_view, &typed_span,  &typed_valid,   &typed_sub,   &typed_get,
               &typed_set,  &typed_at,    &typed_as_view, &load,        &store,
               &view_get,   &span_put,    &cursor_of,     &cursor_skip, &cursor_bytes,
               &cursor_u8,  &cursor_read, &bounds_check,  &sizes,       &align_up,
               &is_aligned, &names,       &resize,        &release,     &typed_set_self},
       .unreachable = {
           {&typed_view, ~KIT_SET(KIT_PTR_NULL), KIT_SET(KIT_LENGTH_TOP),
            "no view ends behind the address space"},
           {&typed_span, KIT_ANY, KIT_SET(KIT_LENGTH_WRAPS) | KIT_SET(KIT_LENGTH_TOP),
            "no span ends behind the address space"},
           {&view_get, KIT_ANY, KIT_TOO_LONG, "a view is made of memory that is there"},
           {&span_put, KIT_ANY, KIT_TOO_LONG, "a span is made of memory that is there"},
           {&span_put, KIT_SET(KIT_PTR_READONLY) | KIT_SET(KIT_PTR_FREED), KIT_ANY,
            "a span is made of memory that can be written"},
           {&cursor_of, KIT_ANY, KIT_TOO_LONG, "a cursor reads memory that is there"},
       });
