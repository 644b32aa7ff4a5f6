/* base.c: names of statuses, alignment, and the allocator hook. See ledge/base.h. */
#include <ledge/base.h>

#include <stdlib.h>

#include <ledge/provenance.h>

static const struct {
    const char *name;
    const char *sentence;
} statuses[] = {
    [LEDGE_OK] = {"LEDGE_OK", "No error."},
    [LEDGE_ENULL] = {"LEDGE_ENULL", "A null pointer was given where bytes were promised."},
    [LEDGE_ERANGE] = {"LEDGE_ERANGE", "The index is out of range."},
    [LEDGE_EALIGN] = {"LEDGE_EALIGN", "The pointer isn't aligned as asked."},
    [LEDGE_EINVAL] = {"LEDGE_EINVAL", "The alignment or option isn't a possible one."},
    [LEDGE_ESIZE] = {"LEDGE_ESIZE", "The element size is 0 or doesn't divide the length."},
    [LEDGE_EEMPTY] = {"LEDGE_EEMPTY", "There is nothing where something is needed."},
    [LEDGE_ESHORT] = {"LEDGE_ESHORT", "More was asked for than is left."},
    [LEDGE_EOVERFLOW] = {"LEDGE_EOVERFLOW", "The size doesn't fit."},
    [LEDGE_ENOMEM] = {"LEDGE_ENOMEM", "There isn't enough memory."},
    [LEDGE_ETYPE] = {"LEDGE_ETYPE", "The elements are of another type."},
    [LEDGE_EREADONLY] = {"LEDGE_EREADONLY", "The bytes are read-only."},
    [LEDGE_ENOTFOUND] = {"LEDGE_ENOTFOUND", "What was looked for isn't there."},
    [LEDGE_EBUSY] = {"LEDGE_EBUSY", "It is in use."},
    [LEDGE_ESTALE] = {"LEDGE_ESTALE", "It has changed or ended since."},
    [LEDGE_EOVERLAP] = {"LEDGE_EOVERLAP", "Two things lie over each other."},
};

LEDGE_STATIC_ASSERT(sizeof(statuses) / sizeof(statuses[0]) == LEDGE_STATUS_COUNT,
                    "a status has no name");

/* A caller may pass any int, and the enum's own type may be signed or not. */
static bool is_status(ledge_status status)
{
    return (unsigned)status < LEDGE_STATUS_COUNT;
}

const char *ledge_strerror(ledge_status status)
{
    return is_status(status) ? statuses[status].sentence : "This is no status of libledge.";
}

const char *ledge_status_name(ledge_status status)
{
    return is_status(status) ? statuses[status].name : "LEDGE_?";
}

ledge_status ledge_align_up(size_t value, size_t align, size_t *out)
{
    if (!ledge_is_pow2(align))
        return LEDGE_EINVAL;

    size_t sum;
    ledge_status status = ledge_size_add(value, align - 1, &sum);
    if (status == LEDGE_OK)
        *out = sum & ~(align - 1);
    return status;
}

void *ledge_alloc_resize(const ledge_allocator *alloc, void *ptr, size_t old_size, size_t new_size)
{
    void *fresh;
    LEDGE_PROVENANCE_FREED(ptr, old_size);
    if (alloc && alloc->resize)
        fresh = alloc->resize(alloc->ctx, ptr, old_size, new_size);
    else
        fresh = realloc(ptr, new_size);

    if (fresh)
        LEDGE_PROVENANCE_ALLOCATED(fresh, new_size);
    else
        LEDGE_PROVENANCE_ALLOCATED(ptr, old_size);
    return fresh;
}

void ledge_alloc_free(const ledge_allocator *alloc, void *ptr, size_t size)
{
    if (!ptr)
        return;
    LEDGE_PROVENANCE_FREED(ptr, size);
    if (alloc && alloc->resize)
        (void)alloc->resize(alloc->ctx, ptr, size, 0);
    else
        free(ptr);
}
