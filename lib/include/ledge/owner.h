/* ledge/owner.h: memory that lives for as long as somebody looks at it.
 *
 * An owner is a block of bytes with a count of the references to it. A ledge_shared is a view of
 * some of those bytes that holds one reference: while it does, the bytes stay. The last release
 * frees them. Whatever makes a ledge_shared (the functions with an out parameter) gives the caller
 * a reference, and each of them is given back by one ledge_shared_release:
 *
 *     ledge_shared text, word;
 *     status = ledge_shared_copy(ledge_view_of(line, length), NULL, &text);
 *     status = ledge_shared_slice(&text, 4, 9, &word);
 *     ledge_shared_release(&text);               // word keeps the whole line
 *     …
 *     ledge_shared_release(&word);               // and now it is freed
 *
 * A block is the library's own, or foreign: adopted (a function of the caller's frees it) or
 * borrowed (nobody does, and it must outlive its last view). A small view keeps all of its block:
 * ledge_shared_retained says how much that is, and ledge_shared_clone copies the few bytes out.
 *
 * A pin says that somebody has the raw address: a device, another process, a system call that is
 * under way. A pinned owner is neither freed nor moved nor shrunk.
 *
 * Copying the struct with = copies the view but takes no reference: such a copy is an alias, good
 * for reading while the original is held. When the block of the original moves, the alias is stale;
 * it carries the owner's generation, and every function but ledge_shared_info answers it with
 * LEDGE_ESTALE as long as the owner lives. (After that the alias is a dangling pointer, as in any C
 * program; the hardening level EXTENSIVE looks for it where the memory hasn't been reused.)
 *
 * Empty. Zero bytes are the empty view: it has no owner, reads as no bytes, duplicates as itself
 * and may be released any number of times. A release leaves it behind.
 *
 * Threads. The count is atomic: any number of threads may use views of one owner, each its own
 * ledge_shared, without a lock. A reference is taken with relaxed order, since whoever takes one
 * has one. It is given back with acquire-release order, so that all that any thread did with the
 * bytes happens before they are freed. One ledge_shared, and the bytes, need the caller's lock
 * where a thread changes them. ledge/registry.h keeps views by name. */
#ifndef LEDGE_OWNER_H
#define LEDGE_OWNER_H

#include <ledge/base.h>
#include <ledge/vec.h>
#include <ledge/view.h>

