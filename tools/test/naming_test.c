/* What a crash is called, decision by decision; and that two bugs are told apart, one isn't. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "ignore.h"
#include "log_fixture.h"
#include "mem.h"
#include "naming_cases.h"

static void decisions_are_right(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < NAMING_CASES; i++) {
        const struct naming_case *want = &naming_cases[i];
        struct crash got = classify_for(want->log, want->target);
        same_text("type", want->name, got.type, want->type);
        same_text("address", want->name, got.address, want->address);
        same_text("state", want->name, got.state, want->state);
        same_text("security", want->name, got.security ? "yes" : "no",
                  want->security ? "yes" : "no");
        crash_free(&got);
    }
}

/* --- Functions ------------------------------------------------------------------------------ */

static void functions_have_short_names(void **unused)
{
    static const char *const functions[][2] = {
        {"ns::Class::method(int, char const*)", "ns::Class::method"},
        {"void ns::copy<int>(int*)", "ns::copy"},
        {"ns::(anonymous namespace)::parse(int)", "ns::parse"},
        {"non-virtual thunk to A::b()", "A::b"},
        {"main::$_0::operator()(int) const", "main::$_0::operator()"},
        {"parse(int)::$_0::operator()(int) const", "parse"},
        {"parse(int)::'lambda'(int)::operator()(int) const", "parse"},
        {"parse(int)::{lambda(int)#1}::operator()(int) const", "parse"},
        {"A::operator bool() const", "A::operator bool"},
        {"operator<<(ns::Stream&, A const&)", "operator<<"},
        {"ns::Stream& ns::operator<< <char>(ns::Stream&)", "ns::operator<<"},
        {"A<int>::~A()", "A::~A"},
        {"A::B<C<D> >::e<F>(G) &&", "A::B::e"},
        {"decltype(auto) ns::visit<int>(int)", "ns::visit"},
        {"A::operator->() const", "A::operator->"},
        {"A::operator()<int>(int)", "A::operator()"},
        {"bool operator==<A>(A const&, A const&)", "operator=="},
        {"ns::f(void (*)(int))", "ns::f"},
        {"_ZN4rows6Reader4pickEi", "rows::Reader::pick"},
        {"_ZNK4rows6ReaderC2ERKS0_", "rows::Reader::Reader"},
        {"_ZN4rows6ReaderD1Ev", "rows::Reader::~Reader"},
        {"_ZN4rows12_GLOBAL__N_14pickEv", "rows::pick"},
        {"_ZN4rows3BoxINS_4CellILi3EEEE3getIJiEEEvv", "rows::Box::get"},
        {"_ZN4rows3BoxclEi", "rows::Box::operator()"},
        {"_ZL4pickPi", "pick"},
        {"__ZN4rows4pickEv", "rows::pick"},
        {"_ZN4rows4pick17h0123456789abcdefE", "rows::pick"},
        {"_ZZN4rows4pickEvENKUlvE_clEv", "_ZZN4rows4pickEvENKUlvE_clEv"},
        {"_ZN4rows", "_ZN4rows"},
        {"_ZN99rowsE", "_ZN99rowsE"},
        {"foo(int) (.cold)", "foo"},
        {"foo(int) [clone .isra.0]", "foo"},
        {"png_read.constprop.0", "png_read"},
        {"Foo::bar[abi:cxx11](int)", "Foo::bar"},
        {"__39-[Rows refresh:]_block_invoke", "__39-[Rows refresh:]_block_invoke"},
        {"unsigned int const* ns::find<char, 3ul>(char const (&) [3])", "ns::find"},
    };
    (void)unused;
    for (size_t i = 0; i < sizeof functions / sizeof *functions; i++) {
        char *log = mem_print("==7==ERROR: AddressSanitizer: heap-buffer-overflow on address "
                              "0x602000000014 at pc 0x1\nREAD of size 4 at 0x602000000014\n"
                              "    #0 0x55d0 in %s /src/a.cc:6:97\n\n",
                              functions[i][0]);
        struct crash got = classify_for(log, NULL);
        same_text("state", functions[i][0], got.state, functions[i][1]);
        crash_free(&got);
        free(log);
    }
}

/* --- One bug, or two ------------------------------------------------------------------------ */

/* The frames of a stack, innermost first, as the tools print them; for free(). */
static char *stack_of(const char *names)
{
    char *text = mem_text("");
    char *copy = mem_text(names);
    unsigned number = 0;
    for (char *name = strtok(copy, " "); name; name = strtok(NULL, " ")) {
        char *longer = mem_print("%s    #%u 0x55d%u in %s /src/a.c:%u:3\n", text, number, number,
                                 name, number + 1);
        free(text);
        text = longer;
        number++;
    }
    free(copy);
    return text;
}

