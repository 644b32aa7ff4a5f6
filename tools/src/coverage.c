#include "coverage.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "files.h"
#include "json.h"
#include "mem.h"
#include "proc.h"

/* What the steps share. */
struct measuring {
    const struct manifest *manifest;
    char *place;        /* temporary */
    char *const *paths; /* the inputs; none: each target's corpus */
    size_t paths_len;
    const char **binaries;
    char **profiles;
    size_t len; /* of both */
    FILE *progress;
    struct coverage *out;
};

double covered_percent(struct covered covered)
{
    return covered.count ? 100.0 * (double)covered.covered / (double)covered.count : 100.0;
}

/* Runs a tool to its end; *out is its stdout, for free(). */
static bool run_tool(const char *const *argv, const char *const *env, char **out, struct fail *why)
{
    struct proc_spec spec = {.argv = argv, .env = env, .output_max = (size_t)1 << 30};
    struct proc_result result;
    if (!proc_must(&spec, &result, why))
        return false;
    *out = result.out;
    result.out = NULL;
    proc_result_free(&result);
    return true;
}

/* --- The targets' runs --- */

static bool take_account(struct measuring *measuring, const char *text, struct fail *why)
{
    json_error_t error;
    json_t *account = json_loads(text, 0, &error);
    if (!account)
        return fail_set(why, "build the targets again", "a target's account: line %d: %s",
                        error.line, error.text);
    json_append(measuring->out->accounts, account);
    return true;
}

static bool run_target(struct measuring *measuring, const struct target *target, struct fail *why)
{
    const struct build *build = target_build(target, "replay", "coverage");
    if (access(build->binary, X_OK) != 0)
        return fail_set(why, "build it: cmake --build --preset default", "%s: not there",
                        build->binary);
    size_t used = 0;
    const char **argv = mem_new(measuring->paths_len + 4, sizeof *argv);
    argv[used++] = build->binary;
    if (target->kit)
        argv[used++] = "--account";
    for (size_t i = 0; i < measuring->paths_len; i++)
        argv[used++] = measuring->paths[i];
    if (measuring->paths_len == 0)
        argv[used++] = target->corpus;
    char *profile = mem_print("%s/%s.profraw", measuring->place, target->name);
    char *variable = mem_print("LLVM_PROFILE_FILE=%s", profile), *out = NULL;
    const char *env[] = {variable, NULL};
    bool ok = run_tool(argv, env, &out, why);
    if (ok && target->kit)
        ok = take_account(measuring, out, why);
    measuring->binaries[measuring->len] = build->binary;
    measuring->profiles[measuring->len++] = profile;
    if (ok && measuring->progress)
        fprintf(measuring->progress, "%s: ran\n", target->name);
    free(out);
    free(variable);
    free(argv);
    return ok;
}

static bool run_targets(struct measuring *measuring, const struct target *const *targets,
                        size_t len, struct fail *why)
{
    for (size_t i = 0; i < len; i++) {
        bool has_inputs = measuring->paths_len > 0 || targets[i]->corpus;
        if (!target_build(targets[i], "replay", "coverage") || !has_inputs)
            continue;
        if (!run_target(measuring, targets[i], why))
            return false;
    }
    return measuring->len > 0 ||
           fail_set(why, "`ledge targets` lists the builds", "no target has a coverage build");
}

/* --- llvm-profdata, llvm-cov --- */

static bool merge_profiles(struct measuring *measuring, const char *merged, struct fail *why)
{
    const char **argv = mem_new(measuring->len + 6, sizeof *argv);
    size_t used = 0;
    char *out = NULL;
    argv[used++] = measuring->manifest->llvm_profdata;
    argv[used++] = "merge";
    argv[used++] = "-sparse";
    argv[used++] = "-o";
    argv[used++] = merged;
    for (size_t i = 0; i < measuring->len; i++)
        argv[used++] = measuring->profiles[i];
    bool ok = run_tool(argv, NULL, &out, why);
    free(out);
    free(argv);
    return ok;
}

