/* Real deaths: fixtures/boom*.c built by every compiler that is there, under every sanitizer, run
 * for every kind, symbolized by the dying process or by us, must be called what it is; and a log
 * that ends too early must not be called something else for sure. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "crash.h"
#include "files.h"
#include "live_jobs.h"
#include "live_kinds.h"
#include "mem.h"
#include "symbolize.h"

#define RUNS 50
/* Every so many bytes a log is cut. */
#define CUT 64

/* What one job ran. */
struct death {
    const struct live_flavour *flavour;
    const struct live_kind *kind;
    bool symbolized;
};

static struct fixture {
    char *directory, *program; /* the symbolizer's */
    struct symbolizer *symbolizer;
    char *binaries[LIVE_FLAVOURS]; /* NULL: its compiler isn't here */
    struct live_jobs jobs;
    struct death *deaths; /* one for each job */
} fixture;

static struct live_kind race_kinds[] = {
    {"race", "Data race", "race", OWN, ALL, 'n', 'y'},
    {"race_swapped", "Data race", "race", OWN, ALL, 'n', 'y'},
    {"race_read_last", "Data race", "race", OWN, ALL, 'n', 'y'},
    {"race_write_last", "Data race", "race", OWN, ALL, 'n', 'y'},
};

static struct live_kind order_kinds[] = {
    {"lock_order", "Lock-order-inversion", "deadlock", OWN, ALL, 'n', 'n'},
    {"lock_order_swapped", "Lock-order-inversion", "deadlock", OWN, ALL, 'n', 'n'},
};

/* --- Building ------------------------------------------------------------------------------- */

/* The path of a program, for free(); NULL: it isn't here. */
static char *find_program(const char *name)
{
    const char *argv[] = {"/bin/sh", "-c", "command -v \"$0\"", name, NULL};
    struct proc_spec spec = {.argv = argv, .timeout_ms = 10000};
    struct proc_result result;
    struct fail why;
    if (!proc_run(&spec, &result, &why))
        return NULL;
    char *path = result.end == PROC_EXITED && result.code == 0 && result.out_len > 1
                     ? mem_copy(result.out, result.out_len - 1)
                     : NULL;
    proc_result_free(&result);
    return path;
}

/* The sources are beside this file, wherever the test runs. */
static char *source_path(const char *name)
{
    char *path = realpath(__FILE__, NULL);
    if (!path)
        fail_msg("%s isn't there any more", __FILE__);
    char *source = mem_print("%.*s/fixtures/%s", (int)(strrchr(path, '/') - path), path, name);
    free(path);
    return source;
}

/* gcc builds the part that is C; a C++ compiler of gcc's may not be there. */
static void add_build(const struct live_flavour *flavour, const char *binary)
{
    static const char *const sources[] = {"boom.c", "boom_memory.c", "boom_signals.c",
                                          "boom_undefined.c", "boom_threads.c"};
    bool gcc = flavour->family == GCC, plain = strcmp(flavour->sanitizer, "none") == 0;
    struct live_job *job = live_add(&fixture.jobs);
    const char *version = strchr(flavour->compiler, '-');
    live_word(job->argv, gcc ? mem_text("gcc") : mem_print("clang++%s", version));
    static const char *const flags[] = {"-g", "-O0", "-w", "-pthread"};
    for (size_t i = 0; i < sizeof flags / sizeof *flags; i++)
        live_word(job->argv, mem_text(flags[i]));
    if (!plain)
        live_word(job->argv, mem_print("-fsanitize=%s", flavour->sanitizer));
    if (flavour->flags)
        live_word(job->argv, mem_text(flavour->flags));
    if (strncmp(flavour->sanitizer, "fuzzer", 6) == 0)
        live_word(job->argv, mem_text("-DBOOM_FUZZER"));
    live_word(job->argv, mem_text(gcc ? "-DBOOM_C" : "-xc"));
    for (size_t i = 0; i < sizeof sources / sizeof *sources; i++)
        live_word(job->argv, source_path(sources[i]));
    if (!gcc) {
        live_word(job->argv, mem_text("-xc++"));
        live_word(job->argv, source_path("boom_cxx.cc"));
    }
    live_word(job->argv, mem_text("-o"));
    live_word(job->argv, mem_text(binary));
}

