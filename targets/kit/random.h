/* random.h: a small seeded generator (splitmix64, Steele, Lea and Flood 2014): one word of state,
 * good enough to choose mutations with, and the same everywhere. */
#ifndef LEDGE_KIT_RANDOM_H
#define LEDGE_KIT_RANDOM_H

#include <stdbool.h>
#include <stdint.h>

struct kit_random {
    uint64_t state;
};

__attribute__((no_sanitize("unsigned-integer-overflow"))) static inline uint64_t
kit_random_next(struct kit_random *random)
{
    uint64_t z = random->state += UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
    return z ^ z >> 31;
}

/* kit_random_below is uniform enough in [0, bound); 0 for bound 0. */
static inline uint64_t kit_random_below(struct kit_random *random, uint64_t bound)
{
    return bound == 0 ? 0 : kit_random_next(random) % bound;
}

/* kit_random_chance is true once in n times. */
static inline bool kit_random_chance(struct kit_random *random, unsigned n)
{
    return kit_random_below(random, n) == 0;
}

#endif
