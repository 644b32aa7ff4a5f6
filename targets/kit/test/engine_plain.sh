#!/bin/sh
# A plain target under libFuzzer: the dictionary is one, every seed runs, and none is empty of meaning: a run over the
# corpus covers more than a run from nothing.
#
#   engine_plain.sh LIBFUZZER-BINARY CORPUS DICTIONARY
set -eu

binary=$1 corpus=$2 dictionary=$3
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/empty" "$work/seeds"

edges() { # the last "cov:" that the engine printed
    sed -n 's/.* cov: \([0-9]*\) .*/\1/p' "$1" | tail -n 1
}

run() { # LOG DIRECTORY...
    log=$1
    shift
    "$binary" -seed=1 -runs=2000 -artifact_prefix="$work/" -dict="$dictionary" "$@" >"$log" 2>&1 || {
        tail -n 40 "$log" >&2
        exit 1
    }
}

run "$work/without" "$work/empty"
run "$work/with" "$work/seeds" "$corpus"
grep -q '^Dictionary: [1-9]' "$work/with" || { echo "no dictionary in $dictionary" >&2; exit 1; }
without=$(edges "$work/without") with=$(edges "$work/with")
echo "edges: $without from nothing, $with with the corpus"
[ "$with" -gt "$without" ]
