/* engine_libfuzzer.c: plain libFuzzer processes. One ends at its first crash, which is then in its
 * directory. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base64.h"
#include "campaign_parts.h"
#include "mem.h"
#include "sanitizer.h"

/* libFuzzer names an input by its SHA-1; this is the one of no bytes at all. */
static const char empty_name[] = "da39a3ee5e6b4b0d3255bfef95601890afd80709";

static bool command(struct instance *instance, unsigned seconds, struct paths *argv,
                    struct paths *env, struct fail *why)
{
    const struct target *target = instance->subject->target;
    const struct campaign_options *options = instance->campaign->options;
    (void)why;
    paths_add(argv, mem_text(instance->build->binary));
    paths_add(argv, mem_print("-artifact_prefix=%s/", instance->directory));
    paths_add(argv, mem_print("-max_total_time=%u", seconds));
    paths_add(argv, mem_print("-max_len=%u", target->max_len));
    paths_add(argv, mem_print("-timeout=%u", (target->timeout_ms + 999) / 1000));
    paths_add(argv, mem_print("-rss_limit_mb=%u", target->rss_mb));
    paths_add(argv, mem_text("-reload=1"));
    paths_add(argv, mem_text("-print_final_stats=1"));
    if (options->seed) /* another one for each start: a restart must not find the same again */
        paths_add(argv, mem_print("-seed=%u", options->seed + instance->starts));
    if (corpus_has_dictionary(target))
        paths_add(argv, mem_print("-dict=%s", target->dictionary));
    paths_add(argv, mem_text(instance->subject->corpus));
    char **sanitizers = sanitizer_environment(USE_LIBFUZZER, target);
    for (char **at = sanitizers; *at; at++)
        paths_add(env, mem_text(*at));
    sanitizer_environment_free(sanitizers);
    return true;
}

static uint64_t number_after(const char *line, const char *label)
{
    const char *at = strstr(line, label);
    return at ? strtoull(at + strlen(label), NULL, 10) : 0;
}

static void line(struct instance *instance, const char *text)
{
    if (text[0] == '#') {
        uint64_t executions = strtoull(text + 1, NULL, 10);
        uint64_t edges = number_after(text, "cov: ");
        if (executions > instance->now)
            instance->now = executions;
        if (edges > instance->subject->edges)
            instance->subject->edges = edges;
    } else if (strncmp(text, "stat::", 6) == 0) {
        uint64_t executions = number_after(text, "stat::number_of_executed_units:");
        if (executions > instance->now)
            instance->now = executions;
    }
}

/* On a full disk libFuzzer writes nothing and says "written", but its output still has the input.
 */
static bool from_output(const char *log, char **bytes, size_t *len)
{
    const char *at = NULL;
    for (const char *next = log; (next = strstr(next, "Base64: ")) != NULL; next += 8)
        at = next;
    if (!at)
        return false;
    at += 8;
    return base64_decode(at, strcspn(at, "\r\n"), bytes, len);
}

static void gather(struct instance *instance, const char *path, const char *log, size_t log_len)
{
    const char *name = path_base(path);
    const char *hash = strrchr(name, '-');
    char *bytes;
    size_t len;
    struct fail why;
    if (!hash || !file_read(path, &bytes, &len, &why))
        return; /* left where it is */
    if (len == 0 && strcmp(hash + 1, empty_name) != 0) {
        free(bytes);
        if (!from_output(log, &bytes, &len)) {
            progress_say(instance->campaign, "%s is empty: the disk was full when it was written",
                         path);
            return;
        }
    }
    if (finding_add(instance, bytes, len, log, log_len)) {
        corpus_drop(instance->subject, bytes, len, hash + 1);
        unlink(path); /* it is in the store now */
    }
    free(bytes);
}

static bool is_crash(const char *name)
{
    static const char *const kinds[] = {"crash-", "leak-", "timeout-", "oom-"};
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
        if (strncmp(name, kinds[i], strlen(kinds[i])) == 0)
            return true;
    return false;
}

/* The first line of output that tells why a process could not start. */
static char *reason(const char *log, const struct run *run)
{
    const char *at = strstr(log, "ERROR");
    at = at ? at : log;
    size_t len = strcspn(at, "\n");
    return mem_print("ended with %s %lld at once: %.*s", run->signal ? "signal" : "exit code",
                     run->signal ? (long long)run->signal : (long long)run->code,
                     (int)(len < 200 ? len : 200), at);
}

static void poll(struct instance *instance, bool ended)
{
    struct fail why;
    struct paths files = {0};
    if (!ended)
        return; /* it ends as soon as it has something */
    size_t len, crashes = 0;
    char *log = capture_take(&instance->run->log, &len);
    if (!paths_find(&files, instance->directory, &why))
        progress_say(instance->campaign, "%s", why.what);
    for (size_t i = 0; i < files.len; i++) {
        if (!is_crash(path_base(files.at[i])))
            continue;
        crashes++;
        gather(instance, files.at[i], log, len);
    }
    if (crashes == 0 && strstr(log, "WARNING: ThreadSanitizer: "))
        progress_say(
            instance->campaign,
            "%s libfuzzer/tsan reported something and went on, so that its input is not known;"
            " the target should abort after __tsan_on_report",
            instance->subject->target->name);
    const struct run *run = instance->run;
    bool bad = (run->signal != 0 || run->code != 0) && !run->asked_to_end;
    if (bad && crashes == 0 && instance->now == 0)
        instance->problem = reason(log, run);
    bool quick = run->exited_at - run->started < UINT64_C(1000000000);
    instance->quick_ends = bad && quick ? instance->quick_ends + 1 : 0;
    paths_free(&files);
    free(log);
}

const struct engine engine_libfuzzer = {"libfuzzer", command, line, poll};
