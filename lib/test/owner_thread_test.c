/* owner_thread_test.c: counted memory in several threads, and calls that come after the end. Late
 * calls are only looked for at the hardening level EXTENSIVE, so this test has owner.c at that
 * level in itself, and the library's own is not linked. */
#undef LEDGE_HARDENING
#define LEDGE_HARDENING LEDGE_HARDENING_EXTENSIVE
#include "../src/owner.c"

#include "check.h"

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

/* --- Threads ------------------------------------------------------------------------------ */

enum { THREADS = 4, ROUNDS = 5000, LIVES = 200 };

struct worker {
    pthread_t thread;
    ledge_shared mine;
    size_t failures; /* cmocka's assertions are for the main thread */
};

/* Takes, pins, slices and gives back, and gives back its own reference last. */
static void *use(void *arg)
{
    struct worker *worker = arg;
    for (size_t i = 0; i < ROUNDS; i++) {
        ledge_shared all, part;
        worker->failures += ledge_shared_duplicate(&worker->mine, &all) != LEDGE_OK;
        worker->failures += ledge_shared_slice(&all, i % 64, 64, &part) != LEDGE_OK;
        worker->failures += ledge_shared_pin(&part) != LEDGE_OK;
        worker->failures += part.ptr[0] != i % 64;
        worker->failures += ledge_shared_release(&all) != LEDGE_OK;
        worker->failures += ledge_shared_unpin(&part) != LEDGE_OK;
        worker->failures += ledge_shared_release(&part) != LEDGE_OK;
    }
    worker->failures += ledge_shared_release(&worker->mine) != LEDGE_OK;
    return NULL;
}

/* Fills 64 bytes and shares them out; each worker gets a view of its own. */
static void start(struct worker workers[THREADS], void *(*run)(void *), ledge_shared *own)
{
    unsigned char bytes[64];
    for (size_t i = 0; i < sizeof(bytes); i++)
        bytes[i] = (unsigned char)i;
    assert_status(ledge_shared_copy(ledge_view_of(bytes, 64), NULL, own), LEDGE_OK);
    assert_status(ledge_shared_acquire_many(own, THREADS), LEDGE_OK);
    for (size_t i = 0; i < THREADS; i++) {
        workers[i] = (struct worker){.mine = *own};
        assert_int_equal(pthread_create(&workers[i].thread, NULL, run, &workers[i]), 0);
    }
}

static void finish(struct worker workers[THREADS])
{
    for (size_t i = 0; i < THREADS; i++) {
        assert_int_equal(pthread_join(workers[i].thread, NULL), 0);
        assert_int_equal(workers[i].failures, 0);
    }
}

static void threads_count_exactly(void **state)
{
    (void)state;
    struct worker workers[THREADS];
    ledge_shared own;
    ledge_owner_info info;
    start(workers, use, &own);
    finish(workers);
    assert_status(ledge_shared_info(&own, &info), LEDGE_OK);
    assert_int_equal(info.references, 1);
    assert_int_equal(info.pins, 0);
    assert_status(ledge_shared_release(&own), LEDGE_OK);
}

/* Writes a byte that is its alone, then lets go. */
static void *write_and_leave(void *arg)
{
    struct worker *worker = arg;
    ledge_span span = {0};
    worker->failures += ledge_shared_as_span(&worker->mine, &span) != LEDGE_OK;
    worker->failures += ledge_span_set(span, 0, 7) != LEDGE_OK;
    worker->failures += ledge_shared_release(&worker->mine) != LEDGE_OK;
    return NULL;
}

/* Whoever is last frees what the others wrote; TSan sees a free that isn't ordered. */
static void the_last_of_several_threads_frees(void **state)
{
    (void)state;
    for (size_t life = 0; life < LIVES; life++) {
        struct worker workers[THREADS];
        ledge_shared own;
        assert_status(ledge_shared_alloc(THREADS, NULL, &own), LEDGE_OK);
        for (size_t i = 0; i < THREADS; i++) {
            workers[i] = (struct worker){.failures = 0};
            assert_status(ledge_shared_slice(&own, i, i + 1, &workers[i].mine), LEDGE_OK);
        }
        assert_status(ledge_shared_release(&own), LEDGE_OK);
        for (size_t i = 0; i < THREADS; i++)
            assert_int_equal(pthread_create(&workers[i].thread, NULL, write_and_leave, &workers[i]),
                             0);
        finish(workers);
    }
}

/* --- Late calls --------------------------------------------------------------------------- */

/* An allocator that gives nothing back to anybody: what was freed can still be read. */
static void *keep(void *ctx, void *ptr, size_t old_size, size_t new_size)
{
    (void)ctx, (void)ptr, (void)old_size;
    static _Alignas(max_align_t) unsigned char memory[1024];
    static size_t used;
    if (new_size == 0 || new_size > sizeof(memory) - used)
        return NULL;
    void *fresh = memory + used;
    used += (new_size + 63) / 64 * 64;
    return fresh;
}

/* Whether a call on an alias whose owner has ended ends the process, and not by an exit. */
static bool is_caught(void (*call)(ledge_shared *alias))
{
    const ledge_allocator keeper = {keep, NULL};
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        signal(SIGILL, SIG_DFL); /* cmocka has a handler */
        ledge_shared view, alias;
        if (ledge_shared_alloc(8, &keeper, &view) != LEDGE_OK)
            _exit(1);
        alias = view;
        ledge_shared_release(&view);
        call(&alias);
        _exit(0);
    }
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    return WIFSIGNALED(status);
}

static void release_late(ledge_shared *alias)
{
    ledge_shared_release(alias);
}

static void duplicate_late(ledge_shared *alias)
{
    ledge_shared out;
    if (ledge_shared_duplicate(alias, &out) != LEDGE_OK)
        _exit(0);
}

static void read_late(ledge_shared *alias)
{
    ledge_view view;
    if (ledge_shared_as_view(alias, &view) != LEDGE_OK)
        _exit(0);
}

static void read_info_late(ledge_shared *alias)
{
    ledge_owner_info info;
    if (ledge_shared_info(alias, &info) != LEDGE_OK)
        _exit(0);
}

static void late_calls_are_caught(void **state)
{
    (void)state;
    assert_true(is_caught(release_late));
    assert_true(is_caught(duplicate_late));
    assert_true(is_caught(read_late));
    /* This one is answered for stale views, too, and doesn't look. */
    assert_false(is_caught(read_info_late));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(threads_count_exactly),
        cmocka_unit_test(the_last_of_several_threads_frees),
        cmocka_unit_test(late_calls_are_caught),
    };
    return cmocka_run_group_tests_name("owner in threads", tests, NULL, NULL);
}
