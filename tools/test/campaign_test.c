/* campaign_test.c: a campaign with an engine that is a script, so that each of its ends can be had
 * on purpose. */
#include "campaign.h"
#include "fake.h"
#include "store_audit.h"
#include "store_show.h"

/* Crashes at once, each time with the same input. */
static const char crashing[] =
    "#!/bin/sh\n"
    "for a; do case $a in -artifact_prefix=*) p=${a#*=};; esac; done\n"
    "echo '#100 NEW    cov: 7 ft: 9 corp: 1/1b' >&2\n"
    "printf 'crash deep' >${p}crash-0000000000000000000000000000000000000001\n"
    "echo 'stat::number_of_executed_units: 123' >&2\n"
    "exit 77\n";

/* As libFuzzer on a full disk: the file is empty, the output has the input ("crash base"). */
static const char full_disk[] = "#!/bin/sh\n"
                                "for a; do case $a in -artifact_prefix=*) p=${a#*=};; esac; done\n"
                                "echo '#5 NEW    cov: 7 ft: 9' >&2\n"
                                ": >${p}crash-0000000000000000000000000000000000000002\n"
                                "echo 'Base64: Y3Jhc2ggYmFzZQ==' >&2\n"
                                "exit 77\n";

/* Finds an input that doesn't fail when it is replayed, nor says why. */
static const char flaky[] = "#!/bin/sh\n"
                            "for a; do case $a in -artifact_prefix=*) p=${a#*=};; esac; done\n"
                            "echo '#5 NEW    cov: 7 ft: 9' >&2\n"
                            "printf 'nothing' >${p}crash-0000000000000000000000000000000000000003\n"
                            "exit 77\n";

/* Neither ends when its time is up nor when asked to. */
static const char wedged[] = "#!/bin/sh\n"
                             "trap '' INT TERM\n"
                             "echo '#5 NEW    cov: 7 ft: 9' >&2\n"
                             "while :; do sleep 60 & wait; done\n";

static const char broken[] = "#!/bin/sh\n"
                             "echo 'ERROR: no such flag' >&2\n"
                             "exit 1\n";

static bool run(struct fake *fake, const struct campaign_options *changes,
                struct campaign_result *result, struct fail *why)
{
    struct campaign_options options = *changes;
    char *state = mem_print("%s/state", fake->directory);
    const struct target *targets[] = {&fake->target};
    options.state = state;
    options.jobs = 1;
    bool ok = campaign_run(&fake->manifest, targets, 1, &options, result, why);
    free(state);
    return ok;
}

static bool the_first(void *context, const struct crash *name)
{
    (void)context;
    return name->found;
}

static void names_counts_and_resumes(void **state)
{
    (void)state;
    struct fake *fake = fake_open(crashing);
    struct campaign_result result;
    struct fail why;
    struct campaign_options options = {.seconds = 30, .enough = the_first};
    assert_true(run(fake, &options, &result, &why));
    assert_true(result.seconds < 20);
    assert_int_equal(result.issues_len, 1);
    const struct store_issue *issue = &result.issues[0].issue;
    assert_true(result.issues[0].is_new);
    assert_string_equal(issue->type, "Heap-buffer-overflow\nWRITE 4");
    assert_string_equal(issue->state, "deep\nfake");
    assert_string_equal(issue->engine, "libfuzzer");
    assert_int_equal(issue->hits, 3);
    assert_int_equal(issue->runs, 3);
    assert_true(issue->executions >= 100);
    assert_true(path_is_file(issue->artifact));
    assert_true(result.targets[0].executions >= 123);
    assert_int_equal(result.targets[0].edges, 7);
    campaign_result_free(&result);

    options = (struct campaign_options){.seconds = 2};
    assert_true(run(fake, &options, &result, &why));
    assert_int_equal(result.issues_len, 1);
    assert_false(result.issues[0].is_new);
    assert_true(result.issues[0].issue.count > 1);
    assert_int_equal(result.targets[0].new_issues, 0);
    campaign_result_free(&result);
    fake_close(fake);
}

/* The state directory's store, for looking. */
static struct store *open_state(const struct fake *fake, enum store_mode mode)
{
    char *state = mem_print("%s/state", fake->directory);
    struct fail why;
    struct store *store = store_open(state, mode, &why);
    if (!store)
        fail_msg("%s", why.what);
    free(state);
    return store;
}

static void on_problem(void *context, const char *text)
{
    (void)context;
    print_error("%s\n", text);
}

static void assert_store_holds(const struct fake *fake)
{
    struct audit audit = {.problem = on_problem};
    struct fail why;
    struct store *store = open_state(fake, STORE_READ);
    assert_true(store_audit(store, &audit, &why));
    assert_int_equal(audit.problems, 0);
    store_close(store);
}

/* Every crash leads to its input, its log, the build that said so, and the campaign. */
static void leaves_nothing_unexplained(void **state)
{
    (void)state;
    struct fake *fake = fake_open(crashing);
    struct campaign_result result;
    struct campaign_options options = {.seconds = 30, .enough = the_first};
    struct fail why;
    assert_true(run(fake, &options, &result, &why));
    campaign_result_free(&result);
    assert_store_holds(fake);
    struct store *store = open_state(fake, STORE_READ);
    json_t *crash = show_thing(store, &(struct show_ref){SHOW_CRASH, 1}, &why), *log;
    assert_non_null(crash);
    const char *build, *command, *outcome, *path;
    assert_int_equal(json_unpack(crash, "{s:{s:s}, s:{s:s, s:s}, s:s, s:o}", "build", "binary",
                                 &build, "campaign", "command", &command, "outcome", &outcome,
                                 "log", &path, "report", &log),
                     0);
    assert_string_equal(build, fake->builds[0].binary);
    assert_non_null(strstr(command, "campaign_test"));
    assert_string_equal(outcome, "done");
    assert_string_equal(json_string_value(json_object_get(log, "crash_state")), "deep\nfake");
    char *bytes;
    size_t len;
    assert_true(file_read(path, &bytes, &len, &why));
    assert_non_null(strstr(bytes, "AddressSanitizer: heap-buffer-overflow"));
    free(bytes);
    json_decref(crash);
    store_close(store);
    fake_close(fake);
}

