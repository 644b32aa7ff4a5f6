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

void fail_print(const struct fail *why)
{
    fprintf(stderr, "ledge: %s\n", why->what);
    if (why->next[0] != '\0')
        fprintf(stderr, "  %s\n", why->next);
}
