/* main.c: the command line of `ledge`: which command, and what they all need. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "commands.h"
#include "fail.h"
#include "proc.h"

#ifndef LEDGE_VERSION
#error "LEDGE_VERSION is set by tools/CMakeLists.txt"
#endif

static const struct entry {
    const char *name;
    int (*run)(int argc, char **argv);
    const char *help;
} commands[] = {
    {"fuzz", cmd_fuzz, "run a campaign: both engines, all sanitizers, one corpus"},
    {"triage", cmd_triage, "say what each crash is: type, place, class, security, signature"},
    {"minimize", cmd_minimize, "the smallest input with the same signature, and a C program"},
    {"curate", cmd_curate, "make a crash a reproducer that the regression test runs"},
    {"replay", cmd_replay, "run inputs under every build; --regress runs all there are"},
    {"show", cmd_show, "what the store knows: the issues, or all of one thing"},
    {"verify", cmd_verify, "find what was changed in the store since ledge wrote it"},
    {"corpus", cmd_corpus, "distil a corpus, or add to it what brings something new"},
    {"cover", cmd_cover, "what the corpora reach: lines, branches, statuses, cells"},
    {"targets", cmd_targets, "list the targets and their builds"},
    {"bugs", cmd_bugs, "the planted bugs: is each found, named, shrunk and kept?"},
    {"bench", cmd_bench, "a command beside the tools people would use otherwise"},
    {"doctor", cmd_doctor, "say what is missing on this machine, and what installs it"},
};

enum { COMMANDS = sizeof commands / sizeof commands[0] };

static void print_help(void)
{
    printf("usage: ledge COMMAND [ARGUMENT…]\n\n"
           "Fuzz C code that handles raw memory; name, shrink and keep what is found.\n\n");
    for (size_t i = 0; i < COMMANDS; i++)
        printf("  %-10s %s\n", commands[i].name, commands[i].help);
    printf("\nA first session:\n"
           "  ledge doctor                      is everything here?\n"
           "  ledge fuzz vec --seconds 60       look for crashes in one target\n"
           "  ledge triage crash-5f3a           what is it?\n"
           "  ledge replay --regress            do all kept inputs still run clean?\n"
           "\nExit codes: 0 fine; 1 found something (a crash, a mismatch); 2 the command line is wrong;\n"
           "3 it could not be done (missing, unreadable, corrupt, disk full).\n"
           "`ledge COMMAND --help` tells more.\n");
}

/* The number of edits between two short words: enough to guess what a typing slip meant. */
static size_t edit_distance(const char *a, const char *b)
{
    enum { LONGEST = 31 };
    size_t row[LONGEST + 1];
    size_t a_len = strlen(a), b_len = strlen(b);
    if (a_len > LONGEST || b_len > LONGEST)
        return LONGEST;
    for (size_t j = 0; j <= b_len; j++)
        row[j] = j;
    for (size_t i = 1; i <= a_len; i++) {
        size_t diagonal = row[0];
        row[0] = i;
        for (size_t j = 1; j <= b_len; j++) {
            size_t best = diagonal + (a[i - 1] != b[j - 1]);
            diagonal = row[j];
            if (row[j] + 1 < best)
                best = row[j] + 1;
            if (row[j - 1] + 1 < best)
                best = row[j - 1] + 1;
            row[j] = best;
        }
    }
    return row[b_len];
}

static int unknown_command(const char *name)
{
    const char *nearest = NULL;
    size_t least = 3; /* further than two edits is no slip */
    for (size_t i = 0; i < COMMANDS; i++) {
        size_t distance = edit_distance(name, commands[i].name);
        if (distance < least) {
            least = distance;
            nearest = commands[i].name;
        }
    }
    fprintf(stderr, "ledge: there is no command '%s'\n", name);
    if (nearest)
        fprintf(stderr, "  did you mean `ledge %s`?\n", nearest);
    else
        fprintf(stderr, "  `ledge --help` lists the commands\n");
    return EXIT_USAGE;
}

/* Crashing is what our children do: a core file of each would fill the disk. */
static void forbid_core_files(void)
{
    struct rlimit none = {0, 0};
    if (getrlimit(RLIMIT_CORE, &none) == 0) {
        none.rlim_cur = 0;
        (void)setrlimit(RLIMIT_CORE, &none); /* lowering cannot fail */
    }
}

static int run_command(int argc, char **argv)
{
    for (size_t i = 0; i < COMMANDS; i++) {
        if (strcmp(argv[1], commands[i].name) != 0)
            continue;
        int code = commands[i].run(argc - 1, argv + 1);
        return proc_interrupted() ? 128 + proc_interrupted() : code;
    }
    return unknown_command(argv[1]);
}

static bool is_help(const char *word)
{
    return strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0 || strcmp(word, "help") == 0;
}

/* `ledge help corpus min` is `ledge corpus min --help`. */
static int help_with(int argc, char **argv)
{
    static char help[] = "--help";
    for (int i = 1; i < argc - 1; i++)
        argv[i] = argv[i + 1];
    argv[argc - 1] = help;
    return run_command(argc, argv);
}

int main(int argc, char **argv)
{
    forbid_core_files();
    int code = EXIT_FINE;
    if (argc < 2) {
        fprintf(stderr, "ledge: a command is missing\n  `ledge --help` lists the commands\n");
        return EXIT_USAGE;
    }
    if (is_help(argv[1]) && argc > 2)
        code = help_with(argc, argv);
    else if (is_help(argv[1]))
        print_help();
    else if (strcmp(argv[1], "--version") == 0)
        printf("ledge %s\n", LEDGE_VERSION);
    else
        code = run_command(argc, argv);
    if (fflush(stdout) != 0 || ferror(stdout)) {
        fprintf(stderr, "ledge: cannot write to standard output\n"
                        "  is the disk full that it goes to?\n");
        return EXIT_CANNOT;
    }
    return code;
}
