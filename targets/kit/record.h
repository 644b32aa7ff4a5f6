/* record.h: run a program in a child process and read back its trace (trace.h) as steps. */
#ifndef LEDGE_KIT_RECORD_H
#define LEDGE_KIT_RECORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "program.h"

enum kit_phase_kind {
    KIT_PHASE_OPEN,
    KIT_PHASE_OP,
    KIT_PHASE_CLOSE,
    KIT_PHASE_END, /* the program ran to its end; what fails after that is a leak */
};

enum kit_event_kind { KIT_EVENT_CALL, KIT_EVENT_CHECK };

/* The parts of a check event; see trace.h. */
struct kit_check {
    const char *function, *kind, *index, *index_value, *expression, *want;
};

struct kit_event {
    enum kit_event_kind kind;
    const char *text; /* the call's source text, or the check's expression */
    struct kit_check check;
};

struct kit_step {
    enum kit_phase_kind phase;
    size_t op; /* KIT_PHASE_OP: which call of the program; else SIZE_MAX */
    struct kit_event *events;
    size_t events_len;
};

struct kit_recording {
    bool failed; /* the child did not exit with 0 */
    struct kit_step *steps;
    size_t steps_len;
    char *text; /* what everything above points into */
};

/* kit_record runs [data, data + size) and fills *recording, which kit_recording_free releases. A
 * child that still runs after `seconds` is killed and counts as failed. Returns false with errno
 * set when the child or the trace could not be had. */
bool kit_record(const uint8_t *data, size_t size, unsigned seconds,
                struct kit_recording *recording);
void kit_recording_free(struct kit_recording *recording);

/* kit_recording_has says whether a check of that kind ("eq", "bytes", "status") belongs into the C
 * program. */
bool kit_recording_has(const struct kit_recording *recording, const char *kind);

/* kit_step_name is the operation's name, or "open", "close"; kit_step_prefix is "op_" or "world_".
 */
const char *kit_step_name(const struct kit_step *step, const struct kit_call *calls);
const char *kit_step_prefix(const struct kit_step *step);

/* kit_step_last is a step's last event, or NULL. */
const struct kit_event *kit_step_last(const struct kit_step *step);

/* kit_event_in_step: a check in the step's own function that the C program repeats: every status,
 * and the last check. kit_event_in_world_check: a check in world_check. */
bool kit_event_in_step(const struct kit_step *step, const struct kit_event *event);
bool kit_event_in_world_check(const struct kit_event *event);

#endif
