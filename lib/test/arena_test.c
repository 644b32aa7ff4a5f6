/* arena_test.c: the arena. The tests that look at places set the gap, so that they hold in an ASan
 * build, too. */
#include "check.h"

#include <stdalign.h>
#include <string.h>

#include <ledge/arena.h>

#include "tracking_alloc.h"

/* --- Support ------------------------------------------------------------------------------ */

struct fixture {
    struct tracking_alloc mem;
    ledge_arena arena; /* blocks of 256 bytes, no gap */
};

static int set_up(void **state)
{
    static struct fixture fixture;
    const ledge_allocator hook = tracking_alloc_init(&fixture.mem);
    assert_status(ledge_arena_init(&fixture.arena, 256, &hook), LEDGE_OK);
    assert_status(ledge_arena_set_gap(&fixture.arena, 0), LEDGE_OK);
    *state = &fixture;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *f = *state;
    assert_true(ledge_arena_is_valid(&f->arena));
    ledge_arena_cleanup(&f->arena);
    ledge_arena_cleanup(&f->arena);
    assert_int_equal(f->mem.blocks, 0);
    assert_true(ledge_arena_is_valid(&f->arena));
    return 0;
}

static unsigned char *alloc(ledge_arena *arena, size_t size, size_t align)
{
    ledge_span span = {0};
    assert_status(ledge_arena_alloc(arena, size, align, &span), LEDGE_OK);
    assert_int_equal(span.length, size);
    assert_int_equal(span.capacity, size);
    assert_true(ledge_is_aligned(span.ptr, align));
    assert_true(ledge_arena_is_valid(arena));
    memset(span.ptr, 0x5a, size);
    return span.ptr;
}

static void assert_about(const ledge_arena *arena, size_t blocks, size_t spare, size_t room,
                         size_t used)
{
    const ledge_arena_info info = ledge_arena_about(arena);
    assert_int_equal(info.blocks, blocks);
    assert_int_equal(info.spare, spare);
    assert_int_equal(info.room, room);
    assert_int_equal(info.used, used);
}

/* --- Making ------------------------------------------------------------------------------- */

static void init_allocates_one_block(void **state)
{
    struct fixture *f = *state;
    assert_int_equal(f->mem.requests, 1);
    assert_about(&f->arena, 1, 0, 256, 0);
}

/* Has no memory, and notes in *ctx how much was asked for. */
static void *say_no(void *ctx, void *ptr, size_t old_size, size_t new_size)
{
    (void)ptr, (void)old_size;
    *(size_t *)ctx = new_size;
    return NULL;
}

static void init_refuses(void **state)
{
    (void)state;
    size_t asked = 0;
    const ledge_allocator none = {say_no, &asked};
    ledge_arena arena = {0};
    assert_status(ledge_arena_init(&arena, 0, NULL), LEDGE_EEMPTY);
    assert_status(ledge_arena_init(&arena, LEDGE_ARENA_SIZE_MAX + 1, NULL), LEDGE_EOVERFLOW);
    assert_status(ledge_arena_init(&arena, LEDGE_ARENA_SIZE_MAX, &none), LEDGE_ENOMEM);
    assert_true(asked > LEDGE_ARENA_SIZE_MAX && asked <= PTRDIFF_MAX);
    assert_status(ledge_arena_init_fixed(&arena, NULL, 1), LEDGE_ENULL);
    assert_status(ledge_arena_init_fixed(&arena, &arena, (size_t)PTRDIFF_MAX + 1), LEDGE_EOVERFLOW);
    assert_status(ledge_arena_init_fixed(&arena, (void *)(UINTPTR_MAX - 7), 8), LEDGE_EOVERFLOW);
    assert_status(ledge_arena_set_gap(&arena, LEDGE_ARENA_GAP_MAX + 1), LEDGE_ERANGE);
    assert_null(arena.first);
    assert_int_equal(arena.gap, 0);
}

static void zero_bytes_are_a_full_arena(void **state)
{
    (void)state;
    ledge_arena arena = {0};
    ledge_span span;
    assert_true(ledge_arena_is_valid(&arena));
    assert_status(ledge_arena_alloc(&arena, 1, 1, &span), LEDGE_ENOMEM);
    assert_status(ledge_arena_alloc(&arena, 0, 1, &span), LEDGE_OK);
    assert_null(span.ptr);
    assert_status(ledge_arena_rewind(&arena, ledge_arena_save(&arena)), LEDGE_OK);
    ledge_arena_reset(&arena);
    ledge_arena_trim(&arena);
    assert_about(&arena, 0, 0, 0, 0);
    ledge_arena_cleanup(&arena);
}

