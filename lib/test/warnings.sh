#!/bin/sh
# The public headers' attributes let clang warn of misuse, in C and in C++, and of nothing else.
#
#   warnings.sh LIB-DIRECTORY CLANG
set -eu
lib=$1 clang=$2
for language in "c -std=c11" "c++ -std=c++17"; do
    for fixture in misuse use; do
        "$clang" -x $language -fsyntax-only -Xclang -verify -Xclang -verify-ignore-unexpected=note -Wall -Wextra \
            -I"$lib/include" "$lib/test/warnings/$fixture.c" || {
            echo "warnings.sh: clang doesn't say of $fixture.c, as ${language%% *}, what the file expects" >&2
            exit 1
        }
    done
done
echo "$(grep -c 'expected-warning' "$lib/test/warnings/misuse.c") lines of misuse are seen"
