#include "frame.h"

#include <string.h>

#include "frame_parts.h"

#define LINE_MAX_BYTES 65536

bool frame_blank_at(ledge_view text, size_t at)
{
    return at >= text.length || text.ptr[at] == ' ' || text.ptr[at] == '\t';
}

static bool has_digit(ledge_view text)
{
    for (size_t i = 0; i < text.length; i++) {
        if (text_is_digit(text.ptr[i]))
            return true;
    }
    return false;
}

static bool has_word(ledge_view text)
{
    for (size_t i = 0; i < text.length; i++) {
        if (text_is_name(text.ptr[i]) || text.ptr[i] >= 0x80)
            return true;
    }
    return false;
}

/* "issue #3 in the list" isn't a frame: something that a machine put in front of one ends in a
 * blank or a punctuation mark, and has a number or no word at all in it. */
bool frame_is_prefix(ledge_view before)
{
    ledge_view trimmed = text_trim(before);
    if (trimmed.length == 0)
        return true;
    static const char *const prompts[] = {"(gdb)", "(lldb)", "gdb-peda$", "gef\xE2\x9E\xA4"};
    if (text_ends_any(trimmed, prompts, sizeof prompts / sizeof *prompts))
        return true;
    unsigned char last = before.ptr[before.length - 1];
    if (last != ' ' && last != '\t' && last != ':' && last != '|' && last != ']' && last != '>')
        return false;
    bool tag = text_ends(trimmed, ":") && text_find_byte(trimmed, ' ') == TEXT_NONE; /* "stderr:" */
    return tag || text_ends(trimmed, "|") || text_ends(trimmed, ">") || has_digit(trimmed) ||
           !has_word(trimmed);
}

bool frame_after_prefix(ledge_view text, const char *words, ledge_view *rest)
{
    size_t at = text_find(text, words);
    bool there = at != TEXT_NONE && frame_is_prefix(text_head(text, at));
    *rest = there ? text_tail(text, at + strlen(words)) : ledge_view_of(NULL, 0);
    return there;
}

/* Where "#12" would lead to the twelfth issue, people and trackers put something between the two.
 */
static void skip_gap(ledge_view before, ledge_view *tail)
{
    bool starts = text_trim(before).length == 0 || text_ends(text_trim(before), ">");
    if (!text_skip(tail, "&#8203;") && !text_skip(tail, "\xE2\x80\x8B") && starts)
        text_skip(tail, " ");
}

/* Leaves in *rest what follows "#12 ", and in *before what came before. Only the first '#' with a
 * number counts, so that a line of nothing else is read once. */
static bool take_number(ledge_view line, ledge_view *before, ledge_view *rest, unsigned *number)
{
    for (size_t at = text_find_byte(line, '#'); at != TEXT_NONE;) {
        ledge_view tail = text_tail(line, at + 1);
        uint64_t value;
        *before = text_head(line, at);
        skip_gap(*before, &tail);
        bool counted = text_decimal(&tail, &value) > 0;
        bool lldb = counted && text_ends(*before, "frame ") && text_skip(&tail, ":");
        /* gef: "[#1] 0x555555555159 → main()" */
        if (counted && text_ends(*before, "[") && text_skip(&tail, "]"))
            *before = text_head(*before, at - 1);
        if (counted && frame_blank_at(tail, 0)) {
            if (lldb)
                *before = text_head(*before, at - strlen("frame "));
            if (lldb && text_ends(*before, "* ")) /* the frame that is looked at */
                *before = text_head(*before, before->length - 2);
            *rest = text_trim(tail);
            *number = (unsigned)value;
            return value < 1000000;
        }
        size_t next = text_find_byte(text_tail(line, at + 1), '#');
        at = next == TEXT_NONE ? TEXT_NONE : at + 1 + next;
    }
    return false;
}

bool frame_address(ledge_view *rest, struct frame *frame)
{
    ledge_view tail = *rest;
    uint64_t address;
    bool marked = text_skip(&tail, "0x");
    size_t digits = text_hex(&tail, &address);
    if (digits < (marked ? 1u : 8u) || !frame_blank_at(tail, 0))
        return false;
    frame->address = address;
    *rest = text_trim(tail);
    return true;
}

size_t frame_opening(ledge_view text)
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

/* macOS writes "(module:x86_64+0x12)". */
static ledge_view without_architecture(ledge_view module)
{
    static const char *const names[] = {":x86_64", ":x86_64h", ":i386", ":arm64", ":arm64e"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (text_ends(module, names[i]))
            return text_head(module, module.length - strlen(names[i]));
    }
    return module;
}

