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
struct user {
    struct stingy stingy;
    const ledge_map *maps[3];
    size_t hash, boxes, repeats, strays;
    uint32_t loose;
    uint8_t seen[KEYS];
};
/* Where user_equal is asked, and not memcmp, the top byte of a key says nothing. */
static uint32_t number_of(const void *key) {
    return *(const uint32_t *)key & 0xffffff;
}
static uint32_t key_of(struct user *user, size_t number) {
    user->loose = user->loose == 0 || user->loose == 255 ? user->loose != 0 : user->loose + 1;
    return (uint32_t)number | user->loose << 24;
}
static uint64_t user_hash(const void *key, size_t size, const ledge_hash_seed *seed, void *ctx) {
    const uint32_t n = number_of(key);
    (void)size;
    switch (((struct user *)ctx)->hash) {
    case 0: return ledge_hash_default(&n, sizeof n, seed);
    case 1: return 0;
    case 2: return n;
    case 3: return ledge_hash_mix64(n) & 3;
    case 4: return ledge_hash_mix64(n) & 7ull << 61;
    case 5: return ledge_hash_mix64(n) | 0xffffffff;
    case 6: return ledge_hash_sip13(&n, sizeof n, seed);
    case 7: return ledge_hash_sip24(&n, sizeof n, seed);
    default: return ledge_hash_fnv1a(&n, sizeof n);
    }
}
static bool is_entry(const struct user *user, const void *key) {
    for (size_t i = 0; i < 6; i++) {
        const ledge_map *const map = user->maps[i / 2];
        const struct ledge_map_table table = i % 2 ? map->old : map->table;
        const uintptr_t from = (uintptr_t)table.entries, at = (uintptr_t)key;
        const size_t size = (table.mask + 1) * LEDGE_MAP_SLOTS * map->config.entry_size;
        if (table.tags && at >= from && at - from < size)
            return true;
    }
    return false;
}
static bool user_equal(const void *a, const void *b, size_t size, void *ctx) {
    struct user *user = ctx;
    (void)size;
    user->strays += !is_entry(user, a);
    return number_of(a) == number_of(b);
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
static ledge_status put_box(ledge_map *map, struct user *user, uint32_t number, uint32_t content) {
    uint32_t *box = box_new(user, content);
    const uint32_t key = key_of(user, number);
    const bool fresh = !ledge_map_find(map, &key);
    const ledge_status status = ledge_map_put(map, &key, &box);
    if (status != LEDGE_OK)
        box_free(&box, user);
    else if (fresh)
        user->seen[number] = 0;
    return status;
}
static size_t put_boxes(ledge_map *map, struct user *user, uint32_t from, size_t n, uint32_t content) {
    size_t done = 0;
    while (done < n && put_box(map, user, from + (uint32_t)done, content) == LEDGE_OK)
        done++;
    return done;
}
static size_t put_until_moving(ledge_map *map, struct user *user, uint32_t from, uint32_t content) {
    uint32_t key = from;
    while (key < KEYS && (!map->table.tags || map->plain)) {
        if (put_box(map, user, key, content) != LEDGE_OK)
            break;
        key++;
    }
    return key - from;
}
static size_t erase_boxes(ledge_map *map, struct user *user, uint32_t from, size_t n) {
    size_t erased = 0;
    for (uint32_t number = from; number < from + n; number++) {
        const uint32_t key = key_of(user, number);
        erased += ledge_map_erase(map, &key) == LEDGE_OK;
    }
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
        const uint32_t key = number_of(it->key);
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
LEDGE_MAP_DEFINE(small, uint8_t, uint16_t);
static size_t list_small(const small *map, uint16_t *values) {
    size_t n = 0;
    ledge_map_iter it = ledge_map_begin(&map->base);
    for (const small_entry *entry; (entry = small_next(&it)) != NULL; n++)
        values[entry->key] = entry->value;
    return n;
});
SUPPORT_AS(record_support,
/* Keys and values of any size: those of number n. */
static void record_bytes(uint8_t *out, size_t size, size_t n) {
    for (size_t i = 0; i < size; i++)
        out[i] = (uint8_t)(n + 37 * i);
}
/* Whether an object of so many bytes may lie there. */
static bool record_fits(const void *ptr, size_t size) {
    size_t align = 1;
    while (align < _Alignof(max_align_t) && size % (2 * align) == 0 && size != 0)
        align *= 2;
    return (uintptr_t)ptr % align == 0;
}
static size_t put_records(ledge_map *map, size_t n) {
    size_t done = 0;
    for (size_t i = 0; i < n; i++) {
        uint8_t key[24];
        uint8_t value[24];
        record_bytes(key, map->config.key_size, i);
        record_bytes(value, map->config.value_size, i + 100);
        done += ledge_map_put(map, key, map->config.value_size ? value : NULL) == LEDGE_OK;
    }
    return done;
}
static size_t take_records(ledge_map *map, size_t n) {
    size_t good = 0;
    for (size_t i = 0; i < n; i++) {
        uint8_t key[24];
        uint8_t value[25];
        uint8_t out[25];
        record_bytes(key, map->config.key_size, i);
        memset(value, 0xee, sizeof value);
        memset(out, 0xee, sizeof out);
        record_bytes(value, map->config.value_size, i + 100);
        good += ledge_map_take(map, key, out) == LEDGE_OK && memcmp(out, value, sizeof out) == 0;
    }
    return good;
}
/* The entries that are as they should be, and where; it ends at the first that isn't. */
static size_t count_records(const ledge_map *map) {
    size_t good = 0;
    for (ledge_map_iter it = ledge_map_begin(map); ledge_map_next(&it); good++) {
        uint8_t key[24];
        uint8_t value[24];
        const size_t n = *(const uint8_t *)it.key;
        record_bytes(key, map->config.key_size, n);
        record_bytes(value, map->config.value_size, n + 100);
        if (memcmp(it.key, key, map->config.key_size) || memcmp(it.value, value, map->config.value_size))
            break;
        if (!record_fits(it.key, map->config.key_size) || !record_fits(it.value, map->config.value_size))
            break;
        if (ledge_map_find(map, key) != it.value)
            break;
    }
    return good;
});
SUPPORT_AS(loose_support,
/* A typed map whose keys are the same up to their last bit. */
static uint64_t loose_hash(const uint32_t *key, const ledge_hash_seed *seed) {
    return ledge_hash_u64(*key / 2, seed);
}
static bool loose_equal(const uint32_t *a, const uint32_t *b) {
    return *a / 2 == *b / 2;
}
LEDGE_MAP_DEFINE_WITH(loose, uint32_t, uint32_t, loose_hash, loose_equal);
/* Puts n keys, each of them twice; says how many were new. */
static size_t put_loose(loose *map, uint32_t n) {
    size_t fresh = 0;
    for (uint32_t key = 0; key < 2 * n; key++) {
        uint32_t *value = NULL;
        bool is_new = false;
        if (loose_upsert(map, key, &value, &is_new) == LEDGE_OK) {
            fresh += is_new && *value == 0;
            *value = key / 2;
        }
    }
    return fresh;
}
static size_t find_loose(const loose *map, uint32_t n) {
    size_t found = 0;
    for (uint32_t key = 0; key < 2 * n; key++) {
        const uint32_t *value = loose_find(map, key);
        found += value && *value == key / 2;
    }
    return found;
}
/* Erases or takes every third key, and answers for each whether it went once. */
static size_t drop_loose(loose *map, uint32_t n) {
    size_t gone = 0;
    for (uint32_t key = 0; key < n; key += 3) {
        uint32_t out = UINT32_MAX;
        if (key & 1)
            gone += loose_take(map, 2 * key + 1, &out) == LEDGE_OK && out == key;
        else
            gone += loose_erase(map, 2 * key + 1) == LEDGE_OK;
        gone -= loose_erase(map, 2 * key) == LEDGE_OK;
    }
    return gone;
});
/* clang-format on */

#endif
