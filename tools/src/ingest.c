#include "ingest.h"

#include <stdlib.h>
#include <string.h>

#include "files.h"
#include "mem.h"
#include "proc.h"
#include "state_place.h"

struct ingest {
    struct store *store;
    bool begun; /* there is a campaign: something new was kept */
};

struct ingest *ingest_open(const char *state, struct fail *why)
{
    struct store *store = store_open(state, STORE_WRITE, why);
    if (!store)
        return NULL;
    struct ingest *ingest = mem_new(1, sizeof *ingest);
    ingest->store = store;
    return ingest;
}

void ingest_close(struct ingest *ingest)
{
    struct fail why;
    if (!ingest)
        return;
    if (!store_campaign_end(ingest->store, proc_interrupted() ? "interrupted" : "done", 0, &why))
        fail_print(&why); /* what was kept is kept; only the time of the end is missing */
    store_close(ingest->store);
    free(ingest);
}

static bool begin(struct ingest *ingest, struct fail *why)
{
    ingest->begun = ingest->begun || store_campaign(ingest->store, "triage", why);
    return ingest->begun;
}

/* Another's report of the same mistake, precise enough to be known by. */
static bool is_same_mistake(const struct crash *crash, const struct crash *name)
{
    return crash != name && crash_near(crash, name) && crash_vagueness(crash) == 0;
}

/* Gives a crash the issue that the evidence names. */
static bool name_crash(struct store *store, const struct store_crash *crash,
                       const struct store_evidence *evidence, const struct triage *triage,
                       int64_t *issue, struct fail *why)
{
    const struct crash *also[sizeof triage->verdicts / sizeof triage->verdicts[0]];
    size_t len = 0;
    *issue = store_known(store, crash->target, evidence->report->signature);
    if (*issue)
        return store_count(store, crash, *issue, evidence, NULL, why);
    for (size_t i = 0; triage && i < triage->len; i++)
        if (is_same_mistake(&triage->verdicts[i].crash, evidence->report))
            also[len++] = &triage->verdicts[i].crash;
    return store_name(store, crash, evidence, also, len, issue, why);
}

static bool is_settled(const struct store_crash *crash)
{
    return crash->id != 0 && strcmp(crash->status, "named") == 0;
}

static void tell(const struct store_crash *crash, bool known, struct ingested *ingested)
{
    *ingested = (struct ingested){crash->id, crash->issue, known};
}

static bool ingest_log(struct ingest *ingest, const struct entry *entry, const char *source,
                       struct ingested *ingested, struct fail *why)
{
    const struct crash *found = entry_crash(entry);
    const char *said_by = found->sanitizer ? found->sanitizer : "unknown";
    char *log;
    size_t len;
    struct store_crash crash = {0};
    bool known = true;
    if (!found->found)
        return true;
    if (!entry_log(entry, &log, &len))
        return fail_set(why, "save it to a file first",
                        "%s cannot be kept: it cannot be read again", entry->file);
    struct store_origin origin = {.target = entry->target ? entry->target : "",
                                  .engine = "elsewhere",
                                  .sanitizer = said_by,
                                  .source = source,
                                  .log = log,
                                  .log_len = len};
    struct store_evidence evidence = {
        .engine = "elsewhere", .sanitizer = said_by, .log = log, .log_len = len, .report = found};
    bool ok = store_find_log(ingest->store, &origin, &crash, why);
    if (ok && !is_settled(&crash)) {
        store_crash_free(&crash);
        ok = begin(ingest, why) && store_keep_log(ingest->store, &origin, &crash, &known, why) &&
             name_crash(ingest->store, &crash, &evidence, NULL, &crash.issue, why);
    }
    if (ok)
        tell(&crash, known, ingested);
    store_crash_free(&crash);
    free(log);
    return ok;
}

/* The verdict that the store shall tell of, and the build it came from: what names the crash, or
 * else any that ran. */
static const struct verdict *telling_verdict(const struct entry *entry, const struct target *target,
                                             const struct build **build)
{
    const struct triage *triage = &entry->triage;
    const struct verdict *verdict = entry_verdict(entry);
    *build = verdict ? runner_build(target, verdict->sanitizer) : NULL;
    for (size_t i = 0; i < triage->len && !*build; i++)
        if (triage->verdicts[i].ran)
            *build = runner_build(target, triage->verdicts[i].sanitizer);
    return verdict;
}

