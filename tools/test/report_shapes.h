/* Logs as tools print them, and what is read out of each (report_shapes_test.c says how it is
 * written). Addresses and paths are shortened. */
#ifndef LEDGE_TOOLS_TEST_REPORT_SHAPES_H
#define LEDGE_TOOLS_TEST_REPORT_SHAPES_H

#include <stdbool.h>

struct shape {
    const char *name, *log, *want;
    bool bare; /* its lines carry no mark of their own, and are known by where they stand */
};

static const struct shape shapes[] = {
#include "report_shapes_sanitizers.inc"
#include "report_shapes_others.inc"
};

static const struct {
    const char *name, *log;
} peaceful[] = {
#include "report_shapes_peaceful.inc"
};

#define SHAPES   (sizeof shapes / sizeof *shapes)
#define PEACEFUL (sizeof peaceful / sizeof *peaceful)

#endif
