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

/* report_text writes the text that is in the bytes, without colours, carriage returns, Markdown's
 * backslashes and bytes that are no text; a lone carriage return ends a line as well. out has room
 * for len bytes. Returns the length of what it wrote. O(len). */
size_t report_text(const unsigned char *bytes, size_t len, char *out);

/* Each returns true when the line begins a report, and then has filled *fresh (zeroed before). */
bool report_sanitizer_line(const struct line *line, struct report *fresh);
bool report_ubsan_line(const struct line *line, struct report *fresh);
bool report_engine_line(const struct line *line, struct report *fresh);
bool report_libc_line(const struct line *line, struct report *fresh);
bool report_assert_line(const struct line *line, struct report *fresh);
bool report_check_line(const struct line *line, struct report *fresh);
bool report_signal_line(const struct line *line, struct report *fresh);
bool report_valgrind_line(const struct line *line, struct report *fresh);
bool report_kit_line(const struct line *line, struct report *fresh);
bool report_managed_line(const struct line *line, struct report *fresh);

/* report_sanitizer_summary fills a hint from "SUMMARY: AddressSanitizer: double-free (…) in f". */
bool report_sanitizer_summary(const struct line *line, struct report *fresh);

/* report_detail reads a line inside of a report that adds to it: the access, the cause of a signal,
 * what a failed check saw. */
void report_detail(const struct line *line, struct report *report);

/* The same for what only one family prints. */
void report_valgrind_detail(const struct line *line, struct report *report);
void report_signal_detail(const struct line *line, struct report *report);

/* report_role tells whether the line is the title of a stack, and of which. */
bool report_role(const struct line *line, enum stack_role *role);
bool report_valgrind_role(const struct line *line, enum stack_role *role);
bool report_managed_role(const struct line *line, enum stack_role *role);

/* report_goroutine: "goroutine 7 [running]:", the title of a stack of Go's. */
bool report_goroutine(const struct line *line);

/* report_thread tells whether the line is the title of one thread's stack as debuggers print it.
 * *died: it says that this is the thread that did. */
bool report_thread(const struct line *line, unsigned *thread, bool *died);

/* report_leak_line: "Direct leak of …" and "Indirect leak of …"; *direct says which. */
bool report_leak_line(const struct line *line, bool *direct);

/* report_choose_stack gives the role of the crash to the stack of the thread that died, where a
 * debugger printed several. */
void report_choose_stack(struct report *report);

/* report_read_stack looks at who ended the process: "__assert_fail (assertion=…)" on the stack of
 * an abort tells more than the signal. Returns false when nothing there ends a process. */
bool report_read_stack(struct report *report);

/* report_find_exhaustion turns the signal of a program that stops itself for want of memory into
 * that. */
void report_find_exhaustion(struct report *report);

/* report_find_recursion turns a segmentation fault deep in a recursion into what it is. */
void report_find_recursion(struct report *report);

/* report_set_assertion makes an assertion of an expression that failed; whole says that nothing of
 * it is missing. */
void report_set_assertion(struct report *fresh, ledge_view expression, bool whole,
                          enum report_weight weight);

/* report_is_place: "file.c:28", and nothing else; "10:28" is a time. */
bool report_is_place(ledge_view text);

/* report_last_word is what follows the last blank, without a quotation mark before it. */
ledge_view report_last_word(ledge_view text);

/* report_is_cited: the byte at an index stands between quotation marks, and isn't a value of JSON
 * or XML: somebody speaks of the words. Not so behind the number of a process. O(length). */
bool report_is_cited(ledge_view text, size_t at);

/* report_set_type copies a type; sure says whether it is one we know, and whole. */
void report_set_type(struct report *report, const char *type, bool sure);

/* report_set_signal sets weight and type from a signal's number. Returns false for a signal that is
 * no crash: somebody pressed ^C. */
bool report_set_signal(struct report *report, int number);

/* report_signal_number reads "SIGSEGV", "11", "Segmentation fault" at the front of text; 0 when it
 * is none of them. */
int report_signal_number(ledge_view text);

/* report_libc_message names what the C library says of memory it finds broken; NULL: nothing. */
const char *report_libc_message(ledge_view text);

/* report_address takes "0x1234" from the front of text; empty when it isn't there, or touches the
 * end of a line that was cut. */
ledge_view report_address(const struct line *line, ledge_view text);

/* report_ubsan_check is the type for a check that stands at the front of text by its own name,
 * "signed-integer-overflow": never NULL. */
const char *report_ubsan_check(ledge_view text);

/* report_check_detail reads what V8 prints below "# Fatal error in file.cc, line 28". Returns true
 * when the line was that. */
bool report_check_detail(const struct line *line, struct report *report);

/* report_assert_detail reads the message that Rust prints below the place of a panic. Returns true
 * when the line was that. */
bool report_assert_detail(const struct line *line, struct report *report);

#endif
