#include "arg.h"

#include <inttypes.h>

#define COUNT_OF(array) (sizeof(array) / sizeof(array)[0])

/* An index is its own raw number below INDEX_PLAIN; above it, one of these. */
enum { INDEX_PLAIN = 112, LENGTH_PLAIN = 96 };

static const uint64_t index_edges[] = {
    127,          128,
    255,          256,
    1023,         1024,
    4095,         4096,
    65535,        65536,
    UINT32_MAX,   UINT32_MAX + UINT64_C(1),
    SIZE_MAX / 2, SIZE_MAX / 2 + 1,
    SIZE_MAX - 1, SIZE_MAX,
};

/* None between the 64 that every region is aligned to and the top bit: whether an address is
 * aligned to 128 would differ from run to run. */
static const uint64_t alignments[] = {
    1, 2, 4, 8, 16, 32, 64, 0, 3, 6, 12, 24, SIZE_MAX / 2 + 1, SIZE_MAX,
};

static const uint64_t element_sizes[] = {
    1,
    2,
    4,
    8,
    3,
    16,
    5,
    12,
    32,
    64,
    0,
    UINT64_C(1) << 32,
    SIZE_MAX / 2,
    SIZE_MAX / 2 + 1,
    SIZE_MAX - 1,
    SIZE_MAX,
};

/* The lengths that bounds checks get wrong, in terms of the exact one and the element size. They
 * wrap on purpose. */
enum { LENGTH_EDGES = 16 };

__attribute__((no_sanitize("unsigned-integer-overflow"))) static uint64_t
length_edge(unsigned which, uint64_t exact, uint64_t esz)
{
    const uint64_t wraps = SIZE_MAX / esz;
    switch (which) {
    case 0:
        return exact;
    case 1:
        return exact - (exact > 0);
    case 2:
        return exact + 1;
    case 3:
        return exact / 2;
    case 4:
        return exact * 2;
    case 5:
        return wraps;
    case 6:
        return wraps - 1;
    case 7:
        return wraps + 1; /* times esz is 0 for powers of two */
    case 8:
        return wraps + 2; /* times esz is esz */
    case 9:
        return wraps + 1 + exact; /* times esz is exact again */
    case 10:
        return UINT32_MAX;
    case 11:
        return UINT32_MAX + UINT64_C(1);
    case 12:
        return SIZE_MAX / 2;
    case 13:
        return SIZE_MAX / 2 + 1;
    case 14:
        return SIZE_MAX - 1;
    default:
        return SIZE_MAX;
    }
}

uint64_t kit_arg_max(const struct kit_arg *arg)
{
    switch (arg->kind) {
    case KIT_RANGE:
        return arg->hi - arg->lo;
    case KIT_U32:
        return UINT32_MAX;
    case KIT_U64:
        return UINT64_MAX;
    case KIT_INDEX:
        return INDEX_PLAIN + COUNT_OF(index_edges) - 1;
    case KIT_LENGTH:
        return LENGTH_PLAIN + LENGTH_EDGES - 1;
    case KIT_ALIGN:
        return COUNT_OF(alignments) - 1;
    case KIT_SIZE:
        return COUNT_OF(element_sizes) - 1;
    case KIT_PTR:
        return KIT_PTR_CLASSES - 1;
    case KIT_HANDLE:
    case KIT_DEFINE:
    case KIT_RAW:
        break;
    }
    return arg->hi;
}

const char *kit_kind_name(enum kit_kind kind)
{
    static const char *const names[] = {
        [KIT_RANGE] = "range",       [KIT_U32] = "u32",       [KIT_U64] = "u64",
        [KIT_INDEX] = "index",       [KIT_LENGTH] = "length", [KIT_ALIGN] = "alignment",
        [KIT_SIZE] = "element size", [KIT_HANDLE] = "handle", [KIT_DEFINE] = "define",
        [KIT_PTR] = "pointer",       [KIT_RAW] = "bytes",
    };
    return names[kind];
}

/* What a length may refer to: the arguments seen so far. */
struct context {
    uint64_t avail; /* of the last pointer */
    uint64_t esz;   /* the last element size; never 0 */
};

