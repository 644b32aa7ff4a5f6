/* registry.c: memory by name. See ledge/registry.h.
 *
 * Slots are a vector that never shrinks: an index stays what it was, and the slot's generation
 * tells one entry in it from the next. */
#include <ledge/registry.h>

#include <string.h>

/* A place for an entry. A free one holds the empty view. Handles carry the slot's generation,
 * which is one more after each removal, so that the zero handle fits none. */
struct slot {
    ledge_shared shared;
    size_t generation;
    char name[LEDGE_NAME_SIZE];
};

void ledge_registry_init(ledge_registry *registry, const ledge_allocator *alloc)
{
    *registry = (ledge_registry){0};
    if (alloc)
        registry->alloc = *alloc;
}

/* The slot at index; null when there is none. */
static struct slot *slot_at(const ledge_registry *registry, size_t index)
{
    return ledge_vec_at(&registry->slots, index);
}

/* The slot of an entry; null when it is gone. */
static struct slot *slot_of(const ledge_registry *registry, ledge_handle handle)
{
    struct slot *slot = slot_at(registry, handle.index);
    return slot && slot->shared.owner && slot->generation == handle.generation ? slot : NULL;
}

/* Frees a slot, unless its reference can't be given back. */
static ledge_status clear_slot(struct slot *slot)
{
    ledge_status status = ledge_shared_release(&slot->shared);
    if (status == LEDGE_OK)
        slot->generation++;
    return status;
}

ledge_status ledge_registry_cleanup(ledge_registry *registry)
{
    ledge_status status = LEDGE_OK;
    struct slot *slot;
    for (size_t i = 0; (slot = slot_at(registry, i)); i++) {
        if (slot->shared.owner && clear_slot(slot) != LEDGE_OK)
            status = LEDGE_EBUSY;
    }
    if (status != LEDGE_OK)
        return status;
    ledge_vec_cleanup(&registry->slots);
    *registry = (ledge_registry){0};
    return LEDGE_OK;
}

/* Stores the index of a free slot in *out, making one if need be. */
static ledge_status find_free_slot(ledge_registry *registry, size_t *out)
{
    const struct slot *slot;
    size_t i = 0;
    while ((slot = slot_at(registry, i)) && slot->shared.owner)
        i++;
    if (!slot) {
        const struct slot fresh = {.generation = 1};
        ledge_status status = LEDGE_OK;
        if (registry->slots.elem_size == 0)
            status = ledge_vec_init(&registry->slots, sizeof(struct slot), &registry->alloc);
        if (status == LEDGE_OK)
            status = ledge_vec_push(&registry->slots, &fresh);
        if (status != LEDGE_OK)
            return status;
    }
    *out = i;
    return LEDGE_OK;
}

ledge_status ledge_registry_add(ledge_registry *registry, const char *name,
                                const ledge_shared *shared, ledge_handle *out)
{
    ledge_handle taken;
    size_t length = strlen(name);
    if (length == 0 || !shared->owner)
        return LEDGE_EEMPTY;
    if (length >= LEDGE_NAME_SIZE)
        return LEDGE_EOVERFLOW;
    if (ledge_registry_find(registry, name, &taken) == LEDGE_OK)
        return LEDGE_EBUSY;

    ledge_shared held;
    ledge_status status = ledge_shared_duplicate(shared, &held);
    if (status != LEDGE_OK)
        return status;
    size_t index;
    status = find_free_slot(registry, &index);
    if (status != LEDGE_OK) {
        ledge_shared_release(&held);
        return status;
    }

    struct slot *slot = slot_at(registry, index);
    slot->shared = held;
    memcpy(slot->name, name, length + 1);
    *out = (ledge_handle){index, slot->generation};
    return LEDGE_OK;
}

ledge_status ledge_registry_find(const ledge_registry *registry, const char *name,
                                 ledge_handle *out)
{
    const struct slot *slot;
    for (size_t i = 0; (slot = slot_at(registry, i)); i++) {
        if (slot->shared.owner && strcmp(slot->name, name) == 0) {
            *out = (ledge_handle){i, slot->generation};
            return LEDGE_OK;
        }
    }
    return LEDGE_ENOTFOUND;
}

ledge_status ledge_registry_get(const ledge_registry *registry, ledge_handle handle,
                                ledge_shared *out)
{
    const struct slot *slot = slot_of(registry, handle);
    return slot ? ledge_shared_duplicate(&slot->shared, out) : LEDGE_ESTALE;
}

ledge_status ledge_registry_remove(ledge_registry *registry, ledge_handle handle)
{
    struct slot *slot = slot_of(registry, handle);
    return slot ? clear_slot(slot) : LEDGE_ESTALE;
}

ledge_status ledge_registry_next(const ledge_registry *registry, size_t *cursor,
                                 ledge_registry_entry *out)
{
    const struct slot *slot;
    size_t i = *cursor;
    while ((slot = slot_at(registry, i)) && !slot->shared.owner)
        i++;
    if (!slot)
        return LEDGE_ENOTFOUND;

    ledge_registry_entry entry = {.handle = {i, slot->generation}};
    ledge_status status = ledge_shared_info(&slot->shared, &entry.owner);
    memcpy(entry.name, slot->name, sizeof(entry.name));
    *out = entry;
    *cursor = i + 1;
    return status;
}

/* Adds the line about an entry to text. */
static ledge_status report_slot(const struct slot *slot, ledge_vec *text)
{
    ledge_shared line;
    ledge_status status = ledge_shared_describe(&slot->shared, &text->alloc, &line);
    if (status != LEDGE_OK)
        return status;
    status = ledge_vec_append(text, slot->name, strlen(slot->name));
    if (status == LEDGE_OK)
        status = ledge_vec_append(text, ": ", 2);
    if (status == LEDGE_OK)
        status = ledge_vec_append(text, line.ptr, line.length);
    if (status == LEDGE_OK)
        status = ledge_vec_push(text, "\n");
    ledge_shared_release(&line);
    return status;
}

ledge_status ledge_registry_report(const ledge_registry *registry, const ledge_allocator *alloc,
                                   ledge_shared *out)
{
    ledge_vec text;
    ledge_status status = ledge_vec_init(&text, 1, alloc);
    const struct slot *slot;
    for (size_t i = 0; status == LEDGE_OK && (slot = slot_at(registry, i)); i++) {
        if (slot->shared.owner)
            status = report_slot(slot, &text);
    }
    if (status == LEDGE_OK)
        status = ledge_shared_from_vec(&text, out);
    ledge_vec_cleanup(&text);
    return status;
}
