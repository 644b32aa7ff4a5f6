/* triage_output.h: from triaged files, one after the other, to what is printed in the end. */
#ifndef LEDGE_TOOLS_TRIAGE_OUTPUT_H
#define LEDGE_TOOLS_TRIAGE_OUTPUT_H

#include <stdbool.h>

#include "format.h"

struct triage_output_options {
    const char *format;          /* "text" (or NULL), "json", "sarif", "casrep", "markdown" */
    const char *directory;       /* of casreps: a file each goes there; NULL: to stdout */
    struct format_options shown; /* colour and complete are found out here */
};

struct triage_output;

/* triage_output_knows says whether there is a format of that name. */
bool triage_output_knows(const char *format);

/* triage_output_new prepares for files; *options is copied, its texts are borrowed. NULL and *why
 * when there is no place for what has to wait on disk. */
struct triage_output *triage_output_new(const struct triage_output_options *options,
                                        struct fail *why);

/* triage_output_add takes an entry, as issues_add does: *entry is still to be given to entry_free.
 * False and *why when what has to be written can't be. */
bool triage_output_add(struct triage_output *output, struct entry *entry, struct fail *why);

/* triage_output_found says whether any entry had a crash. */
bool triage_output_found(const struct triage_output *output);

/* triage_output_finish prints to stdout, and frees the output. False and *why when it can't. */
bool triage_output_finish(struct triage_output *output, bool complete, struct fail *why);

#endif
