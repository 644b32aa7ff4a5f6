#include "feature_set.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "files.h"
#include "mem.h"

enum {
    SPACE_MOST = 1 << 27, /* counters or cells: far beyond any program, and nothing overflows */
    ID = 32,              /* bytes of a content's name */
    CACHE_MOST = 64 * 1024 * 1024,
};

static const char stream_magic[8] = {'L', 'E', 'D', 'G', 'E', 'F', 'T', '1'};
static const char cache_magic[8] = {'L', 'E', 'D', 'G', 'E', 'F', 'C', '1'};

void features_free(struct features *features)
{
    free(features->at);
    *features = (struct features){0};
}

void features_append(struct features *features, const uint32_t *at, size_t len, uint32_t base)
{
    features->at = mem_resize(features->at, features->len + len, sizeof *features->at);
    for (size_t i = 0; i < len; i++)
        features->at[features->len++] = at[i] + base;
}

uint32_t feature_space_size(struct feature_space space)
{
    return space.counters * FEATURE_CLASSES + space.cells;
}

void features_select(struct features *features, struct feature_space space, unsigned cover)
{
    uint32_t counters = space.counters * FEATURE_CLASSES, len = 0;
    for (uint32_t i = 0; i < features->len; i++) {
        uint32_t id = features->at[i];
        if (id >= counters ? !(cover & COVER_CELLS) : !(cover & (COVER_EDGES | COVER_COUNTERS)))
            continue;
        if (id < counters && !(cover & COVER_COUNTERS))
            id -= id % FEATURE_CLASSES;
        features->at[len++] = id; /* still ascending, and each once: a run has one class an edge */
    }
    features->len = len;
}

static uint32_t read_number(const unsigned char *at)
{
    uint32_t number;
    memcpy(&number, at, sizeof number);
    return number;
}

/* The sum that kit/measure.c writes beside the numbers. */
static uint32_t sum_of(const uint32_t *at, size_t len)
{
    uint32_t sum = UINT32_C(2166136261);
    for (size_t i = 0; i < len; i++)
        sum = (sum ^ at[i]) * UINT32_C(16777619);
    return sum;
}

static bool are_sound(const struct features *features, uint32_t space)
{
    for (uint32_t i = 0; i < features->len; i++)
        if (features->at[i] >= space || (i > 0 && features->at[i] <= features->at[i - 1]))
            return false;
    return true;
}

static bool space_is_sound(struct feature_space space)
{
    return space.counters <= SPACE_MOST && space.cells <= SPACE_MOST;
}

/* Reads "count, sum, numbers" off the front of *at. */
static bool read_set(const unsigned char **at, const unsigned char *end, uint32_t space,
                     struct features *features)
{
    *features = (struct features){0};
    if (end - *at < 8)
        return false;
    uint32_t count = read_number(*at), sum = read_number(*at + 4);
    if (count > (size_t)(end - *at - 8) / 4)
        return false;
    features->at = mem_new(count, sizeof *features->at);
    features->len = count;
    memcpy(features->at, *at + 8, count * sizeof *features->at);
    if (sum_of(features->at, count) != sum || !are_sound(features, space)) {
        features_free(features);
        return false;
    }
    *at += 8 + (size_t)count * 4;
    return true;
}

bool features_open(struct feature_stream *stream, const void *bytes, size_t len)
{
    const unsigned char *at = bytes;
    *stream = (struct feature_stream){0};
    if (len < sizeof stream_magic + 8 || memcmp(at, stream_magic, sizeof stream_magic) != 0)
        return false;
    at += sizeof stream_magic;
    stream->space = (struct feature_space){read_number(at), read_number(at + 4)};
    stream->at = at + 8;
    stream->end = (const unsigned char *)bytes + len;
    return space_is_sound(stream->space);
}

bool features_next(struct feature_stream *stream, struct features *features)
{
    const unsigned char *at = stream->at;
    *features = (struct features){0};
    if (stream->end - at < 4 || read_number(at) != stream->next)
        return false;
    at += 4;
    if (!read_set(&at, stream->end, feature_space_size(stream->space), features))
        return false;
    stream->at = at;
    stream->next++;
    return true;
}

struct kept {
    char id[ID];
    struct features features;
    bool wanted; /* by this run */
};

struct feature_cache {
    char *path, build_id[ID];
    struct feature_space space;
    struct kept *kept; /* the first `sorted` by id, the others as they came */
    size_t len, cap, sorted;
};

static int compare_kept(const void *a, const void *b)
{
    return memcmp(((const struct kept *)a)->id, ((const struct kept *)b)->id, ID);
}

static void add(struct feature_cache *cache, const char *id, struct features features, bool wanted)
{
    if (cache->len == cache->cap) {
        cache->cap = cache->cap ? cache->cap * 2 : 64;
        cache->kept = mem_resize(cache->kept, cache->cap, sizeof *cache->kept);
    }
    struct kept *kept = &cache->kept[cache->len++];
    memcpy(kept->id, id, ID);
    kept->features = features;
    kept->wanted = wanted;
}

