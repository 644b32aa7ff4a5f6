#include "record.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "files.h"
#include "mem.h"

static json_t *load(const char *input)
{
    char *path = mem_print("%.*sreport.json", (int)(path_base(input) - input), input);
    json_t *root = json_load_file(path, 0, NULL);
    free(path);
    return root;
}

static const char *member(const json_t *root, const char *key)
{
    return json_string_value(json_object_get(root, key));
}

/* The constant of that text: a struct crash doesn't own these. */
static const char *constant(const char *text, const char *const *known)
{
    for (; text && *known; known++)
        if (strcmp(*known, text) == 0)
            return *known;
    return NULL;
}

bool record_crash(const char *input, struct crash *crash)
{
    static const char *const classes[] = {
        "memory",  "undefined", "race",   "deadlock", "leak", "uninitialized", "model",
        "timeout", "oom",       "assert", "signal",   "bus",  "exit",          NULL};
    static const char *const sanitizers[] = {"asan", "hwasan",    "ubsan", "tsan",   "msan", "lsan",
                                             "libc", "libfuzzer", "ledge", "signal", NULL};
    json_t *root = load(input);
    const char *type = member(root, "crash_type"), *state = member(root, "crash_state");
    const char *signature = member(root, "signature");
    const char *class_ = constant(member(root, "class"), classes);
    const char *expect = member(root, "expect");
    bool mended = expect && strcmp(expect, "quiet") == 0;
    bool ok = type && state && class_ && signature && strlen(signature) == 16 && !mended;
    *crash = (struct crash){.class_ = "none", .confidence = "low"};
    if (ok) {
        crash->found = true;
        crash->type = mem_text(type);
        crash->state = mem_text(state);
        crash->address = mem_text(member(root, "crash_address"));
        crash->position = mem_text(member(root, "position"));
        crash->security = json_is_true(json_object_get(root, "security"));
        crash->security_reason = "as recorded";
        crash->class_ = class_;
        crash->sanitizer = constant(member(root, "sanitizer"), sanitizers);
        memcpy(crash->signature, signature, sizeof crash->signature);
    }
    json_decref(root);
    return ok;
}

bool record_is_minimized(const char *input)
{
    json_t *root = load(input);
    bool is = json_is_integer(json_object_get(root, "bytes_before"));
    json_decref(root);
    return is;
}

bool record_is_part(const char *path)
{
    static const char *const parts[] = {"report.json", "program.txt", "repro.c", NULL};
    return constant(path_base(path), parts) != NULL;
}
