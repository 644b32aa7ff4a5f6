/* manifest_test.c: a good manifest is read whole; each slip in one is named by its place. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "manifest.h"

static const char good[] =
    "{'format':1,'root':'/r','build':'/b','crashes':'/c','cmake':'/m','symbolizer':'/s',"
    "'afl_fuzz':null,'targets':[{'name':'vec','format_version':1,'kit':true,'source':'/vec.c',"
    "'dictionary':'/d','limits':{'timeout_ms':5000,'rss_mb':2048,'max_len':1024},"
    "'builds':[{'engine':'replay','sanitizer':'asan','binary':'/x'}],"
    "'repro':{'cc':'/cc','cflags':['-I/i'],'flavours':[{'sanitizer':'asan','flags':['-g'],"
    "'library':'/l.a'}]}}],"
    "'bugs':[{'id':'a2','build_target':'bug-a2','file':'/a2.json','variant':{'name':'vec',"
    "'format_version':1,'kit':false,'source':'/vec.c','limits':{'timeout_ms':1,'rss_mb':2,"
    "'malloc_mb':4,'max_len':3},'builds':[]}}]}";

/* Loads `good` with the first `from` replaced by `to`. */
static const struct manifest *load(const char *from, const char *to, struct fail *why)
{
    char path[] = "/tmp/ledge-manifest-XXXXXX";
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    char text[4096];
    const char *at = strstr(good, from);
    assert_non_null(at);
    int len =
        snprintf(text, sizeof text, "%.*s%s%s", (int)(at - good), good, to, at + strlen(from));
    for (char *c = text; *c; c++)
        if (*c == '\'')
            *c = '"';
    assert_int_equal(write(fd, text, (size_t)len), len);
    assert_int_equal(close(fd), 0);
    const struct manifest *manifest = manifest_load(path, why);
    unlink(path);
    return manifest;
}

static void reads_everything(void **state)
{
    (void)state;
    struct fail why;
    const struct manifest *manifest = load("{", "{", &why);
    assert_non_null(manifest);
    assert_string_equal(manifest->root, "/r");
    assert_null(manifest->afl_fuzz);
    const struct target *vec = manifest_target(manifest, "vec", &why);
    assert_non_null(vec);
    assert_true(vec->kit);
    assert_int_equal(vec->timeout_ms, 5000);
    assert_int_equal(vec->max_len, 1024);
    assert_string_equal(vec->dictionary, "/d");
    assert_null(vec->corpus);
    assert_string_equal(target_build(vec, "replay", "asan")->binary, "/x");
    assert_null(target_build(vec, "replay", "tsan"));
    assert_string_equal(vec->repro_cflags[0], "-I/i");
    assert_null(vec->repro_cflags[1]);
    assert_string_equal(vec->repro[0].library, "/l.a");
    assert_int_equal(manifest->bugs_len, 1);
    assert_string_equal(manifest->bugs[0].variant.name, "vec");
    assert_int_equal(manifest->bugs[0].variant.rss_mb, 2);
    assert_int_equal(manifest->bugs[0].variant.malloc_mb, 4);
    assert_int_equal(vec->malloc_mb, 0);
    assert_null(manifest_target(manifest, "map", &why));
    assert_string_equal(why.next, "the targets are: vec");
    manifest_free(manifest);
}

static void names_the_place_of_each_slip(void **state)
{
    (void)state;
    static const struct {
        const char *from, *to, *message;
    } slips[] = {
        {"'root':'/r',", "", "root: missing"},
        {"'/r'", "'r'", "root: an absolute path is wanted"},
        {"'format':1", "'format':2", "it has format 2, and this ledge reads format 1"},
        {"'format':1", "'format':'1'", "format: a whole number above 0 is wanted"},
        {"'binary':'/x'", "'binary':null", "targets[0].builds[0].binary: missing"},
        {"'replay'", "'afl++'", "targets[0].builds[0].engine: must be one of libfuzzer afl replay"},
        {"'kit':true,", "", "targets[0].kit: missing"},
        {"'rss_mb':2048,", "", "targets[0].limits.rss_mb: missing"},
        {"'rss_mb':2048,", "'rss_mb':2048,'malloc_mb':0,",
         "targets[0].limits.malloc_mb: a whole number above 0 is wanted"},
        {"'-g'", "7", "targets[0].repro.flavours[0].flags: a list of texts is wanted"},
        {"'name':'vec'", "'name':'../vec'",
         "targets[0].name: must not have '/' in it or begin with '.'"},
        {"'builds':[]", "'builds':{}", "bugs[0].variant.builds: a list is wanted"},
        {"{", "[", "line 1:"},
        {"{", "", "line 1:"},
    };
    for (size_t i = 0; i < sizeof slips / sizeof slips[0]; i++) {
        struct fail why;
        assert_null(load(slips[i].from, slips[i].to, &why));
        if (!strstr(why.what, slips[i].message))
            fail_msg("want \"%s\" in \"%s\"", slips[i].message, why.what);
        assert_true(why.next[0] != '\0');
    }
}

static void says_when_it_is_missing(void **state)
{
    (void)state;
    struct fail why;
    assert_null(manifest_load("/nowhere/manifest.json", &why));
    assert_string_equal(why.what, "/nowhere/manifest.json: No such file or directory");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_everything),
        cmocka_unit_test(names_the_place_of_each_slip),
        cmocka_unit_test(says_when_it_is_missing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
