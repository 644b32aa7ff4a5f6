#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "campaign_parts.h"
#include "distil.h"
#include "measure.h"
#include "mem.h"
#include "minimize_oracle.h" /* stop_wanted */

enum { DISTIL_FROM = 500 }; /* files; fewer are no burden */

static const double distil_most_s = 2; /* what it may take before a campaign; else the next time */

bool corpus_add(struct subject *subject, const void *bytes, size_t len, struct fail *why)
{
    char id[33];
    store_id(bytes, len, id);
    char *path = mem_print("%s/%s", subject->corpus, id);
    char *half = mem_print("%s/incoming", subject->directory);
    bool ok = path_is_file(path);
    if (!ok) {
        /* Renamed into place: an engine may be reading the directory. */
        ok = file_put(half, bytes, len, why);
        if (ok && rename(half, path) != 0)
            ok = fail_set(why, "", "cannot make %s", path);
        if (!ok)
            unlink(half);
    }
    free(half);
    free(path);
    return ok;
}

void corpus_drop(struct subject *subject, const void *bytes, size_t len, const char *libfuzzer_name)
{
    char id[33];
    store_id(bytes, len, id);
    const char *names[] = {id, libfuzzer_name};
    for (size_t i = 0; i < 2 && names[i]; i++) {
        char *path = mem_print("%s/%s", subject->corpus, names[i]);
        unlink(path); /* mostly it isn't there */
        free(path);
    }
}

uint64_t corpus_count(const struct subject *subject)
{
    DIR *dir = opendir(subject->corpus);
    uint64_t count = 0;
    while (dir) {
        const struct dirent *entry = readdir(dir);
        if (!entry)
            break;
        count += entry->d_name[0] != '.';
    }
    if (dir)
        closedir(dir);
    return count;
}

static bool copy_seeds(struct subject *subject, struct fail *why)
{
    struct paths seeds = {0};
    if (!subject->target->corpus)
        return true;
    bool ok = paths_find(&seeds, subject->target->corpus, why);
    if (!ok && access(subject->target->corpus, F_OK) != 0)
        fail_set(why,
                 "make it (mkdir), with a few small inputs; a kit target's are made by ci/generate",
                 "cannot open %s: %s", subject->target->corpus, strerror(errno));
    for (size_t i = 0; i < seeds.len && ok; i++) {
        char *bytes;
        size_t len;
        ok = file_read(seeds.at[i], &bytes, &len, why);
        if (!ok)
            break;
        ok = corpus_add(subject, bytes, len, why);
        free(bytes);
    }
    paths_free(&seeds);
    return ok;
}

/* Takes out what is redundant: nothing runs yet that might be reading it. Best effort: a corpus
 * that can't be measured, or not in time, stays as it is; what was measured counts the next time.
 */
static void distil_corpus(struct subject *subject)
{
    struct fail why;
    struct distil distil = {0};
    const struct build *build = measure_build(subject->target, NULL, &why);
    struct distil_options options = {.target = subject->target,
                                     .builds = &build,
                                     .builds_len = 1,
                                     .cover = COVER_COUNTERS | COVER_CELLS,
                                     .cache = subject->directory,
                                     .most_s = distil_most_s};
    if (build && distil_add(&distil, subject->corpus, false, &why) &&
        distil_measure(&distil, &options, NULL, &why)) {
        distil_choose(&distil);
        for (size_t i = 0; i < distil.len; i++)
            if (!distil.files[i].kept && !distil.files[i].failed)
                subject->redundant += unlink(distil.files[i].path) == 0;
    }
    distil_free(&distil);
}

bool corpus_has_dictionary(const struct target *target)
{
    char *bytes;
    size_t len;
    struct fail why;
    if (!target->dictionary || !file_read(target->dictionary, &bytes, &len, &why))
        return false;
    bool any = false;
    for (const char *at = bytes; *at && !any; at += strcspn(at, "\n"), at += *at == '\n') {
        at += strspn(at, " \t");
        any = *at != '#' && *at != '\n' && *at != '\0';
    }
    free(bytes);
    return any;
}

bool corpus_prepare(struct subject *subject, struct fail *why)
{
    /* The seeds are copied rather than read in place: one that crashes a build can be taken out. */
    if (!dir_make(subject->corpus, why) || !copy_seeds(subject, why))
        return false;
    if (corpus_count(subject) >= DISTIL_FROM)
        distil_corpus(subject);
    if (stop_wanted())
        return fail_set(why, "", "interrupted");
    subject->corpus_files = corpus_count(subject);
    if (subject->corpus_files > 0)
        return true;
    subject->corpus_files = 1;
    return corpus_add(subject, "", 1,
                      why); /* AFL++ doesn't start from nothing, nor from an empty file */
}
