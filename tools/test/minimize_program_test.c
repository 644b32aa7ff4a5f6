/* minimize_program_test.c: reading a replayer's answer, cutting programs, writing them again. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "minimize.h"

/* init(2), define slot 1, append(130, 4, 0) with that handle. */
#define CANONICAL "800281018403010200040000"
#define INIT                                                                                       \
    "{\"offset\":0,\"size\":2,\"uses\":[],\"fields\":["                                            \
    "{\"arg\":\"esz\",\"offset\":1,\"groups\":1,\"value\":2,\"max\":4,\"kind\":\"value\"}]}"
#define DEFINE                                                                                     \
    "{\"offset\":2,\"size\":2,\"uses\":[],\"fields\":["                                            \
    "{\"offset\":3,\"groups\":1,\"value\":1,\"max\":18446744073709551615,\"kind\":\"value\"}]}"
#define APPEND                                                                                     \
    "{\"offset\":4,\"size\":8,\"uses\":[1],\"fields\":["                                           \
    "{\"offset\":5,\"groups\":1,\"kind\":\"count\"},{\"offset\":6,\"groups\":2,\"kind\":\"item\"}" \
    ","                                                                                            \
    "{\"offset\":8,\"groups\":2,\"kind\":\"item\"},{\"offset\":10,\"groups\":2,\"kind\":\"item\"}" \
    "]}"
#define JSON "{\"canonical\":\"" CANONICAL "\",\"ops\":[" INIT "," DEFINE "," APPEND "]}"

static struct program parse(const char *json)
{
    struct program program;
    struct fail why;
    if (!program_parse(json, strlen(json), &program, &why))
        fail_msg("%s", why.what);
    return program;
}

static void assert_encodes(const struct program *program, const uint8_t *want, size_t want_len)
{
    size_t len;
    uint8_t *bytes = program_encode(program, &len);
    assert_int_equal(len, want_len);
    assert_memory_equal(bytes, want, len);
    free(bytes);
}

#define ASSERT_ENCODES(program, ...)                                                               \
    assert_encodes(program, (const uint8_t[]){__VA_ARGS__}, sizeof((const uint8_t[]){__VA_ARGS__}))

static void reads_a_replayers_answer(void **state)
{
    (void)state;
    struct program program = parse(JSON);
    assert_int_equal(program.ops_len, 3);
    assert_int_equal(program.fields_len, 6);
    assert_int_equal(program.fields[3].value, 130);
    assert_true(program.fields[0].name != 0); /* "esz"; the others have none */
    assert_true(program.fields[1].name == 0);
    assert_int_equal(program.uses_len, 1);
    assert_int_equal(program.uses[0].user, 2);
    assert_int_equal(program.uses[0].definer, 1);
    ASSERT_ENCODES(&program, 0x80, 2, 0x81, 1, 0x84, 3, 1, 2, 0, 4); /* 0 at the end left out */
    program_free(&program);
}

static void reads_the_largest_number(void **state)
{
    (void)state;
    struct program program =
        parse("{\"canonical\":\"8a017f7f7f7f7f7f7f7f7f\",\"ops\":[{\"offset\":0,\"size\":11,"
              "\"fields\":[{\"offset\":1,\"groups\":10,\"value\":18446744073709551615,"
              "\"max\":18446744073709551615,\"kind\":\"value\"}]}]}");
    assert_true(program.fields[0].value == UINT64_MAX);
    ASSERT_ENCODES(&program, 0x8a, 1, 0x7f, 0x7f, 0x7f, 0x7f, 0x7f, 0x7f, 0x7f, 0x7f, 0x7f);
    program_free(&program);
}

static void refuses_what_makes_no_sense(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "",
        "[]",
        "{\"ops\":[]}",
        "{\"canonical\":\"8\",\"ops\":[]}",
        "{\"canonical\":\"zz\",\"ops\":[]}",
        "{\"canonical\":\"80\"}",
        "{\"canonical\":\"80\",\"ops\":[]}",
        "{\"canonical\":\"80\",\"ops\":[{}]}",
        "{\"canonical\":\"80\",\"ops\":[{\"offset\":1,\"size\":1}]}",
        "{\"canonical\":\"80\",\"ops\":[{\"offset\":0,\"size\":2}]}",
        "{\"canonical\":\"80\",\"ops\":[{\"offset\":0,\"size\":0}]}",
        "{\"canonical\":\"80\",\"ops\":[{\"offset\":0,\"size\":1,\"uses\":[0]}]}",
        "{\"canonical\":\"80\",\"ops\":[{\"offset\":0,\"size\":1,\"uses\":[-1]}]}",
        "{\"canonical\":\"8001\",\"ops\":[{\"offset\":0,\"size\":2,\"fields\":[]}]}",
        "{\"canonical\":\"8001\",\"ops\":[{\"offset\":0,\"size\":2,\"fields\":["
        "{\"offset\":1,\"groups\":2,\"kind\":\"value\"}]}]}",
        "{\"canonical\":\"8001\",\"ops\":[{\"offset\":0,\"size\":2,\"fields\":["
        "{\"offset\":1,\"groups\":1,\"kind\":\"other\"}]}]}",
        "{\"canonical\":\"8001\",\"ops\":[{\"offset\":0,\"size\":2,\"fields\":["
        "{\"offset\":1,\"groups\":1,\"kind\":\"item\"}]}]}",
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct program program;
        struct fail why = {"", ""};
        assert_false(program_parse(bad[i], strlen(bad[i]), &program, &why));
        assert_non_null(strstr(why.what, "--json"));
    }
}

