#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "commands.h"
#include "describe.h"
#include "files.h"
#include "ingest.h"
#include "json.h"
#include "mem.h"
#include "minimize.h"
#include "minimize_command.h"
#include "minimize_oracle.h"
#include "options.h"
#include "owner.h"
#include "wilson.h"

static struct {
    const char *target, *build, *bug, *directory, *state, *command;
    unsigned timeout, exit_code, seconds, jobs;
} chosen;

static const struct option_def options[] = {
    {"target", OPTION_TEXT, "T", "the target that the input belongs to", &chosen.target, 0},
    {"build", OPTION_TEXT, "SAN", "keep what this build says: asan, msan, tsan, ubsan or none",
     &chosen.build, 0},
    {"bug", OPTION_TEXT, "ID", "run it on the library with this planted bug", &chosen.bug, 0},
    {"out", OPTION_TEXT, "DIR", "where the result goes (default: below crashes/new)",
     &chosen.directory, 0},
    {"state", OPTION_TEXT, "DIR", "the store that shall know of it (default: BUILD/campaign's)",
     &chosen.state, 0},
    {"cmd", OPTION_TEXT, "COMMAND", "any program instead of a target: 'prog --flag @@'",
     &chosen.command, 0},
    {"timeout", OPTION_NUMBER, "MS", "with --cmd: a run that takes longer hangs (default 5000)",
     &chosen.timeout, 1},
    {"exit-code", OPTION_NUMBER, "N", "with --cmd: a run that ends with it fails, report or not",
     &chosen.exit_code, 1},
    {"seconds", OPTION_NUMBER, "N", "then end with the best so far", &chosen.seconds, 1},
    {"jobs", OPTION_NUMBER, "N", "candidates run at a time: 1, or 2 (default: as there are cores)",
     &chosen.jobs, 1},
};

static const struct command command = {
    .name = "minimize",
    .synopsis = "CRASH [--target T | --bug ID | --cmd COMMAND] [--build SAN] [--out DIR]",
    .purpose =
        "Shrinks an input to the smallest that still fails with the same signature: it never\n"
        "slips to another bug. Of a kit target operations go, then numbers get lower, until\n"
        "no operation and no byte can be dropped and no number lowered; of anything else\n"
        "lines, words, bytes go, then each byte is made '0', 'a' or lower. The result comes\n"
        "with the proof, the list of all single steps down and what became of them; is run 20\n"
        "times more, and in another build; and for a kit target with a C program that fails\n"
        "the same way without any fuzzer.",
    .notes =
        "The target is --target, or follows from where the input lies, as in `ledge triage`.\n"
        "With --cmd, @@ is the input's path; without it the program reads it on stdin. A run\n"
        "fails when it leaves a report of a sanitizer, an assertion or the C library on\n"
        "stderr, ends by a signal, or takes too long. Without a report bugs are told apart by\n"
        "the signal only: build with -fsanitize=address if you can. Candidates are named as CRASH\n"
        "ends (.png). The result is written to CRASH.min/. A script that says by its exit code 0\n"
        "what is of interest, as for cvise, goes with: --cmd 'sh -c \"./it.sh @@ && exit 9\"'\n"
        "--exit-code 9. What $ASAN_OPTIONS and its like say counts: detect_leaks=0 for a program\n"
        "that always leaks.\n"
        "\n"
        "An input that fails only sometimes is shrunk to one that does so about as often: a\n"
        "candidate is refused when it never failed in so many runs that the input would have\n"
        "in 99 of 100 cases. If the result's rate is then significantly lower (1 %), the\n"
        "search goes back to where it dropped, and on from there with a sequential test: one\n"
        "that fails as often is refused in 5 % of cases, one that fails less than 0.7 times as\n"
        "often is taken in 1 %. The rates before and after are printed with their intervals.\n"
        "\n"
        "^C keeps the best so far. CRASH is not written to, unless it is an earlier result\n"
        "itself.\n"
        "\n"
        "  ledge minimize build/campaign/crashes/vec/5f3a…\n"
        "  ledge minimize crash-1 --target vec --build ubsan --out /tmp/small\n"
        "  ledge minimize broken.png --cmd './decode --strict @@' --timeout 2000\n"
        "\n"
        "exit: 0 minimized; 1 it does not fail, the result is rarer than it was, or the C\n"
        "program does not fail the same way; 2 usage; 3 it could not be run, or the result\n"
        "not written",
    .options = options,
    .options_len = sizeof options / sizeof options[0],
};

