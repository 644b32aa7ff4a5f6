/* Frames of debuggers, of Valgrind, and of the handlers that programs and C libraries install. */
#include <string.h>

#include "frame_parts.h"

static const ledge_view nothing = {0};

/* --- Debuggers ------------------------------------------------------------------------------ */

/* The index of the blank before the arguments: the first parenthesis outside of template
 * parameters. "operator()" has one of its own. */
static size_t arguments_of(ledge_view text)
{
    size_t depth = 0;
    for (size_t i = 0; i + 1 < text.length; i++) {
        unsigned char byte = text.ptr[i];
        if (byte == '<' && i > 0 && text_is_name(text.ptr[i - 1]))
            depth++;
        else if (byte == '>' && depth > 0 && text.ptr[i - 1] != '-')
            depth--;
        else if (byte == ' ' && depth == 0 && text.ptr[i + 1] == '(' &&
                 !text_starts(text_tail(text, i + 1), "(anonymous namespace)"))
            return i;
    }
    return TEXT_NONE;
}

/* "(p=0x0, n=3" and "()" are gdb's; "(twice a week)" isn't. */
static bool is_argument_list(ledge_view text)
{
    ledge_view rest = text_tail(text, 1);
    if (text_starts(rest, ")"))
        return true;
    size_t len = 0;
    while (len < rest.length && (text_is_name(rest.ptr[len]) || rest.ptr[len] == '@'))
        len++;
    return len > 0 && len < rest.length && rest.ptr[len] == '=';
}

static ledge_view known(ledge_view name)
{
    return frame_is_unknown(name) ? nothing : name;
}

bool frame_debugger(ledge_view rest, struct frame *frame)
{
    size_t arguments = arguments_of(rest);
    if (arguments == TEXT_NONE || arguments == 0)
        return false;
    size_t at = text_find_last(rest, ") at "), from = text_find_last(rest, ") from ");
    bool listed = is_argument_list(text_tail(rest, arguments + 1));
    if (at == TEXT_NONE && from == TEXT_NONE && !listed)
        return false;
    frame->function = known(text_head(rest, arguments));
    frame->arguments = text_tail(rest, arguments + 1);
    if (at != TEXT_NONE)
        frame_place(text_tail(rest, at + 5), frame);
    else if (from != TEXT_NONE)
        frame->module = text_tail(rest, from + 7);
    return true;
}

/* "module name + 12 at file:line:column": the mark between the two is Markdown's, too, and gets
 * lost. */
static bool take_lost_tick(ledge_view rest, struct frame *frame)
{
    struct frame place = {0};
    size_t plus = text_find_last(rest, " + ");
    ledge_view tail = plus == TEXT_NONE ? nothing : text_tail(rest, plus + 3);
    ledge_view head = plus == TEXT_NONE ? nothing : text_head(rest, plus);
    uint64_t offset;
    if (text_decimal(&tail, &offset) == 0 || !text_skip(&tail, " at "))
        return false;
    frame_place(tail, &place);
    size_t blank = text_find_byte(head, ' ');
    if (place.line == 0 || blank == TEXT_NONE || blank == 0)
        return false;
    frame->file = place.file;
    frame->line = place.line;
    frame->column = place.column;
    frame->module = text_head(head, blank);
    frame->function = known(text_trim(text_tail(head, blank)));
    return true;
}

bool frame_lldb(ledge_view rest, struct frame *frame)
{
    size_t tick = text_find_byte(rest, '`');
    if (tick == TEXT_NONE)
        return take_lost_tick(rest, frame);
    if (tick == 0 || tick + 1 >= rest.length ||
        text_starts(text_tail(rest, tick), "`anonymous namespace'") ||
        text_ends(text_head(rest, tick), "::") || /* Windows: "Row::`scalar deleting dtor'" */
        text_find_byte(text_head(rest, tick), '(') != TEXT_NONE)
        return false;
    ledge_view name = text_tail(rest, tick + 1);
    size_t note = text_find(name, " [");
    if (note != TEXT_NONE && text_ends(name, "]"))
        name = text_head(name, note);
    size_t at = text_find_last(name, " at ");
    if (at != TEXT_NONE) {
        frame_place(text_tail(name, at + 4), frame);
        name = text_head(name, at);
    }
    size_t plus = text_find_last(name, " + ");
    if (plus != TEXT_NONE)
        name = text_head(name, plus);
    frame->module = text_head(rest, tick);
    frame->function = known(text_trim(name));
    return true;
}

