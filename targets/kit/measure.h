/* measure.h: what each of many inputs exercises, one process for all: the replayer's --features.
 *
 * `ledge corpus` drives it. Inputs come on stdin, each as its length (32 bits) and its bytes. What
 * they exercise goes to a file, all numbers 32 bits in the machine's order:
 *
 *     "LEDGEFT1"  counters  cells          once: the sizes of what is counted
 *     index  count  sum  id...             for each input, in one write, after it has run
 *
 * The ids of an input are ascending. Those below 8 * counters are a counter's number times 8 plus
 * how often it was passed: 1, 2, 3, 4-7, 8-15, 16-31, 32-127, more. Those behind are the cells of
 * the target's own accounting. `sum` is FNV-1a over the ids: the program under test may have
 * overwritten anything. An input that ends the process leaves no record, and so is known.
 *
 * Works for any target: it needs LLVMFuzzerTestOneInput and, for counters, code compiled with
 * -fsanitize-coverage=inline-8bit-counters,pc-table. The runtime that the compiler's flag expects
 * is defined here, so it must not be linked together with libFuzzer. */
#ifndef LEDGE_KIT_MEASURE_H
#define LEDGE_KIT_MEASURE_H

#include <stddef.h>
#include <stdint.h>

/* The accounting of a target that has one. */
struct measure_cells {
    uint32_t count; /* how many cells there are */
    /* Writes the numbers of the cells counted since the last call, ascending, all below count, to
     * out (room for count), forgets them, and returns how many. */
    size_t (*take)(uint32_t *out);
};

/* measure_inputs runs what stdin holds and appends to the file out_path. An input that takes longer
 * than timeout_ms (0: any time is fine) ends the process by SIGALRM. One that shows something new
 * to this process is run once more, and that run counts: what happens only once in a process
 * belongs to no input. cells may be NULL.
 *
 * Returns only when it can't go on: an exit code, and on stderr "ledge-features: " and the reason;
 * when all ran, the process ends with 0 on the spot, since leaks are not its business. */
int measure_inputs(const char *out_path, unsigned timeout_ms, const struct measure_cells *cells);

#endif
