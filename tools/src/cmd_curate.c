#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "commands.h"
#include "curate.h"
#include "describe.h"
#include "files.h"
#include "ingest.h"
#include "json.h"
#include "mem.h"
#include "minimize.h"
#include "minimize_oracle.h"
#include "options.h"
#include "owner.h"
#include "state_place.h"
#include "store_show.h"
#include "triage.h"

static struct {
    const char *target, *state, *duplicate_of;
    bool open, force, fixed, wontfix, reopen;
} chosen;

static const struct option_def options[] = {
    {"target", OPTION_TEXT, "T", "the target that an input belongs to", &chosen.target, 0},
    {"open", OPTION_FLAG, NULL, "the bug stays for now: the regression test expects it",
     &chosen.open, 0},
    {"force", OPTION_FLAG, NULL, "even if it isn't minimal, or doesn't fail every time",
     &chosen.force, 0},
    {"state", OPTION_TEXT, "DIR", "the store's directory (default: BUILD/campaign)", &chosen.state,
     0},
    {"fixed", OPTION_FLAG, NULL, "the reproducer, or issue, is mended: it must be quiet now",
     &chosen.fixed, 0},
    {"wontfix", OPTION_FLAG, NULL, "the issue stays as it is", &chosen.wontfix, 0},
    {"duplicate-of", OPTION_TEXT, "ID", "the issue is the same mistake as another",
     &chosen.duplicate_of, 0},
    {"reopen", OPTION_FLAG, NULL, "the issue was laid aside, and is to be looked at again",
     &chosen.reopen, 0},
};

static const struct command command = {
    .name = "curate",
    .synopsis = "CRASH [--open] | SLUG --fixed | ISSUE --wontfix | --duplicate-of ID | --reopen",
    .purpose =
        "Makes a crash a reproducer, crashes/reproducers/<target>/<slug>/, which the regression\n"
        "test runs from then on: `ledge replay --regress` and ctest fail as long as it fails.\n"
        "CRASH is a directory that `ledge minimize` wrote, an id of the store (`ledge show`), or "
        "an\n"
        "input; the latter two are minimized first. It must be minimal, and fail in the same way\n"
        "in each of 20 runs. With --open the regression test expects the failure instead, until\n"
        "the reproducer is marked with --fixed.",
    .notes = "  ledge curate crashes/new/vec-insert-8c11\n"
             "  ledge curate issue-3 --open\n"
             "  ledge curate insert-heap-buffer-overflow-8c11 --fixed\n"
             "  ledge curate issue-4 --duplicate-of issue-3\n\n"
             "Where there is a store, the issue's state there follows.\n\n"
             "exit: 0 done, or it was so already; 1 it does not fail, or is not quiet, or is not\n"
             "minimal; 2 usage; 3 it could not be run or written, or the state does not allow it",
    .options = options,
    .options_len = sizeof options / sizeof options[0],
};

struct session {
    const struct manifest *manifest;
    struct runner *runner;
    char *state;         /* of the store */
    struct store *store; /* NULL: there is none */
    char *made;          /* a temporary directory, or NULL */
};

/* The store, if there is one; --state makes one. */
static bool open_store(struct session *session, struct fail *why)
{
    session->state = state_place(chosen.state, session->manifest->path, why);
    if (!session->state)
        return false;
    if (!chosen.state && !store_exists(session->state))
        return true;
    session->store = store_open(session->state, STORE_WRITE, why);
    return session->store != NULL;
}

static bool open_session(struct session *session, const struct arguments *arguments,
                         struct fail *why)
{
    session->manifest = manifest_load(arguments->manifest, why);
    session->runner = session->manifest ? runner_new(session->manifest, why) : NULL;
    return session->runner && open_store(session, why);
}

static void close_session(struct session *session)
{
    if (session->made)
        dir_remove(session->made);
    free(session->made);
    free(session->state);
    store_close(session->store);
    runner_free(session->runner);
    manifest_free(session->manifest);
}

/* The issue that an id means; 0 and *why when there is none. */
static int64_t issue_of(struct session *session, const char *text, struct fail *why)
{
    struct show_ref ref;
    if (!session->store) {
        fail_set(why, "name a store: --state DIR", "there is no store in %s", session->state);
        return 0;
    }
    if (!show_find(session->store, text, &ref, why))
        return 0;
    if (ref.kind == SHOW_CRASH) {
        struct show_ref crash = ref;
        json_t *thing = show_thing(session->store, &crash, why);
        const char *issue = json_string_value(json_object_get(thing, "issue"));
        bool found = issue && show_find(session->store, issue, &ref, why);
        json_decref(thing);
        if (found)
            return ref.id;
        fail_set(why, "the next `ledge fuzz` names what has no name yet",
                 "crash-%lld belongs to no issue", (long long)crash.id);
        return 0;
    }
    if (ref.kind == SHOW_ISSUE)
        return ref.id;
    fail_set(why, "name an issue or a crash", "%s is neither an issue nor a crash", text);
    return 0;
}

