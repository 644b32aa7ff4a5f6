#include "curate.h"

#include <dirent.h>
#include <errno.h>
#include <jansson.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "files.h"
#include "json.h"
#include "mem.h"
#include "minimize.h"
#include "slug.h"

enum { SLOW_TRIES = 3 }; /* of what only a time limit ends */

json_t *curate_report(const char *directory, struct fail *why)
{
    json_error_t error;
    char *path = mem_print("%s/report.json", directory);
    json_t *report = json_load_file(path, 0, &error);
    if (!report)
        fail_set(why, "`ledge minimize` writes such directories", "%s: %s", path, error.text);
    free(path);
    return report;
}

static const char *member(const json_t *report, const char *key)
{
    const char *text = json_string_value(json_object_get(report, key));
    return text ? text : "";
}

static bool find_build(struct candidate *candidate, const char *sanitizer, struct fail *why)
{
    candidate->build = runner_build(candidate->target, sanitizer);
    return candidate->build || fail_set(why, "`ledge targets` lists the builds",
                                        "%s has no build '%s', which its report.json names",
                                        candidate->target->name, sanitizer);
}

/* Runs it again and again; the first failure with the wanted signature is how it fails. */
static bool try_again(struct runner *runner, struct candidate *candidate, const char *signature,
                      bool slow, struct fail *why)
{
    char *input = mem_print("%s/input", candidate->directory);
    bool ok = true;
    candidate->tries = slow ? SLOW_TRIES : MINIMIZE_TRIES;
    for (unsigned i = 0; i < candidate->tries && ok; i++) {
        struct run_result result;
        ok = runner_run(runner, candidate->target, candidate->build, input, &result, why);
        if (!ok)
            break;
        if (result.crash.found && strcmp(result.crash.signature, signature) == 0 &&
            candidate->hits++ == 0) {
            candidate->crash = result.crash;
            result.crash = (struct crash){0}; /* moved */
        }
        run_result_free(&result);
    }
    free(input);
    return ok;
}

bool curate_check(const struct manifest *manifest, struct runner *runner, const char *directory,
                  struct candidate *candidate, struct fail *why)
{
    *candidate = (struct candidate){.directory = directory};
    json_t *report = curate_report(directory, why);
    if (!report)
        return false;
    candidate->target = manifest_target(manifest, member(report, "target"), why);
    candidate->minimal = json_is_true(json_object_get(report, "minimal"));
    bool slow = strcmp(member(report, "class"), "timeout") == 0;
    bool ok = candidate->target && find_build(candidate, member(report, "build"), why) &&
              try_again(runner, candidate, member(report, "signature"), slow, why);
    json_decref(report);
    if (!ok)
        candidate_free(candidate);
    return ok;
}

void candidate_free(struct candidate *candidate)
{
    crash_free(&candidate->crash);
    *candidate = (struct candidate){0};
}

static bool put_report(const char *directory, json_t *report, struct fail *why)
{
    char *text = json_dumps(report, JSON_INDENT(2));
    char *lines = mem_print("%s\n", text ? text : "{}");
    char *path = mem_print("%s/report.json", directory);
    bool ok = file_write(path, lines, strlen(lines), why);
    free(path);
    free(lines);
    free(text);
    return ok;
}

bool curate_expect(const char *directory, const char *expect, struct fail *why)
{
    json_t *report = curate_report(directory, why);
    if (!report)
        return false;
    json_put(report, "expect", json_text(expect));
    bool ok = put_report(directory, report, why);
    json_decref(report);
    return ok;
}

static bool copy_file(const char *from, const char *to, const char *name, bool optional,
                      struct fail *why)
{
    char *source = mem_print("%s/%s", from, name), *target = mem_print("%s/%s", to, name), *bytes;
    size_t len;
    bool ok = optional && !path_is_file(source);
    if (!ok && file_read(source, &bytes, &len, why)) {
        ok = file_write(target, bytes, len, why);
        free(bytes);
    }
    free(source);
    free(target);
    return ok;
}

