/* Signals, as shells, debuggers, kernels and the handlers of programs tell of them:
 *
 *     run.sh: line 3: 17 Segmentation fault      (core dumped) ./bin
 *     Thread 3 "worker" received signal SIGSEGV, Segmentation fault.
 *     * thread #1, name = 'bin', stop reason = signal SIGSEGV: address not mapped (fault address:
 * 0x8) bin[17]: segfault at 8 ip 000055d0 sp 00007ffc error 4 in bin[55d0+1000] Fatal signal 11
 * (SIGSEGV), code 1 (SEGV_MAPERR), fault addr 0x8 in tid 17
 */
#include "report_family.h"

#include <ctype.h>
#include <signal.h>
#include <string.h>

struct name {
    const char *text;
    int number;
};

/* Longest first, where one is the start of another. */
static const struct name names[] = {
    {"SIGSEGV", SIGSEGV},
    {"SIGBUS", SIGBUS},
    {"SIGABRT", SIGABRT},
    {"SIGILL", SIGILL},
    {"SIGFPE", SIGFPE},
    {"SIGTRAP", SIGTRAP},
    {"SIGSYS", SIGSYS},
    {"SIGKILL", SIGKILL},
    {"SIGINT", SIGINT},
    {"SIGTERM", SIGTERM},
    {"SIGQUIT", SIGQUIT},
    {"Segmentation fault", SIGSEGV},
    {"segmentation fault", SIGSEGV},
    {"SegFault", SIGSEGV},
    {"SEGFAULT", SIGSEGV},
    {"Bus error", SIGBUS},
    {"bus error", SIGBUS},
    {"Aborted", SIGABRT},
    {"aborted", SIGABRT},
    {"Abort trap", SIGABRT},
    {"abort", SIGABRT},
    {"Subprocess aborted", SIGABRT},
    {"Illegal instruction", SIGILL},
    {"illegal hardware instruction", SIGILL},
    {"illegal instruction", SIGILL},
    {"Illegal", SIGILL},
    {"Floating point exception", SIGFPE},
    {"floating point exception", SIGFPE},
    {"Floating-point exception", SIGFPE},
    {"Numerical", SIGFPE},
    {"Trace/breakpoint trap", SIGTRAP},
    {"Trace/BPT trap", SIGTRAP},
    {"trace trap", SIGTRAP},
    {"Bad system call", SIGSYS},
};

static int number_of_name(ledge_view text)
{
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (text_starts(text, names[i].text))
            return names[i].number;
    }
    return 0;
}

/* Systems agree on the names, not on the numbers: "10, Bus error" is a BSD's. */
int report_signal_number(ledge_view text)
{
    ledge_view rest = text;
    uint64_t number;
    if (text_decimal(&rest, &number) == 0)
        return number_of_name(text);
    if (number > 64 || (rest.length > 0 && text_is_name(rest.ptr[0])))
        return 0;
    int named = text_skip(&rest, ", ") || text_skip(&rest, " (") ? number_of_name(rest) : 0;
    return named > 0 ? named : (int)number;
}

bool report_set_signal(struct report *report, int number)
{
    report->tool = REPORT_SIGNAL;
    report->weight = REPORT_CRASH;
    report->may_follow = true;
    switch (number) {
    case SIGSEGV:
        report_set_type(report, "UNKNOWN", true);
        return true;
    case SIGBUS:
        report_set_type(report, "Bus", true);
        return true;
    case SIGFPE:
        report_set_type(report, "Floating-point-exception", true);
        return true;
    case SIGSYS:
        report_set_type(report, "Fatal-signal", true);
        return true;
    default:
        break;
    }
    report->weight = REPORT_CONSEQUENCE;
    report_set_type(report, number == SIGABRT ? "Abrt" : number == SIGILL ? "Ill" : "Trap", true);
    return number == SIGABRT || number == SIGILL || number == SIGTRAP;
}

/* --- Debuggers ------------------------------------------------------------------------------ */

/* "Thread 3 "worker" received signal": the number behind "Thread ". */
static unsigned thread_number(ledge_view text, const char *lead)
{
    ledge_view rest = lead[0] ? text_after(text, lead) : text;
    uint64_t number;
    return text_decimal(&rest, &number) > 0 && number < 1000000 ? (unsigned)number : 0;
}

