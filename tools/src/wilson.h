/* wilson.h: what k of n replays say about how often an input really fails. */
#ifndef LEDGE_TOOLS_WILSON_H
#define LEDGE_TOOLS_WILSON_H

struct interval {
    double low, high; /* 0 … 1 */
};

/* wilson_interval is Wilson's score interval at 95 % confidence for hits out of runs. Unlike the
 * textbook interval it says something useful for 0 of n and n of n as well: three failures in three
 * runs leave everything from 44 % on possible. runs == 0 gives [0, 1]. Thread-safe; O(1). */
struct interval wilson_interval(unsigned hits, unsigned runs);

#endif
