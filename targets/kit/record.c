#include "record.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "run.h"
#include "trace.h"

static void kit_run_child(const uint8_t *data, size_t size, unsigned seconds, int trace_fd)
{
    const int null = open("/dev/null", O_WRONLY);
    if (null >= 0) {
        dup2(null, STDOUT_FILENO);
        dup2(null, STDERR_FILENO);
    }
    alarm(seconds); /* SIGALRM ends the process: nothing here handles it */
    kit_trace_fd = trace_fd;
    LLVMFuzzerTestOneInput(data, size);
    kit_trace("end");
    kit_trace_fd = -1;
    exit(0); /* so that the leak check runs */
}

static char *read_all(FILE *file)
{
    if (fseek(file, 0, SEEK_END) != 0)
        return NULL;
    const long size = ftell(file);
    if (size < 0)
        return NULL;
    char *text = malloc((size_t)size + 1);
    if (text == NULL)
        return NULL;
    rewind(file);
    text[fread(text, 1, (size_t)size, file)] = '\0';
    return text;
}

/* Splits off the part of *text before the next separator and ends it there. */
static char *split(char **text, char separator)
{
    char *start = *text, *end = strchr(start, separator);
    if (end == NULL)
        end = start + strlen(start);
    *text = *end ? end + 1 : end;
    *end = '\0';
    return start;
}

static void *grow(void *array, size_t len, size_t size)
{
    void *bigger = realloc(array, (len + 1) * size);
    if (bigger == NULL)
        abort();
    return bigger;
}

static void add_step(struct kit_recording *r, enum kit_phase_kind phase, size_t op)
{
    r->steps = grow(r->steps, r->steps_len, sizeof *r->steps);
    r->steps[r->steps_len++] = (struct kit_step){.phase = phase, .op = op};
}

static void add_event(struct kit_recording *r, struct kit_event event)
{
    if (r->steps_len == 0)
        return;
    struct kit_step *step = &r->steps[r->steps_len - 1];
    step->events = grow(step->events, step->events_len, sizeof *step->events);
    step->events[step->events_len++] = event;
}

static struct kit_event parse_check(char *line)
{
    struct kit_check check;
    check.function = split(&line, '\t');
    check.kind = split(&line, '\t');
    check.index = split(&line, '\t');
    check.index_value = split(&line, '\t');
    check.expression = split(&line, '\t');
    check.want = line;
    return (struct kit_event){.kind = KIT_EVENT_CHECK, .text = check.expression, .check = check};
}

static void parse_line(struct kit_recording *r, char *line)
{
    if (strcmp(line, "open") == 0)
        add_step(r, KIT_PHASE_OPEN, SIZE_MAX);
    else if (strcmp(line, "close") == 0)
        add_step(r, KIT_PHASE_CLOSE, SIZE_MAX);
    else if (strcmp(line, "end") == 0)
        add_step(r, KIT_PHASE_END, SIZE_MAX);
    else if (strncmp(line, "op ", 3) == 0)
        add_step(r, KIT_PHASE_OP, (size_t)strtoul(line + 3, NULL, 10));
    else if (strncmp(line, "call ", 5) == 0)
        add_event(r, (struct kit_event){.kind = KIT_EVENT_CALL, .text = line + 5});
    else if (strncmp(line, "check ", 6) == 0)
        add_event(r, parse_check(line + 6));
}

static bool collect(FILE *trace, struct kit_recording *r)
{
    r->text = read_all(trace);
    if (r->text == NULL)
        return false;
    for (char *rest = r->text; *rest != '\0';)
        parse_line(r, split(&rest, '\n'));
    return true;
}

bool kit_record(const uint8_t *data, size_t size, unsigned seconds, struct kit_recording *recording)
{
    int status;
    memset(recording, 0, sizeof *recording);
    FILE *trace = tmpfile();
    if (trace == NULL)
        return false;
    const pid_t child = fork();
    if (child == 0)
        kit_run_child(data, size, seconds, fileno(trace));
    bool ok = child > 0;
    while (ok && waitpid(child, &status, 0) < 0)
        ok = errno == EINTR;
    recording->failed = ok && status != 0;
    ok = ok && collect(trace, recording);
    fclose(trace);
    return ok;
}

void kit_recording_free(struct kit_recording *recording)
{
    for (size_t i = 0; i < recording->steps_len; i++)
        free(recording->steps[i].events);
    free(recording->steps);
    free(recording->text);
}

bool kit_recording_has(const struct kit_recording *recording, const char *kind)
{
    for (size_t i = 0; i < recording->steps_len; i++) {
        const struct kit_step *step = &recording->steps[i];
        for (size_t k = 0; k < step->events_len; k++) {
            const struct kit_event *event = &step->events[k];
            const bool last = i + 1 == recording->steps_len && k + 1 == step->events_len;
            if (event->kind == KIT_EVENT_CHECK && strcmp(event->check.kind, kind) == 0 &&
                (last || kit_event_in_step(step, event) || strcmp(kind, "status") == 0))
                return true;
        }
    }
    return false;
}

const char *kit_step_name(const struct kit_step *step, const struct kit_call *calls)
{
    if (step->phase == KIT_PHASE_OP)
        return calls[step->op].op->name;
    return step->phase == KIT_PHASE_OPEN ? "open" : "close";
}

const char *kit_step_prefix(const struct kit_step *step)
{
    return step->phase == KIT_PHASE_OP ? "op_" : "world_";
}

const struct kit_event *kit_step_last(const struct kit_step *step)
{
    return step->events_len > 0 ? &step->events[step->events_len - 1] : NULL;
}

bool kit_event_in_world_check(const struct kit_event *event)
{
    return event->kind == KIT_EVENT_CHECK && strcmp(event->check.function, "world_check") == 0;
}

bool kit_event_in_step(const struct kit_step *step, const struct kit_event *event)
{
    if (event->kind != KIT_EVENT_CHECK || kit_event_in_world_check(event))
        return false;
    return event == kit_step_last(step) || strcmp(event->check.kind, "status") == 0;
}
