#include "campaign.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "campaign_parts.h"
#include "files.h"
#include "mem.h"
#include "proc.h"

#define SECOND UINT64_C(1000000000)

enum {
    TICK_MS = 500,
    DRAIN_S = 20,                 /* how long crashes may be named after the time is up */
    DISK_LEAST = 4 * 1024 * 1024, /* below, engines begin to write empty files */
};

double campaign_seconds(const struct campaign *campaign)
{
    uint64_t end = campaign->stopped ? campaign->stopped : uv_hrtime();
    return (double)(end - campaign->started) / 1e9;
}

uint64_t subject_executions(const struct campaign *campaign, const struct subject *subject)
{
    uint64_t sum = 0;
    for (size_t i = 0; i < campaign->instances_len; i++)
        if (campaign->instances[i].subject == subject)
            sum += campaign->instances[i].executions + campaign->instances[i].now;
    return sum;
}

uint64_t campaign_executions(const struct campaign *campaign)
{
    uint64_t sum = 0;
    for (size_t i = 0; i < campaign->subjects_len; i++)
        sum += subject_executions(campaign, &campaign->subjects[i]);
    return sum;
}

static void close_handle(uv_handle_t *handle)
{
    if (!uv_is_closing(handle))
        uv_close(handle, NULL);
}

/* Once nothing runs and nothing waits for a name, or nobody wants to wait: the loop ends when its
 * handles are closed. */
static void finish_if_done(struct campaign *campaign)
{
    if (!campaign->stopping || campaign->running > 0)
        return;
    if (campaign->findings > 0 && !campaign->give_up)
        return;
    close_handle((uv_handle_t *)&campaign->tick);
    for (size_t i = 0; i < 3; i++)
        close_handle((uv_handle_t *)&campaign->signals[i]);
}

void campaign_stop(struct campaign *campaign)
{
    if (campaign->stopping)
        return;
    campaign->stopping = true;
    campaign->stopped = uv_hrtime();
    for (size_t i = 0; i < campaign->instances_len; i++)
        instance_stop(&campaign->instances[i]);
}

void campaign_fail(struct campaign *campaign, const struct fail *why)
{
    if (!campaign->failed)
        campaign->why = *why;
    campaign->failed = true;
    campaign->give_up = true; /* names could not be recorded either */
    campaign_stop(campaign);
}

void campaign_run_ended(struct campaign *campaign, struct instance *instance)
{
    campaign->running--;
    if (instance->problem)
        progress_say(campaign, "%s %s/%s cannot run: %s", instance->subject->target->name,
                     instance->engine->name, instance->build->sanitizer, instance->problem);
    instance->subject->corpus_files = corpus_count(instance->subject);
    plan_fill_slots(campaign);
    finish_if_done(campaign);
}

static void check_disk(struct campaign *campaign)
{
    struct statvfs disk;
    struct fail why;
    if (campaign->stopping || statvfs(campaign->options->state, &disk) != 0)
        return;
    unsigned long long left = (unsigned long long)disk.f_bavail * disk.f_frsize;
    if (left >= DISK_LEAST)
        return;
    fail_set(&why,
             "free some space there and run it again (it goes on), or name another place with "
             "--state",
             "the disk of %s is full (%llu KiB left): stopped before anything could be lost",
             campaign->options->state, left / 1024);
    campaign_fail(campaign, &why);
    campaign->give_up = false; /* the store still has room for names */
}

/* Nothing runs any more: too little time is left for another slice, or each engine has a problem,
 * and then the time that was asked for isn't used. */
static void stop_idle(struct campaign *campaign)
{
    struct fail why;
    for (size_t i = 0; i < campaign->instances_len; i++)
        if (!campaign->instances[i].problem) {
            campaign_stop(campaign);
            return;
        }
    fail_set(&why, "what was found is kept; mend it and run again, it goes on",
             "no engine can go on: %s", campaign->instances[0].problem);
    campaign_fail(campaign, &why);
    campaign->give_up = false; /* the store is well, and takes names */
}

static void on_tick(uv_timer_t *timer)
{
    struct campaign *campaign = timer->data;
    uint64_t now = uv_hrtime();
    for (size_t i = 0; i < campaign->instances_len; i++)
        instance_tick(&campaign->instances[i]);
    check_disk(campaign);
    if (now >= campaign->deadline)
        campaign_stop(campaign);
    if (campaign->running == 0 && !campaign->stopping)
        stop_idle(campaign);
    if (campaign->stopping && now - campaign->stopped > DRAIN_S * SECOND)
        campaign->give_up = true;
    progress_tick(campaign);
    finish_if_done(campaign);
}

