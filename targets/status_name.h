/* status_name.h: what a target of libledge gives as .status_name, so that statuses stand under
 * their own names in failed checks, emitted programs and tables. */
#ifndef LEDGE_TARGETS_STATUS_NAME_H
#define LEDGE_TARGETS_STATUS_NAME_H

#include <ledge/base.h>

static const char *status_name(int status)
{
    return ledge_status_name((ledge_status)status);
}

#endif
