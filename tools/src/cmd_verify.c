#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "commands.h"
#include "files.h"
#include "json.h"
#include "mem.h"
#include "options.h"
#include "state_place.h"
#include "store_audit.h"

static struct {
    const char *state, *holds;
} chosen;

static const struct option_def options[] = {
    {"state", OPTION_TEXT, "DIR", "the store's directory (default: BUILD/campaign)", &chosen.state,
     0},
    {"holds", OPTION_TEXT, "HASH", "the ledger must have this entry, noted from an earlier run",
     &chosen.holds, 0},
};

static const struct command command = {
    .name = "verify",
    .synopsis = "[--state DIR] [--holds HASH]",
    .purpose =
        "Checks that a store is what ledge left: the database, the chain of hashes over its\n"
        "ledger, every row against the ledger, every file against its SHA-256, and that every row\n"
        "leads to where it came from. One changed byte in any of these is found and told.\n"
        "The ledger's last hash is printed: who notes it elsewhere can later ask whether the\n"
        "ledger still --holds it, and so finds even a history that was written anew.",
    .notes = "  ledge verify\n"
             "  ledge verify --state /tmp/try --json\n\n"
             "May run while a campaign does.\n\n"
             "exit: 0 all holds; 1 something was changed or leads nowhere; 2 usage; 3 there is no\n"
             "store, or it cannot be read",
    .options = options,
    .options_len = sizeof options / sizeof options[0],
};

static void on_problem(void *context, const char *text)
{
    json_t *problems = context;
    json_append(problems, json_text(text));
}

/* A line as it may be shown on a terminal, whatever a changed byte made of it. */
static void print_line(const char *text)
{
    for (const char *at = text; *at; at++)
        putchar((unsigned char)*at < ' ' || *at == 0x7f ? '?' : *at);
    putchar('\n');
}

static void print_text(const struct audit *audit, const json_t *problems)
{
    size_t index;
    json_t *problem;
    json_array_foreach((json_t *)(uintptr_t)problems, index, problem)
        print_line(json_string_value(problem));
    printf("%s%lld entries of the ledger, %lld rows, %lld files: ", audit->problems ? "\n" : "",
           (long long)audit->entries, (long long)audit->rows, (long long)audit->artifacts);
    if (audit->problems)
        printf("%zu thing%s not hold\n", audit->problems, audit->problems == 1 ? " does" : "s do");
    else
        printf("all hold\n");
    if (audit->behind)
        printf("ledger.head does not know the last %lld yet: a process was killed, or is writing\n",
               (long long)audit->behind);
    printf("last hash: %s\n", audit->head);
}

static void print_json(const struct audit *audit, json_t *problems)
{
    json_t *root = json_object();
    json_put(root, "holds", json_boolean(audit->problems == 0));
    json_put(root, "entries", json_integer(audit->entries));
    json_put(root, "rows", json_integer(audit->rows));
    json_put(root, "files", json_integer(audit->artifacts));
    json_put(root, "behind", json_integer(audit->behind));
    json_put(root, "last_hash", json_text(audit->head));
    json_put(root, "problems", json_incref(problems));
    json_print(root);
    json_decref(root);
}

static int verify(struct store *store, bool json)
{
    json_t *problems = json_array();
    struct audit audit = {.problem = on_problem, .context = problems, .holds = chosen.holds};
    struct fail why;
    bool ok = store_audit(store, &audit, &why);
    if (ok && json)
        print_json(&audit, problems);
    else if (ok)
        print_text(&audit, problems);
    else
        fail_print(&why);
    json_decref(problems);
    return !ok ? EXIT_CANNOT : audit.problems ? EXIT_FOUND : EXIT_FINE;
}

/* A database that can't be opened where a ledger was kept is a changed one. */
static int unopened(const char *state, const struct fail *why)
{
    char *head = mem_print("%s/ledger.head", state);
    bool changed = path_is_file(head) && store_exists(state);
    free(head);
    fail_print(why);
    return changed ? EXIT_FOUND : EXIT_CANNOT;
}

int cmd_verify(int argc, char **argv)
{
    struct arguments arguments;
    struct fail why;
    int code = options_parse(&command, argc, argv, &arguments);
    if (code >= 0)
        return code;
    if (arguments.len > 0)
        return usage_error("verify", "it takes no arguments, and there is '%s'", arguments.at[0]);
    char *state = state_place(chosen.state, arguments.manifest, &why);
    if (!state) {
        fail_print(&why);
        return EXIT_CANNOT;
    }
    struct store *store = store_open(state, STORE_READ, &why);
    code = store ? verify(store, arguments.json) : unopened(state, &why);
    store_close(store);
    free(state);
    return code;
}
