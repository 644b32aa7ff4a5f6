/* Many programs run two at a time, their output kept. For crash_live_test.c. */
#ifndef LEDGE_TOOLS_TEST_LIVE_JOBS_H
#define LEDGE_TOOLS_TEST_LIVE_JOBS_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "mem.h"
#include "proc.h"

#define LIVE_WORDS 40

/* One process; argv and env are the job's, NULL-terminated. */
struct live_job {
    char *argv[LIVE_WORDS], *env[LIVE_WORDS];
    const char *wanted; /* run again until this is in stderr; NULL: once will do */
    bool ran;
    struct proc_result result;
    struct fail why;
};

struct live_jobs {
    struct live_job *at;
    size_t len, cap;
    atomic_size_t next;
    const char *directory;
};

static struct live_job *live_add(struct live_jobs *jobs)
{
    if (jobs->len == jobs->cap) {
        jobs->cap = jobs->cap ? jobs->cap * 2 : 64;
        jobs->at = mem_resize(jobs->at, jobs->cap, sizeof *jobs->at);
    }
    struct live_job *job = &jobs->at[jobs->len++];
    *job = (struct live_job){0};
    return job;
}

/* Appends a word, which the list owns from then on. */
static void live_word(char *words[LIVE_WORDS], char *word)
{
    size_t len = 0;
    while (words[len])
        len++;
    if (len + 1 < LIVE_WORDS)
        words[len] = word;
}

enum { LIVE_TRIES = 50 };

static void live_run_job(struct live_job *job, const struct proc_spec *spec)
{
    for (unsigned i = 0; i < LIVE_TRIES; i++) {
        if (job->ran)
            proc_result_free(&job->result);
        job->ran = proc_run(spec, &job->result, &job->why);
        if (!job->ran || !job->wanted || strstr(job->result.err, job->wanted))
            return;
    }
}

static void *live_work(void *context)
{
    struct live_jobs *jobs = context;
    for (;;) {
        size_t at = atomic_fetch_add(&jobs->next, 1);
        if (at >= jobs->len)
            return NULL;
        struct live_job *job = &jobs->at[at];
        struct proc_spec spec = {.argv = (const char *const *)job->argv,
                                 .env = job->env[0] ? (const char *const *)job->env : NULL,
                                 .cwd = jobs->directory,
                                 .timeout_ms = 60000};
        live_run_job(job, &spec);
    }
}

static void live_run(struct live_jobs *jobs)
{
    pthread_t other;
    jobs->next = 0;
    bool two = pthread_create(&other, NULL, live_work, jobs) == 0;
    live_work(jobs);
    if (two)
        pthread_join(other, NULL);
}

static void live_free(struct live_jobs *jobs)
{
    for (size_t i = 0; i < jobs->len; i++) {
        struct live_job *job = &jobs->at[i];
        for (char **at = job->argv; *at; at++)
            free(*at);
        for (char **at = job->env; *at; at++)
            free(*at);
        if (job->ran)
            proc_result_free(&job->result);
    }
    free(jobs->at);
    *jobs = (struct live_jobs){0};
}

#endif
