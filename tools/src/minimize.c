#include "minimize.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <uv.h>

#include "files.h"
#include "mem.h"
#include "minimize_oracle.h"

/* Runs under each build before an input is called clean: one that fails in 3 of 10 is missed once
 * in a thousand times. */
enum { LOOKS = 20 };

static void append(char **text, const char *more)
{
    char *joined = *text ? mem_print("%s, %s", *text, more) : mem_text(more);
    free(*text);
    *text = joined;
}

/* One look at an input under one build; *found tells whether it failed. */
static bool look(struct runner *runner, const struct minimize_request *request,
                 const struct build *build, struct minimized *out, bool *found, struct fail *why)
{
    struct run_result result;
    if (!runner_run(runner, request->target, build, request->path, &result, why))
        return false;
    out->runs++;
    *found = result.crash.found;
    if (*found) {
        out->crash = result.crash;
        out->build = build;
        result.crash = (struct crash){0}; /* moved */
    }
    run_result_free(&result);
    return true;
}

/* The builds to look under; those asked for must be there, others are left out when their binary
 * isn't. */
static size_t list_builds(const struct minimize_request *request, const struct build **builds)
{
    size_t len = 0;
    if (request->target->command)
        builds[len++] = &request->target->builds[0];
    for (const char *const *name = runner_sanitizers; *name; name++) {
        const struct build *build = runner_build(request->target, *name);
        bool asked = request->sanitizer && strcmp(request->sanitizer, *name) == 0;
        if (build && (asked || (!request->sanitizer && access(build->binary, X_OK) == 0)))
            builds[len++] = build;
    }
    return len;
}

static bool find_build(struct runner *runner, const struct minimize_request *request,
                       struct minimized *out, struct fail *why)
{
    const struct build *builds[8];
    size_t len = list_builds(request, builds);
    bool found = false;
    if (len == 0)
        return fail_set(
            why, "`ledge targets` lists the builds; cmake --build --preset default makes them",
            "%s has no %s%sbinary to replay with", request->target->name,
            request->sanitizer ? request->sanitizer : "", request->sanitizer ? " " : "");
    for (size_t i = 0; i < len; i++)
        append(&out->tried, builds[i]->sanitizer);
    for (out->tries = 1; out->tries <= LOOKS && !stop_wanted(); out->tries++)
        for (size_t i = 0; i < len; i++)
            if (!look(runner, request, builds[i], out, &found, why))
                return false;
            else if (found)
                return true;
    out->tries--;
    out->end = MINIMIZE_CLEAN;
    return true;
}

/* The input as a program: in operations if the target can tell them, else in bytes. */
static bool read_program(const struct minimize_request *request, struct minimized *out,
                         const void *bytes, struct fail *why)
{
    if (!request->target->kit) {
        program_of_bytes(bytes, out->bytes_before, &out->program);
        return true;
    }
    const struct build *replayer = target_build(request->target, "replay", out->build->sanitizer);
    if (!replayer)
        return fail_set(why, "build it: cmake --build --preset default",
                        "%s has no %s replayer to tell the program", request->target->name,
                        out->build->sanitizer);
    bool ok = program_read(request->target, replayer, request->path, &out->program, why);
    out->ops_before = ok ? out->program.ops_len : 0;
    return ok;
}

/* Same signature, yet sizes, addresses and lines of the stack may be others now: the result's
 * count. */
static bool look_again(struct runner *runner, const struct target *target, struct minimized *out,
                       struct fail *why)
{
    struct run_result result;
    if (!runner_run_bytes(runner, target, out->build, out->bytes, out->bytes_len, &result, why))
        return false;
    if (crash_same(&result.crash, &out->crash)) {
        crash_free(&out->crash);
        out->crash = result.crash;
        result.crash = (struct crash){0}; /* moved */
    }
    run_result_free(&result);
    return true;
}

bool minimize_run(struct runner *runner, const struct minimize_request *request,
                  struct minimized *out, struct fail *why)
{
    char *input;
    *out = (struct minimized){.began_ns = uv_hrtime()};
    if (!file_read(request->path, &input, &out->bytes_before, why))
        return false;
    bool ok = find_build(runner, request, out, why);
    if (ok && out->end == MINIMIZE_DONE)
        ok = read_program(request, out, input, why) && minimize_shrink(runner, request, out, why) &&
             (out->tries == 0 || look_again(runner, request->target, out, why));
    out->seconds_in_all = (double)(uv_hrtime() - out->began_ns) / 1e9;
    free(input);
    if (!ok)
        minimize_free(out);
    return ok;
}

void minimize_free(struct minimized *minimized)
{
    crash_free(&minimized->crash);
    program_free(&minimized->program);
    proof_free(&minimized->proof);
    free(minimized->bytes);
    free(minimized->tried);
    free(minimized->not_there);
    *minimized = (struct minimized){0};
}

bool minimize_prove(struct runner *runner, const struct target *target,
                    const struct minimized *minimized, struct proof *proof, struct fail *why)
{
    struct oracle_options options = {.target = target,
                                     .build = minimized->build,
                                     .want = &minimized->crash,
                                     .workers = 1,
                                     .fresh = true};
    struct oracle oracle;
    oracle_open(&oracle, runner, &options);
    struct judge judge = oracle_judge(&oracle);
    prove_minimal(&minimized->program, &judge, proof);
    bool ok = !oracle.failed;
    if (!ok) {
        *why = oracle.why;
        proof_free(proof);
    }
    oracle_close(&oracle);
    return ok;
}
