/* The report of CASR's tools ("casrep"), so that what they cluster, show and upload can come from
 * here. Every key that their reader knows is there; what only the dying process could have told is
 * empty. */
#include "format.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <time.h>

#include "describe.h"
#include "files.h"
#include "json.h"
#include "mem.h"
#include "source.h"

enum { REPORT_LINES = 500, SOURCE_AROUND = 5 };

static void put_text(json_t *object, const char *key, const char *text)
{
    json_put(object, key, json_text(text ? text : ""));
}

static void put_empty_lists(json_t *object, const char *const *keys)
{
    for (; *keys; keys++)
        json_put(object, *keys, json_array());
}

/* --- Severity ------------------------------------------------------------------------------- */

static const char *exploitability(const struct severity *severity)
{
    switch (severity->level) {
    case SEVERITY_CRITICAL:
        return "EXPLOITABLE";
    case SEVERITY_HIGH:
    case SEVERITY_MEDIUM:
        return severity->weight >= 50 ? "PROBABLY_EXPLOITABLE" : "NOT_EXPLOITABLE";
    case SEVERITY_LOW:
        return "NOT_EXPLOITABLE";
    case SEVERITY_NONE:
        break;
    }
    return "UNDEFINED";
}

/* CASR's own names, which its tools group and sort by. */
static char *short_description(const struct crash *crash)
{
    static const struct {
        const char *type, *name;
        bool access; /* followed by "(read)" or "(write)" */
    } names[] = {
        {"Heap-buffer-overflow", "heap-buffer-overflow", true},
        {"Stack-buffer-overflow", "stack-buffer-overflow", true},
        {"Stack-buffer-underflow", "stack-buffer-underflow", true},
        {"Global-buffer-overflow", "global-buffer-overflow", true},
        {"Dynamic-stack-buffer-overflow", "stack-buffer-overflow", true},
        {"Heap-use-after-free", "heap-use-after-free", true},
        {"Stack-use-after-return", "stack-use-after-return", true},
        {"Stack-use-after-scope", "stack-use-after-scope", true},
        {"Container-overflow", "container-overflow", true},
        {"Use-after-poison", "use-after-poison", false},
        {"Heap-double-free", "double-free", false},
        {"Invalid-free", "bad-free", false},
        {"Alloc-dealloc-mismatch", "alloc-dealloc-mismatch", false},
        {"New-delete-type-mismatch", "new-delete-type-mismatch", false},
        {"Memcpy-param-overlap", "param-overlap", false},
        {"Negative-size-param", "negative-size-param", false},
        {"UNKNOWN READ", "SourceAv", false},
        {"UNKNOWN WRITE", "DestAv", false},
        {"UNKNOWN", "AccessViolation", false},
        {"Null-dereference READ", "SourceAvNearNull", false},
        {"Null-dereference WRITE", "DestAvNearNull", false},
        {"Null-dereference", "AccessViolation", false},
        {"Stack-overflow", "StackOverflow", false},
        {"Abrt", "AbortSignal", false},
        {"ASSERT", "AbortSignal", false},
        {"Trap", "TrapSignal", false},
        {"Breakpoint", "TrapSignal", false},
        {"Ill", "BadInstruction", false},
        {"Floating-point-exception", "FPE", false},
        {"Direct-leak", "memory-leaks", false},
        {"Indirect-leak", "memory-leaks", false},
        {"Out-of-memory", "out-of-memory", false},
        {"Timeout", "timeout", false},
        {"Unexpected-exit", "fuzz target exited", false},
        {"Overwrites-const-input", "overwrites-const-input", false},
    };
    char *type = mem_copy(crash->type, strcspn(crash->type, "\n"));
    char *name = NULL;
    for (size_t i = 0; i < sizeof names / sizeof names[0] && !name; i++)
        if (strcmp(names[i].type, type) == 0)
            name = mem_print("%s%s", names[i].name,
                             !names[i].access        ? ""
                             : crash_is_write(crash) ? "(write)"
                             : crash_is_read(crash)  ? "(read)"
                                                     : "");
    if (!name) {
        name = mem_text(type);
        for (char *at = name; *at; at++)
            *at = *at == ' ' ? '-' : (char)tolower((unsigned char)*at);
    }
    free(type);
    return name;
}

