#include "options.h"

#include <errno.h>
#include <getopt.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fail.h"
#include "ignore.h"
#include "mem.h"

enum { FIRST_OWN = 1000 }; /* getopt values of the command's own options; below are characters */

int usage_error(const char *command, const char *format, ...)
{
    va_list args;
    fprintf(stderr, "ledge: %s: ", command);
    va_start(args, format);
    vfprintf(stderr, format, args);
    va_end(args);
    fprintf(stderr, "\n  ledge %s --help says how it is used\n", command);
    return EXIT_USAGE;
}

static void print_option(const char *name, const char *value, const char *help)
{
    char left[64];
    snprintf(left, sizeof left, "--%s%s%s", name, value ? " " : "", value ? value : "");
    printf("  %-20s %s\n", left, help);
}

static void print_help(const struct command *command)
{
    printf("usage: ledge %s %s\n\n%s\n\n", command->name, command->synopsis, command->purpose);
    for (size_t i = 0; i < command->options_len; i++) {
        const struct option_def *option = &command->options[i];
        print_option(option->name, option->value, option->help);
    }
    print_option("json", NULL, "print the result as JSON on stdout");
    print_option("manifest", "FILE",
                 "the targets to know (default: the build's own, or $LEDGE_MANIFEST)");
    print_option("ignore", "FILE", "more frames that don't name a program; also $LEDGE_IGNORE");
    print_option("help", NULL, "this text");
    if (command->notes)
        printf("\n%s\n", command->notes);
}

static bool read_number(const char *text, unsigned least, unsigned *number)
{
    char *end;
    errno = 0;
    unsigned long value = strtoul(text, &end, 10);
    if (text[0] < '0' || text[0] > '9' || *end != '\0' || errno != 0 || value > UINT_MAX ||
        value < least)
        return false;
    *number = (unsigned)value;
    return true;
}

static int take_option(const struct command *command, const struct option_def *option)
{
    switch (option->kind) {
    case OPTION_FLAG:
        *(bool *)option->into = true;
        break;
    case OPTION_TEXT:
        *(const char **)option->into = optarg;
        break;
    case OPTION_NUMBER:
        if (!read_number(optarg, option->least, option->into))
            return usage_error(command->name, "--%s wants a whole number of at least %u, not '%s'",
                               option->name, option->least, optarg);
        break;
    }
    return -1;
}

static struct option *getopt_table(const struct command *command)
{
    struct option *table = mem_new(command->options_len + 5, sizeof *table);
    size_t n = command->options_len;
    for (size_t i = 0; i < n; i++) {
        const struct option_def *option = &command->options[i];
        table[i].name = option->name;
        table[i].has_arg = option->kind == OPTION_FLAG ? no_argument : required_argument;
        table[i].val = FIRST_OWN + (int)i;
    }
    table[n] = (struct option){"json", no_argument, NULL, 'j'};
    table[n + 1] = (struct option){"manifest", required_argument, NULL, 'm'};
    table[n + 2] = (struct option){"ignore", required_argument, NULL, 'i'};
    table[n + 3] = (struct option){"help", no_argument, NULL, 'h'};
    return table;
}

/* What the user wants left out of crash states, from the option or the environment. Returns as
 * options_parse does. */
static int add_ignored(const char *path)
{
    struct fail why;
    if (!path || !path[0] || ignore_add(path, &why))
        return -1;
    fail_print(&why);
    return EXIT_CANNOT;
}

int options_parse(const struct command *command, int argc, char **argv, struct arguments *arguments)
{
    *arguments = (struct arguments){0};
    struct option *table = getopt_table(command);
    int result = add_ignored(getenv("LEDGE_IGNORE"));
    int got;
    opterr = 0;
    optind = 1;
    while (result < 0 && (got = getopt_long(argc, argv, ":h", table, NULL)) != -1) {
        if (got == 'j') {
            arguments->json = true;
        } else if (got == 'm') {
            arguments->manifest = optarg;
        } else if (got == 'i') {
            result = add_ignored(optarg);
        } else if (got == 'h') {
            print_help(command);
            result = EXIT_FINE;
        } else if (got == ':') {
            result = usage_error(command->name, "%s wants a value", argv[optind - 1]);
        } else if (got >= FIRST_OWN) {
            result = take_option(command, &command->options[got - FIRST_OWN]);
        } else {
            result = usage_error(command->name, "unknown option %s", argv[optind - 1]);
        }
    }
    free(table);
    arguments->at = argv + optind;
    arguments->len = (size_t)(argc - optind);
    return result;
}

/* Steps through a comma-separated list; returns the length of the part at *at, and moves *at past
 * it. */
static size_t next_part(const char **at, const char **part)
{
    *part = *at;
    size_t len = strcspn(*at, ",");
    *at += len + ((*at)[len] == ',');
    return len;
}

static bool part_is(const char *part, size_t len, const char *name)
{
    return strlen(name) == len && memcmp(part, name, len) == 0;
}

bool list_has(const char *list, const char *name)
{
    if (!list)
        return true;
    const char *part;
    while (*list) {
        size_t len = next_part(&list, &part);
        if (part_is(part, len, name) || part_is(part, len, "all"))
            return true;
    }
    return false;
}

char *list_check(const char *list, const char *const *names)
{
    const char *part;
    while (list && *list) {
        size_t len = next_part(&list, &part);
        bool known = part_is(part, len, "all");
        for (size_t i = 0; names[i] && !known; i++)
            known = part_is(part, len, names[i]);
        if (!known)
            return mem_copy(part, len);
    }
    return NULL;
}
