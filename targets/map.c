/* map: the hash map (ledge/map.h) against arrays indexed by the key. Values own a box each; hash
 * functions are good, constant, and cut to a few bits; runs are short, so that few keys make many;
 * an iteration goes on while the map changes; the allocator fails. Rows B6 B16 B17 A33. */
#include "hash_model.h"
#include "kit/target.h"
#include "map_support.h"
#include "status_name.h"

/* What the map hands over is the world's, so that a program that ends early leaks nothing. */
#define OBJECTS                                                                                    \
    ledge_map map[2], spare[2];                                                                    \
    ledge_map_iter it;                                                                             \
    small typed;                                                                                   \
    struct user user;                                                                              \
    uint32_t *box;                                                                                 \
    ledge_allocator alloc;

enum turn { GONE, OLD, NEW };

struct world {
    OBJECTS
    struct model {
        bool made, there[KEYS];
        uint32_t want[KEYS];
        size_t n;
    } m[2];
    enum turn turn[KEYS]; /* whether the iteration has to see it */
    size_t walked;        /* 1 + the map it goes through; 0: none */
    bool typed_there[256];
    uint16_t typed_want[256];
    size_t typed_n;
};

static void world_open(struct world *w)
{
    CALL(w->user.stingy.grants = SIZE_MAX);
    CALL(w->user.maps[0] = &w->map[0]);
    CALL(w->user.maps[1] = &w->map[1]);
    CALL(w->user.maps[2] = &w->spare[0]);
    CALL(w->alloc = (ledge_allocator){stingy_resize, &w->user.stingy});
    CALL(const ledge_map_config seeded = {.seed = ledge_hash_seed_from(1), .step = 1});
    EXPECT(small_init(&w->typed, &seeded, &w->alloc), LEDGE_OK);
}

static void world_check(struct world *w)
{
    for (size_t i = 0; i < 2; i++) {
        CHECK_EQ_AT(i, ledge_map_is_valid(&w->map[i]), true);
        CHECK_EQ_AT(i, ledge_map_length(&w->map[i]), w->m[i].n);
    }
    size_t left = w->m[0].n + w->m[1].n;
    for (uint32_t key = 0; left > 0 && key < KEYS; key++) {
        if (w->m[0].there[key])
            CHECK_EQ_AT(key, content_of(&w->map[0], key), w->m[0].want[key]);
        if (w->m[1].there[key])
            CHECK_EQ_AT(key, content_of(&w->map[1], key), w->m[1].want[key]);
        left -= (size_t)w->m[0].there[key] + w->m[1].there[key];
    }
    CHECK_EQ(w->user.boxes, w->m[0].n + w->m[1].n);
    CHECK_EQ(w->user.strays, 0);
    CHECK_EQ(ledge_map_is_valid(&w->typed.base), true);
    CHECK_EQ(small_length(&w->typed), w->typed_n);
}

static void world_close(struct world *w)
{
    CALL(ledge_map_cleanup(&w->map[0]));
    CALL(ledge_map_cleanup(&w->map[1]));
    CALL(small_cleanup(&w->typed));
    STINGY_CLOSE(w->user.stingy);
}

/* Memory may be refused when no grants are left. */
static int maybe(const struct world *w, int got)
{
    return got == LEDGE_ENOMEM && w->user.stingy.grants == 0 ? LEDGE_ENOMEM : LEDGE_OK;
}

static void model_put(struct world *w, size_t which, uint32_t key, uint32_t content)
{
    struct model *m = &w->m[which];
    /* In either map: what was seen of the key is forgotten when it is added to one. */
    if (!m->there[key])
        w->turn[key] = NEW;
    m->n += !m->there[key];
    m->there[key] = true;
    m->want[key] = content;
}

static void model_erase(struct world *w, size_t which, uint32_t key)
{
    struct model *m = &w->m[which];
    if (w->walked == which + 1)
        w->turn[key] = GONE;
    m->n -= m->there[key];
    m->there[key] = false;
}

static void model_empty(struct world *w, size_t which)
{
    for (uint32_t key = 0; key < KEYS; key++)
        model_erase(w, which, key);
}

static void model_typed_put(struct world *w, size_t key, size_t value)
{
    w->typed_n += !w->typed_there[key];
    w->typed_there[key] = true;
    w->typed_want[key] = (uint16_t)value;
}

