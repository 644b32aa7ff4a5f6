/* A crash as JSON and as text. */
#include "crash.h"

#include <string.h>

static json_t *text_or_null(const char *text)
{
    return text && text[0] ? json_string(text) : json_null();
}

json_t *crash_to_json(const struct crash *crash)
{
    return json_pack("{s:o, s:o, s:o, s:b, s:o, s:s, s:o, s:o, s:s, s:o, s:o}", //
                     "crash_type", text_or_null(crash->type),                   //
                     "crash_address", text_or_null(crash->address),             //
                     "crash_state", text_or_null(crash->state),                 //
                     "security", crash->security,                               //
                     "security_reason", text_or_null(crash->security_reason),   //
                     "class", crash->class_,                                    //
                     "signature", text_or_null(crash->signature),               //
                     "sanitizer", text_or_null(crash->sanitizer),               //
                     "confidence", crash->confidence,                           //
                     "position", text_or_null(crash->position),                 //
                     "stacks", text_or_null(crash->stacks));
}

/* Lines joined by something that fits on one line. */
static void print_joined(const char *lines, const char *separator, FILE *out)
{
    for (const char *at = lines; *at != '\0'; at++) {
        if (*at == '\n')
            fputs(separator, out);
        else
            fputc(*at, out);
    }
}

void crash_print(const struct crash *crash, FILE *out)
{
    if (!crash->found) {
        fputs("no crash\n", out);
        return;
    }
    print_joined(crash->type, " ", out);
    fputs("   ", out);
    print_joined(crash->state, " < ", out);
    fprintf(out, "\n  class       %s%s%s\n", crash->class_, crash->sanitizer ? ", said by " : "",
            crash->sanitizer ? crash->sanitizer : "");
    fprintf(out, "  security    %s (%s)\n", crash->security ? "yes" : "no", crash->security_reason);
    if (crash->address)
        fprintf(out, "  address     %s\n", crash->address);
    if (crash->position)
        fprintf(out, "  look at     %s\n", crash->position);
    fprintf(out, "  signature   %s\n  confidence  %s\n", crash->signature, crash->confidence);
    if (crash->stacks)
        fputs(crash->stacks, out);
}
