#include "frame.h"

#include <string.h>

#define LINE_MAX_BYTES 65536

static bool is_blank_at(ledge_view text, size_t at)
{
    return at >= text.length || text.ptr[at] == ' ' || text.ptr[at] == '\t';
}

/* "issue #3 in the list" isn't a frame: something that a machine put in front of one ends in a
 * blank or a colon, and has a number in it. */
static bool is_log_prefix(ledge_view before)
{
    ledge_view trimmed = text_trim(before);
    if (trimmed.length == 0)
        return true;
    unsigned char last = before.ptr[before.length - 1];
    if (last != ' ' && last != '\t' && last != ':' && last != '|' && last != ']')
        return false;
    for (size_t i = 0; i < trimmed.length; i++) {
        if (text_is_digit(trimmed.ptr[i]))
            return true;
    }
    return false;
}

/* Leaves in *rest what follows "#12 ". Only the first '#' with a number counts, so that a line of
 * nothing else is read once. */
static bool take_number(ledge_view line, ledge_view *rest, unsigned *number)
{
    for (size_t at = text_find_byte(line, '#'); at != TEXT_NONE;) {
        ledge_view tail = text_tail(line, at + 1);
        uint64_t value;
        if (text_decimal(&tail, &value) > 0 && is_blank_at(tail, 0)) {
            *rest = text_trim(tail);
            *number = (unsigned)value;
            return value < 1000000 && is_log_prefix(text_head(line, at));
        }
        size_t next = text_find_byte(text_tail(line, at + 1), '#');
        at = next == TEXT_NONE ? TEXT_NONE : at + 1 + next;
    }
    return false;
}

/* "0x55d0 ", or eight hexadecimal digits and more without the "0x". */
static bool take_address(ledge_view *rest)
{
    ledge_view tail = *rest;
    uint64_t address;
    bool marked = text_skip(&tail, "0x");
    size_t digits = text_hex(&tail, &address);
    if (digits < (marked ? 1u : 8u) || !is_blank_at(tail, 0))
        return false;
    *rest = text_trim(tail);
    return true;
}

/* The index of the parenthesis that the last byte closes. */
static size_t opening(ledge_view text)
{
    size_t depth = 0;
    for (size_t at = text.length; at > 0; at--) {
        if (text.ptr[at - 1] == ')')
            depth++;
        else if (text.ptr[at - 1] == '(' && --depth == 0)
            return at - 1;
    }
    return TEXT_NONE;
}

/* "(module+0x12)" at the end of *rest. */
static bool take_module(ledge_view *rest, struct frame *frame)
{
    if (!text_ends(*rest, ")"))
        return false;
    size_t open = opening(*rest);
    if (open == TEXT_NONE || (open > 0 && !is_blank_at(*rest, open - 1)))
        return false;
    ledge_view inner = text_head(text_tail(*rest, open + 1), rest->length - open - 2);
    size_t plus = text_find_last(inner, "+0x");
    ledge_view digits = plus == TEXT_NONE ? ledge_view_of(NULL, 0) : text_tail(inner, plus + 3);
    bool known = text_hex(&digits, &frame->offset) > 0 && digits.length == 0;
    if (!known && !text_is(inner, "<unknown module>"))
        return false;
    frame->module = known ? text_head(inner, plus) : ledge_view_of(NULL, 0);
    *rest = text_trim(text_head(*rest, open));
    return true;
}

static bool is_unknown(ledge_view text)
{
    return text_is(text, "<null>") || text_is(text, "??") || text_is(text, "?") ||
           text_is(text, "<unknown>");
}

/* Takes ":12" off the end of *place. */
static unsigned take_line(ledge_view *place)
{
    size_t colon = text_find_last_byte(*place, ':');
    if (colon == TEXT_NONE || colon + 1 == place->length)
        return 0;
    ledge_view digits = text_tail(*place, colon + 1);
    uint64_t value;
    if (digits.length > 9 || text_decimal(&digits, &value) == 0 || digits.length != 0)
        return 0;
    *place = text_head(*place, colon);
    return (unsigned)value;
}

