#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <uv.h>

#include "commands.h"
#include "distil.h"
#include "files.h"
#include "json.h"
#include "measure.h"
#include "mem.h"
#include "minimize_oracle.h" /* stop_wanted */
#include "options.h"

enum { BUILDS_MOST = 16 };

static struct {
    const char *out, *cover, *builds, *cache;
    bool in_place;
} chosen;

#define COMMON_OPTIONS                                                                             \
    {"cover", OPTION_TEXT, "LIST", "what to cover (default counters,cells)", &chosen.cover, 0},    \
        {"build",        OPTION_TEXT,                                                              \
         "LIST",         "measure under these (default: replay/edges or the next best)",           \
         &chosen.builds, 0},                                                                       \
    {                                                                                              \
        "cache", OPTION_TEXT, "DIR", "where measurements are kept; \"none\": nowhere",             \
            &chosen.cache, 0                                                                       \
    }

static const struct option_def min_options[] = {
    {"out", OPTION_TEXT, "DIR", "write the kept files here, named by content; must be new or empty",
     &chosen.out, 0},
    {"in-place", OPTION_FLAG, NULL, "move redundant files from each DIR to DIR.redundant",
     &chosen.in_place, 0},
    COMMON_OPTIONS,
};

static const struct option_def merge_options[] = {COMMON_OPTIONS};

/* clang-format off */
#define COMMON_NOTES \
    "--cover: edges (each edge of the code), counters (each edge and how often it was passed: 1, 2,\n" \
    "3, 4-7, 8-15, 16-31, 32-127, more; includes edges), cells (what the kit counts: calls of an\n" \
    "operation, statuses returned, pointer x length x alignment; of an afl build, edges passed\n" \
    "exactly 4, 8, 16, 32 or 128 times, which afl-cmin tells from the rest of their class).\n" \
    "--build: several builds are covered together. replay/edges covers all that libFuzzer's -merge=1\n" \
    "would keep, afl/none all that afl-cmin would.\n\n" \
    "The choice is a weighted set cover (Chvatal's greedy, lazily evaluated; then what has become\n" \
    "redundant is dropped). A file weighs its size and a constant; of three constants, the one that\n" \
    "gives the fewest files counts. It depends on contents alone, not on names, order or time. Kept\n" \
    "files are run again by themselves before anything is written. What was measured is kept by\n" \
    "content, so the next time only new files run.\n\n"
/* clang-format on */

static const struct command min_command = {
    .name = "corpus min",
    .synopsis = "TARGET [DIR…] [--out DIR | --in-place]",
    .purpose =
        "Distils a corpus: finds few, small files that exercise all that the whole does. "
        "Without DIR it is\nthe target's own. Without --out and --in-place it only says what "
        "it would keep.",
    .notes = COMMON_NOTES
    "  ledge corpus min vec                          how much of it is redundant?\n"
    "  ledge corpus min vec queue1 queue2 --out small\n"
    "  ledge corpus min vec ~/corpus --in-place      then rm -r ~/corpus.redundant\n"
    "  ledge corpus min vec queue --build afl/none --cover counters --out small\n\n"
    "Files that crash, hang or exit are named and left out; none is moved or deleted.\n\n"
    "exit: 0 distilled; 1 some file doesn't run clean; 2 usage; 3 it could not be done",
    .options = min_options,
    .options_len = sizeof min_options / sizeof min_options[0],
};

static const struct command merge_command = {
    .name = "corpus merge",
    .synopsis = "TARGET INTO FROM…",
    .purpose = "Adds to the directory INTO what brings something new: few, small files from FROM "
               "(files or\ndirectories). What is in INTO stays as it is.",
    .notes = COMMON_NOTES
    "To grow the checked-in corpus after a campaign (ledge fuzz vec):\n\n"
    "  ledge corpus merge vec corpus/vec build/campaign/vec/corpus\n"
    "  ledge replay --regress vec                    still clean, and quick?\n\n"
    "exit: 0 merged; 1 some file doesn't run clean; 2 usage; 3 it could not be done",
    .options = merge_options,
    .options_len = sizeof merge_options / sizeof merge_options[0],
};

