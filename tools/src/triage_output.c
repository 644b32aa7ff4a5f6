#include "triage_output.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "files.h"
#include "json.h"
#include "mem.h"
#include "spool.h"

/* Files without a crash that are named one by one. */
enum { NOTES_SHOWN = 20 };

enum shape { SHAPE_TEXT, SHAPE_JSON, SHAPE_SARIF, SHAPE_CASREP, SHAPE_MARKDOWN };

static const char *const shapes[] = {"text", "json", "sarif", "casrep", "markdown", NULL};

struct triage_output {
    struct triage_output_options options;
    enum shape shape;
    struct issues issues;
    struct spool *spool; /* of JSON */
    struct paths notes;  /* what format_note said */
    size_t hidden;
    struct paths written; /* casreps so far */
};

static size_t shape_of(const char *format)
{
    size_t at = 0;
    while (shapes[at] && strcmp(shapes[at], format) != 0)
        at++;
    return at;
}

bool triage_output_knows(const char *format)
{
    return shapes[shape_of(format)] != NULL;
}

struct triage_output *triage_output_new(const struct triage_output_options *options,
                                        struct fail *why)
{
    struct spool *spool = NULL;
    enum shape shape = options->format ? (enum shape)shape_of(options->format) : SHAPE_TEXT;
    if (options->directory && !dir_make(options->directory, why))
        return NULL;
    if (shape == SHAPE_JSON && !(spool = spool_new(why)))
        return NULL;
    struct triage_output *output = mem_new(1, sizeof *output);
    output->options = *options;
    output->shape = shape;
    output->spool = spool;
    return output;
}

/* --- CASR ----------------------------------------------------------------------------------- */

static bool is_written(const struct triage_output *output, const char *path)
{
    for (size_t i = 0; i < output->written.len; i++)
        if (strcmp(output->written.at[i], path) == 0)
            return true;
    return false;
}

/* Files of one name in different directories get numbers. */
static char *casrep_path(const struct triage_output *output, const char *file)
{
    const char *base = strcmp(file, "-") == 0 ? "stdin" : path_base(file);
    char *path = mem_print("%s/%s.casrep", output->options.directory, base);
    for (unsigned number = 2; is_written(output, path); number++) {
        free(path);
        path = mem_print("%s/%s-%u.casrep", output->options.directory, base, number);
    }
    return path;
}

static bool write_casrep(struct triage_output *output, const struct entry *entry, json_t *report,
                         struct fail *why)
{
    char *text = json_dumps(report, JSON_INDENT(4));
    char *path = casrep_path(output, entry->file);
    bool ok = text ? file_put(path, text, strlen(text), why)
                   : fail_set(why, "", "cannot make the JSON: out of memory");
    free(text);
    if (ok)
        paths_add(&output->written, path);
    else
        free(path);
    return ok;
}

static bool add_casrep(struct triage_output *output, const struct entry *entry, struct fail *why)
{
    json_t *report = format_casrep(entry, &output->options.shown);
    bool ok = true;
    if (report && output->options.directory)
        ok = write_casrep(output, entry, report, why);
    else if (report)
        json_print(report);
    json_decref(report);
    return ok;
}

/* --- One file ------------------------------------------------------------------------------- */

static void note(struct triage_output *output, const struct entry *entry)
{
    if (output->notes.len < NOTES_SHOWN)
        paths_add(&output->notes, format_note(entry));
    else
        output->hidden++;
}

bool triage_output_add(struct triage_output *output, struct entry *entry, struct fail *why)
{
    bool ok = true;
    json_t *element = output->shape == SHAPE_JSON ? format_json_entry(entry) : NULL;
    if (output->shape == SHAPE_CASREP)
        ok = add_casrep(output, entry, why);
    if (!entry_crash(entry)->found || entry->summaries.len > 1)
        note(output, entry);
    size_t issue = issues_add(&output->issues, entry);
    return element ? spool_add(output->spool, element, issue, why) : ok;
}

bool triage_output_found(const struct triage_output *output)
{
    return output->issues.crashes > 0;
}

/* --- The end -------------------------------------------------------------------------------- */

/* What only the whole can tell of a file. */
static json_t *place_among_issues(void *context, size_t index)
{
    const struct triage_output *output = context;
    json_t *members = json_object();
    const struct issue *root = index == ISSUES_NONE ? NULL : issues_root(&output->issues, index);
    json_put(members, "issue", json_text(root ? entry_crash(&root->shown)->signature : NULL));
    json_put(members, "cluster", root ? json_integer((json_int_t)root->cluster) : json_null());
    return members;
}

static bool wants_colour(void)
{
    const char *no = getenv("NO_COLOR"), *terminal = getenv("TERM");
    return isatty(STDOUT_FILENO) && !(no && no[0]) && !(terminal && strcmp(terminal, "dumb") == 0);
}

static bool print(struct triage_output *output, struct fail *why)
{
    const struct format_options *shown = &output->options.shown;
    json_t *sarif;
    switch (output->shape) {
    case SHAPE_TEXT:
        format_text(&output->issues, shown, &output->notes, output->hidden, stdout);
        break;
    case SHAPE_JSON:
        return spool_print(output->spool, place_among_issues, output, stdout, why);
    case SHAPE_SARIF:
        sarif = format_sarif(&output->issues, shown);
        json_print(sarif);
        json_decref(sarif);
        break;
    case SHAPE_CASREP:
        if (output->options.directory)
            printf("%zu casrep%s in %s\n", output->written.len, output->written.len == 1 ? "" : "s",
                   output->options.directory);
        break;
    case SHAPE_MARKDOWN:
        format_markdown(&output->issues, shown, stdout);
        break;
    }
    return true;
}

bool triage_output_finish(struct triage_output *output, bool complete, struct fail *why)
{
    output->options.shown.complete = complete;
    output->options.shown.colour = wants_colour();
    issues_finish(&output->issues);
    bool ok = print(output, why);
    issues_free(&output->issues);
    spool_free(output->spool);
    paths_free(&output->notes);
    paths_free(&output->written);
    free(output);
    return ok;
}
