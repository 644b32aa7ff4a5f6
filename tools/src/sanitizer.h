/* sanitizer.h: the environment that every run of a sanitized binary gets. */
#ifndef LEDGE_TOOLS_SANITIZER_H
#define LEDGE_TOOLS_SANITIZER_H

#include "manifest.h"

/* Who runs the binary: the engines want some things their own way. */
enum sanitizer_use {
    USE_REPLAY,    /* a replayer; the sanitizer itself enforces rss_mb */
    USE_LIBFUZZER, /* a libFuzzer binary, which is given -rss_limit_mb */
    USE_AFL,       /* a child of afl-fuzz, which wants aborts and looks for no leaks */
};

/* sanitizer_environment returns "ASAN_OPTIONS=…" and the like, NULL-terminated, for proc_spec.env,
 * with the limits of target. Reports are not symbolized: symbolize.h does that, in a tenth of the
 * time. To be given to sanitizer_environment_free. */
char **sanitizer_environment(enum sanitizer_use use, const struct target *target);

void sanitizer_environment_free(char **environment);

#endif
