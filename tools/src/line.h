/* line.h: the normal form of one line of a crash state.
 *
 * What differs between two runs of the same bug (addresses, counters, process ids) is replaced, and
 * the rest cut to 80 bytes, as ClusterFuzz does. */
#ifndef LEDGE_TOOLS_LINE_H
#define LEDGE_TOOLS_LINE_H

#include "frame.h"

typedef char line_text[FRAME_NAME_MAX + 1];

/* line_of writes the normal form of a text: "0x" and four hex digits and more become ADDRESS, a
 * number of four digits and more, or one behind '#' or '@', becomes NUMBER. Numbers behind a colon
 * or a dot (lines, versions) and those that are a part of a word stay. O(1). */
void line_of(ledge_view text, line_text out);

#endif
