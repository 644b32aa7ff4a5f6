/* What C libraries and allocators say of memory they find broken:
 *
 *     *** stack smashing detected ***: terminated
 *     double free or corruption (out)
 *     malloc: *** error for object 0x7f00: pointer being freed was not allocated
 */
#include <string.h>

#include "report_family.h"

struct message {
    const char *text;
    const char *type;
};

/* The first that fits decides. */
static const struct message messages[] = {
    /* glibc */
    {" stack smashing detected ***", "Stack-buffer-overflow"},
    {" buffer overflow detected ***", "Buffer-overflow"},
    {"double free or corruption", "Heap-double-free"},
    {"free(): double free detected", "Heap-double-free"},
    {"free(): invalid pointer", "Invalid-free"},
    {"free(): invalid size", "Invalid-free"},
    {"munmap_chunk(): invalid pointer", "Invalid-free"},
    {"realloc(): invalid pointer", "Invalid-free"},
    {"free(): invalid next size", "Heap-corruption"},
    {"free(): corrupted unsorted chunks", "Heap-corruption"},
    {"free(): too many chunks detected", "Heap-corruption"},
    {"free(): unaligned chunk detected", "Heap-corruption"},
    {"realloc(): invalid next size", "Heap-corruption"},
    {"realloc(): invalid old size", "Heap-corruption"},
    {"malloc(): corrupted", "Heap-corruption"},
    {"malloc(): invalid", "Heap-corruption"},
    {"malloc(): memory corruption", "Heap-corruption"},
    {"malloc(): mismatching", "Heap-corruption"},
    {"malloc(): smallbin double linked list", "Heap-corruption"},
    {"malloc(): unaligned", "Heap-corruption"},
    {"malloc(): unsorted double linked list", "Heap-corruption"},
    {"malloc(): too many chunks detected", "Heap-corruption"},
    {"malloc(): largebin double linked list", "Heap-corruption"},
    {"malloc(): bad ", "Heap-corruption"},
    {"malloc_consolidate(): ", "Heap-corruption"},
    {"calloc(): corrupted", "Heap-corruption"},
    {"corrupted size vs. prev_size", "Heap-corruption"},
    {"corrupted double-linked list", "Heap-corruption"},
    {"invalid fastbin entry", "Heap-corruption"},
    /* bionic */
    {"stack corruption detected (-fstack-protector)", "Stack-buffer-overflow"},
    {" called on a destroyed mutex", "Use of an invalid mutex"},
    {": null FILE*", "Invalid-null-argument"},
    {"FORTIFY: ", "Buffer-overflow"},
    {"invalid address or address of corrupt block ", "Heap-corruption"},
    {"heap corruption detected by ", "Heap-corruption"},
    {" passed to free: value not allocated", "Invalid-free"},
    {" passed to realloc: value not allocated", "Invalid-free"},
    /* hardened_malloc */
    {"fatal allocator error: detected write after free", "Heap-use-after-free"},
    {"fatal allocator error: double free", "Heap-double-free"},
    {"fatal allocator error: invalid ", "Invalid-free"},
    {"fatal allocator error: unaligned ", "Invalid-free"},
    {"fatal allocator error: sized deallocation mismatch", "New-delete-type-mismatch"},
    {"fatal allocator error: canary corrupted", "Heap-corruption"},
    /* Scudo */
    {"Scudo ERROR: corrupted chunk header", "Heap-corruption"},
    {"Scudo ERROR: race on chunk header", "Heap-corruption"},
    {"Scudo ERROR: invalid chunk state when deallocating", "Heap-double-free"},
    {"Scudo ERROR: invalid chunk state", "Invalid-free"},
    {"Scudo ERROR: misaligned pointer", "Invalid-free"},
    {"Scudo ERROR: allocation type mismatch", "Alloc-dealloc-mismatch"},
    {"Scudo ERROR: invalid sized delete", "New-delete-type-mismatch"},
    /* macOS */
    {"pointer being freed was not allocated", "Invalid-free"},
    {"pointer being realloc'd was not allocated", "Invalid-free"},
    {"non-aligned pointer being freed", "Invalid-free"},
    {": Double free of object ", "Heap-double-free"},
    {"ncorrect checksum for freed object", "Heap-corruption"},
    {"ncorrect guard value", "Heap-corruption"},
    {"nvalid pointer dequeued from free list", "Heap-corruption"},
    {"eap corruption detected, free list is damaged", "Heap-corruption"},
    /* OpenBSD */
    {"(): double free", "Heap-double-free"},
    {"(): bogus pointer (double free?)", "Invalid-free"},
    {"(): chunk is already free", "Heap-double-free"},
    {"(): modified chunk-pointer", "Invalid-free"},
    {"(): chunk canary corrupted", "Heap-corruption"},
    {"(): use after free", "Heap-use-after-free"},
    {"(): write after free", "Heap-use-after-free"},
    {"stack overflow in function ", "Stack-buffer-overflow"},
    /* Visual Studio */
    {"HEAP CORRUPTION DETECTED: ", "Heap-corruption"},
    {"Stack around the variable ", "Stack-buffer-overflow"},
    /* tcmalloc, jemalloc, mimalloc, Electric Fence */
    {"Attempt to free invalid pointer", "Invalid-free"},
    {"mimalloc: error: double free detected", "Heap-double-free"},
    {"mimalloc: error: buffer overflow in heap block", "Heap-buffer-overflow"},
    {"mimalloc: error: corrupted ", "Heap-corruption"},
    {"<jemalloc>: size mismatch detected", "Heap-corruption"},
    {"<jemalloc>: double free", "Heap-double-free"},
    {"address not from malloc()", "Invalid-free"},
    {"zend_mm_heap corrupted", "Heap-corruption"}, /* PHP */
};

