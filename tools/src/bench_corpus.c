#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bench.h"
#include "bench_corpus.h"
#include "fail.h"
#include "files.h"
#include "json.h"
#include "mem.h"
#include "options.h"

enum { ROUNDS = 3 };

static struct {
    unsigned files, seed;
    const char *keep;
} chosen;

static const struct option_def options[] = {
    {"files", OPTION_NUMBER, "N", "files of the corpus, at least (default 5000)", &chosen.files, 1},
    {"seed", OPTION_NUMBER, "N", "of the first campaign (default 1)", &chosen.seed, 1},
    {"keep", OPTION_TEXT, "DIR", "leave the corpus and all results there", &chosen.keep, 0},
};

static const struct command command = {
    .name = "bench corpus",
    .synopsis = "[TARGET] [--files N]",
    .purpose =
        "Distils one corpus with `ledge corpus min`, libFuzzer (-merge=1, -set_cover_merge=1) "
        "and\nafl-cmin, and compares coverage, files and time.",
    /* clang-format off */
    .notes =
        "The corpus is what several campaigns of libFuzzer leave that know nothing of each other:\n"
        "60,000 runs each from the target's checked-in seeds, with the seeds N, N+1, …, until there\n"
        "are enough different files. TARGET is vec unless another is named.\n\n"
        "Like is compared with like. Beside libFuzzer ours measures under replay/edges, which is the\n"
        "same code with the same counters as libfuzzer/edges, and has no sanitizer to slow the peer\n"
        "down; what is covered is counted by libFuzzer itself (-runs=0: cov and ft). Beside afl-cmin\n"
        "ours measures under afl/none, the same binary; edges and tuples are counted from\n"
        "afl-showmap's raw counts. afl-cmin 4.04 tells only 1, 2, 3, 4, 8, 16, 32 and 128 passes apart\n"
        "and overlooks other counts: \"exact\" are the tuples of its own kind, \"tuples\" those of the\n"
        "usual classes (4-7, 8-15, …).\n\n"
        "Each tool runs three times, in turn, from nothing; its fastest run counts. \"again\" is ours\n"
        "once more on the same files, with what it has kept.\n\n"
        "  ledge bench corpus\n"
        "  ledge bench corpus cast --files 2000\n\n"
        "exit: 0 no peer covers more, has fewer files or is faster; 1 one is; 2 usage; 3 it could not\n"
        "be run (afl++ or a build is missing)",
    /* clang-format on */
    .options = options,
    .options_len = sizeof options / sizeof options[0],
};

enum contender_kind {
    OURS,
    OURS_AGAIN,
    MERGE,
    SET_COVER,
    OURS_AFL,
    OURS_AFL_AGAIN,
    CMIN,
    CONTENDERS
};

static const char *const names[CONTENDERS] = {"ledge corpus min",
                                              "  again",
                                              "libFuzzer -merge=1",
                                              "libFuzzer -set_cover_merge=1",
                                              "ledge, afl/none",
                                              "  again",
                                              "afl-cmin"};

struct contender {
    double seconds; /* the fastest */
    size_t files, bytes;
    struct corpus_cover cover;
    char *directory; /* of the last round's files */
};

/* --- Running them ---------------------------------------------------------------------------- */

static bool run_ours(const struct corpus_ground *ground, const struct build *build, const char *out,
                     const char *cache, double *seconds, struct fail *why)
{
    char self[4096];
    ssize_t len = readlink("/proc/self/exe", self, sizeof self - 1);
    if (len <= 0)
        return fail_set(why, "is /proc mounted?", "cannot find the running program");
    self[len] = '\0';
    char *name = mem_print("%s/%s", build->engine, build->sanitizer);
    char *manifest = realpath(ground->manifest->path, NULL); /* the process runs elsewhere */
    const char *argv[] = {self,
                          "corpus",
                          "min",
                          ground->target->name,
                          ground->corpus,
                          "--out",
                          out,
                          "--cache",
                          cache,
                          "--build",
                          name,
                          "--manifest",
                          manifest,
                          NULL};
    bool ok = corpus_run(ground, argv, NULL, NULL, seconds, why);
    free(manifest);
    free(name);
    return ok;
}

static bool run_libfuzzer(const struct corpus_ground *ground, const char *how, const char *out,
                          double *seconds, struct fail *why)
{
    const char *argv[] = {ground->libfuzzer->binary, how, out, ground->corpus, NULL};
    return dir_make(out, why) && corpus_run(ground, argv, NULL, NULL, seconds, why);
}

static bool run_cmin(const struct corpus_ground *ground, const char *out, double *seconds,
                     struct fail *why)
{
    static const char *const env[] = {"AFL_ALLOW_TMP=1", NULL};
    const char *argv[] = {"afl-cmin", "-i", ground->corpus,      "-o",
                          out,        "--", ground->afl->binary, NULL};
    bool ok = corpus_run(ground, argv, env, NULL, seconds, why);
    char *traces = mem_print("%s/.traces", out);
    dir_remove(traces);
    free(traces);
    return ok;
}

