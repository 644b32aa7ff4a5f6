/* ledge/check.h: provenance: does [ptr, ptr + size) lie in one live allocation, and within one part
 * of it?
 *
 * A sanitizer watches the borders of what malloc gave out. Inside, an array in a struct may run
 * into its neighbour, a piece of an arena into the next piece, and nobody sees it. A ledge_check is
 * a table of regions: allocations, and the sub-objects in them, and in those, as deep as need be.
 * Of any range it says whether it respects their borders:
 *
 *     ledge_check_add(&check, block, 64, &all);
 *     ledge_check_add_sub(&check, block, 16, &key);
 *     ledge_check_add_sub(&check, block + 16, 48, &value);
 *     ledge_check_range(&check, block, 16, &found);       LEDGE_OK, found is key
 *     ledge_check_range(&check, block + 8, 16, &found);   LEDGE_ERANGE: from key into value
 *     ledge_check_range(&check, block, 64, &found);       LEDGE_OK, found is all: both, as wholes
 *
 * The rule: a range must lie in a region, and each sub-object must be in it, around it or outside
 * of it as a whole; it may not cut one.
 *
 * Where it is known what a pointer was made of, ledge_check_within asks more: whether the range is
 * still in that region. A ledge_checked is a view that remembers its region. A region that was
 * removed or renewed (what lay there has gone or moved) leaves handles and views of it stale, and
 * they say so; each has the region's generation in it.
 *
 * Regions are in a tree, sorted by address, parents before their parts. As they nest, the last
 * region that starts at or before an address is either the innermost around it, or inside that one:
 * so a look-up is a way down the tree and a walk up the parents, O(log regions + depth), and so is
 * a change. Addresses are compared as numbers; the memory itself is never touched.
 *
 * Zero bytes are an empty table with memory from malloc. A table isn't thread-safe: asking in
 * several threads is fine, a change needs the caller's lock. ledge/provenance.h is one table for
 * the whole process, with a lock, and a build of the library that asks it. */
#ifndef LEDGE_CHECK_H
#define LEDGE_CHECK_H

#include <ledge/base.h>
#include <ledge/view.h>

