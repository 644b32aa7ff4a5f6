/* One element of the array that `ledge triage --json` prints. */
#include "format.h"

#include "describe.h"
#include "json.h"
#include "wilson.h"

static json_t *interval_json(unsigned hits, unsigned runs)
{
    if (runs == 0)
        return json_null();
    struct interval interval = wilson_interval(hits, runs);
    json_t *array = json_array();
    json_append(array, json_real(interval.low));
    json_append(array, json_real(interval.high));
    return array;
}

static void put_runs(json_t *object, unsigned hits, unsigned runs)
{
    json_put(object, "runs", runs ? json_integer(runs) : json_null());
    json_put(object, "reproduced", runs ? json_integer(hits) : json_null());
    json_put(object, "interval", interval_json(hits, runs));
}

static json_t *builds_json(const struct entry *entry)
{
    json_t *builds = json_array();
    for (size_t i = 0; i < entry->triage.len && entry->kind == ENTRY_INPUT; i++) {
        const struct verdict *verdict = &entry->triage.verdicts[i];
        json_t *build = json_object();
        json_put(build, "build", json_text(verdict->sanitizer));
        json_put(build, "ran", json_boolean(verdict->ran));
        put_runs(build, verdict->hits, verdict->ran ? verdict->runs : 0);
        json_put(build, "other_signatures", json_integer(verdict->others));
        describe_json(build, &verdict->crash);
        json_append(builds, build);
    }
    return builds;
}

static void put_severity(json_t *object, const struct crash *crash)
{
    struct severity severity = severity_of(crash);
    json_put(object, "severity", json_text(severity_name(severity.level)));
    json_put(object, "severity_weight", json_real(severity.weight));
    json_put(object, "severity_reason", json_text(severity.reason));
}

static json_t *summaries_json(const struct entry *entry)
{
    json_t *summaries = json_array();
    for (size_t i = 0; i < entry->summaries.len; i++)
        json_append(summaries, json_text(entry->summaries.at[i]));
    return summaries;
}

json_t *format_json_entry(const struct entry *entry)
{
    json_t *object = json_object();
    const struct crash *crash = entry_crash(entry);
    unsigned hits, runs = entry_replays(entry, &hits);
    json_put(object, "file", json_text(entry->file));
    json_put(object, "kind", json_text(entry->kind == ENTRY_LOG ? "log" : "input"));
    json_put(object, "target", json_text(entry->target));
    describe_json(object, crash);
    put_severity(object, crash);
    put_runs(object, hits, runs);
    json_put(object, "flaky",
             runs ? json_boolean(entry->triage.flaky || (crash->found && hits < runs))
                  : json_null());
    json_put(object, "summaries", summaries_json(entry));
    json_put(object, "expected", json_text(entry->expected));
    json_put(object, "builds", builds_json(entry));
    json_put(object, "reasons", crash_reasons_json(crash));
    json_put(object, "stacks", crash_stacks_json(crash));
    return object;
}
