#include "trace.h"

#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

static int trace_fd = -1;

void kit_trace_to(int fd)
{
    trace_fd = fd;
}

bool kit_tracing(void)
{
    return trace_fd >= 0;
}

void kit_trace(const char *format, ...)
{
    if (trace_fd < 0)
        return;
    va_list args;
    va_start(args, format);
    vdprintf(trace_fd, format, args);
    va_end(args);
    dprintf(trace_fd, "\n");
}

void kit_trace_call(const char *text)
{
    if (trace_fd >= 0)
        dprintf(trace_fd, "call %s;\n", text);
}