static void build_all(void)
{
    for (size_t i = 0; i < LIVE_FLAVOURS; i++) {
        char *compiler = find_program(live_flavours[i].compiler);
        if (!compiler)
            continue;
        free(compiler);
        fixture.binaries[i] = mem_print("%s/boom-%s-%s", fixture.directory,
                                        live_flavours[i].compiler, live_flavours[i].sanitizer);
        add_build(&live_flavours[i], fixture.binaries[i]);
    }
    live_run(&fixture.jobs);
    for (size_t i = 0; i < fixture.jobs.len; i++) {
        const struct live_job *job = &fixture.jobs.at[i];
        if (!job->ran || job->result.end != PROC_EXITED || job->result.code != 0)
            fail_msg("%s %s: %s", job->argv[0], job->argv[5],
                     job->ran ? job->result.err : job->why.what);
    }
    live_free(&fixture.jobs);
}

/* --- Running -------------------------------------------------------------------------------- */

static bool is_fuzzer(const struct live_flavour *flavour)
{
    return strncmp(flavour->sanitizer, "fuzzer", 6) == 0;
}

static void add_environment(struct live_job *job, const struct live_flavour *flavour,
                            const char *kind, bool symbolized)
{
    static const char *const options[][2] = {
        {"ASAN", ":detect_stack_use_after_return=1"},
        {"UBSAN", ":print_stacktrace=1:halt_on_error=1"},
        {"TSAN", ":halt_on_error=1"},
        {"MSAN", ""},
        {"LSAN", ""},
        {"HWASAN", ""},
    };
    const char *path = symbolized && flavour->family != GCC ? fixture.program : "";
    /* libFuzzer has handlers of its own. */
    const char *handlers =
        is_fuzzer(flavour) ? "handle_abort=1" : "handle_abort=1:handle_sigill=1:handle_sigtrap=1";
    /* libFuzzer's limit for all memory is its own; the runtime would be there first. */
    bool limited = !is_fuzzer(flavour) && strcmp(kind, "eats") == 0;
    for (size_t i = 0; i < sizeof options / sizeof *options; i++)
        live_word(job->env,
                  mem_print("%s_OPTIONS=symbolize=%d%s%s:%s%s%s", options[i][0], symbolized,
                            path[0] ? ":external_symbolizer_path=" : "", path, handlers,
                            options[i][1], limited ? ":hard_rss_limit_mb=150" : ""));
    live_word(job->env, mem_print("BOOM=%s", kind));
}

static void add_death(size_t flavour, const struct live_kind *kind, bool symbolized)
{
    struct live_job *job = live_add(&fixture.jobs);
    const char *binary = fixture.binaries[flavour];
    live_word(job->argv, mem_text(binary));
    if (is_fuzzer(&live_flavours[flavour])) {
        /* It looks at its memory once a second. */
        bool hangs = strcmp(kind->name, "sleeps") == 0;
        live_word(job->argv, mem_text(hangs ? "-timeout=1" : "-timeout=60"));
        live_word(job->argv, mem_text("-rss_limit_mb=150"));
        live_word(job->argv, mem_text(binary));
    } else {
        live_word(job->argv, mem_text(kind->name));
    }
    /* Of eight tags, two neighbours have the same now and then: nothing is seen. */
    if (strcmp(live_flavours[flavour].sanitizer, "hwaddress") == 0 &&
        strcmp(kind->class_, "memory") == 0)
        job->wanted = "ERROR: HWAddressSanitizer";
    add_environment(job, &live_flavours[flavour], kind->name, symbolized);
    fixture.deaths = mem_resize(fixture.deaths, fixture.jobs.len, sizeof *fixture.deaths);
    fixture.deaths[fixture.jobs.len - 1] =
        (struct death){&live_flavours[flavour], kind, symbolized};
}

