/* owner: counted memory (ledge/owner.h): four views of owners of every kind, beside a model that
 * keeps each owner's bytes, count and pins; an alias that goes stale; an allocator that fails;
 * another thread. Rows A11 A12 A13 A16 A33 B4 B14. */
#include "kit/target.h"
#include "other_thread.h"
#include "status_name.h"
#include "stingy.h"

#include <ledge/owner.h>

enum { SLOTS = 4, CAP = 64, LENT = 16 };

/* clang-format off */
SUPPORT_AS(reader_support,
static struct { ledge_shared view; size_t sum; } reader;
/* Reads all the bytes and gives the reference back. */
static int read_and_release(void) {
    ledge_view view;
    uint8_t bytes[256];
    reader.sum = 0;
    if (ledge_shared_as_view(&reader.view, &view) == LEDGE_OK && view.length <= sizeof bytes) {
        if (view.length != 0)
            memcpy(bytes, view.ptr, view.length); /* at once: TSan remembers only so much of each word */
        for (size_t i = 0; i < view.length; i++)
            reader.sum += bytes[i];
    }
    return (int)ledge_shared_release(&reader.view);
}
/* Waits until the owner of *shared has so many references; of what else the thread did, that says
 * nothing. */
static void await_references(const ledge_shared *shared, size_t references) {
    ledge_owner_info info;
    while (ledge_shared_info(shared, &info) == LEDGE_OK && info.references > references)
        sched_yield();
});
/* clang-format on */

#define OBJECTS                                                                                    \
    ledge_shared s[4], told, alias;                                                                \
    uint8_t lent[4][16];                                                                           \
    size_t freed;                                                                                  \
    STINGY_OBJECTS

struct model_owner {
    uint8_t own[CAP], *at; /* at: the bytes, own ones or lent ones */
    size_t size, references, pins, generation;
    ledge_owner_kind kind;
};

struct world {
    OBJECTS
    struct model_owner owners[SLOTS];
    struct model_view {
        struct model_owner *owner; /* NULL: the empty view */
        size_t lo, length;
    } m[SLOTS], stale; /* stale: what the alias was of */
    size_t stale_generation;
    uint8_t want_lent[SLOTS][LENT];
    size_t grants, want_freed;
};

static void world_open(struct world *w)
{
    STINGY_OPEN;
}

static void world_check(struct world *w)
{
    for (size_t i = 0; i < SLOTS; i++) {
        const struct model_view *m = &w->m[i];
        const bool kept = m->owner && m->owner->kind != LEDGE_BORROWED;
        CHECK_EQ_AT(i, ledge_shared_is_valid(&w->s[i]), true);
        CHECK_EQ_AT(i, w->s[i].length, m->length);
        if (m->length != 0)
            CHECK_BYTES_AT(i, w->s[i].ptr, m->owner->at + m->lo, m->length);
        CHECK_EQ_AT(i, ledge_shared_retained(&w->s[i]), kept ? m->owner->size : 0);
    }
    CHECK_EQ(w->freed, w->want_freed);
}

static void world_close(struct world *w)
{
    CALL(for (size_t i = 0; i < 4; i++) {
        while (ledge_shared_unpin(&w->s[i]) == LEDGE_OK) {
        }
        ledge_shared_release(&w->s[i]);
    });
    STINGY_CLOSE(w->stingy);
}

/* A new owner in the model of slot, of size bytes that are src's, or 0. */
static void model_enter(struct world *w, size_t slot, ledge_owner_kind kind, size_t size,
                        const void *src)
{
    struct model_owner *o = w->owners;
    while (o->references != 0)
        o++;
    *o = (struct model_owner){
        .at = o->own, .size = size, .references = 1, .generation = 1, .kind = kind};
    if (kind == LEDGE_BORROWED)
        o->at = w->want_lent[slot];
    else if (src && size != 0)
        memcpy(o->own, src, size);
    w->m[slot] = (struct model_view){o, 0, size};
}

/* The same where the library allocates the header and the bytes. */
static ledge_status model_make(struct world *w, size_t slot, size_t size, const void *src)
{
    if (size > PTRDIFF_MAX)
        return LEDGE_EOVERFLOW;
    if (!model_grant(&w->grants, 1) || (size != 0 && !model_grant(&w->grants, size)))
        return LEDGE_ENOMEM;
    model_enter(w, slot, LEDGE_OWNED, size, src);
    return LEDGE_OK;
}

