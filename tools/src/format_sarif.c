/* SARIF 2.1.0 (OASIS): what code hosts and editors show as findings. */
#include "format.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "describe.h"
#include "json.h"
#include "mem.h"
#include "source.h"

#define SCHEMA                                                                                     \
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"

enum { FRAMES_MAX = 64 }; /* of a stack: a recursion has hundreds */

/* --- Places --------------------------------------------------------------------------------- */

/* RFC 3986: an absolute path becomes a file URI, a relative one a reference. */
static char *uri_of(const char *path)
{
    static const char hex[] = "0123456789ABCDEF";
    char *uri = mem_new(3 * strlen(path) + sizeof "file://", 1);
    char *to = uri;
    if (path[0] == '/')
        to = stpcpy(to, "file://");
    for (const char *at = path; *at; at++) {
        unsigned char c = (unsigned char)*at;
        if (c < 0x80 && (isalnum(c) || strchr("-._~/", c))) {
            *to++ = (char)c;
        } else {
            *to++ = '%';
            *to++ = hex[c >> 4];
            *to++ = hex[c & 15];
        }
    }
    return uri;
}

static json_t *artifact_location(const char *path)
{
    char *uri = uri_of(path);
    json_t *location = json_object();
    json_put(location, "uri", json_text(uri));
    free(uri);
    return location;
}

static json_t *message(const char *text)
{
    json_t *object = json_object();
    json_put(object, "text", json_text(text));
    return object;
}

static json_t *physical_location(const char *file, unsigned line, unsigned column)
{
    json_t *physical = json_object();
    json_put(physical, "artifactLocation", artifact_location(file));
    if (line > 0) {
        json_t *region = json_object();
        json_put(region, "startLine", json_integer(line));
        if (column > 0)
            json_put(region, "startColumn", json_integer(column));
        json_put(physical, "region", region);
    }
    return physical;
}

static json_t *logical_locations(const char *function)
{
    json_t *array = json_array(), *logical = json_object();
    json_put(logical, "name", json_text(function));
    json_put(logical, "kind", json_text("function"));
    json_append(array, logical);
    return array;
}

/* Where to look first; the crashing file itself when nothing names the source. */
static json_t *locations(const struct entry *entry)
{
    const struct crash *crash = entry_crash(entry);
    json_t *array = json_array(), *location = json_object();
    struct place place = place_of(crash->position);
    json_put(location, "physicalLocation",
             place.file ? physical_location(place.file, place.line, place.column)
                        : physical_location(entry->file, 0, 0));
    char *function = mem_copy(crash->state, strcspn(crash->state, "\n"));
    json_put(location, "logicalLocations", logical_locations(function));
    json_append(array, location);
    place_free(&place);
    free(function);
    return array;
}

/* --- Stacks --------------------------------------------------------------------------------- */

static json_t *frame_json(const struct crash_frame *frame)
{
    json_t *object = json_object(), *location = json_object();
    const char *function = frame->function ? frame->function : "??";
    json_put(location, "message", message(function));
    json_put(location, "logicalLocations", logical_locations(function));
    if (frame->file)
        json_put(location, "physicalLocation",
                 physical_location(frame->file, frame->line, frame->column));
    json_put(object, "location", location);
    if (frame->module)
        json_put(object, "module", json_text(frame->module));
    return object;
}

static json_t *stacks_json(const struct crash *crash)
{
    json_t *stacks = json_array();
    for (size_t i = 0; i < crash->stacks_len; i++) {
        const struct crash_stack *stack = &crash->stacks[i];
        json_t *object = json_object(), *frames = json_array();
        char *title = mem_print("%s%s%s", stack_role_name(stack->role), stack->title ? ": " : "",
                                stack->title ? stack->title : "");
        for (size_t j = 0; j < stack->len && j < FRAMES_MAX; j++)
            json_append(frames, frame_json(&stack->frames[j]));
        json_put(object, "message", message(title));
        json_put(object, "frames", frames);
        json_append(stacks, object);
        free(title);
    }
    return stacks;
}

/* --- Rules ---------------------------------------------------------------------------------- */

/* "Heap-buffer-overflow WRITE": of the type, what a rule can be about. */
static char *rule_id(const struct crash *crash)
{
    char *id = mem_copy(crash->type, strcspn(crash->type, "\n"));
    for (char *at = id; *at; at++)
        if (*at == ' ')
            *at = '-';
    return id;
}

static const char *level_of(enum severity_level level)
{
    return level >= SEVERITY_HIGH ? "error" : level == SEVERITY_MEDIUM ? "warning" : "note";
}

/* GitHub's code scanning wants a CVSS-like number as text. */
static const char *security_severity(enum severity_level level)
{
    static const char *const scores[] = {"0.0", "2.0", "5.5", "8.0", "9.5"};
    return scores[level];
}

