#include "distil.h"

#include <stdlib.h>
#include <string.h>
#include <uv.h>

#include "cover_set.h"
#include "files.h"
#include "measure.h"
#include "mem.h"
#include "minimize_oracle.h" /* stop_watch */
#include "store.h"

enum {
    BATCH_LEAST = 64, /* files of a process */
    BATCH_MOST = 8192,
    BATCH_BYTES = 32 * 1024 * 1024,
    HELD_MOST = 256 * 1024 * 1024, /* bytes of contents kept in memory; the rest is read again */
};

/* What a file costs beside its bytes, in bytes. Greed is a guess: the one that comes to fewer files
 * counts, then to fewer bytes. */
static const uint32_t file_costs[] = {1024, 256, 1 << 30};

/* How long a process should take: then there is news. libFuzzer needs two processes at a time. */
static const double batch_s = 0.5, batch_libfuzzer_s = 5;

static bool add_file(struct distil *distil, const char *path, const char *base, bool fixed,
                     struct fail *why)
{
    char *bytes;
    size_t len;
    if (!file_read(path, &bytes, &len, why))
        return false;
    if (distil->len == distil->cap) {
        distil->cap = distil->cap ? distil->cap * 2 : 256;
        distil->files = mem_resize(distil->files, distil->cap, sizeof *distil->files);
    }
    struct distil_file *file = &distil->files[distil->len++];
    *file = (struct distil_file){.path = mem_text(path), .base = mem_text(base), .fixed = fixed};
    file->size = len;
    store_id(bytes, len, file->id);
    if (distil->held + len <= HELD_MOST) {
        distil->held += len;
        file->bytes = bytes;
    } else {
        free(bytes);
    }
    return true;
}

bool distil_read(const struct distil_file *file, const char **bytes, char **owned, struct fail *why)
{
    char id[33];
    size_t len;
    *owned = NULL;
    *bytes = file->bytes;
    if (file->bytes)
        return true;
    if (!file_read(file->path, owned, &len, why))
        return false;
    *bytes = *owned;
    store_id(*owned, len, id);
    if (strcmp(id, file->id) == 0)
        return true;
    free(*owned);
    *owned = NULL;
    return fail_set(why, "run it again when nobody writes there", "%s has changed meanwhile",
                    file->path);
}

bool distil_add(struct distil *distil, const char *path, bool fixed, struct fail *why)
{
    struct paths paths = {0};
    bool ok = paths_find(&paths, path, why);
    const char *base = path_is_dir(path) ? path : NULL;
    for (size_t i = 0; i < paths.len && ok; i++)
        ok = add_file(distil, paths.at[i], base, fixed, why);
    paths_free(&paths);
    return ok;
}

/* Fixed ones before their twins; paths come last, to tell which of two twins stays. */
static int compare_files(const void *a, const void *b)
{
    const struct distil_file *left = a, *right = b;
    if (left->size != right->size)
        return left->size < right->size ? -1 : 1;
    int order = strcmp(left->id, right->id);
    if (order == 0)
        order = (int)right->fixed - (int)left->fixed;
    return order ? order : strcmp(left->path, right->path);
}

static void sort_files(struct distil *distil)
{
    if (distil->len)
        qsort(distil->files, distil->len, sizeof *distil->files, compare_files);
    for (size_t i = 1; i < distil->len; i++)
        distil->files[i].twin = strcmp(distil->files[i].id, distil->files[i - 1].id) == 0;
}

/* What measuring under one build needs. */
struct pass {
    struct distil *distil;
    const struct distil_options *options;
    struct measurer *measurer;
    struct feature_cache *cache; /* NULL: none */
    struct feature_space space;
    struct features *found; /* what each file exercises under this build */
    size_t *todo, todo_len; /* files that must run */
    uint64_t started;
    double batch_s, rate; /* seconds of a process, files a second */
};

static double seconds_since(uint64_t start)
{
    return (double)(uv_hrtime() - start) / 1e9;
}