struct job {
    const struct manifest *manifest;
    const struct target *target;
    const struct build *builds[BUILDS_MOST];
    struct distil_options options;
    struct distil distil;
    size_t moved, lost;
    uint64_t started, told;
    bool live;
};

static unsigned cover_of(const char *list)
{
    if (!list)
        return COVER_COUNTERS | COVER_CELLS;
    return (list_has(list, "edges") ? COVER_EDGES : 0u) |
           (list_has(list, "counters") ? COVER_COUNTERS : 0u) |
           (list_has(list, "cells") ? COVER_CELLS : 0u);
}

static void tell(void *context, size_t done, size_t total)
{
    struct job *job = context;
    uint64_t now = uv_hrtime();
    if (now - job->told < (job->live ? UINT64_C(100000000) : UINT64_C(10000000000)))
        return;
    job->told = now;
    fprintf(stderr, job->live ? "\r%zu of %zu files measured\033[K" : "%zu of %zu files measured\n",
            done, total);
}

static void choose_cache(struct job *job)
{
    if (chosen.cache && strcmp(chosen.cache, "none") == 0)
        return;
    job->options.cache =
        chosen.cache ? mem_text(chosen.cache) : mem_print("%s/features", job->manifest->build);
}

static bool choose_builds(struct job *job, struct fail *why)
{
    char *list = mem_text(chosen.builds ? chosen.builds : ""), *rest = NULL;
    char *name = strtok_r(list, ",", &rest);
    bool ok = true;
    do {
        const struct build *build = measure_build(job->target, name, why);
        ok = build && (job->options.builds_len < BUILDS_MOST ||
                       fail_set(why, "", "more than %d builds at once", BUILDS_MOST));
        if (ok)
            job->builds[job->options.builds_len++] = build;
        name = name ? strtok_r(NULL, ",", &rest) : NULL;
    } while (ok && name);
    free(list);
    return ok;
}

static bool prepare(struct job *job, const struct arguments *arguments, struct fail *why)
{
    job->manifest = manifest_load(arguments->manifest, why);
    job->target = job->manifest ? manifest_target(job->manifest, arguments->at[0], why) : NULL;
    if (!job->target || !choose_builds(job, why))
        return false;
    choose_cache(job);
    job->options.target = job->target;
    job->options.builds = job->builds;
    job->options.cover = cover_of(chosen.cover);
    job->options.tell = tell;
    job->options.context = job;
    return true;
}

/* Loads, measures and chooses; the first `fixed` paths stay as they are. */
static bool distil(struct job *job, char **paths, size_t len, size_t fixed, struct fail *why)
{
    struct fail warning = {.what = ""};
    for (size_t i = 0; i < len; i++)
        if (!distil_add(&job->distil, paths[i], i < fixed, why))
            return false;
    if (job->distil.len == 0)
        return fail_set(why, "files whose name begins with '.' or README don't count",
                        "there is no input in %s", len ? paths[0] : "the corpus");
    bool ok = distil_measure(&job->distil, &job->options, &warning, why);
    if (job->live)
        fprintf(stderr, "\r\033[K");
    if (warning.what[0])
        fprintf(stderr, "ledge: measurements are not kept: %s\n", warning.what);
    if (ok)
        distil_choose(&job->distil);
    return ok;
}

static bool verify(struct job *job, struct fail *why)
{
    return distil_verify(&job->distil, &job->options, &job->lost, why);
}

struct sum {
    size_t files, bytes;
};

