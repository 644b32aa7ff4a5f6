/* triage.h: one input under every sanitizer, one issue out. */
#ifndef LEDGE_TOOLS_TRIAGE_H
#define LEDGE_TOOLS_TRIAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "runner.h"

/* What one build said. */
struct verdict {
    const char *sanitizer; /* of the build */
    const char *binary;    /* its path, the manifest's; NULL for what isn't a build */
    bool ran;              /* false: its binary isn't there, and crash is empty */
    struct crash crash;    /* of the replays that crashed, one that says most */
    char *log;             /* what the process of that replay said; NULL: none crashed */
    size_t log_len;
    unsigned runs, hits; /* replays, and how many of them crashed */
    unsigned others;     /* of the hits, those whose signature isn't that of crash */
};

struct triage {
    struct verdict
        verdicts[8]; /* one for each sanitizer that has a build, most informative sanitizer first */
    size_t len;
    size_t primary;      /* the verdict that names the issue; == len when every build ran clean */
    bool flaky;          /* some build crashed in some of its replays, and not in others */
    uint64_t elapsed_ns; /* of all replays together */
};

/* triage_input replays a file under every sanitizer the target has a build for and picks the most
 * informative answer: a sanitizer's own report before a failed check before a bare signal; between
 * equals asan, msan, tsan, ubsan, none. A build whose binary isn't there has a verdict that didn't
 * run; when none is there that is an error. False and *why when the input can't be run. On true
 * *triage must be given to triage_free. */
bool triage_input(struct runner *runner, const struct target *target, const char *path,
                  struct triage *triage, struct fail *why);

/* What triage_repeat does without being told. */
enum { TRIAGE_RUNS = 20, TRIAGE_CONFIRM = 10 };

/* triage_repeat is triage_input for an input that may not fail every time; it replays as often as
 * it takes to know.
 *
 * - It failed: the build that names it replays it until it has done so TRIAGE_CONFIRM times.
 * - It ran clean everywhere: every build replays it again, up to `runs` times, until one fails.
 * - One build has seen both: all builds replay it until each has done so `runs` times.
 *
 * So an input that fails every third time is missed by one build of TRIAGE_RUNS replays in 3000
 * cases. No further replay is begun after ten seconds of them. runs is at least 1, which makes it
 * triage_input. */
bool triage_repeat(struct runner *runner, const struct target *target, const char *path,
                   unsigned runs, struct triage *triage, struct fail *why);

void triage_free(struct triage *triage);

/* crash_vagueness says how much a report leaves open: 0 a sanitizer's own finding, 1 a failed
 * check, 2 a bare signal, a time-out or a limit. */
unsigned crash_vagueness(const struct crash *crash);

/* crash_near says whether two different reports most likely show the same mistake: the innermost
 * program frame is the same, or two lines of the state are. Two clean ones aren't near. */
bool crash_near(const struct crash *a, const struct crash *b);

#endif
