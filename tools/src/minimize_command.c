#include "minimize_command.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "files.h"
#include "mem.h"

enum { TIMEOUT_MS = 5000, RSS_MB = 4096 };

/* Takes one word off the front of *line; NULL: there is none. *open: a quote doesn't end. */
static char *next_word(const char **line, bool *open)
{
    const char *at = *line + strspn(*line, " \t\n");
    if (*at == '\0')
        return NULL;
    char *word = mem_copy(at, strlen(at));
    size_t len = 0;
    char quote = '\0';
    for (; *at && (quote || !strchr(" \t\n", *at)); at++) {
        if (quote ? *at == quote : *at == '\'' || *at == '"')
            quote = quote ? '\0' : *at;
        else if (*at == '\\' && quote != '\'' && at[1])
            word[len++] = *++at;
        else
            word[len++] = *at;
    }
    word[len] = '\0';
    *open = quote != '\0';
    *line = at;
    return word;
}

static char **split(const char *line, bool *open)
{
    char **words = mem_new(strlen(line) + 2, sizeof *words);
    size_t len = 0;
    *open = false;
    while (!*open && (words[len] = next_word(&line, open)))
        len++;
    return words;
}

char *program_find(const char *program)
{
    const char *path = getenv("PATH");
    if (strchr(program, '/') || !path)
        return access(program, X_OK) == 0 ? mem_text(program) : NULL;
    while (*path) {
        size_t len = strcspn(path, ":");
        char *whole = mem_print("%.*s/%s", (int)len, path, program);
        if (len > 0 && path_is_file(whole) && access(whole, X_OK) == 0)
            return whole;
        free(whole);
        path += len + (path[len] == ':');
    }
    return NULL;
}

struct manifest command_manifest(void)
{
    static const char *const names[] = {"llvm-symbolizer-19", "llvm-symbolizer", NULL};
    const char *named = getenv("LLVM_SYMBOLIZER");
    struct manifest bare = {.symbolizer = named && named[0] ? named : NULL};
    for (size_t i = 0; names[i] && !bare.symbolizer; i++) {
        char *path = program_find(names[i]);
        if (path)
            bare.symbolizer = names[i];
        free(path);
    }
    if (!bare.symbolizer)
        bare.symbolizer = names[0];
    return bare;
}

/* A path that means the same from anywhere; links stay: a program may go by its own name. */
static char *absolute(char *path)
{
    char *here = path && path[0] != '/' ? getcwd(NULL, 0) : NULL;
    if (!here)
        return path;
    char *whole = mem_print("%s/%s", here, strncmp(path, "./", 2) == 0 ? path + 2 : path);
    free(here);
    free(path);
    return whole;
}

/* Programs go by what a name ends with: ".png". */
static const char *suffix_of(const char *path)
{
    const char *dot = path ? strrchr(path_base(path), '.') : NULL;
    return dot && dot != path_base(path) ? dot : NULL;
}

bool command_target_make(const char *line, const struct command_options *options,
                         struct command_target *out, struct fail *why)
{
    bool open;
    *out = (struct command_target){.words = split(line, &open)};
    const char *program = out->words[0];
    out->binary = program ? absolute(program_find(program)) : NULL;
    if (open || !out->binary) {
        fail_set(why, "--cmd wants a program and its arguments: --cmd 'prog --flag @@'",
                 open       ? "--cmd %s: a quote has no end"
                 : !program ? "--cmd %s: there is no program in it"
                            : "--cmd %s: there is no such program",
                 line);
        command_target_free(out);
        return false;
    }
    out->name = mem_text(path_base(program));
    out->build = (struct build){.engine = "command", .sanitizer = "command", .binary = out->binary};
    out->target = (struct target){
        .name = out->name,
        .timeout_ms = options->timeout_ms ? options->timeout_ms : TIMEOUT_MS,
        .rss_mb = RSS_MB,
        .builds = &out->build,
        .builds_len = 1,
        .command = (const char *const *)out->words,
        .command_line = line,
        .exit_code = options->exit_code,
        .suffix = suffix_of(options->input),
    };
    return true;
}

void command_target_free(struct command_target *command)
{
    for (char **word = command->words; word && *word; word++)
        free(*word);
    free(command->words);
    free(command->name);
    free(command->binary);
    *command = (struct command_target){0};
}