#ifdef __cplusplus
extern "C" {
#endif

/* --- The table ---------------------------------------------------------------------------- */

/* A ledge_check is the table. */
typedef struct ledge_check {
    struct ledge_check_slot *slots; /* private: regions by the index in their handle */
    size_t root;                    /* private: of a tree of them by address */
    size_t live;                    /* regions */
    size_t used;                    /* private: slots that were ever used */
    size_t capacity;                /* private: slots that there is memory for */
    size_t free_slot;               /* private: one to use again */
    uint64_t random;                /* private: what balances the tree */
    ledge_allocator alloc;
} ledge_check;

/* A ledge_region is the handle of a region. Handles are not used again. Zero bytes are a handle of
 * nothing. */
typedef struct ledge_region {
    size_t index;
    size_t generation;
} ledge_region;

/* ledge_check_init makes *check an empty table with memory from alloc (null: malloc and free),
 * which is copied. It allocates nothing. Can't fail. O(1). */
LEDGE_NONNULL(1)
void ledge_check_init(ledge_check *check, const ledge_allocator *alloc);

/* ledge_check_cleanup forgets all regions, frees the table's memory and leaves it all zero. Can't
 * fail. O(1). */
LEDGE_NONNULL(1)
void ledge_check_cleanup(ledge_check *check);

/* ledge_check_is_valid tells whether the table keeps its promises: regions are sorted and nest, and
 * slots, handles and parents agree. For tests and harnesses. O(regions * (log regions + depth)). */
LEDGE_MUST_USE
LEDGE_NONNULL(1)
LEDGE_PURE
bool ledge_check_is_valid(const ledge_check *check);

/* ledge_check_count returns the number of regions. Can't fail. O(1). */
LEDGE_MUST_USE
LEDGE_NONNULL(1)
static inline size_t ledge_check_count(const ledge_check *check)
{
    return check->live;
}

/* --- Regions ------------------------------------------------------------------------------ */

/* ledge_check_add enters the size bytes at ptr as an allocation and stores its handle in *out.
 *
 * Returns LEDGE_OK, or the first of these that holds, and then the table is as it was:
 *   LEDGE_ENULL   ptr is null
 *   LEDGE_EEMPTY  size is 0
 *   LEDGE_ERANGE  ptr + size runs past the end of the address space
 *   LEDGE_EBUSY   some of the bytes are in a region already
 *   LEDGE_ENOMEM
 * O(log regions + depth). */
LEDGE_MUST_USE
LEDGE_NONNULL(1, 4)
ledge_status ledge_check_add(ledge_check *check, const void *ptr, size_t size, ledge_region *out);

/* ledge_check_add_sub enters the size bytes at ptr as a sub-object of the innermost region that ptr
 * is in, and stores its handle in *out. It may be as large as that region. Larger parts come before
 * the parts in them.
 *
 * Returns LEDGE_OK, or the first of these that holds, and then the table is as it was:
 *   LEDGE_ENULL      ptr is null
 *   LEDGE_EEMPTY     size is 0
 *   LEDGE_ENOTFOUND  ptr is in no region
 *   LEDGE_ERANGE     not all of the bytes are in the region that ptr is in
 *   LEDGE_EBUSY      some of the bytes are in another sub-object already
 *   LEDGE_ENOMEM
 * O(log regions + depth). */
LEDGE_MUST_USE
LEDGE_NONNULL(1, 4)
ledge_status ledge_check_add_sub(ledge_check *check, const void *ptr, size_t size,
                                 ledge_region *out);

/* ledge_check_remove takes a region out, with all sub-objects in it. Their handles are stale.
 *
 * Returns LEDGE_OK; LEDGE_ESTALE when the region is gone or was renewed. O(log regions), and for
 * each sub-object. */
LEDGE_NONNULL(1)
ledge_status ledge_check_remove(ledge_check *check, ledge_region region);

/* ledge_check_renew says that the bytes of a region mean something else from now on: an arena was
 * reset, a buffer was filled anew. The region stays; its sub-objects are taken out. The old handle
 * is stale, and so is every ledge_checked of it; *out is the new handle.
 *
 * Returns LEDGE_OK; LEDGE_ESTALE when the region is gone or was renewed. O(log regions), and for
 * each sub-object. */
LEDGE_MUST_USE
LEDGE_NONNULL(1, 3)
ledge_status ledge_check_renew(ledge_check *check, ledge_region region, ledge_region *out);

/* ledge_check_forget takes out every region that has some of the size bytes at ptr, unless it is a
 * larger one around all of them, and the sub-objects in it: what was known about memory that has
 * been given out afresh, where its former owner didn't say that it went. A range past the end of
 * the address space ends there. Can't fail. O(log regions + depth), and for each region taken out.
 */
LEDGE_NONNULL(1)
void ledge_check_forget(ledge_check *check, const void *ptr, size_t size);

/* --- Verdicts ----------------------------------------------------------------------------- */

/* ledge_check_range stores in *out the innermost region that is around the size bytes at ptr. With
 * size 0, ptr may also be the end of a region.
 *
 * Returns LEDGE_OK, or the first of these that holds:
 *   LEDGE_ENULL      ptr is null and size isn't 0
 *   LEDGE_ERANGE     the range crosses a border: it begins in a region and ends outside of it, or
 *                    the other way around, or runs past the end of the address space
 *   LEDGE_ENOTFOUND  none of it is in any region
 * O(log regions + depth). */
LEDGE_MUST_USE
LEDGE_NONNULL(1, 4)
ledge_status ledge_check_range(const ledge_check *check, const void *ptr, size_t size,
                               ledge_region *out);

/* ledge_check_within tells whether the size bytes at ptr are all in region. Sub-objects in it don't
 * matter: who has a pointer to the whole may cut it anywhere.
 *
 * Returns LEDGE_OK; LEDGE_ESTALE when the region is gone or was renewed; LEDGE_ERANGE when they
 * aren't. O(1). */
LEDGE_MUST_USE
LEDGE_NONNULL(1)
ledge_status ledge_check_within(const ledge_check *check, ledge_region region, const void *ptr,
                                size_t size);

/* --- Checked views ------------------------------------------------------------------------ */

/* A ledge_checked is a view that knows the region it was made of. Zero bytes are one that is
 * stale. */
typedef struct ledge_checked {
    unsigned char *ptr;
    size_t length; /* bytes */
    ledge_region region;
} ledge_checked;

/* ledge_checked_of stores a view of all of region in *out. The const of the pointer that was
 * entered is gone: whether the bytes may be written is for the caller to know.
 *
 * Returns LEDGE_OK; LEDGE_ESTALE when the region is gone or was renewed. O(1). */
LEDGE_MUST_USE
LEDGE_NONNULL(1, 3)
ledge_status ledge_checked_of(const ledge_check *check, ledge_region region, ledge_checked *out);

/* ledge_checked_sub stores the bytes [lo, hi) of view in *out, of the same region.
 *
 * Returns LEDGE_OK; LEDGE_ESTALE when the region is gone or was renewed; LEDGE_ERANGE unless
 * lo <= hi <= length. O(1). */
LEDGE_MUST_USE
LEDGE_NONNULL(1, 5)
ledge_status ledge_checked_sub(const ledge_check *check, ledge_checked view, size_t lo, size_t hi,
                               ledge_checked *out);

/* ledge_checked_span stores in *out a plain span of the view's bytes, with no spare capacity, to be
 * used at once: the span itself isn't checked any more.
 *
 * Returns LEDGE_OK; LEDGE_ESTALE when the region is gone or was renewed; LEDGE_ERANGE when the
 * bytes aren't all in the region, which somebody's own arithmetic on the fields can do. O(1). */
LEDGE_MUST_USE
LEDGE_NONNULL(1, 3)
ledge_status ledge_checked_span(const ledge_check *check, ledge_checked view, ledge_span *out);

#ifdef __cplusplus
}
#endif

#endif /* LEDGE_CHECK_H */
