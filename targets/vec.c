/* vec: the owning vector (ledge/vec.h) against a plain array. Rows A2 A33 B3 B12. */
#include "kit/target.h"

#include <ledge/vec.h>

enum { CAP = 64, ESZ = sizeof(uint32_t) };

/* An allocator that says no when told to, and to anything large: a length bomb is ENOMEM, not a dead machine. */
SUPPORT(enum { BLOCK_MAX = 1 << 20 };
struct stingy { size_t grants; };
static void *stingy_resize(void *ctx, void *ptr, size_t old_size, size_t new_size) {
    struct stingy *stingy = ctx;
    (void)old_size;
    if (new_size == 0) {
        free(ptr);
        return NULL;
    }
    if (stingy->grants == 0 || new_size > BLOCK_MAX)
        return NULL;
    stingy->grants--;
    return realloc(ptr, new_size);
});

#define OBJECTS ledge_vec vec; struct stingy stingy;

struct world {
    OBJECTS
    uint32_t want[CAP];
    size_t n;
};

static void world_open(struct world *w)
{
    CALL(w->stingy.grants = SIZE_MAX);
    CALL(ledge_status got = ledge_vec_init(&w->vec, sizeof(uint32_t), &(ledge_allocator){ stingy_resize, &w->stingy }));
    CHECK_STATUS(got, LEDGE_OK);
}

static void world_check(struct world *w)
{
    CHECK_EQ(ledge_vec_is_valid(&w->vec), true);
    CHECK_EQ(ledge_vec_length(&w->vec), w->n);
    CHECK_BYTES(ledge_vec_as_view(&w->vec).ptr, w->want, w->n * ESZ);
}

static void world_close(struct world *w)
{
    CALL(ledge_vec_cleanup(&w->vec));
}

OP(reserve, COUNT(n, ESZ))
{
    CALL(ledge_status got = ledge_vec_reserve(&w->vec, n));
    if (n > PTRDIFF_MAX / ESZ)
        CHECK_STATUS(got, LEDGE_EOVERFLOW);
}

OP(insert, INDEX(at), U32(value))
{
    if (w->n == CAP)
        return;
    CALL(ledge_status got = ledge_vec_insert(&w->vec, at, &value));
    CHECK_STATUS(got, at <= w->n ? LEDGE_OK : LEDGE_ERANGE);
    if (got == LEDGE_OK) {
        memmove(&w->want[at + 1], &w->want[at], (w->n - at) * ESZ);
        w->want[at] = value;
        w->n++;
    }
}

static const char *status_name(int status)
{
    return ledge_status_name((ledge_status)status);
}

TARGET(vec, .includes = "#include <ledge/vec.h>\n", .support = kit_support, .status_name = status_name,
       .ops = { &reserve, &insert });
