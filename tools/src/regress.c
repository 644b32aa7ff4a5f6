#include "regress.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "curate.h"
#include "describe.h"
#include "files.h"
#include "json.h"
#include "mem.h"
#include "options.h"

static char *member(const json_t *report, const char *key)
{
    const char *text = json_string_value(json_object_get(report, key));
    return mem_text(text ? text : "");
}

bool regress_add(struct open_cases *cases, const struct target *target, const char *input)
{
    struct fail why;
    char *directory = mem_copy(input, (size_t)(path_base(input) - input) - 1);
    json_t *report = curate_report(directory, &why); /* without one, it has to be quiet */
    char *expect = member(report, "expect");
    bool open = strcmp(expect, "open") == 0;
    if (open) {
        cases->at = mem_resize(cases->at, cases->len + 1, sizeof *cases->at);
        cases->at[cases->len++] = (struct open_case){.target = target,
                                                     .input = mem_text(input),
                                                     .slug = mem_text(path_base(directory)),
                                                     .sanitizer = member(report, "build"),
                                                     .signature = member(report, "signature")};
    }
    free(expect);
    json_decref(report);
    free(directory);
    return open;
}

static bool run_one(struct open_case *one, struct runner *runner, struct fail *why)
{
    const struct build *build = runner_build(one->target, one->sanitizer);
    struct run_result result;
    if (!build)
        return fail_set(why, "`ledge targets` lists the builds", "%s: %s has no build '%s'",
                        one->input, one->target->name, one->sanitizer);
    if (!runner_run(runner, one->target, build, one->input, &result, why))
        return false;
    one->crash = result.crash;
    result.crash = (struct crash){0}; /* moved */
    run_result_free(&result);
    one->verdict = !one->crash.found                                   ? OPEN_QUIET
                   : strcmp(one->crash.signature, one->signature) == 0 ? OPEN_STILL
                                                                       : OPEN_OTHER;
    return true;
}

bool regress_run(struct open_cases *cases, const struct manifest *manifest, const char *builds,
                 struct fail *why)
{
    if (cases->len == 0)
        return true;
    struct runner *runner = runner_new(manifest, why);
    bool ok = runner != NULL;
    for (size_t i = 0; i < cases->len && ok; i++)
        if (list_has(builds, cases->at[i].sanitizer))
            ok = run_one(&cases->at[i], runner, why);
    runner_free(runner);
    return ok;
}

size_t regress_broken(const struct open_cases *cases)
{
    size_t broken = 0;
    for (size_t i = 0; i < cases->len; i++)
        broken += cases->at[i].verdict == OPEN_OTHER || cases->at[i].verdict == OPEN_QUIET;
    return broken;
}

static void print_one(const struct open_case *one)
{
    const char *target = one->target->name;
    char *line = describe_crash(one->sanitizer, &one->crash);
    if (one->verdict == OPEN_STILL)
        printf("open  %s/%s\n  %s\n", target, one->slug, line);
    else if (one->verdict == OPEN_OTHER)
        printf("%s/%s is open, and fails in another way than it is known to\n  %s\n", target,
               one->slug, line);
    else if (one->verdict == OPEN_QUIET)
        printf("%s/%s was open, and is quiet now\n  mark it as fixed: ledge curate --fixed %s/%s\n",
               target, one->slug, target, one->slug);
    free(line);
}

void regress_print(const struct open_cases *cases)
{
    for (size_t i = 0; i < cases->len; i++)
        print_one(&cases->at[i]);
}

json_t *regress_json(const struct open_cases *cases)
{
    static const char *const verdicts[] = {"not run", "still fails", "fails another way", "quiet"};
    json_t *all = json_array();
    for (size_t i = 0; i < cases->len; i++) {
        const struct open_case *one = &cases->at[i];
        json_t *object = json_object();
        json_put(object, "file", json_text(one->input));
        json_put(object, "target", json_text(one->target->name));
        json_put(object, "slug", json_text(one->slug));
        json_put(object, "build", json_text(one->sanitizer));
        json_put(object, "verdict", json_text(verdicts[one->verdict]));
        describe_json(object, &one->crash);
        json_append(all, object);
    }
    return all;
}

void regress_free(struct open_cases *cases)
{
    for (size_t i = 0; i < cases->len; i++) {
        struct open_case *one = &cases->at[i];
        crash_free(&one->crash);
        free(one->input);
        free(one->slug);
        free(one->sanitizer);
        free(one->signature);
    }
    free(cases->at);
    *cases = (struct open_cases){0};
}
