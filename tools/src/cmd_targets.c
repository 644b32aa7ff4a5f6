#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "commands.h"
#include "fail.h"
#include "json.h"
#include "manifest.h"
#include "options.h"

static const struct command command = {
    .name = "targets",
    .synopsis = "[TARGET…]",
    .purpose = "Lists the targets the manifest knows, with their builds.",
    .notes = "A build in brackets is in the manifest, but its binary is not there yet.\n\n"
             "exit: 0 listed; 2 usage; 3 no manifest, or an unknown target",
};

static bool is_built(const struct build *build)
{
    return access(build->binary, X_OK) == 0;
}

static json_t *target_json(const struct target *target)
{
    json_t *builds = json_array();
    for (size_t i = 0; i < target->builds_len; i++) {
        const struct build *build = &target->builds[i];
        json_append(builds,
                    json_pack("{s:s, s:s, s:s, s:b}", "engine", build->engine, "sanitizer",
                              build->sanitizer, "binary", build->binary, "built", is_built(build)));
    }
    json_t *malloc_mb = target->malloc_mb ? json_integer(target->malloc_mb) : json_null();
    return json_pack("{s:s, s:i, s:b, s:s, s:s?, s:s?, s:s?, s:{s:i, s:i, s:i, s:o}, s:o}", "name",
                     target->name, "format_version", (int)target->format_version, "kit",
                     target->kit, "source", target->source, "corpus", target->corpus, "dictionary",
                     target->dictionary, "mutator", target->mutator, "limits", "timeout_ms",
                     (int)target->timeout_ms, "rss_mb", (int)target->rss_mb, "max_len",
                     (int)target->max_len, "malloc_mb", malloc_mb, "builds", builds);
}

static void print_engine(const struct target *target, const char *engine)
{
    bool any = false;
    for (size_t i = 0; i < target->builds_len; i++) {
        const struct build *build = &target->builds[i];
        if (strcmp(build->engine, engine) != 0)
            continue;
        printf(is_built(build) ? "%s%s" : "%s[%s]", any ? " " : "", build->sanitizer);
        any = true;
    }
    printf("%s\n", any ? "" : "-");
}

static void print_target(const struct target *target)
{
    printf("%s%s\n", target->name, target->kit ? "" : "  (not built on the kit)");
    printf("  source     %s\n", target->source);
    static const char *const engines[] = {"libfuzzer", "afl", "replay"};
    for (size_t i = 0; i < sizeof engines / sizeof engines[0]; i++) {
        printf("  %-10s ", engines[i]);
        print_engine(target, engines[i]);
    }
}

int cmd_targets(int argc, char **argv)
{
    struct arguments arguments;
    struct fail why;
    int code = options_parse(&command, argc, argv, &arguments);
    if (code >= 0)
        return code;
    const struct manifest *manifest = manifest_load(arguments.manifest, &why);
    const struct target **targets = NULL;
    size_t len = 0;
    if (!manifest ||
        !manifest_select(manifest, arguments.at, arguments.len, &targets, &len, &why)) {
        fail_print(&why);
        manifest_free(manifest);
        return EXIT_CANNOT;
    }
    json_t *all = json_array();
    for (size_t i = 0; i < len; i++) {
        if (arguments.json)
            json_append(all, target_json(targets[i]));
        else
            print_target(targets[i]);
    }
    if (arguments.json)
        json_print(all);
    json_decref(all);
    free(targets);
    manifest_free(manifest);
    return EXIT_FINE;
}
