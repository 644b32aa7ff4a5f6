/* store_show.h: everything that a store knows of one thing, as JSON; every id leads to input, log,
 * stack, build and campaign. */
#ifndef LEDGE_TOOLS_STORE_SHOW_H
#define LEDGE_TOOLS_STORE_SHOW_H

#include <jansson.h>

#include "store.h"

enum show_kind { SHOW_ISSUE, SHOW_CRASH, SHOW_CAMPAIGN, SHOW_BUILD };

struct show_ref {
    enum show_kind kind;
    int64_t id;
};

/* show_find understands "issue-3", "3" (an issue), "crash-5", "campaign-1", "build-2", the first
 * four digits or more of a signature or of a kept file's name, and a kept file's path. False and
 * *why when nothing matches, or more than one thing does. */
bool show_find(struct store *store, const char *text, struct show_ref *ref, struct fail *why);

/* show_thing is all of one thing; show_list the issues, one object each, and how many crashes have
 * none. For json_decref; NULL and *why when the store can't be read. */
json_t *show_thing(struct store *store, const struct show_ref *ref, struct fail *why);
json_t *show_list(struct store *store, struct fail *why);

#endif
