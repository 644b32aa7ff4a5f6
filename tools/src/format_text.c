/* The answer for people: how many bugs are these, what is each, which first. */
#include "format.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "describe.h"
#include "mem.h"
#include "source.h"

/* --- Colour --------------------------------------------------------------------------------- */

enum { PLAIN, BOLD, DIM, RED, YELLOW, CYAN };

static void put_colour(const struct format_options *options, int colour, FILE *out)
{
    static const char *const codes[] = {"\033[0m",    "\033[1m",  "\033[2m",
                                        "\033[1;31m", "\033[33m", "\033[36m"};
    if (options->colour)
        fputs(codes[colour], out);
}

static int level_colour(enum severity_level level)
{
    return level >= SEVERITY_HIGH ? RED : level == SEVERITY_MEDIUM ? YELLOW : CYAN;
}

__attribute__((format(printf, 4, 5))) static void
put_row(const struct format_options *options, FILE *out, const char *label, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    char *text = NULL;
    int len = vasprintf(&text, format, args);
    va_end(args);
    char *visible = format_visible(len < 0 ? "?" : text);
    put_colour(options, DIM, out);
    fprintf(out, "     %-10s ", label);
    put_colour(options, PLAIN, out);
    fprintf(out, "%s\n", visible);
    free(visible);
    if (len >= 0)
        free(text);
}

static const char *plural(size_t count)
{
    return count == 1 ? "" : "s";
}

/* --- One issue ------------------------------------------------------------------------------ */

/* What the other builds say, on one line. */
static void put_builds(const struct entry *entry, const struct format_options *options, FILE *out)
{
    const struct triage *triage = &entry->triage;
    for (size_t i = 0; i < triage->len && entry->kind == ENTRY_INPUT; i++) {
        const struct verdict *verdict = &triage->verdicts[i];
        if (i == triage->primary)
            continue;
        char *line = verdict->ran ? describe_crash(verdict->sanitizer, &verdict->crash)
                                  : mem_print("%-6s not built", verdict->sanitizer);
        if (verdict->hits > 0 && verdict->hits < verdict->runs)
            put_row(options, out, "also", "%s  (%u/%u)", line, verdict->hits, verdict->runs);
        else
            put_row(options, out, "also", "%s", line);
        free(line);
    }
}

static void put_replays(const struct entry *entry, const struct format_options *options, FILE *out)
{
    unsigned hits, runs = entry_replays(entry, &hits);
    const struct verdict *verdict = entry_verdict(entry);
    char *text = format_runs(entry);
    if (!text)
        return;
    if (hits == runs)
        put_row(options, out, "reproduces", "%u/%u under %s", hits, runs, verdict->sanitizer);
    else if (hits == 0)
        put_row(options, out, "unseen", "%s; %s", text, entry->expected ? entry->expected : "");
    else
        put_row(options, out, "flaky", "%s", text);
    if (verdict && verdict->others > 0)
        put_row(options, out, "", "%u of them with another signature", verdict->others);
    free(text);
}

static void put_linked(const struct issues *issues, size_t root,
                       const struct format_options *options, FILE *out)
{
    for (size_t i = 0; i < issues->len; i++) {
        if (issues->at[i].root != root || i == root)
            continue;
        const struct entry *shown = &issues->at[i].shown;
        char *line = describe_crash(format_sanitizer(shown), entry_crash(shown));
        put_row(options, out, "same as", "%s  (%zu file%s, %s)", line, issues->at[i].files,
                plural(issues->at[i].files), entry_crash(shown)->signature);
        free(line);
    }
}

/* The best one first, then as many as were remembered. */
static void put_files(const struct issues *issues, size_t root,
                      const struct format_options *options, FILE *out)
{
    const struct issue *issue = &issues->at[root];
    size_t put = 1;
    put_row(options, out, "file", "%s%s%s%s", issue->shown.file, issue->shown.target ? "  (" : "",
            issue->shown.target ? issue->shown.target : "", issue->shown.target ? ")" : "");
    for (size_t i = 0; i < issue->examples.len; i++)
        if (strcmp(issue->examples.at[i], issue->shown.file) != 0) {
            put_row(options, out, "", "%s", issue->examples.at[i]);
            put++;
        }
    if (issue->files > put)
        put_row(options, out, "", "… and %zu more", issue->files - put);
}

/* --- --explain ------------------------------------------------------------------------------ */

static void put_source(const struct crash *crash, const struct format_options *options, FILE *out)
{
    struct place place = place_of(crash->position);
    struct source_line *lines;
    size_t len = source_read(&place, options->root, 2, &lines);
    for (size_t i = 0; i < len; i++) {
        bool here = lines[i].number == place.line;
        put_colour(options, here ? BOLD : DIM, out);
        fprintf(out, "     %c %5u | %s\n", here ? '>' : ' ', lines[i].number, lines[i].text);
        put_colour(options, PLAIN, out);
    }
    source_free(lines, len);
    place_free(&place);
}

/* The stacks go through a buffer, since a log's text may hold anything. */
static void put_stacks(const struct crash *crash, FILE *out)
{
    char *text = NULL;
    size_t len = 0;
    FILE *buffer = open_memstream(&text, &len);
    if (!buffer)
        return;
    crash_print_stacks(crash, buffer);
    fclose(buffer);
    for (char *line = text, *next; line && *line; line = next) {
        size_t here = strcspn(line, "\n");
        next = line + here + (line[here] == '\n');
        line[here] = '\0';
        char *visible = format_visible(line);
        fprintf(out, "     %s\n", visible);
        free(visible);
    }
    free(text);
}

