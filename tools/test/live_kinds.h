/* What fixtures/boom*.c, built in each flavour, dies of, and what that is to be called. For
 * crash_live_test.c. */
#ifndef LEDGE_TOOLS_TEST_LIVE_KINDS_H
#define LEDGE_TOOLS_TEST_LIVE_KINDS_H

#include <stddef.h>

enum compiler { CLANG_19 = 1, CLANG_14 = 2, GCC = 4 };
#define CLANG (CLANG_19 | CLANG_14)
#define ALL   (CLANG | GCC)

struct live_kind {
    const char *name, *type,
        *class_;            /* a type of one line leaves the second one open; NULL: none */
    const char *state;      /* OWN: its function, run and main; ANY: isn't the same everywhere */
    unsigned with;          /* the compilers that find it */
    char security, address; /* 'y', 'n'; address '?': either */
};

#define OWN NULL
#define ANY ""

static const struct live_kind address_kinds[] = {
    {"heap_read", "Heap-buffer-overflow\nREAD 4", "memory", "free_cache\nheap_read\nrun", ALL, 'y',
     'y'},
    {"heap_write", "Heap-buffer-overflow\nWRITE 1", "memory", OWN, ALL, 'y', 'y'},
    {"heap_below", "Heap-buffer-overflow\nREAD 4", "memory", OWN, ALL, 'y', 'y'},
    {"heap_copy", "Heap-buffer-overflow\nWRITE {*}", "memory", OWN, ALL, 'y', 'y'},
    {"heap_text", "Heap-buffer-overflow\nWRITE {*}", "memory", OWN, ALL, 'y', 'y'},
    {"heap_format", "Heap-buffer-overflow\nREAD {*}", "memory", OWN, ALL, 'y', 'y'},
    {"heap_wide", "Heap-buffer-overflow\nWRITE 8", "memory", OWN, ALL, 'y', 'y'},
    {"use_after_free", "Heap-use-after-free\nREAD 4", "memory", OWN, ALL, 'y', 'y'},
    {"write_after_free", "Heap-use-after-free\nWRITE 2", "memory", OWN, ALL, 'y', 'y'},
    {"copy_after_free", "Heap-use-after-free\nREAD {*}", "memory", OWN, ALL, 'y', 'y'},
    {"use_after_realloc", "Heap-use-after-free\nREAD 4", "memory", OWN, ALL, 'y', 'y'},
    {"double_free", "Heap-double-free", "memory", "delete_files\ndouble_free\nrun", ALL, 'y', 'y'},
    {"free_inside", "Invalid-free", "memory", OWN, ALL, 'y', 'y'},
    {"free_stack", "Invalid-free", "memory", OWN, ALL, 'y', 'y'},
    {"free_global", "Invalid-free", "memory", OWN, ALL, 'y', 'y'},
    {"stack_write", "Stack-buffer-overflow\nWRITE 1", "memory", OWN, ALL, 'y', 'y'},
    {"stack_read", "Stack-buffer-overflow\nREAD 8", "memory", OWN, ALL, 'y', 'y'},
    {"stack_below", "Stack-buffer-underflow\nREAD 1", "memory", OWN, ALL, 'y', 'y'},
    {"stack_variable", "Dynamic-stack-buffer-overflow\nWRITE 1", "memory", OWN, ALL, 'y', 'y'},
    {"global_read", "Global-buffer-overflow\nREAD 4", "memory", OWN, ALL, 'y', 'y'},
    {"global_write", "Global-buffer-overflow\nWRITE 4", "memory", OWN, ALL, 'y', 'y'},
    {"use_after_return", "Stack-use-after-return\nREAD 1", "memory", OWN, ALL, 'y', 'y'},
    {"use_after_scope", "Stack-use-after-scope\nREAD 1", "memory", OWN, ALL, 'y', 'y'},
    {"use_after_poison", "Use-after-poison\nREAD 1", "memory", OWN, ALL, 'y', 'y'},
    {"negative_size", "Negative-size-param", "memory", OWN, ALL, 'y', 'n'},
    {"copy_overlap", "Memcpy-param-overlap", "memory", OWN, ALL, 'y', 'y'},
    {"text_overlap", "Strcpy-param-overlap", "memory", OWN, ALL, 'y', 'y'},
    {"null_read", "Null-dereference READ", "memory", OWN, ALL, 'n', 'y'},
    {"null_write", "Null-dereference WRITE", "memory", OWN, ALL, 'n', 'y'},
    {"null_call", "Null-dereference READ", "memory", ANY, ALL, 'n', 'y'},
    {"null_copy", "Null-dereference READ", "memory", OWN, ALL, 'n', 'y'},
    {"wild_read", "UNKNOWN READ", "memory", OWN, ALL, 'y', 'y'},
    {"wild_write", "UNKNOWN WRITE", "memory", OWN, ALL, 'y', 'y'},
    {"wild_call", "UNKNOWN READ", "memory", ANY, ALL, 'y', 'y'},
    {"wild_high", "UNKNOWN READ", "memory", OWN, ALL, 'y', '?'},
    {"constant_write", "UNKNOWN WRITE", "memory", OWN, ALL, 'y', 'y'},
    {"callback_read", "UNKNOWN READ", "memory", "compare\ncallback_read\nrun", ALL, 'y', '?'},
    {"recursion", "Stack-overflow", "memory", "descend", ALL, 'n', 'y'},
    {"recursion_pair", "Stack-overflow", "memory", ANY, ALL, 'n', 'y'},
    {"huge_malloc", "Out-of-memory", "oom", OWN, ALL, 'n', 'n'},
    {"huge_calloc", "Out-of-memory", "oom", OWN, ALL, 'n', 'n'},
    {"eats", "Out-of-memory", "oom", "NULL", ALL, 'n', 'n'},
    {"bad_alignment", "Invalid-allocation-alignment", "memory", OWN, ALL, 'n', 'n'},
    {"bad_usable_size", "Bad-malloc-usable-size", "memory", OWN, ALL, 'y', 'y'},
    {"leak", "Direct-leak", "leak", OWN, ALL, 'n', 'n'},
    {"leak_cycle", "Indirect-leak", "leak", "new_node\nmake_cycle\nleak_cycle", ALL, 'n', 'n'},
    {"fortified", "Buffer-overflow", "memory", OWN, CLANG, 'y', 'n'},
    {"aborts", "Abrt", "signal", OWN, ALL, 'n', 'y'},
    {"asserts", "ASSERT", "assert", "one == 2 && \"one isn't two\"\nasserts\nrun", ALL, 'y', 'n'},
    {"asserts_numbers", "ASSERT", "assert",
     "one == NUMBER && sink != ADDRESS\nasserts_numbers\nrun", ALL, 'y', 'n'},
    {"asserts_helper", "ASSERT", "assert", "condition\ncheck_one\ncheck_all", ALL, 'y', 'n'},
    {"asserts_helper_too", "ASSERT", "assert", "condition\ncheck_one\ncheck_all", ALL, 'y', 'n'},
    {"divides", "Floating-point-exception", "signal", OWN, ALL, 'n', 'n'},
    {"divides_least", "Floating-point-exception", "signal", OWN, ALL, 'n', 'n'},
    {"traps", "Ill", "signal", OWN, ALL, 'n', 'y'},
    {"breaks", "Trap", "signal", OWN, CLANG, 'y', '?'},
    {"bus", "Bus", "bus", OWN, ALL, 'n', '?'},
    {"wrong_delete", "Alloc-dealloc-mismatch", "memory", OWN, CLANG, 'y', 'y'},
    {"wrong_delete_size", "New-delete-type-mismatch", "memory", OWN, CLANG_19, 'y', 'y'},
    {"throws", "Abrt", "signal", OWN, CLANG, 'n', 'y'},
    {"pure_virtual", "Abrt", "signal", "Base::early\nBase::Base\nDerived::Derived", CLANG, 'n',
     'y'},
    {"template_read", "Heap-buffer-overflow\nREAD 4", "memory",
     "shapes::Grid::operator()\ntemplate_read\nrun", CLANG, 'y', 'y'},
    {"lambda_read", "Heap-buffer-overflow\nREAD 4", "memory", ANY, CLANG, 'y', 'y'},
    {"namespace_leak", "Direct-leak", "leak", "shapes::make\nnamespace_leak\nrun", CLANG, 'n', 'n'},
    {"exits", NULL, "none", ANY, ALL, 'n', 'n'},
    {"fine", NULL, "none", ANY, ALL, 'n', 'n'},
};