static ledge_status model_share(struct world *w, size_t from, size_t to, size_t lo, size_t hi)
{
    struct model_view *m = &w->m[from];
    if (lo > hi || hi > m->length)
        return LEDGE_ERANGE;
    if (m->owner)
        m->owner->references++;
    w->m[to] = (struct model_view){m->owner, m->lo + lo, hi - lo};
    return LEDGE_OK;
}

static ledge_status model_release(struct world *w, size_t slot)
{
    struct model_owner *o = w->m[slot].owner;
    if (o && o->references == 1 && o->pins != 0)
        return LEDGE_EBUSY;
    if (o && --o->references == 0) {
        w->want_freed += o->kind == LEDGE_ADOPTED;
        w->stale.owner = w->stale.owner == o ? NULL : w->stale.owner;
    }
    w->m[slot] = (struct model_view){NULL, 0, 0};
    return LEDGE_OK;
}

static ledge_status model_resize(struct world *w, size_t slot, size_t size)
{
    struct model_owner *o = w->m[slot].owner;
    if (!o || o->kind != LEDGE_OWNED)
        return o ? LEDGE_EINVAL : LEDGE_EEMPTY;
    if (o->references != 1 || o->pins != 0)
        return LEDGE_EBUSY;
    if (size > PTRDIFF_MAX)
        return LEDGE_EOVERFLOW;
    if (size != 0 && !model_grant(&w->grants, size))
        return LEDGE_ENOMEM;
    if (size > o->size)
        memset(o->own + o->size, 0, size - o->size);
    o->size = size;
    o->generation++;
    w->m[slot] = (struct model_view){o, 0, size};
    return LEDGE_OK;
}

/* What is said of a view, with so many references. */
static void model_line(const struct world *w, size_t slot, size_t references, char line[CAP * 2])
{
    static const char *const kinds[] = {"owned", "adopted", "borrowed"};
    const struct model_view *m = &w->m[slot];
    snprintf(line, CAP * 2, "%zu of %zu bytes, %s, references %zu, pins %zu", m->length,
             m->owner->size, kinds[m->owner->kind], references, m->owner->pins);
}

static size_t model_sum(const struct model_view *m)
{
    size_t sum = 0;
    for (size_t i = 0; i < m->length; i++)
        sum += m->owner->at[m->lo + i];
    return sum;
}

static bool is_free(const struct world *w, size_t slot)
{
    return w->m[slot].owner == NULL;
}

OP(alloc, DEFINE(slot, SLOTS), INDEX(size))
{
    REQUIRE(is_free(w, slot) && (size <= CAP || size > STINGY_MAX));
    EXPECT(ledge_shared_alloc(size, &w->alloc, &w->s[slot]), model_make(w, slot, size, NULL));
}

OP(copy, DEFINE(slot, SLOTS), BYTES(src, 16))
{
    REQUIRE(is_free(w, slot));
    EXPECT(ledge_shared_copy(ledge_view_of(src.at, src.len), &w->alloc, &w->s[slot]),
           model_make(w, slot, src.len, src.at));
}

OP(adopt, DEFINE(slot, SLOTS), BYTES(src, 16))
{
    REQUIRE(is_free(w, slot));
    CALL(void *ptr = malloc(src.len + 1));
    CALL(memcpy(ptr, src.at, src.len));
    EXPECT(ledge_shared_adopt(ptr, src.len, stingy_free, &w->freed, &w->alloc, &w->s[slot]),
           model_grant(&w->grants, 1) ? LEDGE_OK : LEDGE_ENOMEM);
    if (got == LEDGE_OK) {
        model_enter(w, slot, LEDGE_ADOPTED, src.len, src.at);
    } else {
        CALL(free(ptr));
    }
}

OP(borrow, DEFINE(slot, SLOTS), RANGE(n, 0, LENT))
{
    REQUIRE(is_free(w, slot));
    EXPECT(ledge_shared_borrow(w->lent[slot], n, &w->alloc, &w->s[slot]),
           model_grant(&w->grants, 1) ? LEDGE_OK : LEDGE_ENOMEM);
    if (got == LEDGE_OK)
        model_enter(w, slot, LEDGE_BORROWED, n, NULL);
}