/* As while the target is being built anew. */
static const char missing_once[] = "#!/bin/sh\n"
                                   "tries=$(dirname $0)/tries\n"
                                   "echo . >>$tries\n"
                                   "[ $(wc -l <$tries) -gt 2 ] || exit 2\n"
                                   "echo \"ledge-run: $1\" >&2\n"
                                   "kill -SEGV $$\n";

static void tries_again_what_could_not_be_replayed(void **state)
{
    (void)state;
    struct fake *fake = fake_open(flaky);
    struct campaign_result result;
    struct fail why;
    fake_script(fake, "replayer", missing_once);
    struct campaign_options options = {.seconds = 20, .enough = the_first};
    assert_true(run(fake, &options, &result, &why));
    assert_int_equal(result.issues_len, 1);
    campaign_result_free(&result);
    assert_store_holds(fake);
    struct store *store = open_state(fake, STORE_READ);
    json_t *crash = show_thing(store, &(struct show_ref){SHOW_CRASH, 1}, &why);
    assert_int_equal(json_integer_value(json_object_get(crash, "attempts")), 2);
    assert_string_equal(json_string_value(json_object_get(crash, "status")), "named");
    json_decref(crash);
    store_close(store);
    fake_close(fake);
}

static void says_what_is_back(void **state)
{
    (void)state;
    struct fake *fake = fake_open(crashing);
    struct campaign_result result;
    struct campaign_options options = {.seconds = 30, .enough = the_first};
    struct fail why;
    assert_true(run(fake, &options, &result, &why));
    campaign_result_free(&result);
    struct store *store = open_state(fake, STORE_WRITE);
    assert_true(store_minimized(store, 1, "crash deep", 10, &why));
    assert_true(store_curated(store, 1, fake->directory, &why));
    assert_true(store_move(store, 1, "fixed", "mended", &why));
    store_close(store);
    char *text;
    size_t len;
    FILE *progress = open_memstream(&text, &len);
    options = (struct campaign_options){.seconds = 2, .progress = progress};
    assert_true(run(fake, &options, &result, &why));
    assert_string_equal(result.issues[0].issue.status, "reproduced");
    campaign_result_free(&result);
    fclose(progress);
    assert_non_null(strstr(text, "BACK fake  issue-1 was fixed, and fails again"));
    free(text);
    fake_close(fake);
}

static void recovers_an_input_from_the_output(void **state)
{
    (void)state;
    struct fake *fake = fake_open(full_disk);
    struct campaign_result result;
    struct fail why;
    struct campaign_options options = {.seconds = 20, .enough = the_first};
    assert_true(run(fake, &options, &result, &why));
    assert_int_equal(result.issues_len, 1);
    assert_string_equal(result.issues[0].issue.state, "base\nfake");
    char *bytes;
    size_t len;
    assert_true(file_read(result.issues[0].issue.artifact, &bytes, &len, &why));
    assert_string_equal(bytes, "crash base");
    free(bytes);
    campaign_result_free(&result);
    fake_close(fake);
}

static void keeps_what_does_not_fail_again(void **state)
{
    (void)state;
    struct fake *fake = fake_open(flaky);
    struct campaign_result result;
    struct fail why;
    assert_true(run(fake, &(struct campaign_options){.seconds = 3}, &result, &why));
    assert_int_equal(result.issues_len, 0);
    assert_int_equal(result.targets[0].flaky, 1);
    campaign_result_free(&result);
    fake_close(fake);
}

static void kills_what_does_not_end(void **state)
{
    (void)state;
    struct fake *fake = fake_open(wedged);
    struct campaign_result result;
    struct fail why;
    assert_true(run(fake, &(struct campaign_options){.seconds = 1}, &result, &why));
    assert_int_equal(result.issues_len, 0);
    assert_true(result.instances[0].busy > 5); /* it was given time to end */
    assert_true(result.instances[0].busy < 20);
    campaign_result_free(&result);
    fake_close(fake);
}

static void says_why_an_engine_cannot_run(void **state)
{
    (void)state;
    struct fake *fake = fake_open(broken);
    struct campaign_result result;
    struct fail why;
    assert_false(run(fake, &(struct campaign_options){.seconds = 20}, &result, &why));
    assert_non_null(strstr(why.what, "no engine can go on: "));
    assert_true(result.seconds < 10);
    assert_non_null(strstr(result.instances[0].problem, "ERROR: no such flag"));
    campaign_result_free(&result);

    assert_int_equal(unlink(fake->builds[1].binary), 0);
    assert_false(run(fake, &(struct campaign_options){.seconds = 20}, &result, &why));
    assert_non_null(strstr(why.what, "is not built"));
    campaign_result_free(&result);
    fake_close(fake);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_counts_and_resumes),
        cmocka_unit_test(leaves_nothing_unexplained),
        cmocka_unit_test(tries_again_what_could_not_be_replayed),
        cmocka_unit_test(says_what_is_back),
        cmocka_unit_test(recovers_an_input_from_the_output),
        cmocka_unit_test(keeps_what_does_not_fail_again),
        cmocka_unit_test(kills_what_does_not_end),
        cmocka_unit_test(says_why_an_engine_cannot_run),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
