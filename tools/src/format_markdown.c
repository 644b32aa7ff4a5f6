/* A bug report for an issue tracker. */
#include "format.h"

#include <stdlib.h>
#include <string.h>

#include "describe.h"
#include "mem.h"
#include "source.h"

/* Text between backquotes; a backquote inside would end it. */
static void put_code(const char *text, FILE *out)
{
    char *visible = format_visible(text ? text : "?");
    for (char *at = visible; *at; at++)
        if (*at == '`')
            *at = '\'';
    fprintf(out, "`%s`", visible);
    free(visible);
}

static void put_row(const char *name, const char *value, FILE *out)
{
    if (!value)
        return;
    fprintf(out, "- **%s:** ", name);
    put_code(value, out);
    fputc('\n', out);
}

/* A block, fenced by more backquotes than its text has in a row. */
static void put_block(const char *language, const char *text, FILE *out)
{
    size_t longest = 2, run = 0;
    for (const char *at = text; *at; at++) {
        run = *at == '`' ? run + 1 : 0;
        longest = run > longest ? run : longest;
    }
    for (size_t i = 0; i <= longest; i++)
        fputc('`', out);
    fprintf(out, "%s\n%s", language, text);
    for (size_t i = 0; i <= longest; i++)
        fputc('`', out);
    fputs("\n\n", out);
}

static void put_source(const struct crash *crash, const struct format_options *options, FILE *out)
{
    struct place place = place_of(crash->position);
    struct source_line *lines;
    size_t len = source_read(&place, options->root, 4, &lines), size = 0;
    char *text = NULL;
    FILE *buffer = len ? open_memstream(&text, &size) : NULL;
    for (size_t i = 0; buffer && i < len; i++)
        fprintf(buffer, "%c %5u | %s\n", lines[i].number == place.line ? '>' : ' ', lines[i].number,
                lines[i].text);
    if (buffer) {
        fclose(buffer);
        fputs("### Source\n\n", out);
        put_block("c", text, out);
        free(text);
    }
    source_free(lines, len);
    place_free(&place);
}

static void put_stacks(const struct crash *crash, FILE *out)
{
    char *text = NULL;
    size_t len = 0;
    FILE *buffer = crash->stacks_len ? open_memstream(&text, &len) : NULL;
    if (!buffer)
        return;
    crash_print_stacks(crash, buffer);
    fclose(buffer);
    fputs("### Stacks\n\n", out);
    put_block("", text, out);
    free(text);
}

static void put_builds(const struct entry *entry, FILE *out)
{
    if (entry->kind != ENTRY_INPUT)
        return;
    fputs("### Builds\n\n| build | crashed | says |\n| --- | --- | --- |\n", out);
    for (size_t i = 0; i < entry->triage.len; i++) {
        const struct verdict *verdict = &entry->triage.verdicts[i];
        if (!verdict->ran)
            continue;
        char *type = verdict->crash.found ? describe_type(verdict->crash.type) : mem_text("clean");
        fprintf(out, "| %s | %u/%u | ", verdict->sanitizer, verdict->hits, verdict->runs);
        put_code(type, out);
        fputs(" |\n", out);
        free(type);
    }
    fputc('\n', out);
}

static void put_reasons(const struct crash *crash, const struct severity *severity, FILE *out)
{
    fputs("### Why it is called that\n\n", out);
    for (size_t i = 0; i < crash->reasons_len; i++) {
        char *visible = format_visible(crash->reasons[i]);
        fprintf(out, "- %s\n", visible);
        free(visible);
    }
    fprintf(out, "- severity: %s, since %s\n\n", severity_name(severity->level), severity->reason);
}

static void put_steps(const struct entry *entry, FILE *out)
{
    if (entry->kind != ENTRY_INPUT)
        return;
    char *runs = format_runs(entry);
    fputs("### Steps\n\n", out);
    bool typed = entry->replayed && entry->replayed->command;
    char *by = describe_word(typed ? entry->replayed->command_line : entry->target);
    char *file = describe_word(entry->file);
    char *steps = mem_print("ledge triage --%s %s %s\n", typed ? "cmd" : "target", by, file);
    put_block("console", steps, out);
    fprintf(out, "%s.\n\n", runs);
    free(steps);
    free(file);
    free(by);
    free(runs);
}

/* What other sanitizers call it, whose reports are linked to this one. */
static void put_linked(const struct issues *issues, size_t root, FILE *out)
{
    for (size_t i = 0; i < issues->len; i++) {
        if (issues->at[i].root != root || i == root)
            continue;
        const struct entry *shown = &issues->at[i].shown;
        char *line = describe_crash(format_sanitizer(shown), entry_crash(shown));
        put_row("Also reported as", line, out);
        free(line);
    }
}

static void put_issue(const struct issues *issues, size_t root,
                      const struct format_options *options, FILE *out)
{
    const struct issue *issue = &issues->at[root];
    const struct crash *crash = entry_crash(&issue->shown);
    char *type = describe_type(crash->type), *state = describe_state(crash->state);
    char *where = mem_copy(crash->state, strcspn(crash->state, "\n"));
    fputs("## ", out);
    put_code(type, out);
    fputs(" in ", out);
    put_code(where, out);
    fputs("\n\n", out);
    put_row("Crash type", type, out);
    put_row("Crash state", state, out);
    put_row("Crash address", crash->address, out);
    put_row("Look at", crash->position, out);
    put_row("Target", issue->shown.target, out);
    fprintf(out, "- **Severity:** %s (%s)\n", severity_name(issue->severity.level),
            issue->severity.reason);
    fprintf(out, "- **Security:** %s (%s)\n", crash->security ? "yes" : "no",
            crash->security_reason);
    put_row("Class", crash->class_, out);
    put_row("Sanitizer", format_sanitizer(&issue->shown), out);
    put_row("Signature", crash->signature, out);
    put_row("Confidence", crash->confidence, out);
    put_linked(issues, root, out);
    put_row("File", issue->shown.file, out);
    fprintf(out, "- **Files:** %zu\n\n", issues_files(issues, root));
    put_steps(&issue->shown, out);
    put_source(crash, options, out);
    put_stacks(crash, out);
    put_builds(&issue->shown, out);
    put_reasons(crash, &issue->severity, out);
    free(where);
    free(state);
    free(type);
}

void format_markdown(const struct issues *issues, const struct format_options *options, FILE *out)
{
    size_t shown =
        options->top && options->top < issues->causes_len ? options->top : issues->causes_len;
    for (size_t i = 0; i < shown; i++)
        for (size_t j = 0; j < issues->causes[i].len; j++)
            put_issue(issues, issues->causes[i].roots[j], options, out);
    if (issues->causes_len == 0)
        fprintf(out, "No crash in %zu file%s.\n", issues->files, issues->files == 1 ? "" : "s");
}
