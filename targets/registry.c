/* registry: memory by name (ledge/registry.h) against a list. Two owners are entered under many
 * names, lose their own views, are pinned; handles of entries that are gone are used on. Rows A13
 * A33. */
#include "kit/target.h"
#include "status_name.h"
#include "stingy.h"

#include <ledge/registry.h>

#include <stdio.h>

enum { OWNERS = 2, ENTRIES = 8, SIZE = 8, STARVED = 3 };

/* Names are ends of this text: the two longest don't fit, the shortest is none. */
#define TEXT        "abcdefghijklmnopqrstuvwxyz0123456"
#define TEXT_LENGTH (sizeof TEXT - 1)

#define OBJECTS                                                                                    \
    ledge_shared s[2];                                                                             \
    ledge_registry registry;                                                                       \
    ledge_handle handles[8];                                                                       \
    STINGY_OBJECTS

struct world {
    OBJECTS
    struct model_owner {
        bool held; /* by s[i] */
        size_t references, pins;
    } owners[OWNERS];
    struct model_entry { /* of handles[i] */
        bool live;
        size_t owner, at; /* at: where in TEXT its name starts */
    } m[ENTRIES];
    size_t live, slots, room; /* entries; places for them that exist; that memory is there for */
    size_t grants;
};

static void world_open(struct world *w)
{
    STINGY_OPEN;
    CALL(ledge_registry_init(&w->registry, &w->alloc));
}

static void world_check(struct world *w)
{
    for (size_t i = 0; i < OWNERS; i++) {
        CHECK_EQ_AT(i, w->s[i].length, w->owners[i].held ? SIZE : 0);
        CHECK_BYTES_AT(i, w->s[i].ptr, i ? "second." : "first..", w->s[i].length);
    }
}

/* What is pinned stays where it is, so pins go first. */
static void world_close(struct world *w)
{
    CALL(for (size_t i = 0; i < 8; i++) {
        ledge_shared held;
        if (ledge_registry_get(&w->registry, w->handles[i], &held) == LEDGE_OK) {
            while (ledge_shared_unpin(&held) == LEDGE_OK) {
            }
            ledge_shared_release(&held);
        }
    });
    CALL(for (size_t i = 0; i < 2; i++) {
        while (ledge_shared_unpin(&w->s[i]) == LEDGE_OK) {
        }
        ledge_shared_release(&w->s[i]);
    });
    EXPECT(ledge_registry_cleanup(&w->registry), LEDGE_OK);
    STINGY_CLOSE(w->stingy);
}

static struct model_entry *model_find(struct world *w, size_t at)
{
    for (size_t i = 0; i < ENTRIES; i++) {
        if (w->m[i].live && w->m[i].at == at)
            return &w->m[i];
    }
    return NULL;
}

/* A place for one more entry. */
static ledge_status model_slot(struct world *w)
{
    if (w->live < w->slots)
        return LEDGE_OK;
    if (w->slots == w->room) {
        if (!model_grant(&w->grants, 1))
            return LEDGE_ENOMEM;
        w->room = w->room ? 2 * w->room : 1;
    }
    w->slots++;
    return LEDGE_OK;
}

static ledge_status model_add(struct world *w, size_t handle, size_t owner, size_t at)
{
    if (at == TEXT_LENGTH || !w->owners[owner].held)
        return LEDGE_EEMPTY;
    if (TEXT_LENGTH - at >= LEDGE_NAME_SIZE)
        return LEDGE_EOVERFLOW;
    if (model_find(w, at))
        return LEDGE_EBUSY;
    const ledge_status status = model_slot(w);
    if (status != LEDGE_OK)
        return status;
    w->m[handle] = (struct model_entry){true, owner, at};
    w->owners[owner].references++;
    w->live++;
    return LEDGE_OK;
}

/* Gives back a reference of owner, by its own view or, with an entry, by the registry. */
static ledge_status model_give_back(struct world *w, size_t owner, struct model_entry *entry)
{
    struct model_owner *o = &w->owners[owner];
    if (o->references == 1 && o->pins != 0)
        return LEDGE_EBUSY;
    o->references--;
    if (entry) {
        entry->live = false;
        w->live--;
    } else {
        o->held = false;
    }
    return LEDGE_OK;
}