static struct crash crash_with(const char *head, const char *names, const char *target)
{
    char *stack = stack_of(names);
    char *log = mem_print("%s%s\n", head, stack);
    struct crash got = classify_for(log, target);
    assert_true(got.found);
    free(log);
    free(stack);
    return got;
}

static void bugs_are_told_apart(void **unused)
{
    static const char timeout[] = "==7== ERROR: libFuzzer: timeout after 26 seconds\n";
    static const char limit[] = "==7== ERROR: libFuzzer: out-of-memory (used: 2049Mb; limit: "
                                "2048Mb)\n";
    static const char request[] = "==7== ERROR: libFuzzer: out-of-memory (malloc(4294967296))\n";
    static const char ask[] = "==7==ERROR: AddressSanitizer: requested allocation size 0x40000000 "
                              "(0x4000 after adjustments) exceeds maximum supported size of 0x10\n";
    static const char assertion[] = "bin: a.c:28: check: Assertion `ok' failed.\n"
                                    "==7== ERROR: libFuzzer: deadly signal\n";
    static const char other_assertion[] = "bin: a.c:29: check: Assertion `good' failed.\n"
                                          "==7== ERROR: libFuzzer: deadly signal\n";
    static const char direct[] = "==7==ERROR: LeakSanitizer: detected memory leaks\n\n"
                                 "Direct leak of 8 byte(s) in 1 object(s) allocated from:\n";
    static const char larger[] = "==7==ERROR: LeakSanitizer: detected memory leaks\n\n"
                                 "Direct leak of 24 byte(s) in 3 object(s) allocated from:\n";
    static const struct {
        const char *name, *head, *names, *other_head, *other_names;
        bool same;
    } pairs[] = {
        {"a time-out, somewhere else in the same call", timeout,
         "inner loop parse LLVMFuzzerTestOneInput", timeout,
         "memcpy copy other loop parse LLVMFuzzerTestOneInput", true},
        {"a time-out in another call", timeout, "loop parse LLVMFuzzerTestOneInput", timeout,
         "loop print LLVMFuzzerTestOneInput", false},
        {"a limit on memory, noticed somewhere else", limit, "a b LLVMFuzzerTestOneInput", limit,
         "c d LLVMFuzzerTestOneInput", true},
        {"a request for too much, made somewhere else", request,
         "malloc grow LLVMFuzzerTestOneInput", request, "malloc read LLVMFuzzerTestOneInput",
         false},
        {"the same request, noticed by the engine and by the sanitizer", request,
         "fuzzer::HandleMalloc malloc grow LLVMFuzzerTestOneInput", ask,
         "malloc grow LLVMFuzzerTestOneInput", true},
        {"one assertion in one place", assertion, "abort __assert_fail check parse main", assertion,
         "__GI_raise __GI_abort __assert_fail_base __assert_fail check parse main", true},
        {"a helper of assertions, from two places", assertion,
         "abort __assert_fail check fail_unless insert main", assertion,
         "abort __assert_fail check fail_unless erase main", false},
        {"two assertions in one helper", assertion, "abort __assert_fail check insert", //
         other_assertion, "abort __assert_fail check insert", false},
        {"the same leak, of another size", direct, "malloc new_node open", larger,
         "malloc new_node open", true},
        {"two leaks", direct, "malloc new_node open", direct, "malloc new_node close", false},
    };
    (void)unused;
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        struct crash a = crash_with(pairs[i].head, pairs[i].names, "parse_fuzzer");
        struct crash b = crash_with(pairs[i].other_head, pairs[i].other_names, "parse_fuzzer");
        if (crash_same(&a, &b) != pairs[i].same)
            fail_msg("%s: \"%s\" and \"%s\" are %s", pairs[i].name, a.state, b.state,
                     pairs[i].same ? "two" : "one");
        crash_free(&a);
        crash_free(&b);
    }
}

/* A person sees the same lines whichever sanitizer said it, so that one bug becomes one issue. */
static void sanitizers_agree_on_the_state(void **unused)
{
    static const char frames[] = "store op_insert LLVMFuzzerTestOneInput";
    static const char *const heads[] = {
        "==7==ERROR: AddressSanitizer: SEGV on unknown address 0x000000000008 (pc 0x1 T0)\n"
        "==7==The signal is caused by a WRITE memory access.\n",
        "==7==ERROR: MemorySanitizer: SEGV on unknown address 0x000000000008 (pc 0x1 T0)\n"
        "==7==The signal is caused by a WRITE memory access.\n",
        "ThreadSanitizer:DEADLYSIGNAL\n"
        "==7==ERROR: ThreadSanitizer: SEGV on unknown address 0x000000000008 (pc 0x1 T0)\n"
        "==7==The signal is caused by a WRITE memory access.\n",
        "/src/a.c:1:3: runtime error: store to null pointer of type 'int'\n",
    };
    (void)unused;
    struct crash first = crash_with(heads[0], frames, "vec");
    same_text("type", heads[0], first.type, "Null-dereference WRITE");
    for (size_t i = 1; i < sizeof heads / sizeof *heads; i++) {
        struct crash got = crash_with(heads[i], frames, "vec");
        same_text("type", heads[i], got.type, first.type);
        same_text("state", heads[i], got.state, first.state);
        same_text("signature", heads[i], got.signature, first.signature);
        crash_free(&got);
    }
    crash_free(&first);
}

