#include "generate.h"

#include <string.h>

#include "account.h"
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
    static uint8_t bytes[KIT_RECORD * KIT_CALLS];
    char path[4096];
    const size_t size = kit_encode(calls, count, bytes, sizeof bytes);
    snprintf(path, sizeof path, "%s/%s", directory, name);
    FILE *file = fopen(path, "wb");
    if (file == NULL)
        return false;
    const bool written = fwrite(bytes, 1, size, file) == size;
    return fclose(file) == 0 && written;
}

/* One program that reaches the cells of an operation with one pointer class, each in the simplest
 * way; none where there are no such cells. */
static bool write_lattice(const char *directory, size_t index, enum kit_ptr_class pointer,
                          const struct kit_cell_way ways[KIT_CELLS])
{
    static struct kit_call calls[KIT_CELLS / KIT_PTR_CLASSES];
    const struct kit_op *op = kit_target.ops[index];
    char name[128];
    size_t count = 0;
    for (unsigned cell = 0; cell < KIT_CELLS; cell++) {
        if (kit_cell_pointer(cell) != pointer || !kit_account_reachable(op, cell, &ways[cell]))
            continue;
        simplest_call(index, &calls[count]);
        memcpy(calls[count++].raw, ways[cell].raw, sizeof ways[cell].raw);
    }
    snprintf(name, sizeof name, "lattice-%s-%s", op->name, kit_ptr_class_name(pointer));
    return count == 0 || write_seed(directory, name, calls, count);
}

static bool write_lattices(const char *directory)
{
    static struct kit_cell_way ways[KIT_CELLS];
    static _Alignas(KIT_REGION) uint8_t stack_block[KIT_REGION];
    bool written = true;
    kit_memory_begin(stack_block);
    for (size_t i = 0; i < kit_ops_count(); i++) {
        kit_cell_ways(kit_target.ops[i], ways);
        for (unsigned class_ = 0; class_ < KIT_PTR_CLASSES && written; class_++)
            written = write_lattice(directory, i, (enum kit_ptr_class)class_, ways);
    }
    kit_memory_end();
    return written;
}

static bool write_programs(const char *directory)
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

bool kit_write_seeds(const char *directory)
{
    return write_programs(directory) && write_lattices(directory);
}