static void dropping_an_operation_leaves_the_others(void **state)
{
    (void)state;
    static const bool keep[] = {false, true, true};
    struct program program = parse(JSON), less;
    program_keep(&program, keep, &less);
    ASSERT_ENCODES(&less, 0x81, 1, 0x84, 3, 1, 2, 0, 4);
    assert_int_equal(less.uses_len, 1);
    assert_int_equal(less.uses[0].user, 1);
    assert_int_equal(less.uses[0].definer, 0);
    program_free(&less);
    program_free(&program);
}

static void a_lower_count_takes_its_last_items_away(void **state)
{
    (void)state;
    struct program program = parse(JSON), less, least;
    program_lower(&program, 2, 1, &less);
    ASSERT_ENCODES(&less, 0x80, 2, 0x81, 1, 0x84, 1, 1, 2);
    program_lower(&less, 2, 0, &least);
    ASSERT_ENCODES(&least, 0x80, 2, 0x81, 1, 0x84);
    assert_int_equal(least.fields_len, 3);
    program_free(&least);
    program_free(&less);
    program_free(&program);
}

/* The operation with the count isn't the last one: those behind must find their numbers again. */
static void items_in_the_middle_can_go(void **state)
{
    (void)state;
    struct program program = parse(JSON), less;
    struct program_op first = program.ops[2];
    program.ops[2] = program.ops[0];
    program.ops[0] = first;
    static const bool all[] = {true, true, true};
    struct program turned;
    program_keep(&program, all, &turned);
    ASSERT_ENCODES(&turned, 0x84, 3, 1, 2, 0, 4, 0x81, 1, 0x80, 2);
    program_lower(&turned, 0, 1, &less);
    ASSERT_ENCODES(&less, 0x84, 1, 1, 2, 0x81, 1, 0x80, 2);
    program_free(&less);
    program_drop_item(&turned, 1, &less);
    ASSERT_ENCODES(&less, 0x84, 2, 0, 4, 0x81, 1, 0x80, 2);
    program_free(&less);
    program_free(&turned);
    program_free(&program);
}

static void only_records_lose_zeros_at_their_end(void **state)
{
    (void)state;
    struct program program;
    program_of_bytes("a\0\0", 3, &program);
    ASSERT_ENCODES(&program, 'a', 0, 0);
    program_free(&program);
}

/* --- What a result is called, and where it fails -------------------------------------------------
 */

static char crash_type[] = "Model-mismatch";

static void the_directory_is_named_after_the_operation(void **state)
{
    (void)state;
    static const struct {
        const char *state, *want;
    } cases[] = {
        {"ledge_vec_insert\nop_insert\nvec", "/c/new/vec-insert-8c11"},
        {"vec.set: got\nop_set\nvec", "/c/new/vec-set-8c11"},
        {"vec.close: a/b\nworld_check", "/c/new/vec-close-8c11"},
        {"deep\nother::name\nthird", "/c/new/vec-deep-8c11"},
        {"../../etc", "/c/new/vec--8c11"},
    };
    const struct manifest manifest = {.crashes = "/c"};
    const struct target target = {.name = "vec"};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char text[64];
        strcpy(text, cases[i].state);
        struct crash crash = {
            .found = true, .type = crash_type, .state = text, .signature = "8c11aaaabbbbcccc"};
        char *directory = minimize_directory(&manifest, &target, &crash);
        assert_string_equal(directory, cases[i].want);
        free(directory);
    }
}

static void the_failing_line_is_the_last_unless_it_fails_at_the_end(void **state)
{
    (void)state;
    static const char program[] = "vec.init(esz=1)\nvec.reserve(n=1)\nvec.shrink()\n";
    char in_op[] = "vec.shrink: got\nop_shrink", in_close[] = "free_block\nworld_close\nvec";
    struct crash crash = {.found = true, .type = crash_type, .state = in_op, .class_ = "model"};
    assert_int_equal(minimize_failing_line(&crash, program), 2);
    crash.class_ = "leak";
    assert_int_equal(minimize_failing_line(&crash, program), -1);
    crash.class_ = "memory";
    crash.state = in_close;
    assert_int_equal(minimize_failing_line(&crash, program), -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_a_replayers_answer),
        cmocka_unit_test(reads_the_largest_number),
        cmocka_unit_test(refuses_what_makes_no_sense),
        cmocka_unit_test(dropping_an_operation_leaves_the_others),
        cmocka_unit_test(a_lower_count_takes_its_last_items_away),
        cmocka_unit_test(items_in_the_middle_can_go),
        cmocka_unit_test(only_records_lose_zeros_at_their_end),
        cmocka_unit_test(the_directory_is_named_after_the_operation),
        cmocka_unit_test(the_failing_line_is_the_last_unless_it_fails_at_the_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
