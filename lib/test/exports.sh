#!/bin/sh
# The shared library exports what lib/exports.txt lists, and nothing else (row A17).
#
#   exports.sh LIBRARY LIST
set -eu
exported=$(mktemp)
trap 'rm -f "$exported"' EXIT
nm -D --defined-only "$1" | awk '{ print $NF }' | LC_ALL=C sort >"$exported"
grep -v '^#' "$2" | diff -u - "$exported" && exit 0
echo "exports.sh: $1 doesn't export what $2 lists (-: missing, +: too much)." >&2
echo "  A function of a header belongs into the list; one that sources share gets LEDGE_INTERNAL." >&2
exit 1
