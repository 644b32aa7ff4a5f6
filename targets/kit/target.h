/* target.h: what the author of a fuzz target includes.
 *
 * A target is a world and a table of operations on it:
 *
 *     #include "kit/target.h"
 *     #include <ledge/vec.h>
 *
 *     #define OBJECTS ledge_vec vec;
 *     struct world { OBJECTS uint32_t want[64]; size_t n; }; // the real thing, a naive model
 *
 *     static void world_open(struct world *w)
 *     {
 *         EXPECT(ledge_vec_init(&w->vec, sizeof(uint32_t), NULL), LEDGE_OK);
 *     }
 *     static void world_check(struct world *w) { CHECK_EQ(ledge_vec_length(&w->vec), w->n); }
 *     static void world_close(struct world *w) { CALL(ledge_vec_cleanup(&w->vec)); }
 *
 *     OP(insert, INDEX(at), U32(value))
 *     {
 *         EXPECT(ledge_vec_insert(&w->vec, at, &value), at <= w->n ? LEDGE_OK : LEDGE_ERANGE);
 *         ...
 *     }
 *
 *     TARGET(vec, .includes = "#include <ledge/vec.h>\n", .ops = { &insert });
 *
 * From that the kit derives the decoder, the mutator for libFuzzer and AFL++, the printer, the C
 * emitter, what the minimizer knows, the accounting, the dictionary and the seeds. An operation
 * whose precondition does not hold returns without doing anything. An error status is not a crash.
 * world_check runs after every operation.
 *
 * The order of the table is part of the file format: put new operations at its end. The kit zeroes
 * the world before world_open; its memory is static, and nothing of it outlives a program. */
#ifndef LEDGE_KIT_TARGET_H
#define LEDGE_KIT_TARGET_H

/* clang-format off */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "arg.h"
#include "check.h"
#include "each.h"
#include "program.h"
#include "run.h"
#include "trace.h"

struct world;
static void world_open(struct world *w);
static void world_check(struct world *w);
static void world_close(struct world *w);

/* CALL runs a statement (or a declaration) that belongs in the emitted C program: every call into
 * the API, and the objects it needs. It may use w->OBJECTS, the operation's arguments, and what
 * earlier CALLs of the same operation declared. CALLs and CHECKs stand in the operations and the
 * three world functions themselves, not in helpers: their frames name the bug. A CALL is two
 * statements: under an `if` it needs braces. */