static void on_signal(uv_signal_t *handle, int signal)
{
    struct campaign *campaign = handle->data;
    (void)signal;
    if (campaign->interrupted) /* twice: in a hurry */
        campaign->give_up = true;
    campaign->interrupted = true;
    campaign_stop(campaign);
}

static void start_clock(struct campaign *campaign)
{
    static const int watched[3] = {SIGINT, SIGTERM, SIGHUP};
    campaign->started = uv_hrtime();
    campaign->deadline = campaign->started + campaign->options->seconds * SECOND;
    (void)uv_timer_init(&campaign->loop, &campaign->tick);
    campaign->tick.data = campaign;
    (void)uv_timer_start(&campaign->tick, on_tick, TICK_MS, TICK_MS);
    for (size_t i = 0; i < 3; i++) {
        (void)uv_signal_init(&campaign->loop, &campaign->signals[i]);
        campaign->signals[i].data = campaign;
        struct sigaction now;
        if (sigaction(watched[i], NULL, &now) == 0 && now.sa_handler == SIG_IGN)
            continue; /* nohup */
        (void)uv_signal_start(&campaign->signals[i], on_signal, watched[i]);
    }
}

static bool prepare_subjects(struct campaign *campaign, const struct target *const *targets,
                             size_t len, struct fail *why)
{
    campaign->subjects = mem_new(len, sizeof *campaign->subjects);
    for (size_t i = 0; i < len; i++) {
        struct subject *subject = &campaign->subjects[campaign->subjects_len++];
        subject->target = targets[i];
        subject->directory = mem_print("%s/%s", campaign->options->state, targets[i]->name);
        subject->corpus = mem_print("%s/corpus", subject->directory);
        if (!corpus_prepare(subject, why))
            return false;
    }
    return true;
}

static bool prepare_instances(struct campaign *campaign, struct fail *why)
{
    plan_instances(campaign);
    const char *problem = "no build matches what was asked for";
    bool any = false;
    for (size_t i = 0; i < campaign->instances_len; i++) {
        const struct instance *instance = &campaign->instances[i];
        if (!dir_make(instance->directory, why))
            return false;
        any |= instance->problem == NULL;
        if (instance->problem)
            problem = instance->problem;
    }
    return any || fail_set(why, "`ledge targets` lists the builds, `ledge doctor` what is missing",
                           "there is nothing to fuzz with: %s", problem);
}

static bool open_campaign(struct campaign *campaign, const struct target *const *targets,
                          size_t len, struct fail *why)
{
    const struct campaign_options *options = campaign->options;
    long processors = sysconf(_SC_NPROCESSORS_ONLN);
    campaign->jobs = options->jobs ? options->jobs : processors > 0 ? (unsigned)processors : 1;
    campaign->store = store_open(options->state, STORE_CAMPAIGN, why);
    campaign->runner = campaign->store ? runner_new(campaign->manifest, why) : NULL;
    return campaign->runner && store_campaign(campaign->store, "fuzz", why) &&
           prepare_subjects(campaign, targets, len, why) && prepare_instances(campaign, why);
}

/* What processes left behind when they, or we, were killed. */
static void gather_leftovers(struct campaign *campaign)
{
    for (size_t i = 0; i < campaign->instances_len; i++) {
        struct instance *instance = &campaign->instances[i];
        instance_kill_strays(instance);
        struct run nobody = {.instance = instance, .asked_to_end = true};
        instance->run = &nobody;
        capture_init(&nobody.log, 2);
        instance->engine->poll(instance, true);
        capture_free(&nobody.log);
        instance->run = NULL;
        instance->now = 0;
    }
}

/* What a campaign does without. */
static void say_what_is_missing(struct campaign *campaign)
{
    for (size_t i = 0; i < campaign->subjects_len; i++) {
        const struct target *target = campaign->subjects[i].target;
        if (target->dictionary && !path_is_file(target->dictionary))
            progress_say(campaign, "%s: there is no dictionary %s", target->name,
                         target->dictionary);
    }
    for (size_t i = 0; i < campaign->instances_len; i++) {
        const struct instance *instance = &campaign->instances[i];
        if (instance->problem)
            progress_say(campaign, "%s %s/%s left out: %s", instance->subject->target->name,
                         instance->engine->name, instance->build->sanitizer, instance->problem);
    }
}

static void run_loop(struct campaign *campaign)
{
    start_clock(campaign);
    progress_begin(campaign);
    for (size_t i = 0; i < campaign->subjects_len; i++)
        if (campaign->subjects[i].redundant)
            progress_say(campaign, "%s: %llu redundant files taken out of the corpus, %llu left",
                         campaign->subjects[i].target->name,
                         (unsigned long long)campaign->subjects[i].redundant,
                         (unsigned long long)campaign->subjects[i].corpus_files);
    say_what_is_missing(campaign);
    findings_resume(campaign);
    gather_leftovers(campaign);
    plan_fill_slots(campaign);
    (void)uv_run(&campaign->loop, UV_RUN_DEFAULT);
    progress_end(campaign);
}