static void model_typed_erase(struct world *w, size_t key)
{
    w->typed_n -= w->typed_there[key];
    w->typed_there[key] = false;
}

/* --- The operations ----------------------------------------------------------------------- */

OP(init, RANGE(which, 0, 1), RANGE(hash, 0, 8), RANGE(step, 0, 6), RANGE(equal, 0, 1))
{
    REQUIRE(!w->m[which].made);
    w->walked = w->walked == which + 1 ? 0 : w->walked;
    if (!w->m[!which].made) {
        CALL(w->user.hash = hash);
        CALL(w->user.loose = (uint32_t)equal);
    }
    CALL(ledge_map_config config = {.key_size = 4, .value_size = sizeof(uint32_t *)});
    CALL(config.step = (size_t)1 << step);
    CALL(config.hash = user_hash);
    CALL(config.equal = w->user.loose ? user_equal : NULL);
    CALL(config.clone_value = box_clone);
    CALL(config.destroy_value = box_free);
    CALL(config.ctx = &w->user);
    CALL(config.seed = ledge_hash_seed_from(7));
    EXPECT(ledge_map_init(&w->map[which], &config, &w->alloc), LEDGE_OK);
    w->m[which].made = true;
}

OP(put, RANGE(which, 0, 1), RANGE(key, 0, KEYS - 1), U32(content))
{
    CALL(const uint32_t number = key_of(&w->user, key));
    CALL(w->box = box_new(&w->user, content));
    EXPECT(ledge_map_put(&w->map[which], &number, &w->box),
           w->m[which].made ? maybe(w, got) : LEDGE_ESIZE);
    if (got != LEDGE_OK) {
        CALL(box_free(&w->box, &w->user));
        return;
    }
    if (!w->m[which].there[key]) {
        CALL(w->user.seen[key] = 0);
    }
    model_put(w, which, (uint32_t)key, content);
}

/* The value that is there, or none: put leaves it alone, or refuses. */
OP(put_self, RANGE(which, 0, 1), RANGE(key, 0, KEYS - 1))
{
    REQUIRE(w->m[which].made);
    CALL(const uint32_t number = key_of(&w->user, key));
    EXPECT(ledge_map_put(&w->map[which], &number, ledge_map_find(&w->map[which], &number)),
           w->m[which].there[key] ? LEDGE_OK : LEDGE_ENULL);
}

OP(put_many, RANGE(which, 0, 1), RANGE(from, 0, KEYS - 1), RANGE(n, 0, KEYS), U32(content))
{
    REQUIRE(w->m[which].made && from + n <= KEYS);
    CALL(const size_t done = put_boxes(&w->map[which], &w->user, (uint32_t)from, n, content));
    CHECK_EQ(done < n, done < n && maybe(w, LEDGE_ENOMEM) == LEDGE_ENOMEM);
    for (size_t i = 0; i < done; i++)
        model_put(w, which, (uint32_t)(from + i), content);
}

OP(upsert, RANGE(which, 0, 1), RANGE(key, 0, KEYS - 1), U32(content))
{
    CALL(const uint32_t number = key_of(&w->user, key));
    CALL(void *value = NULL);
    CALL(bool is_new = false);
    EXPECT(ledge_map_upsert(&w->map[which], &number, &value, &is_new),
           w->m[which].made ? maybe(w, got) : LEDGE_ESIZE);
    REQUIRE(got == LEDGE_OK);
    CHECK_EQ(is_new, !w->m[which].there[key]);
    if (!w->m[which].there[key]) {
        CHECK_EQ(*(uint32_t **)value == NULL, true);
        CALL(*(uint32_t **)value = box_new(&w->user, 0));
        CALL(w->user.seen[key] = 0);
    }
    CALL(**(uint32_t **)value = content);
    model_put(w, which, (uint32_t)key, content);
}

OP(get, RANGE(which, 0, 1), RANGE(key, 0, KEYS - 1))
{
    const bool there = w->m[which].there[key];
    CALL(const uint32_t number = key_of(&w->user, key));
    CALL(uint32_t *out = NULL);
    EXPECT(ledge_map_get(&w->map[which], &number, &out), there ? LEDGE_OK : LEDGE_ENOTFOUND);
    CHECK_EQ(ledge_map_find(&w->map[which], &number) != NULL, there);
    if (there)
        CHECK_EQ(*out, w->m[which].want[key]);
}

