/* check.h: comparing what the API did with what the model expects.
 *
 * A check that fails prints two lines and aborts in the function that holds it, so that the
 * crashing frames, and the first line's operation, name the bug:
 *
 *     ==ledge== Model-mismatch in vec.insert: ledge_vec_length(&w->vec)
 *     ==ledge==   got 5, want 4 (vec.c:120, world_check)
 *
 * The first argument of a check is shown, and pasted into the emitted C program as it stands, so it
 * may use only what that program has: the world's OBJECTS, the operation's arguments, names that a
 * CALL declared, and, in the _AT forms, the one loop index they name. The wanted side may be
 * anything: its value is pasted, not its text. */
#ifndef LEDGE_KIT_CHECK_H
#define LEDGE_KIT_CHECK_H

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "account.h"

/* Where a check stands, and what it looks at. */
struct kit_site {
    const char *file;
    const char *function;
    const char *expression;
    const char *index; /* the name of a loop index, or NULL */
    int line;
    struct kit_tally *tally; /* of statuses (account.h); NULL: it checks none */
};

/* CHECK_EQ aborts unless two numbers (integers, or booleans) are equal. */
#define CHECK_EQ(got, want)       KIT_CHECK_EQ(NULL, 0, #got, got, want)
#define CHECK_EQ_AT(i, got, want) KIT_CHECK_EQ(#i, i, #got, got, want)

/* CHECK_BYTES aborts unless n bytes at two addresses are equal. n may be 0. */
#define CHECK_BYTES(got, want, n)       KIT_CHECK_BYTES(NULL, 0, #got, got, want, n)
#define CHECK_BYTES_AT(i, got, want, n) KIT_CHECK_BYTES(#i, i, #got, got, want, n)

/* CHECK_STATUS is CHECK_EQ for the status that an API function returned: it is also counted
 * (account.h). */
#define CHECK_STATUS(got, want) KIT_CHECK_STATUS(NULL, #got, got, want)

#define KIT_CHECK_STATUS(call_text, text, got, want)                                               \
    do {                                                                                           \
        static struct kit_tally kit_tally_ KIT_TALLY = {.call = call_text};                        \
        static const struct kit_site kit_site_ = {.file = __FILE__,                                \
                                                  .function = __func__,                            \
                                                  .expression = text,                              \
                                                  .line = __LINE__,                                \
                                                  .tally = &kit_tally_};                           \
        if (!kit_status(&kit_site_, (int)(got), (int)(want)))                                      \
            abort();                                                                               \
    } while (0)

/* A site is static: under ASan, one on the stack would cost more than the check. */
#define KIT_SITE(index_, text)                                                                     \
    static const struct kit_site kit_site_ = {.file = __FILE__,                                    \
                                              .function = __func__,                                \
                                              .expression = text,                                  \
                                              .index = index_,                                     \
                                              .line = __LINE__}

#define KIT_CHECK_EQ(index, i, text, got, want)                                                    \
    do {                                                                                           \
        KIT_SITE(index, text);                                                                     \
        const uint64_t kit_want_ = (uint64_t)(want);                                               \
        kit_about_eq(&kit_site_, i, kit_want_);                                                    \
        const uint64_t kit_got_ = (uint64_t)(got);                                                 \
        if (kit_got_ != kit_want_) {                                                               \
            kit_differs(&kit_site_, kit_got_, kit_want_);                                          \
            abort();                                                                               \
        }                                                                                          \
    } while (0)

#define KIT_CHECK_BYTES(index, i, text, got, want, n)                                              \
    do {                                                                                           \
        KIT_SITE(index, text);                                                                     \
        const void *kit_want_ = (want);                                                            \
        const size_t kit_n_ = (n);                                                                 \
        kit_about_bytes(&kit_site_, i, kit_want_, kit_n_);                                         \
        const void *kit_got_ = (got);                                                              \
        if (kit_n_ != 0 && memcmp(kit_got_, kit_want_, kit_n_) != 0) {                             \
            kit_bytes_differ(&kit_site_, kit_got_, kit_want_, kit_n_);                             \
            abort();                                                                               \
        }                                                                                          \
    } while (0)

/* kit_about_eq and kit_about_bytes trace the check that follows; i is the loop index's value. */
void kit_about_eq(const struct kit_site *site, size_t i, uint64_t want);
void kit_about_bytes(const struct kit_site *site, size_t i, const void *want, size_t n);

/* kit_differs and kit_bytes_differ print a failed check. */
void kit_differs(const struct kit_site *site, uint64_t got, uint64_t want);
void kit_bytes_differ(const struct kit_site *site, const void *got, const void *want, size_t n);

/* kit_status counts and traces a status, and prints when it is not the wanted one; returns whether
 * it is. */
int kit_status(const struct kit_site *site, int got, int want);

#endif
