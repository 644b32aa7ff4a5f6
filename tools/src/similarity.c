#include "similarity.h"

#include <math.h>
#include <string.h>

enum {
    LINE_MAX_BYTES = 256, /* of a line, what is compared */
    LINES_MAX = 8,        /* of a state */
};

#define DEPTH_DECAY 0.04
#define SHIFT_DECAY 0.13

struct line {
    const char *text;
    size_t len;
};

static size_t split_lines(const char *state, struct line lines[LINES_MAX])
{
    size_t count = 0;
    for (const char *at = state; *at && count < LINES_MAX;) {
        size_t len = strcspn(at, "\n");
        lines[count++] = (struct line){at, len < LINE_MAX_BYTES ? len : LINE_MAX_BYTES};
        at += len + (at[len] == '\n');
    }
    return count;
}

static bool lines_equal(struct line a, struct line b)
{
    return a.len == b.len && memcmp(a.text, b.text, a.len) == 0;
}

static size_t common_lines(const struct line *a, size_t a_len, const struct line *b, size_t b_len)
{
    size_t row[LINES_MAX + 1] = {0};
    for (size_t i = 0; i < a_len; i++) {
        size_t diagonal = 0;
        for (size_t j = 0; j < b_len; j++) {
            size_t above = row[j + 1];
            if (lines_equal(a[i], b[j]))
                row[j + 1] = diagonal + 1;
            else if (row[j] > above)
                row[j + 1] = row[j];
            diagonal = above;
        }
    }
    return row[b_len];
}

/* Insertions and deletions only: a changed byte is one of each. */
static size_t edit_distance(struct line a, struct line b)
{
    size_t row[LINE_MAX_BYTES + 1];
    for (size_t j = 0; j <= b.len; j++)
        row[j] = j;
    for (size_t i = 0; i < a.len; i++) {
        size_t diagonal = row[0];
        row[0] = i + 1;
        for (size_t j = 0; j < b.len; j++) {
            size_t above = row[j + 1], left = row[j];
            size_t least = above < left ? above : left;
            row[j + 1] = a.text[i] == b.text[j] ? diagonal : least + 1;
            diagonal = above;
        }
    }
    return row[b.len];
}

static double agreement(struct line a, struct line b)
{
    size_t sum = a.len + b.len;
    return sum == 0 ? 1 : 1 - (double)edit_distance(a, b) / (double)sum;
}

bool states_match(const char *a, const char *b)
{
    struct line a_lines[LINES_MAX], b_lines[LINES_MAX];
    size_t a_len = split_lines(a, a_lines), b_len = split_lines(b, b_lines);
    if (common_lines(a_lines, a_len, b_lines, b_len) >= 2)
        return true;
    size_t longer = a_len > b_len ? a_len : b_len, shorter = a_len < b_len ? a_len : b_len;
    double sum = 0;
    for (size_t i = 0; i < shorter; i++)
        sum += agreement(a_lines[i], b_lines[i]);
    return longer > 0 && sum / (double)longer > 0.8;
}

/* e^(-rate * i) for all depths there are: the exponential is what the measure spends its time on.
 */
struct weights {
    double depth[SIMILARITY_FRAMES], shift[SIMILARITY_FRAMES];
};

static void fill_weights(struct weights *weights, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        weights->depth[i] = i == 0 ? 1 : weights->depth[i - 1] * exp(-DEPTH_DECAY);
        weights->shift[i] = i == 0 ? 1 : weights->shift[i - 1] * exp(-SHIFT_DECAY);
    }
}

static double self_score(size_t len)
{
    /* The geometric series 1 + q + … + q^(len - 1). */
    return (1 - exp(-DEPTH_DECAY * (double)len)) / (1 - exp(-DEPTH_DECAY));
}

static double alignment_score(const uint64_t *a, size_t a_len, const uint64_t *b, size_t b_len)
{
    struct weights weights = {0};
    double row[SIMILARITY_FRAMES + 1] = {0};
    fill_weights(&weights, a_len > b_len ? a_len : b_len);
    for (size_t i = 0; i < a_len; i++) {
        double diagonal = 0;
        for (size_t j = 0; j < b_len; j++) {
            double above = row[j + 1];
            double best = above > row[j] ? above : row[j];
            if (a[i] == b[j]) {
                size_t low = i < j ? i : j, apart = i < j ? j - i : i - j;
                double paired = diagonal + weights.depth[low] * weights.shift[apart];
                best = paired > best ? paired : best;
            }
            row[j + 1] = best;
            diagonal = above;
        }
    }
    return row[b_len];
}

static size_t within_depth(size_t len)
{
    return len < SIMILARITY_FRAMES ? len : SIMILARITY_FRAMES;
}

double stack_distance(const uint64_t *a, size_t a_len, const uint64_t *b, size_t b_len)
{
    a_len = within_depth(a_len);
    b_len = within_depth(b_len);
    if (a_len == 0 || b_len == 0)
        return a_len == b_len ? 0 : 1;
    double distance =
        1 - alignment_score(a, a_len, b, b_len) / self_score(a_len < b_len ? a_len : b_len);
    return distance > 0 ? distance : 0; /* rounding */
}

double stack_distance_least(size_t a_len, size_t b_len, size_t shared)
{
    a_len = within_depth(a_len);
    b_len = within_depth(b_len);
    size_t shorter = a_len < b_len ? a_len : b_len;
    if (shorter == 0)
        return a_len == b_len ? 0 : 1;
    return shared >= shorter ? 0 : 1 - self_score(shared) / self_score(shorter);
}
