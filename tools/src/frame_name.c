/* A function's name as people and crash states want it: C++ as demanglers print it, without what
 * differs between compilers and builds. */
#include <string.h>

#include "frame_parts.h"

struct writer {
    char *out;
    size_t len;
};

static void put(struct writer *writer, unsigned char byte)
{
    if (writer->len < FRAME_NAME_MAX)
        writer->out[writer->len++] = (char)byte;
}

/* The index behind the '>' that closes the '<' at `at`. A '>' in parentheses, as in "<(1 >> 2)>",
 * closes nothing. */
static size_t skip_template(ledge_view text, size_t at)
{
    size_t depth = 0, inner = 0;
    for (size_t i = at; i < text.length; i++) {
        unsigned char byte = text.ptr[i];
        if (byte == '(')
            inner++;
        else if (byte == ')' && inner > 0)
            inner--;
        else if (byte == '<' && inner == 0)
            depth++;
        else if (byte == '>' && inner == 0 && text.ptr[i - 1] != '-' && --depth == 0)
            return i + 1;
    }
    return text.length;
}

/* How many bytes of "<<<int>(…", which follow the word "operator", are the operator. */
static size_t symbol_length(ledge_view text)
{
    static const char *const symbols[] = {"<=>", "<<=", ">>=", "<=", ">=", "()"};
    for (size_t i = 0; i < sizeof symbols / sizeof *symbols; i++) {
        if (text_starts(text, symbols[i]))
            return strlen(symbols[i]);
    }
    size_t run = 0;
    while (run < text.length && run < 3 && (text.ptr[run] == '<' || text.ptr[run] == '>') &&
           text.ptr[run] == text.ptr[0])
        run++;
    if (run < 2 || text.ptr[0] == '>')
        return run < 2 ? run : 2;
    /* LLVM leaves no blank before template parameters: "operator<<int>" is "operator<". */
    unsigned char next = run == 2 && text.length > 2 ? text.ptr[2] : (unsigned char)' ';
    return text_is_name(next) ? 1 : 2;
}

/* "operator new[]", "operator()", "operator<<": what follows the word, up to the arguments. */
static void put_operator(struct writer *writer, ledge_view text)
{
    size_t symbol = symbol_length(text_tail(text, 8));
    for (size_t i = 0; i < 8 + symbol; i++)
        put(writer, text.ptr[i]);
    ledge_view tail = text_tail(text, 8 + symbol);
    /* "operator<< <int>" has template parameters, too; so has "operator()<int>". */
    for (size_t i = 0; i < tail.length && tail.ptr[i] != '(' && tail.ptr[i] != '<'; i++)
        put(writer, tail.ptr[i]);
    while (writer->len > 0 && writer->out[writer->len - 1] == ' ')
        writer->len--;
}

static bool is_operator(ledge_view text, size_t at)
{
    if (text.ptr[at] != 'o' || !text_starts(text_tail(text, at), "operator"))
        return false;
    bool starts = at == 0 || !text_is_name(text.ptr[at - 1]);
    return starts && at + 8 < text.length && !text_is_name(text.ptr[at + 8]);
}

/* The length of the one among n names that stands at the front, or 0. */
static size_t length_of_any(ledge_view text, const char *const *names, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (text_starts(text, names[i]))
            return strlen(names[i]);
    }
    return 0;
}

/* How many bytes at the front name a scope that has no name of its own. */
static size_t anonymous_length(ledge_view text)
{
    static const char *const scopes[] = {
        "(anonymous namespace)::", "`anonymous namespace'::", "`anonymous-namespace'::",
        "{anonymous}::",           "<anonymous namespace>::", "(anonymous)::"};
    return length_of_any(text, scopes, sizeof scopes / sizeof *scopes);
}

/* How many bytes at the front are a name in quotation marks, as Visual Studio's compiler gives to
 * functions of its own: "`scalar deleting dtor'". */
static size_t quoted_length(ledge_view text)
{
    size_t end = text_starts(text, "`") ? text_find_byte(text, '\'') : TEXT_NONE;
    return end == TEXT_NONE ? 0 : end + 1;
}

/* How many bytes at the front are a name that a virtual machine gives. */
static size_t given_length(ledge_view text)
{
    static const char *const names[] = {"<init>", "<clinit>", "<anonymous>"};
    return length_of_any(text, names, sizeof names / sizeof *names);
}

/* How many bytes at the front are Go's receiver: "(*Row)" before ".Pick". */
static size_t receiver_length(ledge_view text)
{
    size_t end = text_starts(text, "(*") ? text_find(text, ").") : TEXT_NONE;
    return end == TEXT_NONE ? 0 : end + 1;
}

static void put_part(struct writer *writer, ledge_view part)
{
    for (size_t i = 0; i < part.length; i++)
        put(writer, part.ptr[i]);
}

/* Whether the blank before `next` ends the name: gdb's before the arguments, gcc's before
 * "[clone", or the one before "const". Any other stands behind a return type, or behind "virtual
 * thunk to". */
static bool ends_name(ledge_view next)
{
    bool listed = text_starts(next, "(") || text_starts(next, "[") || text_is(next, "const");
    return listed && anonymous_length(next) == 0;
}

/* The index behind what is one part with blanks in it: "{unnamed type#1}", and Rust's
 * "<crate::Node as core::Trait>" at the front. */
