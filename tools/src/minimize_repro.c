/* The C program: the replayer writes it, the manifest says how to compile it, the runner runs it.
 */
#include <stdlib.h>
#include <string.h>

#include "mem.h"
#include "minimize.h"
#include "proc.h"

enum { COMPILE_MS = 120 * 1000 };

bool repro_emit(const struct target *target, const char *sanitizer, const char *input,
                char **source, bool *failed, struct fail *why)
{
    const struct build *replayer = target_build(target, "replay", sanitizer);
    size_t len;
    int code;
    if (!replayer)
        return fail_set(why, "build it: cmake --build --preset default", "%s has no %s replayer",
                        target->name, sanitizer);
    if (!replayer_ask(target, replayer, "--emit-c", input, source, &len, &code, why))
        return false;
    *failed = code == 0;
    if (code <= 1)
        return true;
    free(*source);
    return fail_set(why, "build it again: cmake --build --preset default",
                    "%s: the replayer %s cannot write the C program: exit code %d", target->name,
                    replayer->binary, code);
}

static const struct repro_flavour *find_flavour(const struct target *target, const char *sanitizer)
{
    for (size_t i = 0; i < target->repro_len; i++)
        if (strcmp(target->repro[i].sanitizer, sanitizer) == 0)
            return &target->repro[i];
    return NULL;
}

static size_t count(const char *const *list)
{
    size_t len = 0;
    while (list && list[len])
        len++;
    return len;
}

static const char **compile_command(const struct target *target,
                                    const struct repro_flavour *flavour, const char *source,
                                    const char *program)
{
    size_t cflags = count(target->repro_cflags), flags = count(flavour->flags), at = 0;
    const char **argv = mem_new(cflags + flags + 6, sizeof *argv);
    argv[at++] = target->repro_cc;
    for (size_t i = 0; i < cflags; i++)
        argv[at++] = target->repro_cflags[i];
    for (size_t i = 0; i < flags; i++)
        argv[at++] = flavour->flags[i];
    argv[at++] = "-o";
    argv[at++] = program;
    argv[at++] = source;
    argv[at++] = flavour->library;
    return argv;
}

char *repro_command(const struct target *target, const char *sanitizer)
{
    const struct repro_flavour *flavour = find_flavour(target, sanitizer);
    if (!flavour || !target->repro_cc)
        return NULL;
    const char **argv = compile_command(target, flavour, "repro.c", "repro");
    char *text = mem_text(argv[0]);
    for (size_t i = 1; i < count(argv); i++) {
        char *longer = mem_print("%s %s", text, argv[i]);
        free(text);
        text = longer;
    }
    free(argv);
    return text;
}

static bool compile(const struct target *target, const char *sanitizer, const char *source,
                    const char *program, struct fail *why)
{
    const struct repro_flavour *flavour = find_flavour(target, sanitizer);
    struct proc_result result;
    if (!flavour || !target->repro_cc)
        return fail_set(why, "build again, so that the manifest says how",
                        "the manifest does not say how to compile a C program for %s under %s",
                        target->name, sanitizer);
    const char **argv = compile_command(target, flavour, source, program);
    struct proc_spec spec = {.argv = argv, .timeout_ms = COMPILE_MS};
    bool ok = proc_must(&spec, &result, why);
    free(argv);
    if (ok)
        proc_result_free(&result);
    else
        snprintf(why->next, sizeof why->next,
                 "the compiler and its options are in the manifest, under \"repro\"");
    return ok;
}

bool repro_run(struct runner *runner, const struct target *target, const char *sanitizer,
               const char *source, const char *program, struct run_result *result, struct fail *why)
{
    /* It is run as a replayer that knows a single input; the path it is given tells it nothing. */
    const struct build build = {"replay", sanitizer, program};
    return compile(target, sanitizer, source, program, why) &&
           runner_run(runner, target, &build, source, result, why);
}
