/* program.h: an input as a list of operations that can be taken out and of numbers that can be
 * lowered.
 *
 * For a target built on the kit, the operations are its calls and the numbers their arguments, as
 * its replayer tells (--json). What a program means is the target's business; here it is only cut,
 * lowered and written as bytes again. In the kit's format (targets/kit/wire.h) a smaller number is
 * a simpler one. For any other target a program is plain bytes.
 *
 * A program owns its arrays; zero is the empty program. Nothing here is shared, so any thread may
 * work on its own. */
#ifndef LEDGE_TOOLS_PROGRAM_H
#define LEDGE_TOOLS_PROGRAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "fail.h"
#include "manifest.h"

enum field_kind {
    FIELD_VALUE, /* a number that stands for itself */
    FIELD_COUNT, /* how many items follow it */
    FIELD_ITEM,  /* one of those */
};

struct program_field {
    uint64_t value;
    enum field_kind kind;
    unsigned groups; /* the digits it is written with, base 128 */
    uint64_t name;   /* a hash of the argument's name; 0: it has none */
};

struct program_op {
    int head; /* the byte that starts its record */
    size_t field, fields_len;
};

/* Operation `user` uses a handle that operation `definer`, an earlier one, filled. */
struct program_use {
    size_t user, definer;
};

struct program {
    struct program_op *ops;
    size_t ops_len;
    struct program_field
        *fields; /* those of one operation side by side, in the operations' order */
    size_t fields_len;
    struct program_use *uses;
    size_t uses_len;
    /* Plain bytes; NULL: there are operations. Where there are both, the bytes are what is run, and
     * the operations what a replayer makes of them. */
    uint8_t *raw;
    size_t raw_len;
};

/* program_read asks a replayer of a kit target for the program in the file at path. False and *why
 * when the replayer can't be run or its answer isn't understood. */
bool program_read(const struct target *target, const struct build *replayer, const char *path,
                  struct program *program, struct fail *why);

/* program_parse reads what a replayer's --json prints. */
bool program_parse(const char *json, size_t len, struct program *program, struct fail *why);

/* program_of_bytes makes a program of plain bytes. */
void program_of_bytes(const void *bytes, size_t len, struct program *program);

void program_free(struct program *program);

/* program_encode writes a program as bytes, for free(). Zeros at a record's end are left out: the
 * kit reads what is missing as zero. O(fields). */
uint8_t *program_encode(const struct program *program, size_t *len);

/* program_size is how many bytes that are. */
size_t program_size(const struct program *program);

/* program_copy makes another one. O(program), as all that follow; but for program_copy they want
 * operations, and make programs without plain bytes. */
void program_copy(const struct program *program, struct program *out);

/* program_operations makes a copy without plain bytes: what is changed in it is what is written. */
void program_operations(const struct program *program, struct program *out);

/* program_keep makes the program that has only those operations for which keep[] is true. */
void program_keep(const struct program *program, const bool *keep, struct program *out);

/* program_drop_op makes the program without that operation. */
void program_drop_op(const struct program *program, size_t op, struct program *out);

/* program_lower makes the program in which a number is `value`, less than it was; a lower count
 * takes its last items away. */
void program_lower(const struct program *program, size_t field, uint64_t value,
                   struct program *out);

/* program_drop_item makes the program without that item, and its count one less. */
void program_drop_item(const struct program *program, size_t field, struct program *out);

/* program_users sets marked[] for every operation that uses, directly or not, what a marked one
 * filled. */
void program_users(const struct program *program, bool *marked);

/* replayer_ask runs `replayer OPTION PATH` and gives its standard output, NUL-terminated, for
 * free(). *code, unless NULL, is the exit code; where it is NULL, any but 0 is a failure. */
bool replayer_ask(const struct target *target, const struct build *replayer, const char *option,
                  const char *path, char **text, size_t *len, int *code, struct fail *why);

#endif
