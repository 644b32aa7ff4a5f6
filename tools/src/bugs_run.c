/* One planted bug, from its campaign to its C program. */
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bugs.h"
#include "describe.h"
#include "files.h"
#include "mem.h"
#include "minimize_oracle.h"
#include "proc.h"
#include "triage.h"

enum { ENGINES = 2 }; /* processes of a campaign: one of each */

/* What the steps share. */
struct trial {
    const struct manifest *manifest;
    const struct bug_options *options;
    struct bug_row *row;
    const struct target *variant, *clean;
    struct runner *runner;
    char *place; /* temporary */
    char *found; /* the input that the engine found */
};

static void say(const struct trial *trial, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static void say(const struct trial *trial, const char *format, ...)
{
    char text[600];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    fprintf(stderr, "%s: %s\n", trial->row->info.bug->id, text); /* whole, beside other rows */
}

/* The issue that was to be found, or NULL. */
static const struct store_issue *pick_issue(const struct bug_info *info,
                                            const struct campaign_result *result)
{
    for (size_t i = 0; i < result->issues_len; i++)
        if (bug_is_it(info, result->issues[i].issue.type))
            return &result->issues[i].issue;
    return NULL;
}

/* Takes what is to be known of the issue. */
static bool take_issue(struct trial *trial, const struct campaign_result *result)
{
    struct bug_row *row = trial->row;
    if (result->targets_len)
        row->executions = result->targets[0].executions;
    row->seconds = result->seconds;
    row->interrupted = result->interrupted;
    const struct store_issue *issue = pick_issue(&row->info, result);
    if (!issue)
        return fail_set(&row->why, "", "%s was found in %.0f s",
                        !result->issues_len ? "nothing"
                        : row->info.hidden  ? "only its shallower companion"
                                            : "only another face of it",
                        result->seconds);
    row->engine = mem_text(issue->engine);
    row->sanitizer = mem_text(issue->sanitizer);
    row->seconds = issue->seconds;
    row->executions = issue->executions;
    trial->found = mem_text(issue->artifact);
    say(trial, "found by %s/%s after %.1f s, %llu executions", row->engine, row->sanitizer,
        row->seconds, (unsigned long long)row->executions);
    return true;
}

static bool is_enough(void *context, const struct crash *name)
{
    const struct trial *trial = context;
    return bug_is_it(&trial->row->info, name->type);
}

static bool fuzz(struct trial *trial)
{
    char *state = mem_print("%s/campaign", trial->place);
    struct campaign_options options = {
        .state = state,
        .seconds = trial->options->seconds,
        .jobs = ENGINES,
        .engines = trial->options->engines,
        .enough = is_enough,
        .context = trial,
    };
    struct campaign_result result;
    say(trial, "fuzzing for up to %u s", options.seconds);
    bool ok =
        campaign_run(trial->manifest, &trial->variant, 1, &options, &result, &trial->row->why);
    ok = ok && take_issue(trial, &result);
    campaign_result_free(&result);
    free(state);
    return ok;
}

/* How a check came out; the first reason for one that didn't hold is kept. */
static enum check note(struct bug_row *row, bool holds, const struct fail *why)
{
    if (!holds && row->why.what[0] == '\0')
        row->why = *why;
    return holds ? CHECK_HOLDS : CHECK_FAILS;
}

static bool triage(struct trial *trial)
{
    struct bug_row *row = trial->row;
    struct fail why;
    struct triage triage;
    if (!triage_input(trial->runner, trial->variant, trial->found, &triage, &row->why))
        return false;
    bool found = triage.primary < triage.len;
    if (found) {
        struct verdict *verdict = &triage.verdicts[triage.primary];
        row->got = verdict->crash;
        row->build = mem_text(verdict->sanitizer);
        verdict->crash = (struct crash){0}; /* moved */
        char *type = describe_type(row->got.type);
        fail_set(&why, "", "it is called %s, which bug.json doesn't list", type);
        free(type);
        row->named = note(row, bug_class_fits(row->info.classes, row->got.type), &why);
    }
    triage_free(&triage);
    return found || fail_set(&row->why, "", "the input does not fail again");
}

static bool minimize(struct trial *trial)
{
    struct bug_row *row = trial->row;
    struct minimized *minimized = &row->minimized;
    struct fail why;
    struct minimize_request request = {
        .target = trial->variant,
        .path = trial->found,
        .sanitizer = row->build,
        .jobs = trial->options->jobs > 1 ? 1 : 0, /* another row has the other core */
    };
    say(trial, "minimizing %s", row->build);
    if (!minimize_run(trial->runner, &request, minimized, &why)) {
        row->fails = note(row, false, &why);
        return false;
    }
    fail_set(&why, "", "it fails in only %u of %u runs", minimized->hits, minimized->tries);
    bool fails = minimized->end == MINIMIZE_DONE && minimized->hits == minimized->tries;
    row->fails = note(row, fails, &why);
    fail_set(&why, "", "no candidate met the shallower bug: it hides nothing");
    if (row->info.hidden && minimized->others == 0)
        row->named = note(row, false, &why);
    return minimized->bytes != NULL;
}

static void prove(struct trial *trial)
{
    struct bug_row *row = trial->row;
    struct fail why;
    bool asked = minimize_prove(trial->runner, trial->variant, &row->minimized, &row->proof, &why);
    if (asked)
        fail_set(&why, "", "not minimal: %s",
                 row->proof.len ? row->proof.attempts[row->proof.len - 1].step : "");
    row->minimal = note(row, asked && row->proof.holds, &why);
}

static bool keep(struct trial *trial)
{
    struct bug_row *row = trial->row;
    struct kept kept;
    struct fail why;
    row->directory = trial->options->keep
                         ? mem_print("%s/%s", trial->options->keep, row->info.bug->id)
                         : mem_print("%s/result", trial->place);
    if (!minimize_keep(trial->runner, trial->variant, &row->minimized, row->directory, &kept,
                       &why)) {
        row->c_same = note(row, false, &why);
        return false;
    }
    row->c_same = note(row, kept.c_same, &kept.c_why);
    kept_free(&kept);
    return true;
}

/* Whether an input runs clean under every build of the target without the bug. */
static bool is_quiet(struct trial *trial, const char *input, struct fail *why)
{
    struct triage triage;
    if (!triage_input(trial->runner, trial->clean, input, &triage, why))
        return false;
    bool quiet = true;
    for (size_t i = 0; i < triage.len && quiet; i++) {
        const struct verdict *verdict = &triage.verdicts[i];
        if (verdict->ran && !verdict->crash.found)
            continue;
        char *line = describe_crash(verdict->sanitizer, &verdict->crash);
        quiet =
            fail_set(why, "", "the library without the bug: %s %s",
                     verdict->ran ? line : verdict->sanitizer, verdict->ran ? "" : "is not built");
        free(line);
    }
    triage_free(&triage);
    return quiet;
}

static void check_quiet(struct trial *trial)
{
    struct fail why;
    char *input = mem_print("%s/input", trial->row->directory);
    bool quiet = is_quiet(trial, trial->found, &why) && is_quiet(trial, input, &why);
    trial->row->quiet = note(trial->row, quiet, &why);
    free(input);
}

static void run_c_on_clean(struct trial *trial)
{
    struct bug_row *row = trial->row;
    struct run_result result;
    struct fail why;
    char *source = mem_print("%s/repro.c", row->directory);
    char *program = mem_print("%s/clean", trial->place);
    bool ok = repro_run(trial->runner, trial->clean, row->build, source, program, &result, &why);
    if (ok) {
        ok = !result.crash.found && result.end == PROC_EXITED && result.code == 0;
        fail_set(&why, "", "the C program fails on the library without the bug too");
        run_result_free(&result);
    }
    row->c_clean = note(row, ok, &why);
    free(program);
    free(source);
}

static bool open_trial(struct trial *trial)
{
    struct fail *why = &trial->row->why;
    trial->place = dir_temporary(why);
    if (!trial->place)
        return false;
    trial->clean = manifest_target(trial->manifest, trial->variant->name, why);
    trial->runner = trial->clean ? runner_new(trial->manifest, why) : NULL;
    return trial->runner != NULL;
}

static void close_trial(struct trial *trial)
{
    struct bug_row *row = trial->row;
    runner_free(trial->runner);
    if (trial->place)
        dir_remove(trial->place);
    if (!trial->options->keep) {
        free(row->directory);
        row->directory = NULL;
    }
    free(trial->place);
    free(trial->found);
}

/* All that follows the finding. Signals end a step early, and with it the row. */
static void follow_up(struct trial *trial)
{
    stop_watch(true);
    if (triage(trial) && minimize(trial) && !stop_wanted()) {
        prove(trial);
        if (keep(trial)) {
            check_quiet(trial);
            run_c_on_clean(trial);
        }
    }
    trial->row->interrupted |= stop_wanted() != 0;
    stop_watch(false);
}

static bool holds(const struct bug_row *row)
{
    const enum check checks[] = {row->named,  row->fails,   row->minimal,
                                 row->c_same, row->c_clean, row->quiet};
    for (size_t i = 0; i < sizeof checks / sizeof checks[0]; i++)
        if (checks[i] != CHECK_HOLDS)
            return false;
    return true;
}

void bug_run(const struct manifest *manifest, const struct bug_options *options,
             struct bug_row *row)
{
    struct trial trial = {
        .manifest = manifest, .options = options, .row = row, .variant = &row->info.bug->variant};
    if (row->built && open_trial(&trial) && fuzz(&trial) && !row->interrupted)
        follow_up(&trial);
    row->holds = holds(row);
    row->interrupted |= proc_interrupted() != 0;
    if (!row->holds)
        say(&trial, "%s", row->interrupted ? "interrupted" : row->why.what);
    close_trial(&trial);
}

void bug_row_free(struct bug_row *row)
{
    bug_info_free(&row->info);
    crash_free(&row->got);
    minimize_free(&row->minimized);
    proof_free(&row->proof);
    free(row->build);
    free(row->engine);
    free(row->sanitizer);
    free(row->directory);
    *row = (struct bug_row){0};
}
