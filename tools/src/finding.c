/* finding.c: from a crashing input to a named issue.
 *
 * The input is saved first. If the engine's own report has a known signature, that ends the matter;
 * so does a known signature when a worker thread replays it under the build that found it. Only
 * something new is replayed under every sanitizer, and several times, to see whether it fails each
 * time. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "campaign_parts.h"
#include "describe.h"
#include "mem.h"
#include "triage.h"

enum { TRIES = 3 };

/* How far we have come with one. */
enum round {
    ROUND_LISTEN, /* to the engine's output */
    ROUND_REPLAY, /* under the build that found it */
    ROUND_ALL,    /* under every sanitizer */
    ROUND_NAME,
};

struct finding {
    uv_work_t work;
    struct campaign *campaign;
    struct subject *subject;
    struct store_crash crash;
    char *log; /* what the engine said, if it said something */
    size_t log_len;
    enum round round;
    struct crash first; /* what the build that found it says; not found: it ran clean */
    const struct build *first_build;
    char *first_log; /* of that run */
    size_t first_log_len;
    unsigned hits, runs; /* of that build */
    struct triage triage;
    struct crash heard; /* what the engine's own output says */
    bool ok;
    struct fail why;
    unsigned problems; /* how often it could not be replayed */
    struct finding *next;
};

/* Forgets what the replays said. */
static void forget(struct finding *finding)
{
    crash_free(&finding->first);
    crash_free(&finding->heard);
    triage_free(&finding->triage);
    free(finding->first_log);
    finding->first_log = NULL;
    finding->first_log_len = 0;
    finding->hits = finding->runs = 0;
    finding->round = ROUND_LISTEN;
}

static void free_finding(struct finding *finding)
{
    forget(finding);
    store_crash_free(&finding->crash);
    free(finding->log);
    free(finding);
}

static const struct build *finders_build(const struct finding *finding)
{
    const struct target *target = finding->subject->target;
    const struct build *build = runner_build(target, finding->crash.sanitizer);
    for (const char *const *name = runner_sanitizers; *name; name++) {
        if (build && access(build->binary, X_OK) == 0)
            return build;
        build = runner_build(target, *name);
    }
    return build && access(build->binary, X_OK) == 0 ? build : NULL;
}

/* One more run under the finder's build. */
static bool run_again(struct finding *finding)
{
    const struct build *build = finders_build(finding);
    struct run_result result;
    if (!build)
        return fail_set(&finding->why, "build it: cmake --build --preset default",
                        "%s has no binary to replay with", finding->subject->target->name);
    if (!runner_run(finding->campaign->runner, finding->subject->target, build,
                    finding->crash.artifact, &result, &finding->why))
        return false;
    finding->runs++;
    if (result.crash.found) {
        finding->hits++;
        if (!finding->first.found) {
            crash_free(&finding->first);
            finding->first = result.crash;
            finding->first_build = build;
            finding->first_log = result.log;
            finding->first_log_len = result.log_len;
            result.crash = (struct crash){0}; /* moved */
            result.log = NULL;                /* moved */
        }
    }
    run_result_free(&result);
    return true;
}

static bool listen_to_engine(struct finding *finding)
{
    struct crash_evidence evidence = {.log = finding->log,
                                      .log_len = finding->log_len,
                                      .target = finding->subject->target->name,
                                      .symbolizer = runner_symbolizer(finding->campaign->runner)};
    return finding->log_len == 0 || crash_classify(&evidence, &finding->heard, &finding->why);
}

static void work(uv_work_t *request)
{
    struct finding *finding = request->data;
    switch (finding->round) {
    case ROUND_LISTEN:
        finding->ok = listen_to_engine(finding);
        break;
    case ROUND_REPLAY:
        finding->ok = true;
        while (finding->ok && finding->hits == 0 && finding->runs < TRIES)
            finding->ok = run_again(finding);
        break;
    case ROUND_ALL:
        finding->ok = true;
        while (finding->ok && finding->runs < TRIES)
            finding->ok = run_again(finding);
        finding->ok =
            finding->ok && triage_input(finding->campaign->runner, finding->subject->target,
                                        finding->crash.artifact, &finding->triage, &finding->why);
        break;
    case ROUND_NAME:
        break;
    }
}