static const struct message *find_message(ledge_view text)
{
    for (size_t i = 0; i < sizeof messages / sizeof *messages; i++) {
        if (text_has(text, messages[i].text))
            return &messages[i];
    }
    return NULL;
}

const char *report_libc_message(ledge_view text)
{
    const struct message *message = find_message(text);
    return message ? message->type : NULL;
}

static bool has_any(ledge_view text, const char *one, const char *another)
{
    return text_has(text, one) || text_has(text, another);
}

/* Words that end glibc's messages: "corrupted size vs. prev_size while consolidating". */
static bool is_of_message(ledge_view word)
{
    static const char *const words[] = {
        "chunk", "chunks",   "consolidating", "corrupted",        "detected",        "fastbin",
        "in",    "fastbins", "invalid",       "next->prev_inuse", "next->prev_size", "next",
        "size",  "tcache",   "top",           "unaligned",        "unsorted",        "while"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (text_is(word, words[i]))
            return true;
    }
    return false;
}

/* glibc says no more than its message; a sentence goes on: "free(): invalid pointer on exit". */
static bool goes_on(ledge_view after)
{
    for (ledge_view rest = text_trim(after); rest.length > 0;) {
        ledge_view word = text_word(rest);
        bool small = word.ptr[0] >= 'a' && word.ptr[0] <= 'z';
        if (small && !is_of_message(word))
            return !text_ends(word, ":") && !text_starts(word, "abort");
        if (!small && !text_is_digit(word.ptr[0]))
            return false;
        rest = text_trim(text_tail(rest, word.length));
    }
    return false;
}

/* A source line that a compiler shows may have the message in quotation marks; what a log puts in
 * front of it may have a pair of them. */
static bool is_said(ledge_view text, const struct message *message)
{
    size_t at = text_find(text, message->text);
    ledge_view after = text_tail(text, at + strlen(message->text));
    if (text_has(text, "message: "))
        return true;
    if (text_ends(text_of(message->text), " detected ***"))
        return after.length == 0 || text_starts(after, ":");
    bool glibc = text_has(text_of(message->text), "(): ") ||
                 text_starts(text_of(message->text), "corrupted ") ||
                 text_starts(text_of(message->text), "double free or ");
    if (glibc && goes_on(after))
        return false;
    return text_has(text, "***") || !report_is_cited(text, at);
}

/* "*** Error in `./prog': free(): invalid pointer: 0x0000000000602010 ***", "object 0x7f00: …". */
static void take_address(const struct line *line, struct report *fresh)
{
    static const char *const leads[] = {
        ": 0x",      "object 0x", " address 0x", "pointer 0x",        " block of 0x",
        " block 0x", "free(0x",   "free) 0x",    "(double free?) 0x", ") at 0x"};
    for (size_t i = 0; fresh->address.length == 0 && i < sizeof leads / sizeof *leads; i++) {
        size_t at = text_find(line->text, leads[i]);
        if (at != TEXT_NONE)
            fresh->address = report_address(line, text_tail(line->text, at + strlen(leads[i]) - 2));
    }
}

/* "terminate called after throwing an instance of 'std::out_of_range'" and libc++'s words for it:
 * the abort that follows has the stack. */
static bool is_terminate(ledge_view text)
{
    static const char *const words[] = {"terminate called after throwing an instance of ",
                                        "terminate called without an active exception",
                                        "terminating due to uncaught exception of type ",
                                        "terminating with uncaught exception of type ",
                                        "pure virtual method called",
                                        "Pure virtual function called!"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        size_t at = text_find(text, words[i]);
        if (at != TEXT_NONE)
            return !report_is_cited(text, at);
    }
    return false;
}

bool report_libc_line(const struct line *line, struct report *fresh)
{
    ledge_view text = line->text;
    if (is_terminate(text)) {
        fresh->tool = REPORT_LIBC;
        fresh->weight = REPORT_HINT;
        report_set_type(fresh, "Abrt", false);
        return true;
    }
    bool glibc = has_any(text, "*** ", "detected ***") || text_has(text, "(): ") ||
                 has_any(text, "corrupt", "fastbin");
    bool other = has_any(text, "freed", "FORTIFY: ") || has_any(text, "ERROR: ", " object ") ||
                 has_any(text, "malloc", "invalid pointer") ||
                 has_any(text, "stack overflow in ", "allocat") ||
                 text_has(text, "CORRUPTION DETECTED");
    const struct message *message = glibc || other ? find_message(text) : NULL;
    if (!message || !is_said(text, message))
        return false;
    fresh->tool = REPORT_LIBC;
    fresh->weight = REPORT_CRASH;
    report_set_type(fresh, message->type, line->whole);
    take_address(line, fresh);
    return true;
}
