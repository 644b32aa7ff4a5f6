#include "crash.h"

#include <inttypes.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include <xxhash.h>

#include "crash_stacks.h"
#include "mem.h"
#include "pool.h"
#include "report.h"
#include "resolve.h"
#include "state.h"
#include "taxonomy.h"

/* --- Evidence without a report -------------------------------------------------------------- */

static const char *type_of_signal(int number)
{
    switch (number) {
    case SIGSEGV:
        return "UNKNOWN";
    case SIGBUS:
        return "Bus";
    case SIGABRT:
        return "Abrt";
    case SIGILL:
        return "Ill";
    case SIGFPE:
        return "Floating-point-exception";
    case SIGTRAP:
        return "Trap";
    case SIGKILL:
        return "Killed";
    default:
        return "Fatal-signal";
    }
}

/* How the process ended speaks where its log doesn't. */
static void use_end(const struct crash_evidence *evidence, struct report *report)
{
    bool silent = report->weight == REPORT_NONE || report->tool == REPORT_SIGNAL ||
                  (report->weight == REPORT_HINT && strcmp(report->type, "Fatal-signal") == 0);
    if (!evidence->has_end || !silent || evidence->end == PROC_EXITED)
        return;
    bool timeout = evidence->end == PROC_TIMEOUT;
    const char *type = timeout ? "Timeout" : type_of_signal(evidence->code);
    report->weight = REPORT_CRASH;
    memcpy(report->type, type, strlen(type) + 1);
    report->type_sure = timeout;
    if (!timeout && report->tool == REPORT_UNKNOWN)
        report->tool = REPORT_SIGNAL;
}

/* --- Names ---------------------------------------------------------------------------------- */

static const char *tool_name(enum report_tool tool)
{
    static const char *const names[] = {NULL,     "asan",     "hwasan",    "ubsan", "tsan",
                                        "msan",   "lsan",     "libfuzzer", "libc",  "ledge",
                                        "signal", "valgrind", "cfi",       "tysan"};
    return names[tool];
}

static const char *access_name(enum report_access access)
{
    static const char *const names[] = {"", "READ", "WRITE"};
    return names[access];
}

/* Longer than two ranges, it isn't one. */
#define ADDRESS_MAX 120

/* 64-bit addresses come with leading zeros or without. */
static char *address_text(ledge_view address)
{
    if (address.length == 0 || address.length > ADDRESS_MAX)
        return NULL;
    if (address.length == 18 && text_starts(address, "0x0000"))
        return mem_print("0x%.*s", 12, (const char *)address.ptr + 6);
    bool bare = text_is_hex(address.ptr[0]) && !text_starts(address, "0x");
    return mem_print("%s%.*s", bare ? "0x" : "", (int)address.length, (const char *)address.ptr);
}

/* The first line of the type, with what belongs to it. */
static char *full_type(const struct report *report)
{
    const char *access = access_name(report->access);
    /* AddressSanitizer doesn't know itself what it was. */
    if (text_has(report->headline, ": unknown-crash"))
        return mem_text(report->type);
    bool inlined =
        strcmp(report->type, "UNKNOWN") == 0 || strcmp(report->type, "Null-dereference") == 0;
    if (report->access == ACCESS_UNKNOWN || (!inlined && report->size == 0))
        return mem_text(report->type);
    if (inlined)
        return mem_print("%s %s", report->type, access);
    if (report->size > 16)
        return mem_print("%s\n%s%s {*}", report->type, report->atomic ? "ATOMIC " : "", access);
    return mem_print("%s\n%s%s %" PRIu64, report->type, report->atomic ? "ATOMIC " : "", access,
                     report->size);
}

/* Where the program touched memory may tell more than the type. */
static bool is_security(const struct report *report, const struct taxon *taxon, const char **reason)
{
    bool near_null = report_near_null(report->address);
    bool security = taxonomy_security(taxon, near_null, reason);
    if (strcmp(report->type, "UNKNOWN") == 0 && report_is_marker(report->address)) {
        *reason = "the program stops itself by touching an address that is kept for this";
        return false;
    }
    return security;
}

static const char *class_of(const struct report *report, const struct taxon *taxon)
{
    if (report->tool == REPORT_SIGNAL && strcmp(report->type, "UNKNOWN") == 0)
        return "signal";
    if (taxon)
        return taxon->class_;
    return report->tool == REPORT_TSAN    ? "race"
           : report->tool == REPORT_UBSAN ? "undefined"
                                          : "memory";
}

