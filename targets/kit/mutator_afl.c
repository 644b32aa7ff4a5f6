/* AFL++'s side of mutate.h: a shared object for AFL_CUSTOM_MUTATOR_LIBRARY. No AFL++ header is
 * needed: the fuzzer's state is passed as an opaque pointer. (A mutator that is linked into the
 * target instead is silently never called.) */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "mutate.h"
#include "random.h"

/* One in this many calls splices with AFL++'s second input. */
enum { SPLICE_ONE_IN = 4, ROOM = 1 << 16 };

struct mutator {
    struct kit_random random;
    uint8_t buffer[ROOM];
};

void *afl_custom_init(void *afl, unsigned seed);
size_t afl_custom_fuzz(void *data, uint8_t *buf, size_t buf_size, uint8_t **out_buf,
                       uint8_t *add_buf, size_t add_buf_size, size_t max_size);
void afl_custom_deinit(void *data);

void *afl_custom_init(void *afl, unsigned seed)
{
    (void)afl;
    struct mutator *mutator = malloc(sizeof *mutator);
    if (mutator != NULL)
        mutator->random.state = seed;
    return mutator;
}

size_t afl_custom_fuzz(void *data, uint8_t *buf, size_t buf_size, uint8_t **out_buf,
                       uint8_t *add_buf, size_t add_buf_size, size_t max_size)
{
    struct mutator *mutator = data;
    const size_t room = max_size < ROOM ? max_size : ROOM;
    size_t size = buf_size < room ? buf_size : room;
    const unsigned seed = (unsigned)kit_random_next(&mutator->random);
    if (add_buf != NULL && kit_random_chance(&mutator->random, SPLICE_ONE_IN))
        size = kit_cross(buf, size, add_buf, add_buf_size, mutator->buffer, room, seed);
    else
        memcpy(mutator->buffer, buf, size);
    *out_buf = mutator->buffer;
    return kit_mutate(mutator->buffer, size, room, seed, NULL);
}

void afl_custom_deinit(void *data)
{
    kit_mutation_report();
    free(data);
}