static bool run_one(const struct corpus_ground *ground, enum contender_kind kind, const char *out,
                    const char *cache, double *seconds, struct fail *why)
{
    switch (kind) {
    case OURS:
    case OURS_AGAIN:
        return run_ours(ground, ground->replay, out, cache, seconds, why);
    case OURS_AFL:
    case OURS_AFL_AGAIN:
        return run_ours(ground, ground->afl, out, cache, seconds, why);
    case MERGE:
        return run_libfuzzer(ground, "-merge=1", out, seconds, why);
    case SET_COVER:
        return run_libfuzzer(ground, "-set_cover_merge=1", out, seconds, why);
    default:
        return run_cmin(ground, out, seconds, why);
    }
}

static bool run_round(const struct corpus_ground *ground, struct contender *contenders, int round,
                      struct fail *why)
{
    char *cache = mem_print("%s/cache%d", ground->directory, round);
    bool ok = true;
    for (int kind = 0; kind < CONTENDERS && ok; kind++) {
        struct contender *contender = &contenders[kind];
        double seconds = 0;
        if (isatty(2))
            fprintf(stderr, "\rround %d of %d: %s\033[K", round + 1, ROUNDS, names[kind]);
        free(contender->directory);
        contender->directory = mem_print("%s/out%d-%d", ground->directory, kind, round);
        ok = run_one(ground, (enum contender_kind)kind, contender->directory, cache, &seconds, why);
        if (round == 0 || seconds < contender->seconds)
            contender->seconds = seconds;
    }
    if (isatty(2))
        fprintf(stderr, "\r\033[K");
    free(cache);
    return ok;
}

static bool run_all(const struct corpus_ground *ground, struct contender *contenders,
                    struct corpus_cover *whole, struct fail *why)
{
    for (int round = 0; round < ROUNDS; round++)
        if (!run_round(ground, contenders, round, why))
            return false;
    if (!corpus_cover_of(ground, ground->corpus, whole, why))
        return false;
    for (int kind = 0; kind < CONTENDERS; kind++) {
        struct contender *contender = &contenders[kind];
        if (!corpus_size(contender->directory, &contender->files, &contender->bytes, why) ||
            !corpus_cover_of(ground, contender->directory, &contender->cover, why))
            return false;
    }
    return true;
}

/* --- What holds ------------------------------------------------------------------------------ */

struct verdict {
    enum contender_kind ours, peer;
    bool coverage, files, time;
};

/* By the peer's own count. */
static bool covers(const struct corpus_cover *ours, const struct corpus_cover *peer,
                   enum contender_kind kind)
{
    if (kind == CMIN)
        return ours->afl_edges >= peer->afl_edges && ours->afl_tuples >= peer->afl_tuples &&
               ours->afl_exact >= peer->afl_exact;
    return ours->edges >= peer->edges && ours->features >= peer->features;
}

static struct verdict judge(const struct contender *contenders, enum contender_kind kind)
{
    enum contender_kind ours = kind == CMIN ? OURS_AFL : OURS;
    const struct contender *us = &contenders[ours], *peer = &contenders[kind];
    return (struct verdict){ours, kind, covers(&us->cover, &peer->cover, kind),
                            us->files <= peer->files, us->seconds < peer->seconds};
}

static bool holds(struct verdict verdict)
{
    return verdict.coverage && verdict.files && verdict.time;
}

static const enum contender_kind peers[] = {MERGE, SET_COVER, CMIN};
enum { PEERS = sizeof peers / sizeof peers[0] };

/* --- Showing it ------------------------------------------------------------------------------ */

static void print_cover(const struct corpus_cover *cover)
{
    printf("%6lu %6lu %6lu %6lu %6lu\n", cover->edges, cover->features, cover->afl_edges,
           cover->afl_tuples, cover->afl_exact);
}

static void print_text(const struct corpus_ground *ground, const struct contender *contenders,
                       const struct corpus_cover *whole)
{
    printf("%s: %zu files, %zu bytes, of %u campaigns\n\n", ground->target->name, ground->files,
           ground->bytes, ground->campaigns);
    printf("                                                       libFuzzer       afl-showmap\n"
           "                                files    bytes       s    cov     ft  edges tuples  "
           "exact\n");
    printf("%-30s %6zu %8zu       - ", "the whole", ground->files, ground->bytes);
    print_cover(whole);
    for (int kind = 0; kind < CONTENDERS; kind++) {
        const struct contender *contender = &contenders[kind];
        printf("%-30s %6zu %8zu %7.2f ", names[kind], contender->files, contender->bytes,
               contender->seconds);
        print_cover(&contender->cover);
    }
    printf("\n");
    for (size_t i = 0; i < PEERS; i++) {
        struct verdict verdict = judge(contenders, peers[i]);
        const struct contender *us = &contenders[verdict.ours], *peer = &contenders[peers[i]];
        printf("%-30s %s: coverage %s, files x%.2f, bytes x%.2f, time x%.2f\n", names[peers[i]],
               holds(verdict) ? "holds" : "DOES NOT HOLD", verdict.coverage ? "no less" : "LESS",
               (double)us->files / (double)peer->files, (double)us->bytes / (double)peer->bytes,
               us->seconds / peer->seconds);
    }
}

