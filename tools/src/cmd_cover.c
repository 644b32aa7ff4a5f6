#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "commands.h"
#include "coverage.h"
#include "fail.h"
#include "json.h"
#include "options.h"

static struct {
    const char *target;
    unsigned lines, branches;
    bool api, cells;
} chosen;

static const struct option_def options[] = {
    {"target", OPTION_TEXT, "T", "only this target", &chosen.target, 0},
    {"lines", OPTION_NUMBER, "N", "fail when less than N % of the lines are covered", &chosen.lines,
     0},
    {"branches", OPTION_NUMBER, "N", "fail when less than N % of the branches are covered",
     &chosen.branches, 0},
    {"api", OPTION_FLAG, NULL, "print the calls of each function by status", &chosen.api, 0},
    {"cells", OPTION_FLAG, NULL, "print each operation's cells", &chosen.cells, 0},
};

static const struct command command = {
    .name = "cover",
    .synopsis = "[PATH…] [--target T] [--lines N] [--branches N]",
    .purpose =
        "What the inputs of the targets reach in the library: the checked-in corpora, or PATH… of\n"
        "--target T. Lines, branches and functions are llvm-cov's. Two tables are the targets' "
        "own:\n"
        "calls of each function of the API by the status it returned, beside the statuses that "
        "its\n"
        "header documents; and cells, what an operation was handed by class of pointer, length "
        "and\n"
        "alignment, beside the cells that can be expressed (targets/kit/cells.h).",
    .notes = "  ledge cover\n"
             "  ledge cover --lines 98 --branches 95        as ci/test asks\n"
             "  ledge cover --target vec --api build/campaign/vec/corpus\n\n"
             "exit: 0 all of it reached; 1 a function of the headers isn't called, a documented "
             "status isn't\n"
             "returned, an undocumented one is, a cell isn't reached, or too few lines or branches "
             "are\n"
             "covered; 2 usage; 3 it could not be measured",
    .options = options,
    .options_len = sizeof options / sizeof options[0],
};

/* What is asked of all targets together can't be asked of one. */
static bool is_whole(const struct arguments *arguments)
{
    return !chosen.target && arguments->len == 0;
}

static uint32_t missing_of(const struct coverage *coverage, size_t function)
{
    return coverage->api.functions[function].documented & ~coverage->reached[function];
}

static uint32_t surplus_of(const struct coverage *coverage, size_t function)
{
    return coverage->reached[function] & ~coverage->api.functions[function].documented;
}

static struct covered count_functions(const struct coverage *coverage)
{
    struct covered count = {coverage->api.len, 0};
    for (size_t i = 0; i < coverage->api.len; i++)
        count.covered += coverage->called[i];
    return count;
}

static struct covered count_statuses(const struct coverage *coverage)
{
    struct covered count = {0, 0};
    for (size_t i = 0; i < coverage->api.len; i++) {
        uint32_t documented = coverage->api.functions[i].documented;
        count.count += (uint64_t)__builtin_popcount(documented);
        count.covered += (uint64_t)__builtin_popcount(documented & coverage->reached[i]);
    }
    return count;
}

/* --- For people --- */

static const char *relative(const struct manifest *manifest, const char *path)
{
    size_t len = strlen(manifest->root);
    return strncmp(path, manifest->root, len) == 0 && path[len] == '/' ? path + len + 1 : path;
}

static void print_covered(struct covered covered)
{
    printf("  %6.2f %% %6llu/%-6llu", covered_percent(covered), (unsigned long long)covered.covered,
           (unsigned long long)covered.count);
}

static void print_files(const struct manifest *manifest, const struct coverage *coverage)
{
    printf("%-34s  %-23s  %-23s  %s\n", "file", "lines", "branches", "functions");
    for (size_t i = 0; i <= coverage->files_len; i++) {
        bool total = i == coverage->files_len;
        const struct coverage_file *file = &coverage->files[i];
        printf("%-34s", total ? "all" : relative(manifest, file->path));
        print_covered(total ? coverage->lines : file->lines);
        print_covered(total ? coverage->branches : file->branches);
        print_covered(total ? coverage->functions : file->functions);
        putchar('\n');
    }
}

