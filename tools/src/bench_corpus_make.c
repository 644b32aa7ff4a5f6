/* bench_corpus_make.c: the corpus of `ledge bench corpus`, and what the peers say of a set of
 * files. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bench_corpus.h"
#include "feature_set.h"
#include "files.h"
#include "mem.h"
#include "proc.h"
#include "sanitizer.h"
#include "store.h"

enum {
    RUNS = 60000, /* of a campaign */
    CAMPAIGNS_MOST = 200,
    LIMIT_MS = 15 * 60 * 1000,
    SHOWMAP_RUNS = 3,
    MAP_MOST = 1 << 20, /* counters of an AFL++ build that are looked at */
};

bool corpus_run(const struct corpus_ground *ground, const char *const *argv, const char *const *env,
                char **err, double *seconds, struct fail *why)
{
    struct proc_spec spec = {
        .argv = argv, .env = env, .cwd = ground->directory, .timeout_ms = LIMIT_MS};
    struct proc_result ended;
    if (!proc_must(&spec, &ended, why))
        return false;
    if (seconds)
        *seconds = (double)ended.elapsed_ns / 1e9;
    if (err) {
        *err = ended.err;
        ended.err = NULL;
    }
    proc_result_free(&ended);
    return true;
}

bool corpus_size(const char *directory, size_t *files, size_t *bytes, struct fail *why)
{
    struct paths paths = {0};
    bool ok = paths_find(&paths, directory, why);
    *files = paths.len;
    *bytes = 0;
    for (size_t i = 0; i < paths.len && ok; i++) {
        char *content;
        size_t len;
        ok = file_read(paths.at[i], &content, &len, why);
        if (ok) {
            *bytes += len;
            free(content);
        }
    }
    paths_free(&paths);
    return ok;
}

/* Copies what is in a directory to the corpus, each content once. */
static bool gather(struct corpus_ground *ground, const char *directory, struct fail *why)
{
    struct paths paths = {0};
    bool ok = paths_find(&paths, directory, why);
    for (size_t i = 0; i < paths.len && ok; i++) {
        char *bytes, id[33];
        size_t len;
        ok = file_read(paths.at[i], &bytes, &len, why);
        if (!ok)
            break;
        store_id(bytes, len, id);
        char *path = mem_print("%s/%s", ground->corpus, id);
        if (!path_is_file(path)) {
            ok = file_put(path, bytes, len, why);
            ground->files++;
            ground->bytes += len;
        }
        free(path);
        free(bytes);
    }
    paths_free(&paths);
    return ok;
}

/* One campaign of libFuzzer, by itself, from the seeds on. */
static bool campaign(struct corpus_ground *ground, unsigned seed, struct fail *why)
{
    const struct target *target = ground->target;
    char *directory = mem_print("%s/campaign", ground->directory);
    char *seed_arg = mem_print("-seed=%u", seed), *runs = mem_print("-runs=%d", RUNS);
    char *max_len = mem_print("-max_len=%u", target->max_len);
    char *artifacts = mem_print("-artifact_prefix=%s/", ground->directory);
    const char *argv[] = {ground->libfuzzer->binary,
                          seed_arg,
                          runs,
                          max_len,
                          artifacts,
                          directory,
                          target->corpus,
                          NULL};
    char **env = sanitizer_environment(USE_LIBFUZZER, target);
    bool ok = dir_make(directory, why) &&
              corpus_run(ground, argv, (const char *const *)env, NULL, NULL, why) &&
              gather(ground, directory, why);
    dir_remove(directory);
    sanitizer_environment_free(env);
    free(artifacts);
    free(max_len);
    free(runs);
    free(seed_arg);
    free(directory);
    return ok;
}

bool corpus_make(struct corpus_ground *ground, size_t files, unsigned seed, struct fail *why)
{
    if (!ground->target->corpus)
        return fail_set(why, "choose another target", "%s has no seeds", ground->target->name);
    if (!dir_make(ground->corpus, why) || !gather(ground, ground->target->corpus, why))
        return false;
    while (ground->files < files && ground->campaigns < CAMPAIGNS_MOST) {
        if (!campaign(ground, seed + ground->campaigns++, why))
            return false;
        if (isatty(2))
            fprintf(stderr, "\rmaking the corpus: %zu of %zu files\033[K", ground->files, files);
    }
    if (isatty(2))
        fprintf(stderr, "\r\033[K");
    return ground->files >= files ||
           fail_set(why, "ask for fewer (--files)", "%u campaigns left only %zu files",
                    ground->campaigns, ground->files);
}