static void remember_seen(struct campaign *campaign, int64_t id, bool is_new)
{
    struct campaign_result *result = campaign->result;
    for (size_t i = 0; i < result->issues_len; i++)
        if (result->issues[i].issue.id == id)
            return;
    result->issues = mem_resize(result->issues, result->issues_len + 1, sizeof *result->issues);
    struct campaign_issue *seen = &result->issues[result->issues_len];
    *seen = (struct campaign_issue){.is_new = is_new};
    struct fail why;
    if (store_issue(campaign->store, id, &seen->issue, &why))
        result->issues_len++;
    else
        campaign_fail(campaign, &why);
}

/* What is recorded of a run of this build that said `report` (NULL: it ran clean). */
static struct store_evidence evidence_of(const struct finding *finding, const struct build *build,
                                         const char *log, size_t log_len,
                                         const struct crash *report)
{
    return (struct store_evidence){
        .engine = build ? build->engine : finding->crash.engine,
        .sanitizer = build ? build->sanitizer : finding->crash.sanitizer,
        .binary = build ? build->binary : NULL,
        .log = log,
        .log_len = log_len,
        .report = report,
        .hits = finding->hits,
        .runs = finding->runs,
    };
}

static struct store_evidence first_evidence(const struct finding *finding)
{
    return evidence_of(finding, finding->first_build, finding->first_log, finding->first_log_len,
                       &finding->first);
}

/* What the engine itself said. */
static struct store_evidence heard_evidence(const struct finding *finding)
{
    const struct build *build =
        target_build(finding->subject->target, finding->crash.engine, finding->crash.sanitizer);
    return evidence_of(finding, build, finding->log, finding->log_len, &finding->heard);
}

static struct store_evidence verdict_evidence(const struct finding *finding,
                                              const struct verdict *verdict)
{
    return evidence_of(finding, runner_build(finding->subject->target, verdict->sanitizer),
                       verdict->log, verdict->log_len, &verdict->crash);
}

static void count_known(struct finding *finding, int64_t issue,
                        const struct store_evidence *evidence)
{
    struct fail why;
    bool back = false;
    if (!store_count(finding->campaign->store, &finding->crash, issue, evidence, &back, &why))
        campaign_fail(finding->campaign, &why);
    if (back)
        progress_say(finding->campaign, "BACK %s  issue-%lld was fixed, and fails again  (%s)",
                     finding->subject->target->name, (long long)issue, finding->crash.artifact);
    remember_seen(finding->campaign, issue, false);
}

static void announce(struct finding *finding, const struct store_evidence *evidence)
{
    char *line = describe_crash(evidence->sanitizer, evidence->report);
    bool steady = finding->hits == finding->runs;
    char odds[48] = "";
    if (!steady)
        snprintf(odds, sizeof odds, "  fails %u of %u times", finding->hits, finding->runs);
    progress_say(finding->campaign, "NEW %s  %s  (%s)%s", finding->subject->target->name, line,
                 finding->crash.artifact, odds);
    free(line);
}

/* A vague report stays out: another mistake in the same operation would fail the same check. */
static bool is_same_mistake(const struct crash *crash, const struct crash *name)
{
    return crash_near(crash, name) && crash_vagueness(crash) == 0;
}

/* Makes an issue of one name; what other builds say of the same place becomes an alias. */
static void name_issue(struct finding *finding, const struct store_evidence *evidence)
{
    const struct crash
        *also[sizeof finding->triage.verdicts / sizeof finding->triage.verdicts[0] + 1];
    size_t also_len = 0;
    struct campaign *campaign = finding->campaign;
    const struct crash *name = evidence->report;
    for (size_t i = 0; i < finding->triage.len; i++)
        if (is_same_mistake(&finding->triage.verdicts[i].crash, name))
            also[also_len++] = &finding->triage.verdicts[i].crash;
    if (is_same_mistake(&finding->first, name))
        also[also_len++] = &finding->first;
    struct fail why;
    int64_t issue = store_known(campaign->store, finding->crash.target, name->signature);
    if (issue) {
        count_known(finding, issue, evidence);
        return;
    }
    if (!store_name(campaign->store, &finding->crash, evidence, also, also_len, &issue, &why)) {
        campaign_fail(campaign, &why);
        return;
    }
    finding->subject->new_issues++;
    announce(finding, evidence);
    remember_seen(campaign, issue, true);
    const struct campaign_options *options = campaign->options;
    if (options->enough && finding->hits > 0 && options->enough(options->context, name))
        campaign_stop(campaign);
}

