/* manifest.c: reading the manifest. Its layout, format 1; paths are absolute, what is marked ? may
 * be left out or null:
 *
 *   { "format": 1,
 *     "root": DIR, "build": DIR, "crashes": DIR, "cmake": FILE, "symbolizer": FILE,
 *     "afl_fuzz": FILE ?, "llvm_cov": FILE ?, "llvm_profdata": FILE ?,
 *     "sources": [FILE or DIR…] ?       what coverage is counted of
 *     "ignore": FILE ?                  frames that don't name a program (ignore.h)
 *     "targets": [ TARGET… ],
 *     "bugs": [ { "id": NAME, "build_target": NAME, "file": FILE, "variant": TARGET } … ] ? }
 *
 *   TARGET = { "name": NAME, "format_version": NUMBER, "kit": BOOL, "source": FILE,
 *     "dictionary": FILE ?, "corpus": DIR ?, "mutator": FILE ?,
 *     "limits": { "timeout_ms": NUMBER, "rss_mb": NUMBER, "max_len": NUMBER,
 *                 "malloc_mb": NUMBER ? },
 *     "builds": [ { "engine": "libfuzzer"|"afl"|"replay",
 *                   "sanitizer": "asan"|"ubsan"|"tsan"|"msan"|"none"|"cmplog"|"edges"|"coverage",
 *                   "binary": FILE } … ],
 *     "repro": { "cc": FILE, "cflags": [TEXT…],
 *                "flavours": [ { "sanitizer": …, "flags": [TEXT…], "library": FILE } … ] } ? } */
#include "manifest.h"

#include <errno.h>
#include <jansson.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "files.h"
#include "ignore.h"
#include "mem.h"

enum { FORMAT = 1 };

struct loaded {
    struct manifest manifest;
    json_t *root; /* the strings of the manifest live in it */
    char *path;
};

/* Where in the file we are, for messages: "targets[2].builds[0]". */
struct place {
    const struct place *up;
    const char *name;
    size_t index;
    bool indexed;
};

struct reader {
    const char *path;
    struct fail *why;
};

static size_t place_text(const struct place *place, char *out, size_t size)
{
    if (!place)
        return 0;
    size_t len = place_text(place->up, out, size);
    const char *dot = len ? "." : "";
    int more = place->indexed
                   ? snprintf(out + len, size - len, "%s%s[%zu]", dot, place->name, place->index)
                   : snprintf(out + len, size - len, "%s%s", dot, place->name);
    len += more > 0 ? (size_t)more : 0;
    return len < size ? len : size - 1;
}

static bool complain(struct reader *reader, const struct place *place, const char *key,
                     const char *problem)
{
    char where[256] = "";
    place_text(place, where, sizeof where);
    return fail_set(reader->why, "build again (cmake --build --preset default), or mend the file",
                    "%s: %s%s%s: %s", reader->path, where, where[0] && key[0] ? "." : "", key,
                    problem);
}

static bool is_absent(const json_t *value)
{
    return !value || json_is_null(value);
}

static bool read_text(struct reader *reader, const struct place *place, const json_t *object,
                      const char *key, const char **out)
{
    const json_t *value = json_object_get(object, key);
    if (is_absent(value))
        return complain(reader, place, key, "missing");
    if (!json_is_string(value) || json_string_length(value) == 0)
        return complain(reader, place, key, "a text is wanted, and not an empty one");
    *out = json_string_value(value);
    return true;
}

static bool read_path(struct reader *reader, const struct place *place, const json_t *object,
                      const char *key, const char **out)
{
    if (!read_text(reader, place, object, key, out))
        return false;
    return **out == '/' || complain(reader, place, key, "an absolute path is wanted");
}

static bool read_path_if_any(struct reader *reader, const struct place *place, const json_t *object,
                             const char *key, const char **out)
{
    *out = NULL;
    return is_absent(json_object_get(object, key)) || read_path(reader, place, object, key, out);
}

static bool read_number(struct reader *reader, const struct place *place, const json_t *object,
                        const char *key, unsigned *out)
{
    const json_t *value = json_object_get(object, key);
    if (is_absent(value))
        return complain(reader, place, key, "missing");
    json_int_t number = json_is_integer(value) ? json_integer_value(value) : 0;
    if (number < 1 || number > INT32_MAX)
        return complain(reader, place, key, "a whole number above 0 is wanted");
    *out = (unsigned)number;
    return true;
}

