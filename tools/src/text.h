/* text.h: small questions about a piece of text that somebody else owns.
 *
 * A piece is a ledge_view: it isn't NUL-terminated and may hold any bytes. Nothing here allocates;
 * everything is thread-safe and at worst O(length). */
#ifndef LEDGE_TOOLS_TEXT_H
#define LEDGE_TOOLS_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <ledge/view.h>

/* What the finders return when there is nothing to find. */
#define TEXT_NONE ((size_t)-1)

/* text_of makes a view of a C string without its NUL; NULL gives the empty view. */
ledge_view text_of(const char *text);

/* text_is tells whether the bytes are exactly those of the C string. */
bool text_is(ledge_view text, const char *other);

bool text_starts(ledge_view text, const char *prefix);
bool text_ends(ledge_view text, const char *suffix);

/* text_ends_any: with one of n suffixes. */
bool text_ends_any(ledge_view text, const char *const *suffixes, size_t n);

/* text_focus says that the searches that follow will be in this text or in parts of it, over and
 * over, mostly for what isn't there; text_find, and what is built on it, then see that without
 * looking through the text. The bytes mustn't change until the next call; the empty view ends it.
 * One focus for each thread. O(length). */
void text_focus(ledge_view text);

/* text_find returns the first index of needle, text_find_last the last one; or TEXT_NONE. needle
 * isn't empty. */
static inline size_t text_find(ledge_view text, const char *needle);
size_t text_find_last(ledge_view text, const char *needle);

/* text_has is text_find as a yes or no. */
static inline bool text_has(ledge_view text, const char *needle);

/* text_find_byte and text_find_last_byte are the same for one byte. */
size_t text_find_byte(ledge_view text, char byte);
size_t text_find_last_byte(ledge_view text, char byte);

/* text_head is the first count bytes, text_tail all but the first count; both clamp. */
ledge_view text_head(ledge_view text, size_t count);
ledge_view text_tail(ledge_view text, size_t count);

/* text_trim drops spaces and tabs from both ends. */
ledge_view text_trim(ledge_view text);

/* text_skip drops prefix from the front of *text, if it is there, and says so. */
bool text_skip(ledge_view *text, const char *prefix);

/* text_after returns what comes behind the first needle; empty when there is none. */
ledge_view text_after(ledge_view text, const char *needle);

/* text_word returns the bytes up to the first space or tab. */
ledge_view text_word(ledge_view text);

/* text_decimal and text_hex take a number off the front of *text into *value, and return how many
 * digits it had; 0 leaves all as it was. text_hex doesn't expect "0x". A number that doesn't fit
 * becomes UINT64_MAX. */
size_t text_decimal(ledge_view *text, uint64_t *value);
size_t text_hex(ledge_view *text, uint64_t *value);

/* text_base is the last component of a path, of Windows or not. */
ledge_view text_base(ledge_view path);

bool text_is_digit(unsigned char byte);
bool text_is_hex(unsigned char byte);

/* Letters, digits and the underscore. */
bool text_is_name(unsigned char byte);

/* --- How text_find sees what isn't there ------------------------------------------------------ */

/* Which pairs of bytes stand side by side in the text in focus: a needle with a pair that doesn't
 * can't be in it. Several pairs share a bit, so that a set bit proves nothing. */
enum { TEXT_PAIRS = 2048 };

struct text_focused {
    const unsigned char *from, *to;
    uint64_t bits[TEXT_PAIRS / 64];
};

extern _Thread_local struct text_focused text_focused;

/* text_search is text_find that takes its time. */
size_t text_search(ledge_view text, const char *needle);

static inline bool text_has_pair(unsigned char first, unsigned char second)
{
    unsigned pair = (first + 37u * second) % TEXT_PAIRS;
    return text_focused.bits[pair / 64] >> pair % 64 & 1;
}

static inline bool text_is_focused(ledge_view text)
{
    return text_focused.from && text.ptr >= text_focused.from &&
           text.ptr + text.length <= text_focused.to;
}

static inline size_t text_find(ledge_view text, const char *needle)
{
    if (needle[0] && needle[1] && text_is_focused(text) &&
        !text_has_pair((unsigned char)needle[0], (unsigned char)needle[1]))
        return TEXT_NONE;
    return text_search(text, needle);
}

static inline bool text_has(ledge_view text, const char *needle)
{
    return text_find(text, needle) != TEXT_NONE;
}

#endif
