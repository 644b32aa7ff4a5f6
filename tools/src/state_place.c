#include "state_place.h"

#include "manifest.h"
#include "mem.h"

char *state_place(const char *chosen, const char *manifest, struct fail *why)
{
    if (chosen)
        return mem_text(chosen);
    const struct manifest *known = manifest_load(manifest, why);
    if (!known)
        return NULL;
    char *place = mem_print("%s/campaign", known->build);
    manifest_free(known);
    return place;
}
