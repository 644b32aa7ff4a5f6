/* minimize_oracle_test.c: how long the judge of real inputs waits for a candidate. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <uv.h>

#include "minimize_oracle.h"

#ifndef SERVE_HELPER
#error "SERVE_HELPER is set by tools/CMakeLists.txt"
#endif

/* A target whose inputs do what their first byte says (serve_helper.c), and that may take long. */
struct scene {
    struct build build;
    struct target target;
    struct manifest manifest;
    struct runner *runner;
    struct run_result abort; /* how an 'a' ends */
    struct oracle oracle;
};

static void set(struct scene *scene, unsigned timeout_ms, unsigned workers)
{
    struct fail why;
    *scene = (struct scene){.build = {"replay", "asan", SERVE_HELPER}};
    scene->target = (struct target){.name = "helper",
                                    .kit = true,
                                    .format_version = 1,
                                    .source = "/src/helper.c",
                                    .timeout_ms = timeout_ms,
                                    .rss_mb = 512,
                                    .max_len = 64,
                                    .builds = &scene->build,
                                    .builds_len = 1};
    scene->manifest = (struct manifest){.path = "manifest.json",
                                        .root = "/src",
                                        .build = "/tmp",
                                        .symbolizer = "/nowhere/llvm-symbolizer",
                                        .targets = &scene->target,
                                        .targets_len = 1};
    scene->runner = runner_new(&scene->manifest, &why);
    assert_non_null(scene->runner);
    if (!runner_run_bytes(scene->runner, &scene->target, &scene->build, "a", 1, &scene->abort,
                          &why))
        fail_msg("%s", why.what);
    assert_true(scene->abort.crash.found);
    oracle_open(&scene->oracle, scene->runner,
                &(struct oracle_options){.target = &scene->target,
                                         .build = &scene->build,
                                         .want = &scene->abort.crash,
                                         .workers = workers});
}

static void strike(struct scene *scene)
{
    oracle_close(&scene->oracle);
    run_result_free(&scene->abort);
    runner_free(scene->runner);
}

static unsigned hits(struct scene *scene, const char *input)
{
    struct count count = oracle_count(&scene->oracle, input, strlen(input), 1, 1);
    if (count.tries != 1)
        fail_msg("%s", scene->oracle.why.what);
    return count.hits;
}

/* How long a hanging candidate is waited for, in ms. */
static uint64_t wait_for_a_hang(struct scene *scene)
{
    uint64_t before = uv_hrtime();
    assert_int_equal(hits(scene, "h"), 0);
    return (uv_hrtime() - before) / 1000000;
}

static void waits_as_long_as_the_target_may_take_before_it_has_seen_the_crash(void **state)
{
    (void)state;
    struct scene scene;
    set(&scene, 1500, 1);
    assert_in_range(wait_for_a_hang(&scene), 1500, 20000);
    strike(&scene);
}

static void gives_up_what_takes_far_longer_than_the_crash(void **state)
{
    (void)state;
    struct scene scene;
    set(&scene, 60000, 1);
    assert_int_equal(hits(&scene, "a"), 1);
    assert_in_range(wait_for_a_hang(&scene), 150, 30000);
    assert_int_equal(hits(&scene, "a"), 1); /* and goes on */
    strike(&scene);
}

/* A crash that comes late is waited for once more. */
static void is_patient_with_a_slow_crash(void **state)
{
    (void)state;
    struct scene scene;
    set(&scene, 60000, 1);
    assert_int_equal(hits(&scene, "s"), 1);
    assert_in_range(wait_for_a_hang(&scene), 2500, 59000);
    strike(&scene);
}

static void waits_no_longer_than_the_target_may_take(void **state)
{
    (void)state;
    struct scene scene;
    set(&scene, 1200, 1);
    assert_int_equal(hits(&scene, "s"), 1);
    assert_in_range(wait_for_a_hang(&scene), 1200, 2400);
    strike(&scene);
}

static enum answer ask(const struct judge *judge, const char *input)
{
    struct program candidate;
    program_of_bytes(input, strlen(input), &candidate);
    enum answer answer = judge->ask(judge->context, &candidate);
    program_free(&candidate);
    return answer;
}

/* What ran ahead has ended long before the one that hung has: it didn't take that long. */
static void is_no_more_patient_after_what_ran_beside_a_hang(void **state)
{
    (void)state;
    struct scene scene;
    set(&scene, 60000, 2);
    struct judge judge = oracle_judge(&scene.oracle);
    struct program next;
    program_of_bytes("ab", 2, &next);
    assert_int_equal(ask(&judge, "a"), ANSWER_YES);
    judge.expect(judge.context, &next);
    assert_int_equal(ask(&judge, "h"), ANSWER_NO);
    assert_int_equal(ask(&judge, "ab"), ANSWER_YES);
    assert_in_range(wait_for_a_hang(&scene), 150, 1400);
    program_free(&next);
    strike(&scene);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(waits_as_long_as_the_target_may_take_before_it_has_seen_the_crash),
        cmocka_unit_test(gives_up_what_takes_far_longer_than_the_crash),
        cmocka_unit_test(is_patient_with_a_slow_crash),
        cmocka_unit_test(waits_no_longer_than_the_target_may_take),
        cmocka_unit_test(is_no_more_patient_after_what_ran_beside_a_hang),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
