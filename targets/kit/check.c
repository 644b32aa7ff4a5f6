#include "check.h"

#include <inttypes.h>
#include <stdio.h>

#include "account.h"
#include "hash.h"
#include "run.h"
#include "trace.h"

static const char *file_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

static void say_what(const struct kit_site *site)
{
    fprintf(stderr, "==ledge== Model-mismatch in %s.%s: %s\n", kit_target.name, kit_phase(),
            site->expression);
}

static void say_where(const struct kit_site *site)
{
    fprintf(stderr, " (%s:%d, %s)\n", file_name(site->file), site->line, site->function);
}

static void trace_check(const struct kit_site *site, const char *kind, size_t i, const char *want)
{
    kit_trace("check %s\t%s\t%s\t%zu\t%s\t%s", site->function, kind,
              site->index ? site->index : "-", i, site->expression, want);
}

/* What is wanted is what was got, or the run ends here: either can be hashed. */
void kit_about_eq(const struct kit_site *site, size_t i, uint64_t want)
{
    kit_calls_made++;
    if (kit_hashing)
        kit_hash_number(want);
    if (kit_trace_fd < 0)
        return;
    char number[24];
    snprintf(number, sizeof number, "%" PRIu64, want);
    trace_check(site, "eq", i, number);
}

void kit_about_bytes(const struct kit_site *site, size_t i, const void *want, size_t n)
{
    kit_calls_made++;
    if (kit_hashing)
        kit_hash_bytes(want, n);
    if (kit_trace_fd < 0)
        return;
    const uint8_t *w = want;
    char *list = malloc(5 * n + 1), *at = list;
    if (list == NULL)
        abort();
    *at = '\0';
    for (size_t k = 0; k < n; k++)
        at += sprintf(at, "%s%u", k ? ", " : "", w[k]);
    trace_check(site, "bytes", i, list);
    free(list);
}

void kit_differs(const struct kit_site *site, uint64_t got, uint64_t want)
{
    say_what(site);
    fprintf(stderr, "==ledge==   got %" PRIu64 ", want %" PRIu64, got, want);
    say_where(site);
}

void kit_bytes_differ(const struct kit_site *site, const void *got, const void *want, size_t n)
{
    const uint8_t *g = got, *w = want;
    size_t first = 0;
    while (first < n && g[first] == w[first])
        first++;
    say_what(site);
    fprintf(stderr, "==ledge==   byte %zu of %zu is 0x%02x, want 0x%02x", first, n, g[first],
            w[first]);
    say_where(site);
}

static const char *status_text(int status, char *buffer, size_t size)
{
    if (kit_target.status_name != NULL)
        return kit_target.status_name(status);
    snprintf(buffer, size, "%d", status);
    return buffer;
}

int kit_status(const struct kit_site *site, int got, int want)
{
    char got_number[16], want_number[16];
    if (kit_accounting)
        kit_account_status(site->tally, (unsigned)got);
    if (kit_hashing)
        kit_hash_number((unsigned)got);
    if (kit_trace_fd >= 0)
        trace_check(site, "status", 0, status_text(want, want_number, sizeof want_number));
    if (got == want)
        return 1;
    say_what(site);
    fprintf(stderr, "==ledge==   got %s, want %s", status_text(got, got_number, sizeof got_number),
            status_text(want, want_number, sizeof want_number));
    say_where(site);
    return 0;
}
