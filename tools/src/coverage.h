/* coverage.h: what the inputs of some targets reach in the library: lines, branches and functions
 * by llvm-cov, statuses and cells by the targets' own accounts. */
#ifndef LEDGE_TOOLS_COVERAGE_H
#define LEDGE_TOOLS_COVERAGE_H

#include <stdint.h>
#include <stdio.h>

#include <jansson.h>

#include "api.h"
#include "manifest.h"

struct covered {
    uint64_t count, covered;
};

struct coverage_file {
    char *path;
    struct covered lines, branches, functions;
};

struct coverage {
    struct covered lines, branches, functions; /* of the files below */
    struct coverage_file *files;
    size_t files_len;
    struct api api;    /* of the headers among the manifest's sources */
    uint32_t *reached; /* for each function of the api: bit i, status i was returned */
    bool *called;      /* likewise: it ran */
    json_t *counts;    /* function -> status -> calls, over all targets */
    json_t *lattices;  /* an array of the targets' "cells", with "target" added */
    struct covered cells;
    json_t *accounts;                   /* the targets' accounts as they gave them */
    const char *statuses[API_STATUSES]; /* the statuses' names, in `accounts` */
};

/* coverage_measure runs each target's coverage build over its inputs (paths; none: its corpus) and
 * gathers what they reached. Progress, a line a target, goes to `progress` unless that is NULL.
 * False and *why when a binary or an llvm tool is missing, or a run doesn't end well; on true
 * *coverage is for coverage_free. */
bool coverage_measure(const struct manifest *manifest, const struct target *const *targets,
                      size_t targets_len, char *const *paths, size_t paths_len, FILE *progress,
                      struct coverage *coverage, struct fail *why);

void coverage_free(struct coverage *coverage);

/* covered_percent is 100 when there is nothing to cover. */
double covered_percent(struct covered covered);

#endif