/* What there was, and what is left of it: what doesn't run clean isn't. */
static void sum_up(const struct distil *distil, struct sum *before, struct sum *after)
{
    *before = *after = (struct sum){0};
    for (size_t i = 0; i < distil->len; i++) {
        const struct distil_file *file = &distil->files[i];
        before->files++;
        before->bytes += file->size;
        after->files += file->kept;
        after->bytes += file->kept ? file->size : 0;
    }
}

static json_t *sum_json(struct sum sum)
{
    return json_pack("{s:I, s:I}", "files", (json_int_t)sum.files, "bytes", (json_int_t)sum.bytes);
}

static void print_json(const struct job *job)
{
    const struct distil *all = &job->distil;
    struct sum before, after;
    json_t *builds = json_array(), *failed = json_array(), *kept = json_array();
    sum_up(all, &before, &after);
    for (size_t i = 0; i < job->options.builds_len; i++)
        json_append(builds,
                    json_sprintf("%s/%s", job->builds[i]->engine, job->builds[i]->sanitizer));
    for (size_t i = 0; i < all->len; i++) {
        const struct distil_file *file = &all->files[i];
        if (file->kept)
            json_append(kept, json_text(file->path));
        if (!file->failed)
            continue;
        json_t *one = json_object();
        json_put(one, "file", json_text(file->path));
        json_put(one, "how", json_text(file->failed));
        json_append(failed, one);
    }
    json_t *root =
        json_pack("{s:s, s:o, s:o, s:o, s:I, s:I, s:I, s:I, s:I, s:I, s:f}", "target",
                  job->target->name, "builds", builds, "before", sum_json(before), "after",
                  sum_json(after), "edges", (json_int_t)all->counts.edges, "counters",
                  (json_int_t)all->counts.counters, "cells", (json_int_t)all->counts.cells,
                  "measured", (json_int_t)all->measured, "moved", (json_int_t)job->moved, "lost",
                  (json_int_t)job->lost, "seconds", (double)(uv_hrtime() - job->started) / 1e9);
    json_put(root, "failed", failed);
    json_put(root, "kept", kept);
    json_print(root);
    json_decref(root);
}

static void print_failed(const struct job *job)
{
    printf("%zu %s run clean:\n", job->distil.failed,
           job->distil.failed == 1 ? "file doesn't" : "files don't");
    for (size_t i = 0; i < job->distil.len; i++)
        if (job->distil.files[i].failed)
            printf("  %s: %s\n", job->distil.files[i].path, job->distil.files[i].failed);
    printf("  what they are: ledge triage --target %s FILE…\n", job->target->name);
}

static void print_text(const struct job *job)
{
    const struct distil *all = &job->distil;
    struct sum before, after;
    sum_up(all, &before, &after);
    printf("%s: %zu files, %zu bytes -> %zu files, %zu bytes\n", job->target->name, before.files,
           before.bytes, after.files, after.bytes);
    printf("  %llu edges, %llu edges x counts, %llu cells; %zu files measured in %.2f s under",
           (unsigned long long)all->counts.edges, (unsigned long long)all->counts.counters,
           (unsigned long long)all->counts.cells, all->measured,
           (double)(uv_hrtime() - job->started) / 1e9);
    for (size_t i = 0; i < job->options.builds_len; i++)
        printf(" %s/%s", job->builds[i]->engine, job->builds[i]->sanitizer);
    printf("\n");
    if (job->lost)
        printf("  %zu features didn't show again when the kept files ran by themselves: the target "
               "is not\n  deterministic\n",
               job->lost);
    if (all->failed)
        print_failed(job);
}

static int finish(struct job *job, const struct arguments *arguments, const char *done)
{
    if (arguments->json)
        print_json(job);
    else {
        print_text(job);
        printf("  %s\n", done);
    }
    return job->distil.failed ? EXIT_FOUND : EXIT_FINE;
}

