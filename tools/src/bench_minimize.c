#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bench.h"
#include "bench_minimize.h"
#include "fail.h"
#include "files.h"
#include "json.h"
#include "mem.h"
#include "options.h"
#include "proc.h"

static struct {
    unsigned seconds, cases, seed;
    const char *keep;
} chosen;

static const struct option_def options[] = {
    {"seconds", OPTION_NUMBER, "N", "what each tool has for an input (default 5)", &chosen.seconds,
     1},
    {"cases", OPTION_NUMBER, "N", "the first N bugs only, and no flaky inputs", &chosen.cases, 1},
    {"seed", OPTION_NUMBER, "N", "for the inputs (default 1)", &chosen.seed, 1},
    {"keep", OPTION_TEXT, "DIR", "leave inputs and results there", &chosen.keep, 0},
};

static const struct command command = {
    .name = "bench minimize",
    .synopsis = "[--seconds N] [--cases N]",
    .purpose =
        "Minimizes an input for each planted bug with `ledge minimize`, afl-tmin (as it is,\n"
        "and with AFL_TMIN_EXACT) and libFuzzer (-minimize_crash, with dedup tokens), and\n"
        "compares what is left. Each tool has a build of the same library with the bug, and\n"
        "the same time. Whether a result is the same bug is said by its signature in the same\n"
        "replayer, for all of them.",
    .notes =
        "The inputs are about 1, 2, 4, 8 and 16 KB in turn: records of the target's corpus in\n"
        "random order, some with a number changed and with random digits behind them that\n"
        "mean nothing, 120 operations or more that run clean (if that can be had) before the\n"
        "one that fails, and more behind it. Where no record did, what libFuzzer finds in up\n"
        "to 60 s is put behind such records. A seed gives the same inputs again. Then two\n"
        "inputs of a small program that fails in 30 % and in 70 % of its runs. Those, and\n"
        "bugs that only TSan sees, have four times the seconds.\n"
        "\n"
        "calls: runs of the target; ours with those that were run ahead for nothing. They are\n"
        "compared with those of the peer that has the smallest result, shows the bug and came\n"
        "to its end. Seconds are compared with the peer that has the smallest result and\n"
        "shows the bug; ours are those until the result is known and proven 1-minimal. The\n"
        "twenty runs of it in fresh processes, and those in another build, which no peer\n"
        "makes, are in the JSON (ledge_seconds_with_counts). libFuzzer never knows that it is\n"
        "done: its seconds are those up to its last success.\n"
        "\n"
        "* is another bug than the one given, + means that time was up, - that the tool has\n"
        "no build in which the bug shows. A result that is another bug is not compared with.\n"
        "\n"
        "It holds when every result of ours shows the same bug and is proven 1-minimal, when\n"
        "no peer has fewer bytes or operations anywhere, when calls and seconds are fewer in\n"
        "the geometric mean, and when flaky inputs keep their rate. The variants have to be\n"
        "built: `ledge bugs run` does that, or cmake --build build --target bug-<id>.\n"
        "\n"
        "  ledge bench minimize --cases 3 --seconds 5\n"
        "\n"
        "exit: 0 ahead on all; 1 not; 2 usage; 3 it could not be run",
    .options = options,
    .options_len = sizeof options / sizeof options[0],
};

/* What all rows come to. */
struct summary {
    unsigned rows, same, minimal, smallest, ran[PEERS], kept[PEERS];
    unsigned calls_len, seconds_len;
    double calls, seconds;              /* sums of the logarithms of the ratios to the best peer */
    unsigned fewer_calls, less_seconds; /* rows in which they are below 1 */
    unsigned flaky, flaky_hold;
};

/* The factor for what takes many runs, or long ones. */
enum { LONGER = 4 };

/* --- One row -------------------------------------------------------------------------------- */

static bool run_ours(const struct contest *contest, struct contest_row *row, struct fail *why)
{
    const struct contest_case *input = &row->input;
    struct minimize_request request = {.target = input->target,
                                       .path = input->path,
                                       .sanitizer = input->build->sanitizer,
                                       .seconds = contest->seconds};
    struct minimized minimized;
    char *result = mem_print("%s.ours", input->path);
    bool ok = minimize_run(contest->runner, &request, &minimized, why);
    if (ok && minimized.bytes) {
        row->ours = (struct outcome){.ran = true,
                                     .finished = minimized.minimal,
                                     .calls = minimized.runs,
                                     .seconds = minimized.seconds};
        row->seconds_in_all = minimized.seconds_in_all;
        row->minimal = minimized.minimal;
        ok = file_put(result, minimized.bytes, minimized.bytes_len, why) &&
             contest_weigh(contest, input, result, &row->ours, why);
    }
    if (ok)
        minimize_free(&minimized);
    free(result);
    return ok;
}

