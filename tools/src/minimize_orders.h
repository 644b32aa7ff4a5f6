/* minimize_orders.h: operations taken away in another order, which may leave other ones. */
#ifndef LEDGE_TOOLS_MINIMIZE_ORDERS_H
#define LEDGE_TOOLS_MINIMIZE_ORDERS_H

#include "minimize_steps.h"

/* orders_thin takes away what it can of the operations of *search->best: number 0 goes from the
 * front to the back, any other number in an order of its own that looks like chance and is the same
 * every time. Given a program with all that stands behind the operation that fails, it may end at
 * one that fails in the same way later. */
void orders_thin(struct search *search, unsigned number);

#endif