OP(impossible, INDEX(size))
{
    CALL(ledge_shared out = {0});
    EXPECT_AS(none, ledge_shared_borrow(NULL, 0, NULL, &out), LEDGE_OK);
    CALL(ledge_shared_release(&out));
    const bool wraps = size > UINTPTR_MAX - (uintptr_t)w->lent;
    EXPECT_AS(owned, ledge_shared_copy((ledge_view){w->lent[0], SIZE_MAX, SIZE_MAX}, NULL, &out),
              LEDGE_EOVERFLOW);
    EXPECT_AS(unfreed, ledge_shared_adopt(w->lent, size, NULL, NULL, NULL, &out), LEDGE_EINVAL);
    REQUIRE(size != 0);
    EXPECT_AS(nothing, ledge_shared_adopt(NULL, size, stingy_free, &w->freed, NULL, &out),
              LEDGE_ENULL);
    EXPECT_AS(nobodys, ledge_shared_borrow(NULL, size, NULL, &out), LEDGE_ENULL);
    REQUIRE(wraps);
    EXPECT_AS(much, ledge_shared_adopt(w->lent, size, stingy_free, &w->freed, NULL, &out),
              LEDGE_ERANGE);
    EXPECT_AS(most, ledge_shared_borrow(w->lent, size, NULL, &out), LEDGE_ERANGE);
}

OP(from_vec, DEFINE(slot, SLOTS), RANGE(spare, 0, 8), BYTES(src, 16))
{
    REQUIRE(is_free(w, slot));
    const size_t n = src.len + spare;
    CALL(ledge_vec vec = {0});
    EXPECT_AS(made, ledge_vec_init(&vec, 1, &w->alloc), LEDGE_OK);
    EXPECT_AS(room, ledge_vec_reserve(&vec, src.len + spare),
              n == 0 || model_grant(&w->grants, n) ? LEDGE_OK : LEDGE_ENOMEM);
    REQUIRE(room == LEDGE_OK);
    EXPECT_AS(filled, ledge_vec_append(&vec, src.at, src.len), LEDGE_OK);
    EXPECT(ledge_shared_from_vec(&vec, &w->s[slot]),
           model_grant(&w->grants, 1) ? LEDGE_OK : LEDGE_ENOMEM);
    CALL(ledge_vec_cleanup(&vec));
    if (got == LEDGE_OK) {
        model_enter(w, slot, LEDGE_OWNED, n, NULL);
        memcpy(w->m[slot].owner->own, src.at, src.len);
        w->m[slot].length = src.len;
    }
}

/* A vector that was longer, and may be clipped: what it had is nobody's any more, also where a
 * resize brings the bytes back. */
OP(from_cut_vec, DEFINE(slot, SLOTS), INDEX(n), RANGE(clips, 0, 1), BYTES(src, 16))
{
    REQUIRE(is_free(w, slot) && n <= src.len);
    CALL(ledge_vec vec = {0});
    EXPECT_AS(made, ledge_vec_init(&vec, 1, &w->alloc), LEDGE_OK);
    EXPECT_AS(filled, ledge_vec_append(&vec, src.at, src.len),
              src.len == 0 || model_grant(&w->grants, 1) ? LEDGE_OK : LEDGE_ENOMEM);
    REQUIRE(filled == LEDGE_OK);
    EXPECT_AS(cut, ledge_vec_truncate(&vec, n), LEDGE_OK);
    if (clips) {
        CALL(ledge_vec_clip(&vec));
    }
    EXPECT(ledge_shared_from_vec(&vec, &w->s[slot]),
           model_grant(&w->grants, 1) ? LEDGE_OK : LEDGE_ENOMEM);
    CALL(ledge_vec_cleanup(&vec));
    REQUIRE(got == LEDGE_OK);
    model_enter(w, slot, LEDGE_OWNED, src.len, NULL);
    memcpy(w->m[slot].owner->own, src.at, n);
    w->m[slot].length = n;
}

OP(duplicate, HANDLE(from, SLOTS), DEFINE(to, SLOTS))
{
    REQUIRE(is_free(w, to));
    EXPECT(ledge_shared_duplicate(&w->s[from], &w->s[to]),
           model_share(w, from, to, 0, w->m[from].length));
}

