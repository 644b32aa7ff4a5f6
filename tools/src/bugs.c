#include "bugs.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "describe.h"
#include "mem.h"

/* Reads a list of crash types; false where it is none. */
static bool read_types(const json_t *list, const char ***out)
{
    size_t len = json_array_size(list);
    const char **types = *out = mem_new(len + 1, sizeof *types);
    for (size_t i = 0; i < len; i++) {
        types[i] = json_string_value(json_array_get(list, i));
        if (!types[i])
            return false;
    }
    return len > 0;
}

bool bug_info_read(const struct bug *bug, struct bug_info *info, struct fail *why)
{
    json_error_t error;
    *info = (struct bug_info){.bug = bug, .json = json_load_file(bug->file, 0, &error)};
    if (!info->json)
        return fail_set(why, "crashes/README.md says what it looks like", "%s: line %d: %s",
                        bug->file, error.line, error.text);
    info->row = json_string_value(json_object_get(info->json, "row"));
    info->title = json_string_value(json_object_get(info->json, "title"));
    info->hidden = json_is_true(json_object_get(info->json, "hidden"));
    const json_t *also = json_object_get(info->json, "also");
    if (info->row && info->title &&
        read_types(json_object_get(info->json, "class"), &info->classes) &&
        (!also || read_types(also, &info->also)))
        return true;
    bug_info_free(info);
    return fail_set(why, "it needs \"row\", \"title\" and \"class\", a list of crash types",
                    "%s: something is missing, or of the wrong kind", bug->file);
}

void bug_info_free(struct bug_info *info)
{
    json_decref(info->json);
    free(info->classes);
    free(info->also);
    *info = (struct bug_info){0};
}

bool bug_class_fits(const char *const *classes, const char *type)
{
    char *line = describe_type(type);
    bool fits = false;
    for (; *classes && !fits; classes++) {
        size_t len = strlen(*classes);
        fits = strncmp(line, *classes, len) == 0 && (line[len] == '\0' || line[len] == ' ');
    }
    free(line);
    return fits;
}

bool bug_is_it(const struct bug_info *info, const char *type)
{
    if (info->hidden)
        return bug_class_fits(info->classes, type);
    return !info->also || !bug_class_fits(info->also, type);
}

bool bug_is_built(const struct bug *bug)
{
    for (size_t i = 0; i < bug->variant.builds_len; i++)
        if (access(bug->variant.builds[i].binary, X_OK) != 0)
            return false;
    return true;
}
