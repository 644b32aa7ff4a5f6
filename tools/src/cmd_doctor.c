#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "commands.h"
#include "files.h"
#include "json.h"
#include "manifest.h"
#include "mem.h"
#include "options.h"
#include "proc.h"

static const struct command command = {
    .name = "doctor",
    .synopsis = "",
    .purpose =
        "Says whether everything is here that the other commands need, and what installs it.",
    .notes = "exit: 0 all is well (warnings included); 1 something is missing; 2 usage",
};

enum level { FINE, WARNING, MISSING };

/* What was found out, in the order of looking. */
struct report {
    json_t *checks;
    char *packages; /* " clang-19 afl++" */
    bool missing, print;
};

static void tell(struct report *report, enum level level, const char *what, const char *found,
                 const char *package)
{
    static const char *const names[] = {"ok", "warning", "missing"};
    json_t *check = json_object();
    json_put(check, "check", json_text(what));
    json_put(check, "result", json_text(names[level]));
    json_put(check, "found", json_text(found));
    json_put(check, "package", json_text(level == FINE ? NULL : package));
    json_append(report->checks, check);
    if (report->print)
        printf("%-8s %-22s %s\n", names[level], what, found);
    report->missing |= level == MISSING;
    if (level != FINE && package && !strstr(report->packages, package)) {
        char *longer = mem_print("%s %s", report->packages, package);
        free(report->packages);
        report->packages = longer;
    }
}

/* The first line that a program prints; NULL when it can't be run. For free(). */
static char *first_line(const char *const *argv)
{
    struct proc_spec spec = {.argv = argv, .timeout_ms = 20000, .output_max = 64 * 1024};
    struct proc_result result;
    struct fail why;
    if (!proc_run(&spec, &result, &why))
        return NULL;
    const char *text = result.out_len ? result.out : result.err;
    char *line = mem_copy(text, strcspn(text, "\n"));
    proc_result_free(&result);
    return line;
}

static void check_program(struct report *report, const char *what, const char *program,
                          const char *argument, const char *package)
{
    const char *argv[] = {program, argument, NULL};
    char *line = first_line(argv);
    if (line)
        tell(report, FINE, what, line, package);
    else
        tell(report, MISSING, what, program, package);
    free(line);
}

/* afl-fuzz has no --version: the first line of its help names it, between colour codes. */
static void check_afl(struct report *report, const char *program)
{
    const char *argv[] = {program, "-h", NULL};
    char *line = first_line(argv);
    if (!line) {
        tell(report, MISSING, "afl-fuzz", program, "afl++");
        return;
    }
    const char *name = strstr(line, "afl-fuzz");
    char *version = name ? mem_copy(name, strcspn(name, "\033 ")) : mem_text(program);
    tell(report, FINE, "afl-fuzz", version, NULL);
    free(version);
    free(line);
}

/* Builds and runs a program of one line: the only way to know that a sanitizer works here. */
static void check_sanitizer(struct report *report, const char *directory, const char *flag)
{
    char *source = mem_print("%s/try.c", directory), *binary = mem_print("%s/try", directory);
    char *option = mem_print("-fsanitize=%s", flag);
    const char *compile[] = {"clang-19", option, "-o", binary, source, NULL};
    const char *run[] = {binary, NULL};
    static const char program[] = "int main(void) { return 0; }\n";
    struct fail why;
    struct proc_result built = {0}, ran = {0};
    struct proc_spec compiling = {.argv = compile, .timeout_ms = 60000};
    struct proc_spec running = {.argv = run, .timeout_ms = 10000};
    if (!file_put(source, program, sizeof program - 1, &why) ||
        !proc_must(&compiling, &built, &why))
        tell(report, MISSING, option, "a program cannot be built with it", "libclang-rt-19-dev");
    else if (!proc_must(&running, &ran, &why))
        tell(report, WARNING, option,
             "a program cannot run with it: try sysctl vm.mmap_rnd_bits=28, or setarch -R", NULL);
    else
        tell(report, FINE, option, "a program builds and runs", NULL);
    proc_result_free(&built);
    proc_result_free(&ran);
    free(source);
    free(binary);
    free(option);
}

static void check_sanitizers(struct report *report)
{
    static const char *const flags[] = {"address", "undefined", "thread", "memory"};
    struct fail why;
    char *directory = dir_temporary(&why);
    if (!directory) {
        tell(report, MISSING, "temporary files", why.what, NULL);
        return;
    }
    for (size_t i = 0; i < sizeof flags / sizeof flags[0]; i++)
        check_sanitizer(report, directory, flags[i]);
    dir_remove(directory);
    free(directory);
}

