#!/bin/bash -eu
# Builds every target the way OSS-Fuzz builds: with whatever compiler, flags and engine the environment gives.
#
#   CC CXX CFLAGS CXXFLAGS    compilers and flags; the sanitizer is in the flags
#   LIB_FUZZING_ENGINE        what to link for the engine, e.g. -fsanitize=fuzzer
#   SANITIZER                 address, undefined, memory … (OSS-Fuzz sets it; the kit tells ASan and MSan about its memory)
#   OUT                       where the fuzzers, seed corpora, dictionaries and options go
#   WORK                      where objects go; a temporary directory if it isn't set
#
# In the image have to be zip, and xxhash.h (libxxhash-dev), which the target report is compiled with.
#
# Linked by $CXX: engines are C++, and OSS-Fuzz's check of UBSan builds wants the C++ driver's runtime.

root=$(cd "$(dirname "$0")/../.." && pwd)
: "${CC:?not set: the comment in $0 says to what}" "${CXX:?not set: the comment in $0 says to what}"
: "${LIB_FUZZING_ENGINE:?not set: the comment in $0 says to what}" "${OUT:?not set: the comment in $0 says to what}"
WORK=${WORK:-$(mktemp -d)}
objects=$WORK/ledge
mkdir -p "$OUT" "$objects"

kit=
case ${SANITIZER-} in
    address) kit=-DKIT_ASAN ;;
    memory) kit=-DKIT_MSAN ;;
esac

# What the headers warn of in a caller's constants is what targets try.
compile() { # SOURCE OBJECT FLAG...
    local source=$1 object=$2
    shift 2
    $CC ${CFLAGS-} -std=gnu11 -Wno-unknown-warning-option -Wno-user-defined-warnings -I"$root/lib/include" -I"$root/targets" "$@" -c "$source" -o "$object"
}

library=()
for source in "$root"/lib/src/*.c; do
    object=$objects/lib-$(basename "$source" .c).o
    compile "$source" "$object"
    library+=("$object")
done

shared=()
for source in "$root"/targets/kit/*.c; do
    name=$(basename "$source" .c)
    case $name in
        replay | replay_plain | inputs | serve | measure) continue ;; # mains of our own, and what they run
        mutator_afl) continue ;;                                      # AFL++'s shared object
    esac
    compile "$source" "$objects/kit-$name.o" $kit
    shared+=("$objects/kit-$name.o")
done

# A target that isn't built on the kit has a list of what it tests (targets/ledge_add_target.cmake).
plain=()
build_plain() { # TARGET
    local pattern source object
    od -An -v -tx1 "$root/tools/data/ignored_frames.txt" | sed 's/ \(..\)/0x\1,/g' >"$objects/ignored_frames.inc"
    plain=()
    while read -r pattern; do
        for source in "$root"/$pattern; do
            object=$objects/$1-$(basename "$source" .c).o
            compile "$source" "$object" -D_GNU_SOURCE -DXXH_INLINE_ALL -I"$root/tools/src" -I"$objects" \
                -fsanitize-ignorelist="$root/ci/oss-fuzz/wraps.txt"
            plain+=("$object")
        done
    done <"$root/targets/$1.sources"
}

# A target's limits, as the CMake build has them. That for one request is libFuzzer's to watch: ASan with
# allocator_may_return_null=1 would answer what is beyond it with NULL.
options() { # TARGET
    echo '[libfuzzer]'
    sed -n "/^ledge_add_target(NAME $1 /{
        s/.* MAX_LEN \([0-9]*\).*/&\nmax_len = \1/
        s/.* MALLOC_MB \([0-9]*\).*\n/&malloc_limit_mb = \1\n/
        s/^[^\n]*\n//p
    }" "$root/targets/CMakeLists.txt"
}

for source in "$root"/targets/*.c; do
    name=$(basename "$source" .c)
    if [ -e "$root/targets/$name.sources" ]; then
        build_plain "$name"
        compile "$source" "$objects/target-$name.o" -D_GNU_SOURCE -I"$root/tools/src"
        rest=("${plain[@]}")
    else
        # What a target hands over may be wrong on purpose (LEDGE_WARN_IF).
        compile "$source" "$objects/target-$name.o" $kit -Wno-user-defined-warnings
        rest=("${shared[@]}")
    fi
    $CXX ${CXXFLAGS-} "$objects/target-$name.o" "${rest[@]}" "${library[@]}" $LIB_FUZZING_ENGINE -o "$OUT/$name"
    rm -f "$OUT/${name}_seed_corpus.zip"
    zip --quiet --junk-paths --recurse-paths "$OUT/${name}_seed_corpus.zip" "$root/corpus/$name"
    cp "$root/dict/$name.dict" "$OUT/$name.dict"
    options "$name" >"$OUT/$name.options"
done