/* --- Making a reproducer -------------------------------------------------------------------- */

static int not_reproduced(const char *path, const struct minimized *minimized)
{
    if (minimized->end == MINIMIZE_CLEAN)
        fprintf(stderr, "ledge: %s does not fail: it ran clean under %s\n", path, minimized->tried);
    else
        fprintf(stderr, "ledge: %s fails the same way in only %u of %u runs under %s\n", path,
                minimized->hits, minimized->tries, minimized->build->sanitizer);
    fprintf(stderr, "  only what fails every time can be a reproducer\n");
    return EXIT_FOUND;
}

/* Minimizes an input into a temporary directory, session->made. Returns the exit code. */
static int minimize_first(struct session *session, const struct target *target, const char *path)
{
    struct minimize_request request = {.target = target, .path = path, .live = stderr};
    struct minimized minimized;
    struct kept kept;
    struct fail why;
    if (!minimize_run(session->runner, &request, &minimized, &why)) {
        fail_print(&why);
        return EXIT_CANNOT;
    }
    int code = EXIT_FINE;
    if (stop_wanted()) {
        code = 128 + stop_wanted();
    } else if (minimized.end != MINIMIZE_DONE) {
        code = not_reproduced(path, &minimized);
    } else {
        session->made = dir_temporary(&why);
        bool ok = session->made &&
                  minimize_keep(session->runner, target, &minimized, session->made, &kept, &why);
        if (ok)
            kept_free(&kept);
        else
            fail_print(&why);
        code = ok ? EXIT_FINE : EXIT_CANNOT;
    }
    minimize_free(&minimized);
    return code;
}

/* Finds the directory of a result that the argument means, minimizing first where it is none; for
 * free(). NULL: the exit code is *code. */
static char *result_of(struct session *session, const char *text, int *code)
{
    struct fail why;
    struct store_issue issue = {0};
    char *report = mem_print("%s/report.json", text), *path = NULL;
    const struct target *target = NULL;
    bool is_result = path_is_file(report);
    free(report);
    if (is_result)
        return mem_text(text);
    *code = EXIT_CANNOT;
    if (path_is_file(text)) {
        target = owner_of(session->manifest, text, chosen.target, &why);
        path = target ? mem_text(text) : NULL;
    } else {
        int64_t id = issue_of(session, text, &why);
        if (id && store_issue(session->store, id, &issue, &why)) {
            target = manifest_target(session->manifest, issue.target, &why);
            path = target ? mem_text(issue.minimized ? issue.minimized : issue.artifact) : NULL;
            if (target && !path)
                fail_set(&why, "find an input that shows it first",
                         "issue-%lld is known from a log alone", (long long)id);
        }
        store_issue_free(&issue);
    }
    if (!path)
        fail_print(&why);
    else
        *code = minimize_first(session, target, path);
    free(path);
    return *code == EXIT_FINE ? mem_text(session->made) : NULL;
}

/* The store follows. What it doesn't know it learns only when it was named. */
static bool record(struct session *session, const struct candidate *candidate,
                   const char *directory, struct fail *why)
{
    char *bytes, *input = mem_print("%s/input", directory), *full = realpath(directory, NULL);
    size_t len;
    int64_t issue;
    if (!session->store || !file_read(input, &bytes, &len, why)) {
        free(input);
        free(full);
        return !session->store;
    }
    struct ingest_result result = {.runner = session->runner,
                                   .target = candidate->target,
                                   .input = input,
                                   .build = candidate->build,
                                   .crash = &candidate->crash,
                                   .bytes = bytes,
                                   .len = len};
    bool ok = ingest_minimized(session->store, &result, chosen.state != NULL, &issue, why) &&
              (issue == 0 || store_curated(session->store, issue, full ? full : directory, why));
    free(bytes);
    free(input);
    free(full);
    return ok;
}