static bool settle_input(struct ingest *ingest, const struct entry *entry,
                         const struct target *target, struct store_crash *crash, struct fail *why)
{
    const struct build *build;
    const struct verdict *verdict = telling_verdict(entry, target, &build);
    struct store_evidence evidence = {
        .engine = build ? build->engine : "elsewhere",
        .sanitizer = build ? build->sanitizer : "unknown",
        .binary = build ? build->binary : NULL,
        .log = verdict && verdict->log ? verdict->log : "",
        .log_len = verdict && verdict->log ? verdict->log_len : 0,
        .report = verdict && verdict->crash.found ? &verdict->crash : NULL,
    };
    evidence.runs = entry_replays(entry, &evidence.hits);
    if (evidence.report)
        return name_crash(ingest->store, crash, &evidence, &entry->triage, &crash->issue, why);
    return store_flaky(ingest->store, crash, &evidence, why);
}

static bool ingest_input(struct ingest *ingest, const struct entry *entry, const char *source,
                         struct ingested *ingested, struct fail *why)
{
    const struct target *target = entry->replayed;
    const struct build *build;
    struct store_crash crash = {0};
    bool known = true;
    char *bytes;
    size_t len;
    if (!file_read(entry->file, &bytes, &len, why))
        return false;
    (void)telling_verdict(entry, target, &build);
    struct store_origin origin = {.target = target->name,
                                  .engine = "elsewhere",
                                  .sanitizer = build ? build->sanitizer : "unknown",
                                  .binary = build ? build->binary : NULL,
                                  .source = source};
    bool ok = store_find_input(ingest->store, target->name, bytes, len, &crash, why);
    bool clean = !entry_crash(entry)->found;
    bool done = is_settled(&crash) || (clean && crash.id && strcmp(crash.status, "flaky") == 0);
    if (ok && !done) {
        store_crash_free(&crash);
        ok = begin(ingest, why) &&
             store_keep(ingest->store, &origin, bytes, len, &crash, &known, why) &&
             settle_input(ingest, entry, target, &crash, why);
    }
    if (ok)
        tell(&crash, known, ingested);
    store_crash_free(&crash);
    free(bytes);
    return ok;
}

bool ingest_entry(struct ingest *ingest, const struct entry *entry, struct ingested *ingested,
                  struct fail *why)
{
    char *source = realpath(entry->file, NULL); /* so that it is found from anywhere */
    *ingested = (struct ingested){0};
    bool ok = entry->kind == ENTRY_LOG ? ingest_log(ingest, entry, source, ingested, why)
                                       : ingest_input(ingest, entry, source, ingested, why);
    free(source);
    return ok;
}

/* Records the input of a result as a crash, with the log of one more run. */
static bool adopt_input(struct store *store, const struct ingest_result *result, const void *bytes,
                        size_t len, int64_t *issue, struct fail *why)
{
    struct run_result run;
    struct store_crash crash = {0};
    bool known;
    if (!runner_run(result->runner, result->target, result->build, result->input, &run, why))
        return false;
    struct store_origin origin = {.target = result->target->name,
                                  .engine = "elsewhere",
                                  .sanitizer = result->build->sanitizer,
                                  .binary = result->build->binary,
                                  .source = result->input};
    struct store_evidence evidence = {.engine = result->build->engine,
                                      .sanitizer = result->build->sanitizer,
                                      .binary = result->build->binary,
                                      .log = run.log,
                                      .log_len = run.log_len,
                                      .report = result->crash,
                                      .hits = crash_same(&run.crash, result->crash),
                                      .runs = 1};
    bool ok = store_campaign(store, "minimize", why) &&
              store_keep(store, &origin, bytes, len, &crash, &known, why) &&
              name_crash(store, &crash, &evidence, NULL, issue, why) &&
              store_campaign_end(store, "done", 1, why);
    store_crash_free(&crash);
    run_result_free(&run);
    return ok;
}

bool ingest_minimized(struct store *store, const struct ingest_result *result, bool adopt,
                      int64_t *issue, struct fail *why)
{
    struct store_crash crash;
    char *bytes;
    size_t len;
    if (!file_read(result->input, &bytes, &len, why))
        return false;
    bool ok = store_find_input(store, result->target->name, bytes, len, &crash, why);
    *issue = ok ? store_known(store, result->target->name, result->crash->signature) : 0;
    if (ok && *issue == 0 && (adopt || crash.id != 0))
        ok = adopt_input(store, result, bytes, len, issue, why);
    if (ok && *issue != 0)
        ok = store_minimized(store, *issue, result->bytes, result->len, why);
    store_crash_free(&crash);
    free(bytes);
    return ok;
}

bool ingest_result(const char *state, const struct manifest *manifest,
                   const struct ingest_result *result, struct fail *why)
{
    char *place = state_place(state, manifest->path, why);
    int64_t issue;
    if (!place)
        return false;
    bool wanted = state != NULL || store_exists(place);
    struct store *store = wanted ? store_open(place, STORE_WRITE, why) : NULL;
    bool ok = !wanted || (store && ingest_minimized(store, result, state != NULL, &issue, why));
    store_close(store);
    free(place);
    return ok;
}