static bool ask_libfuzzer(const struct corpus_ground *ground, const char *directory,
                          struct corpus_cover *cover, struct fail *why)
{
    const char *argv[] = {ground->libfuzzer->binary, "-runs=0", directory, NULL};
    char *err;
    if (!corpus_run(ground, argv, NULL, &err, NULL, why))
        return false;
    const char *line = strstr(err, "INITED cov: ");
    bool ok = line && sscanf(line, "INITED cov: %lu ft: %lu", &cover->edges, &cover->features) == 2;
    free(err);
    return ok || fail_set(why, "", "%s doesn't say what it covers", ground->libfuzzer->binary);
}

static unsigned class_of(unsigned long hits)
{
    static const unsigned bounds[] = {2, 3, 4, 8, 16, 32, 128};
    unsigned class_ = 0;
    while (class_ < FEATURE_CLASSES - 1 && hits >= bounds[class_])
        class_++;
    return class_;
}

/* What traces hold: a bit for each class of a counter, eight more for "exactly its least". */
struct traces {
    uint16_t *at;
};

static bool add_trace(struct traces *traces, const char *path, struct fail *why)
{
    char *text;
    size_t len;
    if (!file_read(path, &text, &len, why))
        return false;
    for (char *at = text; *at;) {
        unsigned long counter = strtoul(at, &at, 10);
        unsigned long hits = *at == ':' ? strtoul(at + 1, &at, 10) : 0;
        if (hits > 0 && counter > 0 && counter < MAP_MOST) { /* 0 is the runtime's own */
            bool exact = hits < 5 || hits == 8 || hits == 16 || hits == 32 || hits == 128;
            unsigned class_ = class_of(hits);
            traces->at[counter] |= (uint16_t)(1u << class_ | (exact ? 256u << class_ : 0));
        }
        at += strcspn(at, "\n");
        at += *at == '\n';
    }
    free(text);
    return true;
}

static void count_traces(const struct traces *traces, struct corpus_cover *cover)
{
    cover->afl_edges = cover->afl_tuples = cover->afl_exact = 0;
    for (size_t i = 0; i < MAP_MOST; i++) {
        cover->afl_edges += traces->at[i] != 0;
        cover->afl_tuples += (unsigned)__builtin_popcount(traces->at[i] & 255);
        cover->afl_exact += (unsigned)__builtin_popcount(traces->at[i] >> 8);
    }
}

/* One run of afl-showmap over a directory. Raw counts: its own classes leave most counts out. */
static bool run_showmap(const struct corpus_ground *ground, const char *directory,
                        struct corpus_cover *cover, struct fail *why)
{
    char *out = mem_print("%s/traces", ground->directory);
    const char *argv[] = {
        "afl-showmap",       "-q", "-r", "-m", "none", "-i", directory, "-o", out, "--",
        ground->afl->binary, NULL};
    char **env = sanitizer_environment(USE_AFL, ground->target);
    struct traces traces = {mem_new(MAP_MOST, sizeof *traces.at)};
    struct paths paths = {0};
    bool ok = corpus_run(ground, argv, (const char *const *)env, NULL, NULL, why) &&
              paths_find(&paths, out, why);
    for (size_t i = 0; i < paths.len && ok; i++)
        ok = add_trace(&traces, paths.at[i], why);
    if (ok)
        count_traces(&traces, cover);
    paths_free(&paths);
    free(traces.at);
    sanitizer_environment_free(env);
    dir_remove(out);
    free(out);
    return ok;
}

static void keep_least(unsigned long *least, unsigned long value)
{
    *least = value < *least ? value : *least;
}

/* afl-showmap adds to its first file what its process does at the start, not always the same: the
 * least of some runs is what the files show themselves. */
static bool ask_afl(const struct corpus_ground *ground, const char *directory,
                    struct corpus_cover *cover, struct fail *why)
{
    for (int i = 0; i < SHOWMAP_RUNS; i++) {
        struct corpus_cover once;
        if (!run_showmap(ground, directory, &once, why))
            return false;
        if (i == 0) {
            cover->afl_edges = once.afl_edges;
            cover->afl_tuples = once.afl_tuples;
            cover->afl_exact = once.afl_exact;
        }
        keep_least(&cover->afl_edges, once.afl_edges);
        keep_least(&cover->afl_tuples, once.afl_tuples);
        keep_least(&cover->afl_exact, once.afl_exact);
    }
    return true;
}

bool corpus_cover_of(const struct corpus_ground *ground, const char *directory,
                     struct corpus_cover *cover, struct fail *why)
{
    return ask_libfuzzer(ground, directory, cover, why) && ask_afl(ground, directory, cover, why);
}
