/* crash.h: from what a dying process left behind to what the crash is called.
 *
 * The vocabulary is ClusterFuzz's (crash_type, crash_address, crash_state, security), so that a name given here matches the
 * one OSS-Fuzz gives later; `class` beside it is our own coarser family. */
#ifndef LEDGE_TOOLS_CRASH_H
#define LEDGE_TOOLS_CRASH_H

#include <stdbool.h>
#include <stddef.h>

#include "fail.h"
#include "proc.h"

struct symbolizer; /* symbolize.h */

/* What is known of the death. Only `log` is needed; the rest makes the answer better. */
struct crash_evidence {
    const char *log; /* stderr of the process, any bytes */
    size_t log_len;
    bool has_end;          /* `end` and `code` are known, as proc_run gives them */
    enum proc_end end;
    int code;
    const char *target;    /* the target's name, which replaces LLVMFuzzerTestOneInput; NULL: unknown */
    struct symbolizer *symbolizer; /* resolves frames that the log gives as module+offset; NULL: don't */
};

struct crash {
    bool found;            /* false: nothing in the evidence is a crash; every text below is then NULL but `class` "none" */
    char *type;            /* "Heap-buffer-overflow\nWRITE 4" */
    char *address;         /* "0x602000000114", or NULL */
    char *state;           /* up to three lines joined by '\n'; "NULL" when no frame names the program */
    bool security;
    const char *security_reason;
    const char *class_;    /* "memory", "undefined", "race", "deadlock", "leak", "uninitialized", "model", "timeout", "oom", "assert", "signal", "none" */
    const char *sanitizer; /* "asan", "ubsan", "tsan", "msan", "lsan", "libfuzzer", "ledge", "signal"; NULL: unknown */
    const char *confidence; /* "high", "medium", "low" */
    char signature[17];    /* 16 hex digits over type (without the access size), sanitizer-independent parts and state */
    char *position;        /* "vec.c:120:5", the source line to open first, or NULL */
    char *stacks;          /* the stacks of the report as text for people, or NULL */
};

/* crash_classify fills *out; it never fails on any bytes. O(log length). Returns false and *why only when memory runs out.
 * On true, *out must be given to crash_free. Thread-safe but for the symbolizer it is given. */
bool crash_classify(const struct crash_evidence *evidence, struct crash *out, struct fail *why);

void crash_free(struct crash *crash);

/* crash_same says whether two crashes are the same issue: equal signatures, both found. */
bool crash_same(const struct crash *a, const struct crash *b);

#endif
