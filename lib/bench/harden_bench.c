/* harden_bench.c: what each hardening level costs (ledge/harden.h): the same work by the library
 * built at each level, in turn, in one process.
 *
 *     harden_bench NONE.so FAST.so EXTENSIVE.so DEBUG.so [ROUNDS]
 *
 * Nanoseconds without checks, then each level's time by that; medians over ROUNDS (default 31). */
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>

#include "bench.h"
#include "check_work.h"

enum { LEVELS = 4, MOST_ROUNDS = 101, LIVE_BLOCKS = 100 };

static const struct check_workload *load(const char *path)
{
    void *module = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    const struct check_workload *workload = module ? dlsym(module, "check_workload") : NULL;
    if (!workload || workload->set_up(LIVE_BLOCKS) != 0) {
        fprintf(stderr, "harden_bench: %s: %s\n", path, workload ? "no memory" : dlerror());
        exit(1);
    }
    return workload;
}

static double measure(const struct check_work *work)
{
    const double start = bench_now();
    if (work->run(work->n) != 0) {
        fprintf(stderr, "harden_bench: %s: the library refuses\n", work->name);
        exit(1);
    }
    return (bench_now() - start) / (double)work->n;
}

int main(int argc, char **argv)
{
    if (argc < 1 + LEVELS) {
        fprintf(stderr, "usage: harden_bench NONE.so FAST.so EXTENSIVE.so DEBUG.so [ROUNDS]\n");
        return 2;
    }
    const struct check_workload *levels[LEVELS];
    for (size_t i = 0; i < LEVELS; i++)
        levels[i] = load(argv[1 + i]);
    size_t rounds = argc > 1 + LEVELS ? strtoul(argv[1 + LEVELS], NULL, 10) : 31;
    rounds = rounds >= 1 && rounds <= MOST_ROUNDS ? rounds : MOST_ROUNDS;

    printf("%-18s %10s %8s %10s %8s\n", "", "none, ns", "fast", "extensive", "debug");
    for (size_t work = 0; levels[0]->works[work].name; work++) {
        double times[LEVELS][MOST_ROUNDS], median[LEVELS];
        for (size_t round = 0; round < rounds; round++)
            for (size_t i = 0; i < LEVELS; i++)
                times[i][round] = measure(&levels[i]->works[work]);
        for (size_t i = 0; i < LEVELS; i++)
            median[i] = bench_median(times[i], rounds);
        printf("%-18s %10.2f %7.2fx %9.2fx %7.2fx\n", levels[0]->works[work].name, median[0],
               median[1] / median[0], median[2] / median[0], median[3] / median[0]);
    }
    return 0;
}