static void add_flavour(size_t index)
{
    const struct live_flavour *flavour = &live_flavours[index];
    for (size_t i = 0; i < flavour->kinds_len; i++) {
        const struct live_kind *kind = &flavour->kinds[i];
        if (!(kind->with & flavour->family))
            continue;
        add_death(index, kind, false);
        /* A dying process takes its time over symbols. */
        if (flavour->symbolized && i % flavour->symbolized == 0)
            add_death(index, kind, true);
    }
}

static void run_all(void)
{
    for (size_t i = 0; i < LIVE_FLAVOURS; i++) {
        if (!fixture.binaries[i])
            continue;
        add_flavour(i);
        bool races = live_flavours[i].family == CLANG_19 &&
                     strcmp(live_flavours[i].sanitizer, "thread") == 0;
        for (size_t j = 0; races && j < RUNS; j++) {
            add_death(i, &race_kinds[j % (sizeof race_kinds / sizeof *race_kinds)], false);
            add_death(i, &order_kinds[j % (sizeof order_kinds / sizeof *order_kinds)], false);
        }
    }
    live_run(&fixture.jobs);
}

static int make_fixture(void **unused)
{
    (void)unused;
    struct fail why;
    fixture.directory = dir_temporary(&why);
    fixture.program = find_program("llvm-symbolizer-19");
    if (!fixture.program)
        fixture.program = find_program("llvm-symbolizer");
    fixture.symbolizer = fixture.program ? symbolizer_new(fixture.program, &why) : NULL;
    if (!fixture.directory || !fixture.symbolizer)
        return -1;
    fixture.jobs.directory = fixture.directory;
    build_all();
    run_all();
    return 0;
}

static int remove_fixture(void **unused)
{
    (void)unused;
    live_free(&fixture.jobs);
    symbolizer_free(fixture.symbolizer);
    for (size_t i = 0; i < LIVE_FLAVOURS; i++)
        free(fixture.binaries[i]);
    dir_remove(fixture.directory);
    free(fixture.directory);
    free(fixture.program);
    free(fixture.deaths);
    return 0;
}

/* --- Checking ------------------------------------------------------------------------------- */

/* The whole log, or what is there when it ends after len bytes; and then nobody knows how the
 * process ended. */
static struct crash classify(size_t index, size_t len)
{
    const struct proc_result *result = &fixture.jobs.at[index].result;
    const struct death *death = &fixture.deaths[index];
    struct crash_evidence evidence = {.log = result->err,
                                      .log_len = len,
                                      .has_end = len == result->err_len,
                                      .end = result->end,
                                      .code = result->code,
                                      .target = is_fuzzer(death->flavour) ? "boom" : NULL,
                                      .binary = fixture.jobs.at[index].argv[0],
                                      .symbolizer = fixture.symbolizer};
    struct crash crash;
    struct fail why;
    assert_true(crash_classify(&evidence, &crash, &why));
    return crash;
}

/* ThreadSanitizer can't start where the kernel spreads addresses too far. */
static bool has_log(size_t index)
{
    const struct live_job *job = &fixture.jobs.at[index];
    if (!job->ran)
        fail_msg("%s: %s", job->argv[0], job->why.what);
    return strstr(job->result.err, "FATAL: ThreadSanitizer") == NULL;
}

static bool same_type(const char *want, const char *got)
{
    if (!want || !got)
        return !want && !got;
    size_t len = strlen(want);
    return strncmp(got, want, len) == 0 && (got[len] == '\0' || got[len] == '\n');
}

static bool same_state(const struct live_kind *want, const char *got)
{
    if (want->state == OWN) {
        char *own = mem_print("%s\nrun\nmain", want->name);
        bool same = strcmp(own, got) == 0;
        free(own);
        return same;
    }
    return want->state[0] == '\0' || strcmp(want->state, got) == 0;
}

