#include "slug.h"

#include <ctype.h>
#include <string.h>

#include "mem.h"

enum { SUBJECT_MAX = 40 };

/* What a line of a state begins with: a function, or the operation of a failed check ("vec.insert:
 * …"). */
static size_t name_length(const char *line)
{
    size_t len = 0;
    while (isalnum((unsigned char)line[len]) || line[len] == '_')
        len++;
    return len;
}

const char *slug_subject(const char *target, const struct crash *crash, size_t *len)
{
    size_t own = strlen(target);
    const char *state = crash->state ? crash->state : "";
    for (const char *line = state; line; line = strchr(line, '\n')) {
        line += *line == '\n';
        bool is_check = strncmp(line, target, own) == 0 && line[own] == '.';
        bool is_op = strncmp(line, "op_", 3) == 0;
        if (is_check || is_op) {
            line += is_op ? 3 : own + 1;
            *len = name_length(line);
            return line;
        }
    }
    *len = name_length(state);
    return state;
}

/* Letters and digits in lower case, '_' as it is, and one '-' for all that is between. */
static void tidy(char *text)
{
    char *to = text;
    for (const char *from = text; *from; from++) {
        if (isalnum((unsigned char)*from) || *from == '_')
            *to++ = (char)tolower((unsigned char)*from);
        else if (to > text && to[-1] != '-')
            *to++ = '-';
    }
    while (to > text && to[-1] == '-')
        to--;
    *to = '\0';
}

char *slug_of(const char *target, const struct crash *crash, unsigned digits)
{
    size_t subject_len;
    const char *subject = slug_subject(target, crash, &subject_len);
    const char *type = crash->type ? crash->type : crash->class_;
    if (subject_len > SUBJECT_MAX)
        subject_len = SUBJECT_MAX;
    char *slug = mem_print("%.*s %.*s %.*s", (int)subject_len, subject, (int)strcspn(type, "\n"),
                           type, (int)digits, crash->signature);
    tidy(slug);
    return slug;
}
