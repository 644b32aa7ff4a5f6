/* bench.h: what the benchmarks share: a clock, a fence for the optimizer, medians.
 *
 * A benchmark runs its subjects in turn, many rounds of all, and prints the median of each one's
 * rounds: what else the machine does hits all of them alike. A ratio is the peer's time by ours: at
 * 1.0 and above we are at least as fast. */
#ifndef LEDGE_BENCH_BENCH_H
#define LEDGE_BENCH_BENCH_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
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

enum { BENCH_SUBJECTS = 8, BENCH_ROUNDS = 1001, BENCH_STEPS = 100000 };

struct bench_subject {
    const char *name;
    void (*run)(void);
};

/* bench_table runs count <= BENCH_SUBJECTS subjects in turn, rounds <= BENCH_ROUNDS times each, and
 * prints the median time of one of the steps that a run makes. A round of a subject is as many runs
 * as BENCH_STEPS steps take, or one. The first subject is ours. */
static inline void bench_table(const char *title, const struct bench_subject *subjects,
                               size_t count, size_t steps, size_t rounds)
{
    static double times[BENCH_SUBJECTS][BENCH_ROUNDS];
    const size_t runs = steps < BENCH_STEPS ? BENCH_STEPS / steps : 1;
    double ours = 0;
    for (size_t round = 0; round < rounds; round++)
        for (size_t i = 0; i < count; i++) {
            const double start = bench_now();
            for (size_t run = 0; run < runs; run++)
                subjects[i].run();
            times[i][round] = (bench_now() - start) / (double)(runs * steps);
        }
    printf("\n%-34s %10s %8s\n", title, "ns a step", "ratio");
    for (size_t i = 0; i < count; i++) {
        const double median = bench_median(times[i], rounds);
        ours = i == 0 ? median : ours;
        printf("  %-32s %10.3f %8.2f\n", subjects[i].name, median, median / ours);
    }
}

/* bench_rounds reads the one argument of a benchmark, the number of rounds, default 31. */
static inline size_t bench_rounds(int argc, char **argv)
{
    const unsigned long rounds = argc > 1 ? strtoul(argv[1], NULL, 10) : 31;
    if (rounds < 1 || rounds > BENCH_ROUNDS) {
        fprintf(stderr, "usage: %s [ROUNDS]   1 to %d, default 31\n", argv[0], BENCH_ROUNDS);
        exit(2);
    }
    return rounds;
}

#endif /* LEDGE_BENCH_BENCH_H */
