/* A kit target whose only operation does nothing: what the engine, the mutator and the decoder cost
 * on the same inputs as a real target. */
#include "kit/target.h"

#define OBJECTS int unused;

struct world {
    OBJECTS
};

static void world_open(struct world *w)
{
    (void)w;
}

static void world_check(struct world *w)
{
    (void)w;
}

static void world_close(struct world *w)
{
    (void)w;
}

OP(nothing, INDEX(n))
{
    (void)n;
}

TARGET(nothing, .includes = "", .ops = {&nothing});
