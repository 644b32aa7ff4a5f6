/* server.h: a replayer that stays open and forks for every input (targets/kit/serve.h).
 *
 * An input costs about a millisecond instead of the five that a process with a sanitizer takes to
 * start, and is as much on its own as in a process it has started itself. Handing in and waiting
 * are two steps, so that one thread can keep several servers busy. Not thread-safe. */
#ifndef LEDGE_TOOLS_SERVER_H
#define LEDGE_TOOLS_SERVER_H

#include <stdbool.h>
#include <stddef.h>

#include "fail.h"
#include "proc.h"

struct server;

/* server_start starts `binary --serve` with the environment variables env added, in the directory
 * cwd. It dies with us. NULL and *why when it can't be started; a binary that knows no --serve
 * shows at the first server_wait. */
struct server *server_start(const char *binary, const char *const *env, const char *cwd,
                            struct fail *why);

/* server_submit hands in one input. The answer to the one before must have been waited for. False
 * and *why when the server is gone. */
bool server_submit(struct server *server, const void *bytes, size_t len, struct fail *why);

/* server_ready says whether server_wait would return at once. */
bool server_ready(struct server *server);

/* server_wait waits until the input handed in last has ended. One that takes longer than
 * timeout_ms, or more than rss_mb megabytes (0: any number), is killed: PROC_TIMEOUT,
 * PROC_SIGNALED. result->out is empty. False and *why when the server is gone. On true *result is
 * for proc_result_free. */
bool server_wait(struct server *server, unsigned timeout_ms, unsigned rss_mb,
                 struct proc_result *result, struct fail *why);

/* server_stop ends it, and what it runs. NULL is fine. */
void server_stop(struct server *server);

#endif
