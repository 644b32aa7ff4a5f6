/* check: provenance (ledge/check.h) against a plain list of regions: allocations in one block of
 * memory, parts of them, parts of those. What the library cuts out of a region is asked about, too:
 * no half may reach into the other. Rows A24 A33. */
#include "kit/target.h"
#include "status_name.h"
#include "stingy.h"

#include <ledge/check.h>
#include <ledge/provenance.h>

enum { SIZE = 64, REGIONS = 16, VIEWS = 4 };

#define OBJECTS                                                                                    \
    uint8_t block[64];                                                                             \
    ledge_check check;                                                                             \
    ledge_region r[16];                                                                            \
    ledge_checked v[4];                                                                            \
    STINGY_OBJECTS

struct world {
    OBJECTS
    struct model_region {
        bool live;
        size_t lo, hi;
        size_t age; /* of two that are the same bytes, the younger is the part */
    } m[REGIONS];
    struct model_view {
        size_t region; /* 1 + index */
        size_t stamp, lo, hi;
    } mv[VIEWS];
    size_t stamp[REGIONS]; /* one more when a handle goes stale */
    size_t ages, live, room, grants;
};

static void world_open(struct world *w)
{
    STINGY_OPEN;
    CALL(ledge_check_init(&w->check, &w->alloc));
}

static void world_check(struct world *w)
{
    CHECK_EQ(ledge_check_is_valid(&w->check), true);
    CHECK_EQ(ledge_check_count(&w->check), w->live);
}

static void world_close(struct world *w)
{
    CALL(ledge_check_cleanup(&w->check));
    STINGY_CLOSE(w->stingy);
}

static bool model_contains(const struct model_region *m, size_t lo, size_t hi)
{
    return m->live && m->lo <= lo && hi <= m->hi;
}

/* Whether the range [lo, hi) has bytes of the region, but neither is within the other. */
static bool model_cuts(const struct model_region *m, size_t lo, size_t hi)
{
    const bool meet = m->live && lo < m->hi && m->lo < hi;
    return meet && !(m->lo <= lo && hi <= m->hi) && !(lo <= m->lo && m->hi <= hi);
}

/* The innermost region around the bytes; none: REGIONS. */
static size_t model_innermost(const struct world *w, size_t lo, size_t hi)
{
    size_t best = REGIONS;
    for (size_t i = 0; i < REGIONS; i++) {
        const struct model_region *m = &w->m[i], *b = &w->m[best % REGIONS];
        if (!model_contains(m, lo, hi))
            continue;
        if (best == REGIONS || m->lo > b->lo ||
            (m->lo == b->lo && (m->hi < b->hi || (m->hi == b->hi && m->age > b->age))))
            best = i;
    }
    return best;
}

static ledge_status model_verdict(const struct world *w, size_t lo, size_t hi)
{
    bool meets = false;
    for (size_t i = 0; i < REGIONS; i++) {
        if (model_cuts(&w->m[i], lo, hi))
            return LEDGE_ERANGE;
        meets |= w->m[i].live && lo < w->m[i].hi && w->m[i].lo < hi;
    }
    if (model_innermost(w, lo, hi) != REGIONS)
        return LEDGE_OK;
    return meets ? LEDGE_ERANGE : LEDGE_ENOTFOUND;
}

/* Whether a new region would take bytes of one that isn't around it: of any at all, for an
 * allocation. */
static bool model_taken(const struct world *w, size_t lo, size_t hi, bool sub)
{
    for (size_t i = 0; i < REGIONS; i++) {
        const struct model_region *m = &w->m[i];
        if (m->live && lo < m->hi && m->lo < hi && !(sub && model_contains(m, lo, hi)))
            return true;
    }
    return false;
}

static ledge_status model_enter(struct world *w, size_t slot, size_t lo, size_t hi)
{
    if (w->live == w->room) {
        if (!model_grant(&w->grants, 1))
            return LEDGE_ENOMEM;
        w->room = w->room ? 2 * w->room : 8;
    }
    w->m[slot] = (struct model_region){true, lo, hi, ++w->ages};
    w->stamp[slot]++;
    w->live++;
    return LEDGE_OK;
}

