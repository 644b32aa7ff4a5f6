#include "api.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "mem.h"
#include "text.h"

/* A position in a header, and the comment that was passed last. */
struct scanner {
    const char *at, *end;
    const char *comment;
    size_t comment_len;
};

static bool looking_at(const struct scanner *scanner, const char *text)
{
    size_t len = strlen(text);
    return (size_t)(scanner->end - scanner->at) >= len && memcmp(scanner->at, text, len) == 0;
}

static const char *skip_until(const struct scanner *scanner, const char *text)
{
    struct scanner ahead = *scanner;
    while (ahead.at < ahead.end && !looking_at(&ahead, text))
        ahead.at++;
    return ahead.at;
}

/* Passes a comment, a preprocessor line (with its continuations) or white space; false when
 * something else stands here. */
static bool pass_layout(struct scanner *scanner)
{
    if (looking_at(scanner, "/*")) {
        scanner->comment = scanner->at + 2;
        scanner->at += 2;
        scanner->at = skip_until(scanner, "*/");
        scanner->comment_len = (size_t)(scanner->at - scanner->comment);
        scanner->at += looking_at(scanner, "*/") ? 2 : 0;
    } else if (looking_at(scanner, "//")) {
        scanner->at = skip_until(scanner, "\n");
    } else if (looking_at(scanner, "#")) {
        do {
            scanner->at = skip_until(scanner, "\n");
            scanner->at += scanner->at < scanner->end;
        } while (scanner->end - scanner->at > 0 && scanner->at[-1] == '\n' &&
                 scanner->at[-2] == '\\');
    } else if (scanner->at < scanner->end && isspace((unsigned char)*scanner->at)) {
        scanner->at++;
    } else {
        return false;
    }
    return true;
}

/* Passes a balanced pair of brackets that begins here. */
static void pass_brackets(struct scanner *scanner, char open, char close)
{
    size_t depth = 0;
    while (scanner->at < scanner->end) {
        const char *comment = scanner->comment;
        size_t comment_len = scanner->comment_len;
        bool layout = pass_layout(scanner);
        scanner->comment = comment; /* those inside of a body document nothing */
        scanner->comment_len = comment_len;
        if (layout)
            continue;
        char byte = *scanner->at++;
        depth += byte == open;
        if (byte == close && --depth == 0)
            return;
    }
}

/* Attribute macros are upper case, attributes start with two underscores. */
static bool is_attribute(ledge_view word)
{
    for (size_t i = 0; i < word.length; i++)
        if (islower(word.ptr[i]))
            return text_starts(word, "__") || text_is(word, "static_assert");
    return true;
}

static void add_function(struct api *api, const struct scanner *scanner, ledge_view name)
{
    if (text_has(ledge_view_of(scanner->comment, scanner->comment_len), "Never returns"))
        return;
    if (api->len == api->cap) {
        api->cap = api->cap ? 2 * api->cap : 64;
        api->functions = mem_resize(api->functions, api->cap, sizeof *api->functions);
    }
    api->functions[api->len++] =
        (struct api_function){.name = mem_copy(name.ptr, name.length),
                              .header = api->headers[api->headers_len - 1],
                              .comment = mem_copy(scanner->comment, scanner->comment_len)};
}

/* Passes one declaration, and takes the function that it declares, if any. */
static void pass_declaration(struct api *api, struct scanner *scanner)
{
    ledge_view word = {0}, name = {0};
    bool is_data = looking_at(scanner, "typedef");
    while (scanner->at < scanner->end && *scanner->at != ';' && *scanner->at != '}') {
        if (pass_layout(scanner))
            continue;
        if (text_is_name((unsigned char)*scanner->at)) {
            const char *start = scanner->at;
            while (scanner->at < scanner->end && text_is_name((unsigned char)*scanner->at))
                scanner->at++;
            word = ledge_view_of(start, (size_t)(scanner->at - start));
        } else if (*scanner->at == '(') {
            if (name.length == 0 && word.length > 0 && !is_attribute(word) && !is_data)
                name = word;
            pass_brackets(scanner, '(', ')');
        } else if (*scanner->at == '{') {
            pass_brackets(scanner, '{', '}');
            if (name.length > 0)
                break; /* a definition ends without a semicolon */
        } else if (*scanner->at == '[') {
            pass_brackets(scanner, '[', ']');
        } else {
            is_data |= *scanner->at == '=';
            scanner->at++;
        }
    }
    scanner->at += scanner->at < scanner->end && (*scanner->at == ';' || *scanner->at == '}');
    if (name.length > 0)
        add_function(api, scanner, name);
}

