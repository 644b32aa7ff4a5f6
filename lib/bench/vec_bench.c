/* vec_bench.c: vectors and cursors beside a raw array and GLib's GArray, and what each growth
 * policy costs in memory.
 *
 *     vec_bench [ROUNDS]
 *
 * Times are medians over ROUNDS (default 31) rounds, in which all subjects of a table take turns. A
 * ratio is the peer's time by ours: 1.00 is as fast. */
#include "bench.h"

#include <string.h>

#include <ledge/cast.h>
#include <ledge/vec_typed.h>

#include "must.h"

#ifdef HAVE_GLIB
#include <glib.h>
#endif

enum { PUSHES = 1000000, BATCH = 10000, WORDS = 1000000 };

LEDGE_VEC_DEFINE(numbers, uint64_t);

static unsigned char *words; /* WORDS big-endian numbers */

/* --- Pushing PUSHES numbers into an empty vector ------------------------------------------- */

static void push_ours(void)
{
    numbers vec;
    must(numbers_init(&vec, NULL));
    for (uint64_t i = 0; i < PUSHES; i++)
        must(numbers_push(&vec, i));
    bench_keep(*numbers_at(&vec, PUSHES / 2));
    numbers_cleanup(&vec);
}

static void push_untyped(void)
{
    ledge_vec vec;
    must(ledge_vec_init(&vec, sizeof(uint64_t), NULL));
    for (uint64_t i = 0; i < PUSHES; i++)
        must(ledge_vec_push(&vec, &i));
    bench_keep(*(uint64_t *)ledge_vec_at(&vec, PUSHES / 2));
    ledge_vec_cleanup(&vec);
}

/* What one writes by hand. How often elements move depends on the growth alone, so that it is done
 * with ours as well as by doubling. */
static inline void push_raw(bool doubling)
{
    uint64_t *array = NULL;
    size_t length = 0, capacity = 0;
    for (uint64_t i = 0; i < PUSHES; i++) {
        if (length == capacity) {
            capacity = doubling ? 2 * capacity + !capacity
                                : ledge_growth_next(LEDGE_GROWTH_DOUBLE, capacity, length + 1);
            array = must_have(realloc(array, capacity * sizeof(*array)));
        }
        array[length++] = i;
    }
    bench_keep(array[PUSHES / 2]);
    free(array);
}

static void push_raw_same(void)
{
    push_raw(false);
}

static void push_raw_doubling(void)
{
    push_raw(true);
}

#ifdef HAVE_GLIB
static void push_garray(void)
{
    GArray *array = g_array_new(FALSE, FALSE, sizeof(uint64_t));
    for (uint64_t i = 0; i < PUSHES; i++)
        g_array_append_val(array, i);
    bench_keep(g_array_index(array, uint64_t, PUSHES / 2));
    g_array_free(array, TRUE);
}
#endif

/* --- The same, BATCH at a time into memory that is there ------------------------------------- */

static void fill_ours(void)
{
    for (uint64_t batch = 0; batch < PUSHES; batch += BATCH) {
        numbers vec;
        must(numbers_init(&vec, NULL));
        must(numbers_reserve(&vec, BATCH));
        for (uint64_t i = 0; i < BATCH; i++)
            must(numbers_push(&vec, batch + i));
        bench_keep(*numbers_at(&vec, BATCH / 2));
        numbers_cleanup(&vec);
    }
}

static void fill_raw(void)
{
    for (uint64_t batch = 0; batch < PUSHES; batch += BATCH) {
        size_t length = 0, capacity = BATCH;
        uint64_t *array = must_have(malloc(capacity * sizeof(*array)));
        for (uint64_t i = 0; i < BATCH; i++) {
            if (length == capacity) {
                capacity *= 2;
                array = must_have(realloc(array, capacity * sizeof(*array)));
            }
            array[length++] = batch + i;
        }
        bench_keep(array[BATCH / 2]);
        free(array);
    }
}

/* --- Reading WORDS big-endian numbers ------------------------------------------------------- */

static void read_cursor(void)
{
    ledge_cursor cursor = ledge_cursor_of(ledge_view_of(words, 4 * WORDS));
    uint64_t sum = 0;
    uint32_t word;
    while (ledge_cursor_u32be(&cursor, &word) == LEDGE_OK)
        sum += word;
    bench_keep(sum);
}

static void read_view(void)
{
    ledge_view view = ledge_view_of(words, 4 * WORDS);
    uint64_t sum = 0;
    uint32_t word;
    for (size_t at = 0; ledge_view_get_u32be(view, at, &word) == LEDGE_OK; at += 4)
        sum += word;
    bench_keep(sum);
}

