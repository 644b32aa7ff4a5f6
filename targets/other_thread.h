/* other_thread.h: what another thread does with a view that was handed to it. Row B4.
 *
 * Only TSan can tell whether two threads' steps are ordered, and a thread costs more than all the
 * rest of a run: in other builds the steps are taken on this thread. */
#ifndef LEDGE_TARGETS_OTHER_THREAD_H
#define LEDGE_TARGETS_OTHER_THREAD_H

#include <pthread.h>
#include <sched.h>

#include <ledge/owner.h>

#include "kit/target.h"

/* clang-format off */
SUPPORT_AS(other_thread_support,
extern void __tsan_acquire(void *address) __attribute__((weak));
static struct { ledge_shared view; size_t sum; int done; } other;
/* Reads all the bytes and gives the reference back. */
static void *read_and_release(void *unused) {
    ledge_view view;
    uint8_t bytes[256];
    other.sum = 0;
    if (ledge_shared_as_view(&other.view, &view) == LEDGE_OK && view.length <= sizeof bytes) {
        if (view.length != 0)
            memcpy(bytes, view.ptr, view.length); /* at once: TSan remembers only so much of each word */
        for (size_t i = 0; i < view.length; i++)
            other.sum += bytes[i];
    }
    ledge_shared_release(&other.view);
    __atomic_store_n(&other.done, 1, __ATOMIC_RELEASE);
    return unused;
}
/* Nobody joins it: a program that ends early would leak a thread. */
static void start_other(void) {
    pthread_t thread;
    other.done = 0;
    if (__tsan_acquire && pthread_create(&thread, NULL, read_and_release, NULL) == 0)
        pthread_detach(thread);
    else
        read_and_release(NULL);
}
/* Waits until the owner of *shared has so many references; of what else the thread did, that says
 * nothing. */
static void await_references(const ledge_shared *shared, size_t references) {
    ledge_owner_info info;
    while (ledge_shared_info(shared, &info) == LEDGE_OK && info.references > references)
        sched_yield();
}
static size_t await_other(void) {
    while (!__atomic_load_n(&other.done, __ATOMIC_ACQUIRE))
        sched_yield();
    return other.sum;
});
/* clang-format on */

#endif