OP(erase, RANGE(which, 0, 1), RANGE(key, 0, KEYS - 1))
{
    CALL(const uint32_t number = key_of(&w->user, key));
    EXPECT(ledge_map_erase(&w->map[which], &number),
           w->m[which].there[key] ? LEDGE_OK : LEDGE_ENOTFOUND);
    model_erase(w, which, (uint32_t)key);
}

OP(take, RANGE(which, 0, 1), RANGE(key, 0, KEYS - 1))
{
    CALL(const uint32_t number = key_of(&w->user, key));
    EXPECT(ledge_map_take(&w->map[which], &number, &w->box),
           w->m[which].there[key] ? LEDGE_OK : LEDGE_ENOTFOUND);
    REQUIRE(got == LEDGE_OK);
    CHECK_EQ(*w->box, w->m[which].want[key]);
    CALL(box_free(&w->box, &w->user));
    model_erase(w, which, (uint32_t)key);
}

OP(erase_many, RANGE(which, 0, 1), RANGE(from, 0, KEYS - 1), RANGE(n, 0, KEYS))
{
    REQUIRE(from + n <= KEYS);
    size_t want = 0;
    for (size_t i = from; i < from + n; i++)
        want += w->m[which].there[i];
    CALL(const size_t erased = erase_boxes(&w->map[which], &w->user, (uint32_t)from, n));
    CHECK_EQ(erased, want);
    for (size_t i = from; i < from + n; i++)
        model_erase(w, which, (uint32_t)i);
}

OP(begin, RANGE(which, 0, 1))
{
    CALL(w->it = ledge_map_begin(&w->map[which]));
    CALL(memset(w->user.seen, 0, sizeof w->user.seen));
    w->walked = which + 1;
    for (size_t key = 0; key < KEYS; key++)
        w->turn[key] = w->m[which].there[key] ? OLD : GONE;
}

OP(next, RANGE(n, 0, KEYS), RANGE(erasing, 0, 1))
{
    REQUIRE(w->walked != 0);
    const size_t which = w->walked - 1;
    CALL(uint32_t keys[KEYS]);
    CALL(const size_t seen = walk(w->it.map == &w->map[0] ? &w->map[0] : &w->map[1], &w->user,
                                  &w->it, n, erasing == 1, keys));
    CHECK_EQ(w->user.repeats, 0);
    CHECK_EQ(w->user.strays, 0);
    for (size_t i = 0; erasing && i < seen; i++)
        model_erase(w, which, keys[i]);
    for (size_t key = 0; seen < n && key < KEYS; key++) {
        if (w->turn[key] == OLD)
            CHECK_EQ_AT(key, w->user.seen[key], 1);
    }
}

OP(reserve, RANGE(which, 0, 1), COUNT(n, 16))
{
    REQUIRE(n <= 8 * KEYS || n > SIZE_MAX / 64);
    EXPECT(ledge_map_reserve(&w->map[which], n), !w->m[which].made   ? LEDGE_ESIZE
                                                 : n > SIZE_MAX / 64 ? LEDGE_EOVERFLOW
                                                                     : maybe(w, got));
    /* Up to there nothing is allocated, and no entry is moved. */
    if (got == LEDGE_OK && n != 0)
        CHECK_EQ(w->map[which].plain && w->map[which].limit >= n, true);
}

OP(shrink, RANGE(which, 0, 1))
{
    EXPECT(ledge_map_shrink_to_fit(&w->map[which]), maybe(w, got));
    if (got == LEDGE_OK)
        CHECK_EQ(w->map[which].table.tags != NULL, w->m[which].n != 0);
    if (w->walked == which + 1)
        w->walked = 0;
}

OP(clear, RANGE(which, 0, 1))
{
    CALL(ledge_map_clear(&w->map[which]));
    model_empty(w, which);
}

OP0(clone)
{
    REQUIRE(!w->m[1].made);
    EXPECT(ledge_map_clone(&w->map[0], &w->map[1]), maybe(w, got));
    if (got == LEDGE_OK) {
        w->m[1] = w->m[0];
        w->walked = w->walked == 2 ? 0 : w->walked;
    }
}

/* What is written through a shallow clone is seen in the map; erasing there destroys nothing here,
 * and neither does its cleanup, also where the map's own values went first. */