static void check_kernel(struct report *report)
{
    char *bytes;
    size_t len;
    struct fail why;
    if (file_read("/proc/sys/kernel/core_pattern", &bytes, &len, &why)) {
        bytes[strcspn(bytes, "\n")] = '\0';
        if (bytes[0] == '|')
            tell(
                report, WARNING, "core_pattern",
                "crashes go to a program first, which slows AFL++: sysctl kernel.core_pattern=core",
                NULL);
        else
            tell(report, FINE, "core_pattern", bytes, NULL);
        free(bytes);
    }
    if (file_read("/proc/sys/vm/mmap_rnd_bits", &bytes, &len, &why)) {
        bytes[strcspn(bytes, "\n")] = '\0';
        tell(report, FINE, "vm.mmap_rnd_bits", bytes,
             NULL); /* whether it hurts, the runs above tell */
        free(bytes);
    }
}

static void check_disk(struct report *report, const char *directory)
{
    struct statvfs disk;
    if (statvfs(directory, &disk) != 0) {
        tell(report, WARNING, "disk space", strerror(errno), NULL);
        return;
    }
    unsigned long long mib = (unsigned long long)disk.f_bavail * disk.f_frsize >> 20;
    char *found = mem_print("%llu MiB free in %s%s", mib, directory,
                            mib < 512 ? ": a campaign wants more" : "");
    tell(report, mib < 512 ? WARNING : FINE, "disk space", found, NULL);
    free(found);
}

static void check_targets(struct report *report, const struct manifest *manifest)
{
    for (size_t i = 0; i < manifest->targets_len; i++) {
        const struct target *target = &manifest->targets[i];
        size_t built = 0;
        for (size_t j = 0; j < target->builds_len; j++)
            built += access(target->builds[j].binary, X_OK) == 0;
        bool all = built == target->builds_len;
        char *what = mem_print("target %s", target->name);
        char *found = mem_print("%zu of %zu binaries%s", built, target->builds_len,
                                all ? "" : ": cmake --build --preset default");
        tell(report, all ? FINE : MISSING, what, found, NULL);
        free(what);
        free(found);
    }
}

static void check_build(struct report *report, const char *path)
{
    struct fail why;
    const struct manifest *manifest = manifest_load(path, &why);
    if (!manifest) {
        tell(report, MISSING, "manifest", why.what, NULL);
        check_program(report, "llvm-symbolizer", "llvm-symbolizer-19", "--version", "llvm-19");
        check_afl(report, "afl-fuzz");
        return;
    }
    tell(report, FINE, "manifest", manifest->path, NULL);
    check_program(report, "llvm-symbolizer", manifest->symbolizer, "--version", "llvm-19");
    check_afl(report, manifest->afl_fuzz ? manifest->afl_fuzz : "afl-fuzz");
    check_targets(report, manifest);
    check_disk(report, path_is_dir(manifest->build) ? manifest->build : "/");
    manifest_free(manifest);
}

static void print_end(const struct report *report)
{
    if (report->packages[0])
        printf("\nto install what is missing:\n  apt-get install%s\n", report->packages);
    else if (report->missing)
        printf("\nto build what is missing:\n  cmake --preset default && cmake --build --preset "
               "default\n");
    else
        printf("\neverything is here\n");
}

int cmd_doctor(int argc, char **argv)
{
    struct arguments arguments;
    int code = options_parse(&command, argc, argv, &arguments);
    if (code >= 0)
        return code;
    if (arguments.len)
        return usage_error("doctor", "it takes no argument: %s", arguments.at[0]);
    struct report report = {
        .checks = json_array(), .packages = mem_text(""), .print = !arguments.json};
    check_program(&report, "clang", "clang-19", "--version", "clang-19");
    check_program(&report, "afl-clang-fast", "afl-clang-fast", "--version", "afl++");
    check_program(&report, "cmake", "cmake", "--version", "cmake");
    check_sanitizers(&report);
    check_kernel(&report);
    check_build(&report, arguments.manifest);
    if (arguments.json)
        json_print(report.checks);
    else
        print_end(&report);
    json_decref(report.checks);
    free(report.packages);
    return report.missing ? EXIT_FOUND : EXIT_FINE;
}
