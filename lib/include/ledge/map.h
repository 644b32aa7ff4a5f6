/* ledge/map.h: a hash map that owns its entries: keys and values of any size, fixed when the map is
 * made.
 *
 *     ledge_map map;
 *     const ledge_map_config config = {.key_size = sizeof(uint64_t), .value_size = sizeof(double)};
 *     if (ledge_map_init(&map, &config, NULL) == LEDGE_OK && …)
 *         status = ledge_map_put(&map, &key, &value);
 *     ledge_map_cleanup(&map);
 *
 * ledge/map_typed.h makes a map of two C types with the same functions, checked by the compiler and
 * specialised on the sizes: several times faster. This header is the manual for both.
 *
 * How it is built. Entries (key, then value) lie in groups of 16, and the groups of all entries one
 * behind the other; a byte of hash per entry, called its tag, lies apart, and the tags of a group
 * are compared all at once. An entry whose group is full goes to another one near by, and each
 * group has a bit for each eighth of all hashes, which says whether an entry with such a hash
 * passed over it: so a search knows where to end. It also counts those entries; when they are gone,
 * so are the bits, and an erased entry leaves no tombstone. (The counts: Nathan Bronson, Xiao Shi:
 * F14, 2019; the bits, and tags apart: Joaquin M Lopez Munoz: boost::unordered_flat_map, 2022.)
 *
 * What is our own is how it grows: bit by bit, and so that an entry keeps its place if an iteration
 * needs it to. Where an entry is, is the number of its home group (the low bits of the hash) with
 * some of the lowest bits flipped. So the entries of a run of groups, 64 of them, never are
 * elsewhere than in that run; and when the groups are doubled, a run becomes two, and each entry
 * can have the same group and slot in one of them.
 *
 * Pauses. When the map is full, new memory is allocated for twice the groups, and nothing else
 * happens at once: from then on each entry that is added moves one run of the old memory, until it
 * is empty and freed. A search knows by the hash which of the two to look in. So adding an entry
 * hashes and copies no more than 64 groups (config.step makes it less), however large the map is;
 * the rest is up to the allocator. (Where a run is full, runs become twice as long, and so do the
 * steps: by chance with short ones, and where the hash function gives the same to hundreds of
 * keys.)
 *
 * Iteration goes from place to place, and follows entries that were moved while it ran. It leaves a
 * mark on each run, and entries of a marked run keep their places; those of others get better ones
 * as the map grows. (ledge_map_shrink_to_fit takes the marks off.) So the map may be changed in any
 * way but ledge_map_shrink_to_fit, by any number of iterations at a time:
 *
 * - an entry that is there from start to end is seen exactly once;
 * - an entry that is erased before its turn isn't seen, also when it is the next;
 * - an entry that is added may be seen or not, and at most once;
 * - a key that is erased and put again is another entry: it may be seen a second time.
 *
 * Pointers to keys and values are good until an entry is added, their own is erased, or the map is
 * cleared, shrunk or cleaned up. A key must not be changed in place.
 *
 * Keys from strangers. Each map has a random seed, and the default hash functions are keyed by it:
 * see ledge/hash.h for what that is worth.
 *
 * Values that own something. The map copies bytes, and a value that is put belongs to the map. With
 * destroy_value it is told what to do with a value that is erased, replaced or cleaned up; with
 * clone_value ledge_map_clone makes a deep copy. Two values may share what they point at, and the
 * map knows nothing of it: a change through one is seen through the other, and destroy_value must
 * be right for both.
 *
 * Zero bytes are a map, too: it is empty, safe to clean up and to read, and whatever would add an
 * entry or memory returns LEDGE_ESIZE. A function that fails leaves the entries as they were. A key
 * that is passed in may be one of the map's own; a key or value that is added must not be.
 *
 * A map isn't thread-safe: reading in several threads is fine, a change needs the caller's lock. */
#ifndef LEDGE_MAP_H
#define LEDGE_MAP_H

#include <ledge/base.h>
#include <ledge/hash.h>