static void print_done(const struct candidate *candidate, const char *directory, bool there,
                       bool json)
{
    if (json) {
        json_t *root = json_object();
        json_put(root, "directory", json_text(directory));
        json_put(root, "there", json_boolean(there));
        json_put(root, "target", json_text(candidate->target->name));
        json_put(root, "build", json_text(candidate->build->sanitizer));
        json_put(root, "expect", json_text(chosen.open ? "open" : "quiet"));
        json_put(root, "hits", json_integer(candidate->hits));
        json_put(root, "tries", json_integer(candidate->tries));
        describe_json(root, &candidate->crash);
        json_print(root);
        json_decref(root);
        return;
    }
    char *line = describe_crash(candidate->build->sanitizer, &candidate->crash);
    printf("  %s  (%u/%u)\n  %s/%s\n", line, candidate->hits, candidate->tries, directory,
           there ? "  (was there already)" : "");
    free(line);
}

/* What forbids it to be a reproducer; EXIT_FINE when nothing does. */
static int judge(const struct candidate *candidate)
{
    const char *path = candidate->directory;
    if (candidate->hits == 0)
        fprintf(stderr,
                "ledge: %s does not fail as its report says: 0 of %u runs under %s\n"
                "  a reproducer of what is mended already is made from before the change; or "
                "minimize it anew\n",
                path, candidate->tries, candidate->build->sanitizer);
    else if (candidate->hits < candidate->tries && !chosen.force)
        fprintf(stderr,
                "ledge: %s fails in only %u of %u runs under %s\n"
                "  --force keeps it all the same; the regression test may then miss it\n",
                path, candidate->hits, candidate->tries, candidate->build->sanitizer);
    else if (!candidate->minimal && !chosen.force)
        fprintf(stderr,
                "ledge: %s is not minimal: minimizing was interrupted\n"
                "  `ledge minimize %s/input` goes on with it; --force keeps it as it is\n",
                path, path);
    else
        return EXIT_FINE;
    return EXIT_FOUND;
}

static int place(struct session *session, const struct candidate *candidate, bool json)
{
    struct fail why;
    char *directory;
    bool there;
    int code = judge(candidate);
    if (code != EXIT_FINE)
        return code;
    if (!curate_place(session->manifest, candidate, chosen.open ? "open" : "quiet", &directory,
                      &there, &why)) {
        fail_print(&why);
        return EXIT_CANNOT;
    }
    print_done(candidate, directory, there, json);
    if (!record(session, candidate, directory, &why)) {
        fail_print(&why);
        code = EXIT_CANNOT;
    }
    free(directory);
    return code;
}

static int curate(struct session *session, const char *text, bool json)
{
    struct candidate candidate;
    struct fail why;
    int code = EXIT_CANNOT;
    char *result = result_of(session, text, &code);
    if (!result)
        return code;
    if (curate_check(session->manifest, session->runner, result, &candidate, &why)) {
        code = stop_wanted() ? 128 + stop_wanted() : place(session, &candidate, json);
        candidate_free(&candidate);
    } else {
        fail_print(&why);
        code = EXIT_CANNOT;
    }
    free(result);
    return code;
}

/* --- What became of it ---------------------------------------------------------------------- */

/* Says under which builds a reproducer still fails; 0: it is quiet. */
static bool count_failures(struct session *session, const struct target *target,
                           const char *directory, size_t *failures, struct fail *why)
{
    struct triage triage;
    char *input = mem_print("%s/input", directory);
    *failures = 0;
    bool ok = triage_input(session->runner, target, input, &triage, why);
    for (size_t i = 0; ok && i < triage.len; i++) {
        if (!triage.verdicts[i].crash.found)
            continue;
        char *line = describe_crash(triage.verdicts[i].sanitizer, &triage.verdicts[i].crash);
        fprintf(stderr, "  still fails: %s\n", line);
        free(line);
        ++*failures;
    }
    if (ok)
        triage_free(&triage);
    free(input);
    return ok;
}

/* The reproducer's directory, by its own name or by its issue's; for free(). */
static char *reproducer_of(struct session *session, const char *text, struct fail *why)
{
    struct fail ignored;
    struct store_issue issue = {0};
    char *directory = curate_find(session->manifest, text, why);
    int64_t id = directory || !session->store ? 0 : issue_of(session, text, &ignored);
    if (id && store_issue(session->store, id, &issue, why)) {
        directory = mem_text(issue.reproducer);
        if (!directory)
            fail_set(why, "`ledge curate` makes it one", "issue-%lld has no reproducer yet",
                     (long long)id);
    }
    store_issue_free(&issue);
    return directory;
}

