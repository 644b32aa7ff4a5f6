/* ledge/registry.h: long-lived memory by name, in one place that can say what is still there.
 *
 * A registry holds views (ledge/owner.h), with a reference to each: what is entered lives until it
 * is removed. Handles name entries; one of an entry that is gone is stale, and never means another.
 * At the end of a program, ledge_registry_report says what nobody has taken out.
 *
 *     ledge_registry registry = {0};
 *     ledge_handle handle;
 *     status = ledge_registry_add(&registry, "config", &view, &handle);
 *     …
 *     status = ledge_registry_get(&registry, handle, &view);
 *     …
 *     ledge_registry_cleanup(&registry);
 *
 * A registry isn't thread-safe: reading in several threads is fine, a change needs the caller's
 * lock. The views that it hands out are, as ledge/owner.h says. */
#ifndef LEDGE_REGISTRY_H
#define LEDGE_REGISTRY_H

#include <ledge/base.h>
#include <ledge/owner.h>
#include <ledge/vec.h>

#ifdef __cplusplus
extern "C" {
#endif

/* A ledge_registry is the registry. Zero bytes are one that is empty and has its memory from
 * malloc. */
typedef struct ledge_registry {
    ledge_vec slots; /* private */
    ledge_allocator alloc;
} ledge_registry;

/* The longest name, in bytes, with the null byte behind it. */
enum { LEDGE_NAME_SIZE = 32 };

/* A ledge_handle is what an entry is called after it was added. Handles are not used again: one of
 * an entry that has been removed is stale, also when another entry took its place. Zero bytes are a
 * handle of nothing. */
typedef struct ledge_handle {
    size_t index;
    size_t generation;
} ledge_handle;

/* A ledge_registry_entry is one line of an enumeration. */
typedef struct ledge_registry_entry {
    char name[LEDGE_NAME_SIZE];
    ledge_handle handle;
    ledge_owner_info owner; /* references count the registry's own */
} ledge_registry_entry;

/* ledge_registry_init makes *registry an empty registry with memory from alloc, which is copied.
 * It allocates nothing. Can't fail. O(1). */
LEDGE_NONNULL(1)
void ledge_registry_init(ledge_registry *registry, const ledge_allocator *alloc);

/* ledge_registry_cleanup gives back what the registry holds, frees its memory and leaves it all
 * zero.
 *
 * Returns LEDGE_OK; LEDGE_EBUSY when a pinned owner has no other reference: such entries, and the
 * registry, are kept, and the others are gone. O(entries). */
LEDGE_NONNULL(1)
ledge_status ledge_registry_cleanup(ledge_registry *registry);

/* ledge_registry_add enters *shared under name, with a reference of the registry's own, and stores
 * the entry's handle in *out. The name is copied.
 *
 * Returns LEDGE_OK, or the first of these that holds, and then the registry is as it was:
 *   LEDGE_EEMPTY     name has no characters, or *shared is the empty view
 *   LEDGE_EOVERFLOW  name has LEDGE_NAME_SIZE characters or more
 *   LEDGE_EBUSY      an entry has that name
 *   LEDGE_ESTALE     *shared is stale
 *   LEDGE_EOVERFLOW  the owner has LEDGE_REFERENCES_MAX
 *   LEDGE_ENOMEM
 * O(entries). */
LEDGE_MUST_USE
LEDGE_NONNULL(1, 2, 3, 4)
ledge_status ledge_registry_add(ledge_registry *registry, const char *name,
                                const ledge_shared *shared, ledge_handle *out);

/* ledge_registry_find stores the handle of the entry called name in *out.
 *
 * Returns LEDGE_OK; LEDGE_ENOTFOUND. O(entries). */
LEDGE_MUST_USE
LEDGE_NONNULL(1, 2, 3)
ledge_status ledge_registry_find(const ledge_registry *registry, const char *name,
                                 ledge_handle *out);

/* ledge_registry_get stores in *out a view of what was entered, with a reference of its own.
 *
 * Returns LEDGE_OK; LEDGE_ESTALE when the entry is gone; LEDGE_EOVERFLOW when the owner has
 * LEDGE_REFERENCES_MAX. O(1). */
LEDGE_MUST_USE
LEDGE_NONNULL(1, 3)
ledge_status ledge_registry_get(const ledge_registry *registry, ledge_handle handle,
                                ledge_shared *out);

/* ledge_registry_remove takes an entry out and gives its reference back.
 *
 * Returns LEDGE_OK; LEDGE_ESTALE when the entry is gone; LEDGE_EBUSY when that is the last
 * reference of a pinned owner, and then the entry stays. O(1). */
LEDGE_MUST_USE
LEDGE_NONNULL(1)
ledge_status ledge_registry_remove(ledge_registry *registry, ledge_handle handle);

/* ledge_registry_next stores the next entry in *out. *cursor says where the enumeration is; it
 * starts at 0. Entries come in no particular order. One that is added or removed meanwhile may or
 * may not be met; every other is met once.
 *
 * Returns LEDGE_OK; LEDGE_ENOTFOUND after the last. O(1), and O(entries there ever were) for all of
 * them. */
LEDGE_MUST_USE
LEDGE_NONNULL(1, 2, 3)
ledge_status ledge_registry_next(const ledge_registry *registry, size_t *cursor,
                                 ledge_registry_entry *out);

/* ledge_registry_report makes an owner, from alloc, of a text that says what is still there: a line
 * for each entry, as ledge_shared_describe puts it, with a newline at its end:
 *
 *     config: 64 of 64 bytes, owned, references 1, pins 0
 *
 * At the end of a program, this is the report of what leaks. An empty registry gives no bytes.
 *
 * Returns LEDGE_OK; LEDGE_ENOMEM. O(entries there ever were). */
LEDGE_MUST_USE
LEDGE_NONNULL(1, 3)
ledge_status ledge_registry_report(const ledge_registry *registry, const ledge_allocator *alloc,
                                   ledge_shared *out);

#ifdef __cplusplus
}
#endif

#endif /* LEDGE_REGISTRY_H */
