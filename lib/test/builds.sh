#!/bin/sh
# The library as others build it: each source as C11 by gcc and clang for 64 and 32 bits, at every hardening level, and each
# header by itself, first in its file, as C11 and as C++17. Nothing may warn. Code is made for the first of these only, since
# some warnings come from the optimizer.
#
#   builds.sh LIB-DIRECTORY CLANG
set -eu
lib=$1 clang=$2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work" # objects are made where one is
warnings="-Wall -Wextra -Wpedantic -Wconversion -Wshadow -Wundef -Werror"
builds=0

build() { # COMPILER ARGUMENT...: must succeed, and say nothing
    builds=$((builds + 1))
    "$@" $warnings -I"$lib/include" >"$work/said" 2>&1 && [ ! -s "$work/said" ] || {
        cat "$work/said" >&2
        echo "builds.sh: $*" >&2
        exit 1
    }
}

for compiler in gcc "$clang"; do
    for bits in 64 32; do
        build "$compiler" -std=c11 -O2 -m$bits -Wstrict-prototypes -c "$lib"/src/*.c
    done
    for level in FAST EXTENSIVE DEBUG; do
        build "$compiler" -std=c11 -fsyntax-only -DLEDGE_HARDENING=LEDGE_HARDENING_$level "$lib"/src/*.c
    done
done
for header in "$lib"/include/ledge/*.h; do
    echo "#include <ledge/$(basename "$header")>" >"$work/alone.c"
    echo "typedef int alone;" >>"$work/alone.c"
    cp "$work/alone.c" "$work/alone.cpp"
    for compiler in gcc "$clang"; do
        build "$compiler" -fsyntax-only -std=c11 "$work/alone.c"
        build "$compiler" -fsyntax-only -std=c11 -m32 "$work/alone.c"
        build "$compiler" -fsyntax-only -x c++ -std=c++17 "$work/alone.cpp"
    done
done
echo "$builds builds without a warning"
[ $builds -gt 0 ]
