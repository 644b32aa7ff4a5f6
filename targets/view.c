/* view: borrowed bytes (ledge/view.h). Each slot is a span over memory of some pointer class; its
 * model says where in a copy of that memory it ought to lie. A view is a span that is read: what
 * both families can do, one operation does with both. Rows A1 A2 A3 A5 A9 B3 B11. */
#include "kit/target.h"

#include "kit/shadow.h"
#include "status_name.h"

#include <ledge/view.h>

#define SLOTS   4
#define OBJECTS ledge_span s[SLOTS];

struct model {
    uint8_t *at; /* in the shadow */
    size_t length, capacity;
    bool readonly;
};

struct world {
    OBJECTS
    struct model m[SLOTS];
    struct kit_shadow shadow;
};

/* A view made from a slot: where it starts, and its sizes. */
#define CHECK_VIEW(view, slot, want)                                                               \
    CHECK_EQ(view.ptr - w->s[slot].ptr, want.at - w->m[slot].at);                                  \
    CHECK_EQ(view.length, want.length);                                                            \
    CHECK_EQ(view.capacity, want.capacity)

static void world_open(struct world *w)
{
    for (size_t i = 0; i < SLOTS; i++)
        w->m[i].at = w->shadow.bytes[0];
}

static void world_check(struct world *w)
{
    for (size_t i = 0; i < SLOTS; i++) {
        const struct model *m = &w->m[i];
        CHECK_EQ_AT(i, w->s[i].length, m->length);
        CHECK_EQ_AT(i, w->s[i].capacity, m->capacity);
        CHECK_BYTES_AT(i, w->s[i].ptr, m->at, m->capacity);
    }
}

static void world_close(struct world *w)
{
    (void)w;
}

static struct model model_cut(struct model m, size_t lo, size_t hi, size_t max)
{
    return (struct model){m.at + lo, hi - lo, max - lo, m.readonly};
}

static ledge_status model_make(const void *at, size_t available, size_t esz, size_t n, size_t align)
{
    if (esz == 0)
        return LEDGE_ESIZE;
    if (__builtin_popcountl(align) != 1)
        return LEDGE_EINVAL;
    if (at == NULL && (available > 0 || n > 0))
        return LEDGE_ENULL;
    if ((uintptr_t)at % align != 0)
        return LEDGE_EALIGN;
    if (available > UINTPTR_MAX - (uintptr_t)at)
        return LEDGE_ERANGE;
    if (n > SIZE_MAX / esz)
        return LEDGE_EOVERFLOW;
    return n * esz > available ? LEDGE_ESHORT : LEDGE_OK;
}

static ledge_status model_append(struct model *m, const uint8_t *src, size_t n)
{
    if (n > m->capacity - m->length)
        return LEDGE_ESHORT;
    memmove(m->at + m->length, src, n);
    m->length += n;
    return LEDGE_OK;
}

static bool model_stands_at(const struct model *m, size_t at, const uint8_t *bytes, size_t n)
{
    size_t same = 0;
    while (same < n && at + same < m->length && m->at[at + same] == bytes[same])
        same++;
    return same == n;
}

/* Where the bytes stand first; the length when they don't. */
static size_t model_find(const struct model *m, const uint8_t *bytes, size_t n)
{
    size_t at = 0;
    while (at < m->length && !model_stands_at(m, at, bytes, n))
        at++;
    return at;
}

static int model_compare(const struct model *a, const struct model *b)
{
    for (size_t i = 0; i < a->length && i < b->length; i++)
        if (a->at[i] != b->at[i])
            return a->at[i] < b->at[i] ? -1 : 1;
    return a->length < b->length ? -1 : a->length > b->length;
}

