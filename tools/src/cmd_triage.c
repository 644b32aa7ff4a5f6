#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "commands.h"
#include "describe.h"
#include "files.h"
#include "json.h"
#include "mem.h"
#include "options.h"
#include "owner.h"
#include "triage.h"

static struct {
    const char *target;
    bool log, input;
} chosen;

static const struct option_def options[] = {
    {"target", OPTION_TEXT, "T", "the target that inputs belong to", &chosen.target, 0},
    {"log", OPTION_FLAG, NULL, "every file is a log, whatever it looks like", &chosen.log, 0},
    {"input", OPTION_FLAG, NULL, "every file is an input, whatever it looks like", &chosen.input,
     0},
};

static const struct command command = {
    .name = "triage",
    .synopsis = "PATH… [--target T] [--log | --input]",
    .purpose =
        "Says what each crash is. A file that looks like a report is parsed; any other is an "
        "input,\n"
        "which is replayed under every sanitizer and named once. Directories are searched. The\n"
        "words are ClusterFuzz's (crash_type, crash_state), with a class of our own.",
    .notes =
        "The target of an input is --target, or follows from where it lies: corpus/<target>/,\n"
        "crashes/…/<target>/, or a report.json beside it.\n\n"
        "  ledge triage build/campaign/crashes\n"
        "  ledge triage nightly.log --json\n\n"
        "exit: 0 no crash; 1 a crash was named; 2 usage; 3 some file could not be triaged",
    .options = options,
    .options_len = sizeof options / sizeof options[0],
};

/* One named file. */
struct entry {
    const char *file;
    bool is_log;
    const char *target;
    struct triage triage; /* of a log: one verdict, whose sanitizer is "log" */
};

struct session {
    const struct manifest *manifest; /* NULL: none is needed for logs */
    struct fail manifest_why;
    struct runner *runner;
    struct entry *entries;
    size_t len;
    bool failed;
};

static const struct crash *entry_crash(const struct entry *entry)
{
    static const struct crash clean = {.class_ = "none"};
    const struct triage *triage = &entry->triage;
    return triage->primary < triage->len ? &triage->verdicts[triage->primary].crash : &clean;
}

static bool read_log(struct session *session, struct entry *entry, const char *bytes, size_t len,
                     struct fail *why)
{
    struct fail unknown;
    const struct target *target =
        session->manifest ? owner_of(session->manifest, entry->file, chosen.target, &unknown)
                          : NULL;
    entry->target = target ? target->name : chosen.target;
    struct crash_evidence evidence = {
        .log = bytes,
        .log_len = len,
        .target = entry->target,
        .symbolizer = session->runner ? runner_symbolizer(session->runner) : NULL};
    struct triage *triage = &entry->triage;
    if (!crash_classify(&evidence, &triage->verdicts[0].crash, why))
        return false;
    triage->verdicts[0].sanitizer = "log";
    triage->verdicts[0].ran = true;
    triage->len = 1;
    triage->primary = triage->verdicts[0].crash.found ? 0 : 1;
    return true;
}

static bool run_input(struct session *session, struct entry *entry, size_t len, struct fail *why)
{
    if (!session->manifest) {
        *why = session->manifest_why;
        return false;
    }
    const struct target *target = owner_of(session->manifest, entry->file, chosen.target, why);
    if (!target && len == 0)
        return fail_set(why, "if it is an input, name its target: --target T",
                        "%s: the file is empty: neither a report nor an input of a known target",
                        entry->file);
    if (!target)
        return false;
    entry->target = target->name;
    return triage_input(session->runner, target, entry->file, &entry->triage, why);
}

static bool triage_file(struct session *session, struct entry *entry, struct fail *why)
{
    char *bytes;
    size_t len;
    if (!file_read(entry->file, &bytes, &len, why))
        return false;
    entry->is_log = chosen.log || (!chosen.input && looks_like_report(bytes, len));
    bool ok = entry->is_log ? read_log(session, entry, bytes, len, why)
                            : run_input(session, entry, len, why);
    free(bytes);
    return ok;
}

static void print_entry(const struct entry *entry)
{
    const struct crash *crash = entry_crash(entry);
    printf("%s%s%s%s\n", entry->file, entry->target ? "  (" : "",
           entry->target ? entry->target : "", entry->target ? ")" : "");
    if (!crash->found) {
        printf("  no crash%s\n", entry->is_log ? " in this log" : " under any build");
        return;
    }
    const struct triage *triage = &entry->triage;
    const char *by = entry->is_log && crash->sanitizer
                         ? crash->sanitizer
                         : triage->verdicts[triage->primary].sanitizer;
    char *line = describe_crash(by, crash);
    printf("  %s\n  class %s, security %s%s%s%s, confidence %s, signature %s\n", line,
           crash->class_, crash->security ? "yes" : "no", crash->security_reason ? " (" : "",
           crash->security_reason ? crash->security_reason : "", crash->security_reason ? ")" : "",
           crash->confidence ? crash->confidence : "?", crash->signature);
    free(line);
    if (crash->address)
        printf("  address %s\n", crash->address);
    if (crash->position)
        printf("  at %s\n", crash->position);
    for (size_t i = 0; i < triage->len; i++) {
        if (i == triage->primary)
            continue;
        const struct verdict *verdict = &triage->verdicts[i];
        line = verdict->ran ? describe_crash(verdict->sanitizer, &verdict->crash)
                            : mem_print("%-6s not built", verdict->sanitizer);
        printf("  also %s\n", line);
        free(line);
    }
}

