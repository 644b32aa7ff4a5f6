/* bench_logs.h: sanitizer logs in any number, for benchmarks.
 *
 * A small program is compiled and run until it has died in each of its ways, so that the logs are
 * what today's tools write; each file then is one of them with other addresses, process ids,
 * functions, and some of the noise that real logs have. The same number gives the same files. */
#ifndef LEDGE_TOOLS_BENCH_LOGS_H
#define LEDGE_TOOLS_BENCH_LOGS_H

#include <stdbool.h>
#include <stddef.h>

#include "fail.h"

struct bench_logs;

/* bench_logs_new compiles and runs the program in a directory that exists. NULL and *why when there
 * is no compiler, or none of its logs holds a crash. */
struct bench_logs *bench_logs_new(const char *directory, struct fail *why);

/* bench_logs_write writes files 0 … count-1 into a new directory; *bytes is their size together.
 */
bool bench_logs_write(const struct bench_logs *logs, const char *directory, size_t count,
                      size_t *bytes, struct fail *why);

/* NULL is fine. The directory stays. */
void bench_logs_free(struct bench_logs *logs);

#endif
