#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "commands.h"
#include "describe.h"
#include "json.h"
#include "mem.h"
#include "options.h"
#include "state_place.h"
#include "store_show.h"
#include "store_state.h"

static struct {
    const char *state;
} chosen;

static const struct option_def options[] = {
    {"state", OPTION_TEXT, "DIR", "the store's directory (default: BUILD/campaign)", &chosen.state,
     0},
};

static const struct command command = {
    .name = "show",
    .synopsis = "[ID] [--state DIR]",
    .purpose = "Shows what a store knows: the list of issues, or all of one thing, down to the\n"
               "input, the log, the stacks, the build that said so and the campaign that found it.",
    .notes = "ID is issue-3 (or 3), crash-5, campaign-1, build-2, at least four digits of a\n"
             "signature or of a kept file's name, or a kept file's path.\n\n"
             "  ledge show\n"
             "  ledge show 71b6\n"
             "  ledge show build/campaign/crashes/vec/5f3a… --json\n\n"
             "May run while a campaign does.\n\n"
             "exit: 0 shown; 2 usage; 3 there is no store, or no such thing in it",
    .options = options,
    .options_len = sizeof options / sizeof options[0],
};

/* A member as text that a terminal may be given; "" when it is null. For free(). */
static char *member(const json_t *object, const char *key)
{
    const json_t *value = json_object_get(object, key);
    char *text;
    if (json_is_string(value))
        text = mem_text(json_string_value(value));
    else if (json_is_integer(value))
        text = mem_print("%lld", (long long)json_integer_value(value));
    else if (json_is_real(value))
        text = mem_print("%.1f", json_real_value(value));
    else
        text = mem_text(json_is_true(value) ? "yes" : json_is_false(value) ? "no" : "");
    for (char *at = text; *at; at++)
        *at = ((unsigned char)*at < ' ' && *at != '\n') || *at == 0x7f ? '?' : *at;
    return text;
}

/* "  label      value", unless there is no value. */
static void print_member(const json_t *object, const char *label, const char *key)
{
    char *text = member(object, key);
    char *line = describe_state(text);
    if (text[0])
        printf("  %-11s %s\n", label, line);
    free(line);
    free(text);
}

static void print_build(const json_t *build)
{
    if (!json_is_object(build))
        return;
    char *id = member(build, "id"), *engine = member(build, "engine");
    char *sanitizer = member(build, "sanitizer"), *binary = member(build, "binary");
    char *sha256 = member(build, "sha256"), *compiler = member(build, "compiler");
    printf("  %-11s %s/%s  %s\n", id, engine, sanitizer, binary);
    printf("  %-11s sha256 %s\n", "", sha256[0] ? sha256 : "unknown: it could not be read");
    if (compiler[0])
        printf("  %-11s %s\n", "", compiler);
    free(id);
    free(engine);
    free(sanitizer);
    free(binary);
    free(sha256);
    free(compiler);
}

static void print_campaign(const json_t *campaign)
{
    if (!json_is_object(campaign))
        return;
    char *id = member(campaign, "id"), *command_line = member(campaign, "command");
    char *version = member(campaign, "version"), *machine = member(campaign, "machine");
    char *started = member(campaign, "started"), *ended = member(campaign, "ended");
    char *outcome = member(campaign, "outcome");
    printf("  %-11s %s\n", id, command_line);
    printf("  %-11s %s to %s%s%s\n", "", started, ended[0] ? ended : "now, or until it was killed",
           outcome[0] ? ": " : "", outcome);
    printf("  %-11s %s, %s\n", "", version, machine);
    free(id);
    free(command_line);
    free(version);
    free(machine);
    free(started);
    free(ended);
    free(outcome);
}

static void print_frame(size_t index, const json_t *frame)
{
    char *function = member(frame, "function"), *file = member(frame, "file");
    char *line = member(frame, "line"), *module = member(frame, "module");
    printf("    #%-2zu %s", index, function[0] ? function : "?");
    if (file[0])
        printf("  %s%s%s", file, line[0] ? ":" : "", line);
    else if (module[0])
        printf("  (%s)", module);
    printf("\n");
    free(function);
    free(file);
    free(line);
    free(module);
}

static void print_stacks(const json_t *report)
{
    json_t *stacks = json_object_get(report, "stacks"), *stack, *frame;
    size_t i, j;
    json_array_foreach(stacks, i, stack)
    {
        char *role = member(stack, "role"), *title = member(stack, "title");
        printf("\n  %s%s%s\n", role, title[0] ? ": " : "", title);
        free(role);
        free(title);
        json_array_foreach(json_object_get(stack, "frames"), j, frame) print_frame(j, frame);
    }
}

/* What was seen again and again is told in numbers; --json has each time. */
static void print_history(const json_t *thing)
{
    size_t i, again = 0;
    json_t *entry;
    printf("\n  history\n");
    json_array_foreach(json_object_get(thing, "history"), i, entry)
    {
        char *time = member(entry, "time"), *event = member(entry, "event");
        char *remark = member(entry, "remark"), *seq = member(entry, "seq");
        if (strcmp(event, "seen again") == 0)
            again++;
        else
            printf("    %s  %-20s %s  (entry %s)\n", time, event, remark, seq);
        free(time);
        free(event);
        free(remark);
        free(seq);
    }
    if (again)
        printf("    %-20s  seen again %zu time%s\n", "", again, again == 1 ? "" : "s");
}

/* Where a crash came from. */
static void print_crash(const json_t *crash)
{
    char *hits = member(crash, "hits"), *runs = member(crash, "runs");
    print_member(crash, "input", "input");
    print_member(crash, "sha256", "input_sha256");
    print_member(crash, "log", "log");
    print_member(crash, "read from", "source");
    if (strcmp(runs, "0") != 0)
        printf("  %-11s %s of %s runs\n", "fails in", hits, runs);
    print_member(crash, "not replayed", "problem");
    print_build(json_object_get(crash, "build"));
    print_campaign(json_object_get(crash, "campaign"));
    print_stacks(json_object_get(crash, "report"));
    free(hits);
    free(runs);
}