static void read_cache(struct feature_cache *cache, const unsigned char *at,
                       const unsigned char *end)
{
    size_t head = sizeof cache_magic + ID + 8;
    if ((size_t)(end - at) < head || memcmp(at, cache_magic, sizeof cache_magic) != 0 ||
        memcmp(at + sizeof cache_magic, cache->build_id, ID) != 0)
        return;
    struct feature_space space = {read_number(at + head - 8), read_number(at + head - 4)};
    if (!space_is_sound(space))
        return;
    cache->space = space;
    at += head;
    while (end - at > ID) {
        const char *id = (const char *)at;
        struct features features;
        at += ID;
        if (!read_set(&at, end, feature_space_size(space), &features))
            break;
        add(cache, id, features, false);
    }
    if (cache->len)
        qsort(cache->kept, cache->len, sizeof *cache->kept, compare_kept);
    cache->sorted = cache->len;
}

struct feature_cache *feature_cache_open(const char *path, const char build_id[33])
{
    struct feature_cache *cache = mem_new(1, sizeof *cache);
    struct fail why;
    char *bytes;
    size_t len;
    cache->path = mem_text(path);
    memcpy(cache->build_id, build_id, ID);
    if (path_is_file(path) && file_read(path, &bytes, &len, &why)) {
        const unsigned char *at = (const unsigned char *)bytes;
        read_cache(cache, at, at + len);
        free(bytes);
    }
    return cache;
}

bool feature_cache_space(const struct feature_cache *cache, struct feature_space *space)
{
    *space = cache->space;
    return cache->len > 0;
}

const struct features *feature_cache_find(const struct feature_cache *cache, const char id[33])
{
    struct kept wanted;
    memcpy(wanted.id, id, ID);
    struct kept *kept = cache->sorted ? bsearch(&wanted, cache->kept, cache->sorted,
                                                sizeof *cache->kept, compare_kept)
                                      : NULL;
    if (!kept)
        return NULL;
    kept->wanted = true;
    return &kept->features;
}

void feature_cache_add(struct feature_cache *cache, struct feature_space space, const char id[33],
                       const struct features *features)
{
    struct features copy = {0};
    features_append(&copy, features->at, features->len, 0);
    cache->space = space;
    add(cache, id, copy, true);
}

static size_t kept_size(const struct kept *kept)
{
    return ID + 8 + (size_t)kept->features.len * 4;
}

static char *put(char *at, const void *bytes, size_t len)
{
    if (len)
        memcpy(at, bytes, len);
    return at + len;
}

static char *put_kept(char *at, const struct kept *kept)
{
    uint32_t head[2] = {kept->features.len, sum_of(kept->features.at, kept->features.len)};
    at = put(at, kept->id, ID);
    at = put(at, head, sizeof head);
    return put(at, kept->features.at, (size_t)kept->features.len * 4);
}

/* At once, but not durably: what a power cut leaves is told by its sums, and measured again. */
static bool replace_file(const char *path, const char *bytes, size_t len, struct fail *why)
{
    char *half = mem_print("%s.half%ld", path, (long)getpid());
    bool ok = file_put(half, bytes, len, why);
    if (ok && rename(half, path) != 0)
        ok = fail_set(why, "", "cannot write %s: %s", path, strerror(errno));
    if (!ok)
        unlink(half);
    free(half);
    return ok;
}

bool feature_cache_save(struct feature_cache *cache, struct fail *why)
{
    if (cache->len == cache->sorted)
        return true;
    qsort(cache->kept, cache->len, sizeof *cache->kept, compare_kept);
    cache->sorted = cache->len;
    size_t size = sizeof cache_magic + ID + 8, wanted = size;
    for (size_t i = 0; i < cache->len; i++) {
        size += kept_size(&cache->kept[i]);
        wanted += cache->kept[i].wanted ? kept_size(&cache->kept[i]) : 0;
    }
    bool all = size <= CACHE_MOST;
    char *bytes = mem_new(all ? size : wanted, 1), *at = bytes;
    uint32_t space[2] = {cache->space.counters, cache->space.cells};
    at = put(at, cache_magic, sizeof cache_magic);
    at = put(at, cache->build_id, ID);
    at = put(at, space, sizeof space);
    for (size_t i = 0; i < cache->len; i++)
        if (all || cache->kept[i].wanted)
            at = put_kept(at, &cache->kept[i]);
    bool ok = replace_file(cache->path, bytes, (size_t)(at - bytes), why);
    free(bytes);
    return ok;
}

void feature_cache_free(struct feature_cache *cache)
{
    if (!cache)
        return;
    for (size_t i = 0; i < cache->len; i++)
        features_free(&cache->kept[i].features);
    free(cache->kept);
    free(cache->path);
    free(cache);
}
