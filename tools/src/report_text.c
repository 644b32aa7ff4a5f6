/* The text of a log: what the bytes say once the marks of terminals, containers and trackers are
 * gone. */
#include <string.h>

#include "report_family.h"

/* The length of a well-formed UTF-8 sequence at the front, or 0. */
static size_t utf8_length(const unsigned char *at, size_t left)
{
    size_t len = at[0] < 0x80 ? 1 : at[0] < 0xC2 ? 0 : at[0] < 0xE0 ? 2 : at[0] < 0xF0 ? 3 : 4;
    if (len == 0 || len > left || at[0] > 0xF4)
        return 0;
    for (size_t i = 1; i < len; i++) {
        if ((at[i] & 0xC0) != 0x80)
            return 0;
    }
    bool overlong = (at[0] == 0xE0 && at[1] < 0xA0) || (at[0] == 0xF0 && at[1] < 0x90);
    bool surrogate = at[0] == 0xED && at[1] >= 0xA0;
    return overlong || surrogate || (at[0] == 0xF4 && at[1] >= 0x90) ? 0 : len;
}

/* The length of a terminal's escape sequence ("\033[1m") at the front. */
static size_t escape_length(const unsigned char *at, size_t left)
{
    if (left < 2 || at[1] != '[')
        return 1;
    size_t len = 2;
    while (len < left && at[len] >= 0x20 && at[len] < 0x40)
        len++;
    return len < left && at[len] >= 0x40 && at[len] < 0x7F ? len + 1 : len;
}

/* The length of what is left of an escape sequence where something has taken its first byte, or
 * written it out: "[31m", "^[[0m", "\\033[1m", "\\x1b[K"; 0: it is none. */
static size_t leftover_length(const unsigned char *at, size_t left)
{
    static const char *const written[] = {"^[", "\\033", "\\x1b", "\\e", "\\u001b", "\xE2\x90\x9B"};
    ledge_view text = ledge_view_of(at, left);
    for (size_t i = 0; at[0] != '[' && i < sizeof written / sizeof *written; i++) {
        ledge_view rest = text;
        if (text_skip(&rest, written[i]) && text_starts(rest, "["))
            text = rest;
    }
    if (!text_skip(&text, "["))
        return 0;
    bool any = false;
    while (text.length > 0 && (text_is_digit(text.ptr[0]) || text.ptr[0] == ';')) {
        any = true;
        text = text_tail(text, 1);
    }
    bool colour = any && text_starts(text, "m");
    bool clear = !any && at[0] != '[' && (text_starts(text, "K") || text_starts(text, "m"));
    return colour || clear ? left - text.length + 1 : 0;
}

static bool may_be_leftover(unsigned char byte)
{
    return byte == '[' || byte == '^' || byte == '\\' || byte == 0xE2;
}

/* What Markdown may have a backslash in front of, where a tracker has written out what somebody
 * pasted: "draw\_row", "operator\*", "vec\<int\>". */
static bool is_escapable(unsigned char byte)
{
    return byte != '\0' && strchr("_*<>[]~#|`", byte) != NULL;
}

/* Where the last word that was looked at ends, and whether all its backslashes are Markdown's: one
 * in front of a letter is a path of Windows, "D:\a\_work". */
struct judged {
    size_t end;
    bool escaped;
};

static bool is_escape(const unsigned char *bytes, size_t len, size_t at, struct judged *word)
{
    if (at < word->end)
        return word->escaped;
    word->escaped = true;
    word->end = at;
    while (word->end < len && bytes[word->end] > ' ') {
        bool backslash = bytes[word->end] == '\\';
        size_t next = word->end + 1;
        if (backslash && (next >= len || !is_escapable(bytes[next])))
            word->escaped = false;
        word->end += backslash && word->escaped ? 2 : 1;
    }
    return word->escaped;
}

size_t report_text(const unsigned char *bytes, size_t len, char *out)
{
    size_t out_len = 0;
    struct judged word = {0, false};
    for (size_t i = 0; i < len;) {
        unsigned char byte = bytes[i];
        size_t sequence = byte >= 0x80 ? utf8_length(bytes + i, len - i) : 1;
        size_t leftover = may_be_leftover(byte) ? leftover_length(bytes + i, len - i) : 0;
        if (leftover > 0) {
            i += leftover;
        } else if (byte == '\\' && is_escape(bytes, len, i, &word)) {
            out[out_len++] = (char)bytes[i + 1];
            i += 2;
        } else if (byte == 0x1B) {
            i += escape_length(bytes + i, len - i);
        } else if (byte == '\r') {
            if (i + 1 >= len || bytes[i + 1] != '\n')
                out[out_len++] = '\n';
            i++;
        } else if (sequence == 0 || (byte < 0x20 && byte != '\n') || byte == 0x7F) {
            out[out_len++] = (char)(byte >= 0x80 ? '?' : ' ');
            i++;
        } else {
            memcpy(out + out_len, bytes + i, sequence);
            out_len += sequence;
            i += sequence;
        }
    }
    return out_len;
}