static char *export_coverage(struct measuring *measuring, const char *merged, struct fail *why)
{
    const struct manifest *manifest = measuring->manifest;
    size_t sources = 0, used = 0;
    while (manifest->sources[sources])
        sources++;
    const char **argv = mem_new(2 * measuring->len + sources + 6, sizeof *argv);
    char *profile = mem_print("-instr-profile=%s", merged), *out = NULL;
    argv[used++] = manifest->llvm_cov;
    argv[used++] = "export";
    argv[used++] = "-skip-expansions";
    argv[used++] = profile;
    for (size_t i = 0; i < measuring->len; i++) {
        if (i > 0)
            argv[used++] = "-object";
        argv[used++] = measuring->binaries[i];
    }
    for (size_t i = 0; i < sources; i++)
        argv[used++] = manifest->sources[i];
    if (!run_tool(argv, NULL, &out, why))
        out = NULL;
    free(profile);
    free(argv);
    return out;
}

static struct covered covered_of(const json_t *summary, const char *kind)
{
    const json_t *part = json_object_get(summary, kind);
    return (struct covered){(uint64_t)json_integer_value(json_object_get(part, "count")),
                            (uint64_t)json_integer_value(json_object_get(part, "covered"))};
}

static void take_files(struct coverage *coverage, const json_t *data)
{
    const json_t *files = json_object_get(data, "files"), *totals = json_object_get(data, "totals");
    coverage->files_len = json_array_size(files);
    coverage->files = mem_new(coverage->files_len, sizeof *coverage->files);
    for (size_t i = 0; i < coverage->files_len; i++) {
        const json_t *file = json_array_get(files, i), *summary = json_object_get(file, "summary");
        coverage->files[i] = (struct coverage_file){
            .path = mem_text(json_string_value(json_object_get(file, "filename"))),
            .lines = covered_of(summary, "lines"),
            .branches = covered_of(summary, "branches"),
            .functions = covered_of(summary, "functions"),
        };
    }
    coverage->lines = covered_of(totals, "lines");
    coverage->branches = covered_of(totals, "branches");
    coverage->functions = covered_of(totals, "functions");
}

/* A static function's name is "file.c:name". */
static void take_functions(struct coverage *coverage, const json_t *data)
{
    size_t i;
    json_t *function;
    json_array_foreach(json_object_get(data, "functions"), i, function)
    {
        const char *name = json_string_value(json_object_get(function, "name"));
        if (!name || json_integer_value(json_object_get(function, "count")) == 0)
            continue;
        const char *colon = strrchr(name, ':');
        name = colon ? colon + 1 : name;
        struct api_function *known = api_find(&coverage->api, name, strlen(name));
        if (known)
            coverage->called[known - coverage->api.functions] = true;
    }
}

static bool take_export(struct coverage *coverage, const char *text, struct fail *why)
{
    json_error_t error;
    json_t *root = json_loads(text, 0, &error);
    if (!root)
        return fail_set(why, "is it llvm-cov of the compiler's version?",
                        "llvm-cov's answer: line %d: %s", error.line, error.text);
    const json_t *data = json_array_get(json_object_get(root, "data"), 0);
    take_files(coverage, data);
    take_functions(coverage, data);
    json_decref(root);
    return true;
}

/* --- The library's headers --- */

static bool read_headers(const struct manifest *manifest, struct api *api, struct fail *why)
{
    for (size_t i = 0; manifest->sources[i]; i++) {
        struct paths paths = {0};
        bool ok = paths_find(&paths, manifest->sources[i], why);
        for (size_t j = 0; j < paths.len && ok; j++) {
            size_t len = strlen(paths.at[j]), text_len;
            char *text;
            /* Headers beside the sources are private. */
            if (len < 2 || strcmp(paths.at[j] + len - 2, ".h") != 0 ||
                strstr(paths.at[j], "/include/") == NULL)
                continue;
            ok = file_read(paths.at[j], &text, &text_len, why);
            if (ok) {
                api_read(api, paths.at[j], text, text_len);
                free(text);
            }
        }
        paths_free(&paths);
        if (!ok)
            return false;
    }
    return true;
}

/* --- The targets' accounts --- */

/* Statuses have the same names in all targets of a project. */
static void take_status_names(struct coverage *coverage)
{
    size_t i, k;
    json_t *account, *name;
    json_array_foreach(coverage->accounts, i, account)
        json_array_foreach(json_object_get(account, "statuses"), k,
                           name) if (k < API_STATUSES && !coverage->statuses[k])
            coverage->statuses[k] = json_string_value(name);
}

