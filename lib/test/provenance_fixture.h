/* provenance_fixture.h: what a process says that ends. */
#ifndef LEDGE_TEST_PROVENANCE_FIXTURE_H
#define LEDGE_TEST_PROVENANCE_FIXTURE_H

#include "check.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <ledge/provenance.h>

/* Runs act in a child, and returns what it wrote to stderr: nothing when it came to its end, a
 * sentence when it was aborted. Static; good until the next call. */
static inline const char *last_words(void (*act)(void))
{
    static char words[512];
    int pipes[2], status;
    assert_int_equal(pipe(pipes), 0);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        signal(SIGABRT, SIG_DFL);
        dup2(pipes[1], STDERR_FILENO);
        close(pipes[1]);
        act();
        _exit(0);
    }
    close(pipes[1]);
    size_t used = 0;
    ssize_t got;
    while ((got = read(pipes[0], words + used, sizeof(words) - 1 - used)) > 0)
        used += (size_t)got;
    words[used] = '\0';
    close(pipes[0]);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT, used != 0);
    return words;
}

#endif /* LEDGE_TEST_PROVENANCE_FIXTURE_H */
