#include "severity.h"

#include <string.h>

const char *severity_name(enum severity_level level)
{
    static const char *const names[] = {"none", "low", "medium", "high", "critical"};
    return names[level];
}

/* "UNKNOWN WRITE", "Heap-buffer-overflow\nWRITE 4", "Data race\nATOMIC WRITE 8". */
static bool has_access(const struct crash *crash, const char *access)
{
    const char *at = crash->type ? strstr(crash->type, access) : NULL;
    size_t len = strlen(access);
    return at && at > crash->type && (at[-1] == ' ' || at[-1] == '\n') &&
           (at[len] == '\0' || at[len] == ' ');
}

bool crash_is_write(const struct crash *crash)
{
    return crash->found && has_access(crash, "WRITE");
}

bool crash_is_read(const struct crash *crash)
{
    return crash->found && !crash_is_write(crash) && has_access(crash, "READ");
}

static bool type_has(const struct crash *crash, const char *part)
{
    return crash->type && strstr(crash->type, part);
}

static bool type_is(const struct crash *crash, const char *first)
{
    size_t len = crash->type ? strcspn(crash->type, "\n") : 0;
    return len == strlen(first) && memcmp(crash->type, first, len) == 0;
}

static bool is_one_of(const struct crash *crash, const char *const *types)
{
    for (; *types; types++)
        if (type_is(crash, *types))
            return true;
    return false;
}

static bool corrupts_allocator(const struct crash *crash)
{
    static const char *const types[] = {"Heap-double-free",
                                        "Invalid-free",
                                        "Heap-corruption",
                                        "Alloc-dealloc-mismatch",
                                        "Bad-malloc-usable-size",
                                        "New-delete-type-mismatch",
                                        "Allocation-tail-overwritten",
                                        NULL};
    return is_one_of(crash, types);
}

static bool confuses_types(const struct crash *crash)
{
    static const char *const types[] = {"Bad-cast", "Incorrect-function-pointer-type",
                                        "Data race on vptr", NULL};
    return is_one_of(crash, types);
}

/* Calls whose very contract is that they write, and the canary that a write has killed. */
static bool writes_by_nature(const struct crash *crash)
{
    bool libc = crash->sanitizer && strcmp(crash->sanitizer, "libc") == 0;
    return type_has(crash, "param-overlap") || (libc && type_is(crash, "Stack-buffer-overflow"));
}

static bool after_its_end(const struct crash *crash)
{
    return type_has(crash, "-use-after-") || type_has(crash, "Use-after-");
}

static bool class_is(const struct crash *crash, const char *class_)
{
    return crash->class_ && strcmp(crash->class_, class_) == 0;
}

/* What touches memory that isn't its own. */
static struct severity of_memory(const struct crash *crash)
{
    bool dead = after_its_end(crash);
    if (crash_is_write(crash) && dead)
        return (struct severity){SEVERITY_CRITICAL, 100,
                                 "memory is written after the end of its life"};
    if (crash_is_write(crash) || writes_by_nature(crash))
        return (struct severity){SEVERITY_CRITICAL, 100, "memory outside of its object is written"};
    if (dead)
        return (struct severity){SEVERITY_HIGH, 60,
                                 "memory is read after the end of its life: it may hold whatever "
                                 "an attacker put there since"};
    if (crash_is_read(crash))
        return (struct severity){SEVERITY_HIGH, 40,
                                 "memory outside of its object is read: secrets can leak"};
    return (struct severity){SEVERITY_HIGH, 50,
                             "memory outside of its object is touched, in what way isn't known"};
}

static struct severity of_security(const struct crash *crash)
{
    if (corrupts_allocator(crash))
        return (struct severity){SEVERITY_CRITICAL, 100, "the allocator's state can be corrupted"};
    if (confuses_types(crash))
        return (struct severity){SEVERITY_CRITICAL, 80,
                                 "an object or a function is used as one of another type"};
    if (class_is(crash, "uninitialized"))
        return (struct severity){SEVERITY_MEDIUM, 30,
                                 "memory that was never written decides, or leaks"};
    if (class_is(crash, "assert"))
        return (struct severity){SEVERITY_MEDIUM, 20,
                                 "an assertion failed that memory safety may rest on"};
    if (class_is(crash, "memory") || class_is(crash, "undefined") || class_is(crash, "signal"))
        return of_memory(crash);
    return (struct severity){SEVERITY_MEDIUM, 20, "it counts as a security matter"};
}

struct severity severity_of(const struct crash *crash)
{
    static const struct {
        const char *class_;
        struct severity severity;
    } ladder[] = {
        {"race", {SEVERITY_MEDIUM, 25, "threads touch the same memory without an order"}},
        {"model", {SEVERITY_MEDIUM, 15, "the result is wrong"}},
        {"deadlock", {SEVERITY_MEDIUM, 15, "threads wait for each other, or misuse a lock"}},
        {"leak", {SEVERITY_LOW, 5, "memory is lost, a little at a time"}},
        {"timeout", {SEVERITY_LOW, 5, "it takes too long"}},
        {"oom", {SEVERITY_LOW, 5, "it takes too much memory"}},
        {"exit", {SEVERITY_LOW, 2, "the target leaves by itself"}},
        {"undefined", {SEVERITY_LOW, 8, "undefined behaviour that touches no wrong memory"}},
    };
    if (!crash->found)
        return (struct severity){SEVERITY_NONE, 0, "no crash"};
    if (crash->security)
        return of_security(crash);
    if (type_has(crash, "Null-dereference"))
        return (struct severity){SEVERITY_LOW, 10, "an address near null: the process stops"};
    for (size_t i = 0; i < sizeof ladder / sizeof ladder[0]; i++)
        if (class_is(crash, ladder[i].class_))
            return ladder[i].severity;
    return (struct severity){SEVERITY_LOW, 10, "the process stops"};
}
