/* The search over plain bytes: lines, then words, then bytes; then each byte a simpler one. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "mem.h"
#include "minimize_search.h"
#include "minimize_steps.h"

/* Where pieces of the bytes begin; the end of the last one is at starts[len]. */
struct pieces {
    size_t *starts, len;
};

/* --- Pieces --------------------------------------------------------------------------------- */

enum kind { KIND_WORD, KIND_SPACE, KIND_OTHER };

static enum kind kind_of(uint8_t byte)
{
    if (isalnum(byte) || byte == '_' || byte >= 0x80)
        return KIND_WORD;
    return byte == ' ' || byte == '\t' ? KIND_SPACE : KIND_OTHER;
}

static bool begins_line(const uint8_t *bytes, size_t at)
{
    return bytes[at - 1] == '\n';
}

/* Words and runs of blanks; any other byte is a piece of its own. */
static bool begins_word(const uint8_t *bytes, size_t at)
{
    enum kind kind = kind_of(bytes[at]);
    return kind == KIND_OTHER || kind != kind_of(bytes[at - 1]);
}

static bool begins_byte(const uint8_t *bytes, size_t at)
{
    (void)bytes;
    (void)at;
    return true;
}

static struct pieces cut(const struct program *program, bool (*begins)(const uint8_t *, size_t))
{
    struct pieces pieces = {mem_new(program->raw_len + 1, sizeof *pieces.starts), 0};
    for (size_t i = 0; i < program->raw_len; i++)
        if (i == 0 || begins(program->raw, i))
            pieces.starts[pieces.len++] = i;
    pieces.starts[pieces.len] = program->raw_len;
    return pieces;
}

/* The bytes without [from, to). */
static void without(const struct program *program, size_t from, size_t to, struct program *out)
{
    size_t len = program->raw_len - (to - from);
    *out = (struct program){.raw = mem_new(len + 1, 1), .raw_len = len};
    memcpy(out->raw, program->raw, from);
    memcpy(out->raw + from, program->raw + to, program->raw_len - to);
}

static void make_without(const struct search *search, const struct thinning *thinning, size_t from,
                         size_t to, struct program *out)
{
    const struct pieces *pieces = thinning->what;
    without(search->best, pieces->starts[from], pieces->starts[to], out);
}

static bool take_without(struct search *search, const struct thinning *thinning, size_t from,
                         size_t to)
{
    struct program candidate;
    make_without(search, thinning, from, to, &candidate);
    return search_take(search, &candidate);
}

static void thin_pieces(struct search *search, bool (*begins)(const uint8_t *, size_t))
{
    struct pieces pieces = cut(search->best, begins);
    struct thinning thinning = {.take = take_without, .make = make_without, .what = &pieces};
    search_thin(search, &thinning, pieces.len);
    free(pieces.starts);
}

static void expect_without(struct search *search, size_t at)
{
    struct program next;
    if (!search_wants_next(search))
        return;
    without(search->best, at, at + 1, &next);
    search_expect(search, &next);
}

/* Every byte alone, from the back. */
static bool drop_bytes(struct search *search)
{
    bool changed = false;
    for (size_t at = search->best->raw_len; at-- > 0 && !search->stopped;) {
        struct program candidate;
        if (at > 0)
            expect_without(search, at - 1);
        without(search->best, at, at + 1, &candidate);
        changed |= search_take(search, &candidate);
    }
    return changed;
}

/* --- Values --------------------------------------------------------------------------------- */

static void with_byte(const struct program *program, size_t at, uint8_t byte, struct program *out)
{
    program_of_bytes(program->raw, program->raw_len, out);
    out->raw[at] = byte;
}

static bool take_byte(struct search *search, size_t at, unsigned byte)
{
    struct program candidate;
    with_byte(search->best, at, (uint8_t)byte, &candidate);
    return search_take(search, &candidate);
}

/* Where the bytes are that aren't the simplest one. */
static struct pieces list_others(const struct program *program)
{
    struct pieces others = {mem_new(program->raw_len + 1, sizeof *others.starts), 0};
    for (size_t i = 0; i < program->raw_len; i++)
        if (program->raw[i] != '0')
            others.starts[others.len++] = i;
    return others;
}

static void make_simplest(const struct search *search, const struct thinning *thinning, size_t from,
                          size_t to, struct program *out)
{
    const struct pieces *others = thinning->what;
    program_of_bytes(search->best->raw, search->best->raw_len, out);
    for (size_t i = from; i < to; i++)
        out->raw[others->starts[i]] = '0';
}

static bool take_simplest(struct search *search, const struct thinning *thinning, size_t from,
                          size_t to)
{
    struct program candidate;
    make_simplest(search, thinning, from, to, &candidate);
    return search_take(search, &candidate);
}

/* Most bytes don't matter, and are settled many at a time. */
static void simplify_many(struct search *search)
{
    struct pieces others = list_others(search->best);
    struct thinning thinning = {.take = take_simplest, .make = make_simplest, .what = &others};
    search_thin(search, &thinning, others.len);
    free(others.starts);
}

/* The byte one less was a yes: the least that is one, by halving. */
static void descend(struct search *search, size_t at)
{
    unsigned no = 0;
    if (take_byte(search, at, 0))
        return;
    while (search->best->raw[at] - no > 1 && !search->stopped) {
        unsigned middle = no + (search->best->raw[at] - no) / 2;
        if (!take_byte(search, at, middle))
            no = middle;
    }
}

static bool simplify(struct search *search, size_t at)
{
    uint8_t byte = search->best->raw[at];
    if (byte == '0' || take_byte(search, at, '0'))
        return byte != '0';
    if (byte == 'a' || take_byte(search, at, 'a'))
        return byte != 'a';
    if (byte == 0 || !take_byte(search, at, byte - 1U))
        return false;
    descend(search, at);
    return true;
}

static bool simplify_all(struct search *search)
{
    bool changed = false;
    for (size_t at = 0; at < search->best->raw_len && !search->stopped; at++)
        changed |= simplify(search, at);
    return changed;
}

/* --- The whole ------------------------------------------------------------------------------ */

bool search_bytes(struct program *program, const struct judge *judge)
{
    struct search search = {.best = program, .judge = judge};
    thin_pieces(&search, begins_line);
    thin_pieces(&search, begins_word);
    thin_pieces(&search, begins_byte);
    simplify_many(&search);
    bool changed = true;
    while (changed && !search.stopped) {
        changed = drop_bytes(&search);
        changed |= simplify_all(&search);
    }
    return !search.stopped;
}

bool search_drop_bytes(struct program *program, const struct judge *judge)
{
    struct search search = {.best = program, .judge = judge};
    while (drop_bytes(&search))
        continue;
    return !search.stopped;
}