static void fill_result(struct campaign *campaign)
{
    struct campaign_result *result = campaign->result;
    result->seconds = campaign_seconds(campaign);
    result->interrupted = campaign->interrupted;
    result->unnamed = campaign->findings;
    result->targets = mem_new(campaign->subjects_len, sizeof *result->targets);
    result->instances = mem_new(campaign->instances_len, sizeof *result->instances);
    for (size_t i = 0; i < campaign->subjects_len; i++) {
        const struct subject *subject = &campaign->subjects[i];
        result->targets[result->targets_len++] = (struct campaign_target){
            .target = subject->target,
            .executions = subject_executions(campaign, subject),
            .edges = subject->edges,
            .corpus = corpus_count(subject),
            .new_issues = subject->new_issues,
            .flaky = store_flaky_count(campaign->store, subject->target->name),
        };
    }
    for (size_t i = 0; i < campaign->instances_len; i++) {
        struct instance *instance = &campaign->instances[i];
        result->targets[instance->subject - campaign->subjects].busy += instance->busy;
        result->instances[result->instances_len++] = (struct campaign_instance){
            .target = instance->subject->target->name,
            .engine = instance->engine->name,
            .sanitizer = instance->build->sanitizer,
            .executions = instance->executions,
            .busy = instance->busy,
            .problem = mem_text(instance->problem),
        };
    }
}

/* Records the end, and how it came. */
static bool end_campaign(struct campaign *campaign, struct fail *why)
{
    const char *outcome = campaign->failed        ? campaign->why.what
                          : campaign->interrupted ? "interrupted"
                                                  : "done";
    return store_campaign_end(campaign->store, outcome, campaign_executions(campaign), why);
}

/* Counts have gone on since an issue was first seen. */
static void refresh_issues(struct campaign *campaign)
{
    for (size_t i = 0; i < campaign->result->issues_len; i++) {
        struct store_issue now;
        struct store_issue *then = &campaign->result->issues[i].issue;
        struct fail why;
        if (!store_issue(campaign->store, then->id, &now, &why))
            continue; /* what we had will do */
        store_issue_free(then);
        *then = now;
    }
}

static void close_campaign(struct campaign *campaign)
{
    findings_drop(campaign);
    for (size_t i = 0; i < campaign->instances_len; i++) {
        free(campaign->instances[i].directory);
        free(campaign->instances[i].problem);
    }
    for (size_t i = 0; i < campaign->subjects_len; i++) {
        free(campaign->subjects[i].directory);
        free(campaign->subjects[i].corpus);
    }
    free(campaign->instances);
    free(campaign->subjects);
    runner_free(campaign->runner);
    store_close(campaign->store);
}

/* Engines run in their own directories: what we tell them must not depend on ours. */
static bool absolute_state(const char *state, char **absolute, struct fail *why)
{
    if (!dir_make(state, why))
        return false;
    *absolute = realpath(state, NULL);
    return *absolute || fail_set(why, "name another place with --state", "cannot use %s: %s", state,
                                 strerror(errno));
}

bool campaign_run(const struct manifest *manifest, const struct target *const *targets,
                  size_t targets_len, const struct campaign_options *options,
                  struct campaign_result *result, struct fail *why)
{
    struct campaign_options own = *options;
    struct campaign campaign = {.manifest = manifest, .options = &own, .result = result};
    char *state;
    *result = (struct campaign_result){0};
    if (!absolute_state(options->state, &state, why))
        return false;
    own.state = state;
    bool ok = open_campaign(&campaign, targets, targets_len, why);
    if (ok && uv_loop_init(&campaign.loop) != 0)
        ok = fail_set(why, "raise `ulimit -n`", "cannot start the campaign's event loop");
    if (ok) {
        proc_shield(true); /* ^C is ours: replays come to their end */
        run_loop(&campaign);
        proc_shield(false);
        (void)uv_loop_close(&campaign.loop); /* every handle is closed by now */
        fill_result(&campaign);
        refresh_issues(&campaign);
        ok = end_campaign(&campaign, why);
        if (campaign.failed) {
            *why = campaign.why;
            ok = false;
        }
    }
    close_campaign(&campaign);
    free(state);
    return ok;
}

void campaign_result_free(struct campaign_result *result)
{
    for (size_t i = 0; i < result->instances_len; i++)
        free(result->instances[i].problem);
    for (size_t i = 0; i < result->issues_len; i++)
        store_issue_free(&result->issues[i].issue);
    free(result->targets);
    free(result->instances);
    free(result->issues);
    *result = (struct campaign_result){0};
}
