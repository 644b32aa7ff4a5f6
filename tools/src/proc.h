/* proc.h: run a child process to its end, with a time limit and bounded output.
 *
 * Over libuv: one private loop per call, so any thread may call. The child gets its own process group, which is killed
 * (SIGKILL) on time-out or when the caller is interrupted, so that no grandchild survives. */
#ifndef LEDGE_TOOLS_PROC_H
#define LEDGE_TOOLS_PROC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "fail.h"

enum proc_end {
    PROC_EXITED,   /* by itself; `code` is the exit code */
    PROC_SIGNALED, /* by a signal; `code` is its number */
    PROC_TIMEOUT,  /* killed by us after `timeout_ms` */
};

struct proc_spec {
    const char *const *argv; /* NULL-terminated; argv[0] is a path, or a name to look up in PATH */
    const char *const *env;  /* NULL-terminated "NAME=VALUE" that are added to, or replace, the caller's; may be NULL */
    const char *cwd;         /* NULL: the caller's */
    const void *input;       /* what the child reads on stdin; NULL: /dev/null */
    size_t input_len;
    unsigned timeout_ms; /* 0: none */
    size_t output_max;   /* bytes kept of each of stdout and stderr: the first and the last half; 0 means 1 MiB */
};

struct proc_result {
    enum proc_end end;
    int code;
    char *out; /* stdout, NUL-terminated after out_len bytes (it may hold NULs); owned */
    size_t out_len;
    char *err; /* stderr, likewise */
    size_t err_len;
    uint64_t elapsed_ns;
};

/* proc_run runs one child and waits. Returns true when the child was started, however it ended; false and *why when it
 * could not be (a missing or non-executable binary, no memory, no descriptors). On true, *result must be given to
 * proc_result_free. */
bool proc_run(const struct proc_spec *spec, struct proc_result *result, struct fail *why);

/* proc_must is proc_run of a program that has to exit with 0: any other end is false as well, and *why says which, with
 * the first line of its stderr that speaks of an error, or else the last one. */
bool proc_must(const struct proc_spec *spec, struct proc_result *result, struct fail *why);

void proc_result_free(struct proc_result *result);

/* proc_interrupted is the number of the signal (SIGINT, SIGTERM, SIGHUP) that made a proc_run give up, or 0. */
int proc_interrupted(void);

/* proc_shield(true) makes proc_run leave those signals alone: for a caller that watches them itself and wants the runs it
 * has started to come to their end. */
void proc_shield(bool on);

/* proc_environment returns the caller's environment with env (NULL-terminated, may be NULL) added or replacing, NULL-
 * terminated. The array is for free(); the strings belong to env and the environment. */
char **proc_environment(const char *const *env);

/* proc_children_die_with_us arranges that every child that the calling thread starts from now on through libuv gets this
 * signal when the thread ends, even by SIGKILL. proc_run calls it with SIGKILL; a caller of uv_spawn calls it itself. */
void proc_children_die_with_us(int signal);

#endif