OP(slice, HANDLE(from, SLOTS), DEFINE(to, SLOTS), INDEX(lo), INDEX(hi))
{
    REQUIRE(is_free(w, to) && from != to);
    EXPECT(ledge_shared_slice(&w->s[from], lo, hi, &w->s[to]), model_share(w, from, to, lo, hi));
}

OP(narrow, HANDLE(slot, SLOTS), INDEX(lo), INDEX(hi))
{
    struct model_view *m = &w->m[slot];
    EXPECT(ledge_shared_narrow(&w->s[slot], lo, hi),
           lo <= hi && hi <= m->length ? LEDGE_OK : LEDGE_ERANGE);
    if (got == LEDGE_OK)
        *m = (struct model_view){m->owner, m->lo + lo, hi - lo};
}

OP(clone_view, HANDLE(from, SLOTS), DEFINE(to, SLOTS))
{
    REQUIRE(is_free(w, to));
    const struct model_view *m = &w->m[from];
    EXPECT(ledge_shared_clone(&w->s[from], &w->alloc, &w->s[to]),
           model_make(w, to, m->length, m->owner ? m->owner->at + m->lo : NULL));
}

OP(release, HANDLE(slot, SLOTS))
{
    EXPECT(ledge_shared_release(&w->s[slot]), model_release(w, slot));
}

/* References for copies that are not handed out, after all. Those of other slots are not the
 * caller's to give back. */
OP(acquire, HANDLE(slot, SLOTS), INDEX(n), INDEX(back))
{
    const struct model_owner *o = w->m[slot].owner;
    const size_t others = o ? o->references - 1 : 0;
    const bool fits = !o || n <= LEDGE_REFERENCES_MAX - o->references;
    const size_t taken = o && fits ? n : 0;
    REQUIRE(back <= taken || back > taken + others);
    EXPECT_AS(more, ledge_shared_acquire_many(&w->s[slot], n), fits ? LEDGE_OK : LEDGE_EOVERFLOW);
    EXPECT_AS(some, ledge_shared_release_many(&w->s[slot], back),
              back <= taken ? LEDGE_OK : LEDGE_ERANGE);
    const size_t left = taken - (back <= taken ? back : 0);
    REQUIRE(left != 0);
    CALL(const size_t rest = some == LEDGE_OK ? n - back : n);
    EXPECT_AS(all, ledge_shared_release_many(&w->s[slot], rest), LEDGE_OK);
}

OP(crowd, HANDLE(slot, SLOTS))
{
    REQUIRE(w->m[slot].owner);
    CALL(ledge_owner_info info = {0});
    CALL(ledge_shared out);
    EXPECT_AS(known, ledge_shared_info(&w->s[slot], &info), LEDGE_OK);
    CALL(const size_t room = LEDGE_REFERENCES_MAX - info.references);
    EXPECT_AS(full, ledge_shared_acquire_many(&w->s[slot], room), LEDGE_OK);
    EXPECT_AS(copied, ledge_shared_duplicate(&w->s[slot], &out), LEDGE_EOVERFLOW);
    EXPECT_AS(cut, ledge_shared_slice(&w->s[slot], 0, 0, &out), LEDGE_EOVERFLOW);
    char line[CAP * 2] = "";
    model_line(w, slot, LEDGE_REFERENCES_MAX, line);
    EXPECT_AS(said, ledge_shared_describe(&w->s[slot], NULL, &w->told), LEDGE_OK);
    CHECK_EQ(w->told.length, strlen(line));
    CHECK_BYTES(w->told.ptr, line, strlen(line));
    CALL(ledge_shared_release(&w->told));
    EXPECT_AS(back, ledge_shared_release_many(&w->s[slot], room), LEDGE_OK);
}

OP(resize, HANDLE(slot, SLOTS), INDEX(size))
{
    REQUIRE(size <= CAP || size > STINGY_MAX);
    EXPECT(ledge_shared_resize(&w->s[slot], size), model_resize(w, slot, size));
}

OP(pin, HANDLE(slot, SLOTS), RANGE(more, 0, 255))
{
    struct model_owner *o = w->m[slot].owner;
    const bool fits = o && o->pins + more < LEDGE_PINS_MAX;
    CALL(for (size_t i = 0; i < more; i++) {
        if (ledge_shared_pin(&w->s[slot]) != LEDGE_OK)
            break;
    });
    EXPECT(ledge_shared_pin(&w->s[slot]), o ? fits ? LEDGE_OK : LEDGE_EOVERFLOW : LEDGE_EEMPTY);
    if (o)
        o->pins = fits ? o->pins + more + 1 : LEDGE_PINS_MAX;
}

