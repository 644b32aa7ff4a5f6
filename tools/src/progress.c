/* progress.c: what a campaign shows while it runs: one block of lines that is drawn again on a
 * terminal, a line per target every ten seconds elsewhere, and news as it comes. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "campaign_parts.h"
#include "describe.h"

#define SECOND UINT64_C(1000000000)

enum { TELL_EVERY_S = 10 };

static FILE *out(const struct campaign *campaign)
{
    return campaign->options->progress;
}

static void erase(struct campaign *campaign)
{
    if (campaign->status_lines)
        fprintf(out(campaign), "\033[%uA\r\033[J", campaign->status_lines);
    campaign->status_lines = 0;
}

static void running_flavours(const struct campaign *campaign, const struct subject *subject,
                             char *text, size_t size)
{
    size_t len = 0;
    text[0] = '\0';
    for (size_t i = 0; i < campaign->instances_len && len < size; i++) {
        const struct instance *instance = &campaign->instances[i];
        if (instance->subject != subject || !instance->run)
            continue;
        int put = snprintf(text + len, size - len, "%s%s/%s", len ? " " : "",
                           instance->engine->name, instance->build->sanitizer);
        len += put > 0 ? (size_t)put : 0;
    }
}

static void print_subject(struct campaign *campaign, const struct subject *subject)
{
    char executions[16], flavours[128];
    running_flavours(campaign, subject, flavours, sizeof flavours);
    fprintf(out(campaign), "  %-10s execs %-7s edges %-6llu corpus %-6llu new issues %-3u %s\n",
            subject->target->name,
            describe_number((double)subject_executions(campaign, subject), executions),
            (unsigned long long)subject->edges, (unsigned long long)subject->corpus_files,
            subject->new_issues, flavours);
}

static void print_status(struct campaign *campaign)
{
    char rate[16], total[16];
    double elapsed = campaign_seconds(campaign);
    double left = campaign->options->seconds - elapsed;
    describe_number(campaign->rate, rate);
    describe_number((double)campaign_executions(campaign), total);
    fprintf(out(campaign), "[%3.0fs] %s execs, %s/s", elapsed, total, rate);
    if (campaign->findings)
        fprintf(out(campaign), ", %zu to name", campaign->findings);
    fprintf(out(campaign), campaign->stopping ? ", ending\n" : ", %.0f s left\n",
            left > 0 ? left : 0);
    for (size_t i = 0; i < campaign->subjects_len; i++)
        print_subject(campaign, &campaign->subjects[i]);
    campaign->status_lines = campaign->live ? (unsigned)campaign->subjects_len + 1 : 0;
    fflush(out(campaign)); /* a status nobody can read is no reason to stop */
}

void progress_begin(struct campaign *campaign)
{
    campaign->live = out(campaign) && isatty(fileno(out(campaign)));
    campaign->told = uv_hrtime();
}

void progress_tick(struct campaign *campaign)
{
    uint64_t now = uv_hrtime();
    uint64_t every = campaign->live ? SECOND / 2 : TELL_EVERY_S * SECOND;
    if (now - campaign->told < every)
        return;
    uint64_t executions = campaign_executions(campaign);
    double since = (double)(now - campaign->told) / 1e9;
    double rate = executions > campaign->told_executions
                      ? (double)(executions - campaign->told_executions) / since
                      : 0;
    /* Engines count in bursts; on a terminal the number would jump. */
    campaign->rate = campaign->live ? 0.8 * campaign->rate + 0.2 * rate : rate;
    campaign->told = now;
    campaign->told_executions = executions;
    if (!out(campaign))
        return;
    erase(campaign);
    print_status(campaign);
}

void progress_say(struct campaign *campaign, const char *format, ...)
{
    va_list args;
    if (!out(campaign))
        return;
    bool drawn = campaign->status_lines > 0;
    erase(campaign);
    fprintf(out(campaign), "[%3.0fs] ", campaign_seconds(campaign));
    va_start(args, format);
    vfprintf(out(campaign), format, args);
    va_end(args);
    fputc('\n', out(campaign));
    if (drawn)
        print_status(campaign);
    fflush(out(campaign)); /* as above */
}

void progress_end(struct campaign *campaign)
{
    if (out(campaign))
        erase(campaign);
}
