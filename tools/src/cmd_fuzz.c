#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "campaign.h"
#include "campaign_parts.h"
#include "commands.h"
#include "describe.h"
#include "json.h"
#include "mem.h"
#include "options.h"

static struct {
    unsigned seconds, jobs, seed;
    const char *engines, *sanitizers, *state;
} chosen;

static const struct option_def options[] = {
    {"seconds", OPTION_NUMBER, "N", "how long, altogether (default 60)", &chosen.seconds, 1},
    {"jobs", OPTION_NUMBER, "N", "engine processes at a time (default: one per processor)",
     &chosen.jobs, 1},
    {"engine", OPTION_TEXT, "LIST", "libfuzzer, afl or all (default)", &chosen.engines, 0},
    {"sanitizer", OPTION_TEXT, "LIST", "only these: asan,ubsan,tsan,msan,none", &chosen.sanitizers,
     0},
    {"seed", OPTION_NUMBER, "N", "of the engines' random numbers (default: another each time)",
     &chosen.seed, 1},
    {"state", OPTION_TEXT, "DIR", "where everything is kept (default: BUILD/campaign)",
     &chosen.state, 0},
};

static const struct command command = {
    .name = "fuzz",
    .synopsis = "[TARGET…] [--seconds N] [--jobs N]",
    .purpose =
        "Fuzzes targets (default: all) with libFuzzer and AFL++ side by side, under every\n"
        "sanitizer, on one shared corpus. Each crash is saved, replayed, named and told once.\n"
        "^C ends it cleanly; the next campaign with the same state goes on where this one stopped.",
    .notes = "  ledge fuzz vec --seconds 60\n"
             "  ledge fuzz --engine afl --sanitizer none,asan --state /tmp/try\n\n"
             "exit: 0 no issue was seen; 1 some were; 2 usage; 3 it could not run, or not go on",
    .options = options,
    .options_len = sizeof options / sizeof options[0],
};

static void print_targets(const struct campaign_result *result)
{
    char executions[16], rate[16];
    printf("\n%-12s %9s %9s %7s %7s %10s %6s\n", "target", "execs", "execs/s", "edges", "corpus",
           "new issues", "flaky");
    for (size_t i = 0; i < result->targets_len; i++) {
        const struct campaign_target *target = &result->targets[i];
        double seconds = result->seconds > 0 ? result->seconds : 1;
        printf("%-12s %9s %9s %7llu %7llu %10u %6llu\n", target->target->name,
               describe_number((double)target->executions, executions),
               describe_number((double)target->executions / seconds, rate),
               (unsigned long long)target->edges, (unsigned long long)target->corpus,
               target->new_issues, (unsigned long long)target->flaky);
    }
}

static void print_idle(const struct campaign_result *result)
{
    bool any = false;
    for (size_t i = 0; i < result->instances_len; i++) {
        const struct campaign_instance *instance = &result->instances[i];
        if (instance->busy > 0 || instance->problem)
            continue;
        printf("%s %s %s/%s", any ? "," : "\nno time was left for:", instance->target,
               instance->engine, instance->sanitizer);
        any = true;
    }
    if (any)
        printf("\n");
}

static void print_issue(const struct campaign_issue *seen)
{
    const struct store_issue *issue = &seen->issue;
    char *type = describe_type(issue->type);
    char *state = describe_state(issue->state);
    printf("%s %s  %s  %s\n      %s\n      %s/%s, after %.0f s; seen %llu times; fails %u of %u; "
           "issue-%lld, signature %s\n      %s\n",
           seen->is_new ? "NEW  " : "known", issue->target, issue->build, type, state,
           issue->engine, issue->sanitizer, issue->seconds, (unsigned long long)issue->count,
           issue->hits, issue->runs, (long long)issue->id, issue->signature, issue->artifact);
    free(type);
    free(state);
}

static void print_setting(const char *name, const char *value)
{
    char *word = value ? describe_word(value) : NULL;
    if (word)
        printf(" --%s %s", name, word);
    free(word);
}

/* What to type: it has to lead to the same store and the same targets. */
static void print_next(const struct campaign_result *result, const struct arguments *arguments)
{
    size_t first = 0; /* that is new, or none is */
    while (first < result->issues_len - 1 && !result->issues[first].is_new)
        first++;
    if (!result->issues[first].is_new)
        first = 0;
    char *artifact = describe_word(result->issues[first].issue.artifact);
    printf("\nnext:  ledge minimize");
    print_setting("manifest", arguments->manifest);
    print_setting("state", chosen.state);
    printf(" %s\n", artifact);
    free(artifact);
}

static void print_text(const struct campaign_result *result, const struct arguments *arguments)
{
    print_targets(result);
    print_idle(result);
    if (result->issues_len)
        printf("\n");
    for (size_t i = 0; i < result->issues_len; i++)
        print_issue(&result->issues[i]);
    if (result->unnamed)
        printf("\n%zu crashes are saved but not named yet; the next `ledge fuzz` will name them\n",
               result->unnamed);
    if (result->issues_len)
        print_next(result, arguments);
    else
        printf("\nno crash in %.0f s\n", result->seconds);
}

