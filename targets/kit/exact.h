/* exact.h: how a replayer hands an input to a target: as a copy without slack, so that a read past
 * its end is seen. Named kit_…, since it stands on the stack then: triage leaves it out. */
#ifndef LEDGE_KIT_EXACT_H
#define LEDGE_KIT_EXACT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* kit_run_exact returns false, and the reason in errno, when there is no memory for the copy. */
static inline bool kit_run_exact(const uint8_t *data, size_t size,
                                 int (*run)(const uint8_t *data, size_t size))
{
    uint8_t *exact = malloc(size > 0 ? size : 1);
    if (exact == NULL)
        return false;
    memcpy(exact, data, size);
    run(exact, size);
    free(exact);
    return true;
}

#endif
