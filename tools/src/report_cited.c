/* Words that somebody only speaks of: documentation, a program's own source, and people who talk
 * about reports have them in quotation marks. */
#include "report_family.h"

/* {"log":"…"} and <failure message="…">: what JSON and XML have in quotation marks is the log
 * itself. */
static bool is_value(ledge_view before)
{
    bool attribute = text_ends(before, "=") && text_find_byte(before, '<') != TEXT_NONE;
    return attribute || text_ends(text_trim(before), "\":");
}

/* "==17==": nobody makes up the number of a process. */
static bool is_numbered(ledge_view before)
{
    size_t mark = text_find_last(before, "==");
    return mark != TEXT_NONE && mark > 0 && text_is_digit(before.ptr[mark - 1]);
}

bool report_is_cited(ledge_view text, size_t at)
{
    static const char marks[] = {'"', '`'};
    ledge_view before = text_head(text, at), behind = text_tail(text, at);
    for (size_t i = 0; i < sizeof marks; i++) {
        size_t open = TEXT_NONE;
        for (size_t j = 0; j < before.length; j++) {
            if (before.ptr[j] == marks[i])
                open = open == TEXT_NONE ? j : TEXT_NONE;
        }
        if (open != TEXT_NONE && text_find_byte(behind, marks[i]) != TEXT_NONE &&
            !is_value(text_head(text, open)))
            return !is_numbered(before);
    }
    return false;
}