static const struct live_kind undefined_kinds[] = {
    {"shifts", "Undefined-shift", "undefined", OWN, ALL, 'n', 'n'},
    {"shifts_negative", "Undefined-shift", "undefined", OWN, ALL, 'n', 'n'},
    {"overflows", "Integer-overflow", "undefined", OWN, ALL, 'n', 'n'},
    {"multiplies", "Integer-overflow", "undefined", OWN, CLANG, 'n', 'n'},
    {"negates", "Integer-overflow", "undefined", OWN, ALL, 'n', 'n'},
    {"divides", "Divide-by-zero", "undefined", OWN, ALL, 'n', 'n'},
    {"divides_least", "Integer-overflow", "undefined", OWN, ALL, 'n', 'n'},
    {"wraps", "Unsigned-integer-overflow", "undefined", OWN, CLANG, 'n', 'n'},
    {"narrows", "Implicit-conversion", "undefined", OWN, CLANG, 'n', 'n'},
    {"index_high", "Index-out-of-bounds", "undefined", OWN, ALL, 'y', 'n'},
    {"index_low", "Index-out-of-bounds", "undefined", OWN, ALL, 'y', 'n'},
    {"misaligned", "Misaligned-address", "undefined", OWN, ALL, 'n', 'n'},
    {"misassumed", "Misaligned-address", "undefined", OWN, CLANG, 'n', 'n'},
    {"bad_bool", "Invalid-bool-value", "undefined", OWN, ALL, 'n', 'n'},
    {"bad_vla", "Non-positive-vla-bound-value", "undefined", OWN, ALL, 'y', 'n'},
    {"float_cast", "Float-cast-overflow", "undefined", OWN, ALL, 'n', 'n'},
    {"pointer_wrap", "Pointer-overflow", "undefined", OWN, CLANG, 'n', 'n'},
    {"pointer_null", "Pointer-overflow", "undefined", OWN, CLANG, 'n', 'n'},
    {"builtin_zero", "Invalid-builtin-use", "undefined", OWN, ALL, 'n', 'n'},
    {"null_load", "Null-dereference READ", "memory", OWN, ALL, 'n', 'n'},
    {"null_store", "Null-dereference WRITE", "memory", OWN, ALL, 'n', 'n'},
    {"null_member", "Null-dereference", "memory", OWN, ALL, 'n', 'n'},
    {"null_argument", "Invalid-null-argument", "undefined", OWN, ALL, 'n', 'n'},
    {"null_return", "Invalid-null-return", "undefined", "give_null\nnull_return\nrun", ALL, 'n',
     'n'},
    {"wrong_function", "Incorrect-function-pointer-type", "undefined", OWN, CLANG_19, 'y', 'n'},
    {"unreachable", "Unreachable code", "undefined", OWN, ALL, 'n', 'n'},
    {"wrong_cast", "Bad-cast", "undefined", ANY, CLANG, 'y', 'y'},
    {"wrong_enum", "Invalid-enum-value", "undefined", OWN, CLANG, 'n', 'n'},
    {"no_return", "No-return-value", "undefined", "forgets\nno_return\nrun", CLANG, 'n', 'n'},
    {"aborts", "Abrt", "signal", OWN, CLANG, 'n', 'y'},
    {"asserts", "ASSERT", "assert", "one == 2 && \"one isn't two\"\nasserts\nrun", CLANG, 'y', 'n'},
    {"wild_write", "UNKNOWN WRITE", "memory", OWN, CLANG, 'y', 'y'},
    {"double_free", "Heap-double-free", "memory", "delete_files\ndouble_free\nrun", CLANG, 'y',
     'n'},
    {"fine", NULL, "none", ANY, ALL, 'n', 'n'},
};

