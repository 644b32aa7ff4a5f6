/* ^C while minimizing: the run in hand ends by itself, and the best so far is kept. */
#include <signal.h>
#include <stddef.h>

#include "minimize_oracle.h"
#include "proc.h"

static volatile sig_atomic_t came;

static void on_signal(int signal)
{
    came = signal;
}

void stop_watch(bool on)
{
    static const int watched[3] = {SIGINT, SIGTERM, SIGHUP};
    static struct sigaction before[3];
    struct sigaction ours = {.sa_handler = on_signal, .sa_flags = (int)(SA_RESTART | SA_RESETHAND)};
    sigemptyset(&ours.sa_mask);
    if (on)
        came = 0;
    for (size_t i = 0; i < 3; i++) {
        struct sigaction now;
        if (sigaction(watched[i], NULL, &now) != 0 || now.sa_handler == SIG_IGN)
            continue; /* nohup */
        if (on)
            before[i] = now;
        (void)sigaction(watched[i], on ? &ours : &before[i], NULL); /* known signals: cannot fail */
    }
    proc_shield(on);
}

int stop_wanted(void)
{
    return came;
}
