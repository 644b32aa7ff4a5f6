/* What several formats share. */
#include "format.h"

#include <ctype.h>
#include <stdlib.h>

#include "mem.h"
#include "wilson.h"

char *format_runs(const struct entry *entry)
{
    unsigned hits, runs = entry_replays(entry, &hits);
    const struct verdict *verdict = entry_verdict(entry);
    if (runs == 0)
        return NULL;
    struct interval interval = wilson_interval(hits, runs);
    char *under = verdict && hits > 0 ? mem_print(" under %s", verdict->sanitizer) : mem_text("");
    char *text = mem_print("%u/%u replays%s crashed: %.0f to %.0f %% of runs, at 95 %% confidence",
                           hits, runs, under, 100 * interval.low, 100 * interval.high);
    free(under);
    return text;
}

char *format_visible(const char *text)
{
    char *copy = mem_text(text);
    for (char *at = copy; *at; at++)
        if (iscntrl((unsigned char)*at))
            *at = '?';
    return copy;
}

const char *format_sanitizer(const struct entry *entry)
{
    const struct verdict *verdict = entry_verdict(entry);
    if (!verdict)
        return "?";
    return verdict->crash.sanitizer ? verdict->crash.sanitizer : verdict->sanitizer;
}