static const struct live_kind thread_kinds[] = {
    {"race", "Data race", "race", "bump\nreader\nbumper", ALL, 'n', 'y'},
    {"race_swapped", "Data race", "race", "bump\nreader\nbumper", ALL, 'n', 'y'},
    {"race_read_last", "Data race", "race", "bump\nreader\nbumper", ALL, 'n', 'y'},
    {"race_write_last", "Data race", "race", "bump\nreader\nbumper", ALL, 'n', 'y'},
    {"race_heap", "Data race", "race", "read_word\nwrite_word", ALL, 'n', 'y'},
    {"race_atomic", "Data race", "race", "add_atomic\nread_plain", ALL, 'n', 'y'},
    {"race_free", "Heap-use-after-free\nREAD 8", "memory", "read_word\nlate_read", ALL, 'y', 'y'},
    {"race_virtual", "Data race", "race", ANY, CLANG, 'n', 'y'},
    {"lock_order", "Lock-order-inversion", "deadlock", "lock_back\nlock_forth", ALL, 'n', 'n'},
    {"lock_order_swapped", "Lock-order-inversion", "deadlock", "lock_back\nlock_forth", ALL, 'n',
     'n'},
    {"lock_destroyed", "Use of an invalid mutex", "deadlock", OWN, ALL, 'n', 'n'},
    {"thread_leak", "Thread leak", "leak", OWN, ALL, 'n', 'n'},
    {"bad_unlock", "Unlock of an unlocked mutex", "deadlock", OWN, ALL, 'n', 'n'},
    {"bad_destroy", "Destroy of a locked mutex", "deadlock", OWN, ALL, 'n', 'n'},
    {"unsafe_signal", "Signal-unsafe call inside of a signal", "deadlock", ANY, ALL, 'n', 'n'},
    {"null_write", "Null-dereference WRITE", "memory", OWN, ALL, 'n', 'y'},
    {"use_after_free", "Heap-use-after-free\nREAD 4", "memory", OWN, ALL, 'y', 'y'},
    {"asserts", "ASSERT", "assert", "one == 2 && \"one isn't two\"\nasserts\nrun", ALL, 'y', 'n'},
    {"divides", "Floating-point-exception", "signal", OWN, ALL, 'n', 'n'},
};