static void print_crash_thing(const json_t *crash)
{
    char *id = member(crash, "id"), *status = member(crash, "status");
    char *target = member(crash, "target"), *engine = member(crash, "engine");
    char *sanitizer = member(crash, "sanitizer"), *found = member(crash, "found");
    printf("%s  %s  %s\n", id, status, target[0] ? target : "(no target)");
    print_member(crash, "issue", "issue");
    printf("  %-11s %s/%s, %s\n", "found by", engine, sanitizer, found);
    print_crash(crash);
    free(id);
    free(status);
    free(target);
    free(engine);
    free(sanitizer);
    free(found);
}

/* "issue-3    reproduced  vec    Heap-use-after-free READ 16   a < b < c" */
static void print_headline(const json_t *issue)
{
    char *id = member(issue, "id"), *status = member(issue, "status");
    char *target = member(issue, "target"), *type = member(issue, "crash_type");
    char *state = member(issue, "crash_state"), *signature = member(issue, "signature");
    char *type_line = describe_type(type), *state_line = describe_state(state);
    printf("%-9s %-10s %-8s %s  %-32s %s\n", id, status, target[0] ? target : "-", signature,
           type_line, state_line);
    free(id);
    free(status);
    free(target);
    free(type);
    free(state);
    free(signature);
    free(type_line);
    free(state_line);
}

static void print_facts(const json_t *issue)
{
    char *class_ = member(issue, "class"), *security = member(issue, "security");
    char *sanitizer = member(issue, "sanitizer"), *hits = member(issue, "hits");
    char *runs = member(issue, "runs"), *count = member(issue, "count");
    char *first = member(issue, "first_seen"), *last = member(issue, "last_seen");
    printf("  %-11s %s, security %s, named by %s\n", "class", class_, security, sanitizer);
    printf("  %-11s %s time%s, first %s, last %s", "seen", count, strcmp(count, "1") ? "s" : "",
           first, last);
    if (strcmp(runs, "0") != 0)
        printf("; fails %s of %s", hits, runs);
    printf("\n");
    free(class_);
    free(security);
    free(sanitizer);
    free(hits);
    free(runs);
    free(count);
    free(first);
    free(last);
}

static void print_next(const json_t *issue)
{
    char *status = member(issue, "status"), *next = state_next(&issue_states, status);
    printf("  %-11s %s\n", "may become", next);
    free(status);
    free(next);
}

static void print_issue(const json_t *issue)
{
    size_t i;
    json_t *crash;
    print_headline(issue);
    print_facts(issue);
    print_next(issue);
    print_member(issue, "duplicate", "duplicate_of");
    print_member(issue, "minimized", "minimized");
    print_member(issue, "reproducer", "reproducer");
    print_crash(json_object_get(issue, "crash"));
    printf("\n  crashes\n");
    json_array_foreach(json_object_get(issue, "crashes"), i, crash)
    {
        char *id = member(crash, "id"), *input = member(crash, "input"),
             *log = member(crash, "log");
        printf("    %-10s %s%s%s\n", id, input, input[0] ? "  log " : "log ", log);
        free(id);
        free(input);
        free(log);
    }
}

static void print_list(const json_t *list)
{
    size_t i;
    json_t *issue;
    json_t *issues = json_object_get(list, "issues");
    json_array_foreach(issues, i, issue) print_headline(issue);
    printf("%s%zu issue%s, %lld crashes", json_array_size(issues) ? "\n" : "",
           json_array_size(issues), json_array_size(issues) == 1 ? "" : "s",
           (long long)json_integer_value(json_object_get(list, "crashes")));
    printf(" (%lld not named yet, %lld that did not fail again)\n",
           (long long)json_integer_value(json_object_get(list, "unnamed")),
           (long long)json_integer_value(json_object_get(list, "flaky")));
}

static void print_thing(const json_t *thing, const struct show_ref *ref)
{
    if (!ref)
        print_list(thing);
    else if (ref->kind == SHOW_ISSUE)
        print_issue(thing);
    else if (ref->kind == SHOW_CRASH)
        print_crash_thing(thing);
    else if (ref->kind == SHOW_CAMPAIGN)
        print_campaign(thing);
    else
        print_build(thing);
    if (ref)
        print_history(thing);
}

static int show(struct store *store, const struct arguments *arguments)
{
    struct show_ref ref;
    struct fail why;
    json_t *thing = NULL;
    if (arguments->len == 0)
        thing = show_list(store, &why);
    else if (show_find(store, arguments->at[0], &ref, &why))
        thing = show_thing(store, &ref, &why);
    if (!thing) {
        fail_print(&why);
        return EXIT_CANNOT;
    }
    if (arguments->json)
        json_print(thing);
    else
        print_thing(thing, arguments->len ? &ref : NULL);
    json_decref(thing);
    return EXIT_FINE;
}

int cmd_show(int argc, char **argv)
{
    struct arguments arguments;
    struct fail why;
    int code = options_parse(&command, argc, argv, &arguments);
    if (code >= 0)
        return code;
    if (arguments.len > 1)
        return usage_error("show", "one thing at a time, or none for the list");
    char *state = state_place(chosen.state, arguments.manifest, &why);
    struct store *store = state ? store_open(state, STORE_READ, &why) : NULL;
    if (store)
        code = show(store, &arguments);
    else
        fail_print(&why);
    store_close(store);
    free(state);
    return store ? code : EXIT_CANNOT;
}
