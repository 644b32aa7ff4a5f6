/* str_bench.c: building a text, beside a raw buffer that is large enough, GLib's GString and
 * std::string.
 *
 *     str_bench [ROUNDS]
 *
 * Times are medians over ROUNDS (default 31) rounds, in which all subjects of a table take turns. A
 * ratio is the peer's time by ours: 1.00 is as fast. Ours and the peers start empty and grow; the
 * raw buffer doesn't, and checks nothing. */
#include "bench.h"

#include <inttypes.h>
#include <string.h>

#include <ledge/str.h>

#include "str_bench.h"

#ifdef HAVE_GLIB
#include <glib.h>
#endif

enum { BUFFER = 4 << 20 };

static char *buffer;

static inline void finish(ledge_str *str)
{
    if (ledge_str_status(str) != LEDGE_OK) {
        fprintf(stderr, "str_bench: %s\n", ledge_strerror(ledge_str_status(str)));
        exit(1);
    }
    bench_keep((uint64_t)ledge_str_cstr(str)[ledge_str_length(str) / 2]);
    ledge_str_cleanup(str);
}

/* --- One byte at a time ------------------------------------------------------------------------
 */

static void chars_ours(void)
{
    ledge_str str = {0};
    for (size_t i = 0; i < STR_CHARS; i++)
        ledge_str_append_char(&str, (char)('a' + i % 16));
    finish(&str);
}

static void chars_raw(void)
{
    char *at = buffer;
    for (size_t i = 0; i < STR_CHARS; i++) {
        *at++ = (char)('a' + i % 16);
        bench_keep(0); /* or it is done 16 at a time */
    }
    *at = '\0';
    bench_keep((uint64_t)buffer[STR_CHARS / 2]);
}

#ifdef HAVE_GLIB
static void chars_gstring(void)
{
    GString *text = g_string_new(NULL);
    for (size_t i = 0; i < STR_CHARS; i++)
        g_string_append_c(text, (char)('a' + i % 16));
    bench_keep((uint64_t)text->str[STR_CHARS / 2]);
    g_string_free(text, TRUE);
}
#endif

/* --- 1 to 12 bytes at a time ---------------------------------------------------------------------
 */

static void pieces_ours(void)
{
    ledge_str str = {0};
    for (size_t i = 0; i < STR_PIECES; i++)
        ledge_str_append(&str, STR_PIECE, 1 + i % 12);
    finish(&str);
}

static void pieces_raw(void)
{
    char *at = buffer;
    for (size_t i = 0; i < STR_PIECES; i++) {
        memcpy(at, STR_PIECE, 1 + i % 12);
        at += 1 + i % 12;
        *at = '\0';
    }
    bench_keep((uint64_t)buffer[STR_PIECES / 2]);
}

#ifdef HAVE_GLIB
static void pieces_gstring(void)
{
    GString *text = g_string_new(NULL);
    for (size_t i = 0; i < STR_PIECES; i++)
        g_string_append_len(text, STR_PIECE, (gssize)(1 + i % 12));
    bench_keep((uint64_t)text->str[STR_PIECES / 2]);
    g_string_free(text, TRUE);
}
#endif

/* --- Numbers
 * --------------------------------------------------------------------------------------- */

static void numbers_ours(void)
{
    ledge_str str = {0};
    for (size_t i = 0; i < STR_NUMBERS; i++) {
        ledge_str_append_u64(&str, (uint64_t)i * i);
        ledge_str_append_char(&str, ' ');
    }
    finish(&str);
}

static void formatted_ours(void)
{
    ledge_str str = {0};
    for (size_t i = 0; i < STR_NUMBERS; i++)
        ledge_str_append_format(&str, "%" PRIu64 " ", (uint64_t)i * i);
    finish(&str);
}

static void formatted_raw(void)
{
    char *at = buffer;
    for (size_t i = 0; i < STR_NUMBERS; i++)
        at += snprintf(at, 24, "%" PRIu64 " ", (uint64_t)i * i);
    bench_keep((uint64_t)buffer[STR_NUMBERS / 2]);
}

#ifdef HAVE_GLIB
static void formatted_gstring(void)
{
    GString *text = g_string_new(NULL);
    for (size_t i = 0; i < STR_NUMBERS; i++)
        g_string_append_printf(text, "%" PRIu64 " ", (uint64_t)i * i);
    bench_keep((uint64_t)text->str[STR_NUMBERS / 2]);
    g_string_free(text, TRUE);
}
#endif

#define TABLE(title, subjects, steps)                                                              \
    bench_table(title, subjects, sizeof(subjects) / sizeof((subjects)[0]), steps, rounds)

int main(int argc, char **argv)
{
    const size_t rounds = bench_rounds(argc, argv);
    buffer = calloc(BUFFER, 1);
    if (!buffer) {
        fprintf(stderr, "str_bench: no memory\n");
        return 1;
    }
    const struct bench_subject chars[] = {
        {"ledge_str_append_char", chars_ours},
        {"raw buffer, large enough", chars_raw},
#ifdef HAVE_GLIB
        {"GString", chars_gstring},
#endif
#ifdef HAVE_CXX
        {"std::string", chars_string},
#endif
    };
    TABLE("append a byte", chars, STR_CHARS);

    const struct bench_subject pieces[] = {
        {"ledge_str_append", pieces_ours},
        {"raw memcpy, large enough", pieces_raw},
#ifdef HAVE_GLIB
        {"GString", pieces_gstring},
#endif
#ifdef HAVE_CXX
        {"std::string", pieces_string},
#endif
    };
    TABLE("append 1 to 12 bytes", pieces, STR_PIECES);

    const struct bench_subject numbers[] = {{"ledge_str_append_u64", numbers_ours},
#ifdef HAVE_CXX
                                            {"std::to_string", numbers_string},
#endif
                                            {"raw snprintf, large enough", formatted_raw}};
    TABLE("append a number", numbers, STR_NUMBERS);

    const struct bench_subject formatted[] = {
        {"ledge_str_append_format", formatted_ours},
        {"raw snprintf, large enough", formatted_raw},
#ifdef HAVE_GLIB
        {"GString", formatted_gstring},
#endif
    };
    TABLE("append a number, formatted", formatted, STR_NUMBERS);
    free(buffer);
    return 0;
}
