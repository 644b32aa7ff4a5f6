/* engine_afl.c: afl-fuzz, which runs on after a crash and keeps everything in files. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "campaign_parts.h"
#include "mem.h"
#include "sanitizer.h"

/* AFL++'s name of this process, and of its directory. The plain one leads. */
static const char *own_name(const struct instance *instance)
{
    return strcmp(instance->build->sanitizer, "none") == 0 ? "plain" : instance->build->sanitizer;
}

static char *own_directory(const struct instance *instance, const char *below)
{
    return mem_print("%s/afl/%s/%s", instance->subject->directory, own_name(instance), below);
}

static void add_environment(const struct instance *instance, struct paths *env)
{
    static const char *const fixed[] = {"AFL_NO_UI=1",
                                        "AFL_SKIP_CPUFREQ=1",
                                        "AFL_I_DONT_CARE_ABOUT_MISSING_CRASHES=1",
                                        "AFL_AUTORESUME=1",
                                        "AFL_IMPORT_FIRST=1",
                                        "AFL_NO_AFFINITY=1",
                                        "AFL_FAST_CAL=1",
                                        "AFL_SYNC_TIME=1",
                                        "AFL_NO_CRASH_README=1",
                                        "AFL_CMPLOG_ONLY_NEW=1",
                                        "AFL_FORKSRV_INIT_TMOUT=30000"};
    const struct target *target = instance->subject->target;
    for (size_t i = 0; i < sizeof fixed / sizeof fixed[0]; i++)
        paths_add(env, mem_text(fixed[i]));
    if (target->mutator)
        paths_add(env, mem_print("AFL_CUSTOM_MUTATOR_LIBRARY=%s", target->mutator));
    char **sanitizers = sanitizer_environment(USE_AFL, target);
    for (char **at = sanitizers; *at; at++)
        paths_add(env, mem_text(*at));
    sanitizer_environment_free(sanitizers);
}

/* A number of fuzzer_stats; 0 when it isn't there. */
static uint64_t statistic(const struct instance *instance, const char *name)
{
    char *path = own_directory(instance, "fuzzer_stats");
    char *bytes;
    size_t len;
    struct fail why;
    uint64_t value = 0;
    if (path_is_file(path) && file_read(path, &bytes, &len, &why)) {
        const char *at = strstr(bytes, name);
        const char *colon = at ? strchr(at, ':') : NULL;
        value = colon ? strtoull(colon + 1, NULL, 10) : 0;
        free(bytes);
    }
    free(path);
    return value;
}

static bool command(struct instance *instance, unsigned seconds, struct paths *argv,
                    struct paths *env, struct fail *why)
{
    const struct subject *subject = instance->subject;
    const struct target *target = subject->target;
    const struct campaign *campaign = instance->campaign;
    bool leads = strcmp(instance->build->sanitizer, "none") == 0;
    char *output = mem_print("%s/afl", subject->directory);
    bool ok = dir_make(output, why);
    paths_add(argv, mem_text(campaign->manifest->afl_fuzz));
    paths_add(argv, mem_text("-i"));
    paths_add(argv, mem_text(subject->corpus));
    paths_add(argv, mem_text("-o"));
    paths_add(argv, output);
    paths_add(argv, mem_text(leads ? "-M" : "-S"));
    paths_add(argv, mem_text(own_name(instance)));
    if (leads) { /* only the leader may look into a foreign directory */
        paths_add(argv, mem_text("-F"));
        paths_add(argv, mem_text(subject->corpus));
    }
    paths_add(argv, mem_text("-V"));
    paths_add(argv, mem_print("%u", seconds));
    paths_add(argv, mem_text("-m"));
    paths_add(argv, mem_text("none"));
    paths_add(argv, mem_text("-t"));
    paths_add(argv, mem_print("%u+", target->timeout_ms));
    paths_add(argv, mem_text("-G"));
    paths_add(argv, mem_print("%u", target->max_len));
    if (campaign->options->seed) {
        paths_add(argv, mem_text("-s"));
        paths_add(argv, mem_print("%u", campaign->options->seed + instance->starts));
    }
    if (corpus_has_dictionary(target)) {
        paths_add(argv, mem_text("-x"));
        paths_add(argv, mem_text(target->dictionary));
    }
    if (instance->cmplog) {
        paths_add(argv, mem_text("-c"));
        paths_add(argv, mem_text(instance->cmplog->binary));
    }
    paths_add(argv, mem_text("--"));
    paths_add(argv, mem_text(instance->build->binary));
    add_environment(instance, env);
    instance->base = statistic(instance, "execs_done");
    return ok;
}

static void line(struct instance *instance, const char *text)
{
    (void)instance;
    (void)text; /* its files say it better */
}