OP(clone_shallow, RANGE(which, 0, 1), RANGE(key, 0, KEYS - 1), U32(content), RANGE(first, 0, 1))
{
    EXPECT(ledge_map_clone_shallow(&w->map[which], &w->spare[0]), maybe(w, got));
    REQUIRE(got == LEDGE_OK);
    CHECK_EQ(ledge_map_is_valid(&w->spare[0]), true);
    CHECK_EQ(ledge_map_length(&w->spare[0]), w->m[which].n);
    if (w->m[which].there[key]) {
        CALL(const uint32_t number = key_of(&w->user, key));
        CALL(*box_of(&w->spare[0], number) = content);
        CHECK_EQ(content_of(&w->map[which], number), content);
        EXPECT_AS(erased, ledge_map_erase(&w->spare[0], &number), LEDGE_OK);
        w->m[which].want[key] = content;
    }
    if (first) {
        CALL(ledge_map_clear(&w->map[which]));
        model_empty(w, which);
    }
    CALL(ledge_map_cleanup(&w->spare[0]));
}

/* What is written through a clone stays there, also where all values share an array. */
OP(clone_backed, RANGE(n, 0, 8), RANGE(key, 0, 7), U32(content))
{
    CALL(struct backing backing = {.used = 0});
    CALL(const ledge_map_config config = {.key_size = 4,
                                          .value_size = sizeof(uint32_t *),
                                          .clone_value = cell_clone,
                                          .ctx = &backing,
                                          .seed = ledge_hash_seed_from(3)});
    EXPECT(ledge_map_init(&w->spare[0], &config, NULL), LEDGE_OK);
    EXPECT_AS(filled, put_cells(&w->spare[0], &backing, (uint32_t)n), LEDGE_OK);
    EXPECT_AS(cloned, ledge_map_clone(&w->spare[0], &w->spare[1]), LEDGE_OK);
    if (key < n) {
        CALL(*box_of(&w->spare[1], (uint32_t)key) = content);
        CHECK_EQ(content_of(&w->spare[0], (uint32_t)key), key);
        CHECK_EQ(content_of(&w->spare[1], (uint32_t)key), content);
    }
    CALL(ledge_map_cleanup(&w->spare[1]));
    CALL(ledge_map_cleanup(&w->spare[0]));
}

OP(cleanup, RANGE(which, 0, 1))
{
    CALL(ledge_map_cleanup(&w->map[which]));
    model_empty(w, which);
    w->m[which].made = false;
}

OP(init_other, RANGE(kind, 0, 8))
{
    static const int want[] = {LEDGE_ESIZE,     LEDGE_EOVERFLOW, LEDGE_EOVERFLOW,
                               LEDGE_EOVERFLOW, LEDGE_EINVAL,    LEDGE_EINVAL,
                               LEDGE_EOVERFLOW, LEDGE_EINVAL,    LEDGE_OK};
    CALL(static const ledge_map_config others[] = {
             {.value_size = 1},
             {.key_size = SIZE_MAX, .value_size = 2},
             {.key_size = 8, .value_size = SIZE_MAX},
             {.key_size = 8, .value_size = SIZE_MAX - 8},
             {.key_size = 8, .value_size = 8, .value_offset = 7},
             {.key_size = 8, .value_size = 8, .entry_size = 15},
             {.key_size = SIZE_MAX / 4096},
             {.key_size = 8, .step = 3},
             {.key_size = 4096}});
    CALL(ledge_map other);
    EXPECT(ledge_map_init(&other, &others[kind], NULL), want[kind]);
}

/* Keys of any size, and a seed of its own: nothing may depend on it. */
OP(set_of_names, INDEX(size))
{
    REQUIRE(size > 0 && size <= 32);
    CALL(const ledge_map_config config = {.key_size = size});
    CALL(const char *const name = "the key of a set has no value...");
    EXPECT(ledge_map_init(&w->spare[0], &config, NULL), LEDGE_OK);
    EXPECT_AS(once, ledge_map_put(&w->spare[0], name, NULL), LEDGE_OK);
    EXPECT_AS(again, ledge_map_put(&w->spare[0], name, NULL), LEDGE_OK);
    CHECK_EQ(ledge_map_find(&w->spare[0], name) != NULL, true);
    CHECK_EQ(ledge_map_length(&w->spare[0]), 1);
    CALL(ledge_map_cleanup(&w->spare[0]));
}

