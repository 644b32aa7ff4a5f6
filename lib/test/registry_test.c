/* registry_test.c: memory by name. */
#include "owner_fixture.h"

#include <string.h>

#include <ledge/registry.h>

/* --- Entries ------------------------------------------------------------------------------ */

static void an_entry_holds_its_view(void **state)
{
    struct fixture *f = *state;
    ledge_registry registry;
    ledge_handle handle, found;
    ledge_shared got;
    ledge_registry_init(&registry, &f->hook);
    assert_int_equal(f->mem.requests, 2);
    assert_status(ledge_shared_narrow(&f->s, 2, 5), LEDGE_OK);
    assert_status(ledge_registry_add(&registry, "config", &f->s, &handle), LEDGE_OK);
    assert_status(ledge_shared_release(&f->s), LEDGE_OK);

    assert_status(ledge_registry_find(&registry, "config", &found), LEDGE_OK);
    assert_memory_equal(&found, &handle, sizeof(handle));
    assert_status(ledge_registry_find(&registry, "confi", &found), LEDGE_ENOTFOUND);
    assert_status(ledge_registry_find(&registry, "", &found), LEDGE_ENOTFOUND);
    assert_status(ledge_registry_get(&registry, handle, &got), LEDGE_OK);
    assert_shared_spells(&got, "234");
    assert_int_equal(info_of(&got).references, 2);
    assert_status(ledge_shared_release(&got), LEDGE_OK);

    assert_status(ledge_registry_remove(&registry, handle), LEDGE_OK);
    assert_int_equal(f->mem.blocks, 1);
    assert_status(ledge_registry_remove(&registry, handle), LEDGE_ESTALE);
    assert_status(ledge_registry_get(&registry, handle, &got), LEDGE_ESTALE);
    assert_status(ledge_registry_find(&registry, "config", &found), LEDGE_ENOTFOUND);
    assert_status(ledge_registry_cleanup(&registry), LEDGE_OK);
    assert_status(ledge_registry_cleanup(&registry), LEDGE_OK);
}

static void a_handle_does_not_outlive_its_entry(void **state)
{
    struct fixture *f = *state;
    ledge_registry registry = {0};
    ledge_handle old, fresh, zero = {0}, wild = {99, 1};
    ledge_shared got;
    assert_status(ledge_registry_get(&registry, zero, &got), LEDGE_ESTALE);
    assert_status(ledge_registry_add(&registry, "a", &f->s, &old), LEDGE_OK);
    assert_status(ledge_registry_get(&registry, zero, &got), LEDGE_ESTALE);
    assert_status(ledge_registry_get(&registry, wild, &got), LEDGE_ESTALE);
    assert_status(ledge_registry_remove(&registry, old), LEDGE_OK);
    assert_status(ledge_registry_add(&registry, "a", &f->s, &fresh), LEDGE_OK);
    assert_int_equal(fresh.index, old.index);
    assert_int_equal(fresh.generation, old.generation + 1);
    assert_status(ledge_registry_get(&registry, old, &got), LEDGE_ESTALE);
    assert_status(ledge_registry_remove(&registry, old), LEDGE_ESTALE);
    assert_status(ledge_registry_remove(&registry, fresh), LEDGE_OK);
    assert_status(ledge_registry_cleanup(&registry), LEDGE_OK);
}

static void an_entry_has_a_name_of_its_own(void **state)
{
    struct fixture *f = *state;
    ledge_registry registry = {0};
    ledge_handle handle;
    ledge_shared none = {0};
    const char *longest = "1234567890123456789012345678901";
    assert_int_equal(strlen(longest), LEDGE_NAME_SIZE - 1);
    assert_status(ledge_registry_add(&registry, "", &f->s, &handle), LEDGE_EEMPTY);
    assert_status(ledge_registry_add(&registry, "a", &none, &handle), LEDGE_EEMPTY);
    assert_status(ledge_registry_add(&registry, "12345678901234567890123456789012", &f->s, &handle),
                  LEDGE_EOVERFLOW);
    assert_status(ledge_registry_add(&registry, longest, &f->s, &handle), LEDGE_OK);
    assert_status(ledge_registry_add(&registry, longest, &f->s, &handle), LEDGE_EBUSY);
    assert_int_equal(info_of(&f->s).references, 2);
    assert_status(ledge_registry_cleanup(&registry), LEDGE_OK);
    assert_int_equal(info_of(&f->s).references, 1);
}