OP(make, DEFINE(to, SLOTS), POINTER(at), LENGTH(available), ELEMENT_SIZE(esz), LENGTH(n),
   ALIGNMENT(align))
{
    const ledge_status want = model_make(at.at, available, esz, n, align);
    CALL(ledge_view view = {0});
    EXPECT_AS(made, ledge_view_make(at.at, available, n, esz, align, &view), want);
    CHECK_EQ(view.ptr == at.at, made == LEDGE_OK || at.at == NULL);
    CHECK_EQ(view.length, made == LEDGE_OK ? n * esz : 0);
    CHECK_EQ(view.capacity, made == LEDGE_OK ? available : 0);
    CALL(ledge_span span = {0});
    EXPECT(ledge_span_make(at.at, available, n, esz, align, &span), want);
    CHECK_EQ(memcmp(&span, &view, sizeof span), 0);
    REQUIRE(got == LEDGE_OK && available <= at.avail);
    CALL(w->s[to] = span);
    w->m[to] = (struct model){kit_shadow_at(&w->shadow, at), n * esz, available,
                              at.class_ == KIT_PTR_READONLY};
}

OP(of, DEFINE(to, SLOTS), POINTER(at), LENGTH(n))
{
    REQUIRE(at.at == NULL || n <= at.avail);
    const size_t length = at.at ? n : 0;
    CALL(w->s[to] = ledge_span_of(at.at, n));
    w->m[to] = (struct model){kit_shadow_at(&w->shadow, at), length, length,
                              at.class_ == KIT_PTR_READONLY};
    CALL(const ledge_view view = ledge_view_of(at.at, n));
    CHECK_VIEW(view, to, w->m[to]);
}

OP(valid, POINTER(at), LENGTH(length), LENGTH(capacity))
{
    const bool want = length <= capacity && (at.at || capacity == 0) &&
                      capacity <= UINTPTR_MAX - (uintptr_t)at.at;
    CHECK_EQ(ledge_view_is_valid((ledge_view){at.at, length, capacity}), want);
    CHECK_EQ(ledge_span_is_valid((ledge_span){at.at, length, capacity}), want);
}

/* The header of a slot's span as it may come in from outside: at any address, and perhaps read a
 * word off. */
OP(header, HANDLE(from, SLOTS), RANGE(word, 0, 2), RANGE(skew, 0, 7), LENGTH(before), LENGTH(after))
{
    CALL(uintptr_t words[5] = {before, (uintptr_t)w->s[from].ptr, w->s[from].length,
                               w->s[from].capacity, after});
    CALL(uint8_t bytes[sizeof words + 8]);
    CALL(memcpy(bytes + skew, words, sizeof words));
    const uintptr_t ptr = words[word], length = words[word + 1], capacity = words[word + 2];
    const bool null = ptr == 0 && (length > 0 || capacity > 0),
               fits = length <= capacity && capacity <= UINTPTR_MAX - ptr;
    CALL(ledge_view view = {0});
    EXPECT(ledge_view_from_header(bytes + skew + word * sizeof *words, &view), null ? LEDGE_ENULL
                                                                               : fits
                                                                                   ? LEDGE_OK
                                                                                   : LEDGE_ERANGE);
    CHECK_EQ((uintptr_t)view.ptr == words[word], got == LEDGE_OK || ptr == 0);
    CHECK_EQ(view.length, got == LEDGE_OK ? length : 0);
    CHECK_EQ(view.capacity, got == LEDGE_OK ? capacity : 0);
}

OP0(header_null)
{
    CALL(ledge_view view = {0});
    EXPECT(ledge_view_from_header(NULL, &view), LEDGE_ENULL);
}

OP(get, HANDLE(from, SLOTS), INDEX(index))
{
    const struct model m = w->m[from];
    const bool inside = index < m.length;
    CALL(uint8_t byte = 0);
    EXPECT_AS(viewed, ledge_view_get(ledge_span_as_view(w->s[from]), index, &byte),
              inside ? LEDGE_OK : LEDGE_ERANGE);
    CHECK_EQ(byte, inside ? m.at[index] : 0);
    CALL(byte = 0);
    EXPECT(ledge_span_get(w->s[from], index, &byte), inside ? LEDGE_OK : LEDGE_ERANGE);
    CHECK_EQ(byte, inside ? m.at[index] : 0);
}

