#!/bin/bash
# corpus_test.sh LEDGE CLANG SOURCE: `ledge corpus` on a small target that really runs, beside what libFuzzer and afl-showmap
# count over the same files.
set -u
ledge=$1 clang=$2 source=$3
dir=$(mktemp -d "${TMPDIR:-/tmp}/ledge-corpus-XXXXXX") || exit 3
mounted=
trap '[ -n "$mounted" ] && umount "$dir/small"; rm -rf "$dir"' EXIT
failures=0
unset LEDGE_MANIFEST
cd "$dir" || exit 3

fail() {
    echo "FAILED: $*"
    [ -s out ] && sed 's/^/    /' out
    failures=$((failures + 1))
}

# check WANTED_CODE 'WANTED TEXT' ARGUMENT…
check() {
    local code=$1 text=$2 got
    shift 2
    "$ledge" corpus "$@" >out 2>&1
    got=$?
    [ $got -eq "$code" ] && grep -qF -- "$text" out || fail "ledge corpus $*: exit $got, wanted $code with '$text'"
}

# same WHAT A B
same() {
    [ "$2" = "$3" ] || { : >out; fail "$1: $2, wanted $3"; }
}

number() { # KEY: of the JSON in out
    sed -n "s/^ *\"$1\": \([0-9]*\),*$/\1/p" out
}

covered() { # DIR: edges and features as libFuzzer counts them
    ./steps-libfuzzer -runs=0 "$1" 2>&1 | sed -n 's/.*INITED cov: \([0-9]*\) ft: \([0-9]*\) .*/\1 \2/p'
}

# The target: a replayer that measures, the same code with libFuzzer, and with AFL++ where there is AFL++.
counters=-fsanitize-coverage=inline-8bit-counters,pc-table
steps=$source/tools/test/fixtures/steps.c
"$clang" -O1 $counters -DSTEPS_MEASURE -I"$source/targets" -c "$steps" -o steps-measure.o &&
    "$clang" -O1 -D_GNU_SOURCE -I"$source/targets" "$source/targets/kit/measure.c" steps-measure.o -o steps-edges &&
    "$clang" -O1 $counters -c "$steps" -o steps.o &&
    "$clang" -fsanitize=fuzzer steps.o -o steps-libfuzzer &&
    "$clang" -O1 -DSTEPS_MEASURE -D_GNU_SOURCE -I"$source/targets" "$source/targets/kit/measure.c" "$steps" \
        -o steps-bare || exit 3
afl=
if command -v afl-clang-fast >/dev/null && AFL_QUIET=1 afl-clang-fast -O1 -fsanitize=fuzzer "$steps" -o steps-afl 2>log; then
    afl=1
fi

manifest() { # NAME BINARY
    cat >"$1" <<END
{ "format": 1, "root": "$dir", "build": "$dir/build", "crashes": "$dir/crashes", "cmake": "/usr/bin/cmake",
  "symbolizer": "/nowhere/llvm-symbolizer", "afl_fuzz": null,
  "targets": [ { "name": "steps", "format_version": 1, "kit": false, "source": "$steps", "corpus": "$dir/corpus",
    "limits": { "timeout_ms": 300, "rss_mb": 512, "max_len": 64 },
    "builds": [ { "engine": "replay", "sanitizer": "edges", "binary": "$2" },
                { "engine": "libfuzzer", "sanitizer": "none", "binary": "${3-$dir/steps-libfuzzer}" },
                { "engine": "afl", "sanitizer": "none", "binary": "$dir/steps-afl" } ] } ] }
END
}
manifest good.json "$dir/steps-edges"
manifest bare.json "$dir/steps-bare" "$dir/steps-bare"
manifest gone.json "$dir/nothing"
manifest other.json /bin/false
good="--manifest good.json"

# 400 files: every mixture of the steps, some twice.
mkdir corpus
awk 'BEGIN { srand(7); for (i = 0; i < 400; i++) { text = ""; n = 1 + int(rand() * 23);
    for (k = 0; k < n; k++) text = text substr("abcdefgP", 1 + int(rand() * (1 + i % 8)), 1);
    printf "%s", text > ("corpus/f" i) } }'
whole=$(covered corpus)

