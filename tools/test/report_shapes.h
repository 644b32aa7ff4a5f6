/* Logs as tools print them, and what is read out of each (report_shapes_test.c says how it is
 * written). Addresses and paths are shortened. */
#ifndef LEDGE_TOOLS_TEST_REPORT_SHAPES_H
#define LEDGE_TOOLS_TEST_REPORT_SHAPES_H

struct shape {
    const char *name, *log, *want;
};

static const struct shape shapes[] = {
#include "report_shapes_sanitizers.inc"
#include "report_shapes_others.inc"
#include "report_shapes_bare.inc"
};

/* Behind the shapes above, in the same array: how many have to stand at the start of a line. */
static const struct shape bare_shapes[] = {
#include "report_shapes_bare.inc"
};

static const struct {
    const char *name, *log;
} peaceful[] = {
#include "report_shapes_peaceful.inc"
};

#define SHAPES   (sizeof shapes / sizeof *shapes)
#define MARKED   (SHAPES - sizeof bare_shapes / sizeof *bare_shapes)
#define PEACEFUL (sizeof peaceful / sizeof *peaceful)

#endif
