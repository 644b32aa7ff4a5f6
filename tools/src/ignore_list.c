#include "ignore_list.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mem.h"

static const char builtin_text[] = {
#include "ignored_frames.inc"
};

static const char *const sections[] = {
    [IGNORE_ALLOCATOR] = "allocator", [IGNORE_ABORT] = "abort",   [IGNORE_LIBC] = "libc",
    [IGNORE_LANGUAGE] = "language",   [IGNORE_ENGINE] = "engine", [IGNORE_SANITIZER] = "sanitizer",
    [IGNORE_HARNESS] = "harness",     [IGNORE_USER] = "user",     [IGNORE_UNKNOWN] = "unknown",
};

const char *ignore_kind_name(enum ignore_kind kind)
{
    return sections[kind];
}

/* --- Reading -------------------------------------------------------------------------------- */

static void add(struct ignore_rules *rules, enum ignore_kind kind, const char *pattern,
                const char *list)
{
    if (rules->len == rules->cap) {
        rules->cap = rules->cap ? rules->cap * 2 : 16;
        rules->at = mem_resize(rules->at, rules->cap, sizeof *rules->at);
    }
    rules->at[rules->len++] = (struct ignore_rule){kind, pattern, list};
}

/* "[libc]" */
static bool take_section(char *line, enum ignore_kind *kind)
{
    size_t len = strlen(line);
    if (line[0] != '[' || line[len - 1] != ']')
        return false;
    for (size_t i = 0; i < sizeof sections / sizeof *sections; i++) {
        const char *name = sections[i];
        if (i != IGNORE_UNKNOWN && name && strlen(name) == len - 2 &&
            memcmp(line + 1, name, len - 2) == 0) {
            *kind = (enum ignore_kind)i;
            return true;
        }
    }
    return false;
}

/* A function's name has a blank in it only behind "operator". */
static bool is_name(const char *name)
{
    const char *blank = strpbrk(name, " \t(<");
    return !blank || strstr(name, "operator");
}

static bool take_rule(char *line, enum ignore_kind kind, const char *name, struct ignore_list *list)
{
    if (strncmp(line, "module ", 7) == 0 || strncmp(line, "source ", 7) == 0) {
        char *rest = line + 7 + strspn(line + 7, " \t");
        add(line[0] == 'm' ? &list->modules : &list->sources, kind, rest, name);
        return rest[0] != '\0';
    }
    if (strncmp(line, "keep ", 5) == 0) {
        line += 5 + strspn(line + 5, " \t");
        kind = IGNORE_NOT;
    }
    add(strchr(line, '*') ? &list->patterns : &list->names, kind, line, name);
    return line[0] != '\0' && is_name(line);
}

static int compare(const void *one, const void *other)
{
    const struct ignore_rule *a = one, *b = other;
    return strcmp(a->pattern, b->pattern);
}

bool ignore_list_read(const char *text, size_t len, const char *name, struct ignore_list *list,
                      struct fail *why)
{
    enum ignore_kind kind = IGNORE_USER;
    size_t number = 0;
    *list = (struct ignore_list){.text = mem_copy(text, len)};
    char *next = list->text;
    while (*next != '\0') {
        char *line = next + strspn(next, " \t");
        size_t length = strcspn(next, "\n");
        char *end = next + length;
        next = end + (*end == '\n');
        *end = '\0';
        number++;
        while (end > line && strchr(" \t\r", end[-1]))
            *--end = '\0';
        bool fine = line >= end || line[0] == '#' || take_section(line, &kind) ||
                    (line[0] != '[' && take_rule(line, kind, name, list));
        if (!fine)
            return fail_set(why,
                            "a line is a function's name, \"module NAME\", \"source PART\", \"keep "
                            "NAME\", a [section] of the built-in list, or a # comment",
                            "%s: line %zu says neither what to ignore nor why: %.60s",
                            name ? name : "the built-in list", number, line);
    }
    if (list->names.len > 0)
        qsort(list->names.at, list->names.len, sizeof *list->names.at, compare);
    return true;
}

void ignore_list_free(struct ignore_list *list)
{
    free(list->names.at);
    free(list->patterns.at);
    free(list->modules.at);
    free(list->sources.at);
    free(list->text);
    *list = (struct ignore_list){0};
}

/* --- The one that is compiled in ------------------------------------------------------------ */

static struct ignore_list builtin;
static pthread_once_t builtin_once = PTHREAD_ONCE_INIT;

static void read_builtin(void)
{
    struct fail why;
    if (!ignore_list_read(builtin_text, sizeof builtin_text, NULL, &builtin, &why)) {
        fail_print(&why);
        abort();
    }
}

const struct ignore_list *ignore_list_builtin(void)
{
    pthread_once(&builtin_once, read_builtin);
    return &builtin;
}

/* --- Patterns ------------------------------------------------------------------------------- */

bool ignore_matches(const char *pattern, const char *name)
{
    const char *star = NULL, *from = NULL;
    while (*name != '\0') {
        if (*pattern == '*') {
            star = pattern++;
            from = name;
        } else if (*pattern == *name) {
            pattern++;
            name++;
        } else if (star) {
            pattern = star + 1;
            name = ++from;
        } else {
            return false;
        }
    }
    while (*pattern == '*')
        pattern++;
    return *pattern == '\0';
}