void frame_place(ledge_view place, struct frame *frame)
{
    place = text_trim(place);
    unsigned last = take_line(&place);
    unsigned before = last ? take_line(&place) : 0;
    if (text_ends(place, ":0") || text_ends(place, ":?"))
        place = text_head(place, place.length - 2);
    frame->line = before ? before : last;
    frame->column = before ? last : 0;
    frame->file = is_unknown(place) ? ledge_view_of(NULL, 0) : place;
    if (frame->file.length == 0)
        frame->line = frame->column = 0;
}

/* Whether what starts at index `at` can only be a place. The last word is one, too, when it looks
 * the least bit like a file. */
static bool starts_place(ledge_view text, size_t at, bool last_word)
{
    ledge_view tail = text_tail(text, at);
    if (text_starts(tail, "/") || text_starts(tail, "./") || text_starts(tail, "../") ||
        text_starts(tail, "<null>") || text_starts(tail, "??"))
        return true;
    if (!last_word)
        return false;
    return text_find_byte(tail, '/') != TEXT_NONE || text_find_byte(tail, ':') != TEXT_NONE ||
           text_find_last(tail, ".") != TEXT_NONE;
}

/* The index of the blank between the function and its place; TEXT_NONE without a place. Blanks in
 * the arguments and template parameters of a function don't count. */
static size_t place_gap(ledge_view text)
{
    size_t last = text_find_last_byte(text, ' ');
    if (last == TEXT_NONE)
        return TEXT_NONE;
    int depth = 0;
    for (size_t i = 0; i < text.length; i++) {
        unsigned char byte = text.ptr[i];
        bool in_name = i > 0 && text_is_name(text.ptr[i - 1]);
        if (byte == '(' || (byte == '<' && in_name))
            depth++;
        else if (depth > 0 && (byte == ')' || (byte == '>' && text.ptr[i - 1] != '-')))
            depth--;
        else if (byte == ' ' && depth == 0 && starts_place(text, i + 1, i == last))
            return i;
    }
    return starts_place(text, last + 1, false) ? last : TEXT_NONE;
}

/* "name (arg=1) at file.c:3" and "name () from /lib/libc.so.6". */
static bool take_gdb(ledge_view rest, struct frame *frame)
{
    size_t arguments = text_find(rest, " (");
    size_t at = text_find_last(rest, ") at ");
    size_t from = text_find_last(rest, ") from ");
    if (arguments == TEXT_NONE || (at == TEXT_NONE && from == TEXT_NONE))
        return false;
    frame->function = text_head(rest, arguments);
    if (at != TEXT_NONE)
        frame_place(text_tail(rest, at + 5), frame);
    else
        frame->module = text_tail(rest, from + 7);
    return true;
}

/* "name place", "name", "place" or nothing. */
static void take_function(ledge_view rest, struct frame *frame)
{
    size_t gap = place_gap(rest);
    frame->function = rest;
    if (gap != TEXT_NONE) {
        frame->function = text_trim(text_head(rest, gap));
        frame_place(text_tail(rest, gap + 1), frame);
    }
    if (is_unknown(frame->function))
        frame->function = ledge_view_of(NULL, 0);
}

bool frame_parse(ledge_view line, struct frame *frame)
{
    *frame = (struct frame){0};
    ledge_view rest;
    if (line.length > LINE_MAX_BYTES || !take_number(line, &rest, &frame->number))
        return false;
    bool addressed = take_address(&rest);
    bool named = text_skip(&rest, "in ");
    size_t build = text_find(rest, "(BuildId");
    if (build != TEXT_NONE)
        rest = text_trim(text_head(rest, build));
    bool placed = take_module(&rest, frame);
    if (take_gdb(rest, frame))
        return true;
    take_function(rest, frame);
    if (!addressed && !placed && frame->line == 0)
        return false;
    return named || placed || frame->function.length > 0 || addressed;
}

