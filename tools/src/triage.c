#include "triage.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static size_t line_length(const char *line)
{
    return strcspn(line, "\n");
}

static bool state_has(const char *state, const char *line, size_t len)
{
    for (const char *at = state; *at;) {
        size_t here = line_length(at);
        if (here == len && memcmp(at, line, len) == 0)
            return true;
        at += here + (at[here] == '\n');
    }
    return false;
}

bool crash_near(const struct crash *a, const struct crash *b)
{
    if (!a->found || !b->found || !a->state || !b->state)
        return false;
    if (crash_same(a, b))
        return true;
    size_t first = line_length(a->state);
    if (line_length(b->state) == first && memcmp(a->state, b->state, first) == 0)
        return true;
    unsigned shared = 0;
    for (const char *at = a->state; *at;) {
        size_t len = line_length(at);
        shared += state_has(b->state, at, len);
        at += len + (at[len] == '\n');
    }
    return shared >= 2;
}

/* A sanitizer knows which rule was broken; a check of ours only that something is wrong; a signal
 * or a limit nearly nothing. */
unsigned crash_vagueness(const struct crash *crash)
{
    static const char *const vague[] = {"signal", "timeout", "oom", "none"};
    for (size_t i = 0; i < sizeof vague / sizeof vague[0]; i++)
        if (strcmp(crash->class_, vague[i]) == 0)
            return 2;
    return strcmp(crash->class_, "model") == 0 || strcmp(crash->class_, "assert") == 0;
}

static void pick_primary(struct triage *triage)
{
    triage->primary = triage->len;
    for (size_t i = 0; i < triage->len; i++) {
        const struct crash *crash = &triage->verdicts[i].crash;
        if (crash->found &&
            (triage->primary == triage->len ||
             crash_vagueness(crash) < crash_vagueness(&triage->verdicts[triage->primary].crash)))
            triage->primary = i;
    }
}

/* Keeps of two answers of one build the one that says more. */
static void hear(struct verdict *verdict, struct run_result *result)
{
    verdict->hits++;
    bool first = !verdict->crash.found;
    if (!first && crash_same(&result->crash, &verdict->crash))
        return;
    if (!first && crash_vagueness(&result->crash) >= crash_vagueness(&verdict->crash)) {
        verdict->others++;
        return;
    }
    verdict->others = verdict->hits - 1;
    crash_free(&verdict->crash);
    free(verdict->log);
    verdict->crash = result->crash;
    verdict->log = result->log;
    verdict->log_len = result->log_len;
    result->crash = (struct crash){0}; /* moved, both */
    result->log = NULL;
}

static bool replay(struct runner *runner, const struct target *target, const char *path,
                   struct triage *triage, struct verdict *verdict, struct fail *why)
{
    struct run_result result;
    const struct build *build = runner_build(target, verdict->sanitizer);
    if (!runner_run(runner, target, build, path, &result, why))
        return false;
    verdict->ran = true;
    verdict->runs++;
    triage->elapsed_ns += result.elapsed_ns;
    if (result.crash.found)
        hear(verdict, &result);
    run_result_free(&result);
    return true;
}

bool triage_input(struct runner *runner, const struct target *target, const char *path,
                  struct triage *triage, struct fail *why)
{
    static const char *const command[] = {"command", NULL}; /* one build, however it was made */
    *triage = (struct triage){0};
    bool any = false;
    for (const char *const *name = target->command ? command : runner_sanitizers; *name; name++) {
        const struct build *build = runner_build(target, *name);
        if (!build)
            continue;
        struct verdict *verdict = &triage->verdicts[triage->len++];
        verdict->sanitizer = *name;
        verdict->binary = build->binary;
        verdict->crash.class_ = "none";
        if (access(build->binary, X_OK) != 0)
            continue;
        if (!replay(runner, target, path, triage, verdict, why)) {
            triage_free(triage);
            return false;
        }
        any = true;
    }
    if (!any)
        return fail_set(why, "build it: cmake --build --preset default",
                        "%s has no binary to replay with", target->name);
    pick_primary(triage);
    return true;
}

#define PATIENCE_NS UINT64_C(10000000000)

/* One input, as it is replayed again and again. */
struct repeat {
    struct runner *runner;
    const struct target *target;
    const char *path;
    struct triage *triage;
    struct fail *why;
};

/* Replays under one build until it has done so `runs` times. */
static bool bring_to(const struct repeat *repeat, struct verdict *verdict, unsigned runs)
{
    while (verdict->ran && verdict->runs < runs && repeat->triage->elapsed_ns < PATIENCE_NS)
        if (!replay(repeat->runner, repeat->target, repeat->path, repeat->triage, verdict,
                    repeat->why))
            return false;
    return true;
}

static bool bring_all_to(const struct repeat *repeat, unsigned runs)
{
    for (size_t i = 0; i < repeat->triage->len; i++)
        if (!bring_to(repeat, &repeat->triage->verdicts[i], runs))
            return false;
    pick_primary(repeat->triage);
    return true;
}

static bool is_flaky(const struct triage *triage)
{
    for (size_t i = 0; i < triage->len; i++)
        if (triage->verdicts[i].hits > 0 && triage->verdicts[i].hits < triage->verdicts[i].runs)
            return true;
    return false;
}

static bool repeat_input(const struct repeat *repeat, unsigned runs)
{
    struct triage *triage = repeat->triage;
    unsigned confirm = runs < TRIAGE_CONFIRM ? runs : TRIAGE_CONFIRM;
    for (unsigned round = 2; round <= runs && triage->primary == triage->len; round++)
        if (!bring_all_to(repeat, round))
            return false;
    if (triage->primary < triage->len &&
        !bring_to(repeat, &triage->verdicts[triage->primary], confirm))
        return false;
    triage->flaky = is_flaky(triage);
    return !triage->flaky || bring_all_to(repeat, runs);
}

bool triage_repeat(struct runner *runner, const struct target *target, const char *path,
                   unsigned runs, struct triage *triage, struct fail *why)
{
    struct repeat repeat = {runner, target, path, triage, why};
    if (!triage_input(runner, target, path, triage, why))
        return false;
    if (repeat_input(&repeat, runs))
        return true;
    triage_free(triage);
    return false;
}

void triage_free(struct triage *triage)
{
    for (size_t i = 0; i < triage->len; i++) {
        crash_free(&triage->verdicts[i].crash);
        free(triage->verdicts[i].log);
    }
    *triage = (struct triage){0};
}
