#include "minimize_sequential.h"

#include <math.h>

/* A rate of 1 would make a single miss infinite evidence. */
#define RATE_MAX 0.999

/* The one-sided 1 % point of the normal distribution. */
#define ONE_PERCENT 2.326

struct sequential sequential_begin(double rate)
{
    double good = rate < RATE_MAX ? rate : RATE_MAX, bad = SEQUENTIAL_KEEP * good;
    return (struct sequential){
        .hit = log(good / bad),
        .miss = log((1 - good) / (1 - bad)),
        .yes = log((1 - SEQUENTIAL_REFUSE) / SEQUENTIAL_TAKE),
        .no = log(SEQUENTIAL_REFUSE / (1 - SEQUENTIAL_TAKE)),
        .tries_max = (unsigned)(400 / good),
    };
}

struct sequential sequential_eager(double rate)
{
    double good = rate < RATE_MAX ? rate : RATE_MAX;
    return (struct sequential){
        .hit = 1,
        .yes = 1,
        .no = -1, /* misses count for nothing but the tries */
        .tries_max = (unsigned)ceil(log(SEQUENTIAL_EAGER) / log(1 - good)),
    };
}

bool sequential_add(struct sequential *test, bool hit, enum answer *answer)
{
    test->count.tries++;
    test->count.hits += hit;
    test->evidence += hit ? test->hit : test->miss;
    *answer = test->evidence >= test->yes ? ANSWER_YES : ANSWER_NO;
    return test->evidence >= test->yes || test->evidence <= test->no ||
           test->count.tries >= test->tries_max;
}

bool count_drops(struct count before, struct count after)
{
    if (before.tries == 0 || after.tries == 0)
        return false;
    double p = (double)before.hits / before.tries, q = (double)after.hits / after.tries;
    double both = (double)(before.hits + after.hits) / (before.tries + after.tries);
    double deviation = sqrt(both * (1 - both) * (1.0 / before.tries + 1.0 / after.tries));
    return p - q > ONE_PERCENT * deviation && p > q;
}
