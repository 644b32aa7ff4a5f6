#include "wilson.h"

#include <math.h>

/* The normal distribution has 95 % of its weight within this many deviations. */
#define Z 1.959963984540054

struct interval wilson_interval(unsigned hits, unsigned runs)
{
    if (runs == 0)
        return (struct interval){0, 1};
    double n = runs;
    double p = hits < runs ? hits / n : 1;
    double scale = 1 + Z * Z / n;
    double middle = (p + Z * Z / (2 * n)) / scale;
    double reach = Z * sqrt(p * (1 - p) / n + Z * Z / (4 * n * n)) / scale;
    struct interval interval = {middle - reach, middle + reach};
    if (hits == 0 || interval.low < 0)
        interval.low = 0; /* rounding leaves a little on either side */
    if (hits >= runs || interval.high > 1)
        interval.high = 1;
    return interval;
}