static ledge_status model_add(struct world *w, size_t slot, size_t lo, size_t n)
{
    if (n == 0)
        return LEDGE_EEMPTY;
    return model_taken(w, lo, lo + n, false) ? LEDGE_EBUSY : model_enter(w, slot, lo, lo + n);
}

static ledge_status model_add_sub(struct world *w, size_t slot, size_t lo, size_t n)
{
    if (n == 0)
        return LEDGE_EEMPTY;
    const size_t parent = model_innermost(w, lo, lo + 1);
    if (parent == REGIONS || n > w->m[parent].hi - lo)
        return parent == REGIONS ? LEDGE_ENOTFOUND : LEDGE_ERANGE;
    return model_taken(w, lo, lo + n, true) ? LEDGE_EBUSY : model_enter(w, slot, lo, lo + n);
}

static void model_remove(struct world *w, size_t slot, bool itself)
{
    const struct model_region gone = w->m[slot];
    for (size_t i = 0; i < REGIONS; i++) {
        const struct model_region *m = &w->m[i];
        const bool part = m->live && gone.lo <= m->lo && m->hi <= gone.hi && m->age > gone.age;
        if (part || (itself && i == slot)) {
            w->m[i].live = false;
            w->stamp[i]++;
            w->live--;
        }
    }
}

static bool model_is_current(const struct world *w, const struct model_view *v)
{
    return v->region != 0 && w->m[v->region - 1].live && w->stamp[v->region - 1] == v->stamp;
}

OP(add, DEFINE(slot, REGIONS), RANGE(lo, 0, SIZE - 1), RANGE(n, 0, SIZE))
{
    REQUIRE(!w->m[slot].live);
    EXPECT(ledge_check_add(&w->check, w->block + lo, n, &w->r[slot]), model_add(w, slot, lo, n));
}

OP(add_sub, DEFINE(slot, REGIONS), RANGE(lo, 0, SIZE - 1), RANGE(n, 0, SIZE))
{
    REQUIRE(!w->m[slot].live);
    EXPECT(ledge_check_add_sub(&w->check, w->block + lo, n, &w->r[slot]),
           model_add_sub(w, slot, lo, n));
}

OP(impossible, U32(n))
{
    CALL(ledge_region out);
    EXPECT_AS(a, ledge_check_add(&w->check, NULL, n, &out), LEDGE_ENULL);
    EXPECT_AS(b, ledge_check_add(&w->check, w->block, SIZE_MAX - n, &out), LEDGE_ERANGE);
    EXPECT_AS(c, ledge_check_add_sub(&w->check, NULL, n, &out), LEDGE_ENULL);
    EXPECT_AS(d, ledge_check_range(&w->check, w->block, SIZE_MAX - n, &out), LEDGE_ERANGE);
    EXPECT_AS(e, ledge_check_range(&w->check, NULL, n, &out), n ? LEDGE_ENULL : LEDGE_ENOTFOUND);
}

/* A table with memory from malloc, and fields that somebody wrote over. */
OP(damage, RANGE(field, 0, 4))
{
    CALL(ledge_region out);
    CALL(ledge_check other);
    CALL(ledge_check_init(&other, NULL));
    EXPECT(ledge_check_add(&other, w->block, 64, &out), LEDGE_OK);
    CALL(ledge_check bad = other);
    CALL(bad.live += field == 0);
    CALL(bad.live -= field == 1);
    CALL(bad.used += field == 2 ? bad.capacity : 0);
    CALL(bad.free_slot += field == 3);
    CALL(bad.free_slot += field == 4 ? bad.capacity : 0);
    CHECK_EQ(ledge_check_is_valid(&bad), false);
    CALL(ledge_check_cleanup(&other));
}

