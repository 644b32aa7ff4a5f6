/* str: the string builder (ledge/str.h) against a plain array. The string always has a limit, and
 * its allocator gives whatever it is asked for, so that a length that gets past the limit is an
 * out-of-memory (MALLOC_MB). Rows A25 A33 B3. */
#include "closed.h"
#include "kit/target.h"
#include "sequence.h"
#include "status_name.h"
#include "stingy.h"

#include <ledge/str.h>

#include <stdio.h>
#include <wchar.h>

enum { CAP = 512, MOST = 32 };

#define OBJECTS                                                                                    \
    ledge_str str;                                                                                 \
    ledge_span text; /* that was detached */                                                       \
    STINGY_OBJECTS

struct world {
    OBJECTS
    struct sequence m;
    size_t limit;
    ledge_status failed;
};

static void world_open(struct world *w)
{
    w->limit = CAP;
    w->m.esz = 1;
    CALL(w->stingy = (struct stingy){.grants = SIZE_MAX, .generous = true});
    CALL(w->alloc = (ledge_allocator){stingy_resize, &w->stingy});
    CALL(ledge_str_init(&w->str, &w->alloc));
    EXPECT(ledge_str_set_limit(&w->str, 512), LEDGE_OK);
}

static void world_check(struct world *w)
{
    w->m.bytes[w->m.n] = 0;
    CHECK_EQ(ledge_str_is_valid(&w->str), true);
    EXPECT_AS(remembered, ledge_str_status(&w->str), w->failed);
    CHECK_EQ(ledge_str_length(&w->str), w->m.n);
    CHECK_EQ(ledge_str_as_view(&w->str).length, w->m.n);
    CHECK_BYTES(ledge_str_cstr(&w->str), w->m.bytes, w->m.n + 1);
    CHECK_EQ(is_closed(w->str.ptr, w->str.length + 1, w->str.allocated), true);
    w->stingy.refused = false;
}

static void world_close(struct world *w)
{
    CALL(ledge_str_cleanup(&w->str));
    STINGY_CLOSE(w->stingy);
}

/* --- The model ---------------------------------------------------------------------------- */

/* What adding n bytes at `at` comes to. It is asked after the call: how often that needs memory is
 * its own affair. */
static ledge_status model_insert(struct world *w, size_t at, const void *src, size_t n)
{
    if (w->failed == LEDGE_OK) {
        if (src == NULL && n > 0)
            w->failed = LEDGE_ENULL;
        else if (at > w->m.n)
            w->failed = LEDGE_ERANGE;
        else if (n > w->limit - w->m.n)
            w->failed = LEDGE_EOVERFLOW;
        else if (w->stingy.refused)
            w->failed = LEDGE_ENOMEM;
    }
    if (w->failed == LEDGE_OK)
        sequence_insert(&w->m, at, src, n);
    return w->failed;
}

static ledge_status model_add(struct world *w, const void *src, size_t n)
{
    return model_insert(w, w->m.n, src, n);
}

static ledge_status model_hex(struct world *w, const void *src, size_t n)
{
    char text[2 * CAP + 1] = "";
    for (size_t i = 0; i < n; i++)
        sprintf(text + 2 * i, "%02x", ((const uint8_t *)src)[i]);
    return model_add(w, text, 2 * n);
}

static ledge_status model_escaped(struct world *w, const void *src, size_t n)
{
    static const char letters[] = "\n\r\t\"\\", names[] = "nrt\"\\";
    char text[4 * CAP + 1] = "", *at = text;
    for (size_t i = 0; i < n; i++) {
        const uint8_t byte = ((const uint8_t *)src)[i];
        const char *letter = byte ? strchr(letters, byte) : NULL;
        if (letter)
            at += sprintf(at, "\\%c", names[letter - letters]);
        else
            at += sprintf(at, byte >= 32 && byte < 127 ? "%c" : "\\%03o", byte);
    }
    return model_add(w, text, (size_t)(at - text));
}

/* --- Appending ---------------------------------------------------------------------------- */

OP(append, BYTES(src, MOST))
{
    EXPECT(ledge_str_append(&w->str, src.at, src.len), model_add(w, src.at, src.len));
}

OP(append_view, BYTES(src, MOST))
{
    EXPECT(ledge_str_append_view(&w->str, ledge_view_of(src.at, src.len)),
           model_add(w, src.at, src.len));
}

OP(append_cstr, BYTES(src, MOST))
{
    CALL(char text[33] = "");
    CALL(for (size_t i = 0; i < src.len; i++) text[i] = (char)src.at[i]);
    EXPECT(ledge_str_append_cstr(&w->str, text), model_add(w, text, strlen(text)));
}

OP(append_char, RANGE(c, 0, 255))
{
    EXPECT(ledge_str_append_char(&w->str, (char)c), model_add(w, &(char){(char)c}, 1));
}

