#!/bin/sh
# Generated seeds of a target as C programs, one for each operation and some random ones: they must compile without the kit
# and run like the originals.
#
#   emitted.sh REPLAYER SEEDS CC LIBRARY INCLUDE
set -eu
replayer=$1 seeds=$2 cc=$3 library=$4 include=$5
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
programs=0
for seed in "$seeds"/op-* "$seeds"/random-0[1-4]; do
    # Exit 1 of --emit-c says that the program does not fail, as no seed should.
    status=0
    "$replayer" --emit-c "$seed" >"$work/repro.c" || status=$?
    [ $status -eq 1 ] || { echo "$seed: --emit-c ended with $status" >&2; exit 1; }
    "$cc" -std=gnu11 -w -I"$include" "$work/repro.c" "$library" -o "$work/repro"
    "$work/repro" || { echo "$seed: the C program fails where the original does not" >&2; exit 1; }
    programs=$((programs + 1))
done
echo "$programs programs compiled and ran"
[ $programs -gt 0 ]
