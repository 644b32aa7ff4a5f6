#include "resolve.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "build_id.h"
#include "mem.h"
#include "symbolize.h"

struct resolver {
    struct symbolizer *symbolizer;
    ledge_view binary, summary; /* paths that a bare name may stand for */
};

/* What was built again since, or is another machine's, would lend its names to any offset. A log
 * that tells the build id can be believed; of what belongs to the system there is one on every
 * machine, so that nothing can be said without. */
static bool is_same_build(const struct resolver *resolver, const struct frame *frame,
                          const char *module)
{
    static const char *const system[] = {"/lib", "/usr/", "/bin/", "/sbin/", "/opt/"};
    char id[BUILD_ID_MAX + 1];
    ledge_view told = frame->build_id;
    if (told.length > 0 && build_id_read(module, id))
        return told.length <= strlen(id) &&
               strncasecmp((const char *)told.ptr, id, told.length) == 0;
    if (resolver->binary.length > 0)
        return true; /* it ran here just now */
    for (size_t i = 0; i < sizeof system / sizeof system[0]; i++)
        if (strncmp(module, system[i], strlen(system[i])) == 0)
            return false;
    return true;
}

static bool same_base(ledge_view path, ledge_view name)
{
    ledge_view base = text_base(path);
    return base.length > 0 && base.length == name.length &&
           memcmp(base.ptr, name.ptr, name.length) == 0;
}

static ledge_view full_path(const struct resolver *resolver, ledge_view module)
{
    if (text_find_byte(module, '/') != TEXT_NONE)
        return module;
    if (same_base(resolver->binary, module))
        return resolver->binary;
    return same_base(resolver->summary, module) ? resolver->summary : module;
}

static ledge_view known(const char *text)
{
    return strcmp(text, "??") == 0 ? ledge_view_of(NULL, 0) : text_of(text);
}

/* Appends what stands for the frame: itself, or its inlined chain. */
static void add_resolved(const struct resolver *resolver, const struct frame *frame,
                         struct stack *out)
{
    const struct symbol *symbols = NULL;
    size_t len = 0;
    if (frame->function.length == 0 && frame->module.length > 0) {
        ledge_view path = full_path(resolver, frame->module);
        char *module = mem_copy(path.ptr, path.length);
        if (is_same_build(resolver, frame, module))
            len = symbolizer_lookup(resolver->symbolizer, module, frame->offset, &symbols);
        free(module);
    }
    for (size_t i = 0; i < len; i++) {
        struct frame named = *frame;
        named.function = known(symbols[i].function);
        named.file = known(symbols[i].file);
        named.line = symbols[i].line;
        named.column = symbols[i].column;
        stack_add(out, &named);
    }
    if (len == 0)
        stack_add(out, frame);
}

void resolve_report(struct report *report, struct symbolizer *symbolizer, const char *binary)
{
    struct resolver resolver = {symbolizer, text_of(binary), report->module_path};
    for (size_t i = 0; symbolizer && i < report->stacks_len; i++) {
        struct stack *stack = &report->stacks[i];
        struct stack named = {.role = stack->role, .title = stack->title, .closed = stack->closed};
        for (size_t j = 0; j < stack->len; j++)
            add_resolved(&resolver, &stack->frames[j], &named);
        free(stack->frames);
        *stack = named;
    }
}