/* A result that can be compared with: the same bug, and the tool was done. */
static bool counts(const struct outcome *outcome)
{
    return outcome->ran && outcome->same;
}

static bool is_smallest(const struct contest_row *row)
{
    for (unsigned i = 0; i < PEERS; i++)
        if (counts(&row->peers[i]) &&
            (row->peers[i].bytes < row->ours.bytes || row->peers[i].ops < row->ours.ops))
            return false;
    return true;
}

static bool run_row(const struct contest *contest, const struct bug_info *info, size_t bytes,
                    struct contest_row *row)
{
    struct contest longer = *contest;
    bool ok = contest_case_make(contest, info, bytes, &row->input, &row->why);
    if (ok && strcmp(row->input.build->sanitizer, "tsan") == 0)
        longer.seconds *= LONGER; /* a run of it takes ten times as long */
    ok = ok && run_ours(&longer, row, &row->why);
    for (unsigned i = 0; i < PEERS && ok; i++)
        ok = contest_peer(&longer, i, &row->input, &row->peers[i], &row->why);
    row->smallest = ok && row->ours.same && is_smallest(row);
    return ok;
}

/* --- All of them ---------------------------------------------------------------------------- */

static void add_ratio(double ours, double best, double *sum, unsigned *len, unsigned *below)
{
    if (ours <= 0 || best <= 0)
        return;
    *sum += log(ours / best);
    *len += 1;
    *below += ours < best;
}

/* The peer with the smallest result that shows the bug, and of two such the one with fewer calls;
 * NULL: none. finished: of those that came to their end, only then is there a number of calls that
 * the result took. */
static const struct outcome *best_peer(const struct contest_row *row, bool finished)
{
    const struct outcome *best = NULL;
    for (unsigned i = 0; i < PEERS; i++) {
        const struct outcome *peer = &row->peers[i];
        if (!counts(peer) || (finished && (!peer->finished || !peer->calls)))
            continue;
        if (!best || peer->bytes < best->bytes ||
            (peer->bytes == best->bytes && peer->calls && peer->calls < best->calls))
            best = peer;
    }
    return best;
}

static void add_row(const struct contest_row *row, struct summary *summary)
{
    const struct outcome *best = best_peer(row, false), *ended = best_peer(row, true);
    summary->rows++;
    summary->same += row->ours.ran && row->ours.same;
    summary->minimal += row->minimal;
    summary->smallest += row->smallest;
    for (unsigned i = 0; i < PEERS; i++) {
        summary->ran[i] += row->peers[i].ran;
        summary->kept[i] += counts(&row->peers[i]);
    }
    if (ended)
        add_ratio((double)row->ours.calls, (double)ended->calls, &summary->calls,
                  &summary->calls_len, &summary->fewer_calls);
    if (best)
        add_ratio(row->ours.seconds, best->seconds, &summary->seconds, &summary->seconds_len,
                  &summary->less_seconds);
}

static double mean_ratio(double sum, unsigned len)
{
    return len ? exp(sum / len) : 0;
}

static bool is_ahead(const struct summary *summary)
{
    return summary->rows > 0 && summary->same == summary->rows &&
           summary->minimal == summary->rows && summary->smallest == summary->rows &&
           summary->flaky_hold == summary->flaky && summary->calls < 0 && summary->seconds < 0;
}

static void print_summary(const struct summary *summary)
{
    printf("\nsame bug: ledge %u of %u", summary->same, summary->rows);
    for (unsigned i = 0; i < PEERS; i++)
        printf(", %s %u of %u", contest_peers[i], summary->kept[i], summary->ran[i]);
    printf("\nproven 1-minimal: %u of %u; no peer smaller: %u of %u\n", summary->minimal,
           summary->rows, summary->smallest, summary->rows);
    printf("calls: %.2f times those of the best peer (geometric mean; fewer in %u of %u)\n",
           mean_ratio(summary->calls, summary->calls_len), summary->fewer_calls,
           summary->calls_len);
    printf("seconds: %.2f times those of the best peer (geometric mean; less in %u of %u)\n",
           mean_ratio(summary->seconds, summary->seconds_len), summary->less_seconds,
           summary->seconds_len);
    printf("%s\n", is_ahead(summary) ? "ahead on all" : "not ahead on all");
}

