/* closed.h: asking ASan what the library has closed (ledge/poison.h). A program can't try it out:
 * to touch what is closed ends it, and what should have been closed and isn't is touched by nobody.
 */
#ifndef LEDGE_TARGETS_CLOSED_H
#define LEDGE_TARGETS_CLOSED_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "kit/target.h"

/* clang-format off */
SUPPORT_AS(closed_support,
extern int __asan_address_is_poisoned(const volatile void *address) __attribute__((weak));
/* By pointer: OSS-Fuzz takes a build that calls __asan by name for one with ASan. */
static int (*volatile is_poisoned)(const volatile void *) = __asan_address_is_poisoned;
/* Whether the bytes [lo, hi) at block are closed. Marks are for 8 bytes: only those are looked at
   that are wholly in there, and of many the first 64 and the last. True in builds without ASan. */
static bool is_closed(const void *block, size_t lo, size_t hi) {
    const uintptr_t from = ((uintptr_t)block + lo + 7) / 8;
    const uintptr_t to = ((uintptr_t)block + hi) / 8;
    bool closed = true;
    for (uintptr_t at = from; is_poisoned && at < to; at++) {
        if (at == from + 8 && to - at > 8)
            at = to - 8;
        closed &= is_poisoned((const void *)(at * 8)) != 0;
    }
    return closed;
});
/* clang-format on */

/* Memory that was lent stays open until the next change, which shows in the shape of its owner. */
struct shape {
    size_t at, length, capacity;
};

static inline bool model_lends(struct shape *lent, struct shape now)
{
    if (memcmp(&now, lent, sizeof now) != 0)
        lent->length = SIZE_MAX;
    return lent->length != SIZE_MAX;
}

#endif