static bool run_min(struct job *job, const struct arguments *arguments, char **done,
                    struct fail *why)
{
    char *own = (char *)(uintptr_t)job->target->corpus; /* distil() doesn't write to it */
    bool given = arguments->len > 1;
    if (!given && !own)
        return fail_set(why, "name the directories", "%s has no corpus of its own",
                        job->target->name);
    if (!distil(job, given ? arguments->at + 1 : &own, given ? arguments->len - 1 : 1, 0, why))
        return false;
    if (!chosen.out && !chosen.in_place) {
        *done = mem_text("nothing was written: that takes --out DIR or --in-place");
        return true;
    }
    if (!verify(job, why))
        return false;
    if (chosen.out) {
        *done = mem_print("written to %s", chosen.out);
        return distil_write(&job->distil, chosen.out, why);
    }
    bool ok = distil_set_aside(&job->distil, &job->moved, why);
    *done = mem_print("%zu files moved to where they were, .redundant added to the directory",
                      job->moved);
    return ok;
}

static bool run_merge(struct job *job, const struct arguments *arguments, char **done,
                      struct fail *why)
{
    char **paths = arguments->at + 1;
    size_t len = arguments->len - 1, added = 0;
    bool exists = path_is_dir(paths[0]);
    if (!distil(job, paths + !exists, len - !exists, exists, why) || !verify(job, why))
        return false;
    for (size_t i = 0; i < job->distil.len; i++)
        added += job->distil.files[i].kept && !job->distil.files[i].fixed;
    *done = mem_print("%zu files added to %s", added, paths[0]);
    return distil_copy(&job->distil, paths[0], why);
}

static int run(const struct arguments *arguments, bool merge)
{
    struct job job = {.started = uv_hrtime(), .told = uv_hrtime(), .live = isatty(2) != 0};
    struct fail why;
    char *done = NULL;
    int code = EXIT_CANNOT;
    if (prepare(&job, arguments, &why) &&
        (merge ? run_merge : run_min)(&job, arguments, &done, &why))
        code = finish(&job, arguments, done);
    else
        fail_print(&why);
    free(done);
    distil_free(&job.distil);
    free((char *)(uintptr_t)job.options.cache);
    manifest_free(job.manifest);
    return stop_wanted() ? 128 + stop_wanted() : code;
}

static int check(const char *name, const struct arguments *arguments, bool merge)
{
    static const char *const covers[] = {"edges", "counters", "cells", NULL};
    char *unknown = list_check(chosen.cover, covers);
    if (unknown) {
        int code = usage_error(name, "--cover: there is no '%s'; there are edges, counters, cells",
                               unknown);
        free(unknown);
        return code;
    }
    if (arguments->len < 1)
        return usage_error(name, "which target?");
    if (merge && arguments->len < 3)
        return usage_error(name, "INTO which directory, FROM where?");
    if (chosen.out && chosen.in_place)
        return usage_error(name, "--out or --in-place, not both");
    return -1;
}

static int usage(FILE *out)
{
    fprintf(out,
            "usage: ledge corpus min TARGET [DIR…]       few files that exercise all that the "
            "whole does\n"
            "       ledge corpus merge TARGET INTO FROM…  add to a corpus what brings something "
            "new\n\n"
            "`ledge corpus min --help` and `ledge corpus merge --help` tell more.\n");
    return out == stdout ? EXIT_FINE : EXIT_USAGE;
}

int cmd_corpus(int argc, char **argv)
{
    struct arguments arguments;
    const char *what = argc > 1 ? argv[1] : "";
    bool merge = strcmp(what, "merge") == 0;
    if (strcmp(what, "--help") == 0)
        return usage(stdout);
    if (!merge && strcmp(what, "min") != 0)
        return usage(stderr);
    const struct command *command = merge ? &merge_command : &min_command;
    int code = options_parse(command, argc - 1, argv + 1, &arguments);
    if (code < 0)
        code = check(command->name, &arguments, merge);
    return code < 0 ? run(&arguments, merge) : code;
}
