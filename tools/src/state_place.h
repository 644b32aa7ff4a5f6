/* state_place.h: which state directory a command means. */
#ifndef LEDGE_TOOLS_STATE_PLACE_H
#define LEDGE_TOOLS_STATE_PLACE_H

#include "fail.h"

/* state_place is --state, or the campaign directory of the build that the manifest is of; for
 * free(). NULL and *why when there is no --state and no manifest. */
char *state_place(const char *chosen, const char *manifest, struct fail *why);

#endif
