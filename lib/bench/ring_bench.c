/* ring_bench.c: rings beside raw ones, GLib's GQueue and GByteArray, and boost::circular_buffer.
 *
 *     ring_bench [ROUNDS]
 *
 * Times are medians over ROUNDS (default 31) rounds, in which all subjects of a table take turns. A
 * ratio is the peer's time by ours: 1.00 is as fast. No capacity here is a power of two. */
#include "bench.h"

#include <string.h>

#include <ledge/ring_typed.h>

#include "must.h"
#include "ring_bench.h"

#ifdef HAVE_GLIB
#include <glib.h>
#endif

LEDGE_RING_DEFINE(numbers, uint64_t);

/* What one writes by hand: no checks, and capacity a constant. */
struct raw {
    uint64_t at[RING_CAPACITY];
    size_t head, length;
};

static struct raw *open_raw(void)
{
    return must_have(calloc(1, sizeof(struct raw)));
}

/* --- A queue: RING_BATCH numbers in, RING_BATCH out ---------------------------------------- */

static void queue_ours(void)
{
    numbers ring;
    uint64_t sum = 0, value = 0;
    must(numbers_init(&ring, LEDGE_RING_GROW, NULL));
    must(numbers_reserve(&ring, RING_CAPACITY));
    for (uint64_t i = 0; i < RING_STEPS; i += RING_BATCH) {
        for (uint64_t k = 0; k < RING_BATCH; k++)
            must(numbers_push_back(&ring, i + k));
        for (uint64_t k = 0; k < RING_BATCH; k++) {
            must(numbers_pop_front(&ring, &value));
            sum += value;
        }
    }
    bench_keep(sum);
    numbers_cleanup(&ring);
}

/* The same with checks for full and empty, as the others have, and a division as index. */
static void queue_raw_modulo(void)
{
    struct raw *raw = open_raw();
    uint64_t sum = 0;
    for (uint64_t i = 0; i < RING_STEPS; i += RING_BATCH) {
        for (uint64_t k = 0; k < RING_BATCH && raw->length < RING_CAPACITY; k++)
            raw->at[(raw->head + raw->length++) % RING_CAPACITY] = i + k;
        for (uint64_t k = 0; k < RING_BATCH && raw->length != 0; k++) {
            sum += raw->at[raw->head];
            raw->head = (raw->head + 1) % RING_CAPACITY;
            raw->length--;
        }
    }
    bench_keep(sum);
    free(raw);
}

/* And with a comparison as index. */
static void queue_raw_compare(void)
{
    struct raw *raw = open_raw();
    uint64_t sum = 0;
    for (uint64_t i = 0; i < RING_STEPS; i += RING_BATCH) {
        for (uint64_t k = 0; k < RING_BATCH && raw->length < RING_CAPACITY; k++) {
            const size_t at = raw->head + raw->length++;
            raw->at[at < RING_CAPACITY ? at : at - RING_CAPACITY] = i + k;
        }
        for (uint64_t k = 0; k < RING_BATCH && raw->length != 0; k++) {
            sum += raw->at[raw->head];
            raw->head = raw->head + 1 == RING_CAPACITY ? 0 : raw->head + 1;
            raw->length--;
        }
    }
    bench_keep(sum);
    free(raw);
}

#ifdef HAVE_GLIB
static void queue_gqueue(void)
{
    GQueue queue = G_QUEUE_INIT;
    uint64_t sum = 0;
    for (uint64_t i = 0; i < RING_STEPS; i += RING_BATCH) {
        for (uint64_t k = 0; k < RING_BATCH; k++)
            g_queue_push_tail(&queue, GSIZE_TO_POINTER(i + k));
        for (uint64_t k = 0; k < RING_BATCH; k++)
            sum += GPOINTER_TO_SIZE(g_queue_pop_head(&queue));
    }
    bench_keep(sum);
    g_queue_clear(&queue);
}
#endif

/* --- A window over the last RING_CAPACITY numbers -------------------------------------------- */

static void window_ours(void)
{
    numbers ring;
    must(numbers_init(&ring, LEDGE_RING_OVERWRITE, NULL));
    must(numbers_reserve(&ring, RING_CAPACITY));
    for (uint64_t i = 0; i < RING_STEPS; i++)
        must(numbers_push_back(&ring, i));
    bench_keep(*numbers_at(&ring, 0));
    numbers_cleanup(&ring);
}

static void window_raw(void)
{
    struct raw *raw = open_raw();
    for (uint64_t i = 0; i < RING_STEPS; i++) {
        if (raw->length < RING_CAPACITY) {
            const size_t at = raw->head + raw->length++;
            raw->at[at < RING_CAPACITY ? at : at - RING_CAPACITY] = i;
        } else {
            raw->at[raw->head] = i;
            raw->head = raw->head + 1 == RING_CAPACITY ? 0 : raw->head + 1;
        }
    }
    bench_keep(raw->at[raw->head]);
    free(raw);
}

/* --- Looking at all elements, which go round the end ------------------------------------------ */

static numbers full;

static void look_by_index(void)
{
    for (size_t round = 0; round < RING_STEPS / RING_CAPACITY; round++) {
        uint64_t sum = 0;
        for (size_t i = 0; i < numbers_length(&full); i++)
            sum += *numbers_at(&full, i);
        bench_keep(sum);
    }
}