OP(unpin, HANDLE(slot, SLOTS))
{
    struct model_owner *o = w->m[slot].owner;
    EXPECT(ledge_shared_unpin(&w->s[slot]),
           o ? o->pins ? LEDGE_OK : LEDGE_ENOTFOUND : LEDGE_EEMPTY);
    if (got == LEDGE_OK)
        o->pins--;
}

OP(write, HANDLE(slot, SLOTS), INDEX(at), U32(byte))
{
    CALL(ledge_span span = {0});
    EXPECT_AS(seen, ledge_shared_as_span(&w->s[slot], &span), LEDGE_OK);
    EXPECT(ledge_span_set(span, at, (uint8_t)byte),
           at < w->m[slot].length ? LEDGE_OK : LEDGE_ERANGE);
    if (got == LEDGE_OK)
        w->m[slot].owner->at[w->m[slot].lo + at] = (uint8_t)byte;
}

OP(inspect, HANDLE(slot, SLOTS))
{
    const struct model_owner *o = w->m[slot].owner;
    CALL(ledge_owner_info info = {0});
    EXPECT(ledge_shared_info(&w->s[slot], &info), o ? LEDGE_OK : LEDGE_EEMPTY);
    CHECK_EQ(info.size, o ? o->size : 0);
    CHECK_EQ(info.references, o ? o->references : 0);
    CHECK_EQ(info.pins, o ? o->pins : 0);
    CHECK_EQ(info.generation, o ? o->generation : 0);
    CHECK_EQ(info.kind, o ? o->kind : LEDGE_OWNED);
}

OP(describe, HANDLE(from, SLOTS), DEFINE(to, SLOTS))
{
    const struct model_owner *o = w->m[from].owner;
    REQUIRE(is_free(w, to) && w->grants != 1); /* half of what a copy needs: see alloc */
    char line[CAP * 2] = "";
    if (o)
        model_line(w, from, o->references, line);
    EXPECT(ledge_shared_describe(&w->s[from], &w->alloc, &w->s[to]),
           o ? model_make(w, to, strlen(line), line) : LEDGE_EEMPTY);
}

OP(alias, HANDLE(slot, SLOTS))
{
    REQUIRE(w->m[slot].owner);
    CALL(w->alias = w->s[slot]);
    w->stale = w->m[slot];
    w->stale_generation = w->m[slot].owner->generation;
}

OP0(use_alias)
{
    REQUIRE(w->stale.owner);
    const bool stale = w->stale_generation != w->stale.owner->generation;
    CALL(ledge_view view = {0});
    CHECK_EQ(ledge_shared_is_valid(&w->alias), !stale);
    EXPECT(ledge_shared_as_view(&w->alias, &view), stale ? LEDGE_ESTALE : LEDGE_OK);
    if (!stale)
        CHECK_BYTES(view.ptr, w->stale.owner->at + w->stale.lo, w->stale.length);
    REQUIRE(stale);
    CALL(ledge_shared out);
    CALL(ledge_span span);
    EXPECT_AS(seen, ledge_shared_as_span(&w->alias, &span), LEDGE_ESTALE);
    EXPECT_AS(copied, ledge_shared_duplicate(&w->alias, &out), LEDGE_ESTALE);
    EXPECT_AS(sliced, ledge_shared_slice(&w->alias, 0, 0, &out), LEDGE_ESTALE);
    EXPECT_AS(cut, ledge_shared_narrow(&w->alias, 0, 0), LEDGE_ESTALE);
    EXPECT_AS(cloned, ledge_shared_clone(&w->alias, NULL, &out), LEDGE_ESTALE);
    EXPECT_AS(released, ledge_shared_release(&w->alias), LEDGE_ESTALE);
    EXPECT_AS(more, ledge_shared_acquire_many(&w->alias, 0), LEDGE_ESTALE);
    EXPECT_AS(less, ledge_shared_release_many(&w->alias, 0), LEDGE_ESTALE);
    EXPECT_AS(moved, ledge_shared_resize(&w->alias, 1), LEDGE_ESTALE);
    EXPECT_AS(pinned, ledge_shared_pin(&w->alias), LEDGE_ESTALE);
    EXPECT_AS(freed, ledge_shared_unpin(&w->alias), LEDGE_ESTALE);
    EXPECT_AS(told, ledge_shared_describe(&w->alias, NULL, &out), LEDGE_ESTALE);
}

