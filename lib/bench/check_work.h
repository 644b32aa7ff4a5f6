/* check_work.h: work for the library, to be timed with and without its checks (check_bench.c). */
#ifndef LEDGE_BENCH_CHECK_WORK_H
#define LEDGE_BENCH_CHECK_WORK_H

#include <stddef.h>

/* One kind of work: run does it n times. setup and run return 0, or a ledge_status. */
struct check_work {
    const char *name;
    int (*run)(size_t n);
    size_t n;
};

/* What a module exports under the name check_workload. */
struct check_workload {
    int (*set_up)(size_t live);     /* allocates that many blocks, which stay until the next call */
    const struct check_work *works; /* ends with a null name */
};

#endif /* LEDGE_BENCH_CHECK_WORK_H */