/* Leaves *out alone where there is none. */
static bool read_number_if_any(struct reader *reader, const struct place *place,
                               const json_t *object, const char *key, unsigned *out)
{
    return is_absent(json_object_get(object, key)) || read_number(reader, place, object, key, out);
}

/* One of a NULL-terminated list of words. */
static bool read_word(struct reader *reader, const struct place *place, const json_t *object,
                      const char *key, const char *const *words, const char **out)
{
    if (!read_text(reader, place, object, key, out))
        return false;
    char problem[256] = "must be one of";
    for (; *words; words++) {
        if (strcmp(*out, *words) == 0)
            return true;
        size_t len = strlen(problem);
        snprintf(problem + len, sizeof problem - len, " %s", *words);
    }
    return complain(reader, place, key, problem);
}

/* A missing array gives NULL with *len 0 when it is optional. */
static bool read_array(struct reader *reader, const struct place *place, const json_t *object,
                       const char *key, bool optional, const json_t **out, size_t *len)
{
    const json_t *value = json_object_get(object, key);
    *out = NULL;
    *len = 0;
    if (is_absent(value))
        return optional || complain(reader, place, key, "missing");
    if (!json_is_array(value))
        return complain(reader, place, key, "a list is wanted");
    *out = value;
    *len = json_array_size(value);
    return true;
}

static bool read_texts(struct reader *reader, const struct place *place, const json_t *object,
                       const char *key, const char *const **out)
{
    const json_t *array;
    size_t len;
    if (!read_array(reader, place, object, key, false, &array, &len))
        return false;
    const char **texts = mem_new(len + 1, sizeof *texts);
    *out = texts;
    for (size_t i = 0; i < len; i++) {
        texts[i] = json_string_value(json_array_get(array, i));
        if (!texts[i])
            return complain(reader, place, key, "a list of texts is wanted");
    }
    return true;
}

static const char *const engines[] = {"libfuzzer", "afl", "replay", NULL};
static const char *const sanitizers[] = {"asan",   "ubsan", "tsan",     "msan", "none",
                                         "cmplog", "edges", "coverage", NULL};

static bool read_builds(struct reader *reader, const struct place *place, const json_t *object,
                        struct target *target)
{
    const json_t *array;
    size_t len;
    if (!read_array(reader, place, object, "builds", false, &array, &len))
        return false;
    struct build *builds = mem_new(len, sizeof *builds);
    target->builds = builds;
    target->builds_len = len;
    for (size_t i = 0; i < len; i++) {
        struct place here = {place, "builds", i, true};
        const json_t *one = json_array_get(array, i);
        if (!read_word(reader, &here, one, "engine", engines, &builds[i].engine) ||
            !read_word(reader, &here, one, "sanitizer", sanitizers, &builds[i].sanitizer) ||
            !read_path(reader, &here, one, "binary", &builds[i].binary))
            return false;
    }
    return true;
}

static bool read_repro(struct reader *reader, const struct place *place, const json_t *object,
                       struct target *target)
{
    const json_t *repro = json_object_get(object, "repro");
    if (is_absent(repro))
        return true;
    struct place here = {place, "repro", 0, false};
    const json_t *array;
    size_t len;
    if (!read_path(reader, &here, repro, "cc", &target->repro_cc) ||
        !read_texts(reader, &here, repro, "cflags", &target->repro_cflags) ||
        !read_array(reader, &here, repro, "flavours", false, &array, &len))
        return false;
    struct repro_flavour *flavours = mem_new(len, sizeof *flavours);
    target->repro = flavours;
    target->repro_len = len;
    for (size_t i = 0; i < len; i++) {
        struct place at = {&here, "flavours", i, true};
        const json_t *one = json_array_get(array, i);
        if (!read_word(reader, &at, one, "sanitizer", sanitizers, &flavours[i].sanitizer) ||
            !read_texts(reader, &at, one, "flags", &flavours[i].flags) ||
            !read_path(reader, &at, one, "library", &flavours[i].library))
            return false;
    }
    return true;
}

