/* str.c: the string builder. See ledge/str.h.
 *
 * Invariants (ledge_str_is_valid): where there is a block, length < allocated <= PTRDIFF_MAX and
 * ptr[length] is the NUL. length <= limit_of() <= LEDGE_STR_MAX, so that a length and 1 can be
 * added, and what is added to a length is at most the difference: no sum can wrap.
 *
 * `stop` is what the inline functions compare with, one number for all that they need to know:
 * below it there is memory, the limit isn't reached, and nothing has failed. set_text() keeps it.
 */
#include <ledge/str.h>

#include <stdio.h>

#include <ledge/harden.h>
#include <ledge/vec.h>

/* The first block has room for a short text. */
enum { FIRST_SIZE = 32, SHORT_FORMAT = 256 };

static size_t limit_of(const ledge_str *str)
{
    return str->limit ? str->limit : LEDGE_STR_MAX;
}

static size_t stop_of(const ledge_str *str)
{
    if (str->status != LEDGE_OK)
        return 0;
    return str->allocated <= limit_of(str) ? str->allocated : limit_of(str) + 1;
}

bool ledge_str_is_valid(const ledge_str *str)
{
    if ((str->ptr == NULL) != (str->allocated == 0) || str->allocated > PTRDIFF_MAX)
        return false;
    if (limit_of(str) > LEDGE_STR_MAX || str->length > limit_of(str))
        return false;
    if (!str->ptr)
        return str->length == 0 && str->stop == 0;
    return str->length < str->allocated && str->ptr[str->length] == '\0' &&
           str->stop == stop_of(str);
}

/* The text and its NUL may be touched, the spare memory behind them not. */
static void close_spare(const ledge_str *str)
{
    ledge_poison_spare(str->ptr, str->allocated, str->ptr ? str->length + 1 : 0);
}

/* All of the block may be: it is about to be written or given back. */
static void open_spare(const ledge_str *str)
{
    ledge_poison_spare(str->ptr, str->allocated, str->allocated);
}

/* Every change of the text ends here; the spare memory is open. What somebody else has written into
 * the struct is seen at the next change, before it is relied on. */
static void set_text(ledge_str *str, size_t length)
{
    LEDGE_CHECK_FAST(length < str->allocated);
    str->length = length;
    str->ptr[length] = '\0';
    str->stop = stop_of(str);
    LEDGE_CHECK_EXTENSIVE(ledge_str_is_valid(str));
    close_spare(str);
}

/* Whatever adds ends here when it fails. */
static ledge_status fail(ledge_str *str, ledge_status status)
{
    str->status = status;
    str->stop = 0;
    return status;
}

void ledge_str_init(ledge_str *str, const ledge_allocator *alloc)
{
    *str = (ledge_str){0};
    if (alloc)
        str->alloc = *alloc;
}

void ledge_str_cleanup_slowly(ledge_str *str)
{
    LEDGE_CHECK_EXTENSIVE(ledge_str_is_valid(str));
    open_spare(str);
    ledge_alloc_free(&str->alloc, str->ptr, str->allocated);
    *str = (ledge_str){0};
}

ledge_status ledge_str_set_limit(ledge_str *str, size_t limit)
{
    if (limit > LEDGE_STR_MAX)
        return LEDGE_EOVERFLOW;
    if (limit != 0 && limit < str->length)
        return LEDGE_ERANGE;
    str->limit = limit;
    str->stop = stop_of(str);
    return LEDGE_OK;
}

/* --- Memory ------------------------------------------------------------------------------- */

/* Makes the block exactly size bytes long, more than length. */
static ledge_status change_block(ledge_str *str, size_t size)
{
    LEDGE_CHECK_EXTENSIVE(ledge_str_is_valid(str));
    open_spare(str);
    char *ptr = ledge_alloc_resize(&str->alloc, str->ptr, str->allocated, size);
    if (!ptr) {
        close_spare(str);
        return LEDGE_ENOMEM;
    }
    str->ptr = ptr;
    str->allocated = size;
    set_text(str, str->length);
    return LEDGE_OK;
}

ledge_status ledge_str_reserve(ledge_str *str, size_t n)
{
    const size_t most = limit_of(str);
    if (n > most)
        n = most;
    return n < str->allocated ? LEDGE_OK : change_block(str, n + 1);
}

/* Makes memory for n more bytes than the text has, and never for more than the limit. */
static ledge_status make_room(ledge_str *str, size_t n)
{
    if (n > limit_of(str) - str->length)
        return LEDGE_EOVERFLOW;

    size_t needed = str->length + n + 1;
    if (needed <= str->allocated)
        return LEDGE_OK;
    size_t size = ledge_growth_next(LEDGE_GROWTH_DOUBLE, str->allocated, needed);
    if (size < FIRST_SIZE)
        size = FIRST_SIZE;
    return change_block(str, size <= limit_of(str) ? size : limit_of(str) + 1);
}

