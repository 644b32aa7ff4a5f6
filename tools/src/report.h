/* report.h: the crash report inside a log.
 *
 * A log is anything that a dying process wrote, mixed with its own output, with colour codes,
 * carriage returns, time stamps or quotation marks in front of the lines, several reports in a row,
 * or cut off anywhere. Nothing in it can make the parser fail, hang, or take more than linear time.
 */
#ifndef LEDGE_TOOLS_REPORT_H
#define LEDGE_TOOLS_REPORT_H

#include <stdbool.h>
#include <stddef.h>

#include "frame.h"

/* Who wrote the report. */
enum report_tool {
    REPORT_UNKNOWN,
    REPORT_ASAN,
    REPORT_HWASAN,
    REPORT_UBSAN,
    REPORT_TSAN,
    REPORT_MSAN,
    REPORT_LSAN,
    REPORT_LIBFUZZER,
    REPORT_LIBC, /* assert, and what the allocator and the stack protector say */
    REPORT_KIT,
    REPORT_SIGNAL,   /* the kernel, a shell, a debugger, a program's own handler */
    REPORT_VALGRIND, /* memcheck, helgrind, drd */
    REPORT_CFI,      /* clang's control flow integrity */
    REPORT_TYSAN,
};

/* What a report says about the death of the process. */
enum report_weight {
    REPORT_NONE,        /* there is no report */
    REPORT_MENTION,     /* counts only when the death of the process follows */
    REPORT_HINT,        /* something broke, but what is lost: only a summary, or only an access */
    REPORT_CONSEQUENCE, /* an abort or a trap, for which an earlier line may give the reason */
    REPORT_RECOVERABLE, /* an error after which the process may have gone on */
    REPORT_CRASH,       /* the reason of the death */
};

enum stack_role {
    STACK_CRASH,     /* where it happened */
    STACK_PREVIOUS,  /* the other access of a race, or the other side of a mutex's misuse */
    STACK_FREED,     /* where the memory was freed */
    STACK_ALLOCATED, /* where the memory was allocated */
    STACK_ORIGIN,    /* where an uninitialized value comes from */
    STACK_MUTEX,     /* where a mutex of a lock-order inversion was acquired */
    STACK_THREAD,    /* where a thread was created */
    STACK_OTHER,
};

struct stack {
    enum stack_role role;
    ledge_view title; /* the line above it; may be empty */
    struct frame *frames;
    size_t len, cap;
    unsigned thread;  /* a debugger's number of the thread; 0: it gave none */
    bool outer_first; /* the log has the outermost frame first; once parsed, it is the last */
    bool closed;      /* something followed the last frame, so that it wasn't cut off here */
};

/* How the memory was touched. */
enum report_access { ACCESS_UNKNOWN, ACCESS_READ, ACCESS_WRITE };

#define REPORT_TYPE_MAX 96

/* All views point into `text`. */
struct report {
    enum report_weight weight;
    bool managed;    /* an exception of a virtual machine: frame_managed() reads its stack */
    bool may_follow; /* a crash by itself, and the consequence of one that came before */
    enum report_tool tool;
    ledge_view headline;        /* the line that began it; empty: its beginning is lost */
    size_t headline_number;     /* of that line in the log, from 1 */
    char type[REPORT_TYPE_MAX]; /* the crash_type without its access: "Heap-buffer-overflow" */
    bool type_sure;             /* the log gave the whole of it, and it is one we know */
    enum report_access access;
    bool atomic;          /* the access was an atomic one */
    uint64_t size;        /* of the access; 0: unknown */
    ledge_view address;   /* as printed, with its "0x"; empty: unknown */
    bool address_follows; /* the line broke where the address should have been */
    bool message_follows; /* the lines below still say what failed */
    ledge_view detail;    /* a failed expression, "op: expression": the first line of the state */
    bool detail_whole;    /* it wasn't cut off */
    ledge_view cast_to;   /* of a bad cast: the type that was wanted; empty: unknown */
    ledge_view cast_from; /* and the type that was there */
    ledge_view cause;     /* HWAddressSanitizer's: "use-after-free"; empty: it gave none */
    ledge_view place;     /* "file:line:column" when the report gives it outside of a stack */
    ledge_view summary_function, summary_place; /* what the SUMMARY line says */
    ledge_view module_path;                     /* the full path of a module, from that line */
    unsigned thread; /* a debugger's number of the thread that died; 0: unknown */
    struct stack *stacks;
    size_t stacks_len, stacks_cap;
    char *text; /* the log without colours, carriage returns and bytes that are no text; owned */
};

/* report_parse finds the report that decides: the first that is a crash; what may have been
 * survived (UBSan) gives way to a crash that follows, and an abort or a deadly signal lends its
 * stack to the message before it. It is a pure function of the bytes. *out must be given to
 * report_free. out->weight is REPORT_NONE when there is no report. O(len) time and memory. */
void report_parse(const char *bytes, size_t len, struct report *out);

void report_free(struct report *report);

/* report_stack finds the first stack of a role that has frames, or NULL. */
const struct stack *report_stack(const struct report *report, enum stack_role role);

/* report_near_null: an address that is null, or null with a small offset. */
bool report_near_null(ledge_view address);

/* report_is_marker: an address that WebKit's and others' macros touch in order to stop a program.
 */
bool report_is_marker(ledge_view address);

/* stack_role_name is what people call it: "crash", "freed by". */
const char *stack_role_name(enum stack_role role);

/* stack_add appends a frame; a stack keeps its first STACK_MAX. */
#define STACK_MAX 600
void stack_add(struct stack *stack, const struct frame *frame);

#endif
