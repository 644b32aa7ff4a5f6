/* ledge/cast.h: bytes as numbers and as elements.
 *
 * Three ways, from the loosest to the strictest:
 *
 * - ledge_load_* and ledge_store_* turn 2, 4 or 8 bytes at any address into a number and back, in
 *   the byte order their name says. They check nothing.
 * - ledge_view_get_*, ledge_span_put_* and the cursor do the same at an offset, or one after the
 *   other, with bounds checks.
 * - A ledge_typed is an array of elements over borrowed bytes, with an element size and an
 *   alignment that were checked once and a type tag that is checked at every access.
 *
 * Names: u16, u32, u64 and be (big-endian: most significant byte first) or le. None of these ever
 * reads or writes a misaligned word, whatever the machine.
 *
 * Nothing here allocates or owns. Thread-safe as far as the bytes are: see view.h. */
#ifndef LEDGE_CAST_H
#define LEDGE_CAST_H

#include <ledge/base.h>
#include <ledge/view.h>

#ifdef __cplusplus
extern "C" {
#endif

/* --- Loads and stores, unchecked ---------------------------------------------------------- */

/* ledge_load_u16be and its sisters return the number in the 2, 4 or 8 bytes at ptr, which may have
 * any alignment and has to point at that many bytes. Can't fail. O(1). */
LEDGE_MUST_USE
LEDGE_NONNULL(1)
static inline uint16_t ledge_load_u16be(const void *ptr)
{
    const unsigned char *p = (const unsigned char *)ptr;
    return (uint16_t)((unsigned)p[0] << 8 | p[1]);
}

LEDGE_MUST_USE
LEDGE_NONNULL(1)
static inline uint16_t ledge_load_u16le(const void *ptr)
{
    const unsigned char *p = (const unsigned char *)ptr;
    return (uint16_t)((unsigned)p[1] << 8 | p[0]);
}

LEDGE_MUST_USE
LEDGE_NONNULL(1)
static inline uint32_t ledge_load_u32be(const void *ptr)
{
    const unsigned char *p = (const unsigned char *)ptr;
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

LEDGE_MUST_USE
LEDGE_NONNULL(1)
static inline uint32_t ledge_load_u32le(const void *ptr)
{
    const unsigned char *p = (const unsigned char *)ptr;
    return (uint32_t)p[3] << 24 | (uint32_t)p[2] << 16 | (uint32_t)p[1] << 8 | p[0];
}

LEDGE_MUST_USE
LEDGE_NONNULL(1)
static inline uint64_t ledge_load_u64be(const void *ptr)
{
    const unsigned char *p = (const unsigned char *)ptr;
    return (uint64_t)ledge_load_u32be(p) << 32 | ledge_load_u32be(p + 4);
}

LEDGE_MUST_USE
LEDGE_NONNULL(1)
static inline uint64_t ledge_load_u64le(const void *ptr)
{
    const unsigned char *p = (const unsigned char *)ptr;
    return (uint64_t)ledge_load_u32le(p + 4) << 32 | ledge_load_u32le(p);
}

/* ledge_store_u16be and its sisters write value to the 2, 4 or 8 bytes at ptr, which may have any
 * alignment and has to point at that many bytes. Can't fail. O(1). */
LEDGE_NONNULL(1)
static inline void ledge_store_u16be(void *ptr, uint16_t value)
{
    unsigned char *p = (unsigned char *)ptr;
    p[0] = (unsigned char)(value >> 8);
    p[1] = (unsigned char)(value & 0xff);
}

LEDGE_NONNULL(1)
static inline void ledge_store_u16le(void *ptr, uint16_t value)
{
    unsigned char *p = (unsigned char *)ptr;
    p[0] = (unsigned char)(value & 0xff);
    p[1] = (unsigned char)(value >> 8);
}

LEDGE_NONNULL(1)
static inline void ledge_store_u32be(void *ptr, uint32_t value)
{
    unsigned char *p = (unsigned char *)ptr;
    p[0] = (unsigned char)(value >> 24);
    p[1] = (unsigned char)(value >> 16 & 0xff);
    p[2] = (unsigned char)(value >> 8 & 0xff);
    p[3] = (unsigned char)(value & 0xff);
}

LEDGE_NONNULL(1)
static inline void ledge_store_u32le(void *ptr, uint32_t value)
{
    unsigned char *p = (unsigned char *)ptr;
    p[0] = (unsigned char)(value & 0xff);
    p[1] = (unsigned char)(value >> 8 & 0xff);
    p[2] = (unsigned char)(value >> 16 & 0xff);
    p[3] = (unsigned char)(value >> 24);
}

LEDGE_NONNULL(1)
static inline void ledge_store_u64be(void *ptr, uint64_t value)
{
    unsigned char *p = (unsigned char *)ptr;
    ledge_store_u32be(p, (uint32_t)(value >> 32));
    ledge_store_u32be(p + 4, (uint32_t)(value & 0xffffffffu));
}

LEDGE_NONNULL(1)
static inline void ledge_store_u64le(void *ptr, uint64_t value)
{
    unsigned char *p = (unsigned char *)ptr;
    ledge_store_u32le(p, (uint32_t)(value & 0xffffffffu));
    ledge_store_u32le(p + 4, (uint32_t)(value >> 32));
}

/* --- Loads and stores at an offset, checked ----------------------------------------------- */

/* ledge_bounds_check tells whether n bytes at offset lie within length bytes.
 *
 * Returns LEDGE_OK; LEDGE_ERANGE when offset > length; LEDGE_ESHORT when fewer than n bytes are
 * left behind offset. No sum is formed that could wrap. O(1). */
LEDGE_MUST_USE
static inline ledge_status ledge_bounds_check(size_t length, size_t offset, size_t n)
{
    if (offset > length)
        return LEDGE_ERANGE;
    return n > length - offset ? LEDGE_ESHORT : LEDGE_OK;
}

/* ledge_view_get_u16be and its sisters store in *out the number in the 2, 4 or 8 bytes at offset,
 * which need not be aligned.
 *
 * Returns LEDGE_OK; LEDGE_ERANGE when offset > view's length; LEDGE_ESHORT when offset is in view
 * but the number isn't, or not wholly. O(1). */
LEDGE_MUST_USE
LEDGE_NONNULL(3)
static inline ledge_status ledge_view_get_u16be(ledge_view view, size_t offset, uint16_t *out)
{
    ledge_status status = ledge_bounds_check(view.length, offset, 2);
    if (status == LEDGE_OK)
        *out = ledge_load_u16be(view.ptr + offset);
    return status;
}

LEDGE_MUST_USE
LEDGE_NONNULL(3)
static inline ledge_status ledge_view_get_u16le(ledge_view view, size_t offset, uint16_t *out)
{
    ledge_status status = ledge_bounds_check(view.length, offset, 2);
    if (status == LEDGE_OK)
        *out = ledge_load_u16le(view.ptr + offset);
    return status;
}

LEDGE_MUST_USE
LEDGE_NONNULL(3)
static inline ledge_status ledge_view_get_u32be(ledge_view view, size_t offset, uint32_t *out)
{
    ledge_status status = ledge_bounds_check(view.length, offset, 4);
    if (status == LEDGE_OK)
        *out = ledge_load_u32be(view.ptr + offset);
    return status;
}

LEDGE_MUST_USE
LEDGE_NONNULL(3)
static inline ledge_status ledge_view_get_u32le(ledge_view view, size_t offset, uint32_t *out)
{
    ledge_status status = ledge_bounds_check(view.length, offset, 4);
    if (status == LEDGE_OK)
        *out = ledge_load_u32le(view.ptr + offset);
    return status;
}

LEDGE_MUST_USE
LEDGE_NONNULL(3)
static inline ledge_status ledge_view_get_u64be(ledge_view view, size_t offset, uint64_t *out)
{
    ledge_status status = ledge_bounds_check(view.length, offset, 8);
    if (status == LEDGE_OK)
        *out = ledge_load_u64be(view.ptr + offset);
    return status;
}

LEDGE_MUST_USE
LEDGE_NONNULL(3)
static inline ledge_status ledge_view_get_u64le(ledge_view view, size_t offset, uint64_t *out)
{
    ledge_status status = ledge_bounds_check(view.length, offset, 8);
    if (status == LEDGE_OK)
        *out = ledge_load_u64le(view.ptr + offset);
    return status;
}

/* ledge_span_put_u16be and its sisters write value to the 2, 4 or 8 bytes at offset, which need not
 * be aligned. Spare capacity isn't used.
 *
 * Returns LEDGE_OK; LEDGE_ERANGE and LEDGE_ESHORT as ledge_view_get_u16be does, and then nothing is
 * written. O(1). */
LEDGE_MUST_USE
static inline ledge_status ledge_span_put_u16be(ledge_span span, size_t offset, uint16_t value)
{
    ledge_status status = ledge_bounds_check(span.length, offset, 2);
    if (status == LEDGE_OK)
        ledge_store_u16be(span.ptr + offset, value);
    return status;
}

LEDGE_MUST_USE
static inline ledge_status ledge_span_put_u16le(ledge_span span, size_t offset, uint16_t value)
{
    ledge_status status = ledge_bounds_check(span.length, offset, 2);
    if (status == LEDGE_OK)
        ledge_store_u16le(span.ptr + offset, value);
    return status;
}

LEDGE_MUST_USE
static inline ledge_status ledge_span_put_u32be(ledge_span span, size_t offset, uint32_t value)
{
    ledge_status status = ledge_bounds_check(span.length, offset, 4);
    if (status == LEDGE_OK)
        ledge_store_u32be(span.ptr + offset, value);
    return status;
}

LEDGE_MUST_USE
static inline ledge_status ledge_span_put_u32le(ledge_span span, size_t offset, uint32_t value)
{
    ledge_status status = ledge_bounds_check(span.length, offset, 4);
    if (status == LEDGE_OK)
        ledge_store_u32le(span.ptr + offset, value);
    return status;
}

LEDGE_MUST_USE
static inline ledge_status ledge_span_put_u64be(ledge_span span, size_t offset, uint64_t value)
{
    ledge_status status = ledge_bounds_check(span.length, offset, 8);
    if (status == LEDGE_OK)
        ledge_store_u64be(span.ptr + offset, value);
    return status;
}

LEDGE_MUST_USE
static inline ledge_status ledge_span_put_u64le(ledge_span span, size_t offset, uint64_t value)
{
    ledge_status status = ledge_bounds_check(span.length, offset, 8);
    if (status == LEDGE_OK)
        ledge_store_u64le(span.ptr + offset, value);
    return status;
}

/* --- Cursor ------------------------------------------------------------------------------- */

/* A ledge_cursor reads a view from its start, one thing after the other. It is a value: a copy of
 * it is a place to come back to. */
typedef struct ledge_cursor {
    const unsigned char *at; /* the next byte */
    size_t left;             /* bytes not yet read */
} ledge_cursor;

/* ledge_cursor_of returns a cursor at the start of view's length. Can't fail. O(1). */
LEDGE_MUST_USE
static inline ledge_cursor ledge_cursor_of(ledge_view view)
{
    ledge_cursor cursor = {view.ptr, view.length};
    return cursor;
}

/* ledge_cursor_skip moves the cursor on by n bytes.
 *
 * Returns LEDGE_OK; LEDGE_ESHORT when fewer are left, and then the cursor stays. O(1). */
LEDGE_MUST_USE
LEDGE_NONNULL(1)
static inline ledge_status ledge_cursor_skip(ledge_cursor *cursor, size_t n)
{
    if (n > cursor->left)
        return LEDGE_ESHORT;
    if (n != 0)
        cursor->at += n;
    cursor->left -= n;
    return LEDGE_OK;
}

/* ledge_cursor_bytes stores the next n bytes in *out, as a view with no capacity beyond them, and
 * moves the cursor behind them.
 *
 * Returns LEDGE_OK; LEDGE_ESHORT when fewer are left, and then the cursor stays. O(1). */
LEDGE_MUST_USE
LEDGE_NONNULL(1, 3)
static inline ledge_status ledge_cursor_bytes(ledge_cursor *cursor, size_t n, ledge_view *out)
{
    const unsigned char *start = cursor->at;
    ledge_status status = ledge_cursor_skip(cursor, n);
    if (status == LEDGE_OK)
        *out = ledge_view_of(start, n);
    return status;
}

/* ledge_cursor_u8, ledge_cursor_u16be and their sisters store the number in the next 1, 2, 4 or 8
 * bytes in *out and move the cursor behind it.
 *
 * Returns LEDGE_OK; LEDGE_ESHORT when fewer bytes are left, and then the cursor stays. O(1). */
LEDGE_MUST_USE
LEDGE_NONNULL(1, 2)
static inline ledge_status ledge_cursor_u8(ledge_cursor *cursor, uint8_t *out)
{
    const unsigned char *start = cursor->at;
    ledge_status status = ledge_cursor_skip(cursor, 1);
    if (status == LEDGE_OK)
        *out = *start;
    return status;
}

LEDGE_MUST_USE
LEDGE_NONNULL(1, 2)
static inline ledge_status ledge_cursor_u16be(ledge_cursor *cursor, uint16_t *out)
{
    const unsigned char *start = cursor->at;
    ledge_status status = ledge_cursor_skip(cursor, 2);
    if (status == LEDGE_OK)
        *out = ledge_load_u16be(start);
    return status;
}

LEDGE_MUST_USE
LEDGE_NONNULL(1, 2)
static inline ledge_status ledge_cursor_u16le(ledge_cursor *cursor, uint16_t *out)
{
    const unsigned char *start = cursor->at;
    ledge_status status = ledge_cursor_skip(cursor, 2);
    if (status == LEDGE_OK)
        *out = ledge_load_u16le(start);
    return status;
}

LEDGE_MUST_USE
LEDGE_NONNULL(1, 2)
static inline ledge_status ledge_cursor_u32be(ledge_cursor *cursor, uint32_t *out)
{
    const unsigned char *start = cursor->at;
    ledge_status status = ledge_cursor_skip(cursor, 4);
    if (status == LEDGE_OK)
        *out = ledge_load_u32be(start);
    return status;
}

LEDGE_MUST_USE
LEDGE_NONNULL(1, 2)
static inline ledge_status ledge_cursor_u32le(ledge_cursor *cursor, uint32_t *out)
{
    const unsigned char *start = cursor->at;
    ledge_status status = ledge_cursor_skip(cursor, 4);
    if (status == LEDGE_OK)
        *out = ledge_load_u32le(start);
    return status;
}

LEDGE_MUST_USE
LEDGE_NONNULL(1, 2)
static inline ledge_status ledge_cursor_u64be(ledge_cursor *cursor, uint64_t *out)
{
    const unsigned char *start = cursor->at;
    ledge_status status = ledge_cursor_skip(cursor, 8);
    if (status == LEDGE_OK)
        *out = ledge_load_u64be(start);
    return status;
}

LEDGE_MUST_USE
LEDGE_NONNULL(1, 2)
static inline ledge_status ledge_cursor_u64le(ledge_cursor *cursor, uint64_t *out)
{
    const unsigned char *start = cursor->at;
    ledge_status status = ledge_cursor_skip(cursor, 8);
    if (status == LEDGE_OK)
        *out = ledge_load_u64le(start);
    return status;
}

/* --- Typed views -------------------------------------------------------------------------- */

/* A type tag says what the elements of a typed view are. Any number will do; these are the names
 * for C's own types, and a program's own tags start at LEDGE_TAG_USER. The tag implies no size:
 * that is given beside it. */
enum {
    LEDGE_TAG_U8 = 1,
    LEDGE_TAG_U16,
    LEDGE_TAG_U32,
    LEDGE_TAG_U64,
    LEDGE_TAG_I8,
    LEDGE_TAG_I16,
    LEDGE_TAG_I32,
    LEDGE_TAG_I64,
    LEDGE_TAG_F32,
    LEDGE_TAG_F64,
    LEDGE_TAG_USER = 256,
};

/* A ledge_typed is length elements of elem_size bytes each, over bytes that belong to someone else.
 * Every element is aligned to align. It is a small value, like a view, and its fields may be
 * read. */
typedef struct ledge_typed {
    const unsigned char *ptr;
    size_t length; /* in elements */
    size_t elem_size;
    size_t align;
    uint32_t tag;
    bool writable;
} ledge_typed;

/* ledge_typed_from_view makes a read-only typed view of all of view's length, as elements of
 * elem_size bytes aligned to align (1: any address), with the type tag tag.
 *
 * Returns LEDGE_OK, or the first of these that holds:
 *   LEDGE_ESIZE   elem_size is 0
 *   LEDGE_EINVAL  align is no power of two, or doesn't divide elem_size, so that the second element
 *                 couldn't be aligned
 *   LEDGE_EEMPTY  view's length is 0
 *   LEDGE_ESIZE   view's length isn't a multiple of elem_size
 *   LEDGE_EALIGN  the first byte isn't aligned to align
 * O(1). */
LEDGE_MUST_USE
LEDGE_NONNULL(5)
ledge_status ledge_typed_from_view(ledge_view view, size_t elem_size, size_t align, uint32_t tag,
                                   ledge_typed *out) LEDGE_WARN_SIZE(elem_size)
    LEDGE_WARN_ALIGN(align);

/* ledge_typed_from_span is ledge_typed_from_view for bytes that may be written: the typed view can
 * be set as well as read. */
LEDGE_MUST_USE
LEDGE_NONNULL(5)
ledge_status ledge_typed_from_span(ledge_span span, size_t elem_size, size_t align, uint32_t tag,
                                   ledge_typed *out) LEDGE_WARN_SIZE(elem_size)
    LEDGE_WARN_ALIGN(align);

/* ledge_typed_is_valid tells whether typed keeps its promises: an element size, a power of two that
 * divides it as the alignment, a pointer that is aligned to that and not null, and an end within
 * the address space. O(1). */
LEDGE_MUST_USE
LEDGE_CONST
bool ledge_typed_is_valid(ledge_typed typed);

/* ledge_typed_get copies the element at index to *out, which has room for elem_size bytes of any
 * alignment.
 *
 * Returns LEDGE_OK, or the first of these that holds:
 *   LEDGE_ETYPE   tag isn't the tag of typed
 *   LEDGE_ERANGE  index >= length
 * O(elem_size). */
LEDGE_MUST_USE
LEDGE_NONNULL(4)
ledge_status ledge_typed_get(ledge_typed typed, uint32_t tag, size_t index, void *out);

/* ledge_typed_set overwrites the element at index with the elem_size bytes at elem, which may have
 * any alignment and may overlap the elements.
 *
 * Returns LEDGE_OK, or the first of these that holds, and then nothing is written:
 *   LEDGE_ETYPE      tag isn't the tag of typed
 *   LEDGE_EREADONLY  typed was made from a read-only view
 *   LEDGE_ERANGE     index >= length
 * O(elem_size). */
LEDGE_MUST_USE
LEDGE_NONNULL(4)
ledge_status ledge_typed_set(ledge_typed typed, uint32_t tag, size_t index, const void *elem);

/* ledge_typed_at returns a pointer to the element at index, aligned to align, to be read as a C
 * object; null when tag isn't the tag of typed or index >= length. O(1). */
LEDGE_MUST_USE
static inline const void *ledge_typed_at(ledge_typed typed, uint32_t tag, size_t index)
{
    if (tag != typed.tag || index >= typed.length)
        return NULL;
    return typed.ptr + index * typed.elem_size;
}

/* ledge_typed_sub makes the typed view of the elements [lo, hi), with the same tag, size, alignment
 * and writability. It may be empty, unlike one made from bytes.
 *
 * Returns LEDGE_OK; LEDGE_ERANGE unless lo <= hi <= length. O(1). */
LEDGE_MUST_USE
LEDGE_NONNULL(4)
ledge_status ledge_typed_sub(ledge_typed typed, size_t lo, size_t hi, ledge_typed *out);

/* ledge_typed_as_view returns the bytes of all elements, read-only, with no capacity beyond them.
 * Can't fail. O(1). */
LEDGE_MUST_USE
LEDGE_CONST
ledge_view ledge_typed_as_view(ledge_typed typed);

#ifdef __cplusplus
}
#endif

#endif /* LEDGE_CAST_H */