/* --- Adding ------------------------------------------------------------------------------- */

/* Where the bytes to be added come from. The block may move before they are read, so that those of
 * the text are remembered by their offset. */
struct source {
    bool inside; /* it lies within the text, at offset */
    size_t offset;
};

static struct source find_source(const ledge_str *str, const void *ptr, size_t size)
{
    uintptr_t from = (uintptr_t)ptr, text = (uintptr_t)str->ptr;
    uintptr_t offset = from >= text ? from - text : UINTPTR_MAX;
    struct source src = {size != 0 && offset < str->length, offset};
    LEDGE_CHECK_FAST(!src.inside || size <= str->length - offset);
    return src;
}

/* What whatever adds n bytes made of the size bytes at *ptr does first; *ptr may be null where size
 * is 0. Afterwards *ptr is where the bytes are now, and, unless n is 0, there is room for the n
 * bytes and the spare memory is open. */
static ledge_status begin(ledge_str *str, size_t n, const void **ptr, size_t size)
{
    if (str->status != LEDGE_OK)
        return str->status;
    if (!*ptr && size != 0)
        return fail(str, LEDGE_ENULL);
    if (n == 0)
        return LEDGE_OK;
    struct source src = find_source(str, *ptr, size);
    ledge_status status = make_room(str, n);
    if (status != LEDGE_OK)
        return fail(str, status);
    if (src.inside)
        *ptr = str->ptr + src.offset;
    open_spare(str);
    return LEDGE_OK;
}

ledge_status ledge_str_append_slowly(ledge_str *str, const void *bytes, size_t n)
{
    ledge_status status = begin(str, n, &bytes, n);
    if (status != LEDGE_OK || n == 0)
        return status;
    memcpy(str->ptr + str->length, bytes, n);
    set_text(str, str->length + n);
    return LEDGE_OK;
}

ledge_status ledge_str_append_fill(ledge_str *str, char c, size_t n)
{
    const void *none = NULL;
    ledge_status status = begin(str, n, &none, 0);
    if (status != LEDGE_OK || n == 0)
        return status;
    memset(str->ptr + str->length, c, n);
    set_text(str, str->length + n);
    return LEDGE_OK;
}

/* A source within the text is itself cut when the gap opens: the part below `at` is where it was,
 * the part from `at` on lies n higher. */
ledge_status ledge_str_insert(ledge_str *str, size_t at, const void *bytes, size_t n)
{
    if (str->status == LEDGE_OK && (bytes || n == 0) && at > str->length)
        return fail(str, LEDGE_ERANGE);
    ledge_status status = begin(str, n, &bytes, n);
    if (status != LEDGE_OK || n == 0)
        return status;

    struct source src = find_source(str, bytes, n);
    char *gap = str->ptr + at;
    memmove(gap + n, gap, str->length - at);
    size_t below = src.inside ? 0 : n;
    if (src.inside && src.offset < at)
        below = n < at - src.offset ? n : at - src.offset;
    memcpy(gap, bytes, below);
    if (below != n)
        memcpy(gap + below, (const char *)bytes + below + n, n - below);
    set_text(str, str->length + n);
    return LEDGE_OK;
}

/* --- Formatted ---------------------------------------------------------------------------- */

/* Formats into a block of its own, for n bytes and a NUL. */
static ledge_status append_long(ledge_str *str, size_t n, const char *format, va_list args)
{
    if (n > limit_of(str) - str->length)
        return fail(str, LEDGE_EOVERFLOW);
    char *text = ledge_alloc_resize(&str->alloc, NULL, 0, n + 1);
    if (!text)
        return fail(str, LEDGE_ENOMEM);
    const void *none = NULL; /* the text isn't the string's own */
    ledge_status status;
    if (vsnprintf(text, n + 1, format, args) != (int)n) /* it was done before, to count */
        status = fail(str, LEDGE_EINVAL);
    else
        status = begin(str, n, &none, 0);
    if (status == LEDGE_OK) {
        memcpy(str->ptr + str->length, text, n);
        set_text(str, str->length + n);
    }
    ledge_alloc_free(&str->alloc, text, n + 1);
    return status;
}

ledge_status ledge_str_append_formatv(ledge_str *str, const char *format, va_list args)
{
    if (str->status != LEDGE_OK)
        return str->status;
    char text[SHORT_FORMAT];
    va_list again;
    va_copy(again, args);
    int n = vsnprintf(text, sizeof(text), format, args);
    ledge_status status;
    if (n < 0)
        status = fail(str, LEDGE_EINVAL);
    else if ((size_t)n < sizeof(text))
        status = ledge_str_append(str, text, (size_t)n);
    else
        status = append_long(str, (size_t)n, format, again);
    va_end(again);
    return status;
}

