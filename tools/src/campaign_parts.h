/* campaign_parts.h: what the files of a campaign share among themselves; nobody else includes it.
 *
 * campaign.c      the life of a campaign: time, signals, end
 * campaign_plan.c which engine runs next, and for how long
 * instance.c      one engine process: start, output, end
 * engine_*.c      what is special about an engine
 * corpus.c        the inputs that the engines share
 * finding.c       from a crashing input to a named issue
 * progress.c      what is shown meanwhile
 *
 * Everything runs on one libuv loop in one thread, but for the replays of finding.c, which run on a
 * thread of libuv's pool, one at a time, and touch nothing but their finding and the runner. */
#ifndef LEDGE_TOOLS_CAMPAIGN_PARTS_H
#define LEDGE_TOOLS_CAMPAIGN_PARTS_H

#include <uv.h>

#include "campaign.h"
#include "capture.h"
#include "crash.h"
#include "files.h"
#include "runner.h"
#include "store.h"

struct campaign;
struct instance;
struct run;

/* What is special about an engine. */
struct engine {
    const char *name;
    /* Builds the command line and what is added to the environment, for a run of so many seconds.
     */
    bool (*command)(struct instance *instance, unsigned seconds, struct paths *argv,
                    struct paths *env, struct fail *why);
    /* Looks at one line of output. */
    void (*line)(struct instance *instance, const char *line);
    /* Called about every second, and once after the process has ended: statistics, crashes, corpus.
     */
    void (*poll)(struct instance *instance, bool ended);
};

extern const struct engine engine_libfuzzer, engine_afl;

/* A target in a campaign. */
struct subject {
    const struct target *target;
    char *directory, *corpus;
    uint64_t corpus_files, edges;
    uint64_t redundant; /* files that were taken out of the corpus at the start */
    unsigned new_issues;
};

/* An engine × sanitizer of a target. */
struct instance {
    struct campaign *campaign;
    struct subject *subject;
    const struct engine *engine;
    const struct build *build, *cmplog; /* cmplog: NULL but for AFL++'s main process */
    char *directory;                    /* what the engine drops */
    unsigned rank, weight;              /* who is first, and how much time it gets */
    double busy;                        /* seconds of finished runs */
    uint64_t executions;                /* of finished runs */
    uint64_t now;                       /* of this run */
    uint64_t base;                      /* AFL++ counts over restarts: what it said at the start */
    unsigned starts, quick_ends;        /* quick_ends: crashes in a row within a second */
    uint64_t next_shared;               /* the first id of AFL++'s queue that isn't shared yet */
    char *problem;                      /* why it can't run, or NULL */
    struct run *run;                    /* NULL: not running */
};

/* One process of an instance. */
struct run {
    struct instance *instance;
    uv_process_t process;
    uv_pipe_t output;
    uint64_t started, slice_end; /* uv_hrtime */
    struct capture log;
    char line[1024];
    size_t line_len;
    bool exited, asked_to_end, killed;
    uint64_t exited_at;
    int64_t code;
    int signal, open_handles;
};

struct finding;

struct campaign {
    const struct manifest *manifest;
    const struct campaign_options *options;
    struct campaign_result *result;
    uv_loop_t loop;
    uv_timer_t tick;
    uv_signal_t signals[3];
    struct subject *subjects;
    size_t subjects_len;
    struct instance *instances;
    size_t instances_len;
    struct store *store;
    struct runner *runner;                        /* for the worker */
    struct finding *first_finding, *last_finding; /* the queue; the first is being worked on */
    size_t findings;
    uint64_t started, deadline, stopped; /* uv_hrtime; stopped 0: still going */
    unsigned running, jobs;
    double unit; /* seconds of a slice of weight 1; 0: there is time only for short, equal ones */
    double short_slice;
    bool stopping, interrupted, give_up, failed;
    struct fail why; /* when failed */
    /* The status on a terminal. */
    bool live;
    unsigned status_lines;
    uint64_t told, told_executions;
    double rate;
};

/* campaign.c */
double campaign_seconds(const struct campaign *campaign);
uint64_t campaign_executions(const struct campaign *campaign);
uint64_t subject_executions(const struct campaign *campaign, const struct subject *subject);
void campaign_stop(struct campaign *campaign);
/* The campaign can't go on: keeps the first reason and stops. */
void campaign_fail(struct campaign *campaign, const struct fail *why);
/* Called when a run has ended and everything was gathered. */
void campaign_run_ended(struct campaign *campaign, struct instance *instance);

/* campaign_plan.c */
void plan_instances(struct campaign *campaign);
void plan_fill_slots(struct campaign *campaign);

/* instance.c */
bool instance_start(struct instance *instance, unsigned seconds, struct fail *why);
void instance_stop(struct instance *instance); /* asks the process to end */
/* Kills the instance's programs that run in its directory without an engine: afl-fuzz may leave its
 * children behind, stopped and holding its lock. */
void instance_kill_strays(const struct instance *instance);
void instance_tick(struct instance *instance); /* polls, and kills what doesn't end */

/* corpus.c */
/* An engine refuses a dictionary that isn't there, or has no entries. */
bool corpus_has_dictionary(const struct target *target);
/* Makes the shared corpus, with the seeds in it. One that has grown large is distilled first, when
 * that is quick: few files that exercise the same. */
bool corpus_prepare(struct subject *subject, struct fail *why);
/* Puts an input into the shared corpus, under the name of its content. */
bool corpus_add(struct subject *subject, const void *bytes, size_t len, struct fail *why);
/* Takes a crashing input out, whichever engine named it: a corpus must load. */
void corpus_drop(struct subject *subject, const void *bytes, size_t len,
                 const char *libfuzzer_name);
uint64_t corpus_count(const struct subject *subject);

/* finding.c */
/* Saves an input that an engine says crashes, and queues it for a name. Returns false when it could
 * not be saved: the campaign then stops, and the engine's file must stay. */
bool finding_add(struct instance *instance, const void *bytes, size_t len, const char *log,
                 size_t log_len);
void findings_resume(struct campaign *campaign); /* queues what earlier campaigns left unnamed */
void findings_drop(struct campaign *campaign);   /* frees the queue; it stays in the store */

/* progress.c */
void progress_begin(struct campaign *campaign);
void progress_tick(struct campaign *campaign);
void progress_end(struct campaign *campaign);
/* One line of news. */
void progress_say(struct campaign *campaign, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#endif
