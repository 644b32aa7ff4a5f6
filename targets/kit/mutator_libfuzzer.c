/* libFuzzer's side of mutate.h. Linked into a fuzz binary; another engine that knows
 * LLVMFuzzerCustomMutator may call it too, and then LLVMFuzzerMutate may be missing. */
#include <stdlib.h>

#include "mutate.h"

__attribute__((weak)) size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t max);

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max, unsigned seed);
size_t LLVMFuzzerCustomCrossOver(const uint8_t *a, size_t a_size, const uint8_t *b, size_t b_size,
                                 uint8_t *out, size_t max, unsigned seed);

static void report_at_exit(void)
{
    static int registered;
    if (!registered && getenv("LEDGE_MUTATION_REPORT") != NULL)
        atexit(kit_mutation_report);
    registered = 1;
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max, unsigned seed)
{
    report_at_exit();
    return kit_mutate(data, size, max, seed, LLVMFuzzerMutate);
}

size_t LLVMFuzzerCustomCrossOver(const uint8_t *a, size_t a_size, const uint8_t *b, size_t b_size,
                                 uint8_t *out, size_t max, unsigned seed)
{
    return kit_cross(a, a_size, b, b_size, out, max, seed);
}