bool frame_android(ledge_view rest, struct frame *frame)
{
    uint64_t offset;
    if (!text_skip(&rest, "pc "))
        return false;
    text_skip(&rest, "0x"); /* Google Play's */
    if (text_hex(&rest, &offset) < 8 || !frame_blank_at(rest, 0))
        return false;
    rest = text_trim(rest);
    size_t build = text_find(rest, " (BuildId");
    if (build != TEXT_NONE)
        rest = text_head(rest, build);
    size_t open = text_find_last(rest, " (");
    if (open != TEXT_NONE && text_ends(rest, ")") &&
        !text_starts(text_tail(rest, open), " (offset ")) {
        ledge_view name = text_head(text_tail(rest, open + 2), rest.length - open - 3);
        size_t plus = text_find_last_byte(name, '+');
        frame->function = plus == TEXT_NONE ? name : text_head(name, plus);
        rest = text_head(rest, open);
    }
    size_t mapped = text_find(rest, " (offset ");
    frame->module = text_trim(mapped == TEXT_NONE ? rest : text_head(rest, mapped));
    frame->offset = offset;
    return true;
}

/* --- Valgrind ------------------------------------------------------------------------------- */

/* "==17==" or "**17**", with whatever a log puts in front; or nothing but blanks. */
static bool is_valgrind_prefix(ledge_view before)
{
    ledge_view trimmed = text_trim(before);
    return trimmed.length == 0 || text_ends(trimmed, "==") || text_ends(trimmed, "**");
}

/* "name (file.c:12)", "name (in /lib/libc.so.6)", "???", "name". */
static void take_valgrind_place(ledge_view rest, struct frame *frame)
{
    size_t open = text_find_last(rest, " (");
    frame->function = rest;
    if (open != TEXT_NONE && text_ends(rest, ")")) {
        ledge_view inner = text_head(text_tail(rest, open + 2), rest.length - open - 3);
        struct frame place = {0};
        frame_place(inner, &place);
        bool object = text_skip(&inner, "in ");
        if (object || place.line > 0)
            frame->function = text_head(rest, open);
        if (object) {
            frame->module = inner; /* but where in it, nobody says */
        } else if (place.line > 0) {
            frame->file = place.file;
            frame->line = place.line;
        }
    }
    frame->function = known(text_trim(frame->function));
    if (frame->function.length == 0)
        frame->module = nothing;
}

/* "at 0x10916D: name (file.c:12)": `lead` is "at 0x" or "by 0x". */
static bool take_valgrind(ledge_view line, const char *lead, struct frame *frame)
{
    size_t at = text_find(line, lead);
    if (at == TEXT_NONE || !is_valgrind_prefix(text_head(line, at)))
        return false;
    ledge_view rest = text_tail(line, at + strlen(lead));
    if (text_hex(&rest, &frame->address) == 0 || !text_skip(&rest, ": "))
        return false;
    frame->follows = lead[0] == 'b';
    take_valgrind_place(text_trim(rest), frame);
    return true;
}

/* --- Handlers ------------------------------------------------------------------------------- */

/* "./module(name+0x15)[0x40077d]", "/lib/libc.so.6(+0x777e5) [0x7f00]", as glibc's
 * backtrace_symbols has it. A process may have changed its title: "redis-server *:6379(name+0x1)".
 */
