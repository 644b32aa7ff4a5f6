/* bench.h: the benchmarks of `ledge bench`. Each sets a command of ours beside the tools that
 * people would use otherwise, on the same inputs, in the same run.
 *
 * A new one is a file bench_<name>.c with one function here and a line in cmd_bench.c. */
#ifndef LEDGE_TOOLS_BENCH_H
#define LEDGE_TOOLS_BENCH_H

struct bench {
    const char *name;
    const char *help; /* one line */
    /* Takes the arguments from its own name on and returns the exit code (fail.h): EXIT_FINE only
     * when every row holds, EXIT_FOUND when one doesn't. It reads them with options_parse, as a
     * command named "bench <name>". */
    int (*run)(int argc, char **argv);
};

int bench_corpus(int argc, char **argv);
int bench_minimize(int argc, char **argv);
int bench_triage(int argc, char **argv);

#endif