static void ask_cache(struct pass *pass)
{
    struct distil *distil = pass->distil;
    for (size_t i = 0; i < distil->len; i++) {
        const struct distil_file *file = &distil->files[i];
        if (file->twin || file->failed)
            continue;
        const struct features *known =
            pass->cache ? feature_cache_find(pass->cache, file->id) : NULL;
        if (known)
            features_append(&pass->found[i], known->at, known->len, 0);
        else
            pass->todo[pass->todo_len++] = i;
    }
    if (pass->cache)
        (void)feature_cache_space(pass->cache, &pass->space); /* empty: nothing was found either */
}

static size_t batch_size(const struct pass *pass, size_t from)
{
    double wanted = pass->rate * pass->batch_s;
    size_t most = wanted < 1e6 ? (size_t)wanted : BATCH_MOST;
    most = most < BATCH_LEAST ? BATCH_LEAST : most < BATCH_MOST ? most : BATCH_MOST;
    size_t len = 0, bytes = 0;
    while (from + len < pass->todo_len && len < most && (len == 0 || bytes < BATCH_BYTES))
        bytes += pass->distil->files[pass->todo[from + len++]].size;
    return len;
}

static bool read_batch(const struct pass *pass, size_t from, size_t len, struct measured *batch,
                       char **owned, struct fail *why)
{
    for (size_t i = 0; i < len; i++) {
        const struct distil_file *file = &pass->distil->files[pass->todo[from + i]];
        const char *bytes;
        if (!distil_read(file, &bytes, &owned[i], why))
            return false;
        batch[i].bytes = bytes;
        batch[i].len = file->size;
    }
    return true;
}

static void take_results(struct pass *pass, size_t from, size_t len, struct measured *batch)
{
    for (size_t i = 0; i < len; i++) {
        size_t index = pass->todo[from + i];
        struct distil_file *file = &pass->distil->files[index];
        bool ran = batch[i].features.len > 0;
        if (batch[i].failed)
            file->failed = batch[i].failed;
        else if (ran && pass->cache)
            feature_cache_add(pass->cache, pass->space, file->id, &batch[i].features);
        pass->found[index] = batch[i].features;
    }
}

static bool run_batch(struct pass *pass, size_t from, size_t len, struct fail *why)
{
    struct measured *batch = mem_new(len, sizeof *batch);
    char **owned = mem_new(len, sizeof *owned);
    uint64_t started = uv_hrtime();
    bool read = read_batch(pass, from, len, batch, owned, why);
    bool ok = read && measurer_run(pass->measurer, batch, len, &pass->space, why);
    if (read)
        take_results(pass, from, len, batch);
    pass->rate = (double)len / (seconds_since(started) + 1e-9);
    for (size_t i = 0; i < len; i++)
        free(owned[i]);
    free(owned);
    free(batch);
    return ok;
}

static bool run_todo(struct pass *pass, struct fail *why)
{
    const struct distil_options *options = pass->options;
    pass->started = uv_hrtime();
    pass->rate = 1024;
    for (size_t from = 0, len; from < pass->todo_len; from += len) {
        len = batch_size(pass, from);
        if (!run_batch(pass, from, len, why))
            return false;
        if (stop_wanted())
            return fail_set(why, "run it again: what was measured is kept", "interrupted");
        pass->distil->measured += len;
        if (options->tell)
            options->tell(options->context, from + len, pass->todo_len);
        if (options->most_s > 0 && seconds_since(pass->started) > options->most_s &&
            from + len < pass->todo_len)
            return fail_set(why, "", "measuring takes longer than %.0f s", options->most_s);
    }
    return true;
}

static void note(struct distil_counts *counts, uint32_t id, struct feature_space space,
                 uint32_t *last_edge)
{
    if (id >= space.counters * FEATURE_CLASSES) {
        counts->cells++;
        return;
    }
    counts->counters++;
    counts->edges += *last_edge != id / FEATURE_CLASSES;
    *last_edge = id / FEATURE_CLASSES;
}

