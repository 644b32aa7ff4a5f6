/* text.h: a program for people and for tools. */
#ifndef LEDGE_KIT_TEXT_H
#define LEDGE_KIT_TEXT_H

#include <stdio.h>

#include "program.h"

/* kit_write_call writes one call as "vec.insert(at=4, value=1)". */
void kit_write_call(FILE *out, const struct kit_call *call);

/* kit_write_program writes one call a line. */
void kit_write_program(FILE *out, const struct kit_call *calls, size_t count);

/* kit_write_json writes a program as one JSON object: the canonical encoding in hex, and for each
 * call its text, where it stands in those bytes, the handles it fills, the earlier calls it depends
 * on, and each number that can be lowered. */
void kit_write_json(FILE *out, const struct kit_call *calls, size_t count);

/* kit_write_table writes the target's operations as a JSON object: what a reader of the format
 * needs to know. */
void kit_write_table(FILE *out);

#endif