static bool take_debugger(const struct line *line, struct report *fresh)
{
    static const char *const leads[] = {
        "Stopped reason: ",          ", stopped, reason: ",   "received signal ",
        "terminated with signal ",   "stop reason = signal ", "killed by signal ",
        "rashed by signal: ",        " got signal ",          "died with <Signals.",
        "Program killed by signal ", "terminated by signal "};
    for (size_t i = 0; i < sizeof leads / sizeof *leads; i++) {
        size_t at = text_find(line->text, leads[i]);
        if (at == TEXT_NONE)
            continue;
        ledge_view rest = text_tail(line->text, at + strlen(leads[i]));
        if (!report_set_signal(fresh, report_signal_number(rest)))
            return false;
        fresh->thread = thread_number(text_head(line->text, at), "hread ");
        if (fresh->thread == 0)
            fresh->thread = thread_number(text_head(line->text, at), "thread #");
        report_signal_detail(line, fresh);
        return true;
    }
    return false;
}

/* lldb on macOS: "stop reason = EXC_BAD_ACCESS (code=1, address=0x0)", Xcode without the words in
 * front; a crash report of macOS: "Exception Type:  EXC_BAD_ACCESS (SIGSEGV)". */
static bool take_exception(const struct line *line, struct report *fresh)
{
    static const struct name exceptions[] = {
        {"EXC_BAD_ACCESS", SIGSEGV}, {"EXC_BAD_INSTRUCTION", SIGILL}, {"EXC_ARITHMETIC", SIGFPE},
        {"EXC_CRASH", SIGABRT},      {"EXC_BREAKPOINT", SIGTRAP},
    };
    ledge_view rest = text_after(line->text, "stop reason = ");
    size_t xcode = text_find(line->text, "EXC_BAD_ACCESS (code=");
    if (rest.length == 0)
        rest = text_trim(text_after(line->text, "Exception Type:"));
    if (rest.length == 0 && xcode != TEXT_NONE)
        rest = text_tail(line->text, xcode);
    for (size_t i = 0; i < sizeof exceptions / sizeof *exceptions; i++) {
        if (!text_starts(rest, exceptions[i].text))
            continue;
        int given = report_signal_number(text_after(rest, "("));
        bool signal = text_has(rest, "(SIG") && given > 0;
        report_set_signal(fresh, signal ? given : exceptions[i].number);
        fresh->thread = thread_number(line->text, "thread #");
        report_signal_detail(line, fresh);
        return true;
    }
    return false;
}

/* Python gives threads no numbers. */
enum { PYTHON_CURRENT = 2000000, PYTHON_OTHER };

static bool take_python_thread(ledge_view text, unsigned *thread, bool *died)
{
    if (!text_has(text, " (most recent call first)"))
        return false;
    *died = text_has(text, "Current thread 0x");
    *thread = *died ? PYTHON_CURRENT : PYTHON_OTHER;
    return *died || text_has(text, "Thread 0x");
}

bool report_thread(const struct line *line, unsigned *thread, bool *died)
{
    ledge_view text = line->text;
    uint64_t number;
    *died = text_has(text, "stop reason = ");
    ledge_view rest;
    frame_after_prefix(text, "thread #", &rest);
    *thread = thread_number(rest, "");
    if (*thread > 0 || take_python_thread(text, thread, died))
        return true;
    *thread = thread_number(text, "[Current thread is ");
    *died = *thread > 0;
    if (*died)
        return true;
    frame_after_prefix(text, "Thread ", &rest);
    if (text_decimal(&rest, &number) == 0 || number > 1000000)
        return false;
    /* gdb counts from 1, macOS from 0. */
    bool macos = text_starts(rest, " Crashed:") || text_starts(rest, ":") ||
                 text_starts(rest, " (crashed)"); /* Breakpad */
    *died = macos && !text_starts(rest, ":");
    *thread = (unsigned)number + macos;
    return macos || text_starts(rest, " (Thread ") || text_starts(rest, " (LWP ") ||
           text_starts(rest, " (process ");
}

/* --- Shells --------------------------------------------------------------------------------- */

/* What docker compose puts in front: "web-1  |". */
static bool is_container(ledge_view before)
{
    return text_find_byte(before, '|') == before.length - 1 && before.length > 1 &&
           text_find_byte(text_trim(text_head(before, before.length - 1)), ' ') == TEXT_NONE;
}

