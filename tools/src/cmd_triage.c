/* `ledge triage`: how many bugs are these, what is each, which first. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "commands.h"
#include "files.h"
#include "ingest.h"
#include "mem.h"
#include "options.h"
#include "proc.h"
#include "record.h"
#include "symbolize.h"
#include "triage_output.h"

static struct {
    const char *target, *format, *out, *state;
    unsigned runs, top;
    bool log, input, explain;
} chosen = {.runs = TRIAGE_RUNS};

static const struct option_def options[] = {
    {"target", OPTION_TEXT, "T", "the target that inputs belong to", &chosen.target, 0},
    {"log", OPTION_FLAG, NULL, "every file is a log, whatever it looks like", &chosen.log, 0},
    {"input", OPTION_FLAG, NULL, "every file is an input, whatever it looks like", &chosen.input,
     0},
    {"runs", OPTION_NUMBER, "N", "replay an input that doesn't fail every time N times (20)",
     &chosen.runs, 1},
    {"top", OPTION_NUMBER, "K", "show the K root causes to look at first (default: all)",
     &chosen.top, 1},
    {"explain", OPTION_FLAG, NULL, "the reason of each decision, every stack, the source",
     &chosen.explain, 0},
    {"format", OPTION_TEXT, "F", "text, json, sarif, casrep or markdown", &chosen.format, 0},
    {"out", OPTION_TEXT, "DIR", "write casreps there, a file each", &chosen.out, 0},
    {"state", OPTION_TEXT, "DIR", "keep the crashes in this store, for `ledge show`", &chosen.state,
     0},
};

static const struct command command = {
    .name = "triage",
    .synopsis = "PATH… [--target T] [--format F] [--explain]",
    .purpose =
        "Says how many bugs a directory of crashes holds, what each is, and which to look at "
        "first.\n"
        "A file that looks like a report is parsed, whatever tool wrote it; an input of a target "
        "is\n"
        "replayed under every sanitizer, again if it doesn't fail every time, and named once.\n"
        "Directories are searched; '-' is a log on standard input. The words are ClusterFuzz's\n"
        "(crash_type, crash_state), with a class of our own.",
    .notes =
        "Files with one signature are one issue, and so is what different sanitizers say of one\n"
        "place. Issues whose stacks are alike are taken for one root cause; causes come in the\n"
        "order of their share of the failures times the weight of their severity.\n\n"
        "The target of an input is --target, or follows from where it lies: corpus/<target>/,\n"
        "crashes/…/<target>/, or a report.json beside it. Logs need neither a target nor a build.\n"
        "\n"
        "  ledge triage build/campaign/crashes         what did the campaign find?\n"
        "  ledge triage nightly.log --explain          why is it called that? where to look?\n"
        "  ./prog 2>&1 | ledge triage -                straight from a run\n"
        "  ledge triage logs --format sarif            for a code host\n"
        "  ledge triage logs --format casrep --out c   for CASR's tools\n"
        "  ledge triage crash-5f3a --format markdown   a bug report to paste\n"
        "  ledge triage inbox --state build/campaign   kept: `ledge show` knows them\n\n"
        "exit: 0 no crash; 1 a crash was named; 2 usage; 3 some file could not be triaged",
    .options = options,
    .options_len = sizeof options / sizeof options[0],
};

struct session {
    struct fail manifest_why;
    const struct manifest *manifest; /* NULL: none is needed for logs */
    struct runner *runner;
    struct symbolizer *own_symbolizer; /* without a runner */
    struct entry_reader reader;
    struct ingest *ingest; /* NULL: nothing is kept */
    size_t kept, kept_new; /* crashes in the store, and how many of them are new there */
    bool failed, lost;     /* lost: the store, or the disk, takes nothing more */
};

/* A build knows its symbolizer; without one, any that is installed will do. */
static const char *installed_symbolizer(void)
{
    const char *named = getenv("LLVM_SYMBOLIZER");
    return named && named[0]                                  ? named
           : access("/usr/bin/llvm-symbolizer-19", X_OK) == 0 ? "/usr/bin/llvm-symbolizer-19"
                                                              : "llvm-symbolizer";
}

static bool open_session(struct session *session, const struct arguments *arguments)
{
    session->manifest = manifest_load(arguments->manifest, &session->manifest_why);
    if (!session->manifest && arguments->manifest)
        return false; /* logs can be read without; a named one must be there */
    if (session->manifest)
        session->runner = runner_new(session->manifest, &session->manifest_why);
    else
        session->own_symbolizer = symbolizer_new(installed_symbolizer(), &session->manifest_why);
    session->reader = (struct entry_reader){
        .manifest = session->manifest,
        .manifest_why = &session->manifest_why,
        .runner = session->runner,
        .symbolizer =
            session->runner ? runner_symbolizer(session->runner) : session->own_symbolizer,
        .target = chosen.target,
        .logs = chosen.log,
        .inputs = chosen.input,
        .runs = chosen.runs,
    };
    return session->reader.symbolizer != NULL;
}

static void close_session(struct session *session)
{
    symbolizer_free(session->own_symbolizer);
    runner_free(session->runner);
    manifest_free(session->manifest);
}

/* --- Which files ---------------------------------------------------------------------------- */

/* Beside an input that was kept lie its program and its report: they aren't inputs. */
static bool belongs_to_input(const char *path)
{
    if (!record_is_part(path))
        return false;
    char *input = mem_print("%.*sinput", (int)(path_base(path) - path), path);
    bool belongs = path_is_file(input);
    free(input);
    return belongs;
}

