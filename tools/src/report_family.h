/* report_family.h: the parts of the report parser, one per family of tools. Private to report*.c.
 *
 * A family is asked about each line that isn't a stack frame, at most once each, and looks at
 * nothing but that line. */
#ifndef LEDGE_TOOLS_REPORT_FAMILY_H
#define LEDGE_TOOLS_REPORT_FAMILY_H

#include "report.h"

struct line {
    ledge_view text; /* without the newline */
    bool whole;      /* it ended in a newline: nothing of it is missing */
};

/* Each returns true when the line begins a report, and then has filled *fresh (zeroed before). */
bool report_sanitizer_line(const struct line *line, struct report *fresh);
bool report_ubsan_line(const struct line *line, struct report *fresh);
bool report_libfuzzer_line(const struct line *line, struct report *fresh);
bool report_libc_line(const struct line *line, struct report *fresh);
bool report_kit_line(const struct line *line, struct report *fresh);

/* report_sanitizer_summary fills a hint from "SUMMARY: AddressSanitizer: double-free (…) in f". */
bool report_sanitizer_summary(const struct line *line, struct report *fresh);

/* report_detail reads a line inside of a report that adds to it: the access, the cause of a signal,
 * what a failed check saw. */
void report_detail(const struct line *line, struct report *report);

/* report_role tells whether the line is the title of a stack, and of which. */
bool report_role(const struct line *line, enum stack_role *role);

/* report_leak_line: "Direct leak of …" and "Indirect leak of …"; *direct says which. */
bool report_leak_line(const struct line *line, bool *direct);

/* report_set_type copies a type; sure says whether it is one we know, and whole. */
void report_set_type(struct report *report, const char *type, bool sure);

/* report_address takes "0x1234" from the front of text; empty when it isn't there, or touches the
 * end of a line that was cut. */
ledge_view report_address(const struct line *line, ledge_view text);

#endif
