#!/bin/sh
# Replayers of one target, built by several compilers at several levels of optimization, do the same with every input (row A15).
#
#   traces.sh CORPUS REPLAYER...
set -eu
corpus=$1
shift
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

first= same=yes
for replayer in "$@"; do
    "$replayer" --hash "$corpus" >"$work/hashes" 2>"$work/said" || {
        tail -n 20 "$work/said" >&2
        echo "traces.sh: $replayer failed" >&2
        exit 1
    }
    echo "$(tail -n 1 "$work/hashes")  ${replayer##*/traces/}"
    if [ -z "$first" ]; then
        first=$replayer
        mv "$work/hashes" "$work/first"
    elif ! cmp -s "$work/first" "$work/hashes"; then
        same=no
        echo "traces.sh: $first and $replayer differ (the inputs that do):" >&2
        diff "$work/first" "$work/hashes" | grep '/' >&2 || true
    fi
done
inputs=$(($(wc -l <"$work/first") - 1))
echo "$inputs inputs by $# builds"
[ $same = yes ] && [ $inputs -gt 0 ] && [ $# -gt 1 ]
