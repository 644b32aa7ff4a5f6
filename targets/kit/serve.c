#include "serve.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "exact.h"
#include "mapping.h"

enum { EXIT_SERVE = 2, SIZE_LIMIT = 1 << 30 };

static int cannot(const char *what)
{
    fprintf(stderr, "ledge-serve: cannot %s: %s\n", what, strerror(errno));
    return EXIT_SERVE;
}

/* Reads exactly size bytes. With errno 0 the stream ended before the first. */
static bool take(void *to, size_t size)
{
    size_t got = 0;
    while (got < size) {
        const ssize_t more = read(STDIN_FILENO, (uint8_t *)to + got, size - got);
        if (more < 0 && errno == EINTR)
            continue;
        if (more <= 0) {
            errno = more < 0 ? errno : got > 0 ? EPIPE : 0;
            return false;
        }
        got += (size_t)more;
    }
    return true;
}

/* Four bytes go through a pipe at once or not at all. */
static bool tell(int32_t number)
{
    ssize_t put;
    do
        put = write(STDOUT_FILENO, &number, sizeof number);
    while (put < 0 && errno == EINTR);
    return put == (ssize_t)sizeof number;
}

/* What the child inherits of our conversation it must not touch: its input is empty, its output
 * goes nowhere. It doesn't outlive us. */
static void kit_become_child(void)
{
    const int nothing = open("/dev/null", O_RDWR);
    (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
    (void)setpgid(0, 0);
    if (nothing < 0 || dup2(nothing, STDIN_FILENO) < 0 || dup2(nothing, STDOUT_FILENO) < 0)
        _exit(EXIT_SERVE);
    close(nothing);
}

/* Functions that stand on the stack while the target runs are named kit_…: triage leaves them out.
 */
static int kit_serve_one(const uint8_t *data, size_t size, int (*run)(const uint8_t *, size_t))
{
    int status;
    /* Not fork(): the sanitizers' handlers of it visit megabytes of their tables, in the child page
     * by page, which is more than all the rest costs. There is one thread here, so they have
     * nothing to put right. */
    const pid_t child = _Fork();
    if (child < 0)
        return cannot("fork");
    if (child == 0) {
        kit_become_child();
        if (!kit_run_exact(data, size, run))
            _exit(cannot("hold an input"));
        exit(0); /* a leak is looked for now */
    }
    (void)setpgid(child, child); /* whoever comes first */
    if (!tell((int32_t)child))
        return cannot("write to standard output");
    while (waitpid(child, &status, 0) < 0)
        if (errno != EINTR)
            return cannot("wait for a child");
    return tell((int32_t)status) ? 0 : cannot("write to standard output");
}

int kit_serve(int (*run)(const uint8_t *data, size_t size))
{
    struct mapping input = {0};
    uint32_t size;
    int code = 0;
    while (code == 0) {
        if (!take(&size, sizeof size)) {
            code = errno == 0 ? 0 : cannot("read standard input");
            break;
        }
        if (size >= SIZE_LIMIT || !mapping_grow(&input, size > 0 ? size : 1))
            code = cannot("hold an input");
        else
            code = take(input.bytes, size) ? kit_serve_one(input.bytes, size, run)
                                           : cannot("read an input");
    }
    mapping_free(&input);
    return code;
}
