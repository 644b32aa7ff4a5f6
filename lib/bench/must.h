/* must.h: what a benchmark does about a failure: it says so and ends. */
#ifndef LEDGE_BENCH_MUST_H
#define LEDGE_BENCH_MUST_H

#include <stdio.h>
#include <stdlib.h>

#include <ledge/base.h>

/* must ends the program unless status is LEDGE_OK. */
static inline void must(ledge_status status)
{
    if (status == LEDGE_OK)
        return;
    fprintf(stderr, "bench: %s\n", ledge_strerror(status));
    exit(1);
}

/* must_have returns ptr, and ends the program where that is null: there is no memory. */
static inline void *must_have(void *ptr)
{
    if (!ptr)
        must(LEDGE_ENOMEM);
    return ptr;
}

#endif /* LEDGE_BENCH_MUST_H */
