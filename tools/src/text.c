#include "text.h"

#include <string.h>

ledge_view text_of(const char *text)
{
    return ledge_view_of(text, text ? strlen(text) : 0);
}

bool text_is(ledge_view text, const char *other)
{
    size_t len = strlen(other);
    return text.length == len && (len == 0 || memcmp(text.ptr, other, len) == 0);
}

bool text_starts(ledge_view text, const char *prefix)
{
    if (text.length > 0 && prefix[0] && text.ptr[0] != (unsigned char)prefix[0])
        return false; /* as nearly always */
    return text_is(text_head(text, strlen(prefix)), prefix);
}

bool text_ends(ledge_view text, const char *suffix)
{
    size_t len = strlen(suffix);
    return text.length >= len && text_is(text_tail(text, text.length - len), suffix);
}

bool text_ends_any(ledge_view text, const char *const *suffixes, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (text_ends(text, suffixes[i]))
            return true;
    return false;
}

static size_t index_of(ledge_view text, const void *found)
{
    return found ? (size_t)((const unsigned char *)found - text.ptr) : TEXT_NONE;
}

_Thread_local struct text_focused text_focused;

void text_focus(ledge_view text)
{
    memset(&text_focused, 0, sizeof text_focused);
    if (text.length == 0)
        return;
    text_focused.from = text.ptr;
    text_focused.to = text.ptr + text.length;
    for (size_t i = 1; i < text.length; i++) {
        unsigned pair = (text.ptr[i - 1] + 37u * text.ptr[i]) % TEXT_PAIRS;
        text_focused.bits[pair / 64] |= UINT64_C(1) << pair % 64;
    }
}

static bool lacks_a_pair(const char *needle)
{
    for (; needle[0] && needle[1]; needle++)
        if (!text_has_pair((unsigned char)needle[0], (unsigned char)needle[1]))
            return true;
    return false;
}

/* memmem prepares a table for each call, which takes longer than to look through a line for the
 * needle's first byte. */
size_t text_search(ledge_view text, const char *needle)
{
    if (text.length == 0 || (text_is_focused(text) && lacks_a_pair(needle)))
        return TEXT_NONE;
    size_t len = strlen(needle);
    if (text.length < len || len == 0)
        return TEXT_NONE;
    const unsigned char *at = text.ptr, *last = text.ptr + text.length - len;
    while (at <= last && (at = memchr(at, needle[0], (size_t)(last - at) + 1))) {
        if (memcmp(at, needle, len) == 0)
            return (size_t)(at - text.ptr);
        at++;
    }
    return TEXT_NONE;
}

size_t text_find_last(ledge_view text, const char *needle)
{
    size_t len = strlen(needle);
    for (size_t at = text.length; at >= len; at--) {
        if (memcmp(text.ptr + at - len, needle, len) == 0)
            return at - len;
    }
    return TEXT_NONE;
}

size_t text_find_byte(ledge_view text, char byte)
{
    return text.length ? index_of(text, memchr(text.ptr, byte, text.length)) : TEXT_NONE;
}

size_t text_find_last_byte(ledge_view text, char byte)
{
    return text.length ? index_of(text, memrchr(text.ptr, byte, text.length)) : TEXT_NONE;
}

ledge_view text_head(ledge_view text, size_t count)
{
    return ledge_view_of(text.ptr, count < text.length ? count : text.length);
}

ledge_view text_tail(ledge_view text, size_t count)
{
    if (count >= text.length)
        return ledge_view_of(NULL, 0);
    return ledge_view_of(text.ptr + count, text.length - count);
}

static bool is_blank(unsigned char byte)
{
    return byte == ' ' || byte == '\t';
}

ledge_view text_trim(ledge_view text)
{
    while (text.length > 0 && is_blank(text.ptr[0]))
        text = text_tail(text, 1);
    while (text.length > 0 && is_blank(text.ptr[text.length - 1]))
        text = text_head(text, text.length - 1);
    return text;
}

bool text_skip(ledge_view *text, const char *prefix)
{
    if (!text_starts(*text, prefix))
        return false;
    *text = text_tail(*text, strlen(prefix));
    return true;
}

ledge_view text_after(ledge_view text, const char *needle)
{
    size_t at = text_find(text, needle);
    return at == TEXT_NONE ? ledge_view_of(NULL, 0) : text_tail(text, at + strlen(needle));
}

ledge_view text_word(ledge_view text)
{
    size_t len = 0;
    while (len < text.length && !is_blank(text.ptr[len]))
        len++;
    return text_head(text, len);
}

static unsigned digit_of(unsigned char byte)
{
    if (byte >= '0' && byte <= '9')
        return byte - (unsigned)'0';
    if (byte >= 'a' && byte <= 'f')
        return byte - (unsigned)'a' + 10;
    if (byte >= 'A' && byte <= 'F')
        return byte - (unsigned)'A' + 10;
    return 99;
}

static size_t number(ledge_view *text, unsigned base, uint64_t *value)
{
    size_t count = 0;
    uint64_t result = 0;
    while (count < text->length && digit_of(text->ptr[count]) < base) {
        uint64_t digit = digit_of(text->ptr[count]);
        result = result > (UINT64_MAX - digit) / base ? UINT64_MAX : result * base + digit;
        count++;
    }
    if (count > 0) {
        *value = result;
        *text = text_tail(*text, count);
    }
    return count;
}

size_t text_decimal(ledge_view *text, uint64_t *value)
{
    return number(text, 10, value);
}

size_t text_hex(ledge_view *text, uint64_t *value)
{
    return number(text, 16, value);
}

ledge_view text_base(ledge_view path)
{
    size_t start = path.length;
    while (start > 0 && path.ptr[start - 1] != '/' && path.ptr[start - 1] != '\\')
        start--;
    return text_tail(path, start);
}

bool text_is_digit(unsigned char byte)
{
    return digit_of(byte) < 10;
}

bool text_is_hex(unsigned char byte)
{
    return digit_of(byte) < 16;
}

bool text_is_name(unsigned char byte)
{
    return text_is_digit(byte) || byte == '_' || (byte >= 'a' && byte <= 'z') ||
           (byte >= 'A' && byte <= 'Z');
}