static bool move_fixed(struct session *session, const char *directory, const char *target,
                       struct fail *why)
{
    json_t *report = curate_report(directory, why);
    const char *signature = json_string_value(json_object_get(report, "signature"));
    int64_t issue =
        session->store && signature ? store_known(session->store, target, signature) : 0;
    json_decref(report);
    return issue == 0 || store_move(session->store, issue, "fixed", "its reproducer is quiet", why);
}

static void print_fixed(const char *directory, size_t failures, bool json)
{
    if (json) {
        json_t *root = json_object();
        json_put(root, "directory", json_text(directory));
        json_put(root, "fixed", json_boolean(failures == 0));
        json_put(root, "failures", json_integer((json_int_t)failures));
        json_print(root);
        json_decref(root);
    } else if (failures == 0) {
        printf("  %s is quiet, and has to stay so\n", directory);
    }
    if (failures)
        fprintf(stderr, "ledge: %s is not fixed: it fails under %zu build%s\n", directory, failures,
                failures == 1 ? "" : "s");
}

static int mark_fixed(struct session *session, const char *text, bool json, struct fail *why)
{
    size_t failures = 0;
    char *directory = reproducer_of(session, text, why);
    json_t *report = directory ? curate_report(directory, why) : NULL;
    const char *name = json_string_value(json_object_get(report, "target"));
    const struct target *target =
        report ? manifest_target(session->manifest, name ? name : "", why) : NULL;
    bool ok = target && count_failures(session, target, directory, &failures, why);
    if (failures == 0)
        ok = ok && curate_expect(directory, "quiet", why) &&
             move_fixed(session, directory, target->name, why);
    if (ok)
        print_fixed(directory, failures, json);
    json_decref(report);
    free(directory);
    return !ok ? EXIT_CANNOT : failures ? EXIT_FOUND : EXIT_FINE;
}

static bool move_issue(struct session *session, int64_t issue, struct fail *why)
{
    if (chosen.wontfix)
        return store_move(session->store, issue, "wontfix", "said by a person", why);
    if (chosen.reopen)
        return store_move(session->store, issue, "reproduced", "said by a person", why);
    int64_t original = issue_of(session, chosen.duplicate_of, why);
    return original && store_duplicate(session->store, issue, original, why);
}

static void print_status(const struct store_issue *issue, bool json)
{
    char *id = mem_print("issue-%lld", (long long)issue->id);
    if (json) {
        json_t *root = json_object();
        json_put(root, "id", json_text(id));
        json_put(root, "status", json_text(issue->status));
        json_print(root);
        json_decref(root);
    } else {
        printf("  %s is %s now\n", id, issue->status);
    }
    free(id);
}

static bool mark_issue(struct session *session, const char *text, bool json, struct fail *why)
{
    int64_t issue = issue_of(session, text, why);
    struct store_issue now;
    if (!issue || !move_issue(session, issue, why) ||
        !store_issue(session->store, issue, &now, why))
        return false;
    print_status(&now, json);
    store_issue_free(&now);
    return true;
}

static int run(struct session *session, const struct arguments *arguments)
{
    const char *text = arguments->at[0];
    struct fail why;
    if (!chosen.fixed && !chosen.wontfix && !chosen.reopen && !chosen.duplicate_of)
        return curate(session, text, arguments->json);
    int code = chosen.fixed ? mark_fixed(session, text, arguments->json, &why)
               : mark_issue(session, text, arguments->json, &why) ? EXIT_FINE
                                                                  : EXIT_CANNOT;
    if (code == EXIT_CANNOT)
        fail_print(&why);
    return code;
}

static int check_usage(const struct arguments *arguments)
{
    int marks = chosen.fixed + chosen.wontfix + chosen.reopen + (chosen.duplicate_of != NULL);
    if (arguments->len != 1)
        return usage_error("curate", arguments->len ? "one at a time" : "which crash?");
    if (marks > 1)
        return usage_error("curate",
                           "--fixed, --wontfix, --duplicate-of and --reopen exclude each other");
    if (marks && (chosen.open || chosen.force))
        return usage_error("curate", "--open and --force are for making a reproducer");
    return -1;
}

int cmd_curate(int argc, char **argv)
{
    struct arguments arguments;
    struct fail why;
    struct session session = {0};
    int code = options_parse(&command, argc, argv, &arguments);
    if (code < 0)
        code = check_usage(&arguments);
    if (code >= 0)
        return code;
    if (open_session(&session, &arguments, &why)) {
        stop_watch(true);
        code = run(&session, &arguments);
        stop_watch(false);
    } else {
        fail_print(&why);
        code = EXIT_CANNOT;
    }
    close_session(&session);
    return code;
}