OP(make, RANGE(owner, 0, OWNERS - 1))
{
    REQUIRE(w->owners[owner].references == 0);
    EXPECT(ledge_shared_copy(ledge_view_of(owner ? "second." : "first..", 8), NULL, &w->s[owner]),
           LEDGE_OK);
    w->owners[owner] = (struct model_owner){.held = true, .references = 1};
}

OP(release, RANGE(owner, 0, OWNERS - 1))
{
    REQUIRE(w->owners[owner].held);
    EXPECT(ledge_shared_release(&w->s[owner]), model_give_back(w, owner, NULL));
}

OP(pin, RANGE(owner, 0, OWNERS - 1))
{
    REQUIRE(w->owners[owner].held && w->owners[owner].pins < LEDGE_PINS_MAX);
    EXPECT(ledge_shared_pin(&w->s[owner]), LEDGE_OK);
    w->owners[owner].pins++;
}

OP(unpin, RANGE(owner, 0, OWNERS - 1))
{
    REQUIRE(w->owners[owner].held);
    EXPECT(ledge_shared_unpin(&w->s[owner]), w->owners[owner].pins ? LEDGE_OK : LEDGE_ENOTFOUND);
    w->owners[owner].pins -= got == LEDGE_OK;
}

OP(add, DEFINE(handle, ENTRIES), RANGE(owner, 0, OWNERS - 1), RANGE(at, 0, TEXT_LENGTH))
{
    REQUIRE(!w->m[handle].live);
    CALL(const char *name = &"abcdefghijklmnopqrstuvwxyz0123456"[at]);
    EXPECT(ledge_registry_add(&w->registry, name, &w->s[owner], &w->handles[handle]),
           model_add(w, handle, owner, at));
}

OP(find, RANGE(at, 0, TEXT_LENGTH))
{
    const struct model_entry *m = model_find(w, at);
    CALL(const char *name = &"abcdefghijklmnopqrstuvwxyz0123456"[at]);
    CALL(ledge_handle handle = {0});
    EXPECT(ledge_registry_find(&w->registry, name, &handle), m ? LEDGE_OK : LEDGE_ENOTFOUND);
    if (got == LEDGE_OK) {
        const ledge_handle *h = &w->handles[m - w->m];
        CHECK_EQ(handle.index, h->index);
        CHECK_EQ(handle.generation, h->generation);
    }
}

/* What was got is the owner's own view again, if it has none. */
OP(get, HANDLE(handle, ENTRIES))
{
    const struct model_entry *m = &w->m[handle];
    struct model_owner *o = &w->owners[m->owner];
    CALL(ledge_shared out = {0});
    EXPECT(ledge_registry_get(&w->registry, w->handles[handle], &out),
           m->live ? LEDGE_OK : LEDGE_ESTALE);
    CHECK_BYTES(out.ptr, m->owner ? "second." : "first..", got == LEDGE_OK ? SIZE : 0);
    if (got == LEDGE_OK && !o->held) {
        const size_t owner = m->owner;
        CALL(w->s[out.ptr[0] == 's'] = out);
        w->owners[owner].held = true;
        w->owners[owner].references++;
    } else {
        EXPECT_AS(back, ledge_shared_release(&out), LEDGE_OK);
    }
}

OP(take_out, HANDLE(handle, ENTRIES))
{
    struct model_entry *m = &w->m[handle];
    EXPECT(ledge_registry_remove(&w->registry, w->handles[handle]),
           m->live ? model_give_back(w, m->owner, m) : LEDGE_ESTALE);
}

OP0(enumerate)
{
    CALL(ledge_registry_entry entry = {.name = ""});
    CALL(size_t cursor = 0);
    EXPECT_AS(first, ledge_registry_next(&w->registry, &cursor, &entry),
              w->live ? LEDGE_OK : LEDGE_ENOTFOUND);
    if (first == LEDGE_OK) {
        const struct model_entry *m = model_find(w, TEXT_LENGTH - strlen(entry.name));
        CHECK_EQ(entry.owner.size, SIZE);
        CHECK_EQ(entry.owner.references, m ? w->owners[m->owner].references : 0);
        CHECK_EQ(entry.owner.pins, m ? w->owners[m->owner].pins : 0);
    }
    CALL(size_t met = first == LEDGE_OK);
    CALL(while (ledge_registry_next(&w->registry, &cursor, &entry) == LEDGE_OK) met++);
    CHECK_EQ(met, w->live);
}