static void sign(const struct report *report, const struct state *state, char signature[17])
{
    bool race = strncmp(report->type, "Data race", 9) == 0;
    char *text =
        mem_print("%s\n%s\n%s", report->type, race ? "" : access_name(report->access), state->key);
    snprintf(signature, 17, "%016" PRIx64, (uint64_t)XXH64(text, strlen(text), 0));
    free(text);
}

static const struct stack *main_stack(const struct report *report)
{
    const struct stack *stack = report_stack(report, STACK_CRASH);
    if (!stack)
        stack = report_stack(report, STACK_MUTEX);
    return stack ? stack : report_stack(report, STACK_THREAD);
}

/* How much to believe, and in *because why not more. */
static const char *confidence_of(const struct report *report, const struct state *state,
                                 const char **because)
{
    const struct stack *stack = main_stack(report);
    bool detail = report->detail.length > 0, stated = detail && report->detail_whole;
    *because = "the report is a fragment: its first line is lost";
    if (report->weight == REPORT_HINT)
        return "low";
    *because = "the type is a guess";
    if (!report->type_sure)
        return "low";
    *because = "nothing in the log names the program";
    if (!state->frames && !state->offsets && !stated)
        return "low";
    *because = "the stack has addresses without names";
    if (state->offsets)
        return "medium";
    *because = stack ? "no function of the program is named" : "the report has no stack";
    if (!state->frames)
        return "medium";
    *because = "the log may end inside of the stack";
    if (stack && !stack->closed)
        return "medium";
    *because = "the failed expression may be cut off";
    if (detail && !stated)
        return "medium";
    *because = "one of the two sides is lost";
    if (state->one_side)
        return "medium";
    *because = "the type is a known one, and functions of the program are named";
    return "high";
}

static char *join_state(const struct state *state)
{
    if (state->len == 0)
        return mem_text("NULL");
    char *joined = mem_text(state->lines[0]);
    for (size_t i = 1; i < state->len; i++) {
        char *longer = mem_print("%s\n%s", joined, state->lines[i]);
        free(joined);
        joined = longer;
    }
    return joined;
}

/* --- The whole ------------------------------------------------------------------------------ */

static void fill(const struct crash_evidence *evidence, struct report *report, struct crash *out)
{
    struct state state;
    if (strcmp(report->type, "UNKNOWN") == 0 && report_near_null(report->address))
        memcpy(report->type, "Null-dereference", sizeof "Null-dereference");
    struct names *names = names_of_report(report, evidence->target);
    state_build(report, names, evidence->target, &state);
    const struct taxon *taxon = taxonomy_find(report->type);
    const char *because;
    out->found = true;
    out->type = full_type(report);
    out->address = address_text(report->address);
    out->state = join_state(&state);
    out->security = is_security(report, taxon, &out->security_reason);
    out->class_ = class_of(report, taxon);
    out->sanitizer = tool_name(report->tool);
    out->confidence = confidence_of(report, &state, &because);
    out->position = state_position(report, names);
    sign(report, &state, out->signature);
    crash_take_stacks(out, report, names);
    crash_explain(out, report, names, &state, because);
    state_free(&state);
    names_free(names, report->stacks_len);
}

bool crash_classify(const struct crash_evidence *evidence, struct crash *out, struct fail *why)
{
    (void)why;
    *out = (struct crash){.class_ = "none", .confidence = "high"};
    struct report report;
    report_parse(evidence->log ? evidence->log : "", evidence->log_len, &report);
    use_end(evidence, &report);
    if (report.weight != REPORT_NONE) {
        resolve_report(&report, evidence->symbolizer, evidence->binary);
        fill(evidence, &report, out);
    }
    report_free(&report);
    return true;
}

void crash_free(struct crash *crash)
{
    free(crash->type);
    free(crash->address);
    free(crash->state);
    free(crash->position);
    for (size_t i = 0; i < crash->reasons_len; i++)
        free(crash->reasons[i]);
    free(crash->reasons);
    pool_free(crash->pool);
    *crash = (struct crash){.class_ = "none", .confidence = "high"};
}

bool crash_same(const struct crash *a, const struct crash *b)
{
    return a->found && b->found && strcmp(a->signature, b->signature) == 0;
}