static bool read_target(struct reader *reader, const struct place *place, const json_t *object,
                        struct target *target)
{
    const json_t *kit = json_object_get(object, "kit");
    const json_t *limits = json_object_get(object, "limits");
    struct place in_limits = {place, "limits", 0, false};
    if (!read_text(reader, place, object, "name", &target->name))
        return false;
    if (strchr(target->name, '/') || target->name[0] == '.')
        return complain(reader, place, "name", "must not have '/' in it or begin with '.'");
    if (!json_is_boolean(kit))
        return complain(reader, place, "kit", kit ? "true or false is wanted" : "missing");
    target->kit = json_is_true(kit);
    return read_number(reader, place, object, "format_version", &target->format_version) &&
           read_path(reader, place, object, "source", &target->source) &&
           read_path_if_any(reader, place, object, "dictionary", &target->dictionary) &&
           read_path_if_any(reader, place, object, "corpus", &target->corpus) &&
           read_path_if_any(reader, place, object, "mutator", &target->mutator) &&
           read_number(reader, &in_limits, limits, "timeout_ms", &target->timeout_ms) &&
           read_number(reader, &in_limits, limits, "rss_mb", &target->rss_mb) &&
           read_number(reader, &in_limits, limits, "max_len", &target->max_len) &&
           read_number_if_any(reader, &in_limits, limits, "malloc_mb", &target->malloc_mb) &&
           read_builds(reader, place, object, target) && read_repro(reader, place, object, target);
}

static bool read_targets(struct reader *reader, struct loaded *loaded)
{
    const json_t *array;
    size_t len;
    if (!read_array(reader, NULL, loaded->root, "targets", false, &array, &len))
        return false;
    struct target *targets = mem_new(len, sizeof *targets);
    loaded->manifest.targets = targets;
    loaded->manifest.targets_len = len;
    for (size_t i = 0; i < len; i++) {
        struct place here = {NULL, "targets", i, true};
        if (!read_target(reader, &here, json_array_get(array, i), &targets[i]))
            return false;
        for (size_t j = 0; j < i; j++)
            if (strcmp(targets[i].name, targets[j].name) == 0)
                return complain(reader, &here, "name", "another target has the same");
    }
    return true;
}

static bool read_bugs(struct reader *reader, struct loaded *loaded)
{
    const json_t *array;
    size_t len;
    if (!read_array(reader, NULL, loaded->root, "bugs", true, &array, &len))
        return false;
    struct bug *bugs = mem_new(len, sizeof *bugs);
    loaded->manifest.bugs = bugs;
    loaded->manifest.bugs_len = len;
    for (size_t i = 0; i < len; i++) {
        struct place here = {NULL, "bugs", i, true};
        struct place variant = {&here, "variant", 0, false};
        const json_t *one = json_array_get(array, i);
        if (!read_text(reader, &here, one, "id", &bugs[i].id) ||
            !read_text(reader, &here, one, "build_target", &bugs[i].build_target) ||
            !read_path(reader, &here, one, "file", &bugs[i].file) ||
            !read_target(reader, &variant, json_object_get(one, "variant"), &bugs[i].variant))
            return false;
    }
    return true;
}

/* The project's own frames that don't name a program. */
static bool read_ignored(struct reader *reader, const json_t *root)
{
    const char *path;
    return read_path_if_any(reader, NULL, root, "ignore", &path) &&
           (!path || ignore_add(path, reader->why));
}

static bool read_manifest(struct reader *reader, struct loaded *loaded)
{
    struct manifest *manifest = &loaded->manifest;
    const json_t *root = loaded->root;
    unsigned format = 0;
    if (!json_is_object(root))
        return complain(reader, NULL, "", "an object is wanted");
    if (!read_number(reader, NULL, root, "format", &format))
        return false;
    if (format != FORMAT)
        return fail_set(reader->why, "build again with the same version as `ledge --version`",
                        "%s: it has format %u, and this ledge reads format %d", reader->path,
                        format, FORMAT);
    return read_path(reader, NULL, root, "root", &manifest->root) &&
           read_path(reader, NULL, root, "build", &manifest->build) &&
           read_path(reader, NULL, root, "crashes", &manifest->crashes) &&
           read_path(reader, NULL, root, "cmake", &manifest->cmake) &&
           read_path(reader, NULL, root, "symbolizer", &manifest->symbolizer) &&
           read_path_if_any(reader, NULL, root, "afl_fuzz", &manifest->afl_fuzz) &&
           read_path_if_any(reader, NULL, root, "llvm_cov", &manifest->llvm_cov) &&
           read_path_if_any(reader, NULL, root, "llvm_profdata", &manifest->llvm_profdata) &&
           (is_absent(json_object_get(root, "sources")) ||
            read_texts(reader, NULL, root, "sources", &manifest->sources)) &&
           read_ignored(reader, root) && read_targets(reader, loaded) && read_bugs(reader, loaded);
}

