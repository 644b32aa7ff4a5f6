/* bench.h: what the benchmarks share: a clock, a fence for the optimizer, medians.
 *
 * A benchmark runs its subjects in turn, many rounds of all, and prints the median of each one's
 * rounds: what else the machine does hits all of them alike. A ratio is the peer's time by ours: at
 * 1.0 and above we are at least as fast. */
#ifndef LEDGE_BENCH_BENCH_H
#define LEDGE_BENCH_BENCH_H

#include <stdint.h>
#include <stdlib.h>
#include <time.h>

/* bench_now returns nanoseconds since some time in the past. */
static inline double bench_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec * 1e9 + (double)now.tv_nsec;
}

/* bench_keep makes the optimizer believe that value is used, and that memory may have changed. */
static inline void bench_keep(uint64_t value)
{
    __asm__ volatile("" : : "r"(value) : "memory");
}

static inline int bench_compare(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* bench_median sorts n > 0 values and returns the one in the middle. */
static inline double bench_median(double *values, size_t n)
{
    qsort(values, n, sizeof(*values), bench_compare);
    return values[n / 2];
}

/* bench_random returns the next number of a sequence that depends on *state alone: SplitMix64. */
static inline uint64_t bench_random(uint64_t *state)
{
    uint64_t z = *state += UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
    return z ^ z >> 31;
}

#endif /* LEDGE_BENCH_BENCH_H */
