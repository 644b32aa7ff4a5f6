/* ledge/provenance.h: one table of regions (ledge/check.h) for the whole process, and the checked
 * build, in which the library feeds and asks it.
 *
 * With -DLEDGE_CHECKED=1, the same for the library and for whoever includes its headers (CMake:
 * LEDGE_CHECKED), every block that the library allocates is entered, and so is every object of an
 * arena or a pool, as a part of its block, from when it is handed out until it is taken back.
 * The functions of ledge/view.h and ledge/strided.h ask before they read, write or cut: bytes that
 * cross a border end the process with a sentence that says where. It is what Go calls checkptr. It
 * finds what a sanitizer can't, a way from one part of a block into the next, and needs none.
 *
 * What passes:
 * - Memory that nobody entered (the stack, string literals, what another library allocated) is
 *   taken as it is: only a range that has bytes of a known region and leaves it is wrong.
 * - So is memory that was freed, which may be somebody else's by then; and what an arena or a pool
 *   took back is bytes of its block, of which nothing else is known. Who uses what is gone is for a
 *   sanitizer to see.
 * - A range that has parts of a block as wholes, and what is between and behind them, is one of the
 *   block: see ledge/check.h. What is seen is an end in the middle of a part.
 * - Bytes that are used by a plain pointer, by ledge/cast.h, or by a function that takes them into
 *   an object: nobody asks.
 * When there is no memory for the table, it knows less, and never changes what the library does.
 *
 * `bench-check` prints what the checks cost. Without LEDGE_CHECKED the macros are no code, and the
 * functions below are there for who wants to ask: everything in this header is thread-safe, by one
 * lock for the table. */
#ifndef LEDGE_PROVENANCE_H
#define LEDGE_PROVENANCE_H

#include <ledge/base.h>

#ifndef LEDGE_CHECKED
#define LEDGE_CHECKED 0
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* ledge_provenance_allocated says that the size bytes at ptr are a block from now on. What was
 * known about them is forgotten, but for a larger region around them, of which they are then a
 * part. A null ptr or size 0 is nothing. Can't fail. O(log regions), and for each region forgotten.
 */
void ledge_provenance_allocated(const void *ptr, size_t size);

/* ledge_provenance_freed says that the size bytes at ptr are a block, or objects, no more, with all
 * that is in them; a larger region around them stays. It is to be called before somebody else can
 * get them. So a block whose size is to change forgets its parts, also where it then stays as it
 * was. A null ptr or size 0 is nothing. Can't fail. O(log regions), and for each region forgotten.
 */
void ledge_provenance_freed(const void *ptr, size_t size);

/* ledge_provenance_entered says that the size bytes at ptr have been handed out as a part of a
 * known block: an object of an arena or a pool. Of memory that isn't known, parts aren't either. A
 * null ptr or size 0 is nothing. Can't fail. O(log regions), and for each region forgotten. */
void ledge_provenance_entered(const void *ptr, size_t size);

/* ledge_provenance_left says that the size bytes at ptr, which were entered, are a part no more;
 * the block around them stays, also where it is as large. Can't fail. O(log regions), and for each
 * region forgotten. */
void ledge_provenance_left(const void *ptr, size_t size);

/* ledge_provenance_of says what the table knows about the size bytes at ptr.
 *
 * Returns LEDGE_OK when they respect all borders; LEDGE_ERANGE when they cross one;
 * LEDGE_ENOTFOUND when none of them is in any region. O(log regions + depth). */
LEDGE_MUST_USE
ledge_status ledge_provenance_of(const void *ptr, size_t size);

/* ledge_provenance_verify ends the process, by abort() and with a sentence on stderr, when
 * ledge_provenance_of says LEDGE_ERANGE. O(log regions + depth). */
void ledge_provenance_verify(const void *ptr, size_t size);

/* The calls of the checked build. */
#if LEDGE_CHECKED
#define LEDGE_PROVENANCE_ALLOCATED(ptr, size) ledge_provenance_allocated(ptr, size)
#define LEDGE_PROVENANCE_FREED(ptr, size)     ledge_provenance_freed(ptr, size)
#define LEDGE_PROVENANCE_ENTERED(ptr, size)   ledge_provenance_entered(ptr, size)
#define LEDGE_PROVENANCE_VERIFY(ptr, size)    ledge_provenance_verify(ptr, size)
#else
#define LEDGE_PROVENANCE_ALLOCATED(ptr, size) ((void)sizeof(size))
#define LEDGE_PROVENANCE_FREED(ptr, size)     ((void)sizeof(size))
#define LEDGE_PROVENANCE_ENTERED(ptr, size)   ((void)sizeof(size))
#define LEDGE_PROVENANCE_VERIFY(ptr, size)    ((void)sizeof(size))
#endif

#ifdef __cplusplus
}
#endif

#endif /* LEDGE_PROVENANCE_H */