OP(crowd, RANGE(n, 0, 320), RANGE(left, 0, 15))
{
    CALL(const ledge_map_config config = {.key_size = 4, .hash = same_group, .step = 8});
    EXPECT(ledge_map_init(&w->spare[0], &config, NULL), LEDGE_OK);
    CALL(const size_t done = crowd_numbers(&w->spare[0], (uint32_t)n, (uint32_t)left));
    CHECK_EQ(done, n + (n > left ? n - left : 0));
    CHECK_EQ(ledge_map_is_valid(&w->spare[0]), true);
    CHECK_EQ(ledge_map_length(&w->spare[0]), n > left ? left : n);
    CALL(ledge_map_cleanup(&w->spare[0]));
}

OP(typed_put, RANGE(key, 0, 255), RANGE(value, 0, 65535))
{
    EXPECT(small_put(&w->typed, (uint8_t)key, (uint16_t)value),
           w->typed_there[key] ? LEDGE_OK : maybe(w, got));
    REQUIRE(got == LEDGE_OK);
    model_typed_put(w, key, value);
}

OP(typed_take, RANGE(key, 0, 255))
{
    CALL(uint16_t out = 0);
    CHECK_EQ(small_find(&w->typed, (uint8_t)key) != NULL, w->typed_there[key]);
    EXPECT(small_take(&w->typed, (uint8_t)key, &out),
           w->typed_there[key] ? LEDGE_OK : LEDGE_ENOTFOUND);
    CHECK_EQ(out, w->typed_there[key] ? w->typed_want[key] : 0);
    model_typed_erase(w, key);
}

OP(typed_erase, RANGE(key, 0, 255))
{
    EXPECT(small_erase(&w->typed, (uint8_t)key), w->typed_there[key] ? LEDGE_OK : LEDGE_ENOTFOUND);
    model_typed_erase(w, key);
}

OP(typed_upsert, RANGE(key, 0, 255), RANGE(value, 0, 65535))
{
    const bool there = w->typed_there[key];
    CALL(uint16_t *to = NULL);
    CALL(bool is_new = false);
    EXPECT(small_upsert(&w->typed, (uint8_t)key, &to, &is_new), there ? LEDGE_OK : maybe(w, got));
    REQUIRE(got == LEDGE_OK);
    CHECK_EQ(is_new, !there);
    CHECK_EQ(*to, there ? w->typed_want[key] : 0);
    CALL(*to = (uint16_t)value);
    model_typed_put(w, key, value);
}

OP0(typed_walk)
{
    uint16_t want[256] = {0};
    for (size_t key = 0; key < 256; key++)
        want[key] = w->typed_there[key] ? w->typed_want[key] : 0;
    CALL(uint16_t values[256] = {0});
    CALL(const size_t seen = list_small(&w->typed, values));
    CHECK_EQ(seen, w->typed_n);
    CHECK_BYTES(values, want, sizeof want);
}

/* Puts until entries have to be moved, so that what follows is done while they are. */
OP(grow, RANGE(which, 0, 1), RANGE(from, 0, KEYS - 1), U32(content))
{
    REQUIRE(w->m[which].made);
    CALL(const size_t done = put_until_moving(&w->map[which], &w->user, (uint32_t)from, content));
    for (size_t i = 0; i < done; i++)
        model_put(w, which, (uint32_t)(from + i), content);
}

/* Keys of a type with a comparison of its own. */
OP(typed_loose, RANGE(n, 0, 300), RANGE(step, 0, 6), U64(number))
{
    const size_t gone = (n + 2) / 3;
    const ledge_hash_seed seed = {model_split_mix(number, 1), model_split_mix(number, 2)};
    CALL(loose typed);
    CALL(ledge_map_config config = {.seed = ledge_hash_seed_from(number)});
    CALL(config.step = (size_t)1 << step);
    EXPECT(loose_init(&typed, &config, NULL), LEDGE_OK);
    CHECK_BYTES(&typed.base.config.seed, &seed, sizeof seed);
    CALL(const size_t fresh = put_loose(&typed, (uint32_t)n));
    CALL(const size_t found = find_loose(&typed, (uint32_t)n));
    CALL(const size_t dropped = drop_loose(&typed, (uint32_t)n));
    CALL(const size_t left = loose_length(&typed));
    CALL(const size_t kept = find_loose(&typed, (uint32_t)n));
    CALL(loose_cleanup(&typed));
    CHECK_EQ(fresh, n);
    CHECK_EQ(found, 2 * n);
    CHECK_EQ(dropped, gone);
    CHECK_EQ(left, n - gone);
    CHECK_EQ(kept, 2 * (n - gone));
}

