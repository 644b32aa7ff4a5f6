/* campaign_plan.c: fair turns. Each instance has a weight; the one that has had the least time for
 * its weight goes next, and among equals the one of lower rank: what finds most comes first, so
 * that even a short campaign sees both engines. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "campaign_parts.h"
#include "mem.h"
#include "options.h"

enum { QUICK_MOST = 8 }; /* so many crashes within a second each: others may have the slot */

/* Slices in seconds. Below the least of a unit, the start of a process costs too much of it. */
static const double unit_least = 3, unit_most = 60, short_least = 2, short_most = 10;

/* An instance's first turn: what only one build can see shouldn't have to wait for long slices of
 * the others. */
static const double first_most = 3;

static const double rounds = 3; /* turns for each instance, where there is time for that many */

static const struct flavour {
    const struct engine *engine;
    const char *sanitizer;
    unsigned rank, weight;
} flavours[] = {
    {&engine_libfuzzer, "asan", 0, 3},  {&engine_afl, "none", 1, 2},
    {&engine_libfuzzer, "ubsan", 2, 1}, {&engine_libfuzzer, "msan", 3, 1},
    {&engine_libfuzzer, "tsan", 4, 1},  {&engine_afl, "asan", 5, 1},
    {&engine_libfuzzer, "none", 6, 1},  {&engine_afl, "ubsan", 7, 1},
    {&engine_afl, "msan", 8, 1},        {&engine_afl, "tsan", 9, 1},
};

enum { FLAVOURS = sizeof flavours / sizeof flavours[0] };

static void add_instance(struct campaign *campaign, struct subject *subject,
                         const struct flavour *flavour)
{
    const struct campaign_options *options = campaign->options;
    const struct build *build =
        target_build(subject->target, flavour->engine->name, flavour->sanitizer);
    if (!build || !list_has(options->engines, flavour->engine->name) ||
        !list_has(options->sanitizers, flavour->sanitizer))
        return;
    struct instance *instance = &campaign->instances[campaign->instances_len++];
    *instance = (struct instance){.campaign = campaign,
                                  .subject = subject,
                                  .engine = flavour->engine,
                                  .build = build,
                                  .rank = flavour->rank,
                                  .weight = flavour->weight};
    instance->directory =
        mem_print("%s/%s-%s", subject->directory, flavour->engine->name, flavour->sanitizer);
    bool afl = flavour->engine == &engine_afl;
    if (afl && flavour->rank == 1)
        instance->cmplog = target_build(subject->target, "afl", "cmplog");
    if (instance->cmplog && access(instance->cmplog->binary, X_OK) != 0)
        instance->cmplog = NULL; /* it only helps */
    if (access(build->binary, X_OK) != 0)
        instance->problem = mem_print("%s is not built", build->binary);
    else if (afl && !campaign->manifest->afl_fuzz)
        instance->problem = mem_text("AFL++ is not installed (apt-get install afl++)");
}

static double clamp(double value, double least, double most)
{
    return value < least ? least : value > most ? most : value;
}

void plan_instances(struct campaign *campaign)
{
    campaign->instances = mem_new(campaign->subjects_len * FLAVOURS, sizeof *campaign->instances);
    for (size_t i = 0; i < campaign->subjects_len; i++)
        for (size_t j = 0; j < FLAVOURS; j++)
            add_instance(campaign, &campaign->subjects[i], &flavours[j]);
    double weights = 0;
    for (size_t i = 0; i < campaign->instances_len; i++)
        weights += campaign->instances[i].problem ? 0 : campaign->instances[i].weight;
    double budget = (double)campaign->options->seconds * campaign->jobs;
    double unit = weights > 0 ? budget / weights : 0;
    campaign->unit = unit < unit_least ? 0 : clamp(unit / rounds, unit_least, unit_most);
    /* Too little for all: then at least each target's two best, one of each engine. */
    double share = budget / (2.0 * (double)campaign->subjects_len);
    campaign->short_slice = clamp(share, short_least, short_most);
}

/* Time had, finished and running, for its weight. */
static double turn(const struct instance *instance)
{
    return instance->busy / instance->weight;
}

static struct instance *next_instance(struct campaign *campaign)
{
    struct instance *best = NULL;
    for (size_t i = 0; i < campaign->instances_len; i++) {
        struct instance *instance = &campaign->instances[i];
        if (instance->run || instance->problem)
            continue;
        if (!best || turn(instance) < turn(best) ||
            (turn(instance) <= turn(best) && instance->rank < best->rank))
            best = instance;
    }
    return best;
}

/* How many seconds an instance should run when its turn comes; 0: too little time is left. */
static unsigned slice_of(const struct campaign *campaign, const struct instance *instance)
{
    double left = campaign->options->seconds - campaign_seconds(campaign);
    double slice = campaign->unit > 0 ? campaign->unit * instance->weight : campaign->short_slice;
    slice = instance->starts == 0 && slice > first_most ? first_most : slice;
    slice = slice < left ? slice : left;
    return (unsigned)(slice + 0.5);
}

/* After its first crashes an instance goes on with the rest of its slice, unless it only ever finds
 * the same at once. */
static bool goes_on(const struct instance *instance)
{
    return instance->quick_ends > 0 && instance->quick_ends < QUICK_MOST;
}

static struct instance *choose(struct campaign *campaign)
{
    for (size_t i = 0; i < campaign->instances_len; i++) {
        struct instance *instance = &campaign->instances[i];
        if (!instance->run && !instance->problem && goes_on(instance))
            return instance;
    }
    return next_instance(campaign);
}

void plan_fill_slots(struct campaign *campaign)
{
    while (!campaign->stopping && campaign->running < campaign->jobs) {
        struct instance *instance = choose(campaign);
        struct fail why;
        unsigned slice = instance ? slice_of(campaign, instance) : 0;
        if (slice == 0)
            return;
        if (instance->quick_ends >= QUICK_MOST)
            instance->quick_ends = 0;
        if (instance_start(instance, slice, &why)) {
            campaign->running++;
        } else {
            instance->problem = mem_text(why.what);
            progress_say(campaign, "%s %s/%s: %s", instance->subject->target->name,
                         instance->engine->name, instance->build->sanitizer, why.what);
        }
    }
}