/* --- Threads -------------------------------------------------------------------------------- */

#define SIDE(access, who, frames) "  " access " of size 4 at 0x5588df52 by " who ":\n" frames "\n"
#define PEEK                      "    #0 peek /src/a.c:1:1 (bin+0x1)\n    #1 reader /src/a.c:2:2 (bin+0x2)\n"
#define BUMP                      "    #0 bump /src/a.c:3:3 (bin+0x3)\n    #1 writer /src/a.c:4:4 (bin+0x4)\n"
#define LOST                      "    [failed to restore the stack]\n"
#define RACE                      "WARNING: ThreadSanitizer: data race (pid=7)\n"
#define THREADS                                                                                    \
    "  Location is global 'shared' of size 4 at 0x5588df52 (bin+0x149)\n\n"                        \
    "  Thread T1 (tid=8, running) created by main thread at:\n"                                    \
    "    #0 pthread_create <null> (bin+0x5)\n    #1 spawn /src/a.c:5:5 (bin+0x6)\n\n"              \
    "SUMMARY: ThreadSanitizer: data race /src/a.c:1:1 in peek\n"

static void races_have_no_order(void **unused)
{
    (void)unused;
    struct crash one = classify_for(RACE SIDE("Read", "thread T1", PEEK)
                                        SIDE("Previous write", "thread T2", BUMP) THREADS,
                                    NULL);
    struct crash other = classify_for(RACE SIDE("Write", "thread T1", BUMP)
                                          SIDE("Previous read", "main thread", PEEK) THREADS,
                                      NULL);
    same_text("state", "the reader first", one.state, "bump\npeek\nwriter");
    same_text("state", "the writer first", other.state, one.state);
    same_text("signature", "the writer first", other.signature, one.signature);
    same_text("confidence", "both sides", one.confidence, "high");
    crash_free(&one);
    crash_free(&other);
}

/* What is left of a race without the history of a thread: its one side, and no guess. */
static void lost_sides_are_said(void **unused)
{
    (void)unused;
    struct crash got = classify_for(RACE SIDE("Read", "thread T1", PEEK)
                                        SIDE("Previous write", "thread T2", LOST) THREADS,
                                    NULL);
    same_text("type", "one side", got.type, "Data race\nREAD 4");
    same_text("state", "one side", got.state, "peek\nreader");
    same_text("confidence", "one side", got.confidence, "medium");
    struct crash again = classify_for(RACE SIDE("Read", "main thread", PEEK)
                                          SIDE("Previous write", "thread T9", LOST) THREADS,
                                      NULL);
    assert_true(crash_same(&got, &again));
    crash_free(&got);
    crash_free(&again);
}

#define ACQUIRED(mutex, held, thread, frames)                                                      \
    "  Mutex " mutex " acquired here while holding mutex " held " in " thread ":\n" frames "\n"
#define INVERSION "WARNING: ThreadSanitizer: lock-order-inversion (potential deadlock) (pid=7)\n"

static void lock_orders_have_no_order(void **unused)
{
    (void)unused;
    struct crash one = classify_for(
        INVERSION "  Cycle in lock order graph: M0 (0x1) => M1 (0x2) => M0\n\n" //
        ACQUIRED("M1", "M0", "main thread", PEEK) ACQUIRED("M0", "M1", "thread T1", BUMP),
        NULL);
    struct crash other = classify_for(
        INVERSION "  Cycle in lock order graph: M0 (0x2) => M1 (0x1) => M0\n\n" //
        ACQUIRED("M1", "M0", "thread T1", BUMP) ACQUIRED("M0", "M1", "main thread", PEEK),
        NULL);
    same_text("type", "a lock order", one.type, "Lock-order-inversion");
    same_text("state", "a lock order", one.state, "bump\npeek\nwriter");
    same_text("signature", "the other lock order", other.signature, one.signature);
    crash_free(&one);
    crash_free(&other);
}

/* --- Reasons -------------------------------------------------------------------------------- */

