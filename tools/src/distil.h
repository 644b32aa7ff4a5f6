/* distil.h: the few inputs of a corpus that exercise all that the whole exercises.
 *
 * Load the files, measure them under one or more builds, choose, and write or move. What comes out
 * depends on the contents of the files and on the builds: not on names, order, directories or time.
 * A file weighs its size and what a file costs however small (a directory entry, an open, a run);
 * run time isn't weighed, since it differs from run to run.
 *
 * What was measured once is kept in a cache directory, so that the next time only new files run. */
#ifndef LEDGE_TOOLS_DISTIL_H
#define LEDGE_TOOLS_DISTIL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "feature_set.h"
#include "manifest.h"

/* A file of the corpus. */
struct distil_file {
    char *path,
        *base;   /* base: the directory it was found below, or NULL when it was named itself */
    char id[33]; /* store_id of its content */
    char *bytes; /* its content; NULL where many large files would take too much memory */
    size_t size;
    struct features features; /* what of it is to be covered */
    char *failed;             /* what it did instead of running clean, or NULL */
    bool fixed;               /* it stays whatever happens, and what it covers is covered */
    bool twin;                /* an earlier file has the same content: it isn't measured */
    bool kept;                /* chosen, or fixed; valid after distil_choose */
};

/* How many of each kind are exercised, over all builds. */
struct distil_counts {
    uint64_t edges, counters, cells;
};

/* A corpus on its way. Zero is empty. */
struct distil {
    struct distil_file *files; /* ordered by size, then content; after distil_measure */
    size_t len, cap;
    size_t held;                 /* bytes of contents in memory */
    uint32_t space;              /* numbers of features are below this */
    size_t measured;             /* files that had to run; the cache knew the others */
    size_t failed;               /* files that don't run clean */
    struct distil_counts counts; /* what the clean files exercise together */
};

struct distil_options {
    const struct target *target;
    const struct build *const *builds;
    size_t builds_len;
    unsigned cover;    /* COVER_… (feature_set.h) */
    const char *cache; /* where measurements are kept; NULL: nowhere */
    double most_s;     /* gives up after so many seconds of measuring; 0: never */
    /* Called every now and then; NULL: never. */
    void (*tell)(void *context, size_t done, size_t total);
    void *context;
};

/* distil_add adds a file, or all inputs below a directory (paths_find), as fixed ones or not. */
bool distil_add(struct distil *distil, const char *path, bool fixed, struct fail *why);

/* distil_read lends the content of a file, as it was when it was added: *bytes are valid until
 * *owned is given to free() (it may be NULL). False and *why when it can't be read any more, or has
 * changed. */
bool distil_read(const struct distil_file *file, const char **bytes, char **owned,
                 struct fail *why);

/* distil_measure finds out what every file exercises. Returns false and *why when it can't: no
 * binary, an unreadable file, an interrupt (SIGINT, SIGTERM, SIGHUP: at the end of what runs; from
 * the main thread only), too little time. What was measured until then is in the cache. A cache
 * that can't be written is no error: *warning (NULL: who cares) says why. */
bool distil_measure(struct distil *distil, const struct distil_options *options,
                    struct fail *warning, struct fail *why);

/* distil_choose says which files are kept: the fixed ones, and of the others a set without a
 * redundant file that, with them, exercises all that all clean files do. */
void distil_choose(struct distil *distil);

/* distil_verify runs the kept files once more, by themselves and in a fresh process, and counts the
 * features that don't show again: 0, unless the target isn't deterministic. */
bool distil_verify(const struct distil *distil, const struct distil_options *options, size_t *lost,
                   struct fail *why);

/* distil_write makes a new directory of the kept files, named by their content. It appears complete
 * or not at all. One that exists must be empty. */
bool distil_write(const struct distil *distil, const char *directory, struct fail *why);

/* distil_copy puts the kept files that aren't fixed into a directory (made if need be), each at
 * once, named by its content; nothing in there is changed. */
bool distil_copy(const struct distil *distil, const char *directory, struct fail *why);

/* distil_set_aside moves clean files that aren't kept from below DIR to the same place below
 * DIR.redundant, each at once. *moved counts them. */
bool distil_set_aside(const struct distil *distil, size_t *moved, struct fail *why);

void distil_free(struct distil *distil);

#endif
