/* trace.h: what a program did, told while it does it.
 *
 * The C emitter runs the program once in a child with a trace open, and writes the C text from what
 * it reads: the calls into the API that were really made, with their source text, the statuses that
 * came back, and the check that failed. Every event is one line, written at once, since the next
 * instruction may be the last:
 *
 *     open | op <number> | close            a phase begins
 *     call <text>                           source text that is about to run
 *     check <function>\t<kind>\t<index>\t<number>\t<expression>\t<wanted>
 *                                           a check that is about to be made; kind is eq, bytes or
 * status
 *
 * So the last event of a program that died is what it died of.
 *
 * With no trace open every function here returns at once. Not thread-safe. */
#ifndef LEDGE_KIT_TRACE_H
#define LEDGE_KIT_TRACE_H

#include <stddef.h>

/* The file descriptor that events go to; -1: no trace. */
extern int kit_trace_fd;

/* kit_trace writes one line; printf-like; without the newline. */
void kit_trace(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* How many calls were made and checks begun: an operation that left this as it was exercised
 * nothing. */
extern size_t kit_calls_made;

/* kit_trace_call writes a call event. */
void kit_trace_call(const char *text);

#endif
