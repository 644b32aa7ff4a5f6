/* capture.h: the beginning and the end of a stream of any length, in bounded memory.
 *
 * A crash report is at the end of a log, the reason for a start-up failure at its beginning; a
 * gigabyte in between is of no use. Not thread-safe. */
#ifndef LEDGE_TOOLS_CAPTURE_H
#define LEDGE_TOOLS_CAPTURE_H

#include <stddef.h>

struct capture {
    char *head, *tail; /* the first and, as a ring, the last bytes */
    size_t half;       /* at most this many of each */
    size_t head_len, head_cap;
    unsigned long long total; /* bytes ever added */
};

/* capture_init prepares an empty capture that keeps about max bytes. */
void capture_init(struct capture *capture, size_t max);

/* capture_add appends len bytes. Amortised O(len). */
void capture_add(struct capture *capture, const char *bytes, size_t len);

/* capture_take returns what was kept, NUL-terminated, for free(); where bytes were left out a line
 * says how many. The capture is empty afterwards. */
char *capture_take(struct capture *capture, size_t *len);

/* capture_free frees what was not taken. */
void capture_free(struct capture *capture);

#endif