/* --- Allocating --------------------------------------------------------------------------- */

static void objects_lie_side_by_side_at_their_alignment(void **state)
{
    struct fixture *f = *state;
    unsigned char *first = alloc(&f->arena, 3, 1);
    assert_true(ledge_is_aligned(first, LEDGE_ARENA_ALIGN));
    assert_ptr_equal(alloc(&f->arena, 1, 1), first + 3);
    assert_ptr_equal(alloc(&f->arena, 8, 8), first + 8);
    assert_ptr_equal(alloc(&f->arena, 1, 64), first + 64);
    assert_ptr_equal(alloc(&f->arena, 191, 1), first + 65);
    assert_about(&f->arena, 1, 0, 256, 256);
}

static void refused_sizes_and_alignments(void **state)
{
    struct fixture *f = *state;
    ledge_span span = {0};
    assert_status(ledge_arena_alloc(&f->arena, 8, 0, &span), LEDGE_EINVAL);
    assert_status(ledge_arena_alloc(&f->arena, SIZE_MAX, 24, &span), LEDGE_EINVAL);
    assert_status(ledge_arena_alloc(&f->arena, SIZE_MAX, 1, &span), LEDGE_EOVERFLOW);
    assert_status(ledge_arena_alloc(&f->arena, LEDGE_ARENA_SIZE_MAX, 1, &span), LEDGE_EOVERFLOW);
    assert_status(ledge_arena_alloc(&f->arena, 1, ~(SIZE_MAX / 2), &span), LEDGE_EOVERFLOW);
    assert_status(ledge_arena_alloc_array(&f->arena, 1, 0, 0, &span), LEDGE_ESIZE);
    assert_status(ledge_arena_alloc_array(&f->arena, SIZE_MAX / 2, 3, 0, &span), LEDGE_EOVERFLOW);
    assert_status(ledge_arena_alloc_array(&f->arena, 2, 3, 0, &span), LEDGE_EINVAL);
    assert_null(span.ptr);
    assert_about(&f->arena, 1, 0, 256, 0);
}

static void an_array_is_its_bytes(void **state)
{
    struct fixture *f = *state;
    ledge_span span = {0};
    assert_status(ledge_arena_alloc_array(&f->arena, 5, 12, 4, &span), LEDGE_OK);
    assert_int_equal(span.length, 60);
}

static void nothing_takes_nothing(void **state)
{
    struct fixture *f = *state;
    ledge_span span = {f->arena.at, 1, 1};
    assert_status(ledge_arena_alloc(&f->arena, 0, 64, &span), LEDGE_OK);
    assert_null(span.ptr);
    assert_int_equal(span.capacity, 0);
    assert_status(ledge_arena_copy(&f->arena, ledge_view_of("", 0), &span), LEDGE_OK);
    assert_null(span.ptr);
    assert_about(&f->arena, 1, 0, 256, 0);
}

static void a_full_block_is_followed_by_another(void **state)
{
    struct fixture *f = *state;
    unsigned char *first = alloc(&f->arena, 200, 1);
    unsigned char *second = alloc(&f->arena, 57, 1);
    assert_false(second >= first && second < first + 256);
    assert_about(&f->arena, 2, 0, 512, 257);
    (void)alloc(&f->arena, 1000, 1); /* as large as one object needs */
    assert_about(&f->arena, 3, 0, 1512, 1257);
    (void)alloc(&f->arena, 10, 512); /* wherever the block is */
    assert_int_equal(ledge_arena_about(&f->arena).room, 1512 + 10 + 512 - LEDGE_ARENA_ALIGN);
    assert_int_equal(first[199], 0x5a);
}

static void a_gap_stays_free_behind_objects(void **state)
{
    struct fixture *f = *state;
    assert_status(ledge_arena_set_gap(&f->arena, 16), LEDGE_OK);
    unsigned char *first = alloc(&f->arena, 10, 1);
    assert_ptr_equal(alloc(&f->arena, 10, 1), first + 26);
    assert_ptr_equal(alloc(&f->arena, 204, 1), first + 52); /* no gap behind the last */
    assert_about(&f->arena, 1, 0, 256, 256);
}

