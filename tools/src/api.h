/* api.h: what a header promises: its functions, and the statuses that their comments document.
 *
 * Reads C headers by their looks, not by compiling them: a function is a declaration or definition
 * outside of any braces (but for `extern "C" {`) that has a parameter list, its documentation the
 * comment before it. A status is documented when that comment says "Returns" and names it;
 * "Returns … as b" and "a is b for …" take over what b documents. A function that documents an
 * error returns the status that says that all is well, too. One that says "Never returns" is left
 * out: no run that comes to its end has called it. */
#ifndef LEDGE_TOOLS_API_H
#define LEDGE_TOOLS_API_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { API_STATUSES = 32 };

struct api_function {
    char *name;
    const char *header;  /* path */
    char *comment;       /* without its frame; may be empty */
    uint32_t documented; /* bit i: status i */
};

struct api {
    struct api_function *functions; /* in the order of the headers */
    size_t len, cap;
    char *headers[256]; /* paths, owned */
    size_t headers_len;
};

/* api_read adds the functions of one header's text. O(len). Any bytes are fine. */
void api_read(struct api *api, const char *path, const char *text, size_t len);

/* api_document finds the documented statuses of all functions. names[i] is the name of status i, or
 * NULL; names[0] is the one that says that all is well. Each name is looked for as a whole word. */
void api_document(struct api *api, const char *const names[API_STATUSES]);

/* api_find finds a function by name, or NULL. */
struct api_function *api_find(const struct api *api, const char *name, size_t len);

void api_free(struct api *api);

#endif
