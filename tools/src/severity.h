/* severity.h: which crash to look at first, and why. */
#ifndef LEDGE_TOOLS_SEVERITY_H
#define LEDGE_TOOLS_SEVERITY_H

#include "crash.h"

enum severity_level {
    SEVERITY_NONE,
    SEVERITY_LOW,
    SEVERITY_MEDIUM,
    SEVERITY_HIGH,
    SEVERITY_CRITICAL
};

struct severity {
    enum severity_level level;
    double weight; /* 0 … 100; a crash that fails half as often needs twice the weight to come
                      first */
    const char *reason; /* for people; a constant */
};

/* severity_of takes the first rung of this ladder that fits:
 *
 *   critical  100  memory is written outside of its object, after its end, or at a wild address
 *             100  the allocator's own state can be corrupted: double free, free of what isn't heap
 *              80  a call goes through a pointer of the wrong type, or an object is used as another
 *   high       60  memory is read after its end, or in an unknown way: a write is often near
 *              50  memory outside of its object is touched in an unknown way
 *              40  memory outside of its object, or at a wild address, is read: what leaks is
 * secret medium     30  memory that was never written decides, or leaks 25  a data race 20  an
 * assertion, or anything else that counts as a security matter 15  wrong results, deadlocks low 10
 * a null dereference, a recursion without end, a signal: the process stops 8  undefined behaviour
 * that touches no wrong memory by itself 5  leaks, time-outs, limits 2  the target leaves by itself
 *   none        0  no crash
 *
 * A pure function; thread-safe. */
struct severity severity_of(const struct crash *crash);

/* severity_name is "critical", "high", "medium", "low" or "none". */
const char *severity_name(enum severity_level level);

/* crash_is_write and crash_is_read say what the type tells about the access; neither when it
 * doesn't. */
bool crash_is_write(const struct crash *crash);
bool crash_is_read(const struct crash *crash);

#endif