static bool take_glibc(ledge_view line, struct frame *frame)
{
    ledge_view text = text_trim(line);
    size_t bracket = text_find_last(text, "[0x");
    if (bracket == TEXT_NONE || bracket == 0 || !text_ends(text, "]"))
        return false;
    ledge_view digits = text_tail(text, bracket + 3);
    ledge_view head = text_trim(text_head(text, bracket));
    if (text_hex(&digits, &frame->address) == 0 || !text_is(digits, "]"))
        return false;
    frame->follows = true;
    if (text_starts(head, "/") && frame->address > UINT16_MAX &&
        text_find_byte(head, ' ') == TEXT_NONE && !text_ends(head, ")")) {
        frame->module = head; /* it isn't moved: addresses are offsets */
        frame->offset = frame->address;
        return true;
    }
    if (!text_ends(head, ")"))
        return false;
    size_t open = frame_opening(head);
    if (open == TEXT_NONE || open == 0)
        return false;
    ledge_view inner = text_head(text_tail(head, open + 1), head.length - open - 2);
    size_t plus = text_find_last(inner, "+0x");
    ledge_view offset = plus == TEXT_NONE ? nothing : text_tail(inner, plus + 3);
    if (inner.length > 0 && text_hex(&offset, &frame->offset) == 0)
        return false;
    frame->function = plus == TEXT_NONE ? nothing : text_head(inner, plus);
    frame->module = text_head(head, open);
    return true;
}

/* "7   module   0x00007fff2034 name + 10 (file.c:3)". */
static bool take_macos(ledge_view line, struct frame *frame)
{
    ledge_view rest = text_trim(line);
    uint64_t number;
    if (text_decimal(&rest, &number) == 0 || number > 9999 || !text_skip(&rest, "  "))
        return false;
    rest = text_trim(rest);
    size_t at = text_find(rest, " 0x");
    if (at == TEXT_NONE)
        return false;
    ledge_view name = text_tail(rest, at + 1);
    frame->module = text_trim(text_head(rest, at));
    if (!frame_address(&name, frame) || name.length == 0 || frame->module.length == 0)
        return false;
    size_t open = text_find_last(name, " (");
    if (open != TEXT_NONE && text_ends(name, ")"))
        frame_place(text_head(text_tail(name, open + 2), name.length - open - 3), frame);
    size_t plus = text_find_last(name, " + ");
    if (plus == TEXT_NONE)
        return false;
    frame->function = text_starts(name, "0x") ? nothing : known(text_head(name, plus));
    frame->number = (unsigned)number;
    return true;
}

/* "@  0x7f3c8a8f7890  name", "@ 0x7f3c 48 name", "PC: @ 0x7f3c name". */
static bool take_glog(ledge_view line, struct frame *frame)
{
    size_t at = text_find_byte(line, '@');
    ledge_view rest = text_trim(text_tail(line, at == TEXT_NONE ? line.length : at + 1));
    if (at == TEXT_NONE || !text_starts(rest, "0x") || !frame_address(&rest, frame))
        return false;
    ledge_view before = text_trim(text_head(line, at));
    if (text_ends(before, "PC:") || !frame_is_prefix(text_head(line, at)))
        return false;
    ledge_view size = rest;
    uint64_t value;
    if (text_decimal(&size, &value) > 0 && frame_blank_at(size, 0))
        rest = text_trim(size);
    frame->function = known(rest);
    frame->follows = true;
    return true;
}

/* "  File "/dir/file.py", line 12 in name", of an exception with a comma before "in". */
static bool take_python(ledge_view line, struct frame *frame)
{
    size_t at = text_find(line, "File \"");
    if (at == TEXT_NONE || !frame_is_prefix(text_head(line, at)))
        return false;
    ledge_view rest = text_tail(line, at + strlen("File \""));
    size_t end = text_find_byte(rest, '"');
    if (end == TEXT_NONE)
        return false;
    frame->file = text_head(rest, end);
    rest = text_tail(rest, end + 1);
    uint64_t number;
    if (!text_skip(&rest, ", line ") || text_decimal(&rest, &number) == 0 ||
        (!text_skip(&rest, " in ") && !text_skip(&rest, ", in ")) || rest.length == 0)
        return false;
    frame->line = number < 1000000000 ? (unsigned)number : 0;
    frame->function = text_trim(rest);
    frame->follows = true;
    return true;
}

