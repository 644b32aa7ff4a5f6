/* map_support.h: what the map's target and the programs made of its crashes share: boxes that the
 * values own, hash functions good and bad, a walk. */
#ifndef LEDGE_TARGETS_MAP_SUPPORT_H
#define LEDGE_TARGETS_MAP_SUPPORT_H

#include <ledge/map.h>
#include <ledge/map_typed.h>

#include "kit/target.h"
#include "stingy.h"

/* clang-format off */
SUPPORT_AS(map_support,
enum { KEYS = 128 };
struct user { struct stingy stingy; size_t hash, boxes, repeats, strays; uint8_t seen[KEYS]; };
static uint64_t user_hash(const void *key, size_t size, const ledge_hash_seed *seed, void *ctx) {
    const uint32_t n = *(const uint32_t *)key;
    switch (((struct user *)ctx)->hash) {
    case 0: return ledge_hash_default(key, size, seed);
    case 1: return 0;
    case 2: return n;
    case 3: return ledge_hash_mix64(n) & 3;
    case 4: return ledge_hash_mix64(n) & 7ull << 61;
    case 5: return ledge_hash_mix64(n) | 0xffffffff;
    case 6: return ledge_hash_sip13(key, size, seed);
    case 7: return ledge_hash_sip24(key, size, seed);
    default: return ledge_hash_fnv1a(key, size);
    }
}
static bool user_equal(const void *a, const void *b, size_t size, void *ctx) {
    (void)ctx;
    return memcmp(a, b, size) == 0;
}
static uint32_t *box_new(struct user *user, uint32_t content) {
    uint32_t *box = malloc(sizeof *box);
    user->boxes++;
    *box = content;
    return box;
}
static void box_free(void *value, void *ctx) {
    ((struct user *)ctx)->boxes--;
    free(*(uint32_t **)value);
}
static ledge_status box_clone(const void *value, void *out, void *ctx) {
    struct user *user = ctx;
    if (user->stingy.grants == 0)
        return LEDGE_ENOMEM;
    user->stingy.grants--;
    *(uint32_t **)out = box_new(user, **(uint32_t *const *)value);
    return LEDGE_OK;
}
static ledge_status put_box(ledge_map *map, struct user *user, uint32_t key, uint32_t content) {
    uint32_t *box = box_new(user, content);
    const bool fresh = !ledge_map_find(map, &key);
    const ledge_status status = ledge_map_put(map, &key, &box);
    if (status != LEDGE_OK)
        box_free(&box, user);
    else if (fresh)
        user->seen[key] = 0;
    return status;
}
static size_t put_boxes(ledge_map *map, struct user *user, uint32_t from, size_t n, uint32_t content) {
    size_t done = 0;
    while (done < n && put_box(map, user, from + (uint32_t)done, content) == LEDGE_OK)
        done++;
    return done;
}
static size_t erase_boxes(ledge_map *map, uint32_t from, size_t n) {
    size_t erased = 0;
    for (uint32_t key = from; key < from + n; key++)
        erased += ledge_map_erase(map, &key) == LEDGE_OK;
    return erased;
}
static uint32_t *box_of(const ledge_map *map, uint32_t key) {
    uint32_t **value = ledge_map_find(map, &key);
    return value ? *value : NULL;
}
static uint64_t content_of(const ledge_map *map, uint32_t key) {
    const uint32_t *box = box_of(map, key);
    return box ? *box : UINT64_MAX;
}
/* Goes up to n entries further, notes their keys, and erases every one if told so. */
static size_t walk(ledge_map *map, struct user *user, ledge_map_iter *it, size_t n, bool erase, uint32_t *keys) {
    size_t seen = 0;
    while (seen < n && ledge_map_next(it)) {
        const uint32_t key = *(const uint32_t *)it->key;
        if (it->value != ledge_map_find(map, &key)) {
            user->strays++;
            break;
        }
        user->repeats += user->seen[key] != 0;
        user->seen[key] = 1;
        keys[seen++] = key;
        user->strays += erase && ledge_map_erase(map, it->key) != LEDGE_OK;
    }
    return seen;
});
SUPPORT_AS(more_support,
/* Values that point into one array, which clones take further cells of. */
struct backing { uint32_t cells[16]; size_t used; };
static ledge_status cell_clone(const void *value, void *out, void *ctx) {
    struct backing *backing = ctx;
    uint32_t *cell = &backing->cells[backing->used++];
    *cell = **(uint32_t *const *)value;
    *(uint32_t **)out = cell;
    return LEDGE_OK;
}
static ledge_status put_cells(ledge_map *map, struct backing *backing, uint32_t n) {
    ledge_status status = LEDGE_OK;
    for (uint32_t key = 0; key < n && status == LEDGE_OK; key++) {
        uint32_t *cell = &backing->cells[backing->used++];
        *cell = key;
        status = ledge_map_put(map, &key, &cell);
    }
    return status;
}
/* A set of numbers that belong into one group, so many that it can't count them, and then few. Their
   tags differ: if none did, each search would compare half of all keys. */
static uint64_t same_group(const void *key, size_t size, const ledge_hash_seed *seed, void *ctx) {
    (void)size; (void)seed; (void)ctx;
    return (uint64_t)*(const unsigned char *)key << 56;
}
static size_t crowd_numbers(ledge_map *set, uint32_t n, uint32_t left) {
    size_t done = 0;
    for (uint32_t key = 0; key < n; key++)
        done += ledge_map_put(set, &key, NULL) == LEDGE_OK;
    for (uint32_t key = left; key < n; key++)
        done += ledge_map_erase(set, &key) == LEDGE_OK;
    return done;
}
LEDGE_MAP_DEFINE(small, uint8_t, uint16_t););
/* clang-format on */

#endif