/* "412 ops, 1903 bytes", or only the bytes where an operation is a byte. */
static char *describe_size(const struct target *target, size_t ops, size_t bytes)
{
    char *text = mem_print("%zu byte%s", bytes, bytes == 1 ? "" : "s");
    if (!target->kit)
        return text;
    char *both = mem_print("%zu op%s, %s", ops, ops == 1 ? "" : "s", text);
    free(text);
    return both;
}

static void print_rate(const char *whose, unsigned hits, unsigned tries)
{
    struct interval interval = wilson_interval(hits, tries);
    printf("  %s fails in %u of %u runs: %.0f %% (%.0f to %.0f, at 95 %%)\n", whose, hits, tries,
           100.0 * hits / tries, 100 * interval.low, 100 * interval.high);
}

static void print_rates(const struct minimized *minimized)
{
    print_rate("flaky: the input ", minimized->before.hits, minimized->before.tries);
    if (minimized->tries)
        print_rate("       the result", minimized->hits, minimized->tries);
}

static void print_summary(const struct target *target, const struct minimized *minimized)
{
    char *crash = describe_crash(minimized->build->sanitizer, &minimized->crash);
    char *before = describe_size(target, minimized->ops_before, minimized->bytes_before);
    char *after = describe_size(target, minimized->program.ops_len, minimized->bytes_len);
    printf("  %s\n  %s -> %s   (%u runs, %.1f s, ", crash, before, after, minimized->runs,
           minimized->seconds);
    if (minimized->tries)
        printf("%u/%u%s)\n", minimized->hits, minimized->tries,
               minimized->minimal ? "" : ", not minimal yet");
    else
        printf("interrupted: not minimal yet)\n");
    if (minimized->flaky)
        print_rates(minimized);
    if (minimized->minimal)
        printf("  1-minimal: %zu steps down were tried\n", minimized->proof.len);
    if (minimized->elsewhere && minimized->there.tries)
        printf("  %s %s: %u/%u\n", minimized->elsewhere->engine, minimized->elsewhere->sanitizer,
               minimized->there.hits, minimized->there.tries);
    if (minimized->not_there)
        printf("  %s\n", minimized->not_there);
    free(crash);
    free(before);
    free(after);
}

static void print_program(const struct minimized *minimized, const char *text)
{
    int failing = minimize_failing_line(&minimized->crash, text), line = 0;
    int widest = 0;
    for (const char *at = text; *at; at += strcspn(at, "\n") + 1)
        widest = (int)strcspn(at, "\n") > widest ? (int)strcspn(at, "\n") : widest;
    printf("\n");
    for (const char *at = text; *at; at += strcspn(at, "\n") + 1, line++) {
        int len = (int)strcspn(at, "\n");
        if (line == failing)
            printf("    %.*s%*s<- fails here\n", len, at, widest - len + 8, "");
        else
            printf("    %.*s\n", len, at);
    }
    if (failing < 0)
        printf("    %-*s<- fails here\n", widest + 8, "(the end)");
    printf("\n");
}

static void print_kept(const struct target *target, const struct minimized *minimized,
                       const struct kept *kept)
{
    print_summary(target, minimized);
    if (kept->text)
        print_program(minimized, kept->text);
    else
        printf("\n");
    printf("  %s/  input%s  report.json\n", kept->directory,
           kept->text ? "  program.txt  repro.c" : "");
    if (kept->has_c && kept->c_same)
        printf("  repro.c: same signature\n");
}

static void print_json(const struct target *target, const struct minimized *minimized,
                       const struct kept *kept)
{
    char *path = mem_print("%s/report.json", kept->directory);
    json_t *report = json_load_file(path, 0, NULL); /* just written */
    free(path);
    json_t *program = json_array();
    for (const char *at = kept->text; at && *at; at += strcspn(at, "\n") + 1) {
        char *line = mem_copy(at, strcspn(at, "\n"));
        json_append(program, json_text(line));
        free(line);
    }
    json_put(report, "directory", json_text(kept->directory));
    json_put(report, "program", target->kit ? json_incref(program) : json_null());
    json_put(report, "interrupted", json_boolean(!minimized->minimal));
    json_print(report);
    json_decref(program);
    json_decref(report);
}

