/* owner.h: which target a file belongs to, and whether it is an input or a report. */
#ifndef LEDGE_TOOLS_OWNER_H
#define LEDGE_TOOLS_OWNER_H

#include <stdbool.h>
#include <stddef.h>

#include "manifest.h"

/* owner_of finds the target whose input path is. name (--target) decides when it isn't NULL;
 * otherwise the path itself, when it lies below corpus/<target>/, crashes/…/<target>/ or
 * <target>/…/crashes/; otherwise a report.json beside it that says "target". NULL and *why when
 * none of these help. */
const struct target *owner_of(const struct manifest *manifest, const char *path, const char *name,
                              struct fail *why);

/* looks_like_report tells a log that holds a crash report from an input, by its content: readable
 * text with one of the marks that sanitizers, libFuzzer and the kit print. */
bool looks_like_report(const char *bytes, size_t len);

#endif
