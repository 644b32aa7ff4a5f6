/* arena_bench.c: an arena beside malloc and free, and GLib's string chunks.
 *
 *     arena_bench [ROUNDS]
 *
 * A step is one object: allocated, written to, and given back with all others (by a reset, or by a
 * free each). Times are medians over ROUNDS (default 31) rounds, in which all subjects take turns.
 * A ratio is the peer's time by ours: 1.00 is as fast. */
#include "bench.h"

#include <string.h>

#include <ledge/arena.h>

#include "must.h"

#ifdef HAVE_GLIB
#include <glib.h>
#endif

enum { OBJECTS = 10000, LONGEST = 40 };

static size_t sizes[OBJECTS];
static unsigned char *objects[OBJECTS];
static ledge_arena arena;
static unsigned char *fixed;

/* --- Objects of one size, known to the compiler -------------------------------------------- */

static inline void fill_small(ledge_arena *from)
{
    for (size_t i = 0; i < OBJECTS; i++) {
        ledge_span span = {0};
        must(ledge_arena_alloc(from, 32, 8, &span));
        span.ptr[0] = (unsigned char)i;
        objects[i] = span.ptr;
    }
    bench_keep((uintptr_t)objects);
}

static void small_arena(void)
{
    fill_small(&arena);
    ledge_arena_reset(&arena);
}

static void small_fixed(void)
{
    ledge_arena mine;
    must(ledge_arena_init_fixed(&mine, fixed, (size_t)OBJECTS * 32));
    fill_small(&mine);
    ledge_arena_cleanup(&mine);
}

static void small_malloc(void)
{
    for (size_t i = 0; i < OBJECTS; i++) {
        objects[i] = must_have(malloc(32));
        objects[i][0] = (unsigned char)i;
    }
    bench_keep((uintptr_t)objects);
    for (size_t i = 0; i < OBJECTS; i++)
        free(objects[i]);
}

/* What one writes by hand. */
static void small_raw(void)
{
    unsigned char *at = fixed, *end = fixed + (size_t)OBJECTS * 32;
    for (size_t i = 0; i < OBJECTS; i++) {
        if ((size_t)(end - at) < 32)
            must(LEDGE_ENOMEM);
        objects[i] = at;
        at += 32;
        objects[i][0] = (unsigned char)i;
    }
    bench_keep((uintptr_t)objects);
}

#ifdef HAVE_GLIB
static void small_slice(void)
{
    for (size_t i = 0; i < OBJECTS; i++) {
        objects[i] = g_slice_alloc(32);
        objects[i][0] = (unsigned char)i;
    }
    bench_keep((uintptr_t)objects);
    for (size_t i = 0; i < OBJECTS; i++)
        g_slice_free1(32, objects[i]);
}
#endif

/* --- Objects of 1 to 512 bytes -------------------------------------------------------------- */

static void mixed_arena(void)
{
    for (size_t i = 0; i < OBJECTS; i++) {
        ledge_span span = {0};
        must(ledge_arena_alloc(&arena, sizes[i], 16, &span));
        span.ptr[0] = (unsigned char)i;
        objects[i] = span.ptr;
    }
    bench_keep((uintptr_t)objects);
    ledge_arena_reset(&arena);
}

static void mixed_malloc(void)
{
    for (size_t i = 0; i < OBJECTS; i++) {
        objects[i] = must_have(malloc(sizes[i]));
        objects[i][0] = (unsigned char)i;
    }
    bench_keep((uintptr_t)objects);
    for (size_t i = 0; i < OBJECTS; i++)
        free(objects[i]);
}

/* --- Copies of short strings ---------------------------------------------------------------- */

static const char text[LONGEST + 1] = "abcdefghijklmnopqrstuvwxyzabcdefghijklmn";

static void copy_arena(void)
{
    for (size_t i = 0; i < OBJECTS; i++) {
        ledge_span span = {0};
        must(ledge_arena_copy(&arena, ledge_view_of(text, 1 + sizes[i] % LONGEST), &span));
        objects[i] = span.ptr;
    }
    bench_keep((uintptr_t)objects);
    ledge_arena_reset(&arena);
}

static void copy_malloc(void)
{
    for (size_t i = 0; i < OBJECTS; i++) {
        const size_t length = 1 + sizes[i] % LONGEST;
        objects[i] = must_have(malloc(length));
        memcpy(objects[i], text, length);
    }
    bench_keep((uintptr_t)objects);
    for (size_t i = 0; i < OBJECTS; i++)
        free(objects[i]);
}

#ifdef HAVE_GLIB
static void copy_chunk(void)
{
    static GStringChunk *chunk;
    if (!chunk)
        chunk = g_string_chunk_new(1 << 16);
    for (size_t i = 0; i < OBJECTS; i++)
        objects[i] =
            (unsigned char *)g_string_chunk_insert_len(chunk, text, 1 + (gssize)sizes[i] % LONGEST);
    bench_keep((uintptr_t)objects);
    g_string_chunk_clear(chunk);
}
#endif

#define TABLE(title, subjects)                                                                     \
    bench_table(title, subjects, sizeof(subjects) / sizeof((subjects)[0]), OBJECTS, rounds)

int main(int argc, char **argv)
{
    const size_t rounds = bench_rounds(argc, argv);
    uint64_t seed = 1;
    for (size_t i = 0; i < OBJECTS; i++)
        sizes[i] = 1 + bench_random(&seed) % 512;
    fixed = must_have(malloc((size_t)OBJECTS * 32));
    must(ledge_arena_init(&arena, 1 << 16, NULL));

    const struct bench_subject small[] = {{"arena", small_arena},
                                          {"malloc, free", small_malloc},
#ifdef HAVE_GLIB
                                          {"g_slice", small_slice},
#endif
                                          {"raw: a pointer moved by hand", small_raw},
                                          {"arena, fixed", small_fixed}};
    TABLE("32 bytes", small);
    const struct bench_subject mixed[] = {{"arena", mixed_arena}, {"malloc, free", mixed_malloc}};
    TABLE("1 to 512 bytes, aligned to 16", mixed);
    const struct bench_subject copies[] = {{"arena", copy_arena},
#ifdef HAVE_GLIB
                                           {"GStringChunk", copy_chunk},
#endif
                                           {"malloc, free", copy_malloc}};
    TABLE("copies of 1 to 40 bytes", copies);
    ledge_arena_cleanup(&arena);
    free(fixed);
    return 0;
}