#ifdef __cplusplus
extern "C" {
#endif

enum {
    LEDGE_MAP_SLOTS = 16,         /* entries of a group */
    LEDGE_MAP_MAX_STEP = 64,      /* groups of a run, normally */
    LEDGE_MAP_STEP_DOUBLINGS = 6, /* from 1 group to those */
    LEDGE_MAP_MAX_DEPTH = 60      /* doublings of the number of runs */
};

/* ledge_map_hash_fn returns the hash of the key at key, of size bytes. Equal keys have equal
 * hashes; otherwise any value is allowed: the low bits choose the group, as many as there are, and
 * the top 8 tell entries of a group apart. Bits that don't vary cost speed only; ledge_hash_mix64
 * makes good ones of bad ones. seed is the map's. */
typedef uint64_t ledge_map_hash_fn(const void *key, size_t size, const ledge_hash_seed *seed,
                                   void *ctx);

/* ledge_map_equal_fn tells whether two keys of size bytes are the same. a is the map's. */
typedef bool ledge_map_equal_fn(const void *a, const void *b, size_t size, void *ctx);

/* A ledge_map_config is what a map is made of. All fields but key_size may be zero. */
typedef struct ledge_map_config {
    size_t key_size;           /* bytes of a key, > 0 */
    size_t value_size;         /* bytes of a value; 0 makes a set */
    ledge_map_hash_fn *hash;   /* null: ledge_hash_default */
    ledge_map_equal_fn *equal; /* null: memcmp, so that padding counts */
    /* Makes *out, whose bytes are undefined, a copy of *value that owns what it needs. Any status
     * but LEDGE_OK ends the cloning. Null: the bytes are copied. */
    ledge_status (*clone_value)(const void *value, void *out, void *ctx);
    /* Releases what *value owns. It must not change the map. Null: nothing to do. */
    void (*destroy_value)(void *value, void *ctx);
    void *ctx;            /* passed to the four above */
    ledge_hash_seed seed; /* both halves 0: a random one */
    /* Where the value is in an entry; 0: behind the key, aligned by its size. */
    size_t value_offset;
    size_t entry_size; /* bytes from one entry to the next; 0: chosen likewise */
    size_t step;       /* groups that are moved at a time; 0: 64, or fewer large ones */
} ledge_map_config;

/* A ledge_map_table is one block of memory: tags, counts and entries of mask + 1 groups, a power of
 * two. Slot s of group g has the tag and the entry of index g * LEDGE_MAP_SLOTS + s. */
struct ledge_map_table {
    uint8_t *tags;          /* 0: the slot is free. Null: there is no memory */
    uint8_t *passed;        /* by each group: hashes of entries that passed it as it was full */
    uint8_t *passers;       /* by each group: how many these are; 255: that many or more */
    uint8_t *visited;       /* by each run's first group: whether an iterator has been there */
    unsigned char *entries; /* of config.entry_size bytes */
    size_t mask;
};

/* A ledge_map is the map. Its fields may be read; they are written by the functions below. */
typedef struct ledge_map {
    struct ledge_map_table table;
    bool plain;                 /* there is table, and nothing in old */
    size_t added, removed;      /* entries, ever; one more of both for each run that was moved */
    size_t limit;               /* entries that table is made for */
    size_t reach;               /* groups of a run: a power of two */
    struct ledge_map_table old; /* what is being moved to table */
    size_t moved;               /* groups of old whose entries are in table already */
    ledge_map_config config;    /* without zeros for value_offset, entry_size, step, seed */
    ledge_allocator alloc;
} ledge_map;

/* ledge_map_init makes *map an empty map as config says, with memory from alloc (null: malloc and
 * free). Both are copied. It allocates nothing. What was in *map is overwritten, not cleaned up.
 *
 * Returns LEDGE_OK, or the first of these that holds; then *map is untouched:
 *   LEDGE_ESIZE      key_size is 0
 *   LEDGE_EOVERFLOW  an entry would be larger than PTRDIFF_MAX / 4096 bytes
 *   LEDGE_EINVAL     value_offset or entry_size, where given, has no room for the key and the
 *                    value; or step is neither 0 nor a power of two up to LEDGE_MAP_MAX_STEP
 * O(1). */
LEDGE_MUST_USE
LEDGE_NONNULL(1, 2)
ledge_status ledge_map_init(ledge_map *map, const ledge_map_config *config,
                            const ledge_allocator *alloc);

/* ledge_map_cleanup destroys the values, frees the memory and leaves *map all zero, so that
 * cleaning up twice does no harm. *map must be initialised or all zero. Can't fail. O(length). */
LEDGE_NONNULL(1)
void ledge_map_cleanup(ledge_map *map);

/* ledge_map_is_valid tells whether *map keeps its promises: each entry is where a search for its
 * key finds it, and the counts of groups and map add up. For tests and harnesses; calls the hash
 * function. O(length + memory). */
LEDGE_MUST_USE
LEDGE_NONNULL(1)
bool ledge_map_is_valid(const ledge_map *map);

/* --- Reading ------------------------------------------------------------------------------ */

/* ledge_map_length returns the number of entries. O(1). */
LEDGE_MUST_USE
LEDGE_NONNULL(1)
static inline size_t ledge_map_length(const ledge_map *map)
{
    return map->added - map->removed;
}

/* ledge_map_find returns a pointer to the value of key, which may be written through it; null where
 * the key isn't there. In a set it points at no bytes. O(1) expected. */
LEDGE_MUST_USE
LEDGE_NONNULL(1, 2)
void *ledge_map_find(const ledge_map *map, const void *key);

/* ledge_map_get copies the value of key to *out, which has room for one and lies outside of the
 * map. The bytes are copied: what they point at is still the map's.
 *
 * Returns LEDGE_OK; LEDGE_ENOTFOUND. O(1) expected. */
LEDGE_MUST_USE
LEDGE_NONNULL(1, 2, 3)
ledge_status ledge_map_get(const ledge_map *map, const void *key, void *out);

/* A ledge_map_iter is a place in a map. Any number may be under way. They need no cleaning up. */
typedef struct ledge_map_iter {
    const void *key; /* of the entry that ledge_map_next found */
    void *value;     /* may be written through */
    /* The rest is map_iter.c's, and explained there. */
    const ledge_map *map;
    const uint8_t *tags, *unit_tags;
    unsigned char *entries, *unit_entries;
    uint64_t ahead;
    unsigned depth;
    size_t removed, at, smooth, groups;
    bool skips;
    uint64_t path;
    struct {
        uint16_t place, groups;
    } level[LEDGE_MAP_MAX_DEPTH + 1];
    uint16_t skip[LEDGE_MAP_STEP_DOUBLINGS];
} ledge_map_iter;

/* ledge_map_begin returns an iterator that stands before the first entry. O(1). */
LEDGE_MUST_USE
LEDGE_NONNULL(1)
static inline ledge_map_iter ledge_map_begin(const ledge_map *map)
{
    ledge_map_iter iter;
    memset(&iter, 0, sizeof(iter));
    iter.map = map;
    return iter;
}

/* ledge_map_next goes to the next entry and sets iter->key and iter->value; false, and both stay,
 * when there is none. "Iteration" above says what the map may go through meanwhile.
 *
 *     for (ledge_map_iter it = ledge_map_begin(&map); ledge_map_next(&it);)
 *         …
 *
 * O(1), amortised, as long as the map isn't almost empty for its memory. */
LEDGE_MUST_USE
LEDGE_NONNULL(1)
bool ledge_map_next(ledge_map_iter *iter);

/* --- Changing ----------------------------------------------------------------------------- */

/* ledge_map_put sets the value of key to a copy of *value: it adds an entry, or destroys the value
 * that is there and puts the new one in its place. Where value points at that very value, nothing
 * happens. value may be null in a set.
 *
 * Returns LEDGE_OK, or the first of these that holds:
 *   LEDGE_ESIZE      the map is in the zero state
 *   LEDGE_ENULL      value is null, and it isn't a set
 *   LEDGE_ENOMEM     there is no memory to grow
 * O(1) expected; see "Pauses" above. */
LEDGE_MUST_USE
LEDGE_NONNULL(1, 2)
ledge_status ledge_map_put(ledge_map *map, const void *key, const void *value);

/* ledge_map_upsert finds the value of key, or adds an entry whose value is all zero bytes, and
 * stores a pointer to the value in *out and whether it is new in *is_new.
 *
 * Returns LEDGE_OK; LEDGE_ESIZE in the zero state; LEDGE_ENOMEM when there is no memory to grow,
 * and then both are untouched. O(1) expected; see "Pauses" above. */
LEDGE_MUST_USE
LEDGE_NONNULL(1, 2, 3, 4)
ledge_status ledge_map_upsert(ledge_map *map, const void *key, void **out, bool *is_new);

/* ledge_map_erase removes key and destroys its value. key may be the entry's own.
 *
 * Returns LEDGE_OK; LEDGE_ENOTFOUND. O(1) expected. */
LEDGE_MUST_USE
LEDGE_NONNULL(1, 2)
ledge_status ledge_map_erase(ledge_map *map, const void *key);

/* ledge_map_take removes key, and the value isn't destroyed but moved to *out, where it is the
 * caller's. out may be null where nothing is to be kept.
 *
 * Returns LEDGE_OK; LEDGE_ENOTFOUND, and *out is untouched. O(1) expected. */
LEDGE_MUST_USE
LEDGE_NONNULL(1, 2)
ledge_status ledge_map_take(ledge_map *map, const void *key, void *out);

/* ledge_map_clear removes all entries and destroys their values. The memory for as many stays.
 * Can't fail. O(memory). */
LEDGE_NONNULL(1)
void ledge_map_clear(ledge_map *map);

/* --- Memory ------------------------------------------------------------------------------- */

/* ledge_map_reserve makes room for n entries in all, so that up to there nothing is allocated and
 * no entry is moved. Nothing happens where there is the room.
 *
 * Returns LEDGE_OK; LEDGE_ESIZE in the zero state; LEDGE_EOVERFLOW when n entries are more than can
 * be; LEDGE_ENOMEM. O(length + n). */
LEDGE_MUST_USE
LEDGE_NONNULL(1)
ledge_status ledge_map_reserve(ledge_map *map, size_t n);

/* ledge_map_shrink_to_fit moves the entries to as little memory as they need, none for none. It
 * ends iterations: their iterators must not be used again.
 *
 * Returns LEDGE_OK; LEDGE_ENOMEM, as old and new memory are needed at the same time. O(length). */
LEDGE_MUST_USE
LEDGE_NONNULL(1)
ledge_status ledge_map_shrink_to_fit(ledge_map *map);

/* ledge_map_clone makes *out a map with the same entries, in memory of its own from the same
 * allocator, with the same functions and seed. The values are copied by clone_value, or as bytes
 * where that is null: a deep copy as far as clone_value goes. *out is another object than *map;
 * what was in it is overwritten, not cleaned up, and it is the caller's to clean up.
 *
 * Returns LEDGE_OK; LEDGE_ENOMEM, or what clone_value returned. Unless it is LEDGE_OK, *out is
 * untouched, and what was cloned is destroyed. O(memory). */
LEDGE_MUST_USE
LEDGE_NONNULL(1, 2)
ledge_status ledge_map_clone(const ledge_map *map, ledge_map *out);

/* ledge_map_clone_shallow is ledge_map_clone, except that the values are copied as bytes and stay
 * *map's: *out has neither clone_value nor destroy_value, and what its values point at is good as
 * long as those of *map are.
 *
 * Returns LEDGE_OK; LEDGE_ENOMEM, and *out is untouched. O(memory). */
LEDGE_MUST_USE
LEDGE_NONNULL(1, 2)
ledge_status ledge_map_clone_shallow(const ledge_map *map, ledge_map *out);

#ifdef __cplusplus
}
#endif

#endif /* LEDGE_MAP_H */
