#!/bin/sh
# The structure-aware mutator really works in both engines: every mutation is applied in a libFuzzer run and in an AFL++ run,
# a libFuzzer run repeats with its seed, and AFL++ finds the target as stable as it has to be (in percent).
#
#   engines.sh LIBFUZZER_BINARY AFL_BINARY MUTATOR CORPUS STABILITY
set -eu
libfuzzer=$1 afl=$2 mutator=$3 corpus=$4 least=$5
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

fail() {
    echo "engines.sh: $*" >&2
    exit 1
}

# every_mutation FILE EXCEPT...: no counter but those is zero.
every_mutation() {
    report=$1
    shift
    [ -s "$report" ] || fail "no mutation report: the engine never called the mutator"
    while read -r name count; do
        case " $* " in *" $name "*) continue ;; esac
        [ "$count" -gt 0 ] || fail "'$name' was never applied ($report)"
    done <"$report"
}

# A target without handles has nothing for this mutation to do.
without=
"${libfuzzer%-libfuzzer-*}-none" --table >"$work/table"
grep -q '"type":"handle"' "$work/table" || without=handle

# Runs repeat with the same addresses: libFuzzer mutates by what was compared, and that may be pointers. Some containers
# don't allow that; where a target's paths depend on addresses too (it is less than 100 % stable), nothing is compared then.
same_addresses="setarch -R"
$same_addresses true 2>"$work/log" || same_addresses=

for run in 1 2; do
    mkdir "$work/corpus"
    LEDGE_MUTATION_REPORT=$work/libfuzzer-$run $same_addresses "$libfuzzer" -seed=1 -runs=15000 -reload=0 -max_len=128 "$work/corpus" "$corpus" \
        >"$work/log" 2>&1 || { cat "$work/log" >&2; fail "libFuzzer found a crash"; }
    rm -r "$work/corpus"
done
every_mutation "$work/libfuzzer-1" $without
if [ "$least" = 100 ] || [ -n "$same_addresses" ]; then
    cmp "$work/libfuzzer-1" "$work/libfuzzer-2" || fail "two libFuzzer runs with one seed applied different mutations"
else
    echo "not compared: two libFuzzer runs, as setarch -R isn't allowed here"
fi

LEDGE_MUTATION_REPORT=$work/afl AFL_CUSTOM_MUTATOR_LIBRARY=$mutator AFL_NO_UI=1 AFL_SKIP_CPUFREQ=1 AFL_NO_AFFINITY=1 \
    AFL_I_DONT_CARE_ABOUT_MISSING_CRASHES=1 afl-fuzz -i "$corpus" -o "$work/out" -m none -V 3 -s 1 -- "$afl" \
    >"$work/log" 2>&1 || { tail -n 30 "$work/log" >&2; fail "afl-fuzz failed"; }
every_mutation "$work/afl" engine $without
stability=$(sed -n 's/^stability *: *//p' "$work/out/default/fuzzer_stats")
echo "AFL++ stability: $stability"
awk -v got="${stability%\%}" -v wanted="$least" 'BEGIN { exit !(got + 0 >= wanted) }' ||
    fail "AFL++ stability is $stability, not $least %"
