/* str_bench_cxx.cpp: the subjects that are written in C++. */
#include "bench.h"
#include "str_bench.h"

#include <string>

void chars_string(void)
{
    std::string text;
    for (size_t i = 0; i < STR_CHARS; i++)
        text.push_back((char)('a' + i % 16));
    bench_keep((uint64_t)text[STR_CHARS / 2]);
}

void pieces_string(void)
{
    std::string text;
    for (size_t i = 0; i < STR_PIECES; i++)
        text.append(STR_PIECE, 1 + i % 12);
    bench_keep((uint64_t)text[STR_PIECES / 2]);
}

void numbers_string(void)
{
    std::string text;
    for (size_t i = 0; i < STR_NUMBERS; i++) {
        text += std::to_string((uint64_t)i * i);
        text += ' ';
    }
    bench_keep((uint64_t)text[STR_NUMBERS / 2]);
}
