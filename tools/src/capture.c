#include "capture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mem.h"

void capture_init(struct capture *capture, size_t max)
{
    *capture = (struct capture){.half = max / 2 ? max / 2 : 1};
}

static size_t add_to_head(struct capture *capture, const char *bytes, size_t len)
{
    size_t room = capture->half - capture->head_len;
    size_t take = len < room ? len : room;
    if (capture->head_len + take > capture->head_cap) {
        size_t cap = capture->head_cap ? capture->head_cap * 2 : 4096;
        while (cap < capture->head_len + take)
            cap *= 2;
        capture->head_cap = cap < capture->half ? cap : capture->half;
        capture->head = mem_resize(capture->head, capture->head_cap, 1);
    }
    if (take)
        memcpy(capture->head + capture->head_len, bytes, take);
    capture->head_len += take;
    return take;
}

void capture_add(struct capture *capture, const char *bytes, size_t len)
{
    size_t taken = add_to_head(capture, bytes, len);
    capture->total += taken;
    bytes += taken;
    len -= taken;
    if (len > 0 && !capture->tail)
        capture->tail = mem_new(capture->half, 1);
    if (len > capture->half) { /* only the last half of it can stay */
        capture->total += len - capture->half;
        bytes += len - capture->half;
        len = capture->half;
    }
    while (len > 0) {
        size_t at = (size_t)((capture->total - capture->head_len) % capture->half);
        size_t take = capture->half - at < len ? capture->half - at : len;
        memcpy(capture->tail + at, bytes, take);
        capture->total += take;
        bytes += take;
        len -= take;
    }
}

char *capture_take(struct capture *capture, size_t *len)
{
    unsigned long long rest = capture->total - capture->head_len;
    size_t kept = rest < capture->half ? (size_t)rest : capture->half;
    char gap[64] = "";
    if (rest > kept)
        snprintf(gap, sizeof gap, "\n[%llu bytes left out]\n", rest - kept);
    size_t gap_len = strlen(gap);
    char *all = mem_new(capture->head_len + gap_len + kept + 1, 1);
    if (capture->head_len)
        memcpy(all, capture->head, capture->head_len);
    memcpy(all + capture->head_len, gap, gap_len);
    char *end = all + capture->head_len + gap_len;
    size_t start = rest > kept ? (size_t)(rest % capture->half) : 0;
    for (size_t i = 0; i < kept; i++)
        end[i] = capture->tail[(start + i) % capture->half];
    *len = capture->head_len + gap_len + kept;
    capture_free(capture);
    return all;
}

void capture_free(struct capture *capture)
{
    size_t half = capture->half;
    free(capture->head);
    free(capture->tail);
    *capture = (struct capture){.half = half};
}