static json_t *cover_json(const struct corpus_cover *cover)
{
    return json_pack("{s:I, s:I, s:I, s:I, s:I}", "cov", (json_int_t)cover->edges, "ft",
                     (json_int_t)cover->features, "afl_edges", (json_int_t)cover->afl_edges,
                     "afl_tuples", (json_int_t)cover->afl_tuples, "afl_exact",
                     (json_int_t)cover->afl_exact);
}

static void print_json(const struct corpus_ground *ground, const struct contender *contenders,
                       const struct corpus_cover *whole, bool all)
{
    json_t *rows = json_array(), *verdicts = json_array(), *root = json_object();
    for (int kind = 0; kind < CONTENDERS; kind++) {
        const struct contender *contender = &contenders[kind];
        const char *name = names[kind] + strspn(names[kind], " ");
        json_append(rows, json_pack("{s:s, s:I, s:I, s:f, s:o}", "name", name, "files",
                                    (json_int_t)contender->files, "bytes",
                                    (json_int_t)contender->bytes, "seconds", contender->seconds,
                                    "cover", cover_json(&contender->cover)));
    }
    for (size_t i = 0; i < PEERS; i++) {
        struct verdict verdict = judge(contenders, peers[i]);
        const struct contender *us = &contenders[verdict.ours], *peer = &contenders[peers[i]];
        json_append(verdicts,
                    json_pack("{s:s, s:b, s:b, s:b, s:b, s:f, s:f}", "peer", names[peers[i]],
                              "holds", holds(verdict), "coverage", verdict.coverage, "files",
                              verdict.files, "time", verdict.time, "files_ratio",
                              (double)us->files / (double)peer->files, "time_ratio",
                              us->seconds / peer->seconds));
    }
    json_put(root, "target", json_text(ground->target->name));
    json_put(root, "files", json_integer((json_int_t)ground->files));
    json_put(root, "bytes", json_integer((json_int_t)ground->bytes));
    json_put(root, "cover", cover_json(whole));
    json_put(root, "rows", rows);
    json_put(root, "peers", verdicts);
    json_put(root, "holds", json_boolean(all));
    json_print(root);
    json_decref(root);
}

/* --- The command ----------------------------------------------------------------------------- */

static bool find_build(const struct target *target, const char *engine, const char *sanitizer,
                       const struct build **build, struct fail *why)
{
    *build = target_build(target, engine, sanitizer);
    if (*build && access((*build)->binary, X_OK) == 0)
        return true;
    return fail_set(why, "apt-get install afl++; then build: cmake --build --preset default",
                    "%s has no %s/%s build", target->name, engine, sanitizer);
}

static bool prepare(struct corpus_ground *ground, const struct arguments *arguments,
                    struct fail *why)
{
    const char *name = arguments->len ? arguments->at[0] : "vec";
    ground->manifest = manifest_load(arguments->manifest, why);
    ground->target = ground->manifest ? manifest_target(ground->manifest, name, why) : NULL;
    if (!ground->target ||
        !find_build(ground->target, "libfuzzer", "edges", &ground->libfuzzer, why) ||
        !find_build(ground->target, "replay", "edges", &ground->replay, why) ||
        !find_build(ground->target, "afl", "none", &ground->afl, why))
        return false;
    if (chosen.keep)
        ground->directory = dir_make(chosen.keep, why) ? realpath(chosen.keep, NULL) : NULL;
    else
        ground->directory = dir_temporary(why);
    if (!ground->directory)
        return false;
    ground->corpus = mem_print("%s/corpus", ground->directory);
    return corpus_make(ground, chosen.files ? chosen.files : 5000, chosen.seed ? chosen.seed : 1,
                       why);
}

int bench_corpus(int argc, char **argv)
{
    struct arguments arguments;
    struct fail why;
    int code = options_parse(&command, argc, argv, &arguments);
    if (code >= 0)
        return code;
    if (arguments.len > 1)
        return usage_error("bench corpus", "one target at a time");
    struct corpus_ground ground = {0};
    struct contender contenders[CONTENDERS] = {0};
    struct corpus_cover whole;
    if (prepare(&ground, &arguments, &why) && run_all(&ground, contenders, &whole, &why)) {
        bool all = true;
        for (size_t i = 0; i < PEERS; i++)
            all &= holds(judge(contenders, peers[i]));
        if (arguments.json)
            print_json(&ground, contenders, &whole, all);
        else
            print_text(&ground, contenders, &whole);
        code = all ? EXIT_FINE : EXIT_FOUND;
    } else {
        fail_print(&why);
        code = EXIT_CANNOT;
    }
    for (int kind = 0; kind < CONTENDERS; kind++)
        free(contenders[kind].directory);
    if (ground.directory && !chosen.keep)
        dir_remove(ground.directory);
    free(ground.corpus);
    free(ground.directory);
    manifest_free(ground.manifest);
    return code;
}