#ifdef __cplusplus
extern "C" {
#endif

/* A ledge_owner is the block and its count. It is reached through views only. */
typedef struct ledge_owner ledge_owner;

/* A ledge_shared is a view that holds a reference. Its fields may be read, and are written by the
 * functions below. Zero bytes are the empty view. */
typedef struct ledge_shared {
    unsigned char *ptr;
    size_t length;      /* bytes */
    ledge_owner *owner; /* null: the empty view */
    size_t generation;  /* the owner's when the view was made */
} ledge_shared;

/* ledge_owner_kind says whose a block is. */
typedef enum ledge_owner_kind {
    LEDGE_OWNED = 0, /* allocated by the library */
    LEDGE_ADOPTED,   /* foreign, and freed by its deallocator */
    LEDGE_BORROWED,  /* foreign, and not freed */
} ledge_owner_kind;

/* A ledge_deallocator frees the size bytes at ptr, which were adopted. It is called once, when the
 * last reference goes, on the thread that gives it back. It may use other views; the owner that
 * calls it is as good as gone. */
typedef void ledge_deallocator(void *ctx, void *ptr, size_t size);

/* The references that one owner can have, and the pins. More than that many pins are forgotten
 * calls of ledge_shared_unpin. */
#define LEDGE_REFERENCES_MAX ((size_t)PTRDIFF_MAX)
#define LEDGE_PINS_MAX       ((size_t)255)

/* --- Making an owner ---------------------------------------------------------------------- */

/* ledge_shared_alloc makes an owner of size zero bytes from alloc (null: malloc and free) and
 * stores a view of all of them in *out. size may be 0. alloc is copied; its hook may be called from
 * any thread that gives back a reference.
 *
 * Returns LEDGE_OK; LEDGE_EOVERFLOW when size is more than PTRDIFF_MAX; LEDGE_ENOMEM. O(size). */
LEDGE_MUST_USE
LEDGE_NONNULL(3)
ledge_status ledge_shared_alloc(size_t size, const ledge_allocator *alloc, ledge_shared *out);

/* ledge_shared_copy makes an owner of a copy of the length bytes of view, from alloc as above.
 *
 * Returns LEDGE_OK; LEDGE_EOVERFLOW when there are more than PTRDIFF_MAX; LEDGE_ENOMEM.
 * O(length). */
LEDGE_MUST_USE
LEDGE_NONNULL(3)
ledge_status ledge_shared_copy(ledge_view view, const ledge_allocator *alloc, ledge_shared *out);

/* ledge_shared_adopt makes an owner of the size bytes at ptr, which deallocate(ctx, ptr, size)
 * frees when the last reference goes. Only the owner itself is allocated from alloc, which is
 * copied. A null ptr is legal with size 0, and is handed to deallocate like any other.
 *
 * Returns LEDGE_OK, and then the memory is the owner's; or the first of these that holds, and then
 * it is still the caller's, and deallocate won't be called:
 *   LEDGE_EINVAL  deallocate is null; ledge_shared_borrow is for memory that nobody frees
 *   LEDGE_ENULL   ptr is null and size isn't 0
 *   LEDGE_ERANGE  ptr + size runs past the end of the address space
 *   LEDGE_ENOMEM
 * O(1). */
LEDGE_MUST_USE
LEDGE_NONNULL(6)
ledge_status ledge_shared_adopt(void *ptr, size_t size, ledge_deallocator *deallocate, void *ctx,
                                const ledge_allocator *alloc, ledge_shared *out)
    LEDGE_WARN_IF(!deallocate, "deallocate is null: LEDGE_EINVAL");

/* ledge_shared_borrow makes an owner of the size bytes at ptr that doesn't free them: for static
 * memory, and for what is known to outlive every view. alloc is as for ledge_shared_adopt.
 *
 * Returns LEDGE_OK, or the first of these that holds:
 *   LEDGE_ENULL   ptr is null and size isn't 0
 *   LEDGE_ERANGE  ptr + size runs past the end of the address space
 *   LEDGE_ENOMEM
 * O(1). */
LEDGE_MUST_USE
LEDGE_NONNULL(4)
ledge_status ledge_shared_borrow(void *ptr, size_t size, const ledge_allocator *alloc,
                                 ledge_shared *out);

/* ledge_shared_from_vec makes an owner of the block of *vec, without copying it, and stores a view
 * of the vector's elements in *out. The owner frees it by the vector's allocator, which must be
 * good for as long. The vector is empty afterwards and may be used again; its spare memory goes
 * with the block, as zero bytes.
 *
 * Returns LEDGE_OK; LEDGE_ENOMEM, and then the vector is as it was. O(spare memory). */
LEDGE_MUST_USE
LEDGE_NONNULL(1, 2)
ledge_status ledge_shared_from_vec(ledge_vec *vec, ledge_shared *out);

/* --- References --------------------------------------------------------------------------- */

/* ledge_shared_duplicate stores in *out a view of the same bytes with a reference of its own.
 *
 * Returns LEDGE_OK; LEDGE_ESTALE; LEDGE_EOVERFLOW when the owner has LEDGE_REFERENCES_MAX.
 * O(1). */
LEDGE_MUST_USE
LEDGE_NONNULL(1, 2)
ledge_status ledge_shared_duplicate(const ledge_shared *shared, ledge_shared *out);

/* ledge_shared_slice stores in *out a view of the bytes [lo, hi) of *shared with a reference of its
 * own. *out must be another object.
 *
 * Returns LEDGE_OK; LEDGE_ESTALE; LEDGE_ERANGE unless lo <= hi <= length; LEDGE_EOVERFLOW when the
 * owner has LEDGE_REFERENCES_MAX. O(1). */
LEDGE_MUST_USE
LEDGE_NONNULL(1, 4)
ledge_status ledge_shared_slice(const ledge_shared *shared, size_t lo, size_t hi,
                                ledge_shared *out);

/* ledge_shared_narrow cuts *shared to its bytes [lo, hi). The reference stays, and so does the
 * whole block.
 *
 * Returns LEDGE_OK; LEDGE_ESTALE; LEDGE_ERANGE unless lo <= hi <= length. O(1). */
LEDGE_MUST_USE
LEDGE_NONNULL(1)
ledge_status ledge_shared_narrow(ledge_shared *shared, size_t lo, size_t hi);

/* ledge_shared_clone stores in *out a view of a copy of the bytes of *shared: an owner of its own,
 * from alloc, with nothing but these bytes.
 *
 * Returns LEDGE_OK; LEDGE_ESTALE; LEDGE_ENOMEM. O(length). */
LEDGE_MUST_USE
LEDGE_NONNULL(1, 3)
ledge_status ledge_shared_clone(const ledge_shared *shared, const ledge_allocator *alloc,
                                ledge_shared *out);

/* ledge_shared_release gives the reference back and leaves the empty view. When it was the last
 * one, the block is freed.
 *
 * Returns LEDGE_OK; LEDGE_ESTALE; LEDGE_EBUSY when it is the last one and the owner is pinned, and
 * then the view is as it was. A program without aliases and pins needn't look. O(1) and what
 * freeing takes. */
LEDGE_NONNULL(1)
ledge_status ledge_shared_release(ledge_shared *shared);

/* ledge_shared_acquire_many takes n more references at once, one for each of n copies of *shared
 * that the caller is about to hand out. Each of those is then a view like any other, and is given
 * back by ledge_shared_release. Of the empty view there is nothing to count.
 *
 * Returns LEDGE_OK; LEDGE_ESTALE; LEDGE_EOVERFLOW when the owner would have more than
 * LEDGE_REFERENCES_MAX. O(1). */
LEDGE_MUST_USE
LEDGE_NONNULL(1)
ledge_status ledge_shared_acquire_many(const ledge_shared *shared, size_t n);

/* ledge_shared_release_many gives back n references beside that of *shared itself: those of copies
 * that were not handed out after all. The owner lives on, since *shared holds it.
 *
 * Returns LEDGE_OK; LEDGE_ESTALE; LEDGE_ERANGE when the owner hasn't n other references, and then
 * none is given back. O(1). */
LEDGE_MUST_USE
LEDGE_NONNULL(1)
ledge_status ledge_shared_release_many(const ledge_shared *shared, size_t n);

/* --- The block ---------------------------------------------------------------------------- */

/* ledge_shared_resize makes the owner's block size bytes long, and *shared the view of all of it.
 * What fits is kept, what is new is 0. The block may move: aliases are stale afterwards, also when
 * it didn't.
 *
 * Returns LEDGE_OK, or the first of these that holds, and then nothing has changed:
 *   LEDGE_EEMPTY     *shared is the empty view
 *   LEDGE_ESTALE
 *   LEDGE_EINVAL     the block is foreign
 *   LEDGE_EBUSY      there are other references, or a pin
 *   LEDGE_EOVERFLOW  size is more than PTRDIFF_MAX
 *   LEDGE_ENOMEM
 * O(size). */
LEDGE_MUST_USE
LEDGE_NONNULL(1)
ledge_status ledge_shared_resize(ledge_shared *shared, size_t size);

/* ledge_shared_pin pins the owner of *shared once more: until as many calls of ledge_shared_unpin,
 * its last reference can't be released, and its block can't be resized.
 *
 * Returns LEDGE_OK; LEDGE_EEMPTY for the empty view; LEDGE_ESTALE; LEDGE_EOVERFLOW when there are
 * LEDGE_PINS_MAX pins. O(1). */
LEDGE_MUST_USE
LEDGE_NONNULL(1)
ledge_status ledge_shared_pin(const ledge_shared *shared);

/* ledge_shared_unpin takes back one pin of the owner of *shared, by whichever view it was set.
 *
 * Returns LEDGE_OK; LEDGE_EEMPTY for the empty view; LEDGE_ESTALE; LEDGE_ENOTFOUND when there is
 * none. O(1). */
LEDGE_NONNULL(1)
ledge_status ledge_shared_unpin(const ledge_shared *shared);

/* --- Reading ------------------------------------------------------------------------------ */

/* ledge_shared_as_view stores the bytes of *shared in *out, as a view that holds nothing: it is
 * good while a reference is held. Its capacity is its length.
 *
 * Returns LEDGE_OK; LEDGE_ESTALE. O(1). */
LEDGE_MUST_USE
LEDGE_NONNULL(1, 2)
ledge_status ledge_shared_as_view(const ledge_shared *shared, ledge_view *out);

/* ledge_shared_as_span is ledge_shared_as_view for writing. Every view of those bytes sees it. */
LEDGE_MUST_USE
LEDGE_NONNULL(1, 2)
ledge_status ledge_shared_as_span(const ledge_shared *shared, ledge_span *out);

/* ledge_shared_retained returns the number of bytes that stay allocated because of *shared: all of
 * its owner's block, however short the view is; 0 for the empty view, and for borrowed memory,
 * which stays anyway. Can't fail. O(1). */
LEDGE_MUST_USE
LEDGE_NONNULL(1)
LEDGE_PURE
size_t ledge_shared_retained(const ledge_shared *shared);

/* A ledge_owner_info is what there is to say about an owner. Where other threads take and give
 * back references, the numbers may be old by the time they are read. */
typedef struct ledge_owner_info {
    size_t size;       /* bytes in the block */
    size_t references; /* at least 1 */
    size_t pins;
    size_t generation; /* from 1; one more for each time the block was resized */
    ledge_owner_kind kind;
} ledge_owner_info;

/* ledge_shared_info stores in *out what there is to say about the owner of *shared, also when
 * *shared is stale.
 *
 * Returns LEDGE_OK; LEDGE_EEMPTY for the empty view. O(1). */
LEDGE_MUST_USE
LEDGE_NONNULL(1, 2)
ledge_status ledge_shared_info(const ledge_shared *shared, ledge_owner_info *out);

/* ledge_shared_describe makes an owner, from alloc, of a line about *shared for people, without a
 * newline or a null byte:
 *
 *     5 of 64 bytes, adopted, references 2, pins 0
 *
 * Returns LEDGE_OK; LEDGE_EEMPTY for the empty view; LEDGE_ESTALE; LEDGE_ENOMEM. O(1). */
LEDGE_MUST_USE
LEDGE_NONNULL(1, 3)
ledge_status ledge_shared_describe(const ledge_shared *shared, const ledge_allocator *alloc,
                                   ledge_shared *out);

/* ledge_shared_is_valid tells whether *shared keeps its promises: it is the empty view, or it isn't
 * stale, lies within its owner's block, and the owner has a reference and no more pins than can be.
 * For tests and harnesses. O(1). */
LEDGE_MUST_USE
LEDGE_NONNULL(1)
LEDGE_PURE
bool ledge_shared_is_valid(const ledge_shared *shared);

#ifdef __cplusplus
}
#endif

#endif /* LEDGE_OWNER_H */
