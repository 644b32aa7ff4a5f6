/* bench_corpus.h: what the files of `ledge bench corpus` share; nobody else includes it. */
#ifndef LEDGE_TOOLS_BENCH_CORPUS_H
#define LEDGE_TOOLS_BENCH_CORPUS_H

#include "manifest.h"

/* The ground of the comparison: a target, its builds, and a private directory. */
struct corpus_ground {
    const struct manifest *manifest;
    const struct target *target;
    const struct build *libfuzzer, *replay, *afl;
    char *directory; /* everything below; removed at the end */
    char *corpus;    /* in it: the files to distil */
    size_t files, bytes;
    unsigned campaigns; /* that made them */
};

/* What a set of files covers, as the peers count it. */
struct corpus_cover {
    unsigned long edges, features;                  /* libFuzzer's "cov" and "ft" */
    unsigned long afl_edges, afl_tuples, afl_exact; /* of afl-showmap */
};

/* corpus_run is proc_must within a quarter of an hour. *err: NULL, or what it wrote to stderr (for
 * free()). *seconds: NULL, or how long it took. */
bool corpus_run(const struct corpus_ground *ground, const char *const *argv, const char *const *env,
                char **err, double *seconds, struct fail *why);

/* corpus_make fills ground->corpus with at least `files` inputs, as bench_corpus.c's help says. */
bool corpus_make(struct corpus_ground *ground, size_t files, unsigned seed, struct fail *why);

/* corpus_count counts the files of a directory and their bytes. */
bool corpus_size(const char *directory, size_t *files, size_t *bytes, struct fail *why);

/* corpus_cover_of lets libFuzzer and afl-showmap say what the files of a directory cover. */
bool corpus_cover_of(const struct corpus_ground *ground, const char *directory,
                     struct corpus_cover *cover, struct fail *why);

#endif
