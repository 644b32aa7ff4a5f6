/* ledge bench triage: how fast logs are read, and whether memory stays flat. */
#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bench.h"
#include "bench_logs.h"
#include "files.h"
#include "json.h"
#include "mem.h"
#include "options.h"

/* What ten times as many files may take, of the memory for one time: names of files and positions
 * of results are kept, reports aren't. */
#define FLAT 1.25

enum { ROUNDS = 3 };

static struct {
    unsigned files;
} chosen = {.files = 1000};

static const struct option_def options[] = {
    {"files", OPTION_NUMBER, "N", "logs to read; then ten times as many (1000)", &chosen.files, 10},
};

static const struct command command = {
    .name = "bench triage",
    .synopsis = "[--files N]",
    .purpose = "Reads N sanitizer logs, then 10 N, with `ledge triage --json`, and counts the "
               "innermost frames\nof the same files with `grep -c '#0'`: megabytes per second of "
               "processor time of\nboth, their ratio, and what memory triage takes at most. The "
               "best of three runs "
               "counts. The logs come from a\nprogram that is compiled and crashes here.",
    .notes = "exit: 0 memory is flat; 1 it grows with the number of files; 2 usage; 3 it could not "
             "be run",
    .options = options,
    .options_len = sizeof options / sizeof options[0],
};

/* The best of some runs. */
struct measure {
    double seconds;
    long rss_kb;
};

/* One number of files. */
struct row {
    size_t files, bytes;
    struct measure triage, grep;
};

/* --- Running -------------------------------------------------------------------------------- */

/* Of the processor, and so the same on a machine that has other work to do. */
static double seconds_of(const struct rusage *usage)
{
    return (double)(usage->ru_utime.tv_sec + usage->ru_stime.tv_sec) +
           (double)(usage->ru_utime.tv_usec + usage->ru_stime.tv_usec) / 1e6;
}

/* To a file: with /dev/null grep would stop at the first match. */
static int start(const char *const *argv, const char *output, pid_t *child)
{
    posix_spawn_file_actions_t actions;
    int error = posix_spawn_file_actions_init(&actions);
    if (error)
        return error;
    error = posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, output,
                                             O_WRONLY | O_CREAT | O_TRUNC, 0666);
    if (!error)
        error =
            posix_spawnp(child, argv[0], &actions, NULL, (char *const *)(uintptr_t)argv, environ);
    posix_spawn_file_actions_destroy(&actions);
    return error;
}

static bool run(const char *const *argv, const char *output, struct measure *best, struct fail *why)
{
    pid_t child;
    int status;
    struct rusage usage;
    int error = start(argv, output, &child);
    if (error)
        return fail_set(why, "", "cannot run %s: %s", argv[0], strerror(error));
    while (wait4(child, &status, 0, &usage) < 0)
        if (errno != EINTR)
            return fail_set(why, "", "cannot wait for %s: %s", argv[0], strerror(errno));
    double took = seconds_of(&usage);
    if (!WIFEXITED(status) || WEXITSTATUS(status) > 1)
        return fail_set(why, "", "%s failed", argv[0]);
    if (best->seconds == 0 || took < best->seconds)
        best->seconds = took;
    if (usage.ru_maxrss > best->rss_kb)
        best->rss_kb = usage.ru_maxrss;
    return true;
}

static bool measure(const char *place, const char *logs, struct row *row, struct fail *why)
{
    char *output = mem_print("%s/output", place);
    const char *const triage[] = {"/proc/self/exe", "triage", "--json", logs, NULL};
    const char *const grep[] = {"grep", "-rc", "#0", logs, NULL};
    bool ok = true;
    for (unsigned round = 0; round < ROUNDS && ok; round++)
        ok = run(grep, output, &row->grep, why) && run(triage, output, &row->triage, why);
    free(output);
    return ok;
}

/* --- Showing -------------------------------------------------------------------------------- */

static double speed(const struct row *row, const struct measure *measure)
{
    return (double)row->bytes / measure->seconds / 1e6;
}

static double ratio(const struct row *row)
{
    return row->triage.seconds / row->grep.seconds;
}

static double growth(const struct row rows[2])
{
    return (double)rows[1].triage.rss_kb / (double)rows[0].triage.rss_kb;
}

static void print_text(const struct row rows[2])
{
    printf("%8s %8s %14s %12s %14s %10s\n", "files", "MB", "triage MB/s", "grep MB/s",
           "triage/grep", "peak MB");
    for (size_t i = 0; i < 2; i++)
        printf("%8zu %8.1f %14.1f %12.1f %13.1fx %10.1f\n", rows[i].files,
               (double)rows[i].bytes / 1e6, speed(&rows[i], &rows[i].triage),
               speed(&rows[i], &rows[i].grep), ratio(&rows[i]),
               (double)rows[i].triage.rss_kb / 1024);
    printf("\nten times the files take %.2f of the memory: %s (at most %.2f)\n", growth(rows),
           growth(rows) <= FLAT ? "flat" : "it grows", FLAT);
}

static void print_json(const struct row rows[2])
{
    json_t *object = json_object(), *array = json_array();
    for (size_t i = 0; i < 2; i++) {
        json_t *row = json_object();
        json_put(row, "files", json_integer((json_int_t)rows[i].files));
        json_put(row, "bytes", json_integer((json_int_t)rows[i].bytes));
        json_put(row, "triage_mb_s", json_real(speed(&rows[i], &rows[i].triage)));
        json_put(row, "grep_mb_s", json_real(speed(&rows[i], &rows[i].grep)));
        json_put(row, "times_as_long_as_grep", json_real(ratio(&rows[i])));
        json_put(row, "peak_rss_kb", json_integer(rows[i].triage.rss_kb));
        json_append(array, row);
    }
    json_put(object, "rows", array);
    json_put(object, "memory_growth", json_real(growth(rows)));
    json_put(object, "flat", json_boolean(growth(rows) <= FLAT));
    json_print(object);
    json_decref(object);
}

/* --- All ------------------------------------------------------------------------------------ */

static bool bench_in(const char *place, struct row rows[2], struct fail *why)
{
    struct bench_logs *logs = bench_logs_new(place, why);
    bool ok = logs != NULL;
    for (size_t i = 0; i < 2 && ok; i++) {
        char *directory = mem_print("%s/logs%zu", place, i);
        rows[i] = (struct row){.files = i == 0 ? chosen.files : (size_t)10 * chosen.files};
        ok = bench_logs_write(logs, directory, rows[i].files, &rows[i].bytes, why) &&
             measure(place, directory, &rows[i], why);
        free(directory);
    }
    bench_logs_free(logs);
    return ok;
}

int bench_triage(int argc, char **argv)
{
    struct arguments arguments;
    struct fail why;
    struct row rows[2];
    int code = options_parse(&command, argc, argv, &arguments);
    if (code >= 0)
        return code;
    if (arguments.len > 0)
        return usage_error("bench triage", "no argument is wanted: %s", arguments.at[0]);
    char *place = dir_temporary(&why);
    bool ok = place && bench_in(place, rows, &why);
    if (place)
        dir_remove(place);
    free(place);
    if (!ok) {
        fail_print(&why);
        return EXIT_CANNOT;
    }
    (arguments.json ? print_json : print_text)(rows);
    return growth(rows) <= FLAT ? EXIT_FINE : EXIT_FOUND;
}