static const struct live_kind memory_kinds[] = {
    {"uninitialized", "Use-of-uninitialized-value", "uninitialized", OWN, CLANG, 'y', 'n'},
    {"uninitialized_stack", "Use-of-uninitialized-value", "uninitialized", OWN, CLANG, 'y', 'n'},
    {"uninitialized_compare", "Use-of-uninitialized-value", "uninitialized", OWN, CLANG, 'y', 'n'},
    {"uninitialized_index", "Use-of-uninitialized-value", "uninitialized", OWN, CLANG, 'y', 'n'},
    {"null_write", "Null-dereference WRITE", "memory", OWN, CLANG, 'n', 'y'},
    {"wild_read", "UNKNOWN READ", "memory", OWN, CLANG, 'y', 'y'},
    {"recursion", "Stack-overflow", "memory", "descend", CLANG, 'n', 'y'},
    {"asserts", "ASSERT", "assert", "one == 2 && \"one isn't two\"\nasserts\nrun", CLANG, 'y', 'n'},
    {"fine", NULL, "none", ANY, CLANG, 'n', 'n'},
};

static const struct live_kind leak_kinds[] = {
    {"leak", "Direct-leak", "leak", OWN, CLANG, 'n', 'n'},
    {"leak_cycle", "Indirect-leak", "leak", "new_node\nmake_cycle\nleak_cycle", CLANG, 'n', 'n'},
    {"namespace_leak", "Direct-leak", "leak", "shapes::make\nnamespace_leak\nrun", CLANG, 'n', 'n'},
    {"fine", NULL, "none", ANY, CLANG, 'n', 'n'},
};

static const struct live_kind hardware_kinds[] = {
    {"heap_read", "Tag-mismatch\nREAD 4", "memory", "free_cache\nheap_read\nrun", CLANG, 'y', 'y'},
    {"heap_copy", "Tag-mismatch\nWRITE {*}", "memory", OWN, CLANG, 'y', 'y'},
    {"use_after_free", "Tag-mismatch\nREAD 4", "memory", OWN, CLANG, 'y', 'y'},
    {"double_free", "Invalid-free", "memory", "delete_files\ndouble_free\nrun", CLANG, 'y', 'y'},
    {"null_read", "Null-dereference READ", "memory", OWN, CLANG, 'n', 'y'},
    {"huge_malloc", "Out-of-memory", "oom", OWN, CLANG, 'n', 'n'},
    {"asserts", "ASSERT", "assert", "one == 2 && \"one isn't two\"\nasserts\nrun", CLANG, 'y', 'n'},
};

/* Without a sanitizer there is no stack: the kernel's word, and the C library's. */
static const struct live_kind plain_kinds[] = {
    {"aborts", "Abrt", "signal", "NULL", ALL, 'n', 'n'},
    {"raises", "UNKNOWN", "signal", "NULL", ALL, 'y', 'n'},
    {"null_write", "UNKNOWN", "signal", "NULL", ALL, 'y', 'n'},
    {"bus", "Bus", "bus", "NULL", ALL, 'n', 'n'},
    {"traps", "Ill", "signal", "NULL", ALL, 'n', 'n'},
    {"breaks", "Trap", "signal", "NULL", ALL, 'y', 'n'},
    {"divides", "Floating-point-exception", "signal", "NULL", ALL, 'n', 'n'},
    {"double_free", "Heap-double-free", "memory", "NULL", ALL, 'y', 'n'},
    {"free_inside", "Invalid-free", "memory", "NULL", ALL, 'y', 'n'},
    {"free_global", "Invalid-free", "memory", "NULL", ALL, 'y', 'n'},
    {"corrupts", "Heap-corruption", "memory", "NULL", ALL, 'y', 'n'},
    {"smashes", "Stack-buffer-overflow", "memory", "NULL", ALL, 'y', 'n'},
    {"fortified", "Buffer-overflow", "memory", "NULL", ALL, 'y', 'n'},
    {"asserts", "ASSERT", "assert", "one == 2 && \"one isn't two\"", ALL, 'y', 'n'},
    {"throws", "Abrt", "signal", "NULL", CLANG, 'n', 'n'},
    {"pure_virtual", "Abrt", "signal", "NULL", CLANG, 'n', 'n'},
    {"exits", NULL, "none", ANY, ALL, 'n', 'n'},
    {"fine", NULL, "none", ANY, ALL, 'n', 'n'},
};

