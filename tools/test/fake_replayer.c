/* fake_replayer.c: a replayer without a target, for tests that run it many hundred times. An input
 * that holds "boom" and a letter dies as AddressSanitizer would have it, in a function of that
 * letter. */
#include <stdio.h>
#include <string.h>

static int run(const char *path)
{
    char bytes[4096];
    FILE *file = fopen(path, "rb");
    if (!file) {
        fprintf(stderr, "cannot read %s\n", path);
        return 2;
    }
    size_t len = fread(bytes, 1, sizeof bytes - 1, file);
    bytes[len] = '\0';
    fclose(file);
    fprintf(stderr, "ledge-run: %s\n", path);
    const char *boom = strstr(bytes, "boom");
    if (!boom || boom[4] < 'a' || boom[4] > 'z')
        return 0;
    fprintf(
        stderr,
        "==1==ERROR: AddressSanitizer: heap-buffer-overflow on address 0x602000000014 at pc 0x1 "
        "bp 0x2 sp 0x3\nWRITE of size 4 at 0x602000000014 thread T0\n"
        "    #0 0x55 in deep_%c /src/fake.c:12:3\n    #1 0x56 in LLVMFuzzerTestOneInput "
        "/src/fake.c:20:1\n",
        boom[4]);
    return 1;
}

int main(int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        int code = run(argv[i]);
        if (code)
            return code;
    }
    return 0;
}
