#include "memory.h"

#include <stdalign.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/* The build defines these where the process runs under ASan or MSan: the kit itself is compiled
 * without. */
#ifdef KIT_ASAN
#include <sanitizer/asan_interface.h>
#endif
#ifdef KIT_MSAN
#include <sanitizer/msan_interface.h>
#endif

enum { ALIGNMENT = 64 };

static struct {
    uint8_t *heap;
    uint8_t *guarded; /* guard page, one page, guard page */
    uint8_t *readonly;
    uint8_t *stack;
    uint8_t *freed; /* NULL until a program asks for it */
    size_t page;
    unsigned lent; /* bit per class: handed out since its pattern was laid */
} memory;

static void die(const char *what)
{
    perror(what);
    abort();
}

static void lay_pattern(uint8_t *region)
{
    static uint8_t pattern[KIT_REGION];
    for (size_t i = 1; i < KIT_REGION && pattern[i] == 0; i++)
        pattern[i] = (uint8_t)i;
    memcpy(region, pattern, KIT_REGION);
    kit_memory_written(region, KIT_REGION);
}

static uint8_t *new_block(void)
{
    uint8_t *block = aligned_alloc(ALIGNMENT, KIT_REGION);
    if (block == NULL)
        die("kit: aligned_alloc");
    return block;
}

static uint8_t *map_pages(size_t count)
{
    void *pages =
        mmap(NULL, count * memory.page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (pages == MAP_FAILED)
        die("kit: mmap");
    return pages;
}

static void protect(uint8_t *page, int how)
{
    if (mprotect(page, memory.page, how) != 0)
        die("kit: mprotect");
}

static void set_up(void)
{
    memory.page = (size_t)sysconf(_SC_PAGESIZE);
    memory.heap = new_block();
    memory.guarded = map_pages(3);
    protect(memory.guarded, PROT_NONE);
    protect(memory.guarded + 2 * memory.page, PROT_NONE);
    memory.readonly = map_pages(1);
    lay_pattern(memory.readonly);
    protect(memory.readonly, PROT_READ);
    memory.lent = ~0u;
}

static uint8_t *after_guard(void)
{
    return memory.guarded + memory.page;
}

static uint8_t *before_guard(void)
{
    return memory.guarded + 2 * memory.page - KIT_REGION;
}

/* The writable region behind a class, or NULL. */
static uint8_t *writable_region(enum kit_ptr_class class_)
{
    switch (class_) {
    case KIT_PTR_HEAP:
    case KIT_PTR_LAST:
    case KIT_PTR_END:
        return memory.heap;
    case KIT_PTR_TO_GUARD:
        return before_guard();
    case KIT_PTR_ON_GUARD:
        return after_guard();
    case KIT_PTR_STACK:
        return memory.stack;
    case KIT_PTR_FOREIGN:
        return kit_foreign;
    default:
        return NULL;
    }
}

static void lay_where_written(void)
{
    for (unsigned class_ = 0; class_ < KIT_PTR_CLASSES; class_++) {
        if ((memory.lent & 1u << class_) == 0)
            continue;
        uint8_t *region = writable_region((enum kit_ptr_class)class_);
        if (region != NULL)
            lay_pattern(region);
    }
    memory.lent = 0;
}

void kit_memory_begin(uint8_t *stack_block)
{
    if (memory.heap == NULL)
        set_up();
    memory.stack = NULL; /* last program's frame is gone */
    memory.lent &= ~(1u << KIT_PTR_STACK);
    lay_where_written();
    memory.stack = stack_block;
}

void kit_memory_end(void)
{
    memory.freed = NULL;
}

static uint8_t *freed_block(void)
{
    if (memory.freed == NULL) {
        memory.freed = new_block();
        free(memory.freed);
    }
    /* To point there is what the class is for. NOLINTNEXTLINE(clang-analyzer-unix.Malloc) */
    return memory.freed;
}

static uint8_t *stack_block(void)
{
    if ((memory.lent & 1u << KIT_PTR_STACK) == 0)
        lay_pattern(memory.stack);
    return memory.stack;
}

static struct kit_ptr point(enum kit_ptr_class class_, uint8_t *at, size_t avail)
{
    return (struct kit_ptr){.at = at, .avail = avail, .class_ = class_};
}

static struct kit_ptr resolve(enum kit_ptr_class class_, size_t k)
{
    switch (class_) {
    case KIT_PTR_HEAP:
        return point(class_, memory.heap + k, KIT_REGION - k);
    case KIT_PTR_LAST:
        return point(class_, memory.heap + KIT_REGION - 1, 1);
    case KIT_PTR_END:
        return point(class_, memory.heap + KIT_REGION, 0);
    case KIT_PTR_TO_GUARD:
        return point(class_, before_guard() + KIT_REGION - k, k);
    case KIT_PTR_ON_GUARD:
        return point(class_, after_guard() + k, KIT_REGION - k);
    case KIT_PTR_STACK:
        return point(class_, stack_block() + k, KIT_REGION - k);
    case KIT_PTR_READONLY:
        return point(class_, memory.readonly + k, KIT_REGION - k);
    case KIT_PTR_FOREIGN:
        return point(class_, kit_foreign + k, KIT_REGION - k);
    case KIT_PTR_FREED:
        return point(class_, freed_block() + k, 0);
    case KIT_PTR_NULL:
    default:
        return point(KIT_PTR_NULL, NULL, 0);
    }
}

struct kit_ptr kit_memory_point(enum kit_ptr_class class_, size_t k)
{
    const struct kit_ptr ptr = resolve(class_, k % KIT_REGION);
    memory.lent |= 1u << ptr.class_;
    return ptr;
}

bool kit_ptr_writable(struct kit_ptr ptr)
{
    return ptr.class_ != KIT_PTR_FREED && ptr.class_ != KIT_PTR_READONLY;
}

const char *kit_ptr_class_name(enum kit_ptr_class class_)
{
    static const char *const names[KIT_PTR_CLASSES] = {
        [KIT_PTR_HEAP] = "heap",   [KIT_PTR_NULL] = "null",         [KIT_PTR_LAST] = "last",
        [KIT_PTR_END] = "end",     [KIT_PTR_TO_GUARD] = "to-guard", [KIT_PTR_ON_GUARD] = "on-guard",
        [KIT_PTR_STACK] = "stack", [KIT_PTR_READONLY] = "readonly", [KIT_PTR_FOREIGN] = "foreign",
        [KIT_PTR_FREED] = "freed",
    };
    return names[class_];
}

static void poison(const uint8_t *at, size_t size)
{
#ifdef KIT_ASAN
    __asan_poison_memory_region(at, size);
#else
    (void)at;
    (void)size;
#endif
}

static void unpoison(const uint8_t *at, size_t size)
{
#ifdef KIT_ASAN
    __asan_unpoison_memory_region(at, size);
#else
    (void)at;
    (void)size;
#endif
}

void kit_memory_written(const void *at, size_t size)
{
#ifdef KIT_MSAN
    __msan_unpoison(at, size);
#else
    (void)at;
    (void)size;
#endif
}

const uint8_t *kit_memory_scratch(const uint8_t *bytes, size_t size)
{
    static alignas(ALIGNMENT) uint8_t scratch[KIT_REGION];
    static size_t lent = sizeof scratch;
    if (lent != size) {
        unpoison(scratch, sizeof scratch);
        poison(scratch + size, sizeof scratch - size);
        lent = size;
    }
    for (size_t i = 0; i < size; i++)
        scratch[i] = bytes[i];
    kit_memory_written(scratch, size);
    return scratch;
}
