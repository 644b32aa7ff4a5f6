/* str_bench.h: the sizes that all subjects share, and those subjects that are written in C++. */
#ifndef LEDGE_BENCH_STR_BENCH_H
#define LEDGE_BENCH_STR_BENCH_H

#ifdef __cplusplus
extern "C" {
#endif

enum { STR_CHARS = 1000000, STR_PIECES = 200000, STR_NUMBERS = 100000 };

/* Twelve bytes, of which as many are appended as the number of the step says: 1 to 12. */
#define STR_PIECE "a few bytes."

void chars_string(void);
void pieces_string(void);
void numbers_string(void);

#ifdef __cplusplus
}
#endif

#endif /* LEDGE_BENCH_STR_BENCH_H */