/* NULL, or what is wrong. */
static const char *check(const struct live_kind *want, const struct crash *got)
{
    if (got->found != (want->type != NULL) || !same_type(want->type, got->type))
        return "type";
    if (strcmp(got->class_, want->class_) != 0)
        return "class";
    if (!got->found)
        return NULL;
    if (!same_state(want, got->state))
        return "state";
    if (got->security != (want->security == 'y'))
        return "security";
    if (want->address != '?' && (got->address != NULL) != (want->address == 'y'))
        return "address";
    bool vague = strcmp(got->state, "NULL") == 0 || want->state == NULL || want->state[0] == '\0';
    return vague || strcmp(got->confidence, "low") != 0 ? NULL : "confidence";
}

static void check_compiler(enum compiler family)
{
    size_t checked = 0;
    for (size_t i = 0; i < fixture.jobs.len; i++) {
        const struct death *death = &fixture.deaths[i];
        bool repeated = death->kind >= race_kinds && death->kind < race_kinds + 4;
        repeated = repeated || (death->kind >= order_kinds && death->kind < order_kinds + 2);
        if (death->flavour->family != family || repeated || !has_log(i))
            continue;
        const struct proc_result *result = &fixture.jobs.at[i].result;
        struct crash got = classify(i, result->err_len);
        const char *wrong = check(death->kind, &got);
        if (wrong)
            fail_msg("%s %s%s %s: the %s: %s, %s, %s, %s, \"%s\", %s confidence; log:\n%s",
                     death->flavour->compiler, death->flavour->sanitizer,
                     death->symbolized ? ", symbolized," : "", death->kind->name, wrong, got.class_,
                     got.type ? got.type : "(none)", got.address ? got.address : "(no address)",
                     got.security ? "security" : "no security", got.state ? got.state : "(none)",
                     got.confidence, result->err);
        crash_free(&got);
        checked++;
    }
    if (checked == 0)
        skip();
}

static void clang_19(void **unused)
{
    (void)unused;
    check_compiler(CLANG_19);
}

static void clang_14(void **unused)
{
    (void)unused;
    check_compiler(CLANG_14);
}

static void gcc(void **unused)
{
    (void)unused;
    check_compiler(GCC);
}

/* A kind is one way to die under one sanitizer, whoever compiled it. */
static void kinds_are_many(void **unused)
{
    (void)unused;
    size_t crashes = 0;
    for (size_t i = 0; i < LIVE_FLAVOURS; i++) {
        const struct live_flavour *flavour = &live_flavours[i];
        bool counted = false;
        for (size_t j = 0; j < i; j++)
            counted = counted || live_flavours[j].kinds == flavour->kinds;
        for (size_t j = 0; j < flavour->kinds_len && !counted; j++)
            crashes += flavour->kinds[j].type != NULL;
    }
    assert_true(crashes >= 120);
}

/* --- Logs that end too early ---------------------------------------------------------------- */

static size_t cut_log(size_t index)
{
    const struct proc_result *result = &fixture.jobs.at[index].result;
    const struct death *death = &fixture.deaths[index];
    size_t sure = 0;
    for (size_t len = 0; len < result->err_len; len += CUT) {
        struct crash got = classify(index, len);
        bool high = got.found && strcmp(got.confidence, "high") == 0;
        if (high && (strcmp(got.class_, death->kind->class_) != 0 ||
                     !same_type(death->kind->type, got.type)))
            fail_msg("%s %s%s %s: cut at %zu it is %s, %s for sure; log:\n%.*s",
                     death->flavour->compiler, death->flavour->sanitizer,
                     death->symbolized ? ", symbolized," : "", death->kind->name, len, got.class_,
                     got.type, (int)len, result->err);
        sure += high;
        crash_free(&got);
    }
    return sure;
}

static void cut_logs_mislead_nobody(void **unused)
{
    (void)unused;
    size_t sure = 0;
    for (size_t i = 0; i < fixture.jobs.len; i++) {
        if (has_log(i))
            sure += cut_log(i);
    }
    /* Else this tests nothing. */
    assert_true(sure > 1000);
}

