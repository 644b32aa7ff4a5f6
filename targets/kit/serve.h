/* serve.h: many inputs, each in a process of its own, for the price of a fork.
 *
 * A sanitizer takes milliseconds to start and its children inherit what it has set up, so one
 * process that forks for every input is several times faster than one process an input, and an
 * input still can't touch the next. */
#ifndef LEDGE_KIT_SERVE_H
#define LEDGE_KIT_SERVE_H

#include <stddef.h>
#include <stdint.h>

/* kit_serve reads inputs from standard input, each as its size (four bytes, in the machine's order)
 * and its bytes. For each it forks a child, in a process group of its own, that calls run and
 * exits; standard output then gets the child's process id and, when it has ended, its wait status
 * (four bytes each). What the child prints to standard error is its report. Returns 0 at the end of
 * the input, 2 and a message when something can't be read, written or forked. */
int kit_serve(int (*run)(const uint8_t *data, size_t size));

#endif
