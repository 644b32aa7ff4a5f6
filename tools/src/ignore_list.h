/* ignore_list.h: a list of rules for ignore.c, from its text. Private to ignore*.c. */
#ifndef LEDGE_TOOLS_IGNORE_LIST_H
#define LEDGE_TOOLS_IGNORE_LIST_H

#include "ignore.h"

struct ignore_rules {
    struct ignore_rule *at;
    size_t len, cap;
};

/* Zero is the empty list. */
struct ignore_list {
    struct ignore_rules names;    /* compared whole; sorted by pattern */
    struct ignore_rules patterns; /* names with a * in them */
    struct ignore_rules modules, sources;
    char *text; /* what the rules point into */
};

/* ignore_list_read adds the rules of a text. Returns false and *why when a line makes no sense;
 * what it has read until then stays, for ignore_list_free. name isn't copied; NULL stands for the
 * list that is compiled in, whose kinds are taken from its sections alone. O(len log len). */
bool ignore_list_read(const char *text, size_t len, const char *name, struct ignore_list *list,
                      struct fail *why);

void ignore_list_free(struct ignore_list *list);

/* ignore_list_builtin is the one that is compiled in. Thread-safe. */
const struct ignore_list *ignore_list_builtin(void);

/* ignore_matches compares with a pattern in which every * stands for any bytes. */
bool ignore_matches(const char *pattern, const char *name);

#endif
