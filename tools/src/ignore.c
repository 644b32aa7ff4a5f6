#include "ignore.h"

#include <stdlib.h>
#include <string.h>

struct entry {
    const char *name;
    enum ignore_kind kind;
};

#define IGNORE(name, kind) {name, kind},
static const struct entry entries[] = {
#include "../data/ignored_frames.inc"
};
#undef IGNORE

#define ENTRIES (sizeof entries / sizeof *entries)

/* Names that no program may have of its own: reserved by C or, "kit_", by the kit. */
static const struct entry prefixes[] = {
    {"__interceptor_", IGNORE_SANITIZER},
    {"___interceptor_", IGNORE_SANITIZER},
    {"__interception::", IGNORE_SANITIZER},
    {"__asan_", IGNORE_SANITIZER},
    {"__asan::", IGNORE_SANITIZER},
    {"__hwasan_", IGNORE_SANITIZER},
    {"__hwasan::", IGNORE_SANITIZER},
    {"__lsan_", IGNORE_SANITIZER},
    {"__lsan::", IGNORE_SANITIZER},
    {"__msan_", IGNORE_SANITIZER},
    {"__msan::", IGNORE_SANITIZER},
    {"__tsan_", IGNORE_SANITIZER},
    {"__tsan::", IGNORE_SANITIZER},
    {"__ubsan_", IGNORE_SANITIZER},
    {"__ubsan::", IGNORE_SANITIZER},
    {"__sanitizer_", IGNORE_SANITIZER},
    {"__sanitizer::", IGNORE_SANITIZER},
    {"__sancov", IGNORE_SANITIZER},
    {"__cfi_", IGNORE_SANITIZER},
    {"__afl_", IGNORE_ENGINE},
    {"fuzzer::", IGNORE_ENGINE},
    {"kit_", IGNORE_HARNESS},
    {"__libc_", IGNORE_LIBC},
    {"__GI_", IGNORE_LIBC},
    {"__assert_", IGNORE_ABORT},
    {"__pthread_", IGNORE_LIBC},
    {"__nptl_", IGNORE_LIBC},
    {"__aeabi_", IGNORE_LIBC},
    {"_dl_", IGNORE_LIBC},
    {"_IO_", IGNORE_LIBC},
    {"__isoc99_", IGNORE_LIBC},
    {"__isoc23_", IGNORE_LIBC},
};

/* The C library, the dynamic linker, the C++ run time and the sanitizers' own shared objects, up
 * to the version in the file name. */
static const char *const modules[] = {
    "libc.so",      "libc-2",       "libpthread.so", "libpthread-2", "libdl.so",     "librt.so",
    "ld-linux",     "ld-musl",      "ld-2.",         "libm.so",      "libstdc++.so", "libc++.so",
    "libc++abi.so", "libgcc_s.so",  "libasan.so",    "libtsan.so",   "libubsan.so",  "liblsan.so",
    "libhwasan.so", "libclang_rt.", "libunwind.so",  "[vdso]",       "linux-vdso",   "linux-gate",
};

/* Parts of the paths of the run times' own sources. */
static const char *const runtime_paths[] = {
    "compiler-rt/lib/",  "libsanitizer/",  "/sanitizer_common/",
    "lib/fuzzer/Fuzzer", "aflpp_driver.c",
};

static const char *const libc_paths[] = {"glibc", "sysdeps", "/libc/", "musl", "/nptl/", "/csu/"};

static bool has_any(ledge_view path, const char *const *needles, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (text_has(path, needles[i]))
            return true;
    }
    return false;
}

/* A path that isn't absolute is how glibc's own debug information names its sources. */
static bool is_program_source(ledge_view file)
{
    return text_starts(file, "/") &&
           !has_any(file, libc_paths, sizeof libc_paths / sizeof *libc_paths);
}

static bool is_system_module(ledge_view module)
{
    ledge_view base = text_base(module);
    for (size_t i = 0; i < sizeof modules / sizeof *modules; i++) {
        if (text_starts(base, modules[i]))
            return true;
    }
    return false;
}

static int compare(const void *name, const void *entry)
{
    return strcmp(name, ((const struct entry *)entry)->name);
}

/* glibc's choices by processor: __memmove_avx_unaligned_erms, __strlen_sse2. */
static bool is_multiarch(const char *name)
{
    static const char *const stems[] = {"__mem", "__str", "__stp", "__wcs", "__wmem", "__rawmem"};
    static const char *const tails[] = {"_sse",     "_avx",  "_evex", "_erms",  "_ssse3",
                                        "_generic", "_neon", "_sve",  "_power", "_zva"};
    bool stem = false;
    for (size_t i = 0; i < sizeof stems / sizeof *stems; i++)
        stem = stem || strncmp(name, stems[i], strlen(stems[i])) == 0;
    return stem && has_any(text_of(name), tails, sizeof tails / sizeof *tails);
}

static enum ignore_kind kind_of_name(const char *name)
{
    const struct entry *found = bsearch(name, entries, ENTRIES, sizeof *entries, compare);
    if (found)
        return found->kind;
    for (size_t i = 0; i < sizeof prefixes / sizeof *prefixes; i++) {
        if (strncmp(name, prefixes[i].name, strlen(prefixes[i].name)) == 0)
            return prefixes[i].kind;
    }
    return is_multiarch(name) ? IGNORE_LIBC : IGNORE_NOT;
}

enum ignore_kind ignore_frame(const struct frame *frame, const char *name)
{
    if (name[0] == '\0' && frame->module.length == 0)
        return IGNORE_UNKNOWN;
    if (is_system_module(frame->module))
        return IGNORE_LIBC;
    if (has_any(frame->file, runtime_paths, sizeof runtime_paths / sizeof *runtime_paths))
        return IGNORE_SANITIZER;
    enum ignore_kind kind = kind_of_name(name);
    if (kind == IGNORE_LIBC && is_program_source(frame->file))
        return IGNORE_NOT;
    return kind;
}

const char *ignore_kind_name(enum ignore_kind kind)
{
    static const char *const names[] = {NULL,     "allocator", "abort",   "libc",
                                        "engine", "sanitizer", "harness", "unknown"};
    return names[kind];
}

const char *ignore_list(size_t index)
{
    return index < ENTRIES ? entries[index].name : NULL;
}