/* Counts what the clean files exercise, all of it: also what need not be covered. */
static void count_features(struct pass *pass)
{
    uint32_t size = feature_space_size(pass->space), last_edge = UINT32_MAX;
    bool *seen = mem_new(size, sizeof *seen);
    for (size_t i = 0; i < pass->distil->len; i++)
        for (uint32_t k = 0; k < pass->found[i].len && !pass->distil->files[i].failed; k++)
            seen[pass->found[i].at[k]] = true;
    for (uint32_t id = 0; id < size; id++)
        if (seen[id])
            note(&pass->distil->counts, id, pass->space, &last_edge);
    free(seen);
}

static void keep_selected(struct pass *pass)
{
    struct distil *distil = pass->distil;
    for (size_t i = 0; i < distil->len; i++) {
        features_select(&pass->found[i], pass->space, pass->options->cover);
        features_append(&distil->files[i].features, pass->found[i].at, pass->found[i].len,
                        distil->space);
    }
    distil->space += feature_space_size(pass->space);
}

static struct feature_cache *open_cache(const struct distil_options *options,
                                        const struct build *build, const struct measurer *measurer)
{
    if (!options->cache)
        return NULL;
    char *path = mem_print("%s/%s-%s-%s.features", options->cache, options->target->name,
                           build->engine, build->sanitizer);
    struct feature_cache *cache = feature_cache_open(path, measurer_build_id(measurer));
    free(path);
    return cache;
}

static bool measure_under(struct distil *distil, const struct distil_options *options,
                          const struct build *build, struct fail *warning, struct fail *why)
{
    struct pass pass = {.distil = distil, .options = options};
    struct fail unsaved;
    pass.measurer = measurer_new(options->target, build, why);
    if (!pass.measurer)
        return false;
    pass.cache = open_cache(options, build, pass.measurer);
    pass.batch_s = strcmp(build->engine, "libfuzzer") == 0 ? batch_libfuzzer_s : batch_s;
    pass.found = mem_new(distil->len, sizeof *pass.found);
    pass.todo = mem_new(distil->len, sizeof *pass.todo);
    ask_cache(&pass);
    bool ok = run_todo(&pass, why);
    bool saved = !pass.cache ||
                 (dir_make(options->cache, &unsaved) && feature_cache_save(pass.cache, &unsaved));
    if (!saved && warning)
        *warning = unsaved;
    if (ok) {
        count_features(&pass);
        keep_selected(&pass);
    }
    for (size_t i = 0; i < distil->len; i++)
        features_free(&pass.found[i]);
    free(pass.found);
    free(pass.todo);
    feature_cache_free(pass.cache);
    measurer_free(pass.measurer);
    return ok;
}

bool distil_measure(struct distil *distil, const struct distil_options *options,
                    struct fail *warning, struct fail *why)
{
    bool ok = true;
    sort_files(distil);
    stop_watch(true);
    for (size_t i = 0; i < options->builds_len && ok; i++)
        ok = measure_under(distil, options, options->builds[i], warning, why);
    stop_watch(false);
    if (!ok)
        return false;
    bool any = false, clean = false;
    for (size_t i = 0; i < distil->len; i++) {
        struct distil_file *file = &distil->files[i];
        if (file->twin)
            file->failed = mem_text(file[-1].failed);
        distil->failed += file->failed != NULL;
        clean |= !file->failed;
        any |= !file->failed && file->features.len > 0;
    }
    return any || !clean ||
           fail_set(why, "cover something else, or measure under another build",
                    "no file shows any of what is to be covered");
}