static uint64_t resolve_length(const struct kit_arg *arg, uint64_t raw,
                               const struct context *context)
{
    if (raw < LENGTH_PLAIN)
        return raw;
    const uint64_t esz = arg->lo ? arg->lo : context->esz;
    return length_edge((unsigned)(raw - LENGTH_PLAIN), context->avail / esz, esz);
}

static uint64_t resolve_scalar(const struct kit_arg *arg, uint64_t raw, struct context *context)
{
    switch (arg->kind) {
    case KIT_RANGE:
        return arg->lo + raw;
    case KIT_INDEX:
        return raw < INDEX_PLAIN ? raw : index_edges[raw - INDEX_PLAIN];
    case KIT_LENGTH:
        return resolve_length(arg, raw, context);
    case KIT_ALIGN:
        return alignments[raw];
    case KIT_SIZE:
        context->esz = element_sizes[raw] ? element_sizes[raw] : 1;
        return element_sizes[raw];
    default:
        return raw;
    }
}

void kit_resolve(const struct kit_arg *args, size_t count, const struct kit_raw *raw,
                 const uint8_t *bytes, struct kit_value *values)
{
    struct context context = {.avail = KIT_REGION, .esz = 1};
    for (size_t i = 0; i < count; i++) {
        struct kit_value *value = &values[i];
        if (args[i].kind == KIT_PTR) {
            value->ptr = kit_memory_point((enum kit_ptr_class)raw[i].n, (size_t)raw[i].k);
            context.avail = value->ptr.avail;
        } else if (args[i].kind == KIT_RAW) {
            value->n = raw[i].n;
            value->bytes.len = (size_t)raw[i].n;
            value->bytes.at = kit_memory_scratch(bytes, value->bytes.len);
        } else {
            value->n = resolve_scalar(&args[i], raw[i].n, &context);
        }
    }
}

/* The way people say it: "17", "SIZE_MAX / 2 + 1", "SIZE_MAX - 3". */
static void write_size(FILE *out, uint64_t size)
{
    const uint64_t half = SIZE_MAX / 2;
    if (size == SIZE_MAX)
        fprintf(out, "SIZE_MAX");
    else if (size > SIZE_MAX - 4096)
        fprintf(out, "SIZE_MAX - %" PRIu64, SIZE_MAX - size);
    else if (size == half || size == half + 1)
        fprintf(out, "SIZE_MAX / 2%s", size == half ? "" : " + 1");
    else
        fprintf(out, "%" PRIu64, size);
}

static void write_ptr(FILE *out, const struct kit_raw *raw)
{
    const enum kit_ptr_class class_ = (enum kit_ptr_class)raw->n;
    const unsigned k = (unsigned)(raw->k % KIT_REGION);
    switch (class_) {
    case KIT_PTR_NULL:
        fprintf(out, "NULL");
        return;
    case KIT_PTR_LAST:
        fprintf(out, "heap + %d", KIT_REGION - 1);
        return;
    case KIT_PTR_END:
        fprintf(out, "heap + %d", KIT_REGION);
        return;
    case KIT_PTR_TO_GUARD:
        fprintf(out, "guard_begin - %u", k);
        return;
    case KIT_PTR_ON_GUARD:
        fprintf(out, "guard_end + %u", k);
        return;
    default:
        fprintf(out, k ? "%s + %u" : "%s", kit_ptr_class_name(class_), k);
    }
}

static void write_bytes(FILE *out, const struct kit_bytes *bytes)
{
    fputc('{', out);
    for (size_t i = 0; i < bytes->len; i++)
        fprintf(out, "%s%u", i ? ", " : " ", bytes->at[i]);
    fputs(bytes->len ? " }" : "}", out);
}

void kit_write_value(FILE *out, const struct kit_arg *arg, const struct kit_raw *raw,
                     const struct kit_value *value)
{
    switch (arg->kind) {
    case KIT_PTR:
        write_ptr(out, raw);
        break;
    case KIT_RAW:
        write_bytes(out, &value->bytes);
        break;
    default:
        write_size(out, value->n);
    }
}
