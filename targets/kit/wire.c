#include "wire.h"

static bool starts_record(uint8_t byte)
{
    return byte >= 0x80;
}

bool kit_record_next(struct kit_reader *reader, struct kit_record *record)
{
    const uint8_t *at = reader->at;
    while (at < reader->end && !starts_record(*at))
        at++;
    if (at == reader->end)
        return false;
    record->at = at++;
    while (at < reader->end && !starts_record(*at))
        at++;
    record->size = (size_t)(at - record->at);
    reader->at = at;
    return true;
}

size_t kit_record_count(const uint8_t *data, size_t size)
{
    size_t count = 0;
    for (size_t i = 0; i < size; i++)
        count += starts_record(data[i]);
    return count;
}

unsigned kit_groups(uint64_t max)
{
    unsigned groups = 1;
    while (max >>= 7)
        groups++;
    return groups;
}

uint64_t kit_take_number(const uint8_t **at, const uint8_t *end, unsigned groups, uint64_t max)
{
    uint64_t value = 0;
    for (; groups > 0; groups--) {
        value <<= 7;
        if (*at < end)
            value |= *(*at)++;
    }
    return value <= max ? value : value % (max + 1);
}

uint8_t *kit_put_number(uint8_t *out, uint64_t value, unsigned groups)
{
    for (unsigned left = groups; left > 0; left--) {
        const unsigned shift = 7 * (left - 1);
        *out++ = (uint8_t)((shift < 64 ? value >> shift : 0) & 0x7f);
    }
    return out;
}
