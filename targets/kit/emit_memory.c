#include "emit_memory.h"

#include <stdbool.h>

/* How each region is declared and made. Classes that share a region share an entry. */
struct region {
    unsigned classes; /* bits of enum kit_ptr_class */
    bool pages;       /* needs mmap */
    const char *objects;
    const char *setup;
};

#define BIT(class_) (1u << (class_))

static const struct region regions[] = {
    {BIT(KIT_PTR_HEAP) | BIT(KIT_PTR_LAST) | BIT(KIT_PTR_END), false, "static uint8_t *heap;\n",
     "    heap = fill(aligned_alloc(64, 64));\n"},
    {BIT(KIT_PTR_TO_GUARD) | BIT(KIT_PTR_ON_GUARD), true,
     "static uint8_t *guard_begin, *guard_end; /* of pages that can't be touched: before the "
     "first, after the last */\n",
     "    uint8_t *pages = mmap(NULL, 3 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | "
     "MAP_ANONYMOUS, -1, 0);\n"
     "    guard_end = pages + page;\n"
     "    guard_begin = pages + 2 * page;\n"
     "    fill(guard_end);\n"
     "    fill(guard_begin - 64);\n"
     "    mprotect(pages, page, PROT_NONE);\n"
     "    mprotect(guard_begin, page, PROT_NONE);\n"},
    {BIT(KIT_PTR_STACK), false, "static uint8_t *stack;\n",
     "    _Alignas(64) uint8_t stack_block[64];\n"
     "    stack = fill(stack_block);\n"},
    {BIT(KIT_PTR_READONLY), true, "static uint8_t *readonly;\n",
     "    readonly = fill(mmap(NULL, page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, "
     "-1, 0));\n"
     "    mprotect(readonly, page, PROT_READ);\n"},
    {BIT(KIT_PTR_FOREIGN), false, "static _Alignas(64) uint8_t foreign[64];\n",
     "    fill(foreign);\n"},
    {BIT(KIT_PTR_FREED), false, "static uint8_t *freed;\n",
     "    freed = aligned_alloc(64, 64);\n"
     "    free(freed);\n"},
};

enum { REGIONS = sizeof regions / sizeof regions[0] };

static unsigned classes_named(const struct kit_call *calls, size_t count)
{
    unsigned named = 0;
    for (size_t i = 0; i < count; i++)
        for (size_t k = 0; k < calls[i].op->args_len; k++)
            if (calls[i].op->args[k].kind == KIT_PTR)
                named |= BIT(calls[i].raw[k].n);
    return named;
}

static bool needs_pages(unsigned named)
{
    for (size_t i = 0; i < REGIONS; i++)
        if ((regions[i].classes & named) && regions[i].pages)
            return true;
    return false;
}

void kit_emit_memory_includes(FILE *out, const struct kit_call *calls, size_t count)
{
    if (needs_pages(classes_named(calls, count)))
        fputs("#include <sys/mman.h>\n#include <unistd.h>\n", out);
}

void kit_emit_memory_objects(FILE *out, const struct kit_call *calls, size_t count)
{
    const unsigned named = classes_named(calls, count) & ~BIT(KIT_PTR_NULL);
    if (named == 0)
        return;
    for (size_t i = 0; i < REGIONS; i++)
        if (regions[i].classes & named)
            fputs(regions[i].objects, out);
    if (named != BIT(KIT_PTR_FREED))
        fputs("\nstatic uint8_t *fill(uint8_t *region)\n{\n    for (int i = 0; i < 64; i++)\n"
              "        region[i] = (uint8_t)i;\n    return region;\n}\n",
              out);
    fputc('\n', out);
}

void kit_emit_memory_setup(FILE *out, const struct kit_call *calls, size_t count)
{
    const unsigned named = classes_named(calls, count);
    if (needs_pages(named))
        fputs("    const size_t page = (size_t)sysconf(_SC_PAGESIZE);\n", out);
    for (size_t i = 0; i < REGIONS; i++)
        if (regions[i].classes & named)
            fputs(regions[i].setup, out);
}
