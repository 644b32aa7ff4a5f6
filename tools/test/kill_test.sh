#!/bin/bash
# kill_test.sh LEDGE REPLAYER [SEED]: kill -9 in the middle of ingest, minimize and curate, a hundred times that hit. After
# each, the store opens and verifies, no crash that was there is missing, and no reproducer is half there; in the end, run
# once more and left alone, everything is there.
set -u
ledge=$1 replayer=$2 seed=${3:-1}
RANDOM=$seed
dir=$(mktemp -d "${TMPDIR:-/tmp}/ledge-kill-XXXXXX") || exit 3
trap 'rm -rf "$dir"' EXIT
unset LEDGE_MANIFEST
mkdir "$dir/tmp" && export TMPDIR="$dir/tmp" # who is killed leaves something there
kills=0 attempts=0
state=$dir/state

fail() {
    echo "FAILED after $kills kills (seed $seed): $*"
    [ -f "$dir/out" ] && sed 's/^/    /' "$dir/out"
    exit 1
}

cat >"$dir/manifest.json" <<END
{ "format": 1, "root": "$dir", "build": "$dir/build", "crashes": "$dir/crashes", "cmake": "/usr/bin/cmake",
  "symbolizer": "/nowhere/llvm-symbolizer", "afl_fuzz": null,
  "targets": [ { "name": "fake", "format_version": 1, "kit": false, "source": "$dir/fake.c",
    "limits": { "timeout_ms": 1000, "rss_mb": 512, "max_len": 64 },
    "builds": [ { "engine": "replay", "sanitizer": "asan", "binary": "$replayer" } ] } ] }
END
m="--manifest $dir/manifest.json"

# What is to be ingested: 40 logs of four issues, and 12 inputs of four others.
mkdir "$dir/logs" "$dir/inputs"
for i in $(seq 10 49); do
    cat >"$dir/logs/$i.log" <<END
==$i==ERROR: AddressSanitizer: heap-use-after-free on address 0x6020000000$i at pc 0x1 bp 0x2 sp 0x3
READ of size 1 at 0x6020000000$i thread T0
    #0 0x55 in logged_$((i % 4)) /src/fake.c:12:3
    #1 0x56 in main /src/fake.c:20:1
END
done
for i in 1 2 3; do for letter in p q r s; do printf 'some %d noise boom%s and more' $i $letter >"$dir/inputs/$letter$i"; done; done

crashes() { # how many the store has
    "$ledge" show --state "$state" --json 2>/dev/null | sed -n 's/^ *"crashes": \([0-9]*\).*/\1/p'
}

before=0
check() {
    [ -e "$state/ledger.head" ] || return 0 # killed before there was anything
    "$ledge" verify --state "$state" >"$dir/out" 2>&1
    code=$?
    # Killed while the very first tables were made: there is no store yet, and the next run makes it.
    [ $code -ne 0 ] && [ $before -eq 0 ] && grep -qE 'there is no store|it is empty' "$dir/out" && return 0
    [ $code -eq 0 ] || fail "verify says $code"
    now=$(crashes)
    [ "${now:-0}" -ge "$before" ] || fail "the store had $before crashes, and has $now"
    before=$now
    for place in "$dir"/crashes/reproducers/fake/*; do
        [ -d "$place" ] || continue
        grep -q '"slug"' "$place/report.json" && [ -s "$place/input" ] || fail "$place is half there"
    done
}

# strike FROM_MS TO_MS COMMAND…: starts it, and kills it at some time between. Returns 1 when it was done before that.
strike() {
    delay=$(($1 + RANDOM % ($2 - $1 + 1)))
    shift 2
    attempts=$((attempts + 1))
    "$@" >"$dir/out" 2>&1 &
    pid=$!
    sleep "$(printf '%d.%03d' $((delay / 1000)) $((delay % 1000)))"
    kill -9 "$pid" 2>/dev/null
    wait "$pid" 2>/dev/null
    [ $? -eq 137 ] || { check; return 1; }
    kills=$((kills + 1))
    check
}

# How many milliseconds a command takes when it is left alone: the machine may be busy.
duration() {
    start=$(date +%s%N)
    "$@" >"$dir/out" 2>&1 || fail "$*"
    echo $((($(date +%s%N) - start) / 1000000))
}

# What is done cannot be interrupted: all is forgotten.
anew() {
    rm -rf "$state" "$dir/crashes/reproducers"
    before=0
}

ingest() { strike 1 80 "$ledge" triage $m --state "$state" --target fake --runs 1 "$dir/logs" "$dir/inputs"; }

until [ $kills -ge 70 ]; do
    ingest || anew
    [ $attempts -lt 1000 ] || fail "only $kills of $attempts attempts hit"
done
echo "ingest: $kills kills in $attempts attempts"
"$ledge" triage $m --state "$state" --target fake --runs 1 "$dir/logs" "$dir/inputs" >"$dir/out" 2>&1
[ "$(crashes)" = 52 ] || fail "52 files, and $(crashes) crashes"
find "$state/crashes" "$state/logs" -type f -exec sha256sum {} + | cut -d' ' -f1 >"$dir/sums"
for file in "$dir"/logs/* "$dir"/inputs/*; do
    grep -qF "$(sha256sum <"$file" | cut -d' ' -f1)" "$dir/sums" || fail "$file is not in the store"
done
issues=$("$ledge" show --state "$state" | sed -n 's/^\([0-9]*\) issues.*/\1/p')
[ "$issues" = 8 ] || fail "8 issues were to be told apart, and $issues are"

# The interesting part is the end, when the result is written: kills are aimed there.
input=$dir/inputs/p1 small=$dir/small
took=$(duration "$ledge" minimize $m --state "$state" --target fake --out "$small" "$input") || exit 1
until [ $kills -ge 85 ]; do
    strike $((took / 2)) "$took" "$ledge" minimize $m --state "$state" --target fake --out "$small" "$input" || anew
    [ $attempts -lt 1000 ] || fail "only $kills of $attempts attempts hit"
done
"$ledge" minimize $m --state "$state" --target fake --out "$small" "$input" >"$dir/out" 2>&1 || fail "minimize"
check
"$ledge" show --state "$state" | grep -q minimized || fail "the store does not know of the smallest input"
echo "minimize: $kills kills in $attempts attempts"

anew
took=$(duration "$ledge" curate $m --state "$state" "$small") || exit 1
until [ $kills -ge 100 ]; do
    strike $((took / 3)) "$took" "$ledge" curate $m --state "$state" "$small" || anew
    [ $attempts -lt 1000 ] || fail "only $kills of $attempts attempts hit"
done
"$ledge" curate $m --state "$state" "$small" >"$dir/out" 2>&1 || fail "curate"
check
"$ledge" show --state "$state" | grep -q curated || fail "the store does not know of the reproducer"
[ "$(ls -A "$dir/crashes/reproducers/fake" | wc -l)" = 1 ] || fail "one reproducer was to be made, and nothing else"
echo "curate: $kills kills in $attempts attempts"
echo "all as it should be: $kills kills, seed $seed"
