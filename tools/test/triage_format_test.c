/* What `ledge triage` prints for other tools: every key that their readers want has to be there,
 * of the right kind, and nothing that their schema doesn't know. The crash comes through the parser
 * from a report written here. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <jansson.h>

#include "format.h"
#include "mem.h"

/* --- Entries -------------------------------------------------------------------------------- */

static const char heap_log[] =
    "==7==ERROR: AddressSanitizer: heap-buffer-overflow on address 0x602000000014 at pc 0x51 bp "
    "0x7f sp 0x7e\n"
    "WRITE of size 4 at 0x602000000014 thread T0\n"
    "    #0 0x51 in put_item /src/a dir/items.c:12:3\n"
    "    #1 0x52 in main /src/a dir/items.c:40\n"
    "\n"
    "0x602000000014 is located 0 bytes to the right of 4-byte region "
    "[0x602000000010,0x602000000014)"
    "\n"
    "allocated by thread T0 here:\n"
    "    #0 0x50 in malloc (/bin/items+0x50)\n"
    "    #1 0x53 in new_items /src/a dir/items.c:8:9\n"
    "\n"
    "SUMMARY: AddressSanitizer: heap-buffer-overflow /src/a dir/items.c:12:3 in put_item\n"
    "==7==ABORTING\n";

static const char race_log[] = "WARNING: ThreadSanitizer: data race (pid=7)\n"
                               "  Write of size 8 at 0x7b0400000000 by thread T1:\n"
                               "    #0 count_up race.c:5 (race+0x11)\n"
                               "\n"
                               "  Previous read of size 8 at 0x7b0400000000 by main thread:\n"
                               "    #0 count_read race.c:9 (race+0x22)\n"
                               "    #1 main race.c:20 (race+0x33)\n"
                               "\n"
                               "SUMMARY: ThreadSanitizer: data race race.c:5 in count_up\n";

static struct entry log_entry(const char *file, const char *log)
{
    struct entry entry = {.file = mem_text(file), .kind = ENTRY_LOG, .size = strlen(log)};
    struct crash_evidence evidence = {.log = log, .log_len = strlen(log)};
    struct fail why;
    assert_true(crash_classify(&evidence, &entry.triage.verdicts[0].crash, &why));
    entry.triage.verdicts[0].sanitizer = "log";
    entry.triage.len = 1;
    entry.triage.primary = entry.triage.verdicts[0].crash.found ? 0 : 1;
    return entry;
}

/* The same crash, as eleven of twenty replays under asan showed it; ubsan ran clean. */
static struct entry input_entry(const char *file, const char *log)
{
    struct entry entry = log_entry(file, log);
    struct verdict *verdict = &entry.triage.verdicts[0];
    entry.kind = ENTRY_INPUT;
    entry.target = "items";
    verdict->sanitizer = "asan";
    verdict->binary = "/bin/items-asan";
    verdict->ran = true;
    verdict->runs = 20;
    verdict->hits = 11;
    verdict->log = mem_text(log);
    verdict->log_len = strlen(log);
    entry.triage.verdicts[1] =
        (struct verdict){.sanitizer = "ubsan", .ran = true, .runs = 20, .crash.class_ = "none"};
    entry.triage.len = 2;
    entry.triage.flaky = true;
    return entry;
}

static void add(struct issues *issues, struct entry entry)
{
    issues_add(issues, &entry);
    entry_free(&entry);
}

static void some_issues(struct issues *issues)
{
    *issues = (struct issues){0};
    add(issues, log_entry("logs/a race.log", race_log));
    add(issues, input_entry("/in/crash 1", heap_log));
    add(issues, log_entry("logs/clean", "nothing\n"));
    issues_finish(issues);
}

/* --- Looking into JSON ---------------------------------------------------------------------- */

/* "runs.0.tool.driver.name" */
static json_t *at(json_t *root, const char *path)
{
    json_t *value = root;
    while (value && *path) {
        size_t len = strcspn(path, ".");
        char *key = mem_copy(path, len);
        value = json_is_array(value) ? json_array_get(value, (size_t)atoi(key))
                                     : json_object_get(value, key);
        free(key);
        path += len + (path[len] == '.');
    }
    return value;
}

static void check_text(json_t *root, const char *path, const char *want)
{
    const char *got = json_string_value(at(root, path));
    if (!got || strcmp(got, want) != 0)
        fail_msg("%s: %s, wanted %s", path, got ? got : "nothing", want);
}

/* What a schema says of an object: each key, with '!' in front when it has to be there. Objects
 * may have no other keys. */