/* pwndbg: " ► 1   0x555555555159 main+20". */
static bool take_pwndbg(ledge_view line, struct frame *frame)
{
    ledge_view rest = text_trim(line);
    uint64_t number;
    if (text_skip(&rest, "\xE2\x96\xBA "))
        rest = text_trim(rest);
    text_skip(&rest, "f ");
    if (text_decimal(&rest, &number) == 0 || number > 9999 || !text_skip(&rest, "  "))
        return false;
    rest = text_trim(rest);
    size_t before = rest.length;
    if (!text_starts(rest, "0x") || !frame_address(&rest, frame) || before - rest.length < 8)
        return false;
    size_t plus = text_find_last_byte(rest, '+');
    if (rest.length == 0 || text_find_byte(rest, ' ') != TEXT_NONE)
        return false;
    frame->function = known(plus == TEXT_NONE ? rest : text_head(rest, plus));
    frame->number = (unsigned)number;
    return true;
}

/* Breakpad: " 0  module!name(int) [file.cpp : 12 + 0x5]", " 1  module + 0x12". */
static bool take_breakpad(ledge_view line, struct frame *frame)
{
    ledge_view rest = text_trim(line);
    uint64_t number, offset;
    if (text_decimal(&rest, &number) == 0 || number > 9999 || !text_skip(&rest, "  "))
        return false;
    size_t mark = text_find_byte(rest, '!'), plus = text_find_last(rest, " + 0x");
    if (plus == TEXT_NONE || (mark == TEXT_NONE && text_find_byte(rest, ' ') != plus))
        return false;
    frame->number = (unsigned)number;
    ledge_view digits = text_tail(rest, plus + 5);
    size_t open = text_find_last(rest, " [");
    if (mark == TEXT_NONE) {
        frame->module = text_head(rest, plus);
        return text_hex(&digits, &frame->offset) > 0 && digits.length == 0;
    }
    if (text_hex(&digits, &offset) == 0)
        return false;
    size_t end = open != TEXT_NONE && open > mark ? open : plus;
    frame->module = text_head(rest, mark);
    frame->function = text_head(text_tail(rest, mark + 1), end - mark - 1);
    if (end != open || !text_is(digits, "]"))
        return true;
    ledge_view place = text_head(text_tail(rest, open + 2), plus - open - 2);
    size_t colon = text_find_last(place, " : ");
    ledge_view row = colon == TEXT_NONE ? nothing : text_tail(place, colon + 3);
    if (text_decimal(&row, &number) > 0 && number < 1000000000) {
        frame->file = text_head(place, colon);
        frame->line = frame->file.length > 0 ? (unsigned)number : 0;
    }
    return true;
}

/* Chromium on Windows: "ns::name [0x06A71A6E+30] (C:\\src\\file.cc:216)". */
static bool take_windows(ledge_view line, struct frame *frame)
{
    ledge_view text = text_trim(line);
    size_t open = text_find(text, " [0x");
    if (open == TEXT_NONE || open == 0 || text_find_byte(text_head(text, open), ' ') != TEXT_NONE)
        return false;
    ledge_view rest = text_tail(text, open + 4);
    uint64_t offset;
    if (text_hex(&rest, &frame->address) == 0 || !text_skip(&rest, "+") ||
        text_decimal(&rest, &offset) == 0 || !text_skip(&rest, "]"))
        return false;
    if (text_skip(&rest, " (") && text_ends(rest, ")"))
        frame_place(text_head(rest, rest.length - 1), frame);
    frame->function = text_head(text, open);
    frame->follows = true;
    return true;
}

