#include "triage.h"

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

static bool add_verdict(struct runner *runner, const struct target *target,
                        const struct build *build, const char *path, struct triage *triage,
                        struct fail *why)
{
    struct verdict *verdict = &triage->verdicts[triage->len++];
    verdict->sanitizer = build->sanitizer;
    if (access(build->binary, X_OK) != 0)
        return true;
    struct run_result result;
    if (!runner_run(runner, target, build, path, &result, why))
        return false;
    verdict->ran = true;
    verdict->crash = result.crash;
    result.crash = (struct crash){0}; /* moved */
    run_result_free(&result);
    return true;
}

bool triage_input(struct runner *runner, const struct target *target, const char *path,
                  struct triage *triage, struct fail *why)
{
    *triage = (struct triage){0};
    bool any = false;
    for (const char *const *name = runner_sanitizers; *name; name++) {
        const struct build *build = runner_build(target, *name);
        if (!build)
            continue;
        if (!add_verdict(runner, target, build, path, triage, why)) {
            triage_free(triage);
            return false;
        }
        any |= triage->verdicts[triage->len - 1].ran;
    }
    if (!any)
        return fail_set(why, "build it: cmake --build --preset default",
                        "%s has no binary to replay with", target->name);
    pick_primary(triage);
    return true;
}

void triage_free(struct triage *triage)
{
    for (size_t i = 0; i < triage->len; i++)
        crash_free(&triage->verdicts[i].crash);
    *triage = (struct triage){0};
}