static void check_keys(json_t *object, const char *name, const char *const *keys)
{
    if (!json_is_object(object))
        fail_msg("%s is no object", name);
    for (const char *const *key = keys; *key; key++)
        if (**key == '!' && !json_object_get(object, *key + 1))
            fail_msg("%s: %s is missing", name, *key + 1);
    const char *got;
    json_t *value;
    json_object_foreach(object, got, value)
    {
        bool known = false;
        for (const char *const *key = keys; *key && !known; key++)
            known = strcmp(got, *key + (**key == '!')) == 0;
        if (!known)
            fail_msg("%s: %s is unknown", name, got);
    }
}

#define KEYS(object, name, ...) check_keys(object, name, (const char *const[]){__VA_ARGS__, NULL})

/* --- SARIF ---------------------------------------------------------------------------------- */

static void check_message(json_t *message, const char *name)
{
    KEYS(message, name, "!text", "markdown", "id", "arguments", "properties");
    if (!json_is_string(json_object_get(message, "text")))
        fail_msg("%s: the text is none", name);
}

/* RFC 3986: what may stand in a reference. */
static void check_artifact(json_t *location)
{
    KEYS(location, "artifactLocation", "!uri", "uriBaseId", "index", "description");
    const char *uri = json_string_value(json_object_get(location, "uri"));
    static const char allowed[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                                  "-._~:/%";
    if (!uri || !uri[0] || strspn(uri, allowed) != strlen(uri))
        fail_msg("not a URI: %s", uri ? uri : "nothing");
}

static void check_physical(json_t *physical)
{
    KEYS(physical, "physicalLocation", "!artifactLocation", "region", "contextRegion");
    check_artifact(json_object_get(physical, "artifactLocation"));
    json_t *region = json_object_get(physical, "region");
    if (!region)
        return;
    KEYS(region, "region", "!startLine", "startColumn", "endLine", "endColumn", "snippet");
    assert_true(json_integer_value(json_object_get(region, "startLine")) >= 1);
    json_t *column = json_object_get(region, "startColumn");
    assert_true(!column || json_integer_value(column) >= 1);
}

static void check_location(json_t *location)
{
    size_t i;
    json_t *logical;
    KEYS(location, "location", "id", "physicalLocation", "logicalLocations", "message");
    if (json_object_get(location, "physicalLocation"))
        check_physical(json_object_get(location, "physicalLocation"));
    if (json_object_get(location, "message"))
        check_message(json_object_get(location, "message"), "location.message");
    json_array_foreach(json_object_get(location, "logicalLocations"), i, logical)
    {
        KEYS(logical, "logicalLocation", "name", "fullyQualifiedName", "decoratedName", "kind");
    }
}

static void check_stacks(json_t *stacks)
{
    size_t i, j;
    json_t *stack, *frame;
    json_array_foreach(stacks, i, stack)
    {
        KEYS(stack, "stack", "message", "!frames", "properties");
        check_message(json_object_get(stack, "message"), "stack.message");
        assert_true(json_array_size(json_object_get(stack, "frames")) > 0);
        json_array_foreach(json_object_get(stack, "frames"), j, frame)
        {
            KEYS(frame, "frame", "location", "module", "threadId", "parameters", "properties");
            check_location(json_object_get(frame, "location"));
        }
    }
}

static bool is_level(json_t *level)
{
    static const char *const levels[] = {"none", "note", "warning", "error"};
    for (size_t i = 0; json_is_string(level) && i < 4; i++)
        if (strcmp(json_string_value(level), levels[i]) == 0)
            return true;
    return false;
}

static void check_result(json_t *result, json_t *rules)
{
    KEYS(result, "result", "!ruleId", "!ruleIndex", "!level", "!message", "!locations", "!stacks",
         "!fingerprints", "!occurrenceCount", "!rank", "!attachments", "!properties", "kind");
    check_message(json_object_get(result, "message"), "result.message");
    assert_true(is_level(json_object_get(result, "level")));
    assert_int_equal(json_array_size(json_object_get(result, "locations")), 1);
    check_location(at(result, "locations.0"));
    assert_non_null(at(result, "locations.0.physicalLocation"));
    check_stacks(json_object_get(result, "stacks"));
    assert_int_equal(strlen(json_string_value(at(result, "fingerprints.ledgeSignature/v1"))), 16);
    assert_true(json_integer_value(json_object_get(result, "occurrenceCount")) >= 1);
    double rank = json_number_value(json_object_get(result, "rank"));
    assert_true(rank >= 0 && rank <= 100);
    check_artifact(at(result, "attachments.0.artifactLocation"));
    json_t *rule =
        json_array_get(rules, (size_t)json_integer_value(json_object_get(result, "ruleIndex")));
    check_text(result, "ruleId", json_string_value(json_object_get(rule, "id")));
}

static void check_rule(json_t *rule)
{
    KEYS(rule, "rule", "!id", "name", "!shortDescription", "!fullDescription", "help", "helpUri",
         "!defaultConfiguration", "!properties");
    assert_true(is_level(at(rule, "defaultConfiguration.level")));
    check_message(json_object_get(rule, "shortDescription"), "rule.shortDescription");
    check_message(json_object_get(rule, "fullDescription"), "rule.fullDescription");
    assert_true(json_array_size(at(rule, "properties.tags")) > 0);
}

static void sarif_has_what_the_schema_wants(void **state)
{
    (void)state;
    struct issues issues;
    struct format_options options = {.complete = true};
    some_issues(&issues);
    json_t *log = format_sarif(&issues, &options), *item;
    size_t i;
    KEYS(log, "log", "!version", "$schema", "!runs");
    check_text(log, "version", "2.1.0");
    json_t *run = at(log, "runs.0");
    KEYS(run, "run", "!tool", "!results", "!invocations");
    KEYS(at(run, "tool"), "tool", "!driver", "extensions");
    KEYS(at(run, "tool.driver"), "driver", "!name", "version", "informationUri", "!rules");
    KEYS(at(run, "invocations.0"), "invocation", "!executionSuccessful");
    assert_true(json_is_true(at(run, "invocations.0.executionSuccessful")));
    json_array_foreach(at(run, "tool.driver.rules"), i, item)
    {
        check_rule(item);
    }
    assert_int_equal(json_array_size(at(run, "results")), 2);
    json_array_foreach(at(run, "results"), i, item)
    {
        check_result(item, at(run, "tool.driver.rules"));
    }
    json_decref(log);
    issues_free(&issues);
}

static void sarif_says_what_was_found(void **state)
{
    (void)state;
    struct issues issues;
    struct format_options options = {.complete = false};
    some_issues(&issues);
    json_t *log = format_sarif(&issues, &options);
    json_t *run = at(log, "runs.0");
    assert_true(json_is_false(at(run, "invocations.0.executionSuccessful")));
    check_text(run, "results.0.ruleId", "Heap-buffer-overflow");
    check_text(run, "results.0.level", "error");
    check_text(run, "results.0.locations.0.physicalLocation.artifactLocation.uri",
               "file:///src/a%20dir/items.c");
    assert_int_equal(
        json_integer_value(at(run, "results.0.locations.0.physicalLocation.region.startLine")), 12);
    check_text(run, "results.0.locations.0.logicalLocations.0.name", "put_item");
    check_text(run, "results.0.stacks.0.frames.1.location.logicalLocations.0.name", "main");
    check_text(run, "results.0.attachments.0.artifactLocation.uri", "file:///in/crash%201");
    check_text(run, "results.1.ruleId", "Data-race");
    check_text(run, "results.1.level", "warning");
    check_text(run, "results.1.attachments.0.artifactLocation.uri", "logs/a%20race.log");
    options.top = 1;
    json_t *first = format_sarif(&issues, &options);
    assert_int_equal(json_array_size(at(first, "runs.0.results")), 1);
    json_decref(first);
    json_decref(log);
    issues_free(&issues);
}

/* --- CASR ----------------------------------------------------------------------------------- */

/* The keys of CASR's report, and whether each is a text, a list or an object. */
static const struct {
    const char *key;
    json_type type;
} casrep_keys[] = {
    {"Date", JSON_STRING},
    {"Uname", JSON_STRING},
    {"OS", JSON_STRING},
    {"OSRelease", JSON_STRING},
    {"Architecture", JSON_STRING},
    {"ExecutablePath", JSON_STRING},
    {"ProcEnviron", JSON_ARRAY},
    {"ProcCmdline", JSON_STRING},
    {"Stdin", JSON_STRING},
    {"ProcStatus", JSON_ARRAY},
    {"ProcMaps", JSON_ARRAY},
    {"ProcFiles", JSON_ARRAY},
    {"NetworkConnections", JSON_ARRAY},
    {"CrashSeverity", JSON_OBJECT},
    {"Stacktrace", JSON_ARRAY},
    {"Registers", JSON_OBJECT},
    {"Disassembly", JSON_ARRAY},
    {"Package", JSON_STRING},
    {"PackageVersion", JSON_STRING},
    {"PackageArchitecture", JSON_STRING},
    {"PackageDescription", JSON_STRING},
    {"AsanReport", JSON_ARRAY},
    {"MsanReport", JSON_ARRAY},
    {"UbsanReport", JSON_ARRAY},
    {"PythonReport", JSON_ARRAY},
    {"GoReport", JSON_ARRAY},
    {"JavaReport", JSON_ARRAY},
    {"RustReport", JSON_ARRAY},
    {"JsReport", JSON_ARRAY},
    {"CSharpReport", JSON_ARRAY},
    {"LuaReport", JSON_ARRAY},
    {"CrashLine", JSON_STRING},
    {"Source", JSON_ARRAY},
};

static void check_casrep(json_t *report)
{
    size_t count = sizeof casrep_keys / sizeof casrep_keys[0];
    for (size_t i = 0; i < count; i++) {
        json_t *value = json_object_get(report, casrep_keys[i].key);
        if (!value || json_typeof(value) != casrep_keys[i].type)
            fail_msg("casrep: %s is missing, or of another type", casrep_keys[i].key);
    }
    assert_int_equal(json_object_size(report), count);
    KEYS(json_object_get(report, "CrashSeverity"), "CrashSeverity", "!Type", "!ShortDescription",
         "!Description", "!Explanation");
}

static void casrep_has_what_casr_reads(void **state)
{
    (void)state;
    struct format_options options = {0};
    struct entry entry = input_entry("/in/crash", heap_log);
    json_t *report = format_casrep(&entry, &options);
    check_casrep(report);
    check_text(report, "CrashSeverity.Type", "EXPLOITABLE");
    check_text(report, "CrashSeverity.ShortDescription", "heap-buffer-overflow(write)");
    check_text(report, "CrashLine", "/src/a dir/items.c:12:3");
    check_text(report, "ExecutablePath", "/bin/items-asan");
    check_text(report, "ProcCmdline", "/bin/items-asan /in/crash");
    check_text(report, "AsanReport.1", "WRITE of size 4 at 0x602000000014 thread T0");
    assert_true(strlen(json_string_value(json_object_get(report, "Uname"))) > 0);
    const char *frame = json_string_value(at(report, "Stacktrace.0"));
    assert_non_null(frame);
    assert_string_equal(frame, "    #0 0x51 in put_item /src/a dir/items.c:12:3");
    json_decref(report);
    entry_free(&entry);
}

static void casrep_of_other_tools_is_in_gdbs_words(void **state)
{
    (void)state;
    struct format_options options = {0};
    struct entry race = log_entry("race.log", race_log), clean = log_entry("clean", "nothing\n");
    json_t *report = format_casrep(&race, &options);
    check_casrep(report);
    check_text(report, "CrashSeverity.Type", "NOT_EXPLOITABLE");
    check_text(report, "CrashSeverity.ShortDescription", "data-race");
    check_text(report, "Uname", ""); /* it isn't known where the log comes from */
    check_text(report, "Stacktrace.0", "#0  0x11 in count_up () at race.c:5");
    assert_int_equal(json_array_size(json_object_get(report, "AsanReport")), 0);
    assert_null(format_casrep(&clean, &options));
    json_decref(report);
    entry_free(&race);
    entry_free(&clean);
}

/* --- JSON ----------------------------------------------------------------------------------- */

static void json_has_the_promised_keys(void **state)
{
    (void)state;
    struct entry entries[] = {log_entry("race.log", race_log), log_entry("clean", "nothing\n"),
                              input_entry("crash", heap_log)};
    for (size_t i = 0; i < sizeof entries / sizeof entries[0]; i++) {
        json_t *object = format_json_entry(&entries[i]);
        KEYS(object, "element", "!file", "!crash_type", "!crash_address", "!crash_state",
             "!security", "!class", "!signature", "!sanitizer", "!confidence", "!kind", "!target",
             "!severity", "!severity_weight", "!severity_reason", "!runs", "!reproduced",
             "!interval", "!flaky", "!expected", "!summaries", "!builds", "!reasons", "!stacks",
             "!position", "!security_reason");
        assert_true(json_is_boolean(json_object_get(object, "security")));
        json_decref(object);
        entry_free(&entries[i]);
    }
}

static void json_says_what_was_found(void **state)
{
    (void)state;
    struct entry input = input_entry("crash", heap_log), clean = log_entry("clean", "nothing\n");
    json_t *found = format_json_entry(&input), *none = format_json_entry(&clean);
    check_text(found, "crash_type", "Heap-buffer-overflow\nWRITE 4");
    check_text(found, "crash_state", "put_item\nmain");
    check_text(found, "crash_address", "0x602000000014");
    check_text(found, "class", "memory");
    check_text(found, "severity", "critical");
    check_text(found, "builds.1.class", "none");
    assert_true(json_is_true(json_object_get(found, "flaky")));
    assert_int_equal(json_integer_value(json_object_get(found, "reproduced")), 11);
    assert_true(json_real_value(at(found, "interval.0")) > 0.34);
    assert_true(json_real_value(at(found, "interval.1")) < 0.75);
    check_text(none, "class", "none");
    assert_true(json_is_null(json_object_get(none, "crash_type")));
    assert_true(json_is_null(json_object_get(none, "signature")));
    assert_true(json_is_null(json_object_get(none, "runs")));
    json_decref(found);
    json_decref(none);
    entry_free(&input);
    entry_free(&clean);
}

/* --- For people ----------------------------------------------------------------------------- */

static char *written(void (*write)(const struct issues *, const struct format_options *, FILE *),
                     const struct format_options *options)
{
    struct issues issues;
    char *text = NULL;
    size_t len = 0;
    FILE *out = open_memstream(&text, &len);
    assert_non_null(out);
    some_issues(&issues);
    write(&issues, options, out);
    fclose(out);
    issues_free(&issues);
    return text;
}

static void check_parts(const char *text, const char *const *parts)
{
    for (const char *from = text; *parts; parts++) {
        const char *found = strstr(from, *parts);
        if (!found)
            fail_msg("missing, or not in this order: %s\nin:\n%s", *parts, text);
        from = found + strlen(*parts);
    }
}

static void markdown_is_a_whole_report(void **state)
{
    (void)state;
    struct format_options options = {0};
    char *text = written(format_markdown, &options);
    static const char *const parts[] = {
        "## `Heap-buffer-overflow WRITE 4` in `put_item`\n",
        "- **Crash type:** ",
        "- **Crash state:** `put_item < main`\n",
        "- **Crash address:** `0x602000000014`\n",
        "- **Look at:** `/src/a dir/items.c:12:3`\n",
        "- **Severity:** critical (",
        "- **Security:** yes (",
        "- **Class:** `memory`",
        "- **Sanitizer:** `asan`",
        "- **Signature:** `",
        "- **Confidence:** `high`",
        "- **File:** `/in/crash 1`",
        "### Steps\n\n```console\nledge triage --target items '/in/crash 1'\n```\n",
        "11/20 replays under asan crashed: 34 to 74 % of runs",
        "### Stacks\n\n```\n",
        "### Builds\n",
        "| asan | 11/20 | `Heap-buffer-overflow WRITE 4` |\n",
        "| ubsan | 0/20 | `clean` |\n",
        "### Why it is called that\n\n- ",
        "## `Data race",
        NULL};
    check_parts(text, parts);
    free(text);
}

static void text_for_clean(const struct issues *issues, const struct format_options *options,
                           FILE *out)
{
    struct paths clean = {0};
    paths_add(&clean, mem_text("logs/clean: no crash in this log"));
    format_text(issues, options, &clean, 2, out);
    paths_free(&clean);
}

static void text_puts_the_worst_first(void **state)
{
    (void)state;
    struct format_options options = {.explain = true};
    char *text = written(text_for_clean, &options);
    static const char *const parts[] = {"#1   critical, 35 % of failures\n",
                                        "Heap-buffer-overflow WRITE 4   put_item < main  (1 file)",
                                        "flaky      11/20 replays",
                                        "also       ubsan  clean",
                                        "because    type: ",
                                        "#0 put_item",
                                        "#2   medium, 65 % of failures\n",
                                        "Data race",
                                        "logs/clean: no crash in this log\n",
                                        "… and 2 more like these\n",
                                        "3 files, 2 with a crash: 2 issues, 2 root causes\n",
                                        NULL};
    check_parts(text, parts);
    assert_null(strchr(text, '\033'));
    free(text);
    options.colour = true;
    text = written(text_for_clean, &options);
    assert_non_null(strstr(text, "\033[1;31mcritical\033[0m"));
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sarif_has_what_the_schema_wants),
        cmocka_unit_test(sarif_says_what_was_found),
        cmocka_unit_test(casrep_has_what_casr_reads),
        cmocka_unit_test(casrep_of_other_tools_is_in_gdbs_words),
        cmocka_unit_test(json_has_the_promised_keys),
        cmocka_unit_test(json_says_what_was_found),
        cmocka_unit_test(markdown_is_a_whole_report),
        cmocka_unit_test(text_puts_the_worst_first),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
