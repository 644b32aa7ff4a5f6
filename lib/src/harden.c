/* harden.c: what a failed check says at the highest hardening level. See ledge/harden.h. */
#include <ledge/harden.h>

#if LEDGE_HARDENING >= LEDGE_HARDENING_DEBUG

#include <stdio.h>
#include <stdlib.h>

void ledge_hardening_failed(const char *check, const char *file, int line)
{
    fprintf(stderr, "%s:%d: ledge: hardening check failed: %s\n", file, line, check);
    abort();
}

#else

/* A source file must hold something. */
typedef int ledge_harden_is_not_debug;

#endif