OP(append_fill, RANGE(c, 0, 255), COUNT(n, 1))
{
    char fill[CAP];
    memset(fill, (int)c, sizeof fill);
    EXPECT(ledge_str_append_fill(&w->str, (char)c, n), model_add(w, fill, n));
}

OP(append_self, INDEX(from), INDEX(n))
{
    REQUIRE(from <= w->m.n && n <= w->m.n - from);
    EXPECT(ledge_str_append(&w->str, ledge_str_cstr(&w->str) + from, n),
           model_add(w, w->m.bytes + from, n));
}

OP0(append_cstr_self)
{
    EXPECT(ledge_str_append_cstr(&w->str, ledge_str_cstr(&w->str)),
           model_add(w, w->m.bytes, strlen((const char *)w->m.bytes)));
}

OP(append_null, COUNT(n, 1), RANGE(which, 0, 2))
{
    if (which == 0) {
        EXPECT(ledge_str_append(&w->str, NULL, n), model_add(w, NULL, n));
    } else if (which == 1) {
        EXPECT(ledge_str_append_view(&w->str, (ledge_view){NULL, n, n}), model_add(w, NULL, n));
    } else {
        EXPECT(ledge_str_append_cstr(&w->str, NULL), model_add(w, NULL, 1));
    }
}

OP(append_format, U32(value), RANGE(width, 0, CAP))
{
    char text[2 * CAP];
    const int n = snprintf(text, sizeof text, "%0*u:%.40s", (int)width, value, w->m.bytes);
    EXPECT(
        ledge_str_append_format(&w->str, "%0*u:%.40s", (int)width, value, ledge_str_cstr(&w->str)),
        model_add(w, text, (size_t)n));
}

/* No character at all. */
OP0(append_bad_format)
{
    EXPECT(ledge_str_append_format(&w->str, "%lc", (wint_t)0x7fffffff),
           w->failed ? w->failed : LEDGE_EINVAL);
    w->failed = w->failed ? w->failed : LEDGE_EINVAL;
}

OP(append_u64, U64(value))
{
    char text[24];
    const int n = snprintf(text, sizeof text, "%llu", (unsigned long long)value);
    EXPECT(ledge_str_append_u64(&w->str, value), model_add(w, text, (size_t)n));
}

OP(append_i64, U64(value))
{
    char text[24];
    const int n = snprintf(text, sizeof text, "%lld", (long long)value);
    EXPECT(ledge_str_append_i64(&w->str, (int64_t)value), model_add(w, text, (size_t)n));
}

OP(append_hex, BYTES(src, MOST))
{
    EXPECT(ledge_str_append_hex(&w->str, ledge_view_of(src.at, src.len)),
           model_hex(w, src.at, src.len));
}

OP(append_hex_self, INDEX(from), INDEX(n))
{
    REQUIRE(from <= w->m.n && n <= w->m.n - from);
    CALL(const ledge_view part = ledge_view_of(ledge_str_cstr(&w->str) + from, n));
    EXPECT(ledge_str_append_hex(&w->str, part), model_hex(w, w->m.bytes + from, n));
}

/* Nothing is read where the answer is no. */
OP(append_hex_too_much, COUNT(n, 1))
{
    REQUIRE(n > CAP);
    EXPECT(ledge_str_append_hex(&w->str, (ledge_view){(const unsigned char *)w, n, n}),
           model_add(w, w, n));
}

OP(append_escaped, BYTES(src, MOST))
{
    EXPECT(ledge_str_append_escaped(&w->str, ledge_view_of(src.at, src.len)),
           model_escaped(w, src.at, src.len));
}

OP(append_escaped_self, INDEX(from), INDEX(n))
{
    REQUIRE(from <= w->m.n && n <= w->m.n - from);
    CALL(const ledge_view part = ledge_view_of(ledge_str_cstr(&w->str) + from, n));
    EXPECT(ledge_str_append_escaped(&w->str, part), model_escaped(w, w->m.bytes + from, n));
}

/* --- Changing ----------------------------------------------------------------------------- */

OP(insert, INDEX(at), BYTES(src, MOST))
{
    EXPECT(ledge_str_insert(&w->str, at, src.at, src.len), model_insert(w, at, src.at, src.len));
}

OP(insert_self, INDEX(at), INDEX(from), INDEX(n))
{
    REQUIRE(from <= w->m.n && n <= w->m.n - from);
    EXPECT(ledge_str_insert(&w->str, at, ledge_str_cstr(&w->str) + from, n),
           model_insert(w, at, w->m.bytes + from, n));
}

OP(insert_null, INDEX(at), COUNT(n, 1))
{
    EXPECT(ledge_str_insert(&w->str, at, NULL, n), model_insert(w, at, NULL, n));
}

OP(erase, INDEX(lo), INDEX(hi))
{
    EXPECT(ledge_str_erase(&w->str, lo, hi), lo <= hi && hi <= w->m.n ? LEDGE_OK : LEDGE_ERANGE);
    if (got == LEDGE_OK)
        sequence_erase(&w->m, lo, hi);
}