static json_t *issue_json(const struct campaign_issue *seen)
{
    const struct store_issue *issue = &seen->issue;
    json_t *object = json_object();
    json_put(object, "id", json_integer(issue->id));
    json_put(object, "target", json_text(issue->target));
    json_put(object, "new", json_boolean(seen->is_new));
    json_put(object, "crash_type", json_text(issue->type));
    json_put(object, "crash_state", json_text(issue->state));
    json_put(object, "class", json_text(issue->class_));
    json_put(object, "security", json_boolean(issue->security));
    json_put(object, "signature", json_text(issue->signature));
    json_put(object, "build", json_text(issue->build));
    json_put(object, "engine", json_text(issue->engine));
    json_put(object, "sanitizer", json_text(issue->sanitizer));
    json_put(object, "seconds", json_real(issue->seconds));
    json_put(object, "executions", json_integer((json_int_t)issue->executions));
    json_put(object, "count", json_integer((json_int_t)issue->count));
    json_put(object, "hits", json_integer((json_int_t)issue->hits));
    json_put(object, "runs", json_integer((json_int_t)issue->runs));
    json_put(object, "file", json_text(issue->artifact));
    return object;
}

static json_t *target_json(const struct campaign_target *target)
{
    json_t *object = json_object();
    json_put(object, "target", json_text(target->target->name));
    json_put(object, "executions", json_integer((json_int_t)target->executions));
    json_put(object, "busy", json_real(target->busy));
    json_put(object, "edges", json_integer((json_int_t)target->edges));
    json_put(object, "corpus", json_integer((json_int_t)target->corpus));
    json_put(object, "new_issues", json_integer((json_int_t)target->new_issues));
    json_put(object, "flaky", json_integer((json_int_t)target->flaky));
    return object;
}

static json_t *instance_json(const struct campaign_instance *instance)
{
    json_t *object = json_object();
    json_put(object, "target", json_text(instance->target));
    json_put(object, "engine", json_text(instance->engine));
    json_put(object, "sanitizer", json_text(instance->sanitizer));
    json_put(object, "executions", json_integer((json_int_t)instance->executions));
    json_put(object, "busy", json_real(instance->busy));
    json_put(object, "problem", json_text(instance->problem));
    return object;
}

static void print_json(const struct campaign_result *result)
{
    json_t *root = json_object(), *targets = json_array(), *instances = json_array();
    json_t *issues = json_array();
    for (size_t i = 0; i < result->targets_len; i++)
        json_append(targets, target_json(&result->targets[i]));
    for (size_t i = 0; i < result->instances_len; i++)
        json_append(instances, instance_json(&result->instances[i]));
    for (size_t i = 0; i < result->issues_len; i++)
        json_append(issues, issue_json(&result->issues[i]));
    json_put(root, "seconds", json_real(result->seconds));
    json_put(root, "interrupted", json_boolean(result->interrupted));
    json_put(root, "unnamed", json_integer((json_int_t)result->unnamed));
    json_put(root, "targets", targets);
    json_put(root, "instances", instances);
    json_put(root, "issues", issues);
    json_print(root);
    json_decref(root);
}

static int run(const struct manifest *manifest, const struct arguments *arguments)
{
    const struct target **targets;
    size_t len;
    struct fail why;
    if (!manifest_select(manifest, arguments->at, arguments->len, &targets, &len, &why)) {
        fail_print(&why);
        return EXIT_CANNOT;
    }
    char *state = chosen.state ? mem_text(chosen.state) : mem_print("%s/campaign", manifest->build);
    struct campaign_options campaign = {
        .state = state,
        .seconds = chosen.seconds ? chosen.seconds : 60,
        .jobs = chosen.jobs,
        .seed = chosen.seed,
        .engines = chosen.engines,
        .sanitizers = chosen.sanitizers,
        .progress = arguments->json ? stderr : stdout,
    };
    struct campaign_result result;
    bool ok = campaign_run(manifest, targets, len, &campaign, &result, &why);
    if (ok || result.targets_len) {
        if (arguments->json)
            print_json(&result);
        else
            print_text(&result, arguments);
    }
    if (!ok)
        fail_print(&why);
    int code = !ok ? EXIT_CANNOT : result.issues_len ? EXIT_FOUND : EXIT_FINE;
    campaign_result_free(&result);
    free(targets);
    free(state);
    return code;
}

int cmd_fuzz(int argc, char **argv)
{
    static const char *const engines[] = {"libfuzzer", "afl", NULL};
    struct arguments arguments;
    struct fail why;
    int code = options_parse(&command, argc, argv, &arguments);
    if (code >= 0)
        return code;
    char *unknown = list_check(chosen.engines, engines);
    if (!unknown)
        unknown = list_check(chosen.sanitizers, runner_sanitizers);
    if (unknown) {
        code = usage_error("fuzz", "there is no engine or sanitizer '%s'", unknown);
        free(unknown);
        return code;
    }
    const struct manifest *manifest = manifest_load(arguments.manifest, &why);
    if (!manifest) {
        fail_print(&why);
        return EXIT_CANNOT;
    }
    code = run(manifest, &arguments);
    manifest_free(manifest);
    return code;
}