static void entries_are_enumerated_once(void **state)
{
    struct fixture *f = *state;
    ledge_registry registry = {0};
    ledge_registry_entry entry = {.name = "untouched"};
    ledge_handle handles[4];
    const char *names[] = {"a", "b", "c", "d"};
    size_t cursor = 0;
    assert_status(ledge_registry_next(&registry, &cursor, &entry), LEDGE_ENOTFOUND);
    for (size_t i = 0; i < 4; i++)
        assert_status(ledge_registry_add(&registry, names[i], &f->s, &handles[i]), LEDGE_OK);
    assert_status(ledge_registry_remove(&registry, handles[0]), LEDGE_OK);
    assert_status(ledge_registry_remove(&registry, handles[2]), LEDGE_OK);
    assert_string_equal(entry.name, "untouched");
    assert_status(ledge_registry_next(&registry, &cursor, &entry), LEDGE_OK);
    assert_string_equal(entry.name, "b");
    assert_memory_equal(&entry.handle, &handles[1], sizeof(entry.handle));
    assert_int_equal(entry.owner.size, 10);
    assert_int_equal(entry.owner.references, 3);
    assert_status(ledge_registry_next(&registry, &cursor, &entry), LEDGE_OK);
    assert_string_equal(entry.name, "d");
    assert_status(ledge_registry_next(&registry, &cursor, &entry), LEDGE_ENOTFOUND);
    assert_status(ledge_registry_next(&registry, &cursor, &entry), LEDGE_ENOTFOUND);
    assert_status(ledge_registry_cleanup(&registry), LEDGE_OK);
}

/* A13: the report of what is still alive. */
static void what_is_still_there_is_reported(void **state)
{
    struct fixture *f = *state;
    ledge_registry registry;
    ledge_handle handle;
    ledge_shared other, text;
    static char table[4];
    ledge_registry_init(&registry, &f->hook);
    assert_status(ledge_registry_report(&registry, &f->hook, &text), LEDGE_OK);
    assert_shared_spells(&text, "");
    assert_status(ledge_shared_release(&text), LEDGE_OK);

    assert_status(ledge_shared_borrow(table, 4, &f->hook, &other), LEDGE_OK);
    assert_status(ledge_registry_add(&registry, "config", &f->s, &handle), LEDGE_OK);
    assert_status(ledge_registry_add(&registry, "gone", &f->s, &handle), LEDGE_OK);
    assert_status(ledge_registry_remove(&registry, handle), LEDGE_OK);
    assert_status(ledge_registry_add(&registry, "table", &other, &handle), LEDGE_OK);
    assert_status(ledge_shared_release(&other), LEDGE_OK);
    assert_status(ledge_registry_report(&registry, &f->hook, &text), LEDGE_OK);
    assert_shared_spells(&text, "config: 10 of 10 bytes, owned, references 2, pins 0\n"
                                "table: 4 of 4 bytes, borrowed, references 1, pins 0\n");
    assert_status(ledge_shared_release(&text), LEDGE_OK);
    assert_status(ledge_registry_cleanup(&registry), LEDGE_OK);
}

static void a_pinned_entry_stays(void **state)
{
    struct fixture *f = *state;
    ledge_registry registry;
    ledge_registry_entry entry;
    ledge_handle pinned, other;
    ledge_shared got;
    size_t cursor = 0;
    ledge_registry_init(&registry, &f->hook);
    assert_status(ledge_registry_add(&registry, "pinned", &f->s, &pinned), LEDGE_OK);
    assert_status(ledge_shared_pin(&f->s), LEDGE_OK);
    assert_status(ledge_shared_release(&f->s), LEDGE_OK);
    assert_status(ledge_shared_alloc(4, &f->hook, &got), LEDGE_OK);
    assert_status(ledge_registry_add(&registry, "other", &got, &other), LEDGE_OK);
    assert_status(ledge_shared_release(&got), LEDGE_OK);

    assert_status(ledge_registry_remove(&registry, pinned), LEDGE_EBUSY);
    assert_status(ledge_registry_cleanup(&registry), LEDGE_EBUSY);
    assert_status(ledge_registry_next(&registry, &cursor, &entry), LEDGE_OK);
    assert_string_equal(entry.name, "pinned");
    assert_int_equal(entry.owner.pins, 1);
    assert_status(ledge_registry_next(&registry, &cursor, &entry), LEDGE_ENOTFOUND);

    assert_status(ledge_registry_get(&registry, pinned, &got), LEDGE_OK);
    assert_status(ledge_shared_unpin(&got), LEDGE_OK);
    assert_status(ledge_registry_cleanup(&registry), LEDGE_OK);
    assert_shared_spells(&got, "0123456789");
    assert_status(ledge_shared_release(&got), LEDGE_OK);
}