/* Views that the registry can't take a reference of. */
OP(add_impossible, RANGE(owner, 0, OWNERS - 1), HANDLE(handle, ENTRIES))
{
    struct model_owner *o = &w->owners[owner];
    REQUIRE(o->held);
    CALL(ledge_handle out);
    CALL(ledge_shared got_out);
    CALL(ledge_owner_info about = {0});
    EXPECT_AS(known, ledge_shared_info(&w->s[owner], &about), LEDGE_OK);
    CHECK_EQ(about.references, o->references);
    CALL(const size_t most = LEDGE_REFERENCES_MAX - about.references);
    EXPECT_AS(full, ledge_shared_acquire_many(&w->s[owner], most), LEDGE_OK);
    EXPECT_AS(more, ledge_registry_add(&w->registry, "crowded", &w->s[owner], &out),
              LEDGE_EOVERFLOW);
    if (w->m[handle].live && w->m[handle].owner == owner) {
        EXPECT(ledge_registry_get(&w->registry, w->handles[handle], &got_out), LEDGE_EOVERFLOW);
    }
    EXPECT_AS(back, ledge_shared_release_many(&w->s[owner], most), LEDGE_OK);
    REQUIRE(o->references == 1 && o->pins == 0);
    CALL(const ledge_shared alias = w->s[owner]);
    EXPECT_AS(moved, ledge_shared_resize(&w->s[owner], 8), LEDGE_OK);
    EXPECT_AS(stale, ledge_registry_add(&w->registry, "stale", &alias, &out), LEDGE_ESTALE);
}

/* A report needs more than STARVED requests as soon as there is an entry, else one; what ends it is
 * that there are none left. */
OP0(report)
{
    size_t length = 0;
    for (size_t i = 0; i < ENTRIES; i++) {
        const struct model_owner *o = &w->owners[w->m[i].owner];
        if (w->m[i].live)
            length +=
                (size_t)snprintf(NULL, 0, "%s: 8 of 8 bytes, owned, references %zu, pins %zu\n",
                                 &TEXT[w->m[i].at], o->references, o->pins);
    }
    const bool granted = w->grants > (w->live ? STARVED : 0);
    CALL(ledge_shared text = {0});
    EXPECT(ledge_registry_report(&w->registry, &w->alloc, &text),
           granted ? LEDGE_OK : LEDGE_ENOMEM);
    CHECK_EQ(text.length, granted ? length : 0);
    CALL(ledge_shared_release(&text));
    if (w->grants <= STARVED)
        w->grants = granted ? w->grants - 1 : 0;
}

/* An owner that is pinned keeps the last of its entries; which one that is isn't said. */
OP0(cleanup)
{
    bool busy = false;
    for (size_t i = 0; i < OWNERS; i++) {
        const struct model_owner *o = &w->owners[i];
        REQUIRE(o->held || o->pins == 0 || o->references <= 1);
        busy |= !o->held && o->pins != 0 && o->references == 1;
    }
    for (size_t i = 0; i < ENTRIES; i++) {
        if (w->m[i].live)
            (void)model_give_back(w, w->m[i].owner, &w->m[i]);
    }
    EXPECT(ledge_registry_cleanup(&w->registry), busy ? LEDGE_EBUSY : LEDGE_OK);
    if (got == LEDGE_OK) {
        w->slots = w->room = 0;
        CALL(memset(w->handles, 0, sizeof w->handles));
        CALL(ledge_registry_init(&w->registry, &w->alloc));
    }
}

STINGY_OP(STARVED)

TARGET(registry, .includes = "#include <ledge/registry.h>\n", .support = {kit_support},
       .status_name = status_name,
       .ops = {&make, &release, &pin, &unpin, &add, &find, &get, &take_out, &enumerate,
               &add_impossible, &report, &cleanup, &starve});