OP(take_out, HANDLE(slot, REGIONS))
{
    EXPECT(ledge_check_remove(&w->check, w->r[slot]), w->m[slot].live ? LEDGE_OK : LEDGE_ESTALE);
    if (got == LEDGE_OK)
        model_remove(w, slot, true);
}

OP(renew, HANDLE(slot, REGIONS))
{
    CALL(const ledge_region old = w->r[slot]);
    EXPECT(ledge_check_renew(&w->check, old, &w->r[slot]),
           w->m[slot].live ? LEDGE_OK : LEDGE_ESTALE);
    EXPECT_AS(since, ledge_check_within(&w->check, old, w->block, 0), LEDGE_ESTALE);
    if (got == LEDGE_OK) {
        model_remove(w, slot, false);
        w->stamp[slot]++;
    }
}

OP(forget, RANGE(lo, 0, SIZE - 1), RANGE(n, 0, SIZE), RANGE(all, 0, 1))
{
    CALL(ledge_check_forget(&w->check, w->block + lo, all ? SIZE_MAX : n));
    const size_t hi = all ? 2 * SIZE : lo + n;
    for (size_t i = 0; i < REGIONS; i++) {
        const struct model_region *m = &w->m[i];
        const bool larger = model_contains(m, lo, hi) && m->hi - m->lo > hi - lo;
        if (m->live && lo < m->hi && m->lo < hi && lo != hi && !larger)
            model_remove(w, i, true);
    }
}

OP(range, RANGE(lo, 0, SIZE - 1), RANGE(n, 0, SIZE))
{
    const size_t best = model_innermost(w, lo, lo + n);
    CALL(ledge_region found = {0});
    EXPECT(ledge_check_range(&w->check, w->block + lo, n, &found), model_verdict(w, lo, lo + n));
    if (got == LEDGE_OK) {
        CHECK_EQ(found.index, w->r[best].index);
        CHECK_EQ(found.generation, w->r[best].generation);
    }
}

OP(within, HANDLE(slot, REGIONS), RANGE(lo, 0, SIZE - 1), RANGE(n, 0, SIZE))
{
    const struct model_region *m = &w->m[slot];
    const bool inside = model_contains(m, lo, lo + n);
    EXPECT(ledge_check_within(&w->check, w->r[slot], w->block + lo, n),
           m->live ? inside ? LEDGE_OK : LEDGE_ERANGE : LEDGE_ESTALE);
}

OP(checked_of, HANDLE(slot, REGIONS), DEFINE(view, VIEWS))
{
    const struct model_region *m = &w->m[slot];
    EXPECT(ledge_checked_of(&w->check, w->r[slot], &w->v[view]), m->live ? LEDGE_OK : LEDGE_ESTALE);
    if (got == LEDGE_OK)
        w->mv[view] = (struct model_view){slot + 1, w->stamp[slot], m->lo, m->hi};
}

OP(checked_sub, HANDLE(from, VIEWS), DEFINE(to, VIEWS), INDEX(lo), INDEX(hi))
{
    const struct model_view *m = &w->mv[from];
    const bool inside = lo <= hi && hi <= m->hi - m->lo;
    EXPECT(ledge_checked_sub(&w->check, w->v[from], lo, hi, &w->v[to]),
           model_is_current(w, m) ? inside ? LEDGE_OK : LEDGE_ERANGE : LEDGE_ESTALE);
    if (got == LEDGE_OK)
        w->mv[to] = (struct model_view){m->region, m->stamp, m->lo + lo, m->lo + hi};
}

/* `more` is what somebody's own arithmetic adds. */
OP(checked_span, HANDLE(view, VIEWS), RANGE(more, 0, 8))
{
    const struct model_view *m = &w->mv[view];
    const bool current = model_is_current(w, m);
    const bool inside = current && m->hi + more <= w->m[m->region - 1].hi;
    CALL(ledge_span span = {0});
    CALL(ledge_checked bent = w->v[view]);
    CALL(bent.length += more);
    EXPECT(ledge_checked_span(&w->check, bent, &span), inside    ? LEDGE_OK
                                                       : current ? LEDGE_ERANGE
                                                                 : LEDGE_ESTALE);
    if (got == LEDGE_OK) {
        CHECK_EQ(span.ptr - w->block, m->lo);
        CHECK_EQ(span.length, m->hi + more - m->lo);
    }
}