/* Takes "(module+0x12)" off the end of *rest. */
static bool take_module(ledge_view *rest, struct frame *frame)
{
    if (!text_ends(*rest, ")"))
        return false;
    size_t open = frame_opening(*rest);
    if (open == TEXT_NONE || (open > 0 && !frame_blank_at(*rest, open - 1)))
        return false;
    ledge_view inner = text_head(text_tail(*rest, open + 1), rest->length - open - 2);
    size_t plus = text_find_last(inner, "+0x"), spaced = text_find_last(inner, " + 0x");
    ledge_view digits = plus == TEXT_NONE ? ledge_view_of(NULL, 0) : text_tail(inner, plus + 3);
    if (spaced != TEXT_NONE) { /* systemd's */
        plus = spaced;
        digits = text_tail(inner, spaced + 5);
    }
    bool known = text_hex(&digits, &frame->offset) > 0 && digits.length == 0;
    if (!known && !text_is(inner, "<unknown module>"))
        return false;
    inner = text_trim(known ? text_head(inner, plus) : inner);
    frame->module = frame_is_unknown(inner) ? ledge_view_of(NULL, 0) : without_architecture(inner);
    *rest = text_trim(text_head(*rest, open));
    return true;
}

bool frame_is_unknown(ledge_view text)
{
    return text_is(text, "<null>") || text_is(text, "??") || text_is(text, "?") ||
           text_is(text, "???") || text_is(text, "()") || text_is(text, "<unknown>") ||
           text_is(text, "n/a") || text_is(text, "(unknown)") || text_is(text, "<unknown module>");
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

/* A program that writes at the same time may have put its own words right behind the number:
 * "a.c:6:97progress". */
static ledge_view without_rest(ledge_view place)
{
    size_t colon = text_find_last_byte(place, ':');
    if (colon == TEXT_NONE || colon == 0)
        return place;
    ledge_view digits = text_tail(place, colon + 1);
    uint64_t value;
    size_t count = text_decimal(&digits, &value);
    return count > 0 && digits.length > 0 ? text_head(place, colon + 1 + count) : place;
}

void frame_place(ledge_view place, struct frame *frame)
{
    place = without_rest(text_trim(place));
    unsigned last = take_line(&place);
    unsigned before = last ? take_line(&place) : 0;
    if (text_ends(place, ":0") || text_ends(place, ":?"))
        place = text_head(place, place.length - 2);
    frame->line = before ? before : last;
    frame->column = before ? last : 0;
    frame->file = frame_is_unknown(place) ? ledge_view_of(NULL, 0) : place;
    if (frame->file.length == 0)
        frame->line = frame->column = 0;
}

/* "C:\" and "C:/". */
static bool starts_drive(ledge_view text)
{
    return text.length > 3 && (text.ptr[0] | 0x20) >= 'a' && (text.ptr[0] | 0x20) <= 'z' &&
           text.ptr[1] == ':' && (text.ptr[2] == '\\' || text.ptr[2] == '/');
}

static bool starts_place(ledge_view text)
{
    return text_starts(text, "/") || text_starts(text, "./") || text_starts(text, "../") ||
           text_starts(text, "<null>") || text_starts(text, "??") || starts_drive(text);
}

/* The last word of a line is a place, too, when it looks the least bit like a file. */
static bool may_be_place(ledge_view word)
{
    return text_find_byte(word, '/') != TEXT_NONE || text_find_byte(word, ':') != TEXT_NONE ||
           text_find_byte(word, '.') != TEXT_NONE || text_find_byte(word, '\\') != TEXT_NONE;
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
        /* But not in "operator< row.h:3". */
        if (byte == '(' || (byte == '<' && in_name && !text_ends(text_head(text, i), "operator")))
            depth++;
        else if (depth > 0 && (byte == ')' || (byte == '>' && text.ptr[i - 1] != '-')))
            depth--;
        else if (byte == ' ' && depth == 0 && starts_place(text_tail(text, i + 1)))
            return i;
        if (byte == ' ' && depth == 0 && i == last && may_be_place(text_tail(text, i + 1)))
            return i;
    }
    return starts_place(text_tail(text, last + 1)) ? last : TEXT_NONE;
}

/* macOS names the module, without a path, where it knows no source: "drop_row rows". */
static bool take_bare_module(ledge_view rest, struct frame *frame)
{
    size_t blank = text_find_byte(rest, ' ');
    if (blank == TEXT_NONE || text_starts(rest, "operator "))
        return false;
    for (size_t i = 0; i < rest.length; i++) {
        if (i != blank && !text_is_name(rest.ptr[i]))
            return false;
    }
    frame->function = text_head(rest, blank);
    frame->module = text_tail(rest, blank + 1);
    return true;
}