OP(set, HANDLE(in, SLOTS), INDEX(index), RANGE(byte, 0, 255))
{
    const struct model m = w->m[in];
    REQUIRE(!m.readonly);
    EXPECT(ledge_span_set(w->s[in], index, (uint8_t)byte),
           index < m.length ? LEDGE_OK : LEDGE_ERANGE);
    if (got == LEDGE_OK)
        m.at[index] = (uint8_t)byte;
}

OP(fill, HANDLE(in, SLOTS), RANGE(byte, 0, 255))
{
    REQUIRE(!w->m[in].readonly);
    CALL(ledge_span_fill(w->s[in], (uint8_t)byte));
    for (size_t i = 0; i < w->m[in].length; i++)
        w->m[in].at[i] = (uint8_t)byte;
}

OP(copy, HANDLE(dst, SLOTS), HANDLE(src, SLOTS))
{
    const struct model d = w->m[dst], s = w->m[src];
    REQUIRE(!d.readonly);
    const size_t n = d.length < s.length ? d.length : s.length;
    CALL(const size_t copied = ledge_span_copy(w->s[dst], ledge_span_as_view(w->s[src])));
    CHECK_EQ(copied, n);
    if (n > 0)
        memmove(d.at, s.at, n);
}

OP(sub, DEFINE(to, SLOTS), HANDLE(from, SLOTS), INDEX(lo), INDEX(hi))
{
    const struct model m = w->m[from];
    const bool fits = lo <= hi && hi <= m.capacity;
    const struct model part = fits ? model_cut(m, lo, hi, m.capacity) : m;
    CALL(ledge_view view = ledge_span_as_view(w->s[from]));
    EXPECT_AS(viewed, ledge_view_sub(view, lo, hi, &view), fits ? LEDGE_OK : LEDGE_ERANGE);
    CHECK_VIEW(view, from, part);
    EXPECT(ledge_span_sub(w->s[from], lo, hi, &w->s[to]), fits ? LEDGE_OK : LEDGE_ERANGE);
    if (got == LEDGE_OK)
        w->m[to] = part;
}

OP(sub3, DEFINE(to, SLOTS), HANDLE(from, SLOTS), INDEX(lo), INDEX(hi), INDEX(max))
{
    const struct model m = w->m[from];
    const bool fits = lo <= hi && hi <= max && max <= m.capacity;
    const struct model part = fits ? model_cut(m, lo, hi, max) : m;
    CALL(ledge_view view = ledge_span_as_view(w->s[from]));
    EXPECT_AS(viewed, ledge_view_sub3(view, lo, hi, max, &view), fits ? LEDGE_OK : LEDGE_ERANGE);
    CHECK_VIEW(view, from, part);
    EXPECT(ledge_span_sub3(w->s[from], lo, hi, max, &w->s[to]), fits ? LEDGE_OK : LEDGE_ERANGE);
    if (got == LEDGE_OK)
        w->m[to] = part;
}

OP(clip, DEFINE(to, SLOTS), HANDLE(from, SLOTS))
{
    const struct model part = model_cut(w->m[from], 0, w->m[from].length, w->m[from].length);
    CALL(const ledge_view view = ledge_view_clip(ledge_span_as_view(w->s[from])));
    CHECK_VIEW(view, from, part);
    CALL(w->s[to] = ledge_span_clip(w->s[from]));
    w->m[to] = part;
}

OP(append, DEFINE(to, SLOTS), HANDLE(from, SLOTS), HANDLE(src, SLOTS))
{
    struct model m = w->m[from];
    REQUIRE(!m.readonly);
    const ledge_status want = model_append(&m, w->m[src].at, w->m[src].length);
    EXPECT(ledge_span_append(w->s[from], ledge_span_as_view(w->s[src]), &w->s[to]), want);
    if (got == LEDGE_OK)
        w->m[to] = m;
}

OP(append_bytes, DEFINE(to, SLOTS), HANDLE(from, SLOTS), BYTES(src, 8))
{
    struct model m = w->m[from];
    REQUIRE(!m.readonly);
    const ledge_status want = model_append(&m, src.at, src.len);
    EXPECT(ledge_span_append(w->s[from], ledge_view_of(src.at, src.len), &w->s[to]), want);
    if (got == LEDGE_OK)
        w->m[to] = m;
}