static void drop_parts(struct paths *paths, size_t from)
{
    size_t kept = from;
    for (size_t i = from; i < paths->len; i++) {
        if (belongs_to_input(paths->at[i]))
            free(paths->at[i]);
        else
            paths->at[kept++] = paths->at[i];
    }
    paths->len = kept;
}

static bool find_files(const struct arguments *arguments, struct paths *paths)
{
    bool all = true;
    for (size_t i = 0; i < arguments->len; i++) {
        struct fail why;
        size_t from = paths->len;
        if (strcmp(arguments->at[i], "-") == 0) {
            paths_add(paths, mem_text("-"));
            continue;
        }
        if (!paths_find(paths, arguments->at[i], &why)) {
            fail_print(&why);
            all = false;
        }
        if (path_is_dir(arguments->at[i]))
            drop_parts(paths, from);
    }
    return all;
}

/* --- One after the other -------------------------------------------------------------------- */

static void show_progress(size_t done, size_t all, bool live)
{
    enum { EVERY = 16 };
    if (live && (done % EVERY == 0 || done == all))
        fprintf(stderr, done == all ? "\r\033[K" : "\r%zu/%zu files", done, all);
}

static void complain_of_unowned(const struct entry *entry)
{
    struct fail why;
    fail_set(&why, "if it is an input, name its target: --target T (`ledge targets` lists them)",
             "%s: no log, and nothing tells which target this is an input of", entry->file);
    fail_print(&why);
}

static bool keep(struct session *session, const struct entry *entry, struct fail *why)
{
    struct ingested ingested;
    if (!session->ingest)
        return true;
    if (!ingest_entry(session->ingest, session->manifest, entry, &ingested, why))
        return false;
    session->kept += ingested.crash != 0;
    session->kept_new += ingested.crash != 0 && !ingested.known;
    return true;
}

static bool triage_one(struct session *session, struct triage_output *output, const char *path)
{
    struct fail why;
    struct entry entry;
    if (!entry_read(&session->reader, path, &entry, &why)) {
        fail_print(&why);
        return false;
    }
    bool owned = !entry.unowned;
    if (!owned)
        complain_of_unowned(&entry);
    bool ok = keep(session, &entry, &why) && triage_output_add(output, &entry, &why);
    if (!ok) {
        fail_print(&why);
        session->lost = true; /* there is no place for what comes next either */
    }
    entry_free(&entry);
    return ok && owned;
}

static void triage_all(struct session *session, struct triage_output *output,
                       const struct paths *paths)
{
    bool live = isatty(STDERR_FILENO) && paths->len > 1;
    for (size_t i = 0; i < paths->len && !proc_interrupted() && !session->lost; i++) {
        session->failed |= !triage_one(session, output, paths->at[i]);
        show_progress(i + 1, paths->len, live);
    }
}

static int triage_paths(struct session *session, const struct arguments *arguments)
{
    struct fail why;
    struct paths paths = {0};
    struct triage_output_options shape = {
        .format = arguments->json ? "json" : chosen.format,
        .directory = chosen.out,
        .shown = {.root = session->manifest ? session->manifest->root : NULL,
                  .top = chosen.top,
                  .explain = chosen.explain},
    };
    struct triage_output *output = triage_output_new(&shape, &why);
    if (!output) {
        fail_print(&why);
        return EXIT_CANNOT;
    }
    session->failed = !find_files(arguments, &paths);
    triage_all(session, output, &paths);
    if (session->ingest)
        fprintf(stderr, "%zu crash%s in %s (%zu new): `ledge show --state %s`\n", session->kept,
                session->kept == 1 ? "" : "es", chosen.state, session->kept_new, chosen.state);
    bool found = triage_output_found(output);
    if (!triage_output_finish(output, !session->failed, &why)) {
        if (!session->lost)
            fail_print(&why); /* otherwise it has been said */
        session->failed = true;
    }
    paths_free(&paths);
    return session->failed ? EXIT_CANNOT : found ? EXIT_FOUND : EXIT_FINE;
}

static int check_usage(const struct arguments *arguments)
{
    if (arguments->len == 0)
        return usage_error("triage", "which files?");
    if (chosen.log && chosen.input)
        return usage_error("triage", "--log and --input exclude each other");
    if (chosen.format && !triage_output_knows(chosen.format))
        return usage_error("triage", "there is no format '%s'; there are %s", chosen.format,
                           "text, json, sarif, casrep and markdown");
    if (chosen.format && arguments->json && strcmp(chosen.format, "json") != 0)
        return usage_error("triage", "--json and --format %s exclude each other", chosen.format);
    if (chosen.out && (!chosen.format || strcmp(chosen.format, "casrep") != 0))
        return usage_error("triage", "--out goes with --format casrep");
    return -1;
}

int cmd_triage(int argc, char **argv)
{
    struct arguments arguments;
    int code = options_parse(&command, argc, argv, &arguments);
    if (code < 0)
        code = check_usage(&arguments);
    if (code >= 0)
        return code;
    struct session session = {0};
    struct fail why;
    code = EXIT_CANNOT;
    if (!open_session(&session, &arguments))
        fail_print(&session.manifest_why);
    else if (chosen.state && !(session.ingest = ingest_open(chosen.state, &why)))
        fail_print(&why);
    else
        code = triage_paths(&session, &arguments);
    ingest_close(session.ingest);
    close_session(&session);
    return code;
}
