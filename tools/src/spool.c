#include "spool.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "files.h"
#include "json.h"
#include "mem.h"

struct item {
    size_t len; /* bytes of its text */
    size_t tag;
};

struct spool {
    FILE *file;
    struct item *items;
    size_t len, cap;
    int error; /* of the first write that failed */
};

static bool cannot(struct fail *why, const char *what, int error)
{
    return fail_set(why, "free some space, or set TMPDIR to a directory that has more",
                    "cannot %s a temporary file: %s", what, strerror(error));
}

struct spool *spool_new(struct fail *why)
{
    FILE *file = file_temporary();
    if (!file) {
        cannot(why, "make", errno);
        return NULL;
    }
    struct spool *spool = mem_new(1, sizeof *spool);
    spool->file = file;
    return spool;
}

bool spool_add(struct spool *spool, json_t *object, size_t tag, struct fail *why)
{
    if (spool->len == spool->cap) {
        spool->cap = spool->cap ? 2 * spool->cap : 64;
        spool->items = mem_resize(spool->items, spool->cap, sizeof *spool->items);
    }
    char *text = json_dumps(object, JSON_INDENT(2));
    size_t len = text ? strlen(text) : 0;
    errno = ENOMEM;
    bool ok = text && fwrite(text, 1, len, spool->file) == len;
    if (!ok && !spool->error)
        spool->error = errno;
    free(text);
    json_decref(object);
    if (!ok)
        return cannot(why, "write", spool->error);
    spool->items[spool->len++] = (struct item){len, tag};
    return true;
}

/* The last byte of an object's text is its brace: the members go in front of it. */
static bool print_item(struct spool *spool, const struct item *item, json_t *members, FILE *out)
{
    char *text = mem_new(item->len + 1, 1);
    bool ok = fread(text, 1, item->len, spool->file) == item->len && item->len >= 2;
    char *more = json_dumps(members, JSON_INDENT(2));
    if (ok && more && more[0] == '{' && more[1] == '\n') {
        text[item->len - 2] = '\0'; /* "\n}" */
        fprintf(out, "%s,%s", text, more + 1);
    } else if (ok) {
        fputs(text, out);
    }
    free(more);
    free(text);
    return ok;
}

bool spool_print(struct spool *spool, spool_more *more, void *context, FILE *out, struct fail *why)
{
    if (spool->error || fflush(spool->file) != 0)
        return cannot(why, "write", spool->error ? spool->error : errno);
    rewind(spool->file);
    fputs("[", out);
    for (size_t i = 0; i < spool->len; i++) {
        json_t *members = more(context, spool->items[i].tag);
        fputs(i == 0 ? "\n" : ",\n", out);
        bool ok = print_item(spool, &spool->items[i], members, out);
        json_decref(members);
        if (!ok)
            return cannot(why, "read", errno);
    }
    fputs(spool->len ? "\n]\n" : "]\n", out);
    return true;
}

void spool_free(struct spool *spool)
{
    if (!spool)
        return;
    fclose(spool->file); /* nothing in it is wanted any more */
    free(spool->items);
    free(spool);
}
