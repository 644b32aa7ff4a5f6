/* log_fixture.h: logs and what they are called, for the tests of reports and names. Each file that
 * includes it gets its own copy of the few helpers. */
#ifndef LEDGE_TOOLS_TEST_LOG_FIXTURE_H
#define LEDGE_TOOLS_TEST_LOG_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "crash.h"

#define MAYBE_UNUSED __attribute__((unused))

/* What a log is called; for crash_free. */
MAYBE_UNUSED static struct crash classify(const char *log, size_t len, const char *target)
{
    struct crash_evidence evidence = {.log = log, .log_len = len, .target = target};
    struct crash crash;
    struct fail why;
    assert_true(crash_classify(&evidence, &crash, &why));
    return crash;
}

/* The same of a C string. */
MAYBE_UNUSED static struct crash classify_for(const char *log, const char *target)
{
    return classify(log, strlen(log), target);
}

MAYBE_UNUSED static void same_text(const char *what, const char *name, const char *got,
                                   const char *want)
{
    if ((got == NULL) != (want == NULL) || (got && strcmp(got, want) != 0))
        fail_msg("%s: %s is \"%s\", not \"%s\"", name, what, got ? got : "(none)",
                 want ? want : "(none)");
}

/* Puts text before and behind every line; for free(). */
MAYBE_UNUSED static char *decorate(const char *log, const char *before, const char *after)
{
    char *out = NULL;
    size_t len = 0;
    FILE *stream = open_memstream(&out, &len);
    assert_non_null(stream);
    while (*log != '\0') {
        size_t line = strcspn(log, "\n");
        fprintf(stream, "%s%.*s%s\n", before, (int)line, log, after);
        log += line + (log[line] == '\n');
    }
    fclose(stream);
    return out;
}

#endif
