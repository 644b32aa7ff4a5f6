/* resolve.h: gives the frames of a report their names. */
#ifndef LEDGE_TOOLS_RESOLVE_H
#define LEDGE_TOOLS_RESOLVE_H

#include "report.h"

struct symbolizer; /* symbolize.h */

/* resolve_report asks the symbolizer about every frame that is a module and an offset and has no
 * function; an inlined chain becomes as many frames. A module given by its bare name is completed
 * by binary (may be NULL), or by the path in the report's summary, where the names agree. A module
 * whose build id isn't the one in the log is another build and stays unnamed; so does the system's
 * when the log tells no build id and binary is NULL, since then it may be another machine's. The
 * new names live as long as the symbolizer, which may be NULL: then nothing happens. */
void resolve_report(struct report *report, struct symbolizer *symbolizer, const char *binary);

#endif
