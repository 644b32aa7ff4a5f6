/* ring_bench.h: the sizes that all subjects share, and those subjects that are written in C++. */
#ifndef LEDGE_BENCH_RING_BENCH_H
#define LEDGE_BENCH_RING_BENCH_H

#ifdef __cplusplus
extern "C" {
#endif

enum { RING_STEPS = 1000000, RING_BATCH = 500, RING_CAPACITY = 1000 };

void queue_boost(void);
void queue_deque(void);
void window_boost(void);
void look_boost(void);

#ifdef __cplusplus
}
#endif

#endif /* LEDGE_BENCH_RING_BENCH_H */