static json_t *severity_json(const struct crash *crash)
{
    struct severity severity = severity_of(crash);
    json_t *object = json_object();
    char *name = short_description(crash), *type = describe_type(crash->type);
    put_text(object, "Type", exploitability(&severity));
    put_text(object, "ShortDescription", name);
    put_text(object, "Description", type);
    put_text(object, "Explanation", severity.reason);
    free(type);
    free(name);
    return object;
}

/* --- Stack and source ----------------------------------------------------------------------- */

static char *place_text(const struct crash_frame *frame)
{
    if (frame->file && frame->line && frame->column)
        return mem_print("%s:%u:%u", frame->file, frame->line, frame->column);
    if (frame->file && frame->line)
        return mem_print("%s:%u", frame->file, frame->line);
    return mem_text(frame->file ? frame->file : "");
}

/* The reader takes frames without a place for the same when their addresses are. */
static char *address_text(const struct crash_frame *frame)
{
    if (frame->address)
        return mem_print("0x%" PRIx64, frame->address);
    return mem_text(frame->offset ? frame->offset : "0x0");
}

/* "#0  0x55d0 in name () at file.c:6": gdb leaves the address out where it isn't known. */
static char *gdb_frame(const struct crash_frame *frame, size_t number)
{
    char *address = address_text(frame), *place = place_text(frame);
    bool known = frame->address || frame->offset;
    char *text = mem_print("#%zu  %s%s%s ()%s%s", number, known ? address : "", known ? " in " : "",
                           frame->function ? frame->function : "??", place[0] ? " at " : "", place);
    free(address);
    free(place);
    return text;
}

/* "    #0 0x55d0 in name file.c:6:97 (module+0x10c)", or "    #0 0x55d0  (module+0x10c)". */
static char *sanitizer_frame(const struct crash_frame *frame, size_t number)
{
    char *address = address_text(frame), *place = place_text(frame);
    bool in = frame->module && frame->offset;
    char *module = in ? mem_print(" (%s+%s)", frame->module, frame->offset) : mem_text("");
    char *text = mem_print("    #%zu %s %s%s%s%s%s", number, address, frame->function ? "in " : "",
                           frame->function ? frame->function : "", place[0] ? " " : "", place,
                           frame->function || in ? module : "(unknown+0x0)");
    free(address);
    free(place);
    free(module);
    return text;
}

static const struct crash_stack *main_stack(const struct crash *crash)
{
    for (size_t i = 0; i < crash->stacks_len; i++)
        if (crash->stacks[i].role == STACK_CRASH)
            return &crash->stacks[i];
    return crash->stacks_len ? &crash->stacks[0] : NULL;
}

/* Which of the two their reader takes depends on whether AsanReport or MsanReport has lines. */
static json_t *stack_json(const struct crash *crash, bool gdb)
{
    const struct crash_stack *stack = main_stack(crash);
    json_t *lines = json_array();
    for (size_t i = 0; stack && i < stack->len; i++) {
        char *text = gdb ? gdb_frame(&stack->frames[i], i) : sanitizer_frame(&stack->frames[i], i);
        json_append(lines, json_text(text));
        free(text);
    }
    return lines;
}

static json_t *source_json(const struct crash *crash, const char *root)
{
    struct place place = place_of(crash->position);
    struct source_line *lines;
    size_t len = source_read(&place, root, SOURCE_AROUND, &lines);
    json_t *array = json_array();
    for (size_t i = 0; i < len; i++) {
        char *text = mem_print("%s%-6u %s", lines[i].number == place.line ? "--->" : "    ",
                               lines[i].number, lines[i].text);
        json_append(array, json_text(text));
        free(text);
    }
    source_free(lines, len);
    place_free(&place);
    return array;
}

/* --- The sanitizer's own words -------------------------------------------------------------- */

static json_t *report_lines(const struct entry *entry)
{
    char *bytes = NULL;
    size_t len = 0;
    json_t *array = json_array();
    if (!entry_log(entry, &bytes, &len))
        return array;
    for (char *at = bytes, *end = bytes + len; at < end && json_array_size(array) < REPORT_LINES;) {
        char *stop = memchr(at, '\n', (size_t)(end - at));
        char *line = mem_copy(at, (size_t)((stop ? stop : end) - at));
        char *visible = format_visible(line);
        json_append(array, json_text(visible));
        free(visible);
        free(line);
        at = stop ? stop + 1 : end;
    }
    free(bytes);
    return array;
}

