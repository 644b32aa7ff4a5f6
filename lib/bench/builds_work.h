/* builds_work.h: work for the library, to be timed in several builds of it (builds_bench.c). */
#ifndef LEDGE_BENCH_BUILDS_WORK_H
#define LEDGE_BENCH_BUILDS_WORK_H

#include <stddef.h>

/* One kind of work: run does it n times. setup and run return 0, or a ledge_status. */
struct builds_work {
    const char *name;
    int (*run)(size_t n);
    size_t n;
};

/* What a module exports under the name builds_workload. */
struct builds_workload {
    int (*set_up)(size_t live); /* allocates that many blocks, which stay until the next call */
    const struct builds_work *works; /* ends with a null name */
};

#endif /* LEDGE_BENCH_BUILDS_WORK_H */