static void count_status(struct coverage *coverage, const char *function, const char *status,
                         json_int_t calls)
{
    json_t *row = json_object_get(coverage->counts, function);
    if (!row)
        json_put(coverage->counts, function, row = json_object());
    calls += json_integer_value(json_object_get(row, status));
    json_put(row, status, json_integer(calls));
    const struct api_function *known = api_find(&coverage->api, function, strlen(function));
    for (unsigned i = 0; known && i < API_STATUSES; i++)
        if (coverage->statuses[i] && strcmp(coverage->statuses[i], status) == 0)
            coverage->reached[known - coverage->api.functions] |= UINT32_C(1) << i;
}

static void take_counts(struct coverage *coverage, const json_t *account)
{
    size_t i;
    json_t *row, *calls;
    const char *status;
    json_array_foreach(json_object_get(account, "api"), i, row)
    {
        const char *function = json_string_value(json_object_get(row, "function"));
        json_object_foreach(json_object_get(row, "statuses"), status, calls)
            count_status(coverage, function, status, json_integer_value(calls));
    }
}

static void take_lattices(struct coverage *coverage, const json_t *account)
{
    size_t i;
    json_t *lattice;
    json_array_foreach(json_object_get(account, "cells"), i, lattice)
    {
        json_t *copy = json_copy(lattice);
        json_put(copy, "target", json_incref(json_object_get(account, "target")));
        json_append(coverage->lattices, copy);
        coverage->cells.covered +=
            (uint64_t)json_integer_value(json_object_get(lattice, "reached"));
        coverage->cells.count +=
            (uint64_t)json_integer_value(json_object_get(lattice, "reachable"));
    }
}

static void take_accounts(struct coverage *coverage)
{
    size_t i;
    json_t *account;
    take_status_names(coverage);
    api_document(&coverage->api, coverage->statuses);
    json_array_foreach(coverage->accounts, i, account)
    {
        take_counts(coverage, account);
        take_lattices(coverage, account);
    }
}

static bool measure(struct measuring *measuring, const struct target *const *targets, size_t len,
                    struct fail *why)
{
    struct coverage *coverage = measuring->out;
    char *merged = mem_print("%s/profdata", measuring->place), *text = NULL;
    bool ok = read_headers(measuring->manifest, &coverage->api, why);
    coverage->reached = mem_new(coverage->api.len, sizeof *coverage->reached);
    coverage->called = mem_new(coverage->api.len, sizeof *coverage->called);
    ok = ok && run_targets(measuring, targets, len, why) &&
         merge_profiles(measuring, merged, why) &&
         (text = export_coverage(measuring, merged, why)) != NULL &&
         take_export(coverage, text, why);
    if (ok)
        take_accounts(coverage);
    free(text);
    free(merged);
    return ok;
}

bool coverage_measure(const struct manifest *manifest, const struct target *const *targets,
                      size_t targets_len, char *const *paths, size_t paths_len, FILE *progress,
                      struct coverage *coverage, struct fail *why)
{
    *coverage = (struct coverage){
        .accounts = json_array(), .counts = json_object(), .lattices = json_array()};
    if (!manifest->llvm_cov || !manifest->llvm_profdata || !manifest->sources)
        return fail_set(why, "configure again where llvm-19 is installed (ci/install)",
                        "%s names no llvm-cov, or no sources to cover", manifest->path);
    struct measuring measuring = {.manifest = manifest,
                                  .place = dir_temporary(why),
                                  .binaries = mem_new(targets_len, sizeof(char *)),
                                  .profiles = mem_new(targets_len, sizeof(char *)),
                                  .paths = paths,
                                  .paths_len = paths_len,
                                  .progress = progress,
                                  .out = coverage};
    bool ok = measuring.place && measure(&measuring, targets, targets_len, why);
    for (size_t i = 0; i < measuring.len; i++)
        free(measuring.profiles[i]);
    free(measuring.profiles);
    free(measuring.binaries);
    if (measuring.place)
        dir_remove(measuring.place);
    free(measuring.place);
    if (!ok)
        coverage_free(coverage);
    return ok;
}

void coverage_free(struct coverage *coverage)
{
    for (size_t i = 0; i < coverage->files_len; i++)
        free(coverage->files[i].path);
    free(coverage->files);
    free(coverage->reached);
    free(coverage->called);
    api_free(&coverage->api);
    json_decref(coverage->counts);
    json_decref(coverage->lattices);
    json_decref(coverage->accounts);
    *coverage = (struct coverage){0};
}
