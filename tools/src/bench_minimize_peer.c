#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "bench_minimize.h"
#include "files.h"
#include "mem.h"
#include "proc.h"
#include "sanitizer.h"

const char *const contest_peers[PEERS] = {"afl-tmin", "afl-tmin exact", "libFuzzer"};

enum { GRACE_MS = 10000, LOG_MAX = 64 * 1024 * 1024 };

/* Runs a peer, ended by a signal when its time is up; *ended is for proc_result_free. */
static bool run_for(const struct contest *contest, const char *signal, const char *const *command,
                    const char *const *env, struct proc_result *ended, struct fail *why)
{
    const char *argv[24];
    size_t at = 0;
    char *seconds = mem_print("%u", contest->seconds);
    argv[at++] = "timeout";
    argv[at++] = "--signal";
    argv[at++] = signal;
    argv[at++] = seconds;
    while (*command)
        argv[at++] = *command++;
    argv[at] = NULL;
    struct proc_spec spec = {.argv = argv,
                             .env = env,
                             .cwd = contest->place,
                             .timeout_ms = contest->seconds * 1000 + GRACE_MS,
                             .output_max = LOG_MAX};
    bool ok = proc_run(&spec, ended, why);
    free(seconds);
    return ok;
}

/* --- afl-tmin ------------------------------------------------------------------------------- */

/* It lies beside afl-fuzz. */
static char *find_tmin(const struct manifest *manifest)
{
    const char *slash = manifest->afl_fuzz ? strrchr(manifest->afl_fuzz, '/') : NULL;
    char *path =
        slash ? mem_print("%.*s/afl-tmin", (int)(slash - manifest->afl_fuzz), manifest->afl_fuzz)
              : NULL;
    if (path && access(path, X_OK) != 0) {
        free(path);
        path = NULL;
    }
    return path;
}

/* "Number of execs done : 269", with colours between. */
static uint64_t read_execs(const char *log)
{
    const char *at = strstr(log, "execs done : ");
    if (!at)
        return 0;
    at += strlen("execs done : ");
    if (*at == '\033')
        at += strcspn(at, "m") + 1;
    return strtoull(at, NULL, 10);
}

/* target: whose limits hold; word: what the command line has for the input, or NULL. */
static bool run_tmin(const struct contest *contest, const struct target *target, const char *binary,
                     const char *word, const char *setting, const char *input, const char *result,
                     struct proc_result *ended, struct fail *why)
{
    char *tmin = find_tmin(contest->manifest);
    char **sanitizer = sanitizer_environment(USE_AFL, target);
    const char *env[16];
    size_t at = 0;
    for (char **variable = sanitizer; *variable; variable++)
        env[at++] = *variable;
    env[at++] = "AFL_SKIP_CPUFREQ=1";
    env[at++] = "AFL_NO_AFFINITY=1";
    env[at++] = "AFL_FORKSRV_INIT_TMOUT=30000";
    env[at++] = setting;
    env[at] = NULL;
    const char *const command[] = {tmin, "-m",   "none", "-t",   "1000", "-i", input,
                                   "-o", result, "--",   binary, word,   NULL};
    bool ok = tmin ? run_for(contest, "INT", command, env, ended, why)
                   : fail_set(why, "apt-get install afl++", "there is no afl-tmin");
    sanitizer_environment_free(sanitizer);
    free(tmin);
    return ok;
}

static bool afl(const struct contest *contest, bool exact, const struct contest_case *input,
                const char *result, struct outcome *out, struct fail *why)
{
    struct proc_result ended;
    const struct build *build = target_build(input->target, "afl", input->build->sanitizer);
    if (!build || access(build->binary, X_OK) != 0)
        return true;
    if (!run_tmin(contest, input->target, build->binary, NULL, exact ? "AFL_TMIN_EXACT=1" : NULL,
                  input->path, result, &ended, why))
        return false;
    out->finished = ended.end == PROC_EXITED && ended.code == 0;
    out->seconds = (double)ended.elapsed_ns / 1e9;
    out->calls = read_execs(ended.out);
    if (out->calls == 0)
        out->calls = read_execs(ended.err);
    out->ran = access(result, R_OK) == 0;
    proc_result_free(&ended);
    return true;
}

bool contest_tmin(const struct contest *contest, const char *program, const char *input,
                  const char *result, double *seconds, struct fail *why)
{
    struct proc_result ended;
    const struct target limits = {.rss_mb = 2048};
    if (!run_tmin(contest, &limits, program, "@@", NULL, input, result, &ended, why))
        return false;
    *seconds = (double)ended.elapsed_ns / 1e9;
    proc_result_free(&ended);
    return true;
}

/* --- libFuzzer ------------------------------------------------------------------------------ */

