/* Engines, the kit, and the checked build of the library (ledge/provenance.h):
 *
 *     ==17== ERROR: libFuzzer: timeout after 25 seconds
 *     ==ledge== Model-mismatch in vec.insert: ledge_vec_length(&w->vec)
 *     ledge: provenance: the 12 bytes at 0x602000000010 cross a border of known memory
 */
#include "report_family.h"

#include <string.h>

#include "taxonomy.h"

struct message {
    const char *text;
    const char *type;
    enum report_weight weight;
};

static const struct message libfuzzer_messages[] = {
    {"deadly signal", "Fatal-signal", REPORT_CONSEQUENCE},
    {"timeout after ", "Timeout", REPORT_CRASH},
    {"timeout", "Timeout", REPORT_CRASH},
    {"out-of-memory (", "Out-of-memory", REPORT_CRASH},
    {"out-of-memory", "Out-of-memory", REPORT_HINT}, /* of the summary */
    {"fuzz target exited", "Unexpected-exit", REPORT_CONSEQUENCE},
    {"fuzz target overwrites it", "Overwrites-const-input", REPORT_CRASH}, /* "it's", once */
};

/* Centipede: "========= Per-input timeout exceeded: 61 > 60 (sec); exiting". */
static bool take_centipede(const struct line *line, struct report *fresh)
{
    static const struct message messages[] = {
        {"Per-input timeout exceeded: ", "Timeout", REPORT_CRASH},
        {"RSS limit exceeded: ", "Out-of-memory", REPORT_CRASH},
        {"Stack limit exceeded: ", "Stack-overflow", REPORT_CRASH},
    };
    ledge_view rest = text_after(line->text, "========= ");
    for (size_t i = 0; rest.length > 0 && i < sizeof messages / sizeof *messages; i++) {
        if (!text_starts(rest, messages[i].text))
            continue;
        fresh->weight = messages[i].weight;
        report_set_type(fresh, messages[i].type, true);
        return true;
    }
    return false;
}

bool report_engine_line(const struct line *line, struct report *fresh)
{
    size_t at = text_find(line->text, "libFuzzer: ");
    if (at == TEXT_NONE)
        return take_centipede(line, fresh);
    if (report_is_cited(line->text, at))
        return false;
    ledge_view rest = text_tail(line->text, at + strlen("libFuzzer: "));
    bool summary = text_has(text_head(line->text, at), "SUMMARY: ");
    size_t count = sizeof libfuzzer_messages / sizeof *libfuzzer_messages;
    for (size_t i = 0; i < count; i++) {
        const struct message *message = &libfuzzer_messages[i];
        if (!text_starts(rest, message->text) || (message->weight == REPORT_HINT && !summary))
            continue;
        fresh->tool = REPORT_LIBFUZZER;
        fresh->weight = summary ? REPORT_HINT : message->weight;
        report_set_type(fresh, message->type, true);
        return true;
    }
    return false;
}

static bool take_provenance(const struct line *line, struct report *fresh)
{
    if (!text_has(line->text, "ledge: provenance: the "))
        return false;
    fresh->weight = REPORT_CRASH;
    fresh->tool = REPORT_KIT;
    report_set_type(fresh, "Intra-object-overflow", true);
    return true;
}

/* The kind is one that we know, or the line is somebody else's. */
bool report_kit_line(const struct line *line, struct report *fresh)
{
    size_t at = text_find(line->text, "==ledge== ");
    if (at == TEXT_NONE)
        return take_provenance(line, fresh);
    ledge_view rest = text_tail(line->text, at + strlen("==ledge== "));
    ledge_view kind = text_word(rest);
    char type[REPORT_TYPE_MAX];
    if (kind.length == 0 || kind.length >= sizeof type)
        return false;
    memcpy(type, kind.ptr, kind.length);
    type[kind.length] = '\0';
    const struct taxon *taxon = taxonomy_find(type);
    rest = text_tail(rest, kind.length);
    if (!taxon || !text_skip(&rest, " in "))
        return false;
    fresh->weight = REPORT_CRASH;
    fresh->tool = REPORT_KIT;
    fresh->detail = text_trim(rest);
    fresh->detail_whole = line->whole;
    report_set_type(fresh, type, true);
    return true;
}
