/* ledge/str.h: a string that is being built: a text of length bytes in memory of its own, always
 * with a NUL behind it, which grows as more is appended.
 *
 *     ledge_str str = {0};
 *     ledge_str_append_cstr(&str, "{\"name\": \"");
 *     ledge_str_append_escaped(&str, name);
 *     ledge_str_append_format(&str, "\", \"size\": %zu}", size);
 *     if (ledge_str_status(&str) == LEDGE_OK)
 *         puts(ledge_str_cstr(&str));
 *     ledge_str_cleanup(&str);
 *
 * Zero bytes are an empty string, ready for use. A text may have NULs in it; its length is what
 * counts. Bytes are bytes: nothing here knows an encoding.
 *
 * Failures stick. The first call that should have added to the text and couldn't is remembered;
 * from then on nothing is added any more, and whatever would add returns the status of that first
 * failure. So a text is never one with a hole in it, and it is enough to ask once, at the end:
 * ledge_str_status, or ledge_str_detach, which doesn't give out a text that isn't whole. A failed
 * call leaves the text as it was. ledge_str_clear forgets the failure with the text.
 *
 * A limit keeps a string from becoming longer than the caller wants it, whatever lengths the input
 * claims (ledge_str_set_limit): what would make it longer is LEDGE_EOVERFLOW, before any memory is
 * asked for.
 *
 * What is added may come from the string's own text, also when the string has to move to grow. It
 * must not reach into the string's memory behind its text; under ASan that is a
 * container-overflow. A pointer or view into the string is good until its next change.
 *
 * A string isn't thread-safe: reading in several threads is fine, a change needs the caller's
 * lock. */
#ifndef LEDGE_STR_H
#define LEDGE_STR_H

#include <stdarg.h>
#include <string.h>

#include <ledge/base.h>
#include <ledge/poison.h>
#include <ledge/view.h>

