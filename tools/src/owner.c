#include "owner.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "files.h"
#include "mem.h"
#include "report.h"

static const struct target *target_named(const struct manifest *manifest, const char *name,
                                         size_t len)
{
    for (size_t i = 0; i < manifest->targets_len; i++)
        if (strlen(manifest->targets[i].name) == len &&
            memcmp(manifest->targets[i].name, name, len) == 0)
            return &manifest->targets[i];
    return NULL;
}

/* The last directory of an absolute path that is named as a target, provided that one of the
 * directories is called corpus or crashes: a target's name alone ("view") may be any directory. */
static const struct target *from_directories(const struct manifest *manifest, const char *path)
{
    const struct target *found = NULL;
    bool kept = false;
    for (const char *at = path; (at = strchr(at, '/')) != NULL;) {
        at++;
        size_t len = strcspn(at, "/");
        if (at[len] == '\0')
            break;
        if ((len == 6 && memcmp(at, "corpus", len) == 0) ||
            (len == 7 && memcmp(at, "crashes", len) == 0))
            kept = true;
        const struct target *target = target_named(manifest, at, len);
        if (target)
            found = target;
    }
    return kept ? found : NULL;
}

static const struct target *from_report(const struct manifest *manifest, const char *path)
{
    size_t directory = (size_t)(path_base(path) - path);
    char *report = mem_print("%.*sreport.json", (int)directory, path);
    json_t *root = json_load_file(report, 0, NULL);
    free(report);
    const char *name = json_string_value(json_object_get(root, "target"));
    const struct target *target = name ? target_named(manifest, name, strlen(name)) : NULL;
    json_decref(root);
    return target;
}

const struct target *owner_of(const struct manifest *manifest, const char *path, const char *name,
                              struct fail *why)
{
    if (name)
        return manifest_target(manifest, name, why);
    char *absolute = realpath(path, NULL);
    const struct target *target = NULL;
    if (absolute)
        target = from_report(manifest, absolute);
    if (absolute && !target)
        target = from_directories(manifest, absolute);
    free(absolute);
    if (!target)
        fail_set(why, "name it: --target T (`ledge targets` lists them)",
                 "%s: nothing tells which target this is an input of", path);
    return target;
}

static bool is_readable_text(const char *bytes, size_t len)
{
    size_t odd = 0;
    for (size_t i = 0; i < len; i++) {
        unsigned char c = (unsigned char)bytes[i];
        if (c < ' ' && c != '\n' && c != '\r' && c != '\t' && c != '\033')
            odd++;
    }
    return odd <= len / 20; /* a program's own output may be in between */
}

/* A run that found nothing is a log as well. */
static bool is_engine_log(const char *bytes, size_t len)
{
    static const char *const marks[] = {"INFO: Seed: ", "INFO: Running with entropic",
                                        "ledge-run: "};
    for (size_t i = 0; i < sizeof marks / sizeof marks[0]; i++)
        if (memmem(bytes, len, marks[i], strlen(marks[i])))
            return true;
    return false;
}

bool looks_like_report(const char *bytes, size_t len)
{
    if (!is_readable_text(bytes, len))
        return false;
    struct report report;
    report_parse(bytes, len, &report);
    bool found = report.weight != REPORT_NONE;
    report_free(&report);
    return found || is_engine_log(bytes, len);
}
