#include <stdio.h>

#include "bench_minimize.h"
#include "json.h"

enum { COLUMN = 26 };

void contest_print_header(void)
{
    printf("%-18s %6s %4s  %-*s", "bug", "bytes", "ops", COLUMN, "ledge");
    for (unsigned i = 0; i < PEERS; i++)
        printf("%-*s", COLUMN, contest_peers[i]);
    printf("\n%-18s %6s %4s", "", "", "");
    for (unsigned i = 0; i <= PEERS; i++)
        printf("  %5s %3s %6s %5s ", "bytes", "ops", "calls", "s");
    printf("\n");
}

/* "*": not the bug it was given; "+": its time was up. */
static void print_outcome(const struct outcome *outcome)
{
    if (!outcome->ran) {
        printf("  %5s %3s %6s %5s ", "-", "-", "-", "-");
        return;
    }
    printf("  %5zu %3zu ", outcome->bytes, outcome->ops);
    if (outcome->calls)
        printf("%6llu", (unsigned long long)outcome->calls);
    else
        printf("%6s", "?");
    printf(" %5.2f%c", outcome->seconds, !outcome->same ? '*' : outcome->finished ? ' ' : '+');
}

void contest_print_row(const struct contest_row *row)
{
    printf("%-18s %6zu %4zu", row->input.name, row->input.bytes, row->input.ops);
    print_outcome(&row->ours);
    for (unsigned i = 0; i < PEERS; i++)
        print_outcome(&row->peers[i]);
    printf("%s%s\n", row->smallest ? "" : "  not the smallest",
           row->minimal ? "" : "  not minimal");
    if (row->why.what[0])
        printf("  %s\n", row->why.what);
    fflush(stdout);
}

static double percent_of(struct count count)
{
    return count.tries ? 100.0 * count.hits / count.tries : 0;
}

void contest_print_flaky(const struct flaky_row *row)
{
    printf("flaky, %u %%: %zu bytes that fail in %.0f %% of %u runs -> ledge %zu bytes, %.0f %% "
           "(%llu runs, %.1f s); afl-tmin %zu bytes, %.0f %% (%.1f s)%s\n",
           row->percent, row->before, percent_of(row->rate_before), row->rate_before.tries,
           row->ours, percent_of(row->rate_ours), (unsigned long long)row->calls, row->seconds,
           row->peer, percent_of(row->rate_peer), row->peer_seconds,
           row->holds ? "" : "  does not hold");
    if (row->why.what[0])
        printf("  %s\n", row->why.what);
    fflush(stdout);
}

static json_t *outcome_json(const struct outcome *outcome)
{
    if (!outcome->ran)
        return json_null();
    json_t *object = json_object();
    json_put(object, "bytes", json_integer((json_int_t)outcome->bytes));
    json_put(object, "ops", json_integer((json_int_t)outcome->ops));
    json_put(object, "calls",
             outcome->calls ? json_integer((json_int_t)outcome->calls) : json_null());
    json_put(object, "seconds", json_real(outcome->seconds));
    json_put(object, "finished", json_boolean(outcome->finished));
    json_put(object, "same_bug", json_boolean(outcome->same));
    return object;
}

json_t *contest_row_json(const struct contest_row *row)
{
    json_t *object = json_object();
    json_put(object, "bug", json_text(row->input.name));
    json_put(object, "build",
             row->input.build ? json_text(row->input.build->sanitizer) : json_null());
    json_put(object, "bytes", json_integer((json_int_t)row->input.bytes));
    json_put(object, "ops", json_integer((json_int_t)row->input.ops));
    json_put(object, "ledge", outcome_json(&row->ours));
    json_put(object, "ledge_seconds_with_counts", json_real(row->seconds_in_all));
    for (unsigned i = 0; i < PEERS; i++)
        json_put(object, contest_peers[i], outcome_json(&row->peers[i]));
    json_put(object, "minimal", json_boolean(row->minimal));
    json_put(object, "smallest", json_boolean(row->smallest));
    json_put(object, "why", row->why.what[0] ? json_text(row->why.what) : json_null());
    return object;
}

static json_t *rate_json(size_t bytes, struct count count)
{
    json_t *object = json_object();
    json_put(object, "bytes", json_integer((json_int_t)bytes));
    json_put(object, "hits", json_integer(count.hits));
    json_put(object, "tries", json_integer(count.tries));
    return object;
}

json_t *contest_flaky_json(const struct flaky_row *row)
{
    json_t *object = json_object();
    json_put(object, "percent", json_integer(row->percent));
    json_put(object, "input", rate_json(row->before, row->rate_before));
    json_put(object, "ledge", rate_json(row->ours, row->rate_ours));
    json_put(object, "afl-tmin", row->peer ? rate_json(row->peer, row->rate_peer) : json_null());
    json_put(object, "calls", json_integer((json_int_t)row->calls));
    json_put(object, "seconds", json_real(row->seconds));
    json_put(object, "holds", json_boolean(row->holds));
    json_put(object, "why", row->why.what[0] ? json_text(row->why.what) : json_null());
    return object;
}
