#!/bin/bash -eu
# Builds every target the way OSS-Fuzz builds: with whatever compiler, flags and engine the environment gives.
#
#   CC CXX CFLAGS CXXFLAGS    compilers and flags; the sanitizer is in the flags
#   LIB_FUZZING_ENGINE        what to link for the engine, e.g. -fsanitize=fuzzer
#   SANITIZER                 address, undefined, memory … (OSS-Fuzz sets it; the kit tells ASan and MSan about its memory)
#   OUT                       where the fuzzers, seed corpora, dictionaries and options go
#   WORK                      where objects go; a temporary directory if it isn't set
#
# Linked by $CXX: engines are C++, and OSS-Fuzz's check of UBSan builds wants the C++ driver's runtime.

root=$(cd "$(dirname "$0")/../.." && pwd)
: "${CC:?}" "${CXX:?}" "${LIB_FUZZING_ENGINE:?}" "${OUT:?}"
WORK=${WORK:-$(mktemp -d)}
objects=$WORK/ledge
mkdir -p "$OUT" "$objects"

kit=
case ${SANITIZER-} in
    address) kit=-DKIT_ASAN ;;
    memory) kit=-DKIT_MSAN ;;
esac

compile() { # SOURCE OBJECT
    $CC ${CFLAGS-} -std=gnu11 $kit -I"$root/lib/include" -I"$root/targets" -c "$1" -o "$2"
}

shared=()
for source in "$root"/lib/src/*.c "$root"/targets/kit/*.c; do
    name=$(basename "$source" .c)
    case $name in
        replay | mutator_afl) continue ;; # a main of our own; AFL++'s shared object
    esac
    object=$objects/$(basename "$(dirname "$source")")-$name.o
    compile "$source" "$object"
    shared+=("$object")
done

for source in "$root"/targets/*.c; do
    name=$(basename "$source" .c)
    compile "$source" "$objects/target-$name.o"
    $CXX ${CXXFLAGS-} "$objects/target-$name.o" "${shared[@]}" $LIB_FUZZING_ENGINE -o "$OUT/$name"
    rm -f "$OUT/${name}_seed_corpus.zip"
    zip --quiet --junk-paths --recurse-paths "$OUT/${name}_seed_corpus.zip" "$root/corpus/$name"
    cp "$root/dict/$name.dict" "$OUT/$name.dict"
    printf '[libfuzzer]\nmax_len = 1024\n' >"$OUT/$name.options"
done
