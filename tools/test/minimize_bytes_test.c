/* minimize_bytes_test.c: the search for bytes against judges of which everything is known. */
#include "minimize_fixture.h"

static void assert_bytes(const char *text, fails *how_it_fails, const char *want, size_t most)
{
    struct program program;
    program_of_bytes(text, strlen(text), &program);
    size_t asked = search(&program, how_it_fails, NULL);
    if (program.raw_len != strlen(want) || memcmp(program.raw, want, program.raw_len) != 0)
        fail_msg("'%.*s' instead of '%s'", (int)program.raw_len, (const char *)program.raw, want);
    assert_in_range(asked, 1, most);
    struct watched watched = {how_it_fails, NULL, 0, 0};
    struct judge judge = {.ask = ask, .context = &watched};
    assert_proven(&program, &judge);
    program_free(&program);
}

static void shrinks_plain_bytes(void **state)
{
    (void)state;
    assert_bytes("the quick <brown> fox jumps over the lazy <dog>, again and again", has_an_angle,
                 "<a", 40);
}

/* A line that begins with "key=", and somewhere before it a line "[one]". */
static bool is_keyed(const void *how, const struct program *program)
{
    (void)how;
    char *text = mem_copy(program->raw, program->raw_len);
    const char *section = strstr(text, "[one]\n");
    bool keyed = section && strstr(section, "\nkey=");
    free(text);
    return keyed;
}

static void takes_lines_and_words_first(void **state)
{
    (void)state;
    static const char line[] = "some words = that do not matter, 1234\n";
    char *text = mem_text("");
    for (size_t i = 0; i < 300; i++) {
        const char *own = i == 120 ? "[one]\n" : i == 200 ? "key=value of it\n" : line;
        char *longer = mem_print("%s%s", text, own);
        free(text);
        text = longer;
    }
    assert_bytes(text, is_keyed, "[one]\nkey=", 120);
    free(text);
}

static bool has_three_bytes(const void *how, const struct program *program)
{
    (void)how;
    return program->raw_len >= 3 && program->raw[1] >= 0x17 && program->raw[1] < '0';
}

static void lowers_a_byte_by_halving(void **state)
{
    (void)state;
    assert_bytes("z\x2az", has_three_bytes,
                 "0\x17"
                 "0",
                 30);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(shrinks_plain_bytes),
        cmocka_unit_test(takes_lines_and_words_first),
        cmocka_unit_test(lowers_a_byte_by_halving),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