/* Fields that somebody wrote over. */
OP(damage, HANDLE(slot, SLOTS), RANGE(field, 0, 2))
{
    CALL(ledge_shared bad = w->s[slot]);
    CALL(bad.generation += field == 0);
    CALL(bad.length += field == 1 ? 65 : 0);
    CALL(bad.ptr = field == 2 ? (unsigned char *)w : bad.ptr);
    CHECK_EQ(ledge_shared_is_valid(&bad), false);
}

STINGY_OP(3)

/* Another thread reads a second view and lets it go; as soon as it has, the block may move. */
OP(hand_over, HANDLE(slot, SLOTS), INDEX(size))
{
    const struct model_view m = w->m[slot];
    const size_t sum = model_sum(&m);
    REQUIRE(m.owner && (size <= CAP || size > STINGY_MAX));
    CALL(ledge_owner_info before = {0});
    EXPECT_AS(known, ledge_shared_info(&w->s[slot], &before), LEDGE_OK);
    EXPECT_AS(shared, ledge_shared_duplicate(&w->s[slot], &reader.view), LEDGE_OK);
    CALL(start_other(read_and_release));
    CALL(await_references(&w->s[slot], before.references));
    EXPECT(ledge_shared_resize(&w->s[slot], size), model_resize(w, slot, size));
    CHECK_EQ(await_other(), LEDGE_OK);
    CHECK_EQ(reader.sum, sum);
}

/* Another thread reads all of a view, and this one appends to a part of it: there is no room behind
 * the part, for what lies there is the other thread's to read. */
OP(append_shared, HANDLE(slot, SLOTS), INDEX(length), BYTES(src, 16))
{
    const struct model_view m = w->m[slot];
    const size_t sum = model_sum(&m);
    REQUIRE(m.owner && length < m.length);
    CALL(ledge_shared part);
    CALL(ledge_span span = {0});
    CALL(ledge_owner_info before = {0});
    EXPECT_AS(cut, ledge_shared_slice(&w->s[slot], 0, length, &part), LEDGE_OK);
    EXPECT_AS(known, ledge_shared_info(&w->s[slot], &before), LEDGE_OK);
    EXPECT_AS(shared, ledge_shared_duplicate(&w->s[slot], &reader.view), LEDGE_OK);
    CALL(start_other(read_and_release));
    CALL(await_references(&w->s[slot], before.references));
    EXPECT_AS(seen, ledge_shared_as_span(&part, &span), LEDGE_OK);
    EXPECT(ledge_span_append(span, ledge_view_of(src.at, src.len), &span),
           src.len == 0 ? LEDGE_OK : LEDGE_ESHORT);
    CHECK_EQ(await_other(), LEDGE_OK);
    CHECK_EQ(reader.sum, sum);
    CALL(ledge_shared_release(&part));
}

/* Two threads give a reference back at the same time, and whoever is the last one frees. */
OP(let_go_at_once, HANDLE(slot, SLOTS))
{
    const struct model_view m = w->m[slot];
    const size_t sum = model_sum(&m);
    REQUIRE(m.owner && (m.owner->references > 1 || m.owner->pins == 0));
    EXPECT_AS(shared, ledge_shared_duplicate(&w->s[slot], &reader.view), LEDGE_OK);
    CALL(start_other(read_and_release));
    EXPECT(ledge_shared_release(&w->s[slot]), model_release(w, slot));
    CHECK_EQ(await_other(), LEDGE_OK);
    CHECK_EQ(reader.sum, sum);
}

TARGET(owner, .includes = "#include <pthread.h>\n#include <sched.h>\n#include <ledge/owner.h>\n",
       .support = {kit_support, other_thread_support, reader_support}, .status_name = status_name,
       .ops = {&alloc,         &copy,         &adopt,         &borrow,     &impossible, &from_vec,
               &duplicate,     &slice,        &narrow,        &clone_view, &release,    &acquire,
               &crowd,         &resize,       &pin,           &unpin,      &write,      &inspect,
               &describe,      &alias,        &use_alias,     &starve,     &damage,     &hand_over,
               &append_shared, &from_cut_vec, &let_go_at_once});
