/* api_test.c: which functions a header declares, and which statuses their comments promise. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "api.h"

static const char *const names[API_STATUSES] = {"X_OK", "X_ERANGE", "X_ENOMEM", "X_ENULL"};

enum { OK = 1, ERANGE_ = 2, ENOMEM_ = 4, ENULL_ = 8 };

static struct api read_text(const char *text)
{
    struct api api = {0};
    api_read(&api, "/x.h", text, strlen(text));
    api_document(&api, names);
    return api;
}

static void assert_function(const struct api *api, size_t index, const char *name,
                            uint32_t documented)
{
    assert_true(index < api->len);
    assert_string_equal(api->functions[index].name, name);
    assert_int_equal(api->functions[index].documented, documented);
}

static void finds_declarations_and_definitions(void **state)
{
    (void)state;
    struct api api = read_text(
        "#ifndef X\n#define X(a) \\\n  f(a)\n"
        "extern \"C\" {\n"
        "/* a type */\ntypedef struct x { int (*call)(int); } x;\n"
        "typedef int y(int);\n"
        "enum { N = (3) };\n"
        "/* one gets it. Returns X_OK; X_ERANGE when not. */\n"
        "MUST_USE\nNONNULL(1) __attribute__((pure))\nstatus one(const x *a, int (*cmp)(int, "
        "int));\n"
        "/* zero ends it. Never returns. */ void zero(void);\n"
        "/* two frees it. */\n"
        "static inline void two(x *a)\n{\n    /* Returns X_ENOMEM */ if (a) { three(a); }\n}\n"
        "/* three. Returns X_ENOMEM. */ int three(void) PURE;\n"
        "extern int table[sizeof(x)];\n"
        "static const int four = three();\n"
        "}\n");
    assert_int_equal(api.len, 3);
    assert_function(&api, 0, "one", OK | ERANGE_);
    assert_function(&api, 1, "two", 0);
    assert_function(&api, 2, "three", OK | ENOMEM_);
    assert_string_equal(api.functions[0].header, "/x.h");
    api_free(&api);
}

static void follows_references(void **state)
{
    (void)state;
    struct api api = read_text("/* a does. Returns X_OK; X_ERANGE; X_ENULL. */ int a(int);\n"
                               "/* b is a for more. */ int b(int);\n"
                               "/* c grows. Returns as b, or X_ENOMEM. */ int c(int);\n"
                               "/* h prints as a prints it. Returns X_ENOMEM. */ int h(int);\n"
                               "/* d is e for fun. */ int d(int);\n"
                               "/* e is d for fun. */ int e(int);\n"
                               "/* f names X_ENULL, as c doesn't. */ int f(int);\n"
                               "/* g. Returns X_ERANGES, X_ENOMEM_. */ int g(int);\n");
    assert_int_equal(api.len, 8);
    assert_function(&api, 1, "b", OK | ERANGE_ | ENULL_);
    assert_function(&api, 2, "c", OK | ERANGE_ | ENULL_ | ENOMEM_);
    assert_function(&api, 3, "h", OK | ENOMEM_);
    assert_function(&api, 4, "d", 0);
    assert_function(&api, 5, "e", 0);
    assert_function(&api, 6, "f", 0);
    assert_function(&api, 7, "g", 0);
    assert_ptr_equal(api_find(&api, "cc", 1), &api.functions[2]);
    assert_null(api_find(&api, "cc", 2));
    api_free(&api);
}

/* Cut off anywhere, or with any byte replaced, there is an answer. */
static void survives_any_text(void **state)
{
    (void)state;
    static const char text[] = "/* a. Returns X_OK. */ int a(int (*b)(\"{\"))\n{ /* } */ }\n#x\\\n";
    for (size_t len = 0; len < sizeof text; len++) {
        char *copy = malloc(len + 1);
        for (size_t i = 0; i <= len && copy; i++) {
            memcpy(copy, text, len);
            if (i < len)
                copy[i] = (char)(len * 31 + i);
            struct api api = {0};
            api_read(&api, "/x.h", copy, len);
            api_document(&api, names);
            assert_true(api.len <= 2);
            api_free(&api);
        }
        free(copy);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_declarations_and_definitions),
        cmocka_unit_test(follows_references),
        cmocka_unit_test(survives_any_text),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
