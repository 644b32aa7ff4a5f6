/* measure_libfuzzer.c: what a libFuzzer binary says of inputs: the control file of its merge, which
 * lists the features of each, and by which it goes on after a crash.
 *
 *     3                      files
 *     0                      of them in the first directory
 *     /tmp/…/in/0            their paths, in an order of its own
 *     STARTED 0 12           before the file numbered 0 in that order runs
 *     FT 0 17 24 40          what it showed; missing when it ended the process
 *     COV 0 2 3
 *
 * This is the text of -set_cover_merge (clang 15 and later): -merge=1 leaves out of it what earlier
 * files showed. */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "files.h"
#include "measure_parts.h"
#include "mem.h"
#include "proc.h"
#include "sanitizer.h"

enum {
    SPACE = 1 << 21, /* numbers of features that libFuzzer itself tells apart */
    START_MS = 5000,
    EACH_MS = 50,
    STUCK = 8, /* inputs of a call that may run into the time limit */
};

static bool write_inputs(const struct measured *inputs, size_t len, const char *in,
                         struct fail *why)
{
    bool ok = dir_make(in, why);
    for (size_t i = 0; i < len && ok; i++) {
        char *path = mem_print("%s/%zu", in, i);
        ok = file_put(path, inputs[i].bytes, inputs[i].len, why);
        free(path);
    }
    return ok;
}

static int compare_numbers(const void *a, const void *b)
{
    uint32_t left = *(const uint32_t *)a, right = *(const uint32_t *)b;
    return (left > right) - (left < right);
}

/* Reads numbers up to the end of the line; sorts them, each once. */
static void read_features(const char *at, struct features *features)
{
    size_t cap = 0;
    char *end;
    features_free(features);
    while (*at == ' ') {
        unsigned long number = strtoul(at, &end, 10);
        if (end == at + 1 || (*end != ' ' && *end != '\n'))
            break;
        if (features->len == cap) {
            cap = cap ? cap * 2 : 64;
            features->at = mem_resize(features->at, cap, sizeof *features->at);
        }
        features->at[features->len++] = (uint32_t)(number % SPACE);
        at = end;
    }
    if (features->len)
        qsort(features->at, features->len, sizeof *features->at, compare_numbers);
    uint32_t kept = 0;
    for (uint32_t i = 0; i < features->len; i++)
        if (i == 0 || features->at[i] != features->at[kept - 1])
            features->at[kept++] = features->at[i];
    features->len = kept;
}

static const char *next_line(const char *at)
{
    const char *end = strchr(at, '\n');
    return end ? end + 1 : at + strlen(at);
}

/* The inputs in the order of the control file; NULL when its list isn't whole. For free(). */
static size_t *read_order(const char **text, size_t len)
{
    const char *at = *text;
    if (strtoul(at, NULL, 10) != len)
        return NULL;
    size_t *order = mem_new(len, sizeof *order);
    at = next_line(next_line(at));
    for (size_t i = 0; i < len; i++) {
        size_t path = strcspn(at, "\n");
        while (path > 0 && at[path - 1] != '/')
            path--;
        unsigned long input = strtoul(at + path, NULL, 10);
        if (*at == '\0' || input >= len) {
            free(order);
            return NULL;
        }
        order[i] = input;
        at = next_line(at);
    }
    *text = at;
    return order;
}

/* Fills in what the control file says; true when it got to the last file. */
static bool read_control(const char *text, struct measured *inputs, size_t len)
{
    size_t *order = read_order(&text, len);
    bool done = len == 0;
    bool *known = mem_new(len, sizeof *known);
    for (const char *at = text; order && *at; at = next_line(at)) {
        char *end;
        bool started = strncmp(at, "STARTED ", 8) == 0, shown = strncmp(at, "FT ", 3) == 0;
        if (!started && !shown)
            continue;
        unsigned long index = strtoul(at + (started ? 8 : 3), &end, 10);
        if (index >= len)
            break;
        done |= index == len - 1;
        if (shown)
            read_features(end, &inputs[order[index]].features);
        known[order[index]] |= shown;
    }
    for (size_t i = 0; i < len && done; i++)
        if (!known[i])
            inputs[i].failed =
                mem_text("ended libFuzzer's process (a crash, a leak, a time-out …)");
    free(known);
    free(order);
    return done;
}

static bool run_merge(const struct measurer *measurer, const char *in, const char *out,
                      const char *control, size_t len, struct fail *why)
{
    const struct target *target = measurer->target;
    char *file = mem_print("-merge_control_file=%s", control);
    char *timeout = mem_print("-timeout=%u", (target->timeout_ms + 999) / 1000);
    char *memory = mem_print("-rss_limit_mb=%u", target->rss_mb);
    char *artifacts = mem_print("-artifact_prefix=%s/", measurer->directory);
    const char *argv[] = {measurer->build->binary,
                          "-set_cover_merge=1",
                          file,
                          timeout,
                          memory,
                          artifacts,
                          out,
                          in,
                          NULL};
    char **env = sanitizer_environment(USE_LIBFUZZER, target);
    uint64_t limit = START_MS + (uint64_t)len * EACH_MS + STUCK * (uint64_t)target->timeout_ms;
    struct proc_spec spec = {.argv = argv,
                             .env = (const char *const *)env,
                             .cwd = measurer->directory,
                             .timeout_ms = limit < UINT_MAX ? (unsigned)limit : UINT_MAX,
                             .output_max = 4096};
    struct proc_result ended;
    bool ok = proc_run(&spec, &ended, why);
    if (ok)
        proc_result_free(&ended);
    sanitizer_environment_free(env);
    free(artifacts);
    free(memory);
    free(timeout);
    free(file);
    return ok;
}

bool libfuzzer_run(struct measurer *measurer, struct measured *inputs, size_t len,
                   struct feature_space *space, struct fail *why)
{
    char *in = mem_print("%s/in", measurer->directory);
    char *out = mem_print("%s/out", measurer->directory);
    char *control = mem_print("%s/control", measurer->directory), *text = NULL;
    size_t text_len;
    *space = (struct feature_space){.counters = SPACE / FEATURE_CLASSES};
    bool ok =
        measurer->lists_features ||
        fail_set(why, "build it with clang 15 or later, or with targets/kit/measure.h",
                 "%s can't list features: it has no -set_cover_merge", measurer->build->binary);
    ok = ok && write_inputs(inputs, len, in, why) && dir_make(out, why) &&
         run_merge(measurer, in, out, control, len, why) &&
         file_read(control, &text, &text_len, why);
    if (ok && !read_control(text, inputs, len))
        ok = fail_set(why, "`ledge replay` tells what ails it", "%s did not get through its inputs",
                      measurer->build->binary);
    free(text);
    dir_remove(in);
    dir_remove(out);
    dir_remove(control);
    free(control);
    free(out);
    free(in);
    return ok;
}
