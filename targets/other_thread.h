/* other_thread.h: steps on another thread. Rows B4 B15 C17.
 *
 * Only TSan can tell whether two threads' steps are ordered, and a thread costs more than all the
 * rest of a run: in other builds the steps are taken on this thread. */
#ifndef LEDGE_TARGETS_OTHER_THREAD_H
#define LEDGE_TARGETS_OTHER_THREAD_H

#include <pthread.h>
#include <sched.h>

#include "kit/target.h"

/* clang-format off */
SUPPORT_AS(other_thread_support,
extern void __tsan_acquire(void *address) __attribute__((weak));
static struct { int (*steps)(void); int result, is_over, is_done; } other = {NULL, 0, 1, 1};
static void *run_other(void *unused) {
    other.result = other.steps();
    __atomic_store_n(&other.is_over, 1, __ATOMIC_RELAXED);
    __atomic_store_n(&other.is_done, 1, __ATOMIC_RELEASE);
    return unused;
}
/* Waits until the steps are taken, which then come before all that follows. Returns their result. */
static int await_other(void) {
    while (!__atomic_load_n(&other.is_done, __ATOMIC_ACQUIRE))
        sched_yield();
    return other.result;
}
/* Waits for them, too, but orders nothing: that is up to what is tested. */
static __attribute__((unused)) void outlast_other(void) {
    while (!__atomic_load_n(&other.is_over, __ATOMIC_RELAXED))
        sched_yield();
}
/* Nobody joins the thread: a program that ends early would leak it. */
static void start_other(int (*steps)(void)) {
    pthread_t thread;
    await_other();
    other.steps = steps;
    other.is_over = other.is_done = 0;
    if (__tsan_acquire && pthread_create(&thread, NULL, run_other, NULL) == 0)
        pthread_detach(thread);
    else
        run_other(NULL);
});
/* clang-format on */

#endif