/* Says what is wrong with a result that was kept; returns the exit code. */
static int judge(const char *path, const struct minimized *minimized, const struct kept *kept)
{
    int code = EXIT_FINE;
    struct count after = {minimized->hits, minimized->tries};
    bool rarer = minimized->flaky ? count_drops(minimized->before, after)
                                  : minimized->hits < minimized->tries;
    if (rarer) {
        fprintf(stderr, "ledge: %s: the result fails the same way in only %u of %u runs\n", path,
                minimized->hits, minimized->tries);
        code = EXIT_FOUND;
    }
    if (kept->has_c && !kept->c_same) {
        fail_print(&kept->c_why);
        code = EXIT_FOUND;
    }
    return stop_wanted() ? 128 + stop_wanted() : code;
}

/* The store follows: the campaign's own if it knows the crash, or the one that was named. A result
 * that is not the end, or does not always fail, is no news for it. */
static bool record(const struct manifest *manifest, struct runner *runner,
                   const struct target *target, const char *path, const struct minimized *minimized,
                   struct fail *why)
{
    struct ingest_result result = {.runner = runner,
                                   .target = target,
                                   .input = path,
                                   .build = minimized->build,
                                   .crash = &minimized->crash,
                                   .bytes = minimized->bytes,
                                   .len = minimized->bytes_len};
    bool whole = minimized->minimal && minimized->tries > 0 && minimized->hits == minimized->tries;
    if (!whole || ((chosen.command || chosen.bug) && !chosen.state)) /* none of the campaign's */
        return true;
    return ingest_result(chosen.state, manifest, &result, why);
}

/* Where the result goes, for free(); NULL: it depends on the crash. */
static char *named_directory(const char *path)
{
    return chosen.directory ? mem_text(chosen.directory)
           : chosen.command ? mem_print("%s.min", path)
                            : NULL;
}

/* What may have taken hours isn't lost with the disk that it was for. */
static void rescue(const struct minimized *minimized)
{
    struct fail why;
    char *name = mem_print("ledge-rescued-%s", minimized->crash.signature);
    char *path = path_temporary(name);
    if (file_write(path, minimized->bytes, minimized->bytes_len, &why))
        fprintf(stderr, "  the smallest input was saved as %s instead\n", path);
    else
        fail_print(&why);
    free(path);
    free(name);
}

static int keep(const struct manifest *manifest, struct runner *runner, const struct target *target,
                const char *path, const struct minimized *minimized, bool json)
{
    struct kept kept;
    struct fail why;
    char *directory = named_directory(path);
    if (!directory)
        directory = minimize_directory(manifest, target, &minimized->crash);
    int code = EXIT_CANNOT;
    if (!minimize_keep(runner, target, minimized, directory, &kept, &why)) {
        fail_print(&why);
        rescue(minimized);
    } else {
        if (json)
            print_json(target, minimized, &kept);
        else
            print_kept(target, minimized, &kept);
        code = judge(path, minimized, &kept);
        if (!record(manifest, runner, target, path, minimized, &why)) {
            fail_print(&why);
            code = EXIT_CANNOT;
        }
        kept_free(&kept);
    }
    free(directory);
    return code;
}

static int not_reproduced(const char *path, const struct minimized *minimized)
{
    fprintf(stderr,
            "ledge: %s does not fail: %u run%s each under %s, all clean\n"
            "  is it an input of this target, and is the build the one that failed?\n",
            path, minimized->tries, minimized->tries == 1 ? "" : "s", minimized->tried);
    return EXIT_FOUND;
}

/* Where the result can't be written, the search would be for nothing. */
static bool check_place(const struct manifest *manifest, const char *path, struct fail *why)
{
    char *directory = named_directory(path);
    bool ok = dir_check_writable(directory ? directory : manifest->crashes, why);
    free(directory);
    return ok;
}

