/* `ledge triage`: how many bugs are these, what is each, which first. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <uv.h>

#include "commands.h"
#include "describe.h"
#include "files.h"
#include "ingest.h"
#include "mem.h"
#include "minimize_command.h"
#include "options.h"
#include "proc.h"
#include "record.h"
#include "triage_output.h"

static struct {
    const char *target, *command, *format, *out, *state;
    unsigned runs, top, timeout, exit_code;
    bool log, input, explain;
} chosen = {.runs = TRIAGE_RUNS};

static const struct option_def options[] = {
    {"target", OPTION_TEXT, "T", "the target that inputs belong to", &chosen.target, 0},
    {"cmd", OPTION_TEXT, "COMMAND", "any program that inputs belong to: 'prog --flag @@'",
     &chosen.command, 0},
    {"timeout", OPTION_NUMBER, "MS", "with --cmd: a run that takes longer hangs (default 5000)",
     &chosen.timeout, 1},
    {"exit-code", OPTION_NUMBER, "N", "with --cmd: a run that ends with it fails, report or not",
     &chosen.exit_code, 1},
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
    .synopsis = "PATH… [--target T | --cmd COMMAND] [--format F] [--explain]",
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
        "With --cmd every file is run by that program; @@ is its path, without it the program "
        "reads\n"
        "stdin. A libFuzzer binary of your own is such a program: --cmd './fuzz_it @@'. Build it "
        "with\n"
        "-g -fsanitize=address,undefined if you can: of a bare signal only the signal is known. "
        "Else\n"
        "valgrind names it: --cmd 'valgrind -q --error-exitcode=9 ./prog @@' --exit-code 9 "
        "--timeout\n"
        "60000; or gdb: --cmd \"sh -c 'gdb -batch -ex run -ex bt --args ./prog @@ >&2; exit 1'\".\n"
        "What $ASAN_OPTIONS and its like say counts: detect_leaks=0 for one that always leaks.\n"
        "\n"
        "--json is an array with an element for each file: file, crash_type, crash_address, "
        "crash_state\n"
        "(lines joined by \\n), security, class (\"none\": no crash), signature, sanitizer, "
        "confidence,\n"
        "severity, position, runs, reproduced, summaries, stacks …; null is what isn't "
        "known.\n"
        "--ignore FILE has a rule on each line: the name of a function (the whole of it; * is any "
        "text),\n"
        "`module NAME`, `source PART` of a path, or `keep NAME`, which no other rule leaves out.\n"
        "\n"
        "  ledge triage build/campaign/crashes         what did the campaign find?\n"
        "  ledge triage out --cmd './prog @@'          inputs of a program of your own\n"
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
    const struct manifest *manifest; /* NULL: none is needed for logs and commands */
    struct manifest bare;            /* stands in for it */
    struct runner *runner;
    struct command_target command;
    struct entry_reader reader;
    struct ingest *ingest; /* NULL: nothing is kept */
    size_t kept, kept_new; /* crashes in the store, and how many of them are new there */
    size_t inputs;         /* files that were replayed */
    bool live;             /* on a terminal */
    uint64_t told;         /* when progress was shown */
    bool failed, lost;     /* lost: the store, or the disk, takes nothing more */
};

static bool make_command(struct session *session, struct fail *why)
{
    struct command_options own = {.timeout_ms = chosen.timeout, .exit_code = chosen.exit_code};
    if (!chosen.command)
        return true;
    session->reader.command = &session->command.target;
    return command_target_make(chosen.command, &own, &session->command, why);
}

static bool open_session(struct session *session, const struct arguments *arguments,
                         struct fail *why)
{
    session->manifest = manifest_load(arguments->manifest, &session->manifest_why);
    if (!session->manifest && arguments->manifest) {
        *why = session->manifest_why; /* logs can be read without; a named one must be there */
        return false;
    }
    session->bare = command_manifest();
    session->runner = runner_new(session->manifest ? session->manifest : &session->bare, why);
    if (!session->runner)
        return false;
    session->reader = (struct entry_reader){
        .manifest = session->manifest,
        .manifest_why = &session->manifest_why,
        .runner = session->runner,
        .symbolizer = runner_symbolizer(session->runner),
        .target = chosen.target,
        .logs = chosen.log,
        .inputs = chosen.input,
        .runs = chosen.runs,
    };
    return make_command(session, why);
}

static void close_session(struct session *session)
{
    command_target_free(&session->command);
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

/* Always on a terminal, else a line now and then. */
static void show_progress(struct session *session, size_t done, size_t all)
{
    uint64_t now = uv_hrtime();
    uint64_t pause = session->live ? UINT64_C(100000000) : UINT64_C(10000000000);
    if (done == all && session->live)
        fputs("\r\033[K", stderr);
    if (done == all || now - session->told < pause)
        return;
    session->told = now;
    fprintf(stderr, session->live ? "\r%zu of %zu files\033[K" : "%zu of %zu files\n", done, all);
}

static void complain_of_unowned(const struct entry *entry)
{
    struct fail why;
    fail_set(&why,
             "if it is an input, name what reads it: --target T (`ledge targets` lists them), or "
             "--cmd 'prog @@'",
             "%s: no log, and nothing tells which target this is an input of", entry->file);
    fail_print(&why);
}

static bool keep(struct session *session, const struct entry *entry, struct fail *why)
{
    struct ingested ingested;
    if (!session->ingest)
        return true;
    if (!ingest_entry(session->ingest, entry, &ingested, why))
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
    session->inputs += entry.kind == ENTRY_INPUT;
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
    session->live = isatty(STDERR_FILENO) && paths->len > 1;
    session->told = uv_hrtime();
    size_t done = 0;
    while (done < paths->len && !proc_interrupted() && !session->lost) {
        session->failed |= !triage_one(session, output, paths->at[done]);
        show_progress(session, ++done, paths->len);
    }
    if (done < paths->len)
        fprintf(stderr, "ledge: only %zu of %zu files were looked at\n", done, paths->len);
}

static void say_kept(const struct session *session)
{
    char *state = describe_word(chosen.state);
    fprintf(stderr, "%zu crash%s in %s (%zu new): `ledge show --state %s`\n", session->kept,
            session->kept == 1 ? "" : "es", chosen.state, session->kept_new, state);
    free(state);
}

/* Somebody's inputs, taken for logs, would seem to be well. */
static void wonder(const struct session *session)
{
    struct fail why;
    if (session->inputs > 0 || session->failed || chosen.log)
        return;
    fail_set(&why,
             "if they are inputs, name what reads them: --target T (`ledge targets` lists them), "
             "or --cmd 'prog @@'",
             "no file here is a report of a crash");
    fail_print(&why);
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
        say_kept(session);
    bool found = triage_output_found(output);
    if (!found && paths.len > 0)
        wonder(session);
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
    if (chosen.command && (chosen.target || chosen.log))
        return usage_error("triage", "--cmd stands instead of --target and --log");
    if (!chosen.command && (chosen.timeout || chosen.exit_code))
        return usage_error("triage", "--timeout and --exit-code belong to --cmd");
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
    if (!open_session(&session, &arguments, &why))
        fail_print(&why);
    else if (chosen.state && !(session.ingest = ingest_open(chosen.state, &why)))
        fail_print(&why);
    else
        code = triage_paths(&session, &arguments);
    ingest_close(session.ingest);
    close_session(&session);
    return code;
}