static void print_statuses(const struct coverage *coverage, const char *what, uint32_t set)
{
    if (set == 0)
        return;
    printf("  %s", what);
    for (unsigned i = 0; i < API_STATUSES; i++)
        if (set & UINT32_C(1) << i)
            printf(" %s", coverage->statuses[i] ? coverage->statuses[i] : "?");
}

static void print_counts(const struct coverage *coverage)
{
    const char *function, *status;
    json_t *row, *calls;
    puts("\ncalls of each function, by the status returned");
    json_object_foreach(coverage->counts, function, row)
    {
        printf("  %-34s", function);
        json_object_foreach(row, status, calls)
            printf("  %s %lld", status, (long long)json_integer_value(calls));
        putchar('\n');
    }
}

static void print_api(const struct coverage *coverage)
{
    struct covered functions = count_functions(coverage), statuses = count_statuses(coverage);
    printf("\nAPI: %llu of %llu functions called, %llu of %llu documented statuses returned\n",
           (unsigned long long)functions.covered, (unsigned long long)functions.count,
           (unsigned long long)statuses.covered, (unsigned long long)statuses.count);
    for (size_t i = 0; i < coverage->api.len; i++) {
        uint32_t missing = missing_of(coverage, i), surplus = surplus_of(coverage, i);
        if (coverage->called[i] && !missing && !surplus)
            continue;
        printf("  %s", coverage->api.functions[i].name);
        if (coverage->called[i]) {
            print_statuses(coverage, "never", missing);
            print_statuses(coverage, "undocumented:", surplus);
        } else {
            printf("  never called");
        }
        putchar('\n');
    }
}

static void print_lattices(const struct coverage *coverage)
{
    size_t i, k;
    json_t *lattice, *cell;
    printf("\ncells: %llu of %llu\n", (unsigned long long)coverage->cells.covered,
           (unsigned long long)coverage->cells.count);
    json_array_foreach(coverage->lattices, i, lattice)
    {
        const json_t *missing = json_object_get(lattice, "missing");
        if (!chosen.cells && json_array_size(missing) == 0)
            continue;
        printf("  %s.%s  %lld of %lld", json_string_value(json_object_get(lattice, "target")),
               json_string_value(json_object_get(lattice, "operation")),
               (long long)json_integer_value(json_object_get(lattice, "reached")),
               (long long)json_integer_value(json_object_get(lattice, "reachable")));
        json_array_foreach(missing, k, cell) if (chosen.cells || k < 4)
            printf("%s%s", k ? " " : "  missing ", json_string_value(cell));
        printf("%s\n", !chosen.cells && json_array_size(missing) > 4 ? " …" : "");
        json_array_foreach(json_object_get(lattice, "declared"), k, cell) if (chosen.cells)
            printf("      %lld unreachable: %s\n",
                   (long long)json_integer_value(json_object_get(cell, "cells")),
                   json_string_value(json_object_get(cell, "why")));
    }
}

/* --- As JSON --- */

static json_t *covered_json(struct covered covered)
{
    return json_pack("{s:I, s:I, s:f}", "count", (json_int_t)covered.count, "covered",
                     (json_int_t)covered.covered, "percent", covered_percent(covered));
}

static json_t *status_names(const struct coverage *coverage, uint32_t set)
{
    json_t *names = json_array();
    for (unsigned i = 0; i < API_STATUSES; i++)
        if (set & UINT32_C(1) << i)
            json_append(names, json_text(coverage->statuses[i]));
    return names;
}