static bool fill(const struct candidate *candidate, const char *slug, const char *expect,
                 const char *directory, struct fail *why)
{
    json_t *report = curate_report(candidate->directory, why);
    if (!report)
        return false;
    json_put(report, "slug", json_text(slug));
    json_put(report, "expect", json_text(expect));
    json_put(report, "hits", json_integer(candidate->hits));
    json_put(report, "tries", json_integer(candidate->tries));
    bool ok = copy_file(candidate->directory, directory, "input", false, why) &&
              copy_file(candidate->directory, directory, "program.txt", true, why) &&
              copy_file(candidate->directory, directory, "repro.c", true, why) &&
              put_report(directory, report, why);
    json_decref(report);
    return ok;
}

/* What somebody was writing when he was killed. */
static void remove_half_made(const char *place)
{
    static const char prefix[] = ".new-";
    DIR *directory = opendir(place);
    const struct dirent *entry;
    while (directory && (entry = readdir(directory)) != NULL) {
        bool half = strncmp(entry->d_name, prefix, sizeof prefix - 1) == 0;
        long writer = half ? strtol(entry->d_name + sizeof prefix - 1, NULL, 10) : 0;
        if (writer <= 0 || kill((pid_t)writer, 0) == 0 || errno != ESRCH)
            continue;
        char *path = mem_print("%s/%s", place, entry->d_name);
        dir_remove(path);
        free(path);
    }
    if (directory)
        closedir(directory);
}

/* The place of a signature: a longer name when another signature has the short one. */
static char *choose(const char *place, const struct candidate *candidate, char **slug, bool *there)
{
    static const unsigned digits[] = {4, 16};
    for (size_t i = 0;; i++) {
        struct fail why;
        *slug = slug_of(candidate->target->name, &candidate->crash, digits[i]);
        char *directory = mem_print("%s/%s", place, *slug);
        *there = path_is_dir(directory);
        json_t *report = *there ? curate_report(directory, &why) : NULL;
        bool same = strcmp(member(report, "signature"), candidate->crash.signature) == 0;
        json_decref(report);
        if (!*there || same || i == 1)
            return directory;
        free(directory);
        free(*slug);
    }
}

bool curate_place(const struct manifest *manifest, const struct candidate *candidate,
                  const char *expect, char **directory, bool *there, struct fail *why)
{
    char *place = mem_print("%s/reproducers/%s", manifest->crashes, candidate->target->name);
    char *half = mem_print("%s/.new-%ld", place, (long)getpid()), *slug;
    *directory = choose(place, candidate, &slug, there);
    bool ok = *there;
    if (!ok) {
        remove_half_made(place);
        ok = dir_make(half, why) && fill(candidate, slug, expect, half, why) &&
             dir_rename(half, *directory, why);
        if (!ok)
            dir_remove(half);
    }
    if (!ok)
        free(*directory);
    free(slug);
    free(half);
    free(place);
    return ok;
}

/* The directories that a slug names among all targets' reproducers. */
static void find_slug(const struct manifest *manifest, const char *slug, struct paths *found)
{
    char *direct = mem_print("%s/reproducers/%s", manifest->crashes, slug);
    bool whole = strchr(slug, '/') && path_is_dir(direct);
    if (whole)
        paths_add(found, mem_text(direct));
    free(direct);
    for (size_t i = 0; i < manifest->targets_len && !whole; i++) {
        char *path =
            mem_print("%s/reproducers/%s/%s", manifest->crashes, manifest->targets[i].name, slug);
        if (path_is_dir(path))
            paths_add(found, path);
        else
            free(path);
    }
}

char *curate_find(const struct manifest *manifest, const char *text, struct fail *why)
{
    char *report = mem_print("%s/report.json", text), *found = NULL;
    struct paths paths = {0};
    if (path_is_file(report))
        found = mem_text(text);
    else
        find_slug(manifest, text, &paths);
    if (paths.len == 1)
        found = mem_text(paths.at[0]);
    else if (!found)
        fail_set(why, paths.len ? "name it as TARGET/SLUG" : "see crashes/reproducers",
                 "%s reproducer '%s'", paths.len ? "several targets have a" : "there is no", text);
    paths_free(&paths);
    free(report);
    return found;
}
