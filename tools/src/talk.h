/* talk.h: start a child process that is kept and talked to: a socket in both directions, and a pipe
 * for what the child alone writes. Not for one that runs to its end: see proc.h. */
#ifndef LEDGE_TOOLS_TALK_H
#define LEDGE_TOOLS_TALK_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/* Where a descriptor of the child comes from, when not from one of ours. */
enum { TALK_SOCKET = -1, TALK_PIPE = -2 };

struct talk_fd {
    int from; /* TALK_SOCKET, TALK_PIPE, or a descriptor of ours */
    int to;   /* its number in the child */
};

struct talk_spec {
    const char *const *argv; /* NULL-terminated; argv[0] is a path */
    const char *const *env;  /* added to the caller's environment, as for proc_environment */
    const char *cwd;         /* NULL: the caller's */
    const struct talk_fd *fds;
    size_t fds_len;
};

struct talk {
    pid_t pid;  /* the leader of a process group of its own, so that ^C is ours to handle */
    int socket; /* our ends; both are closed when a program is executed */
    int pipe;
};

/* talk_start starts the child; it is killed when we end. False with errno set, and *talk is
 * untouched, when there are no descriptors or no process for it. A program that can't be executed
 * shows as one that ends at once. On true the caller closes both ends and waits for pid. */
bool talk_start(const struct talk_spec *spec, struct talk *talk);

#endif