static bool has_reason(const struct crash *crash, const char *part)
{
    for (size_t i = 0; i < crash->reasons_len; i++) {
        if (strstr(crash->reasons[i], part))
            return true;
    }
    return false;
}

static void every_decision_has_a_reason(void **unused)
{
    static const char *const subjects[] = {"type: ", "state: ", "security: ", "confidence: "};
    (void)unused;
    for (size_t i = 0; i < NAMING_CASES; i++) {
        struct crash got = classify_for(naming_cases[i].log, naming_cases[i].target);
        for (size_t j = 0; j < sizeof subjects / sizeof *subjects; j++) {
            if (!has_reason(&got, subjects[j]))
                fail_msg("%s: nothing says why the %s", naming_cases[i].name, subjects[j]);
        }
        assert_true(got.position == NULL || has_reason(&got, "position: "));
        crash_free(&got);
    }
}

static void reasons_say_what_was_done(void **unused)
{
    static const char log[] =
        "hello\n==7==ERROR: AddressSanitizer: " OVERFLOW_AT "\nREAD of size 40 at 0x602000000014\n"
        "    #0 0x1 in __asan_memcpy (/out/bin+0x1)\n    #1 0x2 in xcopy /src/a.c:1:1\n"
        "    #2 0x3 in pick /src/a.c:2:2\n" ENTRY "\n";
    static const char *const parts[] = {
        "type: Heap-buffer-overflow, from line 2: ==7==ERROR: AddressSanitizer: heap-buffer",
        "access: READ of 40 bytes",
        "sanitizer: asan wrote",
        "state: the innermost frames",
        "state: frame #0, __asan_memcpy, is left out: sanitizer, by the rule \"__asan_*\"",
        "state: frame #1, xcopy, is left out: user, by the rule \"xcopy\" of mine.txt",
        "state: line 1, pick, is frame #2 of the stack \"crash\", its first of the program",
        "position: /src/a.c:2:2",
        "security: yes: memory outside",
        "confidence: high: ",
    };
    (void)unused;
    struct fail why;
    assert_true(ignore_add_text("xcopy\n", 6, "mine.txt", &why));
    struct crash got = classify_for(log, NULL);
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        if (!has_reason(&got, parts[i]))
            fail_msg("no reason says: %s", parts[i]);
    }
    same_text("state", "with a user's list", got.state, "pick\nparse_fuzzer.cc");
    ignore_forget();
    struct crash copy;
    crash_copy(&got, &copy);
    crash_free(&got);
    assert_true(has_reason(&copy, parts[4]));
    assert_true(crash_has_function(&copy, "xcopy"));
    assert_false(crash_has_function(&copy, "copy"));
    assert_string_equal(copy.stacks[0].frames[0].dropped, "sanitizer");
    assert_null(copy.stacks[0].frames[2].dropped);
    crash_free(&copy);
}

/* --- Confidence ----------------------------------------------------------------------------- */

static void confidence_is_honest(void **unused)
{
    static const char head[] = "==7==ERROR: AddressSanitizer: " OVERFLOW_AT "\n" READ4;
    static const struct {
        const char *rest, *confidence, *because;
    } cases[] = {
        {"    #0 0x1 in f /src/a.c:1:1\n\n", "high", "known one"},
        {"    #0 0x1 in f /src/a.c:1:1\n", "medium", "may end inside of the stack"},
        {"    #0 0x1 in f /src/a.c:1:1\n    #1 0x2 in g (/bin", "medium", "may end inside"},
        {"    #0 0x1  (/out/bin+0x1)\n\n", "medium", "addresses without names"},
        {"    #0 0x1 in malloc (/out/bin+0x1)\n\n", "low", "nothing in the log names"},
        {"", "low", "nothing in the log names"},
    };
    (void)unused;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char *log = mem_print("%s%s", head, cases[i].rest);
        struct crash got = classify_for(log, NULL);
        same_text("confidence", cases[i].rest, got.confidence, cases[i].confidence);
        if (!has_reason(&got, cases[i].because))
            fail_msg("no reason says: %s", cases[i].because);
        crash_free(&got);
        free(log);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(decisions_are_right),
        cmocka_unit_test(functions_have_short_names),
        cmocka_unit_test(bugs_are_told_apart),
        cmocka_unit_test(sanitizers_agree_on_the_state),
        cmocka_unit_test(races_have_no_order),
        cmocka_unit_test(lost_sides_are_said),
        cmocka_unit_test(lock_orders_have_no_order),
        cmocka_unit_test(every_decision_has_a_reason),
        cmocka_unit_test(reasons_say_what_was_done),
        cmocka_unit_test(confidence_is_honest),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
