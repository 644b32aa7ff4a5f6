/* misuse.c: what clang says of calls that can't be right, while they are typed (clangd shows the
 * same). Each warning that is expected stands behind its line; there is to be no other. */
#include <stdlib.h>
#include <string.h>

#include <ledge/arena.h>
#include <ledge/cast.h>
#include <ledge/check.h>
#include <ledge/lock_pool.h>
#include <ledge/map_typed.h>
#include <ledge/owner.h>
#include <ledge/pool.h>
#include <ledge/registry.h>
#include <ledge/ring.h>
#include <ledge/str.h>
#include <ledge/strided.h>
#include <ledge/vec_typed.h>

LEDGE_VEC_DEFINE(numbers, uint64_t);
LEDGE_MAP_DEFINE(counts, uint32_t, uint32_t);

void results_are_thrown_away(ledge_vec *vec, ledge_span span, ledge_strided keys, numbers *typed,
                             counts *map, const uint32_t *elem, ledge_shared *shared,
                             ledge_shared *other, ledge_arena *arena, ledge_pool *pool,
                             ledge_lock_pool *locks, ledge_lock_ref ref)
{
    ledge_vec_push(vec, elem);               // expected-warning {{ignoring return value}}
    ledge_vec_reserve(vec, 4);               // expected-warning {{ignoring return value}}
    ledge_vec_length(vec);                   // expected-warning {{ignoring return value}}
    ledge_span_clip(span);                   // expected-warning {{ignoring return value}}
    ledge_span_set(span, 0, 1);              // expected-warning {{ignoring return value}}
    ledge_view_is_valid(ledge_span_as_view(span)); // expected-warning {{ignoring return value}}
    ledge_strided_reverse(keys);             // expected-warning {{ignoring return value}}
    ledge_strided_copy_out(keys, span);      // expected-warning {{ignoring return value}}
    ledge_strided_set(keys, 0, elem);        // expected-warning {{ignoring return value}}
    ledge_is_aligned(elem, 4);               // expected-warning {{ignoring return value}}
    ledge_shared_duplicate(shared, other);   // expected-warning {{ignoring return value}}
    numbers_push(typed, 7);                  // expected-warning {{ignoring return value}}
    numbers_length(typed);                   // expected-warning {{ignoring return value}}
    counts_put(map, 1, 2);                   // expected-warning {{ignoring return value}}
    counts_find(map, 1);                     // expected-warning {{ignoring return value}}
    ledge_arena_alloc(arena, 4, 4, &span);   // expected-warning {{ignoring return value}}
    ledge_arena_save(arena);                 // expected-warning {{ignoring return value}}
    ledge_pool_get_span(pool, &span);        // expected-warning {{ignoring return value}}
    ledge_lock_pool_lock(locks, ref);        // expected-warning {{ignoring return value}}
    ledge_lock_pool_try_lock(locks, ref);    // expected-warning {{ignoring return value}}
    ledge_alloc_resize(NULL, NULL, 0, 16);   // expected-warning {{ignoring return value}}
    ledge_status_name(LEDGE_OK);             // expected-warning {{ignoring return value}}
}

ledge_status null_is_passed(ledge_view view, ledge_strided keys, ledge_vec *vec)
{
    uint32_t number;
    ledge_vec_cleanup(NULL);                           // expected-warning {{null passed to a callee}}
    numbers_cleanup(NULL);                             // expected-warning {{null passed to a callee}}
    counts_cleanup(NULL);                              // expected-warning {{null passed to a callee}}
    (void)counts_upsert(NULL, 1, NULL, NULL);          // expected-warning 3 {{null passed to a callee}}
    (void)ledge_strided_get(keys, 0, NULL);            // expected-warning {{null passed to a callee}}
    (void)ledge_strided_next(NULL);                    // expected-warning {{null passed to a callee}}
    (void)ledge_view_get_u32be(view, 0, NULL);         // expected-warning {{null passed to a callee}}
    (void)ledge_load_u32le(NULL);                      // expected-warning {{null passed to a callee}}
    (void)ledge_view_sub(view, 0, 1, NULL);            // expected-warning {{null passed to a callee}}
    (void)ledge_pool_get(NULL, NULL);                  // expected-warning 2 {{null passed to a callee}}
    (void)ledge_vec_get(vec, 0, NULL);                 // expected-warning {{null passed to a callee}}
    return ledge_view_get_u32le(view, 0, &number);
}

ledge_status constants_can_not_be_right(void *ptr, ledge_view view, ledge_vec *vec,
                                        ledge_strided keys, ledge_typed *typed, ledge_view *out,
                                        ledge_strided *slots, ledge_shared *shared,
                                        ledge_arena *arena, ledge_pool *pool, ledge_tpool *tpool)
{
    size_t up;
    (void)ledge_align_up(5, 12, &up);                                    // expected-warning {{align is no power of two}}
    (void)ledge_vec_init(vec, 0, NULL);                                  // expected-warning {{elem_size is 0}}
    (void)ledge_view_make(ptr, 8, 2, 4, 0, out);                         // expected-warning {{align is no power of two}}
    (void)ledge_view_make(ptr, 8, 2, 0, 4, out);                         // expected-warning {{elem_size is 0}}
    (void)ledge_view_make(NULL, 8, 2, 4, 4, out);                        // expected-warning {{ptr is null}}
    (void)ledge_typed_from_view(view, 4, 3, LEDGE_TAG_U32, typed);       // expected-warning {{align is no power of two}}
    (void)ledge_strided_from_view(view, 3, 16, 8, 8, slots);             // expected-warning {{stride is less than size}}
    (void)ledge_strided_from_view(view, 3, 16, 32, 10, slots);           // expected-warning {{align is no power of two}}
    (void)ledge_strided_sub(keys, 0, 4, 0, slots);                       // expected-warning {{step is 0}}
    (void)ledge_strided_field(keys, 4, 0, slots);                        // expected-warning {{size is 0}}
    (void)ledge_arena_init(arena, 0, NULL);                              // expected-warning {{block_size is 0}}
    (void)ledge_pool_init(pool, 8, 6, NULL);                             // expected-warning {{align is no power of two}}
    (void)ledge_tpool_init(tpool, 8, 8, 0, NULL);                        // expected-warning {{lanes is 0}}
    return ledge_shared_adopt(ptr, 8, NULL, NULL, NULL, shared);         // expected-warning {{deallocate is null}}
}

ledge_status a_ring_has_elements_and_a_format_arguments(ledge_ring *ring, ledge_str *str)
{
    (void)ledge_ring_init(ring, 0, LEDGE_RING_REFUSE, NULL);             // expected-warning {{elem_size is 0}}
    return ledge_str_append_format(str, "%s is %d", "seven");            // expected-warning {{more '%' conversions than data arguments}}
}

void too_much_is_written(const void *src)
{
    memcpy(ledge_alloc_resize(NULL, NULL, 0, 16), src, 17);              // expected-warning {{will always overflow; destination buffer has size 16}}
}