/* A region without parts is split in two, and each half is one: what the halves may be appended to
 * has to be within them. */
OP(split, HANDLE(slot, REGIONS), DEFINE(head, REGIONS), DEFINE(tail, REGIONS), RANGE(at, 1, SIZE))
{
    const struct model_region m = w->m[slot];
    REQUIRE(m.live && at < m.hi - m.lo && head != tail && !w->m[head].live && !w->m[tail].live);
    REQUIRE(!model_taken(w, m.lo, m.lo + at, true) && !model_taken(w, m.lo + at, m.hi, true));
    REQUIRE(w->grants > 2);
    CALL(ledge_checked whole = {0});
    CALL(ledge_span all = {0}, first = {0}, rest = {0});
    EXPECT_AS(of, ledge_checked_of(&w->check, w->r[slot], &whole), LEDGE_OK);
    EXPECT_AS(span, ledge_checked_span(&w->check, whole, &all), LEDGE_OK);
    EXPECT_AS(cut, ledge_span_split_at(all, at, &first, &rest), LEDGE_OK);
    EXPECT_AS(a, ledge_check_add_sub(&w->check, first.ptr, first.length, &w->r[head]),
              model_add_sub(w, head, m.lo, at));
    EXPECT_AS(b, ledge_check_add_sub(&w->check, rest.ptr, rest.length, &w->r[tail]),
              model_add_sub(w, tail, m.lo + at, m.hi - m.lo - at));
    EXPECT_AS(left, ledge_check_within(&w->check, w->r[head], first.ptr, first.capacity), LEDGE_OK);
    EXPECT_AS(right, ledge_check_within(&w->check, w->r[tail], rest.ptr, rest.capacity), LEDGE_OK);
}

/* The process's own table: a block with a part, which is entered and left. */
OP(process, RANGE(part, 1, SIZE), RANGE(lo, 0, SIZE), RANGE(n, 0, SIZE))
{
    const size_t hi = lo + n;
    const bool cuts = n != 0 && (hi > SIZE ? lo < SIZE : lo > 0 && lo < part && hi > part);
    const ledge_status outside = n == 0 || lo < SIZE ? LEDGE_OK : LEDGE_ENOTFOUND;
    CALL(ledge_provenance_allocated(w->block, 64));
    CALL(ledge_provenance_entered(w->block, part));
    EXPECT_AS(parted, ledge_provenance_of(w->block + lo, n),
              cuts || (n != 0 && lo == 0 && hi > SIZE) ? LEDGE_ERANGE : outside);
    CALL(ledge_provenance_verify(w->block, part));
    CALL(ledge_provenance_left(w->block, part));
    EXPECT_AS(whole, ledge_provenance_of(w->block + lo, n),
              hi > SIZE && lo < SIZE ? LEDGE_ERANGE : outside);
    CALL(ledge_provenance_freed(w->block, 64));
    EXPECT_AS(none, ledge_provenance_of(w->block + lo, n), LEDGE_ENOTFOUND);
}

/* A block in a larger one, as of an arena in memory of somebody's, and no more. */
OP(process_nested, RANGE(lo, 0, SIZE - 1), RANGE(n, 1, SIZE), RANGE(at, 0, SIZE - 1),
   RANGE(size, 0, SIZE))
{
    REQUIRE(lo + n <= SIZE);
    const struct model_region inner = {true, lo, lo + n, 1};
    const ledge_status whole = at + size > SIZE ? LEDGE_ERANGE : LEDGE_OK;
    CALL(ledge_provenance_allocated(w->block, 64));
    CALL(ledge_provenance_allocated(w->block + lo, n));
    EXPECT_AS(parted, ledge_provenance_of(w->block + at, size),
              model_cuts(&inner, at, at + size) ? LEDGE_ERANGE : whole);
    CALL(ledge_provenance_freed(w->block + lo, n));
    EXPECT_AS(joined, ledge_provenance_of(w->block + at, size),
              n == SIZE ? LEDGE_ENOTFOUND : whole);
    CALL(ledge_provenance_freed(w->block, 64));
}