/* Marks what fixed files cover; returns how many numbers, and *covered for free(). */
static size_t covered_by_fixed(const struct distil *distil, uint32_t **covered)
{
    bool *seen = mem_new(distil->space, sizeof *seen);
    size_t len = 0;
    for (size_t i = 0; i < distil->len; i++)
        for (uint32_t k = 0; k < distil->files[i].features.len && distil->files[i].fixed; k++)
            seen[distil->files[i].features.at[k]] = true;
    *covered = mem_new(distil->space, sizeof **covered);
    for (uint32_t id = 0; id < distil->space; id++)
        if (seen[id])
            (*covered)[len++] = id;
    free(seen);
    return len;
}

static uint32_t weight_of(const struct distil_file *file, uint32_t file_cost)
{
    return file->size < UINT32_MAX - file_cost ? (uint32_t)file->size + file_cost : UINT32_MAX;
}

/* A choice, and what it comes to. */
struct choice {
    bool *chosen;
    size_t files, bytes;
};

static struct choice choose(const struct distil *distil, const uint32_t *covered,
                            size_t covered_len, uint32_t file_cost)
{
    struct choice choice = {.chosen = mem_new(distil->len, sizeof *choice.chosen)};
    struct cover_item *items = mem_new(distil->len, sizeof *items);
    for (size_t i = 0; i < distil->len; i++) {
        const struct distil_file *file = &distil->files[i];
        bool out = file->fixed || file->twin || file->failed;
        items[i] = (struct cover_item){file->features.at, out ? 0 : file->features.len,
                                       weight_of(file, file_cost)};
    }
    choice.files =
        cover_choose(items, distil->len, covered, covered_len, distil->space, choice.chosen);
    for (size_t i = 0; i < distil->len; i++)
        choice.bytes += choice.chosen[i] ? distil->files[i].size : 0;
    free(items);
    return choice;
}

static bool is_better(struct choice a, struct choice b)
{
    return a.files != b.files ? a.files < b.files : a.bytes < b.bytes;
}

void distil_choose(struct distil *distil)
{
    uint32_t *covered;
    size_t covered_len = covered_by_fixed(distil, &covered);
    struct choice best = choose(distil, covered, covered_len, file_costs[0]);
    for (size_t i = 1; i < sizeof file_costs / sizeof file_costs[0]; i++) {
        struct choice other = choose(distil, covered, covered_len, file_costs[i]);
        bool better = is_better(other, best);
        free(better ? best.chosen : other.chosen);
        best = better ? other : best;
    }
    for (size_t i = 0; i < distil->len; i++)
        distil->files[i].kept = best.chosen[i] || distil->files[i].fixed;
    free(best.chosen);
    free(covered);
}

static void mark_features(const struct distil *distil, bool *seen)
{
    for (size_t i = 0; i < distil->len; i++)
        for (uint32_t k = 0; k < distil->files[i].features.len && !distil->files[i].failed; k++)
            seen[distil->files[i].features.at[k]] = true;
}

bool distil_verify(const struct distil *distil, const struct distil_options *options, size_t *lost,
                   struct fail *why)
{
    struct distil again = {0};
    struct distil_options plain = *options;
    bool ok = true;
    *lost = 0;
    plain.cache = NULL;
    plain.tell = NULL;
    for (size_t i = 0; i < distil->len && ok; i++)
        if (distil->files[i].kept && !distil->files[i].failed)
            ok = distil_add(&again, distil->files[i].path, false, why);
    ok = ok && distil_measure(&again, &plain, NULL, why);
    if (ok && again.space == distil->space) {
        bool *before = mem_new(distil->space, 1), *after = mem_new(distil->space, 1);
        mark_features(distil, before);
        mark_features(&again, after);
        for (uint32_t id = 0; id < distil->space; id++)
            *lost += before[id] && !after[id];
        free(before);
        free(after);
    }
    distil_free(&again);
    return ok;
}

void distil_free(struct distil *distil)
{
    for (size_t i = 0; i < distil->len; i++) {
        struct distil_file *file = &distil->files[i];
        free(file->path);
        free(file->base);
        free(file->bytes);
        free(file->failed);
        features_free(&file->features);
    }
    free(distil->files);
    *distil = (struct distil){0};
}
