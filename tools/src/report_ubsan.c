/* UndefinedBehaviorSanitizer's own reports:
 *
 *     file.c:40:31: runtime error: shift exponent 42 is too large for 32-bit type 'int'
 */
#include "report_family.h"

#include <string.h>

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
    {"load of null pointer", NULL, "Null-dereference", ACCESS_READ},
    {"store to null pointer", NULL, "Null-dereference", ACCESS_WRITE},
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
    {"unsigned integer overflow", NULL, "Unsigned-integer-overflow", ACCESS_UNKNOWN},
    {"integer overflow", NULL, "Integer-overflow", ACCESS_UNKNOWN},
    {"negation of ", "cannot be represented in type", "Integer-overflow", ACCESS_UNKNOWN},
    {"division of ", "cannot be represented in type", "Integer-overflow", ACCESS_UNKNOWN},
    {"bound evaluates to non-positive value", NULL, "Non-positive-vla-bound-value", ACCESS_UNKNOWN},
    {"assumption is violated", NULL, "Assumption-violation", ACCESS_UNKNOWN},
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

bool report_ubsan_line(const struct line *line, struct report *fresh)
{
    static const char mark[] = ": runtime error: ";
    size_t at = text_find(line->text, mark);
    if (at == TEXT_NONE)
        return false;
    ledge_view before = text_head(line->text, at);
    ledge_view message = text_tail(line->text, at + strlen(mark));
    /* Go's run time says "panic: runtime error: …", which is another thing. */
    if (text_ends(before, "panic"))
        return false;
    fresh->weight = REPORT_RECOVERABLE;
    fresh->tool = REPORT_UBSAN;
    size_t blank = text_find_last_byte(before, ' ');
    fresh->place = blank == TEXT_NONE ? before : text_tail(before, blank + 1);
    const struct pattern *pattern = find_pattern(message);
    report_set_type(fresh, pattern ? pattern->type : "Undefined-behavior", pattern && line->whole);
    fresh->access = pattern ? pattern->access : ACCESS_UNKNOWN;
    fresh->address = report_address(line, text_after(message, "address "));
    return true;
}
