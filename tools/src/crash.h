/* crash.h: from what a dying process left behind to what the crash is called.
 *
 * The vocabulary is ClusterFuzz's (crash_type, crash_address, crash_state, security), so that a
 * name given here matches the one OSS-Fuzz gives later; `class` beside it is our own coarser
 * family. */
#ifndef LEDGE_TOOLS_CRASH_H
#define LEDGE_TOOLS_CRASH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <jansson.h>

#include "fail.h"
#include "proc.h"
#include "report.h"

struct pool;       /* pool.h */
struct symbolizer; /* symbolize.h */

/* What is known of the death. Only `log` is needed; the rest makes the answer better. */
struct crash_evidence {
    const char *log; /* stderr of the process, any bytes */
    size_t log_len;
    bool has_end; /* `end` and `code` are known, as proc_run gives them */
    enum proc_end end;
    int code;
    const char
        *target; /* the target's name, which replaces LLVMFuzzerTestOneInput; NULL: unknown */
    const char *binary; /* path of the program that ran; completes frames that give a module by its
                           bare name, as ThreadSanitizer's do; NULL: unknown */
    struct symbolizer *symbolizer; /* resolves frames that the log gives as module+offset; NULL:
                                      don't */
};

/* One call of a stack; NULL and 0: unknown. */
struct crash_frame {
    char *function; /* without arguments and template parameters, at most 80 bytes */
    char *file;     /* as printed */
    unsigned line, column;
    char *module;        /* path or bare name of the program or library */
    char *offset;        /* "0x10c35d", in the module */
    uint64_t address;    /* of the code, in the process; 0: unknown */
    const char *dropped; /* why it can't name the program: "libc", "allocator"; NULL: it can */
};

struct crash_stack {
    enum stack_role role;
    char *title;                /* the line above it in the log, or NULL */
    struct crash_frame *frames; /* innermost first */
    size_t len;
};

struct crash {
    bool found;    /* false: nothing in the evidence is a crash; every text below is then NULL but
                      `class_` "none" and `confidence` */
    char *type;    /* "Heap-buffer-overflow\nWRITE 4" */
    char *address; /* "0x602000000114", or NULL */
    char *state;   /* up to three lines joined by '\n'; "NULL" when nothing names the program */
    bool security;
    const char *security_reason; /* a sentence for people; NULL when not found */
    /* "memory", "undefined", "race", "deadlock", "leak", "uninitialized", "model", "timeout",
     * "oom", "assert", "signal", "bus" (SIGBUS is told apart), "exit", or "none" */
    const char *class_;
    /* Who says so: "asan", "hwasan", "ubsan", "tsan", "msan", "lsan", "tysan", "cfi", "valgrind",
     * "libfuzzer", "ledge" (a check of the kit), "libc" (assert, the allocator's own checks),
     * "signal"; NULL: unknown */
    const char *sanitizer;
    /* "high": a known type with named frames from a whole report. "medium": the type is sure, but
     * frames are missing, cut off or not symbolized. "low": a guess from fragments or a signal. */
    const char *confidence;
    /* 16 hex digits over the type's first line, READ or WRITE (not the size, and neither for a
     * race, whose two sides have no order), and the state. For recursion it is the cycle, wherever
     * it was cut. Time-stamps, addresses and the sanitizer don't count. Empty when not found. */
    char signature[17];
    char *position; /* "/dir/vec.c:120:5", the source line to open first, or NULL */
    /* All stacks of the report, in its order, each with at least one frame. Their texts are the
     * pool's. */
    struct crash_stack *stacks;
    size_t stacks_len;
    struct pool *pool;
    /* A sentence for each decision, "type: …", "state: …", "security: …", "confidence: …". */
    char **reasons;
    size_t reasons_len;
};

/* crash_classify fills *out; it never fails on any bytes. O(log length), and what the symbolizer
 * takes. Returns false and *why only when memory runs out. On true, *out must be given to
 * crash_free. Thread-safe but for the symbolizer it is given. */
bool crash_classify(const struct crash_evidence *evidence, struct crash *out, struct fail *why);

void crash_free(struct crash *crash);

/* crash_copy makes *to, for crash_free, which has nothing in common with *from. O(its texts). */
void crash_copy(const struct crash *from, struct crash *to);

/* crash_same says whether two crashes are the same issue: equal signatures, both found. */
bool crash_same(const struct crash *a, const struct crash *b);

/* crash_has_function says whether a frame of any stack is in this function. O(frames). */
bool crash_has_function(const struct crash *crash, const char *function);

/* crash_to_json makes an object with crash_type, crash_address, crash_state, security,
 * security_reason, class, signature, sanitizer, confidence, position, stacks and reasons; null
 * where it isn't known. Without a crash, class is "none", security false, stacks and reasons are
 * empty, and the rest is null. For json_decref; NULL when memory runs out. */
json_t *crash_to_json(const struct crash *crash);

/* crash_stacks_json is the stacks alone: an array of {role, title, frames: [{function, file, line,
 * column, module, offset}]}; crash_reasons_json the reasons, an array of strings. */
json_t *crash_stacks_json(const struct crash *crash);
json_t *crash_reasons_json(const struct crash *crash);

/* crash_print_stacks writes each stack under its role, at most 32 frames of each. */
void crash_print_stacks(const struct crash *crash, FILE *out);

#endif
