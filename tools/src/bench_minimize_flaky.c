/* A program of its own that fails only sometimes: no planted bug does. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bench_minimize.h"
#include "files.h"
#include "mem.h"
#include "minimize_command.h"
#include "proc.h"
#include "sanitizer.h"

enum { LINES = 60, COUNTED = 400, FLAKY_TIMEOUT_MS = 2000 };

/* Three items in one list are one too many, in LEDGE_PERCENT of the runs. */
static const char source[] =
    "#include <assert.h>\n"
    "#include <stdio.h>\n"
    "#include <stdlib.h>\n"
    "#include <string.h>\n"
    "#include <sys/random.h>\n"
    "static unsigned percent(void)\n"
    "{\n"
    "    unsigned number = 0;\n"
    "    const char *chosen = getenv(\"LEDGE_PERCENT\");\n"
    "    return getrandom(&number, sizeof number, 0) == sizeof number && chosen &&\n"
    "           number % 100 < (unsigned)atoi(chosen);\n"
    "}\n"
    "static void add_item(unsigned items)\n"
    "{\n"
    "    assert(items < 3 || !percent());\n"
    "}\n"
    "int main(int argc, char **argv)\n"
    "{\n"
    "    char line[256];\n"
    "    unsigned items = 0, open = 0;\n"
    "    FILE *file = argc > 1 ? fopen(argv[1], \"r\") : NULL;\n"
    "    while (file && fgets(line, sizeof line, file)) {\n"
    "        if (strncmp(line, \"list\", 4) == 0)\n"
    "            items = 0, open = 1;\n"
    "        else if (open && strncmp(line, \"item \", 5) == 0 && ++items == 3)\n"
    "            add_item(items);\n"
    "    }\n"
    "    return 0;\n"
    "}\n";

static char *make_input(void)
{
    char *text = mem_text("");
    for (unsigned i = 0; i < LINES; i++) {
        const char *format = i == 5 || i == 40                 ? "%slist number %u\n"
                             : i > 40 && i % 4 == 0 && i <= 52 ? "%sitem %u of the list\n"
                                                               : "%s# line %u says nothing\n";
        char *longer = mem_print(format, text, i);
        free(text);
        text = longer;
    }
    return text;
}

/* Compiles it; false: it doesn't compile, or there is no such compiler. */
static bool compile(const struct contest *contest, const char *compiler, const char *program,
                    struct fail *why)
{
    char *path = mem_print("%s/flaky.c", contest->place);
    const char *const argv[] = {compiler, "-O1", "-o", program, path, NULL};
    struct proc_spec spec = {.argv = argv, .timeout_ms = 60000};
    struct proc_result ended;
    bool ok = file_put(path, source, sizeof source - 1, why) && proc_must(&spec, &ended, why);
    if (ok)
        proc_result_free(&ended);
    free(path);
    return ok;
}

/* How often the file at path fails in the way that is wanted. */
static bool count(const struct contest *contest, const struct command_target *command,
                  const struct crash *want, const char *path, struct count *out, struct fail *why)
{
    *out = (struct count){0};
    for (unsigned i = 0; i < COUNTED; i++) {
        struct run_result result;
        if (!runner_run(contest->runner, &command->target, &command->build, path, &result, why))
            return false;
        out->tries++;
        out->hits += crash_same(&result.crash, want);
        run_result_free(&result);
    }
    return true;
}

static bool run_ours(const struct contest *contest, const struct command_target *command,
                     const char *input, struct crash *crash, struct flaky_row *row,
                     struct fail *why)
{
    char *path = mem_print("%s.ours", input);
    struct minimize_request request = {
        .target = &command->target, .path = input, .seconds = contest->seconds};
    struct minimized minimized;
    bool ok = minimize_run(contest->runner, &request, &minimized, why);
    if (ok && !minimized.bytes)
        ok = fail_set(why, "", "the flaky input never failed");
    if (ok) {
        row->before = minimized.bytes_before;
        row->ours = minimized.bytes_len;
        row->calls = minimized.runs;
        row->seconds = minimized.seconds_in_all;
        *crash = minimized.crash;
        minimized.crash = (struct crash){0}; /* moved */
        ok = file_put(path, minimized.bytes, minimized.bytes_len, why) &&
             count(contest, command, crash, input, &row->rate_before, why) &&
             count(contest, command, crash, path, &row->rate_ours, why);
        minimize_free(&minimized);
    }
    free(path);
    return ok;
}

/* afl-tmin needs a program of its own compiler; without it there is no peer. */
static bool run_peer(const struct contest *contest, const struct command_target *command,
                     const struct crash *crash, const char *input, struct flaky_row *row,
                     struct fail *why)
{
    const char *slash =
        contest->manifest->afl_fuzz ? strrchr(contest->manifest->afl_fuzz, '/') : NULL;
    if (!slash)
        return true;
    char *compiler = mem_print("%.*s/afl-clang-fast", (int)(slash - contest->manifest->afl_fuzz),
                               contest->manifest->afl_fuzz);
    char *program = mem_print("%s/flaky-afl", contest->place);
    char *result = mem_print("%s.afl", input);
    bool ok = compile(contest, compiler, program, why) &&
              contest_tmin(contest, program, input, result, &row->peer_seconds, why);
    char *bytes;
    if (ok && access(result, R_OK) == 0) {
        ok = file_read(result, &bytes, &row->peer, why) &&
             count(contest, command, crash, result, &row->rate_peer, why);
        if (ok)
            free(bytes);
    }
    free(result);
    free(program);
    free(compiler);
    return ok;
}

static bool run(const struct contest *contest, const struct command_target *command,
                struct flaky_row *row, struct fail *why)
{
    char *input = mem_print("%s/flaky-%u", contest->place, row->percent);
    char *text = make_input();
    struct crash crash = {0};
    bool ok = file_put(input, text, strlen(text), why) &&
              run_ours(contest, command, input, &crash, row, why) &&
              run_peer(contest, command, &crash, input, row, why);
    /* A peer's result that never fails is no result. */
    bool beaten = row->rate_peer.hits > 0 && row->peer < row->ours;
    row->holds = ok && !beaten && row->ours < row->before && row->rate_ours.hits > 0 &&
                 !count_drops(row->rate_before, row->rate_ours);
    crash_free(&crash);
    free(text);
    free(input);
    return ok;
}

void contest_flaky(const struct contest *contest, unsigned percent, struct flaky_row *row)
{
    *row = (struct flaky_row){.percent = percent};
    char *program = mem_print("%s/flaky", contest->place);
    char *line = mem_print("'%s' @@", program), *number = mem_print("%u", percent);
    struct command_options options = {.timeout_ms = FLAKY_TIMEOUT_MS};
    struct command_target command;
    const char *compiler = contest->manifest->targets[0].repro_cc;
    setenv("LEDGE_PERCENT", number, 1);
    if (compile(contest, compiler ? compiler : "cc", program, &row->why) &&
        command_target_make(line, &options, &command, &row->why)) {
        if (run(contest, &command, row, &row->why))
            row->why = (struct fail){0};
        command_target_free(&command);
    }
    unsetenv("LEDGE_PERCENT");
    free(number);
    free(line);
    free(program);
}
