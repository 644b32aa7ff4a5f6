#include "fail.h"

#include <stdarg.h>
#include <stdio.h>

bool fail_set(struct fail *why, const char *next, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    vsnprintf(why->what, sizeof why->what, format, args);
    va_end(args);
    snprintf(why->next, sizeof why->next, "%s", next ? next : "");
    return false;
}

/* What a file is called must not steer a terminal. */
static void put_visible(const char *text)
{
    for (; *text; text++)
        putc((unsigned char)*text < ' ' || *text == '\177' ? '?' : *text, stderr);
}

void fail_print(const struct fail *why)
{
    fputs("ledge: ", stderr);
    put_visible(why->what);
    putc('\n', stderr);
    if (why->next[0] != '\0')
        fprintf(stderr, "  %s\n", why->next);
}