/* --- Names -------------------------------------------------------------------------------- */

struct writer {
    char *out;
    size_t len;
};

static void put(struct writer *writer, unsigned char byte)
{
    if (writer->len < FRAME_NAME_MAX)
        writer->out[writer->len++] = (char)byte;
}

/* The index behind the '>' that closes the '<' at `at`. */
static size_t skip_template(ledge_view text, size_t at)
{
    size_t depth = 0;
    for (size_t i = at; i < text.length; i++) {
        if (text.ptr[i] == '<')
            depth++;
        else if (text.ptr[i] == '>' && text.ptr[i - 1] != '-' && --depth == 0)
            return i + 1;
    }
    return text.length;
}

/* "operator new[]", "operator()", "operator<<": what follows the word, up to the arguments. */
static void put_operator(struct writer *writer, ledge_view text)
{
    for (size_t i = 0; i < 8; i++)
        put(writer, text.ptr[i]);
    ledge_view tail = text_tail(text, 8);
    if (text_skip(&tail, "()")) {
        put(writer, '(');
        put(writer, ')');
    }
    for (size_t i = 0; i < tail.length && tail.ptr[i] != '('; i++)
        put(writer, tail.ptr[i]);
}

static bool is_operator(ledge_view text, size_t at)
{
    if (text.ptr[at] != 'o' || !text_starts(text_tail(text, at), "operator"))
        return false;
    bool starts = at == 0 || !text_is_name(text.ptr[at - 1]);
    return starts && at + 8 < text.length && !text_is_name(text.ptr[at + 8]);
}

static void put_name(struct writer *writer, ledge_view text)
{
    static const char anonymous[] = "(anonymous namespace)::";
    for (size_t i = 0; i < text.length;) {
        unsigned char byte = text.ptr[i];
        if (is_operator(text, i)) {
            put_operator(writer, text_tail(text, i));
            return;
        }
        if (byte == '(' && text_starts(text_tail(text, i), anonymous)) {
            i += sizeof anonymous - 1;
        } else if (byte == '(' || byte == '[') {
            return;
        } else if (byte == '<' && i > 0) {
            i = skip_template(text, i);
        } else if (byte == ' ') {
            /* What came before was a return type, or "virtual thunk to"; unless it is gdb's blank
             * before the arguments, or gcc's before "[clone". */
            ledge_view next = text_tail(text, i + 1);
            bool ends = text_starts(next, "(") || text_starts(next, "[");
            if (ends && !text_starts(next, anonymous))
                return;
            writer->len = 0;
            i++;
        } else {
            put(writer, byte);
            i++;
        }
    }
}

/* Suffixes that compilers give to copies of a function: another build has others. */
static size_t without_suffix(ledge_view name)
{
    static const char *const suffixes[] = {".isra",     ".part",  ".constprop",  ".cold", ".llvm",
                                           ".lto_priv", ".clone", ".localalias", "+0x"};
    size_t len = name.length;
    for (size_t i = 0; i < sizeof suffixes / sizeof *suffixes; i++) {
        size_t at = text_find(text_head(name, len), suffixes[i]);
        if (at != TEXT_NONE && at > 0)
            len = at;
    }
    return len;
}

void frame_name(const struct frame *frame, char name[FRAME_NAME_MAX + 1])
{
    struct writer writer = {name, 0};
    put_name(&writer, frame->function);
    if (writer.len == 0) {
        for (size_t i = 0; i < frame->function.length; i++)
            put(&writer, frame->function.ptr[i]);
    }
    writer.len = without_suffix(ledge_view_of(name, writer.len));
    /* A cut in the middle of a character outside ASCII would leave bytes that are no text. */
    while (writer.len == FRAME_NAME_MAX && (unsigned char)name[writer.len - 1] >= 0x80)
        writer.len--;
    name[writer.len] = '\0';
}
