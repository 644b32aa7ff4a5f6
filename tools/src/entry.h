/* entry.h: one file that was given to `ledge triage`, and what it turned out to be. */
#ifndef LEDGE_TOOLS_ENTRY_H
#define LEDGE_TOOLS_ENTRY_H

#include <stdbool.h>
#include <stddef.h>

#include "files.h"
#include "manifest.h"
#include "triage.h"

enum entry_kind {
    ENTRY_LOG,   /* what some process printed */
    ENTRY_INPUT, /* what a target is given */
};

struct entry {
    char *file;
    enum entry_kind kind;
    const char *target; /* the manifest's, or --target's; NULL: unknown */
    const struct target *replayed; /* what an input was replayed by; NULL: a log */
    size_t size;        /* bytes of the file */
    bool minimized;     /* an input that `ledge minimize` has made */
    bool unowned;       /* no log by its looks, and no target's input either: nobody replayed it */
    /* A log has one verdict, of "log". An input has one for each build; when it ran clean under
     * all, but a record beside it says how it crashed, that is a verdict of "record" with no hit,
     * and the primary. */
    struct triage triage;
    struct paths summaries; /* of the reports in a log (summaries.h); only one of them is told */
    char *expected; /* why an input that ran clean was thought to crash; NULL: nothing says so */
};

/* What files are read with. */
struct entry_reader {
    const struct manifest *manifest; /* NULL: there is none, and inputs can't be replayed */
    const struct fail *manifest_why; /* why there is none */
    struct runner *runner;           /* for inputs */
    struct symbolizer *symbolizer;   /* for logs; may be NULL */
    const char *target;              /* --target, or NULL */
    const struct target *command;    /* --cmd: every file is an input of it; or NULL */
    bool logs, inputs;               /* --log, --input: all files are */
    unsigned runs;                   /* as triage_repeat takes it */
};

/* entry_read says what the file is, and triages it. What looks like a report is a log; else what
 * belongs to a target is an input; else it is a log without a crash, or one so odd that only the
 * parser finds it. path "-" is standard input. Of a file larger than 64 MiB the first and the last
 * 32 are read. False and *why when it can't be read, or not be replayed. On true *entry must be
 * given to entry_free. */
bool entry_read(const struct entry_reader *reader, const char *path, struct entry *entry,
                struct fail *why);

void entry_free(struct entry *entry);

/* entry_crash is the crash that names the file; one that isn't found (never NULL) when there is
 * none. */
const struct crash *entry_crash(const struct entry *entry);

/* entry_verdict is the verdict that entry_crash comes from, or NULL. */
const struct verdict *entry_verdict(const struct entry *entry);

/* entry_log gives what the crashing process printed: the log itself, or what a replay printed.
 * False when there is nothing, or it can't be read again. On true *bytes is for free(). */
bool entry_log(const struct entry *entry, char **bytes, size_t *len);

/* entry_rate says how often the file fails, 0 … 1: hits over runs of the build that names it; 1 for
 * a log; for an input that only a record calls a crash, half a hit. 0 when there is no crash. */
double entry_rate(const struct entry *entry);

/* entry_replays counts the replays behind that, or of all builds when none crashed; *hits those
 * that crashed. 0 for a log. */
unsigned entry_replays(const struct entry *entry, unsigned *hits);

#endif
