/* builds_bench.c: what a way of building the library costs: the same work by the library built in
 * several ways, in turn, in one process.
 *
 *     builds_bench ROUNDS BLOCKS,… NAME=MODULE NAME=MODULE…
 *
 * Nanoseconds in the first module, then the time in each other one by that; medians over ROUNDS.
 * It is done with each number of BLOCKS alive. */
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench.h"
#include "builds_work.h"

enum { MOST_BUILDS = 8, MOST_ROUNDS = 101 };

struct build {
    const char *name;
    size_t name_length;
    const struct builds_workload *workload;
};

static void fail(const char *what, const char *why)
{
    fprintf(stderr, "builds_bench: %s: %s\n", what, why);
    exit(1);
}

static struct build load(const char *argument)
{
    const size_t length = strcspn(argument, "=");
    if (argument[length] == '\0')
        fail(argument, "NAME=MODULE is wanted");
    void *module = dlopen(argument + length + 1, RTLD_NOW | RTLD_LOCAL);
    const struct builds_workload *workload = module ? dlsym(module, "builds_workload") : NULL;
    if (!workload)
        fail(argument, dlerror());
    return (struct build){argument, length, workload};
}

/* Nanoseconds of one of a work's n. */
static double measure(const struct builds_work *work)
{
    const double start = bench_now();
    if (work->run(work->n) != 0)
        fail(work->name, "the library refuses");
    return (bench_now() - start) / (double)work->n;
}

static void compare(const struct build *builds, size_t len, size_t blocks, size_t rounds)
{
    for (size_t i = 0; i < len; i++)
        if (builds[i].workload->set_up(blocks) != 0)
            fail(builds[i].name, "no memory");
    for (size_t work = 0; builds[0].workload->works[work].name; work++) {
        double times[MOST_BUILDS][MOST_ROUNDS], median[MOST_BUILDS];
        for (size_t round = 0; round < rounds; round++)
            for (size_t i = 0; i < len; i++)
                times[i][round] = measure(&builds[i].workload->works[work]);
        for (size_t i = 0; i < len; i++)
            median[i] = bench_median(times[i], rounds);
        printf("%-18s %6zu %10.2f", builds[0].workload->works[work].name, blocks, median[0]);
        for (size_t i = 1; i < len; i++)
            printf(" %9.2fx", median[i] / median[0]);
        printf("\n");
    }
}

int main(int argc, char **argv)
{
    struct build builds[MOST_BUILDS];
    size_t len = 0;
    if (argc < 5 || argc > 3 + MOST_BUILDS) {
        fprintf(stderr, "usage: builds_bench ROUNDS BLOCKS,... NAME=MODULE NAME=MODULE...\n");
        return 2;
    }
    size_t rounds = strtoul(argv[1], NULL, 10);
    if (rounds == 0 || rounds > MOST_ROUNDS)
        rounds = MOST_ROUNDS;
    for (int i = 3; i < argc; i++)
        builds[len++] = load(argv[i]);
    printf("%-18s %6s", "ns", "blocks");
    for (size_t i = 0; i < len; i++)
        printf(" %10.*s", (int)builds[i].name_length, builds[i].name);
    printf("\n");
    for (char *at = argv[2]; *at; at += *at == ',')
        compare(builds, len, strtoul(at, &at, 10), rounds);
    return 0;
}
