/* harden_test.c: a broken promise ends the program at the levels that check it, and at no other.
 * Compiled once for each level, with the library's sources. */
#include "check.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <ledge/harden.h>
#include <ledge/vec.h>

/* Runs fn in a child and returns the signal that ended it, or 0. */
static int signal_of(void (*fn)(void))
{
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        close(STDERR_FILENO);
        signal(SIGILL, SIG_DFL); /* cmocka's handler would make it an exit */
        fn();
        _exit(0);
    }
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    return WIFSIGNALED(status) ? WTERMSIG(status) : 0;
}

static int killed_from(int level)
{
    if (LEDGE_HARDENING < level)
        return 0;
    return LEDGE_HARDENING >= LEDGE_HARDENING_DEBUG ? SIGABRT : SIGILL;
}

/* Its promises are broken, but nothing that these calls do goes out of bounds. */
static ledge_vec written_over(void)
{
    static unsigned char block[64];
    ledge_vec vec = {.ptr = block, .length = 2, .capacity = 4, .allocated = 4, .elem_size = 1};
    vec.growth = (ledge_growth)9;
    return vec;
}

static void erase_from_a_broken_vector(void)
{
    ledge_vec vec = written_over();
    if (ledge_vec_erase(&vec, 0, 1) != LEDGE_OK)
        _exit(1);
}

static void cleanup_a_healthy_vector(void)
{
    ledge_vec vec;
    if (ledge_vec_init(&vec, 4, NULL) != LEDGE_OK || ledge_vec_resize(&vec, 3) != LEDGE_OK)
        _exit(1);
    ledge_vec_cleanup(&vec);
}

static int evaluated;

/* At NONE it stands in nothing but sizeof. */
__attribute__((unused)) static bool counts(void)
{
    evaluated++;
    return true;
}

static void each_level_checks_what_it_says(void **state)
{
    (void)state;
    assert_int_equal(signal_of(erase_from_a_broken_vector), killed_from(LEDGE_HARDENING_EXTENSIVE));
    assert_int_equal(signal_of(cleanup_a_healthy_vector), 0);
}

static void conditions_below_the_level_arent_evaluated(void **state)
{
    (void)state;
    evaluated = 0;
    LEDGE_CHECK_FAST(counts());
    LEDGE_CHECK_EXTENSIVE(counts());
    LEDGE_CHECK_DEBUG(counts());
    assert_int_equal(evaluated, LEDGE_HARDENING);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_level_checks_what_it_says),
        cmocka_unit_test(conditions_below_the_level_arent_evaluated),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
