/* check_bench.c: what the checked build costs (ledge/provenance.h): the same work by the library
 * with and without its checks, in turn, in one process.
 *
 *     check_bench PLAIN.so CHECKED.so [ROUNDS]
 *
 * Times are medians over ROUNDS (default 15) rounds, in nanoseconds; the overhead is the checked
 * time by the plain one. The table of regions holds two of each live block: its bytes and its
 * owner. */
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>

#include "bench.h"
#include "check_work.h"

enum { MOST_ROUNDS = 101 };

static const struct check_workload *load(const char *path)
{
    void *module = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    const struct check_workload *workload = module ? dlsym(module, "check_workload") : NULL;
    if (!workload) {
        fprintf(stderr, "check_bench: %s\n", dlerror());
        exit(1);
    }
    return workload;
}

static void must(int status)
{
    if (status == 0)
        return;
    fprintf(stderr, "check_bench: the library says %d\n", status);
    exit(1);
}

/* Nanoseconds of one of a work's n. */
static double measure(const struct check_work *work)
{
    double start = bench_now();
    must(work->run(work->n));
    return (bench_now() - start) / (double)work->n;
}

static void compare(const struct check_workload *const sides[2], size_t live, size_t rounds)
{
    for (size_t side = 0; side < 2; side++)
        must(sides[side]->set_up(live));
    for (size_t i = 0; sides[0]->works[i].name; i++) {
        double times[2][MOST_ROUNDS], median[2];
        for (size_t round = 0; round < rounds; round++) {
            for (size_t side = 0; side < 2; side++)
                times[side][round] = measure(&sides[side]->works[i]);
        }
        for (size_t side = 0; side < 2; side++)
            median[side] = bench_median(times[side], rounds);
        printf("%-18s %6zu %10.2f %10.2f %9.1fx\n", sides[0]->works[i].name, live, median[0],
               median[1], median[1] / median[0]);
    }
}

int main(int argc, char **argv)
{
    if (argc < 3) {
        fprintf(stderr, "usage: check_bench PLAIN.so CHECKED.so [ROUNDS]\n");
        return 2;
    }
    const struct check_workload *const sides[2] = {load(argv[1]), load(argv[2])};
    size_t rounds = argc > 3 ? strtoul(argv[3], NULL, 10) : 15;
    if (rounds == 0 || rounds > MOST_ROUNDS)
        rounds = MOST_ROUNDS;

    printf("%-18s %6s %10s %10s %10s\n", "ns", "blocks", "plain", "checked", "overhead");
    compare(sides, 8, rounds);
    compare(sides, 1000, rounds);
    compare(sides, 10000, rounds);
    return 0;
}
