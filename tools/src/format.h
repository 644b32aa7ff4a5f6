/* format.h: what `ledge triage` found, in the shapes that people and other tools read. */
#ifndef LEDGE_TOOLS_FORMAT_H
#define LEDGE_TOOLS_FORMAT_H

#include <stdbool.h>
#include <stdio.h>

#include <jansson.h>

#include "issues.h"

/* What all of them may use beside the issues. */
struct format_options {
    const char *root; /* where relative source paths are looked for; NULL: only from here */
    unsigned top;     /* show so many causes; 0: all */
    bool explain;     /* reasons, stacks, source */
    bool colour;
    bool complete; /* every file could be triaged */
};

/* format_text writes the causes in the order of looking, each issue with what is known of it; then
 * the notes (`hidden` more are counted), and a summary. */
void format_text(const struct issues *issues, const struct format_options *options,
                 const struct paths *notes, size_t hidden, FILE *out);

/* format_note is what format_text shows for a file without a crash, or with several reports
 * (entry->summaries). For free(). */
char *format_note(const struct entry *entry);

/* format_json_entry is one element of the array that --json prints: ClusterFuzz's words, and beside
 * them what the replays, the severity and the decisions were. What is known only at the end,
 * "issue" and "cluster", isn't in it. */
json_t *format_json_entry(const struct entry *entry);

/* format_sarif makes a SARIF 2.1.0 log: a rule for each crash type, a result for each issue, the
 * first to look at first. */
json_t *format_sarif(const struct issues *issues, const struct format_options *options);

/* format_casrep makes one report in the shape that CASR's tools read and cluster ("casrep"). What
 * only a live process could tell (its maps, its registers) is empty. NULL without a crash. */
json_t *format_casrep(const struct entry *entry, const struct format_options *options);

/* format_markdown writes a bug report for each issue, ready to be pasted into a tracker. */
void format_markdown(const struct issues *issues, const struct format_options *options, FILE *out);

/* --- What they share ------------------------------------------------------------------------- */

/* format_runs says how often an input failed: "11/20 replays under asan crashed, 34 to 74 % at 95 %
 * confidence"; NULL for a log. For free(). */
char *format_runs(const struct entry *entry);

/* format_visible copies a text for a terminal or a page: control characters become '?'. For
 * free(). */
char *format_visible(const char *text);

/* format_sanitizer is who names the crash: the report's own tool, else the build. */
const char *format_sanitizer(const struct entry *entry);

#endif
