/* UndefinedBehaviorSanitizer's own reports:
 *
 *     file.c:40:31: runtime error: shift exponent 42 is too large for 32-bit type 'int'
 */
#include <string.h>

#include "report_family.h"

struct pattern {
    const char *text;    /* what the message has in it */
    const char *another; /* and this as well; NULL: nothing more */
    const char *type;
    enum report_access access;
};

/* The first that fits decides: special ones come before those that would swallow them. */
static const struct pattern patterns[] = {
    {"division by zero", NULL, "Divide-by-zero", ACCESS_UNKNOWN},
    {"outside the range of representable values", NULL, "Float-cast-overflow", ACCESS_UNKNOWN},
    {"implicit conversion from type", NULL, "Implicit-conversion", ACCESS_UNKNOWN},
    {"through pointer to incorrect function type", NULL, "Incorrect-function-pointer-type",
     ACCESS_UNKNOWN},
    {"control flow integrity check", NULL, "Bad-cast", ACCESS_UNKNOWN},
    {"which does not point to an object of type", NULL, "Bad-cast", ACCESS_UNKNOWN},
    {"out of bounds for type", NULL, "Index-out-of-bounds", ACCESS_UNKNOWN},
    {"not a valid value for type 'bool'", NULL, "Invalid-bool-value", ACCESS_UNKNOWN},
    {"not a valid value for type 'BOOL'", NULL, "Invalid-bool-value", ACCESS_UNKNOWN},
    {"not a valid value for type '_Bool'", NULL, "Invalid-bool-value", ACCESS_UNKNOWN},
    {"not a valid value for type", NULL, "Invalid-enum-value", ACCESS_UNKNOWN},
    {"which is not a valid argument", NULL, "Invalid-builtin-use", ACCESS_UNKNOWN},
    {"assumption of ", " byte alignment", "Misaligned-address", ACCESS_UNKNOWN},
    {"misaligned address", NULL, "Misaligned-address", ACCESS_UNKNOWN},
    {"end of a value-returning function", NULL, "No-return-value", ACCESS_UNKNOWN},
    {"null pointer passed as ", NULL, "Invalid-null-argument", ACCESS_UNKNOWN},
    {"null pointer returned from function", NULL, "Invalid-null-return", ACCESS_UNKNOWN},
    {"cast to virtual base of null pointer", NULL, "Upcast-of-null-pointer", ACCESS_UNKNOWN},
    {"upcast of null pointer", NULL, "Upcast-of-null-pointer", ACCESS_UNKNOWN},
    {"downcast of null pointer", NULL, "Null-dereference", ACCESS_UNKNOWN},
    {"downcast of address ", NULL, "Bad-cast", ACCESS_UNKNOWN},
    {"load of null pointer", NULL, "Null-dereference", ACCESS_READ},
    {"store to null pointer", NULL, "Null-dereference", ACCESS_WRITE},
    {"use of null pointer", NULL, "Null-dereference", ACCESS_UNKNOWN},
    {"binding to null pointer", NULL, "Null-dereference", ACCESS_UNKNOWN},
    {"access within null pointer", NULL, "Null-dereference", ACCESS_UNKNOWN},
    {"call on null pointer", NULL, "Null-dereference", ACCESS_UNKNOWN},
    {"with insufficient space for an object of type", NULL, "Object-size", ACCESS_UNKNOWN},
    {"of unsigned offset ", NULL, "Pointer-overflow", ACCESS_UNKNOWN},
    {"pointer index expression with base ", NULL, "Pointer-overflow", ACCESS_UNKNOWN},
    {"applying ", " offset ", "Pointer-overflow", ACCESS_UNKNOWN},
    {"shift exponent ", NULL, "Undefined-shift", ACCESS_UNKNOWN},
    {"left shift of ", NULL, "Undefined-shift", ACCESS_UNKNOWN},
    {"unreachable program point", NULL, "Unreachable code", ACCESS_UNKNOWN},
    {"reached a __builtin_unreachable() call", NULL, "Unreachable code", ACCESS_UNKNOWN},
    {"unsigned integer overflow", NULL, "Unsigned-integer-overflow", ACCESS_UNKNOWN},
    {"integer overflow", NULL, "Integer-overflow", ACCESS_UNKNOWN},
    {"negation of ", "cannot be represented in type", "Integer-overflow", ACCESS_UNKNOWN},
    {"division of ", "cannot be represented in type", "Integer-overflow", ACCESS_UNKNOWN},
    {"bound evaluates to non-positive value", NULL, "Non-positive-vla-bound-value", ACCESS_UNKNOWN},
    {"assumption is violated", NULL, "Assumption-violation", ACCESS_UNKNOWN},
    {"invalid Objective-C collection", NULL, "Bad-cast", ACCESS_UNKNOWN},
};

