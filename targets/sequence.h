/* sequence.h: the model of what holds elements in a row: a plain array, in which everything
 * moves. */
#ifndef LEDGE_TARGETS_SEQUENCE_H
#define LEDGE_TARGETS_SEQUENCE_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

enum { SEQUENCE_BYTES = 520 };

struct sequence {
    uint8_t bytes[SEQUENCE_BYTES];
    size_t n;   /* elements */
    size_t esz; /* bytes of each; 0: there can't be any */
};

static inline uint8_t *sequence_at(struct sequence *s, size_t index)
{
    return s->bytes + index * s->esz;
}

static inline void sequence_reverse(uint8_t *from, uint8_t *to)
{
    while (from < to) {
        const uint8_t byte = *from;
        *from++ = *--to;
        *to = byte;
    }
}

/* Puts a copy of the n elements at src before the one at index at. They may be the sequence's own:
 * they go to its end first, and are turned to where they belong. */
static inline void sequence_insert(struct sequence *s, size_t at, const void *src, size_t n)
{
    uint8_t *gap = sequence_at(s, at), *end = sequence_at(s, s->n), *new_end = end + n * s->esz;
    if (n == 0)
        return;
    memmove(end, src, n * s->esz);
    s->n += n;
    if (gap == end)
        return;
    sequence_reverse(gap, end);
    sequence_reverse(end, new_end);
    sequence_reverse(gap, new_end);
}

static inline void sequence_erase(struct sequence *s, size_t lo, size_t hi)
{
    memmove(sequence_at(s, lo), sequence_at(s, hi), (s->n - hi) * s->esz);
    s->n -= hi - lo;
}

#endif
