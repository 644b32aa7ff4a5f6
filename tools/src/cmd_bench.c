#include <stdio.h>
#include <string.h>

#include "bench.h"
#include "commands.h"
#include "options.h"

static const struct bench benches[] = {
    {"corpus", "a corpus distilled, beside libFuzzer's -merge=1 and afl-cmin", bench_corpus},
    {"minimize", "what is left of long crashes, beside afl-tmin and libFuzzer", bench_minimize},
    {"triage", "megabytes of logs per second, beside grep; memory", bench_triage},
    {NULL, NULL, NULL},
};

static const char purpose[] =
    "Sets a command beside the tools that people would use otherwise: on the same inputs, in the "
    "same\nrun, with ratios. Each says what it measures, and has options of its own:\n"
    "`ledge bench NAME --help`.";

static void print_list(void)
{
    printf("usage: ledge bench NAME [OPTION…]\n\n%s\n\n", purpose);
    for (const struct bench *bench = benches; bench->name; bench++)
        printf("  %-10s %s\n", bench->name, bench->help);
    printf("\nexit: 0 every row holds; 1 some row doesn't; 2 usage; 3 it could not be run\n");
}

int cmd_bench(int argc, char **argv)
{
    const char *name = argc > 1 ? argv[1] : "";
    for (const struct bench *bench = benches; bench->name; bench++)
        if (strcmp(bench->name, name) == 0)
            return bench->run(argc - 1, argv + 1);
    if (strcmp(name, "--help") == 0) {
        print_list();
        return 0;
    }
    return name[0] ? usage_error("bench", "there is no benchmark '%s'", name)
                   : usage_error("bench", "which one?");
}
