/* Logs written for this test, each about one decision of the naming, and what ClusterFuzz's
 * vocabulary calls them. For naming_test.c. */
#ifndef LEDGE_TOOLS_TEST_NAMING_CASES_H
#define LEDGE_TOOLS_TEST_NAMING_CASES_H

#include <stdbool.h>

struct naming_case {
    const char *name, *log, *target;
    const char *type, *address, *state; /* address NULL: there is none */
    bool security;
};

/* A report of AddressSanitizer with the frames of its stack. */
#define ASAN(reason, access, frames)                                                               \
    "==7==ERROR: AddressSanitizer: " reason "\n" access frames                                     \
    "\nSUMMARY: AddressSanitizer: x\n==7==ABORTING\n"
#define OVERFLOW_AT      "heap-buffer-overflow on address 0x602000000014 at pc 0x51 bp 0x7ffc sp 0x7ffb"
#define READ4            "READ of size 4 at 0x602000000014 thread T0\n"
#define FREED_AT         "heap-use-after-free on address 0x602000000014 at pc 0x51 bp 0x7ffc sp 0x7ffb"
#define SEGV_AT(address) "SEGV on unknown address " address " (pc 0x55d1 bp 0x7ffc sp 0x7ffb T0)"
#define CAUSED(access)   "==7==The signal is caused by a " access " memory access.\n"

#define ENTRY                                                                                      \
    "    #7 0x55d7 in LLVMFuzzerTestOneInput /src/proj/fuzz/parse_fuzzer.cc:31:3\n"                \
    "    #8 0x55d8 in fuzzer::Fuzzer::ExecuteCallback(unsigned char const*, unsigned long) "       \
    "/src/llvm-project/compiler-rt/lib/fuzzer/FuzzerLoop.cpp:614:13\n"                             \
    "    #9 0x55d9 in main /src/llvm-project/compiler-rt/lib/fuzzer/FuzzerMain.cpp:20:10\n"        \
    "    #10 0x7f0a in __libc_start_main /build/glibc-LcI20x/glibc-2.31/csu/libc-start.c:308:16\n" \
    "    #11 0x55da in _start (/out/parse_fuzzer+0x2)\n"

