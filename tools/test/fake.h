/* fake.h: a manifest whose binaries are shell scripts, for tests of what runs them. Each file that
 * includes it gets its own copy of the few helpers.
 *
 * The replayer does what its input says: "crash" dies of SIGSEGV with an ASan report whose frame is
 * the input's second word, "leak" reports a leak when all inputs have run, "hang" sleeps, "exit"
 * exits, anything else is clean. */
#ifndef LEDGE_TOOLS_TEST_FAKE_H
#define LEDGE_TOOLS_TEST_FAKE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "files.h"
#include "manifest.h"
#include "mem.h"

static const char fake_replayer[] =
    "#!/bin/sh\n"
    "leaks=0\n"
    "for path; do\n"
    "  [ -r \"$path\" ] || { echo \"cannot read $path\" >&2; exit 2; }\n"
    "  echo \"ledge-run: $path\" >&2\n"
    "  read -r what frame <\"$path\"\n"
    "  case $what in\n"
    "  crash)\n"
    "    echo '==1==ERROR: AddressSanitizer: heap-buffer-overflow on address 0x602000000014 at pc "
    "0x1 bp 0x2"
    " sp 0x3' >&2\n"
    "    echo 'WRITE of size 4 at 0x602000000014 thread T0' >&2\n"
    "    echo \"    #0 0x55 in $frame /src/fake.c:12:3\" >&2\n"
    "    echo '    #1 0x56 in LLVMFuzzerTestOneInput /src/fake.c:20:1' >&2\n"
    "    exit 1;;\n"
    "  leak) leaks=1;;\n"
    "  hang) sleep 30;;\n"
    "  exit) exit 5;;\n"
    "  esac\n"
    "done\n"
    "[ $leaks = 0 ] && exit 0\n"
    "echo '==1==ERROR: LeakSanitizer: detected memory leaks' >&2\n"
    "echo 'Direct leak of 33 byte(s) in 1 object(s) allocated from:' >&2\n"
    "echo '    #0 0x55 in malloc (/bin/x+0x1)' >&2\n"
    "echo '    #1 0x56 in forget /src/fake.c:30:3' >&2\n"
    "echo 'SUMMARY: AddressSanitizer: 33 byte(s) leaked in 1 allocation(s).' >&2\n"
    "exit 1\n";

struct fake {
    char directory[32];
    struct build builds[2];
    struct target target;
    struct manifest manifest;
};

static void fake_script(const struct fake *fake, const char *name, const char *text)
{
    char *path = mem_print("%s/%s", fake->directory, name);
    struct fail why;
    if (!file_put(path, text, strlen(text), &why))
        fail_msg("%s", why.what);
    assert_int_equal(chmod(path, 0755), 0);
    free(path);
}

/* Makes a directory with corpus/ in it, the replayer, and a libFuzzer binary of the given text
 * (NULL: none). */
static struct fake *fake_open(const char *libfuzzer)
{
    struct fake *fake = mem_new(1, sizeof *fake);
    strcpy(fake->directory, "/tmp/ledge-test-XXXXXX");
    assert_non_null(mkdtemp(fake->directory));
    struct fail why;
    char *corpus = mem_print("%s/corpus", fake->directory);
    assert_true(dir_make(corpus, &why));
    fake_script(fake, "replayer", fake_replayer);
    if (libfuzzer)
        fake_script(fake, "libfuzzer", libfuzzer);
    fake->builds[0] = (struct build){"replay", "asan", mem_print("%s/replayer", fake->directory)};
    fake->builds[1] =
        (struct build){"libfuzzer", "asan", mem_print("%s/libfuzzer", fake->directory)};
    fake->target = (struct target){.name = "fake",
                                   .format_version = 1,
                                   .source = "/src/fake.c",
                                   .corpus = corpus,
                                   .timeout_ms = 500,
                                   .rss_mb = 512,
                                   .max_len = 64,
                                   .builds = fake->builds,
                                   .builds_len = libfuzzer ? 2 : 1};
    fake->manifest = (struct manifest){.path = "manifest.json",
                                       .root = "/src",
                                       .build = fake->directory,
                                       .symbolizer = "/nowhere/llvm-symbolizer",
                                       .targets = &fake->target,
                                       .targets_len = 1};
    return fake;
}

static void fake_close(struct fake *fake)
{
    dir_remove(fake->directory);
    for (size_t i = 0; i < 2; i++)
        free((char *)(uintptr_t)fake->builds[i].binary);
    free((char *)(uintptr_t)fake->target.corpus);
    free(fake);
}

#endif
