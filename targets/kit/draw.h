/* draw.h: random calls and arguments, weighted towards what breaks code. Shared by the mutator and
 * the seed generator. */
#ifndef LEDGE_KIT_DRAW_H
#define LEDGE_KIT_DRAW_H

#include "program.h"
#include "random.h"

/* kit_draw_call makes a call of any operation with arguments of their types. */
void kit_draw_call(struct kit_random *random, struct kit_call *call);

/* kit_draw_argument gives argument i of a call a new value. */
void kit_draw_argument(struct kit_random *random, struct kit_call *call, size_t i);

#endif