static void put_reports(json_t *object, const struct entry *entry)
{
    static const char *const others[] = {"LuaReport",  "PythonReport", "GoReport",     "JavaReport",
                                         "RustReport", "JsReport",     "CSharpReport", NULL};
    const char *by = format_sanitizer(entry);
    bool asan = strcmp(by, "asan") == 0 || strcmp(by, "hwasan") == 0 || strcmp(by, "lsan") == 0 ||
                strcmp(by, "libfuzzer") == 0;
    bool msan = strcmp(by, "msan") == 0, ubsan = strcmp(by, "ubsan") == 0;
    json_put(object, "AsanReport", asan ? report_lines(entry) : json_array());
    json_put(object, "MsanReport", msan ? report_lines(entry) : json_array());
    json_put(object, "UbsanReport", ubsan ? report_lines(entry) : json_array());
    put_empty_lists(object, others);
    json_put(object, "Stacktrace", stack_json(entry_crash(entry), !asan && !msan));
}

/* --- The machine ---------------------------------------------------------------------------- */

/* VALUE of a line KEY=VALUE or KEY="VALUE" of /etc/os-release; "" when there is none. */
static char *os_release(const char *key)
{
    struct fail unread;
    char *bytes, *value = NULL;
    size_t len, key_len = strlen(key);
    if (!file_read("/etc/os-release", &bytes, &len, &unread))
        return mem_text("");
    for (char *line = bytes; *line && !value; line += strcspn(line, "\n"), line += *line == '\n')
        if (strncmp(line, key, key_len) == 0 && line[key_len] == '=') {
            char *from = line + key_len + 1;
            from += *from == '"';
            value = mem_copy(from, strcspn(from, "\"\n"));
        }
    free(bytes);
    return value ? value : mem_text("");
}

/* A log may come from another machine; what was replayed ran on this one. */
static void put_machine(json_t *object, bool here)
{
    struct utsname name;
    bool known = here && uname(&name) == 0;
    char *line = known ? mem_print("%s %s %s %s %s", name.sysname, name.nodename, name.release,
                                   name.version, name.machine)
                       : mem_text("");
    char *os = here ? os_release("NAME") : mem_text("");
    char *release = here ? os_release("VERSION_ID") : mem_text("");
    put_text(object, "Uname", line);
    put_text(object, "OS", os);
    put_text(object, "OSRelease", release);
    put_text(object, "Architecture", known ? name.machine : "");
    free(line);
    free(os);
    free(release);
}

static void put_date(json_t *object)
{
    char text[40] = "";
    time_t now = time(NULL);
    struct tm utc;
    if (gmtime_r(&now, &utc))
        strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S+00:00", &utc);
    put_text(object, "Date", text);
}

static void put_process(json_t *object, const struct entry *entry)
{
    static const char *const lists[] = {"ProcEnviron", "ProcStatus",         "ProcMaps",
                                        "ProcFiles",   "NetworkConnections", "Disassembly",
                                        NULL};
    const struct verdict *verdict = entry_verdict(entry);
    const char *binary = entry->kind == ENTRY_INPUT ? verdict->binary : NULL;
    char *command = binary ? mem_print("%s %s", binary, entry->file) : mem_text("");
    put_text(object, "ExecutablePath", binary);
    put_text(object, "ProcCmdline", command);
    put_text(object, "Stdin", "");
    put_empty_lists(object, lists);
    json_put(object, "Registers", json_object());
    free(command);
}

json_t *format_casrep(const struct entry *entry, const struct format_options *options)
{
    const struct crash *crash = entry_crash(entry);
    if (!crash->found)
        return NULL;
    json_t *object = json_object();
    put_date(object);
    put_machine(object, entry->kind == ENTRY_INPUT);
    put_process(object, entry);
    json_put(object, "CrashSeverity", severity_json(crash));
    put_reports(object, entry);
    put_text(object, "Package", "");
    put_text(object, "PackageVersion", "");
    put_text(object, "PackageArchitecture", "");
    put_text(object, "PackageDescription", "");
    put_text(object, "CrashLine", crash->position);
    json_put(object, "Source", source_json(crash, options->root));
    return object;
}