static json_t *summary_json(const struct summary *summary, json_t *rows, json_t *flaky)
{
    json_t *object = json_object();
    json_put(object, "rows", rows);
    json_put(object, "flaky", flaky);
    json_put(object, "calls_ratio", json_real(mean_ratio(summary->calls, summary->calls_len)));
    json_put(object, "seconds_ratio",
             json_real(mean_ratio(summary->seconds, summary->seconds_len)));
    json_put(object, "same_bug", json_integer(summary->same));
    json_put(object, "minimal", json_integer(summary->minimal));
    json_put(object, "smallest", json_integer(summary->smallest));
    json_put(object, "ahead", json_boolean(is_ahead(summary)));
    return object;
}

static bool is_built(const struct target *variant)
{
    for (size_t i = 0; i < variant->builds_len; i++)
        if (strcmp(variant->builds[i].engine, "replay") == 0 &&
            access(variant->builds[i].binary, X_OK) == 0)
            return true;
    return false;
}

static bool run_bugs(const struct contest *contest, bool json, struct summary *summary,
                     json_t *rows, struct fail *why)
{
    static const size_t sizes[] = {1024, 2048, 4096, 8192, 16384};
    const struct manifest *manifest = contest->manifest;
    for (size_t i = 0; i < manifest->bugs_len && (!chosen.cases || i < chosen.cases); i++) {
        struct bug_info info;
        struct contest_row row = {0};
        if (!is_built(&manifest->bugs[i].variant))
            return fail_set(why, "`ledge bugs run` builds it", "the bug %s is not built",
                            manifest->bugs[i].id);
        if (!bug_info_read(&manifest->bugs[i], &info, why))
            return false;
        row.input.name = info.bug->id;
        (void)run_row(contest, &info, sizes[i % 5], &row); /* why it failed is in the row */
        row.input.name = info.bug->id;
        add_row(&row, summary);
        if (json)
            json_append(rows, contest_row_json(&row));
        else
            contest_print_row(&row);
        contest_case_free(&row.input);
        bug_info_free(&info);
        if (proc_interrupted())
            return fail_set(why, "", "interrupted");
    }
    return true;
}

static void run_flaky(const struct contest *contest, bool json, struct summary *summary,
                      json_t *rows)
{
    static const unsigned percents[] = {30, 70};
    struct contest longer = *contest; /* an answer takes many runs, for everybody */
    longer.seconds *= LONGER;
    for (size_t i = 0; i < 2 && !chosen.cases; i++) {
        struct flaky_row row;
        contest_flaky(&longer, percents[i], &row);
        summary->flaky++;
        summary->flaky_hold += row.holds;
        if (json)
            json_append(rows, contest_flaky_json(&row));
        else
            contest_print_flaky(&row);
    }
}

static int run(const struct contest *contest, bool json)
{
    struct summary summary = {0};
    struct fail why;
    json_t *rows = json_array(), *flaky = json_array();
    if (!json)
        contest_print_header();
    bool ok = run_bugs(contest, json, &summary, rows, &why);
    if (ok)
        run_flaky(contest, json, &summary, flaky);
    else
        fail_print(&why);
    json_t *object = summary_json(&summary, rows, flaky);
    if (ok && json)
        json_print(object);
    else if (ok)
        print_summary(&summary);
    int code = !ok ? EXIT_CANNOT : is_ahead(&summary) ? EXIT_FINE : EXIT_FOUND;
    json_decref(object);
    return code;
}

int bench_minimize(int argc, char **argv)
{
    struct arguments arguments;
    struct fail why;
    int code = options_parse(&command, argc, argv, &arguments);
    if (code < 0 && arguments.len)
        code = usage_error(command.name, "it takes no arguments");
    if (code >= 0)
        return code;
    const struct manifest *manifest = manifest_load(arguments.manifest, &why);
    struct runner *runner = manifest ? runner_new(manifest, &why) : NULL;
    char *place = NULL;
    if (runner)
        place = chosen.keep ? dir_make(chosen.keep, &why) ? realpath(chosen.keep, NULL) : NULL
                            : dir_temporary(&why);
    code = EXIT_CANNOT;
    if (place) {
        struct contest contest = {.manifest = manifest,
                                  .runner = runner,
                                  .place = place,
                                  .seconds = chosen.seconds ? chosen.seconds : 5,
                                  .seed = chosen.seed ? chosen.seed : 1};
        code = run(&contest, arguments.json);
    } else {
        fail_print(&why);
    }
    if (place && !chosen.keep)
        dir_remove(place);
    free(place);
    runner_free(runner);
    manifest_free(manifest);
    return code;
}