/* Blanks stand in brackets alone. */
static bool is_one_name(ledge_view name)
{
    int depth = 0;
    for (size_t i = 0; i < name.length; i++) {
        unsigned char byte = name.ptr[i];
        if (byte == '<' || byte == '(' || byte == '{' || byte == '[')
            depth++;
        else if (byte == ')' || byte == '}' || byte == ']' ||
                 (byte == '>' && i > 0 && name.ptr[i - 1] != '-'))
            depth--;
        else if (depth == 0 && byte != ':' && byte != '$' && byte != '.' && byte != '~' &&
                 !text_is_name(byte))
            return false;
    }
    return name.length > 0;
}

/* Where there is no address, a name is known by its path or by whose it is. */
static bool is_rust_name(ledge_view name)
{
    return is_one_name(name) && (text_has(name, "::") || text_starts(name, "_") ||
                                 text_starts(name, "rust_") || text_is(name, "main"));
}

/* Rust: "   3: row::next", "   3:     0x557e25965059 - row::next". */
static bool take_rust(ledge_view line, struct frame *frame)
{
    ledge_view rest = text_trim(line);
    uint64_t number;
    if (!text_starts(line, " ") || text_decimal(&rest, &number) == 0 || number > 9999 ||
        !text_skip(&rest, ": "))
        return false;
    rest = text_trim(rest);
    bool addressed = text_starts(rest, "0x") && frame_address(&rest, frame);
    if (addressed && !text_skip(&rest, "- "))
        return false;
    frame->function = rest;
    frame->number = (unsigned)number;
    return addressed ? is_one_name(rest) : is_rust_name(rest);
}

/* Chromium: "3 0x7f4ec039ff4d ns::Frame::Go()"; Node.js: " 3: 0xb7c190 node::Abort() [node]";
 * gdb's, without the mark: " 3  0x0000555555555131 in f (p=0x0) at file.c:3". */
static bool take_unmarked(ledge_view line, struct frame *frame)
{
    ledge_view rest = text_trim(line);
    uint64_t number;
    if (text_decimal(&rest, &number) == 0 || number > 9999)
        return false;
    bool colon = text_skip(&rest, ":");
    if (!frame_blank_at(rest, 0))
        return false;
    rest = text_trim(rest);
    if (!text_starts(rest, "0x") || !frame_address(&rest, frame) || frame->address < UINT16_MAX)
        return false;
    frame->number = (unsigned)number;
    /* "12: 0x55 in f ()" is what gdb stopped at, in a log with numbers. */
    if (text_skip(&rest, "in "))
        return !colon && frame_debugger(rest, frame);
    size_t open = text_find_last(rest, " [");
    if (open != TEXT_NONE && text_ends(rest, "]")) {
        frame->module = text_head(text_tail(rest, open + 2), rest.length - open - 3);
        rest = text_head(rest, open);
    }
    frame->function = known(rest);
    if (text_ends(rest, " const"))
        rest = text_head(rest, rest.length - strlen(" const"));
    return frame->function.length == 0 || (text_ends(rest, ")") && is_one_name(rest));
}

/* GrapheneOS: "    /system/lib64/librows.so (rows::drop(unsigned long)+28, pc 10689c)", or without
 * a name. */
static bool take_graphene(ledge_view line, struct frame *frame)
{
    ledge_view text = text_trim(line);
    size_t open = text_find(text, " ("), pc = text_find_last(text, "pc ");
    if (!text_starts(text, "/") || open == TEXT_NONE || pc == TEXT_NONE || pc < open + 2)
        return false;
    ledge_view digits = text_tail(text, pc + strlen("pc "));
    ledge_view name = text_head(text_tail(text, open + 2), pc - open - 2);
    if (text_hex(&digits, &frame->offset) == 0 || !text_is(digits, ")") ||
        (name.length > 0 && !text_ends(name, ", ")))
        return false;
    size_t plus = text_find_last_byte(name, '+');
    frame->function = plus == TEXT_NONE ? name : text_head(name, plus);
    frame->module = text_head(text, open);
    frame->follows = true;
    return true;
}