OP(split_at, DEFINE(head, SLOTS), DEFINE(tail, SLOTS), HANDLE(from, SLOTS), INDEX(at))
{
    REQUIRE(head != tail);
    const struct model m = w->m[from];
    const bool fits = at <= m.length;
    const struct model first = fits ? model_cut(m, 0, at, at) : m,
                       rest = fits ? model_cut(m, at, m.length, m.capacity) : m;
    CALL(ledge_view start = ledge_span_as_view(w->s[from]));
    CALL(ledge_view end = start);
    EXPECT_AS(viewed, ledge_view_split_at(start, at, &start, &end), fits ? LEDGE_OK : LEDGE_ERANGE);
    CHECK_VIEW(start, from, first);
    CHECK_VIEW(end, from, rest);
    EXPECT(ledge_span_split_at(w->s[from], at, &w->s[head], &w->s[tail]),
           fits ? LEDGE_OK : LEDGE_ERANGE);
    if (got == LEDGE_OK) {
        w->m[head] = first;
        w->m[tail] = rest;
    }
}

OP(split_on, HANDLE(from, SLOTS), BYTES(separator, 4))
{
    const struct model m = w->m[from];
    const size_t at = model_find(&m, separator.at, separator.len), n = separator.len;
    const bool found = n > 0 && at < m.length;
    const struct model first = found ? model_cut(m, 0, at, at) : m,
                       rest = found ? model_cut(m, at + n, m.length, m.capacity) : m;
    CALL(ledge_view start = ledge_span_as_view(w->s[from]));
    CALL(ledge_view end = start);
    EXPECT(ledge_view_split_on(start, ledge_view_of(separator.at, separator.len), &start, &end),
           n == 0  ? LEDGE_EEMPTY
           : found ? LEDGE_OK
                   : LEDGE_ENOTFOUND);
    CHECK_VIEW(start, from, first);
    CHECK_VIEW(end, from, rest);
}

OP(compare, HANDLE(a, SLOTS), HANDLE(b, SLOTS))
{
    const int want = model_compare(&w->m[a], &w->m[b]);
    CHECK_EQ(ledge_view_compare(ledge_span_as_view(w->s[a]), ledge_span_as_view(w->s[b])), want);
    CHECK_EQ(ledge_view_equal(ledge_span_as_view(w->s[a]), ledge_span_as_view(w->s[b])), want == 0);
}

OP(find, HANDLE(in, SLOTS), HANDLE(needle, SLOTS))
{
    const struct model m = w->m[in], n = w->m[needle];
    const size_t at = model_find(&m, n.at, n.length);
    const bool found = n.length == 0 || at < m.length;
    CALL(size_t place = 99);
    EXPECT(ledge_view_find(ledge_span_as_view(w->s[in]), ledge_span_as_view(w->s[needle]), &place),
           found ? LEDGE_OK : LEDGE_ENOTFOUND);
    CHECK_EQ(place, found ? at : 99);
}

OP(find_byte, HANDLE(in, SLOTS), RANGE(byte, 0, 255))
{
    const size_t at = model_find(&w->m[in], &(uint8_t){(uint8_t)byte}, 1);
    const bool found = at < w->m[in].length;
    CALL(size_t place = 99);
    EXPECT(ledge_view_find_byte(ledge_span_as_view(w->s[in]), (uint8_t)byte, &place),
           found ? LEDGE_OK : LEDGE_ENOTFOUND);
    CHECK_EQ(place, found ? at : 99);
}

TARGET(view, .includes = "#include <ledge/view.h>\n", .status_name = status_name,
       .ops = {&make, &of, &valid, &header, &header_null, &get, &set, &fill, &copy, &sub, &sub3,
               &clip, &append, &append_bytes, &split_at, &split_on, &compare, &find, &find_byte},
       .unreachable = {{&of, ~KIT_SET(KIT_PTR_NULL), KIT_TOO_LONG,
                        "ledge_view_of takes the caller's word for the length"}});
