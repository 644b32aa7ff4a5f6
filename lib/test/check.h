/* check.h: cmocka, and the one assertion that all tests of the library share. */
#ifndef LEDGE_TEST_CHECK_H
#define LEDGE_TEST_CHECK_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <ledge/base.h>

/* Compares statuses by name, so that a failure reads "LEDGE_ERANGE" != "LEDGE_OK". */
#define assert_status(got, want)                                                                   \
    assert_string_equal(ledge_status_name(got), ledge_status_name(want))

#endif /* LEDGE_TEST_CHECK_H */
