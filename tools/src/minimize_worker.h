/* minimize_worker.h: where candidates are run: a replayer that is kept open, or else a process for
 * each.
 *
 * Handing in and waiting are two steps, so that two workers keep two cores busy. Not thread-safe.
 */
#ifndef LEDGE_TOOLS_MINIMIZE_WORKER_H
#define LEDGE_TOOLS_MINIMIZE_WORKER_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>

#include "runner.h"
#include "server.h"

struct worker {
    const struct runner *runner;
    const struct target *target;
    const struct build *build;
    bool leaks, ahead;
    unsigned patience_ms;  /* an input that runs longer hangs: at first the target's limit */
    bool serves;           /* the replayer is, or is to be, kept open */
    struct server *server; /* NULL: not started */
    void *bytes;           /* the input in hand */
    size_t len;
    char *path;       /* where a process finds it */
    pthread_t thread; /* that waits for the process, if `threaded`; `joined`: did */
    bool threaded, joined;
    bool ok; /* what became of the process */
    struct proc_result ended;
    struct fail why;
};

struct worker_options {
    unsigned number; /* tells the workers of one runner apart */
    bool ahead;      /* work on an input before it is waited for */
    bool leaks;      /* look for leaks, which takes longer than all the rest */
    bool fresh;      /* a process for every input, whatever it costs */
};

/* worker_open prepares a worker. What the pointers refer to must outlive it, and it must not move.
 */
void worker_open(struct worker *worker, const struct runner *runner, const struct target *target,
                 const struct build *build, struct worker_options options);

void worker_close(struct worker *worker);

/* worker_submit hands in an input; the one before must have been waited for. */
void worker_submit(struct worker *worker, const void *bytes, size_t len);

/* worker_ready says whether worker_wait would return at once. */
bool worker_ready(struct worker *worker);

/* worker_wait waits for the input's end. False and *why when it could not be run. On true *ended is
 * for proc_result_free. */
bool worker_wait(struct worker *worker, struct proc_result *ended, struct fail *why);

#endif