#define CALL(...) \
    kit_trace_call(#__VA_ARGS__); \
    __VA_ARGS__

/* EXPECT calls an API function that returns a status, as CALL does, and checks the status as
 * CHECK_STATUS does. Later lines may use the status as `got`. EXPECT_AS gives it another name, for
 * operations that expect more than one. */
#define EXPECT(call, want)          KIT_EXPECT(got, "const int got = " #call, call, want)
#define EXPECT_AS(name, call, want) KIT_EXPECT(name, "const int " #name " = " #call, call, want)
#define KIT_EXPECT(name, text, call, want) \
    kit_trace_call(text); \
    const int name = (int)(call); \
    KIT_CHECK_STATUS(#call, #name, name, want)

/* REQUIRE leaves the operation where its precondition does not hold. */
#define REQUIRE(condition) \
    if (!(condition)) \
    return

/* SUPPORT defines, at file scope, code that both the target and the emitted program need (an
 * allocator, a comparison). Name it in the table: .support = {kit_support}. SUPPORT_AS is for more
 * of it, under another name: a piece is a string, and those have at most 4095 characters. */
#define SUPPORT(...) \
    __VA_ARGS__ \
    static const char kit_support[] = #__VA_ARGS__
#define SUPPORT_AS(name, ...) \
    __VA_ARGS__ \
    static const char name[] = #__VA_ARGS__

/* The argument types (arg.h says what each draws). The name becomes a parameter of the operation.
 * */
#define RANGE(name, lo, hi)   (size_t, name, KIT_RANGE, lo, hi, kit_get_size)
#define U32(name)             (uint32_t, name, KIT_U32, 0, 0, kit_get_u32)
#define U64(name)             (uint64_t, name, KIT_U64, 0, 0, kit_get_u64)
#define INDEX(name)           (size_t, name, KIT_INDEX, 0, 0, kit_get_size)
#define LENGTH(name)          (size_t, name, KIT_LENGTH, 0, 0, kit_get_size)
#define COUNT(name, esz)      (size_t, name, KIT_LENGTH, esz, 0, kit_get_size)
#define ALIGNMENT(name)       (size_t, name, KIT_ALIGN, 0, 0, kit_get_size)
#define ELEMENT_SIZE(name)    (size_t, name, KIT_SIZE, 0, 0, kit_get_size)
#define HANDLE(name, slots)   (size_t, name, KIT_HANDLE, 0, (slots) - 1, kit_get_size)
#define DEFINE(name, slots)   (size_t, name, KIT_DEFINE, 0, (slots) - 1, kit_get_size)
#define POINTER(name)         (struct kit_ptr, name, KIT_PTR, 0, 0, kit_get_ptr)
#define BYTES(name, most)     (struct kit_bytes, name, KIT_RAW, 0, most, kit_get_bytes)

/* OP(name, ARGUMENT…) { body } defines an operation of one to six arguments; OP0(name) one of none.
 * The body is the function op_<name>(struct world *w, arguments…). */
#define OP(name, ...) \
    KIT_OP(name, (sizeof kit_args_##name / sizeof kit_args_##name[0]), \
           KIT_EACH(KIT_DESCRIBE, __VA_ARGS__), KIT_EACH(KIT_PASS, __VA_ARGS__), \
           KIT_EACH(KIT_PARAM, __VA_ARGS__))
#define OP0(name_) KIT_OP(name_, 0, { .name = NULL }, , )

#define KIT_OP(name_, count, describe, pass, ...) \
    static void op_##name_(struct world *w __VA_ARGS__); \
    static void kit_op_##name_(void *w, const struct kit_value *v) \
    { \
        (void)v; \
        op_##name_(w pass); \
    } \
    static const struct kit_arg kit_args_##name_[] = { describe }; \
    static const struct kit_op name_ = { #name_, kit_op_##name_, kit_args_##name_, count }; \
    __attribute__((noinline)) static void op_##name_( \
        struct world *w __attribute__((unused)) __VA_ARGS__)

/* TARGET(name, .field = …) defines the table; see struct kit_target in run.h for the fields. The
 * entry that engines call and the memory of the "stack" and "foreign" pointer classes are defined
 * here and not in the kit, since the kit may be built without the sanitizer that watches them. */
#define TARGET(name_, ...) \
    static struct world kit_world; \
    static void kit_open(void *w) { world_open(w); } \
    static void kit_check(void *w) { world_check(w); } \
    static void kit_close(void *w) { world_close(w); } \
    _Alignas(KIT_REGION) uint8_t kit_foreign[KIT_REGION]; \
    int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) \
    { \
        _Alignas(KIT_REGION) uint8_t stack_block[KIT_REGION]; \
        kit_run(data, size, stack_block); \
        return 0; \
    } \
    const struct kit_target kit_target = { \
        .name = #name_, .objects = KIT_TEXT(OBJECTS), .world = &kit_world, \
        .world_size = sizeof kit_world, .open = kit_open, .check = kit_check, \
        .close = kit_close, .malloc_mb = KIT_MALLOC_MB, __VA_ARGS__ }; \
    const char *__asan_default_options(void); \
    const char *__asan_default_options(void) { return "quarantine_size_mb=4:" KIT_LIMIT; } \
    const char *__msan_default_options(void); \
    const char *__msan_default_options(void) { return KIT_LIMIT; } \
    struct kit_needs_a_semicolon

/* What the binary says to its sanitizer; the environment comes first. A program frees little, and
 * memory that is soon used again stays in the cache, so ASan's quarantine is small. The build says
 * what one request for memory may be for (ledge_add_target). */
#ifndef KIT_MALLOC_MB
#define KIT_MALLOC_MB 0
#endif
#if KIT_MALLOC_MB
#define KIT_LIMIT "max_allocation_size_mb=" KIT_TEXT(KIT_MALLOC_MB)
#else
#define KIT_LIMIT ""
#endif

#define KIT_TEXT(...)  KIT_TEXT_(__VA_ARGS__)
#define KIT_TEXT_(...) #__VA_ARGS__

#endif