static json_t *rule_json(const char *id, const struct crash *crash, const struct severity *severity)
{
    json_t *rule = json_object(), *properties = json_object(), *tags = json_array();
    json_t *configuration = json_object();
    char *brief = mem_copy(crash->type, strcspn(crash->type, "\n"));
    json_append(tags, json_text(crash->class_));
    if (crash->security) {
        json_append(tags, json_text("security"));
        json_put(properties, "security-severity", json_text(security_severity(severity->level)));
    }
    json_put(properties, "tags", tags);
    json_put(configuration, "level", json_text(level_of(severity->level)));
    json_put(rule, "id", json_text(id));
    json_put(rule, "shortDescription", message(brief));
    json_put(rule, "fullDescription", message(severity->reason));
    json_put(rule, "defaultConfiguration", configuration);
    json_put(rule, "properties", properties);
    free(brief);
    return rule;
}

/* The index of a rule, which is added when it is new. */
static size_t rule_index(json_t *rules, const char *id, const struct crash *crash,
                         const struct severity *severity)
{
    size_t len = json_array_size(rules);
    for (size_t i = 0; i < len; i++)
        if (strcmp(json_string_value(json_object_get(json_array_get(rules, i), "id")), id) == 0)
            return i;
    json_append(rules, rule_json(id, crash, severity));
    return len;
}

/* --- Results -------------------------------------------------------------------------------- */

static json_t *result_message(const struct issue *issue)
{
    const struct crash *crash = entry_crash(&issue->shown);
    char *type = describe_type(crash->type), *state = describe_state(crash->state);
    char *runs = format_runs(&issue->shown);
    char *text = mem_print("%s in %s. Severity %s: %s.%s%s%s", type, state,
                           severity_name(issue->severity.level), issue->severity.reason,
                           runs ? " " : "", runs ? runs : "", runs ? "." : "");
    json_t *object = message(text);
    free(text);
    free(runs);
    free(state);
    free(type);
    return object;
}

static json_t *result_properties(const struct issue *issue)
{
    const struct crash *crash = entry_crash(&issue->shown);
    json_t *properties = json_object();
    describe_json(properties, crash);
    json_put(properties, "severity", json_text(severity_name(issue->severity.level)));
    json_put(properties, "cluster", json_integer((json_int_t)issue->cluster));
    json_put(properties, "target", json_text(issue->shown.target));
    json_put(properties, "reasons", crash_reasons_json(crash));
    return properties;
}

static json_t *attachments(const struct issue *issue)
{
    json_t *array = json_array(), *attachment = json_object();
    json_put(attachment, "description",
             message(issue->shown.kind == ENTRY_LOG ? "the log" : "an input that crashes"));
    json_put(attachment, "artifactLocation", artifact_location(issue->shown.file));
    json_append(array, attachment);
    return array;
}

static json_t *result_json(json_t *rules, const struct issues *issues, size_t root)
{
    const struct issue *issue = &issues->at[root];
    const struct crash *crash = entry_crash(&issue->shown);
    json_t *result = json_object(), *fingerprints = json_object();
    char *id = rule_id(crash);
    size_t rule = rule_index(rules, id, crash, &issue->severity);
    json_put(fingerprints, "ledgeSignature/v1", json_text(crash->signature));
    json_put(result, "ruleId", json_text(id));
    json_put(result, "ruleIndex", json_integer((json_int_t)rule));
    json_put(result, "level", json_text(level_of(issue->severity.level)));
    json_put(result, "message", result_message(issue));
    json_put(result, "locations", locations(&issue->shown));
    json_put(result, "stacks", stacks_json(crash));
    json_put(result, "fingerprints", fingerprints);
    json_put(result, "occurrenceCount", json_integer((json_int_t)issues_files(issues, root)));
    json_put(result, "rank", json_real(issue->severity.weight));
    json_put(result, "attachments", attachments(issue));
    json_put(result, "properties", result_properties(issue));
    free(id);
    return result;
}

static json_t *tool_json(json_t *rules)
{
    json_t *tool = json_object(), *driver = json_object();
    json_put(driver, "name", json_text("ledge"));
    json_put(driver, "rules", rules);
    json_put(tool, "driver", driver);
    return tool;
}

static json_t *invocations(bool complete)
{
    json_t *array = json_array(), *invocation = json_object();
    json_put(invocation, "executionSuccessful", json_boolean(complete));
    json_append(array, invocation);
    return array;
}

json_t *format_sarif(const struct issues *issues, const struct format_options *options)
{
    json_t *log = json_object(), *runs = json_array(), *run = json_object();
    json_t *results = json_array(), *rules = json_array();
    size_t shown =
        options->top && options->top < issues->causes_len ? options->top : issues->causes_len;
    for (size_t i = 0; i < shown; i++)
        for (size_t j = 0; j < issues->causes[i].len; j++)
            json_append(results, result_json(rules, issues, issues->causes[i].roots[j]));
    json_put(run, "tool", tool_json(rules));
    json_put(run, "invocations", invocations(options->complete));
    json_put(run, "results", results);
    json_append(runs, run);
    json_put(log, "$schema", json_text(SCHEMA));
    json_put(log, "version", json_text("2.1.0"));
    json_put(log, "runs", runs);
    return log;
}
