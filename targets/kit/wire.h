/* wire.h: how bytes are cut into records, and records into numbers (format version 1).
 *
 * A byte with its top bit set starts a record and names the operation; the bytes below 0x80 that
 * follow, up to the next record start, are its digits. A number is a fixed count of digits, base
 * 128, most significant first. What is missing reads as zero, what is left over is ignored, and
 * bytes before the first record start belong to nothing.
 *
 * That makes every byte string a valid program, and keeps damage local as UTF-8 does: a byte
 * inserted, removed or changed anywhere touches one record (or splits it in two) and leaves all
 * others as they were. An engine's blind mutations, truncation and splicing therefore yield
 * programs that still mean something.
 *
 * Nothing here allocates or keeps state; everything is thread-safe and O(bytes looked at). */
#ifndef LEDGE_KIT_WIRE_H
#define LEDGE_KIT_WIRE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { KIT_FORMAT_VERSION = 1 };

/* A record inside a program: its bytes are [at, at + size) and at[0] >= 0x80. */
struct kit_record {
    const uint8_t *at;
    size_t size;
};

/* What is still to be read. */
struct kit_reader {
    const uint8_t *at;
    const uint8_t *end;
};

/* kit_record_next takes the next record out of *reader; false when there is none. */
bool kit_record_next(struct kit_reader *reader, struct kit_record *record);

/* kit_record_count counts the records in [data, data + size). */
size_t kit_record_count(const uint8_t *data, size_t size);

/* kit_groups says how many digits a number in [0, max] takes: 1 to 10. */
unsigned kit_groups(uint64_t max);

/* kit_take_number reads one number of `groups` digits from [*at, end), advances *at, and brings the
 * number into [0, max] by remainder. */
uint64_t kit_take_number(const uint8_t **at, const uint8_t *end, unsigned groups, uint64_t max);

/* kit_put_number writes value as `groups` digits to out and returns the byte after them. */
uint8_t *kit_put_number(uint8_t *out, uint64_t value, unsigned groups);

#endif
