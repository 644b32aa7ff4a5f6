/* serve_helper.c: a replayer of which everything is known, for server_test.c and
 * minimize_oracle_test.c. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "serve.h"

/* Does what the first byte says. */
static int run(const uint8_t *data, size_t size)
{
    static volatile char block[64 * 1024 * 1024]; /* written to, whatever the compiler thinks */
    switch (size > 0 ? data[0] : 0) {
    case 's': /* aborts, too, but takes its time */
        (void)usleep(250000);
        /* fall through */
    case 'a':
        fprintf(stderr, "aborting %zu\n", size);
        abort();
    case 'e':
        exit(7);
    case 'h':
        for (;;)
            pause();
    case 'l': /* a report longer than a pipe holds */
        for (unsigned i = 0; i < 20000; i++)
            fprintf(stderr, "line %u\n", i);
        abort();
    case 'm':
        for (size_t i = 0; i < sizeof block; i += 4096)
            block[i] = 'm';
        for (;;)
            pause();
    case 'p': /* where a block lies */
        fprintf(stderr, "%p\n", malloc(100));
        break;
    case 'k':
        (void)kill(getppid(), 9);
        break;
    default:
        fprintf(stderr, "fine\n");
    }
    return 0;
}

static int run_file(const char *path)
{
    uint8_t bytes[64];
    FILE *file = fopen(path, "rb");
    if (!file)
        return 3;
    size_t len = fread(bytes, 1, sizeof bytes, file);
    fclose(file);
    fprintf(stderr, "ledge-run: %s\n", path);
    return run(bytes, len);
}

int main(int argc, char **argv)
{
    if (argc != 2)
        return 3;
    return strcmp(argv[1], "--serve") == 0 ? kit_serve(run) : run_file(argv[1]);
}
