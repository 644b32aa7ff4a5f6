/* store_state.h: what may become of an issue and of a crash.
 *
 *   issue   new          named by a log alone; nobody has seen it fail
 *           reproduced   an input fails every time it is run
 *           flaky        an input fails k times in n, k < n
 *           minimized    the smallest input with this signature is kept
 *           curated      it is a reproducer that the regression test runs
 *           fixed        the reproducer is quiet now
 *           wontfix, duplicate
 *
 *   crash   new          saved; nobody has replayed it
 *           named        it belongs to an issue
 *           flaky        it did not fail again
 *
 * The tables here are the only place that knows; the database's triggers are made from them. */
#ifndef LEDGE_TOOLS_STORE_STATE_H
#define LEDGE_TOOLS_STORE_STATE_H

#include <stdbool.h>
#include <stddef.h>

struct state_step {
    const char *name;
    const char *const *next; /* NULL-terminated */
};

struct state_machine {
    const char *table; /* whose column `status` it rules */
    const struct state_step *steps;
    size_t len; /* the first step is where every row begins */
};

extern const struct state_machine issue_states, crash_states;

/* state_known says whether there is such a state. */
bool state_known(const struct state_machine *machine, const char *name);

/* state_after is what may follow, NULL-terminated; NULL for what isn't known. */
const char *const *state_after(const struct state_machine *machine, const char *from);

/* state_next lists what may follow: "minimized, flaky, wontfix or duplicate"; "nothing". For
 * free(). */
char *state_next(const struct state_machine *machine, const char *from);

/* state_path finds the shortest legal way: the states after `from`, up to and with `to`, into
 * path[]; 0 when there is none, or it is longer than cap. O(states squared). */
size_t state_path(const struct state_machine *machine, const char *from, const char *to,
                  const char **path, size_t cap);

/* state_triggers is the SQL of the triggers that refuse any other step, even to somebody with a
 * database shell. For free(). */
char *state_triggers(const struct state_machine *machine);

#endif
