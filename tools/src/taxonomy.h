/* taxonomy.h: what is known of a crash type: its family, and whether it is a security matter. */
#ifndef LEDGE_TOOLS_TAXONOMY_H
#define LEDGE_TOOLS_TAXONOMY_H

#include <stdbool.h>
#include <stdint.h>

enum security {
    SECURITY_NO,
    SECURITY_YES,
    SECURITY_BY_ADDRESS, /* unless the address is near null */
};

struct taxon {
    const char *type;   /* the first line of a crash type, without " READ" and " WRITE" */
    const char *class_; /* as crash.h lists them */
    enum security security;
    const char *reason; /* for people: why security says so */
};

/* taxonomy_find looks a type up by its whole name; NULL: it is none we know. A constant; O(number
 * of types); thread-safe. */
const struct taxon *taxonomy_find(const char *type);

/* Addresses below this are taken for null with a small offset. */
#define TAXONOMY_NEAR_NULL 0x1000u

/* taxonomy_security decides whether a crash of this type is a security matter, and says why in
 * *reason. taxon may be NULL: what isn't understood counts as one. */
bool taxonomy_security(const struct taxon *taxon, bool near_null, const char **reason);

#endif
