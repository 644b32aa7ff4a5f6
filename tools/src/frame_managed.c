/* Frames of Go, of the Java virtual machine and of JavaScript. */
#include <string.h>

#include "frame_parts.h"

/* "/dir/rows.go:12 +0x1f", which stands alone on its line; without the offset when the function was
 * inlined. */
static bool take_go_place(ledge_view line, bool inlined, struct frame *frame)
{
    ledge_view text = text_trim(line);
    size_t plus = text_find_last(text, " +0x");
    uint64_t offset;
    if (plus != TEXT_NONE) {
        ledge_view digits = text_tail(text, plus + strlen(" +0x"));
        if (text_hex(&digits, &offset) == 0 || digits.length > 0)
            return false;
        text = text_trim(text_head(text, plus));
    } else if (!inlined) {
        return false;
    }
    size_t blank = text_find_last_byte(text, ' ');
    if (blank != TEXT_NONE && !frame_is_prefix(text_head(text, blank + 1)))
        return false;
    frame_place(blank == TEXT_NONE ? text : text_tail(text, blank + 1), frame);
    return frame->line > 0 && text_ends(frame->file, ".go");
}

bool frame_go(ledge_view above, ledge_view line, struct frame *frame)
{
    *frame = (struct frame){.follows = true};
    if (!text_has(line, ".go:"))
        return false;
    above = text_trim(above);
    size_t open = text_ends(above, ")") ? frame_opening(above) : TEXT_NONE;
    if (open == TEXT_NONE || text_has(above, "created by ") ||
        !take_go_place(line, text_ends(above, "(...)"), frame))
        return false;
    ledge_view name = text_head(above, open);
    size_t blank = text_find_last_byte(name, ' ');
    if (blank != TEXT_NONE)
        name = text_tail(name, blank + 1);
    size_t slash = text_find_last_byte(name, '/');
    frame->function = slash == TEXT_NONE ? name : text_tail(name, slash + 1);
    return frame->function.length > 0;
}

/* Blanks stand before the parenthesis alone, if anywhere. */
static bool is_jvm_name(ledge_view name)
{
    static const char more[] = "._$<>-";
    bool dotted = false;
    for (size_t i = 0; i < name.length; i++) {
        unsigned char byte = name.ptr[i];
        if (byte < 0x80 && !text_is_name(byte) && !strchr(more, byte))
            return false;
        dotted = dotted || (byte == '.' && i > 0);
    }
    return dotted;
}

static bool take_place(ledge_view place, struct frame *frame)
{
    static const char *const nowhere[] = {"Native Method", "Unknown Source", "<generated>"};
    static const char *const sources[] = {".java", ".kt",  ".scala", ".groovy",
                                          ".js",   ".mjs", ".cjs",   ".ts"};
    if (text_ends_any(place, nowhere, sizeof nowhere / sizeof *nowhere))
        return true;
    frame_place(place, frame);
    return text_starts(frame->file, "node:") ||
           text_ends_any(frame->file, sources, sizeof sources / sizeof *sources);
}

bool frame_managed(ledge_view line, struct frame *frame)
{
    *frame = (struct frame){.follows = true};
    ledge_view text = text_trim(line);
    size_t at = text_find(text, "at "), open = text_find_last_byte(text, '(');
    if (at == TEXT_NONE || !frame_is_prefix(text_head(text, at)) || !text_ends(text, ")") ||
        open == TEXT_NONE || open < at + 3)
        return false;
    ledge_view name = text_head(text_tail(text, at + 3), open - at - 3);
    bool script = text_ends(name, " ");
    size_t module = script ? TEXT_NONE : text_find_last_byte(name, '/'); /* "java.base/…" */
    frame->function = text_trim(module == TEXT_NONE ? name : text_tail(name, module + 1));
    return (script || is_jvm_name(frame->function)) &&
           take_place(text_head(text_tail(text, open + 1), text.length - open - 2), frame);
}