void api_read(struct api *api, const char *path, const char *text, size_t len)
{
    if (api->headers_len == sizeof api->headers / sizeof api->headers[0])
        return;
    api->headers[api->headers_len++] = mem_text(path);
    struct scanner scanner = {.at = text, .end = text + len, .comment = ""};
    while (scanner.at < scanner.end) {
        if (pass_layout(&scanner))
            continue;
        if (looking_at(&scanner, "extern \"C\" {"))
            scanner.at += strlen("extern \"C\" {");
        else
            pass_declaration(api, &scanner);
    }
}

struct api_function *api_find(const struct api *api, const char *name, size_t len)
{
    for (size_t i = 0; i < api->len; i++)
        if (strlen(api->functions[i].name) == len && memcmp(api->functions[i].name, name, len) == 0)
            return &api->functions[i];
    return NULL;
}

/* The statuses that a comment names itself. */
static uint32_t named_in(const char *comment, const char *const names[API_STATUSES])
{
    uint32_t found = 0;
    for (const char *at = comment; *at;) {
        size_t len = 0;
        while (text_is_name((unsigned char)at[len]))
            len++;
        for (unsigned i = 0; len > 0 && i < API_STATUSES; i++)
            if (names[i] && strlen(names[i]) == len && memcmp(names[i], at, len) == 0)
                found |= UINT32_C(1) << i;
        at += len ? len : 1;
    }
    return found;
}

/* The function that a comment refers to by a phrase before its name, "as " or " is ". */
static const struct api_function *referred(const struct api *api, const char *comment,
                                           const char *phrase)
{
    for (const char *at = strstr(comment, phrase); at; at = strstr(at + 1, phrase)) {
        const char *name = at + strlen(phrase);
        size_t len = 0;
        while (text_is_name((unsigned char)name[len]))
            len++;
        const struct api_function *function = api_find(api, name, len);
        if (function && strncmp(comment, function->name, len) != 0)
            return function;
    }
    return NULL;
}

/* "x is y for …" says all of x. Otherwise only a comment that says "Returns" documents statuses:
 * others mention them. */
static uint32_t documented(const struct api *api, const struct api_function *function,
                           const char *const names[API_STATUSES], unsigned depth)
{
    bool returns = strstr(function->comment, "Returns") != NULL;
    uint32_t found = returns ? named_in(function->comment, names) : 0;
    const struct api_function *other =
        returns ? referred(api, strstr(function->comment, "Returns"), " as ")
                : referred(api, function->comment, " is ");
    if (other && depth > 0)
        found |= documented(api, other, names, depth - 1);
    return found;
}

void api_document(struct api *api, const char *const names[API_STATUSES])
{
    enum { REFERENCES = 4 }; /* in a row, at most: circles end */
    for (size_t i = 0; i < api->len; i++) {
        uint32_t found = documented(api, &api->functions[i], names, REFERENCES);
        api->functions[i].documented = found ? found | 1 : 0;
    }
}

void api_free(struct api *api)
{
    for (size_t i = 0; i < api->len; i++) {
        free(api->functions[i].name);
        free(api->functions[i].comment);
    }
    for (size_t i = 0; i < api->headers_len; i++)
        free(api->headers[i]);
    free(api->functions);
    *api = (struct api){0};
}