static char *default_path(void)
{
    const char *named = getenv("LEDGE_MANIFEST");
    if (named && named[0])
        return mem_text(named);
    char self[4096];
    ssize_t len = readlink("/proc/self/exe", self, sizeof self - 1);
    if (len <= 0)
        return mem_text("manifest.json");
    self[len] = '\0';
    char *slash = strrchr(self, '/');
    *slash = '\0';
    return mem_print("%s/../manifest.json", self);
}

static bool parse(struct loaded *loaded, struct fail *why)
{
    char *bytes;
    size_t len;
    if (access(loaded->path, F_OK) != 0)
        return fail_set(why,
                        "build first (cmake --build --preset default), or give --manifest FILE",
                        "%s: %s", loaded->path, strerror(errno));
    if (!file_read(loaded->path, &bytes, &len, why))
        return false;
    json_error_t error;
    loaded->root = json_loadb(bytes, len, JSON_REJECT_DUPLICATES, &error);
    free(bytes);
    if (!loaded->root)
        return fail_set(why, "build again (cmake --build --preset default), or mend the file",
                        "%s: line %d: %s", loaded->path, error.line, error.text);
    struct reader reader = {loaded->path, why};
    return read_manifest(&reader, loaded);
}

const struct manifest *manifest_load(const char *path, struct fail *why)
{
    struct loaded *loaded = mem_new(1, sizeof *loaded);
    loaded->path = path ? mem_text(path) : default_path();
    loaded->manifest.path = loaded->path;
    if (parse(loaded, why))
        return &loaded->manifest;
    manifest_free(&loaded->manifest);
    return NULL;
}

/* The arrays are ours although the outside sees them as const. */
static void free_array(const void *array)
{
    free((void *)(uintptr_t)array);
}

static void free_target(const struct target *target)
{
    for (size_t i = 0; i < target->repro_len; i++)
        free_array(target->repro[i].flags);
    free_array(target->repro);
    free_array(target->repro_cflags);
    free_array(target->builds);
}

void manifest_free(const struct manifest *manifest)
{
    if (!manifest)
        return;
    struct loaded *loaded = (struct loaded *)(uintptr_t)manifest; /* its first member */
    for (size_t i = 0; i < manifest->targets_len; i++)
        free_target(&manifest->targets[i]);
    for (size_t i = 0; i < manifest->bugs_len; i++)
        free_target(&manifest->bugs[i].variant);
    free_array(manifest->targets);
    free_array(manifest->bugs);
    free_array(manifest->sources);
    json_decref(loaded->root);
    free(loaded->path);
    free(loaded);
}

const struct target *manifest_target(const struct manifest *manifest, const char *name,
                                     struct fail *why)
{
    char names[400] = "the targets are:";
    for (size_t i = 0; i < manifest->targets_len; i++) {
        if (strcmp(manifest->targets[i].name, name) == 0)
            return &manifest->targets[i];
        size_t len = strlen(names);
        snprintf(names + len, sizeof names - len, " %s", manifest->targets[i].name);
    }
    fail_set(why, manifest->targets_len ? names : "the manifest has no targets",
             "there is no target '%s' in %s", name, manifest->path);
    return NULL;
}

bool manifest_select(const struct manifest *manifest, char *const *names, size_t names_len,
                     const struct target ***targets, size_t *len, struct fail *why)
{
    *len = names_len ? names_len : manifest->targets_len;
    const struct target **found = mem_new(*len, sizeof *found);
    for (size_t i = 0; i < *len; i++) {
        found[i] = names_len ? manifest_target(manifest, names[i], why) : &manifest->targets[i];
        if (!found[i]) {
            free(found);
            return false;
        }
    }
    *targets = found;
    return *len > 0 || fail_set(why, "add one with ledge_add_target(), and build",
                                "%s has no targets", manifest->path);
}

const struct build *target_build(const struct target *target, const char *engine,
                                 const char *sanitizer)
{
    for (size_t i = 0; i < target->builds_len; i++)
        if (strcmp(target->builds[i].engine, engine) == 0 &&
            strcmp(target->builds[i].sanitizer, sanitizer) == 0)
            return &target->builds[i];
    return NULL;
}