static void read_raw(void)
{
    uint64_t sum = 0;
    for (size_t i = 0; i < WORDS; i++) {
        uint32_t word;
        memcpy(&word, words + 4 * i, sizeof(word));
        sum += __builtin_bswap32(word);
    }
    bench_keep(sum);
}

/* --- Making views ----------------------------------------------------------------------------- */

/* The checked constructor beside the one that takes the caller's word (row A14). */
static void make_checked(void)
{
    ledge_view view = {0};
    for (size_t i = 0; i < WORDS; i++) {
        bench_keep(i);
        must(ledge_view_make(words + 4 * i, 4 * (WORDS - i), 1, 4, 1, &view));
        bench_keep((uintptr_t)view.ptr);
    }
}

static void make_unchecked(void)
{
    for (size_t i = 0; i < WORDS; i++) {
        bench_keep(i);
        ledge_view view = ledge_view_of(words + 4 * i, 4);
        bench_keep((uintptr_t)view.ptr);
    }
}

/* --- What growth costs (row B13) ------------------------------------------------------------ */

struct usage {
    size_t requests, bytes, peak; /* old and new block together while elements move */
};

static void *counting_resize(void *ctx, void *ptr, size_t old_size, size_t new_size)
{
    struct usage *usage = ctx;
    void *block = NULL;
    if (new_size != 0) {
        block = must_have(malloc(new_size));
        memcpy(block, ptr ? ptr : "", old_size < new_size ? old_size : new_size);
        usage->requests++;
    }
    usage->bytes += new_size;
    usage->peak = usage->bytes > usage->peak ? usage->bytes : usage->peak;
    usage->bytes -= old_size;
    free(ptr);
    return block;
}

static void growth_row(const char *name, ledge_growth policy, size_t pushes)
{
    struct usage usage = {0};
    const ledge_allocator alloc = {counting_resize, &usage};
    numbers vec;
    must(numbers_init(&vec, &alloc));
    must(ledge_vec_set_growth(&vec.base, policy));
    for (uint64_t i = 0; i < pushes; i++)
        must(numbers_push(&vec, i));
    const double used = (double)(pushes * sizeof(uint64_t));
    printf("  %-8s %9zu %12zu %14.2f %14.2f\n", name, pushes, usage.requests,
           (double)usage.peak / used, (double)ledge_vec_allocated(&vec.base) / used - 1);
    numbers_cleanup(&vec);
}

static void growth_table(void)
{
    printf("\n  %-8s %9s %12s %14s %14s\n", "growth", "elements", "allocations", "peak / used",
           "waste / used");
    for (size_t pushes = 1000; pushes <= 1000000; pushes *= 10) {
        growth_row("double", LEDGE_GROWTH_DOUBLE, pushes);
        growth_row("smooth", LEDGE_GROWTH_SMOOTH, pushes);
        growth_row("half", LEDGE_GROWTH_HALF, pushes);
    }
}

int main(int argc, char **argv)
{
    const size_t rounds = bench_rounds(argc, argv);
    words = must_have(calloc(WORDS, 4));
    for (size_t i = 0; i < WORDS; i++)
        words[4 * i + 3] = (unsigned char)i;

    const struct bench_subject pushing[] = {{"vec, typed", push_ours},
                                            {"raw array, same growth", push_raw_same},
                                            {"raw array, doubling", push_raw_doubling},
#ifdef HAVE_GLIB
                                            {"GArray", push_garray},
#endif
                                            {"vec, untyped", push_untyped}};
    bench_table("push a u64", pushing, sizeof pushing / sizeof pushing[0], PUSHES, rounds);
    const struct bench_subject filling[] = {{"vec, typed", fill_ours}, {"raw array", fill_raw}};
    bench_table("push a u64, reserved", filling, sizeof filling / sizeof filling[0], PUSHES,
                rounds);
    const struct bench_subject reading[] = {
        {"cursor", read_cursor}, {"raw loads", read_raw}, {"view, by offset", read_view}};
    bench_table("read a big-endian u32", reading, sizeof reading / sizeof reading[0], WORDS,
                rounds);
    const struct bench_subject making[] = {{"checked: ledge_view_make", make_checked},
                                           {"unchecked: ledge_view_of", make_unchecked}};
    bench_table("make a view", making, sizeof making / sizeof making[0], WORDS, rounds);
    growth_table();
    free(words);
    return 0;
}
