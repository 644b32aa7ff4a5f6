/* Logs as the tools print them, and what they are to be called. For crash_test.c and
 * crash_mutation_test.c. Addresses and paths are shortened, the rest is as clang 14, clang 19 and
 * gcc 12 print it. */
#ifndef LEDGE_TOOLS_TEST_CRASH_CASES_H
#define LEDGE_TOOLS_TEST_CRASH_CASES_H

#include <stdbool.h>

struct crash_case {
    const char *name, *log, *target;
    const char *type, *address, *state;
    bool security;
    const char *class_, *sanitizer, *confidence, *position;
};

#define LIBC_FRAMES                                                                                \
    "    #2 0x7fa6c5c7d249 in __libc_start_call_main csu/../sysdeps/nptl/start.h:58:16\n"          \
    "    #3 0x7fa6c5c7d304 in __libc_start_main csu/../csu/libc-start.c:360:3\n"                   \
    "    #4 0x5622e7900380 in _start (/src/bin+0x2c380) (BuildId: dac8)\n\n"

static const struct crash_case crash_cases[] = {
    {"asan, access, with the allocation behind it",
     "=================================================================\n"
     "==3704==ERROR: AddressSanitizer: heap-buffer-overflow on address 0x502000000020 at pc "
     "0x5622e79df35e bp 0x7fff20db8860 sp 0x7fff20db8858\n"
     "READ of size 4 at 0x502000000020 thread T0\n"
     "    #0 0x5622e79df35d in free_cache /src/a.c:6:97\n"
     "    #1 0x5622e79debc1 in main /src/a.c:19:28\n" LIBC_FRAMES
     "0x502000000020 is located 0 bytes after 16-byte region [0x502000000010,0x502000000020)\n"
     "allocated by thread T0 here:\n"
     "    #0 0x5622e799e61f in malloc (/src/bin+0xcb61f) (BuildId: dac8)\n"
     "    #1 0x5622e79df378 in new_node /src/a.c:7:61\n\n"
     "SUMMARY: AddressSanitizer: heap-buffer-overflow /src/a.c:6:97 in free_cache\n"
     "==3704==ABORTING\n",
     NULL, "Heap-buffer-overflow\nREAD 4", "0x502000000020", "free_cache\nmain", true, "memory",
     "asan", "high", "/src/a.c:6:97"},

    {"asan, large write in a library function, target's name",
     "==1==ERROR: AddressSanitizer: heap-buffer-overflow on address 0x60b000000154 at pc 0x1 bp "
     "0x2\n"
     "WRITE of size 101 at 0x60b000000154 thread T0\n"
     "    #0 0x4a in __asan_memset (/src/bin+0x4a)\n"
     "    #1 0x4b in ledge_vec_insert /src/lib/src/vec.c:55:5\n"
     "    #2 0x4c in op_insert /src/targets/vec.c:20:3\n"
     "    #3 0x4d in kit_run_program /src/targets/kit/run.c:9:3\n"
     "    #4 0x4e in LLVMFuzzerTestOneInput /src/targets/kit/target.c:9:3\n"
     "    #5 0x4f in main /src/targets/kit/main.c:99:3\n\n"
     "SUMMARY: AddressSanitizer: heap-buffer-overflow /src/lib/src/vec.c:55:5 in "
     "ledge_vec_insert\n",
     "vec", "Heap-buffer-overflow\nWRITE {*}", "0x60b000000154", "ledge_vec_insert\nop_insert\nvec",
     true, "memory", "asan", "high", "/src/lib/src/vec.c:55:5"},

    {"asan, double free",
     "==3718==ERROR: AddressSanitizer: attempting double-free on 0x502000000010 in thread T0:\n"
     "    #0 0x55b1d3725386 in free (/src/bin+0xcb386) (BuildId: dac8)\n"
     "    #1 0x55b1d3765c3f in delete_files /src/a.c:8:59\n"
     "    #2 0x55b1d3765c40 in main /src/a.c:21:56\n\n"
     "0x502000000010 is located 0 bytes inside of 16-byte region [0x502000000010,0x502000000020)\n"
     "freed by thread T0 here:\n"
     "    #0 0x55b1d3725386 in free (/src/bin+0xcb386) (BuildId: dac8)\n"
     "    #1 0x55b1d3765c37 in main /src/a.c:21:40\n\n"
     "SUMMARY: AddressSanitizer: double-free (/src/bin+0xcb386) (BuildId: dac8) in free\n",
     NULL, "Heap-double-free", "0x502000000010", "delete_files\nmain", true, "memory", "asan",
     "high", "/src/a.c:8:59"},

    {"asan, free of what malloc didn't give",
     "==1==ERROR: AddressSanitizer: attempting free on address which was not malloc()-ed: "
     "0x602000000014 in thread T0\n"
     "    #0 0x55 in free (/src/bin+0xcb386)\n"
     "    #1 0x55 in drop /src/a.c:8:59\n\n"
     "SUMMARY: AddressSanitizer: bad-free (/src/bin+0xcb386) in free\n",
     NULL, "Invalid-free", "0x602000000014", "drop", true, "memory", "asan", "high",
     "/src/a.c:8:59"},

    {"asan, overlapping copy",
     "==1==ERROR: AddressSanitizer: memcpy-param-overlap: memory ranges [0x7fb0,0x7fba) and "
     "[0x7fb4, "
     "0x7fbe) overlap\n"
     "    #0 0x55 in memcpy (/src/bin+0xcb386)\n"
     "    #1 0x55 in shift_left /src/a.c:8:59\n\n",
     NULL, "Memcpy-param-overlap", "[0x7fb0,0x7fba) and [0x7fb4, 0x7fbe)", "shift_left", true,
     "memory", "asan", "high", "/src/a.c:8:59"},

    {"asan, write near null",
     "AddressSanitizer:DEADLYSIGNAL\n"
     "=================================================================\n"
     "==3741==ERROR: AddressSanitizer: SEGV on unknown address 0x000000000008 (pc 0x557bd92e7ca3 "
     "bp "
     "0x7ffed03e4ea0 sp 0x7ffed03e4e20 T0)\n"
     "==3741==The signal is caused by a WRITE memory access.\n"
     "==3741==Hint: address points to the zero page.\n"
     "    #0 0x557bd92e7ca3 in store /src/a.c:24:41\n" LIBC_FRAMES "==3741==Register values:\n"
     "rax = 0x0000000000000000  rbx = 0x00007ffed03e4e20\n"
     "AddressSanitizer can not provide additional info.\n"
     "SUMMARY: AddressSanitizer: SEGV /src/a.c:24:41 in store\n",
     NULL, "Null-dereference WRITE", "0x000000000008", "store", false, "memory", "asan", "high",
     "/src/a.c:24:41"},

    {"asan, an address so wild that the processor doesn't tell it",
     "==3755==ERROR: AddressSanitizer: SEGV on unknown address (pc 0x559c5b477d0f bp "
     "0x7ffe75c137a0 "
     "sp 0x7ffe75c13720 T0)\n"
     "==3755==The signal is caused by a READ memory access.\n"
     "==3755==Hint: this fault was caused by a dereference of a high value address\n"
     "    #0 0x559c5b477d0f in load /src/a.c:26:33\n\n",
     NULL, "UNKNOWN READ", NULL, "load", true, "memory", "asan", "high", "/src/a.c:26:33"},

    {"asan, recursion between two, in a leaf of it",
     "==3734==ERROR: AddressSanitizer: stack-overflow on address 0x7ffcf85feff8 (pc 0x55d7947c9aae "
     "bp "
     "0x7ffcf85ff010 sp 0x7ffcf85ff000 T0)\n"
     "    #0 0x1 in leaf /src/a.c:1:1\n"
     "    #1 0x2 in ping /src/a.c:11:80\n    #2 0x3 in pong /src/a.c:12:80\n"
     "    #3 0x2 in ping /src/a.c:11:80\n    #4 0x3 in pong /src/a.c:12:80\n"
     "    #5 0x2 in ping /src/a.c:11:80\n    #6 0x3 in pong /src/a.c:12:80\n\n"
     "SUMMARY: AddressSanitizer: stack-overflow /src/a.c:1:1 in leaf\n",
     NULL, "Stack-overflow", "0x7ffcf85feff8", "ping\npong", false, "memory", "asan", "high",
     "/src/a.c:1:1"},

    {"asan, a too large request",
     "==3793==ERROR: AddressSanitizer: requested allocation size 0x400000000000 (0x400000001000 "
     "after "
     "adjustments for alignment, red zones etc.) exceeds maximum supported size of 0x10000000000\n"
     "    #0 0x560e1bf9061f in malloc (/src/bin+0xcb61f) (BuildId: dac8)\n"
     "    #1 0x560e1bfd1178 in grow /src/a.c:45:40\n\n"
     "SUMMARY: AddressSanitizer: allocation-size-too-big (/src/bin+0xcb61f) in malloc\n",
     NULL, "Out-of-memory", NULL, "grow", false, "oom", "asan", "high", "/src/a.c:45:40"},

    {"asan, a limit on the process",
     "==77==AddressSanitizer: hard rss limit exhausted (2048Mb vs 2100Mb)\n", "vec",
     "Out-of-memory", NULL, "vec", false, "oom", "asan", "high", NULL},

    {"asan, bus error",
     "==9==ERROR: AddressSanitizer: BUS on unknown address (pc 0x1 bp 0x2 sp 0x3 T0)\n"
     "==9==The signal is caused by a READ memory access.\n"
     "    #0 0x559c5b477d0f in load /src/a.c:26:33\n\n",
     NULL, "Bus", NULL, "load", false, "bus", "asan", "high", "/src/a.c:26:33"},

    {"asan, a reason we have never heard of",
     "==9==ERROR: AddressSanitizer: quantum-tunnel on address 0x602000000014 at pc 0x1\n"
     "WRITE of size 2 at 0x602000000014 thread T0\n"
     "    #0 0x559c5b477d0f in load /src/a.c:26:33\n\n",
     NULL, "Quantum-tunnel\nWRITE 2", "0x602000000014", "load", true, "memory", "asan", "low",
     "/src/a.c:26:33"},

    {"assert under asan",
     "bin: a.c:28: int main(int, char **): Assertion `c==3 && \"c is three\"' failed.\n"
     "AddressSanitizer:DEADLYSIGNAL\n"
     "=================================================================\n"
     "==3769==ERROR: AddressSanitizer: ABRT on unknown address 0x000000000eb9 (pc 0x7fa4e181ceec "
     "T0)\n"
     "    #0 0x7fa4e181ceec in __pthread_kill_implementation nptl/pthread_kill.c:44:76\n"
     "    #1 0x7fa4e17cdfb1 in raise signal/../sysdeps/posix/raise.c:26:13\n"
     "    #2 0x7fa4e17b8471 in abort stdlib/abort.c:79:7\n"
     "    #3 0x7fa4e17b8394 in __assert_fail_base assert/assert.c:94:3\n"
     "    #4 0x7fa4e17c6ec1 in __assert_fail assert/assert.c:103:3\n"
     "    #5 0x55dec5e0e206 in main /src/a.c:28:26\n\n"
     "SUMMARY: AddressSanitizer: ABRT nptl/pthread_kill.c:44:76 in __pthread_kill_implementation\n",
     NULL, "ASSERT", NULL, "c==3 && \"c is three\"\nmain", true, "assert", "asan", "high",
     "/src/a.c:28:26"},

    {"assert of musl, nothing else", "Assertion failed: length < 4096 (vec.c: grow: 12)\n", NULL,
     "ASSERT", NULL, "length < NUMBER", true, "assert", "libc", "medium", NULL},

    {"abort under libFuzzer without a sanitizer",
     "==13814== ERROR: libFuzzer: deadly signal\n"
     "    #0 0x55ba in __sanitizer_print_stack_trace (/src/bin+0x6e0b4) (BuildId: 913f)\n"
     "    #1 0x55bb in fuzzer::PrintStackTrace() (/src/bin+0x41b98) (BuildId: 913f)\n"
     "    #2 0x55bc in fuzzer::Fuzzer::CrashCallback() (/src/bin+0x27143) (BuildId: 913f)\n"
     "    #3 0x7fed  (/lib/x86_64-linux-gnu/libc.so.6+0x3c04f) (BuildId: 93ac)\n"
     "    #4 0x7fee in abort stdlib/abort.c:79:7\n"
     "    #5 0x55bd in give_up /src/a.c:192:5\n"
     "    #6 0x55be in LLVMFuzzerTestOneInput /src/a.c:438:9\n"
     "    #7 0x55bf in fuzzer::FuzzerDriver(int*, char***) (/src/bin+0x1)\n"
     "    #8 0x55c0 in main (/src/bin+0x42592) (BuildId: 913f)\n\n"
     "NOTE: libFuzzer has rudimentary signal handlers.\n"
     "SUMMARY: libFuzzer: deadly signal\n",
     NULL, "Fatal-signal", NULL, "give_up\na.c", false, "signal", "libfuzzer", "high",
     "/src/a.c:192:5"},

    {"libFuzzer, time-out",
     "ALARM: working on the last Unit for 2 seconds\n"
     "       and the timeout value is 1 (use -timeout=N to change)\n"
     "==8== ERROR: libFuzzer: timeout after 2 seconds\n"
     "    #0 0x55bd in spin /src/a.c:192:5\n"
     "    #1 0x55be in LLVMFuzzerTestOneInput /src/a.c:438:9\n\n"
     "SUMMARY: libFuzzer: timeout\n",
     "vec", "Timeout", NULL, "vec", false, "timeout", "libfuzzer", "high", "/src/a.c:192:5"},

    {"libFuzzer, out of memory",
     "==8== ERROR: libFuzzer: out-of-memory (used: 134Mb; limit: 120Mb)\n"
     "   To change the out-of-memory limit use -rss_limit_mb=<N>\n\n"
     "SUMMARY: libFuzzer: out-of-memory\n",
     "vec", "Out-of-memory", NULL, "vec", false, "oom", "libfuzzer", "high", NULL},

    {"libFuzzer, exit",
     "==13825== ERROR: libFuzzer: fuzz target exited\n"
     "    #0 0x5623 in exit stdlib/exit.c:1:1\n    #1 0x5624 in usage /src/a.c:221:5\n\n",
     NULL, "Unexpected-exit", NULL, "usage", false, "exit", "libfuzzer", "high", "/src/a.c:221:5"},

    {"libFuzzer, input overwritten",
     "==1== ERROR: libFuzzer: fuzz target overwrites its const input\n"
     "    #0 0x55 in fuzzer::Fuzzer::ExecuteCallback() (/src/bin+0x1)\n    #1 0x55 in main "
     "(/src/bin+0x2)\n\n",
     "vec", "Overwrites-const-input", NULL, "vec", false, "memory", "libfuzzer", "high", NULL},

    {"ubsan, clang",
     "/src/a.c:40:31: runtime error: shift exponent 42 is too large for 32-bit type 'int'\n"
     "    #0 0x5632d54988b2 in scale /src/a.c:40:31\n" LIBC_FRAMES
     "SUMMARY: UndefinedBehaviorSanitizer: undefined-behavior /src/a.c:40:31\n",
     NULL, "Undefined-shift", NULL, "scale", false, "undefined", "ubsan", "high", "/src/a.c:40:31"},

    {"ubsan without a stack",
     "/src/a.c:42:41: runtime error: index 7 out of bounds for type 'int[4]'\n", NULL,
     "Index-out-of-bounds", NULL, "a.c:42", true, "undefined", "ubsan", "low", "/src/a.c:42:41"},

    {"ubsan, the address in the message, notes before the stack",
     "a.c:44:48: runtime error: load of misaligned address 0x5587572f32e1 for type 'int', which "
     "requires 4 byte alignment\n"
     "0x5587572f32e1: note: pointer points here\n"
     " 00 00 00  f3 72 75 58 05 00 00 00  00 00 00 00 00 00 00 00  00 00 00 00 00 00 00 00\n"
     "              ^ \n"
     "    #0 0x55874aa769b8 in load /src/a.c:44:48\n\n",
     NULL, "Misaligned-address", NULL, "load", false, "undefined", "ubsan", "high",
     "/src/a.c:44:48"},

    {"ubsan survived, then asan",
     "/src/a.c:40:31: runtime error: shift exponent 42 is too large for 32-bit type 'int'\n"
     "    #0 0x5632d54988b2 in scale /src/a.c:40:31\n\n"
     "SUMMARY: UndefinedBehaviorSanitizer: undefined-behavior /src/a.c:40:31\n"
     "==9==ERROR: AddressSanitizer: heap-use-after-free on address 0x602000000014 at pc 0x1\n"
     "READ of size 2 at 0x602000000014 thread T0\n"
     "    #0 0x559c5b477d0f in load /src/a.c:26:33\n\n"
     "freed by thread T0 here:\n    #0 0x1 in free (/src/bin+0x1)\n    #1 0x1 in drop "
     "/src/a.c:1:1\n\n",
     NULL, "Heap-use-after-free\nREAD 2", "0x602000000014", "load", true, "memory", "asan", "high",
     "/src/a.c:26:33"},

    {"ubsan, then the abort it asked for",
     "/src/a.c:41:29: runtime error: division by zero\n"
     "    #0 0x5632d54988b2 in mean /src/a.c:41:29\n\n"
     "==8== ERROR: libFuzzer: deadly signal\n"
     "    #0 0x55 in abort stdlib/abort.c:79:7\n    #1 0x56 in __ubsan_handle_divrem_overflow "
     "(/b+0x1)\n\n",
     NULL, "Divide-by-zero", NULL, "mean", false, "undefined", "ubsan", "high", "/src/a.c:41:29"},

    {"tsan, race in one function from two threads",
     "==================\n"
     "WARNING: ThreadSanitizer: data race (pid=4116)\n"
     "  Write of size 4 at 0x5588df52e6d0 by main thread:\n"
     "    #0 incr /src/a.c:13:28 (bin+0xe486c) (BuildId: a8)\n"
     "    #1 main /src/a.c:31:63 (bin+0xe486c)\n\n"
     "  Previous write of size 4 at 0x5588df52e6d0 by thread T1:\n"
     "    #0 incr /src/a.c:13:28 (bin+0xe4d52) (BuildId: a8)\n"
     "    #1 thr /src/a.c:14:25 (bin+0xe4d52)\n\n"
     "  Location is global 'glob' of size 4 at 0x5588df52e6d0 (bin+0x14906d0)\n\n"
     "  Thread T1 (tid=4118, finished) created by main thread at:\n"
     "    #0 pthread_create <null> (bin+0x61ea1) (BuildId: a8)\n"
     "    #1 main /src/a.c:31:36 (bin+0xe4856) (BuildId: a8)\n\n"
     "SUMMARY: ThreadSanitizer: data race /src/a.c:13:28 in incr\n"
     "==================\n",
     NULL, "Data race\nWRITE 4", "0x5588df52e6d0", "incr\nmain\nthr", false, "race", "tsan", "high",
     "/src/a.c:13:28"},

    {"tsan, atomic access, with mutexes",
     "WARNING: ThreadSanitizer: data race (pid=1)\n"
     "  Atomic write of size 8 at 0x720400000000 by thread T1 (mutexes: write M0):\n"
     "    #0 publish /src/a.c:1:2 (bin+0x1)\n\n"
     "  Previous read of size 8 at 0x720400000000 by main thread:\n"
     "    #0 peek /src/a.c:9:2 (bin+0x2)\n\n",
     NULL, "Data race\nATOMIC WRITE 8", "0x720400000000", "peek\npublish", false, "race", "tsan",
     "high", "/src/a.c:1:2"},

    {"tsan, lock order",
     "WARNING: ThreadSanitizer: lock-order-inversion (potential deadlock) (pid=4127)\n"
     "  Cycle in lock order graph: M0 (0x555a65dd56a0) => M1 (0x555a65dd56d8) => M0\n\n"
     "  Mutex M1 acquired here while holding mutex M0 in thread T1:\n"
     "    #0 pthread_mutex_lock <null> (bin+0x63bae) (BuildId: a8)\n"
     "    #1 withdraw /src/a.c:15:48 (bin+0xe4d9d) (BuildId: a8)\n\n"
     "    Hint: use TSAN_OPTIONS=second_deadlock_stack=1 to get more informative warning "
     "message\n\n"
     "  Mutex M0 acquired here while holding mutex M1 in thread T2:\n"
     "    #0 pthread_mutex_lock <null> (bin+0x63bae) (BuildId: a8)\n"
     "    #1 deposit /src/a.c:16:48 (bin+0xe4ded) (BuildId: a8)\n\n"
     "  Thread T1 (tid=4129, finished) created by main thread at:\n"
     "    #0 pthread_create <null> (bin+0x61ea1) (BuildId: a8)\n"
     "    #1 main /src/a.c:32:36 (bin+0xe48b0) (BuildId: a8)\n\n"
     "SUMMARY: ThreadSanitizer: lock-order-inversion (potential deadlock) (/src/bin+0x63bae) in "
     "lock\n",
     NULL, "Lock-order-inversion", NULL, "deposit\nwithdraw", false, "deadlock", "tsan", "high",
     "/src/a.c:15:48"},

    {"tsan, thread leak",
     "WARNING: ThreadSanitizer: thread leak (pid=4140)\n"
     "  Thread T1 (tid=4142, finished) created by main thread at:\n"
     "    #0 pthread_create <null> (bin+0x61ea1) (BuildId: a8)\n"
     "    #1 start_worker /src/a.c:33:37 (bin+0xe4910) (BuildId: a8)\n\n"
     "  And 3 more similar thread leaks.\n\n",
     NULL, "Thread leak", NULL, "start_worker", false, "leak", "tsan", "high", "/src/a.c:33:37"},

    {"tsan, unlock of what isn't locked",
     "WARNING: ThreadSanitizer: unlock of an unlocked mutex (or by a wrong thread) (pid=4151)\n"
     "    #0 pthread_mutex_unlock <null> (bin+0x6410e) (BuildId: a8)\n"
     "    #1 leave /src/a.c:34:23 (bin+0xe4939) (BuildId: a8)\n\n"
     "  Mutex M0 (0x561a36ff56a0) created at:\n"
     "    #0 pthread_mutex_init <null> (bin+0x6410e)\n    #1 enter /src/a.c:3:23 (bin+0xe4930)\n\n",
     NULL, "Unlock of an unlocked mutex", NULL, "leave", false, "deadlock", "tsan", "high",
     "/src/a.c:34:23"},

    {"tsan, double lock",
     "WARNING: ThreadSanitizer: double lock of a mutex (pid=1)\n"
     "    #0 pthread_mutex_lock <null> (bin+0x6410e)\n    #1 enter /src/a.c:34:23 "
     "(bin+0xe4939)\n\n",
     NULL, "Double lock of a mutex", NULL, "enter", false, "deadlock", "tsan", "high",
     "/src/a.c:34:23"},

    {"tsan, use after free",
     "WARNING: ThreadSanitizer: heap-use-after-free (pid=1)\n"
     "  Read of size 4 at 0x720400000000 by thread T1:\n"
     "    #0 use_it /src/a.c:17:65 (bin+0x1)\n\n"
     "  Previous write of size 8 at 0x720400000000 by main thread:\n"
     "    #0 free <null> (bin+0x60a92)\n    #1 main /src/a.c:37:96 (bin+0x2)\n\n",
     NULL, "Heap-use-after-free\nREAD 4", "0x720400000000", "use_it", true, "memory", "tsan",
     "high", "/src/a.c:17:65"},

    {"msan, with origins",
     "==4405==WARNING: MemorySanitizer: use-of-uninitialized-value\n"
     "    #0 0x5569711473ce in decide /src/a.c:38:46\n" LIBC_FRAMES
     "  Uninitialized value was stored to memory at\n"
     "    #0 0x1 in copy /src/a.c:1:1\n\n"
     "  Uninitialized value was created by a heap allocation\n"
     "    #0 0x2 in malloc (/src/bin+0x1)\n    #1 0x2 in new_node /src/a.c:2:2\n\n"
     "SUMMARY: MemorySanitizer: use-of-uninitialized-value /src/a.c:38:46 in decide\nExiting\n",
     NULL, "Use-of-uninitialized-value", NULL, "decide", true, "uninitialized", "msan", "high",
     "/src/a.c:38:46"},

    {"lsan, the indirect leak first",
     "==4483==ERROR: LeakSanitizer: detected memory leaks\n\n"
     "Indirect leak of 12 byte(s) in 1 object(s) allocated from:\n"
     "    #0 0x7fda in __interceptor_malloc ../../../../src/libsanitizer/lsan/lsan.cpp:75\n"
     "    #1 0x5642 in new_node /src/a.c:7\n    #2 0x5643 in main /src/a.c:30\n\n"
     "Direct leak of 8 byte(s) in 1 object(s) allocated from:\n"
     "    #0 0x7fda in __interceptor_malloc ../../../../src/libsanitizer/lsan/lsan.cpp:75\n"
     "    #1 0x5642 in open_list /src/a.c:30\n\n"
     "SUMMARY: LeakSanitizer: 20 byte(s) leaked in 2 allocation(s).\n",
     NULL, "Direct-leak", NULL, "open_list", false, "leak", "lsan", "high", "/src/a.c:30"},

    {"lsan, indirect leaks alone",
     "==4483==ERROR: LeakSanitizer: detected memory leaks\n\n"
     "Indirect leak of 12 byte(s) in 1 object(s) allocated from:\n"
     "    #0 0x7fda in malloc (/src/bin+0x1)\n    #1 0x5642 in new_node /src/a.c:7\n\n",
     NULL, "Indirect-leak", NULL, "new_node", false, "leak", "lsan", "high", "/src/a.c:7"},

    {"the kit's check under ubsan",
     "==ledge== Model-mismatch in vec.insert: ledge_vec_length(&w->vec)\n"
     "==ledge==   got 5, want 4 (/src/targets/vec.c:120, same_as_model)\n"
     "UndefinedBehaviorSanitizer:DEADLYSIGNAL\n"
     "==1==ERROR: UndefinedBehaviorSanitizer: ABRT on unknown address 0x0001 (pc 0x7f T1)\n"
     "    #0 0x7f in abort stdlib/abort.c:79:7\n"
     "    #1 0x55 in kit_fail /src/targets/kit/fail.c:2:2\n"
     "    #2 0x55 in op_insert /src/targets/vec.c:120:5\n"
     "    #3 0x55 in LLVMFuzzerTestOneInput /src/targets/kit/target.c:3:3\n\n",
     "vec", "Model-mismatch", NULL, "vec.insert: ledge_vec_length(&w->vec)\nop_insert\nvec", false,
     "model", "ledge", "high", "/src/targets/vec.c:120:5"},

    {"the kit's check and nothing else",
     "==ledge== Model-mismatch in vec.insert: ledge_vec_length(&w->vec)\n"
     "==ledge==   got 5, want 4 (vec.c:120, same_as_model)\n",
     "vec", "Model-mismatch", NULL, "vec.insert: ledge_vec_length(&w->vec)", false, "model",
     "ledge", "medium", "vec.c:120"},

    {"the library's checked build under ubsan",
     "ledge: provenance: the 5 bytes at 0x55d0c0ffee10 cross a border of known memory\n"
     "UndefinedBehaviorSanitizer:DEADLYSIGNAL\n"
     "==1==ERROR: UndefinedBehaviorSanitizer: ABRT on unknown address 0x0001 (pc 0x7f T1)\n"
     "    #0 0x7f in abort stdlib/abort.c:79:7\n"
     "    #1 0x55 in ledge_provenance_verify /src/lib/src/provenance.c:98:5\n"
     "    #2 0x55 in ledge_span_append /src/lib/src/view.c:142:5\n"
     "    #3 0x55 in op_append /src/targets/v.c:120:5\n"
     "    #4 0x55 in LLVMFuzzerTestOneInput /src/targets/kit/target.c:3:3\n\n",
     "v", "Intra-object-overflow", NULL, "ledge_provenance_verify\nledge_span_append\nop_append",
     true, "memory", "ledge", "high", "/src/lib/src/provenance.c:98:5"},

    {"glibc, double free", "free(): double free detected in tcache 2\n", NULL, "Heap-double-free",
     NULL, "NULL", true, "memory", "libc", "low", NULL},
    {"glibc, invalid pointer", "munmap_chunk(): invalid pointer\n", NULL, "Invalid-free", NULL,
     "NULL", true, "memory", "libc", "low", NULL},
    {"glibc, stack protector", "*** stack smashing detected ***: terminated\n", NULL,
     "Stack-buffer-overflow", NULL, "NULL", true, "memory", "libc", "low", NULL},
    {"glibc, heap", "malloc(): corrupted top size\n", NULL, "Heap-corruption", NULL, "NULL", true,
     "memory", "libc", "low", NULL},

    {"glibc's heap under an assertion of its own",
     "bin: malloc.c:2617: sysmalloc: Assertion `(old_top == initial_top (av))' failed.\n", NULL,
     "Heap-corruption", NULL, "(old_top == initial_top (av))", true, "memory", "libc", "medium",
     "malloc.c:2617"},

    {"assert of newlib", "assertion \"n > 0\" failed: file \"a.c\", line 3, function: f\n", NULL,
     "ASSERT", NULL, "n > 0", true, "assert", "libc", "medium", NULL},

    {"assert of macOS", "Assertion failed: (n > 0), function f, file a.c, line 3.\n", NULL,
     "ASSERT", NULL, "n > 0", true, "assert", "libc", "medium", NULL},

    {"a CHECK",
     "[17:17:0501/100000.123:FATAL:table.cc(28)] Check failed: rows == 3 (4 vs. 3).\n"
     "    #0 0x55 in base::Crash() /src/base/crash.cc:1:1\n"
     "    #1 0x55 in fill_table /src/table.cc:28:3\n\n",
     NULL, "CHECK failure", NULL, "rows == 3 in table.cc\nbase::Crash\nfill_table", false, "assert",
     "libc", "high", "/src/base/crash.cc:1:1"},

    {"a shell's word", "run.sh: line 3: 22039 Segmentation fault      (core dumped) ./bin\n", NULL,
     "UNKNOWN", NULL, "NULL", true, "signal", "signal", "low", NULL},

    {"asan of ten years ago",
     "==9442== ERROR: AddressSanitizer heap-use-after-free on address 0x7f45 at pc 0x417 bp "
     "0x7fff\n"
     "READ of size 1 at 0x7f45 thread T0\n"
     "    #0 0x417f6a in use_it /src/a.c:3\n\n",
     NULL, "Heap-use-after-free\nREAD 1", "0x7f45", "use_it", true, "memory", "asan", "high",
     "/src/a.c:3"},

    {"frames that are modules and offsets",
     "==1==ERROR: AddressSanitizer: stack-buffer-overflow on address 0x7fe0c0b0002a at pc 0x1\n"
     "WRITE of size 1 at 0x7fe0c0b0002a thread T0\n"
     "    #0 0x560aa7c7c35d  (/gone/bin+0x10c35d) (BuildId: dac8)\n"
     "    #1 0x7f1368387249  (/lib/x86_64-linux-gnu/libc.so.6+0x27249) (BuildId: 93ac)\n\n",
     NULL, "Stack-buffer-overflow\nWRITE 1", "0x7fe0c0b0002a", "bin+0x10c35d", true, "memory",
     "asan", "medium", NULL},

    {"only the summary is left",
     "SUMMARY: AddressSanitizer: heap-use-after-free /src/a.c:9:68 in use_node\n==1==ABORTING\n",
     NULL, "Heap-use-after-free", NULL, "use_node", true, "memory", "asan", "low", "/src/a.c:9:68"},

    {"the head is lost",
     "READ of size 4 at 0x502000000010 thread T0\n"
     "    #0 0x5613e3f57243 in use_node /src/a.c:9:68\n\n"
     "SUMMARY: AddressSanitizer: heap-use-after-free /src/a.c:9:68 in use_node\n",
     NULL, "Heap-use-after-free\nREAD 4", "0x502000000010", "use_node", true, "memory", "asan",
     "low", "/src/a.c:9:68"},
};

#define CRASH_CASES (sizeof crash_cases / sizeof *crash_cases)

#endif