# The same coverage, by libFuzzer's own count; nothing redundant; no more files than libFuzzer's own merge keeps.
check 0 'written to min' min $good steps corpus --out min
same 'coverage of the chosen files' "$(covered min)" "$whole"
for file in min/*; do
    [ -s "$file" ] || continue # libFuzzer always runs the empty input
    mv "$file" aside
    [ "$(covered min)" != "$whole" ] || { : >out; fail "$file is redundant"; }
    mv aside "$file"
done
mkdir merged
./steps-libfuzzer -merge=1 merged corpus >log 2>&1
[ "$(ls min | wc -l)" -le "$(ls merged | wc -l)" ] || fail "$(ls min | wc -l) files, libFuzzer keeps $(ls merged | wc -l)"

check 0 '"lost": 0' min $good steps corpus --json --out json
same 'what is counted' "$(number edges) $(number counters)" "$whole"

# Only new files run: none, then two of three, the third being known by its content.
check 0 '"measured": 0' min $good steps corpus --json
printf 'gfedcbaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa' >corpus/new1
printf 'ggggggggggggggggggggggggggggggggggggggggggggg' >corpus/new2
cp corpus/f399 corpus/new3
check 0 '"measured": 2' min $good steps corpus --json
rm corpus/new?

# The same contents under other names, in other directories, in another order: the same files.
mkdir x x/y
for file in corpus/*; do
    n=$((1000 - ${file#corpus/f}))
    cp "$file" "$([ $((n % 2)) = 0 ] && echo x || echo x/y)/$n"
done
check 0 'written to again' min $good steps x --out again --cache none
same 'files chosen the second time' "$(ls again)" "$(ls min)"
check 0 'written to twice' min $good steps x/y x/ corpus --out twice --cache none
same 'files chosen from copies' "$(ls twice)" "$(ls min)"

# Files that end the process are named, left out, and cost the others nothing.
mkdir bad
cp corpus/* bad
printf 'abA' >bad/aborts
printf 'H' >bad/hangs
printf 'cX' >bad/exits
printf 'dS' >bad/scribbles
cp bad/aborts bad/aborts-too
check 1 'bad/aborts: killed by signal 6' min $good steps bad --out left
grep -qF 'bad/aborts-too: killed by signal 6' out || fail 'the twin of a crash'
grep -qF 'bad/hangs: ran longer than 300 ms' out || fail 'a hang'
grep -qF 'bad/exits: ended the process with exit code 0' out || fail 'an exit'
grep -qF 'bad/scribbles: ' out || fail 'a file whose record is spoilt'
same 'files chosen beside bad ones' "$(ls left)" "$(ls min)"
same 'files left in bad' "$(ls bad | wc -l)" 405
check 1 'moved' min $good steps bad --in-place
same 'coverage in place' "$(rm -f keep; mkdir keep; cp bad/f* keep; covered keep)" "$whole"
same 'files in place and aside' "$(ls bad bad.redundant | grep -c '[a-z]$\|[0-9]$')" 405
ls bad | grep -q aborts-too || fail 'a crash was moved away'
check 1 '0 files moved' min $good steps bad --in-place

# Merging adds what is new, disturbs nothing, and adds nothing the second time.
mkdir into
cp corpus/f3 into/mine
cp corpus/f5 into/yours
check 0 'added to into' merge $good steps into corpus x
cmp -s into/mine corpus/f3 && cmp -s into/yours corpus/f5 || fail 'merge changed what was there'
same 'coverage after merging' "$(covered into)" "$whole"
check 0 '0 files added' merge $good steps into corpus x
check 0 'added to new/deep' merge $good steps new/deep corpus
same 'files merged into nothing' "$(ls new/deep)" "$(ls min)"

# A choice of what to cover.
check 3 'no file shows any of what is to be covered' min $good steps corpus --cover cells
check 0 'edges' min $good steps corpus --cover edges --out edges
same 'edges covered' "$(covered edges | cut -d' ' -f1)" "${whole% *}"
[ "$(ls edges | wc -l)" -lt "$(ls min | wc -l)" ] || fail 'covering edges alone takes as many files'

# AFL++'s own counts, in its classes: raw ones, since what afl-showmap 4.04 makes of them differs from run to run, and
# without counter 0, which is the runtime's own. The start of its process may add to its first file, so one agreement of
# some runs will do: what isn't covered is missing from every run.
tuples() {
    rm -rf traces
    afl-showmap -r -q -i "$1" -o traces -- ./steps-afl >/dev/null 2>&1
    cat traces/* | awk -F: '$1 + 0 { n = $2 + 0
        print $1, n < 4 ? n : n < 8 ? 4 : n < 16 ? 8 : n < 32 ? 16 : n < 128 ? 32 : 128 }' | sort -u
}
same_tuples() { # DIR
    for _ in 1 2 3 4 5 6 7 8 9 10; do
        tuples "$1" >tuples
        [ -s tuples ] && [ "$(tuples corpus)" = "$(cat tuples)" ] && return
    done
    fail "$1 and corpus differ as afl-showmap sees them"
}
if [ -n "$afl" ]; then
    check 0 'under afl/none' min $good steps corpus --build afl/none --out afl
    same_tuples afl
    check 1 'bad/aborts: killed by signal 6' min $good steps bad --build afl/none
    grep -qF 'bad/hangs: ran longer than 300 ms' out || fail 'a hang under AFL++'
    check 0 'afl/none replay/edges' min $good steps corpus --build afl/none,replay/edges --out both
    same_tuples both
    same 'coverage under both' "$(covered both)" "$whole"
else
    echo 'skipped: AFL++ (no afl-clang-fast)'
fi

# A target that has nothing but a libFuzzer binary.
check 0 'under libfuzzer/none' min $good steps corpus --build libfuzzer/none --out lf
same 'coverage of what libFuzzer measured' "$(covered lf)" "$whole"
[ "$(ls lf | wc -l)" -le "$(ls merged | wc -l)" ] || fail "$(ls lf | wc -l) files, libFuzzer keeps $(ls merged | wc -l)"
rm bad/scribbles # it writes into libFuzzer's own notes, which then can't be read
check 1 "bad/aborts: ended libFuzzer's process" min $good steps bad --build libfuzzer/none
same 'files that libFuzzer ended on' "$(grep -c "ended libFuzzer's process" out)" 4
check 0 '"measured": 0' min $good steps corpus --build libfuzzer/none --json
check 3 "can't list features" min --manifest bare.json steps corpus --build libfuzzer/none

# A campaign that goes on from a large corpus distils it first, and only then.
mkdir -p state/steps/corpus seeds
cp corpus/f1 seeds
sed 's|/corpus",|/seeds",|' good.json >campaign.json
for ((i = 0; i < 600; i++)); do
    cat "corpus/f$((i % 400))" "corpus/f$((i * 7 % 400))" >"state/steps/corpus/$i"
done
grown=$(covered state/steps/corpus)
"$ledge" fuzz --manifest campaign.json steps --engine libfuzzer --sanitizer none --seconds 1 --state state >out 2>&1
grep -q 'redundant files taken out of the corpus' out || fail 'a campaign left a large corpus as it was'
[ "$(ls state/steps/corpus | wc -l)" -lt 300 ] || fail 'a campaign took little out of the corpus'
now=$(covered state/steps/corpus)
[ "${now% *}" -ge "${grown% *}" ] && [ "${now#* }" -ge "${grown#* }" ] || fail "a campaign lost coverage: $now, had $grown"
"$ledge" fuzz --manifest campaign.json steps --engine libfuzzer --sanitizer none --seconds 1 --state state >out 2>&1
grep -q 'redundant' out && fail 'a small corpus was distilled'

# Told to stop, it stops soon and leaves nothing behind.
mkdir slow tmp
for ((i = 0; i < 40; i++)); do
    printf 'H%d' $i >slow/$i
done
TMPDIR=$dir/tmp "$ledge" corpus min $good steps slow >out 2>&1 &
sleep 1
kill -TERM $!
wait $!
[ $? = 143 ] && grep -qF interrupted out && [ -z "$(ls tmp)" ] || fail 'told to stop'

# What can't be done says so, and nothing is lost.
mkdir empty
check 3 'there is no input in empty' min $good steps empty
check 3 'cannot open nowhere' min $good steps nowhere
mkdir locked
chmod 000 locked
chmod 755 .
as=
[ "$(id -u)" = 0 ] && as='setpriv --reuid=65534 --regid=65534 --clear-groups'
if $as "$ledge" --version >log 2>&1; then
    $as "$ledge" corpus min $good steps locked >out 2>&1
    [ $? = 3 ] && grep -qF 'cannot read the directory locked: Permission denied' out || fail 'a directory that cannot be read'
else
    echo 'skipped: the unreadable directory (nobody else can run ledge here)'
fi
check 3 'build it: cmake' min --manifest gone.json steps corpus --build replay/edges
check 3 'does not measure: it counts nothing' min --manifest bare.json steps corpus
check 3 '/bin/false does not measure' min --manifest other.json steps corpus --build replay/edges
check 3 'min is not empty' min $good steps corpus --out min
check 3 "has no build 'replay/tsan'" min $good steps corpus --build replay/tsan
check 3 'the targets are: steps' min $good nope
check 2 "there is no 'lines'" min $good steps corpus --cover lines
check 2 'not both' min $good steps corpus --out o --in-place
check 2 'FROM where' merge $good steps into
check 2 'usage: ledge corpus' max
check 0 'usage: ledge corpus min' min --help
check 0 'grow the checked-in corpus' merge --help
check 0 'measurements are not kept' min $good steps corpus --cache good.json/below
"$ledge" bench corpus $good steps >out 2>&1
[ $? = 3 ] && grep -qF 'steps has no libfuzzer/edges build' out || fail 'a benchmark without its builds'
mkdir small
if mount -t tmpfs -o size=8k tmpfs small 2>/dev/null; then
    mounted=1
    check 3 'free some space' min $good steps corpus --out small/out
    same 'what a full disk leaves of --out' "$(ls -A small)" ''
    check 3 'free some space' merge $good steps small/into corpus
    for file in small/into/*; do
        [ -s "$file" ] || [ "${file##*/}" = 99aa06d3014798d86001c324468d497f ] || fail "$file is empty"
    done
else
    echo 'skipped: the full disk (no right to mount a tmpfs)'
fi
same 'files in the corpus after all that' "$(ls corpus | wc -l)" 400
ls "${TMPDIR:-/tmp}" | grep -q 'ledge-corpus.*half' && fail 'a half-written directory is left'

[ $failures -eq 0 ] && echo 'all as it should be'
exit $((failures > 0))
