/* frame_parts.h: the parts of the frame parser. Private to frame*.c. */
#ifndef LEDGE_TOOLS_FRAME_PARTS_H
#define LEDGE_TOOLS_FRAME_PARTS_H

#include "frame.h"

/* frame_address takes "0x55d0", or eight hexadecimal digits and more without the "0x", and the
 * blanks behind it off the front of *rest. */
bool frame_address(ledge_view *rest, struct frame *frame);

/* frame_debugger takes "name (arguments) at file:line", "name (arguments) from library" and
 * "name (arguments)", as gdb prints them. */
bool frame_debugger(ledge_view rest, struct frame *frame);

/* frame_lldb takes "module`name(arguments) + 12 at file:line:column". */
bool frame_lldb(ledge_view rest, struct frame *frame);

/* frame_android takes "pc 0001234  /system/lib/libc.so (abort+12)". */
bool frame_android(ledge_view rest, struct frame *frame);

/* frame_demangle writes the path of a mangled name ("_ZN4rows4pickEi" is "rows::pick") without
 * template arguments. Returns its length; 0 when there is more to the name than a path, or when cap
 * bytes are too few. O(length). */
size_t frame_demangle(ledge_view mangled, char *out, size_t cap);

/* frame_unnumbered reads a line that has no '#' and a number in it. */
bool frame_unnumbered(ledge_view line, struct frame *frame);

/* frame_blank_at tells whether the byte at an index is a blank, or behind the end. */
bool frame_blank_at(ledge_view text, size_t at);

/* frame_opening is the index of the parenthesis that the last byte closes, or TEXT_NONE. */
size_t frame_opening(ledge_view text);

/* frame_is_unknown: "??", "<null>" and their like. */
bool frame_is_unknown(ledge_view text);

#endif
