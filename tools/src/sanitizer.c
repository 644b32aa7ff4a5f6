#include "sanitizer.h"

#include <stdlib.h>

#include "mem.h"

/* What all of them share. A too large request returns NULL, as it would without a sanitizer:
 * running out of memory is the program's to handle. Where the target says how much one request may
 * be for, asking for more is the crash: "requested allocation size … exceeds maximum". */
static char *common_options(enum sanitizer_use use, const struct target *target)
{
    const char *signals = use == USE_AFL
                              ? "abort_on_error=1:handle_segv=0:handle_sigbus=0:handle_abort=0:"
                                "handle_sigfpe=0:handle_sigill=0"
                              : "handle_segv=1:handle_sigbus=1:handle_abort=1:handle_sigfpe=1:"
                                "handle_sigill=1";
    char *hard_limit =
        use == USE_REPLAY ? mem_print(":hard_rss_limit_mb=%u", target->rss_mb) : mem_text("");
    char *options =
        mem_print("symbolize=0:allocator_may_return_null=%d:max_allocation_size_mb=%u:%s%s",
                  target->malloc_mb == 0, target->malloc_mb ? target->malloc_mb : target->rss_mb,
                  signals, hard_limit);
    free(hard_limit);
    return options;
}

char **sanitizer_environment(enum sanitizer_use use, const struct target *target)
{
    char *common = common_options(use, target);
    const char *leaks = use == USE_AFL ? "0" : "1";
    char **environment = mem_new(5, sizeof *environment);
    environment[0] = mem_print("ASAN_OPTIONS=%s:detect_stack_use_after_return=1:detect_leaks=%s:"
                               "detect_odr_violation=0",
                               common, leaks);
    environment[1] = mem_print("UBSAN_OPTIONS=%s:print_stacktrace=1:halt_on_error=1", common);
    /* Without report_signal_unsafe=0 an abort() under libFuzzer hangs in TSan's own signal check.
     * With halt_on_error=1 a race under libFuzzer hangs as well: TSan calls libFuzzer's death
     * callback while it holds its own lock. There the target has to notice the report
     * (__tsan_on_report) and abort when it returns. */
    environment[2] = mem_print("TSAN_OPTIONS=%s:halt_on_error=%d:report_signal_unsafe=0", common,
                               use != USE_LIBFUZZER);
    /* afl-fuzz refuses to start without this exit code. */
    environment[3] = mem_print("MSAN_OPTIONS=%s%s", common, use == USE_AFL ? ":exit_code=86" : "");
    free(common);
    return environment;
}

void sanitizer_environment_free(char **environment)
{
    for (char **at = environment; at && *at; at++)
        free(*at);
    free(environment);
}
