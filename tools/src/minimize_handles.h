/* minimize_handles.h: names of handles that are as low as they can be. */
#ifndef LEDGE_TOOLS_MINIMIZE_HANDLES_H
#define LEDGE_TOOLS_MINIMIZE_HANDLES_H

#include "minimize_steps.h"

/* handles_rename gives handles lower names: the first is 0, the next one 1; where one can't be what
 * it should, the next is tried as that as well. Returns whether it changed anything. */
bool handles_rename(struct search *search);

#endif