ledge_status ledge_str_append_format(ledge_str *str, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    ledge_status status = ledge_str_append_formatv(str, format, args);
    va_end(args);
    return status;
}

/* Writes the digits of value before end. Returns where the first one is. */
static char *write_decimal(uint64_t value, char *end)
{
    do {
        *--end = (char)('0' + value % 10);
        value /= 10;
    } while (value != 0);
    return end;
}

ledge_status ledge_str_append_u64(ledge_str *str, uint64_t value)
{
    char digits[20], *end = digits + sizeof(digits), *first = write_decimal(value, end);
    return ledge_str_append(str, first, (size_t)(end - first));
}

ledge_status ledge_str_append_i64(ledge_str *str, int64_t value)
{
    char digits[20], *end = digits + sizeof(digits);
    if (value >= 0)
        return ledge_str_append_u64(str, (uint64_t)value);
    /* -INT64_MIN is no int64_t. */
    char *first = write_decimal((uint64_t) - (value + 1) + 1, end);
    *--first = '-';
    return ledge_str_append(str, first, (size_t)(end - first));
}

ledge_status ledge_str_append_hex(ledge_str *str, ledge_view view)
{
    static const char digits[] = "0123456789abcdef";
    const void *from = view.ptr;
    size_t n;
    /* What doesn't fit a size_t fits no limit either. */
    if (ledge_size_mul(view.length, 2, &n) != LEDGE_OK)
        n = SIZE_MAX;
    ledge_status status = begin(str, n, &from, view.length);
    if (status != LEDGE_OK || n == 0)
        return status;
    const unsigned char *bytes = from;
    char *to = str->ptr + str->length;
    for (size_t i = 0; i < view.length; i++) {
        *to++ = digits[bytes[i] >> 4];
        *to++ = digits[bytes[i] & 15];
    }
    set_text(str, str->length + n);
    return LEDGE_OK;
}

/* The letter that a byte has behind a backslash, or 0. */
static char letter_of(unsigned char byte)
{
    switch (byte) {
    case '\n':
        return 'n';
    case '\r':
        return 'r';
    case '\t':
        return 't';
    case '"':
    case '\\':
        return (char)byte;
    default:
        return '\0';
    }
}

/* Writes byte as it stands in a literal. Returns the end. */
static char *write_escaped(unsigned char byte, char *to)
{
    char letter = letter_of(byte);
    if (letter == '\0' && byte >= ' ' && byte <= '~') {
        *to++ = (char)byte;
        return to;
    }
    *to++ = '\\';
    if (letter != '\0') {
        *to++ = letter;
        return to;
    }
    *to++ = (char)('0' + (byte >> 6));
    *to++ = (char)('0' + (byte >> 3 & 7));
    *to++ = (char)('0' + (byte & 7));
    return to;
}

ledge_status ledge_str_append_escaped(ledge_str *str, ledge_view view)
{
    char one[4];
    size_t n = 0;
    for (size_t i = 0; i < view.length && n <= LEDGE_STR_MAX; i++)
        n += (size_t)(write_escaped(view.ptr[i], one) - one);
    const void *from = view.ptr;
    ledge_status status = begin(str, n, &from, view.length);
    if (status != LEDGE_OK || n == 0)
        return status;
    const unsigned char *bytes = from;
    char *to = str->ptr + str->length;
    for (size_t i = 0; i < view.length; i++)
        to = write_escaped(bytes[i], to);
    set_text(str, str->length + n);
    return LEDGE_OK;
}

/* --- Changing ----------------------------------------------------------------------------- */

ledge_status ledge_str_erase(ledge_str *str, size_t lo, size_t hi)
{
    if (lo > hi || hi > str->length)
        return LEDGE_ERANGE;
    if (lo == hi)
        return LEDGE_OK;
    memmove(str->ptr + lo, str->ptr + hi, str->length - hi);
    set_text(str, str->length - (hi - lo));
    return LEDGE_OK;
}

ledge_status ledge_str_truncate(ledge_str *str, size_t n)
{
    if (n > str->length)
        return LEDGE_ERANGE;
    return ledge_str_erase(str, n, str->length);
}

void ledge_str_clear(ledge_str *str)
{
    str->status = LEDGE_OK;
    if (str->ptr)
        set_text(str, 0);
}

ledge_status ledge_str_detach(ledge_str *str, ledge_span *out)
{
    if (str->status != LEDGE_OK)
        return str->status;
    if (!str->ptr && change_block(str, 1) != LEDGE_OK)
        return LEDGE_ENOMEM;
    open_spare(str);
    *out = (ledge_span){(unsigned char *)str->ptr, str->length, str->allocated};
    str->ptr = NULL;
    str->length = 0;
    str->stop = 0;
    str->allocated = 0;
    return LEDGE_OK;
}
