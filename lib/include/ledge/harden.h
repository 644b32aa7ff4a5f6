/* ledge/harden.h: how much the library checks what a caller has promised.
 *
 * What can go wrong in a correct program is a status and checked at every level. A hardening check
 * is for what can't: a broken promise (a bound that was said to be proven, an object that was
 * written over, a handle used after its end). The levels are libc++'s, and mean the same:
 *
 *   LEDGE_HARDENING_NONE       no checks: the promises are taken as kept
 *   LEDGE_HARDENING_FAST       those that keep memory safe and cost a comparison of what is at hand
 *   LEDGE_HARDENING_EXTENSIVE  also those that cost O(1) loads of their own
 *   LEDGE_HARDENING_DEBUG      also whole-object invariants, O(n), after every change
 *
 * Choose with -DLEDGE_HARDENING=LEDGE_HARDENING_FAST, the same for the library and for whoever
 * includes its headers (CMake: LEDGE_HARDENING). The default is NONE. `cmake --build build --target
 * bench-harden` prints what each level costs.
 *
 * A check that fails traps (SIGILL on x86) at FAST and EXTENSIVE; at DEBUG it first says on stderr
 * which check it was, and aborts. */
#ifndef LEDGE_HARDEN_H
#define LEDGE_HARDEN_H

#define LEDGE_HARDENING_NONE      0
#define LEDGE_HARDENING_FAST      1
#define LEDGE_HARDENING_EXTENSIVE 2
#define LEDGE_HARDENING_DEBUG     3

#ifndef LEDGE_HARDENING
#define LEDGE_HARDENING LEDGE_HARDENING_NONE
#endif

#if LEDGE_HARDENING >= LEDGE_HARDENING_DEBUG
#ifdef __cplusplus
extern "C" {
#endif
/* ledge_hardening_failed says which check failed and aborts. Never returns. Thread-safe. */
__attribute__((noreturn, cold)) void ledge_hardening_failed(const char *check, const char *file,
                                                            int line);
#ifdef __cplusplus
}
#endif
#define LEDGE_HARDENING_CHECK(condition)                                                           \
    ((condition) ? (void)0 : ledge_hardening_failed(#condition, __FILE__, __LINE__))
#else
#define LEDGE_HARDENING_CHECK(condition) ((condition) ? (void)0 : __builtin_trap())
#endif

/* The check from a level on; below it the condition isn't evaluated. It must have no effects. */
#if LEDGE_HARDENING >= LEDGE_HARDENING_FAST
#define LEDGE_CHECK_FAST(condition) LEDGE_HARDENING_CHECK(condition)
#else
#define LEDGE_CHECK_FAST(condition) ((void)sizeof(condition))
#endif
#if LEDGE_HARDENING >= LEDGE_HARDENING_EXTENSIVE
#define LEDGE_CHECK_EXTENSIVE(condition) LEDGE_HARDENING_CHECK(condition)
#else
#define LEDGE_CHECK_EXTENSIVE(condition) ((void)sizeof(condition))
#endif
#if LEDGE_HARDENING >= LEDGE_HARDENING_DEBUG
#define LEDGE_CHECK_DEBUG(condition) LEDGE_HARDENING_CHECK(condition)
#else
#define LEDGE_CHECK_DEBUG(condition) ((void)sizeof(condition))
#endif

#endif /* LEDGE_HARDEN_H */