/* --- Whichever thread comes first ----------------------------------------------------------- */

/* The function that the report tells first. */
static const char *told_first(const struct crash *crash)
{
    for (size_t i = 0; i < crash->stacks_len; i++) {
        const struct crash_stack *stack = &crash->stacks[i];
        for (size_t j = 0; j < stack->len; j++) {
            if (stack->frames[j].function && !stack->frames[j].dropped)
                return stack->frames[j].function;
        }
    }
    return "";
}

static void check_orders(const struct live_kind *kinds, size_t kinds_len, const char *one,
                         const char *other)
{
    size_t runs = 0, ones = 0, others = 0;
    char signature[17] = "";
    for (size_t i = 0; i < fixture.jobs.len; i++) {
        const struct death *death = &fixture.deaths[i];
        if (death->kind < kinds || death->kind >= kinds + kinds_len || !has_log(i))
            continue;
        struct crash got = classify(i, fixture.jobs.at[i].result.err_len);
        assert_true(got.found);
        if (runs > 0 && strcmp(signature, got.signature) != 0)
            fail_msg("run %zu of %s has another signature, with the state %s", runs,
                     death->kind->name, got.state);
        memcpy(signature, got.signature, sizeof signature);
        ones += strcmp(told_first(&got), one) == 0;
        others += strcmp(told_first(&got), other) == 0;
        runs++;
        crash_free(&got);
    }
    if (runs == 0)
        skip();
    assert_int_equal(runs, RUNS);
    assert_true(ones > 0 && others > 0);
}

static void a_race_has_one_signature(void **unused)
{
    (void)unused;
    check_orders(race_kinds, sizeof race_kinds / sizeof *race_kinds, "bump", "reader");
}

static void a_lock_order_has_one_signature(void **unused)
{
    (void)unused;
    check_orders(order_kinds, sizeof order_kinds / sizeof *order_kinds, "lock_back", "lock_forth");
}

/* --- One bug, or two ------------------------------------------------------------------------ */

/* The signature of a kind under every sanitizer that has a stack to tell; fails when there are
 * two. */
static void one_signature(const char *kind, char signature[17])
{
    signature[0] = '\0';
    for (size_t i = 0; i < fixture.jobs.len; i++) {
        const struct live_flavour *flavour = fixture.deaths[i].flavour;
        bool plain = strcmp(flavour->sanitizer, "none") == 0;
        if (strcmp(fixture.deaths[i].kind->name, kind) != 0 || plain || is_fuzzer(flavour) ||
            !has_log(i))
            continue;
        struct crash got = classify(i, fixture.jobs.at[i].result.err_len);
        if (signature[0] != '\0' && strcmp(signature, got.signature) != 0)
            fail_msg("%s is another bug by %s %s: %s, %s", kind, flavour->compiler,
                     flavour->sanitizer, got.type, got.state);
        memcpy(signature, got.signature, sizeof got.signature);
        crash_free(&got);
    }
}

static void a_bug_has_one_signature(void **unused)
{
    static const char *const kinds[] = {"null_write", "asserts",   "asserts_helper",
                                        "leak",       "recursion", "wild_read"};
    char signature[17], helped[17];
    (void)unused;
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        one_signature(kinds[i], signature);
        if (signature[0] == '\0')
            skip();
    }
    /* Two bugs that a helper finds, two calls deep. */
    one_signature("asserts_helper", signature);
    one_signature("asserts_helper_too", helped);
    assert_string_not_equal(signature, helped);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(clang_19),
        cmocka_unit_test(clang_14),
        cmocka_unit_test(gcc),
        cmocka_unit_test(kinds_are_many),
        cmocka_unit_test(cut_logs_mislead_nobody),
        cmocka_unit_test(a_race_has_one_signature),
        cmocka_unit_test(a_lock_order_has_one_signature),
        cmocka_unit_test(a_bug_has_one_signature),
    };
    return cmocka_run_group_tests(tests, make_fixture, remove_fixture);
}