/* A sentence may speak of a segmentation fault. A shell's word stands alone, or behind what a shell
 * puts before it: "zsh:", "line 3: 17", "make: *** [check]". */
static bool is_shell(ledge_view before, ledge_view after)
{
    if (text_has(after, "core dumped"))
        return true;
    before = text_trim(before);
    after = text_trim(after);
    uint64_t number;
    if (text_skip(&after, ": ") && text_decimal(&after, &number) == 0) /* macOS has its number */
        return false;
    if (before.length == 0 || is_container(before))
        return after.length == 0;
    size_t blank = text_find_last_byte(before, ' ');
    ledge_view word = blank == TEXT_NONE ? before : text_tail(before, blank + 1);
    bool job = blank != TEXT_NONE && text_decimal(&word, &number) > 0 && word.length == 0;
    bool shell =
        text_has(before, ": line ") || text_has(before, ".sh: ") || text_has(before, "]  ");
    return (job && shell) || text_ends(before, "zsh:") ||
           (text_has(before, "*** [") && after.length == 0);
}

static bool take_shell(const struct line *line, struct report *fresh)
{
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (isupper((unsigned char)names[i].text[1]))
            continue; /* shells don't say SIGSEGV */
        size_t at = text_find(line->text, names[i].text);
        if (at == TEXT_NONE)
            continue;
        size_t end = at + strlen(names[i].text);
        if (report_is_cited(line->text, at) ||
            !is_shell(text_head(line->text, at), text_tail(line->text, end)) ||
            !report_set_signal(fresh, names[i].number))
            continue;
        fresh->weight = REPORT_HINT;
        fresh->may_follow = false;
        fresh->type_sure = false;
        return true;
    }
    return false;
}

/* ctest: "1 - name (SEGFAULT)", "***Exception: SegFault", "Subprocess aborted***Exception:". */
static bool take_ctest(const struct line *line, struct report *fresh)
{
    static const struct name outcomes[] = {
        {"***Exception: SegFault", SIGSEGV},    {"***Exception: Illegal", SIGILL},
        {"***Exception: Numerical", SIGFPE},    {"Subprocess aborted***Exception", SIGABRT},
        {"Child aborted***Exception", SIGABRT},
    };
    int number = text_ends(text_trim(line->text), "(SEGFAULT)") ? SIGSEGV : 0;
    for (size_t i = 0; i < sizeof outcomes / sizeof *outcomes; i++) {
        if (text_has(line->text, outcomes[i].text))
            number = outcomes[i].number;
    }
    if (number == 0)
        return false;
    report_set_signal(fresh, number);
    fresh->weight = REPORT_HINT;
    fresh->may_follow = false;
    fresh->type_sure = false;
    return true;
}

/* More words than a machine has for it. */
static bool is_talk(ledge_view rest)
{
    size_t blanks = 0;
    for (size_t i = 0; i < rest.length; i++)
        blanks += rest.ptr[i] == ' ' ? 1 : 0;
    return blanks > 6 && !text_starts(rest, " (");
}

/* A machine that runs builds says no more than this: "Process completed with exit code 139."
 * Python's subprocess has "exit code -11", where other numbers may be the program's own. */
static bool take_exit_code(const struct line *line, struct report *fresh)
{
    ledge_view rest = text_after(line->text, "exit code ");
    bool negative = text_skip(&rest, "-");
    uint64_t code;
    if (text_decimal(&rest, &code) == 0 || code >= 128 + 32)
        return false;
    int number = negative ? (int)code : (int)code - 128;
    if (negative ? number != SIGSEGV && number != SIGABRT : number <= 0 || is_talk(rest))
        return false;
    if (!report_set_signal(fresh, number))
        return false;
    fresh->weight = REPORT_HINT;
    fresh->may_follow = false;
    fresh->type_sure = false;
    return true;
}

/* --- Handlers ------------------------------------------------------------------------------- */