static int run(const struct manifest *manifest, struct runner *runner, const struct target *target,
               const struct arguments *arguments)
{
    struct minimize_request request = {
        .target = target,
        .path = arguments->at[0],
        .sanitizer = chosen.build,
        .live = stderr,
        .seconds = chosen.seconds,
        .jobs = chosen.jobs,
    };
    struct minimized minimized;
    struct fail why;
    if (!check_place(manifest, request.path, &why)) {
        fail_print(&why);
        return EXIT_CANNOT;
    }
    if (!minimize_run(runner, &request, &minimized, &why)) {
        fail_print(&why);
        return EXIT_CANNOT;
    }
    int code;
    if (minimized.end == MINIMIZE_DONE)
        code = keep(manifest, runner, target, request.path, &minimized, arguments->json);
    else
        code = stop_wanted() ? 128 + stop_wanted() : not_reproduced(request.path, &minimized);
    minimize_free(&minimized);
    return code;
}

static const struct target *find_target(const struct manifest *manifest, const char *path,
                                        struct fail *why)
{
    if (!chosen.bug) {
        const struct target *target = owner_of(manifest, path, chosen.target, why);
        if (!target && !chosen.target)
            fail_set(why,
                     "name it: --target T (`ledge targets` lists them), or any program: --cmd "
                     "'prog @@'",
                     "%s: nothing tells which target this is an input of", path);
        return target;
    }
    for (size_t i = 0; i < manifest->bugs_len; i++)
        if (strcmp(manifest->bugs[i].id, chosen.bug) == 0)
            return &manifest->bugs[i].variant;
    fail_set(why, "`ledge bugs list` has their names", "there is no planted bug '%s' in %s",
             chosen.bug, manifest->path);
    return NULL;
}

static int check_usage(const struct arguments *arguments)
{
    bool known = chosen.build == NULL;
    for (size_t i = 0; runner_sanitizers[i] && !known; i++)
        known = strcmp(runner_sanitizers[i], chosen.build) == 0;
    if (!known)
        return usage_error("minimize",
                           "--build wants one of asan, msan, tsan, ubsan, none, not '%s'",
                           chosen.build);
    if (chosen.command && (chosen.target || chosen.bug || chosen.build))
        return usage_error("minimize", "--cmd stands instead of --target, --bug and --build");
    if (!chosen.command && (chosen.timeout || chosen.exit_code))
        return usage_error("minimize", "--timeout and --exit-code belong to --cmd");
    if (arguments->len != 1)
        return usage_error("minimize", arguments->len ? "one input at a time" : "which input?");
    return -1;
}

static int run_watched(const struct manifest *manifest, const struct target *target,
                       const struct arguments *arguments)
{
    struct fail why;
    struct runner *runner = runner_new(manifest, &why);
    if (!runner) {
        fail_print(&why);
        return EXIT_CANNOT;
    }
    stop_watch(true);
    int code = run(manifest, runner, target, arguments);
    stop_watch(false);
    runner_free(runner);
    return code;
}

static int run_target(const struct arguments *arguments)
{
    struct fail why;
    int code = EXIT_CANNOT;
    const struct manifest *manifest = manifest_load(arguments->manifest, &why);
    const struct target *target = manifest ? find_target(manifest, arguments->at[0], &why) : NULL;
    if (target)
        code = run_watched(manifest, target, arguments);
    else
        fail_print(&why);
    manifest_free(manifest);
    return code;
}

/* A command needs nothing of a manifest but the symbolizer, and does without. */
static int run_any_command(const struct arguments *arguments)
{
    struct command_options own = {
        .timeout_ms = chosen.timeout, .exit_code = chosen.exit_code, .input = arguments->at[0]};
    struct command_target command_target;
    struct fail why;
    if (!command_target_make(chosen.command, &own, &command_target, &why)) {
        fail_print(&why);
        return EXIT_CANNOT;
    }
    const struct manifest *loaded = manifest_load(arguments->manifest, &why);
    struct manifest bare = command_manifest();
    int code = run_watched(loaded ? loaded : &bare, &command_target.target, arguments);
    manifest_free(loaded);
    command_target_free(&command_target);
    return code;
}

int cmd_minimize(int argc, char **argv)
{
    struct arguments arguments;
    int code = options_parse(&command, argc, argv, &arguments);
    if (code < 0)
        code = check_usage(&arguments);
    if (code >= 0)
        return code;
    return chosen.command ? run_any_command(&arguments) : run_target(&arguments);
}