static void saw_executions(struct instance *instance, uint64_t total)
{
    if (total > instance->base && total - instance->base > instance->now)
        instance->now = total - instance->base;
}

/* The last line of plot_data, written every few seconds; fuzzer_stats is written once a minute and
 * at the end. */
static void read_plot(struct instance *instance)
{
    char *path = own_directory(instance, "plot_data");
    char tail[512];
    FILE *file = fopen(path, "rb");
    free(path);
    if (!file)
        return;
    if (fseek(file, -(long)(sizeof tail - 1), SEEK_END) != 0)
        rewind(file);
    size_t len = fread(tail, 1, sizeof tail - 1, file);
    fclose(file); /* only read from */
    while (len > 0 && tail[len - 1] == '\n')
        len--;
    tail[len] = '\0';
    const char *last = strrchr(tail, '\n');
    unsigned long long total, edges;
    if (last &&
        sscanf(last, " %*d, %*d, %*d, %*d, %*d, %*d, %*[^,], %*d, %*d, %*d, %*[^,], %llu, %llu",
               &total, &edges) == 2) {
        saw_executions(instance, total);
        if (edges > instance->subject->edges)
            instance->subject->edges = edges;
    }
}

static void gather_file(struct instance *instance, const char *path)
{
    char *bytes;
    size_t len;
    struct fail why;
    const char *executions = strstr(path_base(path), "execs:");
    if (executions)
        saw_executions(instance, strtoull(executions + 6, NULL, 10));
    if (!file_read(path, &bytes, &len, &why))
        return; /* it stays for the next time */
    if (len > 0 && finding_add(instance, bytes, len, "", 0)) {
        corpus_drop(instance->subject, bytes, len, NULL);
        unlink(path); /* it is in the store now */
    }
    free(bytes);
}

/* Crashes and hangs, also those of earlier runs, which AFL++ moves to crashes.<date>. */
static void gather(struct instance *instance, bool ended)
{
    struct paths files = {0};
    struct fail why;
    char *directory = own_directory(instance, "");
    if (path_is_dir(directory) && !paths_find(&files, directory, &why))
        files.len = 0; /* a directory went away while we looked: next time */
    size_t skip = strlen(directory);
    for (size_t i = 0; i < files.len; i++) {
        const char *below = files.at[i] + skip + strspn(files.at[i] + skip, "/");
        struct stat info;
        bool kind = strncmp(below, "crashes", 7) == 0 || strncmp(below, "hangs", 5) == 0;
        if (!kind || strncmp(path_base(below), "id:", 3) != 0 || stat(files.at[i], &info) != 0)
            continue;
        /* A young file may be half written. */
        if (ended || time(NULL) - info.st_mtime >= 2)
            gather_file(instance, files.at[i]);
    }
    free(directory);
    paths_free(&files);
}

/* What AFL++ found itself goes to the shared corpus. */
static void share(struct instance *instance)
{
    struct paths files = {0};
    struct fail why;
    char *queue = own_directory(instance, "queue");
    if (path_is_dir(queue) && !paths_find(&files, queue, &why))
        files.len = 0;
    for (size_t i = 0; i < files.len; i++) {
        const char *name = path_base(files.at[i]);
        uint64_t id = strncmp(name, "id:", 3) == 0 ? strtoull(name + 3, NULL, 10) : 0;
        char *bytes;
        size_t len;
        if (id < instance->next_shared || strstr(name, "sync:") || strstr(name, "orig:") ||
            !file_read(files.at[i], &bytes, &len, &why))
            continue;
        if (len > 0 && !corpus_add(instance->subject, bytes, len, &why))
            campaign_fail(instance->campaign, &why);
        free(bytes);
        instance->next_shared = id + 1;
    }
    free(queue);
    paths_free(&files);
}

static char *reason(const char *log, const struct run *run)
{
    const char *at = strstr(log, "PROGRAM ABORT");
    at = at ? at : log;
    char *text = mem_new(256, 1);
    size_t len = 0;
    for (; *at && *at != '\n' && len < 200; at++) {
        if (*at == '\033') /* a colour */
            at += strcspn(at, "m");
        else if ((unsigned char)*at >= ' ')
            text[len++] = *at;
    }
    char *all = mem_print("ended with exit code %lld: %s", (long long)run->code, text);
    free(text);
    return all;
}

static void poll(struct instance *instance, bool ended)
{
    read_plot(instance);
    gather(instance, ended);
    share(instance);
    if (!ended)
        return;
    saw_executions(instance, statistic(instance, "execs_done"));
    const struct run *run = instance->run;
    if (run->code == 0 || run->asked_to_end)
        return;
    size_t len;
    char *log = capture_take(&instance->run->log, &len);
    instance->problem = reason(log, run);
    free(log);
}

const struct engine engine_afl = {"afl", command, line, poll};