#ifdef __cplusplus
extern "C" {
#endif

/* LEDGE_STR_MAX is the length that no string goes beyond: with its NUL it is PTRDIFF_MAX bytes. */
#define LEDGE_STR_MAX ((size_t)PTRDIFF_MAX - 1)

/* A ledge_str is the string. Its fields may be read; they are written by the functions below. */
typedef struct ledge_str {
    char *ptr;           /* the text, then a NUL; null when allocated is 0 */
    size_t length;       /* bytes of the text */
    size_t stop;         /* length and NUL stay within it without further ado; 0 after a failure */
    size_t allocated;    /* bytes of the block */
    size_t limit;        /* the most that length may be; 0: no limit but LEDGE_STR_MAX */
    ledge_status status; /* the first failure */
    ledge_allocator alloc; /* where the block is from */
} ledge_str;

/* The result has the type of printf's: the compiler checks the arguments against the format. */
#define LEDGE_FORMAT(text, arguments) __attribute__((format(printf, text, arguments)))

/* ledge_str_init makes *str an empty string with no limit and memory from alloc (null: malloc and
 * free), which is copied. It allocates nothing. What was in *str is overwritten, not cleaned up.
 * Can't fail. O(1). */
LEDGE_NONNULL(1)
void ledge_str_init(ledge_str *str, const ledge_allocator *alloc);

/* ledge_str_cleanup_slowly does what ledge_str_cleanup does. */
LEDGE_NONNULL(1)
void ledge_str_cleanup_slowly(ledge_str *str);

/* ledge_str_cleanup frees the string's memory and leaves *str all zero, so that cleaning up twice
 * does no harm. *str must be initialised or all zero. Can't fail. O(1). */
LEDGE_NONNULL(1)
static inline void ledge_str_cleanup(ledge_str *str)
{
    ledge_str lent = *str; /* see ledge_str_append_lent */
    ledge_str_cleanup_slowly(&lent);
    *str = lent;
}

/* ledge_str_set_limit sets the most bytes that the text may come to have; 0 lifts the limit. The
 * limit outlives ledge_str_clear and ledge_str_detach.
 *
 * Returns LEDGE_OK; LEDGE_ERANGE when the text is longer than limit already; LEDGE_EOVERFLOW when
 * limit is more than LEDGE_STR_MAX. A failure is not remembered. O(1). */
LEDGE_MUST_USE
LEDGE_NONNULL(1)
ledge_status ledge_str_set_limit(ledge_str *str, size_t limit);

/* ledge_str_is_valid tells whether *str keeps its promises: a NUL behind the text and both within
 * the block, ptr null exactly when allocated is 0, length within the limit, allocated no more than
 * PTRDIFF_MAX, and stop what they make it. For tests and harnesses. O(1). */
LEDGE_MUST_USE
LEDGE_NONNULL(1)
LEDGE_PURE
bool ledge_str_is_valid(const ledge_str *str);

/* --- Reading ------------------------------------------------------------------------------ */

/* ledge_str_status tells whether the text is whole.
 *
 * Returns LEDGE_OK while nothing has failed since the string was made or cleared, and else what the
 * first call that failed returned: LEDGE_ENULL, LEDGE_ERANGE, LEDGE_EINVAL, LEDGE_EOVERFLOW or
 * LEDGE_ENOMEM. O(1). */
LEDGE_MUST_USE
LEDGE_NONNULL(1)
static inline ledge_status ledge_str_status(const ledge_str *str)
{
    return str->status;
}

/* ledge_str_length returns the number of bytes of the text. O(1). */
LEDGE_MUST_USE
LEDGE_NONNULL(1)
static inline size_t ledge_str_length(const ledge_str *str)
{
    return str->length;
}

/* ledge_str_cstr returns the text with its NUL. Never null: "" for a string without memory. O(1).
 */
LEDGE_MUST_USE
LEDGE_NONNULL(1)
LEDGE_RETURNS_NONNULL
static inline const char *ledge_str_cstr(const ledge_str *str)
{
    return str->ptr ? str->ptr : "";
}

/* ledge_str_as_view returns the text as bytes, without the NUL. Can't fail. O(1). */
LEDGE_MUST_USE
LEDGE_NONNULL(1)
static inline ledge_view ledge_str_as_view(const ledge_str *str)
{
    return ledge_view_of(str->ptr, str->length);
}

/* --- Appending ---------------------------------------------------------------------------- */

/* ledge_str_append_slowly does what ledge_str_append's short path doesn't, and answers alike. */
LEDGE_NONNULL(1)
ledge_status ledge_str_append_slowly(ledge_str *str, const void *bytes, size_t n);

/* ledge_str_append_lent does the same with a copy of the string that it takes back. A string in a
 * local variable is then never lent to a function the compiler can't see, and lives in registers
 * while nothing but the inline functions of this header are called. */
LEDGE_NONNULL(1)
static inline ledge_status ledge_str_append_lent(ledge_str *str, const void *bytes, size_t n)
{
    ledge_str lent = *str;
    const ledge_status status = ledge_str_append_slowly(&lent, bytes, n);
    *str = lent;
    return status;
}

/* ledge_str_append puts the n bytes behind the text. Into spare memory that is inline: comparisons
 * and a memcpy.
 *
 * Returns LEDGE_OK, or the first of these that holds:
 *   as ledge_str_status, when that isn't LEDGE_OK
 *   LEDGE_ENULL      bytes is null and n isn't 0
 *   LEDGE_EOVERFLOW  the text would be longer than the limit
 *   LEDGE_ENOMEM     there is no memory to grow
 * O(n), amortised. */
LEDGE_NONNULL(1)
static inline ledge_status ledge_str_append(ledge_str *str, const void *bytes, size_t n)
{
    /* Under ASan the spare memory is closed, and only the functions of str.c open it. */
    if (LEDGE_HAS_POISON || !bytes || n >= str->stop || str->length >= str->stop - n)
        return ledge_str_append_lent(str, bytes, n);
    char *const end =
        str->ptr + str->length; /* the compiler can't know that the bytes aren't *str */
    str->length += n;
    memcpy(end, bytes, n);
    end[n] = '\0';
    return LEDGE_OK;
}

/* ledge_str_append_char puts one byte behind the text, which may be a NUL.
 *
 * Returns LEDGE_OK or as ledge_str_append_fill. O(1), amortised. */
LEDGE_NONNULL(1)
static inline ledge_status ledge_str_append_char(ledge_str *str, char c)
{
    if (LEDGE_HAS_POISON || str->length + 1 >= str->stop) {
        const char byte = c; /* or c would have to be in memory on every path */
        return ledge_str_append_lent(str, &byte, 1);
    }
    const size_t length = str->length;
    char *const end = str->ptr + length;
    end[0] = c;
    end[1] = '\0';
    str->length = length + 1;
    return LEDGE_OK;
}

/* ledge_str_append_view puts the bytes of view behind the text.
 *
 * Returns LEDGE_OK or as ledge_str_append. O(view.length), amortised. */
LEDGE_NONNULL(1)
static inline ledge_status ledge_str_append_view(ledge_str *str, ledge_view view)
{
    return ledge_str_append(str, view.ptr, view.length);
}

/* ledge_str_append_cstr puts the bytes of text, up to its NUL, behind the text.
 *
 * Returns LEDGE_OK or as ledge_str_append, with LEDGE_ENULL for a null text. O(strlen(text)),
 * amortised. */
LEDGE_NONNULL(1)
static inline ledge_status ledge_str_append_cstr(ledge_str *str, const char *text)
{
    return ledge_str_append(str, text, text ? strlen(text) : 1);
}

/* ledge_str_append_fill puts n times the byte c behind the text.
 *
 * Returns LEDGE_OK, or the first of these that holds:
 *   as ledge_str_status, when that isn't LEDGE_OK
 *   LEDGE_EOVERFLOW  the text would be longer than the limit
 *   LEDGE_ENOMEM     there is no memory to grow
 * O(n), amortised. */
LEDGE_NONNULL(1)
ledge_status ledge_str_append_fill(ledge_str *str, char c, size_t n);

/* ledge_str_append_format puts what printf would print behind the text. The arguments may point
 * into the string itself ("%s" of its own text): what is longer than 255 bytes is made in a block
 * of its own first.
 *
 * Returns LEDGE_OK, or the first of these that holds:
 *   as ledge_str_status, when that isn't LEDGE_OK
 *   LEDGE_EINVAL     vsnprintf can't do it: a wide character that isn't one, or more than INT_MAX
 *                    bytes; or what the arguments point at changes while it works
 *   LEDGE_EOVERFLOW  the text would be longer than the limit
 *   LEDGE_ENOMEM     there is no memory to grow, or for that block
 * As fast as printf. */
LEDGE_NONNULL(1, 2)
LEDGE_FORMAT(2, 3)
ledge_status ledge_str_append_format(ledge_str *str, const char *format, ...);

/* ledge_str_append_formatv does the same with the arguments that are left in args, and answers
 * alike. args is undefined afterwards, as with vprintf. */
LEDGE_NONNULL(1, 2)
LEDGE_FORMAT(2, 0)
ledge_status ledge_str_append_formatv(ledge_str *str, const char *format, va_list args);

/* ledge_str_append_u64 puts value, in decimal, behind the text.
 *
 * Returns LEDGE_OK or as ledge_str_append_fill. O(1), amortised. */
LEDGE_NONNULL(1)
ledge_status ledge_str_append_u64(ledge_str *str, uint64_t value);

/* ledge_str_append_i64 puts value, in decimal, with a '-' where it is negative, behind the text.
 *
 * Returns LEDGE_OK or as ledge_str_append_fill. O(1), amortised. */
LEDGE_NONNULL(1)
ledge_status ledge_str_append_i64(ledge_str *str, int64_t value);

/* ledge_str_append_hex puts two hexadecimal digits, 0 to 9 and a to f, for each byte of view behind
 * the text.
 *
 * Returns LEDGE_OK or as ledge_str_append_fill. O(view.length), amortised. */
LEDGE_NONNULL(1)
ledge_status ledge_str_append_hex(ledge_str *str, ledge_view view);

/* ledge_str_append_escaped puts the bytes of view behind the text as they would stand within a
 * string literal of C: printable ASCII as it is, but for \" and \\; \n, \r and \t; and every other
 * byte as three octal digits, as in \000.
 *
 * Returns LEDGE_OK or as ledge_str_append_fill. O(view.length), amortised. */
LEDGE_NONNULL(1)
ledge_status ledge_str_append_escaped(ledge_str *str, ledge_view view);

/* --- Changing ----------------------------------------------------------------------------- */

/* ledge_str_insert puts the n bytes before the byte at index at, moving what follows up. at =
 * length appends.
 *
 * Returns LEDGE_OK, or the first of these that holds:
 *   as ledge_str_status, when that isn't LEDGE_OK
 *   LEDGE_ENULL      bytes is null and n isn't 0
 *   LEDGE_ERANGE     at > length
 *   LEDGE_EOVERFLOW  the text would be longer than the limit
 *   LEDGE_ENOMEM     there is no memory to grow
 * It adds, so that a failure is remembered. O(length - at + n), amortised. */
LEDGE_NONNULL(1)
ledge_status ledge_str_insert(ledge_str *str, size_t at, const void *bytes, size_t n);

/* ledge_str_erase removes the bytes [lo, hi), moving what follows down. The memory stays, and so
 * does a remembered failure.
 *
 * Returns LEDGE_OK; LEDGE_ERANGE unless lo <= hi <= length. A failure is not remembered.
 * O(length - hi). */
LEDGE_MUST_USE
LEDGE_NONNULL(1)
ledge_status ledge_str_erase(ledge_str *str, size_t lo, size_t hi);

/* ledge_str_truncate cuts the text to its first n bytes. The memory stays, and so does a remembered
 * failure.
 *
 * Returns LEDGE_OK; LEDGE_ERANGE when n > length. A failure is not remembered. O(1). */
LEDGE_MUST_USE
LEDGE_NONNULL(1)
ledge_status ledge_str_truncate(ledge_str *str, size_t n);

/* ledge_str_clear makes the text empty and forgets the failure. Memory and limit stay. Can't fail.
 * O(1). */
LEDGE_NONNULL(1)
void ledge_str_clear(ledge_str *str);

/* --- Memory ------------------------------------------------------------------------------- */

/* ledge_str_reserve makes memory for a text of n bytes, so that the string doesn't grow before it
 * is longer. n may be what somebody claims: beyond the limit it counts as the limit, so that no
 * claim costs more than a text may.
 *
 * Returns LEDGE_OK; LEDGE_ENOMEM when there is no memory, which is not remembered. O(length). */
LEDGE_MUST_USE
LEDGE_NONNULL(1)
ledge_status ledge_str_reserve(ledge_str *str, size_t n);

/* ledge_str_detach gives the text to the caller and leaves an empty string, with the same limit and
 * allocator. out->ptr is the text with a NUL behind it, out->length its length without, and
 * out->capacity the size of the block: it is to be freed by ledge_alloc_free(&str->alloc, out->ptr,
 * out->capacity), or simply by free() where the string's memory is malloc's.
 *
 * Returns LEDGE_OK, or the first of these that holds:
 *   as ledge_str_status, when that isn't LEDGE_OK: a text with a hole is nobody's
 *   LEDGE_ENOMEM  there is no text yet, and no memory for its NUL
 * Unless it is LEDGE_OK, the string is as it was. O(1). */
LEDGE_MUST_USE
LEDGE_NONNULL(1, 2)
ledge_status ledge_str_detach(ledge_str *str, ledge_span *out);

#ifdef __cplusplus
}
#endif

#endif /* LEDGE_STR_H */
