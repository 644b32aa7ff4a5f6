#include "generate.h"

#include <string.h>

#include "draw.h"
#include "run.h"

enum { RANDOM_SEEDS = 12, RANDOM_CALLS = 8 };

static void simplest_call(size_t index, struct kit_call *call)
{
    memset(call, 0, sizeof *call);
    call->index = index;
    call->op = kit_target.ops[index];
}

void kit_write_dictionary(FILE *out)
{
    uint8_t record[KIT_RECORD];
    struct kit_call call;
    fprintf(
        out,
        "# %s: one record an operation, simplest arguments. Written by the replayer's --dict.\n",
        kit_target.name);
    for (size_t i = 0; i < kit_ops_count(); i++) {
        simplest_call(i, &call);
        const size_t size = kit_encode_call(&call, record);
        fprintf(out, "%s=\"", call.op->name);
        for (size_t k = 0; k < size; k++)
            fprintf(out, "\\x%02x", record[k]);
        fputs("\"\n", out);
    }
}

static bool write_seed(const char *directory, const char *name, const struct kit_call *calls,
                       size_t count)
{
    static uint8_t bytes[KIT_RECORD * RANDOM_CALLS];
    char path[4096];
    const size_t size = kit_encode(calls, count, bytes, sizeof bytes);
    snprintf(path, sizeof path, "%s/%s", directory, name);
    FILE *file = fopen(path, "wb");
    if (file == NULL)
        return false;
    const bool written = fwrite(bytes, 1, size, file) == size;
    return fclose(file) == 0 && written;
}

bool kit_write_seeds(const char *directory)
{
    struct kit_call calls[RANDOM_CALLS];
    char name[64];
    for (size_t i = 0; i < kit_ops_count(); i++) {
        simplest_call(i, &calls[0]);
        snprintf(name, sizeof name, "op-%s", calls[0].op->name);
        if (!write_seed(directory, name, calls, 1))
            return false;
    }
    for (unsigned seed = 1; seed <= RANDOM_SEEDS; seed++) {
        struct kit_random random = {seed};
        for (size_t i = 0; i < RANDOM_CALLS; i++)
            kit_draw_call(&random, &calls[i]);
        snprintf(name, sizeof name, "random-%02u", seed);
        if (!write_seed(directory, name, calls, RANDOM_CALLS))
            return false;
    }
    return true;
}
