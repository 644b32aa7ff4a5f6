/* summaries.h: how many reports a log holds.
 *
 * A log is triaged as one crash. A nightly run's may hold several, and whoever counts bugs has to
 * know: each report of a sanitizer ends with a line of its own, "SUMMARY: AddressSanitizer: …". */
#ifndef LEDGE_TOOLS_SUMMARIES_H
#define LEDGE_TOOLS_SUMMARIES_H

#include <stddef.h>

#include "files.h"

/* Of more than this many, the first are found. */
enum { SUMMARIES_MAX = 32 };

/* summaries_find adds what those lines say behind the "SUMMARY: ", each text once, in the order of
 * the log. O(len). */
void summaries_find(const char *bytes, size_t len, struct paths *found);

#endif
