#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bugs.h"
#include "commands.h"
#include "json.h"
#include "mem.h"
#include "options.h"
#include "proc.h"

static struct {
    unsigned seconds, jobs;
    const char *engines, *keep;
} chosen;

static const struct option_def options[] = {
    {"seconds", OPTION_NUMBER, "N", "run: how long to fuzz for each (default 60)", &chosen.seconds,
     1},
    {"jobs", OPTION_NUMBER, "N", "run: bugs at a time (default 2)", &chosen.jobs, 1},
    {"engine", OPTION_TEXT, "LIST", "run: libfuzzer, afl or all (default)", &chosen.engines, 0},
    {"keep", OPTION_TEXT, "DIR", "run: leave each result in DIR/<id>", &chosen.keep, 0},
};

static const struct command command = {
    .name = "bugs",
    .synopsis = "list | run [ID…] [--seconds N]",
    .purpose =
        "Planted bugs (crashes/planted/) are how we know that all of this works. `list` "
        "shows them.\n"
        "`run` builds them on copies of the library, fuzzes each until it is found, names it, "
        "minimizes it,\n"
        "proves the result minimal, runs it 20 times, checks that the library without the "
        "bug is quiet,\n"
        "and compiles the C program and runs it on both. Progress goes to stderr, the table "
        "to stdout.",
    .notes = "  ledge bugs run --seconds 60\n"
             "  ledge bugs run self_append --engine afl --keep /tmp/kept\n\n"
             "exit: 0 every row holds; 1 some row doesn't; 2 usage; 3 no manifest, no such bug",
    .options = options,
    .options_len = sizeof options / sizeof options[0],
};

/* The bugs that were named, or all. */
struct selection {
    struct bug_info *infos;
    size_t len;
};

static void free_selection(struct selection *selection)
{
    for (size_t i = 0; i < selection->len; i++)
        bug_info_free(&selection->infos[i]);
    free(selection->infos);
}

static const struct bug *find_bug(const struct manifest *manifest, const char *id, struct fail *why)
{
    for (size_t i = 0; i < manifest->bugs_len; i++)
        if (strcmp(manifest->bugs[i].id, id) == 0)
            return &manifest->bugs[i];
    fail_set(why, "`ledge bugs list` has their names", "there is no planted bug '%s' in %s", id,
             manifest->path);
    return NULL;
}

static bool select_bugs(const struct manifest *manifest, char *const *ids, size_t ids_len,
                        struct selection *selection, struct fail *why)
{
    size_t len = ids_len ? ids_len : manifest->bugs_len;
    *selection = (struct selection){.infos = mem_new(len, sizeof *selection->infos)};
    for (size_t i = 0; i < len; i++) {
        const struct bug *bug = ids_len ? find_bug(manifest, ids[i], why) : &manifest->bugs[i];
        if (!bug || !bug_info_read(bug, &selection->infos[i], why)) {
            free_selection(selection);
            return false;
        }
        selection->len++;
    }
    return true;
}

static int list(struct selection *selection, bool json)
{
    json_t *all = json_array();
    int width = bugs_width(selection->infos, selection->len);
    for (size_t i = 0; i < selection->len; i++) {
        const struct bug_info *info = &selection->infos[i];
        if (json) {
            json_t *object = bug_info_json(info);
            json_put(object, "built", json_boolean(bug_is_built(info->bug)));
            json_append(all, object);
        } else {
            printf("%-*s  %-4s %-6s %s\n", width, info->bug->id, info->row, info->bug->variant.name,
                   info->title);
        }
    }
    if (json)
        json_print(all);
    json_decref(all);
    return EXIT_FINE;
}

/* The table while it is made, or the rows in JSON. */
struct table {
    json_t *rows; /* NULL: lines are printed */
    size_t hold;
};

static void tell(void *context, const json_t *row, const char *line, bool holds)
{
    struct table *table = context;
    table->hold += holds;
    if (table->rows) {
        json_append(table->rows, json_deep_copy(row));
        return;
    }
    printf("%s\n", line);
    fflush(stdout); /* main looks at errors in the end */
}

static int run(const struct manifest *manifest, const struct selection *selection, bool json)
{
    struct fail none;
    if (selection->len == 0) {
        fail_set(&none, "crashes/README.md says how to plant one", "%s has no planted bugs",
                 manifest->path);
        fail_print(&none);
        return EXIT_CANNOT;
    }
    struct bug_options run_options = {
        .seconds = chosen.seconds ? chosen.seconds : 60,
        .jobs = chosen.jobs ? chosen.jobs : 2,
        .engines = chosen.engines,
        .keep = chosen.keep,
    };
    struct table table = {.rows = json ? json_array() : NULL};
    char *header = bug_header_text(bugs_width(selection->infos, selection->len));
    if (!json)
        printf("%s\n", header);
    free(header);
    bool ended =
        bugs_run_all(manifest, &run_options, selection->infos, selection->len, tell, &table);
    if (json)
        json_print(table.rows);
    else
        printf("\n%zu of %zu hold\n", table.hold, selection->len);
    json_decref(table.rows);
    return !ended ? 130 : table.hold == selection->len ? EXIT_FINE : EXIT_FOUND;
}

/* Loads the manifest once more after CMake had the chance to write new bugs into it. */
static const struct manifest *load(const char *path, bool fresh, struct fail *why)
{
    const struct manifest *manifest = manifest_load(path, why);
    if (!manifest || !fresh)
        return manifest;
    bool ok = bugs_regenerate(manifest, why);
    manifest_free(manifest);
    return ok ? manifest_load(path, why) : NULL;
}

static int check_usage(const struct arguments *arguments)
{
    static const char *const engines[] = {"libfuzzer", "afl", NULL};
    const char *what = arguments->len ? arguments->at[0] : "";
    if (strcmp(what, "list") != 0 && strcmp(what, "run") != 0)
        return usage_error("bugs", "list or run?");
    char *unknown = list_check(chosen.engines, engines);
    if (unknown) {
        free(unknown);
        return usage_error("bugs", "--engine wants libfuzzer, afl or all, not '%s'",
                           chosen.engines);
    }
    return -1;
}

int cmd_bugs(int argc, char **argv)
{
    struct arguments arguments;
    struct selection selection;
    struct fail why;
    int code = options_parse(&command, argc, argv, &arguments);
    if (code < 0)
        code = check_usage(&arguments);
    if (code >= 0)
        return code;
    bool runs = strcmp(arguments.at[0], "run") == 0;
    const struct manifest *manifest = load(arguments.manifest, runs, &why);
    if (manifest && select_bugs(manifest, arguments.at + 1, arguments.len - 1, &selection, &why)) {
        code = runs ? run(manifest, &selection, arguments.json) : list(&selection, arguments.json);
        free_selection(&selection);
    } else {
        fail_print(&why);
        code = EXIT_CANNOT;
    }
    manifest_free(manifest);
    return code;
}
