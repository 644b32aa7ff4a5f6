#include "store_state.h"

#include <stdlib.h>
#include <string.h>

#include "mem.h"

#define NEXT(...) ((const char *const[]){__VA_ARGS__, NULL})

/* A reproducer can be made only of what is minimal, and only what has a reproducer can be told to
 * be fixed. What was laid aside comes back by failing again. */
static const struct state_step issue_steps[] = {
    {"new", NEXT("reproduced", "flaky", "wontfix", "duplicate")},
    {"reproduced", NEXT("minimized", "flaky", "wontfix", "duplicate")},
    {"flaky", NEXT("reproduced", "wontfix", "duplicate")},
    {"minimized", NEXT("curated", "flaky", "wontfix", "duplicate")},
    {"curated", NEXT("fixed", "wontfix", "duplicate")},
    {"fixed", NEXT("reproduced")},
    {"wontfix", NEXT("reproduced")},
    {"duplicate", NEXT("reproduced")},
};

static const struct state_step crash_steps[] = {
    {"new", NEXT("named", "flaky")},
    {"named", NEXT(NULL)},
    {"flaky", NEXT("named")},
};

const struct state_machine issue_states = {"issues", issue_steps,
                                           sizeof issue_steps / sizeof issue_steps[0]};
const struct state_machine crash_states = {"crashes", crash_steps,
                                           sizeof crash_steps / sizeof crash_steps[0]};

static const struct state_step *find(const struct state_machine *machine, const char *name)
{
    for (size_t i = 0; i < machine->len; i++)
        if (strcmp(machine->steps[i].name, name) == 0)
            return &machine->steps[i];
    return NULL;
}

const char *const *state_after(const struct state_machine *machine, const char *from)
{
    const struct state_step *step = find(machine, from);
    return step ? step->next : NULL;
}

bool state_known(const struct state_machine *machine, const char *name)
{
    return find(machine, name) != NULL;
}

char *state_next(const struct state_machine *machine, const char *from)
{
    const struct state_step *step = find(machine, from);
    char *text = NULL;
    for (size_t i = 0; step && step->next[i]; i++) {
        const char *between = step->next[i + 1] ? ", " : " or ";
        char *longer =
            text ? mem_print("%s%s%s", text, between, step->next[i]) : mem_text(step->next[i]);
        free(text);
        text = longer;
    }
    return text ? text : mem_text("nothing");
}

enum { STATES_MAX = 16 };

size_t state_path(const struct state_machine *machine, const char *from, const char *to,
                  const char **path, size_t cap)
{
    /* Breadth first; before[] says by which state each was reached. */
    const struct state_step *queue[STATES_MAX] = {find(machine, from)}, *end = find(machine, to);
    size_t before[STATES_MAX] = {0}, head = 0, tail = 1, len = 0;
    if (!queue[0] || !end || machine->len > STATES_MAX)
        return 0;
    for (; head < tail && queue[head] != end; head++)
        for (size_t i = 0; queue[head]->next[i]; i++) {
            const struct state_step *next = find(machine, queue[head]->next[i]);
            size_t seen = 0;
            while (seen < tail && queue[seen] != next)
                seen++;
            if (seen < tail)
                continue;
            before[tail] = head;
            queue[tail++] = next;
        }
    if (head == tail)
        return 0;
    for (size_t at = head; at != 0; at = before[at])
        len++;
    if (len > cap)
        return 0;
    for (size_t at = head, left = len; at != 0; at = before[at])
        path[--left] = queue[at]->name;
    return len;
}

/* 'new>named', 'new>flaky', … */
static char *pairs(const struct state_machine *machine)
{
    char *text = NULL;
    for (size_t i = 0; i < machine->len; i++)
        for (size_t j = 0; machine->steps[i].next[j]; j++) {
            char *longer = mem_print("%s%s'%s>%s'", text ? text : "", text ? ", " : "",
                                     machine->steps[i].name, machine->steps[i].next[j]);
            free(text);
            text = longer;
        }
    return text;
}

char *state_triggers(const struct state_machine *machine)
{
    char *legal = pairs(machine);
    char *sql = mem_print(
        "CREATE TRIGGER %s_first BEFORE INSERT ON %s WHEN NEW.status <> '%s' "
        "BEGIN SELECT RAISE(ABORT, 'a row begins as %s'); END;"
        "CREATE TRIGGER %s_step BEFORE UPDATE OF status ON %s WHEN NEW.status <> OLD.status "
        "AND OLD.status || '>' || NEW.status NOT IN (%s) "
        "BEGIN SELECT RAISE(ABORT, 'no such step of a state'); END;"
        "CREATE TRIGGER %s_stay BEFORE DELETE ON %s "
        "BEGIN SELECT RAISE(ABORT, 'nothing is ever deleted'); END;",
        machine->table, machine->table, machine->steps[0].name, machine->steps[0].name,
        machine->table, machine->table, legal, machine->table, machine->table);
    free(legal);
    return sql;
}