/* ClusterFuzz writes "in libc.so.6" where the symbolizer knows no more. */
static bool is_library(ledge_view name)
{
    size_t at = text_find_last(name, ".so");
    unsigned char next = at == TEXT_NONE || at + 3 >= name.length ? '\0' : name.ptr[at + 3];
    bool shared = at != TEXT_NONE && at > 0 && (at + 3 == name.length || next == '.');
    return (shared || text_ends(name, ".dylib") || text_ends(name, ".dll")) &&
           text_find_byte(name, '(') == TEXT_NONE && text_find_byte(name, ' ') == TEXT_NONE;
}

/* Takes "name place", "name", "place" or nothing. */
static void take_function(ledge_view rest, struct frame *frame)
{
    size_t gap = place_gap(rest);
    frame->function = rest;
    if (gap != TEXT_NONE) {
        frame->function = text_trim(text_head(rest, gap));
        frame_place(text_tail(rest, gap + 1), frame);
    } else if (frame->module.length == 0 && take_bare_module(rest, frame)) {
        return;
    } else if (starts_drive(rest) || text_starts(rest, "/")) {
        frame->function = ledge_view_of(NULL, 0);
        frame_place(rest, frame);
    }
    if (frame->module.length == 0 && frame->file.length == 0 && is_library(frame->function))
        frame->module = frame->function;
    if (frame_is_unknown(frame->function))
        frame->function = ledge_view_of(NULL, 0);
}

/* "(BuildId: 93ac61)" */
static void take_build_id(ledge_view text, struct frame *frame)
{
    ledge_view id = text_trim(text_after(text, "BuildId:"));
    size_t digits = 0;
    while (digits < id.length && text_is_hex(id.ptr[digits]))
        digits++;
    frame->build_id = text_head(id, digits);
}

static bool take_numbered(ledge_view before, ledge_view rest, struct frame *frame)
{
    static const char signal[] = "<signal handler called>";
    bool prefixed = frame_is_prefix(before);
    if (text_starts(rest, signal)) {
        frame->function = text_head(rest, sizeof signal - 1);
        return prefixed;
    }
    if (frame_android(rest, frame))
        return prefixed;
    ledge_view whole = rest;
    bool addressed = frame_address(&rest, frame);
    /* Something that the program wrote may stand in front, when what follows is a frame for sure.
     */
    bool certain = addressed && whole.length - rest.length >= 9 && text_starts(rest, "in ");
    if (!prefixed && !certain)
        return false;
    bool named = text_skip(&rest, "in ") || text_skip(&rest, "\xE2\x86\x92 ");
    rest = text_trim(rest);
    size_t build = text_find(rest, "(BuildId");
    if (build != TEXT_NONE) {
        take_build_id(text_tail(rest, build), frame);
        rest = text_trim(text_head(rest, build));
    }
    bool placed = take_module(&rest, frame);
    if (frame_lldb(rest, frame) || frame_debugger(rest, frame))
        return true;
    take_function(rest, frame);
    if (!addressed && !placed && frame->line == 0)
        return false;
    return named || placed || frame->function.length > 0 || addressed;
}

bool frame_parse(ledge_view line, struct frame *frame)
{
    *frame = (struct frame){0};
    ledge_view before, rest;
    if (line.length > LINE_MAX_BYTES)
        return false;
    /* Google's Cloud Build puts its own number in front: "Step #3 - "fuzz":     #0 0x55d0 in f". */
    text_skip(&line, "Step #");
    if (take_number(line, &before, &rest, &frame->number))
        return take_numbered(before, rest, frame);
    return frame_unnumbered(line, frame);
}

bool frame_continue(ledge_view line, struct frame *frame)
{
    ledge_view text = text_trim(line);
    while (text_skip(&text, "> ") || text_skip(&text, "| "))
        text = text_trim(text);
    struct frame more = {0};
    if (line.length > LINE_MAX_BYTES || text.length < 4)
        return false;
    size_t at = text_find_last(text, ") at "), from = text_find_last(text, ") from ");
    if (text_starts(text, "at ") || at != TEXT_NONE)
        frame_place(text_tail(text, at == TEXT_NONE ? 3 : at + 5), &more);
    else if (text_starts(text, "from /") || from != TEXT_NONE)
        more.module = text_tail(text, from == TEXT_NONE ? 5 : from + 7);
    else if (!take_module(&text, &more) && (starts_place(text) || may_be_place(text)) &&
             text_find_byte(text, ' ') == TEXT_NONE)
        frame_place(text, &more);
    if (more.line == 0 && more.module.length == 0)
        return false;
    frame->file = more.file;
    frame->line = more.line;
    frame->column = more.column;
    frame->module = more.module;
    frame->offset = more.offset;
    return true;
}

bool frame_is_signal(const struct frame *frame)
{
    return text_starts(frame->function, "<signal handler called>") ||
           text_is(frame->function, "__restore_rt") || text_is(frame->function, "_sigtramp") ||
           (text_is(frame->function, "panic") && text_ends(frame->file, "panic.go"));
}