static uint64_t sum_of(ledge_view view)
{
    const uint64_t *at = (const uint64_t *)(const void *)view.ptr;
    uint64_t sum = 0;
    for (size_t i = 0; i < view.length / sizeof(*at); i++)
        sum += at[i];
    return sum;
}

static void look_by_views(void)
{
    for (size_t round = 0; round < RING_STEPS / RING_CAPACITY; round++) {
        ledge_view first, second;
        ledge_ring_readable(&full.base, &first, &second);
        bench_keep(sum_of(first) + sum_of(second));
    }
}

static void look_raw(void)
{
    static struct raw raw = {.head = RING_CAPACITY / 2, .length = RING_CAPACITY};
    for (size_t round = 0; round < RING_STEPS / RING_CAPACITY; round++) {
        uint64_t sum = 0;
        for (size_t i = 0; i < raw.length; i++) {
            const size_t at = raw.head + i;
            sum += raw.at[at < RING_CAPACITY ? at : at - RING_CAPACITY];
        }
        bench_keep(sum);
    }
}

/* --- Bytes in pieces of CHUNK ------------------------------------------------------------------
 */

enum { CHUNK = 100, BYTES = 4093, CHUNKS = 100000 };

static const char chunk[CHUNK] = "a piece of a stream of bytes";

static void bytes_ours(void)
{
    ledge_ring ring;
    char out[CHUNK];
    must(ledge_ring_init(&ring, 1, LEDGE_RING_REFUSE, NULL));
    must(ledge_ring_reserve(&ring, BYTES));
    for (size_t i = 0; i < CHUNKS; i++) {
        must(ledge_ring_write(&ring, chunk, CHUNK));
        must(ledge_ring_read(&ring, out, CHUNK));
        bench_keep((uint64_t)out[i % CHUNK]);
    }
    ledge_ring_cleanup(&ring);
}

static void bytes_raw(void)
{
    char *at = malloc(BYTES), out[CHUNK];
    size_t head = 0, tail = 0;
    if (!at)
        must(LEDGE_ENOMEM);
    for (size_t i = 0; i < CHUNKS; i++) {
        size_t n = BYTES - tail < CHUNK ? BYTES - tail : CHUNK;
        memcpy(at + tail, chunk, n);
        memcpy(at, chunk + n, CHUNK - n);
        tail = (tail + CHUNK) % BYTES;
        n = BYTES - head < CHUNK ? BYTES - head : CHUNK;
        memcpy(out, at + head, n);
        memcpy(out + n, at, CHUNK - n);
        head = (head + CHUNK) % BYTES;
        bench_keep((uint64_t)out[i % CHUNK]);
    }
    free(at);
}

#ifdef HAVE_GLIB
static void bytes_gbytearray(void)
{
    GByteArray *array = g_byte_array_sized_new(BYTES);
    char out[CHUNK];
    for (size_t i = 0; i < CHUNKS; i++) {
        g_byte_array_append(array, (const guint8 *)chunk, CHUNK);
        memcpy(out, array->data, CHUNK);
        g_byte_array_remove_range(array, 0, CHUNK);
        bench_keep((uint64_t)out[i % CHUNK]);
    }
    g_byte_array_free(array, TRUE);
}
#endif

#define TABLE(title, subjects, steps)                                                              \
    bench_table(title, subjects, sizeof(subjects) / sizeof((subjects)[0]), steps, rounds)

int main(int argc, char **argv)
{
    const size_t rounds = bench_rounds(argc, argv);
    const struct bench_subject queues[] = {
        {"ring, typed", queue_ours},
        {"raw ring, % capacity", queue_raw_modulo},
        {"raw ring, compare", queue_raw_compare},
#ifdef HAVE_GLIB
        {"GQueue", queue_gqueue},
#endif
#ifdef HAVE_BOOST
        {"boost::circular_buffer", queue_boost},
        {"std::deque", queue_deque},
#endif
    };
    TABLE("u64 through a queue", queues, RING_STEPS);

    const struct bench_subject windows[] = {
        {"ring, typed, overwrites", window_ours},
        {"raw ring, compare", window_raw},
#ifdef HAVE_BOOST
        {"boost::circular_buffer", window_boost},
#endif
    };
    TABLE("u64 into a full window", windows, RING_STEPS);

    must(numbers_init(&full, LEDGE_RING_OVERWRITE, NULL));
    must(numbers_reserve(&full, RING_CAPACITY));
    for (uint64_t i = 0; i < RING_CAPACITY + RING_CAPACITY / 2; i++)
        must(numbers_push_back(&full, i));
    const struct bench_subject looks[] = {
        {"ring, two views", look_by_views},
        {"ring, typed, by index", look_by_index},
        {"raw ring, by index", look_raw},
#ifdef HAVE_BOOST
        {"boost::circular_buffer", look_boost},
#endif
    };
    TABLE("sum of a full ring of u64", looks, RING_STEPS);
    numbers_cleanup(&full);

    const struct bench_subject streams[] = {
        {"ring, write and read", bytes_ours},
        {"raw ring, memcpy", bytes_raw},
#ifdef HAVE_GLIB
        {"GByteArray", bytes_gbytearray},
#endif
    };
    TABLE("100 bytes in and out", streams, CHUNKS);
    return 0;
}
