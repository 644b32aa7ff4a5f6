/* feature_set.h: what inputs exercise, as sets of numbers, and where those are kept.
 *
 * A build numbers what it counts (targets/kit/measure.h): 8 * counters numbers for how often each
 * edge was passed, then one for each cell of the target's own accounting. Sets come from a process
 * that runs the program under test and may have been damaged by it; files of them may be cut short
 * or come from elsewhere. Whatever the bytes, reading them ends, and gives only whole, sound sets.
 */
#ifndef LEDGE_TOOLS_FEATURE_SET_H
#define LEDGE_TOOLS_FEATURE_SET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "fail.h"

enum { FEATURE_CLASSES = 8 }; /* how often: 1, 2, 3, 4-7, 8-15, 16-31, 32-127, more */

/* A set: ascending numbers, owned. Zero is empty. */
struct features {
    uint32_t *at;
    uint32_t len;
};

void features_free(struct features *features);

/* features_append adds numbers that are all greater than those in the set, each raised by base. */
void features_append(struct features *features, const uint32_t *at, size_t len, uint32_t base);

/* What a build counts. */
struct feature_space {
    uint32_t counters, cells;
};

/* feature_space_size is how many numbers there are. */
uint32_t feature_space_size(struct feature_space space);

/* What is to be covered; any number of these together. */
enum {
    COVER_EDGES = 1,    /* each edge, however often it was passed */
    COVER_COUNTERS = 2, /* each edge × how often */
    COVER_CELLS = 4,    /* each cell of the accounting */
};

/* features_select drops what is not to be covered. An edge becomes the first of its eight numbers
 * when counters aren't wanted. */
void features_select(struct features *features, struct feature_space space, unsigned cover);

/* Reads what a measuring process wrote. */
struct feature_stream {
    const unsigned char *at, *end;
    struct feature_space space;
    uint32_t next; /* the number that the next record has to have */
};

/* features_open reads the head of the stream; false: there is none. The bytes are only lent. */
bool features_open(struct feature_stream *stream, const void *bytes, size_t len);

/* features_next reads the set of the next input; false at the end, and at the first record that
 * isn't whole, sound and in order: nothing behind it can be trusted. */
bool features_next(struct feature_stream *stream, struct features *features);

/* A file that keeps the sets of one build by the content of the inputs. */
struct feature_cache;

/* feature_cache_open reads the file at path. One that is missing, damaged, or of another build than
 * build_id counts as empty: what it lacks is measured again. */
struct feature_cache *feature_cache_open(const char *path, const char build_id[33]);

/* feature_cache_space is what the sets are numbers of; false while nothing is in there. */
bool feature_cache_space(const struct feature_cache *cache, struct feature_space *space);

/* feature_cache_find returns the set of an input (its store_id), which the cache owns; NULL: not
 * known. O(log n) for what was read from the file. */
const struct features *feature_cache_find(const struct feature_cache *cache, const char id[33]);

/* feature_cache_add keeps a copy of a set; it is found after the next feature_cache_save. */
void feature_cache_add(struct feature_cache *cache, struct feature_space space, const char id[33],
                       const struct features *features);

/* feature_cache_save writes the file, at once, when something was added. What nobody has asked for
 * since the cache was opened is left out once the file would pass 64 MiB. */
bool feature_cache_save(struct feature_cache *cache, struct fail *why);

void feature_cache_free(struct feature_cache *cache);

#endif