/* It did not fail again, and nothing says what it was: it is kept. */
static void keep_flaky(struct finding *finding)
{
    struct store_evidence evidence =
        evidence_of(finding, finders_build(finding), finding->log, finding->log_len, NULL);
    struct fail why;
    if (!store_flaky(finding->campaign->store, &finding->crash, &evidence, &why))
        campaign_fail(finding->campaign, &why);
}

static void name_finding(struct finding *finding)
{
    const struct triage *triage = &finding->triage;
    const struct verdict *primary =
        triage->primary < triage->len ? &triage->verdicts[triage->primary] : NULL;
    const struct crash *first = &finding->first;
    if (primary && finding->hits == 0) {
        /* Another build than the finder's sees it: that is no flake. */
        finding->hits = 1;
        finding->runs = 1;
    }
    struct store_evidence found = first_evidence(finding), heard = heard_evidence(finding);
    /* The finder's own precise report of another place is another issue. A vague one (a failed
     * check, further on, because the program went on after the mistake) is not. */
    if (first->found && crash_vagueness(first) == 0 &&
        (!primary || !crash_near(first, &primary->crash)))
        name_issue(finding, &found);
    if (primary) {
        struct store_evidence named = verdict_evidence(finding, primary);
        name_issue(finding, &named);
    } else if (first->found) {
        if (crash_vagueness(first) > 0)
            name_issue(finding, &found);
    } else if (finding->heard.found) {
        name_issue(finding, &heard);
    } else {
        keep_flaky(finding);
    }
}

static void start_work(struct finding *finding);

static void next_finding(struct campaign *campaign)
{
    struct finding *done = campaign->first_finding;
    campaign->first_finding = done->next;
    if (!campaign->first_finding)
        campaign->last_finding = NULL;
    campaign->findings--;
    free_finding(done);
    if (campaign->first_finding && !campaign->give_up)
        start_work(campaign->first_finding);
}

/* A failed check or a signal may be the late sign of what AddressSanitizer sees earlier: unless it
 * was that build which said so, its signature alone is not enough to call it known. */
static bool may_hide_more(const struct finding *finding, const struct crash *crash)
{
    bool limit = strcmp(crash->class_, "timeout") == 0 || strcmp(crash->class_, "oom") == 0;
    return crash_vagueness(crash) > 0 && !limit && strcmp(finding->crash.sanitizer, "asan") != 0;
}

/* Counts a finding whose signature, as far as it is known after this round, has an issue. */
static bool is_known(struct finding *finding)
{
    bool listening = finding->round == ROUND_LISTEN;
    struct store_evidence evidence = listening ? heard_evidence(finding) : first_evidence(finding);
    const struct crash *crash = evidence.report;
    int64_t issue = 0;
    if (crash->found && finding->round != ROUND_ALL && !may_hide_more(finding, crash))
        issue = store_known(finding->campaign->store, finding->crash.target, crash->signature);
    if (issue)
        count_known(finding, issue, &evidence);
    return issue != 0;
}

static enum round next_round(const struct finding *finding)
{
    if (finding->round == ROUND_REPLAY && finding->first.found &&
        strcmp(finding->first.class_, "timeout") == 0)
        return ROUND_NAME; /* other builds would only take their time to say the same */
    return finding->round + 1;
}

/* A failed step is tried again behind the others, and again by the next campaign. */
static void try_later(struct finding *finding)
{
    struct campaign *campaign = finding->campaign;
    unsigned attempts;
    struct fail why;
    progress_say(campaign, "cannot name %s yet: %s", finding->crash.artifact, finding->why.what);
    if (!store_problem(campaign->store, &finding->crash, finding->why.what, &attempts, &why))
        campaign_fail(campaign, &why);
    forget(finding);
    if (++finding->problems == TRIES || campaign->give_up) {
        next_finding(campaign);
        return;
    }
    if (finding->next) {
        campaign->first_finding = finding->next;
        campaign->last_finding->next = finding;
        campaign->last_finding = finding;
        finding->next = NULL;
    }
    start_work(campaign->first_finding);
}