/* Java: "# C  [librows.so+0x2b7b3]  rows::pick(int)+0x73". It says once more which one it was where
 * it shows all. */
static bool take_java(ledge_view line, struct frame *frame)
{
    size_t open = text_find(line, "C  [");
    if (open == TEXT_NONE)
        return false;
    ledge_view before = text_head(line, open);
    if (text_ends(before, "# "))
        before = text_head(before, before.length - 2);
    if (!frame_is_prefix(before))
        return false;
    ledge_view rest = text_tail(line, open + strlen("C  ["));
    size_t end = text_find(rest, "]"), plus = text_find(rest, "+0x");
    if (end == TEXT_NONE || plus == TEXT_NONE || plus > end)
        return false;
    ledge_view digits = text_tail(rest, plus + 3), name = text_trim(text_tail(rest, end + 1));
    if (text_hex(&digits, &frame->offset) == 0 || !text_starts(digits, "]"))
        return false;
    size_t inside = text_find_last(name, "+0x");
    frame->function = inside == TEXT_NONE ? name : text_head(name, inside);
    frame->module = text_head(rest, plus);
    return true;
}

/* honggfuzz: "<0x00000000004f5b36> [func:f file:/src/a.c line:3 module:/out/prog]". */
static bool take_honggfuzz(ledge_view line, struct frame *frame)
{
    size_t start = text_find(line, "<0x");
    if (start == TEXT_NONE || !frame_is_prefix(text_head(line, start)))
        return false;
    ledge_view rest = text_tail(line, start + 3);
    uint64_t number;
    if (text_hex(&rest, &frame->address) == 0 || !text_skip(&rest, "> [func:"))
        return false;
    size_t file = text_find(rest, " file:"), row = text_find(rest, " line:");
    size_t module = text_find(rest, " module:");
    if (file == TEXT_NONE || row == TEXT_NONE || module == TEXT_NONE || file > row || row > module)
        return false;
    ledge_view name = text_head(rest, file), digits = text_tail(rest, row + 6);
    frame->function = text_is(name, "UNKNOWN") ? nothing : known(name);
    if (text_decimal(&digits, &number) > 0 && number > 0 && number < 1000000000) {
        frame->file = text_head(text_tail(rest, file + 6), row - file - 6);
        frame->line = frame->file.length > 0 ? (unsigned)number : 0;
    }
    frame->module = text_tail(rest, module + 8);
    while (text_ends(frame->module, "]") || text_ends(frame->module, "."))
        frame->module = text_head(frame->module, frame->module.length - 1);
    frame->follows = true;
    return true;
}

static bool take_at(ledge_view line, struct frame *frame)
{
    return take_valgrind(line, "at 0x", frame);
}

static bool take_by(ledge_view line, struct frame *frame)
{
    return take_valgrind(line, "by 0x", frame);
}

typedef bool taker(ledge_view line, struct frame *frame);

/* The first that fits decides. */
static bool take_first(taker *const *takers, size_t n, ledge_view line, struct frame *frame)
{
    const struct frame clean = *frame;
    for (size_t i = 0; i < n; i++) {
        if (takers[i](line, frame))
            return true;
        *frame = clean;
    }
    return false;
}

bool frame_unnumbered(ledge_view line, struct frame *frame)
{
    static taker *const without_address[] = {take_python, take_graphene, take_rust};
    static taker *const with_address[] = {take_at,    take_by,     take_glibc,     take_glog,
                                          take_macos, take_pwndbg, take_breakpad,  take_windows,
                                          take_java,  take_rust,   take_honggfuzz, take_unmarked};
    if (!text_has(line, "0x"))
        return take_first(without_address, sizeof without_address / sizeof *without_address, line,
                          frame);
    return take_first(with_address, sizeof with_address / sizeof *with_address, line, frame);
}