static void put_explanation(const struct entry *entry, const struct severity *severity,
                            const struct format_options *options, FILE *out)
{
    const struct crash *crash = entry_crash(entry);
    for (size_t i = 0; i < crash->reasons_len; i++)
        put_row(options, out, i == 0 ? "because" : "", "%s", crash->reasons[i]);
    put_row(options, out, crash->reasons_len ? "" : "because", "severity: %s, since %s",
            severity_name(severity->level), severity->reason);
    put_source(crash, options, out);
    put_stacks(crash, out);
}

/* --- All ------------------------------------------------------------------------------------ */

static void put_issue(const struct issues *issues, size_t root,
                      const struct format_options *options, FILE *out)
{
    const struct issue *issue = &issues->at[root];
    const struct entry *shown = &issue->shown;
    const struct crash *crash = entry_crash(shown);
    put_row(options, out, "severity", "%s: %s", severity_name(issue->severity.level),
            issue->severity.reason);
    put_row(options, out, "security", "%s%s%s%s", crash->security ? "yes" : "no",
            crash->security_reason ? " (" : "",
            crash->security_reason ? crash->security_reason : "",
            crash->security_reason ? ")" : "");
    if (crash->position)
        put_row(options, out, "look at", "%s", crash->position);
    if (crash->address)
        put_row(options, out, "address", "%s", crash->address);
    put_row(options, out, "known as", "class %s, signature %s, confidence %s, said by %s",
            crash->class_, crash->signature, crash->confidence, format_sanitizer(shown));
    put_replays(shown, options, out);
    put_builds(shown, options, out);
    put_linked(issues, root, options, out);
    put_files(issues, root, options, out);
    if (options->explain)
        put_explanation(shown, &issue->severity, options, out);
}

static void put_headline(const struct issues *issues, size_t root,
                         const struct format_options *options, FILE *out)
{
    const struct crash *crash = entry_crash(&issues->at[root].shown);
    char *type = describe_type(crash->type), *state = describe_state(crash->state);
    char *visible_type = format_visible(type), *visible_state = format_visible(state);
    size_t files = issues_files(issues, root);
    fprintf(out, "     ");
    put_colour(options, BOLD, out);
    fprintf(out, "%s", visible_type);
    put_colour(options, PLAIN, out);
    fprintf(out, "   %s  (%zu file%s)\n", visible_state, files, plural(files));
    free(visible_type);
    free(visible_state);
    free(type);
    free(state);
}

static void put_cause(const struct issues *issues, size_t rank,
                      const struct format_options *options, FILE *out)
{
    const struct cause *cause = &issues->causes[rank];
    fprintf(out, "#%-3zu ", rank + 1);
    put_colour(options, level_colour(cause->severity.level), out);
    fprintf(out, "%s", severity_name(cause->severity.level));
    put_colour(options, PLAIN, out);
    fprintf(out, ", %.0f %% of failures", 100 * cause->rate);
    if (cause->len > 1)
        fprintf(out, ", %zu issues that look like one mistake", cause->len);
    fputc('\n', out);
    for (size_t i = 0; i < cause->len; i++) {
        put_headline(issues, cause->roots[i], options, out);
        put_issue(issues, cause->roots[i], options, out);
    }
    fputc('\n', out);
}

/* Stacks of long inputs differ where the mistake doesn't. */
static void put_advice(const struct issues *issues, FILE *out)
{
    bool inputs = false;
    for (size_t i = 0; i < issues->len; i++)
        inputs |= issues->at[i].shown.kind == ENTRY_INPUT;
    if (inputs && !issues->minimized && issues->roots > 1)
        fputs("Causes are surest among minimized inputs: `ledge minimize` makes them.\n", out);
}

char *format_note(const struct entry *entry)
{
    unsigned hits, runs = entry_replays(entry, &hits);
    if (entry_crash(entry)->found)
        return mem_print("%s: %zu different reports in this log count as one crash; the last is %s",
                         entry->file, entry->summaries.len,
                         entry->summaries.at[entry->summaries.len - 1]);
    if (entry->kind == ENTRY_LOG)
        return mem_print("%s: no crash in this log", entry->file);
    if (!entry->expected)
        return mem_print("%s: no crash under any build (%u replays)", entry->file, runs);
    return mem_print("%s: no crash under any build (%u replays), although %s", entry->file, runs,
                     entry->expected);
}

void format_text(const struct issues *issues, const struct format_options *options,
                 const struct paths *notes, size_t hidden, FILE *out)
{
    size_t shown =
        options->top && options->top < issues->causes_len ? options->top : issues->causes_len;
    for (size_t i = 0; i < shown; i++)
        put_cause(issues, i, options, out);
    if (shown < issues->causes_len)
        fprintf(out, "… and %zu more root cause%s\n", issues->causes_len - shown,
                plural(issues->causes_len - shown));
    for (size_t i = 0; i < notes->len; i++) {
        char *visible = format_visible(notes->at[i]);
        fprintf(out, "%s\n", visible);
        free(visible);
    }
    if (hidden > 0)
        fprintf(out, "… and %zu more like these\n", hidden);
    put_advice(issues, out);
    fprintf(out, "%zu file%s, %zu with a crash: %zu issue%s, %zu root cause%s\n", issues->files,
            plural(issues->files), issues->crashes, issues->roots, plural(issues->roots),
            issues->causes_len, plural(issues->causes_len));
}
