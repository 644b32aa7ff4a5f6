#include "taxonomy.h"

#include <stddef.h>
#include <string.h>

static const char out_of_bounds[] = "memory outside of an object is touched";
static const char dangling[] = "memory is used after the end of its life";
static const char allocator[] = "the allocator's state can be corrupted";
static const char wild[] = "an address that isn't near null is touched";
static const char confusion[] = "an object or function is used as another type";
static const char no_memory[] = "undefined behaviour that touches no wrong memory by itself";
static const char denial[] = "denial of service at most";
static const char stops[] = "the process stops itself";
static const char ordering[] = "an ordering error of threads";
static const char logic[] = "a wrong result, found by a check of the harness";
static const char debug_only[] = "a check that releases leave out, so that they go on";
static const char trapped[] = "a trap stands where a compiler's or a program's own check failed";
static const char asserted[] = "an assertion guards what memory safety may rest on";

static const struct taxon taxa[] = {
    {"Heap-buffer-overflow", "memory", SECURITY_YES, out_of_bounds},
    {"Stack-buffer-overflow", "memory", SECURITY_YES, out_of_bounds},
    {"Stack-buffer-underflow", "memory", SECURITY_YES, out_of_bounds},
    {"Global-buffer-overflow", "memory", SECURITY_YES, out_of_bounds},
    {"Dynamic-stack-buffer-overflow", "memory", SECURITY_YES, out_of_bounds},
    {"Intra-object-overflow", "memory", SECURITY_YES, out_of_bounds},
    {"Container-overflow", "memory", SECURITY_YES, out_of_bounds},
    {"Buffer-overflow", "memory", SECURITY_YES, out_of_bounds},
    {"Negative-size-param", "memory", SECURITY_YES, out_of_bounds},
    {"Memcpy-param-overlap", "memory", SECURITY_YES, out_of_bounds},
    {"Strcpy-param-overlap", "memory", SECURITY_YES, out_of_bounds},
    {"Strcat-param-overlap", "memory", SECURITY_YES, out_of_bounds},
    {"Strncpy-param-overlap", "memory", SECURITY_YES, out_of_bounds},
    {"Strncat-param-overlap", "memory", SECURITY_YES, out_of_bounds},
    {"Stpcpy-param-overlap", "memory", SECURITY_YES, out_of_bounds},
    {"Wcscpy-param-overlap", "memory", SECURITY_YES, out_of_bounds},
    {"Wcscat-param-overlap", "memory", SECURITY_YES, out_of_bounds},
    {"Invalid-pointer-pair", "memory", SECURITY_YES, out_of_bounds},
    {"Allocation-tail-overwritten", "memory", SECURITY_YES, out_of_bounds},
    {"Tag-mismatch", "memory", SECURITY_YES, out_of_bounds},
    {"Heap-use-after-free", "memory", SECURITY_YES, dangling},
    {"Stack-use-after-return", "memory", SECURITY_YES, dangling},
    {"Stack-use-after-scope", "memory", SECURITY_YES, dangling},
    {"Use-after-poison", "memory", SECURITY_YES, dangling},
    {"Initialization-order-fiasco", "memory", SECURITY_YES, dangling},
    {"Heap-double-free", "memory", SECURITY_YES, allocator},
    {"Invalid-free", "memory", SECURITY_YES, allocator},
    {"Heap-corruption", "memory", SECURITY_YES, allocator},
    {"Alloc-dealloc-mismatch", "memory", SECURITY_YES, allocator},
    {"New-delete-type-mismatch", "memory", SECURITY_YES, allocator},
    {"Bad-malloc-usable-size", "memory", SECURITY_YES, allocator},
    {"Bad-get-allocated-size", "memory", SECURITY_YES, allocator},
    {"Bad-container-annotation", "memory", SECURITY_YES, allocator},
    {"Invalid-allocation-alignment", "memory", SECURITY_NO, denial},
    {"Odr-violation", "memory", SECURITY_YES, confusion},
    {"Overwrites-const-input", "memory", SECURITY_NO, "the harness writes to its own input"},
    {"UNKNOWN", "memory", SECURITY_BY_ADDRESS, wild},
    {"Null-dereference", "memory", SECURITY_NO, "the address is near null"},
    {"Use-of-uninitialized-value", "uninitialized", SECURITY_YES,
     "memory that was never written decides or leaks"},
    {"Stack-overflow", "memory", SECURITY_NO, "recursion that stops at the guard page"},
    {"Bad-cast", "undefined", SECURITY_YES, confusion},
    {"Incorrect-function-pointer-type", "undefined", SECURITY_YES, confusion},
    {"Index-out-of-bounds", "undefined", SECURITY_YES, out_of_bounds},
    {"Non-positive-vla-bound-value", "undefined", SECURITY_YES, out_of_bounds},
    {"Object-size", "undefined", SECURITY_YES, out_of_bounds},
    {"Type-aliasing-violation", "undefined", SECURITY_YES, confusion},
    {"Divide-by-zero", "undefined", SECURITY_NO, no_memory},
    {"Float-cast-overflow", "undefined", SECURITY_NO, no_memory},
    {"Implicit-conversion", "undefined", SECURITY_NO, no_memory},
    {"Integer-overflow", "undefined", SECURITY_NO, no_memory},
    {"Unsigned-integer-overflow", "undefined", SECURITY_NO, no_memory},
    {"Invalid-bool-value", "undefined", SECURITY_NO, no_memory},
    {"Invalid-builtin-use", "undefined", SECURITY_NO, no_memory},
    {"Invalid-enum-value", "undefined", SECURITY_NO, no_memory},
    {"Invalid-null-argument", "undefined", SECURITY_NO, no_memory},
    {"Invalid-null-return", "undefined", SECURITY_NO, no_memory},
    {"Misaligned-address", "undefined", SECURITY_NO, no_memory},
    {"No-return-value", "undefined", SECURITY_NO, no_memory},
    {"Pointer-overflow", "undefined", SECURITY_NO, no_memory},
    {"Undefined-shift", "undefined", SECURITY_NO, no_memory},
    {"Unreachable code", "undefined", SECURITY_NO, no_memory},
    {"Upcast-of-null-pointer", "undefined", SECURITY_NO, no_memory},
    {"Assumption-violation", "undefined", SECURITY_NO, no_memory},
    {"Undefined-behavior", "undefined", SECURITY_NO, no_memory},
    {"Data race", "race", SECURITY_NO, ordering},
    {"Data race on vptr", "race", SECURITY_NO, ordering},
    {"Race on external object", "race", SECURITY_NO, ordering},
    {"Lock-order-inversion", "deadlock", SECURITY_NO, ordering},
    {"Double lock of a mutex", "deadlock", SECURITY_NO, ordering},
    {"Unlock of an unlocked mutex", "deadlock", SECURITY_NO, ordering},
    {"Read lock of a write locked mutex", "deadlock", SECURITY_NO, ordering},
    {"Read unlock of a write locked mutex", "deadlock", SECURITY_NO, ordering},
    {"Destroy of a locked mutex", "deadlock", SECURITY_NO, ordering},
    {"Use of an invalid mutex", "deadlock", SECURITY_NO, ordering},
    {"Mutex is still held", "deadlock", SECURITY_NO, ordering},
    {"Thread leak", "leak", SECURITY_NO, denial},
    {"Signal-unsafe call inside of a signal", "deadlock", SECURITY_NO, ordering},
    {"Signal handler spoils errno", "race", SECURITY_NO, ordering},
    {"Direct-leak", "leak", SECURITY_NO, denial},
    {"Indirect-leak", "leak", SECURITY_NO, denial},
    {"Timeout", "timeout", SECURITY_NO, denial},
    {"Out-of-memory", "oom", SECURITY_NO, denial},
    {"Fatal-signal", "signal", SECURITY_NO, stops},
    {"Abrt", "signal", SECURITY_NO, stops},
    {"Ill", "signal", SECURITY_NO, stops},
    {"Trap", "signal", SECURITY_YES, trapped},
    {"Breakpoint", "signal", SECURITY_NO, stops},
    {"Killed", "signal", SECURITY_NO, "the process was killed from outside"},
    {"Floating-point-exception", "signal", SECURITY_NO, denial},
    {"Bus", "bus", SECURITY_NO, "a bus error: a page that isn't there behind a mapping"},
    {"Unexpected-exit", "exit", SECURITY_NO, stops},
    {"CHECK failure", "assert", SECURITY_NO, stops},
    {"Sanitizer CHECK failure", "assert", SECURITY_NO, "a sanitizer gave up on itself"},
    {"Fatal error", "assert", SECURITY_NO, stops},
    {"ASSERT_NOT_REACHED", "assert", SECURITY_NO, stops},
    {"Index out of range", "assert", SECURITY_NO, stops},
    {"Slice bounds out of range", "assert", SECURITY_NO, stops},
    {"Makeslice: len out of range", "assert", SECURITY_NO, stops},
    {"Uncaught exception", "assert", SECURITY_NO, stops},
    {"Security exception", "assert", SECURITY_YES, "a check for attacks found one"},
    {"Security CHECK failure", "assert", SECURITY_NO, stops},
    {"DCHECK failure", "assert", SECURITY_YES, debug_only},
    {"Security DCHECK failure", "assert", SECURITY_YES, debug_only},
    {"ASSERT", "assert", SECURITY_YES, asserted},
    {"Model-mismatch", "model", SECURITY_NO, logic},
    {"Not-linearizable", "model", SECURITY_NO, logic},
    {"Deadlock", "deadlock", SECURITY_NO, ordering},
    {"Lost-wakeup", "deadlock", SECURITY_NO, ordering},
    {"Livelock", "deadlock", SECURITY_NO, ordering},
    {"Starvation", "deadlock", SECURITY_NO, ordering},
};

const struct taxon *taxonomy_find(const char *type)
{
    for (size_t i = 0; i < sizeof taxa / sizeof *taxa; i++) {
        if (strcmp(taxa[i].type, type) == 0)
            return &taxa[i];
    }
    return NULL;
}

bool taxonomy_security(const struct taxon *taxon, bool near_null, const char **reason)
{
    if (!taxon) {
        *reason = "what isn't understood counts as a security matter";
        return true;
    }
    *reason = taxon->reason;
    if (taxon->security == SECURITY_BY_ADDRESS && near_null)
        *reason = "the address is near null";
    return taxon->security == SECURITY_YES ||
           (taxon->security == SECURITY_BY_ADDRESS && !near_null);
}
