#include "talk.h"

#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "proc.h"

/* In the child of fork: only what is safe there. */
static _Noreturn void become(const struct talk_spec *spec, char **env, struct talk theirs,
                             pid_t parent)
{
    (void)setpgid(0, 0);
    (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
    bool ready = getppid() == parent && (!spec->cwd || chdir(spec->cwd) == 0);
    for (size_t i = 0; ready && i < spec->fds_len; i++) {
        const struct talk_fd fd = spec->fds[i];
        ready = dup2(fd.from == TALK_SOCKET ? theirs.socket
                     : fd.from == TALK_PIPE ? theirs.pipe
                                            : fd.from,
                     fd.to) >= 0;
    }
    if (ready)
        execve(spec->argv[0], (char *const *)(uintptr_t)spec->argv, env);
    _exit(127);
}

bool talk_start(const struct talk_spec *spec, struct talk *talk)
{
    int ends[2], pipe[2];
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
        return false;
    if (pipe2(pipe, O_CLOEXEC) != 0) {
        close(ends[0]);
        close(ends[1]);
        return false;
    }
    char **env = proc_environment(spec->env);
    pid_t parent = getpid(), pid = fork();
    if (pid == 0)
        become(spec, env, (struct talk){0, ends[1], pipe[1]}, parent);
    free(env);
    close(ends[1]);
    close(pipe[1]);
    if (pid < 0) {
        close(ends[0]);
        close(pipe[0]);
        return false;
    }
    *talk = (struct talk){pid, ends[0], pipe[0]};
    return true;
}
