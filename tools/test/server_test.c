/* server_test.c: a replayer that is kept open tells the same as one that is started each time. */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "server.h"

#ifndef SERVE_HELPER
#error "SERVE_HELPER is set by tools/CMakeLists.txt"
#endif

static struct server *start(void)
{
    struct fail why;
    struct server *server = server_start(SERVE_HELPER, NULL, "/tmp", &why);
    if (!server)
        fail_msg("%s", why.what);
    return server;
}

static struct proc_result run(struct server *server, const char *input, unsigned timeout_ms,
                              unsigned rss_mb)
{
    struct proc_result result = {0};
    struct fail why;
    if (!server_submit(server, input, strlen(input), &why) ||
        !server_wait(server, timeout_ms, rss_mb, &result, &why))
        fail_msg("%s", why.what);
    return result;
}

static void tells_how_each_input_ended(void **state)
{
    (void)state;
    struct server *server = start();
    for (unsigned round = 0; round < 3; round++) {
        struct proc_result result = run(server, "fine", 5000, 0);
        assert_int_equal(result.end, PROC_EXITED);
        assert_int_equal(result.code, 0);
        assert_string_equal(result.err, "fine\n");
        proc_result_free(&result);
        result = run(server, "abc", 5000, 0);
        assert_int_equal(result.end, PROC_SIGNALED);
        assert_int_equal(result.code, SIGABRT);
        assert_string_equal(result.err, "aborting 3\n");
        proc_result_free(&result);
        result = run(server, "e", 5000, 0);
        assert_int_equal(result.end, PROC_EXITED);
        assert_int_equal(result.code, 7);
        proc_result_free(&result);
        result = run(server, "", 5000, 0);
        assert_int_equal(result.code, 0);
        proc_result_free(&result);
    }
    server_stop(server);
}

static void kills_what_takes_too_long_or_too_much(void **state)
{
    (void)state;
    struct server *server = start();
    struct proc_result result = run(server, "h", 100, 0);
    assert_int_equal(result.end, PROC_TIMEOUT);
    assert_in_range(result.elapsed_ns / 1000000, 100, 3000);
    proc_result_free(&result);
    result = run(server, "m", 10000, 32);
    assert_int_equal(result.end, PROC_SIGNALED);
    assert_int_equal(result.code, SIGKILL);
    assert_in_range(result.elapsed_ns / 1000000, 0, 5000);
    proc_result_free(&result);
    result = run(server, "fine", 5000, 0); /* and goes on */
    assert_int_equal(result.end, PROC_EXITED);
    proc_result_free(&result);
    server_stop(server);
}

static void a_report_may_be_long(void **state)
{
    (void)state;
    struct server *server = start();
    struct proc_result result = run(server, "l", 10000, 0);
    assert_int_equal(result.code, SIGABRT);
    assert_non_null(strstr(result.err, "line 0\n"));
    assert_non_null(strstr(result.err, "line 19999\n"));
    proc_result_free(&result);
    server_stop(server);
}

/* An input finds the heap as the first one did, whatever came before it. */
static void what_came_before_leaves_no_trace_on_the_heap(void **state)
{
    (void)state;
    struct server *server = start();
    char before[301];
    struct proc_result first = run(server, "p", 5000, 0);
    for (size_t len = 1; len < sizeof before; len *= 3) {
        memset(before, 'x', len);
        before[len] = '\0';
        struct proc_result result = run(server, before, 5000, 0);
        proc_result_free(&result);
        result = run(server, "p", 5000, 0);
        assert_string_equal(result.err, first.err);
        proc_result_free(&result);
    }
    proc_result_free(&first);
    server_stop(server);
}

static void two_run_at_a_time(void **state)
{
    (void)state;
    struct server *one = start(), *two = start();
    struct proc_result result;
    struct fail why;
    assert_true(server_submit(one, "h", 1, &why));
    assert_true(server_submit(two, "a", 1, &why));
    assert_true(server_wait(two, 5000, 0, &result, &why));
    assert_int_equal(result.code, SIGABRT);
    assert_true(server_ready(two));
    assert_false(server_ready(one));
    proc_result_free(&result);
    assert_true(server_wait(one, 100, 0, &result, &why));
    assert_int_equal(result.end, PROC_TIMEOUT);
    proc_result_free(&result);
    server_stop(one);
    server_stop(two);
}

static void says_that_a_server_is_gone(void **state)
{
    (void)state;
    struct proc_result result;
    struct fail why;
    struct server *server = start();
    assert_true(server_submit(server, "k", 1, &why));
    assert_false(server_wait(server, 5000, 0, &result, &why));
    assert_non_null(strstr(why.what, "ended"));
    assert_false(server_submit(server, "fine", 4, &why));
    server_stop(server);
    assert_null(server_start("/nowhere/replayer", NULL, NULL, &why));
    assert_non_null(strstr(why.what, "/nowhere/replayer"));
    server = server_start("/bin/true", NULL, NULL, &why); /* knows no --serve */
    assert_non_null(server);
    bool ok = server_submit(server, "fine", 4, &why) && server_wait(server, 5000, 0, &result, &why);
    assert_false(ok);
    server_stop(server);
    server_stop(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tells_how_each_input_ended),
        cmocka_unit_test(kills_what_takes_too_long_or_too_much),
        cmocka_unit_test(a_report_may_be_long),
        cmocka_unit_test(what_came_before_leaves_no_trace_on_the_heap),
        cmocka_unit_test(two_run_at_a_time),
        cmocka_unit_test(says_that_a_server_is_gone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