static json_t *api_json(const struct coverage *coverage)
{
    json_t *all = json_array();
    for (size_t i = 0; i < coverage->api.len; i++) {
        const struct api_function *function = &coverage->api.functions[i];
        json_t *counts = json_object_get(coverage->counts, function->name);
        json_t *object = json_object();
        json_put(object, "function", json_text(function->name));
        json_put(object, "header", json_text(function->header));
        json_put(object, "called", json_boolean(coverage->called[i]));
        json_put(object, "statuses", counts ? json_incref(counts) : json_object());
        json_put(object, "documented", status_names(coverage, function->documented));
        json_put(object, "missing", status_names(coverage, missing_of(coverage, i)));
        json_put(object, "undocumented", status_names(coverage, surplus_of(coverage, i)));
        json_append(all, object);
    }
    return all;
}

static void print_json(const struct coverage *coverage, bool ok)
{
    json_t *root = json_object(), *files = json_array();
    for (size_t i = 0; i < coverage->files_len; i++) {
        const struct coverage_file *file = &coverage->files[i];
        json_append(files,
                    json_pack("{s:s, s:o, s:o, s:o}", "file", file->path, "lines",
                              covered_json(file->lines), "branches", covered_json(file->branches),
                              "functions", covered_json(file->functions)));
    }
    json_put(root, "lines", covered_json(coverage->lines));
    json_put(root, "branches", covered_json(coverage->branches));
    json_put(root, "functions", covered_json(coverage->functions));
    json_put(root, "cells", covered_json(coverage->cells));
    json_put(root, "api_functions", covered_json(count_functions(coverage)));
    json_put(root, "api_statuses", covered_json(count_statuses(coverage)));
    json_put(root, "files", files);
    json_put(root, "api", api_json(coverage));
    json_put(root, "lattices", json_incref(coverage->lattices));
    json_put(root, "ok", json_boolean(ok));
    json_print(root);
    json_decref(root);
}

static bool all_reached(const struct coverage *coverage, bool whole)
{
    bool ok = covered_percent(coverage->lines) >= chosen.lines &&
              covered_percent(coverage->branches) >= chosen.branches;
    if (!whole)
        return ok;
    for (size_t i = 0; i < coverage->api.len; i++)
        ok &= coverage->called[i] && !missing_of(coverage, i) && !surplus_of(coverage, i);
    return ok && coverage->cells.covered == coverage->cells.count;
}

static void print_text(const struct manifest *manifest, const struct coverage *coverage, bool whole)
{
    print_files(manifest, coverage);
    if (chosen.api)
        print_counts(coverage);
    if (whole)
        print_api(coverage);
    print_lattices(coverage);
}

static bool select_targets(const struct manifest *manifest, const struct target ***targets,
                           size_t *len, struct fail *why)
{
    char *name = (char *)(uintptr_t)chosen.target; /* only read */
    return manifest_select(manifest, &name, chosen.target ? 1 : 0, targets, len, why);
}

int cmd_cover(int argc, char **argv)
{
    struct arguments arguments;
    struct coverage coverage;
    struct fail why;
    int code = options_parse(&command, argc, argv, &arguments);
    if (code >= 0)
        return code;
    if (arguments.len > 0 && !chosen.target)
        return usage_error("cover", "whose inputs are these? --target T");
    const struct manifest *manifest = manifest_load(arguments.manifest, &why);
    const struct target **targets = NULL;
    size_t len = 0;
    FILE *progress = isatty(STDERR_FILENO) ? stderr : NULL;
    if (!manifest || !select_targets(manifest, &targets, &len, &why) ||
        !coverage_measure(manifest, targets, len, arguments.at, arguments.len, progress, &coverage,
                          &why)) {
        fail_print(&why);
        code = EXIT_CANNOT;
    } else {
        bool whole = is_whole(&arguments), ok = all_reached(&coverage, whole);
        if (arguments.json)
            print_json(&coverage, ok);
        else
            print_text(manifest, &coverage, whole);
        code = ok ? EXIT_FINE : EXIT_FOUND;
        coverage_free(&coverage);
    }
    free(targets);
    manifest_free(manifest);
    return code;
}
