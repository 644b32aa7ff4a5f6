/* The names that a compiler gives to functions of C++, and once gave to Rust's, as a program prints
 * them that walks its own stack. Only the path is read, as crash states want it. */
#include <string.h>

#include "frame_parts.h"

struct path {
    char *out;
    size_t len, cap;
    ledge_view last; /* the name that a constructor repeats */
};

static bool put_text(struct path *path, ledge_view text)
{
    if (text.length > path->cap - path->len)
        return false;
    memcpy(path->out + path->len, text.ptr, text.length);
    path->len += text.length;
    return true;
}

static bool put_step(struct path *path, const char *sign, ledge_view name)
{
    return (path->len == 0 || put_text(path, text_of("::"))) && put_text(path, text_of(sign)) &&
           put_text(path, name);
}

/* "4pick": a length and as many bytes. */
static bool take_name(ledge_view *rest, ledge_view *name)
{
    uint64_t length;
    if (text_decimal(rest, &length) == 0 || length == 0 || length > rest->length)
        return false;
    *name = text_head(*rest, (size_t)length);
    *rest = text_tail(*rest, (size_t)length);
    return true;
}

static bool skip_past(ledge_view *rest, char byte)
{
    size_t at = text_find_byte(*rest, byte);
    *rest = text_tail(*rest, at == TEXT_NONE ? rest->length : at + 1);
    return at != TEXT_NONE;
}

/* One part of template arguments; *depth counts what is open. */
static bool skip_part(ledge_view *rest, size_t *depth)
{
    unsigned char byte = rest->ptr[0], next = rest->length > 1 ? rest->ptr[1] : '\0';
    ledge_view name;
    if (text_is_digit(byte))
        return take_name(rest, &name);
    if (byte == 'L' && !text_is_digit(next)) /* a literal */
        return next != '_' && skip_past(rest, 'E');
    if (byte == 'A' || byte == 'T' || (byte == 'S' && (next < 'a' || next > 'z')))
        return skip_past(rest, '_');
    bool two = byte == 'S' || byte == 'D';
    bool opens = strchr("INXJF", byte) || (byte == 'D' && (next == 'T' || next == 't'));
    *depth += opens ? 1 : 0;
    *depth -= byte == 'E' ? 1 : 0;
    *rest = text_tail(*rest, two ? 2 : 1);
    return true;
}

static bool skip_arguments(ledge_view *rest)
{
    size_t depth = 0;
    do {
        if (rest->length == 0 || !skip_part(rest, &depth))
            return false;
    } while (depth > 0);
    return true;
}

static bool take_operator(ledge_view *rest, struct path *path)
{
    static const struct {
        const char *code, *name;
    } operators[] = {
        {"cl", "operator()"}, {"ix", "operator[]"}, {"aS", "operator="},  {"pt", "operator->"},
        {"de", "operator*"},  {"eq", "operator=="}, {"ne", "operator!="}, {"lt", "operator<"},
        {"ls", "operator<<"}, {"rs", "operator>>"}, {"pl", "operator+"},  {"pL", "operator+="},
        {"mi", "operator-"},  {"pp", "operator++"}, {"mm", "operator--"},
    };
    for (size_t i = 0; i < sizeof operators / sizeof *operators; i++) {
        if (text_skip(rest, operators[i].code))
            return put_step(path, "", text_of(operators[i].name));
    }
    return false;
}

static bool take_step(ledge_view *rest, struct path *path)
{
    ledge_view name;
    if (text_starts(*rest, "L"))
        *rest = text_tail(*rest, 1); /* known to its file alone */
    if (rest->length > 0 && text_is_digit(rest->ptr[0])) {
        if (!take_name(rest, &name))
            return false;
        path->last = name;
        return text_starts(name, "_GLOBAL__N") || put_step(path, "", name);
    }
    if (text_skip(rest, "St"))
        return put_step(path, "", text_of("std"));
    if (text_starts(*rest, "I"))
        return path->len > 0 && skip_arguments(rest);
    if (text_skip(rest, "B"))
        return take_name(rest, &name);
    bool last = path->last.length > 0;
    if (text_skip(rest, "C1") || text_skip(rest, "C2") || text_skip(rest, "C3"))
        return last && put_step(path, "", path->last);
    if (text_skip(rest, "D0") || text_skip(rest, "D1") || text_skip(rest, "D2"))
        return last && put_step(path, "~", path->last);
    return take_operator(rest, path);
}

size_t frame_demangle(ledge_view mangled, char *out, size_t cap)
{
    struct path path = {.out = out, .cap = cap};
    ledge_view rest = mangled;
    if (!text_skip(&rest, "_Z") && !text_skip(&rest, "__Z"))
        return 0;
    if (!text_skip(&rest, "N")) {
        bool standard = text_starts(rest, "St");
        if ((standard && !take_step(&rest, &path)) || !take_step(&rest, &path))
            return 0;
        return path.len;
    }
    while (rest.length > 0 && strchr("KVrRO", rest.ptr[0]))
        rest = text_tail(rest, 1);
    while (!text_starts(rest, "E")) {
        if (!take_step(&rest, &path))
            return 0;
    }
    return path.len;
}