static void a_copy_is_of_the_bytes(void **state)
{
    struct fixture *f = *state;
    ledge_span first = {0}, second = {0};
    assert_status(ledge_arena_copy(&f->arena, ledge_view_of("0123456789", 10), &first), LEDGE_OK);
    assert_status(ledge_arena_copy(&f->arena, ledge_view_of(first.ptr + 2, 3), &second), LEDGE_OK);
    assert_memory_equal(first.ptr, "0123456789", 10);
    assert_memory_equal(second.ptr, "234", 3);
    assert_int_equal(second.length, 3);
}

/* --- Taking back -------------------------------------------------------------------------- */

static void a_rewind_takes_back_what_came_since(void **state)
{
    struct fixture *f = *state;
    (void)alloc(&f->arena, 30, 1);
    const ledge_arena_mark mark = ledge_arena_save(&f->arena);
    unsigned char *next = alloc(&f->arena, 7, 1);
    assert_status(ledge_arena_rewind(&f->arena, mark), LEDGE_OK);
    assert_ptr_equal(alloc(&f->arena, 100, 1), next);
    assert_status(ledge_arena_rewind(&f->arena, mark), LEDGE_OK); /* it stays good */
    assert_about(&f->arena, 1, 0, 256, 30);
}

static void a_rewind_over_blocks_makes_them_spare(void **state)
{
    struct fixture *f = *state;
    (void)alloc(&f->arena, 100, 1);
    const ledge_arena_mark mark = ledge_arena_save(&f->arena);
    (void)alloc(&f->arena, 100, 1);
    unsigned char *second = alloc(&f->arena, 250, 1);
    unsigned char *third = alloc(&f->arena, 300, 1);
    assert_status(ledge_arena_rewind(&f->arena, mark), LEDGE_OK);
    assert_about(&f->arena, 3, 2, 812, 100);
    assert_ptr_equal(alloc(&f->arena, 280, 1), third); /* the first that is large enough */
    assert_ptr_equal(alloc(&f->arena, 256, 1), second);
    assert_int_equal(f->mem.requests, 3);
}

static void stale_marks_are_told(void **state)
{
    struct fixture *f = *state;
    ledge_arena other = {0};
    assert_status(ledge_arena_init(&other, 64, NULL), LEDGE_OK);
    const ledge_arena_mark early = ledge_arena_save(&f->arena);
    (void)alloc(&f->arena, 10, 1);
    const ledge_arena_mark late = ledge_arena_save(&f->arena);
    (void)alloc(&f->arena, 250, 1);
    const ledge_arena_mark last = ledge_arena_save(&f->arena);

    assert_status(ledge_arena_rewind(&f->arena, ledge_arena_save(&other)), LEDGE_ESTALE);
    assert_status(ledge_arena_rewind(&f->arena, early), LEDGE_OK);
    assert_status(ledge_arena_rewind(&f->arena, late), LEDGE_ESTALE);
    assert_status(ledge_arena_rewind(&f->arena, last), LEDGE_ESTALE);
    (void)alloc(&f->arena, 5, 1);
    assert_status(ledge_arena_rewind(&f->arena, late), LEDGE_ESTALE);
    ledge_arena_reset(&f->arena);
    assert_status(ledge_arena_rewind(&f->arena, early), LEDGE_ESTALE);
    ledge_arena_mark broken = ledge_arena_save(&f->arena);
    broken.at -= 1;
    assert_status(ledge_arena_rewind(&f->arena, broken), LEDGE_ESTALE);
    ledge_arena_cleanup(&other);
}

/* Row B19: what comes round again allocates nothing from its second round on. */
static void a_steady_state_allocates_nothing(void **state)
{
    struct fixture *f = *state;
    size_t warm = 0;
    for (size_t round = 0; round < 100; round++) {
        for (size_t i = 0; i < 40; i++)
            (void)alloc(&f->arena, 1 + i * 13 % 400, (size_t)1 << i % 7);
        if (round == 0)
            warm = f->mem.requests;
        ledge_arena_reset(&f->arena);
    }
    assert_true(warm > 10);
    assert_int_equal(f->mem.requests, warm);
    assert_int_equal(ledge_arena_about(&f->arena).used, 0);
}