OP(truncate, INDEX(n))
{
    EXPECT(ledge_str_truncate(&w->str, n), n <= w->m.n ? LEDGE_OK : LEDGE_ERANGE);
    w->m.n = got == LEDGE_OK ? n : w->m.n;
}

OP0(clear)
{
    CALL(ledge_str_clear(&w->str));
    w->m.n = 0;
    w->failed = LEDGE_OK;
}

/* --- Memory ------------------------------------------------------------------------------- */

OP(reserve, COUNT(n, 1))
{
    EXPECT(ledge_str_reserve(&w->str, n), w->stingy.refused ? LEDGE_ENOMEM : LEDGE_OK);
    if (got == LEDGE_OK)
        CHECK_EQ(w->str.allocated > (n < w->str.limit ? n : w->str.limit), true);
}

OP(set_limit, INDEX(limit))
{
    REQUIRE(limit != 0 && (limit <= CAP || limit > LEDGE_STR_MAX));
    EXPECT(ledge_str_set_limit(&w->str, limit), limit > CAP      ? LEDGE_EOVERFLOW
                                                : limit < w->m.n ? LEDGE_ERANGE
                                                                 : LEDGE_OK);
    w->limit = got == LEDGE_OK ? limit : w->limit;
}

OP0(detach)
{
    EXPECT(ledge_str_detach(&w->str, &w->text), w->failed           ? w->failed
                                                : w->stingy.refused ? LEDGE_ENOMEM
                                                                    : LEDGE_OK);
    REQUIRE(got == LEDGE_OK);
    CHECK_EQ(w->text.length, w->m.n);
    CHECK_BYTES(w->text.ptr, w->m.bytes, w->m.n + 1);
    CALL(ledge_alloc_free(&w->str.alloc, w->text.ptr, w->text.capacity));
    CALL(w->text = (ledge_span){NULL, 0, 0});
    w->m.n = 0;
}

OP(starve, RANGE(grants, 0, 3))
{
    CALL(w->stingy.grants = grants);
}

OP0(cleanup)
{
    CALL(ledge_str_cleanup(&w->str));
    CALL(ledge_str_init(&w->str, &w->alloc));
    EXPECT(ledge_str_set_limit(&w->str, 512), LEDGE_OK);
    w->m.n = 0;
    w->limit = CAP;
    w->failed = LEDGE_OK;
}

/* A string of malloc's that never had a limit, or has it no more. */
OP(unlimited, RANGE(first, 0, 2), BYTES(src, MOST))
{
    CALL(ledge_str str);
    CALL(ledge_str_init(&str, NULL));
    if (first) {
        EXPECT(ledge_str_set_limit(&str, first), LEDGE_OK);
        EXPECT_AS(lifted, ledge_str_set_limit(&str, 0), LEDGE_OK);
    }
    EXPECT(ledge_str_append(&str, src.at, src.len), LEDGE_OK);
    CHECK_BYTES(ledge_str_cstr(&str), src.at, src.len);
    CALL(ledge_str_cleanup(&str));
}

OP(is_valid, RANGE(length, 0, 5), INDEX(stop), INDEX(allocated), INDEX(limit), RANGE(failed, 0, 1),
   RANGE(null, 0, 1))
{
    CALL(char block[8] = "ab");
    CALL(const ledge_str str = {.ptr = null ? NULL : block,
                                .length = length,
                                .stop = stop,
                                .allocated = allocated,
                                .limit = limit,
                                .status = failed ? LEDGE_ENOMEM : LEDGE_OK});
    const size_t most = limit ? limit : LEDGE_STR_MAX;
    const size_t reach = most > LEDGE_STR_MAX || allocated <= most ? allocated : most + 1;
    CHECK_EQ(ledge_str_is_valid(&str),
             null == (allocated == 0) && allocated <= PTRDIFF_MAX && most <= LEDGE_STR_MAX &&
                 length <= most && stop == (failed ? 0 : reach) &&
                 (null ? length == 0 : length >= 2 && length < allocated));
}

TARGET(str, .includes = "#include <stdio.h>\n#include <wchar.h>\n#include <ledge/str.h>\n",
       .support = {kit_support, closed_support}, .status_name = status_name,
       .ops = {&append,
               &append_view,
               &append_cstr,
               &append_char,
               &append_fill,
               &append_self,
               &append_cstr_self,
               &append_null,
               &append_format,
               &append_bad_format,
               &append_u64,
               &append_i64,
               &append_hex,
               &append_hex_self,
               &append_hex_too_much,
               &append_escaped,
               &append_escaped_self,
               &insert,
               &insert_self,
               &insert_null,
               &erase,
               &truncate,
               &clear,
               &reserve,
               &set_limit,
               &detach,
               &starve,
               &cleanup,
               &unlimited,
               &is_valid});
