/* shadow.h: what the memory behind pointer arguments (memory.h) ought to hold.
 *
 * A model that lives in a world keeps a struct kit_shadow, does to it what the API ought to do to
 * the real bytes, and compares. Zeroed, it is a shadow of fresh regions. A region's shadow is laid
 * when it is first asked for. */
#ifndef LEDGE_KIT_SHADOW_H
#define LEDGE_KIT_SHADOW_H

#include <stdint.h>

#include "memory.h"

struct kit_shadow {
    uint8_t bytes[KIT_PTR_CLASSES][KIT_REGION];
    unsigned laid; /* bit per class */
};

/* kit_shadow_at returns where the expected values of the ptr.avail bytes at ptr are kept. Never
 * null; O(1). */
static inline uint8_t *kit_shadow_at(struct kit_shadow *shadow, struct kit_ptr ptr)
{
    const bool in_heap = ptr.class_ == KIT_PTR_LAST || ptr.class_ == KIT_PTR_END;
    const enum kit_ptr_class class_ = in_heap ? KIT_PTR_HEAP : ptr.class_;
    uint8_t *region = shadow->bytes[class_];
    for (unsigned i = 0; i < KIT_REGION && (shadow->laid & 1u << class_) == 0; i++)
        region[i] = (uint8_t)i;
    shadow->laid |= 1u << class_;
    return region + (KIT_REGION - ptr.avail);
}

#endif