static void after_work(uv_work_t *request, int status)
{
    struct finding *finding = request->data;
    struct campaign *campaign = finding->campaign;
    if (status == UV_ECANCELED) { /* it stays in the store without a name */
        next_finding(campaign);
        return;
    }
    if (!finding->ok) {
        try_later(finding);
        return;
    }
    if (!is_known(finding)) {
        finding->round = next_round(finding);
        if (finding->round != ROUND_NAME) {
            start_work(finding);
            return;
        }
        name_finding(finding);
    }
    next_finding(campaign);
}

static void start_work(struct finding *finding)
{
    finding->work.data = finding;
    if (uv_queue_work(&finding->campaign->loop, &finding->work, work, after_work) != 0)
        progress_say(finding->campaign, "cannot name %s yet: no thread", finding->crash.artifact);
}

static void enqueue(struct campaign *campaign, struct subject *subject, struct store_crash *crash,
                    const char *log, size_t log_len)
{
    struct finding *finding = mem_new(1, sizeof *finding);
    finding->campaign = campaign;
    finding->subject = subject;
    finding->crash = *crash;
    finding->log = mem_copy(log, log_len);
    finding->log_len = log_len;
    campaign->findings++;
    if (campaign->last_finding)
        campaign->last_finding->next = finding;
    campaign->last_finding = finding;
    if (!campaign->first_finding) {
        campaign->first_finding = finding;
        start_work(finding);
    }
}

static bool is_queued(const struct campaign *campaign, int64_t crash)
{
    for (const struct finding *at = campaign->first_finding; at; at = at->next)
        if (at->crash.id == crash)
            return true;
    return false;
}

/* The store failed. The input goes to a place of its own if there is one, so that even a full disk
 * loses nothing. */
static void rescue(struct campaign *campaign, const void *bytes, size_t len, struct fail *why)
{
    char id[33];
    struct fail second;
    store_id(bytes, len, id);
    char *name = mem_print("ledge-rescued-%s", id), *path = path_temporary(name);
    if (file_write(path, bytes, len, &second))
        progress_say(campaign, "an input that crashes was saved as %s instead", path);
    else
        progress_say(campaign, "%s", second.what);
    free(path);
    free(name);
    campaign_fail(campaign, why);
}

bool finding_add(struct instance *instance, const void *bytes, size_t len, const char *log,
                 size_t log_len)
{
    struct campaign *campaign = instance->campaign;
    struct store_origin origin = {
        .target = instance->subject->target->name,
        .engine = instance->engine->name,
        .sanitizer = instance->build->sanitizer,
        .seconds = campaign_seconds(campaign),
        .executions = campaign_executions(campaign),
        .binary = instance->build->binary,
        .log = log,
        .log_len = log_len,
    };
    struct store_crash crash;
    bool known;
    struct fail why;
    if (!store_keep(campaign->store, &origin, bytes, len, &crash, &known, &why)) {
        rescue(campaign, bytes, len, &why);
        return false;
    }
    if (known && is_queued(campaign, crash.id))
        store_crash_free(&crash);
    else
        enqueue(campaign, instance->subject, &crash, log, log_len);
    return true;
}

void findings_resume(struct campaign *campaign)
{
    struct fail why;
    for (size_t i = 0; i < campaign->subjects_len; i++) {
        struct subject *subject = &campaign->subjects[i];
        struct store_crash *crashes;
        size_t len;
        if (!store_adopt(campaign->store, subject->target->name, &why) ||
            !store_unnamed(campaign->store, subject->target->name, &crashes, &len, &why)) {
            campaign_fail(campaign, &why);
            return;
        }
        for (size_t j = 0; j < len; j++)
            enqueue(campaign, subject, &crashes[j], "", 0);
        free(crashes);
    }
}

void findings_drop(struct campaign *campaign)
{
    while (campaign->first_finding) {
        struct finding *finding = campaign->first_finding;
        campaign->first_finding = finding->next;
        free_finding(finding);
    }
    campaign->last_finding = NULL;
}