static void a_trim_frees_what_is_spare(void **state)
{
    struct fixture *f = *state;
    for (size_t i = 0; i < 5; i++)
        (void)alloc(&f->arena, 200, 1);
    ledge_arena_trim(&f->arena);
    assert_about(&f->arena, 5, 0, 1280, 1000);
    ledge_arena_reset(&f->arena);
    assert_about(&f->arena, 5, 4, 1280, 0);
    ledge_arena_trim(&f->arena);
    assert_about(&f->arena, 1, 0, 256, 0);
    assert_int_equal(f->mem.blocks, 1);
}

static void holds_what_is_handed_out(void **state)
{
    struct fixture *f = *state;
    unsigned char *first = alloc(&f->arena, 200, 1);
    assert_true(ledge_arena_holds(&f->arena, ledge_view_of(first + 10, 190)));
    assert_false(ledge_arena_holds(&f->arena, ledge_view_of(first + 10, 191)));
    assert_false(ledge_arena_holds(&f->arena, ledge_view_of(first + 10, 0)));
    assert_false(ledge_arena_holds(&f->arena, ledge_view_of(first - 1, 1)));
    assert_false(ledge_arena_holds(&f->arena, ledge_view_of("elsewhere", 9)));
    unsigned char *second = alloc(&f->arena, 100, 1);
    assert_true(ledge_arena_holds(&f->arena, ledge_view_of(first, 200)));
    assert_true(ledge_arena_holds(&f->arena, ledge_view_of(second, 100)));
    ledge_arena_reset(&f->arena);
    assert_false(ledge_arena_holds(&f->arena, ledge_view_of(first, 1)));
    assert_false(ledge_arena_holds(&f->arena, ledge_view_of(second, 1)));
}

/* --- Fixed -------------------------------------------------------------------------------- */

static void a_fixed_arena_is_the_callers_memory(void **state)
{
    (void)state;
    alignas(64) unsigned char memory[100];
    ledge_arena arena = {0};
    ledge_span span = {0};
    assert_status(ledge_arena_init_fixed(&arena, memory, sizeof(memory)), LEDGE_OK);
    assert_ptr_equal(alloc(&arena, 1, 1), memory);
    const ledge_arena_mark mark = ledge_arena_save(&arena);
    assert_ptr_equal(alloc(&arena, 80, 16), memory + 16);
    assert_status(ledge_arena_alloc(&arena, 5, 1, &span), LEDGE_ENOMEM);
    assert_status(ledge_arena_alloc(&arena, 1, 64, &span), LEDGE_ENOMEM);
    assert_about(&arena, 0, 0, 100, 96);
    assert_true(ledge_arena_holds(&arena, ledge_view_of(memory, 96)));
    assert_status(ledge_arena_rewind(&arena, mark), LEDGE_OK);
    assert_ptr_equal(alloc(&arena, 99, 1), memory + 1);
    ledge_arena_trim(&arena);
    ledge_arena_reset(&arena);
    assert_ptr_equal(alloc(&arena, 100, 1), memory);
    assert_true(ledge_arena_is_valid(&arena));
    ledge_arena_cleanup(&arena);
    memset(memory, 1, sizeof(memory));
}

/* --- What may be touched ------------------------------------------------------------------ */

#if LEDGE_HAS_POISON
static bool is_open(const unsigned char *ptr, size_t size)
{
    return __asan_region_is_poisoned((void *)(uintptr_t)ptr, size) == NULL;
}

/* Row B19: under ASan, at the byte. */
static void what_is_not_handed_out_is_closed(void **state)
{
    struct fixture *f = *state;
    assert_status(ledge_arena_set_gap(&f->arena, 16), LEDGE_OK);
    unsigned char *first = alloc(&f->arena, 13, 1);
    const ledge_arena_mark mark = ledge_arena_save(&f->arena);
    unsigned char *second = alloc(&f->arena, 8, 8), *far = alloc(&f->arena, 250, 1);
    assert_true(is_open(first, 13) && !is_open(first + 13, 1) && !is_open(second - 1, 1));
    assert_true(is_open(second, 8) && !is_open(second + 8, 1));
    assert_true(is_open(far, 250) && !is_open(far + 250, 1));
    assert_status(ledge_arena_rewind(&f->arena, mark), LEDGE_OK);
    assert_true(is_open(first, 13) && !is_open(second, 1) && !is_open(second + 7, 1));
    assert_true(!is_open(far, 1) && !is_open(far + 249, 1));
    ledge_arena_reset(&f->arena);
    assert_true(!is_open(first, 1) && !is_open(first + 12, 1));

    unsigned char memory[64];
    ledge_arena fixed = {0};
    assert_status(ledge_arena_init_fixed(&fixed, memory, sizeof(memory)), LEDGE_OK);
    assert_true(!is_open(memory, 1) && !is_open(memory + 63, 1));
    ledge_arena_cleanup(&fixed);
    assert_true(is_open(memory, 64));
}
#endif