static const struct pattern *find_pattern(ledge_view message)
{
    for (size_t i = 0; i < sizeof patterns / sizeof *patterns; i++) {
        const struct pattern *pattern = &patterns[i];
        if (text_has(message, pattern->text) &&
            (!pattern->another || text_has(message, pattern->another)))
            return pattern;
    }
    return NULL;
}

/* Without its place, or something that we know to say, others' "runtime error:" isn't one: Go's,
 * Fortran's, an interpreter's. */
static bool is_place(ledge_view before)
{
    struct frame frame = {0};
    frame_place(before, &frame);
    return frame.line > 0 || text_ends(before, "<unknown>") || text_ends(before, ":0:0");
}

/* "control flow integrity check for type 'A' failed during base-to-derived cast (vtable address
 * 0x55d0)", "… failed during indirect function call". */
static void take_cfi(const struct line *line, ledge_view message, struct report *fresh)
{
    ledge_view type = text_after(message, "check for type '");
    size_t end = text_find(type, "' failed ");
    fresh->tool = REPORT_CFI;
    fresh->cast_to = end == TEXT_NONE ? ledge_view_of(NULL, 0) : text_head(type, end);
    fresh->address = report_address(line, text_after(message, "(vtable address "));
}

/* "downcast of address 0x7ffe which does not point to an object of type 'A'". By the vocabulary no
 * other of these types has an address. */
static void take_cast(const struct line *line, ledge_view message, struct report *fresh)
{
    fresh->address = report_address(line, text_after(message, "address "));
    ledge_view type = text_after(message, "to an object of type '");
    size_t end = text_find_byte(type, '\'');
    if (end != TEXT_NONE)
        fresh->cast_to = text_head(type, end);
}

static bool take_runtime_error(const struct line *line, size_t at, ledge_view message,
                               struct report *fresh)
{
    ledge_view before = text_head(line->text, at);
    size_t blank = text_find_last_byte(before, ' ');
    const struct pattern *pattern = find_pattern(message);
    if (text_ends(before, "panic") || (!pattern && !is_place(before)))
        return false;
    fresh->weight = REPORT_RECOVERABLE;
    fresh->tool = REPORT_UBSAN;
    fresh->place = blank == TEXT_NONE ? before : text_tail(before, blank + 1);
    report_set_type(fresh, pattern ? pattern->type : "Undefined-behavior", pattern && line->whole);
    fresh->access = pattern ? pattern->access : ACCESS_UNKNOWN;
    if (text_starts(message, "control flow integrity"))
        take_cfi(line, message, fresh);
    else if (strcmp(fresh->type, "Bad-cast") == 0)
        take_cast(line, message, fresh);
    return true;
}