static json_t *entry_json(const struct entry *entry)
{
    json_t *object = json_object();
    json_put(object, "file", json_text(entry->file));
    json_put(object, "kind", json_text(entry->is_log ? "log" : "input"));
    json_put(object, "target", json_text(entry->target));
    describe_json(object, entry_crash(entry));
    json_t *builds = json_array();
    for (size_t i = 0; i < entry->triage.len && !entry->is_log; i++) {
        json_t *build = json_object();
        json_put(build, "build", json_text(entry->triage.verdicts[i].sanitizer));
        json_put(build, "ran", json_boolean(entry->triage.verdicts[i].ran));
        describe_json(build, &entry->triage.verdicts[i].crash);
        json_append(builds, build);
    }
    json_put(object, "builds", builds);
    return object;
}

static bool is_first_of_its_kind(const struct session *session, size_t index)
{
    for (size_t i = 0; i < index; i++)
        if (crash_same(entry_crash(&session->entries[i]), entry_crash(&session->entries[index])))
            return false;
    return true;
}

/* Prints the groups of equal signatures; returns how many issues there are. */
static size_t print_groups(const struct session *session, bool print)
{
    size_t issues = 0;
    for (size_t i = 0; i < session->len; i++) {
        const struct crash *crash = entry_crash(&session->entries[i]);
        if (!crash->found || !is_first_of_its_kind(session, i))
            continue;
        issues++;
        size_t files = 0;
        for (size_t j = i; j < session->len; j++)
            files += crash_same(crash, entry_crash(&session->entries[j]));
        char *line = describe_crash(crash->signature, crash);
        if (print)
            printf("  %s  (%zu file%s)\n", line, files, files == 1 ? "" : "s");
        free(line);
    }
    return issues;
}

static void print_session(const struct session *session, bool json)
{
    json_t *all = json_array();
    for (size_t i = 0; i < session->len; i++) {
        if (json)
            json_append(all, entry_json(&session->entries[i]));
        else
            print_entry(&session->entries[i]);
    }
    size_t issues = print_groups(session, false);
    if (json) {
        json_print(all);
    } else {
        printf("\n%zu file%s, %zu issue%s\n", session->len, session->len == 1 ? "" : "s", issues,
               issues == 1 ? "" : "s");
        print_groups(session, true);
    }
    json_decref(all);
}

static int session_code(const struct session *session)
{
    if (session->failed)
        return EXIT_CANNOT;
    for (size_t i = 0; i < session->len; i++)
        if (entry_crash(&session->entries[i])->found)
            return EXIT_FOUND;
    return EXIT_FINE;
}

static void triage_all(struct session *session, const struct paths *paths)
{
    session->entries = mem_new(paths->len, sizeof *session->entries);
    for (size_t i = 0; i < paths->len && !proc_interrupted(); i++) {
        struct entry *entry = &session->entries[session->len];
        struct fail why;
        *entry = (struct entry){.file = paths->at[i]};
        if (triage_file(session, entry, &why)) {
            session->len++;
        } else {
            fail_print(&why);
            session->failed = true;
        }
    }
}

static bool open_session(struct session *session, const struct arguments *arguments)
{
    session->manifest = manifest_load(arguments->manifest, &session->manifest_why);
    if (!session->manifest)
        return arguments->manifest ==
               NULL; /* logs can be read without; a named one must be there */
    session->runner = runner_new(session->manifest, &session->manifest_why);
    return session->runner != NULL;
}

static void close_session(struct session *session)
{
    for (size_t i = 0; i < session->len; i++)
        triage_free(&session->entries[i].triage);
    free(session->entries);
    runner_free(session->runner);
    manifest_free(session->manifest);
}

static bool find_files(const struct arguments *arguments, struct paths *paths)
{
    bool all = true;
    for (size_t i = 0; i < arguments->len; i++) {
        struct fail why;
        if (!paths_find(paths, arguments->at[i], &why)) {
            fail_print(&why);
            all = false;
        }
    }
    return all;
}

int cmd_triage(int argc, char **argv)
{
    struct arguments arguments;
    int code = options_parse(&command, argc, argv, &arguments);
    if (code >= 0)
        return code;
    if (arguments.len == 0)
        return usage_error("triage", "which files?");
    if (chosen.log && chosen.input)
        return usage_error("triage", "--log and --input exclude each other");
    struct session session = {0};
    struct paths paths = {0};
    if (!open_session(&session, &arguments)) {
        fail_print(&session.manifest_why);
        session.failed = true;
    } else {
        session.failed = !find_files(&arguments, &paths);
        triage_all(&session, &paths);
        print_session(&session, arguments.json);
    }
    code = session_code(&session);
    close_session(&session);
    paths_free(&paths);
    return code;
}
