/* minimize_steps.h: what the searches share: taking a step, and thinning a list. */
#ifndef LEDGE_TOOLS_MINIMIZE_STEPS_H
#define LEDGE_TOOLS_MINIMIZE_STEPS_H

#include "minimize_search.h"

struct search {
    struct program *best;
    const struct judge *judge;
    bool stopped;
};

/* search_take asks about a candidate and takes it for *best when the judge says yes; frees it
 * otherwise. One that is longer than *best is no step down, and not asked about. */
bool search_take(struct search *search, struct program *candidate);

/* search_keep_all is a list for program_keep that keeps every operation, for free(). */
bool *search_keep_all(const struct program *program);

/* search_wants_next says whether it is worth making the candidate for search_expect, which tells
 * the judge what comes next if the answer to the next question is no, and frees it. */
bool search_wants_next(const struct search *search);
void search_expect(struct search *search, struct program *candidate);

/* A list of things that can be taken away, in ranges [from, to) of the list as it was before. Those
 * in front of what was taken away keep their place. */
struct thinning {
    bool (*take)(struct search *search, const struct thinning *thinning, size_t from, size_t to);
    void (*make)(const struct search *search, const struct thinning *thinning, size_t from,
                 size_t to, struct program *out);
    const void *what;
};

/* search_thin takes away what it can of the first len things, from the back, in chunks whose size
 * follows the answers. Where few things matter, each of them costs about as many questions as its
 * distance from the next has binary digits. Alone, none of what is left was a yes at its time.
 *
 * It is search_last, which finds the last thing that must stay, takes away what is behind it, and
 * returns its index; and then search_thin_front for those in front of it. */
void search_thin(struct search *search, const struct thinning *thinning, size_t len);
size_t search_last(struct search *search, const struct thinning *thinning, size_t len);
void search_thin_front(struct search *search, const struct thinning *thinning, size_t len);

#endif
