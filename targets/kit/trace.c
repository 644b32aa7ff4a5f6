#include "trace.h"

#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

int kit_trace_fd = -1;
size_t kit_calls_made;

void kit_trace(const char *format, ...)
{
    if (kit_trace_fd < 0)
        return;
    va_list args;
    va_start(args, format);
    vdprintf(kit_trace_fd, format, args);
    va_end(args);
    dprintf(kit_trace_fd, "\n");
}

void kit_trace_call(const char *text)
{
    kit_calls_made++;
    if (kit_trace_fd >= 0)
        dprintf(kit_trace_fd, "call %s;\n", text);
}