/* Keys and values of any size; a clone and a smaller map have the same. */
OP(records, RANGE(key_size, 1, 24), RANGE(value_size, 0, 24), RANGE(n, 0, 64), RANGE(gone, 0, 64),
   RANGE(step, 0, 6), U64(number))
{
    const size_t left = gone < n ? n - gone : 0;
    const ledge_hash_seed seed = {model_split_mix(number, 1), model_split_mix(number, 2)};
    CALL(ledge_map_config config = {.key_size = key_size, .value_size = value_size});
    CALL(config.seed = ledge_hash_seed_from(number));
    CALL(config.step = (size_t)1 << step);
    EXPECT(ledge_map_init(&w->spare[0], &config, NULL), LEDGE_OK);
    CALL(const size_t first = put_records(&w->spare[0], n));
    CALL(const size_t again = put_records(&w->spare[0], n));
    CHECK_EQ(first + again, 2 * n);
    CHECK_EQ(ledge_map_length(&w->spare[0]), n);
    CHECK_EQ(count_records(&w->spare[0]), n);
    CALL(const size_t taken = take_records(&w->spare[0], gone));
    CHECK_EQ(taken, n - left);
    CHECK_EQ(count_records(&w->spare[0]), left);
    EXPECT_AS(cloned, ledge_map_clone(&w->spare[0], &w->spare[1]), LEDGE_OK);
    EXPECT_AS(shrunk, ledge_map_shrink_to_fit(&w->spare[0]), LEDGE_OK);
    CHECK_EQ(count_records(&w->spare[0]), left);
    CHECK_EQ(count_records(&w->spare[1]), left);
    CHECK_BYTES(&w->spare[0].config.seed, &seed, sizeof seed);
    CHECK_BYTES(&w->spare[1].config.seed, &seed, sizeof seed);
    CHECK_EQ(ledge_map_is_valid(&w->spare[0]) && ledge_map_is_valid(&w->spare[1]), true);
    CALL(ledge_map_cleanup(&w->spare[0]));
    CALL(ledge_map_cleanup(&w->spare[1]));
}

/* Every hash function (ledge/hash.h) against what its authors wrote down. */
OP(hashes, BYTES(src, 32), U64(k0), U64(k1))
{
    CALL(const ledge_hash_seed seed = {k0, k1});
    CALL(const void *const data = src.len ? src.at : NULL);
    CHECK_EQ(ledge_hash_sip13(data, src.len, &seed), model_sip(src, k0, k1, 1, 3));
    CHECK_EQ(ledge_hash_sip24(data, src.len, &seed), model_sip(src, k0, k1, 2, 4));
    CHECK_EQ(ledge_hash_fnv1a(data, src.len), model_fnv(src));
    CHECK_EQ(ledge_hash_mix64(k0), model_mix(k0));
    CHECK_EQ(ledge_hash_fold(k0, k1), model_fold(k0, k1));
    CHECK_EQ(ledge_hash_seed_from(k0).k0, model_split_mix(k0, 1));
    CHECK_EQ(ledge_hash_seed_from(k0).k1, model_split_mix(k0, 2));
    CALL(const ledge_hash_seed random = ledge_hash_seed_random(w));
    CHECK_EQ((random.k0 | random.k1) != 0, true);
    REQUIRE(src.len != 0);
    CHECK_EQ(ledge_hash_default(data, src.len, &seed), model_default(src, k0, k1));
}

OP(starve, RANGE(grants, 0, 7))
{
    CALL(w->user.stingy.grants = grants == 7 ? SIZE_MAX : grants);
}

TARGET(map, .includes = "#include <ledge/map.h>\n#include <ledge/map_typed.h>\n",
       .support = {kit_support, map_support, more_support, record_support, loose_support},
       .status_name = status_name,
       .ops = {&init,         &put,        &put_many,     &erase,         &get,
               &begin,        &next,       &clone,        &clone_shallow, &take,
               &upsert,       &erase_many, &reserve,      &shrink,        &clear,
               &cleanup,      &starve,     &put_self,     &init_other,    &set_of_names,
               &typed_put,    &typed_take, &clone_backed, &crowd,         &typed_erase,
               &typed_upsert, &typed_walk, &typed_loose,  &records,       &hashes,
               &grow});
