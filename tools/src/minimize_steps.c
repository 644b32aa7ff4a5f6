#include "minimize_steps.h"

#include "mem.h"

bool search_take(struct search *search, struct program *candidate)
{
    enum answer answer = ANSWER_NO;
    if (!search->stopped && program_size(candidate) <= program_size(search->best))
        answer = search->judge->ask(search->judge->context, candidate);
    if (answer == ANSWER_YES) {
        program_free(search->best);
        *search->best = *candidate;
        return true;
    }
    program_free(candidate);
    search->stopped |= answer == ANSWER_STOP;
    return false;
}

bool *search_keep_all(const struct program *program)
{
    bool *keep = mem_new(program->ops_len, sizeof *keep);
    for (size_t i = 0; i < program->ops_len; i++)
        keep[i] = true;
    return keep;
}

bool search_wants_next(const struct search *search)
{
    return search->judge->expect && !search->stopped;
}

void search_expect(struct search *search, struct program *candidate)
{
    if (program_size(candidate) <= program_size(search->best))
        search->judge->expect(search->judge->context, candidate);
    program_free(candidate);
}

/* A thinning in progress: of [0, end) nothing is known but that its last `all` things can't go all
 * together. */
struct front {
    size_t end, all;
    size_t guess; /* how many may go at once, after what could last time */
};

static size_t next_chunk(const struct front *front)
{
    size_t half = front->all / 2;
    size_t chunk = front->guess < half ? front->guess : half;
    return chunk ? chunk : 1;
}

/* What would be asked if this chunk can't go. */
static void expect_smaller(struct search *search, const struct thinning *thinning,
                           const struct front *front, size_t chunk)
{
    struct program next;
    size_t from = chunk > 1 ? front->end - chunk / 2 : 0;
    size_t to = chunk > 1 ? front->end : front->end - 1;
    if (from == to || !search_wants_next(search))
        return;
    thinning->make(search, thinning, from, to, &next);
    search_expect(search, &next);
}

/* Finds the last of [0, end) that must stay, takes away all behind it, and steps over it. */
static void find_last(struct search *search, const struct thinning *thinning, struct front *front)
{
    size_t gone = 0;
    while (front->all > 1 && !search->stopped) {
        size_t chunk = next_chunk(front);
        expect_smaller(search, thinning, front, chunk);
        if (thinning->take(search, thinning, front->end - chunk, front->end)) {
            front->end -= chunk;
            front->all -= chunk;
            front->guess = 2 * chunk;
            gone += chunk;
        } else {
            front->all = chunk;
            front->guess = chunk;
        }
    }
    front->end--;
    front->guess = gone + 1;
}

void search_thin_front(struct search *search, const struct thinning *thinning, size_t len)
{
    struct front front = {.end = len, .guess = len};
    while (front.end > 0 && !search->stopped) {
        /* Mostly all that is left in front can go. */
        if (thinning->take(search, thinning, 0, front.end))
            break;
        front.all = front.end;
        find_last(search, thinning, &front);
    }
}

size_t search_last(struct search *search, const struct thinning *thinning, size_t len)
{
    struct front front = {.end = len, .all = len, .guess = len};
    if (len > 0)
        find_last(search, thinning, &front);
    return front.end;
}

void search_thin(struct search *search, const struct thinning *thinning, size_t len)
{
    search_thin_front(search, thinning, search_last(search, thinning, len));
}
