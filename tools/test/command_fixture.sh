# command_fixture.sh: sourced by tests of `ledge`, which is $ledge: a directory that goes away in the end, and what is said
# of a command. A test ends with `finish`.
dir=$(mktemp -d "${TMPDIR:-/tmp}/ledge-command-XXXXXX") || exit 3
mounted=
trap '[ -n "$mounted" ] && umount "$dir/small"; rm -rf "$dir"' EXIT
failures=0
unset LEDGE_MANIFEST

# fail 'WHAT': with the last command's output.
fail() {
    echo "FAILED: $1"
    [ -s "$dir/out" ] && sed 's/^/    /' "$dir/out"
    failures=$((failures + 1))
}

# check WANTED_CODE 'WANTED TEXT' ARGUMENT…
check() {
    code=$1 text=$2
    shift 2
    "$ledge" "$@" >"$dir/out" 2>&1
    got=$?
    { [ $got -eq "$code" ] && grep -qF -- "$text" "$dir/out"; } || fail "ledge $*: exit $got, wanted $code with '$text'"
}

# said 'TEXT'…: so did the last one.
said() {
    for text; do
        grep -qF -- "$text" "$dir/out" || fail "'$text' is not in"
    done
}

finish() {
    [ $failures -eq 0 ] && echo 'all as it should be'
    exit $((failures > 0))
}