static const struct {
    const char *lead; /* the signal's name or number follows */
    const char *also; /* what the line has as well; NULL: nothing more */
} handlers[] = {
    {"Fatal Python error: ", NULL},
    {"Fatal signal ", "(SIG"},
    {"signal ", "fault addr "},
    {"signal ", "(SI_TKILL)"},
    {"Received signal ", NULL},
    {"aught signal ", NULL},
    {"exited on signal ", NULL},
    {"code=dumped, status=", "/"}, /* systemd */
    {"code=killed, status=", "/"},
    {"(signal: ", ", SIG"},
    {"Crash reason:  ", "SIG"},
    {"signal (", "): "},
    {"Signal: ", " ("},
    {"signal: ", " ("},
    {" SIG", ") at pc=0x"}, /* Java */
    {"*** SIG", " received "},
    {"*** Signal ", "received by PID "},
    {"+++ killed by ", "+++"},
    {"SIGNAL: ", " ("},
};

static bool take_handler(const struct line *line, struct report *fresh)
{
    for (size_t i = 0; i < sizeof handlers / sizeof *handlers; i++) {
        size_t at = text_find(line->text, handlers[i].lead);
        if (at == TEXT_NONE || (handlers[i].also && !text_has(line->text, handlers[i].also)))
            continue;
        size_t end = at + strlen(handlers[i].lead);
        if (text_ends(text_of(handlers[i].lead), "SIG"))
            end -= 3; /* the name itself is in the lead */
        int number = report_signal_number(text_tail(line->text, end));
        if (number == 0 || !report_set_signal(fresh, number))
            continue;
        if (text_has(line->text, "(SEGV_MTE")) /* memory tagging of ARM */
            report_set_type(fresh, "Tag-mismatch", true);
        report_signal_detail(line, fresh);
        return true;
    }
    return false;
}

/* honggfuzz: "Crash: saved as '/out/SIGSEGV.PC.51d7.STACK.18f5.CODE.1.ADDR.10.INSTR.mov.fuzz'". */
static bool take_honggfuzz(const struct line *line, struct report *fresh)
{
    size_t mark = text_find(line->text, ".PC.");
    size_t saved = text_find(line->text, "aved ");
    if (mark == TEXT_NONE || saved == TEXT_NONE || saved > mark ||
        !text_has(text_tail(line->text, mark), ".STACK."))
        return false;
    size_t start = text_find_last(text_head(line->text, mark), "SIG");
    if (start == TEXT_NONE ||
        !report_set_signal(fresh, report_signal_number(text_tail(line->text, start))))
        return false;
    ledge_view address = text_after(line->text, ".ADDR."), rest = address;
    uint64_t value;
    if (text_hex(&rest, &value) > 0 && text_starts(rest, "."))
        fresh->address = text_head(address, address.length - rest.length);
    fresh->weight = REPORT_HINT;
    fresh->may_follow = false;
    fresh->type_sure = false;
    return true;
}

/* Visual Studio: "0xC0000005: Access violation writing location 0x00000024."; Dr. Mingw: "caused an
 * Access Violation at location 6B392FDD in module m.dll Writing to location 00000000."; Boost.Test:
 * "memory access violation at address: 0x00000008: no mapping at fault address". */
static bool take_violation(const struct line *line, struct report *fresh)
{
    static const struct {
        const char *lead;
        enum report_access access;
    } violations[] = {
        {"reading location ", ACCESS_READ},      {"writing location ", ACCESS_WRITE},
        {"executing location ", ACCESS_UNKNOWN}, {"Reading from location ", ACCESS_READ},
        {"Writing to location ", ACCESS_WRITE},  {"violation at address: ", ACCESS_UNKNOWN},
    };
    if (!text_has(line->text, "ccess violation ") && !text_has(line->text, " Access Violation "))
        return false;
    for (size_t i = 0; i < sizeof violations / sizeof *violations; i++) {
        ledge_view address = report_address(line, text_after(line->text, violations[i].lead));
        if (address.length == 0)
            continue;
        report_set_signal(fresh, SIGSEGV);
        fresh->access = violations[i].access;
        fresh->address = address;
        return true;
    }
    return false;
}

/* Go: "[signal SIGSEGV: segmentation violation code=0x1 addr=0x18 pc=0x7f2c]"; in C that it called,
 * "SIGSEGV: segmentation violation" on a line of its own. So has Catch its words. */