static void what_cannot_be_shared_cannot_be_entered(void **state)
{
    struct fixture *f = *state;
    ledge_registry registry = {0};
    ledge_handle handle, other = {0};
    ledge_shared alias = f->s, out = {.length = 77};
    assert_status(ledge_shared_resize(&f->s, 10), LEDGE_OK);
    assert_status(ledge_registry_add(&registry, "a", &alias, &other), LEDGE_ESTALE);

    assert_status(ledge_shared_acquire_many(&f->s, LEDGE_REFERENCES_MAX - 2), LEDGE_OK);
    assert_status(ledge_registry_add(&registry, "a", &f->s, &handle), LEDGE_OK);
    assert_status(ledge_registry_get(&registry, handle, &out), LEDGE_EOVERFLOW);
    assert_status(ledge_registry_add(&registry, "b", &f->s, &other), LEDGE_EOVERFLOW);
    assert_status(ledge_registry_find(&registry, "b", &other), LEDGE_ENOTFOUND);
    assert_int_equal(out.length, 77);
    assert_int_equal(other.generation, 0);
    assert_status(ledge_registry_cleanup(&registry), LEDGE_OK);
    assert_status(ledge_shared_release_many(&f->s, LEDGE_REFERENCES_MAX - 2), LEDGE_OK);
}

/* --- Without memory ----------------------------------------------------------------------- */

/* A33: with the 1st, 2nd, 3rd … request refused, the registry is as it was and nothing leaks. */
static void a_refused_entry_changes_nothing(void **state)
{
    struct fixture *f = *state;
    ledge_registry registry;
    ledge_registry_entry entry;
    ledge_handle handle;
    ledge_registry_init(&registry, &f->hook);
    size_t cursor = 0;
    tracking_alloc_refuse(&f->mem, 1);
    assert_status(ledge_registry_add(&registry, "a", &f->s, &handle), LEDGE_ENOMEM);
    assert_int_equal(info_of(&f->s).references, 1);
    assert_status(ledge_registry_next(&registry, &cursor, &entry), LEDGE_ENOTFOUND);
    assert_status(ledge_registry_add(&registry, "a", &f->s, &handle), LEDGE_OK);
    tracking_alloc_refuse(&f->mem, 1);
    assert_status(ledge_registry_add(&registry, "b", &f->s, &handle), LEDGE_ENOMEM);
    assert_int_equal(info_of(&f->s).references, 2);
    assert_status(ledge_registry_find(&registry, "a", &handle), LEDGE_OK);
    assert_status(ledge_registry_find(&registry, "b", &handle), LEDGE_ENOTFOUND);
    assert_status(ledge_registry_cleanup(&registry), LEDGE_OK);
}

static void a_refused_report_leaves_nothing(void **state)
{
    struct fixture *f = *state;
    ledge_registry registry;
    ledge_handle handle;
    ledge_shared text = {.length = 77};
    ledge_registry_init(&registry, &f->hook);
    assert_status(ledge_registry_add(&registry, "a", &f->s, &handle), LEDGE_OK);
    assert_status(ledge_registry_add(&registry, "b", &f->s, &handle), LEDGE_OK);
    size_t blocks = f->mem.blocks, nth = 0;
    for (;;) {
        tracking_alloc_refuse(&f->mem, ++nth);
        if (ledge_registry_report(&registry, &f->hook, &text) == LEDGE_OK)
            break;
        assert_int_equal(text.length, 77);
        assert_int_equal(f->mem.blocks, blocks);
    }
    /* Two for each line, the growth of the text, its owner. */
    assert_in_range(nth, 7, 20);
    assert_status(ledge_shared_release(&text), LEDGE_OK);
    tracking_alloc_refuse(&f->mem, 0);
    assert_status(ledge_registry_cleanup(&registry), LEDGE_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(an_entry_holds_its_view),
        TEST(a_handle_does_not_outlive_its_entry),
        TEST(an_entry_has_a_name_of_its_own),
        TEST(entries_are_enumerated_once),
        TEST(what_is_still_there_is_reported),
        TEST(a_pinned_entry_stays),
        TEST(what_cannot_be_shared_cannot_be_entered),
        TEST(a_refused_entry_changes_nothing),
        TEST(a_refused_report_leaves_nothing),
    };
    return cmocka_run_group_tests_name("registry", tests, NULL, NULL);
}