/* The minimal run time: "ubsan: add-overflow by 0x55d0". */
static bool take_minimal(const struct line *line, struct report *fresh)
{
    static const char *const kinds[][2] = {
        {"add-overflow", "Integer-overflow"},
        {"sub-overflow", "Integer-overflow"},
        {"mul-overflow", "Integer-overflow"},
        {"negate-overflow", "Integer-overflow"},
        {"divrem-overflow", "Divide-by-zero"},
        {"shift-out-of-bounds", "Undefined-shift"},
        {"local-out-of-bounds", "Index-out-of-bounds"},
        {"out-of-bounds", "Index-out-of-bounds"},
        {"builtin-unreachable", "Unreachable code"},
        {"missing-return", "No-return-value"},
        {"vla-bound-not-positive", "Non-positive-vla-bound-value"},
        {"float-cast-overflow", "Float-cast-overflow"},
        {"load-invalid-value", "Invalid-bool-value"},
        {"invalid-builtin", "Invalid-builtin-use"},
        {"invalid-objc-cast", "Bad-cast"},
        {"function-type-mismatch", "Incorrect-function-pointer-type"},
        {"implicit-conversion", "Implicit-conversion"},
        {"nonnull-arg", "Invalid-null-argument"},
        {"nullability-arg", "Invalid-null-argument"},
        {"nonnull-return", "Invalid-null-return"},
        {"nullability-return", "Invalid-null-return"},
        {"pointer-overflow", "Pointer-overflow"},
        {"alignment-assumption", "Misaligned-address"},
        {"type-mismatch", "Misaligned-address"},
        {"cfi-check-fail", "Bad-cast"},
    };
    ledge_view rest = text_after(line->text, "ubsan: ");
    for (size_t i = 0; rest.length > 0 && i < sizeof kinds / sizeof *kinds; i++) {
        ledge_view tail = rest;
        if (!text_skip(&tail, kinds[i][0]) || (tail.length > 0 && !text_starts(tail, " by 0x")))
            continue;
        fresh->weight = REPORT_RECOVERABLE;
        fresh->tool = REPORT_UBSAN;
        /* It says neither whether a value was signed, nor which check a pointer failed. */
        bool sure = strcmp(kinds[i][1], "Integer-overflow") != 0 &&
                    strcmp(kinds[i][0], "type-mismatch") != 0 &&
                    strcmp(kinds[i][0], "divrem-overflow") != 0 &&
                    strcmp(kinds[i][0], "load-invalid-value") != 0;
        report_set_type(fresh, kinds[i][1], sure && line->whole);
        return true;
    }
    return false;
}

/* Where CFI traps without saying more. */
static bool take_cfi_hint(const struct line *line, struct report *fresh)
{
    if (!text_has(line->text, "CFI: Most likely a control flow integrity violation"))
        return false;
    fresh->weight = REPORT_RECOVERABLE;
    fresh->tool = REPORT_CFI;
    report_set_type(fresh, "Bad-cast", line->whole);
    return true;
}

bool report_ubsan_line(const struct line *line, struct report *fresh)
{
    static const char mark[] = ": runtime error: ";
    size_t at = text_find(line->text, mark);
    if (at != TEXT_NONE)
        return take_runtime_error(line, at, text_tail(line->text, at + strlen(mark)), fresh);
    return take_minimal(line, fresh) || take_cfi_hint(line, fresh);
}

const char *report_ubsan_check(ledge_view text)
{
    static const char *const checks[][2] = {
        {"signed-integer-overflow", "Integer-overflow"},
        {"unsigned-integer-overflow", "Unsigned-integer-overflow"},
        {"integer-divide-by-zero", "Divide-by-zero"},
        {"float-divide-by-zero", "Divide-by-zero"},
        {"null-pointer-use", "Null-dereference"},
        {"misaligned-pointer-use", "Misaligned-address"},
        {"alignment-assumption", "Misaligned-address"},
        {"insufficient-object-size", "Object-size"},
        {"invalid-shift", "Undefined-shift"},
        {"out-of-bounds-index", "Index-out-of-bounds"},
        {"unreachable-call", "Unreachable code"},
        {"missing-return", "No-return-value"},
        {"non-positive-vla-index", "Non-positive-vla-bound-value"},
        {"float-cast-overflow", "Float-cast-overflow"},
        {"invalid-bool-load", "Invalid-bool-value"},
        {"invalid-enum-load", "Invalid-enum-value"},
        {"function-type-mismatch", "Incorrect-function-pointer-type"},
        {"invalid-null-return", "Invalid-null-return"},
        {"invalid-null-argument", "Invalid-null-argument"},
        {"invalid-builtin-use", "Invalid-builtin-use"},
        {"dynamic-type-mismatch", "Bad-cast"},
        {"cfi-bad-type", "Bad-cast"},
        {"pointer-overflow", "Pointer-overflow"},
        {"nullptr-with-", "Pointer-overflow"},
        {"implicit-", "Implicit-conversion"},
    };
    for (size_t i = 0; i < sizeof checks / sizeof *checks; i++) {
        if (text_starts(text, checks[i][0]))
            return checks[i][1];
    }
    return "Undefined-behavior";
}