static const struct live_kind fuzzer_kinds[] = {
    {"heap_read", "Heap-buffer-overflow\nREAD 4", "memory", "free_cache\nheap_read\nrun", CLANG,
     'y', 'y'},
    {"exits", "Unexpected-exit", "exit", "exits\nrun\nboom", CLANG, 'n', 'n'},
    {"traps", "Fatal-signal", "signal", "traps\nrun\nboom", CLANG, 'n', 'n'},
    {"aborts", "Abrt", "signal", "aborts\nrun\nboom", CLANG, 'n', 'y'},
    {"throws", "Abrt", "signal", "throws\nrun\nboom", CLANG, 'n', 'y'},
    {"asserts", "ASSERT", "assert", "one == 2 && \"one isn't two\"\nasserts\nrun", CLANG, 'y', 'n'},
    {"sleeps", "Timeout", "timeout", "boom", CLANG, 'n', 'n'},
    {"eats", "Out-of-memory", "oom", "boom", CLANG, 'n', 'n'},
    {"huge_malloc", "Out-of-memory", "oom", "boom", CLANG, 'n', 'n'},
    {"large_malloc", "Out-of-memory", "oom", "boom", CLANG, 'n', 'n'},
    {"writes_input", "Overwrites-const-input", "memory", "boom", CLANG, 'n', 'n'},
    {"leak", "Direct-leak", "leak", "leak\nrun\nboom", CLANG, 'n', 'n'},
    {"null_write", "Null-dereference WRITE", "memory", "null_write\nrun\nboom", CLANG, 'n', 'y'},
    {"recursion", "Stack-overflow", "memory", "descend", CLANG, 'n', 'y'},
    {"fine", NULL, "none", ANY, CLANG, 'n', 'n'},
};

/* A program of its own for each compiler and sanitizer. */
struct live_flavour {
    const char *compiler, *sanitizer, *flags; /* flags: one more word for the compiler, or NULL */
    enum compiler family;
    const struct live_kind *kinds;
    size_t kinds_len;
    unsigned symbolized; /* every how many kinds also have their dying process find the symbols */
};

#define KINDS(kinds) kinds, sizeof kinds / sizeof *kinds

static const struct live_flavour live_flavours[] = {
    {"clang-19", "address", NULL, CLANG_19, KINDS(address_kinds), 3},
    {"clang-19", "undefined", "-fsanitize=implicit-conversion,unsigned-integer-overflow", CLANG_19,
     KINDS(undefined_kinds), 4},
    {"clang-19", "thread", NULL, CLANG_19, KINDS(thread_kinds), 3},
    {"clang-19", "memory", NULL, CLANG_19, KINDS(memory_kinds), 4},
    {"clang-19", "leak", NULL, CLANG_19, KINDS(leak_kinds), 2},
    {"clang-19", "hwaddress", "-fsanitize-hwaddress-experimental-aliasing", CLANG_19,
     KINDS(hardware_kinds), 4},
    {"clang-19", "none", "-fstack-protector-all", CLANG_19, KINDS(plain_kinds), 0},
    {"clang-19", "fuzzer,address", NULL, CLANG_19, KINDS(fuzzer_kinds), 0},
    {"clang-14", "address", NULL, CLANG_14, KINDS(address_kinds), 16},
    {"clang-14", "undefined", "-fsanitize=implicit-conversion,unsigned-integer-overflow", CLANG_14,
     KINDS(undefined_kinds), 16},
    {"clang-14", "thread", NULL, CLANG_14, KINDS(thread_kinds), 9},
    {"clang-14", "memory", NULL, CLANG_14, KINDS(memory_kinds), 8},
    {"gcc", "address", NULL, GCC, KINDS(address_kinds), 8},
    {"gcc", "undefined", "-fsanitize=float-cast-overflow", GCC, KINDS(undefined_kinds), 8},
    {"gcc", "thread", NULL, GCC, KINDS(thread_kinds), 6},
    {"gcc", "none", "-fstack-protector-all", GCC, KINDS(plain_kinds), 0},
};

#define LIVE_FLAVOURS (sizeof live_flavours / sizeof *live_flavours)

#endif