static const struct naming_case naming_cases[] = {
    /* --- Which frames ------------------------------------------------------------------------ */
    {"the entry is called by its file where nobody knows the target",
     ASAN(OVERFLOW_AT, READ4,
          "    #0 0x55d0 in ns::Reader::Next() /src/proj/reader.cc:9:1\n" ENTRY),
     NULL, "Heap-buffer-overflow\nREAD 4", "0x602000000014", "ns::Reader::Next\nparse_fuzzer.cc",
     true},
    {"and by the target where somebody does",
     ASAN(OVERFLOW_AT, READ4,
          "    #0 0x55d0 in ns::Reader::Next() /src/proj/reader.cc:9:1\n" ENTRY),
     "parse_fuzzer", "Heap-buffer-overflow\nREAD 4", "0x602000000014",
     "ns::Reader::Next\nparse_fuzzer", true},
    {"an entry without a file is called by its binary",
     ASAN(OVERFLOW_AT, READ4,
          "    #0 0x55d0 in next /src/a.c:9:1\n"
          "    #1 0x55d1 in LLVMFuzzerTestOneInput (/out/parse_fuzzer+0x12)\n"),
     NULL, "Heap-buffer-overflow\nREAD 4", "0x602000000014", "next\nparse_fuzzer", true},
    {"three frames at most",
     ASAN(OVERFLOW_AT, READ4,
          "    #0 0x55d0 in a /src/a.c:9:1\n    #1 0x55d0 in b /src/a.c:9:1\n"
          "    #2 0x55d0 in c /src/a.c:9:1\n    #3 0x55d0 in d /src/a.c:9:1\n"),
     NULL, "Heap-buffer-overflow\nREAD 4", "0x602000000014", "a\nb\nc", true},
    {"ordinary names that start like those of libc are kept",
     ASAN(FREED_AT, "WRITE of size 8 at 0x602000000014 thread T0\n",
          "    #0 0x55d0 in free_cache /src/a.c:9:1\n    #1 0x55d1 in delete_files /src/a.c:8:1\n"
          "    #2 0x55d2 in new_node /src/a.c:7:1\n    #3 0x55d3 in main /src/a.c:6:1\n"),
     NULL, "Heap-use-after-free\nWRITE 8", "0x602000000014", "free_cache\ndelete_files\nnew_node",
     true},
    {"frames of glibc that gdb and Valgrind give no directory",
     "==7== Invalid read of size 4\n==7==    at 0x4C30: qsort (msort.c:297)\n"
     "==7==    by 0x4C31: puts (ioputs.c:35)\n==7==    by 0x4C32: sort_rows (rows.c:12)\n"
     "==7==    by 0x4C33: start_thread (pthread_create.c:442)\n"
     "==7==    by 0x4C34: clone (clone.S:100)\n==7==  Address 0x4a4a050 is not stack'd\n",
     NULL, "UNKNOWN READ", "0x4a4a050", "sort_rows", true},
    {"what an inlined standard library leaves in a stack of Valgrind's",
     "==7== Invalid read of size 4\n==7==    at 0x4C30: _M_check (basic_string.h:261)\n"
     "==7==    by 0x4C30: substr (basic_string.h:2386)\n"
     "==7==    by 0x4C31: push_back (stl_vector.h:1195)\n"
     "==7==    by 0x4C32: db::Row::Cut() (row.cc:12)\n==7==    by 0x4C33: main (main.cc:4)\n"
     "==7==  Address 0x4a4a050 is not stack'd\n",
     NULL, "UNKNOWN READ", "0x4a4a050", "db::Row::Cut\nmain", true},
    {"Windows calls main",
     ASAN(
         OVERFLOW_AT, READ4,
         "    #0 0x7ff6e2a8 in pick C:\\src\\a.c:9:1\n    #1 0x7ff6e2a9 in main C:\\src\\a.c:19:1\n"
         "    #2 0x7ff6e2aa in .l_start C:/b/mingw-w64-crt/crt/crtexe.c:186:9\n"
         "    #3 0x7ff6e2ab in invoke_main D:\\s\\vctools\\crt\\vcstartup\\exe_common.inl:78\n"
         "    #4 0x7ff81ad9  (C:\\Windows\\System32\\KERNEL32.DLL+0x180001230)\n"
         "    #5 0x7ff81ada  (C:\\Windows\\SYSTEM32\\ntdll.dll+0x180005670)\n"),
     NULL, "Heap-buffer-overflow\nREAD 4", "0x602000000014", "pick\nmain", true},
    {"a module of Windows without names",
     ASAN(OVERFLOW_AT, READ4, "    #0 0x7ff6e2a8  (C:\\out\\reader.exe+0x180001230)\n"), NULL,
     "Heap-buffer-overflow\nREAD 4", "0x602000000014", "reader.exe+0x180001230", true},
    {"macOS names the program where it has no source",
     ASAN(OVERFLOW_AT, READ4,
          "    #0 0x101230 in wrap_free _asan_rtl_\n    #1 0x50124 in drop_row rows\n"
          "    #2 0x50125 in operator new\n    #3 0x50126 in keep_row rows.c:4\n"),
     NULL, "Heap-buffer-overflow\nREAD 4", "0x602000000014", "drop_row\nkeep_row", true},
    {"LLVM prints its own stack",
     "prog: /src/a.cc:28: void f(): Assertion `n > 0' failed.\nStack dump:\n"
     " #0 0x00007fecd0001233 llvm::sys::PrintStackTrace(llvm::raw_ostream&, int) "
     "/src/Signals.inc:1:1\n"
     " #1 0x00007fecd0001234 SignalHandler(int) Signals.cpp:0:0\n"
     " #2 0x00007fecd0001235 (/lib/x86_64-linux-gnu/libc.so.6+0x3bd60)\n"
     " #3 0x00007fecd0001236 rows::pick(int) /src/rows.cc:3:1\n",
     NULL, "ASSERT", NULL, "n > 0\nrows::pick", true},
    {"the headers that check what is copied",
     "*** buffer overflow detected ***: terminated\nProgram received signal SIGABRT, "
     "Aborted.\n(gdb) bt\n"
     "#0  0x00007ffff7401230 in raise () from /lib64/libc.so.6\n"
     "#1  0x00007ffff7405670 in __strcat_chk () from /lib64/libc.so.6\n"
     "#2  0x0000555555501230 in strcat (__src=0x555555601230, __dest=0x555555701230) at "
     "/usr/include/bits/string_fortified.h:128\n"
     "#3  0x0000555555501240 in memcpy (__len=9) at "
     "/usr/include/x86_64-linux-gnu/bits/string_fortified.h:29\n"
     "#4  join_rows (n=9) at rows.cpp:110\n",
     NULL, "Buffer-overflow", NULL, "join_rows", true},
    {"systemd knows neither name nor module",
     "Program terminated with signal SIGSEGV, Segmentation fault.\n"
     "Stack trace of thread 760:\n#0  0x0000007400001230 n/a (n/a + 0x0)\n"
     "#1  0x000055d700001230 pick (prog + 0x1166)\n",
     NULL, "UNKNOWN", NULL, "pick", true},
    {"main is the program's when no engine calls it",
     ASAN(OVERFLOW_AT, READ4,
          "    #0 0x55d0 in main /src/tool.c:6:1\n"
          "    #1 0x7f0a in __libc_start_call_main csu/../sysdeps/nptl/libc_start_call_main.h:58\n"
          "    #2 0x7f0b in __libc_start_main_impl csu/../csu/libc-start.c:392:3\n"),
     NULL, "Heap-buffer-overflow\nREAD 4", "0x602000000014", "main", true},
    {"interceptors, operators and the allocator aren't the program",
     ASAN("attempting double-free on 0x602000000010 in thread T0:", "",
          "    #0 0x49 in operator delete(void*) /src/llvm/projects/compiler-rt/lib/asan/"
          "asan_new_delete.cpp:152:3\n"
          "    #1 0x50 in std::__1::default_delete<Node>::operator()(Node*) const "
          "/usr/local/bin/../include/c++/v1/memory:2262:5\n"
          "    #2 0x51 in std::unique_ptr<Node>::reset(Node*) /usr/include/c++/v1/memory:2517:7\n"
          "    #3 0x52 in list::Drop(list::Node*) /src/list.cc:40:3\n" ENTRY),
     NULL, "Heap-double-free", "0x602000000010", "list::Drop\nparse_fuzzer.cc", true},
    {"the standard library as gcc names what it inlines, and macOS's first frame",
     ASAN(OVERFLOW_AT, READ4,
          "    #0 0x49 in operator() /src/a.cc:9\n"
          "    #1 0x50 in __invoke_impl<int, main(int, char**)::<lambda(int)>&, int> "
          "/usr/include/c++/12/bits/invoke.h:61\n"
          "    #2 0x51 in _FUN /src/a.cc:9\n    #3 0x52 in run /src/a.cc:3\n"
          "    #4 0x53 in start+0x0 (libdyld.dylib:x86_64+0x35ac)\n"),
     NULL, "Heap-buffer-overflow\nREAD 4", "0x602000000014", "operator()\nrun", true},
    {"memcpy of libc.so, without symbols of its own",
     ASAN(SEGV_AT("0x7f1c00000000"), CAUSED("WRITE"),
          "    #0 0x7f0a in __memmove_avx_unaligned_erms (/lib/x86_64-linux-gnu/libc.so.6+0x18e5)\n"
          "    #1 0x7f0b  (/lib/x86_64-linux-gnu/libc.so.6+0x18f0)\n"
          "    #2 0x55d2 in put_row /src/table.c:12:3\n"),
     NULL, "UNKNOWN WRITE", "0x7f1c00000000", "put_row", true},
    {"templates, lambdas, operators and anonymous namespaces",
     ASAN(OVERFLOW_AT, READ4,
          "    #0 0x1 in void ns::(anonymous namespace)::Copy<int, ns::Less<int> >(int*, int*) "
          "/src/a.cc:1:1\n"
          "    #1 0x2 in ns::Matrix<float>::operator()(int, int) const /src/a.cc:2:2\n"
          "    #2 0x3 in ns::Run(int)::$_0::operator()(int) const /src/a.cc:3:3\n"),
     NULL, "Heap-buffer-overflow\nREAD 4", "0x602000000014",
     "ns::Copy\nns::Matrix::operator()\nns::Run", true},
    {"operators as LLVM prints them, parameters with a comparison, Rust's traits, and no name at "
     "all",
     ASAN(OVERFLOW_AT, READ4,
          "    #0 0x1 in bool ns::operator<<int>(ns::V<int> const&) /src/a.cc:1:1\n"
          "    #1 0x2 in ns::A<(1>>2)>::call() /src/a.cc:2:2\n"
          "    #2 0x3 in <ns::Node as core::ops::drop::Drop>::drop /src/a.rs:3:3\n"),
     NULL, "Heap-buffer-overflow\nREAD 4", "0x602000000014",
     "ns::operator<\nns::A::call\n<ns::Node as core::ops::drop::Drop>::drop", true},
    {"more operators",
     ASAN(OVERFLOW_AT, READ4,
          "    #0 0x1 in ns::In& ns::operator>><int>(ns::In&, int&) /src/a.cc:1:1\n"
          "    #1 0x2 in ns::operator<=>(ns::V const&, ns::V const&) /src/a.cc:2:2\n"
          "    #2 0x3 in ns::{unnamed type#1}::run() /src/a.cc:3:3\n"),
     NULL, "Heap-buffer-overflow\nREAD 4", "0x602000000014",
     "ns::operator>>\nns::operator<=>\nns::{unnamed type#NUMBER}::run", true},
    {"a frame of a library without symbols names its library",
     ASAN(OVERFLOW_AT, READ4,
          "    #0 0x7f00  (/usr/lib/libfoo.so.1+0x1234)\n    #1 0x55d0 in use /src/a.c:1:1\n"),
     NULL, "Heap-buffer-overflow\nREAD 4", "0x602000000014", "libfoo.so.1+0x1234\nuse", true},
    {"stacks of the allocation and of the free are other stacks",
     ASAN(FREED_AT, READ4,
          "    #0 0x1 in use /src/a.c:1:1\n\n"
          "0x602000000014 is located 4 bytes inside of 16-byte region [0x602000000010,0x6020)\n"
          "freed by thread T0 here:\n    #0 0x2 in free (/out/bin+0x1)\n"
          "    #1 0x3 in drop /src/a.c:2:2\n\n"
          "previously allocated by thread T0 here:\n    #0 0x4 in malloc (/out/bin+0x2)\n"
          "    #1 0x5 in make /src/a.c:3:3\n"),
     NULL, "Heap-use-after-free\nREAD 4", "0x602000000014", "use", true},
    {"a long name is cut at 80",
     ASAN(OVERFLOW_AT, READ4,
          "    #0 0x1 in "
          "aaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeeeeeeeffffffffffgggggggggghhhhhhhh"
          "hhiiiiiiiiii /src/a.c:1:1\n"),
     NULL, "Heap-buffer-overflow\nREAD 4", "0x602000000014",
     "aaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeeeeeeeffffffffffgggggggggghhhhhhhhhhi", true},
    {"numbers in names are normalized",
     ASAN(OVERFLOW_AT, READ4,
          "    #0 0x1 in test_20240501_case /src/a.c:1:1\n    #1 0x2 in utf8_to_utf16 "
          "/src/a.c:2:2\n"),
     NULL, "Heap-buffer-overflow\nREAD 4", "0x602000000014", "test_NUMBER_case\nutf8_to_utf16",
     true},

    /* --- Types of AddressSanitizer ---------------------------------------------------------- */
    {"a large access",
     ASAN(OVERFLOW_AT, "READ of size 17 at 0x602000000014 thread T0\n",
          "    #0 0x1 in __asan_memcpy (/out/bin+0x1)\n    #1 0x2 in copy /src/a.c:1:1\n"),
     NULL, "Heap-buffer-overflow\nREAD {*}", "0x602000000014", "copy", true},
    {"the largest that isn't",
     ASAN(OVERFLOW_AT, "WRITE of size 16 at 0x602000000014 thread T0\n",
          "    #0 0x2 in copy /src/a.c:1:1\n"),
     NULL, "Heap-buffer-overflow\nWRITE 16", "0x602000000014", "copy", true},
    {"stack-use-after-return",
     ASAN("stack-use-after-return on address 0x7f5a00000020 at pc 0x51 bp 0x7ffc sp 0x7ffb",
          "READ of size 1 at 0x7f5a00000020 thread T0\n", "    #0 0x2 in use /src/a.c:1:1\n"),
     NULL, "Stack-use-after-return\nREAD 1", "0x7f5a00000020", "use", true},
    {"dynamic-stack-buffer-overflow",
     ASAN("dynamic-stack-buffer-overflow on address 0x7ffd00000020 at pc 0x51 bp 0x7ffc sp 0x7ffb",
          "WRITE of size 1 at 0x7ffd00000020 thread T0\n", "    #0 0x2 in fill /src/a.c:1:1\n"),
     NULL, "Dynamic-stack-buffer-overflow\nWRITE 1", "0x7ffd00000020", "fill", true},
    {"container-overflow",
     ASAN("container-overflow on address 0x602000000014 at pc 0x51 bp 0x7ffc sp 0x7ffb", READ4,
          "    #0 0x2 in at /src/a.cc:1:1\n"),
     NULL, "Container-overflow\nREAD 4", "0x602000000014", "at", true},
    {"alloc-dealloc-mismatch",
     ASAN(
         "alloc-dealloc-mismatch (operator new [] vs operator delete) on 0x602000000010", "",
         "    #0 0x1 in operator delete(void*) (/out/bin+0x1)\n    #1 0x2 in drop /src/a.cc:1:1\n"),
     NULL, "Alloc-dealloc-mismatch", "0x602000000010", "drop", true},
    {"negative-size-param",
     ASAN("negative-size-param: (size=-1)", "",
          "    #0 0x1 in __asan_memmove (/out/bin+0x1)\n    #1 0x2 in shift /src/a.c:1:1\n"),
     NULL, "Negative-size-param", NULL, "shift", true},
    {"a null pointer with an offset",
     ASAN(SEGV_AT("0x000000000fff"), CAUSED("READ"), "    #0 0x2 in load /src/a.c:1:1\n"), NULL,
     "Null-dereference READ", "0x000000000fff", "load", false},
    {"just not near null",
     ASAN(SEGV_AT("0x000000001000"), CAUSED("READ"), "    #0 0x2 in load /src/a.c:1:1\n"), NULL,
     "UNKNOWN READ", "0x000000001000", "load", true},
    {"an address of 64 bits is shortened",
     ASAN(SEGV_AT("0x00007f1c00000000"), CAUSED("WRITE"), "    #0 0x2 in store /src/a.c:1:1\n"),
     NULL, "UNKNOWN WRITE", "0x7f1c00000000", "store", true},
    {"a cause that isn't told",
     ASAN(SEGV_AT("0x7f1c00000000"), CAUSED("UNKNOWN"), "    #0 0x2 in store /src/a.c:1:1\n"), NULL,
     "UNKNOWN", "0x7f1c00000000", "store", true},
    {"a crash that is unknown to the sanitizer",
     ASAN("unknown-crash on address 0x7fff7fff8000 at pc 0x51 bp 0x7ffc sp 0x7ffb", "",
          "    #0 0x2 in store /src/a.c:1:1\n"),
     NULL, "UNKNOWN", "0x7fff7fff8000", "store", true},
    {"whose access counts for nothing, as it doesn't know itself",
     ASAN("unknown-crash on address 0x7fff7fff8000 at pc 0x51 bp 0x7ffc sp 0x7ffb",
          "READ of size 4 at 0x7fff7fff8000 thread T0\n", "    #0 0x2 in store /src/a.c:1:1\n"),
     NULL, "UNKNOWN", "0x7fff7fff8000", "store", true},
    {"an address that a macro touches to stop a program",
     ASAN(SEGV_AT("0x0000fbadbeef"), CAUSED("WRITE"), "    #0 0x2 in stop /src/a.c:1:1\n"), NULL,
     "UNKNOWN WRITE", "0x0000fbadbeef", "stop", false},
    {"an illegal instruction",
     ASAN("ILL on unknown address 0x0000004f3a31 (pc 0x0000004f3a31 bp 0x7ffc sp 0x7ffb T0)", "",
          "    #0 0x2 in stop /src/a.c:1:1\n"),
     NULL, "Ill", "0x0000004f3a31", "stop", false},
    {"a division",
     ASAN("FPE on unknown address 0x0000004f3a31 (pc 0x0000004f3a31 bp 0x7ffc sp 0x7ffb T0)", "",
          "    #0 0x2 in mean /src/a.c:1:1\n"),
     NULL, "Floating-point-exception", NULL, "mean", false},
    {"an abort of the program",
     ASAN("ABRT on unknown address 0x053900000007 (pc 0x7f5a bp 0x7ffc sp 0x7ffb T0)", "",
          "    #0 0x7f1 in gsignal (/lib/x86_64-linux-gnu/libc.so.6+0x1)\n"
          "    #1 0x7f2 in abort (/lib/x86_64-linux-gnu/libc.so.6+0x2)\n"
          "    #2 0x2 in give_up /src/a.c:1:1\n"),
     NULL, "Abrt", "0x053900000007", "give_up", false},
    {"an allocation that can't be",
     ASAN("requested allocation size 0xffffffffffffffff (0x800 after adjustments for alignment) "
          "exceeds maximum supported size of 0x10000000000 (thread T0)",
          "", "    #0 0x1 in malloc (/out/bin+0x1)\n    #1 0x2 in grow /src/a.c:1:1\n" ENTRY),
     "parse_fuzzer", "Out-of-memory", NULL, "parse_fuzzer", false},

    /* --- The other tools --------------------------------------------------------------------- */
    {"msan",
     "==7==WARNING: MemorySanitizer: use-of-uninitialized-value\n"
     "    #0 0x1 in decide /src/a.c:1:1\n    #1 0x2 in run /src/a.c:2:2\n\n"
     "  Uninitialized value was created by a heap allocation\n"
     "    #0 0x3 in malloc (/out/bin+0x1)\n    #1 0x4 in make /src/a.c:3:3\n\n"
     "SUMMARY: MemorySanitizer: use-of-uninitialized-value /src/a.c:1:1 in decide\nExiting\n",
     NULL, "Use-of-uninitialized-value", NULL, "decide\nrun", true},
    {"a leak is named by its allocation",
     "==7==ERROR: LeakSanitizer: detected memory leaks\n\n"
     "Direct leak of 24 byte(s) in 1 object(s) allocated from:\n"
     "    #0 0x1 in malloc (/out/bin+0x1)\n    #1 0x2 in new_node /src/a.c:1:1\n" ENTRY "\n"
     "SUMMARY: AddressSanitizer: 24 byte(s) leaked in 1 allocation(s).\n",
     NULL, "Direct-leak", NULL, "new_node\nparse_fuzzer.cc", false},
    {"ubsan, a bad cast",
     "/src/a.cc:9:3: runtime error: downcast of address 0x602000000010 which does not point to an "
     "object of type 'ns::Derived'\n"
     "0x602000000010: note: object is of type 'ns::Other'\n"
     " 00 00 00 00  b0 44 40 00 00 00 00 00\n              ^~~~~~~~~~~~~~~~~~~~~~~\n"
     "              vptr for 'ns::Other'\n"
     "    #0 0x1 in ns::Use(ns::Base*) /src/a.cc:9:3\n    #1 0x2 in run /src/a.cc:2:2\n\n"
     "SUMMARY: UndefinedBehaviorSanitizer: undefined-behavior /src/a.cc:9:3\n",
     NULL, "Bad-cast", "0x602000000010", "Bad-cast to ns::Derived from ns::Other\nns::Use\nrun",
     true},
    {"ubsan, a cast of what is no object",
     "/src/a.cc:9:3: runtime error: member call on address 0x602000000010 which does not point to "
     "an object of type 'ns::A'\n0x602000000010: note: object has invalid vptr\n 00 00 00\n"
     "    #0 0x1 in run /src/a.cc:9:3\n\n",
     NULL, "Bad-cast", "0x602000000010", "Bad-cast to ns::A from invalid vptr\nrun", true},
    {"ubsan, a cast of a part of an object",
     "/src/a.cc:9:3: runtime error: member access within address 0x602000000010 which does not "
     "point to an object of type 'ns::A'\n0x602000000010: note: object is base class subobject at "
     "offset 16 within object of type 'ns::B'\n 00 00 00\n    #0 0x1 in run /src/a.cc:9:3\n\n",
     NULL, "Bad-cast", "0x602000000010",
     "Bad-cast to ns::A from base class subobject at offset 16\nrun", true},
    {"cfi, a virtual call",
     "/src/a.cc:9:3: runtime error: control flow integrity check for type 'ns::A' failed during "
     "virtual call (vtable address 0x000000501e10)\n0x000000501e10: note: invalid vtable\n 00 00\n"
     "    #0 0x1 in run /src/a.cc:9:3\n\n",
     NULL, "Bad-cast", "0x000000501e10", "Bad-cast to ns::A from invalid vptr\nrun", true},
    {"ubsan, a call through the wrong type",
     "/src/a.c:9:3: runtime error: call to function g through pointer to incorrect function type "
     "'void (*)(int)'\n/src/a.c:1: note: g defined here\n    #0 0x1 in dispatch /src/a.c:9:3\n\n"
     "SUMMARY: UndefinedBehaviorSanitizer: undefined-behavior /src/a.c:9:3\n",
     NULL, "Incorrect-function-pointer-type", NULL, "dispatch", true},
    {"tsan, a race",
     "WARNING: ThreadSanitizer: data race (pid=7)\n"
     "  Write of size 8 at 0x7b0400000800 by thread T1:\n    #0 put /src/a.c:1:1 (bin+0x1)\n\n"
     "  Previous atomic read of size 8 at 0x7b0400000800 by main thread:\n"
     "    #0 get /src/a.c:2:2 (bin+0x2)\n    #1 main /src/a.c:3:3 (bin+0x3)\n\n"
     "SUMMARY: ThreadSanitizer: data race /src/a.c:1:1 in put\n==================\n",
     NULL, "Data race\nWRITE 8", "0x7b0400000800", "get\nput\nmain", false},
    {"tsan, a use after free between threads",
     "WARNING: ThreadSanitizer: heap-use-after-free (race on free) (pid=7)\n"
     "  Write of size 4 at 0x7b0400000800 by main thread:\n    #0 put /src/a.c:1:1 (bin+0x1)\n\n"
     "  Previous write of size 8 at 0x7b0400000800 by thread T1:\n    #0 free <null> (bin+0x2)\n"
     "    #1 drop /src/a.c:3:3 (bin+0x3)\n\n",
     NULL, "Heap-use-after-free\nWRITE 4", "0x7b0400000800", "put", true},

    {"tsan of ten years ago, a thread leak",
     "WARNING: ThreadSanitizer: thread leak (pid=7)\n"
     "  Thread T1 (tid=0, finished) created at:\n"
     "    #0 pthread_create tsan_interceptors.cc:683 (exe+0x00000001fb33)\n"
     "    #1 start_all /src/a.c:10 (exe+0x000000003c7e)\n\n",
     NULL, "Thread leak", NULL, "start_all", false},

    /* --- libFuzzer --------------------------------------------------------------------------- */
    {"a time-out whose target stands in the log",
     "/out/parse_fuzzer: Running 1 inputs 1 time(s) each.\nRunning: /tmp/in\n"
     "ALARM: working on the last Unit for 26 seconds\n"
     "==7== ERROR: libFuzzer: timeout after 26 seconds\n"
     "    #0 0x1 in spin /src/a.c:1:1\n    #1 0x2 in parse /src/a.c:2:2\n" ENTRY
     "SUMMARY: libFuzzer: timeout\n",
     NULL, "Timeout", NULL, "parse_fuzzer", false},
    {"a time-out whose target is the engine's binary",
     "==7== ERROR: libFuzzer: timeout after 26 seconds\n"
     "    #0 0x1 in spin /src/a.c:1:1\n    #1 0x2 in LLVMFuzzerTestOneInput /src/b.c:2:2\n"
     "    #2 0x3 in fuzzer::Fuzzer::RunOne() (/out/parse_fuzzer+0x1)\n"
     "SUMMARY: libFuzzer: timeout\n",
     NULL, "Timeout", NULL, "parse_fuzzer", false},
    {"a limit on memory",
     "==7== ERROR: libFuzzer: out-of-memory (used: 2049Mb; limit: 2048Mb)\n"
     "   To change the out-of-memory limit use -rss_limit_mb=<N>\n\n"
     "SUMMARY: libFuzzer: out-of-memory\n",
     "parse_fuzzer", "Out-of-memory", NULL, "parse_fuzzer", false},
    {"a deadly signal",
     "==7== ERROR: libFuzzer: deadly signal\n"
     "    #0 0x1 in __sanitizer_print_stack_trace (/out/f+0x1)\n"
     "    #1 0x2 in fuzzer::PrintStackTrace() (/out/f+0x2)\n"
     "    #2 0x7f in raise (/lib/libc.so.6+0x1)\n    #3 0x7e in abort (/lib/libc.so.6+0x2)\n"
     "    #4 0x3 in quit /src/a.c:1:1\n" ENTRY "SUMMARY: libFuzzer: deadly signal\n",
     NULL, "Fatal-signal", NULL, "quit\nparse_fuzzer.cc", false},

    {"what glibc writes with is glibc's, whatever its file is called",
     "==17== Syscall param write(buf) points to uninitialised byte(s)\n"
     "==17==    at 0x5B68900: __write_nocancel (syscall-template.S:82)\n"
     "==17==    by 0x5AFB749: new_do_write (fileops.c:543)\n"
     "==17==    by 0x5AF4F25: rewind (rewind.c:37)\n"
     "==17==    by 0x567D149: save_rows (rows.c:69)\n==17==    by 0x401F67: main (main.c:22)\n",
     NULL, "Use-of-uninitialized-value", NULL, "save_rows\nmain", true},
    {"the language's names are known when nobody demangled them",
     ASAN(OVERFLOW_AT, READ4,
          "    #0 0x1 in _Znwm (/out/f+0x1)\n    #1 0x2 in _ZNSt6vectorIiE4growEv (/out/f+0x2)\n"
          "    #2 0x3 in _ZN4rows4dropEv (/out/f+0x3)\n"),
     NULL, "Heap-buffer-overflow\nREAD 4", "0x602000000014", "rows::drop", true},
    {"the checked containers of libstdc++ are the language's",
     ASAN(OVERFLOW_AT, READ4,
          "    #0 0x1 in __gnu_debug::_Safe_sequence_base::_M_attach(int) /src/x.cc:1:1\n"
          "    #1 0x2 in pick /src/a.cc:2:1\n"),
     NULL, "Heap-buffer-overflow\nREAD 4", "0x602000000014", "pick", true},

    /* --- Checks ------------------------------------------------------------------------------ */
    {"an assertion with numbers and addresses in it",
     "bin: /src/a.c:28: void f(int): Assertion `p == 0x7ffc0012 && n < 65536' failed.\n"
     "==7== ERROR: libFuzzer: deadly signal\n"
     "    #0 0x1 in abort stdlib/abort.c:79:7\n"
     "    #1 0x2 in __assert_fail_base assert/assert.c:92:3\n"
     "    #2 0x3 in __assert_fail assert/assert.c:101:3\n    #3 0x4 in f /src/a.c:28:3\n" ENTRY
     "SUMMARY: libFuzzer: deadly signal\n",
     NULL, "ASSERT", NULL, "p == ADDRESS && n < NUMBER\nf\nparse_fuzzer.cc", true},
    {"a sanitizer's own check says nothing of the program",
     "==7==AddressSanitizer: CHECK failed: asan_thread.cpp:356 \"((ptr[0] == "
     "kCurrentStackFrameMagic)) != (0)\" (0x0, 0x0) (tid=7)\n"
     "    #0 0x1 in CheckUnwind (/out/bin+0x1)\n    #1 0x2 in use /src/a.c:1:1\n",
     NULL, "Sanitizer CHECK failure", NULL,
     "\"((ptr[0] == kCurrentStackFrameMagic)) != (0)\" (0x0, 0x0)", false},
    {"a failed check of a debug build",
     "F0501 12:00:01.123456 17 table.cc:28] DCHECK failed: rows < 4096.\n"
     "    #0 0x55 in db::Fill(int) /src/table.cc:28:3\n\n",
     NULL, "DCHECK failure", NULL, "rows < NUMBER in table.cc\ndb::Fill", true},
    {"a failed check under AddressSanitizer is the program's all the same",
     "[17:17:0501/100000.123:FATAL:table.cc(28)] Check failed: rows == 3 (4 vs. 3)\n" ASAN(
         "TRAP on unknown address 0x000000000000 (pc 0x55d1 bp 0x7ffc sp 0x7ffb T0)", "",
         "    #0 0x55 in logging::LogMessage::~LogMessage() /src/base/logging.cc:1:1\n"
         "    #1 0x55 in db::Fill(int) /src/table.cc:28:3\n    #2 0x55 in run /src/table.cc:8:3\n"),
     NULL, "CHECK failure", NULL, "rows == 3 in table.cc\ndb::Fill\nrun", false},
    {"a check that says more, in quotation marks",
     "[17:17:0501/100000.123:FATAL:table.cc(28)] Check failed: found : 'row 17'\n"
     "    #0 0x55 in db::Fill(int) /src/table.cc:28:3\n\n",
     NULL, "CHECK failure", NULL, "found in table.cc\ndb::Fill", false},
    {"V8's check is named by the file that stands a line before",
     "#\n# Fatal error in ../../src/table.cc, line 28\n# Check failed: rows == 3 (4 vs. "
     "3).\n#\n" ASAN(
         "ILL on unknown address 0x55d1 (pc 0x55d1 bp 0x7ffc sp 0x7ffb T0)", "",
         "    #0 0x55 in v8::base::OS::Abort() /src/v8/os.cc:1:1\n"
         "    #1 0x55 in V8_Fatal(char const*, int, char const*, ...) /src/v8/logging.cc:1:1\n"
         "    #2 0x55 in db::Fill(int) /src/table.cc:28:3\n"),
     NULL, "CHECK failure", NULL, "rows == 3 in table.cc\ndb::Fill", false},
    {"a fatal message of glog's",
     "F0501 12:00:01.123456 17 table.cc:28] the table is gone\n"
     "    #0 0x55 in google::LogMessage::Flush() /src/logging.cc:1:1\n"
     "    #1 0x55 in db::Fill(int) /src/table.cc:28:3\n\n",
     NULL, "Fatal error", NULL, "the table is gone in table.cc\ndb::Fill", false},
    {"a failed check of a program, with values",
     "[0501/100000.123:FATAL:table.cc(28)] Check failed: rows == 3 (4 vs. 3)\n"
     "    #0 0x55 in base::debug::CollectStackTrace() /src/base/debug/stack_trace.cc:1:1\n"
     "    #1 0x55 in logging::LogMessage::~LogMessage() /src/base/logging.cc:1:1\n"
     "    #2 0x55 in db::Fill(int) /src/table.cc:28:3\n    #3 0x55 in run /src/table.cc:8:3\n\n",
     NULL, "CHECK failure", NULL, "rows == 3 in table.cc\ndb::Fill\nrun", false},
    /* --- What trackers make of a log -----------------------------------------------------------
     */
    {"Markdown's backslashes, and a blank line behind each",
     "==7==ERROR: AddressSanitizer: " OVERFLOW_AT "  \n\n" READ4 "\n"
     "    #0 0x55d0 in \\_\\_asan\\_memcpy "
     "/llvm/compiler-rt/lib/asan/asan\\_interceptors.cpp:22:3  \n\n"
     "    #1 0x55d1 in draw\\_row(char const\\*) src/row\\_view.c:9:1  \n\n"
     "    #2 0x55d2 in ns::Cell<int>::pick\\_one(int\\*) src/row\\_view.c:19:1  \n",
     NULL, "Heap-buffer-overflow\nREAD 4", "0x602000000014", "draw_row\nns::Cell::pick_one", true},
    {"a check of V8's with a blank line behind each",
     "# \n\n# Fatal error in ../../src/table.h, line 28  \n\n# Debug check failed: row\\_count == "
     "3 "
     "(4 vs. 3).  \n\n# \n\n",
     NULL, "DCHECK failure", NULL, "row_count == 3 in table.h", true},
    {"a stack that begins on the line of the signal",
     "Received signal 4 ILL_ILLOPN 55dd1ca6a0a8      #0 0x55dcf2db0507 in db::Fill(int) "
     "/src/table.cc:28:3\n    #1 0x55dd1d0fe42c in run /src/table.cc:8:3\n\n",
     NULL, "Ill", NULL, "db::Fill\nrun", false},
    {"a headline that was printed twice",
     "==7==ERROR: AddressSanitizer: " SEGV_AT(
         "0x000041424344") "\n"
                           "==7==ERROR: AddressSanitizer: " SEGV_AT("0x000041424344") "\n" CAUSED(
                               "READ")
                               CAUSED(
                                   "READ") "    #0 0x55d0 in db::Fill(int) /src/table.cc:28:3\n\n",
     NULL, "UNKNOWN READ", "0x000041424344", "db::Fill", true},
    {"libraries where a symbolizer knew no more",
     ASAN(SEGV_AT("0x000000000008"), CAUSED("WRITE"),
          "    #0 0xf7e6f50c in libc.so.6\n    #1 0xf7e6f50d in librows.so.2\n"
          "    #2 0x8120765 in db::Fill(int) /src/table.cc:28:3\n"),
     NULL, "Null-dereference WRITE", "0x000000000008", "librows.so.2\ndb::Fill", false},
    /* --- Chromium ------------------------------------------------------------------------------
     */
    {"the stack of a signal's handler",
     "Received signal 11 SEGV_MAPERR 000041424344\n"
     "    #0 0x55d0 in base::debug::CollectStackTrace(void**, unsigned long) "
     "./../../base/debug/stack_trace_posix.cc:833\n"
     "    #1 0x55d1 in StackTrace ./../../base/debug/stack_trace.cc:198\n"
     "    #2 0x55d2 in base::debug::(anonymous namespace)::StackDumpSignalHandler(int, siginfo_t*, "
     "void*) ./../../base/debug/stack_trace_posix.cc:345\n"
     "    #3 0x55d3 in __funlockfile ??:0\n    #4 0x55d4 in db::Fill(int) ./../../table.cc:28\n\n",
     NULL, "UNKNOWN", "0x000041424344", "db::Fill", true},
    {"what was inlined of libc++ and of the allocator's pointers",
     ASAN(FREED_AT, READ4,
          "    #0 0x55d0 in begin ./../../third_party/libc++/src/include/__vector/vector.h:340:12\n"
          "    #1 0x55d0 in GetForDereference "
          "./../../base/allocator/partition_allocator/pointers/raw_ptr.h:12:3\n"
          "    #2 0x55d0 in base::internal::CrashImmediatelyOnUseAfterFree(unsigned long) "
          "./../../base/memory/raw_ptr_asan_hooks.cc:49:3\n"
          "    #3 0x55d0 in db::Fill(int) ./../../table.cc:28:3\n"),
     NULL, "Heap-use-after-free\nREAD 4", "0x602000000014", "db::Fill", true},
    {"a line of a library in a function of the program",
     ASAN(FREED_AT, READ4,
          "    #0 0x55d0 in db::Table::Fill(int) "
          "./../../third_party/libc++/src/include/vector:340:12\n"
          "    #1 0x55d0 in operator< rows/token.h:12:3\n"),
     NULL, "Heap-use-after-free\nREAD 4", "0x602000000014", "db::Table::Fill\noperator<", true},
    {"an assertion in a message that is fatal",
     "[17:17:0501/100000.123:FATAL:table.cc(28)] assert(rows < (limit + 3))\n"
     "    #0 0x55d0 in SkAbort_FileLine(char const*, int, char const*, ...) /src/abort.cc:1:1\n"
     "    #1 0x55d1 in db::Fill(int) /src/table.cc:28:3\n\n",
     NULL, "ASSERT", NULL, "rows < (limit + 3)\ndb::Fill", true},
    {"another message that is fatal",
     "[17:17:0501/100000.123:FATAL:bindings.cc:28] row error: no function\n"
     "    #0 0x55d0 in logging::DCheckLogMessage::~DCheckLogMessage() /src/x.cc:1:1\n"
     "    #1 0x55d1 in db::Fill(int) /src/table.cc:28:3\n\n",
     NULL, "Fatal error", NULL, "row error: no function in bindings.cc\ndb::Fill", false},
    {"functions that Visual Studio makes",
     ASAN(FREED_AT, READ4,
          "    #0 0x7ff6e2a8 in rows::Factory::`scalar deleting dtor'(unsigned int) "
          "C:\\src\\rows.cc:576:27\n"
          "    #1 0x7ff6e2a9 in rows::Run(void) D:\\a\\_work\\rows.cc:9:1\n"),
     NULL, "Heap-use-after-free\nREAD 4", "0x602000000014",
     "rows::Factory::`scalar deleting dtor'\nrows::Run", true},
    /* --- Other languages -----------------------------------------------------------------------
     */
    {"Go, an index",
     "panic: runtime error: index out of range [5] with length 3\n\ngoroutine 1 [running]:\n"
     "runtime/debug.Stack()\n\t/usr/local/go/src/runtime/debug/stack.go:26 +0x9b\n"
     "panic({0x6b4020?, 0xc0001420d8?})\n\t/usr/local/go/src/runtime/panic.go:791 +0x132\n"
     "example.org/a/b.v2/rows.(*Reader).Pick(0xc0000ed3c0, {0xc00009f1d0, 0xa, 0x10})\n"
     "\t/home/u/rows/reader.go:60 +0x452\n"
     "example.org/a/b.v2/rows.Parts({0xc00009f1d0?, 0xa?})\n\t/home/u/rows/rows.go:12 +0x1f\n"
     "main.main()\n\t/home/u/main.go:16 +0x9f\n\ngoroutine 7 [chan receive]:\n"
     "rows.Wait()\n\t/home/u/rows/rows.go:99 +0x11\ncreated by rows.Start in goroutine 1\n"
     "\t/home/u/rows/rows.go:90 +0x31\nexit status 2\n",
     NULL, "Index out of range", NULL, "rows.(*Reader).Pick\nrows.Parts\nmain.main", false},
    {"Go, what was deferred, and a function that was inlined",
     "panic: runtime error: slice bounds out of range [5:3] [recovered]\n"
     "\tpanic: runtime error: slice bounds out of range [5:3]\n\n"
     "goroutine 17 [running, locked to thread]:\nrows.(*Reader).Run.func1()\n"
     "\texample.org/rows/reader.go:42 +0x2b4\npanic({0xa79b40, 0xc000146000})\n"
     "\truntime/panic.go:1047 +0x266\nexample.org/rows.(*stack).Pop(...)\n"
     "\texample.org/rows/stack.go:91\nexample.org/rows.(*Reader).Run(0xa38fa0)\n"
     "\texample.org/rows/reader.go:132 +0x407\n",
     NULL, "Slice bounds out of range", NULL, "rows.(*stack).Pop\nrows.(*Reader).Run", false},
    {"Go, a panic of the program's",
     "panic: too many keys\n\ngoroutine 1 [running]:\n"
     "main.load(...)\n\t/home/u/main.go:16 +0x9f\nexit status 2\n",
     NULL, "ASSERT", NULL, "too many keys\nmain.load", true},
    {"Rust without threads",
     "[17.206739 0:2 start:14] panicked at src/rows/pick.rs:72:54:\ncalled `Result::unwrap()` on "
     "an "
     "`Err` value: Empty\n",
     NULL, "ASSERT", NULL, "called `Result::unwrap()` on an `Err` value: Empty", true},
    {"Java, an exception",
     "== Java Exception: java.lang.IllegalStateException: no rows\n"
     "\tat java.base/java.util.Optional.get(Optional.java:143)\n"
     "\tat org.example.parts.RowReader.<init>(RowReader.java:42)\n"
     "\tat org.example.parts.RowReader.read(RowReader.java:17)\n"
     "\tat org.example.RowFuzzer.fuzzerTestOneInput(RowFuzzer.java:9)\n"
     "Caused by: java.lang.Error\n\tat org.example.Deep.pick(Deep.java:1)\n",
     NULL, "Uncaught exception", NULL,
     "org.example.parts.RowReader.<init>\norg.example.parts.RowReader.read\n"
     "org.example.RowFuzzer.fuzzerTestOneInput",
     false},
    {"JavaScript, an exception",
     "==14== Uncaught Exception: Jazzer.js: no rows\nError: no rows\n"
     "    at pick (/out/rows.js:10:5)\n    at Object.<anonymous> (/out/rows.js:31:9)\n"
     "    at node:internal/main:12:1\n    at async run (node:internal/main:99:1)\n",
     NULL, "Uncaught exception", NULL, "pick\nObject.<anonymous>", false},
    {"Python, an exception",
     " === Uncaught Python exception: ===\nValueError: row too long\n"
     "Traceback (most recent call last):\n  File \"fuzz_rows.py\", line 12, in test_one_input\n"
     "    rows.read(data)\n  File \"/src/rows/reader.py\", line 40, in read\n"
     "    raise ValueError(\"row too long\")\nValueError: row too long\n\n"
     "==12== ERROR: libFuzzer: fuzz target exited\n",
     NULL, "Uncaught exception", NULL, "read\ntest_one_input", false},
};

#define NAMING_CASES (sizeof naming_cases / sizeof *naming_cases)

#endif
