/* frame.h: one line of a back trace, in the shapes that tools print.
 *
 *     #0 0x55d0 in name /dir/file.c:6:97 (module+0x10c35d) (BuildId: 93ac)
 *     #1 0x55d0  (/dir/module+0x10c35d)              not symbolized
 *     #2 name file.c:13 (module+0x1a07)              ThreadSanitizer
 *     #3 <null> <null> (module+0xe486c)              ThreadSanitizer, not symbolized
 *     #4  0x000055d0 in name (arg=1) at file.c:3     gdb
 *     frame #5: 0x00005 module`name(arg=1) at file.c:3:5      lldb
 *     ==17==    at 0x10916D: name (file.c:12)        Valgrind; "by" from the second on
 *     #06 pc 000000000001f4  /lib/libc.so (abort+164)         Android
 *     ./module(name+0x15)[0x40077d]                  glibc's backtrace_symbols
 *     7   module   0x00007fff2034 name + 10          macOS
 *     @  0x7f3c8a8f7890  name                        glog
 *     <0x00000000004f5b36> [func:name file:file.c line:12 module:module]      honggfuzz
 *     [#1] 0x555555555159 → name()                   gef
 *     1   0x555555555159 name+20                     pwndbg
 *     #2  0x00007f0000001230 name (module + 0x12)    systemd-coredump
 *     0  module!name [file.cpp : 12 + 0x5]           Breakpad
 *     File "/dir/file.py", line 12 in name           Python's faulthandler
 *
 * Pure functions over the caller's bytes; thread-safe; O(length). */
#ifndef LEDGE_TOOLS_FRAME_H
#define LEDGE_TOOLS_FRAME_H

#include <stdbool.h>
#include <stdint.h>

#include "text.h"

/* Views point into the line, or wherever a symbolizer keeps its answers. */
struct frame {
    unsigned number;       /* what stood behind the '#' */
    bool follows;          /* it has no number: it goes on with the stack above it */
    ledge_view function;   /* as printed, in C++ with parameters; empty: unknown */
    ledge_view arguments;  /* a debugger's "(p=0x0, n=3)", as far as it is on the line */
    ledge_view file;       /* as printed; empty: unknown */
    unsigned line, column; /* 0: unknown */
    ledge_view module;     /* path or bare name; empty: unknown */
    uint64_t offset;       /* in the module; meaningful when module isn't empty */
    uint64_t address;      /* 0: unknown */
    ledge_view build_id;   /* of the module, hexadecimal; empty: unknown */
};

/* A name for people has at most this many bytes. */
#define FRAME_NAME_MAX 80

/* frame_parse reads the frame on a line, which may start with what a log puts there (blanks, a time
 * stamp, a tag, a quotation mark). Returns false when there is none; *frame is then undefined.
 * Lines of more than 64 KiB have none. */
bool frame_parse(ledge_view line, struct frame *frame);

/* frame_continue gives a frame the place that a terminal or a mail program has moved to the next
 * line. Returns true when the line was that, and all of it. */
bool frame_continue(ledge_view line, struct frame *frame);

/* frame_go reads the frame that Go prints on two lines: "rows.Pick(0x5)" above, and on the line
 * itself "/dir/rows.go:12 +0x1f". The function is without its package's directories. */
bool frame_go(ledge_view above, ledge_view line, struct frame *frame);

/* frame_managed reads "at package.Class.method(File.java:12)" and JavaScript's "at name
 * (file.js:1:2)", which anybody may write who says what a script did: to be asked only where an
 * exception was reported. */
bool frame_managed(ledge_view line, struct frame *frame);

/* frame_is_signal: the frame is where the kernel called a signal handler, or where Go began to run
 * what was deferred, so that the program's own frames are those behind it. */
bool frame_is_signal(const struct frame *frame);

/* frame_is_prefix tells whether something that stands before a frame on its line may be what a log,
 * a mail or a debugger puts there. */
bool frame_is_prefix(ledge_view before);

/* frame_after_prefix finds words that stand at the start of a line or behind such a prefix. *rest
 * is what follows them; empty when they aren't there. */
bool frame_after_prefix(ledge_view text, const char *words, ledge_view *rest);

/* frame_name writes the function's name without return type, arguments, template parameters,
 * anonymous namespaces, hashes and compiler suffixes (".isra.0", ".cold"). Empty when it is
 * unknown. */
void frame_name(const struct frame *frame, char name[FRAME_NAME_MAX + 1]);

/* frame_place splits "file:line:column" or "file:line" or "file" and puts it into *frame. */
void frame_place(ledge_view place, struct frame *frame);

#endif