/* It compares stacks by the names of their innermost functions, so it has to symbolize. */
static char **libfuzzer_environment(const struct contest *contest, const struct target *target)
{
    char **env = sanitizer_environment(USE_LIBFUZZER, target);
    for (char **at = env; *at; at++) {
        char *longer = mem_print("%s:symbolize=1:dedup_token_length=3:external_symbolizer_path=%s",
                                 *at, contest->manifest->symbolizer);
        free(*at);
        *at = longer;
    }
    return env;
}

/* The input that it last set out to minimize, which it had found to be the same bug; and how many
 * units it had run until then. */
static char *last_input(const char *log, uint64_t *calls)
{
    static const char mark[] = "CRASH_MIN: minimizing crash input: '";
    static const char executing[] = "CRASH_MIN: executing: ";
    static const char units[] = "stat::number_of_executed_units: ";
    char *path = NULL;
    uint64_t so_far = 0;
    for (const char *line = log; line; line = strchr(line, '\n')) {
        line += *line == '\n';
        if (strncmp(line, mark, sizeof mark - 1) == 0) {
            free(path);
            path = mem_copy(line + sizeof mark - 1, strcspn(line + sizeof mark - 1, "'\n"));
            *calls = so_far;
        } else if (strncmp(line, executing, sizeof executing - 1) == 0) {
            size_t len = strcspn(line, "\n");
            char *whole = mem_copy(line, len);
            so_far += !strstr(whole, "internal_step"); /* one unit, to see how it fails */
            free(whole);
        } else if (strncmp(line, units, sizeof units - 1) == 0) {
            so_far += strtoull(line + sizeof units - 1, NULL, 10);
        }
    }
    return path;
}

static double seconds_until(const char *path, const struct timespec *start)
{
    struct stat info;
    if (stat(path, &info) != 0)
        return 0;
    double seconds = (double)(info.st_mtim.tv_sec - start->tv_sec) +
                     (double)(info.st_mtim.tv_nsec - start->tv_nsec) / 1e9;
    return seconds > 0 ? seconds : 0;
}

/* What it had when it last got anywhere: it doesn't know when it is done, and its time and units
 * are counted up to there. */
static bool read_libfuzzer(const struct proc_result *ended, const struct timespec *start,
                           const char *result, struct outcome *out, struct fail *why)
{
    char *best = last_input(ended->err, &out->calls), *bytes;
    size_t len;
    if (!best)
        best = last_input(ended->out, &out->calls);
    if (!best)
        return true; /* the input doesn't fail there */
    out->ran = true;
    out->seconds = seconds_until(best, start); /* 0: it is the input, which is older */
    if (out->seconds == 0)
        out->seconds = (double)ended->elapsed_ns / 1e9;
    bool ok = file_read(best, &bytes, &len, why) && file_put(result, bytes, len, why);
    if (ok)
        free(bytes);
    free(best);
    return ok;
}

static bool libfuzzer(const struct contest *contest, const struct contest_case *input,
                      const char *result, struct outcome *out, struct fail *why)
{
    const struct build *build = target_build(input->target, "libfuzzer", input->build->sanitizer);
    if (!build || access(build->binary, X_OK) != 0)
        return true;
    char *seconds = mem_print("-max_total_time=%u", contest->seconds);
    char *prefix = mem_print("-artifact_prefix=%s.", result);
    char *length = mem_print("-max_len=%zu", input->bytes);
    const char *const command[] = {
        build->binary, "-minimize_crash=1",    "-seed=1",   seconds, prefix,
        length,        "-print_final_stats=1", input->path, NULL};
    char **env = libfuzzer_environment(contest, input->target);
    struct proc_result ended;
    struct timespec start;
    clock_gettime(CLOCK_REALTIME, &start);
    bool ok = run_for(contest, "KILL", command, (const char *const *)env, &ended, why);
    if (ok) {
        out->finished = ended.end == PROC_EXITED && ended.code == 0;
        ok = read_libfuzzer(&ended, &start, result, out, why);
        proc_result_free(&ended);
    }
    sanitizer_environment_free(env);
    free(length);
    free(prefix);
    free(seconds);
    return ok;
}

bool contest_peer(const struct contest *contest, unsigned peer, const struct contest_case *input,
                  struct outcome *out, struct fail *why)
{
    char *result = mem_print("%s.by-%u", input->path, peer);
    *out = (struct outcome){0};
    bool ok = peer == PEER_LIBFUZZER
                  ? libfuzzer(contest, input, result, out, why)
                  : afl(contest, peer == PEER_AFL_EXACT, input, result, out, why);
    ok = ok && (!out->ran || contest_weigh(contest, input, result, out, why));
    free(result);
    return ok;
}