static bool take_go(const struct line *line, struct report *fresh)
{
    static const char *const alone[] = {"SIGSEGV: segmentation violation",
                                        "SIGBUS: bus error",
                                        "SIGABRT: abort",
                                        "SIGFPE: floating-point exception",
                                        "SIGILL: illegal instruction",
                                        "SIGSEGV - Segmentation violation signal",
                                        "SIGABRT - Abort (abnormal termination) signal",
                                        "SIGFPE - Floating point error signal",
                                        "SIGILL - Illegal instruction signal"};
    ledge_view rest;
    if (frame_after_prefix(line->text, "[signal ", &rest) && text_has(rest, " pc=0x")) {
        fresh->address = report_address(line, text_after(rest, " addr="));
        return report_set_signal(fresh, report_signal_number(rest));
    }
    for (size_t i = 0; i < sizeof alone / sizeof *alone; i++) {
        size_t at = text_find(line->text, alone[i]);
        if (at != TEXT_NONE && text_ends(line->text, alone[i]) &&
            frame_is_prefix(text_head(line->text, at)))
            return report_set_signal(fresh, report_signal_number(text_of(alone[i])));
    }
    return false;
}

/* --- Kernels -------------------------------------------------------------------------------- */

/* "segfault at 8 ip 55d0 sp 7ffc error 4 in bin[55d0+1000]": bit 1 of the error is a write, bit 4
 * an instruction fetch. */
static bool take_segfault(const struct line *line, struct report *fresh)
{
    ledge_view rest = text_after(line->text, ": segfault at ");
    ledge_view address = rest;
    uint64_t value, error;
    if (text_hex(&rest, &value) == 0 || !text_starts(rest, " ip "))
        return false;
    report_set_signal(fresh, SIGSEGV);
    fresh->address = text_head(address, address.length - rest.length);
    rest = text_after(rest, " error ");
    if (text_hex(&rest, &error) > 0 && (error & 0x10) == 0 && (rest.length > 0 || line->whole))
        fresh->access = error & 2 ? ACCESS_WRITE : ACCESS_READ;
    return true;
}

static bool take_trap(const struct line *line, struct report *fresh)
{
    static const struct name traps[] = {
        {"general protection", SIGSEGV}, {"trap invalid opcode", SIGILL},
        {"trap divide error", SIGFPE},   {"trap int3", SIGTRAP},
        {"trap stack segment", SIGBUS},
    };
    ledge_view rest = text_after(line->text, "traps: ");
    if (!text_has(rest, " ip:"))
        return false;
    for (size_t i = 0; i < sizeof traps / sizeof *traps; i++) {
        if (text_has(rest, traps[i].text))
            return report_set_signal(fresh, traps[i].number);
    }
    return false;
}

/* --- The whole ------------------------------------------------------------------------------ */

void report_signal_detail(const struct line *line, struct report *report)
{
    static const char *const leads[] = {
        "fault address: ",
        "fault addr ",
        "faultAddr ",
        "(code=1, address=",
        "(code=2, address=",
        "(code=EXC_I386_GPFLT, address=",
        "sigcode=1 addr=",
        "sigcode=2 addr=",
        "sigcode=128 addr=",
        "Accessing address: ",
        "Failing at address: ",
        "object at address ",
        "SEGV_MAPERR ",
        "SEGV_ACCERR ",
        "KERN_INVALID_ADDRESS at ",
        "KERN_PROTECTION_FAILURE at ",
        "(@",
        "FAULT ADDRESS: ",
        "Crash address: ",
        "si_addr = ",
        "si_addr: ",
        "si_addr=",
    };
    for (size_t i = 0; report->address.length == 0 && i < sizeof leads / sizeof *leads; i++) {
        ledge_view rest = text_after(line->text, leads[i]);
        if (rest.length > 0)
            report->address = report_address(line, rest);
    }
}

bool report_signal_line(const struct line *line, struct report *fresh)
{
    struct report empty = *fresh;
    bool (*const takers[])(const struct line *, struct report *) = {
        take_debugger, take_exception, take_handler,   take_violation, take_go,    take_segfault,
        take_trap,     take_ctest,     take_exit_code, take_honggfuzz, take_shell,
    };
    for (size_t i = 0; i < sizeof takers / sizeof *takers; i++) {
        if (takers[i](line, fresh))
            return true;
        *fresh = empty;
    }
    return false;
}