/* Two objects side by side, and the span of the first is appended to. Where that reached the
 * second, the checked build, which UBSan's is, would end the process. */
OP(process_split, RANGE(at, 1, SIZE - 1), BYTES(src, 16))
{
    CALL(ledge_span first = {0}, rest = {0}, longer = {0});
    CALL(ledge_provenance_allocated(w->block, 64));
    EXPECT_AS(cut, ledge_span_split_at(ledge_span_of(w->block, 64), at, &first, &rest), LEDGE_OK);
    CALL(ledge_provenance_entered(first.ptr, first.length));
    CALL(ledge_provenance_entered(rest.ptr, rest.length));
    EXPECT(ledge_span_append(first, ledge_view_of(src.at, src.len), &longer),
           src.len == 0 ? LEDGE_OK : LEDGE_ESHORT);
    CALL(ledge_provenance_freed(w->block, 64));
}

/* Parts that overlap, parts of nothing, and nothing. */
OP0(process_odds)
{
    CALL(ledge_provenance_allocated(w->block, 64));
    CALL(ledge_provenance_entered(w->block, 16));
    CALL(ledge_provenance_entered(w->block + 8, 16));
    EXPECT_AS(first, ledge_provenance_of(w->block, 16), LEDGE_ERANGE);
    EXPECT_AS(second, ledge_provenance_of(w->block + 8, 16), LEDGE_OK);
    CALL(ledge_provenance_entered(w->block, 32));
    EXPECT_AS(third, ledge_provenance_of(w->block, 16), LEDGE_OK);
    CALL(ledge_provenance_left(w->block, 31));
    CALL(ledge_provenance_left(w->block + 8, 24));
    EXPECT_AS(same, ledge_provenance_of(w->block + 1, 32), LEDGE_ERANGE);
    CALL(ledge_provenance_freed(w->block, 64));
    CALL(ledge_provenance_entered(w->block, 8));
    CALL(ledge_provenance_left(w->block, 8));
    CALL(ledge_provenance_allocated(NULL, 8));
    CALL(ledge_provenance_allocated(w->block, 0));
    CALL(ledge_provenance_entered(NULL, 8));
    CALL(ledge_provenance_entered(w->block, 0));
    CALL(ledge_provenance_left(NULL, 8));
    CALL(ledge_provenance_left(w->block, 0));
    CALL(ledge_provenance_freed(NULL, 8));
    CALL(ledge_provenance_freed(w->block, 0));
    EXPECT_AS(null, ledge_provenance_of(NULL, 8), LEDGE_ENOTFOUND);
    EXPECT_AS(none, ledge_provenance_of(w->block, 64), LEDGE_ENOTFOUND);
}

STINGY_OP(3)

OP0(reset)
{
    CALL(ledge_check_cleanup(&w->check));
    CALL(ledge_check_init(&w->check, &w->alloc));
    CALL(memset(w->r, 0, sizeof w->r));
    for (size_t i = 0; i < REGIONS; i++)
        w->stamp[i] += w->m[i].live;
    memset(w->m, 0, sizeof w->m);
    memset(w->mv, 0, sizeof w->mv);
    CALL(memset(w->v, 0, sizeof w->v));
    w->live = w->room = 0;
}

TARGET(check, .includes = "#include <ledge/check.h>\n#include <ledge/provenance.h>\n",
       .support = {kit_support}, .status_name = status_name,
       .ops = {&add, &add_sub, &impossible, &take_out, &renew, &forget, &range, &within,
               &checked_of, &checked_sub, &checked_span, &split, &starve, &reset, &process,
               &process_odds, &damage, &process_nested, &process_split});
