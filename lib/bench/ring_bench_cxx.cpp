/* ring_bench_cxx.cpp: the subjects that are written in C++. */
#include "bench.h"
#include "ring_bench.h"

#include <boost/circular_buffer.hpp>
#include <deque>

using ring = boost::circular_buffer<uint64_t>;

void queue_boost(void)
{
    ring queue(RING_CAPACITY);
    uint64_t sum = 0;
    for (uint64_t i = 0; i < RING_STEPS; i += RING_BATCH) {
        for (uint64_t k = 0; k < RING_BATCH; k++)
            queue.push_back(i + k);
        for (uint64_t k = 0; k < RING_BATCH && !queue.empty(); k++) {
            sum += queue.front();
            queue.pop_front();
        }
    }
    bench_keep(sum);
}

void queue_deque(void)
{
    std::deque<uint64_t> queue;
    uint64_t sum = 0;
    for (uint64_t i = 0; i < RING_STEPS; i += RING_BATCH) {
        for (uint64_t k = 0; k < RING_BATCH; k++)
            queue.push_back(i + k);
        for (uint64_t k = 0; k < RING_BATCH && !queue.empty(); k++) {
            sum += queue.front();
            queue.pop_front();
        }
    }
    bench_keep(sum);
}

void window_boost(void)
{
    ring window(RING_CAPACITY);
    for (uint64_t i = 0; i < RING_STEPS; i++)
        window.push_back(i);
    bench_keep(window.front());
}

void look_boost(void)
{
    ring full(RING_CAPACITY);
    for (uint64_t i = 0; i < RING_CAPACITY + RING_CAPACITY / 2; i++)
        full.push_back(i);
    for (size_t round = 0; round < RING_STEPS / RING_CAPACITY; round++) {
        uint64_t sum = 0;
        for (const uint64_t value : full)
            sum += value;
        bench_keep(sum);
    }
}
