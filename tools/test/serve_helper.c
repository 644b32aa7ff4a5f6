/* serve_helper.c: a replayer of which everything is known, for server_test.c. */
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
    case 'k':
        (void)kill(getppid(), 9);
        break;
    default:
        fprintf(stderr, "fine\n");
    }
    return 0;
}

int main(int argc, char **argv)
{
    return argc == 2 && strcmp(argv[1], "--serve") == 0 ? kit_serve(run) : 3;
}
