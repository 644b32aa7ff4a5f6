#include "ignore.h"

#include <stdlib.h>
#include <string.h>

#include "files.h"
#include "ignore_list.h"
#include "mem.h"

/* What users added, newest first. */
static struct added {
    struct added *older;
    char *name;
    struct ignore_list list;
} * added;

bool ignore_add_text(const char *text, size_t len, const char *list, struct fail *why)
{
    struct added *fresh = mem_new(1, sizeof *fresh);
    fresh->name = mem_text(list);
    if (!ignore_list_read(text, len, fresh->name, &fresh->list, why)) {
        ignore_list_free(&fresh->list);
        free(fresh->name);
        free(fresh);
        return false;
    }
    fresh->older = added;
    added = fresh;
    return true;
}

bool ignore_add(const char *path, struct fail *why)
{
    char *text;
    size_t len;
    if (!file_read(path, &text, &len, why))
        return false;
    bool ok = ignore_add_text(text, len, path, why);
    free(text);
    return ok;
}

void ignore_forget(void)
{
    while (added) {
        struct added *older = added->older;
        ignore_list_free(&added->list);
        free(added->name);
        free(added);
        added = older;
    }
}

/* --- Whose source --------------------------------------------------------------------------- */

/* How glibc's own debug information names its sources. */
static const char *const libc_directories[] = {
    "argp/",         "assert/", "csu/",     "debug/",  "dirent/", "elf/",    "gmon/",
    "iconv/",        "inet/",   "io/",      "libio/",  "locale/", "login/",  "malloc/",
    "math/",         "misc/",   "nptl/",    "nss/",    "posix/",  "pwd/",    "resolv/",
    "resource/",     "rt/",     "setjmp/",  "signal/", "socket/", "stdlib/", "string/",
    "stdio-common/", "sunrpc/", "termios/", "time/",   "wcsmbs/",
};

/* gdb and Valgrind name sources of the C library by their last part: abort.c, ioputs.c,
 * isoc99_scanf.c, memmove-vec-unaligned-erms.S; a few hold functions of other names. */
static bool is_named_after(ledge_view base, const char *name)
{
    static const char *const shared[] = {
        "pthread_create.c",    "pthread_cond_wait.c", "msort.c",
        "vfprintf-internal.c", "getXXbyYY.c",         "getXXbyYY_r.c",
        "fileops.c",           "wfileops.c",          "genops.c"};
    static const char *const prefixes[] = {"", "io", "isoc99_", "isoc23_"};
    for (size_t i = 0; i < sizeof shared / sizeof *shared; i++) {
        if (text_is(base, shared[i]))
            return true;
    }
    for (size_t i = 0; i < sizeof prefixes / sizeof *prefixes; i++) {
        ledge_view rest = base;
        if (text_skip(&rest, prefixes[i]) && text_skip(&rest, name) && text_is(rest, ".c"))
            return true;
    }
    return text_ends(base, ".S");
}

/* Whether a source file, of a function that has the name of one of the C library, is the
 * program's. */
static bool is_program_source(ledge_view file, const char *name)
{
    static const char *const parts[] = {
        "glibc",         "sysdeps/", "/libc/",    "musl",          "nptl/",          "csu/",
        "mingw-w64-crt", "vctools",  "minkernel", "/usr/include/", "/include/bits/", "-gnu/bits/"};
    if (file.length == 0)
        return false;
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        if (text_has(file, parts[i]))
            return false;
    }
    if (text_starts(file, "/"))
        return true;
    text_skip(&file, "./");
    for (size_t i = 0; i < sizeof libc_directories / sizeof *libc_directories; i++) {
        if (text_starts(file, libc_directories[i]))
            return false;
    }
    return text_find_byte(file, '/') != TEXT_NONE || !is_named_after(file, name);
}

/* --- Rules ---------------------------------------------------------------------------------- */

static int compare(const void *name, const void *rule)
{
    return strcmp(name, ((const struct ignore_rule *)rule)->pattern);
}

static const struct ignore_rule *find_name(const struct ignore_list *list, const char *name)
{
    const struct ignore_rules *names = &list->names;
    const struct ignore_rule *found = NULL;
    if (names->len > 0)
        found = bsearch(name, names->at, names->len, sizeof *names->at, compare);
    for (size_t i = 0; i < list->patterns.len && !found; i++) {
        const struct ignore_rule *rule = &list->patterns.at[i];
        bool possible = rule->pattern[0] == name[0] || rule->pattern[0] == '*';
        if (possible && ignore_matches(rule->pattern, name))
            found = rule;
    }
    return found;
}

static const struct ignore_rule *find_module(const struct ignore_list *list, ledge_view module)
{
    char base[64];
    ledge_view name = text_head(text_base(module), sizeof base - 1);
    if (name.length == 0 || list->modules.len == 0)
        return NULL;
    memcpy(base, name.ptr, name.length);
    base[name.length] = '\0';
    for (size_t i = 0; i < list->modules.len; i++) {
        const struct ignore_rule *rule = &list->modules.at[i];
        if (rule->pattern[0] == base[0] && ignore_matches(rule->pattern, base))
            return rule;
    }
    return NULL;
}

static bool is_header(ledge_view file)
{
    static const char *const endings[] = {".h", ".hpp", ".hh", ".tcc", ".inl", ".ipp"};
    return text_ends_any(file, endings, sizeof endings / sizeof *endings) ||
           text_find_byte(text_base(file), '.') == TEXT_NONE;
}

/* A symbolizer that shows nothing of what was inlined gives a function of the program a line in a
 * header of somebody else's: what has the name of a namespace is known by that name. */
static const struct ignore_rule *find_source(const struct ignore_list *list, ledge_view file,
                                             const char *name)
{
    if (is_header(file) && strstr(name, "::"))
        return NULL;
    for (size_t i = 0; file.length > 0 && i < list->sources.len; i++) {
        if (text_has(file, list->sources.at[i].pattern))
            return &list->sources.at[i];
    }
    return NULL;
}

/* A name before a module before a source, so that a user's "keep" of a name wins. */
static const struct ignore_rule *find_rule(const struct ignore_list *list,
                                           const struct frame *frame, const char *name)
{
    const struct ignore_rule *found = name[0] == '\0' ? NULL : find_name(list, name);
    bool ordinary = found && found->kind == IGNORE_LIBC && name[0] != '_';
    if (ordinary && is_program_source(frame->file, name))
        found = NULL;
    if (!found)
        found = find_module(list, frame->module);
    return found ? found : find_source(list, frame->file, name);
}

const struct ignore_rule *ignore_frame(const struct frame *frame, const char *name)
{
    static const struct ignore_rule unknown = {IGNORE_UNKNOWN, "neither name nor module", NULL};
    const struct ignore_rule *found = NULL;
    for (const struct added *list = added; list && !found; list = list->older)
        found = find_rule(&list->list, frame, name);
    if (!found && name[0] == '\0' && frame->module.length == 0)
        return &unknown;
    if (!found)
        found = find_rule(ignore_list_builtin(), frame, name);
    return found && found->kind != IGNORE_NOT ? found : NULL;
}