static size_t part_end(ledge_view text, size_t at)
{
    if (text.ptr[at] == '<')
        return skip_template(text, at);
    size_t end = text_find_byte(text_tail(text, at), '}');
    return end == TEXT_NONE ? at + 1 : at + end + 1;
}

static void put_name(struct writer *writer, ledge_view text)
{
    for (size_t i = 0; i < text.length;) {
        unsigned char byte = text.ptr[i];
        bool plain = text_is_name(byte); /* most bytes are */
        ledge_view rest = text_tail(text, i);
        size_t anonymous = plain ? 0 : anonymous_length(rest);
        size_t part = byte == '`'   ? quoted_length(rest)
                      : byte == '(' ? receiver_length(rest)
                      : byte == '<' ? given_length(rest)
                                    : 0;
        if (anonymous > 0) {
            i += anonymous;
        } else if (part > 0) {
            put_part(writer, text_head(rest, part));
            i += part;
        } else if (is_operator(text, i)) {
            put_operator(writer, text_tail(text, i));
            return;
        } else if (plain) {
            put(writer, byte);
            i++;
        } else if (byte == '(' || byte == '[' || text_starts(text_tail(text, i), "::{lambda")) {
            return;
        } else if (byte == '{' || (byte == '<' && i == 0)) {
            size_t end = part_end(text, i);
            put_part(writer, text_head(rest, end - i));
            i = end;
        } else if (byte == '<') {
            i = skip_template(text, i);
        } else if (byte == ' ') {
            if (ends_name(text_tail(text, i + 1)))
                return;
            writer->len = 0;
            i++;
        } else {
            put(writer, byte);
            i++;
        }
    }
}

/* A return type in parentheses: "decltype(auto) name", "decltype(x.f(y)) name". */
static ledge_view without_decltype(ledge_view text)
{
    if (!text_starts(text, "decltype"))
        return text;
    size_t depth = 0;
    for (size_t i = strlen("decltype"); i < text.length; i++) {
        depth += text.ptr[i] == '(' ? 1 : 0;
        if (text.ptr[i] == ')' && --depth == 0)
            return text_trim(text_tail(text, i + 1));
        if (depth == 0)
            return text;
    }
    return text;
}

/* "-[Class method:]" of Objective-C. */
static bool is_method(ledge_view text)
{
    return (text_starts(text, "-[") || text_starts(text, "+[")) && text_ends(text, "]");
}

/* "__39-[Class method:]_block_invoke" of Objective-C. */
static bool is_block(ledge_view text)
{
    uint64_t length;
    return text_skip(&text, "__") && text_decimal(&text, &length) > 0 &&
           (text_starts(text, "-[") || text_starts(text, "+[")) && text_has(text, "]_block_invoke");
}

/* "module!name" of Windows. */
static ledge_view without_module(ledge_view text)
{
    size_t mark = text_find_byte(text, '!');
    bool plain = mark != TEXT_NONE && mark > 0 && mark + 1 < text.length &&
                 text_is_name(text.ptr[mark - 1]) && text_is_name(text.ptr[mark + 1]) &&
                 text_find_byte(text_head(text, mark), '(') == TEXT_NONE;
    return plain ? text_tail(text, mark + 1) : text;
}

/* Suffixes that compilers give to copies of a function: another build has others. */
static size_t without_suffix(ledge_view name)
{
    static const char *const suffixes[] = {".isra",     ".part",  ".constprop",  ".cold", ".llvm",
                                           ".lto_priv", ".clone", ".localalias", "+0x",   "@"};
    size_t len = name.length;
    for (size_t i = 0; i < sizeof suffixes / sizeof *suffixes; i++) {
        size_t at = text_find(text_head(name, len), suffixes[i]);
        size_t end = at == TEXT_NONE ? 0 : at + strlen(suffixes[i]);
        /* "rows.parts" is another name. */
        bool ends = suffixes[i][0] != '.' || end == len || !text_is_name(name.ptr[end]);
        if (at != TEXT_NONE && at > 0 && ends)
            len = at;
    }
    /* Rust's "::h" and 16 hexadecimal digits. */
    static const size_t hash = 19;
    bool hashed = len > hash && text_starts(text_tail(name, len - hash), "::h");
    for (size_t i = 0; hashed && i < 16; i++)
        hashed = text_is_hex(name.ptr[len - 16 + i]);
    return hashed ? len - hash : len;
}

void frame_name(const struct frame *frame, char name[FRAME_NAME_MAX + 1])
{
    struct writer writer = {name, 0};
    char path[4 * FRAME_NAME_MAX];
    size_t length = frame_demangle(frame->function, path, sizeof path);
    ledge_view function = without_module(without_decltype(frame->function));
    if (length > 0)
        function = ledge_view_of(path, length);
    if (!is_method(function) && !is_block(function))
        put_name(&writer, function);
    if (writer.len == 0) {
        for (size_t i = 0; i < function.length; i++)
            put(&writer, function.ptr[i]);
    }
    writer.len = without_suffix(ledge_view_of(name, writer.len));
    /* A cut in the middle of a character outside ASCII would leave bytes that are no text. */
    while (writer.len == FRAME_NAME_MAX && (unsigned char)name[writer.len - 1] >= 0x80)
        writer.len--;
    name[writer.len] = '\0';
}
