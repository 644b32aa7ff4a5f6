/* provenance.c: the process's table of regions. See ledge/provenance.h.
 *
 * The lock is held for the table's own work alone, never while anybody's allocator runs: that of
 * the table is malloc, by a way that doesn't lead back here (check.c). */
#include <ledge/provenance.h>

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#include <ledge/check.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static ledge_check table; /* guarded by lock */

/* A lock that isn't recursive, and is never held by a caller, can be had. */
static void enter_table(void)
{
    (void)pthread_mutex_lock(&lock);
}

static void leave_table(void)
{
    (void)pthread_mutex_unlock(&lock);
}

void ledge_provenance_allocated(const void *ptr, size_t size)
{
    ledge_region region;
    if (!ptr || size == 0)
        return;
    enter_table();
    ledge_check_forget(&table, ptr, size);
    /* Without memory the block stays unknown, and nothing is said about it. */
    if (ledge_check_add_sub(&table, ptr, size, &region) == LEDGE_ENOTFOUND)
        (void)!ledge_check_add(&table, ptr, size, &region);
    leave_table();
}

void ledge_provenance_freed(const void *ptr, size_t size)
{
    if (!ptr || size == 0)
        return;
    enter_table();
    ledge_check_forget(&table, ptr, size);
    leave_table();
}

void ledge_provenance_entered(const void *ptr, size_t size)
{
    ledge_region region;
    if (!ptr || size == 0)
        return;
    enter_table();
    ledge_status status = ledge_check_add_sub(&table, ptr, size, &region);
    if (status == LEDGE_EBUSY || status == LEDGE_ERANGE) {
        /* There is a part whose end nobody told. */
        ledge_check_forget(&table, ptr, size);
        (void)!ledge_check_add_sub(&table, ptr, size, &region);
    }
    leave_table();
}

void ledge_provenance_left(const void *ptr, size_t size)
{
    ledge_region region;
    ledge_checked all;
    if (!ptr || size == 0)
        return;
    enter_table();
    if (ledge_check_range(&table, ptr, size, &region) == LEDGE_OK &&
        ledge_checked_of(&table, region, &all) == LEDGE_OK && all.ptr == ptr && all.length == size)
        ledge_check_remove(&table, region);
    leave_table();
}

ledge_status ledge_provenance_of(const void *ptr, size_t size)
{
    ledge_region region;
    if (!ptr)
        return LEDGE_ENOTFOUND;
    enter_table();
    ledge_status status = ledge_check_range(&table, ptr, size, &region);
    leave_table();
    return status;
}

void ledge_provenance_verify(const void *ptr, size_t size)
{
    if (ledge_provenance_of(ptr, size) != LEDGE_ERANGE)
        return;
    fprintf(stderr, "ledge: provenance: the %zu bytes at %p cross a border of known memory\n", size,
            ptr);
    abort();
}