/* --- Failures ----------------------------------------------------------------------------- */

static void without_memory_nothing_changes(void **state)
{
    struct fixture *f = *state;
    const ledge_allocator hook = f->arena.alloc;
    ledge_arena other = {0};
    tracking_alloc_refuse(&f->mem, 1);
    assert_status(ledge_arena_init(&other, 64, &hook), LEDGE_ENOMEM);
    assert_null(other.first);

    (void)alloc(&f->arena, 200, 1);
    const ledge_arena before = f->arena;
    ledge_span span = {0};
    tracking_alloc_refuse(&f->mem, 1);
    assert_status(ledge_arena_alloc(&f->arena, 57, 1, &span), LEDGE_ENOMEM);
    tracking_alloc_refuse(&f->mem, 1);
    assert_status(ledge_arena_copy(&f->arena, ledge_view_of(f->arena.first, 64), &span),
                  LEDGE_ENOMEM);
    assert_null(span.ptr);
    assert_memory_equal(&before, &f->arena, sizeof(before));
    assert_about(&f->arena, 1, 0, 256, 200);
    (void)alloc(&f->arena, 56, 1);
}

/* Damages one field, and puts it back. */
#define assert_seen(f, field, value)                                                               \
    do {                                                                                           \
        const ledge_arena good = (f)->arena;                                                       \
        (f)->arena.field = (value);                                                                \
        assert_false(ledge_arena_is_valid(&(f)->arena));                                           \
        (f)->arena = good;                                                                         \
    } while (0)

static void damage_is_seen(void **state)
{
    struct fixture *f = *state;
    (void)alloc(&f->arena, 200, 1);
    (void)alloc(&f->arena, 200, 1);
    assert_seen(f, gap, LEDGE_ARENA_GAP_MAX + 1);
    assert_seen(f, end, f->arena.end + 1);
    assert_seen(f, at, f->arena.end + 1);
    assert_seen(f, at, f->arena.at - 201);
    assert_seen(f, block_size, 0);
    assert_seen(f, block_size, 257);
    assert_seen(f, first, NULL);
    assert_seen(f, block, NULL);
    assert_seen(f, fixed, f->arena.at);
}

#define arena_unit_test(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        arena_unit_test(init_allocates_one_block),
        cmocka_unit_test(init_refuses),
        cmocka_unit_test(zero_bytes_are_a_full_arena),
        arena_unit_test(objects_lie_side_by_side_at_their_alignment),
        arena_unit_test(refused_sizes_and_alignments),
        arena_unit_test(an_array_is_its_bytes),
        arena_unit_test(nothing_takes_nothing),
        arena_unit_test(a_full_block_is_followed_by_another),
        arena_unit_test(a_gap_stays_free_behind_objects),
        arena_unit_test(a_copy_is_of_the_bytes),
        arena_unit_test(a_rewind_takes_back_what_came_since),
        arena_unit_test(a_rewind_over_blocks_makes_them_spare),
        arena_unit_test(stale_marks_are_told),
        arena_unit_test(a_steady_state_allocates_nothing),
        arena_unit_test(a_trim_frees_what_is_spare),
        arena_unit_test(holds_what_is_handed_out),
        cmocka_unit_test(a_fixed_arena_is_the_callers_memory),
#if LEDGE_HAS_POISON
        arena_unit_test(what_is_not_handed_out_is_closed),
#endif
        arena_unit_test(without_memory_nothing_changes),
        arena_unit_test(damage_is_seen),
    };
    return cmocka_run_group_tests_name("arena", tests, NULL, NULL);
}
